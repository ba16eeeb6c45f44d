"""What a profile makes of a finished document: counted paragraphs, tied tabs, lines at its sheets' edges."""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import fields, replace

from briefbook.composing.passages import Passage, rewritten
from briefbook.composing.wording import Wording
from briefbook.document import Block, Document, ItemList, ListItem, Paragraph, Section, Text
from briefbook.facts import Wording as Texts
from briefbook.memo import EdgeSpec, FurnitureSpec
from briefbook.sheets import Edge, Furniture


def numbered(document: Document, without: Container[str]) -> Document:
    """The document with its paragraphs counted through it, but for the sections `without`.

    A list stands within the paragraph that leads to it, with signs and no numbers of its own, so that "3"
    means one thing. A paragraph alone is not numbered.
    """
    counted = [section for section in document.sections if section.name not in without]
    if sum(isinstance(block, Paragraph) for section in counted for block in section.blocks) < 2:
        return document
    count = 0
    sections: list[Section] = []
    for section in document.sections:
        if section.name not in without:
            blocks = tuple(_numbered(section.blocks, count))
            count += sum(isinstance(block, Paragraph) for block in section.blocks)
            section = replace(section, blocks=blocks)
        sections.append(section)
    return replace(document, sections=tuple(sections))


def _numbered(blocks: tuple[Block, ...], count: int) -> Iterator[Block]:
    items: list[ListItem] = []
    for block in (*blocks, None):
        match block:
            case Paragraph():
                items.append(ListItem(blocks=(replace(block, lead_in=False),)))
            case ItemList() if items:
                items[-1] = ListItem(blocks=(*items[-1].blocks, _unnumbered(block)))
            case _:
                if items:
                    yield ItemList(ordered=True, items=tuple(items), start=count + 1, continued=count > 0)
                    count += len(items)
                    items = []
                if block is not None:
                    yield block


def _unnumbered(items: ItemList) -> ItemList:
    return replace(items, ordered=False, start=1)


def with_tied_tabs(document: Document, said: str, tabs: Iterable[str]) -> Document:
    """The document with no line's end between the word for a tab and its letter or number."""
    named = re.compile(rf"\b((?i:{re.escape(said)})) ({'|'.join(map(re.escape, tabs))})\b")

    def tied(passage: Passage) -> Passage:
        return [
            tuple(
                replace(inline, text=named.sub("\\1\u00a0\\2", inline.text))
                if isinstance(inline, Text)
                else inline
                for inline in inlines
            )
            for inlines in passage
        ]

    sections = (
        replace(section, blocks=tuple(rewritten(block, tied) for block in section.blocks))
        for section in document.sections
    )
    return replace(document, sections=tuple(sections))


def filled(furniture: FurnitureSpec, document: Document, wording: Wording) -> Furniture:
    """The lines of a profile with the document's own words in them; `{page}` and `{pages}` stay.

    A text is in the document's language where it is written in it, or a catalogue has it.
    """
    words = {"{footer}": document.footer, "{reference}": document.reference, "{counter}": document.page_of}
    patterns = re.compile("|".join(map(re.escape, words)))

    def text(written: Texts | None) -> str:
        if written is None:
            return ""
        return patterns.sub(lambda found: words[found[0]], wording.titled(written)[1])

    def edge(spec: EdgeSpec) -> Edge:
        return Edge(left=text(spec.left), middle=text(spec.middle), right=text(spec.right))

    return Furniture(**{side.name: edge(getattr(furniture, side.name)) for side in fields(Furniture)})
