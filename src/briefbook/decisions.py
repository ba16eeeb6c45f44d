"""What a person decides of an envelope: that it is tried again, never sent, or has arrived."""

from collections.abc import Collection, Mapping
from datetime import datetime

from briefbook.diagnostics import NOWHERE, BriefbookError, Problem
from briefbook.issued import Envelope, EnvelopeState
from briefbook.ledger import Ledger
from briefbook.store import Store

_RETRIED = frozenset({EnvelopeState.DEFERRED, EnvelopeState.FAILED, EnvelopeState.CANCELLED})
_CANCELLED = frozenset({EnvelopeState.PENDING, EnvelopeState.DEFERRED, EnvelopeState.UNKNOWN})
_RESOLVED = frozenset({EnvelopeState.UNKNOWN})


def retry(ledger: Ledger, store: Store, id_: int, now: datetime) -> Envelope:
    """Let the next run try it. Raises BriefbookError where its state forbids that, or its bytes are lost."""
    envelope = found(ledger, id_)
    if envelope.state in _RETRIED:
        letter_of(envelope, store)
    return _by_hand(ledger, id_, "retried", _RETRIED, EnvelopeState.PENDING, now)


def letter_of(envelope: Envelope, store: Store) -> bytes:
    """Its message. Raises BriefbookError where that was pruned: it can be neither shown nor sent."""
    if not store.has(envelope.message):
        hint = "make and send the memo again: briefbook send"
        raise _refusal(f"the message of {envelope.id} is no longer kept", hint)
    return store.get(envelope.message)


def cancel(ledger: Ledger, id_: int, now: datetime) -> Envelope:
    """Never send it. Raises BriefbookError where its state forbids it."""
    return _by_hand(ledger, id_, "cancelled", _CANCELLED, EnvelopeState.CANCELLED, now)


def resolve(ledger: Ledger, id_: int, now: datetime, *, sent: bool) -> Envelope:
    """Settle an unknown one: it has arrived, or the same bytes go again. Raises BriefbookError for others."""
    to = EnvelopeState.SENT if sent else EnvelopeState.PENDING
    return _by_hand(ledger, id_, "resolved", _RESOLVED, to, now)


def found(ledger: Ledger, id_: int) -> Envelope:
    """An envelope by its id. Raises BriefbookError if there is none."""
    envelope = ledger.envelope(id_)
    if envelope is None:
        raise _refusal(f"there is no envelope {id_}", "see: briefbook outbox list")
    return envelope


def _by_hand(
    ledger: Ledger,
    id_: int,
    done: str,
    from_: Collection[EnvelopeState],
    to: EnvelopeState,
    now: datetime,
) -> Envelope:
    envelope = found(ledger, id_)
    fits = envelope.state in from_
    # Two people, or a run and a person, may ask at once: only the ledger decides.
    if fits and ledger.move(id_, envelope.state, to, now=now, reply=f"by hand; it was {envelope.state}"):
        return found(ledger, id_)
    state = found(ledger, id_).state
    *others, last = sorted(from_)
    fitting = f"{', '.join(others)} or {last}" if others else last
    raise _refusal(f"{id_} is {state}: only what is {fitting} can be {done}", MEANINGS[state])


def _refusal(message: str, hint: str) -> BriefbookError:
    return BriefbookError(Problem(where=NOWHERE, message=message, hint=hint))


MEANINGS: Mapping[EnvelopeState, str] = {
    EnvelopeState.PENDING: "it goes with the next run",
    EnvelopeState.ATTEMPTING: "a run is sending it, or broke off: the next run takes it up again",
    EnvelopeState.AT_DOT: (
        "a run is waiting for the server's answer, or broke off: then the next run takes it for unknown"
    ),
    EnvelopeState.SENT: "the server has accepted it",
    EnvelopeState.DEFERRED: "refused for now: it is tried again by itself",
    EnvelopeState.FAILED: "refused for good, or given up",
    EnvelopeState.UNKNOWN: (
        "the connection broke after the whole message had been sent and before the server answered: it may "
        "have arrived or not. Ask the recipient, or look into the server's log, for the Message-ID"
    ),
    EnvelopeState.CANCELLED: (
        "a person has stopped it, a later letter took its place, or its memo no longer names the recipient"
    ),
}
