"""The definition of a memo, as a person wrote it in `memos/<id>.yaml`, and of the book around it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, time
from enum import StrEnum

from briefbook.dates import PartialDate
from briefbook.delivery import Delivery, MailSettings, ScheduleSpec
from briefbook.diagnostics import NOWHERE, Places, Problem, Where
from briefbook.document import Citations, Image
from briefbook.facts import Facts, Wording
from briefbook.frozen import frozen
from briefbook.look_spec import FileName, HouseSpec, ThemeSpec
from briefbook.marking import Marking, Scheme
from briefbook.release_spec import ReleaseSpec


@frozen
class Reference:
    """An id that a memo names, with its place, so that an unknown one can be pointed at."""

    id: str
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@frozen
class ForumScope:
    """A memo on one or more forums."""

    forums: tuple[Reference, ...]


@frozen
class MeetingScope:
    """A memo on one or more meetings."""

    meetings: tuple[Reference, ...]


@frozen
class RangeScope:
    """A memo on a range of days, both ends included: every forum with something in it."""

    first: date
    last: date

    @property
    def is_everything(self) -> bool:
        """True for `range: all`."""
        return self.first == date.min and self.last == date.max


Scope = ForumScope | MeetingScope | RangeScope


@frozen
class Checked:
    """When a person last held words against what they rest on; the time tells two looks of a day apart."""

    on: date
    at: time | None = None

    def __str__(self) -> str:
        """Spell it as it stands on disk."""
        return self.on.isoformat() + (f"T{self.at:%H:%M}" if self.at else "")


@frozen
class BottomLine:
    """A person's judgement: printed on the days of `valid` alone, and while all it rests on is on file."""

    text: Wording
    id: str | None = None  # its field and number in it, if not given
    rests_on: tuple[Reference, ...] = ()
    valid: PartialDate | None = None
    checked: Checked | None = None
    marking: Marking | None = None  # beside that of all it rests on
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@frozen
class SlotSpec:
    """A place that a memo keeps free for a person's words, under `slots:`: its prompt stands there till then.

    A comment rests on the fact that it is `on`, beside all else.
    """

    id: str
    title: Wording
    prompt: Wording | None = None
    text: Wording | None = None
    on: Reference | None = None
    rests_on: tuple[Reference, ...] = ()
    valid: PartialDate | None = None
    checked: Checked | None = None
    marking: Marking | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


Judgement = BottomLine | SlotSpec


@frozen
class Signature:
    """Who drafted, approved or cleared a memo; of a clearance the office comes first and says its status."""

    name: Wording | None = None
    office: Wording | None = None
    phone: Wording | None = None
    status: Wording | None = None
    date: PartialDate | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@frozen
class Tab:
    """What is attached to a memo: by which sign its text calls it (`A`, `1`), and what it is."""

    tab: str
    title: Wording
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


class Rank(StrEnum):
    """What a promise of length leaves out first, and what never."""

    MUST = "must"
    SHOULD = "should"
    COULD = "could"


@frozen
class SectionSpec:
    """One section of a memo: which template, under which title, with which options."""

    name: str
    title: Wording | None = None
    limit: int | None = None  # how many entries at most; the template's own default if None
    only: tuple[Reference, ...] = ()  # show these facts alone
    without: tuple[Reference, ...] = ()  # leave these facts out
    options: Mapping[str, Wording] = field(
        default_factory=dict
    )  # `set:` on disk, for the house's own templates
    marking: Marking | None = None  # of every portion in it at least
    least: Marking | None = None  # that of its profile, beside its own: the fold takes both
    rank: Rank | None = None  # SHOULD, if not given
    items: Rank | None = None  # the rank of each of its items; that of the section, if not given
    of: tuple[str, ...] = ()  # the lists of the selection that its items come from
    ranks: Mapping[str, Rank] = field(default_factory=dict)  # of single items, by their keys
    ranked: tuple[Reference, ...] = field(default=(), compare=False)  # these keys, each at its place
    together: bool = False  # all of it stands on one page
    left_out: tuple[str, ...] = ()  # items that a promise of length leaves out
    is_left_out: bool = False  # as a whole
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)

    @property
    def markings(self) -> tuple[Marking, ...]:
        """What all of it carries at least, by the memo and by its profile."""
        return tuple(marking for marking in (self.marking, self.least) if marking is not None)


DEFAULT_SECTIONS = (
    "header",
    "bottom-line",
    "upcoming",
    "participants",
    "priorities",
    "background",
    "earlier",
    "disputed",
    "find-out",
    "sources",
)


@frozen
class MarkingSpec:
    """`marking:` of a book: its scheme, and what all has that carries no marking."""

    scheme: Scheme
    default: Marking | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@frozen
class EdgeSpec:
    """The line at the head or at the foot of a sheet, by language.

    Its texts may hold `{page}`, `{pages}`, `{counter}`, `{footer}` and `{reference}`.
    """

    left: Wording | None = None
    middle: Wording | None = None
    right: Wording | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@frozen
class FurnitureSpec:
    """What a profile puts at the edges of the first sheet, and of every later one."""

    first_top: EdgeSpec = EdgeSpec()
    first_bottom: EdgeSpec = EdgeSpec()
    top: EdgeSpec = EdgeSpec()
    bottom: EdgeSpec = EdgeSpec()

    @property
    def edges(self) -> tuple[EdgeSpec, ...]:
        """All of them, those of the first sheet first."""
        return self.first_top, self.first_bottom, self.top, self.bottom


@frozen
class Profile:
    """A kind of memo, as `templates/profiles/<name>/profile.yaml` has it: what stands in it, and its look.

    `theme` stands between that of the memo and that of the book. Lengths are in points; what is None stays as
    briefbook has it.
    """

    name: str
    title: Wording
    sections: tuple[SectionSpec, ...]
    requires: tuple[str, ...] = ()  # fields of the memo's file
    length: int | None = None  # pages, where the memo promises none itself
    theme: ThemeSpec | None = None
    text: float | None = None  # the size of running text; all other text in proportion
    between: float | None = None  # space below a paragraph and below an item
    title_text: float | None = None  # the size of the memo's title
    is_centred: bool = False  # the title
    signs: tuple[str, ...] = ()  # before the items of lists, by depth
    is_numbered: bool = False  # paragraphs count through the memo
    header: float | None = None  # from the sheet's edge to the line at its head, and at its foot
    footer: float | None = None
    is_ruled: bool = True  # a hairline above the line at the foot
    furniture: FurnitureSpec | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


# The fields in which a person writes what no fact says.
BOTTOM_LINE = "bottom_line"
PASSAGES = ("purpose", "issue", "timing", "objectives", "talking_points", "argument", "recommendation")

SLOTS = "slots"

FORMATS = ("docx", "pdf", "html", "md", "txt", "json")  # that a memo can be written in


@frozen
class Memo:
    """What one memo covers and how it is put together."""

    id: str
    title: Wording
    scope: Scope
    to: Wording | None = None
    sender: Wording | None = None  # `from:` on disk
    subject: Wording | None = None  # the title, if not given
    reference: str | None = None  # the id, if not given
    bottom_lines: tuple[BottomLine, ...] = ()  # `bottom_line:` on disk, one or a list
    through: tuple[Wording, ...] = ()
    drafter: Signature | None = None
    approver: Signature | None = None
    clearances: tuple[Signature, ...] = ()
    tabs: tuple[Tab, ...] = ()
    purpose: tuple[BottomLine, ...] = ()
    issue: tuple[BottomLine, ...] = ()
    timing: tuple[BottomLine, ...] = ()
    objectives: tuple[BottomLine, ...] = ()
    talking_points: tuple[BottomLine, ...] = ()
    argument: tuple[BottomLine, ...] = ()
    recommendation: tuple[BottomLine, ...] = ()
    slots: tuple[SlotSpec, ...] = ()
    profile: str | None = None  # ours, if not given
    length: int | None = None  # pages that it promises not to exceed
    is_numbered: bool = False  # this and the next as its profile has them
    furniture: FurnitureSpec | None = None
    sections: tuple[SectionSpec, ...] = ()
    formats: tuple[str, ...] = ("docx", "pdf")
    language: str | None = None  # the book's, if not given
    languages: tuple[str, ...] = ()  # one edition in each of them; read once, then each is a memo of its own
    theme: ThemeSpec | None = None  # field by field before the book's
    house: HouseSpec | None = None  # instead of the book's
    citations: Citations | None = None  # the book's, if not given
    marking: Marking | None = None  # of its own words, and of the whole at least; the book's default else
    schedule: ScheduleSpec | None = None
    deliver: Delivery | None = None
    release: ReleaseSpec | None = None  # beside the book's, and only stricter
    is_variant: bool = field(default=False, compare=False)  # what some may see of it: a variant for release
    # As its file has it, where this is the memo in one of its languages.
    written: "Memo | None" = field(default=None, compare=False, repr=False)
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)

    @property
    def name(self) -> str:
        """What its file is called, whichever the language."""
        return self.written.id if self.written else self.id

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """Everything in it that a person judges, and what is kept free for that."""
        return tuple(self.by_slot.values())

    @property
    def rests(self) -> bool:
        """Whether anything that a person judges in it rests on facts, and so may have to be checked again."""
        return any(line.rests_on for line in self.judgements)

    @property
    def by_slot(self) -> dict[str, Judgement]:
        """The same by the ids of slots, in the order of the fields."""
        found: dict[str, Judgement] = {}
        for name in (BOTTOM_LINE, *PASSAGES):
            lines = self.lines_of(name)
            if lines:
                found.update(zip(slot_ids(name, lines), lines, strict=True))
        return found | {slot.id: slot for slot in self.slots}

    def lines_of(self, name: str) -> tuple[BottomLine, ...]:
        """What a person judges in one field, as it is called on disk."""
        lines: tuple[BottomLine, ...] = getattr(self, "bottom_lines" if name == BOTTOM_LINE else name)
        return lines

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """Everybody who has a hand in it."""
        own = (self.drafter, self.approver, *self.clearances)
        return tuple(signature for signature in own if signature is not None)


def slot_ids(name: str, lines: Sequence[BottomLine]) -> tuple[str, ...]:
    """The ids of the slots of one field's entries: their own, else the field and their number in it from 1.

    A bottom line that stands alone is called as its field is.
    """
    if name == BOTTOM_LINE and len(lines) == 1:
        return (lines[0].id or name,)
    return tuple(line.id or f"{name}[{number}]" for number, line in enumerate(lines, 1))


@frozen
class Settings:
    """`book.yaml`."""

    title: Wording
    as_of: date | None = None  # the pin
    language: str = "en"
    languages: tuple[str, ...] = ()  # for memos that name none
    page: str | None = None  # the older place of the theme's page
    theme: ThemeSpec | None = None
    house: HouseSpec | None = None
    citations: Citations = Citations.NUMBERED
    marking: MarkingSpec | None = None
    archive: str | None = None  # the address under which the texts of sources are kept for readers
    to: Wording | None = None  # for memos that name nobody
    sender: Wording | None = None
    mail: MailSettings | None = None
    release: ReleaseSpec | None = None
    is_whole: bool = field(default=True, compare=False)  # False for what stands in where book.yaml is broken
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@frozen
class Book:
    """Everything that was read: settings, facts, memos by id, and the folder that it all came from.

    `pictures` are the user's own by their paths from that folder; `broken_pictures` names those that are not
    shown. `files` are the bytes of the files that `theme` and `house` name, `unread` why others have none.
    `memos` has a memo once for each of its languages; `catalogues` the texts of .po files by their languages.
    """

    root: str
    settings: Settings
    facts: Facts
    memos: Mapping[str, Memo]
    pictures: Mapping[str, Image] = field(default_factory=dict)
    broken_pictures: frozenset[str] = frozenset()
    files: Mapping[str, bytes] = field(default_factory=dict)
    catalogues: Mapping[str, str] = field(default_factory=dict)
    broken_catalogues: frozenset[str] = frozenset()  # the languages of those with mistakes
    unread: Mapping[str, Problem] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)  # those that memos name
    usual_profile: str | None = None  # of memos that name none, where the book has its own `memo`

    def unread_at(self, file: FileName) -> list[Problem]:
        """Why a file that a setting names could not be read, told at that setting; nothing if it could."""
        return [replace(self.unread[file.name], where=file.where)] if file.name in self.unread else []

    @property
    def definitions(self) -> Iterator[Memo]:
        """Each memo once, as its file has it."""
        told: set[str] = set()
        for memo in self.memos.values():
            if memo.name not in told:
                told.add(memo.name)
                yield memo.written or memo

    @property
    def languages(self) -> frozenset[str]:
        """Every language that the book is printed in."""
        named = (memo.language for memo in self.memos.values() if memo.language)
        return frozenset({self.settings.language, *named})
