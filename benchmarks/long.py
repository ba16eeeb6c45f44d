"""Row 7: redlines, books of bound memos, and timelines, each at three sizes: does a page cost the same?

In one warm process, by the time that it had a core, the sizes in turn. Garbage in cycles is looked for as
seldom as in the command's own process. The issue wants work to be "linear in pages" and gives no bound. Ours:
a page of the largest costs no more than 1.2 × a page of the smallest: it has nearly four times as many, two
doublings, a tenth each. A timeline is one drawing, so it is a meeting that is counted.
"""

import gc
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from statistics import median

import pikepdf

from benchmarks.bench import Bench
from benchmarks.book import AS_OF, forum_id, write_book
from benchmarks.figures import Finding, Report, Wanted, spread, table, told
from briefbook.__main__ import OBJECTS
from briefbook.binding import BOUND_WRITERS
from briefbook.composing.bind import Request
from briefbook.readers.read_book import read_book
from briefbook.workshop import Day, Workshop
from briefbook.writers import WRITERS
from briefbook.writers.bound_book import laid_book
from briefbook.writers.bound_pdf import write_bound_pdf
from briefbook.writers.redline import redline

TODAY = Day(as_of=AS_OF, known_by=AS_OF)
BEFORE = Day(as_of=AS_OF, known_by=AS_OF - timedelta(days=12))  # when some sources were not out
LINEAR = Wanted(limit=1.2)  # two doublings, a tenth each


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Something to time: how large it is, and of how many pages (or meetings)."""

    what: str
    size: str
    count: int
    unit: str = "page"
    do: Callable[[], object]


def measure(bench: Bench) -> Report:
    """Time all works in turn, after once for nothing."""
    sizes = bench.sizes
    book = write_book(bench.folder("long"), max(sizes.bound), max(*sizes.bound, *sizes.long))
    _write_long_memos(book, sizes.long)
    workshop = Workshop(read_book(book).book)
    kinds = {
        "redline": [_redline(workshop, forums) for forums in sizes.long],
        "bound book": [_bound(workshop, memos) for memos in sizes.bound],
        "timeline": [_timeline(workshop, forums) for forums in sizes.long],
    }
    works = [work for kind in kinds.values() for work in kind]
    found = gc.get_threshold()
    gc.set_threshold(OBJECTS)
    try:
        return _report(kinds, works, _taken(works, sizes.long_runs))
    finally:
        gc.set_threshold(*found)  # the next part is measured in this process too


def _taken(works: list[Work], runs: int) -> dict[int, list[float]]:
    """Milliseconds of a page or meeting, by the work's number: one of each run, but for the first."""
    taken: dict[int, list[float]] = {number: [] for number in range(len(works))}
    for turn in range(runs + 1):
        for number, work in enumerate(works):
            start = time.process_time()
            work.do()
            if turn:
                taken[number].append(1000 * (time.process_time() - start) / work.count)
        print(f"long {turn} of {runs}", file=sys.stderr)  # noqa: T201
    return taken


def _write_long_memos(book: Path, sizes: tuple[int, ...]) -> None:
    for forums in sizes:
        head = f"title: Councils {forums}\nforums: [{', '.join(map(forum_id, range(forums)))}]\n"
        (book / f"memos/{_long(forums)}.yaml").write_text(head, encoding="utf-8")
        (book / f"memos/{_drawn(forums)}.yaml").write_text(
            f"{head}sections: [header, timeline, sources]\n", encoding="utf-8"
        )


def _long(forums: int) -> str:
    return f"z-long-{forums}"


def _drawn(forums: int) -> str:
    return f"z-timeline-{forums}"


def _redline(workshop: Workshop, forums: int) -> Work:
    memo = workshop.book.memos[_long(forums)]
    old, new = (workshop.document(memo, day) for day in (BEFORE, TODAY))
    before, after = (WRITERS["docx"].write(document, workshop.theme) for document in (old, new))
    instant = datetime(2031, 5, 12)  # noqa: DTZ001 - UTC by its definition
    return Work(
        what="redline of two editions",
        size=f"{forums} forums",
        count=_pages(WRITERS["pdf"].write(new, workshop.theme)),
        do=lambda: redline(before, after, author="Fisheries desk", instant=instant),
    )


def _bound(workshop: Workshop, memos: int) -> Work:
    chosen = list(workshop.book.memos.values())[:memos]
    request = Request(name="book", title="The benchmark's book")
    binder = workshop.binder(chosen, TODAY, request)

    def bind() -> None:
        laid = laid_book(workshop.binder(chosen, TODAY, request), workshop.theme)
        for write in BOUND_WRITERS.values():
            write(laid)

    return Work(
        what="bound book, PDF and DOCX",
        size=f"{memos} memos",
        count=_pages(write_bound_pdf(binder, workshop.theme)),
        do=bind,
    )


def _timeline(workshop: Workshop, forums: int) -> Work:
    memo = workshop.book.memos[_drawn(forums)]
    meetings = len(workshop.select(memo, TODAY).meetings)

    def draw() -> None:
        for name in ("pdf", "docx"):
            WRITERS[name].write(workshop.document(memo, TODAY), workshop.theme)

    return Work(
        what="memo with a timeline, PDF and DOCX",
        size=f"{forums} forums",
        count=meetings,
        unit="meeting",
        do=draw,
    )


def _pages(data: bytes) -> int:
    with pikepdf.open(BytesIO(data)) as file:
        return len(file.pages)


def _report(kinds: dict[str, list[Work]], works: list[Work], taken: dict[int, list[float]]) -> Report:
    numbers = {id(work): number for number, work in enumerate(works)}
    findings, rows = [], []
    for name, kind in kinds.items():
        smallest, *_, largest = (taken[numbers[id(work)]] for work in kind)
        findings.append(
            Finding(
                row=7,
                what=f"{name}: a {kind[0].unit} of {kind[-1].count} beside one of {kind[0].count}",
                wanted=LINEAR,
                values=tuple(large / small for large, small in zip(largest, smallest, strict=True)),
            )
        )
    for number, work in enumerate(works):
        cost = spread(taken[number])
        around = f"{told(cost.low, '')} – {told(cost.high, '')}"
        whole_ms = median(taken[number]) * work.count
        count = f"{work.count} {work.unit}s"
        rows.append([work.what, work.size, count, told(whole_ms, ""), told(cost.middle, ""), around])
    heads = ["what", ":of", ":that is", ":ms of processor", ":ms a page or meeting", ":spread"]
    return Report(findings=tuple(findings), tables={"long": table(heads, rows)})
