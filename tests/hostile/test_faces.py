"""Hostile faces: a face is refused with its mend, or drawn; it takes no memory that its size does not.

`CASES` is read by the count of all hostile inputs: a kind, a name, the face, what is told.
"""

import struct
import time
import tracemalloc

import pytest

from briefbook.writers.faces import own_face_mistake
from briefbook.writers.theme import File
from tests.faces import small_face
from tests.writers.test_face_tables import groups, spoiled, with_map, with_tables

FACE = small_face()
BROKEN, OUTLINES = "this face is broken", "this is no TrueType face"

CASES: tuple[tuple[str, str, bytes, str], ...] = (
    ("another face", "outlines of PostScript", b"OTTO" + FACE[4:], OUTLINES),
    ("another face", "a collection", b"ttcf" + FACE[4:], OUTLINES),
    ("another face", "WOFF", b"wOFF" + FACE[4:], OUTLINES),
    ("another face", "a program", b"MZ" + FACE[2:], OUTLINES),
    ("another face", "nothing", b"", OUTLINES),
    ("tables of a face", "more than any has", with_tables(FACE, 4_000), BROKEN),
    ("tables of a face", "half of it", FACE[: len(FACE) // 2], BROKEN),
    ("tables of a face", "glyphs that are not there", spoiled(FACE, "maxp", 4, ">H", 0xFFFF), BROKEN),
    ("tables of a face", "no units to the em", spoiled(FACE, "head", 18, ">H", 0), BROKEN),
    ("tables of a face", "widths that are not there", spoiled(FACE, "hhea", 34, ">H", 0xFFFF), BROKEN),
    ("characters of a face", "four thousand million", with_map(FACE, groups((0x20, 0xFFFFFFFF, 1))), BROKEN),
    ("characters of a face", "all of Unicode, twenty times", with_map(FACE, groups(*[(0x20, 0x10FFFF, 1)] * 20)), BROKEN),
    ("characters of a face", "groups that are not there", with_map(FACE, groups((0x20, 0x7E, 1), count=0xFFFFFFFF)), BROKEN),
    ("characters of a face", "segments without any", with_map(FACE, struct.pack(">8H", 4, 0, 0, 0xFFFF, 0, 0, 0, 0)), BROKEN),
    ("characters of a face", "a map of no form", with_map(FACE, struct.pack(">HHLLL", 99, 0, 16, 0, 0)), "this face"),
)  # fmt: skip


@pytest.mark.parametrize(("face", "told"), [pytest.param(*case[2:], id=case[1]) for case in CASES])
def test_a_hostile_face_is_refused_soon_and_takes_no_memory(face: bytes, told: str) -> None:
    tracemalloc.start()
    started = time.process_time()
    try:
        found = own_face_mistake(File.of(face))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.process_time() - started < 2
    assert peak < 30_000_000
    assert found is not None
    assert found[0].startswith(told)
    assert found[1]
