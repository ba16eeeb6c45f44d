"""What a person asks of the look of memos: `theme:` and `house:`, as they stand on the disk."""

from dataclasses import field

from briefbook.diagnostics import NOWHERE, Places, Where
from briefbook.facts import Wording
from briefbook.frozen import frozen


@frozen
class FileName:
    """A file of the book that a setting names: its path from the book's folder, with slashes."""

    name: str
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@frozen
class MarginSpec:
    """The margins of a sheet in points; what is None stays as it is."""

    top: float | None = None
    right: float | None = None
    bottom: float | None = None
    left: float | None = None


@frozen
class ColourSpec:
    """Colours as six hexadecimal digits; what is None stays as it is."""

    ink: str | None = None
    accent: str | None = None
    quiet: str | None = None
    hairline: str | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@frozen
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


@frozen
class LogoSpec:
    """A picture for the head of the first page, `width` points wide, and what it says in words."""

    file: FileName
    alt: Wording
    width: float


@frozen
class ThemeSpec:
    """`theme:` of a book or a memo. What is None is as the book has it, else as briefbook has it."""

    page: str | None = None
    margins: MarginSpec | None = None
    colours: ColourSpec | None = None
    faces: FaceSpec | None = None
    logo: LogoSpec | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@frozen
class StyleSetting:
    """A style of the house's Word file that stands for one of ours, with the places of the two names."""

    ours: str
    theirs: str
    ours_at: Where = field(default=NOWHERE, compare=False, repr=False)
    theirs_at: Where = field(default=NOWHERE, compare=False, repr=False)


@frozen
class HouseSpec:
    """`house:` of a book or a memo: the user's own Word file, and which of its styles stand for ours."""

    file: FileName
    styles: tuple[StyleSetting, ...] = ()
