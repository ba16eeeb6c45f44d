"""Completion as a shell asks for it: by variables of the environment, in a process of its own."""

from pathlib import Path

import pytest

from tests.books import make_book, run_process


def completed(book: Path, words: str) -> list[str]:
    """What bash is offered for the last of some words."""
    env = {"_BRIEFBOOK_COMPLETE": "bash_complete", "COMP_WORDS": f"briefbook {words}"}
    done = run_process(cwd=book, COMP_CWORD=str(len(words.split(" "))), **env)
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("show s", ["spring"]),
        ("show ", ["council", "first-round", "harbours", "spring"]),
        ("build council h", ["harbours"]),
        ("history c", ["council"]),
        ("diff c", ["council"]),
        ("history p", ["prune"]),
        ("show --forum h", ["harbours"]),
        ("build --meeting ", ["council-3", "talks-1"]),
        ("build --format d", ["docx"]),
        ("build --format docx,p", ["docx,pdf"]),
        ("show --format h", ["html"]),
        ("-C nowhere show s", []),
    ],
)
def test_what_is_offered(words: str, offered: list[str], tmp_path: Path) -> None:
    assert completed(make_book(tmp_path), words) == offered


def test_a_broken_book_is_completed_without_a_word(tmp_path: Path) -> None:
    book = make_book(tmp_path, {"book.yaml": "title: [", "facts/council.yaml": "meetings:\n  m-1: {\n\xff"})
    assert completed(book, "show --meeting m") == ["m-1"]
    assert completed(book, "show sp") == ["spring"]


def test_outside_of_a_book_nothing_is_offered_but_of_the_one_that_is_named(tmp_path: Path) -> None:
    make_book(tmp_path / "desk")
    assert completed(tmp_path, "-C desk show s") == ["spring"]
    assert completed(tmp_path, "show s") == []
