"""What is said of sources themselves."""

from collections.abc import Iterable

from briefbook.checks.context import CheckContext
from briefbook.cited import LONGEST, is_nearly_web
from briefbook.diagnostics import Problem, Severity, place_of
from briefbook.memo import Book


def check_links(book: Book, context: CheckContext) -> Iterable[Problem]:
    """No address of a source is nearly one of the web: nothing would lead there, without a word."""
    del context
    for source in book.facts.sources.values():
        if source.address is not None and is_nearly_web(source.address):
            is_long = len(source.address) > LONGEST
            message = f"the address of source {source.id!r} is none of the web, so nothing leads there"
            hint = f"of {LONGEST} characters at most" if is_long else "with %20 for a space"
            yield Problem(
                where=place_of(source, "address"),
                severity=Severity.WARNING,
                message=message,
                hint=f"write https://, the host and the path, {hint}",
            )
