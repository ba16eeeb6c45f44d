"""Blocks to strips: each block set in its styles and cut into slices that a page holds whole or not at all.

Pure, like `line_breaking` and `layout`: this module knows columns and indents, not pages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from briefbook.document import (
    Block,
    Citations,
    Document,
    Fields,
    Figure,
    Heading,
    Image,
    Inlines,
    ItemList,
    Paragraph,
    SourceEntry,
    SourceList,
    Table,
    Timeline,
)
from briefbook.frozen import frozen
from briefbook.notes import NOTES
from briefbook.writers.line_breaking import single_line
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
from briefbook.writers.styled_text import Span
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
            _keep_together(stacks[begun:])
    return stacked(stacks)


def hang_footnotes(strips: Sequence[Strip], notes: Mapping[int, SourceEntry], text: TextSetter) -> None:
    """Give strips the footnotes that hang in them, by their numbers, which count up in reading order.

    Side by side, a later number may stand on a higher line than an earlier one: the notes keep their order.
    """
    ahead = [notes[number] for number in sorted(notes, reverse=True)]
    setter = BlockSetter(text=text)
    left = setter.indent([str(number) for number in notes], text.theme.source)
    for strip in strips:
        pieces = [(piece, f.owner) for f in strip.fragments for piece in f.line.pieces]
        found = [(piece.span.note, owner.block) for piece, owner in pieces if piece.span.note is not None]
        here: list[Note] = []
        while found and ahead and ahead[-1].number <= max(found)[0]:
            here.append(setter.footnote(ahead.pop(), left, max(found)[1]))
        strip.notes = tuple(here)


def _underlined(stack: Stack, theme: Theme) -> Stack:
    """A hairline under a stack, kept with its last line."""
    if not stack.strips:
        return stack
    rule = Hairline(y=_HEADER_RULE_GAP, width=theme.page.measure)
    strips = [*_held(stack).strips, Strip(_HEADER_RULE_GAP, (), rule=rule)]
    return Stack(strips, stack.before, theme.heading_2.before)


def _keep_together(stacks: Sequence[Stack]) -> None:
    """Have stacks stand on one page, if it can hold them all."""
    for stack in stacks:
        for strip in stack.strips[: -1 if stack is stacks[-1] else None]:
            strip.bound = True


def _held(stack: Stack) -> Stack:
    """The stack, its last strip bound to what follows."""
    if stack.strips:
        stack.strips[-1].bound = True
    return stack


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
                stack.after = self.theme.list_after
                return stack
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
            for strip in strips:
                for fragment in strip.fragments:
                    fragment.x = (measure - fragment.line.width) / 2
        if heading.aside:
            self._set_beside(heading.aside, strips, style, owner._replace(part=Part.ASIDE))
        for strip in strips:
            strip.bound = True
        if strips:
            title = "".join([text.text for text in texts_of(heading.children)])
            strips[0].heading = title, heading.level
        return Stack(strips, style.before, style.after)

    def _set_beside(self, aside: Inlines, strips: list[Strip], style: TextStyle, owner: Owner) -> None:
        """Add what stands beside a heading to its strips."""
        measure, base = self.theme.page.measure, baseline(style)
        lines = self.text.lines(aside, replace(self.theme.body, colour=self.theme.quiet), measure)
        fragments = [Fragment(measure - line.width, base, line, owner) for line in lines]
        if len(fragments) == len(strips) == 1:
            (beside_it,), (title,) = fragments, strips
            if title.fragments[0].line.width + _ASIDE_GAP + beside_it.line.width <= measure:
                title.fragments = (*title.fragments, beside_it)
                return
        strips += [Strip(style.leading, (fragment,)) for fragment in fragments]

    def _paragraph(self, paragraph: Paragraph, style: TextStyle, left: float, owner: Owner) -> Stack:
        stack = self._text(paragraph.children, style, left, owner)
        if paragraph.lead_in:  # what it introduces stands close to it and on the same page
            stack.after = min(style.after, self.theme.heading_2.after)
            return _held(stack)
        return stack

    def _text(self, inlines: Inlines, style: TextStyle, left: float, owner: Owner) -> Stack:
        """Text over the measure, less what is `left` of it."""
        lines = self.text.lines(inlines, style, self.theme.page.measure - left)
        return Stack(beside([(left, lines, owner)], style), style.before, style.after)

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
        strip = Strip(placed.height, (), figure=placed, bound=bool(figure.caption))
        gap = theme.body.after
        caption = self._text(figure.caption, theme.source, 0, owner._replace(part=Part.CAPTION))
        stack = stacked([Stack((strip,), gap, gap), caption])
        stack.after = theme.heading_2.before
        return stack

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
                place = Owner(owner.block, (*path, position))
                match block:
                    case Paragraph():
                        inner.append(self._paragraph(block, style, text_left, place))
                    case ItemList():
                        if inner:
                            _held(inner[-1])  # what introduces a list stays with it
                        inner.append(self._items(block, depth + 1, text_left, place))
                    case _:
                        assert_never(block)
            place = Owner(owner.block, path, Part.MARKER)
            stacks.append(self._marked(stacked(inner), marker, style, text_left, place))
        return stacked(stacks)

    def _sources(self, sources: SourceList, owner: Owner) -> Stack:
        left = self.indent([str(entry.number) for entry in sources.entries], self.theme.source)
        entries = [
            self._entry(entry, left, Owner(owner.block, (index,)), Part.MARKER)
            for index, entry in enumerate(sources.entries)
        ]
        stack = stacked(entries)
        stack.after = max(stack.after, self.theme.body.after)
        return stack

    def endnotes(self, notes: SourceList, number: int) -> Stack:
        """The list of endnotes, the `number`th block of the document (from 0)."""
        left = self.indent([str(entry.number) for entry in notes.entries], self.theme.source)
        return stacked([self._note(entry, left, number) for entry in notes.entries])

    def footnote(self, entry: SourceEntry, left: float, block: int) -> Note:
        """A note for the foot of a page, its text `left` points from the edge; it hangs in a block."""
        strips = tuple(self._note(entry, left, block).strips)
        strips[0].before = self.theme.source.after
        heights = [strip.before + strip.height for strip in strips]
        divisible = next((n for n, strip in enumerate(strips, 1) if not strip.bound), len(strips))
        return Note(strips=strips, height=sum(heights), least=sum(heights[:divisible]))

    def _note(self, entry: SourceEntry, left: float, block: int) -> Stack:
        place = Owner(block=block, path=(entry.number,), part=Part.NOTE)
        return self._entry(entry, left, place, Part.NOTE_MARKER)

    def _entry(self, entry: SourceEntry, left: float, place: Owner, marker: Part) -> Stack:
        """A source with its number; citations lead to its first line."""
        style = self.theme.source
        stack = self._text(entry.children, style, left, place)
        stack = self._marked(stack, str(entry.number), style, left, Owner(place.block, place.path, marker))
        stack.strips[0].source = entry.source
        return stack

    def indent(self, markers: Sequence[str], style: TextStyle) -> float:
        """Where text beside markers begins: at the theme's indent, further right where a number is wide."""
        widest = max((self.text.measure(marker, False, False) * style.size for marker in markers), default=0)
        return max(self.theme.item_indent, widest + _MARKER_GAP)

    def _marked(self, stack: Stack, marker: str, style: TextStyle, text_left: float, owner: Owner) -> Stack:
        """Hang a bullet or number to the left of a stack's first line; numbers end one below the other."""
        span = Span(f"{marker} ", style.size, colour=style.colour)
        line = single_line(span, self.text.measure)
        fragment = Fragment(text_left - _MARKER_GAP - line.width, baseline(style), line, owner)
        if not stack.strips:
            return Stack((Strip(style.leading, (fragment,)),), after=style.after)
        first = stack.strips[0]
        first.fragments = (fragment, *first.fragments)
        return stack

    def _fields(self, fields: Fields, owner: Owner) -> Stack:
        """Labels in their own column, values hanging beside them."""
        theme, text = self.theme, self.text
        style, left = theme.body, theme.label_width
        label_room, value_room = left - theme.column_gap, theme.page.measure - left
        stacks: list[Stack] = []
        for index, row in enumerate(fields.rows):
            label = text.lines(row.label, theme.label, label_room)
            value = text.lines(row.value, style, value_room)
            columns = [
                (0, label, Owner(owner.block, (index,), Part.LABEL)),
                (left, value, Owner(owner.block, (index,), Part.VALUE)),
            ]
            stacks.append(Stack(beside(columns, style), after=theme.label.after))
        stack = stacked(stacks)
        stack.after = max(stack.after, theme.body.after)
        return stack
