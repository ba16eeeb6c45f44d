"""Which editions rested on a source or a fact, in which passages, and who got them.

Only the ledger and the store are asked, so it does not matter what has become of the book since. What an
edition was made from is looked through for the id first: only where it stands there the document is made
again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from briefbook.bearing import NOTHING_KNOWN, Passage, Rests, passages_on, rests_of
from briefbook.binding import BoundInputs
from briefbook.canonical import restored
from briefbook.diagnostics import BriefbookError
from briefbook.document import Document
from briefbook.frozen import frozen
from briefbook.handling import named_in
from briefbook.inputs import Remaker, from_bytes, tool_identity
from briefbook.issued import BOUND, Edition, Envelope, EnvelopeKind, EnvelopeState
from briefbook.readers.read_trust import read_settings
from briefbook.record import Record
from briefbook.workshop import silent


class Bearing(StrEnum):
    """What an edition has to do with a source or a fact."""

    RESTED = "rested"  # some passage of it rests on it
    NAMED = "named"  # it stands in what the edition was made from, but no passage rests on it
    TOLD = "told"  # it only says that the source was withdrawn, or the fact left out for that
    UNTOLD = "untold"  # that cannot be told any more


class Standing(StrEnum):
    """Whether somebody has a letter."""

    DELIVERED = "delivered"
    IN_DOUBT = "in doubt"  # cut off between the last dot and the server's word
    WAITING = "waiting"  # it has not gone yet, and will
    STOPPED = "not delivered"


_STANDINGS: Mapping[EnvelopeState, Standing] = {
    EnvelopeState.SENT: Standing.DELIVERED,
    EnvelopeState.AT_DOT: Standing.IN_DOUBT,
    EnvelopeState.UNKNOWN: Standing.IN_DOUBT,
    EnvelopeState.PENDING: Standing.WAITING,
    EnvelopeState.ATTEMPTING: Standing.WAITING,
    EnvelopeState.DEFERRED: Standing.WAITING,
    EnvelopeState.FAILED: Standing.STOPPED,
    EnvelopeState.CANCELLED: Standing.STOPPED,
}


@frozen
class Receipt:
    """Somebody to whom an edition was sent, or is to be."""

    recipient: str  # the bare address
    standing: Standing
    at: datetime  # UTC: when its state last moved
    envelope: int  # its id in the outbox
    is_test: bool


@frozen
class TracedEdition:
    """An edition and what it has to do with the id. `why` says why that cannot be told."""

    edition: Edition
    bearing: Bearing
    passages: tuple[Passage, ...] = ()
    sources: tuple[str, ...] = ()  # on which the fact rested in it
    is_exact: bool = True  # False: made again by another briefbook than the one that issued it
    why: str = ""
    receipts: tuple[Receipt, ...] = ()


@frozen
class ToTell:
    """Somebody who has, or may have, what rested on it."""

    recipient: str
    got: tuple[tuple[Edition, Receipt], ...]
    since: tuple[
        Edition, ...
    ]  # the latest of the same memos that this reader has and that rest on it no more


@frozen
class Trace:
    """All that the record knows of a source or a fact."""

    id: str
    editions: tuple[TracedEdition, ...]  # every edition but those that have nothing to do with it
    looked_at: int  # editions on record
    to_tell: tuple[ToTell, ...]

    def having(self, *bearings: Bearing) -> list[TracedEdition]:
        """The editions that have this to do with it."""
        return [traced for traced in self.editions if traced.bearing in bearings]

    @property
    def is_known(self) -> bool:
        """Whether any edition names it at all."""
        return any(traced.bearing is not Bearing.UNTOLD for traced in self.editions)


def trace(record: Record, id_: str, progress: Callable[[], object] = silent) -> Trace:
    """Go through every edition on record; `progress` is called once for each.

    Raises BriefbookError as the ledger does.
    """
    receipts: defaultdict[tuple[str, int], list[Receipt]] = defaultdict(list)
    for envelope in record.ledger.envelopes():
        if envelope.edition is not None and envelope.kind is not EnvelopeKind.NOTICE:
            receipts[envelope.memo, envelope.edition].append(_receipt(envelope))
    tracer = _Tracer(record=record, id=id_)
    editions = record.ledger.editions()
    found: list[TracedEdition] = []
    for edition in editions:
        traced = tracer.traced(edition, tuple(receipts[edition.memo, edition.number]))
        found += [traced] if traced is not None else []
        progress()
    return Trace(
        id=id_,
        editions=tuple(found),
        looked_at=len(editions),
        to_tell=tuple(_to_tell(found, editions, receipts)),
    )


def _receipt(envelope: Envelope) -> Receipt:
    return Receipt(
        recipient=envelope.recipient,
        standing=_STANDINGS[envelope.state],
        at=envelope.changed or envelope.queued,
        envelope=envelope.id,
        is_test=envelope.kind is EnvelopeKind.TEST,
    )


# ------------------------------------------------------------------------------------ one edition

PRUNED = "what it was made from is no longer kept"
DAMAGED = "what it was made from is damaged"
ANOTHER = "another briefbook made it, in a way that this one cannot read; the id stands in it"


@dataclass(slots=True, kw_only=True)
class _Tracer:
    """Looks editions through for one id; what they have in common is made ready once."""

    record: Record
    id: str
    remaker: Remaker = field(default_factory=lambda: Remaker(read_settings().limits))

    def traced(self, edition: Edition, receipts: tuple[Receipt, ...]) -> TracedEdition | None:
        """What an edition has to do with the id; None for nothing."""

        def untold(why: str) -> TracedEdition:
            return TracedEdition(edition=edition, bearing=Bearing.UNTOLD, why=why, receipts=receipts)

        if not self.record.store.has(edition.inputs):
            return untold(PRUNED)
        try:
            data = self.record.store.get(edition.inputs)
        except BriefbookError:
            return untold(DAMAGED)
        # Canonical JSON spells an id in one way. What is asked for may be no Unicode; then it is in none.
        if f'"{self.id}"'.encode("utf-8", "surrogatepass") not in data:
            return None
        try:
            document, rests, named = self._made_again(edition, data)
        except (ValueError, BriefbookError):
            return untold(ANOTHER)
        is_told = self.id in rests.told_withdrawn
        passages = () if is_told else tuple(passages_on(document, self.id, rests))
        if not passages and not is_told and self.id not in named:
            return None  # the id is a word of the text as well, or the name of a field
        return TracedEdition(
            edition=edition,
            bearing=Bearing.RESTED if passages else Bearing.TOLD if is_told else Bearing.NAMED,
            passages=passages,
            sources=tuple(sorted(rests.sources.get(self.id, ()))),
            is_exact=edition.tool == tool_identity(),
            receipts=receipts,
        )

    def _made_again(self, edition: Edition, data: bytes) -> tuple[Document, Rests, frozenset[str]]:
        """The document, what its facts rest on, and the ids of all that it could have shown."""
        if edition.memo.startswith(BOUND):
            return restored(BoundInputs, data).binder.whole, NOTHING_KNOWN, frozenset()
        inputs = from_bytes(data)
        rests = rests_of(inputs.selection)
        leaning = frozenset(fact for facts in rests.leanings.values() for fact in facts)
        return self.remaker.document(inputs), rests, named_in(inputs.selection) | leaning


# ------------------------------------------------------------------------------------ whom to tell


def _to_tell(
    found: Sequence[TracedEdition],
    editions: Iterable[Edition],
    receipts: Mapping[tuple[str, int], Sequence[Receipt]],
) -> Iterable[ToTell]:
    """Everybody who has what rested on it, or may have, in the order of their addresses."""
    named: dict[str, str] = {}  # as first written: whoever spells an address anew means the same person
    got: defaultdict[str, list[tuple[Edition, Receipt]]] = defaultdict(list)
    for traced in found:
        if traced.bearing is not Bearing.RESTED:
            continue
        for receipt in traced.receipts:
            if receipt.standing is not Standing.STOPPED:
                key = receipt.recipient.casefold()
                named.setdefault(key, receipt.recipient)
                got[key].append((traced.edition, receipt))
    doubtful = {
        (traced.edition.memo, traced.edition.number)
        for traced in found
        if traced.bearing in (Bearing.RESTED, Bearing.UNTOLD)
    }
    clean: dict[tuple[str, str], Edition] = {}  # by reader and memo: the latest that rests on it no more
    for edition in editions:
        if (edition.memo, edition.number) in doubtful:
            continue
        for receipt in receipts.get((edition.memo, edition.number), ()):
            if receipt.standing is Standing.DELIVERED:
                clean[receipt.recipient.casefold(), edition.memo] = edition
    for key in sorted(got):
        last = {edition.memo: edition for edition, _ in got[key]}
        later = [
            newest
            for memo, resting in last.items()
            if (newest := clean.get((key, memo))) is not None and newest.number > resting.number
        ]
        yield ToTell(recipient=named[key], got=tuple(got[key]), since=tuple(later))
