"""`briefbook run-due` and `briefbook daemon`: what is due is made and mailed."""

import os
import select
import signal
import socket
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from briefbook.cli.book import BookFinder, out_option
from briefbook.cli.book import now as clock
from briefbook.cli.printing import print_problems, say, shown, tell_json
from briefbook.diagnostics import BriefbookError, Problem
from briefbook.ending import Status
from briefbook.files import own_folder
from briefbook.issued import OccurrenceState
from briefbook.run_due import run_due
from briefbook.run_report import Edge, Report

LONGEST_SLEEP = timedelta(seconds=30)

STATUSES = """\b
Exit status:
   0  done: what was due was made and sent
   1  the book, its ledger or its store cannot be used
   2  usage
   3  nothing was due
   4  some failed: a memo could not be made, or a letter was refused
   5  some may have arrived or not: a person has to look (briefbook outbox)
   6  all failed: nothing could be made or sent, or the server refuses us
   7  some were put off by the mail server and are tried again by themselves
   8  some wait for a person who clears them (briefbook clear)
  75  another run is under way
 130  stopped by Ctrl-C"""


_YEARS = range(1970, 2201)  # of an instant that is taken for the present


class InstantOption(click.ParamType[datetime]):
    """An instant as 2026-01-20T13:00:00Z, or with an offset as +01:00, of the years 1970 to 2200."""

    name = "instant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read an instant or fail with the spelling that is wanted."""
        if isinstance(value, datetime):
            return value
        try:
            instant = datetime.fromisoformat(str(value))
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None:
            self.fail(f"{value!r} is not an instant; write it as 2026-01-20T13:00:00Z", param, ctx)
        if instant.year not in _YEARS:  # and by no time zone out of the calendar
            span = f"{_YEARS[0]} to {_YEARS[-1]}"
            self.fail(f"{value!r} cannot be the present: only the years {span} are taken", param, ctx)
        return instant.astimezone(UTC)


def _edge(at: Callable[[], datetime], *, is_quiet: bool) -> Edge:
    def speak(line: str) -> None:
        # `changed`, `made` and `sent` are good news; whoever asked for quiet wants to hear the rest, once.
        if not is_quiet or line.startswith(
            ("failed", "unknown", "warning", "skipped", "cancelled", "held back")
        ):
            say(line)

    def tell(problems: Iterable[Problem]) -> None:
        if not is_quiet:  # of those that stop a memo, its failure tells
            print_problems(problems)

    return Edge(clock=at, environ=os.environ, say=speak, tell=tell)


@click.command("run-due", epilog=STATUSES)
@click.option(
    "--now", "at", type=InstantOption(), metavar="INSTANT", help="Take this for the present instant."
)
@out_option
@click.option("--quiet", is_flag=True, help="Say only what went wrong: for cron, which mails what it hears.")
@click.option("--json", "wants_json", is_flag=True, help="Print what was done as JSON to standard output.")
@click.pass_obj
def command(
    finder: BookFinder, /, at: datetime | None, out: Path | None, quiet: bool, wants_json: bool
) -> None:
    """Make and mail what the schedules of the book's memos ask for, once.

    Meant for cron or a systemd timer (briefbook schedule install): it may run as often as you like. What was
    missed is made up for as each schedule says. The as-of day is the day on which a memo is due, in the zone
    of its schedule.

    \b
    Examples:
      briefbook run-due
      briefbook run-due --now 2026-01-20T13:00:00Z --json
    """
    root = finder.root()
    report = run_due(
        root, out or own_folder(root, "out"), _edge((lambda: at) if at else clock, is_quiet=quiet)
    )
    if wants_json:
        tell_json(_json(report))
    elif not quiet or (report.status not in (Status.DONE, Status.NOTHING_DUE) and report.has_news):
        say(_in_a_line(report))
    raise SystemExit(report.status)


def _in_a_line(report: Report) -> str:
    match report.status:
        case Status.LOCKED:
            return "another run is under way: nothing was done"
        case Status.NOTHING_DUE:
            return "nothing is due" + _next(report)
        case Status.PROBLEMS:
            return "the book cannot be read: nothing was done"
        case Status.AMBIGUOUS if not report.handled and report.posted.nothing:
            look = ", ".join(f"briefbook outbox show {id_}" for id_ in report.held)
            return f"nothing is due, but what may have arrived or not waits for you: {look}" + _next(report)
        case _:
            posted = report.posted
            counts = {
                "sent": len(posted.sent) - report.notices,
                "sent to owners": report.notices,
                "put off": len(posted.deferred) + len(posted.left),
                "refused": len(posted.failed),
                "unknown": len(posted.unknown),
            }
            letters = (
                ", ".join(f"{number} {what}" for what, number in counts.items() if number) or "none sent"
            )
            waiting = [str(id_) for id_ in report.held]
            held = f"; {', '.join(waiting)} may have arrived or not: briefbook outbox list" if waiting else ""
            kept_in = sum(one.occurrence.state is OccurrenceState.HELD_BACK for one in report.handled)
            kept_in += len(report.held_back)
            until = f"; {kept_in} held back until cleared" if kept_in else ""
            return f"{len(report.handled)} due; letters: {letters}{held}{until}" + _next(report)


def _next(report: Report) -> str:
    return f"; next at {report.next_due:%Y-%m-%d %H:%M} UTC" if report.next_due else ""


def _json(report: Report) -> dict[str, object]:
    posted = report.posted
    return {
        "status": report.status.name.lower().replace("_", "-"),
        "handled": [
            {
                "memo": one.occurrence.memo,
                "due": one.occurrence.instant.isoformat(),
                "state": one.occurrence.state,
                "reason": one.occurrence.reason,
                "edition": one.occurrence.edition,
                "files": [shown(path) for path in one.files],
            }
            for one in report.handled
        ],
        "skipped": [
            {"memo": one.memo, "due": one.instant.isoformat(), "reason": one.reason} for one in report.skipped
        ],
        "cancelled": report.cancelled,
        "letters": {
            "sent": posted.sent,
            "deferred": posted.deferred,
            "failed": posted.failed,
            "unknown": posted.unknown,
            "left": posted.left,
        },
        "held": report.held,
        "held_back": report.held_back,
        "warnings": report.warnings,
        "next_due": report.next_due.isoformat() if report.next_due else None,
    }


@click.command("daemon")
@out_option
@click.pass_obj
def daemon(finder: BookFinder, /, out: Path | None) -> None:
    """Do what `run-due` does again and again, until it is told to stop (SIGTERM, Ctrl-C).

    It keeps nothing in memory between two rounds, so it may be stopped and started at any time, and files may
    be changed while it runs. A timer that starts run-due does the same with less.

    \b
    Example:
      briefbook daemon
    """
    root = finder.root()
    alarm = _Alarm((signal.SIGTERM, signal.SIGINT))
    news = _News()
    say(f"looking after {root}; stop with Ctrl-C")
    while not alarm.has_rung:
        wait, is_locked = LONGEST_SLEEP, False
        try:
            edge = Edge(
                clock=clock, environ=os.environ, say=news.say, tell=news.tell, stops=lambda: alarm.has_rung
            )
            report = run_due(root, out or own_folder(root, "out"), edge)
        except BriefbookError as error:  # a full disk today is not one tomorrow
            news.tell(error.problems)
        else:
            is_locked = report.status is Status.LOCKED
            if is_locked:
                news.say(_in_a_line(report))  # once, however long the other run takes
            elif report.status is not Status.NOTHING_DUE and report.has_news:
                say(_in_a_line(report))
            if report.next_due is not None:
                wait = min(wait, max(report.next_due - clock(), timedelta(seconds=1)))
        news.turn(has_looked=not is_locked)
        alarm.sleep(wait)
    say("stopped")


class _Alarm:
    """Sleep that a signal ends, whenever it comes.

    The system writes each signal's number into a socket by itself. An event that the handler sets would hang
    where the signal comes while the main thread holds that event's lock, at the edge of its wait.
    """

    def __init__(self, numbers: Iterable[signal.Signals]) -> None:
        self.has_rung = False
        self._ear, self._bell = socket.socketpair()
        self._bell.setblocking(False)
        for number in numbers:
            signal.signal(number, self._ring)
        signal.set_wakeup_fd(self._bell.fileno(), warn_on_full_buffer=False)

    def _ring(self, *_: object) -> None:
        self.has_rung = True

    def sleep(self, span: timedelta) -> None:
        """Sleep so long, or up to the signal."""
        select.select([self._ear], [], [], span.total_seconds())


class _News:
    """Lines and problems of one round after another: what the round before said as well is not said again."""

    def __init__(self) -> None:
        self._old: set[str | Problem] = set()
        self._new: set[str | Problem] = set()

    def say(self, line: str) -> None:
        """Say a line, if it is news."""
        if line not in self._old:
            say(line)
        self._new.add(line)

    def tell(self, problems: Iterable[Problem]) -> None:
        """Print those problems that are news."""
        told = list(problems)
        print_problems(problem for problem in told if problem not in self._old)
        self._new.update(told)

    def turn(self, *, has_looked: bool) -> None:
        """A round is over. One that found the book locked knows nothing of what was said before."""
        self._old = self._new if has_looked else self._old | self._new
        self._new = set()
