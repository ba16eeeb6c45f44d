"""The functions by which templates say a message: in the memo's language, with values that are escaped.

They have the names that pybabel looks for in templates. A message that no catalogue of the language has is
English, and is tagged so; the values in it keep the languages that they have.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from briefbook import marks
from briefbook.catalogues import Untranslated
from briefbook.composing.sandbox import (
    as_markdown,
    fillable,
    filled,
    filled_plainly,
    giving_markdown,
    is_plain,
)
from briefbook.composing.wording import ENGLISH, Wording


def message_functions(wording: Wording) -> dict[str, Callable[..., object]]:
    """`_`, `ngettext`, and the two that tell by a context which of several meanings a message has."""
    catalogue, contracts = wording.catalogue, bool(wording.grammar.contractions)

    def said(message: str, values: Mapping[str, object]) -> str:
        if message.__class__ is str and not contracts and is_plain(message):  # as nearly all are
            return filled_plainly(message, values)
        if isinstance(message, Untranslated):
            inner = {name: _apart(value) for name, value in values.items()}
            return marks.within(filled(Markup(message), inner), ENGLISH)
        if contracts:
            message, values = wording.grammar.contracted(message, {n: fillable(v) for n, v in values.items()})
            values = {name: Markup(v) if isinstance(v, str) else v for name, v in values.items()}
        return filled(Markup(message), values)

    @lru_cache(maxsize=1024)  # the templates of a book have about 300 messages
    def alone(context: str | None, message: str) -> str:
        found = catalogue.gettext(message) if context is None else catalogue.pgettext(context, message)
        return str.__str__(said(found, {}))

    @lru_cache(maxsize=1024)
    def plain(message: str) -> str | None:
        """What a catalogue has for a message, where it is nothing but a pattern to be filled."""
        found = catalogue.gettext(message)
        return found if found.__class__ is str and not contracts and is_plain(found) else None

    def gettext(message: str, /, **values: object) -> str:
        if not values:
            return alone(None, str.__str__(message))
        pattern = plain(message) if message.__class__ is str else None
        return (
            said(catalogue.gettext(message), values) if pattern is None else filled_plainly(pattern, values)
        )

    def ngettext(one: str, many: str, number: int, /, **values: object) -> str:
        return said(catalogue.ngettext(one, many, number), values)

    def pgettext(context: str, message: str, /, **values: object) -> str:
        if not values:
            return alone(str.__str__(context), str.__str__(message))
        return said(catalogue.pgettext(context, message), values)

    def npgettext(context: str, one: str, many: str, number: int, /, **values: object) -> str:
        return said(catalogue.npgettext(context, one, many, number), values)

    named: dict[str, Callable[..., str]]
    named = {"_": gettext, "ngettext": ngettext, "pgettext": pgettext, "npgettext": npgettext}
    return {name: giving_markdown(function) for name, function in named.items()}


def _apart(value: object) -> Any:
    """A value whose words are in the document's language unless they say otherwise."""
    return value if isinstance(value, int | float) else Markup(marks.within(as_markdown(value), None))
