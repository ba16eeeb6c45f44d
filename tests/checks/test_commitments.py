"""What is wrong with new words and with promises, told at its place."""

import pytest

from tests.readers.marked import unmark
from tests.test_checks import book_of, checked, placed

P = "priorities: {p: {forum: council, text: T, meeting: council-3, statements: [{source: note, evidence: a, "
Q = "{source: note, force: agreed, evidence: a}"
CASES: dict[str, tuple[str, list[str]]] = {
    "a promise": (P + "force: agreed, promised_by: [norland, ana-holm], due: 2031-05-11}]}}", []),
    "a promise in new words, with a new day": (
        P + "force: agreed, promised_by: [norland]}]}, "
        "q: {forum: council, text: T, rewords: p, statements: [{source: note, force: agreed, due: 2032, "
        "evidence: a}]}}",
        [],
    ),
    "unknown ids": (
        P + "force: agreed, promised_by: [«nordland], meeting: «council-33}], rewords: «surveys}}",
        [
            "error: 'nordland' is not on file; an organisation or a person belongs here"
            " (did you mean 'norland'?)",
            "error: 'council-33' is not on file; a meeting belongs here (did you mean 'council-3'?)",
            "error: 'surveys' is not on file; a priority belongs here (did you mean 'survey'?)",
        ],
    ),
    "a meeting reworded": (
        P + "force: agreed}], rewords: «council-3}}",
        [
            "error: 'council-3' is a meeting; a priority belongs here"
            " (name a priority, or move the id to its field)"
        ],
    ),
    "words that reword themselves": (
        P + "force: agreed}], rewords: «p}}",
        ["error: the words of 'p' go round: p → p (let the first wording reword none)"],
    ),
    "words that go round": (
        f"priorities: {{a: {{forum: council, text: T, rewords: «b, statements: [{Q}]}}, "
        f"b: {{forum: council, text: T, rewords: a, statements: [{Q}]}}}}",
        ["error: the words of 'a' go round: a → b → a (let the first wording reword none)"],
    ),
    "words of another forum": (
        "forums: {talks: {name: Talks}}\n"
        f"priorities: {{a: {{forum: talks, text: T, rewords: «survey, statements: [{Q}]}}}}",
        [
            "error: 'a' is of 'talks', and what it rewords of 'council'"
            " (an aim in new words is one of the same forum)"
        ],
    ),
    "the wrong way round": (
        "priorities: {a: {forum: council, text: T, rewords: «survey, "
        "statements: [{source: gazette, force: wish, by: [norland], evidence: a}]}}",
        [
            "error: 'survey' was said only after 'a', which rewords it"
            " (the later wording names the earlier one)"
        ],
    ),
    "a day without a promise": (
        P + "force: agreed, due: «2032}]}}",
        ["error: 'p' is due, and nobody promised it (add 'promised_by': whom the source binds to it)"],
    ),
    "due before it was promised, by its day": (
        P + "force: agreed, promised_by: [norland], date: 2031-06, due: «2031-05-31}]}}",
        ["error: 'p' was due 2031-05-31, before it was promised (mend one of the two days)"],
    ),
    "due before it was promised, by its meeting": (
        P + "force: agreed, promised_by: [norland], due: «2031-04}]}}",
        ["error: 'p' was due 2031-04, before it was promised (mend one of the two days)"],
    ),
    "a wish that is promised": (
        P + "force: wish, promised_by: [«norland]}]}}",
        [
            "error: 'p' is promised, but its force here is 'wish'"
            " (take 'promised_by' out, or give the force that the source gives)"
        ],
    ),
    "promised by no side": (
        "organisations: {fleet: {name: Fleet}, navy: {name: Navy, side: norland}}\n"
        + P
        + "force: agreed, promised_by: [navy, «fleet]}]}}",
        [
            "warning: 'fleet' promised something and is for no side of 'council'"
            " (name a side, or for which side it was at a meeting)"
        ],
    ),
}


@pytest.mark.parametrize(("marked", "messages"), CASES.values(), ids=CASES)
def test_a_mistake_is_told_at_its_place(marked: str, messages: list[str]) -> None:
    more, places = unmark(marked)
    assert checked(book_of(more)) == placed("facts/more.yaml", places, messages)
