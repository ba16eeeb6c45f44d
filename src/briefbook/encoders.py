"""Encoders of canonical JSON (`canonical.py`): for each of our classes a function, compiled from its fields.

What a memo shows is a thousand records and texts, written for every memo. So each class has one function that
reads its fields and puts them into one format string, such as this, for a class with the fields `id`, `name`
and `sides`, of which `name` may be missing and is left out then:

    def of_3(value):
        if value.__class__ is not class_3: raise misplaced(value, class_3)
        f1 = value.name
        if f1 is None: f1 = ''
        else: f1 = f'"name":{of_1(f1)},'
        f2 = value.sides
        f2 = '[' + ','.join(map(of_1, f2)) + ']' if f2 else '[]'
        return f'{{"id":{text(value.id)},{f1}"sides":{f2}}}'

The sources hold names of our own fields and classes alone. All functions of a writer are the globals of each
other; one is compiled when its first value comes, so a class may hold itself, and what nobody uses costs
nothing.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from json.encoder import encode_basestring
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


def parts_of_union(type_: Any) -> tuple[list[Any], bool]:
    """The types of a union apart from None, and whether None is one of them."""
    parts = list(get_args(type_)) if get_origin(type_) in (Union, UnionType) else [type_]
    return [part for part in parts if part is not NoneType], NoneType in parts


def is_text_with_attributes(type_: Any) -> bool:
    """Whether a type is text with attributes, as `Words` are."""
    return isinstance(type_, type) and issubclass(type_, str) and bool(get_type_hints(type_))


def fields_of(class_: type) -> list[tuple[str, Any]]:
    """The names and types of the fields that count in equality, by name."""
    hints = get_type_hints(class_)
    counted = [field.name for field in fields(class_) if field.compare]
    return [(name, hints[name]) for name in sorted(counted)]


def _given(type_: Any) -> Any:
    """A type where None never comes."""
    return Union[tuple(parts_of_union(type_)[0])]  # noqa: UP007 – of one type it is that


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
        table = self._tables[class_].items()
        asked = ((name, encode) for name, encode in table if only is None or name in only)
        given = ((name, encode, getattr(value, name)) for name, encode in asked)
        try:
            return {name: self._room[encode](field) for name, encode, field in given if field is not None}
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
            return self._compiled(name, [f"return 'null' if value is None else {given}(value)"])
        if len(parts) > 1:
            return self._of_one_of(parts)
        match get_origin(type_) or type_:
            case origin if origin is tuple:
                before, told = self._piece(type_, "value")
                return self._compiled(name, [*before, f"return f'{told}'"])
            case class_ if isinstance(class_, type) and issubclass(class_, Mapping):
                key, value = map(self._name, get_args(type_))
                pairs = f"[f'[{{{key}(k)}},{{{value}(v)}}]' for k, v in value.items()]"
                return self._compiled(name, [f"return '[' + ','.join({pairs}) + ']'"])
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

    def _when_used(self, name: str, lines: Callable[[], list[str]]) -> Encoder:
        """Compiles an encoder, which takes this one's place in the room, when the first value comes."""
        return lambda value: self._compiled(name, lines())(value)

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
        lines, pieces = [], [f"{tag}," if firm else tag] if tag else []
        for n, (name, type_) in enumerate(told):
            comma = "" if not (firm or tag) or n == last else "," if n < last else "before"
            each = f"f{n}"
            before, piece = self._field(name, type_, each)
            piece = f",{piece}" if comma == "before" else f"{piece}{comma}"
            piece = f"{_MARKED}{piece}{_MARKED}" if name in self._passing else piece
            lines += _given_or_empty(name, type_, each, before, piece)
            pieces.append(f"{{{each}}}")
        if not (firm or tag):
            return lines, "'{' + joined([" + ", ".join(f"f{n}" for n in range(len(told))) + "]) + '}'"
        return lines, "f'{{" + "".join(pieces) + "}}'"

    def _text_lines(self, class_: type) -> list[str]:
        """The source of the encoder of texts with attributes: without these a text stands alone."""
        hints = get_type_hints(class_)
        told = [(name, hints[name]) for name in sorted(hints.keys() - set(self._without))]
        lines: list[str] = []
        staying: list[str] = []
        passing: list[str] = []
        for n, (name, type_) in enumerate(told):
            before, piece = self._field(name, type_, f"f{n}")
            lines += _given_or_empty(name, type_, f"f{n}", before, f"{piece},")
            (passing if name in self._passing else staying).append(f"f{n}")
        alone = " and ".join(f"not {each}" for each in staying) or "True"
        gone = "".join(f"{{{each}}}" for each in passing)
        nothing = " and ".join(f"not {each}" for each in passing) or "True"
        return [
            *lines,
            f"if {alone}:",
            f"    if {nothing}: return text(value)",
            f"    return f'{_MARKED}{{{{{gone}\"{TEXT}\":{_MARKED}{{text(value)}}{_MARKED}}}}}{_MARKED}'",
            *(f"if {each}: {each} = f'{_MARKED}{{{each}}}{_MARKED}'" for each in passing),
            "return f'{{"
            + "".join(f"{{f{n}}}" for n in range(len(told)))
            + f'"{TEXT}":{{text(value)}}}}}}\'',
        ]

    def _field(self, name: str, type_: Any, each: str) -> tuple[list[str], str]:
        """How a field is written whose value is in the variable `each`: lines before, and its format."""
        if name in self._passing:
            within, its = self._within, self._within._name(_given(type_))
            self._room[f"within_{its}"] = lambda value: within._encoder(its)(value)
            return [], f'"{name}":{{within_{its}({each})}}'
        before, piece = self._piece(_given(type_), each)
        return before, f'"{name}":{piece}'

    def _piece(self, type_: Any, value: str) -> tuple[list[str], str]:
        """How what is in the variable `value` is written: lines before, and its format."""
        if get_origin(type_) is tuple:
            item, rest = get_args(type_)
            if rest is not ...:
                raise TypeError("canonical knows tuples of one type and any length only")
            listed = f"'[' + ','.join(map({self._name(item)}, {value})) + ']' if {value} else '[]'"
            return [f"{value} = {listed}"], f"{{{value}}}"
        if self._is_plain(type_):  # such as an Origin, which nearly every text has: no call for it
            name = self._name(type_)
            self._room[f"class_{name}"] = type_
            inner = ",".join(f'"{n}":{{{self._name(its)}({value}.{n})}}' for n, its in self._told(type_))
            check = f"if {value}.__class__ is not class_{name}: raise misplaced({value}, class_{name})"
            return [check], f"{{{{{inner}}}}}"
        return [], f"{{{self._name(type_)}({value})}}"

    def _is_plain(self, type_: Any) -> bool:
        """Whether a record has nothing but fields that are plain, there and stay."""
        is_record = isinstance(type_, type) and is_dataclass(type_) and type_ is not PartialDate
        return is_record and all(
            its in (str, int, bool) and name not in self._passing for name, its in self._told(type_)
        )


def _may_lack(type_: Any) -> bool:
    return parts_of_union(type_)[1]


def _given_or_empty(name: str, type_: Any, each: str, before: list[str], piece: str) -> list[str]:
    """Lines that put a field's JSON into the variable `each`; an empty text where it is None."""
    made = [*before, f"{each} = f'{piece}'"]
    if _may_lack(type_):
        made = [f"if {each} is None: {each} = ''", "else:", *(f"    {line}" for line in made)]
    return [f"{each} = value.{name}", *made]


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
    return json.dumps(float(value), allow_nan=False)  # it may be written as 11 and as 11.0


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
