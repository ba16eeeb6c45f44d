"""`briefbook send` and `briefbook preview-mail`: a memo by mail, now, or only looked at."""

import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NoReturn

import click

from briefbook.by_hand import begin, occasion_of, send
from briefbook.clearing import demand_unmet
from briefbook.cli.book import (
    BookFinder,
    chosen_ids,
    chosen_memos,
    day_of,
    day_options,
    local_zone,
    now,
    out_option,
)
from briefbook.cli.letters import shown_letter
from briefbook.cli.printing import (
    INTERRUPTED,
    PROBLEMS_FOUND,
    count,
    listed,
    print_problems,
    say,
    shown,
    stop_for,
    tell_left_out,
    tell_text,
    warn_beside,
)
from briefbook.deliver import Consignment, Desk, everyone, letters_to, make, selection_now, unfit
from briefbook.delivery import Delivery
from briefbook.diagnostics import NOWHERE, Problem
from briefbook.ending import Status, status_of, worst_of
from briefbook.files import locked, own_folder
from briefbook.issued import Envelope
from briefbook.mail.addresses import Address, address
from briefbook.memo import Memo
from briefbook.outbox import Posted
from briefbook.placing import Placed, place
from briefbook.record import FOLDER, LOCK, Record
from briefbook.usable import usable_book
from briefbook.verdict import judge
from briefbook.workshop import Workshop


def _address(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[Address, ...]:
    try:
        return tuple(address(value) for value in values)
    except ValueError as error:
        raise click.BadParameter(str(error), ctx, param) from error


@click.command("send")
@click.argument("memo")
@day_options
@click.option(
    "--to",
    "recipients",
    multiple=True,
    callback=_address,
    metavar="ADDRESS",
    help="Send to this address alone, as a test; may be given more than once.",
)
@click.option("--again", is_flag=True, help="A new mail to everyone, even to those who have this edition.")
@out_option
@click.pass_obj
def command(
    finder: BookFinder,
    /,
    memo: str,
    as_of: date | None,
    known_by: date | None,
    recipients: tuple[Address, ...],
    again: bool,
    out: Path | None,
) -> None:
    """Make a memo and mail it now, to everyone that its file names, or to some addresses as a test.

    Whom a mail has brought this very edition gets no second one, which is said; --again sends it once more.
    What the mail server does not take at once stays in the outbox and is tried again by the next run-due.
    A send that was cut off is gone on with, and where a mail of the memo may have arrived or not, nothing is
    sent until you have said which; --again sends all the same. A test goes as often as you type it.
    Where the book or the memo demands a clearance (briefbook clear), nothing is sent that has none, not even
    as a test.
    Exit status: 0 sent, or everyone has it, 4 some refused, 5 some ambiguous, 6 all refused, 7 put off, 8 not
    cleared, 75 another run is under way.

    \b
    Examples:
      briefbook send security-ministerial --to me@example.org
      briefbook send security-ministerial
    """
    root = finder.root()
    with locked(own_folder(root, FOLDER) / LOCK) as is_ours, finder.open_record() as record:
        if not is_ours:
            say("another run is under way: nothing was done")
            raise SystemExit(Status.LOCKED)
        statuses = []
        for id_ in _mailed_ids(finder, memo, recipients):
            desk, consignment = _consigned(finder, record, id_, as_of, known_by, out, recipients)
            if why_not := _uncleared(consignment, desk):
                say(f"memo {id_!r} is not sent: {why_not} ({_how_to_clear(consignment)})")
                statuses.append(Status.NOT_CLEARED)
                continue
            try:
                statuses.append(_sent(consignment, desk, root, again=again))
            except ValueError as error:  # what no header may hold
                stop_for([Problem(where=NOWHERE, message=str(error))])
        raise SystemExit(worst_of(statuses))


def _uncleared(consignment: Consignment, desk: Desk) -> str:
    """Why a memo must not leave yet; empty where it may."""
    memo, settings = consignment.memo, desk.workshop.book.settings
    return demand_unmet(memo, settings, consignment.edition, desk.record, consignment.delivery.attach)


def _how_to_clear(consignment: Consignment) -> str:
    edition = consignment.edition
    return f"read it, then: briefbook clear {edition.memo} --edition {edition.number} --by NAME"


def _mailed_ids(finder: BookFinder, memo: str, recipients: tuple[Address, ...]) -> list[str]:
    """The ids of a memo in the languages in which somebody gets it; the memo's own where nobody is named."""
    read = finder.read()
    ids = chosen_ids(read, [memo])
    named = [id_ for id_ in ids if id_ in read.book.memos and read.book.memos[id_].deliver]
    return ids if recipients else named or ids[:1]


def _tell(posted: Posted) -> None:
    if posted.stopped:
        say(posted.stopped)
    waiting = len(posted.deferred) + len(posted.left)
    if waiting:
        letters = count(waiting, "letter waits", "letters wait")
        say(f"{letters} in the outbox and will go with the next run-due: don't send again")


def _sent(consignment: Consignment, desk: Desk, root: Path, *, again: bool) -> Status:
    """Send a memo, and say how it went. Ends the program where one before may have arrived, and on Ctrl-C."""
    begun = begin(consignment, desk, again=again, now=now, say=say)
    if begun.held:
        _explain(begun.held)
        raise SystemExit(Status.AMBIGUOUS)
    try:
        posted = send(begun, desk, root, os.environ, now=now, say=say)
    except KeyboardInterrupt:
        if not desk.record.ledger.envelopes(occasion=begun.consignment.occasion):
            raise  # nothing was begun
        what = "what was begun stays in the outbox (briefbook outbox list)"
        say("", f"stopped: {what}, and the next run-due goes on with it: don't send again")
        raise SystemExit(INTERRUPTED) from None
    _tell(posted)
    if begun.had and posted.nothing:
        return Status.DONE
    return status_of(posted, is_held=bool(posted.unknown))


def _explain(held: tuple[Envelope, ...]) -> None:
    """Why nothing was sent, and the ways out."""
    ids = ", ".join(str(letter.id) for letter in held)
    id_ = ids if len(held) == 1 else "ID"
    say(
        f"{ids}: of this memo, may have arrived or not, so nothing was sent. Look for it at the recipient's, "
        "then say what became of it:",
        f"  it has arrived: briefbook outbox resolve {id_} --sent",
        f"  it has not:     briefbook outbox resolve {id_} --resend",
        "That is all: run-due sends what else waits. A new mail to everyone, all the same: send --again",
    )


@click.command("preview-mail")
@click.argument("memo")
@day_options
@click.option(
    "--to",
    "recipients",
    multiple=True,
    callback=_address,
    metavar="ADDRESS",
    help="As a test to this address would be; may be given more than once.",
)
@out_option
@click.pass_obj
def preview(
    finder: BookFinder,
    /,
    memo: str,
    as_of: date | None,
    known_by: date | None,
    recipients: tuple[Address, ...],
    out: Path | None,
) -> None:
    """Write the mail of a memo to OUT/<as-of>/<memo>.eml, and show it. Nothing is sent.

    A file of that name that is not as briefbook made it stays: the mail goes beside it.

    \b
    Example:
      briefbook preview-mail security-ministerial
    """
    with finder.open_record() as record:
        for id_ in _mailed_ids(finder, memo, recipients):
            desk, consignment = _consigned(finder, record, id_, as_of, known_by, out, recipients)
            if why_not := _uncleared(consignment, desk):
                say(f"warning: memo {id_!r} would not be sent: {why_not} ({_how_to_clear(consignment)})")
            try:
                recipient = everyone(consignment.delivery)[0]
                _, [data, *_] = letters_to(consignment, recipient, desk, is_preview=True)
                folder = (out or own_folder(finder.root(), "out")) / consignment.edition.as_of.isoformat()
                placed = _placed(folder, f"{id_}.eml", data, record)
            except ValueError as error:
                stop_for([Problem(where=NOWHERE, message=str(error))])
            tell_text(shown_letter(data))
            warn_beside([placed], "the mail")
            say(f"{shown(placed.path)} ({len(data) / 1000:.0f} kB)")


def _placed(folder: Path, name: str, data: bytes, record: Record) -> Placed:
    """Put a letter under its name. The store keeps it until it is pruned, and so knows it when it sees it."""
    with record.building():
        sha256 = record.store.put(data)
        is_ours = record.store.has
        return place(folder, name, sha256, lambda: data, is_ours=is_ours, is_of_memo=is_ours)


def _consigned(
    finder: BookFinder,
    record: Record,
    memo_id: str,
    as_of: date | None,
    known_by: date | None,
    out: Path | None,
    recipients: tuple[Address, ...],
) -> tuple[Desk, Consignment]:
    """Make a memo that is to be mailed. Ends the program where it cannot be, or nobody says to whom."""
    read = finder.read()
    verdict = judge(read)
    memo = next(iter(chosen_memos(read, [memo_id]).values()), None)
    print_problems(verdict.problems)
    mail = read.book.settings.mail
    if memo is None or verdict.stopping(memo_id, memo):
        say(f"memo {memo_id!r} was not made, so nothing is sent")
        raise SystemExit(PROBLEMS_FOUND)
    if mail is None and "mail" in read.book.settings.places:
        say("the mail settings in book.yaml have errors, so nothing is sent")
        raise SystemExit(PROBLEMS_FOUND)
    if mail is None:
        _stop("book.yaml does not say how to send mail", "add mail: with from: and host: (docs/delivery.md)")
    delivery = _delivery(memo, recipients)
    book = usable_book(read)
    day = day_of(read.book.settings, as_of, known_by)
    if as_of is None and read.book.settings.as_of is not None:
        say(f"as of {day.as_of}: the pin in book.yaml")
    built = make(
        book, replace(memo, deliver=delivery), day, out or own_folder(Path(book.root), "out"), record
    )
    if built.problems or built.edition is None:
        stop_for(built.problems)
    warn_beside(built.files)
    tell_left_out({memo.id: listed(built.left_out)})
    desk = Desk(mail=mail, workshop=Workshop(book), record=record)
    selection = selection_now(memo, built.edition, record, desk.workshop)
    why_not = unfit(delivery, selection)
    if why_not:
        say(f"warning: memo {memo_id!r} would not be sent by a schedule: {why_not}")
    return desk, Consignment(
        memo=built.as_made(memo),
        delivery=delivery,
        edition=built.edition,
        selection=selection,
        instant=record.now,
        zone=memo.schedule.zone if memo.schedule else local_zone(),
        occasion=occasion_of(memo.id, record.now),
        is_scheduled=False,
        is_test=bool(recipients),
    )


def _delivery(memo: Memo, recipients: tuple[Address, ...]) -> Delivery:
    """How a memo is mailed: as its file says, to others as a test."""
    if memo.deliver is None and not recipients:
        hint = "add deliver: with to: to its file, or name an address: --to me@example.org"
        _stop(f"memo {memo.id!r} does not say to whom it goes", hint)
    named = memo.deliver or Delivery(to=())
    if recipients:
        return replace(named, to=tuple(str(one) for one in recipients), cc=(), bcc=(), reply_to=None)
    return named


def _stop(message: str, hint: str) -> NoReturn:
    stop_for([Problem(where=NOWHERE, message=message, hint=hint)])
