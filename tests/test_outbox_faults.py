"""The outbox whatever comes: servers that misbehave, runs that are killed, runs that race."""

import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefbook.decisions import resolve
from briefbook.delivery import MailSettings, OnUnknown, Security
from briefbook.issued import EnvelopeState, Frozen
from briefbook.outbox import Posted
from tests.desk import (
    ATTEMPTING,
    DEFERRED,
    DOT,
    FAILED,
    HOURS,
    NOON,
    PENDING,
    REST,
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
from tests.mail.servers import PASSWORD, SCRIPTS, USER, GoodServer, RawServer, Script, write_ca
from tests.relay import PATIENCE, Relay, Way


@pytest.fixture
def relay() -> Iterator[Relay]:
    with Relay() as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, relay: Relay) -> Iterator[Desk]:
    with desk_at(tmp_path, relay.port) as made:
        yield made


# ----------------------------------------------------- every way of misbehaving, with TLS and a password

ALL, NONE = [SENT, SENT, SENT], [FAILED, FAILED, FAILED]
LATER, HANGING = [DEFERRED, SENT, SENT], [UNKNOWN, SENT, SENT]
AWAY, LOST = [DEFERRED, DEFERRED, DEFERRED], [UNKNOWN, UNKNOWN, PENDING]
REFUSING = ("530-mail", "535", "no-auth", "no-starttls", "wrong-host", "self-signed", "injected")
STATES = {
    **dict.fromkeys(("good", "drop-quit", "silent-quit", "421-quit", "idle", "seven-bit"), ALL),
    **dict.fromkeys((name for name in SCRIPTS if name.startswith("drop-") and name != "drop-quit"), LATER),
    **dict.fromkeys(("450-once", "451-dot", "421-dot"), LATER),
    "421-rcpt": [SENT, DEFERRED, SENT],
    "mixed": [SENT, FAILED, SENT],
    **dict.fromkeys(("550-mail", "552-mail", "552-dot", "small"), NONE),
    **dict.fromkeys(("no-banner", "drip", "421-connect", "endless-line", "endless-lines", *REFUSING), AWAY),
    **dict.fromkeys(("dot-kept", "dot-lost"), HANGING),
    **dict.fromkeys(("silent-at-dot", "endless-at-dot", "endless-lines-at-dot"), LOST),
    **dict.fromkeys(("garbage-at-dot", "354-at-dot", "two-codes-at-dot"), LOST),
}


def with_tls(script: Script, port: int) -> MailSettings:
    slow = bool(script.silent or script.drip)
    return replace(
        mail(port),
        host="localhost",
        security=Security.STARTTLS,
        user=USER,
        ca_file="ca.pem",
        deadline=timedelta(seconds=1 if slow else PATIENCE),
    )


@pytest.mark.parametrize("name", SCRIPTS)
def test_whatever_a_server_does(desk: Desk, name: str) -> None:
    write_ca(desk.folder)
    desk.environ["BRIEFBOOK_SMTP_PASSWORD"] = PASSWORD
    ids = desk.queue(3)
    script = SCRIPTS[name]
    with RawServer(script) as server:
        desk.settings = with_tls(script, server.port)
        posted = desk.post()
    if name not in ("drip-at-dot", "drop-body"):  # how far these come is a question of time
        assert desk.states() == STATES[name]
    assert posted.refused is (name in REFUSING)
    assert bool(posted.stopped) is bool(posted.left)
    assert sorted(posted.sent + posted.deferred + posted.failed + posted.unknown + posted.left) == ids
    assert PASSWORD not in f"{desk.said} {posted} {desk.ledger.envelopes()}"
    # Once the server is well, what waits goes, and nothing else does.
    waiting = [it.recipient for it in desk.ledger.envelopes(PENDING, DEFERRED)]
    desk.now += 4 * HOURS
    with GoodServer() as good:
        desk.settings = with_tls(SCRIPTS["good"], good.port)
        assert desk.post().stopped == ""
    assert sorted(to for it in good.kept for to in it.recipients) == sorted(waiting)
    assert set(desk.states()) <= REST
    taken = Counter(to for it in (*server.kept, *good.kept) for to in it.recipients)
    for it in desk.ledger.envelopes():
        assert taken[it.recipient] in {SENT: (1,), FAILED: (0,), UNKNOWN: (0, 1)}[it.state]
    assert all(it.data == letter(int(it.recipients[0][1])) for it in (*server.kept, *good.kept))


@pytest.mark.parametrize("lost", [False, True])
def test_a_server_that_takes_less_gets_a_letter_with_less(desk: Desk, lost: bool) -> None:
    write_ca(desk.folder)
    desk.environ["BRIEFBOOK_SMTP_PASSWORD"] = PASSWORD
    texts = (letter(1), b"Subject: with the PDF\r\n\r\n", b"Subject: alone\r\n\r\n")
    frozen = [
        Frozen(sha256=digest, size=len(data))
        for digest, data in zip(desk.store.put_many(texts), texts, strict=True)
    ]
    whole, pdf, _ = frozen
    if lost:
        desk.store.remove(pdf.sha256)
    desk.ledger.queue([envelope(message=whole.sha256, size=whole.size, smaller=tuple(frozen[1:]))])
    with RawServer(SCRIPTS["small"]) as server:
        desk.settings = with_tls(SCRIPTS["small"], server.port)
        assert desk.post() == Posted(sent=(1,))
    assert [it.data for it in server.kept] == [texts[2 if lost else 1]]
    assert desk.one().message == frozen[2 if lost else 1].sha256
    assert desk.one().attempts == 1
    assert (
        desk.said[0]
        == "1, council to r1@example.org: the server takes 100 bytes at most, so less is attached"
    )


@pytest.mark.parametrize("trick", ["dot-kept", "dot-lost", "451-dot"])
def test_what_was_at_the_dot_keeps_its_bytes_where_the_server_takes_less_later(
    desk: Desk, trick: str
) -> None:
    write_ca(desk.folder)
    desk.environ["BRIEFBOOK_SMTP_PASSWORD"] = PASSWORD
    texts = (letter(1), b"Subject: alone\r\n\r\n")
    whole, alone = (
        Frozen(sha256=digest, size=len(data))
        for digest, data in zip(desk.store.put_many(texts), texts, strict=True)
    )
    desk.ledger.queue([envelope(message=whole.sha256, size=whole.size, smaller=(alone,))])
    with RawServer(SCRIPTS[trick]) as server:
        desk.settings = replace(with_tls(SCRIPTS[trick], server.port), unknown=OnUnknown.RESEND)
        assert desk.post() == Posted(deferred=(1,))
    desk.now += HOURS
    with RawServer(SCRIPTS["small"]) as small:
        desk.settings = replace(desk.settings, port=small.port)
        assert desk.post() == Posted(failed=(1,))
    assert small.kept == []
    assert {it.data for it in server.kept} <= {letter(1)}
    assert desk.one().message == whole.sha256
    assert "the server takes 100 at most" in desk.one().reply


def test_every_script_has_its_states() -> None:
    assert set(STATES) == set(SCRIPTS) - {"drip-at-dot"}


# --------------------------------------------------------------------------------- what a crash leaves


@pytest.mark.parametrize(
    ("deaths", "left", "hold", "resend", "accepted"),
    [
        (1, PENDING, Posted(sent=(1,)), Posted(sent=(1,)), (1, 1)),
        (2, ATTEMPTING, Posted(sent=(1,)), Posted(sent=(1,)), (1, 1)),
        (3, ATTEMPTING, Posted(sent=(1,)), Posted(sent=(1,)), (1, 1)),
        (4, DOT, Posted(unknown=(1,)), Posted(sent=(1,)), (0, 1)),
        (5, DOT, Posted(unknown=(1,)), Posted(sent=(1,)), (1, 2)),  # the server has it
        (6, SENT, Posted(), Posted(), (1, 1)),
    ],
)
@pytest.mark.parametrize("unknown", OnUnknown)
def test_the_next_run_takes_up_what_is_left(
    desk: Desk,
    relay: Relay,
    unknown: OnUnknown,
    deaths: int,
    left: EnvelopeState,
    hold: Posted,
    resend: Posted,
    accepted: tuple[int, int],
) -> None:
    desk.queue(1)
    desk.settings = mail(relay.port, unknown)
    with pytest.raises(KilledError):
        desk.post(Dying(desk.ledger, deaths))
    assert desk.states() == [left]
    assert desk.post() == (hold if unknown is OnUnknown.HOLD else resend)
    assert len(relay.accepted) == accepted[unknown is OnUnknown.RESEND]
    assert {data for _, data in relay.accepted} <= {letter(1)}  # the same bytes, the same Message-ID


def test_what_was_accepted_and_could_not_be_noted_is_said(desk: Desk) -> None:
    desk.queue(1)
    with pytest.raises(KilledError):
        desk.post(Dying(desk.ledger, deaths=5))
    assert desk.said == [
        "the server has accepted 1, council to r1@example.org, but that could not be noted: the next run "
        "takes it for unknown; then type: briefbook outbox resolve 1 --sent"
    ]


WORKER = """
import sys
from pathlib import Path
from tests.desk import desk_at
with desk_at(Path(sys.argv[1]), int(sys.argv[2])) as desk:
    print("ready", flush=True)
    sys.stdin.readline()
    desk.post()
"""


def worker(desk: Desk, relay: Relay) -> "subprocess.Popen[str]":
    """A process that posts this outbox once it is told to, and knows of no lock."""
    started = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(desk.folder), str(relay.port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def tell(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def test_a_process_killed_between_the_dot_and_the_reply(desk: Desk, relay: Relay) -> None:
    desk.queue(3)
    relay.will([Way.TAKE, Way.WAIT_AT_DOT])
    with worker(desk, relay) as process:
        tell(process)
        assert relay.reached.wait(PATIENCE)
        process.send_signal(signal.SIGKILL)
        assert process.wait(PATIENCE) == -signal.SIGKILL
    relay.go_on.set()
    assert desk.states() == [SENT, DOT, PENDING]
    assert desk.post() == Posted(sent=(3,), unknown=(2,))
    assert desk.post().nothing
    assert [who for who, _ in relay.accepted] == [f"r{n}@example.org" for n in (1, 2, 3)]
    resolve(desk.ledger, 2, NOON, sent=False)
    assert desk.post() == Posted(sent=(2,))
    assert relay.accepted[1] == relay.accepted[3]


def test_two_processes_at_once_without_a_lock(desk: Desk, relay: Relay) -> None:
    desk.queue(25)
    with worker(desk, relay) as one, worker(desk, relay) as other:
        for process in (one, other):
            tell(process)
        for process in (one, other):
            assert process.wait(PATIENCE) == 0
    assert set(desk.states()) == {SENT}
    assert sorted(Counter(who for who, _ in relay.accepted).values()) == [1] * 25


def test_a_run_that_is_taken_for_dead_before_the_dot_sends_none(desk: Desk, relay: Relay) -> None:
    desk.queue(1)
    relay.will([Way.WAIT_AT_DATA])
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(desk.post_elsewhere)
        assert relay.reached.wait(PATIENCE)
        assert desk.post() == Posted(sent=(1,))
        relay.go_on.set()
        assert slow.result(PATIENCE) == Posted()
    assert desk.states() == [SENT]
    assert len(relay.accepted) == 1


def test_a_run_that_is_taken_for_dead_at_the_dot_knows_better(desk: Desk, relay: Relay) -> None:
    desk.queue(1)
    relay.will([Way.WAIT_AT_DOT])
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(desk.post_elsewhere)
        assert relay.reached.wait(PATIENCE)
        assert desk.post() == Posted(unknown=(1,))
        relay.go_on.set()
        assert slow.result(PATIENCE) == Posted(sent=(1,))
    assert desk.states() == [SENT]
    assert len(relay.accepted) == 1


def test_a_run_that_has_lost_an_envelope_does_not_settle_it(desk: Desk, relay: Relay) -> None:
    desk.queue(1)
    relay.will([Way.WAIT_AT_DATA, Way.KEEP_AND_DROP])
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(desk.post_elsewhere)
        assert relay.reached.wait(PATIENCE)
        assert desk.post() == Posted(unknown=(1,))
        relay.go_on.set()
        assert slow.result(PATIENCE) == Posted()
    assert desk.states() == [UNKNOWN]


def test_a_round_for_some_leaves_the_others_as_they_are(desk: Desk) -> None:
    desk.queue(2)
    with pytest.raises(KilledError):
        desk.post(Dying(desk.ledger, deaths=4), at=[1])
    assert desk.post(at=[2]) == Posted(sent=(2,))
    assert desk.states() == [DOT, SENT]


# ------------------------------------------------------------------------------------------ whatever comes

PROMPT = [way for way in Way if way not in (Way.WAIT_AT_DATA, Way.WAIT_AT_DOT)]


@dataclass(frozen=True)
class Round:
    """A run: what the server does with each message, and at which step the process dies, if it does."""

    ways: list[Way]
    deaths: int


ROUNDS = st.lists(
    st.builds(Round, st.lists(st.sampled_from(PROMPT), max_size=4), st.integers(0, 14)), max_size=5
)


@pytest.mark.parametrize("unknown", OnUnknown)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rounds=ROUNDS)
def test_nothing_is_lost_and_nothing_goes_twice(unknown: OnUnknown, rounds: list[Round]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Relay() as relay,
        desk_at(Path(folder), relay.port, unknown) as desk,
    ):
        ids = desk.queue(3)
        for each in rounds:
            relay.will(each.ways)
            with suppress(KilledError):
                desk.post(Dying(desk.ledger, each.deaths))
            desk.now += 4 * HOURS
        relay.will([])
        desk.post()
        counts = Counter(who for who, _ in relay.accepted)
        for id_ in ids:
            it = desk.one(id_)
            accepted = counts[it.recipient]
            assert it.state in REST
            if it.state is SENT:
                assert accepted == 1 if unknown is OnUnknown.HOLD else accepted >= 1
            if it.state is FAILED:
                assert accepted == 0 or unknown is OnUnknown.RESEND
            if it.state is UNKNOWN:
                assert unknown is OnUnknown.HOLD
                assert accepted <= 1
        assert all(data == letter(int(who[1])) for who, data in relay.accepted)
