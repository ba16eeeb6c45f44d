"""Any of our frozen dataclasses as JSON in one spelling, and back: what digests are taken of.

Everything follows from the declared types, so a new field or class needs no line here. The same value gives
the same bytes on every run and machine: names in alphabetical order, UTF-8, no white space.

| type | JSON |
|---|---|
| dataclass | an object; a field that is None is left out, one that does not count in equality (`where`) too |
| one of several dataclasses | the same, its class under `@` |
| tuple | an array |
| mapping | an array of pairs in its own order, which means something: the first language is the fallback |
| date, datetime, time | ISO 8601; a `PartialDate` as on disk; a `timedelta` in microseconds |
| enumeration | its value |
| bytes | Base64 (RFC 4648, 4) |
| text with attributes (`Words`) | its text; with attributes an object of these and `text` |
"""

import json
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache
from json.encoder import encode_basestring
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from briefbook.dates import PartialDate, parse_partial_date

T = TypeVar("T")
Encoder = Callable[[Any], str]  # to JSON text
Decoder = Callable[[Any], Any]  # from what json.loads gives; raises ValueError

CLASS = "@"  # where the class stands of a value that may be of several; no field can have this name
TEXT = "text"
_MICROSECOND = timedelta(microseconds=1)


def canonical(value: object, *, without: frozenset[str] = frozenset()) -> bytes:
    """A dataclass's value as canonical JSON, `without` some fields wherever in it they stand.

    Raises TypeError for a type that it does not know, or a value that is not of its declared type, and
    ValueError for text that is not Unicode.
    """
    return _writer(without).written(value).encode()


def canonical_fields(value: object, only: Collection[str] | None = None) -> dict[str, str]:
    """The fields of a dataclass's value, or `only` some of them, as canonical JSON by name and in order.

    Those that are None are left out. `as_record` puts fields together again: so what is written with and
    without some of them, or with some that are known already, is gone through once. Raises as `canonical`.
    """
    return _writer(frozenset()).fields_of(value, only)


def as_record(told: Mapping[str, str]) -> str:
    """The canonical JSON of a record of some fields, which are canonical JSON by name and in order."""
    return "{" + ",".join([f'"{name}":{text}' for name, text in told.items()]) + "}"


def restored(type_: type[T], data: bytes) -> T:
    """The value of a type from its canonical JSON, equal to what went in. Raises ValueError for any other."""
    kind: Any = type_
    try:
        value: T = _decoder(kind)(json.loads(data))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def _parts_of_union(type_: Any) -> tuple[list[Any], bool]:
    """The types of a union apart from None, and whether None is one of them."""
    parts = list(get_args(type_)) if get_origin(type_) in (Union, UnionType) else [type_]
    return [part for part in parts if part is not NoneType], NoneType in parts


def _is_text_with_attributes(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, str) and bool(get_type_hints(type_))


def _fields_of(class_: type) -> list[tuple[str, Any]]:
    """The names and types of the fields that count in equality, by name."""
    hints = get_type_hints(class_)
    counted = [field.name for field in fields(class_) if field.compare]
    return [(name, hints[name]) for name in sorted(counted)]


# ------------------------------------------------------------------------------------ encoding


class _Writer:
    """Makes encoders, one for each type, and keeps them: as many as there are types in our data.

    A record that stands in a value several times, the same object, is written once: a selection shows a
    meeting in several lists, and its forum in each meeting.
    """

    def __init__(self, without: frozenset[str]) -> None:
        self._without = without
        self._encoders: dict[Any, Encoder] = {}
        self._tables: dict[type, dict[str, Encoder]] = {}
        self._known: list[dict[int, str]] = []  # of each class what a record, by its `id`, was written as

    def written(self, value: object) -> str:
        """A dataclass's value as JSON."""
        try:
            return self.encoder(type(value))(value)
        finally:
            self._forget()

    def fields_of(self, value: object, only: Collection[str] | None) -> dict[str, str]:
        """The fields of a dataclass's value, or some of them, as JSON."""
        table = self._table_of(type(value)).items()
        asked = ((name, encode) for name, encode in table if only is None or name in only)
        given = ((name, encode, getattr(value, name)) for name, encode in asked)
        try:
            return {name: encode(field) for name, encode, field in given if field is not None}
        finally:
            self._forget()

    def _forget(self) -> None:
        """An `id` is that of one object only while the value that holds it is there."""
        for known in self._known:
            known.clear()

    def _table_of(self, class_: type) -> dict[str, Encoder]:
        """How the fields of a dataclass are written, by name, where they are not None."""
        if class_ not in self._tables:
            known = [(name, type_) for name, type_ in _fields_of(class_) if name not in self._without]
            self._tables[class_] = {name: self._where_given(type_) for name, type_ in known}
        return self._tables[class_]

    def encoder(self, type_: Any) -> Encoder:
        """How values of a type are written."""
        encode = self._where_given(type_)
        _, has_none = _parts_of_union(type_)
        return (lambda value: "null" if value is None else encode(value)) if has_none else encode

    def _where_given(self, type_: Any) -> Encoder:
        """The same where None never comes."""
        if type_ not in self._encoders:
            parts, _ = _parts_of_union(type_)
            made = self._of_type(parts[0]) if len(parts) == 1 else self._of_one_of(parts)
            self._encoders[type_] = made
        return self._encoders[type_]

    def _of_type(self, type_: Any) -> Encoder:
        match get_origin(type_) or type_:
            case origin if origin is tuple:
                return self._of_tuple(*get_args(type_))
            case origin if isinstance(origin, type) and issubclass(origin, Mapping):
                return self._of_mapping(*get_args(type_))
            case class_ if class_ is PartialDate:
                return lambda value: f'"{value}"'
            case class_ if is_dataclass(class_) and isinstance(class_, type):
                return self._of_record(class_, "")
            case class_ if class_ in (date, datetime, time):
                return lambda value: f'"{value.isoformat()}"'
            case class_ if class_ is timedelta:
                return lambda value: str(value // _MICROSECOND)
            case class_ if class_ is bool:
                return {True: "true", False: "false"}.__getitem__
            case class_ if class_ is int:
                return int.__repr__
            case class_ if class_ is float:
                return _float
            case class_ if class_ is str:
                return encode_basestring
            case class_ if class_ is bytes:
                return lambda value: f'"{b64encode(value).decode()}"'
            case class_ if isinstance(class_, type) and issubclass(class_, Enum):
                return {member: encode_basestring(member.value) for member in class_}.__getitem__
            case class_ if _is_text_with_attributes(class_):
                return self._of_text(class_)
        raise TypeError(f"canonical does not know how to write {type_!r}")

    def _of_tuple(self, item: Any, rest: Any = None) -> Encoder:
        if rest is not ...:
            raise TypeError("canonical knows tuples of one type and any length only")
        encode = self.encoder(item)
        return lambda values: "[" + ",".join([encode(value) for value in values]) + "]" if values else "[]"

    def _of_mapping(self, key: Any, value: Any) -> Encoder:
        of_key, of_value = self.encoder(key), self.encoder(value)
        return lambda given: "[" + ",".join(f"[{of_key(k)},{of_value(v)}]" for k, v in given.items()) + "]"

    def _of_record(self, class_: type, tag: str) -> Encoder:
        if all(type_ in (str, int, bool) for _, type_ in _fields_of(class_)):
            return _of_plain_record(class_, tag, self._table_of(class_))  # there is little to know of it
        known: dict[int, str] = {}
        self._known.append(known)
        fill: Callable[[Any, list[str]], None] | None = None  # with the first value: a class may hold itself

        def encode(value: Any) -> str:
            found = known.get(id(value))
            if found is not None:
                return found
            if value.__class__ is not class_:
                raise _misplaced(value, class_)
            nonlocal fill
            fill = fill or _filling(self._table_of(class_))
            made = [tag] if tag else []
            fill(value, made)
            found = known[id(value)] = "{" + ",".join(made) + "}"
            return found

        return encode

    def _of_one_of(self, classes: list[Any]) -> Encoder:
        encoders = {}
        for class_ in classes:
            if not (isinstance(class_, type) and is_dataclass(class_)):
                raise TypeError(f"canonical tells only dataclasses apart, not {class_!r}")
            encoders[class_] = self._of_record(class_, f'"{CLASS}":"{class_.__name__}"')

        def encode(value: Any) -> str:
            found = encoders.get(value.__class__)
            if found is None:
                raise TypeError(f"a {type(value).__name__} stands where one of {classes} is declared")
            return found(value)

        return encode

    def _of_text(self, class_: type) -> Encoder:
        hints = get_type_hints(class_)
        counted = sorted(hints.keys() - self._without)
        fill = _filling({name: self._where_given(hints[name]) for name in counted})

        def encode(value: Any) -> str:
            made: list[str] = []
            fill(value, made)
            if not made:
                return encode_basestring(value)
            made.append(f'"{TEXT}":{encode_basestring(value)}')
            return "{" + ",".join(made) + "}"

        return encode


def _misplaced(value: object, class_: type) -> TypeError:
    return TypeError(f"a {type(value).__name__} stands where a {class_.__name__} is declared")


def _of_plain_record(class_: type, tag: str, table: Mapping[str, Encoder]) -> Encoder:
    """The encoder of a record all of whose fields are plain and there; compiled, as below."""
    told = [repr(tag)] if tag else []
    told += [f"'\"{name}\":' + of_{name}(value.{name})" for name in table]
    lines = [
        "def encode(value):",
        "    if value.__class__ is not class_: raise misplaced(value, class_)",
        "    return '{' + " + " + ',' + ".join(told or ["''"]) + " + '}'",
    ]
    room: dict[str, Any] = {f"of_{name}": encode for name, encode in table.items()}
    encode: Encoder = _compiled("encode", lines, room | {"class_": class_, "misplaced": _misplaced})
    return encode


def _filling(table: Mapping[str, Encoder]) -> Callable[[Any, list[str]], None]:
    """What appends the fields of a record to a list, each with its name, but for those that are None.

    Compiled, as it runs for each record of each memo: its source holds names of our own fields alone.
    """
    lines = ["def fill(value, made):", "    pass"]
    for name in table:
        lines += [
            f"    field = value.{name}",
            f"    if field is not None: made.append('\"{name}\":' + of_{name}(field))",
        ]
    room = {f"of_{name}": encode for name, encode in table.items()}
    fill: Callable[[Any, list[str]], None] = _compiled("fill", lines, room)
    return fill


def _compiled(name: str, lines: list[str], room: dict[str, Any]) -> Any:
    exec(compile("\n".join(lines), "<fields as JSON>", "exec"), room)
    return room[name]


class _Writers(threading.local):
    """The writers of one thread: what a writer knows of a value is no other thread's business."""

    def __init__(self) -> None:
        self.of: dict[frozenset[str], _Writer] = {}  # few: for each set of fields that some caller leaves out


_WRITERS = _Writers()


def _writer(without: frozenset[str]) -> _Writer:
    if without not in _WRITERS.of:
        _WRITERS.of[without] = _Writer(without)
    return _WRITERS.of[without]


def _float(value: float) -> str:
    return json.dumps(float(value), allow_nan=False)  # a measure may be written as 11 and as 11.0


# ------------------------------------------------------------------------------------ decoding


@cache  # as many as there are types in our data
def _decoder(type_: Any) -> Decoder:
    """How values of a type are read back."""
    parts, has_none = _parts_of_union(type_)
    if len(parts) > 1:
        decode = _decoder_of_one_of(parts)
    elif has_none:
        decode = _decoder(parts[0])
    else:
        return _decoder_of(type_)
    return (lambda data: None if data is None else decode(data)) if has_none else decode


def _decoder_of(type_: Any) -> Decoder:
    match get_origin(type_) or type_:
        case origin if origin is tuple:
            item = get_args(type_)[0]
            return lambda data: tuple([_decoder(item)(value) for value in _expect(list, data)])
        case origin if isinstance(origin, type) and issubclass(origin, Mapping):
            return _decoder_of_mapping(*get_args(type_))
        case class_ if class_ is PartialDate:
            return lambda data: parse_partial_date(_expect(str, data))
        case class_ if is_dataclass(class_) and isinstance(class_, type):
            return _decoder_of_record(class_)
        case class_ if class_ in (date, datetime, time):
            return lambda data: class_.fromisoformat(_expect(str, data))
        case class_ if class_ is timedelta:
            return lambda data: timedelta(microseconds=_expect(int, data))
        case class_ if class_ in (bool, int, str):
            return lambda data: _expect(class_, data)
        case class_ if class_ is float:
            return lambda data: _expect(float, data)
        case class_ if class_ is bytes:
            return lambda data: b64decode(_expect(str, data), validate=True)
        case class_ if isinstance(class_, type) and issubclass(class_, Enum):
            return class_
        case class_ if _is_text_with_attributes(class_):
            return _decoder_of_text(class_)
    raise TypeError(f"canonical does not know how to read {type_!r}")


def _expect(class_: type[T], data: Any) -> T:
    if data.__class__ is not class_:
        raise ValueError(f"{_shown(data)} stands where {class_.__name__} is due")
    found: T = data
    return found


def _shown(data: Any) -> str:
    text = repr(data)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _decoder_of_mapping(key: Any, value: Any) -> Decoder:
    def decode(data: Any) -> dict[Any, Any]:
        pairs = [_expect(list, pair) for pair in _expect(list, data)]
        if any(len(pair) != 2 for pair in pairs):
            raise ValueError("a mapping holds pairs")
        return {_decoder(key)(k): _decoder(value)(v) for k, v in pairs}

    return decode


def _decoder_of_record(class_: type) -> Decoder:
    table: dict[str, Decoder] = {}
    may_be_none: dict[str, None] = {}
    needed: set[str] = set()

    def prepare() -> None:
        defaults = {field.name for field in fields(class_) if _has_default(field)}
        for name, type_ in _fields_of(class_):
            table[name] = _decoder(type_)
            if _parts_of_union(type_)[1]:
                may_be_none[name] = None
            elif name not in defaults:
                needed.add(name)

    def decode(data: Any) -> Any:
        if not table:
            prepare()
        given = _expect(dict, data)
        if not needed <= given.keys() or not given.keys() <= table.keys():
            wrong = sorted((needed - given.keys()) | (given.keys() - table.keys()))
            raise ValueError(f"{class_.__name__} lacks or does not have: {', '.join(wrong)}")
        # What was left out is None, whatever a new value would have by default; where it cannot be None,
        # an older briefbook did not know the field, and what it wrote was as by default.
        return class_(**(may_be_none | {name: table[name](value) for name, value in given.items()}))

    return decode


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _decoder_of_one_of(classes: list[Any]) -> Decoder:
    decoders = {class_.__name__: _decoder_of_record(class_) for class_ in classes}

    def decode(data: Any) -> Any:
        given = dict(_expect(dict, data))
        name = given.pop(CLASS, None)
        if name not in decoders:
            raise ValueError(f"{_shown(name)} is none of {', '.join(decoders)}")
        return decoders[name](given)

    return decode


def _decoder_of_text(class_: type) -> Decoder:
    table = {name: _decoder(type_) for name, type_ in get_type_hints(class_).items()}

    def decode(data: Any) -> Any:
        if isinstance(data, str):
            return class_(data)
        given = _expect(dict, data)
        if TEXT not in given or not given.keys() <= {TEXT, *table}:
            raise ValueError(f"{_shown(data)} is no {class_.__name__}")
        attributes = {name: table[name](value) for name, value in given.items() if name != TEXT}
        return class_(_expect(str, given[TEXT]), **attributes)

    return decode
