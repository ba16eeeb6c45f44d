"""The ledger of a book: one SQLite file of editions, occurrences, envelopes and clearances.

Only this package knows SQL. Deleting the file loses history, never facts or documents. Nothing here
reads a clock: every `now` is given.
"""

from collections.abc import Sequence
from pathlib import Path

from briefbook.diagnostics import BriefbookError, Problem, Where
from briefbook.ledger.calendars import Calendars
from briefbook.ledger.clearances import Clearances
from briefbook.ledger.database import LedgerError, open_database
from briefbook.ledger.editions import Editions
from briefbook.ledger.envelopes import Envelopes
from briefbook.ledger.schema import MIGRATIONS, Migration

__all__ = ["MIGRATIONS", "NAME", "Ledger", "LedgerError", "open_ledger", "read_ledger"]

NAME = "ledger.db"


class Ledger(Editions, Envelopes, Calendars, Clearances):
    """The open ledger of a book. What a method writes is on the disk when it returns.

    Every method raises BriefbookError, with the place and the mend, where the file or the disk refuses. As a
    context manager it closes itself. It belongs to the process and the thread that opened it.
    """

    __slots__ = ()

    def __enter__(self) -> "Ledger":
        """The ledger itself; leaving closes it."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def open_ledger(folder: Path, *, migrations: Sequence[Migration] = MIGRATIONS) -> Ledger:
    """Open the ledger in `.briefbook` of a book; folder (0700) and file (0600) are made if missing.

    Raises BriefbookError: a newer briefbook wrote it, it is no ledger, it cannot be written.
    """
    database = open_database(folder / NAME, migrations, make=True)
    if database is None:
        message, hint = "the ledger was deleted while it was opened", "run the same command again"
        raise BriefbookError(Problem(where=Where(file=str(folder / NAME)), message=message, hint=hint))
    return Ledger(database)


def read_ledger(folder: Path, *, migrations: Sequence[Migration] = MIGRATIONS) -> Ledger | None:
    """Open the ledger of a book that has one, else None: nothing is made.

    One that may not be written is opened all the same; then only its reading methods work.
    Raises BriefbookError as `open_ledger` does.
    """
    database = open_database(folder / NAME, migrations, make=False)
    return None if database is None else Ledger(database)
