"""Which facts a memo can show on any day."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cached_property

from briefbook.checks.naming import namings_of
from briefbook.facts import Facts, Statement, earlier_wordings, statements_of
from briefbook.memo import ForumScope, MeetingScope, RangeScope, Scope


class Reaches:
    """Of each memo the ids of all facts that it can show on any day, and of those that they name."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @cached_property
    def _names(self) -> dict[str, frozenset[str]]:
        """The ids that each fact names."""
        every = (fact for kind in self.facts.kinds().values() for fact in kind.values())
        return {fact.id: frozenset(naming.id for naming in namings_of(fact)) for fact in every}

    @cached_property
    def _named_by(self) -> dict[str, list[str]]:
        """The facts that name an id."""
        found: dict[str, list[str]] = defaultdict(list)
        for id_, named in self._names.items():
            for name in named:
                found[name].append(id_)
        return found

    def of(self, scope: Scope) -> frozenset[str]:
        """What a memo of this scope reaches.

        What the scope itself names is among it, even where it is not on file: its record may be broken.
        """
        core = core_of(scope, self.facts)
        reach = {*core, *_told_within(scope, self.facts)}
        for id_ in core:
            reach.update(self._named_by.get(id_, ()))
        priorities = (self.facts.priorities.get(id_) for id_ in reach)
        wordings = [earlier_wordings(each, self.facts) for each in priorities if each is not None]
        reach |= {each.id for earlier in wordings for each in earlier}
        for _ in range(3):  # whom and which meeting a fact names, their sources, the publishers behind those
            reach = reach.union(*(self._names.get(id_, ()) for id_ in reach))
        return frozenset(reach)


def core_of(scope: Scope, facts: Facts) -> frozenset[str]:
    """The forums and meetings whose priorities and points a memo of this scope shows."""
    match scope:
        case ForumScope(forums=references):
            forums = {reference.id for reference in references}
            return frozenset(forums | {m.id for m in facts.meetings.values() if m.forum in forums})
        case MeetingScope(meetings=references):
            return frozenset(reference.id for reference in references)
        case RangeScope():
            return frozenset(id_ for id_ in _told_within(scope, facts) if id_ in facts.meetings)


def _told_within(scope: Scope, facts: Facts) -> Iterator[str]:
    """The facts of which a source tells something that may fall into a range of days."""
    if isinstance(scope, RangeScope):
        for kind in facts.kinds().values():
            for fact in kind.values():
                if any(_may_fall(each, scope.first, scope.last, facts) for each in statements_of(fact)):
                    yield fact.id


def _may_fall(statement: Statement, first: date, last: date, facts: Facts) -> bool:
    source = facts.sources.get(statement.source)
    when = statement.date or (source.published if source else None)
    return when is None or when.overlaps(first, last)
