"""Styled text to lines: greedy, ragged right, without losing a character.

Pure: widths come from a function, nothing here knows faces or PDF. Where a line may end follows UAX 14 in
the small: after spaces, after a hyphen before a letter, after a dash between words, after a soft hyphen or a
zero width space; never at a no-break space, never between digits. A word that is wider than the column is
cut as a last resort. The spaces at a line's end stay in its text, so that words don't fuse when a reader
takes the text out of the page again.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from briefbook.frozen import frozen

Measure = Callable[[str, bool, bool], float]
"""(text, strong, emphasis) → the text's width in ems, that is at size 1."""

SOFT_HYPHEN = "\u00ad"
_BREAKING_SPACE = " \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u205f\u3000"
_OPPORTUNITY = re.compile(
    rf"[{_BREAKING_SPACE}]++(?![\u2013\u2014] )"  # a spaced dash does not begin a line
    r"|[\u00ad\u200b]"
    r"|(?<=[\w.,)’”'\"])[-\u2010](?=[^\W\d])"
    r"|(?<=[^\W\d])[-\u2010](?=\d{4,})"
    r"|(?<=\S)[\u2013\u2014](?=[^\W\d])"
    r"|(?<=[^\W\d])[.,)”\"]*[\u2013\u2014](?=\d)"
)
_TRAILING_SPACES = re.compile(rf"(?<![{_BREAKING_SPACE}])[{_BREAKING_SPACE}]+\Z")
# What shapes lines but is not drawn: soft hyphen, zero width space, word joiner.
_UNDRAWN = dict.fromkeys(map(ord, "\u00ad\u200b\u2060"))
# What neither shapes lines nor is drawn: joiners, direction marks, variation selectors, byte order mark.
_IGNORED = re.compile(
    "[\u034f\u061c\u180e\u200c-\u200f\u202a-\u202e\u2061-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]"
)
_GOOD_CUT = "/.,?&=_-@:"  # in an address that must be cut, cut after one of these
_TOLERANCE = 0.05  # points; Word rounds the width of a line to twentieths of one


@frozen
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


@frozen
class Piece:
    """The part of a span that stands on one line. `width` is in points, undrawn characters count nothing."""

    text: str
    span: Span
    width: float


@frozen
class Line:
    """One line. `width` is in points, without the spaces at its end."""

    pieces: tuple[Piece, ...]
    width: float

    @property
    def text(self) -> str:
        """What stands on it, spaces at the end included."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(slots=True, kw_only=True)
class _Word:
    """What is never divided: the text up to the next place where a line may end."""

    parts: list[tuple[str, Span]]
    advance: float  # with the spaces at its end, as inside a line
    at_end: float  # without them, with a soft hyphen drawn, as at the end of a line


def composed(text: str) -> str:
    """The text in the form that faces are made for: composed accents (NFC), nothing invisible."""
    if text.isascii():
        return text
    return _IGNORED.sub("", unicodedata.normalize("NFC", text))


def drawn(text: str, *, ends_line: bool) -> str:
    """The text as it is drawn: a soft hyphen shows at a line's end alone."""
    if text.isascii():
        return text
    hyphen = SOFT_HYPHEN if ends_line and text.endswith(SOFT_HYPHEN) else ""
    return text.translate(_UNDRAWN) + hyphen


def break_lines(spans: Iterable[Span], width: float, measure: Measure) -> list[Line]:
    """Fill lines of `width` points, each as full as it gets. No text gives no line.

    The texts of the lines, one after the other, are the texts of the spans. A line is wider than `width`
    only where a single character is.
    """
    spans = [span for span in spans if span.text]
    limit = width + _TOLERANCE
    single = _single_line(spans, limit, measure)
    if single is not None:
        return [single]
    lines: list[Line] = []
    current: list[_Word] = []
    advance = 0.0
    for word in _words(spans, measure):
        if current and advance + word.at_end > limit:
            lines.append(_line(current, measure))
            current, advance = [], 0.0
        if word.at_end > limit:
            *full, word = _cut(word, limit, measure)
            lines += [_line([part], measure) for part in full]
        current.append(word)
        advance += word.advance
    if current:
        lines.append(_line(current, measure))
    return lines


def _single_line(spans: list[Span], limit: float, measure: Measure) -> Line | None:
    """All of a text, where it fits on one line: cells and labels do, and need not be cut into words."""
    if not spans or spans[-1].text.endswith(SOFT_HYPHEN):
        return None
    pieces = [Piece(text=span.text, span=span, width=_width(span.text, span, measure)) for span in spans]
    natural = sum([piece.width for piece in pieces])
    if natural > limit:
        return None
    change = _change_at_end([(span.text, span) for span in spans], measure)
    return Line(pieces=tuple(pieces), width=natural + change)


def natural_width(spans: Iterable[Span], measure: Measure) -> float:
    """The width in points of the whole text on one line."""
    return sum(_width(span.text, span, measure) for span in spans)


def widest_word(spans: Iterable[Span], measure: Measure) -> float:
    """The width in points below which a column has to cut words."""
    spans = list(spans)
    if len(spans) == 1 and SOFT_HYPHEN not in spans[0].text:
        words = _OPPORTUNITY.sub("\\g<0>\n", spans[0].text).split("\n")
        return max(_width(word.rstrip(_BREAKING_SPACE), spans[0], measure) for word in words)
    return max((word.at_end for word in _words(spans, measure)), default=0.0)


def _width(text: str, span: Span, measure: Measure) -> float:
    if not text.isascii():
        text = text.translate(_UNDRAWN)
    return measure(text, span.strong, span.emphasis) * span.size


def _words(spans: list[Span], measure: Measure) -> list[_Word]:
    text = "".join(span.text for span in spans)
    ends = [found.end() for found in _OPPORTUNITY.finditer(text)]
    if text and (not ends or ends[-1] != len(text)):
        ends.append(len(text))
    if len(spans) == 1:
        starts = [0, *ends[:-1]]
        return [
            _word([(text[start:end], spans[0])], measure) for start, end in zip(starts, ends, strict=True)
        ]
    words: list[_Word] = []
    position, index, left = 0, 0, 0  # in the whole text; which span; how much of it is used
    for end in ends:
        parts: list[tuple[str, Span]] = []
        while position < end:
            span = spans[index]
            taken = span.text[left : left + end - position]
            if taken:
                parts.append((taken, span))
            position += len(taken)
            left += len(taken)
            if left == len(span.text):
                index, left = index + 1, 0
        words.append(_word(parts, measure))
    return words


def _word(parts: list[tuple[str, Span]], measure: Measure) -> _Word:
    advance = 0.0
    for text, span in parts:
        advance += _width(text, span, measure)
    return _Word(parts=parts, advance=advance, at_end=advance + _change_at_end(parts, measure))


def _change_at_end(parts: list[tuple[str, Span]], measure: Measure) -> float:
    """How much wider a word is at a line's end than inside the line: less its spaces, or a hyphen more."""
    text, span = parts[-1]
    if text.endswith(SOFT_HYPHEN):
        return measure(SOFT_HYPHEN, span.strong, span.emphasis) * span.size
    if len(parts) == 1 and text[-1] not in _BREAKING_SPACE:
        return 0.0
    if len(parts) == 1 and text[-1] == " " and text[-2:-1] not in _BREAKING_SPACE:  # as most words end
        return -measure(" ", span.strong, span.emphasis) * span.size
    change = 0.0
    for text, span in reversed(parts):  # the spaces may run over several spans
        spaces = _TRAILING_SPACES.search(text)
        if spaces is None:
            break
        change -= _width(spaces[0], span, measure)
        if spaces.start() > 0:
            break
    return change


def _line(words: list[_Word], measure: Measure) -> Line:
    pieces: list[Piece] = []
    texts: list[str] = []
    parts = [part for word in words for part in word.parts]
    for index, (text, span) in enumerate(parts):
        texts.append(text)
        if index + 1 == len(parts) or parts[index + 1][1] is not span:
            whole = "".join(texts)
            pieces.append(Piece(text=whole, span=span, width=_width(whole, span, measure)))
            texts = []
    width = sum(word.advance for word in words[:-1]) + words[-1].at_end
    return Line(pieces=tuple(pieces), width=width)


def _cut(word: _Word, limit: float, measure: Measure) -> list[_Word]:
    """Cut a word that no line can hold: after a sign where an address has one, else anywhere.

    An accent stays with its letter, the spaces at the end with the last character.
    """
    characters = _characters(word.parts)
    words: list[_Word] = []
    start = 0
    while start < len(characters):
        end, advance, good = start, 0.0, start
        while end < len(characters):
            text, span = characters[end]
            advance += _width(text, span, measure)
            if end > start and advance + _change_at_end([characters[end]], measure) > limit:
                break
            end += 1
            if text[-1] in _GOOD_CUT:
                good = end
        if end < len(characters) and 2 * (good - start) >= end - start:  # a line at least half full
            end = good
        words.append(_word(_merged(characters[start:end]), measure))
        start = end
    return words


def _characters(parts: list[tuple[str, Span]]) -> list[tuple[str, Span]]:
    """The parts cut into what the eye takes for one character."""
    characters: list[tuple[str, Span]] = []
    for text, span in parts:
        for character in text:
            sticks = unicodedata.combining(character) or _TRAILING_SPACES.match(character)
            if sticks and characters and characters[-1][1] is span:
                characters[-1] = (characters[-1][0] + character, span)
            else:
                characters.append((character, span))
    return characters


def _merged(characters: list[tuple[str, Span]]) -> list[tuple[str, Span]]:
    merged: list[tuple[str, Span]] = []
    for text, span in characters:
        if merged and merged[-1][1] is span:
            merged[-1] = (merged[-1][0] + text, span)
        else:
            merged.append((text, span))
    return merged
