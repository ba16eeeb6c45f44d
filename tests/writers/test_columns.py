"""Columns: the same widths in both formats, wide enough, and shared so that the table is low."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbook.document import Inlines, Row, Table
from briefbook.writers.cambria import cambria_width
from briefbook.writers.columns import columns_of, set_columns
from briefbook.writers.docx_columns import column_widths
from briefbook.writers.faces import width_in_ems
from briefbook.writers.strips import TextSetter
from briefbook.writers.theme import Theme
from tests.writers.trees import few, run

THEME = Theme()
MEASURE = THEME.page.measure
LATIN = [
    *map(chr, range(0x20, 0x7F)),
    *map(chr, range(0xA1, 0xAC)),
    *map(chr, range(0xAE, 0x180)),
    *"–—‘’“”„•…€",
]
# Letters that no base letter's width tells, or with a sign that stands beside them.
ODD = set("£ďľťŀĿŉıŁłĦħŦŧŊŋĸſĐđÐÞþðĲĳµ¡¢¤¥¦©ª¬®¯±´¶·¸¹²³º¼½¾¿×÷¨÷")


def table(*rows: tuple[str, ...]) -> Table:
    def row(cells: tuple[str, ...]) -> Row:
        return Row(cells=tuple(run(cell) if cell else () for cell in cells))

    head, *others = rows
    return Table(name="A table", header=row(head), rows=tuple(map(row, others)))


@pytest.mark.parametrize("strong", [False, True])
def test_cambria_is_as_wide_as_the_face_of_the_pdf(strong: bool) -> None:
    for letter in set(LATIN) - ODD:
        assert cambria_width(letter, strong, False) == pytest.approx(width_in_ems(letter, strong, False)), (
            letter
        )
    for letter in ODD:  # hardly narrower: a column must hold its words
        assert width_in_ems(letter, strong, False) - cambria_width(letter, strong, False) < 0.4, letter


def test_an_accent_counts_nothing_and_another_script_as_most_letters_do() -> None:
    assert (
        cambria_width("e\u0301", False, False)
        == cambria_width("é", False, False)
        == cambria_width("e", False, False)
    )
    assert cambria_width("Ж", False, False) > cambria_width("ж", False, False) > 0.5


def test_both_formats_have_the_same_columns() -> None:
    made = table(
        ("When", "Meeting", "State"),
        (
            "About 6 October 2022",
            "11th meeting of the Defense Bilateral Working Group",
            "Held, by an ambiguous source.",
        ),
        (
            "June 2021",
            "Meeting of President López Obrador and Vice President Harris",
            "Held. The date is our reading.",
        ),
    )
    pdf = columns_of(made, TextSetter(theme=THEME, measure=width_in_ems))
    *others, last = column_widths(made, THEME)
    ours = [*(width / 20 - pdf.gap for width in others), last / 20]
    assert ours == pytest.approx(pdf.widths, abs=0.05)


def test_a_long_text_gets_room_from_a_column_that_can_break() -> None:
    long = [[[60.0], [900.0], [170.0]]] * 9
    columns = set_columns([50, 60, 80], long, measure=430, column_gap=10)
    assert columns.widths[0] == 60  # a narrow column keeps its lines whole
    assert columns.widths[1] > 240
    assert 80 < columns.widths[2] < 170


def test_a_wide_column_keeps_its_lines_where_others_break_in_lines_that_stand_there_anyway() -> None:
    rows = [[[46.0], [290.0], [25.0]], [[46.0], [280.0], [130.0]]]
    columns = set_columns([46, 60, 45], rows, measure=437, column_gap=10)
    assert columns.widths[:2] == (46, 290)


def cells() -> st.SearchStrategy[list[list[list[float]]]]:
    width = st.floats(min_value=1, max_value=900)
    return st.integers(1, 5).flatmap(
        lambda count: st.lists(
            st.lists(st.lists(width, max_size=2), min_size=count, max_size=count), min_size=1, max_size=4
        )
    )


@few
@given(cells(), st.data())
def test_whatever_the_table_its_columns_fill_the_measure_at_most_and_hold_their_words(
    rows: list[list[list[float]]], data: st.DataObject
) -> None:
    least = [
        data.draw(
            st.floats(min_value=0, max_value=min([90, *(line for row in rows for line in row[column])]))
        )
        for column in range(len(rows[0]))
    ]
    columns = set_columns(least, rows, measure=MEASURE, column_gap=10)
    gaps = len(least) - 1
    assert sum(columns.widths) + columns.gap * gaps <= MEASURE + 1e-6
    if sum(least) + 10 * gaps <= MEASURE:
        assert all(width >= word - 1e-6 for width, word in zip(columns.widths, least, strict=True))


def test_columns_without_a_word_are_no_matter() -> None:
    empty: Inlines = ()
    made = Table(name="Empty", header=Row(cells=(empty, empty)), rows=(Row(cells=(empty, empty)),))
    assert columns_of(made, TextSetter(theme=THEME, measure=width_in_ems)).widths == (0, 0)
