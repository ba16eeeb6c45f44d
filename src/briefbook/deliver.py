"""Editions → letters → envelopes in the outbox: what `run-due`, `send` and `preview-mail` share."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from briefbook.build import Built, build
from briefbook.composing.letter import calendar_banner, compose_letter
from briefbook.composing.sections import IssuedNote
from briefbook.delivery import Delivery, MailSettings, OnUnknown, Oversize, SendWhen
from briefbook.frozen import frozen
from briefbook.inputs import from_bytes
from briefbook.issued import (
    Edition,
    Envelope,
    EnvelopeKind,
    EnvelopeState,
    Frozen,
    Occurrence,
    OccurrenceState,
    Withdrawal,
)
from briefbook.last_letters import meetings_told, since_last, told_before
from briefbook.ledger import Ledger
from briefbook.mail.addresses import Address, address, mailbox_of
from briefbook.mail.calendar import calendar
from briefbook.mail.message import Attachment, Letter, message_id, to_bytes
from briefbook.memo import Book, Memo
from briefbook.record import Record
from briefbook.selection import Selection, Since
from briefbook.workshop import Day, Workshop
from briefbook.writers import WRITERS

CALENDAR = "ics"  # among the things to attach
# Bytes of a message that needs no smaller form. By RFC 5321, 4.5.3.1.7 every server takes 64 KiB; not all do.
TAKEN_BY_ALL = 16 * 1024
SUPERSEDED = "superseded"


@frozen
class Desk:
    """What sending needs of a book: its way to the mail server, its templates, its record."""

    mail: MailSettings
    workshop: Workshop
    record: Record


@frozen
class Consignment:
    """An edition on its way: of which memo, for which instant, as of the day in which zone."""

    memo: Memo
    delivery: Delivery
    edition: Edition
    selection: Selection
    instant: datetime  # UTC
    zone: str
    is_scheduled: bool = True  # False: a person sends it by hand
    is_test: bool = False  # it counts for nothing: whoever it goes to gets the next letter all the same
    occasion: str  # names it in the outbox: nobody gets two letters of one occasion

    @property
    def kind(self) -> EnvelopeKind:
        """What its letters are in the outbox."""
        return EnvelopeKind.TEST if self.is_test else EnvelopeKind.MEMO


def issued_formats(memo: Memo) -> tuple[str, ...]:
    """The formats in which a memo is made where it is to be mailed: its own, and what is attached."""
    attached = memo.deliver.attach if memo.deliver else ()
    return tuple(dict.fromkeys((*memo.formats, *(name for name in attached if name != CALENDAR))))


def make(book: Book, memo: Memo, day: Day, out: Path, record: Record) -> Built:
    """The edition of a memo as of a day, in every format that is mailed."""
    [built] = build(book, [memo], day, out=out, record=record, formats=issued_formats(memo))
    return built


def selection_of(edition: Edition, record: Record) -> Selection:
    """What an edition shows, from what is kept of it. Raises ValueError where another briefbook kept it."""
    return from_bytes(record.store.get(edition.inputs)).selection


def selection_now(memo: Memo, edition: Edition, record: Record, workshop: Workshop) -> Selection:
    """What the edition that was just made of a memo shows.

    An older briefbook may have made the same bytes, and what it kept may be beyond us: then the facts tell.
    """
    try:
        return selection_of(edition, record)
    except ValueError:
        return workshop.select(memo, Day(as_of=edition.as_of, known_by=edition.known_by))


def unfit(delivery: Delivery, selection: Selection) -> str:
    """Why a schedule does not send a memo that was made: it says nothing, or nothing recent. Else empty.

    One that has nothing left to say but that its source was withdrawn goes: its readers rest on that source.
    """
    if selection.withdrawn and not selection.sources:
        return ""
    if selection.is_empty:
        return "it is blank: nothing is on file"
    if delivery.stale_after is None:
        return ""
    days = [source.published.date.last for source in selection.sources if source.published.date]
    if not days:  # nobody knows how old it is
        return "it is stale: no source has a day"
    is_stale = selection.as_of - max(days) > delivery.stale_after
    return f"it is stale: its newest source is of {max(days)}" if is_stale else ""


# ------------------------------------------------------------------------------------- to whom


def everyone(delivery: Delivery) -> list[Address]:
    """Each recipient once, in the order of to, cc, bcc, as spelled first. Raises ValueError."""
    found: dict[str, Address] = {}
    for text in (*delivery.to, *delivery.cc, *delivery.bcc):
        one = address(text)
        found.setdefault(one.mailbox, one)
    return list(found.values())


@frozen
class Addressed:
    """Who gets a letter, and what still waits and is withdrawn because of it."""

    recipients: tuple[Address, ...]
    stale: tuple[Envelope, ...] = ()


def addressed(consignment: Consignment, desk: Desk, *, withdraws: bool = True) -> Addressed:
    """Who of those that an edition goes to gets a letter; all of them, unless it goes on changes alone.

    Then what counts is what somebody has in the end: what waits already, if it tells the same; else what came
    last, once all that waits and is stale now is withdrawn. Where every letter is to arrive (`withdraws` is
    False), nothing is withdrawn.
    """
    wanted: list[Address] = []
    stale: list[Envelope] = []
    waiting = _superseded(consignment, desk) if withdraws and not consignment.is_test else []
    for recipient in everyone(consignment.delivery):
        own = [envelope for envelope in waiting if mailbox_of(envelope.recipient) == recipient.mailbox]
        if _has_it(consignment, recipient, desk, ()):
            continue
        stale += own
        if not own or not _has_it(consignment, recipient, desk, own):
            wanted.append(recipient)
    return Addressed(recipients=tuple(wanted), stale=tuple(stale))


def _has_it(consignment: Consignment, recipient: Address, desk: Desk, withdrawn: Sequence[Envelope]) -> bool:
    """Whether somebody's last letter, but for those withdrawn, tells the same and that is enough."""
    if not consignment.is_scheduled or consignment.delivery.when is SendWhen.ALWAYS:
        return False
    if desk.mail.unknown is OnUnknown.RESEND and any(envelope.attempts for envelope in withdrawn):
        return False  # it waits to go again, and may have arrived the first time
    ledger = desk.record.ledger
    besides = {envelope.id for envelope in withdrawn}
    last = ledger.last_queued(consignment.memo.id, recipient.spec, besides=besides)
    if last is None or last.edition is None:
        return False
    edition = ledger.edition(consignment.memo.id, last.edition)
    return edition is not None and edition.substance == consignment.edition.substance


def waiting_letters(ledger: Ledger, unknown: OnUnknown) -> list[Envelope]:
    """The letters of memos that will go, unless somebody stops them.

    A letter that a run was sending when it broke off waits as well. If it was cut off at its dot it waits
    where the settings say that it goes again; else a person decides. The caller holds the book's lock.
    """
    states = [EnvelopeState.PENDING, EnvelopeState.DEFERRED, EnvelopeState.ATTEMPTING]
    if unknown is OnUnknown.RESEND:
        states.append(EnvelopeState.AT_DOT)
    return [envelope for envelope in ledger.envelopes(*states) if envelope.kind is EnvelopeKind.MEMO]


def _superseded(consignment: Consignment, desk: Desk) -> list[Envelope]:
    """What waits of the memo and is stale beside a new letter: what is not as of a later day than that."""
    ledger, new = desk.record.ledger, consignment.edition
    found = []
    for envelope in waiting_letters(ledger, desk.mail.unknown):
        is_rival = envelope.memo == consignment.memo.id and envelope.occasion != consignment.occasion
        if not is_rival or envelope.edition is None:
            continue
        old = ledger.edition(envelope.memo, envelope.edition)
        if old is not None and (old.as_of, old.known_by) <= (new.as_of, new.known_by):
            found.append(envelope)
    return found


# ------------------------------------------------------------------------------------- the letter


def letters_to(
    consignment: Consignment, recipient: Address, desk: Desk, *, is_preview: bool = False
) -> tuple[str, list[bytes]]:
    """The Message-ID of the letter to one recipient, and its bytes: with all attached, then with less.

    What a calendar tells is noted, so that its next change counts as one; not for a preview.
    What is larger than the settings allow is left out; if all are, the last one goes, whatever its size.
    Raises BriefbookError for a template's mistake, ValueError for what no header may hold.
    """
    attachments = _attachments(consignment, recipient, desk, keeps=not is_preview)
    pdf = [one for one in attachments if one.media_type == WRITERS["pdf"].media_type]
    memo, selection = consignment.memo, consignment.selection
    templates = desk.workshop.templates(selection.language, memo.profile)
    since = since_last(memo, templates, consignment.edition, selection, recipient, desk.record)
    id_, whole = _letter(consignment, recipient, desk, attachments, (), since)
    if len(whole) <= min(TAKEN_BY_ALL, desk.mail.largest) or not attachments:
        return id_, [whole]
    letters = [whole]
    for kept in [pdf, []] if desk.mail.oversize is Oversize.PDF and pdf not in ([], attachments) else [[]]:
        left_out = tuple(one.name for one in attachments if one not in kept)
        letters.append(_letter(consignment, recipient, desk, kept, left_out, since)[1])
    return id_, [data for data in letters if len(data) <= desk.mail.largest] or letters[-1:]


def _letter(
    consignment: Consignment,
    recipient: Address,
    desk: Desk,
    attachments: Sequence[Attachment],
    left_out: tuple[str, ...],
    since: Since | None,
) -> tuple[str, bytes]:
    delivery, edition = consignment.delivery, consignment.edition
    note = IssuedNote(
        number=edition.number,
        as_of=edition.as_of,
        zone=consignment.zone,
        made_for=consignment.instant,
        is_scheduled=consignment.is_scheduled,
        attached=tuple(one.name for one in attachments),
        left_out=left_out,
    )
    selection = consignment.selection
    templates = desk.workshop.templates(selection.language, consignment.memo.profile)
    subject, body = compose_letter(
        selection,
        consignment.memo,
        templates,
        note,
        subject=delivery.subject,
        body=delivery.body,
        pictures=desk.workshop.book.pictures,
        since=since,
    )
    sender = address(desk.mail.sender)
    # Whoever sends by hand twice within a second, with --again or as a test, means two messages.
    by_hand = "" if consignment.is_scheduled else consignment.occasion
    # With its digest: another book's edition of this number is another edition, in the same domain perhaps.
    id_ = message_id(
        consignment.memo.id,
        consignment.instant,
        recipient.spec,
        f"{edition.number} {edition.digest}",
        sender.domain,
        by_hand,
    )
    letter = Letter(
        sender=sender,
        to=_named_to(recipient, delivery.to),
        cc=_named_to(recipient, delivery.cc),
        reply_to=next(iter(_named_to(recipient, (delivery.reply_to,) if delivery.reply_to else ())), None),
        subject=subject,
        text=WRITERS["txt"].write(body, desk.workshop.theme).decode(),
        html=WRITERS["html"].write(body, desk.workshop.theme).decode(),
        attachments=tuple(attachments),
        date=desk.record.now,
        message_id=id_,
        language=selection.language,
    )
    return id_, to_bytes(letter)


def _named_to(recipient: Address, texts: Iterable[str]) -> tuple[Address, ...]:
    """The addresses that the header of the letter to one recipient names.

    One that needs SMTPUTF8 is named to those alone who need it as well: in a header it would keep the letter
    from everybody whose server, or one further on, does not know SMTPUTF8.
    """
    named = (address(text) for text in texts)
    return tuple(one for one in named if recipient.needs_smtputf8 or not one.needs_smtputf8)


def _attachments(
    consignment: Consignment, recipient: Address, desk: Desk, *, keeps: bool
) -> list[Attachment]:
    outputs = {output.format: output for output in consignment.edition.outputs}
    attachments = []
    for name in consignment.delivery.attach:
        if name == CALENDAR:
            attachments += _calendar(consignment, recipient, desk, keeps=keeps)
            continue
        output = outputs[name]
        data = desk.record.store.get(output.sha256)
        attachments.append(Attachment(name=output.name, data=data, media_type=WRITERS[name].media_type))
    return attachments


def _calendar(consignment: Consignment, recipient: Address, desk: Desk, *, keeps: bool) -> list[Attachment]:
    """The meetings ahead and those called off as one calendar; none where there are none.

    What an earlier mail put into the recipient's calendar and no date is known for any more is told as
    cancelled; so it may differ from one recipient to another, and documents don't.
    """
    selection, workshop = consignment.selection, desk.workshop
    templates = workshop.templates(selection.language, consignment.memo.profile)
    told = meetings_told(selection, consignment.memo)
    before = told_before(consignment.memo, selection, recipient, desk.record)
    banner = calendar_banner(selection, consignment.memo, templates, workshop.book.pictures, told, before)
    sender = address(desk.mail.sender)
    data = calendar(
        told,
        domain=sender.domain,
        stamp=desk.record.now,
        sequence=partial(desk.record.ledger.sequence, keeps=keeps),
        organizer=sender,
        wording=templates.wording,
        sources=selection.sources,
        withdrawn=[meeting for meeting, _ in before],
        banner=banner,
    )
    if data is None:
        return []
    return [Attachment(name=f"{consignment.memo.id}.ics", data=data, media_type="text/calendar")]


# ------------------------------------------------------------------------------------- the outbox


def enqueue(
    consignment: Consignment,
    recipients: Sequence[Address],
    desk: Desk,
    *,
    occurrence: Occurrence | None = None,
    stale: Iterable[Envelope] = (),
) -> list[Envelope]:
    """Freeze a letter to each recipient in the outbox, and settle the occurrence in the same step.

    What is stale now is withdrawn in this step too: a run that is cut off leaves either it or the new letter.
    Raises BriefbookError for a template's mistake, ValueError for what no header may hold.
    """
    letters = [letters_to(consignment, recipient, desk) for recipient in recipients]
    desk.record.store.put_many([data for _, every in letters for data in every])
    envelopes = [
        Envelope(
            id=0,
            kind=consignment.kind,
            memo=consignment.memo.id,
            edition=consignment.edition.number,
            occasion=consignment.occasion,
            recipient=recipient.spec,
            message_id=id_,
            message=sha256(largest).hexdigest(),
            size=len(largest),
            smaller=tuple(Frozen(sha256=sha256(data).hexdigest(), size=len(data)) for data in others),
            queued=desk.record.now,
        )
        for recipient, (id_, (largest, *others)) in zip(recipients, letters, strict=True)
    ]
    ledger, number = desk.record.ledger, consignment.edition.number
    withdrawn = withdrawals(stale, consignment.edition, desk.record)
    if occurrence is None:
        return ledger.queue(envelopes, withdraws=withdrawn)
    settled = replace(occurrence, state=OccurrenceState.QUEUED, reason="", edition=number)
    return ledger.queue(envelopes, settled, occurrence.state, withdrawn)


def withdrawals(stale: Iterable[Envelope], edition: Edition, record: Record) -> list[Withdrawal]:
    """How the ledger is asked to cancel what an edition has made stale."""

    def why(envelope: Envelope) -> str:
        is_same = envelope.edition == edition.number
        return f"{SUPERSEDED} by {'a later letter' if is_same else f'edition {edition.number}'}"

    return [Withdrawal(envelope=envelope, now=record.now, why=why(envelope)) for envelope in stale]


def enqueue_notice(
    desk: Desk, *, owner: str, memo: str, occasion: str, subject: str, lines: Sequence[str]
) -> list[Envelope]:
    """Tell an owner what went wrong, once for each occasion."""
    recipient = address(owner)
    sender = address(desk.mail.sender)
    text = "\n".join(lines) + "\n"
    # With what it says: another book may have a memo of this name, the same owner, and a run in this second.
    told = f"{occasion}\n{text}"
    id_ = message_id(memo, desk.record.now, recipient.spec, "", sender.domain, told)
    letter = Letter(
        sender=sender,
        to=(recipient,),
        subject=subject,
        text=text,
        date=desk.record.now,
        message_id=id_,
        language="en",
    )
    data = to_bytes(letter)
    envelope = Envelope(
        id=0,
        kind=EnvelopeKind.NOTICE,
        memo=memo,
        edition=None,
        occasion=occasion,
        recipient=recipient.spec,
        message_id=id_,
        message=desk.record.store.put(data),
        size=len(data),
        queued=desk.record.now,
    )
    return desk.record.ledger.queue([envelope])
