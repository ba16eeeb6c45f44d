"""What must hold of a book after a run was cut off, and after the run that mends it."""

import hashlib
import json
import shutil
import sqlite3
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from tests.faults.mail_drop import Received
from tests.faults.small_book import OWNER, RECIPIENTS, digests

STORES = ("objects", "returned/objects")  # in `.briefbook`


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A good run: every file under its final name."""

    files: Mapping[str, str]
    attached: Mapping[str, Sequence[str]]  # recipient → digests of what was attached
    older: Sequence[str] = ()  # the same of a letter that waited, where one did


def _copied(book: Path, scratch: Path) -> sqlite3.Connection | None:
    """A copy of the ledger, if there is one: opening the ledger itself would already mend it."""
    folder = book / ".briefbook"
    if not (folder / "ledger.db").exists():
        return None
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    for name in ("ledger.db", "ledger.db-wal"):
        if (folder / name).exists():
            shutil.copy(folder / name, scratch / name)
    return sqlite3.connect(scratch / "ledger.db")


def wrong_with_clearances(book: Path, scratch: Path, *, least: int, most: int) -> list[str]:
    """A clearance, or that one was taken back, that is there twice, is of other bytes, or is lost.

    All rows behind the first take it back.
    """
    connection = _copied(book, scratch)
    if connection is None:
        return ["the ledger is gone"]
    try:
        rows = connection.execute(
            "SELECT id, withdraws, edition, outputs FROM clearances ORDER BY id"
        ).fetchall()
        given = [row[2:] for row in rows]
        query = "SELECT format, name, sha256, size FROM outputs WHERE number = ? ORDER BY id"
        made = {number: connection.execute(query, (number,)).fetchall() for number, _ in given}
    finally:
        connection.close()
    wrong = [] if least <= len(given) <= most else [f"{len(given)} clearances"]
    wrong += (
        []
        if [row[1] for row in rows] == [None, *(rows[0][0] for _ in rows[1:])][: len(rows)]
        else ["it takes back another"]
    )
    return wrong + [
        f"the clearance of edition {number} is of other bytes"
        for number, outputs in given
        if [tuple(output) for output in json.loads(outputs)] != made[number]
    ]


def envelopes(book: Path, scratch: Path) -> dict[str, str]:
    """The state of each recipient's newest envelope for the memo, and whether the ledger is sound."""
    connection = _copied(book, scratch)
    if connection is None:
        return {}
    try:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            return {"integrity_check": verdict}
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            return {"integrity_check": "a row refers to one that is not there"}
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'envelopes'").fetchone():
            return {}  # cut off before the tables were made
        query = "SELECT recipient, state FROM envelopes WHERE kind = 'memo' ORDER BY id"
        return dict(connection.execute(query).fetchall())
    finally:
        connection.close()


def wrong_with_files(book: Path, reference: Reference) -> list[str]:
    """Half files under a final name, objects that are not what they are named."""
    wrong = []
    for name, digest in digests(book).items():
        if name not in reference.files:
            wrong.append(f"{name} does not belong here")
        elif reference.files[name] != digest:
            wrong.append(f"{name} is not whole")
    return wrong + wrong_with_objects(book)


def wrong_with_objects(book: Path) -> list[str]:
    """Objects of the stores, that of what came back too, that are not what they are named."""
    wrong = []
    for path in (path for store in STORES for path in (book / ".briefbook" / store).rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            name = path.parent.name + path.name
            try:
                plain = zlib.decompress(path.read_bytes())
            except zlib.error:
                wrong.append(f"object {name} is not whole")
            else:
                if hashlib.sha256(plain).hexdigest() != name:
                    wrong.append(f"object {name} holds something else")
    return wrong


def missing_files(book: Path, reference: Reference) -> list[str]:
    """What a good run would have made and this book lacks."""
    there = digests(book)
    return [f"{name} was not made" for name in reference.files if name not in there]


def attached(received: Received) -> list[str]:
    """The digests of a message's attachments, but for the calendar, which tells when it was written."""
    message = message_from_bytes(received.data, policy=default)
    parts = [part for part in message.iter_attachments() if part.get_content_type() != "text/calendar"]
    return [hashlib.sha256(part.get_content()).hexdigest() for part in parts]


def wrong_with_mail(
    states: Mapping[str, str], at_stop: Mapping[str, str], received: Sequence[Received], reference: Reference
) -> list[str]:
    """Mail lost, sent twice, or held without need; `states` at the end, `at_stop` when it was cut off."""
    wrong = []
    accepted = Counter(one.recipient for one in received)
    for recipient in RECIPIENTS:
        state, copies = states.get(recipient, "not queued"), accepted[recipient]
        if copies > 1:
            wrong.append(f"{recipient}: accepted {copies} times")
        if state == "unknown":
            if at_stop.get(recipient) != "at-dot":
                wrong.append(
                    f"{recipient}: held as unknown, but was {at_stop.get(recipient)} when it stopped"
                )
        elif state != "sent":
            wrong.append(f"{recipient}: lost ({state})")
        elif copies == 0:
            wrong.append(f"{recipient}: said to be sent, but the server never had it")
    if "unknown" in states.values() and not accepted[OWNER]:
        wrong.append("held as unknown, and the owner was not told")
    wrong += [
        f"{one.recipient}: other attachments than in a good run"
        for one in received
        if one.recipient in RECIPIENTS
        and attached(one) not in (list(reference.attached[one.recipient]), list(reference.older))
    ]
    return wrong
