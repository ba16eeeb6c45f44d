# ruff: noqa: T201 – a script that people watch
"""`python -m benchmarks.binding`: how long binding takes, by the number of memos.

In one warm process, by the time that it had a core: composing, the PDF and the DOCX of books of 10, 50 and
100 memos of the large book, in turn. A page should take as long in all of them.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import TypeVar

import pikepdf
from tests.large_book import AS_OF, write_large_book

from briefbook.composing.bind import Request
from briefbook.memo import Book
from briefbook.readers.read_book import read_book
from briefbook.workshop import Day, Workshop
from briefbook.writers.bound_docx import write_bound_docx
from briefbook.writers.bound_pdf import write_bound_pdf

MEMOS = (10, 50, 100)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One binding: its pages, and the seconds of processor that each step took."""

    pages: int
    composing: float
    pdf: float
    docx: float

    @property
    def a_page(self) -> float:
        """Milliseconds for a page, all steps together."""
        return 1000 * (self.composing + self.pdf + self.docx) / self.pages


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """How long some work takes the processor, and what comes of it."""
    start = time.process_time()
    made = work()
    return time.process_time() - start, made


def bound(book: Book, memos: int) -> Bound:
    """Bind the first memos of a book."""
    workshop = Workshop(book)
    chosen = list(book.memos.values())[:memos]
    day = Day(as_of=AS_OF, known_by=AS_OF)
    request = Request(name="book", title="The office's book")
    composing, binder = timed(lambda: workshop.binder(chosen, day, request))
    pdf, data = timed(lambda: write_bound_pdf(binder, workshop.theme))
    docx, _ = timed(lambda: write_bound_docx(binder, workshop.theme))
    with pikepdf.open(BytesIO(data)) as file:
        return Bound(pages=len(file.pages), composing=composing, pdf=pdf, docx=docx)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        book = read_book(write_large_book(Path(folder) / "book", max(MEMOS))).book
    bound(book, MEMOS[0])  # warm
    found: dict[int, list[Bound]] = {memos: [] for memos in MEMOS}
    for _ in range(runs):
        for memos in MEMOS:
            found[memos].append(bound(book, memos))
    print("| memos | pages | composing, s | PDF, s | DOCX, s | ms a page |")
    print("|--:|--:|--:|--:|--:|--:|")
    for memos, some in found.items():
        steps = (median(getattr(one, name) for one in some) for name in ("composing", "pdf", "docx"))
        cells = [str(memos), str(some[0].pages), *(f"{step:.3f}" for step in steps)]
        print(f"| {' | '.join(cells)} | {median(one.a_page for one in some):.2f} |")


if __name__ == "__main__":
    main()
