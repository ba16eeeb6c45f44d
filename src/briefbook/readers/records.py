"""Takes typed records from mappings: each kind of record is a `Shape`, a table of its fields.

A taker reads one node as one kind of value: `taker(node, name, reading)`. On a mistake it tells a problem at
the node's place and returns None; a record with a mistake in any part is not made, and reading goes on.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field
from datetime import date as Day  # noqa: N812 – `date` is the taker of a field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from briefbook.dates import ACCEPTED, PartialDate, parse_partial_date
from briefbook.diagnostics import Problem, Where
from briefbook.document import is_blank
from briefbook.facts import Wording
from briefbook.frozen import frozen, maker
from briefbook.readers import located_yaml
from briefbook.readers.located_yaml import Node, Scalar, Sequence
from briefbook.readers.reading import Reading
from briefbook.readers.reading_limits import LONGEST_TEXT, MOST_ITEMS
from briefbook.readers.yaml_dashes import warn_of_an_item
from briefbook.readers.yaml_slips import dash_hint, indent_hint, spacing_hint
from briefbook.readers.yaml_words import COMMENT

T = TypeVar("T")
Enum = TypeVar("Enum", bound=StrEnum)


Taker = Callable[[Node, str, Reading], T | None]


@frozen
class Field:
    """One field of a record: how it is read, whether it must be there, its name in Python if another."""

    take: Taker[Any]
    required: bool = False
    attribute: str = ""


def required(take: Taker[Any], attribute: str = "") -> Field:
    """A field that must be there."""
    return Field(take=take, required=True, attribute=attribute)


def optional(take: Taker[Any], attribute: str = "") -> Field:
    """A field that may be left out."""
    return Field(take=take, attribute=attribute)


def _nothing_more(_record: object) -> Iterable[Problem]:
    return ()


@frozen
class Shape(Generic[T]):
    """A kind of record: what it is called in problems, what makes it, and its fields by their key on disk.

    `check` tells the mistakes that no field shows alone. `located` is False for a record without `where` and
    `places`.
    """

    noun: str
    make: Callable[..., T]
    fields: Mapping[str, Field]
    check: Callable[[T], Iterable[Problem]] = _nothing_more
    located: bool = True
    mend: str = ""  # where something else stands in its place
    # Follows from `fields`, made once for very many records: by the key on disk, what takes a field and its
    # name in Python; and the keys that must be there.
    takers: Mapping[str, tuple[Taker[Any], str]] = field(init=False, compare=False, repr=False)
    needed: tuple[str, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        takers = {name: (field.take, field.attribute or name) for name, field in self.fields.items()}
        object.__setattr__(self, "takers", takers)
        object.__setattr__(self, "needed", tuple(name for name in takers if self.fields[name].required))


def build(shape: Shape[T], node: Node, where: Where, reading: Reading, **given: object) -> T | None:
    """Make a record of a mapping; `where` is the place that missing fields are told at.

    `given` are values that do not stand in the mapping, such as the id. None if anything was wrong.
    """
    before = reading.mistakes
    if not isinstance(node, located_yaml.Mapping):
        wrong_type(node, given_name(shape.noun, given), "a mapping of fields", reading, shape.mend)
        return None
    values = given.copy()
    places: dict[str, tuple[int, ...]] = {}
    takers, held = shape.takers, node.held
    for name, value in held.items():
        taker = takers.get(name)
        if taker is None:
            article = "an" if shape.noun[0] in "aeio" else "a"
            message = f"{article} {shape.noun} has no field {shown(name)}"
            reading.tell(value.key_where, message, _unknown_mend(name, value, shape, reading))
            if reading.has_enough(value.file):
                break
            continue
        take, attribute = taker
        values[attribute] = take(value, name, reading)
        if type(value) is Sequence and value.items:
            each: list[int] = []
            for item in value.items:
                each += (item.line, item.column)
            places[attribute] = tuple(each)
        else:
            places[attribute] = (value.line, value.column)
    for name in shape.needed:
        if name not in held:
            reading.tell(
                where, f"{given_name(shape.noun, given)} lacks {name!r}", f"every {shape.noun} needs it"
            )
    if reading.mistakes != before:
        return None
    if shape.located:
        values["where"] = where
        values["places"] = places
    record = maker(shape.make)(**values)
    if shape.check is not _nothing_more:
        for problem in shape.check(record):
            reading.add(problem)
    return record if reading.mistakes == before else None


def _unknown_mend(name: str, value: Node, shape: Shape[Any], reading: Reading) -> str:
    """What to do with a field that is none: within braces it may be the rest of a text behind a comma."""
    near = reading.near(name, shape.fields)
    key = value.key_where
    has_no_colon = (
        isinstance(value, Scalar)
        and (value.text, value.plain, value.key_is_plain) == ("", True, True)
        and (value.line, value.column) == (key.line or 0, (key.column or 0) + len(name))
    )
    if mend := indent_hint(name) or (spacing_hint(name) if has_no_colon else ""):
        return mend
    if has_no_colon and not near.startswith("did you mean"):
        return "within { } a comma ends a text: put the whole text in quotes"
    return near


def given_name(noun: str, given: Mapping[str, object]) -> str:
    """How a problem calls a record: by its id if it has one."""
    return f"{noun} {given['id']!r}" if "id" in given else f"this {noun}"


def record(shape: Shape[Any]) -> Taker[Any]:
    """A mapping of the shape's fields."""

    def take(node: Node, _name: str, reading: Reading) -> Any:
        return build(shape, node, node.where, reading)

    return take


# ---------------------------------------------------------------------------------- what is told


def shown(text: str) -> str:
    """A user's text in a message: in quotes, not too long, with nothing that could break the line."""
    return repr(text if len(text) <= 60 else text[:59] + "…")


def wrong_type(node: Node, subject: str, expected: str, reading: Reading, hint: str = "") -> None:
    """Tell that something else stands where `expected` should, unless the YAML reader told it already."""
    match node:
        case located_yaml.Broken():
            reading.mistakes += 1
            return
        case Scalar(text="", plain=True):
            reading.tell(
                node.where, f"nothing stands after {subject}; it needs {expected}", _fill_in(node, reading)
            )
            return
        case Scalar():
            found = f"the text {shown(node.text)}"
            if expected == "a list" and node.plain and dash_hint(node.text):
                hint = dash_hint(node.text)
            elif expected == "a list" and not hint and _is_short(node):
                hint = f"write [{node.text}]"
            elif node.plain and expected != "a list":
                hint = hint or spacing_hint(node.text)
        case Sequence():
            found = "a list"
        case located_yaml.Mapping():
            found = "a mapping"
    reading.tell(node.where, f"{subject} needs {expected}, not {found}", hint)


def _is_short(node: Scalar) -> bool:
    """Whether a text can be shown in a hint as it is."""
    return 0 < len(node.text) <= 60 and node.text.isprintable()


def _fill_in(node: Scalar, reading: Reading) -> str:
    hint = "fill it in or delete the line"
    is_comment = node.plain and (node.file, node.line) in reading.commented
    return f"{hint}; {COMMENT}" if is_comment else hint


# --------------------------------------------------------------------------------------- takers

_NULLS = ("null", "Null", "NULL", "~")


def text(node: Node, name: str, reading: Reading) -> str | None:
    """A text in which something is to be seen, without the white space around it."""
    if type(node) is not Scalar:
        only = node.items[0] if type(node) is Sequence and len(node.items) == 1 else None
        mend = f"write {only.text}, without brackets" if type(only) is Scalar and _is_short(only) else ""
        wrong_type(node, repr(name), "a text", reading, mend)
        return None
    found = node.text.strip()
    if 4 < len(found) <= LONGEST_TEXT and found.isascii():  # as most: none of what follows
        return found
    if len(found) > LONGEST_TEXT:
        message = f"the text of {name!r} has {len(found)} characters; at most {LONGEST_TEXT} are read"
        reading.tell(node.where, message, "split it")
        return None
    if not found or (not found.isascii() and is_blank(found)):  # no file holds a control character
        reading.tell(node.where, f"the text of {name!r} is empty", _fill_in(node, reading))
        return None
    if node.plain and found in _NULLS:
        hint = "delete the line, or put the word in quotes if it is meant"
        reading.tell(node.where, f"{found!r} is read as a text here, not as 'nothing'", hint)
        return None
    return found


def wording(node: Node, name: str, reading: Reading) -> Wording | None:
    """A text in the book's language, or a mapping of language tag → text."""
    if type(node) is Scalar:
        only = text(node, name, reading)
        return None if only is None else maker(Wording)(texts={reading.language: only}, where=node.where)
    if type(node) is not located_yaml.Mapping:
        wrong_type(node, repr(name), "a text, or texts by language", reading)
        return None
    if not node.held:
        reading.tell(node.where, f"{name!r} holds no text in any language", "write {en: …}")
        return None
    if len(node.held) > MOST_ITEMS:
        reading.tell(node.where, f"{name!r} is in {len(node.held)} languages; at most {MOST_ITEMS} are read")
        return None
    texts = {}
    for tag, value in node.held.items():
        if not _TAG.fullmatch(tag):
            reading.tell(value.key_where, f"{shown(tag)} is not a language", spacing_hint(tag) or _TAG_HINT)
        elif (found := text(value, tag, reading)) is not None:
            texts[tag] = found
    return maker(Wording)(texts=texts, where=node.where) if len(texts) == len(node.held) else None


def date(node: Node, name: str, reading: Reading) -> PartialDate | None:
    """A date in the spelling of `dates.parse_partial_date`."""
    spelling = text(node, name, reading)
    if spelling is None:
        return None
    if len(spelling) > 40:  # the longest is "early 2018-05%/early 2018-06%"
        reading.tell(node.where, f"{shown(spelling)} is not a date", ACCEPTED)
        return None
    try:
        return parse_partial_date(spelling)
    except ValueError as error:
        reading.tell(node.where, str(error), _date_mend(str(error)))
        return None


def one_day(node: Node, name: str, reading: Reading) -> Day | None:
    """One day of the calendar."""
    day = date(node, name, reading)
    if day is None:
        return None
    if not day.is_exact:
        reading.tell(node.where, f"{name!r} needs one day, not {str(day)!r}", "write it as 2031-05-12")
        return None
    return day.first


def _date_mend(mistake: str) -> str:
    if "ends before it starts" in mistake:
        return "swap its two sides, or mend one"
    return "mend the day or the month" if "not in the calendar" in mistake else ACCEPTED


def matching(pattern: str, what: str, hint: str) -> Taker[str]:
    """A text of a certain form; `what` completes "… is not …"."""
    compiled = re.compile(pattern)

    def take(node: Node, name: str, reading: Reading) -> str | None:
        found = text(node, name, reading)
        if found is not None and not compiled.fullmatch(found):
            reading.tell(node.where, f"{shown(found)} is not {what}", hint)
            return None
        return found

    return take


# RFC 5646: language, script, region, variants; in the case that its section 2.1.1 recommends, so that two
# spellings of one tag cannot stand side by side.
_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*")
_TAG_HINT = "write a tag such as en, es or pt-BR"
language = matching(_TAG.pattern, "a language", _TAG_HINT)


def is_language_tag(found: str) -> bool:
    """True for a tag that a text may be said to be in."""
    return _TAG.fullmatch(found) is not None


def one_of(enum: type[Enum]) -> Taker[Enum]:
    """A member of a closed list of words."""
    members = {member.value: member for member in enum}

    def take(node: Node, name: str, reading: Reading) -> Enum | None:
        found = text(node, name, reading)
        if found is not None and found not in members:
            reading.tell(
                node.where, f"{shown(found)} is no value of {name!r}", _words(found, members, reading)
            )
        return None if found is None else members.get(found)

    return take


def _words(found: str, words: Collection[str], reading: Reading) -> str:
    """The nearest of a closed list of words, else all of them: no other place lists them."""
    hint = reading.near(found, words)
    return hint or (f"known: {', '.join(sorted(words))}" if len(words) <= _MOST_WORDS else "")


_MOST_WORDS = 20  # that a line of the terminal is for


def yes_or_no(node: Node, name: str, reading: Reading) -> bool | None:
    """`yes` or `no`; YAML's other spelling, `true` or `false`, will do."""
    found = word_of("yes", "no", "true", "false")(node, name, reading)
    return None if found is None else found in ("yes", "true")


def word_of(*words: str) -> Taker[str]:
    """One of a few words that are no enumeration."""

    def take(node: Node, name: str, reading: Reading) -> str | None:
        found = text(node, name, reading)
        if found is not None and found not in words:
            reading.tell(node.where, f"{shown(found)} is no value of {name!r}", _words(found, words, reading))
            return None
        return found

    return take


def whole_number(least: int) -> Taker[int]:
    """A whole number from `least` up."""

    def take(node: Node, name: str, reading: Reading) -> int | None:
        found = text(node, name, reading)
        if found is None:
            return None
        if not re.fullmatch("[0-9]{1,6}", found) or int(found) < least:
            reading.tell(node.where, f"{name!r} needs a whole number from {least} up, not {shown(found)}")
            return None
        return int(found)

    return take


def many(
    take: Taker[T], *, one_will_do: bool = False, may_be_empty: bool = True, hint: str = ""
) -> Taker[tuple[T, ...]]:
    """A list; with `one_will_do` a single value may stand without the list around it.

    `hint` says how to write one whose values are no texts.
    """

    def take_all(node: Node, name: str, reading: Reading) -> tuple[T, ...] | None:
        items: list[Node]
        if type(node) is Sequence:
            items = node.items
            if not items and not may_be_empty:
                reading.tell(node.where, f"the list of {name!r} is empty")
                return None
            if len(items) > MOST_ITEMS:
                message = f"the list of {name!r} has {len(items)} items; at most {MOST_ITEMS} are read"
                reading.tell(items[MOST_ITEMS].where, message)
                return None
        elif one_will_do:
            items = [node]
            warn_of_an_item(node, reading)
        else:
            wrong_type(node, repr(name), "a list", reading, hint)
            return None
        taken = []
        for item in items:
            value = take(item, name, reading)
            if value is not None:
                taken.append(value)
        return tuple(taken)

    return take_all


def many_records(shape: Shape[Any], *, may_be_empty: bool = True) -> Taker[tuple[Any, ...]]:
    """A list of mappings of the shape's fields."""
    needed = [name for name, field in shape.fields.items() if field.required] or list(shape.fields)[:1]
    hint = f"write [{{{', '.join(f'{name}: …' for name in needed)}}}]"
    return many(record(shape), may_be_empty=may_be_empty, hint=hint)


# ------------------------------------------------------------------------------------------ ids

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def id_mistake(found: str) -> tuple[str, str] | None:
    """What is wrong with an id, and the mend; None if nothing is. Ids become file names on every system."""
    if not _ID.fullmatch(found):
        hint = "an id is made of a–z, 0–9, '.', '_' and '-', at most 64, and starts with a letter or digit"
        return f"{shown(found)} is not an id", indent_hint(found) or hint
    if ".." in found:
        return f"{found!r} is not an id: it has '..'", "write one '.'"
    if found.partition(".")[0] in _DEVICES:
        return f"{found!r} is not an id: Windows has a device of that name", "add a word to it"
    return None


def identifier(node: Node, name: str, reading: Reading) -> str | None:
    """The id of a fact (whether there is such a fact is not asked here)."""
    if type(node) is Scalar and node.text in reading.ids:
        return node.text
    found = text(node, name, reading)
    if found is None:
        return None
    mistake = id_mistake(found)
    if mistake:
        message, hint = mistake
        if isinstance(node, Scalar) and node.plain and (mend := spacing_hint(found)):
            hint = f"{hint}; if a key and its value are meant, {mend}"
        reading.tell(node.where, message, hint)
        return None
    if found not in _NULLS:  # which are told where they stand without quotes
        reading.ids.add(found)
    return found
