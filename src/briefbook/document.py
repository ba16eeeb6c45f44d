"""The document: the format-neutral tree that every writer reads.

Two closed unions, `Block` and `Inline`, and nothing of any format. A writer is total over them
(`match` with `assert_never`), so a new constructor is a type error in every writer that lacks it.
Nodes carry no place: every mistake has surfaced before a tree exists.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import assert_never

# ------------------------------------------------------------------------------------- inlines


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Which field of which fact a run of text shows: redlines, review and recall need it."""

    fact: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A run of words in one style. Never empty, never with a line break or control character in it."""

    text: str
    strong: bool = False
    emphasis: bool = False
    language: str | None = None  # BCP 47 tag where it is not the document's
    origin: Origin | None = None  # None: connective words of a template
    inferred: str | None = None  # the reason, where the words are our reading of what the source says


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Words that lead to an address (http, https or mailto)."""

    children: tuple[Text, ...]
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSource:
    """One source in a citation: its id and the number under which the document lists it (from 1)."""

    source: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cite:
    """A citation. It is always in the tree and in JSON; `shown` says whether print sets its numbers."""

    sources: tuple[CitedSource, ...]
    shown: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LineBreak:
    """A forced new line inside a paragraph, cell or field."""


Inline = Text | Link | Cite | LineBreak
Inlines = tuple[Inline, ...]

# -------------------------------------------------------------------------------------- blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading. `level` counts from 1; `aside` is set flush right on the same line (the date on top)."""

    level: int
    children: Inlines
    aside: Inlines = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Running text. `lead_in` marks a line that introduces what follows and must stay with it."""

    children: Inlines
    lead_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListItem:
    """One item: paragraphs and lists of its own."""

    blocks: tuple["Paragraph | ItemList", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemList:
    """A list, numbered from `start` where `ordered`, else bulleted."""

    ordered: bool
    items: tuple[ListItem, ...]
    start: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A label and its value, side by side."""

    label: Inlines
    value: Inlines


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Labels with values on a tab stop: the memo's header block, dated entries, sides with people."""

    rows: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table: as many cells as the table has columns."""

    cells: tuple[Inlines, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with one header row that repeats on each page. `name` says in words what it holds."""

    name: str
    header: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """One line of the list of sources: what citations with this number lead to."""

    source: str
    number: int
    children: Inlines


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceList:
    """The numbered sources that the document rests on."""

    entries: tuple[SourceEntry, ...]


Block = Heading | Paragraph | ItemList | Fields | Table | SourceList


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A named part of the memo: what one section template made. Its heading is its first block."""

    name: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One memo as of one day, ready for every writer."""

    memo: str  # the memo's id
    title: str  # for the title bar and the catalogue: the subject
    language: str  # BCP 47
    reference: str  # printed in the footer
    author: str  # who signs for it; may be empty
    as_of: date
    known_by: date
    footer: str  # left side of the footer, ready to print
    page_of: str  # pattern of the right side, with {page} and {pages}
    sections: tuple[Section, ...]


# ------------------------------------------------------------------------------------- reading


def blocks_of(document: Document) -> Iterator[Block]:
    """Every top-level block, in reading order."""
    for section in document.sections:
        yield from section.blocks


def inlines_of(block: Block) -> Iterator[Inline]:
    """Every inline of a block, in reading order, those of items, rows and fields included."""
    match block:
        case Heading():
            yield from block.children
            yield from block.aside
        case Paragraph():
            yield from block.children
        case ItemList():
            for item in block.items:
                for inner in item.blocks:
                    yield from inlines_of(inner)
        case Fields():
            for field in block.rows:
                yield from field.label
                yield from field.value
        case Table():
            for row in (block.header, *block.rows):
                for cell in row.cells:
                    yield from cell
        case SourceList():
            for entry in block.entries:
                yield from entry.children
        case _:
            assert_never(block)


def facts_of(block: Block) -> frozenset[str]:
    """The ids of the facts that a block shows, cited sources included."""
    found: set[str] = set()
    for inline in inlines_of(block):
        match inline:
            case Text():
                found.update([inline.origin.fact] if inline.origin else [])
            case Link():
                found.update(text.origin.fact for text in inline.children if text.origin)
            case Cite():
                found.update(cited.source for cited in inline.sources)
            case LineBreak():
                pass
            case _:
                assert_never(inline)
    return frozenset(found)
