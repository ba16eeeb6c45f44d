"""The state of a meeting on a day, derived from what its sources say. Never typed by hand.

`state_of` is the whole rule. It sees only the statements that count (those of sources published by the
known-by day and not withdrawn by then) and knows of each source when it was published.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

from briefbook.dates import PartialDate
from briefbook.facts import Facts, Meeting, MeetingStatement, Says
from briefbook.frozen import frozen, maker


class MeetingState(StrEnum):
    """Where a meeting stands on a day. A meeting that no counting statement names has no state."""

    HELD = "held"
    DISPUTED = "disputed"
    CANCELLED = "cancelled"
    NO_DAY = "no-day"
    UPCOMING = "upcoming"
    TODAY = "today"
    DUE = "due"
    UNCONFIRMED = "unconfirmed"


AHEAD = frozenset({MeetingState.UPCOMING, MeetingState.TODAY, MeetingState.DUE, MeetingState.NO_DAY})


@frozen
class Publication:
    """From which day a source counts, and the last day on which it can have been published.

    `until` is the day on which it was withdrawn: from then on it counts no more.
    """

    counts_from: date
    last: date
    until: date | None = None

    def counts(self, known_by: date) -> bool:
        """True when the source was out by a day, and not withdrawn yet."""
        return self.counts_from <= known_by and (self.until is None or known_by < self.until)


@frozen
class Standing:
    """A state with what it rests on.

    `date` is the day that the state was judged by, `basis` the statements that gave it. `ambiguous` is true
    where one source tells the meeting both as coming and as held; `conflicts` holds the statements that
    cannot all be right (held on different days, held and then cancelled, two plans of one day).
    """

    state: MeetingState
    date: PartialDate | None
    basis: tuple[MeetingStatement, ...]
    postponed: bool = False
    ambiguous: bool = False
    conflicts: tuple[MeetingStatement, ...] = ()


def publications(facts: Facts) -> dict[str, Publication]:
    """When each source counts: from its first possible day, never before what it reports held."""
    sources = facts.sources
    counts_from = {source.id: source.published.first for source in sources.values()}
    for meeting in facts.meetings.values():
        for statement in meeting.statements:
            source = sources.get(statement.source)
            if source is None or statement.says is not Says.HELD or statement.date is None:
                continue
            if statement.date.first <= source.published.last:
                counts_from[source.id] = max(counts_from[source.id], statement.date.first)
    ends = {source.id: source.withdrawn.on for source in sources.values() if source.withdrawn}
    return {
        id_: Publication(counts_from=day, last=sources[id_].published.last, until=ends.get(id_))
        for id_, day in counts_from.items()
    }


def is_possible(statement: MeetingStatement, publication: Publication) -> bool:
    """False for a report of the future as past: held on a day after its source can have been published."""
    if statement.says is not Says.HELD or statement.date is None:
        return True
    return statement.date.first <= publication.last


def visible_statements(
    meeting: Meeting, published: Mapping[str, Publication], known_by: date
) -> list[MeetingStatement]:
    """The statements that count on a known-by day."""
    return [
        statement
        for statement in meeting.statements
        if statement.source in published and published[statement.source].counts(known_by)
    ]


def state_of(
    statements: Sequence[MeetingStatement], published: Mapping[str, Publication], day: date
) -> Standing | None:
    """Derive the state of a meeting on a day from its visible statements; None where nothing is on file."""
    if len(statements) == 1:  # as most meetings that were held are told by one source
        (only,) = statements
        is_held = only.says is Says.HELD and is_possible(only, published[only.source])
        if is_held and (only.date is None or only.date.first <= day):
            return maker(Standing)(state=MeetingState.HELD, date=only.date, basis=(only,))
    believed = [s for s in statements if is_possible(s, published[s.source])]
    held = [s for s in believed if s.says is Says.HELD]
    plans = [s for s in believed if s.says is not Says.HELD]
    happened = [s for s in held if s.date is None or s.date.first <= day]
    if happened:
        return Standing(
            state=MeetingState.HELD,
            date=_narrowest(happened),
            basis=tuple(happened),
            ambiguous=bool(
                {s.source for s in happened} & {s.source for s in plans if s.says is not Says.CANCELLED}
            ),
            conflicts=_conflicts(happened, plans, published),
        )
    if not plans and not held:
        return None
    # Known only in hindsight (known-by lies after the day): what was to come is then its plan.
    return _plan_state(plans or held, published, day)


def _plan_state(
    plans: Sequence[MeetingStatement], published: Mapping[str, Publication], day: date
) -> Standing:
    newest = max(published[s.source].counts_from for s in plans)
    latest = [s for s in plans if published[s.source].counts_from == newest]
    if _at_odds(latest):
        return Standing(
            state=MeetingState.DISPUTED, date=_narrowest(latest), basis=tuple(latest), conflicts=tuple(latest)
        )
    if latest[0].says is Says.CANCELLED:
        return Standing(
            state=MeetingState.CANCELLED, date=_day_called_off(latest, plans, published), basis=tuple(latest)
        )
    when = _narrowest(latest)
    return Standing(
        state=_by_day(when, day),
        date=when,
        basis=tuple(latest),
        postponed=any(s.says is Says.POSTPONED for s in latest),
    )


def _by_day(when: PartialDate | None, day: date) -> MeetingState:
    if when is None:
        return MeetingState.NO_DAY
    if day < when.first:
        return MeetingState.UPCOMING
    if day > when.last:
        return MeetingState.UNCONFIRMED
    return MeetingState.TODAY if when.is_exact else MeetingState.DUE


def _narrowest(statements: Sequence[MeetingStatement]) -> PartialDate | None:
    """The most exact date; of equally exact ones the first, whatever the order of the statements."""
    dated = [s.date for s in statements if s.date is not None]
    return min(
        dated,
        key=lambda when: (when.last - when.first, not when.is_exact, when.sort_key, str(when)),
        default=None,
    )


def _day_called_off(
    cancelled: Sequence[MeetingStatement],
    plans: Sequence[MeetingStatement],
    published: Mapping[str, Publication],
) -> PartialDate | None:
    """The day that a cancellation names, else that of the latest plan before it."""
    kept = [s for s in plans if s.says is not Says.CANCELLED]
    newest = max((published[s.source].counts_from for s in kept), default=None)
    return _narrowest(cancelled) or _narrowest([s for s in kept if published[s.source].counts_from == newest])


def _at_odds(plans: Sequence[MeetingStatement]) -> bool:
    if len({s.says is Says.CANCELLED for s in plans}) == 2:
        return True
    put_off = {s.source for s in plans if s.says is Says.POSTPONED and s.date is None}
    fixed = {s.source for s in plans if s.says is Says.ANNOUNCED and s.date is not None}
    if put_off and fixed - put_off:
        return True  # one source takes the day back, another names one
    return _cannot_all_be([s for s in plans if s.says is not Says.CANCELLED])


def _cannot_all_be(statements: Sequence[MeetingStatement]) -> bool:
    # "About the 6th" contradicts no 7th, so only unqualified dates can be at odds.
    dates = [s.date for s in statements if s.date is not None and not s.date.is_qualified]
    return any(not a.overlaps(b.first, b.last) for i, a in enumerate(dates) for b in dates[i + 1 :])


def _conflicts(
    happened: Sequence[MeetingStatement],
    plans: Sequence[MeetingStatement],
    published: Mapping[str, Publication],
) -> tuple[MeetingStatement, ...]:
    first_held = min(published[s.source].counts_from for s in happened)
    cancelled = [
        s for s in plans if s.says is Says.CANCELLED and published[s.source].counts_from >= first_held
    ]
    if cancelled or _cannot_all_be(happened):
        return (*happened, *cancelled)
    return ()
