"""Header and footer of a memo in a house that has neither: ours, on every page that a house tells apart."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.section import _BaseHeaderFooter
from docx.shared import Pt
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTTextBox, LTTextLine

from briefbook.document import Citations
from tests.audit import faults_of
from tests.houses.by_hand import DOCUMENT, PARTS, STYLES, hand_made_house
from tests.libreoffice import needs_office, to_pdfs_with_any_face
from tests.word_file import opened
from tests.writers.stress import stress_document
from tests.writers.test_house_graft import W, made, xml
from tests.writers.trees import fisheries_memo, with_citations

BARE = re.sub(r"<w:(header|footer)Reference[^>]*/>", "", DOCUMENT)
SETTINGS = PARTS["word/settings.xml"].replace("<w:decimalSymbol", "<w:evenAndOddHeaders/><w:decimalSymbol")
# The marker's paragraph ends a section; the closing has one of its own.
MARKER = "<w:p><w:pPr><w:sectPr>{0}</w:sectPr></w:pPr><w:r><w:t>{{briefbook}}</w:t></w:r></w:p>"
SHEET = DOCUMENT[DOCUMENT.index("<w:pgSz") : DOCUMENT.index("</w:sectPr>")]
CLOSED = re.sub(r"<w:sdt>.*</w:sdt>", MARKER.format(SHEET), BARE)

# A house that says of the first page that it is like the others.
ALIKE = BARE.replace("</w:sectPr></w:body>", '<w:titlePg w:val="0"/></w:sectPr></w:body>')

NO_SETTINGS = re.sub(
    r'<Relationship Id="rId2"[^>]*/>', "", PARTS["word/_rels/dokument.xml.rels"]
)  # of a file that has none


def told(furniture: _BaseHeaderFooter) -> str:
    return "" if furniture.is_linked_to_previous else furniture.paragraphs[0].text


@pytest.mark.parametrize("body", [BARE, CLOSED, ALIKE], ids=["bare", "closed", "alike"])
@pytest.mark.parametrize("citations", Citations)
def test_even_pages_have_our_header_and_footer_where_a_house_has_neither(
    body: str, citations: Citations, tmp_path: Path
) -> None:
    house = hand_made_house({"word/dokument.xml": body, "word/settings.xml": SETTINGS})
    content = made(house, with_citations(fisheries_memo(), citations))
    document = opened(content)
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[1]  # behind the cover's
    assert section.different_first_page_header_footer
    assert told(section.header) == told(section.even_page_header) == fisheries_memo().reference
    for footer in (section.footer, section.even_page_footer, section.first_page_footer):
        assert re.search(r"\d of \d$", told(footer))
    assert told(document.sections[0].footer) == ""  # the cover stays as it is
    assert faults_of(content, tmp_path) == []


@pytest.mark.parametrize(
    ("written", "margins"),
    [("1247", (62.35, 51)), ("567", (51, 51)), ("-567", (-51, 51))],
    ids=["wide", "narrow", "exact"],
)
def test_our_header_and_footer_stand_on_the_sheet_where_a_house_says_0(
    written: str, margins: tuple[float, float]
) -> None:
    """As LibreOffice writes the margins of a file that has neither."""
    edge = re.sub(r'w:top="\d+"', f'w:top="{written}"', BARE)
    edge = re.sub(r'w:bottom="\d+"', 'w:bottom="567"', edge)
    edge = re.sub(r'w:header="\d+" w:footer="\d+"', 'w:header="0" w:footer="0"', edge)
    cover, memo = opened(made(hand_made_house({"word/dokument.xml": edge}))).sections
    assert (memo.header_distance, memo.footer_distance) == (Pt(27), Pt(27))
    assert (memo.top_margin, memo.bottom_margin) == tuple(map(Pt, margins))
    assert (cover.header_distance, cover.footer_distance) == (0, 0)  # it has nothing of ours


@needs_office
def test_our_header_and_footer_are_clear_of_the_text_and_the_edge(tmp_path: Path) -> None:
    edge = re.sub(r'w:(top|bottom)="\d+"', r'w:\1="300"', BARE)
    edge = re.sub(r'w:header="\d+" w:footer="\d+"', 'w:header="0" w:footer="0"', edge)
    content = made(hand_made_house({"word/dokument.xml": edge}), stress_document())
    page = list(extract_pages(to_pdfs_with_any_face({"memo": content}, tmp_path)["memo"]))[2]
    lines = [
        line for box in page if isinstance(box, LTTextBox) for line in box if isinstance(line, LTTextLine)
    ]
    header, foot = max(lines, key=lambda line: line.y0), min(lines, key=lambda line: line.y0)
    assert page.height - header.y1 > 20
    assert foot.y0 > 20
    text = [line for line in lines if foot.y0 + 1 < line.y0 < header.y0 - 1]
    assert len(text) > 20
    assert max(line.y1 for line in text) <= header.y0 + 1
    assert min(line.y0 for line in text) >= foot.y1 - 1


def test_a_closing_section_keeps_its_own_footer_where_the_memo_has_none() -> None:
    at = CLOSED.rindex("<w:sectPr>") + len("<w:sectPr>")
    reference = '<w:footerReference w:type="default" r:id="rId5"/>'
    content = made(hand_made_house({"word/dokument.xml": CLOSED[:at] + reference + CLOSED[at:]}))
    cover, memo, last = opened(content).sections
    assert told(cover.footer) == ""
    assert re.search(r"\d of \d$", told(memo.footer))
    assert told(last.footer) == "Blatt 1"


@pytest.mark.parametrize("citations", [Citations.FOOTNOTES, Citations.ENDNOTES])
def test_notes_are_counted_in_the_memos_own_section(citations: Citations) -> None:
    house = hand_made_house({"word/dokument.xml": CLOSED})
    root = xml(made(house, with_citations(fisheries_memo(), citations)), "word/document.xml")
    kind = citations.value.removesuffix("s")
    counted = [section.find(f"{W}{kind}Pr/{W}numFmt") is not None for section in root.iter(f"{W}sectPr")]
    assert counted == [False, True, False]


@pytest.mark.parametrize(
    ("body", "place", "is_headed"), [(CLOSED, ["sectEnd"], True), (BARE, [], False)], ids=["closed", "bare"]
)
def test_endnotes_stand_before_a_closing_in_a_section_of_its_own_else_without_a_heading(
    body: str, place: list[str], is_headed: bool, tmp_path: Path
) -> None:
    bare: dict[str, str | None] = {"word/settings.xml": None, "word/_rels/settings.xml.rels": None}
    bare |= {"word/_rels/dokument.xml.rels": NO_SETTINGS}
    for settings in ({"word/settings.xml": SETTINGS}, bare):
        house = hand_made_house({"word/dokument.xml": body, **settings})
        memo = replace(with_citations(fisheries_memo(), Citations.ENDNOTES), notes_title="Where from")
        content = made(house, memo)
        found = xml(content, "word/settings.xml").iterfind(f"{W}endnotePr/{W}pos")
        assert [each.get(f"{W}val") for each in found] == place
        words = [paragraph.text for paragraph in opened(content).paragraphs]
        assert ("Where from" in words) == is_headed
        assert faults_of(content, tmp_path) == []


@needs_office
def test_every_page_of_the_memo_has_its_number(tmp_path: Path) -> None:
    house = hand_made_house({"word/dokument.xml": BARE, "word/settings.xml": SETTINGS})
    made_of = {"memo": made(house, stress_document())}
    pages = list(extract_pages(to_pdfs_with_any_face(made_of, tmp_path)["memo"]))
    assert len(pages) > 4
    for number, page in enumerate(pages[1:], start=2):  # the first is the cover
        words = " ".join(box.get_text() for box in page if isinstance(box, LTTextBox))
        assert re.search(rf"\b{number} of {len(pages)}\b", words), number


def test_the_page_number_stands_flush_right_whatever_stops_the_houses_footer_has() -> None:
    """As Word's own style of footers: stops for the middle and the margin of another sheet."""
    stops = '<w:tabs><w:tab w:val="center" w:pos="4536"/><w:tab w:val="right" w:pos="9072"/></w:tabs>'
    plain = '<w:name w:val="footer"/><w:basedOn w:val="Standard"/><w:qFormat/>'
    assert plain in STYLES
    styles = STYLES.replace(plain, f'{plain}<w:pPr>{stops}<w:jc w:val="center"/></w:pPr>')
    section = opened(made(hand_made_house({"word/dokument.xml": BARE, "word/formate.xml": styles}))).sections[
        -1
    ]
    measure = section.page_width - section.left_margin - section.right_margin  # type: ignore[operator]
    for footer in (section.footer, section.first_page_footer):
        set_ = footer.paragraphs[0].paragraph_format
        found = [(stop.position.twips, stop.alignment) for stop in set_.tab_stops]
        clear, right = WD_TAB_ALIGNMENT.CLEAR, WD_TAB_ALIGNMENT.RIGHT
        assert found == [(4536, clear), (measure // 635, right), (9072, clear)]
        assert set_.alignment == WD_ALIGN_PARAGRAPH.LEFT
