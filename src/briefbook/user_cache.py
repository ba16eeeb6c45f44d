"""What is worked out once for a user, not in every process: `$XDG_CACHE_HOME/briefbook`, outside every book.

Losing it costs time and nothing else. What lies there may be code that is run, so it is kept and believed
only in a folder that is the user's alone, in files that are the user's alone: whoever could write there
could write into the user's programs as well. Where that cannot be told (Windows) or had, nothing is kept.
"""

import hashlib
import marshal
import os
import stat
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache, cached_property
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import Any

from briefbook.tool import tool_state, worked_out_identity

FOLDER = "briefbook"
LARGEST = 4 * 2**20  # bytes of one entry
GENERATIONS = 4  # how many releases of briefbook, or states of a checkout, have their entries kept
MOST = 512  # entries of a generation; templates and the usual looks make some eighty
MOST_BYTES = 32 * 2**20  # of them all together
_DIGEST = hashlib.sha256().digest_size


class UserCache:
    """Bytes by key, of one release of briefbook on one release of Python."""

    def __init__(self, base: Path | None, identity: Callable[[], str]) -> None:
        """`base`: where all programs have their caches, if anywhere; `identity`: what the bytes depend on."""
        self._base = base / FOLDER if base is not None and hasattr(os, "getuid") else None
        self._identity = identity
        self._folder: Path | None = None  # once it is there, and ours

    @cached_property
    def _name(self) -> str:
        python = f"{sys.implementation.cache_tag}\0".encode() + MAGIC_NUMBER
        return hashlib.sha256(self._identity().encode() + b"\0" + python).hexdigest()[:32]

    def get(self, key: str) -> bytes | None:
        """What was kept under a key, whole; None where that is nothing, or nothing to be believed."""
        folder = self._there()
        if folder is None:
            return None
        try:
            descriptor = os.open(folder / _named(key), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not (stat.S_ISREG(found.st_mode) and _is_ours(found) and found.st_size <= LARGEST):
                return None
            try:
                kept = file.read(LARGEST + 1)
            except OSError:
                return None
        digest, data = kept[:_DIGEST], kept[_DIGEST:]
        # Another digest: a full disk or a power cut made it end too soon.
        return data if hashlib.sha256(data).digest() == digest else None

    def put(self, key: str, data: bytes) -> None:
        """Keep bytes under a key. What cannot be kept is not: no error, for it is only worked out again."""
        with suppress(OSError):
            folder = self._there() or self._made()
            if folder is None or len(data) > LARGEST:
                return
            _make_room(folder)
            target = folder / _named(key)
            temporary = target.with_suffix(f".{os.urandom(8).hex()}.tmp")
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            try:
                with os.fdopen(os.open(temporary, flags, 0o600), "wb") as file:
                    file.write(hashlib.sha256(data).digest() + data)
                temporary.replace(target)
            except OSError:
                temporary.unlink(missing_ok=True)

    def worked_out(self, key: str, make: Callable[[], Any]) -> Any:
        """What `make` makes, of texts, bytes, numbers, lists, tuples and dictionaries; kept under a key.

        The key says all that it is made of, but what the identity stands for.
        """
        kept = self.get(key)
        if kept is not None:
            return marshal.loads(kept)
        made = make()
        self.put(key, marshal.dumps(made))
        return made

    def kept(self, key: str, state: str) -> Any:
        """What `keep` kept last under a key, if that was of this state; else None."""
        data = self.get(key)
        of, value = (None, None) if data is None else marshal.loads(data)
        return value if of == state else None

    def keep(self, key: str, state: str, value: Any) -> None:
        """Keep texts, numbers, lists and dictionaries under a key; what was there of another state goes."""
        self.put(key, marshal.dumps((state, value)))

    def _there(self) -> Path | None:
        if self._folder is None and self._base is not None and _is_private(self._base):
            folder = self._base / self._name
            self._folder = folder if _is_private(folder) else None
        return self._folder

    def _made(self) -> Path | None:
        """Make our folder, and make room for it. Raises OSError."""
        if self._base is None:
            return None
        self._base.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_private(self._base):
            _forget_oldest(self._base, keep=GENERATIONS - 1)
            (self._base / self._name).mkdir(mode=0o700, exist_ok=True)
        return self._there()


@cache
def user_cache() -> UserCache:
    """The cache of the user who runs this process."""
    return UserCache(cache_base(os.environ), tool_state)


@cache
def tool_identity() -> str:
    """What this briefbook is, down to its source: it changes whenever its results may.

    To read all source takes a while, so it is done once for as long as nothing of it was touched.
    """
    identity: str = user_cache().worked_out("identity", worked_out_identity)
    return identity


def cache_base(environment: Mapping[str, str]) -> Path | None:
    """Where a user's caches lie (XDG Base Directory Specification): a path that is not absolute is none."""
    named, home = (Path(environment.get(name, "")) for name in ("XDG_CACHE_HOME", "HOME"))
    if named.is_absolute():
        return named
    return home / ".cache" if home.is_absolute() else None


def _named(key: str) -> str:
    return hashlib.sha256(key.encode(errors="surrogateescape")).hexdigest()  # a path may be any bytes


def _is_ours(found: os.stat_result) -> bool:
    return found.st_uid == os.getuid() and not stat.S_IMODE(found.st_mode) & 0o077


def _is_private(folder: Path) -> bool:
    """True for a folder, no link to one, that nobody but this user reads or writes."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and _is_ours(found)


def _make_room(folder: Path) -> None:
    """Delete the oldest entries of a full folder: a book decides how many looks it has. Raises OSError."""
    with os.scandir(folder) as entries:
        found = [(entry.stat(follow_symlinks=False), entry.path) for entry in entries]
    if len(found) < MOST and sum(entry.st_size for entry, _ in found) < MOST_BYTES:
        return
    found.sort(key=lambda each: each[0].st_mtime_ns)
    for _, path in found[: len(found) // 2]:  # half of them, so that it is not asked for each
        Path(path).unlink(missing_ok=True)


def _forget_oldest(base: Path, keep: int) -> None:
    """Delete the folders of other releases but the newest. Raises OSError."""
    from shutil import rmtree  # once for a release

    folders = sorted(
        (path for path in base.iterdir() if _is_private(path)), key=lambda path: path.stat().st_mtime
    )
    for folder in folders[: max(0, len(folders) - keep)]:
        rmtree(folder, ignore_errors=True)
