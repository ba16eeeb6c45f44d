"""The harnesses by name. Each is a module with `run(data)`, `SEEDS` and `TOKENS`."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

NAMES = ("yaml", "dates", "markdown", "writers", "review", "house", "smtp")
FOUND = (
    Path(__file__).parent / "found"
)  # inputs that found something, by harness: tests/test_fuzz_findings.py


class Target(NamedTuple):
    """What is fuzzed: any exception of `run` is a finding."""

    name: str
    run: Callable[[bytes], None]
    seeds: tuple[bytes, ...]  # inputs to begin with
    tokens: tuple[bytes, ...]  # what means something to it


def target(name: str) -> Target:
    """A harness by its name."""
    module = import_module(f"tests.fuzz.{name}")
    seeds = (*module.SEEDS, *(path.read_bytes() for path in found_by(name)))
    return Target(name, module.run, seeds, module.TOKENS)


def found_by(name: str) -> list[Path]:
    """The inputs by which a harness found something, in order."""
    return sorted((FOUND / name).glob("*.bin"))
