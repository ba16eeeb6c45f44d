"""Variants for release: --releasable-to, and the report of what was removed."""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from briefbook.build import Built
    from briefbook.memo import Book, Memo
    from briefbook.placing import Placed
    from briefbook.record import Record
    from briefbook.releasing import Released
    from briefbook.workshop import Day

F = TypeVar("F", bound=Callable[..., Any])


def releasable_option(command: F) -> F:
    """Add --releasable-to to a command."""
    option = click.option(
        "--releasable-to",
        metavar="LEVEL",
        help="Make variants of only what may be shown to this level, with caveats behind commas.",
    )
    return option(command)


def released_for(book: "Book", asked: str, memos: "Sequence[Memo]", taken: Iterable[str]) -> "Released":
    """The book and memos as those may see them who are asked for. Raises click.UsageError for no such level.

    `taken` are the ids of all memos of the book: no variant may go by one of them.
    """
    from briefbook.readers.read_marking import release
    from briefbook.releasing import released

    found = release(asked, book.settings.marking)
    if isinstance(found, str):
        raise click.UsageError(found)
    made = released(book, found, memos)
    for clash in made.book.memos.keys() & set(taken):
        raise click.UsageError(f"a memo of this book has the name of the variant: {clash}")
    return made


def variant_name_of(book: "Book", asked: str) -> str:
    """What variants for a level that the book's scheme has are called."""
    from briefbook.marking import Marking, variant_name
    from briefbook.readers.read_marking import release

    spec, found = book.settings.marking, release(asked, book.settings.marking)
    assert spec is not None
    assert isinstance(found, Marking)
    return variant_name(spec.scheme, found)


class Reports:
    """Writes beside each variant what was removed from it, marked as the full memo is."""

    def __init__(self, book: "Book", released: "Released", day: "Day") -> None:
        """`book` is the full one."""
        from briefbook.workshop import Workshop

        self._book = book
        self._released = released
        self._day = day
        self._workshop = Workshop(book)

    def write(self, memo: "Memo", built: "Built", folder: Path, record: "Record") -> "list[Placed]":
        """The reports of the variant that was built of a memo. Raises BriefbookError."""
        from briefbook.handling import named_in
        from briefbook.marking import Marking, banner_of
        from briefbook.placing import place
        from briefbook.releasing import concerning
        from briefbook.removal_report import report_json, report_text

        spec, banner = self._book.settings.marking, self._workshop.document(memo, self._day).banner
        assert spec is not None
        assert banner is not None
        shown = named_in(self._workshop.select(memo, self._day))
        removed = concerning(self._released.removed, memo, shown)
        # The memo may show less than it may name: a section's limit, or its length, leaves out.
        whole = [Marking(level=banner.level, caveats=banner.caveats), *(each.marking for each in removed)]
        marking = spec.scheme.fold(whole)
        assert marking is not None
        banner = banner_of(spec.scheme, marking)
        placed = []
        for ending, write in (("txt", report_text), ("json", report_json)):
            data = write(
                removed, variant=built.memo, as_of=self._day.as_of, banner=banner, scheme=spec.scheme
            )
            path = folder / f"{built.memo}.removed.{ending}"
            digest = sha256(data).hexdigest()
            record.store.put(data)  # so that the next report knows this one for its own
            placed.append(
                place(path, digest, lambda: data, is_ours=record.is_ours, is_of_memo=lambda _: False)  # noqa: B023
            )
        return placed
