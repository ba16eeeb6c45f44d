"""From an edition to letters: who gets one, what is attached, what is left out where it is too large."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from briefbook.deliver import everyone, issued_formats
from briefbook.delivery import Delivery
from briefbook.issued import EnvelopeState, OccurrenceState
from briefbook.ledger import Ledger, open_ledger
from briefbook.mail.credentials import VARIABLE
from briefbook.store import Store
from tests.council import memo_of
from tests.desk import ATTEMPTING, CANCELLED, DEFERRED, DOT, FAILED, PENDING, SENT, UNKNOWN, KilledError
from tests.mail.servers import PASSWORD, SCRIPTS, GoodServer, RawServer
from tests.office import ANA, BO, CY, DAY, DUE, EVE, HOUR, OWNER, Office, memo, office_at, parsed, text_of
from tests.relay import Relay, Way

ALL = "[pdf, docx, html, md, txt, json, ics]"
# A forum with a meeting to come, so that there is a calendar.
TALKS = memo(deliver=f"{{to: ana@example.org, attach: {ALL}}}").replace("forum: council", "forum: harbours")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv(VARIABLE, PASSWORD)
    return office_at(tmp_path / "book")


def attached(message: EmailMessage) -> dict[str, bytes]:
    found = {}
    for part in message.iter_attachments():
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        found[str(part.get_filename())] = data
    return found


def types(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.iter_attachments()]


def test_each_is_written_to_once() -> None:
    delivery = Delivery(
        to=("Ana Holm <ana@example.org>", "bo@example.org"),
        cc=("ana@EXAMPLE.org", "ANA@example.org"),
        bcc=("cy@example.org", "Bo <Bo@example.org>"),
    )
    assert [one.spec for one in everyone(delivery)] == [ANA, BO, CY]


def test_who_is_spelled_in_two_ways_is_one_person(office: Office) -> None:
    """In one memo, and from one edition to the next."""
    office.write(
        "memos/council.yaml", memo(deliver="{to: Ana@example.org, cc: ANA@example.org, attach: txt}")
    )
    with GoodServer() as server:
        office.aim(server.port)
        office.status(EVE)
        assert office.status(DUE) == 0
        office.write("memos/council.yaml", memo(deliver=TO_ANA))
        assert office.status(DUE + DAY) == 0
    assert [it.recipients for it in server.kept] == [("Ana@example.org",)]
    assert office.noted()[-1][1] is OccurrenceState.UNCHANGED


def test_letters_of_two_books_differ_in_their_message_id(office: Office, tmp_path: Path) -> None:
    """One id of a memo, one schedule, one sender, one recipient, one number of the edition, other facts."""
    other = office_at(tmp_path / "other", changes={"memos/council.yaml": memo(more=WRONG)})
    with GoodServer() as server:
        for book in (office, other):
            book.aim(server.port)
            book.status(EVE)
            assert book.status(DUE) == 0
    ids = [(it.recipients[0], parsed(it.data)["Message-ID"]) for it in server.kept]
    assert [who for who, _ in ids] == [ANA, BO, CY] * 2
    assert len(set(ids)) == 6
    assert {it.edition for book in (office, other) for it in book.envelopes()} == {1}


def test_what_is_attached_is_made_too() -> None:
    council = memo_of(
        "forum: council\nformats: [docx, md]\ndeliver: {to: a@example.org, attach: [pdf, md, ics]}"
    )
    assert issued_formats(council) == ("docx", "md", "pdf")
    assert issued_formats(memo_of("forum: council\nformats: [docx]")) == ("docx",)


def test_blind_copies_are_named_to_the_server_alone(office: Office) -> None:
    to = "to: Ana Holm <ana@example.org>, cc: Bo <bo@example.org>, bcc: cy@example.org"
    deliver = f"{{{to}, reply_to: re@example.org, attach: txt}}"
    office.write("memos/council.yaml", memo(deliver=deliver))
    with GoodServer() as server:
        office.aim(server.port)
        office.status(EVE)
        assert office.status(DUE) == 0
    assert [it.recipients for it in server.kept] == [(ANA,), (BO,), (CY,)]
    for it in server.kept:
        assert b"cy@example.org" not in it.data.lower()
        message = parsed(it.data)
        assert message["Bcc"] is None
        assert (message["To"], message["Cc"]) == ("Ana Holm <ana@example.org>", "Bo <bo@example.org>")
        assert message["Reply-To"] == "re@example.org"
        assert message["Auto-Submitted"] == "auto-generated"
    assert len({parsed(it.data)["Message-ID"] for it in server.kept}) == 3
    assert len({it.data.partition(b"\r\n\r\n")[2] for it in server.kept}) == 1


JORG = "jörg@example.org"


@pytest.mark.parametrize(
    "deliver",
    [
        f"{{to: [ana@example.org, {JORG}], attach: txt}}",
        f"{{to: ana@example.org, cc: Jörg <{JORG}>, attach: txt}}",
        f"{{to: {JORG}, bcc: ana@example.org, attach: txt}}",
        f"{{to: ana@example.org, bcc: {JORG}, reply_to: {JORG}, attach: txt}}",
    ],
)
def test_an_address_that_the_server_does_not_take_is_refused_alone(office: Office, deliver: str) -> None:
    office.write("memos/council.yaml", memo(deliver=deliver))
    with GoodServer(smtputf8=False) as server:
        office.aim(server.port)
        office.status(EVE)
        assert office.status(DUE) == 4
    [ana, owner] = server.kept
    assert (ana.recipients, owner.recipients) == ((ANA,), (OWNER,))
    assert ana.data.isascii()
    assert b"=?utf-8" not in ana.data.partition(b"\r\n\r\n")[0].lower()
    states = {it.recipient: (it.state, it.reply) for it in office.envelopes()}
    assert states[ANA][0] is SENT
    words = f"{JORG}: the server does not know SMTPUTF8: the part before the @ can't have such letters"
    assert states[JORG] == (FAILED, words)
    assert "does not know SMTPUTF8" in text_of(parsed(owner.data))


def test_where_the_server_takes_them_only_their_own_letter_names_addresses_beyond_ascii(
    office: Office,
) -> None:
    deliver = f"{{to: [Ana <ana@example.org>, {JORG}], cc: bo@example.org, attach: txt}}"
    office.write("memos/council.yaml", memo(deliver=deliver))
    with GoodServer() as server:
        office.aim(server.port)
        assert office.command("send", "council", "--as-of", "2031-04-20").exit_code == 0
    heads = {it.recipients[0]: it.data.partition(b"\r\n\r\n")[0].decode() for it in server.kept}
    assert set(heads) == {ANA, JORG, BO}
    for recipient, head in heads.items():
        assert ("To: Ana <ana@example.org>" in head, "Cc: bo@example.org" in head) == (True, True)
        assert (JORG in head) is (recipient == JORG)


def test_every_format_arrives_as_it_stands_on_disk(office: Office) -> None:
    (office.book / "memos" / "council.yaml").unlink()
    office.write("memos/talks.yaml", TALKS)
    with GoodServer() as server:
        office.aim(server.port)
        office.status(EVE)
        assert office.status(DUE) == 0
    message = parsed(server.kept[0].data)
    folder = office.book / "out" / "2031-04-20"
    files = attached(message)
    calendar = files.pop("talks.ics")
    assert files == {path.name: path.read_bytes() for path in folder.iterdir()}
    assert len(files) == 6
    assert types(message) == [
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "text/html",
        "text/markdown",
        "text/plain",
        "application/json",
        "text/calendar",
    ]
    charsets = [part.get_content_charset() for part in message.iter_attachments()]
    assert charsets == [None, None, "utf-8", "utf-8", "utf-8", None, "utf-8"]
    [event] = Calendar.from_ical(calendar).walk("VEVENT")
    assert str(event["SUMMARY"]) == "Harbour Talks: First round of talks"
    assert event.decoded("DTSTART").isoformat() == "2031-06-03"
    body = text_of(message)
    assert "20 April 2031" in body
    assert "edition 1" in body
    assert "Auckland" in body


def test_without_meetings_ahead_there_is_no_calendar(office: Office) -> None:
    office.write(
        "memos/council.yaml", memo(deliver="{to: ana@example.org, attach: [txt, ics], when: always}")
    )
    with GoodServer() as server:
        office.aim(server.port)
        office.status(EVE)
        assert office.status(DUE + 40 * DAY) == 0  # the council has met by then
    assert list(attached(parsed(server.kept[0].data))) == ["council.txt"]


def calendar_of(data: bytes) -> list[Any]:
    [part] = [it for it in parsed(data).iter_attachments() if it.get_content_type() == "text/calendar"]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return list(Calendar.from_ical(content).walk("VEVENT"))


def test_a_revision_of_a_meeting_is_counted_once_for_all_memos_and_previews(office: Office) -> None:
    talks = TALKS.replace(ALL, "[ics]")
    office.write("memos/council.yaml", talks)
    office.write("memos/gespraeche.yaml", f"{talks}language: de\n")
    facts = (office.book / "facts" / "harbours.yaml").read_text(encoding="utf-8")
    dated, moved = "date: 2031-06-03\n        ", "date: 2031-06-04\n        "
    assert dated in facts
    placed = facts.replace(dated, f"{dated}place: {{en: Vienna, de: Wien}}\n        ")
    office.write("facts/harbours.yaml", placed)
    day = ("--as-of", "2031-04-20")
    with GoodServer() as server:
        office.aim(server.port)
        for memo_id in ("council", "gespraeche") * 2:
            assert office.command("send", memo_id, *day, "--again").exit_code == 0
        office.write("facts/harbours.yaml", placed.replace(dated, moved))
        assert office.command("preview-mail", "council", *day).exit_code == 0
        office.write("facts/harbours.yaml", placed)
        for memo_id in ("council", "gespraeche"):
            assert office.command("send", memo_id, *day, "--again").exit_code == 0
        office.write("facts/harbours.yaml", placed.replace(dated, moved))
        for memo_id in ("council", "gespraeche"):
            assert office.command("send", memo_id, *day, "--again").exit_code == 0
    [previewed] = calendar_of((office.book / "out" / "2031-04-20" / "council.eml").read_bytes())
    assert previewed["SEQUENCE"] == 1
    sent = [event for it in server.kept for event in calendar_of(it.data)]
    assert [event["LOCATION"] for event in sent] == ["Vienna", "Wien"] * 4
    assert [event["SEQUENCE"] for event in sent] == [0] * 6 + [1, 1]


def test_what_another_briefbook_kept_bars_no_mail(office: Office) -> None:
    """The edition that went last was made by one whose facts had fields that this one does not know."""
    office.write("memos/council.yaml", TALKS)
    with GoodServer() as server:
        office.aim(server.port)
        send = ("send", "council", "--as-of", "2031-04-20", "--again")
        assert office.command(*send).exit_code == 0
        strange = Store(office.book / ".briefbook").put(b'{"selection":{"moon":"full"}}')
        with closing(sqlite3.connect(office.book / ".briefbook" / "ledger.db")) as connection, connection:
            connection.execute("UPDATE editions SET inputs = ?, digest = ?", (strange, "0" * 64))
        assert office.command(*send).exit_code == 0
    assert [len(calendar_of(it.data)) for it in server.kept] == [1, 1]


@pytest.mark.parametrize("script", ["mixed", "dot-kept"])
def test_a_meeting_is_cancelled_for_whoever_was_told_of_it(office: Office, script: str) -> None:
    """The letter that cancels it does not reach Bo, or nobody knows: the next one cancels it for him."""
    deliver = "{to: [ana@example.org, bo@example.org], attach: [txt, ics]}"
    office.write("memos/council.yaml", memo(deliver=deliver).replace("forum: council", "forum: harbours"))
    if script == "dot-kept":  # the first recipient is the one
        office.write(
            "memos/council.yaml",
            (office.book / "memos" / "council.yaml")
            .read_text()
            .replace("ana@example.org, bo@example.org", "bo@example.org, ana@example.org"),
        )
    send = ("send", "council", "--as-of", "2031-04-20")
    facts = office.book / "facts" / "harbours.yaml"
    with GoodServer() as server, RawServer(SCRIPTS[script]) as other:
        office.aim(server.port)
        assert office.command(*send).exit_code == 0
        facts.write_text(facts.read_text().replace("        date: 2031-06-03\n", ""))
        office.aim(other.port)
        assert office.command(*send).exit_code == (4 if script == "mixed" else 5)
        office.aim(server.port)
        for _ in range(2):
            assert office.command(*send, "--again").exit_code == 0
    told: dict[str, list[list[str]]] = {ANA: [], BO: []}
    for it in (*server.kept[:2], *other.kept, *server.kept[2:]):
        parts = types(parsed(it.data))
        events = calendar_of(it.data) if "text/calendar" in parts else []
        told[it.recipients[0]].append([f"{event['STATUS']} {event['SEQUENCE']}" for event in events])
    assert told[ANA] == [["CONFIRMED 0"], ["CANCELLED 1"], [], []]
    assert told[BO] == (
        [["CONFIRMED 0"], ["CANCELLED 1"], []]
        if script == "mixed"
        else [["CONFIRMED 0"], ["CANCELLED 1"], ["CANCELLED 1"], []]
    )
    documents = [attached(parsed(it.data))["council.txt"] for it in server.kept[2:]]
    assert len(documents) == 4
    assert len(set(documents)) == 1


LIMIT = 50_000  # bytes: no book may set less


@pytest.mark.parametrize(("oversize", "names"), [("pdf", ["council.pdf"]), ("notice", [])])
@pytest.mark.parametrize("who", ["the server", "the book"])
def test_what_is_too_large_is_left_out(office: Office, who: str, oversize: str, names: list[str]) -> None:
    office.write("memos/council.yaml", TALKS)
    assert office.command("preview-mail", "council", "--as-of", "2031-04-20").exit_code == 0
    whole = (office.book / "out" / "2031-04-20" / "council.eml").read_bytes()
    assert len(whole) > LIMIT > len(attached(parsed(whole))["council.pdf"]) * 77 // 57 + 10_000
    with GoodServer(size=LIMIT if who == "the server" else 33_554_432) as server:
        settings = {"largest": f"{LIMIT // 1000}kB"} if who == "the book" else {}
        office.aim(server.port, oversize=oversize, **settings)
        office.status(EVE)
        assert office.status(DUE) == 0
        assert office.status(DUE + HOUR) == 3
    assert office.states() == [SENT]
    [kept] = server.kept
    message = parsed(kept.data)
    assert list(attached(message)) == names
    text = " ".join(text_of(message).split())
    assert "Not attached, being too large for a mail:" in text
    assert "council.docx" in text.partition("Not attached")[2]
    [letter] = office.envelopes()
    assert (letter.size, letter.message_id) == (len(kept.data), message["Message-ID"])


def test_a_server_that_takes_next_to_nothing(office: Office) -> None:
    """Nothing fits: the letter has failed, its owner is told as far as that fits."""
    office.write("memos/council.yaml", TALKS)
    with GoodServer(size=3_000) as server:
        office.aim(server.port)
        office.status(EVE)
        assert office.status(DUE) == 6
    assert office.states() == [FAILED]
    assert [it.recipients for it in server.kept] == [(OWNER,)]
    assert "3,000" in text_of(parsed(server.kept[0].data))


@pytest.mark.parametrize(("size", "names"), [(45_000, ["council.pdf"]), (20_000, [])])
def test_a_server_that_takes_less_than_it_must(office: Office, size: int, names: list[str]) -> None:
    """RFC 5321, 4.5.3.1.7 asks for 64 KiB. What it takes of a letter that is smaller than that, it gets."""
    office.write("memos/council.yaml", TALKS.replace(ALL, "[pdf, docx, ics]"))
    assert office.command("preview-mail", "council", "--as-of", "2031-04-20").exit_code == 0
    assert size < (office.book / "out" / "2031-04-20" / "council.eml").stat().st_size < 64 * 1024
    with GoodServer(size=size) as server:
        office.aim(server.port)
        office.status(EVE)
        assert office.status(DUE) == 0
    [kept] = server.kept
    assert list(attached(parsed(kept.data))) == names
    assert "council.docx" in text_of(parsed(kept.data)).partition("Not attached")[2]


def test_the_books_own_limit_holds_where_every_server_would_take_more(office: Office) -> None:
    """RFC 5321, 4.5.3.1.7: servers take 64 KiB."""
    office.write("memos/council.yaml", TALKS.replace("[pdf, docx,", "[docx,"))
    with GoodServer() as server:
        for settings in ({}, {"largest": f"{LIMIT // 1000}kB"}):
            office.aim(server.port, **settings)
            assert office.command("send", "council", "--as-of", "2031-04-20", "--again").exit_code == 0
    first, second = server.kept
    assert 64 * 1024 > len(first.data) > LIMIT > len(second.data)
    assert attached(parsed(second.data)) == {}


# ---------------------------------------------------------------- a newer letter and what still waits

PLAIN = {"user": "", "ca_file": "", "security": "plain"}
TO_ANA = "{to: ana@example.org, attach: txt}"
WRONG = "bottom_line: {text: A wrong line., rests_on: [survey]}\n"


@pytest.fixture
def relay(office: Office) -> Iterator[Relay]:
    """A server that does as it is told. The schedule of the memo to Ana is followed from the eve on."""
    with Relay() as running:
        office.write("memos/council.yaml", memo(deliver=TO_ANA))
        office.aim(running.port, **PLAIN)
        office.status(EVE)
        yield running


def bodies(relay: Relay) -> list[bool]:
    """Of each letter that came to Ana: whether it brought the wrong line."""
    return [b"A wrong line." in data for recipient, data in relay.accepted if recipient == ANA]


def wrong_one_waits(office: Office, relay: Relay, *ways: Way) -> None:
    """Ana has edition 1; edition 2, with a wrong line, was tried and has not arrived; it is put right."""
    assert office.status(DUE) == 0
    office.write("memos/council.yaml", memo(deliver=TO_ANA, more=WRONG))
    relay.will(ways)
    office.status(DUE + DAY)
    office.write("memos/council.yaml", memo(deliver=TO_ANA))


def test_a_wrong_edition_that_waits_is_withdrawn_when_it_is_put_right(office: Office, relay: Relay) -> None:
    """What Ana has is right then, so there is nothing to send."""
    wrong_one_waits(office, relay, Way.NOT_NOW)
    assert office.states() == [SENT, DEFERRED]
    report = office.report(DUE + 2 * DAY)
    assert (report["exit"], [one["state"] for one in report["handled"]]) == (0, ["unchanged"])
    assert office.states() == [SENT, CANCELLED]
    assert office.envelopes()[-1].reply == "superseded by edition 3"
    assert office.status(DUE + 3 * DAY) == 0
    assert bodies(relay) == [False]


def test_a_letter_that_takes_the_place_of_one_of_the_same_edition_says_so(
    office: Office, relay: Relay
) -> None:
    office.write("memos/council.yaml", memo(deliver=TO_ANA))
    relay.will([Way.NOT_NOW, Way.TAKE])
    for _ in range(2):
        office.command("send", "council", "--again")
    assert [(it.edition, it.state, it.reply) for it in office.envelopes()] == [
        (1, CANCELLED, "superseded by a later letter"),
        (1, SENT, "250 taken"),
    ]


@pytest.mark.parametrize("state", [PENDING, ATTEMPTING])
def test_what_a_run_left_when_it_was_cut_off_is_withdrawn_too(
    office: Office, relay: Relay, state: EnvelopeState
) -> None:
    wrong_one_waits(office, relay, Way.NOT_NOW)
    with open_ledger(office.book / ".briefbook") as ledger:
        wrong = office.envelopes()[-1]
        assert ledger.move(wrong.id, DEFERRED, state, now=DUE + DAY)
    assert office.status(DUE + 2 * DAY) == 0
    assert office.states() == [SENT, CANCELLED]
    assert bodies(relay) == [False]


def test_a_wrong_edition_that_may_have_arrived_is_put_right_by_a_letter(office: Office, relay: Relay) -> None:
    wrong_one_waits(office, relay, Way.KEEP_AND_DROP)
    assert office.states() == [SENT, UNKNOWN]
    assert office.status(DUE + 2 * DAY) == 5
    assert office.states() == [SENT, UNKNOWN, SENT]
    assert bodies(relay) == [False, True, False]


@pytest.mark.parametrize("state", [DEFERRED, DOT])
def test_one_that_would_go_again_may_have_arrived_as_well(
    office: Office, relay: Relay, state: EnvelopeState
) -> None:
    office.aim(relay.port, **PLAIN, unknown="resend")
    wrong_one_waits(office, relay, Way.KEEP_AND_DROP)
    assert office.states() == [SENT, DEFERRED]
    with open_ledger(office.book / ".briefbook") as ledger:
        ledger.move(office.envelopes()[-1].id, DEFERRED, state, now=DUE + DAY)
    assert office.status(DUE + 2 * DAY) == 0
    assert office.states() == [SENT, CANCELLED, SENT]
    assert bodies(relay) == [False, True, False]


def test_what_waits_and_tells_the_same_stays(office: Office, relay: Relay) -> None:
    relay.will([Way.NOT_NOW])
    assert office.status(DUE) == 7
    relay.will([Way.NOT_NOW])
    assert office.status(DUE + DAY) == 7
    assert office.states() == [DEFERRED]
    assert office.noted()[-1][1] is OccurrenceState.UNCHANGED
    assert office.status(DUE + DAY + HOUR) == 0
    assert [it.edition for it in office.envelopes()] == [1]
    assert len(relay.accepted) == 1


def test_a_letter_as_of_an_earlier_day_withdraws_none_of_a_later_one(office: Office, relay: Relay) -> None:
    relay.will([Way.NOT_NOW])
    assert office.status(DUE) == 7
    assert office.command("send", "council", "--as-of", "2031-01-01").exit_code == 0
    assert office.states() == [DEFERRED, SENT]
    assert office.status(DUE + HOUR) == 0
    assert office.states() == [SENT, SENT]
    assert len(relay.accepted) == 2


def test_a_letter_by_hand_takes_the_place_of_what_waits(office: Office, relay: Relay) -> None:
    """The numbers of editions are no order: 2 waits, and 1 is what holds again."""
    assert office.command("build", "council", "--as-of", "2031-04-20").exit_code == 0
    office.write("memos/council.yaml", memo(deliver=TO_ANA, more=WRONG))
    relay.will([Way.NOT_NOW])
    assert office.status(DUE) == 7
    office.write("memos/council.yaml", memo(deliver=TO_ANA))
    assert office.command("send", "council", "--as-of", "2031-04-20").exit_code == 0
    assert [(it.edition, it.state) for it in office.envelopes()] == [(2, CANCELLED), (1, SENT)]
    assert bodies(relay) == [False]


def test_what_waits_and_is_wrong_is_withdrawn_where_the_right_one_has_come(
    office: Office, relay: Relay
) -> None:
    send = ("send", "council", "--as-of", "2031-04-20")
    assert office.command(*send).exit_code == 0
    office.write("memos/council.yaml", memo(deliver=TO_ANA, more=WRONG))
    relay.will([Way.NOT_NOW])
    assert office.command(*send).exit_code == 7
    office.write("memos/council.yaml", memo(deliver=TO_ANA))
    assert office.command(*send).exit_code == 0
    assert [(it.edition, it.state) for it in office.envelopes()] == [(1, SENT), (2, CANCELLED)]
    assert bodies(relay) == [False]


@pytest.mark.parametrize(("unknown", "states"), [("hold", [CANCELLED, SENT]), ("resend", [DEFERRED])])
def test_by_hand_no_second_letter_goes_beside_one_that_may_have_arrived(
    office: Office, relay: Relay, unknown: str, states: list[EnvelopeState]
) -> None:
    """Where the settings say that it goes again, it does so by itself, with the same bytes.

    Where they don't, what waits has reached nobody: the letter by hand takes its place.
    """
    office.aim(relay.port, **PLAIN, unknown=unknown)
    relay.will([Way.KEEP_AND_DROP if unknown == "resend" else Way.NOT_NOW])
    assert office.status(DUE) == 7
    by_hand = office.command("send", "council", "--as-of", "2031-04-20")
    assert by_hand.exit_code == 0
    assert office.states() == states
    said = "ana@example.org: may have edition 1 of council already, by envelope 1 of "
    assert (said in by_hand.stderr) == (unknown == "resend")
    assert office.status(DUE + HOUR) in (0, 3)
    assert len({parsed(data)["Message-ID"] for _, data in relay.accepted}) == 1


def test_a_run_that_dies_while_it_queues_loses_nothing(
    office: Office, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits is withdrawn in the step that queues the new letter, not before it."""
    relay.will([Way.NOT_NOW])
    assert office.status(DUE) == 7

    def die(*_: object, **__: object) -> None:
        raise KilledError

    with monkeypatch.context() as deadly:
        deadly.setattr(Ledger, "queue", die)
        with pytest.raises(KilledError):
            office.command("send", "council", "--as-of", "2031-04-21")
    assert office.states() == [DEFERRED]
    assert office.status(DUE + HOUR) == 0
    assert len(relay.accepted) == 1


# ------------------------------------------------------------------------- what is kept and is damaged


def test_what_is_damaged_of_one_memo_stops_no_other(office: Office, relay: Relay) -> None:
    office.write("memos/other.yaml", memo(deliver="{to: bo@example.org, attach: txt}"))
    office.status(EVE)
    assert office.command("build", "council", "--as-of", "2031-04-20").exit_code == 0
    with open_ledger(office.book / ".briefbook") as ledger:
        [edition] = ledger.editions("council")
    kept = office.book / ".briefbook" / "objects" / edition.inputs[:2] / edition.inputs[2:]
    whole = kept.read_bytes()
    kept.write_bytes(b"")
    report = office.report(DUE)
    assert report["exit"] == 4
    assert [one["state"] for one in report["handled"]] == ["failed", "queued"]
    assert report["handled"][0]["reason"] == "what is kept of it cannot be used: these bytes are damaged"
    assert [recipient for recipient, _ in relay.accepted] == [OWNER, BO]
    kept.write_bytes(whole)
    assert office.status(DUE + HOUR) == 0
    assert [recipient for recipient, _ in relay.accepted] == [OWNER, BO, ANA]


def test_what_is_lost_of_one_memo_stops_none(office: Office, relay: Relay) -> None:
    """It is made again from the facts."""
    office.write("memos/other.yaml", memo(deliver="{to: bo@example.org, attach: txt}"))
    office.status(EVE)
    assert office.command("build", "council", "--as-of", "2031-04-20").exit_code == 0
    with open_ledger(office.book / ".briefbook") as ledger:
        [edition] = ledger.editions("council")
    for digest in (edition.inputs, edition.outputs[0].sha256):
        (office.book / ".briefbook" / "objects" / digest[:2] / digest[2:]).unlink()
    assert office.status(DUE) == 0
    assert sorted(recipient for recipient, _ in relay.accepted) == [ANA, BO]


def test_a_damaged_row_stops_its_memo_and_a_damaged_ledger_the_run(office: Office, relay: Relay) -> None:
    office.write("memos/other.yaml", memo(deliver="{to: bo@example.org, attach: txt}"))
    office.status(EVE)
    assert office.command("build", "council", "--as-of", "2031-04-20").exit_code == 0
    file = office.book / ".briefbook" / "ledger.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE editions SET as_of = 'some day' WHERE memo = 'council'")
    assert office.status(DUE) == 4
    assert [recipient for recipient, _ in relay.accepted] == [OWNER, BO]
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE editions SET tool = CAST(x'ff' AS TEXT)")  # SQLite reads no further
    failed = office.run(DUE + DAY)
    assert failed.exit_code == 1
    assert "the ledger is damaged (" in failed.stderr
    assert OccurrenceState.DUE in [state for _, state in office.noted()]
