"""Our template of the DOCX: every part that one theme and one language fix for all memos.

There is no template on disk. A committed template would say sizes, colours and indents a second time,
in a binary file that no diff shows, and would drift from the theme by which the PDF is drawn. So the
template is made from the theme, once a process; `docx_styles` makes the styles. python-docx has no part in
it: a dozen parts and how they relate are said sooner than it is imported, and its own default template
carries 877 KB of styles, a thumbnail, a colour theme and custom XML that no memo needs.
"""

from collections.abc import Mapping
from functools import lru_cache

from lxml import etree

from briefbook.document import Citations
from briefbook.frozen import frozen
from briefbook.marking import Banner
from briefbook.writers.banner import EDGE, GAP
from briefbook.writers.docx_notes import NOTE_KINDS, NoteKind, add_separators
from briefbook.writers.docx_package import (
    Part,
    add_relationship,
    blank_relationships,
    part_of_bytes,
    part_of_xml,
)
from briefbook.writers.docx_pictures import MEDIA_EXTENSIONS
from briefbook.writers.docx_styles import (
    MARKER_GAP,
    NSMAP,
    NUM_IDS,
    W_NS,
    Element,
    R,
    W,
    add,
    template_styles,
    twips,
)
from briefbook.writers.house_properties import CUSTOM, KINDS
from briefbook.writers.office_theme import office_theme
from briefbook.writers.theme import FACES, Theme

LIST_LEVELS = 9  # as many as a numbering definition can hold (ECMA-376 Part 1 §17.9.6)
_BULLETS_ID, ORDERED_ID, SOURCES_ID = 0, 1, 2  # the abstract definitions
# Their first instances are those of the styles. The bullets' serves every bulleted list.
BULLETS_NUM_ID = NUM_IDS["ListBullet"]
LAST_NUM_ID = max(NUM_IDS.values())

DOCUMENT = "word/document.xml"
STYLES = "word/styles.xml"
NUMBERING = "word/numbering.xml"
SETTINGS = "word/settings.xml"
HEADER = "word/header1.xml"
FIRST_HEADER = "word/header2.xml"  # where something stands at the head of the first page
FIRST_FOOTER = "word/footer1.xml"
FOOTER = "word/footer2.xml"
THEME = "word/theme/theme1.xml"
CORE = "docProps/core.xml"
CONTENT_TYPES = "[Content_Types].xml"
PACKAGE_RELS = "_rels/.rels"
DOCUMENT_RELS = "word/_rels/document.xml.rels"
_NOTES = tuple(name for kind in NOTE_KINDS.values() for name in (kind.part, kind.relationships))

# The order of the parts in the container; readers that stream want the content types first.
PART_ORDER = (
    CONTENT_TYPES,
    PACKAGE_RELS,
    DOCUMENT,
    DOCUMENT_RELS,
    STYLES,
    NUMBERING,
    SETTINGS,
    "word/fontTable.xml",
    THEME,
    *_NOTES,
    HEADER,
    FIRST_HEADER,
    FIRST_FOOTER,
    FOOTER,
    CORE,
    CUSTOM,
)
_TYPES = "application/vnd.openxmlformats-officedocument."
_WORD = f"{_TYPES}wordprocessingml."
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"
_CORE_RELATED = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_RELATIONSHIPS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"


@frozen
class Template:
    """What a theme and a language fix. The elements are models: copy them, never change them."""

    fixed_parts: tuple[Part, ...]
    relationships: Element  # of the main document, without its hyperlinks
    numbering: Element  # the abstract definitions and the bullets' instance
    section: Element  # w:sectPr: page, margins, header and footers
    settings: Element  # of the fixed parts, for whoever puts a memo into another template
    content_types: Element


@lru_cache(maxsize=16)
def template_for(theme: Theme, language: str, citations: Citations, banner: Banner | None = None) -> Template:
    """The template for `theme` in `language` (BCP 47); kept, since a build prints many memos alike."""
    notes = NOTE_KINDS.get(citations)
    package = _Package()
    package.relate(PACKAGE_RELS, DOCUMENT, f"{_OFFICE}officeDocument", f"{_WORD}document.main+xml")
    package.relate(PACKAGE_RELS, CORE, _CORE_RELATED, _CORE_TYPE)
    package.relate(PACKAGE_RELS, CUSTOM, *KINDS[CUSTOM])
    section = _fill(package, theme, language, notes, banner)
    content_types = _content_types(package.types)
    fixed = [
        part_of_xml(CONTENT_TYPES, content_types),
        part_of_xml(PACKAGE_RELS, package.related[PACKAGE_RELS]),
    ]
    fixed += [part_of_bytes(name, package.contents[name]) for name in PART_ORDER if name in package.contents]
    return Template(
        fixed_parts=tuple(fixed),
        relationships=package.related[DOCUMENT_RELS],
        numbering=_numbering(theme),
        section=etree.fromstring(etree.tostring(section)),
        settings=_settings(notes),
        content_types=content_types,
    )


class _Package:
    """How the parts of a package relate (ECMA-376 Part 2 §9.3), their types and what is fixed of them."""

    def __init__(self) -> None:
        self.related = {name: blank_relationships() for name in (PACKAGE_RELS, DOCUMENT_RELS)}
        self.types: dict[str, str] = {}
        self.contents: dict[str, bytes] = {}

    def relate(self, owner: str, name: str, relationship: str, content_type: str) -> str:
        """Add a part that another part, or the package, leads to; the id by which it does."""
        self.types[name] = content_type
        folder = "" if owner == PACKAGE_RELS else "word/"
        return add_relationship(self.related[owner], relationship, name.removeprefix(folder))

    def add(self, name: str, kind: str, content: bytes | None = None, *, office: bool = False) -> str:
        """Add a part of the main document, by the name of its kind; without content each memo makes it."""
        content_type = f"{_TYPES}{kind}+xml" if office else f"{_WORD}{kind}+xml"
        if content is not None:
            self.contents[name] = content
        return self.relate(DOCUMENT_RELS, name, f"{_OFFICE}{kind}", content_type)


def _fill(
    package: _Package, theme: Theme, language: str, notes: NoteKind | None, banner: Banner | None
) -> Element:
    """Add every part that a memo has, those that it changes still without content; the w:sectPr."""
    package.add(STYLES, "styles", _bytes(template_styles(theme, language, banner)))
    package.add(NUMBERING, "numbering")
    package.add(SETTINGS, "settings", _bytes(_settings(notes)))
    package.add("word/fontTable.xml", "fontTable", _fonts(theme))
    package.add(THEME, "theme", office_theme(theme), office=True)
    if notes is not None:
        package.add(notes.part, f"{notes.note}s")
    return _section(
        theme,
        notes,
        banner,
        first_header=package.add(FIRST_HEADER, "header") if theme.first_header else "",
        header=package.add(HEADER, "header"),
        first_footer=package.add(FIRST_FOOTER, "footer"),
        footer=package.add(FOOTER, "footer"),
    )


def _section(
    theme: Theme,
    notes: NoteKind | None,
    banner: Banner | None,
    *,
    first_header: str,
    header: str,
    first_footer: str,
    footer: str,
) -> Element:
    """w:sectPr: the sheet, its margins, a header from page 2 on and a footer on every page.

    A marked document has a header on page 1 too. A banner begins nearer to the sheet's edge than the lines.
    """
    page = theme.page
    edges = (theme.header_distance, theme.footer_distance) if banner is None else (EDGE - GAP, EDGE - GAP)
    above, below = map(twips, edges)
    section = etree.fromstring(f'<w:sectPr xmlns:w="{W_NS}"/>')
    if first_header:
        add(section, "headerReference", type="first").set(R + "id", first_header)
    add(section, "headerReference", type="default").set(R + "id", header)
    add(section, "footerReference", type="first").set(R + "id", first_footer)
    add(section, "footerReference", type="default").set(R + "id", footer)
    if notes is not None:
        add(add(section, f"{notes.note}Pr"), "numFmt", val="decimal")  # Word's endnotes are roman otherwise
    add(section, "pgSz", w=twips(page.width), h=twips(page.height))
    add(
        section, "pgMar", top=twips(page.top), right=twips(page.right), bottom=twips(page.bottom),
        left=twips(page.left), header=above, footer=below, gutter=0,
    )  # fmt: skip
    add(section, "titlePg")
    return section


def _numbering(theme: Theme) -> Element:
    """word/numbering.xml but for the instances of the numbered lists (ECMA-376 Part 1 §17.9)."""
    root = etree.Element(W + "numbering", nsmap=NSMAP)
    for definition, style, signs in (
        (_BULLETS_ID, "ListBullet", theme.signs),
        (ORDERED_ID, "ListNumber", tuple(f"%{level}." for level in range(1, LIST_LEVELS + 1))),
        (SOURCES_ID, "Source", ("%1",)),  # without a full stop: as the citations say it
    ):
        _define(add(root, "abstractNum", abstractNumId=definition), style, signs, theme)
    for definition, instance in enumerate(NUM_IDS.values()):
        add(add(root, "num", numId=instance), "abstractNumId", val=definition)
    return root


def _define(definition: Element, style: str, signs: tuple[str, ...], theme: Theme) -> None:
    """Fill a numbering definition: what stands before an item at each level, and how far in."""
    alone = len(signs) == 1
    add(definition, "multiLevelType", val="singleLevel" if alone else "hybridMultilevel")
    for level in range(1 if alone else LIST_LEVELS):
        sign = signs[min(level, len(signs) - 1)]
        entry = add(definition, "lvl", ilvl=level)
        add(entry, "start", val=1)
        add(entry, "numFmt", val="decimal" if "%" in sign else "bullet")
        if level == 0:
            add(entry, "pStyle", val=style)
        add(entry, "lvlText", val=sign)
        add(entry, "lvlJc", val="right")  # numbers end one below the other, a gap before the text
        indent = theme.item_indent * (level + 1)
        add(add(entry, "pPr"), "ind", left=twips(indent), hanging=twips(MARKER_GAP))


def _settings(notes: NoteKind | None) -> Element:
    """word/settings.xml: Word's layout of 2013 and later, nothing that asks or updates on opening."""
    root = etree.Element(W + "settings", nsmap=NSMAP)
    add(root, "zoom", percent=100)
    add(root, "defaultTabStop", val=twips(36))
    add(root, "characterSpacingControl", val="doNotCompress")
    if notes is not None:
        properties = add(root, f"{notes.note}Pr")
        add(properties, "numFmt", val="decimal")
        add_separators(properties, notes)
    uri = "http://schemas.microsoft.com/office/word"
    add(add(root, "compat"), "compatSetting", name="compatibilityMode", uri=uri, val=15)
    return root


def _fonts(theme: Theme) -> bytes:
    """word/fontTable.xml: names the metric twin for readers that lack the face itself."""
    root = etree.Element(W + "fonts", nsmap=NSMAP)
    font = add(root, "font", name=theme.docx_face)
    if theme.docx_face == "Cambria":
        add(font, "altName", val="Caladea")
    add(font, "charset", val="00")
    ours = theme.docx_face in FACES.values()
    add(font, "family", val="roman" if ours else "auto")  # of another face nobody told us
    add(font, "pitch", val="variable")
    return _bytes(root)


def _content_types(types: Mapping[str, str]) -> Element:
    """[Content_Types].xml (ECMA-376 Part 2 §10.1.2.2): some extensions by default, the parts by name."""
    namespace = "http://schemas.openxmlformats.org/package/2006/content-types"
    root = etree.fromstring(f'<Types xmlns="{namespace}"/>')
    defaults = {_RELATIONSHIPS_TYPE: "rels", "application/xml": "xml", **MEDIA_EXTENSIONS}
    for kind, extension in defaults.items():
        etree.SubElement(root, f"{{{namespace}}}Default", Extension=extension, ContentType=kind)
    for name in filter(types.get, PART_ORDER):
        attributes = {"PartName": f"/{name}", "ContentType": types[name]}
        etree.SubElement(root, f"{{{namespace}}}Override", attributes)
    return root


def _bytes(root: Element) -> bytes:
    return etree.tostring(root, encoding="UTF-8", standalone=True)
