"""What checks ask of all facts at once is what they would find fact by fact."""

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from briefbook.checks.columns import Columns, parts_of
from briefbook.checks.naming import namings_of
from briefbook.checks.reach import Reaches, core_of
from briefbook.readers.read_book import read_book
from briefbook.verdict import judge
from tests.books import make_book
from tests.conftest import EXAMPLE
from tests.many_facts import write_many_facts


def test_the_columns_hold_every_record_of_every_fact_once() -> None:
    facts = read_book(EXAMPLE).book.facts
    every = [part for kind in facts.kinds().values() for fact in kind.values() for part in parts_of(fact)]
    by_type = Columns(facts).by_type
    assert Counter(map(id, every)) == Counter(id(each) for some in by_type.values() for each in some)
    assert all(type(each) is kind for kind, some in by_type.items() for each in some)


def test_a_question_is_answered_once() -> None:
    asked = []

    def question(columns: Columns) -> int:
        asked.append(columns)
        return len(columns.by_type)

    columns = Columns(read_book(EXAMPLE).book.facts)
    assert columns.once(question) == columns.once(question) == len(columns.by_type)
    assert asked == [columns]


def test_who_names_only_himself_is_named_by_nobody(tmp_path: Path) -> None:
    more = "organisations:\n  alone: {name: Alone, side: alone}\n  other: {name: Other, side: two}\n"
    book = make_book(tmp_path, {"facts/more.yaml": more + "  two: {name: Two, side: two}\n"})
    told = [problem.message for problem in judge(read_book(book)).problems]
    assert told == ["nothing names organisation 'alone'", "nothing names organisation 'other'"]


def test_a_memo_reaches_what_names_its_forums_and_meetings_and_what_that_names() -> None:
    book = read_book(EXAMPLE).book
    every = [fact for kind in book.facts.kinds().values() for fact in kind.values()]
    named = {fact.id: {naming.id for naming in namings_of(fact)} for fact in every}
    reaches = Reaches(book.facts)
    for memo in book.memos.values():
        core = core_of(memo.scope, book.facts)
        reach = reaches.of(memo.scope)
        assert core <= reach
        for id_, names in named.items():
            assert {id_, *names} <= reach or not names & core


def _calls(work: Callable[[], object]) -> int:
    """How many calls of Python and of C some work takes: the same on every run, unlike its seconds."""
    counted = 0

    def count(_frame: FrameType, event: str, _: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return counted


def test_twice_the_facts_take_twice_the_work(tmp_path: Path) -> None:
    small, large = (write_many_facts(tmp_path / str(facts), facts) for facts in (2_000, 4_000))
    assert not judge(read_book(small)).problems  # and what is made once for a process is made
    one, two = (_calls(lambda book=book: judge(read_book(book))) for book in (small, large))  # type: ignore[misc]
    assert two / one == pytest.approx(2, rel=0.05)
