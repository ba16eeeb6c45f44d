"""Document to DOCX (ECMA-376 WordprocessingML, as Word 2013 and later writes it).

`docx_template` fixes the package and its styles once for a theme; here lxml builds what a memo says: the
body, its notes, the instances of its numbered lists, its links, pictures, header, footer and core properties.
Every look is a style, so that a colleague who edits the memo in Word meets styles and no stray formatting.
"""

from collections.abc import Container, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import assert_never

from lxml import etree

from briefbook.document import (
    Block,
    Document,
    Fields,
    Figure,
    Heading,
    Inlines,
    ItemList,
    ListItem,
    Paragraph,
    Row,
    SourceList,
    Table,
    Text,
    blocks_of,
    furniture_of,
)
from briefbook.notes import without_notes
from briefbook.outline import DEEPEST, outlined
from briefbook.writers.banner import roomed
from briefbook.writers.columns import figure_columns, least_gap
from briefbook.writers.docx_columns import column_widths, divided_label, lines_of_banner, on_one_line
from briefbook.writers.docx_controls import Controls
from briefbook.writers.docx_furniture import core_properties, page_footer, page_header
from briefbook.writers.docx_identity import identified
from briefbook.writers.docx_inlines import InlineWriter, notes_of_body
from briefbook.writers.docx_notes import NOTE_KINDS, CitationWriter, citation_bookmark, source_bookmark
from briefbook.writers.docx_package import part_of_xml, zip_of_parts
from briefbook.writers.docx_pictures import Pictures
from briefbook.writers.docx_runs import Bookmarks, add_break, add_run, add_tab
from briefbook.writers.docx_styles import (
    CONTINUE_LEVELS,
    LAST_STYLES,
    NSMAP,
    TABLE_STYLE,
    W,
    add,
    twips,
)
from briefbook.writers.docx_template import (
    BULLETS_NUM_ID,
    CORE,
    DOCUMENT,
    DOCUMENT_RELS,
    FIRST_FOOTER,
    FIRST_HEADER,
    FOOTER,
    HEADER,
    LAST_NUM_ID,
    LIST_LEVELS,
    NUMBERING,
    ORDERED_ID,
    PART_ORDER,
    SOURCES_ID,
    Template,
    template_for,
)
from briefbook.writers.docx_words import table_description, way_back
from briefbook.writers.logo import with_logo
from briefbook.writers.theme import Theme

_TABLE = W + "tbl"
_VAL = W + "val"


def write_docx(document: Document, theme: Theme) -> bytes:
    """The bytes of a DOCX that shows `document` in the look of `theme`; same input, same bytes."""
    banner = document.banner
    theme = roomed(theme, banner, len(lines_of_banner(banner, theme)))
    graft = None
    if theme.house:
        from briefbook.writers.house_graft import graft_for  # a dozen modules, for the few that have a house

        graft = graft_for(theme, document.language, document.citations, banner)
    if graft is not None:
        theme = graft.measures
        if graft.read.closes_in_section:
            document = replace(document, notes_title="")  # the notes come behind the closing
    else:
        document = with_logo(document, theme)  # a house's file has its own
    template = graft.template if graft else template_for(theme, document.language, document.citations, banner)
    body = Body(document, theme, template, theirs=graft.styles.theirs if graft else frozenset())
    body.write(outlined(without_notes(document)))
    body.end()
    furniture = furniture_of(document)
    roots = [
        *body.roots(),
        (HEADER, page_header(furniture.top, theme, 2, banner)),
        (FIRST_HEADER, page_header(furniture.first_top, theme, 1, banner)),
        (FIRST_FOOTER, page_footer(furniture.first_bottom, theme, 1, banner)),
        (FOOTER, page_footer(furniture.bottom, theme, 2, banner)),
        (CORE, core_properties(document)),
    ]
    if not theme.first_header:
        del roots[[name for name, _ in roots].index(FIRST_HEADER)]
    if graft is not None:
        theirs = graft.read.package.properties.custom
        package = graft.package(document, dict(roots), body.pictures.parts)
        return zip_of_parts(identified(document, package, theirs))
    parts = {part.name: part for part in template.fixed_parts}
    parts |= {name: part_of_xml(name, root) for name, root in roots}
    package = [*(parts[name] for name in PART_ORDER if name in parts), *body.pictures.parts]
    return zip_of_parts(identified(document, package))


class Body:
    """Builds word/document.xml and what it refers to: notes, links, pictures, list instances."""

    def __init__(
        self,
        document: Document,
        theme: Theme,
        template: Template,
        *,
        theirs: Container[str] = frozenset(),
        anchors: Container[int] | None = None,
    ) -> None:
        """`document` is all that is to be written, with its whole list of sources.

        `theirs`: the styles of which a house has its own; `anchors`: in a bound book, the texts that get
        bookmarks. There a person's words stand in no controls: what comes back is a memo.
        """
        bookmarks = Bookmarks()
        relationships = deepcopy(template.relationships)
        self.citations = CitationWriter(document, bookmarks)
        controls = Controls(bookmarks) if anchors is None else None
        self.inlines = InlineWriter(relationships, self.citations, bookmarks, anchors or (), controls)
        self.pictures = Pictures(relationships, theme)
        self.numbering = deepcopy(template.numbering)
        self.root = etree.Element(W + "document", nsmap=NSMAP)
        self._body = add(self.root, "body")
        self._document = document
        self._theme = theme
        self._theirs = theirs
        self._section = template.section
        self._bookmarks = bookmarks
        self._lists = LAST_NUM_ID
        self._counting = LAST_NUM_ID  # the instance of the last numbered list, for one that counts on
        self._titled = False

    def write(self, shown: Document, bookmark: str = "") -> None:
        """Append the blocks of what is ready to print; a `bookmark` names the place where they begin."""
        ruled = _header_fields(shown)
        blocks = list(blocks_of(shown))
        self._titled = self._titled or any(isinstance(block, Heading) for block in blocks)
        self._counting = LAST_NUM_ID
        before = len(self._body)
        following = iter([*blocks[1:], None])
        for section in shown.sections:
            begun = len(self._body)
            for block in section.blocks:
                then = next(following)
                roomy = then is not None and not isinstance(then, Heading)
                self._block(block, roomy=roomy, ruled=block is ruled)
            if section.together:
                self._keep_together(begun)
        if bookmark:
            self.name(self._body[before], bookmark)

    def paragraph(self, style: str) -> etree._Element:
        """Append a paragraph without words."""
        return self._paragraph(style)

    def heading(self, level: int, words: Text, bookmark: str = "") -> etree._Element:
        """Append a heading, with a bookmark of this name if there is one, and return its paragraph."""
        self._heading(Heading(level=level, children=(words,)))
        if bookmark:
            self.name(self._body[-1], bookmark)
        return self._body[-1]

    def name(self, paragraph: etree._Element, bookmark: str) -> None:
        """Put a paragraph's words into a bookmark."""
        identity = self._bookmarks.start(paragraph, bookmark)
        paragraph.insert(1, paragraph[-1])  # behind its properties
        self._bookmarks.end(paragraph, identity)

    def end_section(self, section: etree._Element) -> None:
        """End a section here: its properties stand in its last paragraph (§17.6.18)."""
        self._close_table()
        properties = self._body[-1].find(W + "pPr")
        assert properties is not None
        properties.append(section)

    def end(self, section: etree._Element | None = None, notes: str = "") -> None:
        """Append what stands behind all blocks; the last section is the template's if no other is given.

        `notes`: the bookmark of the heading of endnotes.
        """
        if self._document.notes_title and self.citations.pending:
            self.heading(2 if self._titled else 1, Text(text=self._document.notes_title), notes)
        self._close_table()
        self._body.append(deepcopy(self._section) if section is None else section)

    def _close_table(self) -> None:
        """Put a paragraph behind a table that ends a section.

        Word puts an empty line there, if none is; on a full page that would begin another. This one is a
        point high.
        """
        if len(self._body) and self._body[-1].tag == _TABLE:
            self._paragraph("TableGap")

    def roots(self) -> Iterator[tuple[str, etree._Element]]:
        """The parts that the body fills, by name."""
        yield DOCUMENT, self.root
        yield DOCUMENT_RELS, self.inlines.relationships
        yield NUMBERING, self.numbering
        kind = NOTE_KINDS.get(self._document.citations)
        if kind is not None:
            hanging = kind.style not in self._theirs
            notes, relationships = notes_of_body(kind, self.citations, hanging=hanging)
            yield kind.part, notes
            if len(relationships):
                yield kind.relationships, relationships

    def _keep_together(self, begun: int) -> None:
        """Keep what stands from a place in the body on on one page, lines too (§17.3.1.14, §17.3.1.15)."""
        paragraphs = [p for block in list(self._body)[begun:] for p in block.iter(W + "p")]
        for paragraph in paragraphs[:-1]:
            _keep(paragraph, "keepNext")
        for paragraph in paragraphs:
            _keep(paragraph, "keepLines")

    # --------------------------------------------------------------------------------- blocks

    def _block(self, block: Block, *, roomy: bool, ruled: bool) -> None:
        """Append `block`; `roomy`: text follows and wants its distance; `ruled`: a hairline below."""
        before = len(self._body)
        match block:
            case Heading():
                self._heading(block)
            case Paragraph():
                self.text("LeadIn" if block.lead_in else "BodyText", block.children)
            case ItemList():
                self._item_list(block, level=0)
            case Fields():
                self._fields(block)
            case Table():
                self._table(block, roomy=roomy)
            case SourceList():
                self._source_list(block)
            case Figure():
                self._figure(block)
            case _:
                assert_never(block)
        if (roomy or ruled) and not isinstance(block, Table) and len(self._body) > before:
            style = self._body[-1].find(f"{W}pPr/{W}pStyle")
            assert style is not None
            name = style.get(_VAL, "")
            style.set(_VAL, "FieldRuled" if ruled else LAST_STYLES.get(name, name))

    def _paragraph(self, style: str, parent: etree._Element | None = None) -> etree._Element:
        paragraph = add(self._body if parent is None else parent, "p")
        add(add(paragraph, "pPr"), "pStyle", val=style)
        return paragraph

    def text(self, style: str, children: Inlines) -> None:
        """Append a paragraph of some inlines."""
        self.inlines.write(self._paragraph(style), children)

    def _heading(self, heading: Heading) -> None:
        paragraph = self._paragraph(f"Heading{min(heading.level, DEEPEST)}")
        self.inlines.write(paragraph, heading.children)
        if heading.aside:
            add_tab(paragraph)
            self.inlines.write(paragraph, heading.aside, "Aside")

    def _fields(self, fields: Fields) -> None:
        for row in fields.rows:
            divided = divided_label(row.label, self._theme)
            if divided is not None:
                paragraph = self._paragraph("Field")
                self.inlines.write(paragraph, on_one_line(divided[0]), "Label")
                add_tab(paragraph)
                if divided[1]:
                    self.inlines.write(paragraph, on_one_line(divided[1]), "Label")
                    add_run(paragraph, "\N{EN SPACE}")
            else:
                paragraph = self._paragraph("FieldStacked")
                self.inlines.write(paragraph, on_one_line(row.label), "Label")
                add_break(paragraph)
            self.inlines.write(paragraph, row.value)

    def _figure(self, figure: Figure) -> None:
        """A picture in a line of its own, its caption on the same page."""
        paragraph = self._paragraph("Figure" if figure.caption else "FigureAlone")
        self.pictures.show(paragraph, figure)
        if figure.caption:
            self.text("Caption", figure.caption)

    def _source_list(self, sources: SourceList) -> None:
        """Numbered paragraphs; each is a bookmark for its citations and ends with a way back to the first."""
        instance = expected = 0
        for entry in sources.entries:
            if entry.number != expected:
                instance = self._list_instance(SOURCES_ID, 0, entry.number)
            expected = entry.number + 1
            paragraph = self._paragraph("Source")
            self._number(paragraph, instance, 0)
            identity = self._bookmarks.start(paragraph, source_bookmark(entry.number))
            self.inlines.write(paragraph, entry.children)
            self._bookmarks.end(paragraph, identity)
            if identity is not None and self.citations.is_cited(entry.number):
                add_run(paragraph, "\N{NO-BREAK SPACE}")
                back = add(paragraph, "hyperlink", anchor=citation_bookmark(entry.number), history=1)
                back.set(W + "tooltip", way_back(entry.number, self._document.spoken))
                add_run(back, "↑", "SourceBack")

    # ---------------------------------------------------------------------------------- lists

    def _item_list(self, items: ItemList, *, level: int) -> None:
        """A list. An item of lists alone has no line of its own; those after it keep their numbers."""
        level = min(level, LIST_LEVELS - 1)
        instance = self._counting if items.continued else BULLETS_NUM_ID
        expected: int | None = items.start if items.continued else None
        style = "ListNumber" if items.ordered else "ListBullet"
        for number, item in enumerate(items.items, items.start):
            if any(isinstance(block, Paragraph) for block in item.blocks):
                if items.ordered and number != expected:
                    instance = self._list_instance(ORDERED_ID, level, number)
                expected = number + 1
                if items.ordered and not level:
                    self._counting = instance
            self._item(item, style=style, instance=instance, level=level)

    def _item(self, item: ListItem, *, style: str, instance: int, level: int) -> None:
        """An item: its first paragraph has its number, wherever among its lists that stands."""
        numbered = False
        depth = min(level + 1, CONTINUE_LEVELS)
        for block in item.blocks:
            match block:
                case Paragraph() if not numbered:
                    paragraph = self._paragraph(style)
                    self._number(paragraph, instance, level)
                    self.inlines.write(paragraph, block.children)
                    numbered = True
                case Paragraph():
                    self.text("ListContinue" if depth == 1 else f"ListContinue{depth}", block.children)
                case ItemList():
                    if block is not item.blocks[0]:
                        _keep(self._body[-1], "keepNext")  # what introduces a list stays with it
                    self._item_list(block, level=level + 1)
                case _:
                    assert_never(block)

    def _number(self, paragraph: etree._Element, instance: int, level: int) -> None:
        numbered = add(paragraph[0], "numPr")
        add(numbered, "ilvl", val=level)
        add(numbered, "numId", val=instance)

    def _list_instance(self, definition: int, level: int, start: int) -> int:
        """A list instance of its own, so that the numbers of each list begin anew (§17.9.15, §17.9.26)."""
        self._lists += 1
        instance = add(self.numbering, "num", numId=self._lists)
        add(instance, "abstractNumId", val=definition)
        add(add(instance, "lvlOverride", ilvl=level), "startOverride", val=start)
        return self._lists

    # --------------------------------------------------------------------------------- tables

    def _table(self, table: Table, *, roomy: bool) -> None:
        if len(self._body) and self._body[-1].tag == _TABLE:
            self._paragraph("TableGap")  # two tables in touch would become one
        widths = column_widths(table, self._theme)
        figures = figure_columns(table)
        element = add(self._body, "tbl")
        properties = add(element, "tblPr")
        add(properties, "tblStyle", val=TABLE_STYLE)
        add(properties, "tblW", w=sum(widths), type="dxa")
        measure, usual = self._theme.page.measure, self._theme.column_gap
        gap = least_gap(len(widths), measure=measure, column_gap=usual)
        if gap < usual:  # else as the style has it
            add(add(properties, "tblCellMar"), "right", w=twips(gap), type="dxa")
        own = TABLE_STYLE not in self._theirs
        # Ours sets the last column without a gap; a style of a house, in bold; and it has bands (§17.4.55).
        add(
            properties, "tblLook", val="0720" if own else "0420", firstRow=1, lastRow=0, firstColumn=0,
            lastColumn=int(own), noHBand=int(own), noVBand=1,
        )  # fmt: skip
        add(properties, "tblCaption", val=table.name)
        add(properties, "tblDescription", val=table_description(table, self._document.spoken))
        grid = add(element, "tblGrid")
        for width in widths:
            add(grid, "gridCol", w=width)
        styles = ["TableHeadFigures" if flush else "TableHead" for flush in figures]
        self._row(element, table.header, widths, styles, header=True)
        for number, row in enumerate(table.rows, start=1):
            last = "Last" if roomy and number == len(table.rows) else ""
            styles = [("TableFigures" if flush else "TableText") + last for flush in figures]
            self._row(element, row, widths, styles, header=False, bound=number == len(table.rows) - 1)

    def _row(
        self,
        table: etree._Element,
        row: Row,
        widths: list[int],
        styles: list[str],
        *,
        header: bool,
        bound: bool = False,
    ) -> None:
        """Append a row; `bound`: no page begins with the row after it, the table's last."""
        element = add(table, "tr")
        properties = add(element, "trPr")
        add(properties, "cantSplit")
        if header:
            add(properties, "tblHeader")  # without a value: some checkers look for the bare element
        for cell, width, style in zip(row.cells, widths, styles, strict=True):
            holder = add(element, "tc")
            add(add(holder, "tcPr"), "tcW", w=width, type="dxa")
            paragraph = self._paragraph(style, holder)
            if bound:
                add(paragraph[0], "keepNext")
            self.inlines.write(paragraph, cell)


def _header_fields(document: Document) -> Fields | None:
    """The fields on top of the memo, which a hairline closes."""
    sections = (section for section in document.sections if section.name == "header")
    blocks = (block for section in sections for block in section.blocks)
    return next((block for block in blocks if isinstance(block, Fields)), None)


def _keep(paragraph: etree._Element, what: str) -> None:
    """Set keepNext or keepLines on a paragraph, once, behind its style in the schema's order."""
    properties = paragraph[0]
    if properties.find(W + what) is None:
        add(properties, what)
        behind = 2 if what == "keepLines" and properties.find(W + "keepNext") is not None else 1
        properties.insert(behind, properties[-1])
