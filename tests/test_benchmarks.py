"""The benchmarks keep their word: what reads files back misses nothing, README.md says what was measured."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pytest
from benchmarks import __main__ as command
from benchmarks import documents, facts_read, long, measured, readme, scale
from benchmarks.__main__ import PARTS, PLOT, TITLE
from benchmarks.bench import FULL
from benchmarks.book import AS_OF, FACTS_OF_A_FORUM, memo_id, write_book
from benchmarks.figures import Finding, Report, Wanted, spread, targets_table
from benchmarks.plot import plot
from benchmarks.reading_back import OtherWordsError, tokens_of, verify, verify_claims
from benchmarks.scale import FEW, Took, scale_table
from benchmarks.versions import versions_table
from benchmarks.words import words_of

from briefbook.document import Document, SourceList, Table, blocks_of
from briefbook.readers.read_book import read_book
from briefbook.verdict import judge
from briefbook.workshop import Day, Workshop
from briefbook.writers import WRITERS
from tests.writers import trees

Words = dict[str, Any]
ROOT = readme.README.parent.parent


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


def test_the_page_was_measured_at_full_size_and_says_with_what() -> None:
    """Whoever changes the sizes measures anew."""
    found = measured.load()
    assert found.keys() == PARTS.keys()
    assert {name: part.sizes for name, part in found.items()} == dict.fromkeys(PARTS, measured.as_kept(FULL))
    assert [name for name, part in found.items() if not part.versions] == []


def test_what_was_measured_is_kept_whole(tmp_path: Path) -> None:
    finding = Finding(row=1, what="a", wanted=Wanted(limit=1.0), values=(0.5,))
    report = Report(findings=(finding,), tables={"cold": "| a |\n"}, missing=("b: not here",))
    part = measured.Measured(
        report=report, machine="On one core.\n", sizes=measured.as_kept(FULL), versions={"typst": "0.1"}
    )
    measured.save({"cold": part}, tmp_path / "measured.json")
    assert measured.load(tmp_path / "measured.json") == {"cold": part}


def test_versions_of_parts_that_were_measured_apart_stand_side_by_side() -> None:
    lines = versions_table([{"typst": "1", "fpdf2": "3"}, {"typst": "2", "fpdf2": "3"}]).splitlines()
    assert lines[2:] == ["| typst | 1 and 2 |", "| fpdf2 | 3 |"]


def _part(*values: float, missing: Sequence[str] = ()) -> measured.Measured:
    """A part with one finding that may have no values, and perhaps a table that lacks something."""
    finding = Finding(
        row=1, what="beside LibreOffice", wanted=Wanted(limit=8), values=values, note="not here"
    )
    return measured.Measured(
        report=Report(findings=(finding,), missing=tuple(missing)), machine="On one core.\n"
    )


@pytest.mark.parametrize(
    ("before", "now", "words", "status", "is_written"),
    [
        (_part(9.0), _part(), [], 1, False),
        (_part(9.0), _part(9.5, missing=["WeasyPrint: no Pango"]), [], 1, False),
        (_part(9.0), _part(), ["--partial"], 0, True),
        (_part(9.0), _part(9.5), [], 0, True),
        (_part(), _part(), [], 0, True),  # nothing is lost
        (None, _part(), [], 0, True),
    ],
)
def test_no_figure_of_the_page_is_lost_unasked(
    before: measured.Measured | None,
    now: measured.Measured,
    words: list[str],
    status: int,
    is_written: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    written: list[dict[str, measured.Measured]] = []
    monkeypatch.setattr(measured, "load", lambda: {"tags": before} if before else {})
    monkeypatch.setattr(command, "PARTS", {"tags": ("a part", lambda _: now.report)})
    monkeypatch.setattr(command, "versions", lambda _: {"typst": "0.1"})
    monkeypatch.setattr(command, "_write", lambda found: written.append(dict(found)))
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--write", *words])
    assert command.main() == status
    assert [part["tags"].report for part in written] == ([now.report] if is_written else [])
    assert all(part["tags"].sizes == measured.as_kept(FULL) for part in written)
    printed = capsys.readouterr()
    assert ("tags is not written: README.md has figures" in printed.err) is not is_written
    assert ("--partial" in printed.err) is not is_written
    assert all(each in printed.err for each in now.report.not_measured if not is_written)
    assert "beside LibreOffice" in printed.out  # measured for nothing it was not


def test_nothing_of_who_measures_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME")
    monkeypatch.setenv(names[0], "/somebody")
    monkeypatch.delenv(names[1], raising=False)

    def told(_: object) -> Report:
        line = f"import os; print(*(os.environ[name] for name in {names}))"
        folders = subprocess.run([sys.executable, "-c", line], stdout=subprocess.PIPE, text=True, check=True)
        assert [Path(folder).is_relative_to(tmp_path) for folder in folders.stdout.split()] == [True, True]
        return Report()

    monkeypatch.setattr(command, "PARTS", {"tags": ("a part", told)})
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--quick", "--dir", str(tmp_path)])
    assert command.main() == 0
    assert [os.environ.get(name) for name in names] == ["/somebody", None]


def test_no_document_that_the_tags_are_measured_by_is_had_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme, short, long = documents.documents_of(tmp_path / "book", 4)
    had: list[tuple[str, Document]] = []
    ways = {name: (lambda document, _, name=name: had.append((name, document))) for name in documents.WAYS}
    monkeypatch.setattr(documents, "WAYS", ways)
    for each in (short, long):
        assert {len(times) for times in documents.measured(each, theme).values()} == {3}
    # A forum's points of background are of its own words.
    bodies = {tuple(trees.words_of(document)) for _, document in had}
    assert len(had) == len(bodies) == 24
    assert {name for name, _ in had[0:12:3]} == set(ways)  # each is the first of a turn


def test_what_grows_faster_than_its_pages_is_found() -> None:
    """A page that costs a seventh more with each doubling is within a tenth of nothing."""
    works = [
        long.Work(what="redline", size=f"{count}", count=count, do=lambda: None) for count in (16, 32, 64)
    ]
    [steep] = long._report({"redline": works}, works, {0: [20.0], 1: [22.8], 2: [26.0]}).findings
    [level] = long._report({"redline": works}, works, {0: [18.9], 1: [20.1], 2: [21.0]}).findings
    assert (steep.what, steep.holds, level.holds) == ("redline: a page of 64 beside one of 16", False, True)


def test_who_loads_facts_has_nothing_else_in_the_way() -> None:
    line = (
        "import gc, sys; from benchmarks.facts_read import WAYS; WAYS['load'](); "
        "print(gc.isenabled(), 'briefbook' in sys.modules, 'yaml' in sys.modules); "
        "WAYS['load-uncollected'](); print(gc.isenabled())"
    )
    told = subprocess.run(
        [sys.executable, "-c", line], stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT
    )
    assert told.stdout.split() == ["True", "False", "True", "False"]


@pytest.mark.parametrize("way", ["own", "load"])
def test_facts_are_read_by_each_way(way: str, tmp_path: Path) -> None:
    assert facts_read.WAYS[way]()(write_book(tmp_path, memos=1))


def test_the_table_of_many_memos_is_as_the_script_prints_it() -> None:
    def took(memos: int, by: str, wall: float, others: float = 0.0) -> Took:
        memory = {"memory": 80.0, "memory_of_others": 70.0}
        return Took(memos=memos, by=by, wall=wall, parent=wall / 2, others=others, **memory)

    passes = [took(FEW, "1", 2.0), took(110, "1", 20.0), took(110, "2", 10.0, 9.0), took(110, "host:1", 8.0)]
    heads, rule, *rows = scale_table(passes, {110}).splitlines()
    assert f"<!-- scale -->\n{heads}\n{rule}\n" in (ROOT / "docs/scale.md").read_text(encoding="utf-8")
    assert rows == [
        "| 110 | 1 process | 6 | 10.0 |  | 90.00 | 80 |  |  |  |",
        "| 110 | 2 processes | 11 | 5.0 | 9.0 |  | 80 | 70 | 2.00 | 1.43 |",
        "| 110 | dask, 2 workers | 14 | 4.0 |  |  | 80 |  | 2.50 |  |",
    ]


PASS = """
import json, os, subprocess, sys, time
before = bytearray(os.urandom(1 << 20) * 90)
del before
print("begun", flush=True)
held = bytearray(os.urandom(1 << 20) * 40)
if not os.fork():
    its_own = bytearray(os.urandom(1 << 20) * 15)
    time.sleep(1.5)
    os._exit(0)
os.wait()
print(json.dumps({"memos": 1, "by": "2", "wall": 1, "parent": 1, "others": 1}))
"""


@pytest.mark.skipif(not scale.PROC.is_dir(), reason="no /proc here")
def test_the_memory_of_a_pass_is_that_amid_it_and_of_a_process_that_which_it_has_alone() -> None:
    took = scale.watched([sys.executable, "-c", PASS])
    assert 40 <= took.memory < 80  # not the 90 of before
    assert 15 <= took.memory_of_others < 35  # not the 40 that it was forked with


def test_a_pass_that_fails_is_told() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        scale.watched([sys.executable, "-c", "raise SystemExit(3)"])


def test_a_table_without_its_place_is_no_table() -> None:
    with pytest.raises(ValueError, match="0 times the marks of 'elsewhere'"):
        readme.marked("<!-- here -->\n<!-- end -->", {"elsewhere": "| a |"})


def test_the_plot_is_of_what_was_measured() -> None:
    drawn = PLOT.read_text(encoding="utf-8")
    assert drawn == plot(measured.bars_of(measured.load()), TITLE)
    svg = ElementTree.fromstring(drawn)
    texts = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    peers = {"docxtpl", "WeasyPrint, faces cut by HarfBuzz", "fpdf2", "python-docx"}
    assert {"briefbook: DOCX and PDF", *peers} <= set(texts)


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
