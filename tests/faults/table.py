"""The counts as tables, and their place in README.md."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.trial import Trial

README = Path(__file__).parent / "README.md"
_MARKS = re.compile(r"(<!-- counts -->\n).*(<!-- end -->)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The trials of one fault at one call, summed."""

    fault: str
    subject: str
    call: str
    calls: int = 0  # in a clean run
    trials: int
    clean: int = 0  # runs that ended before the fault was reached
    before: int = 0
    window: int = 0
    after: int = 0
    resent: int = 0
    held: int = 0
    wrong: tuple[str, ...] = ()


def row_of(fault: str, subject: str, call: str, calls: int, trials: Iterable[Trial]) -> Row:
    """Sum the trials of a call."""
    done = list(trials)
    hit = [trial for trial in done if trial.was_hit]
    places = [trial.place for trial in hit]
    return Row(
        fault=fault,
        subject=subject,
        call=call,
        calls=calls,
        trials=len(done),
        clean=len(done) - len(hit),
        before=places.count("before"),
        window=places.count("window"),
        after=places.count("after"),
        resent=sum(trial.resent for trial in done),
        held=sum(trial.held for trial in done),
        wrong=tuple(
            f"{subject}: {fault} at {call} {trial.number}: {problem}"
            for trial in done
            for problem in trial.wrong
        ),
    )


def tables(rows: Sequence[Row], seconds: float) -> str:
    """All counts as Markdown."""
    lines = [
        "| subject | fault | call | calls | trials | before a dot | in a window | after | not reached "
        "| sent by the next run | held | wrong |",
        "|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        counts = (row.calls, row.trials, row.before, row.window, row.after, row.clean, row.resent, row.held)
        cells = [row.subject, row.fault, row.call, *map(str, counts), str(len(row.wrong))]
        lines.append(f"| {' | '.join(cells)} |")
    trials, wrong = sum(row.trials for row in rows), sum(len(row.wrong) for row in rows)
    lines += ["", f"{trials} trials in {int(seconds) // 60} min {int(seconds) % 60} s; wrong: {wrong}."]
    return "\n".join(lines) + "\n"


def write_readme(text: str) -> None:
    """Put the tables between the marks of README.md."""
    whole = README.read_text(encoding="utf-8")
    README.write_text(_MARKS.sub(lambda match: f"{match[1]}{text}{match[2]}", whole), encoding="utf-8")
