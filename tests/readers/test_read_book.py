import os
import stat
from pathlib import Path

import pytest

from briefbook.diagnostics import BriefbookError, Severity
from briefbook.readers.book_files import find_book
from briefbook.readers.read_book import ReadBook, read_book
from briefbook.readers.reading_limits import LARGEST_FILE

from .fisheries import FACTS, MEMO, SETTINGS


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The fisheries book in a folder below the current one."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "desk"
    (folder / "facts").mkdir(parents=True)
    (folder / "memos").mkdir()
    (folder / "book.yaml").write_bytes(SETTINGS)
    (folder / "facts" / "all.yaml").write_bytes(FACTS)
    (folder / "memos" / "council.yaml").write_bytes(MEMO)
    return folder


def lines(read: ReadBook) -> list[str]:
    return [str(problem) for problem in read.problems]


def test_the_fisheries_book(root: Path) -> None:
    read = read_book(root)
    assert lines(read) == []
    assert read.book.root == str(root)
    assert read.book.settings.title.texts == {"en": "Fisheries desk"}
    assert list(read.book.memos) == ["council"]
    assert "fisheries-council-3" in read.book.facts.meetings
    assert "shared-stock-survey" in read.ids
    assert str(read.book.memos["council"].where) == "desk/memos/council.yaml:1:1"


def test_paths_are_as_the_user_would_type_them(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "memos" / "council.yaml").write_text("- no memo\n")
    said = "memos/council.yaml:1:1: error: a memo needs a mapping of fields, not a list"
    assert lines(read_book(root)) == [f"desk/{said}"]
    assert lines(read_book(Path("desk"))) == [f"desk/{said}"]
    monkeypatch.chdir(root)
    assert lines(read_book(Path())) == [said]
    assert lines(read_book(root)) == [said]
    monkeypatch.chdir(root / "facts")
    assert lines(read_book(root)) == [f"../{said}"]
    assert lines(read_book(Path(".."))) == [f"../{said}"]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert lines(read_book(Path("../desk"))) == [f"../desk/{said}"]
    assert lines(read_book(root)) == [f"{root}/{said}"]


def test_the_language_of_the_book_is_that_of_its_texts(root: Path) -> None:
    (root / "book.yaml").write_bytes(SETTINGS + b"language: nb\n")
    book = read_book(root).book
    assert book.facts.organisations["norland"].name.texts == {"nb": "Norland"}
    assert book.memos["council"].sender is not None
    assert book.memos["council"].sender.texts == {"nb": "Fisheries desk"}


def test_the_files_are_read_by_name(root: Path) -> None:
    for name in ("c", "a", "b"):
        (root / "memos" / f"{name}.yaml").write_bytes(MEMO)
        (root / "facts" / f"{name}.yaml").write_text(f"people: {{person-{name}: {{name: {name}}}}}\n")
    book = read_book(root).book
    assert list(book.memos) == ["a", "b", "c", "council"]
    assert list(book.facts.people) == ["person-a", "ana-holm", "person-b", "person-c"]


def test_a_book_without_facts_and_memos(tmp_path: Path) -> None:
    (tmp_path / "book.yaml").write_bytes(SETTINGS)
    read = read_book(tmp_path)
    assert lines(read) == []
    assert read.book.memos == {}


def test_a_broken_memo_is_told_apart(root: Path) -> None:
    (root / "memos" / "other.yaml").write_text("title: Other\n")
    read = read_book(root)
    assert list(read.book.memos) == ["council"]
    assert read.memo_files == {"council": "desk/memos/council.yaml", "other": "desk/memos/other.yaml"}
    assert [problem.message for problem in read.problems_of("other")] == [
        "memo 'other' does not say what it covers"
    ]
    assert read.problems_of("council") == ()
    assert read.problems_of("nothing") == ()


def test_with_broken_settings_the_rest_is_read(root: Path) -> None:
    (root / "book.yaml").write_text("format: 1\n")
    read = read_book(root)
    assert lines(read) == ["desk/book.yaml:1:1: error: this book lacks 'title' (every book needs it)"]
    assert read.book.settings.title.texts == {"en": "desk"}
    assert read.book.memos


def test_of_a_foreign_format_nothing_is_read(root: Path) -> None:
    (root / "book.yaml").write_text("format: 2\nname: New\n")
    read = read_book(root)
    assert [problem.message for problem in read.problems] == ["this book is of format '2'"]
    assert read.book.memos == {}
    assert read.ids == frozenset()


def test_without_settings(root: Path) -> None:
    (root / "book.yaml").unlink()
    assert lines(read_book(root)) == ["desk/book.yaml: error: there is no such file"]


# -------------------------------------------------------------------------------- what lies around


@pytest.mark.parametrize("name", ["x.yml", "x.YAML", "x.Yml"])
def test_a_file_with_another_ending(root: Path, name: str) -> None:
    (root / "facts" / name).write_text("people: {}\n")
    assert lines(read_book(root)) == [
        f"desk/facts/{name}: error: only files named *.yaml are read, so this one is not "
        "(rename it to x.yaml)"
    ]


@pytest.mark.parametrize(
    "name",
    [".all.yaml", ".all.yaml.swp", "#all.yaml#", "all.yaml~", "all.yaml.bak", "notes.md", ".#all.yaml"],
)
def test_what_editors_leave_is_not_read(root: Path, name: str) -> None:
    (root / "facts" / name).write_bytes(b"\xff: [")
    (root / "memos" / name).write_bytes(b"\xff: [")
    read = read_book(root)
    assert lines(read) == []
    assert list(read.book.memos) == ["council"]


def test_a_folder_with_the_name_of_a_file(root: Path) -> None:
    (root / "facts" / "more.yaml").mkdir()
    (root / "memos" / "more.yaml").mkdir()
    read = read_book(root)
    assert lines(read) == [
        "desk/facts/more.yaml: error: this is a folder, not a file",
        "desk/memos/more.yaml: error: this is a folder, not a file",
    ]
    assert "more" not in read.book.memos
    assert len(read.problems_of("more")) == 1


def test_a_folder_inside_is_not_passed_over_in_silence(root: Path) -> None:
    (root / "facts" / "2031").mkdir()
    (problem,) = read_book(root).problems
    assert str(problem) == "desk/facts/2031: warning: folders below facts/ are not read"
    assert problem.severity is Severity.WARNING


def test_a_file_where_the_folder_should_be(root: Path) -> None:
    (root / "memos" / "council.yaml").unlink()
    (root / "memos").rmdir()
    (root / "memos").write_text("")
    assert [problem.where.file for problem in read_book(root).problems] == ["desk/memos"]


def test_links(root: Path) -> None:
    (root / "facts" / "loop.yaml").symlink_to("loop.yaml")
    (root / "facts" / "gone.yaml").symlink_to("nowhere")
    (root / "memos" / "same.yaml").symlink_to("council.yaml")
    read = read_book(root)
    assert lines(read) == [
        "desk/facts/gone.yaml: error: there is no such file",
        "desk/facts/loop.yaml: error: the link leads back to itself (replace it by a file)",
    ]
    assert list(read.book.memos) == ["council", "same"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_does_not_hold_us(root: Path) -> None:
    os.mkfifo(root / "facts" / "pipe.yaml")
    assert lines(read_book(root)) == ["desk/facts/pipe.yaml: error: this is not a file"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(root: Path) -> None:
    (root / "facts" / "all.yaml").chmod(stat.S_IWUSR)
    assert lines(read_book(root)) == [
        "desk/facts/all.yaml: error: the file cannot be read: permission denied (change its permissions)"
    ]


def test_a_file_beyond_measure(root: Path) -> None:
    with (root / "facts" / "big.yaml").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    assert lines(read_book(root)) == ["desk/facts/big.yaml: error: the file is larger than 32 MiB"]


@pytest.mark.parametrize("name", ["My memo", "con", "a..b", "é", "a\nb"])
def test_a_memo_whose_file_name_is_no_id(root: Path, name: str) -> None:
    (root / "memos" / f"{name}.yaml").write_bytes(MEMO)
    read = read_book(root)
    assert list(read.book.memos) == ["council"]
    (problem,) = read.problems
    assert "is not an id" in problem.message
    assert problem.hint.startswith("rename the file")
    assert "\n" not in str(problem)


def test_a_name_that_is_not_utf_8(root: Path) -> None:
    try:
        (root / "memos" / os.fsdecode(b"\xff.yaml")).write_bytes(MEMO)
    except (OSError, UnicodeError):
        pytest.skip("this file system takes no such name")
    (problem,) = read_book(root).problems
    assert str(problem).encode()
    assert problem.where.file == "desk/memos/\ufffd.yaml"


# --------------------------------------------------------------------------------- finding a book


def test_the_nearest_book_upwards(root: Path) -> None:
    inner = root / "facts" / "inner"
    inner.mkdir()
    assert find_book(inner) == root.resolve()
    assert find_book(root) == root.resolve()
    (inner / "book.yaml").write_bytes(SETTINGS)
    assert find_book(inner) == inner.resolve()


def test_no_book(tmp_path: Path) -> None:
    with pytest.raises(BriefbookError, match=r"no book\.yaml here or in a folder above") as caught:
        find_book(tmp_path)
    assert caught.value.problems[0].hint == "make a book with: briefbook init DIR"


def test_no_book_in_a_folder_that_is_not_there(root: Path) -> None:
    assert find_book(root / "gone") == root.resolve()
