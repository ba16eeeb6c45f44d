"""Timeline + theme + widths → a small vector drawing, of no format.

Pure: knows how wide a text is, and nothing of PDF, SVG or pixels. A meeting is a mark on an axis of time: a
disc for held, a ring for upcoming, an open diamond for unconfirmed, a half-filled one for disputed, a crossed
ring for cancelled. An inexact date is the same mark drawn long, over all the days that it may mean; where it
is open on a side, a dashed line leads on. As long as they fit, every meeting has a row of its own, with its
date and name before the marks; more of them share lanes.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from briefbook.document import Standing, Timeline, TimelineEntry
from briefbook.frozen import frozen
from briefbook.writers.drawing import Drawing, Paint, Pill, Polygon, Shape, Stroke, Words
from briefbook.writers.line_breaking import break_lines
from briefbook.writers.styled_text import Line as TextLine
from briefbook.writers.styled_text import Measure, Span, composed
from briefbook.writers.theme import Theme
from briefbook.writers.time_axis import Axis, Tick, axis_of
from briefbook.writers.words import tied

_SIZE, _LEADING = 9.0, 11.5  # names and dates
_SMALL = 8.5  # standings, ticks, legend
_ROW_GAP = 3.5  # between two rows
_GAP = 9.0  # between two columns, and two texts on one line
_EDGE = 1.0  # free at either side: some letters lean out of their width
_BESIDE = 4.0  # between a mark and its words
_RADIUS = 3.3  # of a disc
_LONG = 3 * _RADIUS  # from this width on a mark reads as a span
_CROSS = 2.1  # half of a cross's width
_OUTLINE = 1.1
_OPEN = 12.0  # how far a dashed line leads on
_CAP = 0.72  # of a size: the height of capitals and ascenders above the baseline
_DESCENT = 0.24
_PLOT_LEAST = 0.4  # of the width, for the marks
_WHEN_MOST = 0.27  # of the width, for the dates
_NAME_MOST = 0.3  # of the width, in a lane
_HIGHEST = 1 / 3  # of the sheet
_ELLIPSIS = "…"


@lru_cache(maxsize=8)  # DOCX and PDF show the same
def draw_timeline(timeline: Timeline, theme: Theme, measure: Measure) -> Drawing:
    """Draw a timeline over the theme's measure, at most a third of its sheet high."""
    return _Draughtsman(timeline, theme, measure).drawing()


@frozen
class _Row:
    """A meeting with the lines of its date and name; `beside` is where its standing stands beside the mark.

    Where there is no room, that is None and the standing is among the lines of the name.
    """

    entry: TimelineEntry
    when: Sequence[TextLine]
    label: Sequence[TextLine]
    said: Sequence[TextLine]
    beside: float | None

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.entry.label, self.entry.said) if self.said else (self.entry.label,)

    @property
    def height(self) -> float:
        return max(len(self.when), len(self.label) + len(self.said), 1) * _LEADING + _ROW_GAP


@frozen
class _InLane:
    """A meeting in a lane: how far it reaches with its name, and where that begins if it has one."""

    entry: TimelineEntry
    left: float
    right: float
    name_left: float | None


class _Draughtsman:
    """Draws one timeline from its top to its foot; `_y` is how far it has come."""

    def __init__(self, timeline: Timeline, theme: Theme, measure: Measure) -> None:
        self._timeline = timeline
        self._measure = measure
        self._width = theme.page.measure
        self._highest = theme.page.height * _HIGHEST
        self._shapes: list[Shape] = []
        self._y = 0.0
        self._has_long = False  # a mark is drawn long

    def drawing(self) -> Drawing:
        when, label = self._columns([entry.label for entry in self._timeline.entries])
        axis = self._axis(_EDGE + when + label + 2 * _GAP)
        rows = self._rows(when, label, axis)
        if any(row.said for row in rows):  # below the names then: their column takes them into account
            when, label = self._columns([text for row in rows for text in row.texts])
            axis = self._axis(_EDGE + when + label + 2 * _GAP)
            rows = self._rows(when, label, axis)
        self._has_long = True  # until the marks are drawn, a legend that says all
        foot = 2 * _LEADING + len(self._legend()) * (_LEADING + 1) + 8
        room = self._highest - _LEADING - 1.5 - foot
        self._has_long = False
        if sum(row.height for row in rows) <= room:
            self._in_rows(rows, _EDGE + when + _GAP, axis)
        else:
            self._in_lanes(room)
        self._write_legend(self._legend())
        return Drawing(width=self._width, height=self._y, shapes=tuple(self._shapes))

    # ------------------------------------------------------------------------------ words

    def _wide(self, text: str, size: float) -> float:
        return self._measure(text, False, False) * size

    def _words(self, x: float, baseline: float, text: str, *, size: float, paint: Paint) -> None:
        text = tied(composed(text)).rstrip(" ")
        width = self._wide(text, size)
        self._shapes.append(Words(x=x, baseline=baseline, width=width, text=text, size=size, paint=paint))

    def _clear(self, x: float, baseline: float, width: float, size: float) -> None:
        """Take away what is drawn where words are to stand."""
        left, top, right, foot = (
            x - 1.5,
            baseline - _CAP * size - 1,
            x + width + 1.5,
            baseline + _DESCENT * size,
        )
        corners = ((left, top), (right, top), (right, foot), (left, foot))
        self._shapes.append(Polygon(points=corners, fill=Paint.GROUND))

    def _lines(self, text: str, width: float) -> list[TextLine]:
        return break_lines([Span(text=tied(composed(text)), size=_SIZE)], width, self._measure)

    # ------------------------------------------------------------------------------- rows

    def _columns(self, names: Sequence[str]) -> tuple[float, float]:
        """How wide dates and names are: as wide as they wish, but for the room that the marks need."""
        dates = max((self._wide(tied(composed(e.when)), _SIZE) for e in self._timeline.entries), default=0)
        widest = max((self._wide(tied(composed(name)), _SIZE) for name in names), default=0)
        when = min(dates + 0.01, self._width * _WHEN_MOST)
        return when, min(widest + 0.01, self._width * (1 - _PLOT_LEAST) - _EDGE - when - 2 * _GAP)

    def _axis(self, left: float) -> Axis:
        return axis_of(self._timeline, left, self._width, lambda text: self._wide(text, _SMALL))

    def _rows(self, when: float, label: float, axis: Axis) -> list[_Row]:
        rows = []
        for entry in self._timeline.entries:
            beside = self._beside(entry, axis)
            rows.append(
                _Row(
                    entry=entry,
                    when=self._lines(entry.when, when),
                    label=self._lines(entry.label, label),
                    said=[] if beside is not None else self._lines(entry.said, label),
                    beside=beside,
                )
            )
        return rows

    def _beside(self, entry: TimelineEntry, axis: Axis) -> float | None:
        """Where a standing begins: to the right of its mark, else to the left, if there is room."""
        left, right = self._reach(entry, axis)
        width = self._wide(tied(composed(entry.said)), _SMALL)
        if right + _BESIDE + width <= self._width - _EDGE:
            return right + _BESIDE
        x = left - _BESIDE - width
        return x if x >= axis.left else None

    def _in_rows(self, rows: Sequence[_Row], label_left: float, axis: Axis) -> None:
        self._frame(axis, sum(row.height for row in rows))
        for row in rows:
            first = self._y + _ROW_GAP / 2 + (_LEADING + _CAP * _SIZE) / 2 - 0.6
            for x, lines, paint, above in (
                (_EDGE, row.when, Paint.QUIET, 0),
                (label_left, row.label, Paint.INK, 0),
                (label_left, row.said, Paint.QUIET, len(row.label)),
            ):
                for index, line in enumerate(lines, above):
                    self._words(x, first + index * _LEADING, line.text, size=_SIZE, paint=paint)
            middle = first - _CAP * _SIZE / 2 + 0.3
            self._mark(row.entry, axis, middle)
            if row.beside is not None:
                self._over(row.beside, middle, row.entry.said, _SMALL, Paint.QUIET)
            self._y += row.height
        self._ticks(axis)

    def _over(self, x: float, middle: float, text: str, size: float, paint: Paint) -> None:
        """Words beside a mark, over whatever line goes through there."""
        baseline = middle + _CAP * size / 2 - 0.3
        self._clear(x, baseline, self._wide(tied(composed(text)), size), size)
        self._words(x, baseline, text, size=size, paint=paint)

    # ------------------------------------------------------------------------------ lanes

    def _in_lanes(self, room: float) -> None:
        """Marks with names in as few lanes as hold them; where these are too many, marks alone."""
        axis = self._axis(0)
        pitch = _LEADING + 0.5
        named = True
        lanes = self._lanes(axis, named)
        if len(lanes) * pitch > room:
            named = False
            lanes = self._lanes(axis, named)
            pitch = min(2 * _RADIUS + 2, room / len(lanes))
        self._frame(axis, len(lanes) * pitch)
        for lane in lanes:
            middle = self._y + pitch / 2
            for item in lane:
                self._mark(item.entry, axis, middle)
                if item.name_left is not None:
                    self._over(item.name_left, middle, self._short(item.entry.label), _SIZE, Paint.INK)
            self._y += pitch
        self._ticks(axis)

    def _lanes(self, axis: Axis, named: bool) -> list[list[_InLane]]:
        """Share the entries out to as few lanes as hold them, from the left."""
        lanes: list[list[_InLane]] = []
        gap = _GAP if named else 1.0
        placed = (self._in_lane(entry, axis, named) for entry in self._timeline.entries)
        for item in sorted(placed, key=lambda item: (item.left, item.right)):
            free = next((lane for lane in lanes if lane[-1].right + gap <= item.left), None)
            if free is None:
                lanes.append([item])
            else:
                free.append(item)
        return lanes

    def _in_lane(self, entry: TimelineEntry, axis: Axis, named: bool) -> _InLane:
        """A mark with its name to the right, else to the left; without where it leaves no room for one."""
        left, right = self._reach(entry, axis)
        width = self._wide(self._short(entry.label), _SIZE)
        if named and right + _BESIDE + width <= self._width - _EDGE:
            x = right + _BESIDE
            return _InLane(entry=entry, left=left, right=x + width, name_left=x)
        if named and left - _BESIDE - width >= _EDGE:
            x = left - _BESIDE - width
            return _InLane(entry=entry, left=x, right=right, name_left=x)
        return _InLane(entry=entry, left=left, right=right, name_left=None)

    def _short(self, label: str) -> str:
        """A name as far as a lane has room for it."""
        text, most = tied(composed(label)), self._width * _NAME_MOST
        if self._wide(text, _SIZE) <= most:
            return text
        while text and self._wide(text.rstrip() + _ELLIPSIS, _SIZE) > most:
            text = text[:-1]
        return text.rstrip() + _ELLIPSIS

    # ------------------------------------------------------------------------------ frame

    def _frame(self, axis: Axis, height: float) -> None:
        """The as-of day on top, the lines of the ticks and the axis below, all under the marks."""
        self._as_of(axis)
        top, foot = self._y, self._y + height
        for tick in axis.ticks:
            self._line(tick.x, top, tick.x, foot, 0.25, Paint.HAIRLINE)
        self._line(axis.left, foot, axis.right, foot, 0.6, Paint.QUIET)
        if axis.as_of is not None:
            self._line(axis.as_of, top, axis.as_of, foot, 0.9, Paint.ACCENT, dashed=True)

    def _as_of(self, axis: Axis) -> None:
        label = tied(composed(self._timeline.as_of_label))
        width = self._wide(label, _SMALL)
        baseline = _CAP * _SMALL + 0.5
        self._y = _LEADING + 1.5
        if axis.as_of is not None:
            x = min(max(axis.as_of - width / 2, _EDGE), self._width - _EDGE - width)
            self._words(x, baseline, label, size=_SMALL, paint=Paint.ACCENT)
            return
        # Too far off for the axis: the label stands at that end, and an arrow points on.
        middle = baseline - 0.3 * _SMALL
        if axis.is_later:
            self._arrow(self._width, middle, -1)
            self._words(self._width - width - 12, baseline, label, size=_SMALL, paint=Paint.ACCENT)
        else:
            x = min(axis.left, self._width - width - 12)
            self._arrow(x, middle, 1)
            self._words(x + 12, baseline, label, size=_SMALL, paint=Paint.ACCENT)

    def _arrow(self, tip: float, y: float, back: int) -> None:
        self._line(tip + 3 * back, y, tip + 9 * back, y, 0.9, Paint.ACCENT)
        head = ((tip, y), (tip + 4 * back, y - 2.2), (tip + 4 * back, y + 2.2))
        self._shapes.append(Polygon(points=head, fill=Paint.ACCENT))

    def _ticks(self, axis: Axis) -> None:
        """What the ticks are called, and below it the month or year in which they lie."""
        for row in range(2):
            baseline = self._y + 3 + _CAP * _SMALL + row * _LEADING * 0.9
            for tick in axis.ticks:
                self._tick(tick, tick.name if row == 0 else tick.within, baseline)
        self._y += 3 + _LEADING + (_LEADING * 0.9 if any(tick.within for tick in axis.ticks) else 0)

    def _tick(self, tick: Tick, text: str, baseline: float) -> None:
        if text:
            width = self._wide(text, _SMALL)
            x = min(max(tick.x - width / 2, _EDGE), self._width - _EDGE - width)
            self._words(x, baseline, text, size=_SMALL, paint=Paint.QUIET)

    def _line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        thickness: float,
        paint: Paint,
        *,
        dashed: bool = False,
    ) -> None:
        self._shapes.append(
            Stroke(x1=x1, y1=y1, x2=x2, y2=y2, thickness=thickness, paint=paint, dashed=dashed)
        )

    # ------------------------------------------------------------------------------ marks

    def _reach(self, entry: TimelineEntry, axis: Axis) -> tuple[float, float]:
        """From where to where a mark goes; one day and a short span are a mark around their middle."""
        left = axis.left + _RADIUS if entry.starts_open else axis.x(entry.first)
        right = axis.right - _RADIUS if entry.ends_open else axis.end(entry.last)
        if entry.starts_open:
            left = max(axis.left + _RADIUS, right - 4 * _OPEN)
        if entry.ends_open:
            right = min(axis.right - _RADIUS, left + 4 * _OPEN)
        middle = (left + right) / 2
        if entry.first == entry.last:
            return middle - _RADIUS, middle + _RADIUS
        return min(left, middle - _RADIUS), max(right, middle + _RADIUS)

    def _mark(self, entry: TimelineEntry, axis: Axis, y: float) -> None:
        """Draw a meeting."""
        left, right = self._reach(entry, axis)
        self._has_long = self._has_long or right - left > _LONG
        start, end = left, right
        if entry.starts_open:
            self._line(left, y, left + _OPEN, y, _OUTLINE, Paint.INK, dashed=True)
            start = min(left + _OPEN, right - 2 * _RADIUS)
        if entry.ends_open:
            self._line(right - _OPEN, y, right, y, _OUTLINE, Paint.INK, dashed=True)
            end = max(right - _OPEN, left + 2 * _RADIUS)
        self._shapes += mark_of(entry.standing, start, end, y)

    # ----------------------------------------------------------------------------- legend

    def _legend(self) -> list[list[tuple[Standing | None, str]]]:
        """What the shapes mean, shared out to lines."""
        lines: list[list[tuple[Standing | None, str]]] = []
        x = _EDGE
        for key in self._timeline.keys:
            if key.standing is None and not self._has_long:
                continue
            width = self._key_width(key.standing, key.words)
            if not lines or x + width > self._width:
                lines.append([])
                x = _EDGE
            lines[-1].append((key.standing, tied(composed(key.words))))
            x += width + 1.5 * _GAP
        return lines

    def _key_width(self, standing: Standing | None, words: str) -> float:
        return self._sign_width(standing) + _BESIDE + self._wide(tied(words), _SMALL)

    @staticmethod
    def _sign_width(standing: Standing | None) -> float:
        return 2 * _RADIUS if standing else 6 * _RADIUS

    def _write_legend(self, lines: list[list[tuple[Standing | None, str]]]) -> None:
        self._y += 5 if lines else 0
        for line in lines:
            baseline = self._y + _CAP * _SMALL + 1
            x = _EDGE
            for standing, words in line:
                sign = self._sign_width(standing)
                middle = baseline - _CAP * _SMALL / 2 + 0.3
                self._shapes += mark_of(standing or Standing.UPCOMING, x, x + sign, middle)
                self._words(x + sign + _BESIDE, baseline, words, size=_SMALL, paint=Paint.QUIET)
                x += self._key_width(standing, words) + 1.5 * _GAP
            self._y += _LEADING + 1


def mark_of(standing: Standing, left: float, right: float, y: float) -> Iterator[Shape]:
    """The mark of a standing from `left` to `right`, around the height `y`."""
    match standing:
        case Standing.HELD:
            is_long = right - left > _LONG  # paler then: it did not last so long
            yield _pill(left, right, y, Paint.HAIRLINE if is_long else Paint.ACCENT, Paint.ACCENT)
        case Standing.UPCOMING:
            yield _pill(left, right, y, Paint.GROUND, Paint.ACCENT)
        case Standing.UNCONFIRMED:
            yield _diamond(left, right, y, Paint.GROUND)
        case Standing.DISPUTED:
            yield _diamond(left, right, y, Paint.GROUND)
            middle, high = (left + right) / 2, _RADIUS + 0.6
            tip = min(left + high, middle)
            corners = (
                (left - 0.6, y),
                (tip, y - high),
                (middle, y - high),
                (middle, y + high),
                (tip, y + high),
            )
            yield Polygon(points=corners, fill=Paint.INK)
        case Standing.CANCELLED:
            yield _pill(left, right, y, Paint.GROUND, Paint.QUIET)
            middle = (left + right) / 2
            for rise in (_CROSS, -_CROSS):
                yield Stroke(
                    x1=middle - _CROSS, y1=y - rise, x2=middle + _CROSS, y2=y + rise, thickness=_OUTLINE,
                    paint=Paint.INK,
                )  # fmt: skip


def _pill(left: float, right: float, y: float, fill: Paint, outline: Paint) -> Pill:
    half = _OUTLINE / 2
    return Pill(
        x=left + half, y=y - _RADIUS + half, width=right - left - _OUTLINE, height=2 * _RADIUS - _OUTLINE,
        fill=fill, outline=outline, thickness=_OUTLINE,
    )  # fmt: skip


def _diamond(left: float, right: float, y: float, fill: Paint) -> Polygon:
    """A diamond; drawn long it keeps its points."""
    high = _RADIUS + 0.6
    left, right = left - 0.6, right + 0.6
    tip = min(high, (right - left) / 2)
    top = ((left + tip, y - high), (right - tip, y - high))
    foot = ((right - tip, y + high), (left + tip, y + high))
    corners = dict.fromkeys(((left, y), *top, (right, y), *foot))  # of a short one the tips meet
    return Polygon(points=tuple(corners), fill=fill, outline=Paint.INK, thickness=_OUTLINE)
