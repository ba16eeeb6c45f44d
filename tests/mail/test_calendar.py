"""Meetings as a calendar, read back by icalendar."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbook.composing.wording import wording_of
from briefbook.dates import parse_partial_date
from briefbook.mail.addresses import address
from briefbook.mail.calendar import calendar
from briefbook.selection import Selection, ShownMeeting, Words
from briefbook.state import MeetingState
from tests.council import WHOLE, facts_of, selected

STAMP = datetime(2031, 4, 20, 13, 0, 59, 123, tzinfo=UTC)
Event = Any  # icalendar's: a value may be of thirty types, each with fields of its own
EN = wording_of("en")
HOSTILE = "Port; Emery, \\n\r\nEND:VEVENT\nBEGIN:VALARM\u2028x\u0085y\x00 – é " + "ż" * 100


def shown(as_of: str = "2031-04-25") -> Selection:
    return selected(facts_of(WHOLE), "range: 2031", as_of)


def meeting(date_: str | None = None, **changes: Any) -> ShownMeeting:
    """The first meeting ahead, on another date."""
    first = shown().upcoming[0]
    when = changes.pop("when", {})
    parsed = parse_partial_date(date_) if date_ else None
    return replace(first, when=replace(first.when, date=parsed, **when), **changes)


def made(*meetings: ShownMeeting, withdrawn: Iterable[ShownMeeting] = (), sequence: int = 0) -> bytes:
    data = calendar(
        meetings,
        domain="norland.example.org",
        stamp=STAMP,
        sequence=lambda *_: sequence,
        organizer=address('"Desk; Fisheries: \\"north\\"" <desk@norland.example.org>'),
        wording=EN,
        sources=shown().sources,
        withdrawn=withdrawn,
    )
    assert data is not None
    return data


def events(data: bytes) -> list[Event]:
    return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))


def one(*arguments: Any, **changes: Any) -> Event:
    [event] = events(made(meeting(*arguments, **changes)))
    return event


def span(event: Event) -> tuple[object, object]:
    return event["DTSTART"].dt, event["DTEND"].dt


# ----------------------------------------------------------------------------------- the whole


def test_it_is_published_by_the_desk_with_an_event_for_each_meeting() -> None:
    data = made(*shown().upcoming, sequence=7)
    whole = icalendar.Calendar.from_ical(data)
    assert (whole["METHOD"], whole["VERSION"], bool(whole["PRODID"])) == ("PUBLISH", "2.0", True)
    found = {str(event["UID"]): event for event in events(data)}
    assert set(found) == {"council-3@norland.example.org", "talks-1@norland.example.org"}
    for event in found.values():
        assert event["DTSTAMP"].dt == STAMP.replace(microsecond=0)
        assert event["SEQUENCE"] == 7
        assert event["ORGANIZER"] == "mailto:desk@norland.example.org"
        assert event["ORGANIZER"].params["CN"] == "Desk; Fisheries: 'north'"
    council = found["council-3@norland.example.org"]
    assert council["SUMMARY"] == "3rd meeting of the Fisheries Council"
    assert council["LOCATION"] == "Port Emery"
    assert str(council["DESCRIPTION"]).splitlines() == [
        "Day not set: May 2031.",
        "Participants not given.",
        "Sources: Ministers to meet, Norland Gazette.",
    ]
    talks = found["talks-1@norland.example.org"]
    assert talks["SUMMARY"] == "Harbour Talks: First round of talks"
    assert "LOCATION" not in talks


def test_lines_are_of_75_octets_and_end_in_crlf() -> None:
    data = made(meeting("2031-05", purpose=Words("ż" * 300), place=Words(HOSTILE)))
    lines = data.split(b"\r\n")
    assert lines.pop() == b""
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert all(line.decode() for line in lines)  # no letter is cut in two


def test_without_a_date_there_is_nothing_to_publish() -> None:
    arguments = {
        "domain": "example.org",
        "stamp": STAMP,
        "organizer": address("a@example.org"),
        "wording": EN,
    }
    assert calendar([meeting(None)], sequence=lambda *_: 0, **arguments) is None  # type: ignore[arg-type]


def test_the_same_meetings_give_the_same_bytes() -> None:
    assert made(*shown().upcoming) == made(*shown().upcoming)


def asked_for(shown: ShownMeeting, stamp: datetime = STAMP, language: str = "en", **more: Any) -> Any:
    """By what the sequence of a meeting is asked for."""
    asked: list[tuple[str, str, str, str]] = []

    def sequence(*told: str) -> int:
        asked.append(told)  # type: ignore[arg-type]
        return 0

    calendar(
        [] if more else [shown],
        domain="example.org",
        stamp=stamp,
        sequence=sequence,
        organizer=address("a@example.org"),
        wording=wording_of(language),
        withdrawn=[shown] if more else [],
    )
    [told] = asked
    return told


CLOCK = {"time": "15:00", "zone": "America/New_York"}


def test_the_sequence_is_asked_for_by_what_is_told() -> None:
    first = meeting("2031-05-12", when=CLOCK)
    id_, substance, language, place = asked_for(first)
    assert (id_, language) == ("council-3", "en")
    assert asked_for(first, STAMP.replace(day=21)) == (id_, substance, language, place)
    for other in (
        replace(first, when=replace(first.when, time="16:00")),
        replace(first, when=replace(first.when, zone="America/Chicago")),
        replace(first, when=replace(first.when, date=parse_partial_date("2031-05-13"))),
        replace(first, when=replace(first.when, date=parse_partial_date("2031-05"))),
        replace(first, when=replace(first.when, inferred=Words("the text prints no year"))),
        replace(first, state=MeetingState.CANCELLED),
        replace(first, state=MeetingState.DISPUTED),
        replace(first, postponed=True),
        replace(first, place=None),
    ):
        assert asked_for(other)[1] != substance
    assert asked_for(first, withdrawn=True)[1] != substance
    moved = asked_for(replace(first, place=Words("Sandvik")))
    assert (moved[1], moved[2]) == (substance, language)
    assert moved[3] != place


def test_the_sequence_does_not_hang_on_words() -> None:
    first = meeting("2031-05-12", when=CLOCK)
    told = asked_for(first)
    assert asked_for(first, language="de")[:3] == (*told[:2], "de")
    for other in (
        replace(first, title=Words("Council of Ministers"), purpose=Words("to talk"), notes=(Words("x"),)),
        replace(first, sources=(), people_sources=(), sides=()),
        replace(first, state=MeetingState.TODAY),
        replace(first, state=MeetingState.DUE),
    ):
        assert asked_for(other) == told
    foreign = replace(first, place=Words("Puerto Emery", None, "es"))
    assert asked_for(foreign)[1:3] == (told[1], "es")


# ------------------------------------------------------------------------------------- the day


def test_a_day_with_an_hour_and_a_zone_is_an_instant_in_utc() -> None:
    event = one("2031-05-12", when={"time": "15:00", "zone": "America/New_York"})
    assert event["DTSTART"].dt == datetime(2031, 5, 12, 19, tzinfo=UTC)
    assert "DTEND" not in event
    assert "TRANSP" not in event
    assert event["STATUS"] == "CONFIRMED"
    assert "Starts at 15:00 (New York time); no source says when it ends." in event["DESCRIPTION"]


def test_an_hour_without_a_zone_is_told_in_words() -> None:
    event = one("2031-05-12", when={"time": "15:00", "zone": None})
    assert span(event) == (date(2031, 5, 12), date(2031, 5, 13))
    assert event["STATUS"] == "CONFIRMED"
    assert "Hour: 15:00." in event["DESCRIPTION"]


@pytest.mark.parametrize(
    ("written", "first", "after", "status"),
    [
        ("2031-05-12", "2031-05-12", "2031-05-13", "CONFIRMED"),
        ("2031-05-12~", "2031-05-12", "2031-05-13", "TENTATIVE"),
        ("2031-05-12?", "2031-05-12", "2031-05-13", "TENTATIVE"),
        ("2031-05", "2031-05-01", "2031-06-01", "TENTATIVE"),
        ("late 2032-02", "2032-02-21", "2032-03-01", "TENTATIVE"),
        ("2031", "2031-01-01", "2032-01-01", "TENTATIVE"),
        ("2031-05-12/2031-05-14", "2031-05-12", "2031-05-15", "TENTATIVE"),
        ("../2031-05-12", "2031-05-12", "2031-05-13", "TENTATIVE"),
        ("2031-05-12/..", "2031-05-12", "2031-05-13", "TENTATIVE"),
        ("9999-12", "9999-12-01", "9999-12-31", "TENTATIVE"),
    ],
)
def test_a_date_is_the_span_of_its_days(written: str, first: str, after: str, status: str) -> None:
    event = one(written)
    assert span(event) == (date.fromisoformat(first), date.fromisoformat(after))
    assert event["DTSTART"].params["VALUE"] == event["DTEND"].params["VALUE"] == "DATE"
    assert event["STATUS"] == status
    assert event["TRANSP"] == "TRANSPARENT"
    assert ("Day not set: " in event["DESCRIPTION"]) is (status == "TENTATIVE")


@pytest.mark.parametrize(
    ("changes", "status", "told"),
    [
        ({"state": MeetingState.CANCELLED}, "CANCELLED", "Cancelled."),
        ({"state": MeetingState.DISPUTED}, "TENTATIVE", "Sources of one day are at odds about it."),
        ({"state": MeetingState.UPCOMING, "postponed": True}, "CONFIRMED", "Postponed."),
        ({"when": {"inferred": Words("the year is ours")}}, "TENTATIVE", "our reading: the year is ours."),
        ({"purpose": Words("sign the protocol")}, "CONFIRMED", "Sign the protocol."),
        ({"notes": (Words("The room is small."),)}, "CONFIRMED", "The room is small."),
        ({"place": None}, "CONFIRMED", "Place not given."),
    ],
)
def test_what_must_be_said_of_it_is_said(changes: dict[str, Any], status: str, told: str) -> None:
    event = one("2031-05-12", **changes)
    assert event["STATUS"] == status
    assert told in event["DESCRIPTION"]


def test_people_are_named_by_their_side() -> None:
    held = shown("2031-05-20").earlier[0]
    [event] = events(made(held))
    lines = str(event["DESCRIPTION"]).splitlines()
    assert "Norland: Ana Holm, Fisheries Minister" in lines
    assert "Sudland: Carla Mar, Minister of the Sea" in lines
    assert "Participants not given." not in lines


def test_what_was_withdrawn_is_cancelled_on_the_day_that_it_had() -> None:
    [event] = events(made(meeting(None), withdrawn=[meeting("2031-05-12")]))
    assert span(event) == (date(2031, 5, 12), date(2031, 5, 13))
    assert event["STATUS"] == "CANCELLED"
    assert "No longer on file for this day." in event["DESCRIPTION"]
    [event] = events(made(meeting("2031-05-14"), withdrawn=[meeting("2031-05-12")]))
    assert (event["DTSTART"].dt, event["STATUS"]) == (date(2031, 5, 14), "CONFIRMED")


# ------------------------------------------------------------------------------------- hostile


def test_no_text_can_end_an_event_or_begin_one() -> None:
    event = one("2031-05-12", place=Words(HOSTILE), purpose=Words(HOSTILE), title=Words(HOSTILE))
    assert [part.name for part in event.walk()] == ["VEVENT"]
    plain = "Port; Emery, \\n  END:VEVENT BEGIN:VALARM x y  – é " + "ż" * 100
    assert event["LOCATION"] == plain
    assert event["SUMMARY"] == f"Fisheries Council: {plain}"


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=200))
def test_any_text_is_read_back(text: str) -> None:
    event = one("2031-05-12", place=Words(text))
    assert str(event["LOCATION"]) == text
