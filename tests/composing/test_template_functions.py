"""The functions and filters of templates: what is known of a value is what would be said of it anew."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from briefbook.composing.template_functions import template_filters
from briefbook.composing.wording import Wording, wording_of
from briefbook.dates import PartialDate
from briefbook.document import Origin
from briefbook.selection import When, Words
from briefbook.tool import shipped_catalogue
from tests.composing.test_dates_in_words import partial_dates

ORIGIN = Origin(fact="council-3", field="date")
WORDINGS = (
    wording_of("en"),
    wording_of("es", (shipped_catalogue("es") or "",)),
    wording_of("fr"),  # no catalogue: dates that need a message are said in English
)
FILTERS: list[tuple[Wording, dict[str, Any]]] = [(each, template_filters(each)) for each in WORDINGS]
quick = settings(deadline=None)


def told(words: str) -> tuple[object, ...]:
    assert isinstance(words, Words)
    return str.__str__(words), words.origin, words.language, words.slot


@quick
@given(partial_dates(), st.sampled_from(FILTERS))
def test_a_date_is_said_as_its_wording_says_it(date: PartialDate, of: tuple[Wording, dict[str, Any]]) -> None:
    wording, filters = of
    when = When(date=date, origin=ORIGIN)
    for name, exact_day in (("day", "day"), ("weekday", "weekday"), ("short_day", "short")):
        for value in (when, date):
            assert told(filters[name](value)) == told(wording.in_words(value, exact_day))


def test_an_ordinal_is_of_the_very_number() -> None:
    wording, filters = FILTERS[0]
    assert [filters["ordinal"](n) for n in (1, True, 1.0)] == [wording.ordinal(n) for n in (1, True, 1.0)]  # type: ignore[arg-type]


@quick
@given(st.text("aß.!?…\"'”’ {}/#", max_size=5))
@pytest.mark.parametrize("name", ["capital", "stopped", "sentence"])
def test_words_of_a_fact_are_changed_as_plain_text_is(name: str, text: str) -> None:
    change = FILTERS[0][1][name]
    changed = change(Words(text, ORIGIN, "es"))
    assert told(changed) == (change(text), ORIGIN, "es", None)
    assert not isinstance(changed, Markup)
