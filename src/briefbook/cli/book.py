"""What several commands share: finding the book, its day, its memos; and the one clock of the program."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from briefbook.cli.printing import print_problems
from briefbook.diagnostics import NOWHERE, BriefbookError, Problem, Where, did_you_mean
from briefbook.frozen import frozen

if TYPE_CHECKING:  # the readers are imported when a command needs them
    from briefbook.memo import Memo, Settings
    from briefbook.readers.read_book import ReadBook
    from briefbook.record import Record
    from briefbook.workshop import Day

F = TypeVar("F", bound=Callable[..., Any])


@frozen
class BookFinder:
    """Where the user said the book is, if anywhere."""

    folder: str | None

    def root(self) -> Path:
        """The book's folder. Raises BriefbookError if there is none."""
        from briefbook.readers.book_files import SETTINGS_FILE, find_book, hint_where_no_book

        if self.folder is not None:
            root = Path(self.folder)
            if not (root / SETTINGS_FILE).is_file():
                where = Where(file=str(root))
                message = "there is no book here: no book.yaml in this folder"
                hint = hint_where_no_book(root)
                raise BriefbookError(Problem(where=where, message=message, hint=hint))
            return root
        return find_book(Path.cwd())

    def read(self) -> "ReadBook":
        """Read the book with all its problems."""
        from briefbook.readers.read_book import read_book

        return read_book(self.root())

    def open_record(self) -> "Record":
        """The book's ledger and store, made where there are none. Raises BriefbookError."""
        from briefbook.record import open_record

        return open_record(self.root(), now())

    def read_record(self) -> "Record | None":
        """The book's record for looking at; None, and nothing made, where there is none.

        Raises BriefbookError if it cannot be read.
        """
        from briefbook.record import read_record

        return read_record(self.root(), now())


def now() -> datetime:
    """The program's one look at the clock: this instant, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 — the edge


def today() -> date:
    """A desk's today: the day on its own calendar."""
    return now().astimezone().date()


def local_zone() -> str:
    """The name of the zone that this machine's calendar is in; UTC where the machine does not say."""
    from briefbook.schedule import zone_mistake

    named = os.environ.get("TZ", "").lstrip(":")
    if not named and Path("/etc/localtime").is_symlink():
        named = os.readlink("/etc/localtime").partition("zoneinfo/")[2]  # noqa: PTH115 – Path would drop it
    return named if named and not zone_mistake(named) else "UTC"


class DayOption(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read a day or fail with the spelling that is wanted."""
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
        if day is None or day.isoformat() != value:  # ISO 8601 has more spellings: 20260120, 2026-W04-2
            self.fail(f"{value!r} is not a day; write it as 2026-01-20", param, ctx)
        return day


DAY = DayOption()


class WholeNumber(click.IntRange):
    """A whole number from `min` to `max`, which is called so where it is none."""

    name = "whole number"


def day_options(command: F) -> F:
    """Add --as-of and --known-by to a command."""
    known_by = click.option(
        "--known-by",
        type=DAY,
        metavar="DAY",
        help="Count only sources published by this day. Default: the as-of day.",
    )
    as_of = click.option(
        "--as-of",
        type=DAY,
        metavar="DAY",
        help="The day from which past and future are judged. Default: the pin in book.yaml, else today.",
    )
    return as_of(known_by(command))


def out_option(command: F) -> F:
    """Add --out to a command."""
    option = click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help="Where to write. Default: out/ in the book.",
    )
    return option(command)


def day_of(settings: "Settings", as_of: date | None, known_by: date | None) -> "Day":
    """The as-of and known-by days: as asked, else the book's pin, else today."""
    from briefbook.dates import Day

    chosen = as_of or settings.as_of or today()
    return Day(as_of=chosen, known_by=known_by or chosen)


def language_option(help_: str) -> Callable[[F], F]:
    """Add --language to a command."""

    def checked(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
        from briefbook.composing.languages import is_language, languages
        from briefbook.readers.records import is_language_tag

        if value is not None and not (is_language_tag(value) and is_language(value)):
            hint = did_you_mean(value, languages()) or "write a tag such as en, es or pt-BR"
            raise click.BadParameter(f"{value!r} is no language that is known ({hint})", ctx, param)
        return value

    return click.option("--language", callback=checked, metavar="TAG", help=help_)


def chosen_ids(read: "ReadBook", names: Sequence[str]) -> list[str]:
    """The ids of the memos that were asked for, all of them if none was; of a memo's file in each language.

    An unknown name is a usage error.
    """
    for name in names:
        refuse_unknown(read, name)
    wanted = [id_ for name in names for id_ in read.ids_named(name)] if names else read.memo_files
    return list(dict.fromkeys(wanted))


def refuse_unknown(
    read: "ReadBook", name: str, others: Iterable[str] = (), ctx: click.Context | None = None
) -> None:
    """A usage error if no memo of the book goes by a name; it tells the nearest of these and of `others`.

    `ctx`: of the command whose usage is told, if that is not the one that is run.
    """
    if not read.ids_named(name):
        hint = did_you_mean(name, {*read.memo_files, *read.ids_by_name, *others})
        unread = [file for problem in read.problems if (file := problem.where.file or "").endswith(".yml")]
        if found := next((file for file in unread if Path(file).stem == name), None):
            hint = f"rename {found} to {name}.yaml"
        message = f"there is no memo {name!r} in this book"
        raise click.UsageError(f"{message} ({hint})" if hint else message, ctx)


def chosen_memos(read: "ReadBook", names: Sequence[str], language: str | None = None) -> "Mapping[str, Memo]":
    """The memos that were asked for by their ids, as `chosen_ids` has them; in one language where asked for.

    A memo that is not made in the language is one of that language, to be mailed to nobody. That another memo
    has its id is a usage error.
    """
    from briefbook.memo_languages import languages_of
    from briefbook.packing import Chosen, PackedByName

    chosen = Chosen(chosen_ids(read, names), read.book.memos)
    if language is None:
        return chosen
    tell_of_labels(read, language)
    found: dict[str, Memo] = {}
    for memo in chosen.values():
        spoken = memo.language or languages_of(memo, read.book.settings)[0]
        if spoken == language:
            found[memo.name] = memo
        else:
            found.setdefault(memo.name, _made_in(read, memo, language))
    return PackedByName((memo.id, memo) for memo in found.values())


def tell_of_labels(read: "ReadBook", language: str) -> None:
    """Warn that memos in a language that was asked for have English labels, if they have."""
    from briefbook.catalogues import translates, ways_of
    from briefbook.checks.translations import unspoken
    from briefbook.composing.wording import ENGLISH
    from briefbook.workshop import Workshop

    ways = ways_of(language)
    if ways[-1] == ENGLISH or not read.book.broken_catalogues.isdisjoint(
        ways
    ):  # of a broken one `judge` tells
        return
    if not any(map(translates, Workshop(read.book).catalogues(language))):
        print_problems([unspoken(language, read.book, NOWHERE)])


def _made_in(read: "ReadBook", memo: "Memo", language: str) -> "Memo":
    """A memo in a language of those it is not made in; that of the book where it is made in it after all."""
    from briefbook.memo_languages import in_language

    made = replace(in_language(memo, language), schedule=None)
    there = read.book.memos.get(made.id)
    if there is not None and there.name == memo.name:
        return there
    if read.is_taken(made.id):
        raise click.UsageError(
            f"memo {memo.name!r} in {language!r} would be {made.id!r}, which another memo of this book is"
            " (rename one of the two)"
        )
    return made
