"""Row 3: whole processes from nothing, one memo each, in turn, by the time that a core worked for them."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from benchmarks.bench import COMMAND, Bench, Took, timed
from benchmarks.book import memo_id, write_book
from benchmarks.figures import Finding, Report, Wanted, spread, table, told
from benchmarks.pairs import DOCXTPL, TYPST, WAYS, WEASYPRINT, Way, prepare
from benchmarks.workers import OWN_PYTHON, ROOT, folder_for

IMPORT_LINE = "import docx, reportlab.platypus, reportlab.pdfbase.ttfonts"
BUILD, HELP, LIST, LINE = "briefbook build, to two files", "briefbook --help", "briefbook list", "that line"
PEERS = {
    "docxtpl, to a DOCX": DOCXTPL,
    "Typst, to a PDF": TYPST,
    "WeasyPrint, to a PDF/UA": WEASYPRINT,
}


class Book:
    """A book of one memo, of which nothing is made yet each time that it is built."""

    def __init__(self, folder: Path) -> None:
        self.folder = write_book(folder, 1)
        self._files = {path.name for path in folder.iterdir()}

    def build(self) -> Took:
        """Make the memo's two files."""
        for path in self.folder.iterdir():
            if path.name not in self._files:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        took = self.run("build")
        made = {path.name for path in self.folder.glob("out/*/*")}
        if made != {f"{memo_id(0)}.docx", f"{memo_id(0)}.pdf"}:
            raise ValueError(f"build made {sorted(made)}")
        return took

    def run(self, *words: str) -> Took:
        """Run briefbook in the book."""
        return timed([COMMAND, "-C", self.folder, *words])


def measure(bench: Bench) -> Report:
    """Run every command once for nothing, then all in turn, as a user's second command.

    So bytecode is there, and what is kept for a user between processes, as a listing of a book.
    """
    base = bench.folder("cold")
    base.mkdir()
    prepare(base, 1)
    peers = {name: next(way for way in WAYS if way.name == of) for name, of in PEERS.items()}
    missing = {name: why for name, way in peers.items() if way.optional and (why := _missing(bench, way))}
    ways = dict(_ways(bench, base, {name: way for name, way in peers.items() if name not in missing}))
    runs: dict[str, list[Took]] = {name: [] for name in ways}
    for number in range(bench.sizes.cold + 1):
        for name, run in ways.items():
            took = run()
            if number:
                runs[name].append(took)
        print(f"cold {number} of {bench.sizes.cold}", file=sys.stderr)  # noqa: T201
    return _report({name: [took.processor for took in some] for name, some in runs.items()}, missing)


def _ways(bench: Bench, base: Path, peers: Mapping[str, Way]) -> Iterator[tuple[str, Callable[[], Took]]]:
    book = Book(base / "one")
    yield LINE, lambda: timed([OWN_PYTHON, "-c", IMPORT_LINE])
    yield BUILD, book.build
    yield HELP, lambda: timed([COMMAND, "--help"])
    yield LIST, lambda: book.run("list")
    asked = json.dumps({"memos": [0], "keep": True}) + "\n"
    for name, way in peers.items():
        module, folder = f"benchmarks.{way.module}", folder_for(name, base)
        command: list[str | Path] = [bench.peers, "-m", "benchmarks.work", module, way.way, folder]
        yield name, partial(timed, command, told=asked, python_path=[ROOT])


def _missing(bench: Bench, way: Way) -> str:
    """Why a way cannot begin here; nothing for one that can."""
    command: list[str | Path] = [bench.peers, "-c", f"import benchmarks.{way.module}"]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    return ended.stderr.strip().splitlines()[-1] if ended.returncode else ""


def _report(taken: Mapping[str, list[float]], missing: Mapping[str, str]) -> Report:
    def against(name: str) -> tuple[float, ...]:
        return tuple(one / line for one, line in zip(taken[name], taken[LINE], strict=True))

    line = f'`python -c "{IMPORT_LINE}"`'
    findings = (
        Finding(
            row=3,
            what=f"one memo, cold, to two files: time as × that of {line}",
            wanted=Wanted(limit=1.5),
            values=against(BUILD),
        ),
        Finding(row=3, what=f"`--help`, as × {LINE}", wanted=Wanted(limit=0.5), values=against(HELP)),
        Finding(row=3, what=f"`list`, as × {LINE}", wanted=Wanted(limit=0.5), values=against(LIST)),
    )
    rows = []
    for name, values in taken.items():
        ratio = spread(against(name))
        label = line if name == LINE else name
        around = f"{told(ratio.low, '')} – {told(ratio.high, '')}"
        rows.append(
            [label, told(1000 * spread(values).middle, ""), told(ratio.middle, ""), around, str(ratio.runs)]
        )
    rows += [[name, "not measured", "", "", ""] for name in missing]
    heads = ["a process", ":ms of processor", f":× {LINE}", ":spread", ":runs"]
    lacks = tuple(f"{name}: {why}" for name, why in missing.items())
    return Report(findings=findings, tables={"cold": table(heads, rows)}, missing=lacks)
