"""The container of a DOCX: a ZIP file whose bytes depend on its parts alone.

Written here, not by `zipfile`, for two reasons: parts that never change are deflated once and copied from
then on, and nothing of the machine (clock, file modes, version of a library) can enter the bytes.
"""

import struct
import zlib
from collections.abc import Iterable

from lxml import etree

from briefbook.frozen import frozen

# 1 January 1980, 0:00, in the form of MS-DOS: the earliest day that a ZIP file can name.
_DOS_DATE = (1 << 5) | 1
_VERSION = 20  # 2.0: deflate
_UTF8_NAMES = 1 << 11
_DEFLATED = 8
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_END = struct.Struct("<4sHHHHIIH")


@frozen
class Part:
    """One part of a package, deflated: `name` is its path in the container, without a leading slash."""

    name: str
    deflated: bytes
    size: int  # bytes before deflating
    checksum: int  # CRC-32 of the bytes before deflating


def part_of_bytes(name: str, content: bytes, *, level: int = 6) -> Part:
    """Deflate `content` as the part `name`; level 0 for what is squeezed already."""
    squeeze = zlib.compressobj(level, zlib.DEFLATED, -15)  # -15: no zlib header, as ZIP wants it
    deflated = squeeze.compress(content) + squeeze.flush()
    return Part(name=name, deflated=deflated, size=len(content), checksum=zlib.crc32(content))


def part_of_xml(name: str, root: etree._Element) -> Part:
    """Serialise and deflate `root` as the part `name`: UTF-8, standalone, as ECMA-376 Part 2 §9.1 asks."""
    return part_of_bytes(name, etree.tostring(root, encoding="UTF-8", standalone=True))


def blank_relationships() -> etree._Element:
    """The root of a part of relationships (ECMA-376 Part 2 §9.3)."""
    return etree.fromstring(f'<Relationships xmlns="{_RELATIONSHIPS}"/>')


def add_relationship(root: etree._Element, kind: str, target: str, *, outside: bool = False) -> str:
    """Append a relationship of the type `kind` and return its id; `outside`: the target is an address."""
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
