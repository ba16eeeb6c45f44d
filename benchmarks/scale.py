# ruff: noqa: T201 – a script that people watch
"""`python -m benchmarks.scale`: how many memos a second a pass makes, with how much memory, as it grows.

It prints the table of docs/scale.md.

One book of as many memos as the largest size; of it the first 10, 100, 1,000 … are made into a new record,
each pass in a process of its own: by one process, by two, and by a dask cluster of two workers here if
one is asked for. What a pass does once, however many memos it makes (imports, indexing the facts, compiling
templates), is told apart by a pass over ten memos: the cost of a memo is that of what comes on top.

Processor time is what a busy machine changes least. So beside the ratio of two processes to one by the clock
stands the one that processor time would allow where each had a core of its own: max(parent, all / 2).

Memory is looked at from outside, five times a second while the pass is made and not while its book is read: a
process counts at its peak what it was forked or started from (getrusage(2)), and reading takes more than a
pass does. Of the parent it is what it holds, and of the processes that it started what each has alone: a fork
has the parent's book as well, and copies of it what it touches.
"""

import argparse
import json
import os
import resource
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Container, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tests.large_book import AS_OF, write_large_book

from benchmarks.figures import table
from benchmarks.homes import homes_in
from benchmarks.readme import machine
from briefbook.build import build
from briefbook.crew import Hands
from briefbook.packing import Chosen
from briefbook.readers.read_book import read_book
from briefbook.record import open_record
from briefbook.workshop import Day

SIZES = (10, 100, 1000, 10_000)
DAY = Day(as_of=AS_OF, known_by=AS_OF)
FEW = 10  # memos of the pass from which it is seen what a pass does once
JOBS = 2
BEGUN = "begun"  # what the process of a pass says once its book is read
PACE = 0.2  # seconds between two looks at memory: a look at a process takes a millisecond
PROC = Path("/proc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What a pass took: seconds, and MiB at the most."""

    memos: int
    by: str
    wall: float
    parent: float  # processor time
    others: float  # of the processes that it started: of a cluster's workers nothing is known here
    memory: float = 0  # of the process that makes the pass, while it makes it
    memory_of_others: float = 0  # that the largest of those that it started has alone

    @property
    def ideal(self) -> float:
        """Seconds where each of two processes has a core of its own."""
        return self.parent if self.by == "1" else max(self.parent, (self.parent + self.others) / JOBS)


# ------------------------------------------------------------------------------------ one pass


def one_pass(book_folder: Path, memos: int, by: str, folder: Path, formats: Sequence[str]) -> Took:
    """Make so many memos of a book into a folder; to be run in a process of its own."""
    book = read_book(book_folder).book
    chosen = Chosen(list(book.memos)[:memos], book.memos).values()
    with ExitStack() as stack:
        hands = _hands(by, stack)
        record = stack.enter_context(open_record(folder, datetime(2031, 4, 20, tzinfo=UTC)))
        print(BEGUN, flush=True)
        begun = _processor(resource.RUSAGE_SELF), _processor(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = build(book, chosen, DAY, out=folder, record=record, formats=formats, hands=hands)
        parent, others = _processor(resource.RUSAGE_SELF), _processor(resource.RUSAGE_CHILDREN)
        wall = time.perf_counter() - begun[2]
    if any(built.problems or not built.is_new for built in done):
        raise SystemExit("a memo was not made")
    return Took(
        memos=memos,
        by=by,
        wall=wall,
        parent=parent - begun[0],
        others=others - begun[1],
    )


def _hands(by: str, stack: ExitStack) -> Hands:
    if by.isdigit():
        return Hands(jobs=int(by))
    from briefbook.dask_executor import dask_executor

    cluster = stack.enter_context(dask_executor(by))
    return Hands(executor=cluster.executor, in_flight=2 * cluster.at_a_time + 2)


def _processor(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


# ------------------------------------------------------------------------------------------ memory


@dataclass(slots=True)
class Memory:
    """The most that a pass was seen to hold: MiB, of its process and of the largest one that this started."""

    parent: float = 0
    other: float = 0

    def look(self, process: int) -> None:
        """Look once, where the system tells of processes (proc(5))."""
        self.parent = max(self.parent, _mebibytes(process, "status", ("RssAnon:",)))
        for child in _children(process):
            self.other = max(
                self.other, _mebibytes(child, "smaps_rollup", ("Private_Clean:", "Private_Dirty:"))
            )


def _mebibytes(process: int, file: str, names: Container[str]) -> float:
    with suppress(OSError):  # it ended meanwhile
        lines = [line.split() for line in (PROC / str(process) / file).read_text().splitlines()]
        return sum(int(words[1]) for words in lines if words[0] in names) / 1024
    return 0


def _children(process: int) -> list[int]:
    found: list[int] = []
    for task in (PROC / str(process) / "task").glob("*/children"):
        with suppress(OSError):
            found += map(int, task.read_text().split())
    return found


# --------------------------------------------------------------------------------------- all passes


def measured(
    book: Path, sizes: Sequence[int], hands: Sequence[str], formats: str, where: Path
) -> Iterator[Took]:
    """Every pass, each in a process of its own, smallest first, the hands in turn."""
    for memos in sizes:
        for by in hands:
            folder = Path(tempfile.mkdtemp(dir=where))
            command = [
                sys.executable,
                "-m",
                "benchmarks.scale",
                "--pass",
                str(memos),
                by,
                str(book),
                str(folder),
            ]
            took = watched([*command, "--formats", formats])
            shutil.rmtree(folder)
            yield took


def watched(command: Sequence[str]) -> Took:
    """What the process of a pass tells, with the memory that it was seen to hold."""
    memory = Memory()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        begins = process.stdout.readline()
        while begins:  # nothing comes of one that failed
            memory.look(process.pid)
            if select.select([process.stdout], [], [], PACE)[0]:
                break
        told = process.stdout.read()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return replace(Took(**json.loads(told)), memory=memory.parent, memory_of_others=memory.other)


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The address of a dask scheduler on this machine, with two workers of one thread."""
    with ExitStack() as stack:

        def start(*words: str) -> "subprocess.Popen[str]":
            command = [sys.executable, "-m", f"distributed.cli.dask_{words[0]}", *words[1:], "--no-dashboard"]
            process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            return process

        scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0")
        assert scheduler.stderr is not None
        address = next(
            line.split("tcp://")[1].strip() for line in scheduler.stderr if "Scheduler at:" in line
        )
        for _ in range(JOBS):
            worker = start("worker", f"tcp://{address}", "--nthreads", "1", "--local-directory", str(folder))
            assert worker.stderr is not None
            next(line for line in worker.stderr if "Registered to" in line)
        yield address


HEADS = (
    *(":memos", "by", ":memos a second"),
    *(":seconds of processor: parent", ":processes", ":ms a memo"),
    *(":MiB amid the pass: parent", ":a process, its own"),
    *(":× one process, by the clock", ":by processor time"),
)


def scale_table(passes: Sequence[Took], sizes: Container[int]) -> str:
    """The passes of some sizes, as docs/scale.md has them; the others are there to be compared with."""
    few = {took.by: took.parent + took.others for took in passes if took.memos == FEW}
    alone = {took.memos: took for took in passes if took.by == "1"}
    shown = (took for took in passes if took.memos in sizes)
    return table(HEADS, [_row(took, few.get(took.by), alone.get(took.memos)) for took in shown])


def _row(took: Took, few: float | None, alone: Took | None) -> list[str]:
    """`few`: seconds of processor of the pass over a few memos; `alone`: the pass by one process."""
    is_alone, is_cluster = took.by == "1", not took.by.isdigit()
    every, more = took.parent + took.others, took.memos - FEW
    by = "dask, 2 workers" if is_cluster else f"{took.by} process{'' if is_alone else 'es'}"
    row = [f"{took.memos:,}", by, f"{took.memos / took.wall:.0f}", f"{took.parent:.1f}"]
    row.append("" if is_alone or is_cluster else f"{took.others:.1f}")
    row.append("" if is_cluster or few is None or not more else f"{1000 * (every - few) / more:.2f}")
    row += [f"{took.memory:.0f}", "" if is_alone or is_cluster else f"{took.memory_of_others:.0f}"]
    has_ratio = alone is not None and not is_alone
    row.append(f"{alone.wall / took.wall:.2f}" if alone and has_ratio else "")
    row.append(f"{alone.ideal / took.ideal:.2f}" if alone and has_ratio and not is_cluster else "")
    return row


def main() -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="default: %(default)s")
    parser.add_argument("--jobs", default="1,2", help="processes, in turn (default: %(default)s)")
    parser.add_argument(
        "--dask", action="store_true", help="also on a dask cluster of two workers, started here"
    )
    parser.add_argument("--formats", default="docx,pdf", help="default: %(default)s")
    parser.add_argument("--dir", help="where book and documents are made; default: the temporary folder")
    parser.add_argument(
        "--pass", nargs=4, dest="one", metavar=("N", "BY", "BOOK", "OUT"), help=argparse.SUPPRESS
    )
    asked = parser.parse_args()
    formats = tuple(asked.formats.split(","))
    if asked.one:
        memos, by, book, folder = asked.one
        print(json.dumps(asdict(one_pass(Path(book), int(memos), by, Path(folder), formats))))
        return 0
    began = os.getloadavg()[0]
    shown = {int(size) for size in asked.sizes.split(",")}
    sizes = sorted({FEW, *shown})
    with tempfile.TemporaryDirectory(dir=asked.dir) as where, ExitStack() as stack:
        stack.enter_context(homes_in(Path(where) / "homes"))
        book = write_large_book(Path(where) / "book", max(sizes))
        hands = asked.jobs.split(",")
        if asked.dask:
            hands.append(stack.enter_context(cluster(Path(where))))
        passes = []
        for took in measured(book, sizes, hands, asked.formats, Path(where)):
            passes.append(took)
            told = f"{took.wall:.1f} s, processor {took.parent:.1f} and {took.others:.1f} s"
            print(f"{took.memos:,} by {took.by}: {told}", file=sys.stderr, flush=True)
    print(f"{scale_table(passes, shown)}\n{machine(began)}", end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
