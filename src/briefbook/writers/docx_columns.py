"""How much room text has in the DOCX: what stands before a tab stop, how wide a table's columns are.

Measured in Cambria, which the DOCX names, or in the theme's own face, which it names then; the reader's own
face decides the lines in the end.
"""

import re
from dataclasses import replace
from typing import assert_never

from briefbook.document import Cite, Inline, Inlines, LineBreak, Link, Table, Text
from briefbook.marking import Banner
from briefbook.writers.banner import banner_lines
from briefbook.writers.cambria import cambria_width
from briefbook.writers.columns import columns_of
from briefbook.writers.docx_styles import twips
from briefbook.writers.faces import measure_of
from briefbook.writers.strips import TextSetter
from briefbook.writers.styled_text import Measure
from briefbook.writers.theme import Theme

_WIDER = 0.25  # by which another face of the reader's may run wider, where there is room for it
_DIVISION = re.compile(r"\n| (?=\()|[,;:] ")  # where a label may be divided


def divided_label(label: Inlines, theme: Theme) -> tuple[Inlines, Inlines] | None:
    """A field's label as what stands before the tab stop of the value, and what runs on behind it.

    A label in Word can't wrap in a column of its own without a table, which would be read out as one. So
    "Fri 9 May 2031 (in two days)" is divided at its bracket, other labels at a forced break or after a
    comma. None if no such place leaves a beginning that fits.
    """
    room = theme.label_width - theme.column_gap  # as in the PDF
    words = "".join([_words(inline) for inline in label])
    if "\n" not in words and _width(words.rstrip(), theme) <= room:  # as nearly all are
        return label, ()
    for end in (len(words), *reversed([match.end() for match in _DIVISION.finditer(words)])):
        if "\n" not in words[:end].rstrip() and _width(words[:end].rstrip(), theme) <= room:
            divided = _divided(label, end)
            if divided is not None:
                return divided
    return None


def lines_of_banner(banner: Banner | None, theme: Theme) -> list[str]:
    """The lines of a banner, each for a paragraph of its own."""
    lines = banner_lines(banner, theme, _measure(theme))
    return ["".join(piece.text for piece in line.pieces).strip() for line in lines]


def on_one_line(inlines: Inlines) -> Inlines:
    """The inlines with a space for each forced line break."""
    if LineBreak not in map(type, inlines):
        return inlines
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


def column_widths(table: Table, theme: Theme) -> list[int]:
    """The widths of a table's columns in twips, each but the last with the gap to its right.

    Together they fill at most the measure. Where it has more room than the table asks for, columns take of
    it what keeps their lines whole in a wider face.
    """
    columns = columns_of(table, TextSetter(theme=theme, measure=_measure(theme)))
    *others, last = columns.widths
    widths = [*(width + columns.gap for width in others), last]
    spare = theme.page.measure - sum(widths)
    if spare > 0:
        slack = [columns.gap - theme.column_gap] * len(others) + [0.0]
        wishes = [max(0.0, width * _WIDER - room) for width, room in zip(columns.widths, slack, strict=True)]
        part = min(1.0, spare / (sum(wishes) or 1.0))
        widths = [width + wish * part for width, wish in zip(widths, wishes, strict=True)]
    return list(map(twips, widths))


def _measure(theme: Theme) -> Measure:
    """How wide texts are in the face that the DOCX names; a house's own is nowhere at hand."""
    return cambria_width if theme.own_faces is None or theme.house is not None else measure_of(theme)


def _width(label: str, theme: Theme) -> float:
    """The width in points of a label on one line."""
    return _measure(theme)(label, theme.label.strong, False) * theme.label.size


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
