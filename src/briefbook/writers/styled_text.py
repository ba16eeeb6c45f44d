"""Styled text before and after it is broken into lines.

Pure: nothing here knows faces or PDF.
"""

import re
import unicodedata
from collections.abc import Callable

from briefbook.frozen import changing
from briefbook.writers.line_ends import SOFT_HYPHEN

Measure = Callable[[str, bool, bool], float]
"""(text, strong, emphasis) → the text's width in ems, that is at size 1."""

# What shapes lines but is not drawn: soft hyphen, zero width space, word joiner.
_UNDRAWN = re.compile("[\u00ad\u200b\u2060]")
# What neither shapes lines nor is drawn: joiners, direction marks, variation selectors, byte order mark.
_IGNORED = re.compile(
    "[\u034f\u061c\u180e\u200c-\u200f\u202a-\u202e\u2061-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]"
)

# Spans, pieces and lines are made by the hundred: frozen ones take twice as long to make, and by keywords it
# takes three times as long as by places.


@changing
class Span:
    """Text in one look. `size` and `rise` are in points, `colour` is six hexadecimal digits."""

    text: str
    size: float
    strong: bool = False
    emphasis: bool = False
    colour: str = "000000"
    rise: float = 0
    inline: int = 0  # of a link or citation: its number among the inlines; neighbours may lead to the same
    link: str | None = None  # the address that it leads to
    cited: str | None = None  # the id of the source that it leads to
    note: int | None = None  # the number of the note that hangs here
    language: str | None = None  # where it is not the document's
    anchor: int | None = None  # the number of a place that an index may lead to


@changing
class Piece:
    """The part of a span that stands on one line. `width` is in points, undrawn characters count nothing."""

    text: str
    span: Span
    width: float


@changing
class Line:
    """One line. `width` is in points, without the spaces at its end."""

    pieces: tuple[Piece, ...]
    width: float

    @property
    def text(self) -> str:
        """What stands on it, spaces at the end included."""
        return "".join(piece.text for piece in self.pieces)


def composed(text: str) -> str:
    """The text in the form that faces are made for: composed accents (NFC), nothing invisible."""
    if text.isascii():
        return text
    return _IGNORED.sub("", unicodedata.normalize("NFC", text))


def drawn(text: str, *, ends_line: bool) -> str:
    """The text as it is drawn: a soft hyphen shows at a line's end alone."""
    if text.isascii() or _UNDRAWN.search(text) is None:  # all but a few
        return text
    hyphen = SOFT_HYPHEN if ends_line and text.endswith(SOFT_HYPHEN) else ""
    return _UNDRAWN.sub("", text) + hyphen


def seen(text: str) -> str:
    """A text without what is not drawn; few have any of it."""
    if text.isascii() or _UNDRAWN.search(text) is None:
        return text
    return _UNDRAWN.sub("", text)
