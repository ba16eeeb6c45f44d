"""The starter's book with a memo of each profile: those that docs/profiles.md shows. `make profiles`:

    python -m tests.profile_memos FOLDER IMAGES

writes the book into a folder and draws the first page of each memo into another.
"""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from PIL import Image

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


WORDS = [
    "survey",
    "strait",
    "autumn",
    "boats",
    "harbour",
    "council",
    "night",
    "spring",
    "crew",
    "ship",
    "cost",
]
LONG = {
    "background-paper": "argument",
    "read-ahead": "talking_points",
    "state-style": "recommendation",
    "submission": "argument",
}


def long_memo(name: str) -> str:
    """A memo's text with so many points more that it goes over several pages."""
    memo = yaml.safe_load((SHOWN / f"{name}.yaml").read_text(encoding="utf-8"))
    said = (range(number, number * 11, number + 1) for number in range(1, 61))
    points = [" ".join(WORDS[at % len(WORDS)] for at in each) for each in said]
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


def draw(folder: Path, images: Path) -> None:
    """Draw the first page of each profile's memo, in few colours and a thin frame."""
    shutil.rmtree(folder, ignore_errors=True)
    write_book(folder)
    for name in NAMES:
        pdf = folder / f"{name}.pdf"
        pdf.write_bytes(outputs_of(folder, name, DAYS[0], "pdf")["pdf"])
        picture = images / f"profile-{name}.png"
        command = ["pdftoppm", "-r", "60", "-png", "-f", "1", "-l", "1", "-singlefile"]
        subprocess.run([*command, str(pdf), str(picture.with_suffix(""))], check=True, timeout=60)
        page = Image.open(picture).convert("RGB")
        framed = Image.new("RGB", (page.width + 2, page.height + 2), (0x8A, 0x94, 0xA3))
        framed.paste(page, (1, 1))
        framed.quantize(16, Image.Quantize.MAXCOVERAGE).save(picture, optimize=True)


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
