"""A book's own record: its ledger and the store beside it."""

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from briefbook.files import keep_private, locked, no_links, own_folder
from briefbook.frozen import frozen
from briefbook.ledger import Ledger, open_ledger, read_ledger
from briefbook.shelf import REVIEWS, came_back
from briefbook.store import OBJECTS, Store

FOLDER = ".briefbook"  # in the book
RETURNED = "returned"  # in that folder: a store of its own for what people made of our files
LOCK = "lock"  # in that folder: whoever sends or prunes holds it
BUILDING = "building"  # in that folder: all who make editions share it; whoever deletes has it alone


@frozen
class Record:
    """Where editions are recorded and kept, and the instant that is noted for new ones (UTC)."""

    folder: Path
    ledger: Ledger
    store: Store
    now: datetime

    def __enter__(self) -> "Record":
        """The record itself; leaving closes the ledger."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the ledger."""
        self.ledger.close()

    @property
    def returned(self) -> Store:
        """Where files that came back lie: what is in `store` is ours and may be replaced, these are not."""
        return Store(self.folder / RETURNED)

    def building(self) -> AbstractContextManager[bool]:
        """For who puts bytes into the store and has no row yet that names them: nothing is deleted meanwhile.

        Waits for a pruning, never for another build. Raises BriefbookError.
        """
        return locked(self.folder / BUILDING, shared=True)

    def alone(self) -> AbstractContextManager[bool]:
        """For who deletes what no row names: False, at once, while someone is making editions.

        What a message's bytes are kept for is under `LOCK`, which such a caller holds first.
        """
        return locked(self.folder / BUILDING)

    def is_ours(self, digest: str) -> bool:
        """True for bytes that briefbook made. The store knows more: what a pass made that was interrupted.

        Older records have files that came back in it, too; the shelf tells which.
        """
        if self.ledger.is_output(digest):
            return True
        return self.store.has(digest) and not came_back(self.folder, digest)

    def is_of(self, memo: str, digest: str) -> bool:
        """True for the bytes of a document of this memo, of whatever edition."""
        return self.ledger.is_output(digest, memo)


def open_record(book: Path, now: datetime) -> Record:
    """Open the record of a book, making it where there is none. Raises BriefbookError."""
    folder = own_folder(book, FOLDER)
    return _record(folder, open_ledger(folder), now)


def read_record(book: Path, now: datetime) -> Record | None:
    """Open the record of a book that has one, else None. Raises BriefbookError."""
    folder = own_folder(book, FOLDER)
    ledger = read_ledger(folder)
    return None if ledger is None else _record(folder, ledger, now)


def _record(folder: Path, ledger: Ledger, now: datetime) -> Record:
    for kept in (folder / OBJECTS, folder / RETURNED / OBJECTS, folder / RETURNED, folder / REVIEWS):
        no_links(kept)
    # The ledger sees to its own files and the folder. Nobody gets past a folder of objects that is closed, so
    # each of them need not be looked at.
    keep_private(*(folder / name for name in (OBJECTS, RETURNED, LOCK, BUILDING)))
    return Record(folder=folder, ledger=ledger, store=Store(folder), now=now)
