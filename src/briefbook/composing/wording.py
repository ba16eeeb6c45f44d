"""How a language says dates, numbers and lists: Babel's locale data and gettext catalogues, nothing else.

The English of plain `en` is the international one (8 October 2021); `en-US` gives October 8, 2021.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from gettext import NullTranslations

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_timezone_location
from babel.lists import format_list

from briefbook.dates import Part, PartialDate, Qualifier, SimpleDate
from briefbook.selection import When, Words

_PLAIN_ENGLISH = "en-GB"
_FIXED_OFFSET = re.compile(r"Etc/GMT(?P<sign>[+-])(?P<hours>[1-9][0-9]?)")
_PATTERN_PIECES = re.compile(r"'[^']*'|d+|[^'d]+")  # quoted literals apart from the day's letter


@lru_cache
def locale_of(language: str) -> Locale:
    """The locale of a BCP 47 tag. Raises babel.UnknownLocaleError or ValueError for an unknown one."""
    return Locale.parse(_PLAIN_ENGLISH if language == "en" else language, sep="-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One language's way of saying dates, numbers and lists."""

    language: str
    locale: Locale
    catalogue: NullTranslations = field(default_factory=NullTranslations)

    def say(self, message: str, **values: object) -> str:
        """A message of the catalogue with its values."""
        return self.catalogue.gettext(message) % values

    # -------------------------------------------------------------------------------- days

    def day(self, day: date) -> str:
        """8 October 2021."""
        return format_date(day, "long", locale=self.locale)

    def weekday(self, day: date) -> str:
        """Friday 8 October 2021."""
        return format_date(day, self._full_pattern(), locale=self.locale)

    def short_weekday(self, day: date) -> str:
        """Fri 8 October 2021, for the label of an entry."""
        return format_date(day, self._full_pattern().replace("EEEE", "EEE"), locale=self.locale)

    def _full_pattern(self) -> str:
        """The locale's own, but for the comma that English needs only where the month comes first."""
        pattern: str = self.locale.date_formats["full"].pattern
        return pattern.replace("EEEE, d", "EEEE d") if self.locale.language == "en" else pattern

    def month(self, day: date) -> str:
        """October 2021."""
        return format_skeleton("yMMMM", _noon(day), locale=self.locale)

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
            return self.say("by %(day)s", day=self._simple(when.end, "day"))
        if when.end is None:
            return self.say("from %(day)s", day=self._simple(when.start, "day"))
        if _same_month(when.start, when.end):
            return self._days_of_month(when.start, when.end)
        start, end = (self._simple(side, "day") for side in (when.start, when.end))
        return f"{start} – {end}"

    def _simple(self, when: SimpleDate | None, exact_day: str) -> str:
        assert when is not None
        if when.day:
            days = {"day": self.day, "weekday": self.weekday, "short": self.short_weekday}
            text = days[exact_day](when.first)
        elif when.month:
            text = self._part_of_month(when)
        else:
            text = str(when.year)
        return self._qualified(text, when.qualifier)

    def _part_of_month(self, when: SimpleDate) -> str:
        month = self.month(when.first)
        match when.part:
            case Part.EARLY:
                return self.say("early %(month)s", month=month)
            case Part.MID:
                return self.say("mid-%(month)s", month=month)
            case Part.LATE:
                return self.say("late %(month)s", month=month)
            case None:
                return month

    def _qualified(self, text: str, qualifier: Qualifier | None) -> str:
        match qualifier:
            case None:
                return text
            case Qualifier.APPROXIMATE:
                return self.say("about %(date)s", date=text)
            case Qualifier.UNCERTAIN:
                return self.say("perhaps %(date)s", date=text)
            case Qualifier.BOTH:
                return self.say("perhaps about %(date)s", date=text)

    def _days_of_month(self, start: SimpleDate, end: SimpleDate) -> str:
        """Two days of one month: the long pattern with both days where it has one."""
        both = f"'{start.first.day}–{end.last.day}'"
        pattern = self.locale.date_formats["long"].pattern
        pieces = [both if p.startswith("d") else p for p in _PATTERN_PIECES.findall(pattern)]
        return format_date(start.first, "".join(pieces), locale=self.locale)

    # ------------------------------------------------------------------- what templates use

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
        return self.say("%(time)s (%(city)s time)", time=clock, city=city)

    def zone(self, zone: str) -> str:
        """A time zone by its city: Mexico City time; UTC−5 or UTC where it has none."""
        offset = _FIXED_OFFSET.fullmatch(zone)
        if offset is not None:  # POSIX counts westwards: Etc/GMT+5 is five hours behind
            return f"UTC{'−' if offset['sign'] == '+' else '+'}{offset['hours']}"
        city = self._city(zone)
        return zone.removeprefix("Etc/") if city is None else self.say("%(city)s time", city=city)

    def _city(self, zone: str) -> str | None:
        """The city of a zone; None for one that is named after none."""
        if "/" not in zone or zone.startswith("Etc/"):
            return None
        place: str = get_timezone_location(zone, locale=self.locale, return_city=True)
        return place.rpartition("/")[2]  # Argentina/Buenos Aires

    def until(self, days: int) -> str:
        """In three days, tomorrow, today; for past days: yesterday, three days ago."""
        match days:
            case 0:
                return self.say("today")
            case 1:
                return self.say("tomorrow")
            case -1:
                return self.say("yesterday")
        count = self.number(abs(days))
        forms = (
            ("in %(count)s day", "in %(count)s days")
            if days > 0
            else ("%(count)s day ago", "%(count)s days ago")
        )
        return self.catalogue.ngettext(*forms, abs(days)) % {"count": count}

    def number(self, number: int) -> str:
        """A count in words up to ten, in figures above."""
        words = (
            self.say("no"),
            self.say("one"),
            self.say("two"),
            self.say("three"),
            self.say("four"),
            self.say("five"),
            self.say("six"),
            self.say("seven"),
            self.say("eight"),
            self.say("nine"),
            self.say("ten"),
        )
        return words[number] if 0 <= number < len(words) else str(number)

    def ordinal(self, number: int) -> str:
        """11th. The suffix is English, like the messages themselves, unless the catalogue has a form."""
        said = self.say("%(number)sth", number=number)
        if said != f"{number}th":
            return said
        teen = 10 <= number % 100 <= 20
        return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"

    def listing(self, items: Iterable[str], style: str = "standard") -> str:
        """A, b and c."""
        return format_list(list(items), style=style, locale=self.locale)  # type: ignore[arg-type]


def _same_month(start: SimpleDate, end: SimpleDate) -> bool:
    plain = not (start.qualifier or end.qualifier or start.part or end.part)
    return plain and bool(start.day and end.day) and (start.year, start.month) == (end.year, end.month)


def _noon(day: date) -> datetime:
    """Babel formats a bare date by skeleton as if it were midnight UTC of some zone; noon is safe."""
    return datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001


def wording_of(language: str) -> Wording:
    """The wording of a BCP 47 tag."""
    return Wording(language=language, locale=locale_of(language))
