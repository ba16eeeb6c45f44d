"""The banner of a marked document: its lines, and the room that they take at the head and foot of a page.

Pure. Header and footer of every page have it, the paper behind it in its own colour, flush right as TLP 2.0
recommends: above the reference at the head, below the footer's line at the foot. Type is never shrunk: a long
banner takes more lines, and these the room of the text.
"""

from dataclasses import replace

from briefbook.marking import Banner
from briefbook.writers.theme import TextStyle, Theme

EDGE = 16.0  # points between the sheet's edge and the banner
GAP = 3.0  # between the banner and what stands next to it
_TEXT_GAP = 8.0  # between that and the text
_RULE_GAP = 4.0  # as much more below the text, where a hairline stands
SIDE = 3.0  # of paper to both sides of the letters


def banner_style(banner: Banner) -> TextStyle:
    """How the letters of a banner are set."""
    return TextStyle(size=banner.size, leading=round(banner.size * 1.25, 1), strong=True, colour=banner.ink)


def band_height(banner: Banner | None, lines: int) -> float:
    """How high the band of so many lines is, with the gap beside it; nothing without a banner."""
    return 0.0 if banner is None else lines * banner_style(banner).leading + GAP


def roomed(theme: Theme, banner: Banner | None, lines: int) -> Theme:
    """The theme with the lines at head and foot inside the bands, and margins that leave room for both."""
    if banner is None:
        return theme
    band = band_height(banner, lines)
    head = EDGE + band
    foot = theme.footer_distance + band
    line = theme.footer.leading + _TEXT_GAP
    page = theme.page
    return replace(
        theme,
        page=replace(page, top=max(page.top, head + line), bottom=max(page.bottom, foot + line + _RULE_GAP)),
        header_distance=head,
        footer_distance=foot,
        first_header=True,
    )
