"""Real processes: many that write at once, and some that are killed in the midst of it."""

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
from itertools import pairwise
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from briefbook.issued import EnvelopeState, OccurrenceState
from briefbook.ledger import open_ledger
from briefbook.memo import FORMATS
from tests.ledger.samples import NOW, edition, envelope, is_sound, occurrence, python, recorded_in, work

CROWD, EACH = 10, 12

WORK = f"""
import json, sys
from pathlib import Path
from briefbook.issued import EnvelopeState, OccurrenceState
from briefbook.ledger import open_ledger
from briefbook.memo import FORMATS
from tests.ledger.samples import NOW, edition, envelope, occurrence, recorded_in

me, folder = sys.argv[1], Path(sys.argv[2])
numbers, shared, moved, queued = [], [], [], []
for turn in range({EACH}):
    with open_ledger(folder) as ledger:  # opened and closed again and again: the log comes and goes
        numbers.append(recorded_in(ledger, edition(f"{{me}} {{turn}}")).number)
        own = FORMATS[int(me[1:]) % len(FORMATS)]
        shared.append(recorded_in(ledger, edition(f"{{turn}}", formats=[own])).number)
        hour = occurrence(turn)
        ledger.note([hour])
        settled = occurrence(turn, OccurrenceState.QUEUED, reason=me)
        queued += [it.id for it in ledger.queue([envelope(occasion=f"{{turn}}")], settled)]
        for each in ledger.envelopes(EnvelopeState.PENDING):
            if ledger.move(each.id, EnvelopeState.PENDING, EnvelopeState.ATTEMPTING, now=NOW, attempt=True):
                moved.append(each.id)
print(json.dumps([numbers, shared, moved, queued]))
"""


def test_ten_processes_at_once(tmp_path: Path) -> None:
    """They find no ledger: the first of their races is to make it."""
    folder = tmp_path / ".briefbook"
    crowd = [python(WORK, f"p{number}", str(folder)) for number in range(CROWD)]
    said = []
    for process in crowd:
        out, err = process.communicate(timeout=120)
        assert err == ""
        said.append(json.loads(out))
    own = sorted(number for numbers, *_ in said for number in numbers)
    shared = said[0][1]
    assert len(set(own)) == CROWD * EACH  # no number twice
    assert all(each[1] == shared for each in said)  # what is the same has the same number
    assert sorted([*own, *shared]) == list(range(1, CROWD * EACH + EACH + 1))  # and none is left out
    queued = sorted(id_ for *_, ids in said for id_ in ids)
    moved = sorted(id_ for _, _, ids, _ in said for id_ in ids)
    assert len(set(queued)) == len(queued) == EACH
    assert moved == queued  # each was moved, by one of them
    with open_ledger(folder) as ledger:
        assert [it.attempts for it in ledger.envelopes(EnvelopeState.ATTEMPTING)] == [1] * EACH
        assert {it.state for it in ledger.occurrences()} == {OccurrenceState.QUEUED}
        first = ledger.edition("council", shared[0])
        assert first is not None
        assert sorted(it.format for it in first.outputs) == sorted(FORMATS)
    assert is_sound(folder)


FOLDERS = 25


def make_first(folder: Path, start: Barrier) -> None:
    """Open a ledger in one new folder after the other, each time together with the others."""
    for turn in range(FOLDERS):
        start.wait(timeout=60)
        with open_ledger(folder / str(turn)) as ledger:
            recorded_in(ledger, edition())


def test_many_make_the_first_ledger_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(6)
    crowd = [context.Process(target=make_first, args=(tmp_path, start)) for _ in range(6)]
    for process in crowd:
        process.start()
    for process in crowd:
        process.join(timeout=120)
    assert [process.exitcode for process in crowd] == [0] * 6
    for turn in range(FOLDERS):
        with open_ledger(tmp_path / str(turn)) as ledger:
            assert [it.number for it in ledger.editions()] == [1]


DIE = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from briefbook.ledger import open_ledger
from tests.ledger.samples import edition, envelope, occurrence, recorded_in

class Bomb(tuple):
    def __iter__(self):
        yield from tuple.__iter__(self)
        os.kill(os.getpid(), signal.SIGKILL)

ledger = open_ledger(Path(sys.argv[1]))
broken = edition("broken")
many = [edition(str(number)) for number in range(2_000)]  # more than SQLite keeps in memory
ledger.record_editions([*many, replace(broken, outputs=Bomb(broken.outputs))])
"""


def test_a_process_killed_in_a_transaction_leaves_nothing_of_it(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        recorded_in(ledger, edition())
        process = python(DIE, str(tmp_path))
        assert process.wait(timeout=60) == -signal.SIGKILL
        process.communicate()
        assert recorded_in(ledger, edition("next")).number == 2  # at once: a dead process holds no lock
    assert is_sound(tmp_path)
    with open_ledger(tmp_path) as ledger:
        assert [it.number for it in ledger.editions()] == [1, 2]


def steps(folder: Path, *options: str) -> "subprocess.Popen[str]":
    if shutil.which("strace") is None:
        pytest.skip("no strace on this system")
    if subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True).returncode != 0:
        pytest.skip("strace may not watch processes here")
    script = f"from pathlib import Path; from tests.ledger.samples import work; work(Path({str(folder)!r}))"
    return python(script, before=["strace", "-f", "-qq", *options])


@pytest.mark.long
@pytest.mark.parametrize(
    ("call", "stride"), [("pwrite64", 7), ("fdatasync,fsync", 1), ("unlink", 1), ("ftruncate", 1)]
)
def test_a_kill_at_some_call_leaves_a_sound_ledger(tmp_path: Path, call: str, stride: int) -> None:
    """All of a step is there or nothing, and the same again makes it whole. tests/faults tries every call."""
    for when in range(1, 200, stride):
        folder = tmp_path / str(when)
        killing = ("-o", os.devnull, "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={when}")
        process = steps(folder, *killing)
        _, err = process.communicate(timeout=60)
        with open_ledger(folder) as ledger:
            editions, sent = ledger.editions(), ledger.envelopes(EnvelopeState.SENT)
            every = ledger.envelopes()
            assert len(editions) in (0, 2)
            assert len(every) in (0, 2)
            assert [it.state is OccurrenceState.QUEUED for it in ledger.occurrences()] in (
                [],
                [bool(every)],
            )
            assert len(editions) == 2 or not every
            assert len(sent) == 0 or len(every) == 2
        work(folder)
        with open_ledger(folder) as ledger:
            assert [it.number for it in ledger.editions()] == [1, 2]
            assert [it.state for it in ledger.occurrences()] == [OccurrenceState.QUEUED]
            assert {it.recipient for it in ledger.envelopes()} == {"ana@example.org", "bo@example.org"}
        assert is_sound(folder)
        if process.returncode == 0:
            assert err == ""
            assert when > 1 or call == "unlink"
            return
    pytest.fail("it never came to an end")


def test_a_move_is_flushed_before_anybody_is_told(tmp_path: Path) -> None:
    """A kill leaves the page cache alone, a power cut does not: the order of the calls has to be right."""
    log = tmp_path / "log"
    process = steps(tmp_path / "book", "-y", "-o", str(log), "-e", "trace=pwrite64,fdatasync,fsync,openat")
    assert process.communicate(timeout=60)[1] == ""
    told = [line for line in log.read_text().splitlines() if "ledger.db-wal>" in line]
    calls = [line.split("(")[0].split()[-1] for line in told]
    assert calls.count("pwrite64") > 10
    # Each of the five transactions ends by a flush of the log.
    flushes = [after for before, after in pairwise(calls) if before == "pwrite64"]
    assert sum(call in ("fdatasync", "fsync") for call in flushes) >= 5
    assert calls[-1] in ("fdatasync", "fsync")


def test_the_samples_are_as_the_ledger_keeps_them(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.note([occurrence()])
        assert ledger.occurrences() == [occurrence()]
        assert ledger.queue([envelope()])[0].queued == NOW
