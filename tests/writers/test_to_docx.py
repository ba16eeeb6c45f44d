"""The DOCX, read back with readers that know nothing of its writer: mammoth, python-docx, LibreOffice."""

import base64
import hashlib
import io
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import docx
import mammoth
import pytest
from bs4 import BeautifulSoup
from docx.document import Document as WordDocument
from hypothesis import given
from lxml import etree

from briefbook.document import (
    Block,
    Cite,
    CitedSource,
    Document,
    Field,
    Fields,
    Figure,
    Heading,
    Image,
    Inlines,
    ItemList,
    LineBreak,
    Link,
    ListItem,
    Paragraph,
    Row,
    Section,
    Table,
    Text,
)
from briefbook.spoken import Spoken
from briefbook.writers.theme import PAGES, Theme
from briefbook.writers.to_docx import write_docx
from tests.audit import faults_of
from tests.libreoffice import needs_office, text_of, to_pdf
from tests.writers.schema_order import misplaced
from tests.writers.trees import (
    bullets,
    cite,
    document_of,
    documents,
    few,
    fisheries_memo,
    numbered,
    pieces_of,
    run,
    sample_document,
)

WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
ROOT = Path(__file__).parents[2]
THEME = Theme()
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
SUPERIORS = ("Citation", "FootnoteReference", "EndnoteReference")


# ------------------------------------------------------------------------------------ reading back


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def part(document: Document, name: str, theme: Theme = THEME) -> etree._Element:
    return etree.fromstring(parts_of(write_docx(document, theme))[name])


def body(*blocks: Block) -> etree._Element:
    found = part(document_of(*blocks), "word/document.xml").find(f"{W}body")
    assert found is not None
    return found


def opened(document: Document) -> WordDocument:
    return docx.Document(io.BytesIO(write_docx(document, THEME)))


def shape(element: etree._Element) -> str:
    """An element as short text: tags without prefix, attributes without namespace, words quoted."""
    attributes = "".join(
        f" {etree.QName(key).localname}={element.get(key, '')}" for key in map(str, element.keys())
    )
    inner = "".join(shape(child) for child in element) + (f"'{element.text!s}'" if element.text else "")
    return f"<{etree.QName(element).localname}{attributes}>{inner}"


def paragraphs(*blocks: Block) -> list[str]:
    return [shape(element) for element in body(*blocks) if element.tag == f"{W}p"]


def styles_of(*blocks: Block) -> list[str]:
    return [str(style.get(f"{W}val")) for style in body(*blocks).iter(f"{W}pStyle")]


def words_in(element: etree._Element, *, citations: bool) -> list[str]:
    """The words of every paragraph below an element, in order; small superior numbers or not.

    The signs that lead from a source back to its citation, and from a citation to the words in its source,
    are no words.
    """
    unread = ["SourceBack"] if citations else ["SourceBack", *SUPERIORS]
    words: list[str] = []
    for paragraph in element.iter(f"{W}p"):
        text = ""
        for node in paragraph.iter(f"{W}r"):
            style = node.find(f"{W}rPr/{W}rStyle")
            if style is not None and style.get(f"{W}val") in unread:
                continue
            if node.findtext(f"{W}t") == "↗" and next(node.iterancestors(f"{W}hyperlink"), None) is not None:
                continue
            for child in node:
                match etree.QName(child).localname:
                    case "t":
                        text += child.text or ""
                    case "tab" | "br":
                        text += " "
        words += text.split()
    return words


def words_of_tree(document: Document) -> list[str]:
    """What a document says but for citations and the numbers of its sources: Word counts those."""
    return [
        word
        for section in document.sections
        for block in section.blocks
        for piece in pieces_of(block, markers=False, numbers=False)
        for word in (piece if isinstance(piece, str) else plain(piece)).split()
    ]


def plain(inlines: Inlines) -> str:
    words = ""
    for inline in inlines:
        match inline:
            case Text():
                words += inline.text
            case Link():
                words += "".join(text.text for text in inline.children)
            case LineBreak():
                words += " "
            case Cite():
                pass
    return words


def xml_parts(content: bytes) -> Iterator[tuple[str, etree._Element]]:
    for name, blob in parts_of(content).items():
        yield name, etree.fromstring(blob)


# ---------------------------------------------------------------------------------------- words


@few
@given(documents())
def test_every_word_stands_in_the_order_of_the_tree(document: Document) -> None:
    assert words_in(part(document, "word/document.xml"), citations=False) == words_of_tree(document)


@few
@given(documents())
def test_whatever_the_tree_the_package_holds_together(document: Document) -> None:
    content = write_docx(document, THEME)
    for _, root in xml_parts(content):
        assert misplaced(root) == []
    main = part(document, "word/document.xml")
    styles = {style.get(f"{W}styleId") for style in part(document, "word/styles.xml")}
    instances = {num.get(f"{W}numId") for num in part(document, "word/numbering.xml")}
    relationships = {entry.get("Id") for entry in part(document, "word/_rels/document.xml.rels")}
    bookmarks = [mark.get(f"{W}name") for mark in main.iter(f"{W}bookmarkStart")]
    used = [element for tag in ("pStyle", "rStyle", "tblStyle") for element in main.iter(f"{W}{tag}")]
    assert {element.get(f"{W}val") for element in used} <= styles
    assert {element.get(f"{W}val") for element in main.iter(f"{W}numId")} <= instances
    links = list(main.iter(f"{W}hyperlink"))
    assert {link.get(f"{R}id") for link in links} <= relationships | {None}
    assert {link.get(f"{W}anchor") for link in links} <= {*bookmarks, None}
    assert len(bookmarks) == len(set(bookmarks))
    assert docx.Document(io.BytesIO(content)).core_properties.title == document.title


def test_no_paragraph_is_empty_but_in_a_cell() -> None:
    hidden = Paragraph(children=cite(1, shown=False))
    empty = Paragraph(children=())
    table = Table(name="Places", header=Row(cells=(run("Place"),)), rows=(Row(cells=((),)),))
    found = body(empty, hidden, Paragraph(children=run("Said.")), table, Paragraph(children=run("More.")))
    assert [words_in(paragraph, citations=True) for paragraph in found.findall(f"{W}p")] == [
        ["Said."],
        ["More."],
    ]
    assert len(found.findall(f".//{W}tc/{W}p")) == 2


def test_mammoth_reads_headings_lists_tables_links_and_citations() -> None:
    memo = fisheries_memo()
    result = mammoth.convert_to_html(  # type: ignore[no-untyped-call]
        io.BytesIO(write_docx(memo, THEME))
    )
    soup = BeautifulSoup(result.value, "html.parser")
    assert [heading.get_text() for heading in soup.find_all(["h1", "h2"])] == [
        "Briefing memo\t14\u00a0May 2031",
        *("Upcoming meetings", "Participants", "Agreed priorities", "Background", "Find out", "Sources"),
    ]
    assert [len(found.find_all("li", recursive=False)) for found in soup.find_all("ol")] == [2, 3]
    assert [len(found.find_all("li", recursive=False)) for found in soup.find_all("ul")] == [2, 2]
    (table,) = soup.find_all("table")
    assert [cell.get_text() for cell in table.find_all("th")] == ["Side", "Name", "Post on that day", "Role"]
    assert len(table.find_all("tr")) == 3
    addresses = [link.get("href") for link in soup.find_all("a") if link.get("href")]
    assert "https://council.example/about?a=1&b=2" in addresses
    # mammoth leaves a cross-reference its number, a bookmark an anchor, and a source its way back
    back = [str(link["href"]) for link in soup.find_all("a") if str(link.get("href", "")).startswith("#")]
    assert back == ["#cited_1", "#cited_2", "#cited_3"]
    assert {f"#{anchor['id']}" for anchor in soup.find_all("a", id=True)} >= set(back)


def test_python_docx_reads_styles_page_and_properties() -> None:
    memo = fisheries_memo()
    word = opened(memo)
    names = [paragraph.style.name for paragraph in word.paragraphs if paragraph.style]
    assert names[:4] == ["Heading 1", "Field", "Field", "Field Ruled"]
    assert {"Lead In", "Body Text", "List Number", "List Bullet", "Source"} <= set(names)
    assert not {"Normal", "Title"} & set(names)
    section = word.sections[0]
    assert section.page_width is not None
    assert section.page_width.pt == pytest.approx(THEME.page.width, abs=0.05)
    assert section.footer.paragraphs[0].text == "fisheries-council · as of 2031-05-14\t2 of 2"
    assert section.header.paragraphs[0].text == "fisheries-council"
    assert section.different_first_page_header_footer
    properties = word.core_properties
    assert (properties.title, properties.author) == ("Fisheries Council", "Fisheries desk")
    assert (properties.language, properties.identifier) == ("en", "fisheries-council")
    assert str(properties.created) == str(properties.modified) == "2031-05-14 00:00:00+00:00"


def test_ampersands_angles_accents_and_greek_come_back_as_they_were() -> None:
    words = "R&D <b> é e\u0301 ß Ωμέγα Νίκη ]]> &amp; “x”"
    word = opened(document_of(Paragraph(children=run(words))))
    assert [paragraph.text for paragraph in word.paragraphs] == [words]


def test_white_space_at_the_ends_of_a_run_is_kept() -> None:
    word = opened(
        document_of(Paragraph(children=(*run("met "), *run("in Port", strong=True), *run(" Emery"))))
    )
    assert word.paragraphs[0].text == "met in Port Emery"


# -------------------------------------------------------------------------------------- shapes


def test_strong_emphasis_and_language_are_character_styles() -> None:
    children = (
        Text(text="a", strong=True),
        Text(text="b", emphasis=True),
        Text(text="c", strong=True, emphasis=True, language="fr"),
        Text(text="d", language="zh"),
    )
    assert paragraphs(Paragraph(children=children)) == [
        "<p><pPr><pStyle val=BodyText>"
        "<r><rPr><rStyle val=Strong><t>'a'"
        "<r><rPr><rStyle val=Emphasis><t>'b'"
        "<r><rPr><rStyle val=StrongEmphasis><lang val=fr><t>'c'"
        "<r><rPr><lang val=zh eastAsia=zh><t>'d'"
    ]


def test_citations_in_touch_are_parted_by_commas() -> None:
    cited = Cite(sources=(CitedSource(source="b", number=2), CitedSource(source="e", number=5)))
    text = Paragraph(children=(*run("Agreed."), cited, Cite(sources=cited.sources, shown=False), *cite(3)))
    comma = "<r><rPr><rStyle val=Citation><t space=preserve>',\u00a0'"
    assert paragraphs(text) == [
        "<p><pPr><pStyle val=BodyText><r><t>'Agreed.'<r><rPr><rStyle val=Citation><t>'2'"
        f"{comma}<r><rPr><rStyle val=Citation><t>'5'{comma}<r><rPr><rStyle val=Citation><t>'3'",
    ]


def test_a_link_is_a_relationship_and_an_unsafe_address_none() -> None:
    safe = Link(children=(Text(text="page", strong=True),), target="https://norland.example/?a=1&b=2")
    again = Link(children=(Text(text="again"),), target=safe.target)
    unsafe = Link(children=(Text(text="no"),), target="javascript:alert(1)")
    document = document_of(Paragraph(children=(safe, again, unsafe)))
    entries = [e for e in part(document, "word/_rels/document.xml.rels") if e.get("TargetMode") == "External"]
    assert [entry.get("Target") for entry in entries] == [safe.target]
    identity = entries[0].get("Id")
    assert paragraphs(Paragraph(children=(safe, again, unsafe))) == [
        "<p><pPr><pStyle val=BodyText>"
        f"<hyperlink history=1 id={identity}><r><rPr><rStyle val=Hyperlink><b><t>'page'"
        f"<hyperlink history=1 id={identity}><r><rPr><rStyle val=Hyperlink><t>'again'"
        "<r><t>'no'"
    ]


def test_a_heading_sets_its_aside_by_a_tab_and_deep_levels_stop_at_six() -> None:
    found = paragraphs(
        Heading(level=1, children=run("Briefing memo"), aside=run("14 May 2031")),
        *(Heading(level=level, children=run("Deep")) for level in range(2, 10)),
    )[::8]
    assert found == [
        "<p><pPr><pStyle val=Heading1><r><t>'Briefing memo'<r><tab>"
        "<r><rPr><rStyle val=Aside><t>'14\u00a0May 2031'",
        "<p><pPr><pStyle val=Heading6><r><t>'Deep'",
    ]


def test_headings_lead_ins_and_header_rows_keep_with_what_follows() -> None:
    styles = part(document_of(), "word/styles.xml")
    kept = {
        style.get(f"{W}styleId")
        for style in styles.iter(f"{W}style")
        if style.find(f"{W}pPr/{W}keepNext") is not None
    }
    assert {"Heading1", "Heading2", "Heading3", "LeadIn", "TableHead"} <= kept
    assert not {"BodyText", "Field", "Source", "TableText"} & kept
    assert styles_of(Paragraph(children=run("Agreed:"), lead_in=True)) == ["LeadIn"]


def test_a_paragraph_that_introduces_a_list_within_its_item_keeps_with_it() -> None:
    inner = bullets("a", "b")
    item = ListItem(blocks=(Paragraph(children=run("Agreed:")), inner))
    main = part(document_of(ItemList(ordered=True, items=(item,))), "word/document.xml")
    kept = [paragraph.find(f"{W}pPr/{W}keepNext") is not None for paragraph in main.iter(f"{W}p")]
    assert kept == [True, False, False]


def numbering_of(*blocks: Block) -> tuple[list[tuple[str, str]], dict[str, tuple[str, str]]]:
    """(level, instance) of each numbered paragraph; for each ordered instance (level, start)."""
    document = document_of(*blocks)
    main = part(document, "word/document.xml")
    used = [
        (str(level.get(f"{W}val")), str(instance.get(f"{W}val")))
        for level, instance in main.iter(f"{W}numPr")
    ]
    starts = {
        str(number.get(f"{W}numId")): (str(override.get(f"{W}ilvl")), str(override[0].get(f"{W}val")))
        for number in part(document, "word/numbering.xml").iter(f"{W}num")
        for override in number.iter(f"{W}lvlOverride")
    }
    return used, starts


def test_each_numbered_list_begins_anew() -> None:
    used, starts = numbering_of(numbered("a", "b"), numbered("c", start=7), bullets("d"))
    assert used == [("0", "4"), ("0", "4"), ("0", "5"), ("0", "1")]
    assert starts == {"4": ("0", "1"), "5": ("0", "7")}


def test_nested_lists_go_one_level_down_and_continue_outside() -> None:
    inner = ListItem(blocks=(Paragraph(children=run("a")), numbered("b", "c"), Paragraph(children=run("d"))))
    outer = ItemList(ordered=True, items=(inner, ListItem(blocks=(Paragraph(children=run("e")),))))
    used, starts = numbering_of(outer)
    assert used == [("0", "4"), ("1", "5"), ("1", "5"), ("0", "4")]
    assert starts == {"4": ("0", "1"), "5": ("1", "1")}
    assert styles_of(outer) == ["ListNumber"] * 3 + ["ListContinue", "ListNumber"]


def test_an_item_s_number_stands_before_its_first_words_and_an_item_of_lists_alone_has_none() -> None:
    late = ListItem(blocks=(bullets("a"), Paragraph(children=run("\u200b")), Paragraph(children=run("b"))))
    alone = ListItem(blocks=(bullets("c"),))
    outer = ItemList(ordered=True, items=(late, alone, ListItem(blocks=(Paragraph(children=run("d")),))))
    used, starts = numbering_of(outer)
    assert used == [("1", "1"), ("0", "4"), ("1", "1"), ("0", "5")]
    assert starts == {"4": ("0", "1"), "5": ("0", "3")}
    assert styles_of(outer) == ["ListBullet", "ListNumber", "ListBullet", "ListNumber"]


def test_the_last_of_a_list_keeps_its_distance_to_text_but_not_to_a_heading() -> None:
    text, heading = Paragraph(children=run("Then.")), Heading(level=1, children=run("Next"))
    assert styles_of(bullets("a", "b"), text, numbered("c"), heading) == [
        *("ListBullet", "ListBulletLast", "BodyText", "ListNumber", "Heading1"),
    ]


def field(label: Inlines, value: str = "value") -> Fields:
    return Fields(rows=(Field(label=label, value=run(value)),))


def test_a_label_stands_before_a_tab() -> None:
    assert paragraphs(field(run("Norland"))) == [
        "<p><pPr><pStyle val=Field><r><rPr><rStyle val=Label><t>'Norland'<r><tab><r><t>'value'"
    ]


@pytest.mark.parametrize(
    ("label", "before", "behind"),
    [
        (run("Fri 23 January 2032 (in three days)"), "Fri 23\u00a0January 2032 ", "(in three days)"),
        (run("February 2032, day not set"), "February 2032, ", "day not set"),
        (
            (*run("16 September 2031"), LineBreak(), *run("in Port Emery")),
            "16\u00a0September 2031 ",
            "in Port Emery",
        ),
        (
            (
                *run("In May, "),
                Link(children=(Text(text="or June, as it says, or later"),), target="https://a.example"),
            ),
            "In May, ",
            "or June, as it says, or later",
        ),
    ],
)
def test_a_long_label_is_divided_where_it_reads_well(label: Inlines, before: str, behind: str) -> None:
    (paragraph,) = body(field(label)).findall(f"{W}p")
    texts = "".join(
        "\t" if node.tag == f"{W}tab" else node.text or "" for node in paragraph.iter(f"{W}t", f"{W}tab")
    )
    assert texts == f"{before}\t{behind}\u2002value"


def test_a_label_that_nothing_divides_stands_above_its_value() -> None:
    (found,) = paragraphs(field(run("Understanding about everything under the sun")))
    assert found.startswith("<p><pPr><pStyle val=FieldStacked>")
    assert "<r><br><r><t>'value'" in found


def test_only_the_memo_header_closes_with_a_hairline() -> None:
    header = Section(name="header", blocks=(field(run("To")), field(run("From"))))
    other = Section(name="participants", blocks=(field(run("Norland")),))
    main = part(sample_document(sections=(header, other)), "word/document.xml")
    styles = [style.get(f"{W}val") for style in main.iter(f"{W}pStyle")]
    assert styles == ["FieldRuled", "FieldLast", "Field"]
    ruled = part(document_of(), "word/styles.xml").find(f"{W}style[@{W}styleId='FieldRuled']/{W}pPr/{W}pBdr")
    assert ruled is not None
    assert [etree.QName(side).localname for side in ruled] == ["bottom"]


QUOTAS = Table(
    name="Quotas by stock",
    header=Row(cells=(run("Stock"), run("2031"), run("What the institutes say of it"))),
    rows=(
        Row(cells=(run("Herring"), run("12,000"), run("The spring survey " * 30))),
        Row(cells=(run("Cod"), run("900"), ())),
    ),
)


def test_a_table_repeats_its_header_keeps_rows_whole_and_says_what_it_holds() -> None:
    table = body(QUOTAS).find(f"{W}tbl")
    assert table is not None
    properties = {etree.QName(child).localname: child for child in table[0]}
    assert properties["tblCaption"].get(f"{W}val") == QUOTAS.name
    assert properties["tblDescription"].get(f"{W}val") == (
        "Columns: Stock, 2031, What the institutes say of it. 2 rows."
    )
    rows = [[shape(child) for child in row[0]] for row in table.findall(f"{W}tr")]
    assert rows == [["<cantSplit>", "<tblHeader>"], ["<cantSplit>"], ["<cantSplit>"]]
    styles = [style.get(f"{W}val") for style in table.iter(f"{W}pStyle")]
    assert styles == [
        *("TableHead", "TableHeadFigures", "TableHead"),
        *(["TableText", "TableFigures", "TableText"] * 2),
    ]


def test_columns_fill_the_measure_and_narrow_ones_keep_their_lines_whole() -> None:
    table = body(QUOTAS).find(f"{W}tbl")
    assert table is not None
    grid = [int(str(column.get(f"{W}w"))) for column in table.iter(f"{W}gridCol")]
    widths = [int(str(width.get(f"{W}w"))) for width in table.iter(f"{W}tcW")]
    assert widths == grid * 3
    assert sum(grid) == pytest.approx(THEME.page.measure * 20, abs=3)
    assert 40 * 20 < grid[0] < 60 * 20  # "Herring" and the gap; the rest is for the long column
    assert grid[2] > THEME.page.measure * 20 / 2


def test_words_wider_than_the_page_still_make_columns_within_it() -> None:
    wide = run("Donaudampfschifffahrtsgesellschaft" * 3)
    table = Table(name="Long words", header=Row(cells=(wide, wide)), rows=())
    found = body(table).find(f"{W}tbl/{W}tblPr/{W}tblW")
    assert found is not None
    assert int(str(found.get(f"{W}w"))) <= THEME.page.measure * 20 + 2


def test_tables_in_touch_stay_two_and_the_last_block_is_a_paragraph() -> None:
    tags = [etree.QName(child).localname for child in body(QUOTAS, QUOTAS)]
    assert tags == ["tbl", "p", "tbl", "p", "sectPr"]


def test_the_footer_counts_pages_in_fields_in_the_order_of_its_pattern() -> None:
    def field(name: str, result: str) -> str:
        return (
            f"<r><fldChar fldCharType=begin><r><instrText space=preserve>' {name} '"
            f"<r><fldChar fldCharType=separate><r><t>'{result}'<r><fldChar fldCharType=end>"
        )

    for part_name, page in (("word/footer1.xml", "1"), ("word/footer2.xml", "2")):
        assert shape(part(fisheries_memo(), part_name)) == (
            "<ftr><p><pPr><pStyle val=Footer><r><t>'fisheries-council · as of 2031-05-14'<r><tab>"
            f"{field('PAGE', page)}<r><t space=preserve>' of '{field('NUMPAGES', page)}"
        )


@pytest.mark.parametrize(
    ("spoken", "told"),
    [
        (Spoken(), "Columns: Stock, 2031. 0 rows."),
        (Spoken(columns="Colonnes : {heads}.", rows="{count} lignes"), "Colonnes : Stock, 2031. 0 lignes."),
    ],
)
def test_a_table_is_described_in_the_words_that_the_document_brings(spoken: Spoken, told: str) -> None:
    table = Table(name="Quotas", header=Row(cells=(run("Stock"), run("2031"), ())), rows=())
    root = part(replace(document_of(table), spoken=spoken), "word/document.xml")
    assert next(root.iter(f"{W}tblDescription")).get(f"{W}val") == told


def test_whoever_applies_a_list_s_style_in_word_gets_its_numbers() -> None:
    styles, numbering = (part(document_of(), f"word/{name}.xml") for name in ("styles", "numbering"))
    instances = {
        str(number.get(f"{W}numId")): number[0].get(f"{W}val") for number in numbering.iter(f"{W}num")
    }
    for style, sign in (("ListBullet", "•"), ("ListNumber", "%1."), ("Source", "%1")):
        used = styles.find(f"{W}style[@{W}styleId='{style}']/{W}pPr/{W}numPr/{W}numId")
        assert used is not None
        level = f"{W}abstractNum[@{W}abstractNumId='{instances[str(used.get(f'{W}val'))]}']/{W}lvl"
        assert [e.get(f"{W}val") for e in numbering.iterfind(f"{level}/{W}pStyle")] == [style]
        assert numbering.findall(f"{level}/{W}lvlText")[0].get(f"{W}val") == sign


def test_a_picture_stands_in_line_with_its_words_and_is_kept_once() -> None:
    image = Image(data=PIXEL, media_type="image/png", width=96, height=48)
    wide = Image(data=PIXEL, media_type="image/png", width=9600, height=960)
    document = document_of(
        Figure(alt="A boat.", picture=image, caption=run("Off Emery")), Figure(alt="The coast.", picture=wide)
    )
    main = part(document, "word/document.xml")
    assert [style.get(f"{W}val") for style in main.iter(f"{W}pStyle")] == ["Figure", "Caption", "FigureAlone"]
    shapes = opened(document).inline_shapes
    assert [(round(one.width.pt, 1), round(one.height.pt, 1)) for one in shapes] == [
        (72, 36),
        pytest.approx((THEME.page.measure, THEME.page.measure / 10), abs=0.1),
    ]
    told = [element.get("descr") for element in main.iter(f"{WP}docPr")]
    assert told == ["A boat.", "The coast."]
    assert [element.get("id") for element in main.iter(f"{WP}docPr")] == ["1", "2"]
    content = write_docx(document, THEME)
    assert [blob for name, blob in parts_of(content).items() if "media" in name] == [PIXEL]
    result = mammoth.convert_to_html(io.BytesIO(content))  # type: ignore[no-untyped-call]
    assert [img["alt"] for img in BeautifulSoup(result.value, "html.parser").find_all("img")] == told


def test_a_figure_passes_the_audit(tmp_path: Path) -> None:
    image = Image(data=PIXEL, media_type="image/png", width=96, height=48)
    document = document_of(Figure(alt="A boat.", picture=image, caption=run("Off Emery")))
    assert faults_of(write_docx(document, THEME), tmp_path) == []


def test_the_language_of_the_document_is_its_default() -> None:
    styles = part(document_of(language="pt-BR"), "word/styles.xml")
    assert [lang.get(f"{W}val") for lang in styles.iter(f"{W}lang")] == ["pt-BR"]


# ----------------------------------------------------------------------------------- the package


def test_the_page_and_the_face_are_the_theme_s() -> None:
    theme = Theme(page=PAGES["letter"], docx_face="Georgia")
    page = part(fisheries_memo(), "word/document.xml", theme).find(f".//{W}pgSz")
    assert page is not None
    assert (page.get(f"{W}w"), page.get(f"{W}h")) == ("12240", "15840")
    styles = part(fisheries_memo(), "word/styles.xml", theme)
    assert {value for fonts in styles.iter(f"{W}rFonts") for value in fonts.attrib.values()} == {"Georgia"}


def test_the_package_holds_what_a_memo_needs_and_nothing_else() -> None:
    content = write_docx(fisheries_memo(), THEME)
    names = list(parts_of(content))
    assert names == [
        "[Content_Types].xml",
        "_rels/.rels",
        "word/document.xml",
        "word/_rels/document.xml.rels",
        "word/styles.xml",
        "word/numbering.xml",
        "word/settings.xml",
        "word/fontTable.xml",
        "word/theme/theme1.xml",
        "word/header1.xml",
        "word/footer1.xml",
        "word/footer2.xml",
        "docProps/core.xml",
        "docProps/custom.xml",
    ]
    typed = {entry.get("PartName") for entry in part(fisheries_memo(), names[0])} - {None}
    assert typed == {f"/{name}" for name in names if not name.endswith(".rels") and name != names[0]}
    targets = {
        f"word/{entry.get('Target')}"
        for entry in part(fisheries_memo(), names[3])
        if not entry.get("TargetMode")
    }
    assert targets <= set(names)
    assert len(content) < 12_000


def test_the_container_names_no_clock_and_no_machine() -> None:
    with zipfile.ZipFile(io.BytesIO(write_docx(fisheries_memo(), THEME))) as archive:
        for entry in archive.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert (entry.external_attr, entry.extra, entry.comment) == (0, b"", b"")


def test_the_same_memo_is_the_same_bytes_in_any_process() -> None:
    here = hashlib.sha256(write_docx(fisheries_memo(), THEME)).hexdigest()
    assert hashlib.sha256(write_docx(fisheries_memo(), Theme())).hexdigest() == here
    program = (
        "import hashlib\n"
        "from briefbook.writers.theme import Theme\n"
        "from briefbook.writers.to_docx import write_docx\n"
        "from tests.writers.trees import fisheries_memo\n"
        "print(hashlib.sha256(write_docx(fisheries_memo(), Theme())).hexdigest())\n"
    )
    for seed in ("0", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Pacific/Auckland"}
        found = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert found.stdout.strip() == here


def test_one_memo_leaves_no_trace_in_the_next() -> None:
    first = write_docx(fisheries_memo(), THEME)
    write_docx(document_of(numbered("a"), bullets("b")), THEME)
    assert write_docx(fisheries_memo(), THEME) == first


def test_elements_out_of_order_are_noticed() -> None:
    wrong = etree.fromstring(f'<w:pPr xmlns:w="{W[1:-1]}"><w:keepNext/><w:pStyle w:val="Source"/></w:pPr>')
    assert misplaced(wrong) == ["pPr: pStyle after keepNext"]


@needs_office
def test_libreoffice_prints_every_word(tmp_path: Path) -> None:
    memo = fisheries_memo()
    text = text_of(to_pdf(write_docx(memo, THEME), tmp_path))
    furniture = re.findall(r"[^\W\d_]+", f"{memo.footer} of")
    expected = Counter(re.findall(r"[^\W\d_]+", " ".join(words_of_tree(memo)))) + Counter(furniture)
    assert Counter(re.findall(r"[^\W\d_]+", text)) == expected
    assert "1 of 1" in text
