"""How far a long work is: what is done, how fast, and how long the rest will take; on standard error."""

import shutil
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import field

from briefbook.cli.printing import is_on_terminal, say
from briefbook.frozen import changing

WINDOW = 20.0  # seconds: how fast it goes is how fast it went in the last so many
ENOUGH = 3.0  # seconds, and
ENOUGH_DONE = 20  # things done, before anything is said of the rest
_SHOWN_EACH = 0.1  # seconds between two states of the line on a terminal, but
_BATCH = 32  # things are often done at one stroke: the last of them is shown as well
_SAID_EACH = 60.0  # seconds between two lines in a pipe: none for short work


@changing
class Pace:
    """How much of a work is done, and how fast of late. It reads no clock: each call brings the time."""

    total: int
    begun: float  # seconds of a clock that never goes back
    done: int = 0
    _past: deque[tuple[float, int]] = field(default_factory=deque)  # when so much was done

    def add(self, now: float) -> None:
        """One more is done."""
        self.done += 1
        if self._past and self._past[-1][0] == now:
            self._past.pop()
        self._past.append((now, self.done))
        while len(self._past) > 1 and self._past[1][0] <= now - WINDOW:
            self._past.popleft()

    def rate(self, now: float) -> float | None:
        """How many a second of late; None while too little is done to tell."""
        if self.done < ENOUGH_DONE or now - self.begun < ENOUGH:
            return None
        since, before = self.begun, 0
        if self._past[0][0] <= now - WINDOW:
            since, before = self._past[0]
        return (self.done - before) / (now - since)

    def left(self, now: float) -> float | None:
        """How many seconds the rest will take at the pace of late; None while that cannot be told."""
        rate = self.rate(now)
        return None if not rate else (self.total - self.done) / rate

    def told(self, now: float) -> str:
        """How far it is, in words."""
        words = f"{self.done:,} of {self.total:,}"
        rate, left = self.rate(now), self.left(now)
        if rate is None or left is None:
            return words
        pace = f"{rate:,.0f} a second" if rate >= 10 else f"{rate:.1f} a second"
        return f"{words}, {pace}, {in_words(left)} left" if self.done < self.total else f"{words}, {pace}"


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
    """Tells how far a work is: on a terminal in one line that changes, in a pipe by a line a minute."""

    def __init__(self, label: str, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._label, self._clock = label, clock
        self._pace = Pace(total=total, begun=clock())
        self._is_on_terminal = is_on_terminal()
        self._told_at = clock()
        self._width = 0  # of what stands in the line

    def __enter__(self) -> "Progress":
        """Itself, with its line begun."""
        if self._is_on_terminal and self._pace.total:
            self._show(f"{self._label}: {self._pace.told(self._clock())}")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Leave the line empty for what is told next; where the work broke off, as it is."""
        if self._is_on_terminal and kind is None:
            self._show("")

    def step(self) -> None:
        """One more is done."""
        now = self._clock()
        self._pace.add(now)
        is_last = self._is_on_terminal and self._pace.done % _BATCH == 0
        if not is_last and now - self._told_at < (_SHOWN_EACH if self._is_on_terminal else _SAID_EACH):
            return
        self._told_at = now
        words = f"{self._label}: {self._pace.told(now)}"
        if self._is_on_terminal:
            self._show(words)
        else:
            say(words)

    def _show(self, words: str) -> None:
        """Put words in the line: over those that stand there, as every terminal can."""
        words = words[: shutil.get_terminal_size().columns - 1]
        rest = " " * (self._width - len(words))
        self._width = len(words)
        sys.stderr.write(f"\r{words}{rest}" + ("" if words else "\r"))
        sys.stderr.flush()
