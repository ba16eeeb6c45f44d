"""facts/*.yaml → Facts.

Each kind of fact and statement is one table below; `KINDS` names those that may stand at the top of a file.
A new kind is a dataclass in facts.py, a Shape here and a line in `KINDS`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from briefbook.diagnostics import Problem, Where
from briefbook.facts import (
    Facts,
    Force,
    Forum,
    Grade,
    Meeting,
    MeetingStatement,
    Organisation,
    Participation,
    Person,
    Point,
    PointStatement,
    Priority,
    PriorityStatement,
    Says,
    Source,
    Statement,
    Status,
    Variant,
    Withdrawn,
)
from briefbook.frozen import frozen, maker
from briefbook.readers import located_yaml
from briefbook.readers.located_yaml import Scalar, collector_paused, parse_yaml
from briefbook.readers.read_marking import marking
from briefbook.readers.reading import Reading
from briefbook.readers.records import (
    Field,
    Shape,
    build,
    date,
    id_mistake,
    identifier,
    language,
    many,
    many_records,
    matching,
    one_day,
    one_of,
    optional,
    record,
    required,
    shown,
    text,
    whole_number,
    word_of,
    wording,
    wrong_type,
)
from briefbook.readers.yaml_doubts import tell_doubts
from briefbook.readers.yaml_slips import indent_hint

# ---------------------------------------------------------------------------- parts of statements

_time = matching("([01][0-9]|2[0-3]):[0-5][0-9]", "a time of day", "write 09:30 or 14:00")
_zone = matching(
    r"UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+){1,2}", "a time zone", "write a name such as Europe/Oslo, or UTC"
)
_ids = many(identifier)
_texts = many(text, one_will_do=True)
_questions = many(wording, one_will_do=True)


def _person_or_organisation(participation: Participation) -> Iterable[Problem]:
    if (participation.person is None) == (participation.organisation is None):
        found = "neither" if participation.person is None else "both"
        message = f"a participant is a person or an organisation; here is {found}"
        yield Problem(where=participation.where, message=message, hint="give one of the two")


PARTICIPATION = Shape(
    noun="participant",
    make=Participation,
    fields={
        "person": optional(identifier),
        "organisation": optional(identifier),
        "as": optional(wording, "post"),
        "side": optional(identifier),
        "role": optional(wording),
        "spelled": optional(text),
    },
    check=_person_or_organisation,
)
VARIANT = Shape(
    noun="variant",
    make=Variant,
    fields={"text": required(text), "source": required(identifier)},
)
GRADE = Shape(
    noun="grade",
    make=Grade,
    fields={
        "reliability": optional(word_of(*"ABCDEF")),
        "credibility": optional(word_of(*"123456")),
        "by": optional(wording),
    },
    located=False,
)
WITHDRAWN = Shape(
    noun="withdrawal",
    make=Withdrawn,
    fields={"on": required(one_day), "why": required(wording)},
    mend="write {on: 2031-05-12, why: …}: the day from which it is withdrawn, and the reason",
)

# ------------------------------------------------------------------------------------- statements

_SAID: Mapping[str, Field] = {  # what every statement has
    "source": required(identifier),
    "evidence": optional(_texts),
    "said_by": optional(identifier),
    "said_as": optional(wording),
    "date": optional(date),
    "date_as": optional(text),
    "inferred": optional(wording),
    "note": optional(wording),
    "marking": optional(marking),
}


def _zone_with_time(statement: MeetingStatement) -> Iterable[Problem]:
    if statement.zone is not None and statement.time is None:
        yield Problem(where=statement.where, message="this statement has a 'zone' but no 'time'")


STATEMENT = Shape(noun="statement", make=Statement, fields=_SAID)
MEETING_STATEMENT = Shape(
    noun="statement on a meeting",
    make=MeetingStatement,
    fields={
        **_SAID,
        "says": required(one_of(Says)),
        "time": optional(_time),
        "zone": optional(_zone),
        "place": optional(wording),
        "purpose": optional(wording),
        "participants": optional(many_records(PARTICIPATION)),
    },
    check=_zone_with_time,
)
PRIORITY_STATEMENT = Shape(
    noun="statement on a priority",
    make=PriorityStatement,
    fields={
        **_SAID,
        "force": optional(one_of(Force)),
        "meeting": optional(identifier),
        "by": optional(_ids),
        "promised_by": optional(_ids),
        "due": optional(date),
        "status": optional(one_of(Status)),
        "update": optional(wording),
    },
)
POINT_STATEMENT = Shape(
    noun="statement on a background point",
    make=PointStatement,
    fields={**_SAID, "claim": optional(wording)},
)

# ------------------------------------------------------------------------------------------ facts


def _force_first(priority: Priority) -> Iterable[Problem]:
    first = priority.statements[0]
    if first.force is None:
        message = f"the first statement of priority {priority.id!r} lacks 'force'"
        yield Problem(where=first.where, message=message, hint=f"one of {', '.join(Force)}")


def _text_or_claims(point: Point) -> Iterable[Problem]:
    if point.text is None:
        for statement in point.statements:
            if statement.claim is None:
                message = f"background point {point.id!r} has no 'text', and no 'claim' here"
                hint = "write the text, or a claim in every statement"
                yield Problem(where=statement.where, message=message, hint=hint)


SOURCE = Shape(
    noun="source",
    make=Source,
    fields={
        "short": required(wording),
        "published": required(date),
        "title": optional(text),
        "publisher": optional(identifier),
        "author": optional(identifier),
        "speaks": optional(_ids),
        "published_as": optional(text),
        "dateline": optional(text),
        "inferred": optional(wording),
        "grade": optional(record(GRADE)),
        "language": optional(language),
        "text": optional(matching(r"(?!\.)[^/\\:]+", "a file name", "write the name without a folder")),
        "sha256": optional(
            matching("[0-9a-f]{64}", "a SHA-256", "64 digits 0–9 and a–f, as sha256sum prints")
        ),
        "address": optional(text),
        "note": optional(wording),
        "questions": optional(_questions),
        "withdrawn": optional(record(WITHDRAWN)),
        "marking": optional(marking),
    },
)
ORGANISATION = Shape(
    noun="organisation",
    make=Organisation,
    fields={
        "name": required(wording),
        "in_text": optional(wording),
        "short": optional(text),
        "kind": optional(text),
        "side": optional(identifier),
        "variants": optional(many_records(VARIANT)),
        "note": optional(wording),
        "marking": optional(marking),
    },
)
PERSON = Shape(
    noun="person",
    make=Person,
    fields={
        "name": required(text),
        "variants": optional(many_records(VARIANT)),
        "note": optional(wording),
        "marking": optional(marking),
    },
)
FORUM = Shape(
    noun="forum",
    make=Forum,
    fields={
        "name": required(wording),
        "in_text": optional(wording),
        "short": optional(text),
        "kind": optional(text),
        "sides": optional(_ids),
        "variants": optional(many_records(VARIANT)),
        "statements": optional(many_records(STATEMENT)),
        "questions": optional(_questions),
        "marking": optional(marking),
    },
)
MEETING = Shape(
    noun="meeting",
    make=Meeting,
    fields={
        "forum": required(identifier),
        "statements": required(many_records(MEETING_STATEMENT, may_be_empty=False)),
        "title": optional(wording),
        "ordinal": optional(whole_number(1)),
        "questions": optional(_questions),
        "marking": optional(marking),
    },
)
PRIORITY = Shape(
    noun="priority",
    make=Priority,
    fields={
        "forum": required(identifier),
        "text": required(wording),
        "statements": required(many_records(PRIORITY_STATEMENT, may_be_empty=False)),
        "meeting": optional(identifier),
        "rewords": optional(identifier),
        "questions": optional(_questions),
        "marking": optional(marking),
    },
    check=_force_first,
)
POINT = Shape(
    noun="background point",
    make=Point,
    fields={
        "statements": required(many_records(POINT_STATEMENT, may_be_empty=False)),
        "forums": optional(_ids),
        "meetings": optional(_ids),
        "title": optional(wording),
        "text": optional(wording),
        "say": optional(wording),
        "about": optional(_ids),
        "questions": optional(_questions),
        "marking": optional(marking),
    },
    check=_text_or_claims,
)

KINDS: Mapping[str, Shape[Any]] = {
    "sources": SOURCE,
    "organisations": ORGANISATION,
    "people": PERSON,
    "forums": FORUM,
    "meetings": MEETING,
    "priorities": PRIORITY,
    "background": POINT,
}

# ---------------------------------------------------------------------------------------- reading


@frozen
class Defined:
    """A record that stands in a file. `mentions`: the texts in it, where it was left out for a mistake."""

    id: str
    where: Where
    mentions: frozenset[str] = frozenset()


def read_facts(
    files: Iterable[tuple[str, bytes]], *, language: str = "en"
) -> tuple[Facts, list[Problem], tuple[Defined, ...]]:
    """Read the facts of all files, each given by its name in problems and its bytes. Raises nothing.

    `language` is the tag of texts that name none. A record with a mistake is left out and the rest is read;
    the third value holds every record that is defined, those left out too, so that nobody calls such an id
    unknown, and so that it can be told which memos it would have been in.
    """
    reading = Reading(language=language)
    facts: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
    first_places: dict[str, Where] = {}
    defined: list[Defined] = []
    with collector_paused(keeping=True):
        for file, data in files:
            defined += _take_file(file, data, facts, first_places, reading)
    return Facts(**facts), reading.problems, tuple(defined)


# What may define an id in a file that broke off: any indented key. Too many ids spare a user noise, no more.
_KEY = re.compile(r"^ +([a-z0-9][a-z0-9._-]{0,63}):", re.MULTILINE)


def _take_file(
    file: str,
    data: bytes,
    facts: Mapping[str, dict[str, Any]],
    first_places: dict[str, Where],
    reading: Reading,
) -> list[Defined]:
    """Add what a file holds to `facts`; every record that it defines, or may define where it broke off."""
    parsed = parse_yaml(file, data)
    reading.problems += parsed.problems
    tell_doubts(file, data, parsed.root, reading)
    reading.commented |= {(file, line) for line in parsed.commented}
    defined: list[Defined] = []
    if isinstance(parsed.root, located_yaml.Mapping):
        defined = _take_kinds(parsed.root, facts, first_places, reading)
    elif parsed.root is not None:
        wrong_type(parsed.root, "a file of facts", "kinds of facts", reading)
    if not parsed.complete:
        keys = _KEY.findall(data.decode("utf-8", "replace"))
        defined += [Defined(id=key, where=Where(file=file)) for key in keys]
    return defined


def _take_kinds(
    root: located_yaml.Mapping,
    facts: Mapping[str, dict[str, Any]],
    first_places: dict[str, Where],
    reading: Reading,
) -> list[Defined]:
    defined: list[Defined] = []
    for kind, node in root.held.items():
        if kind not in KINDS:
            mend = indent_hint(kind) or reading.near(kind, KINDS)
            reading.tell(node.key_where, f"{shown(kind)} is no kind of fact", mend)
            if reading.has_enough(node.file):
                break
        elif isinstance(node, located_yaml.Mapping):
            for id_, fields in node.held.items():
                fact, where = None, fields.key_where
                if not reading.has_enough(where.file) and _is_new(id_, where, first_places, reading):
                    fact = build(KINDS[kind], fields, where, reading, id=id_)
                if fact is not None:
                    facts[kind][id_] = fact
                mentions = frozenset() if fact is not None else frozenset(_scalars(fields))
                defined.append(maker(Defined)(id=id_, where=where, mentions=mentions))
        elif not (
            isinstance(node, Scalar) and node.plain and not node.text
        ):  # a kind without facts yet is fine
            wrong_type(node, repr(kind), "ids, each with its fields", reading)
    return defined


def _scalars(node: located_yaml.Node) -> Iterator[str]:
    """Every text in a node: among those of a record left out are the ids that it names."""
    match node:
        case Scalar(text=text):
            yield text
        case located_yaml.Sequence(items=items):
            for item in items:
                yield from _scalars(item)
        case located_yaml.Mapping(held=held):
            for value in held.values():
                yield from _scalars(value)


def _is_new(id_: str, where: Where, first_places: dict[str, Where], reading: Reading) -> bool:
    """Note where an id is defined; tell it if it is none, or defined elsewhere already."""
    mistake = id_mistake(id_)
    if mistake:
        reading.tell(where, *mistake)
        return False
    first = first_places.setdefault(id_, where)
    if first is not where:
        message = f"the id {id_!r} is defined a second time; first at {first}"
        reading.tell(where, message, "ids are unique over all kinds of facts")
        return False
    return True
