"""Which languages and time zones there is data for: a memo would stop at any other."""

from collections.abc import Iterator
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import get_timezone
from babel.localedata import locale_identifiers

from briefbook.composing.wording import locale_of


@cache
def is_language(tag: str) -> bool:
    """True for a BCP 47 tag whose dates and lists can be written, that is in which a memo can be made."""
    try:
        locale_of(tag)
    except (UnknownLocaleError, ValueError):
        return False
    return True


def languages() -> list[str]:
    """The tags of all languages that memos can be made in."""
    return [identifier.replace("_", "-") for identifier in locale_identifiers()]


@cache
def has_name(tag: str) -> bool:
    """True for a BCP 47 tag of a language that CLDR has data or at least a name for."""
    # The names are asked last: to have them, all data of English is put together.
    return is_language(tag) or tag.partition("-")[0] in Locale("en").languages


def language_names() -> list[str]:
    """The tags of all languages that CLDR has a name for."""
    return [str(tag).replace("_", "-") for tag in Locale("en").languages]


@cache
def is_zone(name: str) -> bool:
    """True for a time zone (IANA name) that the system's or the installed data knows."""
    try:
        get_timezone(name)
    except (LookupError, ValueError):
        return False
    return True


def zones() -> list[str]:
    """The IANA names of time zones."""
    return [*get_global("zone_territories"), *get_global("zone_aliases")]


def month_names(month: int, tag: str) -> Iterator[str]:
    """The names of a month (1 to 12), whole and short, in a language; in English where it is not known."""
    locale = locale_of(tag if is_language(tag) else "en")
    for form in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            yield locale.months[form][width][month]
