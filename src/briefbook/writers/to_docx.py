"""Document to DOCX (ECMA-376 WordprocessingML, as Word 2013 and later writes it).

`house_docx` fixes the package and its styles once for a theme; here lxml builds what a memo says: the body,
the instances of its numbered lists, its links, header, footer and core properties. Every look is a style.
"""

import re
from copy import deepcopy
from typing import assert_never

from lxml import etree

from briefbook.document import (
    Block,
    Cite,
    Document,
    Fields,
    Heading,
    Inlines,
    ItemList,
    LineBreak,
    Link,
    ListItem,
    Paragraph,
    Row,
    SourceList,
    Table,
    Text,
    blocks_of,
)
from briefbook.writers.docx_package import Part, part_of_xml, zip_of_parts
from briefbook.writers.house_docx import (
    BULLETS_NUM_ID,
    CORE,
    DOCUMENT,
    DOCUMENT_RELS,
    FIRST_FOOTER,
    FOOTER,
    HEADER,
    LIST_LEVELS,
    NUMBERING,
    ORDERED_ID,
    PART_ORDER,
    House,
    house,
)
from briefbook.writers.house_styles import (
    CONTINUE_LEVELS,
    HEADING_LEVELS,
    NSMAP,
    TABLE_STYLE,
    R,
    W,
    add,
    add_language,
    twips,
)
from briefbook.writers.theme import Theme

_HYPERLINK_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_PAGE_FIELDS = {"{page}": "PAGE", "{pages}": "NUMPAGES"}


def write_docx(document: Document, theme: Theme) -> bytes:
    """The bytes of a DOCX that shows `document` in the look of `theme`; same input, same bytes."""
    template = house(theme, document.language)
    body = _Body(document, theme, template)
    parts: dict[str, Part] = {part.name: part for part in template.fixed_parts}
    for name, root in (
        (DOCUMENT, body.root),
        (DOCUMENT_RELS, body.relationships),
        (NUMBERING, body.numbering),
        (HEADER, _page_header(document)),
        (FIRST_FOOTER, _page_footer(document)),
        (FOOTER, _page_footer(document)),
        (CORE, _core_properties(document)),
    ):
        parts[name] = part_of_xml(name, root)
    return zip_of_parts(parts[name] for name in PART_ORDER)


class _Body:
    """Builds word/document.xml, and beside it the links and list instances that the body refers to."""

    def __init__(self, document: Document, theme: Theme, template: House) -> None:
        self._theme = theme
        self._listed = {
            entry.number
            for block in blocks_of(document)
            if isinstance(block, SourceList)
            for entry in block.entries
        }
        self._bookmarked: set[int] = set()
        self._link_ids: dict[str, str] = {}
        self._lists = BULLETS_NUM_ID
        self.relationships = deepcopy(template.relationships)
        self.numbering = deepcopy(template.numbering)
        self.root = etree.Element(W + "document", nsmap=NSMAP)
        self._body = add(self.root, "body")
        for section in document.sections:
            ruled = section.name == "header"
            for block in section.blocks:
                self._block(block, ruled=ruled)
                ruled = ruled and not isinstance(block, Fields)
        if len(self._body) and self._body[-1].tag == W + "tbl":
            self._paragraph("TableGap")  # Word wants a paragraph after the last table
        self._body.append(deepcopy(template.section))

    # --------------------------------------------------------------------------------- blocks

    def _block(self, block: Block, *, ruled: bool) -> None:
        """Append `block`; `ruled` sets a hairline under a block of fields."""
        match block:
            case Heading():
                self._heading(block)
            case Paragraph():
                self._inlines(self._paragraph("LeadIn" if block.lead_in else "BodyText"), block.children)
            case ItemList():
                self._item_list(block, level=0)
            case Fields():
                self._fields(block, ruled=ruled)
            case Table():
                self._table(block)
            case SourceList():
                self._source_list(block)
            case _:
                assert_never(block)

    def _paragraph(self, style: str, parent: etree._Element | None = None) -> etree._Element:
        paragraph = add(self._body if parent is None else parent, "p")
        add(add(paragraph, "pPr"), "pStyle", val=style)
        return paragraph

    def _heading(self, heading: Heading) -> None:
        paragraph = self._paragraph(f"Heading{min(heading.level, HEADING_LEVELS)}")
        self._inlines(paragraph, heading.children)
        if heading.aside:
            _tab(paragraph)
            self._inlines(paragraph, heading.aside, style="Aside")

    def _item_list(self, items: ItemList, *, level: int) -> None:
        level = min(level, LIST_LEVELS - 1)
        instance = self._list_instance(level, items.start) if items.ordered else BULLETS_NUM_ID
        style = "ListNumber" if items.ordered else "ListBullet"
        for item in items.items:
            self._item(item, style=style, instance=instance, level=level)

    def _item(self, item: ListItem, *, style: str, instance: int, level: int) -> None:
        first, *rest = item.blocks or (Paragraph(children=()),)
        opening = first if isinstance(first, Paragraph) else Paragraph(children=())
        paragraph = self._paragraph(style)
        numbered = add(paragraph[0], "numPr")
        add(numbered, "ilvl", val=level)
        add(numbered, "numId", val=instance)
        self._inlines(paragraph, opening.children)
        depth = min(level + 1, CONTINUE_LEVELS)
        for block in rest if opening is first else item.blocks:
            match block:
                case Paragraph():
                    name = "ListContinue" if depth == 1 else f"ListContinue{depth}"
                    self._inlines(self._paragraph(name), block.children)
                case ItemList():
                    self._item_list(block, level=level + 1)
                case _:
                    assert_never(block)

    def _list_instance(self, level: int, start: int) -> int:
        """A list instance of its own, so that the numbers of each list begin anew (§17.9.15, §17.9.27)."""
        self._lists += 1
        instance = add(self.numbering, "num", numId=self._lists)
        add(instance, "abstractNumId", val=ORDERED_ID)
        add(add(instance, "lvlOverride", ilvl=level), "startOverride", val=start)
        return self._lists

    def _fields(self, fields: Fields, *, ruled: bool) -> None:
        for number, row in enumerate(fields.rows, start=1):
            paragraph = self._paragraph("FieldLast" if ruled and number == len(fields.rows) else "Field")
            self._inlines(paragraph, row.label, style="Label")
            _tab(paragraph)
            self._inlines(paragraph, row.value)

    def _source_list(self, sources: SourceList) -> None:
        for entry in sources.entries:
            paragraph = self._paragraph("Source")
            if entry.number in self._bookmarked:
                _run(paragraph, str(entry.number))
            else:
                self._bookmarked.add(entry.number)
                identity = len(self._bookmarked)
                add(paragraph, "bookmarkStart", id=identity, name=_bookmark(entry.number))
                _run(paragraph, str(entry.number))
                add(paragraph, "bookmarkEnd", id=identity)
            _tab(paragraph)
            self._inlines(paragraph, entry.children)

    # --------------------------------------------------------------------------------- tables

    def _table(self, table: Table) -> None:
        if len(self._body) and self._body[-1].tag == W + "tbl":
            self._paragraph("TableGap")  # two tables in touch would become one
        widths = _column_widths(table, self._theme)
        element = add(self._body, "tbl")
        properties = add(element, "tblPr")
        add(properties, "tblStyle", val=TABLE_STYLE)
        add(properties, "tblW", w=sum(widths), type="dxa")
        add(properties, "tblLayout", type="fixed")
        add(
            properties, "tblLook", val="0620", firstRow=1, lastRow=0, firstColumn=0, lastColumn=0, noHBand=1,
            noVBand=1,
        )  # fmt: skip
        add(properties, "tblCaption", val=table.name)
        add(properties, "tblDescription", val=table.name)
        grid = add(element, "tblGrid")
        for width in widths:
            add(grid, "gridCol", w=width)
        self._row(element, table.header, widths, header=True)
        for row in table.rows:
            self._row(element, row, widths, header=False)

    def _row(self, table: etree._Element, row: Row, widths: list[int], *, header: bool) -> None:
        element = add(table, "tr")
        properties = add(element, "trPr")
        add(properties, "cantSplit")
        if header:
            add(properties, "tblHeader")
        for cell, width in zip(row.cells, widths, strict=True):
            holder = add(element, "tc")
            add(add(holder, "tcPr"), "tcW", w=width, type="dxa")
            self._inlines(self._paragraph("TableHead" if header else "TableText", holder), cell)

    # -------------------------------------------------------------------------------- inlines

    def _inlines(self, paragraph: etree._Element, inlines: Inlines, *, style: str | None = None) -> None:
        """Append `inlines`; `style` is the character style of all of them, else each brings its own."""
        cited = False  # two citations in touch would read as one number
        for inline in inlines:
            match inline:
                case Text():
                    _text(paragraph, inline, style)
                case Link():
                    holder = add(paragraph, "hyperlink", history=1)
                    holder.set(R + "id", self._link_id(inline.target))
                    for text in inline.children:
                        _text(holder, text, "Hyperlink")
                case Cite():
                    if inline.shown:
                        self._cite(paragraph, inline, joined=cited)
                case LineBreak():
                    add(add(paragraph, "r"), "br")
                case _:
                    assert_never(inline)
            cited = isinstance(inline, Cite) and (inline.shown or cited)

    def _cite(self, paragraph: etree._Element, cite: Cite, *, joined: bool) -> None:
        for number in [source.number for source in cite.sources]:
            if joined:
                _run(paragraph, ",\N{NO-BREAK SPACE}", "Citation")
            joined = True
            holder = paragraph
            if number in self._listed:
                holder = add(paragraph, "hyperlink", anchor=_bookmark(number), history=1)
            _run(holder, str(number), "Citation")

    def _link_id(self, target: str) -> str:
        known = self._link_ids.get(target)
        if known is None:
            known = self._link_ids[target] = f"rId{len(self.relationships) + 1}"
            attributes = {"Id": known, "Type": _HYPERLINK_TYPE, "Target": target, "TargetMode": "External"}
            etree.SubElement(self.relationships, self.relationships[0].tag, attributes)
        return known


def _run(parent: etree._Element, text: str, style: str | None = None) -> etree._Element:
    run = add(parent, "r")
    if style:
        add(add(run, "rPr"), "rStyle", val=style)
    words = add(run, "t")
    words.text = text
    if text[:1].isspace() or text[-1:].isspace():
        words.set(_XML_SPACE, "preserve")
    return run


def _text(parent: etree._Element, text: Text, style: str | None) -> None:
    """Append a run. Inside another character style (a run has but one) weight and slant are its own."""
    own = {(True, False): "Strong", (False, True): "Emphasis", (True, True): "StrongEmphasis"}
    run = _run(parent, text.text, style or own.get((text.strong, text.emphasis)))
    properties = run.find(W + "rPr")
    if properties is None:
        if text.language is None:
            return
        properties = etree.Element(W + "rPr")
        run.insert(0, properties)
    if style and text.strong:
        add(properties, "b")
    if style and text.emphasis:
        add(properties, "i")
    if text.language is not None:
        add_language(properties, text.language)


def _tab(paragraph: etree._Element) -> None:
    add(add(paragraph, "r"), "tab")


def _bookmark(number: int) -> str:
    # Letters, digits and underscores, at most 40: what Word takes for a bookmark's name.
    return f"source_{number}"


def _column_widths(table: Table, theme: Theme) -> list[int]:
    count = len(table.header.cells)
    return [twips(theme.page.measure) // count] * count


# ------------------------------------------------------------------------------ furniture, facts


def _page_header(document: Document) -> etree._Element:
    """The header of page 2 and on: the reference, so that a loose sheet finds its memo."""
    root = etree.Element(W + "hdr", nsmap=NSMAP)
    paragraph = add(root, "p")
    add(add(paragraph, "pPr"), "pStyle", val="Header")
    if document.reference:
        _run(paragraph, document.reference)
    return root


def _page_footer(document: Document) -> etree._Element:
    """The footer: the memo's own line on the left, page X of Y on the right."""
    root = etree.Element(W + "ftr", nsmap=NSMAP)
    paragraph = add(root, "p")
    add(add(paragraph, "pPr"), "pStyle", val="Footer")
    if document.footer:
        _run(paragraph, document.footer)
    _tab(paragraph)
    for piece in re.split(r"(\{pages?\})", document.page_of):
        if piece in _PAGE_FIELDS:
            _run(add(paragraph, "fldSimple", instr=f" {_PAGE_FIELDS[piece]} "), "1")
        elif piece:
            _run(paragraph, piece)
    return root


def _core_properties(document: Document) -> etree._Element:
    """docProps/core.xml (ECMA-376 Part 2 §11): dated by the as-of day, never by the clock."""
    core = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
    dc, terms = "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"
    xsi = "http://www.w3.org/2001/XMLSchema-instance"
    root = etree.Element(
        f"{{{core}}}coreProperties", nsmap={"cp": core, "dc": dc, "dcterms": terms, "xsi": xsi}
    )

    def put(namespace: str, name: str, value: str) -> etree._Element:
        element = etree.SubElement(root, f"{{{namespace}}}{name}")
        element.text = value
        return element

    put(dc, "title", document.title)
    put(dc, "subject", document.footer)
    put(dc, "identifier", document.reference)
    put(dc, "language", document.language)
    put(core, "keywords", document.memo)
    if document.author:
        put(dc, "creator", document.author)
        put(core, "lastModifiedBy", document.author)
    for name in ("created", "modified"):
        put(terms, name, f"{document.as_of.isoformat()}T00:00:00Z").set(f"{{{xsi}}}type", "dcterms:W3CDTF")
    return root
