"""The facts of a book: typed records with ids, and the statements that their sources make of them.

Everything here was written by a person into `facts/*.yaml`; nothing is derived. A record carries `where`,
the place it was read from, which is not part of equality. `docs/facts.md` tells the same field by field.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from enum import StrEnum

from briefbook.dates import PartialDate
from briefbook.diagnostics import NOWHERE, Places, Where
from briefbook.frozen import frozen
from briefbook.marking import Marking


@frozen
class Wording:
    """What a person wrote in one or more languages (BCP 47 tag → text); never empty."""

    texts: Mapping[str, str]
    where: Where = field(default=NOWHERE, compare=False, repr=False)

    def best(self, language: str) -> tuple[str, str]:
        """The text in `language`, else in a wider one (es for es-MX), else the first there is: (tag, text).

        A text in a wider one is in the language (RFC 4647, 3.4), so that is the tag it is given with.
        """
        if language in self.texts:
            return language, self.texts[language]
        wider = language.rpartition("-")[0]
        while wider:
            if wider in self.texts:
                return language, self.texts[wider]
            wider = wider.rpartition("-")[0]
        return next(iter(self.texts.items()))

    def is_in(self, language: str) -> bool:
        """True where `best` has a text in the language."""
        return self.best(language)[0] == language


# ---------------------------------------------------------------------------------- statements


class Says(StrEnum):
    """What a source says of a meeting."""

    ANNOUNCED = "announced"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    HELD = "held"


class Force(StrEnum):
    """How firm a priority is, from the firmest to the loosest. Only AGREED stands as agreed."""

    AGREED = "agreed"
    STATED_GOAL = "stated-goal"
    INTENDED = "intended"
    DISCUSSED = "discussed"
    ONE_SIDE = "one-side"
    WISH = "wish"
    POSSIBILITY = "possibility"


class Status(StrEnum):
    """How far a priority has come, as a source tells it."""

    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    DONE = "done"
    STALLED = "stalled"
    DROPPED = "dropped"


@frozen
class Participation:
    """Somebody at a meeting, with the post and spelling of that day.

    Exactly one of `person` and `organisation` (a delegation without names) is given;
    `side` is an organisation.
    """

    person: str | None = None
    organisation: str | None = None
    post: Wording | None = None  # `as:` on disk
    side: str | None = None
    role: Wording | None = None  # represents the delegation, welcomed the others …
    spelled: str | None = None  # where the source spells the name otherwise than the fact
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@frozen
class Statement:
    """What ONE source says of a fact, whatever the kind of fact.

    `evidence` holds fragments of at most eight words each from the source's text. `said_by` names the person,
    organisation or side whose words they are where it is not the publisher. `inferred` is the reason where
    WE turned "next Friday" into a day.
    """

    source: str
    evidence: tuple[str, ...] = ()
    said_by: str | None = None
    said_as: Wording | None = None  # the speaker's post on that day
    date: PartialDate | None = None
    date_as: str | None = None  # the source's own wording of the date
    inferred: Wording | None = None
    note: Wording | None = None
    marking: Marking | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@frozen
class MeetingStatement(Statement):
    """What one source says of a meeting."""

    says: Says
    time: str | None = None  # HH:MM
    zone: str | None = None  # IANA name, where `time` is given
    place: Wording | None = None
    purpose: Wording | None = None
    participants: tuple[Participation, ...] = ()
    withheld: bool = False  # some were taken out for release: of nobody it says that the source is silent


@frozen
class PriorityStatement(Statement):
    """What one source says of a priority; without `force` it is an update on one already told."""

    force: Force | None = None
    meeting: str | None = None  # at which it was said; with a force, the priority's own if not given
    by: tuple[str, ...] = ()  # who agreed, aims, wishes: organisations or people
    promised_by: tuple[str, ...] = ()  # who took it on: it makes the priority a commitment
    due: PartialDate | None = None  # by when
    status: Status | None = None
    update: Wording | None = None


@frozen
class PointStatement(Statement):
    """What one source says of a background point; differing claims of one point are a dispute."""

    claim: Wording | None = None


# --------------------------------------------------------------------------------------- facts


@frozen
class Variant:
    """Another spelling or name, and the source that uses it."""

    text: str
    source: str
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@frozen
class Grade:
    """A person's grade of a source (Admiralty code): reliability A–F, credibility 1–6. Never computed."""

    reliability: str | None = None
    credibility: str | None = None
    by: Wording | None = None


@frozen
class Withdrawn:
    """That a source is not to be relied on any more: from which day, and why."""

    on: date
    why: Wording
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@frozen
class Source:
    """A text that says things. `published` may be a span; `inferred` says why, where it is our reading."""

    id: str
    short: Wording  # how prose calls it: "the article on the call"
    published: PartialDate
    title: str | None = None
    publisher: str | None = None  # an organisation's id
    author: str | None = None  # a person's id
    speaks: tuple[str, ...] = ()  # who speaks through it: organisations or people
    published_as: str | None = None
    dateline: str | None = None
    inferred: Wording | None = None
    grade: Grade | None = None
    language: str | None = None
    text: str | None = None  # file name of the text, for `--sources DIR`
    sha256: str | None = None
    address: str | None = None
    note: Wording | None = None
    questions: tuple[Wording, ...] = ()
    withdrawn: Withdrawn | None = None
    marking: Marking | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@frozen
class Organisation:
    """A country, a ministry, a body, a publisher. `side` is the country it belongs to."""

    id: str
    name: Wording
    in_text: Wording | None = None  # how a sentence names it: "the United States"
    short: str | None = None
    kind: str | None = None
    side: str | None = None
    variants: tuple[Variant, ...] = ()
    note: Wording | None = None
    marking: Marking | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@frozen
class Person:
    """A person. Posts are never here: they stand in participations and statements, each with its day."""

    id: str
    name: str
    variants: tuple[Variant, ...] = ()
    note: Wording | None = None
    marking: Marking | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@frozen
class Forum:
    """Something that recurs or endures: a dialogue, a working group, a framework, an initiative, contacts."""

    id: str
    name: Wording
    in_text: Wording | None = None  # how a sentence names it: "the Fisheries Council"
    short: str | None = None
    kind: str | None = None
    sides: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    statements: tuple[Statement, ...] = ()
    questions: tuple[Wording, ...] = ()
    marking: Marking | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@frozen
class Meeting:
    """One meeting or call. Its state is never typed: `state.state_of` derives it from the statements."""

    id: str
    forum: str
    statements: tuple[MeetingStatement, ...]
    title: Wording | None = None
    ordinal: int | None = None
    questions: tuple[Wording, ...] = ()
    marking: Marking | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@frozen
class Priority:
    """Something that was agreed, aimed at, discussed or wished, in our own words."""

    id: str
    forum: str
    text: Wording
    statements: tuple[PriorityStatement, ...]
    meeting: str | None = None
    rewords: str | None = None  # the priority of the same forum that it puts into new words
    questions: tuple[Wording, ...] = ()
    marking: Marking | None = None
    # Something was taken out for release: of nothing it says that no source tells it.
    withheld: bool = field(default=False, compare=False)
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@frozen
class Point:
    """A background point. Without claims `text` is what is printed; with claims each claim is a sentence."""

    id: str
    statements: tuple[PointStatement, ...]
    forums: tuple[str, ...] = ()
    meetings: tuple[str, ...] = ()
    title: Wording | None = None
    text: Wording | None = None
    say: Wording | None = None  # what to say instead, where claims differ
    about: tuple[str, ...] = ()  # people, organisations and forums that the text names
    questions: tuple[Wording, ...] = ()
    marking: Marking | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


Fact = Source | Organisation | Person | Forum | Meeting | Priority | Point


@frozen
class Facts:
    """All facts of a book, by kind and id, in the order of the files. Ids are unique over all kinds."""

    sources: Mapping[str, Source] = field(default_factory=dict)
    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    forums: Mapping[str, Forum] = field(default_factory=dict)
    meetings: Mapping[str, Meeting] = field(default_factory=dict)
    priorities: Mapping[str, Priority] = field(default_factory=dict)
    background: Mapping[str, Point] = field(default_factory=dict)

    def kinds(self) -> Mapping[str, Mapping[str, Fact]]:
        """The seven kinds by the name of their key in the files."""
        return {
            "sources": self.sources,
            "organisations": self.organisations,
            "people": self.people,
            "forums": self.forums,
            "meetings": self.meetings,
            "priorities": self.priorities,
            "background": self.background,
        }

    def find(self, id_: str) -> Fact | None:
        """The fact with this id, of whatever kind."""
        return (
            self.sources.get(id_)
            or self.organisations.get(id_)
            or self.people.get(id_)
            or self.forums.get(id_)
            or self.meetings.get(id_)
            or self.priorities.get(id_)
            or self.background.get(id_)
        )


def earlier_wordings(priority: Priority, facts: Facts) -> tuple[Priority, ...]:
    """The priorities that one puts into new words, the latest first; each once, also where they go round."""
    if priority.rewords is None:
        return ()
    found: dict[str, Priority] = {priority.id: priority}
    before = facts.priorities.get(priority.rewords or "")
    while before is not None and before.id not in found:
        found[before.id] = before
        before = facts.priorities.get(before.rewords or "")
    return tuple(found.values())[1:]


def statements_of(fact: Fact) -> tuple[Statement, ...]:
    """The statements of a fact; sources, people and organisations have none."""
    match fact:
        case Forum() | Meeting() | Priority() | Point():
            return fact.statements
        case _:
            return ()
