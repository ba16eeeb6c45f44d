"""`briefbook clear`: a person approves of exactly these bytes, or takes that back."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefbook.cli.book import BookFinder, WholeNumber, out_option, refuse_unknown
from briefbook.cli.completing import memo_ids
from briefbook.cli.printing import count, print_table, say, shown, stop_for, tell_json
from briefbook.diagnostics import NOWHERE, Problem
from briefbook.files import own_folder

if TYPE_CHECKING:
    from briefbook.issued import Clearance, Edition
    from briefbook.readers.read_book import ReadBook
    from briefbook.record import Record

HEADS = ("MEMO", "EDITION", "BY", "OFFICE", "GIVEN", "HOLDS", "NOTE")


@click.command("clear")
@click.argument("memo", required=False, shell_complete=memo_ids)
@click.option("--by", "person", metavar="NAME", help="Who clears it, or takes that back.")
@click.option("--office", default="", help="For which office.")
@click.option("--note", default="", help="Words that are kept with it.")
@click.option(
    "--edition", "number", type=WholeNumber(1), metavar="N", help="This edition. Default: the latest."
)
@click.option("--withdraw", "withdraws", is_flag=True, help="Take back what was cleared.")
@click.option(
    "--list", "lists", is_flag=True, help="List what was cleared, of MEMO or of all, and what holds."
)
@out_option
@click.option("--json", "wants_json", is_flag=True, help="Print what was recorded, or the list, as JSON.")
@click.pass_obj
def command(
    finder: BookFinder,
    /,
    memo: str | None,
    person: str | None,
    office: str,
    note: str,
    number: int | None,
    out: Path | None,
    *,
    withdraws: bool,
    lists: bool,
    wants_json: bool,
) -> None:
    """Record that a person approves of a memo's edition: of exactly its bytes.

    It holds as long as these bytes are what would be sent; it lapses with the first edition that has others.
    A memo in several languages is cleared in all of them, or in one by its name (council.es). Nothing is
    recorded where a file of the edition was changed by hand. What was recorded is never changed: --withdraw
    adds that it was taken back. Where release: has clearance: required, send and run-due mail nothing else.

    \b
    Examples:
      briefbook clear security-ministerial --by "Ana Holm" --office Legal
      briefbook clear security-ministerial --withdraw --by "Ana Holm"
      briefbook clear --list
    """
    if lists:
        if person or withdraws or number:
            raise click.UsageError("--list goes with MEMO and --json alone")
        _list(finder, memo, wants_json=wants_json)
        return
    # A name is a line wherever it is listed, and stays in the ledger for good.
    person, office, note = (" ".join((text or "").split()) for text in (person, office, note))
    if memo is None or not person:
        raise click.UsageError("say which memo, and who clears it: briefbook clear MEMO --by NAME")
    if not (person + office + note).isprintable():
        raise click.UsageError("--by, --office and --note take words, no control characters")
    _record(
        finder, memo, person, office, note, number, out,
        withdraws=withdraws, wants_json=wants_json,
    )  # fmt: skip


def _record(
    finder: BookFinder,
    memo: str,
    person: str,
    office: str,
    note: str,
    number: int | None,
    out: Path | None,
    *,
    withdraws: bool,
    wants_json: bool,
) -> None:
    """Clear, or withdraw, and tell what was recorded."""
    from briefbook.clearing import Approval, clear, mailed_formats, standing, withdraw
    from briefbook.release_spec import needs_clearance

    read = finder.read()
    approval = Approval(person=person, office=office, note=note)
    with finder.open_record() as record:
        editions = _editions(read, record, memo, number)
        if withdraws:
            known = [one for edition in editions for one in standing(record.ledger.clearances(edition.memo))]
            if number is not None:
                known = [one for one in known if one.edition == number]
            done = withdraw(record, known, approval)
            if not done:
                _stop(f"no clearance of memo {memo!r} holds", "list them: briefbook clear --list")
        else:
            book = read.book.settings.release
            demanded = [one for one in read.book.memos.values() if needs_clearance(book, one.release)]
            mailed = {one.id: mailed_formats(one) for one in demanded}
            folder = Path(shown(out or own_folder(finder.root(), "out")))
            done = clear(record, editions, approval, out=folder, mailed=mailed)
        if wants_json:
            tell_json([_as_json(one) for one in done])
            return
        days = {(edition.memo, edition.number): edition.as_of for edition in record.ledger.editions()}
        for one in done:
            _tell(one, days[one.memo, one.edition], is_new=one.given >= record.now.replace(microsecond=0))
        if withdraws:
            _tell_of_letters(read, record)


def _editions(read: "ReadBook", record: "Record", memo: str, number: int | None) -> "list[Edition]":
    """The editions that a name stands for: of the memo in each language. Ends the program for none."""
    ids = read.ids_named(memo) or (memo,)  # a variant for release, or a bound book, the ledger alone knows
    if number is not None and len(ids) > 1:
        raise click.UsageError(f"each language counts its own editions: name one of {', '.join(ids)}")
    ledger = record.ledger
    found = [ledger.edition(id_, number) if number is not None else ledger.latest(id_) for id_ in ids]
    for id_, edition in zip(ids, found, strict=True):
        if edition is None and number is not None and ledger.latest(id_) is not None:
            _stop(f"there is no edition {number} of memo {id_!r}", f"list them: briefbook history {id_}")
        if edition is None:
            refuse_unknown(read, memo, {one.memo for one in ledger.editions()})
            _stop(f"no edition of memo {id_!r} is on record", f"make it and read it: briefbook build {id_}")
    return [edition for edition in found if edition is not None]


def _stop(message: str, hint: str) -> None:
    stop_for([Problem(where=NOWHERE, message=message, hint=hint)])


def _tell(clearance: "Clearance", as_of: date, *, is_new: bool) -> None:
    files = ", ".join(output.name for output in clearance.outputs)
    office = f" ({clearance.office})" if clearance.office else ""
    which = f"edition {clearance.edition} of {clearance.memo} (as of {as_of})"
    what = "a clearance was taken back" if clearance.withdraws else "cleared"
    if not is_new:
        what = f"was {what} already on {clearance.given:%Y-%m-%d}"
    say(f"{which} {what} by {clearance.person}{office}: {files}")


def _tell_of_letters(read: "ReadBook", record: "Record") -> None:
    """What waits in the outbox and stays there now."""
    from briefbook.clearing import letters_held

    held = letters_held(read.book.memos, read.book.settings, record)
    if held:
        letters = count(len(held), "letter waits", "letters wait")
        say(
            f"{letters} in the outbox and will not go until the edition is cleared again "
            "(briefbook outbox list)"
        )


# -------------------------------------------------------------------------------------------- the list


def _list(finder: BookFinder, memo: str | None, *, wants_json: bool) -> None:
    record = finder.read_record()
    rows: list[tuple[Clearance, dict[str, object]]] = []
    if record is not None:
        with record:
            ids = (finder.read().ids_named(memo) or (memo,)) if memo is not None else (None,)
            given = [one for id_ in ids for one in record.ledger.clearances(id_)]
            rows = [(one, _as_row(one, given, record)) for one in given if one.withdraws is None]
    if wants_json:
        tell_json([row for _, row in rows])
    elif rows:
        cells = [_cells(one, row) for one, row in rows]
        print_table(HEADS, cells, prose=("HOLDS", "NOTE"))
    else:
        say(f"nothing of memo {memo!r} was cleared" if memo else "nothing was cleared")


def _as_row(one: "Clearance", given: "Sequence[Clearance]", record: "Record") -> dict[str, object]:
    from briefbook.clearing import differing

    latest = record.ledger.latest(one.memo)
    changed = differing(one, latest) if latest is not None else []
    withdrawal = next((each for each in given if each.withdraws == one.id), None)
    return {
        **_as_json(one),
        "withdrawn": withdrawal and _as_json(withdrawal),
        "latest": latest.number if latest is not None else None,
        "differs": [output.name for output in changed],
        "holds": withdrawal is None and not changed,
    }


def _as_json(one: "Clearance") -> dict[str, object]:
    return {
        "memo": one.memo,
        "edition": one.edition,
        "by": one.person,
        "office": one.office,
        "note": one.note,
        "given": one.given.isoformat(),
        "outputs": [
            {"format": each.format, "name": each.name, "sha256": each.sha256} for each in one.outputs
        ],
    }


def _cells(one: "Clearance", row: dict[str, object]) -> tuple[str, ...]:
    withdrawn, differs = row["withdrawn"], row["differs"]
    if isinstance(withdrawn, dict):
        holds = f"no: taken back by {withdrawn['by']} on {str(withdrawn['given'])[:10]}"
    elif isinstance(differs, list) and differs:
        holds = f"not for edition {row['latest']}: {', '.join(differs)}"
    else:
        holds = "yes"
    given = f"{one.given:%Y-%m-%d %H:%M} UTC"
    return one.memo, str(one.edition), one.person, one.office, given, holds, one.note
