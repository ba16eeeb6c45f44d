"""Problems on the terminal: one line each, coloured where that helps, and the exit status."""

import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import click

from briefbook.diagnostics import Problem, Severity, Where, in_reading_order

PROBLEMS_FOUND = 1
INTERRUPTED = 130  # by Ctrl-C, as shells count it
GAP = "  "  # between two columns
NARROWEST = 9  # letters of a column that was cut
LOCKED = 75  # EX_TEMPFAIL: another run is under way


def is_on_terminal() -> bool:
    """True where standard error is a terminal. It may be closed, and then there is none."""
    return sys.stderr is not None and sys.stderr.isatty()


def prints_on_terminal() -> bool:
    """The same of standard output."""
    return sys.stdout is not None and sys.stdout.isatty()


def uses_colour() -> bool:
    """Colour only on a terminal, and not where the user asked for none (no-color.org)."""
    return is_on_terminal() and not os.environ.get("NO_COLOR")


def print_problems(problems: Iterable[Problem]) -> None:
    """Print problems to standard error, sorted by place, each once."""
    for problem in in_reading_order(list(problems)):
        say(_line(problem))


def say(message: str) -> None:
    """A message to standard error. Work goes on where nobody hears it: a full disk, a closed pipe."""
    with suppress(OSError):
        click.echo(message, err=True, color=uses_colour())


def stop_for(problems: Sequence[Problem]) -> NoReturn:
    """Print problems and end the program with the status for them."""
    print_problems(problems)
    raise SystemExit(PROBLEMS_FOUND)


def count(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many}"


def as_json(problem: Problem) -> dict[str, object]:
    """A problem for programs to read."""
    return {
        "file": problem.where.file,
        "line": problem.where.line,
        "column": problem.where.column,
        "severity": str(problem.severity),
        "message": problem.message,
        "hint": problem.hint,
    }


def from_json(problem: Mapping[str, Any]) -> Problem:
    """The problem that `as_json` wrote."""
    return Problem(
        where=Where(file=problem["file"], line=problem["line"], column=problem["column"]),
        severity=Severity(problem["severity"]),
        message=problem["message"],
        hint=problem["hint"],
    )


def shown(path: Path) -> str:
    """A path as a user would type it here."""
    return os.path.relpath(path) if path.resolve().is_relative_to(Path.cwd()) else str(path)


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, prose: Sequence[str]) -> None:
    """A table to standard output. On a terminal too narrow for it the columns of `prose` are cut, none else.

    A name, a day or a number that was cut would be of no use to whoever has to type it.
    """
    lines = [tuple(heads), *map(tuple, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    if prints_on_terminal():
        room = shutil.get_terminal_size().columns - len(GAP) * (len(widths) - 1)
        may_cut = [at for at, head in enumerate(heads) if head in prose]
        while sum(widths) > room:
            widest = max(may_cut, key=widths.__getitem__)
            if widths[widest] <= NARROWEST:
                break
            widths[widest] -= 1
    for line in lines:
        cells = [_cut(cell, width).ljust(width) for cell, width in zip(line, widths, strict=True)]
        click.echo(GAP.join(cells).rstrip())


def _cut(cell: str, width: int) -> str:
    return cell if len(cell) <= width else f"{cell[: width - 1]}…"


def _line(problem: Problem) -> str:
    colour = "red" if problem.severity is Severity.ERROR else "yellow"
    severity = click.style(str(problem.severity), fg=colour, bold=True)
    hint = f" ({problem.hint})" if problem.hint else ""
    place = f"{click.style(str(problem.where), bold=True)}: " if problem.where.file else ""
    return f"{place}{severity}: {problem.message}{hint}"
