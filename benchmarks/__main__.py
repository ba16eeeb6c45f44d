# ruff: noqa: T201 – a script that people watch
"""`python -m benchmarks`: measure briefbook beside its peers, print the tables, write them into README.md.

Each part is a function from how large a measurement is (`bench.py`) to what it found (`figures.py`).
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks import cold, documents, incremental, long, many, measured, pairs, reading, readme, sandbox
from benchmarks.bench import FULL, QUICK, Bench
from benchmarks.figures import Report
from benchmarks.homes import homes_in
from benchmarks.plot import plot
from benchmarks.versions import versions
from benchmarks.workers import ROOT

# By name: which rows of the table it fills, and what does.
PARTS: dict[str, tuple[str, Callable[[Bench], Report]]] = {
    "pairs": ("rows 1 and 2: one memo, warm, beside the peers", pairs.measure),
    "cold": ("row 3: one memo, a process from nothing", cold.measure),
    "many": ("row 4: up to ten thousand memos, two jobs, memory", many.measure),
    "reading": ("row 5: ten thousand facts, read and checked", reading.measure),
    "incremental": ("row 6: a large book of which little or nothing changed", incremental.measure),
    "long": ("row 7: redlines, bound books, timelines", long.measure),
    "sandbox": ("what it costs that nobody vouches for a book's templates", sandbox.measure),
    "tags": ("what the tags cost the PDF", documents.measure),
}
PLOT = Path(__file__).parent / "plot.svg"
TITLE = "One two-page memo, warm: calibrated milliseconds of processor"


def main() -> int:
    """Measure the parts that are asked for; 1 if one was not written, as the page would have lost figures.

    Raises what a part raises where a file that was made does not say what it had to.
    """
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=asked.dir) as folder:
        base = Path(folder)
        with homes_in(base / "homes"):
            return _measured(asked, base)


def _measured(asked: argparse.Namespace, base: Path) -> int:
    sizes = QUICK if asked.quick else FULL
    found = measured.load() if asked.write else {}
    used = versions(asked.peers) if asked.write else {}
    status = 0
    for name in asked.only or PARTS:
        print(f"== {name} ({PARTS[name][0]})", file=sys.stderr)
        began = os.getloadavg()[0]
        with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=base) as folder:
            report = PARTS[name][1](Bench(sizes=sizes, base=Path(folder), peers=asked.peers))
        part = measured.Measured(
            report=report, machine=readme.machine(began), sizes=measured.as_kept(sizes), versions=used
        )
        lost = measured.lost(found.get(name), report)
        if lost and not asked.partial:
            status = 1
            _refuse(name, part, lost)
            continue
        found[name] = part
        if asked.write:  # after each part, as the whole takes long
            _write(found)
    _print(found)
    return status


def _refuse(name: str, part: measured.Measured, lost: Sequence[str]) -> None:
    """Say why a part is not written; what it found is printed all the same."""
    _print({name: part})
    print(
        f"{name} is not written: README.md has figures of what could not be measured now.",
        *(f"  {each}" for each in lost),
        "Install what is missing (README.md, What it needs), or write the page without it: --partial.",
        sep="\n",
        file=sys.stderr,
    )


def _print(found: Mapping[str, measured.Measured]) -> None:
    for name, body in measured.tables_of(found).items():
        print(f"\n{name}\n\n{body}")


def _write(found: dict[str, measured.Measured]) -> None:
    ordered = {name: found[name] for name in PARTS if name in found}
    measured.save(ordered)
    readme.write(measured.tables_of(ordered))
    if bars := measured.bars_of(ordered):
        PLOT.write_text(plot(bars, TITLE), encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parts = "\n".join(f"  {name:12} {told}" for name, (told, _) in PARTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=f"{__doc__}\nparts:\n{parts}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", action="append", choices=list(PARTS), help="this part (may be repeated)")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="few runs of small sizes: to see that it works")
    size.add_argument("--write", action="store_true", help="write README.md, its plot and measured.json")
    parser.add_argument(
        "--partial",
        action="store_true",
        help="write also a part whose figures could not all be measured anew",
    )
    parser.add_argument("--dir", help="where to work; default: the temporary folder")
    parser.add_argument(
        "--peers",
        type=Path,
        default=ROOT / ".venv-bench/bin/python",
        help="the Python that has the peers (default: %(default)s)",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
