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
    gone = {
        source.id: source.withdrawn
        for source in view.index.withdrawn
        if source.withdrawn and view.was_out(source.id) and not view.counts(source.id)
    }
    if not gone:
        return None
    names, covered = _once_shown(cover, shown)
    told = {id_: list(_told_by(gone, _statements(view, id_))) for id_ in names}
    fallen: dict[str, list[Fallen]] = {}
    for id_, words in names.items():
        is_left = id_ in shown or (id_ not in covered and view.is_on_file(id_))
        if told[id_] and not is_left:
            last = max(told[id_], key=lambda source: gone[source].on)
            fallen.setdefault(last, []).append(Fallen(id=id_, words=words))
    used = {source for sources in told.values() for source in sources}
    found = view.index.in_order(view.facts.sources[id_] for id_ in used)
    return tuple(
        ShownWithdrawal(
            id=source.id,
            short=view.words(source.short, source.id, "short"),
            on=gone[source.id].on,
            why=_without_stop(view.words(gone[source.id].why, source.id, "withdrawn")),
            fallen=tuple(fallen.get(source.id, ())),
        )
        for source in found
    ) or None  # fmt: skip


def _once_shown(cover: Cover, shown: Collection[str]) -> tuple[Mapping[str, Words], Collection[str]]:
    """What each fact in question would be called, had no source been withdrawn, by id and in order.

    Then the ids of those of them that the memo covers: an occasion of what it shows may be none.
    """
    view = cover.view
    before = View(
        index=replace(view.index, published=view.index.once_published),
        day=view.day,
        known_by=view.known_by,
        language=view.language,
        archive=view.archive,
    )
    touched = view.index.touched
    of_them = {p.id for id_ in touched for p in view.index.priorities_at.get(id_, ())}
    once = replace(cover, view=before, among=touched | of_them)
    meetings, points, priorities = once.meetings(), once.points(), once.priorities()
    names = {forum.id: forum.name for forum in once.forums(meetings, points, priorities)}
    names |= {id_: view.forum(view.facts.forums[id_]).name for id_ in shown if id_ in view.facts.forums}
    occasions = (view.facts.meetings[p.meeting] for p, _ in priorities if p.meeting)
    shown_at = [*meetings, *filter(None, map(before.meeting, occasions))]
    names |= {meeting.id: _meeting(meeting) for meeting in shown_at}
    names |= {priority.id: told.text for priority, told in priorities}
    names |= {point.id: _point(point) for point in points}
    only_occasions = {m.id for m in shown_at} - {m.id for m in meetings}
    names = {id_: name for id_, name in names.items() if id_ in touched}
    return names, names.keys() - only_occasions


def _without_stop(reason: Words) -> Words:
    """A reason as it stands within a sentence, in brackets: whoever wrote a sentence ended it."""
    return reason.saying(reason.rstrip(" ."))


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
