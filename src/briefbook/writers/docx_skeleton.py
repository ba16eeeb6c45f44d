"""What `docx_template` keeps: the parts of a DOCX that one theme and one language fix, made.

There is no template on disk. A committed template would say sizes, colours and indents a second time,
in a binary file that no diff shows, and would drift from the theme by which the PDF is drawn. So the
template is made from the theme: python-docx holds the package and how its parts relate, and
`docx_styles` makes the styles. python-docx's own default template is not used: it carries 877 KB of
styles, a thumbnail, a colour theme and custom XML that no memo needs.
"""

from typing import Any

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part as OpcPart
from docx.oxml.parser import parse_xml
from docx.package import Package
from docx.parts.document import DocumentPart
from lxml import etree

from briefbook.document import Citations
from briefbook.marking import Banner
from briefbook.writers.banner import EDGE, GAP
from briefbook.writers.docx_flow import written
from briefbook.writers.docx_notes import NOTE_KINDS, NoteKind, add_separators
from briefbook.writers.docx_package import Relationships, part_of_bytes, part_of_xml
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
from briefbook.writers.docx_template import (
    BULLETS_ID,
    CONTENT_TYPES,
    CORE,
    DOCUMENT,
    FIRST_FOOTER,
    FIRST_HEADER,
    FOOTER,
    HEADER,
    LIST_LEVELS,
    NOTE_PARTS,
    NUMBERING,
    ORDERED_ID,
    PACKAGE_RELS,
    PART_ORDER,
    SETTINGS,
    SOURCES_ID,
    STYLES,
    THEME,
)
from briefbook.writers.house_properties import CUSTOM
from briefbook.writers.office_theme import office_theme
from briefbook.writers.theme import FACES, Theme

# Parts that each memo makes anew; the others are deflated once.
_CHANGING = frozenset(
    {DOCUMENT, NUMBERING, *NOTE_PARTS, HEADER, FIRST_HEADER, FIRST_FOOTER, FOOTER, CORE, CUSTOM}
)


def skeleton(theme: Theme, language: str, citations: Citations, banner: Banner | None) -> dict[str, Any]:
    """The fields of a `Template`, in plain texts, bytes and numbers."""
    package = _package(theme, language, NOTE_KINDS.get(citations), banner)
    main = package.main_document_part
    parts = sorted(package.iter_parts(), key=lambda part: PART_ORDER.index(part.partname.membername))
    content_types = _content_types(parts)
    fixed = [
        part_of_xml(CONTENT_TYPES, content_types),
        part_of_bytes(PACKAGE_RELS, package.rels.xml),
    ]
    fixed += [
        part_of_bytes(part.partname.membername, part.blob)
        for part in parts
        if part.partname.membername not in _CHANGING
    ]
    numbering = _numbering(theme)
    section = etree.fromstring(etree.tostring(main.element.body.sectPr))
    relationships = Relationships()
    for entry in etree.fromstring(main.rels.xml):
        relationships.add(entry.get("Type", ""), entry.get("Target", ""))
    elements = {
        "numbering": numbering,
        "section": section,
        "settings": _settings(NOTE_KINDS.get(citations)),
        "content_types": content_types,
    }
    return {
        "fixed_parts": [(part.name, part.deflated, part.size, part.checksum) for part in fixed],
        "relationships": relationships.entries,
        "definitions": "".join([written(definition) for definition in numbering]),
        "last_section": written(section),
        "texts": {name: etree.tostring(root, encoding="unicode") for name, root in elements.items()},
    }


def _package(theme: Theme, language: str, notes: NoteKind | None, banner: Banner | None) -> Package:
    """A python-docx package with every part that a memo has; the changing ones are still blank."""
    package = Package()
    main = DocumentPart(
        PackURI(f"/{DOCUMENT}"),
        CONTENT_TYPE.WML_DOCUMENT_MAIN,
        parse_xml(f'<w:document xmlns:w="{W_NS}"><w:body/></w:document>'),
        package,
    )
    package.relate_to(main, RELATIONSHIP_TYPE.OFFICE_DOCUMENT)
    core = OpcPart(PackURI(f"/{CORE}"), CONTENT_TYPE.OPC_CORE_PROPERTIES, b"", package)
    package.relate_to(core, RELATIONSHIP_TYPE.CORE_PROPERTIES)
    custom = OpcPart(PackURI(f"/{CUSTOM}"), CONTENT_TYPE.OFC_CUSTOM_PROPERTIES, b"", package)
    package.relate_to(custom, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)

    def plain(name: str, content_type: str, relationship: str, content: bytes = b"") -> str:
        part = OpcPart(PackURI(f"/{name}"), content_type, content, package)
        return str(main.relate_to(part, relationship))

    types, kinds = CONTENT_TYPE, RELATIONSHIP_TYPE
    plain(STYLES, types.WML_STYLES, kinds.STYLES, _bytes(template_styles(theme, language, banner)))
    plain(NUMBERING, types.WML_NUMBERING, kinds.NUMBERING)
    plain(SETTINGS, types.WML_SETTINGS, kinds.SETTINGS, _bytes(_settings(notes)))
    plain("word/fontTable.xml", types.WML_FONT_TABLE, kinds.FONT_TABLE, _fonts(theme))
    plain(THEME, types.OFC_THEME, kinds.THEME, office_theme(theme))
    if notes is not None:
        upper = notes.note.upper()
        plain(notes.part, getattr(types, f"WML_{upper}S"), getattr(kinds, f"{upper}S"))
    main.element.body.append(
        _section(
            theme,
            notes,
            banner,
            first_header=plain(FIRST_HEADER, types.WML_HEADER, kinds.HEADER) if theme.first_header else "",
            header=plain(HEADER, types.WML_HEADER, kinds.HEADER),
            first_footer=plain(FIRST_FOOTER, types.WML_FOOTER, kinds.FOOTER),
            footer=plain(FOOTER, types.WML_FOOTER, kinds.FOOTER),
        )
    )
    return package


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
    section = parse_xml(f'<w:sectPr xmlns:w="{W_NS}"/>')
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
        (BULLETS_ID, "ListBullet", theme.signs),
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


def _content_types(parts: list[OpcPart]) -> Element:
    """[Content_Types].xml (ECMA-376 Part 2 §10.1.2.2): some extensions by default, the parts by name."""
    namespace = "http://schemas.openxmlformats.org/package/2006/content-types"
    root = etree.fromstring(f'<Types xmlns="{namespace}"/>')
    defaults = {CONTENT_TYPE.OPC_RELATIONSHIPS: "rels", CONTENT_TYPE.XML: "xml", **MEDIA_EXTENSIONS}
    for kind, extension in defaults.items():
        etree.SubElement(root, f"{{{namespace}}}Default", Extension=extension, ContentType=kind)
    for part in parts:
        attributes = {"PartName": str(part.partname), "ContentType": part.content_type}
        etree.SubElement(root, f"{{{namespace}}}Override", attributes)
    return root


def _bytes(root: Element) -> bytes:
    return etree.tostring(root, encoding="UTF-8", standalone=True)
