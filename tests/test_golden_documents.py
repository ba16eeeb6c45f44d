"""The pages of the example book: PDF by coarse images of its pages, DOCX as XML.

Golden files are renewed by `make golden`; look at the pages again when they change.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import etree
from PIL import Image, ImageChops, ImageStat

from briefbook.document import Citations
from briefbook.workshop import Day, Task
from tests.audit import faults_of
from tests.libreoffice import bare, in_a_wide_face, needs_office, odt_words, text_of, to_odt
from tests.test_golden import DAYS, MEMOS, workshop
from tests.word_file import opened
from tests.word_outline import empty_paragraphs, heading_levels, is_outline

GOLDEN = Path(__file__).parent / "golden"
DAY = date(2026, 1, 20)
PINNED = ("2026-q1.en", "2026-q1.es", "security-implementation-group.en", "leaders-contacts")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DOTS_PER_INCH = 20  # coarse: lines and blocks of text show, letters don't
TOLERANCE = 1.5  # mean difference of grey values, 0–255: a moved line gives more, another FreeType less

needs_poppler = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm (poppler) is not here")


@cache
def output(memo: str, name: str) -> bytes:
    rendered = workshop().render(
        Task(memo=workshop().book.memos[memo], day=Day(as_of=DAY, known_by=DAY), formats=(name,))
    )
    assert rendered.problems == ()
    return rendered.outputs[name]


def pages_of(pdf: bytes, folder: Path) -> list[Image.Image]:
    (folder / "memo.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-gray", "-png", "-r", str(DOTS_PER_INCH), "memo.pdf", "page"]
    subprocess.run(command, cwd=folder, check=True, timeout=60)
    return [Image.open(file).convert("L") for file in sorted(folder.glob("page-*.png"))]


@needs_poppler
@pytest.mark.parametrize("memo", PINNED)
def test_pages_look_as_they_did(memo: str, tmp_path: Path, renews_golden: bool) -> None:
    pages = pages_of(output(memo, "pdf"), tmp_path)
    folder = GOLDEN / "pages"
    if renews_golden:
        folder.mkdir(parents=True, exist_ok=True)
        for file in folder.glob(f"{memo}.*.png"):
            file.unlink()
        for number, page in enumerate(pages, 1):
            page.save(folder / f"{memo}.{number}.png", optimize=True)
    golden = [Image.open(file) for file in sorted(folder.glob(f"{memo}.*.png"))]
    assert [page.size for page in pages] == [page.size for page in golden]
    for page, expected in zip(pages, golden, strict=True):
        assert ImageStat.Stat(ImageChops.difference(page, expected)).mean[0] < TOLERANCE


@needs_poppler
def test_a_moved_line_would_be_seen(tmp_path: Path) -> None:
    page = pages_of(output(PINNED[0], "pdf"), tmp_path)[0]
    moved = ImageChops.offset(page, 0, 4)  # four dots are one line
    assert ImageStat.Stat(ImageChops.difference(page, moved)).mean[0] > TOLERANCE


@pytest.mark.parametrize("memo", PINNED)
def test_document_xml_is_as_it_was(memo: str, renews_golden: bool) -> None:
    with ZipFile(BytesIO(output(memo, "docx"))) as package:
        tree = etree.fromstring(package.read("word/document.xml"))
    etree.indent(tree)
    text = etree.tostring(tree, encoding="unicode") + "\n"
    file = GOLDEN / "docx" / f"{memo}.xml"
    if renews_golden:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.parametrize("memo", MEMOS)
def test_the_audit_finds_no_fault_on_any_day(memo: str, tmp_path: Path) -> None:
    for day in map(date.fromisoformat, DAYS):
        assert faults_of(docx_of(memo, day), tmp_path) == [], day
    for citations in Citations:
        assert faults_of(docx_of(memo, DAY, citations), tmp_path) == [], citations


@pytest.mark.parametrize("citations", Citations)
@pytest.mark.parametrize("memo", MEMOS)
def test_in_word_a_heading_1_stands_first_no_level_is_skipped_no_paragraph_is_empty(
    memo: str, citations: Citations
) -> None:
    word = opened(docx_of(memo, DAY, citations))
    first = word.paragraphs[0].style
    assert first is not None
    assert first.name == "Heading 1"
    assert is_outline(heading_levels(word))
    assert empty_paragraphs(word) == []


@pytest.mark.parametrize("citations", Citations)
def test_in_word_no_run_and_no_paragraph_is_formatted_by_hand(citations: Citations) -> None:
    for memo in MEMOS:
        with ZipFile(BytesIO(docx_of(memo, DAY, citations))) as package:
            root = etree.fromstring(package.read("word/document.xml"))
        for kind, styled in (("rPr", {"rStyle", "lang"}), ("pPr", {"pStyle", "numPr", "keepNext"})):
            found = {etree.QName(e).localname for look in root.iter(f"{W}{kind}") for e in look}
            assert found <= styled


def docx_of(memo: str, day: date, citations: Citations = Citations.NUMBERED) -> bytes:
    made = workshop().render(
        Task(
            memo=replace(workshop().book.memos[memo], citations=citations),
            day=Day(as_of=day, known_by=day),
            formats=("docx",),
        )
    )
    return made.outputs["docx"]


@pytest.mark.long
@needs_office
def test_libreoffice_reads_the_same_words_in_the_same_order(tmp_path: Path) -> None:
    files = {memo: docx_of(memo, DAY) for memo in MEMOS}
    for memo, odt in to_odt(files, tmp_path).items():
        body, notes = odt_words(odt)
        assert bare(" ".join(body)) == " ".join(_words(files[memo], "document")).split()
        assert notes == []


@needs_office
def test_no_word_is_cut_where_the_reader_s_face_runs_wide(tmp_path: Path) -> None:
    """DejaVu Serif, up to a quarter wider than Cambria, is what many machines have instead."""
    files = {memo: docx_of(memo, DAY) for memo in MEMOS}
    for memo, pdf in in_a_wide_face(files, tmp_path).items():
        said = " ".join(_words(files[memo], r"document|header1|footer\d"))
        known = set(re.findall(r"[^\W\d_]+", said))
        # The reader of the PDF takes a hyphen at a line's end for one that the line put there.
        known |= {word.replace("-", "") for word in re.findall(r"[^\W\d_]+-[^\W\d_]+", said)}
        assert set(re.findall(r"[^\W\d_]+", text_of(pdf))) - known == set(), memo


def _words(content: bytes, parts: str) -> Iterator[str]:
    with ZipFile(BytesIO(content)) as package:
        for name in package.namelist():
            if re.fullmatch(rf"word/({parts})\.xml", name):
                for paragraph in etree.fromstring(package.read(name)).iter(f"{W}p"):
                    yield "".join(
                        e.text or "" if e.tag == f"{W}t" else " "
                        for e in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br")
                    )
