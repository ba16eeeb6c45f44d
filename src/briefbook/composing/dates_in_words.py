"""Words → a partial date: what `Wording.partial` writes, and what people write instead.

A date is believed only if nothing in it is left unexplained: a weekday that is not the date's, two months, an
order of figures that could be read both ways are no date.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from babel import Locale

from briefbook.composing.languages import month_names
from briefbook.composing.wording import ENGLISH, Wording, wording_of
from briefbook.dates import Part, PartialDate, Qualifier, SimpleDate, parse_partial_date

_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_ORDINALS = frozenset({"st", "nd", "rd", "th", "º", "o"})
_FILLERS = frozenset({"of", "the", "on", "in", "de", "del", "el", "en"})


def date_in(text: str, wordings: Sequence[Wording]) -> PartialDate | None:
    """The date that a text names, in the spelling of the files or the words of some languages and English."""
    spelled = " ".join(text.split())
    with suppress(ValueError):
        return parse_partial_date(spelled)
    return next((found for wording in _with_english(wordings) if (found := _in_one(spelled, wording))), None)


def date_without_weekday(text: str, wordings: Sequence[Wording]) -> PartialDate | None:
    """The date that a text would name if no weekday stood in it: where `date_in` finds none, that is why."""
    found = (_in_one(text, wording, heeds_weekday=False) for wording in _with_english(wordings))
    return next((day for day in found if day), None)


def _with_english(wordings: Sequence[Wording]) -> Iterator[Wording]:
    yield from wordings
    if all(wording.language != ENGLISH for wording in wordings):
        yield wording_of(ENGLISH)


def _in_one(text: str, wording: Wording, *, heeds_weekday: bool = True) -> PartialDate | None:
    months = _names(wording)
    found = _TOKEN.findall(text)
    figures = [token for token in found if token.isdecimal()]  # in any script, but no raised or ringed one
    tokens = [_plain(token) for token in found if not token.isdecimal()]
    years = [int(token) for token in figures if len(token) == 4]
    days = [int(token) for token in figures if len(token) < 3]
    weekdays = _weekdays(wording.locale)
    named = [months[token] for token in _month_words(tokens, months, weekdays)]
    if not years or 0 in days or len(years) + len(days) != len(figures):
        return None
    for candidate in _candidates(years, named, days):
        if _is_said_so(text, candidate, wording):
            return candidate
    said = [weekdays[token] for token in tokens if token in weekdays and token not in months]
    if set(tokens) - set(months) - set(weekdays) - _ORDINALS - _FILLERS or len(named) != 1:
        return None
    plain = next(_candidates(years, named, days), None)
    if plain is None or (said and plain.first != plain.last):
        return None
    if heeds_weekday and any(plain.first.weekday() != day for day in said):
        return None
    return plain


def _month_words(tokens: list[str], months: Mapping[str, int], weekdays: Mapping[str, int]) -> list[str]:
    """The words that name months. One that may be a weekday too (`mar` in Spanish) is one before a month."""
    found = [token for token in tokens if token in months]
    sure = [token for token in found if token not in weekdays]
    return sure or found[-1:] if any(token in weekdays for token in found) else found


def _candidates(years: list[int], months: list[int], days: list[int]) -> Iterator[PartialDate]:
    """The dates that some figures and months can make up, the plain one first."""
    with suppress(ValueError):  # the 31st of a month that has thirty days
        match years, months, days:
            case [year], [month], [day]:
                yield from _qualified(SimpleDate(year=year, month=month, day=day))
            case [year], [month], []:
                whole = SimpleDate(year=year, month=month)
                yield from _qualified(whole)
                for part in Part:
                    yield from _qualified(replace(whole, part=part))
            case [year], [], []:
                yield from _qualified(SimpleDate(year=year))
            case [year], [month], [first, last]:
                yield from _between(
                    SimpleDate(year=year, month=month, day=first),
                    SimpleDate(year=year, month=month, day=last),
                )
            case [year, other], [month, next_month], [first, last]:
                yield from _between(
                    SimpleDate(year=year, month=month, day=first),
                    SimpleDate(year=other, month=next_month, day=last),
                )
            case [year, other], [month, next_month], []:
                yield from _between(
                    SimpleDate(year=year, month=month), SimpleDate(year=other, month=next_month)
                )
            case _:
                pass


def _qualified(simple: SimpleDate) -> Iterator[PartialDate]:
    if simple.last < simple.first:  # what is not in the calendar raises ValueError
        return
    for qualifier in (None, *Qualifier):
        one = replace(simple, qualifier=qualifier)
        yield PartialDate(start=one, end=one)
    yield PartialDate(start=None, end=simple)
    yield PartialDate(start=simple, end=None)


def _between(start: SimpleDate, end: SimpleDate) -> Iterator[PartialDate]:
    if start.first <= end.last:
        yield PartialDate(start=start, end=end)


def _is_said_so(text: str, candidate: PartialDate, wording: Wording) -> bool:
    ways = ("day", "weekday", "short")
    told = (wording.own_words(candidate, way) for way in ways)
    return any(words is not None and _key(words) == _key(text) for words in told)


def _key(text: str) -> list[str]:
    return [_plain(token) for token in _TOKEN.findall(text)]


def _plain(token: str) -> str:
    """A word without accents and capitals: who types a date leaves them out."""
    parts = unicodedata.normalize("NFKD", token.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def _names(wording: Wording) -> Mapping[str, int]:
    """The names of the months, whole and short, of a language."""
    names = ((name, month) for month in range(1, 13) for name in month_names(month, wording.language))
    return {_plain(token): month for name, month in names for token in _TOKEN.findall(name)}


def _weekdays(locale: Locale) -> Mapping[str, int]:
    names = [
        (name, day)
        for form in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for day, name in locale.days[form][width].items()
    ]
    return {_plain(token): day for name, day in names for token in _TOKEN.findall(name)}
