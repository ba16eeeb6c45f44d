"""Timelines: what their marks tell, written for templates and read back from Markdown.

In Markdown a timeline is a table of three columns, each of whose rows starts with a mark:

| mark | the row's cells |
|---|---|
| `{~as-of DAY MONTHS}` | the header: how the as-of day is called, the picture in words, its caption |
| `{~meeting ID STANDING FIRST LAST}` | what the meeting is, its date in words, its standing in words |
| `{~key STANDING}` | what a standing is called in the legend; of `span`: what a long mark means |

So a template chooses every word, and none of them is read for what it means.
"""

from collections.abc import Sequence
from datetime import date

from briefbook.document import (
    Cite,
    Figure,
    Inlines,
    Standing,
    Timeline,
    TimelineEntry,
    TimelineKey,
    is_blank,
    plain,
)
from briefbook.selection import ShownMeeting
from briefbook.state import MeetingState

_AS_OF, _MEETING, _KEY, _SPAN = "as-of", "meeting", "key", "span"

# ------------------------------------------------------------------------------------- writing


def standing_of(meeting: ShownMeeting) -> Standing:
    """How a meeting is drawn: never as settled what sources are at odds about or tell ambiguously."""
    if meeting.conflicts or (meeting.state is MeetingState.HELD and meeting.ambiguous):
        return Standing.DISPUTED
    match meeting.state:
        case MeetingState.HELD:
            return Standing.HELD
        case MeetingState.CANCELLED:
            return Standing.CANCELLED
        case MeetingState.UNCONFIRMED:
            return Standing.UNCONFIRMED
        case MeetingState.DISPUTED:
            return Standing.DISPUTED
        case MeetingState.UPCOMING | MeetingState.TODAY | MeetingState.DUE | MeetingState.NO_DAY:
            return Standing.UPCOMING


def told_of_meeting(meeting: ShownMeeting) -> str:
    """The mark of a meeting: from the first to the last day that any of its sources names.

    Raises ValueError for a meeting without a date.
    """
    dates = [when for when in (meeting.when.date, *(c.when.date for c in meeting.conflicts)) if when]
    if not dates:
        raise ValueError(f"the meeting {meeting.id!r} has no date, so it cannot stand on a timeline")
    first, last = min(when.first for when in dates), max(when.last for when in dates)
    return f"{_MEETING} {meeting.id} {standing_of(meeting)} {first.isoformat()} {last.isoformat()}"


def told_of_axis(day: date, months: Sequence[str]) -> str:
    """The mark of the as-of day and of what the months are called."""
    return f"{_AS_OF} {day.isoformat()} {','.join(months)}"


def told_of_key(standing: str) -> str:
    """The mark of an entry of the legend. Raises ValueError for what is no standing."""
    return f"{_KEY} {standing if standing == _SPAN else Standing(standing)}"


# ------------------------------------------------------------------------------------- reading


def timeline_of(told: Sequence[str | None], rows: Sequence[Sequence[Inlines]]) -> Figure:
    """The figure that the rows of a table make. Raises ValueError, with a sentence, for other rows."""
    entries: list[TimelineEntry] = []
    keys: list[TimelineKey] = []
    if any(len(row) != 3 for row in rows):
        raise ValueError("the table of a timeline has three columns")
    kind, day, months = _parts(told[0], 3)
    if kind != _AS_OF:
        raise ValueError("the header of a timeline starts with {{ axis(selection.as_of) }}")
    for mark, row in zip(told[1:], rows[1:], strict=True):
        match (mark or "").split(" "):
            case [name, fact, standing, first, last] if name == _MEETING:
                entries.append(_entry(fact, Standing(standing), first, last, row))
            case [name, standing] if name == _KEY:
                meant = None if standing == _SPAN else Standing(standing)
                keys.append(TimelineKey(words=_words(row[0]), standing=meant))
            case _:
                raise ValueError("each row of a timeline starts with {{ plot(meeting) }} or {{ key(…) }}")
    label, alt, caption = rows[0]
    if not entries or is_blank(_words(alt)):
        raise ValueError("a timeline needs a meeting, and in its header the words that say what it shows")
    timeline = Timeline(
        as_of=date.fromisoformat(day),
        as_of_label=_words(label),
        entries=tuple(entries),
        keys=tuple(keys),
        months=tuple(months.split(",")),
    )
    return Figure(alt=_words(alt), picture=timeline, caption=caption)


def _parts(told: str | None, count: int) -> list[str]:
    parts = (told or "").split(" ", count - 1)
    return [*parts, *[""] * (count - len(parts))]


def _entry(fact: str, standing: Standing, first: str, last: str, row: Sequence[Inlines]) -> TimelineEntry:
    label, when, said = map(_words, row)
    return TimelineEntry(
        label=label,
        when=when,
        said=said,
        standing=standing,
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
        fact=fact,
    )


def _words(inlines: Inlines) -> str:
    """The plain words of a cell. Raises ValueError for a citation: its place is the caption."""
    if any(isinstance(inline, Cite) for inline in inlines):
        raise ValueError("the citations of a timeline belong into its caption")
    return plain(inlines)
