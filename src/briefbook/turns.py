"""How a priority has turned at its forum's last meeting, or since: new, reaffirmed, reworded, dropped.

Pure, like `state.py`: it sees only the statements that count. What cannot be placed before or after the
meeting with certainty is told as nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import Enum, StrEnum, auto

from briefbook.dates import PartialDate
from briefbook.facts import Force, Meeting, PriorityStatement, Status
from briefbook.frozen import frozen
from briefbook.state import MeetingState, Publication, Standing

FIRMNESS = {force: place for place, force in enumerate(Force)}  # from the firmest
_CLOSED = (Status.DONE, Status.DROPPED)


class Turn(StrEnum):
    """How a priority stands since its forum's last meeting."""

    NEW = "new"
    REAFFIRMED = "reaffirmed"
    REWORDED = "reworded"
    DROPPED = "dropped"
    NOT_MENTIONED = "not-mentioned"  # by what is on file since; whether it was spoken of nobody knows


def leading(told: Sequence[PriorityStatement]) -> PriorityStatement | None:
    """Of statements, the newest first, the one that gives the force: the oldest of the firmest, if any."""
    forceful = [(FIRMNESS[s.force], s) for s in reversed(told) if s.force is not None]
    return min(forceful, key=lambda pair: pair[0])[1] if forceful else None


def tells_status_alone(statement: PriorityStatement) -> bool:
    """Whether a statement says how far a priority has come, and nothing else of it."""
    more = statement.force, statement.update, statement.due, statement.promised_by, statement.by
    return statement.status is not None and not any(more)


@frozen
class LastMeeting:
    """A forum's latest held meeting, and the held meetings that were before it for sure."""

    id: str
    date: PartialDate | None
    earlier: frozenset[str]
    basis: tuple[str, ...]  # the sources that tell of it as held


def last_meeting(
    meetings: Iterable[tuple[Meeting, Standing]], published: Mapping[str, Publication]
) -> LastMeeting | None:
    """The latest of a forum's meetings that were held; None where none was.

    An undated meeting is as late as the text that tells of it, as under “Earlier meetings”.
    """
    held = [(meeting, standing) for meeting, standing in meetings if standing.state is MeetingState.HELD]
    if not held:
        return None

    def lateness(pair: tuple[Meeting, Standing]) -> tuple[date, date]:
        _, standing = pair
        told_by = min([published[s.source].last for s in standing.basis])
        when = standing.date
        last, first = (min(when.last, told_by), when.first) if when else (told_by, told_by)
        return last, first

    last, standing = max(held, key=lateness)
    for other, its in held:  # where days leave it open, ordinals tell
        if _is_before(last, standing.date, other, its.date):
            last, standing = other, its
    return LastMeeting(
        id=last.id,
        date=standing.date,
        earlier=frozenset([m.id for m, other in held if _is_before(m, other.date, last, standing.date)]),
        basis=tuple(dict.fromkeys([s.source for s in standing.basis])),
    )


def _is_before(one: Meeting, on: PartialDate | None, other: Meeting, other_on: PartialDate | None) -> bool:
    """Whether one meeting was before another for sure: by their days, else by their ordinals."""
    if on and other_on:
        if on.last < other_on.first:
            return True
        if other_on.last < on.first:
            return False
    return one.ordinal is not None and other.ordinal is not None and one.ordinal < other.ordinal


class _Placed(Enum):
    """Where something that was said lies, as seen from a meeting."""

    BEFORE = auto()
    SINCE = auto()  # at the meeting, or later
    OPEN = auto()


def occasion_of(statement: PriorityStatement, own: str | None) -> str | None:
    """The meeting at which it was said. An update is of none, unless it names one: it came later."""
    return statement.meeting or (own if statement.force is not None else None)


@frozen
class Turning:
    """The last meeting of a forum with all that is needed to place statements before or after it.

    `days` are those of the meetings that were held. `is_silent` is true where no source tells of any
    priority of the forum at that meeting: then it says nothing that one is not among them.
    """

    last: LastMeeting
    published: Mapping[str, Publication]
    days: Mapping[str, PartialDate | None]
    is_silent: bool = True

    def is_at_it(self, statement: PriorityStatement, own: str | None) -> bool:
        """Whether something was said with a force at the meeting or since."""
        return statement.force is not None and self._place(statement, own) is _Placed.SINCE

    def turn(
        self, told: Sequence[PriorityStatement], own: str | None, *, rewords: bool, is_whole: bool
    ) -> tuple[Turn, PriorityStatement | None] | None:
        """How a priority has turned, and by which statement; None where nothing can be said for sure.

        `told` are its counting statements, the newest first; `own` is its own meeting; `rewords` tells that
        an earlier wording of it is on file, `is_whole` that nothing was taken out of it for release.
        """
        status = next((s for s in told if s.status), None)
        if status is not None and status.status is Status.DROPPED:
            return (Turn.DROPPED, status) if self._is_dropped_since(status, own) else None
        placed = [(s, self._place(s, own)) for s in told if s.force is not None]
        places = {place for _, place in placed}
        since = [s for s, place in placed if place is _Placed.SINCE]
        if since and places == {_Placed.SINCE}:
            if rewords:
                return Turn.REWORDED, since[-1]
            return (Turn.NEW, since[-1]) if self.last.earlier and is_whole else None
        if since and _Placed.BEFORE in places:
            firmest = min(FIRMNESS[s.force] for s, _ in placed if s.force is not None)
            again = [s for s in since if s.force is not None and FIRMNESS[s.force] == firmest]
            return (Turn.REAFFIRMED, again[0]) if again else None  # said less firmly is not said again
        is_open = status is None or status.status not in _CLOSED
        was_raised = any(occasion_of(s, own) in self.last.earlier for s, _ in placed)  # at a meeting before
        if places != {_Placed.BEFORE} or not (was_raised and is_open and is_whole) or self.is_silent:
            return None
        return None if any(self._is_mention(s, own) for s in told) else (Turn.NOT_MENTIONED, None)

    def _is_dropped_since(self, statement: PriorityStatement, own: str | None) -> bool:
        """Whether a source tells since the meeting that it was dropped, and of no day before it."""
        if self._place(statement, own) is _Placed.SINCE:
            return True
        is_placed = occasion_of(statement, own) is not None or statement.date is not None
        return not is_placed and self._is_told_since(statement)

    def _is_mention(self, statement: PriorityStatement, own: str | None) -> bool:
        """Whether something may have been said at the meeting or since, if only in a text that came out."""
        return self._place(statement, own) is not _Placed.BEFORE or self._is_told_since(statement)

    def _is_told_since(self, statement: PriorityStatement) -> bool:
        return self.last.date is None or self._counts_from(statement) >= self.last.date.first

    def _place(self, statement: PriorityStatement, own: str | None) -> _Placed:
        occasion, at = occasion_of(statement, own), self.last.date
        is_earlier = at is not None and self.published[statement.source].last < at.first
        if is_earlier or occasion in self.last.earlier:
            return _Placed.BEFORE  # an aim of which a text tells ahead of the meeting was not said there
        if occasion == self.last.id:
            is_sure = at is None or self._counts_from(statement) >= at.first
            return _Placed.SINCE if is_sure else _Placed.OPEN
        when = statement.date or (self.days.get(occasion) if occasion else None)
        if at is None or when is None:
            return _Placed.OPEN
        if when.last < at.first:
            return _Placed.BEFORE
        return _Placed.SINCE if when.first >= at.last else _Placed.OPEN

    def _counts_from(self, statement: PriorityStatement) -> date:
        return self.published[statement.source].counts_from
