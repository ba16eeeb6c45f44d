"""How words of a returned paragraph look, held against the edition's own: struck through, highlighted … Pure.

Many strike words through, or highlight them, without tracking: that is as much an edit as other words are.
What programs do to looks on their own (other ids of styles, split runs) is none.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from briefbook.aligning import keys_in
from briefbook.frozen import frozen
from briefbook.returned import Look, Paragraph, Relooked, View
from briefbook.reviewing.matching import Row

CROSSED_OUT = frozenset((Look.STRUCK, Look.HIDDEN))
_OF_NEW_WORDS = CROSSED_OUT | {Look.MARKED}  # what is told of words that the edition does not have
_CHANGED = "looks changed"
_By = tuple[Relooked, ...]
_Seen = tuple[frozenset[Look], _By]  # how a word looks, and who changed that


@frozen
class Looks:
    """What is other of some words, which are the returned paragraph's `[start, end)`."""

    start: int
    end: int
    what: str
    gained: frozenset[Look] = frozenset()
    by: tuple[Relooked, ...] = ()  # who did it under tracking


def looks_of_words(row: Row | None, other: Row, pairs: Mapping[int, int]) -> Iterator[Looks]:
    """The words that look otherwise than in the edition, or whose look was changed under tracking.

    `pairs` tells of words of the returned paragraph which words of the edition's they are.
    """
    spans = other.paragraph.spans if row is None else (*other.paragraph.spans, *row.paragraph.spans)
    if not any(span.looks or span.relooked for span in spans):
        return  # as most paragraphs are
    was, now = [] if row is None else _by_word(row), _by_word(other)
    told = [_difference(was[pairs[n]] if n in pairs else None, each) for n, each in enumerate(now)]
    for what, group in groupby(range(len(told)), key=lambda n: told[n]):
        numbers = list(group)
        gained, lost, by = what
        if gained or lost or by:
            words = [*sorted(gained), *(f"no longer {look}" for look in sorted(lost))]
            yield Looks(
                start=numbers[0], end=numbers[-1] + 1, what=", ".join(words) or _CHANGED, gained=gained, by=by
            )


def _difference(was: _Seen | None, now: _Seen) -> tuple[frozenset[Look], frozenset[Look], _By]:
    """The looks that came, those that are gone, and who did it."""
    looks, by = now
    if was is None:
        return looks & _OF_NEW_WORDS, frozenset(), by
    return looks - was[0], was[0] - looks, by


def _by_word(row: Row) -> Sequence[_Seen]:
    """How each word of a paragraph looks, and who changed that; a word may lie in several spans."""
    found = []
    spans, number, end = row.paragraph.spans, 0, 0
    for token in row.tokens:
        while end <= token.start:
            end += len(spans[number].text)
            number += 1
        within, upto = [spans[number - 1]], end
        while upto < token.end:
            within.append(spans[number + len(within) - 1])
            upto += len(within[-1].text)
        looks = frozenset(look for span in within for look in span.looks)
        found.append((looks, tuple(dict.fromkeys(one for span in within for one in span.relooked))))
    return found


def looks_of_paragraph(row: Row | None, other: Row) -> Looks | None:
    """What is other of a paragraph as a whole: its style, or what was changed of it under tracking."""
    was, now = "" if row is None else row.paragraph.style, other.paragraph.style
    by = other.paragraph.relooked
    if was and now and was.casefold() != now.casefold():  # programs begin the names of theirs otherwise
        return Looks(start=0, end=len(other.tokens), what=f"paragraph in style “{now}”, not “{was}”", by=by)
    return Looks(start=0, end=len(other.tokens), what=f"paragraph {_CHANGED}", by=by) if by else None


def looks_of_no_words(paragraphs: Sequence[Paragraph]) -> int:
    """How many tracked changes of looks are of blanks, or of what is no longer there."""
    spans = (span for one in paragraphs for span in one.spans if span.relooked)
    count = sum(not keys_in(span.text) or not span.counts(View.ACCEPTED) for span in spans)
    return count + sum(bool(one.relooked) for one in paragraphs if not keys_in(one.text))
