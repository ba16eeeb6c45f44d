"""What a memo shows as of a day: the typed context of every section template.

A selection is made by `select.select` and read by templates. What it holds of facts is in `shown.py`, and may
be named from here as well.
Every field here is listed in `docs/templates.md`; a test holds that table complete.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from enum import StrEnum

from briefbook.cited import Cited
from briefbook.dates import PartialDate, days_between
from briefbook.document import Citations
from briefbook.facts import Force, Status
from briefbook.frozen import frozen
from briefbook.marking import Handling, Marking
from briefbook.shown import Attendee as Attendee
from briefbook.shown import Claim as Claim
from briefbook.shown import Commitment as Commitment
from briefbook.shown import CommitmentState as CommitmentState
from briefbook.shown import Conflict as Conflict
from briefbook.shown import EarlierWording as EarlierWording
from briefbook.shown import Gap as Gap
from briefbook.shown import PriorityGroup as PriorityGroup
from briefbook.shown import ShownForum as ShownForum
from briefbook.shown import ShownMeeting as ShownMeeting
from briefbook.shown import ShownPoint as ShownPoint
from briefbook.shown import ShownPriority as ShownPriority
from briefbook.shown import ShownSource as ShownSource
from briefbook.shown import Side as Side
from briefbook.shown import Turned as Turned
from briefbook.shown import Update as Update
from briefbook.shown import When as When
from briefbook.shown import Words as Words
from briefbook.state import MeetingState


@frozen
class Fallen:
    """A fact that the memo would show, had its sources not been withdrawn. `words` are those of then."""

    id: str
    words: Words


@frozen
class ShownWithdrawal:
    """A source that the memo would use, had it not been withdrawn."""

    id: str
    short: Words
    on: date
    why: Words
    fallen: tuple[Fallen, ...]  # each stands with the last of its sources to be withdrawn


@frozen
class ShownSignature:
    """Who drafted, approved or cleared the memo."""

    name: Words | None
    office: Words | None
    phone: Words | None
    status: Words | None
    date: PartialDate | None


@frozen
class ShownTab:
    """What is attached, and by which sign the text calls it."""

    tab: str
    title: Words


@frozen
class ShownSlot:
    """A place that the memo keeps free for a person's words: these, or the prompt while there are none."""

    key: str  # its id in the memo's file
    title: Words
    text: Words
    on: str | None  # the id of the fact that it is a comment on

    @property
    def is_empty(self) -> bool:
        """True while nobody wrote it: the text is its prompt in brackets."""
        return self.text.slot is not None and self.text.slot.is_empty


@frozen
class Written:
    """What a person wrote in the memo's file, for the profiles that want it; all of it may be empty."""

    through: tuple[Words, ...] = ()
    purpose: tuple[Words, ...] = ()
    issue: tuple[Words, ...] = ()
    timing: tuple[Words, ...] = ()
    objectives: tuple[Words, ...] = ()
    talking_points: tuple[Words, ...] = ()
    argument: tuple[Words, ...] = ()
    recommendation: tuple[Words, ...] = ()
    slots: tuple[ShownSlot, ...] = ()
    tabs: tuple[ShownTab, ...] = ()
    drafter: ShownSignature | None = None
    approver: ShownSignature | None = None
    clearances: tuple[ShownSignature, ...] = ()


NOTHING_WRITTEN = Written()


# -------------------------------------------------------------------------------- what has changed


class ChangeKind(StrEnum):
    """What became of a fact between two editions."""

    ADDED = "added"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"  # it is no longer shown


@frozen
class Told:
    """A field of a fact at one time: words, or what templates put in words.

    One of these is given, but how a commitment stands comes with the day by which it is due.
    """

    words: tuple[Words, ...] = ()
    sides: tuple[Side, ...] = ()
    reports: tuple[Conflict, ...] = ()
    when: When | None = None
    state: MeetingState | None = None
    promise: CommitmentState | None = None
    force: Force | None = None
    status: Status | None = None
    number: int | None = None


@frozen
class FieldChange:
    """A field before and after; None where there was or is nothing. Of a list only what went and came."""

    field: str
    before: Told | None
    after: Told | None
    is_list: bool = False
    title: Words | None = None  # of a slot: what stands before its words


@frozen
class Change:
    """What became of one fact, with the fact as it is; where it was withdrawn, as it was."""

    id: str
    kind: ChangeKind
    meeting: ShownMeeting | None = None
    priority: ShownPriority | None = None
    point: ShownPoint | None = None
    source: ShownSource | None = None
    forum: ShownForum | None = None  # itself, or the one of a priority or a point
    fields: tuple[FieldChange, ...] = ()  # of a fact that has changed
    because: tuple[ShownWithdrawal, ...] = ()  # of sources that it rested on
    sources: tuple[Cited, ...] = ()  # of the fact, as far as what is shown now names them

    @property
    def moved(self) -> FieldChange | None:
        """The state of a meeting or a commitment before and after, where it is another."""
        return next((each for each in self.fields if each.field == "state"), None)


@frozen
class Changes:
    """What changed between two selections, in the order in which a memo tells it."""

    forums: tuple[Change, ...] = ()
    meetings: tuple[Change, ...] = ()
    priorities: tuple[Change, ...] = ()
    background: tuple[Change, ...] = ()
    sources: tuple[Change, ...] = ()
    written: tuple[FieldChange, ...] = ()  # what a person wrote in the memo's file

    @property
    def is_nothing(self) -> bool:
        """True where nothing changed at all."""
        return not (self.all or self.written)

    @property
    def all(self) -> tuple[Change, ...]:
        """Every change of a fact."""
        return (*self.forums, *self.meetings, *self.priorities, *self.background, *self.sources)


@frozen
class Since:
    """What changed since an edition of the memo."""

    number: int  # of that edition
    as_of: date
    changes: Changes = Changes()
    is_lost: bool = False  # what that edition told is not kept any more, so nothing is compared
    markings: Mapping[str, Marking] = field(default_factory=dict)  # of then, of what is told of then; by id


@frozen
class ComparedSide:
    """One of two things that are compared: an edition, or without a number what the facts tell."""

    as_of: date
    known_by: date
    number: int | None = None


@frozen
class ChangedFact:
    """A fact that has changed since a person wrote words that rest on it, as it is called."""

    id: str
    words: Words
    meeting: ShownMeeting | None = None  # a meeting has a name by its number, in which words meet
    is_quoted: bool = False  # the words are a text, not a name
    lost_source: bool | None = None  # all that has changed is that a source was withdrawn


@frozen
class Again:
    """A slot whose words are to be checked again, as these facts have changed."""

    slot: str  # its id in the memo's file
    facts: tuple[ChangedFact, ...]


@frozen
class Rested:
    """What the facts said on which a person's words rest, when the words were written or last checked."""

    words: str  # a digest of the words, and of the day when they were checked
    facts: Mapping[str, str]  # by id a digest of what the fact said


@frozen
class Selection:
    """All that a memo shows as of a day. Every tuple may be empty: an empty memo is valid."""

    memo: str
    title: Words
    subject: Words | None
    reference: str
    to: Words | None
    sender: Words | None
    language: str
    as_of: date
    known_by: date
    first: date | None  # of a range memo; None where the range is open on this side
    last: date | None
    forums: tuple[ShownForum, ...]
    upcoming: tuple[ShownMeeting, ...]  # upcoming, today, due, and announced without a day
    called_off: tuple[ShownMeeting, ...]  # cancelled, their day not past
    attended: tuple[ShownMeeting, ...]  # whose participants the memo lists
    earlier: tuple[ShownMeeting, ...]  # held, cancelled, disputed, unconfirmed; latest first
    long_unconfirmed: tuple[ShownMeeting, ...]  # unconfirmed for more than 90 days
    priorities: tuple[PriorityGroup, ...]
    background: tuple[ShownPoint, ...]  # undisputed
    disputed: tuple[ShownPoint, ...]
    contested: tuple[ShownMeeting, ...]  # meetings with conflicts
    gaps: tuple[Gap, ...]
    bottom_line: Words | None
    sources: tuple[ShownSource, ...]  # every source that the memo may cite
    citations: Citations = Citations.NUMBERED  # how print shows what a passage rests on
    handling: Handling | None = None  # the markings of all this, where the book has a scheme
    written: Written | None = None  # None where the memo's file has nothing of it
    withdrawals: tuple[ShownWithdrawal, ...] | None = None  # None for none
    again: tuple[Again, ...] | None = None  # slots to be checked again; None for none
    rested: tuple[Rested, ...] | None = None  # for the next edition: what its slots rest on; None for nothing
    since: Since | None = None  # what changed since the edition before; None where no section asks for it
    leanings: Mapping[str, tuple[str, ...]] | None = None  # by slot: the facts that a person's words rest on
    promised: tuple[Commitment, ...] | None = None  # None where nothing was promised

    @property
    def own(self) -> Written:
        """What a person wrote in the memo's file, for the profiles that want it."""
        return self.written or NOTHING_WRITTEN

    @property
    def withdrawn(self) -> tuple[ShownWithdrawal, ...]:
        """The sources that the memo would use, had they not been withdrawn, with what fell with each."""
        return self.withdrawals or ()

    @property
    def commitments(self) -> tuple[Commitment, ...]:
        """What was promised: open ones first, what is due longest before the others."""
        return self.promised or ()

    @property
    def next_meeting(self) -> ShownMeeting | None:
        """The first meeting ahead that has a date, if any."""
        return next((meeting for meeting in self.upcoming if meeting.when.date), None)

    @property
    def latest_meeting(self) -> ShownMeeting | None:
        """The latest meeting that is not ahead, if any."""
        return next(iter((*self.earlier, *self.long_unconfirmed)), None)

    @property
    def meetings(self) -> tuple[ShownMeeting, ...]:
        """Every meeting that the memo shows: ahead, called off, past."""
        return (*self.upcoming, *self.called_off, *self.earlier, *self.long_unconfirmed)

    def along_time(self, limit: int | None = None) -> tuple[ShownMeeting, ...]:
        """The meetings that have a date, earliest first; of more than `limit` those next to the as-of day."""
        dated = [(meeting, meeting.when.date) for meeting in self.meetings if meeting.when.date]
        near = sorted(dated, key=lambda pair: _days_off(pair[1], self.as_of))[:limit]
        return tuple(meeting for meeting, _ in sorted(near, key=lambda pair: _known_days(pair[1])))

    @property
    def is_range(self) -> bool:
        """True for a memo on a range of days."""
        return self.first is not None or self.last is not None

    @property
    def is_empty(self) -> bool:
        """True when nothing is on file."""
        meetings = self.upcoming or self.called_off or self.earlier or self.long_unconfirmed
        return not (self.forums or meetings or self.priorities or self.background or self.disputed)


def _days_off(when: PartialDate, day: date) -> int:
    """How many days lie between a day and the nearest that a date may mean."""
    return max(days_between(day, when.first), days_between(when.last, day), 0)


def _known_days(when: PartialDate) -> tuple[date, date]:
    """The first and last day by which a date is told in order; of an open start its end."""
    return when.first if when.start else when.last, when.last
