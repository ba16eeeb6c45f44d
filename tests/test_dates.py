"""Partial dates: the spelling on disk, the days that each can mean, strict errors."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbook.dates import (
    Part,
    PartialDate,
    Qualifier,
    SimpleDate,
    days_between,
    exactly,
    parse_partial_date,
)

days = st.dates(min_value=date(1, 1, 2), max_value=date(9999, 12, 30))
qualifiers = st.none() | st.sampled_from(Qualifier)


@st.composite
def simple_dates(draw: st.DrawFn) -> SimpleDate:
    """A year, a month, a third of one, or a day, with any qualifier."""
    day = draw(days)
    qualifier = draw(qualifiers)
    match draw(st.sampled_from(("year", "month", "part", "day"))):
        case "year":
            return SimpleDate(year=day.year, qualifier=qualifier)
        case "month":
            return SimpleDate(year=day.year, month=day.month, qualifier=qualifier)
        case "part":
            part = draw(st.sampled_from(Part))
            return SimpleDate(year=day.year, month=day.month, part=part, qualifier=qualifier)
        case _:
            return SimpleDate(year=day.year, month=day.month, day=day.day, qualifier=qualifier)


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    """A simple date, or an interval that may be open on one side."""
    start = draw(simple_dates())
    match draw(st.sampled_from(("simple", "closed", "from", "by"))):
        case "simple":
            return PartialDate(start=start, end=start)
        case "from":
            return PartialDate(start=start, end=None)
        case "by":
            return PartialDate(start=None, end=start)
        case _:
            end = draw(simple_dates())
            if end.last < start.first:
                start, end = end, start
            return PartialDate(start=start, end=end)


# ------------------------------------------------------------------------------------ spelling


@settings(deadline=None)
@given(partial_dates())
def test_what_is_spelled_reads_back_as_the_same_date(when: PartialDate) -> None:
    assert parse_partial_date(str(when)) == when


@pytest.mark.parametrize(
    "spelling",
    [
        "2031",
        "2031-05",
        "2031-05-11",
        "2031-05-11~",
        "2031-05?",
        "2031%",
        "early 2031-05",
        "mid 2031-05~",
        "late 2031-02",
        "2031-05-04/2031-05-07",
        "2031-05/2031",
        "../2031-05-11",
        "2031-05-11/..",
        "early 2031-05/mid 2031-06?",
        "0033-04-03",
    ],
)
def test_a_spelling_is_kept(spelling: str) -> None:
    assert str(parse_partial_date(spelling)) == spelling


@pytest.mark.parametrize(
    ("spelling", "message"),
    [
        ("", "'' is not a date"),
        ("May 2031", "'May 2031' is not a date"),
        ("2031-5-11", "'2031-5-11' is not a date"),
        ("2031-05-11 ", "'2031-05-11 ' is not a date"),
        ("2031-05-11\n", "is not a date"),
        (" 2031", "' 2031' is not a date"),
        ("31-05-11", "is not a date"),
        ("2031/05/11", "'05/11' is not a date"),
        ("11.05.2031", "is not a date"),
        ("٢٠٣١", "is not a date"),
        ("2031-05-11T10:00", "is not a date"),
        ("2031-05~-11", "is not a date"),
        ("2031-05-11~?", "is not a date"),
        ("Early 2031-05", "is not a date"),
        ("early  2031-05", "is not a date"),
        ("spring 2031", "is not a date"),
        ("2031-13", "'2031-13' is not in the calendar"),
        ("2031-00", "'2031-00' is not in the calendar"),
        ("2031-05-00", "'2031-05-00' is not in the calendar"),
        ("2031-04-31", "'2031-04-31' is not in the calendar"),
        ("2031-02-29", "'2031-02-29' is not in the calendar"),
        ("2100-02-29", "'2100-02-29' is not in the calendar"),
        ("0000", "'0000' is not in the calendar"),
        ("early 2031", "'early' goes with a year and month, not with 'early 2031'"),
        ("mid 2031-05-11", "'mid' goes with a year and month, not with 'mid 2031-05-11'"),
        ("../..", "'../..' is open on both sides"),
        ("/2031", "'' is not a date"),
        ("2031/", "'' is not a date"),
        ("2031/../2032", "'../2032' is not a date"),
        ("2031-05-07/2031-05-04", "the interval '2031-05-07/2031-05-04' ends before it starts"),
        ("2031/2030-12", "ends before it starts"),
        ("mid 2031-05/early 2031-05", "ends before it starts"),
        ("2031-05-04/2031-05-99", "'2031-05-99' is not in the calendar"),
    ],
)
def test_what_is_no_date_is_refused_with_a_sentence(spelling: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_partial_date(spelling)


@settings(deadline=None)
@given(st.text(alphabet="0123456789-/.~?% earlymidt\n٢", max_size=22))
def test_any_text_is_a_date_that_spells_alike_or_a_value_error(text: str) -> None:
    try:
        when = parse_partial_date(text)
    except ValueError:
        return
    assert when.first <= when.last
    assert parse_partial_date(str(when)) == when


# ------------------------------------------------------------------------------- possible days


@pytest.mark.parametrize(
    ("spelling", "first", "last"),
    [
        ("2031", "2031-01-01", "2031-12-31"),
        ("2031-04", "2031-04-01", "2031-04-30"),
        ("2031-02", "2031-02-01", "2031-02-28"),
        ("2032-02", "2032-02-01", "2032-02-29"),
        ("2100-02", "2100-02-01", "2100-02-28"),
        ("2000-02", "2000-02-01", "2000-02-29"),
        ("2032-02-29", "2032-02-29", "2032-02-29"),
        ("2031-05-11~", "2031-05-11", "2031-05-11"),
        ("early 2031-05", "2031-05-01", "2031-05-10"),
        ("mid 2031-05", "2031-05-11", "2031-05-20"),
        ("late 2031-05", "2031-05-21", "2031-05-31"),
        ("late 2031-02", "2031-02-21", "2031-02-28"),
        ("late 2032-02", "2032-02-21", "2032-02-29"),
        ("2031-05-04/2031-05-07", "2031-05-04", "2031-05-07"),
        ("2031-05/2031", "2031-05-01", "2031-12-31"),
        ("../2031-05", "0001-01-01", "2031-05-31"),
        ("2031-05/..", "2031-05-01", "9999-12-31"),
        ("9999", "9999-01-01", "9999-12-31"),
    ],
)
def test_first_and_last_possible_day(spelling: str, first: str, last: str) -> None:
    when = parse_partial_date(spelling)
    assert (when.first, when.last) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("month", ["2031-01", "2031-02", "2032-02", "2031-04", "2031-12"])
def test_the_three_parts_of_a_month_are_its_days_each_once(month: str) -> None:
    early, mid, late = (parse_partial_date(f"{part} {month}") for part in Part)
    whole = parse_partial_date(month)
    next_day = timedelta(days=1)
    assert (early.first, early.last + next_day) == (whole.first, mid.first)
    assert (mid.last + next_day, late.last) == (late.first, whole.last)


@settings(deadline=None)
@given(partial_dates(), days, days)
def test_overlaps_and_within_mean_what_they_say(when: PartialDate, one: date, other: date) -> None:
    first, last = sorted((one, other))
    apart = when.last < first or last < when.first
    assert when.overlaps(first, last) is not apart
    assert when.within(first, last) is (when.first >= first and when.last <= last)
    assert not when.within(first, last) or when.overlaps(first, last)


@pytest.mark.parametrize(
    ("first", "last", "overlaps"),
    [
        ("2031-05-08", "2031-05-09", False),
        ("2031-05-07", "2031-05-09", True),
        ("2031-05-01", "2031-05-04", True),
        ("2031-05-01", "2031-05-03", False),
        ("2031-05-05", "2031-05-05", True),
    ],
)
def test_both_ends_of_a_span_belong_to_it(first: str, last: str, overlaps: bool) -> None:
    when = parse_partial_date("2031-05-04/2031-05-07")
    assert when.overlaps(date.fromisoformat(first), date.fromisoformat(last)) is overlaps


# -------------------------------------------------------------------------- how sure, in order


@pytest.mark.parametrize(
    ("spelling", "is_exact"),
    [
        ("2031-05-11", True),
        ("2031-05-11/2031-05-11", True),
        ("2031-05-11~", False),
        ("2031-05-11?", False),
        ("2031-05-11%", False),
        ("2031-05", False),
        ("2031-05-11/2031-05-12", False),
        ("../2031-05-11", False),
    ],
)
def test_only_one_day_without_a_qualifier_is_exact(spelling: str, is_exact: bool) -> None:
    assert parse_partial_date(spelling).is_exact is is_exact


def test_a_qualifier_of_either_side_qualifies() -> None:
    assert parse_partial_date("2031-05-04/2031-05-07~").is_qualified
    assert parse_partial_date("2031-05-04?/..").is_qualified
    assert not parse_partial_date("2031-05-04/..").is_qualified


def test_an_interval_of_one_day_is_that_day() -> None:
    when = parse_partial_date("2031-05-11/2031-05-11")
    assert when == exactly(date(2031, 5, 11))
    assert not when.is_interval


def test_the_qualifiers_are_those_of_edtf() -> None:
    told = [parse_partial_date(f"2031-05-11{sign}").start for sign in "?~%"]
    assert [simple.qualifier for simple in told if simple] == [
        Qualifier.UNCERTAIN,
        Qualifier.APPROXIMATE,
        Qualifier.BOTH,
    ]


def test_dates_sort_by_their_first_day_and_then_the_more_exact_first() -> None:
    spellings = ["2031-05", "2031", "2031-05-01", "../2030", "2031-04-30", "early 2031-05", "2031-05-01/.."]
    ordered = sorted(map(parse_partial_date, spellings), key=lambda when: when.sort_key)
    assert [str(when) for when in ordered] == [
        "../2030",
        "2031",
        "2031-04-30",
        "2031-05-01",
        "early 2031-05",
        "2031-05",
        "2031-05-01/..",
    ]


@settings(deadline=None)
@given(days)
def test_exactly_is_the_day_itself(day: date) -> None:
    when = exactly(day)
    assert when.is_exact
    assert (when.first, when.last, str(when)) == (day, day, day.isoformat())


def test_days_between_counts_forwards_and_backwards() -> None:
    assert days_between(date(2032, 2, 28), date(2032, 3, 1)) == 2
    assert days_between(date(2031, 3, 1), date(2031, 2, 28)) == -1
    assert days_between(date(2031, 3, 1), date(2031, 3, 1)) == 0
