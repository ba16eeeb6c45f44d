"""What the sources leave open, over all facts: the list that `check --gaps` prints."""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

from briefbook.diagnostics import Where
from briefbook.facts import Fact, Forum, Meeting, Point, Priority, Source, Wording
from briefbook.frozen import frozen
from briefbook.memo import Book, Memo, RangeScope
from briefbook.select import select
from briefbook.selection import Selection, ShownMeeting
from briefbook.state import MeetingState, publications
from briefbook.usable import usable


class Open(StrEnum):
    """What is open."""

    PLACE = "place"
    DAY = "day"
    PEOPLE = "people"  # nobody named of a side
    OUTCOME = "outcome"  # whether it was held
    QUESTION = "question"  # one that a person noted


@frozen
class OpenQuestion:
    """One thing that the sources leave open. `text` is the side's name or the question, else empty."""

    fact: str
    where: Where
    what: Open
    text: str = ""


def gaps(book: Book, day: date, known_by: date) -> list[OpenQuestion]:
    """All that the sources by `known_by` leave open as of a day, in the order of kinds and files."""
    facts = usable(book.facts)
    everything = Memo(
        id="everything", title=Wording(texts={"en": "-"}), scope=RangeScope(first=date.min, last=date.max)
    )
    selection = select(facts, book.settings, everything, as_of=day, known_by=known_by)
    language = book.settings.language
    counting = {id_ for id_, out in publications(facts).items() if out.counts(known_by)}
    found = []
    shown = {m.id: m for m in _meetings(selection)}
    for kind in facts.kinds().values():
        for fact in kind.values():
            if fact.id in shown:
                found += [
                    OpenQuestion(fact=fact.id, where=fact.where, what=what, text=text)
                    for what, text in _of_meeting(shown[fact.id])
                ]
            found += [
                OpenQuestion(fact=fact.id, where=question.where, what=Open.QUESTION, text=text)
                for question in _asked(fact, counting)
                for _, text in (question.best(language),)
            ]
    return found


def _meetings(selection: Selection) -> Iterator[ShownMeeting]:
    yield from selection.upcoming
    yield from selection.earlier
    yield from selection.long_unconfirmed


def _of_meeting(meeting: ShownMeeting) -> Iterator[tuple[Open, str]]:
    if meeting.state is MeetingState.CANCELLED:
        return
    if meeting.state is MeetingState.UNCONFIRMED:
        yield Open.OUTCOME, ""
    if meeting.when.date is None or not meeting.when.date.is_exact:
        yield Open.DAY, ""
    if meeting.place is None:
        yield Open.PLACE, ""
    for side in meeting.sides:
        if not side.people:
            yield Open.PEOPLE, side.in_text


def _asked(fact: Fact, counting: set[str]) -> Iterable[Wording]:
    """The questions noted on a fact, if a counting source tells of it or it needs none."""
    match fact:
        case Source():
            return fact.questions if fact.id in counting else ()
        case Forum() | Meeting() | Priority() | Point():
            is_told = not fact.statements or any(s.source in counting for s in fact.statements)
            return fact.questions if is_told else ()
        case _:
            return ()
