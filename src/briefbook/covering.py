"""Which facts fall under a memo's scope: those of its forums, of its meetings, or of its range of days."""

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import TypeVar, assert_never

from briefbook.commitments import ToldPriorities, Turns, is_unmentioned, replaced
from briefbook.facts import Fact, Meeting, Point, Priority, Statement
from briefbook.frozen import frozen
from briefbook.memo import ForumScope, MeetingScope, RangeScope, Scope
from briefbook.selection import PriorityGroup, ShownForum, ShownMeeting, ShownPoint, ShownPriority
from briefbook.showing import View
from briefbook.turns import FIRMNESS, leading, occasion_of

F = TypeVar("F", bound=Fact)


@frozen
class Cover:
    """Which facts fall under a memo's scope, as a view of the facts shows them."""

    view: View
    scope: Scope
    among: frozenset[str] | None = None  # only of these facts; None: of all

    def meetings(self) -> list[ShownMeeting]:
        """Every covered meeting that is on file, in the order of the files."""
        shown = []
        for meeting in self._among(self._meetings_in_question()):
            fits = self._meeting_fits(meeting)
            if fits is not None:
                told = self.view.meeting(meeting, partly_in_range=fits == "partly")
                shown += [told] if told else []
        return shown

    def _among(self, facts: Iterable[F]) -> Iterable[F]:
        among = self.among
        return facts if among is None else (fact for fact in facts if fact.id in among)

    def _meetings_in_question(self) -> Iterable[Meeting]:
        index = self.view.index
        match self.scope:
            case ForumScope(forums=forums):
                return index.of_each([f.id for f in forums], index.meetings_of)
            case MeetingScope(meetings=meetings):
                known = index.facts.meetings
                return index.in_order(known[m.id] for m in meetings if m.id in known)
            case RangeScope():
                return index.facts.meetings.values()
            case _:
                assert_never(self.scope)

    def _meeting_fits(self, meeting: Meeting) -> str | None:
        """How a meeting fits: "wholly", "partly" (its date may lie outside a range) or None."""
        match self.scope:
            case ForumScope() | MeetingScope():
                return "wholly"
            case RangeScope(first=first, last=last):
                if self.scope.is_everything:
                    return "wholly"
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

    def _priorities_in_question(self) -> Iterable[Priority]:
        index = self.view.index
        match self.scope:
            case ForumScope(forums=forums):
                return index.of_each([f.id for f in forums], index.priorities_of)
            case MeetingScope(meetings=meetings):
                wanted = {meeting.id for meeting in meetings}
                told = index.of_each([m.id for m in meetings], index.priorities_at)
                return (p for p in told if not wanted.isdisjoint(self._occasions(p)))
            case RangeScope():
                return filter(self._is_priority_in_range, index.facts.priorities.values())
            case _:
                assert_never(self.scope)

    def _occasions(self, priority: Priority) -> list[str]:
        """The meetings at which anything was said of a priority, as far as it is told by the day."""
        own = [priority.meeting] if priority.meeting else []
        return own + [s.meeting for s in self.view.told_of(priority) if s.meeting]

    def _is_priority_in_range(self, priority: Priority) -> bool:
        return self._told_in_range(priority.statements) or self._any_fits(self._occasions(priority))

    def _points_in_question(self) -> Iterable[Point]:
        index = self.view.index
        match self.scope:
            case ForumScope(forums=forums):
                points = index.of_each([f.id for f in forums], index.points_of)
                wanted = self._wanted_forums or frozenset()
                return (point for point in points if self._concerns(point, wanted))
            case MeetingScope(meetings=meetings):
                return index.of_each([m.id for m in meetings], index.points_at)
            case RangeScope():
                return filter(self._is_point_in_range, index.facts.background.values())
            case _:
                assert_never(self.scope)

    def _concerns(self, point: Point, wanted: Collection[str]) -> bool:
        """Whether a point of one of these forums is theirs on the day."""
        home, *others = self._forums_of(point)
        # A forum not yet on file has no memo: what it is compared with later is no news of it.
        return home in wanted or any(f in wanted and self.view.is_on_file(f) for f in others)

    def _is_point_in_range(self, point: Point) -> bool:
        return self._told_in_range(point.statements) or self._any_fits(point.meetings)

    def _forums_of(self, point: Point) -> tuple[str, ...]:
        return self.view.index.homes[point.id]

    def points(self) -> list[ShownPoint]:
        """Every covered background point on file, under the first of its forums that the memo is on."""
        shown: list[tuple[int, ShownPoint]] = []
        for point in self._among(self._points_in_question()):
            told = self.view.point(point, self._home(point))
            shown += [(self._distance(point), told)] if told else []
        return [told for _, told in sorted(shown, key=lambda ranked: ranked[0])]

    def _distance(self, point: Point) -> int:
        """A forum memo prints its own points first: those whose first forum it is."""
        if not isinstance(self.scope, ForumScope):
            return 0
        wanted, forums = self._wanted_forums or frozenset(), self._forums_of(point)
        return next((i for i, forum in enumerate(forums) if forum in wanted), len(forums))

    @cached_property
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
        wanted = self._wanted_forums
        if wanted is not None:
            forums = tuple(f for f in forums if f in wanted) or forums
        return self.view.forum(self.view.facts.forums[forums[0]]) if forums else None

    def _is_yet_to_be_told(self, priority: Priority) -> bool:
        """In hindsight: what later sources alone tell of a meeting that is still ahead, or not on file."""
        if priority.meeting is None or not self.view.is_yet_to_be(priority.meeting):
            return False
        told = (self.view.published[s.source] for s in self.view.counting(priority.statements))
        return all(publication.counts_from > self.view.day for publication in told)

    def priorities(self) -> ToldPriorities:
        """Every covered priority on file, as written and as shown; of those in new words the newest alone."""
        shown = []
        for priority in self._among(self._priorities_in_question()):
            if not self._is_yet_to_be_told(priority):
                told = self.view.priority(priority)
                shown += [(priority, told)] if told else []
        gone = replaced(shown, self.view.facts)
        turns = Turns(view=self.view)
        return [(p, turns.told(p, told)) for p, told in shown if p.id not in gone]

    def priority_groups(
        self, priorities: ToldPriorities, shown: dict[str, ShownMeeting]
    ) -> tuple[PriorityGroup, ...]:
        """Priorities by force, then forum, meeting and speaker, each in the order of the files.

        Of one force those that nothing on file mentions since stand after the others, in lists of their own.
        """
        grouped: dict[tuple[object, ...], list[tuple[Priority, ShownPriority]]] = {}
        for priority, told in priorities:
            # what one call agreed on two forums is one list
            occasion = self._occasion(priority) or priority.forum
            key = (told.force, occasion, told.by, told.said_by, is_unmentioned(told))
            grouped.setdefault(key, []).append((priority, told))
        groups = [self._group(items, shown) for items in grouped.values()]
        return tuple(sorted(groups, key=lambda g: (FIRMNESS[g.force], is_unmentioned(g.items[0]))))

    def _occasion(self, priority: Priority) -> str | None:
        """The meeting under which a priority stands: that at which it was said with its force."""
        if not any(statement.meeting for statement in priority.statements):
            return priority.meeting
        lead = leading(self.view.told_of(priority))
        return occasion_of(lead, priority.meeting) if lead else priority.meeting

    def _group(
        self, items: list[tuple[Priority, ShownPriority]], shown: dict[str, ShownMeeting]
    ) -> PriorityGroup:
        facts = self.view.facts
        written, first = items[0]
        meeting = None
        occasion = self._occasion(written)
        if occasion is not None:
            meeting = shown.get(occasion) or self.view.meeting(facts.meetings[occasion])
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
        wanted = self._wanted_forums
        if wanted is not None:
            found &= wanted
        if isinstance(self.scope, ForumScope) and wanted is not None:
            found |= {id_ for id_ in wanted if self.view.is_on_file(id_)}
        known = self.view.facts.forums
        covered = self.view.index.in_order(known[id_] for id_ in found if id_ in known)
        return tuple(self.view.forum(forum) for forum in covered)
