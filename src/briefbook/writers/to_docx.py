"""Document to DOCX (ECMA-376 WordprocessingML, as Word 2013 and later writes it).

`docx_template` fixes the package and its styles once for a theme; here stands what a memo says: the body, its
notes, the instances of its numbered lists, its links, pictures, header, footer and core properties, written
as text (`docx_flow`).
Every look is a style, so that a colleague who edits the memo in Word meets styles and no stray formatting.
"""

from collections.abc import Container, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import assert_never

from briefbook.document import (
    Block,
    Citations,
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
from briefbook.writers.docx_flow import (
    CELL_END,
    Flow,
    WordParagraph,
    WordTable,
    cell_openings,
    in_root,
    quoted,
)
from briefbook.writers.docx_furniture import core_properties, page_footer, page_header
from briefbook.writers.docx_identity import identified
from briefbook.writers.docx_inlines import InlineWriter, notes_of_body
from briefbook.writers.docx_notes import NOTE_KINDS, CitationWriter, link_back, source_bookmark
from briefbook.writers.docx_package import QUICK, Relationships, part_of_text, zip_of_parts
from briefbook.writers.docx_pictures import Pictures
from briefbook.writers.docx_runs import Bookmarks, add_break, add_run, add_tab
from briefbook.writers.docx_styles import (
    CONTINUE_LEVELS,
    LAST_STYLES,
    TABLE_STYLE,
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
    has_notes = document.citations is not Citations.NUMBERED
    body.write(outlined(without_notes(document) if has_notes else document))
    body.end()
    furniture = furniture_of(document)
    written = {
        **dict(body.parts()),
        HEADER: [page_header(furniture.top, theme, 2, banner)],
        FIRST_HEADER: [page_header(furniture.first_top, theme, 1, banner)],
        FIRST_FOOTER: [page_footer(furniture.first_bottom, theme, 1, banner)],
        FOOTER: [page_footer(furniture.bottom, theme, 2, banner)],
        CORE: [core_properties(document)],
    }
    if not theme.first_header:
        del written[FIRST_HEADER]
    if graft is not None:
        from lxml import etree  # which a memo in a look that was printed before needs for nothing else

        theirs = graft.read.package.properties.custom
        roots = {name: etree.fromstring("".join(xml)) for name, xml in written.items()}
        return zip_of_parts(identified(document, graft.package(document, roots, body.pictures.parts), theirs))
    parts = {part.name: part for part in template.fixed_parts}
    parts[NUMBERING] = _kept_numbering(NUMBERING, *written.pop(NUMBERING))
    parts[DOCUMENT_RELS] = _kept_relationships(DOCUMENT_RELS, *written.pop(DOCUMENT_RELS), level=QUICK)
    parts |= {name: part_of_text(name, *xml, level=QUICK) for name, xml in written.items()}
    package = [*(parts[name] for name in PART_ORDER if name in parts), *body.pictures.parts]
    return zip_of_parts(identified(document, package))


# Memos with as many numbered lists have that part in common, those without links this one.
_kept_numbering = lru_cache(maxsize=64)(part_of_text)
_kept_relationships = lru_cache(maxsize=16)(part_of_text)


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
        relationships = Relationships(template.relationships)
        self.citations = CitationWriter(document, bookmarks)
        controls = Controls(bookmarks) if anchors is None else None
        self.inlines = InlineWriter(relationships, self.citations, bookmarks, anchors or (), controls)
        self.pictures = Pictures(relationships, theme)
        self._blocks: list[WordParagraph | WordTable] = []
        self._last_section = ""
        self._numbering = [template.definitions]
        self._document = document
        self._theme = theme
        self._theirs = theirs
        self._section = template.last_section
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
        before = len(self._blocks)
        following = iter([*blocks[1:], None])
        for section in shown.sections:
            begun = len(self._blocks)
            for block in section.blocks:
                then = next(following)
                roomy = then is not None and not isinstance(then, Heading)
                self._block(block, roomy=roomy, ruled=block is ruled)
            if section.together:
                self._keep_together(begun)
        if bookmark:
            first = self._blocks[before]
            assert isinstance(first, WordParagraph)
            self.name(first, bookmark)

    def paragraph(self, style: str) -> WordParagraph:
        """Append a paragraph without words."""
        paragraph = WordParagraph(style=style)
        self._blocks.append(paragraph)
        return paragraph

    def heading(self, level: int, words: Text, bookmark: str = "") -> WordParagraph:
        """Append a heading, with a bookmark of this name if there is one, and return its paragraph."""
        heading = self._heading(Heading(level=level, children=(words,)))
        if bookmark:
            self.name(heading, bookmark)
        return heading

    def name(self, paragraph: WordParagraph, bookmark: str) -> None:
        """Put a paragraph's words into a bookmark."""
        start: Flow = []
        identity = self._bookmarks.start(start, bookmark)
        paragraph.flow[:0] = start
        self._bookmarks.end(paragraph.flow, identity)

    def end_section(self, section: str) -> None:
        """End a section here: its properties stand in its last paragraph (§17.6.18)."""
        self._close_table()
        last = self._blocks[-1]
        assert isinstance(last, WordParagraph)
        last.properties += section

    def end(self, section: str = "", notes: str = "") -> None:
        """Append what stands behind all blocks; the last section is the template's if no other is given.

        `notes`: the bookmark of the heading of endnotes.
        """
        if self._document.notes_title and self.citations.pending:
            self.heading(2 if self._titled else 1, Text(text=self._document.notes_title), notes)
        self._close_table()
        self._last_section = section or self._section

    def _close_table(self) -> None:
        """Put a paragraph behind a table that ends a section.

        Word puts an empty line there, if none is; on a full page that would begin another. This one is a
        point high.
        """
        if self._blocks and isinstance(self._blocks[-1], WordTable):
            self.paragraph("TableGap")

    def parts(self) -> Iterator[tuple[str, list[str]]]:
        """The roots of the parts that the body fills, by name, in pieces."""
        blocks = [block.xml() for block in self._blocks]
        yield DOCUMENT, in_root("document", "<w:body>", *blocks, self._last_section, "</w:body>")
        yield DOCUMENT_RELS, [self.inlines.relationships.xml()]
        yield NUMBERING, in_root("numbering", *self._numbering)
        kind = NOTE_KINDS.get(self._document.citations)
        if kind is not None:
            hanging = kind.style not in self._theirs
            notes, relationships = notes_of_body(kind, self.citations, hanging=hanging)
            yield kind.part, [notes]
            if relationships.entries:
                yield kind.relationships, [relationships.xml()]

    def _keep_together(self, begun: int) -> None:
        """Keep what stands from a place in the body on on one page, lines too (§17.3.1.14, §17.3.1.15)."""
        blocks = self._blocks[begun:]
        for number, block in enumerate(blocks, 1):
            if isinstance(block, WordTable):
                block.keep_together(with_next=number < len(blocks))
                continue
            block.keep_lines = True
            block.keep_next = block.keep_next or number < len(blocks)

    # --------------------------------------------------------------------------------- blocks

    def _block(self, block: Block, *, roomy: bool, ruled: bool) -> None:
        """Append `block`; `roomy`: text follows and wants its distance; `ruled`: a hairline below."""
        before = len(self._blocks)
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
        last = self._blocks[-1] if len(self._blocks) > before else None
        if (roomy or ruled) and isinstance(last, WordParagraph):
            last.style = "FieldRuled" if ruled else LAST_STYLES.get(last.style, last.style)

    def text(self, style: str, children: Inlines) -> None:
        """Append a paragraph of some inlines."""
        self.inlines.write(self.paragraph(style).flow, children)

    def _heading(self, heading: Heading) -> WordParagraph:
        paragraph = self.paragraph(f"Heading{min(heading.level, DEEPEST)}")
        self.inlines.write(paragraph.flow, heading.children)
        if heading.aside:
            add_tab(paragraph.flow)
            self.inlines.write(paragraph.flow, heading.aside, "Aside")
        return paragraph

    def _fields(self, fields: Fields) -> None:
        for row in fields.rows:
            divided = divided_label(row.label, self._theme)
            flow = self.paragraph("Field" if divided is not None else "FieldStacked").flow
            if divided is not None:
                self.inlines.write(flow, on_one_line(divided[0]), "Label")
                add_tab(flow)
                if divided[1]:
                    self.inlines.write(flow, on_one_line(divided[1]), "Label")
                    add_run(flow, "\N{EN SPACE}")
            else:
                self.inlines.write(flow, on_one_line(row.label), "Label")
                add_break(flow)
            self.inlines.write(flow, row.value)

    def _figure(self, figure: Figure) -> None:
        """A picture in a line of its own, its caption on the same page."""
        self.pictures.show(self.paragraph("Figure" if figure.caption else "FigureAlone").flow, figure)
        if figure.caption:
            self.text("Caption", figure.caption)

    def _source_list(self, sources: SourceList) -> None:
        """Numbered paragraphs; each is a bookmark for its citations and ends with a way back to the first."""
        instance = expected = 0
        for entry in sources.entries:
            if entry.number != expected:
                instance = self._list_instance(SOURCES_ID, 0, entry.number)
            expected = entry.number + 1
            paragraph = self.paragraph("Source")
            flow = paragraph.flow
            _number(paragraph, instance, 0)
            identity = self._bookmarks.start(flow, source_bookmark(entry.number))
            self.inlines.write(flow, entry.children)
            self._bookmarks.end(flow, identity)
            if identity is not None and self.citations.is_cited(entry.number):
                flow.append(link_back(entry.number, way_back(entry.number, self._document.spoken)))

    # ---------------------------------------------------------------------------------- lists

    def _item_list(self, items: ItemList, *, level: int) -> None:
        """A list. An item of lists alone has no line of its own; those after it keep their numbers."""
        level = min(level, LIST_LEVELS - 1)
        instance = self._counting if items.continued else BULLETS_NUM_ID
        expected: int | None = items.start if items.continued else None
        style = "ListNumber" if items.ordered else "ListBullet"
        for number, item in enumerate(items.items, items.start):
            if Paragraph in map(type, item.blocks):
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
                    paragraph = self.paragraph(style)
                    _number(paragraph, instance, level)
                    self.inlines.write(paragraph.flow, block.children)
                    numbered = True
                case Paragraph():
                    self.text("ListContinue" if depth == 1 else f"ListContinue{depth}", block.children)
                case ItemList():
                    before = self._blocks[-1] if block is not item.blocks[0] else None
                    if isinstance(before, WordParagraph):
                        before.keep_next = True  # what introduces a list stays with it
                    self._item_list(block, level=level + 1)
                case _:
                    assert_never(block)

    def _list_instance(self, definition: int, level: int, start: int) -> int:
        """A list instance of its own, so that the numbers of each list begin anew (§17.9.15, §17.9.26)."""
        self._lists += 1
        self._numbering.append(
            f'<w:num w:numId="{self._lists}"><w:abstractNumId w:val="{definition}"/>'
            f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride></w:num>'
        )
        return self._lists

    # --------------------------------------------------------------------------------- tables

    def _table(self, table: Table, *, roomy: bool) -> None:
        if self._blocks and isinstance(self._blocks[-1], WordTable):
            self.paragraph("TableGap")  # two tables in touch would become one
        widths = column_widths(table, self._theme)
        made = WordTable(self._table_head(table, widths))
        self._blocks.append(made)
        figures = figure_columns(table)
        heads = ["TableHeadFigures" if flush else "TableHead" for flush in figures]
        made.begin_row(repeats=True)
        self._cells(made, table.header, cell_openings(widths, heads))
        made.end_row()
        usual = ["TableFigures" if flush else "TableText" for flush in figures]
        openings = cell_openings(widths, usual)
        last = len(table.rows)
        for number, row in enumerate(table.rows, start=1):
            if number == last - 1:  # no page begins with the table's last row
                openings = cell_openings(widths, usual, keep_next=True)
            elif number == last:
                openings = cell_openings(widths, [f"{style}Last" for style in usual] if roomy else usual)
            made.begin_row()
            self._cells(made, row, openings)
            made.end_row()

    def _table_head(self, table: Table, widths: list[int]) -> str:
        """The properties of a table (§17.4.59) and its grid."""
        measure, usual = self._theme.page.measure, self._theme.column_gap
        gap = least_gap(len(widths), measure=measure, column_gap=usual)
        margins = ""  # as the style has them
        if gap < usual:
            margins = f'<w:tblCellMar><w:right w:w="{twips(gap)}" w:type="dxa"/></w:tblCellMar>'
        # Ours sets the last column without a gap; a style of a house, in bold; and it has bands (§17.4.55).
        own = int(TABLE_STYLE not in self._theirs)
        grid = "".join([f'<w:gridCol w:w="{width}"/>' for width in widths])
        return (
            f'<w:tblPr><w:tblStyle w:val="{TABLE_STYLE}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>{margins}'
            f'<w:tblLook w:val="{"0720" if own else "0420"}" w:firstRow="1" w:lastRow="0" w:firstColumn="0"'
            f' w:lastColumn="{own}" w:noHBand="{own}" w:noVBand="1"/>'
            f'<w:tblCaption w:val="{quoted(table.name)}"/>'
            f'<w:tblDescription w:val="{quoted(table_description(table, self._document.spoken))}"/></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>"
        )

    def _cells(self, made: WordTable, row: Row, openings: list[str]) -> None:
        """Append the cells of a row, each a paragraph."""
        flow, write = made.flow, self.inlines.write
        for inlines, opening in zip(row.cells, openings, strict=True):
            flow.append(opening)
            write(flow, inlines)
            flow.append(CELL_END)


def _header_fields(document: Document) -> Fields | None:
    """The fields on top of the memo, which a hairline closes."""
    sections = (section for section in document.sections if section.name == "header")
    blocks = (block for section in sections for block in section.blocks)
    return next((block for block in blocks if isinstance(block, Fields)), None)


def _number(paragraph: WordParagraph, instance: int, level: int) -> None:
    """Let a paragraph be an item of a list (§17.3.1.19)."""
    paragraph.properties += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{instance}"/></w:numPr>'
