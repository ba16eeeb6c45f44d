"""What a check may look at besides the book: everything comes in from outside, so that a check stays pure."""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from briefbook.checks.columns import Columns
from briefbook.composing.sections import SectionTemplates
from briefbook.frozen import frozen
from briefbook.memo import Book
from briefbook.selection import Rested

if TYPE_CHECKING:  # it is made of what checks know
    from briefbook.checks.survey import Survey


@frozen
class CheckContext:
    """What is known of a book besides what could be read of it.

    `defined` holds every id that stands in the files, those of broken records too: no check calls them
    unknown. `texts` are the sources' texts by file name, if they are at hand. `templates` gives the section
    templates in a language, of a profile (`Workshop.templates`); without it nothing is said of sections
    and templates. `days` are those as of which every memo is made, to find what only shows in a memo.
    `messages` are those of briefbook's own, each with its context.
    `is_there` tells of a path that the book names, from the book's folder, whether a file is there.
    `known_by` is the day by which a source must be out to count; the day itself, if not given. `rested` is,
    by memo, what its slots rest on, as its latest edition noted it. `columns` are those of the book's facts,
    and `survey` that of its memos, where checks share them.
    """

    defined: frozenset[str] = frozenset()
    texts: Mapping[str, str] | None = None
    templates: Callable[..., SectionTemplates] | None = None
    days: tuple[date, ...] = ()
    messages: frozenset[tuple[str | None, str]] = frozenset()
    is_there: Callable[[Path], bool] | None = None
    known_by: date | None = None
    rested: Mapping[str, tuple[Rested, ...]] = field(default_factory=dict)
    columns: Columns | None = None
    survey: "Survey | None" = None

    def columns_of(self, book: Book) -> Columns:
        """The facts of the book by type."""
        return self.columns or Columns(book.facts)

    def survey_of(self, book: Book) -> "Survey":
        """What stands in all memos of the book."""
        from briefbook.checks.survey import surveyed

        return self.survey or surveyed(book)

    def templates_of(self, language: str, profile: str | None) -> SectionTemplates:
        """The templates in a language, those of a profile before the others. Needs `templates`."""
        assert self.templates is not None
        return self.templates(language) if profile is None else self.templates(language, profile)
