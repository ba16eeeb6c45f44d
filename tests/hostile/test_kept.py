"""Hostile records: what a copied book's `.briefbook` holds is told where it is not as we wrote it, and ends soon.

`CASES` is read by the count of all hostile inputs: a kind, a name, what is done to the folder of a book with
editions, the command that meets it, and what it says.
"""

import os
import shutil
import sqlite3
import time
import zlib
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from briefbook.diagnostics import BriefbookError
from briefbook.inputs import from_bytes, rested_in
from briefbook.store import Store
from tests.books import make_book, run

Spoil = Callable[[Path], None]
BRING_BACK = ("build", "council", "--edition", "1")
DAMAGED, GONE = "these bytes are damaged", "is no longer kept"


def objects(change: Callable[[Path], object]) -> Spoil:
    """Something is done to every object."""

    def spoil(folder: Path) -> None:
        for path in [each for each in (folder / "objects").rglob("*") if each.is_file()]:
            change(path)

    return spoil


def instead(make: Callable[[Path], object]) -> Spoil:
    def change(path: Path) -> None:
        path.unlink()
        make(path)

    return objects(change)


def ledger(*statements: str) -> Spoil:
    def spoil(folder: Path) -> None:
        with sqlite3.connect(folder / "ledger.db") as database:
            for statement in statements:
                database.execute(statement)
        database.close()

    return spoil


def file(name: str, data: bytes) -> Spoil:
    def spoil(folder: Path) -> None:
        for end in ("-wal", "-shm"):
            (folder / f"{name}{end}").unlink(missing_ok=True)
        (folder / name).write_bytes(data)

    return spoil


BOMB = zlib.compress(bytes(30_000_000), 9)

CASES: tuple[tuple[str, str, Spoil, tuple[str, ...], str], ...] = (
    ("objects", "another object's bytes", objects(lambda path: path.write_bytes(zlib.compress(b"evil"))), BRING_BACK, DAMAGED),
    ("objects", "half of one", objects(lambda path: path.write_bytes(path.read_bytes()[:-9])), BRING_BACK, DAMAGED),
    ("objects", "a bomb", objects(lambda path: path.write_bytes(BOMB)), BRING_BACK, DAMAGED),
    ("objects", "a pipe", instead(os.mkfifo), BRING_BACK, GONE),
    ("objects", "a device without end", instead(lambda path: path.symlink_to("/dev/zero")), BRING_BACK, GONE),
    ("ledgers", "no database", file("ledger.db", b"evil" * 4096), ("history",), "this is not a ledger"),
    ("ledgers", "another database", ledger("PRAGMA application_id = 7"), ("history",), "this is a database, but not a ledger"),
    ("ledgers", "one of the future", ledger("PRAGMA user_version = 4000"), ("history",), "a newer briefbook wrote this ledger"),
    ("ledgers", "a table that is a view", ledger("DROP TABLE editions", "CREATE VIEW editions AS SELECT 1 AS memo"), ("history",), "the ledger refuses"),
    ("ledgers", "without tables", ledger("DROP TABLE outputs"), ("history", "council"), "the ledger refuses"),
    ("rows", "a day that is none", ledger("UPDATE editions SET as_of = 'evil'"), ("history",), "ledger"),
    ("rows", "bytes for text", ledger("UPDATE editions SET as_of = x'ff00'"), ("history",), "ledger"),
    ("rows", "another's digest for inputs", ledger("UPDATE editions SET inputs = '../../../../etc/passwd'"), ("diff", "council"), "is no longer kept"),
)  # fmt: skip


@pytest.fixture(scope="module")
def book_with_editions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = make_book(tmp_path_factory.mktemp("kept") / "book")
    assert run("-C", str(book), "build", "--format", "txt").exit_code == 0
    return book


@pytest.mark.parametrize(
    ("spoil", "command", "told"), [pytest.param(*case[2:], id=case[1]) for case in CASES]
)
def test_a_hostile_record_is_told_soon(
    spoil: Spoil, command: tuple[str, ...], told: str, book_with_editions: Path, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    shutil.copytree(book_with_editions, book)
    spoil(book / ".briefbook")
    started = time.process_time()
    result = run("-C", str(book), *command)
    assert time.process_time() - started < 4
    assert not (result.exception and not isinstance(result.exception, SystemExit)), result.exception
    assert result.exit_code != 0
    assert told in result.stderr
    assert all(line.isprintable() for line in result.stderr.splitlines())


INPUTS = {
    "nested without end": b"[" * 200_000,
    "records nested without end": b'{"selection":' * 100_000,
    "a number without end": b'{"version":' + b"9" * 100_000 + b"}",
    "no record": b"17",
    "not JSON": b"\xff\xfe",
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize("place", ["a pipe", "a device"])
def test_an_object_that_is_no_file_holds_nobody(place: str, tmp_path: Path) -> None:
    store = Store(tmp_path)
    digest = store.put(b"council")
    path = tmp_path / "objects" / digest[:2] / digest[2:]
    path.unlink()
    if place == "a pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(BriefbookError, match="this is not a file"):
        store.get(digest)


@pytest.mark.parametrize("name", INPUTS)
def test_hostile_inputs_of_an_edition_are_refused(name: str, tmp_path: Path) -> None:
    store = Store(tmp_path)
    digest = store.put(INPUTS[name])
    assert digest == sha256(INPUTS[name]).hexdigest()
    with pytest.raises((BriefbookError, ValueError)):
        from_bytes(store.get(digest))
    with pytest.raises(ValueError, match=r"no inputs|Expecting|utf-8|Extra data|decode|digits"):
        rested_in(b'{"rested":[' + INPUTS[name])
