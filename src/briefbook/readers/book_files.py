"""A book's folder → the bytes of its files: the one reader that touches the disk."""

import errno
import hashlib
import os
import stat
from collections.abc import Container, Iterable
from dataclasses import replace
from pathlib import Path

from briefbook.characters import name_shown
from briefbook.diagnostics import NOWHERE, BriefbookError, Problem, Severity, Where, did_you_mean
from briefbook.files import leads_out
from briefbook.frozen import changing, frozen
from briefbook.readers.read_picture import ENDINGS
from briefbook.readers.reading_limits import LARGEST_BOOK, LARGEST_FILE, MEBIBYTE
from briefbook.tool import CATALOGUE, LANGUAGES

SETTINGS_FILE = "book.yaml"
FACTS_FOLDER = "facts"
MEMOS_FOLDER = "memos"
TEMPLATES_FOLDER = "templates"
PROFILES_FOLDER = "profiles"  # in that of the templates
PICTURES_FOLDER = "pictures"
LARGEST_LOOK_FILE = 10 * 1024 * 1024  # bytes of a logo, a face or a house's Word file
_KINDS = ((".png", ".jpg", ".jpeg"), (".ttf",), (".docx", ".dotx"))  # endings of files that a look names


@frozen
class BookFile:
    """A file of a book: its path, its name in problems, its bytes (None where it cannot be read)."""

    path: Path
    shown: str
    data: bytes | None


@frozen
class BookFiles:
    """Everything of a book that is read, and the problems on the way. Folders in the order of the names."""

    root: Path
    settings: BookFile
    facts: tuple[BookFile, ...]
    memos: tuple[BookFile, ...]
    problems: tuple[Problem, ...] = ()
    pictures: tuple[BookFile, ...] = ()
    catalogues: tuple[BookFile, ...] = ()

    def digest(self) -> str:
        """SHA-256 over the names and bytes of all files, and what is wrong with others, in hexadecimal."""
        digest = hashlib.sha256()
        inside = (
            (f"{FACTS_FOLDER}/", self.facts),
            (f"{MEMOS_FOLDER}/", self.memos),
            (f"{PICTURES_FOLDER}/", self.pictures),
            (f"{LANGUAGES}/", self.catalogues),
        )
        for folder, files in (("", (self.settings,)), *inside):
            for file in files:
                name = os.fsencode(folder + file.path.name)
                data = file.data or b""
                digest.update(b"%d %d %d " % (len(name), len(data), file.data is not None) + name + data)
        for problem in self.problems:
            digest.update(f"{problem.where} {problem.message}\n".encode())
        return digest.hexdigest()


def gather(root: Path) -> BookFiles:
    """Read every file of the book in the folder `root`. Problems are returned, never raised."""
    problems: list[Problem] = []
    room = _Room(root)
    path = root / SETTINGS_FILE
    shown = shown_as(root, path)
    settings = BookFile(path=path, shown=shown, data=room.read(path, shown, problems))
    facts = _read_folder(root, FACTS_FOLDER, problems, room)
    memos = _read_folder(root, MEMOS_FOLDER, problems, room)
    pictures = _read_inner(root, PICTURES_FOLDER, ENDINGS, problems, room)
    languages = _read_inner(root, LANGUAGES, (CATALOGUE,), problems, room)
    return BookFiles(
        root=root,
        settings=settings,
        facts=tuple(facts),
        memos=tuple(memos),
        problems=tuple(problems),
        pictures=tuple(pictures),
        catalogues=tuple(languages),
    )


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
    where = Where(file=name_shown(str(start)))
    raise BriefbookError(Problem(where=where, message=message, hint=hint_where_no_book(start)))


def hint_where_no_book(folder: Path) -> str:
    """What helps where a folder holds no book.yaml: one with the other ending was meant for it."""
    other = Path(SETTINGS_FILE).with_suffix(".yml")
    if os.path.lexists(folder / other):
        return f"a book's settings are in {SETTINGS_FILE}: rename {other}"
    return "make a book with: briefbook init DIR"


@changing
class _Room:
    """How many bytes more of a book are read."""

    root: Path
    left: int = LARGEST_BOOK

    def read(self, path: Path, shown: str, problems: list[Problem]) -> bytes | None:
        """The bytes of a file of the book's own, if there is room for it."""
        data = own_bytes_of(self.root, path, shown, problems)
        if data is None or len(data) <= self.left:
            self.left -= len(data or b"")
            return data
        message = f"the book is larger than {LARGEST_BOOK // MEBIBYTE} MiB: this file is not read any more"
        problems.append(Problem(where=Where(file=shown), message=message, hint="make two books of it"))
        return None


def _read_folder(root: Path, folder: str, problems: list[Problem], room: _Room) -> list[BookFile]:
    """Every *.yaml of a folder, by name."""
    place = root / folder
    try:
        names = sorted(os.listdir(place))  # noqa: PTH208 – Path.iterdir would make the paths that we drop
    except FileNotFoundError:
        return []  # a book without facts or without memos is a book
    except OSError as error:
        problems.append(_unreadable(shown_as(root, place), error))
        return []
    found = []
    beginning = shown_as(root, place)  # once for thousands of files
    beginning = "" if beginning == "." else beginning
    for name in names:
        if name.startswith((".", "#")) or name.endswith(("~", "#")):
            continue  # hidden, or an editor's copy
        path = place / name
        shown = os.path.join(beginning, name_shown(name))  # noqa: PTH118 – text to print, not a path
        if name.endswith(".yaml"):
            found.append(BookFile(path=path, shown=shown, data=room.read(path, shown, problems)))
        elif name.lower().endswith((".yaml", ".yml")):
            hint = f"rename it to {name_shown(path.stem)}.yaml"
            message = "only files named *.yaml are read, so this one is not"
            problems.append(Problem(where=Where(file=shown), message=message, hint=hint))
        elif path.is_dir():
            message = f"folders below {folder}/ are not read"
            problems.append(Problem(where=Where(file=shown), severity=Severity.WARNING, message=message))
    return found


def _read_inner(
    root: Path, folder: str, endings: Container[str], problems: list[Problem], room: _Room
) -> list[BookFile]:
    """Every file of a folder with one of the endings, by name; one that lies elsewhere is none of the book's.

    Other files may lie beside them: notes, the sources of pictures.
    """
    place = root / folder
    try:
        names = sorted(os.listdir(place))  # noqa: PTH208 – names alone
    except FileNotFoundError:
        return []
    except OSError as error:
        problems.append(_unreadable(shown_as(root, place), error))
        return []
    found = []
    for name in names:
        path = place / name
        if name.startswith(".") or path.suffix not in endings:
            continue
        shown = shown_as(root, path)
        own: list[Problem] = []
        data = room.read(path, shown, own)
        if data is not None or not leads_out(root, path):
            found.append(BookFile(path=path, shown=shown, data=data))
        if folder == PICTURES_FOLDER:
            own = [replace(problem, of_picture=picture_name(name)) for problem in own]
        problems += own
    return found


def picture_name(file: str) -> str:
    """How memos and templates name a picture: by its path from the book's folder."""
    return f"{PICTURES_FOLDER}/{name_shown(file)}"


def look_files(root: Path, named: Iterable[str]) -> tuple[dict[str, bytes], dict[str, Problem]]:
    """The bytes of the files that `theme` and `house` name, each read once; of the others what is wrong."""
    read: dict[str, bytes] = {}
    unread: dict[str, Problem] = {}
    for name in dict.fromkeys(named):
        if _is_missing(root / name):
            message = f"there is no file {name!r}"
            hint = did_you_mean(name[:200], _files_like(root, name))
            unread[name] = Problem(where=NOWHERE, message=message, hint=hint)
            continue
        found: list[Problem] = []
        data = _inner_bytes(root, name, found)
        if data is not None:
            read[name] = data
        else:
            unread[name] = found[0]
    return read, unread


def _is_missing(path: Path) -> bool:
    """Whether nothing has this name; what is there and cannot be read is another mistake."""
    try:
        path.lstat()
    except FileNotFoundError:
        return True
    except (OSError, ValueError):  # forbidden, too long, a NUL
        return False
    return False


def _files_like(root: Path, name: str) -> list[str]:
    """The files of the same kind that a name could mean: in the book's folder and in those right below it."""
    kind = next((kind for kind in _KINDS if name.lower().endswith(kind)), ())
    found: list[str] = []
    try:
        for entry in sorted(os.scandir(root), key=lambda entry: entry.name):
            if entry.name.startswith("."):
                continue
            below = os.listdir(entry) if entry.is_dir(follow_symlinks=False) else None  # noqa: PTH208 – names
            names = [entry.name] if below is None else [f"{entry.name}/{inner}" for inner in below]
            found += [name_shown(each) for each in names if each.lower().endswith(kind)]
    except OSError:
        pass  # a folder that cannot be read holds nothing to offer
    return found


def _inner_bytes(root: Path, name: str, problems: list[Problem]) -> bytes | None:
    """The bytes of a file inside the book; links may not lead out of it."""
    path = root / name
    try:
        real, inside = path.resolve(), root.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        problems.append(_unreadable(name, error if isinstance(error, OSError | ValueError) else OSError()))
        return None
    if not real.is_relative_to(inside):
        message = "this file lies outside of the book: a link leads there"
        problems.append(Problem(where=Where(file=name), message=message, hint="copy it into the book"))
        return None
    data = bytes_of(path, name, problems)
    if data is not None and len(data) > LARGEST_LOOK_FILE:
        message = f"this file is larger than {LARGEST_LOOK_FILE // 1024**2} MiB"
        hint = "make it smaller: each memo may carry it"
        problems.append(Problem(where=Where(file=name), message=message, hint=hint))
        return None
    return data


def own_bytes_of(root: Path, path: Path, shown: str, problems: list[Problem]) -> bytes | None:
    """The bytes of a regular file of the book's own: a link must not lead out of it.

    Else a book from somebody could print any file of this machine that has the form of its own.
    """
    if leads_out(root, path):
        message, hint = "this link leads out of the book", "put the file itself there"
        problems.append(Problem(where=Where(file=shown), message=message, hint=hint))
        return None
    return bytes_of(path, shown, problems)


def bytes_of(path: Path, shown: str, problems: list[Problem]) -> bytes | None:
    """The bytes of a regular file; None, and a problem, for anything else."""
    try:
        status = path.stat()
        if stat.S_ISREG(status.st_mode):  # a pipe or a device would hold us for ever
            if status.st_size <= LARGEST_FILE:
                return path.read_bytes()
            message = f"the file is larger than {LARGEST_FILE // MEBIBYTE} MiB"
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


def shown_as(root: Path, path: Path) -> str:
    """The path as the user would type it: from the current folder if near, else as the book was named."""
    try:
        here = Path.cwd()
    except OSError:  # the current folder is gone
        return name_shown(str(path))
    place = absolute(path)
    is_near = place.is_relative_to(here) or here.is_relative_to(absolute(root))
    return name_shown(os.path.relpath(place, here) if is_near else str(path))


def absolute(path: Path) -> Path:
    """The path from the root, links not followed."""
    return Path(os.path.abspath(path))  # noqa: PTH100 – Path.absolute keeps "..", Path.resolve follows links
