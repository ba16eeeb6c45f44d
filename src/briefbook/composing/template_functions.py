"""What templates call and filter by, beside what Jinja has. Some of it needs the wording of a language."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from jinja2 import TemplateError
from markupsafe import Markup

from briefbook import marks
from briefbook.composing import figures
from briefbook.composing.messages import message_functions
from briefbook.composing.sandbox import as_markdown, giving_markdown, markdown, printed
from briefbook.composing.wording import Wording
from briefbook.dates import parse_partial_date
from briefbook.document import is_blank
from briefbook.keeping import Remembered
from briefbook.selection import ShownMeeting, ShownSource, When, Words
from briefbook.shown import worded


def template_globals(wording: Wording) -> dict[str, Callable[..., object]]:
    """The functions that templates may call."""

    def axis(day: date) -> Markup:
        return Markup(marks.plot_mark(figures.told_of_axis(day, wording.short_months())))

    return {
        "cite": giving_markdown(_cite),
        "cite_people": giving_markdown(_cite_people),
        "anchor": giving_markdown(_anchor),
        "axis": axis,
        "plot": _plot,
        "key": _key,
        "picture": _picture,
        "flush_right": lambda: Markup("{>}"),
        "new_line": lambda: Markup("{;}"),
        **message_functions(wording),
    }


def _cite(*rests_on: Any) -> str:
    sources = rests_on[0].sources if len(rests_on) == 1 else [s for fact in rests_on for s in fact.sources]
    return marks.cite_mark(sources)


def _cite_people(meeting: ShownMeeting) -> str:
    return marks.cite_mark(meeting.people_sources)


def _anchor(source: ShownSource) -> str:
    return marks.anchor_mark(source.id)


def _plot(meeting: ShownMeeting) -> Markup:
    return Markup(marks.plot_mark(figures.told_of_meeting(meeting)))


def _key(standing: str) -> Markup:
    return Markup(marks.plot_mark(figures.told_of_key(standing)))


def _picture(file: str, alt: str) -> Markup:
    if not file:
        raise TemplateError("a picture has the name of its file, such as pictures/map.png")
    if is_blank(alt):
        raise TemplateError(f"the picture {file!r} needs words that say what it shows")
    return Markup(f"![{as_markdown(alt)}](<{marks.escaped(file)}>)")


def template_filters(wording: Wording) -> dict[str, Callable[..., object]]:
    """The filters that templates may use besides Jinja's own."""

    def listing(items: Iterable[object], style: str = "standard") -> Markup:
        return markdown(wording.listing(map(printed, items), style))

    @lru_cache(maxsize=1024)
    def known_ordinal(number: int) -> Words:
        return wording.ordinal(number)

    def ordinal(number: int) -> Words:
        return (
            known_ordinal(number) if number.__class__ is int else wording.ordinal(number)
        )  # no True, no 1.0

    def in_order(items: Iterable[str], attribute: str = "") -> list[str]:
        """Sorted as an index of the language has them, by the words of an attribute where one is named."""
        if attribute.startswith("_"):
            raise TemplateError(f"there is no {attribute!r} to sort by")

        def key(item: object) -> tuple[object, ...]:
            return wording.grammar.sort_key(str.__str__(getattr(item, attribute) if attribute else item))

        return sorted(items, key=key)

    return {
        "day": _dates_in_words(wording, "day"),
        "weekday": _dates_in_words(wording, "weekday"),
        "short_day": _dates_in_words(wording, "short"),
        "month": wording.month,
        "time": wording.time,
        "zone": wording.zone,
        "until": wording.until,
        "number": wording.number,
        "ordinal": ordinal,
        "standing": figures.standing_of,
        "listing": listing,
        "join": _join,
        "in_order": in_order,
        "capital": _capital,
        "sentence": _sentence,
        "stopped": _stopped,
    }


def _dates_in_words(wording: Wording, exact_day: str) -> Callable[[Any], Words]:
    """The filter that says a date; the memos of a book tell of the same ones again and again."""

    def read(spelling: str) -> Words:
        return wording.in_words(parse_partial_date(spelling), exact_day)

    known = Remembered(read, _MOST_DATES)

    def said(when: Any) -> Words:
        if when.__class__ is not When or when.date is None:
            return wording.in_words(when, exact_day)
        words = known[when.date.spelling]
        return worded(words, when.origin, words.language)

    return said


_MOST_DATES = 8192  # that are kept: twenty years of days

_ENDS = (".", "!", "?", "…")  # of a sentence
_QUOTES = "\"'”’»\\"  # a backslash escapes a quote in Markdown


def _join(items: Iterable[object], between: object = "") -> Markup:
    return Markup(as_markdown(between).join(as_markdown(item) for item in items))


def _capital(text: str) -> str:
    """The first letter large, the rest untouched."""
    if text.__class__ is Words and text[:1] == text[:1].upper():
        return text
    plain = str.__str__(text)
    first = marks.beginning(plain) if isinstance(text, Markup) else 0
    return _like(text, plain[:first] + plain[first : first + 1].upper() + plain[first + 1 :])


def _stopped(text: str) -> str:
    """A full stop at the end, unless the text ends a sentence already."""
    if text.__class__ is Words and text.endswith(_ENDS):
        return text
    plain = str.__str__(text)
    end, after = marks.ending(plain) if isinstance(text, Markup) else (len(plain), len(plain))
    if not end or plain[:end].rstrip(_QUOTES).endswith(_ENDS):
        return text
    return _like(text, f"{plain[:after]}.{plain[after:]}")


def _sentence(text: str) -> str:
    """Capital at the start, full stop at the end."""
    return _stopped(_capital(text))


def _like(text: str, changed: str) -> str:
    """A changed text as what it was: words of a fact, Markdown or a plain text."""
    match text:
        case Words():
            return text.saying(changed)
        case Markup():
            return markdown(changed)
        case _:
            return changed
