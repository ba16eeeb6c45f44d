"""Forms on meetings that have become unconfirmed → letters to the owners of memos, one for each meeting.

The letter is queued under an occasion of its own, `debrief:MEETING`, so however often a run is cut off and
begun again, and however many memos cover the meeting, an owner has one. Like every notice it goes again
where nobody knows whether it arrived.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256

from briefbook.debrief_form import Asked, asked, form_name, form_of
from briefbook.deliver import Desk
from briefbook.delivery import MailSettings
from briefbook.diagnostics import BriefbookError, Problem
from briefbook.issued import Envelope, EnvelopeKind
from briefbook.mail.addresses import Address, address, mailbox_of
from briefbook.mail.message import Attachment, Letter, message_id, to_bytes
from briefbook.memo import Memo
from briefbook.schedule import due_day
from briefbook.state import MeetingState
from briefbook.workshop import Day
from briefbook.writers import WRITERS

_A_DAY = timedelta(days=1)


def owner_of(memo: Memo | None, mail: MailSettings | None) -> str | None:
    """Who is told of a memo: its own owner, else the book's; nobody where there is no mail."""
    own = memo.deliver.owner if memo is not None and memo.deliver is not None else None
    return (own or mail.owner) if mail else None


@dataclass(slots=True)
class Asking:
    """What was done about forms in a run, in lines: queued for whom, and what stood in the way."""

    queued: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)


def ask(
    desk: Desk,
    memos: Iterable[Memo],
    stopping: Callable[[Memo], Sequence[Problem]],
) -> Asking:
    """Queue the forms that the schedules of some memos ask for.

    While a memo has errors (`stopping`) nobody is asked: what says that the meeting was held may be the very
    record that cannot be read.
    """
    done = Asking()
    for memo in memos:
        owner = owner_of(memo, desk.mail)
        for question in unanswered(desk, memo) if owner else ():
            assert owner is not None
            if _has_form(desk, question, owner) or stopping(memo):
                continue
            try:
                envelope = send_form(desk, memo, question, owner)
            except (BriefbookError, ValueError) as error:
                done.trouble.append(f"the form on meeting {question.meeting.id!r} is not sent: {error}")
            else:
                done.queued.append(f"form: {envelope.id}, on meeting {question.meeting.id} to {owner}")
    return done


def _has_form(desk: Desk, question: Asked, owner: str) -> bool:
    there = desk.record.ledger.envelopes(occasion=_occasion(question))
    return any(mailbox_of(envelope.recipient) == address(owner).mailbox for envelope in there)


def _occasion(question: Asked) -> str:
    return f"debrief:{question.meeting.id}"


def unanswered(desk: Desk, memo: Memo) -> Iterator[Asked]:
    """The meetings of a memo whose schedule asks for forms, that have become unconfirmed within its window.

    Of those that lie further back nobody is asked: who turns the forms on is not to get fifty of them.
    """
    spec = memo.schedule
    if spec is None or not spec.debrief:
        return
    today = due_day(desk.record.now, spec.zone)
    day = Day(as_of=today, known_by=today)
    for meeting in desk.workshop.select(memo, day).meetings:
        last = meeting.when.date.last if meeting.when.date else date.min
        if meeting.state is MeetingState.UNCONFIRMED and today - last <= max(spec.window, _A_DAY):
            fact = desk.workshop.book.facts.meetings[meeting.id]
            yield asked(desk.workshop, fact, day, memo.language)


def send_form(desk: Desk, memo: Memo, question: Asked, owner: str) -> Envelope:
    """Queue the form on a meeting for an owner; what was queued before stays as it is.

    Raises BriefbookError for a template's mistake, ValueError for what no header may hold.
    """
    recipient, occasion = address(owner), _occasion(question)
    data, id_ = _letter(desk, memo, question, recipient, occasion)
    envelope = Envelope(
        id=0,
        kind=EnvelopeKind.NOTICE,
        memo=memo.id,
        edition=None,
        occasion=occasion,
        recipient=recipient.spec,
        message_id=id_,
        message=desk.record.store.put(data),
        size=len(data),
        queued=desk.record.now,
    )
    return desk.record.ledger.queue([envelope])[0]


def _letter(desk: Desk, memo: Memo, question: Asked, recipient: Address, occasion: str) -> tuple[bytes, str]:
    """The bytes of the letter and its Message-ID: the form as text, as HTML, and as the file to fill in."""
    document, theme = form_of(desk.workshop, question), desk.workshop.theme
    made = {name: WRITERS[name].write(document, theme) for name in ("txt", "html", "docx")}
    sender = address(desk.mail.sender)
    digest = sha256(made["docx"]).hexdigest()
    id_ = message_id(memo.id, desk.record.now, recipient.spec, digest, sender.domain, occasion)
    title = f"[{document.banner.text}] {document.title}" if document.banner else document.title
    form = Attachment(name=form_name(document.memo), data=made["docx"], media_type=WRITERS["docx"].media_type)
    letter = Letter(
        sender=sender,
        to=(recipient,),
        subject=title,
        text=made["txt"].decode(),
        html=made["html"].decode(),
        attachments=(form,),
        date=desk.record.now,
        message_id=id_,
        language=document.language,
    )
    return to_bytes(letter), id_
