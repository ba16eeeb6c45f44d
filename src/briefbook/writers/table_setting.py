"""Tables to strips: column widths from the content, a header row over a hairline, rows that stay whole."""

from collections.abc import Sequence

from briefbook.document import Row, Table
from briefbook.frozen import frozen
from briefbook.writers.columns import columns_of, figure_columns
from briefbook.writers.line_breaking import Line
from briefbook.writers.placed import Owner, Part
from briefbook.writers.strips import Fragment, Hairline, Stack, Strip, TextSetter, baseline
from briefbook.writers.theme import TextStyle

_HIGHEST_HEADER = 1 / 3  # of a page: a higher header row is not repeated


def set_table(table: Table, text: TextSetter, owner: Owner) -> Stack:
    """Set a table over the measure: no vertical rules, figures flush right, the header row on each page.

    A row stays whole unless it is higher than a page; the header row stays with the first row, and the last
    two rows stay together. A header row that is higher than a third of a page stands once.
    """
    theme = text.theme
    setter = _RowSetter(text=text, owner=owner, columns=_columns(table, text))
    page = theme.page.height - theme.page.top - theme.page.bottom
    strips = setter.head(table.header, page)
    high = sum(strip.height for strip in strips)
    repeat = (strips[0].but(bound=False),) if high <= page * _HIGHEST_HEADER else ()
    for number, row in enumerate(table.rows, 1):
        lines = setter.row(row, number)
        whole = setter.whole(lines, theme.table_cell)
        fits = whole.height + (high if repeat else 0) <= page
        parts = [whole] if fits else setter.divided(lines, theme.table_cell)
        strips += [part.but(repeat=repeat) for part in parts]
        if number == len(table.rows) - 1:
            strips[-1] = strips[-1].but(bound=True)
    if not table.rows:
        strips[-1] = strips[-1].but(bound=False)
    return Stack(strips=tuple(strips), after=theme.body.after + theme.cell_padding)


@frozen
class _Column:
    """Where a column stands, in points from the text's left edge."""

    left: float
    width: float
    flush_right: bool


_Cell = tuple[float, Line, Owner]
"""One line of a cell, and where it stands, from the text's left edge."""


@frozen
class _RowSetter:
    """Sets rows into columns; a row is a list of lines, each of which holds parts of its cells."""

    text: TextSetter
    owner: Owner
    columns: tuple[_Column, ...]

    def head(self, row: Row, page: float) -> list[Strip]:
        """The header row over its hairline, bound to what follows: one strip, or many where no page holds it.

        A short column head stands on the hairline.
        """
        theme = self.text.theme
        lines = self._lines(row, 0, theme.table_head, Part.HEADER_CELL)
        strips = [self.whole(lines, theme.table_head)]
        if strips[0].height > page:
            strips = self.divided(lines, theme.table_head)
            strips[-1] = strips[-1].but(height=strips[-1].height + theme.cell_padding)
        width = max((column.left + column.width for column in self.columns), default=theme.page.measure)
        rule = Hairline(y=strips[-1].height, width=width)
        return [*strips[:-1], strips[-1].but(rule=rule, bound=True)]

    def row(self, row: Row, number: int) -> list[list[_Cell]]:
        """The lines of the `number`th row (from 1); a short cell hangs from the row's first line."""
        return self._lines(row, number, self.text.theme.table_cell, Part.CELL)

    def _lines(self, row: Row, number: int, style: TextStyle, part: Part) -> list[list[_Cell]]:
        cells = [
            self.text.lines(cell, style, column.width)
            for cell, column in zip(row.cells, self.columns, strict=True)
        ]
        height = max(1, *map(len, cells))
        lines: list[list[_Cell]] = [[] for _ in range(height)]
        for index, (cell, column) in enumerate(zip(cells, self.columns, strict=True)):
            owner = Owner(block=self.owner.block, path=(number, index), part=part)
            drop = height - len(cell) if part is Part.HEADER_CELL else 0
            for position, line in enumerate(cell, drop):
                x = column.left + (column.width - line.width if column.flush_right else 0)
                lines[position].append((x, line, owner))
        return lines

    def whole(self, lines: Sequence[Sequence[_Cell]], style: TextStyle) -> Strip:
        """A row as one strip, with padding above and below its text."""
        above, below = self.text.theme.cell_paddings
        first = baseline(style) + above
        fragments = [
            Fragment(x, first + index * style.leading, line, owner)
            for index, cells in enumerate(lines)
            for x, line, owner in cells
        ]
        return Strip(height=len(lines) * style.leading + above + below, fragments=tuple(fragments))

    def divided(self, lines: Sequence[Sequence[_Cell]], style: TextStyle) -> list[Strip]:
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


def _columns(table: Table, text: TextSetter) -> tuple[_Column, ...]:
    """Where each column stands."""
    columns = columns_of(table, text)
    return tuple(
        _Column(
            left=sum(columns.widths[:index]) + columns.gap * index,
            width=width,
            flush_right=flush_right,
        )
        for index, (width, flush_right) in enumerate(zip(columns.widths, figure_columns(table), strict=True))
    )
