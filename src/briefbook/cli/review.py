"""`briefbook review`: a document that came back, what was done to it, and what of that goes into the book."""

import stat
from pathlib import Path

import click

from briefbook.cli.book import BookFinder, WholeNumber
from briefbook.cli.completing import memo_ids
from briefbook.cli.printing import say, shown, stop_for, tell_json, tell_text, warn_beside
from briefbook.diagnostics import BriefbookError, Problem, Where
from briefbook.files import own_folder

REMAIN = 8  # edits that a person must decide


@click.command("review")
@click.argument("file", metavar="EDITED.docx", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--apply", "wants_apply", is_flag=True, help="Make what is ready in the book's files.")
@click.option(
    "--memo",
    metavar="MEMO",
    shell_complete=memo_ids,
    help="Of which memo it is, if the file does not say so.",
)
@click.option(
    "--edition",
    type=WholeNumber(1),
    metavar="N",
    help="Of which edition, if the file does not say so.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where to write. Default: out/ in the book.",
)
@click.option("--json", "wants_json", is_flag=True, help="Print the edits as JSON.")
@click.pass_obj
def command(
    finder: BookFinder,
    /,
    file: Path,
    wants_apply: bool,
    memo: str | None,
    edition: int | None,
    out: Path | None,
    wants_json: bool,
) -> None:
    """Read a Word document that came back: tracked changes, remarks, plain edits.

    For each edit it tells who made it, which fact and field it concerns, where that stands
    (file:line:column), and what the book's file would say. With --apply what is ready is made there, all of
    it or nothing; a file that was changed meanwhile is not touched. All edits are kept beside the edition,
    in full. Of a form of `briefbook debrief` it tells what the answers add to the facts, as a diff.

    Exit status: 0 nothing is left to do, 8 edits remain that a person must decide.

    \b
    Examples:
      briefbook review returned/fisheries-council.docx
      briefbook review --apply returned/fisheries-council.docx
      briefbook review scan.docx --memo fisheries-council --edition 2
    """
    from briefbook.amending import finish_changes
    from briefbook.cli.debrief import review_returned_form
    from briefbook.debriefing.returned import form_in
    from briefbook.reviewing.report import as_text, summary, told
    from briefbook.reviewing.review import apply, keep, review

    root = finder.root()
    data = _bytes_of(file)
    if form_in(data, shown(file)) is not None:
        folder = out or own_folder(root, "out")
        review_returned_form(finder, data, file, folder, wants_apply=wants_apply, wants_json=wants_json)
        return
    seen = finder.read_record()
    if seen is None:
        message = "no edition is on record in this book, so this file is none of them"
        stop_for([Problem(where=Where(file=shown(file)), message=message, hint="-C BOOK names another book")])
    seen.ledger.close()
    folder = out or own_folder(root, "out")
    with finder.open_record() as record:
        if wants_apply:
            finish_changes(root)
        reviewed = review(root, record, data, shown(file), memo=memo, number=edition)
        placed = keep(record, reviewed, folder)
        if wants_apply:
            reviewed = apply(root, reviewed)
            placed = keep(record, reviewed, folder)
    found = reviewed.edition, reviewed.review, reviewed.proposals, reviewed.marking
    if wants_json:
        tell_json(told(*found))
    else:
        tell_text(as_text(*found))
    say(f"{summary(reviewed.review, reviewed.proposals)} Kept in {shown(placed.path)}")
    warn_beside([placed], "the list of edits")
    if reviewed.remain:
        raise SystemExit(REMAIN)


def _bytes_of(file: Path) -> bytes:
    """The bytes of a regular file of a fit size. Raises BriefbookError."""
    from briefbook.reviewing.review import LARGEST

    where = Where(file=shown(file))
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            raise BriefbookError(Problem(where=where, message="this is not a file"))
        if status.st_size > LARGEST:
            message, hint = f"this file is larger than {LARGEST // 1024**2} MiB", "take out large pictures"
            raise BriefbookError(Problem(where=where, message=message, hint=hint))
        return file.read_bytes()
    except FileNotFoundError:
        hint = "look at its name: it is searched from the folder that you are in"
        raise BriefbookError(Problem(where=where, message="there is no such file", hint=hint)) from None
    except OSError as error:
        message = f"the file cannot be read: {error.strerror or error}"
        raise BriefbookError(Problem(where=where, message=message)) from error
