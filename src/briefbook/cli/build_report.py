"""What `briefbook build` tells of what it made: in words, and as JSON."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from briefbook.cli.printing import (
    count,
    from_json,
    listed,
    print_problems,
    say,
    shown,
    tell_json,
    tell_left_out,
    warn_beside,
)
from briefbook.diagnostics import Problem
from briefbook.passes import Standing
from briefbook.placing import REDLINE, Placed
from briefbook.writers import WRITERS

if TYPE_CHECKING:  # what makes memos is imported once there is a memo to make
    from briefbook.build import Built
    from briefbook.memo import Book, Memo
    from briefbook.redlining import Redlined
    from briefbook.workshop import Day


def made_of(done: "Iterable[Built]") -> "Iterator[Built]":
    """The memos that stand as they should."""
    return (built for built in done if not built.problems)


class Outcome:
    """What a person is told of a pass: of most memos no more than how many were made."""

    def __init__(self, done: "Iterable[Built]") -> None:
        self.made = 0  # memos
        self.written = 0  # of these: of which a file was written
        self.files = 0  # that were written
        self.failed: set[str] = set()  # memos that were not made
        self.beside: list[Placed] = []  # files that could not have their names
        self.partly: dict[str, list[str]] = {}  # by memo that was not made: the files that were
        self.problems: list[Problem] = []
        self.left_out: dict[str, list[dict[str, object]]] = {}
        self.traces: dict[str, str] = {}
        for built in done:
            self._add(built)

    def _add(self, built: "Built") -> None:
        self.beside += [file for file in built.files if file.beside is not None]
        self.problems += built.problems
        if built.trace:
            self.traces[built.memo] = built.trace
        if built.problems:
            self.failed.add(built.memo)
            if built.files:
                self.partly[built.memo] = [file.path.name for file in built.files]
            return
        written = sum(file.written for file in built.files)
        self.files += written
        self.made += 1
        self.written += written > 0
        if built.left_out:
            self.left_out[built.memo] = listed(built.left_out)


def tell_standing(standing: Standing, wants_json: bool) -> None:
    """Tell of a pass that changed nothing."""
    print_problems(from_json(problem) for problem in standing.said)
    tell_left_out(standing.left_out)
    if wants_json:
        folder = Path(standing.folder)
        stand = {
            memo: [Placed(path=folder / name, written=False) for name in names]
            for memo, (_, names) in standing.memos.items()
        }
        editions = {memo: number for memo, (number, _) in standing.memos.items()}
        tell_json(made_as_json(stand, editions, left_out=standing.left_out, problems=standing.said))
    else:
        memos = count(len(standing.memos), "memo", "memos")
        say(f"{memos} up to date: {shown(Path(standing.folder))}{os.sep}")


def tell_summary(outcome: Outcome, missing: Sequence[str], folder: Path) -> None:
    """Tell what was made of the memos that were asked for, and which were not."""
    if outcome.made:
        say(f"{_what_was_made(outcome)}: {shown(folder)}{os.sep}")
    warn_beside(outcome.beside)
    if missing:
        say(f"{count(len(missing), 'memo', 'memos')} not made: {', '.join(missing)}")
    for memo, files in outcome.partly.items():
        say(f"of {memo} only this was written: {', '.join(files)}")
    untouched = [name for name in missing if name not in outcome.partly]
    stale = [name for name in untouched if any((folder / f"{name}.{it}").exists() for it in WRITERS)]
    if stale:
        say(f"what lies in {shown(folder)}{os.sep} from an earlier build stays as it was: {', '.join(stale)}")
    if not outcome.made and not missing:
        say("this book has no memos: add one in memos/")


def tell_old_redlines(
    done: "Iterable[Built]", folder: Path, redlined: "Iterable[Redlined]", memos: Iterable[str]
) -> None:
    """Tell of redlines beside a DOCX that was written without them: they are of other editions than it is.

    `memos`: the names of all memos of the book; their own files are no redlines, whatever they are called.
    """
    new = {each.file.path.name for each in redlined if each.file is not None}
    there = {path.name for path in folder.glob(f"*{_REDLINE}")} - new
    there -= {f"{memo}.docx" for memo in memos} if there else set()
    if not there:  # to look at the files of each memo, it is unpacked
        return
    written = (file.path for built in made_of(done) for file in built.files if file.written)
    old = [name for path in written if (name := f"{path.stem}{_REDLINE}") in there and path.suffix == ".docx"]
    if old:
        stand = f"redlines of earlier editions still stand in {shown(folder)}{os.sep}"
        say(f"{stand}: {', '.join(old)} (--redline makes new ones)")


_REDLINE = f".{REDLINE}.docx"


def tell_traces(outcome: Outcome) -> None:
    """Print where in the program its own mistakes happened: for whoever mends them."""
    for memo, trace in outcome.traces.items():
        say(f"{memo}:", *trace.rstrip().split("\n"))


def tell_fallen(book: "Book", memos: "Iterable[Memo]", day: "Day") -> None:
    """Tell which words of a person are not printed, as what they rest on fell with a withdrawn source."""
    from briefbook.index import indexed
    from briefbook.memo_languages import language_of
    from briefbook.resting import fallen
    from briefbook.showing import View

    index = indexed(book.facts)
    for memo in memos:
        language = language_of(memo, book.settings)
        view = View(index=index, day=day.as_of, known_by=day.known_by, language=language)
        for slot, facts in fallen(memo, view):
            say(f"{memo.id}: {slot!r} is not printed: what it rests on was withdrawn ({', '.join(facts)})")


def _what_was_made(outcome: Outcome) -> str:
    """As “3 of 16 memos in 6 files, the others are up to date”."""
    made, written = outcome.made, outcome.written
    if not written:
        return f"{count(made, 'memo', 'memos')} up to date"
    in_files = f"in {count(outcome.files, 'file', 'files')}"
    if written == made:
        return f"{count(made, 'memo', 'memos')} {in_files}"
    return f"{written} of {made} memos {in_files}, the others are up to date"


def made_as_json(
    made: Mapping[str, Sequence[Placed]],
    editions: Mapping[str, int],
    *,
    others: Sequence[Placed] = (),
    names: Sequence[str] = (),
    left_out: Mapping[str, Sequence[Mapping[str, object]]] = MappingProxyType({}),
    reports: Mapping[str, Sequence[Placed]] = MappingProxyType({}),
    redlines: "Sequence[Redlined]" = (),
    problems: Sequence[Mapping[str, object]] = (),
) -> dict[str, object]:
    """What was made, for programs to read; in the same shape where it stood there or was brought back.

    `others` are files of memos of which not all could be made; `names` what was asked for.
    """
    red = {each.memo: each.file for each in redlines if each.file is not None}
    files = [*(file for its in made.values() for file in its), *others, *red.values()]
    return {
        "made": {memo: [shown(file.path) for file in its] for memo, its in made.items()},
        "editions": editions,
        "written": [shown(file.path) for file in files if file.written],
        "beside": {shown(file.path): shown(file.beside) for file in files if file.beside},
        "left_out": {memo: its for memo, its in left_out.items() if its},
        "reports": {memo: [shown(file.path) for file in its] for memo, its in reports.items()},
        "redlines": {memo: shown(file.path) for memo, file in red.items()},
        "not_made": [name for name in names if name not in made],
        "problems": list(problems),
    }
