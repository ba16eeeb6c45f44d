"""How a language says dates, numbers and lists: Babel's locale data and gettext catalogues, nothing else.

The English of plain `en` is the international one (8 October 2021); `en-US` gives October 8, 2021. What needs
a message that the catalogues of a language lack is said in English whole, and tagged as English.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import field, replace
from datetime import date, datetime
from functools import lru_cache, wraps
from gettext import NullTranslations
from typing import Any, Concatenate, ParamSpec

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_timezone_location
from babel.lists import format_list

from briefbook.catalogues import Untranslated, translations_of
from briefbook.composing.grammar import Grammar, grammar_of
from briefbook.dates import Part, PartialDate, Qualifier, SimpleDate
from briefbook.document import Text
from briefbook.facts import Wording as Texts
from briefbook.frozen import frozen
from briefbook.selection import When, Words

ENGLISH = "en"  # the language of every message
_PLAIN_ENGLISH = "en-GB"
P = ParamSpec("P")
_FIXED_OFFSET = re.compile(r"Etc/GMT(?P<sign>[+-])(?P<hours>[1-9][0-9]?)")
_PATTERN_PIECES = re.compile(r"'[^']*'|d+|[^'d]+")  # quoted literals apart from the day's letter


@lru_cache
def locale_of(language: str) -> Locale:
    """The locale of a BCP 47 tag. Raises babel.UnknownLocaleError or ValueError for an unknown one."""
    return Locale.parse(_PLAIN_ENGLISH if language == "en" else language, sep="-")


@frozen
class _Named:
    """A time zone by its name alone: of its city Babel asks no more, and the zone's file stays closed."""

    key: str


class _MissingError(Exception):
    """No catalogue has a message that is needed."""


def _or_in_english(
    method: Callable[Concatenate["Wording", P], str],
) -> Callable[Concatenate["Wording", P], Words]:
    """What a method says, as `Words`; in English, tagged as such, where the language lacks a message."""

    @wraps(method)
    def said(wording: "Wording", /, *arguments: P.args, **named: P.kwargs) -> Words:
        language = None
        try:
            made = method(wording, *arguments, **named)
            if isinstance(made, Words):
                return made
        except _MissingError:
            made, language = method(wording_of(ENGLISH), *arguments, **named), ENGLISH
        return Words(made, made.origin if isinstance(made, Words) else None, language)

    return said


@frozen
class Wording:
    """One language's way of saying dates, numbers and lists."""

    language: str
    locale: Locale
    catalogue: NullTranslations = field(default_factory=NullTranslations)
    grammar: Grammar = field(default_factory=Grammar)

    def titled(self, title: Texts) -> tuple[str, str]:
        """The text of a section's title, with its tag: the catalogue may have it where who wrote it has not.

        So a profile is written once, and a new language is a catalogue and nothing else.
        """
        own, text = title.best(self.language)
        if own == self.language or own.partition("-")[0] != ENGLISH:  # in which catalogues look texts up
            return own, text
        said = self.catalogue.gettext(text)
        return (own, text) if isinstance(said, Untranslated) else (self.language, said)

    # These take their messages as they stand in the source, where pybabel finds them.

    def say(self, message: str, **values: object) -> str:
        """A message of the catalogue with its values; in English where it has none."""
        return self.catalogue.gettext(message) % values

    def label(self, message: str, **values: object) -> Text:
        """The same as a run of text, tagged as English where it is."""
        said = self.catalogue.gettext(message)
        return Text(text=said % values, language=ENGLISH if isinstance(said, Untranslated) else None)

    def psay(self, context: str, message: str, **values: object) -> str:
        """The same for a message that has several meanings; the context tells which."""
        return self.catalogue.pgettext(context, message) % values

    def meeting_of(self, number: int, forum: str, in_text: str | None) -> str:
        """11th meeting of the …: a plain text, for what is no Markdown."""
        values: dict[str, object] = {"ordinal": self.ordinal(number), "forum": in_text or forum}
        if in_text:
            pattern, said = self.grammar.contracted(
                self.catalogue.gettext("%(ordinal)s meeting of %(forum)s"), values
            )
        else:
            pattern, said = self.catalogue.gettext("%(ordinal)s meeting of the %(forum)s"), values
        return str(pattern % said)

    def _say(self, message: str, **values: object) -> str:
        return _translated(self.catalogue.gettext(message)) % values

    def _psay(self, context: str, message: str, **values: object) -> str:
        return _translated(self.catalogue.pgettext(context, message)) % values

    def _nsay(self, one: str, many: str, number: int, **values: object) -> str:
        return _translated(self.catalogue.ngettext(one, many, number)) % values

    # -------------------------------------------------------------------------------- days

    def day(self, day: date) -> str:
        """8 October 2021."""
        return _formatted(day, "long", self.locale)

    def weekday(self, day: date) -> str:
        """Friday 8 October 2021."""
        return _formatted(day, self._full_pattern(), self.locale)

    def short_weekday(self, day: date) -> str:
        """Fri 8 October 2021, for the label of an entry; where months need more room, shortened as well."""
        if self.locale.language == ENGLISH:
            return _formatted(day, self._full_pattern().replace("EEEE", "EEE"), self.locale)
        short = _by_skeleton(day, "yMMMEd", self.locale)
        return short.replace(",", "", 1) if self.grammar.is_weekday_joined else short

    def _full_pattern(self) -> str:
        """The locale's own, but for the comma that English needs only where the month comes first."""
        pattern: str = self.locale.date_formats["full"].pattern
        is_joined = self.locale.language == ENGLISH or self.grammar.is_weekday_joined
        return pattern.replace("EEEE, d", "EEEE d") if is_joined else pattern

    def month(self, day: date) -> str:
        """October 2021."""
        return _by_skeleton(day, "yMMMM", self.locale)

    def short_months(self) -> tuple[str, ...]:
        """Jan, Feb … Dec, as they stand on an axis."""
        names = self.locale.months["stand-alone"]["abbreviated"]
        return tuple(names[month] for month in range(1, 13))

    # ---------------------------------------------------------------------- partial dates

    def partial(self, when: PartialDate, exact_day: str = "day") -> str:
        """A partial date in words: early May 2018, 4–7 October 2021, by 23 January 2026."""
        if not when.is_interval:
            assert when.start is not None  # open on neither side
            return self._simple(when.start, exact_day)
        if when.start is None:
            end = self._simple(when.end, "day")
            if _is_bare_day(when.end):
                return self._psay("day", "by %(day)s", day=end)
            return self._psay("month or year", "by %(day)s", day=end)
        if when.end is None:
            start = self._simple(when.start, "day")
            if _is_bare_day(when.start):
                return self._psay("day", "from %(day)s", day=start)
            return self._psay("month or year", "from %(day)s", day=start)
        if _same_month(when.start, when.end):
            return self._days_of_month(when.start, when.end)
        start, end = (self._simple(side, "day") for side in (when.start, when.end))
        return self._say("%(start)s – %(end)s", start=start, end=end)

    def own_words(self, when: PartialDate, exact_day: str) -> str | None:
        """The same; None where the language lacks a message, and it would be said in English."""
        try:
            return self.partial(when, exact_day)
        except _MissingError:
            return None

    def _simple(self, when: SimpleDate | None, exact_day: str) -> str:
        assert when is not None
        if when.day:
            days = {"day": self.day, "weekday": self.weekday, "short": self.short_weekday}
            text = days[exact_day](when.first)
        elif when.month:
            text = self._part_of_month(when)
        else:
            text = str(when.year)
        return self._qualified(text, when.qualifier, is_day=_is_day(when))

    def _part_of_month(self, when: SimpleDate) -> str:
        month = self.month(when.first)
        match when.part:
            case Part.EARLY:
                return self._say("early %(month)s", month=month)
            case Part.MID:
                return self._say("mid-%(month)s", month=month)
            case Part.LATE:
                return self._say("late %(month)s", month=month)
            case None:
                return month

    def _qualified(self, text: str, qualifier: Qualifier | None, *, is_day: bool) -> str:
        """Many languages have an article before a day and none before a month: hacia el 6 de octubre."""
        match qualifier:
            case None:
                return text
            case Qualifier.APPROXIMATE if is_day:
                return self._psay("day", "about %(date)s", date=text)
            case Qualifier.APPROXIMATE:
                return self._psay("month or year", "about %(date)s", date=text)
            case Qualifier.UNCERTAIN if is_day:
                return self._psay("day", "perhaps %(date)s", date=text)
            case Qualifier.UNCERTAIN:
                return self._psay("month or year", "perhaps %(date)s", date=text)
            case Qualifier.BOTH if is_day:
                return self._psay("day", "perhaps about %(date)s", date=text)
            case Qualifier.BOTH:
                return self._psay("month or year", "perhaps about %(date)s", date=text)

    def _days_of_month(self, start: SimpleDate, end: SimpleDate) -> str:
        """Two days of one month: the long pattern with both days where it has one."""
        both = f"'{start.first.day}–{end.last.day}'"
        pattern = self.locale.date_formats["long"].pattern
        pieces = [both if p.startswith("d") else p for p in _PATTERN_PIECES.findall(pattern)]
        return _formatted(start.first, "".join(pieces), self.locale)

    # ------------------------------------------------------------------- what templates use

    @_or_in_english
    def in_words(self, when: When | PartialDate | date, exact_day: str = "day") -> Words:
        """A date in words, with its origin where it is a fact's. Undated: empty."""
        match when:
            case When(date=None):
                return Words("")
            case When(date=partial):
                assert partial is not None
                return Words(self.partial(partial, exact_day), when.origin)
            case PartialDate():
                return Words(self.partial(when, exact_day))
            case date():
                day = SimpleDate(year=when.year, month=when.month, day=when.day)
                return Words(self._simple(day, exact_day))
            case _:
                raise TypeError(f"a date filter got {type(when).__name__}, not a date")

    @_or_in_english
    def time(self, when: When | datetime) -> Words:
        """The hour with the city of its zone: 15:00 (Mexico City time). Empty where no source gives it.

        Of an instant the hour alone: its zone is known where it is printed.
        """
        if isinstance(when, datetime):
            return Words(self._clock(when.hour, when.minute, None))
        if when.time is None:
            return Words("")
        hour, minute = (int(part) for part in when.time.split(":"))
        return Words(self._clock(hour, minute, when.zone), replace(when.origin, field="time"))

    def _clock(self, hour: int, minute: int, zone: str | None) -> str:
        clock = format_time(datetime(2000, 1, 1, hour, minute), "short", locale=self.locale)  # noqa: DTZ001
        if zone is None:
            return clock
        city = self._city(zone)
        if city is None:
            return f"{clock} ({self.zone(zone)})"
        return self._say("%(time)s (%(city)s time)", time=clock, city=city)

    @_or_in_english
    def zone(self, zone: str) -> str:
        """A time zone by its city: Mexico City time; UTC−5 or UTC where it has none."""
        offset = _FIXED_OFFSET.fullmatch(zone)
        if offset is not None:  # POSIX counts westwards: Etc/GMT+5 is five hours behind
            return f"UTC{'−' if offset['sign'] == '+' else '+'}{offset['hours']}"
        city = self._city(zone)
        return zone.removeprefix("Etc/") if city is None else self._say("%(city)s time", city=city)

    def _city(self, zone: str) -> str | None:
        """The city of a zone; None for one that is named after none."""
        if "/" not in zone or zone.startswith("Etc/"):
            return None
        named: Any = _Named(key=zone)
        place: str = get_timezone_location(named, locale=self.locale, return_city=True)
        return place.rpartition("/")[2]  # Argentina/Buenos Aires

    @_or_in_english
    def until(self, days: int) -> str:
        """In three days, tomorrow, today; for past days: yesterday, three days ago."""
        match days:
            case 0:
                return self._say("today")
            case 1:
                return self._say("tomorrow")
            case -1:
                return self._say("yesterday")
        count = self._number(abs(days))
        if days > 0:
            return self._nsay("in %(count)s day", "in %(count)s days", days, count=count)
        return self._nsay("%(count)s day ago", "%(count)s days ago", -days, count=count)

    @_or_in_english
    def number(self, number: int) -> str:
        """A count in words up to ten, in figures above."""
        return self._number(number)

    def _number(self, number: int) -> str:
        words = (
            lambda: self._psay("count", "no"),
            lambda: self._psay("count", "one"),
            lambda: self._psay("count", "two"),
            lambda: self._psay("count", "three"),
            lambda: self._psay("count", "four"),
            lambda: self._psay("count", "five"),
            lambda: self._psay("count", "six"),
            lambda: self._psay("count", "seven"),
            lambda: self._psay("count", "eight"),
            lambda: self._psay("count", "nine"),
            lambda: self._psay("count", "ten"),
        )
        return words[number]() if 0 <= number < len(words) else str(number)

    @_or_in_english
    def ordinal(self, number: int) -> str:
        """11th, of a meeting. CLDR's rules of the language say which of the four messages counts."""
        match _ordinal_form(number, self.locale):
            case "one":
                return self._psay("ordinal of a meeting", "%(number)sst", number=number)
            case "two":
                return self._psay("ordinal of a meeting", "%(number)snd", number=number)
            case "few":
                return self._psay("ordinal of a meeting", "%(number)srd", number=number)
            case _:
                return self._psay("ordinal of a meeting", "%(number)sth", number=number)

    def listing(self, items: Iterable[str], style: str = "standard") -> str:
        """A, b and c; the word before the last one as that asks for (Francia e Italia)."""
        every = [str.__str__(item) for item in items]  # Markdown is joined as it is
        if len(every) < 2:
            return every[0] if every else ""
        *between, after = _list_pattern(len(every), style, self.locale)
        before = "".join([sign + item for sign, item in zip(between, every[:-1], strict=False)]) + between[-1]
        return self.grammar.joining(before, every[-1]) + every[-1] + after


def _translated(message: str) -> str:
    if isinstance(message, Untranslated):
        raise _MissingError
    return message


def _is_day(when: SimpleDate | None) -> bool:
    return when is not None and bool(when.day)


def _is_bare_day(when: SimpleDate | None) -> bool:
    """Whether an article may stand before it: a qualified day brings its own (hacia el 9 de mayo)."""
    return when is not None and bool(when.day) and when.qualifier is None


def _same_month(start: SimpleDate, end: SimpleDate) -> bool:
    plain = not (start.qualifier or end.qualifier or start.part or end.part)
    return plain and bool(start.day and end.day) and (start.year, start.month) == (end.year, end.month)


# The memos of a book tell of the same days again and again.


@lru_cache(maxsize=8192)
def _formatted(day: date, pattern: str, locale: Locale) -> str:
    return format_date(day, pattern, locale=locale)


@lru_cache(maxsize=8192)
def _by_skeleton(day: date, skeleton: str, locale: Locale) -> str:
    # Babel formats a bare date by skeleton as if it were midnight UTC of some zone; noon is safe.
    return format_skeleton(skeleton, datetime(day.year, day.month, day.day, 12), locale=locale)  # noqa: DTZ001


@lru_cache(maxsize=1024)
def _ordinal_form(number: int, locale: Locale) -> str:
    form: str = locale.ordinal_form(number)
    return form


@lru_cache(maxsize=256)
def _list_pattern(count: int, style: str, locale: Locale) -> tuple[str, ...]:
    """What stands before, between and after the items of a list of two or more."""
    said: str = format_list(["\0"] * count, style=style, locale=locale)  # type: ignore[arg-type]
    return tuple(said.split("\0"))


def wording_of(language: str, catalogues: tuple[str, ...] = ()) -> Wording:
    """The wording of a BCP 47 tag; `catalogues` are the texts of its .po files, the first before others."""
    is_english = language.partition("-")[0] == ENGLISH
    catalogue = translations_of(catalogues, is_english=is_english)
    grammar = grammar_of(catalogue)
    return Wording(language=language, locale=locale_of(language), catalogue=catalogue, grammar=grammar)
