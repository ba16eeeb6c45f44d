"""`briefbook check`: every problem of a book, or what its sources leave open."""

from collections.abc import Collection
from datetime import date
from pathlib import Path

import click

from briefbook.checks import Open, OpenQuestion, gaps
from briefbook.cli.book import BookFinder, day_of, day_options
from briefbook.cli.completing import memo_ids
from briefbook.cli.printing import PROBLEMS_FOUND, as_json, count, print_problems, say, tell, tell_json
from briefbook.cli.ready import check_ready
from briefbook.diagnostics import BriefbookError, Problem
from briefbook.facts import Source
from briefbook.memo import Book
from briefbook.previous import rested_before
from briefbook.selection import Rested
from briefbook.usable import usable_book
from briefbook.verdict import judge
from briefbook.workshop import Day

WORDS = {
    Open.PLACE: "the place is not given",
    Open.DAY: "the day is not known",
    Open.PEOPLE: "nobody is named for",
    Open.OUTCOME: "no source says whether it was held",
    Open.QUESTION: "find out",
}


@click.command("check")
@click.argument("memos", nargs=-1, metavar="[MEMO]...", shell_complete=memo_ids)
@click.option(
    "--sources",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Find every evidence fragment in the sources' texts, which lie in this folder.",
)
@click.option("--gaps", "wants_gaps", is_flag=True, help="Print what the sources leave open instead.")
@click.option(
    "--release",
    "wants_release",
    is_flag=True,
    help="Say instead whether memos are ready to leave: MEMO, or all.",
)
@day_options
@click.option("--json", "wants_json", is_flag=True, help="Print the result as JSON to standard output.")
@click.pass_obj
def command(
    finder: BookFinder,
    /,
    memos: tuple[str, ...],
    sources: Path | None,
    wants_gaps: bool,
    wants_release: bool,
    as_of: date | None,
    known_by: date | None,
    wants_json: bool,
) -> None:
    """List every problem at once: file:line:column: severity: message (the mend).

    Memos are made in memory as of the day, so that a template's mistake shows too. Warnings alone leave the
    exit status at 0.

    \b
    Examples:
      briefbook check
      briefbook check --sources texts/
      briefbook check --gaps --as-of 2026-01-20
      briefbook check --release security-ministerial
    """
    if memos and not wants_release:
        raise click.UsageError("a book is checked as a whole; name memos with --release")
    if wants_release and wants_gaps:
        raise click.UsageError("--release and --gaps each print something instead: give one of the two")
    read = finder.read()
    day = day_of(read.book.settings, as_of, known_by)
    if wants_gaps:
        _print_gaps(gaps(usable_book(read), day.as_of, day.known_by), wants_json)
        return
    if wants_release:
        check_ready(finder, judge(read, sources=sources), memos, day, wants_json=wants_json)
        return
    rested, unread = _rested(finder, read.book, day)
    verdict = judge(read, sources=sources, lint_on=day, rested=rested)
    found = (*verdict.problems, *unread)
    if wants_json:
        tell_json([as_json(problem) for problem in found])
    else:
        print_problems(found)
        facts = sum(len(kind) for kind in read.book.facts.kinds().values())
        counted = f"{count(facts, 'fact', 'facts')}, {count(len(read.book.memos), 'memo', 'memos')}"
        if sources is not None:
            counted += f", {_compared(read.book.facts.sources.values())}"
        say(f"{counted}: {count(len(found), 'problem', 'problems') if found else 'no problem'}")
    if verdict.has_errors or unread:
        raise SystemExit(PROBLEMS_FOUND)


def _rested(
    finder: BookFinder, book: Book, day: Day
) -> tuple[dict[str, tuple[Rested, ...]], tuple[Problem, ...]]:
    """What the slots of memos rest on, as their latest editions noted it; or why nobody can tell."""
    resting = [memo.id for memo in book.memos.values() if memo.rests]
    if not resting:
        return {}, ()
    try:
        record = finder.read_record()
        if record is None:
            return {}, ()
        with record:
            return {id_: rested_before(record, id_, day.as_of, day.known_by) for id_ in resting}, ()
    except BriefbookError as error:
        return {}, error.problems


def _compared(sources: Collection[Source]) -> str:
    """How many sources have a text to compare: where none has, no problem says nothing."""
    named = sum(source.text is not None for source in sources)
    return f"{named} of {count(len(sources), 'source', 'sources')} name a text"


def _print_gaps(found: list[OpenQuestion], wants_json: bool) -> None:
    if wants_json:
        rows = [
            {"fact": gap.fact, "where": str(gap.where), "open": str(gap.what), "text": gap.text}
            for gap in found
        ]
        tell_json(rows)
        return
    for gap in found:
        tell(f"{gap.where}: {gap.fact}: {WORDS[gap.what]} {gap.text}".rstrip())
    if not found:
        say("the sources leave nothing open")
