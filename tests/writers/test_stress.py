"""The document of all that is hard to set, in every way of citing, as DOCX; PDF: test_pdf_standards."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from briefbook.document import (
    Block,
    Citations,
    Cite,
    Figure,
    Image,
    ItemList,
    Paragraph,
    Table,
    Text,
    blocks_of,
    inlines_of,
)
from briefbook.notes import notes_of, without_notes
from briefbook.writers.faces import width_in_ems
from briefbook.writers.layout import lay_out, printed
from briefbook.writers.placed import Owner, Part
from briefbook.writers.theme import PAGES, Theme, coloured
from briefbook.writers.to_docx import write_docx
from tests.audit import faults_of
from tests.libreoffice import bare, needs_office, odt_words, to_odt
from tests.test_pdf_standards import themes
from tests.writers.oddities import odd_document
from tests.writers.stress import ADDRESS, LONGEST_WORD, NOTES, ROWS, stress_document
from tests.writers.trees import said, ways_out, with_citations, words_of


@pytest.mark.parametrize("sheet", sorted(PAGES))
@pytest.mark.parametrize("citations", Citations)
def test_it_is_as_hard_as_it_says(citations: Citations, sheet: str) -> None:
    """Whatever becomes of the layout: what is to go over pages and lines does, on either sheet."""
    document = stress_document(citations)
    blocks = list(blocks_of(printed(document)))
    pages = lay_out(document, Theme(page=PAGES[sheet]), width_in_ems)
    shown_on: dict[Owner, set[int]] = defaultdict(set)
    for page in pages:
        for placed in page.runs:
            if placed.owner is not None and not placed.furniture:
                shown_on[placed.owner].add(page.number)
    long, tall = next(found_of(blocks, Paragraph)), next(found_of(blocks, Table))
    assert len(shown_on[Owner(block=blocks.index(long))]) >= 2
    assert len({n for owner, on in shown_on.items() if owner.block == blocks.index(tall) for n in on}) >= 3
    notes = {owner.path[0]: on for owner, on in shown_on.items() if owner.part is Part.NOTE}
    assert len(notes) == (0 if citations is Citations.NUMBERED else NOTES)
    if citations is Citations.FOOTNOTES:
        assert any(len(on) > 1 for on in notes.values())
    lines = {(page.number, run.baseline) for page in pages for run in page.runs if run.link == ADDRESS}
    assert len(lines) > 4  # two links, each over several lines
    assert not any(LONGEST_WORD in placed.text for page in pages for placed in page.runs)  # on no line whole


def test_it_holds_all_that_it_says() -> None:
    document = stress_document()
    blocks = list(blocks_of(document))
    text = [inline for block in blocks for inline in inlines_of(block) if isinstance(inline, Text)]
    words = " ".join(run.text for run in text)
    assert max(map(depth, found_of(blocks, ItemList))) >= 5
    assert [len(table.rows) for table in found_of(blocks, Table)] == [ROWS, 0]
    assert [type(figure.picture) for figure in found_of(blocks, Figure)] == [Image]
    assert {run.language for run in text} == {None, "fr"}
    letters = {letter for letter in map(chr, range(0xC0, 0x17F)) if unicodedata.decomposition(letter)}
    assert letters - set(unicodedata.normalize("NFC", words)) <= {
        "\u0132",
        "\u0133",
        "\u013f",
        "\u0140",
        "\u0149",
    }
    for script in ("GREEK", "CYRILLIC"):
        assert any(unicodedata.name(letter, "").startswith(script) for letter in words)
    cited = [i for block in blocks for i in inlines_of(block) if isinstance(i, Cite)]
    assert len({source.number for cite in cited for source in cite.sources}) == NOTES == 40
    assert len(cited) > NOTES  # one is told of again


Kind = TypeVar("Kind", bound=Block)


def found_of(blocks: Sequence[Block], kind: type[Kind]) -> Iterator[Kind]:
    return (block for block in blocks if isinstance(block, kind))


def depth(items: ItemList) -> int:
    inner = (block for item in items.items for block in item.blocks if isinstance(block, ItemList))
    return 1 + max(map(depth, inner), default=0)


@pytest.mark.parametrize("citations", Citations)
def test_the_audit_finds_nothing(citations: Citations, tmp_path: Path) -> None:
    assert faults_of(write_docx(stress_document(citations), Theme()), tmp_path) == []


LOOKS = {
    **themes(),
    "colours": coloured(Theme(), ink="101010", accent="7A1030", quiet="505050", hairline="A08060"),
    "letter": Theme(page=PAGES["letter"], faces="source-serif-pro", docx_face="Source Serif Pro"),
}


@pytest.mark.parametrize("look", LOOKS)
def test_the_audit_finds_nothing_in_any_look(look: str, tmp_path: Path) -> None:
    assert faults_of(write_docx(stress_document(), LOOKS[look]), tmp_path) == []


@pytest.mark.parametrize("citations", Citations)
def test_the_audit_finds_nothing_in_what_is_odd(citations: Citations, tmp_path: Path) -> None:
    assert faults_of(write_docx(with_citations(odd_document(), citations), Theme()), tmp_path) == []


@needs_office
def test_libreoffice_reads_it_word_for_word(tmp_path: Path) -> None:
    documents = {str(citations): stress_document(citations) for citations in Citations}
    files = {name: write_docx(document, Theme()) for name, document in documents.items()}
    for name, odt in to_odt(files, tmp_path).items():
        document = documents[name]
        body, notes = odt_words(odt)
        [alt] = [block.alt for block in blocks_of(document) if isinstance(block, Figure)]
        printed = " ".join(words_of(without_notes(document))).replace(f"{alt} ", "")
        expected = f"{printed} {document.notes_title}"
        read = " ".join(body)
        assert read.count("↗") == len(ways_out(document)), name
        assert bare(read.replace(" ↑", "").replace("↗", "")) == bare(expected), name
        entries = [entry for _, entry in sorted(notes_of(document).items())]
        assert notes == [word for entry in entries for word in said(entry.children).split()], name
        assert len(entries) == (0 if document.citations is Citations.NUMBERED else NOTES)
