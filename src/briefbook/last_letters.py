"""What a recipient has already: the last letter of a memo that reached them, and what is new since."""

from dataclasses import replace

from briefbook.changes import changes
from briefbook.composing.items import narrowed
from briefbook.composing.letter import Marked
from briefbook.composing.sections import SectionTemplates
from briefbook.composing.telling import told_by
from briefbook.issued import Edition, EnvelopeState
from briefbook.mail.addresses import Address, mailbox_of
from briefbook.memo import Memo
from briefbook.previous import kept_selection, tell_damage
from briefbook.record import Record
from briefbook.selection import Selection, ShownMeeting, Since
from briefbook.since import markings_of


def since_last(
    memo: Memo,
    templates: SectionTemplates,
    new: Edition,
    selection: Selection,
    recipient: Address,
    record: Record,
) -> Since | None:
    """What changed since the edition that a recipient was sent last, to be told in the mail's body.

    None in a first mail, where that edition is of a later day, knew more, or cannot be read any more, and for
    no change.
    """
    sent = record.ledger.last_sent(memo.id, recipient.spec)
    had = None if sent is None or sent.edition is None else record.ledger.edition(sent.memo, sent.edition)
    if had is None or had.as_of > new.as_of or had.known_by > new.known_by:
        return None
    before = kept_selection(had, record)
    if before is None or before.language != selection.language:
        return None
    told = told_by(memo, templates, changes(before, selection))
    if not told.all:
        return None
    markings = markings_of(told, before)
    return Since(number=had.number, as_of=had.as_of, changes=told, markings=markings)


def meetings_told(selection: Selection, memo: Memo) -> tuple[ShownMeeting, ...]:
    """The meetings ahead and called off that the memo's own section on them shows."""
    upcoming = next((spec for spec in memo.sections if spec.name == "upcoming"), None)
    # Also those that its length leaves out: who misses them in a new calendar is told that they are off.
    shown = narrowed(selection, replace(upcoming, left_out=())) if upcoming else selection
    return (*shown.upcoming, *shown.called_off)


def told_before(memo: Memo, selection: Selection, recipient: Address, record: Record) -> list[Marked]:
    """The meetings that are not over, as the last letter that reached this recipient told and marked them.

    One of which nobody knows whether it did counts beside it: what is cancelled in vain does no harm.
    """
    ledger = record.ledger
    sent = ledger.last_sent(memo.id, recipient.spec)
    letters = [] if sent is None else [sent]
    letters += [
        envelope
        for envelope in ledger.envelopes(EnvelopeState.UNKNOWN)
        if (envelope.memo, mailbox_of(envelope.recipient)) == (memo.id, recipient.mailbox)
        and (sent is None or envelope.id > sent.id)
    ]
    over = {meeting.id for meeting in (*selection.earlier, *selection.long_unconfirmed) if meeting.when.date}
    told: dict[str, Marked] = {}
    for number in dict.fromkeys(envelope.edition for envelope in letters):
        edition = ledger.edition(memo.id, number) if number is not None else None
        before = None if edition is None else kept_selection(edition, record)
        if before is None:
            if edition is not None:
                tell_damage(edition, record)  # else nobody would hear what of it is off
            continue
        for meeting in meetings_told(before, memo):
            day = meeting.when.date
            if meeting.id not in over and day and day.last >= selection.as_of:
                told[meeting.id] = meeting, before.handling
    return list(told.values())
