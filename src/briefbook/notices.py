"""What owners are told: of a memo that was not sent, of a letter that failed or hangs. Words alone.

And what whoever reads a run's words is told of what was skipped.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from briefbook.diagnostics import Problem
from briefbook.frozen import frozen
from briefbook.issued import Edition, Envelope, EnvelopeKind, EnvelopeState, Occurrence
from briefbook.ledger import Ledger
from briefbook.outbox import GIVE_UP


@frozen
class Notice:
    """A message to an owner. Of one `occasion` there is one."""

    occasion: str
    subject: str
    lines: tuple[str, ...]


def of_failure(occurrence: Occurrence, why: str, errors: Sequence[Problem]) -> Notice:
    """A memo was due and was not sent."""
    memo = occurrence.memo
    return Notice(
        occasion=f"notice {memo} {occurrence.instant.isoformat()}",
        subject=f"Not sent: {memo}",
        lines=(
            f"The memo {memo} was due at {minute(occurrence.instant)} and was not sent: {why}.",
            *(["", *map(_line, errors)] if errors else []),
            "",
            "Mend it, and the next run makes and sends it, as long as no later one is due.",
        ),
    )


def of_held_back(occurrence: Occurrence, edition: Edition, why: str, files: Sequence[Path]) -> Notice:
    """A memo was made and waits for somebody who clears it. One for each edition."""
    memo = occurrence.memo
    return Notice(
        occasion=f"notice {memo} {edition.number} to be cleared",
        subject=f"To be cleared: {memo}",
        lines=(
            f"The memo {memo} was due at {minute(occurrence.instant)} and is held back: {why}.",
            "",
            "Read it:",
            *(f"  {file}" for file in files),
            "Then, if it may leave:",
            f"  briefbook clear {memo} --edition {edition.number} --by NAME",
            "",
            "The next run sends it once it is cleared, as long as no later one is due.",
        ),
    )


def of_unread(memo: str, today: date, problems: Sequence[Problem]) -> Notice:
    """A memo's file is broken, so it has no schedule that could be read. Once a day."""
    return Notice(
        occasion=f"notice {memo} unread {today}",
        subject=f"Not sent: {memo}",
        lines=(
            f"The file of the memo {memo} has mistakes, so it is not known when it is due:",
            "",
            *map(_line, problems),
        ),
    )


def of_letter(envelope: Envelope) -> Notice:
    """A letter failed, or may have arrived or not. One for each state that it comes to."""
    id_, memo = envelope.id, envelope.memo
    has_failed = envelope.state is EnvelopeState.FAILED
    is_test = envelope.kind is EnvelopeKind.TEST
    what = f"{'was not' if has_failed else 'may have been'} delivered to {envelope.recipient}"
    return Notice(
        occasion=f"notice {id_} {envelope.state} {envelope.attempts}",
        subject=f"{memo}: {what}",
        lines=(
            f"{'A test of edition' if is_test else 'Edition'} {envelope.edition} of the memo {memo} {what}:",
            "",
            envelope.reply or "no reply",
            "",
            *(_HOW_TO_RETRY if has_failed else _HOW_TO_RESOLVE).format(id=id_).splitlines(),
        ),
    )


_HOW_TO_RETRY = "Once the cause is mended: briefbook outbox retry {id}"
_HOW_TO_RESOLVE = """\
The connection broke after the whole message was sent and before the server answered.
Ask the recipient whether it came, then type one of:
  briefbook outbox resolve {id} --sent
  briefbook outbox resolve {id} --resend"""


def untold(ledger: Ledger, now: datetime, failed: Collection[int]) -> Iterator[Envelope]:
    """Letters that failed or hang, and no notice says so: a run before may have been cut off.

    Of old ones nobody is told any more, unless they are among those that `failed` in this run.
    """
    for envelope in ledger.envelopes(EnvelopeState.FAILED, EnvelopeState.UNKNOWN):
        is_old = envelope.changed is None or now - envelope.changed > GIVE_UP
        if envelope.kind is EnvelopeKind.NOTICE or (is_old and envelope.id not in failed):
            continue
        if not ledger.envelopes(occasion=of_letter(envelope).occasion):
            yield envelope


def in_lines(skipped: Iterable[Occurrence]) -> list[str]:
    """What was skipped, a line for each memo and reason: after a weekend there may be thousands."""
    alike: dict[tuple[str, str], list[datetime]] = {}
    for one in skipped:
        alike.setdefault((one.memo, one.reason), []).append(one.instant)
    lines = []
    for (memo, reason), instants in alike.items():
        first, last = minute(min(instants)), minute(max(instants))
        due = f"due {first}" if len(instants) == 1 else f"{len(instants)} due from {first} to {last}"
        lines.append(f"{memo}, {due} ({reason})")
    return lines


def minute(instant: datetime) -> str:
    """An instant in UTC, to the minute."""
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _line(problem: Problem) -> str:
    place = f"{problem.where}: " if problem.where.file else ""
    return f"{place}{problem.message}" + (f" ({problem.hint})" if problem.hint else "")
