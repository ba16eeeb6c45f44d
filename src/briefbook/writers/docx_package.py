"""The container of a DOCX: a ZIP file whose bytes depend on its parts alone.

Written here, not by `zipfile`, for two reasons: parts that never change are deflated once and copied from
then on, and nothing of the machine (clock, file modes, version of a library) can enter the bytes.
"""

import struct
import zlib
from collections.abc import Iterable

from briefbook.frozen import frozen
from briefbook.writers.docx_flow import quoted
from briefbook.writers.docx_styles import Element

# 1 January 1980, 0:00, in the form of MS-DOS: the earliest day that a ZIP file can name.
_DOS_DATE = (1 << 5) | 1
_VERSION = 20  # 2.0: deflate
_UTF8_NAMES = 1 << 11
_DEFLATED = 8
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_DECLARATION = b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"  # as lxml writes it
_WITHOUT_CONTROLS = bytes(code if code >= 0x20 or code in b"\t\n\r" else 0x20 for code in range(0x100))
_NO_SIGNS = ("\ufffe".encode(), "\uffff".encode())
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_END = struct.Struct("<4sHHHHIIH")
# To make room for zlib's usual window and tables takes longer than to deflate a small part. A window of 8 KB
# has all of it in reach, which is 262 bytes less (`MAX_DIST` in zlib's deflate.h).
_SMALL_WINDOW = 13
_SMALL_TABLES = 6
_SMALL = (1 << _SMALL_WINDOW) - 262
# Of deflating: what is made once or may be large, as a bound book; and what is made for each memo, in a third
# of the time for 3 to 4 % of the file.
_THOROUGH = 6
QUICK = 3


@frozen
class Part:
    """One part of a package, deflated: `name` is its path in the container, without a leading slash."""

    name: str
    deflated: bytes
    size: int  # bytes before deflating
    checksum: int  # CRC-32 of the bytes before deflating


def part_of_bytes(name: str, content: bytes, *, level: int = _THOROUGH) -> Part:
    """Deflate `content` as the part `name`; level 0 for what is squeezed already."""
    is_small = len(content) <= _SMALL
    bits, tables = (_SMALL_WINDOW, _SMALL_TABLES) if is_small else (zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL)
    squeeze = zlib.compressobj(level, zlib.DEFLATED, -bits, tables)  # negative: no header, as ZIP wants it
    deflated = squeeze.compress(content) + squeeze.flush()
    return Part(name=name, deflated=deflated, size=len(content), checksum=zlib.crc32(content))


def part_of_xml(name: str, root: Element, *, level: int = _THOROUGH) -> Part:
    """Serialise and deflate `root` as the part `name`: UTF-8, standalone, as ECMA-376 Part 2 §9.1 asks."""
    from lxml import etree

    return part_of_bytes(name, etree.tostring(root, encoding="UTF-8", standalone=True), level=level)


def part_of_text(name: str, *xml: str, level: int = _THOROUGH) -> Part:
    """Deflate the root element of the part `name`, written as text, as `part_of_xml` does.

    The text may come in pieces: most are ASCII, which is encoded in a fraction of the time of any other.
    Raises ValueError for characters that no XML can hold (XML 1.0, 2.2).
    """
    # A lone surrogate is a UnicodeEncodeError, which is one.
    content = b"".join([_DECLARATION, *map(str.encode, xml)])
    # Of the signs that no XML holds, the first byte is found quickly.
    has_forbidden = b"\xef" in content and any(sign in content for sign in _NO_SIGNS)
    if has_forbidden or content.translate(_WITHOUT_CONTROLS) != content:
        raise ValueError(f"{name}: characters that XML cannot hold")
    return part_of_bytes(name, content, level=level)


class Relationships:
    """The relationships of one part (ECMA-376 Part 2 §9.3), as they grow: their ids count them."""

    def __init__(self, entries: Iterable[str] = ()) -> None:
        self._entries = list(entries)

    @property
    def entries(self) -> tuple[str, ...]:
        """Those there are, as text, to begin another book with."""
        return tuple(self._entries)

    def add(self, kind: str, target: str, *, outside: bool = False) -> str:
        """Append one of the type `kind` and return its id; `outside`: the target is an address."""
        identity = f"rId{len(self._entries) + 1}"
        mode = ' TargetMode="External"' if outside else ""
        self._entries.append(f'<Relationship Id="{identity}" Type="{kind}" Target="{quoted(target)}"{mode}/>')
        return identity

    def xml(self) -> str:
        """The root of their part."""
        return f'<Relationships xmlns="{_RELATIONSHIPS}">{"".join(self._entries)}</Relationships>'


def blank_relationships() -> Element:
    """The root of a part of relationships (ECMA-376 Part 2 §9.3)."""
    from lxml import etree

    return etree.fromstring(f'<Relationships xmlns="{_RELATIONSHIPS}"/>')


def add_relationship(root: Element, kind: str, target: str, *, outside: bool = False) -> str:
    """Append a relationship of the type `kind` and return its id; `outside`: the target is an address."""
    from lxml import etree

    identity = f"rId{len(root) + 1}"
    entry = etree.SubElement(root, f"{{{_RELATIONSHIPS}}}Relationship", Id=identity, Type=kind, Target=target)
    if outside:
        entry.set("TargetMode", "External")
    return identity


def zip_of_parts(parts: Iterable[Part]) -> bytes:
    """A ZIP file (APPNOTE.TXT 6.3.3) of `parts` in the order given."""
    body = bytearray()
    directory = bytearray()
    count = 0
    for part in parts:
        name = part.name.encode()
        sizes = (part.checksum, len(part.deflated), part.size)
        directory += _CENTRAL.pack(
            b"PK\1\2", _VERSION, _VERSION, _UTF8_NAMES, _DEFLATED, 0, _DOS_DATE, *sizes, len(name),
            0, 0, 0, 0, 0, len(body),
        )  # fmt: skip
        directory += name
        body += _LOCAL.pack(b"PK\3\4", _VERSION, _UTF8_NAMES, _DEFLATED, 0, _DOS_DATE, *sizes, len(name), 0)
        body += name
        body += part.deflated
        count += 1
    end = _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + end)
