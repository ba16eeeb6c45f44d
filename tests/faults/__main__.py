# ruff: noqa: T201 – a script that people watch
"""`python -m tests.faults`: kill a run at every call, fill the disk under it, race it; see what is left."""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from tests.faults.applying import BENCHES, FORM, RETURNED, ApplyBench
from tests.faults.calls import ASKED, REFUSABLE, counts_of, in_windows
from tests.faults.mail_drop import MailDrop
from tests.faults.order import wrong_with_order
from tests.faults.processes import CannotTraceError, Nursery
from tests.faults.race import race
from tests.faults.table import Row, row_of, tables, write_readme
from tests.faults.trial import SUBJECTS, Bench, Trial

MUST_RUN = "FAULTS_MUST_RUN"  # set: not to run is to fail
ALL = {**SUBJECTS, FORM.name: FORM, RETURNED.name: RETURNED}
SHORT = 2  # trials a call in the short form, besides those around a dot


def main() -> int:
    """Run what was asked for; 0 if nothing was wrong."""
    asked = _arguments()
    if shutil.which("strace") is None:
        return _skipped("there is no strace here")
    started = time.monotonic()
    rows: list[Row] = []
    nursery, drop = Nursery(), MailDrop()
    try:
        with tempfile.TemporaryDirectory(prefix="faults-", dir=asked.dir) as folder:
            for name in asked.subject:
                make = BENCHES.get(name, Bench)
                bench = make(
                    nursery=nursery, drop=drop, folder=Path(folder).resolve() / name, subject=ALL[name]
                )
                bench.set_up()
                for fault in asked.fault:
                    rows += _faults(bench, fault, asked)
    except CannotTraceError as error:
        return _skipped(f"strace cannot attach here: {error}")
    finally:
        nursery.close()
        drop.close()
    seconds = time.monotonic() - started
    wrong = [problem for row in rows for problem in row.wrong]
    text = tables(rows, seconds)
    print(text)
    for problem in wrong:
        print(f"WRONG {problem}", file=sys.stderr)
    if asked.write_table:
        write_readme(text)
    return 1 if wrong else 0


def _skipped(why: str) -> int:
    """Say that nothing was tried; a failure where the trials must run."""
    must_run = bool(os.environ.get(MUST_RUN))
    word, hint = ("FAILED", f" ({MUST_RUN} is set)") if must_run else ("SKIPPED", "")
    print(f"faults: {word}, nothing was tried: {why}{hint}", file=sys.stderr)
    return int(must_run)


def _faults(bench: Bench, fault: str, asked: argparse.Namespace) -> list[Row]:
    subject = bench.subject.name
    counts = counts_of(bench.calls)
    if bench.subject.calls and fault != "kill":
        return []
    if fault == "order":
        wrong = wrong_with_order(bench)
        return [
            Row(fault="order", subject=subject, call="", calls=len(bench.calls), trials=1, wrong=tuple(wrong))
        ]
    if fault == "race":
        pairs = 3 if asked.short else 20
        if isinstance(bench, ApplyBench):
            return [bench.race(pairs)]
        return race(bench, pairs) if subject == "run-due" else []
    names = [
        name for name in (REFUSABLE if fault != "kill" else ASKED) if name in asked.call or not asked.call
    ]
    names = [name for name in names if name in (bench.subject.calls or names)]
    if asked.short and (fault == "full disk" or subject != "run-due"):
        names = [name for name in names if name in ("pwrite64", "write", "fdatasync", bench.subject.every)]
    rows = []
    for name in names:
        if counts[name]:
            numbers = _numbers(bench, name, fault, short=asked.short)
            row = row_of(fault, subject, name, counts[name], _trials(bench, fault, name, numbers))
            rows.append(row)
            told = f"{subject}: {fault} at {name}: {row.trials} trials, {len(row.wrong)} wrong"
            print(f"\r{told}", file=sys.stderr, flush=True)
    return rows


def _numbers(bench: Bench, name: str, fault: str, *, short: bool) -> Iterable[int]:
    """Which calls are hit: 1, 2, 3 … without end, or a spread of a clean run and all around the dots."""
    numbers = [call.number for call in bench.calls if call.name == name]
    if fault != "kill" and name == "openat":  # a full disk refuses only new files
        numbers = [call.number for call in bench.calls if call.name == name and call.creates]
        if not short:
            return numbers
    if fault == "full disk" and not short:  # much the same as the refusal of one call: every fourth
        return numbers[::4]
    if not short or (fault == "kill" and name == bench.subject.every):
        return count(1)
    step = max(1, len(numbers) // SHORT)
    window = in_windows(bench.calls, name) if fault == "kill" else set()
    return sorted({*numbers[step // 2 :: step], *(window & set(numbers))})


def _trials(bench: Bench, fault: str, name: str, numbers: Iterable[int]) -> Iterable[Trial]:
    """Make the trials in order, up to the first in which the run ends before the fault is reached."""
    for number in numbers:
        if sys.stderr.isatty():
            print(f"\r{bench.subject.name}: {fault} {name} {number}   ", end="", file=sys.stderr, flush=True)
        if fault == "kill":
            trial = bench.kill_at(name, number)
        else:
            trial = bench.refuse_at(name, number, lasting=fault == "full disk")
        if trial.wrong:
            told = "; ".join(trial.wrong)
            print(f"\n{bench.subject.name}: {fault} {name} {number}: {told}", file=sys.stderr, flush=True)
        yield trial
        if not trial.was_hit:
            return


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a spread of calls, and every one around a dot")
    parser.add_argument("--write-table", action="store_true", help="write the counts into README.md")
    parser.add_argument("--subject", action="append", choices=list(ALL), help="what is cut off")
    parser.add_argument("--fault", action="append", choices=["order", "kill", "enospc", "full disk", "race"])
    parser.add_argument("--call", action="append", default=[], choices=ASKED, help="only this call")
    parser.add_argument("--dir", help="where the trials' books are made; default: the temporary folder")
    asked = parser.parse_args()
    asked.subject = asked.subject or [name for name in ALL if name != "build"]
    asked.fault = asked.fault or ["order", "kill", "enospc", "full disk", "race"]
    return asked


if __name__ == "__main__":
    sys.exit(main())
