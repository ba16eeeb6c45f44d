"""Which words of a paragraph stay: a longest common subsequence, made readable.

Two sentences always share some words. Where what they share is less than what is around it, whole phrases are
told as deleted and inserted, for a text of single words in turns of red and black can't be read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from briefbook.pairing import matched
from briefbook.writers.redline_words import Token

_LEAST = 0.2  # of the longer text that two must share for any of it to stay
_SAFE = 24  # characters in a row that always stay
_HOLDS = ("", "\t")


class Change(Enum):
    """What became of a token."""

    KEPT = "kept"
    DELETED = "deleted"
    INSERTED = "inserted"


class Step(NamedTuple):
    """One token of the redline; of one that was kept, that of before and that of now."""

    change: Change
    old: Token | None = None
    new: Token | None = None


def steps_between(old: Sequence[Token], new: Sequence[Token]) -> list[Step]:
    """The tokens of both in order: where something was replaced, what was deleted stands first."""
    return _steps(old, new, _readable(old, new, matched([t.key for t in old], [t.key for t in new])))


def replaced(old: Sequence[Token], new: Sequence[Token]) -> list[Step]:
    """All of the one deleted, all of the other inserted."""
    return _steps(old, new, [])


def _steps(old: Sequence[Token], new: Sequence[Token], pairs: list[tuple[int, int]]) -> list[Step]:
    steps = []
    i = j = 0
    for place, other in [*pairs, (len(old), len(new))]:
        steps += [Step(Change.DELETED, token) for token in old[i:place]]
        steps += [Step(Change.INSERTED, None, token) for token in new[j:other]]
        if place < len(old):
            steps.append(Step(Change.KEPT, old[place], new[other]))
        i, j = place + 1, other + 1
    return steps


@dataclass(slots=True)
class _Stretch:
    """Pairs in a row."""

    pairs: list[tuple[int, int]]
    length: int  # characters

    @property
    def start(self) -> tuple[int, int]:
        return self.pairs[0]

    @property
    def end(self) -> tuple[int, int]:
        i, j = self.pairs[-1]
        return i + 1, j + 1


def _readable(
    old: Sequence[Token], new: Sequence[Token], pairs: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The pairs without those that would only cut what was replaced into scraps."""
    longer = max(_length(old), _length(new))
    if _length(old[i] for i, _ in pairs) < _LEAST * longer:
        pairs = _edges(old, pairs)
    stretches = _stretches(old, pairs)
    changed = True
    while changed:
        changed = False
        kept: list[_Stretch] = []
        for number, stretch in enumerate(stretches):
            i, j = kept[-1].end if kept else (0, 0)
            k, m = stretches[number + 1].start if number + 1 < len(stretches) else (len(old), len(new))
            before = max(_length(old[i : stretch.start[0]]), _length(new[j : stretch.start[1]]))
            behind = max(_length(old[stretch.end[0] : k]), _length(new[stretch.end[1] : m]))
            if stretch.length <= min(before, behind, _SAFE):
                changed = True
            else:
                kept.append(stretch)
        stretches = kept
    return [pair for stretch in stretches for pair in stretch.pairs]


def _edges(old: Sequence[Token], pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The pairs at the very beginning and end, up to the first tab: the label of a field stays."""
    kept = []
    for place, (i, j) in enumerate(pairs):
        if i != place or j != place:
            break
        kept.append((i, j))
    labelled = [n for n, (i, _) in enumerate(kept) if old[i].text == "\t"]
    return kept[: labelled[-1] + 1] if labelled else []


def _stretches(old: Sequence[Token], pairs: list[tuple[int, int]]) -> list[_Stretch]:
    found: list[_Stretch] = []
    for i, j in pairs:
        if found and found[-1].end == (i, j):
            found[-1].pairs.append((i, j))
            found[-1].length += _length([old[i]])
        else:
            found.append(_Stretch([(i, j)], _length([old[i]])))
    return found


def _length(tokens: Iterable[Token]) -> int:
    """Characters; a tab and what has no text (a note, a picture) are worth keeping wherever they stand."""
    return sum(_SAFE + 1 if token.text in _HOLDS else len(token.text) for token in tokens)
