"""`@frozen`: what our data types are, dataclasses that are frozen, slotted and keyword-only, made quickly.

`dataclass(frozen=True, slots=True, kw_only=True)` compiles six methods for every class while it is imported:
for 280 classes that took a cold process as long as python-docx and ReportLab together. Here a class gets its
slots and methods that say the same of every class. What depends on its fields is compiled once it is much
used, which it is in a class out of ten; and `dataclass` reads the fields for the first who asks for them
(`fields`, `replace`, `is_dataclass`), which of most classes nobody does.

Where many objects are made for every memo, `maker(Class)` makes them in a third of the time, and `changed` is
`dataclasses.replace` in a third.

`@changing` makes the few whose objects change, `dataclass(slots=True)`, in the same way. Neither knows
`ClassVar`, `InitVar` or fields by keyword alone, of which none of ours makes use (a test looks).
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field
from functools import cache, cached_property
from operator import attrgetter
from reprlib import recursive_repr
from typing import Any, ParamSpec, TypeVar, dataclass_transform

T = TypeVar("T")
P = ParamSpec("P")
_Methods = Mapping[str, Callable[..., object] | None]


@dataclass_transform(kw_only_default=True, frozen_default=True, eq_default=True, field_specifiers=(field,))
def frozen(class_: type[T]) -> type[T]:
    """Make a class a frozen, slotted, keyword-only dataclass. What it defines itself stays.

    One with a `cached_property` also has a place where that keeps its value.
    """
    return _made_of(class_, _FROZEN)


@dataclass_transform(eq_default=True, field_specifiers=(field,))
def changing(class_: type[T]) -> type[T]:
    """Make a class a slotted dataclass that takes its fields by position or by name."""
    return _made_of(class_, _CHANGING)


def _made_of(class_: type[T], methods: _Methods) -> type[T]:
    # Slots come with a class or never: it is made once more, as `dataclass(slots=True)` does.
    body = {**methods, **class_.__dict__}
    names = class_.__annotations__
    for name in ("__dict__", "__weakref__", "__annotate_func__", "__annotations_cache__"):
        body.pop(name, None)  # places that an object with slots lacks; and how Python 3.14 has annotations
    body["__annotations__"] = names
    given = {name: body.pop(name) for name in names if name in body}
    inherited = {slot for base in class_.__mro__[1:-1] for slot in base.__dict__.get("__slots__", ())}
    slots = [name for name in names if name not in inherited]
    if any(type(value) is cached_property for value in body.values()):
        slots.append("__dict__")
    body["__slots__"] = tuple(slots)
    body["__dataclass_fields__"] = body["_own_fields"] = _OwnFields(names, given)
    make: Any = type(class_)
    made: type[T] = make(class_.__name__, class_.__bases__, body)
    made.__qualname__ = class_.__qualname__
    return made


class _OwnFields:
    """The fields that one class adds: at `__dataclass_fields__` until somebody looks there."""

    def __init__(self, names: Mapping[str, object], given: Mapping[str, object]) -> None:
        self.names = names
        self.given = given  # defaults, or what `field` made

    def __set_name__(self, kind: type, _: str) -> None:
        self._kind: Any = kind

    def __get__(self, _: object, __: type) -> Mapping[str, Field[Any]]:
        """Let `dataclass` read them, of a class that is made for it, and stand where it would put them."""
        kind = self._kind
        body = {"__doc__": kind.__doc__, "__module__": kind.__module__, "__annotations__": self.names}
        read: Any = type(kind)(kind.__name__, kind.__bases__, {**body, **self.given})
        read = dataclass(init=False, repr=False, eq=False, kw_only=_is_frozen(kind))(read)
        kind.__dataclass_params__ = read.__dataclass_params__
        found: Mapping[str, Field[Any]] = read.__dataclass_fields__
        kind.__dataclass_fields__ = found
        return found


def _fields(kind: type) -> tuple[Field[Any], ...]:
    """The fields of a class in their order, all that the methods below ask for set."""
    if kind not in _found:
        found: dict[str, Field[Any]] = {}
        for base in reversed(kind.__mro__):
            own = base.__dict__.get("_own_fields")
            if own is not None:
                for name in own.names:
                    given = own.given.get(name, MISSING)
                    found[name] = each = given if isinstance(given, Field) else field(default=given)
                    each.name = name
        _found[kind] = tuple(found.values())
    return _found[kind]


_found: dict[type, tuple[Field[Any], ...]] = {}


# ------------------------------------------------------------------------- the same for every class


def _refuse(self: object, name: str, *_: object) -> None:
    raise FrozenInstanceError(f"cannot change {name!r} of {type(self).__name__}")


@recursive_repr()
def _represent(self: Any) -> str:
    told = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in _fields(type(self)) if each.repr)
    return f"{type(self).__qualname__}({told})"


def _reduce(self: Any) -> tuple[Any, ...]:
    """How `pickle` and `copy` make it again: from its values in order, and what was worked out from them."""
    kind: Any = type(self)
    _, values_of = _values(kind)
    again = _again, (kind, values_of(self))
    worked_out = getattr(self, "__dict__", None)
    return (*again, worked_out) if worked_out else again


def _again(kind: Any, values: tuple[object, ...]) -> object:
    """An object with these values of its fields; `__post_init__` had its say when the first was made."""
    fill = _fillers.get(kind) or _filler(kind)
    one = _open(kind)()
    fill(one, values)
    one.__class__ = kind
    made: object = one
    return made


_fillers: dict[type, Callable[[Any, tuple[object, ...]], None]] = {}


def _filler(kind: type) -> Callable[[Any, tuple[object, ...]], None]:
    """What sets all fields of an object that lets itself be changed; compiled once many are made again."""
    names, _ = _values(kind)
    _refilled[kind] = _refilled.get(kind, 0) + 1
    if _refilled[kind] > _FEW and names:
        places = "".join(f"one.{name}, " for name in names)
        _fillers[kind] = _compiled(kind, "fill", f"def fill(one, values):\n    {places}= values")
        return _fillers[kind]

    def fill(one: Any, values: tuple[object, ...]) -> None:
        for name, value in zip(names, values, strict=True):
            setattr(one, name, value)

    return fill


_refilled: dict[type, int] = {}


# ------------------------------------------------------------- compiled for a class when first used


def _init(self: Any, /, *values: object, **given: object) -> None:
    """Set field by field; a class of many objects, or of unnamed fields, gets its own `__init__`."""
    kind: Any = type(self)
    _made[kind] = made = _made.get(kind, 0) + 1
    if values or made > _FEW or hasattr(kind, "__post_init__") or not _is_set(self, given):
        names: dict[str, object] = {}
        kind.__init__ = _compiled(kind, "__init__", _init_source(kind, names), names)
        kind.__init__(self, *values, **given)


_made: dict[type, int] = {}
_FEW = 40  # objects whose fields are set one by one in the time that compiling takes


def _is_set(self: Any, given: Mapping[str, object]) -> bool:
    """Set all fields; False where something is given that no field takes, or not given that one needs."""
    taken = 0
    for each in _fields(type(self)):
        if each.init and each.name in given:
            value = given[each.name]
            taken += 1
        elif each.default is not MISSING:
            value = each.default
        elif each.default_factory is not MISSING:
            value = each.default_factory()
        else:
            return False
        object.__setattr__(self, each.name, value)
    return taken == len(given)


def _equal(self: Any, other: object) -> Any:
    kind: Any = type(self)
    kind.__eq__ = _compiled(kind, "__eq__", _equal_source(kind))
    return kind.__eq__(self, other)


def _hash(self: Any) -> int:
    type(self).__hash__ = _compiled(type(self), "__hash__", _hash_source(type(self)))
    return hash(self)


def _is_frozen(kind: type) -> bool:
    return kind.__setattr__ is _refuse


_CHANGING: _Methods = {
    "__init__": _init,
    "__eq__": _equal,
    "__hash__": None,
    "__repr__": _represent,
}
_FROZEN: _Methods = {
    "__init__": _init,
    "__eq__": _equal,
    "__hash__": _hash,
    "__repr__": _represent,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
    "__reduce__": _reduce,
}


def _compiled(class_: type, name: str, source: str, names: dict[str, object] | None = None) -> Any:
    """A method of a class from its source, which holds nothing but the names of its fields and of `names`."""
    room = dict(names or {})
    exec(compile(source, f"<{name} of {class_.__qualname__}>", "exec"), room)
    made: Any = room[name]
    made.__qualname__ = f"{class_.__qualname__}.{name}"
    return made


def _init_source(class_: Any, names: dict[str, object]) -> str:
    """`__init__` sets fields; of a frozen class each by its slot, in half the time of `object.__setattr__`.

    What its defaults, factories and setters are is put into `names`.
    """
    parameters, values = _taken(class_, names)
    body = [f"    self.{name} = {value}" for name, value in values.items()]
    if _is_frozen(class_):
        names |= {f"_set_{name}": getattr(class_, name).__set__ for name in values}
        body = [f"    _set_{name}(self, {value})" for name, value in values.items()]
    if hasattr(class_, "__post_init__"):
        body.append("    self.__post_init__()")
    star = "*, " if parameters and _is_frozen(class_) else ""
    return f"def __init__(self, {star}{', '.join(parameters)}):\n" + "\n".join(body or ["    pass"])


def _taken(class_: Any, names: dict[str, object]) -> tuple[list[str], dict[str, str]]:
    """The parameters that a class is made from, and by field what is set: sources, with their `names`."""
    parameters: list[str] = []
    values: dict[str, str] = {}
    for each in _fields(class_):
        name = value = each.name
        default = ""
        if each.default is not MISSING:
            names[f"_default_{name}"] = each.default
            default = value = f"_default_{name}"
        elif each.default_factory is not MISSING:
            names |= {f"_make_{name}": each.default_factory, "_MISSING": MISSING}
            default, value = "_MISSING", f"_make_{name}()"
        elif not each.init:
            continue  # `__post_init__` sets it
        if each.init:
            parameters.append(f"{name}={default}" if default else name)
            value = f"{value} if {name} is _MISSING else {name}" if default == "_MISSING" else name
        values[name] = value
    return parameters, values


def _equal_source(class_: Any) -> str:
    own, others = _tuple_of(class_, "self"), _tuple_of(class_, "other")
    same = f"return {own} == {others} if other.__class__ is self.__class__ else NotImplemented"
    return f"def __eq__(self, other):\n    {same}"


def _hash_source(class_: Any) -> str:
    return f"def __hash__(self):\n    return hash({_tuple_of(class_, 'self')})"


def _tuple_of(class_: Any, owner: str) -> str:
    return "(" + "".join(f"{owner}.{each.name}, " for each in _fields(class_) if each.compare) + ")"


# ------------------------------------------------------------------------------ made by the hundred


def maker(class_: Callable[P, T], *, now: bool = False) -> Callable[P, T]:
    """A function that makes objects of a frozen class as the class does, only sooner.

    Fields are set on an object of a class with the same places that lets itself be changed. Then the object
    becomes one of the frozen class; till then nobody else has it. Of a class that is asked for a few times
    it is the class itself: compiling takes longer than that. `now`: compiled at once, so that it can be kept.
    Of what is no frozen class it is always that.
    """
    made: Callable[P, T] | None = _makers.get(class_)
    return _counted(class_, _FEW if now else 0) if made is None else made


_makers: dict[Any, Any] = {}  # as many as there are classes
_asked: dict[Any, int] = {}


def _counted(class_: Callable[P, T], times: int) -> Callable[P, T]:
    kind: Any = class_
    _asked[kind] = _asked.get(kind, times) + 1
    if _asked[kind] <= _FEW or not (isinstance(kind, type) and _is_frozen(kind)):
        return class_
    names: dict[str, object] = {"_kind": kind, "_open": _open(kind)}
    made: Callable[P, T] = _compiled(kind, "make", _maker_source(kind, names), names)
    _makers[kind] = made
    return made


def changed(one: T, **values: object) -> T:
    """A frozen object with some fields changed: `dataclasses.replace` for those without `__post_init__`."""
    kind: Any = type(one)
    made = _open(kind)()
    _, values_of = _values(kind)
    fill = _fillers.get(kind) or _filler(kind)
    fill(made, values_of(one))
    for name, value in values.items():
        setattr(made, name, value)
    made.__class__ = kind
    told: T = made
    return told


@cache  # these two as many as there are classes
def _values(kind: Any) -> tuple[list[str], Callable[[Any], tuple[Any, ...]]]:
    """The names of the fields, and what reads them all."""
    names = [each.name for each in _fields(kind)]
    if len(names) > 1:
        return names, attrgetter(*names)
    return names, lambda one: tuple([getattr(one, name) for name in names])


@cache
def _open(kind: Any) -> Any:
    """A class of the same places whose objects can be changed: so an object may go over from it to `kind`."""
    own: Any = object
    # All that a frozen base may bring: with its `__delattr__` setting, too, would go by way of Python.
    ways = {name: getattr(own, name) for name in ("__init__", "__setattr__", "__delattr__")}
    body = {"__slots__": kind.__slots__, **ways}
    if "__orig_bases__" in kind.__dict__:  # without them a generic class may not be made
        body["__orig_bases__"] = kind.__orig_bases__
    return type(kind)(f"_Open{kind.__name__}", kind.__bases__, body)


def _maker_source(kind: Any, names: dict[str, object]) -> str:
    parameters, values = _taken(kind, names)
    body = ["self = _open()", *(f"self.{name} = {value}" for name, value in values.items())]
    body.append("self.__class__ = _kind")
    if hasattr(kind, "__post_init__"):
        body.append("self.__post_init__()")
    star = "*, " if parameters else ""
    return "\n    ".join([f"def make({star}{', '.join(parameters)}):", *body, "return self"])
