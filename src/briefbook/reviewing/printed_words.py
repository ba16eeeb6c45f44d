"""The words of an edition, paragraph by paragraph as print sets them: whose each of them is. Pure."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from briefbook.aligning import Key, words_in
from briefbook.document import (
    Block,
    Document,
    Fields,
    Figure,
    Heading,
    Inline,
    Inlines,
    ItemList,
    LineBreak,
    Link,
    Origin,
    Paragraph,
    Slot,
    SourceList,
    Table,
    Text,
    plain,
)
from briefbook.frozen import frozen
from briefbook.notes import notes_of, without_notes
from briefbook.outline import outlined


@frozen
class Piece:
    """A run of words of the edition that come from one field or slot, or are connective words.

    `section` is the name of its section, `heading` the words of the heading that it stands under.
    """

    text: str
    origin: Origin | None = None
    slot: Slot | None = None
    language: str = ""
    section: str = ""
    heading: str = ""

    @property
    def is_of_somebody(self) -> bool:
        """Whether a field or a slot is known that its words come from."""
        return self.origin is not None or self.slot is not None


@frozen
class Line:
    """A paragraph of the tree: its pieces by their numbers, and whose each of its words is."""

    pieces: tuple[int, ...]
    key: Key
    owners: tuple[tuple[int, int, int], ...]  # piece, start and end in its text


def lines_of(document: Document) -> tuple[list[Line], list[Piece]]:
    """The paragraphs that print makes of a document, in order, and all their pieces."""
    shown = outlined(without_notes(document))
    pieces: list[Piece] = []
    lines: list[Line] = []

    def add(inlines: Inlines, section: str, heading: str) -> None:
        begun = len(pieces)
        for run in _runs(inlines):
            first = run[0]
            pieces.append(
                Piece(
                    text="".join(text.text for text in run), origin=first.origin, slot=first.slot,
                    language=first.language or document.language, section=section, heading=heading,
                )
            )  # fmt: skip
        numbers = range(begun, len(pieces))
        found = [(key, (n, start, end)) for n in numbers for key, start, end in words_in(pieces[n].text)]
        if found:
            keys, owners = zip(*found, strict=True)
            lines.append(Line(pieces=tuple(numbers), key=keys, owners=owners))

    heading = ""
    for section in shown.sections:
        for block in section.blocks:
            if isinstance(block, Heading):
                heading = plain(block.children)
            for inlines in _paragraphs_of(block):
                add(inlines, section.name, heading)
    for entry in notes_of(document).values():
        add(entry.children, "sources", document.notes_title or heading)
    return lines, pieces


def _paragraphs_of(block: Block) -> Iterator[Inlines]:
    """The inlines of each paragraph that print makes of a block."""
    match block:
        case Heading():
            yield (*block.children, LineBreak(), *block.aside)
        case Paragraph():
            yield block.children
        case ItemList():
            for item in block.items:
                for inner in item.blocks:
                    yield from _paragraphs_of(inner)
        case Fields():
            for row in block.rows:
                yield (*row.label, LineBreak(), *row.value)
        case Table():
            for cells in (block.header, *block.rows):
                yield from cells.cells
        case SourceList():
            for entry in block.entries:
                yield entry.children
        case Figure():
            yield block.caption
        case _:
            assert_never(block)


def _runs(inlines: Inlines) -> Iterator[list[Text]]:
    """Neighbouring texts of one field or slot; a citation or a new line parts them."""
    run: list[Text] = []
    for text in _texts(inlines):
        if text is None or (run and _whose(run[-1]) != _whose(text)):
            if run:
                yield run
            run = []
        if text is not None:
            run.append(text)
    if run:
        yield run


def _whose(text: Text) -> tuple[object, ...]:
    return text.origin, text.slot, text.language


def _texts(inlines: Iterable[Inline]) -> Iterator[Text | None]:
    """The texts, those of links included; None where something else stands between."""
    for inline in inlines:
        match inline:
            case Text():
                yield inline
            case Link():
                yield from inline.children
            case _:
                yield None
