"""Lines filled one word after the other: any text in any column, if it takes several times as long.

For soft hyphens, and for words that no line can hold: these are cut as a last resort.
"""

import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from briefbook.writers.line_ends import undivided
from briefbook.writers.styled_text import Line, Measure, Piece, Span
from briefbook.writers.word_widths import TRAILING_SPACES, change_at_end, look_of, width_of

_GOOD_CUT = "/.,?&=_-@:"  # in an address that must be cut, cut after one of these
TOLERANCE = 0.05  # points; Word rounds the width of a line to twentieths of one


class _Word(NamedTuple):
    """What is never divided: the text up to the next place where a line may end."""

    parts: list[tuple[str, Span]]
    advance: float  # with the spaces at its end, as inside a line
    at_end: float  # without them, with a soft hyphen drawn, as at the end of a line


def filled_word_by_word(spans: Iterable[Span], width: float, measure: Measure) -> list[Line]:
    """What `break_lines` cannot fill in its short way: any text, any column, in several times the time."""
    limit = width + TOLERANCE
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


def _words(spans: list[Span], measure: Measure) -> list[_Word]:
    words: list[_Word] = []
    index, left = -1, 0  # which span; how much of its text is left
    for word in undivided("".join([span.text for span in spans])):
        parts: list[tuple[str, Span]] = []
        at = 0
        while at < len(word):
            if not left:
                index += 1
                span = spans[index]
                left = len(span.text)
            taken = word[at : at + left]
            parts.append((taken, span))
            at += len(taken)
            left -= len(taken)
        words.append(_word(parts, measure))
    return words


def _word(parts: list[tuple[str, Span]], measure: Measure) -> _Word:
    advance = 0.0
    for text, span in parts:
        advance += look_of(span, measure)[text][0]
    return _Word(parts, advance, advance + change_at_end(parts, measure))


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
            pieces.append(Piece(text=whole, span=span, width=width_of(whole, span, measure)))
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
            advance += look_of(span, measure)[text][0]
            if end > start and advance + change_at_end([characters[end]], measure) > limit:
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
            sticks = unicodedata.combining(character) or TRAILING_SPACES.match(character)
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
