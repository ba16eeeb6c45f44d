"""Row 5: very many facts read and checked, beside PyYAML's C loader that only loads the same texts.

Each in a process of its own (`python -m benchmarks.reading own|load FOLDER`), in turn; timed is the work
without the start of the process and its imports. Both keep all that they read; ours has the position of every
value besides, and says what is wrong with it.
"""

import sys
from pathlib import Path
from time import process_time

import yaml

from benchmarks.bench import Bench, timed
from benchmarks.book import FACTS_OF_A_FORUM, write_book
from benchmarks.figures import Finding, Report, Wanted, spread, table, told
from benchmarks.workers import OWN_PYTHON, ROOT
from briefbook.readers.read_book import read_book
from briefbook.verdict import judge

WAYS = {
    "own": "briefbook: read, every value with its position, and checked",
    "load": "PyYAML's CSafeLoader: loaded",
}


def measure(bench: Bench) -> Report:
    """Read the same facts by both ways, in turn."""
    forums = bench.sizes.facts // FACTS_OF_A_FORUM
    book = write_book(bench.folder("reading"), 1, forums)
    texts = [path.read_text(encoding="utf-8") for path in _files(book)]
    lines = sum(text.count("\n") for text in texts)
    taken: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(bench.sizes.read):
        for way, some in taken.items():
            command: list[str | Path] = [OWN_PYTHON, "-m", "benchmarks.reading", way, book]
            some.append(float(timed(command, python_path=[ROOT, ROOT / "src"]).said))
    ratios = tuple(one / other for one, other in zip(taken["own"], taken["load"], strict=True))
    finding = Finding(
        row=5,
        what=f"{bench.sizes.facts:,} facts ({lines:,} lines) read and checked, as × CSafeLoader loads them",
        wanted=Wanted(limit=0.5),
        values=ratios,
    )
    rows = []
    for way, some in taken.items():
        seconds = spread(some)
        around = f"{told(seconds.low, '')} – {told(seconds.high, '')}"
        rows.append([WAYS[way], told(seconds.middle, ""), around, str(seconds.runs)])
    heads = ["what is done with the facts", ":seconds of processor", ":spread", ":runs"]
    return Report(findings=(finding,), tables={"reading": table(heads, rows)})


def _files(book: Path) -> list[Path]:
    return sorted(book.glob("facts/*.yaml"))


def _own(book: Path) -> None:
    verdict = judge(read_book(book))
    if verdict.has_errors:
        raise ValueError([str(problem) for problem in verdict.problems][:5])


def _load(book: Path) -> None:
    loaded = [yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader) for path in _files(book)]
    if not all(loaded):
        raise ValueError("a file holds nothing")


def main(way: str, book: Path) -> None:
    """Do it once, and print the seconds of processor."""
    start = process_time()
    {"own": _own, "load": _load}[way](book)
    print(process_time() - start)  # noqa: T201 - the answer


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
