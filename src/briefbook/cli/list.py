"""`briefbook list`: the memos of a book.

What it tells of a book and a day is kept for the user (`user_cache.py`), a book's last listing alone: who
lists again what did not change waits for no YAML, no selection and no calendar.
"""

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from briefbook.cli.book import BookFinder, day_options, today
from briefbook.cli.completing import memo_ids
from briefbook.cli.printing import PROBLEMS_FOUND, print_problems, print_table, say, tell_json
from briefbook.readers.book_files import PROFILES_FOLDER, TEMPLATES_FOLDER, BookFiles, absolute, gather
from briefbook.user_cache import user_cache

if TYPE_CHECKING:  # imported where a book is read, which one that did not change is not
    from briefbook.cli.listing import Listing
    from briefbook.issued import Edition

Row = dict[str, Any]


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
    files = gather(finder.root())
    asked = _asked(files, as_of, known_by)
    is_kept = not memos and not wants_commitments and not _has_profiles(files)
    rows = user_cache().kept(_key(files), asked) if is_kept else None
    if rows is not None:
        _print(rows, _latest_editions(finder), {}, wants_json=wants_json)
        return
    listing = _listing(files, memos, as_of, known_by)
    if wants_commitments:
        from briefbook.cli.commitments import commitments_in, print_commitments

        found = commitments_in(listing.book, list(listing.able) if memos else None, listing.day)
        print_commitments(found, listing.day, wants_json=wants_json)
    else:
        rows = listing.rows()
        _print(rows, _latest_editions(finder), listing.runs(), wants_json=wants_json)
        if is_kept and not listing.depends_on_more:
            user_cache().keep(_key(files), asked, rows)
    if listing.lame:
        say(f"with errors (run briefbook check): {', '.join(listing.lame)}")
    if listing.has_errors:
        raise SystemExit(PROBLEMS_FOUND)


def _listing(files: BookFiles, memos: Sequence[str], as_of: date | None, known_by: date | None) -> "Listing":
    """Read the book, tell of its problems, and make its listing."""
    from briefbook.cli.listing import listing_of
    from briefbook.readers.read_book import read_book

    read = read_book(files.root, files)
    listing = listing_of(read, memos, as_of, known_by)
    print_problems(read.problems)
    return listing


def _key(files: BookFiles) -> str:
    return f"list\0{absolute(files.root)}"


def _asked(files: BookFiles, as_of: date | None, known_by: date | None) -> str:
    """All that a listing follows from, but for briefbook itself, and for what is told where it is made."""
    return f"{files.digest()} {as_of} {known_by} {today()}"


def _has_profiles(files: BookFiles) -> bool:
    """Whether profiles stand among the book's templates, which are not gathered with its files."""
    return os.path.lexists(files.root / TEMPLATES_FOLDER / PROFILES_FOLDER)


def _latest_editions(finder: BookFinder) -> "dict[str, Edition]":
    """The latest edition of each memo on record; none where there is no record."""
    record = finder.read_record()
    if record is None:
        return {}
    with record:
        return {edition.memo: edition for edition in record.ledger.editions()}  # by memo, oldest first


def _print(
    rows: list[Row],
    editions: "Mapping[str, Edition]",
    runs: Mapping[str, tuple[datetime, str]],
    *,
    wants_json: bool,
) -> None:
    """Print what was worked out of a book, with what is so now: the last editions and the next runs."""
    if wants_json:
        told = [_as_json(row["told"], editions.get(row["MEMO"]), runs.get(row["MEMO"])) for row in rows]
        tell_json(told)
        return
    whole = [_in_words(row, editions.get(row["MEMO"]), runs.get(row["MEMO"])) for row in rows]
    heads = ["MEMO", "COVERS", "NEXT MEETING"]
    heads += [head for head in ("LAST EDITION", "NEXT RUN") if any(row[head] for row in whole)]
    print_table(heads, [[row[head] for head in heads] for row in whole], prose=("COVERS", "NEXT MEETING"))


def _as_json(told: Row, edition: "Edition | None", run: tuple[datetime, str] | None) -> Row:
    made = edition and {
        "number": edition.number,
        "as_of": edition.as_of.isoformat(),
        "known_by": edition.known_by.isoformat(),
        "made": edition.made.isoformat(),
    }
    return {**told, "edition": made, "run": run and {"utc": run[0].isoformat(), "zone": run[1]}}


def _in_words(row: Row, edition: "Edition | None", run: tuple[datetime, str] | None) -> dict[str, str]:
    coming = ""
    if run is not None:
        from zoneinfo import ZoneInfo  # looks for the machine's zones, which a book without schedules spares

        coming = f"{run[0].astimezone(ZoneInfo(run[1])):%a %Y-%m-%d %H:%M %Z}"
    made = f"{edition.number} (as of {edition.as_of})" if edition else ""
    return {**row, "LAST EDITION": made, "NEXT RUN": coming}
