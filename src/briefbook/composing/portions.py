"""The markings of a document's portions, and of the whole: never lower than any part of it.

A portion is what carries one citation: a paragraph, an item, a field, a row, a heading, a caption, an entry
of the list of sources. Pure: all that is needed stands in the selection.
"""

from collections.abc import Sequence
from dataclasses import replace

from briefbook.composing.passages import Passage, rewritten
from briefbook.document import (
    MARKING,
    Block,
    Document,
    Fields,
    Heading,
    Inline,
    Inlines,
    Link,
    Origin,
    Paragraph,
    Row,
    Section,
    Table,
    Text,
    facts_drawn,
    facts_in,
    plain,
)
from briefbook.marking import Banner, Handling, Marking, banner_of, is_own, own_id
from briefbook.selection import Selection, Words

SUBJECT_ID = own_id("subject")


def handled(
    document: Document, selection: Selection, least: Sequence[Sequence[Marking]], footer: Inlines
) -> Document:
    """The document with its banner, which is also its first paragraph, and with the marks of its portions.

    `least` is what all of each section carries at least. The subject and the `footer` count too: they stand
    in its properties and at the foot of its pages. The document itself where the book has no scheme.
    """
    handling = selection.handling
    if handling is None:
        return document
    found: list[Marking] = [handling.own, *handling.of([SUBJECT_ID]), *handling.of(facts_in(footer))]
    marked: list[Section] = []
    for section, own in zip(document.sections, least, strict=True):
        blocks, markings = marked_blocks(section.blocks, selection, handling.scheme.fold(own))
        found += markings
        marked.append(replace(section, blocks=blocks))
    whole = handling.scheme.fold(found)
    assert whole is not None
    return with_banner(replace(document, sections=tuple(marked)), banner_of(handling.scheme, whole))


def knowing_subject(selection: Selection, inlines: Inlines) -> tuple[Words, Selection]:
    """The words of the subject line, and the selection with their marking: they may show facts."""
    words, handling = plain(inlines), selection.handling
    if handling is None:
        return Words(words), selection
    known = handling.knowing(SUBJECT_ID, facts_in(inlines))
    return Words(words, Origin(fact=SUBJECT_ID, field="subject")), replace(selection, handling=known)


def marked_blocks(
    blocks: Sequence[Block], selection: Selection, least: Marking | None
) -> tuple[tuple[Block, ...], list[Marking]]:
    """Blocks with the marks of their portions, where the scheme prints them, and the markings of these.

    `least` is what each portion carries at least.
    """
    handling = selection.handling
    if handling is None:
        return tuple(blocks), []
    portions = Portions(handling, least)
    return tuple(map(portions.block, blocks)), portions.found


def with_banner(document: Document, banner: Banner) -> Document:
    """The document with a banner, which is also its first paragraph: headers are not read out."""
    first = Section(name=MARKING, blocks=(Paragraph(children=(Text(text=banner.text, strong=True),)),))
    return replace(document, banner=banner, sections=(first, *document.sections))


class Portions:
    """Marks the portions of one section, and gathers their markings."""

    def __init__(self, handling: Handling, section: Marking | None) -> None:
        """`section`: what every portion carries at least."""
        self._handling = handling
        self._section = section
        self.found: list[Marking] = []

    def block(self, block: Block) -> Block:
        """The block with a mark before each of its portions, where the scheme prints them."""
        handling = self._handling
        place = 1 if isinstance(block, Fields) else 0  # labels are narrow: the mark stands before the value
        drawn = facts_drawn(block)

        def mark(passage: Passage) -> Passage:
            ids = drawn.union(*map(facts_in, passage))
            told = [tuple(map(_unnamed, inlines)) for inlines in passage]
            if isinstance(block, Heading) and not (ids or self._section):
                return told  # a heading of the template's own
            marking = self._of(ids)
            self.found.append(marking)
            if not handling.scheme.portions:
                return told
            before = Text(text=handling.scheme.portion(marking) + " ")
            return [(before, *inlines) if i == place else inlines for i, inlines in enumerate(told)]

        changed = rewritten(block, mark)
        if isinstance(block, Table) and isinstance(
            changed, Table
        ):  # every page repeats its header: no portion
            header = (tuple(map(_unnamed, cell)) for cell in block.header.cells)
            return replace(changed, header=Row(cells=tuple(header)))
        return changed

    def _of(self, ids: frozenset[str]) -> Marking:
        handling = self._handling
        section = [] if self._section is None else [self._section]
        marking = handling.scheme.fold([*handling.of(ids), *section])
        assert marking is not None
        return marking


def _unnamed(inline: Inline) -> Inline:
    """An inline without the ids of the memo's own words: they are no fact's, and mean nothing elsewhere."""
    match inline:
        case Text(origin=origin) if origin is not None and is_own(origin.fact):
            return replace(inline, origin=None)
        case Link(children=children):
            return replace(
                inline, children=tuple(text for text in map(_unnamed, children) if isinstance(text, Text))
            )
        case _:
            return inline
