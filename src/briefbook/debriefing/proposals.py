"""A debrief form that came back → what its answers would add to the facts. Pure.

The person who answers is a source like any other: the form becomes a source record, its answers become
statements with fragments of their own words as evidence. What cannot be read as a fact is told in full and
never guessed; nothing is decided here.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from briefbook.composing.dates_in_words import date_in
from briefbook.composing.debrief import (
    AGREED,
    DISCUSSED,
    HELD,
    NEXT_WHEN,
    NEXT_WHERE,
    TOLD,
    WHEN,
    WHERE,
    WHO,
    WORD,
    empty_words,
    named_in_prose,
    told_by,
)
from briefbook.composing.wording import ENGLISH, Wording, wording_of
from briefbook.dates import PartialDate, exactly
from briefbook.debriefing.answers import (
    Attending,
    Form,
    answers_in,
    attending,
    bare_name,
    fragment_of,
    is_of_people,
    items_in,
    key_of,
    slug_of,
    without_empty,
    without_several,
)
from briefbook.debriefing.days import next_on_file, said_on, why_no_day, why_not_held_on
from briefbook.debriefing.people import may_be, named
from briefbook.debriefing.sources import is_form_of, is_same_place, marking_of, source_id
from briefbook.debriefing.verdict import verdict_in
from briefbook.diagnostics import Where
from briefbook.facts import Facts, Force, Meeting, Organisation, Person, Priority, Says
from briefbook.facts import Wording as Texts
from briefbook.frozen import frozen
from briefbook.marking import Marking
from briefbook.readers.yaml_editing import AddItem, AddRecord, Edit, Flow, Value
from briefbook.returned import Returned


@frozen
class Proposed:
    """One addition to the facts: in words, and as a change of a file."""

    told: str
    file: str
    edit: Edit


@frozen
class Debriefing:
    """What a form's answers come to: what they would add, what is on file already, what nobody can read."""

    meeting: str
    proposed: tuple[Proposed, ...] = ()
    known: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@frozen
class Room:
    """What the answers are read against. `wordings` are the book's languages, its own first."""

    facts: Facts
    ids: Collection[str]  # all that are taken
    wordings: Mapping[str, Wording]
    language: str  # of the form
    today: date  # the day of the answers, if they do not say
    marking: Marking | None = None  # of what is on file of the meeting: the answers carry it, too


def debriefing_of(
    returned: Returned, form: Form, meeting: Meeting, planned: PartialDate | None, room: Room
) -> Debriefing:
    """What a returned form on a meeting, `planned` for a day, comes to."""
    answers, left = answers_in(returned, room.facts, form)
    words = [word for one in (*room.wordings.values(), wording_of(ENGLISH)) for word in empty_words(one)]
    left += without_empty(answers, form, words)
    reading = _Reading(meeting, planned, room, form, answers)
    reading.left += left
    reading.read()
    return Debriefing(
        meeting=meeting.id,
        proposed=tuple(reading.proposed),
        known=tuple(reading.known),
        left=tuple(reading.left),
    )


@dataclass(slots=True)
class _Reading:
    """Goes through the answers and gathers what they come to."""

    meeting: Meeting
    planned: PartialDate | None
    room: Room
    form: Form
    answers: dict[str, str]
    proposed: list[Proposed] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    source: str = ""
    word: str = ""  # in which somebody said whether it was held
    who: str = ""  # says so
    coming: list[Attending] = field(default_factory=list)  # who took part, as far as it is plain
    new_people: dict[str, str] = field(default_factory=dict)  # ids by their names
    new_names: list[str] = field(default_factory=list)

    def read(self) -> None:
        self.ids |= set(self.room.ids)
        held = self.answers.get(HELD, "")
        says = self._says()
        if says is None:
            self._leave("it is not said whether the meeting was held", *self.answers)
            return
        if WORD not in self.answers:
            self.answers = {HELD: held, **self.answers}
            self._leave("nobody is named who says so", *self.answers)
            return
        why = self._why_not_on_that_day(says)
        if why:
            self.answers = {HELD: held, **self.answers}
            self._leave(f"to be cleared first: {why}", *self.answers)
            return
        self.who = self.answers[WORD]
        self.left += without_several(self.answers, self.form)
        statement = self._statement(says)
        self.source = self._source_on_file(says, statement)
        if self.source:
            self.known.append(f"meeting {self.meeting.id}: {says}, by {self.source}")
            self._compare_people()
            of_it = [each for each in self.answers if each in (WORD, TOLD)]
            self.known += [f"{self.form.title(each)}: {self.answers.pop(each)} (with it)" for each in of_it]
        else:
            self._propose_people()
            self._propose_source()
            self._add_statement(says, statement)
        if says is Says.HELD:
            self._priorities()
        self._next_meeting()
        self._leave("a meeting that was not held has none of it", *self.answers)

    # ------------------------------------------------------------------------ the meeting

    def _says(self) -> Says | None:
        """What the first answer says; it stays as evidence."""
        answer = self.answers.get(HELD, "")
        match verdict_in(answer, self.room.wordings.values()):
            case None:
                return None
            case says, is_all:
                self.word = fragment_of(self.answers.pop(HELD))
                if not is_all:
                    title = self.form.title(HELD)
                    self.left.append(f"{title} {answer!r} is read as {says}; the rest is not taken over")
                return says

    def _why_not_on_that_day(self, says: Says) -> str:
        """Why the day of a meeting that was held is none to rely on: nor is then that it was held."""
        text = self.answers.get(WHEN, "")
        if not text or says is not Says.HELD:
            return ""
        wordings = list(self.room.wordings.values())
        day = date_in(text, wordings)
        if day is None:
            return f"{text!r} {why_no_day(text, wordings)}"
        why = why_not_held_on(day, self.planned, self.meeting, self.room.facts)
        return f"{text!r} {why}" if why else ""

    def _statement(self, says: Says) -> dict[str, Value]:
        """What the form says of the meeting, as a statement's fields; people not yet among them."""
        told: dict[str, Value] = {"says": says.value}
        evidence = [self.word]
        when, place = self.answers.pop(WHEN, ""), self.answers.pop(WHERE, "")
        day = self._date(WHEN, when)
        if day is not None and (says is Says.HELD or (says is Says.POSTPONED and day != self.planned)):
            told["date"] = str(day)
            evidence.append(fragment_of(when))
        if place and (says is Says.HELD or (says is Says.POSTPONED and place not in self._planned_places())):
            told["place"] = self._own_words(place)
            evidence.append(fragment_of(place))
        told["evidence"] = evidence
        return told

    def _date(self, field: str, text: str) -> PartialDate | None:
        if not text:
            return None
        wordings = list(self.room.wordings.values())
        day = date_in(text, wordings)
        if day is None:
            self.left.append(f"{self.form.title(field)}: {text!r} {why_no_day(text, wordings)}")
        return day

    def _planned_places(self) -> frozenset[str]:
        places = (statement.place for statement in self.meeting.statements)
        return frozenset(text for place in places if place for text in place.texts.values())

    def _source_on_file(self, says: Says, told: Mapping[str, Value]) -> str:
        """The source of a form that said the same of this meeting, if one is on file; else empty."""
        wordings = tuple(self.room.wordings.values())
        for statement in self.meeting.statements:
            same = statement.says is says and str(statement.date or "") == told.get("date", "")
            theirs = is_form_of(statement.source, self.meeting, self.who, self.room.facts, wordings)
            if same and theirs and is_same_place(statement, told):
                return statement.source
        return ""

    def _add_statement(self, says: Says, told: dict[str, Value]) -> None:
        people, evidence = self._participants(says)
        statement: dict[str, Value] = {"source": self.source, **told}
        fragments = statement.pop("evidence")
        assert isinstance(fragments, list)
        if people:
            statement["participants"] = people
        statement["evidence"] = list(dict.fromkeys([*fragments, *evidence]))
        day = f" on {told['date']}" if "date" in told else ""
        within = ("meetings", self.meeting.id, "statements")
        edit = AddItem(where=Where(file=self.meeting.where.file), within=within, value=statement)
        words = f"meeting {self.meeting.id}: {says}{day}, {len(people)} named"
        self._propose(words, self.meeting.where.file, edit)

    # ---------------------------------------------------------------------------- the source

    def _propose_source(self) -> None:
        self.source = self._new_id(source_id(self.meeting))
        who, told = self.answers.pop(WORD), self.answers.pop(TOLD, "")
        day, today = exactly(self.room.today), self.room.today
        if told:
            said, why = said_on(told, list(self.room.wordings.values()), today)
            day = said or day
            if why:
                title = self.form.title(TOLD)
                self.left.append(f"{title}: {told!r} {why} ({today}, the day of the review, stands instead)")
        record: dict[str, Value] = {
            "short": self._in_all(
                {tag: named_in_prose(w, day.last) for tag, w in self.room.wordings.items()}
            ),
            "published": str(day),
        }
        found = named(who, self.room.facts) or named(bare_name(who), self.room.facts)
        speaker = found.id if found else self.new_people.get(key_of(who))
        if speaker is not None:
            record["speaks"] = Flow([speaker])
        record["language"] = self.room.language
        record["note"] = self._in_all({tag: told_by(w, who) for tag, w in self.room.wordings.items()})
        if self.room.marking is not None:
            record["marking"] = marking_of(self.room.marking)
        self._record("sources", self.source, record, f"source {self.source}: published {day}")

    # ------------------------------------------------------------------------------ people

    def _propose_people(self) -> None:
        """New people, so that the statement can name them; who may be somebody else is left to a person."""
        for one in attending(self.answers):
            if named(one.name, self.room.facts) is None and key_of(one.name) not in self.new_people:
                meant = may_be(one.name, self.room.facts, self.new_names)
                if meant is not None:
                    self.left.append(
                        f"{self._title_of(one)}: {one.words} (is {meant} meant? in full, please)"
                    )
                    continue
                id_ = self._new_id(slug_of(one.name))
                self.new_people[key_of(one.name)] = id_
                self.new_names.append(one.name)
                self._record("people", id_, {"name": one.name}, f"person {id_}: {one.name}, not on file yet")
            self.coming.append(one)

    def _compare_people(self) -> None:
        """Of a form that is on file: who stands with it already, and who does not."""
        own = (each for each in self.meeting.statements if each.source == self.source)
        there = {one.person or one.organisation for statement in own for one in statement.participants}
        for one in attending(self.answers):
            found = named(one.name, self.room.facts)
            words = f"{self._title_of(one)}: {one.words}"
            if found is not None and found.id in there:
                self.known.append(f"{words} (with it)")
            else:
                self.left.append(f"{words} (not with {self.source}, which is on file)")
        self._drop_people()

    def _title_of(self, one: Attending) -> str:
        return self.form.title(f"{WHO}.{one.side}" if one.side else WHO)

    def _drop_people(self) -> None:
        for asked in [asked for asked in self.answers if is_of_people(asked)]:
            del self.answers[asked]

    def _participants(self, says: Says) -> tuple[list[Value], list[str]]:
        if says is not Says.HELD:
            return [], []
        people: list[Value] = []
        for each in self.coming:
            found = named(each.name, self.room.facts)
            one: dict[str, Value] = {}
            match found:
                case Organisation():
                    one["organisation"] = found.id
                case Person():
                    one["person"] = found.id
                case None:
                    one["person"] = self.new_people[key_of(each.name)]
            if each.post:
                one["as"] = self._own_words(each.post)
            if each.side:
                one["side"] = each.side
            if isinstance(found, Person) and found.name != each.name:
                one["spelled"] = each.name
            people.append(Flow(one))
        self._drop_people()
        return people, [fragment_of(each.words) for each in self.coming]

    # ---------------------------------------------------------------- what came of it, what is next

    def _priorities(self) -> None:
        forum = self.room.facts.forums.get(self.meeting.forum)
        for name, force in ((AGREED, Force.AGREED), (DISCUSSED, Force.DISCUSSED)):
            for each in [each for each in self.answers if each.startswith(f"{name}[")]:
                for text in items_in(self.answers.pop(each)):
                    self._priority(text, force, forum.sides if forum else ())

    def _priority(self, text: str, force: Force, sides: tuple[str, ...]) -> None:
        statement: dict[str, Value] = {"source": self.source, "force": force.value}
        same = self._same_words(text)
        there = next((one for one in same if one.meeting == self.meeting.id), same[0] if same else None)
        if there is not None and any(known.source == self.source for known in there.statements):
            self.known.append(f"priority {there.id}: {text}")
            return
        if there is not None and there.meeting != self.meeting.id:
            statement["meeting"] = self.meeting.id
        if sides and force is Force.AGREED:
            statement["by"] = Flow(list(sides))
        statement["evidence"] = fragment_of(text)
        if there is not None:
            edit = AddItem(
                where=Where(file=there.where.file),
                within=("priorities", there.id, "statements"),
                value=statement,
            )
            self._propose(f"priority {there.id}, on file already: {force}: {text}", there.where.file, edit)
            return
        record: dict[str, Value] = {
            "forum": self.meeting.forum,
            "meeting": self.meeting.id,
            "text": self._own_words(text),
            "statements": [statement],
        }
        id_ = self._new_id(f"{self.meeting.id}-{force.value}", first="1")
        self._record("priorities", id_, record, f"priority {id_}: {force}: {text}")

    def _same_words(self, text: str) -> list[Priority]:
        """The priorities of the forum in these words, in any language, but for capitals and signs."""
        key = key_of(text)
        forum = [one for one in self.room.facts.priorities.values() if one.forum == self.meeting.forum]
        return [one for one in forum if key in map(key_of, one.text.texts.values())]

    def _next_meeting(self) -> None:
        when, place = self.answers.pop(NEXT_WHEN, ""), self.answers.pop(NEXT_WHERE, "")
        day = self._date(NEXT_WHEN, when)
        if day is None:
            if place:
                self.left.append(f"{self.form.title(NEXT_WHERE)}: {place} (no day of a next meeting is said)")
            return
        statement: dict[str, Value] = {"source": self.source, "says": "announced", "date": str(day)}
        if place:
            statement["place"] = self._own_words(place)
        statement["evidence"] = list(dict.fromkeys(filter(None, (fragment_of(when), fragment_of(place)))))
        there = next_on_file(day, self.meeting, self.room.facts)
        if there is not None:
            self._announced_again(there, statement)
            return
        record: dict[str, Value] = {"forum": self.meeting.forum}
        stem = f"{self.meeting.forum}-{day.first.isoformat()[:7]}"
        record["statements"] = [statement]
        id_ = self._new_id(stem)
        self._record("meetings", id_, record, f"meeting {id_}: announced for {day}")

    def _announced_again(self, there: Meeting, statement: dict[str, Value]) -> None:
        if any(known.source == self.source for known in there.statements):
            self.known.append(f"meeting {there.id}: announced, by {self.source}")
            return
        within = ("meetings", there.id, "statements")
        edit = AddItem(where=Where(file=there.where.file), within=within, value=statement)
        words = f"meeting {there.id}, on file already: announced for {statement['date']}"
        self._propose(words, there.where.file, edit)

    # -------------------------------------------------------------------------------- writing

    def _record(self, kind: str, id_: str, value: Mapping[str, Value], told: str) -> None:
        self._propose(told, self._file_of(kind), AddRecord(kind=kind, id=id_, value=value))

    def _propose(self, told: str, file: str, edit: Edit) -> None:
        self.proposed.append(Proposed(told=told, file=file, edit=edit))

    def _file_of(self, kind: str) -> str:
        """Where records of a kind are written: where the last one stands, else with the meeting."""
        records = list(self.room.facts.kinds()[kind].values())
        own = [record for record in records if record.where.file == self.meeting.where.file]
        return own[-1].where.file if own else records[-1].where.file if records else self.meeting.where.file

    def _new_id(self, stem: str, first: str = "") -> str:
        """An id that no fact has: the stem, with a number behind it where it is taken or asks for one."""
        stem = stem[:58].rstrip("-._")
        id_, count = (f"{stem}-{first}" if first else stem), 1
        while id_ in self.ids:
            count += 1
            id_ = f"{stem}-{count}"
        self.ids.add(id_)
        return id_

    def _own_words(self, text: str) -> Value:
        """Words of the form, in its language; what was announced in these, as it stands on file."""
        text = " ".join(text.split())
        known = next((each for each in self._announced() if text in each.texts.values()), None)
        texts = {self.room.language: text} if known is None else dict(known.texts)
        return text if list(texts) == [next(iter(self.room.wordings))] else Flow(texts)

    def _announced(self) -> Iterator[Texts]:
        for statement in self.meeting.statements:
            posts = (someone.post for someone in statement.participants)
            yield from (each for each in (statement.place, *posts) if each is not None)

    def _in_all(self, texts: Mapping[str, str]) -> Value:
        """Words of ours, in each of the book's languages."""
        return next(iter(texts.values())) if len(texts) == 1 else Flow(dict(texts))

    def _leave(self, why: str, *fields: str) -> None:
        """Tell answers in full that come to nothing."""
        self.left += [f"{self.form.title(each)}: {self.answers.pop(each)} ({why})" for each in fields]
