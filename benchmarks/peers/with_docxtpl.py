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
                    _paragraphs(document, f"it in {section}.{part}", "", "it", style)
    document.save(str(file))


def _said(paragraph: Any, name: str) -> None:
    paragraph.add_run(f"{{{{ {name}.bold }}}}").bold = True
    paragraph.add_run(f"{{{{ {name}.text }}}}")
    paragraph.add_run(f"{{{{ {name}.cites | join(', ') }}}}").font.superscript = True


def _fields(document: Any, rows: str) -> None:
    _paragraphs(document, f"row in {rows}", "{{ row.label }}\t", "row.value", "Field")


def _sources(document: Any) -> None:
    _paragraphs(document, "entry in sources.entries", "{{ entry.number }}\t", "entry.text", "Source")


def _paragraphs(document: Any, loop: str, before: str, said: str, style: str) -> None:
    document.add_paragraph(f"{{%p for {loop} %}}")
    paragraph = document.add_paragraph(before, style)
    _said(paragraph, said)
    document.add_paragraph("{%p endfor %}")


def _table(document: Any, section: str) -> None:
    """A table whose last row but one is repeated, between the two rows that say so."""
    widths = WIDTHS[section]
    table = document.add_table(rows=4, cols=len(widths), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Pt(width)
        for cell in column.cells:
            cell.width = Pt(width)
    table.cell(1, 0).text = f"{{%tr for row in {section}.rows %}}"
    table.cell(3, 0).text = "{%tr endfor %}"
    for column in range(len(widths)):
        head, cell = table.cell(0, column).paragraphs[0], table.cell(2, column).paragraphs[0]
        head.style = cell.style = "Cell"
        head.add_run(f"{{{{ {section}.header[{column}].text }}}}").bold = True
        _said(cell, f"row[{column}]")
