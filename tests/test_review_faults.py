"""`review --apply` killed at every rename, and with the disk full at every flush: never half a change."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from briefbook.record import open_record
from briefbook.shelf import entries_of
from tests.books import run
from tests.office import DUE
from tests.test_review import DAY, MEMO, busy, made

KILLED = 137


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with an edition, and the file that came back of it."""
    folder = tmp_path_factory.mktemp("start")
    for name, data in made().items():
        path = folder / "council" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "returned.docx").write_bytes(busy().docx())
    return folder


@pytest.fixture(scope="module")
def good(start: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the book's files are after a run that nothing befell."""
    folder = fresh(start, tmp_path_factory.mktemp("good") / "one")
    applied(folder)
    return yaml_of(folder)


def fresh(start: Path, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return Path(shutil.copytree(start, folder))


def applied(folder: Path) -> int:
    return run("-C", folder / "council", "review", "--apply", folder / "returned.docx").exit_code


def yaml_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted((folder / "council").glob("*/*.yaml"))
    }


def whole(folder: Path, start: Path, good: dict[str, bytes]) -> bool:
    """Every file is the one before or the one after, and no other run finds half a name.

    Whether a file was changed when it stopped: then what came back was kept, before another run keeps it.
    """
    before, left = yaml_of(start), yaml_of(folder)
    for name, data in left.items():
        assert data in (before[name], good[name]), name
    if left != before:
        assert kept(folder)
    assert applied(folder) == 8  # goes on from there
    assert yaml_of(folder) == good
    lists = [path.read_text() for path in (folder / "council" / "out" / DAY).glob("*review*.txt")]
    assert len(lists) == 1
    assert "A fourth meeting is being planned." in lists[0]
    assert not list((folder / "council").glob("facts/.*"))
    assert not (folder / "council" / ".briefbook" / "changes.json").exists()
    assert kept(folder)
    return left != before


def kept(folder: Path) -> bool:
    """Whether the returned file is there, and the list of its edits beside the edition and in the store."""
    with open_record(folder / "council", DUE) as record:
        [entry] = entries_of(record.folder, MEMO, 1)
        [beside] = (folder / "council" / "out" / DAY).glob("*review*.txt")
        texts = [record.store.get(entry.text).decode(), beside.read_text()]
        came_back = record.returned.get(entry.returned)
    return came_back == (folder / "returned.docx").read_bytes() and all(EDIT in text for text in texts)


EDIT = "A fourth meeting is being planned."


def in_a_child(work: Callable[[], object]) -> int:
    """The status of a process that does some work: KILLED if it was cut off."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def dying(number: int, *, after: bool) -> Callable[[Path, Path], Path]:
    """A rename at which the process dies, before it or after it, without any farewell."""
    calls: Iterator[int] = iter(range(1, 10_000))
    replace = Path.replace

    def renamed(path: Path, target: Path) -> Path:
        is_it = next(calls) == number
        if is_it and not after:
            os._exit(KILLED)
        done = replace(path, target)
        if is_it:
            os._exit(KILLED)
        return done

    return renamed


@pytest.mark.long
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("after", [False, True])
def test_killed_at_every_rename(start: Path, good: dict[str, bytes], tmp_path: Path, after: bool) -> None:
    changed = 0
    for number in range(1, 100, 3 if after else 1):
        folder = fresh(start, tmp_path / "one")

        def work(number: int = number, folder: Path = folder) -> None:
            Path.replace = dying(number, after=after)  # type: ignore[method-assign, assignment]
            applied(folder)

        if in_a_child(work) != KILLED:
            break
        changed += whole(folder, start, good)
    assert changed
    assert number > 6  # objects, the entry, the list, the journal, two files, and all again


@pytest.mark.long
def test_a_full_disk_at_every_flush(
    start: Path, good: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = os.fsync
    changed = 0
    for number in range(1, 200, 5):
        folder = fresh(start, tmp_path / "one")
        calls = iter(range(1, 10_000))

        def full(descriptor: int, number: int = number, calls: Iterator[int] = calls) -> None:
            if next(calls) == number:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            flush(descriptor)

        monkeypatch.setattr(os, "fsync", full)
        status = applied(folder)
        monkeypatch.setattr(os, "fsync", flush)
        if status == 8 and next(calls) <= number:
            break
        assert status in (1, 8)
        changed += whole(folder, start, good)
    assert changed
    assert number > 10
