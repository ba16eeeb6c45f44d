"""Row 4: books of many memos by the public command: two jobs, cost of a memo, memory.

All books have the same facts, of a hundred forums; each memo has a number, an addressee and judgements of
its own, so no two files are alike. The first memo of a process costs what is made ready for all: the cost
of a memo is what the others add, (time of N memos - time of one) / (N - 1).

Each size is held against the last but one, a thousand memos in the full measurement, that is built before
and after it: the machine's own pace changes from minute to minute.
"""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.bench import COMMAND, Bench, Sizes, Took, timed
from benchmarks.book import write_book
from benchmarks.figures import Finding, Report, Wanted, spread, table, told

FORUMS = 100
MIB = 1024 * 1024


def measure(bench: Bench) -> Report:
    """Build books of several sizes, then one of them by one job and by two, in turn."""
    base = bench.folder("many")
    base.mkdir()
    sizes = bench.sizes
    books = {memos: write_book(base / str(memos), memos, FORUMS) for memos in (1, *sizes.many)}
    if sizes.two_jobs not in books:
        books[sizes.two_jobs] = write_book(base / str(sizes.two_jobs), sizes.two_jobs, FORUMS)
    took = _in_turn(books, sizes)
    jobs: dict[int, list[Took]] = {1: [], 2: []}
    for _ in range(sizes.two_jobs_runs):
        for count, some in jobs.items():
            some.append(_built(books[sizes.two_jobs], sizes.two_jobs, jobs=count))
            _tell(sizes.two_jobs, count, some[-1])
    return _report(bench, took, jobs)


def _in_turn(books: dict[int, Path], sizes: Sizes) -> "list[Block]":
    """Blocks of runs, each between two runs of the yardstick, and short, as a machine's pace changes.

    The largest book takes minutes itself: it has blocks of its own, behind every third one.
    """
    _run(books, 1)  # what a first process finds cold, no other finds so
    *small, yardstick, large = sizes.many
    rounds = {memos: max(1, min(sizes.many_runs, 500 // memos)) for memos in small}
    blocks: list[Block] = []
    before = _run(books, yardstick)
    for number in range(sizes.many_blocks):
        kinds = [rounds] if number % 3 != min(1, sizes.many_blocks - 1) else [rounds, {large: 1}]
        for kind in kinds:
            runs = _runs(books, kind)
            after = _run(books, yardstick)
            blocks.append(Block(runs=runs, yardsticks=(before, after)))
            before = after
    return blocks


def _runs(books: dict[int, Path], rounds: dict[int, int]) -> dict[int, list[Took]]:
    """So many runs of each size, in turn with runs of one memo."""
    runs: dict[int, list[Took]] = {memos: [] for memos in (1, *rounds)}
    for number in range(max(rounds.values())):
        runs[1].append(_run(books, 1))
        for memos, most in rounds.items():
            if number < most:
                runs[memos].append(_run(books, memos))
    return runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Runs of all sizes by their memos, and those of the yardstick before and after them."""

    runs: dict[int, list[Took]]
    yardsticks: tuple[Took, Took]

    def costs(self, memos: int) -> list[float]:
        """Seconds of processor that each run of this size gives for a memo."""
        return [
            (run.processor - one.processor) / (memos - 1)
            for run, one in zip(self.runs.get(memos, ()), self.runs[1], strict=False)  # of one there are most
        ]

    def yardstick(self, memos: int) -> float:
        """The same of the yardstick, of so many memos."""
        one = median(run.processor for run in self.runs[1])
        return (sum(run.processor for run in self.yardsticks) / 2 - one) / (memos - 1)


def _run(books: dict[int, Path], memos: int) -> Took:
    took = _built(books[memos], memos, jobs=1)
    _tell(memos, 1, took)
    return took


def _tell(memos: int, jobs: int, took: Took) -> None:
    print(  # noqa: T201
        f"{memos:,} memos, {jobs} at a time: {took.wall:.1f} s, {took.memory / MIB:.0f} MiB", file=sys.stderr
    )


def _built(book: Path, memos: int, jobs: int) -> Took:
    """A build of a book of which nothing is made yet."""
    kept = {"book.yaml", "facts", "memos"}
    for path in book.iterdir():
        if path.name not in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    took = timed([COMMAND, "-C", book, "build", "--jobs", str(jobs)])
    made = sum(1 for _ in book.glob("out/*/*"))
    if made != 2 * memos:
        raise ValueError(f"a book of {memos} memos gave {made} files")
    return took


def _report(bench: Bench, blocks: list[Block], jobs: dict[int, list[Took]]) -> Report:
    sizes = bench.sizes
    *_, yardstick, large = sizes.many
    deviations = {
        memos: [
            100 * (cost / block.yardstick(yardstick) - 1) for block in blocks for cost in block.costs(memos)
        ]
        for memos in sizes.many
        if memos != yardstick
    }
    all_runs = {memos: [run for block in blocks for run in block.runs.get(memos, ())] for memos in deviations}
    all_runs[yardstick] = [blocks[0].yardsticks[0], *(block.yardsticks[1] for block in blocks)]
    memory = {memos: median(run.memory for run in runs) for memos, runs in all_runs.items()}
    faster = tuple(a.wall / b.wall for a, b in zip(jobs[1], jobs[2], strict=True))
    findings = (
        Finding(
            row=4,
            what=f"{sizes.two_jobs:,} different memos: × faster by two jobs than by one",
            wanted=Wanted(limit=1.7, at_least=True),
            values=faster,
        ),
        *(
            Finding(
                row=4,
                what=f"cost of a memo: one of {memos:,} beside one of {yardstick:,}",
                wanted=Wanted(limit=10, unit="%", either_way=True),
                values=tuple(some),
            )
            for memos, some in deviations.items()
        ),
        Finding(
            row=4,
            what=f"memory at most, {large:,} memos beside {yardstick:,}: more by",
            wanted=Wanted(limit=20, unit="%"),
            values=tuple(100 * (run.memory / memory[yardstick] - 1) for run in all_runs[large]),
        ),
    )
    costs = {memos: [cost for block in blocks for cost in block.costs(memos)] for memos in deviations}
    costs[yardstick] = [block.yardstick(yardstick) for block in blocks]
    rows = []
    for memos in sizes.many:
        cost = spread([1000 * each for each in costs[memos]])
        seconds = median(run.wall for run in all_runs[memos])
        around = f"{told(cost.low, '')} – {told(cost.high, '')}"
        rows.append(
            [
                *(f"{memos:,}", told(seconds, ""), told(cost.middle, ""), around),
                *(f"{memory[memos] / MIB:.0f}", str(len(all_runs[memos]))),
            ]
        )
    heads = [":memos", ":seconds, one job", ":ms of processor a memo", ":spread", ":MiB at most", ":runs"]
    return Report(findings=findings, tables={"many": table(heads, rows)})
