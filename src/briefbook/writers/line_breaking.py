"""Styled text to lines: greedy, ragged right, without losing a character.

Pure: widths come from a function, nothing here knows faces or PDF. Where a line may end follows UAX 14 in
the small: after spaces, after a hyphen before a letter, after a dash between words, after a soft hyphen or a
zero width space; never at a no-break space, never between digits. A word that is wider than the column is
cut as a last resort. The spaces at a line's end stay in its text, so that words don't fuse when a reader
takes the text out of the page again.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from operator import add
from typing import NamedTuple

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
_CHANGES_AT_END = _BREAKING_SPACE + SOFT_HYPHEN  # what is less there, or more
# Without any of these, but for single spaces, a text is divided at its spaces alone.
_OTHER_OPPORTUNITY = re.compile(f"[-\u00ad\u200b\u2010\u2013\u2014{_BREAKING_SPACE[1:]}]|  ")
_TRAILING_SPACES = re.compile(rf"(?<![{_BREAKING_SPACE}])[{_BREAKING_SPACE}]+\Z")
# What shapes lines but is not drawn: soft hyphen, zero width space, word joiner.
_UNDRAWN = re.compile("[\u00ad\u200b\u2060]")
# What neither shapes lines nor is drawn: joiners, direction marks, variation selectors, byte order mark.
_IGNORED = re.compile(
    "[\u034f\u061c\u180e\u200c-\u200f\u202a-\u202e\u2061-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]"
)
_GOOD_CUT = "/.,?&=_-@:"  # in an address that must be cut, cut after one of these
_TOLERANCE = 0.05  # points; Word rounds the width of a line to twentieths of one
_NARROW = 0.3  # of the size: hardly any text is set so narrow, letter by letter

_MOST_WORDS = 4096  # that are kept for one look; so many new ones are in about fifty memos

# Spans, pieces and lines are made by the hundred: frozen ones take twice as long to make, and by keywords it
# takes three times as long as by places.


@dataclass(slots=True)
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


@dataclass(slots=True)
class Piece:
    """The part of a span that stands on one line. `width` is in points, undrawn characters count nothing."""

    text: str
    span: Span
    width: float


@dataclass(slots=True)
class Line:
    """One line. `width` is in points, without the spaces at its end."""

    pieces: tuple[Piece, ...]
    width: float

    @property
    def text(self) -> str:
        """What stands on it, spaces at the end included."""
        return "".join(piece.text for piece in self.pieces)


class _Word(NamedTuple):
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
    return _seen(text) + hyphen


def _seen(text: str) -> str:
    """A text without what is not drawn; few have any of it."""
    if text.isascii() or _UNDRAWN.search(text) is None:
        return text
    return _UNDRAWN.sub("", text)


class _Look(dict[str, tuple[float, float]]):
    """Text in one look → its width within a line, spaces at its end included, and at a line's end, in points.

    Filled word by word: nearly all words of a text have been measured before, in it or in another one.
    """

    def __init__(self, measure: Measure, size: float, strong: bool, emphasis: bool) -> None:
        self._measure = measure
        self._span = Span("", size, strong, emphasis)

    def __missing__(self, text: str) -> tuple[float, float]:
        advance = _width(text, self._span, self._measure)
        at_end = advance + _change_at_end([(text, self._span)], self._measure) if text else advance
        if len(self) >= _MOST_WORDS:
            self.clear()
        self[text] = advance, at_end
        return advance, at_end


_look = lru_cache(maxsize=64)(_Look)  # a theme has some twenty


def _look_of(span: Span, measure: Measure) -> _Look:
    return _look(measure, span.size, span.strong, span.emphasis)


def break_lines(spans: Iterable[Span], width: float, measure: Measure) -> list[Line]:
    """Fill lines of `width` points, each as full as it gets. No text gives no line.

    The texts of the lines, one after the other, are the texts of the spans. A line is wider than `width`
    only where a single character is.
    """
    spans = [span for span in spans if span.text]
    if not spans:
        return []
    limit = width + _TOLERANCE
    if sum([len(span.text) * span.size for span in spans]) * _NARROW <= limit:
        single = _single_line(spans, limit, measure)
        if single is not None:
            return [single]
    whole = spans[0].text if len(spans) == 1 else "".join([span.text for span in spans])
    lines = None if SOFT_HYPHEN in whole else _filled(spans, whole, limit, measure)
    return filled_word_by_word(spans, width, measure) if lines is None else lines


def single_line(span: Span, measure: Measure) -> Line:
    """A text in one look on one line, however wide: a marker."""
    advance, at_end = _look_of(span, measure)[span.text]
    return Line((Piece(span.text, span, advance),), at_end)


def _single_line(spans: list[Span], limit: float, measure: Measure) -> Line | None:
    """All of a text, where it fits on one line: cells and labels do, and need not be cut into words."""
    if spans[-1].text.endswith(SOFT_HYPHEN):
        return None
    if len(spans) == 1:
        (span,) = spans
        natural, at_end = _look_of(span, measure)[span.text]
        return Line((Piece(span.text, span, natural),), at_end) if natural <= limit else None
    pieces = [Piece(span.text, span, _look_of(span, measure)[span.text][0]) for span in spans]
    natural = sum([piece.width for piece in pieces])
    if natural > limit:
        return None
    if spans[-1].text[-1] in _BREAKING_SPACE:
        return Line(tuple(pieces), natural + _change_at_end([(span.text, span) for span in spans], measure))
    return Line(tuple(pieces), natural)


def _filled(spans: list[Span], whole: str, limit: float, measure: Measure) -> list[Line] | None:
    """The lines of a text without soft hyphens; None where a word is wider than `limit` points.

    Where each word would end if all of them stood on one line is a rising row of numbers, so that the end of
    a line is looked up in it, however many words the line has.
    """
    words = _undivided(whole)
    advances, at_ends = zip(*_sizes(spans, words, measure), strict=True)
    starts = [0.0, *accumulate(advances)]
    ends = list(map(add, starts, at_ends))
    cutter = _Cutter(spans, whole, words, measure) if len(spans) > 1 else None
    lines: list[Line] = []
    pieces: tuple[Piece, ...]
    first = 0
    while first < len(words):
        behind = bisect_right(ends, starts[first] + limit, first)
        if behind == first:
            return None
        advance = sum(advances[first:behind])
        if cutter is None:
            pieces = (Piece("".join(words[first:behind]), spans[0], advance),)
        else:
            pieces = cutter.pieces(behind, advance)
        lines.append(Line(pieces, sum(advances[first : behind - 1]) + at_ends[behind - 1]))
        first = behind
    return lines


class _Cutter:
    """Cuts lines out of a text of several spans, one after the other."""

    def __init__(self, spans: Sequence[Span], whole: str, words: Sequence[str], measure: Measure) -> None:
        self._spans = spans
        self._whole = whole
        self._measure = measure
        self._word_ends = list(accumulate(map(len, words)))
        self._at = 0  # how much of the text is cut out
        self._index = 0  # the span that goes on there
        self._span_end = len(spans[0].text)

    def pieces(self, behind: int, advance: float) -> tuple[Piece, ...]:
        """The pieces of the line that ends before the word `behind` and is `advance` points wide."""
        begin, end = self._at, self._word_ends[behind - 1]
        self._at = end
        if end < self._span_end:
            return (Piece(self._whole[begin:end], self._spans[self._index], advance),)
        pieces: list[Piece] = []
        while begin < end:
            span = self._spans[self._index]
            text = self._whole[begin : min(end, self._span_end)]
            pieces.append(Piece(text, span, _look_of(span, self._measure)[text][0]))
            begin += len(text)
            if begin == self._span_end and self._index + 1 < len(self._spans):
                self._index += 1
                self._span_end += len(self._spans[self._index].text)
        if len(pieces) == 1:
            pieces[0].width = advance
        return tuple(pieces)


def _sizes(spans: list[Span], words: Sequence[str], measure: Measure) -> list[tuple[float, float]]:
    """How wide each word is within a line and at its end."""
    if len(spans) == 1:
        return list(map(_look_of(spans[0], measure).__getitem__, words))
    sizes: list[tuple[float, float]] = []
    word_ends = list(accumulate(map(len, words)))
    parts: list[tuple[str, Span]] = []  # of a word that runs over several spans
    advance = 0.0  # theirs
    word = begun = 0  # the next word, and how much of the text is measured
    end = 0  # of the span
    for span in spans:
        end += len(span.text)
        look = _look_of(span, measure)
        if parts:
            text = span.text[: word_ends[word] - begun]
            parts.append((text, span))
            advance += look[text][0]
            begun += len(text)
            if begun < word_ends[word]:
                continue
            change = _change_at_end(parts, measure) if text[-1] in _CHANGES_AT_END else 0.0
            sizes.append((advance, advance + change))
            parts = []
            word += 1
        behind = bisect_right(word_ends, end, word)
        if behind > word:
            sizes += map(look.__getitem__, words[word:behind])
            word, begun = behind, word_ends[behind - 1]
        if begun < end:
            text = span.text[begun - end :]
            parts = [(text, span)]
            advance = look[text][0]
            begun = end
    return sizes


def filled_word_by_word(spans: Iterable[Span], width: float, measure: Measure) -> list[Line]:
    """The same as `break_lines`, for any text and column, in several times the time."""
    limit = width + _TOLERANCE
    lines: list[Line] = []
    current: list[_Word] = []
    advance = 0.0
    for word in _words([span for span in spans if span.text], measure):
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


def natural_width(spans: Iterable[Span], measure: Measure) -> float:
    """The width in points of the whole text on one line."""
    return sum([_look_of(span, measure)[span.text][0] for span in spans])


def widest_word(spans: Iterable[Span], measure: Measure) -> float:
    """The width in points below which a column has to cut words."""
    spans = [span for span in spans if span.text]
    if not spans:
        return 0.0
    if len(spans) == 1 and spans[0].text.isascii():  # most cells
        look = _look_of(spans[0], measure)
        return max([look[word.rstrip(" ")][0] for word in _undivided(spans[0].text)])
    words = _undivided("".join([span.text for span in spans]))
    return max([at_end for _, at_end in _sizes(spans, words, measure)])


def _width(text: str, span: Span, measure: Measure) -> float:
    return measure(_seen(text), span.strong, span.emphasis) * span.size


@lru_cache(maxsize=8192)  # a table's cells are cut for the columns of each format, and then for their lines
def _undivided(text: str) -> tuple[str, ...]:
    """A text cut wherever a line may end."""
    if _OTHER_OPPORTUNITY.search(text) is None:
        *words, last = text.split(" ")
        words = [word + " " for word in words]
        if last:
            words.append(last)
        return tuple(words)
    ends = [found.end() for found in _OPPORTUNITY.finditer(text)]
    if text and (not ends or ends[-1] != len(text)):
        ends.append(len(text))
    return tuple([text[start:end] for start, end in zip([0, *ends], ends, strict=False)])


def _words(spans: list[Span], measure: Measure) -> list[_Word]:
    words: list[_Word] = []
    index, left = -1, 0  # which span; how much of its text is left
    for undivided in _undivided("".join([span.text for span in spans])):
        parts: list[tuple[str, Span]] = []
        at = 0
        while at < len(undivided):
            if not left:
                index += 1
                span = spans[index]
                left = len(span.text)
            taken = undivided[at : at + left]
            parts.append((taken, span))
            at += len(taken)
            left -= len(taken)
        words.append(_word(parts, measure))
    return words


def _word(parts: list[tuple[str, Span]], measure: Measure) -> _Word:
    advance = 0.0
    for text, span in parts:
        advance += _width(text, span, measure)
    return _Word(parts, advance, advance + _change_at_end(parts, measure))


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
    width = sum([word.advance for word in words[:-1]]) + words[-1].at_end
    parts = [part for word in words for part in word.parts]
    if parts[0][1] is parts[-1][1]:  # spans do not come back: all of it is of this one
        advance = sum([word.advance for word in words])
        whole = "".join([text for text, _ in parts])
        return Line(pieces=(Piece(text=whole, span=parts[0][1], width=advance),), width=width)
    for index, (text, span) in enumerate(parts):
        texts.append(text)
        if index + 1 == len(parts) or parts[index + 1][1] is not span:
            whole = "".join(texts)
            pieces.append(Piece(text=whole, span=span, width=_width(whole, span, measure)))
            texts = []
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
