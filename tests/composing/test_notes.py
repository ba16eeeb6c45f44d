"""Sources as footnotes and endnotes: which notes hang where, under which numbers, and what stays listed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbook.composing.compose import LATE, compose
from briefbook.composing.passages import Finisher, NoteHanger, notes_first, number_sources
from briefbook.composing.sections import SectionTemplates
from briefbook.composing.wording import wording_of
from briefbook.document import (
    Block,
    Citations,
    Cite,
    Document,
    Fields,
    Section,
    SourceList,
    Table,
    Text,
    blocks_of,
    inlines_of,
)
from briefbook.memo import Book
from briefbook.notes import notes_of, without_notes
from briefbook.readers.read_book import read_book
from briefbook.select import select
from briefbook.tool import shipped_templates
from tests.conftest import EXAMPLE
from tests.council import WHOLE, facts_of, memo_of, selected
from tests.writers.trees import LATIN_WORDS, SOURCE_IDS, blocks, few, source_lists

EN = wording_of("en")
SHIPPED = SectionTemplates([shipped_templates()], EN)
COUNCIL = facts_of(WHOLE)
NOTES_MODES = (Citations.FOOTNOTES, Citations.ENDNOTES)
GAZETTE, LETTER, NOTE = "{^gazette}", "{^letter}", "{^note}"
LIST = "{% for entry in sources %}1. {{ anchor(entry.source) }}{{ entry.source.short }}\n{% endfor %}"


def made(folder: Path, memo: str = "", /, **own: str) -> Document:
    """A memo in footnotes, made of these templates."""
    (folder / "sections").mkdir(exist_ok=True)
    for name, source in own.items():
        (folder / "sections" / f"{name}.md.j2").write_text(source, encoding="utf-8")
    names = ", ".join(own)
    text = f"forums: [council, harbours]\nsections: [{names}]\n{memo or 'citations: footnotes'}\n"
    definition = memo_of(text)
    templates = SectionTemplates([folder, shipped_templates()], EN)
    return compose(selected(COUNCIL, definition, "2031-09-01"), definition, templates)


def shown_in(sections: Iterable[Section]) -> list[str]:
    """The citations that print shows: `1` where a note hangs, `(1)` where one is referred to."""
    return [
        f"{cited.number}" if cited.is_note else f"({cited.number})"
        for section in sections
        for block in section.blocks
        for inline in inlines_of(block)
        if isinstance(inline, Cite) and inline.shown
        for cited in inline.sources
    ]


def listed(document: Document) -> list[tuple[int, str]]:
    lists = (block for block in blocks_of(document) if isinstance(block, SourceList))
    return [(entry.number, entry.source) for block in lists for entry in block.entries]


def sourcing(document: Document) -> str:
    """What the header says of the sources."""
    header = next(section for section in document.sections if section.name == "header")
    (fields,) = (block for block in header.blocks if isinstance(block, Fields))
    return "".join(inline.text for inline in fields.rows[-1].value if isinstance(inline, Text))


# ------------------------------------------------------------------------------- any document


def numbers_of_notes(blocks: Iterable[Block]) -> list[int]:
    return [
        cited.number
        for block in blocks
        for inline in inlines_of(block)
        if isinstance(inline, Cite)
        for cited in inline.sources
        if cited.is_note
    ]


@few
@given(st.lists(blocks(LATIN_WORDS) | source_lists(LATIN_WORDS), max_size=12))
def test_notes_count_up_in_reading_order_and_each_source_has_one_number(given_blocks: list[Block]) -> None:
    counted = number_sources(given_blocks)
    numbering = notes_first(given_blocks, counted)
    finisher, hanger = Finisher(numbering=numbering, readings={}), NoteHanger(numbering.noted)
    finished = [hanger.block(finisher.block(block)) for block in given_blocks]
    notes = numbers_of_notes(finished)
    assert notes == list(range(1, len(numbering.noted) + 1))
    assert list(numbering.numbers.values()) == list(range(1, len(counted.numbers) + 1))
    assert set(numbering.numbers) == set(counted.numbers) <= set(SOURCE_IDS)
    assert {s for s, number in numbering.numbers.items() if number <= len(notes)} == numbering.noted
    rest = [source for source in numbering.numbers if source not in numbering.noted]
    assert rest == [source for source in counted.numbers if source in rest]  # in their old order
    for block in finished:  # a note hangs where print shows the citation, and on no page twice
        assert not numbers_of_notes([block] if isinstance(block, SourceList) else [])
        for inline in inlines_of(block):
            if isinstance(inline, Cite) and not inline.shown:
                assert not any(cited.is_note for cited in inline.sources)
        if isinstance(block, Table):
            cites = [i for cell in block.header.cells for i in cell if isinstance(i, Cite)]
            assert not any(cited.is_note for cite in cites for cited in cite.sources)


@cache
def example() -> Book:
    return read_book(EXAMPLE).book


DAYS = [date(2018, 6, 1), date(2021, 10, 9), date(2026, 1, 20), date(2026, 3, 15)]


@pytest.mark.parametrize("memo", sorted(example().memos))
@pytest.mark.parametrize("mode", NOTES_MODES)
def test_notes_and_what_stays_listed_are_all_sources_of_a_memo(memo: str, mode: Citations) -> None:
    book, definition = example(), example().memos[memo]
    for day in DAYS:
        selection = select(book.facts, book.settings, definition, as_of=day, known_by=day)
        numbered = compose(selection, definition, SHIPPED)
        document = compose(replace(selection, citations=mode), definition, SHIPPED)
        assert document.citations is mode
        noted = notes_of(document)
        marks = shown_in(section for section in document.sections if section.name not in LATE)
        assert [int(mark) for mark in marks if mark.isdecimal()] == sorted(noted)
        assert sorted(noted) == list(range(1, len(noted) + 1))
        assert {source for _, source in listed(document)} == {source for _, source in listed(numbered)}
        left = [number for number, _ in listed(without_notes(document))]
        assert sorted([*noted, *left]) == [number for number, _ in listed(document)]
        assert {int(mark.strip("()")) for mark in marks} <= set(noted)
        assert not any(mark.isdecimal() for mark in shown_in(s for s in document.sections if s.name in LATE))


# ------------------------------------------------------------------------------ in one document


def test_notes_are_numbered_by_what_print_shows_first(tmp_path: Path) -> None:
    # The gazette is cited first, but a run of its citations shows at its end alone.
    body = f"a{GAZETTE} b{GAZETTE}\n\nc{NOTE}\n\nd{GAZETTE}\n\ne{LETTER}"
    document = made(tmp_path, body=body, sources=LIST)
    assert shown_in(document.sections) == ["1", "2", "(1)", "3"]
    hidden = f"a{NOTE}\n\nb{NOTE}\n\nc{NOTE}\n\nd{LETTER}\n\ne{NOTE} f{GAZETTE}\n\ng{NOTE}\n\nh{NOTE}" + (
        f"\n\ni{NOTE}" * 4
    )
    document = made(tmp_path, body=hidden, sources=LIST)
    assert shown_in(document.sections) == ["1", "2", "3"]
    assert [source for _, source in listed(document)] == ["letter", "note", "gazette"]


def test_a_source_that_is_implied_everywhere_stays_listed(tmp_path: Path) -> None:
    body = f"a{NOTE}\n\nb{NOTE}\n\nc{NOTE}\n\nd{GAZETTE}"
    document = made(tmp_path, body=body, sources=f"## Sources\n\n{LIST}")
    assert shown_in(document.sections) == ["1"]
    assert listed(without_notes(document)) == [(2, "note")]


def test_sources_of_one_citation_keep_its_order(tmp_path: Path) -> None:
    document = made(tmp_path, body=f"a{LETTER}\n\nb{{^note,letter,gazette}}", sources=LIST)
    assert shown_in(document.sections) == ["1", "(1)", "2", "3"]
    assert [source for _, source in listed(document)] == ["letter", "note", "gazette"]


def test_the_header_of_a_table_carries_no_note_though_it_may_cite(tmp_path: Path) -> None:
    body = f"| h{GAZETTE} | i |\n|-|-|\n| a{NOTE} | b{GAZETTE} |\n"
    document = made(tmp_path, body=body, sources=LIST)
    assert shown_in(document.sections) == ["(2)", "1", "2"]
    document = made(tmp_path, body=f"| h{GAZETTE} | i |\n|-|-|\n| a{NOTE} | b |\n", sources=LIST)
    assert shown_in(document.sections) == ["(2)", "1"]  # the gazette's entry stays in the list
    assert listed(without_notes(document)) == [(2, "gazette")]


def test_header_and_sources_refer_to_notes_and_carry_none(tmp_path: Path) -> None:
    header = f"# Head{NOTE}"
    document = made(
        tmp_path, header=header, body=f"a{GAZETTE}\n\nb{NOTE}", sources=f"Of these{NOTE}:\n\n{LIST}"
    )
    assert shown_in(document.sections) == ["(2)", "1", "2", "(2)"]


def test_what_no_section_lists_has_a_number_and_no_note(tmp_path: Path) -> None:
    """Its text stands in the list of sources: without an entry there is nothing to print."""
    body = f"a{GAZETTE}\n\nb{NOTE}\n\nc{LETTER}"
    assert shown_in(made(tmp_path, body=body).sections) == ["(1)", "(2)", "(3)"]
    some = LIST.replace("in sources", 'in sources if entry.source.id != "gazette"')
    document = made(tmp_path, body=body, sources=some)
    assert shown_in(document.sections) == ["(3)", "1", "2"]
    assert sorted(notes_of(document)) == [1, 2]


def test_a_section_that_lists_sources_itself_gives_notes_their_text(tmp_path: Path) -> None:
    document = made(
        tmp_path, body=f"a{NOTE}\n\nb{GAZETTE}\n\n1. {{@note}}The note\n2. {{@gazette}}The gazette\n"
    )
    assert shown_in(document.sections) == ["1", "2"]
    assert sorted(notes_of(document)) == [1, 2]


# ----------------------------------------------------------------------------- how it reads


def composed(memo: str, as_of: str = "2031-09-01") -> Document:
    definition = memo_of(memo)
    return compose(selected(COUNCIL, definition, as_of), definition, SHIPPED)


def test_one_source_has_no_note_and_stays_listed() -> None:
    document = composed("forum: council\ncitations: footnotes", "2031-04-02")
    assert notes_of(document) == {}
    assert "Everything here rests on it" in sourcing(document)
    assert listed(without_notes(document)) == [(1, "gazette")]


def test_the_header_names_the_source_that_all_rests_on(tmp_path: Path) -> None:
    body = f"a{NOTE}\n\nb{NOTE}\n\nc{NOTE}\n\nd{GAZETTE}"
    (tmp_path / "n").mkdir()
    shipped = (shipped_templates() / "sections" / "header.md.j2").read_text(encoding="utf-8")
    noted = made(tmp_path, header=shipped, body=body, sources=LIST)
    numbered = made(tmp_path / "n", "citations: numbered", header=shipped, body=body, sources=LIST)
    short = str(
        next(s.short for s in selected(COUNCIL, "forum: council", "2031-09-01").sources if s.id == "note")
    )
    assert sourcing(noted).endswith(f"Everything rests on source 2, {short}, unless marked.")
    assert sourcing(numbered).endswith("Everything rests on source 1 unless marked.")


def test_where_all_sources_are_notes_print_has_no_list() -> None:
    document = composed("forum: council\ncitations: endnotes")
    assert len(notes_of(document)) > 1
    assert "unless marked" not in sourcing(document)
    assert "sources" in [section.name for section in document.sections]
    assert "sources" not in [section.name for section in without_notes(document).sections]


def test_only_endnotes_have_a_heading() -> None:
    titles = {mode: composed(f"forum: council\ncitations: {mode}").notes_title for mode in Citations}
    assert titles == {Citations.NUMBERED: "", Citations.FOOTNOTES: "", Citations.ENDNOTES: "Notes"}
