"""`briefbook list`: the memos of a book."""

import json
from datetime import date
from textwrap import shorten
from typing import assert_never
from zoneinfo import ZoneInfo

import click

from briefbook.checks.templates import covers_what_is_there
from briefbook.cli.book import BookFinder, day_of, day_options, now
from briefbook.cli.printing import PROBLEMS_FOUND, print_problems, print_table, say
from briefbook.composing.languages import is_language
from briefbook.composing.wording import wording_of
from briefbook.diagnostics import has_errors
from briefbook.issued import Edition
from briefbook.memo import Book, ForumScope, MeetingScope, Memo, RangeScope
from briefbook.select import select
from briefbook.timetable import next_runs
from briefbook.verdict import usable_book
from briefbook.workshop import Day, Workshop

LONGEST = 44  # letters of what a memo covers, in the table


@click.command("list")
@day_options
@click.option("--json", "wants_json", is_flag=True, help="Print the list as JSON.")
@click.pass_obj
def command(finder: BookFinder, /, as_of: date | None, known_by: date | None, wants_json: bool) -> None:
    """List the memos: what each covers, what comes next, its last edition and its next run.

    What comes next is as of the day that is asked for; a last edition and a next run are as of now.

    \b
    Examples:
      briefbook list
      briefbook list --as-of 2026-02-10 --json
    """
    read = finder.read()
    print_problems(read.problems)
    book = usable_book(read)
    day = day_of(book.settings, as_of, known_by)
    workshop = Workshop(book)
    editions = _latest_editions(finder)
    rows = [_row(workshop, memo, day, editions.get(memo.id)) for memo in book.memos.values()]
    if wants_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        _print_table(rows)
    lame = [memo.id for memo in book.memos.values() if not _can_be_made(book, memo)]
    if lame:
        say(f"with errors (run briefbook check): {', '.join(lame)}")
    if lame or has_errors([problem for problem in read.problems if not problem.of_mail]):
        raise SystemExit(PROBLEMS_FOUND)


def _latest_editions(finder: BookFinder) -> dict[str, Edition]:
    """The latest edition of each memo on record; none where there is no record."""
    record = finder.read_record()
    if record is None:
        return {}
    with record:
        return {edition.memo: edition for edition in record.ledger.editions()}  # by memo, oldest first


def _row(workshop: Workshop, memo: Memo, day: Day, edition: Edition | None) -> dict[str, str]:
    book = workshop.book
    can_be_made = _can_be_made(book, memo)
    return {
        "memo": memo.id,
        "title": memo.title.best(_language(book, memo))[1],
        "covers": _covers(memo),
        "next": _next(book, memo, day) if can_be_made else "",
        "formats": ", ".join(memo.formats),
        "edition": f"{edition.number} (as of {edition.as_of})" if edition else "",
        "run": _next_run(workshop, memo) if can_be_made else "",
    }


def _next_run(workshop: Workshop, memo: Memo) -> str:
    """The next instant at which a memo's schedule asks for it, in the schedule's zone."""
    if memo.schedule is None:
        return ""
    try:
        coming = next(next_runs(workshop, memo, now()), None)
    except ValueError:  # a mistake in the schedule: `check` tells of it
        return ""
    return f"{coming.astimezone(ZoneInfo(memo.schedule.zone)):%a %Y-%m-%d %H:%M %Z}" if coming else ""


def _can_be_made(book: Book, memo: Memo) -> bool:
    return is_language(_language(book, memo)) and covers_what_is_there(memo, book.facts)


def _language(book: Book, memo: Memo) -> str:
    return memo.language or book.settings.language


def _next(book: Book, memo: Memo, day: Day) -> str:
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
    rarer = {"edition": "LAST EDITION", "run": "NEXT RUN"}
    heads |= {name: head for name, head in rarer.items() if any(row[name] for row in rows)}
    short = [{**row, "covers": shorten(row["covers"], LONGEST, placeholder=" …")} for row in rows]
    told = [[row[name] for name in heads] for row in short]
    print_table(list(heads.values()), told, prose=("COVERS", "NEXT MEETING"))
