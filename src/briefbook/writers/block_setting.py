"""Blocks to strips: each block set in its styles and cut into slices that a page holds whole or not at all.

Pure, like `line_breaking` and `layout`: this module knows columns and indents, not pages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import assert_never

from briefbook.document import (
    Block,
    Citations,
    Document,
    Fields,
    Figure,
    Heading,
    Image,
    ItemList,
    Paragraph,
    SourceEntry,
    SourceList,
    Table,
    Timeline,
)
from briefbook.frozen import frozen
from briefbook.notes import NOTES
from briefbook.writers.line_breaking import Span, break_lines
from briefbook.writers.pictures import printed_size
from briefbook.writers.placed import Owner, Part, PlacedDrawing, PlacedFigure, PlacedPicture
from briefbook.writers.strips import (
    Fragment,
    Hairline,
    Note,
    Stack,
    Strip,
    TextSetter,
    baseline,
    beside,
    stacked,
    texts_of,
)
from briefbook.writers.table_setting import set_table
from briefbook.writers.theme import TextStyle, Theme
from briefbook.writers.timeline_drawing import draw_timeline

_MARKER_GAP = 6.0  # points between an item's number and its text
_DEEPEST = 0.6  # of the measure: a list in a list in a list is not indented further
_ASIDE_GAP = 18.0  # at least so much between a heading and what stands beside it
_HEADER_RULE_GAP = 5.0  # above the hairline under the memo's header block


def set_document(document: Document, text: TextSetter, first: int = 0) -> Stack:
    """All blocks of a document; the first fields of its header section get a hairline below.

    `first` is the number of its first block, where it is a part of something larger.
    """
    setter = BlockSetter(text=text)
    stacks: list[Stack] = []
    underlined = False
    for section in document.sections:
        is_notes = section.name == NOTES and document.citations is Citations.ENDNOTES
        begun = len(stacks)
        for block in section.blocks:
            if is_notes and isinstance(block, SourceList):
                stack = setter.endnotes(block, first + len(stacks))
            else:
                stack = setter.block(block, first + len(stacks))
            if section.name == "header" and isinstance(block, Fields) and not underlined:
                stack, underlined = _underlined(stack, text.theme), True
            stacks.append(stack)
        if section.together:
            stacks[begun:] = _together(stacks[begun:])
    return stacked(stacks)


def with_footnotes(
    strips: Sequence[Strip], notes: Mapping[int, SourceEntry], text: TextSetter
) -> list[Strip]:
    """Strips with the footnotes that hang in them, by their numbers, which count up in reading order.

    Side by side, a later number may stand on a higher line than an earlier one: the notes keep their order.
    """
    ahead = [notes[number] for number in sorted(notes, reverse=True)]
    setter = BlockSetter(text=text)
    left = setter.indent([str(number) for number in notes], text.theme.source)
    hung: list[Strip] = []
    for strip in strips:
        pieces = [(piece, f.owner) for f in strip.fragments for piece in f.line.pieces]
        found = [(piece.span.note, owner.block) for piece, owner in pieces if piece.span.note is not None]
        here: list[Note] = []
        while found and ahead and ahead[-1].number <= max(found)[0]:
            here.append(setter.footnote(ahead.pop(), left, max(found)[1]))
        hung.append(replace(strip, notes=tuple(here)) if here else strip)
    return hung


def _underlined(stack: Stack, theme: Theme) -> Stack:
    """A hairline under a stack, kept with its last line."""
    if not stack.strips:
        return stack
    rule = Strip(
        height=_HEADER_RULE_GAP,
        fragments=(),
        rule=Hairline(y=_HEADER_RULE_GAP, width=theme.page.measure),
    )
    return replace(stack, strips=(*_held(stack).strips, rule), after=theme.heading_2.before)


def _centred(fragment: Fragment, measure: float) -> Fragment:
    return replace(fragment, x=(measure - fragment.line.width) / 2)


def _together(stacks: Sequence[Stack]) -> list[Stack]:
    """Stacks that stand on one page, if it can hold them all."""
    held = [replace(s, strips=tuple(replace(strip, bound=True) for strip in s.strips)) for s in stacks]
    if held and held[-1].strips:
        *others, last = held[-1].strips
        held[-1] = replace(held[-1], strips=(*others, replace(last, bound=stacks[-1].strips[-1].bound)))
    return held


def _held(stack: Stack) -> Stack:
    """The same stack, its last strip bound to what follows."""
    if not stack.strips:
        return stack
    return replace(stack, strips=(*stack.strips[:-1], replace(stack.strips[-1], bound=True)))


@frozen
class BlockSetter:
    """Sets one block after the other, each over the theme's whole measure."""

    text: TextSetter

    @property
    def theme(self) -> Theme:
        """The look."""
        return self.text.theme

    def block(self, block: Block, number: int) -> Stack:
        """One block, the `number`th of the document (from 0)."""
        owner = Owner(block=number)
        match block:
            case Heading():
                return self._heading(block, owner)
            case Paragraph():
                return self._paragraph(block, self.theme.body, 0, owner)
            case ItemList():
                stack = self._items(block, 0, 0, owner)
                return replace(stack, after=self.theme.list_after)
            case Fields():
                return self._fields(block, owner)
            case Table():
                return set_table(block, self.text, owner)
            case SourceList():
                return self._sources(block, owner)
            case Figure():
                return self._figure(block, owner)
            case _:
                assert_never(block)

    def _heading(self, heading: Heading, owner: Owner) -> Stack:
        """A heading, with its aside flush right on the same line, or below it where both don't fit."""
        styles = self.theme.headings
        style = styles[min(heading.level, len(styles)) - 1]
        measure = self.theme.page.measure
        lines = self.text.lines(heading.children, style, measure)
        strips = beside([(0, lines, owner)], style)
        if style.centred:
            strips = [
                replace(strip, fragments=tuple(_centred(found, measure) for found in strip.fragments))
                for strip in strips
            ]
        aside = self.text.lines(heading.aside, replace(self.theme.body, colour=self.theme.quiet), measure)
        fragments = [
            Fragment(
                x=measure - line.width,
                baseline=baseline(style),
                line=line,
                owner=replace(owner, part=Part.ASIDE),
            )
            for line in aside
        ]
        if len(aside) == len(lines) == 1 and lines[0].width + _ASIDE_GAP + aside[0].width <= measure:
            strips = [replace(strips[0], fragments=(*strips[0].fragments, *fragments))]
        else:
            strips += [Strip(height=style.leading, fragments=(fragment,)) for fragment in fragments]
        title = "".join(text.text for text in texts_of(heading.children))
        bound = [replace(strip, bound=True) for strip in strips]
        if bound:
            bound[0] = replace(bound[0], heading=(title, heading.level))
        return Stack(strips=tuple(bound), before=style.before, after=style.after)

    def _paragraph(self, paragraph: Paragraph, style: TextStyle, left: float, owner: Owner) -> Stack:
        lines = self.text.lines(paragraph.children, style, self.theme.page.measure - left)
        stack = Stack(
            strips=tuple(beside([(left, lines, owner)], style)), before=style.before, after=style.after
        )
        if paragraph.lead_in:  # what it introduces stands close to it and on the same page
            return replace(_held(stack), after=min(style.after, self.theme.heading_2.after))
        return stack

    def _figure(self, figure: Figure, owner: Owner) -> Stack:
        """A picture in a strip of its own, its caption on the same page."""
        theme = self.theme
        placed: PlacedFigure
        match figure.picture:
            case Timeline():
                drawing = draw_timeline(figure.picture, theme, self.text.measure)
                placed = PlacedDrawing(
                    x=0, y=0, width=drawing.width, height=drawing.height, drawing=drawing, alt=figure.alt,
                    owner=owner,
                )  # fmt: skip
            case Image():
                width, height = printed_size(figure.picture, theme)
                placed = PlacedPicture(
                    x=0, y=0, width=width, height=height, data=figure.picture.data, alt=figure.alt,
                    owner=owner,
                )  # fmt: skip
            case _:
                assert_never(figure.picture)
        strip = Strip(height=placed.height, fragments=(), figure=placed, bound=bool(figure.caption))
        gap = theme.body.after
        picture = Stack(strips=(strip,), before=gap, after=gap)
        caption = self._paragraph(
            Paragraph(children=figure.caption), theme.source, 0, replace(owner, part=Part.CAPTION)
        )
        return replace(stacked([picture, caption]), after=theme.heading_2.before)

    # ------------------------------------------------------------------------ what hangs

    def _items(self, items: ItemList, depth: int, left: float, owner: Owner) -> Stack:
        style = self.theme.item
        signs = self.theme.signs
        bullet = signs[min(depth, len(signs) - 1)]
        markers = [f"{items.start + i}." if items.ordered else bullet for i in range(len(items.items))]
        text_left = min(left + self.indent(markers, style), self.theme.page.measure * _DEEPEST)
        stacks: list[Stack] = []
        for index, (marker, item) in enumerate(zip(markers, items.items, strict=True)):
            path = (*owner.path, index)
            inner: list[Stack] = []
            for position, block in enumerate(item.blocks):
                place = replace(owner, path=(*path, position))
                match block:
                    case Paragraph():
                        inner.append(self._paragraph(block, style, text_left, place))
                    case ItemList():
                        inner = [*inner[:-1], *map(_held, inner[-1:])]  # what introduces a list stays with it
                        inner.append(self._items(block, depth + 1, text_left, place))
                    case _:
                        assert_never(block)
            place = replace(owner, path=path, part=Part.MARKER)
            stacks.append(self._marked(stacked(inner), marker, style, text_left, place))
        return stacked(stacks)

    def _sources(self, sources: SourceList, owner: Owner) -> Stack:
        left = self.indent([str(entry.number) for entry in sources.entries], self.theme.source)
        entries = [
            self._entry(entry, left, replace(owner, path=(*owner.path, index)), Part.MARKER)
            for index, entry in enumerate(sources.entries)
        ]
        stack = stacked(entries)
        return replace(stack, after=max(stack.after, self.theme.body.after))

    def endnotes(self, notes: SourceList, number: int) -> Stack:
        """The list of endnotes, the `number`th block of the document (from 0)."""
        left = self.indent([str(entry.number) for entry in notes.entries], self.theme.source)
        return stacked([self._note(entry, left, number) for entry in notes.entries])

    def footnote(self, entry: SourceEntry, left: float, block: int) -> Note:
        """A note for the foot of a page, its text `left` points from the edge; it hangs in a block."""
        first, *rest = self._note(entry, left, block).strips
        strips = (replace(first, before=self.theme.source.after), *rest)
        heights = [strip.before + strip.height for strip in strips]
        divisible = next((n for n, strip in enumerate(strips, 1) if not strip.bound), len(strips))
        return Note(strips=strips, height=sum(heights), least=sum(heights[:divisible]))

    def _note(self, entry: SourceEntry, left: float, block: int) -> Stack:
        place = Owner(block=block, path=(entry.number,), part=Part.NOTE)
        return self._entry(entry, left, place, Part.NOTE_MARKER)

    def _entry(self, entry: SourceEntry, left: float, place: Owner, marker: Part) -> Stack:
        """A source with its number; citations lead to its first line."""
        style = self.theme.source
        stack = self._paragraph(Paragraph(children=entry.children), style, left, place)
        stack = self._marked(stack, str(entry.number), style, left, replace(place, part=marker))
        first, *rest = stack.strips
        return replace(stack, strips=(replace(first, source=entry.source), *rest))

    def indent(self, markers: Sequence[str], style: TextStyle) -> float:
        """Where text beside markers begins: at the theme's indent, further right where a number is wide."""
        widest = max((self.text.measure(marker, False, False) * style.size for marker in markers), default=0)
        return max(self.theme.item_indent, widest + _MARKER_GAP)

    def _marked(self, stack: Stack, marker: str, style: TextStyle, text_left: float, owner: Owner) -> Stack:
        """Hang a bullet or number to the left of a stack's first line; numbers end one below the other."""
        span = Span(text=f"{marker} ", size=style.size, colour=style.colour)
        (line,) = break_lines([span], inf, self.text.measure)  # one line, however wide its face is
        x = text_left - _MARKER_GAP - line.width
        fragment = Fragment(x=x, baseline=baseline(style), line=line, owner=owner)
        if not stack.strips:
            return Stack(strips=(Strip(height=style.leading, fragments=(fragment,)),), after=style.after)
        first, *rest = stack.strips
        return replace(stack, strips=(replace(first, fragments=(fragment, *first.fragments)), *rest))

    def _fields(self, fields: Fields, owner: Owner) -> Stack:
        """Labels in their own column, values hanging beside them."""
        theme = self.theme
        style = replace(theme.body, after=theme.label.after)
        left = theme.label_width
        stacks: list[Stack] = []
        for index, row in enumerate(fields.rows):
            place = replace(owner, path=(index,))
            label = self.text.lines(row.label, theme.label, left - theme.column_gap)
            value = self.text.lines(row.value, style, theme.page.measure - left)
            columns = [
                (0, label, replace(place, part=Part.LABEL)),
                (left, value, replace(place, part=Part.VALUE)),
            ]
            stacks.append(Stack(strips=tuple(beside(columns, style)), after=style.after))
        stack = stacked(stacks)
        return replace(stack, after=max(stack.after, theme.body.after))
