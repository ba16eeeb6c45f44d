"""What holds for any facts, any memo and any day: what is selected, and what never is."""

from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from briefbook.dates import PartialDate
from briefbook.facts import Facts, Force, Says, Statement, Status, earlier_wordings, statements_of
from briefbook.index import indexed
from briefbook.memo import RangeScope
from briefbook.select import select
from briefbook.selection import Selection
from briefbook.state import AHEAD, MeetingState, publications, state_of, visible_statements
from tests.council import SETTINGS, facts_of, ids, memo_of, selected, told

START = date(2031, 1, 1)
offsets = st.integers(min_value=0, max_value=60)


def day_at(offset: int) -> date:
    return START + timedelta(days=offset)


def at_day(offset: int) -> str:
    return day_at(offset).isoformat()


def spelled(draw: st.DrawFn) -> str:
    exact = at_day(draw(offsets))
    return draw(st.sampled_from((exact, exact, f"{exact}~", exact[:7], f"{exact}/..", f"../{exact}")))


@st.composite
def books(draw: st.DrawFn) -> Facts:
    """Two forums with meetings, priorities and points by up to four sources, read from text."""
    sources = [f"s{n}" for n in range(draw(st.integers(min_value=1, max_value=4)))]
    lines = ["sources:", *(f"  {s}: {{short: it, published: {spelled(draw)}}}" for s in sources)]
    lines += ["forums: {one: {name: One}, two: {name: Two}}", "meetings:"]

    def statement(more: str) -> str:
        dated = f", date: {spelled(draw)}" if draw(st.booleans()) else ""
        return f"      - {{source: {draw(st.sampled_from(sources))}, evidence: e{dated}{more}}}"

    forums = st.sampled_from(("one", "two"))
    for n in range(3):
        lines += [f"  m{n}:", f"    forum: {draw(forums)}", "    statements:"]
        lines += [
            statement(f", says: {draw(st.sampled_from(Says))}") for _ in range(draw(st.sampled_from((1, 2))))
        ]
    lines.append("priorities:")
    for n in range(3):
        meeting = draw(st.sampled_from(("", ", meeting: m0", ", meeting: m1")))
        rewords = draw(st.sampled_from(("", f", rewords: p{n - 1}"))) if n else ""
        lines.append(f"  p{n}:\n    forum: {draw(forums)}\n    text: A.")
        lines += [f"    {each[2:]}" for each in (meeting, rewords) if each]
        lines += ["    statements:", statement(f", force: {draw(st.sampled_from(Force))}")]
        lines += [
            statement(draw(more_of_a_priority())) for _ in range(draw(st.integers(min_value=0, max_value=2)))
        ]
    lines += ["background:", "  b0:", f"    forums: [{draw(forums)}]", "    statements:"]
    lines += [statement(f", claim: Claim {n}.") for n in range(draw(st.sampled_from((1, 2))))]
    return facts_of("\n".join(lines), ground="")


@st.composite
def more_of_a_priority(draw: st.DrawFn) -> str:
    """What a later statement adds: that it was said again, promised, or how far it has come."""
    at = draw(st.sampled_from(("", ", meeting: m0", ", meeting: m1", ", meeting: m2")))
    force = draw(st.sampled_from(("", *(f", force: {force}" for force in Force))))
    promise = draw(
        st.sampled_from(("", ", promised_by: [norland]", ", promised_by: [norland], due: 2031-02"))
    )
    status = draw(st.sampled_from(("", *(f", status: {status}" for status in Status))))
    return at + force + promise + status


UNBOUNDED = ["forum: one", "forums: [one, two]", "meetings: [m0, m1]", "range: all"]
MEMOS = [*UNBOUNDED, "range: 2031-01-20/2031-02-10"]
few = settings(deadline=None, max_examples=60)


def shown_ids(selection: Selection) -> set[str]:
    return {id_ for listed in told(selection).values() for id_ in listed}


@few
@given(books(), st.sampled_from(MEMOS), offsets)
def test_before_any_publication_every_memo_is_empty(facts: Facts, memo: str, at: int) -> None:
    first = min(publication.counts_from for publication in publications(facts).values())
    if first == date.min:
        return  # an open start: there is no day before it
    selection = selected(
        facts, memo, (START + timedelta(days=at)).isoformat(), (first - timedelta(days=1)).isoformat()
    )
    assert selection.is_empty
    assert not shown_ids(selection)
    assert not selection.sources
    assert not selection.gaps


@few
@given(books(), st.sampled_from(UNBOUNDED), offsets, offsets, offsets)
def test_what_is_shown_grows_with_the_known_by_day(
    facts: Facts, memo: str, at: int, one: int, other: int
) -> None:
    """But for what is put into new words, and for a meeting that turns out to be ahead still.

    What later sources alone tell of such a meeting goes.
    """
    less, more = (selected(facts, memo, at_day(at), at_day(known)) for known in sorted((one, other)))
    for id_ in shown_ids(less) - shown_ids(more):
        priority = facts.priorities[id_]
        newer = (facts.priorities[other] for other in shown_ids(more) & facts.priorities.keys())
        if any(priority in earlier_wordings(each, facts) for each in newer):
            continue
        said = [s for s in priority.statements if s.force is not None]
        occasions = [s.meeting or priority.meeting for s in said]
        assert any(meeting and ahead(facts, meeting, at, max(one, other)) for meeting in occasions)
        published = publications(facts)
        assert all(
            published[s.source].counts_from > day_at(at) or not is_seen(facts, s, max(one, other))
            for s in said
        )


def is_seen(facts: Facts, statement: Statement, known: int) -> bool:
    return publications(facts)[statement.source].counts_from <= day_at(known)


def ahead(facts: Facts, meeting: str, at: int, known: int) -> bool:
    """Whether a meeting is to come as of a day, by what is known another day, or nothing is known of it."""
    statements = visible_statements(facts.meetings[meeting], publications(facts), day_at(known))
    standing = state_of(statements, publications(facts), day_at(at))
    return standing is None or standing.state in AHEAD


@few
@given(books(), offsets, offsets, offsets, offsets)
def test_nothing_from_outside_the_range_is_shown(
    facts: Facts, at: int, known: int, one: int, other: int
) -> None:
    first, last = (START + timedelta(days=n) for n in sorted((one, other)))
    memo = memo_of(f"range: {first}/{last}")
    assert memo.scope == RangeScope(first=first, last=last)
    selection = selected(facts, memo, at_day(at), at_day(known))
    meetings = (*selection.upcoming, *selection.earlier, *selection.long_unconfirmed, *selection.called_off)
    for meeting in meetings:
        dates = [meeting.when.date] if meeting.when.date else said_of(facts, meeting.id)
        assert any(when.overlaps(first, last) for when in dates)
    for id_ in shown_ids(selection) - set(ids(meetings)):
        dates = said_of(facts, id_)
        priority = facts.priorities.get(id_)
        if priority is not None:
            occasions = {priority.meeting, *(s.meeting for s in priority.statements)} - {None}
            dates += [when for meeting in occasions if meeting for when in said_of(facts, meeting)]
        assert any(when.overlaps(first, last) for when in dates)


def said_of(facts: Facts, id_: str) -> list[PartialDate]:
    """Each day that a statement of a fact names, or else on which it is published."""
    fact = facts.find(id_)
    assert fact is not None
    return [s.date or facts.sources[s.source].published for s in statements_of(fact)]


@few
@given(books(), st.sampled_from(MEMOS), offsets, offsets)
def test_the_sources_are_those_that_what_is_shown_names(facts: Facts, memo: str, at: int, known: int) -> None:
    selection = selected(facts, memo, at_day(at), at_day(known))
    listed = [source.id for source in selection.sources]
    assert set(listed) == named_in(replace(selection, sources=()))
    assert listed == [id_ for id_ in facts.sources if id_ in listed]
    assert all(publications(facts)[id_].counts_from.isoformat() <= at_day(known) for id_ in listed)


def named_in(shown: object) -> set[str]:
    """The ids in every field for sources, however deep it stands."""
    if isinstance(shown, tuple):
        return {id_ for item in shown for id_ in named_in(item)}
    if not is_dataclass(shown):
        return set()
    found: set[str] = set()
    for field in fields(shown):
        value = getattr(shown, field.name)
        found |= set(value) if field.name in ("sources", "people_sources") else named_in(value)
    return found


@few
@given(books(), st.sampled_from(MEMOS), offsets, offsets)
def test_an_index_made_beforehand_changes_nothing(facts: Facts, memo: str, at: int, known: int) -> None:
    days = {"as_of": START + timedelta(days=at), "known_by": START + timedelta(days=known)}
    definition = memo_of(memo)
    with_index = select(facts, SETTINGS, definition, **days, index=indexed(facts))
    assert with_index == selected(facts, memo, at_day(at), at_day(known))


@few
@given(books(), st.sampled_from(MEMOS), offsets, offsets)
def test_every_meeting_stands_in_one_list(facts: Facts, memo: str, at: int, known: int) -> None:
    selection = selected(facts, memo, at_day(at), at_day(known))
    listed = [*ids(selection.upcoming), *told(selection)["earlier"]]
    assert len(listed) == len(set(listed))
    states = {m.state for m in selection.upcoming}
    assert not states & {MeetingState.HELD, MeetingState.CANCELLED, MeetingState.UNCONFIRMED}
