"""What goes to the terminal: problems in a line each, other lines, tables, JSON; and the exit status.

What a book, a record or a file holds may be anybody's words: but for a document that is asked for, nothing is
printed that a terminal would obey, that turns letters around, or that ends the line in which it stands.
"""

import os
import shutil
import sys
import textwrap
from codecs import lookup
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from briefbook.characters import OBEYED, printable
from briefbook.diagnostics import Problem, Severity, Where, in_reading_order

if TYPE_CHECKING:  # `--help` prints as well, and makes no memo
    from briefbook.document import LeftOut
    from briefbook.placing import Placed
    from briefbook.redlining import Redlined

PROBLEMS_FOUND = 1
INTERRUPTED = 130  # by Ctrl-C, as shells count it
GAP = "  "  # between two columns
NARROWEST = 24  # letters of a column that was cut: less would say nothing
UTF_8 = "utf-8"
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


def substitute_what_output_lacks() -> None:
    """From here on standard output prints ? for a letter that its encoding lacks; standard error escapes it.

    Not an escape here: columns keep their widths, and a rule under a heading its length. Documents are bytes,
    and have all letters.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def print_problems(problems: Iterable[Problem]) -> None:
    """Print problems to standard error, sorted by place, each once."""
    for problem in in_reading_order(list(problems)):
        _say(_line(problem))


def say(*lines: str) -> None:
    """Lines to standard error. Work goes on where nobody hears them: a full disk, a closed pipe."""
    _say("\n".join(map(_on_its_line, lines)))


def _say(message: str) -> None:
    with suppress(OSError):
        click.echo(message, err=True, color=uses_colour())


def tell(*lines: str) -> None:
    """Lines to standard output."""
    for line in lines:
        click.echo(_on_its_line(line))


def tell_text(text: str) -> None:
    """The same of a text whose lines are ours."""
    tell(*text.removesuffix("\n").split("\n"))


def tell_json(data: object) -> None:
    """JSON to standard output: letters as they are where it is UTF-8, and escaped what no line shows."""
    import json  # `--help` prints as well

    encoding = getattr(sys.stdout, "encoding", None) or UTF_8
    lines = json.dumps(data, ensure_ascii=lookup(encoding).name != UTF_8, indent=2).split("\n")
    click.echo("\n".join(OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", line) for line in lines))


def write_document(document: bytes) -> None:
    """A document to standard output, as it is, whatever letters a terminal has."""
    click.echo(document, nl=False)


def _on_its_line(text: str) -> str:
    """A text in one line, whatever it holds."""
    return printable(" ".join(text.splitlines()))


def stop_for(problems: Sequence[Problem]) -> NoReturn:
    """Print problems and end the program with the status for them."""
    print_problems(problems)
    raise SystemExit(PROBLEMS_FOUND)


def warn_beside(files: "Iterable[Placed]", what: str = "the new edition") -> None:
    """Tell of files that were put beside one that a person has changed, and what to do next."""
    from briefbook.placing import what_lies_beside

    for sentence in what_lies_beside(files, what, shown=shown):
        say(f"warning: {sentence}")


def listed(left_out: "Iterable[LeftOut]") -> list[dict[str, object]]:
    """What a promise of length left out, for programs to read."""
    return [{"section": one.section, "item": one.item, "words": one.words} for one in left_out]


def tell_left_out(left_out: Mapping[str, Sequence[Mapping[str, object]]]) -> None:
    """Tell what memos leave out to keep to the length that they promise."""
    for memo, things in left_out.items():
        for thing in things:
            words = textwrap.shorten(str(thing["words"]), _SHORTENED, placeholder=" …")
            item = f"{thing['item']} ({words})" if words else f"{thing['item']}"
            what = item if thing["item"] else "all of it"
            say(f"{memo}: left out for its length: {thing['section']}: {what}")


def tell_reports(reports: "Mapping[str, Sequence[Placed]]") -> None:
    """Tell where it stands what was removed from variants: it goes nowhere that the full memo may not go."""
    for variant, files in reports.items():
        told = ", ".join(shown(file.path) for file in files)
        say(f"{variant}: what was removed is told in {told}; do not send this along")


def tell_redlines(redlined: "Iterable[Redlined]") -> None:
    """Tell where redlines stand, and of which edition there is none as none before it can be compared."""
    for each in redlined:
        if each.file is not None:
            say(f"{each.memo}: what changed since edition {each.against}: {shown(each.file.path)}")
            warn_beside([each.file], "the new redline")
        elif each.why:
            say(f"{each.memo} has no redline: {each.why}")


_SHORTENED = 60  # letters of what was left out


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
    """A path as a user would type it here: from the current folder on where it lies below, else absolute."""
    there = path.parent.resolve() / path.name  # itself it may be a link to anywhere
    if there.is_relative_to(Path.cwd()):
        return os.path.relpath(there)
    return str(there if ".." in path.parts else path.absolute())


def print_table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, prose: Sequence[str], cuts: bool = True
) -> None:
    """A table to standard output. A terminal too narrow for it cuts the columns of `prose`, none else.

    A name, a day or a number that was cut would be of no use to whoever has to type it. Where cutting leaves
    too little of the prose, or it must not be cut, it stands below its row instead; where the other columns
    alone are too wide, every cell has a line of its own.
    """
    lines = [tuple(heads), *(tuple(map(printable, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    if not prints_on_terminal():
        _print_columns(lines, widths)
        return
    room = shutil.get_terminal_size().columns
    own = [at for at, head in enumerate(heads) if head in prose]
    left = [at for at in range(len(heads)) if at not in own]
    if cuts:
        widths = _narrowed(widths, own, room)
    if _width(widths) <= room:
        _print_columns(lines, widths)
    elif _width([widths[at] for at in left]) <= room:
        for number, line in enumerate(lines):
            _print_columns([[line[at] for at in left]], [widths[at] for at in left])
            if number:
                _print_cells(heads, line, own, room)
    else:
        for line in lines[1:]:
            click.echo(line[0])
            _print_cells(heads, line, range(1, len(heads)), room)


def _width(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _narrowed(widths: Sequence[int], prose: Sequence[int], room: int) -> list[int]:
    """The widths with those of prose cut, the widest first; as they were where that is not enough."""
    narrowed = list(widths)
    while _width(narrowed) > room:
        widest = max(prose, key=narrowed.__getitem__)
        if narrowed[widest] <= NARROWEST:
            return list(widths)
        narrowed[widest] -= 1
    return narrowed


def _print_columns(lines: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
    for line in lines:
        cells = [_cut(cell, width).ljust(width) for cell, width in zip(line, widths, strict=True)]
        click.echo(GAP.join(cells).rstrip())


def _print_cells(heads: Sequence[str], line: Sequence[str], which: Iterable[int], room: int) -> None:
    """Cells of a row, each on a line of its own under its head; what is empty is left out."""
    for at in which:
        if line[at]:
            words = f"{heads[at].lower()}: {line[at]}"
            told = textwrap.wrap(
                words,
                room,
                initial_indent="    ",
                subsequent_indent="      ",
                break_long_words=False,
                break_on_hyphens=False,
            )
            click.echo("\n".join(told))


def _cut(cell: str, width: int) -> str:
    return cell if len(cell) <= width else f"{cell[: width - 1]}…"


def _line(problem: Problem) -> str:
    colour = "red" if problem.severity is Severity.ERROR else "yellow"
    severity = click.style(str(problem.severity), fg=colour, bold=True)
    hint = f" ({problem.hint})" if problem.hint else ""
    place = f"{click.style(printable(str(problem.where)), bold=True)}: " if problem.where.file else ""
    return f"{place}{severity}: {_on_its_line(problem.message + hint)}"
