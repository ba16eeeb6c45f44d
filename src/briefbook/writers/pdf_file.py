"""A PDF file as bytes: numbered objects, streams, and where each of them stands (ISO 32000-1, 7.5).

Pure, and knows nothing of pages. Objects that are no streams are squeezed together (object streams, 7.5.7): a
tagged memo has some two hundred, each a line long, which would be half of the file.
"""

import struct
import zlib
from collections.abc import Sequence
from itertools import accumulate

from briefbook.keeping import remembered

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"  # the second line tells that bytes follow (ISO 19005-2, 6.1.2)
_TOGETHER = 250  # objects of one object stream
# Of deflating: what is made once or may be large (a bound book would be larger by 8 % otherwise); and what is
# made for each memo, in half of the time for some 3 % of the file.
THOROUGH = 6
QUICK = 3
_HELD = struct.Struct(">BI")  # how an entry begins of an object that stands in an object stream …
_WITHIN = tuple([number.to_bytes(2, "big") for number in range(_TOGETHER)])  # … and how it ends
_ENTRY = struct.Struct(">BIH")  # of the cross-reference stream (7.5.8.3): kind, place, number within
# The signs of PDFDocEncoding that are no part of Latin-1, from 0x80 on (ISO 32000-1, D.2).
_OWN_SIGNS = {ord(sign): 0x80 + n for n, sign in enumerate("•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž")} | {
    0x20AC: 0xA0
}
_OTHER_ENCODINGS = ("þÿ", "ÿþ", "ï»¿")  # what a text in UTF begins with


class PdfFile:
    """A file in the making. Objects are known by their numbers; each gets a body, in any order."""

    def __init__(self, *, level: int = THOROUGH) -> None:
        """`level`: how thoroughly its streams are deflated."""
        self._level = level
        self._written = [_HEADER]
        self._length = len(_HEADER)
        self._places: dict[int, int] = {}  # of streams: how far from the file's beginning
        self._bodies: dict[int, str] = {}  # of all others
        self._count = 0

    def reserve(self) -> int:
        """The number of a new object, whose body comes later."""
        self._count += 1
        return self._count

    @property
    def following(self) -> int:
        """The number that the next new object gets."""
        return self._count + 1

    def add(self, body: str) -> int:
        """A new object: its body in PDF's spelling, each byte a character. Returns its number."""
        self._count += 1
        self._bodies[self._count] = body
        return self._count

    def add_all(self, bodies: Sequence[str]) -> None:
        """New objects in a row: their bodies."""
        self._bodies.update(enumerate(bodies, self.following))
        self._count += len(bodies)

    def fill(self, number: int, body: str) -> None:
        """The body of a reserved object."""
        self._bodies[number] = body

    def stream(self, entries: str, content: bytes, *, number: int | None = None) -> int:
        """A stream whose dictionary has `entries`; its content as it stands there. Returns its number."""
        number = self.reserve() if number is None else number
        self._places[number] = self._length
        # The line end before `endstream` is PDF/A's wish (ISO 19005-2, 6.1.7.1); the length leaves it out.
        head = f"{number} 0 obj\n<<{entries}/Length {len(content)}>>\nstream\n".encode("latin-1")
        written = b"%b%b\nendstream\nendobj\n" % (head, content)
        self._written.append(written)
        self._length += len(written)
        return number

    def deflated(
        self, entries: str, content: bytes, *, number: int | None = None, level: int | None = None
    ) -> int:
        """A stream that is deflated here, at the file's level if none is given. Returns its number."""
        held = squeezed(content, level=self._level if level is None else level)
        return self.stream(f"{entries}/Filter/FlateDecode", held, number=number)

    def finished(self, *, root: int, info: int, identity: bytes) -> bytes:
        """The whole file: its catalogue, its information dictionary, its identifier (7.5.5, 14.4).

        Raises KeyError where a reserved object was left without a body.
        """
        single = sorted(self._bodies)
        rows: dict[int, bytes] = {0: _ENTRY.pack(0, 0, 0xFFFF)}
        for start in range(0, len(single), _TOGETHER):
            numbers = single[start : start + _TOGETHER]
            begun = _HELD.pack(2, self._together(numbers))
            rows.update(zip(numbers, map(begun.__add__, _WITHIN), strict=False))
        table, place = self.reserve(), self._length
        rows.update([(number, _ENTRY.pack(1, where, 0)) for number, where in self._places.items()])
        rows[table] = _ENTRY.pack(1, place, 0)
        entries = b"".join([rows[number] for number in range(table + 1)])
        name = identity.hex()
        self.deflated(
            f"/Type/XRef/Size {table + 1}/W[1 4 2]/Root {root} 0 R/Info {info} 0 R/ID[<{name}><{name}>]",
            entries,
            number=table,
        )
        return b"".join([*self._written, f"startxref\n{place}\n%%EOF\n".encode()])

    def _together(self, numbers: Sequence[int]) -> int:
        """A stream of objects: first where each begins, then their bodies."""
        bodies = [self._bodies[number] for number in numbers]
        starts = accumulate([len(body) + 1 for body in bodies], initial=0)
        head = " ".join([f"{number} {start}" for number, start in zip(numbers, starts, strict=False)]) + "\n"
        content = (head + "\n".join(bodies)).encode("latin-1")
        return self.deflated(f"/Type/ObjStm/N {len(bodies)}/First {len(head)}", content)


def squeezed(content: bytes, *, level: int = THOROUGH) -> bytes:
    """Bytes as the filter FlateDecode reads them (7.4.4)."""
    return zlib.compress(content, level)


def literal(text: str) -> str:
    """Characters as a literal string, each standing for its byte (7.3.4.2)."""
    return f"({escaped(text)})"


def escaped(text: str) -> str:
    """Characters as they stand in a literal string."""
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "(" in text or ")" in text:
        text = text.replace("(", "\\(").replace(")", "\\)")
    return text


@remembered(1024)  # what is said of a link is said of all that lead to the same source
def text_string(text: str) -> str:
    """A text in PDF's spelling (7.9.2.2): in its own Latin encoding, else in UTF-16."""
    if not text.isprintable():  # U+00A0 and U+00AD are no signs of that encoding either
        return _in_utf_16(text)
    if text.isascii():
        return literal(text)
    spelt = text if max(text) <= "\xff" else text.translate(_OWN_SIGNS)
    if max(spelt) > "\xff" or text.startswith(_OTHER_ENCODINGS):
        return _in_utf_16(text)
    return literal(spelt)


def _in_utf_16(text: str) -> str:
    return f"<FEFF{text.encode('utf-16-be').hex()}>"
