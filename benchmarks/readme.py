"""Writes what was measured into README.md, between its marks, and keeps the words around it."""

import os
import platform
import re
from collections.abc import Mapping
from pathlib import Path

README = Path(__file__).parent / "README.md"


def marked(text: str, tables: Mapping[str, str]) -> str:
    """A text with each table between the marks of its name. Raises ValueError for a name without marks."""
    for name, body in tables.items():
        marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, count = marks.subn(rf"\g<1>{body.replace(chr(92), chr(92) * 2)}\g<2>", text)
        if count != 1:
            raise ValueError(f"README.md has {count} times the marks of {name!r}")
    return text


def write(tables: Mapping[str, str]) -> None:
    """Put tables between their marks of README.md."""
    README.write_text(marked(README.read_text(encoding="utf-8"), tables), encoding="utf-8")


def machine(began: float) -> str:
    """What was measured on; `began`: the load when it began."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    cores, ended = os.cpu_count(), os.getloadavg()[0]
    return (
        f"On {cores} cores with {python} on {platform.system()}; load when it began {began:.1f}, "
        f"when it ended {ended:.1f}.\n"
    )
