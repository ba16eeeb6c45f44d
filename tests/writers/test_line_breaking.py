"""Lines: nothing lost, nothing too wide, broken where people break."""

from itertools import pairwise
from math import inf
from unicodedata import combining

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from briefbook.writers.line_breaking import break_lines, natural_width, widest_word, widest_word_in
from briefbook.writers.styled_text import Line, Span, composed, drawn
from briefbook.writers.word_by_word import filled_word_by_word


def half_em(text: str, strong: bool, emphasis: bool) -> float:
    """A face whose characters are all half as wide as high, bold ones wider, accents without width."""
    return sum(not combining(character) for character in text) * (0.6 if strong else 0.5)


def lines(*texts: str, width: float) -> list[str]:
    """The lines of a text at size 10, so that a character is 5 points wide."""
    return [line.text for line in break_lines([Span(text=text, size=10) for text in texts], width, half_em)]


def visible_width(line: Line) -> float:
    """What the eye sees of a line: without the spaces at its end, a soft hyphen there drawn."""
    shown = [(drawn(piece.text, ends_line=piece is line.pieces[-1]), piece.span) for piece in line.pieces]
    while shown and not shown[-1][0].rstrip(" "):
        shown.pop()
    if shown:
        shown[-1] = shown[-1][0].rstrip(" "), shown[-1][1]
    return sum(half_em(text, span.strong, False) * span.size for text, span in shown)


characters = st.sampled_from("ab c d  -–—. 12é\u0301\u00a0\u00ad\u200b\u2060/")
spans = st.lists(
    st.builds(
        Span,
        text=st.text(characters, min_size=1, max_size=30),
        size=st.sampled_from((6.0, 10.0, 11.0)),
        strong=st.booleans(),
    ),
    max_size=5,
)


@given(spans, st.floats(4, 200))
@example([Span(text="wide \u00ad words", size=10)], 20.0)
def test_the_lines_hold_the_text_and_nothing_else(found: list[Span], width: float) -> None:
    broken = break_lines(found, width, half_em)
    assert "".join(line.text for line in broken) == "".join(span.text for span in found)


@given(spans, st.floats(4, 200))
def test_a_line_is_wider_than_the_column_only_where_a_character_is(found: list[Span], width: float) -> None:
    for line in break_lines(found, width, half_em):
        lone = (
            half_em(line.text.translate(dict.fromkeys(map(ord, " \u00ad\u200b\u2060"))), False, False) <= 0.5
        )
        assert lone or visible_width(line) <= width + 0.05  # a twentieth of a point, as Word rounds


@given(spans, st.floats(4, 200))
@example([Span(text="a b", size=10), Span(text="c", size=6), Span(text="  d – e-f", size=10)], 20.0)
def test_lines_looked_up_are_those_filled_word_by_word(found: list[Span], width: float) -> None:
    looked_up, filled = break_lines(found, width, half_em), filled_word_by_word(found, width, half_em)
    assert [line.text for line in looked_up] == [line.text for line in filled]
    for line, other in zip(looked_up, filled, strict=True):
        assert [(piece.text, id(piece.span)) for piece in line.pieces] == [
            (piece.text, id(piece.span)) for piece in other.pieces
        ]
        assert line.width == pytest.approx(other.width)
        assert [piece.width for piece in line.pieces] == pytest.approx(
            [piece.width for piece in other.pieces]
        )


@given(spans)
def test_no_column_is_too_narrow_for_its_widest_word(found: list[Span]) -> None:
    (line,) = filled_word_by_word(found, inf, half_em) or [Line(pieces=(), width=0)]
    assert natural_width(found, half_em) == pytest.approx(sum(piece.width for piece in line.pieces))
    words = filled_word_by_word(found, widest_word(found, half_em), half_em)
    assert all(line.text[-1] in " -–—\u00ad\u200b" for line in words[:-1])


@given(st.lists(spans, max_size=4))
def test_the_words_of_a_column_are_as_wide_together_as_line_by_line(column: list[list[Span]]) -> None:
    widest = max([widest_word(found, half_em) for found in column], default=0.0)
    assert widest_word_in(column, half_em) == pytest.approx(widest)


@given(st.lists(st.text("abc", min_size=1, max_size=6), min_size=1), st.floats(40, 200))
def test_a_line_is_as_full_as_it_gets(words: list[str], width: float) -> None:
    broken = lines(" ".join(words), width=width)
    for line, following in pairwise(broken):
        assert 5 * len(line + following.split()[0]) > width


def test_a_space_stays_at_the_end_of_its_line() -> None:
    assert lines("the third meeting", width=50) == ["the third ", "meeting"]


def test_a_line_ends_after_a_hyphen_and_after_a_dash_between_words() -> None:
    assert lines("High-Level Norland–Sudland talks", width=45) == [
        "High-",
        "Level ",
        "Norland–",
        "Sudland ",
        "talks",
    ]


def test_a_day_a_range_and_a_minus_stay_whole() -> None:
    assert lines("on 2031-05-11", width=55) == ["on ", "2031-05-11"]
    assert lines("days 4–7 of", width=30) == ["days ", "4–7 of"]
    assert lines("down -50 or", width=35) == ["down ", "-50 or"]


def test_a_spaced_dash_does_not_begin_a_line() -> None:
    assert lines("aaa bbb – ccc", width=35) == ["aaa ", "bbb – ", "ccc"]


def test_no_line_ends_at_a_no_break_space() -> None:
    for space in "\u00a0\u202f\u2007":
        assert lines(f"ten{space}tons of", width=40) == [f"ten{space}tons ", "of"]
        assert lines(f"a ten{space}tons", width=40) == ["a ", f"ten{space}tons"]


def test_a_word_joiner_forbids_the_break_after_a_hyphen() -> None:
    assert lines("a High-\u2060Level", width=50) == ["a ", "High-\u2060Level"]


def test_a_soft_hyphen_shows_at_the_end_of_a_line_alone() -> None:
    (first, second) = lines("fish\u00aderies", width=30)
    assert drawn(first, ends_line=True) == "fish\u00ad"
    assert second == "eries"
    assert drawn("fish\u00aderies", ends_line=True) == "fisheries"
    assert lines("fish\u00aderies", width=20 + 24)[0] == "fish\u00ad"


def test_a_word_that_no_line_holds_is_cut_after_a_sign_if_there_is_one() -> None:
    assert lines("https://norland.example/notes", width=100) == ["https://norland.", "example/notes"]
    assert lines("abcdefghij", width=20) == ["abcd", "efgh", "ij"]


def test_a_cut_leaves_an_accent_with_its_letter() -> None:
    assert lines("q\u0303q\u0303q\u0303", width=7) == ["q\u0303", "q\u0303", "q\u0303"]


def test_a_word_may_run_over_several_spans() -> None:
    assert lines("the sur", "vey", "2", " of", width=40) == ["the ", "survey2 ", "of"]


def test_composing_joins_accents_and_drops_what_nobody_sees() -> None:
    assert composed("Que\u0301bec\ufeff\u200e") == "Québec"
    assert composed("a\u00adb\u200bc\u2060d") == "a\u00adb\u200bc\u2060d"
