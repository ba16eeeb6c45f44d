"""What `theme` and `house` ask for can be had of the files that they name."""

from collections.abc import Iterable

from briefbook.checks.context import CheckContext
from briefbook.diagnostics import Problem
from briefbook.look import look_of
from briefbook.memo import Book


def check_looks(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every look can be made: the book's, and those of memos that ask for one of their own."""
    del context
    yield from look_of(book).problems
    for memo in book.memos.values():
        if memo.theme is not None or memo.house is not None or memo.profile is not None:
            yield from look_of(book, memo).problems
