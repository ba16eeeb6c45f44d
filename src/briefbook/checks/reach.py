"""Which facts a memo can show on any day."""

from datetime import date

from briefbook.checks.naming import namings_of
from briefbook.facts import Fact, Facts, Priority, Statement, earlier_wordings, statements_of
from briefbook.memo import ForumScope, MeetingScope, RangeScope, Scope


def reach_of(scope: Scope, facts: Facts) -> frozenset[str]:
    """The ids of all facts that a memo of this scope can show on any day, and of those that they name.

    What the scope itself names is among them, even where it is not on file: its record may be broken.
    """
    core = core_of(scope, facts)
    reach = set(core)
    earlier: set[str] = set()
    for kind in facts.kinds().values():
        for fact in kind.values():
            if any(naming.id in core for naming in namings_of(fact)) or _is_told_within(fact, scope, facts):
                reach.add(fact.id)
                if isinstance(fact, Priority):
                    earlier.update(each.id for each in earlier_wordings(fact, facts))
    reach |= earlier
    for _ in range(3):  # whom and which meeting a fact names, their sources, the publishers behind those
        named = (facts.find(id_) for id_ in reach)
        reach |= {naming.id for fact in named if fact is not None for naming in namings_of(fact)}
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
            meetings = facts.meetings.values()
            return frozenset(m.id for m in meetings if _is_told_within(m, scope, facts))


def _is_told_within(fact: Fact, scope: Scope, facts: Facts) -> bool:
    return isinstance(scope, RangeScope) and any(
        _may_fall(statement, scope.first, scope.last, facts) for statement in statements_of(fact)
    )


def _may_fall(statement: Statement, first: date, last: date, facts: Facts) -> bool:
    source = facts.sources.get(statement.source)
    when = statement.date or (source.published if source else None)
    return when is None or when.overlaps(first, last)
