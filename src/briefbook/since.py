"""What a memo tells since an edition before: decided when it is made, marked as it was then.

Pure: which edition that is `previous.py` finds out.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from itertools import chain

from briefbook.changes import changes
from briefbook.frozen import frozen
from briefbook.marking import Marking
from briefbook.selection import Change, ChangeKind, Changes, FieldChange, Selection, Since


@frozen
class Previous:
    """The edition before, as it was told."""

    number: int
    as_of: date
    known_by: date
    selection: Selection | None  # None where it is not kept any more, or by another briefbook


def with_previous(
    selection: Selection,
    previous: Previous,
    *,
    told_by: Callable[[Changes], Changes],
    is_variant: bool = False,
) -> Selection:
    """A selection that knows what changed since the edition before, as far as the memo tells of it.

    That of the same day which tells the same is no edition before, but the same once more: what it compared
    with is compared with. Of a variant for release nothing is told but what is in it now: what an edition
    before could show may meanwhile be marked higher.
    """
    if previous.selection is None:
        lost = Since(number=previous.number, as_of=previous.as_of, is_lost=True)
        return replace(selection, since=lost)
    if previous.selection.language != selection.language:
        return selection  # the memo was in another: every word would be told as changed
    told = told_by(changes(previous.selection, selection))
    is_same_day = (previous.as_of, previous.known_by) == (selection.as_of, selection.known_by)
    if is_same_day and not told.all:
        return replace(selection, since=previous.selection.since)
    found = Since(
        number=previous.number,
        as_of=previous.as_of,
        changes=_without_before(told) if is_variant else told,
        markings={} if is_variant else markings_of(told, previous.selection),
    )
    return replace(selection, since=found)


def markings_of(told: Changes, before: Selection) -> dict[str, Marking]:
    """The markings that facts had then of which something of then is told, by id."""
    if before.handling is None:
        return {}
    facts = (change.id for change in told.all if change.kind is not ChangeKind.ADDED)
    changed = chain(told.written, *(change.fields for change in told.all))
    words = (words for change in changed if change.before for words in change.before.words)
    ids = (*facts, *(each.origin.fact for each in words if each.origin))
    then = {**before.handling.names, **before.handling.facts}
    return {id_: then[id_] for id_ in ids if id_ in then}


def knowing_then(selection: Selection, *more: Since | None) -> Selection:
    """A selection whose handling counts the markings of then of what is told of then, too."""
    handling = selection.handling
    if handling is None:
        return selection
    facts = dict(handling.facts)
    for since in filter(None, (selection.since, *more)):
        for id_, marking in since.markings.items():
            now = [facts[id_]] if id_ in facts else []
            facts[id_] = handling.scheme.fold([marking, *now]) or marking
    return (
        selection if facts == handling.facts else replace(selection, handling=replace(handling, facts=facts))
    )


def _without_before(told: Changes) -> Changes:
    def now(some: Iterable[Change]) -> tuple[Change, ...]:
        kept = (replace(each, fields=tuple(map(_after, filter(_has_after, each.fields)))) for each in some)
        return tuple(
            c for c in kept if c.kind is ChangeKind.ADDED or (c.kind is ChangeKind.CHANGED and c.fields)
        )

    return Changes(
        forums=now(told.forums),
        meetings=now(told.meetings),
        priorities=now(told.priorities),
        background=now(told.background),
        sources=now(told.sources),
        written=tuple(map(_after, filter(_has_after, told.written))),
    )


def _has_after(change: FieldChange) -> bool:
    return change.after is not None


def _after(change: FieldChange) -> FieldChange:
    return replace(change, before=None)
