"""Opening a ledger: who may read it, which are refused and how, and how an old one becomes a new one."""

import os
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from briefbook.diagnostics import BriefbookError
from briefbook.ledger import MIGRATIONS, Ledger, open_ledger, read_ledger
from tests.ledger.samples import NOW, edition, is_sound, recorded_in
from tests.test_files import mounted

NEWER = (*MIGRATIONS, ("CREATE TABLE readers (name TEXT)", "ALTER TABLE editions ADD COLUMN seen TEXT"))
MOVE = (
    "move it away, and what stands beside it under the same name: the next build starts a new one; history"
    " and outbox are lost, facts and documents are not"
)


def modes(folder: Path) -> dict[str, int]:
    paths = [folder, *folder.iterdir()]
    return {path.name: path.stat().st_mode & 0o777 for path in paths}


def told(folder: Path) -> str:
    """What opening says, without the path; the same whether one means to write or to read."""
    said = set()
    for opening in (open_ledger, read_ledger):
        with pytest.raises(BriefbookError) as caught:
            opening(folder)
        said.add(str(caught.value))
    assert len(said) == 1
    return said.pop().removeprefix(f"{folder / 'ledger.db'}: error: ")


@contextmanager
def umask(value: int) -> Iterator[None]:
    before = os.umask(value)
    try:
        yield
    finally:
        os.umask(before)


def by_hand(folder: Path, *statements: str) -> list[tuple[object, ...]]:
    """Run SQL on the file as anybody could, and return what the last statement finds."""
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as connection:
        return [connection.execute(statement).fetchall() for statement in statements][-1]


# ------------------------------------------------------------------------------------- who may read it


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o277, 0o777])
def test_a_ledger_is_its_owners_alone(tmp_path: Path, mask: int) -> None:
    folder = tmp_path / ".briefbook"
    with umask(mask), open_ledger(folder) as ledger:
        ledger.note_run(NOW)
        assert modes(folder) == {
            ".briefbook": 0o700,
            "ledger.db": 0o600,
            "ledger.db-wal": 0o600,
            "ledger.db-shm": 0o600,
        }


def test_a_copy_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    with open_ledger(tmp_path):
        pass
    tmp_path.chmod(0o755)
    (tmp_path / "ledger.db").chmod(0o644)
    with open_ledger(tmp_path) as ledger:
        ledger.note_run(NOW)
        assert set(modes(tmp_path).values()) == {0o700, 0o600}


def test_reading_makes_nothing(tmp_path: Path) -> None:
    assert read_ledger(tmp_path / ".briefbook") is None
    assert read_ledger(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_reading_leaves_what_was_recorded(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        recorded = recorded_in(ledger, edition())
    read = read_ledger(tmp_path)
    assert read is not None
    with read:
        assert read.editions() == [recorded]
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.db"]


def test_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"50% off? #1 caf\xe9") / ".briefbook"
    folder.parent.mkdir()
    with open_ledger(folder) as ledger:
        ledger.note_run(NOW)
    with open_ledger(folder) as ledger:
        assert ledger.last_run() == NOW


def test_a_deleted_ledger_takes_history_with_it_and_nothing_else(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.record_editions([edition(), edition("next")])
        (tmp_path / "ledger.db").unlink()  # while it is open: its log stays
    (tmp_path / "ledger.db-wal").write_bytes(b"what is left of a log" * 500)
    with open_ledger(tmp_path) as ledger:
        assert ledger.editions() == []
        assert recorded_in(ledger, edition("third")).number == 1
    assert is_sound(tmp_path)


def test_what_is_written_is_flushed_and_waits_for_others(tmp_path: Path) -> None:
    """The settings of the file and, as only it knows them, those of the connection."""
    with open_ledger(tmp_path) as ledger:
        connection: sqlite3.Connection = ledger._database._connection
        settings = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys", "user_version")
        values = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in settings]
        assert values == ["wal", 2, 10_000, 1, len(MIGRATIONS)]
        assert connection.isolation_level is None


# ------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize("garbage", [b"fish", b"\0" * 8192, b"SQLite format 4\0" * 300, os.urandom(5000)])
def test_a_file_of_something_else(tmp_path: Path, garbage: bytes) -> None:
    (tmp_path / "ledger.db").write_bytes(garbage)
    assert told(tmp_path) == f"this is not a ledger ({MOVE})"
    assert (tmp_path / "ledger.db").read_bytes() == garbage


def test_a_database_of_something_else(tmp_path: Path) -> None:
    by_hand(tmp_path, "CREATE TABLE fish (name TEXT)")
    assert told(tmp_path) == f"this is a database, but not a ledger ({MOVE})"
    by_hand(tmp_path, "DROP TABLE fish", "PRAGMA user_version = 1")
    assert told(tmp_path) == f"this is a database, but not a ledger ({MOVE})"


def test_a_folder_or_a_link_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").mkdir()
    assert told(tmp_path) == f"this is not a ledger but a folder, a link or a device ({MOVE})"
    (tmp_path / "ledger.db").rmdir()
    (tmp_path / "ledger.db").symlink_to(tmp_path / "elsewhere")
    assert told(tmp_path) == f"this is not a ledger but a folder, a link or a device ({MOVE})"
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_in_the_folders_place(tmp_path: Path) -> None:
    (tmp_path / ".briefbook").write_bytes(b"")
    with pytest.raises(BriefbookError, match=r"a file stands where a folder belongs"):
        open_ledger(tmp_path / ".briefbook")


def test_a_ledger_that_is_cut_short(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.record_editions([edition(str(number)) for number in range(200)])
    whole = (tmp_path / "ledger.db").read_bytes()
    (tmp_path / "ledger.db").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BriefbookError) as caught, open_ledger(tmp_path) as ledger:
        ledger.editions()
    assert str(caught.value) == (
        f"{tmp_path / 'ledger.db'}: error: the ledger is damaged (put back a copy of it; or {MOVE})"
    )


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("UPDATE editions SET made = 'soon'", "Invalid isoformat string: 'soon'"),
        ("UPDATE editions SET as_of = x'00'", "fromisoformat: argument must be str"),
        ("UPDATE editions SET made = '2031-04-20T07:00:00'", "'2031-04-20T07:00:00' is no instant"),
        ("UPDATE editions SET inputs = 'fish'", "'fish' is no digest"),
        ("UPDATE editions SET tool = 'a' || char(27)", "'a\\x1b' is not one line of text"),
        ("UPDATE outputs SET size = -1", "-1 is no number from 0 on"),
        ("UPDATE outputs SET size = 1e99", "1e+99 is no number from 0 on"),
        ("UPDATE outputs SET format = '../x' WHERE id = 1", "'../x' is no format"),
        ("UPDATE outputs SET name = '../council.pdf'", "'../council.pdf' is no file of 'council' as pdf"),
        ("UPDATE outputs SET name = 'council.pdf/x'", "'council.pdf/x' is no file of 'council' as pdf"),
        ("UPDATE outputs SET name = 'other.pdf'", "'other.pdf' is no file of 'council' as pdf"),
        ("UPDATE outputs SET name = x'00'", "b'\\x00' is no file of 'council' as pdf"),
        ("UPDATE outputs SET name = 'council.exe'", "'council.exe' is no file of 'council' as pdf"),
        ("UPDATE outputs SET name = 'council.pdf'", "'council.pdf' is no file of 'council' as docx"),
        ("UPDATE outputs SET name = 'council.x.pdf'", "'council.x.pdf' is no file of 'council' as pdf"),
        ("UPDATE outputs SET name = 'council.exe', format = 'exe' WHERE id = 1", "'exe' is no format"),
        ("UPDATE outputs SET format = 'PDF' WHERE id = 1", "'PDF' is no format"),
    ],
)
def test_rows_that_we_never_wrote(tmp_path: Path, damage: str, message: str) -> None:
    with open_ledger(tmp_path) as ledger:
        recorded_in(ledger, edition())
    by_hand(tmp_path, damage)
    with open_ledger(tmp_path) as ledger, pytest.raises(BriefbookError) as caught:
        ledger.editions()
    assert caught.value.problems[0].message == f"the ledger is damaged: edition 1 of 'council': {message}"


def test_a_text_that_is_none(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        recorded_in(ledger, edition())
    by_hand(tmp_path, "UPDATE editions SET tool = CAST(x'ff1b' AS TEXT)")
    with open_ledger(tmp_path) as ledger, pytest.raises(BriefbookError) as caught:
        ledger.editions()
    assert caught.value.problems[0].message == "the ledger is damaged"


OTHER_TABLES = f"this ledger has other tables than briefbook makes (put back a copy of it; or {MOVE})"
SAME = "SELECT memo, number, as_of, known_by, digest, substance, inputs, tool, made FROM editions_2"


@pytest.mark.parametrize(
    "statements",
    [
        ("DROP TABLE outputs",),
        ("ALTER TABLE editions RENAME TO editions_2", f"CREATE VIEW editions AS {SAME}"),
        ("CREATE TRIGGER t AFTER INSERT ON editions BEGIN DELETE FROM clearances; END",),
        ("DROP TRIGGER clearances_stay",),
        ("DROP INDEX outputs_by_bytes",),
        ("CREATE VIEW fish AS SELECT 1",),
        ("ALTER TABLE passes ADD COLUMN fish AS (length(said))",),
        ("PRAGMA user_version = 1",),
        ("PRAGMA user_version = 0",),
        ("PRAGMA user_version = -1",),
        ("ANALYZE",),
    ],
    ids=lambda statements: statements[-1][:20],
)
def test_a_ledger_with_other_tables(tmp_path: Path, statements: tuple[str, ...]) -> None:
    with open_ledger(tmp_path) as ledger:
        recorded_in(ledger, edition())
    by_hand(tmp_path, *statements)
    assert told(tmp_path) == OTHER_TABLES


def test_a_file_whose_pages_lead_to_each_other(tmp_path: Path) -> None:
    """Read page by page it would have billions of editions."""
    with open_ledger(tmp_path) as ledger:
        ledger.record_editions([edition(str(number)) for number in range(200)])
    root = by_hand(tmp_path, "SELECT rootpage FROM sqlite_master WHERE name = 'outputs'")[0][0]
    assert isinstance(root, int)
    path = tmp_path / "ledger.db"
    data = bytearray(path.read_bytes())
    size = int.from_bytes(data[16:18], "big")
    begin = (root - 1) * size
    assert data[begin] == 5  # an interior page of a table
    cells = int.from_bytes(data[begin + 3 : begin + 5], "big")
    places = [int.from_bytes(data[at : at + 2], "big") for at in range(begin + 12, begin + 12 + 2 * cells, 2)]
    for place in places:  # the page of each child: all are the first
        data[begin + place : begin + place + 4] = data[begin + places[0] : begin + places[0] + 4]
    path.write_bytes(data)
    assert told(tmp_path) == f"the ledger is damaged (put back a copy of it; or {MOVE})"


OPEN = """
import sys
from pathlib import Path
from briefbook.diagnostics import BriefbookError
from briefbook.ledger import open_ledger, read_ledger
from tests.ledger.samples import NOW, edition, recorded_in
folder = Path(sys.argv[1])
def tell(what):
    try:
        print(what())
    except BriefbookError as error:
        print(error)
"""


def in_place(folder: Path, options: str, before: str, script: str, after: str = "") -> str:
    """What a script prints that runs where `folder` is a file system of its own."""
    root = Path(__file__).parents[2]
    run = shlex.join(["env", f"PYTHONPATH={root}", sys.executable, "-B", "-c", OPEN + script, "."])
    done: subprocess.CompletedProcess[str] = mounted(folder, options, f"{before}\n{run}\n{after}")
    assert done.stderr == ""
    return done.stdout


READ = """
tell(lambda: open_ledger(folder))
ledger = read_ledger(folder)
tell(lambda: [it.number for it in ledger.editions()])
tell(lambda: ledger.note_run(NOW))
"""


def test_a_read_only_ledger_is_read(tmp_path: Path) -> None:
    source, disk = tmp_path / "source", tmp_path / "disk"
    disk.mkdir()
    with open_ledger(source) as ledger:
        ledger.record_editions([edition(), edition("next")])
    refused = (
        "ledger.db: error: the ledger cannot be written (make the file and its folder writable for yourself)"
    )
    copy = f"cp {shlex.quote(str(source))}/* .; mount -o remount,ro ."
    assert in_place(disk, "size=1m", copy, READ).splitlines() == [refused, "[1, 2]", refused]
    with open_ledger(source) as ledger:
        recorded_in(ledger, edition("third"))  # lies in the log alone while the ledger is open
        assert in_place(disk, "size=1m", copy, READ).splitlines() == [refused, "[1, 2, 3]", refused]


FILL = """
ledger = open_ledger(folder)
recorded = []
def fill():
    for number in range(100_000):
        recorded.append(recorded_in(ledger, edition(str(number))))
tell(fill)
(folder / "ballast").unlink()
before = len(recorded)
tell(lambda: ledger.editions() == recorded)
tell(lambda: recorded_in(ledger, edition("and on")).number == before + 1)
"""


def test_a_full_disk_loses_nothing_that_was_recorded(tmp_path: Path) -> None:
    ballast = "head -c 200000 /dev/zero > ballast"
    printed = in_place(tmp_path, "size=600k", ballast, FILL)
    assert printed.splitlines() == [
        "ledger.db: error: the ledger cannot be written: the disk is full"
        " (free some space and run the same command again: what was recorded stays)",
        "True",
        "True",
    ]


def test_no_room_for_a_first_ledger(tmp_path: Path) -> None:
    pages = "head -c 1000000 /dev/zero > ballast 2> /dev/null"
    printed = in_place(
        tmp_path,
        "size=64k",
        pages,
        "tell(lambda: open_ledger(folder))",
        f"rm ballast\n{shlex.quote(sys.executable)} --version",
    )
    first, _ = printed.splitlines()
    assert first.startswith("ledger.db: error: the ledger cannot be ")
    assert "full" in first


# --------------------------------------------------------------------------------------- from old to new


def version(folder: Path) -> object:
    return by_hand(folder, "PRAGMA user_version")[0][0]


def old_ledger(folder: Path) -> None:
    with open_ledger(folder) as ledger:
        recorded_in(ledger, edition())


def test_an_old_ledger_is_brought_to_the_new_version(tmp_path: Path) -> None:
    old_ledger(tmp_path)
    with open_ledger(tmp_path, migrations=NEWER) as ledger:
        assert recorded_in(ledger, edition()).number == 1
        assert recorded_in(ledger, edition("next")).number == 2
    assert version(tmp_path) == len(MIGRATIONS) + 1
    assert by_hand(tmp_path, "SELECT seen FROM editions") == [(None,), (None,)]
    assert is_sound(tmp_path)


def test_reading_an_old_ledger_brings_it_to_the_new_version(tmp_path: Path) -> None:
    old_ledger(tmp_path)
    ledger = read_ledger(tmp_path, migrations=NEWER)
    assert ledger is not None
    ledger.close()
    assert version(tmp_path) == len(MIGRATIONS) + 1


def test_a_newer_ledger_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    with open_ledger(tmp_path, migrations=NEWER):
        pass
    before = (tmp_path / "ledger.db").read_bytes()
    known = len(MIGRATIONS)
    assert told(tmp_path) == (
        f"a newer briefbook wrote this ledger: it is of version {known + 1}, this one knows {known}"
        " (use that briefbook, or a newer one)"
    )
    assert (tmp_path / "ledger.db").read_bytes() == before


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("CREATE TABLE readers (name TEXT)", "the ledger refuses: table readers already exists"),
        (
            "INSERT INTO digests VALUES ('council', 'x', 77)",
            f"the ledger is damaged (put back a copy of it; or {MOVE})",
        ),
    ],
)
def test_a_migration_that_fails_changes_nothing(tmp_path: Path, broken: str, message: str) -> None:
    old_ledger(tmp_path)
    with pytest.raises(BriefbookError) as caught:
        open_ledger(tmp_path, migrations=(*NEWER, (broken,)))
    assert str(caught.value) == f"{tmp_path / 'ledger.db'}: error: {message}"
    assert version(tmp_path) == len(MIGRATIONS)
    assert by_hand(tmp_path, "SELECT name FROM sqlite_master WHERE name = 'readers'") == []
    old_ledger(tmp_path)


def test_a_migration_may_build_a_table_anew(tmp_path: Path) -> None:
    """As SQLite asks for it where ALTER TABLE can't: with foreign keys looked at in the end alone."""
    old_ledger(tmp_path)
    anew = (
        "CREATE TABLE editions_new AS SELECT * FROM editions",
        "DROP TABLE editions",
        MIGRATIONS[0][1],
        "INSERT INTO editions SELECT * FROM editions_new",
        "DROP TABLE editions_new",
    )
    with open_ledger(tmp_path, migrations=(*MIGRATIONS, anew)) as ledger:
        assert [it.number for it in ledger.editions()] == [1]


def test_many_migrate_at_once(tmp_path: Path) -> None:
    old_ledger(tmp_path)

    def opened(_: int) -> int:
        with open_ledger(tmp_path, migrations=NEWER) as ledger:
            return len(ledger.editions())

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(opened, range(24))) == [1] * 24
    assert version(tmp_path) == len(MIGRATIONS) + 1


def test_a_ledger_is_closed_behind_whoever_used_it(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        assert isinstance(ledger, Ledger)
        ledger.note_run(NOW)
    ledger.close()  # twice is as well as once
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.db"]
