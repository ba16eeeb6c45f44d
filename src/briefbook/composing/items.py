"""What one section may show: the facts that its settings choose, without the items that a promise leaves out.

An item is known by a key: a fact's id, or its list and number in it (`talking_points[2]`) where it has none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

from briefbook.document import LeftOut
from briefbook.memo import PASSAGES, SLOTS, Memo, Reference, SectionSpec
from briefbook.selection import (
    Change,
    Changes,
    Gap,
    PriorityGroup,
    Selection,
    ShownMeeting,
    ShownPoint,
    ShownPriority,
    ShownSlot,
    Since,
    Words,
)

Item = ShownMeeting | ShownPriority | ShownPoint | Gap | ShownSlot | Words
_OWN = (*PASSAGES, SLOTS)  # lists of what a person wrote in the memo's file


# ------------------------------------------------------------------- what one section may show


def narrowed(selection: Selection, spec: SectionSpec) -> Selection:
    """A selection with `only` and `without` of a section applied to every list of facts in it."""
    if not spec.only and not spec.without:
        return without_items(selection, spec)

    def keeps(id_: str) -> bool:
        return may_show(spec, id_)

    groups = (
        replace(group, items=tuple(item for item in group.items if keeps(item.id)))
        for group in selection.priorities
    )
    chosen = replace(
        selection,
        upcoming=tuple(m for m in selection.upcoming if keeps(m.id)),
        called_off=tuple(m for m in selection.called_off if keeps(m.id)),
        attended=tuple(m for m in selection.attended if keeps(m.id)),
        earlier=tuple(m for m in selection.earlier if keeps(m.id)),
        long_unconfirmed=tuple(m for m in selection.long_unconfirmed if keeps(m.id)),
        contested=tuple(m for m in selection.contested if keeps(m.id)),
        priorities=tuple(group for group in groups if group.items),
        background=tuple(p for p in selection.background if keeps(p.id)),
        disputed=tuple(p for p in selection.disputed if keeps(p.id)),
        gaps=tuple(gap for gap in selection.gaps if gap.meeting is None or keeps(gap.meeting.id)),
        since=_since(selection.since, spec),
    )
    if selection.own.slots:
        slots = tuple(slot for slot in selection.own.slots if keeps(slot.key))
        chosen = replace(chosen, written=replace(selection.own, slots=slots))
    return without_items(chosen, spec)


def may_show(spec: SectionSpec, id_: str) -> bool:
    """Whether `only` and `without` of a section let it show a fact."""
    return (not spec.only or _names(spec.only, id_)) and not _names(spec.without, id_)


def _since(since: Since | None, spec: SectionSpec) -> Since | None:
    """What changed of the facts that a section may show."""
    if since is None:
        return None
    kinds = {each.name: getattr(since.changes, each.name) for each in fields(Changes)}
    kept: dict[str, Any] = {
        name: tuple(one for one in some if not isinstance(one, Change) or may_show(spec, one.id))
        for name, some in kinds.items()
    }
    return replace(since, changes=Changes(**kept))


def _names(references: tuple[Reference, ...], id_: str) -> bool:
    return any(reference.id == id_ for reference in references)


# ------------------------------------------------------------------------------------------ items


def items_in(selection: Selection, spec: SectionSpec) -> dict[str, Item]:
    """The items of a section by their keys, in the order of its lists; of the first list `limit` at most."""
    found: dict[str, Item] = {}
    for number, name in enumerate(spec.of):
        most = spec.limit if number == 0 else None
        found.update(list(_keyed(selection, name))[:most])
    return found


def _keyed(selection: Selection, name: str) -> Iterator[tuple[str, Item]]:
    """The items of one list of a selection."""
    if name == "priorities":
        yield from ((item.id, item) for group in selection.priorities for item in group.items)
        return
    items: Sequence[Item] = getattr(selection.own if name in _OWN else selection, name)
    for number, item in enumerate(items, 1):
        match item:
            case Gap() | Words():
                yield f"{name}[{number}]", item
            case ShownSlot():
                yield item.key, item
            case _:
                yield item.id, item


def without_items(selection: Selection, spec: SectionSpec) -> Selection:
    """A selection without the items that a section leaves out, nor those that its limit kept from showing."""
    if not spec.left_out:
        return selection
    kept = items_in(selection, spec).keys() - set(spec.left_out)
    for name in spec.of:
        if name == "priorities":
            groups = (_group_of(group, kept) for group in selection.priorities)
            selection = replace(selection, priorities=tuple(group for group in groups if group.items))
            continue
        items = tuple(item for key, item in _keyed(selection, name) if key in kept)
        if name in _OWN:
            changed: dict[str, Any] = {"written": replace(selection.own, **dict[str, Any]({name: items}))}
        else:
            changed = {name: items}
        selection = replace(selection, **changed)
    return selection


def _group_of(group: PriorityGroup, kept: set[str]) -> PriorityGroup:
    return replace(group, items=tuple(item for item in group.items if item.id in kept))


def unlisted(selection: Selection, spec: SectionSpec) -> int:
    """How many items of a section a promise of length keeps from showing, those beyond its limit included."""
    if not spec.left_out:
        return 0
    whole = narrowed(selection, replace(spec, left_out=()))
    there = sum(1 for name in spec.of for _ in _keyed(whole, name))
    return there - (len(items_in(whole, spec)) - len(spec.left_out))


def reduced(memo: Memo, left_out: Sequence[LeftOut]) -> Memo:
    """A memo without what a promise of length leaves out."""
    if not left_out:
        return memo
    specs = list(memo.sections)
    for one in left_out:
        spec = specs[one.place]
        if one.item is None:
            specs[one.place] = replace(spec, is_left_out=True)
        else:
            specs[one.place] = replace(spec, left_out=(*spec.left_out, one.item))
    return replace(memo, sections=tuple(specs))
