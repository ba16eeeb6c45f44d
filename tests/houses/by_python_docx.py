"""A house's Word file as a program makes it with python-docx: its default template, letterhead, a footer."""

from functools import cache
from io import BytesIO

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from tests.pictures import png


@cache  # python-docx dates what it saves
def python_docx_house() -> bytes:
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.59), Cm(27.94)
    section.left_margin = section.right_margin = Cm(3)
    section.top_margin, section.bottom_margin = Cm(3.5), Cm(2.5)
    section.different_first_page_header_footer = True
    head = section.first_page_header.paragraphs[0]
    head.add_run().add_picture(BytesIO(png()), width=Cm(3))
    head.add_run("  Ministry of Fisheries, Quay Road 1, Port Emery")
    section.header.paragraphs[0].text = "Ministry of Fisheries"
    foot = section.footer.paragraphs[0]
    foot.add_run("Page ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), " PAGE ")
    foot._p.append(field)
    section.first_page_footer.paragraphs[0].text = "In confidence"
    for name, size, colour in (
        ("Heading 1", 18, "7A1030"),
        ("Heading 2", 13, "7A1030"),
        ("Heading 3", 12, "000000"),
    ):
        font = document.styles[name].font
        font.name, font.size, font.color.rgb = "Georgia", Pt(size), RGBColor.from_string(colour)
    document.styles["Normal"].font.name = "Georgia"
    document.styles["Normal"].font.size = Pt(12)
    document.add_paragraph("{briefbook}")
    out = BytesIO()
    document.save(out)
    return out.getvalue()
