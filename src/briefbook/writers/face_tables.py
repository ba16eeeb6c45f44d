"""The tables of a TrueType file, and whether they hold together: asked before ReportLab reads a user's.

ReportLab believes every count that it reads: a bit that has flipped in the map of characters makes it fill
the memory, one in the places of the outlines shows when the face is drawn. All numbers are unsigned and
big-endian; the tables are those of OpenType 1.9.
"""

import struct
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

# The tables that are read, and the fewest bytes that each has.
_LEAST = {
    "head": 54, "hhea": 36, "maxp": 6, "OS/2": 78, "post": 32,
    "name": 6, "cmap": 4, "hmtx": 4, "loca": 4, "glyf": 0,
}  # fmt: skip
_MOST_TABLES = 100  # a face has some twenty; OpenType knows about fifty
_MOST_CHARACTERS = 0x110000  # of Unicode

# Of a part of a composite glyph (`glyf`, "Composite Glyph Description").
_WORDS, _SCALE, _MORE, _TWO_SCALES, _TWO_BY_TWO = 0x0001, 0x0008, 0x0020, 0x0040, 0x0080


def whole_tables(data: bytes) -> Mapping[str, bytes] | None:
    """The tables by their tags; None where one is missing or holds less than it, or another, says."""
    try:
        tables = _tables(data)
        if any(len(tables[tag]) < least for tag, least in _LEAST.items()):
            return None
        is_whole = _has_metrics(tables) and _has_sane_characters(tables["cmap"]) and _has_outlines(tables)
    except (KeyError, IndexError, struct.error, CycleError):
        return None
    return tables if is_whole else None


def _tables(data: bytes) -> dict[str, bytes]:
    """Those that are read: a copy of each, the last of a tag, is all that they take.

    Raises IndexError for a table that the file does not hold whole, and for more than any face has.
    """
    places: dict[str, tuple[int, int]] = {}
    count = _number(data, 4)
    if count > _MOST_TABLES:
        raise IndexError(count)
    for at in range(12, 12 + 16 * count, 16):
        tag, _, offset, length = struct.unpack_from(">4sLLL", data, at)
        if offset + length > len(data):
            raise IndexError(offset)
        places[tag.decode("latin-1")] = offset, length
    return {tag: data[offset : offset + length] for tag, (offset, length) in places.items() if tag in _LEAST}


def _number(table: bytes, at: int) -> int:
    return int(struct.unpack_from(">H", table, at)[0])


def _has_metrics(tables: Mapping[str, bytes]) -> bool:
    """An em that can be divided by, and a width of every glyph."""
    glyphs, full = _number(tables["maxp"], 4), _number(tables["hhea"], 34)
    return (
        16 <= _number(tables["head"], 18) <= 16384
        and 1 <= full <= glyphs
        and len(tables["hmtx"]) >= 4 * full + 2 * (glyphs - full)
    )


# ---------------------------------------------------------------------------------- characters


def unicode_map(cmap: bytes) -> int | None:
    """Where the map of characters starts that ReportLab takes: the last one. None if that is not of Unicode.

    Others are of signs, or of the older sets of Chinese, Japanese and Korean characters.
    """
    offset = None
    for at in range(4, 4 + 8 * _number(cmap, 2), 8):
        platform, encoding, start = struct.unpack_from(">HHL", cmap, at)
        if platform == 3 and encoding not in (1, 10):
            offset = None
        elif platform == 3 or (platform == 0 and encoding != 5):
            offset = start
    return offset if offset is not None and _number(cmap, offset) in (4, 12) else None


def _has_sane_characters(cmap: bytes) -> bool:
    """The map that ReportLab takes, if any, holds no more than there is."""
    offset = unicode_map(cmap)
    count = 0
    for first, last in _segments(cmap, offset) if offset is not None else ():
        count += max(last - first + 1, 0)
        if last > 0x10FFFF or count > _MOST_CHARACTERS:
            return False
    return True


def _segments(cmap: bytes, offset: int) -> Iterator[tuple[int, int]]:
    """First and last character of each segment of a map, format 4 or 12."""
    if _number(cmap, offset) == 4:
        count = _number(cmap, offset + 6) // 2
        lasts = struct.unpack_from(f">{count}H", cmap, offset + 14)
        firsts = struct.unpack_from(f">{count}H", cmap, offset + 16 + 2 * count)
        yield from zip(firsts, lasts, strict=True)
    else:
        (count,) = struct.unpack_from(">L", cmap, offset + 12)
        for at in range(offset + 16, offset + 16 + 12 * count, 12):
            yield struct.unpack_from(">LL", cmap, at)  # struct.error where the table ends before


# ------------------------------------------------------------------------------------ outlines


def _has_outlines(tables: Mapping[str, bytes]) -> bool:
    """The place of every outline is within `glyf`, and what is made of others is made of some that there are.

    Raises CycleError for an outline that is part of itself.
    """
    glyphs, form, outlines = _number(tables["maxp"], 4), _number(tables["head"], 50), tables["glyf"]
    if form > 1:
        return False
    places = struct.unpack_from(f">{glyphs + 1}{'HL'[form]}", tables["loca"])
    if form == 0:
        places = tuple(2 * place for place in places)
    if list(places) != sorted(places) or places[-1] > len(outlines):
        return False
    parts: dict[int, list[int]] = {}
    for glyph in range(glyphs):
        start, end = places[glyph], places[glyph + 1]
        if start < end and outlines[start] & 0x80:  # a negative number of contours
            parts[glyph] = list(_parts(outlines[start:end]))
            if max(parts[glyph]) >= glyphs:
                return False
    TopologicalSorter(parts).prepare()
    return True


def _parts(outline: bytes) -> Iterator[int]:
    """The glyphs that a composite one is made of. Raises struct.error where it ends too soon."""
    at, flags = 10, _MORE
    while flags & _MORE:
        flags, glyph = struct.unpack_from(">HH", outline, at)
        yield glyph
        at += 8 if flags & _WORDS else 6
        at += 2 if flags & _SCALE else 4 if flags & _TWO_SCALES else 8 if flags & _TWO_BY_TWO else 0
