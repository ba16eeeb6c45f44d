"""`make audit`: asks an advisory service about every locked version, and whether it was asked about all.

    python -m tests.audit_locks PIP_AUDIT [LOCK…]

pip-audit passes over, and ends well with, what the service does not know: a version with a local label, or
every one where an index stands in for the service. So its report is held against the lock: a version that
was not looked at counts as a finding. Without the service nothing is known, and that is what is said.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
FOUND, NOT_ASKED = 1, 2


def pins_in(lock: str) -> dict[str, str]:
    """The version of each package of a lock, by its name as PEP 503 has it."""
    return {normal(name): version for name, version in _PIN.findall(lock)}


def normal(name: str) -> str:
    """A package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def mistakes(pins: dict[str, str], report: dict[str, Any]) -> Iterable[str]:
    """What a report of pip-audit in JSON finds, and what it did not look at."""
    looked = {normal(each["name"]): each for each in report["dependencies"]}
    for name, version in pins.items():
        each = looked.get(name)
        if each is None:
            yield f"{name} {version}: not looked at"
        elif "skip_reason" in each:
            yield f"{name} {version}: not looked at ({each['skip_reason']})"
        elif each["version"] != version:
            yield f"{name} {version}: another version was looked at, {each['version']}"
        else:
            for found in each["vulns"]:
                mends = ", ".join(found.get("fix_versions") or ()) or "none yet"
                yield f"{name} {version}: {found['id']} (mended in: {mends})"


def audited(pip_audit: str, lock: Path) -> dict[str, Any] | None:
    """The report on a lock; None where there is none, because the service does not answer."""
    command = [pip_audit, "--requirement", str(lock), "--disable-pip", "--require-hashes", "--format", "json"]
    done = subprocess.run(
        [*command, "--progress-spinner", "off"], capture_output=True, text=True, check=False
    )
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        print(*done.stderr.splitlines()[-1:], file=sys.stderr)  # noqa: T201 – a command
        return None
    return report


def main(pip_audit: str, locks: list[Path]) -> int:
    """Audit some locks; the exit status."""
    worst = 0
    for lock in locks:
        pins, report = pins_in(lock.read_text(encoding="utf-8")), audited(pip_audit, lock)
        if report is None:
            print(f"{lock.name}: nothing was looked at: no advisory service answers")  # noqa: T201
            worst = max(worst, NOT_ASKED)
            continue
        found = sorted(mistakes(pins, report))
        unseen = sum(": not looked at" in line for line in found)
        print(f"{lock.name}: {len(pins) - unseen} of {len(pins)} versions looked at", *found, sep="\n  ")  # noqa: T201
        worst = max(worst, (NOT_ASKED if unseen == len(pins) else FOUND) if found else 0)
    return worst


if __name__ == "__main__":
    root = Path(__file__).parents[1]
    chosen = [Path(name) for name in sys.argv[2:]] or sorted(root.glob("requirements*.lock"))
    raise SystemExit(main(sys.argv[1], chosen))
