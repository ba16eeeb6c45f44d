"""What a priority's new words, and the promises in it, say against the rest of the facts."""

from collections.abc import Iterable
from datetime import date

from briefbook.checks.context import CheckContext
from briefbook.diagnostics import Problem, Severity, place_of
from briefbook.facts import Facts, Force, Forum, Priority, PriorityStatement, earlier_wordings
from briefbook.memo import Book
from briefbook.state import publications
from briefbook.turns import occasion_of

_NO_PROMISES = frozenset({Force.DISCUSSED, Force.WISH, Force.POSSIBILITY})


def check_rewordings(book: Book, context: CheckContext) -> Iterable[Problem]:
    """What a priority rewords is of its forum, was said before it, and does not lead back to it."""
    del context
    rewording = [priority for priority in book.facts.priorities.values() if priority.rewords is not None]
    published = publications(book.facts) if rewording else {}
    told: set[str] = set()  # of priorities that lead back to themselves
    for priority in rewording:
        earlier = book.facts.priorities.get(priority.rewords or "")
        if earlier is None:
            continue
        where = place_of(priority, "rewords")
        chain = (priority, *earlier_wordings(priority, book.facts))
        if chain[-1].rewords == priority.id:
            ids = [each.id for each in chain]
            if told.isdisjoint(ids):
                message = f"the words of {priority.id!r} go round: {' → '.join([*ids, priority.id])}"
                yield Problem(where=where, message=message, hint="let the first wording reword none")
            told.update(ids)
            continue
        if earlier.forum != priority.forum:
            message = f"{priority.id!r} is of {priority.forum!r}, and what it rewords of {earlier.forum!r}"
            yield Problem(where=where, message=message, hint="an aim in new words is one of the same forum")
        said = [published[s.source].last for s in priority.statements if s.source in published]
        before = [published[s.source].counts_from for s in earlier.statements if s.source in published]
        if said and before and max(said) < min(before):
            message = f"{earlier.id!r} was said only after {priority.id!r}, which rewords it"
            yield Problem(where=where, message=message, hint="the later wording names the earlier one")


def check_promises(book: Book, context: CheckContext) -> Iterable[Problem]:
    """A promise names its day and who is bound by it, and is more than a wish."""
    del context
    priorities = book.facts.priorities.values()
    seats = (
        _seats(book.facts) if any(s.promised_by for p in priorities for s in p.statements) else frozenset()
    )
    for priority in priorities:
        line = (priority, *earlier_wordings(priority, book.facts))
        is_promised = any(s.promised_by for each in line for s in each.statements)
        for statement in priority.statements:
            yield from _mistakes_of_due(priority, statement, book.facts, is_promised=is_promised)
            if statement.promised_by and statement.force in _NO_PROMISES:
                message = f"{priority.id!r} is promised, but its force here is {str(statement.force)!r}"
                hint = "take 'promised_by' out, or give the force that the source gives"
                yield Problem(where=place_of(statement, "promised_by"), message=message, hint=hint)
            yield from _sideless(priority, statement, book.facts, seats)


def _mistakes_of_due(
    priority: Priority, statement: PriorityStatement, facts: Facts, *, is_promised: bool
) -> Iterable[Problem]:
    due = statement.due
    if due is None:
        return
    where = place_of(statement, "due")
    if not is_promised:
        message = f"{priority.id!r} is due, and nobody promised it"
        yield Problem(where=where, message=message, hint="add 'promised_by': whom the source binds to it")
    said = _earliest_day(priority, statement, facts)
    if statement.promised_by and said is not None and due.last < said:
        message = f"{priority.id!r} was due {due}, before it was promised"
        yield Problem(where=where, message=message, hint="mend one of the two days")


def _earliest_day(priority: Priority, statement: PriorityStatement, facts: Facts) -> date | None:
    """The first day on which something can have been said; None where no source gives one."""
    if statement.date is not None:
        return statement.date.first
    meeting = facts.meetings.get(occasion_of(statement, priority.meeting) or "")
    days = [s.date.first for s in meeting.statements if s.date is not None] if meeting else []
    return min(days, default=None)


_Seats = frozenset[tuple[str, str]]  # who sat at a meeting, and for which side


def _seats(facts: Facts) -> _Seats:
    """Everybody who was at any meeting for a side."""
    statements = (statement for meeting in facts.meetings.values() for statement in meeting.statements)
    people = (one for statement in statements for one in statement.participants)
    return frozenset((one.person or one.organisation or "", one.side) for one in people if one.side)


def _sideless(
    priority: Priority, statement: PriorityStatement, facts: Facts, seats: _Seats
) -> Iterable[Problem]:
    """Those who promised something and are for no side of the forum, as far as it has any."""
    forum = facts.forums.get(priority.forum)
    if forum is None or not forum.sides:
        return
    for index, id_ in enumerate(statement.promised_by):
        if facts.find(id_) is not None and not _is_for_a_side(id_, forum, facts, seats):
            message = f"{id_!r} promised something and is for no side of {forum.id!r}"
            hint = "name a side, or for which side it was at a meeting"
            where = place_of(statement, "promised_by", index)
            yield Problem(where=where, severity=Severity.WARNING, message=message, hint=hint)


def _is_for_a_side(id_: str, forum: Forum, facts: Facts, seats: _Seats) -> bool:
    """Whether an organisation is or belongs to a side, or anybody was at a meeting for one."""
    organisation = facts.organisations.get(id_)
    if id_ in forum.sides or (organisation is not None and organisation.side in forum.sides):
        return True
    return any((id_, side) in seats for side in forum.sides)
