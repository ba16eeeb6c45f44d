"""Which statements of a book's facts count: those of sources that were out by the known-by day.

`Counting` is one way of looking at a book's facts, a day and a known-by day: what is on file then, and in
which state a meeting is. How a fact looks is `showing.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date
from typing import TypeVar

from briefbook.facts import Facts, Forum, Meeting, Priority, PriorityStatement, Statement
from briefbook.frozen import frozen
from briefbook.index import Index
from briefbook.state import AHEAD, Publication, Standing, state_of, visible_statements

S = TypeVar("S", bound=Statement)


@frozen
class Counting:
    """The facts as known by one day and judged from another."""

    index: Index
    day: date
    known_by: date
    _told: dict[str, list[PriorityStatement]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    _standings: dict[str, Standing | None] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @property
    def facts(self) -> Facts:
        """All that is on file, whether it counts or not."""
        return self.index.facts

    @property
    def published(self) -> Mapping[str, Publication]:
        """When each source counts."""
        return self.index.published

    def counts(self, source: str) -> bool:
        """True when a source was out by the known-by day, and not withdrawn by then."""
        published = self.index.published.get(source)
        if published is None or published.counts_from > self.known_by:
            return False
        return published.until is None or published.counts(self.known_by)

    def was_out(self, source: str) -> bool:
        """True when a source was out by the known-by day, whatever became of it since.

        Markings ask this: what was once read in a source may be in the words that a person wrote.
        """
        return source in self.published and self.published[source].counts_from <= self.known_by

    def counting(self, statements: Sequence[S]) -> list[S]:
        """The statements that count, the latest published first; of one day in the order of the file."""
        if len(statements) == 1:  # as most facts are told by one source
            return [statements[0]] if self.counts(statements[0].source) else []
        seen = [s for s in statements if self.counts(s.source)]
        if len(seen) > 1:
            published = self.index.published
            seen.sort(key=lambda s: published[s.source].counts_from, reverse=True)
        return seen

    def standing(self, meeting: Meeting) -> Standing | None:
        """The state of a meeting; None where no counting source names it."""
        id_, standings = meeting.id, self._standings
        if id_ not in standings:
            published = self.index.published
            statements = visible_statements(meeting, published, self.known_by)
            standings[id_] = state_of(statements, published, self.day)
        return standings[id_]

    def is_yet_to_be(self, meeting: str) -> bool:
        """True for a meeting that on the day is still ahead, or not on file."""
        standing = self.standing(self.facts.meetings[meeting])
        return standing is None or standing.state in AHEAD

    def told_of(self, priority: Priority) -> list[PriorityStatement]:
        """What counts of a priority, the newest first.

        In hindsight without what later sources alone tell of a meeting that on the day is still ahead.
        """
        found = self._told.get(priority.id)
        if found is None:
            found = self._told[priority.id] = self._told_of(priority)
        return found

    def _told_of(self, priority: Priority) -> list[PriorityStatement]:
        return [
            s
            for s in self.counting(priority.statements)
            if s.meeting is None
            or self.published[s.source].counts_from <= self.day
            or not self.is_yet_to_be(s.meeting)
        ]

    def is_on_file(self, id_: str) -> bool:
        """True when a counting source says something of the fact that can be, or where it needs no source."""
        if id_ in self.facts.sources:
            return self.counts(id_)
        if id_ in self.facts.meetings:
            return self.standing(self.facts.meetings[id_]) is not None
        if id_ in self.facts.priorities:  # an update alone, without what it is on, is no priority
            return any(self.counts(s.source) and s.force for s in self.facts.priorities[id_].statements)
        if id_ in self.facts.background:
            return any(self.counts(s.source) for s in self.facts.background[id_].statements)
        if id_ in self.facts.forums:
            return self._is_forum_on_file(self.facts.forums[id_])
        return self.facts.find(id_) is not None

    def _is_forum_on_file(self, forum: Forum) -> bool:
        """True when a counting source names the forum, or tells of a meeting or a priority of it."""
        told = (*self.index.meetings_of.get(forum.id, ()), *self.index.priorities_of.get(forum.id, ()))
        return bool(self.counting(forum.statements)) or any(self.is_on_file(fact.id) for fact in told)
