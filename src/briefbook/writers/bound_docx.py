"""Binder to DOCX: one package, each memo a section of its own.

The rows of contents and index hold PAGEREF fields (ECMA-376 Part 1 §17.16.5.43). Their results stand in them
already, by our own layout: Word lays the same text out anew, and counts when it is asked to.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import partial

from lxml import etree

from briefbook.binder import Binder, IndexEntry, Tab
from briefbook.document import Paragraph, furniture_of
from briefbook.writers.banner import roomed
from briefbook.writers.bound_book import LaidBook, laid_book
from briefbook.writers.bound_layout import BoundPages, Mention
from briefbook.writers.bound_look import COLUMN_GAP, TAB_WIDTH, cover_theme
from briefbook.writers.docx_columns import lines_of_banner
from briefbook.writers.docx_flow import Flow, WordParagraph, written
from briefbook.writers.docx_furniture import Around, around, core_properties, line_of
from briefbook.writers.docx_identity import identified
from briefbook.writers.docx_inlines import anchor_bookmark
from briefbook.writers.docx_package import Part, Relationships, part_of_text, part_of_xml, zip_of_parts
from briefbook.writers.docx_runs import add_field, add_mark, add_run, add_tab, language_of_run
from briefbook.writers.docx_styles import Element, R, W, add, twips
from briefbook.writers.docx_template import (
    CONTENT_TYPES,
    CORE,
    FIRST_FOOTER,
    FIRST_HEADER,
    FOOTER,
    HEADER,
    PART_ORDER,
    Template,
    template_for,
)
from briefbook.writers.placed import Owner
from briefbook.writers.theme import Theme
from briefbook.writers.to_docx import Body

_KINDS: dict[Around, str] = {
    "hdr": "header",
    "ftr": "footer",
}  # the root of a part, what its name begins with
_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml."


def write_bound_docx(binder: Binder, theme: Theme) -> bytes:
    """The bytes of a DOCX of a binder in our own look, whatever the house's file; same input, same bytes."""
    return docx_of_book(laid_book(binder, replace(theme, house=None)))


def docx_of_book(book: LaidBook) -> bytes:
    """The bytes of a DOCX of a book that is laid out, in a theme without a house's file."""
    binder, laid = book.binder, book.laid
    banner = binder.cover.banner
    theme = roomed(book.theme, banner, len(lines_of_banner(banner, book.theme)))
    template = template_for(theme, binder.cover.language, binder.cover.citations, banner)
    anchors = {anchor for some in laid.mentions.values() for mention in some for _, anchor in mention.ends}
    body = Body(binder.whole, theme, template, anchors=anchors)
    furniture = _Furniture(template, body.inlines.relationships)
    _Book(binder, theme, laid, body, furniture).write()
    parts = {part.name: part for part in template.fixed_parts}
    parts |= {name: part_of_text(name, *xml) for name, xml in body.parts()}
    parts[CORE] = part_of_text(CORE, core_properties(binder.cover))
    parts[CONTENT_TYPES] = part_of_xml(CONTENT_TYPES, furniture.content_types)
    parts |= furniture.parts
    order = [*PART_ORDER, *(name for name in furniture.parts if name not in PART_ORDER)]
    package = [*(parts[name] for name in order if name in parts), *body.pictures.parts]
    return zip_of_parts(identified(binder.cover, package))


class _Book:
    """Writes the parts of a book into a body, one after the other."""

    def __init__(
        self, binder: Binder, theme: Theme, laid: BoundPages, body: Body, furniture: "_Furniture"
    ) -> None:
        self._binder = binder
        self._theme = theme
        self._laid = laid
        self._body = body
        self._furniture = furniture

    def write(self) -> None:
        """Cover, contents, tabs, sources, index, notes: each a section of its own."""
        binder, body, laid = self._binder, self._body, self._laid
        pages = {row.place: row.page for row in laid.rows}
        parts: list[tuple[Callable[[], None], Element]] = [
            (self._cover, self._cover_section()),
            (self._contents, self._section(laid.contents)),
        ]
        for number, tab in enumerate(binder.tabs, 1):
            place = f"tab.{number}"
            write = partial(body.write, tab.document, bookmark_of(place))
            parts.append((write, self._section(pages[place], tab)))
        if laid.parts.sources is not None:
            listed = partial(body.write, laid.parts.sources[0], bookmark_of("sources"))
            parts.append((listed, self._section(pages["sources"])))
        if binder.index:
            section = self._section(pages["index"])
            add(section, "cols", num=2, space=twips(COLUMN_GAP))
            parts.append((self._index, section))
        if laid.parts.notes is not None:
            parts.append((lambda: None, self._section(pages["notes"])))  # Word puts endnotes at the end
        *others, last = parts
        for write_part, section in others:
            write_part()
            body.end_section(written(section))
        last[0]()
        body.end(written(last[1]), bookmark_of("notes"))

    # ---------------------------------------------------------------------------------- sections

    def _cover_section(self) -> Element:
        """A page with nothing around its text, which begins lower."""
        kinds: tuple[Around, ...] = () if self._binder.cover.banner is None else ("hdr", "ftr")
        section = self._furniture.section({kind: self._around(kind) for kind in kinds})
        margins = section.find(W + "pgMar")
        assert margins is not None
        margins.set(W + "top", str(twips(cover_theme(self._theme).page.top)))
        return section

    def _section(self, page: int, tab: Tab | None = None) -> Element:
        """A section that begins on a page: what stands around its text is the memo's, else the book's."""
        document = self._binder.cover if tab is None else tab.document
        line = line_of("hdr", self._binder.cover.title if tab is None else document.reference)
        if tab is not None:
            add_tab(line.flow)
            add_run(line.flow, tab.label)
        head = self._around("hdr", line)
        if document.footer not in furniture_of(document).once:
            return self._furniture.section({"hdr": head, "ftr": self._foot(document.footer, page)})
        section = self._furniture.section({"hdr": head, "ftr": self._foot("", page)})
        self._furniture.begin(section, self._foot(document.footer, page))
        return section

    def _foot(self, words: str, page: int) -> str:
        """A footer of some words and the page's number, with the banner below."""
        line = line_of("ftr", words)
        add_tab(line.flow)
        add_field(line.flow, "PAGE", str(page))
        return self._around("ftr", line)

    def _around(self, kind: Around, *lines: WordParagraph) -> str:
        """A header or footer of some lines, with the book's banner."""
        return around(kind, lines, self._binder.cover.banner, self._theme)

    # ------------------------------------------------------------------------ contents and index

    def _cover(self) -> None:
        """What the cover says; its running text is what the book is."""
        for section in self._binder.cover.sections:
            for block in section.blocks:
                if isinstance(block, Paragraph):
                    self._body.text("Subtitle", block.children)
                else:
                    alone = replace(section, blocks=(block,))
                    self._body.write(replace(self._binder.cover, sections=(alone,)))

    def _contents(self) -> None:
        self._body.heading(2, self._binder.contents_title)
        for row in self._laid.rows:
            paragraph = self._body.paragraph("TOC1")
            self._widen(paragraph)
            flow = paragraph.flow
            flow.append(f'<w:hyperlink w:anchor="{bookmark_of(row.place)}" w:history="1">')
            if row.label:
                add_run(flow, row.label)
            add_tab(flow)
            language = "" if row.language is None else language_of_run(row.language)
            add_run(flow, f"{row.title} ", direct=language)  # spaces before and behind the dots
            add_tab(flow)
            add_run(flow, " ")
            add_field(flow, f"PAGEREF {bookmark_of(row.place)} \\h", str(row.page))
            flow.append("</w:hyperlink>")

    def _widen(self, row: WordParagraph) -> None:
        """Give a row's labels their room where they need more than the style has."""
        if self._laid.tab_width > TAB_WIDTH:
            width = twips(self._laid.tab_width)
            row.properties += (
                f'<w:tabs><w:tab w:val="clear" w:pos="{twips(TAB_WIDTH)}"/>'
                f'<w:tab w:val="left" w:pos="{width}"/></w:tabs><w:ind w:left="{width}" w:hanging="{width}"/>'
            )

    def _index(self) -> None:
        self._body.heading(2, self._binder.index_title, bookmark_of("index"))
        mentions = iter(self._laid.mentions.values())
        block = self._laid.parts.index
        for group in self._binder.index:
            heading = self._body.heading(3, group.title)
            self._turn_at(heading, Owner(block=block + 1))
            for row, entry in enumerate(group.entries):
                paragraph = self._body.paragraph("Index1")
                if row == 0 and len(group.entries) > 1:
                    paragraph.keep_next = True
                self._turn_at(paragraph, Owner(block=block + 2, path=(row,)))
                self._entry(paragraph.flow, entry, next(mentions))
            block += 2

    def _turn_at(self, paragraph: WordParagraph, owner: Owner) -> None:
        """Begin the right column with a paragraph where our own layout does."""
        if owner == self._laid.turn:
            turn: Flow = []
            add_mark(turn, 'br w:type="column"')
            paragraph.flow[:0] = turn

    def _entry(self, flow: Flow, entry: IndexEntry, mentions: Sequence[Mention]) -> None:
        language = "" if entry.language is None else language_of_run(entry.language)
        add_run(flow, entry.words, direct=language)
        for mention in mentions:
            for end, (page, anchor) in enumerate(mention.ends):
                add_run(flow, "–" if end else ", ")
                add_field(flow, f"PAGEREF {anchor_bookmark(anchor)} \\h", str(page))


def bookmark_of(place: str) -> str:
    """The bookmark of a place that the contents lead to."""
    return place.replace(".", "_")


class _Furniture:
    """The headers and footers of a package, and the sections that have them."""

    def __init__(self, template: Template, relationships: Relationships) -> None:
        """`relationships` of the main document grow by one for each header and footer."""
        self.parts: dict[str, Part] = {}
        self.content_types = deepcopy(template.content_types)
        self._relationships = relationships
        self._template = template.section
        references = template.section.iterchildren(W + "headerReference", W + "footerReference")
        known = {(entry.tag, entry.get(W + "type")): entry.get(R + "id", "") for entry in references}
        # Those that the template has already, with the identities by which sections name them.
        self._free: dict[Around, list[tuple[str, str]]] = {"hdr": [], "ftr": []}
        own: tuple[tuple[Around, str, str], ...] = (
            ("hdr", "default", HEADER),
            ("hdr", "first", FIRST_HEADER),
            ("ftr", "first", FIRST_FOOTER),
            ("ftr", "default", FOOTER),
        )
        for kind, page, name in own:
            identity = known.get((f"{W}{_KINDS[kind]}Reference", page))
            if identity is not None:
                self._free[kind].append((name, identity))
        self._counts: dict[Around, int] = {"hdr": 0, "ftr": 0}

    def section(self, furniture: Mapping[Around, str]) -> Element:
        """The properties of a section with this header and footer, if any."""
        section = deepcopy(self._template)
        for name in ("headerReference", "footerReference", "titlePg"):
            for element in section.findall(W + name):
                section.remove(element)
        for number, (kind, xml) in enumerate(furniture.items()):
            identity = {W + "type": "default", R + "id": self._add(kind, xml)}
            section.insert(number, section.makeelement(f"{W}{_KINDS[kind]}Reference", identity))
        return section

    def begin(self, section: Element, footer: str) -> None:
        """Let the first page of a section have another footer, below the same header."""
        header = section.find(W + "headerReference")
        assert header is not None
        first = self._add("ftr", footer)
        kept = ((0, "headerReference", header.get(R + "id", "")), (2, "footerReference", first))
        for number, name, identity in kept:
            section.insert(number, section.makeelement(W + name, {W + "type": "first", R + "id": identity}))
        add(section, "titlePg")

    def _add(self, kind: Around, xml: str) -> str:
        """Make a part of a header or footer and return the identity by which sections name it."""
        self._counts[kind] += 1
        if self._free[kind]:
            name, identity = self._free[kind].pop(0)
        else:
            name = f"word/{_KINDS[kind]}{self._counts[kind]}.xml"
            identity = self._relationships.add(_RELATIONSHIP + _KINDS[kind], name.removeprefix("word/"))
            override = etree.SubElement(self.content_types, self.content_types[-1].tag)
            override.set("PartName", f"/{name}")
            override.set("ContentType", f"{_CONTENT}{_KINDS[kind]}+xml")
        self.parts[name] = part_of_text(name, xml)
        return identity
