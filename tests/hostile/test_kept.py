"""Hostile records: what a copied book's `.briefbook` holds is told where it is not as we wrote it, and ends soon.

`CASES` is read by the count of all hostile inputs: a kind, a name, what is done to the folder of a book with
editions, the command that meets it, and what it says: a problem, unless that is among `FAITHFUL`.
"""

import json
import os
import shutil
import sqlite3
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing
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
        with closing(sqlite3.connect(folder / "ledger.db")) as database, database:
            for statement in statements:
                database.execute(statement)

    return spoil


def changed(table: str, **values: object) -> Spoil:
    """A value stands in every row of a table; `{beside}` in it is the folder beside the book."""

    def spoil(folder: Path) -> None:
        beside = str(folder.parents[1] / "beside")
        with closing(sqlite3.connect(folder / "ledger.db")) as database, database:
            for name, value in values.items():
                told = value.replace("{beside}", beside) if isinstance(value, str) else value
                database.execute(f"UPDATE {table} SET {name} = ?", (told,))

    return spoil


def another_edition(memo: str) -> Spoil:
    """Editions of a memo of this name are there beside the others."""
    row = "as_of, known_by, digest, substance, inputs, tool, made FROM editions WHERE memo = 'council'"
    return ledger(*(f"INSERT INTO editions SELECT {memo}, {number}, {row}" for number in (7, 8)))


def noted(said: Callable[[Path], bytes]) -> Spoil:
    """A build has noted what it said, and something else stands in the note."""

    def spoil(folder: Path) -> None:
        assert run("-C", str(folder.parent), *BUILD).exit_code == 0
        with closing(sqlite3.connect(folder / "ledger.db")) as database, database:
            database.execute("UPDATE passes SET said = ?", (said(folder.parent),))

    return spoil


def told(**changes: object) -> Callable[[Path], bytes]:
    """A note that is spelled as ours are, but for some of it; `{beside}` is the folder beside the book."""

    def spell(book: Path) -> bytes:
        data = (book.parent / "beside/7/mine.txt").read_bytes()
        memos = {"mine": [7, {"mine.txt": sha256(data).hexdigest()}]}
        folder = str(book / "out/2031-04-20")
        note = {"folder": folder, "said": [], "look": {}, "left_out": {}, "memos": memos, **changes}
        return zlib.compress(json.dumps(note).replace("{beside}", str(book.parent / "beside")).encode())

    return spell


def told_here(**changes: object) -> Callable[[Path], bytes]:
    """The same, of no memo if nothing else is said: all that it names stands as it should."""
    return told(**{"memos": {}, **changes})


def entry(make: Callable[[Path], object], name: str = "a" * 64) -> Spoil:
    """A note of a returned file of the edition."""

    def spoil(folder: Path) -> None:
        place = folder / "reviews/council/1"
        place.mkdir(parents=True)
        make(place / f"{name}.json")

    return spoil


def made_from(data: bytes) -> Spoil:
    """The editions were made from something else, which is kept: they come out the same, and are others."""

    def spoil(folder: Path) -> None:
        kept = Store(folder).put(data)
        sets = f"SET digest = '{sha256(data).hexdigest()}'"
        editions = f"UPDATE editions {sets}, inputs = '{kept}'"
        ledger("DELETE FROM passes", editions, f"UPDATE digests {sets}")(folder)

    return spoil


def file(name: str, data: bytes) -> Spoil:
    def spoil(folder: Path) -> None:
        for end in ("-wal", "-shm"):
            (folder / f"{name}{end}").unlink(missing_ok=True)
        (folder / name).write_bytes(data)

    return spoil


DOCUMENT = b"\xff\xfe council"
BOMB = zlib.compress(bytes(30_000_000), 9)
BUILD = ("build", "--format", "txt")
BUILD_ONE = ("build", "council", "--format", "txt")
PRUNE = ("history", "prune", "--keep", "1")
TABLES = "this ledger has other tables than briefbook makes"
NO_MEMO, NO_FILE, NO_DIGEST = "names no memo", "is no file of '", "is no digest"
NO_NUMBER, NO_LINE, NO_FORMAT = "is no number from", "is not one line of text", "is no format"
NO_ENTRY = "this note of a returned file is damaged"
UP_TO_DATE, LISTED = "up to date: ", ""  # the whole pass is made, and puts nothing elsewhere; or a list
FAITHFUL = (UP_TO_DATE, LISTED)
ESC, DAY = "\x1b]0;evil\x07\x1b[2J\x9b31m", "2031-04-20T00:00:00+00:00"
ENDLESS = """CREATE VIEW editions AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)
    SELECT memo, number, as_of, known_by, digest, substance, inputs, tool, made FROM c, editions_0 WHERE n < 0"""
LETTER = f"""INSERT INTO envelopes (kind, memo, edition, occasion, recipient, message_id, message, size, smaller,
    queued, state, attempts, reply) SELECT 'memo', memo, number, 'x', 'spy@evil.example', '<a@b>', sha256, size,
    '[]', '{DAY}', 'pending', 0, '' FROM outputs WHERE memo = 'council'"""
CLEARED = f"""INSERT INTO clearances (memo, edition, outputs, person, office, note, given)
    SELECT memo, number, json_array(json_array(format, name, sha256, size)), 'A' || char(27, 155) || '[2J',
    char(7), char(8238), '{DAY}' FROM outputs WHERE memo = 'council'"""
LYING = CLEARED.replace("name, sha256", "'../../' || name, sha256")
NESTED = CLEARED.replace("json_array(json_array(format, name, sha256, size))", "printf('%.*c', 200000, '[')")


def both(*spoils: Spoil) -> Spoil:
    def spoil(folder: Path) -> None:
        for each in spoils:
            each(folder)

    return spoil


def letter(**values: object) -> Spoil:
    return both(ledger(LETTER), changed("envelopes", **values))


def program(name: str, **values: str) -> Spoil:
    """The memo's edition has a program for a file, which is kept as the row says."""

    def spoil(folder: Path) -> None:
        kept = {"name": name, "sha256": Store(folder).put(b"MZ evil"), **values}
        sets = ", ".join(f"{column} = '{value}'" for column, value in kept.items())
        ledger(f"UPDATE outputs SET {sets} WHERE memo = 'council'")(folder)

    return spoil


CASES: tuple[tuple[str, str, Spoil, tuple[str, ...], str], ...] = (
    ("objects", "another object's bytes", objects(lambda path: path.write_bytes(zlib.compress(b"evil"))), BRING_BACK, DAMAGED),
    ("objects", "half of one", objects(lambda path: path.write_bytes(path.read_bytes()[:-9])), BRING_BACK, DAMAGED),
    ("objects", "a bomb", objects(lambda path: path.write_bytes(BOMB)), BRING_BACK, DAMAGED),
    ("objects", "a pipe", instead(os.mkfifo), BRING_BACK, GONE),
    ("objects", "a device without end", instead(lambda path: path.symlink_to("/dev/zero")), BRING_BACK, GONE),
    ("ledgers", "no database", file("ledger.db", b"evil" * 4096), ("history",), "this is not a ledger"),
    ("ledgers", "another database", ledger("PRAGMA application_id = 7"), ("history",), "this is a database, but not a ledger"),
    ("ledgers", "one of the future", ledger("PRAGMA user_version = 4000"), ("history",), "a newer briefbook wrote this ledger"),
    ("ledgers", "one of before the past", ledger("PRAGMA user_version = -1"), ("history",), TABLES),
    ("ledgers", "without tables", ledger("DROP TABLE outputs"), ("history", "council"), TABLES),
    ("tables", "one that is a view", ledger("DROP TABLE editions", "CREATE VIEW editions AS SELECT 1 AS memo"), ("history",), TABLES),
    ("tables", "one that is a view without end", ledger("ALTER TABLE editions RENAME TO editions_0", ENDLESS), ("history",), TABLES),
    ("tables", "somebody's trigger", ledger("CREATE TRIGGER t AFTER INSERT ON passes BEGIN DELETE FROM envelopes; END"), BUILD, TABLES),
    ("tables", "without the trigger that keeps clearances", ledger("DROP TRIGGER clearances_remain"), BUILD, TABLES),
    ("tables", "a column that is worked out", ledger("ALTER TABLE outputs ADD COLUMN x AS (hex(zeroblob(size)))"), BUILD, TABLES),
    ("rows", "a day that is none", ledger("UPDATE editions SET as_of = 'evil'"), ("history",), "the ledger is damaged"),
    ("rows", "bytes for text", ledger("UPDATE editions SET as_of = x'ff00'"), ("history",), "the ledger is damaged"),
    ("rows", "another's digest for inputs", changed("editions", inputs="../../../../etc/passwd"), ("diff", "council"), NO_DIGEST),
    ("rows", "a size below nothing", changed("outputs", size=-1), BUILD, NO_NUMBER),
    ("rows", "a tool that writes to terminals", changed("editions", tool=ESC), ("history", "--json"), NO_LINE),
    ("what an edition was made from", "a document", made_from(DOCUMENT), BUILD, UP_TO_DATE),
    ("what an edition was made from", "JSON of another kind", made_from(b"[17]"), BUILD, UP_TO_DATE),
    ("what an edition was made from", "nested without end", made_from(b"[" * 200_000), BUILD, UP_TO_DATE),
    ("names of files", "an absolute one", changed("outputs", name="{beside}/evil.desktop"), BUILD, NO_FILE),
    ("names of files", "upwards", changed("outputs", name="../../../beside/7/mine.txt"), BRING_BACK, NO_FILE),
    ("names of files", "upwards, behind the memo's", changed("outputs", name="council.txt/../../../beside/evil"), BUILD, NO_FILE),
    ("names of files", "hidden", changed("outputs", name=".bashrc"), ("clear", "council", "--by", "A"), NO_FILE),
    ("names of files", "a format that is none", changed("outputs", format="../txt"), ("history",), NO_FORMAT),
    ("programs for files", "named as one", program("council.exe"), BUILD, NO_FILE),
    ("programs for files", "named as one, brought back", program("council.exe"), BRING_BACK, NO_FILE),
    ("programs for files", "named as a document with macros", program("council.docm", format="docx"), BRING_BACK, NO_FILE),
    ("programs for files", "of a format of their own", program("council.exe", format="exe"), BUILD, NO_FORMAT),
    ("programs for files", "of a format of their own, brought back", program("council.exe", format="exe"), BRING_BACK, NO_FORMAT),
    ("names of memos", "upwards, to be pruned", another_edition("'../../../beside'"), PRUNE, NO_MEMO),
    ("names of memos", "an absolute one", another_edition("'/tmp'"), PRUNE, NO_MEMO),
    ("names of memos", "upwards, behind that of a bound book", another_edition("'bind:../../../beside'"), PRUNE, NO_MEMO),
    ("names of memos", "signs that a terminal obeys", another_edition("'a' || char(27) || '[2J'"), ("history",), NO_MEMO),
    ("names of memos", "a million letters", another_edition("printf('%.*c', 1000000, 'a')"), ("history",), NO_MEMO),
    ("notes of a pass", "no note", noted(lambda _: b"evil"), BUILD, UP_TO_DATE),
    ("notes of a pass", "a bomb", noted(lambda _: zlib.compress(b" " * 300_000_000, 9)), BUILD, UP_TO_DATE),
    ("notes of a pass", "nested without end", noted(lambda _: zlib.compress(b"[" * 200_000)), BUILD, UP_TO_DATE),
    ("notes of a pass", "of files elsewhere", noted(told(folder="{beside}/2031-04-20")), BUILD, UP_TO_DATE),
    ("notes of a pass", "of problems that are none", noted(told(memos={}, said=[{"message": 1}])), BUILD, UP_TO_DATE),
    ("names in a note of a pass", "upwards", noted(told(memos={"evil": [1, {"../../../beside/7/mine.txt": "0"}]})), BUILD, UP_TO_DATE),
    ("names in a note of a pass", "of a look elsewhere", noted(told(memos={}, look={"../../beside/7/mine.txt": "0"})), BUILD, UP_TO_DATE),
    ("names in a note of a pass", "of today's folder elsewhere", noted(told(memos={}, folder="{beside}/7/2031-04-20")), BUILD, UP_TO_DATE),
    ("names in a note of a pass", "of no day", noted(told(memos={}, folder="/")), BUILD, UP_TO_DATE),
    ("files that none can be, in a note of a pass", "a NUL", noted(told_here(memos={"a": [1, {"a\0.txt": "0"}]})), BUILD, UP_TO_DATE),
    ("files that none can be, in a note of a pass", "a NUL in a memo's", noted(told_here(memos={"a\0": [1, {"a\0.txt": "0"}]})), BUILD, UP_TO_DATE),
    ("files that none can be, in a note of a pass", "a NUL, of a look", noted(told_here(look={"a\0.png": "0"})), BUILD, UP_TO_DATE),
    ("files that none can be, in a note of a pass", "no Unicode, of a look", noted(told_here(look={"\ud800.png": "0"})), BUILD, UP_TO_DATE),
    ("notes of returned files", "a device without end", entry(lambda path: path.symlink_to("/dev/zero")), PRUNE, NO_ENTRY),
    ("notes of returned files", "a pipe", entry(os.mkfifo), PRUNE, NO_ENTRY),
    ("notes of returned files", "nested without end", entry(lambda path: path.write_bytes(b"[" * 60_000)), PRUNE, NO_ENTRY),
    ("notes of returned files", "larger than any", entry(lambda path: path.write_bytes(b" " * 10_000_000)), PRUNE, NO_ENTRY),
    ("notes of returned files", "digests that are none", entry(lambda path: path.write_text('{"text": 1, "data": "../x"}')), PRUNE, NO_ENTRY),
    ("letters", "to an address that ends a line", letter(recipient="a@b.example\r\nRCPT TO:<c@d.example>"), ("outbox", "list"), NO_LINE),
    ("letters", "of a memo upwards", letter(memo="../../../beside"), ("outbox", "list"), NO_MEMO),
    ("letters", "whose bytes lie elsewhere", letter(message="../../../../etc/passwd"), ("outbox", "show", "1"), NO_DIGEST),
    ("letters", "with smaller forms that are none", letter(smaller='[["x", -1]]'), ("outbox", "list"), NO_DIGEST),
    ("letters", "with a server's words that a terminal obeys", letter(reply=ESC), ("outbox", "show", "1"), LISTED),
    ("clearances", "by somebody whom a terminal obeys", ledger(CLEARED), ("clear", "--list"), LISTED),
    ("clearances", "of files elsewhere", ledger(LYING), ("clear", "--list"), NO_FILE),
    ("clearances", "nested without end", ledger(NESTED), ("clear", "--list"), "the ledger is damaged"),
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
    book, mine = tmp_path / "book", tmp_path / "beside/7/mine.txt"
    shutil.copytree(book_with_editions, book)
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    spoil(book / ".briefbook")
    started = time.process_time()
    result = run("-C", str(book), *command)
    assert time.process_time() - started < 4
    assert (result.exit_code == 0) == (told in FAITHFUL)
    assert told in result.stderr
    assert told is not UP_TO_DATE or str(book / "out/2031-04-20") in result.stderr
    assert all(line.isprintable() for line in result.output.split("\n"))
    assert [path for path in mine.parents[1].rglob("*") if path.is_file()] == [mine]
    assert mine.read_text() == "mine"
    assert {path.suffix for path in (book / "out").rglob("*") if path.is_file()} == {".txt"}


@pytest.mark.parametrize("said", [b"evil", zlib.compress(b"[]"), zlib.compress(b"{}")])
def test_a_note_of_a_pass_that_is_none_is_noted_anew(
    said: bytes, book_with_editions: Path, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    shutil.copytree(book_with_editions, book)
    noted(lambda _: said)(book / ".briefbook")
    assert run("-C", str(book), *BUILD).exit_code == 0
    with closing(sqlite3.connect(book / ".briefbook/ledger.db")) as database:
        found = database.execute("SELECT said FROM passes ORDER BY id DESC").fetchone()[0]
    assert json.loads(zlib.decompress(found))["folder"] == str(book / "out/2031-04-20")


@pytest.mark.parametrize(
    "change",
    [{"section": ["evil"]}, {"item": 17}, {"words": None}, {"more": "evil"}],
)
def test_what_a_note_of_a_pass_has_left_out_is_as_we_write_it(
    change: Mapping[str, object], book_with_editions: Path, tmp_path: Path
) -> None:
    book, mine = tmp_path / "book", tmp_path / "beside/7/mine.txt"
    shutil.copytree(book_with_editions, book)
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    sound = {"section": "upcoming", "item": None, "words": "evil"}
    for thing, is_told in ((sound, True), ({**sound, **change}, False)):
        noted(told_here(left_out={"council": [thing]}))(book / ".briefbook")
        result = run("-C", str(book), *BUILD)
        assert result.exit_code == 0
        assert ("left out for its length" in result.stderr) is is_told


def test_a_link_among_the_notes_of_returned_files_is_not_gone_through(
    book_with_editions: Path, tmp_path: Path
) -> None:
    book, mine = tmp_path / "book", tmp_path / "beside/1/mine.txt"
    shutil.copytree(book_with_editions, book)
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    for link, target in (("council", mine.parents[1]), ("council/1", mine.parent)):
        place = book / ".briefbook/reviews" / link
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target)
        result = run("-C", str(book), *PRUNE)
        assert result.exit_code != 0
        assert "there may be no links here" in result.stderr
        place.unlink()
    assert mine.read_text() == "mine"


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
