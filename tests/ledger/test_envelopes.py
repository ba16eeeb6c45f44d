"""The outbox: an envelope is queued once, with its occurrence, and each of its moves is made once."""

from dataclasses import replace
from pathlib import Path

import pytest

from briefbook.issued import Envelope, EnvelopeKind, EnvelopeState, OccurrenceState, Withdrawal
from briefbook.ledger import Ledger, open_ledger
from tests.ledger.samples import HOUR, NOW, envelope, occurrence

PENDING, SENT = EnvelopeState.PENDING, EnvelopeState.SENT
QUEUED = occurrence(state=OccurrenceState.QUEUED, number=1)


def queued(ledger: Ledger, one: Envelope) -> int:
    return ledger.queue([one])[0].id


def test_envelopes_come_back_as_they_were_queued(tmp_path: Path) -> None:
    ana = replace(envelope(), next_try=NOW + HOUR, reply="wait", changed=NOW, attempts=2)
    notice = replace(envelope("bo@example.org", kind=EnvelopeKind.NOTICE), edition=None)
    with open_ledger(tmp_path) as ledger:
        first, second = ledger.queue([ana, notice])
        assert (first, second) == (replace(ana, id=first.id), replace(notice, id=second.id))
        assert ledger.envelope(first.id) == first
        assert ledger.envelopes() == [first, second]
        assert ledger.queue([]) == []


@pytest.mark.parametrize("id_", [0, -1, 3, 2**63, 10**30])
def test_there_is_no_such_envelope(tmp_path: Path, id_: int) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.queue([envelope()])
        assert ledger.envelope(id_) is None


def test_one_envelope_for_each_occasion_and_recipient(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        first = queued(ledger, envelope())
        ledger.move(first, PENDING, SENT, now=NOW)
        again, other, later = ledger.queue(
            [replace(envelope(), message="0" * 64), envelope("bo@example.org"), envelope(occasion="later")]
        )
        assert again == ledger.envelope(first)
        assert again.state is SENT
        assert [again.id, other.id, later.id] == [1, 2, 3]  # what was there already has taken no number
        assert ledger.envelopes(occasion="later") == [later]
        assert ledger.envelopes(PENDING, occasion=envelope().occasion) == [other]
        assert ledger.envelopes(PENDING, SENT) == [again, other, later]
        assert ledger.envelopes(EnvelopeState.UNKNOWN) == []


def test_queueing_settles_the_occurrence(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.note([occurrence()])
        assert len(ledger.queue([envelope(), envelope("bo@example.org")], QUEUED)) == 2
        assert ledger.occurrences() == [QUEUED]


def test_nothing_is_queued_for_an_occurrence_that_another_run_has_settled(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        assert ledger.queue([envelope()], QUEUED) == []  # never noted
        ledger.note([occurrence(state=OccurrenceState.FAILED, reason="no facts")])
        assert ledger.queue([envelope()], QUEUED) == []
        assert ledger.envelopes() == []
        assert ledger.occurrences()[0].reason == "no facts"
        assert len(ledger.queue([envelope()], QUEUED, OccurrenceState.FAILED)) == 1


def test_an_envelope_that_cannot_be_queued_leaves_the_occurrence_due(tmp_path: Path) -> None:
    naive = replace(envelope("bo@example.org"), queued=NOW.replace(tzinfo=None))
    with open_ledger(tmp_path) as ledger:
        ledger.note([occurrence()])
        with pytest.raises(ValueError, match="without a zone"):
            ledger.queue([envelope(), naive], QUEUED)
        assert ledger.occurrences() == [occurrence()]
        assert ledger.envelopes() == []


def test_what_a_letter_takes_the_place_of_is_withdrawn_with_it_or_not_at_all(tmp_path: Path) -> None:
    naive = replace(envelope(occasion="later"), queued=NOW.replace(tzinfo=None))
    with open_ledger(tmp_path) as ledger:
        old = ledger.queue([envelope(), envelope("bo@example.org")])
        withdrawals = [Withdrawal(envelope=one, now=NOW + HOUR, why="superseded") for one in old]
        with pytest.raises(ValueError, match="without a zone"):
            ledger.queue([naive], withdraws=withdrawals)
        assert ledger.queue([envelope(occasion="later")], QUEUED, withdraws=withdrawals) == []  # never noted
        assert ledger.envelopes() == old
        ledger.move(old[1].id, PENDING, SENT, now=NOW)  # it has moved on
        [new] = ledger.queue([envelope(occasion="later")], withdraws=withdrawals)
        cancelled, sent = ledger.envelopes(occasion=envelope().occasion)
        assert sent.state is SENT
        assert cancelled == replace(
            old[0], state=EnvelopeState.CANCELLED, changed=NOW + HOUR, reply="superseded"
        )
        assert ledger.envelopes(PENDING) == [new]
        assert ledger.queue([], withdraws=[Withdrawal(envelope=new, now=NOW, why="stale")]) == []
        assert ledger.envelopes(PENDING) == []


def test_a_move_is_made_once(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger, open_ledger(tmp_path) as other:
        id_ = queued(ledger, envelope())
        assert ledger.move(id_, PENDING, EnvelopeState.ATTEMPTING, now=NOW, attempt=True)
        assert not other.move(id_, PENDING, EnvelopeState.ATTEMPTING, now=NOW, attempt=True)
        moved = other.envelope(id_)
        assert moved == replace(envelope(), id=id_, state=EnvelopeState.ATTEMPTING, attempts=1, changed=NOW)
        assert not ledger.move(id_ + 1, PENDING, SENT, now=NOW)


def test_the_servers_last_words_stay_until_there_are_others(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        id_ = queued(ledger, envelope())
        attempting, at_dot, deferred = (
            EnvelopeState.ATTEMPTING,
            EnvelopeState.AT_DOT,
            EnvelopeState.DEFERRED,
        )
        told = []
        for was, to, reply in (
            (PENDING, deferred, "450 later"),
            (deferred, attempting, ""),
            (attempting, at_dot, ""),
            (at_dot, SENT, ""),
        ):
            next_try = NOW + HOUR if to is deferred else None
            assert ledger.move(id_, was, to, now=NOW, reply=reply, next_try=next_try)
            one = ledger.envelope(id_)
            assert one is not None
            told.append((one.reply, one.next_try))
        assert told == [("450 later", NOW + HOUR), ("450 later", None), ("450 later", None), ("", None)]


def test_the_last_that_was_sent_to_somebody(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        assert ledger.last_sent("council", "ana@example.org") is None
        first, second, third = (queued(ledger, envelope(occasion=str(n))) for n in range(3))
        ledger.queue([envelope(occasion="n", kind=EnvelopeKind.NOTICE, state=SENT)])
        ledger.queue([envelope(memo="harbours", occasion="h", state=SENT)])
        ledger.queue([envelope("bo@example.org", state=SENT)])
        ledger.move(second, PENDING, SENT, now=NOW)
        ledger.move(first, PENDING, SENT, now=NOW + HOUR)  # an older one that arrived late
        sent = ledger.last_sent("council", "ana@example.org")
        newest = ledger.last_queued("council", "ana@example.org")
        assert sent is not None
        assert newest is not None
        assert (sent.id, newest.id) == (second, third)
        assert ledger.last_queued("council", "ana@example.org", besides={third}) == sent
        ledger.move(third, PENDING, EnvelopeState.CANCELLED, now=NOW)
        assert ledger.last_queued("council", "ana@example.org") == sent
        assert ledger.last_sent("council", "ana@example.org", edition=sent.edition) == sent
        assert ledger.last_sent("council", "ana@example.org", edition=9) is None


def test_messages_that_may_still_be_sent_are_in_use(tmp_path: Path) -> None:
    every = [envelope(f"{state}@example.org", state=state) for state in EnvelopeState]
    final = {EnvelopeState.SENT, EnvelopeState.FAILED, EnvelopeState.CANCELLED}
    with open_ledger(tmp_path) as ledger:
        ledger.queue(every)
        assert ledger.objects_in_use() == {one.message for one in every if one.state not in final}
