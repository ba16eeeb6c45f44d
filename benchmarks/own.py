"""How briefbook makes the memo of the benchmark: from a book that was read, as `build` makes it in memory.

What a memo shows is selected, its sections are rendered, parsed and composed, its promise is kept, what
cannot be drawn is looked for, and the files are written, with tags and metadata. Nothing is off. What the
record of editions keeps beside (the inputs as JSON, digests, all of it deflated) no peer has anything of: the
way `kept` makes that too, and so do the rows that measure the command. Garbage in cycles is looked for as
seldom as in the command's own process.
"""

import gc
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.book import AS_OF, memo_id
from briefbook.__main__ import OBJECTS
from briefbook.crew import attempted
from briefbook.readers.read_book import read_book
from briefbook.workshop import Day, Task, Workshop

Way = Callable[[Sequence[dict[str, Any]]], list[bytes]]
PAIR = ("docx", "pdf")


def ways(folder: Path) -> dict[str, Way]:
    """Both files, or one of them. Of a memo's plain data its number is read: the book holds its words."""
    gc.set_threshold(OBJECTS)
    day = Day(as_of=AS_OF, known_by=AS_OF)

    @cache
    def workshop_of(book: str) -> Workshop:
        return Workshop(read_book(folder / book).book)

    def made(formats: tuple[str, ...], book: str = "book", *, is_kept: bool = False) -> Way:
        def make(memos: Sequence[dict[str, Any]]) -> list[bytes]:
            workshop = workshop_of(book)
            files: list[bytes] = []
            for words in memos:
                memo = workshop.book.memos[memo_id(words["number"])]
                task = Task(memo=memo, day=day, formats=formats)
                made = attempted(workshop, task) if is_kept else workshop.written(task)
                if not made.outputs:
                    raise ValueError(f"{memo.id} was not made")
                files += made.outputs.values()
            return files

        return make

    return {
        "pair": made(PAIR),
        "docx": made(("docx",)),
        "pdf": made(("pdf",)),
        "serif": made(PAIR, "book-serif"),
        "kept": made(PAIR, is_kept=True),
    }
