"""`briefbook check`: every problem of a book."""

import json
from datetime import date
from pathlib import Path

import click

from briefbook.cli.book import BookFinder, day_of, day_options
from briefbook.cli.printing import PROBLEMS_FOUND, as_json, count, print_problems, say
from briefbook.verdict import judge, open_questions


@click.command("check")
@click.option(
    "--sources",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Find every evidence fragment in the sources' texts, which lie in this folder.",
)
@click.option("--gaps", is_flag=True, help="Print what the sources leave open instead of problems.")
@day_options
@click.option("--json", "wants_json", is_flag=True, help="Print problems or gaps as JSON to standard output.")
@click.pass_obj
def command(
    finder: BookFinder,
    /,
    sources: Path | None,
    gaps: bool,
    as_of: date | None,
    known_by: date | None,
    wants_json: bool,
) -> None:
    """List every problem at once: file:line:column: severity: message (the mend).

    Memos are made in memory as of the day, so that a template's mistake shows too. Warnings alone leave the
    exit status at 0.
    """
    read = finder.read()
    day = day_of(read.book.settings, as_of, known_by)
    if gaps:
        open_ = open_questions(read, day)
        as_text = "\n".join(_gap_lines(open_))
        click.echo(json.dumps(open_, ensure_ascii=False, indent=2) if wants_json else as_text)
        return
    verdict = judge(read, sources=sources, lint_on=day)
    if wants_json:
        click.echo(json.dumps([as_json(p) for p in verdict.problems], ensure_ascii=False, indent=2))
    else:
        print_problems(verdict.problems)
        facts = sum(len(kind) for kind in read.book.facts.kinds().values())
        counted = f"{count(facts, 'fact', 'facts')}, {count(len(read.book.memos), 'memo', 'memos')}"
        found = len(verdict.problems)
        say(f"{counted}: {count(found, 'problem', 'problems') if found else 'no problem'}")
    if verdict.has_errors:
        raise SystemExit(PROBLEMS_FOUND)


def _gap_lines(found: list[dict[str, str]]) -> list[str]:
    return [f"{gap['where']}: {gap['gap']}" for gap in found] or ["the sources leave nothing open"]
