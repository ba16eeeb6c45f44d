"""What `python -m tests.faults` says where it cannot run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(("must_run", "word", "status"), [("", "SKIPPED", 0), ("1", "FAILED", 1)])
def test_without_strace_it_says_so(tmp_path: Path, must_run: str, word: str, status: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--short"],
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path), "FAULTS_MUST_RUN": must_run},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (status, "")
    assert f"{word}, nothing was tried: there is no strace here" in done.stderr


def test_the_machine_that_tests_is_strict() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "export FAULTS_MUST_RUN=1" in script
    for package in ("strace", "mutt"):
        assert f"wanted+=({package})" in script
