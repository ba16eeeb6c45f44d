"""The document: the format-neutral tree that every writer reads.

Two closed unions, `Block` and `Inline`, and nothing of any format. A writer is total over them
(`match` with `assert_never`), so a new constructor is a type error in every writer that lacks it.
Nodes carry no place: every mistake has surfaced before a tree exists.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import assert_never
from unicodedata import category

from briefbook.frozen import frozen
from briefbook.marking import Banner
from briefbook.sheets import Edge, Furniture
from briefbook.spoken import ENGLISH, Spoken

# ------------------------------------------------------------------------------------- inlines


@frozen
class Origin:
    """Which field of which fact a run of text shows: redlines, review and recall need it."""

    fact: str
    field: str


@frozen
class Slot:
    """The place of a memo's file that a person's words come from: a returned document leads back to it.

    `id` is what the memo's file calls it: `bottom_line`, `objectives[1]`, or an id of its own.
    """

    id: str
    title: str = ""  # what it is called, in the document's language
    is_empty: bool = False  # nobody wrote it yet: what stands there is its prompt


@frozen
class Text:
    """A run of words in one style. Never empty, never with a line break or control character in it."""

    text: str
    strong: bool = False
    emphasis: bool = False
    language: str | None = None  # BCP 47 tag where it is not the document's
    origin: Origin | None = None  # None: connective words of a template
    slot: Slot | None = None  # None: not what a person wrote in the memo's file to be read back
    inferred: str | None = None  # the reason, where the words are our reading of what the source says
    anchor: int | None = None  # in a bound book: the number of a place that its index may lead to


@frozen
class Link:
    """Words that lead to an address (http, https or mailto)."""

    children: tuple[Text, ...]
    target: str


@frozen
class CitedSource:
    """One source in a citation: its id and the number under which the document lists it (from 1).

    `is_note`: where sources are printed as footnotes or endnotes, the source's own note hangs here, at the
    first citation that print shows; every later one refers back to it. `target` is an address that opens the
    source at its words: with a text fragment where it has an address, else the archived text.
    """

    source: str
    number: int
    is_note: bool = False
    target: str | None = None


@frozen
class Cite:
    """A citation. It is always in the tree and in JSON; `shown` says whether print sets its numbers."""

    sources: tuple[CitedSource, ...]
    shown: bool = True


@frozen
class LineBreak:
    """A forced new line inside a paragraph, cell or field."""


Inline = Text | Link | Cite | LineBreak
Inlines = tuple[Inline, ...]

# -------------------------------------------------------------------------------------- blocks


@frozen
class Heading:
    """A heading. `level` counts from 1; `aside` is set flush right on the same line (the date on top)."""

    level: int
    children: Inlines
    aside: Inlines = ()


@frozen
class Paragraph:
    """Running text. `lead_in` marks a line that introduces what follows and must stay with it."""

    children: Inlines
    lead_in: bool = False


@frozen
class ListItem:
    """One item: paragraphs and lists of its own."""

    blocks: tuple["Paragraph | ItemList", ...]


@frozen
class ItemList:
    """A list, numbered from `start` where `ordered`, else bulleted."""

    ordered: bool
    items: tuple[ListItem, ...]
    start: int = 1
    continued: bool = False  # it counts on from the numbered list before it


@frozen
class Field:
    """A label and its value, side by side."""

    label: Inlines
    value: Inlines


@frozen
class Fields:
    """Labels with values on a tab stop: the memo's header block, dated entries, sides with people."""

    rows: tuple[Field, ...]


@frozen
class Row:
    """One row of a table: as many cells as the table has columns."""

    cells: tuple[Inlines, ...]


@frozen
class Table:
    """A table with one header row that repeats on each page. `name` says in words what it holds."""

    name: str
    header: Row
    rows: tuple[Row, ...]


@frozen
class SourceEntry:
    """One line of the list of sources: what citations with this number lead to."""

    source: str
    number: int
    children: Inlines


@frozen
class SourceList:
    """The numbered sources that the document rests on."""

    entries: tuple[SourceEntry, ...]


MOST_PIXELS = 24_000_000  # of a picture, in all, 6000 × 4000: decoded they take 96 MB


@frozen
class Image:
    """A picture of the user's own, as it was read."""

    data: bytes
    media_type: str  # image/png or image/jpeg
    width: int  # pixels
    height: int
    printed: float | None = None  # its width on paper in points, where that is given


class Standing(StrEnum):
    """How an entry of a timeline stands: told apart by shape and words, not by colour alone."""

    HELD = "held"
    UPCOMING = "upcoming"
    UNCONFIRMED = "unconfirmed"
    CANCELLED = "cancelled"
    DISPUTED = "disputed"


@frozen
class TimelineEntry:
    """A meeting on a timeline: an exact day is a point, an inexact date a span.

    A span that is open on a side has `date.min` or `date.max` there.
    """

    label: str  # what it is, ready to print
    when: str  # its date in words, ready to print
    said: str  # its standing in words, ready to print
    standing: Standing
    first: date
    last: date
    fact: str  # the meeting's id

    @property
    def starts_open(self) -> bool:
        """Whether nothing says from when on it may be: never of one day."""
        return self.first == date.min and self.last != date.min

    @property
    def ends_open(self) -> bool:
        """Whether nothing says until when it may be."""
        return self.last == date.max and self.first != date.max


@frozen
class TimelineKey:
    """What a standing is called in the legend; without a standing: what a long mark means."""

    words: str
    standing: Standing | None = None


@frozen
class Timeline:
    """The meetings of a memo along time, in the order of their first days, and the as-of day."""

    as_of: date
    as_of_label: str
    entries: tuple[TimelineEntry, ...]
    keys: tuple[TimelineKey, ...] = ()
    months: tuple[str, ...] = ()  # twelve short names, for the axis; their numbers if not given


@frozen
class Figure:
    """A picture on its own. `alt` says in words all that it shows; `caption` is printed below it."""

    alt: str
    picture: Timeline | Image
    caption: Inlines = ()


Block = Heading | Paragraph | ItemList | Fields | Table | SourceList | Figure

MARKING = "marking"  # of the first section of a marked document: its banner as a paragraph, for who hears it


class Citations(StrEnum):
    """How print shows what a passage rests on."""

    NUMBERED = "numbered"  # numbers that lead to the list of sources
    FOOTNOTES = "footnotes"  # the source at the foot of its page
    ENDNOTES = "endnotes"  # the source in a note at the end


@frozen
class Section:
    """A named part of the memo: what one section template made. Its heading is its first block."""

    name: str
    blocks: tuple[Block, ...]
    together: bool = False  # all of it stands on one page
    place: int | None = None  # among the sections that the memo names, from 0; of one that it does not, None


@frozen
class LeftOut:
    """What a promise of length left out: an item of a section, or all of it."""

    place: int  # of the section among those of the memo, from 0
    section: str
    item: str | None  # its id, or its list and number in it: `talking_points[2]`
    words: str  # what it is called, for people


@frozen
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
    citations: Citations = Citations.NUMBERED
    notes_title: str = ""  # above the notes, ready to print, where they are endnotes
    spoken: Spoken = ENGLISH
    furniture: Furniture | None = None  # ours, if not given: see `furniture_of`
    left_out: tuple[LeftOut, ...] = ()  # so that it keeps to the length that it promises
    banner: Banner | None = None  # at head and foot of every page, where the book has a scheme of markings


# ------------------------------------------------------------------------------------- reading


def furniture_of(document: Document) -> Furniture:
    """What stands at the edges of its sheets: its own, else ours, with the reference from page 2 on."""
    if document.furniture is not None:
        return document.furniture
    foot = Edge(left=document.footer, right=document.page_of)
    return Furniture(first_bottom=foot, top=Edge(left=document.reference), bottom=foot)


def blocks_of(document: Document) -> Iterator[Block]:
    """Every top-level block, in reading order."""
    for section in document.sections:
        yield from section.blocks


def inlines_of(block: Block) -> list[Inline]:
    """Every inline of a block, in reading order, those of items, rows and fields included."""
    match block:
        case Heading():
            return [*block.children, *block.aside]
        case Paragraph():
            return [*block.children]
        case ItemList():
            inner = [each for item in block.items for each in item.blocks]
            return [inline for each in inner for inline in inlines_of(each)]
        case Fields():
            return [inline for row in block.rows for inline in (*row.label, *row.value)]
        case Table():
            rows = (block.header, *block.rows)
            return [inline for row in rows for cell in row.cells for inline in cell]
        case SourceList():
            return [inline for entry in block.entries for inline in entry.children]
        case Figure():
            return [*block.caption]
        case _:
            assert_never(block)


def plain(inlines: Iterable[Inline]) -> str:
    """The words of some inlines, without their citations; a forced line is a space."""
    parts: list[str] = []
    for inline in inlines:
        match inline:
            case Text():
                parts.append(inline.text)
            case Link():
                parts += [text.text for text in inline.children]
            case LineBreak():
                parts.append(" ")
            case Cite():
                pass
            case _:
                assert_never(inline)
    return "".join(parts)


def is_blank(words: str) -> bool:
    """Whether nothing of a text would be seen or heard: spaces, controls and marks that nothing carries.

    By the general categories of Unicode, and the letters and signs that are blank all the same.
    """
    for character in words:  # noqa: SIM110 – hot in reading; the first character nearly always settles it
        if category(character)[0] not in "CMZ" and character not in _FILLERS:
            return False
    return True


_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"  # of Hangul and Braille


def facts_of(block: Block) -> frozenset[str]:
    """The ids of the facts that a block shows, cited sources included."""
    return facts_in(inlines_of(block)) | facts_drawn(block)


def facts_in(inlines: Iterable[Inline]) -> frozenset[str]:
    """The ids of the facts that some inlines show and of the sources that they cite."""
    found: set[str] = set()
    for inline in inlines:
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


def facts_drawn(block: Block) -> frozenset[str]:
    """The ids of the facts that a block shows as a drawing."""
    if isinstance(block, Figure) and isinstance(block.picture, Timeline):
        return frozenset(entry.fact for entry in block.picture.entries)
    return frozenset()
