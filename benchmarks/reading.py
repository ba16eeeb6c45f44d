"""Row 5: very many facts read and checked, beside PyYAML's C loader that only loads the same texts.

Each in a process of its own (`facts_read.py`), in turn. All keep what they read; ours has the position of
every value besides, and says what is wrong with it. It keeps Python from looking for garbage in cycles while
it reads, as nothing that it makes is garbage, which is much of a loader's time. So CSafeLoader is measured in
that way too, by a caller who knows of it. The row's ratio is to the loader as the issue names it.
"""

from pathlib import Path

from benchmarks.bench import Bench, timed
from benchmarks.book import FACTS_OF_A_FORUM, write_book
from benchmarks.facts_read import files_of
from benchmarks.figures import Finding, Report, Wanted, spread, table, told
from benchmarks.workers import OWN_PYTHON, ROOT

WAYS = {
    "own": "briefbook: read, every value with its position, and checked",
    "load": "PyYAML's CSafeLoader: loaded",
    "load-uncollected": "the same, and Python's looks for garbage are off",
}


def measure(bench: Bench) -> Report:
    """Read the same facts by all ways, in turn."""
    forums = bench.sizes.facts // FACTS_OF_A_FORUM
    book = write_book(bench.folder("reading"), 1, forums)
    texts = [path.read_text(encoding="utf-8") for path in files_of(book)]
    lines = sum(text.count("\n") for text in texts)
    taken: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(bench.sizes.read):
        for way, some in taken.items():
            command: list[str | Path] = [OWN_PYTHON, "-m", "benchmarks.facts_read", way, book]
            some.append(float(timed(command, python_path=[ROOT, ROOT / "src"]).said))
    ratios = {
        way: tuple(one / other for one, other in zip(taken["own"], some, strict=True))
        for way, some in taken.items()
    }
    finding = Finding(
        row=5,
        what=f"{bench.sizes.facts:,} facts ({lines:,} lines) read and checked, as × CSafeLoader loads them",
        wanted=Wanted(limit=0.5),
        values=ratios["load"],
    )
    rows = []
    for way, some in taken.items():
        seconds = spread(some)
        around = f"{told(seconds.low, '')} – {told(seconds.high, '')}"
        ratio = told(spread(ratios[way]).middle, "")
        rows.append([WAYS[way], told(seconds.middle, ""), around, str(seconds.runs), ratio])
    heads = ["what is done with the facts", ":seconds of processor", ":spread", ":runs"]
    heads.append(":briefbook takes, × that")
    return Report(findings=(finding,), tables={"reading": table(heads, rows)})
