"""The outbox as it lies on the disk: envelopes and their moves, each a compare-and-set."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from briefbook.issued import (
    Envelope,
    EnvelopeKind,
    EnvelopeState,
    Frozen,
    Occurrence,
    OccurrenceState,
    Withdrawal,
)
from briefbook.ledger.database import Row, Value
from briefbook.ledger.instants import instant_of, instant_or_none, optional, plain, spelled
from briefbook.ledger.schedules import Schedules
from briefbook.ledger.values import key_of, line_of, number_of, number_or_none, sha256_of, text_of

FINAL = (EnvelopeState.SENT, EnvelopeState.FAILED, EnvelopeState.CANCELLED)
_TO = "recipient = ? COLLATE NOCASE"  # whoever spells an address anew means the same person
_STEPS = (EnvelopeState.ATTEMPTING, EnvelopeState.AT_DOT)  # of a try: no word of the server belongs to them


class Envelopes(Schedules):
    """The ledger's part on envelopes; queueing one settles the occurrence that it comes from."""

    __slots__ = ()

    def queue(
        self,
        envelopes: Sequence[Envelope],
        settled: Occurrence | None = None,
        was: OccurrenceState = OccurrenceState.DUE,
        withdraws: Iterable[Withdrawal] = (),
    ) -> list[Envelope]:
        """Put envelopes into the outbox and settle the occurrence that they come from: all or nothing.

        What is withdrawn for them goes in the same step; what has moved on meanwhile stays as it is.

        Returns them as they stand in the outbox, with their ids, in the same order: where one for this
        (occasion, recipient) was there, that one. If the occurrence is not recorded, or no longer in the
        state `was`, somebody else has taken it: nothing is queued, and the list is empty.
        """
        withdrawn = list(withdraws)
        if not envelopes and not withdrawn and settled is None:
            return []
        with self._database.writing():
            if settled is not None and not self._settled(settled, was):
                return []
            self._database.run_many(_WITHDRAW, [_values_of(withdrawal) for withdrawal in withdrawn])
            self._database.run_many(_NEW, [_row_of(envelope) for envelope in envelopes])
            return [self._at(envelope.occasion, envelope.recipient) for envelope in envelopes]

    def envelope(self, id_: int) -> Envelope | None:
        """An envelope by its id."""
        if not 0 < id_ < 2**63:  # more than SQLite can be asked for
            return None
        found = self._envelopes("WHERE id = ?", id_)
        return found[0] if found else None

    def envelopes(self, *states: EnvelopeState, occasion: str | None = None) -> list[Envelope]:
        """Envelopes in some states (in any, if none is given) and of one occasion, as they were queued."""
        conditions: list[str] = []
        values: list[Value] = []
        if states:
            conditions.append(f"state IN ({', '.join('?' * len(states))})")
            values += [state.value for state in states]
        if occasion is not None:
            conditions.append("occasion = ?")
            values.append(occasion)
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        return self._envelopes(where, *values)

    def move(
        self,
        id_: int,
        was: EnvelopeState,
        to: EnvelopeState,
        *,
        now: datetime,
        reply: str = "",
        next_try: datetime | None = None,
        attempt: bool = False,
    ) -> bool:
        """Move an envelope on, if its state is still `was`. Tells whether; if so, it is on the disk.

        `attempt` counts a try. A move to `attempting` or `at-dot` without a `reply` leaves the last one. What
        comes to `at-dot` loses its smaller forms: the server may have it, so every other try is of its bytes.
        """
        keeps_reply = not reply and to in _STEPS
        smaller = ", smaller = '[]'" if to is EnvelopeState.AT_DOT else ""
        with self._database.writing():
            changed = self._database.run(
                f"""UPDATE envelopes SET state = ?, changed = ?, next_try = ?, attempts = attempts + ?,
                reply = {"coalesce(?, reply)" if keeps_reply else "?"}{smaller} WHERE id = ? AND state = ?""",
                (
                    to.value,
                    spelled(now),
                    optional(next_try),
                    int(attempt),
                    None if keeps_reply else plain(reply),
                    id_,
                    was.value,
                ),
            )
        return changed == 1

    def exchange(self, id_: int, was: str, to: Frozen) -> bool:
        """Put other bytes into an envelope that is being tried, if its message is still `was`. Tells whether.

        Only for what no server has seen: what was ever at the dot has no smaller form any more, and is sent
        again with the same bytes.
        """
        with self._database.writing():
            sql = """UPDATE envelopes SET message = ?, size = ?
                WHERE id = ? AND message = ? AND state = ? AND smaller <> '[]'"""
            return (
                self._database.run(sql, (to.sha256, to.size, id_, was, EnvelopeState.ATTEMPTING.value)) == 1
            )

    def last_sent(self, memo: str, recipient: str, *, edition: int | None = None) -> Envelope | None:
        """The memo's last queued envelope to this recipient of those sent; of one edition, if it is given."""
        found = self._envelopes(
            f"WHERE memo = ? AND {_TO} AND kind = ? AND state = ? AND edition IS coalesce(?, edition)",
            memo,
            recipient,
            EnvelopeKind.MEMO.value,
            EnvelopeState.SENT.value,
            edition,
        )
        return found[-1] if found else None

    def last_queued(self, memo: str, recipient: str, *, besides: Collection[int] = ()) -> Envelope | None:
        """The memo's newest envelope to this recipient that arrived, or may still arrive.

        Those with the ids `besides` count for nothing: they are about to be withdrawn.
        """
        found = self._envelopes(
            f"WHERE memo = ? AND {_TO} AND kind = ? AND state NOT IN (?, ?)",
            memo,
            recipient,
            EnvelopeKind.MEMO.value,
            EnvelopeState.FAILED.value,
            EnvelopeState.CANCELLED.value,
        )
        left = [envelope for envelope in found if envelope.id not in besides]
        return left[-1] if left else None

    def objects_in_use(self) -> frozenset[str]:
        """The messages of all envelopes that may still be sent."""
        final = ", ".join(f"'{state.value}'" for state in FINAL)
        waiting = self._envelopes(f"WHERE state NOT IN ({final})")
        messages = {envelope.message for envelope in waiting}
        return frozenset(messages | {frozen.sha256 for envelope in waiting for frozen in envelope.smaller})

    def _envelopes(self, where: str, *values: Value) -> list[Envelope]:
        sql = f"SELECT * FROM envelopes {where} ORDER BY id"
        return self._database.rows(sql, values, make=_envelope_of)

    def _at(self, occasion: str, recipient: str) -> Envelope:
        where = "WHERE occasion = ? AND recipient = ?"
        return self._database.one(self._envelopes(where, occasion, recipient))


_COLUMNS = (
    "kind, memo, edition, occasion, recipient, message_id, message, size, smaller, queued, state, attempts, "
    "next_try, reply, changed"
)
# Not ON CONFLICT … DO NOTHING: that takes a number even where there is nothing to insert.
_NEW = f"""INSERT INTO envelopes ({_COLUMNS}) SELECT {", ".join(f"?{at}" for at in range(1, 16))}
    WHERE NOT EXISTS (SELECT 1 FROM envelopes WHERE occasion = ?4 AND recipient = ?5)"""

_WITHDRAW = (
    "UPDATE envelopes SET state = ?, changed = ?, next_try = NULL, reply = ? WHERE id = ? AND state = ?"
)


def _values_of(withdrawal: Withdrawal) -> tuple[Value, ...]:
    return (
        EnvelopeState.CANCELLED.value,
        spelled(withdrawal.now),
        plain(withdrawal.why),
        withdrawal.envelope.id,
        withdrawal.envelope.state.value,
    )


def _row_of(envelope: Envelope) -> tuple[Value, ...]:
    return (
        envelope.kind.value,
        envelope.memo,
        envelope.edition,
        envelope.occasion,
        envelope.recipient,
        envelope.message_id,
        envelope.message,
        envelope.size,
        json.dumps([(frozen.sha256, frozen.size) for frozen in envelope.smaller]),
        spelled(envelope.queued),
        envelope.state.value,
        envelope.attempts,
        optional(envelope.next_try),
        plain(envelope.reply),
        optional(envelope.changed),
    )


def _envelope_of(row: Row) -> Envelope:
    return Envelope(
        id=number_of(row["id"]),
        kind=EnvelopeKind(row["kind"]),
        memo=key_of(row["memo"]),
        edition=number_or_none(row["edition"]),
        occasion=text_of(row["occasion"]),
        recipient=line_of(row["recipient"]),
        message_id=line_of(row["message_id"]),
        message=sha256_of(row["message"]),
        size=number_of(row["size"], least=0),
        smaller=tuple(
            Frozen(sha256=sha256_of(sha256), size=number_of(size, least=0))
            for sha256, size in json.loads(row["smaller"])
        ),
        queued=instant_of(row["queued"]),
        state=EnvelopeState(row["state"]),
        attempts=number_of(row["attempts"], least=0),
        next_try=instant_or_none(row["next_try"]),
        reply=text_of(row["reply"]),
        changed=instant_or_none(row["changed"]),
    )
