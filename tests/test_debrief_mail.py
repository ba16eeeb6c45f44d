"""The schedule that asks: an owner gets the form the day after, once, whatever breaks off."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from briefbook.ledger.database import Database
from briefbook.mail.credentials import VARIABLE
from briefbook.readers.read_returned import read_returned
from briefbook.store import Store
from tests.mail.servers import PASSWORD, GoodServer
from tests.office import DAY, HOUR, OWNER, Office, office_at, parsed, text_of

SCHEDULE = '{cron: "0 7 1 1 *", zone: UTC, debrief: true}'
HARBOURS = f"title: Harbour Talks\nforum: harbours\nformats: [txt]\nschedule: {SCHEDULE}\n"
MEETING = datetime(2031, 6, 3, 9, tzinfo=UTC)  # the day of the first round
AFTER = datetime(2031, 6, 4, 0, 1, tzinfo=UTC)
ONE = {"memos/council.yaml": None, "memos/harbours.yaml": HARBOURS}


@pytest.fixture
def server() -> Iterator[GoodServer]:
    with GoodServer() as running:
        yield running


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, PASSWORD)


def test_the_owner_is_asked_the_day_after_and_once(tmp_path: Path, server: GoodServer) -> None:
    twin = HARBOURS.replace("Harbour Talks", "Talks")
    office = office_at(tmp_path / "book", server.port, {**ONE, "memos/talks.yaml": twin})
    assert office.status(MEETING) == 3  # nothing is due, and nobody is asked on the day itself
    assert server.kept == []
    assert office.status(AFTER) == 0
    assert office.status(AFTER + HOUR) == 3
    assert office.status(AFTER + DAY) == 3
    [letter] = server.kept  # two memos cover the meeting
    assert letter.recipients == (OWNER,)
    message = parsed(letter.data)
    assert message["Subject"] == "Debrief: first round of talks"
    assert "Held?   [held, cancelled or postponed]" in text_of(message)
    [form] = message.iter_attachments()
    assert form.get_filename() == "debrief-talks-1.docx"
    returned = read_returned(form.get_content(), "form")
    assert returned.edition.startswith("debrief:talks-1 2031-06-04 ")
    assert returned.control("slot:debrief:meeting.held") is not None


def test_an_owner_of_the_memo_is_asked_in_its_language(tmp_path: Path, server: GoodServer) -> None:
    own = HARBOURS.replace("title: Harbour Talks", "title: {es: Puertos}\nlanguages: [es]")
    own += "deliver: {to: ana@example.org, owner: bo@example.org}\n"
    office = office_at(tmp_path / "book", server.port, {**ONE, "memos/harbours.yaml": own})
    assert office.status(MEETING) == 3
    assert office.status(AFTER) == 0
    [letter] = server.kept
    assert letter.recipients == ("bo@example.org",)
    message = parsed(letter.data)
    assert "¿Se celebró?" in text_of(message)
    [form] = message.iter_attachments()
    assert form.get_filename() == "debrief-talks-1.es.docx"


@pytest.mark.parametrize(
    ("changes", "now"),
    [
        ({"memos/harbours.yaml": HARBOURS.replace(", debrief: true", "")}, AFTER),  # nobody asked for it
        ({}, AFTER + 30 * DAY),  # turned on long after
        ({"memos/harbours.yaml": HARBOURS + "forum: council\n"}, AFTER),  # the memo cannot be read
    ],
)
def test_nobody_is_asked(tmp_path: Path, server: GoodServer, changes: dict[str, str], now: datetime) -> None:
    office = office_at(tmp_path / "book", server.port, {**ONE, **changes})
    office.run(now)
    assert [parsed(it.data)["Subject"] for it in server.kept if "Debrief" in parsed(it.data)["Subject"]] == []


def test_a_record_that_cannot_be_read_is_not_asked_about(tmp_path: Path, server: GoodServer) -> None:
    """What says that it was held may be just that record."""
    broken = "meetings:\n  talks-2:\n    forum: harbours\n    statements: [{source: letter, day: x}]\n"
    office = office_at(tmp_path / "book", server.port, {**ONE, "facts/more.yaml": broken})
    office.run(AFTER)
    assert server.kept == []
    (office.book / "facts" / "more.yaml").unlink()
    assert office.status(AFTER + HOUR) == 0
    assert len(server.kept) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a child that dies needs fork")
def test_a_run_that_dies_over_the_form_asks_once_all_the_same(tmp_path: Path) -> None:
    """Killed before each commit of the ledger; the server is one that nobody reaches, so all stays queued."""
    number, was_killed = 0, True
    while was_killed:
        number += 1
        office = office_at(tmp_path / str(number), 9, ONE)
        was_killed = _dies_at(office, number)
        office.run(AFTER)
        [form] = [it for it in office.notices() if it.occasion == "debrief:talks-1"]
        assert form.recipient == OWNER
        assert office.run(AFTER + HOUR).exit_code != 1
        assert len([it for it in office.notices() if it.occasion == "debrief:talks-1"]) == 1
    assert number > 3


def _dies_at(office: Office, number: int) -> bool:
    """Run in a child that dies before it puts its Nth object, or ledger's write, on the disk."""
    child = os.fork()
    if child == 0:
        steps = 0

        def counted(call: Callable[..., Any]) -> Callable[..., Any]:
            def counting(*arguments: Any, **named: Any) -> Any:
                nonlocal steps
                steps += 1
                if steps == number:
                    os._exit(9)
                return call(*arguments, **named)

            return counting

        setattr(Store, "put", counted(Store.put))  # noqa: B010 – not an assignment that mypy may forbid
        setattr(Database, "writing", counted(Database.writing))  # noqa: B010
        try:
            office.run(AFTER)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 9
