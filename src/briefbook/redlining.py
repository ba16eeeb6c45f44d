"""Redlines of editions: each against the edition before it, made, kept and put beside the clean DOCX.

A redline is no edition and no file of one: it says nothing that its two editions don't say, and it can be
made again from them. The store keeps its bytes, so that the next one knows it for briefbook's own.
"""

from collections.abc import Callable, Collection, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, time
from hashlib import sha256
from pathlib import Path

from briefbook.cited import Cited
from briefbook.diagnostics import NOWHERE, BriefbookError, Problem, Severity
from briefbook.frozen import frozen
from briefbook.inputs import Inputs, from_bytes, remade
from briefbook.issued import Edition, Output
from briefbook.placing import REDLINE, Placed, clear, place
from briefbook.previous import edition_before
from briefbook.readers.read_trust import read_settings
from briefbook.record import Record
from briefbook.selection import Selection, Words
from briefbook.writers.redline import NotOursError, redline

AUTHOR = "briefbook"  # of every revision
_FORMAT = "docx"

Pair = tuple[bytes, bytes, datetime]  # the old DOCX, the new one, the instant of the revisions
_Answer = bytes | NotOursError


@frozen
class Redlined:
    """What came of one edition: where its redline stands, against which edition it is, or why there is none.

    `why` is given where none before it can be compared, which is no problem. `problems` are warnings, as the
    edition's own files stand whatever they say; but where what is kept of one of the two is none of ours, and
    where a file cannot be written, they are errors.
    """

    memo: str
    edition: int
    against: int | None = None
    file: Placed | None = None
    why: str = ""
    problems: tuple[Problem, ...] = ()


def previous(record: Record, edition: Edition) -> Edition | None:
    """The edition before one, as `since-last-edition` has it, but of other bytes."""
    own = _docx(edition)
    return edition_before(
        record,
        edition.memo,
        edition.as_of,
        edition.known_by,
        before=edition.number,
        counts=lambda other: _docx(other) != own,
    )


def redlines(
    editions: Sequence[Edition],
    record: Record,
    folder: Path,
    *,
    taken: Collection[str] = (),
    may_show: Callable[[Edition, Selection], bool] | None = None,
    jobs: int = 1,
) -> list[Redlined]:
    """Make the redline of each edition in FOLDER/<its name>.redline.docx, each whole or not at all.

    `taken`: names that memos of the book go by. `may_show(old, what it showed)` says whether a redline may
    hold what an earlier edition showed; without it, any may. Raises BriefbookError where the ledger or the
    store fails.
    """
    with record.alone() as is_alone:
        if is_alone:
            clear(folder, {_stem(edition) for edition in editions})
    with record.building():
        plans = (_planned(edition, record, taken, may_show) for edition in editions)
        with closing(_made(plans, jobs)) as made:
            return [_finished(plan, data, record, folder) for plan, data in made]


@frozen
class _Plan:
    edition: Edition
    old: Edition | None = None
    pair: Pair | None = None
    why: str = ""
    problems: tuple[Problem, ...] = ()


def _planned(
    edition: Edition,
    record: Record,
    taken: Collection[str],
    may_show: Callable[[Edition, Selection], bool] | None,
) -> _Plan:
    old = previous(record, edition)
    new_docx = _docx(edition)
    if new_docx is None:
        return _without(
            edition, f"{edition.memo} has no redline: it is not made as DOCX", "add docx to its formats"
        )
    if _stem(edition) in taken:
        hint = "give that memo another name"
        return _without(edition, f"{edition.memo} has no redline: a memo of this book has its name", hint)
    if old is None:
        return _Plan(edition=edition, why=_why_none(edition))
    old_docx = _docx(old)
    named = f"{edition.memo} has no redline: edition {old.number}, the one before,"
    if old_docx is None:
        return _without(edition, f"{named} was not made as DOCX", "the next edition will have one", old)
    if not record.store.has(old_docx.sha256):
        hint = "`history prune` may have removed its documents"
        return _without(edition, f"{named} is no longer kept", hint, old)
    told = _inputs(old, record)
    if may_show is not None and (told is None or not may_show(old, told.selection)):
        hint = "whoever may have the variant may not have the redline; compare the full memo's editions"
        return _without(edition, f"{named} shows what this variant may not show", hint, old)
    instant = datetime.combine(edition.as_of, time(), UTC)
    pair = record.store.get(old_docx.sha256), record.store.get(new_docx.sha256), instant
    return _Plan(edition=edition, old=old, pair=pair, problems=_higher(edition, old, told, record))


def _why_none(edition: Edition) -> str:
    """Why `previous` finds no edition: numbers begin at 1, and the ledger keeps them all."""
    if edition.number == 1:
        return "edition 1 is its first"
    before = f"no edition before {edition.number}"
    return f"{before} is of a day up to {edition.as_of}, knew no more than it, and has another DOCX"


def _without(edition: Edition, message: str, hint: str, old: Edition | None = None) -> _Plan:
    problem = Problem(where=NOWHERE, severity=Severity.WARNING, message=message, hint=hint)
    return _Plan(edition=edition, old=old, problems=(problem,))


def _inputs(edition: Edition, record: Record) -> Inputs | None:
    """What an edition was made from; None where that is lost, or another briefbook kept it in its own way."""
    if not record.store.has(edition.inputs):
        return None
    try:
        return from_bytes(record.store.get(edition.inputs))
    except ValueError:
        return None


def _higher(edition: Edition, old: Edition, told: Inputs | None, record: Record) -> tuple[Problem, ...]:
    """A warning where the old edition is marked otherwise, for the redline shows what it said."""
    now = None if told is None or told.selection.handling is None else _inputs(edition, record)
    if told is None or now is None:
        return ()
    try:
        limits = read_settings().limits
        was, banner = remade(told, limits).banner, remade(now, limits).banner
    except BriefbookError:  # made by a briefbook whose templates this one can't run, or by greedy ones
        message = (
            f"whether edition {old.number} of {edition.memo} was marked otherwise cannot be told any more"
        )
        hint = "look at that edition before you send the redline"
        return (Problem(where=NOWHERE, severity=Severity.WARNING, message=message, hint=hint),)
    if was is None or was == banner:
        return ()
    message = (
        f"the redline of {edition.memo} holds what edition {old.number} shows: it is marked as that is too"
    )
    hint = f"do not send it to whom {was.text} may not go"
    return (Problem(where=NOWHERE, severity=Severity.WARNING, message=message, hint=hint),)


def _made(plans: Iterable[_Plan], jobs: int) -> Generator[tuple[_Plan, _Answer | None], None, None]:
    """Each plan with its redline, made in this process or in several; None where there is to be none."""
    if jobs <= 1:
        for plan in plans:
            yield plan, None if plan.pair is None else _redline(plan.pair)
        return
    from briefbook.processes import FailureError, in_order

    with closing(in_order(plans, _pair_of, jobs, _ready)) as made:
        for plan, data in made:
            if isinstance(data, FailureError):
                raise data
            yield plan, data


def _pair_of(plan: _Plan) -> Pair | None:
    return plan.pair


def _ready() -> Callable[[Pair], _Answer]:
    return _redline


def _redline(pair: Pair) -> _Answer:
    old, new, instant = pair
    try:
        return redline(old, new, author=AUTHOR, instant=instant)
    except NotOursError as error:
        return error


def _finished(plan: _Plan, data: _Answer | None, record: Record, folder: Path) -> Redlined:
    """Keep a redline and put it in place."""
    memo, number = plan.edition.memo, plan.edition.number
    against = None if plan.old is None else plan.old.number
    if plan.pair is None:
        return Redlined(memo=memo, edition=number, against=against, why=plan.why, problems=plan.problems)
    if data is None:
        hint = "is memory short? build this memo alone, with --jobs 1"
        problems = _without(plan.edition, f"{memo} has no redline: what made it was killed", hint).problems
        return Redlined(memo=memo, edition=number, against=against, problems=problems)
    if isinstance(data, NotOursError):
        problem = _damaged(memo, (against, number), data)
        return Redlined(memo=memo, edition=number, against=against, problems=(problem,))
    digest = sha256(data).hexdigest()
    record.store.put(data)
    name = f"{_stem(plan.edition)}.{_FORMAT}"
    try:
        file = place(folder, name, digest, lambda: data, is_ours=record.is_ours, is_of_memo=record.is_ours)
    except BriefbookError as error:
        return Redlined(memo=memo, edition=number, against=against, problems=error.problems)
    return Redlined(memo=memo, edition=number, against=against, file=file, problems=plan.problems)


def _damaged(memo: str, pair: tuple[int | None, int], error: NotOursError) -> Problem:
    named = f"edition {pair[0]} or {pair[1]}" if error.which is None else f"edition {pair[error.which]}"
    message = f"{memo} has no redline: what is kept of {named} is damaged, no DOCX as briefbook writes it"
    hint = f"put back a copy of the folder objects; if that is whole, please report this: {error.why[:200]}"
    return Problem(where=NOWHERE, message=message, hint=hint)


def _docx(edition: Edition) -> Output | None:
    return next((output for output in edition.outputs if output.format == _FORMAT), None)


def _stem(edition: Edition) -> str:
    output = _docx(edition)
    name = edition.memo if output is None else output.name.removesuffix(f".{_FORMAT}")
    return f"{name}.{REDLINE}"


def goes_beyond(shown: Selection, allowed: Selection, removed: Collection[str]) -> bool:
    """Whether a selection shows words that another does not, of facts of which something was removed.

    "" among the removed stands for the memo's own words. Where anything was removed, no address may be
    another either: it holds words of the source.
    """
    asked = {*removed, _ADDRESS} if removed else removed
    known = _told(allowed)
    return any(fact in asked and (fact, text) not in known for fact, text in _told(shown))


_ADDRESS = "@"  # stands where the id of a fact does; no id has it


def _told(selection: Selection) -> set[tuple[str, str]]:
    """All words of a selection, each with the fact that they are of, and all addresses."""
    found: set[tuple[str, str]] = set()
    todo: list[object] = [selection]
    while todo:
        match todo.pop():
            case Words() as words:
                found.add(("" if words.origin is None else words.origin.fact, str(words)))
            case Cited(target=str(target)):
                found.add((_ADDRESS, target))
            case tuple() | list() as several:
                todo += several
            case dict() as named:
                todo += named.values()
            case value if is_dataclass(value):
                todo += [getattr(value, each.name) for each in fields(value)]
    return found
