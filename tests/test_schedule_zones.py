"""Schedule against the oracle: every zone, a year with both shifts, twenty expressions; no exception is left.

Each of the expressions is compared over the whole year in every zone, but for `* * * * *`: that one in full
around all shifts and in one zone, and elsewhere at every sixth hour. Zones that show the same time at every
instant of the year are one. cronsim alone, given a zone, has exceptions; the last test names them.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain, islice, takewhile
from typing import ClassVar
from zoneinfo import ZoneInfo, available_timezones

import pytest
from cronsim import CronSim

from briefbook import schedule
from briefbook.delivery import CronSchedule
from briefbook.schedule import schedule_of, zone_mistake
from tests.schedule_oracle import (
    EPOCH,
    MINUTE,
    Shift,
    Stretch,
    Tick,
    fires,
    fires_of,
    marks_of,
    minute_of,
    offset,
    shifts,
    stretches,
    walk,
)

YEAR = 2026
BEGIN, END = datetime(YEAR, 1, 1, tzinfo=UTC), datetime(YEAR + 1, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
EXPRESSIONS = [
    "* * * * *",
    "*/15 * * * *",
    "7,37 * * * *",
    "0 */2 * * *",
    "15 */6 * * *",
    "*/20 0-2 * * *",
    "*/20 1 * * 0,5",
    "* 0 * * sun",
    "0 0 * * *",
    "30 0 * * *",
    "30 1 * * *",
    "0,30 2 * * *",
    "5 2,3 * * 0",
    "45 23 * * *",
    "0 7 * * 1-5",
    "10-50/20 0-23/3 * * *",
    "30 1 1-7 * 7",
    "15 2 */2 mar-oct sun",
    "0 3 L * 5#2",
    "0 0,12 * * 6L",
]

# What cronsim gets wrong around the shifts of that year: the reason why schedule.py asks it for the calendar
# alone. It loses a run where the clock moves by half an hour; where the clock skips midnight, and so the
# start of a day that the expression names, it loses or adds some.
LORD_HOWE = {"Australia/LHI", "Australia/Lord_Howe"}
SKIP_MIDNIGHT_ON_SUNDAY = {
    "America/Havana",
    "America/Santiago",
    "Asia/Beirut",
    "Atlantic/Azores",
    "Chile/Continental",
    "Cuba",
}
SKIP_MIDNIGHT_ON_FRIDAY = {"Africa/Cairo", "Egypt"}
WRONG_IN_THE_LIBRARY = {
    "0 */2 * * *": LORD_HOWE,
    "15 */6 * * *": LORD_HOWE,
    "*/20 1 * * 0,5": SKIP_MIDNIGHT_ON_SUNDAY | SKIP_MIDNIGHT_ON_FRIDAY,
    "* 0 * * sun": SKIP_MIDNIGHT_ON_SUNDAY,
}

Rules = tuple[timedelta, tuple[Shift, ...]]


def rules_of(name: str) -> Rules:
    zone = ZoneInfo(name)
    return offset(zone, datetime(YEAR, 1, 1, tzinfo=UTC)), shifts(zone, YEAR)


@pytest.fixture(scope="module")
def zones_by_rules() -> dict[Rules, list[str]]:
    """All zones; those that show the same time at every instant of the year need only be looked at once."""
    found = defaultdict(list)
    for name in sorted(available_timezones()):
        if zone_mistake(name) is None:
            found[rules_of(name)].append(name)
    return dict(found)


def walks(zone: str, shifts: tuple[Shift, ...]) -> Iterator[list[Tick]]:
    """From two days before each shift until two days after; where nothing shifts, the end of February."""
    for shift in shifts:
        middle = shift.instant.replace(second=0)
        yield list(walk(ZoneInfo(zone), middle - 2 * DAY, middle + 2 * DAY))
    if not shifts:
        middle = datetime(YEAR, 2, 28, 12, tzinfo=UTC)
        yield list(walk(ZoneInfo(zone), middle - DAY, middle + DAY))


def ours(expression: str, zone: str, after: datetime, end: datetime) -> Iterator[datetime]:
    """What the schedule asks for from an instant on, to before another."""
    found = schedule_of(CronSchedule(cron=expression, zone=zone)).after(after)
    return takewhile(lambda instant: instant < end, found)


@cache
def instants() -> list[datetime]:
    """Every minute of the year: the oracle says numbers."""
    return [BEGIN + count * MINUTE for count in range((END - BEGIN) // MINUTE)]


def the_oracles(expression: str, zone: str) -> list[datetime]:
    """What the quick oracle says of the year."""
    first, all_of_them = minute_of(BEGIN), instants()
    found = fires_of(marks_of(expression, YEAR), stretches(ZoneInfo(zone), YEAR))
    return [all_of_them[minute - first] for minute in found]


class Remembering:
    """The library's own answers, asked once for all zones: it is given times on the wall, and knows no zone.

    To ask again for each would take most of the time. What lies outside of the year is asked all the same.
    """

    walls: ClassVar[dict[str, list[datetime]]] = {}

    def __new__(cls, expression: str, start: datetime) -> Iterator[datetime]:  # type: ignore[misc]
        first, last = datetime(YEAR - 1, 12, 28), datetime(YEAR + 1, 1, 4)  # noqa: DTZ001 – on the wall
        if not first <= start < last:
            return iter(CronSim(expression, start))
        if expression not in cls.walls:
            cls.walls[expression] = list(takewhile(lambda wall: wall < last, CronSim(expression, first)))
        known = cls.walls[expression]
        return chain(islice(known, bisect_right(known, start), None), CronSim(expression, last - MINUTE))


def the_librarys(expression: str, zone: str, ticks: list[Tick]) -> list[datetime]:
    start = (ticks[0].instant - MINUTE).astimezone(ZoneInfo(zone))
    found = (instant.astimezone(UTC) for instant in CronSim(expression, start))
    inside = takewhile(lambda instant: instant <= ticks[-1].instant, found)
    return [instant for instant in inside if instant >= ticks[0].instant]


def test_the_year_has_both_shifts() -> None:
    assert {shift.after > shift.before for shift in rules_of("Europe/Berlin")[1]} == {True, False}
    assert {abs(shift.after - shift.before) for shift in rules_of("Australia/Lord_Howe")[1]} == {DAY / 48}
    assert {abs(shift.after - shift.before) for shift in rules_of("Antarctica/Troll")[1]} == {DAY / 12}


def around_of(shown: Sequence[Stretch], ticks: list[Tick]) -> list[Stretch]:
    """What of a year lies in a walk, and the day before."""
    first, end = minute_of(ticks[0].instant - DAY), minute_of(ticks[-1].instant + MINUTE)
    cut = [replace(it, first=max(it.first, first), end=min(it.end, end)) for it in shown]
    return [stretch for stretch in cut if stretch.first < stretch.end]


@pytest.mark.long
def test_the_quick_oracle_says_what_the_slow_one_says(zones_by_rules: dict[Rules, list[str]]) -> None:
    """Around every shift of every zone."""
    for (_, of_zone), (zone, *_) in zones_by_rules.items():
        shown = stretches(ZoneInfo(zone), YEAR)
        assert [EPOCH + stretch.first * MINUTE for stretch in shown[1:]] == [
            shift.instant for shift in of_zone
        ]
        for ticks in walks(zone, of_zone):
            around = around_of(shown, ticks)
            for expression in EXPRESSIONS:
                quick = [EPOCH + minute * MINUTE for minute in fires_of(marks_of(expression, YEAR), around)]
                assert quick == fires(expression, ticks), (zone, expression)


@pytest.mark.long
@pytest.mark.parametrize("expression", EXPRESSIONS[1:])
def test_every_zone_agrees_with_cron_all_the_year(
    zones_by_rules: dict[Rules, list[str]], expression: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "CronSim", Remembering)
    assert sum(map(len, zones_by_rules.values())) > 500
    wrong = {
        zone
        for zone, *_ in zones_by_rules.values()
        if list(ours(expression, zone, BEGIN - MINUTE, END)) != the_oracles(expression, zone)
    }
    assert wrong == set()


@pytest.mark.long
def test_every_minute_in_every_zone(zones_by_rules: dict[Rules, list[str]]) -> None:
    """`* * * * *` comes with each minute: all around the shifts; else looked for four times a day."""
    for (_, of_zone), (zone, *_) in zones_by_rules.items():
        for ticks in walks(zone, of_zone):
            told = ours("* * * * *", zone, ticks[0].instant - MINUTE, ticks[-1].instant + MINUTE)
            assert list(told) == [tick.instant for tick in ticks], zone
        every = schedule_of(CronSchedule(cron="* * * * *", zone=zone))
        for count in range(4 * 365):
            instant = BEGIN + count * DAY / 4
            assert next(every.after(instant)) == instant + MINUTE, (zone, instant)


@pytest.mark.long
def test_a_whole_year_of_every_expression_with_the_library_itself() -> None:
    """Minute by minute, where the clock shifts by half an hour."""
    zone = "Australia/Lord_Howe"
    ticks = list(walk(ZoneInfo(zone), BEGIN, END))
    assert len(ticks) == 365 * 24 * 60
    for expression in EXPRESSIONS:
        assert list(ours(expression, zone, BEGIN - MINUTE, END)) == fires(expression, ticks), expression


def test_what_the_library_alone_gets_wrong(zones_by_rules: dict[Rules, list[str]]) -> None:
    listed = set().union(*WRONG_IN_THE_LIBRARY.values())
    usual = {"America/New_York", "America/Scoresbysund", "Antarctica/Troll"}
    wrong = defaultdict(set)
    for (_, of_zone), zones in zones_by_rules.items():
        if not (listed | usual).isdisjoint(zones):
            for ticks in walks(zones[0], of_zone):
                for expression in EXPRESSIONS[1:]:
                    if the_librarys(expression, zones[0], ticks) != fires(expression, ticks):
                        wrong[expression].update(zones)
    assert wrong == WRONG_IN_THE_LIBRARY
