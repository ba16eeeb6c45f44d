"""Hostile ZIPs: the same tricks on a house's Word file and on a returned document.

`CASES` is read by the count of all hostile inputs. Each trick ends in a refusal with a mend, or its file is
read as if it were not there: what a name or a size says otherwise never reaches a memo.
"""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from briefbook.diagnostics import BriefbookError
from briefbook.readers.read_returned import read_returned
from briefbook.writers.house_contents import HouseRefused
from briefbook.writers.house_package import open_house
from tests.hand_edits import parts_of
from tests.hostile.memory import grown
from tests.hostile.zips import LARGE, TRICKS, Parts, packed
from tests.houses.by_hand import PARTS
from tests.pictures import png
from tests.readers.test_read_returned import memo

Trick = Callable[[Parts, str], bytes]

NONE = ""  # nothing is told: the file is read, the trick has no effect
NAME, TWICE = "a part of this file has a name that leads out of it", "two parts of this file have one name"
BROKEN, TOO_MUCH = "this is not a whole Word file", "this file holds more than a"
TOLD = {
    "one name twice": TWICE,
    "twins but for case": TWICE,
    "twins but for a slash": TWICE,
    "a path that leads upwards": NAME,
    "backslashes": NAME,
    "a wrong checksum": BROKEN,
    "entries that overlap": BROKEN,
    "a size that ZIP64 is to tell": TOO_MUCH,
    "a local name of its own": BROKEN,
    "more than it says": BROKEN,
    "more, and the beginning as it says": BROKEN,
    "something behind the end": BROKEN,
    "less than it says": BROKEN,
    "an encrypted part": "a part of this file is under a password",
    "a symbolic link as the main part": NAME,
    "LZMA": "a part of this file is packed as Word packs none",
    "an absolute name and a device's": NONE,
    "a NUL in a name": NAME,
    "a bomb": "a part of this file blows up when it is opened",
    "small bombs, very many": TOO_MUCH,
    "entries without end": TOO_MUCH,
    "half of it": BROKEN,
    "the end alone": BROKEN,
}
CASES = tuple((kind, name, trick, TOLD[name]) for kind, name, trick in TRICKS)
HOUSE: Parts = {**PARTS, "word/media/wappen.png": png()}
SECONDS = 2  # of processor, for a trick on both

each_case = pytest.mark.parametrize(
    ("trick", "told"), [pytest.param(*case[2:], id=case[1]) for case in CASES]
)


@each_case
def test_a_house_in_a_hostile_zip(trick: Trick, told: str) -> None:
    data = trick(HOUSE, "word/dokument.xml")
    started = time.process_time()
    if told:
        with pytest.raises(HouseRefused) as refused:
            open_house(data)
        assert refused.value.message.startswith(told)
        assert refused.value.hint
    else:
        kept = open_house(data).parts
        assert kept.keys() == open_house(packed(HOUSE)).parts.keys()
    assert time.process_time() - started < SECONDS


@each_case
def test_a_returned_document_in_a_hostile_zip(trick: Trick, told: str) -> None:
    parts = parts_of(memo())
    data = trick(parts, "word/document.xml")
    started = time.process_time()
    if told:
        with pytest.raises(BriefbookError) as refused:
            read_returned(data, "back.docx")
        (problem,) = refused.value.problems
        assert problem.message.startswith(told)
        assert problem.hint
    else:
        assert read_returned(data, "back.docx").paragraphs == read_returned(memo(), "back.docx").paragraphs
    assert time.process_time() - started < SECONDS


HOUSES = """
from briefbook.writers.house_contents import HouseRefused as Refused
from briefbook.writers.house_package import open_house as opened
"""
RETURNED = """
from briefbook.diagnostics import BriefbookError as Refused
from briefbook.readers.read_returned import read_returned

def opened(data):
    return read_returned(data, "back.docx")
"""
OPEN = """
try:
    opened(Path(sys.argv[1]).read_bytes())
except Refused as refused:
    print("refused")
"""


@pytest.mark.parametrize("way", ["a house", "a returned document"])
def test_no_more_is_inflated_than_a_part_says(way: str, tmp_path: Path) -> None:
    """Two hundred megabytes in half a megabyte, of a part that says that it has ten bytes."""
    is_house = way == "a house"
    parts = HOUSE if is_house else parts_of(memo())
    trick = next(trick for _, name, trick in TRICKS if name == "more than it says")
    data = trick(parts, "word/dokument.xml" if is_house else "word/document.xml")
    file = tmp_path / "evil.docx"
    file.write_bytes(data)
    assert len(data) < LARGE // 200
    told, mebibytes = grown(HOUSES if is_house else RETURNED, OPEN, file)
    assert told == "refused"
    assert mebibytes < 16
