"""`make audit` says what is known of the locked versions, and that nothing is known where nobody was asked."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.audit_locks import FOUND, NOT_ASKED, main, mistakes, pins_in

ROOT = Path(__file__).parents[2]
LOCK = "a-b==1.0 \\\n    --hash=sha256:00\nC_d==2.0+cpu \\\n    --hash=sha256:11\ne==3.0 \\\n    --hash=sha256:22\n"
HOLE = {"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": [], "description": ""}


def seen(name: str, version: str, *holes: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "version": version, "vulns": list(holes)}


def pip_audit(folder: Path, output: str, status: int = 0) -> str:
    """A program that answers so."""
    program = folder / "pip-audit"
    program.write_text(f"#!{sys.executable}\nimport sys\nsys.stdout.write({output!r})\nsys.exit({status})\n")
    program.chmod(0o755)
    return str(program)


def test_pins_are_read_off_a_lock() -> None:
    assert pins_in(LOCK) == {"a-b": "1.0", "c-d": "2.0+cpu", "e": "3.0"}


def test_what_was_not_looked_at_is_told() -> None:
    skipped = {"name": "c.d", "skip_reason": "a local label"}
    report = {"dependencies": [seen("A_B", "1.0"), skipped, seen("e", "3.1")]}
    assert list(mistakes(pins_in(LOCK), report)) == [
        "c-d 2.0+cpu: not looked at (a local label)",
        "e 3.0: another version was looked at, 3.1",
    ]
    assert next(iter(mistakes(pins_in(LOCK), {"dependencies": []}))) == "a-b 1.0: not looked at"


def test_a_hole_is_told_with_its_mend() -> None:
    report = {"dependencies": [seen("a-b", "1.0", HOLE)]}
    assert list(mistakes({"a-b": "1.0"}, report)) == ["a-b 1.0: PYSEC-1 (mended in: 1.1)"]


@pytest.mark.parametrize(
    ("found", "status", "said"),
    [
        ([seen("a-b", "1.0"), seen("c-d", "2.0+cpu"), seen("e", "3.0")], 0, "3 of 3 versions looked at"),
        ([seen("a-b", "1.0", HOLE), seen("c-d", "2.0+cpu"), seen("e", "3.0")], FOUND, "3 of 3"),
        ([seen("a-b", "1.0"), {"name": "c-d", "skip_reason": "x"}, seen("e", "3.0")], FOUND, "2 of 3"),
        ([{"name": name, "skip_reason": "not found"} for name in ("a-b", "c-d", "e")], NOT_ASKED, "0 of 3"),
        (None, NOT_ASKED, "nothing was looked at: no advisory service answers"),
    ],
)
def test_the_status_tells_whether_all_is_well(
    found: list[Any] | None, status: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """pip-audit itself ends well where it has passed over everything."""
    lock = tmp_path / "requirements.lock"
    lock.write_text(LOCK)
    output = "" if found is None else json.dumps({"dependencies": found, "fixes": []})
    assert main(pip_audit(tmp_path, output), [lock]) == status
    assert said in capsys.readouterr().out


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements*.lock")), ids=lambda lock: lock.name)
def test_every_lock_has_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert pins_in(text)
    assert not any(sign in text for sign in ("://", "--index", "--find-links", "--trusted"))
    for entry in text.split("\n"):
        assert entry.startswith(("#", "    --hash=sha256:")) or entry.endswith(" \\") or not entry
    assert [v for v in pins_in(text).values() if "+" in v] == []  # a local label is looked at by nobody


@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
def test_what_make_installs_is_held_to_the_hashes() -> None:
    """What `make` would do for every environment of a user, of the tests and of the measurements."""
    targets = [".venv/.tests-installed", *(f".venv-{name}/.installed" for name in ("bench", "fuzz", "audit"))]
    told = subprocess.run(
        ["make", "--dry-run", "--always-make", *targets],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "MAKEFLAGS": "", "VENV": ".venv"},
    ).stdout
    commands = [
        words.split() for line in told.splitlines() for words in line.split("||") if "pip " in f"{words} "
    ]
    of_locks = [words for words in commands if "-r" in words]
    assert {words[words.index("-r") + 1] for words in of_locks} == {
        path.name for path in ROOT.glob("requirements*.lock")
    }
    for words in of_locks:
        assert "--require-hashes" in words
        assert words[words.index("--only-binary") + 1] == ":all:"
    for words in commands:  # all else is the project itself, and brings nothing with it
        assert words in of_locks or ("--no-deps" in words and words[-2:] == ["-e", "."])
