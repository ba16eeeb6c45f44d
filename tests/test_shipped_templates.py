"""What the shipped templates make of cases that the example book does not have."""

from datetime import date

import pytest

from briefbook.build import Day, Workshop
from briefbook.facts import Facts
from briefbook.memo import Book
from tests.council import SETTINGS, WHOLE, facts_of, memo_of

COUNCIL = facts_of(WHOLE)


def text_of(facts: Facts, memo: str, as_of: str, name: str = "txt") -> str:
    """The words of a memo as a format prints them, on one line."""
    definition = memo_of(memo)
    day = date.fromisoformat(as_of)
    book = Book(root="", settings=SETTINGS, facts=facts, memos={})
    rendered = Workshop(book).render(definition, Day(as_of=day, known_by=day), [name])
    assert rendered.problems == ()
    return " ".join(rendered.outputs[name].decode().split())


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


def one_meeting(*statements: str) -> Facts:
    """The council's book with one meeting only, by what its sources say."""
    told = ", ".join(f"{{{statement}, evidence: e}}" for statement in statements)
    herald = "sources: {herald: {short: the herald, published: 2031-04-02}}\n"
    return facts_of(f"{herald}meetings: {{m: {{forum: council, statements: [{told}]}}}}")


def test_no_plan_of_several_at_odds_is_told_as_the_day() -> None:
    facts = one_meeting(
        "source: gazette, says: announced, date: 2031-05-05, place: Port Emery",
        "source: herald, says: announced, date: 2031-05-07",
    )
    text = text_of(facts, "forum: council", "2031-04-02")
    assert "Subject Fisheries As of" in text
    assert (
        "Next ──── Fisheries Council, Port Emery: sources of one day are at odds about it; see below." in text
    )
    assert "Mon 5 May 2031 or Wed 7 May 2031" in text_of(facts, "forum: council", "2031-04-02", "md")
    assert "Sources of one day are at odds about it." in text
    assert "in 33 days" not in text
    assert "Find out ────" in text
    past = text_of(facts, "forum: council", "2031-05-08")
    assert "Disputed. Announced for Port Emery. See below." in past


def test_a_plan_that_one_source_calls_off_is_not_told_as_sure() -> None:
    facts = one_meeting(
        "source: gazette, says: announced, date: 2031-05-05", "source: herald, says: cancelled"
    )
    text = text_of(facts, "forum: council", "2031-04-02")
    assert "Next ──── Fisheries Council: sources of one day are at odds about it; see below." in text
    assert "Mon 5 May 2031 Fisheries Council. Sources of one day are at odds about it." in text


@pytest.mark.parametrize(
    ("date", "next_line", "find_out"),
    [
        ("2031-05-05", "Fisheries Council, Monday 5 May 2031 (in 33 days).", "before Monday 5 May 2031"),
        ("2031-05", "Fisheries Council, May 2031; day not set.", "before May 2031"),
        ("2031-05-05/..", "Fisheries Council, from 5 May 2031.", "before Monday 5 May 2031"),
        ("2031-05-05~", "Fisheries Council, about 5 May 2031.", "before Monday 5 May 2031"),
        ("2031-05-05/2031-05-07", "Fisheries Council, 5–7 May 2031.", "before Monday 5 May 2031"),
        ("../2031-05-05", "Fisheries Council, by 5 May 2031; may have taken place already.", ""),
    ],
)
def test_the_next_meeting_and_when_to_have_found_out(date: str, next_line: str, find_out: str) -> None:
    facts = one_meeting(f"source: gazette, says: announced, date: {date}")
    text = text_of(facts, "forum: council", "2031-04-02")
    assert f"Next ──── {next_line} Upcoming" in text
    assert f"Find out {find_out}".strip() + " ──" in text


def test_what_was_put_off_has_no_day() -> None:
    facts = one_meeting(
        "source: gazette, says: announced, date: 2031-05-05", "source: letter, says: postponed"
    )
    text = text_of(facts, "forum: council", "2031-04-20")
    assert "Next ──── Fisheries Council: postponed, no new day given." in text
    assert "Day not announced Fisheries Council. Place and participants not given. Postponed." in text
