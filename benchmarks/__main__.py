# ruff: noqa: T201 – a script that people watch
"""`python -m benchmarks`: measure briefbook beside its peers, print the tables, write them into README.md.

Each part is a function from how large a measurement is (`bench.py`) to what it found (`figures.py`).
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import cold, documents, incremental, long, many, measured, pairs, reading, readme, sandbox
from benchmarks.bench import FULL, QUICK, Bench
from benchmarks.figures import Report
from benchmarks.plot import plot
from benchmarks.workers import ROOT

# By name: which rows of the table it fills, and what does.
PARTS: dict[str, tuple[str, Callable[[Bench], Report]]] = {
    "pairs": ("rows 1 and 2: one memo, warm, beside the peers", pairs.measure),
    "cold": ("row 3: one memo, a process from nothing", cold.measure),
    "many": ("row 4: up to ten thousand memos, two jobs, memory", many.measure),
    "reading": ("row 5: ten thousand facts, read and checked", reading.measure),
    "incremental": ("row 6: a large book of which little or nothing changed", incremental.measure),
    "long": ("row 7: redlines, bound books, timelines", long.measure),
    "sandbox": ("row 7: a book's own templates, in a process of their own", sandbox.measure),
    "tags": ("what the tags cost the PDF", documents.measure),
}
PLOT = Path(__file__).parent / "plot.svg"
TITLE = "One two-page memo, warm: calibrated milliseconds of processor"


def main() -> int:
    """Measure the parts that are asked for; 0 if every file that was made says what it had to."""
    asked = _arguments()
    found = measured.load() if asked.write else {}
    for name in asked.only or PARTS:
        print(f"== {name} ({PARTS[name][0]})", file=sys.stderr)
        began = os.getloadavg()[0]
        with tempfile.TemporaryDirectory(prefix="benchmark-", dir=asked.dir) as folder:
            bench = Bench(sizes=QUICK if asked.quick else FULL, base=Path(folder), peers=asked.peers)
            report = PARTS[name][1](bench)
        found[name] = measured.Measured(report=report, machine=readme.machine(began))
        if asked.write:  # after each part, as the whole takes long
            _write(found)
    for name, body in measured.tables_of(found).items():
        print(f"\n{name}\n\n{body}")
    return 0


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
