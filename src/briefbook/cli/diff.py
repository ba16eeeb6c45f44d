"""`briefbook diff`: what changed between two editions of a memo, or two days."""

from collections.abc import Iterable
from contextlib import nullcontext
from datetime import date
from typing import TYPE_CHECKING

import click

from briefbook.cli.book import DAY, BookFinder, chosen_memos, day_of, language_option
from briefbook.cli.completing import memo_ids
from briefbook.cli.printing import stop_for, tell_json, tell_text, write_document
from briefbook.comparing import Comparison, Told, by_day, by_number, compare, latest, of_facts
from briefbook.diagnostics import BriefbookError
from briefbook.issued import BOUND
from briefbook.selection import Change, FieldChange, Selection, Words
from briefbook.selection import Told as ToldField
from briefbook.usable import usable_book
from briefbook.verdict import judge
from briefbook.workshop import Day, Workshop
from briefbook.writers import WRITERS

if TYPE_CHECKING:
    from briefbook.memo import Memo
    from briefbook.readers.read_book import ReadBook
    from briefbook.record import Record

CHANGED = 8  # with --exit-code
FORMATS = {"text": "txt", "json": "json", "html": "html"}


class EditionOrDay(click.ParamType[int | date]):
    """The number of an edition, or a day."""

    name = "edition or day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int | date:
        """Read `3` or `2026-01-20`, or fail with the spellings that are wanted."""
        text = str(value)
        if text.isascii() and text.isdigit() and len(text) < 10 and int(text):
            return int(text)
        if "-" not in text:
            self.fail(f"{value!r} is neither the number of an edition (3) nor a day (2026-01-20)", param, ctx)
        return DAY.convert(value, param, ctx)


@click.command("diff")
@click.argument("memo", shell_complete=memo_ids)
@click.option(
    "--from",
    "from_",
    type=EditionOrDay(),
    metavar="N|DAY",
    help="Edition N, or the edition as of a day; if none is, what the facts tell as of it."
    " Default: the last edition.",
)
@click.option(
    "--to",
    type=EditionOrDay(),
    metavar="N|DAY",
    help="The same. Default: what the facts tell now, as of the pin in book.yaml, else today.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="How to print it.",
)
@language_option("In this language. Default: the memo's first.")
@click.option("--exit-code", "tells", is_flag=True, help=f"End with {CHANGED} if something has changed.")
@click.pass_obj
def command(
    finder: BookFinder,
    /,
    memo: str,
    from_: int | date | None,
    to: int | date | None,
    format_: str,
    language: str | None,
    tells: bool,
) -> None:
    """Print what changed of a memo: facts that are new, changed, no longer told, and states that moved.

    That time has passed is no change by itself. The exit status is 0 whether or not something changed, unless
    --exit-code asks for another.

    \b
    Examples:
      briefbook diff security-ministerial
      briefbook diff security-ministerial --from 1 --to 2
      briefbook diff all --from 2021-10-06 --to 2026-03-15 --format html
    """
    read = finder.read()
    with finder.read_record() or nullcontext() as record:
        key, chosen = _key(read, record, memo, language)
        teller = _Teller(read, key, chosen, record)
        before = latest(record, key) if from_ is None else teller.told(from_)
        after = teller.now() if to is None else teller.told(to)
    comparison = compare(before, after)
    if format_ == "json":
        tell_json(_as_json(key, comparison))
    else:
        workshop = teller.workshop
        templates = workshop.templates(after.selection.language, chosen.profile if chosen else None)
        document = comparison.document(templates)
        data = WRITERS[FORMATS[format_]].write(document, workshop.theme)
        if format_ == "html":
            write_document(data)
        else:
            tell_text(data.decode())
    if tells and not comparison.changes.is_nothing:
        raise SystemExit(CHANGED)


def _key(
    read: "ReadBook", record: "Record | None", memo: str, language: str | None
) -> "tuple[str, Memo | None]":
    """The name of a memo in the ledger, and the memo; None where there is nothing but editions of it."""
    if memo.startswith(BOUND):
        raise click.UsageError("of a bound book its memos are compared, each by its name")
    on_record = record is not None and bool(record.ledger.latest(memo))
    if on_record and not read.ids_named(memo):  # a variant for release, or a memo that was taken out
        return memo, None
    chosen = list(chosen_memos(read, [memo], language).values())
    if not chosen:
        stop_for(judge(read).stopping(memo, None))
    return chosen[0].id, chosen[0]


class _Teller:
    """Tells what a memo told or tells."""

    def __init__(self, read: "ReadBook", key: str, memo: "Memo | None", record: "Record | None") -> None:
        self._read, self._key, self._memo, self._record = read, key, memo, record
        self.workshop = Workshop(usable_book(read))

    def told(self, wanted: int | date) -> Told:
        """An edition by its number, or a day. Raises BriefbookError."""
        if isinstance(wanted, int):
            return by_number(self._record, self._key, wanted)
        return by_day(self._record, self._key, wanted, lambda day: self._select(Day(as_of=day, known_by=day)))

    def now(self) -> Told:
        """What the facts tell now."""
        return of_facts(self._select(day_of(self._read.book.settings, None, None)))

    def _select(self, day: Day) -> Selection:
        if self._memo is None:
            message = (
                f"there is no memo {self._key!r} in this book: name two of its editions, --from N --to N"
            )
            raise click.UsageError(message)
        stopped = judge(self._read).stopping(self._key, self._memo)
        if stopped:
            raise BriefbookError(*stopped)
        return self.workshop.select(self._memo, day)


# ---------------------------------------------------------------------------------------- as JSON


def _as_json(memo: str, comparison: Comparison) -> dict[str, object]:
    """What changed, for programs; `docs/changes.md` describes it."""
    found = comparison.changes
    kinds = {
        "forum": found.forums,
        "meeting": found.meetings,
        "priority": found.priorities,
        "background": found.background,
        "source": found.sources,
    }
    return {
        "memo": memo,
        "language": comparison.after.selection.language,
        "from": _side(comparison.before),
        "to": _side(comparison.after),
        "changed": not found.is_nothing,
        "changes": [_change(kind, each) for kind, some in kinds.items() for each in some],
        "written": [_field(each) for each in found.written],
    }


def _side(told: Told) -> dict[str, object]:
    side = told.side
    return {
        "edition": side.number,
        "as_of": side.as_of.isoformat(),
        "known_by": side.known_by.isoformat(),
    }


def _change(kind: str, change: Change) -> dict[str, object]:
    return {
        "kind": kind,
        "id": change.id,
        "change": str(change.kind),
        "fact": _fact(change),
        "fields": [_field(each) for each in change.fields],
        "because": [
            {"source": gone.id, "on": gone.on.isoformat(), "why": _words(gone.why)} for gone in change.because
        ],
        "sources": [str(each) for each in change.sources],
    }


def _fact(change: Change) -> dict[str, object]:
    """The fact as it is; where it is no longer told, as it was."""
    told: dict[str, object | None] = {}
    if change.meeting is not None:
        meeting = change.meeting
        told = {
            "name": _words(meeting.title or meeting.forum.name),
            "ordinal": meeting.ordinal,
            "state": str(meeting.state),
            "date": meeting.when.date and str(meeting.when.date),
            "place": meeting.place and _words(meeting.place),
        }
    elif change.priority is not None:
        told = {"text": _words(change.priority.text), "force": str(change.priority.force)}
    elif change.point is not None:
        point = change.point
        told = {
            "title": point.title and _words(point.title),
            "text": point.text and _words(point.text),
            "claims": [_words(claim.text) for claim in point.claims] or None,
        }
    elif change.source is not None:
        published = change.source.published.date
        told = {"name": _words(change.source.short), "published": published and str(published)}
    if change.forum is not None:
        told["forum"] = _words(change.forum.name)
    return {name: value for name, value in told.items() if value is not None}


def _field(change: FieldChange) -> dict[str, object]:
    title = {"title": _words(change.title)} if change.title else {}
    return {
        "field": change.field, **title, "before": _value(change.before), "after": _value(change.after)
    }  # fmt: skip


def _value(told: ToldField | None) -> object:
    """A field at one time: a text for a date, a state or another closed word, else a list."""
    if told is None:
        return None
    if told.is_so:
        return True
    if told.promise is None and told.turn is None and told.when is not None:
        time = f"T{told.when.time}" if told.when.time else ""
        return f"{told.when.date}{time}"
    if told.number is not None:
        return told.number
    if told.sides:
        return [
            {
                "side": str(side.name),
                "people": [_person((one.name, one.post, one.role)) for one in side.people],
            }
            for side in told.sides
        ]
    if told.reports:
        return [{"says": each.says, "date": str(each.when.date or "")} for each in told.reports]
    if told.words:
        return [_words(each) for each in told.words]
    closed = (told.state, told.promise, told.force, told.status, told.turn)
    return next((str(each) for each in closed if each is not None), None)


def _person(parts: Iterable[Words | None]) -> dict[str, object]:
    names = ("name", "post", "role")
    return {name: _words(words) for name, words in zip(names, parts, strict=True) if words}


def _words(words: Words) -> dict[str, object]:
    told: dict[str, object] = {"text": str(words)}
    if words.language:
        told["language"] = words.language
    if words.origin:
        told |= {"fact": words.origin.fact, "field": words.origin.field}
    return told
