"""How wide the cell of a table wants to be: each of its lines whole, and the widest word of the line.

Both formats ask it of every cell, and most cells are a few texts that are divided at single spaces: those are
put together from what their texts are known to take, one by one. All others are set as lines are.
Pure: widths come from a function.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from briefbook.document import Cite, Inlines, Text
from briefbook.keeping import Remembered
from briefbook.writers.line_breaking import natural_width, widest_word
from briefbook.writers.line_ends import ends_at_spaces, undivided
from briefbook.writers.strips import TextSetter
from briefbook.writers.styled_text import Measure, composed
from briefbook.writers.theme import TextStyle
from briefbook.writers.word_widths import Look, widths_in
from briefbook.writers.words import AT_WORDS, safe_opening, tied

_MOST_TEXTS = 2048  # that are kept for one look; a table has some sixty

LineWidths = tuple[float, float]
"""The width in points of a line, and of its widest word."""


class CellWidths:
    """Measures the cells of the rows that one style sets: what is known of its looks is at hand."""

    def __init__(self, style: TextStyle, text: TextSetter) -> None:
        self._style = style
        self._text = text
        self._look = text.measure, style.size
        self._alone = _alone(*self._look, style.strong, False)
        self._beside = _beside(*self._look, style.strong, False)
        self._small = _beside(text.measure, style.size * text.theme.cite_scale, False, False)

    def of(self, cell: Inlines) -> Sequence[LineWidths]:
        """The widths of a cell's lines, as many as it has forced ones."""
        if len(cell) == 1:
            only = cell[0]
            if only.__class__ is Text:
                alone = self._alone
                if only.strong or only.emphasis:
                    alone = _alone(*self._look, only.strong or self._style.strong, only.emphasis)
                return alone[only.text]
        line = self._joined(cell)
        return set_widths(cell, self._style, self._text) if line is None else (line,)

    def _joined(self, cell: Inlines) -> LineWidths | None:
        """The widths of texts and shown citations; None where they must be set as a line, or are none."""
        found: list[_Beside | None] = []
        for inline in cell:
            if inline.__class__ is Text:
                beside = self._beside
                if inline.strong or inline.emphasis:
                    beside = _beside(*self._look, inline.strong or self._style.strong, inline.emphasis)
                found.append(beside[inline.text])
            elif inline.__class__ is not Cite:
                return None
            elif inline.shown:
                found += map(self._small.__getitem__, _numbers(inline))
        wholes: list[float] = []
        widest = begun = 0.0
        spaced = False
        for each in found:
            if each is None:
                return None
            whole, is_divided, first, first_at_end, space, between, last, starts_spaced, ends_spaced = each
            if spaced and starts_spaced:
                return None
            wholes.append(whole)
            if is_divided:
                ended = begun + first - space if begun else first_at_end
                if ended > widest:
                    widest = ended
                if between > widest:
                    widest = between
                begun = last
            else:
                begun += whole
            spaced = ends_spaced
        return (sum(wholes), max(widest, begun)) if wholes else None


def set_widths(cell: Inlines, style: TextStyle, text: TextSetter) -> list[LineWidths]:
    """The same for any cell, in several times the time."""
    measure = text.measure
    lines = text.forced_lines(cell, style)
    return [(natural_width(spans, measure), widest_word(spans, measure)) for spans in lines]


@lru_cache(maxsize=64)  # as many as `widths_in` keeps
def _alone(measure: Measure, size: float, strong: bool, emphasis: bool) -> Remembered[str, tuple[LineWidths]]:
    """Text → what it takes in one look where it is all of a cell: names, days and states come again."""
    look = widths_in(measure, size, strong, emphasis)

    def alone(text: str) -> tuple[LineWidths]:
        shown = tied(composed(text))
        widest = max([look[word][1] for word in undivided(shown)], default=0.0)
        return ((look[shown][0], widest),)

    return Remembered(alone, _MOST_TEXTS)


class _Beside(NamedTuple):
    """What a text takes beside others in its line, in points.

    Up to its first space it may end a word that is begun, and behind the last it may begin one.
    """

    whole: float
    is_divided: bool = False  # at a space at least; else no more is told
    first: float = 0.0  # up to the first space, with it
    first_at_end: float = 0.0  # without it, where it begins a word
    space: float = 0.0
    between: float = 0.0  # the widest of the words between
    last: float = 0.0
    starts_spaced: bool = False
    ends_spaced: bool = False


@lru_cache(maxsize=64)
def _beside(measure: Measure, size: float, strong: bool, emphasis: bool) -> Remembered[str, _Beside | None]:
    """Text → what it takes in one look; None where it is divided elsewhere than at single spaces."""
    look, space = widths_in(measure, size, strong, emphasis), measure(" ", strong, emphasis) * size
    return Remembered(lambda text: _made_beside(tied(composed(text)), look, space), _MOST_TEXTS)


def _made_beside(text: str, look: Look, space: float) -> _Beside | None:
    if not text or not ends_at_spaces(text):
        return None
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
        space=space,
        between=max([look[word + " "][1] for word in between], default=0.0),
        last=look[last][0] if last else 0.0,
        starts_spaced=not first,
        ends_spaced=not last,
    )


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
