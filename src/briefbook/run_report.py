"""What a scheduled run has of the world, and what it says of itself when it ends."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import datetime
from pathlib import Path

from briefbook.diagnostics import Problem
from briefbook.ending import Status
from briefbook.frozen import frozen
from briefbook.issued import Occurrence
from briefbook.mail.wire import never
from briefbook.outbox import Posted


@frozen
class Handled:
    """What became of an occurrence in this run."""

    occurrence: Occurrence
    files: tuple[Path, ...] = ()


@frozen
class Report:
    """What a run did."""

    status: Status
    handled: tuple[Handled, ...] = ()
    skipped: tuple[Occurrence, ...] = ()
    cancelled: tuple[int, ...] = ()  # letters to people whom their memo no longer names
    posted: Posted = field(default_factory=Posted)
    notices: int = 0  # of the letters that were sent, to owners
    held: tuple[int, ...] = ()  # letters that may have arrived or not, until a person has looked
    held_back: tuple[int, ...] = ()  # letters that wait until their edition is cleared
    warnings: tuple[str, ...] = ()
    next_due: datetime | None = None  # as the facts have it now
    has_news: bool = True  # False: what is wrong is what an earlier run has told of


@frozen
class Edge:
    """What a run has of the world: the clock, the environment, somebody to talk to."""

    clock: Callable[[], datetime]
    environ: Mapping[str, str]
    say: Callable[[str], None]
    tell: Callable[[Iterable[Problem]], None]
    stops: Callable[[], bool] = never  # whether to begin nothing more: what is left stays for the next run
