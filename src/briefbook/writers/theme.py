"""The look: every measure that a page needs, in one place, for PDF and DOCX alike.

Lengths are in points (1/72 inch), colours are six hexadecimal digits. The PDF draws by these numbers and
the template of the DOCX is made from them, so both look like one document. A user's own files (logo,
faces, a house's Word file) stand in it as `File`: equal by digest, with the bytes beside.
"""

from collections.abc import Callable, Iterator
from dataclasses import field, replace
from functools import lru_cache
from hashlib import sha256

from briefbook.frozen import frozen


@frozen
class TextStyle:
    """How a kind of text is set: size on leading, space around it, weight and colour."""

    size: float
    leading: float
    before: float = 0
    after: float = 0
    strong: bool = False
    colour: str = "1A1A1A"
    centred: bool = False


@frozen
class Page:
    """A sheet and its margins."""

    width: float
    height: float
    left: float = 79
    right: float = 79
    top: float = 54
    bottom: float = 50

    @property
    def measure(self) -> float:
        """The width of the text."""
        return self.width - self.left - self.right

    @property
    def room(self) -> float:
        """The height of the text."""
        return self.height - self.top - self.bottom


PAGES = {
    "a4": Page(width=595.28, height=841.89),
    "letter": Page(width=612, height=792),
}


@frozen
class File:
    """The bytes of a user's file, known by their SHA-256.

    `data` counts neither in equality nor in canonical JSON: editions that share a file keep it once, in the
    store, under its digest. A theme that comes back from JSON has none until `with_files` puts them in.
    """

    sha256: str
    data: bytes = field(default=b"", compare=False, repr=False)

    @classmethod
    def of(cls, data: bytes) -> "File":
        """A file of these bytes."""
        return cls(sha256=_digest(data), data=data)


@lru_cache(maxsize=16)  # every memo's look asks for the same few files
def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()


@frozen
class Logo:
    """A picture at the head of the first page, `width` points wide, and what it says in words."""

    file: File
    media_type: str  # image/png or image/jpeg
    pixels_wide: int
    pixels_high: int
    width: float
    alt: str


@frozen
class OwnFaces:
    """TrueType files of the user's own; a weight or slant that is not given is drawn by the nearest."""

    regular: File
    bold: File | None = None
    italic: File | None = None
    bold_italic: File | None = None


@frozen
class StyleName:
    """Which style of a house's Word file stands for one of ours, both by the name that Word shows."""

    ours: str
    theirs: str


@frozen
class HouseFile:
    """A house's own Word file, in whose styles the DOCX is written."""

    file: File
    styles: tuple[StyleName, ...] = ()  # beside those that have the same name


@frozen
class Theme:
    """Our own look. One face, two weights, one dark accent."""

    page: Page = PAGES["a4"]
    logo: Logo | None = None
    faces: str = "caladea"  # of the PDF: one of FACES
    own_faces: OwnFaces | None = None  # asked before those
    house: HouseFile | None = None  # of the DOCX alone
    ink: str = "1A1A1A"
    accent: str = "1F3A5F"
    quiet: str = "4A4A4A"
    hairline: str = "8A94A3"
    hairline_width: float = 0.5
    docx_face: str = "Cambria"
    heading_1: TextStyle = field(
        default=TextStyle(size=15, leading=18, after=5, strong=True, colour="1F3A5F")
    )
    heading_2: TextStyle = field(
        default=TextStyle(size=11.5, leading=14, before=8.5, after=1.5, strong=True, colour="1F3A5F")
    )
    heading_3: TextStyle = field(
        default=TextStyle(size=11, leading=14, before=6, after=1, strong=True, colour="1F3A5F")
    )
    body: TextStyle = field(default=TextStyle(size=11, leading=14, after=4))
    item: TextStyle = field(default=TextStyle(size=11, leading=14, after=1.5))
    label: TextStyle = field(default=TextStyle(size=10, leading=14, after=1.5, colour="4A4A4A"))
    table_head: TextStyle = field(default=TextStyle(size=9.5, leading=13, strong=True))
    table_cell: TextStyle = field(default=TextStyle(size=9.5, leading=13))
    source: TextStyle = field(default=TextStyle(size=9, leading=12, after=2))
    footer: TextStyle = field(default=TextStyle(size=8.5, leading=11, colour="4A4A4A"))
    label_width: float = 116  # the tab stop of label and value: “Wed 30 September 2026” stands before it
    list_after: float = 5.5  # below a list's last item, where text follows
    item_indent: float = 18  # where an item's text begins
    cell_padding: float = 3  # above and below a cell's text, half of both
    column_gap: float = 10  # between two columns
    signs: tuple[str, ...] = ("•", "–")  # before an item, at the first depth and below
    header_distance: float = 27  # from the sheet's upper edge to the line at its head
    footer_distance: float = 27  # from its lower edge to the line at its foot
    footer_ruled: bool = True  # a hairline above that
    middle: bool = False  # something stands in the middle of these lines
    first_header: bool = False  # something stands at the head of the first page
    cite_scale: float = 0.66  # superior numbers against their text
    cite_rise: float = 0.33
    title: TextStyle | None = None  # of a bound book: its levels below look as those of a memo, one up

    @property
    def headings(self) -> tuple[TextStyle, ...]:
        """How headings look from level 1 on; deeper ones as the last."""
        title = () if self.title is None else (self.title,)
        return (*title, self.heading_1, self.heading_2, self.heading_3)

    @property
    def cell_paddings(self) -> tuple[float, float]:
        """Above and below a cell's text, which so stands in the middle: letters stand low in their line."""
        return self.cell_padding - 1, self.cell_padding + 1


FACES = {"caladea": "Cambria", "source-serif-pro": "Source Serif Pro"}  # and what Word calls them


def coloured(theme: Theme, *, ink: str, accent: str, quiet: str, hairline: str) -> Theme:
    """The theme in other colours: ink for text, accent for headings and links, quiet for labels."""

    def in_(style: TextStyle, colour: str) -> TextStyle:
        return replace(style, colour=colour)

    return replace(
        theme,
        ink=ink,
        accent=accent,
        quiet=quiet,
        hairline=hairline,
        heading_1=in_(theme.heading_1, accent),
        heading_2=in_(theme.heading_2, accent),
        heading_3=in_(theme.heading_3, accent),
        body=in_(theme.body, ink),
        item=in_(theme.item, ink),
        label=in_(theme.label, quiet),
        table_head=in_(theme.table_head, ink),
        table_cell=in_(theme.table_cell, ink),
        source=in_(theme.source, ink),
        footer=in_(theme.footer, quiet),
    )


def enlarged(theme: Theme, by: float) -> Theme:
    """The theme with every text `by` so much larger, in steps of half a point, as Word has them."""

    def larger(style: TextStyle) -> TextStyle:
        return replace(style, size=round(style.size * by * 2) / 2, leading=round(style.leading * by, 1))

    return replace(
        theme,
        heading_1=larger(theme.heading_1),
        heading_2=larger(theme.heading_2),
        heading_3=larger(theme.heading_3),
        body=larger(theme.body),
        item=larger(theme.item),
        label=larger(theme.label),
        table_head=larger(theme.table_head),
        table_cell=larger(theme.table_cell),
        source=larger(theme.source),
        footer=larger(theme.footer),
        label_width=theme.label_width * by,
        item_indent=theme.item_indent * by,
    )


def contrast_on_white(colour: str) -> float:
    """The contrast ratio of a colour with white paper, from 1 to 21 (WCAG 2.2, 1.4.3)."""
    return contrast(colour, "FFFFFF")


def contrast(ink: str, paper: str) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, 1.4.3)."""
    dark, light = sorted((_luminance(ink), _luminance(paper)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))

    def linear(part: float) -> float:
        return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def files_of(theme: Theme) -> Iterator[File]:
    """The user's own files that a theme holds."""
    if theme.logo is not None:
        yield theme.logo.file
    if theme.own_faces is not None:
        own = theme.own_faces
        yield from (file for file in (own.regular, own.bold, own.italic, own.bold_italic) if file is not None)
    if theme.house is not None:
        yield theme.house.file


def with_files(theme: Theme, get: Callable[[str], bytes]) -> Theme:
    """The theme with the bytes of its files, each got by its SHA-256; equal to the theme without."""

    def full(file: File) -> File:
        return replace(file, data=get(file.sha256))

    def full_or_none(file: File | None) -> File | None:
        return None if file is None else full(file)

    logo, own, house = theme.logo, theme.own_faces, theme.house
    return replace(
        theme,
        logo=logo and replace(logo, file=full(logo.file)),
        own_faces=own
        and OwnFaces(
            regular=full(own.regular),
            bold=full_or_none(own.bold),
            italic=full_or_none(own.italic),
            bold_italic=full_or_none(own.bold_italic),
        ),
        house=house and replace(house, file=full(house.file)),
    )
