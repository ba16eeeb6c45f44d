"""What was measured: values with their spread, and whether they keep to what is wanted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The median of some runs, and their quartiles; with three or fewer, the least and the most."""

    middle: float
    low: float
    high: float
    runs: int


def spread(values: Sequence[float]) -> Spread:
    """The spread of at least one value."""
    low, high = min(values), max(values)
    if len(values) > 3:
        low, _, high = quantiles(values, n=4, method="inclusive")
    return Spread(middle=median(values), low=low, high=high, runs=len(values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A bound that the median has to keep."""

    limit: float
    at_least: bool = False
    either_way: bool = False  # it bounds what lies below nought as well
    unit: str = "×"

    def holds(self, value: float) -> bool:
        """Whether a median keeps to it."""
        if self.at_least:
            return value >= self.limit
        return (abs(value) if self.either_way else value) <= self.limit

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "±" if self.either_way else "≤"
        return f"{sign} {told(self.limit, self.unit)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A line of the table of what is wanted; without values it was not measured, for the reason in `note`."""

    row: int  # of the table in the issue that asked for it
    what: str
    wanted: Wanted
    values: tuple[float, ...] = ()
    note: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether it keeps to what is wanted; None where it was not measured."""
        return self.wanted.holds(median(self.values)) if self.values else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What a way takes, for the plot: calibrated milliseconds."""

    label: str
    gives: str
    milliseconds: float
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one part of the benchmarks found."""

    findings: tuple[Finding, ...] = ()
    tables: dict[str, str] = field(default_factory=dict)  # Markdown, by the marks in README.md
    bars: tuple[Bar, ...] = ()
    missing: tuple[str, ...] = ()  # what a table lacks, each with the reason

    @property
    def not_measured(self) -> tuple[str, ...]:
        """What could not be measured, each with the reason."""
        unknown = (f"{finding.what}: {finding.note}" for finding in self.findings if not finding.values)
        return (*unknown, *self.missing)


def told(value: float, unit: str) -> str:
    """A value with its unit: two decimals for what is small, none for what is large."""
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{digits}f}{' ' if unit else ''}{unit}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; a head that begins with a colon is of numbers, set flush right."""
    rule = ["--:" if head.startswith(":") else "---" for head in heads]
    lines = [[head.removeprefix(":") for head in heads], *rows]
    head, *body = (f"| {' | '.join(cells)} |" for cells in lines)
    return "\n".join([head, f"|{'|'.join(rule)}|", *body]) + "\n"


def targets_table(findings: Sequence[Finding]) -> str:
    """The table of what is wanted, what was found, and whether it holds."""
    rows = []
    for finding in findings:
        found, around, runs = "not measured", finding.note, ""
        if finding.values:
            values, unit = spread(finding.values), finding.wanted.unit
            found = f"**{told(values.middle, unit)}**"
            around = f"{told(values.low, '')} – {told(values.high, '')}"
            runs = str(values.runs)
        holds = {True: "yes", False: "**no**", None: ""}[finding.holds]
        rows.append([str(finding.row), finding.what, str(finding.wanted), found, around, runs, holds])
    return table(["row", "what", ":wanted", ":median", ":spread", ":runs", "holds"], rows)
