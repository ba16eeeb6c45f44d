"""What was made, kept for when it is asked for again: with a bound on the number and on the length of texts.

Most words of a memo have been set before, in it or in another one. A long text seldom comes again, and one of
a book may have a hundred thousand characters: it is made anew each time, so that a process which lives on
keeps so many times `LONGEST` characters at most, whatever it has read.
"""

from collections.abc import Callable, Hashable, Sized
from typing import Protocol, TypeVar

LONGEST = 400  # characters of a text that is kept; paragraphs that several memos share are mostly shorter


class _Text(Hashable, Sized, Protocol):
    """A text, or several in a tuple."""


K = TypeVar("K", bound=_Text)
V = TypeVar("V")
H = TypeVar("H", bound=Hashable)


class Remembered(dict[K, V]):
    """Text → what is made of it. When it is full it forgets all: what is in use is soon there again.

    To ask for what is there is to look into a dictionary, without a call of a Python function.
    """

    def __init__(self, make: Callable[[K], V], most: int, length: Callable[[K], int] = len) -> None:
        """Keep `most` of what `make` gives. `length`: in characters, where what is asked for is no text."""
        super().__init__()
        self._make = make
        self._most = most
        self._length = length

    def __missing__(self, asked: K) -> V:
        made = self._make(asked)
        self.keep(asked, made)
        return made

    def keep(self, asked: K, made: V) -> None:
        """Keep what was made elsewhere, if it is of no long text."""
        if self._length(asked) > LONGEST:
            return
        if len(self) >= self._most:
            self.clear()
        self[asked] = made


def remembered(most: int) -> Callable[[Callable[[str], V]], Callable[[str], V]]:
    """Decorate a function of one text: `most` of what it gives are kept, and none of a long text."""

    def kept(make: Callable[[str], V]) -> Callable[[str], V]:
        return Remembered(make, most).__getitem__

    return kept


def among_last(known: dict[H, V], asked: H, make: Callable[[], V], most: int) -> V:
    """What is known by a name, made where it is not; `known` keeps the `most` that were asked for last.

    For what is large and asked for seldom, such as environments of templates.
    """
    found = known.pop(asked, None)  # threads may ask at once: then two make it
    if found is None:
        found = make()
    known[asked] = found  # the last used last
    for oldest in list(known)[:-most]:
        known.pop(oldest, None)
    return found
