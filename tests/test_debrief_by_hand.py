"""A debrief form that came back with more than answers: remarks, tracked changes, words struck through."""

import json
from pathlib import Path

import pytest

from tests.books import make_book
from tests.forms import filled
from tests.hand_edits import W15, WHO, Hand, look
from tests.libreoffice import needs_office, saved_again
from tests.test_debrief import ANSWERS, files_of, form, returned

AGREED = "Deepen the harbour at Holm."


def hand() -> Hand:
    return Hand(filled(form(), ANSWERS))


def left_of(told: str) -> str:
    """What a person decides, in one line."""
    return " ".join(told.partition("Not understood")[2].split())


def test_a_remark_on_an_answer_leaves_it_to_a_person(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    remarked = hand()
    remarked.comment(AGREED, "Not so sure.")
    status, told, _ = returned(book, remarked.docx(), "--apply")
    assert status == 8  # something is left to decide
    remark = f"remark of {WHO} on “{AGREED}”: Not so sure."
    assert f"- Agreed, 1: {AGREED} ({remark})" in left_of(told)
    assert AGREED not in told.partition("Not understood")[0]
    written = "".join(data.decode() for data in files_of(book).values())
    assert AGREED not in written
    assert "date: 2031-06-03" in written  # the other answers are made
    assert "One fee for both harbours." in written


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("yes", "Held?"),
        ("Tuesday 3 June 2031", "When"),
        ("Who says so", "Who says so"),
        ("4 June", "Said on"),
    ],
)
def test_a_remark_on_what_all_rests_on_holds_all_back(tmp_path: Path, words: str, field: str) -> None:
    """On the answer, on a part of it, or on the label beside it."""
    book = make_book(tmp_path / "book")
    before = files_of(book)
    remarked = hand()
    remarked.comment(words, "Really?")
    status, told, _ = returned(book, remarked.docx(), "--apply")
    assert (status, files_of(book)) == (8, before)
    assert f"(remark of {WHO} on “{words}”: Really?)" in left_of(told)
    assert f"Agreed, 1: {AGREED} (to be cleared first: {field})" in left_of(told)
    assert "Proposed" not in told


def test_a_remark_elsewhere_is_told_and_holds_nothing_back(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    remarked = hand()
    first = remarked.comment("Who took part", "Ask Bo, too.")
    remarked.comment("took", "I did.", answers=first)
    done = remarked.comment(AGREED, "Was it so? Yes.")
    assert remarked._extended is not None
    remarked._extended[done].set(W15 + "done", "1")  # somebody marked it as resolved
    status, told, _ = returned(book, remarked.docx(), "--apply")
    assert status == 8
    assert f"remark of {WHO} on “Who took part”: Ask Bo, too." in left_of(told)
    assert f"remark of {WHO} on “took”: I did." in left_of(told)
    assert f"remark of {WHO} on “{AGREED}”: Was it so? Yes." in left_of(told)
    assert AGREED in "".join(data.decode() for data in files_of(book).values())


@pytest.mark.parametrize("tracked", [True, False])
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "Name, post; name, post; and so on.",
            "",
            "- taken out beside the fields{}: Name, post; name, post;",
        ),
        (
            "What happened",
            "What they say",
            "- beside the fields{}: What they say (instead of: What happened)",
        ),
        (
            "and leave empty what you do not know",
            "",
            "change what was otherwise, . (instead of: Please write",
        ),
        ("Who took part", "Who took part (guess)", "- beside the fields{}: Who took part (guess)"),
    ],
)
def test_words_beside_the_fields_are_told_as_they_were_and_are(
    tmp_path: Path, old: str, new: str, told: str, tracked: bool
) -> None:
    changed = hand()
    changed.replace(old, new, tracked=tracked)
    status, said, _ = returned(make_book(tmp_path / "book"), changed.docx())
    assert status == 8
    assert told.format(f" ({WHO})" if tracked else "") in left_of(said)
    assert (old in left_of(said)) is True


def test_a_tracked_answer_is_the_one_that_is_accepted(tmp_path: Path) -> None:
    changed = hand()
    changed.replace("Holm.", "Sund.", within=AGREED)
    changed.replace("One fee for both harbours.", "")
    changed.replace("Bo Lund, Harbour", "Bo Lund, Deputy Harbour")  # that was the form's own
    _, told, _ = returned(make_book(tmp_path / "book"), changed.docx(), "--json")
    found = json.loads(told)
    assert "priority talks-1-agreed-1: agreed: Deepen the harbour at Sund." in [
        one["told"] for one in found["proposed"]
    ]
    assert found["left"] == [
        f"taken out of an answer ({WHO}): Holm.",
        f"taken out of an answer ({WHO}): One fee for both harbours.",
    ]


@pytest.mark.parametrize("name", ["strike", "dstrike", "vanish"])
def test_an_answer_with_words_struck_through_is_left_to_a_person(tmp_path: Path, name: str) -> None:
    book = make_book(tmp_path / "book")
    changed = hand()
    changed.look("at Holm", look(name))
    changed.look("and send this form back", look("highlight", val="yellow"))
    status, told, _ = returned(book, changed.docx(), "--apply")
    assert status == 8
    assert f"- Agreed, 1: {AGREED} (in it are struck through or hidden: at Holm)" in left_of(told)
    assert "- highlighted: and send this form back" in left_of(told)
    assert AGREED not in "".join(data.decode() for data in files_of(book).values())


@needs_office
def test_as_libreoffice_saves_it(tmp_path: Path) -> None:
    changed = hand()
    changed.comment(AGREED, "Not so sure.")
    changed.replace("What happened", "What they say")
    (tmp_path / "office").mkdir()
    saved = saved_again(changed.docx(), tmp_path / "office")
    book = make_book(tmp_path / "book")
    assert returned(book, saved)[:2] == returned(book, changed.docx())[:2]
