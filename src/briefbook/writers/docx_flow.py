"""WordprocessingML as text: what the parts of a memo are put together from, paragraph by paragraph.

Pieces of text, since the elements of a memo are too many to be built one by one: that takes three times as
long. A paragraph is kept as a record until all is written, as what follows it decides how it is kept with it.
"""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import field

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
    properties: str = ""
    keep_next: bool = False  # on one page with the next paragraph (§17.3.1.15)
    keep_lines: bool = False  # its own lines on one page (§17.3.1.14)

    def xml(self) -> str:
        """The element w:p."""
        kept = "<w:keepNext/>" if self.keep_next else ""
        if self.keep_lines:
            kept += "<w:keepLines/>"
        return (
            f'<w:p><w:pPr><w:pStyle w:val="{self.style}"/>{kept}{self.properties}</w:pPr>'
            f"{''.join(self.flow)}</w:p>"
        )


class WordTable:
    """A table, row by row, in pieces: a cell is a paragraph, and nobody changes its words any more."""

    def __init__(self, head: str) -> None:
        """`head`: what stands before the rows."""
        self.flow: Flow = [f"<w:tbl>{head}"]

    def begin_row(self, *, repeats: bool = False) -> None:
        """Begin a row, which no page divides (§17.4.6); `repeats`: on each page of the table (§17.4.78)."""
        # Without a value: some checkers look for the bare element.
        header = "<w:tblHeader/>" if repeats else ""
        self.flow.append(f"<w:tr><w:trPr><w:cantSplit/>{header}</w:trPr>")

    def end_row(self) -> None:
        """End a row."""
        self.flow.append("</w:tr>")

    def keep_together(self, *, with_next: bool) -> None:
        """Keep all of it on one page, lines too; `with_next`: and on that of what follows it."""
        cells = [place for place, piece in enumerate(self.flow) if piece.startswith(_CELL)]
        for place in cells:
            lines_only = place == cells[-1] and not with_next
            kept = "<w:keepLines/>" if lines_only else "<w:keepNext/><w:keepLines/>"
            self.flow[place] = f"{self.flow[place].removesuffix(_SET).removesuffix(_KEPT)}{kept}{_SET}"

    def xml(self) -> str:
        """The element w:tbl."""
        return "".join(self.flow) + "</w:tbl>"


_CELL = "<w:tc>"
_KEPT = "<w:keepNext/>"
_SET = "</w:pPr>"
CELL_END = "</w:p></w:tc>"


def cell_openings(widths: Iterable[int], styles: Iterable[str], *, keep_next: bool = False) -> list[str]:
    """What the cells of a row begin with, by the widths of their columns in twips and their styles.

    `keep_next`: the row stands on one page with the next one.
    """
    kept = _KEPT if keep_next else ""
    return [
        f'{_CELL}<w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{kept}{_SET}'
        for width, style in zip(widths, styles, strict=True)
    ]


def in_root(name: str, *content: str) -> list[str]:
    """Pieces with the root element w:`name` of a part around them, and the prefixes that all of ours use."""
    return [f"<w:{name} {_DECLARED}>", *content, f"</w:{name}>"]


def rooted(name: str, *content: str) -> str:
    """The same as one text."""
    return "".join(in_root(name, *content))


def written(element: Element) -> str:
    """An element as a piece of text for a part of ours."""
    from lxml import etree

    root = etree.Element(W + "r", nsmap=NSMAP)
    root.append(deepcopy(element))
    text = etree.tostring(root, encoding="unicode")
    return text[text.index(">") + 1 : text.rindex("<")]


def elements_of(content: str) -> list[Element]:
    """Pieces of text as elements, for a part of somebody else's."""
    from lxml import etree

    return list(etree.fromstring(rooted("r", content)))
