"""What stands around a memo's text in the DOCX: page header, page footer, core properties."""

import re

from lxml import etree

from briefbook.document import Document
from briefbook.marking import Banner
from briefbook.sheets import Edge
from briefbook.writers.docx_columns import lines_of_banner
from briefbook.writers.docx_runs import add_field, add_run, add_tab
from briefbook.writers.docx_styles import BANNER_STYLE, NSMAP, W, add
from briefbook.writers.theme import Theme

_PAPER = "\N{NO-BREAK SPACE}"  # at both ends of a banner's line: as wide as `SIDE`, nearly
_FIELDS = {"{page}": "PAGE", "{pages}": "NUMPAGES"}
_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_DC = "http://purl.org/dc/elements/1.1/"
_TERMS = "http://purl.org/dc/terms/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"


def banner_header(banner: Banner, theme: Theme) -> etree._Element:
    """A header of the banner alone."""
    root = etree.Element(W + "hdr", nsmap=NSMAP)
    root.extend(banner_paragraphs(banner, theme))
    return root


def banner_footer(banner: Banner, theme: Theme) -> etree._Element:
    """A footer of the banner alone."""
    root = etree.Element(W + "ftr", nsmap=NSMAP)
    root.extend(banner_paragraphs(banner, theme))
    return root


def banner_paragraphs(banner: Banner, theme: Theme, style: str = BANNER_STYLE) -> list[etree._Element]:
    """The lines of the banner as paragraphs of a header or footer; `style` is their id there.

    The spaces around the words are of the paper's colour: it would end where the letters do.
    """
    paragraphs: list[etree._Element] = []
    for line in lines_of_banner(banner, theme):
        paragraph = etree.Element(W + "p", nsmap=NSMAP)
        add(add(paragraph, "pPr"), "pStyle", val=style)
        for words in (_PAPER, line, _PAPER):
            add_run(paragraph, words)
        paragraphs.append(paragraph)
    return paragraphs


def page_header(edge: Edge, theme: Theme, page: int, banner: Banner | None) -> etree._Element:
    """The line at the head of pages: by default the reference, so that a loose sheet finds its memo.

    Above it the banner, if there is one.
    """
    if banner is None:
        return _line("hdr", "Header", edge, theme, page)
    if edge == Edge():
        return banner_header(banner, theme)
    root = _line("hdr", "Header", edge, theme, page)
    root[:0] = banner_paragraphs(banner, theme)
    return root


def page_footer(edge: Edge, theme: Theme, page: int, banner: Banner | None) -> etree._Element:
    """The line at the foot of pages: by default the memo's own line on the left, page X of Y on the right.

    Below it the banner, if there is one.

    `page` is the first page that shows it.
    """
    if banner is not None and edge == Edge():
        return banner_footer(banner, theme)
    root = _line("ftr", "Footer" if edge != Edge() else "Header", edge, theme, page)  # no rule above nothing
    if banner is not None:
        root.extend(banner_paragraphs(banner, theme))
    return root


def _line(root_name: str, style: str, edge: Edge, theme: Theme, page: int) -> etree._Element:
    """Left, middle and right on tab stops; pages in fields, which say `page` until a reader has counted."""
    root = etree.Element(W + root_name, nsmap=NSMAP)
    paragraph = add(root, "p")
    add(add(paragraph, "pPr"), "pStyle", val=style)
    slots = [edge.left, edge.middle, edge.right] if theme.middle else [edge.left, edge.right]
    while slots and not slots[-1]:
        slots.pop()
    for number, slot in enumerate(slots):
        if number:
            add_tab(paragraph)
        for piece in re.split(r"(\{pages?\})", slot):
            if piece in _FIELDS:
                add_field(paragraph, _FIELDS[piece], str(page))
            elif piece:
                add_run(paragraph, piece)
    return root


def core_properties(document: Document) -> etree._Element:
    """docProps/core.xml (ECMA-376 Part 2 §11): dated by the as-of day, never by the clock."""
    namespaces = {"cp": _CORE, "dc": _DC, "dcterms": _TERMS, "xsi": _XSI}
    root = etree.Element(f"{{{_CORE}}}coreProperties", nsmap=namespaces)
    day = f"{document.as_of.isoformat()}T00:00:00Z"
    for namespace, name, value in (
        (_DC, "title", document.title),
        (_DC, "subject", document.footer),
        (_DC, "creator", document.author),
        (_CORE, "keywords", document.memo),
        (_CORE, "lastModifiedBy", document.author),
        (_TERMS, "created", day),
        (_TERMS, "modified", day),
        (_DC, "identifier", document.reference),
        (_DC, "language", document.language),
    ):
        if value:
            element = etree.SubElement(root, f"{{{namespace}}}{name}")
            element.text = value
            if namespace is _TERMS:
                element.set(f"{{{_XSI}}}type", "dcterms:W3CDTF")
    return root
