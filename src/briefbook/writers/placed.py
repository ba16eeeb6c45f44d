"""What a laid-out page holds: runs of text, rules, and the places that links and bookmarks jump to.

Lengths are in points, measured from the sheet's upper left corner, `x` to the right, `y` and `baseline`
down. Every run says which part of which block it shows, so that whoever draws a page can open and close
marked content around it; furniture (footer, repeated header row, rules) belongs to no reading order.
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from briefbook.document import Document, furniture_of
from briefbook.frozen import changing, frozen
from briefbook.writers.drawing import Drawing

HERE = "#"  # begins a link to a place in the document itself


class Part(IntEnum):
    """Which part of a block a run shows; the numbers are the order in which parts are read."""

    BODY = 0  # a heading's, paragraph's, item's or source's text
    ASIDE = 1  # what stands flush right beside a heading
    LABEL = 2  # a field's label
    VALUE = 3  # a field's value
    HEADER_CELL = 4
    CELL = 5
    CAPTION = 6  # of a figure, below it
    MARKER = -1  # an item's bullet or number, a source's number: read before its text
    NOTE_MARKER = 7  # the number of a footnote or endnote
    NOTE = 8  # its text
    EDGE = 9  # what the edges of the first sheet alone say: read after everything else


class Owner(NamedTuple):
    """The part of the document that a run shows. Owners sort in reading order.

    A tuple, since they are compared, sorted and looked up by the hundred.

    `block` counts the top-level blocks of `layout.printed(document)` from 0. `path` leads on from there:
    (row,) in fields and sources, (row, column) in a table with the header row as row 0, (item, paragraph,
    item …) in a list.

    The parts of a note have its number as their path. `block` is the one in which a footnote hangs, that of
    the list itself for an endnote. Runs of footnotes stand on a page after those of its text, and may go on
    on the next page. Where exactly a note hangs says the run whose `note` is its number.

    What an edge says has the number of the document's first block, and its own as path.
    """

    block: int
    path: tuple[int, ...] = ()
    part: Part = Part.BODY


def edge_owners(document: Document, first: int = 0) -> dict[str, Owner]:
    """Whose what the edges of a document's first sheet alone say is, by its words.

    It is no running head or foot, and so no artifact (ISO 14289-1, 7.1 and 7.8). `first` is the number of the
    document's first block.
    """
    once = furniture_of(document).once
    return {text: Owner(block=first, path=(number,), part=Part.EDGE) for number, text in enumerate(once)}


@changing  # a frozen one takes twice as long to make, one by keywords three times as long
class PlacedRun:
    """Text in one look on one line. A word's last space stands in `text`, so that words don't fuse."""

    x: float
    baseline: float
    width: float
    text: str
    size: float
    strong: bool
    emphasis: bool
    colour: str
    inline: int  # the number of the link or citation among the inlines of its owner's part
    link: (
        str | None
    )  # an address, with `cited` the one that opens that source at its words; or `HERE` and a name
    cited: str | None  # the id of a source
    note: int | None  # the number of the footnote or endnote that hangs here
    language: str | None  # where it is not the document's
    owner: Owner | None  # None: shows no part of it (what runs on at head and foot)
    furniture: bool
    anchor: int | None = None  # the number of a place that an index may lead to


@frozen
class PlacedRule:
    """A horizontal line: always furniture."""

    x: float
    y: float
    width: float
    thickness: float
    colour: str
    dotted: bool = False


@frozen
class PlacedPicture:
    """A raster picture (PNG or JPEG) and the words that stand for it."""

    x: float
    y: float
    width: float
    height: float
    data: bytes
    alt: str
    owner: Owner


@frozen
class PlacedDrawing:
    """A vector drawing, words and all, and the words that stand for it."""

    x: float
    y: float
    width: float
    height: float
    drawing: Drawing
    alt: str
    owner: Owner


PlacedFigure = PlacedDrawing | PlacedPicture


@frozen
class HeadingMark:
    """Where a heading begins: a bookmark leads there."""

    title: str
    level: int
    y: float
    owner: Owner


@frozen
class SourceMark:
    """Where a source's entry or note begins: its citations lead there."""

    source: str
    y: float


@frozen
class PlacedPage:
    """One page, ready to draw. Its runs stand in reading order: text, footnotes, furniture."""

    number: int  # from 1
    width: float
    height: float
    runs: tuple[PlacedRun, ...]
    rules: tuple[PlacedRule, ...]
    headings: tuple[HeadingMark, ...]
    sources: tuple[SourceMark, ...]
    figures: tuple[PlacedFigure, ...] = ()


def reading_order(page: PlacedPage) -> Iterator[list[PlacedRun] | PlacedFigure]:
    """What a page shows, in reading order: its runs, shared out between its figures."""
    begun = 0
    for figure in page.figures:
        end = begun
        while end < len(page.runs) and _is_before(page.runs[end], figure.owner):
            end += 1
        yield list(page.runs[begun:end])
        yield figure
        begun = end
    yield list(page.runs[begun:])


def _is_before(run: PlacedRun, figure: Owner) -> bool:
    """Whether a run is read before a figure on its page: footnotes and furniture come after all text."""
    if run.owner is None or run.furniture or run.owner.part >= Part.NOTE_MARKER:
        return False
    return run.owner < figure
