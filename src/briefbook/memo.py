"""The definition of a memo, as a person wrote it in `memos/<id>.yaml`, and of the book around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from briefbook.dates import PartialDate
from briefbook.delivery import Delivery, MailSettings, ScheduleSpec
from briefbook.diagnostics import NOWHERE, Places, Problem, Where
from briefbook.document import Citations, Image
from briefbook.facts import Facts, Wording
from briefbook.marking import Marking, Scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An id that a memo names, with its place, so that an unknown one can be pointed at."""

    id: str
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForumScope:
    """A memo on one or more forums."""

    forums: tuple[Reference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingScope:
    """A memo on one or more meetings."""

    meetings: tuple[Reference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeScope:
    """A memo on a range of days, both ends included: every forum with something in it."""

    first: date
    last: date

    @property
    def is_everything(self) -> bool:
        """True for `range: all`."""
        return self.first == date.min and self.last == date.max


Scope = ForumScope | MeetingScope | RangeScope


@dataclass(frozen=True, slots=True, kw_only=True)
class BottomLine:
    """A person's judgement: printed on the days of `valid` alone, and while all it rests on is on file."""

    text: Wording
    rests_on: tuple[Reference, ...] = ()
    valid: PartialDate | None = None
    marking: Marking | None = None  # beside that of all it rests on
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionSpec:
    """One section of a memo: which template, under which title, with which options."""

    name: str
    title: Wording | None = None
    limit: int | None = None  # how many entries at most; the template's own default if None
    only: tuple[Reference, ...] = ()  # show these facts alone
    without: tuple[Reference, ...] = ()  # leave these facts out
    options: Mapping[str, str] = field(default_factory=dict)  # `set:` on disk, for the house's own templates
    marking: Marking | None = None  # of every portion in it at least
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FileName:
    """A file of the book that a setting names: its path from the book's folder, with slashes."""

    name: str
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginSpec:
    """The margins of a sheet in points; what is None stays as it is."""

    top: float | None = None
    right: float | None = None
    bottom: float | None = None
    left: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColourSpec:
    """Colours as six hexadecimal digits; what is None stays as it is."""

    ink: str | None = None
    accent: str | None = None
    quiet: str | None = None
    hairline: str | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceSpec:
    """The face of the PDF: one that comes with briefbook by its name, or the user's own TrueType files."""

    name: str | None = None
    regular: FileName | None = None
    bold: FileName | None = None
    italic: FileName | None = None
    bold_italic: FileName | None = None
    docx: str | None = None  # what Word calls the face

    @property
    def files(self) -> tuple[FileName, ...]:
        """The files that are named, the regular one first."""
        named = (self.regular, self.bold, self.italic, self.bold_italic)
        return tuple(file for file in named if file is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoSpec:
    """A picture for the head of the first page, `width` points wide, and what it says in words."""

    file: FileName
    alt: Wording
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeSpec:
    """`theme:` of a book or a memo. What is None is as the book has it, else as briefbook has it."""

    page: str | None = None
    margins: MarginSpec | None = None
    colours: ColourSpec | None = None
    faces: FaceSpec | None = None
    logo: LogoSpec | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleSetting:
    """A style of the house's Word file that stands for one of ours, with the places of the two names."""

    ours: str
    theirs: str
    ours_at: Where = field(default=NOWHERE, compare=False, repr=False)
    theirs_at: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseSpec:
    """`house:` of a book or a memo: the user's own Word file, and which of its styles stand for ours."""

    file: FileName
    styles: tuple[StyleSetting, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkingSpec:
    """`marking:` of a book: its scheme, and what all has that carries no marking."""

    scheme: Scheme
    default: Marking | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


FORMATS = ("docx", "pdf", "html", "md", "txt", "json")  # that a memo can be written in


@dataclass(frozen=True, slots=True, kw_only=True)
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
    sections: tuple[SectionSpec, ...] = ()
    formats: tuple[str, ...] = ("docx", "pdf")
    language: str | None = None  # the book's, if not given
    languages: tuple[str, ...] = ()  # one edition in each of them; read once, then each is a memo of its own
    theme: ThemeSpec | None = None  # field by field before the book's
    house: HouseSpec | None = None  # instead of the book's
    citations: Citations | None = None  # the book's, if not given
    marking: Marking | None = (
        None  # of its own words, and of the whole at least; the book's default, if not given
    )
    schedule: ScheduleSpec | None = None
    deliver: Delivery | None = None
    # As its file has it, where this is the memo in one of its languages.
    written: "Memo | None" = field(default=None, compare=False, repr=False)
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)

    @property
    def name(self) -> str:
        """What its file is called, whichever the language."""
        return self.written.id if self.written else self.id


@dataclass(frozen=True, slots=True, kw_only=True)
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
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Everything that was read: settings, facts, memos by id, and the folder that it all came from.

    `pictures` are the user's own by their paths from that folder: `pictures/map.png`; `broken_pictures` are
    the paths of those that cannot be shown. `files` are the bytes of the files that `theme` and `house` name,
    by those names; `unread` tells what is wrong with those that could not be read.
    `memos` has a memo once for each of its languages. `catalogues` are the texts of the book's own .po files,
    by the languages that name them.
    """

    root: str
    settings: Settings
    facts: Facts
    memos: Mapping[str, Memo]
    pictures: Mapping[str, Image] = field(default_factory=dict)
    broken_pictures: frozenset[str] = frozenset()
    files: Mapping[str, bytes] = field(default_factory=dict)
    catalogues: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, Problem] = field(default_factory=dict)

    def unread_at(self, file: FileName) -> list[Problem]:
        """Why a file that a setting names could not be read, told at that setting; nothing if it could."""
        return [replace(self.unread[file.name], where=file.where)] if file.name in self.unread else []

    @property
    def definitions(self) -> tuple[Memo, ...]:
        """Each memo once, as its file has it."""
        return tuple({memo.name: memo.written or memo for memo in self.memos.values()}.values())

    @property
    def languages(self) -> frozenset[str]:
        """Every language that the book is printed in."""
        named = (memo.language for memo in self.memos.values() if memo.language)
        return frozenset({self.settings.language, *named})


def languages_of(memo: Memo, settings: Settings) -> tuple[str, ...]:
    """The languages in which a memo is made, the first of them that of recipients who name none."""
    if memo.languages:
        return memo.languages
    return (memo.language,) if memo.language else settings.languages or (settings.language,)


def in_language(memo: Memo, language: str, deliver: Delivery | None = None) -> Memo:
    """A memo in one language: with a name of its own, so that its editions are counted apart."""
    written = memo.written or memo
    id_ = f"{written.id}.{language.lower()}"
    return replace(written, id=id_, language=language, languages=(), deliver=deliver, written=written)


def in_its_languages(memo: Memo, settings: Settings) -> tuple[Memo, ...]:
    """A memo once for each of its `languages`, to be mailed to those who read it; else as it is."""
    if not memo.languages and (memo.language or not settings.languages):
        return (memo,)
    tongues = languages_of(memo, settings)
    deliveries = (memo.deliver.in_language(each, tongues[0]) if memo.deliver else None for each in tongues)
    return tuple(in_language(memo, each, to) for each, to in zip(tongues, deliveries, strict=True))
