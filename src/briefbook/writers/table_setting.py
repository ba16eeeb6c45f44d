"""Tables to strips: column widths from the content, a header row over a hairline, rows that stay whole."""

from collections.abc import Sequence
from dataclasses import replace

from briefbook.document import Table
from briefbook.frozen import frozen
from briefbook.writers.columns import Cell, columns_for, figure_columns, spans_of
from briefbook.writers.line_breaking import break_lines
from briefbook.writers.placed import Owner, Part
from briefbook.writers.strips import Fragment, Hairline, Stack, Strip, TextSetter, baseline
from briefbook.writers.styled_text import Line
from briefbook.writers.theme import TextStyle

_HIGHEST_HEADER = 1 / 3  # of a page: a higher header row is not repeated


def set_table(table: Table, text: TextSetter, owner: Owner) -> Stack:
    """Set a table over the measure: no vertical rules, figures flush right, the header row on each page.

    A row stays whole unless it is higher than a page; the header row stays with the first row, and the last
    two rows stay together. A header row that is higher than a third of a page stands once.
    """
    theme = text.theme
    head, *rows = spans_of(table, text)
    setter = _RowSetter(text=text, owner=owner, columns=_columns(table, [head, *rows], text))
    page = theme.page.height - theme.page.top - theme.page.bottom
    strips = setter.head(head, page)
    high = sum(strip.height for strip in strips)
    repeat = (replace(strips[0], bound=False),) if high <= page * _HIGHEST_HEADER else ()
    for number, row in enumerate(rows, 1):
        lines = setter.row(row, number)
        whole = setter.whole(lines, theme.table_cell)
        fits = whole.height + (high if repeat else 0) <= page
        parts = [whole] if fits else setter.divided(lines, theme.table_cell)
        for part in parts:
            part.repeat = repeat
        strips += parts
        if number == len(rows) - 1:
            strips[-1].bound = True
    if not rows:
        strips[-1].bound = False
    return Stack(strips, after=theme.body.after + theme.cell_padding)


@frozen
class _Column:
    """Where a column stands, in points from the text's left edge."""

    left: float
    width: float
    flush_right: bool


_Line = tuple[float, Line, Owner]
"""One line of a cell, and where it stands, from the text's left edge."""


@frozen
class _RowSetter:
    """Sets rows into columns; a row is a list of lines, each of which holds parts of its cells."""

    text: TextSetter
    owner: Owner
    columns: tuple[_Column, ...]

    def head(self, row: Sequence[Cell], page: float) -> list[Strip]:
        """The header row over its hairline, bound to what follows: one strip, or many where no page holds it.

        A short column head stands on the hairline.
        """
        theme = self.text.theme
        lines = self._lines(row, 0, Part.HEADER_CELL)
        strips = [self.whole(lines, theme.table_head)]
        if strips[0].height > page:
            strips = self.divided(lines, theme.table_head)
            strips[-1].height += theme.cell_padding
        width = max((column.left + column.width for column in self.columns), default=theme.page.measure)
        strips[-1].rule = Hairline(y=strips[-1].height, width=width)
        strips[-1].bound = True
        return strips

    def row(self, row: Sequence[Cell], number: int) -> list[list[_Line]]:
        """The lines of the `number`th row (from 1); a short cell hangs from the row's first line."""
        return self._lines(row, number, Part.CELL)

    def _lines(self, row: Sequence[Cell], number: int, part: Part) -> list[list[_Line]]:
        measure, block = self.text.measure, self.owner.block
        cells: list[list[Line]] = []
        for cell, column in zip(row, self.columns, strict=True):
            if len(cell) == 1:
                cells.append(break_lines(cell[0], column.width, measure))
            else:
                cells.append([line for spans in cell for line in break_lines(spans, column.width, measure)])
        height = max(1, *map(len, cells))
        lines: list[list[_Line]] = [[] for _ in range(height)]
        for index, (found, column) in enumerate(zip(cells, self.columns, strict=True)):
            owner = Owner(block, (number, index), part)
            position = height - len(found) if part is Part.HEADER_CELL else 0
            for line in found:
                x = column.left + (column.width - line.width if column.flush_right else 0)
                lines[position].append((x, line, owner))
                position += 1
        return lines

    def whole(self, lines: Sequence[Sequence[_Line]], style: TextStyle) -> Strip:
        """A row as one strip, with padding above and below its text."""
        above, below = self.text.theme.cell_paddings
        first = baseline(style) + above
        fragments = [
            Fragment(x, first + index * style.leading, line, owner)
            for index, cells in enumerate(lines)
            for x, line, owner in cells
        ]
        return Strip(height=len(lines) * style.leading + above + below, fragments=tuple(fragments))

    def divided(self, lines: Sequence[Sequence[_Line]], style: TextStyle) -> list[Strip]:
        """A row that no page can hold, as a strip for each line; never a single line on a page."""
        above, _ = self.text.theme.cell_paddings
        base = baseline(style)
        return [
            Strip(
                height=style.leading,
                fragments=tuple(
                    [Fragment(x=x, baseline=base, line=line, owner=owner) for x, line, owner in cells]
                ),
                before=above if index == 0 else 0,
                bound=index in (0, len(lines) - 2),
            )
            for index, cells in enumerate(lines)
        ]


# ------------------------------------------------------------------------------------- columns


def _columns(table: Table, rows: Sequence[Sequence[Cell]], text: TextSetter) -> tuple[_Column, ...]:
    """Where each column stands."""
    columns = columns_for(rows, text)
    return tuple(
        _Column(
            left=sum(columns.widths[:index]) + columns.gap * index,
            width=width,
            flush_right=flush_right,
        )
        for index, (width, flush_right) in enumerate(zip(columns.widths, figure_columns(table), strict=True))
    )
