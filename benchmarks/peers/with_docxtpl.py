"""docxtpl: a Word file with Jinja tags in it, filled anew for each memo."""

from io import BytesIO
from pathlib import Path
from typing import Any

from docx.enum.text import WD_TAB_ALIGNMENT
from docx.shared import Pt
from docxtpl import DocxTemplate

from benchmarks.peers import Way, Words, one_by_one
from benchmarks.peers.word_look import WIDTHS, make_look

SECTIONS = (
    ("bottom_line", "paragraphs"),
    ("upcoming", "fields"),
    ("participants", "fields"),
    ("priorities", "paragraphs", "numbered"),
    ("commitments", "table"),
    ("background", "paragraphs"),
    ("earlier", "table"),
    ("sources", "entries"),
)


def ways(folder: Path) -> dict[str, Way]:
    """The one way; the template is made once."""
    template = folder / "template.docx"
    if not template.exists():
        write_template(template)

    def make(memo: Words) -> bytes:
        document = DocxTemplate(template)
        document.render(memo, autoescape=True)
        out = BytesIO()
        document.save(out)
        return out.getvalue()

    return {"docx": one_by_one(make)}


def write_template(file: Path) -> None:
    """The Word file with the tags, as somebody would type them in Word."""
    document = make_look(file, "{{ reference }}", "{{ footer }}")
    document.core_properties.title, document.core_properties.author = "{{ subject }}", "{{ author }}"
    title = document.add_paragraph("{{ title }}\t", "Heading 1")
    title.paragraph_format.tab_stops.add_tab_stop(Pt(437), WD_TAB_ALIGNMENT.RIGHT)
    day = title.add_run("{{ day }}")
    day.font.size, day.bold = Pt(11), False
    _fields(document, "fields")
    for section, *parts in SECTIONS:
        document.add_paragraph(f"{{{{ {section}.heading }}}}", "Heading 2")
        for part in parts:
            match part:
                case "fields":
                    _fields(document, f"{section}.fields")
                case "table":
                    _table(document, section)
                case "entries":
                    _sources(document)
                case _:
                    style = "List Number" if part == "numbered" else "Normal"
                    document.add_paragraph(f"{{%p for it in {section}.{part} %}}")
                    _said(document.add_paragraph(style=style), "it")
                    document.add_paragraph("{%p endfor %}")
    document.save(str(file))


def _said(paragraph: Any, name: str) -> None:
    paragraph.add_run(f"{{{{ {name}.bold }}}}").bold = True
    paragraph.add_run(f"{{{{ {name}.text }}}}")
    paragraph.add_run(f"{{{{ {name}.cites | join(', ') }}}}").font.superscript = True


def _fields(document: Any, rows: str) -> None:
    table = _looped(document, 2, f"row in {rows}", WIDTHS["fields"])
    table.cell(1, 0).paragraphs[0].style = "Cell"
    table.cell(1, 0).paragraphs[0].add_run("{{ row.label }}")
    _said(table.cell(1, 1).paragraphs[0], "row.value")


def _sources(document: Any) -> None:
    table = _looped(document, 2, "entry in sources.entries", WIDTHS["sources"])
    for cell in table.rows[1].cells:
        cell.paragraphs[0].style = "Source"
    table.cell(1, 0).paragraphs[0].add_run("{{ entry.number }}")
    _said(table.cell(1, 1).paragraphs[0], "entry.text")


def _table(document: Any, section: str) -> None:
    widths = WIDTHS[section]
    table = _looped(document, len(widths), f"row in {section}.rows", widths, header=True)
    for column in range(len(widths)):
        head, cell = table.cell(0, column).paragraphs[0], table.cell(2, column).paragraphs[0]
        head.style = cell.style = "Cell"
        head.add_run(f"{{{{ {section}.header[{column}].text }}}}").bold = True
        _said(cell, f"row[{column}]")


def _looped(document: Any, columns: int, loop: str, widths: tuple[int, ...], *, header: bool = False) -> Any:
    """A table whose last row but one is repeated, between the two rows that say so."""
    table = document.add_table(rows=4 if header else 3, cols=columns, style="Table Grid" if header else None)
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Pt(width)
        for cell in column.cells:
            cell.width = Pt(width)
    first = int(header)
    table.cell(first, 0).text = f"{{%tr for {loop} %}}"
    table.cell(first + 2, 0).text = "{%tr endfor %}"
    return table
