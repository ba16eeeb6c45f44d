import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise, takewhile
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbook.delivery import BeforeSchedule, CatchUp, CronSchedule, ScheduleSpec
from briefbook.issued import Occurrence, OccurrenceState
from briefbook.schedule import (
    LONGEST_CRON,
    DueResult,
    PlannedDay,
    Schedule,
    cron_mistake,
    due,
    due_day,
    revision_of,
    schedule_of,
    zone_mistake,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2031, 5, 5, 6, tzinfo=UTC)  # 08:00 in Oslo
DAILY = CronSchedule(cron="0 7 * * *", zone="Europe/Oslo")  # 05:00 UTC in summer
QUEUED, FAILED, SKIPPED = OccurrenceState.QUEUED, OccurrenceState.FAILED, OccurrenceState.SKIPPED


def cron(expression: str, zone: str = "UTC", **options: Any) -> CronSchedule:
    return CronSchedule(cron=expression, zone=zone, **options)


def before(days: int, at: str, zone: str = "Europe/Oslo", **options: Any) -> BeforeSchedule:
    return BeforeSchedule(
        before=days * DAY, of="next-meeting", at=time.fromisoformat(at), zone=zone, **options
    )


def planned(*days: str) -> list[PlannedDay]:
    return [PlannedDay(meeting=f"council-{day}", day=date.fromisoformat(day)) for day in days]


def on_the_wall(spec: ScheduleSpec, start: str, count: int, meetings: Iterable[PlannedDay] = ()) -> list[str]:
    """The first instants after one on the wall of the schedule's zone, as they stand there."""
    zone = ZoneInfo(spec.zone)
    schedule = schedule_of(spec, tuple(meetings))
    found = schedule.after(datetime.fromisoformat(start).replace(tzinfo=zone))
    return [instant.astimezone(zone).strftime("%m-%d %H:%M%z") for instant in islice(found, count)]


class Desk:
    """A memo whose schedule is run again and again, with a ledger in memory."""

    def __init__(self, spec: ScheduleSpec, since: datetime, meetings: Iterable[PlannedDay] = ()) -> None:
        self.spec, self.since, self.meetings = spec, since, list(meetings)
        self.ledger: dict[datetime, Occurrence] = {}
        self.made: list[datetime] = []

    @property
    def schedule(self) -> Schedule:
        return schedule_of(self.spec, self.meetings)

    def look(self, now: datetime) -> DueResult:
        handled = self.ledger.values()
        return due("council", self.spec, self.schedule, since=self.since, now=now, handled=handled)

    def run(self, now: datetime, becomes: OccurrenceState = QUEUED) -> DueResult:
        result = self.look(now)
        for occurrence in result.skipped:
            self.ledger[occurrence.instant] = occurrence
        for occurrence in result.due:
            self.ledger[occurrence.instant] = replace(occurrence, state=becomes)
            self.made.append(occurrence.instant)
        return result


def instants(occurrences: Iterable[Occurrence]) -> list[str]:
    return [occurrence.instant.strftime("%m-%d %H:%M") for occurrence in occurrences]


# ------------------------------------------------------------------------------------ instants


@pytest.mark.parametrize(
    ("expression", "zone", "start", "expected"),
    [
        ("0 7 * * 1-5", "America/Mexico_City", "2031-05-02T07:00", ["05-05 07:00-0600", "05-06 07:00-0600"]),
        # Skipped by the clock: right after the gap, and only once.
        ("30 2 * * *", "Europe/Oslo", "2031-03-29T12:00", ["03-30 03:00+0200", "03-31 02:30+0200"]),
        ("0,30 2,3 * * *", "Europe/Oslo", "2031-03-30T00:00", ["03-30 03:00+0200", "03-30 03:30+0200"]),
        # Twice on the wall: the first time.
        ("30 2 * * *", "Europe/Oslo", "2031-10-25T12:00", ["10-26 02:30+0200", "10-27 02:30+0100"]),
        # A wildcard goes by the wall: what is skipped is lost, what comes twice comes twice.
        ("30 */2 * * *", "Europe/Oslo", "2031-03-30T00:30", ["03-30 04:30+0200", "03-30 06:30+0200"]),
        (
            "*/30 2 * * *",
            "Europe/Oslo",
            "2031-10-26T00:00",
            [
                "10-26 02:00+0200",
                "10-26 02:30+0200",
                "10-26 02:00+0100",
                "10-26 02:30+0100",
                "10-27 02:00+0100",
            ],
        ),
        # What cronsim loses when it is given the zone.
        ("15 */6 * * *", "Australia/Lord_Howe", "2031-04-06T00:15", ["04-06 06:15+1030", "04-06 12:15+1030"]),
        ("*/30 1 * * 5", "Africa/Cairo", "2031-04-24T00:00", ["04-25 01:00+0300", "04-25 01:30+0300"]),
        # Both the day of month and the day of week if one starts with a star, either if none does.
        ("0 7 */2 * 1", "UTC", "2031-05-01T00:00", ["05-05 07:00+0000", "05-19 07:00+0000"]),
        ("0 7 13 * 5", "UTC", "2031-05-09T07:00", ["05-13 07:00+0000", "05-16 07:00+0000"]),
        ("0 7 L * *", "UTC", "2031-02-01T00:00", ["02-28 07:00+0000", "03-31 07:00+0000"]),
    ],
)
def test_cron_in_a_zone(expression: str, zone: str, start: str, expected: list[str]) -> None:
    assert on_the_wall(cron(expression, zone), start, len(expected)) == expected


def test_cron_goes_on_from_inside_a_time_that_comes_twice() -> None:
    schedule = schedule_of(cron("*/20 2 * * *", "Europe/Oslo"))
    all_six = list(islice(schedule.after(datetime(2031, 10, 25, 12, tzinfo=UTC)), 6))
    assert all_six[0] == datetime(2031, 10, 26, 0, tzinfo=UTC)
    for position, instant in enumerate(all_six):
        assert list(islice(schedule.after(instant), 5 - position)) == all_six[position + 1 :]
        assert next(schedule.after(instant - timedelta(microseconds=1))) == instant


def test_a_calendar_that_ends_ends_the_schedule() -> None:
    found = list(schedule_of(cron("0 7 * * *")).after(datetime(9999, 12, 29, 7, tzinfo=UTC)))
    assert [instant.day for instant in found] == [30, 31]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize("expression", ["0 7 * * *", "*/5 * * * *"])
def test_the_ends_of_the_calendar_are_no_mistake(expression: str, zone: str) -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    schedule = schedule_of(cron(expression, zone))
    assert list(schedule.after(last)) == []
    assert next(schedule.after(first)).year <= 2
    assert due_day(first, zone).year == 1
    assert due_day(last, zone).year == 9999
    ends = [PlannedDay(meeting=f"council-{day}", day=day) for day in (date.min, date.max)]
    assert list(schedule_of(before(0, "00:01", zone), ends).after(first)) == []
    assert due("council", cron(expression, zone), schedule, since=last, now=last, handled=()) == DueResult()


@pytest.mark.parametrize(
    ("spec", "day", "expected"),
    [
        (before(2, "07:00"), "2031-05-12", ["05-10 07:00+0200"]),
        (before(0, "07:00"), "2031-05-12", ["05-12 07:00+0200"]),
        (before(1, "02:30"), "2031-03-31", ["03-30 03:00+0200"]),  # skipped: right after the gap
        (before(1, "02:30"), "2031-10-27", ["10-26 02:30+0200"]),  # twice: the first
        (
            before(1, "23:30", "America/Scoresbysund"),
            "2031-03-30",
            ["03-30 00:00-0100"],
        ),  # gap up to midnight
    ],
)
def test_days_before_a_meeting(spec: BeforeSchedule, day: str, expected: list[str]) -> None:
    assert on_the_wall(spec, "2031-01-01T00:00", 9, planned(day)) == expected


def test_meetings_of_one_day_are_one_occurrence_and_come_in_order() -> None:
    meetings = planned("2031-06-20", "2031-05-12", "2031-06-20")
    assert on_the_wall(before(2, "07:00"), "2031-05-10T06:59", 9, meetings) == [
        "05-10 07:00+0200",
        "06-18 07:00+0200",
    ]
    assert on_the_wall(before(2, "07:00"), "2031-05-10T07:00", 9, meetings) == ["06-18 07:00+0200"]
    assert on_the_wall(before(2, "07:00"), "2031-05-10T07:00", 9) == []


def test_the_due_day_is_that_of_the_zone() -> None:
    instant = datetime(2031, 5, 5, 23, 30, tzinfo=UTC)
    assert due_day(instant, "Europe/Oslo") == date(2031, 5, 6)
    assert due_day(instant, "America/Mexico_City") == date(2031, 5, 5)


def test_a_revision_is_what_decides_the_instants() -> None:
    same = [DAILY, replace(DAILY, catch_up=CatchUp.ALL), replace(DAILY, window=DAY)]
    assert len({revision_of(spec) for spec in same}) == 1
    a_before = before(2, "07:00")
    others: list[ScheduleSpec] = [
        DAILY,
        replace(DAILY, cron="1 7 * * *"),
        replace(DAILY, zone="Europe/Berlin"),
        a_before,
        replace(a_before, before=3 * DAY),
        replace(a_before, at=time(8)),
        replace(a_before, zone="Europe/Berlin"),
        replace(a_before, of="every-meeting"),
    ]
    assert len({revision_of(spec) for spec in others}) == len(others)


# ------------------------------------------------------------------------------------ what is due


def test_a_new_schedule_starts_now() -> None:
    assert Desk(DAILY, since=MONDAY).look(MONDAY) == DueResult()
    assert Desk(DAILY, since=MONDAY).look(MONDAY + 22 * HOUR + 59 * MINUTE) == DueResult()
    [occurrence] = Desk(DAILY, since=MONDAY).look(MONDAY + 23 * HOUR).due
    assert occurrence == Occurrence(
        memo="council",
        revision=revision_of(DAILY),
        instant=MONDAY + 23 * HOUR,
        state=OccurrenceState.DUE,
    )


def test_the_latest_missed_is_made_and_the_older_are_recorded() -> None:
    desk = Desk(DAILY, since=MONDAY)
    result = desk.run(MONDAY + 3 * DAY)
    assert instants(result.due) == ["05-08 05:00"]
    assert instants(result.skipped) == ["05-06 05:00", "05-07 05:00"]
    assert {one.reason for one in result.skipped} == {"missed; a later one was due"}
    assert desk.look(MONDAY + 3 * DAY) == DueResult()


@pytest.mark.parametrize(
    ("late", "due_then", "reasons"),
    [
        (0 * MINUTE, ["05-08 05:00"], {"missed; more than an hour late, and catch_up is none"}),
        (60 * MINUTE, ["05-08 05:00"], {"missed; more than an hour late, and catch_up is none"}),
        (61 * MINUTE, [], {"missed; more than an hour late, and catch_up is none"}),
    ],
)
def test_nothing_is_caught_up_where_none_is_asked(
    late: timedelta, due_then: list[str], reasons: set[str]
) -> None:
    desk = Desk(replace(DAILY, catch_up=CatchUp.NONE), since=MONDAY)
    result = desk.run(MONDAY + 3 * DAY - HOUR + late)
    assert instants(result.due) == due_then
    assert sorted(instants(result.due + result.skipped)) == ["05-06 05:00", "05-07 05:00", "05-08 05:00"]
    assert {one.reason for one in result.skipped} == reasons


def test_of_several_in_the_last_hour_none_makes_one() -> None:
    desk = Desk(cron("*/20 * * * *", catch_up=CatchUp.NONE), since=MONDAY)
    result = desk.run(MONDAY + 50 * MINUTE)
    assert instants(result.due) == ["05-05 06:40"]
    assert [one.reason for one in result.skipped] == ["missed; a later one was due"]


def test_all_are_made_where_all_are_asked() -> None:
    desk = Desk(replace(DAILY, catch_up=CatchUp.ALL), since=MONDAY)
    result = desk.run(MONDAY + 3 * DAY)
    assert instants(result.due) == ["05-06 05:00", "05-07 05:00", "05-08 05:00"]
    assert result.skipped == ()


def test_what_passed_before_the_window_is_one_record() -> None:
    desk = Desk(replace(DAILY, catch_up=CatchUp.ALL, window=2 * DAY), since=MONDAY)
    result = desk.run(MONDAY + 30 * DAY)
    assert instants(result.due) == ["06-03 05:00", "06-04 05:00"]
    assert instants(result.skipped) == ["06-02 05:00"]
    assert result.skipped[0].reason == "missed longer ago than the window, as was any before it"
    assert desk.look(MONDAY + 30 * DAY) == DueResult()


def test_the_end_of_the_window_is_outside() -> None:
    desk = Desk(replace(DAILY, catch_up=CatchUp.ALL, window=DAY), since=MONDAY)
    result = desk.look(MONDAY + 2 * DAY - HOUR)
    assert (instants(result.due), instants(result.skipped)) == (["05-07 05:00"], ["05-06 05:00"])


@pytest.mark.parametrize("expression", ["0 7 * * *", "* 3 1 * *", "0 0 29 2 *", "*/7 3 * * 1"])
def test_the_record_of_long_ago_is_the_newest(expression: str) -> None:
    desk = Desk(cron(expression, window=DAY), since=MONDAY)
    now = MONDAY + 3000 * DAY
    [long_ago] = [one for one in desk.look(now).skipped if one.instant <= now - DAY]
    walk = takewhile(lambda instant: instant <= now - DAY, desk.schedule.after(MONDAY))
    assert long_ago.instant == list(walk)[-1]


def test_a_failed_one_is_taken_up_again_until_the_next() -> None:
    desk = Desk(DAILY, since=MONDAY)
    tuesday = MONDAY + 23 * HOUR
    assert instants(desk.run(tuesday, becomes=FAILED).due) == ["05-06 05:00"]
    assert instants(desk.run(tuesday + HOUR, becomes=FAILED).due) == ["05-06 05:00"]
    assert instants(desk.look(tuesday + DAY - MINUTE).due) == ["05-06 05:00"]
    result = desk.run(tuesday + DAY)
    assert (instants(result.due), result.skipped) == (["05-07 05:00"], ())
    assert desk.ledger[tuesday].state is FAILED
    assert desk.look(tuesday + DAY) == DueResult()


def test_every_failed_one_is_taken_up_again_where_all_are_asked() -> None:
    desk = Desk(replace(DAILY, catch_up=CatchUp.ALL, window=5 * DAY), since=MONDAY)
    assert len(desk.run(MONDAY + 2 * DAY, FAILED).due) == 2
    result = desk.look(MONDAY + 3 * DAY)
    assert instants(result.due) == ["05-06 05:00", "05-07 05:00", "05-08 05:00"]
    assert result.skipped == ()
    # Those that have left the window stay failed; the next run tries the rest, though nothing new is due.
    desk.run(MONDAY + 3 * DAY, FAILED)
    assert instants(desk.look(MONDAY + 6 * DAY - 2 * HOUR).due)[0] == "05-06 05:00"
    assert instants(desk.run(MONDAY + 6 * DAY, FAILED).due)[0] == "05-07 05:00"
    assert instants(desk.run(MONDAY + 6 * DAY + HOUR).due)[0] == "05-07 05:00"
    assert desk.look(MONDAY + 6 * DAY + 2 * HOUR).due == ()


def test_a_failed_one_is_left_alone_after_its_window() -> None:
    weekly = cron("0 7 * * 1", window=2 * DAY)
    desk = Desk(weekly, since=MONDAY)
    desk.run(MONDAY + 2 * HOUR, becomes=FAILED)
    assert instants(desk.look(MONDAY + 2 * DAY).due) == ["05-05 07:00"]
    assert desk.look(MONDAY + 3 * DAY) == DueResult()


def test_a_run_that_was_cut_off_is_made_up_for() -> None:
    desk = Desk(DAILY, since=MONDAY)
    tuesday = MONDAY + 23 * HOUR
    desk.run(tuesday, becomes=OccurrenceState.DUE)
    assert instants(desk.look(tuesday + HOUR).due) == ["05-06 05:00"]
    result = desk.look(tuesday + DAY)
    assert (instants(result.due), instants(result.skipped)) == (["05-07 05:00"], ["05-06 05:00"])
    assert instants(desk.look(tuesday + 30 * DAY).skipped)[0] == "05-06 05:00"


def test_another_revision_or_memo_handles_nothing_of_this() -> None:
    desk = Desk(DAILY, since=MONDAY)
    [done] = desk.run(MONDAY + DAY).due
    desk.ledger = {done.instant: replace(done, state=QUEUED, revision="other")}
    assert instants(desk.look(MONDAY + DAY).due) == ["05-06 05:00"]
    desk.ledger = {done.instant: replace(done, state=QUEUED, memo="other")}
    assert instants(desk.look(MONDAY + DAY).due) == ["05-06 05:00"]


# ------------------------------------------------------------------------------------ meetings


def test_a_meeting_that_has_passed_is_not_prepared_for() -> None:
    spec = before(2, "07:00", window=30 * DAY, catch_up=CatchUp.ALL)
    desk = Desk(spec, since=MONDAY, meetings=planned("2031-05-12", "2031-05-20"))
    assert instants(desk.look(datetime(2031, 5, 12, 20, tzinfo=UTC)).due) == ["05-10 05:00"]
    result = desk.look(datetime(2031, 5, 19, 12, tzinfo=UTC))
    assert instants(result.due) == ["05-18 05:00"]
    assert [(one.instant.day, one.reason) for one in result.skipped] == [
        (10, "missed; the meeting's day, 2031-05-12, has passed")
    ]


def test_the_meetings_day_ends_in_the_zone_of_the_schedule() -> None:
    spec = before(1, "23:30", "America/Scoresbysund")  # 30 March, 00:00: the hour before is skipped
    desk = Desk(spec, since=MONDAY - 60 * DAY, meetings=planned("2031-03-30"))
    assert instants(desk.look(datetime(2031, 3, 31, 0, 59, tzinfo=UTC)).due) == ["03-30 01:00"]
    assert instants(desk.look(datetime(2031, 3, 31, 1, 1, tzinfo=UTC)).skipped) == ["03-30 01:00"]


def test_a_meeting_that_is_moved_nearer_is_prepared_for_late() -> None:
    desk = Desk(before(2, "07:00"), since=MONDAY, meetings=planned("2031-05-12", "2031-05-20"))
    desk.run(datetime(2031, 5, 10, 6, tzinfo=UTC))
    desk.meetings = planned("2031-05-11", "2031-05-12")  # 20 May has become 11 May: 9 May was due
    assert instants(desk.run(datetime(2031, 5, 10, 7, tzinfo=UTC)).due) == ["05-09 05:00"]
    assert desk.look(datetime(2031, 5, 10, 7, tzinfo=UTC)) == DueResult()


def test_a_meeting_found_out_after_its_window_is_left_alone() -> None:
    desk = Desk(before(2, "07:00", window=3 * DAY), since=MONDAY, meetings=planned("2031-05-20"))
    desk.run(datetime(2031, 5, 18, 6, tzinfo=UTC))
    desk.meetings = planned("2031-05-12", "2031-05-20")
    assert desk.look(datetime(2031, 5, 18, 7, tzinfo=UTC)) == DueResult()


# ------------------------------------------------------------------------------------ the clock


def test_a_clock_set_back_makes_nothing_twice() -> None:
    desk = Desk(DAILY, since=MONDAY)
    desk.run(MONDAY + DAY)
    result = desk.run(MONDAY + DAY - 5 * HOUR)
    assert (result.due, result.skipped) == ((), ())
    assert desk.run(MONDAY + DAY) == DueResult()
    assert instants(desk.run(MONDAY + 2 * DAY).due) == ["05-07 05:00"]


@pytest.mark.parametrize("expression", ["0 7 * * *", "*/5 * * * *", "0 7 29 2 *"])
def test_a_clock_fifty_years_ahead_blocks_nothing_once_it_is_right(expression: str) -> None:
    desk, steady = (Desk(cron(expression, window=DAY), since=MONDAY) for _ in range(2))
    far = desk.run(MONDAY.replace(year=2081))
    assert len(far.due) + len(far.skipped) <= 1 + 24 * 12
    desk.made.clear()
    for hours in range(1, 72):
        desk.run(MONDAY + hours * HOUR)
        steady.run(MONDAY + hours * HOUR)
    assert desk.made == steady.made


def test_a_clock_that_goes_back_step_by_step_leaves_nothing_out() -> None:
    """What was summed up in one record by a clock ahead is looked at again, also from before that record."""
    desk = Desk(cron("*/30 * * * *", window=2 * DAY), since=MONDAY)
    now = MONDAY
    for jump in (40 * DAY, -2 * HOUR, -47 * HOUR):
        now += jump
        desk.run(now)
    assert set(within(desk.schedule, now - 2 * DAY, now)) <= desk.ledger.keys()


def test_a_schedule_followed_by_a_clock_ahead_waits() -> None:
    assert Desk(DAILY, since=MONDAY.replace(year=2081)).look(MONDAY).due == ()


# ------------------------------------------------------------------------------------ properties

SPECS = st.builds(
    cron,
    st.sampled_from(["*/30 * * * *", "0 7 * * *", "30 2 * * *", "0 */5 * * 1-5", "0 7 1 * *"]),
    st.sampled_from(["UTC", "Europe/Oslo", "Australia/Lord_Howe", "Africa/Cairo"]),
    catch_up=st.sampled_from(CatchUp),
    window=st.sampled_from([6 * HOUR, 2 * DAY, 7 * DAY]),
)
STARTS = st.sampled_from(
    [MONDAY, datetime(2031, 3, 29, 12, tzinfo=UTC), datetime(2031, 10, 25, 12, tzinfo=UTC)]
)
BECOMES = st.sampled_from([QUEUED, QUEUED, OccurrenceState.UNCHANGED, FAILED, OccurrenceState.DUE])
JUMPS = st.one_of(
    st.integers(1, 180).map(lambda minutes: minutes * MINUTE),
    st.integers(-90, 90).map(lambda hours: hours * HOUR),
    st.sampled_from([40 * DAY, -40 * DAY]),
)
OPEN = {OccurrenceState.DUE, FAILED}


def within(schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    return takewhile(lambda instant: instant <= until, schedule.after(after))


@given(SPECS, STARTS, st.lists(st.tuples(JUMPS, BECOMES), max_size=12))
@settings(deadline=None)
def test_whatever_the_clock_does(
    spec: CronSchedule, start: datetime, runs: list[tuple[timedelta, OccurrenceState]]
) -> None:
    desk, now = Desk(spec, since=start), start
    for jump, becomes in runs:
        now += jump
        settled = {instant for instant, one in desk.ledger.items() if one.state not in OPEN}
        result = desk.run(now, becomes)
        found = [one.instant for one in result.due + result.skipped]
        assert len(found) == len(set(found))
        assert settled.isdisjoint(found)
        assert all(start < instant <= now for instant in found)
        assert all(now - instant < spec.window for instant in (one.instant for one in result.due))
        assert all(one.reason for one in result.skipped)
        assert set(within(desk.schedule, max(start, now - spec.window), now)) <= desk.ledger.keys()
        again = desk.look(now)
        assert again.skipped == ()
        assert {one.instant for one in again.due} <= {one.instant for one in result.due}
        assert becomes in OPEN or again.due == ()


@given(SPECS, STARTS, st.lists(st.integers(1, 25), min_size=1, max_size=150))
@settings(deadline=None, max_examples=50)
def test_steady_runs_make_each_once(spec: CronSchedule, start: datetime, steps: list[int]) -> None:
    desk, now = Desk(spec, since=start), start
    for minutes in steps:
        now += minutes * MINUTE
        assert desk.run(now).skipped == ()
    assert desk.made == list(within(desk.schedule, start, now))


@given(SPECS, st.integers(0, 365 * 24 * 60), st.integers(0, 3 * 24 * 60))
@settings(deadline=None)
def test_instants_rise_and_do_not_hang_on_where_one_starts(
    spec: CronSchedule, start: int, minutes: int
) -> None:
    first = datetime(2031, 1, 1, tzinfo=UTC) + start * MINUTE
    schedule = schedule_of(spec)
    walked = list(within(schedule, first, first + 7 * DAY))
    assert all(earlier < later for earlier, later in pairwise(walked))
    assert all(instant > first for instant in walked)
    assert all(instant.tzinfo is UTC for instant in walked)
    middle = first + minutes * MINUTE
    assert [instant for instant in walked if instant > middle] == list(
        within(schedule, middle, first + 7 * DAY)
    )


# ------------------------------------------------------------------------------------ mistakes


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("61 * * * *", "'61' is no minute in '61 * * * *'; write 0-59"),
        ("0 25 * * *", "'25' is no hour in '0 25 * * *'; write 0-23"),
        (
            "0 0 32 * *",
            "'32' is no day of month in '0 0 32 * *'; write 1-31, L for the last, LW for the last weekday",
        ),
        ("0 0 1 13 *", "'13' is no month in '0 0 1 13 *'; write 1-12 or JAN-DEC"),
        (
            "0 0 * * MON#6",
            "'MON#6' is no day of week in '0 0 * * MON#6'; "
            "write 0-7 or SUN-SAT, 5L for the last Friday, 5#2 for the second",
        ),
        ("*/0 * * * *", "'*/0' is no minute in '*/0 * * * *'; write 0-59"),
        ("0 0 30 2 *", "'0 0 30 2 *' never comes true: no month in it has such a day"),
        ("0 0 31 4,6 *", "'0 0 31 4,6 *' never comes true: no month in it has such a day"),
        ("* * */20 * 1L", "'* * */20 * 1L' never comes true: there is no such day in 50 years"),
        ("0 7 * *", "'0 7 * *' has not five fields, but 4: minute, hour, day, month, day of week"),
        ("0 0 7 * * *", "'0 0 7 * * *' has not five fields, but 6: minute, hour, day, month, day of week"),
        ("", "'' has not five fields, but 0: minute, hour, day, month, day of week"),
        ("@Daily", "'@Daily' is not read; write '0 0 * * *'"),
        ("٣ * * * *", "'٣ * * * *' has characters that no cron expression has"),
        ("0 " * 60, f"the expression has 120 characters; at most {LONGEST_CRON} are read"),
    ],
)
def test_a_wrong_expression_is_explained(text: str, mistake: str) -> None:
    assert cron_mistake(text) == mistake
    with pytest.raises(ValueError, match=re.escape(mistake)):
        schedule_of(cron(text))


@pytest.mark.parametrize("text", ["0 7 * * 1-5", "*/5 8-18/2 1,15 jan-MAR sun", "0 0 29 2 *", "0 0 LW * 5#5"])
def test_a_right_expression_is_no_mistake(text: str) -> None:
    assert cron_mistake(text) is None


@given(st.one_of(st.text(max_size=120), st.text(alphabet="*/-,0123456789LW# MONsun", max_size=60)))
@settings(deadline=None)
def test_any_text_is_an_expression_or_explained(text: str) -> None:
    if cron_mistake(text) is None:
        assert next(schedule_of(cron(text)).after(datetime(2000, 1, 1, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("Europe/Olso", "'Europe/Olso' is no time zone; did you mean 'Europe/Oslo'?"),
        ("", "'' is no time zone; write one such as America/Mexico_City, or UTC"),
        ("../etc/passwd", "'../etc/passwd' is no time zone; write one such as America/Mexico_City, or UTC"),
        ("a\0b", "'a\\x00b' is no time zone; write one such as America/Mexico_City, or UTC"),
    ],
)
def test_a_wrong_zone_is_explained(text: str, mistake: str) -> None:
    assert zone_mistake(text) == mistake
    with pytest.raises(ValueError, match="is no time zone"):
        schedule_of(before(2, "07:00", text))


@pytest.mark.parametrize(
    "text", ["localtime", "Factory", "right/UTC", "posix/UTC", "America", "/etc/localtime"]
)
def test_files_beside_the_zones_are_none(text: str) -> None:
    assert zone_mistake(text) is not None


@pytest.mark.parametrize(
    "text", ["UTC", "America/Mexico_City", "Etc/GMT+5", "America/Argentina/Buenos_Aires"]
)
def test_a_right_zone_is_no_mistake(text: str) -> None:
    assert zone_mistake(text) is None
