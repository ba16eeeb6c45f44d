"""Facts + memo + day → selection: which facts a memo shows, and in which order.

Pure: the as-of day and the known-by day come in as arguments. How a fact looks on that day is `showing.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from briefbook.dates import PartialDate, days_between
from briefbook.facts import Facts, Meeting, Point, Priority, Says, Statement, Wording
from briefbook.memo import ForumScope, MeetingScope, Memo, RangeScope, Scope, Settings
from briefbook.selection import (
    Gap,
    PriorityGroup,
    Selection,
    ShownForum,
    ShownMeeting,
    ShownPoint,
    ShownPriority,
    Words,
)
from briefbook.showing import FORCE_ORDER, View
from briefbook.state import AHEAD, MeetingState, publications

LONG_UNCONFIRMED = 90  # days after which an unconfirmed meeting is told in one line


def select(facts: Facts, settings: Settings, memo: Memo, *, as_of: date, known_by: date) -> Selection:
    """Choose what a memo shows as of a day, from the statements of sources out by the known-by day."""
    language = memo.language or settings.language
    view = View(facts=facts, published=publications(facts), day=as_of, known_by=known_by, language=language)
    cover = Cover(view=view, scope=memo.scope)
    chosen = cover.meetings()
    shown = {meeting.id: meeting for meeting in chosen}
    upcoming = sorted((m for m in chosen if _is_ahead(m, as_of)), key=_soonest)
    past = sorted(
        (m for m in chosen if not _is_ahead(m, as_of)), key=lambda m: _latest(m, view), reverse=True
    )
    called_off = [m for m in past if _is_called_off(m, as_of)]
    earlier = [m for m in past if not _is_called_off(m, as_of)]
    told_lately = [m for m in earlier if not _is_long_unconfirmed(m, as_of)]
    points = cover.points()
    priorities = cover.priorities()
    bounds = _bounds(memo.scope)
    forums = cover.forums(chosen, points, priorities)
    return Selection(
        memo=memo.id,
        title=_memo_words(memo.title, language),
        subject=_maybe_memo_words(memo.subject, language),
        reference=memo.reference or memo.id,
        to=_maybe_memo_words(memo.to or settings.to, language),
        sender=_maybe_memo_words(memo.sender or settings.sender, language),
        language=language,
        as_of=as_of,
        known_by=known_by,
        first=bounds.first if bounds and bounds.first > date.min else None,
        last=bounds.last if bounds and bounds.last < date.max else None,
        forums=forums,
        upcoming=tuple(upcoming),
        called_off=tuple(called_off),
        attended=_attended(memo.scope, upcoming, earlier),
        earlier=tuple(told_lately),
        long_unconfirmed=tuple(m for m in earlier if _is_long_unconfirmed(m, as_of)),
        priorities=cover.priority_groups(priorities, shown),
        background=tuple(point for point in points if not point.is_disputed),
        disputed=tuple(point for point in points if point.is_disputed),
        contested=tuple(m for m in chosen if m.conflicts),
        gaps=_gaps(view, upcoming, told_lately, priorities, points, forums),
        bottom_line=_bottom_line(memo, view),
        sources=tuple(view.source(s) for s in facts.sources.values() if view.counts(s.id)),
    )


# ----------------------------------------------------------------------------- what is covered


ToldPriorities = list[tuple[Priority, ShownPriority]]  # as written and as shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Which facts fall under a memo's scope, as a view of the facts shows them."""

    view: View
    scope: Scope

    def meetings(self) -> list[ShownMeeting]:
        """Every covered meeting that is on file, in the order of the files."""
        shown = []
        for meeting in self.view.facts.meetings.values():
            fits = self._meeting_fits(meeting)
            if fits is not None:
                told = self.view.meeting(meeting, partly_in_range=fits == "partly")
                shown += [told] if told else []
        return shown

    def _meeting_fits(self, meeting: Meeting) -> str | None:
        """How a meeting fits: "wholly", "partly" (its date may lie outside a range) or None."""
        match self.scope:
            case ForumScope(forums=forums):
                return "wholly" if meeting.forum in {f.id for f in forums} else None
            case MeetingScope(meetings=meetings):
                return "wholly" if meeting.id in {m.id for m in meetings} else None
            case RangeScope(first=first, last=last) if self.scope.is_everything:
                return "wholly"
            case RangeScope(first=first, last=last):
                standing = self.view.standing(meeting)
                when = standing.date if standing else None
                if when is None:  # undated: as old as the texts that tell of it
                    return "partly" if self._told_in_range(meeting.statements) else None
                if not when.overlaps(first, last):
                    return None
                return "wholly" if when.within(first, last) else "partly"
            case _:
                assert_never(self.scope)

    def _told_in_range(self, statements: Iterable[Statement]) -> bool:
        assert isinstance(self.scope, RangeScope)
        for statement in statements:
            if not self.view.counts(statement.source):
                continue
            when = statement.date or self.view.facts.sources[statement.source].published
            if when.overlaps(self.scope.first, self.scope.last):
                return True
        return False

    def _any_fits(self, meetings: Iterable[str]) -> bool:
        return any(self._meeting_fits(self.view.facts.meetings[id_]) for id_ in meetings)

    def _priority_fits(self, priority: Priority) -> bool:
        match self.scope:
            case ForumScope(forums=forums):
                return any(priority.forum == f.id for f in forums)
            case MeetingScope(meetings=meetings):
                return priority.meeting in {m.id for m in meetings}
            case RangeScope():
                occasion = (priority.meeting,) if priority.meeting else ()
                return self._told_in_range(priority.statements) or self._any_fits(occasion)
            case _:
                assert_never(self.scope)

    def _point_fits(self, point: Point) -> bool:
        match self.scope:
            case ForumScope(forums=forums):
                wanted = {f.id for f in forums}
                home, *others = self._forums_of(point) or ("",)
                # A forum not yet on file has no memo: what it is compared with later is no news of it.
                return home in wanted or any(f in wanted and self.view.is_on_file(f) for f in others)
            case MeetingScope(meetings=meetings):
                return bool({m.id for m in meetings} & set(point.meetings))
            case RangeScope():
                return self._told_in_range(point.statements) or self._any_fits(point.meetings)
            case _:
                assert_never(self.scope)

    def _forums_of(self, point: Point) -> tuple[str, ...]:
        """The forums that a point belongs to, directly or through its meetings."""
        through = (self.view.facts.meetings[m].forum for m in point.meetings)
        return tuple(dict.fromkeys((*point.forums, *through)))

    def points(self) -> list[ShownPoint]:
        """Every covered background point on file, under the first of its forums that the memo is on."""
        shown: list[tuple[int, ShownPoint]] = []
        for point in self.view.facts.background.values():
            if self._point_fits(point):
                told = self.view.point(point, self._home(point))
                shown += [(self._distance(point), told)] if told else []
        return [told for _, told in sorted(shown, key=lambda ranked: ranked[0])]

    def _distance(self, point: Point) -> int:
        """A forum memo prints its own points first: those whose first forum it is."""
        if not isinstance(self.scope, ForumScope):
            return 0
        wanted = {f.id for f in self.scope.forums}
        forums = self._forums_of(point)
        return next((i for i, forum in enumerate(forums) if forum in wanted), len(forums))

    def _wanted_forums(self) -> frozenset[str] | None:
        """The forums that the memo is on; None for a range, which is on whatever falls in it."""
        match self.scope:
            case ForumScope(forums=forums):
                return frozenset(forum.id for forum in forums)
            case MeetingScope(meetings=meetings):
                return frozenset(self.view.facts.meetings[meeting.id].forum for meeting in meetings)
            case RangeScope():
                return None
            case _:
                assert_never(self.scope)

    def _home(self, point: Point) -> ShownForum | None:
        forums = self._forums_of(point)
        wanted = self._wanted_forums()
        if wanted is not None:
            forums = tuple(f for f in forums if f in wanted) or forums
        return self.view.forum(self.view.facts.forums[forums[0]]) if forums else None

    def _is_yet_to_be_told(self, priority: Priority) -> bool:
        """In hindsight: what later sources alone tell of a meeting that on the day is still ahead."""
        if priority.meeting is None:
            return False
        standing = self.view.standing(self.view.facts.meetings[priority.meeting])
        if standing is None or standing.state not in AHEAD:
            return False
        told = (self.view.published[s.source] for s in self.view.counting(priority.statements))
        return all(publication.counts_from > self.view.day for publication in told)

    def priorities(self) -> ToldPriorities:
        """Every covered priority on file, as written and as shown."""
        shown = []
        for priority in self.view.facts.priorities.values():
            if self._priority_fits(priority) and not self._is_yet_to_be_told(priority):
                told = self.view.priority(priority)
                shown += [(priority, told)] if told else []
        return shown

    def priority_groups(
        self, priorities: ToldPriorities, shown: dict[str, ShownMeeting]
    ) -> tuple[PriorityGroup, ...]:
        """Priorities by force, then forum, meeting and speaker, each in the order of the files."""
        grouped: dict[tuple[object, ...], list[tuple[Priority, ShownPriority]]] = {}
        for priority, told in priorities:
            occasion = priority.meeting or priority.forum  # what one call agreed on two forums is one list
            key = (told.force, occasion, told.by, told.said_by)
            grouped.setdefault(key, []).append((priority, told))
        groups = [self._group(items, shown) for items in grouped.values()]
        return tuple(sorted(groups, key=lambda group: FORCE_ORDER.index(group.force)))

    def _group(
        self, items: list[tuple[Priority, ShownPriority]], shown: dict[str, ShownMeeting]
    ) -> PriorityGroup:
        facts = self.view.facts
        written, first = items[0]
        meeting = None
        if written.meeting is not None:
            meeting = shown.get(written.meeting) or self.view.meeting(facts.meetings[written.meeting])
        return PriorityGroup(
            force=first.force,
            forum=self.view.forum(facts.forums[written.forum]),
            meeting=meeting,
            by=first.by,
            said_by=first.said_by,
            said_as=first.said_as,
            items=tuple(told for _, told in items),
        )

    def forums(
        self, meetings: list[ShownMeeting], points: list[ShownPoint], priorities: ToldPriorities
    ) -> tuple[ShownForum, ...]:
        """The covered forums that have something on file, in the order of the files."""
        found = {meeting.forum.id for meeting in meetings}
        found |= {priority.forum for priority, _ in priorities}
        found |= {point.forum.id for point in points if point.forum}
        wanted = self._wanted_forums()
        if wanted is not None:
            found &= wanted
        if isinstance(self.scope, ForumScope) and wanted is not None:
            found |= {id_ for id_ in wanted if self.view.is_on_file(id_)}
        return tuple(self.view.forum(f) for f in self.view.facts.forums.values() if f.id in found)


# ------------------------------------------------------------------------------------ meetings


def _is_ahead(meeting: ShownMeeting, day: date) -> bool:
    if meeting.state is MeetingState.DISPUTED:
        return _is_still_to_come(meeting, day)
    return meeting.state in AHEAD


def _is_called_off(meeting: ShownMeeting, day: date) -> bool:
    return meeting.state is MeetingState.CANCELLED and _is_still_to_come(meeting, day)


def _is_still_to_come(meeting: ShownMeeting, day: date) -> bool:
    # A cancellation names the day seldom: that of the plan stands.
    plans = [c for c in meeting.conflicts if c.when.date or c.says != Says.CANCELLED]
    dates = [plan.when.date for plan in plans] or [meeting.when.date]
    return any(when is None or when.last >= day for when in dates)


def _soonest(meeting: ShownMeeting) -> tuple[date, date]:
    """Dated meetings first, in order; those without a day at the end."""
    return meeting.when.date.sort_key if meeting.when.date else (date.max, date.max)


def _latest(meeting: ShownMeeting, view: View) -> tuple[date, date]:
    """By date; an undated meeting stands by the day by which it is told."""
    when = meeting.when.date
    told_by = min(view.published[source].last for source in meeting.sources)
    if when is None:
        return told_by, told_by
    return min(when.last, told_by) if meeting.state is MeetingState.HELD else when.last, when.first


def _is_long_unconfirmed(meeting: ShownMeeting, day: date) -> bool:
    when: PartialDate | None = meeting.when.date
    return (
        meeting.state is MeetingState.UNCONFIRMED
        and when is not None
        and days_between(when.last, day) > LONG_UNCONFIRMED
    )


def _attended(
    scope: Scope, upcoming: list[ShownMeeting], earlier: list[ShownMeeting]
) -> tuple[ShownMeeting, ...]:
    """Whose participants to list: the next meetings', else the latest ones'; in a range both."""
    ahead = tuple(m for m in upcoming if m.has_people)
    told = (MeetingState.HELD, MeetingState.UNCONFIRMED)
    past = tuple(m for m in earlier if m.has_people and m.state in told)
    return (*ahead, *past) if isinstance(scope, RangeScope) else ahead or past


# ---------------------------------------------------------------------------------------- gaps


def _gaps(
    view: View,
    upcoming: list[ShownMeeting],
    earlier: list[ShownMeeting],
    priorities: ToldPriorities,
    points: list[ShownPoint],
    forums: tuple[ShownForum, ...],
) -> tuple[Gap, ...]:
    """What the sources leave open: on the meetings ahead, then whether due ones were held, then questions.

    Of the questions those on the meeting at hand come first: a memo prints three.
    """
    unsure = [m for m in earlier if _is_unsure(m, view.day)]
    gaps = [gap for gap in map(_gap_of, upcoming) if gap.place or gap.day or gap.sides]
    gaps += [Gap(meeting=m, outcome=True, sources=m.sources) for m in unsure]
    facts = view.facts
    asked: dict[str, tuple[tuple[Wording, ...], tuple[str, ...]]] = {}

    def ask_sources(cited: set[str]) -> None:
        for source in facts.sources.values():
            if source.id in cited:
                asked.setdefault(source.id, (source.questions, (source.id,)))

    at_hand = [*upcoming, *unsure]
    for meeting in at_hand[:1]:
        asked[meeting.id] = (facts.meetings[meeting.id].questions, meeting.sources)
    ask_sources({source for meeting in at_hand for source in meeting.sources})
    for meeting in at_hand[1:]:
        asked[meeting.id] = (facts.meetings[meeting.id].questions, meeting.sources)
    for point in points:
        asked[point.id] = (facts.background[point.id].questions, point.sources)
    for priority, told in priorities:
        asked[priority.id] = (priority.questions, told.sources)
    for forum in forums:
        asked[forum.id] = (facts.forums[forum.id].questions, forum.sources)
    ask_sources({source for _, sources in asked.values() for source in sources})
    for id_, (questions, sources) in asked.items():
        gaps += [Gap(question=view.words(q, id_, "questions"), sources=sources) for q in questions]
    return tuple(gaps)


def _is_unsure(meeting: ShownMeeting, day: date) -> bool:
    """Whether a meeting was held is open: unconfirmed, or told of late by an ambiguous source alone."""
    if meeting.state is MeetingState.HELD and meeting.ambiguous:
        when = meeting.when.date
        return when is None or days_between(when.last, day) <= LONG_UNCONFIRMED
    return meeting.state is MeetingState.UNCONFIRMED


def _gap_of(meeting: ShownMeeting) -> Gap:
    return Gap(
        meeting=meeting,
        place=meeting.place is None,
        day=meeting.when.date is None or not meeting.when.date.is_exact,
        sides=tuple(side.in_text for side in meeting.sides if not side.people),
        sources=meeting.sources,
    )


# ---------------------------------------------------------------------------------- the memo's


def _bottom_line(memo: Memo, view: View) -> Words | None:
    """The person's line that is valid on the day, if all that it rests on is on file by then."""
    for line in memo.bottom_lines:
        is_valid = line.valid is None or line.valid.overlaps(view.day, view.day)
        if is_valid and all(view.is_on_file(reference.id) for reference in line.rests_on):
            return _memo_words(line.text, view.language)
    return None


def _memo_words(wording: Wording, language: str) -> Words:
    own, text = wording.best(language)
    return Words(text, None, None if own == language else own)


def _maybe_memo_words(wording: Wording | None, language: str) -> Words | None:
    return None if wording is None else _memo_words(wording, language)


def _bounds(scope: Scope) -> RangeScope | None:
    return scope if isinstance(scope, RangeScope) and not scope.is_everything else None
