"""Whether what a person wrote still rests on what it rested on when it was written, or last checked.

Of each fact under `rests_on` we note what it said then: its record with the statements that counted, and how
far its meeting had come. An edition keeps that note, and the next one takes it over while the words are the
same; where today's is another, the words are to be checked again. `checked:` says besides on which day a
person held them against the facts: what was out by then was seen. Written anew, be it with another time of
the same day, it takes the place of the note. So much is known without any edition.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from briefbook.canonical import canonical
from briefbook.facts import Fact, Meeting, Person, Point, Priority, Source, statements_of
from briefbook.frozen import changed, frozen
from briefbook.memo import BOTTOM_LINE, Checked, Judgement, Memo, slot_ids
from briefbook.selection import Again, ChangedFact, Rested, Selection, ShownMeeting, Words
from briefbook.showing import View
from briefbook.state import AHEAD

_DIGITS = 32  # hexadecimal, of a digest
# Of a fact what it does not say: how it is handled, proved and found, and what we ask of it.
_UNSAID = frozenset({"marking", "evidence", "questions", "sha256", "address", "grade", "withheld"})


def is_said(line: Judgement, view: View) -> bool:
    """Whether what a person judges is valid on the day, and all that it rests on is on file."""
    is_valid = line.valid is None or line.valid.overlaps(view.day, view.day)
    return is_valid and all(view.is_on_file(reference.id) for reference in line.rests_on)


@frozen
class Resting:
    """Which slots are to be checked again, and what each one's facts said when it was written."""

    again: tuple[Again, ...] = ()
    rested: tuple[Rested, ...] = ()


def with_resting(selection: Selection, memo: Memo, view: View, before: Iterable[Rested]) -> Selection:
    """A selection that knows which slots are to be checked again; `before` is what the edition before noted.

    A variant for release does not tell: it is no matter of its readers.
    """
    if memo.is_variant:
        return selection
    found = resting(memo, view, before)
    if not found.rested:
        return selection
    return changed(selection, again=found.again or None, rested=found.rested)


def resting(memo: Memo, view: View, before: Iterable[Rested]) -> Resting:
    """What is to be checked again, in the order of the memo's fields, and notes for the next edition."""
    known = {each.words: each.facts for each in before}
    again: list[Again] = []
    rested: dict[str, Rested] = {}
    unprinted = _unprinted(memo, view)
    for slot, line in memo.by_slot.items():
        if line.text is None or not line.rests_on:
            continue
        looked = _counted(line, view)
        words = _digest([line.text.best(view.language)[1], looked and str(looked)])
        told = known.get(words, {})
        if not is_said(line, view):
            rested.update({words: Rested(words=words, facts=told)} if told else {})
            continue
        today = {reference.id: said(view, reference.id) for reference in line.rests_on}
        then = _then(looked, view, today) | {id_: told[id_] for id_ in today if id_ in told}
        rested[words] = Rested(words=words, facts=then)
        changed = tuple(
            replace(_called(view, id_), lost_source=said(_undone(view), id_) == then[id_] or None)
            for id_ in today
            if then[id_] != today[id_]
        )
        if changed and slot not in unprinted:
            again.append(Again(slot=slot, facts=changed))
    return Resting(again=tuple(again), rested=tuple(rested.values()))


def _undone(view: View) -> View:
    """The same day, had no source been withdrawn."""
    return replace(view, index=replace(view.index, published=view.index.once_published))


def fallen(memo: Memo, view: View) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The slots whose words are not printed, as what they rest on fell with a withdrawn source; and that."""
    once = _undone(view)
    for slot, line in memo.by_slot.items():
        if line.text is not None and not is_said(line, view) and is_said(line, once):
            yield slot, tuple(each.id for each in line.rests_on if not view.is_on_file(each.id))


def cause_of(again: Again) -> str:
    """The cause, as it ends a message; empty where facts say something else."""
    return " (a source was withdrawn)" if all(fact.lost_source for fact in again.facts) else ""


def mend(line: Judgement, day: date) -> str:
    """What a person can do about words to be checked again: never what stands there already."""
    if line.checked is None or line.checked.on != day:
        return f"change the words, or write checked: {day.isoformat()}"
    if line.checked.at is None:
        return f"change the words, or add the time to checked, as in {day.isoformat()}T18:30"
    return f"change the words, or write a later time than {line.checked.at:%H:%M} in checked"


def _unprinted(memo: Memo, view: View) -> frozenset[str]:
    """Of the bottom lines that may be said the first alone is."""
    lines = memo.bottom_lines
    ids = zip(slot_ids(BOTTOM_LINE, lines), lines, strict=True)
    return frozenset([id_ for id_, line in ids if is_said(line, view)][1:])


def _counted(line: Judgement, view: View) -> Checked | None:
    """When a person last looked. A day that has not come yet does not count: it would be right for ever."""
    return line.checked if line.checked is not None and line.checked.on <= view.day else None


def _then(looked: Checked | None, view: View, today: Mapping[str, str]) -> dict[str, str]:
    """What facts said when a person last looked, as far as the line tells: as of that day."""
    if looked is None:
        return dict(today)
    seen = replace(view, day=looked.on, known_by=min(looked.on, view.known_by))
    return {id_: said(seen, id_) for id_ in today}


def said(view: View, id_: str) -> str:
    """A digest of what a fact says: equal for two days between which time alone passed."""
    fact = view.facts.find(id_)
    if fact is None or not view.is_on_file(id_):
        return ""
    told = statements_of(fact)
    counting = tuple([s for s in told if view.counts(s.source)])
    if len(counting) < len(told):
        fact = changed(fact, statements=counting)
    if isinstance(fact, Source) and fact.text is not None:
        fact = changed(fact, text=None)  # the name of a file
    record = _read(canonical(fact, without=_UNSAID).decode())
    return _digest([record, _phase(view, fact)])


def _phase(view: View, fact: Fact) -> str:
    """How far a meeting has come. From upcoming to due only time passes; that nobody confirms it is news.

    Of a priority: by which one it was put into new words.
    """
    if isinstance(fact, Priority):
        others = view.index.priorities_of.get(fact.forum, ())
        return next((one.id for one in others if one.rewords == fact.id and view.is_on_file(one.id)), "")
    standing = view.standing(fact) if isinstance(fact, Meeting) else None
    if standing is None:
        return ""
    return "ahead" if standing.state in AHEAD else str(standing.state)


def _without_blanks(record: dict[str, Any]) -> dict[str, Any]:
    """A record without its empty fields: a field that a newer briefbook adds is no news."""
    return {name: value for name, value in record.items() if value not in (None, False, "", [], {})}


_read = json.JSONDecoder(object_hook=_without_blanks).decode  # the records within a record come before it
_spelled = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def _digest(told: Any) -> str:
    return hashlib.sha256(_spelled(told).encode()).hexdigest()[:_DIGITS]


def _called(view: View, id_: str) -> ChangedFact:
    """A fact as a line names it."""
    fact = view.facts.find(id_)
    meeting: ShownMeeting | None = None
    words: Words | None = None
    is_quoted = False
    match fact:
        case Meeting():
            meeting = view.meeting(fact)
        case Priority():
            words, is_quoted = view.words(fact.text, id_, "text"), True
        case Point():
            words = view.maybe(fact.title, id_, "title") or view.maybe(fact.text, id_, "text")
            is_quoted = words is not None
        case Source():
            words = view.words(fact.short, id_, "short")
        case Person():
            words = view.name(id_)
        case _ if fact is not None:
            words = view.name_in_text(id_)
    words = words if words is not None else view.name(id_)
    return ChangedFact(id=id_, meeting=meeting, words=words.saying(words.rstrip(" .")), is_quoted=is_quoted)
