"""Any instruction of a field, in a house's file and in a kept document: taken, or told with a mend."""

import re
import time
from itertools import pairwise
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from briefbook.writers.house_contents import _FIELDS, HouseRefused, refuse_reaching
from briefbook.writers.house_package import open_house
from tests.conftest import ROOT
from tests.hostile.test_house_files import BEGUN, ENDED, FAR, SHOWN
from tests.houses.by_hand import FOOTER, hand_made_house

COMMENT = "<!-- -->"
NAMES = ("HYPERLINK", "PAGE", "=", "QUOTE", "DDEAUTO", "INCLUDETEXT", "hyperlink", "Seite")
SWITCHES = (r"\l", r"\o", r"\t", r"\h", r"\n", r"\* MERGEFORMAT", r"\*", r"\@", "\\", r"\\")
ADDRESSES = (
    "https://example.org/",
    FAR,
    "mailto:a@b.example",
    "#place",
    '""',
    '" "',
    "file://evil.example/x",
)
OTHERS = (" ", '"', "“", "\u00a0", "\ufffc", "&", "<", "\u202e", "x", "_Toc1", COMMENT)
MARKS = (
    BEGUN,
    SHOWN,
    ENDED,
    "<w:t>x</w:t>",
    f"<w:t>{FAR}</w:t>",
    "<w:tab/>",
    '<w:fldSimple w:instr="QUOTE x"/>',
)
COUNT = 20_000
HOSTILE = ("DDEAUTO", "INCLUDETEXT", "SEITE")


def written(word: str) -> str:
    """Words of an instruction in a run of their own; a comment is one of XML."""
    return f"<w:instrText>{word if word == COMMENT else escape(word)}</w:instrText>"


characters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
words = st.sampled_from((*NAMES, *SWITCHES, *ADDRESSES, *OTHERS)) | st.text(characters, max_size=4)
pieces = st.lists(words.map(written) | st.sampled_from(MARKS), max_size=9)
switches = st.lists(
    st.sampled_from(
        (
            *(r"\h", r"\n", r"\m", r"\* MERGEFORMAT", r"\*CHARFORMAT"),
            *(r"\o x", r'\o "a b"', r"\l _Toc1", r'\t "_blank"'),
        )
    ),
    max_size=4,
)
elsewhere = st.sampled_from((FAR, FAR.strip('"'), r'"\\evil.example\x"', "javascript:x", '"C:/x.exe"'))
sound = st.sampled_from(("", '""', "https://example.org/", '"mailto:a@b.example"'))


def footer(inner: str) -> str:
    """The house's footer with one field more."""
    return FOOTER.replace("</w:p>", f"<w:r>{BEGUN}{inner}{ENDED}</w:r></w:p>")


def is_taken(part: str) -> bool:
    """Whether a footer is taken of a house; what is, is so of a kept document, and what is told has a mend."""
    try:
        house = open_house(hand_made_house({"word/fuss.xml": part}))
    except HouseRefused as refused:
        told = refused.message and refused.hint
    else:
        refuse_reaching(etree.fromstring(house.parts["word/house-footer1.xml"].data))
        return True
    assert told
    return False


@given(pieces)
@settings(max_examples=200, deadline=None)
def test_any_instruction_is_taken_or_told(inner: list[str]) -> None:
    taken = is_taken(footer("".join(inner)))
    for before, word in pairwise([BEGUN, *inner]):
        if before == BEGUN and word.removeprefix("<w:instrText>").upper().startswith(HOSTILE):
            assert not taken, inner


@given(switches, elsewhere, switches, st.booleans())
@settings(max_examples=100, deadline=None)
def test_no_switch_hides_where_a_link_leads(
    before: list[str], address: str, after: list[str], is_field: bool
) -> None:
    inner = [written(f" {word} ") for word in ("HYPERLINK", *before, address, *after)]
    if is_field:
        inner[len(before) + 1] = f"{BEGUN}{written(f'QUOTE {address}')}{ENDED}"
    assert not is_taken(footer("".join(inner)))


@given(switches, sound, switches)
@settings(max_examples=60, deadline=None)
def test_a_sound_link_is_taken_whatever_its_switches(
    before: list[str], address: str, after: list[str]
) -> None:
    assert is_taken(footer(written(" ".join(("HYPERLINK", *before, address, *after)))))


@pytest.mark.parametrize("part", [r"\l ", '"', r"\o x", "x ", " ", BEGUN])
def test_a_long_instruction_takes_no_time(part: str) -> None:
    started = time.process_time()
    is_taken(footer(part * COUNT if part == BEGUN else written(f"HYPERLINK {part * COUNT}")))
    assert time.process_time() - started < 2


def test_the_page_names_the_fields_that_are_taken() -> None:
    page = (ROOT / "docs/house.md").read_text(encoding="utf-8")
    named = re.findall(r"`([A-Z]+|=)`", page.partition("\n## Fields\n")[2].partition("\n\nA bookmark")[0])
    assert len(named) > 50
    assert all(is_taken(footer(written(name))) for name in named)
    assert set(named) == _FIELDS
