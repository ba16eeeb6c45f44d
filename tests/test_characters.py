"""What is shown of anybody's text, and that this is spelled in one place."""

import re
import sys
import unicodedata

import pytest

from briefbook.characters import BAD, OBEYED, on_one_line, printable
from tests.conftest import ROOT

TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}  # as unicodedata names their kinds
MARKS = {"\u061c", "\u200e", "\u200f"}


def test_what_is_not_shown_is_what_no_text_has_and_what_turns_letters_around() -> None:
    for sign in map(chr, range(sys.maxunicode + 1)):
        turns = unicodedata.bidirectional(sign) in TURNING or sign in MARKS
        is_bad = BAD.fullmatch(sign) is not None and sign != "\ufffd"
        assert bool(OBEYED.fullmatch(sign)) is (turns or is_bad or sign in "\n\r"), f"U+{ord(sign):04X}"


@pytest.mark.parametrize(
    "text", ["مجلس الوزراء", "שלום עולם", "می‌خواهم", "👩‍👧", "a\tb", "10\u00a0000", "1\u202f000", "\ufffd"]
)
def test_letters_of_every_script_stay(text: str) -> None:
    assert printable(text) == text


def test_each_that_is_not_shown_leaves_a_trace() -> None:
    assert printable("a\x1b[2J\u202eb\nc\ud800") == "a\ufffd[2J\ufffdb\ufffdc\ufffd"
    assert printable("a\u2066b", " ") == "a b"
    assert on_one_line(" 250\r\n\x1b ok \u202e now ") == "250 ok now"


def test_no_other_module_spells_it() -> None:
    spelled = re.compile(
        r"isprintable\(\)[^\n]* else |\\u202d\\u202e|-\\u202e\\u2066-\\u2069|\[\\x00-|\[\\0-"
    )
    modules = [path for path in (ROOT / "src").rglob("*.py") if spelled.search(path.read_text())]
    assert {path.name for path in modules} <= {"characters.py", "addresses.py"}  # what it refuses is its own
