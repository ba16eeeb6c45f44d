"""The password for the mail server: from where it may come, and that it is never shown."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from briefbook.delivery import MailSettings
from briefbook.diagnostics import NOWHERE, BriefbookError, Problem, Where, place_of

CREDENTIAL = "briefbook-smtp"  # in $CREDENTIALS_DIRECTORY: LoadCredential= of systemd.exec(5)
VARIABLE = "BRIEFBOOK_SMTP_PASSWORD"
_SHOWN = "(a password)"
_LONGEST = 4096  # bytes; a larger file is no password


class Password(str):
    """A password that does not print itself: `repr`, `str` and format give a stand-in.

    Its own methods work on the text: `password.encode()` are the bytes that are sent.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return _SHOWN

    def __str__(self) -> str:
        return _SHOWN

    def __format__(self, format_spec: str) -> str:
        return _SHOWN


def password_of(settings: MailSettings, root: Path, environ: Mapping[str, str]) -> Password | None:
    """The password: systemd's credential, else `password_file`, else the environment; None if there is none.

    A relative `password_file` counts from the book's folder, `root`, and does not lie in it; it has to be a
    regular file of our own or root's that nobody else may read or write. Raises BriefbookError otherwise, or
    where what is found is no password (empty, of several lines, not UTF-8). No message of it holds the
    password.
    """
    folder = environ.get("CREDENTIALS_DIRECTORY")
    if folder:
        file = Path(folder, CREDENTIAL)
        found = _read(file, Where(file=str(file)), guarded=True)
        if found is not None:
            return found
    if settings.password_file is not None:
        exposure = password_in_book(settings, root)
        if exposure is not None:
            raise BriefbookError(exposure)
        file = _file(settings.password_file, root)
        where = place_of(settings, "password_file")
        found = _read(file, where if where.file else Where(file=str(file)), guarded=False)
        if found is None:
            _refuse(where, f"there is no file {settings.password_file}", "write the password into it")
        return found
    if VARIABLE in environ:
        return _password(environ[VARIABLE].encode("utf-8", "surrogateescape"), NOWHERE, f"${VARIABLE}")
    return None


def password_in_book(settings: MailSettings, root: Path) -> Problem | None:
    """What is wrong with a `password_file` that lies in the book, by whatever way; None where it does not."""
    if settings.password_file is None:
        return None
    if not _file(settings.password_file, root).is_relative_to(os.path.realpath(root)):
        return None
    message = "the file of the password lies in the book, and goes wherever the book goes"
    hint = "move it out of the book, such as to /etc/briefbook/password, and name it there"
    return Problem(where=place_of(settings, "password_file"), message=message, hint=hint)


def _file(name: str, root: Path) -> Path:
    """Where a `password_file` really lies: no link and no `..` is left in the path.

    Neither a home that is not there nor a ring of links is an error here: opening the file tells of it.
    """
    return Path(os.path.realpath(root / os.path.expanduser(name)))  # noqa: PTH111 – Path's own one raises


def password_to_log_in(settings: MailSettings, root: Path, environ: Mapping[str, str]) -> Password | None:
    """The same; raises ValueError with why nobody can log in, also where a user has no password at all."""
    try:
        found = password_of(settings, root, environ)
    except BriefbookError as error:
        [problem] = error.problems
        raise ValueError(f"cannot log in: {problem.message} ({problem.hint})") from error
    if settings.user is not None and found is None:
        raise ValueError(f"cannot log in: there is no password for {settings.user} (name a 'password_file')")
    return found


def _read(file: Path, where: Where, *, guarded: bool) -> Password | None:
    """What a file holds; None if there is none. A `guarded` one is systemd's to keep from others."""
    try:
        # Opened without waiting, or a pipe would hold us; what is open can't be swapped for another.
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no path"
        _refuse(where, f"cannot read {file.name}: {why}", "let the user that runs briefbook own it")
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            _refuse(where, f"{file.name} is not a regular file", "write the password into a file")
        if not guarded and hasattr(os, "geteuid"):
            if status.st_uid not in (os.geteuid(), 0):
                _refuse(where, f"{file.name} belongs to another user", f"chown it, then: chmod 600 {file}")
            if status.st_mode & 0o077:
                _refuse(where, f"others than its owner may open {file.name}", f"type: chmod 600 {file}")
        return _password(os.read(descriptor, _LONGEST + 1), where, file.name)
    finally:
        os.close(descriptor)


def _password(data: bytes, where: Where, name: str) -> Password:
    text = data.removesuffix(b"\n").removesuffix(b"\r")
    try:
        found = text.decode("utf-8")
    except UnicodeDecodeError:
        found = ""
    if not found or len(data) > _LONGEST or any(ord(sign) < 0x20 or ord(sign) == 0x7F for sign in found):
        _refuse(where, f"{name} does not hold a password", "one line of UTF-8, without control characters")
    return Password(found)


def _refuse(where: Where, message: str, hint: str) -> NoReturn:
    raise BriefbookError(Problem(where=where, message=message, hint=hint))
