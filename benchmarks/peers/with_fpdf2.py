"""fpdf2: a document drawn call by call, its tables by `table()`; no tags, shaping off, as it comes."""

from pathlib import Path
from typing import Any

from fpdf import FPDF, FontFace
from fpdf.enums import TableBordersLayout, XPos, YPos

from benchmarks.peers import BOLD, REGULAR, Way, Words, noon, one_by_one

ACCENT, GREY, BLACK = (31, 58, 95), (138, 148, 163), (0, 0, 0)
LABELS, NUMBERS = 116, 20
COLUMNS = {"commitments": (66, 206, 90, 76), "earlier": (90, 160, 188)}


def ways(folder: Path) -> dict[str, Way]:
    """The one way."""
    del folder
    return {"pdf": one_by_one(_made)}


class _Memo(FPDF):  # type: ignore[misc]  # fpdf2 is not installed where types are checked
    def __init__(self, memo: Words) -> None:
        super().__init__(unit="pt", format="A4")
        self.memo = memo
        self.set_margins(79, 54)
        self.set_auto_page_break(True, 62)
        self.add_font("Caladea", "", REGULAR)
        self.add_font("Caladea", "B", BOLD)
        self.set_title(memo["subject"])
        self.set_author(memo["author"])
        self.set_lang(memo["language"])
        self.set_creation_date(noon(memo))
        self.add_page()

    def header(self) -> None:
        if self.page_no() > 1:
            self.set_font("Caladea", "", 8.5)
            self.set_y(30)
            self.cell(0, 10, self.memo["reference"])
            self.set_y(54)

    def footer(self) -> None:
        self.set_font("Caladea", "", 8.5)
        self.set_draw_color(*GREY)
        self.line(self.l_margin, self.h - 50, self.w - self.r_margin, self.h - 50)
        self.set_y(-46)
        self.cell(self.epw / 2, 10, self.memo["footer"])
        self.cell(0, 10, f"{self.page_no()} of {{nb}}", align="R")


def _made(memo: Words) -> bytes:
    pdf = _Memo(memo)
    pdf.set_text_color(*ACCENT)
    pdf.set_font("Caladea", "B", 15)
    pdf.cell(pdf.epw / 2, 20, memo["title"])
    pdf.set_font("Caladea", "", 11)
    pdf.cell(0, 20, memo["day"], align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    _labelled(pdf, memo["fields"])
    for name, section in memo.items():
        if isinstance(section, dict):
            _section(pdf, name, section)
    return bytes(pdf.output())


def _section(pdf: FPDF, name: str, section: Words) -> None:
    if pdf.will_page_break(60):
        pdf.add_page()
    pdf.ln(6)
    pdf.set_font("Caladea", "B", 11.5)
    pdf.set_text_color(*ACCENT)
    pdf.cell(0, 16, section["heading"], new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.set_text_color(*BLACK)
    for paragraph in section.get("paragraphs", ()):
        _say(pdf, paragraph, 11)
        pdf.ln(17)
    _labelled(pdf, section.get("fields", ()))
    for number, item in enumerate(section.get("numbered", ()), 1):
        _beside(pdf, f"{number}.", NUMBERS, item, 11)
    if "rows" in section:
        _table(pdf, section, COLUMNS[name])
    for entry in section.get("entries", ()):
        _beside(pdf, str(entry["number"]), NUMBERS, entry["text"], 9)


def _labelled(pdf: FPDF, fields: Any) -> None:
    pdf.set_text_color(*BLACK)
    for field in fields:
        _beside(pdf, field["label"], LABELS, field["value"], 11)


def _beside(pdf: FPDF, label: str, width: float, said: Words, size: float) -> None:
    """A label, and beside it words in a column of their own."""
    pdf.set_font("Caladea", "", min(size, 9.5))
    pdf.cell(width, size * 1.3, label)
    pdf.set_left_margin(79 + width)
    _say(pdf, said, size)
    pdf.set_left_margin(79)
    pdf.ln(size * 1.3 + 2)


def _say(pdf: FPDF, said: Words, size: float) -> None:
    for style, words in (("B", said["bold"]), ("", said["text"])):
        if words:
            pdf.set_font("Caladea", style, size)
            pdf.write(size * 1.3, words)
    if said["cites"]:
        pdf.char_vpos = "SUP"
        pdf.write(size * 1.3, ", ".join(map(str, said["cites"])))
        pdf.char_vpos = "LINE"


def _table(pdf: FPDF, section: Words, widths: tuple[int, ...]) -> None:
    pdf.set_font("Caladea", "", 9.5)
    with pdf.table(
        col_widths=widths,
        borders_layout=TableBordersLayout.SINGLE_TOP_LINE,
        headings_style=FontFace(emphasis="BOLD"),
        line_height=14,
        text_align="LEFT",
    ) as table:
        for words in (section["header"], *section["rows"]):
            row = table.row()
            for said in words:
                cites = ", ".join(map(str, said["cites"]))
                row.cell(f"{said['bold']}{said['text']} {cites}".rstrip())
