"""When each memo of a book is due: its schedule, with the days of the meetings that it counts from."""

from collections.abc import Iterator
from datetime import datetime

from briefbook.delivery import BeforeSchedule, ScheduleSpec
from briefbook.memo import Memo
from briefbook.schedule import PlannedDay, Schedule, due_day, schedule_of
from briefbook.workshop import Day, Workshop


def schedule_for(workshop: Workshop, memo: Memo, spec: ScheduleSpec, now: datetime) -> Schedule:
    """A memo's schedule as the facts have it today in its zone."""
    if not isinstance(spec, BeforeSchedule):
        return schedule_of(spec)
    today = due_day(now, spec.zone)
    selection = workshop.select(memo, Day(as_of=today, known_by=today))
    meetings = (*selection.upcoming, *selection.earlier, *selection.long_unconfirmed)
    planned = [
        PlannedDay(meeting=meeting.id, day=meeting.when.date.first)
        for meeting in meetings
        if meeting.when.date is not None and meeting.when.date.is_exact
    ]
    return schedule_of(spec, planned)


def next_runs(workshop: Workshop, memo: Memo, now: datetime) -> Iterator[datetime]:
    """The instants after now at which a memo is due, in UTC; none without a schedule."""
    if memo.schedule is not None:
        yield from schedule_for(workshop, memo, memo.schedule, now).after(now)
