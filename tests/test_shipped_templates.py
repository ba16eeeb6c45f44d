"""What the shipped templates make of cases that the example book does not have."""

from datetime import date

import pytest

from briefbook.build import Day, Workshop
from briefbook.facts import Facts
from briefbook.memo import Book
from tests.council import SETTINGS, WHOLE, facts_of, memo_of

COUNCIL = facts_of(WHOLE)


def text_of(facts: Facts, memo: str, as_of: str) -> str:
    """The words of a memo as the text format prints them, on one line."""
    definition = memo_of(memo)
    day = date.fromisoformat(as_of)
    book = Book(root="", settings=SETTINGS, facts=facts, memos={})
    rendered = Workshop(book).render(definition, Day(as_of=day, known_by=day), ["txt"])
    assert rendered.problems == ()
    return " ".join(rendered.outputs["txt"].decode().split())


@pytest.mark.parametrize(
    ("span", "printed"),
    [
        ("2031-05/2031-06", "Period 1 May 2031 – 30 June 2031 As of"),
        ("2031-05-11", "Period 11 May 2031 As of"),
        ("2031-05/..", "Period From 1 May 2031 As of"),
        ("../2031-05", "Period Until 31 May 2031 As of"),
        ("all", "Subject Fisheries As of"),
    ],
)
def test_the_header_says_which_days_a_range_covers(span: str, printed: str) -> None:
    assert printed in text_of(COUNCIL, f"range: {span}", "2031-09-01")
