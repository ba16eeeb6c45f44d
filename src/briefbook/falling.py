"""What a memo no longer shows because a source was withdrawn: told, so that nothing goes without a word.

The memo's scope is gone through once more as if no source had been withdrawn. That is done only for facts of
which a withdrawn source says something, so a book without such sources pays nothing.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from briefbook.covering import Cover
from briefbook.facts import Statement, Withdrawn, statements_of
from briefbook.selection import Fallen, ShownMeeting, ShownPoint, ShownWithdrawal, Words
from briefbook.showing import View


def withdrawals(cover: Cover, shown: Collection[str]) -> tuple[ShownWithdrawal, ...] | None:
    """The withdrawn sources that a memo would use, with what fell with each; None where there is none.

    `shown` are the ids of the facts that the memo shows nevertheless.
    """
    view = cover.view
    if not view.index.touched:
        return None
    gone = {
        source.id: source.withdrawn
        for source in view.facts.sources.values()
        if source.withdrawn and view.was_out(source.id) and not view.counts(source.id)
    }
    if not gone:
        return None
    names = _once_shown(cover)
    told = {id_: list(_told_by(gone, _statements(view, id_))) for id_ in names}
    fallen: dict[str, list[Fallen]] = {}
    for id_, words in names.items():
        if told[id_] and id_ not in shown:
            last = max(told[id_], key=lambda source: gone[source].on)
            fallen.setdefault(last, []).append(Fallen(id=id_, words=words))
    used = {source for sources in told.values() for source in sources}
    found = view.index.in_order(view.facts.sources[id_] for id_ in used)
    return tuple(
        ShownWithdrawal(
            id=source.id,
            short=view.words(source.short, source.id, "short"),
            on=gone[source.id].on,
            why=view.words(gone[source.id].why, source.id, "withdrawn"),
            fallen=tuple(fallen.get(source.id, ())),
        )
        for source in found
    ) or None  # fmt: skip


def _once_shown(cover: Cover) -> Mapping[str, Words]:
    """What each fact in question would be called, had no source been withdrawn, by id and in order."""
    view = cover.view
    before = View(
        index=replace(view.index, published=view.index.once_published),
        day=view.day,
        known_by=view.known_by,
        language=view.language,
        archive=view.archive,
    )
    once = replace(cover, view=before, among=view.index.touched)
    meetings, points, priorities = once.meetings(), once.points(), once.priorities()
    names = {forum.id: forum.name for forum in once.forums(meetings, points, priorities)}
    names = {id_: name for id_, name in names.items() if id_ in view.index.touched}
    names |= {meeting.id: _meeting(meeting) for meeting in meetings}
    names |= {priority.id: told.text for priority, told in priorities}
    return names | {point.id: _point(point) for point in points}


def _meeting(meeting: ShownMeeting) -> Words:
    return meeting.title or meeting.forum.name


def _point(point: ShownPoint) -> Words:
    return point.title or point.text or point.claims[0].text


def _statements(view: View, fact: str) -> Iterable[Statement]:
    found = view.facts.find(fact)
    return () if found is None else statements_of(found)


def _told_by(gone: Mapping[str, Withdrawn], statements: Iterable[Statement]) -> Iterable[str]:
    """The withdrawn sources of some statements, each once."""
    return dict.fromkeys(statement.source for statement in statements if statement.source in gone)
