"""The answers of a debrief form that came back, read off its content controls."""

import re
import unicodedata
from collections.abc import Iterator, Mapping

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
from briefbook.readers.located_yaml import unbearable_in
from briefbook.returned import Returned
from briefbook.writers.docx_controls import bookmark_of, tag_of

MOST_WORDS = 8  # of a fragment, as in every statement
_NOTHING = re.compile(r"\[.*\]", re.DOTALL)  # a prompt that still stands there, whatever program kept it
_PARTS = re.compile(r"[;\n]")
_BULLET = re.compile(r"(?:[-–—•·*]|\d+[.)])\s+")  # before an item of a list
# What stands between two names: who is meant is for a person to say.
_SEVERAL = re.compile(r"\s(?:and|with|y|e|con|&|\+)\s|,[^,]+,", re.IGNORECASE)
_WITH_POST = re.compile(r"(?P<name>[^,(]+?)\s*(?:,\s*(?P<post>.+)|\((?P<bracketed>.+)\))?")


def answers_in(returned: Returned, facts: Facts) -> tuple[dict[str, str], list[str]]:
    """The answers by their fields, those without words left out; and what stands in a field's copy."""
    fields = [HELD, WHEN, WHERE, WHO, NEXT_WHEN, NEXT_WHERE, WORD, TOLD]
    fields += [f"{WHO}.{side}" for side in facts.organisations]
    for name, most in ((AGREED, MOST_AGREED), (DISCUSSED, MOST_DISCUSSED)):
        fields += [f"{name}[{number}]" for number in range(1, most + 1)]
    known = {tag_of(PREFIX + each): each for each in fields}
    known |= {bookmark_of(tag): each for tag, each in known.items()}  # LibreOffice keeps these alone
    answers: dict[str, str] = {}
    left = []
    for control in returned.controls:
        written = "\n".join(" ".join(line.split()) for line in control.text.splitlines()).strip()
        hidden = unbearable_in(written)
        text = "".join(each for each in written if each not in hidden)
        if not text or control.is_placeholder or _NOTHING.fullmatch(text):
            continue
        own = next((known[name] for name in (control.tag, *control.bookmarks) if name in known), None)
        if own is None or own in answers:
            left.append(f"{control.title or 'a field'}: {text}")
        else:
            answers[own] = text
            if hidden:
                told = ", ".join(f"U+{ord(each):04X}" for each in hidden)
                left.append(f"{own}: hidden characters are not taken over ({told})")
    return answers, left


def is_of_people(field: str) -> bool:
    """Whether a field asks who took part."""
    return field == WHO or field.startswith(f"{WHO}.")


def items_in(answer: str) -> list[str]:
    """The lines of an answer, each without the sign or number that begins an item of a list."""
    lines = (_BULLET.sub("", line, count=1) if _BULLET.match(line) else line for line in answer.split("\n"))
    return [line for line in lines if line]


def without_several(answers: dict[str, str]) -> list[str]:
    """Take out what may name several people at once, where only one is expected; return it in words."""
    left = []
    for field in [field for field in answers if is_of_people(field)]:
        parts = [part.strip() for part in _PARTS.split(answers[field])]
        plain = [part for part in parts if part and not _SEVERAL.search(_named_in(part))]
        left += [
            f"{field}: {part} (one or several? write: name, post; name, post)"
            for part in parts
            if part and part not in plain
        ]
        answers[field] = "\n".join(plain)
    return left


def _named_in(part: str) -> str:
    """Of a part with one comma the name alone: a post may hold any word."""
    name, comma, post = part.partition(",")
    return part if "," in post else name + comma


def attending(answers: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Side (empty where the form has none), name and post of everybody who is named."""
    for field, answer in answers.items():
        if not is_of_people(field):
            continue
        side = field.removeprefix(WHO).removeprefix(".")
        for part in filter(None, (part.strip() for part in _PARTS.split(answer))):
            found = _WITH_POST.fullmatch(part)
            name, post = (found["name"], found["post"] or found["bracketed"] or "") if found else (part, "")
            yield side, name, post


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
