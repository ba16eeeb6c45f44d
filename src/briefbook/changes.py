"""Two selections → what changed between them: added, changed field by field, no longer shown.

Pure. That time has passed is no change by itself: neither are days until a meeting counted, nor does it
matter under which heading a meeting stands, but its state does (upcoming, then unconfirmed), and so does that
of a commitment (open, then fallen due). What is told of before keeps its origin, so that each word of it can
be traced.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, TypeVar

from briefbook.cited import Cited
from briefbook.document import Origin
from briefbook.frozen import frozen
from briefbook.memo import BOTTOM_LINE, PASSAGES
from briefbook.selection import (
    Attendee,
    Change,
    ChangeKind,
    Changes,
    Commitment,
    Conflict,
    FieldChange,
    Selection,
    ShownForum,
    ShownMeeting,
    ShownPoint,
    ShownPriority,
    ShownSource,
    ShownWithdrawal,
    Side,
    Told,
    When,
    Words,
)

Placed = tuple[ShownPriority, ShownForum, Commitment | None]  # with its forum, and what was promised of it
T = TypeVar("T")
Fields = Iterator[FieldChange | None]


def changes(before: Selection, after: Selection) -> Changes:
    """What changed from one selection to another of the same memo and language."""
    compare = _Comparison(
        citable=frozenset(source.id for source in after.sources),
        why=_why_gone(after),
        was=_rewordings(before, after),
    )
    return Changes(
        forums=compare.all(before.forums, after.forums, _forum, _forum_fields),
        meetings=compare.all(before.meetings, after.meetings, _meeting, _meeting_fields),
        priorities=compare.all(_priorities(before), _priorities(after), _priority, _priority_fields),
        background=compare.all(_points(before), _points(after), _point, _point_fields),
        sources=compare.all(before.sources, after.sources, _source, _source_fields),
        written=tuple(filter(None, _written_fields(before, after))),
    )


# ------------------------------------------------------------------------------- fact by fact


@frozen
class _Comparison:
    """What all comparisons of two selections need."""

    citable: frozenset[str]
    why: Mapping[str, tuple[ShownWithdrawal, ...]]  # what is gone is gone, by its id
    was: Mapping[str, str]  # of a priority in new words, or in its old ones again: the id of those before

    def all(
        self,
        before: Iterable[T],
        after: Iterable[T],
        change: Callable[[T, ChangeKind], Change],
        fields: Callable[[T, T], Fields],
    ) -> tuple[Change, ...]:
        """The changes of one kind of facts: as they stand now, and those no longer shown at the end."""
        old = {_id_of(one): one for one in before}
        new = {_id_of(one): one for one in after}
        found: list[Change] = []
        renamed = _renamed(old, new, fields)
        for id_, one in new.items():
            if id_ in renamed:
                continue
            then = old.get(self.was.get(id_, id_))
            if then is None:
                found.append(change(one, ChangeKind.ADDED))
            elif told := tuple(filter(None, fields(then, one))):
                was, is_ = (change(each, ChangeKind.CHANGED) for each in (then, one))
                names = {each.field for each in told}
                because = self._because(_cited(was, names, then))
                found.append(replace(is_, fields=told, sources=_cited(is_, names, one), because=because))
        gone = old.keys() - new.keys() - set(self.was.values()) - set(renamed.values())
        left = [one for id_, one in old.items() if id_ in gone]
        return (*found, *(self._withdrawn(change(one, ChangeKind.WITHDRAWN)) for one in left))

    def _because(self, ids: Iterable[str]) -> tuple[ShownWithdrawal, ...]:
        """The withdrawals of what has one of these ids, or of its source."""
        return tuple(dict.fromkeys(chain.from_iterable(self.why.get(id_, ()) for id_ in ids)))

    def _withdrawn(self, gone: Change) -> Change:
        kept = tuple(each for each in gone.sources if each in self.citable)
        return replace(gone, because=self._because([gone.id]), sources=kept)


def _id_of(one: object) -> str:
    """The id of a fact as shown; a priority comes with its forum."""
    shown: Any = one[0] if isinstance(one, tuple) else one
    id_: str = shown.id
    return id_


def _renamed(old: Mapping[str, T], new: Mapping[str, T], fields: Callable[[T, T], Fields]) -> dict[str, str]:
    """The ids of before by those that they have now, of facts in which a reader sees no difference."""
    gone = {_face(one): id_ for id_, one in old.items() if id_ not in new}
    pairs = {id_: gone[_face(one)] for id_, one in new.items() if id_ not in old and _face(one) in gone}
    return {id_: was for id_, was in pairs.items() if not any(fields(old[was], new[id_]))}


def _face(one: object) -> tuple[object, ...]:
    """What two facts have in common at least, where one reads as the other."""
    match one:
        case ShownMeeting():
            return one.forum.name, one.title, one.ordinal, one.when.date
        case ShownPoint():
            return one.forum and one.forum.name, one.title, one.text
        case ShownSource():
            return one.short, one.title, one.published.date
        case ShownForum():
            return (one.name,)
        case (ShownPriority() as priority, ShownForum() as forum, _):
            return forum.name, priority.text
        case _:
            return ()


def _cited(change: Change, fields: Collection[str], one: object) -> tuple[Cited, ...]:
    """What a changed fact rests on: its sources, and those of the fields that have their own."""
    more: list[Cited] = []
    if change.meeting is not None and "participants" in fields:
        more += change.meeting.people_sources
    if change.priority is not None and not {"status", "updates"}.isdisjoint(fields):
        more += chain.from_iterable(update.sources for update in change.priority.updates)
    match one:
        case (_, _, Commitment() as promise) if not _PROMISED.isdisjoint(fields):
            more += promise.sources
    return tuple(dict.fromkeys((*change.sources, *more)))


def _why_gone(after: Selection) -> dict[str, tuple[ShownWithdrawal, ...]]:
    """The withdrawals of sources, by their ids and those of the facts that fell with them."""
    found: defaultdict[str, tuple[ShownWithdrawal, ...]] = defaultdict(tuple)
    for source in after.withdrawn:
        for id_ in (source.id, *(each.id for each in source.fallen)):
            found[id_] += (replace(source, fallen=()),)
    return dict(found)


def _meeting(meeting: ShownMeeting, kind: ChangeKind) -> Change:
    forum = meeting.forum
    if kind is ChangeKind.WITHDRAWN:  # without title and date its line would name the forum alone
        meeting = replace(meeting, forum=_told_of(meeting))
    return Change(id=meeting.id, kind=kind, meeting=meeting, forum=forum, sources=meeting.sources)


def _told_of(meeting: ShownMeeting) -> ShownForum:
    """The forum of a meeting, its name as words that tell of the meeting: so they are marked as that is."""
    origin, forum = Origin(fact=meeting.id, field="forum"), meeting.forum

    def of_meeting(words: Words) -> Words:
        return Words(words, origin, words.language)

    in_text = of_meeting(forum.in_text) if forum.in_text else None
    return replace(forum, name=of_meeting(forum.name), in_text=in_text)


def _priority(placed: Placed, kind: ChangeKind) -> Change:
    priority, forum, _ = placed
    return Change(id=priority.id, kind=kind, priority=priority, forum=forum, sources=priority.sources)


def _point(point: ShownPoint, kind: ChangeKind) -> Change:
    cited = tuple(dict.fromkeys(chain(point.sources, *(claim.sources for claim in point.claims))))
    return Change(id=point.id, kind=kind, point=point, forum=point.forum, sources=cited)


def _source(source: ShownSource, kind: ChangeKind) -> Change:
    return Change(id=source.id, kind=kind, source=source, sources=(Cited(source.id, source.opens),))


def _forum(forum: ShownForum, kind: ChangeKind) -> Change:
    return Change(id=forum.id, kind=kind, forum=forum, sources=forum.sources)


def _priorities(selection: Selection) -> Iterator[Placed]:
    promised = {one.id: one for one in selection.commitments}
    for group in selection.priorities:
        yield from ((item, group.forum, promised.get(item.id)) for item in group.items)


def _rewordings(before: Selection, after: Selection) -> dict[str, str]:
    """By the id of a priority that has come in the place of another, the id of that.

    It is new words for what was told before; or the words of before again, as those new ones fell.
    """
    old, new = ({each[0].id: each[0] for each in _priorities(one)} for one in (before, after))
    come, gone = new.keys() - old.keys(), old.keys() - new.keys()
    pairs = [(one.id, one.before.id) for one in new.values() if one.before]
    pairs += [(one.before.id, one.id) for one in old.values() if one.before]
    return {now: then for now, then in pairs if now in come and then in gone}


def _points(selection: Selection) -> tuple[ShownPoint, ...]:
    return (*selection.background, *selection.disputed)


# ------------------------------------------------------------------------------ field by field


def _meeting_fields(old: ShownMeeting, new: ShownMeeting) -> Fields:
    if old.state is not new.state:
        yield FieldChange(field="state", before=Told(state=old.state), after=Told(state=new.state))
    yield _words("title", old.title, new.title)
    if old.ordinal != new.ordinal:
        yield FieldChange(field="ordinal", before=_number(old.ordinal), after=_number(new.ordinal))
    yield _date("date", old.when, new.when)
    if (old.when.time, old.when.zone) != (new.when.time, new.when.zone):
        yield _pair("time", old.when.time and _timed(old.when), new.when.time and _timed(new.when))
    yield _words("place", old.place, new.place)
    yield _words("purpose", old.purpose, new.purpose)
    before, after = _without(old.sides, new.sides), _without(new.sides, old.sides)
    yield _pair("participants", before and Told(sides=before), after and Told(sides=after), is_list=True)
    yield _list("notes", old.notes, new.notes)
    was, is_ = _other(old.conflicts, new.conflicts), _other(new.conflicts, old.conflicts)
    yield _pair("reports", was and Told(reports=was), is_ and Told(reports=is_), is_list=True)


_PROMISED = frozenset({"promised_by", "due", "state"})
_NEVER = When(date=None, origin=Origin(fact="", field="due"))


def _priority_fields(old: Placed, new: Placed) -> Fields:
    before, after = old[0], new[0]
    yield _commitment_state(old[2], new[2])
    yield _words("text", before.text, after.text)
    if before.force is not after.force:
        yield FieldChange(field="force", before=Told(force=before.force), after=Told(force=after.force))
    yield _list("by", before.by, after.by)
    yield _words("said_by", before.said_by, after.said_by)
    yield _words("said_as", before.said_as, after.said_as)
    yield _date("date", before.when, after.when)
    if before.status is not after.status:
        was, is_ = (one.status and Told(status=one.status) for one in (before, after))
        yield _pair("status", was, is_)
    owed = (one[2].promised_by if one[2] else () for one in (old, new))
    yield _list("promised_by", *owed)
    yield _date("due", *(one[2].due if one[2] else _NEVER for one in (old, new)))
    updates = (tuple(update.text for update in one.updates if update.text) for one in (before, after))
    yield _list("updates", *updates)


def _commitment_state(old: Commitment | None, new: Commitment | None) -> FieldChange | None:
    if old is None or new is None or old.state is new.state:
        return None
    was, is_ = (Told(promise=one.state, when=_timeless(one.due)) for one in (old, new))
    return FieldChange(field="state", before=was, after=is_)


def _point_fields(old: ShownPoint, new: ShownPoint) -> Fields:
    yield _words("title", old.title, new.title)
    if old.claims or new.claims:  # a text that another source contradicts has become one of the claims
        yield _list("claims", *(_claims(one) for one in (old, new)))
    else:
        yield _words("text", old.text, new.text)
    yield _words("say", old.say, new.say)


def _claims(point: ShownPoint) -> tuple[Words, ...]:
    told = tuple(claim.text for claim in point.claims)
    return told or ((point.text,) if point.text else ())


def _source_fields(old: ShownSource, new: ShownSource) -> Fields:
    yield _words("short", old.short, new.short)
    yield _words("title", old.title, new.title)
    yield _words("publisher", old.publisher, new.publisher)
    yield _words("author", old.author, new.author)
    yield _list("speaks", old.speaks, new.speaks)
    yield _date("published", old.published, new.published)
    yield _words("dateline", old.dateline, new.dateline)
    yield _words("grade", _grade(old), _grade(new))
    yield _words("note", old.note, new.note)


def _forum_fields(old: ShownForum, new: ShownForum) -> Fields:
    yield _words("name", old.name, new.name)
    yield _words("short", old.short, new.short)
    yield _list("sides", old.sides, new.sides)


def _written_fields(old: Selection, new: Selection) -> Fields:
    """What a person wrote, without its slots: those are where it stands in the memo itself."""
    for name in ("title", "subject", "to", "sender", BOTTOM_LINE):
        before, after = (getattr(each, name) for each in (old, new))
        yield _words(name, before and _plain(before), after and _plain(after))
    for name in PASSAGES:
        yield _list(name, *(tuple(map(_plain, getattr(each.own, name))) for each in (old, new)))
    then, now = ({slot.key: slot for slot in each.own.slots if not slot.is_empty} for each in (old, new))
    for key in dict.fromkeys((*then, *now)):
        texts = (some[key].text if key in some else None for some in (then, now))
        change = _words("slots", *(text and _plain(text) for text in texts))
        title = (now.get(key) or then[key]).title
        yield replace(change, title=_plain(title)) if change else None


def _plain(words: Words) -> Words:
    return Words(words, words.origin, words.language)


def _words(field: str, old: Words | None, new: Words | None) -> FieldChange | None:
    if old == new:
        return None
    return _pair(field, old and Told(words=(old,)), new and Told(words=(new,)))


def _list(field: str, old: Sequence[Words], new: Sequence[Words]) -> FieldChange | None:
    gone = tuple(words for words in old if words not in new)
    come = tuple(words for words in new if words not in old)
    return _pair(field, gone and Told(words=gone), come and Told(words=come), is_list=True)


def _pair(field: str, old: object, new: object, *, is_list: bool = False) -> FieldChange | None:
    """A change of a field; nothing counts as none."""
    before, after = (each if isinstance(each, Told) else None for each in (old, new))
    if before is None and after is None:
        return None
    return FieldChange(field=field, before=before, after=after, is_list=is_list)


def _date(field: str, old: When, new: When) -> FieldChange | None:
    if old.date == new.date:
        return None
    return _pair(field, old.date and _timed(old), new.date and _timed(new))


def _timed(when: When) -> Told:
    return Told(when=_timeless(when))


def _timeless(when: When) -> When:
    """A date without what a day later would be other."""
    return replace(when, days_until=None)


def _number(number: int | None) -> Told | None:
    return None if number is None else Told(number=number)


def _grade(source: ShownSource) -> Words | None:
    if not (source.reliability or source.credibility):
        return None
    grade = f"{source.reliability or '–'}{source.credibility or '–'}"
    return Words(grade, Origin(fact=source.id, field="grade"))


def _without(sides: Sequence[Side], others: Sequence[Side]) -> tuple[Side, ...]:
    """Sides with those people alone who are not among the others in the same post and role."""
    there = {_known(side, one) for side in others for one in side.people}
    left = (replace(s, people=tuple(one for one in s.people if _known(s, one) not in there)) for s in sides)
    return tuple(side for side in left if side.people)


def _known(side: Side, one: Attendee) -> tuple[str | None, ...]:
    return side.name, one.name, one.post, one.role


def _other(reports: Sequence[Conflict], others: Sequence[Conflict]) -> tuple[Conflict, ...]:
    """The reports that are not among the others."""
    there = {(other.says, other.when.date) for other in others}
    left = (each for each in reports if (each.says, each.when.date) not in there)
    return tuple(replace(each, when=_timeless(each.when), sources=()) for each in left)
