"""Document to Markdown: CommonMark 0.31 with the tables of GitHub's dialect, to read raw as well as rendered.

Every word passes `_escaped`, the one place that knows which characters mean something. A paragraph is one
line, so no word can turn into a mark by standing first on a line that a wrap began. Tags of HTML are used for
what Markdown cannot say: anchors of sources, a line break in a cell or heading, and emphasis at places where
asterisks would not be read as such (CommonMark 6.2: `**“a”**b` is not strong).
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never
from unicodedata import category

from briefbook.document import (
    Block,
    Cite,
    Document,
    Field,
    Fields,
    Figure,
    Heading,
    Inline,
    Inlines,
    ItemList,
    LineBreak,
    Link,
    Paragraph,
    SourceEntry,
    SourceList,
    Table,
    Text,
    blocks_of,
)
from briefbook.frozen import frozen
from briefbook.writers.theme import Theme
from briefbook.writers.words import listed_sources, one_spaced, safe_target

_HARD_BREAK = "\\\n"
_BREAK_TAG = "<br>"  # where a line must not end: in cells and headings
_NOTHING = "&nbsp;"  # in an item without words: `- - -` would be a rule

_MARKS = re.compile(r"[\\`*_\[\]<|~#]|&(?=#?\w+;)")
_MARKS_AT_LINE_START = re.compile(r"^(?:(?=[-+=>:])|[0-9]+(?=[.)](?:\s|$)))")
_ENTITY = re.compile(r"&(?=#?\w+;)")


def write_markdown(document: Document, theme: Theme) -> bytes:  # noqa: ARG001 - every writer takes a theme
    """The document as UTF-8 Markdown with LF line ends."""
    page = _Page(listed=listed_sources(document))
    parts = [*page.blocks(tuple(blocks_of(document))), "---", _line(_escaped(document.footer))]
    if document.banner is not None:
        parts.append(f"**{_escaped(document.banner.text)}**")
    return ("\n\n".join(part for part in parts if part) + "\n").encode()


def _escaped(text: str) -> str:
    """A text whose characters stand for themselves anywhere but at the start of a line."""
    return _MARKS.sub(lambda found: "\\" + found[0], one_spaced(text))


def _line(markdown: str) -> str:
    """A line whose first characters stand for themselves too, and none of whose spaces makes it code."""
    return _MARKS_AT_LINE_START.sub(lambda found: found[0] + "\\", markdown.strip(" "))


@frozen
class _Page:
    """Writes blocks and inlines; knows of the whole document which sources a citation can lead to."""

    listed: frozenset[str]

    # ---------------------------------------------------------------------------------- blocks

    def blocks(self, blocks: Sequence[Block]) -> list[str]:
        """The blocks that say something. Lists in a row alternate their signs, else they read as one."""
        written: list[str] = []
        before: Block | None = None
        flipped = False
        for block in blocks:
            flipped = (
                isinstance(block, ItemList)
                and isinstance(before, ItemList)
                and block.ordered == before.ordered
                and not flipped
            )
            text = self.list(block, flipped=flipped) if isinstance(block, ItemList) else self.block(block)
            if text:
                written.append(text)
                before = block
        return written

    def block(self, block: Block) -> str:
        match block:
            case Heading():
                title = self.inlines(block.children, line_break=_BREAK_TAG)
                heading = f"{'#' * min(block.level, 6)} {title}" if title else ""
                return "\n\n".join(part for part in (heading, self.lines(block.aside)) if part)
            case Paragraph():
                return self.lines(block.children)
            case ItemList():
                return self.list(block, flipped=False)
            case Fields():
                rows = (self.lines((*_field_label(row), *row.value)) for row in block.rows)
                return _HARD_BREAK.join(row for row in rows if row)
            case Table():
                rows = ("| " + " | ".join(map(self.cell, row.cells)) + " |" for row in block.rows)
                head = "| " + " | ".join(map(self.cell, block.header.cells)) + " |"
                return "\n".join([head, "|" + " --- |" * len(block.header.cells), *rows])
            case SourceList():
                return _HARD_BREAK.join(map(self.source, block.entries))
            case Figure():
                words = (_line(_escaped(block.alt)), self.lines(block.caption))
                return "\n\n".join(part for part in words if part)
            case _:
                assert_never(block)

    def list(self, block: ItemList, *, flipped: bool) -> str:
        sign = ".)"[flipped] if block.ordered else "-*"[flipped]
        items: list[str] = []
        for number, item in enumerate(block.items, block.start):
            lead = f"{number}{sign} " if block.ordered else f"{sign} "
            inside = "\n\n".join(self.blocks(item.blocks)) or _NOTHING
            items.append(lead + re.sub(r"\n(?!\n)", "\n" + " " * len(lead), inside))
        loose = any(len(item.blocks) > 1 for item in block.items)
        return ("\n\n" if loose else "\n").join(items)

    def cell(self, inlines: Inlines) -> str:
        return self.inlines(inlines, line_break=_BREAK_TAG)

    def source(self, entry: SourceEntry) -> str:
        number = (Text(text=str(entry.number)),)
        return f'<a id="{_anchor(entry.source)}"></a>' + self.lines((*_label(number), *entry.children))

    def lines(self, inlines: Inlines) -> str:
        """Inlines as the lines of one paragraph; a line without words would end it and is left out."""
        lines = self.inlines(inlines, line_break="\n").split("\n")
        return _HARD_BREAK.join(_line(line) for line in lines if line.strip(" "))

    # ---------------------------------------------------------------------------------- inlines

    def inlines(self, inlines: Inlines, *, line_break: str) -> str:
        return self.joined(_merged(inlines), line_break=line_break).strip(" ")

    def joined(self, inlines: Sequence[Inline], *, line_break: str) -> str:
        written = ""
        for inline, after in zip(inlines, (*inlines[1:], None), strict=False):
            match inline:
                case Text():
                    written += _styled(inline, before=written[-1:], after=_first_character(after))
                case Link():
                    if written.endswith("!"):  # `![` would begin a picture
                        written = written[:-1] + "\\!"
                    words = self.joined(_merged(inline.children), line_break=line_break)
                    written += f"[{words}]({_destination(inline.target)})"
                case Cite():
                    written += self.cite(inline)
                case LineBreak():
                    written += line_break
                case _:
                    assert_never(inline)
        return written

    def cite(self, cite: Cite) -> str:
        numbers = (
            f"[{cited.number}](#{_anchor(cited.source)})"
            if cited.source in self.listed
            else str(cited.number)
            for cited in cite.sources
        )
        return "\\[" + ", ".join(numbers) + "\\]"


def _merged(inlines: Sequence[Inline]) -> tuple[Inline, ...]:
    """What print shows, neighbours of one style in one run: `**a****b**` would not be read as two.

    Only links that may be followed remain links.
    """
    merged: list[Inline] = []
    for inline in inlines:
        match inline:
            case Cite(shown=False):
                parts: tuple[Inline, ...] = ()
            case Link() if safe_target(inline) is None:
                parts = inline.children
            case _:
                parts = (inline,)
        for part in parts:
            last = merged[-1] if merged else None
            if isinstance(part, Text) and isinstance(last, Text) and _style(part) == _style(last):
                merged[-1] = replace(last, text=last.text + part.text)
            else:
                merged.append(part)
    return tuple(merged)


def _style(text: Text) -> tuple[bool, bool]:
    return text.strong, text.emphasis


def _styled(text: Text, *, before: str, after: str) -> str:
    """A run between two characters, by asterisks where these will be read as such, else by tags."""
    inner = text.text.strip()
    if not inner or not (text.strong or text.emphasis):
        return _escaped(text.text)
    start = text.text.index(inner)
    lead, trail = _escaped(text.text[:start]), _escaped(text.text[start + len(inner) :])
    if _stands_free(lead or before) and _stands_free(trail or after):
        stars = "*" * (2 * text.strong + text.emphasis)
        return lead + stars + _escaped(inner) + stars + trail
    names = ["strong"] * text.strong + ["em"] * text.emphasis
    opening, closing = "".join(f"<{name}>" for name in names), "".join(f"</{name}>" for name in names[::-1])
    return lead + opening + _escaped(inner) + closing + trail


def _stands_free(neighbour: str) -> bool:
    """Whether asterisks beside this are left- or right-flanking whatever they enclose (CommonMark 6.2)."""
    return (
        not neighbour
        or neighbour[0].isspace()
        or (neighbour != "*" and category(neighbour[0]).startswith("P"))
    )


def _first_character(inline: Inline | None) -> str:
    """The first character of an inline as written, as far as asterisks before it care."""
    match inline:
        case None | LineBreak():
            return " "
        case Cite():
            return "\\"
        case Link():
            return "["
        case Text():
            return "*" if any(_style(inline)) and not inline.text[0].isspace() else inline.text[0]
        case _:
            assert_never(inline)


def _label(inlines: Inlines, *, strong: bool = True) -> Inlines:
    """A label as a run-in head on one line, with the space after it."""
    label: list[Inline] = []
    for inline in inlines:
        match inline:
            case Text():
                label.append(replace(inline, strong=strong))
            case Link():
                label.append(
                    replace(inline, children=tuple(replace(text, strong=strong) for text in inline.children))
                )
            case Cite():
                label.append(inline)
            case LineBreak():
                label.append(Text(text=" ", strong=strong))
            case _:
                assert_never(inline)
    return (*label, Text(text=" "))


def _field_label(field: Field) -> Inlines:
    """The label of a field: plain before a value that is strong, so that the two do not run together."""
    value = next((inline for inline in field.value if not isinstance(inline, Cite)), None)
    first = next(iter(value.children), None) if isinstance(value, Link) else value
    return _label(field.label, strong=not (isinstance(first, Text) and first.strong))


def _destination(target: str) -> str:
    """An address that `safe_target` let pass, as the destination of a link."""
    target = _ENTITY.sub(r"\\&", target)
    return f"<{target}>" if "(" in target or ")" in target else target


def _anchor(source: str) -> str:
    """The name of a source's place; the characters of ids alone, so it needs no escape anywhere."""
    return "source-" + re.sub(r"[^A-Za-z0-9._-]", "-", source)
