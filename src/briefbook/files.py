"""Files written whole or not at all."""

import contextlib
import errno
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from briefbook.diagnostics import BriefbookError, Problem, Where

if sys.platform != "win32":
    import fcntl

_MENDS = {
    "ENOSPC": "the disk is full: free some space and run the same command again",
    "EDQUOT": "the disk quota is used up: free some space and run the same command again",
    "ENOENT": "no folder can be made there: choose another one",
    "EACCES": "you may not write there: choose another folder",
    "EPERM": "you may not write there: choose another folder",
    "EROFS": "that file system is read-only: choose another folder",
    "EISDIR": "a folder stands where the file belongs: move it away or choose another folder",
    "ENOTDIR": "a file stands where a folder belongs: move it away or choose another folder",
    "EEXIST": "a file stands where a folder belongs: move it away or choose another folder",
}


# As `temporary_name` spells it; before it, tempfile did, with more letters and digits than hexadecimal ones.
_TEMPORARY = re.compile(r"\.(.+)\.[a-z0-9_]{8}\.tmp")


def write_whole(path: Path, data: bytes, *, mode: int | None = None, flushes_folder: bool = True) -> None:
    """Replace a file by new bytes in one step, so that a reader sees the old ones or the new ones.

    The bytes go to a temporary file in the same folder, are flushed to the disk, then renamed; the folder is
    flushed last, unless the caller does that, once for many files. Missing folders are made. The permissions
    are those of `mode`, else what the umask leaves.
    Raises BriefbookError with the path, nothing left half-written.
    """
    temporary: Path | None = None
    try:
        make_folders(path.parent)
    except OSError as error:  # the same for every file that belongs there, and so told once
        raise BriefbookError(cannot_make(path.parent, error)) from error
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        temporary = temporary_name(path.parent, path.name)
        with new_file(temporary) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask() if mode is None else mode)
        temporary.replace(path)
        temporary = None
        if flushes_folder:
            flush_folder(path.parent)
    except OSError as error:
        raise BriefbookError(cannot_write(path, error)) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()


def temporary_name(folder: Path, name: str) -> Path:
    """Where to write what gets its name when it is whole: a file of a name that nothing has there.

    It is known before the file is: so whoever is stopped, at whatever step (Ctrl-C), can delete the file.
    """
    while True:
        path = folder / f".{name}.{os.urandom(4).hex()}.tmp"
        if not os.path.lexists(path):  # else it is another process's, and not ours to delete
            return path


def new_file(path: Path) -> BinaryIO:
    """Make a file that was not there, for its owner alone, and open it to be written. Raises OSError."""
    return open(path, "xb", opener=_for_its_owner)


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def leads_out(book: Path, path: Path) -> bool:
    """Whether a link, at a path in a book's folder or at the folder it lies in, leads out of the book.

    What leads nowhere leads not out: whoever opens it tells what is wrong.
    """
    if not os.path.islink(path) and not os.path.islink(path.parent):  # noqa: PTH114 – of thousands of files
        return False
    try:
        return not path.resolve(strict=True).is_relative_to(book.resolve())
    except (OSError, RuntimeError, ValueError):
        return False


def own_folder(book: Path, name: str) -> Path:
    """A folder of a book that we write into. Raises BriefbookError where a link leads out of the book.

    A book may come from anybody, and what it says must not choose where on this machine files are written.
    """
    folder = book / name
    if leads_out(book, folder):
        message, hint = (
            "this link leads out of the book",
            _OWN_FOLDER.get(name, "put the folder itself there"),
        )
        raise BriefbookError(Problem(where=Where(file=str(folder)), message=message, hint=hint))
    return folder


def no_links(folder: Path) -> None:
    """Raise BriefbookError where a folder is a link, or holds one: bytes are kept, and deleted, in it."""
    found = [folder] if folder.is_symlink() else []
    if not found and folder.is_dir():
        with os.scandir(folder) as entries:
            found += [folder / entry.name for entry in entries if entry.is_symlink()]
    for link in found:
        message, hint = "there may be no links here", "put back what it leads to, or delete it"
        raise BriefbookError(Problem(where=Where(file=str(link)), message=message, hint=hint))


_OWN_FOLDER = {"out": "name the folder yourself, with --out"}


def remove_leftovers(folder: Path, is_target: Callable[[str], bool]) -> None:
    """Delete what a killed `write_whole` left in a folder, of files whose names `is_target` knows.

    The caller sees to it that nobody is writing them: what is half-written looks the same. What cannot be
    deleted stays, for it does no harm.
    """
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            found = _TEMPORARY.fullmatch(entry.name)
            if found and entry.is_file(follow_symlinks=False) and is_target(found[1]):
                Path(entry).unlink()


@contextlib.contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[bool]:
    """Hold a lock while the block runs. False, at once, where someone else holds it.

    A `shared` one has any number of holders, and waits for whoever has the lock alone: it is always held.

    The lock lies on an open file, not in it: it ends with the process that holds it, however that ends. The
    file (0600; its folder, if missing, 0700) is permanent, for deleting it would let two in. Where the
    system knows no such locks (Windows), everyone is let in. Raises BriefbookError if the file can't be made.
    """
    try:
        make_folders(path.parent, private=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError as error:
        raise BriefbookError(cannot_write(path, error)) from error
    try:
        held = _lock(path, descriptor, shared=shared)
        try:
            yield held
        finally:
            if held:  # unlocked by name, not by closing: a worker that we forked has the file open as well
                _unlock(descriptor)
    finally:
        os.close(descriptor)


def make_folders(folder: Path, *, private: bool = False) -> None:
    """Make a folder, and those above it that are missing, so that they survive a power cut.

    A `private` one is for its owner alone, whatever the umask. Raises OSError.
    """
    if folder.is_dir():
        return
    missing = [folder, *folder.parents]
    while missing and missing[-1].is_dir():
        missing.pop()
    for each in reversed(missing):
        try:
            each.mkdir(mode=0o700 if private else 0o777)
            if private:
                each.chmod(0o700)
        except FileExistsError:
            if each.is_dir():
                pass  # made by someone else just now
            elif each == folder:
                raise
            else:
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from None
        with contextlib.suppress(PermissionError):  # one may write into a folder and still not read it
            flush_folder(each.parent)


def keep_private(*paths: Path) -> None:
    """Take away what others may do with files and folders: a copied or a restored book may have come with it.

    What is not there, or not ours to change, is left alone.
    """
    for path in paths:
        with contextlib.suppress(OSError):
            found = path.lstat()
            mode = stat.S_IMODE(found.st_mode)
            if mode & 0o077 and not stat.S_ISLNK(found.st_mode):  # what a link leads to may be anybody's
                path.chmod(mode & 0o700)


def flush_folder(folder: Path) -> None:
    """Make a rename survive a power cut, where the system can flush a folder."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def cannot_write(path: Path, error: OSError) -> Problem:
    """The problem of a file that the system would not write, with the mend where we know one."""
    name = errno.errorcode.get(error.errno or 0, "")
    message = f"cannot write this file: {error.strerror or error}"
    return Problem(where=Where(file=str(path)), message=message, hint=_MENDS.get(name, ""))


def cannot_make(folder: Path, error: OSError) -> Problem:
    """The same of a folder."""
    message = f"cannot make this folder: {error.strerror or error}"
    return replace(cannot_write(folder, error), message=message)


def cannot_flush(folder: Path, error: OSError) -> Problem:
    """The same of a folder whose new names may not survive a power cut."""
    message = f"what was written into this folder may not be on the disk yet: {error.strerror or error}"
    return replace(cannot_write(folder, error), message=message)


def _lock(path: Path, descriptor: int, *, shared: bool) -> bool:
    if sys.platform != "win32":
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            raise BriefbookError(cannot_write(path, error)) from error
    return True


def _unlock(descriptor: int) -> None:
    if sys.platform != "win32":
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _umask() -> int:
    """The umask can only be read by setting it."""
    umask = os.umask(0o077)
    os.umask(umask)
    return umask
