"""Styled text to lines: greedy, ragged right, without losing a character.

Pure: widths come from a function, nothing here knows faces or PDF. Where a line may end follows UAX 14 in
the small (`line_ends`). The spaces at a line's end stay in its text, so that words don't fuse when a reader
takes the text out of the page again. What the short way here cannot set is set word by word (`word_by_word`).
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import add

from briefbook.writers.line_ends import BREAKING_SPACE, SOFT_HYPHEN, ends_at_spaces, undivided
from briefbook.writers.styled_text import Line, Measure, Piece, Span
from briefbook.writers.word_by_word import TOLERANCE, filled_word_by_word
from briefbook.writers.word_widths import CHANGES_AT_END, Look, change_at_end, look_of, looks_of

_NARROW = 0.3  # of the size: hardly any text is set so narrow, letter by letter


def break_lines(spans: Iterable[Span], width: float, measure: Measure) -> list[Line]:
    """Fill lines of `width` points, each as full as it gets. No text gives no line.

    The texts of the lines, one after the other, are the texts of the spans. A line is wider than `width`
    only where a single character is.
    """
    spans = [span for span in spans if span.text]
    if not spans:
        return []
    limit = width + TOLERANCE
    if len(spans) == 1:
        (span,) = spans
        whole, looks = span.text, [look_of(span, measure)]
        narrowest = len(whole) * span.size * _NARROW
    else:
        whole, looks = "".join([span.text for span in spans]), looks_of(spans, measure)
        narrowest = sum([len(span.text) * span.size for span in spans]) * _NARROW
    if narrowest <= limit and whole[-1] != SOFT_HYPHEN:
        single = _single_line(spans, looks, limit, measure)
        if single is not None:
            return [single]
    lines = None if SOFT_HYPHEN in whole else _filled(spans, looks, whole, limit, measure)
    return filled_word_by_word(spans, width, measure) if lines is None else lines


def single_line(span: Span, measure: Measure) -> Line:
    """A text in one look on one line, however wide: a marker."""
    advance, at_end = look_of(span, measure)[span.text]
    return Line((Piece(span.text, span, advance),), at_end)


def _single_line(spans: list[Span], looks: list[Look], limit: float, measure: Measure) -> Line | None:
    """All of a text, where it fits on one line: cells and labels do, and need not be cut into words."""
    if len(spans) == 1:
        (span,) = spans
        natural, at_end = looks[0][span.text]
        return Line((Piece(span.text, span, natural),), at_end) if natural <= limit else None
    pieces: list[Piece] = []
    natural = 0.0
    for span, look in zip(spans, looks, strict=True):
        advance = look[span.text][0]
        natural += advance
        if natural > limit:
            return None
        pieces.append(Piece(span.text, span, advance))
    at_end = natural
    if spans[-1].text[-1] in BREAKING_SPACE:
        at_end += change_at_end([(span.text, span) for span in spans], measure)
    return Line(tuple(pieces), at_end)


def _filled(
    spans: list[Span], looks: list[Look], whole: str, limit: float, measure: Measure
) -> list[Line] | None:
    """The lines of a text without soft hyphens; None where a word is wider than `limit` points.

    Where each word would end if all of them stood on one line is a rising row of numbers, so that the end of
    a line is looked up in it, however many words the line has.
    """
    words = undivided(whole)
    advances, at_ends = zip(*_sizes(spans, looks, words, measure), strict=True)
    starts = [0.0, *accumulate(advances)]
    ends = list(map(add, starts, at_ends))
    cutter = _Cutter(spans, looks, whole, words) if len(spans) > 1 else None
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

    def __init__(self, spans: list[Span], looks: list[Look], whole: str, words: Iterable[str]) -> None:
        self._spans = spans
        self._looks = looks
        self._whole = whole
        self._word_ends = list(accumulate(map(len, words)))
        self._at = 0  # how much of the text is cut out
        self._index = 0  # the span that goes on there
        self._span_end = len(spans[0].text)

    def pieces(self, behind: int, advance: float) -> tuple[Piece, ...]:
        """The pieces of the line that ends before the word `behind` and is `advance` points wide."""
        whole, index, span_end = self._whole, self._index, self._span_end
        begin, end = self._at, self._word_ends[behind - 1]
        self._at = end
        if end < span_end:
            return (Piece(whole[begin:end], self._spans[index], advance),)
        pieces: list[Piece] = []
        while begin < end:
            text = whole[begin : min(end, span_end)]
            pieces.append(Piece(text, self._spans[index], self._looks[index][text][0]))
            begin += len(text)
            if begin == span_end and index + 1 < len(self._spans):
                index += 1
                span_end += len(self._spans[index].text)
        self._index, self._span_end = index, span_end
        if len(pieces) == 1:
            pieces[0].width = advance
        return tuple(pieces)


def _sizes(
    spans: list[Span], looks: list[Look], words: Sequence[str], measure: Measure
) -> list[tuple[float, float]]:
    """How wide each word is within a line and at its end. Neighbours in the same look are measured as one."""
    if _are_one(looks):
        return list(map(looks[0].__getitem__, words))
    sizes: list[tuple[float, float]] = []
    word_ends = list(accumulate(map(len, words)))
    parts: list[tuple[str, Span]] = []  # of a word that runs over several looks
    advance = 0.0  # theirs
    word = begun = 0  # the next word, and how much of the text is measured
    end = 0  # of the span
    for index, (span, look) in enumerate(zip(spans, looks, strict=True)):
        end += len(span.text)
        if index + 1 < len(looks) and looks[index + 1] is look:
            continue
        if parts:
            text = words[word][begun - word_ends[word] :][: end - begun]
            parts.append((text, span))
            advance += look[text][0]
            begun += len(text)
            if begun < word_ends[word]:
                continue
            change = change_at_end(parts, measure) if text[-1] in CHANGES_AT_END else 0.0
            sizes.append((advance, advance + change))
            parts = []
            word += 1
        behind = bisect_right(word_ends, end, word)
        if behind > word:
            sizes += map(look.__getitem__, words[word:behind])
            word, begun = behind, word_ends[behind - 1]
        if begun < end:
            text = words[word][: end - begun]
            parts = [(text, span)]
            advance = look[text][0]
            begun = end
    return sizes


def _are_one(looks: Iterable[Look]) -> bool:
    return len(set(map(id, looks))) == 1


def natural_width(spans: Sequence[Span], measure: Measure) -> float:
    """The width in points of the whole text on one line."""
    if len(spans) == 1:
        return look_of(spans[0], measure)[spans[0].text][0]
    return sum([look[span.text][0] for span, look in zip(spans, looks_of(spans, measure), strict=True)])


def widest_word(spans: Iterable[Span], measure: Measure) -> float:
    """The width in points below which a column has to cut words."""
    spans = [span for span in spans if span.text]
    if not spans:
        return 0.0
    words = undivided("".join([span.text for span in spans]))
    return max([at_end for _, at_end in _sizes(spans, looks_of(spans, measure), words, measure)])


def widest_word_in(lines: Iterable[Sequence[Span]], measure: Measure) -> float:
    """The same for a column of many lines: most have one look and end at spaces, and are cut in one go."""
    widest = 0.0
    plain: dict[int, tuple[Look, list[str]]] = {}
    for spans in lines:
        looks = looks_of(spans, measure)
        whole = "".join([span.text for span in spans])
        if ends_at_spaces(whole) and _are_one(looks):
            look = looks[0]
            plain.setdefault(id(look), (look, []))[1].append(whole)
        else:
            widest = max(widest, widest_word(spans, measure))
    for look, texts in plain.values():
        widest = max(widest, max([look[word][0] for word in set(" ".join(texts).split(" "))]))
    return widest
