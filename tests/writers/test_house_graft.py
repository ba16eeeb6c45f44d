"""Memos in a house's own Word file: three of different make, read back by python-docx and LibreOffice."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from briefbook.document import Citations, Document, Heading, blocks_of
from briefbook.notes import notes_of, without_notes
from briefbook.writers.house_file import read_house
from briefbook.writers.house_package import open_house
from briefbook.writers.theme import File, HouseFile, StyleName, Theme, coloured
from briefbook.writers.to_docx import write_docx
from tests.audit import faults_of
from tests.houses.by_hand import (
    DOCUMENT,
    NUMBERING,
    SETTINGS_RELATIONSHIPS,
    STYLES,
    hand_made_house,
)
from tests.houses.by_libreoffice import libreoffice_house
from tests.houses.by_python_docx import python_docx_house
from tests.libreoffice import needs_office, to_text
from tests.word_file import opened
from tests.writers.figures import council_timeline, figure_of
from tests.writers.oddities import odd_document
from tests.writers.stress import stress_document
from tests.writers.test_to_docx import words_of_tree
from tests.writers.trees import document_of, fisheries_memo, with_citations

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
HOUSES: Mapping[str, Callable[[], bytes]] = {
    "hand": hand_made_house,
    "python-docx": python_docx_house,
    "libreoffice": libreoffice_house,
}
# What stands around the memo's words in the body, and the ids of the styles that the houses have by name.
AROUND = {
    "hand": ("Amt für Fischerei example.org/amt", "Im Auftrag: das Amt"),
    "python-docx": ("", ""),
    "libreoffice": ("", ""),
}
IDS = {
    "hand": {"heading 1": "berschrift1", "heading 2": "berschrift2", "body text": "Textkrper"},
    "python-docx": {"heading 1": "Heading1", "heading 2": "Heading2", "body text": "BodyText"},
    "libreoffice": {"heading 1": "Heading1", "heading 2": "Heading2", "body text": "TextBody"},
}


MEASURES = (
    *("page_width", "page_height", "left_margin", "right_margin", "top_margin", "bottom_margin"),
    *("header_distance", "footer_distance", "different_first_page_header_footer"),
)


def themed(house: bytes, *styles: StyleName) -> Theme:
    return Theme(house=HouseFile(file=File.of(house), styles=styles))


def made(house: bytes, document: Document | None = None, *styles: StyleName) -> bytes:
    return write_docx(document or fisheries_memo(), themed(house, *styles))


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names))
        return {name: archive.read(name) for name in names}


def xml(content: bytes, name: str) -> etree._Element:
    return etree.fromstring(parts_of(content)[name])


def words_in(root: etree._Element) -> list[str]:
    """The words of a body and those for its pictures, without field instructions, in order."""
    words: list[str] = []
    for paragraph in root.iter(f"{W}p"):
        pieces = ""
        for node in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br", PICTURE):
            pieces += (node.text or "") if node.tag == f"{W}t" else f" {node.get('descr', '')} "
        words += pieces.split()
    return words


@pytest.fixture(params=HOUSES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# ------------------------------------------------------------------------------- each of the three


@pytest.mark.parametrize("citations", Citations)
@pytest.mark.parametrize("memo", [fisheries_memo, stress_document])
def test_a_memo_in_it_is_sound(
    name: str, memo: Callable[[], Document], citations: Citations, tmp_path: Path
) -> None:
    assert faults_of(made(HOUSES[name](), with_citations(memo(), citations)), tmp_path) == []


@pytest.mark.parametrize("citations", Citations)
@pytest.mark.parametrize("memo", [fisheries_memo, stress_document, odd_document])
def test_the_memo_stands_whole_and_in_the_order_of_its_tree_between_cover_and_closing(
    name: str, memo: Callable[[], Document], citations: Citations
) -> None:
    document = with_citations(memo(), citations)
    parts = parts_of(made(HOUSES[name](), document))
    before, behind = AROUND[name]
    has_notes_below = citations is Citations.ENDNOTES and notes_of(document) and document.notes_title
    if name == "hand":  # its closing stands in the memo's section: the notes come after it
        has_notes_below = False
    assert text_of(parts) == [
        *before.split(),
        *words_of_tree(without_notes(document)),
        *(document.notes_title.split() if has_notes_below else []),
        *behind.split(),
    ]


def text_of(parts: Mapping[str, bytes]) -> list[str]:
    """The words of the body, in order, but for numbers of sources and signs that lead back to them."""
    styles = etree.fromstring(parts["word/styles.xml"])
    unread = [
        style.get(f"{W}styleId")
        for style in styles.iter(f"{W}style")
        for called in style.iterfind(f"{W}name")
        if called.get(f"{W}val") in ("Citation", "Source Back", "footnote reference", "endnote reference")
    ]
    body = etree.fromstring(parts["word/document.xml"])
    for run in list(body.iter(f"{W}r")):
        style = run.find(f"{W}rPr/{W}rStyle")
        if style is not None and style.get(f"{W}val") in unread:
            run.getparent().remove(run)  # type: ignore[union-attr]  # it stands in a paragraph
    return words_in(body)


def test_headings_and_text_have_the_styles_of_the_house(name: str) -> None:
    document = opened(made(HOUSES[name]()))
    wanted = [f"heading {block.level}" for block in blocks_of(fisheries_memo()) if isinstance(block, Heading)]
    found = [
        p.style
        for p in document.paragraphs
        if p.style is not None and p.style.name.lower().startswith("heading")
    ]
    assert [style.name.lower() for style in found] == wanted
    assert {style.style_id for style in found if style.name.lower() in IDS[name]} == {
        IDS[name]["heading 1"],
        IDS[name]["heading 2"],
    }
    assert IDS[name]["body text"] in {p.style.style_id for p in document.paragraphs if p.style is not None}


def test_the_styles_of_the_house_are_as_they_were(name: str) -> None:
    house, content = HOUSES[name](), made(HOUSES[name]())

    def spelled(root: etree._Element) -> dict[str, bytes]:
        for spoken in list(root.iter(f"{W}lang")):
            spoken.getparent().remove(spoken)  # type: ignore[union-attr]  # the memo's language counts
        return {
            style.get(f"{W}styleId", ""): etree.tostring(style, method="c14n", exclusive=True)
            for style in root.iter(f"{W}style")
        }

    package = open_house(house)
    root = package.root("word/styles.xml")
    assert root is not None
    kept = spelled(root)
    here = spelled(xml(content, "word/styles.xml"))
    assert {id_: here[id_] for id_ in kept} == kept
    assert len(here) > len(kept)  # ours follow


def test_every_style_and_list_that_is_used_is_there(name: str) -> None:
    parts = parts_of(made(HOUSES[name]()))
    styles = [s.get(f"{W}styleId") for s in etree.fromstring(parts["word/styles.xml"]).iter(f"{W}style")]
    names = [
        s.get(f"{W}val", "").lower() for s in etree.fromstring(parts["word/styles.xml"]).iter(f"{W}name")
    ]
    assert len(set(styles)) == len(styles)
    assert len(set(names)) == len(names)
    numbering = etree.fromstring(parts["word/numbering.xml"])
    instances = [each.get(f"{W}numId") for each in numbering.iter(f"{W}num")]
    assert len(set(instances)) == len(instances)
    for part, data in parts.items():
        if not part.startswith("word/") or not part.endswith(".xml"):
            continue
        root = etree.fromstring(data)
        for tag in ("pStyle", "rStyle", "tblStyle", "basedOn", "next", "link"):
            assert {e.get(f"{W}val") for e in root.iter(f"{W}{tag}")} <= set(styles), (part, tag)
        assert {e.get(f"{W}val") for e in root.iter(f"{W}numId")} <= {*instances, "0"}, part


def test_sheet_margins_headers_and_footers_are_those_of_the_house(name: str) -> None:
    house, memo = opened(HOUSES[name]()), opened(made(HOUSES[name]()))
    assert len(memo.sections) == len(house.sections)
    for theirs, ours in zip(house.sections, memo.sections, strict=True):
        for measure in MEASURES:
            assert getattr(ours, measure) == getattr(theirs, measure), measure
        for around in ("header", "footer", "first_page_header", "first_page_footer"):
            told = [p.text for p in getattr(theirs, around).paragraphs]
            assert [p.text for p in getattr(ours, around).paragraphs] == told
    instructions = {
        field
        for part, data in parts_of(made(HOUSES[name]())).items()
        if "footer" in part and part.endswith(".xml")
        for root in [etree.fromstring(data)]
        for field in [
            *(e.get(f"{W}instr", "") for e in root.iter(f"{W}fldSimple")),
            *(e.text or "" for e in root.iter(f"{W}instrText")),
        ]
    }
    assert {field.split()[0] for field in instructions} == {"PAGE"}


def test_nothing_leads_out_but_links(name: str) -> None:
    parts = parts_of(made(HOUSES[name]()))
    for part, data in parts.items():
        if part.endswith(".rels"):
            for entry in etree.fromstring(data):
                if entry.get("TargetMode") == "External":
                    assert entry.get("Type", "").endswith("/hyperlink")
    assert not [part for part in parts if "comment" in part or "thumbnail" in part or "customXml" in part]


def test_the_same_bytes_again(name: str) -> None:
    assert made(HOUSES[name]()) == made(HOUSES[name]())


@needs_office
def test_libreoffice_opens_it_with_the_words_of_the_tree_in_its_order(name: str, tmp_path: Path) -> None:
    before, behind = AROUND[name]
    memo = fisheries_memo()
    words = [*before.split(), *words_of_tree(memo), *behind.split()]
    found = "".join(to_text(made(HOUSES[name](), memo), tmp_path).split())
    at = 0
    for word in words:
        assert word in found[at:], (word, found[at : at + 80])
        at = found.index(word, at) + len(word)
    # Markers of items and numbers of sources are all that LibreOffice says beside.
    assert len(found) - sum(map(len, words)) < 40


# ----------------------------------------------------------------------------------- single matters


def test_a_style_id_of_ours_that_the_house_has_for_another_style() -> None:
    styles = xml(made(hand_made_house()), "word/styles.xml")
    names = {s.get(f"{W}styleId"): s.find(f"{W}name").get(f"{W}val") for s in styles.iter(f"{W}style")}  # type: ignore[union-attr]
    assert names["Field"] == "Feld"
    assert names["MemoField"] == "Field"


def test_the_settings_choose_another_style() -> None:
    chosen = StyleName(ours="strong", theirs="Amt Betont")
    body = xml(made(hand_made_house(), None, chosen), "word/document.xml")
    used = {e.get(f"{W}val") for e in body.iter(f"{W}rStyle")}
    assert "Betont" in used
    assert "Strong" not in used


@pytest.mark.parametrize("is_chosen", [True, False])
def test_a_table_style_of_the_house_marks_the_head_and_bands_and_no_column(is_chosen: bool) -> None:
    """As the design of tables in Word has it: the boxes that are ticked there (ECMA-376 Part 1 §17.4.55)."""
    chosen = [StyleName(ours="Memo Table", theirs="Light Grid Accent 1")] if is_chosen else []
    looks = xml(made(python_docx_house(), None, *chosen), "word/document.xml").iter(f"{W}tblLook")
    found = [{etree.QName(key).localname: value for key, value in look.items()} for look in looks]
    assert found
    ours = "0" if is_chosen else "1"  # our own style sets the last column without a gap
    for look in found:
        assert look == {
            "val": "0420" if is_chosen else "0720",
            "firstRow": "1",
            "lastRow": "0",
            "firstColumn": "0",
            "lastColumn": ours,
            "noHBand": ours,
            "noVBand": "1",
        }


def test_bullets_are_the_houses_and_go_deeper_than_it_has_thought_of() -> None:
    content = made(hand_made_house())
    numbering = xml(content, "word/numbering.xml")
    ours = numbering.findall(f"{W}abstractNum")[1]  # the house's own stands first
    signs = [level.get(f"{W}val") for level in ours.iter(f"{W}lvlText")]
    assert signs[:2] == ["▪", "–"]
    assert len(signs) == 9
    assert numbering[0].get(f"{W}abstractNumId") == "4"


def test_items_that_a_house_sets_close_stay_close_to_the_last_one() -> None:
    """Contextual spacing holds between paragraphs of one style (ECMA-376 Part 1 §17.3.1.9)."""
    ours, theirs = (
        {e.get(f"{W}val") for e in xml(content, "word/document.xml").iter(f"{W}pStyle")}
        for content in (write_docx(fisheries_memo(), Theme()), made(python_docx_house()))
    )
    assert {"ListBullet", "ListBulletLast"} <= ours
    assert "ListBullet" in theirs
    assert "ListBulletLast" not in theirs


def test_a_label_has_its_room_where_the_house_s_face_is_wide() -> None:
    body = xml(made(hand_made_house()), "word/document.xml")
    labels = [
        "".join(e.text or "" for e in run.iter(f"{W}t"))
        for run in body.iter(f"{W}r")
        if run.find(f"{W}rPr/{W}rStyle[@{W}val='Label']") is not None
    ]
    assert "Spring 2032, day not set" in labels


@pytest.mark.parametrize(
    ("house", "face"),
    [(hand_made_house, "Arial"), (libreoffice_house, "Liberation Sans"), (python_docx_house, "Georgia")],
)
def test_a_timeline_names_the_face_of_the_house(house: Callable[[], bytes], face: str) -> None:
    content = made(house(), document_of(figure_of(council_timeline())))
    svg = etree.fromstring(parts_of(content)["word/media/picture1.svg"])
    assert svg.get("font-family") == f"{face}, Caladea, serif"


def test_a_face_that_the_theme_of_the_house_names() -> None:
    """The default of Word: text in the theme's lesser face."""
    content = python_docx_house()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    styles = parts["word/styles.xml"]
    assert b'w:asciiTheme="minorHAnsi"' in styles
    parts["word/styles.xml"] = re.sub(rb'(w:ascii|w:hAnsi)="Georgia"', b"", styles)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert read_house(HouseFile(file=File.of(out.getvalue()))).face({}) == "Cambria"


def test_each_numbered_list_begins_anew() -> None:
    numbering = xml(made(hand_made_house()), "word/numbering.xml")
    starts = [e.get(f"{W}val") for e in numbering.iter(f"{W}startOverride")]
    assert starts
    assert set(starts) == {"1"}


def test_the_document_speaks_the_memos_language() -> None:
    styles = xml(made(hand_made_house()), "word/styles.xml")
    assert [e.get(f"{W}val") for e in styles.iter(f"{W}lang")] == ["en"]


def test_what_leads_to_somebodys_drive_is_left_behind() -> None:
    parts = parts_of(made(hand_made_house()))
    assert b"Amt.dotm" in SETTINGS_RELATIONSHIPS.encode()
    assert not any(b"Amt.dotm" in data or b"attachedTemplate" in data for data in parts.values())
    assert b"decimalSymbol" in parts["word/settings.xml"]
    assert b"comment" not in parts["word/document.xml"]


def test_ours_where_a_house_has_no_header_and_no_footer() -> None:
    bare = re.sub(r"<w:(header|footer)Reference[^>]*/>", "", DOCUMENT)
    content = made(hand_made_house({"word/dokument.xml": bare}))
    last = opened(content).sections[-1]
    assert last.footer.paragraphs[0].text.endswith("2 of 2")
    assert last.header.paragraphs[0].text == fisheries_memo().reference
    assert last.header.paragraphs[0].style is not None
    assert last.header.paragraphs[0].style.style_id == "Kopfzeile"


def test_without_a_marker_the_sections_before_the_last_are_the_cover() -> None:
    text = DOCUMENT.replace('<w:tag w:val="briefbook"/>', "").replace("Vermerk", "Muster")
    words = words_in(xml(made(hand_made_house({"word/dokument.xml": text})), "word/document.xml"))
    assert words[:3] == ["Amt", "für", "Fischerei"]
    assert "Auftrag:" not in words


def test_the_marker_as_a_paragraph_that_ends_a_section() -> None:
    marker = "<w:p><w:r><w:t>{briefbook}</w:t></w:r></w:p>"
    text = DOCUMENT[: DOCUMENT.index("<w:sdt>")] + DOCUMENT[DOCUMENT.index("</w:sdt>") + 8 :]
    at = text.index("<w:p><w:pPr><w:sectPr>")
    end = text.index("</w:sectPr></w:pPr>", at) + len("</w:sectPr></w:pPr>")
    text = text[:end] + "<w:r><w:t>{briefbook}</w:t></w:r>" + text[end:]
    content = made(hand_made_house({"word/dokument.xml": text}))
    body = xml(content, "word/document.xml").find(f"{W}body")
    assert body is not None
    words = words_in(body)
    assert "{briefbook}" not in words
    assert words[-4:] == ["Im", "Auftrag:", "das", "Amt"]
    sections = [child for child in body if child.find(f"{W}pPr/{W}sectPr") is not None]
    assert len(sections) == 1
    assert (
        body.index(sections[0]) == len(body) - 3
    )  # behind the memo, before the closing and the last section
    assert marker not in text


def test_numbering_of_the_house_is_not_lost() -> None:
    assert 'w:numId="7"' in NUMBERING
    numbering = xml(made(hand_made_house()), "word/numbering.xml")
    assert "7" in [each.get(f"{W}numId") for each in numbering.iter(f"{W}num")]


def test_size_and_colour_are_those_of_the_styles_that_the_settings_choose() -> None:
    styles = STYLES.replace(
        "</w:styles>",
        '<w:style w:type="paragraph" w:styleId="Firma"><w:name w:val="Firm"/><w:rPr><w:color w:val="7A1030"/>'
        '<w:sz w:val="28"/></w:rPr></w:style></w:styles>',
    )
    house = hand_made_house({"word/formate.xml": styles})
    chosen = [StyleName(ours=ours, theirs="Firm") for ours in ("heading 1", "Body Text")]
    styles_here = xml(made(house, None, *chosen), "word/styles.xml")
    found = {
        name.get(f"{W}val"): {
            tag: each.get(f"{W}val") for tag in ("sz", "color") for each in style.iterfind(f"{W}rPr/{W}{tag}")
        }
        for style in styles_here.iter(f"{W}style")
        for name in style.iterfind(f"{W}name")
    }
    assert found["Table Text"]["sz"] == str(round(Theme().table_cell.size * 14 / Theme().body.size * 2))
    assert found["Citation"]["color"] == "7A1030"


def test_links_have_the_colour_of_the_houses_headings_whatever_accent_the_theme_sets() -> None:
    theme = coloured(Theme(), ink="1A1A1A", accent="7A1030", quiet="4A4A4A", hairline="8A94A3")
    plain_headings = STYLES.replace('<w:color w:val="0B5D3B"/>', "")
    for styles, expected in ((STYLES, "0B5D3B"), (plain_headings, "7A1030")):
        house = HouseFile(file=File.of(hand_made_house({"word/formate.xml": styles})))
        content = write_docx(fisheries_memo(), replace(theme, house=house))
        assert str(opened(content).styles["Hyperlink"].font.color.rgb) == expected
