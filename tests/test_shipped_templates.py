"""What the shipped templates make of cases that the example book does not have."""

from datetime import date

import pytest

from briefbook.facts import Facts
from briefbook.memo import Book
from briefbook.workshop import Day, Task, Workshop
from tests.council import SETTINGS, WHOLE, facts_of, memo_of

COUNCIL = facts_of(WHOLE)


def text_of(facts: Facts, memo: str, as_of: str, name: str = "txt") -> str:
    """The words of a memo as a format prints them, on one line."""
    definition = memo_of(memo)
    day = date.fromisoformat(as_of)
    book = Book(root="", settings=SETTINGS, facts=facts, memos={})
    rendered = Workshop(book).render(Task(memo=definition, day=Day(as_of=day, known_by=day), formats=(name,)))
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
    entry = text_of(facts, "forum: council", "2031-04-02", "md")
    assert "Mon 5 May 2031 or Wed 7 May 2031" in entry
    assert "Port Emery. Sources of one day are at odds about it." in entry
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


def priority(*statements: str, forum: str = "council") -> Facts:
    """The council's book with one priority only, by what its sources say."""
    told = ", ".join(f"{{{statement}, evidence: e}}" for statement in statements)
    contacts = "forums: {contacts: {name: Contacts}}\n"
    return facts_of(f"{contacts}priorities: {{p: {{forum: {forum}, text: Survey., statements: [{told}]}}}}")


BOTH = "by: [norland, sudland]"


@pytest.mark.parametrize(
    ("said", "lead_in"),
    [
        (f"force: agreed, {BOTH}", "Fisheries Council:"),
        ("force: agreed, by: [norland]", "Fisheries Council, agreed by Norland:"),
        (
            f"force: agreed, {BOTH}, said_by: ana-holm, said_as: Minister",
            "Fisheries Council, by the account of Ana Holm, Minister:",
        ),
        (f"force: stated-goal, {BOTH}", "Stated goals:"),
        ("force: stated-goal, by: [norland]", "Announced aims of Norland:"),
        (
            f"force: stated-goal, {BOTH}, said_by: ana-holm",
            "Goals by the account of Ana Holm:",
        ),
        ("force: intended, by: [sudland]", "Intended by Sudland:"),
        (f"force: discussed, {BOTH}", "Discussed:"),
        ("force: discussed, by: [sudland]", "Discussed by Sudland:"),
        (
            f"force: discussed, {BOTH}, said_by: ana-holm",
            "Discussed by the account of Ana Holm:",
        ),
        ("force: one-side, by: [norland]", "Said by one side alone, by Norland:"),
        ("force: wish, said_by: ana-holm", "Wished by Ana Holm:"),
        ("force: possibility", "Called possible by the source alone:"),
    ],
)
def test_the_lead_in_says_whose_priority_it_is_and_by_whose_account(said: str, lead_in: str) -> None:
    text = text_of(priority(f"source: note, {said}"), "forum: council", "2031-05-12")
    assert f"{lead_in} 1. Survey." in text


def test_goals_in_a_forum_without_sides_name_who_has_them() -> None:
    facts = priority("source: note, force: stated-goal, by: [norland]", forum="contacts")
    assert "Announced aims of Norland:" in text_of(facts, "forum: contacts", "2031-05-12")


def test_a_priority_says_when_where_that_is_on_file() -> None:
    facts = priority(
        f"source: note, force: agreed, {BOTH}, date: 2031-05-11",
        "source: radio, status: in-progress, date: 2031-08, update: the first survey began",
    )
    text = text_of(facts, "forum: council", "2031-09-01")
    assert "1. Survey. (11 May 2031)[1] August 2031: The first survey began. Status: in progress.[2]" in text


def test_the_day_of_the_meeting_is_not_repeated_with_its_priorities() -> None:
    said = "source: note, date: 2031-05-11, evidence: e"
    facts = facts_of(
        f"meetings: {{m: {{forum: council, statements: [{{{said}, says: held}}]}}}}\n"
        "priorities: {p: {forum: council, meeting: m, text: Survey., "
        f"statements: [{{{said}, force: agreed}}]}}}}"
    )
    text = text_of(facts, "forum: council", "2031-05-12")
    assert "Fisheries Council, 11 May 2031: 1. Survey. Background" in text


def test_a_status_is_not_lost_beside_an_update_without_one() -> None:
    facts = priority(
        "source: note, force: agreed, status: in-progress", "source: radio, update: the boats are at sea"
    )
    text = text_of(facts, "forum: council", "2031-09-01")
    assert "1. Survey. Status: in progress.[1] The boats are at sea.[2]" in text


def test_points_stand_under_the_first_of_their_forums_in_the_order_of_the_forums() -> None:
    point = "statements: [{source: note, evidence: e}]"
    facts = facts_of(
        f"background:\n  a: {{forums: [harbours], text: First., {point}}}\n"
        f"  b: {{forums: [council, harbours], text: Second., title: stock, {point}}}\n"
        f"  c: {{text: Third., {point}}}\n"
    )
    text = text_of(facts, "range: 2031", "2031-05-12", "md")
    assert "### Fisheries Council **Stock.** Second. ### Harbour Talks First. Third. ##" in text


def test_a_background_with_disputes_alone_says_so() -> None:
    facts = facts_of(
        "background: {quota: {forums: [council], statements: ["
        "{source: gazette, claim: The quota is 12 tonnes., evidence: e}, "
        "{source: note, claim: The quota is 14 tonnes., evidence: e}]}}"
    )
    text = text_of(facts, "forum: council", "2031-05-12")
    assert "Background ────────── Nothing on file but what is disputed. Disputed" in text


def test_what_is_not_agreed_stands_under_a_heading_that_says_so() -> None:
    agreed = priority("source: note, force: agreed, by: [norland, sudland]")
    assert "Not said to be agreed" not in text_of(agreed, "forum: council", "2031-05-12")
    wished = priority("source: note, force: wish, by: [norland]")
    text = text_of(wished, "forum: council", "2031-05-12")
    assert text.index("Agreed priorities") < text.index("Not said to be agreed") < text.index("Wished by")
