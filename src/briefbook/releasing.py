"""A book as some may see it: what is marked higher is taken out before anything is selected.

Whatever a variant shows, counts, numbers or calls the latest follows from what is left alone, so nothing of
the rest can reach it. Taken out is also what names or rests on what was taken out: a statement that quotes
somebody who is gone, a point whose text names them, words of a person that rest on a statement that went.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

from briefbook.diagnostics import Placed, Problem, Where, place_of
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
    PriorityStatement,
    Source,
    Statement,
    Variant,
    statements_of,
)
from briefbook.frozen import frozen
from briefbook.handling import Marker, deeds_of
from briefbook.marking import Marking, Scheme, variant_name
from briefbook.memo import (
    BOTTOM_LINE,
    PASSAGES,
    SLOTS,
    Book,
    ForumScope,
    Judgement,
    MarkingSpec,
    MeetingScope,
    Memo,
    RangeScope,
    Reference,
    Scope,
    SectionSpec,
)

S = TypeVar("S", bound=Statement)
J = TypeVar("J", bound=Judgement)
_SHORTEST = 2  # letters of a word: de, la, of
MEMO = "memo"  # the kind of what is a memo's own
ITS_MARKING = "its marking"
OF_ITS_SOURCES = "the marking of a source or statement that it rests on"
RESTS_ON = "it names or rests on what was removed"


@frozen
class Removed:
    """Something that a variant does not have: a fact or a part of it, or a part of the memo itself."""

    kind: str  # the key of a kind of facts, or "memo"
    id: str
    field: str | None  # None: the whole
    marking: Marking
    why: str
    where: Where


@frozen
class Released:
    """A book for release, its memos under the names of their variants, what was removed, and what cannot be.

    `removed` is by the id of the memo as the full book has it for what is a memo's, else of the fact's.
    """

    book: Book
    removed: tuple[Removed, ...]
    problems: tuple[Problem, ...]


def released(book: Book, release: Marking, memos: Sequence[Memo]) -> Released:
    """The book as those may see it to whom `release` may go, with the variants of some memos.

    A memo that cannot be released, as its own words are marked higher or it is on what went, is a problem.
    """
    spec = book.settings.marking
    assert spec is not None
    sieve = _Sieve(book.facts, spec, release)
    facts = sieve.facts()
    removed = list(sieve.removed(facts))
    variants: dict[str, Memo] = {}
    problems: list[Problem] = []
    for memo in memos:
        try:
            variant = _MemoSieve(sieve, facts, memo, removed).variant()
        except _NotReleasable as refusal:
            problems.append(refusal.problem)
        else:
            variants[variant.id] = variant
    settings = replace(book.settings, marking=_seen_from(spec, release), mail=None)
    told = replace(book, settings=settings, facts=_discreet(facts, book.facts), memos=variants)
    return Released(book=told, removed=tuple(removed), problems=tuple(problems))


def _seen_from(spec: MarkingSpec, release: Marking) -> MarkingSpec:
    """The scheme without the levels and caveats that are not released."""
    scheme: Scheme = spec.scheme
    known = scheme.known(release)
    own = replace(
        scheme,
        levels=scheme.levels[: scheme.rank(release) + 1],
        caveats=tuple(caveat for caveat in scheme.caveats if caveat.id in known.caveats),
    )
    is_seen = spec.default is not None and scheme.allows(release, spec.default)
    return replace(spec, scheme=own, default=spec.default if is_seen else None)


def _discreet(left: Facts, full: Facts) -> Facts:
    """Facts without the fragments of evidence that name whom or what was taken out: they stand in addresses.

    Of a statement from which participants were taken no fragment stays: it may spell them in any way.
    """
    gone = [fact for kind in full.kinds().values() for fact in kind.values() if left.find(fact.id) is None]
    named = [fact for fact in gone if isinstance(fact, Person | Organisation | Forum)]
    people = {word for fact in named if isinstance(fact, Person) for word in _words(" ".join(_called(fact)))}
    others = [fact for fact in named if not isinstance(fact, Person)]
    names = {name.casefold() for fact in others for name in _called(fact)}

    def tells(fragment: str) -> bool:
        text = fragment.casefold()
        return not people.isdisjoint(_words(fragment)) or any(name in text for name in names)

    def discreet(statement: Statement) -> Statement:
        is_cut = isinstance(statement, MeetingStatement) and statement.withheld
        kept = () if is_cut else tuple(each for each in statement.evidence if not tells(each))
        return statement if kept == statement.evidence else replace(statement, evidence=kept)

    def cleared(fact: Fact) -> Fact:
        told: dict[str, Any] = {"statements": tuple(map(discreet, statements_of(fact)))}
        return replace(fact, **told) if statements_of(fact) else fact

    own: dict[str, Any] = {
        kind: {id_: cleared(fact) for id_, fact in facts.items()} for kind, facts in left.kinds().items()
    }
    return Facts(**own)


def _called(fact: Person | Organisation | Forum) -> Iterator[str]:
    """All names that a fact goes by."""
    if isinstance(fact, Person):
        yield fact.name
    else:
        for wording in (fact.name, fact.in_text):
            yield from wording.texts.values() if wording else ()
        yield from (fact.short,) if fact.short else ()
    yield from (variant.text for variant in fact.variants)


def _words(text: str) -> frozenset[str]:
    """The words of a name or fragment that may tell who is meant: without the shortest."""
    return frozenset(word for word in re.findall(r"\w+", text.casefold()) if len(word) > _SHORTEST)


class _Sieve:
    """Takes facts out until nothing that is left names or rests on what is gone."""

    def __init__(self, facts: Facts, spec: MarkingSpec, release: Marking) -> None:
        self.scheme = spec.scheme
        self.release = release
        self.marker = Marker(facts, spec)
        self.full = facts
        self._left: dict[str, Fact] = {}

    def allows(self, marking: Marking | None) -> bool:
        """Whether a piece with this marking may be seen; one that carries none may."""
        return marking is None or self.scheme.allows(self.release, marking)

    def facts(self) -> Facts:
        """What is left. What goes can make more go, so it is gone through until nothing changes."""
        kinds = self.full.kinds()
        self._left = {id_: fact for facts in kinds.values() for id_, fact in facts.items()}
        changed = True
        while changed:
            changed = False
            for id_, fact in list(self._left.items()):
                kept = self._kept(fact)
                if kept is None:
                    del self._left[id_]
                elif kept != fact:
                    self._left[id_] = kept
                changed = changed or kept != fact
        own: dict[str, Any] = {
            kind: {id_: self._left[id_] for id_ in facts if id_ in self._left}
            for kind, facts in kinds.items()
        }
        return Facts(**own)

    def is_gone(self, *ids: str | None) -> bool:
        """Whether any of these facts was on file and is not any more."""
        return any(
            id_ is not None and id_ not in self._left and self.full.find(id_) is not None for id_ in ids
        )

    def _here(self, ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(id_ for id_ in ids if not self.is_gone(id_))

    def _variants(self, variants: Iterable[Variant]) -> tuple[Variant, ...]:
        return tuple(variant for variant in variants if not self.is_gone(variant.source))

    def _statements(self, statements: Iterable[S]) -> tuple[S, ...]:
        return tuple(kept for each in statements if (kept := self._statement(each)) is not None)

    def _statement(self, statement: S) -> S | None:
        if not self.allows(self.marker.statement(statement)):
            return None
        by = deeds_of(statement) if isinstance(statement, PriorityStatement) else ()
        if self.is_gone(statement.source, statement.said_by, *by):
            return None
        if isinstance(statement, MeetingStatement):
            people = tuple(
                each
                for each in statement.participants
                if not self.is_gone(each.person, each.organisation, each.side)
            )
            if people != statement.participants:
                return replace(statement, participants=people, withheld=True)
        return statement

    def _kept(self, fact: Fact) -> Fact | None:
        """A fact without what may not be seen of it; None where nothing of it may."""
        if not self.allows(fact.marking):
            return None
        match fact:
            case Source():
                is_named = self.is_gone(fact.publisher, fact.author, *fact.speaks)
                return None if is_named or not self.allows(self.marker.source(fact)) else fact
            case Organisation():
                side = None if self.is_gone(fact.side) else fact.side
                return replace(fact, side=side, variants=self._variants(fact.variants))
            case Person():
                return replace(fact, variants=self._variants(fact.variants))
            case Forum():
                return self._forum(fact)
            case Meeting():
                return self._meeting(fact)
            case Priority():
                return self._priority(fact)
            case Point():
                return self._point(fact)

    def _is_whole(self, fact: Fact, statements: Sequence[Statement]) -> bool:
        """Whether a fact's own words may be seen: a person marked them, or no statement of it went."""
        return fact.marking is not None or len(statements) == len(
            statements_of(self.full.find(fact.id) or fact)
        )

    def _forum(self, forum: Forum) -> Forum | None:
        told = self._statements(forum.statements)
        if not told and not self._is_whole(forum, told):
            return None
        questions = forum.questions if self._is_whole(forum, told) else ()
        variants = self._variants(forum.variants)
        sides = self._here(forum.sides)
        return replace(forum, statements=told, variants=variants, sides=sides, questions=questions)

    def _meeting(self, meeting: Meeting) -> Meeting | None:
        told = self._statements(meeting.statements)
        if not told or self.is_gone(meeting.forum):
            return None
        if self._is_whole(meeting, told):
            return replace(meeting, statements=told)
        return replace(meeting, statements=told, title=None, ordinal=None, questions=())

    def _priority(self, priority: Priority) -> Priority | None:
        told = self._statements(priority.statements)
        if not told or self.is_gone(priority.forum, priority.meeting) or not self._is_whole(priority, told):
            return None
        rewords = None if self.is_gone(priority.rewords) else priority.rewords
        is_cut = rewords != priority.rewords or len(told) < len(priority.statements)
        withheld = priority.withheld or is_cut
        return replace(priority, statements=told, rewords=rewords, withheld=withheld)

    def _point(self, point: Point) -> Point | None:
        told = self._statements(point.statements)
        forums, meetings = self._here(point.forums), self._here(point.meetings)
        is_homeless = not (forums or meetings) and bool(point.forums or point.meetings)
        if not told or is_homeless or self.is_gone(*point.about):
            return None
        kept = replace(point, statements=told, forums=forums, meetings=meetings)
        if self._is_whole(point, told):
            return kept
        if not all(statement.claim for statement in told):
            return None  # what there is to print are its own words
        return replace(kept, title=None, text=None, say=None, questions=())

    # ------------------------------------------------------------------------- what was removed

    def removed(self, left: Facts) -> Iterator[Removed]:
        """What of the facts is not left, in the order of the files."""
        for kind, facts in self.full.kinds().items():
            for id_, fact in facts.items():
                marking = self.marker.fact(id_, lambda _: True) or self.marker.default
                kept = left.find(id_)
                if kept is None:
                    own = marking if isinstance(fact, Source) else fact.marking
                    yield self._told(kind, id_, None, marking, fact.where, own)
                else:
                    yield from self._parts(kind, fact, kept, marking)

    def _parts(self, kind: str, fact: Fact, kept: Fact, whole: Marking) -> Iterator[Removed]:
        """The fields of a fact that went, of a list each item."""
        for each in fields(fact):
            before, after = getattr(fact, each.name), getattr(kept, each.name)
            if not each.compare or before == after:
                continue
            if not isinstance(before, tuple):
                yield self._told(kind, fact.id, each.name, whole, place_of(fact, each.name), fact.marking)
                continue
            left_at = [getattr(item, "where", None) for item in after]
            for place, item in enumerate(before):
                if item in after:
                    continue
                marking, where, own = whole, place_of(fact, each.name, place), fact.marking
                if isinstance(item, Statement):
                    marking, where, own = self.marker.statement(item), item.where, item.marking
                name = "participants" if isinstance(item, Statement) and where in left_at else each.name
                yield self._told(kind, fact.id, name, marking, where, own)

    def why(self, marking: Marking, own: Marking | None) -> str:
        """Why something went, by its marking as a whole and the one that a person gave it, if any."""
        if self.allows(marking):
            return RESTS_ON
        return OF_ITS_SOURCES if self.allows(own) else ITS_MARKING

    def _told(
        self, kind: str, id_: str, field: str | None, marking: Marking, where: Where, own: Marking | None
    ) -> Removed:
        why = self.why(marking, own)
        return Removed(
            kind=kind, id=id_, field=field, marking=self.scheme.known(marking), why=why, where=where
        )


# ------------------------------------------------------------------------------------ the memo


class _NotReleasable(Exception):  # noqa: N818 – it is an answer, not an error of the program
    def __init__(self, where: Where, message: str, hint: str) -> None:
        super().__init__(message)
        self.problem = Problem(where=where, message=message, hint=hint)


class _MemoSieve:
    """Makes the variant of one memo."""

    def __init__(self, sieve: _Sieve, left: Facts, memo: Memo, removed: list[Removed]) -> None:
        """What goes is added to `removed`."""
        self._sieve = sieve
        self._left = left
        self._memo = memo
        self._removed = removed
        self._slots: dict[str, bool] = {}  # by id whether it stays

    def variant(self) -> Memo:
        """The memo as it may be seen. Raises _NotReleasable."""
        memo, sieve = self._memo, self._sieve
        own = sieve.marker.memo(memo)
        to = sieve.scheme.banner(sieve.release)
        if not sieve.allows(own):
            message = (
                f"memo {memo.id!r} itself is marked {sieve.scheme.banner(own)}: it has no variant for {to}"
            )
            hint = "its title, subject and addressees are so; where they are not, give it its own 'marking'"
            raise _NotReleasable(place_of(memo, "marking"), message, hint)
        scope = self._scope(memo.scope)
        passages: dict[str, Any] = {
            name: self._lines(name, getattr(memo, name)) for name in (*PASSAGES, SLOTS)
        }
        self._slots = {slot.id: slot in passages[SLOTS] for slot in memo.slots}
        sections = tuple(kept for spec in memo.sections if (kept := self._section(spec)) is not None)
        if scope is None or (memo.sections and not sections):
            message = f"nothing of memo {memo.id!r} may be shown to {to}"
            raise _NotReleasable(memo.where, message, "what it is on is marked higher")
        lines = self._lines(BOTTOM_LINE, memo.bottom_lines)
        return replace(
            memo,
            id=f"{memo.id}.{variant_name(sieve.scheme, sieve.release)}",
            reference=memo.reference or memo.id,
            scope=scope,
            sections=sections,
            bottom_lines=lines,
            **passages,
            schedule=None,
            deliver=None,
            written=None,  # it has all that went
            is_variant=True,
        )

    def _scope(self, scope: Scope) -> Scope | None:
        match scope:
            case ForumScope(forums=forums):
                kept = self._here(forums)
                return ForumScope(forums=kept) if kept else None
            case MeetingScope(meetings=meetings):
                kept = self._here(meetings)
                return MeetingScope(meetings=kept) if kept else None
            case RangeScope():
                return scope

    def _here(self, references: Iterable[Reference]) -> tuple[Reference, ...]:
        return tuple(each for each in references if self._left.find(each.id) is not None)

    def _lines(self, field: str, lines: Iterable[J]) -> tuple[J, ...]:
        """A person's lines that stay."""
        return tuple(line for line in lines if self._has_line(field, line))

    def _has_line(self, field: str, line: Judgement) -> bool:
        marking = self._sieve.marker.judgement(line, self._memo, lambda _: True)
        stays = self._sieve.allows(marking) and len(self._here(line.rests_on)) == len(line.rests_on)
        return stays or self._tell(field, marking, line)

    def _shown(self, references: Iterable[Reference]) -> tuple[Reference, ...]:
        """Those of what a section names that stay: slots of the memo, and facts."""
        return tuple(
            each for each in references if self._slots.get(each.id, self._left.find(each.id) is not None)
        )

    def _is_here(self, key: str) -> bool:
        return self._slots.get(key, not self._sieve.is_gone(key))

    def _section(self, spec: SectionSpec) -> SectionSpec | None:
        only, without = self._shown(spec.only), self._shown(spec.without)
        if all(map(self._sieve.allows, spec.markings)) and (only or not spec.only):
            ranks = {key: rank for key, rank in spec.ranks.items() if self._is_here(key)}
            return replace(spec, only=only, without=without, ranks=ranks, ranked=())
        marking = self._sieve.scheme.fold(spec.markings) or self._sieve.marker.memo(self._memo)
        self._tell("sections", marking, spec)
        return None

    def _tell(self, field: str, marking: Marking, record: Placed) -> bool:
        own: Marking | None = getattr(record, "marking", None)
        why = self._sieve.why(marking, own if isinstance(record, Judgement) else marking)
        known = self._sieve.scheme.known(marking)
        found = Removed(kind=MEMO, id=self._memo.id, field=field, marking=known, why=why, where=record.where)
        self._removed.append(found)
        return False
