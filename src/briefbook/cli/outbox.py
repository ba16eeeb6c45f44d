"""`briefbook outbox`: what waits, what became of it, and what a person decides."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from briefbook.cli.book import BookFinder, now
from briefbook.cli.letters import shown_letter
from briefbook.cli.printing import print_table, say, tell_json, tell_text, write_document
from briefbook.decisions import MEANINGS, cancel, found, letter_of, resolve, retry
from briefbook.diagnostics import NOWHERE, BriefbookError, Problem
from briefbook.files import own_folder
from briefbook.issued import Envelope, EnvelopeState
from briefbook.ledger import Ledger, read_ledger
from briefbook.outbox import in_utc, tidy
from briefbook.record import FOLDER
from briefbook.store import Store

HEADS = ("ID", "STATE", "MEMO", "EDITION", "RECIPIENT", "NEXT TRY", "THE SERVER'S WORDS")


@click.group("outbox")
def command() -> None:
    """See what is to be mailed and what became of it; decide where only a person can.

    \b
    Examples:
      briefbook outbox list
      briefbook outbox show 12
      briefbook outbox resolve 12 --sent
    """


@command.command("list")
@click.option(
    "--state",
    "states",
    type=click.Choice([str(state) for state in EnvelopeState]),
    multiple=True,
    help="Only what is in this state. May be given more than once.",
)
@click.option("--json", "wants_json", is_flag=True, help="Print the list as JSON.")
@click.pass_obj
def list_(finder: BookFinder, /, states: tuple[str, ...], wants_json: bool) -> None:
    """List messages, how far each has come, and the last words.

    The words are those of the mail server, or why there are none.

    States: pending (goes with the next run), attempting and at-dot (being sent), sent, deferred (refused for
    now, tried again by itself), failed, unknown (a person decides), cancelled.
    """
    with _opened(finder) as (ledger, _):
        envelopes = ledger.envelopes(*(EnvelopeState(state) for state in states)) if ledger else []
    if wants_json:
        tell_json([_as_json(envelope) for envelope in envelopes])
        return
    if envelopes:
        print_table(HEADS, [_row(envelope) for envelope in envelopes], prose=HEADS[-1:])
    else:
        say("nothing is in the outbox" + (f" that is {' or '.join(states)}" if states else ""))
    _explain([envelope.id for envelope in envelopes if envelope.state is EnvelopeState.UNKNOWN])


@command.command("show")
@click.argument("id_", metavar="ID", type=int)
@click.option(
    "--raw", is_flag=True, help="Write the message's exact bytes (an .eml file) to standard output."
)
@click.pass_obj
def show(finder: BookFinder, /, id_: int, raw: bool) -> None:
    """Print a message, and how far it has come."""
    with _opened(finder) as (ledger, store):
        envelope = _one(ledger, id_)
        if not raw:  # told even where the message is no longer kept
            for name, value in _as_json(envelope).items():
                if value not in (None, ""):
                    say(f"{name.replace('_', ' ')}: {value}")
        data = letter_of(envelope, store)
    if raw:
        write_document(data)
    else:
        tell_text(shown_letter(data))


@command.command("retry")
@click.argument("id_", metavar="ID", type=int)
@click.pass_obj
def retry_(finder: BookFinder, /, id_: int) -> None:
    """Try a deferred, failed or cancelled message again.

    The same bytes go with the next run.
    """
    with _opened(finder) as (ledger, store):
        _tell(retry(_some(ledger, id_), store, id_, now()), store)


@command.command("cancel")
@click.argument("id_", metavar="ID", type=int)
@click.pass_obj
def cancel_(finder: BookFinder, /, id_: int) -> None:
    """Stop a pending, deferred or unknown message."""
    with _opened(finder) as (ledger, store):
        _tell(cancel(_some(ledger, id_), id_, now()), store)


@command.command("resolve")
@click.argument("id_", metavar="ID", type=int)
@click.option(
    "--sent", "sent", flag_value=True, type=bool, default=None, help="It has arrived: don't send it."
)
@click.option(
    "--resend", "sent", flag_value=False, type=bool, help="Send the same bytes again with the next run."
)
@click.pass_obj
def resolve_(finder: BookFinder, /, id_: int, sent: bool | None) -> None:
    """Say what became of an unknown message."""
    if sent is None:
        raise click.UsageError("say --sent if it has arrived, --resend if the same bytes are to go again")
    with _opened(finder) as (ledger, store):
        _tell(resolve(_some(ledger, id_), id_, now(), sent=sent), store)


# ----------------------------------------------------------------------------------- opening and telling


@contextmanager
def _opened(finder: BookFinder) -> Iterator[tuple[Ledger | None, Store]]:
    """The book's ledger, if it has one, and its store."""
    folder = own_folder(finder.root(), FOLDER)
    ledger = read_ledger(folder)
    if ledger is None:
        yield None, Store(folder)
    else:
        with ledger:
            yield ledger, Store(folder)


def _some(ledger: Ledger | None, id_: int) -> Ledger:
    if ledger is None:
        raise BriefbookError(
            Problem(where=NOWHERE, message=f"there is no envelope {id_}", hint="see: briefbook outbox list")
        )
    return ledger


def _one(ledger: Ledger | None, id_: int) -> Envelope:
    return found(_some(ledger, id_), id_)


def _tell(envelope: Envelope, store: Store) -> None:
    """What became of it by a person's word, and how it could be taken back."""
    means = MEANINGS[envelope.state]
    if envelope.state is EnvelopeState.SENT:
        means = "noted, on your word"
    if envelope.state is EnvelopeState.CANCELLED:
        again = f"to send it after all: briefbook outbox retry {envelope.id}"
        means = again if store.has(envelope.message) else "its message is no longer kept"
    say(f"{envelope.id} to {envelope.recipient} is {envelope.state}: {means}")


def _explain(unknown: list[int]) -> None:
    if not unknown:
        return
    ids = ", ".join(map(str, unknown))
    id_, *others = unknown
    alike = f" For {id_}, and the others alike:" if others else ""
    say(
        f"{ids}: unknown; {MEANINGS[EnvelopeState.UNKNOWN]}.{alike}",
        f"  it has arrived:      briefbook outbox resolve {id_} --sent",
        f"  it has not:          briefbook outbox resolve {id_} --resend",
        f"  it is of no use now: briefbook outbox cancel {id_}",
    )


# ------------------------------------------------------------------------------------------- printing


def _row(envelope: Envelope) -> tuple[str, ...]:
    return (
        str(envelope.id),
        str(envelope.state),
        envelope.memo if envelope.kind == "memo" else f"{envelope.memo} ({envelope.kind})",
        "" if envelope.edition is None else str(envelope.edition),
        tidy(envelope.recipient),
        in_utc(envelope.next_try) if envelope.next_try else "",
        tidy(envelope.reply),
    )


def _as_json(envelope: Envelope) -> dict[str, object]:
    return {
        "id": envelope.id,
        "state": str(envelope.state),
        "kind": str(envelope.kind),
        "memo": envelope.memo,
        "edition": envelope.edition,
        "recipient": envelope.recipient,
        "message_id": envelope.message_id,
        "size": envelope.size,
        "queued": envelope.queued.isoformat(),
        "attempts": envelope.attempts,
        "next_try": envelope.next_try.isoformat() if envelope.next_try else None,
        "reply": envelope.reply,
        "changed": envelope.changed.isoformat() if envelope.changed else None,
    }
