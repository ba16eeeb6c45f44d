"""A book's folder → Book: the one reader that touches the disk."""

import errno
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from briefbook.diagnostics import BriefbookError, Problem, Severity, Where
from briefbook.facts import Facts, Wording
from briefbook.memo import Book, Memo, Settings
from briefbook.readers.read_facts import Defined, read_facts
from briefbook.readers.read_memo import foreign_format, read_memo, read_settings

SETTINGS_FILE = "book.yaml"
FACTS_FOLDER = "facts"
MEMOS_FOLDER = "memos"
LARGEST_FILE = 32 * 1024 * 1024  # bytes; 10,000 facts take 4 MB, so more is a mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBook:
    """What was read of a book, and every problem on the way.

    `book` lacks the records and memos that have mistakes; with broken settings it has a title made of the
    folder's name. `defined` are all records that stand in the files, broken or not; `memo_files` maps each
    memo's id to its file as it stands in problems, broken or not, in the order of the names.
    """

    book: Book
    problems: tuple[Problem, ...] = ()
    defined: tuple[Defined, ...] = ()
    memo_files: Mapping[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> frozenset[str]:
        """Every id that is defined, broken or not."""
        return frozenset(record.id for record in self.defined)

    def problems_of(self, memo: str) -> tuple[Problem, ...]:
        """The problems in the file of this memo."""
        file = self.memo_files.get(memo)
        return tuple(problem for problem in self.problems if problem.where.file == file)


def find_book(start: Path) -> Path:
    """The nearest folder from `start` upwards that holds book.yaml. Raises BriefbookError if none does."""
    try:
        here = start.resolve()
        for folder in (here, *here.parents):
            if os.path.lexists(folder / SETTINGS_FILE):
                return folder
    except (OSError, RuntimeError, ValueError):  # a loop of links, a NUL in the name
        pass
    message = f"no {SETTINGS_FILE} here or in a folder above"
    where = Where(file=printable(str(start)))
    raise BriefbookError(Problem(where=where, message=message, hint="make a book with: briefbook init DIR"))


def read_book(root: Path) -> ReadBook:
    """Read the book in the folder `root`. Problems are returned, never raised."""
    problems: list[Problem] = []
    settings = Settings(title=Wording(texts={"en": printable(_absolute(root).name) or "Book"}))
    nothing = Book(root=str(root), settings=settings, facts=Facts(), memos={})

    file = root / SETTINGS_FILE
    name = _shown(root, file)
    data = bytes_of(file, name, problems)
    if data is not None:
        foreign = foreign_format(name, data)
        if foreign:
            return ReadBook(book=nothing, problems=tuple(foreign))
        own, problems = read_settings(name, data)
        settings = own or settings

    files = _read_folder(root, FACTS_FOLDER, problems)
    named = [(shown, data) for _, shown, data in files if data is not None]
    facts, found, defined = read_facts(named, language=settings.language)
    problems += found

    memos: dict[str, Memo] = {}
    memo_files: dict[str, str] = {}
    for path, shown, data in _read_folder(root, MEMOS_FOLDER, problems):
        id_ = printable(path.stem)
        memo_files[id_] = shown
        if data is not None:
            memo, found = read_memo(shown, id_, data, language=settings.language)
            problems += found
            if memo is not None:
                memos[id_] = memo
    book = Book(root=str(root), settings=settings, facts=facts, memos=memos)
    return ReadBook(book=book, problems=tuple(problems), defined=defined, memo_files=memo_files)


# --------------------------------------------------------------------------------------- the disk


def _read_folder(root: Path, folder: str, problems: list[Problem]) -> list[tuple[Path, str, bytes | None]]:
    """Every *.yaml of a folder by name: its path, its name in problems, its bytes (None if unreadable)."""
    place = root / folder
    try:
        names = sorted(os.listdir(place))  # noqa: PTH208 – Path.iterdir would make the paths that we drop
    except FileNotFoundError:
        return []  # a book without facts or without memos is a book
    except OSError as error:
        problems.append(_unreadable(_shown(root, place), error))
        return []
    found = []
    for name in names:
        path = place / name
        shown = _shown(root, path)
        if name.startswith((".", "#")) or name.endswith(("~", "#")):
            continue  # hidden, or an editor's copy
        if name.endswith(".yaml"):
            found.append((path, shown, bytes_of(path, shown, problems)))
        elif name.lower().endswith((".yaml", ".yml")):
            hint = f"rename it to {printable(path.stem)}.yaml"
            message = "only files named *.yaml are read, so this one is not"
            problems.append(Problem(where=Where(file=shown), message=message, hint=hint))
        elif path.is_dir():
            message = f"folders below {folder}/ are not read"
            problems.append(Problem(where=Where(file=shown), severity=Severity.WARNING, message=message))
    return found


def bytes_of(path: Path, shown: str, problems: list[Problem]) -> bytes | None:
    """The bytes of a regular file; None, and a problem, for anything else."""
    try:
        status = path.stat()
        if stat.S_ISREG(status.st_mode):  # a pipe or a device would hold us for ever
            if status.st_size <= LARGEST_FILE:
                return path.read_bytes()
            message = f"the file is larger than {LARGEST_FILE // 1024**2} MiB"
        else:
            message = "this is not a file" if not path.is_dir() else "this is a folder, not a file"
    except (OSError, ValueError) as error:
        problems.append(_unreadable(shown, error))
        return None
    problems.append(Problem(where=Where(file=shown), message=message))
    return None


def _unreadable(shown: str, error: OSError | ValueError) -> Problem:
    match error:
        case FileNotFoundError():
            message, hint = "there is no such file", ""
        case PermissionError():
            message, hint = "the file cannot be read: permission denied", "change its permissions"
        case OSError(errno=errno.ELOOP):
            message, hint = "the link leads back to itself", "replace it by a file"
        case _:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "bad name"
            message, hint = f"the file cannot be read: {reason}", ""
    return Problem(where=Where(file=shown), message=message, hint=hint)


def _shown(root: Path, path: Path) -> str:
    """The path as the user would type it: from the current folder if near, else as the book was named."""
    try:
        here = Path.cwd()
    except OSError:  # the current folder is gone
        return printable(str(path))
    place = _absolute(path)
    is_near = place.is_relative_to(here) or here.is_relative_to(_absolute(root))
    return printable(os.path.relpath(place, here) if is_near else str(path))


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 – Path.absolute keeps "..", Path.resolve follows links


def printable(name: str) -> str:
    """A file's name without what could break a line of output: other bytes than UTF-8, control characters."""
    return "".join(c if c.isprintable() else "\ufffd" for c in name)
