"""`briefbook list`: the memos of a book."""

import json
from contextlib import suppress
from datetime import date, datetime
from textwrap import shorten
from typing import assert_never
from zoneinfo import ZoneInfo

import click

from briefbook.catalogues import texts_in
from briefbook.cli.book import BookFinder, chosen_ids, day_of, day_options, now
from briefbook.cli.completing import memo_ids
from briefbook.cli.printing import PROBLEMS_FOUND, print_problems, print_table, say
from briefbook.composing.languages import is_language
from briefbook.composing.wording import ENGLISH, Wording, wording_of
from briefbook.dates import Day
from briefbook.diagnostics import has_errors
from briefbook.frozen import frozen
from briefbook.index import indexed
from briefbook.issued import Edition
from briefbook.memo import Book, ForumScope, MeetingScope, Memo, RangeScope
from briefbook.select import select
from briefbook.selection import Selection, ShownMeeting
from briefbook.usable import covers_what_is_there, usable_book

LONGEST = 44  # letters of what a memo covers, in the table


@click.command("list")
@day_options
@click.option("--json", "wants_json", is_flag=True, help="Print the list as JSON.")
@click.option(
    "--commitments",
    "wants_commitments",
    is_flag=True,
    help="List what was promised instead: by whom, by when, and when a source last spoke of it.",
)
@click.argument("memos", nargs=-1, metavar="[MEMO]...", shell_complete=memo_ids)
@click.pass_obj
def command(
    finder: BookFinder,
    /,
    memos: tuple[str, ...],
    as_of: date | None,
    known_by: date | None,
    wants_json: bool,
    wants_commitments: bool,
) -> None:
    """List memos: what each covers, what comes next, its last edition and its next run.

    What comes next is as of the day that is asked for; a last edition and a next run are as of now.
    With --commitments: what was promised in the memos that are named, in the whole book if none is.

    \b
    Examples:
      briefbook list
      briefbook list --as-of 2026-02-10 --json
      briefbook list --commitments security-ministerial
    """
    read = finder.read()
    wanted = chosen_ids(read, memos)
    print_problems(read.problems)
    book = usable_book(read)
    day = day_of(book.settings, as_of, known_by)
    chosen = [memo for memo in book.memos.values() if not memos or memo.id in wanted]
    able = [memo for memo in chosen if _can_be_made(book, memo)]
    if wants_commitments:
        from briefbook.cli.commitments import commitments_in, print_commitments

        found = commitments_in(book, able if memos else None, day)
        print_commitments(found, day, wants_json=wants_json)
    else:
        editions = _latest_editions(finder)
        ahead = _ahead(book, able, day)
        runs = _next_runs(book, able)
        listed = [
            _listed(book, memo, ahead.get(memo.id), editions.get(memo.id), runs.get(memo.id))
            for memo in chosen
        ]
        if wants_json:
            click.echo(json.dumps([_as_json(one) for one in listed], ensure_ascii=False, indent=2))
        else:
            _print_table(listed)
    made = {memo.id for memo in able}
    lame = [memo.id for memo in chosen if memo.id not in made]
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


@frozen
class _Listed:
    """What is told of a memo."""

    memo: Memo
    language: str
    wording: Wording
    ahead: ShownMeeting | None
    edition: Edition | None
    run: datetime | None  # UTC


def _listed(
    book: Book, memo: Memo, ahead: ShownMeeting | None, edition: Edition | None, run: datetime | None
) -> _Listed:
    language = _language(book, memo)
    spoken = language if is_language(language) else ENGLISH
    return _Listed(
        memo=memo,
        language=language,
        wording=wording_of(spoken, texts_in(spoken, book.catalogues)),
        ahead=ahead,
        edition=edition,
        run=run,
    )


def _ahead(book: Book, memos: list[Memo], day: Day) -> dict[str, ShownMeeting | None]:
    """By memo, the first meeting ahead as of a day."""
    index = indexed(book.facts)  # once, however many memos the book has

    def selected(memo: Memo) -> Selection:
        return select(book.facts, book.settings, memo, as_of=day.as_of, known_by=day.known_by, index=index)

    return {memo.id: selected(memo).next_meeting for memo in memos}


def _next_runs(book: Book, memos: list[Memo]) -> dict[str, datetime]:
    """By memo, the next instant at which its schedule asks for it, where it has one."""
    scheduled = [memo for memo in memos if memo.schedule is not None]
    if not scheduled:
        return {}
    # Most books have no schedule, and this makes ready to make memos.
    from briefbook.timetable import next_runs
    from briefbook.workshop import Workshop

    workshop, moment = Workshop(book), now()
    runs: dict[str, datetime] = {}
    for memo in scheduled:
        with suppress(ValueError, StopIteration):  # a mistake in the schedule: `check` tells of it
            runs[memo.id] = next(next_runs(workshop, memo, moment))
    return runs


def _can_be_made(book: Book, memo: Memo) -> bool:
    return is_language(_language(book, memo)) and covers_what_is_there(memo, book.facts)


def _language(book: Book, memo: Memo) -> str:
    return memo.language or book.settings.language


# ------------------------------------------------------------------------------------- for programs


def _as_json(listed: _Listed) -> dict[str, object]:
    memo, edition, ahead = listed.memo, listed.edition, listed.ahead
    return {
        "memo": memo.id,
        "language": listed.language,
        "title": memo.title.best(listed.language)[1],
        "covers": _scope(memo),
        "next": ahead and {"meeting": ahead.id, "forum": ahead.forum.id, "date": str(ahead.when.date)},
        "formats": memo.formats,
        "edition": edition
        and {
            "number": edition.number,
            "as_of": edition.as_of.isoformat(),
            "known_by": edition.known_by.isoformat(),
            "made": edition.made.isoformat(),
        },
        "run": listed.run and memo.schedule and {"utc": listed.run.isoformat(), "zone": memo.schedule.zone},
    }


def _scope(memo: Memo) -> dict[str, object]:
    match memo.scope:
        case ForumScope(forums=references):
            return {"forums": [reference.id for reference in references]}
        case MeetingScope(meetings=references):
            return {"meetings": [reference.id for reference in references]}
        case RangeScope(first=first, last=last):
            return {
                "from": None if first == date.min else first.isoformat(),
                "to": None if last == date.max else last.isoformat(),
            }
        case _:
            assert_never(memo.scope)


# --------------------------------------------------------------------------------------- for people


def _in_words(listed: _Listed) -> dict[str, str]:
    memo, edition, ahead = listed.memo, listed.edition, listed.ahead
    coming = ""
    if listed.run is not None and memo.schedule is not None:
        coming = f"{listed.run.astimezone(ZoneInfo(memo.schedule.zone)):%a %Y-%m-%d %H:%M %Z}"
    day = ahead and listed.wording.in_words(ahead.when)
    return {
        "MEMO": memo.id,
        "COVERS": shorten(_covers(memo), LONGEST, placeholder=" …"),
        "NEXT MEETING": f"{ahead.forum.name}, {day}" if ahead else "",
        "LAST EDITION": f"{edition.number} (as of {edition.as_of})" if edition else "",
        "NEXT RUN": coming,
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
            return f"{'' if first == date.min else first} to {'' if last == date.max else last}".strip()
        case _:
            assert_never(memo.scope)


def _print_table(listed: list[_Listed]) -> None:
    rows = [_in_words(one) for one in listed]
    heads = ["MEMO", "COVERS", "NEXT MEETING"]
    heads += [head for head in ("LAST EDITION", "NEXT RUN") if any(row[head] for row in rows)]
    print_table(heads, [[row[head] for head in heads] for row in rows], prose=("COVERS", "NEXT MEETING"))
