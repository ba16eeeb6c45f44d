"""How what a memo shows is to be handled: the marking of each fact, from its own and those of its sources.

A statement is marked as high as its source at least; a fact as high as its own marking and every statement
that counts, shown or not: which of them is shown was decided by all. Both are marked as high as those whom
they name and what they hang on, as far as a person marked these. People, organisations and forums without
statements are names; they carry only what a person marked them with, and where such a name stands alone, what
the facts do in which the memo shows it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from briefbook.facts import (
    Fact,
    Facts,
    Meeting,
    MeetingStatement,
    Point,
    Priority,
    PriorityStatement,
    Source,
    Statement,
    earlier_wordings,
    statements_of,
)
from briefbook.marking import Handling, Marking, Scheme
from briefbook.memo import Judgement, MarkingSpec, Memo
from briefbook.selection import Selection, Words


def handling_of(
    facts: Facts,
    spec: MarkingSpec | None,
    memo: Memo,
    selection: Selection,
    *,
    lines: Iterable[tuple[Words, Judgement]],
    counts: Callable[[str], bool],
) -> Handling | None:
    """The handling of what a memo shows; None in a book without a scheme.

    `lines` are what a person judges and the memo may show, with the words, which tell the id under which it
    is marked; `counts` tells of a source whether it was out, withdrawn since or not: no withdrawal lowers a
    marking.
    """
    if not is_marked(spec):
        return None
    assert spec is not None
    marker = Marker(facts, spec)
    named = _named(selection)
    direct = {id_: found for id_ in sorted(named) if (found := marker.fact(id_, counts)) is not None}
    contexts = {}
    for id_ in sorted(named.keys() - direct.keys()):
        found = spec.scheme.fold(direct[other] for other in named[id_] if other in direct)
        if found is not None:
            contexts[id_] = found
    judged = {
        words.origin.fact: marker.judgement(line, memo, counts) for words, line in lines if words.origin
    }
    return Handling(scheme=spec.scheme, own=marker.memo(memo), facts=direct | judged, names=contexts)


def is_marked(spec: MarkingSpec | None) -> bool:
    """Whether a book has a scheme of markings."""
    return spec is not None and bool(spec.scheme.levels)


class Marker:
    """The markings of a book's pieces, by its scheme and its default."""

    def __init__(self, facts: Facts, spec: MarkingSpec) -> None:
        self.scheme: Scheme = spec.scheme
        # A check asks for a default where a source or a memo carries no marking; until then: the highest.
        self.default = spec.default or Marking(level=spec.scheme.levels[-1].id)
        self._facts = facts

    def source(self, source: Source | None) -> Marking:
        """What a source carries, or the default; and what they do who brought it out or speak through it."""
        if source is None:
            return self.scheme.known(self.default)
        named = (source.publisher, source.author, *source.speaks)
        return self.folded([source.marking or self.default, *self._given(named)])

    def statement(self, statement: Statement) -> Marking:
        """A statement's marking: its source's, its own, those of whom it quotes and whose deed it tells."""
        own = [statement.marking] if statement.marking else []
        by = deeds_of(statement) if isinstance(statement, PriorityStatement) else ()
        source = self.source(self._facts.sources.get(statement.source))
        at = self._occasion(statement.meeting) if isinstance(statement, PriorityStatement) else []
        return self.folded([source, *own, *at, *self._given((statement.said_by, *by))])

    def _occasion(self, meeting: str | None) -> list[Marking]:
        """The least of what a meeting's statements carry: with the last of them what was said there goes."""
        found = self._facts.meetings.get(meeting) if meeting else None
        return self._least(self.statement(one) for one in found.statements) if found else []

    def fact(self, id_: str, counts: Callable[[str], bool]) -> Marking | None:
        """What the words of a fact carry; None for a name that nobody marked, and for what is not on file."""
        fact = self._facts.find(id_)
        if fact is None:
            return None
        if isinstance(fact, Source):
            return self.source(fact)
        told = [s for s in statements_of(fact) if counts(s.source)]
        named = (id_, *_named_by(fact), *_spelled_by(told))
        homes = self._home_of(fact) if isinstance(fact, Point) else []
        earlier = self._earlier_of(fact, counts) if isinstance(fact, Priority) else []
        return self.scheme.fold([*map(self.statement, told), *self._given(named), *homes, *earlier])

    def _earlier_of(self, priority: Priority, counts: Callable[[str], bool]) -> list[Marking]:
        """What earlier wordings carry: that there are any, and who promised what, tells of them."""
        told = [
            (earlier, statement)
            for earlier in earlier_wordings(priority, self._facts)
            for statement in earlier.statements
            if counts(statement.source)
        ]
        return [
            *(self.statement(statement) for _, statement in told),
            *(earlier.marking for earlier, _ in told if earlier.marking is not None),
        ]

    def _home_of(self, point: Point) -> list[Marking]:
        """The least that a person gave to the forums and meetings of a point: it shows with any of them."""
        homes = [*point.forums, *point.meetings]
        given = [self.scheme.known(marking) for marking in self._given(homes)]
        return self._least(given) if len(given) == len(homes) else []

    def _least(self, markings: Iterable[Marking]) -> list[Marking]:
        found = min(markings, key=lambda one: (self.scheme.rank(one), len(one.caveats)), default=None)
        return [] if found is None else [found]

    def _given(self, ids: Iterable[str | None]) -> list[Marking]:
        """The markings that a person gave to some facts themselves."""
        facts = (self._facts.find(id_) for id_ in ids if id_ is not None)
        return [fact.marking for fact in facts if fact is not None and fact.marking is not None]

    def memo(self, memo: Memo) -> Marking:
        """What a memo's own words carry: title, subject, to whom and from whom."""
        return self.scheme.known(memo.marking or self.default)

    def judgement(self, line: Judgement, memo: Memo, counts: Callable[[str], bool]) -> Marking:
        """A person's judgement is marked as the memo's words are, and as high as all that it rests on."""
        rests_on = (self.fact(reference.id, counts) for reference in line.rests_on)
        own = [self.memo(memo), *([line.marking] if line.marking else [])]
        return self.folded([*own, *(found for found in rests_on if found is not None)])

    def folded(self, markings: Iterable[Marking]) -> Marking:
        """The fold of one marking or more."""
        found = self.scheme.fold(markings)
        assert found is not None
        return found


def deeds_of(statement: PriorityStatement) -> tuple[str, ...]:
    """Whose deed a statement tells of, and the meeting at which it was done."""
    at = (statement.meeting,) if statement.meeting else ()
    return (*statement.by, *statement.promised_by, *at)


def _named_by(fact: Fact) -> tuple[str | None, ...]:
    """The facts that the words of another tell of: what it hangs on, and whom a point's text names."""
    match fact:
        case Meeting():
            return (fact.forum,)
        case Priority():
            return fact.forum, fact.meeting
        case Point():
            return fact.about
        case _:
            return ()


def _spelled_by(told: Iterable[Statement]) -> Iterator[str | None]:
    """Those whom a meeting names in a spelling of its own: these words are the meeting's, not theirs."""
    for statement in told:
        for one in statement.participants if isinstance(statement, MeetingStatement) else ():
            if one.spelled:
                yield one.person or one.organisation


def named_in(selection: Selection) -> frozenset[str]:
    """The ids of all facts that a selection shows anything of."""
    return frozenset(_named(selection))


def _named(selection: Selection) -> Mapping[str, set[str]]:
    """By the id of every fact that is shown: the ids of the facts within which it is, and their sources."""
    found: defaultdict[str, set[str]] = defaultdict(set)

    def walk(value: object, above: frozenset[str]) -> None:
        if isinstance(value, Words):
            if value.origin is not None:
                found[value.origin.fact] |= above
        elif isinstance(value, tuple):
            for item in value:
                walk(item, above)
        elif hasattr(value, "__dataclass_fields__"):
            cited = (*getattr(value, "sources", ()), *getattr(value, "people_sources", ()))
            ids = {str(source) for source in cited if isinstance(source, str)} | {getattr(value, "id", "")}
            ids -= {""}
            for id_ in ids:
                found[id_] |= above
            inside = above | ids
            kind: Any = type(value)
            for name in _fields_of(kind):
                walk(getattr(value, name), inside)

    walk(selection, frozenset())
    return found


@cache  # as many as the selection has types
def _fields_of(type_: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(type_))
