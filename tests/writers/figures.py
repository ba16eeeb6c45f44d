"""Figures for the writers' tests: timelines of every shape, and a picture."""

from datetime import date
from io import BytesIO

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from PIL import Image as Picture

from briefbook.document import Figure, Image, Inlines, Standing, Timeline, TimelineEntry, TimelineKey

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ALT = "Timeline. 11 May 2031: 3rd meeting of the council (held); autumn 2031: 4th “meeting” <sic> & others."
KEYS = (
    *(TimelineKey(words=str(standing), standing=standing) for standing in Standing),
    TimelineKey(words="a long mark: some day within it"),
)


def entry(
    label: str,
    first: date,
    last: date | None = None,
    standing: Standing = Standing.HELD,
    *,
    when: str = "",
    said: str = "",
) -> TimelineEntry:
    return TimelineEntry(
        label=label,
        when=when or f"{first:%-d %B %Y}",
        said=said or str(standing),
        standing=standing,
        first=first,
        last=last or first,
        fact=label.lower().replace(" ", "-"),
    )


def timeline(*entries: TimelineEntry, as_of: date = date(2031, 5, 14)) -> Timeline:
    label = f"As of {as_of.day} {MONTHS[as_of.month - 1]} {as_of.year}"
    return Timeline(as_of=as_of, as_of_label=label, entries=entries, keys=KEYS, months=MONTHS)


def council_timeline() -> Timeline:
    """A meeting of every standing, points and spans, one open on either side."""
    return timeline(
        entry("By spring", date.min, date(2031, 2, 1), Standing.UNCONFIRMED, when="By 1 February 2031"),
        entry("Third & last", date(2031, 5, 11)),
        entry("Round <one>", date(2031, 6, 1), date(2031, 6, 30), Standing.UPCOMING, when="June 2031"),
        entry("Fourth", date(2031, 9, 30), standing=Standing.CANCELLED),
        entry("Fifth", date(2031, 10, 1), date(2031, 12, 31), Standing.DISPUTED, when="Autumn 2031"),
        entry("Sixth", date(2032, 1, 5), date.max, Standing.UPCOMING, when="From 5 January 2032"),
    )


def figure_of(picture: Timeline | Image, caption: Inlines = (), alt: str = ALT) -> Figure:
    return Figure(alt=alt, picture=picture, caption=caption)


def png(width: int = 30, height: int = 20, mode: str = "RGB", kind: str = "PNG") -> bytes:
    out = BytesIO()
    Picture.new(mode, (width, height)).save(out, kind)
    return out.getvalue()


def small_image() -> Image:
    return Image(data=png(), media_type="image/png", width=30, height=20)


_DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31)) | st.dates()  # now, or any day that there is
_LABELS = st.sampled_from(
    (
        "Council",
        "3rd meeting of the Norland–Sudland Fisheries Council",
        "Meeting of the ministers for the coast, the sea and all that lives in it, with their delegations",
        "Ünïçødé",
        "Страсбургский совет",
        "Donaudampfschifffahrtsgesellschaftskapitänsversammlungsvorbereitungstreffen",
    )
)


def _later(day: date, days: int) -> date:
    """A day so many days later, or the last or first one that there is."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


@st.composite
def timelines(draw: st.DrawFn, most: int = 60) -> Timeline:
    """Any timeline: one entry to many, days to decades, points, spans and open sides."""
    start = draw(_DAYS)
    reach = draw(st.sampled_from((0, 3, 40, 400, 4000, 4_000_000)))
    found = []
    for _ in range(draw(st.integers(1, most))):
        first = _later(start, draw(st.integers(0, reach)))
        last = _later(first, draw(st.sampled_from((0, 0, 0, 3, 30, 364))))
        side = draw(st.sampled_from(("", "", "", "", "start", "end")))
        found.append(
            entry(
                draw(_LABELS),
                date.min if side == "start" else first,
                date.max if side == "end" else last,
                draw(st.sampled_from(Standing)),
                when=draw(st.sampled_from(("May", "11 May 2031", "between 11 May 2031 and early June 2031"))),
                said=draw(st.sampled_from(("held", "may have taken place already, by an ambiguous source"))),
            )
        )
    as_of = _later(start, draw(st.integers(-reach, 2 * reach)))
    return timeline(*sorted(found, key=lambda e: (e.first, e.last)), as_of=as_of)


ANY_TIMELINE: SearchStrategy[Timeline] = timelines()
