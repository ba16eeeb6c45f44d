"""Pages: everything at its place, in reading order, and broken where a reader would break them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbook.document import (
    Block,
    Cite,
    Document,
    Field,
    Fields,
    Heading,
    Inlines,
    ItemList,
    LineBreak,
    Link,
    ListItem,
    Paragraph,
    Row,
    Section,
    SourceEntry,
    SourceList,
    Table,
    Text,
    blocks_of,
)
from briefbook.outline import outlined
from briefbook.writers.faces import width_in_ems
from briefbook.writers.layout import lay_out
from briefbook.writers.placed import Owner, Part, PlacedPage, PlacedRun
from briefbook.writers.strips import baseline
from briefbook.writers.styled_text import composed, drawn
from briefbook.writers.theme import PAGES, Page, Theme
from tests.writers.trees import (
    bullets,
    cite,
    document_of,
    documents,
    few,
    fisheries_memo,
    numbered,
    pieces_of,
    run,
    sample_document,
    way_out,
)

# A small sheet: eight lines of body text.
SMALL = Theme(page=Page(width=300, height=230, left=40, right=40, top=54, bottom=60))


def half_em(text: str, strong: bool, emphasis: bool) -> float:
    """A face whose characters are all half as wide as high."""
    return len(text) / 2


def laid(*blocks: Block, theme: Theme = SMALL) -> tuple[PlacedPage, ...]:
    return lay_out(document_of(*blocks), theme, half_em)


def content(page: PlacedPage) -> list[PlacedRun]:
    return [run for run in page.runs if not run.furniture]


def owned(runs: Iterable[PlacedRun]) -> list[tuple[Owner, str]]:
    """What each part of the document says on these pages, in the order of the runs."""
    found: list[tuple[Owner, str]] = []
    for owner, group in groupby(runs, key=lambda run: run.owner):
        assert owner is not None
        found.append((owner, " ".join("".join(run.text for run in group).replace("\u00ad", "").split())))
    return found


def words(count: int, start: int = 0) -> Inlines:
    """So many words, no two alike."""
    return run(" ".join(f"word{number}" for number in range(start, start + count)))


def lines_of(page: PlacedPage, block: int) -> list[float]:
    """The baselines of a block's lines on a page, from above."""
    return sorted({run.baseline for run in content(page) if run.owner and run.owner.block == block})


# ------------------------------------------------------------------------------- nothing lost


def plain(inlines: Inlines) -> str:
    """What print shows of inlines."""
    parts: list[str] = []
    for inline in inlines:
        match inline:
            case Text():
                parts.append(composed(inline.text))
            case Link():
                parts += [composed(text.text) for text in inline.children]
            case Cite():
                numbers = (f"{c.number}{'↗' if way_out(c) else ''}" for c in inline.sources)
                parts.append(", ".join(numbers) if inline.shown else "")
            case LineBreak():
                parts.append(" ")
    return " ".join(drawn("".join(parts), ends_line=False).split())


def expected(document: Document) -> list[str]:
    pieces = [
        piece if isinstance(piece, str) else plain(piece)
        for block in blocks_of(outlined(document))
        for piece in pieces_of(block, markers=True, numbers=True)
    ]
    return [piece for piece in pieces if piece]


def shown(pages: Iterable[PlacedPage]) -> list[str]:
    texts = owned(run for page in pages for run in content(page))
    signs = {"•": "-", "–": "-"}
    return [signs.get(text, text) if owner.part is Part.MARKER else text for owner, text in texts if text]


@few
@given(documents())
def test_every_word_stands_on_the_pages_once_in_reading_order(document: Document) -> None:
    assert shown(lay_out(document, Theme(), width_in_ems)) == expected(document)


@few
@given(documents())
def test_small_pages_lose_nothing(document: Document) -> None:
    by_owner: dict[Owner, list[PlacedRun]] = defaultdict(list)
    for page in lay_out(document, SMALL, half_em):
        for placed in content(page):
            assert placed.owner is not None
            by_owner[placed.owner].append(placed)
    pages = [text for owner in sorted(by_owner) for _, text in owned(by_owner[owner])]
    signs = str.maketrans("•–", "--")
    assert [text.translate(signs) for text in pages if text] == [
        text.translate(signs) for text in expected(document)
    ]


@few
@given(documents(), st.sampled_from(sorted(PAGES)))
def test_nothing_stands_in_the_margins(document: Document, sheet: str) -> None:
    theme = Theme(page=PAGES[sheet])
    page = theme.page
    for placed in lay_out(document, theme, width_in_ems):
        for placed_run in content(placed):
            assert page.top < placed_run.baseline < page.height - page.bottom
            assert placed_run.x >= page.left - 0.01
            visible = (
                width_in_ems(placed_run.text.rstrip(" \u00ad"), placed_run.strong, placed_run.emphasis)
                * placed_run.size
            )
            assert placed_run.x + visible <= page.width - page.right + 0.01


def test_lines_do_not_fuse_when_a_page_is_read_out() -> None:
    (page,) = laid(Paragraph(children=words(12)), bullets("one two three four five six seven eight nine"))
    first, _, item = owned(content(page))
    assert first[1] == plain(words(12))
    assert item[1] == "one two three four five six seven eight nine"


def test_a_forced_line_ends_with_a_space_too() -> None:
    (page,) = laid(Paragraph(children=(*run("11 May"), LineBreak(), *run("in three days"))))
    assert [placed.text for placed in content(page)] == ["11\u00a0May", " ", "in three days"]
    assert len(lines_of(page, 0)) == 2


def test_runs_of_label_and_value_are_read_one_after_the_other() -> None:
    label, value = "A label of several lines in its column", "A value that runs over more than one line too"
    (page,) = laid(Fields(rows=(Field(label=run(label), value=run(value)),)))
    assert [text for _, text in owned(content(page))] == [label, value]
    parts = {placed.owner.part: placed.baseline for placed in reversed(content(page)) if placed.owner}
    assert parts[Part.LABEL] == parts[Part.VALUE]


# -------------------------------------------------------------------------------- page breaks

lengths = st.lists(st.integers(1, 60), min_size=1, max_size=12)


@few
@given(lengths)
def test_no_page_begins_or_ends_with_a_single_line_of_a_paragraph(counts: list[int]) -> None:
    pages = laid(*(Paragraph(children=words(count)) for count in counts))
    for block in range(len(counts)):
        on_pages = [len(found) for page in pages if (found := lines_of(page, block))]
        assert len(on_pages) == 1 or min(on_pages) >= 2


@few
@given(lengths, st.booleans())
def test_no_heading_or_lead_in_stands_alone_at_the_foot(counts: list[int], heading: bool) -> None:
    blocks: list[Block] = []
    for count in counts:
        if heading:
            blocks.append(Heading(level=2, children=run("Heading")))
        blocks.append(Paragraph(children=run("In the call:"), lead_in=True))
        blocks.append(numbered(*(" ".join(["word"] * 8) for _ in range(1 + count // 6))))
    binding = {number for number, block in enumerate(blocks) if not isinstance(block, ItemList)}
    for page in laid(*blocks):
        last = content(page)[-1].owner
        assert last is not None
        assert last.block not in binding


@few
@given(lengths)
def test_pages_are_filled(counts: list[int]) -> None:
    """At most the three lines that the next paragraph wants to keep together stay free."""
    pages = laid(*(Paragraph(children=words(count)) for count in counts))
    for page in pages[:-1]:
        free = SMALL.page.height - SMALL.page.bottom - max(run.baseline for run in content(page))
        assert free < 4 * SMALL.body.leading + SMALL.body.after


def test_a_page_begins_without_the_space_above() -> None:
    tops = {page.runs[0].baseline for page in laid(*[Paragraph(children=words(4))] * 40)}
    assert len(tops) == 1


def test_of_two_spaces_the_larger_counts() -> None:
    title = Heading(level=1, children=run("t"))
    (page,) = laid(title, Paragraph(children=run("a")), Heading(level=2, children=run("b")))
    _, a, b = (placed.baseline for placed in content(page))
    tops = b - baseline(SMALL.heading_2) - (a - baseline(SMALL.body))
    assert tops == pytest.approx(SMALL.body.leading + max(SMALL.body.after, SMALL.heading_2.before))


def test_what_introduces_a_list_in_an_item_stays_with_it() -> None:
    inner = ListItem(blocks=(Paragraph(children=run("It has two parts:")), bullets("gear", "crews")))
    for above in range(1, 60):
        pages = laid(Paragraph(children=words(above)), ItemList(ordered=True, items=(inner,)))
        (page,) = (page for page in pages if any(placed.text.startswith("It has") for placed in page.runs))
        assert any(placed.text == "gear" for placed in page.runs)


def table(rows: int, *, text: str = "Port Emery") -> Table:
    body = tuple(
        Row(cells=(run(f"{number} May"), run(text), run(str(number * 37)))) for number in range(rows)
    )
    return Table(name="meetings", header=Row(cells=(run("Day"), run("Place"), run("Catch"))), rows=body)


def test_a_header_row_stands_on_each_page_of_its_table_and_is_read_once() -> None:
    pages = laid(Paragraph(children=run("All rounds:"), lead_in=True), table(40))
    assert len(pages) > 4
    for number, page in enumerate(pages):
        heads = [placed for placed in page.runs if placed.owner and placed.owner.part is Part.HEADER_CELL]
        assert [placed.text for placed in heads] == ["Day", "Place", "Catch"]
        assert all(placed.furniture == (number > 0) for placed in heads)
        assert max(placed.baseline for placed in heads) < min(
            placed.baseline for placed in page.runs if placed.owner and placed.owner.part is Part.CELL
        )
    rows = [owner.path[0] for page in pages for owner, _ in owned(content(page)) if owner.part is Part.CELL]
    assert rows == [row for row in range(1, 41) for _ in range(3)]


def test_a_row_stays_whole() -> None:
    long_text = " ".join(["word"] * 24)
    for page in laid(table(12, text=long_text)):
        cells = [text for owner, text in owned(content(page)) if owner.path[1:] == (1,)]
        assert all(text in (long_text, "Place") for text in cells)


def test_a_row_that_no_page_holds_is_divided_under_a_repeated_header() -> None:
    long_text = " ".join(f"word{number}" for number in range(200))
    pages = laid(table(1, text=long_text))
    assert len(pages) > 2
    told = "".join(
        placed.text
        for page in pages
        for placed in content(page)
        if placed.owner and placed.owner.path == (1, 1)
    )
    assert told == long_text
    assert all(any(placed.text == "Place" for placed in page.runs) for page in pages)


@pytest.mark.parametrize("rows", [0, 1, 12])
@pytest.mark.parametrize("sheet", [SMALL, Theme()])
def test_a_header_row_that_no_page_holds_is_divided_and_stands_once(rows: int, sheet: Theme) -> None:
    head = Row(cells=(words(1200), run("Place"), run("Catch")))
    pages = laid(replace(table(rows), header=head), theme=sheet)
    heads = [placed for page in pages for placed in page.runs if placed.owner and placed.owner.path[0] == 0]
    assert "".join(placed.text for placed in heads if placed.owner and placed.owner.path == (0, 0)) == plain(
        head.cells[0]
    )
    assert not any(placed.furniture for placed in heads)
    for page in pages:
        foot = page.height - sheet.page.bottom
        assert all(sheet.page.top < placed.baseline < foot for placed in content(page))
        assert all(rule.y <= foot + 0.01 for rule in page.rules[:-1])  # the last is the footer's
    (hairline,) = (rule for page in pages for rule in page.rules[:-1])
    (place,) = (placed for placed in heads if placed.text == "Place")
    assert 0 < hairline.y - place.baseline < sheet.table_head.leading
    shown_rows = [o.path[0] for page in pages for o, _ in owned(content(page)) if o.part is Part.CELL]
    assert sorted(set(shown_rows)) == list(range(1, rows + 1))


def test_a_header_row_never_stands_alone_at_the_foot() -> None:
    for above in range(1, 60):
        first = next(
            page
            for page in laid(Paragraph(children=words(above)), table(3))
            if any(placed.owner and placed.owner.part is Part.HEADER_CELL for placed in content(page))
        )
        assert any(placed.owner and placed.owner.part is Part.CELL for placed in content(first))


def test_the_last_two_rows_of_a_table_stay_together() -> None:
    for rows in range(2, 30):
        last = {
            owner.path[0] for owner, _ in owned(content(laid(table(rows))[-1])) if owner.part is Part.CELL
        }
        assert len(last) >= 2


# --------------------------------------------------------------------------------------- look


def test_the_footer_stands_on_every_page_and_the_reference_heads_all_but_the_first() -> None:
    pages = laid(*[Paragraph(children=words(30))] * 10)
    for number, page in enumerate(pages, 1):
        *head, left, right = (placed for placed in page.runs if placed.furniture)
        assert [run.text for run in head] == ([] if number == 1 else ["fisheries-council"])
        assert left.text == "fisheries-council · as of 2031-05-14"
        assert right.text == f"{number} of {len(pages)}"
        assert right.x + right.width == SMALL.page.width - SMALL.page.right
        assert left.owner is right.owner is None
        assert page.rules[-1].y < left.baseline < page.height


@pytest.mark.parametrize("text", ["r " * 400, "r" * 800, "word " * 160, "\u00a0".join("r" * 400)])
@pytest.mark.parametrize("sheet", [SMALL, Theme()])
def test_a_long_reference_and_footer_stay_on_the_sheet_and_say_that_they_are_cut(
    text: str, sheet: Theme
) -> None:
    document = document_of(*[Paragraph(children=words(300))] * 3)
    document = replace(document, reference=text, footer=text)
    for page in lay_out(document, sheet, half_em):
        furniture = [placed for placed in page.runs if placed.furniture]
        *cut, counter = furniture
        lines = {placed.baseline for placed in cut}
        assert len(lines) == (3 if page.number > 1 else 2)
        ends = [[placed.text for placed in cut if placed.baseline == line][-1] for line in sorted(lines)]
        assert [end.endswith("\u00a0…") for end in ends] == [True, False, True][-len(ends) :]
        for placed in furniture:
            assert 0 < placed.baseline < page.height - 8
            assert placed.x + placed.width <= page.width - sheet.page.right + 0.01
        first = min(placed.baseline for placed in cut if placed.baseline > page.height / 2)
        assert counter.baseline == first
        assert all(p.x + p.width < counter.x for p in cut if p.baseline == first)


def test_an_empty_document_has_one_page() -> None:
    (page,) = lay_out(sample_document(sections=()), Theme(), half_em)
    assert content(page) == []


def test_an_aside_stands_flush_right_on_the_heading_s_line_or_below_it() -> None:
    (page,) = laid(Heading(level=1, children=run("Memo"), aside=run("11 May 2031")))
    title, aside = content(page)
    assert title.baseline == aside.baseline
    assert aside.x + aside.width == SMALL.page.width - SMALL.page.right
    (page,) = laid(Heading(level=1, children=run("Memo on the third meeting"), aside=run("11 May 2031")))
    title, aside = content(page)
    assert aside.baseline == title.baseline + SMALL.heading_1.leading
    assert aside.x + aside.width == SMALL.page.width - SMALL.page.right


def test_the_header_block_alone_gets_a_hairline() -> None:
    fields = Fields(rows=(Field(label=run("As of"), value=run("11 May 2031")),))
    for name, count in (("header", 1), ("upcoming", 0)):
        document = sample_document(sections=(Section(name=name, blocks=(fields, fields)),))
        (page,) = lay_out(document, Theme(), half_em)
        assert len(page.rules) - 1 == count  # the last one is the footer's


def test_citations_are_small_superior_numbers_where_they_are_shown() -> None:
    (page,) = laid(Paragraph(children=(*run("held"), *cite(2, 3), *run(" in May"), *cite(1, shown=False))))
    held, two, comma, three, may = content(page)
    assert (two.text, comma.text, three.text) == ("2", ",\u00a0", "3")
    assert (two.cited, comma.cited, three.cited) == ("joint-note-2031-05-12", None, "radio-2031-09-01")
    assert two.baseline < held.baseline == may.baseline
    assert two.size == SMALL.body.size * SMALL.cite_scale
    assert two.x == held.x + held.width


def test_a_link_keeps_its_address_on_every_line() -> None:
    address = "https://norland.example/a"
    link = Link(
        children=(Text(text="one two three four five six seven eight nine ten eleven"),), target=address
    )
    (page,) = laid(Paragraph(children=(link,)))
    assert len(lines_of(page, 0)) == 2
    assert {(placed.link, placed.colour) for placed in content(page)} == {(address, SMALL.accent)}


def test_a_link_is_underlined_without_the_space_at_a_line_s_end_and_a_citation_is_not() -> None:
    link = Link(
        children=(Text(text="one two three four five six seven eight nine ten"),), target="https://a.example"
    )
    (page,) = laid(Paragraph(children=(*run("See "), link, *run("."), *cite(1))))
    first, second = [placed for placed in content(page) if placed.link]
    *underlines, _footer = page.rules
    assert [(rule.x, rule.width, rule.colour) for rule in underlines] == [
        (placed.x, half_em(placed.text.rstrip(), False, False) * placed.size, placed.colour)
        for placed in (first, second)
    ]
    assert first.text.endswith(" ")
    assert all(
        0 < rule.y - placed.baseline < 2 for rule, placed in zip(underlines, (first, second), strict=True)
    )


def test_items_hang_and_their_numbers_end_one_below_the_other() -> None:
    (page,) = lay_out(document_of(numbered(*["item"] * 11, start=95)), Theme(), half_em)
    markers = [placed for placed in content(page) if placed.owner and placed.owner.part is Part.MARKER]
    texts = [placed for placed in content(page) if placed.owner and placed.owner.part is Part.BODY]
    ends = {
        round(placed.x + half_em(placed.text.rstrip(), False, False) * placed.size, 6) for placed in markers
    }
    assert len(ends) == 1
    assert {placed.x for placed in texts} == {texts[0].x}
    assert ends.pop() < texts[0].x
    assert min(placed.x for placed in markers) >= Theme().page.left - 0.01


def test_columns_of_figures_stand_flush_right() -> None:
    (page,) = lay_out(document_of(table(12)), Theme(), half_em)
    edges: dict[int, set[float]] = defaultdict(set)
    for placed in content(page):
        assert placed.owner is not None
        edges[placed.owner.path[1]].add(round(placed.x + placed.width, 6))
    assert len(edges[2]) == 1
    assert len(edges[0]) > 1


def test_bookmarks_and_sources_know_their_places() -> None:
    entry = SourceEntry(source="gazette", number=1, children=run("Gazette, 2 April 2031."))
    (page,) = laid(
        Heading(
            level=1, children=(*run("Where to "), Link(children=(Text(text="read"),), target="x"), *cite(1))
        ),
        SourceList(entries=(entry,)),
    )
    (heading,), (source,) = page.headings, page.sources
    assert (heading.title, heading.level, heading.y) == ("Where to read", 1, SMALL.page.top)
    assert source.source == "gazette"
    assert heading.y < source.y < content(page)[-1].baseline


def test_a_whole_memo_fits_one_page() -> None:
    assert len(lay_out(fisheries_memo(), Theme(), width_in_ems)) == 1
