"""Changed files of a book: all in their places, or none touched; what was killed is finished."""

import os
import stat
import sys
from pathlib import Path

import pytest

from briefbook.amending import FOLDER, JOURNAL, Changed, finish_changes, write_changes
from briefbook.diagnostics import BriefbookError

OLD = {"facts/a.yaml": b"a: 1\n", "facts/b.yaml": b"b: 1\r\n"}
NEW = {"facts/a.yaml": b"a: 2\n", "facts/b.yaml": b"b: 2\r\n", "facts/c.yaml": "\ufeffc: ñ\n".encode()}


def _book(folder: Path) -> Path:
    (folder / "facts").mkdir(parents=True)
    (folder / "book.yaml").write_text("format: 1\n")
    for name, data in OLD.items():
        (folder / name).write_bytes(data)
    return folder


def _changes(book: Path) -> list[Changed]:
    return [
        Changed(path=book / name, shown=name, before=OLD.get(name), after=data) for name, data in NEW.items()
    ]


def _held(book: Path) -> dict[str, bytes]:
    return {f"facts/{path.name}": path.read_bytes() for path in (book / "facts").iterdir()}


def test_all_files_are_replaced_and_keep_their_permissions(tmp_path: Path) -> None:
    book = _book(tmp_path)
    (book / "facts/a.yaml").chmod(0o640)
    write_changes(book, _changes(book))
    assert _held(book) == NEW
    assert stat.S_IMODE((book / "facts/a.yaml").stat().st_mode) == 0o640
    assert not (book / FOLDER / JOURNAL).exists()


def test_nothing_is_touched_if_one_file_moved(tmp_path: Path) -> None:
    book = _book(tmp_path)
    (book / "facts/b.yaml").write_bytes(b"b: 1 # by hand\r\n")
    with pytest.raises(
        BriefbookError, match=r"facts/b\.yaml: error: this file was changed after it was read"
    ):
        write_changes(book, _changes(book))
    assert _held(book) == {**OLD, "facts/b.yaml": b"b: 1 # by hand\r\n"}


def test_a_new_file_never_replaces_one_that_came_meanwhile(tmp_path: Path) -> None:
    book = _book(tmp_path)
    (book / "facts/c.yaml").write_bytes(b"c: 1\n")
    with pytest.raises(BriefbookError, match=r"facts/c\.yaml"):
        write_changes(book, _changes(book))
    assert _held(book) == {**OLD, "facts/c.yaml": b"c: 1\n"}


def test_links_and_read_only_files_are_refused(tmp_path: Path) -> None:
    book = _book(tmp_path / "book")
    (tmp_path / "elsewhere.yaml").write_bytes(OLD["facts/a.yaml"])
    (book / "facts/a.yaml").unlink()
    (book / "facts/a.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    with pytest.raises(BriefbookError, match=r"facts/a\.yaml: error: this is a link"):
        write_changes(book, _changes(book))
    assert (tmp_path / "elsewhere.yaml").read_bytes() == OLD["facts/a.yaml"]
    if os.geteuid() != 0:  # root may write anything
        (book / "facts/b.yaml").chmod(0o444)
        with pytest.raises(BriefbookError, match=r"facts/b\.yaml: error: this file is read-only"):
            write_changes(book, _changes(book))


def _killed_at(book: Path, number: int) -> bool:
    """Write in a child that dies before its Nth step on the disk; whether it got that far."""
    child = os.fork()
    if child == 0:
        steps = 0

        def step(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal steps
            if event in ("open", "os.rename", "os.remove", "os.chmod", "os.mkdir", "tempfile.mkstemp"):
                steps += 1
                if steps == number:
                    os._exit(9)

        sys.addaudithook(step)
        try:
            write_changes(book, _changes(book))
        except BaseException:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, 9)
    return code == 9


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a child that dies needs fork")
def test_killed_at_any_step_each_file_is_whole_and_the_next_run_finishes(tmp_path: Path) -> None:
    number, seen = 0, set()
    was_killed = True
    while was_killed:
        number += 1
        book = _book(tmp_path / str(number))
        was_killed = _killed_at(book, number)
        held = {name: data for name, data in _held(book).items() if not name.endswith(".tmp")}
        for name, data in held.items():
            assert data in (OLD.get(name), NEW[name])
        changed = [name for name in NEW if held.get(name) == NEW[name]]
        assert changed == list(NEW)[: len(changed)]  # in the order that they were given in
        seen.add(len(changed))
        begun = (book / FOLDER / JOURNAL).exists()
        finish_changes(book)
        assert _held(book) == (NEW if begun or changed else OLD)
        assert not (book / FOLDER / JOURNAL).exists()
    assert seen == {0, 1, 2, 3}  # it was killed before, between and behind the files
    assert number > 15


def test_what_was_begun_is_not_finished_over_a_persons_edit(tmp_path: Path) -> None:
    book = _book(tmp_path)
    number = 1
    while _killed_at(book, number) and _held(book).get("facts/a.yaml") != NEW["facts/a.yaml"]:
        number += 1
    (book / "facts/b.yaml").write_bytes(b"b: 3\n")
    with pytest.raises(BriefbookError, match=r"facts/b\.yaml.*was changed before a run that broke off"):
        finish_changes(book)
    assert (book / "facts/b.yaml").read_bytes() == b"b: 3\n"
