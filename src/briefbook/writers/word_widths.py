"""How wide words are: measured once in each look.

Pure: widths come from a function. The spaces at a line's end count nothing, a soft hyphen there is drawn.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from briefbook.keeping import Remembered
from briefbook.writers.line_ends import BREAKING_SPACE, SOFT_HYPHEN
from briefbook.writers.styled_text import Measure, Span, seen

CHANGES_AT_END = BREAKING_SPACE + SOFT_HYPHEN  # what is less there, or more
TRAILING_SPACES = re.compile(rf"(?<![{BREAKING_SPACE}])[{BREAKING_SPACE}]+\Z")
_MOST_WORDS = 4096  # that are kept for one look; so many new ones are in about fifty memos


Look = Remembered[str, tuple[float, float]]
"""Text in one look → its width within a line, spaces at its end included, and at a line's end, in points.

Filled word by word: nearly all words of a text have been measured before, in it or in another one.
"""


@lru_cache(maxsize=64)  # a theme has some twenty
def widths_in(measure: Measure, size: float, strong: bool, emphasis: bool) -> Look:
    """The widths of texts in a look; `size` in points."""
    empty = Span("", size, strong, emphasis)
    space = measure(" ", strong, emphasis) * size

    def widths(text: str) -> tuple[float, float]:
        advance = at_end = width_of(text, empty, measure)
        if text and text[-1] in CHANGES_AT_END:
            if text[-1] == " " and text[-2:-1] not in BREAKING_SPACE:  # as most words end
                at_end -= space
            else:
                at_end += change_at_end([(text, empty)], measure)
        return advance, at_end

    return Remembered(widths, _MOST_WORDS)


def look_of(span: Span, measure: Measure) -> Look:
    """The widths of texts that look as a span does."""
    return widths_in(measure, span.size, span.strong, span.emphasis)


def looks_of(spans: Iterable[Span], measure: Measure) -> list[Look]:
    """The look of each of some spans; neighbours are mostly alike."""
    looks: list[Look] = []
    size, strong, emphasis = -1.0, False, False
    for span in spans:
        if span.size != size or span.strong is not strong or span.emphasis is not emphasis:
            size, strong, emphasis = span.size, span.strong, span.emphasis
            look = widths_in(measure, size, strong, emphasis)
        looks.append(look)
    return looks


def width_of(text: str, span: Span, measure: Measure) -> float:
    """The width in points of a text in the look of a span."""
    return measure(seen(text), span.strong, span.emphasis) * span.size


def change_at_end(parts: list[tuple[str, Span]], measure: Measure) -> float:
    """How much wider a word is at a line's end than inside the line: less its spaces, or a hyphen more."""
    text, span = parts[-1]
    if text.endswith(SOFT_HYPHEN):
        return measure(SOFT_HYPHEN, span.strong, span.emphasis) * span.size
    if len(parts) == 1 and text[-1] not in BREAKING_SPACE:
        return 0.0
    change = 0.0
    for text, span in reversed(parts):  # the spaces may run over several spans
        spaces = TRAILING_SPACES.search(text)
        if spaces is None:
            break
        change -= width_of(spaces[0], span, measure)
        if spaces.start() > 0:
            break
    return change
