"""What it costs that nobody vouches for a book's templates.

The example book's memos are made by its shipped templates, each with a remark at its foot, so that none is as
it was shipped: once in this process, as if the user trusted the book, and once in a process of their own.
Both are counted whole, from selection to document, in turn; the documents are compared.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

from tests.conftest import EXAMPLE

from benchmarks.bench import Bench
from benchmarks.figures import Report, table, told
from briefbook.composing.confined_pipes import stop_all
from briefbook.memo import Book
from briefbook.readers.read_book import read_book
from briefbook.tool import shipped_templates
from briefbook.trusting import trust
from briefbook.workshop import Day, Workshop

AS_OF = date(2026, 1, 20)
TRUSTED, CONFINED = "templates of a trusted book", "templates nobody vouches for, in their process"
DAY = Day(as_of=AS_OF, known_by=AS_OF)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxCost:
    """Milliseconds for one memo's document, medians; `processor` is that of both processes."""

    trusted_processor: float
    trusted_wall: float
    confined_processor: float
    confined_wall: float
    begin: float  # once: until the process stands, by the clock

    @property
    def ratio(self) -> float:
        """How many times as long a document takes by the clock, once the process stands."""
        return self.confined_wall / self.trusted_wall


def sandbox_cost(rounds: int = 10) -> SandboxCost:
    """Measure both ways in turn. Raises ValueError where they make different documents."""
    with tempfile.TemporaryDirectory() as folder, _settings_in(Path(folder)):
        book = _book_of_its_own(Path(folder) / "book")
        confined = Workshop(book)
        begun = time.perf_counter()
        confined.templates("en").syntax_of("footer.md.j2")
        begin = 1000 * (time.perf_counter() - begun)
        for memo in book.memos.values():
            confined.document(memo, DAY)
        trust(Path(book.root))
        trusted = Workshop(book)
        walls: dict[bool, list[float]] = {True: [], False: []}
        used: dict[bool, list[float]] = {True: [], False: []}
        for _ in range(rounds):
            for memo in book.memos.values():
                made = []
                for is_trusted, workshop in ((True, trusted), (False, confined)):
                    start, processor = time.perf_counter(), time.process_time()
                    made.append(workshop.document(memo, DAY))
                    walls[is_trusted].append(1000 * (time.perf_counter() - start))
                    used[is_trusted].append(1000 * (time.process_time() - processor))
                if made[0] != made[1]:
                    raise ValueError(f"memo {memo.id} is another where its templates are confined")
        there = _there(rounds * len(book.memos), len(book.memos))
    return SandboxCost(
        trusted_processor=median(used[True]),
        trusted_wall=median(walls[True]),
        confined_processor=median(used[False]) + there,
        confined_wall=median(walls[False]),
        begin=begin,
    )


def _there(counted: int, warming: int) -> float:
    """Milliseconds of processor time that a document took in the processes, which end here."""
    before = getrusage(RUSAGE_CHILDREN)
    stop_all()
    after = getrusage(RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return 1000 * used / (counted + warming)


def _book_of_its_own(root: Path) -> Book:
    """The example book with templates that are not as they were shipped."""
    root.mkdir()
    for part in ("book.yaml", "facts", "memos"):
        copy = shutil.copytree if (EXAMPLE / part).is_dir() else shutil.copyfile
        copy(EXAMPLE / part, root / part)
    shutil.copytree(shipped_templates(), root / "templates")
    for template in (root / "templates").rglob("*.j2"):
        template.write_text(template.read_text(encoding="utf-8") + "{# ours #}", encoding="utf-8")
    return read_book(root).book


@contextmanager
def _settings_in(folder: Path) -> Iterator[None]:
    before = os.environ.get("XDG_CONFIG_HOME")
    os.environ["XDG_CONFIG_HOME"] = str(folder / "config")
    try:
        yield
    finally:
        if before is None:
            del os.environ["XDG_CONFIG_HOME"]
        else:
            os.environ["XDG_CONFIG_HOME"] = before


def measure(bench: Bench) -> Report:
    """A document's cost by either way, and what it costs once until the process stands."""
    cost = sandbox_cost(bench.sizes.confined)
    rows = [
        [TRUSTED, told(cost.trusted_processor, ""), told(cost.trusted_wall, ""), "1.00"],
        [CONFINED, told(cost.confined_processor, ""), told(cost.confined_wall, ""), told(cost.ratio, "")],
        ["once, until that process stands", "", told(cost.begin, ""), ""],
    ]
    heads = ["a memo's document, from selection on", ":ms of processor", ":ms by the clock", ":× trusted"]
    return Report(tables={"sandbox": table(heads, rows)})
