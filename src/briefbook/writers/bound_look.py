"""The look of a bound book: what its cover, contents and index measure, for PDF and DOCX alike.

Lengths are in points.
"""

from dataclasses import replace

from briefbook.writers.theme import Page, TextStyle, Theme

COVER_TOP = 0.27  # of the sheet's height: where the cover's title stands
SUBTITLE_GAP = 22.0  # below the words “Briefing book”
TAB_WIDTH = 54.0  # for “Tab 100” in the contents, at least
TAB_GAP = 18.0  # behind the widest label there: a wider face has room too
PAGE_WIDTH = 34.0  # for a page's number there, with the gap before it
LEADER_GAP = 5.0  # on both sides of the dots
COLUMN_GAP = 24.0  # between the two columns of the index
HANGING = 12.0  # by which what goes on of an entry of the index is indented


def bound_theme(theme: Theme) -> Theme:
    """The look of a bound book: a large title on its cover, the headings below as in a memo, one level up."""
    return replace(theme, title=replace(theme.heading_1, size=26, leading=31, after=5))


def cover_theme(theme: Theme) -> Theme:
    """The look of the cover: its title stands lower than that of a memo, with room below what it is."""
    page = theme.page
    return replace(
        theme,
        page=replace(page, top=page.height * COVER_TOP),
        body=replace(theme.body, after=SUBTITLE_GAP),
    )


def column(page: Page, number: int) -> Page:
    """The sheet of a column of the index, the left one being number 0."""
    width = (page.measure - COLUMN_GAP) / 2
    left = page.left + number * (width + COLUMN_GAP)
    return replace(page, left=left, right=page.width - left - width)


def contents_style(theme: Theme) -> TextStyle:
    """How a row of the contents is set."""
    return theme.body


def index_style(theme: Theme) -> TextStyle:
    """How an entry of the index is set."""
    return replace(theme.table_cell, after=1.5)
