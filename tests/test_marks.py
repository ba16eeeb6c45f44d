"""The marks that carry a fact's identity through Markdown, and the escaping of every value."""

import string
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbook.cited import Cited
from briefbook.document import Origin
from briefbook.marks import MARK, anchor_mark, cite_mark, cited_in, ending, escaped, marked

ORIGIN = Origin(fact="council-3", field="place")
quick = settings(deadline=None)
hostile = st.text(st.sampled_from("\\`*_{}[]()#+-.!|<>&;:/^@ \n\t\u00a0\u2028a1") | st.characters())


def test_every_punctuation_character_of_ascii_is_escaped() -> None:
    for character in string.punctuation:
        assert escaped(character) != character
    assert escaped("Port Emery 11") == "Port Emery 11"


@quick
@given(hostile)
def test_a_value_never_holds_a_mark_a_bare_sign_or_a_line_break(text: str) -> None:
    made = escaped(text)
    assert not MARK.search(made)
    assert len(made.splitlines()) <= 1
    assert not made.endswith("\\")  # it would escape what the template writes next


@pytest.mark.parametrize(
    "space", ["\n", "\r\n", "\t", "  ", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]
)
def test_white_space_becomes_one_space(space: str) -> None:
    assert escaped(f"Port{space}Emery") == "Port Emery"


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u2009", "\u3000"])
def test_a_space_that_means_something_is_kept(space: str) -> None:
    assert escaped(f"12{space}t") == f"12{space}t"


@pytest.mark.parametrize(
    ("text", "origin", "language", "made"),
    [
        ("Port Emery", ORIGIN, None, "{#council-3 place}Port Emery{/}"),
        ("la nota", ORIGIN, "es-MX", "{#council-3 place es-MX}la nota{/}"),
        ("la nota", None, "es", "{#  es}la nota{/}"),
        ("Port Emery", None, None, "Port Emery"),
        ("", ORIGIN, "es", ""),
        ("{/}", ORIGIN, None, r"{#council-3 place}\{\/\}{/}"),
    ],
)
def test_marked_words(text: str, origin: Origin | None, language: str | None, made: str) -> None:
    assert marked(text, origin, language) == made


@quick
@given(hostile.filter(bool), st.sampled_from((None, "es", "pt-BR")))
def test_the_marks_around_words_are_read_back(text: str, language: str | None) -> None:
    made = marked(text, ORIGIN, language)
    opening, closing = MARK.finditer(made)
    assert (opening["fact"], opening["field"], opening["language"]) == ("council-3", "place", language)
    assert closing["close"]
    assert (opening.start(), closing.end()) == (0, len(made))


def test_a_citation_names_each_source_once_in_order() -> None:
    assert cite_mark(["note", "gazette", "note"]) == "{^note,gazette}"
    assert cite_mark([]) == ""
    found = MARK.fullmatch(cite_mark(["joint-note_2031.05", "2031"]))
    assert found is not None
    assert found["cite"] == "joint-note_2031.05,2031"


targets = st.one_of(
    st.none(), st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60)
)


@quick
@given(st.dictionaries(st.sampled_from(("note", "gazette", "letter-2031.05")), targets, min_size=1))
def test_the_address_that_opens_a_source_is_read_back_and_breaks_nothing(
    given_: dict[str, str | None],
) -> None:
    cited = [Cited(source, target) for source, target in given_.items()]
    mark = cite_mark(cited)
    found = MARK.fullmatch(mark)
    assert found is not None
    assert [(str(c), c.target) for c in cited_in(found["cite"])] == list(given_.items())
    assert not set(mark) & set("%|`\\<&#*_[]") - set("_")  # of what means something around it


def test_an_anchor_names_its_source() -> None:
    found = MARK.fullmatch(anchor_mark("note-2031.05"))
    assert found is not None
    assert found["anchor"] == "note-2031.05"


@pytest.mark.parametrize("count", range(5))
def test_where_words_end_is_found_the_same_with_and_without_citations(count: int) -> None:
    before = "{^z}x"  # a citation far before the end: all that follows is looked at for more of them
    for parts in product(("{/}", "{^a}", "x", "}", "{", "/", "{#a b}"), repeat=count):
        text = "".join(parts)
        assert ending(before + text) == tuple(len(before) + at for at in ending(text))
