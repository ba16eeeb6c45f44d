"""Places, problems and the one exception: how briefbook says what is wrong and where.

A problem is a value. Functions return problems in lists, so a user sees every mistake at once;
only the edge (the command line and `build.py`) raises or prints.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from briefbook.frozen import frozen


class Severity(StrEnum):
    """How bad a problem is: an error stops a memo, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@frozen
class Where:
    """A place that a person can go to.

    `file` is the path as the user would type it; `line` and `column` count from 1 and are None where
    a place is a whole file. A row of a table is a place too: `file` then names the table as well
    (`facts.xlsx#Meetings`), `line` is the row and `column` the column.
    """

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """Print as compilers do, so that editors can jump there: file:line:column."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


NOWHERE = Where(file="")  # of a record that was made by a program, not read from a file

# By field of a record (its name in Python): line and column of its value, or of each item if that is a list,
# one after the other: a book has as many of these as its files have lines, so they are kept small.
Places = Mapping[str, tuple[int, ...]]


class Placed(Protocol):
    """A record that knows where it stands, and where the values of its fields do."""

    @property
    def where(self) -> Where:
        """The place of the record."""

    @property
    def places(self) -> Places:
        """The places of its fields, in the same file; empty for a record that no file holds."""


def place_of(record: Placed, field: str, index: int = 0) -> Where:
    """The place of a field's value (of a list: of its item `index`); else the record's own."""
    places = record.places.get(field, ())
    at = 2 * index
    if at >= len(places):
        return record.where
    return Where(file=record.where.file, line=places[at], column=places[at + 1])


@frozen
class Problem:
    """One mistake: where it is, what is wrong (`message`) and the mend (`hint`).

    One that is `of_mail` stands in the way of sending alone: memos are made in spite of it. One `of_picture`
    (its path in the book) stops the memos that show it, one `of_look` those that have that look.
    """

    where: Where
    severity: Severity = Severity.ERROR
    message: str
    hint: str = ""
    of_mail: bool = False
    of_picture: str = ""
    of_look: bool = False

    def __str__(self) -> str:
        """Print on one line: file:line:column: severity: message (hint); no place if there is none."""
        place = f"{self.where}: " if self.where.file else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.severity}: {self.message}{hint}"


class BriefbookError(Exception):
    """What a pass raises when it cannot go on: carries its problems, never a traceback's worth of text."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def has_errors(problems: list[Problem]) -> bool:
    """Tell whether any of the problems is an error."""
    return any(problem.severity is Severity.ERROR for problem in problems)


def in_reading_order(problems: list[Problem]) -> list[Problem]:
    """Sort by file, line and column, without repeating a problem that two passes found."""
    unique = {str(problem): problem for problem in problems}.values()

    def place(p: Problem) -> tuple[object, ...]:
        return p.where.file, p.where.line or 0, p.where.column or 0, p.message, p.hint

    return sorted(unique, key=place)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The hint for an unknown word: the nearest known one, else all of them if they are few."""
    candidates = sorted(known)
    near = nearest(word, candidates)
    if near is not None:
        return f"did you mean {near!r}?"
    return f"known: {', '.join(candidates)}" if 0 < len(candidates) <= 12 else ""


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that one is a slip of, if it is like any."""
    from difflib import get_close_matches  # for those who mistype

    found = get_close_matches(word, known, n=1, cutoff=0.6)
    if not found:  # 'A4' is like 'a4' but for the letters' case
        folded = {candidate.lower(): candidate for candidate in known}
        found = [folded[near] for near in get_close_matches(word.lower(), folded, n=1, cutoff=0.6)]
    return found[0] if found else None
