"""`briefbook check`."""

import json
from pathlib import Path

import pytest

from tests.books import TEXTS, changed, make_book, run

BROKEN = changed("facts/harbours.yaml", "2031-06-03", "2031-06-31")
CARA = {"facts/more.yaml": "people: {cara: {name: Cara}}"}


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book, and the current folder."""
    monkeypatch.chdir(make_book(tmp_path))
    return tmp_path


def test_a_clean_book(book: Path) -> None:
    result = run("check")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "13 facts, 4 memos: no problem\n"


def test_one_error_and_one_warning(book: Path) -> None:
    make_book(book, {**BROKEN, **CARA})
    result = run("check")
    lines = result.stderr.splitlines()
    assert [line.split(": ")[:2] for line in lines[:-1]] == [["facts/harbours.yaml:8:15", "error"]]
    assert (
        lines[-1] == "13 facts, 4 memos: 1 problem"
    )  # of idle people nothing is said beside a broken record
    assert result.exit_code == 1


def test_warnings_alone_leave_the_status_at_0(book: Path) -> None:
    make_book(book, CARA)
    result = run("check")
    assert "warning: nothing names person 'cara'" in result.stderr
    assert result.exit_code == 0


def test_json_holds_the_same_problems(book: Path) -> None:
    make_book(book, BROKEN)
    result = run("check", "--json")
    assert (result.exit_code, result.stderr) == (1, "")
    assert json.loads(result.stdout) == [
        {
            "file": "facts/harbours.yaml",
            "line": 8,
            "column": 15,
            "severity": "error",
            "message": "'2031-06-31' is not in the calendar",
            "hint": "mend the day or the month",
        }
    ]


def test_json_of_a_clean_book_is_an_empty_list(book: Path) -> None:
    assert json.loads(run("check", "--json").stdout) == []


def test_a_template_is_checked_as_of_the_day_that_is_asked_for(book: Path) -> None:
    """The mistake shows where a meeting was held alone, so not as of the book's own day."""
    template = "## P\n\n{% for m in selection.earlier %}{{ m.forum.nickname }}{% endfor %}\n"
    make_book(book, {"templates/sections/earlier.md.j2": template})
    assert run("check").exit_code == 0
    result = run("check", "--as-of", "2031-05-20")
    assert result.stderr.startswith("templates/sections/earlier.md.j2:3: error: ")
    assert "(memo council)" in result.stderr
    assert result.exit_code == 1


# -------------------------------------------------------------------------------------------- gaps


def test_gaps_are_the_result(book: Path) -> None:
    result = run("check", "--gaps")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "facts/council.yaml:2:3: council-3: the day is not known",
        "facts/council.yaml:2:3: council-3: nobody is named for Norland",
        "facts/council.yaml:2:3: council-3: nobody is named for Sudland",
        "facts/harbours.yaml:2:3: talks-1: the place is not given",
        "facts/harbours.yaml:2:3: talks-1: nobody is named for Norland",
    ]


def test_gaps_as_of_a_later_day(book: Path) -> None:
    told = run("check", "--gaps", "--as-of", "2031-07-01").stdout
    assert "facts/harbours.yaml:2:3: talks-1: no source says whether it was held\n" in told
    assert "the day is not known" not in told


def test_gaps_known_by_an_earlier_day(book: Path) -> None:
    told = run("check", "--gaps", "--as-of", "2031-07-01", "--known-by", "2031-04-20").stdout
    assert "council-3: no source says whether it was held" in told


def test_gaps_as_json(book: Path) -> None:
    rows = json.loads(run("check", "--gaps", "--json").stdout)
    assert rows[0] == {
        "fact": "council-3",
        "where": "facts/council.yaml:2:3",
        "open": "day",
        "text": "",
    }
    assert len(rows) == 5


def test_no_gap_is_said_on_standard_error(book: Path) -> None:
    result = run("check", "--gaps", "--as-of", "2031-04-01")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "the sources leave nothing open\n"


def test_gaps_of_a_book_with_unknown_ids(book: Path) -> None:
    make_book(book, changed("facts/harbours.yaml", "forum: harbours", "forum: harbour"))
    result = run("check", "--gaps")
    assert result.exit_code == 0
    assert "talks-1" not in result.stdout


def test_sources_folder_may_lie_anywhere(book: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    texts = tmp_path_factory.mktemp("texts")
    for name, text in TEXTS.items():
        (texts / name).write_text(text)
    told = run("check", "--sources", texts).stderr
    assert told == "13 facts, 4 memos, 2 of 3 sources name a text: no problem\n"


def test_where_no_source_has_a_text_it_is_said_that_none_was_compared(tmp_path: Path) -> None:
    assert run("init", tmp_path / "own").exit_code == 0
    told = run("-C", tmp_path / "own", "check", "--sources", tmp_path).stderr
    assert ", 0 of 3 sources name a text: no problem\n" in told
