"""How the columns of a table share the measure: the same widths on the PDF's page and in the DOCX.

Pure: widths in points come from a function. The face of the PDF is known, that of the DOCX is whatever the
reader has; both get the columns that a face a quarter wider asks for, so that their lines are the same.
"""

import re
from collections.abc import Iterable, Sequence
from math import ceil

from briefbook.document import Inlines, Table
from briefbook.frozen import frozen
from briefbook.writers.cell_widths import CellWidths
from briefbook.writers.line_breaking import natural_width, widest_word_in
from briefbook.writers.strips import TextSetter, texts_of
from briefbook.writers.styled_text import Span
from briefbook.writers.theme import Theme

# A face that the reader has instead may run wider. A line then takes one more; a word would be cut in two,
# so each column has room for its longest word in the widest of the usual ones (DejaVu Serif), if it can be.
_LINE_ROOM = 1.01
_WORD_ROOM = 1.25
_WIDEST_GAP = 28.0  # points between the columns of a narrow table
_MOST_GAPS = 0.5  # of the measure: with very many columns the gaps shrink, so that text has the other half
_POWERS = (0.0, 0.5, 1.0)  # wide columns get shares alike, or more the more they want
_FILLED = 0.93  # how much of a line words fill, on average
_FIGURE = re.compile(r"[(+\-−–~≈<>]?\s?[€$£¥]?\s?\d[\d.,\s]*\s?[%‰€$£¥)]?")


Cell = list[list[Span]]
"""What a cell holds: the styled text of each of its forced lines."""


@frozen
class Columns:
    """The widths of a table's columns, and the gap between two of them, in points."""

    widths: tuple[float, ...]
    gap: float


def columns_of(table: Table, text: TextSetter) -> Columns:
    """The columns of a table over the theme's measure, by the widths of its words and lines."""
    words = [0.0] * len(table.header.cells)
    lines: list[list[list[float]]] = []
    measured = CellWidths(text.theme.table_head, text)
    for row in (table.header, *table.rows):
        cells: list[list[float]] = []
        for index, cell in enumerate(row.cells):
            widths: list[float] = []
            for width, widest in measured.of(cell):
                if widest > words[index]:
                    words[index] = widest
                widths.append(width * _LINE_ROOM)
            cells.append(widths)
        lines.append(cells)
        if row is table.header:
            measured = CellWidths(text.theme.table_cell, text)
    return _shared_out(words, lines, text.theme)


def spans_of(table: Table, text: TextSetter) -> list[list[Cell]]:
    """The rows of a table, its header row first, as styled text: made once, for measuring and for setting."""
    head, body = text.theme.table_head, text.theme.table_cell
    return [
        [text.forced_lines(cell, head) for cell in table.header.cells],
        *[[text.forced_lines(cell, body) for cell in row.cells] for row in table.rows],
    ]


def columns_for(rows: Sequence[Sequence[Cell]], text: TextSetter) -> Columns:
    """The same as `columns_of`, by what `spans_of` makes of a table: for who sets those spans next."""
    measure = text.measure
    words = [
        widest_word_in([spans for cell in column for spans in cell], measure)
        for column in zip(*rows, strict=True)
    ]
    lines = [[[natural_width(spans, measure) * _LINE_ROOM for spans in cell] for cell in row] for row in rows]
    return _shared_out(words, lines, text.theme)


def _shared_out(words: Sequence[float], lines: list[list[list[float]]], theme: Theme) -> Columns:
    gap = least_gap(len(words), measure=theme.page.measure, column_gap=theme.column_gap)
    room = theme.page.measure - gap * (len(words) - 1)
    word_room = _WORD_ROOM if sum(words) * _WORD_ROOM <= room else _LINE_ROOM
    least = [width * word_room for width in words]
    return set_columns(least, lines, measure=theme.page.measure, column_gap=theme.column_gap)


def least_gap(columns: int, *, measure: float, column_gap: float) -> float:
    """The gap between two of so many columns, in points: the theme's, or what half of the measure leaves."""
    return min(column_gap, measure * _MOST_GAPS / max(1, columns - 1))


def figure_columns(table: Table) -> list[bool]:
    """For each column, whether it holds figures alone: those stand flush right."""
    return [
        are_figures(_words_of(row.cells[index]) for row in table.rows)
        for index in range(len(table.header.cells))
    ]


def set_columns(
    least: Sequence[float], rows: Sequence[Sequence[Sequence[float]]], *, measure: float, column_gap: float
) -> Columns:
    """Share the measure among columns, which are no narrower than `least`.

    `rows` holds the width of each line of each cell. Where all of them fit, the table is as narrow as it may
    be, with wider gaps. Else narrow columns keep their lines whole and wide ones share what is left.
    """
    natural = [
        max([line for row in rows for line in row[column] if line > narrowest], default=narrowest)
        for column, narrowest in enumerate(least)
    ]
    gaps = max(0, len(natural) - 1)
    gap = least_gap(len(natural), measure=measure, column_gap=column_gap)
    room = measure - gap * gaps
    spare = room - sum(natural)
    widths = tuple(natural) if spare >= 0 else _shared(least, natural, rows, room)
    wider = max(0.0, min(spare / max(1, gaps), _WIDEST_GAP - gap))
    return Columns(widths=widths, gap=gap + wider)


def are_figures(texts: Iterable[str]) -> bool:
    """Whether a column holds figures alone (empty cells don't count): those stand flush right."""
    found = False
    for text in map(str.strip, texts):
        if text:
            if not _FIGURE.fullmatch(text):
                return False
            found = True
    return found


def _shared(
    least: Sequence[float],
    natural: Sequence[float],
    rows: Sequence[Sequence[Sequence[float]]],
    room: float,
) -> tuple[float, ...]:
    """Share `room`: of some ways, that which makes the table lowest; the earlier one where two are alike.

    A column that wants no more than its part of the room keeps its lines whole. Where not even the longest
    words fit, all columns shrink alike and words are cut.
    """
    if sum(least) >= room:
        return tuple(room * width / sum(least) for width in least)
    fair = room / len(least)
    modest = [wish if wish <= fair else narrowest for narrowest, wish in zip(least, natural, strict=True)]
    bases = [base for base in (modest, list(least)) if sum(base) < room]
    hungry = [wish for wish, narrowest in zip(natural, bases[0], strict=True) if wish > narrowest]
    powers = _POWERS if len(hungry) > 1 else _POWERS[:1]  # one alone gets all, by any of them
    ways = [_by_hunger(bases[0], natural, room, power) for power in powers]
    for column, wish in enumerate(natural):  # or one wide column keeps its lines whole too
        for base in bases:
            kept = [*base[:column], wish, *base[column + 1 :]]
            if wish > base[column] and sum(kept) < room:
                ways.append(_by_hunger(kept, natural, room, _POWERS[0]))
                break
    slimmest = [min(widths) for widths in zip(*ways, strict=True)]
    torn = [row for row in rows if not _fits(row, slimmest)]  # the others are as high in any way
    return min(dict.fromkeys(ways), key=lambda widths: _height(torn, widths))


def _fits(row: Sequence[Sequence[float]], widths: Sequence[float]) -> bool:
    """Whether each line of a row's cells is as wide as its column at most."""
    for cell, width in zip(row, widths, strict=True):
        for line in cell:
            if line > width:
                return False
    return True


def _by_hunger(
    least: Sequence[float], natural: Sequence[float], room: float, power: float
) -> tuple[float, ...]:
    """Each column gets its least, and of the rest what it can use, in shares by a power of what it wants."""
    widths = list(least)
    hunger = {
        column: wish - narrowest
        for column, (narrowest, wish) in enumerate(zip(least, natural, strict=True))
        if wish > narrowest
    }
    weights = {column: want**power for column, want in hunger.items()}
    hungriest_last = sorted(hunger, key=lambda column: hunger[column] / weights[column])
    for rank, column in enumerate(hungriest_last):
        others = sum([weights[other] for other in hungriest_last[rank:]])
        share = (room - sum(widths)) * weights[column] / others
        widths[column] += min(hunger[column], share)
    return tuple(widths)


def _height(rows: Sequence[Sequence[Sequence[float]]], widths: Sequence[float]) -> int:
    """About how many lines the rows of a table take where its columns are so wide."""
    height = 0
    for row in rows:
        highest = 0
        for cell, width in zip(row, widths, strict=True):
            taken = 0
            for line in cell:
                taken += 1 if line <= width else ceil(line / (width * _FILLED))
            highest = max(highest, taken)
        height += highest
    return height


def _words_of(cell: Inlines) -> str:
    return "".join(text.text for text in texts_of(cell))
