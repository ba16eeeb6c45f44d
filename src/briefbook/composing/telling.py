"""Which changes a memo tells of: those of facts that one of its sections shows.

What a section shows is read off its template. One that takes the selection in a way that only running it
tells counts as showing everything.
"""

from collections.abc import Iterable
from dataclasses import replace

from briefbook.composing.compose import sections_of
from briefbook.composing.items import may_show
from briefbook.composing.sections import SectionTemplates, template_name
from briefbook.memo import Memo, SectionSpec
from briefbook.selection import Change, Changes

_MEETINGS = frozenset(
    (
        "upcoming",
        "called_off",
        "attended",
        "earlier",
        "long_unconfirmed",
        "contested",
        "meetings",
        "along_time",
    )
)
_SINCE = "since"


def told_by(memo: Memo, templates: SectionTemplates, changes: Changes) -> Changes:
    """The changes of those facts that a memo shows; those of its forums and sources it tells always."""
    sections = [(spec, templates.own_of(template_name(spec.name))) for spec in sections_of(memo)]
    shown = [(spec, lists) for spec, lists in sections if lists is None or _SINCE not in lists]

    def told(some: Iterable[Change]) -> tuple[Change, ...]:
        return tuple(each for each in some if any(_shows(spec, lists, each) for spec, lists in shown))

    return replace(
        changes,
        meetings=told(changes.meetings),
        priorities=told(changes.priorities),
        background=told(changes.background),
    )


def _shows(spec: SectionSpec, lists: frozenset[str] | None, change: Change) -> bool:
    return may_show(spec, change.id) and (lists is None or not lists.isdisjoint(_lists_of(change)))


def _lists_of(change: Change) -> frozenset[str]:
    """In which lists of the selection a fact is, or was."""
    if change.meeting:
        return _MEETINGS
    if change.priority:
        return frozenset({"priorities", "commitments"})
    if any(each.field == "claims" for each in change.fields):  # it has moved from one to the other, or may
        return frozenset({"disputed", "background"})
    is_disputed = change.point is not None and change.point.is_disputed
    return frozenset({"disputed"} if is_disputed else {"background"})
