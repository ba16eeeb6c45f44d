# ruff: noqa: T201 – a script that people watch
"""`python -m benchmarks.incremental`: how long builds of a book of 2,000 memos take when little has changed.

Whole processes of the command are timed, from their start to their end, one after another. Beside them, in
turn, a process that only imports python-docx and ReportLab: a figure of the same kind by which machines, and
moments on one machine, can be compared. What each build made again is compared with what it ought to.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

from tests.large_book import AS_OF, SHARING, forum_id, write_large_book

README = Path(__file__).parent / "README.md"
MARKS = re.compile(r"(<!-- figures -->\n).*(<!-- end -->)", re.DOTALL)
COMMAND = Path(sys.executable).parent / "briefbook"
REFERENCE = [sys.executable, "-c", "import docx, reportlab.platypus"]
OWN_TEMPLATE = 42  # the forum whose memo has a section of the book's own

Change = Callable[[Path, int], None]  # of the book, for the nth time


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """How long one process took, in seconds."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The runs of one case."""

    case: str
    again: int  # memos that each run made again
    runs: tuple[Took, ...]


class UnexpectedError(Exception):
    """A build made something else than it ought to."""


# ------------------------------------------------------------------------------------ one process


def timed(command: Sequence[str | Path]) -> tuple[Took, str]:
    """Run a process to its end; how long it took, and what it printed to standard output."""
    before, start = getrusage(RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    wall, after = time.perf_counter() - start, getrusage(RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(wall=wall, cpu=cpu), done.stdout


def build(book: Path, *options: str) -> tuple[Took, set[str]]:
    """Build the book; how long it took, and which files were written."""
    took, told = timed([COMMAND, "-C", book, "build", "--json", *options])
    return took, {Path(path).name for path in json.loads(told)["written"]}


def files_of(*forums: int) -> set[str]:
    """The files of these forums' memos."""
    return {f"{forum_id(number)}.{format_}" for number in forums for format_ in ("docx", "pdf")}


# --------------------------------------------------------------------------------- what may change


def nothing(book: Path, time_: int) -> None:
    """Change nothing."""


def one_fact(book: Path, time_: int) -> None:
    """Put a priority of one forum otherwise."""
    _replace(book / "facts/forums-0000.yaml", r"(Pay for item 7) .*from", rf"\1 for the {time_}th time from")


def shared_fact(book: Path, time_: int) -> None:
    """Rename a source that some forums have in common."""
    _replace(book / "facts/ground.yaml", r"(the press digest 3\b)[^,]*", rf"\1 printed {time_} times")


def own_template(book: Path, time_: int) -> None:
    """Change the section of the book's own."""
    path = book / "templates/sections/local.md.j2"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"## Local\n\nPut otherwise for the {time_}th time.\n", encoding="utf-8")


def lost_file(book: Path, time_: int) -> None:
    """Delete a document."""
    (book / f"out/{AS_OF}/{forum_id(time_)}.pdf").unlink()


def _replace(path: Path, pattern: str, by: str) -> None:
    text, count = re.subn(pattern, by, path.read_text(encoding="utf-8"))
    if count != 1:
        raise UnexpectedError(f"{path.name} has {count} times {pattern}")
    path.write_text(text, encoding="utf-8")


# ------------------------------------------------------------------------------------- the cases


def measured(book: Path, memos: int, runs: int) -> list[Row]:
    """Build the book for the first time, then again and again. Raises UnexpectedError."""
    own_template(book, 0)
    memo = book / f"memos/{forum_id(OWN_TEMPLATE)}.yaml"
    memo.write_text(
        memo.read_text(encoding="utf-8") + "sections: [header, upcoming, local]\n", encoding="utf-8"
    )
    everything = files_of(*range(memos))
    first, written = build(book, "--jobs", "2")
    _expect("the first build", written, everything)
    _tell(rows := [Row(case="the first build, `--jobs 2`", again=memos, runs=(first,))])

    build(book)
    pairs = [(build(book), timed(REFERENCE)[0]) for _ in range(2 * runs - 1)]
    for (_, written), _ in pairs:
        _expect("nothing changed", written, set())
    rows.append(Row(case="nothing changed", again=0, runs=tuple(took for (took, _), _ in pairs)))
    _tell(rows)

    of_digest = range(3 * SHARING, 4 * SHARING)
    for case, change, wanted in (
        ("a priority of one forum changed", one_fact, lambda _: files_of(7)),
        ("a source of ten forums changed", shared_fact, lambda _: files_of(*of_digest)),
        ("a template of one memo changed", own_template, lambda _: files_of(OWN_TEMPLATE)),
        ("one document deleted", lost_file, lambda n: {f"{forum_id(n)}.pdf"}),
    ):
        rows.append(_case(case, book, change, wanted, runs))
        _tell(rows)
    rows.append(
        Row(
            case="for comparison: `import docx, reportlab.platypus`",
            again=0,
            runs=tuple(took for _, took in pairs),
        )
    )
    return rows


def _case(case: str, book: Path, change: Change, wanted: Callable[[int], set[str]], runs: int) -> Row:
    took = []
    for number in range(1, runs + 1):
        change(book, number)
        each, written = build(book)
        _expect(case, written, wanted(number))
        took.append(each)
    again = len({Path(name).stem for name in wanted(1)})
    return Row(case=case, again=again, runs=tuple(took))


def _expect(case: str, written: Collection[str], wanted: Collection[str]) -> None:
    if set(written) != set(wanted):
        odd = sorted(set(written) ^ set(wanted))
        raise UnexpectedError(f"{case}: {len(written)} files written, {len(wanted)} expected: {odd[:6]} …")


# ------------------------------------------------------------------------------------- the table


def table(rows: Sequence[Row], memos: int, load: Sequence[float]) -> str:
    """All figures as Markdown, with the machine that they are of."""
    *builds, reference = rows
    unit = median(took.wall for took in reference.runs)
    lines = [
        "| what changed | memos written | runs | seconds: median | least | most | processor "
        "| × the comparison |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in (*builds, reference):
        walls = [took.wall for took in row.runs]
        seconds = (median(walls), min(walls), max(walls), median(took.cpu for took in row.runs))
        again = "" if row is reference else f"{row.again:,}"
        cells = [
            row.case,
            again,
            str(len(walls)),
            *(f"{each:.2f}" for each in seconds),
            f"{median(walls) / unit:.1f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    python = f"{platform.python_implementation()} {platform.python_version()}"
    lines += [
        "",
        f"A book of {memos:,} memos, two documents each, on {os.cpu_count()} cores with {python} on "
        f"{platform.system()}; load when it began {load[0]:.1f}, when it ended {load[1]:.1f}.",
    ]
    return "\n".join(lines) + "\n"


def write_readme(text: str) -> None:
    """Put the table between the marks of README.md."""
    whole = README.read_text(encoding="utf-8")
    README.write_text(MARKS.sub(lambda match: f"{match[1]}{text}{match[2]}", whole), encoding="utf-8")


def _tell(rows: Sequence[Row]) -> None:
    row = rows[-1]
    seconds = median(took.wall for took in row.runs)
    print(f"{row.case}: {seconds:.2f} s, {row.again} memos written", file=sys.stderr, flush=True)


def main() -> int:
    """Measure and print the table; 0 if every build made what it ought to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.incremental", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the table into README.md")
    parser.add_argument(
        "--memos", type=int, default=2000, help="of the book; at least 50 (default: %(default)s)"
    )
    parser.add_argument("--runs", type=int, default=5, help="of each case (default: %(default)s)")
    parser.add_argument("--dir", help="where the book is made; default: the temporary folder")
    asked = parser.parse_args()
    began = os.getloadavg()[0]
    try:
        with tempfile.TemporaryDirectory(prefix="benchmark-", dir=asked.dir) as folder:
            rows = measured(write_large_book(Path(folder), asked.memos), asked.memos, asked.runs)
    except UnexpectedError as error:
        print(f"WRONG {error}", file=sys.stderr)
        return 1
    text = table(rows, asked.memos, (began, os.getloadavg()[0]))
    print(text)
    if asked.write:
        write_readme(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
