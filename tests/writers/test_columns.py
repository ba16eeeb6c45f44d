"""Columns: the same widths in both formats, wide enough, and shared so that the table is low."""

import io
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from briefbook.document import Cite, CitedSource, Inlines, LineBreak, Link, Row, Table, Text
from briefbook.writers.cambria import cambria_width
from briefbook.writers.cell_widths import CellWidths, set_widths
from briefbook.writers.columns import columns_of, set_columns
from briefbook.writers.docx_columns import column_widths, divided_label
from briefbook.writers.faces import measure_of, width_in_ems
from briefbook.writers.strips import TextSetter, texts_of
from briefbook.writers.theme import File, OwnFaces, Page, Theme
from briefbook.writers.to_docx import write_docx
from briefbook.writers.to_pdf import write_pdf
from briefbook.writers.words import AT_WORDS
from tests.faces import typewriter_face
from tests.writers.trees import document_of, few, run

THEME = Theme()
MEASURE = THEME.page.measure
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
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


SHORT = table(
    ("When", "Meeting", "State"),
    ("About 8 January 2032", "Working Group on Night Trains", "called off"),
    ("March 2032", "4th meeting of the Joint Commission", "held"),
)
WIDE_SHEET = replace(THEME, page=replace(THEME.page, left=28.35, right=28.35))


def test_lines_in_word_stay_whole_in_a_wider_face_where_the_page_has_room() -> None:
    widths = column_widths(SHORT, WIDE_SHEET)
    assert sum(widths) <= WIDE_SHEET.page.measure * 20 + 2
    gaps = (THEME.column_gap, THEME.column_gap, 0)
    for column, (width, gap) in enumerate(zip(widths, gaps, strict=True)):
        longest = max(
            cambria_width("".join(text.text for text in texts_of(row.cells[column])), False, False)
            for row in SHORT.rows
        )
        assert width / 20 - gap >= longest * THEME.table_cell.size * 1.25, column


@pytest.mark.parametrize("page", [THEME.page, WIDE_SHEET.page], ids=["narrow", "wide"])
def test_columns_in_word_hold_whole_lines_of_the_face_of_ones_own(page: Page) -> None:
    own = OwnFaces(regular=File.of(typewriter_face()))
    theme = replace(THEME, page=page, own_faces=own, docx_face="Vera Sans Mono")
    measure = measure_of(theme)
    dates = max(measure("About 8 January 2032", False, False), measure("March 2032", False, False))
    assert column_widths(SHORT, theme)[0] / 20 - theme.column_gap >= dates * theme.table_cell.size
    assert column_widths(SHORT, replace(theme, own_faces=None)) != column_widths(SHORT, theme)


def test_a_label_in_word_is_divided_where_it_is_too_wide_in_the_face_of_ones_own() -> None:
    theme = replace(THEME, own_faces=OwnFaces(regular=File.of(typewriter_face())))
    label = run("14 April (in a week)")
    whole = divided_label(label, THEME)
    assert whole is not None
    assert whole[1] == ()
    assert divided_label(label, theme) == (run("14 April "), run("(in a week)"))


def test_both_formats_have_the_same_columns_where_cells_cite_with_a_way_to_the_words() -> None:
    """A citation's ↗ is of another face in the PDF, and as wide in the DOCX."""
    for strong in (False, True):
        assert cambria_width(AT_WORDS, strong, False) == width_in_ems(AT_WORDS, strong, False)
    opened = Cite(
        sources=tuple(
            CitedSource(source=f"s{number}", number=number, target="https://example.org/")
            for number in range(1, 9)
        )
    )
    cell = (*run("Agreed on the nets of the fleet"), opened)
    made = Table(
        name="A table",
        header=Row(cells=(run("When"), run("What"))),
        rows=(Row(cells=(cell, run("A long text that takes all the room there is " * 4))),),
    )
    pdf = columns_of(made, TextSetter(theme=THEME, measure=width_in_ems))
    *others, last = column_widths(made, THEME)
    assert [*(width / 20 - pdf.gap for width in others), last / 20] == pytest.approx(pdf.widths, abs=0.05)


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
    return st.one_of(st.integers(1, 5), st.integers(6, 80)).flatmap(
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
    assert columns.gap > 0
    assert min(columns.widths) >= 0
    assert sum(columns.widths) + columns.gap * gaps <= MEASURE + 1e-6
    if sum(least) + 10 * gaps <= MEASURE:
        assert all(width >= word - 1e-6 for width, word in zip(columns.widths, least, strict=True))


@pytest.mark.parametrize("word", ["", "word"])
@pytest.mark.parametrize("count", [1, 23, 44, 45, 60, 80])
def test_very_many_columns_have_smaller_gaps_in_both_formats(count: int, word: str) -> None:
    made = table((word,) * count, (word,) * count)
    written = write_docx(document_of(made), THEME)
    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(written)).read("word/document.xml"))
    grid = [int(column.attrib[f"{W}w"]) for column in root.iter(f"{W}gridCol")]
    margins = [int(right.attrib[f"{W}w"]) for right in root.iterfind(f".//{W}tblPr/{W}tblCellMar/{W}right")]
    margin = margins[0] if margins else 20 * THEME.column_gap
    pdf = columns_of(made, TextSetter(theme=THEME, measure=width_in_ems))
    assert len(grid) == count
    assert min(pdf.widths) >= 0
    assert min(grid) >= 0
    assert all(width >= margin - 1 for width in grid[:-1])  # a cell is no narrower than its margin
    assert sum(grid) <= 20 * MEASURE + count / 2
    assert bool(margins) == (count > 22)
    assert write_pdf(document_of(made), THEME)


def test_columns_without_a_word_are_no_matter() -> None:
    empty: Inlines = ()
    made = Table(name="Empty", header=Row(cells=(empty, empty)), rows=(Row(cells=(empty, empty)),))
    assert columns_of(made, TextSetter(theme=THEME, measure=width_in_ems)).widths == (0, 0)


# Where lines may end at other places than single spaces, where words run over several texts, and what is not
# drawn: there the short way has to leave a cell to the long one, or agree with it.
PIECES = st.one_of(
    st.sampled_from([" ", "  ", "a", "ab ", " ab", ".", ",", "8 May", "8 de", "-", "–", "\u00ad", "\u200b"]),
    st.sampled_from(["\u2060", "\u00a0", "\u2003", "é", "e\u0301", "\ufe0f", "Held in ", "x y", " x y "]),
    st.text(alphabet="ab .-", min_size=1, max_size=6),
)
CELL = st.lists(
    st.one_of(
        st.builds(Text, text=PIECES, strong=st.booleans(), emphasis=st.booleans()),
        st.builds(
            Cite,
            sources=st.lists(
                st.builds(
                    CitedSource,
                    source=st.just("s"),
                    number=st.integers(1, 20),
                    target=st.sampled_from([None, "https://a.example/", "nowhere"]),
                ),
                min_size=1,
                max_size=3,
            ).map(tuple),
            shown=st.booleans(),
        ),
        st.just(LineBreak()),
        st.builds(Link, children=st.just(run("a link")), target=st.just("https://a.example/")),
    ),
    max_size=5,
).map(tuple)


@given(cell=CELL, bold=st.booleans())
def test_a_cell_put_together_from_its_texts_is_as_wide_as_one_that_is_set(cell: Inlines, bold: bool) -> None:
    style = THEME.table_head if bold else THEME.table_cell
    for measure in (cambria_width, width_in_ems):
        text = TextSetter(theme=THEME, measure=measure)
        found, wanted = CellWidths(style, text).of(cell), set_widths(cell, style, text)
        assert len(found) == len(wanted)
        for one, other in zip(found, wanted, strict=True):  # sums of the same parts, but for their order
            assert one == pytest.approx(other, rel=1e-12)
