"""`briefbook list`: the memos of a book."""

import json
from datetime import date
from typing import assert_never

import click

from briefbook.cli.book import BookFinder, day_of, day_options
from briefbook.cli.printing import PROBLEMS_FOUND, print_problems
from briefbook.composing.wording import wording_of
from briefbook.diagnostics import has_errors
from briefbook.memo import Book, ForumScope, MeetingScope, Memo, RangeScope
from briefbook.select import select
from briefbook.selection import Selection
from briefbook.verdict import usable_book


@click.command("list")
@day_options
@click.option("--json", "wants_json", is_flag=True, help="Print the list as JSON.")
@click.pass_obj
def command(finder: BookFinder, /, as_of: date | None, known_by: date | None, wants_json: bool) -> None:
    """List the memos: what each covers and what comes next, as of a day."""
    read = finder.read()
    print_problems(read.problems)
    book = usable_book(read)
    day = day_of(book.settings, as_of, known_by)
    rows = []
    for memo in book.memos.values():
        selection = select(book.facts, book.settings, memo, as_of=day.as_of, known_by=day.known_by)
        rows.append(_row(book, memo, selection))
    if wants_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        _print_table(rows)
    if has_errors(list(read.problems)):
        raise SystemExit(PROBLEMS_FOUND)


def _row(book: Book, memo: Memo, selection: Selection) -> dict[str, str]:
    language = memo.language or book.settings.language
    wording = wording_of(language)
    ahead = selection.next_meeting
    return {
        "memo": memo.id,
        "title": memo.title.best(language)[1],
        "covers": _covers(memo),
        "next": f"{ahead.forum.name}, {wording.in_words(ahead.when)}" if ahead else "",
        "formats": ", ".join(memo.formats),
    }


def _covers(memo: Memo) -> str:
    match memo.scope:
        case ForumScope(forums=forums):
            return f"forum {', '.join(reference.id for reference in forums)}"
        case MeetingScope(meetings=meetings):
            return f"meeting {', '.join(reference.id for reference in meetings)}"
        case RangeScope() if memo.scope.is_everything:
            return "everything"
        case RangeScope(first=first, last=last):
            return f"{first} to {last}"
        case _:
            assert_never(memo.scope)


def _print_table(rows: list[dict[str, str]]) -> None:
    heads = {"memo": "MEMO", "covers": "COVERS", "next": "NEXT MEETING"}
    widths = {name: max(len(row[name]) for row in [heads, *rows]) for name in heads}
    for row in [heads, *rows]:
        click.echo("  ".join(row[name].ljust(widths[name]) for name in heads).rstrip())
