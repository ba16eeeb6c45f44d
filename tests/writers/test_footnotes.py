"""Footnotes and endnotes on pages: each at its place, whole, and in order."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, pairwise

from hypothesis import given
from hypothesis import strategies as st

from briefbook.document import (
    Block,
    Citations,
    Cite,
    CitedSource,
    Document,
    Field,
    Fields,
    Heading,
    Inlines,
    ItemList,
    ListItem,
    Paragraph,
    Row,
    Section,
    SourceEntry,
    SourceList,
    Table,
    blocks_of,
)
from briefbook.writers.faces import width_in_ems
from briefbook.writers.layout import lay_out, printed
from briefbook.writers.placed import Owner, Part, PlacedPage, PlacedRun
from briefbook.writers.theme import Page, Theme
from tests.writers.test_layout import content, half_em, owned
from tests.writers.trees import few, run, sample_document

# A small sheet: 226 points for the text, sixteen lines of body or eighteen of a note.
SMALL = Theme(page=Page(width=300, height=340, left=40, right=40, top=54, bottom=60))
FOOT = SMALL.page.height - SMALL.page.bottom
NOTE_WORDS = 9  # on a line of a note: 202 points, 4.5 a character


def note(*numbers: int, again: bool = False) -> Inlines:
    """A citation at which the notes of these sources hang, or that refers back to them."""
    return (Cite(sources=tuple(CitedSource(source=f"s{n}", number=n, is_note=not again) for n in numbers)),)


def words(count: int, name: str = "w") -> Inlines:
    """So many words of four characters, no two alike; eight fill a line of body text."""
    return run(" ".join(f"{name}{number:03}" for number in range(count)))


def paragraph(count: int, *notes: int) -> Paragraph:
    return Paragraph(children=(*words(count), *(note(*notes) if notes else ())))


def document(*blocks: Block, lines: Sequence[int], mode: Citations = Citations.FOOTNOTES) -> Document:
    """Blocks, and a list of sources with so many lines each."""
    entries = tuple(
        SourceEntry(source=f"s{number}", number=number, children=words(NOTE_WORDS * count, "n"))
        for number, count in enumerate(lines, 1)
    )
    body = Section(name="background", blocks=blocks)
    sources = Section(
        name="sources", blocks=(Heading(level=2, children=run("Sources")), SourceList(entries=entries))
    )
    return replace(
        sample_document(sections=(body, sources)),
        citations=mode,
        notes_title="Notes" if mode is Citations.ENDNOTES else "",
    )


def pages_of(*blocks: Block, lines: Sequence[int], theme: Theme = SMALL) -> tuple[PlacedPage, ...]:
    return lay_out(document(*blocks, lines=lines), theme, half_em)


def is_note(placed: PlacedRun) -> bool:
    return placed.owner is not None and placed.owner.part in (Part.NOTE, Part.NOTE_MARKER)


def notes_on(page: PlacedPage) -> dict[int, list[float]]:
    """The baselines of each note's text on a page, by its number."""
    found: dict[int, list[float]] = {}
    for placed in content(page):
        if placed.owner is not None and placed.owner.part is Part.NOTE:
            found.setdefault(placed.owner.path[0], []).append(placed.baseline)
    return found


def text_on(page: PlacedPage) -> list[PlacedRun]:
    return [placed for placed in content(page) if not is_note(placed)]


def cited_on(page: PlacedPage) -> list[int]:
    return [placed.note for placed in page.runs if placed.note is not None]


# ------------------------------------------------------------------------------ at the foot


def test_a_note_stands_at_the_foot_under_a_short_rule_with_its_number() -> None:
    (page,) = pages_of(paragraph(20, 1), lines=[2])
    style = SMALL.source
    drop = style.leading - 0.222 * style.size  # where Word has the baseline: Cambria's descent above the foot
    assert notes_on(page) == {1: [FOOT - 2 * style.leading + drop, FOOT - style.leading + drop]}
    marker = next(placed for placed in page.runs if placed.owner and placed.owner.part is Part.NOTE_MARKER)
    assert (marker.text.strip(), marker.baseline) == ("1", notes_on(page)[1][0])
    assert marker.owner == Owner(block=0, path=(1,), part=Part.NOTE_MARKER)
    rule, footer = page.rules
    assert (rule.x, rule.width) == (SMALL.page.left, 0.3 * SMALL.page.measure)
    assert max(placed.baseline for placed in text_on(page)) < rule.y < FOOT - 2 * style.leading
    assert footer.y > FOOT


def test_a_note_s_runs_come_after_the_text_and_before_the_furniture() -> None:
    (page,) = pages_of(paragraph(20, 1), paragraph(10), lines=[2])
    kinds = [(placed.furniture, is_note(placed)) for placed in page.runs]
    assert kinds == sorted(kinds)
    told = [text for _, text in owned(filter(is_note, content(page)))]
    assert told == ["1", " ".join(f"n{number:03}" for number in range(2 * NOTE_WORDS))]


def test_the_list_of_sources_goes_where_all_are_notes() -> None:
    (page,) = pages_of(paragraph(20, 1), lines=[2])
    assert [mark.title for mark in page.headings] == []
    (page,) = pages_of(paragraph(20, 1), lines=[2, 1])
    assert [mark.title for mark in page.headings] == ["Sources"]
    markers = [p for p in content(page) if p.owner and p.owner.part is Part.MARKER]
    assert [placed.text.strip() for placed in markers] == ["2"]
    assert {mark.source: mark.y > rule.y for mark in page.sources for rule in page.rules[:1]} == {
        "s1": True,
        "s2": False,
    }


def test_two_notes_on_one_line_stack_in_order() -> None:
    (page,) = pages_of(Paragraph(children=(*words(3), *note(1, 2), *words(2), *note(3))), lines=[1, 2, 1])
    found = notes_on(page)
    assert list(found) == [1, 2, 3]
    assert [len(lines) for lines in found.values()] == [1, 2, 1]
    lines = list(chain.from_iterable(found.values()))
    gaps = [round(below - above, 6) for above, below in pairwise(lines)]
    assert gaps == [14, 12, 14]  # two points between two notes


def test_a_later_citation_brings_no_second_note() -> None:
    pages = pages_of(
        paragraph(20, 1), *[paragraph(40)] * 4, Paragraph(children=note(1, again=True)), lines=[2]
    )
    assert [list(notes_on(page)) for page in pages] == [[1], []]
    again = text_on(pages[-1])[-1]
    assert (again.text, again.cited, again.note) == ("1", "s1", None)


def test_numbers_without_notes_change_nothing() -> None:
    blocks: list[Block] = [paragraph(60), Heading(level=2, children=run("Heading")), paragraph(200)]
    plain = document(*blocks, lines=[1], mode=Citations.NUMBERED)
    assert lay_out(replace(plain, citations=Citations.FOOTNOTES), SMALL, half_em) == lay_out(
        plain, SMALL, half_em
    )


# ------------------------------------------------------------------------------- over pages


def test_forty_footnotes_stand_each_on_the_page_of_its_citation() -> None:
    pages = pages_of(*(paragraph(16, number) for number in range(1, 41)), lines=[1, 2, 3, 1] * 10)
    assert len(pages) > 8
    for page in pages:
        assert list(notes_on(page)) == cited_on(page)
        assert all(rule.width == 0.3 * SMALL.page.measure for rule in page.rules[:-1])
    assert [number for page in pages for number in notes_on(page)] == list(range(1, 41))


def test_a_line_moves_to_the_next_page_where_its_note_has_room() -> None:
    # 10 lines of text are 140 points; 226 hold 73 more: no third note of two lines (26) beside two (52).
    pages = pages_of(paragraph(64, 1), paragraph(8, 2), paragraph(8, 3), lines=[2, 2, 2])
    assert [cited_on(page) for page in pages] == [[1, 2], [3]]
    assert [list(notes_on(page)) for page in pages] == [[1, 2], [3]]


def test_a_note_longer_than_the_foot_goes_on_at_the_next_one_under_a_long_rule() -> None:
    pages = pages_of(paragraph(72, 1), *[paragraph(72)] * 2, lines=[20])
    first, second, third, *_ = pages
    # Nine lines and 85 points of 226; then a third for the text, 70 points, and 143 for the note.
    assert [len(notes_on(page)[1]) for page in (first, second, third)] == [7, 11, 2]
    assert first.rules[0].width == 0.3 * SMALL.page.measure
    assert second.rules[0].width == SMALL.page.measure
    assert notes_on(second)[1][-1] < FOOT < second.rules[-1].y
    assert (
        len([p for page in pages for p in content(page) if p.owner and p.owner.part is Part.NOTE_MARKER]) == 1
    )
    assert [mark.source for page in pages for mark in page.sources] == ["s1"]


def test_a_continued_note_is_followed_by_the_notes_of_its_new_page() -> None:
    pages = pages_of(paragraph(72, 1), paragraph(16, 2), paragraph(16, 3), lines=[10, 2, 1])
    assert [list(notes_on(page)) for page in pages] == [[1], [1, 2, 3]]
    assert [[len(lines) for lines in notes_on(page).values()] for page in pages] == [[7], [3, 2, 1]]


def test_a_note_longer_than_several_pages_ends() -> None:
    pages = pages_of(paragraph(8, 1), paragraph(8, 2), lines=[60, 1])
    assert sum(len(notes_on(page).get(1, [])) for page in pages) == 60
    assert [page.number for page in pages if 2 in notes_on(page)] == [len(pages)]
    assert cited_on(pages[-1]) == [2]


# ------------------------------------------------------------------------ wherever a number may stand


def table(rows: int, noted: int) -> Table:
    """A table of short rows, the `noted`th (from 1) with note 1 in its second cell."""
    body = [
        Row(cells=(run(f"{n} May"), (*run("Port Emery"), *(note(1) if n == noted else ()))))
        for n in range(1, rows + 1)
    ]
    return Table(name="meetings", header=Row(cells=(run("Day"), run("Place"))), rows=tuple(body))


def test_a_table_s_row_moves_to_the_next_page_with_its_note() -> None:
    # The header and ten rows are 209 points of 226: the tenth row takes its note along, and the header again.
    pages = pages_of(table(12, 10), lines=[2])
    rows = [
        {p.owner.path[0] for p in content(page) if p.owner and p.owner.part is Part.CELL} for page in pages
    ]
    assert rows == [set(range(1, 10)), {10, 11, 12}]
    assert [list(notes_on(page)) for page in pages] == [[], [1]]
    heads = [[p.text for p in page.runs if p.owner and p.owner.part is Part.HEADER_CELL] for page in pages]
    assert heads == [["Day", "Place"]] * 2
    assert next(p.owner for p in content(pages[1]) if is_note(p)) == Owner(
        block=0, path=(1,), part=Part.NOTE_MARKER
    )


def test_a_heading_s_note_stands_with_it_and_with_what_follows() -> None:
    heading = Heading(level=2, children=(*run("Heading"), *note(1)))
    for above in range(8, 200, 8):
        pages = pages_of(paragraph(above), heading, paragraph(24), lines=[3])
        (page,) = (page for page in pages if cited_on(page))
        assert len(notes_on(page)[1]) == 3
        blocks = [placed.owner.block for placed in text_on(page) if placed.owner]
        assert blocks.count(2) >= 2


def test_fields_and_items_may_carry_notes() -> None:
    fields = Fields(
        rows=(
            Field(label=(*words(7), *note(1)), value=(*words(1), *note(2), *words(20))),
            Field(label=run("b"), value=note(3)),
        )
    )
    items = ItemList(
        ordered=True,
        items=(
            ListItem(
                blocks=(
                    paragraph(9, 4),
                    ItemList(ordered=False, items=(ListItem(blocks=(paragraph(9, 5),)),)),
                )
            ),
        ),
    )
    (page,) = pages_of(fields, items, lines=[1] * 5, theme=Theme())
    assert list(notes_on(page)) == [1, 2, 3, 4, 5]  # though the second stands on a higher line than the first
    blocks = {p.owner.path[0]: p.owner.block for p in content(page) if p.owner and p.owner.part is Part.NOTE}
    assert blocks == {1: 0, 2: 0, 3: 0, 4: 1, 5: 1}


def test_a_row_as_high_as_the_page_leaves_its_note_to_the_next() -> None:
    high = Row(cells=(run("1 May"), (*words(140), *note(1))))
    pages = pages_of(Table(name="t", header=Row(cells=(run("Day"), run("What"))), rows=(high,)), lines=[2])
    assert sum(len(lines) for page in pages for lines in notes_on(page).values()) == 2
    for page in pages:
        assert all(placed.baseline < FOOT for placed in content(page))


# --------------------------------------------------------------------------------- any document

lengths = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 14), st.sampled_from("phtl")), max_size=14)


def blocks_with(shapes: Sequence[tuple[int, int, str]]) -> tuple[list[Block], list[int]]:
    """Paragraphs, headings, rows and items of so many words, with notes of so many lines."""
    blocks: list[Block] = []
    lines: list[int] = []
    for count, note_lines, kind in shapes:
        lines += [note_lines] if note_lines else []
        mark = note(len(lines)) if note_lines else ()
        match kind:
            case "h":
                blocks.append(Heading(level=2, children=(*words(min(count, 9)), *mark)))
            case "t":
                rows = (Row(cells=(words(1), (*words(count), *mark))), Row(cells=(words(1), words(2))))
                blocks.append(Table(name="t", header=Row(cells=(run("a"), run("b"))), rows=rows))
            case "l":
                item = ListItem(blocks=(Paragraph(children=(*words(count), *mark)),))
                blocks.append(ItemList(ordered=True, items=(item,)))
            case _:
                blocks.append(Paragraph(children=(*words(count), *mark)))
    return blocks, lines


@few
@given(lengths)
def test_every_word_of_text_and_notes_stands_once_in_order_and_clear_of_each_other(
    shapes: list[tuple[int, int, str]],
) -> None:
    blocks, lines = blocks_with(shapes)
    pages = pages_of(*blocks, lines=lines)
    told = [text for _, text in owned(p for page in pages for p in filter(is_note, content(page)))]
    merged = " ".join(text for text in told if not text.isdecimal())
    assert merged == " ".join(" ".join(f"n{n:03}" for n in range(NOTE_WORDS * count)) for count in lines)
    assert [int(text) for text in told if text.isdecimal()] == list(range(1, len(lines) + 1))
    assert [number for page in pages for number in cited_on(page)] == list(range(1, len(lines) + 1))
    for page in pages:
        text = [placed.baseline for placed in text_on(page)]
        notes = [placed.baseline for placed in filter(is_note, content(page))]
        if notes:
            rule = page.rules[-2].y
            assert max(text, default=0) < rule < min(notes) - 7
            assert max(notes) < FOOT
            assert FOOT - max(notes) < SMALL.source.leading


@few
@given(lengths)
def test_every_note_begins_on_the_page_of_its_citation_or_that_is_full(
    shapes: list[tuple[int, int, str]],
) -> None:
    blocks, lines = blocks_with(shapes)
    pages = pages_of(*blocks, lines=lines)
    for page in pages:
        begun = [p.owner.path[0] for p in content(page) if p.owner and p.owner.part is Part.NOTE_MARKER]
        late = set(cited_on(page)) - set(begun)
        lowest = max((placed.baseline for placed in text_on(page)), default=0)
        highest = min(chain.from_iterable(notes_on(page).values()), default=FOOT)
        if late:  # no room for three lines, the most that a note needs to begin
            least = 13 + 2 + 3 * SMALL.source.leading
            assert highest - lowest < least + 2 + SMALL.cell_padding + SMALL.body.leading  # to the baselines


# ------------------------------------------------------------------------------------ endnotes


def test_endnotes_are_a_numbered_list_at_the_end_under_their_heading() -> None:
    made = document(paragraph(20, 1), paragraph(8, 2), lines=[2, 1, 1], mode=Citations.ENDNOTES)
    (page,) = lay_out(made, Theme(), half_em)
    assert [mark.title for mark in page.headings] == ["Sources", "Notes"]
    assert [mark.source for mark in page.sources] == ["s3", "s1", "s2"]
    last = len(list(blocks_of(printed(made)))) - 1
    found = [(owner, text) for owner, text in owned(content(page)) if owner.block == last]
    assert [(owner.path, owner.part) for owner, _ in found] == [
        ((1,), Part.NOTE_MARKER),
        ((1,), Part.NOTE),
        ((2,), Part.NOTE_MARKER),
        ((2,), Part.NOTE),
    ]
    assert [placed.note for placed in content(page) if placed.note] == [1, 2]
    assert len(page.rules) == 1  # the footer's


def test_a_whole_page_of_real_faces_keeps_notes_in_the_margins() -> None:
    made = document(*(paragraph(60, number) for number in range(1, 41)), lines=[3] * 40)
    page = Theme().page
    for placed in lay_out(made, Theme(), width_in_ems):
        for placed_run in filter(is_note, content(placed)):
            assert placed_run.x >= page.left
            assert placed_run.x + placed_run.width <= page.width - page.right + 2.1  # a last space hangs
            assert placed_run.baseline < page.height - page.bottom
