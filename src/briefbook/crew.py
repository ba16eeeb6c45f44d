"""Who makes memos: this process, several of our own, or those of an executor. Tasks in, bytes out, in order.

Work goes out in chunks of tasks. A task brings what its memo shows, and with it goes the book without its
facts: so nothing is selected twice, and a process on another machine needs neither the book nor its folder.
A memo that kills whoever makes it is found by making those of its chunk one by one, in a process of our own;
one at which the program fails is told with the place, and in neither case do the others suffer.
"""

import pickle
import re
import threading
import zlib
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import lru_cache, partial
from itertools import chain, repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

from briefbook.checks.texts import has_own_faces
from briefbook.composing.template_loaders import beginning_of, files_in
from briefbook.diagnostics import NOWHERE, Problem, Severity
from briefbook.executors import Lost, by_executor
from briefbook.facts import Facts
from briefbook.files import own_folder
from briefbook.frozen import frozen
from briefbook.limits import USUAL, Limits
from briefbook.memo import Book
from briefbook.readers.book_files import TEMPLATES_FOLDER
from briefbook.readers.read_trust import confinement_of
from briefbook.user_cache import tool_identity
from briefbook.workshop import Rendered, Task, Workshop

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from briefbook.processes import FailureError

Item = TypeVar("Item")
Chunk = Sequence[Task]

CHUNK = 16  # memos that a process of our own gets at once
IN_HAND = 2  # chunks that it has before it: one to make, one to go on with
FOR_EXECUTOR = 100  # memos that an executor's worker gets at once: the way there may be long
IN_FLIGHT = 8  # chunks that an executor has before it


@frozen
class Hands:
    """Who makes memos: `jobs` processes (1: this one alone), or an executor and then those for what it loses.

    `chunk`: memos that an executor's worker gets at once. `in_flight`: chunks that an executor has before it.
    `warn` is told, once, that an executor could not do all of its work; `is_alive` says whether it still may.
    """

    jobs: int = 1
    executor: "Executor | None" = None
    chunk: int = FOR_EXECUTOR
    in_flight: int = IN_FLIGHT
    warn: Callable[[Problem], None] = lambda _: None
    is_alive: Callable[[], bool] = lambda: True

    def chunk_for(self, memos: int) -> int:
        """How many memos go out at once where there are so many: all hands are to have some."""
        if self.executor is not None:
            return self.chunk
        return 1 if self.jobs == 1 else max(1, min(CHUNK, memos // (2 * IN_HAND * self.jobs)))


def made(
    workshop: Workshop,
    items: Iterable[Item],
    chunk_of: Callable[[Item], Chunk | None],
    hands: Hands,
) -> Generator[tuple[Item, Sequence[Rendered]], None, None]:
    """Make the memos of each item's chunk, if it has one; yield the items in order, each with what was made.

    Items are asked for as there are hands free. Whatever works on them ends with the generator.
    """
    if hands.executor is not None:
        yield from _by_executor(hands.executor, workshop, items, chunk_of, hands)
    elif hands.jobs > 1:
        yield from _by_processes(partial(_ready, parcel(workshop.book)), items, chunk_of, hands.jobs, None)
    else:
        for item in items:
            yield item, [attempted(workshop, task) for task in chunk_of(item) or ()]


def attempted(workshop: Workshop, task: Task) -> Rendered:
    """The bytes of a memo, or the problems that stopped it; a mistake of the program is one of them.

    They are sealed for the store where they are made: the parent has enough to do with what it alone may.
    """
    try:
        return workshop.render(task).ready_to_keep()
    except Exception as error:
        problem, trace = own_mistake(task, error)
        return Rendered(memo=task.memo.id, day=task.day, problems=(problem,), trace=trace)


def own_mistake(task: Task, error: Exception) -> tuple[Problem, str]:
    """That a mistake of briefbook's own stopped a memo, and where in the program that was."""
    import traceback  # when a program fails, and seldom else

    last = traceback.extract_tb(error.__traceback__)[-1:]
    what = traceback.format_exception_only(error)[-1].strip()
    problem = _mistake(task, what, [(frame.filename, frame.lineno) for frame in last])
    return problem, "".join(traceback.format_exception(error))


def _mistake(task: Task, what: str, places: Sequence[tuple[str, object]]) -> Problem:
    place = "".join(f", {Path(file).name} line {line}" for file, line in places)
    message = f"memo {task.memo.id!r} was not made, by a mistake of briefbook's own: {what}{place}"
    hint = "please report it, with what `build --traceback` prints of it"
    return Problem(where=NOWHERE, message=message, hint=hint)


# ------------------------------------------------------------------------------- what goes to others


@frozen
class _Parcel:
    """What a worker needs beside its tasks, wherever it is."""

    tool: str
    book: Book  # without its facts
    templates: Mapping[str, bytes]  # the book's own, by their paths below its folder of templates
    confinement: Limits | None  # what they are held to: the settings are those of the user who builds


def parcel(book: Book) -> bytes:
    """A book without its facts and most memos, with its templates, pickled: once for all workers."""
    faced = {id_: memo for id_, memo in book.memos.items() if has_own_faces(memo, book)}
    light = replace(book, facts=Facts(), memos=faced)
    root = Path(book.root)
    own = _files_of(own_folder(root, TEMPLATES_FOLDER))
    confinement = confinement_of(root) if own else USUAL
    packed = _Parcel(tool=worker_identity(), book=light, templates=own, confinement=confinement)
    return pickle.dumps(packed, pickle.HIGHEST_PROTOCOL)


def worker_identity() -> str:
    """What decides the bytes that a worker makes: the compressor too, whose releases differ by a few."""
    return f"{tool_identity()}, zlib {zlib.ZLIB_RUNTIME_VERSION}"


def _files_of(folder: Path) -> dict[str, bytes]:
    """The files of a folder of templates by their paths in it, but for those that links lead out to.

    Of one that is too large there is enough for its reader to say so.
    """
    real = folder.resolve()
    paths = (path for path in files_in(folder, [folder]) if path.is_file())
    inside = (path for path in paths if path.resolve().is_relative_to(real))
    return {path.relative_to(folder).as_posix(): beginning_of(path) for path in inside}


class OtherToolError(Exception):
    """A worker is another briefbook, which may make other bytes."""


@lru_cache(maxsize=2)  # a worker of a cluster outlives a build
def _unpacked(data: bytes) -> tuple[Workshop, object]:
    """The workshop of a parcel; with what keeps its templates, where the book is not on this machine."""
    its: _Parcel = pickle.loads(data)
    if its.tool != worker_identity():
        raise OtherToolError(f"this is {worker_identity()}; asked for was {its.tool}")
    if _files_of(Path(its.book.root) / TEMPLATES_FOLDER) == its.templates:
        return Workshop(its.book, confinement=lambda: its.confinement), None
    kept = TemporaryDirectory(prefix="briefbook-", ignore_cleanup_errors=True)
    for name, text in its.templates.items():
        path = Path(kept.name) / TEMPLATES_FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    folder = Path(kept.name) / TEMPLATES_FOLDER
    return Workshop(its.book, folder, lambda: its.confinement), kept


def _ready(data: bytes) -> Callable[[Chunk], list[Rendered]]:
    return partial(make_chunk, data)


def make_packed(data: bytes, packed: bytes) -> list[Rendered]:
    """Make the memos of a chunk that went out packed."""
    return make_chunk(data, pickle.loads(zlib.decompress(packed)))


def _packed(chunk: Chunk) -> bytes:
    """A chunk as bytes: who passes it on, a cluster's scheduler, neither unpacks nor keeps what is in it."""
    return zlib.compress(pickle.dumps(chunk, pickle.HIGHEST_PROTOCOL), 1)


def make_chunk(data: bytes, chunk: Chunk) -> list[Rendered]:
    """Make the memos of a chunk in whatever process this is; `data` is the book's `parcel`.

    Threads of one process take turns: the writers' caches are made for one, and the interpreter lets only one
    work at a time anyhow. Raises OtherToolError.
    """
    with _TURN:
        workshop, _ = _unpacked(data)
        return [attempted(workshop, task) for task in chunk]


_TURN = threading.Lock()


# -------------------------------------------------------------------------------- what went wrong


def _by_executor(
    executor: "Executor",
    workshop: Workshop,
    items: Iterable[Item],
    chunk_of: Callable[[Item], Chunk | None],
    hands: Hands,
) -> Generator[tuple[Item, Sequence[Rendered]], None, None]:
    data = parcel(workshop.book)
    ready = partial(_ready, data)
    coming = iter(items)
    is_told = False

    def packed_of(item: Item) -> bytes | None:
        chunk = chunk_of(item)
        return None if chunk is None else _packed(chunk)

    do = partial(make_packed, data)
    with closing(by_executor(executor, coming, packed_of, do, hands.in_flight, hands.is_alive)) as answered:
        for item, answer in answered:
            if not isinstance(answer, Lost):
                yield item, answer or ()
                continue
            if not is_told:
                hands.warn(_lost(answer.error))
            is_told = True
            if answer.is_last:
                left = [(item, answer), *answered]
                break
            yield item, _one_by_one(ready, chunk_of(item) or (), hands.jobs, "spawn")
        else:
            return

    def chunk_left(pair: tuple[Item, Sequence[Rendered] | Lost | None]) -> Chunk | None:
        item, answer = pair
        return chunk_of(item) if isinstance(answer, Lost) else None

    pairs = chain(left, zip(coming, repeat(answer)))
    with closing(_by_processes(ready, pairs, chunk_left, hands.jobs, "spawn")) as made_here:
        for (item, known), rendered in made_here:
            yield item, rendered if isinstance(known, Lost) else known or ()


def _by_processes(
    ready: Callable[[], Callable[[Chunk], list[Rendered]]],
    items: Iterable[Item],
    chunk_of: Callable[[Item], Chunk | None],
    jobs: int,
    start: str | None,
) -> Generator[tuple[Item, Sequence[Rendered]], None, None]:
    """Make the memos of each item's chunk in processes of our own; where one fails at a chunk, one by one."""
    from briefbook.processes import FailureError, in_order  # one process alone needs no others

    ahead = 2 * IN_HAND * jobs
    with closing(
        in_order(items, chunk_of, jobs, ready, in_hand=IN_HAND, ahead=ahead, start=start)
    ) as answered:
        for item, answer in answered:
            if answer is None or isinstance(answer, FailureError):
                yield item, _one_by_one(ready, chunk_of(item) or (), 1, start)
            else:
                yield item, answer


def _one_by_one(
    ready: Callable[[], Callable[[Chunk], list[Rendered]]], chunk: Chunk, jobs: int, start: str | None
) -> list[Rendered]:
    """Make the memos of a chunk one by one in processes of our own: so the one that kills them is found."""
    from briefbook.processes import in_order  # likewise

    with closing(in_order(chunk, lambda task: (task,), jobs, ready, start=start)) as answered:
        return [_told(task, answer) for task, answer in answered]


def _told(task: Task, answer: "Sequence[Rendered] | FailureError | None") -> Rendered:
    """What came of a memo that a process had alone: it is named where that failed or was killed."""
    if not answer:
        return _not_made(task)
    if not isinstance(answer, Exception):
        return answer[0]
    trace = str(answer)  # the program failed where `attempted` could not say so, as while it sent the memo
    what = trace.strip().splitlines()[-1]
    places = re.findall(r'File "(.+)", line (\d+)', trace)[-1:]
    return Rendered(memo=task.memo.id, day=task.day, problems=(_mistake(task, what, places),), trace=trace)


def _lost(error: Exception) -> Problem:
    import traceback

    what = traceback.format_exception_only(error)[-1].strip()
    message = f"the executor did not do all of its work ({what}): what it left is made here"
    hint = "nothing is missing; it only takes longer"
    return Problem(where=NOWHERE, severity=Severity.WARNING, message=message, hint=hint)


def _not_made(task: Task) -> Rendered:
    message = (
        f"memo {task.memo.id!r} was not made: a process that made it was killed, and so was the next"
        " (is memory short?)"
    )
    problem = Problem(where=NOWHERE, message=message, hint="build this memo alone, with --jobs 1")
    return Rendered(memo=task.memo.id, day=task.day, problems=(problem,))
