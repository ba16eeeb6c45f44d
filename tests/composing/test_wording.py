"""Dates, numbers and lists in English, American English and Spanish."""

from datetime import date

import pytest
from babel import UnknownLocaleError

from briefbook.composing.wording import Wording, locale_of, wording_of
from briefbook.dates import exactly, parse_partial_date
from briefbook.document import Origin
from briefbook.selection import When
from briefbook.tool import shipped_catalogue

EN, US, ES = wording_of("en"), wording_of("en-US"), wording_of("es")
DAY = date(2031, 5, 9)  # a Friday
ORIGIN = Origin(fact="council-3", field="date")


def when(spelling: str | None, **more: str) -> When:
    return When(date=parse_partial_date(spelling) if spelling else None, origin=ORIGIN, **more)  # type: ignore[arg-type]


SPOKEN = wording_of("es", (shipped_catalogue("es") or "",))

# ---------------------------------------------------------------------------------- one day


@pytest.mark.parametrize(
    ("wording", "day", "weekday", "short", "month"),
    [
        (EN, "9 May 2031", "Friday 9 May 2031", "Fri 9 May 2031", "May 2031"),
        (US, "May 9, 2031", "Friday, May 9, 2031", "Fri, May 9, 2031", "May 2031"),
        (ES, "9 de mayo de 2031", "viernes, 9 de mayo de 2031", "vie, 9 may 2031", "mayo de 2031"),
        (SPOKEN, "9 de mayo de 2031", "viernes 9 de mayo de 2031", "vie 9 may 2031", "mayo de 2031"),
    ],
)
def test_a_day_in_three_forms_and_its_month(
    wording: Wording, day: str, weekday: str, short: str, month: str
) -> None:
    assert wording.day(DAY) == day
    assert wording.weekday(DAY) == weekday
    assert wording.short_weekday(DAY) == short
    assert wording.month(DAY) == month


def test_no_weekday_and_no_zero_stands_before_a_plain_day() -> None:
    assert EN.day(date(2031, 12, 1)) == "1 December 2031"


# ------------------------------------------------------------------------------ partial dates


@pytest.mark.parametrize(
    ("spelling", "english", "american", "spanish"),
    [
        ("2031", "2031", "2031", "2031"),
        ("2031-05", "May 2031", "May 2031", "mayo de 2031"),
        ("2031-05-09", "9 May 2031", "May 9, 2031", "9 de mayo de 2031"),
        ("2031-05-04/2031-05-07", "4–7 May 2031", "May 4–7, 2031", "4–7 de mayo de 2031"),
        (
            "2031-05-30/2031-06-02",
            "30 May 2031 – 2 June 2031",
            "May 30, 2031 – June 2, 2031",
            "30 de mayo de 2031 – 2 de junio de 2031",
        ),
        ("2031-05/2031-07", "May 2031 – July 2031", "May 2031 – July 2031", "mayo de 2031 – julio de 2031"),
        ("2031-05-09/2031-05-09", "9 May 2031", "May 9, 2031", "9 de mayo de 2031"),
    ],
)
def test_a_partial_date_in_words(spelling: str, english: str, american: str, spanish: str) -> None:
    read = parse_partial_date(spelling)
    assert (EN.partial(read), US.partial(read), ES.partial(read)) == (english, american, spanish)


@pytest.mark.parametrize(
    ("spelling", "words"),
    [
        ("early 2031-05", "early May 2031"),
        ("mid 2031-05", "mid-May 2031"),
        ("late 2031-05", "late May 2031"),
        ("2031-05-09~", "about 9 May 2031"),
        ("2031-05?", "perhaps May 2031"),
        ("2031%", "perhaps about 2031"),
        ("early 2031-05~", "about early May 2031"),
        ("../2031-05-09", "by 9 May 2031"),
        ("2031-05-09/..", "from 9 May 2031"),
        ("../2031-05-09~", "by about 9 May 2031"),
        ("2031-05-04~/2031-05-07", "about 4 May 2031 – 7 May 2031"),
        ("2031-05-04/2031-05", "4 May 2031 – May 2031"),
        ("early 2031-05/mid 2031-05", "early May 2031 – mid-May 2031"),
    ],
)
def test_how_sure_and_how_open_a_date_is(spelling: str, words: str) -> None:
    assert EN.partial(parse_partial_date(spelling)) == words


@pytest.mark.parametrize(
    ("spelling", "words"),
    [
        ("early 2031-05", "principios de mayo de 2031"),
        ("mid 2031-05", "mediados de mayo de 2031"),
        ("../2031-05-09", "a más tardar el 9 de mayo de 2031"),
        ("../2031-05", "mayo de 2031 a más tardar"),
        ("../early 2031-05", "principios de mayo de 2031 a más tardar"),
        ("../2031-05-09~", "hacia el 9 de mayo de 2031 a más tardar"),
        ("2031-05-09~/..", "desde hacia el 9 de mayo de 2031"),
        ("2031-05-09/..", "desde el 9 de mayo de 2031"),
        ("2031/..", "desde 2031"),
        ("2031-05-09~", "hacia el 9 de mayo de 2031"),
        ("2031-05~", "hacia mayo de 2031"),
        ("2031-05-09?", "quizá el 9 de mayo de 2031"),
        ("2031?", "quizá 2031"),
        ("2031-05-09%", "quizá hacia el 9 de mayo de 2031"),
        ("2031-05-04/2031-05-07", "4–7 de mayo de 2031"),
        ("2031-05-30/2031-06-02", "30 de mayo de 2031 – 2 de junio de 2031"),
    ],
)
def test_a_language_says_it_by_its_catalogue(spelling: str, words: str) -> None:
    said = SPOKEN.in_words(when(spelling))
    assert (said, said.origin, said.language) == (words, ORIGIN, None)


def test_a_date_that_needs_a_word_that_is_missing_is_english_whole_and_says_so() -> None:
    said = ES.in_words(when("early 2031-05"))
    assert (said, said.origin, said.language) == ("early May 2031", ORIGIN, "en")
    assert ES.in_words(when("2031-05")).language is None  # it needs none
    assert (ES.number(3), ES.number(3).language) == ("three", "en")
    assert (ES.number(11), ES.number(11).language) == ("11", None)


def test_the_form_of_the_day_holds_for_an_exact_day_alone() -> None:
    assert EN.partial(exactly(DAY), "weekday") == "Friday 9 May 2031"
    assert EN.partial(exactly(DAY), "short") == "Fri 9 May 2031"
    assert EN.partial(parse_partial_date("2031-05"), "weekday") == "May 2031"
    assert EN.partial(parse_partial_date("2031-05-04/2031-05-07"), "weekday") == "4–7 May 2031"


# --------------------------------------------------------------------- what templates print


def test_a_date_of_a_fact_keeps_its_origin() -> None:
    words = EN.in_words(when("2031-05-09"))
    assert (words, words.origin) == ("9 May 2031", ORIGIN)


def test_a_plain_date_has_none_and_an_undated_one_is_empty() -> None:
    assert EN.in_words(DAY, "weekday") == "Friday 9 May 2031"
    assert EN.in_words(DAY).origin is None
    assert EN.in_words(exactly(DAY)) == "9 May 2031"
    assert EN.in_words(when(None)) == ""


def test_what_is_no_date_is_refused() -> None:
    with pytest.raises(TypeError, match="a date filter got str, not a date"):
        EN.in_words("2031-05-09")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("zone", "printed"),
    [
        (None, "15:00"),
        ("Europe/Oslo", "15:00 (Oslo time)"),
        ("America/Mexico_City", "15:00 (Mexico City time)"),
        ("America/Argentina/Buenos_Aires", "15:00 (Buenos Aires time)"),
        ("UTC", "15:00 (UTC)"),
        ("Etc/UTC", "15:00 (UTC)"),
        ("Etc/GMT+5", "15:00 (UTC−5)"),
        ("Etc/GMT-12", "15:00 (UTC+12)"),
        ("CET", "15:00 (CET)"),
    ],
)
def test_an_hour_with_its_zone(zone: str | None, printed: str) -> None:
    told = When(date=None, origin=ORIGIN, time="15:00", zone=zone)
    words = EN.time(told)
    assert (words, words.origin) == (printed, Origin(fact="council-3", field="time"))


def test_an_hour_as_the_language_writes_it() -> None:
    told = when("2031-05-09", time="15:05", zone="America/Mexico_City")
    assert US.time(told) == "3:05\u202fPM (Mexico City time)"
    assert SPOKEN.time(told) == "15:05 (hora de Ciudad de México)"
    assert EN.time(when("2031-05-09")) == ""


# -------------------------------------------------------------------------- numbers and lists


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (2, "in two days"),
        (10, "in ten days"),
        (11, "in 11 days"),
        (-1, "yesterday"),
        (-2, "two days ago"),
        (-90, "90 days ago"),
    ],
)
def test_how_far_a_day_is(days: int, words: str) -> None:
    assert EN.until(days) == words


def test_how_far_a_day_is_by_the_catalogue() -> None:
    assert (SPOKEN.until(1), SPOKEN.until(2)) == ("mañana", "dentro de dos días")
    assert (SPOKEN.until(-1), SPOKEN.until(-12)) == ("ayer", "hace 12 días")


@pytest.mark.parametrize(
    ("number", "words"), [(0, "no"), (1, "one"), (10, "ten"), (11, "11"), (2031, "2031"), (-3, "-3")]
)
def test_small_numbers_are_words(number: int, words: str) -> None:
    assert EN.number(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        *((1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (10, "10th")),
        *((11, "11th"), (12, "12th"), (13, "13th"), (20, "20th"), (21, "21st")),
        *((22, "22nd"), (23, "23rd"), (101, "101st"), (111, "111th"), (112, "112th")),
    ],
)
def test_an_ordinal_in_english(number: int, words: str) -> None:
    assert EN.ordinal(number) == words
    assert US.ordinal(number) == words


def test_an_ordinal_of_another_language_is_its_catalogues() -> None:
    assert SPOKEN.ordinal(3) == "3.ª"
    assert (ES.ordinal(3), ES.ordinal(3).language) == ("3rd", "en")


@pytest.mark.parametrize(
    ("wording", "two", "three"),
    [(EN, "a and b", "a, b and c"), (US, "a and b", "a, b, and c"), (ES, "a y b", "a, b y c")],
)
def test_a_list_of_words(wording: Wording, two: str, three: str) -> None:
    assert wording.listing([]) == ""
    assert wording.listing(["a"]) == "a"
    assert wording.listing(["a", "b"]) == two
    assert wording.listing(["a", "b", "c"]) == three


def test_a_list_of_choices_and_items_with_braces() -> None:
    assert EN.listing(["a", "b"], "or") == "a or b"
    assert EN.listing(["{0}", "{1}", "{x}"]) == "{0}, {1} and {x}"


# ---------------------------------------------------------------------------------- languages


def test_plain_english_is_the_international_one() -> None:
    assert str(locale_of("en")) == "en_GB"
    assert str(locale_of("en-US")) == "en_US"
    assert wording_of("es").language == "es"


@pytest.mark.parametrize("tag", ["xx", "en-Zzzz-QQ-x", "", "es_MX"])
def test_a_tag_without_locale_data_is_refused(tag: str) -> None:
    with pytest.raises((UnknownLocaleError, ValueError)):
        locale_of(tag)
