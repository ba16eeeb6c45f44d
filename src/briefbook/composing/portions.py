"""The markings of a document's portions, and of the whole: never lower than any part of it.

A portion is what carries one citation: a paragraph, an item, a field, a row, a heading, a caption, an entry
of the list of sources. Pure: all that is needed stands in the selection.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from briefbook.composing.passages import Passage, rewritten
from briefbook.document import (
    MARKING,
    Block,
    Cite,
    Document,
    Fields,
    Figure,
    Heading,
    Inline,
    Link,
    Paragraph,
    Section,
    Table,
    Text,
    Timeline,
    plain,
)
from briefbook.marking import Banner, Handling, Marking, banner_of
from briefbook.memo import SectionSpec
from briefbook.selection import Selection


def handled(document: Document, selection: Selection, sections: tuple[SectionSpec, ...]) -> Document:
    """The document with its banner, which is also its first paragraph, and with the marks of its portions.

    The document itself where the book has no scheme.
    """
    handling = selection.handling
    if handling is None:
        return document
    own = {spec.name: spec.marking for spec in sections if spec.marking is not None}
    found: list[Marking] = [handling.own]
    marked: list[Section] = []
    for section in document.sections:
        blocks, markings = marked_blocks(section.blocks, selection, own.get(section.name), document.title)
        found += markings
        marked.append(replace(section, blocks=blocks))
    whole = handling.scheme.fold(found)
    assert whole is not None
    return with_banner(replace(document, sections=tuple(marked)), banner_of(handling.scheme, whole))


def marked_blocks(
    blocks: Sequence[Block], selection: Selection, least: Marking | None, title: str = ""
) -> tuple[tuple[Block, ...], list[Marking]]:
    """Blocks with the marks of their portions, where the scheme prints them, and the markings of these.

    `least` is what each portion carries at least. A heading that holds the memo's own `title` is a portion.
    """
    handling = selection.handling
    if handling is None:
        return tuple(blocks), []
    portions = Portions(handling, least, title)
    marked = tuple(map(portions.block, blocks))
    return marked if handling.scheme.portions else tuple(blocks), portions.found


def with_banner(document: Document, banner: Banner) -> Document:
    """The document with a banner, which is also its first paragraph: headers are not read out."""
    first = Section(name=MARKING, blocks=(Paragraph(children=(Text(text=banner.text, strong=True),)),))
    return replace(document, banner=banner, sections=(first, *document.sections))


class Portions:
    """Marks the portions of one section, and gathers their markings."""

    def __init__(self, handling: Handling, section: Marking | None, title: str = "") -> None:
        """`section`: what every portion carries at least; `title`: the memo's own words."""
        self._title = title.casefold()
        self._handling = handling
        self._section = section
        self.found: list[Marking] = []

    def block(self, block: Block) -> Block:
        """The block with a mark before each of its portions."""
        place = 1 if isinstance(block, Fields) else 0  # labels are narrow: the mark stands before the value
        drawn = frozenset(_drawn(block))

        def mark(passage: Passage) -> Passage:
            ids = drawn | frozenset(id_ for inlines in passage for inline in inlines for id_ in _ids(inline))
            words = "".join(map(plain, passage))
            marking = self._of(ids, words)
            is_label = isinstance(block, Heading) and not (
                ids or self._section or self._is_titled(block, words)
            )
            if is_label:
                return passage  # a heading of the template's own
            self.found.append(marking)
            before = Text(text=self._handling.scheme.portion(marking) + " ")
            return [(before, *inlines) if i == place else inlines for i, inlines in enumerate(passage)]

        changed = rewritten(block, mark)
        if isinstance(block, Table) and isinstance(changed, Table):
            return replace(changed, header=block.header)  # which every page repeats: no portion
        return changed

    def _is_titled(self, heading: Heading, words: str) -> bool:
        """Whether the title of the document stands in it, be it in capitals."""
        return bool(self._title) and heading.level == 1 and self._title in words.casefold()

    def _of(self, ids: frozenset[str], words: str) -> Marking:
        handling = self._handling
        found = [handling.facts[id_] for id_ in ids if id_ in handling.facts]
        found = found or [handling.names[id_] for id_ in ids if id_ in handling.names] or [handling.own]
        if self._section is not None:
            found.append(self._section)
        found += handling.of_lines_in(words)
        marking = handling.scheme.fold(found)
        assert marking is not None
        return marking


def _ids(inline: Inline) -> Iterator[str]:
    match inline:
        case Text(origin=origin):
            yield from (origin.fact,) if origin else ()
        case Link(children=children):
            yield from (text.origin.fact for text in children if text.origin)
        case Cite(sources=sources):
            yield from (cited.source for cited in sources)


def _drawn(block: Block) -> Iterator[str]:
    if isinstance(block, Figure) and isinstance(block.picture, Timeline):
        yield from (entry.fact for entry in block.picture.entries)
