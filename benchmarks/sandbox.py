"""What it costs that nobody vouches for a book's templates.

The example book's memos are made by its shipped templates, each with a remark at its foot, so that none is as
it was shipped: once in this process, as if the user trusted the book, and once in processes of their own (one
for each language). Both are counted whole, from selection to document, in turn; the documents are compared.
What a process takes until it stands, and for the first document of each memo, is not a document's cost.
"""

import shutil
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

from tests.conftest import EXAMPLE

from benchmarks.bench import Bench
from benchmarks.figures import Report, table, told
from benchmarks.homes import homes_in
from briefbook.composing.confined_pipes import stop_all
from briefbook.document import Document
from briefbook.memo import Book
from briefbook.readers.read_book import read_book
from briefbook.tool import shipped_templates
from briefbook.trusting import trust
from briefbook.workshop import Day, Workshop

AS_OF = date(2026, 1, 20)
DAY = Day(as_of=AS_OF, known_by=AS_OF)
TIMES = 5  # that processes are begun, to know what that takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Milliseconds: of all processors that worked, and by the clock."""

    processor: float
    wall: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxCost:
    """What a memo's document costs by either way, and what a process costs once."""

    trusted: Cost
    confined: Cost
    begin: Cost


def sandbox_cost(rounds: int) -> SandboxCost:
    """Measure both ways in turn. Raises ValueError where they make different documents."""
    with tempfile.TemporaryDirectory() as folder, homes_in(Path(folder) / "homes"):
        book = _book_of_its_own(Path(folder) / "book")
        begin = _begin(book)
        warmed = median(_warmed(book) for _ in range(TIMES))
        confined = Workshop(book)
        _documents(confined)
        trust(Path(book.root))
        trusted = Workshop(book)
        _documents(trusted)
        here: dict[bool, list[Cost]] = {True: [], False: []}
        for _ in range(rounds):
            for memo in book.memos:
                (ours, cost), (theirs, confined_cost) = (_made(each, memo) for each in (trusted, confined))
                here[True].append(cost)
                here[False].append(confined_cost)
                if ours != theirs:
                    raise ValueError(f"memo {memo} is another where its templates are confined")
        there = (_used_by_processes() - warmed) / (rounds * len(book.memos))
    alone, beside = (_median(some) for some in here.values())
    return SandboxCost(
        trusted=alone, confined=Cost(processor=beside.processor + there, wall=beside.wall), begin=begin
    )


def _begin(book: Book) -> Cost:
    """What it costs until a process stands, with one template read to see that it does."""
    costs = []
    for _ in range(TIMES):
        templates = Workshop(book).templates("en")
        start, processor = time.perf_counter(), time.process_time()
        templates.syntax_of("footer.md.j2")
        wall, used = time.perf_counter() - start, time.process_time() - processor
        costs.append(Cost(processor=1000 * used + _used_by_processes(), wall=1000 * wall))
    return _median(costs)


def _warmed(book: Book) -> float:
    """Milliseconds of processor of the processes until each memo was made once."""
    _documents(Workshop(book))
    return _used_by_processes()


def _documents(workshop: Workshop) -> None:
    for memo in workshop.book.memos:
        _made(workshop, memo)


def _made(workshop: Workshop, memo: str) -> tuple[Document, Cost]:
    """A memo's document, and what it cost in this process."""
    start, processor = time.perf_counter(), time.process_time()
    document = workshop.document(workshop.book.memos[memo], DAY)
    wall, used = time.perf_counter() - start, time.process_time() - processor
    return document, Cost(processor=1000 * used, wall=1000 * wall)


def _used_by_processes() -> float:
    """Milliseconds of processor that the processes of templates have used, which end here."""
    before = getrusage(RUSAGE_CHILDREN)
    stop_all()
    after = getrusage(RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _median(costs: list[Cost]) -> Cost:
    return Cost(processor=median(cost.processor for cost in costs), wall=median(cost.wall for cost in costs))


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


def measure(bench: Bench) -> Report:
    """A document's cost by either way, and what it costs once until a process stands."""
    cost = sandbox_cost(bench.sizes.confined)
    ways = {
        "templates of a trusted book": cost.trusted,
        "templates nobody vouches for, in a process that stands": cost.confined,
    }
    rows = []
    for name, way in ways.items():
        ratios = way.processor / cost.trusted.processor, way.wall / cost.trusted.wall
        figures = (way.processor, ratios[0], way.wall, ratios[1])
        rows.append([name, *(told(figure, "") for figure in figures)])
    once = [told(cost.begin.processor, ""), "", told(cost.begin.wall, ""), ""]
    rows.append(["once, until such a process stands", *once])
    heads = ["a memo's document, from selection on, without the start of a process", ":ms of processor"]
    return Report(
        tables={
            "sandbox": table([*heads, ":× trusted", ":ms by the clock", ":× trusted, by the clock"], rows)
        }
    )
