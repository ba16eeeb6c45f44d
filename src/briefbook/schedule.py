"""When a memo is due: instants of its schedule, and which of them a run takes up. Pure: `now` comes in.

The calendar of a cron expression is cronsim's (Debian's cron(8): if day of month or day of week starts
with `*`, both must match, else either). Shifts of the clock are ours, because the library, when given a
zone, loses runs around shifts at midnight and of half an hour (tests/test_schedule_zones.py keeps the list).
The rule is that of cron(8): an expression whose minute and hour both say a time (neither starts with `*`)
runs once for each time that it names: one that the clock skips at the first instant after the gap, one that
comes twice the first time. Any other is scheduled by the clock on the wall: what is skipped is skipped, what
comes twice comes twice.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import takewhile
from typing import Protocol, assert_never
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from briefbook.delivery import BeforeSchedule, CatchUp, CronSchedule, ScheduleSpec
from briefbook.diagnostics import did_you_mean
from briefbook.frozen import frozen
from briefbook.issued import TRIED_AGAIN, Occurrence, OccurrenceState

LONGEST_CRON = 100  # characters
LATE = timedelta(hours=1)  # with `catch_up: none`, how late an occurrence may still be made
_FIELDS = {  # in the order of cronsim's names for them: what may stand there
    "minute": "0-59",
    "hour": "0-23",
    "day-of-month": "1-31, L for the last, LW for the last weekday",
    "month": "1-12 or JAN-DEC",
    "day-of-week": "0-7 or SUN-SAT, 5L for the last Friday, 5#2 for the second",
}
_BY_HEART = {"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0"}
_BY_HEART |= {"@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *"}
# Files beside the zones that are none: leap seconds, links of the machine, a placeholder.
_NO_ZONES = ("right/", "posix/", "posixrules", "localtime", "Factory")
_SOME_DAY = datetime(2000, 1, 1)  # noqa: DTZ001  of a calendar without a zone; from here cronsim looks 50 years ahead
_MINUTE = timedelta(minutes=1)
_BEGINNING = datetime(2, 1, 1, tzinfo=UTC)  # of the calendar, with a year to spare for zones
_LOOK_BACK = [timedelta(hours=1), *(timedelta(days=days) for days in (1, 32, 367, 5 * 366, 50 * 366))]

_LATER_DUE = "missed; a later one was due"
_TOO_LATE = "missed; more than an hour late, and catch_up is none"
_LONG_AGO = "missed longer ago than the window, as was any before it"


class Schedule(Protocol):
    """The instants at which a memo is asked for."""

    def after(self, instant: datetime) -> Iterator[datetime]:
        """UTC instants strictly later than `instant`, each later than the one before; endless or not."""


@frozen
class PlannedDay:
    """A meeting ahead that has an exact day."""

    meeting: str
    day: date


@frozen
class DueResult:
    """What a run takes up (`due`, oldest first) and what it leaves out, each with its reason."""

    due: tuple[Occurrence, ...] = ()
    skipped: tuple[Occurrence, ...] = ()


@lru_cache(maxsize=1024)
def cron_mistake(text: str) -> str | None:
    """What is wrong with a cron expression, as a sentence for the user; None if it is right.

    Right are five fields as in crontab(5), with cronsim's `L`, `LW`, `5L` and `5#2`, that come true on some
    day between 2000 and 2050.
    """
    try:
        _look_through(text)
    except ValueError as error:
        return str(error)
    return None


def _look_through(text: str) -> None:
    if len(text) > LONGEST_CRON:
        raise ValueError(f"the expression has {len(text)} characters; at most {LONGEST_CRON} are read")
    count, by_heart = len(text.split()), _BY_HEART.get(text.strip().lower())
    if by_heart:
        raise ValueError(f"{text!r} is not read; write {by_heart!r}")
    if count != 5:
        raise ValueError(f"{text!r} has not five fields, but {count}: minute, hour, day, month, day of week")
    if not text.isascii():
        raise ValueError(f"{text!r} has characters that no cron expression has")
    try:
        next(CronSim(text, _SOME_DAY))
    except StopIteration:
        raise ValueError(f"{text!r} never comes true: there is no such day in 50 years") from None
    except CronSimError as error:
        name = str(error).removeprefix("Bad ")
        written = text.split()[list(_FIELDS).index(name)]
        if name == "day-of-month" and _is_day(written):
            raise ValueError(f"{text!r} never comes true: no month in it has such a day") from None
        what = name.replace("-", " ")
        raise ValueError(f"{written!r} is no {what} in {text!r}; write {_FIELDS[name]}") from None


def _is_day(written: str) -> bool:
    """Tell whether a day of month is right in itself: of one that never comes cronsim says the same."""
    try:
        CronSim(f"0 0 {written} * *", _SOME_DAY)
    except CronSimError:
        return False
    return True


def zone_mistake(text: str) -> str | None:
    """What is wrong with the name of a time zone, as a sentence for the user; None if it is right."""
    try:
        _zone(text)
    except ValueError as error:
        return str(error)
    return None


def _zone(text: str) -> ZoneInfo:
    if re.fullmatch(r"[A-Za-z0-9_+/-]{1,64}", text) and not text.startswith(_NO_ZONES):
        with suppress(OSError, ValueError, LookupError):
            return ZoneInfo(text)
    near = did_you_mean(text[:64], available_timezones() - set(_NO_ZONES))
    raise ValueError(
        f"{text[:64]!r} is no time zone; {near or 'write one such as America/Mexico_City, or UTC'}"
    )


def due_day(instant: datetime, zone: str) -> date:
    """The day in a zone at an instant: the as-of day of what is due then."""
    try:
        return instant.astimezone(ZoneInfo(zone)).date()
    except OverflowError:  # it would lie outside of the calendar
        return instant.date()


def revision_of(spec: ScheduleSpec) -> str:
    """Digest of the schedule as written, but for window and catch_up, which decide no instant."""
    match spec:
        case CronSchedule():
            written = ["cron", spec.cron, spec.zone]
        case BeforeSchedule():
            written = [
                "before",
                str(spec.before // timedelta(days=1)),
                spec.of,
                spec.at.isoformat(),
                spec.zone,
            ]
        case _:
            assert_never(spec)
    return sha256("\n".join(written).encode()).hexdigest()


def schedule_of(spec: ScheduleSpec, meetings: Sequence[PlannedDay] = ()) -> Schedule:
    """The schedule of a memo; `meetings` are those that a BeforeSchedule counts from.

    Raises ValueError with the sentence of `cron_mistake` or `zone_mistake`.
    """
    zone = _zone(spec.zone)
    match spec:
        case CronSchedule():
            mistake = cron_mistake(spec.cron)
            if mistake is not None:
                raise ValueError(mistake)
            return _Cron(expression=spec.cron, zone=zone)
        case BeforeSchedule():
            days = {meeting.day - spec.before for meeting in meetings if meeting.day - date.min > spec.before}
            days -= {date.max}  # as date.min above: in UTC it may be another day, which the calendar lacks
            return _Listed(instants=tuple(sorted({_instant_before(day, spec) for day in days})))
        case _:
            assert_never(spec)


@frozen
class _Listed:
    instants: tuple[datetime, ...]  # UTC, ascending

    def after(self, instant: datetime) -> Iterator[datetime]:
        return (listed for listed in self.instants if listed > instant)


@frozen
class _Cron:
    expression: str
    zone: ZoneInfo

    def after(self, instant: datetime) -> Iterator[datetime]:
        instant = max(instant.astimezone(UTC), _BEGINNING)
        minute, hour = self.expression.split()[:2]
        says_a_time = not minute.startswith("*") and not hour.startswith("*")
        found = self._once(instant) if says_a_time else self._by_the_wall(instant)
        last = instant
        for one in found:
            if one > last:
                yield one
                last = one

    def _on_the_wall(self, instant: datetime) -> Iterator[tuple[datetime, datetime, datetime]]:
        """Times on the wall from `instant` on, each with the instants of its first and second coming.

        The two are the same but in a shift: the second is later where a time comes twice, earlier where it is
        skipped (PEP 495).
        """
        try:
            wall = instant.astimezone(self.zone).replace(tzinfo=None, fold=0)
            first, second = self._comings(wall)
            if instant <= first < second:  # the clock has yet to be set back, to times before this one
                wall -= second - first
            for time in CronSim(self.expression, wall):
                yield time, *self._comings(time)
        except OverflowError:  # the calendar ends with the year 9999
            return

    def _comings(self, wall: datetime) -> tuple[datetime, datetime]:
        return _utc(wall, self.zone), _utc(wall.replace(fold=1), self.zone)

    def _once(self, instant: datetime) -> Iterator[datetime]:
        for wall, first, second in self._on_the_wall(instant):
            yield first if first <= second else _after_the_gap(wall, self.zone)

    def _by_the_wall(self, instant: datetime) -> Iterator[datetime]:
        again: list[datetime] = []  # second comings, ascending, that are later than what was yielded
        for _, first, second in self._on_the_wall(instant):
            if first > second:
                continue
            while again and again[0] < first:
                yield again.pop(0)
            yield first
            if first < second:
                again.append(second)
        yield from again


def _utc(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _after_the_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant after the gap in which a time lies that the clock skips."""
    while _utc(wall, zone) > _utc(wall.replace(fold=1), zone):
        wall += _MINUTE
    return _utc(wall, zone)


def _instant_before(day: date, spec: BeforeSchedule) -> datetime:
    return _after_the_gap(datetime.combine(day, spec.at), ZoneInfo(spec.zone))


def due(
    memo: str,
    spec: ScheduleSpec,
    schedule: Schedule,
    *,
    since: datetime,
    now: datetime,
    handled: Iterable[Occurrence],
) -> DueResult:
    """Which occurrences of a memo a run takes up, and which it leaves out.

    `since`: when this revision of the schedule was first seen; `now`: UTC, as all instants. `handled`: what
    the ledger has of this memo and revision; those from `now - spec.window` on, those in state due, and the
    newest at or before `now` must be among them. What comes back with an instant that `handled` has is that
    record anew (to be settled); every other is new (to be noted).
    """
    revision = revision_of(spec)
    known = {one.instant: one for one in handled if one.memo == memo and one.revision == revision}
    floor = since if now - since <= spec.window else now - spec.window
    past = sorted(instant for instant in known if instant <= now)
    candidates, long_ago = _missing(spec, schedule, known, past, since=since, floor=floor, now=now)

    def noted(instant: datetime, state: OccurrenceState, reason: str = "") -> Occurrence:
        old = known.get(instant) or Occurrence(memo=memo, revision=revision, instant=instant, state=state)
        return replace(old, state=state, reason=reason)

    stuck = [instant for instant in past if known[instant].state is OccurrenceState.DUE]
    open_ones = sorted({*candidates, *stuck})
    newest = max(open_ones, default=None)
    result: dict[datetime, Occurrence] = {}
    if long_ago is not None:
        result[long_ago] = noted(long_ago, OccurrenceState.SKIPPED, _LONG_AGO)
    for instant in open_ones:
        reason = _reason_against(instant, spec, newest=newest, floor=floor, now=now)
        state = OccurrenceState.SKIPPED if reason else OccurrenceState.DUE
        result[instant] = noted(instant, state, reason)
    for failed in _failed_ones(spec, known, past, is_last=not open_ones):
        if not _reason_against(failed, spec, newest=failed, floor=floor, now=now):
            result[failed] = noted(failed, OccurrenceState.DUE)
    in_order = [result[instant] for instant in sorted(result)]
    return DueResult(
        due=tuple(one for one in in_order if one.state is OccurrenceState.DUE),
        skipped=tuple(one for one in in_order if one.state is OccurrenceState.SKIPPED),
    )


def _failed_ones(
    spec: ScheduleSpec, known: dict[datetime, Occurrence], past: Sequence[datetime], *, is_last: bool
) -> Sequence[datetime]:
    """What failed or was held back, to be tried again: all where each is to be made, else the newest."""
    tried = past if spec.catch_up is CatchUp.ALL else past[-1:] if is_last else ()
    return [instant for instant in tried if known[instant].state in TRIED_AGAIN]


def _missing(
    spec: ScheduleSpec,
    schedule: Schedule,
    known: dict[datetime, Occurrence],
    past: Sequence[datetime],
    *,
    since: datetime,
    floor: datetime,
    now: datetime,
) -> tuple[list[datetime], datetime | None]:
    """Instants in (floor, now] that the ledger does not know, and the newest such before them, if any.

    A cron schedule is walked from the newest one known: each run notes all that it finds, so what lies
    before is known too. Not so where facts decide (a meeting can be found out late), nor after the clock was
    ahead by more than the window and what passed was summed up in one record.
    """
    summed_up = any(one.reason == _LONG_AGO and one.instant > floor for one in known.values())
    whole = isinstance(spec, BeforeSchedule) or summed_up
    last = max(since, past[-1]) if past else since
    first = next(schedule.after(last), None)
    if not whole and (first is None or first > now):
        return [], None
    walk = schedule.after(floor if whole else max(last, floor))
    candidates = [one for one in takewhile(lambda one: one <= now, walk) if one not in known]
    return candidates, _newest(schedule, last, floor) if last < floor else None


def _newest(schedule: Schedule, start: datetime, end: datetime) -> datetime | None:
    """The newest instant in (start, end], found without a walk through all of them."""
    for span in _LOOK_BACK:
        nearer = start if end - start <= span else end - span
        *_, newest = (None, *takewhile(lambda one: one <= end, schedule.after(nearer)))
        if newest is not None or nearer == start:
            return newest
    return None


def _reason_against(
    instant: datetime, spec: ScheduleSpec, *, newest: datetime | None, floor: datetime, now: datetime
) -> str:
    """Why an occurrence is not taken up; empty if it is."""
    if instant <= floor:
        return _LONG_AGO
    if isinstance(spec, BeforeSchedule):
        meeting = _written_day(instant, spec) + spec.before
        if meeting < due_day(now, spec.zone):
            return f"missed; the meeting's day, {meeting}, has passed"
    match spec.catch_up:
        case CatchUp.ALL:
            return ""
        case CatchUp.LATEST:
            return "" if instant == newest else _LATER_DUE
        case CatchUp.NONE:
            if now - instant > LATE:
                return _TOO_LATE
            return "" if instant == newest else _LATER_DUE
        case _:
            assert_never(spec.catch_up)


def _written_day(instant: datetime, spec: BeforeSchedule) -> date:
    """The day that `before` was counted to: where a gap reaches midnight, not the instant's own."""
    day = due_day(instant, spec.zone)
    return day if _instant_before(day, spec) == instant else day - timedelta(days=1)
