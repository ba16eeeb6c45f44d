"""Places and problems: how they print, in which order, and what is hinted."""

import pytest

from briefbook.diagnostics import (
    NOWHERE,
    BriefbookError,
    Problem,
    Severity,
    Where,
    did_you_mean,
    has_errors,
    in_reading_order,
    place_of,
)
from briefbook.facts import Wording
from briefbook.memo import SectionSpec

HERE = Where(file="facts/meetings.yaml", line=3, column=7)


@pytest.mark.parametrize(
    ("where", "printed"),
    [
        (HERE, "facts/meetings.yaml:3:7"),
        (Where(file="facts/meetings.yaml", line=3), "facts/meetings.yaml:3"),
        (Where(file="facts/meetings.yaml"), "facts/meetings.yaml"),
        (Where(file="facts.xlsx#Meetings", line=4, column=2), "facts.xlsx#Meetings:4:2"),
    ],
)
def test_a_place_prints_as_editors_read_it(where: Where, printed: str) -> None:
    assert str(where) == printed


def test_a_problem_prints_on_one_line() -> None:
    problem = Problem(where=HERE, message="a meeting has no field 'day'", hint="did you mean 'date'?")
    assert str(problem) == (
        "facts/meetings.yaml:3:7: error: a meeting has no field 'day' (did you mean 'date'?)"
    )
    warning = Problem(where=HERE, severity=Severity.WARNING, message="this is odd")
    assert str(warning) == "facts/meetings.yaml:3:7: warning: this is odd"


def test_a_problem_without_a_place_prints_none() -> None:
    assert str(Problem(where=NOWHERE, message="nothing to do")) == "error: nothing to do"


def test_an_error_carries_its_problems_and_prints_each_on_a_line() -> None:
    one, other = (Problem(where=HERE, message=message) for message in ("this is wrong", "that too"))
    error = BriefbookError(one, other)
    assert error.problems == (one, other)
    assert str(error).splitlines() == [str(one), str(other)]


def test_a_warning_is_no_error() -> None:
    warning = Problem(where=HERE, severity=Severity.WARNING, message="this is odd")
    assert not has_errors([])
    assert not has_errors([warning])
    assert has_errors([warning, Problem(where=HERE, message="this is wrong")])


def test_problems_stand_in_the_order_of_the_files_and_each_once() -> None:
    def at(file: str, line: int | None, column: int | None, message: str = "wrong") -> Problem:
        return Problem(where=Where(file=file, line=line, column=column), message=message)

    ordered = [
        at("a.yaml", None, None),
        at("a.yaml", 2, 1),
        at("a.yaml", 2, 9),
        at("a.yaml", 10, 1, "that"),
        at("a.yaml", 10, 1, "this"),
        at("b.yaml", 1, 1),
    ]
    shuffled = [ordered[i] for i in (5, 3, 0, 4, 1, 2, 3, 1)]
    assert in_reading_order(shuffled) == ordered


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("pririties", ["priorities", "people"], "did you mean 'priorities'?"),
        ("xyz", ["people", "forums"], "known: forums, people"),
        ("xyz", [], ""),
        ("xyz", [f"word-{n}" for n in range(13)], ""),
        ("xyz", [f"word-{n}" for n in range(12)], "known: "),
    ],
)
def test_the_hint_for_an_unknown_word(word: str, known: list[str], hint: str) -> None:
    found = did_you_mean(word, known)
    assert found.startswith(hint)
    assert bool(found) == bool(hint)


def test_the_place_of_a_field_and_of_an_item_of_its_list() -> None:
    spec = SectionSpec(
        name="earlier",
        title=Wording(texts={"en": "Before"}),
        where=HERE,
        places={"title": (4, 9), "only": (5, 10, 5, 20)},
    )
    assert place_of(spec, "title") == Where(file=HERE.file, line=4, column=9)
    assert place_of(spec, "only", 1) == Where(file=HERE.file, line=5, column=20)
    assert place_of(spec, "only", 2) == HERE
    assert place_of(spec, "limit") == HERE
