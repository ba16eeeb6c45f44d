"""What falls with a source that is withdrawn, each at its place: a person decides what becomes of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum

from briefbook.checks.context import CheckContext
from briefbook.covering import Cover
from briefbook.diagnostics import Problem, Severity, Where, place_of
from briefbook.facts import (
    Fact,
    Facts,
    Force,
    Meeting,
    Point,
    Priority,
    Source,
    Withdrawn,
    Wording,
    statements_of,
)
from briefbook.frozen import frozen
from briefbook.index import Index, indexed
from briefbook.memo import Book, Memo
from briefbook.showing import View
from briefbook.usable import covers_what_is_there, usable


class Fate(StrEnum):
    """What becomes of a fact of which a withdrawn source said something."""

    FALLS = "falls"
    CHANGES = "changes"
    STAYS = "stays"


@frozen
class Fall:
    """What becomes of a fact without `source`, the last of its sources to be withdrawn."""

    fact: Fact
    source: Source
    fate: Fate
    left: int  # sources that it rests on still
    where: Where  # of the first statement of that source
    before: str = ""  # as what it was told, where that changes
    after: str = ""

    def told_by(self, source: str) -> bool:
        """Whether a source says something of the fact."""
        return any(statement.source == source for statement in statements_of(self.fact))


def falls(facts: Facts, index: Index) -> list[Fall]:
    """What becomes of every fact of which a withdrawn source says something, by all that is on file.

    `facts` must hang together (`usable`), `index` is theirs. It is judged from the day on which all of it is
    out.
    """
    out = max((each.counts_from for each in index.published.values()), default=date.min)
    ids = (id_ for kind in facts.kinds().values() for id_ in kind if id_ in index.touched)
    found = (facts.find(id_) for id_ in ids)
    return [_fall(fact, facts, index, out) for fact in found if fact is not None]


def would_fall(facts: Facts, source: str, on: date) -> list[Fall]:
    """What becomes of every fact of which a source says something; if it is not withdrawn, were it so."""
    found = facts.sources[source]
    if found.withdrawn is None:
        found = replace(found, withdrawn=Withdrawn(on=on, why=Wording(texts={})))
    facts = replace(facts, sources={**facts.sources, source: found})
    return [fall for fall in falls(facts, indexed(facts)) if fall.told_by(source)]


def _fall(fact: Fact, facts: Facts, index: Index, out: date) -> Fall:
    told = {s.source: facts.sources[s.source] for s in reversed(statements_of(fact))}
    gone = [source for source in told.values() if source.withdrawn]
    last = max(gone, key=_day_of)
    view = View(index=index, day=max(_day_of(last), out), known_by=date.max, language="en")
    once = replace(view, index=replace(index, published=index.once_published))
    before, after = told_as(fact, once), told_as(fact, view)
    fate = Fate.FALLS if not view.is_on_file(fact.id) and once.is_on_file(fact.id) else Fate.STAYS
    if fate is Fate.STAYS and before != after:
        fate = Fate.CHANGES
    return Fall(
        fact=fact,
        source=last,
        fate=fate,
        left=sum(view.counts(source) for source in told),
        where=next(s.where for s in statements_of(fact) if s.source == last.id),
        before=before,
        after=after,
    )


def _day_of(source: Source) -> date:
    assert source.withdrawn is not None
    return source.withdrawn.on


def told_as(fact: Fact, view: View) -> str:
    """As what a memo tells a fact: a meeting by its state and day, a priority by its force."""
    match fact:
        case Meeting():
            standing = view.standing(fact)
            if standing is None:
                return ""
            return f"{standing.state} ({standing.date})" if standing.date else str(standing.state)
        case Priority():
            told = view.priority(fact)
            return "" if told is None else str(told.force)
        case Point():
            shown = view.point(fact, None)
            return "disputed" if shown is not None and shown.is_disputed else "undisputed"
        case _:
            return ""


def in_a_sentence(told: str) -> str:
    """What `told_as` says, as it stands behind “is”."""
    return _IN_A_SENTENCE.get(told, told)


_IN_A_SENTENCE: Mapping[str, str] = {
    Force.STATED_GOAL: "a stated goal",
    Force.ONE_SIDE: "said by one side alone",
    Force.WISH: "a wish",
    Force.POSSIBILITY: "a possibility",
}


# -------------------------------------------------------------------------------------- checks


def check_withdrawn(book: Book, context: CheckContext) -> Iterable[Problem]:
    """No source is withdrawn before it is out; and what falls or changes with each, at its place.

    What falls is told where memos are tried out: a build only leaves it out.
    """
    gone = {source.id: source.withdrawn for source in book.facts.sources.values() if source.withdrawn}
    if not gone:
        return
    for id_, withdrawn in gone.items():
        out = book.facts.sources[id_].published
        if withdrawn.on < out.first:
            message = f"source {id_!r} is withdrawn on {withdrawn.on}, before it came out ({out})"
            yield Problem(where=place_of(withdrawn, "on"), message=message, hint="mend one of the two days")
    if not context.days:
        return
    facts = usable(book.facts)
    index = indexed(facts)
    found = falls(facts, index)
    for id_, withdrawn in gone.items():
        own = [fall for fall in found if fall.source.id == id_]
        yield _whole(book.facts.sources[id_], withdrawn, own, _concerned(book, index, own))
        yield from map(_part, (fall for fall in own if fall.fate is not Fate.STAYS))
    fallen = {fall.fact.id: fall.source for fall in found if fall.fate is Fate.FALLS}
    fallen |= {id_: book.facts.sources[id_] for id_ in gone}
    yield from _judgements(book, fallen)


def _whole(source: Source, withdrawn: Withdrawn, own: Sequence[Fall], memos: Sequence[str]) -> Problem:
    counted = Counter(fall.fate for fall in own)
    single = sum(fall.left == 1 for fall in own if fall.fate is not Fate.FALLS)
    parts = [
        f"{_facts(counted[Fate.FALLS])} with it" if counted[Fate.FALLS] else "no fact falls with it",
        f"{counted[Fate.CHANGES]} told otherwise" if counted[Fate.CHANGES] else "",
        f"{counted[Fate.STAYS]} staying" if counted[Fate.STAYS] else "",
        f"{single} on a single source now" if single else "",
        _named(memos),
    ]
    told = ", ".join(part for part in parts if part)
    message = f"source {source.id!r} is withdrawn from {withdrawn.on} on: {told}"
    hint = f"who has been told: briefbook trace {source.id}"
    return Problem(where=withdrawn.where, severity=Severity.WARNING, message=message, hint=hint)


def _facts(number: int) -> str:
    return f"{number} fact{'s fall' if number > 1 else ' falls'}"


_FEW = 5  # memos that a message names


def _named(memos: Sequence[str]) -> str:
    if not memos:
        return ""
    few = ", ".join(map(repr, memos[:_FEW]))
    more = f" and {len(memos) - _FEW} more" if len(memos) > _FEW else ""
    return f"in memo{'s' if len(memos) > 1 else ''} {few}{more}"


def _part(fall: Fall) -> Problem:
    id_, source, day = fall.fact.id, fall.source.id, _day_of(fall.source)
    if fall.fate is Fate.FALLS:
        message = f"{id_!r} falls with source {source!r}: from {day} on no memo shows it"
        hint = "add a statement of another source; or leave it, if it is not to be told"
    else:
        now, once = in_a_sentence(fall.after), in_a_sentence(fall.before)
        message = f"without source {source!r}, {id_!r} is {now}, not {once}, from {day} on"
        hint = "add a statement of another source, if that is not so"
    return Problem(where=fall.where, severity=Severity.WARNING, message=message, hint=hint)


def _judgements(book: Book, fallen: Mapping[str, Source]) -> Iterator[Problem]:
    for memo in book.definitions:
        for line in memo.judgements:
            for reference in line.rests_on:
                source = fallen.get(reference.id)
                if source is None:
                    continue
                message = (
                    f"a judgement rests on {reference.id!r}, which falls with source {source.id!r}:"
                    f" from {_day_of(source)} on it is not printed"
                )
                hint = "write it anew on what is left, or take the id out of 'rests_on' if it holds without"
                yield Problem(where=reference.where, severity=Severity.WARNING, message=message, hint=hint)


def _concerned(book: Book, index: Index, own: Sequence[Fall]) -> list[str]:
    """The memos that would show what falls or is told otherwise, by their names."""
    among = frozenset(fall.fact.id for fall in own if fall.fate is not Fate.STAYS)
    if not among:
        return []
    view = View(
        index=replace(index, published=index.once_published),
        day=_day_of(own[0].source),
        known_by=date.max,
        language="en",
    )
    shows = [memo for memo in book.definitions if _shows(memo, view, among)]
    return list(dict.fromkeys(memo.name for memo in shows))


def _shows(memo: Memo, view: View, among: frozenset[str]) -> bool:
    if not covers_what_is_there(memo, view.facts):
        return False
    cover = Cover(view=view, scope=memo.scope, among=among)
    return bool(cover.meetings() or cover.points() or cover.priorities())
