"""Editions, occurrences and envelopes of an invented fisheries desk."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from briefbook.issued import (
    Edition,
    Envelope,
    EnvelopeKind,
    EnvelopeState,
    Occurrence,
    OccurrenceState,
    Output,
)
from briefbook.ledger import Ledger, open_ledger

NOW = datetime(2031, 4, 20, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)


def digest_of(word: str) -> str:
    return sha256(word.encode()).hexdigest()


def output(format_: str, word: str = "first", memo: str = "council") -> Output:
    return Output(
        format=format_, name=f"{memo}.{format_}", sha256=digest_of(f"{format_} {word}"), size=len(word)
    )


def edition(word: str = "first", memo: str = "council", formats: Iterable[str] = ("pdf", "docx")) -> Edition:
    """An edition that is not recorded yet, made from what `word` stands for."""
    return Edition(
        memo=memo,
        number=0,
        as_of=date(2031, 4, 20),
        known_by=date(2031, 4, 19),
        digest=digest_of(word),
        substance=digest_of(f"substance of {word}"),
        inputs=digest_of(f"inputs of {word}"),
        tool="0.3.0 abcdef",
        made=NOW,
        outputs=tuple(output(format_, word, memo) for format_ in formats),
    )


def recorded_in(ledger: Ledger, one: Edition) -> Edition:
    """An edition, recorded."""
    [recorded] = ledger.record_editions([one])
    return recorded


def occurrence(
    hours: int = 0,
    state: OccurrenceState = OccurrenceState.DUE,
    *,
    memo: str = "council",
    revision: str = "weekdays",
    reason: str = "",
    number: int | None = None,
) -> Occurrence:
    return Occurrence(
        memo=memo,
        revision=revision,
        instant=NOW + hours * HOUR,
        state=state,
        reason=reason,
        edition=number,
    )


def envelope(
    recipient: str = "ana@example.org",
    occasion: str = "council 07:00",
    *,
    memo: str = "council",
    kind: EnvelopeKind = EnvelopeKind.MEMO,
    state: EnvelopeState = EnvelopeState.PENDING,
) -> Envelope:
    return Envelope(
        id=0,
        kind=kind,
        memo=memo,
        edition=1,
        occasion=occasion,
        recipient=recipient,
        message_id=f"<{digest_of(recipient + occasion)[:16]}@example.org>",
        message=digest_of(f"letter {recipient} {occasion}"),
        size=1234,
        queued=NOW,
        state=state,
    )


def work(folder: Path) -> None:
    """Some of everything, in five transactions. It may be done again whatever is there already."""
    with open_ledger(folder) as ledger:
        ledger.record_editions([edition(), edition("next")])
        ledger.note([occurrence()])
        settled = occurrence(state=OccurrenceState.QUEUED)
        for one in ledger.queue([envelope(), envelope("bo@example.org")], settled):
            ledger.move(one.id, EnvelopeState.PENDING, EnvelopeState.SENT, now=NOW)


def python(script: str, *arguments: str, before: Iterable[str] = ()) -> "subprocess.Popen[str]":
    """A process of its own that runs a script with this folder's samples at hand."""
    return subprocess.Popen(
        [*before, sys.executable, "-B", "-c", script, *arguments],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def is_sound(folder: Path) -> bool:
    """Whether SQLite itself finds nothing wrong with the ledger of a folder."""
    connection = sqlite3.connect(folder / "ledger.db")
    try:
        verdict: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
        orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
    finally:
        connection.close()
    return verdict == "ok" and orphan is None
