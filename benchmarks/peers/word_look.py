"""The Word file that docxtpl and python-docx begin with: a page, a footer, and the styles that a memo uses.

It is made once, by python-docx, as somebody would make it in Word. The template that comes with python-docx
has some 160 styles, which are parsed and written with every memo; all that is not used is taken out, in
favour of both peers.
"""

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

ACCENT = RGBColor(0x1F, 0x3A, 0x5F)
KEPT = {"Normal", "Heading 1", "Heading 2", "List Number", "Header", "Footer", "Normal Table", "Table Grid"}
UNUSED = ("/stylesWithEffects", "/thumbnail", "/customXml", "/webSettings")
SIZES = {"Normal": 11, "Heading 1": 15, "Heading 2": 11.5, "List Number": 11, "Header": 8.5, "Footer": 8.5}
WIDTHS = {"commitments": (66, 206, 90, 76), "earlier": (90, 160, 188)}


def make_look(file: Path, reference: str, footer: str) -> Any:
    """Write a Word file without a body, with these words at head and foot; the open document."""
    document = Document()
    for style in list(document.styles):
        if style.name not in KEPT and style.type is not WD_STYLE_TYPE.CHARACTER:
            style.delete()
    for name, size in SIZES.items():
        _style(document.styles[name], size, heading=name.startswith("Heading"))
    tab_stops = document.styles["Footer"].paragraph_format.tab_stops
    tab_stops.clear_all()
    tab_stops.add_tab_stop(Pt(437), WD_TAB_ALIGNMENT.RIGHT)
    cell = document.styles.add_style("Cell", WD_STYLE_TYPE.PARAGRAPH)
    _style(cell, 9.5, heading=False)
    # What has a label or a number before it is a paragraph with a tab, as in briefbook's: tables take longer.
    for name, size, hanging in (("Field", 11, 150), ("Source", 9, 26)):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        _style(style, size, heading=False)
        style.paragraph_format.left_indent, style.paragraph_format.first_line_indent = (
            Pt(hanging),
            -Pt(hanging),
        )
    for package in (document.part.rels, document.part.package.rels):
        for key in [key for key, rel in package.items() if rel.reltype.endswith(UNUSED)]:
            del package[key]
    section = document.sections[0]
    section.page_width, section.page_height = Pt(595.3), Pt(841.9)
    section.left_margin = section.right_margin = Pt(79)
    section.top_margin, section.bottom_margin = Pt(54), Pt(62)
    section.header_distance = section.footer_distance = Pt(34)
    section.different_first_page_header_footer = True
    section.header.paragraphs[0].text = reference
    for part in (section.footer, section.first_page_footer):
        paragraph = part.paragraphs[0]
        paragraph.style = document.styles["Footer"]
        paragraph.add_run(f"{footer}\t")
        _field(paragraph, "PAGE")
        paragraph.add_run(" of ")
        _field(paragraph, "NUMPAGES")
    document.save(str(file))
    return document


def _style(style: Any, size: float, *, heading: bool) -> None:
    style.font.name, style.font.size = "Cambria", Pt(size)
    fonts = style.element.rPr.rFonts
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    fonts.set(qn("w:hAnsi"), "Cambria")
    form = style.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(9 if heading else 0), Pt(2), 1.0
    if heading:
        style.font.color.rgb, style.font.bold = ACCENT, True


def _field(paragraph: Any, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)
