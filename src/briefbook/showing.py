"""Facts as templates see them: what counts by a known-by day, turned into words with their origin.

`View` is one way of looking at a book's facts: a day, a known-by day and a language. It decides which
statements count and shows a fact through them; which facts a memo shows is `select.py`'s business.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date
from typing import TypeVar
from urllib.parse import quote

from briefbook.cited import Cited, merged, opening, web_address
from briefbook.dates import PartialDate, days_between
from briefbook.document import Origin
from briefbook.facts import (
    Facts,
    Forum,
    Meeting,
    MeetingStatement,
    Participation,
    Point,
    Priority,
    PriorityStatement,
    Says,
    Source,
    Statement,
    Wording,
)
from briefbook.frozen import frozen
from briefbook.index import Index
from briefbook.selection import (
    Attendee,
    Claim,
    Conflict,
    ShownForum,
    ShownMeeting,
    ShownPoint,
    ShownPriority,
    ShownSource,
    Side,
    Update,
    When,
    Words,
)
from briefbook.state import (
    AHEAD,
    MeetingState,
    Publication,
    Standing,
    is_possible,
    state_of,
    visible_statements,
)
from briefbook.turns import leading, tells_status_alone

S = TypeVar("S", bound=Statement)


@frozen
class View:
    """The facts as known by one day and judged from another, in one language."""

    index: Index
    day: date
    known_by: date
    language: str
    archive: str | None = None  # the address under which the book's archived texts are
    _forums: dict[str, ShownForum] = field(default_factory=dict, init=False, compare=False, repr=False)
    _sources: dict[str, ShownSource] = field(default_factory=dict, init=False, compare=False, repr=False)
    _told: dict[str, list[PriorityStatement]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    _opens: dict[str, str | None] = field(default_factory=dict, init=False, compare=False, repr=False)
    _standings: dict[str, Standing | None] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @property
    def facts(self) -> Facts:
        """All that is on file, whether it counts or not."""
        return self.index.facts

    @property
    def published(self) -> Mapping[str, Publication]:
        """When each source counts."""
        return self.index.published

    # ---------------------------------------------------------------- which statements count

    def counts(self, source: str) -> bool:
        """True when a source was out by the known-by day, and not withdrawn by then."""
        published = self.index.published.get(source)
        return published is not None and published.counts(self.known_by)

    def was_out(self, source: str) -> bool:
        """True when a source was out by the known-by day, whatever became of it since.

        Markings ask this: what was once read in a source may be in the words that a person wrote.
        """
        return source in self.published and self.published[source].counts_from <= self.known_by

    def counting(self, statements: Sequence[S]) -> list[S]:
        """The statements that count, the latest published first; of one day in the order of the file."""
        seen = [s for s in statements if self.counts(s.source)]
        if len(seen) > 1:
            published = self.index.published
            seen.sort(key=lambda s: published[s.source].counts_from, reverse=True)
        return seen

    def standing(self, meeting: Meeting) -> Standing | None:
        """The state of a meeting; None where no counting source names it."""
        if meeting.id not in self._standings:
            statements = visible_statements(meeting, self.published, self.known_by)
            self._standings[meeting.id] = state_of(statements, self.published, self.day)
        return self._standings[meeting.id]

    def is_yet_to_be(self, meeting: str) -> bool:
        """True for a meeting that on the day is still ahead, or not on file."""
        standing = self.standing(self.facts.meetings[meeting])
        return standing is None or standing.state in AHEAD

    def told_of(self, priority: Priority) -> list[PriorityStatement]:
        """What counts of a priority, the newest first.

        In hindsight without what later sources alone tell of a meeting that on the day is still ahead.
        """
        if priority.id not in self._told:
            self._told[priority.id] = self._told_of(priority)
        return self._told[priority.id]

    def _told_of(self, priority: Priority) -> list[PriorityStatement]:
        return [
            s
            for s in self.counting(priority.statements)
            if s.meeting is None
            or self.published[s.source].counts_from <= self.day
            or not self.is_yet_to_be(s.meeting)
        ]

    def is_on_file(self, id_: str) -> bool:
        """True when a counting source says something of the fact that can be, or where it needs no source."""
        if id_ in self.facts.sources:
            return self.counts(id_)
        if id_ in self.facts.meetings:
            return self.standing(self.facts.meetings[id_]) is not None
        if id_ in self.facts.priorities:  # an update alone, without what it is on, is no priority
            return any(self.counts(s.source) and s.force for s in self.facts.priorities[id_].statements)
        if id_ in self.facts.background:
            return any(self.counts(s.source) for s in self.facts.background[id_].statements)
        if id_ in self.facts.forums:
            return self._is_forum_on_file(self.facts.forums[id_])
        return self.facts.find(id_) is not None

    def _is_forum_on_file(self, forum: Forum) -> bool:
        """True when a counting source names the forum, or tells of a meeting or a priority of it."""
        told = (*self.index.meetings_of.get(forum.id, ()), *self.index.priorities_of.get(forum.id, ()))
        return bool(self.counting(forum.statements)) or any(self.is_on_file(fact.id) for fact in told)

    # ----------------------------------------------------------------------------- citations

    def opens(self, source: str) -> str | None:
        """The address of the web that opens a source: its own, else that of its archived text."""
        if source not in self._opens:
            self._opens[source] = self._address(self.facts.sources[source])
        return self._opens[source]

    def _address(self, source: Source) -> str | None:
        own = web_address(source.address) if source.address else None
        if own is not None or self.archive is None or source.text is None:
            return own
        return web_address(f"{self.archive.rstrip('/')}/{quote(source.text, safe='')}")

    def cited(self, statements: Iterable[Statement], before: tuple[Cited, ...] = ()) -> tuple[Cited, ...]:
        """The sources of some statements, each once, in order, after those of `before`.

        Each opens at the evidence of these statements, where it can be opened.
        """
        cited = [*before, *[self.cited_at(s.source, s.evidence) for s in statements]]
        return tuple(cited) if len(cited) < 2 else merged(cited)

    def cited_at(self, source: str, evidence: tuple[str, ...] = ()) -> Cited:
        """A source, to be opened at some fragments of its text."""
        address = self.opens(source)
        return Cited(source, None if address is None else opening(address, evidence))

    # ------------------------------------------------------------------------- words and dates

    def words(self, wording: Wording, fact: str, field: str) -> Words:
        """A person's text in the view's language, else in its own, tagged as such."""
        if (text := wording.texts.get(self.language)) is not None:
            return Words(text, Origin(fact=fact, field=field))
        language, text = wording.best(self.language)
        return Words(text, Origin(fact=fact, field=field), None if language == self.language else language)

    def maybe(self, wording: Wording | None, fact: str, field: str) -> Words | None:
        """The same for a text that may be missing."""
        return None if wording is None else self.words(wording, fact, field)

    def name(self, id_: str) -> Words:
        """The name of a person, organisation or forum; the id itself where there is none."""
        names = self.index.names.setdefault(self.language, {})
        found = names.get(id_)
        if found is None:
            found = names[id_] = self._name(id_)
        return found

    def _name(self, id_: str) -> Words:
        if id_ in self.facts.people:
            return Words(self.facts.people[id_].name, Origin(fact=id_, field="name"))
        for named in (self.facts.organisations, self.facts.forums):
            fact = named.get(id_)
            if fact is not None:
                return self.words(fact.name, id_, "name")
        return Words(id_, Origin(fact=id_, field="id"))

    def name_in_text(self, id_: str) -> Words:
        """The name as a sentence uses it: "the United States"."""
        names = self.index.names_in_text.setdefault(self.language, {})
        found = names.get(id_)
        if found is None:
            found = names[id_] = self._name_in_text(id_)
        return found

    def _name_in_text(self, id_: str) -> Words:
        named = self.facts.organisations.get(id_) or self.facts.forums.get(id_)
        if named is not None and named.in_text is not None:
            return self.words(named.in_text, id_, "in_text")
        return self.name(id_)

    def maybe_name(self, id_: str | None) -> Words | None:
        """The name in text behind an id that may be missing."""
        return None if id_ is None else self.name_in_text(id_)

    def when(self, when: PartialDate | None, fact: str, basis: Statement | None = None) -> When:
        """A date with what its statement tells of it."""
        origin = Origin(fact=fact, field="date")
        days = days_between(self.day, when.first) if when and when.is_exact else None
        if basis is None:
            return When(date=when, origin=origin, days_until=days)
        of_meeting = basis if isinstance(basis, MeetingStatement) else None
        return When(
            date=when,
            origin=origin,
            wording=Words(basis.date_as, Origin(fact=fact, field="date_as")) if basis.date_as else None,
            inferred=self.maybe(basis.inferred, fact, "inferred") if when else None,
            days_until=days,
            time=of_meeting.time if of_meeting else None,
            zone=of_meeting.zone if of_meeting else None,
        )

    # ----------------------------------------------------------------------------------- facts

    def forum(self, forum: Forum) -> ShownForum:
        """A forum by its names and sides; every meeting of it shows the same."""
        if forum.id not in self._forums:
            self._forums[forum.id] = self._forum(forum)
        return self._forums[forum.id]

    def _forum(self, forum: Forum) -> ShownForum:
        return ShownForum(
            id=forum.id,
            name=self.words(forum.name, forum.id, "name"),
            in_text=self.maybe(forum.in_text, forum.id, "in_text"),
            short=Words(forum.short, Origin(fact=forum.id, field="short")) if forum.short else None,
            kind=forum.kind,
            sides=tuple(self.name(side) for side in forum.sides),
            sources=self.cited(self.counting(forum.statements)),
        )

    def meeting(self, meeting: Meeting, *, partly_in_range: bool = False) -> ShownMeeting | None:
        """A meeting in its state; None where no counting source names it."""
        standing = self.standing(meeting)
        if standing is None:
            return None
        told = [s for s in self.counting(meeting.statements) if is_possible(s, self.published[s.source])]
        is_held, when = standing.state is MeetingState.HELD, standing.date
        of_state = [s for s in told if (s.says is Says.HELD) is is_held]
        located = next(iter([s for s in (*of_state, *told) if s.place]), None)
        purposeful = next(iter([s for s in told if s.purpose]), None)
        dated = next(iter([s for s in (*standing.basis, *told) if s.date is when or s.date == when]), None)
        peopled = [s for s in of_state if s.participants] or [s for s in told if s.participants]
        withheld = bool([s for s in told if s.withheld])
        each = (*standing.basis, dated, located, None if is_held else purposeful)
        rests_on = {id(s): s for s in each if s is not None}.values()  # mostly one, that tells all
        return ShownMeeting(
            id=meeting.id,
            forum=self.forum(self.facts.forums[meeting.forum]),
            title=self.maybe(meeting.title, meeting.id, "title"),
            ordinal=meeting.ordinal,
            state=standing.state,
            when=self.when(when, meeting.id, dated),
            place=self.maybe(located.place, meeting.id, "place") if located else None,
            place_is_planned=is_held and located is not None and located.says is not Says.HELD,
            purpose=self.maybe(purposeful.purpose, meeting.id, "purpose") if purposeful else None,
            sides=self._sides(meeting, peopled, withheld=withheld),
            people_are_withheld=withheld,
            people_are_planned=is_held and bool([s for s in peopled if s.says is not Says.HELD]),
            postponed=standing.postponed,
            ambiguous=standing.ambiguous,
            notes=tuple(self.words(s.note, meeting.id, "note") for s in told if s.note),
            conflicts=tuple(self._conflict(meeting, s) for s in standing.conflicts),
            partly_in_range=partly_in_range,
            sources=self.cited(rests_on),
            people_sources=self.cited(peopled),
        )

    def _conflict(self, meeting: Meeting, statement: MeetingStatement) -> Conflict:
        when = self.when(statement.date, meeting.id, statement)
        return Conflict(says=statement.says, when=when, sources=self.cited([statement]))

    def _sides(
        self, meeting: Meeting, peopled: Sequence[MeetingStatement], *, withheld: bool
    ) -> tuple[Side, ...]:
        """Every side of the forum with the people that these statements name, the newest statement first.

        Where some are `withheld`, only those of which somebody is named: the others may have had people too.
        """
        people: dict[str, dict[str, Attendee]] = {}  # by side
        sideless: dict[str, Attendee] = {}
        for statement in peopled:
            for one in statement.participants:
                named = sideless if one.side is None else people.setdefault(one.side, {})
                who = one.person or one.organisation or ""
                if who not in named:
                    named[who] = self._attendee(meeting.id, one, who)
        shown = [
            Side(name=self.name(s), in_text=self.name_in_text(s), people=tuple(people.get(s, {}).values()))
            for s in dict.fromkeys((*self.facts.forums[meeting.forum].sides, *people))
        ]
        placed = {who for of_side in people.values() for who in of_side} if sideless else ()
        others = tuple([attendee for who, attendee in sideless.items() if who not in placed])
        if others:
            shown.append(Side(name=Words(""), in_text=Words(""), people=others))
        return tuple([side for side in shown if side.people]) if withheld else tuple(shown)

    def _attendee(self, meeting: str, one: Participation, who: str) -> Attendee:
        spelled = one.spelled and Words(one.spelled, Origin(fact=meeting, field="participants"))
        return Attendee(
            name=spelled or self.name(who),
            post=self.maybe(one.post, meeting, "participants"),
            role=self.maybe(one.role, meeting, "participants"),
            is_body=one.organisation is not None,
        )

    def priority(self, priority: Priority) -> ShownPriority | None:
        """A priority with the firmest force that a counting source gives it; None where none does."""
        told = self.told_of(priority)
        lead = leading(told)
        if lead is None:
            return None
        assert lead.force is not None  # as `leading` promises
        latest = next((s for s in told if s.status), None)
        updates = [s for s in told if s.update or (s is latest and s is not lead)]
        of_status = [s for s in told if tells_status_alone(s)]
        status_by = [s for s in of_status if latest and s.status is latest.status]  # the others are outdated
        on_text = [lead, *(s for s in told if s is not lead and s not in updates and s not in of_status)]
        if latest is lead and not lead.update:  # its status stands behind the text
            on_text += status_by
        return ShownPriority(
            id=priority.id,
            text=self.words(priority.text, priority.id, "text"),
            force=lead.force,
            by=tuple(self.name_in_text(who) for who in lead.by),
            said_by=self.maybe_name(lead.said_by),
            said_as=self.maybe(lead.said_as, priority.id, "said_as"),
            when=self.when(lead.date, priority.id, lead),
            status=latest.status if latest else None,
            updates=tuple(self._update(priority, s, status_by if s is latest else None) for s in updates),
            sources=self.cited(on_text),
        )

    def _update(
        self, priority: Priority, statement: PriorityStatement, status_by: list[PriorityStatement] | None
    ) -> Update:
        """Progress as a statement tells it; its status only where it is the latest, with who else says it."""
        return Update(
            status=None if status_by is None else statement.status,
            text=self.maybe(statement.update, priority.id, "update"),
            when=self.when(statement.date, priority.id, statement),
            sources=self.cited([statement, *(status_by or ())]),
        )

    def point(self, point: Point, forum: ShownForum | None) -> ShownPoint | None:
        """A background point; with one counting claim it is plain text, with two that differ a dispute."""
        told = [s for s in point.statements if self.counts(s.source)]
        if not told:
            return None
        claims: dict[str, Claim] = {}
        for statement in told:
            if statement.claim:
                claim = self.words(statement.claim, point.id, "claim")
                known = claims.get(claim)
                sources = self.cited([statement], known.sources if known else ())
                said_by = known.said_by if known else self.maybe_name(statement.said_by)
                claims[claim] = Claim(text=claim, said_by=said_by, sources=sources)
        is_disputed = len(claims) > 1
        text = self.maybe(point.text, point.id, "text")
        if text is None and not is_disputed:
            text = next(iter(claims.values())).text
        return ShownPoint(
            id=point.id,
            forum=forum,
            title=self.maybe(point.title, point.id, "title"),
            text=text,
            claims=tuple(claims.values()) if is_disputed else (),
            say=self.maybe(point.say, point.id, "say") if is_disputed else None,
            sources=self.cited(told),
        )

    def source(self, source: Source) -> ShownSource:
        """A source with how its day of publication is known."""
        if source.id not in self._sources:
            self._sources[source.id] = self._source(source)
        return self._sources[source.id]

    def _source(self, source: Source) -> ShownSource:
        published = When(
            date=source.published,
            origin=Origin(fact=source.id, field="published"),
            wording=Words(source.published_as, Origin(fact=source.id, field="published_as"))
            if source.published_as
            else None,
            inferred=self.maybe(source.inferred, source.id, "inferred"),
        )
        grade = source.grade
        return ShownSource(
            id=source.id,
            short=self.words(source.short, source.id, "short"),
            title=Words(source.title, Origin(fact=source.id, field="title"), self._foreign(source.language))
            if source.title
            else None,
            publisher=self.name(source.publisher) if source.publisher else None,
            author=self.maybe_name(source.author),
            speaks=tuple(self.name_in_text(who) for who in source.speaks),
            published=published,
            dateline=Words(source.dateline, Origin(fact=source.id, field="dateline"))
            if source.dateline
            else None,
            reliability=grade.reliability if grade else None,
            credibility=grade.credibility if grade else None,
            graded_by=self.maybe(grade.by if grade else None, source.id, "grade"),
            note=self.maybe(source.note, source.id, "note"),
            address=source.address,
            opens=self.opens(source.id),
        )

    def _foreign(self, language: str | None) -> str | None:
        return None if language == self.language else language
