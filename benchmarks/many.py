"""Row 4: books of many memos by the public command: two jobs, cost of a memo, memory.

All books have the same facts, of a hundred forums; each memo has a number, an addressee and judgements of
its own, so no two files are alike. The first memo of a process costs what is made ready for all: the cost
of a memo is what the others add, (time of N memos - time of one) / (N - 1).
"""

import shutil
import sys
from pathlib import Path
from statistics import median

from benchmarks.bench import COMMAND, Bench, Took, timed
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
    # A few memos are lost in the noise of a process, so the smallest book is built most often.
    runs = {memos: max(1, min(sizes.many_runs, 1000 // memos)) for memos in sizes.many}
    took: dict[int, list[Took]] = {memos: [] for memos in books}
    for number in range(max(runs.values())):
        for memos in (1, *(memos for memos in sizes.many if number < runs[memos])):
            took[memos].append(_built(books[memos], memos, jobs=1))
            _tell(memos, 1, took[memos][-1])
    jobs: dict[int, list[Took]] = {1: [], 2: []}
    for _ in range(sizes.two_jobs_runs):
        for count, some in jobs.items():
            some.append(_built(books[sizes.two_jobs], sizes.two_jobs, jobs=count))
            _tell(sizes.two_jobs, count, some[-1])
    return _report(bench, took, jobs)


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


def _report(bench: Bench, took: dict[int, list[Took]], jobs: dict[int, list[Took]]) -> Report:
    sizes = bench.sizes
    # Beside the book of one memo of the same round: the machine's own pace changes from minute to minute.
    costs = {
        memos: [
            (run.processor - one.processor) / (memos - 1)
            for run, one in zip(took[memos], took[1], strict=False)  # of the large books there are fewer
        ]
        for memos in sizes.many
    }  # seconds
    middle = {memos: median(some) for memos, some in costs.items()}
    memory = {memos: median(run.memory for run in took[memos]) for memos in sizes.many}
    *_, small, large = sizes.many
    first = sizes.many[0]
    faster = tuple(a.wall / b.wall for a, b in zip(jobs[1], jobs[2], strict=True))
    furthest = max(middle.values(), key=lambda cost: abs(cost / middle[large] - 1))
    findings = (
        Finding(
            row=4,
            what=f"{sizes.two_jobs:,} different memos: × faster by two jobs than by one",
            wanted=Wanted(limit=1.7, at_least=True),
            values=faster,
        ),
        Finding(
            row=4,
            what=f"cost of a memo from {first} to {large:,}: the furthest from that of {large:,}",
            wanted=Wanted(limit=10, unit="%"),
            values=(100 * abs(furthest / middle[large] - 1),),
        ),
        Finding(
            row=4,
            what=f"memory at most, {large:,} memos beside {small:,}: more by",
            wanted=Wanted(limit=20, unit="%"),
            values=(100 * (memory[large] / memory[small] - 1),),
        ),
    )
    rows = []
    for memos in sizes.many:
        cost = spread([1000 * each for each in costs[memos]])
        seconds = median(run.wall for run in took[memos])
        around = f"{told(cost.low, '')} – {told(cost.high, '')}"
        rows.append(
            [
                *(f"{memos:,}", told(seconds, ""), told(cost.middle, ""), around),
                *(f"{memory[memos] / MIB:.0f}", str(len(took[memos]))),
            ]
        )
    heads = [":memos", ":seconds, one job", ":ms of processor a memo", ":spread", ":MiB at most", ":runs"]
    return Report(findings=findings, tables={"many": table(heads, rows)})
