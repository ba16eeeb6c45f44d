"""`briefbook init`: a book that builds as it stands, and nothing overwritten."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from briefbook.readers.read_book import read_book
from tests.books import run


@pytest.mark.parametrize("exists", [True, False])
def test_a_new_book_checks_clean_and_builds(
    tmp_path: Path, exists: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if exists:
        Path("new").mkdir()
    result = run("init", "new")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "A new book is in new. Next: briefbook -C new build\n"
    assert run("-C", "new", "check").stderr.endswith("no problem\n")
    assert run("-C", "new", "build").exit_code == 0
    built = sorted(path.suffix for path in Path("new/out").rglob("*.*"))
    assert built.count(".docx") == built.count(".pdf") == 2


def test_what_briefbook_makes_is_kept_out_of_git(tmp_path: Path) -> None:
    git = shutil.which("git") or pytest.skip("there is no git")
    book = tmp_path / "new"
    run("init", book)
    run("-C", book, "build")
    (book / ".briefbook").mkdir(exist_ok=True)
    (book / ".briefbook" / "ledger.db").touch()
    subprocess.run([git, "init", "-q", book], check=True)
    listed = subprocess.run(
        [git, "-C", book, "ls-files", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert {name.partition("/")[0] for name in listed.stdout.splitlines()} == {
        *(".gitignore", "book.yaml", "facts", "memos"),
    }


def uncommented(text: str) -> str:
    """A file of the starter with the examples that it holds in comments."""
    return re.sub(r"^# (?=(schedule|deliver|mail):|  )", "", text, flags=re.MULTILINE)


def test_the_examples_in_comments_are_right(tmp_path: Path) -> None:
    book = tmp_path / "new"
    run("init", book)
    for name in ("book.yaml", "memos/fisheries-council.yaml"):
        text = (book / name).read_text(encoding="utf-8")
        assert uncommented(text) != text
        (book / name).write_text(uncommented(text), encoding="utf-8")
    assert run("-C", book, "check").stderr.endswith("no problem\n")
    read = read_book(book).book
    memo = read.memos["fisheries-council"]
    assert memo.schedule is not None
    assert memo.deliver is not None
    assert read.settings.mail is not None


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_is_there_is_never_overwritten(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "new"
    if kind == "folder":
        target.mkdir()
        (target / "mine.txt").write_text("mine")
    else:
        target.write_text("mine")
    result = run("init", target)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"{target}: error: there is something here already (choose a new folder; nothing was written)\n"
    )
    assert [path.name for path in tmp_path.rglob("*")] == ["new", "mine.txt"][: 2 if kind == "folder" else 1]


def test_a_second_time_is_refused(tmp_path: Path) -> None:
    run("init", tmp_path / "new")
    (tmp_path / "new" / "book.yaml").write_text("format: 1\ntitle: Mine\n")
    assert run("init", tmp_path / "new").exit_code == 1
    assert (tmp_path / "new" / "book.yaml").read_text() == "format: 1\ntitle: Mine\n"


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    result = run("init", tmp_path / "file" / "new")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.endswith(
        "(a file stands where a folder belongs: move it away or choose another folder)\n"
    )
