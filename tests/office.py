"""A book with a memo that is due every morning in Auckland and goes to three people by a real mail server.

Its schedule says 7:00 there, which is the evening before in UTC: what confuses the two days is found out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from click.testing import Result

from briefbook.issued import Envelope, EnvelopeKind, EnvelopeState, Occurrence, OccurrenceState
from briefbook.ledger import read_ledger
from briefbook.mail.credentials import VARIABLE
from tests.books import make_book, run
from tests.mail.servers import PASSWORD, USER, write_ca

EVE = datetime(2031, 4, 19, 12, tzinfo=UTC)  # the schedule is followed from here
DUE = datetime(2031, 4, 19, 19, tzinfo=UTC)  # 20 April, 7:00 in Auckland
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
ANA, BO, CY, OWNER = "ana@example.org", "bo@example.org", "cy@example.org", "owner@example.org"
SCHEDULE = '{cron: "0 7 * * *", zone: Pacific/Auckland}'
DELIVER = "{to: [Ana Holm <ana@example.org>, bo@example.org], bcc: cy@example.org, attach: txt}"
COUNCIL = "title: Fisheries Council\nforum: council\nformats: [txt]\n"
SPARE = {"memos/first-round.yaml": None, "memos/harbours.yaml": None, "memos/spring.yaml": None}


def memo(schedule: str = SCHEDULE, deliver: str = DELIVER, more: str = "") -> str:
    return f"{COUNCIL}schedule: {schedule}\ndeliver: {deliver}\n{more}"


def mail(port: int, **settings: str) -> str:
    """`book.yaml` with a mail server at this port of this machine."""
    written = {
        "from": "Fisheries desk <desk@example.org>",
        "host": "localhost",
        "port": str(port),
        "user": USER,
        "ca_file": "ca.pem",
        "owner": OWNER,
        "deadline": "30s",
        **settings,
    }
    lines = "".join(f"  {key}: {value}\n" for key, value in written.items() if value)
    return f"format: 1\ntitle: Forums\nmail:\n{lines}"


@dataclass
class Office:
    """The book, and the command run on it as if it were a given instant."""

    book: Path
    said: list[str] = field(default_factory=list)  # all that was ever printed

    def write(self, name: str, text: str) -> None:
        path = self.book / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def aim(self, port: int, **settings: str) -> None:
        """Mail goes to this port from now on."""
        self.write("book.yaml", mail(port, **settings))

    def command(self, *words: str | Path) -> Result:
        result = run("-C", self.book, *words)
        self.said.append(result.output)
        return result

    def run(self, now: datetime, *options: str) -> Result:
        return self.command("run-due", "--now", now.isoformat(), *options)

    def report(self, now: datetime) -> dict[str, Any]:
        """What a run says of itself as JSON; its exit status under `exit`."""
        result = self.run(now, "--json")
        return {**json.loads(result.stdout), "exit": result.exit_code, "said": result.stderr}

    def status(self, now: datetime) -> int:
        return self.run(now).exit_code

    def envelopes(self, kind: EnvelopeKind = EnvelopeKind.MEMO) -> list[Envelope]:
        ledger = read_ledger(self.book / ".briefbook")
        if ledger is None:
            return []
        with ledger:
            return [envelope for envelope in ledger.envelopes() if envelope.kind is kind]

    def notices(self) -> list[Envelope]:
        return self.envelopes(EnvelopeKind.NOTICE)

    def states(self) -> list[EnvelopeState]:
        return [envelope.state for envelope in self.envelopes()]

    def occurrences(self) -> list[Occurrence]:
        ledger = read_ledger(self.book / ".briefbook")
        assert ledger is not None
        with ledger:
            return ledger.occurrences()

    def noted(self) -> list[tuple[str, OccurrenceState]]:
        """The occurrences: each with its instant to the minute."""
        return [(f"{one.instant:%m-%d %H:%M}", one.state) for one in self.occurrences()]


def office_at(folder: Path, port: int = 9, changes: Mapping[str, str | None] | None = None) -> Office:
    """The book in a new folder; at port 9 nobody answers."""
    files = {"book.yaml": mail(port), "memos/council.yaml": memo(), **SPARE, **(changes or {})}
    write_ca(make_book(folder, files))
    return Office(folder)


ENVIRONMENT = {VARIABLE: PASSWORD}


def parsed(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    content: str = body.get_content()
    return content
