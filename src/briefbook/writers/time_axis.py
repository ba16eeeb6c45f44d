"""The axis of a timeline: which days it covers, and ticks as fine as their names fit.

Days are counted as ordinals: beside the first or the last year that `date` knows there is no day to be had.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from briefbook.document import Timeline
from briefbook.frozen import frozen

_SHORTEST = 6  # days that an axis covers at least
_AIR = 0.04  # of the span: free at either end
_FAR = 0.6  # of the span: an as-of day that lies further off is not on the axis
_INSET = 8.0  # points between the axis's ends and its first and last day
_BETWEEN = 7.0  # points between the names of two ticks
_YEARS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_MONTHS = (1, 2, 3, 6)
_DAYS = (1, 2, 7, 14)


@frozen
class Tick:
    """A day that has a line: what it is called, and the month or year that begins with it."""

    x: float
    name: str
    within: str


@frozen
class Axis:
    """Days as places from `left` to `right`. `as_of` is None where that day lies far off."""

    left: float
    right: float
    start: date
    days: int
    ticks: tuple[Tick, ...]
    as_of: float | None
    is_later: bool  # the as-of day comes after all else

    def x(self, day: date) -> float:
        """Where a day begins; a day beyond an end stands at it."""
        return self._at(day.toordinal())

    def end(self, day: date) -> float:
        """Where a day ends, as `x`."""
        return self._at(day.toordinal() + 1)

    def middle(self, day: date) -> float:
        """Where the middle of a day is."""
        return (self.x(day) + self.end(day)) / 2

    def _at(self, ordinal: int) -> float:
        room = self.right - self.left - 2 * _INSET
        share = (ordinal - self.start.toordinal()) / self.days
        return min(max(self.left + _INSET + room * share, self.left), self.right)


def axis_of(timeline: Timeline, left: float, right: float, wide: Callable[[str], float]) -> Axis:
    """The axis of a timeline's entries; `wide` tells how wide the name of a tick is."""
    bounds = [entry.first for entry in timeline.entries if not entry.starts_open]
    bounds += [entry.last for entry in timeline.entries if not entry.ends_open]
    bounds = bounds or [timeline.as_of]
    first, last = min(bounds), max(bounds)
    far = max((last - first).days * _FAR, 4 * _SHORTEST)
    is_near = first.toordinal() - far <= timeline.as_of.toordinal() <= last.toordinal() + far
    if is_near:
        first, last = min(first, timeline.as_of), max(last, timeline.as_of)
    start, days = _aired(first, last)
    axis = Axis(
        left=left, right=right, start=start, days=days, ticks=(), as_of=None, is_later=timeline.as_of > last
    )
    return Axis(
        left=left,
        right=right,
        start=start,
        days=days,
        ticks=tuple(_ticks(axis, timeline.months, wide)),
        as_of=axis.middle(timeline.as_of) if is_near else None,
        is_later=timeline.as_of > last,
    )


def _aired(first: date, last: date) -> tuple[date, int]:
    """The first day and the number of days of an axis, with air at both ends."""
    days = (last - first).days + 1
    air = max(round(days * _AIR), (_SHORTEST - days + 1) // 2, 0)
    start = first - timedelta(days=min(air, (first - date.min).days))
    end = last + timedelta(days=min(air, (date.max - last).days))
    return start, (end - start).days + 1


# --------------------------------------------------------------------------------------- ticks

_Days = Iterator[tuple[date, str, str]]  # a day, its name, what begins with it


def _ticks(axis: Axis, months: Sequence[str], wide: Callable[[str], float]) -> list[Tick]:
    """The finest ticks whose names stand apart."""
    names = months if len(months) == 12 else [str(month) for month in range(1, 13)]
    end = axis.start + timedelta(days=axis.days - 1)
    ways: list[_Days] = [
        *(_every_days(axis.start, end, step, names) for step in _DAYS),
        *(_every_months(axis.start, end, step, names) for step in _MONTHS),
        *(_every_years(axis.start, end, step) for step in _YEARS),
    ]
    for number, way in enumerate(ways):
        place = axis.middle if number < len(_DAYS) else axis.x  # a day has its line where its marks are
        ticks: list[Tick] = []
        for day, name, within in way:
            ticks.append(Tick(x=place(day), name=name, within=within))
            if len(ticks) > 1 and _touch(ticks[-2], ticks[-1], wide):
                break
        else:
            if ticks:
                return _without_crowds(ticks, wide)
    return []


def _touch(one: Tick, other: Tick, wide: Callable[[str], float]) -> bool:
    return other.x - one.x < (wide(one.name) + wide(other.name)) / 2 + _BETWEEN


def _without_crowds(ticks: list[Tick], wide: Callable[[str], float]) -> list[Tick]:
    """Leave out the month or year of the first tick where that of the next would touch it."""
    kept: list[Tick] = []
    right = float("inf")  # where the next name below must end
    for tick in reversed(ticks):
        half = wide(tick.within) / 2
        if tick.within and tick.x + half + _BETWEEN > right:
            tick = Tick(x=tick.x, name=tick.name, within="")
        elif tick.within:
            right = tick.x - half
        kept.append(tick)
    return kept[::-1]


def _every_days(start: date, end: date, step: int, months: Sequence[str]) -> _Days:
    """Every day, every other, every Monday, every other Monday."""
    first = start.toordinal() + (-start.weekday() % 7 if step % 7 == 0 else 0)
    month = None
    for day in map(date.fromordinal, range(first, end.toordinal() + 1, step)):
        within = f"{months[day.month - 1]} {day.year}" if (day.year, day.month) != month else ""
        month = (day.year, day.month)
        yield day, str(day.day), within


def _every_months(start: date, end: date, step: int, months: Sequence[str]) -> _Days:
    """The first of each month, each quarter, each half of a year."""
    day = start if start.day == 1 else _next_month(start)
    year = None
    while day is not None and day <= end:
        if (day.month - 1) % step == 0:
            yield day, months[day.month - 1], str(day.year) if day.year != year else ""
            year = day.year
        day = _next_month(day)


def _next_month(day: date | None) -> date | None:
    if day is None or (day.year, day.month) == (date.max.year, 12):
        return None
    return day.replace(day=1) + timedelta(days=monthrange(day.year, day.month)[1])


def _every_years(start: date, end: date, step: int) -> _Days:
    for year in range(start.year, end.year + 1):
        if year % step == 0 and date(year, 1, 1) >= start:
            yield date(year, 1, 1), str(year), ""
