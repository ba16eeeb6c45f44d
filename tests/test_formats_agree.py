"""A memo says the same in every format: each is read back by an independent reader and compared.

What is compared: every word in its order, with list markers, source numbers and citations where they stand;
the headings with their levels; the rows of tables by their cells. The JSON is what the others are held to.

What a reader leaves aside, and nothing else: page headers and footers (checked by themselves), hidden helps
for screen readers, signs that lead from a source back to its citation or from a citation to the words in its
source, addresses that plain text adds to a link. White space is where words end, of whatever kind; a line
that ends in a hyphen or dash goes on without a space. Bullets are one sign, citations `⟦n⟧`, whether a format
sets them in brackets or as superior numbers.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any, cast

import docx
import pikepdf
import pytest
from bs4 import BeautifulSoup, Tag
from docx.document import Document as DocxDocument
from docx.oxml import parse_xml
from docx.oxml.text.paragraph import CT_P
from docx.table import Table as DocxTable
from docx.text.hyperlink import Hyperlink
from docx.text.paragraph import Paragraph as DocxParagraph
from markdown_it import MarkdownIt
from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTChar
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage

from briefbook.document import Citations
from briefbook.readers.read_book import read_book
from briefbook.workshop import Day, Task, Workshop
from briefbook.writers import WRITERS
from briefbook.writers.theme import Theme
from tests.books import make_book
from tests.conftest import EXAMPLE
from tests.marked_book import secret_book
from tests.word_file import opened

BULLET = "•"
DRAWING_PROPERTIES = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
STARTER = EXAMPLE.parents[1] / "src/briefbook/starter"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(slots=True)
class Reading:
    """What a reader finds in a file. A piece holds the words of a paragraph, item, label, value or cell."""

    pieces: list[list[str]] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    heads: list[list[str]] = field(default_factory=list)  # of tables: the words of their first rows
    alternatives: list[list[str]] = field(default_factory=list)  # of pictures
    columns: list[list[str]] = field(default_factory=list)  # what stands below one another, cell by cell

    @property
    def words(self) -> list[str]:
        return [word for piece in self.pieces for word in piece]

    @property
    def citations(self) -> list[str]:
        return [word for word in self.words if word.startswith("⟦")]

    def add(self, text: str) -> None:
        self.pieces.append(text.split())


def cited(numbers: str) -> str:
    """Citation numbers as words of their own."""
    return "".join(f" ⟦{number}⟧ " for number in re.findall(r"[0-9]+", numbers))


def spaced(text: str) -> str:
    return " ".join(text.split())


# -------------------------------------------------------------------------------------------- JSON


def read_json(data: bytes) -> Reading:
    reading = Reading()
    for section in json.loads(data)["sections"]:
        for block in section["blocks"]:
            _json_block(block, reading, depth=0)
    return reading


def _json_block(block: dict[str, Any], reading: Reading, depth: int) -> None:
    match block["type"]:
        case "heading":
            reading.add(_json_text(block["children"]))
            reading.add(_json_text(block["aside"]))
            reading.headings.append((block["level"], spaced(_json_text(block["children"]))))
        case "paragraph":
            reading.add(_json_text(block["children"]))
        case "list":
            for number, item in enumerate(block["items"], block["start"]):
                reading.add(f"{number}." if block["ordered"] else BULLET)
                for inner in item["blocks"]:
                    _json_block(inner, reading, depth + 1)
        case "fields":
            for row in block["rows"]:
                reading.add(_json_text(row["label"]))
                reading.add(_json_text(row["value"]))
            for name in ("label", "value"):
                reading.columns.append([spaced(_json_text(row[name])) for row in block["rows"]])
        case "table":
            _json_table(block, reading)
        case "sources":
            for entry in block["entries"]:
                reading.add(str(entry["number"]))
                reading.add(_json_text(entry["children"]))
        case "figure":
            reading.add(block["alt"])
            reading.add(_json_text(block["caption"]))
            reading.alternatives.append(block["alt"].split())
        case other:
            raise AssertionError(other)


def _json_table(block: dict[str, Any], reading: Reading) -> None:
    for row in (block["header"], *block["rows"]):
        cells = [_json_text(cell) for cell in row]
        for cell in cells:
            reading.add(cell)
        reading.rows.append([spaced(cell) for cell in cells])
    rows = reading.rows[-1 - len(block["rows"]) :]
    reading.columns += [list(column) for column in zip(*rows, strict=True)]
    reading.heads.append(" ".join(map(_json_text, block["header"])).split())


def _json_text(inlines: list[dict[str, Any]]) -> str:
    parts = []
    for inline in inlines:
        match inline["type"]:
            case "text":
                parts.append(inline["text"])
            case "link":
                parts.append(_json_text(inline["children"]))
            case "break":
                parts.append("\n")
            case "cite" if inline["shown"]:
                parts.append(cited(" ".join(str(source["number"]) for source in inline["sources"])))
    return "".join(parts)


# ---------------------------------------------------------------------------- HTML, and Markdown as HTML


def read_html(data: bytes) -> Reading:
    soup = BeautifulSoup(data, "lxml")
    for unseen in soup.select(".unseen, a.back, footer, head"):
        unseen.decompose()
    for note in soup.select("sup"):
        note.replace_with(cited(note.get_text()))
    return _read_soup(soup)


def read_markdown(data: bytes) -> Reading:
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(data.decode())
    soup = BeautifulSoup(html.rpartition("<hr")[0], "lxml")  # below the rule stands the footer
    reading = _read_soup(soup)
    for piece in reading.pieces:
        piece[:] = _bracketed(" ".join(piece)).split()
    reading.headings = [(level, spaced(_bracketed(text))) for level, text in reading.headings]
    reading.rows = [[spaced(_bracketed(cell)) for cell in row] for row in reading.rows]
    return reading


def _bracketed(text: str) -> str:
    """A text whose citations stand in brackets: `[1]`, `[1, 2]`."""
    return re.sub(r"\[([0-9]+(?:,\s[0-9]+)*)\]", lambda found: cited(found[1]), text)


def _read_soup(soup: BeautifulSoup) -> Reading:
    """Blocks in the order of the tags; the words of a block that holds blocks are those of its blocks."""
    for rule in soup.select("br"):
        rule.replace_with("\n")
    reading = Reading()
    for tag in soup.find_all(re.compile(r"^(h[1-6]|p|li|dt|dd|tr|th|td|svg|img|figcaption)$")):
        assert isinstance(tag, Tag)
        if tag.name in ("svg", "img"):  # who hears the page hears this of a picture
            title = tag.find("title")
            reading.add(title.get_text() if title else str(tag["alt"]))
            continue
        if tag.name == "tr":
            reading.rows.append([spaced(cell.get_text()) for cell in tag.find_all(["th", "td"])])
            continue
        if tag.name == "li":
            reading.add(_marker(tag))
        if re.fullmatch("h[1-6]", tag.name):
            reading.headings.append((int(tag.name[1]), spaced(tag.get_text())))
        own = [child for child in tag.children if not (isinstance(child, Tag) and child.name in BLOCKS)]
        reading.add("".join(child.get_text() for child in own))
    return reading


BLOCKS = ("p", "ol", "ul", "dl", "table", "div")


def _marker(item: Tag) -> str:
    parent = item.parent
    assert parent is not None
    if "value" in item.attrs:  # the number of a source
        return str(item["value"])
    if parent.name == "ul":
        return BULLET
    before = len(item.find_previous_siblings("li"))
    return f"{int(str(parent.get('start') or 1)) + before}."


# -------------------------------------------------------------------------------------------- DOCX


def read_docx(data: bytes) -> Reading:
    """The body in its order, then the notes, each after its number."""
    document = opened(data)
    reading = Reading()
    counts: Counter[tuple[str, str]] = Counter()
    for block in document.iter_inner_content():
        if isinstance(block, DocxTable):
            for row in block.rows:
                cells = ["\n".join(_docx_text(p) for p in cell.paragraphs) for cell in row.cells]
                for cell in cells:
                    reading.add(cell)
                reading.rows.append([spaced(cell) for cell in cells])
            continue
        marker = _docx_marker(document, block, counts)
        reading.add(marker)
        for drawing in block._p.iter(DRAWING_PROPERTIES):
            reading.add(str(drawing.get("descr")))
        text = _docx_text(block)
        assert block.style is not None
        if found := re.fullmatch(r"Heading ([1-9])", str(block.style.name)):
            reading.headings.append((int(found[1]), spaced(text.split("\t")[0])))
        reading.add(text)
    for number, paragraph in _docx_notes(document):
        reading.add(number)
        reading.add(_docx_text(paragraph))
    return reading


SUPERIORS = ("Citation", "footnote reference", "endnote reference")


def _docx_text(paragraph: DocxParagraph) -> str:
    parts = []
    for inline in paragraph.iter_inner_content():
        for run in inline.runs if isinstance(inline, Hyperlink) else [inline]:
            match str(run.style.name) if run.style is not None else "":
                case "Source Back":
                    pass
                case name if name in SUPERIORS:
                    notes = [
                        str(node.get(f"{W}id"))
                        for kind in NOTES
                        for node in run._r.iter(f"{W}{kind}Reference")
                    ]
                    parts.append(cited(" ".join([run.text, *notes])))
                case _:
                    parts.append(run.text)
    return "".join(parts)


NOTES = ("footnote", "endnote")


def _docx_notes(document: DocxDocument) -> Iterator[tuple[str, DocxParagraph]]:
    """The notes that a reader would meet, in their order: python-docx knows none, so the part is opened."""
    for relationship in document.part.rels.values():
        if relationship.reltype.endswith(tuple(f"/{kind}s" for kind in NOTES)):
            for note in parse_xml(relationship.target_part.blob):
                if note.get(f"{W}type") is None:
                    for paragraph in note.iter(f"{W}p"):
                        yield str(note.get(f"{W}id")), DocxParagraph(cast(CT_P, paragraph), document._body)


def _docx_marker(document: DocxDocument, paragraph: DocxParagraph, counts: Counter[tuple[str, str]]) -> str:
    """What Word would set before a list item: a bullet, or the number that its list has come to."""
    numbered = paragraph._p.find(f"{W}pPr/{W}numPr")
    if numbered is None:
        return ""
    level, list_id = (_value(numbered, f"{W}{name}") for name in ("ilvl", "numId"))
    numbering = document.part.numbering_part.element
    instance = numbering.find(f"{W}num[@{W}numId='{list_id}']")
    kind = _value(instance, f"{W}abstractNumId")
    shape = f"{W}abstractNum[@{W}abstractNumId='{kind}']/{W}lvl[@{W}ilvl='{level}']"
    if _value(numbering, f"{shape}/{W}numFmt") == "bullet":
        return BULLET
    start = _value(instance, f"{W}lvlOverride[@{W}ilvl='{level}']/{W}startOverride")
    counts[list_id, level] += 1
    number = int(start) - 1 + counts[list_id, level]
    return _value(numbering, f"{shape}/{W}lvlText").replace(f"%{int(level) + 1}", str(number))


def _value(element: Any, path: str) -> str:
    return str(element.find(path).get(f"{W}val"))


# --------------------------------------------------------------------------------------------- PDF


def read_pdf(data: bytes, heads: list[list[str]]) -> Reading:
    """The characters in the order of the content streams.

    Page furniture stands at the end of a page's stream; so does the first row of a table that goes on there.
    A footer has one line or two, below the text; a header, on each page but the first, one.
    """
    reading = Reading()
    for number, characters in enumerate(pdf_pages(data), 1):
        characters = [c for c in characters if not _is_of_banner(c)]
        lines = {_baseline(c) for c in characters}
        furniture = {line for line in lines if line < Theme().page.bottom} | (
            {max(lines)} if number > 1 else set()
        )
        words = _pdf_text([c for c in characters if _baseline(c) not in furniture]).split()
        again = [len(head) for head in heads if number > 1 and words[-len(head) :] == head]
        reading.pieces.append(words[: len(words) - max(again, default=0)])
    with pikepdf.open(BytesIO(data)) as pdf, pdf.open_outline() as outline:
        reading.headings = list(_outlined(outline.root, 1))
    return reading


def pdf_pages(data: bytes) -> Iterator[list[LTChar]]:
    manager = PDFResourceManager()
    device = PDFPageAggregator(manager, laparams=None)
    interpreter = PDFPageInterpreter(manager, device)
    for page in PDFPage.get_pages(BytesIO(data)):
        interpreter.process_page(page)
        yield [item for item in device.get_result() if isinstance(item, LTChar)]


def _is_of_banner(character: LTChar) -> bool:
    """White letters on the banner's own paper: those of the marked books in these tests."""
    return character.graphicstate.ncolor in ((1, 1, 1), [1, 1, 1])


def _baseline(character: LTChar) -> float:
    return round(float(character.matrix[5]), 2)


def _size(character: LTChar) -> float:
    return round(float(character.size), 2)


def _pdf_text(characters: list[LTChar]) -> str:
    """Runs of one line and one size; a citation is a run that is smaller and higher than the one before."""
    text = ""
    before = last = None  # the last character of the line's own size; of any
    for _, group in groupby(characters, key=lambda c: (_baseline(c), _size(c))):
        run = list(group)
        first = run[0]
        if before is not None and last is not None:
            rise = _baseline(first) - _baseline(before)
            if _size(first) < _size(before) and 0 < rise < _size(before):
                text += cited("".join(c.get_text() for c in run))
                last = run[-1]
                continue
            if rise == 0:
                text += _gap(last, first)
            elif not text.endswith(("-", "–", "—", "/")):
                text += " "
        text += _with_gaps(run)
        before = last = run[-1]
    return text


def _with_gaps(run: list[LTChar]) -> str:
    return "".join((_gap(run[i - 1], c) if i else "") + c.get_text() for i, c in enumerate(run))


def _gap(before: LTChar, after: LTChar) -> str:
    """A jump to the side (a tab stop, another column) is white space."""
    return " " if abs(after.x0 - before.x1) > 0.2 * _size(after) else ""


def _outlined(items: list[Any], level: int) -> Iterator[tuple[int, str]]:
    for item in items:
        yield level, spaced(item.title)
        yield from _outlined(item.children, level + 1)


# -------------------------------------------------------------------------------------------- text


def read_text(data: bytes) -> Reading:
    """Paragraphs between blank lines; one that stands in columns is read column by column."""
    body = data.decode().rpartition("─" * 72)[0]
    reading = Reading()
    lines = re.sub(r"\s+<(https?://|mailto:)[^\s>]+>", "", body).splitlines()  # it may begin a line
    lines = [re.sub(r"^( +)- ", rf"\1{BULLET} ", line) for line in lines]
    for place, line in enumerate(lines):
        if line and not line.strip("═─╌") and place and "  " not in line.strip():
            level = "═─╌".index(line[0]) + 1
            title, _, _aside = lines[place - 1].partition("   ")
            reading.headings.append((level, spaced(title)))
    for _, group in groupby(lines, key=lambda line: bool(line.strip())):
        chunk = [line for line in group if line.strip(" ═─╌")]
        for column in _columns(chunk):
            reading.add(_bracketed(" ".join(column)))
    return reading


def _columns(lines: list[str]) -> list[list[str]]:
    """The columns of some lines: where two blanks or more go down through all of them."""
    width = max(map(len, lines), default=0)
    filled = [any(line[at : at + 1].strip() for line in lines) for at in range(width)]
    edges = [found.span() for found in re.finditer("  +", "".join("x "[not full] for full in filled))]
    starts = [0, *(end for start, end in edges if start)]
    return [
        [line[start:end].strip() for line in lines]
        for start, end in zip(starts, [*starts[1:], width], strict=True)
    ]


# ------------------------------------------------------------------------------------- the comparison

HOSTILE = (
    "A <b>bold</b> &amp; *starred* _lined_ `code` | [a](b) {{ c }} {% d %} \\e #f --- 1. > $g$ %s {page}"
)
HOSTILE_BOOK = {
    "facts/council.yaml": f"""\
meetings:
  council-3:
    forum: council
    title: '{HOSTILE}'
    statements:
      - {{source: gazette, says: announced, date: 2031-05-11, place: '{HOSTILE}', evidence: on 11 May}}
      - {{source: note, says: cancelled, evidence: is cancelled, note: '{HOSTILE}'}}
  council-2:
    forum: council
    statements:
      - source: gazette
        says: held
        date: 2031-03-11
        place: Порт Эмери — Λιμένας
        evidence: on 11 March
        participants: [{{person: ana-holm, as: '{HOSTILE}', side: norland}}]
  council-1:
    forum: council
    statements: [{{source: gazette, says: held, date: 2031-02-11, evidence: on 11 February}}]
priorities:
  survey:
    forum: council
    text: '{HOSTILE}'
    statements: [{{source: gazette, force: agreed, evidence: to survey}}]
  mesh:
    forum: council
    text: '- 2. {"very-" * 30}long'
    statements: [{{source: letter, force: agreed, by: [norland], evidence: of wider nets}}]
background:
  stock:
    forums: [council]
    title: '{HOSTILE}'
    text: '{HOSTILE} {HOSTILE}'
    statements: [{{source: gazette, evidence: the stock}}, {{source: letter, evidence: a stock}}]
""",
    "memos/council.yaml": f"title: '{HOSTILE}'\nforum: council\nbottom_line: '{HOSTILE}'\n",
}


@cache
def example() -> Workshop:
    return Workshop(read_book(EXAMPLE).book)


def rendered(
    workshop: Workshop, memo: str, day: str, citations: Citations = Citations.NUMBERED
) -> dict[str, bytes]:
    as_of = date.fromisoformat(day)
    task = Task(
        memo=replace(workshop.book.memos[memo], citations=citations),
        day=Day(as_of=as_of, known_by=as_of),
        formats=tuple(WRITERS),
    )
    made = workshop.render(task)
    assert made.problems == ()
    return made.outputs


def with_notes_last(data: bytes) -> bytes:
    """The JSON of a document as it reads in print: its notes behind everything, no entry said twice."""
    told = json.loads(data)
    hung = {
        source["number"]
        for inline in _cites(told["sections"])
        for source in inline["sources"]
        if source["is_note"]
    }
    notes = []
    for section in told["sections"]:
        for block in section["blocks"]:
            if block["type"] == "sources":
                notes += [entry for entry in block["entries"] if entry["number"] in hung]
                block["entries"] = [entry for entry in block["entries"] if entry["number"] not in hung]
        section["blocks"] = [block for block in section["blocks"] if block.get("entries") != []]
    told["sections"] = [
        s for s in told["sections"] if {block["type"] for block in s["blocks"]} != {"heading"}
    ]
    title = [{"type": "text", "text": told["notes_title"]}] if told["notes_title"] else []
    heading = [{"type": "heading", "level": 2, "children": title, "aside": []}] if title and notes else []
    told["sections"].append({"blocks": [*heading, {"type": "sources", "entries": notes}]})
    return json.dumps(told).encode()


def _cites(node: Any) -> Iterator[dict[str, Any]]:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict) and node.get("type") == "cite":
        yield node
    for child in children:
        yield from _cites(child)


def agree(outputs: dict[str, bytes]) -> None:
    told = read_json(outputs["json"])
    assert told.words
    readings = {
        "html": read_html(outputs["html"]),
        "md": read_markdown(outputs["md"]),
        "docx": read_docx(outputs["docx"]),
        "pdf": read_pdf(outputs["pdf"], told.heads),
    }
    unpictured = [word for p in told.pieces if p not in told.alternatives for word in p]
    for name, found in readings.items():
        # The words of a picture are its own in the PDF, and its alternative text is no text of the page.
        assert found.words == (unpictured if name == "pdf" else told.words), name
        assert found.citations == told.citations, name
        assert found.headings == told.headings, name
        if name != "pdf":  # its rows are places on a page; their words were compared
            assert found.rows == told.rows, name
    text = read_text(outputs["txt"])
    assert text.headings == told.headings
    stream = " ".join(text.words)
    assert sorted(stream.split()) == sorted(told.words)
    for piece in filter(None, told.pieces):  # every piece in one piece
        assert f" {' '.join(piece)} " in f" {stream} "
    for column in ([heading for _, heading in told.headings], *told.columns):
        place = 0
        for cell in filter(None, column):
            found_at = f" {stream} ".find(f" {cell} ", place)
            assert found_at >= 0, (cell, column)
            place = found_at + len(cell)


MEMOS = sorted(example().book.memos)


@pytest.mark.parametrize(
    ("memo", "day"),
    [*((memo, "2026-01-20") for memo in MEMOS), ("high-level-security-dialogue", "2021-10-06")],
)
def test_every_format_says_the_same(memo: str, day: str) -> None:
    agree(rendered(example(), memo, day))


@pytest.mark.parametrize("citations", [Citations.FOOTNOTES, Citations.ENDNOTES])
@pytest.mark.parametrize("memo", MEMOS)
def test_notes_in_word_say_the_same(memo: str, citations: Citations) -> None:
    outputs = rendered(example(), memo, "2026-01-20", citations)
    told = read_json(with_notes_last(outputs["json"]))
    found = read_docx(outputs["docx"])
    assert found.words == told.words
    assert (found.citations, found.headings, found.rows) == (told.citations, told.headings, told.rows)


def test_every_format_says_the_same_where_sources_have_addresses() -> None:
    outputs = rendered(starter(), "fisheries-council", "2031-12-01")
    signs = [outputs[name].count("↗".encode()) for name in ("html", "md", "txt")]
    assert (signs[0] > 5, signs[1:]) == (True, [0, 0])
    agree(outputs)


@cache
def starter() -> Workshop:
    return Workshop(read_book(STARTER).book)


@pytest.mark.parametrize("memo", ["council", "spring"])
def test_hostile_words_are_the_same_words_in_every_format(memo: str, tmp_path: Path) -> None:
    workshop = Workshop(read_book(make_book(tmp_path, HOSTILE_BOOK)).book)
    outputs = rendered(workshop, memo, "2031-05-20")
    agree(outputs)
    assert spaced(HOSTILE) in " ".join(read_json(outputs["json"]).words)


@pytest.mark.parametrize("memo", ["council", "spring"])
@pytest.mark.parametrize("citations", list(Citations))
def test_every_format_says_the_same_markings(memo: str, citations: Citations, tmp_path: Path) -> None:
    count = iter(range(100, 999))
    book, _ = secret_book(tmp_path, lambda _: f"q{next(count)}")  # words as short as words are
    outputs = rendered(Workshop(read_book(book).book), memo, "2031-06-01", citations)
    told = json.loads(outputs["json"])
    words = told["banner"]["text"]
    assert words.split() == read_json(outputs["json"]).words[: len(words.split())]
    ending = {"txt": words, "md": f"**{words}**"}  # which readers of the text alone have no footer for
    for name, last in ending.items():
        *lines, found = outputs[name].decode().splitlines()
        assert found == last
        outputs[name] = "\n".join(lines).encode()
    outputs["html"] = outputs["html"].replace(
        f'<p data-section="marking"><strong>{words}'.encode(), b"<p><strong>"
    )
    if citations is Citations.NUMBERED:
        agree(outputs)
    else:
        assert read_docx(outputs["docx"]).words == read_json(with_notes_last(outputs["json"])).words


def test_page_footers_say_the_reference_and_count_the_pages() -> None:
    outputs = rendered(example(), "all", "2026-01-20")
    told = json.loads(outputs["json"])
    pages = list(pdf_pages(outputs["pdf"]))
    assert len(pages) > 1
    for number, characters in enumerate(pages, 1):
        lowest = min(map(_baseline, characters))
        footer = _with_gaps([c for c in characters if _baseline(c) == lowest])
        right = told["page_of"].replace("{pages}", str(len(pages))).replace("{page}", str(number))
        assert footer.split() == f"{told['footer']} {right}".split()
    last = outputs["txt"].decode().splitlines()[-1]
    assert last.split() == f"{told['footer']} 1 of 1".split()
    assert BeautifulSoup(outputs["html"], "lxml").select_one("footer").get_text().strip() == told["footer"]  # type: ignore[union-attr]
    assert outputs["md"].decode().splitlines()[-1].replace("\\", "") == told["footer"]
    for part in docx.Document(BytesIO(outputs["docx"])).sections:
        for below in (part.footer, part.first_page_footer):
            assert below.paragraphs[0].text.split("\t")[0] == told["footer"]
