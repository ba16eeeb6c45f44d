"""The starter's book with a memo of each profile: those that docs/profiles.md shows."""

import shutil
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from briefbook.readers.read_book import read_book
from briefbook.workshop import Day, Task, Workshop
from tests.conftest import ROOT

STARTER = ROOT / "src" / "briefbook" / "starter"
PROFILES = ROOT / "templates" / "profiles"
SHOWN = ROOT / "docs" / "profiles"
NAMES = tuple(sorted(path.stem for path in SHOWN.glob("*.yaml")))
DAYS = ("2031-04-20", "2031-12-01")


def write_book(root: Path, changes: Mapping[str, str] | None = None) -> Path:
    """Write the book into a folder; `changes` are other files of it, or other texts of these."""
    shutil.copytree(STARTER, root)
    for path in SHOWN.glob("*.yaml"):
        shutil.copy(path, root / "memos")
    for name, text in (changes or {}).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


LONG = {
    "background-paper": "argument",
    "read-ahead": "talking_points",
    "state-style": "recommendation",
    "submission": "argument",
}


def long_memo(name: str) -> str:
    """A memo's text with so many points more that it goes over several pages."""
    memo = yaml.safe_load((SHOWN / f"{name}.yaml").read_text(encoding="utf-8"))
    points = [f"Point {number} of many, so that the paper runs over its page." for number in range(60)]
    points += ["The last one (Tab A)."] if name == "submission" else []  # it speaks of its tab there
    memo |= {"length": 9, LONG[name]: points}
    return yaml.safe_dump(memo, allow_unicode=True, sort_keys=False)


@cache
def _workshop(root: Path) -> Workshop:
    return Workshop(read_book(root).book)


def outputs_of(root: Path, memo: str, day: str, *formats: str) -> dict[str, bytes]:
    """A memo of the book in a folder as of a day."""
    workshop = _workshop(root)
    as_of = date.fromisoformat(day)
    task = Task(memo=workshop.book.memos[memo], day=Day(as_of=as_of, known_by=as_of), formats=formats)
    rendered = workshop.render(task)
    assert rendered.problems == ()
    return rendered.outputs


def profile_outputs(root: Path) -> dict[str, dict[str, bytes]]:
    """Every profile's memo as of two days, as DOCX and PDF, and one of each that runs over pages."""
    changes = {f"memos/{name}-long.yaml": long_memo(name) for name in NAMES}
    write_book(root, changes)
    return {
        f"{day}.{memo}": outputs_of(root, memo, day, "docx", "pdf")
        for day in DAYS
        for memo in (*NAMES, *(f"{name}-long" for name in NAMES))
    }
