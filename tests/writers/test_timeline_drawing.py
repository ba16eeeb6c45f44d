"""The drawing of a timeline, by its geometry: nothing collides, nothing leaves the sheet, nothing is lost."""

from datetime import date, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import example, given

from briefbook.document import Standing, Timeline
from briefbook.writers.drawing import Drawing, Paint, Pill, Polygon, Stroke, Words
from briefbook.writers.faces import width_in_ems
from briefbook.writers.pictures import colours_of
from briefbook.writers.theme import PAGES, Theme
from briefbook.writers.timeline_drawing import draw_timeline, mark_of
from tests.writers.figures import ANY_TIMELINE, council_timeline, entry, timeline
from tests.writers.trees import few

DAY = date(2031, 5, 11)


def drawn(picture: Timeline, theme: Theme | None = None) -> Drawing:
    return draw_timeline(picture, theme or Theme(), width_in_ems)


def words_of(drawing: Drawing) -> list[Words]:
    return [shape for shape in drawing.shapes if isinstance(shape, Words)]


def said(drawing: Drawing) -> str:
    return " ".join(words.text for words in words_of(drawing)).replace("\u00a0", " ")


def box(words: Words) -> tuple[float, float, float, float]:
    """Where the letters stand: left, top, right, foot."""
    return (
        words.x,
        words.baseline - 0.7 * words.size,
        words.x + words.width,
        words.baseline + 0.22 * words.size,
    )


def bounds(shape: Pill | Polygon) -> tuple[float, float, float, float]:
    if isinstance(shape, Pill):
        half = shape.thickness / 2
        return shape.x - half, shape.y - half, shape.x + shape.width + half, shape.y + shape.height + half
    across, down = [x for x, _ in shape.points], [y for _, y in shape.points]
    return min(across), min(down), max(across), max(down)


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    slack = 0.01
    return (
        one[0] < other[2] - slack
        and other[0] < one[2] - slack
        and one[1] < other[3] - slack
        and other[1] < one[3] - slack
    )


def marks_of(drawing: Drawing) -> list[Pill | Polygon]:
    """All outlined shapes: those of meetings and of the legend."""
    return [s for s in drawing.shapes if isinstance(s, Pill) or (isinstance(s, Polygon) and s.outline)]


@few
@given(ANY_TIMELINE)
@example(council_timeline())
@example(timeline(entry("Council", DAY)))
@example(timeline(*(entry("Council", DAY) for _ in range(60))))
def test_no_words_collide_with_words_or_marks(picture: Timeline) -> None:
    drawing = drawn(picture)
    boxes = [(words.text, box(words)) for words in words_of(drawing)]
    for (text, one), (other_text, other) in combinations(boxes, 2):
        assert not overlap(one, other), (text, other_text)
    for mark in marks_of(drawing):
        for text, one in boxes:
            assert not overlap(one, bounds(mark)), text


@few
@given(ANY_TIMELINE)
@example(timeline(*(entry("Council", DAY) for _ in range(400))))
def test_all_stands_on_a_sheet_a_third_of_a_page_high(picture: Timeline) -> None:
    theme = Theme()
    drawing = drawn(picture, theme)
    assert drawing.width == theme.page.measure
    assert drawing.height <= theme.page.height / 3 + 0.01
    for words in words_of(drawing):
        left, top, right, foot = box(words)
        assert (left >= 0, top >= 0) == (True, True), words.text
        assert (right <= drawing.width, foot <= drawing.height) == (True, True), words.text
    for mark in marks_of(drawing):
        left, top, right, foot = bounds(mark)
        assert left >= 0
        assert top >= 0
        assert right <= drawing.width + 0.01
        assert foot <= drawing.height


@pytest.mark.parametrize("first", [date(1, 1, 2), date(231, 5, 11), date(9999, 12, 30)])
@pytest.mark.parametrize("as_of", [date.min, DAY, date.max])
def test_no_year_is_too_early_or_too_late(first: date, as_of: date) -> None:
    assert "Council" in said(drawn(timeline(entry("Council", first), entry("Round", DAY), as_of=as_of)))


@few
@given(ANY_TIMELINE)
def test_words_are_as_wide_as_they_say(picture: Timeline) -> None:
    for words in words_of(drawn(picture)):
        assert words.width == pytest.approx(width_in_ems(words.text, False, False) * words.size)


def test_every_meeting_is_said_with_its_date_and_standing() -> None:
    picture = council_timeline()
    text = said(drawn(picture))
    for meeting in picture.entries:
        assert meeting.label in text
        assert meeting.when in text
        assert text.count(meeting.said) >= 2  # beside the mark, and in the legend
    assert picture.as_of_label in text
    assert "a long mark: some day within it" in text


def test_a_standing_without_room_beside_its_mark_stands_below_the_name() -> None:
    long = entry(
        "Council", date(2031, 1, 1), date(2031, 12, 31), Standing.UPCOMING, said="may have been already"
    )
    drawing = drawn(timeline(long))
    (name,) = [w for w in words_of(drawing) if w.text == "Council"]
    (below,) = [w for w in words_of(drawing) if w.text.startswith("may have")]
    assert (below.x, below.baseline > name.baseline) == (name.x, True)


def test_a_legend_tells_of_long_marks_where_there_are_any_alone() -> None:
    assert "long mark" not in said(drawn(timeline(entry("Council", DAY))))
    assert "long mark" in said(drawn(timeline(entry("Council", DAY, DAY + timedelta(days=20)))))


def test_one_day_is_a_point_however_fine_the_axis() -> None:
    (mark, *_) = marks_of(drawn(timeline(entry("Council", DAY), as_of=DAY)))
    left, top, right, foot = bounds(mark)
    assert right - left == pytest.approx(foot - top)


def test_marks_stand_in_the_order_of_their_days() -> None:
    days = [DAY + timedelta(days=70 * number) for number in range(6)]
    drawing = drawn(timeline(*(entry(f"No {n}", day) for n, day in enumerate(days))))
    marks = [bounds(mark) for mark in marks_of(drawing)][: len(days)]
    assert marks == sorted(marks)
    gaps = [after[0] - before[0] for before, after in pairwise(marks)]
    assert gaps == pytest.approx([gaps[0]] * len(gaps))


def test_the_as_of_day_is_a_line_between_past_and_future() -> None:
    past, ahead = entry("Past", DAY), entry("Ahead", DAY + timedelta(days=200), standing=Standing.UPCOMING)
    drawing = drawn(timeline(past, ahead, as_of=DAY + timedelta(days=100)))
    (rule,) = [s for s in drawing.shapes if isinstance(s, Stroke) and s.dashed and s.x1 == s.x2]
    first, second = marks_of(drawing)[:2]
    assert bounds(first)[2] < rule.x1 < bounds(second)[0]


@pytest.mark.parametrize(("years", "tip"), [(30, 1.0), (-30, 0.0)])
def test_a_day_far_off_the_axis_has_an_arrow_and_does_not_press_the_rest(years: int, tip: float) -> None:
    near = timeline(entry("One", DAY), entry("Two", DAY + timedelta(days=300)))
    far = timeline(*near.entries, as_of=date(DAY.year + years, 1, 1))
    drawing = drawn(far)
    (head,) = [s for s in drawing.shapes if isinstance(s, Polygon) and s.fill is Paint.ACCENT]
    points_to_the_right = head.points[0][0] > head.points[1][0]
    assert points_to_the_right is bool(tip)
    first, second = (bounds(mark)[0] for mark in marks_of(drawing)[:2])
    assert second - first > 100


def test_open_sides_lead_on_by_a_dashed_line() -> None:
    drawing = drawn(timeline(entry("By May", date.min, DAY), entry("From May", DAY, date.max)))
    dashes = [s for s in drawing.shapes if isinstance(s, Stroke) and s.dashed and s.y1 == s.y2]
    by, since = (bounds(mark) for mark in marks_of(drawing)[:2])
    assert dashes[0].x1 < by[0]
    assert dashes[1].x2 > since[2]


def test_shapes_tell_standings_apart_without_colour() -> None:
    shapes = {}
    for standing in Standing:
        greys = []
        for shape in mark_of(standing, 0, 7, 10):
            match shape:
                case Pill():
                    greys.append(("pill", shape.fill is Paint.GROUND))
                case Polygon():
                    greys.append(("polygon", shape.fill is Paint.GROUND))
                case _:
                    greys.append(("line", False))
        shapes[standing] = tuple(greys)
    assert len(set(shapes.values())) == len(Standing)


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [part / 255 for part in bytes.fromhex(colour)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_words_have_contrast() -> None:
    colours = colours_of(Theme())
    for words in words_of(drawn(council_timeline())):
        ratio = (luminance(colours[Paint.GROUND]) + 0.05) / (luminance(colours[words.paint]) + 0.05)
        assert ratio >= 4.5


TICKS = {
    6: ("11", "May 2031"),
    90: ("12", "May 2031"),  # Mondays
    400: ("Jul", "2031"),
    3000: ("2033",),
}


@pytest.mark.parametrize("days", TICKS)
def test_ticks_are_as_fine_as_fits(days: int) -> None:
    far = timeline(entry("One", DAY), entry("Two", DAY + timedelta(days=days)), as_of=DAY)
    texts = [words.text.replace("\u00a0", " ") for words in words_of(drawn(far))]
    for name in filter(None, TICKS[days]):
        assert name in texts


def test_a_timeline_without_names_of_months_has_their_numbers() -> None:
    bare = Timeline(as_of=DAY, as_of_label="", entries=(entry("One", DAY),))
    assert "5 2031" in said(drawn(bare))


def test_letter_paper_gets_its_own_width() -> None:
    assert drawn(council_timeline(), Theme(page=PAGES["letter"])).width == PAGES["letter"].measure
