"""What a laid-out page holds: runs of text, rules, and the places that links and bookmarks jump to.

Lengths are in points, measured from the sheet's upper left corner, `x` to the right, `y` and `baseline`
down. Every run says which part of which block it shows, so that whoever draws a page can open and close
marked content around it; furniture (footer, repeated header row, rules) belongs to no reading order.
"""

from dataclasses import dataclass
from enum import IntEnum

from briefbook.writers.drawing import Drawing


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


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Owner:
    """The part of the document that a run shows. Owners sort in reading order.

    `block` counts the document's top-level blocks from 0. `path` leads on from there: (row,) in fields and
    sources, (row, column) in a table with the header row as row 0, (item, paragraph, item …) in a list.
    """

    block: int
    path: tuple[int, ...] = ()
    part: Part = Part.BODY


@dataclass(frozen=True, slots=True, kw_only=True)
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
    link: str | None  # an address
    cited: str | None  # the id of a source
    language: str | None  # where it is not the document's
    owner: Owner | None  # None: shows no block (the footer)
    furniture: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedRule:
    """A horizontal line: always furniture."""

    x: float
    y: float
    width: float
    thickness: float
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedPicture:
    """A raster picture (PNG or JPEG) and the words that stand for it."""

    x: float
    y: float
    width: float
    height: float
    data: bytes
    alt: str
    owner: Owner | None  # None: shows no block (a logo)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedDrawing:
    """A vector drawing, words and all, and the words that stand for it."""

    x: float
    y: float
    width: float
    height: float
    drawing: Drawing
    alt: str
    owner: Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadingMark:
    """Where a heading begins: a bookmark leads there."""

    title: str
    level: int
    y: float
    owner: Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMark:
    """Where a source's entry begins: its citations lead there."""

    source: str
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedPage:
    """One page, ready to draw. Its runs stand in reading order, furniture last."""

    number: int  # from 1
    width: float
    height: float
    runs: tuple[PlacedRun, ...]
    rules: tuple[PlacedRule, ...]
    headings: tuple[HeadingMark, ...]
    sources: tuple[SourceMark, ...]
    figures: tuple[PlacedDrawing | PlacedPicture, ...] = ()
