"""The records of a book's facts by their type: what is asked of very many is asked of a column at once.

A book holds as many places that name a fact, and as many texts, as its files have lines. Nearly always
nothing is wrong with any of them, and then the distinct values of a column are few: checks look at these
first, and only where one of them does not fit at each record, to tell its place.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import cache, cached_property
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar, cast

from briefbook.diagnostics import Placed
from briefbook.facts import Fact, Facts

T = TypeVar("T")

_INNER = (
    "withdrawn",
    "variants",
    "statements",
    "participants",
)  # fields that hold records: one, none, several


@cache
def inner_fields(kind: type) -> tuple[str, ...]:
    """The fields of a kind of record that hold other records."""
    return tuple(field.name for field in fields(kind) if field.name in _INNER)


def parts_of(record: Fact | Placed) -> Iterator[Placed]:
    """The fact itself, then its variants and statements, each statement with its participants.

    Of a source also that it is withdrawn.
    """
    yield record
    for name in inner_fields(type(record)):
        for part in _held(getattr(record, name)):
            yield from parts_of(part)


def held_in(records: Sequence[Any], field: str) -> list[Any]:
    """What stands in one field of some records: each value, or each item of it."""
    values = list(filter(None, map(attrgetter(field), records)))
    return list(chain.from_iterable(values)) if values and type(values[0]) is tuple else values


def _held(value: Any) -> tuple[Any, ...]:
    return value if type(value) is tuple else () if value is None else (value,)


class Columns:
    """The facts of a book by type, and what several checks ask of all of them."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._answers: dict[Callable[[Columns], object], object] = {}

    @cached_property
    def by_type(self) -> dict[type, list[Placed]]:
        """All that `parts_of` gives of all facts."""
        found: dict[type, list[Placed]] = {}
        ahead: list[list[Placed]] = [list(kind.values()) for kind in self.facts.kinds().values()]
        while ahead:
            records = ahead.pop()
            if records:
                kind = type(records[0])  # and that of the others: they stand in one field
                found.setdefault(kind, []).extend(records)
                ahead += [held_in(records, name) for name in inner_fields(kind)]
        return found

    def once(self, question: "Callable[[Columns], T]") -> T:
        """The answer to a question about all facts, worked out when it is first asked."""
        if question not in self._answers:
            self._answers[question] = question(self)
        return cast(T, self._answers[question])
