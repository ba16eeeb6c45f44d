"""What was measured last, kept as JSON beside README.md, which is written from it.

So one part can be measured anew while the others stand, and a test can tell whether README.md is what the
figures say.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.bench import Sizes
from benchmarks.figures import Bar, Finding, Report, Wanted, targets_table
from benchmarks.versions import versions_table

FILE = Path(__file__).parent / "measured.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a part found, on what machine, at what sizes (as JSON has them) and with which versions."""

    report: Report
    machine: str
    sizes: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)


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


def as_kept(sizes: Sizes) -> dict[str, Any]:
    """Sizes as the file has them."""
    kept: dict[str, Any] = json.loads(json.dumps(asdict(sizes)))
    return kept


def lost(before: Measured | None, now: Report) -> tuple[str, ...]:
    """What could not be measured now, each with the reason, if more of it was measured before."""
    known = len(now.not_measured) if before is None else len(before.report.not_measured)
    return now.not_measured if len(now.not_measured) > known else ()


def tables_of(measured: Mapping[str, Measured]) -> dict[str, str]:
    """Every table of README.md: what is wanted, with what it was measured, each part's with its machine."""
    findings = [finding for part in measured.values() for finding in part.report.findings]
    tables = {"targets": targets_table(sorted(findings, key=lambda finding: finding.row))}
    if any(part.versions for part in measured.values()):
        tables["versions"] = versions_table(part.versions for part in measured.values())
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
    missing = tuple(report.get("missing", ()))
    return Measured(
        report=Report(findings=findings, tables=report["tables"], bars=bars, missing=missing),
        machine=part["machine"],
        sizes=part.get("sizes", {}),
        versions=part.get("versions", {}),
    )
