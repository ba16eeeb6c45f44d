"""The look: every measure that a page needs, in one place, for PDF and DOCX alike.

Lengths are in points (1/72 inch), colours are six hexadecimal digits. The PDF draws by these numbers and
the house template of the DOCX is made from them, so both look like one document.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStyle:
    """How a kind of text is set: size on leading, space around it, weight and colour."""

    size: float
    leading: float
    before: float = 0
    after: float = 0
    strong: bool = False
    colour: str = "1A1A1A"


@dataclass(frozen=True, slots=True, kw_only=True)
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


PAGES = {
    "a4": Page(width=595.28, height=841.89),
    "letter": Page(width=612, height=792),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """The house's own look. One face, two weights, one dark accent."""

    page: Page = PAGES["a4"]
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
    cell_padding: float = 3  # above and below a cell's text
    column_gap: float = 10  # between two columns
    cite_scale: float = 0.66  # superior numbers against their text
    cite_rise: float = 0.33
