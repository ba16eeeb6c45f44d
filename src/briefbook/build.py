"""One pass: select → compose → write, for each memo. The command line calls this and prints the result."""

import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from briefbook.checks.templates import undrawable
from briefbook.composing.compose import compose
from briefbook.composing.sections import SectionTemplates, shipped_templates
from briefbook.composing.wording import wording_of
from briefbook.diagnostics import NOWHERE, BriefbookError, Problem
from briefbook.document import Document
from briefbook.files import write_whole
from briefbook.memo import Book, Memo
from briefbook.select import select
from briefbook.writers import WRITERS
from briefbook.writers.theme import PAGES, Theme

if TYPE_CHECKING:  # imported where processes are started: one memo needs none
    from concurrent.futures import Executor


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """From which day a memo is judged, and whose statements count."""

    as_of: date
    known_by: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The bytes of one memo by format, or the problems that stopped it."""

    memo: str
    outputs: dict[str, bytes] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """One memo after a build: the files that were written, or the problems that stopped it."""

    memo: str
    files: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()


class Workshop:
    """A book's templates and theme, made ready once and used for every memo of a pass."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.theme = Theme(page=PAGES[book.settings.page])
        self._templates: dict[str, SectionTemplates] = {}

    def templates(self, language: str) -> SectionTemplates:
        """The section templates in a language: the book's own before the shipped ones."""
        if language not in self._templates:
            roots = (Path(self.book.root) / "templates", shipped_templates())
            self._templates[language] = SectionTemplates(roots, wording_of(language))
        return self._templates[language]

    def document(self, memo: Memo, day: Day) -> Document:
        """The document of a memo as of a day. Raises BriefbookError for a template's mistake."""
        selection = select(self.book.facts, self.book.settings, memo, as_of=day.as_of, known_by=day.known_by)
        return compose(selection, memo, self.templates(selection.language))

    def render(self, memo: Memo, day: Day, formats: Sequence[str]) -> Rendered:
        """The bytes of a memo in some formats; its problems where it cannot be made."""
        try:
            document = self.document(memo, day)
            problems = tuple(undrawable(document, memo, self.book))
            if problems:
                return Rendered(memo=memo.id, problems=problems)
            outputs = {name: WRITERS[name].write(document, self.theme) for name in formats}
        except BriefbookError as error:
            return Rendered(memo=memo.id, problems=error.problems)
        return Rendered(memo=memo.id, outputs=outputs)


def build(
    book: Book,
    memos: Sequence[Memo],
    day: Day,
    *,
    out: Path,
    formats: Sequence[str] | None = None,
    jobs: int = 1,
    progress: Callable[[Built], None] = lambda _: None,
) -> list[Built]:
    """Make memos and write them to OUT/<as-of>/<memo>.<format>, in order, each file whole or not at all.

    A memo that cannot be made or written is reported and the others go on.
    """
    folder = out / day.as_of.isoformat()
    done = []
    with _renderer(book, jobs) as render:
        for rendered in render([(memo, day, tuple(formats or memo.formats)) for memo in memos]):
            built = _written(rendered, folder)
            progress(built)
            done.append(built)
    return done


def _written(rendered: Rendered, folder: Path) -> Built:
    files: list[Path] = []
    problems = list(rendered.problems)
    for name, data in rendered.outputs.items():
        path = folder / f"{rendered.memo}.{WRITERS[name].extension}"
        try:
            write_whole(path, data)
        except BriefbookError as error:
            problems += error.problems
        else:
            files.append(path)
    return Built(memo=rendered.memo, files=tuple(files), problems=tuple(problems))


# ---------------------------------------------------------------------------------- processes

Task = tuple[Memo, Day, tuple[str, ...]]
Render = Callable[[Iterable[Task]], Iterator[Rendered]]

_workshop: Workshop | None = None  # of a worker process, made once in it


@contextmanager
def _renderer(book: Book, jobs: int) -> Iterator[Render]:
    """A way to render tasks in order: in this process, or in several that each hold the book."""
    if jobs <= 1:
        workshop = Workshop(book)
        yield lambda tasks: (workshop.render(*task) for task in tasks)
        return
    from concurrent.futures import ProcessPoolExecutor

    pool = ProcessPoolExecutor(jobs, initializer=_start_worker, initargs=(book,))
    try:
        yield lambda tasks: _render_in_pool(pool, list(tasks))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _render_in_pool(pool: "Executor", tasks: Sequence[Task]) -> Iterator[Rendered]:
    """Render in workers. When one is killed the pool is lost, and what is left is reported as not made."""
    from concurrent.futures import BrokenExecutor

    done = 0
    try:
        for rendered in pool.map(_render_in_worker, tasks, chunksize=8):
            yield rendered
            done += 1
    except BrokenExecutor:
        for memo, *_ in tasks[done:]:
            message = f"memo {memo.id!r} was not made: a process that helped was killed (is memory short?)"
            problem = Problem(where=NOWHERE, message=message, hint="build again with --jobs 1")
            yield Rendered(memo=memo.id, problems=(problem,))


def _start_worker(book: Book) -> None:
    """Make this process ready. Ctrl-C reaches the whole group: the parent alone answers it."""
    global _workshop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _workshop = Workshop(book)


def _render_in_worker(task: Task) -> Rendered:
    assert _workshop is not None  # the initializer ran first
    return _workshop.render(*task)
