"""SECURITY.md: every threat names what stops it and a test that shows it, and all of these exist."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "SECURITY.md"


def rows() -> list[tuple[str, str, str]]:
    """Threat, what stops it, what shows it."""
    table = PAGE.read_text(encoding="utf-8").partition("## Threats")[2].partition("\n## ")[0]
    cells = [line.strip("|").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    assert all(len(row) == 3 for row in cells)
    return [(row[0].strip(), row[1].strip(), row[2].strip()) for row in cells[1:]]


def test_every_threat_has_its_row() -> None:
    assert len(rows()) >= 20
    assert len({row[0] for row in rows()}) == len(rows())


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0][:50])
def test_what_a_row_names_exists(row: tuple[str, str, str]) -> None:
    _, stopped, shown = row
    modules = [name for name in re.findall(r"`([\w/.-]+)`", stopped) if name.endswith((".py", ".lock", "/"))]
    assert modules or "make fuzz" in stopped or "ping.py" in stopped
    for name in modules:
        there = (ROOT / "src/briefbook" / name).exists() or (ROOT / name).exists()
        assert there, name
    references = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", shown)
    assert references
    for file, test in references:
        assert test in set(functions(ROOT / file)), (file, test)


def functions(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node.name


def test_no_address_is_made_up() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert not re.search(r"[\w.]+@[\w.]+|https?://", text)
