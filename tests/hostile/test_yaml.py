"""Hostile files of a book: whatever they hold, reading them ends soon, with a problem at its place."""

import time
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from briefbook.diagnostics import Problem, Where, in_reading_order
from briefbook.readers import book_files, located_yaml
from briefbook.readers.read_book import read_book
from briefbook.readers.read_facts import read_facts
from briefbook.readers.read_memo import read_memo, read_settings
from briefbook.readers.reading_limits import LARGEST_FILE, MOST_MISTAKES
from briefbook.readers.yaml_editing import AddField, AddRecord, edited
from tests.books import make_book, run
from tests.hostile.yaml_files import BOMB, CASES, FILE, MORE, TOO_DEEP, Case

SECONDS = 5  # of processor, for the longest of them; most take milliseconds


each_case = pytest.mark.parametrize("case", CASES, ids=[f"{case.kind}: {case.name}" for case in CASES])


@pytest.fixture(autouse=True)
def _soon() -> object:
    """Whatever a test reads, it ends soon."""
    start = time.process_time()
    yield
    assert time.process_time() - start < SECONDS


def printed(problems: list[Problem]) -> list[str]:
    return [str(problem) for problem in in_reading_order(problems)]


def test_at_most_five_are_of_a_kind() -> None:
    kinds = Counter(case.kind for case in CASES)
    assert max(kinds.values()) <= 5
    assert len({(case.kind, case.name) for case in CASES}) == len(CASES)


@each_case
def test_a_hostile_file_of_facts_is_told_at_its_place(case: Case) -> None:
    _, problems, _ = read_facts([(FILE, case.input)])
    found = printed(problems)
    assert case.expected in found
    assert len(found) <= MOST_MISTAKES + 2
    assert all(len(line) < 400 and line.isprintable() for line in found)
    if case.kind == "flood":
        assert MORE in found[-1]


@each_case
def test_the_same_as_a_memo_or_as_settings_is_told_too(case: Case) -> None:
    for problems in (
        read_memo("memos/m.yaml", "m", case.input, language="en")[1],
        read_settings("book.yaml", case.input)[1],
    ):
        assert problems
        assert len(problems) <= MOST_MISTAKES + 20
        assert all(len(line) < 400 and line.isprintable() for line in printed(problems))


@each_case
def test_an_edit_of_it_is_refused_or_changes_nothing_else(case: Case) -> None:
    record = AddRecord(kind="people", id="new-one", value={"name": "Ana Holm"})
    after = edited(FILE, case.input, [record])
    if isinstance(after, Problem):
        assert len(str(after)) < 400
        return
    before = read_facts([(FILE, case.input)])[0]
    facts, _, _ = read_facts([(FILE, after)])
    assert facts.people.keys() - before.people.keys() <= {"new-one"}
    assert len(after) - len(case.input) < 200


# ------------------------------------------------------------- of the whole file, of the whole book


def test_a_file_of_very_many_values_is_read_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(located_yaml, "MOST_EVENTS", 1_000)  # the real one would take three seconds
    _, problems, defined = read_facts([(FILE, b"people: {a: {name: A}}\nforums: [" + b"x," * 2_000 + b"]\n")])
    assert printed(problems) == [
        f"{FILE}:2:1986: error: the file holds more texts and lists than are read of one (split it)"
    ]
    assert not [record.id for record in defined]


def test_a_book_of_very_many_bytes_is_read_no_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = make_book(tmp_path)
    monkeypatch.setattr(book_files, "_Room", partial(book_files._Room, left=1_000))
    told = [str(problem) for problem in read_book(book).problems]
    assert [line.rpartition("/facts/")[2] for line in told if "facts" in line] == [
        "ground.yaml: error: the book is larger than 512 MiB: this file is not read any more"
        " (make two books of it)"
    ]


def test_a_file_of_very_many_bytes_is_not_read(tmp_path: Path) -> None:
    book = make_book(tmp_path)
    with (book / "memos" / "council.yaml").open("ab") as file:
        file.truncate(LARGEST_FILE + 1)  # a hole: it takes no room on the disk
    result = run("-C", book, "check")
    assert "memos/council.yaml: error: the file is larger than 32 MiB" in result.stderr
    assert result.exit_code == 1


def test_a_hostile_memo_stops_no_other(tmp_path: Path) -> None:
    book = make_book(tmp_path, {"memos/bomb.yaml": BOMB, "memos/deep.yaml": "title: " + "[" * 10_000})
    result = run("-C", book, "build", "--out", str(tmp_path / "out"))
    assert "memos/bomb.yaml:1:4: error: the anchor '&a' is not taken in a book" in result.stderr
    assert f"memos/deep.yaml:1:71: error: {TOO_DEEP}" in result.stderr
    assert (tmp_path / "out" / "2031-04-20" / "harbours.txt").is_file()


def test_an_edit_of_a_field_looks_at_each_line_once() -> None:
    data = b"people:\n  a:\n    name: A\n    note: |\n      x\n" + b"\n" * 200_000
    where = edited(
        FILE,
        data,
        [AddField(where=Where(file=FILE, line=2, column=3), within=("a",), key="marking", value="red")],
    )
    assert isinstance(where, bytes)
    assert where.replace(b"\n", b"").endswith(b"marking: red")
