"""Strips: the slices that pages are made of, and how inlines become lines of styled text.

Pure, like `line_breaking` and `layout`. A strip is a line of text, or lines side by side (label and value,
the cells of a row); a page holds it whole or not at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from briefbook.document import Cite, Inlines, LineBreak, Link, Text
from briefbook.frozen import changing, frozen
from briefbook.writers.line_breaking import break_lines
from briefbook.writers.placed import Owner, PlacedFigure
from briefbook.writers.styled_text import Line, Measure, Span, composed
from briefbook.writers.theme import TextStyle, Theme
from briefbook.writers.words import AT_WORDS, safe_opening, safe_target, tied

_DESCENT = 0.222  # of the size: how far Cambria and Caladea reach below the baseline


# Fragments, strips and stacks are made by the hundred, and frozen ones take twice as long to make. Whoever
# sets a block may finish them in place until he hands them on; from then on they stay as they are.


@changing
class Fragment:
    """A line of text in a strip: `x` from the text's left edge, `baseline` from the strip's top."""

    x: float
    baseline: float
    line: Line
    owner: Owner


@frozen
class Hairline:
    """A rule, `x` from the text's left edge, `y` below the strip's top; `dotted`: it leads the eye along."""

    y: float
    width: float
    x: float = 0
    dotted: bool = False


@frozen
class Note:
    """A footnote: its own strips, for the foot of a page. Heights are in points, with the space above it."""

    strips: "tuple[Strip, ...]"
    height: float
    least: float  # of the lines that must stand together before it may go on on the next page


@dataclass(slots=True)
class Strip:
    """A slice of a column that stays whole."""

    height: float
    fragments: tuple[Fragment, ...]
    before: float = 0  # space above, dropped at a page's top
    bound: bool = False  # the next strip stands on the same page
    rule: Hairline | None = None
    repeat: "tuple[Strip, ...]" = ()  # set again above this strip when it begins a page: a table's header row
    heading: tuple[str, int] | None = None  # title and level, on a heading's first strip
    source: str | None = None  # on the first strip of a source's entry
    notes: tuple[Note, ...] = ()  # whose numbers stand in it
    figure: PlacedFigure | None = None  # at its place within the strip


@dataclass(slots=True)
class Stack:
    """Strips one above the other, with the space that they want around them."""

    strips: Sequence[Strip]
    before: float = 0
    after: float = 0


def stacked(stacks: Iterable[Stack]) -> Stack:
    """Put stacks above one another; of the space below one and above the next, the larger counts.

    The strips are taken over: those that others follow get their space above.
    """
    filled = [stack for stack in stacks if stack.strips]
    if not filled:
        return Stack(())
    strips = list(filled[0].strips)
    after = filled[0].after
    for stack in filled[1:]:
        stack.strips[0].before = max(after, stack.before)
        strips += stack.strips
        after = stack.after
    return Stack(strips, filled[0].before, after)


def beside(columns: Sequence[tuple[float, Sequence[Line], Owner]], style: TextStyle) -> list[Strip]:
    """Lines of one or more columns, each (x, lines, owner), side by side on common baselines.

    The first two strips stay together, and so do the last two: no page begins or ends with a single line.
    """
    height, base = style.leading, baseline(style)
    if len(columns) == 1:  # most of a memo
        ((x, lines, owner),) = columns
        strips = [Strip(height, (Fragment(x, base, line, owner),)) for line in lines]
    else:
        fragments: list[list[Fragment]] = [[] for _ in range(max([len(lines) for _, lines, _ in columns]))]
        for x, lines, owner in columns:
            for here, line in zip(fragments, lines, strict=False):
                here.append(Fragment(x, base, line, owner))
        strips = [Strip(height, tuple(here)) for here in fragments]
    if len(strips) > 1:
        strips[0].bound = strips[-2].bound = True
    return strips


def baseline(style: TextStyle) -> float:
    """How far below a line's top its baseline lies.

    As where Word sets a line “at least” so high: what the face leaves over stands above its letters.
    """
    return style.leading - _DESCENT * style.size


@frozen
class TextSetter:
    """Sets inlines in a theme's styles; `measure` gives widths of text."""

    theme: Theme
    measure: Measure

    def lines(self, inlines: Inlines, style: TextStyle, width: float) -> list[Line]:
        """Break inlines into lines of `width` points."""
        forced = self.forced_lines(inlines, style)
        if len(forced) == 1:
            return break_lines(forced[0], width, self.measure)
        return [line for spans in forced for line in break_lines(spans, width, self.measure)]

    def forced_lines(self, inlines: Inlines, style: TextStyle) -> list[list[Span]]:
        """Styled text, a list of its own for each forced line; such a line ends with a space too."""
        if len(inlines) == 1 and isinstance(inlines[0], Text):  # most cells, labels and headings
            return [[self._span(inlines[0], style)]]
        size, strong, colour = style.size, style.strong, style.colour
        spans: list[Span] = []
        forced = [spans]
        for number, inline in enumerate(inlines):
            match inline:
                case Text():  # as in `_span`, to which so many calls would be
                    text = inline.text
                    spans.append(
                        Span(
                            tied(text if text.isascii() else composed(text)), size, strong or inline.strong,
                            inline.emphasis, colour, 0, 0, None, None, None, inline.language, inline.anchor,
                        )
                    )  # fmt: skip
                case Link():
                    words = [self._span(text, style) for text in inline.children]
                    target = safe_target(inline)
                    if target is not None:
                        accent = self.theme.accent
                        for word in words:
                            word.inline, word.link, word.colour = number, target, accent
                    spans += words
                case Cite():
                    spans += self._citation(inline, style, number)
                case LineBreak():
                    if spans and not spans[-1].text.endswith(" "):
                        spans.append(replace(spans[-1], text=" ", inline=0, link=None, cited=None, note=None))
                    spans = []
                    forced.append(spans)
                case _:
                    assert_never(inline)
        return [spans for spans in forced if spans]

    def _span(self, text: Text, style: TextStyle) -> Span:
        # By places, since it is asked for by the hundred: no rise, no inline, link, source or note.
        return Span(
            tied(composed(text.text)), style.size, text.strong or style.strong, text.emphasis, style.colour,
            0, 0, None, None, None, text.language, text.anchor,
        )  # fmt: skip

    def _citation(self, cite: Cite, style: TextStyle, inline: int) -> list[Span]:
        """Small superior numbers, each leading to its source, and to its words where these can be opened.

        The citation is the `inline`th inline.
        """
        if not cite.shown:
            return []
        size, rise = style.size * self.theme.cite_scale, style.size * self.theme.cite_rise
        colour = self.theme.accent
        spans: list[Span] = []
        for index, cited in enumerate(cite.sources):
            if index:
                spans.append(Span(text=",\u00a0", size=size, rise=rise, colour=colour))
            note = cited.number if cited.is_note else None
            spans.append(
                Span(
                    text=str(cited.number), size=size, rise=rise, colour=colour, inline=inline,
                    cited=cited.source, note=note,
                )
            )  # fmt: skip
            target = safe_opening(cited)
            if target is not None:
                spans.append(
                    Span(
                        text=AT_WORDS, size=size, rise=rise, colour=colour, inline=inline,
                        cited=cited.source, link=target,
                    )
                )  # fmt: skip
        return spans


def texts_of(inlines: Inlines) -> list[Text]:
    """The texts of inlines, without their citations."""
    texts: list[Text] = []
    for inline in inlines:
        match inline:
            case Text():
                texts.append(inline)
            case Link():
                texts += inline.children
            case Cite():
                pass
            case LineBreak():
                texts.append(Text(text=" "))
            case _:
                assert_never(inline)
    return texts
