"""Blocks of the plainest form, read without the Markdown parser where a text has no others.

| block | its form |
|---|---|
| `Title` | one line, `## …`, and an empty line after it |
| `Line` | one line that begins with a letter, a number, a mark or a quote, likewise |
| `Items` | lines `- …` or `1. …` of such words, with or without empty lines between |
| `Rows` | lines `| … |` below each other, the second of them `|-|-|` |

What templates print is nearly always of these alone. A text in which anything else stands goes the parser's
own way, and means the same: a test compares the two.
"""

import re
from typing import NamedTuple


class Title(NamedTuple):
    """A heading; lines count from 1."""

    line: int
    level: int
    content: str


class Line(NamedTuple):
    """A paragraph of one line."""

    line: int
    content: str


class Items(NamedTuple):
    """A list of items of one line each: their lines and words. Without numbers, `start` is None."""

    line: int
    start: int | None
    items: list[tuple[int, str]]


class Rows(NamedTuple):
    """A table: of each row its line and the texts of its cells, the header first."""

    line: int
    rows: list[tuple[int, list[str]]]


PlainBlock = Title | Line | Items | Rows

# What no block but a paragraph begins with: letters, a number that counts no item, our marks, quotes, `**`.
_WORD = r"(?:[^\W\d_]|[0-9]++(?![.)])|[{(\u201c\u2018\u00a1\u00bf]|\*\*(?=[^\s*]))"
_TITLE = re.compile(r"(#{1,6}) +([^\s#][^\n]*)")
_WORDS = re.compile(rf"{_WORD}[^\n]*")
_ITEM = re.compile(rf"(?:([0-9]{{1,9}})\.|-) ({_WORD}[^\n]*)")
_BELOW_HEADER = re.compile(r"\|(?:-+\|)+ *")
_BETWEEN_CELLS = re.compile(r"(?<!\\)\|")
_MOST_CELLS = 0x1000  # that rows may lack; the parser's own rule takes care of more
_INDENT = " \t"
# What markdown-it takes away around words (`MD_TRIM_CHARS`).
TRIMMED = (
    "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


def plain_blocks(markdown: str) -> list[PlainBlock] | None:
    """The blocks of a text, if all of them are plain."""
    if "\r" in markdown or "\0" in markdown:  # the parser spells these otherwise
        return None
    lines = markdown.split("\n")
    end = len(lines)
    lines.append("")
    found: list[PlainBlock] = []
    at = 0
    while at < end:
        line = lines[at]
        if not line or line[0] in _INDENT:
            if line.strip(_INDENT):
                return None
            at += 1
            continue
        first = line[0]
        if first == "|":
            read = _rows(lines, at)
        elif first in "-0123456789" and (item := _ITEM.fullmatch(line)) is not None:
            read = _items(lines, at, end, item)
        else:
            read = _single(lines, at)
        if read is None:
            return None
        block, at = read
        found.append(block)
    return found


def _single(lines: list[str], at: int) -> tuple[PlainBlock, int] | None:
    """A heading or a paragraph, with an empty line after it."""
    line = lines[at]
    if lines[at + 1].strip(_INDENT):
        return None
    if line[0] != "#":
        words = _WORDS.fullmatch(line)
        return None if words is None else (Line(at + 1, line.strip(TRIMMED)), at + 2)
    title = _TITLE.fullmatch(line)
    if title is None:
        return None
    content = title[2].strip(TRIMMED)
    if content.endswith("#"):  # a heading may be closed by these
        return None
    return Title(at + 1, len(title[1]), content), at + 2


def _items(lines: list[str], at: int, end: int, first: re.Match[str]) -> tuple[PlainBlock, int] | None:
    """Items of one line each. The next block begins after an empty line and is not indented."""
    line, items = at + 1, []
    found: re.Match[str] | None = first
    while found is not None and (found[1] is None) is (first[1] is None):
        items.append((at + 1, found[2].strip(TRIMMED)))
        after = at + 1
        while after < end and not lines[after].strip(_INDENT):
            after += 1
        if after >= end:
            at = end
            break
        following = lines[after]
        found = _ITEM.fullmatch(following)
        if following[0] in _INDENT or (found is None and after == at + 1):
            return None
        at = after
    if at < end and lines[at][0] in "-0123456789" and not (_ITEM.match(lines[at]) or _WORDS.match(lines[at])):
        return None  # no item of plain words, but it may be an item all the same
    return Items(line, None if first[1] is None else int(first[1]), items), at


def _rows(lines: list[str], at: int) -> tuple[PlainBlock, int] | None:
    """A table all of whose lines begin with `|`; it ends at an empty line or with the text."""
    start, below = at, lines[at + 1]
    if not _BELOW_HEADER.fullmatch(below):
        return None
    columns = below.count("|") - 1
    rows = [(at + 1, _cells_of(lines[at]))]
    if len(rows[0][1]) != columns:
        return None
    lacking = 0
    at += 2
    while (line := lines[at]) and line.strip(_INDENT):
        if line[0] != "|":
            return None
        cells = _cells_of(line)
        if len(cells) != columns:
            lacking += columns - len(cells)
            cells = (cells + [""] * columns)[:columns]
        at += 1
        rows.append((at, cells))
    return None if lacking > _MOST_CELLS else (Rows(start + 1, rows), at)


def _cells_of(line: str) -> list[str]:
    line = line.strip(TRIMMED)
    if "\\|" in line:
        cells = [cell.replace("\\|", "|") for cell in _BETWEEN_CELLS.split(line)]
    else:
        cells = line.split("|")
    if not cells[-1]:
        cells.pop()
    return [cell.strip(TRIMMED) for cell in cells[1:]]
