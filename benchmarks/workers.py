"""The processes that make memos (`work.py`), as the measuring process sees them."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from benchmarks.words import Words

ROOT = Path(__file__).resolve().parent.parent
OWN_PYTHON = Path(sys.executable)


class WorkerError(Exception):
    """A way that could not be begun, or broke off."""


class Worker:
    """A process that makes memos by one way; to be closed."""

    def __init__(self, python: Path, module: str, way: str, folder: Path) -> None:
        """Start it; its folder has the words and the book. Raises WorkerError where it cannot begin."""
        self.folder = folder
        self._errors = (folder / "errors.txt").open("w+", encoding="utf-8")
        paths = [str(ROOT), *([str(ROOT / "src")] if python == OWN_PYTHON else [])]
        self._process = subprocess.Popen(
            [python, "-m", "benchmarks.work", module, way, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        )
        self._answer()

    def make(self, memos: Sequence[int], *, keep: bool = False) -> float:
        """Make these memos; the mean seconds of processor for one. `keep`: write them into the folder.

        Raises WorkerError where it cannot.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"memos": list(memos), "keep": keep}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # what it said before it ended is told below
        return float(self._answer()) / max(1, len(memos))

    def _answer(self) -> str:
        assert self._process.stdout is not None
        answer = self._process.stdout.readline()
        if not answer:
            self._process.wait()
            self._errors.seek(0)
            raise WorkerError("".join(self._errors.readlines()[-3:]).strip())
        return answer.strip()

    def __enter__(self) -> Self:
        """Itself: it runs already."""
        return self

    def __exit__(self, *error: object) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._errors.close()


def folder_for(name: str, base: Path) -> Path:
    """A worker's own folder, with the words and the books of all."""
    folder = base / "work" / name.replace(" ", "-")
    folder.mkdir(parents=True)
    for shared in ("words", "book", "book-serif"):
        (folder / shared).symlink_to(base / shared)  # only the pairs have the last
    return folder


def write_words(base: Path, memos: Sequence[Words]) -> None:
    """Write the words of memos where every worker finds them."""
    (base / "words").mkdir()
    for words in memos:
        (base / f"words/{words['number']}.json").write_text(json.dumps(words), encoding="utf-8")
