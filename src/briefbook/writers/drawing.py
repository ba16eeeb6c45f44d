"""Drawings: a few vector shapes on a sheet of their own, of no format."""

from enum import StrEnum

from briefbook.frozen import frozen


class Paint(StrEnum):
    """A colour by its part in the theme; `GROUND` is the sheet's own."""

    INK = "ink"
    ACCENT = "accent"
    QUIET = "quiet"
    HAIRLINE = "hairline"
    GROUND = "ground"


@frozen
class Stroke:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    thickness: float
    paint: Paint
    dashed: bool = False


@frozen
class Pill:
    """A box whose ends are half circles: a disc where it is as wide as it is high."""

    x: float
    y: float
    width: float
    height: float
    fill: Paint
    outline: Paint
    thickness: float


@frozen
class Polygon:
    """A closed shape of straight sides."""

    points: tuple[tuple[float, float], ...]
    fill: Paint
    outline: Paint | None = None
    thickness: float = 0


@frozen
class Words:
    """A text on one line from `x` on, as wide as was measured."""

    x: float
    baseline: float
    width: float
    text: str
    size: float
    paint: Paint


Shape = Stroke | Pill | Polygon | Words


@frozen
class Drawing:
    """Shapes on a sheet of its own, later ones over earlier ones; points, `y` down."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
