"""Encoders of canonical JSON (`canonical.py`): for each of our classes a function, compiled from its fields.

What a memo shows is a thousand records and texts, written for every memo. So each class has one function that
reads its fields and puts them into one format string, such as this, for a class with the fields `id`, `name`
and `sides`, of which `name` may be missing and is left out then:

    def of_3(value):
        if value.__class__ is not class_of_3: raise misplaced(value, class_of_3)
        f1 = value.name
        if f1 is None: f1 = ''
        else: f1 = '"name":%s,' % (of_1(f1),)
        return '{"id":%s,%s"sides":%s}' % (
            text(value.id), f1, '[' + ','.join(map(of_1, value.sides)) + ']' if value.sides else '[]')

Python compiles such a `%` as it does an f-string, and in a fraction of the time. The sources hold names of
our own fields and classes alone. All functions of a writer are the globals of each other; one is compiled
when its first value comes, so a class may hold itself, and what nobody uses costs nothing.
"""

from base64 import b64encode
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache
from itertools import repeat
from json.encoder import encode_basestring
from math import isfinite
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from briefbook.dates import PartialDate

Encoder = Callable[[Any], str]  # to JSON text

CLASS = "@"  # where the class stands of a value that may be of several; no field can have this name
TEXT = "text"
# Stands before and after what passes. JSON spells it \u0000 within a text, so nothing else has it.
MARK = "\0"
_MICROSECOND = timedelta(microseconds=1)


_MARKED = r"\x00"  # the same in a source


@cache  # this and the next: as many as there are types in our data
def parts_of_union(type_: Any) -> tuple[list[Any], bool]:
    """The types of a union apart from None, and whether None is one of them."""
    parts = list(get_args(type_)) if get_origin(type_) in (Union, UnionType) else [type_]
    return [part for part in parts if part is not NoneType], NoneType in parts


def is_text_with_attributes(type_: Any) -> bool:
    """Whether a type is text with attributes, as `Words` are."""
    return isinstance(type_, type) and issubclass(type_, str) and bool(get_type_hints(type_))


@cache
def fields_of(class_: type) -> list[tuple[str, Any]]:
    """The names and types of the fields that count in equality, by name."""
    hints = get_type_hints(class_)
    counted = [field.name for field in fields(class_) if field.compare]
    return [(name, hints[name]) for name in sorted(counted)]


@cache
def _given(type_: Any) -> Any:
    """A type where None never comes."""
    return Union[tuple(parts_of_union(type_)[0])]  # noqa: UP007 – of one type it is that


# Source of what is written: lines to run before, a format, and the expressions that go into it.
_Source = tuple[list[str], str, list[str]]


class Writer:
    """Makes encoders, one for each type, and keeps them: as many as there are types in our data.

    A record that stands in a value several times, the same object, is written once: a selection shows a
    meeting in several lists, and its forum in each meeting.
    """

    def __init__(self, without: Collection[str] = (), passing: Collection[str] = ()) -> None:
        """Leaves out fields `without` a trace; puts a MARK before and after those that are `passing`."""
        self._without = without
        self._passing = passing
        self._room: dict[str, Any] = dict(_READY)
        self._names: dict[tuple[Any, str], str] = {}  # of encoders in the room, by type and tag
        self._tables: dict[type, dict[str, str]] = {}
        self._known: list[dict[int, str]] = []  # of each class what a record, by its `id`, was written as
        self._within = Writer(without) if passing else self  # what passes, without more marks

    def written(self, value: object) -> str:
        """A dataclass's value as JSON."""
        try:
            return self._encoder(self._name(type(value)))(value)
        finally:
            self._forget()

    def fields_of(self, value: object, only: Collection[str] | None = None) -> dict[str, str]:
        """The fields of a dataclass's value, or some of them, as JSON; these themselves have no marks."""
        class_ = type(value)
        if class_ not in self._tables:
            self._tables[class_] = {name: self._name(_given(its)) for name, its in self._told(class_)}
        told: dict[str, str] = {}
        try:
            for name, encode in self._tables[class_].items():
                if only is None or name in only:
                    field = getattr(value, name)
                    if field is not None:
                        told[name] = self._room[encode](field)
            return told
        finally:
            self._forget()

    def _forget(self) -> None:
        """An `id` is that of one object only while the value that holds it is there."""
        for known in self._known:
            known.clear()
        if self._within is not self:
            self._within._forget()

    def _told(self, class_: type) -> list[tuple[str, Any]]:
        return [(name, type_) for name, type_ in fields_of(class_) if name not in self._without]

    # -------------------------------------------------------------------------- the room of functions

    def _name(self, type_: Any, tag: str = "") -> str:
        """What the encoder of a type is called in the room."""
        if type_ in _READY_FOR:
            return _READY_FOR[type_]
        if (type_, tag) not in self._names:
            name = self._names[type_, tag] = f"of_{len(self._names)}"
            self._room[name] = self._of_type(type_, tag, name)
        return self._names[type_, tag]

    def _encoder(self, name: str) -> Encoder:
        made: Encoder = self._room[name]
        return made

    def _of_type(self, type_: Any, tag: str, name: str) -> Encoder:
        parts, has_none = parts_of_union(type_)
        if has_none:
            given = self._name(_given(type_))
            return lambda value: "null" if value is None else self._encoder(given)(value)
        if len(parts) > 1:
            return self._of_one_of(parts)
        match get_origin(type_) or type_:
            case origin if origin is tuple:
                each = self._name(_item(type_))
                return lambda values: "[" + ",".join(map(self._encoder(each), values)) + "]"
            case class_ if isinstance(class_, type) and issubclass(class_, Mapping):
                key, value = map(self._name, get_args(type_))
                return lambda given: f"[{','.join(map(self._pair, repeat((key, value)), given.items()))}]"
            case class_ if isinstance(class_, type) and issubclass(class_, Enum):
                return {member: encode_basestring(member.value) for member in class_}.__getitem__
            case class_ if is_text_with_attributes(class_):
                return self._when_used(name, lambda: self._text_lines(class_))
            case class_ if is_dataclass(class_) and isinstance(class_, type):
                return self._when_used(name, lambda: self._record_lines(class_, tag, name))
        raise TypeError(f"canonical does not know how to write {type_!r}")

    def _of_one_of(self, classes: list[Any]) -> Encoder:
        for class_ in classes:
            if not (isinstance(class_, type) and is_dataclass(class_)):
                raise TypeError(f"canonical tells only dataclasses apart, not {class_!r}")
        names = {class_: self._name(class_, f'"{CLASS}":"{class_.__name__}"') for class_ in classes}

        def encode(value: Any) -> str:
            name = names.get(value.__class__)
            if name is None:
                raise TypeError(f"a {type(value).__name__} stands where one of {classes} is declared")
            return self._encoder(name)(value)

        return encode

    def _pair(self, names: tuple[str, str], pair: tuple[Any, Any]) -> str:
        """A key and a value of a mapping, by the names of their encoders."""
        key, value = (self._encoder(name)(each) for name, each in zip(names, pair, strict=True))
        return f"[{key},{value}]"

    def _when_used(self, name: str, lines: Callable[[], list[str]]) -> Encoder:
        """Compiles an encoder, which takes this one's place in the room, when the first value comes."""

        def first(value: Any) -> str:
            known = self._encoder(name)  # a `map` that began with this one calls it for its other values too
            return (self._compiled(name, lines()) if known is first else known)(value)

        return first

    def _compiled(self, name: str, lines: list[str]) -> Encoder:
        source = "\n    ".join([f"def {name}(value):", *lines])
        exec(compile(source, "<fields as JSON>", "exec"), self._room)
        return self._encoder(name)

    # ------------------------------------------------------------------------------------- sources

    def _record_lines(self, class_: type, tag: str, name: str) -> list[str]:
        """The source of a record's encoder. `tag` tells its class, where it may be one of several."""
        self._room[f"class_{name}"] = class_
        check = f"if value.__class__ is not class_{name}: raise misplaced(value, class_{name})"
        told = self._told(class_)
        before, text = self._braces(told, tag)
        if not any(get_origin(_given(type_)) is tuple for _, type_ in told):
            return [check, *before, f"return {text}"]  # there is little to know of it
        known: dict[int, str] = {}
        self._known.append(known)
        self._room[f"known_{name}"] = known
        return [
            f"found = known_{name}.get(id(value))",
            "if found is not None: return found",
            *(check, *before),
            f"known_{name}[id(value)] = found = {text}",
            "return found",
        ]

    def _braces(self, told: list[tuple[str, Any]], tag: str) -> tuple[list[str], str]:
        """Lines that write the fields of a record, and what puts them together.

        A comma goes with what may be missing or passes: it stands on that side of it on which the last thing
        is that neither may. Where there is none, commas are set once it is known what is there.
        """
        firm = [n for n, (name, its) in enumerate(told) if not (_may_lack(its) or name in self._passing)]
        last = firm[-1] if firm else -1
        is_open = not (firm or tag)
        lines: list[str] = []
        format_ = f"{tag}," if firm and tag else tag
        values: list[str] = []
        for n, (name, type_) in enumerate(told):
            is_firm = n in firm and not is_open
            each = f"value.{name}" if is_firm else f"f{n}"
            before, own, its = self._field(name, type_, each)
            if not is_open:
                own = own if n == last else f"{own}," if n < last else f",{own}"
            own = f"{_MARKED}{own}{_MARKED}" if name in self._passing else own
            if is_firm:
                lines += before
                format_, values = format_ + own, [*values, *its]
            else:
                lines += _or_empty(name, type_, each, before, f"'{own}' % ({', '.join(its)},)")
                format_, values = format_ + "%s", [*values, each]
        if is_open:
            return lines, "'{' + joined([" + ", ".join(values) + "]) + '}'"
        return lines, f"'{{{format_}}}' % ({', '.join(values)},)" if values else f"'{{{format_}}}'"

    def _text_lines(self, class_: type) -> list[str]:
        """The source of the encoder of texts with attributes: without these a text stands alone."""
        hints = get_type_hints(class_)
        told = [(name, hints[name]) for name in sorted(hints.keys() - set(self._without))]
        lines: list[str] = []
        for n, (name, type_) in enumerate(told):
            before, own, its = self._field(name, type_, f"f{n}")
            lines += _or_empty(name, type_, f"f{n}", before, f"'{own},' % ({', '.join(its)},)")
        staying = [f"f{n}" for n, (name, _) in enumerate(told) if name not in self._passing]
        passing = [f"f{n}" for n, (name, _) in enumerate(told) if name in self._passing]
        alone = " and ".join(f"not {each}" for each in staying) or "True"
        gone = " + ".join(passing) or "''"
        every = [f"f{n}" for n in range(len(told))]
        own, mark = f'"{TEXT}":', _MARKED
        return [
            *self._usual_text_lines(told),
            *lines,
            f"if {alone}:",
            f"    passing = {gone}",
            "    if not passing: return text(value)",
            f"    return '{mark}{{%s{own}{mark}%s{mark}}}{mark}' % (passing, text(value))",
            *(f"if {each}: {each} = '{mark}%s{mark}' % ({each},)" for each in passing),
            f"return '{{{'%s' * len(every)}{own}%s}}' % ({', '.join([*every, 'text(value)'])})",
        ]

    def _usual_text_lines(self, told: list[tuple[str, Any]]) -> list[str]:
        """The same for what nearly all of them are: with one attribute alone, the first that is a record."""
        usual = [
            n
            for n, (name, its) in enumerate(told)
            if name not in self._passing and self._is_plain(_given(its))
        ]
        if not usual or not all(_may_lack(type_) for _, type_ in told):
            return []
        own = usual[0]
        before, format_, values = self._field(*told[own], f"f{own}")
        others = " and ".join([f"value.{name} is None" for n, (name, _) in enumerate(told) if n != own])
        return [
            f"f{own} = value.{told[own][0]}",
            f"if f{own} is not None" + (f" and {others}:" if others else ":"),
            *(f"    {line}" for line in before),
            f"    return '{{{format_},\"{TEXT}\":%s}}' % ({', '.join([*values, 'text(value)'])})",
        ]

    def _field(self, name: str, type_: Any, each: str) -> _Source:
        """How a field with its name is written whose value is in the variable `each`."""
        if name in self._passing:
            within, its = self._within, self._within._name(_given(type_))
            self._room[f"within_{its}"] = lambda value: within._encoder(its)(value)
            return [], f'"{name}":%s', [f"within_{its}({each})"]
        before, format_, values = self._piece(_given(type_), each)
        return before, f'"{name}":{format_}', values

    def _piece(self, type_: Any, value: str) -> _Source:
        """How what is in the variable `value` is written."""
        if get_origin(type_) is tuple:
            listed = f"'[' + ','.join(map({self._name(_item(type_))}, {value})) + ']' if {value} else '[]'"
            return [], "%s", [listed]
        if self._is_plain(type_):  # such as an Origin, which nearly every text has: no call for it
            name = self._name(type_)
            self._room[f"class_{name}"] = type_
            told = [(each, f"{self._name(its)}({value}.{each})") for each, its in self._told(type_)]
            check = f"if {value}.__class__ is not class_{name}: raise misplaced({value}, class_{name})"
            format_ = ",".join(f'"{each}":%s' for each, _ in told)
            return [check], f"{{{format_}}}", [written for _, written in told]
        if type_ is PartialDate:
            return [], '"%s"', [f"{value}.spelling"]
        written = f"{self._name(type_)}({value})"
        if isinstance(get_origin(type_), type) and issubclass(get_origin(type_), Mapping):  # mostly empty
            written = f"{written} if {value} else '[]'"
        return [], "%s", [written]

    def _is_plain(self, type_: Any) -> bool:
        """Whether a record has nothing but fields that are plain, there and stay."""
        if not (isinstance(type_, type) and is_dataclass(type_)) or type_ is PartialDate:
            return False
        told = self._told(type_)
        plain = all(its in (str, int, bool) and name not in self._passing for name, its in told)
        return bool(told) and plain


def _may_lack(type_: Any) -> bool:
    return parts_of_union(type_)[1]


def _or_empty(name: str, type_: Any, each: str, before: list[str], made: str) -> list[str]:
    """Lines that put the JSON of a field into a variable; an empty text where it is None."""
    lines = [*before, f"{each} = {made}"]
    if _may_lack(type_):
        lines = [f"if {each} is None: {each} = ''", "else:", *(f"    {line}" for line in lines)]
    return [f"{each} = value.{name}", *lines]


def _item(type_: Any) -> Any:
    """The type of what is in a tuple."""
    item, *rest = get_args(type_)
    if rest != [...]:
        raise TypeError("canonical knows tuples of one type and any length only")
    return item


# --------------------------------------------------------------------- what is in every room


def _misplaced(value: object, class_: type) -> TypeError:
    return TypeError(f"a {type(value).__name__} stands where a {class_.__name__} is declared")


def _joined(fields: Iterable[str]) -> str:
    """Fields side by side, those that are there; each comma goes with what passes, on one of its sides."""
    given = [each for each in fields if each]
    last = max((n for n, each in enumerate(given) if each[0] != MARK), default=None)
    if last is None:
        inner = ",".join(each.strip(MARK) for each in given)
        return f"{MARK}{inner}{MARK}" if inner else ""
    before = [f"{each[:-1]},{MARK}" if each[0] == MARK else f"{each}," for each in given[:last]]
    after = [f"{MARK},{each[1:]}" for each in given[last + 1 :]]
    return "".join((*before, given[last], *after))


def _measure(value: float) -> str:
    value = float(value)  # it may be written as 11 and as 11.0
    if not isfinite(value):
        raise ValueError(f"JSON has no {value}")
    return repr(value)


_READY: dict[str, Any] = {
    "misplaced": _misplaced,
    "joined": _joined,
    "text": encode_basestring,
    "number": int.__repr__,
    "truth": {True: "true", False: "false"}.__getitem__,
    "measure": _measure,
    "iso": lambda value: f'"{value.isoformat()}"',
    "spelled": lambda value: f'"{value}"',
    "microseconds": lambda value: str(value // _MICROSECOND),
    "base64": lambda value: f'"{b64encode(value).decode()}"',
}
_READY_FOR: dict[Any, str] = {
    str: "text", int: "number", bool: "truth", float: "measure", date: "iso", datetime: "iso", time: "iso",
    PartialDate: "spelled", timedelta: "microseconds", bytes: "base64",
}  # fmt: skip
