"""A user's own face, whole or damaged: what is taken can be drawn, what cannot be drawn is told."""

import io
import struct
import tracemalloc
from collections.abc import Iterator
from random import Random

import pikepdf
import pytest
from fontTools.ttLib import TTFont

from briefbook.document import Paragraph
from briefbook.writers.face_tables import whole_tables
from briefbook.writers.faces import own_face_mistake
from briefbook.writers.theme import File, OwnFaces, Theme
from briefbook.writers.to_pdf import write_pdf
from tests.faces import LETTERS, VERA, saved, small_face, typewriter_face
from tests.writers.trees import bullets, document_of, fisheries_memo, run

TABLES = ("cmap", "head", "hhea", "hmtx", "loca", "glyf", "maxp", "name", "post", "OS/2")
BROKEN = ("this face is broken", "get it anew from its maker")
NO_LETTERS = ("this face holds no letters", "take another one")


def mistake(face: bytes) -> tuple[str, str] | None:
    return own_face_mistake(File.of(face))


def in_face(face: bytes) -> bytes:
    """A PDF in the face, with each of its letters."""
    document = document_of(Paragraph(children=run(LETTERS)), bullets("Emery"))
    return write_pdf(document, Theme(own_faces=OwnFaces(regular=File.of(face))))


def places(face: bytes) -> dict[str, tuple[int, int]]:
    """Where each table starts and how long it is; that of the directory of tables under ''."""
    count = int.from_bytes(face[4:6], "big")
    found = {"": (0, 12 + 16 * count)}
    for at in range(12, 12 + 16 * count, 16):
        tag, _, start, length = struct.unpack_from(">4sLLL", face, at)
        found[tag.decode()] = start, length
    return found


def spoiled(face: bytes, table: str, at: int, form: str, value: int) -> bytes:
    """The face with a number in a table by another."""
    data = bytearray(face)
    struct.pack_into(form, data, places(face)[table][0] + at, value)
    return bytes(data)


# -------------------------------------------------------------------------------------- whole faces


@pytest.mark.parametrize("face", [small_face(), typewriter_face(), VERA.read_bytes()])
def test_a_whole_face_is_taken_and_drawn(face: bytes) -> None:
    assert mistake(face) is None
    assert in_face(face)


def test_a_glyph_is_as_wide_in_the_embedded_face_as_in_the_pdf() -> None:
    """ISO 14289-1, 7.21.5, of a face with fewer entries of widths than glyphs and 2048 units to the em."""
    compared = 0
    pdf = write_pdf(fisheries_memo(), Theme(own_faces=OwnFaces(regular=File.of(typewriter_face()))))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for font in (font for page in document.pages for font in page.Resources.Font.values()):
            widths, first = [float(width) for width in font.Widths], int(font.FirstChar)
            with TTFont(io.BytesIO(font.FontDescriptor.FontFile2.read_bytes())) as embedded:
                em, names = embedded["head"].unitsPerEm, embedded["cmap"].tables[0].cmap
                for code, name in names.items():
                    if code >= first:
                        advance = embedded["hmtx"][name][0] * 1000 / em
                        assert advance == pytest.approx(widths[code - first], abs=1)
                        compared += 1
    assert compared > 50


# ------------------------------------------------------------------------------------ damaged faces


def damaged(face: bytes, table: str, times: int) -> Iterator[bytes]:
    """The face with bytes of a table changed here and there, few or many, more often where it begins."""
    random = Random(table)
    start, length = places(face)[table]
    for _ in range(times):
        data = bytearray(face)
        reach = min(length, random.choice([32, 400, length]))
        for _ in range(random.choice([1, 3, 20])):
            data[start + random.randrange(reach)] = random.choice(
                [0, 1, 0x7F, 0x80, 0xFF, random.randrange(256)]
            )
        yield bytes(data)


@pytest.mark.parametrize("table", ["", *TABLES])
def test_a_face_damaged_anywhere_is_told_or_drawn(table: str) -> None:
    told = set()
    for face in damaged(small_face(), table, 150):
        told.add(found := mistake(face))
        if found is None:
            assert in_face(face)
    assert None in told or table in ("", "name")
    assert told - {None} or table in ("glyf", "hmtx")  # outlines and widths may be anything


def test_a_face_cut_anywhere_is_told_or_drawn() -> None:
    face = small_face()
    for end in range(0, len(face), 97):
        assert mistake(face[:end]) is not None or in_face(face[:end])


@pytest.mark.parametrize(
    ("table", "at", "form", "value"),
    [
        ("head", 18, ">H", 0),  # units to the em
        ("head", 50, ">H", 2),  # the form of `loca`
        ("maxp", 4, ">H", 0xFFFF),  # glyphs
        ("hhea", 34, ">H", 0),  # widths
        ("hhea", 34, ">H", 0xFFFF),
        ("loca", 4, ">H", 0xFFFF),  # not in order
        ("name", 0, ">H", 7),  # what ReportLab alone refuses
    ],
)
def test_a_number_that_its_table_or_another_belies(table: str, at: int, form: str, value: int) -> None:
    assert mistake(spoiled(small_face(), table, at, form, value)) == BROKEN


def with_map(face: bytes, characters: bytes) -> bytes:
    """The face with another map of characters, after the rest of the file."""
    cmap = struct.pack(">HHHHL", 0, 1, 3, 10, 12) + characters
    at = next(at for at in range(12, 400, 16) if face[at : at + 4] == b"cmap")
    entry = face[:at] + struct.pack(">4sLLL", b"cmap", 0, len(face), len(cmap)) + face[at + 16 :]
    return entry + cmap


def groups(*segments: tuple[int, int, int], count: int | None = None) -> bytes:
    """A map in format 12: the first and last character and the first glyph of each group."""
    body = b"".join(struct.pack(">LLL", *segment) for segment in segments)
    return struct.pack(">HHLLL", 12, 0, 16 + len(body), 0, len(segments) if count is None else count) + body


@pytest.mark.parametrize(
    ("characters", "told"),
    [
        (groups((0x20, 0x20, 1), (0x41, 0x5A, 3)), None),
        (groups((0x20, 0xFFFFFFFF, 1)), BROKEN),  # four thousand million characters
        (groups(*[(0x20, 0x10FFFF, 1)] * 20), BROKEN),
        (groups((0x20, 0x7E, 1), count=0xFFFFFFFF), BROKEN),
        (struct.pack(">8H", 4, 0, 0, 0xFFFF, 0, 0, 0, 0), BROKEN),
        (groups(), NO_LETTERS),
        (groups((0x41, 0x5A, 1)), NO_LETTERS),  # no space
        (groups((0x20, 0x40, 1)), NO_LETTERS),  # no letter
        (struct.pack(">8H", 6, 16, 0, 0x20, 3, 1, 2, 3), NO_LETTERS),  # a format that no such face has
    ],
)
def test_maps_of_characters(characters: bytes, told: tuple[str, str] | None) -> None:
    assert mistake(with_map(small_face(), characters)) == told


def test_a_face_of_signs_holds_no_letters() -> None:
    with TTFont(io.BytesIO(small_face())) as font:
        for table in font["cmap"].tables:
            table.platformID, table.platEncID = 3, 0
        assert mistake(saved(font)) == NO_LETTERS


def test_a_letter_that_is_part_of_itself_or_of_what_there_is_not() -> None:
    with TTFont(io.BytesIO(small_face())) as font:
        order, outlines = font.getGlyphOrder(), font["glyf"]
        (accented, *_) = (order.index(name) for name in order if outlines[name].isComposite())
        parts = [order.index(part.glyphName) for part in outlines[order[accented]].components]
        start = font["loca"][accented]
    for part in (accented, len(order)):
        spoilt = spoiled(small_face(), "glyf", start + 12, ">H", part)
        assert whole_tables(spoilt) is None
        assert mistake(spoilt) == BROKEN
    assert mistake(spoiled(small_face(), "glyf", start + 12, ">H", parts[-1])) is None


def with_tables(face: bytes, count: int) -> bytes:
    """The face with as many more tables, each of which is all of the file."""
    old, size = int.from_bytes(face[4:6], "big"), 16 * count
    entries = b"".join(
        struct.pack(">4sLLL", tag, check, start + size, length)
        for tag, check, start, length in struct.iter_unpack(">4sLLL", face[12 : 12 + 16 * old])
    )
    more = b"".join(
        struct.pack(">4sLLL", b"%04d" % number, 0, 0, len(face) + size) for number in range(count)
    )
    return face[:4] + (old + count).to_bytes(2, "big") + face[6:12] + entries + more + face[12 + 16 * old :]


def test_a_face_with_more_tables_than_any_has_is_broken_and_takes_no_memory() -> None:
    assert mistake(with_tables(small_face(), 60)) is None
    many = with_tables(VERA.read_bytes() + bytes(200_000), 4_000)
    tracemalloc.start()
    try:
        for face in (many, with_tables(small_face(), 100)):
            assert mistake(face) == BROKEN
        held = whole_tables(with_tables(VERA.read_bytes(), 60))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held is not None
    assert set(held) == set(TABLES)
    assert peak < 20 * len(VERA.read_bytes())
