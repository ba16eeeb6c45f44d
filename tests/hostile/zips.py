"""Tricks with ZIP, played on the parts of any package: what was packed, and how it lies about it.

APPNOTE.TXT 6.3.10: 4.3.7 is the local header, 4.3.12 the central directory's, 4.4.4 the flags.
"""

import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO

LARGE = 200_000_000
Parts = Mapping[str, str | bytes]


def packed(parts: Parts, *more: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    """The parts, deflated, and more entries behind them."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in (*parts.items(), *more):
            archive.writestr(name, content)
    return out.getvalue()


def _twice(parts: Parts) -> bytes:
    names = [*parts]
    other = names[-1][:-1] + "~"  # as long as the other, and renamed afterwards in all places
    return packed(parts, (other, b"<other/>")).replace(other.encode(), names[-1].encode())


def _first(parts: Parts, main: str) -> tuple[bytearray, int]:
    """The package, and where the central directory tells of the main part."""
    data = bytearray(packed(parts))
    return data, data.rindex(main.encode(), data.index(b"PK\x01\x02")) - 46


def _said(at: int, form: str, value: int) -> Callable[[Parts, str], bytes]:
    """The main part's central header says another number at this place of it."""

    def play(parts: Parts, main: str) -> bytes:
        data, start = _first(parts, main)
        struct.pack_into(form, data, start + at, value)
        return bytes(data)

    return play


def _beside(name: str) -> Callable[[Parts, str], bytes]:
    return lambda parts, _: packed(parts, (name, b"<other/>"))


def _overlapping(parts: Parts, main: str) -> bytes:
    """The main part's entry begins where the first part's does."""
    data, start = _first(parts, main)
    struct.pack_into("<I", data, start + 42, 0)
    return bytes(data)


def _sixty_four(parts: Parts, main: str) -> bytes:
    """A size that a field of ZIP64 is to tell, and no such field (4.5.3)."""
    return _said(24, "<I", 0xFFFFFFFF)(parts, main)


@cache
def deflated(size: int) -> bytes:
    """So many zeros, deflated; never in memory as a whole."""
    stream, piece = zlib.compressobj(9, wbits=-15), bytes(1 << 20)
    parts = [stream.compress(piece[: min(len(piece), size - at)]) for at in range(0, size, len(piece))]
    return b"".join((*parts, stream.flush()))


def _more_than_said(parts: Parts, main: str) -> bytes:
    """The main part inflates to two hundred megabytes, and says that it has ten bytes, with their checksum."""
    return _lying(parts, main, deflated(LARGE), bytes(10))


def _begins_as_said(parts: Parts, main: str) -> bytes:
    """The main part is what it says that it is, and goes on behind that."""
    true = _bytes_of(parts[main])
    stream = zlib.compressobj(9, wbits=-15)
    return _lying(parts, main, stream.compress(true + b"<evil/>") + stream.flush(), true)


def _behind_the_end(parts: Parts, main: str) -> bytes:
    """Something else is packed behind the end of what the main part says that it is."""
    true = _bytes_of(parts[main])
    stream = zlib.compressobj(9, wbits=-15)
    return _lying(parts, main, stream.compress(true) + stream.flush() + deflated(1000), true)


def _bytes_of(part: str | bytes) -> bytes:
    return part.encode() if isinstance(part, str) else part


def _lying(parts: Parts, main: str, raw: bytes, said: bytes) -> bytes:
    """The main part's deflated bytes are `raw`, and it says that they inflate to `said`."""
    out = BytesIO()
    with zipfile.ZipFile(
        out, "w", zipfile.ZIP_STORED
    ) as archive:  # the part's bytes as they are to lie there
        for name, content in parts.items():
            archive.writestr(name, raw if name == main else content)
    data = bytearray(out.getvalue())
    start = data.rindex(main.encode(), data.rindex(raw[-20:]) + 20) - 46
    while data[start : start + 4] != b"PK\x01\x02":  # the name stands in other parts too
        start = data.rindex(main.encode(), 0, start + 46) - 46
    struct.pack_into("<H", data, start + 10, zipfile.ZIP_DEFLATED)
    struct.pack_into("<I", data, start + 16, zlib.crc32(said))
    struct.pack_into("<I", data, start + 24, len(said))
    return bytes(data)


def _link(parts: Parts, main: str) -> bytes:
    """The main part is a symbolic link, as Unix packs one."""
    info = zipfile.ZipInfo(main)
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return packed({name: data for name, data in parts.items() if name != main}, (info, b"/etc/passwd"))


def _with_lzma(parts: Parts, main: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _local_name(parts: Parts, main: str) -> bytes:
    """The local header calls the main part otherwise than the central directory does."""
    data = bytearray(packed(parts))
    at = data.index(main.encode(), data.index(main.encode()) if main in data[:4].decode("latin-1") else 0)
    data[at : at + len(main)] = b"z" * len(main)
    return bytes(data)


def _bomb(parts: Parts, _main: str) -> bytes:
    return packed(parts, ("word/x.xml", bytes(5_000_000)))


def _small_bombs(parts: Parts, _main: str) -> bytes:
    """Many, none of which is large enough to be looked at alone."""
    data = bytearray(packed(parts, *((f"word/x{n}.xml", bytes(262)) for n in range(450))))
    for n in range(450):  # what they say is believed before the first is opened
        struct.pack_into("<I", data, data.rindex(b"word/x%d.xml" % n) - 46 + 24, 600_000)
        struct.pack_into("<I", data, data.rindex(b"word/x%d.xml" % n) - 46 + 20, 3_000)
    return bytes(data)


# Kind, name, and the trick: the parts and the main one's name → the file.
TRICKS: tuple[tuple[str, str, Callable[[Parts, str], bytes]], ...] = (
    ("names in a ZIP", "one name twice", lambda parts, _: _twice(parts)),
    ("names in a ZIP", "twins but for case", lambda parts, main: packed(parts, (main.upper(), b"<other/>"))),
    ("names in a ZIP", "twins but for a slash", lambda parts, main: packed(parts, (f"/{main}", b"<other/>"))),
    ("names in a ZIP", "a path that leads upwards", _beside("../../../tmp/evil.xml")),
    ("names in a ZIP", "backslashes", _beside("word\\..\\..\\evil.xml")),
    ("lies of a ZIP", "a wrong checksum", _said(16, "<I", 0xBAD)),
    ("lies of a ZIP", "entries that overlap", _overlapping),
    ("lies of a ZIP", "a size that ZIP64 is to tell", _sixty_four),
    ("lies of a ZIP", "a local name of its own", _local_name),
    ("lies of a ZIP", "more than it says", _more_than_said),
    ("sizes that lie", "more, and the beginning as it says", _begins_as_said),
    ("sizes that lie", "something behind the end", _behind_the_end),
    ("sizes that lie", "less than it says", lambda parts, main: _said(24, "<I", len(parts[main]) + 900)(parts, main)),
    ("odd ZIP", "an encrypted part", _said(8, "<H", 1)),
    ("odd ZIP", "a symbolic link as the main part", _link),
    ("odd ZIP", "LZMA", _with_lzma),
    ("odd ZIP", "an absolute name and a device's", _beside("/dev/zero")),
    ("odd ZIP", "a NUL in a name", lambda parts, _: packed(parts, ("NAME?X", b"")).replace(b"NAME?X", b"NAME\0X")),
    ("size of a ZIP", "a bomb", _bomb),
    ("size of a ZIP", "small bombs, very many", _small_bombs),
    ("size of a ZIP", "entries without end", lambda parts, _: packed(parts, *((f"{n}", b"") for n in range(2_100)))),
    ("size of a ZIP", "half of it", lambda parts, _: packed(parts)[: len(packed(parts)) // 2]),
    ("size of a ZIP", "the end alone", lambda parts, _: packed(parts)[-22:]),
)  # fmt: skip
