"""How the columns of a table share the measure: the same rules on the PDF's page and in the DOCX.

Pure arithmetic on widths in points; how wide a text is, each writer knows itself.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_WIDEST_GAP = 28.0  # points between the columns of a narrow table
_FIGURE = re.compile(r"[(+\-−–~≈<>]?\s?[€$£¥]?\s?\d[\d.,\s]*\s?[%‰€$£¥)]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The widths of a table's columns, and the gap between two of them, in points."""

    widths: tuple[float, ...]
    gap: float


def set_columns(
    least: Sequence[float], natural: Sequence[float], *, measure: float, column_gap: float
) -> Columns:
    """Share the measure among columns, of which `least` are the longest words' widths, `natural` the lines'.

    Where every cell fits on one line, the table is as narrow as it may be, with wider gaps. Else narrow
    columns keep their lines whole and wide ones share what is left.
    """
    gaps = len(natural) - 1
    room = measure - column_gap * gaps
    spare = room - sum(natural)
    widths = tuple(natural) if spare >= 0 else _shared(least, natural, room)
    wider = max(0.0, min(spare / max(1, gaps), _WIDEST_GAP - column_gap))
    return Columns(widths=widths, gap=column_gap + wider)


def are_figures(texts: Iterable[str]) -> bool:
    """Whether a column holds figures alone (empty cells don't count): those stand flush right."""
    held = [text for text in map(str.strip, texts) if text]
    return bool(held) and all(_FIGURE.fullmatch(text) for text in held)


def _shared(least: Sequence[float], natural: Sequence[float], room: float) -> tuple[float, ...]:
    """Share `room`: each column gets its longest word, and of the rest what it can use, in equal shares.

    Where not even the longest words fit, all columns shrink alike and words are cut.
    """
    if sum(least) >= room:
        return tuple(room * width / sum(least) for width in least)
    widths = list(least)
    hungriest_last = sorted(range(len(least)), key=lambda column: natural[column] - least[column])
    for rank, column in enumerate(hungriest_last):
        share = (room - sum(widths)) / (len(least) - rank)
        widths[column] = min(natural[column], least[column] + share)
    return tuple(widths)
