"""Where facts and memos name other facts by their ids, and whether those are there."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from operator import attrgetter
from typing import NamedTuple

from briefbook.checks.columns import Columns, held_in, inner_fields, parts_of
from briefbook.checks.context import CheckContext
from briefbook.diagnostics import Placed, Problem, Severity, Where, did_you_mean, place_of
from briefbook.facts import (
    Fact,
    Facts,
    Forum,
    Meeting,
    MeetingStatement,
    Organisation,
    Participation,
    Person,
    Point,
    PointStatement,
    Priority,
    PriorityStatement,
    Source,
    Statement,
    Variant,
    Withdrawn,
)
from briefbook.frozen import changing
from briefbook.memo import Book, ForumScope, MeetingScope, Memo, RangeScope, Reference

Kinds = tuple[str, ...]  # keys of Facts.kinds()
SOURCES, ORGANISATIONS, PEOPLE, FORUMS, MEETINGS, PRIORITIES = (
    ("sources",),
    ("organisations",),
    ("people",),
    ("forums",),
    ("meetings",),
    ("priorities",),
)
SPEAKERS = (*ORGANISATIONS, *PEOPLE)
SHOWN_IN_SECTIONS = (*MEETINGS, *PRIORITIES, "background")  # what `only`, `without`, `ranks` name
ANY_KIND = tuple(Facts().kinds())

# Which fields name facts, and of which kinds. A new field that does is one entry here.
_SAID: Mapping[str, Kinds] = {"source": SOURCES, "said_by": SPEAKERS}
NAMING_FIELDS: Mapping[type, Mapping[str, Kinds]] = {
    Source: {"publisher": ORGANISATIONS, "author": PEOPLE, "speaks": SPEAKERS},
    Organisation: {"side": ORGANISATIONS},
    Person: {},
    Forum: {"sides": ORGANISATIONS},
    Meeting: {"forum": FORUMS},
    Priority: {"forum": FORUMS, "meeting": MEETINGS, "rewords": PRIORITIES},
    Point: {"forums": FORUMS, "meetings": MEETINGS, "about": (*SPEAKERS, *FORUMS)},
    Variant: {"source": SOURCES},
    Withdrawn: {},
    Statement: _SAID,
    MeetingStatement: _SAID,
    PriorityStatement: {**_SAID, "meeting": MEETINGS, "by": SPEAKERS, "promised_by": SPEAKERS},
    PointStatement: _SAID,
    Participation: {"person": PEOPLE, "organisation": ORGANISATIONS, "side": ORGANISATIONS},
}
_NOUNS = {
    "sources": "a source",
    "organisations": "an organisation",
    "people": "a person",
    "forums": "a forum",
    "meetings": "a meeting",
    "priorities": "a priority",
    "background": "a background point",
}


class Naming(NamedTuple):
    """One place where a record names a fact; a plain tuple, for there are as many as lines in the files."""

    id: str
    kinds: Kinds
    record: Placed
    field: str
    item: int

    @property
    def where(self) -> Where:
        """The place of the id."""
        return place_of(self.record, self.field, self.item)


def namings_in(record: Placed) -> Iterator[Naming]:
    """Every field of a record that names a fact; of the records inside it see `parts_of`."""
    for name, kinds in NAMING_FIELDS[type(record)].items():
        match getattr(record, name):
            case str(id_):
                yield Naming(id_, kinds, record, name, 0)
            case tuple(ids):
                for index, id_ in enumerate(ids):
                    yield Naming(id_, kinds, record, name, index)


def namings_of(fact: Fact) -> Iterator[Naming]:
    """Every place in a fact that names another one."""
    for record in parts_of(fact):
        yield from namings_in(record)


def references_of(memo: Memo) -> Iterator[tuple[Reference, Kinds]]:
    """Every place in a memo that names a fact, and the kinds that may be named there."""
    match memo.scope:
        case ForumScope(forums=references):
            yield from ((reference, FORUMS) for reference in references)
        case MeetingScope(meetings=references):
            yield from ((reference, MEETINGS) for reference in references)
        case RangeScope():
            pass
    for line in memo.judgements:
        yield from ((reference, ANY_KIND) for reference in line.rests_on)
    slots = {slot.id for slot in memo.slots}
    for section in memo.sections:
        ranked = (reference for reference in section.ranked if "[" not in reference.id)  # as in gaps[2]
        named = (*section.only, *section.without, *ranked)
        yield from ((reference, SHOWN_IN_SECTIONS) for reference in named if reference.id not in slots)


def _namings(facts: Facts) -> Iterator[Naming]:
    for kind in facts.kinds().values():
        for fact in kind.values():
            yield from namings_of(fact)


def _named(columns: Columns) -> dict[Kinds, set[str]]:
    """The ids that the facts name, each once, by the kinds that may be named there."""
    named: dict[Kinds, set[str]] = {}
    for type_, records in columns.by_type.items():
        for name, kinds in NAMING_FIELDS[type_].items():
            named.setdefault(kinds, set()).update(held_in(records, name))
    return named


def _named_by_none_but_themselves(facts: Facts) -> set[str]:
    """The ids of sources, organisations and people that name themselves, and that nothing else names."""
    found = _naming_themselves(facts.sources)
    found |= _naming_themselves(facts.organisations) | _naming_themselves(facts.people)
    if found:
        owners = ((fact.id, fact) for kind in facts.kinds().values() for fact in kind.values())
        found -= {naming.id for id_, fact in owners for naming in namings_of(fact) if naming.id != id_}
    return found


def _naming_themselves(kind: Mapping[str, Fact]) -> set[str]:
    """The ids of the facts of a kind that name themselves, in a field of their own or of a record in them."""
    found: set[str] = set()
    if not kind:
        return found
    type_: type = type(next(iter(kind.values())))
    for name in NAMING_FIELDS[type_]:
        for id_, value in zip(kind, map(attrgetter(name), kind.values()), strict=True):
            if value == id_ or (type(value) is tuple and id_ in value):
                found.add(id_)
    holding = (fact for name in inner_fields(type_) for fact in kind.values() if getattr(fact, name))
    return found | {fact.id for fact in holding if any(each.id == fact.id for each in namings_of(fact))}


# -------------------------------------------------------------------------------------- checks


def check_ids(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every id that a fact or a memo names is one of a fact, and of a kind that fits."""
    register = _Register(facts=book.facts, defined=context.defined)
    named = context.columns_of(book).once(_named)
    if not all(register.fits(id_, kinds) for kinds, ids in named.items() for id_ in ids):
        for naming in _namings(book.facts):
            if not register.fits(naming.id, naming.kinds):
                yield from register.mistake(naming.id, naming.kinds, naming.where)
    if all(register.fits(id_, kinds) for id_, kinds in context.survey_of(book).named):
        return
    for memo in book.definitions:
        slots = tuple(slot.id for slot in memo.slots)
        for reference, kinds in references_of(memo):
            if not register.fits(reference.id, kinds):
                also = slots if kinds is SHOWN_IN_SECTIONS else ()
                yield from register.mistake(reference.id, kinds, reference.where, also)


def check_unnamed(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every source is cited, every person and organisation named; else they are of no use (or misspelt)."""
    facts = book.facts
    if not facts.ids >= context.defined:
        return  # what a broken record names is not known
    named = set[str]().union(*context.columns_of(book).once(_named).values())
    named -= _named_by_none_but_themselves(facts)
    named.update(id_ for id_, _ in context.survey_of(book).named)
    idle: Iterable[tuple[str, str, Iterable[Fact]]] = (
        ("source", "cites", facts.sources.values()),
        ("organisation", "names", facts.organisations.values()),
        ("person", "names", facts.people.values()),
    )
    for noun, verb, records in idle:
        for record in records:
            if record.id not in named:
                message = f"nothing {verb} {noun} {record.id!r}"
                hint = "name it where it belongs, or delete it"
                yield Problem(where=record.where, severity=Severity.WARNING, message=message, hint=hint)


_NEAREST = 20  # so many unknown ids get a nearest known one: looking for it takes long in a large book


@changing
class _Register:
    """Which ids there are, of which kind; says what is wrong with one that does not fit."""

    facts: Facts
    defined: frozenset[str]
    kind_of: dict[str, str] = field(init=False)
    hints: dict[tuple[str, Kinds, Kinds], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kind_of = {id_: kind for kind, facts in self.facts.kinds().items() for id_ in facts}

    def fits(self, id_: str, kinds: Kinds) -> bool:
        return self.kind_of.get(id_) in kinds

    def mistake(self, id_: str, kinds: Kinds, where: Where, slots: tuple[str, ...] = ()) -> Iterator[Problem]:
        """What is wrong with an id; `slots` are those of the memo, where they may be named as well."""
        wanted = " or ".join(_NOUNS[kind] for kind in kinds) if kinds != ANY_KIND else "a fact"
        wanted += " or a slot" if slots else ""
        if id_ in self.kind_of:
            message = f"{id_!r} is {_NOUNS[self.kind_of[id_]]}; {wanted} belongs here"
            yield Problem(where=where, message=message, hint=f"name {wanted}, or move the id to its field")
        elif id_ not in self.defined:
            message = f"{id_!r} is not on file; {wanted} belongs here"
            yield Problem(where=where, message=message, hint=self._hint(id_, kinds, slots))

    def _hint(self, id_: str, kinds: Kinds, slots: tuple[str, ...]) -> str:
        key = id_, kinds, slots
        if key not in self.hints:
            near = ""
            if len(self.hints) < _NEAREST:
                fitting = (known for known, kind in self.kind_of.items() if kind in kinds)
                near = did_you_mean(id_, (*fitting, *slots))
            self.hints[key] = near or "add it to a file in facts/"
        return self.hints[key]
