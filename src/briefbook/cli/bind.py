"""`briefbook bind`: memos bound into one book."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from briefbook.cli.book import (
    BookFinder,
    chosen_ids,
    chosen_memos,
    day_of,
    day_options,
    language_option,
    out_option,
)
from briefbook.cli.printing import (
    PROBLEMS_FOUND,
    count,
    is_on_terminal,
    listed,
    print_problems,
    say,
    shown,
    tell_json,
    tell_left_out,
    tell_reports,
    warn_beside,
)
from briefbook.cli.releasing import BoundReport, releasable_option
from briefbook.diagnostics import Problem, did_you_mean
from briefbook.document import is_blank
from briefbook.files import own_folder
from briefbook.marking import RELEASABLE
from briefbook.placing import Placed

if TYPE_CHECKING:  # what binds is imported once there is something to bind
    from briefbook.binding import Bound
    from briefbook.composing.bind import Request
    from briefbook.memo import Book, Memo
    from briefbook.readers.read_book import ReadBook

NAME = "briefing-book"
FORMATS = ("docx", "pdf")


def _formats(ctx: click.Context, param: click.Parameter, value: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip().lower() for name in value.split(",") if name.strip()))
    for name in names:
        if name not in FORMATS:
            hint = did_you_mean(name, FORMATS) or f"there are {' and '.join(FORMATS)}"
            raise click.BadParameter(f"a bound book is not made as {name!r} ({hint})", ctx, param)
    if not names:
        raise click.BadParameter("name at least one format", ctx, param)
    return names


def _name(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    from briefbook.readers.records import id_mistake

    if value is None:
        return None
    if mistake := id_mistake(value):
        message, hint = mistake
        raise click.BadParameter(f"{message} ({hint})", ctx, param)
    if f"{RELEASABLE}-" in value:
        raise click.BadParameter(f"{value!r} would be taken for a variant for release", ctx, param)
    return value


def _title(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is not None and (is_blank(value) or not value.isprintable()):
        raise click.BadParameter("write words, on one line and without signs that do not print", ctx, param)
    return value


@click.command("bind")
@click.argument("memos", nargs=-1, metavar="[MEMO]...")
@day_options
@click.option(
    "--title",
    callback=_title,
    metavar="WORDS",
    help="What stands on the cover. Default: the title in book.yaml.",
)
@click.option(
    "--name",
    callback=_name,
    metavar="NAME",
    help=f"Of the files: OUT/<as-of>/NAME.pdf. Default: {NAME}, or {NAME}.es where Spanish is asked for.",
)
@click.option(
    "--format",
    "formats",
    callback=_formats,
    default=",".join(FORMATS),
    show_default=True,
    metavar="LIST",
    help="Formats with commas between: docx, pdf.",
)
@language_option(
    "Bind the memos in this language, with cover, contents and index in it. Default: the book's."
)
@out_option
@releasable_option
@click.option("--json", "wants_json", is_flag=True, help="Print what was made as JSON to standard output.")
@click.pass_obj
def command(
    finder: BookFinder,
    /,
    memos: tuple[str, ...],
    as_of: date | None,
    known_by: date | None,
    title: str | None,
    name: str | None,
    formats: tuple[str, ...],
    language: str | None,
    out: Path | None,
    releasable_to: str | None,
    wants_json: bool,
) -> None:
    """Bind memos into one book: cover, contents, the memos as tabs, all sources, an index.

    The memos stand in the order in which they are named; without MEMO, all of the book in its own order. Of a
    memo in several languages that of the book is bound, unless one is named. Where one of them cannot be
    made, nothing is written.

    \b
    Examples:
      briefbook bind
      briefbook bind security-ministerial all --title "Washington, February"
      briefbook bind --as-of 2026-02-10 --format pdf
    """
    from briefbook.binding import bind

    read = finder.read()
    name = name or (NAME if language is None else f"{NAME}.{language.lower()}")
    if memo := _called_so(read, name):
        raise click.UsageError(
            f"{name!r} would be a file of memo {memo!r}: give the bound book another --name"
        )
    book, chosen = _what_is_bound(read, memos, language)
    day, request = day_of(book.settings, as_of, known_by), _request(book, name, title)
    report, reports = None, list[Placed]()
    if releasable_to is not None:
        report = BoundReport(book, chosen, day, request, to=releasable_to, taken=read.memo_files)
        if report.released.problems:
            _stop(report.released.problems, report.withheld)
        book, chosen = report.released.book, list(report.released.book.memos.values())
        request = replace(request, name=report.variant)
    folder = out or own_folder(finder.root(), "out")
    with finder.open_record() as record:
        with click.progressbar(
            length=len(chosen), label="Binding memos", file=sys.stderr, hidden=not is_on_terminal()
        ) as bar:
            bound = bind(
                book,
                chosen,
                day,
                request,
                out=folder,
                record=record,
                formats=formats,
                progress=lambda: bar.update(1),
            )
        if report is not None:
            reports = report.write(folder, record)
    tell_left_out({memo: listed(left_out) for memo, left_out in bound.left_out.items()})
    if wants_json:
        tell_json(_json(request.name, [memo.id for memo in chosen], bound, reports))
        return
    warn_beside(bound.files)
    files = ", ".join(shown(file.path) for file in bound.files)
    written = any(file.written for file in bound.files)
    say(f"{count(len(chosen), 'memo', 'memos')} {'bound' if written else 'bound already'}: {files}")
    tell_reports({request.name: reports} if reports else {})


def _called_so(read: "ReadBook", name: str) -> str | None:
    """The memo whose files, in some language or for some release, could have this name."""
    names = {*read.memo_files, *read.ids_by_name}
    return next((memo for memo in sorted(names) if name == memo or name.startswith(f"{memo}.")), None)


def _what_is_bound(read: "ReadBook", names: Sequence[str], language: str | None) -> "tuple[Book, list[Memo]]":
    """The book, in a language where one is asked for, and the memos to bind. Tells all problems.

    Ends the program where one of the memos cannot be made.
    """
    from briefbook.memo_languages import in_one_language
    from briefbook.usable import usable_book
    from briefbook.verdict import judge

    asked = chosen_memos(read, names, language).values()
    chosen = in_one_language(asked, read.book.settings.language, names)
    verdict = judge(read)
    stopped = {memo.id: verdict.stopping(memo.id, memo) for memo in chosen}
    broken = {
        id_: verdict.stopping(id_, None) for id_ in chosen_ids(read, names) if id_ not in read.book.memos
    }
    missing = [*(id_ for id_ in stopped if stopped[id_]), *broken]
    if missing:
        _stop([problem for id_ in missing for problem in (stopped | broken)[id_]], missing)
    if not chosen:
        raise click.UsageError("this book has no memos to bind: add one in memos/")
    print_problems(verdict.problems)
    book = usable_book(read)
    if language is not None:
        book = replace(book, settings=replace(book.settings, language=language))
    return book, list(chosen)


def _stop(problems: Sequence[Problem], missing: Sequence[str]) -> NoReturn:
    print_problems(problems)
    say(f"nothing was bound: {count(len(missing), 'memo', 'memos')} cannot be made: {', '.join(missing)}")
    raise SystemExit(PROBLEMS_FOUND)


def _request(book: "Book", name: str, title: str | None) -> "Request":
    """What the bound book is called: by its own title, else by that of `book.yaml` in the best language."""
    from briefbook.composing.bind import Request

    if title is not None:
        return Request(name=name, title=title)
    spoken = book.settings.language
    own, words = book.settings.title.best(spoken)
    return Request(name=name, title=words, language=None if own == spoken else own)


def _json(name: str, memos: Sequence[str], bound: "Bound", reports: Sequence[Placed]) -> dict[str, object]:
    """What was bound, for programs to read."""
    return {
        "name": name,
        "memos": memos,
        "edition": bound.edition.number,
        "made": [shown(file.path) for file in bound.files],
        "written": [shown(file.path) for file in bound.files if file.written],
        "beside": {shown(file.path): shown(file.beside) for file in bound.files if file.beside},
        "left_out": {memo: listed(its) for memo, its in bound.left_out.items() if its},
        "reports": [shown(file.path) for file in reports],
    }
