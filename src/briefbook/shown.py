"""Facts as a memo shows them as of a day: what a selection is made of.

Texts are `Words`: they know which field of which fact they show and are escaped wherever a template prints
them. Dates stay dates until a filter prints them. Every field here is listed in `docs/templates.md`; a test
holds that table complete.
"""

from enum import StrEnum

from briefbook.cited import Cited
from briefbook.dates import PartialDate
from briefbook.document import Origin, Slot
from briefbook.facts import Force, Status
from briefbook.frozen import frozen, maker
from briefbook.marks import marked
from briefbook.state import MeetingState
from briefbook.turns import Turn


class Words(str):
    """Text that a person wrote, with the field that it comes from and its language where it is foreign.

    What a person wrote in the memo's file knows its slot there.
    """

    origin: Origin | None
    language: str | None
    slot: Slot | None

    __slots__ = ("language", "origin", "slot")

    def __new__(
        cls,
        text: str,
        origin: Origin | None = None,
        language: str | None = None,
        slot: Slot | None = None,
    ) -> "Words":
        """Make words of a text; without an origin they belong to the memo itself."""
        words = str.__new__(cls, text)
        words.origin = origin
        words.language = language
        words.slot = slot
        return words

    def saying(self, text: str) -> "Words":
        """Other words of the same field and slot."""
        words = _new(Words, text)
        words.origin = self.origin
        words.language = self.language
        words.slot = self.slot
        return words

    def __html__(self) -> str:
        """The text as Markdown with its marks; templates call this wherever they print or join it."""
        return marked(self, self.origin, self.language, self.slot)


def words_of(text: str, fact: str, field: str, language: str | None = None) -> Words:
    """The words of a field of a fact."""
    words = _new(Words, text)
    words.origin = origin_of(fact=fact, field=field)
    words.language = language
    words.slot = None
    return words


def worded(text: str, origin: Origin, language: str | None = None) -> Words:
    """The same as `Words`, in half the time: a memo shows some 150 of them."""
    words = _new(Words, text)
    words.origin = origin
    words.language = language
    words.slot = None
    return words


_new = str.__new__
origin_of = maker(Origin, now=True)  # these two are what a memo has most of


@frozen
class When:
    """A date with all that is known of it. `date` is None where no source names a day."""

    date: PartialDate | None
    origin: Origin
    wording: Words | None = None  # the source's own words, where they are not a plain date
    inferred: Words | None = None  # the reason, where the date is our reading
    days_until: int | None = None  # from the as-of day to an exact date; negative once past
    time: str | None = None  # HH:MM
    zone: str | None = None  # IANA name


when_of = maker(When, now=True)


@frozen
class Attendee:
    """Somebody at a meeting, or a delegation, with the post and spelling of that day."""

    name: Words
    post: Words | None = None
    role: Words | None = None
    is_body: bool = False  # a delegation without names


@frozen
class Side:
    """A side of a meeting; `people` is empty where no source names anybody. `name` is empty for no side."""

    name: Words
    in_text: Words  # how a sentence names it: "the United States"
    people: tuple[Attendee, ...]


@frozen
class ShownForum:
    """A forum that the memo covers."""

    id: str
    name: Words
    short: Words | None
    kind: str | None
    sides: tuple[Words, ...]
    sources: tuple[Cited, ...]
    in_text: Words | None = None  # how a sentence names it: "the Fisheries Council"


@frozen
class Conflict:
    """One of several statements about a meeting that cannot all be right."""

    says: str
    when: When
    sources: tuple[Cited, ...]


@frozen
class ShownMeeting:
    """A meeting in its state on the as-of day."""

    id: str
    forum: ShownForum
    title: Words | None  # None: simply the forum's next or latest meeting
    ordinal: int | None
    state: MeetingState
    when: When
    place: Words | None
    place_is_planned: bool  # the place is from an announcement, the meeting is told as held
    purpose: Words | None
    sides: tuple[Side, ...]  # every side of the forum, also those of which nobody is named
    people_are_planned: bool  # announced to come, but no source on file reports them there
    postponed: bool
    ambiguous: bool  # one source tells it both as coming and as held
    notes: tuple[Words, ...]
    conflicts: tuple[Conflict, ...]
    partly_in_range: bool  # its date may fall outside the memo's range
    sources: tuple[Cited, ...]  # of its state, day, place and, ahead of it, purpose
    people_sources: tuple[Cited, ...]  # of its participants
    people_are_withheld: bool = False  # some were taken out for release

    @property
    def has_people(self) -> bool:
        """True when a source names anybody."""
        return any(side.people for side in self.sides)


@frozen
class Update:
    """What a later source says of a priority's progress."""

    status: Status | None  # where it is the latest of the priority
    text: Words | None
    when: When
    sources: tuple[Cited, ...]


@frozen
class Turned:
    """How a priority has turned since its forum's last meeting."""

    id: str  # of the meeting whose day `when` is, else of the priority
    turn: Turn
    when: When  # the day of that turn; where nothing mentions the priority, that of the last meeting
    sources: tuple[Cited, ...]


@frozen
class EarlierWording:
    """The priority that another puts into new words, as it read before."""

    id: str
    text: Words
    when: When
    sources: tuple[Cited, ...]


@frozen
class ShownPriority:
    """A priority with the firmest force that a counting source gives it."""

    id: str
    text: Words
    force: Force
    by: tuple[Words, ...]
    said_by: Words | None
    said_as: Words | None
    when: When
    status: Status | None
    updates: tuple[Update, ...]
    sources: tuple[Cited, ...]  # of its text and force; an update, a turn and an earlier wording have theirs
    turned: Turned | None = None  # None where nothing of it can be said for sure
    before: EarlierWording | None = None  # the words that it replaces


@frozen
class PriorityGroup:
    """Priorities of one force, forum, meeting and speaker: printed under one lead-in line."""

    force: Force
    forum: ShownForum
    meeting: ShownMeeting | None
    by: tuple[Words, ...]
    said_by: Words | None
    said_as: Words | None
    items: tuple[ShownPriority, ...]


class CommitmentState(StrEnum):
    """How a commitment stands as of a day."""

    OPEN = "open"
    FALLEN_DUE = "fallen-due"  # its day has passed, and no source on file says that it was done or dropped
    DONE = "done"
    DROPPED = "dropped"


@frozen
class Commitment:
    """A priority that somebody promised: who, by when, and when a source last spoke of it."""

    id: str  # of the priority
    text: Words
    forum: ShownForum
    promised_by: tuple[Words, ...]
    promised: When  # when it was promised
    due: When
    status: Status | None
    was_due: bool  # its day has passed, and no source on file says that it was done or dropped
    heard: When  # when the newest source came out that speaks of it
    heard_in: Words  # how prose calls that source
    sources: tuple[Cited, ...]
    due_days: int | None = None  # from the as-of day to the last that `due` may mean; negative once past
    heard_days: int = 0  # since that source counts; negative in hindsight
    is_withheld: bool = False  # something of it was taken out for release

    @property
    def is_closed(self) -> bool:
        """True when it was done or dropped."""
        return self.status in (Status.DONE, Status.DROPPED)

    @property
    def state(self) -> CommitmentState:
        """Whether it is open, fallen due, done or dropped."""
        match self.status:
            case Status.DONE:
                return CommitmentState.DONE
            case Status.DROPPED:
                return CommitmentState.DROPPED
            case _:
                return CommitmentState.FALLEN_DUE if self.was_due else CommitmentState.OPEN


@frozen
class Claim:
    """What one source claims of a disputed point."""

    text: Words
    said_by: Words | None
    sources: tuple[Cited, ...]


@frozen
class ShownPoint:
    """A background point. `claims` holds two or more sentences that differ, or nothing."""

    id: str
    forum: ShownForum | None  # the one under which a memo on several forums prints it
    title: Words | None
    text: Words | None
    claims: tuple[Claim, ...]
    say: Words | None
    sources: tuple[Cited, ...]

    @property
    def is_disputed(self) -> bool:
        """True where counting sources, or one source within itself, claim different things."""
        return bool(self.claims)


@frozen
class Gap:
    """What the sources leave open on a meeting, or a `question` that a person noted."""

    meeting: ShownMeeting | None = None
    place: bool = False
    day: bool = False
    sides: tuple[Words, ...] = ()  # of which nobody is named
    outcome: bool = False  # whether it was held at all
    question: Words | None = None
    sources: tuple[Cited, ...] = ()


@frozen
class ShownSource:
    """A source, with how its publication day is known."""

    id: str
    short: Words
    title: Words | None
    publisher: Words | None
    author: Words | None
    speaks: tuple[Words, ...]
    published: When
    dateline: Words | None
    reliability: str | None
    credibility: str | None
    graded_by: Words | None
    note: Words | None
    address: str | None
    opens: str | None  # the address of the web that opens it: its own, else that of its archived text

    @property
    def is_inexact(self) -> bool:
        """True when its day of publication is not known."""
        return self.published.date is None or not self.published.date.is_exact

    @property
    def is_undated(self) -> bool:
        """True when the text itself prints no full date."""
        return self.published.inferred is not None
