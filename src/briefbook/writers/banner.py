"""The banner of a marked document: its lines, and the room that they take at the head and foot of a page.

Pure. Header and footer of every page have it, the paper behind it in its own colour, flush right as TLP 2.0
recommends: above the reference at the head, below the footer's line at the foot. Type is never shrunk: a long
banner takes more lines, broken between its caveats, and these the room of the text. The lines at head and
foot stay where the look has them, as long as the banner leaves them room there.
"""

from collections.abc import Iterator
from dataclasses import replace

from briefbook.marking import Banner
from briefbook.writers.line_breaking import break_lines, natural_width
from briefbook.writers.styled_text import Line, Measure, Span, composed
from briefbook.writers.theme import TextStyle, Theme

EDGE = 16.0  # points between the sheet's edge and the banner
GAP = 3.0  # between the banner and what stands next to it
SIDE = 3.0  # of paper to both sides of the letters
_LEADING = 1.17  # of the size: as high as the face itself, so that the papers of two lines meet
_TEXT_GAP = 8.0  # between what stands at head or foot and the text
_RULE_GAP = 4.0  # as much more below the text, where a hairline stands


def banner_style(banner: Banner) -> TextStyle:
    """How the letters of a banner are set."""
    return TextStyle(
        size=banner.size, leading=round(banner.size * _LEADING, 1), strong=True, colour=banner.ink
    )


def banner_lines(banner: Banner | None, theme: Theme, measure: Measure) -> list[Line]:
    """The lines of a banner: as many caveats on one as fit, words apart only where one alone is wider."""
    if banner is None:
        return []
    room = theme.page.measure - 2 * SIDE
    lines: list[Line] = []
    taken: list[str] = []
    for part in (*_parts(banner), ""):
        if part and (not taken or natural_width([_span(banner, "".join((*taken, part)))], measure) <= room):
            taken.append(part)
            continue
        lines += break_lines([_span(banner, "".join(taken))], room, measure)
        taken = [part]
    return lines


def _parts(banner: Banner) -> Iterator[str]:
    """Level and caveats, each with the separator behind it."""
    *others, last = banner.text.split(banner.separator) if banner.separator else [banner.text]
    yield from (other + banner.separator for other in others)
    yield last


def _span(banner: Banner, text: str) -> Span:
    style = banner_style(banner)
    return Span(text=composed(text.strip()), size=style.size, strong=True, colour=style.colour)


def roomed(theme: Theme, banner: Banner | None, lines: int) -> Theme:
    """The theme with the lines at head and foot inside the bands, and margins that leave room for both.

    Its footer style has the space to the bands: before it at the head, after it at the foot.
    """
    if banner is None:
        return theme
    band = EDGE + lines * banner_style(banner).leading
    head = max(theme.header_distance, band + GAP)
    foot = max(theme.footer_distance, band + GAP)
    line = theme.footer.leading + _TEXT_GAP
    page = theme.page
    return replace(
        theme,
        page=replace(page, top=max(page.top, head + line), bottom=max(page.bottom, foot + line + _RULE_GAP)),
        header_distance=head,
        footer_distance=foot,
        footer=replace(theme.footer, before=head - band, after=foot - band),
        first_header=True,
    )
