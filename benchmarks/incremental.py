"""Row 6: how long a large book takes when little or nothing has changed.

Each case changes something in the book, builds it in a process of its own, and checks which memos were made
again: one too many or too few is an error. A process that imports python-docx and ReportLab runs in turn
with the builds in which nothing changed: a ratio to it says more on another machine than a second does.
"""

import json
import re
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.large_book import AS_OF, SHARING, forum_id, write_large_book

from benchmarks.bench import COMMAND, Bench, Took, timed
from benchmarks.figures import Finding, Report, Wanted, table

REFERENCE = [sys.executable, "-c", "import docx, reportlab.platypus"]
OWN_TEMPLATE = 42  # the forum whose memo has a section of the book's own
NOTHING = "nothing changed"

Change = Callable[[Path, int], None]  # of the book, for the nth time


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The runs of one case."""

    case: str
    again: int  # memos that each run made again
    runs: tuple[Took, ...]


class UnexpectedError(Exception):
    """A build made something else than it ought to."""


# ------------------------------------------------------------------------------------ one process


def build(book: Path, *options: str) -> tuple[Took, set[str]]:
    """Build the book; how long it took, and which files were written."""
    took = timed([COMMAND, "-C", book, "build", "--json", *options])
    return took, {Path(path).name for path in json.loads(took.said)["written"]}


def files_of(*forums: int) -> set[str]:
    """The files of these forums' memos."""
    return {f"{forum_id(number)}.{format_}" for number in forums for format_ in ("docx", "pdf")}


# --------------------------------------------------------------------------------- what may change


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
    pairs = [(build(book), timed(REFERENCE)) for _ in range(2 * runs - 1)]
    for (_, written), _ in pairs:
        _expect(NOTHING, written, set())
    rows.append(Row(case=NOTHING, again=0, runs=tuple(took for (took, _), _ in pairs)))
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


def measure(bench: Bench) -> Report:
    """Build a large book, then again and again. Raises UnexpectedError for a file too many or too few."""
    memos = bench.sizes.unchanged
    rows = measured(write_large_book(bench.folder("large"), memos), memos, bench.sizes.unchanged_runs)
    [unchanged] = (row for row in rows if row.case == NOTHING)
    finding = Finding(
        row=6,
        what=f"a book of {memos:,} memos of which nothing changed, a cold process from start to end",
        wanted=Wanted(limit=1.5, unit="s"),
        values=tuple(took.wall for took in unchanged.runs),
    )
    return Report(findings=(finding,), tables={"incremental": _table(rows)})


def _table(rows: Sequence[Row]) -> str:
    """All figures; the last row is the comparison."""
    unit = median(took.wall for took in rows[-1].runs)
    lines = []
    for row in rows:
        walls = [took.wall for took in row.runs]
        seconds = (median(walls), min(walls), max(walls), median(took.processor for took in row.runs))
        again = "" if row is rows[-1] else f"{row.again:,}"
        figures = (*(f"{each:.2f}" for each in seconds), f"{median(walls) / unit:.1f}")
        lines.append([row.case, again, str(len(walls)), *figures])
    heads = ["what changed", ":memos written", ":runs", ":seconds: median", ":least", ":most", ":processor"]
    return table([*heads, ":× the comparison"], lines)


def _tell(rows: Sequence[Row]) -> None:
    row = rows[-1]
    seconds = median(took.wall for took in row.runs)
    print(f"{row.case}: {seconds:.2f} s, {row.again} memos written", file=sys.stderr, flush=True)  # noqa: T201
