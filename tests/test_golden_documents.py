"""The pages of the example book: PDF by coarse images of its pages, DOCX as XML.

Golden files are renewed by `make golden`; look at the pages again when they change.
"""

import shutil
import subprocess
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import etree
from PIL import Image, ImageChops, ImageStat

from briefbook.readers.read_book import read_book
from briefbook.workshop import Day, Task, Workshop
from tests.conftest import EXAMPLE
from tests.libreoffice import needs_office, to_pdf
from tests.libreoffice import pages_of as page_count

GOLDEN = Path(__file__).parent / "golden"
DAY = date(2026, 1, 20)
PINNED = ("2026-q1", "security-implementation-group", "leaders-contacts")
DOTS_PER_INCH = 20  # coarse: lines and blocks of text show, letters don't
TOLERANCE = 1.5  # mean difference of grey values, 0–255: a moved line gives more, another FreeType less

needs_poppler = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm (poppler) is not here")


@cache
def output(memo: str, name: str) -> bytes:
    workshop = Workshop(read_book(EXAMPLE).book)
    rendered = workshop.render(
        Task(memo=workshop.book.memos[memo], day=Day(as_of=DAY, known_by=DAY), formats=(name,))
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


@needs_office
@pytest.mark.parametrize("memo", PINNED)
def test_docx_and_pdf_take_as_many_pages(memo: str, tmp_path: Path) -> None:
    pdf = to_pdf(output(memo, "docx"), tmp_path)
    assert page_count(pdf) == output(memo, "pdf").count(b"/Type /Page\n")
