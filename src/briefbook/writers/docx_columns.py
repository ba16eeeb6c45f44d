"""How much room text wants in the DOCX: enough to set columns, while Word breaks the lines itself.

Widths are estimated from classes of letters. The reader's own face decides the lines anyway, so measuring
with the faces of the PDF would be exactness without a use, and would load ReportLab for every DOCX.
"""

import re
from dataclasses import replace
from typing import assert_never

from briefbook.document import Cite, Inline, Inlines, LineBreak, Link, Row, Table, Text
from briefbook.writers.columns import are_figures, set_columns
from briefbook.writers.docx_styles import twips
from briefbook.writers.theme import TextStyle, Theme

# Widths in ems, after Cambria's.
_USUAL = 0.53
_EMS = (
    dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZÄÅÆÉÖØÜΑΒΓΔΕΖΗΘΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", 0.63)
    | dict.fromkeys(" \N{NO-BREAK SPACE},.':;jl`iI|!-ftJ[]()’‘", 0.28)
    | dict.fromkeys("mMWw%@—…", 0.86)
)
_STRONG = 1.06  # against the regular weight
# A face that the reader has instead may run wider. A line then takes one more; a word would be cut in two,
# so each column has room for its longest word in the widest of the usual ones (DejaVu Serif), if it can be.
_LINE_ROOM = 1.04
_WORD_ROOM = 1.25
_DIVISION = re.compile(r"\n| (?=\()|[,;:] ")  # where a label may be divided


def divided_label(label: Inlines, theme: Theme) -> tuple[Inlines, Inlines] | None:
    """A field's label as what stands before the tab stop of the value, and what runs on behind it.

    A label in Word can't wrap in a column of its own without a table, which would be read out as one. So
    "Fri 9 May 2031 (in two days)" is divided at its bracket, other labels at a forced break or after a
    comma. None if no such place leaves a beginning that fits.
    """
    room = theme.label_width - theme.column_gap / 2
    words = "".join(_words(inline) for inline in label)
    for end in (len(words), *reversed([match.end() for match in _DIVISION.finditer(words)])):
        if "\n" not in words[:end].rstrip() and _width(words[:end].rstrip(), theme.label) <= room:
            divided = _divided(label, end)
            if divided is not None:
                return divided
    return None


def on_one_line(inlines: Inlines) -> Inlines:
    """The inlines with a space for each forced line break."""
    return tuple(Text(text=" ") if isinstance(inline, LineBreak) else inline for inline in inlines)


def _divided(inlines: Inlines, end: int) -> tuple[Inlines, Inlines] | None:
    """Cut inlines after `end` characters; only texts are cut in two, so None where that is in a link."""
    before: list[Inline] = []
    behind: list[Inline] = []
    for inline in inlines:
        length = len(_words(inline))
        match inline:
            case Text() if 0 < end < length:
                before.append(replace(inline, text=inline.text[:end]))
                behind.append(replace(inline, text=inline.text[end:]))
            case _ if 0 < end < length:
                return None
            case _ if end > 0 or length == 0:
                before.append(inline)
            case _:
                behind.append(inline)
        end -= length
    return tuple(before), tuple(behind)


def figure_columns(table: Table) -> list[bool]:
    """For each column, whether it holds figures alone: those stand flush right."""
    return [
        are_figures(" ".join(_forced_lines(row.cells[column])) for row in table.rows)
        for column in range(_count(table))
    ]


def column_widths(table: Table, theme: Theme) -> list[int]:
    """The widths of a table's columns in twips, each but the last with the gap to its right.

    Together they fill at most the measure.
    """
    wishes = _wishes(table, theme)
    lines = [max(width for width, _ in column) * _LINE_ROOM for column in wishes]
    words = [max(word for _, word in column) for column in wishes]
    room = theme.page.measure - theme.column_gap * (len(words) - 1)
    least = [word * (_WORD_ROOM if sum(words) * _WORD_ROOM <= room else _LINE_ROOM) for word in words]
    columns = set_columns(
        least,
        list(map(max, least, lines)),
        measure=theme.page.measure,
        column_gap=theme.column_gap,
    )
    *others, last = columns.widths
    return [*(twips(width + columns.gap) for width in others), twips(last)]


def _wishes(table: Table, theme: Theme) -> list[list[tuple[float, float]]]:
    """For each column, the width of every cell on one line and the width of its longest word, in points."""
    rows: list[tuple[Row, TextStyle]] = [(table.header, theme.table_head)]
    rows += [(row, theme.table_cell) for row in table.rows]
    return [
        [
            (
                _width(line, style),
                max((_width(word, style) for word in line.split()), default=0),
            )
            for row, style in rows
            for line in _forced_lines(row.cells[column])
        ]
        for column in range(_count(table))
    ]


def _count(table: Table) -> int:
    return len(table.header.cells)


def _width(text: str, style: TextStyle) -> float:
    """The width in points of a text on one line."""
    ems = sum([_EMS.get(character, _USUAL) for character in text])
    return ems * style.size * (_STRONG if style.strong else 1)


def _forced_lines(inlines: Inlines) -> list[str]:
    return "".join(_words(inline) for inline in inlines).split("\n")


def _words(inline: Inline) -> str:
    """What an inline shows, for measuring: a small citation counts as one letter a number."""
    match inline:
        case Text():
            return inline.text
        case Link():
            return "".join(text.text for text in inline.children)
        case Cite():
            return "1" * len(inline.sources) if inline.shown else ""
        case LineBreak():
            return "\n"
        case _:
            assert_never(inline)
