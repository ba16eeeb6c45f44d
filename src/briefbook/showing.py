"""Facts as templates see them: what counts by a known-by day, turned into words with their origin.

`View` is one way of looking at a book's facts: a day, a known-by day and a language. It shows a fact through
the statements that count (`counting.py`); which facts a memo shows is `select.py`'s business.
"""

from collections.abc import Sequence
from dataclasses import field
from urllib.parse import quote

from briefbook.cited import Cited, merged, opening, web_address
from briefbook.counting import Counting
from briefbook.dates import PartialDate
from briefbook.document import Origin
from briefbook.facts import (
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
from briefbook.frozen import changed, changing, frozen, maker
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
from briefbook.shown import origin_of, when_of, worded, words_of
from briefbook.state import MeetingState, is_possible
from briefbook.turns import leading, tells_status_alone


@frozen
class View(Counting):
    """The facts as known by one day and judged from another, in one language."""

    language: str
    archive: str | None = None  # the address under which the book's archived texts are
    _forums: dict[str, ShownForum] = field(default_factory=dict, init=False, compare=False, repr=False)
    _sources: dict[str, ShownSource] = field(default_factory=dict, init=False, compare=False, repr=False)
    _opens: dict[str, str | None] = field(default_factory=dict, init=False, compare=False, repr=False)
    _empty: dict[str, dict[str, Side]] = field(default_factory=dict, init=False, compare=False, repr=False)
    _days: dict[str, When | None] = field(default_factory=dict, init=False, compare=False, repr=False)
    _closed: dict[str, Cited] = field(default_factory=dict, init=False, compare=False, repr=False)

    # ----------------------------------------------------------------------------- citations

    def opens(self, source: str) -> str | None:
        """The address of the web that opens a source: its own, else that of its archived text."""
        if source not in self._opens:
            self._opens[source] = self._address(self.index.facts.sources[source])
        return self._opens[source]

    def _address(self, source: Source) -> str | None:
        own = web_address(source.address) if source.address else None
        if own is not None or self.archive is None or source.text is None:
            return own
        return web_address(f"{self.archive.rstrip('/')}/{quote(source.text, safe='')}")

    def cited(self, statements: Sequence[Statement], before: tuple[Cited, ...] = ()) -> tuple[Cited, ...]:
        """The sources of some statements, each once, in order, after those of `before`.

        Each opens at the evidence of these statements, where it can be opened.
        """
        if len(statements) == 1 and not before:
            return (self.cited_at(statements[0].source, statements[0].evidence),)
        cited = [*before, *[self.cited_at(s.source, s.evidence) for s in statements]]
        return tuple(cited) if len(cited) < 2 else merged(cited)

    def cited_at(self, source: str, evidence: tuple[str, ...] = ()) -> Cited:
        """A source, to be opened at some fragments of its text."""
        if source in self._closed:  # what cannot be opened is cited alike for all its words
            return self._closed[source]
        address = self.opens(source)
        if address is not None:
            return Cited(source, opening(address, evidence))
        found = self._closed[source] = Cited(source)
        return found

    # ------------------------------------------------------------------------- words and dates

    def words(self, wording: Wording, fact: str, field: str) -> Words:
        """A person's text in the view's language, else in its own, tagged as such."""
        text = wording.texts.get(self.language)
        if text is not None:
            return words_of(text, fact, field)
        return self._in_language(wording, origin_of(fact=fact, field=field))

    def _in_language(self, wording: Wording, origin: Origin) -> Words:
        text = wording.texts.get(self.language)
        if text is not None:
            return worded(text, origin)
        language, text = wording.best(self.language)
        return worded(text, origin, None if language == self.language else language)

    def maybe(self, wording: Wording | None, fact: str, field: str) -> Words | None:
        """The same for a text that may be missing."""
        return None if wording is None else self.words(wording, fact, field)

    def name(self, id_: str) -> Words:
        """The name of a person, organisation or forum; the id itself where there is none."""
        try:
            return self.index.names[self.language][id_]
        except KeyError:
            found = self._name(id_)
            self.index.names.setdefault(self.language, {})[id_] = found
            return found

    def _name(self, id_: str) -> Words:
        if id_ in self.index.facts.people:
            return Words(self.index.facts.people[id_].name, Origin(fact=id_, field="name"))
        for named in (self.index.facts.organisations, self.index.facts.forums):
            fact = named.get(id_)
            if fact is not None:
                return self.words(fact.name, id_, "name")
        return Words(id_, Origin(fact=id_, field="id"))

    def name_in_text(self, id_: str) -> Words:
        """The name as a sentence uses it: "the United States"."""
        try:
            return self.index.names_in_text[self.language][id_]
        except KeyError:
            found = self._name_in_text(id_)
            self.index.names_in_text.setdefault(self.language, {})[id_] = found
            return found

    def _name_in_text(self, id_: str) -> Words:
        named = self.index.facts.organisations.get(id_) or self.index.facts.forums.get(id_)
        if named is not None and named.in_text is not None:
            return self.words(named.in_text, id_, "in_text")
        return self.name(id_)

    def maybe_name(self, id_: str | None) -> Words | None:
        """The name in text behind an id that may be missing."""
        return None if id_ is None else self.name_in_text(id_)

    def day_of(self, meeting: str) -> When | None:
        """The day of a meeting; None where no counting source names it. Much that was said there has it."""
        if meeting not in self._days:
            found = self.standing(self.index.facts.meetings[meeting])
            self._days[meeting] = (
                self.when(found.date, meeting, _dated(found.date, found.basis)) if found else None
            )
        return self._days[meeting]

    def when(self, when: PartialDate | None, fact: str, basis: Statement | None = None) -> When:
        """A date with what its statement tells of it."""
        days = (when.first - self.day).days if when is not None and when.is_exact else None
        origin = origin_of(fact=fact, field="date")
        if basis is None:
            return when_of(date=when, origin=origin, days_until=days)
        time = zone = None
        if isinstance(basis, MeetingStatement):
            time, zone = basis.time, basis.zone
        return when_of(
            date=when,
            origin=origin,
            wording=words_of(basis.date_as, fact, "date_as") if basis.date_as else None,
            inferred=self.maybe(basis.inferred, fact, "inferred") if when is not None else None,
            days_until=days,
            time=time,
            zone=zone,
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
            short=words_of(forum.short, forum.id, "short") if forum.short else None,
            kind=forum.kind,
            sides=tuple([self.name(side) for side in forum.sides]),
            sources=self.cited(self.counting(forum.statements)),
        )

    def meeting(self, meeting: Meeting, *, partly_in_range: bool = False) -> ShownMeeting | None:
        """A meeting in its state; None where no counting source names it."""
        standing = self.standing(meeting)
        if standing is None:
            return None
        id_, published = meeting.id, self.index.published
        told: Sequence[MeetingStatement] = standing.basis  # of a single statement that is all
        if len(meeting.statements) > 1:
            told = [s for s in self.counting(meeting.statements) if is_possible(s, published[s.source])]
        is_held, when = standing.state is MeetingState.HELD, standing.date
        found = _said(told, is_held=is_held)
        located, purposeful, peopled = found.located, found.purposeful, found.peopled
        dated = _dated(when, (*standing.basis, *told))
        of_state = _each_once(standing.basis, dated, located, None if is_held else purposeful)
        return maker(ShownMeeting)(
            id=id_,
            forum=self.forum(self.index.facts.forums[meeting.forum]),
            title=self.maybe(meeting.title, id_, "title"),
            ordinal=meeting.ordinal,
            state=standing.state,
            when=self.when(when, id_, dated),
            place=self.maybe(located.place, id_, "place") if located else None,
            place_is_planned=is_held and located is not None and located.says is not Says.HELD,
            purpose=self.maybe(purposeful.purpose, id_, "purpose") if purposeful else None,
            sides=self._sides(meeting, peopled, withheld=found.withheld),
            people_are_withheld=found.withheld,
            people_are_planned=found.people_are_planned,
            postponed=standing.postponed,
            ambiguous=standing.ambiguous,
            notes=tuple([self.words(note, id_, "note") for note in found.notes]),
            conflicts=tuple([self._conflict(meeting, s) for s in standing.conflicts]),
            partly_in_range=partly_in_range,
            sources=self.cited(of_state),
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
        empty = self._without_people(meeting.forum)
        if not peopled:  # as of most meetings of long ago: all of one forum show the same
            return () if withheld else tuple(empty.values())
        people: dict[str, dict[str, Attendee]] = {}  # by side
        sideless: dict[str, Attendee] = {}
        origin = origin_of(fact=meeting.id, field="participants")
        for statement in peopled:
            for one in statement.participants:
                named = sideless if one.side is None else people.setdefault(one.side, {})
                who = one.person or one.organisation or ""
                if who not in named:
                    named[who] = self._attendee(one, who, origin)
        shown: list[Side] = []
        for id_ in dict.fromkeys((*empty, *people)):
            side = empty.get(id_) or self._side_without_people(id_)
            if id_ in people:
                shown.append(changed(side, people=tuple(people[id_].values())))
            elif not withheld:
                shown.append(side)
        if sideless:
            placed = {who for of_side in people.values() for who in of_side}
            others = tuple([attendee for who, attendee in sideless.items() if who not in placed])
            if others:
                shown.append(Side(name=Words(""), in_text=Words(""), people=others))
        return tuple(shown)

    def _without_people(self, forum: str) -> dict[str, Side]:
        if forum not in self._empty:
            ids = self.index.facts.forums[forum].sides
            self._empty[forum] = {id_: self._side_without_people(id_) for id_ in ids}
        return self._empty[forum]

    def _side_without_people(self, id_: str) -> Side:
        return Side(name=self.name(id_), in_text=self.name_in_text(id_), people=())

    def _attendee(self, one: Participation, who: str, origin: Origin) -> Attendee:
        return maker(Attendee)(
            name=worded(one.spelled, origin) if one.spelled else self.name(who),
            post=None if one.post is None else self._in_language(one.post, origin),
            role=None if one.role is None else self._in_language(one.role, origin),
            is_body=one.organisation is not None,
        )

    def priority(self, priority: Priority) -> ShownPriority | None:
        """A priority with the firmest force that a counting source gives it; None where none does."""
        told = self.told_of(priority)
        lead = leading(told)
        if lead is None:
            return None
        assert lead.force is not None  # as `leading` promises
        id_ = priority.id
        latest: PriorityStatement | None = None
        updates: list[PriorityStatement] = []
        status_by: list[PriorityStatement] = []
        on_text = told
        if len(told) > 1 or lead.status or lead.update:
            latest = next((s for s in told if s.status), None)
            updates = [s for s in told if s.update or (s is latest and s is not lead)]
            of_status = [s for s in told if tells_status_alone(s)]
            status_by = [
                s for s in of_status if latest and s.status is latest.status
            ]  # the others are outdated
            on_text = [lead, *[s for s in told if s is not lead and s not in updates and s not in of_status]]
            if latest is lead and not lead.update:  # its status stands behind the text
                on_text += status_by
        return maker(ShownPriority)(
            id=id_,
            text=self.words(priority.text, id_, "text"),
            force=lead.force,
            by=tuple([self.name_in_text(who) for who in lead.by]),
            said_by=self.maybe_name(lead.said_by),
            said_as=self.maybe(lead.said_as, id_, "said_as"),
            when=self.when(lead.date, id_, lead),
            status=latest.status if latest else None,
            updates=tuple([self._update(priority, s, status_by if s is latest else None) for s in updates]),
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
        id_, grade = source.id, source.grade
        published = when_of(
            date=source.published,
            origin=origin_of(fact=id_, field="published"),
            wording=words_of(source.published_as, id_, "published_as") if source.published_as else None,
            inferred=self.maybe(source.inferred, id_, "inferred"),
        )
        language = self._foreign(source.language)
        return maker(ShownSource)(
            id=id_,
            short=self.words(source.short, id_, "short"),
            title=words_of(source.title, id_, "title", language) if source.title else None,
            publisher=self.name(source.publisher) if source.publisher else None,
            author=self.maybe_name(source.author),
            speaks=tuple([self.name_in_text(who) for who in source.speaks]),
            published=published,
            dateline=words_of(source.dateline, id_, "dateline") if source.dateline else None,
            reliability=grade.reliability if grade else None,
            credibility=grade.credibility if grade else None,
            graded_by=self.maybe(grade.by, id_, "grade") if grade else None,
            note=self.maybe(source.note, id_, "note"),
            address=source.address,
            opens=self.opens(id_),
        )

    def _foreign(self, language: str | None) -> str | None:
        return None if language == self.language else language


@changing
class _Said:
    """What the statements of a meeting say of it, those before others that tell of its state."""

    notes: list[Wording]
    peopled: list[MeetingStatement]
    located: MeetingStatement | None = None
    purposeful: MeetingStatement | None = None
    withheld: bool = False
    people_are_planned: bool = False


def _said(told: Sequence[MeetingStatement], *, is_held: bool) -> _Said:
    """One way through the statements, the newest first, as most meetings have one that tells all."""
    found = _Said([], [])
    elsewhere: MeetingStatement | None = None
    others: list[MeetingStatement] = []
    for one in told:
        is_of_state = (one.says is Says.HELD) is is_held
        if one.place is not None:
            if is_of_state:
                found.located = found.located or one
            else:
                elsewhere = elsewhere or one
        if one.purpose is not None:
            found.purposeful = found.purposeful or one
        if one.participants:
            (found.peopled if is_of_state else others).append(one)
        if one.note is not None:
            found.notes.append(one.note)
        if one.withheld:
            found.withheld = True
    found.located = found.located or elsewhere
    if others and not found.peopled:
        found.peopled, found.people_are_planned = others, is_held
    return found


def _dated(when: PartialDate | None, statements: Sequence[MeetingStatement]) -> MeetingStatement | None:
    """The first statement that gives a date."""
    for one in statements:
        if one.date is when or one.date == when:
            return one
    return None


def _each_once(basis: Sequence[MeetingStatement], *more: MeetingStatement | None) -> list[MeetingStatement]:
    """The statements of a basis and those beside it, each once: mostly it is one that tells all."""
    found = [*basis]
    for one in more:
        if one is not None and one is not found[0] and all(one is not known for known in found):
            found.append(one)
    return found
