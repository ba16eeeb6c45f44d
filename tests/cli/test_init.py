"""`briefbook init`: a book that builds as it stands, and nothing overwritten."""

from pathlib import Path

import pytest

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
