"""The bytes of a book's editions and messages, each kept under its own digest.

They lie in `.briefbook/objects/ab/cdef…` of the book. An object is compressed by zlib and named by the
SHA-256 of what it holds. It is written whole or not at all, flushed with its folder, never changed; a file
whose name begins with a dot is what a killed process left.
"""

import contextlib
import errno
import hashlib
import os
import re
import stat
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from briefbook.diagnostics import BriefbookError, Problem, Where
from briefbook.files import cannot_write, flush_folder, make_folders, new_file, temporary_name
from briefbook.frozen import frozen

OBJECTS = "objects"  # the folder of all of them
_LEVEL = 4  # most is compressed already: PDF and DOCX
_LARGEST = 1 << 28  # bytes of an object; a small file that claims more is no object of ours
_NAME = re.compile(r"[0-9a-f]{64}")
_MEND = "put back a copy of the folder objects; or build the memo again from its facts"


class LostError(BriefbookError):
    """Bytes are not kept any more, or are others than they were."""


@frozen
class Sealed:
    """Some bytes as the store keeps them: deflated, under the SHA-256 of what they were."""

    sha256: str
    deflated: bytes


def sealed(data: bytes) -> Sealed:
    """Make bytes ready to be kept, in any process: it takes longer than to write them."""
    return Sealed(sha256=hashlib.sha256(data).hexdigest(), deflated=zlib.compress(data, _LEVEL))


class Store:
    """Content-addressed objects below a folder. Safe for many processes at once."""

    def __init__(self, folder: Path) -> None:
        self._objects = folder / OBJECTS

    def put(self, data: bytes) -> str:
        """Keep some bytes and return their SHA-256: `put_many` of one."""
        return self.put_many([data])[0]

    def put_many(self, every: Iterable[bytes | Sealed]) -> list[str]:
        """Keep some bytes and return their SHA-256, in the same order; all are on the disk when this returns.

        What is there is left alone, unless it is damaged. Raises BriefbookError; then some may be kept.
        """
        digests: list[str] = []
        fresh: dict[str, Path] = {}  # by digest: where its bytes lie until they get their name
        folders: dict[Path, None] = {}
        try:
            for data in every:
                digest = data.sha256 if isinstance(data, Sealed) else hashlib.sha256(data).hexdigest()
                digests.append(digest)
                path = self._path(digest)
                folders[path.parent] = None  # also of one that is there: who put it may have been cut off
                if digest not in fresh and not _holds(path, digest):
                    with _told(path):
                        _make_folder(path.parent)
                        fresh[digest] = temporary_name(path.parent, path.name[:16])
                        _write(fresh[digest], data)
            # All are written before the first is flushed: the disk takes many at once.
            for digest in list(fresh):
                with _told(self._path(digest)):
                    _flush_file(fresh[digest])
                    fresh[digest].replace(self._path(digest))
                    del fresh[digest]
            if folders:
                folders[self._objects] = None
            for folder in folders:
                with _told(folder):
                    flush_folder(folder)
        finally:
            for temporary in fresh.values():
                with contextlib.suppress(OSError):
                    temporary.unlink(missing_ok=True)
        return digests

    def get(self, sha256: str) -> bytes:
        """The bytes with this SHA-256. Raises LostError if they are lost or damaged, else BriefbookError."""
        path = self._path(sha256)
        try:
            data = _plain(_bytes_of(path))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise LostError(_problem(path, "these bytes are no longer kept", _MEND)) from error
        except OSError as error:
            message = f"cannot read these bytes: {error.strerror or error}"
            raise BriefbookError(_problem(path, message, "make the file readable for yourself")) from error
        except zlib.error:
            data = None
        if data is None or hashlib.sha256(data).hexdigest() != sha256:
            raise LostError(_problem(path, "these bytes are damaged", _MEND))
        return data

    def find(self, sha256: str) -> bytes | None:
        """The bytes with this SHA-256; None where they are lost or damaged.

        Raises BriefbookError where the system does not let us read them.
        """
        try:
            return self.get(sha256)
        except LostError:
            return None

    def has(self, sha256: str) -> bool:
        """True if an object has this name; `get` alone tells whether it is sound."""
        return _NAME.fullmatch(sha256) is not None and self._path(sha256).is_file()

    def all(self) -> Iterator[str]:
        """The SHA-256 of every object, in order."""
        for folder in sorted(self._objects.glob("[0-9a-f][0-9a-f]")):
            for path in sorted(folder.iterdir()):
                if _NAME.fullmatch(folder.name + path.name):
                    yield folder.name + path.name

    def remove(self, sha256: str) -> int:
        """Delete an object; the bytes of disk that it took, 0 if it was not there. Raises BriefbookError."""
        path = self._path(sha256)
        with _told(path):
            size = path.stat().st_size if path.exists() else 0
            path.unlink(missing_ok=True)
        return size

    def remove_leftovers(self) -> int:
        """Delete what killed processes left half-written and return how many.

        The caller has the record alone (`Record.alone`), and the lock of the outbox: what another process is
        just writing looks the same.
        """
        leftovers = list(self._objects.glob("[0-9a-f][0-9a-f]/.*.tmp"))
        for path in leftovers:
            with _told(path):
                path.unlink(missing_ok=True)
        return len(leftovers)

    def _path(self, sha256: str) -> Path:
        if not _NAME.fullmatch(sha256):
            raise LostError(_problem(self._objects, f"{sha256[:80]!r} is no SHA-256", _MEND))
        return self._objects / sha256[:2] / sha256[2:]


def _holds(path: Path, digest: str) -> bool:
    """True if a sound object stands under the name."""
    try:
        return hashlib.sha256(_plain(_bytes_of(path))).hexdigest() == digest
    except (OSError, zlib.error):
        return False


def _bytes_of(path: Path) -> bytes:
    """The bytes of a regular file. Raises OSError: a pipe or a device would hold us for ever."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "this is not a file")
    return path.read_bytes()


def _plain(compressed: bytes) -> bytes:
    """What was compressed. Raises zlib.error for a part of it, more than it, or a bomb."""
    stream = zlib.decompressobj()
    data = stream.decompress(compressed, _LARGEST)
    if not stream.eof or stream.unused_data:
        raise zlib.error("not one whole stream")
    return data


def _make_folder(folder: Path) -> None:
    """Make one of the 256 folders; the folder above is flushed once for many of them."""
    if folder.is_dir():
        return
    make_folders(folder.parent, private=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)  # whatever the umask took away


def _write(path: Path, data: bytes | Sealed) -> None:
    """Write an object that has no name yet, not yet flushed."""
    with new_file(path) as file:
        file.write(data.deflated if isinstance(data, Sealed) else zlib.compress(data, _LEVEL))
    path.chmod(0o600)  # whatever the umask took away


def _flush_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BriefbookError(cannot_write(path, error)) from error


def _problem(path: Path, message: str, hint: str) -> Problem:
    return Problem(where=Where(file=str(path)), message=message, hint=hint)
