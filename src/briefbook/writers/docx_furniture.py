"""What stands around a memo's text in the DOCX: page header, page footer, core properties."""

import re
from collections.abc import Iterable
from typing import Literal

from briefbook.document import Document
from briefbook.marking import Banner
from briefbook.sheets import Edge
from briefbook.writers.docx_columns import lines_of_banner
from briefbook.writers.docx_flow import WordParagraph, escaped, rooted
from briefbook.writers.docx_runs import add_field, add_run, add_tab
from briefbook.writers.docx_styles import BANNER_STYLE
from briefbook.writers.theme import Theme

Around = Literal["hdr", "ftr"]
"""The root of a header's part, of a footer's."""

_PAPER = "\N{NO-BREAK SPACE}"  # at both ends of a banner's line: as wide as `SIDE`, nearly
_FIELDS = {"{page}": "PAGE", "{pages}": "NUMPAGES"}
_STYLES: dict[Around, str] = {"hdr": "Header", "ftr": "Footer"}
_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{}</cp:coreProperties>'
)


def around(root: Around, paragraphs: Iterable[WordParagraph], banner: Banner | None, theme: Theme) -> str:
    """The part of a header or footer: its lines, the banner, if there is one, on the outer side of them."""
    outer = [] if banner is None else banner_paragraphs(banner, theme)
    lines = [*outer, *paragraphs] if root == "hdr" else [*paragraphs, *outer]
    return rooted(root, "".join([paragraph.xml() for paragraph in lines]))


def banner_paragraphs(banner: Banner, theme: Theme, style: str = BANNER_STYLE) -> list[WordParagraph]:
    """The lines of the banner as paragraphs of a header or footer; `style` is their id there.

    The spaces around the words are of the paper's colour: it would end where the letters do.
    """
    paragraphs: list[WordParagraph] = []
    for line in lines_of_banner(banner, theme):
        paragraph = WordParagraph(style=style)
        for words in (_PAPER, line, _PAPER):
            add_run(paragraph.flow, words)
        paragraphs.append(paragraph)
    return paragraphs


def page_header(edge: Edge, theme: Theme, page: int, banner: Banner | None) -> str:
    """The line at the head of pages: by default the reference, so that a loose sheet finds its memo.

    Above it the banner, if there is one.
    """
    line = [] if banner is not None and edge == Edge() else [_line("Header", edge, theme, page)]
    return around("hdr", line, banner, theme)


def page_footer(edge: Edge, theme: Theme, page: int, banner: Banner | None) -> str:
    """The line at the foot of pages: by default the memo's own line on the left, page X of Y on the right.

    Below it the banner, if there is one.

    `page` is the first page that shows it.
    """
    style = "Footer" if edge != Edge() else "Header"  # no rule above nothing
    line = [] if banner is not None and edge == Edge() else [_line(style, edge, theme, page)]
    return around("ftr", line, banner, theme)


def _line(style: str, edge: Edge, theme: Theme, page: int) -> WordParagraph:
    """Left, middle and right on tab stops; pages in fields, which say `page` until a reader has counted."""
    paragraph = WordParagraph(style=style)
    slots = [edge.left, edge.middle, edge.right] if theme.middle else [edge.left, edge.right]
    while slots and not slots[-1]:
        slots.pop()
    for number, slot in enumerate(slots):
        if number:
            add_tab(paragraph.flow)
        for piece in re.split(r"(\{pages?\})", slot):
            if piece in _FIELDS:
                add_field(paragraph.flow, _FIELDS[piece], str(page))
            elif piece:
                add_run(paragraph.flow, piece)
    return paragraph


def line_of(root: Around, words: str) -> WordParagraph:
    """A header's or footer's line that begins with some words."""
    paragraph = WordParagraph(style=_STYLES[root])
    if words:
        add_run(paragraph.flow, words)
    return paragraph


def core_properties(document: Document) -> str:
    """docProps/core.xml (ECMA-376 Part 2 §11): dated by the as-of day, never by the clock."""
    day = f"{document.as_of.isoformat()}T00:00:00Z"
    entries = (
        ("dc:title", document.title),
        ("dc:subject", document.footer),
        ("dc:creator", document.author),
        ("cp:keywords", document.memo),
        ("cp:lastModifiedBy", document.author),
        ("dcterms:created", day),
        ("dcterms:modified", day),
        ("dc:identifier", document.reference),
        ("dc:language", document.language),
    )
    return _CORE.format("".join([_entry(name, value) for name, value in entries if value]))


def _entry(name: str, value: str) -> str:
    kind = ' xsi:type="dcterms:W3CDTF"' if name.startswith("dcterms:") else ""
    return f"<{name}{kind}>{escaped(value)}</{name}>"
