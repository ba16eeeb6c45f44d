"""Changed files of a book, put in their places together: the only module that writes what a person wrote.

Nothing is touched unless every file still has the bytes that the changes were made from. One file takes one
rename. Several take a journal first, which holds all that is to be written: a run that is killed between two
files is finished by the next one that changes the book, which looks for the journal before it reads a fact.
Until then the book is half changed; whoever lists the files puts first what the others refer to, so that the
book is valid at each step.
"""

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from briefbook.diagnostics import BriefbookError, Problem, Where
from briefbook.files import cannot_write, flush_folder, locked, own_folder, remove_leftovers, write_whole
from briefbook.frozen import frozen

FOLDER = ".briefbook"  # in the book, as record.py has it
JOURNAL = "changes.json"  # in that folder
LOCK = "changing"  # in that folder: whoever changes facts or memos holds it


@frozen
class Changed:
    """A file of a book: its path, its name in problems, its bytes as read (None: no file), its new ones."""

    path: Path
    shown: str
    before: bytes | None
    after: bytes


def write_changes(book: Path, changes: Sequence[Changed]) -> None:
    """Put all files in their places, in this order, or touch none. Permissions stay.

    Raises BriefbookError if a file has moved meanwhile, is a link, is read-only, or lies outside of the book.
    """
    with _alone(book):
        _finish(book)
        problems = [problem for change in changes for problem in _in_the_way(book, change)]
        if problems:
            raise BriefbookError(*problems)
        if len(changes) > 1:
            _note(book, changes)
        for number, change in enumerate(changes):
            try:
                _put(change.path, change.after)
            except BriefbookError:
                if number == 0 and len(changes) > 1:  # nothing was changed, so there is nothing to go on with
                    _strike(book)
                raise
        if len(changes) > 1:
            _strike(book)


def finish_changes(book: Path) -> tuple[Path, ...]:
    """Finish what a killed run had begun to write; the files that were left to it. Raises BriefbookError."""
    if not (book / FOLDER / JOURNAL).exists():
        return ()
    with _alone(book):
        return _finish(book)


@contextmanager
def _alone(book: Path) -> Iterator[None]:
    with locked(own_folder(book, FOLDER) / LOCK) as held:
        if not held:
            message = "another briefbook is changing this book's files"
            raise BriefbookError(Problem(where=Where(file=str(book)), message=message, hint="try again"))
        yield


def _in_the_way(book: Path, change: Changed) -> Iterator[Problem]:
    where = Where(file=change.shown)
    if not _is_own(book, change.path):
        message, hint = "this is a link, so it is not changed", "change the file that it leads to by hand"
        yield Problem(where=where, message=message, hint=hint)
        return
    if change.before is not None and change.path.exists() and not os.access(change.path, os.W_OK):
        yield Problem(where=where, message="this file is read-only, so it is not changed")
    elif _digest_at(change.path) != _digest(change.before):
        message = "this file was changed after it was read, so nothing is written"
        yield Problem(where=where, message=message, hint="run the same command again")


def _is_own(book: Path, path: Path) -> bool:
    """Whether a file lies in the book, and no link leads to it: a journal may come with a copied book."""
    return not path.is_symlink() and path.resolve().is_relative_to(book.resolve())


def _put(path: Path, data: bytes) -> None:
    """Replace a file; what a killed write left beside it goes: whoever holds the lock writes alone."""
    remove_leftovers(path.parent, lambda name: name == path.name)
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        mode = None
    except OSError as error:
        raise BriefbookError(cannot_write(path, error)) from error
    write_whole(path, data, mode=mode)


# --------------------------------------------------------------------------------------- journal


def _note(book: Path, changes: Sequence[Changed]) -> None:
    files = [
        {
            "path": change.path.relative_to(book).as_posix(),
            "before": _digest(change.before),
            "after": _digest(change.after),
            "text": change.after.decode(),
        }
        for change in changes
    ]
    write_whole(book / FOLDER / JOURNAL, json.dumps(files).encode(), mode=0o600)


def _strike(book: Path) -> None:
    journal = book / FOLDER / JOURNAL
    try:
        journal.unlink()
        flush_folder(journal.parent)
    except OSError as error:
        raise BriefbookError(cannot_write(journal, error)) from error


def _finish(book: Path) -> tuple[Path, ...]:
    journal = book / FOLDER / JOURNAL
    if not os.path.lexists(journal):
        return ()
    files = _noted_in(journal)
    left = []
    for file in files:
        path = book / file.path
        found = _digest_at(path) if _is_own(book, path) else ""
        if found == file.before:
            left.append((path, file.text.encode()))
        elif found != file.after:
            message = (
                f"this file was changed before a run that broke off could go on; {journal} holds the rest"
            )
            hint = "take over what you need from it, then delete it"
            raise BriefbookError(Problem(where=Where(file=str(path)), message=message, hint=hint))
    for path, data in left:
        _put(path, data)
    _strike(book)
    return tuple(path for path, _ in left)


@frozen
class _Noted:
    """A file as the journal has it: its path from the book's folder, two digests, its new text."""

    path: str
    before: str | None
    after: str
    text: str

    @property
    def is_sound(self) -> bool:
        """Whether we could have noted it: a file of facts, memos or settings, and what it says of itself.

        The journal of a copied book may be anybody's.
        """
        texts = (self.path, self.after, self.text)
        if not all(isinstance(each, str) for each in texts) or not isinstance(self.before, str | None):
            return False
        try:
            return _OF_OURS.fullmatch(self.path) is not None and _digest(self.text.encode()) == self.after
        except UnicodeEncodeError:
            return False


_OF_OURS = re.compile(r"(?:book|(?:facts|memos)/[^/\\\0]+)\.yaml")


def _noted_in(journal: Path) -> list[_Noted]:
    try:
        if not journal.is_file():
            raise OSError
        noted = [_Noted(**file) for file in json.loads(journal.read_bytes())]
        if noted and all(each.is_sound for each in noted):
            return noted
    except (OSError, ValueError, TypeError, RecursionError):
        pass
    message = "what a run that broke off was about to write cannot be read"
    hint = "compare your facts with your copy of them, then delete this file"
    raise BriefbookError(Problem(where=Where(file=str(journal)), message=message, hint=hint))


def _digest(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()


def _digest_at(path: Path) -> str | None:
    try:
        return _digest(path.read_bytes())
    except OSError:
        return None
