"""Puts a file of an edition under its name, and never over what a person made of it.

A file is ours while its bytes are those of some edition. Anything else that stands under the name was changed
by hand, or was never ours: it stays, and the new file goes beside it.
"""

import errno
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from briefbook.diagnostics import BriefbookError, Problem, Where
from briefbook.files import cannot_write, remove_leftovers, write_whole
from briefbook.frozen import frozen

CHUNK = 1 << 20  # bytes


@frozen
class Placed:
    """Where a file of an edition stands now."""

    path: Path
    written: bool  # False: it stood there already
    beside: Path | None = None  # the file that has its name and was left as it is


def what_lies_beside(
    files: Iterable[Placed], what: str = "the new edition", *, shown: Callable[[Path], str] = str
) -> Iterator[str]:
    """For each file that could not have its name: what stands there, where it is now, what to do next.

    `shown` spells the path of the file that stays.
    """
    for file in files:
        if file.beside is not None:
            taken, new = file.beside.name, file.path.name
            yield (
                f"{shown(file.beside)} is not as briefbook made it, so it stays; {what} is beside it: {new}. "
                f"Take over what you need; then move {taken} away and give {new} its name"
            )


def place(
    folder: Path,
    name: str,
    sha256: str,
    data: Callable[[], bytes],
    *,
    is_ours: Callable[[str], bool],
    is_of_memo: Callable[[str], bool],
    flushes_folder: bool = True,
) -> Placed:
    """Make sure that the bytes with this SHA-256 stand in a folder under a name, or beside a file not ours.

    `data` gives the bytes where they have to be written. Digests that are ours may be replaced; those of
    documents of this very memo are removed once they stood beside a file that is gone. Raises BriefbookError
    as `write_whole` does, which knows of `flushes_folder`; also for a name that would lead out of the folder.
    """
    if name in ("", ".", "..") or any(sign in name for sign in "/\\\0"):
        message, hint = f"{name!r} is no name of a file, so nothing is written", "look where it comes from"
        raise BriefbookError(Problem(where=Where(file=str(folder)), message=message, hint=hint))
    if folder.is_symlink():  # the folder that the user named may be one, a day's folder in it may not
        message, hint = "this folder is a link, so nothing is written into it", "move it away"
        raise BriefbookError(Problem(where=Where(file=str(folder)), message=message, hint=hint))
    path = folder / name
    standing = digest_of_file(path)
    beside = beside_of(path)
    if standing == sha256:
        _remove(beside, is_of_memo)
        return Placed(path=path, written=False)
    if standing is None or is_ours(standing):
        write_whole(path, data(), flushes_folder=flushes_folder)
        _remove(beside, is_of_memo)
        return Placed(path=path, written=True)
    number = 1
    while True:
        free = beside_of(path, number)
        taken = digest_of_file(free)
        if taken == sha256:
            return Placed(path=free, written=False, beside=path)
        if taken is None or is_ours(taken):
            write_whole(free, data(), flushes_folder=flushes_folder)
            return Placed(path=free, written=True, beside=path)
        number += 1


def beside_of(path: Path, number: int = 1) -> Path:
    """The name of a new edition whose own name is taken: `council.docx` → `council (new).docx`.

    No memo has such a name of its own: an id holds neither spaces nor brackets.
    """
    return path.with_stem(f"{path.stem} (new)" if number == 1 else f"{path.stem} (new {number})")


def name_of_past(name: str, number: int) -> str:
    """The name of an edition that was brought back: `council.docx` → `council (edition 3).docx`."""
    stem, ending = os.path.splitext(name)  # noqa: PTH122 – a name, not a path
    return f"{stem} (edition {number}){ending}"


REDLINE = "redline"
"""What stands before the ending of a redline: `council.docx` → `council.redline.docx`."""


# A document or a mail of a memo, under its own name or beside it.
_OF_A_MEMO = re.compile(r"([a-z0-9][a-z0-9._-]*?)( \((new|edition)( [0-9]+)?\))*\.[a-z0-9]+")


def clear(folder: Path, memos: Iterable[str]) -> None:
    """Delete what killed processes left half-written of the files of these memos.

    The caller sees to it that nobody is writing into the folder for them. Where nothing was left, `memos` are
    not asked for.
    """
    ids = cache(lambda: frozenset(memos))

    def is_theirs(name: str) -> bool:
        found = _OF_A_MEMO.fullmatch(name)
        return found is not None and found[1] in ids()

    remove_leftovers(folder, is_theirs)


NOT_A_FILE = (
    "not a file"  # what digest_of_file says of a link, a pipe, a device: never the digest of anything
)


def digest_of_file(path: Path) -> str | None:
    """The SHA-256 of a regular file in hexadecimal; None where nothing stands under the name.

    A folder raises BriefbookError: nothing can be put under that name.
    """
    try:
        status = path.lstat()
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(status.st_mode):
            return NOT_A_FILE
        digest = hashlib.sha256()
        with path.open("rb", buffering=0) as file:  # a buffer would only be copied, for thousands of files
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        message = f"cannot read what stands here: {error.strerror or error}"
        hint = "move it away, or choose another folder"
        raise BriefbookError(Problem(where=Where(file=str(path)), message=message, hint=hint)) from error
    return digest.hexdigest()


def _remove(path: Path, is_of_memo: Callable[[str], bool]) -> None:
    """Remove a file that stood beside another, once that one is gone: it would only be out of date.

    Another build may be a step quicker. Raises BriefbookError where it may not be removed.
    """
    standing = digest_of_file(path) if os.path.lexists(path) and not path.is_dir() else None
    if standing is not None and is_of_memo(standing):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise BriefbookError(cannot_write(path, error)) from error
