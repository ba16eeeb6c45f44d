"""The outline of a document: what a reader meets who walks by headings, or by ear.

Templates are free to skip levels, to have two titles or none, and to leave a heading or an item without
words. `outlined` mends that in the tree, so that every format has the same outline.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import is_
from typing import assert_never

from briefbook.document import (
    Block,
    Cite,
    Document,
    Fields,
    Figure,
    Heading,
    Inlines,
    ItemList,
    ListItem,
    Paragraph,
    Section,
    SourceList,
    Table,
    Text,
    plain,
)

DEEPEST = 6  # as many levels as PDF (ISO 32000-1, 14.8.4.3.2) and HTML have

# A character that is seen: no white space, no joiner, direction mark, variation selector or soft hyphen.
_SEEN = re.compile(
    r"[^\s\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]"
)


def outlined(document: Document) -> Document:
    """The document with one heading of level 1, the first; with no level skipped, and nothing without words.

    A level is closed up under the heading before it, and what stands beside a first heading stands under it
    (ISO 14289-1, 7.4.2). What shows nothing goes: headings, paragraphs, items, labels with their values. Of a
    heading without words the rest stays, as a paragraph. A document that is so already is given back itself.
    """
    if document is _LAST.document:
        return document
    levels = _Levels()
    sections = [
        _with_blocks(section, map(levels.closed, shown(section.blocks))) for section in document.sections
    ]
    kept = [section for section in sections if section.blocks]
    if not _same(kept, document.sections):
        document = replace(document, sections=tuple(kept))
    _LAST.document = document
    return document


class _Last:
    """The last document that was outlined: the writers of each format ask of the same one."""

    document: Document | None = None


_LAST = _Last()


def outlined_blocks(blocks: Iterable[Block]) -> list[Block]:
    """The same of blocks that are a part of their own: their first heading is of level 1."""
    return list(map(_Levels().closed, shown(blocks)))


class _Levels:
    """Closes the levels of headings, one after the other."""

    def __init__(self) -> None:
        self._open: list[int] = []  # as they were written, those that the next heading may stand under

    def closed(self, block: Block) -> Block:
        """A heading on its level, any other block as it is."""
        if not isinstance(block, Heading):
            return block
        if self._open:
            while self._open[-1] >= block.level:
                self._open.pop()
            self._open.append(block.level)
        else:
            self._open.append(0)  # the first: no other closes it
        level = min(len(self._open), DEEPEST)
        return block if level == block.level else replace(block, level=level)


# ----------------------------------------------------------------------------- what shows something


def is_shown(inlines: Inlines) -> bool:
    """Whether print shows anything of some inlines."""
    if inlines and inlines[0].__class__ is Text and inlines[0].text[:1].isalnum():
        return True  # as nearly all begin
    return _says(inlines) or any(isinstance(inline, Cite) and inline.shown for inline in inlines)


def _says(inlines: Inlines) -> bool:
    """Whether they have words of which something is drawn.

    A lone accent is drawn, so it stays; `document.is_blank`, for what must say something, wants more.
    """
    for inline in inlines:  # the first nearly always settles it
        words = inline.text if inline.__class__ is Text else plain((inline,))
        if _SEEN.search(words):
            return True
    return False


def shown(blocks: Iterable[Block]) -> list[Block]:
    """The blocks without what shows nothing in them."""
    return [found for block in blocks if (found := _shown(block)) is not None]


def _shown(block: Block) -> Block | None:
    match block:
        case Heading():
            return _shown_heading(block)
        case Paragraph():
            return block if is_shown(block.children) else None
        case ItemList():
            return _shown_list(block)
        case Fields():
            rows = [row for row in block.rows if is_shown(row.label) or is_shown(row.value)]
            if len(rows) == len(block.rows):
                return block
            return replace(block, rows=tuple(rows)) if rows else None
        case Table() | SourceList():
            return block  # a cell keeps its place, and a source its number
        case Figure():
            return replace(block, caption=()) if block.caption and not is_shown(block.caption) else block
        case _:
            assert_never(block)


def _shown_heading(heading: Heading) -> Heading | Paragraph | None:
    aside = heading.aside if is_shown(heading.aside) else ()
    if _says(heading.children):
        return heading if aside == heading.aside else replace(heading, aside=aside)
    number = (*heading.children, Text(text=" ")) if is_shown(heading.children) else ()
    return Paragraph(children=(*number, *aside)) if number or aside else None


def _shown_list(items: ItemList) -> ItemList | None:
    kept = [found for item in items.items if (found := _shown_item(item)).blocks]
    if _same(kept, items.items):
        return items
    return replace(items, items=tuple(kept)) if kept else None


def _shown_item(item: ListItem) -> ListItem:
    if len(item.blocks) == 1 and item.blocks[0].__class__ is Paragraph and is_shown(item.blocks[0].children):
        return item  # as nearly all are
    blocks: list[Paragraph | ItemList] = []
    for block in item.blocks:
        match block:
            case Paragraph() if is_shown(block.children):
                blocks.append(block)
            case Paragraph():
                pass
            case ItemList():
                blocks += [kept] if (kept := _shown_list(block)) is not None else []
            case _:
                assert_never(block)
    return item if _same(blocks, item.blocks) else ListItem(blocks=tuple(blocks))


def _with_blocks(section: Section, blocks: Iterable[Block]) -> Section:
    found = list(blocks)
    return section if _same(found, section.blocks) else replace(section, blocks=tuple(found))


def _same(found: Sequence[object], before: Sequence[object]) -> bool:
    """Whether nothing changed: the very same parts."""
    return len(found) == len(before) and all(map(is_, found, before))
