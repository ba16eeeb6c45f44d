"""What fuzzing found once is not found again, and every harness runs: `make fuzz` looks for more."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from tests.conftest import ROOT
from tests.fuzz import __main__ as command
from tests.fuzz.choices import Choices
from tests.fuzz.targets import FOUND, NAMES, found_by, target


def inputs() -> Iterator[ParameterSet]:
    for name in NAMES:
        for number, seed in enumerate(target(name).seeds):
            yield pytest.param(name, seed, id=f"{name}-{number}")


@pytest.mark.parametrize(("name", "data"), list(inputs()))
def test_seeds_and_findings_run_without_a_finding(
    name: str, data: bytes, request: pytest.FixtureRequest
) -> None:
    if name == "house":  # nonsense in a house's own cover is its own
        request.getfixturevalue("_unwatched")
    target(name).run(data)


def test_every_finding_belongs_to_a_harness() -> None:
    kept = {path for path in FOUND.rglob("*") if path.is_file()}
    assert kept == {path for name in NAMES for path in found_by(name)}
    assert len(kept) >= 4


def test_any_bytes_are_decisions_and_their_end_is_the_first_of_each() -> None:
    over = Choices(b"")
    assert (over.number(7), over.flag(), over.pick("abc"), over.take(3)) == (0, False, "a", b"")
    assert over.text() == "Norland "
    two = Choices(bytes([255, 255]))
    assert two.number(300) == 65535 % 300
    assert two.is_over


WRONG = """
import sys
from tests.fuzz import engine, targets
from tests.fuzz.targets import Target

def run(data):
    if b"x" in data:
        raise KeyError("found")
    if b"spin" in data:
        while True:
            pass

engine.SLOWEST = 0.5
engine.target = lambda name: Target(name, run, (b"", b"an x", b"spin"), (b"x",))
engine.fuzz("wrong", 2, 1, engine.Path(sys.argv[1]), coverage=False)
"""


def test_what_goes_wrong_is_written_down_with_how_to_see_it_again(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRONG, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    told = sorted(path.read_text() for path in tmp_path.glob("*.txt"))
    assert len(told) == 2, done.stderr
    assert all(text.startswith(f"python -m tests.fuzz --replay {tmp_path}/") for text in told)
    assert "KeyError: 'found'" in "".join(told)
    assert "TooSlowError" in "".join(told)
    found = [path.read_bytes() for path in tmp_path.glob("*.bin")]
    assert any(b"x" in data for data in found)
    assert any(b"spin" in data for data in found)


@pytest.mark.parametrize(
    ("name", "told", "status"), [("harness", " inputs in ", 0), ("idle", "no input was run", 1)]
)
def test_a_harness_that_ran_nothing_did_not_find_nothing(
    name: str,
    told: str,
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "NAMES", ("harness", "idle"))
    # In the place of a Python that ends well, having run nothing, or so many inputs.
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nif [ "$3" = harness ]; then echo 65 > out/fuzz/harness/count; fi\n')
    python.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(sys, "argv", ["fuzz", name, "--engine", "random"])
    assert command.main() == status
    printed = capsys.readouterr().out
    assert told in printed
    assert ("nothing found" in printed) == (status == 0)
