"""The records of a book's facts by their type: what is asked of very many is asked of a whole column at once.

A book holds as many places that name a fact, and as many texts, as its files have lines. Nearly always nothing
is wrong with any of them, and then the distinct values of a column are few: checks look at these first, and
only where one of them does not fit at each record, to tell its place.
"""

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

from briefbook.diagnostics import Placed
from briefbook.facts import (
    Fact,
    Facts,
    Forum,
    Meeting,
    MeetingStatement,
    Organisation,
    Person,
    Point,
    Priority,
    Source,
)

# Which fields of a record hold other records: one, none or several.
_INNER: Mapping[type, tuple[str, ...]] = {
    Source: ("withdrawn",),
    Organisation: ("variants",),
    Person: ("variants",),
    Forum: ("variants", "statements"),
    Meeting: ("statements",),
    MeetingStatement: ("participants",),
    Priority: ("statements",),
    Point: ("statements",),
}


def parts_of(fact: Fact) -> Iterator[Placed]:
    """The fact itself, then its variants and statements, each statement with its participants.

    Of a source also that it is withdrawn.
    """
    return _with_parts(fact)


def _with_parts(record: Placed) -> Iterator[Placed]:
    yield record
    for name in _INNER.get(type(record), ()):
        for part in held(getattr(record, name)):
            yield from _with_parts(part)


def records_by_type(facts: Facts) -> dict[type, list[Placed]]:
    """All that `parts_of` gives of all facts, by type; all records of a type are of one class."""
    found: dict[type, list[Placed]] = {}
    ahead: list[list[Placed]] = [list(kind.values()) for kind in facts.kinds().values()]
    while ahead:
        records = ahead.pop()
        if records:
            kind = type(records[0])
            found.setdefault(kind, []).extend(records)
            ahead += [held_in(records, name) for name in _INNER.get(kind, ())]
    return found


def column(records: Sequence[Placed], field: str) -> Iterator[Any]:
    """The values of one field of some records."""
    return map(attrgetter(field), records)


def held_in(records: Sequence[Placed], field: str) -> list[Any]:
    """What stands in one field of some records: each value, or each item of it."""
    return [each for value in column(records, field) if value for each in held(value)]


def held(value: Any) -> tuple[Any, ...]:
    """What stands in a field: nothing, one or several."""
    return value if type(value) is tuple else () if value is None else (value,)
