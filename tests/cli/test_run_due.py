"""`briefbook run-due` on a whole book and real mail servers: nothing is lost, nothing is sent twice."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import pytest

from briefbook.files import locked
from briefbook.issued import EnvelopeState
from briefbook.mail.credentials import CREDENTIAL, VARIABLE
from briefbook.store import Store
from tests.books import FILES
from tests.desk import DEFERRED, FAILED, PENDING, SENT, UNKNOWN
from tests.mail.servers import PASSWORD, SCRIPTS, USER, GoodServer, Kept, RawServer, Script
from tests.office import (
    ANA,
    BO,
    COUNCIL,
    CY,
    DAY,
    DUE,
    EVE,
    HOUR,
    OWNER,
    Office,
    memo,
    office_at,
    parsed,
    text_of,
)
from tests.relay import PATIENCE
from tests.test_outbox_faults import STATES
from tests.test_ping import monitoring

EVERYONE = [ANA, BO, CY]
ALWAYS = "{to: [Ana Holm <ana@example.org>, bo@example.org], bcc: cy@example.org, when: always, attach: txt}"
ONCE = '{cron: "0 7 20 4 *", zone: Pacific/Auckland}'  # due once, and a year later
WAYS = [  # those that differ for the outbox alone are its own tests' matter
    *("good", "no-banner", "drip", "drop-quit", "421-quit", "421-connect", "421-rcpt", "450-once", "451-dot"),
    *("drop-connect", "drop-ehlo", "drop-starttls", "drop-tls-ehlo", "drop-auth", "drop-mail", "drop-rcpt"),
    *("drop-data", "drop-body", "dot-kept", "dot-lost", "silent-at-dot", "garbage-at-dot", "endless-at-dot"),
    *("mixed", "552-mail", "552-dot", "535", "no-auth", "no-starttls", "wrong-host", "self-signed"),
    "endless-line",
]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A book that follows its schedule. Nothing that it ever prints or keeps holds the password."""
    monkeypatch.setenv(VARIABLE, PASSWORD)
    made = office_at(tmp_path / "book")
    assert made.status(EVE) == 3
    yield made
    assert PASSWORD not in "".join(made.said)
    assert base64.b64encode(PASSWORD.encode()).decode() not in "".join(made.said)


def to_whom(kept: list[Kept]) -> list[str]:
    return [to for it in kept for to in it.recipients if to != OWNER]


# ------------------------------------------------------------------------ every way of misbehaving

STATUSES: Mapping[tuple[EnvelopeState, ...], int] = {
    (SENT, SENT, SENT): 0,
    (FAILED, FAILED, FAILED): 6,
    (SENT, FAILED, SENT): 4,
    (DEFERRED, SENT, SENT): 7,
    (SENT, DEFERRED, SENT): 7,
    (DEFERRED, DEFERRED, DEFERRED): 7,
    (UNKNOWN, SENT, SENT): 5,
    (UNKNOWN, UNKNOWN, PENDING): 5,
}
# A password, a certificate: nothing goes until a person has mended it.
TO_MEND = ("530-mail", "535", "no-auth", "no-starttls", "wrong-host", "self-signed", "injected")


def deadline_for(name: str) -> str:
    script = SCRIPTS[name]
    return "1s" if script.silent or script.drip else "30s"


def check_bytes(office: Office, kept: list[Kept]) -> None:
    """What arrived is what was frozen, for each with its own Message-ID."""
    store = Store(office.book / ".briefbook")
    envelopes = {it.recipient: it for it in office.envelopes()}
    for it in kept:
        if it.recipients != (OWNER,):
            envelope = envelopes[it.recipients[0]]
            assert it.data == store.get(envelope.message)
            assert parsed(it.data)["Message-ID"] == envelope.message_id
    assert len({it.message_id for it in envelopes.values()}) == len(envelopes)


@pytest.mark.long
@pytest.mark.parametrize("name", WAYS)
def test_whatever_the_server_does(office: Office, name: str) -> None:
    with RawServer(SCRIPTS[name]) as server:
        office.aim(server.port, deadline=deadline_for(name))
        first = office.run(DUE)
    states = office.states()
    if name == "drop-body":  # a question of time: was the dot sent before it was seen that nobody listens?
        assert states in ([DEFERRED, SENT, SENT], [UNKNOWN, SENT, SENT])
    else:
        assert states == STATES[name]
    assert first.exit_code == (6 if name in TO_MEND else STATUSES[tuple(states)])
    told = {it.recipient for it in office.notices()}
    assert told == ({OWNER} if {FAILED, UNKNOWN} & set(states) else set())
    waiting = [it.recipient for it in office.envelopes() if it.state in (DEFERRED, PENDING)]
    hangs = UNKNOWN in office.states()
    writes_to_owner = any(it.state in (DEFERRED, PENDING) for it in office.notices())
    # Once the server is well, what waits goes, and nothing else does.
    with GoodServer() as good:
        office.aim(good.port)
        later = office.status(DUE + HOUR)
        assert later == (5 if hangs else 0 if waiting or writes_to_owner else 3)
        again = office.status(DUE + 6 * HOUR)
        assert again == (5 if hangs else 3)
    assert sorted(to_whom(good.kept)) == waiting
    taken = Counter(to_whom([*server.kept, *good.kept]))
    for it in office.envelopes():
        assert taken[it.recipient] in {SENT: (1,), FAILED: (0,), UNKNOWN: (0, 1)}[it.state]
    check_bytes(office, [*server.kept, *good.kept])
    assert len(office.notices()) <= [*states].count(FAILED) + [*states].count(UNKNOWN)


@pytest.mark.parametrize("name", ["dot-kept", "dot-lost", "silent-at-dot"])
def test_resend_gives_at_least_one(office: Office, name: str) -> None:
    with RawServer(SCRIPTS[name]) as server:
        office.aim(server.port, deadline=deadline_for(name), unknown="resend")
        assert office.status(DUE) == 7
    assert office.notices() == []
    with GoodServer() as good:
        office.aim(good.port, unknown="resend")
        assert office.status(DUE + HOUR) == 0
        assert office.status(DUE + 6 * HOUR) == 3
    assert office.states() == [SENT, SENT, SENT]
    kept = [*server.kept, *good.kept]
    assert set(to_whom(kept)) == set(EVERYONE)
    check_bytes(office, kept)  # the same bytes and the same Message-ID for whoever gets two


def test_a_server_that_is_away_for_four_days(office: Office) -> None:
    office.write("memos/council.yaml", memo(ONCE))
    office.status(EVE)
    with RawServer(SCRIPTS["421-connect"]) as server:
        office.aim(server.port)
        for hours in range(0, 96, 4):
            assert office.status(DUE + hours * HOUR) == 7
    assert office.states() == [DEFERRED] * 3
    with GoodServer() as good:
        office.aim(good.port)
        assert office.status(DUE + 4 * DAY + 5 * HOUR) == 0
        assert office.status(DUE + 4 * DAY + 10 * HOUR) == 3
    assert sorted(to_whom(good.kept)) == EVERYONE
    assert office.notices() == []


def test_a_server_that_is_away_for_six_days(office: Office) -> None:
    """After five days the letters have failed, and their owner is told once it is well."""
    office.write("memos/council.yaml", memo(ONCE))
    office.status(EVE)
    with RawServer(SCRIPTS["421-connect"]) as server:
        office.aim(server.port)
        assert office.status(DUE) == 7
        # Each run tries two before it takes the server for away; the last one has its turn later.
        statuses = [office.status(DUE + 6 * DAY + hours * HOUR) for hours in range(0, 30, 5)]
    assert office.states() == [FAILED] * 3
    assert statuses[0] == 4
    assert len([status for status in statuses if status in (4, 6)]) == 2
    assert all("given up after 5 days" in it.reply for it in office.envelopes())
    with GoodServer() as good:
        office.aim(good.port)
        assert office.status(DUE + 7 * DAY + 12 * HOUR) == 0
        assert office.status(DUE + 7 * DAY + 20 * HOUR) == 3
    assert to_whom(good.kept) == []
    assert sorted(parsed(it.data)["Subject"] for it in good.kept) == [
        f"council: was not delivered to {whom}" for whom in EVERYONE
    ]


# ------------------------------------------------------------------------------------ the password


def test_the_password_comes_from_the_credential_then_the_file_then_the_environment(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    credential, file = tmp_path / CREDENTIAL, tmp_path / "password"
    with GoodServer() as server:  # it lets in who has the right one
        for step, (in_credential, in_file, in_environment) in enumerate(
            [(PASSWORD, "wrong-2", "wrong-3"), (None, PASSWORD, "wrong-3"), (None, None, PASSWORD)]
        ):
            settings = {} if in_file is None else {"password_file": str(file)}
            office.aim(server.port, **settings)
            for path, word in ((credential, in_credential), (file, in_file)):
                path.unlink(missing_ok=True)
                if word is not None:
                    path.write_text(word)
                    path.chmod(0o600)
            monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
            monkeypatch.setenv(VARIABLE, in_environment)
            office.write("memos/council.yaml", memo(deliver=ALWAYS))
            assert office.status(DUE + step * DAY) == 0
            assert [it.user for it in server.kept[3 * step :]] == [USER] * 3
    assert not any(wrong in said for said in office.said for wrong in ("wrong-2", "wrong-3"))


def test_a_password_that_a_server_repeats_goes_nowhere(office: Office) -> None:
    plain = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
    script = Script(replies={"AUTH": (f"535 5.7.8 {PASSWORD} is wrong, {plain} too",)})
    with RawServer(script) as server:
        office.aim(server.port)
        result = office.run(DUE)
    assert result.exit_code == 6
    assert "535 5.7.8" in result.stderr
    assert PASSWORD not in result.output
    assert plain not in result.output
    kept = [path.read_bytes() for path in (office.book / ".briefbook").rglob("*") if path.is_file()]
    assert kept
    assert not any(word.encode() in data for data in kept for word in (PASSWORD, plain))
    assert server.said.count("AUTH") == 1  # and nobody's account is locked by our trying


@pytest.mark.parametrize(
    ("data", "mode", "settings", "why"),
    [
        (PASSWORD, 0o644, {}, "cannot log in: others than its owner may open password (type: chmod 600"),
        ("", 0o600, {}, "cannot log in: password does not hold a password"),
        ("one\ntwo\n", 0o600, {}, "cannot log in: password does not hold a password"),
        (None, 0o600, {}, "cannot log in: there is no file"),
        (None, 0o600, {"password_file": ""}, f"cannot log in: there is no password for {USER}"),
        (PASSWORD, 0o600, {"ca_file": "nope.pem"}, "there is no file of certificates nope.pem"),
        (
            PASSWORD,
            0o600,
            {"ca_file": "~nobody-here/ca.pem"},
            "there is no file of certificates ~nobody-here/",
        ),
        (PASSWORD, 0o600, {"ca_file": "book.yaml"}, "book.yaml cannot be read as certificates (PEM)"),
        (PASSWORD, 0o600, {"ca_file": "/dev/zero"}, "/dev/zero cannot be read as certificates (PEM)"),
    ],
    ids=[
        "open to others",
        "empty",
        "two lines",
        "no file",
        "no password",
        "no ca_file",
        "no such home",
        "a wrong ca_file",
        "a ca_file without end",
    ],
)
def test_what_is_amiss_on_this_machine_is_no_refusal_of_the_server(
    office: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    data: str | None,
    mode: int,
    settings: dict[str, str],
    why: str,
) -> None:
    monkeypatch.delenv(VARIABLE)
    file = tmp_path / "password"
    if data is not None:
        file.write_text(data)
        file.chmod(mode)
    with GoodServer() as server:
        office.aim(server.port, **{"password_file": str(file), **settings})
        result = office.run(DUE, "--quiet")
        assert result.exit_code == 6
        assert f"warning: {why}" in result.stderr
        assert "refuses" not in result.stderr
        assert [(it.state, it.attempts) for it in office.envelopes()] == [(PENDING, 0)] * 3
        rows = office.command("outbox", "list").stdout.splitlines()[1:]
        assert [why in row for row in rows] == [True] * 3
        assert office.run(DUE + HOUR / 12, "--quiet").output == ""  # told of once
        assert office.run(DUE + HOUR / 6).exit_code == 6
        file.write_text(PASSWORD)
        file.chmod(0o600)
        office.aim(server.port, password_file=str(file))
        assert office.status(DUE + HOUR / 4) == 0
    assert to_whom(server.kept) == EVERYONE


# ---------------------------------------------------------------------------------- what it prints


def test_a_run_while_another_is_under_way(office: Office) -> None:
    with locked(office.book / ".briefbook" / "lock") as held:
        assert held
        result = office.run(DUE)
        assert result.exit_code == 75
        assert result.stderr == "another run is under way: nothing was done\n"
        assert office.report(DUE)["status"] == "locked"
        assert office.command("send", "council").exit_code == 75
    assert office.occurrences() == []


def test_two_runs_as_processes_send_once(office: Office) -> None:
    with GoodServer() as server:
        office.aim(server.port)
        runs = [office_process(office, "run-due", "--now", DUE.isoformat()) for _ in range(2)]
        codes = sorted(run.wait(PATIENCE) for run in runs)
    assert codes in ([0, 3], [0, 75])
    assert to_whom(server.kept) == EVERYONE


def office_process(office: Office, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "briefbook", "-C", str(office.book), *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, VARIABLE: PASSWORD},
    )


def test_json_tells_all_that_was_done(office: Office) -> None:
    with RawServer(SCRIPTS["mixed"]) as server:
        office.aim(server.port)
        result = office.run(DUE, "--json", "--quiet")
    report = json.loads(result.stdout)
    ids = {it.recipient: it.id for it in office.envelopes()}
    assert report == {
        "status": "some-failed",
        "handled": [
            {
                "memo": "council",
                "due": "2031-04-19T19:00:00+00:00",
                "state": "queued",
                "reason": "",
                "edition": 1,
                "files": [str(office.book / "out" / "2031-04-20" / "council.txt")],
            }
        ],
        "cancelled": [],
        "skipped": [],
        "letters": {
            "sent": [ids[ANA], ids[CY], office.notices()[0].id],
            "deferred": [],
            "failed": [ids[BO]],
            "unknown": [],
            "left": [],
        },
        "held": [],
        "held_back": [],
        "warnings": [],
        "next_due": "2031-04-20T19:00:00+00:00",
    }


def test_quiet_is_silent_unless_something_went_wrong(office: Office) -> None:
    assert office.run(EVE + HOUR, "--quiet").output == ""
    with GoodServer() as server:
        office.aim(server.port)
        assert office.run(DUE, "--quiet").output == ""
    assert to_whom(server.kept) == EVERYONE
    office.write("memos/council.yaml", memo(deliver=ALWAYS))
    with RawServer(SCRIPTS["mixed"]) as raw:
        office.aim(raw.port)
        said = office.run(DUE + DAY, "--quiet").stderr
    assert "550 5.1.1 no such mailbox" in said
    assert "1 refused" in said
    assert "250" not in said.replace("550", "")


def test_quiet_tells_what_to_do_with_a_file_that_a_person_has_changed(office: Office) -> None:
    """Once: not by each run that tries again what could not be sent."""
    with GoodServer() as server:
        office.aim(server.port)
        stale = ALWAYS.replace("attach", "stale_after: 1d, attach")
        office.write("memos/council.yaml", memo(deliver=stale))
        assert office.command("build", "--as-of", "2031-04-20").exit_code == 0
        file = office.book / "out" / "2031-04-20" / "council.txt"
        file.write_text("My own words.")
        first = office.run(DUE, "--quiet")
        told = f"warning: {file} is not as briefbook made it, so it stays"
        assert first.stderr.count(told) == 1
        assert "move council.txt away and give council (new).txt its name" in first.stderr
        assert "it is stale" in first.stderr
        assert office.run(DUE + HOUR, "--quiet").output == ""
        # What is put beside it anew is news.
        more = "bottom_line: {text: Press for it., rests_on: [survey]}\n"
        office.write("memos/council.yaml", memo(deliver=stale, more=more))
        assert told in office.run(DUE + HOUR, "--quiet").stderr
    assert file.read_text() == "My own words."


def test_what_hangs_is_said_once_and_stays_in_the_exit_status(office: Office) -> None:
    with RawServer(SCRIPTS["dot-kept"]) as server:
        office.aim(server.port)
        first = office.run(DUE, "--quiet")
        assert first.exit_code == 5
        assert "unknown" in first.stderr
        later = office.run(DUE + HOUR, "--quiet")
        assert later.exit_code == 5
        assert later.output == ""  # cron would mail it every five minutes
        aloud = office.run(DUE + HOUR)
    [hanging] = [it for it in office.envelopes() if it.state is UNKNOWN]
    assert aloud.exit_code == 5
    assert f"briefbook outbox show {hanging.id}" in aloud.stderr
    assert office.report(DUE + HOUR)["held"] == [hanging.id]
    assert office.command("outbox", "resolve", str(hanging.id), "--sent").exit_code == 0
    assert office.status(DUE + HOUR) == 3


def test_a_failure_that_lasts_is_said_once_to_whom_wants_quiet(office: Office) -> None:
    broken = memo(more="bottom_line: {text: No., rests_on: [nothing-such]}\n")
    office.write("memos/council.yaml", broken)
    office.write("memos/late.yaml", "title: [")
    with GoodServer() as server:
        office.aim(server.port)
        first = office.run(DUE, "--quiet")
        assert [line.partition(" (")[0] for line in first.stderr.splitlines()] == [
            "failed: council, due 2031-04-19 19:00 UTC",
            "failed: late",
            "1 due; letters: 2 sent to owners; next at 2031-04-20 19:00 UTC",
        ]
        for minutes in (5, 10):
            later = office.run(DUE + minutes * HOUR / 60, "--quiet")
            assert (later.exit_code, later.output) == (6, "")
        assert "still failed: council" in office.run(DUE + HOUR / 4).stderr
        # Another mistake is news.
        office.write("memos/council.yaml", broken.replace("nothing-such", "other-such"))
        assert "other-such" in office.run(DUE + HOUR / 2, "--quiet").stderr
    assert [it.recipients for it in server.kept] == [(OWNER,)] * 2


@pytest.mark.parametrize("command", [("run-due", "--now", DUE.isoformat()), ("run-due",)])
def test_a_book_of_another_format_is_no_book_with_nothing_due(
    office: Office, command: tuple[str, ...]
) -> None:
    office.write("book.yaml", "format: 99\ntitle: Forums\n")
    result = office.command(*command)
    assert result.exit_code == 1
    assert "book.yaml:1" in result.stderr
    assert "nothing is due" not in result.stderr


@pytest.mark.parametrize("instant", ["2031-04-20", "2031-04-20T07:00:00", "soon", ""])
def test_an_instant_needs_a_zone(office: Office, instant: str) -> None:
    result = office.command("run-due", "--now", instant)
    assert result.exit_code == 2
    assert "2026-01-20T13:00:00Z" in result.stderr


@pytest.mark.parametrize(
    "instant",
    ["0001-01-01T00:00+14:00", "9999-12-31T23:59:59Z", "1969-12-31T23:59:59Z", "2201-01-01T00:00:00Z"],
)
def test_an_instant_far_from_any_present_is_refused(office: Office, instant: str) -> None:
    result = office.command("run-due", "--now", instant)
    assert result.exit_code == 2
    assert "only the years 1970 to 2200" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("instant", "status"), [("1970-01-01T00:00:00+14:00", 3), ("2200-12-31T23:59:59-11:00", 7)]
)
def test_an_instant_at_the_ends_is_taken(office: Office, instant: str, status: int) -> None:
    """What is due at the later is put off: nobody listens."""
    assert office.command("run-due", "--now", instant).exit_code == status


def test_help_has_the_table_of_exit_statuses(office: Office) -> None:
    said = office.command("run-due", "--help").output
    for code in (0, 1, 2, 3, 4, 5, 6, 7, 75):
        assert re.search(rf"^ +{code}  \w", said, re.MULTILINE), code


# ------------------------------------------------------------------------------------- the monitor


def test_a_monitor_hears_how_it_went(office: Office) -> None:
    with monitoring() as monitor, RawServer(SCRIPTS["mixed"]) as server:
        office.aim(server.port, ping=f"{monitor.address}/id")
        assert office.status(EVE + HOUR) == 3
        assert monitor.heard == ["/id/start", "/id"]
        assert office.status(DUE) == 4
        assert monitor.heard[2:] == ["/id/start", "/id/fail"]


def test_a_monitor_that_is_away_only_warns(office: Office) -> None:
    with GoodServer() as server:
        office.aim(server.port, ping="http://127.0.0.1:9/secret-id")
        result = office.run(DUE)
    assert result.exit_code == 0
    assert result.stderr.count("warning: could not tell the monitor at 127.0.0.1") == 2
    assert "secret-id" not in result.output
    assert to_whom(server.kept) == EVERYONE


# -------------------------------------------------------------------------------------- the daemon


class Listening:
    """A process and what it says, line by line, while it runs. It ends with the block."""

    def __init__(self, words: list[str]) -> None:
        environ = {**os.environ, VARIABLE: PASSWORD}
        self.process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=environ)
        self.lines: list[str] = []
        self.more = threading.Condition()
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)
        self.thread.join(PATIENCE)

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self.more:
                self.lines.append(line)
                self.more.notify_all()

    def wait_for(self, words: str, times: int = 1) -> None:
        with self.more:
            assert self.more.wait_for(lambda: sum(words in line for line in self.lines) >= times, PATIENCE), (
                self.lines
            )


HASTY = """
import sys
from datetime import timedelta
from briefbook.cli import main, run_due
run_due.LONGEST_SLEEP = timedelta(seconds=0.2)
main(sys.argv[1:])
"""
LONG_AGO = {name: text.replace("2031-", "2021-") for name, text in FILES.items() if name.startswith("facts/")}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_daemon_makes_what_is_due_sees_what_changes_and_stops(
    tmp_path: Path, number: signal.Signals
) -> None:
    """A book that was looked at two hours ago, with a memo that is due each hour."""
    present = datetime.now(UTC)  # noqa: TID251 — a daemon has no other clock
    with GoodServer() as server:
        hourly = memo('{cron: "0 * * * *", zone: Pacific/Auckland}')
        office = office_at(tmp_path / "book", server.port, {**LONG_AGO, "memos/council.yaml": hourly})
        assert office.status(present - 2 * HOUR) == 3
        words = ("-C", str(office.book), "daemon")
        with Listening([sys.executable, "-c", HASTY, *words]) as daemon:
            daemon.wait_for("sent: 3, council to cy@example.org")
            office.write("memos/late.yaml", "title: [")
            daemon.wait_for("failed: late")
            office.write("memos/later.yaml", "title: [")
            daemon.wait_for("failed: later")
            daemon.process.send_signal(number)
            assert daemon.process.wait(10) == 0
        assert daemon.lines[-1] == "stopped\n"
        assert len([line for line in daemon.lines if line.startswith("failed: late ")]) == 1
        assert len([line for line in daemon.lines if "still failed: late " in line]) <= 1
        assert len([line for line in daemon.lines if "memos/late.yaml:" in line]) == 1
    assert to_whom(server.kept) == EVERYONE
    assert text_of(parsed(server.kept[0].data)).count("edition 1") == 1


@contextmanager
def held(lock: Path) -> Iterator[None]:
    """Hold the lock of a book as another run does, as soon as it is free."""
    while True:
        with locked(lock) as is_ours:
            if is_ours:
                yield
                return
        time.sleep(0.01)


def test_a_daemon_says_once_that_another_run_is_under_way(tmp_path: Path) -> None:
    office = office_at(
        tmp_path / "book", changes={"memos/council.yaml": COUNCIL, "memos/late.yaml": "title: ["}
    )
    words = ("-C", str(office.book), "daemon")
    with Listening([sys.executable, "-c", HASTY, *words]) as daemon:
        daemon.wait_for("failed: late")
        for times in (1, 2):
            with held(office.book / ".briefbook" / "lock"):
                daemon.wait_for("another run is under way", times)
                time.sleep(1)  # some five rounds
            office.write(f"memos/later-{times}.yaml", "title: [")
            daemon.wait_for(f"failed: later-{times}")
        daemon.process.send_signal(signal.SIGTERM)
        assert daemon.process.wait(10) == 0
    assert len([line for line in daemon.lines if "another run is under way" in line]) == 2
    # And nothing else again because of it.
    assert len([line for line in daemon.lines if "still failed: late " in line]) == 1
    assert len([line for line in daemon.lines if "memos/late.yaml:" in line]) == 1


def due_now(folder: Path, port: int) -> Office:
    """A book with letters to three that are due, and a server of which each must answer within 30 s."""
    present = datetime.now(UTC)  # noqa: TID251 — a daemon has no other clock
    hourly = memo('{cron: "0 * * * *", zone: Pacific/Auckland}')
    made = office_at(folder, port, {**LONG_AGO, "memos/council.yaml": hourly})
    assert made.status(present - 2 * HOUR) == 3
    return made


@pytest.mark.parametrize("step", ["CONNECT", "STARTTLS", "TLS-EHLO", "RCPT"])
def test_a_daemon_stops_though_a_server_keeps_it_waiting(tmp_path: Path, step: str) -> None:
    with RawServer(Script(silent=step)) as server:
        office = due_now(tmp_path / "book", server.port)
        with Listening([sys.executable, "-m", "briefbook", "-C", str(office.book), "daemon"]) as daemon:
            daemon.wait_for("queued: council")
            end = time.monotonic() + PATIENCE
            while not server.turns[step] and time.monotonic() < end:
                server.over.wait(0.01)
            daemon.process.send_signal(signal.SIGTERM)
            assert daemon.process.wait(10) == 0  # and not after the 30 s of its deadline
        assert daemon.lines[-1] == "stopped\n"
    assert office.states() == [DEFERRED, PENDING, PENDING]
    assert "told to stop" in office.envelopes()[0].reply


def test_a_daemon_waits_at_the_dot_and_begins_nothing_more(tmp_path: Path) -> None:
    daemons: list[Listening] = []

    def stop(_: Kept) -> None:
        daemons[0].process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            daemons[0].process.wait(2)  # longer than it looks away

    with RawServer(Script(), on_kept=stop) as server:
        office = due_now(tmp_path / "book", server.port)
        with Listening([sys.executable, "-m", "briefbook", "-C", str(office.book), "daemon"]) as daemon:
            daemons.append(daemon)
            assert daemon.process.wait(PATIENCE) == 0
    assert len(server.kept) == 1
    assert office.states() == [SENT, PENDING, PENDING]


def test_a_daemon_that_sleeps_stops_at_once(tmp_path: Path) -> None:
    """Whenever the signal comes: in a round or in the long sleep between two."""
    office = office_at(tmp_path / "book", changes={"memos/council.yaml": COUNCIL})
    for _ in range(3):
        with Listening([sys.executable, "-m", "briefbook", "-C", str(office.book), "daemon"]) as daemon:
            daemon.wait_for("looking after")
            daemon.process.send_signal(signal.SIGTERM)
            assert daemon.process.wait(10) == 0
        assert daemon.lines[-1] == "stopped\n"
