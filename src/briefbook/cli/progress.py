"""How far a long work is: what is done, how fast, and how long the rest will take; on standard error."""

import shutil
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import field

from briefbook.cli.printing import is_on_terminal, say
from briefbook.frozen import changing

WINDOW = 20.0  # seconds: how fast it goes is how fast it went in the last so many
ENOUGH = 3.0  # seconds, and
ENOUGH_DONE = 20  # things done, before anything is said of the rest
_SHOWN_EACH = 0.1  # seconds between two states of the line on a terminal, but
_STROKE = 32  # things are often done at one stroke: the last of them is shown as well
_SAID_EACH = 60.0  # seconds between two lines in a pipe: none for short work


@changing
class Pace:
    """How much of a work is done, and how fast it went of late. It reads no clock: each call brings the time.

    What stood already is done at once, and says nothing of how long the rest takes: the pace is that of what
    was made, in the time in which some of it was. Things are done by strokes, one of which is looked at as a
    whole: what is told of it comes all at its end.
    """

    total: int
    begun: float  # seconds of a clock that never goes back
    done: int = 0
    made: int = 0
    # In how many seconds how much was made.
    _past: deque[tuple[float, int]] = field(default_factory=lambda: deque([(0.0, 0)]))
    _spent: float = 0.0  # seconds of the strokes in which something was made
    _ended: float = 0.0  # when the last stroke did, after the beginning
    _makes: bool = False  # whether something was made in this stroke, or in the last

    def add(self, now: float, *, was_made: bool = True) -> None:
        """One more is done."""
        self.done += 1
        self.made += was_made
        self._makes = self._makes or was_made
        if self.done % _STROKE:
            return
        if self.made > self._past[-1][1]:
            self._spent = self._making(now)
            self._past.append((self._spent, self.made))
            while self._past[1][0] <= self._spent - WINDOW:
                self._past.popleft()
        else:
            self._makes = False
        self._ended = now - self.begun

    def _making(self, now: float) -> float:
        """The seconds in which something was made, with those of the stroke that is under way."""
        return self._spent + (now - self.begun - self._ended if self._makes else 0)

    def rate(self, now: float) -> float | None:
        """How many were made a second of late; None while too few were made to tell."""
        making = self._making(now)
        if self.made < ENOUGH_DONE or making < ENOUGH:
            return None
        since, before = self._past[0]
        return (self.made - before) / (making - since)

    def left(self, now: float) -> float | None:
        """How many seconds the rest takes at that pace, if all of it is to make; None while none can tell."""
        rate = self.rate(now)
        return None if not rate else (self.total - self.done) / rate

    def told(self, now: float) -> str:
        """How far it is, in words."""
        words = f"{self.done:,} of {self.total:,}"
        rate, left = self.rate(now), self.left(now)
        if rate is None or left is None:
            return words
        pace = f"{rate:,.0f} a second" if rate >= 10 else f"{rate:.1f} a second"
        if self.done == self.total:
            return f"{words}, {pace}"
        at_most = " at most" if self.made < self.done else ""  # as of the rest some may stand too
        return f"{words}, {pace}, {in_words(left)} left{at_most}"


def in_words(seconds: float) -> str:
    """A time that is left, no finer than it can be known."""
    if seconds < 5:
        return "a few seconds"
    if seconds < 60:
        return f"about {5 * round(seconds / 5)} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"about {minutes} min"
    return f"about {minutes // 60} h {minutes % 60:02} min"


class Progress:
    """Tells how far a work is: on a terminal in one line that changes, in a pipe by a line a minute.

    The line says when it was written: while nothing is done it stands, and what it says of the rest is old.
    """

    def __init__(
        self,
        label: str,
        total: int,
        clock: Callable[[], float] = time.monotonic,
        time_of_day: Callable[[], str] = lambda: time.strftime("%H:%M:%S"),
    ) -> None:
        self._label, self._clock, self._time_of_day = label, clock, time_of_day
        self._pace = Pace(total=total, begun=clock())
        self._is_on_terminal = is_on_terminal()
        self._told_at = clock()
        self._width = 0  # of what stands in the line

    def __enter__(self) -> "Progress":
        """Itself, with its line begun."""
        if self._pace.total:
            self._show(self._words(self._clock()))
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Leave the line empty for what is told next; where the work broke off, as it is."""
        if kind is None:
            self._show("")

    def step(self, *, was_made: bool = True) -> None:
        """One more is done: it was made, or stood already."""
        now = self._clock()
        self._pace.add(now, was_made=was_made)
        is_last = self._is_on_terminal and self._pace.done % _STROKE == 0
        if not is_last and now - self._told_at < (_SHOWN_EACH if self._is_on_terminal else _SAID_EACH):
            return
        self._told_at = now
        if self._is_on_terminal:
            self._show(self._words(now))
        else:
            say(self._words(now))

    def aside(self, tell: Callable[[], object]) -> None:
        """Have something else told: in a line of its own, which the next step leaves alone."""
        self._show("")
        tell()

    def _words(self, now: float) -> str:
        at = f" ({self._time_of_day()})" if self._is_on_terminal and self._pace.done else ""
        return f"{self._label}: {self._pace.told(now)}{at}"

    def _show(self, words: str) -> None:
        """On a terminal, put words in the line: over those that stand there, as every terminal can."""
        if not self._is_on_terminal:
            return
        words = words[: shutil.get_terminal_size().columns - 1]
        rest = " " * (self._width - len(words))
        self._width = len(words)
        with suppress(OSError):  # the terminal is gone: the work goes on
            sys.stderr.write(f"\r{words}{rest}" + ("" if words else "\r"))
            sys.stderr.flush()
