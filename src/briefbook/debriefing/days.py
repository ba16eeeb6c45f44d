"""The days in a form's answers: what they say, or why they cannot be taken over."""

from collections.abc import Sequence
from datetime import date, timedelta

from babel.dates import format_date

from briefbook.composing.dates_in_words import date_in, date_without_weekday
from briefbook.composing.debrief import days_told
from briefbook.composing.wording import Wording
from briefbook.dates import PartialDate, exactly
from briefbook.debriefing.answers import key_of
from briefbook.facts import Facts, Meeting, Says

_A_DAY = timedelta(days=1)
_FAR = timedelta(days=183)  # from what was announced: rather a slip in the year than a day


def why_no_day(text: str, wordings: Sequence[Wording]) -> str:
    """Why a text is no date: its weekday, if without it all were well."""
    day = date_without_weekday(text, wordings)
    if day is None:
        return "is no date that can be read"
    return f"cannot be: {day} is a {format_date(day.first, 'EEEE', 'en')}"


def why_not_held_on(day: PartialDate, planned: PartialDate | None, meeting: Meeting, facts: Facts) -> str:
    """Why a meeting cannot have been held on a day, by what is on file; empty if nothing is against it."""
    for statement in meeting.statements:
        source = facts.sources.get(statement.source)
        if statement.says is Says.ANNOUNCED and source and day.last < source.published.first:
            return (
                f"lies before {source.published}, when {source.id!r} announced the meeting as still to come"
            )
    if planned is None or max(day.first - planned.last, planned.first - day.last) <= _FAR:
        return ""
    return f"lies more than half a year from {planned}, for which the meeting was announced"


def said_on(text: str, wordings: Sequence[Wording], today: date) -> tuple[PartialDate | None, str]:
    """On which day somebody said it, seen from the day of the review; else None, and why not."""
    for wording in wordings:
        for back, words in enumerate(days_told(wording)):
            if key_of(text) in map(key_of, words):
                return exactly(today - back * _A_DAY), ""
    day = date_in(text, wordings)
    if day is None:
        return None, why_no_day(text, wordings)
    if day.first > today:
        return None, f"lies ahead of {today}, the day of the review"
    return day, ""


def next_on_file(day: PartialDate, meeting: Meeting, facts: Facts) -> Meeting | None:
    """A meeting of the forum that may be the next one, told for a day: by its day, else by its number."""
    number = meeting.ordinal
    for other in facts.meetings.values():
        if other.forum != meeting.forum or other.id == meeting.id:
            continue
        dates = [statement.date for statement in other.statements if statement.date is not None]
        is_counted_next = number is not None and other.ordinal == number + 1
        if is_counted_next or any(known.overlaps(day.first, day.last) for known in dates):
            return other
    return None
