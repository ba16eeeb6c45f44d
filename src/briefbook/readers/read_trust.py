"""The user's own settings: which books' templates are trusted, and what those of others may take.

They stand in `$XDG_CONFIG_HOME/briefbook/settings.yaml` (XDG Base Directory Specification 0.8; without the
variable in `~/.config`), outside every book: no book can say of itself that it is to be trusted.
"""

import os
import re
import stat
from collections.abc import Iterable
from dataclasses import fields
from functools import partial
from pathlib import Path

from briefbook.characters import name_shown
from briefbook.diagnostics import NOWHERE, BriefbookError, Places, Problem, Where
from briefbook.frozen import frozen
from briefbook.limits import USUAL, Limits
from briefbook.readers.book_files import bytes_of
from briefbook.readers.located_yaml import Node, parse_yaml
from briefbook.readers.reading import Reading
from briefbook.readers.records import Shape, Taker, build, many, optional, record, text

TRUST = "trust"  # the key of the list of books
_FILE = Path("briefbook", "settings.yaml")
_LONGEST = 86_400  # seconds; a day
_LARGEST = 1 << 20  # MiB, and thousands of characters


@frozen
class UserSettings:
    """What a user has set for all books."""

    trust: tuple[str, ...] = ()  # absolute paths of books' folders
    limits: Limits = USUAL
    where: Where = NOWHERE
    places: Places

    def trusts(self, book: Path) -> bool:
        """Whether a book's templates are trusted: by its folder, links followed on both sides."""
        real = book.resolve()
        return any(Path(folder).resolve() == real for folder in self.trust)


def settings_file() -> Path | None:
    """Where the user's settings stand, or would; None for a user without a home."""
    named = os.environ.get("XDG_CONFIG_HOME", "")
    if named and Path(named).is_absolute():  # the specification: a relative one is invalid, and ignored
        return Path(named) / _FILE
    try:
        return Path.home() / ".config" / _FILE
    except RuntimeError:
        return None


def read_settings() -> UserSettings:
    """The user's settings; the usual ones where there is no file. Raises BriefbookError for what is wrong."""
    path = settings_file()
    if path is None or not os.path.lexists(path):
        return UserSettings(places={})
    shown = name_shown(str(path))
    problems = [*_open_to_others(path, shown)]
    data = None if problems else bytes_of(path, shown, problems)
    if data is None:
        raise BriefbookError(*problems)
    settings = settings_from(shown, data, problems)
    if settings is None:
        raise BriefbookError(*problems)
    return settings


def settings_from(shown: str, data: bytes, problems: list[Problem]) -> UserSettings | None:
    """The settings that a file's bytes hold; None, and problems, where anything is wrong."""
    parsed = parse_yaml(shown, data)
    problems += parsed.problems
    if parsed.problems:
        return None
    where = Where(file=shown, line=1, column=1)
    if parsed.root is None:
        return UserSettings(places={})
    reading = Reading(language="en", problems=problems)
    return build(USER_SETTINGS, parsed.root, where, reading)


def confinement_of(book: Path) -> Limits | None:
    """What the templates of a book are held to; None where its user trusts it. Raises BriefbookError."""
    settings = read_settings()
    return None if settings.trusts(book) else settings.limits


def _open_to_others(path: Path, shown: str) -> Iterable[Problem]:
    """That somebody else could set what the user trusts."""
    if os.name != "posix":
        return
    for each in (path.parent, path):
        try:
            status = each.stat()
        except OSError:
            continue  # reading tells of it
        if status.st_uid not in (os.geteuid(), 0):
            message = "these settings are not yours: somebody else owns the file or its folder"
            yield Problem(where=Where(file=shown), message=message, hint="keep settings of your own")
            return
        if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            message = f"others than you may write {name_shown(str(each))}, and so say what you trust"
            yield Problem(where=Where(file=shown), message=message, hint=f"chmod go-w {each}")
            return


def _folder(node: Node, name: str, reading: Reading) -> str | None:
    found = text(node, name, reading)
    if found is not None and not Path(found).is_absolute():
        reading.tell(node.where, f"{found!r} is no whole path", "briefbook trust, in the book, writes it")
        return None
    return found


def _number(node: Node, name: str, reading: Reading, *, most: int, unit: str) -> float | None:
    found = text(node, name, reading)
    if found is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,3})?", found) or not 0 < float(found) <= most:
        reading.tell(node.where, f"{name!r} needs a number of {unit} up to {most:,}, not {found[:60]!r}")
        return None
    return float(found)


def _whole(node: Node, name: str, reading: Reading, *, most: int, unit: str) -> int | None:
    found = _number(node, name, reading, most=most, unit=unit)
    return None if found is None else max(1, int(found))


_SECONDS: Taker[float] = partial(_number, most=_LONGEST, unit="seconds")
_CHARACTERS: Taker[int] = partial(_whole, most=_LARGEST * 1000, unit="characters")
LIMITS = Shape(
    noun="limit",
    make=Limits,
    fields={
        "processor": optional(_SECONDS),
        "clock": optional(_SECONDS),
        "whole": optional(_SECONDS),
        "memory": optional(partial(_whole, most=_LARGEST, unit="MiB")),
        "characters": optional(_CHARACTERS),
        "whole_characters": optional(_CHARACTERS),
    },
    located=False,
)
USER_SETTINGS = Shape(
    noun="user's setting",
    make=UserSettings,
    fields={TRUST: optional(many(_folder)), "limits": optional(record(LIMITS))},
)
assert {field.name for field in fields(Limits)} == set(LIMITS.fields)
