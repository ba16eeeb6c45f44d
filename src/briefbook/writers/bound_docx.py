"""Binder to DOCX: one package, each memo a section of its own.

The rows of contents and index hold PAGEREF fields (ECMA-376 Part 1 §17.16.5.43). Their results stand in them
already, by our own layout: Word lays the same text out anew, and counts when it is asked to.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import partial

from lxml import etree

from briefbook.binder import Binder, IndexEntry, Tab
from briefbook.document import Paragraph, furniture_of
from briefbook.writers.banner import roomed
from briefbook.writers.bound_layout import BoundPages, Mention, lay_out_bound
from briefbook.writers.bound_look import COLUMN_GAP, TAB_WIDTH, bound_theme, cover_theme
from briefbook.writers.docx_columns import lines_of_banner
from briefbook.writers.docx_furniture import banner_footer, banner_header, banner_paragraphs, core_properties
from briefbook.writers.docx_identity import identified
from briefbook.writers.docx_inlines import anchor_bookmark
from briefbook.writers.docx_package import Part, add_relationship, part_of_xml, zip_of_parts
from briefbook.writers.docx_runs import add_field, add_mark, add_run, add_tab
from briefbook.writers.docx_styles import NSMAP, Element, R, W, add, add_language, twips
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
from briefbook.writers.faces import measure_of
from briefbook.writers.logo import with_logo
from briefbook.writers.placed import Owner
from briefbook.writers.theme import Theme
from briefbook.writers.to_docx import Body

_KINDS = {"hdr": "header", "ftr": "footer"}  # the root of a part, and what its name begins with
_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml."


def write_bound_docx(binder: Binder, theme: Theme) -> bytes:
    """The bytes of a DOCX of a binder in our own look, whatever the house's file; same input, same bytes."""
    binder = replace(binder, cover=with_logo(binder.cover, theme))
    theme = bound_theme(replace(theme, house=None))
    laid = lay_out_bound(binder, theme, measure_of(theme))
    banner = binder.cover.banner
    theme = roomed(theme, banner, len(lines_of_banner(banner, theme)))
    template = template_for(theme, binder.cover.language, binder.cover.citations, banner)
    anchors = {anchor for some in laid.mentions.values() for mention in some for _, anchor in mention.ends}
    body = Body(binder.whole, theme, template, anchors=anchors)
    furniture = _Furniture(template, body.inlines.relationships)
    _Book(binder, theme, laid, body, furniture).write()
    parts = {part.name: part for part in template.fixed_parts}
    parts |= {name: part_of_xml(name, root) for name, root in body.roots()}
    parts[CORE] = part_of_xml(CORE, core_properties(binder.cover))
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
        for written, section in others:
            written()
            body.end_section(section)
        last[0]()
        body.end(last[1], bookmark_of("notes"))

    # ---------------------------------------------------------------------------------- sections

    def _cover_section(self) -> Element:
        """A page with nothing around its text, which begins lower."""
        banner = self._binder.cover.banner
        around = (
            () if banner is None else (banner_header(banner, self._theme), banner_footer(banner, self._theme))
        )
        section = self._furniture.section(*around)
        margins = section.find(W + "pgMar")
        assert margins is not None
        margins.set(W + "top", str(twips(cover_theme(self._theme).page.top)))
        return section

    def _section(self, page: int, tab: Tab | None = None) -> Element:
        """A section that begins on a page: what stands around its text is the memo's, else the book's."""
        document = self._binder.cover if tab is None else tab.document
        head = add_furniture("hdr", self._binder.cover.title if tab is None else document.reference)
        if tab is not None:
            add_tab(head[0])
            add_run(head[0], tab.label)
        if self._binder.cover.banner is not None:
            head[:0] = banner_paragraphs(self._binder.cover.banner, self._theme)
        if document.footer not in furniture_of(document).once:
            return self._furniture.section(head, self._foot(document.footer, page))
        section = self._furniture.section(head, self._foot("", page))
        self._furniture.begin(section, self._foot(document.footer, page))
        return section

    def _foot(self, words: str, page: int) -> Element:
        """A footer of some words and the page's number, with the banner below."""
        foot = add_furniture("ftr", words)
        add_tab(foot[0])
        add_field(foot[0], "PAGE", str(page))
        if self._binder.cover.banner is not None:
            foot.extend(banner_paragraphs(self._binder.cover.banner, self._theme))
        return foot

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
            link = add(paragraph, "hyperlink", anchor=bookmark_of(row.place), history=1)
            if row.label:
                add_run(link, row.label)
            add_tab(link)
            title = add_run(link, f"{row.title} ")  # spaces before and behind the dots
            if row.language is not None:
                properties = etree.Element(W + "rPr")
                add_language(properties, row.language)
                title.insert(0, properties)
            add_tab(link)
            add_run(link, " ")
            add_field(link, f"PAGEREF {bookmark_of(row.place)} \\h", str(row.page))

    def _widen(self, row: Element) -> None:
        """Give a row's labels their room where they need more than the style has."""
        if self._laid.tab_width > TAB_WIDTH:
            properties, width = row[0], twips(self._laid.tab_width)
            tabs = add(properties, "tabs")
            add(tabs, "tab", val="clear", pos=twips(TAB_WIDTH))
            add(tabs, "tab", val="left", pos=width)
            add(properties, "ind", left=width, hanging=width)

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
                    add(paragraph[0], "keepNext")
                self._turn_at(paragraph, Owner(block=block + 2, path=(row,)))
                self._entry(paragraph, entry, next(mentions))
            block += 2

    def _turn_at(self, paragraph: Element, owner: Owner) -> None:
        """Begin the right column with a paragraph where our own layout does."""
        if owner == self._laid.turn:
            add_mark(paragraph, "br", type="column")
            paragraph.insert(1, paragraph[-1])  # behind its properties

    def _entry(self, paragraph: Element, entry: IndexEntry, mentions: Sequence[Mention]) -> None:
        name = add_run(paragraph, entry.words)
        if entry.language is not None:
            properties = etree.Element(W + "rPr")
            add_language(properties, entry.language)
            name.insert(0, properties)
        for mention in mentions:
            for end, (page, anchor) in enumerate(mention.ends):
                add_run(paragraph, "–" if end else ", ")
                add_field(paragraph, f"PAGEREF {anchor_bookmark(anchor)} \\h", str(page))


def bookmark_of(place: str) -> str:
    """The bookmark of a place that the contents lead to."""
    return place.replace(".", "_")


def add_furniture(kind: str, words: str) -> Element:
    """A header (`hdr`) or footer (`ftr`) that begins with some words."""
    root = etree.Element(W + kind, nsmap=NSMAP)
    paragraph = add(root, "p")
    add(add(paragraph, "pPr"), "pStyle", val=_KINDS[kind].title())
    if words:
        add_run(paragraph, words)
    return root


class _Furniture:
    """The headers and footers of a package, and the sections that have them."""

    def __init__(self, template: Template, relationships: Element) -> None:
        """`relationships` of the main document grow by one for each header and footer."""
        self.parts: dict[str, Part] = {}
        self.content_types = deepcopy(template.content_types)
        self._relationships = relationships
        self._template = template.section
        self._known = {entry.get("Target", ""): entry.get("Id", "") for entry in relationships}
        has_first = FIRST_HEADER.removeprefix("word/") in self._known
        headers = [HEADER, FIRST_HEADER] if has_first else [HEADER]
        self._free = {"hdr": headers, "ftr": [FIRST_FOOTER, FOOTER]}  # which the template has already

    def section(self, *around: Element) -> Element:
        """The properties of a section with this header and footer, if any."""
        section = deepcopy(self._template)
        for name in ("headerReference", "footerReference", "titlePg"):
            for element in section.findall(W + name):
                section.remove(element)
        for number, root in enumerate(around):
            kind = _KINDS[etree.QName(root).localname]
            reference = etree.Element(f"{W}{kind}Reference")
            reference.set(W + "type", "default")
            reference.set(R + "id", self._add(root))
            section.insert(number, reference)
        return section

    def begin(self, section: Element, footer: Element) -> None:
        """Let the first page of a section have another footer, below the same header."""
        header = section.find(W + "headerReference")
        assert header is not None
        kept = ((0, "headerReference", header.get(R + "id", "")), (2, "footerReference", self._add(footer)))
        for number, name, identity in kept:
            section.insert(number, section.makeelement(W + name, {W + "type": "first", R + "id": identity}))
        add(section, "titlePg")

    def _add(self, root: Element) -> str:
        """Make a part of a header or footer and return the identity by which sections name it."""
        tag = etree.QName(root).localname
        kind = _KINDS[tag]
        if self._free[tag]:
            name = self._free[tag].pop(0)
            identity = self._known[name.removeprefix("word/")]
        else:
            number = sum(name.startswith(f"word/{kind}") for name in self.parts) + 1
            name = f"word/{kind}{number}.xml"
            identity = add_relationship(self._relationships, _RELATIONSHIP + kind, name.removeprefix("word/"))
            override = etree.SubElement(self.content_types, self.content_types[-1].tag)
            override.set("PartName", f"/{name}")
            override.set("ContentType", f"{_CONTENT}{kind}+xml")
        self.parts[name] = part_of_xml(name, root)
        return identity
