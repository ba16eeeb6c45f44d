"""How large a measurement is, and where it works."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.workers import ROOT

COMMAND = Path(sys.executable).parent / "briefbook"
KIB = 1024  # in which Linux counts a process's memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How many of what."""

    rounds: int  # each way makes `memos_a_round`, then the next way, in turn
    memos_a_round: int
    batches: int  # of LibreOffice, spread over the rounds
    batch: int
    cold: int  # processes of each kind
    many: tuple[int, ...]  # memos of the books of row 4; the last but one is the yardstick of the others
    many_runs: int  # of one memo in a block, and of the smallest of them
    many_blocks: int
    two_jobs: int  # memos that one and two jobs make
    two_jobs_runs: int
    read: int  # processes of each kind
    facts: int
    unchanged: int  # memos
    unchanged_runs: int
    bound: tuple[int, ...]  # memos
    long: tuple[int, ...]  # forums that one memo covers
    long_runs: int
    tags: int  # memos of each way
    confined: int  # rounds over the example's memos


FULL = Sizes(
    rounds=15,
    memos_a_round=30,
    batches=5,
    batch=60,
    cold=15,
    many=(10, 100, 1_000, 10_000),
    many_runs=16,
    many_blocks=6,
    two_jobs=1_000,
    two_jobs_runs=5,
    read=7,
    facts=10_000,
    unchanged=2_000,
    unchanged_runs=5,
    bound=(25, 50, 100),
    long=(16, 32, 64),
    long_runs=9,
    tags=40,
    confined=10,
)
QUICK = Sizes(
    rounds=5,
    memos_a_round=4,
    batches=1,
    batch=10,
    cold=3,
    many=(10, 40),
    many_runs=2,
    many_blocks=1,
    two_jobs=40,
    two_jobs_runs=1,
    read=1,
    facts=1_000,
    unchanged=100,
    unchanged_runs=1,
    bound=(5, 10, 20),
    long=(1, 2, 4),
    long_runs=2,
    tags=4,
    confined=2,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A measurement: its sizes, an empty folder, and the Python that has the peers."""

    sizes: Sizes
    base: Path
    peers: Path

    def folder(self, name: str) -> Path:
        """A folder that is not there yet."""
        return self.base / name


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What one process took: seconds from start to end, seconds of processor, bytes of memory at most.

    The processor's time is also that of the processes that it started; the memory is that of the largest one.
    """

    wall: float
    processor: float
    memory: int
    said: str


# A process counts as its own what memory the one had that started it, and ours is large. So a small one
# starts it, and tells what it took.
_SMALL = """
import os, sys, time
start = time.perf_counter()
process = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(process, 0)
took = time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss
os.write(int(sys.argv[1]), " ".join(map(repr, took)).encode())
sys.exit(os.waitstatus_to_exitcode(status) % 256)
"""


def timed(command: Sequence[str | Path], *, told: str = "", python_path: Sequence[Path] = ()) -> Took:
    """Run a process to its end, with `told` as its input. Raises CalledProcessError where it fails."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    if python_path:
        environment["PYTHONPATH"] = os.pathsep.join(map(str, python_path))
    hears, tells = os.pipe()
    with os.fdopen(hears, encoding="ascii") as heard:
        ended = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _SMALL, str(tells), *command],
            input=told,
            capture_output=True,
            text=True,
            env=environment,
            cwd=ROOT,
            pass_fds=(tells,),
            check=False,
        )
        os.close(tells)
        ended.check_returncode()
        wall, processor, memory = map(float, heard.read().split())
    return Took(wall=wall, processor=processor, memory=int(memory) * KIB, said=ended.stdout)
