"""WordprocessingML as text: what the parts of a memo are put together from, paragraph by paragraph.

Pieces of text, since the elements of a memo are too many to be built one by one: that takes three times as
long. A paragraph is kept as a record until all is written, as what follows it decides how it is kept with it.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import field

from lxml import etree

from briefbook.frozen import changing
from briefbook.writers.docx_styles import NSMAP, Element, W

Flow = list[str]
"""What stands in a paragraph, or in a part of one, piece by piece."""

_DECLARED = " ".join(f'xmlns:{prefix}="{namespace}"' for prefix, namespace in NSMAP.items())


def escaped(text: str) -> str:
    """A text as the content of an element (XML 1.0, 2.4), spelt as libxml2 spells it."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if "\r" in text:
        text = text.replace("\r", "&#13;")
    return text


def quoted(text: str) -> str:
    """A text as the value of an attribute between double quotes (XML 1.0, 2.3)."""
    return escaped(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


@changing
class WordParagraph:
    """A paragraph; `properties` stand behind its style and what it is kept with (§17.3.1.26)."""

    style: str
    flow: Flow = field(default_factory=list)
    properties: Flow = field(default_factory=list)
    keep_next: bool = False  # on one page with the next paragraph (§17.3.1.15)
    keep_lines: bool = False  # its own lines on one page (§17.3.1.14)

    def xml(self) -> str:
        """The element w:p."""
        kept = "<w:keepNext/>" if self.keep_next else ""
        if self.keep_lines:
            kept += "<w:keepLines/>"
        return (
            f'<w:p><w:pPr><w:pStyle w:val="{self.style}"/>{kept}{"".join(self.properties)}</w:pPr>'
            f"{''.join(self.flow)}</w:p>"
        )


@changing
class WordTable:
    """A table: what stands before its rows, and each row: its properties, its cells with theirs."""

    head: str
    rows: list[tuple[str, list[tuple[str, WordParagraph]]]] = field(default_factory=list)

    def paragraphs(self) -> Iterator[WordParagraph]:
        """The paragraphs of all cells."""
        return (paragraph for _, cells in self.rows for _, paragraph in cells)

    def xml(self) -> str:
        """The element w:tbl."""
        rows = [
            f"<w:tr>{properties}"
            + "".join([f"<w:tc>{cell}{paragraph.xml()}</w:tc>" for cell, paragraph in cells])
            + "</w:tr>"
            for properties, cells in self.rows
        ]
        return f"<w:tbl>{self.head}{''.join(rows)}</w:tbl>"


def rooted(name: str, content: str) -> str:
    """The root element w:`name` of a part, with the prefixes that all of ours use."""
    return f"<w:{name} {_DECLARED}>{content}</w:{name}>"


def written(element: Element) -> str:
    """An element as a piece of text for a part of ours."""
    root = etree.Element(W + "r", nsmap=NSMAP)
    root.append(deepcopy(element))
    text = etree.tostring(root, encoding="unicode")
    return text[text.index(">") + 1 : text.rindex("<")]


def elements_of(content: str) -> list[Element]:
    """Pieces of text as elements, for a part of somebody else's."""
    return list(etree.fromstring(rooted("r", content)))
