"""How much room text wants in the DOCX: enough to set columns, while Word breaks the lines itself.

Widths are estimated from classes of letters. The reader's own face decides the lines anyway, so measuring
with the faces of the PDF would be exactness without a use, and would load ReportLab for every DOCX.
"""

import re
from collections.abc import Iterable

from briefbook.document import Cite, Inlines, LineBreak, Link, Row, Table, Text
from briefbook.writers.house_styles import twips
from briefbook.writers.theme import TextStyle, Theme

_NARROW, _WIDE, _CAPITAL, _USUAL = 0.28, 0.86, 0.63, 0.53  # ems, after Cambria's widths
_STRONG = 1.06  # against the regular weight
_ROOM = 1.04  # a face that the reader has instead may run wider
_WIDEST_GAP = 28.0  # points between the columns of a narrow table
_FIGURE = re.compile(r"[(+\-−–~≈<>]?\s?[€$£¥]?\s?\d[\d.,\s]*\s?[%‰€$£¥)]?")


def label_fits(label: Inlines, theme: Theme) -> bool:
    """Tell whether a field's label stands on one line before the tab stop of its value."""
    lines = _forced_lines(label)
    room = theme.label_width - theme.column_gap / 2
    return len(lines) <= 1 and all(_width(line, theme.label) <= room for line in lines)


def figure_columns(table: Table) -> list[bool]:
    """For each column, whether it holds figures alone (empty cells don't count): those stand flush right."""
    return [_figures_alone(row.cells[column] for row in table.rows) for column in range(_count(table))]


def column_widths(table: Table, theme: Theme) -> list[int]:
    """The widths of a table's columns in twips, each with the gap to its right; together at most the measure.

    Where every cell fits on one line, the table is as narrow as it may be, with wider gaps. Else each column
    gets its longest word, and what is left goes to the columns as they could use it.
    """
    natural = [max(0.0, *(width for width, _ in column)) for column in _wishes(table, theme)]
    least = [max(0.0, *(word for _, word in column)) for column in _wishes(table, theme)]
    count = _count(table)
    measure = theme.page.measure
    room = measure - theme.column_gap * count
    spare = room - sum(natural)
    if spare >= 0:
        gap = theme.column_gap + min(_WIDEST_GAP - theme.column_gap, spare / count)
        widths = [width + gap for width in natural]
    elif (spare := room - sum(least)) > 0:
        wanted = [wish - floor for wish, floor in zip(natural, least, strict=True)]
        widths = [
            floor + theme.column_gap + spare * want / sum(wanted)
            for floor, want in zip(least, wanted, strict=True)
        ]
    else:  # longest words together wider than the page: they are cut where they must be
        widths = [measure * floor / sum(least) for floor in least]
    return [twips(width) for width in widths]


def _wishes(table: Table, theme: Theme) -> list[list[tuple[float, float]]]:
    """For each column, the width of every cell on one line and the width of its longest word, in points."""
    rows: list[tuple[Row, TextStyle]] = [(table.header, theme.table_head)]
    rows += [(row, theme.table_cell) for row in table.rows]
    return [
        [
            (_width(line, style) * _ROOM, max((_width(word, style) for word in line.split()), default=0) * _ROOM)
            for row, style in rows
            for line in _forced_lines(row.cells[column])
        ]
        for column in range(_count(table))
    ]


def _count(table: Table) -> int:
    return len(table.header.cells)


def _figures_alone(cells: Iterable[Inlines]) -> bool:
    texts = [text for text in (" ".join(_forced_lines(cell)).strip() for cell in cells) if text]
    return bool(texts) and all(_FIGURE.fullmatch(text) for text in texts)


def _width(text: str, style: TextStyle) -> float:
    """The width in points of a text on one line."""
    ems = sum(_ems(character) for character in text)
    return ems * style.size * (_STRONG if style.strong else 1)


def _ems(character: str) -> float:
    if character in " ,.':;’‘jl`iI|!-ftJ[]()":
        return _NARROW
    if character in "mMWw%@—…" or ord(character) > 0x2E80:  # from there on mostly full-width scripts
        return _WIDE
    return _CAPITAL if character.isupper() else _USUAL


def _forced_lines(inlines: Inlines) -> list[str]:
    """The words of `inlines`, cut at forced line breaks; citations are small and count a third."""
    lines = [""]
    for inline in inlines:
        match inline:
            case Text():
                lines[-1] += inline.text
            case Link():
                lines[-1] += "".join(text.text for text in inline.children)
            case Cite():
                lines[-1] += "." * len(inline.sources) if inline.shown else ""
            case LineBreak():
                lines.append("")
    return lines
