"""`@frozen`: what our data types are, dataclasses that are frozen, slotted and keyword-only, made quickly.

`dataclass(frozen=True, slots=True, kw_only=True)` compiles six methods for every class while it is imported:
for 280 classes that took a cold process as long as python-docx and ReportLab together. Here `dataclass` reads
the fields, so that `fields`, `replace` and `is_dataclass` hold; what says the same of every class is shared,
and what depends on the fields is compiled once it is much used, which it is in a class out of ten.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from reprlib import recursive_repr
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(kw_only_default=True, frozen_default=True, eq_default=True, field_specifiers=(field,))
def frozen(class_: type[T]) -> type[T]:
    """Make a class a frozen, slotted, keyword-only dataclass. What it defines itself stays."""
    for name, method in _METHODS.items():
        if name not in vars(class_):
            setattr(class_, name, method)
    return dataclass(init=False, repr=False, eq=False, slots=True, kw_only=True)(class_)


# ------------------------------------------------------------------------- the same for every class


def _refuse(self: object, name: str, *_: object) -> None:
    raise FrozenInstanceError(f"cannot change {name!r} of {type(self).__name__}")


@recursive_repr()
def _represent(self: Any) -> str:
    told = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{type(self).__qualname__}({told})"


def _state(self: Any) -> list[object]:
    return [getattr(self, each.name) for each in fields(self)]


def _set_state(self: Any, state: list[object]) -> None:
    for each, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)


# ------------------------------------------------------------- compiled for a class when first used


def _init(self: Any, /, **given: object) -> None:
    """Set field by field; a class of many objects gets an `__init__` of its own."""
    kind: Any = type(self)
    _made[kind] = made = _made.get(kind, 0) + 1
    if made > _FEW or hasattr(kind, "__post_init__") or not _is_set(self, given):
        names: dict[str, object] = {}
        kind.__init__ = _compiled(kind, "__init__", _init_source(kind, names), names)
        kind.__init__(self, **given)


_made: dict[type, int] = {}
_FEW = 40  # objects whose fields are set one by one in the time that compiling takes


def _is_set(self: Any, given: Mapping[str, object]) -> bool:
    """Set all fields; False where something is given that no field takes, or not given that one needs."""
    taken = 0
    for each in fields(self):
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


_METHODS: dict[str, Callable[..., object]] = {
    "__init__": _init,
    "__eq__": _equal,
    "__hash__": _hash,
    "__repr__": _represent,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
    "__getstate__": _state,
    "__setstate__": _set_state,
}


def _compiled(class_: type, name: str, source: str, names: dict[str, object] | None = None) -> Any:
    """A method of a class from its source, which holds nothing but the names of its fields and of `names`."""
    room = dict(names or {})
    exec(compile(source, f"<{name} of {class_.__qualname__}>", "exec"), room)
    made: Any = room[name]
    made.__qualname__ = f"{class_.__qualname__}.{name}"
    return made


def _init_source(class_: Any, names: dict[str, object]) -> str:
    """`__init__` sets each slot by its descriptor, in half the time of `object.__setattr__`.

    What its defaults, factories and setters are is put into `names`.
    """
    parameters, body = [], []
    for each in fields(class_):
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
        names[f"_set_{name}"] = getattr(class_, name).__set__
        body.append(f"    _set_{name}(self, {value})")
    if hasattr(class_, "__post_init__"):
        body.append("    self.__post_init__()")
    star = "*, " if parameters else ""
    return f"def __init__(self, {star}{', '.join(parameters)}):\n" + "\n".join(body or ["    pass"])


def _equal_source(class_: Any) -> str:
    own, others = _tuple_of(class_, "self"), _tuple_of(class_, "other")
    same = f"return {own} == {others} if other.__class__ is self.__class__ else NotImplemented"
    return f"def __eq__(self, other):\n    {same}"


def _hash_source(class_: Any) -> str:
    return f"def __hash__(self):\n    return hash({_tuple_of(class_, 'self')})"


def _tuple_of(class_: Any, owner: str) -> str:
    return "(" + "".join(f"{owner}.{each.name}, " for each in fields(class_) if each.compare) + ")"
