"""How wide the cell of a table wants to be: each of its lines whole, and the widest word of the line.

Both formats ask it of every cell, and most cells are a few texts that are divided at single spaces: those are
put together from what their texts are known to take, one by one. All others are set as lines are.
Pure: widths come from a function.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from briefbook.document import Cite, Inline, Inlines, Text
from briefbook.writers.line_breaking import natural_width, widest_word
from briefbook.writers.line_ends import ends_at_spaces
from briefbook.writers.strips import TextSetter
from briefbook.writers.styled_text import Measure, Span, composed
from briefbook.writers.theme import TextStyle
from briefbook.writers.word_widths import widths_in
from briefbook.writers.words import AT_WORDS, safe_opening, tied

_MOST_TEXTS = 4096  # that are kept for one look; a table has some sixty

LineWidths = tuple[float, float]
"""The width in points of a line, and of its widest word."""


def cell_widths(cell: Inlines, style: TextStyle, text: TextSetter) -> list[LineWidths]:
    """The widths of a cell's lines, as many as it has forced ones."""
    shown = [inline for inline in cell if inline.__class__ is not Cite or inline.shown]
    if len(shown) == 1:
        only = shown[0]
        if only.__class__ is Text:
            strong = only.strong or style.strong
            return [_alone(text.measure, style.size, strong, only.emphasis)[only.text]]
    line = _joined(shown, style, text) if shown else None
    return set_widths(cell, style, text) if line is None else [line]


def set_widths(cell: Inlines, style: TextStyle, text: TextSetter) -> list[LineWidths]:
    """The same for any cell, in several times the time."""
    measure = text.measure
    lines = text.forced_lines(cell, style)
    return [(natural_width(spans, measure), widest_word(spans, measure)) for spans in lines]


class _Alone(dict[str, LineWidths]):
    """Text → what it takes in one look where it is all of a cell: names, days and states come again."""

    def __init__(self, measure: Measure, size: float, strong: bool, emphasis: bool) -> None:
        self._measure = measure
        self._look = size, strong, emphasis

    def __missing__(self, text: str) -> LineWidths:
        spans = [Span(tied(composed(text)), *self._look)]
        made = natural_width(spans, self._measure), widest_word(spans, self._measure)
        if len(self) >= _MOST_TEXTS:
            self.clear()
        self[text] = made
        return made


class _Beside(NamedTuple):
    """What a text takes beside others in its line, in points.

    Up to its first space it may end a word that is begun, and behind the last it may begin one.
    """

    whole: float
    is_divided: bool = False  # at a space at least; else no more is told
    first: float = 0.0  # up to the first space, with it
    first_at_end: float = 0.0  # without it, where it begins a word
    space: float = 0.0
    widest: float = 0.0  # of the words between
    last: float = 0.0
    starts_spaced: bool = False
    ends_spaced: bool = False


class _Besides(dict[str, _Beside | None]):
    """Text → what it takes in one look; None where it is divided elsewhere than at single spaces."""

    def __init__(self, measure: Measure, size: float, strong: bool, emphasis: bool) -> None:
        self._look = widths_in(measure, size, strong, emphasis)
        self._space = measure(" ", strong, emphasis) * size

    def __missing__(self, text: str) -> _Beside | None:
        made = self._made(tied(composed(text)))
        if len(self) >= _MOST_TEXTS:
            self.clear()
        self[text] = made
        return made

    def _made(self, text: str) -> _Beside | None:
        if not text or not ends_at_spaces(text):
            return None
        look = self._look
        first, *others = text.split(" ")
        if not others:
            return _Beside(look[text][0])
        *between, last = others
        begun, at_end = look[first + " "]
        return _Beside(
            whole=look[text][0],
            is_divided=True,
            first=begun,
            first_at_end=at_end,
            space=self._space,
            widest=max([look[word + " "][1] for word in between], default=0.0),
            last=look[last][0] if last else 0.0,
            starts_spaced=not first,
            ends_spaced=not last,
        )


_alone = lru_cache(maxsize=64)(_Alone)  # as many as `widths_in` keeps
_beside = lru_cache(maxsize=64)(_Besides)


def _joined(shown: Sequence[Inline], style: TextStyle, text: TextSetter) -> LineWidths | None:
    """The widths of texts and shown citations; None where they must be set as a line."""
    texts: list[_Beside | None] = []
    size, measure = style.size, text.measure
    for inline in shown:
        if inline.__class__ is Text:
            texts.append(_beside(measure, size, inline.strong or style.strong, inline.emphasis)[inline.text])
        elif inline.__class__ is Cite:
            small = _beside(measure, size * text.theme.cite_scale, False, False)
            texts += map(small.__getitem__, _numbers(inline))
        else:
            return None
    wholes: list[float] = []
    widest = begun = 0.0
    spaced = False
    for beside in texts:
        if beside is None or (spaced and beside.starts_spaced):
            return None
        wholes.append(beside.whole)
        if beside.is_divided:
            ended = begun + beside.first - beside.space if begun else beside.first_at_end
            widest = max(widest, ended, beside.widest)
            begun = beside.last
        else:
            begun += beside.whole
        spaced = beside.ends_spaced
    return sum(wholes), max(widest, begun)


def _numbers(cite: Cite) -> list[str]:
    """The texts that a citation is set in."""
    texts: list[str] = []
    for cited in cite.sources:
        if texts:
            texts.append(",\u00a0")
        texts.append(str(cited.number))
        if safe_opening(cited) is not None:
            texts.append(AT_WORDS)
    return texts
