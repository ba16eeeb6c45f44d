"""One SQLite file, opened with care: the only import of sqlite3. A refusal is told with place and mend."""

import contextlib
import os
import sqlite3
import stat
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from briefbook.diagnostics import BriefbookError, Problem, Where
from briefbook.files import cannot_write, flush_folder, keep_private, make_folders
from briefbook.ledger.schema import APPLICATION, Migration

Row = sqlite3.Row
Value = str | int | bytes | bytearray | None
T = TypeVar("T")

PATIENCE = 10  # seconds that one process waits for another's write
_TRIES = 10  # at switching to WAL while others do
_LONGEST = 1 << 28  # bytes of a value: a few pages of a file that was made up can claim to hold any number
_SHORTENED = 200  # letters of what is wrong with a row
_BESIDE = ("-wal", "-shm")  # what SQLite keeps beside the file while it is open

_MOVE = (
    "move it away, and what stands beside it under the same name: the next build starts a new one; history "
    "and outbox are lost, facts and documents are not"
)
_REFUSALS = {  # by SQLite's primary result code: what is wrong, and the mend
    sqlite3.SQLITE_NOTADB: ("this is not a ledger", _MOVE),
    sqlite3.SQLITE_CORRUPT: ("the ledger is damaged", f"put back a copy of it; or {_MOVE}"),
    sqlite3.SQLITE_READONLY: (
        "the ledger cannot be written",
        "make the file and its folder writable for yourself",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "the ledger cannot be opened",
        "make file and folder yours; look whether the disk is full, or the path very long",
    ),
    sqlite3.SQLITE_FULL: (
        "the ledger cannot be written: the disk is full",
        "free some space and run the same command again: what was recorded stays",
    ),
    sqlite3.SQLITE_IOERR: (
        "the ledger cannot be read or written: the disk refuses",
        "look whether the disk is full or failing, then run the same command again",
    ),
    sqlite3.SQLITE_BUSY: (
        f"another process has been writing the ledger for more than {PATIENCE} seconds",
        "wait until it ends, or end it, then run the same command again",
    ),
}


class LedgerError(BriefbookError):
    """The ledger as a whole cannot be read or written. A damaged row is a BriefbookError and no more."""


class Database:
    """An open ledger file. Every write is one transaction that holds the write lock from its start."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    def close(self) -> None:
        """Close the file. What was committed stays whatever happens here."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    def rows(self, sql: str, values: Sequence[Value] = (), *, make: Callable[[Row], T]) -> list[T]:
        """What a query finds, each row made into a value.

        Raises BriefbookError, as everything here does, where `make` has an error: that row we never wrote.
        Rows are made as they are found, so that the first such ends it, whatever would follow.
        """
        with self._told(), self._damage():
            return [make(row) for row in _asked(self._connection.cursor(), sql, values)]

    def groups(
        self,
        sql: str,
        values: Sequence[Value],
        *,
        key: Callable[[Sequence[Value]], object],
        make: Callable[[Iterator[Sequence[Value]]], T],
    ) -> list[T]:
        """The same where several rows, one after the other, make a value: those with the same key."""
        cursor = self._connection.cursor()
        cursor.row_factory = None  # plain tuples: there may be very many
        with self._told(), self._damage():
            return [make(rows) for _, rows in groupby(_asked(cursor, sql, values), key)]

    def one(self, found: Sequence[T]) -> T:
        """The first of what a query found that must find something."""
        if not found:
            raise self._damaged("a row is missing")
        return found[0]

    def row(self, sql: str, values: Sequence[Value] = ()) -> Row | None:
        """The first row that a query finds, None if there is none."""
        with self._told():
            return next(_asked(self._connection.cursor(), sql, values), None)

    def run(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Run one statement inside of `writing` and return how many rows it has changed."""
        with self._told():
            return self._connection.execute(sql, values).rowcount

    def run_many(self, sql: str, values: Iterable[Sequence[Value]]) -> None:
        """Run one statement for many rows inside of `writing`."""
        with self._told():
            self._connection.executemany(sql, values)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all that the block writes is on the disk when it ends, or nothing is."""
        self.run(
            "BEGIN IMMEDIATE"
        )  # never a read that would have to be made a write: that can't wait its turn
        try:
            yield
            self.run("COMMIT")
        finally:
            if self._connection.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")

    @contextlib.contextmanager
    def _damage(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise self._damaged(textwrap.shorten(str(error), _SHORTENED, placeholder=" …")) from error

    def _damaged(self, what: str) -> BriefbookError:
        return _problem(self.path, f"the ledger is damaged: {what}", _REFUSALS[sqlite3.SQLITE_CORRUPT][1])

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.ProgrammingError:
            raise  # a mistake of ours
        except sqlite3.Error as error:
            raise _refusal(self.path, error) from error


class Part:
    """What every part of the ledger stands on."""

    __slots__ = ("_database",)

    def __init__(self, database: Database) -> None:
        self._database = database


def open_database(path: Path, migrations: Sequence[Migration], *, make: bool) -> Database | None:
    """Open a ledger file and bring it to the newest version.

    With `make` a missing file is made, else None is returned. A file or a folder that may not be written is
    opened for reading, where `make` is not asked for. Raises BriefbookError.
    """
    try:
        if make:
            make_folders(path.parent, private=True)
            _make_file(path)
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BriefbookError(cannot_write(path, error)) from error
    if not stat.S_ISREG(mode):
        raise _problem(path, "this is not a ledger but a folder, a link or a device", _MOVE)
    can_write = all(os.access(place, os.W_OK) for place in (path, path.parent))
    if can_write:
        keep_private(path.parent, path, *(path.with_name(path.name + end) for end in _BESIDE))
    elif make:
        message, hint = _REFUSALS[sqlite3.SQLITE_READONLY]
        raise _problem(path, message, hint)
    return _opened(path, migrations, can_write=can_write)


def _asked(cursor: sqlite3.Cursor, sql: str, values: Sequence[Value]) -> Iterator[Any]:
    """The rows that a query finds: none where it asks for a text that no row holds, as it is no Unicode.

    A name from the command line may be such (Python's spelling of bytes that are no UTF-8).
    """
    try:
        return cursor.execute(sql, values)
    except UnicodeEncodeError:
        return iter(())


def _make_file(path: Path) -> None:
    """Make an empty file that its owner alone may read: SQLite takes it for a new database."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileExistsError:
        return
    os.close(descriptor)
    path.chmod(0o600)  # whatever the umask took away
    flush_folder(path.parent)


def _opened(path: Path, migrations: Sequence[Migration], *, can_write: bool) -> Database:
    mode = "rw"  # never "rwc": a file that was just deleted stays so
    if not can_write:
        wal = path.with_name(path.name + "-wal")
        # Reading a file in WAL mode needs one more beside it, unless we promise that nobody writes it now.
        mode = "ro" if wal.exists() and wal.stat().st_size else "ro&immutable=1"
    try:
        # `timeout` is busy_timeout: set before anything else is asked, so that it counts for WAL as well.
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", timeout=PATIENCE, isolation_level=None, uri=True
        )
    except sqlite3.Error as error:
        raise _refusal(path, error) from error
    database = Database(path, connection)
    try:
        connection.row_factory = sqlite3.Row
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        with database._told():
            _prepare(connection, migrations, database, can_write=can_write)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(
    connection: sqlite3.Connection, migrations: Sequence[Migration], database: Database, *, can_write: bool
) -> None:
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("BEGIN")  # one look at all of it: another process may be making it just now
    version = _version(connection, database.path, migrations)
    _refuse_damage(connection, database.path)
    connection.execute("COMMIT")
    connection.execute("PRAGMA synchronous = FULL")
    if can_write:
        _use_wal(connection)
    if version < len(migrations):
        _migrate(connection, migrations, database)
    connection.execute("PRAGMA foreign_keys = ON")  # only now: a migration may build a table anew


def _version(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> int:
    """How many migrations the file has seen.

    Raises BriefbookError if too many, if it is no ledger, or if it has anything else than they make: a view
    or a trigger of somebody else's would be run by whatever is asked.
    """
    known = len(migrations)
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    is_empty = connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None
    if application != APPLICATION and not (is_empty and version == application == 0):
        raise _problem(path, "this is a database, but not a ledger", _MOVE)
    if version > known:
        message = f"a newer briefbook wrote this ledger: it is of version {version}, this one knows {known}"
        raise _problem(path, message, "use that briefbook, or a newer one")
    if version < 0 or _tables(connection) != _tables_after(tuple(migrations[:version])):
        message = "this ledger has other tables than briefbook makes"
        raise _problem(path, message, f"put back a copy of it; or {_MOVE}")
    return version


def _tables(connection: sqlite3.Connection) -> frozenset[tuple[Value, ...]]:
    """What there is in a database, with the words that made it."""
    found = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master")
    return frozenset(tuple(row) for row in found)


@cache
def _tables_after(migrations: Sequence[Migration]) -> frozenset[tuple[Value, ...]]:
    """The same of a database that has seen these."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for statement in (statement for migration in migrations for statement in migration):
            connection.execute(statement)
        return _tables(connection)


def _refuse_damage(connection: sqlite3.Connection, path: Path) -> None:
    """Raise BriefbookError where pages of the file lead to each other: to read them would never end.

    SQLite itself advises to look before a file from elsewhere is used. It takes a quarter of a second for the
    editions of a hundred thousand memos.
    """
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise LedgerError(*_problem(path, *_REFUSALS[sqlite3.SQLITE_CORRUPT]).problems)


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL. Of two processes that do so at once one is refused at once: it waits for the other."""
    for tries_left in reversed(range(_TRIES)):
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_BUSY or not tries_left:
                raise
            connection.execute("BEGIN IMMEDIATE")  # this does wait
            connection.execute("ROLLBACK")
        else:
            return


def _migrate(connection: sqlite3.Connection, migrations: Sequence[Migration], database: Database) -> None:
    """Run what is missing, in one transaction: all of it or nothing."""
    with database.writing():
        version = _version(connection, database.path, migrations)  # another process may have been quicker
        for migration in migrations[version:]:
            for statement in migration:
                connection.execute(statement)
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            message, hint = _REFUSALS[sqlite3.SQLITE_CORRUPT]
            raise _problem(database.path, message, hint)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 where Python itself has refused."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _refusal(path: Path, error: sqlite3.Error) -> BriefbookError:
    is_text = "Could not decode" in str(error)  # so Python says of text that is no UTF-8, and shows all of it
    known = _REFUSALS.get(sqlite3.SQLITE_CORRUPT if is_text else _code(error))
    told = _problem(path, *known) if known else _problem(path, f"the ledger refuses: {error}", "")
    return LedgerError(*told.problems)


def _problem(path: Path, message: str, hint: str) -> BriefbookError:
    return BriefbookError(Problem(where=Where(file=str(path)), message=message, hint=hint))
