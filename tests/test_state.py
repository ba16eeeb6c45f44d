"""The state of a meeting on a day: the whole rule, case by case, and what holds for any meeting."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from briefbook.dates import PartialDate, parse_partial_date
from briefbook.facts import Facts, Meeting, MeetingStatement, Says, Source, Wording
from briefbook.state import (
    AHEAD,
    MeetingState,
    Publication,
    Standing,
    is_possible,
    publications,
    state_of,
    visible_statements,
)

TOLD = re.compile(r"(?P<source>[a-z]+) \((?P<published>[^)]+)\): (?P<says>[a-z]+)(?: (?P<date>.+))?")


def facts_telling(told: str) -> Facts:
    """One meeting by lines such as `gazette (2031-04-02): announced 2031-05`."""
    sources: dict[str, Source] = {}
    statements = []
    for line in filter(None, map(str.strip, told.splitlines())):
        found = TOLD.fullmatch(line)
        assert found is not None, line
        id_, published = found["source"], parse_partial_date(found["published"])
        assert sources.get(id_) is None or sources[id_].published == published, "one source, one day"
        sources[id_] = Source(id=id_, short=Wording(texts={"en": id_}), published=published)
        when = parse_partial_date(found["date"]) if found["date"] else None
        statements.append(MeetingStatement(source=id_, says=Says(found["says"]), date=when))
    meeting = Meeting(id="meeting", forum="council", statements=tuple(statements))
    return Facts(sources=sources, meetings={"meeting": meeting})


def standing_of(told: str, day: date, known_by: date | None = None) -> Standing | None:
    facts = facts_telling(told)
    published = publications(facts)
    visible = visible_statements(facts.meetings["meeting"], published, known_by or day)
    return state_of(visible, published, day)


# ------------------------------------------------------------------------------ case by case


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    name: str
    told: str
    day: str
    state: MeetingState | None
    date: str | None = None
    known_by: str | None = None
    flags: str = ""  # of: postponed, ambiguous, conflicts


S = MeetingState
MAY = "gazette (2031-04-02): announced 2031-05"
FIFTH = "gazette (2031-04-02): announced 2031-05-05"
MOVED = f"{FIFTH}\nletter (2031-04-20): postponed 2031-06-07"
PUT_OFF = f"{FIFTH}\nletter (2031-04-20): postponed"
OFF = f"{FIFTH}\nletter (2031-04-20): cancelled"
HELD = f"{MAY}\nnote (2031-05-12): held 2031-05-11"
BOTH = "article (2031-10-06): announced 2031-10-06~\narticle (2031-10-06): held 2031-10-06~"
TWO_PLANS = f"{FIFTH}\nherald (2031-04-02): announced 2031-05-06"

CASES = [
    # nothing, or nothing yet
    Case(name="no statement at all", told="", day="2031-05-01", state=None),
    Case(name="no source is out yet", told=FIFTH, day="2031-04-01", state=None),
    Case(name="known on the day that its source is out", told=FIFTH, day="2031-04-02", state=S.UPCOMING,
         date="2031-05-05"),
    Case(name="known by an earlier day than the day looked at", told=HELD, day="2031-06-01",
         known_by="2031-05-01", state=S.UNCONFIRMED, date="2031-05"),
    # an exact day
    Case(name="the day before", told=FIFTH, day="2031-05-04", state=S.UPCOMING, date="2031-05-05"),
    Case(name="today", told=FIFTH, day="2031-05-05", state=S.TODAY, date="2031-05-05"),
    Case(name="the day after", told=FIFTH, day="2031-05-06", state=S.UNCONFIRMED, date="2031-05-05"),
    Case(name="announced on the day itself", told="gazette (2031-05-05): announced 2031-05-05",
         day="2031-05-05", state=S.TODAY, date="2031-05-05"),
    Case(name="announced for a day that was past already", told="gazette (2031-05-09): announced 2031-05-05",
         day="2031-05-09", state=S.UNCONFIRMED, date="2031-05-05"),
    # an inexact span
    Case(name="before an inexact span", told=MAY, day="2031-04-30", state=S.UPCOMING, date="2031-05"),
    Case(name="first day of an inexact span", told=MAY, day="2031-05-01", state=S.DUE, date="2031-05"),
    Case(name="last day of an inexact span", told=MAY, day="2031-05-31", state=S.DUE, date="2031-05"),
    Case(name="after an inexact span", told=MAY, day="2031-06-01", state=S.UNCONFIRMED, date="2031-05"),
    Case(name="inside an interval", told="gazette (2031-04-02): announced 2031-05-04/2031-05-07",
         day="2031-05-06", state=S.DUE, date="2031-05-04/2031-05-07"),
    Case(name="an approximate day is never today", told="gazette (2031-04-02): announced 2031-05-05~",
         day="2031-05-05", state=S.DUE, date="2031-05-05~"),
    Case(name="an approximate day is past the day after", told="gazette (2031-04-02): announced 2031-05-05~",
         day="2031-05-06", state=S.UNCONFIRMED, date="2031-05-05~"),
    Case(name="an uncertain day is never today", told="gazette (2031-04-02): announced 2031-05-05?",
         day="2031-05-05", state=S.DUE, date="2031-05-05?"),
    Case(name="by a day: due from the start", told="gazette (2031-04-02): announced ../2031-05-23",
         day="2031-04-02", state=S.DUE, date="../2031-05-23"),
    Case(name="by a day: unconfirmed after it", told="gazette (2031-04-02): announced ../2031-05-23",
         day="2031-05-24", state=S.UNCONFIRMED, date="../2031-05-23"),
    Case(name="from a day: upcoming before it", told="gazette (2031-04-02): announced 2031-05-23/..",
         day="2031-05-22", state=S.UPCOMING, date="2031-05-23/.."),
    Case(name="from a day: due ever after", told="gazette (2031-04-02): announced 2031-05-23/..",
         day="2041-05-23", state=S.DUE, date="2031-05-23/.."),
    Case(name="announced without a day", told="gazette (2031-04-02): announced", day="2031-12-01",
         state=S.NO_DAY),
    # plans that change
    Case(name="a day named later",
         told="gazette (2031-04-02): announced\nletter (2031-04-20): announced 2031-05-05",
         day="2031-04-21", state=S.UPCOMING, date="2031-05-05"),
    Case(name="the latest plan counts, not the most exact one",
         told=f"{FIFTH}\nletter (2031-04-20): announced 2031-06", day="2031-05-10", state=S.UPCOMING,
         date="2031-06"),
    Case(name="the latest plan counts also if it names no day",
         told=f"{FIFTH}\nletter (2031-04-20): announced",
         day="2031-05-10", state=S.NO_DAY),
    Case(name="postponed to a new day", told=MOVED, day="2031-05-05", state=S.UPCOMING, date="2031-06-07",
         flags="postponed"),
    Case(name="postponed to a new day, not known yet", told=MOVED, day="2031-05-05", known_by="2031-04-19",
         state=S.TODAY, date="2031-05-05"),
    Case(name="postponed, and the new day is past", told=MOVED, day="2031-06-08", state=S.UNCONFIRMED,
         date="2031-06-07", flags="postponed"),
    Case(name="postponed without a new day", told=PUT_OFF, day="2031-05-10", state=S.NO_DAY,
         flags="postponed"),
    Case(name="postponed, then a new day announced",
         told=f"{PUT_OFF}\nradio (2031-05-02): announced 2031-06-07",
         day="2031-05-10", state=S.UPCOMING, date="2031-06-07"),
    Case(name="cancelled: the day is the one that was planned", told=OFF, day="2031-04-21",
         state=S.CANCELLED, date="2031-05-05"),
    Case(name="cancelled stays cancelled after the day", told=OFF, day="2031-06-01", state=S.CANCELLED,
         date="2031-05-05"),
    Case(name="cancelled, naming the day itself", told=f"{MAY}\nletter (2031-04-20): cancelled 2031-05-05",
         day="2031-04-21", state=S.CANCELLED, date="2031-05-05"),
    Case(name="cancelled after it was put off: no day", told=f"{PUT_OFF}\nradio (2031-05-02): cancelled",
         day="2031-05-03", state=S.CANCELLED),
    Case(name="cancelled, then announced again", told=f"{OFF}\nradio (2031-05-02): announced 2031-07-01",
         day="2031-05-03", state=S.UPCOMING, date="2031-07-01"),
    Case(name="cancelled, then announced again without a day: the old day does not come back",
         told=f"{OFF}\nradio (2031-05-02): announced", day="2031-05-03", state=S.NO_DAY),
    # two plans of one day
    Case(name="two plans of one day at odds", told=TWO_PLANS, day="2031-04-02", state=S.DISPUTED,
         date="2031-05-05", flags="conflicts"),
    Case(name="two plans of one day at odds stay so after both days", told=TWO_PLANS, day="2031-06-01",
         state=S.DISPUTED, date="2031-05-05", flags="conflicts"),
    Case(name="a later plan settles two that were at odds",
         told=f"{TWO_PLANS}\nletter (2031-04-20): announced 2031-05-06", day="2031-04-21", state=S.UPCOMING,
         date="2031-05-06"),
    Case(name="two plans of one day that can both be: the more exact one",
         told=f"{MAY}\nherald (2031-04-02): announced 2031-05-06", day="2031-04-02", state=S.UPCOMING,
         date="2031-05-06"),
    Case(name="about the fifth does not contradict the sixth",
         told="gazette (2031-04-02): announced 2031-05-05~\nherald (2031-04-02): announced 2031-05-06",
         day="2031-04-02", state=S.UPCOMING, date="2031-05-06"),
    Case(name="cancelled and announced on one day",
         told=f"{FIFTH}\nherald (2031-04-02): cancelled", day="2031-04-02", state=S.DISPUTED,
         date="2031-05-05", flags="conflicts"),
    Case(name="put off and announced for a day on one day",
         told=f"{FIFTH}\nherald (2031-04-02): postponed", day="2031-04-02", state=S.DISPUTED,
         date="2031-05-05", flags="conflicts"),
    Case(name="put off twice on one day, once with the new day",
         told="gazette (2031-04-02): postponed\nherald (2031-04-02): postponed 2031-06-07", day="2031-04-02",
         state=S.UPCOMING, date="2031-06-07", flags="postponed"),
    # held
    Case(name="announced and then held is no dispute", told=HELD, day="2031-05-12", state=S.HELD,
         date="2031-05-11"),
    Case(name="announced, then held on another day", told=f"{FIFTH}\nnote (2031-05-12): held 2031-05-11",
         day="2031-05-12", state=S.HELD, date="2031-05-11"),
    Case(name="on the day that it is held, the report not out yet", told=HELD, day="2031-05-11",
         state=S.DUE, date="2031-05"),
    Case(name="reported on the day itself", told="note (2031-05-11): held 2031-05-11", day="2031-05-11",
         state=S.HELD, date="2031-05-11"),
    Case(name="held without a day", told=f"{FIFTH}\nnote (2031-05-12): held", day="2031-05-12", state=S.HELD),
    Case(name="held in a month that is not over when its report is out",
         told="note (2031-05-12): held 2031-05", day="2031-05-12", state=S.HELD, date="2031-05"),
    Case(name="postponed, but held", told=f"{PUT_OFF}\nnote (2031-05-12): held 2031-05-11", day="2031-05-12",
         state=S.HELD, date="2031-05-11"),
    Case(name="cancelled first and then held is no dispute",
         told=f"{OFF}\nnote (2031-05-12): held 2031-05-11", day="2031-05-12", state=S.HELD,
         date="2031-05-11"),
    Case(name="held and then cancelled is a dispute", told=f"{HELD}\nradio (2031-09-01): cancelled",
         day="2031-09-01", state=S.HELD, date="2031-05-11", flags="conflicts"),
    Case(name="held and cancelled on one day is a dispute", told=f"{HELD}\nherald (2031-05-12): cancelled",
         day="2031-05-12", state=S.HELD, date="2031-05-11", flags="conflicts"),
    Case(name="held on two days that cannot both be",
         told=f"{HELD}\nradio (2031-09-01): held 2031-05-10", day="2031-09-01", state=S.HELD,
         date="2031-05-10", flags="conflicts"),
    Case(name="held in May and held on 11 May can both be", told=f"{HELD}\nradio (2031-09-01): held 2031-05",
         day="2031-09-01", state=S.HELD, date="2031-05-11"),
    Case(name="a plan after the report changes nothing",
         told=f"{HELD}\nradio (2031-09-01): announced 2031-10-01",
         day="2031-09-01", state=S.HELD, date="2031-05-11"),
    # what a source can know
    Case(name="a report of the future as past is not believed",
         told=f"{MAY}\nletter (2031-04-20): held 2031-05-11", day="2031-06-01", state=S.UNCONFIRMED,
         date="2031-05"),
    Case(name="a report of the future as past alone is not on file",
         told="letter (2031-04-20): held 2031-05-11", day="2031-06-01", state=None),
    Case(name="one source tells it as coming and as begun", told=BOTH, day="2031-10-06", state=S.HELD,
         date="2031-10-06~", flags="ambiguous"),
    Case(name="two sources tell it as coming and as begun: no ambiguity",
         told="article (2031-10-06): announced 2031-10-06\nherald (2031-10-06): held 2031-10-06",
         day="2031-10-06", state=S.HELD, date="2031-10-06"),
    Case(name="one source that tells it held and cancelled is in conflict, not ambiguous",
         told="article (2031-10-06): held 2031-10-05\narticle (2031-10-06): cancelled", day="2031-10-06",
         state=S.HELD, date="2031-10-05", flags="conflicts"),
    # publication day not known
    Case(name="published some day in May: counts from the first", told="note (2031-05): announced 2031-07-01",
         day="2031-05-01", state=S.UPCOMING, date="2031-07-01"),
    Case(name="published some day in May: not before", told="note (2031-05): announced 2031-07-01",
         day="2031-04-30", state=None),
    Case(name="published some day in May: not before what it reports held",
         told="note (2031-05): held 2031-05-11", day="2031-05-10", state=None),
    Case(name="published some day in May: from the day that it reports held",
         told="note (2031-05): held 2031-05-11", day="2031-05-11", state=S.HELD, date="2031-05-11"),
    Case(name="what else such a source says waits too",
         told="note (2031-05): held 2031-05-11\nnote (2031-05): announced 2031-07-01", day="2031-05-10",
         state=None),
    Case(name="a report that cannot be does not hold its source back",
         told="note (2031-05): held 2031-06-11\nnote (2031-05): announced 2031-07-01", day="2031-05-01",
         state=S.UPCOMING, date="2031-07-01"),
    # looked at in hindsight: known-by lies after the day
    Case(name="in hindsight, before the day it was upcoming", told="note (2031-05-12): held 2031-05-11",
         day="2031-05-01", known_by="2031-05-12", state=S.UPCOMING, date="2031-05-11"),
    Case(name="in hindsight, on the day it was held", told=HELD, day="2031-05-11", known_by="2031-05-12",
         state=S.HELD, date="2031-05-11"),
    Case(name="in hindsight, what was planned stands until it is held", told=HELD, day="2031-04-20",
         known_by="2031-09-01", state=S.UPCOMING, date="2031-05"),
    Case(name="in hindsight, reports of different days to come are at odds",
         told="note (2031-05-12): held 2031-05-11\nherald (2031-05-12): held 2031-05-10", day="2031-05-01",
         known_by="2031-05-12", state=S.DISPUTED, date="2031-05-10", flags="conflicts"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_state(case: Case) -> None:
    known_by = date.fromisoformat(case.known_by) if case.known_by else None
    standing = standing_of(case.told, date.fromisoformat(case.day), known_by)
    if standing is None:
        assert case.state is None
        return
    flags = [flag for flag in ("postponed", "ambiguous", "conflicts") if getattr(standing, flag)]
    assert standing.state is case.state
    assert (str(standing.date) if standing.date else None) == case.date
    assert " ".join(flags) == case.flags


def test_the_names_of_the_cases_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


def test_a_conflict_names_every_statement_that_takes_part_in_it() -> None:
    standing = standing_of(f"{HELD}\nradio (2031-09-01): cancelled", date(2031, 9, 1))
    assert standing is not None
    assert [(s.source, s.says) for s in standing.conflicts] == [
        ("note", Says.HELD),
        ("radio", Says.CANCELLED),
    ]


def test_the_basis_is_what_the_state_rests_on() -> None:
    standing = standing_of(MOVED, date(2031, 5, 1))
    assert standing is not None
    assert [s.source for s in standing.basis] == ["letter"]


def test_a_source_counts_from_its_first_possible_day_or_what_it_reports_held() -> None:
    facts = facts_telling("note (2031-05): held 2031-05-11\nradio (2031-09-01): held 2031-05-11")
    assert publications(facts) == {
        "note": Publication(counts_from=date(2031, 5, 11), last=date(2031, 5, 31)),
        "radio": Publication(counts_from=date(2031, 9, 1), last=date(2031, 9, 1)),
    }


# --------------------------------------------------------------------------- for any meeting

BASE = date(2031, 1, 1)
offsets = st.integers(min_value=0, max_value=40)


def day_at(offset: int) -> date:
    return BASE + timedelta(days=offset)


@st.composite
def spellings(draw: st.DrawFn) -> str:
    """Days close together, so that statements meet, contradict and overlap often."""
    start = draw(offsets)
    exact = day_at(start).isoformat()
    later = day_at(start + draw(st.integers(min_value=1, max_value=15))).isoformat()
    forms = (exact, exact, exact, f"{exact}~", f"{exact}?", f"{exact}/{later}", exact[:7])
    return draw(st.sampled_from((*forms, f"../{exact}", f"{exact}/..")))


dates = st.none() | spellings().map(parse_partial_date)


@st.composite
def meetings(draw: st.DrawFn) -> Facts:
    """A meeting with up to seven statements of up to five sources."""
    published = draw(st.lists(spellings().map(parse_partial_date), min_size=1, max_size=5))
    sources = {
        f"source-{n}": Source(id=f"source-{n}", short=Wording(texts={"en": "it"}), published=when)
        for n, when in enumerate(published)
    }
    told = st.builds(
        MeetingStatement, source=st.sampled_from(sorted(sources)), says=st.sampled_from(Says), date=dates
    )
    statements = tuple(draw(st.lists(told, max_size=7)))
    meeting = Meeting(id="meeting", forum="council", statements=statements)
    return Facts(sources=sources, meetings={"meeting": meeting})


def judged(facts: Facts, day: date, known_by: date) -> tuple[Standing | None, list[MeetingStatement]]:
    """The standing, and the visible statements that are believed."""
    published = publications(facts)
    visible = visible_statements(facts.meetings["meeting"], published, known_by)
    believed = [s for s in visible if is_possible(s, published[s.source])]
    return state_of(visible, published, day), believed


def told_by(facts: Facts, statements: Iterable[MeetingStatement]) -> Facts:
    meeting = Meeting(id="meeting", forum="council", statements=tuple(statements))
    return Facts(sources=facts.sources, meetings={"meeting": meeting})


def essence(standing: Standing | None) -> object:
    """All of a standing but the order in which it lists statements."""
    if standing is None:
        return None
    flags = (standing.postponed, standing.ambiguous)
    return standing.state, standing.date, flags, bag(standing.basis), bag(standing.conflicts)


def bag(statements: Sequence[MeetingStatement]) -> list[str]:
    return sorted(map(repr, statements))


quick = settings(deadline=None, max_examples=100)


@quick
@given(meetings(), offsets, offsets)
def test_every_day_has_one_state_unless_nothing_is_believed(facts: Facts, at: int, known: int) -> None:
    standing, believed = judged(facts, day_at(at), day_at(known))
    assert (standing is None) is (not believed)
    if standing is not None:
        assert isinstance(standing.state, MeetingState)
        assert standing.basis
        assert bag(standing.basis) == bag([s for s in believed if s in standing.basis])


@quick
@given(meetings(), offsets, offsets)
def test_held_needs_a_believed_report_of_a_day_that_has_come(facts: Facts, at: int, known: int) -> None:
    standing, believed = judged(facts, day_at(at), day_at(known))
    reports = [s for s in believed if s.says is Says.HELD and (s.date is None or s.date.first <= day_at(at))]
    assert (standing is not None and standing.state is MeetingState.HELD) is bool(reports)


@quick
@given(meetings(), offsets, offsets, st.data())
def test_the_order_of_statements_changes_nothing(
    facts: Facts, at: int, known: int, data: st.DataObject
) -> None:
    shuffled = told_by(facts, data.draw(st.permutations(facts.meetings["meeting"].statements)))
    ours, theirs = (judged(f, day_at(at), day_at(known))[0] for f in (facts, shuffled))
    assert essence(ours) == essence(theirs)


@quick
@given(meetings(), offsets, offsets, st.sampled_from(Says), dates)
def test_a_statement_that_is_not_out_yet_changes_nothing(
    facts: Facts, at: int, known: int, says: Says, when: PartialDate | None
) -> None:
    tomorrow = parse_partial_date(day_at(known + 1).isoformat())
    late = Source(id="late", short=Wording(texts={"en": "it"}), published=tomorrow)
    more = (*facts.meetings["meeting"].statements, MeetingStatement(source="late", says=says, date=when))
    with_it = told_by(Facts(sources={**facts.sources, "late": late}), more)
    assert essence(judged(with_it, day_at(at), day_at(known))[0]) == essence(
        judged(facts, day_at(at), day_at(known))[0]
    )


@quick
@given(meetings(), offsets, offsets)
def test_a_report_that_cannot_be_changes_nothing(facts: Facts, at: int, known: int) -> None:
    published = publications(facts)
    statements = facts.meetings["meeting"].statements
    without = told_by(facts, [s for s in statements if is_possible(s, published[s.source])])
    ours, theirs = (judged(f, day_at(at), day_at(known))[0] for f in (facts, without))
    assert essence(ours) == essence(theirs)


@quick
@given(spellings().map(parse_partial_date), offsets)
def test_a_plan_is_upcoming_before_its_first_day_and_unconfirmed_after_its_last(
    when: PartialDate, at: int
) -> None:
    told = f"gazette (2030-12-01): announced {when}"
    standing = standing_of(told, day_at(at))
    assert standing is not None
    if day_at(at) < when.first:
        assert standing.state is MeetingState.UPCOMING
    elif day_at(at) > when.last:
        assert standing.state is MeetingState.UNCONFIRMED
    else:
        assert standing.state is (MeetingState.TODAY if when.is_exact else MeetingState.DUE)


@quick
@given(meetings(), offsets, offsets, offsets)
def test_with_the_same_knowledge_time_goes_one_way(facts: Facts, known: int, one: int, other: int) -> None:
    """Once held always held; once past never ahead again, as long as nothing new is known."""
    earlier, later = sorted((one, other))
    before, after = (judged(facts, day_at(at), day_at(known))[0] for at in (earlier, later))
    assume(before is not None and after is not None)
    assert before is not None
    assert after is not None
    if before.state is MeetingState.HELD:
        assert after.state is MeetingState.HELD
    if before.state is MeetingState.UNCONFIRMED:
        assert after.state not in AHEAD


@quick
@given(meetings(), offsets)
def test_more_knowledge_never_unmakes_a_report(facts: Facts, at: int) -> None:
    held = [
        standing is not None and standing.state is MeetingState.HELD
        for standing in (judged(facts, day_at(at), day_at(known))[0] for known in range(0, 61, 10))
    ]
    assert held == sorted(held)
