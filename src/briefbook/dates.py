"""Partial dates: a date as a source states it, with its first and last possible day.

The spelling on disk is a small part of EDTF (ISO 8601-2:2019, annex A; levels 0 and 1): `2018`, `2018-05`,
`2018-05-07`, a qualifier `?` (uncertain), `~` (approximate) or `%` (both) at the end, and intervals `A/B`,
`../B`, `A/..`. EDTF cannot say "early May", so `early`, `mid` or `late` may stand before a year and month.
Nothing here reads a clock.
"""

import re
from calendar import monthrange
from dataclasses import field
from datetime import date
from enum import StrEnum
from functools import lru_cache

from briefbook.frozen import frozen

ACCEPTED = "write 2018, 2018-05, 2018-05-07, 2018-05-07~, early 2018-05, A/B, ../B or A/.."


class Part(StrEnum):
    """A third of a month."""

    EARLY = "early"
    MID = "mid"
    LATE = "late"


class Qualifier(StrEnum):
    """How sure the date itself is (ISO 8601-2, 4.2)."""

    UNCERTAIN = "?"
    APPROXIMATE = "~"
    BOTH = "%"


_DAYS_OF_PART = {Part.EARLY: (1, 10), Part.MID: (11, 20), Part.LATE: (21, 31)}
_SPELLING = re.compile(
    r"(?:(?P<part>early|mid|late) )?"
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?(?P<qualifier>[?~%])?"
)


@frozen
class SimpleDate:
    """A year, a month, a part of a month or a day."""

    year: int
    month: int | None = None
    day: int | None = None
    part: Part | None = None
    qualifier: Qualifier | None = None

    @property
    def first(self) -> date:
        """The first day that it may be."""
        if self.day and self.month:
            return date(self.year, self.month, self.day)
        return date(self.year, self.month or 1, self.day or (_DAYS_OF_PART[self.part][0] if self.part else 1))

    @property
    def last(self) -> date:
        """The last day that it may be."""
        if self.day:
            return self.first
        month = self.month or 12
        length = monthrange(self.year, month)[1]
        return date(self.year, month, min(length, _DAYS_OF_PART[self.part][1]) if self.part else length)

    def __str__(self) -> str:
        """Spell it as it stands on disk."""
        part = f"{self.part} " if self.part else ""
        month = f"-{self.month:02}" if self.month else ""
        day = f"-{self.day:02}" if self.day else ""
        return f"{part}{self.year:04}{month}{day}{self.qualifier or ''}"


@frozen
class PartialDate:
    """A date or an interval as a source states it.

    A simple date has `start == end`; an open side of an interval is None. Comparable through `sort_key`.
    `first` and `last` are the days that it may be: the beginning and the end of time where a side is open.
    They and its spelling are worked out once, as a date of a book is asked for them by every memo.
    """

    start: SimpleDate | None
    end: SimpleDate | None
    first: date = field(init=False, compare=False, repr=False)
    last: date = field(init=False, compare=False, repr=False)
    spelling: str = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Work out what follows."""
        start, end = self.start, self.end
        object.__setattr__(self, "first", start.first if start else date.min)
        object.__setattr__(self, "last", end.last if end else date.max)
        spelling = f"{start or '..'}/{end or '..'}" if self.is_interval else str(start)
        object.__setattr__(self, "spelling", spelling)

    @property
    def is_interval(self) -> bool:
        """Tell an interval from a simple date."""
        return self.start is not self.end and self.start != self.end

    @property
    def is_exact(self) -> bool:
        """True for one day, stated without a qualifier."""
        if self.start is self.end and self.start is not None:  # as most dates are
            return bool(self.start.day) and self.start.qualifier is None
        return self.first == self.last and not self.is_qualified

    @property
    def is_qualified(self) -> bool:
        """True when the source itself is not sure of it (`?`, `~` or `%` on either side)."""
        start, end = self.start, self.end
        return bool((start and start.qualifier) or (end and end.qualifier))

    def overlaps(self, first: date, last: date) -> bool:
        """True when it may fall on a day from `first` to `last`, both included."""
        return self.first <= last and self.last >= first

    def within(self, first: date, last: date) -> bool:
        """True when it can fall on no other day than those from `first` to `last`."""
        return first <= self.first and self.last <= last

    @property
    def sort_key(self) -> tuple[date, date]:
        """Earlier first; of two with the same first day the more exact one first."""
        return self.first, self.last

    def __str__(self) -> str:
        """Spell it as it stands on disk."""
        return self.spelling


@frozen
class Day:
    """From which day a memo is judged, and whose statements count."""

    as_of: date
    known_by: date


def exactly(day: date) -> PartialDate:
    """The partial date of one known day."""
    simple = SimpleDate(year=day.year, month=day.month, day=day.day)
    return PartialDate(start=simple, end=simple)


@lru_cache(maxsize=8192)  # a book names most of its days many times; twenty years have 7,305
def parse_partial_date(spelling: str) -> PartialDate:
    """Read the spelling on disk. Raises ValueError with a sentence for the user."""
    start, slash, end = spelling.partition("/")
    if not slash:
        simple = _parse_simple(spelling)
        return PartialDate(start=simple, end=simple)
    parsed = PartialDate(
        start=None if start == ".." else _parse_simple(start),
        end=None if end == ".." else _parse_simple(end),
    )
    if parsed.start is None and parsed.end is None:
        raise ValueError(f"{spelling!r} is open on both sides")
    if parsed.last < parsed.first:
        raise ValueError(f"the interval {spelling!r} ends before it starts")
    return parsed


def _parse_simple(spelling: str) -> SimpleDate:
    found = _SPELLING.fullmatch(spelling)
    if found is None:
        raise ValueError(f"{spelling!r} is not a date")
    year, month, day = (int(found[name]) if found[name] else None for name in ("year", "month", "day"))
    assert year is not None  # the pattern has a year or does not match
    if found["part"] and (month is None or day is not None):
        raise ValueError(f"{found['part']!r} goes with a year and month, not with {spelling!r}")
    try:
        date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        raise ValueError(f"{spelling!r} is not in the calendar") from None
    return SimpleDate(
        year=year,
        month=month,
        day=day,
        part=Part(found["part"]) if found["part"] else None,
        qualifier=Qualifier(found["qualifier"]) if found["qualifier"] else None,
    )


def days_between(earlier: date, later: date) -> int:
    """Count the days from one day to another; negative when `later` comes first."""
    return (later - earlier).days
