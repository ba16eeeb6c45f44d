"""Document to plain text: 72 columns, for a terminal, a mail body and a diff.

Words are never changed, capitalised or hyphenated; a line breaks at white space alone, and a word wider than
its column stands out rather than being cut (only ideographs, which have no spaces, break between any two).
"""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import assert_never
from unicodedata import category, east_asian_width

from briefbook.cited import page_of
from briefbook.document import (
    Block,
    Cite,
    Document,
    Fields,
    Figure,
    Heading,
    Inlines,
    ItemList,
    LineBreak,
    Link,
    Paragraph,
    SourceList,
    Table,
    Text,
    blocks_of,
)
from briefbook.writers.theme import Theme
from briefbook.writers.words import RUN_OF_BREAKING_SPACE, citation, one_spaced, safe_target

COLUMNS = 72
LABEL_LIMIT = 24  # a label wider than this wraps
LABEL_GAP = 3  # between the widest label and the values
COLUMN_GAP = 2  # between two columns of a table
ITEM_INDENT = 2
_NO_BREAK_SPACES = str.maketrans({"\u00a0": " ", "\u2007": " ", "\u202f": " "})
_CLOSING_QUOTES = re.compile(r"[”»›“\"’']+(?!\w)")  # “ closes in German; ’ may be an apostrophe
_NEVER_FIRST = frozenset("、。，．・：；？！ーァィゥェォッャュョヮぁぃぅぇぉっゃゅょゎ々")


def write_text(document: Document, theme: Theme) -> bytes:  # noqa: ARG001 - every writer takes a theme
    """The document as UTF-8 text with LF line ends; page numbers are those of one single page."""
    lines = [*_stack(tuple(blocks_of(document)), COLUMNS), "─" * COLUMNS]
    right = document.page_of.replace("{page}", "1").replace("{pages}", "1")
    lines += _left_and_right(document.footer, right, COLUMNS)
    if document.banner is not None:
        lines.append(document.banner.text)
    return ("\n".join(line.translate(_NO_BREAK_SPACES).rstrip() for line in lines) + "\n").encode()


# -------------------------------------------------------------------------------------- blocks


def _stack(blocks: Sequence[Block], width: int) -> list[str]:
    """Blocks one below the other: a blank line between two, but none after what leads the next one in."""
    lines: list[str] = []
    for before, block in zip((None, *blocks), blocks, strict=False):
        match before:
            case None | Heading(level=2 | 3 | 4 | 5 | 6) | Paragraph(lead_in=True):
                pass
            case _:
                lines.append("")
        lines.extend(_block(block, width))
    return lines


def _block(block: Block, width: int) -> list[str]:
    match block:
        case Heading():
            return _heading(block, width)
        case Paragraph():
            return wrap(_plain(block.children), width)
        case ItemList():
            return _list(block, width)
        case Fields():
            return _fields(block, width)
        case Table():
            return _table(block, width)
        case SourceList():
            numbers = [str(entry.number) for entry in block.entries]
            return [
                line
                for number, entry in zip(_right_aligned(numbers), block.entries, strict=True)
                for line in _hanging(
                    number + "  ", wrap(_plain(entry.children), width - display_width(number) - 2)
                )
            ]
        case Figure():
            said = [" " * ITEM_INDENT + line for line in wrap(one_spaced(block.alt), width - ITEM_INDENT)]
            return [*said, *(["", *wrap(_plain(block.caption), width)] if block.caption else [])]
        case _:
            assert_never(block)


def _heading(heading: Heading, width: int) -> list[str]:
    lines = _left_and_right(_plain(heading.children), _plain(heading.aside), width)
    match heading.level:
        case 1:
            return [*lines, "═" * width]
        case level:
            line = "─" if level == 2 else "╌"
            return [*lines, line * _natural_width("\n".join(wrap(_plain(heading.children), width)))]


def _list(block: ItemList, width: int) -> list[str]:
    last = block.start + len(block.items)
    marks = [f"{number}." if block.ordered else "-" for number in range(block.start, last)]
    lines: list[str] = []
    for mark, item in zip(_right_aligned(marks), block.items, strict=True):
        lead = " " * ITEM_INDENT + mark + " "
        inside: list[str] = []
        for inner in item.blocks:
            if inside and isinstance(inner, Paragraph):
                inside.append("")
            inside.extend(_block(inner, width - display_width(lead)))
        lines.extend(_hanging(lead, inside or [""]))
    return lines


def _fields(block: Fields, width: int) -> list[str]:
    labels = [_plain(field.label) for field in block.rows]
    column = max(
        *(_longest_word(label) for label in labels),
        min(LABEL_LIMIT, max(_natural_width(label) for label in labels)),
        0,
    )
    lines: list[str] = []
    for label, field in zip(labels, block.rows, strict=True):
        value = wrap(_plain(field.value), max(width - column - LABEL_GAP, 1))
        lines.extend(_side_by_side([wrap(label, column), value], [column, 0], LABEL_GAP))
    return lines


def _table(table: Table, width: int) -> list[str]:
    rows = [[_plain(cell) for cell in row.cells] for row in (table.header, *table.rows)]
    widths = _column_widths(rows, width)
    laid = [
        _side_by_side([wrap(cell, w) for cell, w in zip(row, widths, strict=True)], widths, COLUMN_GAP)
        for row in rows
    ]
    airy = any(len(lines) > 1 for lines in laid[1:])
    lines = [*laid[0], (" " * COLUMN_GAP).join("─" * w for w in widths)]
    for number, row in enumerate(laid[1:]):
        lines.extend(["", *row] if airy and number else row)
    return lines


def _column_widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Narrow columns get all they want, the wide ones share the rest evenly; no column cuts a word."""
    columns = list(zip(*rows, strict=True))
    wanted = [max(1, *map(_natural_width, column)) for column in columns]
    least = [max(1, *map(_longest_word, column)) for column in columns]
    room = width - COLUMN_GAP * (len(columns) - 1)
    widths = least
    for limit in range(1, room + 1):
        tried = [max(low, min(high, limit)) for low, high in zip(least, wanted, strict=True)]
        if sum(tried) > room:
            break
        widths = tried
    return widths


# --------------------------------------------------------------------------------------- lines


def _plain(inlines: Inlines) -> str:
    """The words of inlines with their spaces; forced line breaks are the only line feeds."""
    parts: list[str] = []
    waiting = ""  # an address, for behind the quotation mark that closes what leads to it
    for inline in inlines:
        if waiting:
            closing = _CLOSING_QUOTES.match(inline.text) if isinstance(inline, Text) else None
            parts.append((closing[0] if closing else "") + waiting)
            waiting = ""
            if closing and isinstance(inline, Text):
                parts.append(one_spaced(inline.text[closing.end() :]))
                continue
        match inline:
            case Text():
                parts.append(one_spaced(inline.text))
            case Link():
                shown = one_spaced("".join(text.text for text in inline.children))
                target = safe_target(inline)
                address = "" if target is None else page_of(target)
                told = address.removeprefix("mailto:") in shown
                parts.append(shown)
                waiting = "" if told else f" <{address}>"
            case Cite():
                parts.append(citation(inline))
            case LineBreak():
                parts.append("\n")
            case _:
                assert_never(inline)
    return "".join(parts) + waiting


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` terminal columns, save where one word is wider; at least one line."""
    lines: list[str] = []
    for forced in text.split("\n"):
        line, used = "", 0
        for glue, piece in _pieces(forced, width):
            wide = display_width(piece)
            if used and used + len(glue) + wide > width:
                lines.append(line)
                line, used = "", 0
            glue = glue if line else ""
            line, used = line + glue + piece, used + len(glue) + wide
        lines.append(line)
    return lines


def _pieces(text: str, width: int) -> Iterator[tuple[str, str]]:
    """What must stay on one line, each with the space before it; ideographs of a too wide word one by one."""
    for word in RUN_OF_BREAKING_SPACE.split(text.strip(" ")):
        if not word:
            continue
        if display_width(word) <= width:
            yield " ", word
            continue
        start = 0
        for end in range(1, len(word)):
            if _may_break(word[end - 1], word[end]):
                yield "" if start else " ", word[start:end]
                start = end
        yield "" if start else " ", word[start:]


def _may_break(before: str, after: str) -> bool:
    """Whether a line may end between two characters: beside an ideograph, but not around its punctuation."""
    if not (_character_width(before) == 2 or _character_width(after) == 2):
        return False
    joined = _character_width(after) == 0 or _character_width(before) == 0
    return (
        not joined
        and category(before) != "Ps"
        and category(after) not in ("Pe", "Pf")
        and after not in _NEVER_FIRST
    )


def _longest_word(text: str) -> int:
    return max((display_width(piece) for _, piece in _pieces(text.replace("\n", " "), 0)), default=0)


def _natural_width(text: str) -> int:
    return max(display_width(line.strip(" ")) for line in text.split("\n"))


def display_width(text: str) -> int:
    """How many columns a terminal gives to a text (UAX #11: wide and fullwidth two, marks none)."""
    return len(text) if text.isascii() else sum(map(_character_width, text))


def _character_width(character: str) -> int:
    if category(character) in ("Mn", "Me", "Cf") or "\u1160" <= character <= "\u11ff":  # marks, joining jamo
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def _side_by_side(columns: Sequence[Sequence[str]], widths: Sequence[int], gap: int) -> list[str]:
    """Columns of lines beside each other, each padded to its width."""
    return [
        (" " * gap).join(_padded(line, width) for line, width in zip(lines, widths, strict=True))
        for lines in zip_longest(*columns, fillvalue="")
    ]


def _left_and_right(left: str, right: str, width: int) -> list[str]:
    """The left text from the margin, the right one flush right, beside each other while both fit."""
    if not right.strip():
        return wrap(left, width)
    right_lines = wrap(right, width)
    room = width - max(map(display_width, right_lines)) - COLUMN_GAP
    if room < _longest_word(left) or room < width // 3:  # no room beside: the right text goes below
        return [*wrap(left, width), *(_pushed(line, width) for line in right_lines)]
    pairs = zip_longest(wrap(left, room), right_lines, fillvalue="")
    return [_padded(one, width - display_width(other)) + other for one, other in pairs]


def _hanging(lead: str, lines: Sequence[str]) -> list[str]:
    """Lines behind a lead; all but the first stand under the first one's text."""
    return [lead + lines[0], *(" " * display_width(lead) + line for line in lines[1:])]


def _right_aligned(marks: Sequence[str]) -> list[str]:
    widest = max(map(len, marks), default=0)
    return [mark.rjust(widest) for mark in marks]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - display_width(text))


def _pushed(text: str, width: int) -> str:
    return " " * (width - display_width(text)) + text
