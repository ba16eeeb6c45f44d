"""`briefbook show`: one memo to standard output."""

from datetime import date

import click

from briefbook.cli.adhoc import adhoc_memo, adhoc_options
from briefbook.cli.book import BookFinder, chosen_memos, day_of, day_options, language_option
from briefbook.cli.completing import memo_ids
from briefbook.cli.printing import listed, stop_for, tell_left_out, write_document
from briefbook.cli.releasing import releasable_option, released_for
from briefbook.usable import usable_book
from briefbook.verdict import judge
from briefbook.workshop import Task, Workshop

TO_STDOUT = {"text": "txt", "txt": "txt", "md": "md", "json": "json", "html": "html"}


@click.command("show")
@click.argument("memo", required=False, shell_complete=memo_ids)
@day_options
@adhoc_options
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(TO_STDOUT)),
    default="text",
    show_default=True,
    help="How to print it.",
)
@language_option("In this language. Default: the memo's first.")
@releasable_option
@click.pass_obj
def command(
    finder: BookFinder,
    /,
    memo: str | None,
    as_of: date | None,
    known_by: date | None,
    format_: str,
    language: str | None,
    releasable_to: str | None,
    **adhoc: str | date | None,
) -> None:
    """Print one memo to standard output.

    \b
    Examples:
      briefbook show security-ministerial
      briefbook show all --as-of 2021-10-06 --language es
      briefbook show --from 2026-01-01 --to 2026-03-31 --format md
    """
    read = finder.read()
    wanted = adhoc_memo(read, adhoc, language)
    if (memo is None) == (wanted is None):
        raise click.UsageError("name one memo, or ask for one by --forum, --meeting or --from and --to")
    verdict = judge(read)
    chosen = [wanted] if wanted else list(chosen_memos(read, [memo or ""], language).values())
    stopped = verdict.stopping(memo or "", chosen[0] if chosen else None)
    if stopped or not chosen:
        stop_for(stopped)
    day = day_of(read.book.settings, as_of, known_by)
    book = usable_book(read)
    if releasable_to is not None:
        made = released_for(book, releasable_to, chosen, read.memo_files)
        if made.problems:
            stop_for(made.problems)
        book, chosen = made.book, list(made.book.memos.values())
    task = Task(memo=chosen[0], day=day, formats=(TO_STDOUT[format_],))
    workshop = Workshop(book)
    rendered = workshop.render(_as_built(finder, workshop, task))
    if rendered.problems:
        stop_for(rendered.problems)
    tell_left_out({rendered.memo: listed(rendered.left_out)})
    write_document(rendered.outputs[TO_STDOUT[format_]])


def _as_built(finder: BookFinder, workshop: Workshop, task: Task) -> Task:
    """A task that tells what follows from the edition before: what changed, what is to be checked again."""
    if not (task.memo.rests or workshop.asks_for_previous(task.memo)):
        return task
    record = finder.read_record()
    if record is None:
        return task
    from briefbook.plans import as_built  # most memos ask for nothing

    with record:
        return as_built(workshop, task, record)
