"""When a cron expression fires, decided minute by minute as cron(8) of Debian tells it; slow and plain.

Nothing here knows cronsim or our own code. cron(8): "Local time changes of less than three hours … are
handled specially. This only applies to jobs that run at a specific time and jobs that are run with a
granularity greater than one hour. … If time has moved forward, those jobs that would have run in the interval
that has been skipped will be run immediately. Conversely, if time has moved backward, care is taken to avoid
running jobs twice." Its source takes for wildcard jobs, which are left alone, those whose minute or hour
starts with `*`.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from itertools import compress

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


# ----------------------------------------------------------------------------- a whole year at once
#
# The same, quick enough for every zone and a whole year. What a zone shows is taken once, as stretches of
# minutes with one offset; what an expression names is a mark for each minute on the wall, the same in all
# zones. Still every minute is looked at, and nothing is reckoned. Minutes count from 1970.

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 24 * 60  # minutes
_STEP = 15  # minutes between two looks at an offset; where two differ, each minute between them


@dataclass(frozen=True, slots=True)
class Stretch:
    """The minutes from `first` to before `end` (UTC), in which the wall shows them plus `offset`."""

    first: int
    end: int
    offset: int


@cache
def stretches(zone: tzinfo, year: int) -> list[Stretch]:
    """What a zone shows in a year and the day before."""
    begin, end = (
        minute_of(datetime(year, 1, 1, tzinfo=UTC)) - DAY,
        minute_of(datetime(year + 1, 1, 1, tzinfo=UTC)),
    )
    found = []
    first, known = begin, _minutes_ahead(zone, begin)
    for probe in range(begin + _STEP, end + _STEP, _STEP):
        if _minutes_ahead(zone, probe) == known:
            continue
        for minute in range(probe - _STEP + 1, probe + 1):
            ahead = _minutes_ahead(zone, minute)
            if ahead != known:
                found.append(Stretch(first, minute, known))
                first, known = minute, ahead
    return [*found, Stretch(first, end, known)]


def minute_of(instant: datetime) -> int:
    return (instant - EPOCH) // MINUTE


def _minutes_ahead(zone: tzinfo, minute: int) -> int:
    seconds = offset(zone, EPOCH + minute * MINUTE).total_seconds()
    assert seconds % 60 == 0  # so in our days
    return int(seconds) // 60


@dataclass(frozen=True, slots=True)
class Marks:
    """For each minute on the wall from `first` on: 1 where an expression names it, else 0."""

    first: int
    marks: bytes
    is_wildcard: bool

    def named(self, first: int, end: int) -> Iterator[int]:
        """The minutes on the wall from `first` to before `end` that are named."""
        assert self.first <= first <= end <= self.first + len(self.marks)
        return compress(range(first, end), self.marks[first - self.first : end - self.first])


@cache
def marks_of(expression: str, year: int) -> Marks:
    """What an expression names in a year, and some days around it for zones far from UTC."""
    cron = Cron(expression)
    first, last = date(year - 1, 12, 28), date(year + 1, 1, 4)
    times = cron.times
    of_a_day = bytes((hour, minute) in times for hour in range(24) for minute in range(60))
    days = [first + timedelta(days=count) for count in range((last - first).days)]
    marks = b"".join(of_a_day if cron.is_day(day) else bytes(DAY) for day in days)
    return Marks(minute_of(datetime.combine(first, time(), UTC)), marks, cron.is_wildcard)


def fires_of(marks: Marks, shown: Sequence[Stretch]) -> list[int]:
    """The minutes at which cron runs an expression in a zone: of all but the first day of what it shows."""
    found: list[int] = []
    start = shown[0].first + DAY
    latest = before = shown[0].first + shown[0].offset - 1  # on the wall: ever shown, shown last
    for stretch in shown:
        wall, end = stretch.first + stretch.offset, stretch.end + stretch.offset
        if marks.is_wildcard:
            found += (minute - stretch.offset for minute in marks.named(wall, end))
            continue
        own = [minute - stretch.offset for minute in marks.named(min(max(wall, latest + 1), end), end)]
        if any(marks.named(before + 1, max(before + 1, wall))) and own[:1] != [stretch.first]:
            own.insert(0, stretch.first)
        found += own
        latest, before = max(latest, end - 1), end - 1
    return [minute for minute in found if minute >= start]


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
