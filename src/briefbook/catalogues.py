"""Gettext catalogues: .po files in UTF-8 → what a language calls things, and what is wrong with a file.

A catalogue comes from anybody, so nothing in it can stop a memo that is being made: each translation takes
exactly the values that its message has, and gettext's own parser evaluates the rule of plurals. Nor can it
take more time or memory than a catalogue of ours does.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from gettext import NullTranslations, c2py
from itertools import islice
from typing import TYPE_CHECKING

from briefbook.characters import BAD
from briefbook.diagnostics import Problem, Where
from briefbook.tool import shipped_catalogue

if TYPE_CHECKING:  # imported where there is a catalogue to read: English has none
    from briefbook.po_files import Catalog

LARGEST = 1024 * 1024  # bytes; ours has 50,000
LONGEST = 10_000  # characters of a translation; ours has some hundred
MOST_MISTAKES = 1_000  # told of one: nobody mends more before the next check
_COUNTS = 1000  # for which the rule of plurals is tried out; what counts further may stay English
_NUMBER = re.compile(r" on [0-9]+$")  # Babel's number of a line, from 0
_DIRECTIVE = re.compile(r"%\([^)%]*\)s|%%")


class Untranslated(str):
    """A message that no catalogue of the language has: it is English."""

    __slots__ = ()


def has_words(message: str) -> bool:
    """True unless a message is of any language, such as “%(title)s”."""
    return any(map(str.isalpha, _DIRECTIVE.sub("", message)))


def _english(message: str) -> str:
    return Untranslated(message) if has_words(message) else message


class _English(NullTranslations):
    """The end of a chain of catalogues."""

    def gettext(self, message: str) -> str:
        return _english(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return Untranslated(super().ngettext(msgid1, msgid2, n))

    def pgettext(self, context: str, message: str) -> str:  # noqa: ARG002 – the context helps who translates
        return Untranslated(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return Untranslated(super().npgettext(context, msgid1, msgid2, n))


class _Catalogue(NullTranslations):
    """The messages of one .po file.

    Compiled by Babel, a file that names no language would lose its rule of plurals.
    """

    def __init__(self, catalogue: "Catalog", rule: Callable[[int], int]) -> None:
        super().__init__()
        self._form = rule
        self._said = {
            (message.context, _first(message.id)): forms
            for message in catalogue
            if message.id and not message.fuzzy and all(forms := tuple(_all(message.string or "")))
        }

    def gettext(self, message: str) -> str:
        forms = self._said.get((None, message))
        return forms[0] if forms else super().gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        said = self._for_number(None, msgid1, n)
        return super().ngettext(msgid1, msgid2, n) if said is None else said

    def pgettext(self, context: str, message: str) -> str:
        forms = self._said.get((context, message))
        return forms[0] if forms else super().pgettext(context, message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        said = self._for_number(context, msgid1, n)
        return super().npgettext(context, msgid1, msgid2, n) if said is None else said

    def _for_number(self, context: str | None, message: str, n: int) -> str | None:
        forms = self._said.get((context, message), ())
        try:
            form = self._form(n)
        except ArithmeticError:  # it was not tried out for so high a number
            return None
        return forms[form] if 0 <= form < len(forms) else None


def ways_of(language: str) -> tuple[str, ...]:
    """The tags whose catalogues serve a language, its own first: es-MX, es (RFC 4647, 3.4)."""
    parts = language.split("-")
    return tuple("-".join(parts[:end]) for end in range(len(parts), 0, -1))


def texts_in(language: str, own: Mapping[str, str]) -> tuple[str, ...]:
    """The texts of the .po files of a language: a book's `own`, by tag, before the shipped ones."""
    ways = ways_of(language)
    texts = (*map(own.get, ways), *map(shipped_catalogue, ways))
    return tuple(text for text in texts if text is not None)


@lru_cache(maxsize=32)  # once in a process for each language
def translations_of(texts: tuple[str, ...], *, is_english: bool) -> NullTranslations:
    """The messages of some catalogues, the first before the others; what none has is `Untranslated`.

    In English what none has is as it should be. Of a catalogue with mistakes there are no messages.
    """
    chain: NullTranslations = NullTranslations() if is_english else _English()
    for text in reversed(texts):
        catalogue, rule, problems = _read("", text.encode())
        if catalogue is None or rule is None or problems:
            continue
        spoken = _Catalogue(catalogue, rule)
        spoken.add_fallback(chain)
        chain = spoken
    return chain


def messages_in(data: bytes) -> list[tuple[str | None, str]]:
    """What a catalogue has a translation for, or a template asks for: each with its context."""
    catalogue, _, _ = _read("", data)
    return [] if catalogue is None else [(m.context, _first(m.id)) for m in catalogue if m.id]


def translates(text: str) -> bool:
    """Whether a catalogue has a translation of any message."""
    catalogue, _, _ = _read("", text.encode())
    return catalogue is not None and any(
        m.id and not m.fuzzy and any(_all(m.string or "")) for m in catalogue
    )


def problems_in(shown: str, data: bytes) -> list[Problem]:
    """What is wrong with a catalogue; `shown` is its name in problems."""
    return _read(shown, data)[2]


_Rule = Callable[[int], int]  # a number → which of the forms of a message it asks for


def _read(shown: str, data: bytes) -> tuple["Catalog | None", _Rule | None, list[Problem]]:
    from briefbook.po_files import MOST_FORMS, FormsError, PoFileError, parsed

    if len(data) > LARGEST:
        message, hint = f"the catalogue is larger than {LARGEST // 1024**2} MiB", "keep briefbook's messages"
        return None, None, [Problem(where=Where(file=shown), message=message, hint=hint)]
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        where = _at(shown, error.object[: error.start].count(b"\n") + 1)
        message = "the catalogue is not UTF-8"
        return None, None, [Problem(where=where, message=message, hint="save it as UTF-8")]
    if bad := BAD.search(text):
        where = _at(shown, text.count("\n", 0, bad.start()) + 1)
        message = f"U+{ord(bad[0]):04X} does not belong in a text"
        return None, None, [Problem(where=where, message=message, hint="delete it")]
    try:
        catalogue = parsed(text)
    except FormsError as error:
        message = f"by its header a message has {str(error)[:20]} forms; languages have 1 to {MOST_FORMS}"
        hint = "write Plural-Forms: nplurals=2; plural=(n != 1); as the language has it"
        where = _at(shown, text.count("\n", 0, max(text.find("nplurals"), 0)) + 1)
        return None, None, [Problem(where=where, message=message, hint=hint)]
    except (PoFileError, ValueError, TypeError, LookupError, AttributeError) as error:
        where = _at(shown, error.lineno + 1) if isinstance(error, PoFileError) else Where(file=shown)
        told = _NUMBER.sub("", str(error))
        message = f"this is no .po file: {_short(told)}"
        hint = 'an entry is a line msgid "…" and a line msgstr "…"; start from languages/briefbook.pot'
        return None, None, [Problem(where=where, message=message, hint=hint)]
    try:
        rule: _Rule = c2py(catalogue.plural_expr)
        tried = [rule(count) for count in range(_COUNTS)]
        trouble = "it comes to less than 0" if min(tried) < 0 else ""
    except (ArithmeticError, ValueError, RecursionError) as error:
        trouble = str(error)
    if trouble:
        message = f"its rule of plurals cannot be used: {trouble}"
        hint = "write Plural-Forms: nplurals=2; plural=(n != 1); as the language has it"
        return catalogue, None, [Problem(where=_at(shown, 1), message=message, hint=hint)]
    mistakes = list(islice(_mistakes(catalogue, 1 + max(tried), shown), MOST_MISTAKES + 1))
    if len(mistakes) > MOST_MISTAKES:
        message, hint = "more of these follow", "mend those above first"
        mistakes[-1] = Problem(where=mistakes[-1].where, message=message, hint=hint)
    return catalogue, rule, mistakes


def _at(shown: str, line: int | None) -> Where:
    return Where(file=shown, line=line, column=line and 1)


def _mistakes(catalogue: "Catalog", forms: int, shown: str) -> Iterator[Problem]:
    """Each translation that cannot take the values of its message, or lacks a form, with its line."""
    for entry in catalogue:
        texts = _all(entry.string or "")
        if not entry.id or entry.fuzzy or not any(texts):
            continue  # not translated yet
        where, said = _at(shown, entry.lineno), _cut(_first(entry.id))
        if entry.pluralizable and len(texts) < forms:
            message = f"the message {said} has {len(texts)} forms, and the rule of plurals {forms}"
            hint = f"write msgstr[0] to msgstr[{forms - 1}], or mend Plural-Forms"
            yield Problem(where=where, message=message, hint=hint)
        wanted = _values(_all(entry.id))
        kept = _kept(wanted)
        for text in filter(None, texts):
            if len(text) > LONGEST:
                message = f"a translation has {len(text):,} characters; at most {LONGEST:,} are read"
                yield Problem(where=where, message=message, hint="cut it")
                continue
            if "%" in _DIRECTIVE.sub("", text):
                message = f"a % stands alone in the translation {_cut(text)}"
                yield Problem(
                    where=where, message=message, hint="write %% for the sign, %(name)s for a value"
                )
            has = _values([text])
            for name in sorted(has - wanted):
                message = f"the message {said} has no {_short(name)}"
                yield Problem(where=where, message=message, hint=kept)
            # A plural may say its number in words.
            for name in sorted(wanted - has if not entry.pluralizable else ()):
                message = f"the translation {_cut(text)} lacks {_short(name)}"
                yield Problem(where=where, message=message, hint=kept)


def _values(texts: Iterable[str]) -> set[str]:
    return {found for text in texts for found in _DIRECTIVE.findall(text) if found != "%%"}


def _kept(wanted: set[str]) -> str:
    some = ", ".join(_short(name) for name in sorted(wanted)[:9])
    return f"a translation keeps {some} as spelled" if wanted else "take it out"


def _all(texts: str | Sequence[str]) -> list[str]:
    return [texts] if isinstance(texts, str) else list(texts)


def _first(id_: str | Sequence[str]) -> str:
    return id_ if isinstance(id_, str) else id_[0]


def _short(text: str) -> str:
    """Part of a message: on one line."""
    return " ".join(text[:100].split())


def _cut(text: str) -> str:
    return repr(text if len(text) <= 50 else text[:49] + "…")
