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
from base64 import b64decode
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from briefbook.dates import PartialDate, parse_partial_date
from briefbook.encoders import (
    CLASS,
    MARK,
    TEXT,
    Writer,
    fields_of,
    is_text_with_attributes,
    parts_of_union,
)

T = TypeVar("T")
Decoder = Callable[[Any], Any]  # from what json.loads gives; raises ValueError


def canonical(value: object, *, without: frozenset[str] = frozenset()) -> bytes:
    """A dataclass's value as canonical JSON, `without` some fields wherever in it they stand.

    Raises TypeError for a type that it does not know, or a value that is not of its declared type, and
    ValueError for text that is not Unicode.
    """
    return _writer(without).written(value).encode()


def canonical_fields(
    value: object, only: Collection[str] | None = None, *, passing: frozenset[str] = frozenset()
) -> dict[str, str]:
    """The fields of a dataclass's value, or `only` some of them, as canonical JSON by name and in order.

    Those that are None are left out. `as_record` puts fields together again: so what is written with and
    without some of them, or with some that are known already, is gone through once. Raises TypeError as
    `canonical`; text that is not Unicode is refused only when it is encoded, by `encoded` too: ValueError.

    Fields within these that are called as one that is `passing` are marked, so that one way through the value
    leads to its JSON with them and without: `encoded` tells both.
    """
    return _writer(frozenset(), passing).fields_of(value, only)


def encoded(marked: str) -> tuple[bytes, bytes]:
    """The canonical JSON of what has marks; and of the same `without` all that is marked.

    Raises ValueError for text that is not Unicode.
    """
    if MARK not in marked:  # that is found out in a tenth of the time that splitting takes
        whole = marked.encode()
        return whole, whole
    parts = marked.split(MARK)
    return "".join(parts).encode(), "".join(parts[::2]).encode()


def as_record(told: Mapping[str, bytes]) -> bytes:
    """The canonical JSON of a record of some fields, which are canonical JSON by name and in order."""
    parts = [b"{"]
    for name, data in told.items():
        parts += (b'"', name.encode(), b'":', data, b",")
    if told:
        parts.pop()
    return b"".join((*parts, b"}"))


def restored(type_: type[T], data: bytes) -> T:
    """The value of a type from its canonical JSON, equal to what went in. Raises ValueError for any other."""
    kind: Any = type_
    try:
        value: T = _decoder(kind)(json.loads(data))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


class _Writers(threading.local):
    """The writers of one thread: what a writer knows of a value is no other thread's business."""

    def __init__(self) -> None:
        self.of: dict[tuple[frozenset[str], frozenset[str]], Writer] = {}  # as many as kinds of calls


_WRITERS = _Writers()


def _writer(without: frozenset[str], passing: frozenset[str] = frozenset()) -> Writer:
    asked = without, passing
    if asked not in _WRITERS.of:
        _WRITERS.of[asked] = Writer(without, passing)
    return _WRITERS.of[asked]


# ------------------------------------------------------------------------------------ decoding


@cache  # as many as there are types in our data
def _decoder(type_: Any) -> Decoder:
    """How values of a type are read back."""
    parts, has_none = parts_of_union(type_)
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
        case class_ if is_text_with_attributes(class_):
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
        for name, type_ in fields_of(class_):
            table[name] = _decoder(type_)
            if parts_of_union(type_)[1]:
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
