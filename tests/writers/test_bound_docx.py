"""The bound book as DOCX: its page numbers held against LibreOffice's pages, and read by python-docx."""

import io
import re
import subprocess
import zipfile
from functools import cache
from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument
from docx.enum.section import WD_SECTION
from lxml import etree

from briefbook.binder import Binder
from briefbook.document import Citations, Heading, blocks_of, plain
from briefbook.writers.bound_docx import bookmark_of, write_bound_docx
from briefbook.writers.theme import PAGES, Theme
from tests.audit import faults_of
from tests.books import make_book
from tests.bound import THREE, bound_example, bound_folder, joined, laid_out
from tests.large_book import write_large_book
from tests.libreoffice import needs_office, to_pdfs
from tests.writers.schema_order import misplaced

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FIELD = re.compile(r"PAGEREF (\w+) \\h")


@cache
def docx_of(citations: Citations = Citations.NUMBERED, memos: tuple[str, ...] = ()) -> bytes:
    return write_bound_docx(bound_example(citations, memos), Theme())


def opened(data: bytes) -> WordDocument:
    return docx.Document(io.BytesIO(data))


def part(data: bytes, name: str = "word/document.xml") -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return etree.fromstring(archive.read(name))


def prefilled(data: bytes) -> list[tuple[str, int]]:
    """The bookmark and the result of every PAGEREF field, in reading order."""
    found: list[tuple[str, int]] = []
    name, result = "", ""
    inside = False
    for element in part(data).iter(f"{W}instrText", f"{W}fldChar", f"{W}t"):
        if element.tag == f"{W}instrText":
            match = FIELD.search(element.text or "")
            name = match[1] if match else ""
        elif element.tag == f"{W}fldChar":
            kind = element.get(f"{W}fldCharType")
            if kind == "end" and name:
                found.append((name, int(result)))
                name = ""
            inside, result = kind == "separate", "" if kind != "end" else result
        elif inside:
            result += element.text or ""
    return found


def bookmarks(data: bytes) -> list[str]:
    return [element.get(f"{W}name", "") for element in part(data).iter(f"{W}bookmarkStart")]


# ------------------------------------------------------------------------------ rows of PAGEREF fields


@pytest.mark.parametrize("citations", Citations)
def test_every_field_names_a_bookmark_that_stands_once(citations: Citations) -> None:
    data = docx_of(citations)
    names = bookmarks(data)
    assert len(names) == len(set(names))
    asked = [name for name, _ in prefilled(data)]
    assert set(asked) <= set(names)
    anchors = {element.get(f"{W}anchor") for element in part(data).iter(f"{W}hyperlink")}
    assert anchors - {None} <= set(names)
    assert {name for name in names if name.startswith("place_")} <= set(asked)  # none for nothing


def test_fields_are_prefilled_from_our_own_layout() -> None:
    binder, laid = bound_example(), laid_out(bound_example())
    rows = [(bookmark_of(row.place), row.page) for row in laid.rows]
    index = [(f"place_{n}", page) for some in laid.mentions.values() for m in some for page, n in m.ends]
    assert prefilled(docx_of()) == rows + index
    assert len(rows) == len(binder.tabs) + 2


def with_wrong_numbers(data: bytes) -> bytes:
    """The same DOCX where every PAGEREF field says 999: what it says afterwards, its reader has counted."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as spoiled:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "word/document.xml":
                content, count = re.subn(_RESULT, rb"\g<1>999", content)
                assert count == len(prefilled(data))
            spoiled.writestr(name, content)
    return out.getvalue()


_STYLED = rb"<w:r>(?:<w:rPr><w:rStyle[^>]*></w:rPr>)?"
_RESULT = rb'(PAGEREF [^<]*</w:instrText></w:r>%s<w:fldChar w:fldCharType="separate"/></w:r>%s<w:t>)\d+' % (
    _STYLED,
    _STYLED,
)


@pytest.mark.long
@needs_office
@pytest.mark.parametrize("citations", Citations)
def test_prefilled_pages_are_those_of_libreoffice(citations: Citations, tmp_path: Path) -> None:
    check_by_libreoffice(bound_example(citations), Theme(), tmp_path)


@needs_office
def test_prefilled_pages_of_a_book_on_letter(tmp_path: Path) -> None:
    check_by_libreoffice(bound_example(memos=THREE), Theme(page=PAGES["letter"]), tmp_path)


@pytest.mark.long
@needs_office
def test_prefilled_pages_of_a_hundred_memos(tmp_path: Path) -> None:
    book = write_large_book(tmp_path / "book", 100)
    check_by_libreoffice(bound_folder(book), Theme(), tmp_path)


def check_by_libreoffice(binder: Binder, theme: Theme, folder: Path) -> None:
    """LibreOffice lays the book out and counts anew. What we had filled in is what it says."""
    laid = laid_out(binder, theme)
    data = with_wrong_numbers(write_bound_docx(binder, theme))
    texts = page_texts(to_pdfs({"book": data}, folder)["book"])
    pages = {row.place: row.page for row in laid.rows}
    rows = "".join(texts[laid.contents - 1 : pages["tab.1"] - 1]).replace(".", "")
    for row in laid.rows:
        assert squeezed(f"{row.label}{row.title}{row.page}").replace(".", "") in rows
    index = "".join(texts[pages["index"] - 1 :])
    entries = [entry for group in binder.index for entry in group.entries]
    told = [
        ",".join([entry.words, *("–".join(str(page) for page, _ in mention.ends) for mention in mentions)])
        for entry, mentions in zip(entries, laid.mentions.values(), strict=True)
    ]
    others = [words for words in told if squeezed(words) not in index]
    # LibreOffice has more room above footnotes, so that a line that names somebody stands a page earlier.
    assert len(others) <= (2 if binder.cover.citations is Citations.FOOTNOTES else 0), others
    for number, tab in enumerate(binder.tabs, 1):
        begins = [page for page, text in enumerate(texts, 1) if f"Tab{number}·" in text]
        assert begins == [pages[f"tab.{number}"]], tab.title


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def page_texts(pdf: Path) -> list[str]:
    """What stands on each page, in the order of its streams, without white space."""
    command = ("pdftotext", "-raw", pdf, "-")
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    return [squeezed(page) for page in text.split("\f")]


# ------------------------------------------------------------------------------------------ sections


def test_each_memo_begins_a_section_with_its_own_head_and_foot() -> None:
    binder, sections = bound_example(), opened(docx_of()).sections
    assert len(sections) == 1 + 1 + len(binder.tabs) + 2  # cover, contents, sources, index
    assert {section.start_type for section in sections} == {WD_SECTION.NEW_PAGE}
    cover, contents, *tabs = sections
    assert (cover.header.is_linked_to_previous, cover.footer.is_linked_to_previous) == (True, True)
    assert (cover.top_margin or 0) > (contents.top_margin or 0)
    for tab, section in zip(binder.tabs, tabs, strict=False):
        assert section.header.paragraphs[0].text == f"{tab.document.reference}\t{tab.label}"
        assert section.footer.paragraphs[0].text.startswith(f"{tab.document.footer}\t")
        assert section.footer._element.xpath("string(.//w:instrText)").strip() == "PAGE"
    columns = sections[-1]._sectPr.find(f"{W}cols")
    assert columns is not None
    assert columns.get(f"{W}num") == "2"


def test_footers_say_the_page_on_which_their_section_begins() -> None:
    sections, laid = opened(docx_of()).sections, laid_out(bound_example())
    begins = [laid.contents, *(row.page for row in laid.rows)]
    for page, section in zip(begins, sections[1:], strict=True):
        assert section.footer.paragraphs[0].text.endswith(f"\t{page}")


def test_the_right_column_of_the_index_begins_where_it_does_in_the_pdf() -> None:
    (turned,) = (
        p for p in part(docx_of()).iter(f"{W}p") if p.find(f"{W}r/{W}br[@{W}type='column']") is not None
    )
    words = [element.tag for element in turned.iter(f"{W}br", f"{W}t")]
    assert words.index(f"{W}br") == 0
    said = "".join(text.text or "" for text in turned.iter(f"{W}t"))
    last = laid_out(bound_example()).pages[-1]
    middle = last.width / 2
    first = min(
        (run for run in last.runs if run.x > middle and 60 < run.baseline < 700), key=lambda run: run.baseline
    )
    assert said.startswith(first.text.strip())


def test_pages_are_never_counted_anew() -> None:
    assert not part(docx_of()).findall(f".//{W}pgNumType")


# ------------------------------------------------------------------------------------- words and order


def test_headings_are_those_of_the_tree() -> None:
    binder = bound_example()
    said = [
        (int(paragraph.style.name[-1]), paragraph.text.split("\t")[0].replace("\u00a0", " "))
        for paragraph in opened(docx_of()).paragraphs
        if paragraph.style is not None and paragraph.style.name.startswith("Heading")
    ]
    expected = [(1, binder.cover.title), (2, "Contents")]
    expected += [
        (block.level, plain(block.children))
        for tab in binder.tabs
        for block in blocks_of(tab.document)
        if isinstance(block, Heading)
    ]
    expected += [(2, "Sources"), (2, "Index"), (3, "People"), (3, "Forums")]
    assert said == expected


def test_no_paragraph_is_empty() -> None:
    for citations in Citations:
        for paragraph in part(docx_of(citations)).iter(f"{W}p"):
            style = paragraph.find(f"{W}pPr/{W}pStyle")
            assert style is not None
            has_words = "".join(t.text or "" for t in paragraph.iter(f"{W}t")).strip()
            drawn = paragraph.find(f".//{W}drawing") is not None
            assert has_words or drawn or style.get(f"{W}val") == "TableGap"


def test_sources_are_one_numbered_list_that_all_memos_refer_to() -> None:
    root = part(docx_of())
    sources = [p for p in root.iter(f"{W}p") if _style(p).startswith("Source")]
    assert len(sources) == len(bound_example().entries)
    asked = {
        found[1]
        for words in root.iter(f"{W}instrText")
        if (found := re.search(r"REF (source_\d+) ", words.text or ""))
    }
    assert asked <= {name for name in bookmarks(docx_of()) if name.startswith("source_")}
    assert asked


def _style(paragraph: etree._Element) -> str:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return "" if style is None else style.get(f"{W}val", "")


# ------------------------------------------------------------------------------------------ the file


@pytest.mark.long
def test_bound_books_pass_the_audit(tmp_path: Path) -> None:
    made = [docx_of(citations) for citations in Citations]
    made += [docx_of(memos=THREE), docx_of(memos=THREE[:1]), *(files.docx for files in joined().values())]
    far = make_book(tmp_path / "book", {"memos/far.yaml": "title: Far\nrange: 2001-04/2001-06\n"})
    made.append(write_bound_docx(bound_folder(far, "far"), Theme()))
    for data in made:
        assert faults_of(data, tmp_path) == []
        assert misplaced(part(data)) == []


def test_the_same_book_gives_the_same_bytes() -> None:
    binder = bound_example(memos=THREE)
    assert write_bound_docx(binder, Theme()) == write_bound_docx(binder, Theme())
