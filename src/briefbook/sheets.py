"""What stands at the edges of a memo's sheets."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """The line at the head or at the foot of a sheet: patterns with `{page}` and `{pages}`."""

    left: str = ""
    middle: str = ""
    right: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """What stands at the edges of the first sheet, and of every later one."""

    first_top: Edge = Edge()
    first_bottom: Edge = Edge()
    top: Edge = Edge()
    bottom: Edge = Edge()
