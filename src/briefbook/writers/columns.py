"""How the columns of a table share the measure: the same widths on the PDF's page and in the DOCX.

Pure: widths in points come from a function. The face of the PDF is known, that of the DOCX is whatever the
reader has; both get the columns that a face a quarter wider asks for, so that their lines are the same.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from briefbook.document import Inlines, Table
from briefbook.writers.line_breaking import natural_width, widest_word
from briefbook.writers.strips import TextSetter, texts_of

# A face that the reader has instead may run wider. A line then takes one more; a word would be cut in two,
# so each column has room for its longest word in the widest of the usual ones (DejaVu Serif), if it can be.
_LINE_ROOM = 1.01
_WORD_ROOM = 1.25
_WIDEST_GAP = 28.0  # points between the columns of a narrow table
_FIGURE = re.compile(r"[(+\-−–~≈<>]?\s?[€$£¥]?\s?\d[\d.,\s]*\s?[%‰€$£¥)]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The widths of a table's columns, and the gap between two of them, in points."""

    widths: tuple[float, ...]
    gap: float


def columns_of(table: Table, text: TextSetter) -> Columns:
    """The columns of a table over the theme's measure, by the widths of its words and lines."""
    theme = text.theme
    rows = (table.header, *table.rows)
    styles = (theme.table_head, *[theme.table_cell] * len(table.rows))
    words: list[float] = []
    lines: list[float] = []
    for index in range(len(table.header.cells)):
        forced = [
            spans
            for row, style in zip(rows, styles, strict=True)
            for spans in text.forced_lines(row.cells[index], style)
        ]
        words.append(max((widest_word(spans, text.measure) for spans in forced), default=0))
        lines.append(max((natural_width(spans, text.measure) for spans in forced), default=0))
    room = theme.page.measure - theme.column_gap * (len(words) - 1)
    word_room = _WORD_ROOM if sum(words) * _WORD_ROOM <= room else _LINE_ROOM
    least = [width * word_room for width in words]
    natural = [max(word, line * _LINE_ROOM) for word, line in zip(least, lines, strict=True)]
    return set_columns(least, natural, measure=theme.page.measure, column_gap=theme.column_gap)


def figure_columns(table: Table) -> list[bool]:
    """For each column, whether it holds figures alone: those stand flush right."""
    return [
        are_figures(_words_of(row.cells[index]) for row in table.rows)
        for index in range(len(table.header.cells))
    ]


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


def _words_of(cell: Inlines) -> str:
    return "".join(text.text for text in texts_of(cell))
