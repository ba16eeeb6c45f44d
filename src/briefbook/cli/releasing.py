"""Variants for release: --releasable-to, and the report of what was removed."""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from briefbook.build import Built
    from briefbook.composing.bind import Request
    from briefbook.issued import Edition
    from briefbook.marking import Banner
    from briefbook.memo import Book, Memo
    from briefbook.placing import Placed
    from briefbook.record import Record
    from briefbook.releasing import Released, Removed
    from briefbook.selection import Selection
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

    def may_show(self, old: "Edition", shown: "Selection") -> bool:
        """Whether an old edition of a variant shows nothing that the variant may not show any more.

        What of its facts is withheld now is compared with what the variant would show today of that day.
        """
        from briefbook.redlining import goes_beyond
        from briefbook.releasing import MEMO
        from briefbook.workshop import Day, Workshop

        book = self._released.book
        day = Day(as_of=old.as_of, known_by=old.known_by)
        allowed = Workshop(book).select(book.memos[old.memo], day)
        removed = {"" if each.kind == MEMO else each.id for each in self._released.removed}
        return not goes_beyond(shown, allowed, removed)

    def write(self, memo: "Memo", built: "Built", folder: Path, record: "Record") -> "list[Placed]":
        """The reports of the variant that was built of a memo. Raises BriefbookError."""
        from briefbook.handling import named_in
        from briefbook.removal_report import concerning

        banner = self._workshop.document(memo, self._day).banner
        assert banner is not None
        shown = named_in(self._workshop.select(memo, self._day))
        removed = concerning(self._released.removed, memo, shown)
        return _put(removed, built.memo, self._day, banner, self._book, folder, record)


class BoundReport:
    """The variants of memos that are to be bound, and the report of what the full book has beside them."""

    def __init__(
        self,
        book: "Book",
        memos: "Sequence[Memo]",
        day: "Day",
        request: "Request",
        *,
        to: str,
        taken: Iterable[str],
    ) -> None:
        """`book`, `memos` and `request` are the full ones.

        Raises click.UsageError for no such level, BriefbookError where the full book cannot be made.
        """
        from briefbook.workshop import Workshop

        self.released = released_for(book, to, memos, taken)
        ending = variant_name_of(book, to)
        self.variant = f"{request.name}.{ending}"
        self.withheld = [memo.id for memo in memos if f"{memo.id}.{ending}" not in self.released.book.memos]
        self._book, self._memos, self._day = book, memos, day
        self._workshop = Workshop(book)
        banner = self._workshop.binder(memos, day, request).cover.banner
        assert banner is not None
        self._banner = banner

    def write(self, out: Path, record: "Record") -> "list[Placed]":
        """Write the report beside the variant. Raises BriefbookError."""
        from briefbook.handling import named_in
        from briefbook.removal_report import concerning

        told = [
            each
            for memo in self._memos
            for each in concerning(
                self.released.removed, memo, named_in(self._workshop.select(memo, self._day))
            )
        ]
        removed = [each for each in self.released.removed if each in told]
        folder = out / self._day.as_of.isoformat()
        return _put(removed, self.variant, self._day, self._banner, self._book, folder, record)


def _put(
    removed: "Sequence[Removed]",
    variant: str,
    day: "Day",
    banner: "Banner",
    book: "Book",
    folder: Path,
    record: "Record",
) -> "list[Placed]":
    """Place a report as text and as JSON, marked as high as the full document and all that it lists.

    A memo may show less than it may name: a section's limit, or its length, leaves out.
    """
    from briefbook.marking import raised
    from briefbook.placing import place
    from briefbook.removal_report import report_json, report_text

    assert book.settings.marking is not None
    scheme = book.settings.marking.scheme
    banner = raised(banner, scheme, (each.marking for each in removed))
    placed = []
    for ending, write in (("txt", report_text), ("json", report_json)):
        data = write(removed, variant=variant, as_of=day.as_of, banner=banner, scheme=scheme)
        name = f"{variant}.removed.{ending}"
        digest = sha256(data).hexdigest()
        record.store.put(data)  # so that the next report knows this one for its own
        placed.append(
            place(folder, name, digest, lambda: data, is_ours=record.is_ours, is_of_memo=lambda _: False)  # noqa: B023
        )
    return placed
