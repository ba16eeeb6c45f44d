"""`briefbook list`: the memos of a book."""

import json
from datetime import date
from typing import TYPE_CHECKING, assert_never

import click

from briefbook.checks.templates import covers_what_is_there
from briefbook.cli.book import BookFinder, day_of, day_options
from briefbook.cli.printing import PROBLEMS_FOUND, print_problems, say
from briefbook.composing.languages import is_language
from briefbook.composing.wording import wording_of
from briefbook.diagnostics import has_errors
from briefbook.memo import Book, ForumScope, MeetingScope, Memo, RangeScope
from briefbook.select import select
from briefbook.verdict import usable_book

if TYPE_CHECKING:
    from briefbook.workshop import Day


@click.command("list")
@day_options
@click.option("--json", "wants_json", is_flag=True, help="Print the list as JSON.")
@click.pass_obj
def command(finder: BookFinder, /, as_of: date | None, known_by: date | None, wants_json: bool) -> None:
    """List the memos: what each covers and what comes next, as of a day.

    \b
    Examples:
      briefbook list
      briefbook list --as-of 2026-02-10 --json
    """
    read = finder.read()
    print_problems(read.problems)
    book = usable_book(read)
    day = day_of(book.settings, as_of, known_by)
    rows = [_row(book, memo, day) for memo in book.memos.values()]
    if wants_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        _print_table(rows)
    lame = [memo.id for memo in book.memos.values() if not _can_be_made(book, memo)]
    if lame:
        say(f"with errors (run briefbook check): {', '.join(lame)}")
    if lame or has_errors(list(read.problems)):
        raise SystemExit(PROBLEMS_FOUND)


def _row(book: Book, memo: Memo, day: "Day") -> dict[str, str]:
    return {
        "memo": memo.id,
        "title": memo.title.best(_language(book, memo))[1],
        "covers": _covers(memo),
        "next": _next(book, memo, day) if _can_be_made(book, memo) else "",
        "formats": ", ".join(memo.formats),
    }


def _can_be_made(book: Book, memo: Memo) -> bool:
    return is_language(_language(book, memo)) and covers_what_is_there(memo, book.facts)


def _language(book: Book, memo: Memo) -> str:
    return memo.language or book.settings.language


def _next(book: Book, memo: Memo, day: "Day") -> str:
    selection = select(book.facts, book.settings, memo, as_of=day.as_of, known_by=day.known_by)
    ahead = selection.next_meeting
    if ahead is None:
        return ""
    return f"{ahead.forum.name}, {wording_of(_language(book, memo)).in_words(ahead.when)}"


def _covers(memo: Memo) -> str:
    match memo.scope:
        case ForumScope(forums=forums):
            return f"forum {', '.join(reference.id for reference in forums)}"
        case MeetingScope(meetings=meetings):
            return f"meeting {', '.join(reference.id for reference in meetings)}"
        case RangeScope() if memo.scope.is_everything:
            return "everything"
        case RangeScope(first=first, last=last):
            return f"{'' if first == date.min else first} to {'' if last == date.max else last}".strip()
        case _:
            assert_never(memo.scope)


def _print_table(rows: list[dict[str, str]]) -> None:
    heads = {"memo": "MEMO", "covers": "COVERS", "next": "NEXT MEETING"}
    widths = {name: max(len(row[name]) for row in [heads, *rows]) for name in heads}
    for row in [heads, *rows]:
        click.echo("  ".join(row[name].ljust(widths[name]) for name in heads).rstrip())
