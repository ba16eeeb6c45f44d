# ruff: noqa: T201 – a command that people watch
"""`python -m tests.fuzz [NAME…] [--seconds N]`: one harness after another; `--replay FILE NAME`: one."""

import argparse
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz.engine import fuzz
from tests.fuzz.targets import NAMES, target

_PATIENCE = 120  # seconds beyond its time after which a harness hangs in code that no signal ends


def main() -> int:
    """Exit status 0 where nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all of them without"
    )
    parser.add_argument("--seconds", type=float, default=600, help="for each harness (600)")
    parser.add_argument("--seed", type=int, default=1, help="the same gives the same inputs at random (1)")
    parser.add_argument("--engine", choices=("auto", "atheris", "random"), default="auto")
    parser.add_argument("--out", type=Path, default=Path("out/fuzz"), help="where findings go (out/fuzz)")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="run this one input of NAME")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # the process of one harness
    asked = parser.parse_args()
    names = asked.names or list(NAMES)
    if unknown := set(names) - set(NAMES):
        parser.error(f"no harness is called {', '.join(sorted(unknown))}")
    if asked.replay:
        for name in names:
            target(name).run(asked.replay.read_bytes())
            print(f"{name}: nothing found")
        return 0
    coverage = asked.engine == "atheris" or (asked.engine == "auto" and find_spec("atheris") is not None)
    if asked.here:
        fuzz(names[0], asked.seconds, asked.seed, asked.out / names[0], coverage=coverage)
        return 0
    print(f"by {'atheris' if coverage else 'changes at random (atheris is not here)'}", flush=True)
    return max([_in_a_process(name, asked, coverage=coverage) for name in names])


def _in_a_process(name: str, asked: argparse.Namespace, *, coverage: bool) -> int:
    """Fuzz one harness where it can do no harm but to itself."""
    folder: Path = asked.out / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    options = ["--seconds", str(asked.seconds), "--seed", str(asked.seed), "--out", str(asked.out)]
    engine = ["--engine", "atheris" if coverage else "random"]
    command = [sys.executable, "-m", "tests.fuzz", name, "--here", *engine, *options]
    began = time.monotonic()
    with (folder / "log").open("wb") as log:
        try:
            patience = asked.seconds + _PATIENCE
            status = subprocess.run(command, timeout=patience, check=False, stderr=log).returncode
        except subprocess.TimeoutExpired:
            status = -1
    if status:
        why = "it hangs" if status == -1 else f"its process ended with {status} ({folder / 'log'})"
        print(f"{name}: {why}: python -m tests.fuzz --replay {folder / 'current'} {name}", flush=True)
    found = len(list(folder.glob("*.txt"))) + bool(status)
    count = int((folder / "count").read_text("ascii")) if (folder / "count").is_file() else 0
    spent = time.monotonic() - began
    if not count:
        print(
            f"{name}: no input was run in {spent:.0f} s, so nothing is known ({folder / 'log'})", flush=True
        )
        return 1
    print(f"{name}: {count:,} inputs in {spent:.0f} s, {found or 'nothing'} found", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
