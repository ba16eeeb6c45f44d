"""Memos bound: one numbering of sources, headings a level deeper, an index of people and forums."""

from itertools import pairwise
from pathlib import Path

import pytest

from briefbook.binder import Binder
from briefbook.document import (
    Block,
    Citations,
    Cite,
    Heading,
    SourceList,
    Text,
    blocks_of,
    inlines_of,
    plain,
)
from briefbook.notes import notes_in
from tests.books import changed, make_book
from tests.bound import THREE, bound_example, bound_folder, example, headings_of

SPANISH = {"memos/spring.yaml": "title: {es: Primavera}\nlanguage: es\nrange: 2031-04/2031-06\n"}


def cited(binder: Binder) -> list[tuple[str, int]]:
    """Every source that the memos cite, with its number, in reading order."""
    return [
        (source.source, source.number)
        for tab in binder.tabs
        for block in blocks_of(tab.document)
        for inline in inlines_of(block)
        if isinstance(inline, Cite)
        for source in inline.sources
    ]


def listed(binder: Binder) -> dict[str, int]:
    return {entry.source: number for number, entry in binder.entries.items()}


def first_blocks(binder: Binder) -> list[Block]:
    return [next(blocks_of(tab.document)) for tab in binder.tabs]


# ------------------------------------------------------------------------------------- one numbering


@pytest.mark.parametrize("citations", Citations)
def test_a_source_has_one_number_in_all_memos(citations: Citations) -> None:
    binder = bound_example(citations)
    numbers = listed(binder)
    assert sorted(numbers.values()) == list(range(1, len(numbers) + 1))
    assert set(cited(binder)) == set(numbers.items())


def test_sources_are_numbered_as_a_reader_meets_them(tmp_path: Path) -> None:
    book = make_book(tmp_path)
    for order in (("council", "harbours"), ("harbours", "council")):
        binder = bound_folder(book, *order)
        assert list(dict.fromkeys(cited(binder))) == sorted(set(cited(binder)), key=lambda pair: pair[1])
    assert listed(bound_folder(book, "council", "harbours")) == {"gazette": 1, "letter": 2}
    assert listed(bound_folder(book, "harbours", "council")) == {"letter": 1, "gazette": 2}


def test_only_the_book_lists_sources() -> None:
    binder = bound_example()
    assert not [block for tab in binder.tabs for block in blocks_of(tab.document) if _lists(block)]
    assert binder.sources is not None
    heading, sources = binder.sources.blocks
    assert isinstance(heading, Heading)
    assert (heading.level, plain(heading.children)) == (2, "Sources")
    assert _lists(sources)


def _lists(block: Block) -> bool:
    return isinstance(block, SourceList)


def test_a_memo_tells_of_its_main_source_under_the_books_number() -> None:
    """A header says “rests on source N unless marked”: N is no longer the memo's own."""
    binder = bound_example()
    for tab in binder.tabs:
        words = " ".join(plain(inlines_of(block)) for block in blocks_of(tab.document))
        if "Everything rests on source" not in words:
            continue
        number = int(words.split("Everything rests on source ")[1].split()[0])
        hidden = {
            source.number
            for block in blocks_of(tab.document)
            for inline in inlines_of(block)
            if isinstance(inline, Cite) and not inline.shown
            for source in inline.sources
        }
        assert number in hidden
        break
    else:
        pytest.fail("no memo of the example rests on one source of several")


@pytest.mark.parametrize("citations", [Citations.FOOTNOTES, Citations.ENDNOTES])
def test_a_note_hangs_once_in_the_whole_book_and_they_count_up(citations: Citations) -> None:
    binder = bound_example(citations)
    hanging = [n for tab in binder.tabs for block in blocks_of(tab.document) for n in notes_in(block)]
    assert hanging == list(range(1, len(hanging) + 1))
    assert hanging


def test_the_books_way_to_cite_is_that_of_every_memo(tmp_path: Path) -> None:
    footnotes = changed("memos/council.yaml", "formats:", "citations: footnotes\nformats:")
    binder = bound_folder(make_book(tmp_path, footnotes))
    assert {tab.document.citations for tab in binder.tabs} == {Citations.NUMBERED}
    assert not [n for tab in binder.tabs for block in blocks_of(tab.document) for n in notes_in(block)]


# ------------------------------------------------------------------------------------------- memos


def test_memos_stand_in_the_order_in_which_they_are_named() -> None:
    binder = bound_example(memos=THREE)
    assert [tab.document.memo for tab in binder.tabs] == list(THREE)
    assert [tab.label for tab in binder.tabs] == ["Tab 1", "Tab 2", "Tab 3"]


def test_a_memos_headings_are_a_level_deeper_and_the_first_says_its_tab() -> None:
    binder = bound_example()
    for number, block in enumerate(first_blocks(binder), 1):
        assert isinstance(block, Heading)
        assert (block.level, plain(block.children)) == (2, f"Tab {number} · Briefing memo")
    levels = [level for level, _ in headings_of(binder)]
    assert set(levels) == {2, 3, 4}
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_a_memo_without_a_heading_gets_one(tmp_path: Path) -> None:
    bare = changed("memos/harbours.yaml", "formats:", "sections: [note]\nformats:")
    book = make_book(tmp_path, {**bare, "templates/sections/note.md.j2": "Nothing more."})
    (block,) = first_blocks(bound_folder(book, "harbours"))
    assert isinstance(block, Heading)
    assert block.level == 2
    assert plain(block.children).startswith("Tab 1 · Harbour Talks")


def test_sources_of_a_foreign_memo_are_told_in_the_books_language(tmp_path: Path) -> None:
    binder = bound_folder(make_book(tmp_path, SPANISH), "spring", "council")
    assert binder.cover.language == "en"
    assert [tab.document.language for tab in binder.tabs] == ["es", "en"]
    assert binder.sources is not None
    words = " ".join(plain(inlines_of(block)) for block in binder.sources.blocks)
    assert "2 April 2031" in words
    assert "abril" not in words


# ------------------------------------------------------------------------------------------- cover


def test_the_cover_counts_and_names(tmp_path: Path) -> None:
    extra = changed("book.yaml", "as_of:", "to: The Minister\nfrom: The desk\nas_of:")
    binder = bound_folder(make_book(tmp_path, extra), "council", "harbours")
    words = " ".join(plain(inlines_of(block)) for block in blocks_of(binder.cover))
    assert words.startswith("The forums of two neighbours Briefing book")
    for told in ("The Minister", "The desk", "20 April 2031", "Memos2", "Sources2"):
        assert told in words
    assert binder.cover.author == "The desk"


# ------------------------------------------------------------------------------------------- index


def anchors_of(binder: Binder) -> dict[int, Text]:
    found = {}
    for tab in binder.tabs:
        for block in blocks_of(tab.document):
            for inline in inlines_of(block):
                if isinstance(inline, Text) and inline.anchor is not None:
                    found[inline.anchor] = inline
    return found


def test_people_are_indexed_where_they_are_named_and_where_a_point_is_about_them() -> None:
    binder, facts = bound_example(), example().facts
    anchors = anchors_of(binder)
    assert list(anchors) == list(range(1, len(anchors) + 1))  # once each, in reading order
    ids = {person.name: id_ for id_, person in facts.people.items()}
    assert binder.index[0].title.text == "People"
    for entry in binder.index[0].entries:
        person = ids[entry.words]
        origins = {number: text.origin.fact for number, text in anchors.items() if text.origin}
        about = {id_ for id_, point in facts.background.items() if person in point.about}
        expected = [number for number, fact in origins.items() if fact == person or fact in about]
        assert list(entry.anchors) == expected


def test_a_forum_is_indexed_where_a_fact_of_it_is_shown(tmp_path: Path) -> None:
    binder = bound_folder(make_book(tmp_path))
    forums = {entry.words: entry for entry in binder.index[1].entries}
    anchors = anchors_of(binder)
    facts = {
        name: {anchors[n].origin.fact for n in entry.anchors if anchors[n].origin}  # type: ignore[union-attr]
        for name, entry in forums.items()
    }
    assert facts == {
        "Fisheries Council": {"council", "council-3", "survey"},
        "Harbour Talks": {"talks-1"},
    }


def test_a_person_is_found_under_the_spelling_of_a_source(tmp_path: Path) -> None:
    spelled = changed("facts/harbours.yaml", "person: bo-lund,", "person: bo-lund, spelled: Boo Lunde,")
    binder = bound_folder(make_book(tmp_path, spelled), "harbours")
    anchors = anchors_of(binder)
    (entry,) = binder.index[0].entries
    assert entry.words == "Bo Lund"
    assert {anchors[number].text for number in entry.anchors} == {"Boo Lunde"}


def test_the_index_is_in_the_order_of_letters_whatever_their_accents() -> None:
    people, forums = ([entry.words for entry in group.entries] for group in bound_example().index)
    assert people[:3] == ["Alejandro Mayorkas", "Andrés Manuel López Obrador", "Antony Blinken"]
    assert forums.index("Mérida Initiative") < forums.index("Military-to-military relationship")


def test_nothing_that_is_not_shown_is_indexed() -> None:
    binder = bound_example(memos=("merida-initiative",))
    assert [entry.words for group in binder.index for entry in group.entries] == [
        "Mike Pompeo",
        "Mérida Initiative",
    ]
