"""A memo that a person sends: nobody gets an edition twice, and what was begun before is gone on with.

The outbox has one letter of an occasion for each recipient. So to go on with what was cut off is to send on
the same occasion again: who has a letter keeps it, who has one that waits gets that one. On a new occasion
whoever has this very edition by an earlier letter gets none.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from briefbook.deliver import Consignment, Desk, addressed, enqueue, everyone, letters_to
from briefbook.delivery import OnUnknown
from briefbook.frozen import frozen
from briefbook.issued import Envelope, EnvelopeState
from briefbook.mail.addresses import Address, mailbox_of
from briefbook.outbox import Posted, in_utc, post, take_up

_WAITING = (EnvelopeState.PENDING, EnvelopeState.DEFERRED)
_UNSENT = (*_WAITING, EnvelopeState.FAILED, EnvelopeState.CANCELLED)
_CUT_OFF = (EnvelopeState.ATTEMPTING, EnvelopeState.AT_DOT)


def occasion_of(memo: str, instant: datetime) -> str:
    """The occasion of a memo that a person sends at an instant."""
    return f"{memo} by hand {instant.isoformat()}"


def _instant_of(occasion: str, memo: str) -> datetime | None:
    """The instant of such an occasion; None for any other."""
    before, _, instant = occasion.partition(" by hand ")
    return datetime.fromisoformat(instant) if instant and before == memo else None


@frozen
class Begun:
    """What is to be sent, perhaps on the occasion of a `send` before; or why it should not be."""

    consignment: Consignment
    held: tuple[Envelope, ...] = ()  # letters of the same memo, to the same people, that may have arrived
    had: tuple[Envelope, ...] = ()  # those by which people have this very edition already: they get no other


def begin(
    consignment: Consignment,
    desk: Desk,
    *,
    again: bool,
    now: Callable[[], datetime],
    say: Callable[[str], None],
) -> Begun:
    """Take up what a run or a `send` of this memo has left behind, and see what is still to be done.

    Who has this very edition is named and spared; with `again` a new letter goes to everyone, whatever they
    have. Tests and others are apart: neither holds or goes on with the other, and a test goes however often
    it went before. The caller holds the book's lock. Raises BriefbookError and ValueError, as `letters_to`
    does.
    """
    cut_off = [envelope.id for envelope in _letters(consignment, desk, _CUT_OFF)]
    take_up(desk.record.ledger, desk.record.store, desk.mail, cut_off, now=now, say=say)
    if again:
        return Begun(consignment=consignment)
    named = {one.mailbox: one for one in everyone(consignment.delivery)}
    unknown = _letters(consignment, desk, (EnvelopeState.UNKNOWN,))
    held = tuple(letter for letter in unknown if mailbox_of(letter.recipient) in named)
    if held:
        return Begun(consignment=consignment, held=held)
    resumed = _resumed(consignment, desk, named, say)
    had = () if consignment.is_test else _had(resumed, desk, named)
    for letter in had:
        if letter.occasion != resumed.occasion:
            say(_why_spared(letter))
    return Begun(consignment=resumed, had=had)


def send(
    begun: Begun,
    desk: Desk,
    root: Path,
    environ: Mapping[str, str],
    *,
    now: Callable[[], datetime],
    say: Callable[[str], None],
) -> Posted:
    """Queue a letter to whoever has none of this occasion, and post those of the occasion that have not gone.

    Who has the edition already gets none; what else waits for them and is stale now is withdrawn as ever.
    Raises BriefbookError for a template's mistake, ValueError for what no header may hold.
    """
    consignment, ledger = begun.consignment, desk.record.ledger
    to = addressed(consignment, desk)
    spared = {mailbox_of(letter.recipient) for letter in begun.had}
    stale = [
        letter
        for letter in to.stale
        if letter.edition != consignment.edition.number or mailbox_of(letter.recipient) not in spared
    ]
    recipients = [one for one in to.recipients if one.mailbox not in spared]
    own = {mailbox_of(letter.recipient): letter for letter in ledger.envelopes(occasion=consignment.occasion)}
    fresh = [one for one in recipients if one.mailbox not in own]
    queued = enqueue(consignment, fresh, desk, stale=stale)
    for letter in (own[one.mailbox] for one in recipients if one.mailbox in own):
        if letter.state in _UNSENT:  # whoever sends does not mean to wait for the next try
            why = f"by hand; it was {letter.state}"
            ledger.move(letter.id, letter.state, EnvelopeState.PENDING, now=now(), reply=why)
            queued.append(letter)
    ids = [letter.id for letter in queued]
    return post(ledger, desk.record.store, desk.mail, root, environ, now=now, at=ids, say=say)


def _letters(consignment: Consignment, desk: Desk, states: Iterable[EnvelopeState]) -> list[Envelope]:
    """The letters of the same memo and kind that are in one of these states."""
    wanted = (consignment.memo.id, consignment.kind)
    return [it for it in desk.record.ledger.envelopes(*states) if (it.memo, it.kind) == wanted]


def _had(consignment: Consignment, desk: Desk, named: Mapping[str, Address]) -> tuple[Envelope, ...]:
    """The letters by which people have this very edition, or may have it: of each the last.

    Not of those whose letter waits on this occasion: they get that one.
    """
    ledger, number = desk.record.ledger, consignment.edition.number
    waiting = _letters(consignment, desk, _WAITING)
    going = {mailbox_of(letter.recipient) for letter in waiting if letter.occasion == consignment.occasion}
    found: dict[str, Envelope] = {}
    if desk.mail.unknown is OnUnknown.RESEND:  # it goes again by itself, and may have arrived the first time
        tried = [letter for letter in waiting if letter.attempts and letter.edition == number]
        found = {mailbox_of(letter.recipient): letter for letter in tried}
    for mailbox, recipient in named.items():
        if sent := ledger.last_sent(consignment.memo.id, recipient.spec, edition=number):
            found[mailbox] = sent
    return tuple(letter for mailbox, letter in found.items() if mailbox in named and mailbox not in going)


def _why_spared(letter: Envelope) -> str:
    has = "has" if letter.state is EnvelopeState.SENT else "may have"
    what = f"edition {letter.edition} of {letter.memo} already, by envelope {letter.id}"
    return f"{letter.recipient}: {has} {what} of {in_utc(letter.queued)}; --again sends it once more"


def _resumed(
    consignment: Consignment, desk: Desk, named: Mapping[str, Address], say: Callable[[str], None]
) -> Consignment:
    """The same on the occasion of the last `send` of which a letter waits, if that is the letter still.

    If it is not, what waits is withdrawn as always, and everyone gets the new one: perhaps it was cut off
    because somebody saw a mistake in it.
    """
    waiting = [it for it in _letters(consignment, desk, _WAITING) if mailbox_of(it.recipient) in named]
    for occasion in dict.fromkeys(letter.occasion for letter in reversed(waiting)):
        instant = _instant_of(occasion, consignment.memo.id)
        if instant is None:
            continue
        begun = replace(consignment, occasion=occasion, instant=instant)
        then = replace(desk, record=replace(desk.record, now=instant))
        own = [letter for letter in waiting if letter.occasion == occasion]
        if all(_would_be(letter, begun, named[mailbox_of(letter.recipient)], then) for letter in own):
            say(f"going on with the letters of {in_utc(instant)}: nobody gets a second one")
            return begun
    return consignment


def _would_be(letter: Envelope, consignment: Consignment, recipient: Address, desk: Desk) -> bool:
    """Whether the letter to a recipient, written now as then, is the one that waits, byte for byte."""
    _, forms = letters_to(consignment, recipient, desk, is_preview=True)
    return letter.message in {sha256(data).hexdigest() for data in forms}
