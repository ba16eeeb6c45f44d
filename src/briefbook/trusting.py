"""What a user says of a book's templates, written into the user's own settings: trusted, or not any more."""

import json
from dataclasses import replace
from pathlib import Path

from briefbook.diagnostics import NOWHERE, BriefbookError, Problem, Where, place_of
from briefbook.files import make_folders, write_whole
from briefbook.readers.read_trust import TRUST, UserSettings, read_settings, settings_file, settings_from
from briefbook.readers.yaml_editing import AddItem, edited

_PRIVATE = 0o600
_BEGINNING = "# What holds for all books (docs/templates.md#trust). No book can change it.\n"


def trust(book: Path) -> bool:
    """Let a book's templates be trusted; False where they are already. Raises BriefbookError."""
    settings = read_settings()
    if settings.trusts(book):
        return False
    folder = str(book.resolve())
    path, data = _file()
    if TRUST in settings.places:
        new = edited(str(path), data, [AddItem(where=Where(file=str(path)), within=(TRUST,), value=folder)])
        if isinstance(new, Problem):
            raise BriefbookError(new)
    else:
        begun = data or _BEGINNING.encode()
        line_end = b"" if begun.endswith(b"\n") else b"\n"
        entry = f"{TRUST}:\n  - {json.dumps(folder, ensure_ascii=False)}\n"  # a text of JSON is one of YAML
        new = begun + line_end + entry.encode(errors="replace")
    _write(path, new, replace(settings, trust=(*settings.trust, folder)))
    return True


def withdraw(book: Path) -> bool:
    """Take that back; False where the book's templates are not trusted. Raises BriefbookError.

    The item of the list goes; a list within brackets is left to an editor.
    """
    settings = read_settings()
    if not settings.trusts(book):
        return False
    real = book.resolve()
    path, data = _file()
    lines = data.decode().splitlines(keepends=True)
    lines_of = (place_of(settings, TRUST, number).line for number, _ in enumerate(settings.trust))
    places = zip(lines_of, settings.trust, strict=True)
    begun = [line - 1 for line, folder in places if line is not None and Path(folder).resolve() == real]
    gone = {number for first in begun for number in _lines_of_item(lines, first)}
    left = tuple(folder for folder in settings.trust if Path(folder).resolve() != real)
    if not left:
        gone |= {n for n, line in enumerate(lines) if line.startswith(f"{TRUST}:")}
    new = "".join(line for number, line in enumerate(lines) if number not in gone)
    _write(path, new.encode(), replace(settings, trust=left))
    return True


def _lines_of_item(lines: list[str], first: int) -> range:
    """The lines of an item of a list: a long text goes on below, further in than its dash."""
    end = first + 1
    while end < len(lines) and _indent(lines[end]) > _indent(lines[first]):
        end += 1
    return range(first, end)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _file() -> tuple[Path, bytes]:
    """The file of the settings, links followed, and its bytes."""
    path = settings_file()
    if path is None:
        message = "there is no place for settings of yours: this user has no home"
        raise BriefbookError(Problem(where=NOWHERE, message=message, hint="set XDG_CONFIG_HOME"))
    path = path.resolve()
    return path, path.read_bytes() if path.is_file() else b""


def _write(path: Path, data: bytes, wanted: UserSettings) -> None:
    """Write settings, if they say what is wanted and nothing else."""
    problems: list[Problem] = []
    found = settings_from(str(path), data, problems)
    if found is None or (found.trust, found.limits) != (wanted.trust, wanted.limits):
        message = "this change cannot be made here without changing something else"
        where = Where(file=str(path))
        raise BriefbookError(Problem(where=where, message=message, hint="make it in an editor"))
    make_folders(path.parent, private=True)
    write_whole(path, data, mode=_PRIVATE)
