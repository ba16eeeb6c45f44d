"""Priorities over time: how each has turned since its forum's last meeting, and who promised what by when.

Like `showing.py` through one view of the facts; the rules of turns are in `turns.py`.
"""

from collections.abc import Iterable
from dataclasses import field, replace
from datetime import date

from briefbook.dates import PartialDate, days_between
from briefbook.document import Origin
from briefbook.facts import Facts, Priority, PriorityStatement, Status, earlier_wordings
from briefbook.frozen import changed, frozen, maker
from briefbook.selection import Commitment, EarlierWording, ShownPriority, Turned, When
from briefbook.showing import View
from briefbook.shown import when_of
from briefbook.state import MeetingState
from briefbook.turns import Turn, Turning, last_meeting, leading, occasion_of

ToldPriorities = list[tuple[Priority, ShownPriority]]  # as written and as shown


def replaced(told: ToldPriorities, facts: Facts) -> frozenset[str]:
    """The ids of all priorities that some of these put into new words."""
    return frozenset(earlier.id for priority, _ in told for earlier in earlier_wordings(priority, facts))


def is_unmentioned(shown: ShownPriority) -> bool:
    """Whether nothing on file speaks of a priority since its forum's last meeting."""
    return shown.turned is not None and shown.turned.turn is Turn.NOT_MENTIONED


@frozen
class Turns:
    """Tells of priorities how they have turned, forum by forum."""

    view: View
    _turnings: dict[str, Turning | None] = field(default_factory=dict, init=False, compare=False, repr=False)

    def told(self, priority: Priority, shown: ShownPriority) -> ShownPriority:
        """A priority with its turn and its earlier wording, where there are any."""
        before = self._before(priority)
        turned = self._turned(priority, is_reworded=before is not None)
        if turned is None and before is None:
            return shown
        again = turned.sources if turned and turned.turn is Turn.REAFFIRMED else ()
        sources = tuple([s for s in shown.sources if s not in again]) if again else shown.sources
        return changed(shown, turned=turned, before=before, sources=sources)

    def _before(self, priority: Priority) -> EarlierWording | None:
        """The latest words before that are on file by the day, if any."""
        for earlier in earlier_wordings(priority, self.view.facts):
            shown = self.view.priority(earlier)
            if shown is not None:
                when = self._day_of(earlier, leading(self.view.told_of(earlier)))
                return EarlierWording(id=earlier.id, text=shown.text, when=when, sources=shown.sources)
        return None

    def _turned(self, priority: Priority, *, is_reworded: bool) -> Turned | None:
        turning = self._turning(priority.forum)
        if turning is None:
            return None
        told = self.view.told_of(priority)
        is_whole = not priority.withheld
        found = turning.turn(told, priority.meeting, rewords=is_reworded, is_whole=is_whole)
        if found is None:
            return None
        turn, by = found
        if by is None:
            last = turning.last
            when = self.view.when(last.date, last.id)
            cited = tuple(self.view.cited_at(source) for source in last.basis)
            return maker(Turned)(id=last.id, turn=turn, when=when, sources=cited)
        when = self._day_of(priority, by)
        return maker(Turned)(id=when.origin.fact, turn=turn, when=when, sources=self.view.cited([by]))

    def _day_of(self, priority: Priority, statement: PriorityStatement | None) -> When:
        """When something was said: the day that its source gives, else that of the meeting."""
        occasion = occasion_of(statement, priority.meeting) if statement else None
        if statement is not None and statement.date is None and occasion is not None:
            held = self.view.day_of(occasion)
            if held is not None:
                return held
        return self.view.when(statement.date if statement else None, priority.id, statement)

    def _turning(self, forum: str) -> Turning | None:
        """What the forum's last meeting is, and what was told at it; None where none is held."""
        if forum not in self._turnings:
            self._turnings[forum] = self._found(forum)
        return self._turnings[forum]

    def _found(self, forum: str) -> Turning | None:
        view = self.view
        standings = ((m, view.standing(m)) for m in view.index.meetings_of.get(forum, ()))
        known = [(meeting, standing) for meeting, standing in standings if standing is not None]
        last = last_meeting(known, view.published)
        if last is None:
            return None
        others = view.index.priorities_of.get(forum, ())
        days = self._days_of_meetings(others)
        turning = Turning(last=last, published=view.published, days=days)
        speaks = any(turning.is_at_it(s, p.meeting) for p in others for s in view.told_of(p))
        return replace(turning, is_silent=not speaks)

    def _days_of_meetings(self, priorities: Iterable[Priority]) -> dict[str, PartialDate | None]:
        """The days of held meetings, of other forums too, at which anything was said of some priorities."""
        named = {id_ for p in priorities for id_ in (p.meeting, *(s.meeting for s in p.statements)) if id_}
        found = {}
        for id_ in named:
            standing = self.view.standing(self.view.facts.meetings[id_])
            if standing is not None and standing.state is MeetingState.HELD:
                found[id_] = standing.date
        return found

    # ------------------------------------------------------------------------------ commitments

    def commitments(self, told: ToldPriorities) -> tuple[Commitment, ...]:
        """What was promised: open ones first, what is due longest before the others."""
        found = [self._commitment(priority, shown) for priority, shown in told]
        return tuple(sorted((one for one in found if one is not None), key=urgency))

    def _commitment(self, priority: Priority, shown: ShownPriority) -> Commitment | None:
        """A priority as promised, if it was; what is told of its earlier wordings is told of it."""
        view = self.view
        line = (priority, *earlier_wordings(priority, view.facts)) if priority.rewords else (priority,)
        if not any(statement.promised_by for each in line for statement in each.statements):
            return None
        told = [(each, statement) for each in line for statement in view.told_of(each)]
        if len(line) > 1:  # of one they are in order
            told.sort(key=lambda pair: view.published[pair[1].source].counts_from, reverse=True)
        promises = [(each, statement) for each, statement in told if statement.promised_by]
        if not promises:
            return None
        first = promises[-1]
        status = next((pair for pair in told if pair[1].status), None)
        due = next((pair for pair in told if pair[1].due), None)
        day = due[1].due if due else None
        is_closed = status is not None and status[1].status in (Status.DONE, Status.DROPPED)
        newest = view.facts.sources[told[0][1].source]
        rests_on = [pair[1] for pair in (*reversed(promises), due, status, told[0]) if pair is not None]
        who = [id_ for _, statement in reversed(promises) for id_ in statement.promised_by]
        return maker(Commitment)(
            id=priority.id,
            text=shown.text,
            forum=view.forum(view.facts.forums[priority.forum]),
            promised_by=tuple([view.name_in_text(id_) for id_ in dict.fromkeys(who)]),
            promised=self._day_of(*first),
            due=self._due(priority, due),
            status=status[1].status if status else None,
            was_due=day is not None and day.last < view.day and not is_closed,
            heard=view.source(newest).published,
            heard_in=view.words(newest.short, newest.id, "short"),
            sources=view.cited(rests_on),
            due_days=days_between(view.day, day.last) if day and day.last < date.max else None,
            heard_days=days_between(view.published[newest.id].counts_from, view.day),
            is_withheld=any(each.withheld for each in line),
        )

    def _due(self, priority: Priority, due: tuple[Priority, PriorityStatement] | None) -> When:
        """The day by which it is due, with the reason where that is our reading."""
        if due is None:
            return When(date=None, origin=Origin(fact=priority.id, field="due"))
        told, statement = due
        when = statement.due
        is_ours = when is not None and statement.inferred is not None
        return when_of(
            date=when,
            origin=Origin(fact=told.id, field="due"),
            inferred=self.view.maybe(statement.inferred, told.id, "inferred") if is_ours else None,
            days_until=days_between(self.view.day, when.first) if when and when.is_exact else None,
        )


def urgency(one: Commitment) -> tuple[bool, date]:
    """Open before closed; of each what is due first, and last what has no day."""
    return one.is_closed, one.due.date.last if one.due.date else date.max
