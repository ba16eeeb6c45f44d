"""python-docx: a document opened for each memo and filled by its convenience calls."""

from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.shared import Pt

from benchmarks.peers import Way, Words, noon, one_by_one
from benchmarks.peers.word_look import WIDTHS, make_look


def ways(folder: Path) -> dict[str, Way]:
    """The one way; the file with the styles is made once."""
    look = folder / "look.docx"
    make_look(look, "", "")

    def make(memo: Words) -> bytes:
        document = Document(str(look))
        _fill(document, memo)
        out = BytesIO()
        document.save(out)
        return out.getvalue()

    return {"docx": one_by_one(make)}


def _fill(document: Any, memo: Words) -> None:
    properties = document.core_properties
    properties.title, properties.author = memo["subject"], memo["author"]
    properties.created = noon(memo)
    section = document.sections[0]
    section.header.paragraphs[0].text = memo["reference"]
    for part in (section.footer, section.first_page_footer):
        part.paragraphs[0].runs[0].text = f"{memo['footer']}\t"
    title = document.add_heading(f"{memo['title']}\t", 1)
    title.paragraph_format.tab_stops.add_tab_stop(Pt(437), WD_TAB_ALIGNMENT.RIGHT)
    day = title.add_run(memo["day"])
    day.font.size, day.bold = Pt(11), False
    _fields(document, memo["fields"])
    for name, section in memo.items():
        if isinstance(section, dict):
            document.add_heading(section["heading"], 2)
            _section(document, name, section)


def _section(document: Any, name: str, section: Words) -> None:
    for paragraph in section.get("paragraphs", ()):
        _say(document.add_paragraph(), paragraph)
    if "fields" in section:
        _fields(document, section["fields"])
    for item in section.get("numbered", ()):
        _say(document.add_paragraph(style="List Number"), item)
    if "rows" in section:
        table = _table(document, [section["header"], *section["rows"]], WIDTHS[name])
        for cell in table.rows[0].cells:
            cell.paragraphs[0].runs[0].bold = True
    for entry in section.get("entries", ()):
        _say(document.add_paragraph(f"{entry['number']}\t", "Source"), entry["text"])


def _fields(document: Any, fields: list[Words]) -> None:
    for field in fields:
        _say(document.add_paragraph(f"{field['label']}\t", "Field"), field["value"])


def _table(document: Any, rows: list[list[Words]], widths: tuple[int, ...]) -> Any:
    table = document.add_table(rows=len(rows), cols=len(widths), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Pt(width)
    for row, words in zip(table.rows, rows, strict=True):
        for cell, said, width in zip(row.cells, words, widths, strict=True):
            cell.width = Pt(width)
            cell.paragraphs[0].style = "Cell"
            _say(cell.paragraphs[0], said)
    return table


def _say(paragraph: Any, said: Words) -> None:
    if said["bold"]:
        paragraph.add_run(said["bold"]).bold = True
    if said["text"]:
        paragraph.add_run(said["text"])
    if said["cites"]:
        paragraph.add_run(", ".join(map(str, said["cites"]))).font.superscript = True
