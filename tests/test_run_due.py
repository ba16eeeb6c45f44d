"""Schedules from end to end: what falls due, as of which day, what of it is mailed to whom, who is told."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from briefbook.delivery import CronSchedule
from briefbook.ending import Status, status_of
from briefbook.issued import EnvelopeState, Occurrence, OccurrenceState
from briefbook.ledger import open_ledger
from briefbook.mail.credentials import VARIABLE
from briefbook.outbox import Posted
from briefbook.record import open_record
from briefbook.schedule import revision_of
from tests.books import FILES
from tests.desk import ATTEMPTING, CANCELLED, DEFERRED, FAILED, PENDING, SENT, UNKNOWN
from tests.desk import DOT as AT_DOT
from tests.mail.servers import PASSWORD, SCRIPTS, GoodServer, RawServer, Script
from tests.office import (
    ANA,
    BO,
    CY,
    DAY,
    DUE,
    EVE,
    HOUR,
    OWNER,
    Office,
    mail,
    memo,
    office_at,
    parsed,
    text_of,
)

MADE, QUEUED = OccurrenceState.MADE, OccurrenceState.QUEUED
SKIPPED, UNCHANGED = OccurrenceState.SKIPPED, OccurrenceState.UNCHANGED
ALWAYS = "{to: ana@example.org, when: always, attach: txt}"


@pytest.fixture
def server() -> Iterator[GoodServer]:
    with GoodServer() as running:
        yield running


@pytest.fixture
def office(tmp_path: Path, server: GoodServer, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A book whose schedule has not been looked at yet."""
    monkeypatch.setenv(VARIABLE, PASSWORD)
    return office_at(tmp_path / "book", server.port)


def written(catch_up: str = "latest", window: str = "7d", zone: str = "Pacific/Auckland") -> str:
    return f'{{cron: "0 7 * * *", zone: {zone}, catch_up: {catch_up}, window: {window}}}'


def sent_to(server: GoodServer) -> list[str]:
    return [to for it in server.kept for to in it.recipients]


def subjects(server: GoodServer) -> list[str]:
    """Of what the owner got."""
    return [str(parsed(it.data)["Subject"]) for it in server.kept if it.recipients == (OWNER,)]


# ---------------------------------------------------------------------------------- what falls due


def test_a_new_schedule_makes_up_for_nothing(office: Office, server: GoodServer) -> None:
    assert office.status(DUE + 5 * HOUR) == 3
    assert office.status(DUE + 6 * HOUR) == 3
    assert office.occurrences() == []
    assert server.kept == []
    report = office.report(DUE + DAY)
    assert (report["exit"], report["status"]) == (0, "done")
    assert sent_to(server) == [ANA, BO, CY]


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("Pacific/Auckland", DUE, "2031-04-20"),  # in UTC it is the 19th
        ("Pacific/Kiritimati", datetime(2031, 4, 19, 17, tzinfo=UTC), "2031-04-20"),
        ("Pacific/Pago_Pago", datetime(2031, 4, 20, 18, tzinfo=UTC), "2031-04-20"),
    ],
)
def test_the_as_of_day_is_the_due_day_in_the_zone(
    office: Office, server: GoodServer, zone: str, instant: datetime, day: str
) -> None:
    office.write("memos/council.yaml", memo(written(zone=zone)))
    assert office.status(instant - HOUR) == 3
    # Late enough that it is another day there, and everywhere.
    assert office.status(instant + 23 * HOUR) == 0
    assert [path.name for path in (office.book / "out").iterdir()] == [day]
    assert "20 April 2031" in text_of(parsed(server.kept[0].data))


def test_of_missed_days_the_latest_is_made(office: Office, server: GoodServer) -> None:
    office.write("memos/council.yaml", memo(written(), ALWAYS))
    office.status(EVE)
    report = office.report(DUE + 3 * DAY + HOUR)
    assert report["exit"] == 0
    assert office.noted() == [
        ("04-19 19:00", SKIPPED),
        ("04-20 19:00", SKIPPED),
        ("04-21 19:00", SKIPPED),
        ("04-22 19:00", QUEUED),
    ]
    assert [one["due"][:10] for one in report["skipped"]] == ["2031-04-19", "2031-04-20", "2031-04-21"]
    assert {one["reason"] for one in report["skipped"]} == {"missed; a later one was due"}
    assert [line for line in report["said"].splitlines() if line.startswith("skipped")] == [
        "skipped: council, 3 due from 2031-04-19 19:00 UTC to 2031-04-21 19:00 UTC"
        " (missed; a later one was due)"
    ]
    assert [path.name for path in (office.book / "out").iterdir()] == ["2031-04-23"]
    assert sent_to(server) == [ANA]
    assert office.status(DUE + 3 * DAY + 2 * HOUR) == 3


def test_all_missed_days_are_made_each_as_of_its_own(office: Office, server: GoodServer) -> None:
    office.write("memos/council.yaml", memo(written("all"), ALWAYS))
    office.status(EVE)
    assert office.status(DUE + 3 * DAY + HOUR) == 0
    assert [state for _, state in office.noted()] == [QUEUED] * 4
    days = ["2031-04-20", "2031-04-21", "2031-04-22", "2031-04-23"]
    assert sorted(path.name for path in (office.book / "out").iterdir()) == days
    told = [text_of(parsed(it.data)) for it in server.kept]
    assert [f"{day} April 2031" in text for day, text in zip((20, 21, 22, 23), told, strict=True)] == [
        True
    ] * 4
    assert len({it.message_id for it in office.envelopes()}) == 4


def test_where_nothing_is_made_up_for_only_what_is_fresh_is_made(office: Office, server: GoodServer) -> None:
    office.write("memos/council.yaml", memo(written("none"), ALWAYS))
    office.status(EVE)
    report = office.report(DUE + DAY + 2 * HOUR)
    assert report["exit"] == 3
    assert {one["reason"] for one in report["skipped"]} == {
        "missed; more than an hour late, and catch_up is none"
    }
    assert server.kept == []
    assert office.status(DUE + 2 * DAY + HOUR / 2) == 0
    assert [state for _, state in office.noted()] == [SKIPPED, SKIPPED, QUEUED]
    assert sent_to(server) == [ANA]


def test_a_clock_that_is_set_back(office: Office, server: GoodServer) -> None:
    office.write("memos/council.yaml", memo(written(), ALWAYS))
    office.status(EVE)
    assert office.status(DUE) == 0
    assert office.status(DUE + DAY) == 0
    back = office.report(DUE - HOUR)
    assert back["exit"] == 3
    assert any("clock" in warning for warning in back["warnings"])
    assert office.report(DUE - HOUR / 2)["warnings"] == []  # told of once
    assert office.status(DUE) == 3
    assert office.status(DUE + DAY) == 3
    assert len(server.kept) == 2
    assert office.status(DUE + 2 * DAY) == 0
    assert len(server.kept) == 3


def test_a_clock_fifty_years_ahead_and_back(office: Office, server: GoodServer) -> None:
    office.write("memos/council.yaml", memo(written(), ALWAYS))
    office.status(EVE)
    ahead = office.report(DUE.replace(year=2081) + HOUR)
    assert ahead["exit"] == 0
    assert len(ahead["handled"]) == 1
    assert len(office.occurrences()) < 10
    back = office.report(DUE + HOUR)
    assert back["exit"] == 0
    assert any("clock" in warning for warning in back["warnings"])
    assert [one["due"] for one in back["handled"]] == [DUE.isoformat()]
    assert office.report(DUE + 2 * HOUR)["warnings"] == []
    assert office.status(DUE + DAY) == 0
    assert len(server.kept) == 3


def test_another_schedule_starts_anew(office: Office, server: GoodServer) -> None:
    office.write("memos/council.yaml", memo(written(), ALWAYS))
    office.status(EVE)
    assert office.status(DUE) == 0
    eight = written().replace("0 7", "0 8")
    office.write("memos/council.yaml", memo(eight, ALWAYS))
    assert office.status(DUE + 3 * DAY + 2 * HOUR) == 3  # what the old one missed is not made up for
    assert office.status(DUE + 4 * DAY + HOUR) == 0
    assert len(server.kept) == 2
    # How much is made up for is no other schedule.
    office.write("memos/council.yaml", memo(eight.replace("latest", "all"), ALWAYS))
    assert office.status(DUE + 6 * DAY + HOUR) == 0
    assert len(server.kept) == 4


@pytest.mark.parametrize("schedule", [written().replace("0 7", "0 8"), ""])
def test_what_was_begun_under_another_schedule_is_skipped_aloud(
    office: Office, server: GoodServer, schedule: str
) -> None:
    """A run noted it and was cut off; then the schedule was changed, or taken out."""
    office.write("memos/council.yaml", memo(written(), ALWAYS))
    office.status(EVE)
    revision = revision_of(CronSchedule(cron="0 7 * * *", zone="Pacific/Auckland"))
    begun = Occurrence(memo="council", revision=revision, instant=DUE, state=OccurrenceState.DUE)
    with open_ledger(office.book / ".briefbook") as ledger:
        ledger.note([begun])
    changed = memo(schedule, ALWAYS) if schedule else memo(deliver=ALWAYS).replace("schedule:", "#")
    office.write("memos/council.yaml", changed)
    report = office.report(DUE + HOUR / 2)
    assert report["exit"] == 3
    assert [one["reason"] for one in report["skipped"]] == ["the schedule was changed"]
    assert "skipped: council, due 2031-04-19 19:00 UTC (the schedule was changed)" in report["said"]
    assert office.noted() == [("04-19 19:00", SKIPPED)]
    assert office.report(DUE + HOUR * 3 / 4)["skipped"] == []
    assert server.kept == []


def test_what_lately_failed_under_another_schedule_is_skipped(office: Office, server: GoodServer) -> None:
    broken = "bottom_line: {text: No., rests_on: [nothing-such]}\n"
    office.write("memos/council.yaml", memo(written("none", "2d"), ALWAYS, broken))
    office.status(EVE)
    for days in range(4):
        assert office.status(DUE + days * DAY) == 6
    office.write("memos/council.yaml", memo(written("none", "2d").replace("0 7", "0 8"), ALWAYS))
    assert len(office.report(DUE + 3 * DAY + HOUR / 2)["skipped"]) == 2
    assert [state for _, state in office.noted()] == [OccurrenceState.FAILED] * 2 + [SKIPPED] * 2
    assert sent_to(server) == [OWNER] * 4


def taken_out(office: Office, how: str) -> None:
    """The memo's schedule, or its whole file, is no longer there; or the file cannot be read."""
    file = office.book / "memos" / "council.yaml"
    match how:
        case "the schedule":
            office.write("memos/council.yaml", memo(deliver=ALWAYS).replace("schedule:", "#"))
        case "the file":
            file.unlink()
        case "unreadable":
            file.write_text("title: [")
        case "the format":
            office.write(
                "book.yaml", (office.book / "book.yaml").read_text().replace("format: 1", "format: 9")
            )


@pytest.mark.parametrize("how", ["the schedule", "the file"])
def test_a_schedule_that_is_put_back_makes_up_for_nothing(
    office: Office, server: GoodServer, how: str
) -> None:
    office.write("memos/council.yaml", memo(written("all"), ALWAYS))
    office.status(EVE)
    taken_out(office, how)
    assert office.status(DUE + DAY + HOUR) == 3
    office.write("memos/council.yaml", memo(written("all"), ALWAYS))
    assert office.status(DUE + 3 * DAY + HOUR) == 3
    assert (office.occurrences(), server.kept) == ([], [])
    assert office.status(DUE + 4 * DAY) == 0
    assert sent_to(server) == [ANA]


@pytest.mark.parametrize("how", ["unreadable", "the format"])
def test_a_schedule_that_nobody_can_read_is_still_the_same(
    office: Office, server: GoodServer, how: str
) -> None:
    office.write("memos/council.yaml", memo(written("all"), ALWAYS))
    office.status(EVE)
    settings = (office.book / "book.yaml").read_text()
    taken_out(office, how)
    assert office.status(DUE + DAY + HOUR) in (1, 6)
    office.write("book.yaml", settings)
    office.write("memos/council.yaml", memo(written("all"), ALWAYS))
    assert office.status(DUE + 3 * DAY + HOUR) == 0
    assert [to for to in sent_to(server) if to != OWNER] == [ANA] * 4


def test_what_was_begun_for_a_memo_that_was_deleted_is_skipped_aloud(
    office: Office, server: GoodServer
) -> None:
    office.write("memos/council.yaml", memo(written("all"), ALWAYS))
    office.status(EVE)
    revision = revision_of(CronSchedule(cron="0 7 * * *", zone="Pacific/Auckland"))
    begun = Occurrence(memo="council", revision=revision, instant=DUE, state=OccurrenceState.DUE)
    with open_ledger(office.book / ".briefbook") as ledger:
        ledger.note([begun])
    taken_out(office, "the file")
    report = office.report(DUE + HOUR)
    assert [one["reason"] for one in report["skipped"]] == ["the memo's file was deleted"]
    office.write("memos/council.yaml", memo(written("all"), ALWAYS))
    assert office.status(DUE + 2 * HOUR) == 3
    assert server.kept == []


# -------------------------------------------------------------------------------- before a meeting

BEFORE = '{before: 2d, of: next-meeting, at: "07:00", zone: Pacific/Auckland}'
TALKS = f"title: Harbour Talks\nforum: harbours\nformats: [txt]\nschedule: {BEFORE}\ndeliver: {ALWAYS}\n"
JUNE = datetime(2031, 5, 31, 19, tzinfo=UTC)  # 1 June, 7:00 in Auckland: two days before the talks
POSTPONED = """\
      - source: notice
        says: postponed
        date: 2031-06-10
        evidence: not before 10 June
"""
NOTICE = "sources:\n  notice: {short: the notice, published: 2031-05-20}\n"


@pytest.fixture
def talks(office: Office) -> Office:
    (office.book / "memos" / "council.yaml").unlink()
    office.write("memos/talks.yaml", TALKS)
    return office


def test_a_memo_before_a_meeting(talks: Office, server: GoodServer) -> None:
    report = talks.report(EVE)
    assert (report["exit"], report["next_due"]) == (3, JUNE.isoformat())
    assert talks.status(JUNE - HOUR) == 3
    assert talks.status(JUNE + HOUR) == 0
    assert talks.status(JUNE + DAY) == 3
    assert talks.noted() == [("05-31 19:00", QUEUED)]
    assert sent_to(server) == [ANA]


def test_a_meeting_that_is_postponed_takes_its_memo_along(talks: Office, server: GoodServer) -> None:
    talks.status(EVE)
    talks.write("facts/later.yaml", NOTICE)
    talks.write("facts/harbours.yaml", FILES["facts/harbours.yaml"] + POSTPONED)
    report = talks.report(JUNE + HOUR)
    assert (report["exit"], report["next_due"]) == (3, (JUNE + 7 * DAY).isoformat())
    assert talks.status(JUNE + 7 * DAY) == 0
    assert sent_to(server) == [ANA]


def test_a_meeting_postponed_after_its_memo_went_has_another(talks: Office, server: GoodServer) -> None:
    talks.status(EVE)
    assert talks.status(JUNE) == 0
    talks.write("facts/later.yaml", NOTICE)
    talks.write("facts/harbours.yaml", FILES["facts/harbours.yaml"] + POSTPONED)
    assert talks.status(JUNE + DAY) == 3
    assert talks.status(JUNE + 7 * DAY) == 0
    assert [state for _, state in talks.noted()] == [QUEUED, QUEUED]


def test_no_memo_before_a_meeting_whose_day_has_passed(talks: Office, server: GoodServer) -> None:
    talks.status(EVE)
    report = talks.report(JUNE + 3 * DAY)
    assert report["exit"] == 3
    assert [one["reason"] for one in report["skipped"]] == [
        "missed; the meeting's day, 2031-06-03, has passed"
    ]
    assert "skipped: talks" in report["said"]
    assert server.kept == []


# ------------------------------------------------------------------------------------ who gets it


def test_who_has_it_already_gets_nothing(office: Office, server: GoodServer) -> None:
    office.status(EVE)
    assert office.status(DUE) == 0
    again = office.report(DUE + DAY)
    assert (again["exit"], [one["state"] for one in again["handled"]]) == (0, ["unchanged"])
    assert sent_to(server) == [ANA, BO, CY]
    # A new recipient gets it, and nobody else.
    office.write("memos/council.yaml", memo(deliver="{to: [ana@example.org, di@example.org], attach: txt}"))
    assert office.status(DUE + 2 * DAY) == 0
    assert sent_to(server) == [ANA, BO, CY, "di@example.org"]
    # News go to all.
    office.write("memos/council.yaml", memo(more="bottom_line: {text: Press for it., rests_on: [survey]}\n"))
    assert office.status(DUE + 3 * DAY) == 0
    assert sent_to(server)[4:] == [ANA, BO, CY]
    assert [state for _, state in office.noted()] == [QUEUED, UNCHANGED, QUEUED, QUEUED]


def test_who_was_refused_gets_the_next_one_all_the_same(office: Office, server: GoodServer) -> None:
    office.status(EVE)
    with RawServer(SCRIPTS["mixed"]) as raw:
        office.aim(raw.port)
        assert office.status(DUE) == 4
    office.aim(server.port)
    assert office.status(DUE + DAY) == 0
    assert sent_to(server) == [BO]


def test_a_memo_without_recipients_is_only_made(office: Office, server: GoodServer) -> None:
    office.write("memos/council.yaml", memo().replace("deliver:", "#"))
    office.status(EVE)
    report = office.report(DUE)
    assert (report["exit"], [one["state"] for one in report["handled"]]) == (0, ["made"])
    assert (office.book / "out" / "2031-04-20" / "council.txt").is_file()
    assert server.kept == []


def test_a_file_that_a_person_changed_stays_and_the_edition_is_mailed(
    office: Office, server: GoodServer
) -> None:
    office.status(EVE)
    assert office.status(DUE) == 0
    file = office.book / "out" / "2031-04-21" / "council.txt"
    assert office.command("build", "council", "--as-of", "2031-04-21").exit_code == 0
    file.write_text("My own words.")
    office.write("memos/council.yaml", memo(more="bottom_line: {text: Press for it., rests_on: [survey]}\n"))
    report = office.report(DUE + DAY)
    assert report["exit"] == 0
    assert file.read_text() == "My own words."
    beside = file.with_name("council (new).txt")
    assert report["handled"][0]["files"] == [str(beside)]
    [warning] = report["warnings"]
    assert warning == (
        f"{file} is not as briefbook made it, so it stays; the new edition is beside it: {beside.name}. "
        f"Take over what you need; then move {file.name} away and give {beside.name} its name"
    )
    assert f"warning: {warning}" in report["said"].splitlines()
    [attachment] = parsed(server.kept[-1].data).iter_attachments()
    assert attachment.get_payload(decode=True) == beside.read_bytes()
    assert attachment.get_filename() == "council.txt"


def test_what_was_missed_before_the_window_is_one_record(office: Office, server: GoodServer) -> None:
    office.write("memos/council.yaml", memo(written("all", "2d"), ALWAYS))
    office.status(EVE)
    report = office.report(DUE + 30 * DAY + HOUR)
    assert report["exit"] == 0
    assert len(report["handled"]) == 2
    assert [one["due"][:10] for one in report["skipped"]] == ["2031-05-17"]
    assert "longer ago than the window" in report["skipped"][0]["reason"]
    assert office.status(DUE + 30 * DAY + 2 * HOUR) == 3


def test_one_that_hangs_gets_no_second_copy_by_the_next_day(office: Office, server: GoodServer) -> None:
    office.status(EVE)
    with RawServer(SCRIPTS["dot-kept"]) as raw:
        office.aim(raw.port)
        assert office.status(DUE) == 5
    office.aim(server.port)
    assert office.status(DUE + DAY) == 5
    assert sent_to(server) == []
    assert office.noted()[-1][1] is UNCHANGED
    # News are another letter.
    office.write("memos/council.yaml", memo(more="bottom_line: {text: Press for it., rests_on: [survey]}\n"))
    assert office.status(DUE + 2 * DAY) == 5
    assert sent_to(server) == [ANA, BO, CY]


@pytest.mark.parametrize(("catch_up", "states"), [("latest", [CANCELLED, SENT]), ("all", [SENT, SENT])])
def test_an_older_letter_that_waits_is_withdrawn_by_a_newer(
    office: Office, server: GoodServer, catch_up: str, states: list[object]
) -> None:
    office.write("memos/council.yaml", memo(written(catch_up), ALWAYS))
    office.status(EVE)
    with RawServer(SCRIPTS["421-connect"]) as raw:
        office.aim(raw.port)
        assert office.status(DUE) == 7
    assert office.states() == [DEFERRED]
    office.aim(server.port)
    assert office.status(DUE + DAY) == 0
    assert office.states() == states
    assert len(server.kept) == states.count(SENT)
    assert [it.reply for it in office.envelopes() if it.state is CANCELLED] == (
        ["superseded by edition 2"] if catch_up == "latest" else []
    )


def waits_for_two(office: Office, *, by_hand: bool, state: EnvelopeState = DEFERRED) -> None:
    """A letter to Ana and one to Bo wait; the server was away."""
    office.write("memos/council.yaml", memo(deliver=TO_BOTH))
    office.status(EVE)
    with RawServer(SCRIPTS["421-connect"]) as raw:
        port = (office.book / "book.yaml").read_text()
        office.aim(raw.port)
        if by_hand:
            assert office.command("send", "council", "--as-of", "2031-04-20").exit_code == 7
        else:
            assert office.status(DUE) == 7
        office.write("book.yaml", port)
    with open_ledger(office.book / ".briefbook") as ledger:
        for waiting in office.envelopes():
            assert ledger.move(waiting.id, DEFERRED, state, now=DUE)


TO_BOTH = "{to: [Ana@example.org, bo@example.org], attach: txt}"
TO_ANA = "{to: ana@example.org, attach: txt}"


@pytest.mark.parametrize("by_hand", [False, True])
@pytest.mark.parametrize("state", [DEFERRED, PENDING, ATTEMPTING])
def test_who_is_taken_out_gets_nothing_that_waits(
    office: Office, server: GoodServer, state: EnvelopeState, by_hand: bool
) -> None:
    waits_for_two(office, by_hand=by_hand, state=state)
    office.write("memos/council.yaml", memo(deliver=TO_ANA))
    said = office.run(DUE + HOUR, "--quiet").stderr
    assert "cancelled: 2, council to bo@example.org, no longer named\n" in said
    assert sent_to(server) == ["Ana@example.org"]
    assert office.states() == [SENT, CANCELLED]
    assert office.envelopes()[1].reply == "its memo no longer names this recipient"
    office.write("memos/council.yaml", memo(deliver=TO_BOTH))
    assert office.command("outbox", "retry", "2").exit_code == 0
    assert office.status(DUE + 2 * HOUR) == 0
    assert sent_to(server) == ["Ana@example.org", BO]


@pytest.mark.parametrize("how", ["deliver", "the file"])
def test_where_a_memo_goes_to_nobody_any_more_all_that_waits_is_cancelled(
    office: Office, server: GoodServer, how: str
) -> None:
    waits_for_two(office, by_hand=False)
    if how == "deliver":
        office.write("memos/council.yaml", memo(deliver=TO_ANA).replace("deliver:", "#"))
    else:
        taken_out(office, how)
    report = office.report(DUE + HOUR)
    assert (report["cancelled"], report["said"].count("no longer named")) == ([1, 2], 2)
    assert office.states() == [CANCELLED] * 2
    assert server.kept == []


@pytest.mark.parametrize("how", ["unreadable", "the format", "no address", "an error", "the folder"])
def test_what_nobody_can_read_cancels_nothing(office: Office, server: GoodServer, how: str) -> None:
    waits_for_two(office, by_hand=False)
    match how:
        case "no address":
            office.write("memos/council.yaml", memo(deliver="{to: [ana at home], attach: txt}"))
        case "an error":
            no_such = "bottom_line: {text: No., rests_on: [nothing-such]}\n"
            office.write("memos/council.yaml", memo(deliver=TO_ANA, more=no_such))
        case "the folder":  # on a share that is not mounted, say
            (office.book / "memos").rename(office.book / "away")
        case _:
            taken_out(office, how)
    assert "cancelled" not in office.run(DUE + HOUR).output
    assert CANCELLED not in office.states()


@pytest.mark.parametrize(("unknown", "state"), [("hold", UNKNOWN), ("resend", CANCELLED)])
def test_who_is_taken_out_gets_none_again(
    office: Office, server: GoodServer, unknown: str, state: EnvelopeState
) -> None:
    """What was cut off at its dot would go again by the settings alone; else a person is asked as ever."""
    waits_for_two(office, by_hand=False, state=AT_DOT)
    office.aim(server.port, unknown=unknown)
    office.write("memos/council.yaml", memo(deliver=TO_ANA))
    office.status(DUE + HOUR)
    assert office.states()[1] is state
    assert BO not in sent_to(server)


def test_a_test_and_a_notice_need_nobody_to_be_named(office: Office, server: GoodServer) -> None:
    with RawServer(SCRIPTS["421-connect"]) as raw:
        office.aim(raw.port)
        assert office.command("send", "council", "--to", "eva@example.org").exit_code == 7
    office.write("memos/other.yaml", "title: [")  # its owner is told
    office.aim(server.port)
    assert office.command("run-due", "--now", "2080-01-01T00:00:00Z").exit_code == 4
    assert sorted(sent_to(server)) == ["eva@example.org", OWNER]


# ---------------------------------------------------------------------------- what cannot be sent


def test_a_memo_with_an_error_is_told_of_once_and_sent_when_mended(
    office: Office, server: GoodServer
) -> None:
    office.status(EVE)
    office.write("memos/council.yaml", memo(more="bottom_line: {text: No., rests_on: [nothing-such]}\n"))
    failed = office.report(DUE)
    assert (failed["exit"], [one["state"] for one in failed["handled"]]) == (6, ["failed"])
    assert "nothing-such" in failed["handled"][0]["reason"]
    assert office.status(DUE + HOUR / 4) == 6
    assert office.status(DUE + HOUR / 2) == 6
    assert subjects(server) == ["Not sent: council"]
    notice = text_of(parsed(server.kept[0].data))
    assert "memos/council.yaml:" in notice
    assert "nothing-such" in notice
    office.write("memos/council.yaml", memo())
    assert office.status(DUE + HOUR) == 0
    assert office.noted() == [("04-19 19:00", QUEUED)]
    assert sent_to(server) == [OWNER, ANA, BO, CY]


def test_an_error_of_one_memo_spares_the_others(office: Office, server: GoodServer) -> None:
    office.write("memos/other.yaml", memo(deliver=ALWAYS))
    office.status(EVE)
    office.write("memos/council.yaml", memo(more="bottom_line: {text: No., rests_on: [nothing-such]}\n"))
    assert office.status(DUE) == 4
    assert sorted(sent_to(server)) == [ANA, OWNER]


LATER_KNOWN = """\
forums:
  talk: {name: Talk, sides: [norland, sudland]}
meetings:
  talk-1:
    forum: talk
    title: first talk
    statements:
      - {source: note, says: announced, date: 2031-07-01, evidence: in July}
"""


def test_a_blank_memo_is_not_sent(office: Office, server: GoodServer) -> None:
    office.write("facts/talk.yaml", LATER_KNOWN)
    office.write("memos/council.yaml", memo().replace("forum: council", "forum: talk"))
    office.status(EVE)
    report = office.report(DUE)
    assert report["exit"] == 6
    [told] = report["handled"]
    assert (told["state"], told["reason"]) == ("failed", "it is blank: nothing is on file")
    assert told["edition"] == 1
    assert [Path(file).is_file() for file in told["files"]] == [True]
    assert told["files"][0].endswith("/2031-04-20/council.txt")
    assert office.status(DUE + HOUR) == 6
    assert subjects(server) == ["Not sent: council"]
    assert sent_to(server) == [OWNER]


@pytest.mark.parametrize(("span", "status"), [("17d", 6), ("18d", 0)])
def test_a_stale_memo_is_not_sent(office: Office, server: GoodServer, span: str, status: int) -> None:
    """Its newest source is of 2 April, it is due on the 20th."""
    office.write("memos/council.yaml", memo(deliver=f"{{to: ana@example.org, stale_after: {span}}}"))
    office.status(EVE)
    report = office.report(DUE)
    assert report["exit"] == status
    assert sent_to(server) == ([OWNER] if status else [ANA])
    if status:
        assert report["handled"][0]["reason"] == "it is stale: its newest source is of 2031-04-02"


def test_a_memo_whose_file_is_broken(office: Office, server: GoodServer) -> None:
    office.write("memos/other.yaml", memo(deliver=ALWAYS))
    office.status(EVE)
    office.write("memos/council.yaml", "title: [")
    for hours in (0, 1, 2):
        report = office.report(DUE + hours * HOUR)
        assert report["exit"] == (4 if hours == 0 else 6)
        assert "failed: council (its file cannot be read" in report["said"]
    assert sorted(sent_to(server)) == [ANA, OWNER]
    office.write("memos/council.yaml", memo())
    assert office.status(DUE + 3 * HOUR) == 0  # what fell due meanwhile
    assert sorted(sent_to(server)) == [ANA, ANA, BO, CY, OWNER]


def test_settings_of_mail_that_are_broken(office: Office, server: GoodServer) -> None:
    office.status(EVE)
    office.write("book.yaml", mail(server.port).replace("host: localhost", "host: smtp://localhost/"))
    report = office.report(DUE)
    assert report["exit"] == 6
    assert "'host' is not the name or the address of a server" in report["handled"][0]["reason"]
    assert (office.book / "out" / "2031-04-20" / "council.txt").is_file()  # it is made all the same
    office.aim(server.port)
    assert office.status(DUE + HOUR) == 0
    assert sent_to(server) == [ANA, BO, CY]


def test_a_password_in_the_book_is_never_used(office: Office, server: GoodServer) -> None:
    office.status(EVE)
    (office.book / "secret").write_text(PASSWORD)
    (office.book / "secret").chmod(0o600)
    office.aim(server.port, password_file=str(office.book / "secret"))
    told = office.command("check")
    assert told.exit_code == 1
    assert "error: the file of the password lies in the book" in told.stderr
    report = office.report(DUE)
    assert report["exit"] == 6
    assert any("the file of the password lies in the book" in warning for warning in report["warnings"])
    assert server.kept == []
    (office.book / "secret").rename(office.book.parent / "secret")
    office.aim(server.port, password_file="../secret")
    assert office.command("check").exit_code == 0
    assert office.status(DUE + HOUR) == 0
    assert sent_to(server) == [ANA, BO, CY]


def test_a_book_without_mail(office: Office, server: GoodServer) -> None:
    office.status(EVE)
    office.write("book.yaml", "format: 1\ntitle: Forums\n")
    report = office.report(DUE)
    assert report["exit"] == 6
    assert "book.yaml does not say through which server" in report["handled"][0]["reason"]
    office.aim(server.port)
    assert office.status(DUE + HOUR) == 0
    assert sent_to(server) == [ANA, BO, CY]


def test_letters_that_wait_while_there_is_no_way_to_send_them(office: Office, server: GoodServer) -> None:
    office.status(EVE)
    with RawServer(SCRIPTS["421-connect"]) as raw:
        office.aim(raw.port)
        assert office.status(DUE) == 7
    office.write("book.yaml", "format: 1\ntitle: Forums\n")
    report = office.report(DUE + HOUR)
    assert report["exit"] == 6
    assert "letters wait" in report["warnings"][0]
    office.aim(server.port)
    assert office.status(DUE + HOUR) == 0
    assert sorted(sent_to(server)) == [ANA, BO, CY]


# ----------------------------------------------------------------------------------------- notices


def test_a_notice_that_fails_makes_no_notice(office: Office, server: GoodServer) -> None:
    office.status(EVE)
    with RawServer(SCRIPTS["550-mail"]) as raw:
        office.aim(raw.port)
        statuses = [office.status(DUE + hours * HOUR) for hours in range(4)]
    assert statuses == [6, 3, 3, 3]
    assert office.states() == [FAILED] * 3
    assert [it.state for it in office.notices()] == [FAILED] * 3
    office.aim(server.port)
    assert office.status(DUE + 5 * HOUR) == 3
    assert server.kept == []


def test_a_notice_that_is_put_off_is_in_the_report(office: Office) -> None:
    office.write("memos/council.yaml", memo(deliver=ALWAYS))
    office.status(EVE)
    with RawServer(Script(replies={"RCPT": ("550 no such user", "450 later")})) as raw:
        office.aim(raw.port)
        report = office.report(DUE)
        [letter], [notice] = office.envelopes(), office.notices()
        assert (letter.state, notice.state) == (FAILED, DEFERRED)
        assert report["letters"]["failed"] == [letter.id]
        assert report["letters"]["deferred"] == [notice.id]
        assert report["exit"] == 6  # that the owner will hear of it is no success


def test_an_owner_of_a_memo_goes_before_that_of_the_book(office: Office, server: GoodServer) -> None:
    deliver = "{to: nobody@example.org, owner: Eva Moe <eva@example.org>, attach: []}"
    office.write("memos/council.yaml", memo(deliver=deliver))
    office.status(EVE)
    with RawServer(Script(replies={"RCPT": ("550 no such user", "250 ok")})) as raw:
        office.aim(raw.port)
        assert office.status(DUE) == 6
    assert [it.recipients for it in raw.kept] == [("eva@example.org",)]
    [letter] = office.envelopes()
    assert f"briefbook outbox retry {letter.id}" in text_of(parsed(raw.kept[0].data))
    assert "550 no such user" in text_of(parsed(raw.kept[0].data))


@pytest.mark.parametrize(
    ("posted", "more", "status"),
    [
        (Posted(), {}, Status.NOTHING_DUE),
        (Posted(sent=(1,)), {}, Status.DONE),
        (Posted(sent=(1,)), {"notices": 1}, Status.DONE),
        (Posted(sent=(1,)), {"notices": 1, "bad": 1}, Status.ALL_FAILED),
        (Posted(sent=(1, 2)), {"notices": 1, "bad": 1}, Status.SOME_FAILED),
        (Posted(failed=(1,)), {"good": 1}, Status.SOME_FAILED),
        (Posted(failed=(1,), deferred=(2,)), {}, Status.SOME_FAILED),
        (Posted(deferred=(2,), sent=(1,)), {}, Status.PUT_OFF),
        (Posted(failed=(1,), deferred=(2,)), {"waiting_notices": 1}, Status.ALL_FAILED),
        (Posted(deferred=(2,)), {"waiting_notices": 1}, Status.PUT_OFF),
        (Posted(left=(2,)), {}, Status.PUT_OFF),
        (Posted(left=(2,), refused=True), {}, Status.ALL_FAILED),
        (Posted(left=(2,), sent=(1,), refused=True), {}, Status.SOME_FAILED),
        (Posted(failed=(1,)), {"is_held": True}, Status.AMBIGUOUS),
        (Posted(), {"good": 1}, Status.DONE),
    ],
)
def test_statuses(posted: Posted, more: dict[str, Any], status: Status) -> None:
    assert status_of(posted, **more) is status


def test_a_run_deletes_what_was_left_half_written_but_not_what_a_build_is_writing(office: Office) -> None:
    half = office.book / ".briefbook/objects/ab/.cdef.x1y2.tmp"
    office.status(EVE)
    half.parent.mkdir(parents=True, exist_ok=True)
    half.write_bytes(b"half")
    with open_record(office.book, EVE) as record, record.building():
        office.status(EVE)
        assert half.exists()
    office.status(EVE)
    assert not half.exists()
