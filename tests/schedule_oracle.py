"""When a cron expression fires, decided minute by minute as cron(8) of Debian tells it; slow and plain.

Nothing here knows cronsim or our own code. cron(8): "Local time changes of less than three hours … are
handled specially. This only applies to jobs that run at a specific time and jobs that are run with a
granularity greater than one hour. … If time has moved forward, those jobs that would have run in the interval
that has been skipped will be run immediately. Conversely, if time has moved backward, care is taken to avoid
running jobs twice." Its source takes for wildcard jobs, which are left alone, those whose minute or hour
starts with `*`.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

MINUTE = timedelta(minutes=1)
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]


def numbers(field: str, first: int, last: int, names: list[str]) -> frozenset[int]:
    """The numbers that a field of crontab(5) stands for: lists of `*`, `N` and `A-B`, those with `/STEP`."""
    found: set[int] = set()
    for item in field.lower().split(","):
        span, _, step = item.partition("/")
        low, _, high = (f"{first}-{last}" if span == "*" else span).partition("-")
        start, end = (names.index(end) + first if end in names else int(end) for end in (low, high or low))
        found.update(range(start, end + 1, int(step or 1)))
    return frozenset(found)


@dataclass(frozen=True)
class Cron:
    """An expression taken apart. `L`, `LW` (of month), `5L`, `5#2` (of week) stand alone in their field."""

    text: str

    @property
    def is_wildcard(self) -> bool:
        minute, hour, *_ = self.text.split()
        return minute.startswith("*") or hour.startswith("*")

    @property
    def times(self) -> frozenset[tuple[int, int]]:
        """(hour, minute) of each time that it names."""
        minute, hour, *_ = self.text.split()
        return frozenset((h, m) for h in numbers(hour, 0, 23, []) for m in numbers(minute, 0, 59, []))

    def is_day(self, day: date) -> bool:
        _, _, of_month, month, of_week = self.text.split()
        if day.month not in numbers(month, 1, 12, MONTHS):
            return False
        both = of_month.startswith("*") or of_week.startswith("*")
        fits = (_fits_month(of_month, day), _fits_week(of_week, day))
        return all(fits) if both else any(fits)


def _fits_month(field: str, day: date) -> bool:
    length = monthrange(day.year, day.month)[1]
    match field:
        case "L":
            return day.day == length
        case "LW":
            weekdays = [d for d in range(1, length + 1) if day.replace(day=d).isoweekday() < 6]
            return day.day == weekdays[-1]
        case _:
            return day.day in numbers(field, 1, 31, [])


def _fits_week(field: str, day: date) -> bool:
    weekday = day.isoweekday() % 7
    if field.endswith("L"):
        return weekday == int(field[:-1]) % 7 and (day + timedelta(days=7)).month != day.month
    if "#" in field:
        wanted, _, count = field.partition("#")
        return weekday == int(wanted) % 7 and (day.day - 1) // 7 + 1 == int(count)
    return weekday in {number % 7 for number in numbers(field, 0, 7, DAYS)}


@dataclass(frozen=True, slots=True)
class Tick:
    """One minute of a walk: what the clock on the wall shows, and what a shift did to it."""

    instant: datetime
    wall: datetime
    is_again: bool  # the wall showed this before, or a later time
    skipped: tuple[datetime, ...]  # times that the wall did not show, right before this one


def walk(zone: tzinfo, start: datetime, end: datetime) -> Iterator[Tick]:
    """Every minute from `start` to before `end` (UTC); a day before is walked too, to know what was shown."""
    instant = start - timedelta(days=1)
    shown = instant.astimezone(zone).replace(tzinfo=None, fold=0) - MINUTE
    latest = shown
    while instant < end:
        wall = instant.astimezone(zone).replace(tzinfo=None, fold=0)
        gap = (wall - shown) // MINUTE - 1
        if instant >= start:
            skipped = tuple(shown + step * MINUTE for step in range(1, gap + 1))
            yield Tick(instant, wall, wall <= latest, skipped)
        shown, latest = wall, max(wall, latest)
        instant += MINUTE


def fires(expression: str, ticks: list[Tick]) -> list[datetime]:
    """The instants of a walk at which cron runs the expression."""
    cron = Cron(expression)
    times = cron.times
    first, last = ticks[0].wall.date(), ticks[-1].wall.date()
    days = [first + timedelta(days=count) for count in range(-1, (last - first).days + 2)]
    its_days = {day for day in days if cron.is_day(day)}

    def named(wall: datetime) -> bool:
        return (wall.hour, wall.minute) in times and wall.date() in its_days

    if cron.is_wildcard:
        return [tick.instant for tick in ticks if named(tick.wall)]
    return [
        tick.instant
        for tick in ticks
        if (named(tick.wall) and not tick.is_again) or any(map(named, tick.skipped))
    ]


@dataclass(frozen=True)
class Shift:
    """A change of a zone's offset: the first instant with the new one."""

    instant: datetime
    before: timedelta
    after: timedelta


def shifts(zone: tzinfo, year: int) -> tuple[Shift, ...]:
    """Every change of the offset within a year, to the second; no zone takes one back within half a day."""
    found = []
    probe, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    before = offset(zone, probe)
    while probe < end:
        low, probe = probe, probe + timedelta(hours=12)
        after = offset(zone, probe)
        if after != before:
            high = probe
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if offset(zone, middle) == before else (low, middle)
            found.append(Shift(high.replace(microsecond=0), before, after))
            before = after
    return tuple(found)


def offset(zone: tzinfo, instant: datetime) -> timedelta:
    found = instant.astimezone(zone).utcoffset()
    assert found is not None
    return found
