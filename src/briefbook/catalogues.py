"""Gettext catalogues: .po files in UTF-8 → what a language calls things, and what is wrong with a file.

A catalogue comes from anybody, so nothing in it can stop a memo that is being made: each translation takes
exactly the values that its message has, and gettext's own parser evaluates the rule of plurals.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from briefbook.diagnostics import Problem, Where

_COUNTS = 1000  # for which the rule of plurals is tried out; no memo counts further
_NUMBER = re.compile(r" on [0-9]+$")  # Babel's number of a line, from 0
_DIRECTIVE = re.compile(r"%\([^)%]*\)s|%%")


class Untranslated(str):
    """A message that no catalogue of the language has: it is English."""

    __slots__ = ()


def _english(message: str) -> str:
    """A message as what it is; without a word in it, such as “%(title)s”, it is of any language."""
    rest = _DIRECTIVE.sub("", message)
    return Untranslated(message) if any(map(str.isalpha, rest)) else message


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


def ways_of(language: str) -> tuple[str, ...]:
    """The tags whose catalogues serve a language, its own first: es-MX, es (RFC 4647, 3.4)."""
    parts = language.split("-")
    return tuple("-".join(parts[:end]) for end in range(len(parts), 0, -1))


@lru_cache(maxsize=32)  # once in a process for each language
def translations_of(texts: tuple[str, ...], *, is_english: bool) -> NullTranslations:
    """The messages of some catalogues, the first before the others; what none has is `Untranslated`.

    In English what none has is as it should be. Of a catalogue with mistakes there are no messages.
    """
    chain: NullTranslations = NullTranslations() if is_english else _English()
    for text in reversed(texts):
        catalogue, problems = _read("", text.encode())
        if catalogue is None or problems:
            continue
        data = BytesIO()
        write_mo(data, catalogue)
        data.seek(0)
        compiled = GNUTranslations(data)
        compiled.add_fallback(chain)
        chain = compiled
    return chain


def messages_in(data: bytes) -> list[tuple[str | None, str]]:
    """What a catalogue has a translation for, or a template asks for: each with its context."""
    catalogue, _ = _read("", data)
    return [] if catalogue is None else [(m.context, _first(m.id)) for m in catalogue if m.id]


def problems_in(shown: str, data: bytes) -> list[Problem]:
    """What is wrong with a catalogue; `shown` is its name in problems."""
    return _read(shown, data)[1]


def _read(shown: str, data: bytes) -> tuple[Catalog | None, list[Problem]]:
    def problem(line: int | None, message: str, hint: str) -> Problem:
        return Problem(where=Where(file=shown, line=line, column=line and 1), message=message, hint=hint)

    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return None, [problem(line, "the catalogue is not UTF-8", "save it as UTF-8")]
    try:
        catalogue = read_po(BytesIO(data), charset="utf-8", ignore_obsolete=True, abort_invalid=True)
    except PoFileError as error:
        told = _NUMBER.sub("", str(error))
        return None, [problem(error.lineno + 1, f"this is no .po file: {told}", _SPELLING)]
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        return None, [problem(None, f"this is no .po file: {error}", _SPELLING)]
    found = [problem(line, *told) for line, *told in _mistakes(catalogue)]
    try:
        write_mo(out := BytesIO(), catalogue)
        out.seek(0)
        compiled = GNUTranslations(out)
        for count in range(_COUNTS):
            compiled.ngettext("", "", count)
    except (ArithmeticError, ValueError, LookupError, AttributeError, OSError) as error:
        found.append(problem(1, f"its header cannot be read: {error}", _PLURALS))
    return catalogue, found


_SPELLING = 'each entry is a line msgid "…" and a line msgstr "…"; start from languages/briefbook.pot'
_PLURALS = "write Plural-Forms: nplurals=2; plural=(n != 1); as the language has it"


def _mistakes(catalogue: Catalog) -> Iterator[tuple[int | None, str, str]]:
    """Each translation that cannot take the values of its message, with its line."""
    for message in catalogue:
        if not message.id or message.fuzzy:
            continue
        wanted = _values(_all(message.id))
        is_plural = message.pluralizable
        for text in _all(message.string or ""):
            if not text:
                continue  # not translated yet
            rest = _DIRECTIVE.sub("", text)
            if "%" in rest:
                told = f"a lone % in the translation {_cut(text)}"
                yield message.lineno, told, "write %% for the sign, %(name)s for a value"
            has = _values([text])
            for name in sorted(has - wanted):
                yield message.lineno, f"the message {_cut(_first(message.id))} has no {name}", _kept(wanted)
            if not is_plural:  # a plural may say its number in words
                for name in sorted(wanted - has):
                    yield message.lineno, f"the translation {_cut(text)} lacks {name}", _kept(wanted)


def _values(texts: Iterable[str]) -> set[str]:
    return {found for text in texts for found in _DIRECTIVE.findall(text) if found != "%%"}


def _kept(wanted: set[str]) -> str:
    return f"a translation keeps {', '.join(sorted(wanted))} as spelled" if wanted else "take it out"


def _all(texts: str | Sequence[str]) -> list[str]:
    return [texts] if isinstance(texts, str) else list(texts)


def _first(id_: str | Sequence[str]) -> str:
    return id_ if isinstance(id_, str) else id_[0]


def _cut(text: str) -> str:
    return repr(text if len(text) <= 50 else text[:49] + "…")
