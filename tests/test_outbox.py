"""The outbox with a real ledger, store and mail server: its rules, one round, what a person can do."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from briefbook.decisions import cancel, resolve, retry
from briefbook.delivery import OnUnknown
from briefbook.diagnostics import BriefbookError
from briefbook.issued import Envelope, EnvelopeKind, EnvelopeState
from briefbook.mail.smtp import Accepted, Cut, Outcome, Phase, Refused, Scope
from briefbook.outbox import After, Posted, after, is_due, tidy
from tests.desk import (
    CANCELLED,
    DEFERRED,
    FAILED,
    HOURS,
    NOON,
    PENDING,
    SENT,
    UNKNOWN,
    Desk,
    Dying,
    KilledError,
    desk_at,
    envelope,
    letter,
    mail,
)
from tests.relay import AT_DOT, Relay, Way


@pytest.fixture
def relay() -> Iterator[Relay]:
    with Relay() as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, relay: Relay) -> Iterator[Desk]:
    with desk_at(tmp_path, relay.port) as made:
        yield made


# ------------------------------------------------------------------------------------------ the rules


def refused(code: int, scope: Scope = Scope.RECIPIENT, phase: Phase = Phase.RCPT) -> Refused:
    return Refused(phase=phase, code=code, text="no", scope=scope)


CUT, CUT_AT_DOT = Cut(phase=Phase.RCPT, reason="gone"), Cut(phase=Phase.DOT, reason="gone")
IN_5, IN_20, IN_4H = NOON + HOURS / 12, NOON + HOURS / 3, NOON + 4 * HOURS
OLD, VERY_OLD = NOON - timedelta(days=4, hours=23), NOON - timedelta(days=5)


@pytest.mark.parametrize(
    ("outcome", "attempts", "queued", "unknown", "state", "next_try", "reply"),
    [
        (Accepted(reply="250 ok"), 1, NOON, "hold", SENT, None, "250 ok"),
        (Accepted(reply="250 ok"), 9, VERY_OLD, "hold", SENT, None, "250 ok"),
        (refused(450), 1, NOON, "hold", DEFERRED, IN_5, "450 no"),
        (refused(450), 3, NOON, "hold", DEFERRED, IN_20, "450 no"),
        (refused(450), 7, NOON, "hold", DEFERRED, IN_4H, "450 no"),
        (refused(450), 5000, NOON, "hold", DEFERRED, IN_4H, "450 no"),
        (refused(450), 9, OLD, "hold", DEFERRED, NOON + HOURS, "450 no"),  # the last try
        (refused(450), 9, VERY_OLD, "hold", FAILED, None, "given up after 5 days: 450 no"),
        (refused(550), 1, NOON, "hold", FAILED, None, "550 no"),
        (refused(550), 1, NOON, "resend", FAILED, None, "550 no"),
        (refused(452, Scope.MESSAGE, Phase.DOT), 1, NOON, "hold", DEFERRED, IN_5, "452 no"),
        (refused(552, Scope.MESSAGE, Phase.DOT), 1, NOON, "hold", FAILED, None, "552 no"),
        (refused(0, Scope.MESSAGE, Phase.MAIL), 1, NOON, "hold", FAILED, None, "no"),
        (refused(535, Scope.SERVER, Phase.AUTH), 1, NOON, "hold", DEFERRED, IN_5, "535 no"),
        (refused(0, Scope.SERVER, Phase.TLS), 2, NOON, "hold", DEFERRED, NOON + HOURS / 6, "no"),
        (refused(535, Scope.SERVER), 1, VERY_OLD, "hold", FAILED, None, "given up after 5 days: 535 no"),
        (refused(421, Scope.SERVER), 1, NOON, "hold", DEFERRED, IN_5, "421 no"),
        (CUT, 1, NOON, "hold", DEFERRED, IN_5, "gone"),
        (CUT, 1, NOON, "resend", DEFERRED, IN_5, "gone"),
        (CUT, 1, VERY_OLD, "hold", FAILED, None, "given up after 5 days: gone"),
        (CUT_AT_DOT, 1, NOON, "hold", UNKNOWN, None, "gone"),
        (CUT_AT_DOT, 1, NOON, "resend", DEFERRED, IN_5, "gone"),
        (CUT_AT_DOT, 1, VERY_OLD, "resend", UNKNOWN, None, "gone"),  # never "failed": it may have arrived
    ],
)  # fmt: skip
def test_where_an_envelope_goes(
    outcome: Outcome,
    attempts: int,
    queued: datetime,
    unknown: str,
    state: EnvelopeState,
    next_try: datetime | None,
    reply: str,
) -> None:
    tried = envelope(attempts=attempts, queued=queued)
    assert after(outcome, tried, NOON, mail(unknown=OnUnknown(unknown))) == After(state, next_try, reply)


@pytest.mark.parametrize(
    ("state", "next_try", "due"),
    [
        (PENDING, None, True),
        (DEFERRED, NOON, True),
        (DEFERRED, NOON + timedelta(seconds=1), False),
        (DEFERRED, NOON + 4 * HOURS, False),
        (DEFERRED, NOON + 5 * HOURS, True),  # no wait is so long: the clock was ahead
        (DEFERRED, None, True),
        *((state, None, False) for state in EnvelopeState if state not in (PENDING, DEFERRED)),
    ],
)
def test_what_is_due(state: EnvelopeState, next_try: datetime | None, due: bool) -> None:
    assert is_due(envelope(state=state, next_try=next_try), NOON) is due


def test_a_servers_words_are_one_harmless_line() -> None:
    assert tidy("no\r\n\x1b[2Jroom \u202e left") == "no [2Jroom left"
    assert len(tidy("x" * 9999)) == 501


# ------------------------------------------------------------------------------------------ one round


def test_what_is_pending_is_sent_over_one_conversation(desk: Desk, relay: Relay) -> None:
    ids = desk.queue(3)
    assert desk.post() == Posted(sent=tuple(ids))
    assert relay.accepted == [(f"r{n}@example.org", letter(n)) for n in (1, 2, 3)]
    assert relay.conversations == 1
    sent = desk.one(ids[0])
    assert (sent.state, sent.attempts, sent.reply, sent.changed) == (SENT, 1, "250 taken", NOON)
    assert desk.said[0] == "sent: 1, council to r1@example.org (250 taken)"
    assert desk.post().nothing
    assert relay.conversations == 1


def test_only_what_is_asked_for(desk: Desk) -> None:
    desk.queue(3)
    assert desk.post(at=[2]) == Posted(sent=(2,))
    assert desk.states() == [PENDING, SENT, PENDING]


def test_nothing_due_asks_for_no_password(desk: Desk) -> None:
    desk.settings = replace(desk.settings, password_file="../is-not-there")
    assert desk.post().nothing
    desk.queue(1)
    posted = desk.post()
    assert (posted.left, posted.refused) == ((1,), True)
    assert "there is no file ../is-not-there" in posted.stopped
    assert desk.states() == [PENDING]


@pytest.mark.parametrize(
    ("way", "posted", "kept", "conversations"),
    [
        (Way.TAKE_AND_CLOSE, Posted(sent=(1, 2, 3)), 3, 1),
        (Way.NOT_NOW, Posted(sent=(1, 3), deferred=(2,)), 2, 1),
        (Way.NEVER, Posted(sent=(1, 3), failed=(2,)), 2, 1),
        (Way.NOT_NOW_AT_DOT, Posted(sent=(1, 3), deferred=(2,)), 2, 1),
        (Way.NEVER_AT_DOT, Posted(sent=(1, 3), failed=(2,)), 2, 1),
        (Way.CLOSING, Posted(sent=(1, 3), deferred=(2,)), 2, 2),
        (Way.DROP_AT_DATA, Posted(sent=(1, 3), deferred=(2,)), 2, 2),
        (Way.KEEP_AND_DROP, Posted(sent=(1, 3), unknown=(2,)), 3, 2),
        (Way.LOSE_AND_DROP, Posted(sent=(1, 3), unknown=(2,)), 2, 2),
        (
            Way.NO_PASSWORD,
            Posted(
                sent=(1,),
                deferred=(2,),
                left=(3,),
                stopped="the mail server refuses us: 530 who are you?",
                refused=True,
            ),
            1,
            1,
        ),
    ],
)
def test_a_server_that_fails_one(
    desk: Desk, relay: Relay, way: Way, posted: Posted, kept: int, conversations: int
) -> None:
    desk.queue(3)
    relay.will([Way.TAKE, way] if way is not Way.TAKE_AND_CLOSE else [way] * 3)
    assert desk.post() == posted
    assert len(relay.accepted) == kept
    assert relay.conversations == conversations
    if posted.deferred:
        assert desk.one(2).next_try == NOON + timedelta(minutes=5)
        assert desk.post().deferred == ()  # not before its time
        desk.now += timedelta(minutes=5)
        assert 2 in desk.post().sent
    assert max(Counter(who for who, _ in relay.accepted).values()) == 1


def test_a_notice_that_was_cut_off_goes_again(desk: Desk, relay: Relay) -> None:
    """Nobody is asked whether it came: to be told of a failure twice is better than to be asked about it."""
    desk.queue(1, EnvelopeKind.NOTICE)
    relay.will([Way.KEEP_AND_DROP, Way.TAKE])
    assert desk.post() == Posted(deferred=(1,))
    desk.now += timedelta(minutes=5)
    assert desk.post() == Posted(sent=(1,))
    assert [who for who, _ in relay.accepted] == [desk.one(1).recipient] * 2


def test_nothing_more_is_begun_when_told_to_stop(desk: Desk, relay: Relay) -> None:
    desk.queue(3)
    posted = desk.post(stops=lambda: desk.states().count(SENT) == 2)
    assert (posted.sent, posted.left) == ((1, 2), (3,))
    assert "told to stop" in posted.stopped
    assert desk.states() == [SENT, SENT, PENDING]
    assert desk.post().sent == (3,)


@pytest.mark.parametrize("way", [Way.DROP_AT_DATA, Way.CLOSING, Way.LOSE_AND_DROP])
def test_two_troubles_in_a_row_stop_the_round(desk: Desk, relay: Relay, way: Way) -> None:
    desk.queue(4)
    relay.will([way, way])
    posted = desk.post()
    assert posted.left == (3, 4)
    assert posted.stopped.startswith("the mail server fails us: ")
    assert not posted.refused
    # What was not tried waits as long as what was: a run a minute must not lock the account.
    waiting = {(it.state, it.attempts, it.next_try) for it in (desk.one(3), desk.one(4))}
    later = (DEFERRED, 0, NOON + timedelta(minutes=5))
    assert waiting == {(PENDING, 0, None) if way in AT_DOT else later}
    assert set(desk.states()[:2]) == ({UNKNOWN} if way in AT_DOT else {DEFERRED})


def test_troubles_apart_stop_nothing(desk: Desk, relay: Relay) -> None:
    desk.queue(4)
    relay.will([Way.DROP_AT_DATA, Way.NOT_NOW, Way.DROP_AT_DATA, Way.TAKE])
    assert desk.post() == Posted(sent=(4,), deferred=(1, 2, 3))


def test_a_server_that_is_not_there(desk: Desk, relay: Relay) -> None:
    desk.queue(3)
    with Relay() as gone:
        desk.settings = mail(gone.port)
    posted = desk.post()
    assert (posted.deferred, posted.left) == ((1, 2), (3,))
    assert desk.one().next_try == NOON + timedelta(minutes=5)
    desk.settings = mail(relay.port)
    assert desk.post().nothing
    desk.now += timedelta(minutes=5)
    assert sorted(desk.post().sent) == [1, 2, 3]


def test_the_waits_double_and_end_after_five_days(desk: Desk, relay: Relay) -> None:
    desk.queue(1)
    relay.will([Way.NOT_NOW] * 99)
    waits: list[timedelta] = []
    while desk.post().failed == ():
        next_try = desk.one().next_try
        assert next_try is not None
        waits.append(next_try - desk.now)
        desk.now = next_try
    assert [wait // timedelta(minutes=1) for wait in waits[:8]] == [5, 10, 20, 40, 80, 160, 240, 240]
    assert desk.now == NOON + timedelta(days=5)
    assert desk.one().reply == "given up after 5 days: 450 later"
    assert desk.one().attempts == len(waits) + 1


def test_a_message_that_is_lost_fails_alone(desk: Desk) -> None:
    desk.queue(2)
    desk.store.remove(desk.one(1).message)
    assert desk.post() == Posted(sent=(2,), failed=(1,))
    assert desk.one(1).reply.startswith("these bytes are no longer kept")
    assert desk.one(1).attempts == 0
    with pytest.raises(BriefbookError, match="the message of 1 is no longer kept"):
        retry(desk.ledger, desk.store, 1, NOON)
    desk.store.put(letter(1))
    retry(desk.ledger, desk.store, 1, NOON)
    assert desk.post() == Posted(sent=(1,))


def test_one_that_breaks_every_run_bars_nobodys_way(desk: Desk, relay: Relay) -> None:
    desk.queue(2)
    with pytest.raises(KilledError):
        desk.post(Dying(desk.ledger, deaths=2))  # after `attempting`
    assert desk.post() == Posted(sent=(1, 2))
    assert [who for who, _ in relay.accepted] == ["r2@example.org", "r1@example.org"]


def test_no_storm_of_a_clock_that_was_ahead(desk: Desk, relay: Relay) -> None:
    desk.queue(1)
    relay.will([Way.NOT_NOW])
    desk.now = NOON + timedelta(days=2)
    assert desk.post().deferred == (1,)
    desk.now = NOON
    assert desk.post().sent == (1,)


# ------------------------------------------------------------------------------------------ by hand

ALLOWED = {
    "retry": {DEFERRED: PENDING, FAILED: PENDING, CANCELLED: PENDING},
    "cancel": {PENDING: CANCELLED, DEFERRED: CANCELLED, UNKNOWN: CANCELLED},
    "sent": {UNKNOWN: SENT},
    "resend": {UNKNOWN: PENDING},
}


@pytest.mark.parametrize("state", EnvelopeState)
@pytest.mark.parametrize("deed", ALLOWED)
def test_what_a_person_can_do(desk: Desk, deed: str, state: EnvelopeState) -> None:
    digest = desk.store.put(letter(1))
    [queued] = desk.ledger.queue([envelope(state=state, message=digest, next_try=NOON, attempts=4)])

    def do() -> Envelope:
        match deed:
            case "retry":
                return retry(desk.ledger, desk.store, queued.id, NOON)
            case "cancel":
                return cancel(desk.ledger, queued.id, NOON)
            case _:
                return resolve(desk.ledger, queued.id, NOON, sent=deed == "sent")

    if state in ALLOWED[deed]:
        moved = do()
        assert moved == desk.one(queued.id)
        assert (moved.state, moved.next_try, moved.message) == (ALLOWED[deed][state], None, digest)
        assert moved.reply == f"by hand; it was {state}"
    else:
        with pytest.raises(BriefbookError, match=rf"{queued.id} is {state}: only what is .* can be "):
            do()
        assert desk.one(queued.id) == queued


def test_an_envelope_that_is_not_there(desk: Desk) -> None:
    with pytest.raises(BriefbookError, match=r"there is no envelope 9 \(see: briefbook outbox list\)"):
        cancel(desk.ledger, 9, NOON)


def test_a_retry_after_five_days_is_one_try(desk: Desk, relay: Relay) -> None:
    desk.queue(1)
    desk.now = NOON + timedelta(days=6)
    relay.will([Way.NOT_NOW, Way.NOT_NOW])
    assert desk.post().failed == (1,)
    retry(desk.ledger, desk.store, 1, desk.now)
    assert desk.post().failed == (1,)
    retry(desk.ledger, desk.store, 1, desk.now)
    assert desk.post().sent == (1,)
