"""Memos in a house's own Word file: three of different make, read back by python-docx and LibreOffice."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument
from lxml import etree

from briefbook.document import Citations, Document, Heading, blocks_of
from briefbook.writers import to_docx
from briefbook.writers.docx_package import zip_of_parts
from briefbook.writers.house_file import read_house
from briefbook.writers.house_package import MOST_ENTRIES, HouseRefused, open_house
from briefbook.writers.theme import File, HouseFile, StyleName, Theme
from briefbook.writers.to_docx import write_docx
from tests.audit import faults_of
from tests.houses.by_hand import (
    CONTENT_TYPES,
    DOCUMENT,
    DOCUMENT_RELATIONSHIPS,
    HEADER_RELATIONSHIPS,
    NUMBERING,
    PARTS,
    SETTINGS_RELATIONSHIPS,
    STYLES,
    hand_made_house,
)
from tests.houses.by_libreoffice import libreoffice_house
from tests.houses.by_python_docx import python_docx_house
from tests.libreoffice import needs_office, to_text
from tests.writers.stress import stress_document
from tests.writers.trees import fisheries_memo, with_citations

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
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


def opened(content: bytes) -> WordDocument:
    return docx.Document(io.BytesIO(content))


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names))
        return {name: archive.read(name) for name in names}


def xml(content: bytes, name: str) -> etree._Element:
    return etree.fromstring(parts_of(content)[name])


def words_in(root: etree._Element) -> list[str]:
    """The words of a body, without field instructions, in order."""
    words: list[str] = []
    for paragraph in root.iter(f"{W}p"):
        pieces = (
            " " if node.tag != f"{W}t" else node.text or ""
            for node in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br")
        )
        words += "".join(pieces).split()
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


def test_the_memo_stands_whole_between_cover_and_closing(name: str) -> None:
    content = made(HOUSES[name]())
    own = xml(write_docx(fisheries_memo(), Theme()), "word/document.xml")
    before, behind = AROUND[name]
    found = words_in(xml(content, "word/document.xml"))
    assert sorted(found) == sorted([*before.split(), *words_in(own), *behind.split()])
    # Labels may be divided elsewhere; the rest stands in the order of the tree.
    assert found[: len(before.split())] == before.split()
    assert found[len(found) - len(behind.split()) :] == behind.split()


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
def test_libreoffice_opens_it_with_the_same_words_in_the_same_order(name: str, tmp_path: Path) -> None:
    content = made(HOUSES[name]())
    found = "".join(to_text(content, tmp_path).split())
    at = 0
    for word in words_in(xml(content, "word/document.xml")):
        assert word in found[at:], (word, found[at : at + 80])
        at = found.index(word, at) + len(word)
    # Markers of items and numbers of sources are all that LibreOffice says beside.
    assert len(found) - sum(map(len, words_in(xml(content, "word/document.xml")))) < 40


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


def test_bullets_are_the_houses_and_go_deeper_than_it_has_thought_of() -> None:
    content = made(hand_made_house())
    numbering = xml(content, "word/numbering.xml")
    ours = numbering.findall(f"{W}abstractNum")[1]  # the house's own stands first
    signs = [level.get(f"{W}val") for level in ours.iter(f"{W}lvlText")]
    assert signs[:2] == ["▪", "–"]
    assert len(signs) == 9
    assert numbering[0].get(f"{W}abstractNumId") == "4"


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


# ------------------------------------------------------------------------------------ what is refused


def with_relationship(kind: str, target: str, *, mode: str = "External") -> dict[str, str]:
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    entry = f'<Relationship Id="x" Type="{base}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    changed = DOCUMENT_RELATIONSHIPS.replace("</Relationships>", f"{entry}</Relationships>")
    return {"word/_rels/dokument.xml.rels": changed}


def refusals() -> Iterator[tuple[str, bytes, str]]:
    house = hand_made_house()
    bomb = b"<w:x>" + b" " * 3_000_000 + b"</w:x>"
    entity = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    field = "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> INCLUDE</w:instrText></w:r>"
    field += "<w:r><w:instrText>TEXT x </w:instrText></w:r>"
    field += "<w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>"
    strict = DOCUMENT.replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    macro = CONTENT_TYPES.replace(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    many = {f"word/x{number}.xml": "<a/>" for number in range(MOST_ENTRIES)}
    head, rest = STYLES.split("\n", 1)
    yield "nothing", b"", "this is not a whole Word file"
    yield "text", b"Dear all,", "this is not a whole Word file"
    yield "cut off", house[: len(house) // 2], "this is not a whole Word file"
    yield (
        "old .doc",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "this is an old .doc, or it is under a",
    )
    yield "no body", hand_made_house({"word/dokument.xml": None}), "this is not a whole Word file"
    yield "no styles", hand_made_house({"word/formate.xml": None}), "this is not a whole Word file"
    yield "a macro", hand_made_house({"word/vbaProject.bin": b"x"}), "this file holds macros or controls"
    yield "macros", hand_made_house({"[Content_Types].xml": macro}), "this file holds macros or controls"
    yield (
        "control",
        hand_made_house(with_relationship("control", "a.xml")),
        "this file holds macros or controls",
    )
    yield (
        "OLE",
        hand_made_house(with_relationship("oleObject", "a.bin")),
        "this file holds an embedded object",
    )
    yield (
        "chunk",
        hand_made_house(with_relationship("aFChunk", "a.htm")),
        "this file holds an embedded object",
    )
    linked = with_relationship("image", "https://example.org/x.png")
    yield "linked picture", hand_made_house(linked), "this file refers to something outside of it (image)"
    chart = with_relationship("chart", "c.xml", mode="Internal")
    yield "chart", hand_made_house(chart), "this file holds a part of a kind that is not carried over (chart)"
    yield "broken XML", hand_made_house({"word/kopf.xml": "<w:hdr"}), "a part of this file is broken XML"
    yield (
        "entities",
        hand_made_house({"word/formate.xml": f"{head}{entity}{rest}"}),
        "a part of this file declares",
    )
    yield "bomb", hand_made_house({"word/x.xml": bomb}), "a part of this file blows up when it is opened"
    yield "many parts", hand_made_house(many), "this file holds more than a Word file of a house could"
    yield "strict", hand_made_house({"word/dokument.xml": strict}), "this file is not in the form of Open XML"
    fetching = DOCUMENT.replace("<w:sdt>", f"{field}<w:sdt>")
    found = "this file holds a field that fetches something when it is opened (INCLUDETEXT)"
    yield "fetching", hand_made_house({"word/dokument.xml": fetching}), found
    loop = {"word/_rels/kopf.xml.rels": HEADER_RELATIONSHIPS.replace("media/", "../../../")}
    yield "out of it", hand_made_house(loop), "this is not a whole Word file"


@pytest.mark.parametrize(("content", "message"), [pytest.param(*row[1:], id=row[0]) for row in refusals()])
def test_what_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(HouseRefused) as refused:
        open_house(content)
    assert refused.value.message.startswith(message)
    assert refused.value.hint


def test_a_house_cut_anywhere_or_changed_anywhere_never_breaks_the_program() -> None:
    house = hand_made_house()
    hints = []
    for at in range(0, len(house), 97):
        for content in (house[:at], house[:at] + bytes([house[at] ^ 0x55]) + house[at + 1 :]):
            try:
                write_docx(fisheries_memo(), themed(content))
            except HouseRefused as refused:
                hints.append(refused.hint)
    assert len(hints) > 50
    assert all(hints)


WEIRD = ("", "x", "99999999999999999999", "-1", "nan", "{briefbook}", "0")


@pytest.fixture
def _unwatched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody audits what is made: nonsense that stands in a house is kept, and is a fault of the house."""
    monkeypatch.setattr(to_docx, "zip_of_parts", zip_of_parts)


@pytest.mark.usefixtures("_unwatched")
def test_whatever_a_house_says_of_itself_a_memo_is_made_or_the_house_refused() -> None:
    """Each value in the house's XML by one that makes no sense."""
    made_anyway = 0
    for part in ("word/dokument.xml", "word/formate.xml", "word/listen.xml", "word/settings.xml"):
        values = [found.span(1) for found in re.finditer(r' w:[A-Za-z]+="([^"]*)"', PARTS[part])]
        for turn, (start, end) in enumerate(values):
            text = PARTS[part][:start] + WEIRD[turn % len(WEIRD)] + PARTS[part][end:]
            theme = themed(hand_made_house({part: text}))
            assert theme.house is not None
            try:
                if read_house(theme.house).page.measure > 144:  # else the settings' check refuses it
                    made_anyway += len(write_docx(fisheries_memo(), theme)) > 0
            except HouseRefused as refused:
                assert refused.hint  # noqa: PT017 – most are made
    assert made_anyway > 100


def test_numbering_of_the_house_is_not_lost() -> None:
    assert 'w:numId="7"' in NUMBERING
    numbering = xml(made(hand_made_house()), "word/numbering.xml")
    assert "7" in [each.get(f"{W}numId") for each in numbering.iter(f"{W}num")]
