"""The benchmarks keep their word: what reads files back misses nothing, README.md says what was measured."""

import zipfile
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pytest
from benchmarks import measured, readme
from benchmarks.__main__ import PLOT, TITLE
from benchmarks.book import AS_OF, FACTS_OF_A_FORUM, memo_id, write_book
from benchmarks.figures import Finding, Wanted, spread, targets_table
from benchmarks.plot import plot
from benchmarks.reading_back import OtherWordsError, tokens_of, verify, verify_claims
from benchmarks.words import words_of

from briefbook.document import Document, SourceList, Table, blocks_of
from briefbook.readers.read_book import read_book
from briefbook.verdict import judge
from briefbook.workshop import Day, Workshop
from briefbook.writers import WRITERS

Words = dict[str, Any]


@cache
def made() -> tuple[Document, Words, bytes, bytes]:
    """A memo of the benchmark: as a document, as plain data, as DOCX and as PDF."""
    with TemporaryDirectory() as folder:
        read = read_book(write_book(Path(folder), memos=2))
    assert not judge(read).has_errors
    workshop = Workshop(read.book)
    document = workshop.document(read.book.memos[memo_id(1)], Day(as_of=AS_OF, known_by=AS_OF))
    docx, pdf = (WRITERS[name].write(document, workshop.theme) for name in ("docx", "pdf"))
    return document, words_of(document, 1), docx, pdf


def test_a_memo_has_the_shape_that_is_promised() -> None:
    document, words, _, _ = made()
    blocks = list(blocks_of(document))
    assert sorted(len(block.rows) for block in blocks if isinstance(block, Table)) == [4, 12]
    [sources] = [block for block in blocks if isinstance(block, SourceList)]
    assert len(sources.entries) == 10
    assert len(words["priorities"]["numbered"]) == 8
    assert str(words).count("'cites': [") - str(words).count("'cites': []") == 6


def test_a_forum_has_as_many_facts_as_are_counted() -> None:
    with TemporaryDirectory() as folder:
        facts = read_book(write_book(Path(folder), memos=1, forums=3)).book.facts.kinds()
    of_forums = (len(facts[kind]) for kind in ("sources", "forums", "meetings", "priorities", "background"))
    assert sum(of_forums) == 3 * FACTS_OF_A_FORUM


def test_what_says_its_words_is_right() -> None:
    _, words, docx, pdf = made()
    verify(docx, words, "docx")
    verify(pdf, words, "pdf")


@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_one_missing_word_is_found(kind: str) -> None:
    _, words, docx, pdf = made()
    [first, *rest] = words["background"]["paragraphs"]
    told = {**first, "text": f"{first['text']} Unheard."}
    wanted = {**words, "background": {**words["background"], "paragraphs": [told, *rest]}}
    with pytest.raises(OtherWordsError, match=r"lacks \['Unheard'\]"):
        verify(docx if kind == "docx" else pdf, wanted, kind)


@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_one_missing_citation_is_found(kind: str) -> None:
    _, words, docx, pdf = made()
    told = [{**text, "cites": [*text["cites"], 7]} for text in words["background"]["paragraphs"]]
    wanted = {**words, "background": {**words["background"], "paragraphs": told}}
    with pytest.raises(OtherWordsError, match=r"lacks \['7', '7', '7'\]"):
        verify(docx if kind == "docx" else pdf, wanted, kind)


def test_a_word_cut_from_the_file_is_found() -> None:
    _, words, docx, _ = made()
    [word, *_] = words["bottom_line"]["paragraphs"][0]["text"].split()
    cut = BytesIO()
    with zipfile.ZipFile(BytesIO(docx)) as old, zipfile.ZipFile(cut, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(word.encode(), b"", 1) if name == "word/document.xml" else data)
    with pytest.raises(OtherWordsError, match=rf"lacks \['{word}'\]"):
        verify(cut.getvalue(), words, "docx")


def test_what_a_pdf_is_said_to_be_is_asked_of_it() -> None:
    _, _, _, pdf = made()
    claims = "PDF/UA-1 + PDF/A-2a"
    verify_claims(pdf, claims, "Caladea", "pdf")
    with pytest.raises(OtherWordsError, match=r"pdf is set in .*Caladea.*, not in Source Serif Pro"):
        verify_claims(pdf, claims, "Source Serif Pro", "pdf")
    with pikepdf.open(BytesIO(pdf)) as opened, BytesIO() as bare:
        del opened.Root.StructTreeRoot
        opened.save(bare)
        untagged = bare.getvalue()
    verify_claims(untagged, "PDF", "Caladea", "pdf")
    with pytest.raises(OtherWordsError, match="pdf is not PDF/UA-1, PDF/A-2a"):
        verify_claims(untagged, claims, "Caladea", "pdf")
    with pytest.raises(OtherWordsError, match="pdf is not tags"):
        verify_claims(untagged, "PDF with tags", "Caladea", "pdf")


def test_words_in_another_order_and_other_pages_are_found() -> None:
    document, words, docx, _ = made()
    [first, second, *rest] = words["background"]["paragraphs"]
    turned = {**words, "background": {**words["background"], "paragraphs": [second, first, *rest]}}
    with pytest.raises(OtherWordsError, match="all words, in another order"):
        verify(docx, turned, "docx")
    short = replace(document, sections=document.sections[:3])
    with TemporaryDirectory() as folder:
        theme = Workshop(read_book(write_book(Path(folder), memos=1)).book).theme
    with pytest.raises(OtherWordsError, match="1 pages"):
        verify(WRITERS["pdf"].write(short, theme), words, "pdf")


def test_no_two_memos_are_alike() -> None:
    with TemporaryDirectory() as folder:
        book = write_book(Path(folder), memos=6, forums=2)  # each forum has three memos
        workshop = Workshop(read_book(book).book)
    day = Day(as_of=AS_OF, known_by=AS_OF)
    told = [words_of(workshop.document(memo, day), 0) for memo in workshop.book.memos.values()]
    assert len({tuple(tokens_of(words, items=True, sources=True)) for words in told}) == 6


def test_readme_says_what_was_measured() -> None:
    text = readme.README.read_text(encoding="utf-8")
    found = measured.load()
    assert readme.marked(text, measured.tables_of(found)) == text
    assert {finding.row for part in found.values() for finding in part.report.findings} == set(range(1, 8))


def test_a_table_without_its_place_is_no_table() -> None:
    with pytest.raises(ValueError, match="0 times the marks of 'elsewhere'"):
        readme.marked("<!-- here -->\n<!-- end -->", {"elsewhere": "| a |"})


def test_the_plot_is_of_what_was_measured() -> None:
    drawn = PLOT.read_text(encoding="utf-8")
    assert drawn == plot(measured.bars_of(measured.load()), TITLE)
    svg = ElementTree.fromstring(drawn)
    texts = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {"briefbook: DOCX and PDF", "docxtpl", "WeasyPrint", "fpdf2", "python-docx"} <= set(texts)


def test_a_bound_is_kept_or_not() -> None:
    ratio = Finding(row=1, what="a", wanted=Wanted(limit=1.0), values=(0.9, 1.0, 1.3))
    faster = Finding(row=2, what="b", wanted=Wanted(limit=5, at_least=True), values=(4.0, 4.9, 6.0))
    for value, holds in ((-9.0, True), (-11.0, False), (11.0, False)):
        flat = Finding(row=4, what="d", wanted=Wanted(limit=10, unit="%", either_way=True), values=(value,))
        assert flat.holds is holds
        assert str(flat.wanted) == "± 10.0 %"
    unknown = Finding(row=3, what="c", wanted=Wanted(limit=5), note="LibreOffice is not here")
    assert (ratio.holds, faster.holds, unknown.holds) == (True, False, None)
    lines = targets_table([ratio, faster, unknown]).splitlines()
    assert lines[2:] == [
        "| 1 | a | ≤ 1.00 × | **1.00 ×** | 0.90 – 1.30 | 3 | yes |",
        "| 2 | b | ≥ 5.00 × | **4.90 ×** | 4.00 – 6.00 | 3 | **no** |",
        "| 3 | c | ≤ 5.00 × | not measured | LibreOffice is not here |  |  |",
    ]


def test_a_spread_is_of_the_quartiles_once_there_are_enough() -> None:
    assert (spread([3, 1, 2]).low, spread([3, 1, 2]).high) == (1, 3)
    many = spread([1, 2, 3, 4, 100])
    assert (many.low, many.middle, many.high) == (2, 3, 4)
