"""A memo grafted into a house's own Word file: its cover, letterhead, sheet and styles, and our text.

The memo's parts are made as they always are, in a theme of the house's measures; here they are put among the
house's. Nothing of the house's is written anew but what must agree with ours: styles, lists, settings.
"""

import posixpath
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache

from lxml import etree

from briefbook.document import Citations, Document
from briefbook.frozen import frozen
from briefbook.marking import Banner
from briefbook.writers.docx_notes import NOTE_KINDS
from briefbook.writers.docx_package import (
    QUICK,
    Part,
    add_relationship,
    blank_relationships,
    part_of_bytes,
    part_of_xml,
)
from briefbook.writers.docx_styles import BANNER_STYLE, R_NS, Element, R, W, add, twips
from briefbook.writers.docx_template import (
    CONTENT_TYPES,
    CORE,
    DOCUMENT,
    DOCUMENT_RELS,
    FIRST_FOOTER,
    FIRST_HEADER,
    FOOTER,
    HEADER,
    NUMBERING,
    PACKAGE_RELS,
    SETTINGS,
    STYLES,
    Template,
    template_for,
)
from briefbook.writers.grafted_banner import (
    BANNER_TYPES,
    add_banner_relationships,
    banner_parts,
    bannered_parts,
    give_banners,
)
from briefbook.writers.grafted_numbering import GraftedNumbering, grafted_numbering, own_num_ids
from briefbook.writers.grafted_sections import GraftedSections, grafted_sections
from briefbook.writers.grafted_settings import grafted_settings
from briefbook.writers.grafted_styles import GraftedStyles, grafted_styles
from briefbook.writers.house_file import ReadHouse, chosen_styles, read_house
from briefbook.writers.house_filling import MemoWords, fill, has_places, words_of
from briefbook.writers.house_package import Relationship
from briefbook.writers.house_properties import CORE_NS, CUSTOM, KINDS
from briefbook.writers.theme import Theme, coloured, enlarged

_VAL = W + "val"
_OFFICE = ("word/fontTable.xml", "word/theme/theme1.xml")  # ours, where a house has none
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_CORE_PROPERTIES = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_FILLED = ("word/house-header", "word/house-footer")
_FURNITURE = frozenset({HEADER, FIRST_HEADER, FIRST_FOOTER, FOOTER})
_WIDEST_FACE = 1.18  # against Cambria: Verdana in usual words
_APART = 1_000_000  # what is added to the house's ids of bookmarks and drawings, so that ours stand apart
_DRAWING_NAME = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_NAMED = tuple(W + tag for tag in ("pStyle", "rStyle", "tblStyle"))


@frozen
class Graft:
    """What one house, one theme and one language fix for all memos. The elements are models."""

    theme: Theme  # in the house's measures
    measures: Theme  # the same for whoever guesses how much room a text takes
    template: Template  # ours in that theme
    read: ReadHouse
    styles: GraftedStyles
    numbering: GraftedNumbering
    shell: Element  # w:document with the cover
    sections: GraftedSections
    fixed_parts: tuple[Part, ...]
    open_parts: Mapping[str, Element]  # headers and footers with places for a memo's words, by name
    prefix: str  # before our ids of relationships: none of the house's begins so
    banner: Banner | None = None

    def package(
        self, document: Document, roots: Mapping[str, Element], pictures: Sequence[Part]
    ) -> list[Part]:
        """The parts of a DOCX, in order, from the parts that a memo makes, by name."""
        skipped = _FURNITURE if self.sections.has_furniture else frozenset()
        words = words_of(document, self.read.package.properties)
        made = {name: root for name, root in roots.items() if name not in skipped}
        made[DOCUMENT] = self._document(roots[DOCUMENT], words)
        made[NUMBERING] = self.numbering.with_instances(roots[NUMBERING])
        made[DOCUMENT_RELS] = self._relationships(roots[DOCUMENT_RELS], skipped)
        for name, root in made.items():
            if name not in (DOCUMENT, NUMBERING, DOCUMENT_RELS):
                self._rename(root)
        for name in {FIRST_FOOTER, FOOTER} & made.keys():
            for paragraph in made[name].iterfind(W + "p"):
                self._set_flush_right(paragraph)
        if words.words["category"]:
            etree.SubElement(made[CORE], f"{{{CORE_NS}}}category").text = words.words["category"]
        if self.banner is not None:
            alone = banner_parts(self.banner, self.theme)
            made |= alone
            for name in alone:
                self._rename(made[name])
        for name, root in self.open_parts.items():
            made[name] = deepcopy(root)
            fill(made[name], words)
        fixed = [part for part in self.fixed_parts if part.name not in made]
        content_types = part_of_xml(CONTENT_TYPES, _content_types(self.template, self.read, list(made)))
        own = [part_of_xml(name, root, level=QUICK) for name, root in made.items()]
        return [content_types, *own, *fixed, *pictures]

    def _document(self, own: Element, words: MemoWords) -> Element:
        root = deepcopy(self.shell)
        fill(root, words)
        body, memo = root.find(W + "body"), own.find(W + "body")
        assert body is not None
        assert memo is not None
        memo.remove(memo[-1])  # our section
        self._rename(memo)
        for element in memo.iter():
            for attribute, value in element.items():
                if str(attribute).startswith(R):
                    element.set(attribute, self.prefix + str(value))
        self._set_headings(memo)
        body.extend(list(memo))
        for element in self.sections.behind:
            body.append(_set_apart(element))
            fill(body[-1], words)
        body.append(deepcopy(self.sections.last))
        if self.banner is not None:
            give_banners(root, self.prefix)
        return root

    def _rename(self, root: Element) -> None:
        """Call styles and lists as they are called here."""
        for named in root.iter(*_NAMED):
            identity = named.get(_VAL, "")
            named.set(_VAL, self.styles.ids.get(identity, identity))
        for number in root.iter(W + "numId"):
            number.set(_VAL, str(int(number.get(_VAL, "0")) + self.numbering.num_ids_from))

    def _set_headings(self, memo: Element) -> None:
        """What stands flush right beside a heading needs a tab stop that a house's heading does not have."""
        theirs = {self.styles.ids[our] for our in self.styles.theirs if our.startswith("Heading")}
        for paragraph in memo.iterfind(W + "p"):
            if paragraph[0][0].get(_VAL) in theirs and paragraph.find(f"{W}r/{W}tab") is not None:
                self._set_flush_right(paragraph)

    def _set_flush_right(self, paragraph: Element) -> None:
        """Let what stands behind the tab end at the right margin, whatever stops the house's style has."""
        properties = paragraph[0]
        identity = properties[0].get(_VAL, "")
        if identity not in self.read.by_id:
            return  # ours, with its stop
        right = twips(self.theme.page.measure)
        tabs = add(properties, "tabs")
        for position in sorted(self.read.tab_stops(identity) | {right}):
            add(tabs, "tab", val="right" if position == right else "clear", pos=position)
        if self.read.resolved(identity, "pPr/jc") in ("center", "right", "end", "both"):
            add(properties, "jc", val="left")

    def _relationships(self, own: Element, skipped: frozenset[str]) -> Element:
        """The house's relationships that are kept, and ours to what is not the house's."""
        kept = self.read.package.document.relationships
        root = _relationships_root(kept, "word")
        given = {relationship.target for relationship in kept}
        for entry in own:
            target = posixpath.join("word", entry.get("Target", ""))
            if entry.get("TargetMode") != "External" and (target in given or target in skipped):
                continue
            entry = deepcopy(entry)
            entry.set("Id", self.prefix + entry.get("Id", ""))
            root.append(entry)
        if self.banner is not None:
            add_banner_relationships(root, self.prefix)
        return root


@lru_cache(maxsize=16)
def graft_for(theme: Theme, language: str, citations: Citations, banner: Banner | None = None) -> Graft:
    """The graft for the house in `theme`; kept for a build's many memos. Raises HouseRefused."""
    house = theme.house
    assert house is not None
    read, chosen = read_house(house), chosen_styles(house)
    theme = _in_measures_of(read, chosen, theme)
    template = template_for(theme, language, citations, banner)
    styles = grafted_styles(read, chosen, theme, language, num_ids_from=own_num_ids(read), banner=banner)
    numbering = grafted_numbering(read, template.numbering, styles.ids, styles.theirs)
    kept = read.package.document.relationships
    prefix = "memo"
    while any(relationship.id.startswith(prefix) for relationship in kept):
        prefix += "_"
    bannered = bannered_parts(read, banner, theme, styles.ids[BANNER_STYLE]) if banner else {}
    return Graft(
        theme=theme,
        measures=_roomy(theme),
        template=template,
        read=read,
        styles=styles,
        numbering=numbering,
        shell=_shell(read),
        sections=grafted_sections(read, template.section, prefix, NOTE_KINDS.get(citations)),
        fixed_parts=tuple(_fixed_parts(read, styles, template, citations)),
        open_parts={
            name: _set_apart(bannered.get(name, part.root))
            for name, part in read.package.parts.items()
            if part.root is not None and name.startswith(_FILLED) and (banner or has_places(part.root))
        },
        prefix=prefix,
        banner=banner,
    )


def _in_measures_of(read: ReadHouse, chosen: Mapping[str, str], theme: Theme) -> Theme:
    """Our theme in the house's sheet, face and size; in the colour of its headings where these have one."""
    by = read.text_size(chosen) / theme.body.size
    accent = read.accent(chosen) or theme.accent  # links beside headings of another colour are ugly
    theme = coloured(theme, ink=theme.ink, accent=accent, quiet=theme.quiet, hairline=theme.hairline)
    theme = enlarged(theme, by)
    return replace(
        theme,
        page=read.page,
        first_header=False,
        label_width=theme.label_width * _WIDEST_FACE,
        docx_face=read.face(chosen) or theme.docx_face,
    )


def _roomy(theme: Theme) -> Theme:
    """The theme as if its text ran wider: nobody knows how wide a house's face is where the memo is read."""
    styles = {name: getattr(theme, name) for name in ("label", "table_head", "table_cell")}
    return replace(
        theme, **{name: replace(style, size=style.size * _WIDEST_FACE) for name, style in styles.items()}
    )


def _shell(read: ReadHouse) -> Element:
    """w:document as the house has it, with its cover alone."""
    house_root = read.package.document.root
    assert house_root is not None
    root = deepcopy(house_root)
    for child in list(root):
        if child.tag != W + "background":
            root.remove(child)
    body = add(root, "body")
    body.extend(_set_apart(element) for element in read.before)
    return root


def _set_apart(house: Element) -> Element:
    """A copy of what is the house's, with ids of bookmarks and drawings that none of ours has."""
    root = deepcopy(house)
    for element in root.iter(W + "bookmarkStart", W + "bookmarkEnd"):
        _move_id(element, W + "id")
    for element in root.iter(_DRAWING_NAME):
        _move_id(element, "id")
    return root


def _move_id(element: Element, name: str) -> None:
    number = element.get(name, "")
    if number.isdecimal() and len(number) < 10:
        element.set(name, str(int(number) + _APART))


# ------------------------------------------------------------------------------------------ parts


def _fixed_parts(
    read: ReadHouse, styles: GraftedStyles, template: Template, citations: Citations
) -> list[Part]:
    parts = [part_of_xml(STYLES, styles.root)]
    package = blank_relationships()
    add_relationship(package, f"{R_NS}/officeDocument", DOCUMENT)
    add_relationship(package, _CORE_PROPERTIES, CORE)
    for name, properties in read.package.properties.parts():
        parts.append(part_of_xml(name, properties))
        add_relationship(package, KINDS[name][0], name)
    add_relationship(package, KINDS[CUSTOM][0], CUSTOM)  # which the writer makes last
    parts.insert(0, part_of_xml(PACKAGE_RELS, package))
    own = {part.name: part for part in template.fixed_parts}
    settings = read.package.root(SETTINGS)
    ends = read.has_own_section
    if settings is None and not ends:
        parts.append(own[SETTINGS])
    else:
        theirs = template.settings if settings is None else settings
        kind = NOTE_KINDS.get(citations)
        made = grafted_settings(theirs, template.settings, kind, ends_before_closing=ends)
        parts.append(part_of_xml(SETTINGS, made))
    parts += [part for name, part in own.items() if name in _OFFICE and name not in read.package.parts]
    for name, part in read.package.parts.items():
        if name not in (STYLES, NUMBERING, SETTINGS):
            root = read.package.root(name) if b"docPr" in part.data and name.endswith(".xml") else None
            own_part = part_of_bytes(name, part.data) if root is None else part_of_xml(name, _set_apart(root))
            parts.append(own_part)
        if part.relationships:
            folder, last = posixpath.split(name)
            related = posixpath.join(folder, "_rels", f"{last}.rels")
            parts.append(part_of_xml(related, _relationships_root(part.relationships, folder)))
    return parts


def _relationships_root(relationships: Sequence[Relationship], folder: str) -> Element:
    root = blank_relationships()
    for each in relationships:
        target = each.target if each.is_outside else posixpath.relpath(each.target, folder)
        entry = etree.SubElement(
            root, f"{{{_RELATIONSHIPS}}}Relationship", Id=each.id, Type=each.type, Target=target
        )
        if each.is_outside:
            entry.set("TargetMode", "External")
    return root


def _content_types(template: Template, read: ReadHouse, made: Sequence[str]) -> Element:
    """[Content_Types].xml: our own, with the house's parts by name, without parts that are not there."""
    root = deepcopy(template.content_types)
    names = {f"/{name}" for name in (*made, *read.package.parts, *_OFFICE, STYLES, SETTINGS, CUSTOM)}
    for entry in root.findall(f"{{{_TYPES}}}Override"):
        if entry.get("PartName") not in names:
            root.remove(entry)
    for name, kind in BANNER_TYPES.items():
        if name in made:
            etree.SubElement(root, f"{{{_TYPES}}}Override", PartName=f"/{name}", ContentType=kind)
    for name, _ in read.package.properties.parts():
        attributes = {"PartName": f"/{name}", "ContentType": KINDS[name][1]}
        etree.SubElement(root, f"{{{_TYPES}}}Override", attributes)
    known = {entry.get("PartName") for entry in root}
    for name, part in read.package.parts.items():
        if f"/{name}" not in known:
            attributes = {"PartName": f"/{name}", "ContentType": part.content_type}
            etree.SubElement(root, f"{{{_TYPES}}}Override", attributes)
    return root
