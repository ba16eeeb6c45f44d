"""The answers of a debrief form that came back, read off its content controls."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping

from briefbook.composing.debrief import (
    AGREED,
    DISCUSSED,
    HELD,
    MOST_AGREED,
    MOST_DISCUSSED,
    NEXT_WHEN,
    NEXT_WHERE,
    PREFIX,
    TOLD,
    WHEN,
    WHERE,
    WHO,
    WORD,
)
from briefbook.facts import Facts
from briefbook.frozen import frozen
from briefbook.readers.located_yaml import unbearable_in
from briefbook.returned import Control, Returned
from briefbook.writers.docx_controls import bookmark_of, tag_of

MOST_WORDS = 8  # of a fragment, as in every statement
_BRACKETED = re.compile(r"\[.*\]", re.DOTALL)  # a prompt, it seems, but not the form's
# What Word itself puts into a field that somebody emptied.
_WORDS_OWN = ("click or tap", "click here", "haga clic", "haz clic", "pulse o haga clic")
_PARTS = re.compile(r"[;\n]")
_BULLET = re.compile(r"(?:[-–—•·*]|\d+[.)])\s+")  # before an item of a list
# What stands between two names: who is meant is for a person to say.
_SEVERAL = re.compile(r"\s(?:and|with|y|e|con|&|\+)\s|,[^,]+,", re.IGNORECASE)
_WITH_POST = re.compile(r"(?P<name>[^,(]+?)\s*(?:,\s*(?P<post>.+)|\((?P<bracketed>.+)\))?")


@frozen
class Form:
    """The fields of a form: their titles and prompts, by their ids."""

    titles: Mapping[str, str]
    prompts: Mapping[str, str]

    def title(self, field: str) -> str:
        """How a field calls itself."""
        return self.titles.get(field, field)


def _known(facts: Facts) -> dict[str, str]:
    """The ids of all fields, by their tags."""
    fields = [HELD, WHEN, WHERE, WHO, NEXT_WHEN, NEXT_WHERE, WORD, TOLD]
    fields += [f"{WHO}.{side}" for side in facts.organisations]
    for name, most in ((AGREED, MOST_AGREED), (DISCUSSED, MOST_DISCUSSED)):
        fields += [f"{name}[{number}]" for number in range(1, most + 1)]
    return {tag_of(PREFIX + each): each for each in fields}


def answers_in(returned: Returned, facts: Facts, form: Form) -> tuple[dict[str, str], list[str]]:
    """The answers by their fields, those without words left out; and what is none, in full.

    A prompt is known by its words: the sign that one is shown stays where a program writes over it.
    """
    known = _known(facts)
    known |= {bookmark_of(tag): each for tag, each in known.items()}  # LibreOffice keeps these alone
    answers: dict[str, str] = {}
    left = []
    for control in returned.controls:
        written = _plain(control.text)
        hidden = unbearable_in(written)
        text = "".join(each for each in written if each not in hidden)
        own = next((known[name] for name in (control.tag, *control.bookmarks) if name in known), None)
        if not text or (own and text == f"[{form.prompts.get(own)}]") or _is_words_own(control, text):
            continue
        if own is None or own in answers:
            left.append(f"{control.title or 'a field'}: {text}")
        elif _BRACKETED.fullmatch(text):
            left.append(f"{form.title(own)}: {text} (an answer stands in no brackets)")
        else:
            answers[own] = text
            if hidden:
                told = ", ".join(f"U+{ord(each):04X}" for each in hidden)
                left.append(f"{form.title(own)}: hidden characters are not taken over ({told})")
    return answers, left


def _plain(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()


def _is_words_own(control: Control, text: str) -> bool:
    return control.is_placeholder and text.casefold().startswith(_WORDS_OWN)


def without_empty(answers: dict[str, str], form: Form, words: Collection[str]) -> list[str]:
    """Take out what names nothing and nobody ("none", "as above", a dash); return it in words."""
    empty = {"", *map(key_of, words)}
    left = []
    for field, answer in list(answers.items()):
        divided = _PARTS.split(answer) if is_of_people(field) else answer.split("\n")
        kept = []
        for part in filter(None, (each.strip() for each in divided)):
            if key_of(part) in empty:
                left.append(f"{form.title(field)}: {part} (it names nothing)")
            else:
                kept.append(part)
        if kept:
            answers[field] = "\n".join(kept)
        else:
            del answers[field]
    return left


def is_of_people(field: str) -> bool:
    """Whether a field asks who took part."""
    return field == WHO or field.startswith(f"{WHO}.")


def items_in(answer: str) -> list[str]:
    """The lines of an answer, each without the sign or number that begins an item of a list."""
    lines = (_BULLET.sub("", line, count=1) if _BULLET.match(line) else line for line in answer.split("\n"))
    return [line for line in lines if line]


def without_several(answers: dict[str, str], form: Form) -> list[str]:
    """Take out what may name several people at once, where only one is expected; return it in words."""
    left = []
    for field in [field for field in answers if is_of_people(field)]:
        parts = [part.strip() for part in _PARTS.split(answers[field])]
        plain = [part for part in parts if part and not _SEVERAL.search(_named_in(part))]
        left += [
            f"{form.title(field)}: {part} (one or several? write: name, post; name, post)"
            for part in parts
            if part and part not in plain
        ]
        answers[field] = "\n".join(plain)
    return left


def _named_in(part: str) -> str:
    """Of a part with one comma the name alone: a post may hold any word."""
    name, comma, post = part.partition(",")
    return part if "," in post else name + comma


@frozen
class Attending:
    """Somebody who is named as having been there, as the answer has it."""

    side: str  # empty where the form has none
    name: str
    post: str
    words: str  # all of it, as it was written


def attending(answers: Mapping[str, str]) -> Iterator[Attending]:
    """Everybody who is named, with side and post."""
    for field, answer in answers.items():
        if not is_of_people(field):
            continue
        side = field.removeprefix(WHO).removeprefix(".")
        for part in filter(None, (part.strip() for part in _PARTS.split(answer))):
            found = _WITH_POST.fullmatch(part)
            name, post = (found["name"], found["post"] or found["bracketed"] or "") if found else (part, "")
            yield Attending(side=side, name=name, post=post, words=part)


def bare_name(words: str) -> str:
    """A name without the post behind it."""
    found = _WITH_POST.fullmatch(words)
    return found["name"] if found else words


def fragment_of(text: str) -> str:
    """The first words of an answer, as evidence."""
    return " ".join(text.split()[:MOST_WORDS])


def key_of(text: str) -> str:
    """A text without capitals, accents and signs, to be compared."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    return " ".join(re.findall(r"[^\W_]+", plain))


def slug_of(name: str) -> str:
    """An id made of a name."""
    ascii_only = key_of(name).encode("ascii", "ignore").decode()
    return "-".join(ascii_only.split()) or "person"
