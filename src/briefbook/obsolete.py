"""What a book no longer asks for: schedules that were changed or taken out, letters to people taken out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from briefbook.deliver import everyone, waiting_letters
from briefbook.delivery import OnUnknown, ScheduleSpec
from briefbook.diagnostics import has_errors
from briefbook.issued import TRIED_AGAIN, Envelope, EnvelopeState, Occurrence, OccurrenceState
from briefbook.mail.addresses import mailbox_of
from briefbook.readers.book_files import MEMOS_FOLDER
from briefbook.readers.read_book import ReadBook
from briefbook.record import Record
from briefbook.schedule import revision_of

_CHANGED = "the schedule was changed"
_DELETED = "the memo's file was deleted"
_NOT_NAMED = "its memo no longer names this recipient"


def is_unreadable(read: ReadBook) -> bool:
    """Whether a book has no memos because it could not be read."""
    return not read.memo_files and has_errors(list(read.problems))


def leave_other_schedules(read: ReadBook, record: Record) -> list[Occurrence]:
    """What was begun, or lately failed, under a schedule that was changed is nobody's: skipped.

    A schedule that was taken out is forgotten: put back, it is a new one and makes up for nothing.
    """
    memos, ledger = read.book.memos, record.ledger
    for id_ in ledger.followed():
        memo = memos.get(id_)
        if memo.schedule is None if memo else _is_deleted(id_, read):
            ledger.unfollow(id_)
    left = []
    for one in ledger.unsettled():
        memo = memos.get(one.memo)
        if memo is None and not _is_deleted(one.memo, read):
            continue
        schedule = memo.schedule if memo else None
        if schedule is not None and revision_of(schedule) == one.revision:
            continue
        if one.state in TRIED_AGAIN and not _is_in_window(one, schedule, record.now):
            continue  # it would not have been tried again
        skipped = replace(one, state=OccurrenceState.SKIPPED, reason=_CHANGED if memo else _DELETED)
        if ledger.settle(skipped, one.state):
            left.append(skipped)
    return left


def cancel_for_those_not_named(
    read: ReadBook, record: Record, is_wrong: Callable[[str], bool]
) -> list[Envelope]:
    """Whoever was taken out of a memo's `deliver` gets nothing of it, not even what waits: cancelled.

    `is_wrong` tells whether there are errors in the file of a memo: of such a one nothing is cancelled.
    """
    mail = read.book.settings.mail
    named: dict[str, frozenset[str] | None] = {}
    cancelled = []
    for envelope in waiting_letters(record.ledger, mail.unknown if mail else OnUnknown.HOLD):
        if envelope.memo not in named:
            is_in_doubt = envelope.memo in read.memo_files and is_wrong(envelope.memo)
            named[envelope.memo] = None if is_in_doubt else _named_by(envelope.memo, read)
        mailboxes = named[envelope.memo]
        if mailboxes is None or mailbox_of(envelope.recipient) in mailboxes:
            continue
        to = EnvelopeState.CANCELLED
        if record.ledger.move(envelope.id, envelope.state, to, now=record.now, reply=_NOT_NAMED):
            cancelled.append(envelope)
    return cancelled


def _named_by(id_: str, read: ReadBook) -> frozenset[str] | None:
    """The mailboxes to which a memo goes; None where nobody can read that."""
    memo = read.book.memos.get(id_)
    if memo is None:
        return frozenset() if _is_deleted(id_, read) else None
    if memo.deliver is None:
        return frozenset()
    try:
        return frozenset(one.mailbox for one in everyone(memo.deliver))
    except ValueError:  # no address
        return None


def _is_deleted(memo: str, read: ReadBook) -> bool:
    """Whether a memo has no file any more. Where the whole folder is away, it may be back tomorrow."""
    is_there = Path(read.book.root, MEMOS_FOLDER).is_dir()
    return is_there and not read.may_be_there(memo) and not is_unreadable(read)


def _is_in_window(occurrence: Occurrence, spec: ScheduleSpec | None, now: datetime) -> bool:
    return spec is not None and now - occurrence.instant < spec.window
