"""What was measured last, kept as JSON beside README.md, which is written from it.

So one part can be measured anew while the others stand, and a test can tell whether README.md is what the
figures say.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.figures import Bar, Finding, Report, Wanted, targets_table

FILE = Path(__file__).parent / "measured.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a part found, and on what machine."""

    report: Report
    machine: str


def load(file: Path = FILE) -> dict[str, Measured]:
    """By part, what was measured last; nothing where nothing was yet."""
    if not file.exists():
        return {}
    kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return {name: _measured(part) for name, part in kept.items()}


def save(measured: Mapping[str, Measured], file: Path = FILE) -> None:
    """Keep it."""
    kept = {name: asdict(part) for name, part in measured.items()}
    file.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def tables_of(measured: Mapping[str, Measured]) -> dict[str, str]:
    """Every table of README.md, each followed by the machine that it is of; first that of what is wanted."""
    findings = [finding for part in measured.values() for finding in part.report.findings]
    tables = {"targets": targets_table(sorted(findings, key=lambda finding: finding.row))}
    for part in measured.values():
        tables |= {name: f"{body}\n{part.machine}" for name, body in part.report.tables.items()}
    return tables


def bars_of(measured: Mapping[str, Measured]) -> list[Bar]:
    """What the plot shows."""
    return [bar for part in measured.values() for bar in part.report.bars]


def _measured(part: Mapping[str, Any]) -> Measured:
    report = part["report"]
    findings = tuple(
        Finding(**{**finding, "wanted": Wanted(**finding["wanted"]), "values": tuple(finding["values"])})
        for finding in report["findings"]
    )
    bars = tuple(Bar(**bar) for bar in report["bars"])
    return Measured(
        report=Report(findings=findings, tables=report["tables"], bars=bars), machine=part["machine"]
    )
