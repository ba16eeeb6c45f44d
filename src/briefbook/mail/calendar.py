"""Meetings as one iCalendar object (RFC 5545) to publish (RFC 5546, 3.2.1). The only icalendar import.

- A day that a source states is an event of that day. With an hour and a zone it starts at that instant, in
  UTC: no single event needs a VTIMEZONE, some calendars read one by its name alone and others not at
  all, while UTC is read alike everywhere and shown in the reader's own zone. How long a meeting lasts no
  source says, so there is no end.
- An hour without a zone is no instant; it stands in the description of an event of the whole day.
- A date that is not exact is the span of all its days, TENTATIVE. Of one that is open on a side (by 23
  January) only the day that it names.
- A meeting without a date is left out: a calendar has no place for it.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Protocol
from unicodedata import category
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress

from briefbook.mail.addresses import Address
from briefbook.selection import Attendee, ShownMeeting, ShownSource, When
from briefbook.state import AHEAD, MeetingState

METHOD = "PUBLISH"
_PRODUCT = "-//briefbook//briefbook//EN"


class Says(Protocol):
    """How a language says things: `composing.wording.Wording` does."""

    @property
    def language(self) -> str:
        """Which it is (BCP 47)."""

    def say(self, message: str, **values: object) -> str:
        """A message of the catalogue with its values."""

    def in_words(self, when: When, exact_day: str = "day") -> str:
        """A date in words."""

    def time(self, when: When) -> str:
        """The hour with the city of its zone."""

    def psay(self, context: str, message: str, **values: object) -> str:
        """A message of which the context tells what is meant."""

    def meeting_of(self, number: int, forum: str, in_text: str | None) -> str:
        """11th meeting of a forum, by its name or as a sentence names it."""


def calendar(
    meetings: Iterable[ShownMeeting],
    *,
    domain: str,
    stamp: datetime,
    sequence: Callable[[str, str, str, str], int],
    organizer: Address,
    wording: Says,
    sources: Iterable[ShownSource] = (),
    withdrawn: Iterable[ShownMeeting] = (),
    banner: str = "",
) -> bytes | None:
    """The calendar of some meetings; None where none of them has a date.

    `stamp` (aware) is the instant at which it is told. `sequence` gives how often what is told of a meeting
    has changed (RFC 5545, 3.8.7.4), for its id, the digest of its substance, which is the same in every
    language, and the language and digest of its place: a calendar that holds a higher number keeps its own
    state. `withdrawn` are meetings as an earlier calendar had them, which have no date any more, or are on
    file no longer: they are told as cancelled. `banner` marks every event. The same arguments give the same
    bytes.
    """
    dated = {meeting.id: meeting for meeting in meetings if meeting.when.date}
    gone = {meeting.id: meeting for meeting in withdrawn if meeting.when.date and meeting.id not in dated}
    names = {source.id: _source_name(source) for source in sources}
    made = Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("method", METHOD)
    for meeting in (*dated.values(), *gone.values()):
        event = Event()
        event.add("uid", f"{meeting.id}@{domain}")
        event["organizer"] = _organizer(organizer)
        mark = f"[{banner}] " if banner else ""
        event.add("summary", mark + _plain(_name(meeting, wording)))
        if meeting.place:
            event.add("location", _plain(meeting.place))
        told = [*_of_the_day(meeting, wording, meeting.id in gone), *_of_the_rest(meeting, wording)]
        known = [names[source] for source in meeting.sources if source in names]
        told += [wording.say("Sources: %(sources)s.", sources="; ".join(known))] if known else []
        event.add("description", "\n".join(map(_plain, [banner, *told] if banner else told)))
        _add_times(event, meeting.when)
        event.add("status", _status(meeting, meeting.id in gone))
        substance = _substance(meeting, meeting.id in gone)
        place = ("", "") if meeting.id in gone else _told_place(meeting, wording.language)
        event.add("sequence", sequence(meeting.id, substance, *place))
        event.add("dtstamp", stamp.astimezone(UTC).replace(microsecond=0))
        made.add_component(event)
    return made.to_ical() if made.subcomponents else None


def _organizer(address: Address) -> vCalAddress:
    """Who publishes it, which PUBLISH must say (RFC 5546, 3.2.1)."""
    organizer = vCalAddress(f"mailto:{address.spec}")
    if address.name:
        organizer.params["CN"] = address.name.replace('"', "'")  # escapes in parameters are read by few
    return organizer


def _plain(text: str) -> str:
    """A text without what could end a line for some reader; icalendar escapes the rest (RFC 5545, 3.3.11)."""
    return "".join(" " if category(sign) in ("Cc", "Cs", "Zl", "Zp") else sign for sign in text)


# ----------------------------------------------------------------------------------- the times


def _add_times(event: Event, when: When) -> None:
    """Start and end: an instant, or whole days with the day after the last as the end (RFC 5545, 3.6.1)."""
    start = _instant(when)
    if start is not None:
        event.add("dtstart", start)
        return
    first, last = _days(when)
    event.add("dtstart", first)
    event.add("dtend", last + timedelta(days=1))
    event.add("transp", "TRANSPARENT")  # nobody is busy all day with it


def _instant(when: When) -> datetime | None:
    """When it starts, in UTC; None where no source says, or not in which zone."""
    if when.date is None or not when.date.is_exact or when.time is None or when.zone is None:
        return None
    hour = time.fromisoformat(when.time)
    return datetime.combine(when.date.first, hour, ZoneInfo(when.zone)).astimezone(UTC)


def _days(when: When) -> tuple[date, date]:
    """The first and last day that it may be on; of a date open on a side the day that it names."""
    assert when.date is not None
    first = when.date.first if when.date.start else when.date.last
    last = when.date.last if when.date.end else when.date.first
    return first, min(last, date.max - timedelta(days=1))


def _status(meeting: ShownMeeting, is_withdrawn: bool) -> str:
    """CONFIRMED where the day is exact, as a source states it and in no doubt."""
    if is_withdrawn or meeting.state is MeetingState.CANCELLED:
        return "CANCELLED"
    assert meeting.when.date is not None
    in_doubt = meeting.state in (MeetingState.DISPUTED, MeetingState.UNCONFIRMED) or meeting.when.inferred
    return "CONFIRMED" if meeting.when.date.is_exact and not in_doubt else "TENTATIVE"


def _substance(meeting: ShownMeeting, is_withdrawn: bool) -> str:
    """The digest of what a revision is counted by: day, hour, zone and standing, in no language.

    That its day comes and passes is no revision, nor is where a withdrawn one would have been.
    """
    if is_withdrawn:
        return _digest("withdrawn")
    when = meeting.when
    return _digest(
        *(str(day) for day in _days(when)),
        when.time or "",
        when.zone or "",
        _status(meeting, is_withdrawn),
        "" if meeting.state in AHEAD else meeting.state.value,
        "postponed" if meeting.postponed else "",
        "placed" if meeting.place else "",
    )


def _told_place(meeting: ShownMeeting, language: str) -> tuple[str, str]:
    """The language in which the place is written, and the digest of its name there."""
    return (meeting.place.language or language, _digest(meeting.place)) if meeting.place else (language, "")


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


# ----------------------------------------------------------------------------------- the words


def _name(meeting: ShownMeeting, wording: Says) -> str:
    """Its title after the name of its forum, else "4th meeting of the …", else the forum's name."""
    forum = meeting.forum.name
    if meeting.title:
        title = meeting.title[:1].upper() + meeting.title[1:]
        return title if forum in title else f"{forum}: {title}"
    if meeting.ordinal:
        return wording.meeting_of(meeting.ordinal, forum, meeting.forum.in_text)
    return str(forum)


def _of_the_day(meeting: ShownMeeting, wording: Says, is_withdrawn: bool) -> Iterator[str]:
    """What must be said of its day."""
    when, say = meeting.when, wording.say
    assert when.date is not None
    if is_withdrawn:
        yield say("No longer on file for this day.")
    elif meeting.state is MeetingState.CANCELLED:
        yield wording.psay("meeting", "Cancelled.")
    elif meeting.state is MeetingState.DISPUTED:
        yield say("Sources of one day are at odds about it.")
    elif meeting.postponed:
        yield wording.psay("meeting", "Postponed.")
    if not when.date.is_exact:
        yield say("Day not set: %(date)s.", date=wording.in_words(when))
    if when.time and _instant(when) is None:
        yield say("Hour: %(time)s.", time=wording.time(when))
    elif when.time:
        yield say("Starts at %(time)s; no source says when it ends.", time=wording.time(when))
    if meeting.state is MeetingState.DUE:
        yield wording.psay("meeting", "May have taken place already.")
    if when.inferred:
        yield say("The date is our reading: %(reason)s.", reason=when.inferred)


def _of_the_rest(meeting: ShownMeeting, wording: Says) -> Iterator[str]:
    """Purpose, people and notes; what is not given is said."""
    if meeting.purpose:
        yield _sentence(meeting.purpose)
    if not meeting.place:
        yield wording.say("Place not given.")
    for side in meeting.sides:
        people = "; ".join(_person(attendee) for attendee in side.people)
        if people:
            yield f"{side.name}: {people}" if side.name else people
    if not meeting.has_people and not meeting.people_are_withheld:
        yield wording.say("Participants not given.")
    yield from map(_sentence, meeting.notes)


def _person(attendee: Attendee) -> str:
    post = f", {attendee.post}" if attendee.post else ""
    role = f" ({attendee.role})" if attendee.role else ""
    return f"{attendee.name}{post}{role}"


def _source_name(source: ShownSource) -> str:
    name = source.title or source.short
    return f"{name}, {source.publisher}" if source.publisher else str(name)


def _sentence(text: str) -> str:
    """The first letter large, a full stop at the end."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
