"""Schedule against the oracle: every zone, a year with both shifts, twenty expressions; no exception is left.

cronsim alone, given a zone, has some; the last test names them.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo, available_timezones

import pytest
from cronsim import CronSim

from briefbook.delivery import CronSchedule
from briefbook.schedule import schedule_of, zone_mistake
from tests.schedule_oracle import MINUTE, Shift, Tick, fires, offset, shifts, walk

YEAR = 2026
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


def ours(expression: str, zone: str, ticks: list[Tick]) -> list[datetime]:
    found = schedule_of(CronSchedule(cron=expression, zone=zone)).after(ticks[0].instant - MINUTE)
    return list(takewhile(lambda instant: instant <= ticks[-1].instant, found))


def the_librarys(expression: str, zone: str, ticks: list[Tick]) -> list[datetime]:
    start = (ticks[0].instant - MINUTE).astimezone(ZoneInfo(zone))
    found = (instant.astimezone(UTC) for instant in CronSim(expression, start))
    inside = takewhile(lambda instant: instant <= ticks[-1].instant, found)
    return [instant for instant in inside if instant >= ticks[0].instant]


def test_the_year_has_both_shifts() -> None:
    assert {shift.after > shift.before for shift in rules_of("Europe/Berlin")[1]} == {True, False}
    assert {abs(shift.after - shift.before) for shift in rules_of("Australia/Lord_Howe")[1]} == {DAY / 48}
    assert {abs(shift.after - shift.before) for shift in rules_of("Antarctica/Troll")[1]} == {DAY / 12}


def test_every_zone_agrees_with_cron(zones_by_rules: dict[Rules, list[str]]) -> None:
    assert sum(map(len, zones_by_rules.values())) > 500
    wrong = {
        (zone, expression)
        for (_, of_zone), (zone, *_) in zones_by_rules.items()
        for ticks in walks(zone, of_zone)
        for expression in EXPRESSIONS
        if ours(expression, zone, ticks) != fires(expression, ticks)
    }
    assert wrong == set()


def test_a_whole_year_agrees_with_cron() -> None:
    zone = "Australia/Lord_Howe"
    ticks = list(walk(ZoneInfo(zone), datetime(YEAR, 1, 1, tzinfo=UTC), datetime(YEAR + 1, 1, 1, tzinfo=UTC)))
    assert len(ticks) == 365 * 24 * 60
    for expression in EXPRESSIONS[1:]:  # without every minute of it
        assert ours(expression, zone, ticks) == fires(expression, ticks), expression


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
