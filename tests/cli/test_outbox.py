"""`briefbook outbox`: what it shows, and what a person decides by it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from briefbook.issued import Envelope, EnvelopeKind, EnvelopeState
from briefbook.ledger import Ledger, open_ledger
from briefbook.record import FOLDER
from briefbook.store import Store
from tests.books import make_book, run

NOON = datetime(2031, 4, 20, 12, tzinfo=UTC)
TEXT = "The council meets in May.\n"


def letter() -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = "desk@example.org"
    message["To"] = "Señora Ana Holm <ana@example.org>"
    message["Subject"] = "Consejo de pesca: próxima reunión"
    message.set_content(TEXT + "\x1b]0;owned\x07")
    message.add_alternative("<p>The council meets in May.</p>", subtype="html")
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="reunión.pdf")
    return bytes(message)


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book, and the current folder."""
    monkeypatch.chdir(make_book(tmp_path))
    return tmp_path


@pytest.fixture
def ledger(book: Path) -> Iterator[Ledger]:
    """The book's ledger with an envelope in each of four states."""
    digest = Store(book / FOLDER).put(letter())
    plain = Envelope(
        id=0,
        memo="council",
        edition=3,
        occasion="council",
        recipient="ana@example.org",
        message_id="<1@example.org>",
        message=digest,
        size=len(letter()),
        queued=NOON,
    )
    with open_ledger(book / FOLDER) as opened:
        opened.queue(
            [
                replace(plain, state=EnvelopeState.SENT, reply="250 taken", attempts=1),
                replace(
                    plain,
                    recipient="bo@example.org",
                    state=EnvelopeState.DEFERRED,
                    next_try=NOON,
                    reply="450 later",
                    attempts=1,
                ),
                replace(plain, recipient="eva@example.org", state=EnvelopeState.UNKNOWN, reply="gone"),
                replace(plain, recipient="own@example.org", kind=EnvelopeKind.NOTICE, edition=None),
            ]
        )
        yield opened


def state_of(ledger: Ledger, id_: int) -> EnvelopeState:
    found = ledger.envelope(id_)
    assert found is not None
    return found.state


# ----------------------------------------------------------------------------------------------- list


def test_list_is_a_table(ledger: Ledger) -> None:
    result = run("outbox", "list")
    assert result.exit_code == 0
    assert result.stdout == (
        "ID  STATE     MEMO              EDITION  RECIPIENT        NEXT TRY              THE SERVER'S WORDS\n"
        "1   sent      council           3        ana@example.org                        250 taken\n"
        "2   deferred  council           3        bo@example.org   2031-04-20 12:00 UTC  450 later\n"
        "3   unknown   council           3        eva@example.org                        gone\n"
        "4   pending   council (notice)           own@example.org\n"
    )


def test_list_explains_what_is_unknown(ledger: Ledger) -> None:
    told = run("outbox", "list").stderr
    assert told.startswith("3: unknown; the connection broke after the whole message had been sent")
    for words in ("resolve 3 --sent", "resolve 3 --resend", "cancel 3"):
        assert f"briefbook outbox {words}\n" in told
    assert run("outbox", "list", "--state", "sent").stderr == ""


def test_what_to_type_names_a_number_where_several_are_unknown(ledger: Ledger) -> None:
    ledger.move(2, EnvelopeState.DEFERRED, EnvelopeState.UNKNOWN, now=NOON)
    told = run("outbox", "list").stderr
    assert told.startswith("2, 3: unknown; ")
    assert "For 2, and the others alike:\n" in told
    assert "briefbook outbox resolve 2 --sent\n" in told


@pytest.mark.parametrize(
    ("states", "ids"), [(["sent"], [1]), (["sent", "unknown"], [1, 3]), (["failed"], [])]
)
def test_list_of_some_states_as_json(ledger: Ledger, states: list[str], ids: list[int]) -> None:
    options = [word for state in states for word in ("--state", state)]
    assert [row["id"] for row in json.loads(run("outbox", "list", "--json", *options).stdout)] == ids


def test_json_tells_all(ledger: Ledger) -> None:
    assert json.loads(run("outbox", "list", "--json", "--state", "deferred").stdout) == [
        {
            "id": 2,
            "state": "deferred",
            "kind": "memo",
            "memo": "council",
            "edition": 3,
            "recipient": "bo@example.org",
            "message_id": "<1@example.org>",
            "size": len(letter()),
            "queued": "2031-04-20T12:00:00+00:00",
            "attempts": 1,
            "next_try": "2031-04-20T12:00:00+00:00",
            "reply": "450 later",
            "changed": None,
        }
    ]


def test_a_book_that_never_sent_anything(book: Path) -> None:
    assert run("outbox", "list").stderr == "nothing is in the outbox\n"
    assert run("outbox", "list", "--state", "sent").stderr == "nothing is in the outbox that is sent\n"
    assert json.loads(run("outbox", "list", "--json").stdout) == []
    result = run("outbox", "cancel", "1")
    assert (result.exit_code, result.stderr) == (
        1,
        "error: there is no envelope 1 (see: briefbook outbox list)\n",
    )
    assert not (book / FOLDER).exists()


def test_a_book_that_cannot_be_read_has_an_outbox_all_the_same(ledger: Ledger, book: Path) -> None:
    (book / "book.yaml").write_text("format: [")
    assert run("outbox", "list").exit_code == 0


# ----------------------------------------------------------------------------------------------- show


def test_show_is_readable_and_harmless(ledger: Ledger) -> None:
    result = run("outbox", "show", "2")
    assert result.exit_code == 0
    assert "state: deferred\n" in result.stderr
    assert "Subject: Consejo de pesca: próxima reunión\n" in result.stdout
    assert "To: Señora Ana Holm <ana@example.org>\n" in result.stdout
    assert f"\n\n{TEXT}" in result.stdout
    assert "Attached: reunión.pdf (application/pdf, 5 bytes)\n" in result.stdout
    assert all(letter.isprintable() or letter == "\n" for letter in result.stdout)


def test_no_value_of_a_record_makes_a_line_of_its_own(ledger: Ledger, book: Path) -> None:
    with closing(sqlite3.connect(book / FOLDER / "ledger.db")) as database, database:
        database.execute("UPDATE envelopes SET reply = ?", ("450\nerror: \u2066all is lost",))
    said = run("outbox", "show", "2").stderr
    assert "reply: 450 error: \ufffdall is lost\n" in said
    assert "\nerror" not in said


def test_show_raw_is_the_exact_bytes(ledger: Ledger) -> None:
    raw = run("outbox", "show", "2", "--raw").stdout_bytes
    stored = ledger.envelope(2)
    assert stored is not None
    assert raw == Store(Path(FOLDER)).get(stored.message)


def test_show_tells_of_a_message_that_is_no_longer_kept(ledger: Ledger) -> None:
    sent = ledger.envelope(1)
    assert sent is not None
    Store(Path(FOLDER)).remove(sent.message)
    result = run("outbox", "show", "1")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "message id: <1@example.org>\n" in result.stderr
    assert result.stderr.splitlines()[-1] == (
        "error: the message of 1 is no longer kept (make and send the memo again: briefbook send)"
    )
    assert run("outbox", "show", "1", "--raw").stderr == result.stderr.splitlines(keepends=True)[-1]


def test_no_retry_is_advised_that_would_be_refused(ledger: Ledger) -> None:
    waiting = ledger.envelope(2)
    assert waiting is not None
    kept = run("outbox", "cancel", "3").stderr
    assert kept == "3 to eva@example.org is cancelled: to send it after all: briefbook outbox retry 3\n"
    Store(Path(FOLDER)).remove(waiting.message)
    lost = run("outbox", "cancel", "2").stderr
    assert lost == "2 to bo@example.org is cancelled: its message is no longer kept\n"
    again = run("outbox", "cancel", "2").stderr
    assert again == (
        "error: 2 is cancelled: only what is deferred, pending or unknown can be cancelled"
        " (a person has stopped it, a later letter took its place, or its memo no longer names the "
        "recipient)\n"
    )


# ----------------------------------------------------------------------------------- what a person does


@pytest.mark.parametrize(
    ("arguments", "state", "said"),
    [
        (["retry", "2"], "pending", "2 to bo@example.org is pending: it goes with the next run\n"),
        (["cancel", "2"], "cancelled", "2 to bo@example.org is cancelled: to send it after all: "),
        (["cancel", "3"], "cancelled", "3 to eva@example.org is cancelled: "),
        (["resolve", "3", "--sent"], "sent", "3 to eva@example.org is sent: noted, on your word\n"),
        (["resolve", "3", "--resend"], "pending", "3 to eva@example.org is pending: "),
    ],
)  # fmt: skip
def test_a_decision(ledger: Ledger, arguments: list[str], state: str, said: str) -> None:
    result = run("outbox", *arguments)
    assert result.exit_code == 0
    assert result.stderr.startswith(said)
    assert state_of(ledger, int(arguments[1])) == state


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["retry", "1"], 1, "error: 1 is sent: only what is cancelled, deferred or failed can be retried "),
        (
            ["cancel", "1"],
            1,
            "error: 1 is sent: only what is deferred, pending or unknown can be cancelled ",
        ),
        (["resolve", "2", "--sent"], 1, "error: 2 is deferred: only what is unknown can be resolved "),
        (["show", "99"], 1, "error: there is no envelope 99 (see: briefbook outbox list)\n"),
        (["resolve", "3"], 2, "Usage: "),
        (["retry", "x"], 2, "Usage: "),
    ],
)
def test_what_does_not_fit_is_told(ledger: Ledger, arguments: list[str], status: int, said: str) -> None:
    before = ledger.envelopes()
    result = run("outbox", *arguments)
    assert result.exit_code == status
    assert result.stderr.startswith(said)
    assert ledger.envelopes() == before
