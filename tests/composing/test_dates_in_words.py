"""What people write for a date: all that memos print of dates, and no more than can be read in one way."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbook.composing.dates_in_words import date_in
from briefbook.composing.wording import Wording, wording_of
from briefbook.dates import Part, PartialDate, Qualifier, SimpleDate, exactly, parse_partial_date
from briefbook.tool import shipped_catalogue

ENGLISH = wording_of("en")
SPANISH = wording_of("es", tuple(filter(None, [shipped_catalogue("es")])))

_DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@st.composite
def simple_dates(draw: st.DrawFn) -> SimpleDate:
    day = draw(_DAYS)
    qualifier = draw(st.sampled_from([None, None, *Qualifier]))
    match draw(st.sampled_from(["day", "month", "part", "year"])):
        case "day":
            return SimpleDate(year=day.year, month=day.month, day=day.day, qualifier=qualifier)
        case "month":
            return SimpleDate(year=day.year, month=day.month, qualifier=qualifier)
        case "part":
            part = draw(st.sampled_from(Part))
            return SimpleDate(year=day.year, month=day.month, part=part, qualifier=qualifier)
        case _:
            return SimpleDate(year=day.year, qualifier=qualifier)


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    one = draw(simple_dates())
    match draw(st.sampled_from(["one", "one", "open", "days"])):
        case "open" if one.qualifier is None:
            start, end = draw(st.sampled_from([(one, None), (None, one)]))
            return PartialDate(start=start, end=end)
        case "days":
            first = draw(_DAYS)
            last = first + timedelta(days=draw(st.integers(1, 60)))
            return PartialDate(start=exactly(first).start, end=exactly(last).end)
        case _:
            return PartialDate(start=one, end=one)


@settings(deadline=None, max_examples=150)
@given(
    when=partial_dates(),
    way=st.sampled_from(["day", "weekday", "short"]),
    wording=st.sampled_from([ENGLISH, SPANISH]),
)
def test_what_is_printed_is_read_back(when: PartialDate, way: str, wording: Wording) -> None:
    printed = wording.partial(when, way)
    assert date_in(printed, [wording]) == when
    assert date_in(printed.upper(), [wording]) == when
    assert date_in(str(when), [wording]) == when


@pytest.mark.parametrize(
    ("said", "spelling"),
    [
        ("May 11th, 2031", "2031-05-11"),
        ("on the 11th of May 2031", "2031-05-11"),
        ("Sunday, 11 May 2031", "2031-05-11"),
        ("  11\u00a0May\n2031 ", "2031-05-11"),
        ("el 11 de mayo de 2031", "2031-05-11"),
        ("11 mayo 2031", "2031-05-11"),
        ("mar 12 ago 2036", "2036-08-12"),  # martes, not marzo
        ("mar 4 mar 2031", "2031-03-04"),
        ("4 mar 2031", "2031-03-04"),
        ("11 May 2031", "2031-05-11"),  # English in a Spanish book
        ("Sept. 2031", "2031-09"),
        ("\uff11\uff12 May 2031", "2031-05-12"),  # full-width figures, and Arabic ones
        ("\u0661\u0662 May \u0662\u0660\u0663\u0661", "2031-05-12"),
    ],
)
def test_people_write_dates_in_more_ways(said: str, spelling: str) -> None:
    assert date_in(said, [SPANISH]) == parse_partial_date(spelling)


@pytest.mark.parametrize(
    "said",
    [
        "11/5/2031",
        "11.05.2031",
        "11 May",
        "May",
        "next week",
        "Monday 11 May 2031",  # it is a Sunday
        "31 June 2031",
        "11 May 2031 in the evening",
        "11 May or 12 June 2031",
        "not 11 May 2031",
        "12–11 May 2031",
        "",
        "2031-02-30",
        "\u2786 May 2031",  # a ringed seven
        "\u00b2 May 2031",
        "2 May 2031\u00b3",  # the mark of a note, not the third
        "\u00bd May 2031",
    ],
)
def test_what_can_be_read_in_two_ways_or_says_more_is_no_date(said: str) -> None:
    assert date_in(said, [ENGLISH, SPANISH]) is None
