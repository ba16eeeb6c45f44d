"""What the sound and the spelling of a language ask for where words meet. All of it is data of its catalogue.

A catalogue has four messages of the context `grammar`; one that is not translated asks for nothing.

| message | translated, for example | what it does |
|---|---|---|
| `contractions` | `de el = del; a el = al` | “reunión de” + “el Grupo” → “reunión del Grupo” |
| `words before the last` | `y = e: i hi, not hie hia` | “México y Irlanda” → “México e Irlanda” |
| `Friday, 8 October` | `viernes 8 de octubre` | no comma after the weekday, where CLDR has one |
| `letters of its own` | `ñ after n` | “ñ” is sorted as a letter behind “n”, not as an “n” |
"""

import re
from collections.abc import Mapping
from dataclasses import field
from functools import lru_cache
from gettext import NullTranslations
from unicodedata import combining, normalize

from briefbook import marks
from briefbook.frozen import frozen

# Each word is looked at from its beginning alone: a word without end would take the square of its length.
_VALUE_AFTER = re.compile(r"(?<![^\W\d_])(?P<before>[^\W\d_]+) %\((?P<name>[^)%]+)\)s")


@frozen
class Change:
    """A word that becomes another before certain beginnings, all of them without accents and small."""

    becomes: str
    before: tuple[str, ...]
    unless: tuple[str, ...] = ()


@frozen
class Grammar:
    """One language's rules of where words meet, and its alphabet."""

    contractions: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (de, el) → del
    changes: Mapping[str, Change] = field(default_factory=dict)  # by the word between items
    letters: Mapping[str, str] = field(default_factory=dict)  # ñ → n, behind which it stands
    is_weekday_joined: bool = False  # no comma after it

    def joining(self, between: str, last: str) -> str:
        """What stands before the last item of a list, as its sound asks for."""
        word = between.rstrip().rpartition(" ")[2]
        change = self.changes.get(word)
        if change is None:
            return between
        sound = _bare(last[marks.beginning(last) :])
        if not sound.startswith(change.before) or sound.startswith(change.unless):
            return between
        at = between.rindex(word)
        return between[:at] + change.becomes + between[at + len(word) :]

    def contracted(self, pattern: str, values: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
        """A message and its values, each of them Markdown, with word and article drawn together."""
        if not self.contractions:
            return pattern, values
        changed = dict(values)
        for found in reversed(list(_VALUE_AFTER.finditer(pattern))):
            value = changed.get(found["name"])
            if not isinstance(value, str):
                continue
            start = marks.beginning(value)
            article = value[start:].partition(" ")[0]
            both = self.contractions.get((found["before"], article))
            if both is None:
                continue
            own = f"{found['name']} {found.start()}"
            changed[own] = value[:start] + value[start + len(article) + 1 :]
            pattern = f"{pattern[: found.start()]}{both} %({own})s{pattern[found.end() :]}"
        return pattern, changed

    def sort_key(self, text: str) -> tuple[tuple[tuple[str, int], ...], str]:
        """By what a person finds a text in an index: letters first, accents only between equals."""
        ranks = {letter: rank for rank, letter in enumerate(self.letters, start=1)}
        key: list[tuple[str, int]] = []
        for letter in normalize("NFC", text.casefold()):
            if letter in ranks:
                key.append((self.letters[letter], ranks[letter]))
            else:
                key += [(part, 0) for part in normalize("NFD", letter) if not combining(part)]
        return tuple(key), text


def _bare(text: str) -> str:
    """A text in small letters without accents."""
    return "".join(part for part in normalize("NFD", text.casefold()) if not combining(part))


@lru_cache(maxsize=32)
def grammar_of(catalogue: NullTranslations) -> Grammar:
    """The rules that a catalogue has. What is not written as a rule is passed over."""
    contractions = {}
    for left, both in _rules(catalogue.pgettext("grammar", "contractions"), "="):
        word, _, article = left.partition(" ")
        contractions[word, article] = both
    changes = {}
    for word, right in _rules(catalogue.pgettext("grammar", "words before the last"), "="):
        becomes, _, sounds = right.partition(":")
        before, _, unless = sounds.partition(", not ")
        changes[word] = Change(
            becomes=becomes.strip(), before=tuple(before.split()), unless=tuple(unless.split())
        )
    letters = dict(_rules(catalogue.pgettext("grammar", "letters of its own"), " after "))
    weekday = catalogue.pgettext("grammar", "Friday, 8 October")
    return Grammar(
        contractions=contractions, changes=changes, letters=letters, is_weekday_joined="," not in weekday
    )


def _rules(said: str, between: str) -> list[tuple[str, str]]:
    parts = (rule.partition(between) for rule in said.split(";"))
    return [(left.strip(), right.strip()) for left, found, right in parts if found]
