"""Our data types are dataclasses as the standard library makes them, only made sooner."""

import ast
import copy
import pickle
import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, fields, is_dataclass, replace
from functools import cached_property
from typing import Any, Generic, TypeVar

import pytest

from briefbook.diagnostics import Where
from briefbook.document import Text
from briefbook.frozen import changed, changing, frozen, maker
from tests.conftest import ROOT

Item = TypeVar("Item")


@frozen
class Point:
    """Of every kind of field that we have."""

    x: int
    y: int = 2
    tags: list[str] = field(default_factory=list)
    where: str = field(default="", compare=False, repr=False)
    cache: dict[str, int] = field(default_factory=dict, init=False, compare=False, repr=False)


@frozen
class Doubled:
    """One with a field that follows from the others."""

    x: int
    twice: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "twice", 2 * self.x)


@frozen
class Labelled(Point):
    """One that adds to another."""

    label: str


@frozen
class Nothing:
    """Without a field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """The same as `Point`, by the standard library."""

    x: int
    y: int = 2
    tags: list[str] = field(default_factory=list)
    where: str = field(default="", compare=False, repr=False)
    cache: dict[str, int] = field(default_factory=dict, init=False, compare=False, repr=False)


def test_the_fields_are_those_of_a_dataclass() -> None:
    assert is_dataclass(Point)
    for own, standard in zip(fields(Point), fields(Standard), strict=True):
        for part in ("name", "default", "default_factory", "init", "repr", "compare", "kw_only"):
            assert getattr(own, part) == getattr(standard, part)
    assert vars(Point)["__slots__"] == vars(Standard)["__slots__"]
    assert [each.name for each in fields(Labelled)] == ["x", "y", "tags", "where", "cache", "label"]


@pytest.mark.parametrize("given", [{"x": 1}, {"x": 1, "y": 3, "tags": ["a"], "where": "there"}])
def test_objects_are_made_shown_and_compared_alike(given: dict[str, Any]) -> None:
    own: Any = Point(**given)
    standard: Any = Standard(**given)
    assert repr(own) == repr(standard).replace("Standard", "Point")
    for each in fields(Standard):
        assert getattr(own, each.name) == getattr(standard, each.name)
    assert own == Point(**given)
    assert own != replace(own, y=9)
    assert own == replace(own, where="elsewhere")
    assert own != standard
    assert own.tags is not Point(x=1).tags


def test_the_hundredth_object_is_as_the_first() -> None:
    @frozen
    class Pair:
        one: int
        two: list[int] = field(default_factory=list)
        three: str = "c"

    made = [Pair(one=number % 2) for number in range(100)]
    assert made[0] == made[98]
    assert repr(made[1]) == repr(made[99])
    assert made[0].two is not made[98].two
    assert replace(made[0], one=5) == replace(made[98], one=5)


def test_equal_objects_have_one_hash() -> None:
    made = {Point(x=1, tags=()): "one", Labelled(x=1, tags=(), label="a"): "two", Nothing(): "none"}  # type: ignore[arg-type]
    assert made[Point(x=1, tags=(), where="there")] == "one"  # type: ignore[arg-type]
    assert made[Labelled(x=1, tags=(), label="a")] == "two"  # type: ignore[arg-type]
    assert made[Nothing()] == "none"
    with pytest.raises(TypeError, match="unhashable"):
        hash(Point(x=1))


@pytest.mark.parametrize(
    "change",
    [
        lambda it: setattr(it, "x", 2),
        lambda it: setattr(it, "z", 2),
        lambda it: delattr(it, "x"),
    ],
)
def test_nothing_of_an_object_changes(change: Callable[[Point], None]) -> None:
    point = Point(x=1)
    with pytest.raises(FrozenInstanceError):
        change(point)
    assert point == Point(x=1)


@pytest.mark.parametrize("given", [{}, {"x": 1, "z": 2}, {"x": 1, "cache": {}}])
def test_what_no_field_takes_or_a_field_lacks_is_refused_at_every_call(given: dict[str, Any]) -> None:
    for _ in range(60):  # many objects are made in another way than the first ones
        with pytest.raises(TypeError):
            Point(**given)
    with pytest.raises(TypeError):
        Point(1)  # type: ignore[call-arg]


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_objects_can_be_copied_and_sent_to_another_process(again: Callable[[Any], Any]) -> None:
    for made in (Labelled(x=1, tags=["a"], label="b"), Nothing(), Text(text="a"), Where(file="f", line=2)):
        assert again(made) == made
        assert type(again(made)) is type(made)


@frozen
class Held(Generic[Item]):
    """One of any type."""

    item: Item


def test_generic_classes_can_be_copied_too() -> None:
    made: list[Held[str]] = [Held(item=str(number)) for number in range(60)]
    assert copy.deepcopy(made) == [pickle.loads(pickle.dumps(each)) for each in made] == made
    assert maker(Held)(item="a") == Held(item="a")


def test_what_a_class_defines_itself_stays() -> None:
    @frozen
    class Shown:
        name: str

        def __repr__(self) -> str:
            return self.name

        def __hash__(self) -> int:
            return 7

    assert repr(Shown(name="a")) == "a"
    assert hash(Shown(name="a")) == 7


def test_a_field_may_follow_from_the_others() -> None:
    assert Doubled(x=2).twice == 4
    assert replace(Doubled(x=2), x=3) == Doubled(x=3)
    with pytest.raises(TypeError):
        Doubled(x=2, twice=3)  # type: ignore[call-arg]


def test_what_follows_upon_the_fields_is_done_from_the_first_object_on() -> None:
    @frozen
    class Doubled:
        x: int

        def __post_init__(self) -> None:
            object.__setattr__(self, "x", 2 * self.x)

    assert [Doubled(x=n).x for n in range(60)] == [2 * n for n in range(60)]


@frozen
class Asked:
    """One that keeps what it worked out."""

    numbers: tuple[int, ...]

    @cached_property
    def total(self) -> int:
        """Their sum."""
        return sum(self.numbers)


def test_a_frozen_object_may_keep_what_it_worked_out() -> None:
    asked = Asked(numbers=(1, 2))
    assert asked.total is asked.total == 3
    assert asked == Asked(numbers=(1, 2))
    assert replace(asked, numbers=(4,)).total == 4
    again = pickle.loads(pickle.dumps(asked))
    assert (again, vars(again)) == (asked, {"total": 3})
    with pytest.raises(FrozenInstanceError):
        asked.total = 4


@pytest.mark.parametrize("times", [1, 100])
@pytest.mark.parametrize("class_", [Point, Labelled, Nothing, Asked])
def test_a_maker_makes_what_the_class_makes(class_: Callable[..., Any], times: int) -> None:
    given: dict[Any, dict[str, Any]] = {
        Point: {"x": 1, "tags": ["a"]},
        Labelled: {"x": 1, "label": "b", "where": "there"},
        Nothing: {},
        Asked: {"numbers": (1, 2)},
    }
    for _ in range(times):
        made = maker(class_)(**given[class_])
        assert (type(made), made, repr(made)) == (
            class_,
            class_(**given[class_]),
            repr(class_(**given[class_])),
        )
        assert pickle.loads(pickle.dumps(made)) == made
        with pytest.raises(FrozenInstanceError):
            made.x = 2
        with pytest.raises(TypeError):
            maker(class_)(**given[class_], unknown=1)


def test_what_is_made_shares_no_default_that_changes() -> None:
    made = [maker(Point)(x=1) for _ in range(100)]
    assert made[0].tags is not made[98].tags is not made[99].tags


def test_what_a_maker_makes_works_out_what_follows() -> None:
    assert [maker(Doubled)(x=n).twice for n in range(60)] == [2 * n for n in range(60)]


@pytest.mark.parametrize("makes", [dict, Standard, lambda **given: given])
def test_what_is_no_frozen_class_is_its_own_maker(makes: Callable[..., Any]) -> None:
    assert all(maker(makes) is makes for _ in range(60))


def test_a_changed_object_is_as_replaced() -> None:
    point = Labelled(x=1, label="a", tags=["b"])
    told = changed(point, x=2, label="c")
    assert (type(told), told) == (Labelled, replace(point, x=2, label="c"))
    assert point == Labelled(x=1, label="a", tags=["b"])
    with pytest.raises(FrozenInstanceError):
        told.x = 3  # type: ignore[misc]
    with pytest.raises(AttributeError):
        changed(point, unknown=1)
    asked = Asked(numbers=(1, 2))
    assert asked.total + changed(asked, numbers=(4,)).total == 7


@changing
class Tally:
    """One that changes."""

    name: str
    counts: list[int] = field(default_factory=list)
    last: int = 0


@dataclass(slots=True)
class StandardTally:
    """The same, by the standard library."""

    name: str
    counts: list[int] = field(default_factory=list)
    last: int = 0


@pytest.mark.parametrize("times", [1, 100])
def test_what_changes_is_made_by_position_or_by_name_shown_and_compared_alike(times: int) -> None:
    for _ in range(times):
        own, standard = Tally("a", last=2), StandardTally("a", last=2)
        assert repr(own) == repr(standard).removeprefix("Standard")
        assert own == Tally(last=2, name="a") == Tally("a", [], 2)
    own.counts.append(own.last)
    own.name = "b"
    assert own == Tally("b", [2], 2)
    assert Tally("c").counts == []
    assert pickle.loads(pickle.dumps(own)) == copy.deepcopy(own) == own
    assert [(each.name, each.kw_only) for each in fields(Tally)] == [
        (each.name, each.kw_only) for each in fields(StandardTally)
    ]
    for made in (own, standard):
        with pytest.raises(TypeError, match="unhashable"):
            hash(made)
        with pytest.raises(AttributeError):
            setattr(made, "other", 1)  # noqa: B010
    kind: Any = Tally
    for values, names in (((), {}), (("a",), {"other": 1}), (("a", [], 1, 2), {}), (("a",), {"name": "b"})):
        with pytest.raises(TypeError):
            kind(*values, **names)


def test_no_class_of_ours_asks_for_what_they_do_not_know() -> None:
    ours = [
        (file.name, one)
        for file in (ROOT / "src").rglob("*.py")
        for one in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(one, ast.ClassDef)
        and any(isinstance(by, ast.Name) and by.id in {"frozen", "changing"} for by in one.decorator_list)
    ]
    assert len(ours) > 200
    for file, one in ours:
        for line in one.body:
            if isinstance(line, ast.AnnAssign):
                assert not re.search("ClassVar|InitVar|kw_only", ast.unparse(line)), (file, one.name)
