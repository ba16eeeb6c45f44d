"""The outline of a Word file as python-docx reads it: the levels of its headings, its empty paragraphs."""

import re
from collections.abc import Sequence
from itertools import pairwise

from docx.document import Document
from docx.table import Table
from docx.text.paragraph import Paragraph


def heading_levels(word: Document) -> list[int]:
    """The levels of the headings, in their order, by the names of their styles."""
    names = (str(paragraph.style.name) for paragraph in word.paragraphs if paragraph.style)
    return [int(found[1]) for name in names if (found := re.fullmatch(r"heading (\d)", name, re.IGNORECASE))]


def is_outline(levels: Sequence[int]) -> bool:
    """Whether one heading of level 1 stands first and no level is skipped."""
    return levels.count(1) == bool(levels) and all(
        level <= before + 1 for before, level in pairwise([0, *levels])
    )


def empty_paragraphs(word: Document) -> list[str]:
    """The styles of the paragraphs that show nothing, but for those that Word itself asks for.

    Word wants one between two tables, which would be one else, and one behind a table that ends a document.
    """
    blocks = list(word.iter_inner_content())
    found: list[str] = []
    for before, block, after in zip([None, *blocks], blocks, [*blocks[1:], None], strict=False):
        asked_for = isinstance(before, Table) and (after is None or isinstance(after, Table))
        if isinstance(block, Paragraph) and not asked_for and not _shows(block):
            found.append(str(block.style.name) if block.style else "")
    return found


def _shows(paragraph: Paragraph) -> bool:
    """Whether it has a word, a picture or the number of a note; the number of a list is none of its own."""
    marks = paragraph._p.xpath(".//w:drawing | .//w:footnoteReference | .//w:endnoteReference")
    return bool(marks or re.sub(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]", "", paragraph.text))
