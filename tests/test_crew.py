"""Memos are made by this process, by several, or by an executor: the same bytes, whoever is killed."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import pytest

from briefbook import crew
from briefbook.build import Built, build
from briefbook.crew import Hands
from briefbook.diagnostics import Problem
from briefbook.executors import Lost, by_executor
from briefbook.plans import BATCH
from briefbook.processes import in_order as processes_in_order
from briefbook.readers.read_book import read_book
from briefbook.record import open_record
from briefbook.workshop import Day, Rendered, Task, Workshop
from tests.books import FILES, heed_ctrl_c, make_book, run
from tests.test_build import files, long_build
from tests.test_processes import within as ends_within

AS_OF = date(2031, 4, 20)
DAY = Day(as_of=AS_OF, known_by=AS_OF)
COUNCIL = "memos/council.yaml"
OWN = "templates/sections/maps.md.j2"
FORMATS = ("docx", "pdf", "txt")
# With a section of the book's own, a memo that leaves out, and one that tells what changed.
CHANGES: dict[str, str | bytes | None] = {
    OWN: "## Maps\n\nThe map of {{ selection.forums[0].name }}.\n",
    COUNCIL: FILES[COUNCIL] + "sections: [header, maps, upcoming, since-last-edition, sources]\n",
    **{f"memos/copy{n}.yaml": FILES[COUNCIL] + f"length: 1\nreference: N{n}\n" for n in range(4)},
}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return make_book(tmp_path / "book", CHANGES)


def built(book: Path, out: Path, hands: Hands, formats: tuple[str, ...] = FORMATS) -> list[Built]:
    """A first pass, by some hands; its record lies in OUT."""
    read = read_book(book).book
    with open_record(out, datetime(2031, 4, 20, 12, tzinfo=UTC)) as record:
        memos = list(read.memos.values())
        return list(build(read, memos, DAY, out=out, record=record, formats=formats, hands=hands))


def digests(out: Path) -> dict[str, str]:
    """What was made: documents, and what the store keeps of them."""
    found = (path for path in out.rglob("*") if path.is_file() and "ledger" not in path.name)
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in found
        if path.stat().st_size
    }


def unwanted(problem: Problem) -> None:
    pytest.fail(problem.message)


def processes() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))  # pytest may have threads


def test_whoever_makes_them_memos_have_the_same_bytes(book: Path, tmp_path: Path) -> None:
    one = built(book, tmp_path / "one", Hands())
    assert [len(its.files) for its in one] == [3] * 8
    wanted = digests(tmp_path / "one")
    assert built(book, tmp_path / "jobs", Hands(jobs=2)) != []
    assert digests(tmp_path / "jobs") == wanted
    for name, executor in (("threads", ThreadPoolExecutor(2)), ("processes", processes())):
        with executor:
            hands = Hands(executor=executor, chunk=3, in_flight=2, warn=unwanted)
            again = built(book, tmp_path / name, hands)
        assert digests(tmp_path / name) == wanted
        assert [its.edition for its in again] == [its.edition for its in one]


def test_the_first_of_a_pass_are_in_place_before_the_last_are_planned(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the memory that a pass needs does not grow with the memos."""
    make_book(book, {f"memos/m{n:03}.yaml": FILES["memos/spring.yaml"] for n in range(100)})
    planned: list[str] = []
    inputs = Workshop.inputs

    def noted(self: Workshop, memo: object, *others: object, **named: object) -> object:
        planned.append(getattr(memo, "id", ""))
        return inputs(self, memo, *others, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Workshop, "inputs", noted)
    read = read_book(book).book
    seen: list[int] = []
    with open_record(tmp_path / "o", datetime(2031, 4, 20, 12, tzinfo=UTC)) as record:
        memos = list(read.memos.values())
        build(
            *(read, memos, DAY),
            out=tmp_path / "o",
            record=record,
            formats=("txt",),
            progress=lambda _: seen.append(len(set(planned))),
        )
    assert len(seen) == 108
    assert seen[0] < 70
    assert seen[-1] == 108


def test_nothing_is_selected_twice(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    select = Workshop.select

    def noted(self: Workshop, memo: object, *others: object) -> object:
        asked.append(getattr(memo, "id", ""))
        return select(self, memo, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(Workshop, "select", noted)
    with ThreadPoolExecutor(1) as executor:
        for name, hands in (("one", Hands()), ("threads", Hands(executor=executor))):
            built(book, tmp_path / name, hands, ("txt",))
            assert sorted(asked) == sorted(read_book(book).book.memos)
            asked.clear()


def test_a_worker_needs_no_book(book: Path, tmp_path: Path) -> None:
    """Neither its facts, which stay here, nor its folder, which another machine does not have."""
    workshop = Workshop(read_book(book).book)
    memo = workshop.book.memos["council"]
    task = Task(memo=memo, day=DAY, formats=FORMATS)
    wanted = workshop.render(task)
    data = crew.parcel(workshop.book)
    assert b"met in Port Emery" not in data  # evidence of a fact
    inputs = workshop.inputs(memo, DAY)
    chunk = [Task(memo=memo, day=DAY, formats=FORMATS, selection=inputs.selection)]
    shutil.move(book, tmp_path / "elsewhere")
    crew._unpacked.cache_clear()
    assert crew.make_chunk(data, chunk) == [wanted.ready_to_keep()]


def test_an_edition_goes_by_the_templates_that_it_was_made_with(book: Path) -> None:
    """Though one was saved between what the workers got and what the plans were made by."""
    old = (book / OWN).read_text()
    workshop = Workshop(read_book(book).book)
    data = crew.parcel(workshop.book)
    (book / OWN).write_text("## Maps\n\nOthers.\n")
    memo = workshop.book.memos["council"]
    planned = workshop.inputs(memo, DAY)
    crew._unpacked.cache_clear()
    task = Task(memo=memo, day=DAY, formats=("txt",), selection=planned.selection)
    [made] = crew.make_chunk(data, [task])
    assert made.digest != planned.digest
    (book / OWN).write_text(old)
    assert made == Workshop(read_book(book).book).render(task).ready_to_keep()


def test_templates_that_change_meanwhile_do_not_change_what_workers_make(book: Path) -> None:
    """They are part of what is digested, so what is made must have been made with them."""
    workshop = Workshop(read_book(book).book)
    memo = workshop.book.memos["council"]
    inputs = workshop.inputs(memo, DAY)
    task = Task(memo=memo, day=DAY, formats=("txt",), selection=inputs.selection)
    wanted, data = workshop.render(task), crew.parcel(workshop.book)
    (book / OWN).write_text("## Maps\n\nOthers.\n")
    crew._unpacked.cache_clear()
    assert crew.make_chunk(data, [task]) == [wanted.ready_to_keep()]


def test_the_example_of_the_docs_runs(tmp_path: Path) -> None:
    text = (Path(__file__).parent.parent / "docs" / "scale.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```python\n(.+?)```", text, flags=re.DOTALL)
    script = tmp_path / "example.py"
    script.write_text(example, encoding="utf-8")
    assert run("init", tmp_path / "council").exit_code == 0
    done = subprocess.run(
        [sys.executable, script, tmp_path / "council"], capture_output=True, text=True, timeout=120
    )
    assert done.stderr == ""
    assert "fisheries-council fisheries-council.docx fisheries-council.pdf\n" in done.stdout


# ---------------------------------------------------------------------------------- what goes wrong


def failing_at(memo: str, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the making of one memo fail: by a mistake of the program, or by the end of its process."""
    render = Workshop.render

    def fails(self: Workshop, task: Task) -> Rendered:
        if task.memo.id == memo:
            if how == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            raise KeyError("no such\nthing")
        return render(self, task)

    monkeypatch.setattr(Workshop, "render", fails)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_mistake_of_the_program_stops_one_memo_alone(
    book: Path, jobs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_at("copy1", "mistake", monkeypatch)
    result = run("-C", book, "build", "--jobs", jobs)
    told, made, missing = result.stderr.splitlines()
    assert told.startswith(
        "error: memo 'copy1' was not made, by a mistake of briefbook's own: KeyError: 'no such\\nthing',"
        " test_crew.py line "
    )
    assert told.endswith(" (please report it, with what `build --traceback` prints of it)")
    assert made.startswith("7 memos in ")
    assert (missing, result.exit_code) == ("1 memo not made: copy1", 1)


def test_where_the_mistake_happened_is_printed_on_request(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_at("copy1", "mistake", monkeypatch)
    told = run("-C", book, "build", "copy0", "copy1", "--traceback").stderr
    assert "copy1:\nTraceback (most recent call last):" in told
    assert "in fails" in told
    result = run("-C", book, "build", "copy0", "copy1", "--json")
    assert json.loads(result.stdout)["not_made"] == ["copy1"]


def test_a_mistake_while_memos_are_planned_stops_one_alone(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    select = Workshop.select

    def fails(self: Workshop, memo: object, *others: object) -> object:
        if getattr(memo, "id", "") == "copy1":
            raise RecursionError("too deep")
        return select(self, memo, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(Workshop, "select", fails)
    result = run("-C", book, "build")
    assert result.exit_code == 1
    assert "memo 'copy1' was not made, by a mistake of briefbook's own: RecursionError" in result.stderr
    assert "7 memos in " in result.stderr


def test_a_memo_that_kills_its_process_is_named_and_the_others_of_its_chunk_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memos = {f"memos/m{n:02}.yaml": FILES["memos/spring.yaml"] for n in range(40)}
    book = make_book(tmp_path / "book", {**memos, COUNCIL: None, "memos/harbours.yaml": None})
    assert Hands(jobs=2).chunk_for(40) > 2
    failing_at("m17", "killed", monkeypatch)
    result = run("-C", book, "build", "--jobs", "2")
    problem, made, missing = result.stderr.splitlines()
    assert problem.startswith("error: memo 'm17' was not made: a process that made it was killed")
    assert made.startswith("41 memos in ")
    assert (missing, result.exit_code) == ("1 memo not made: m17", 1)
    monkeypatch.undo()
    assert run("-C", book, "build", "--jobs", "2", "--json").exit_code == 0


class Broken(ThreadPoolExecutor):
    """An executor that loses some of its work: at the third chunk it is shut down."""

    def submit(self, *call: object, **named: object) -> object:  # type: ignore[override]
        self.count = getattr(self, "count", 0) + 1
        if self.count == 3:
            self.shutdown(wait=False)
        return super().submit(*call, **named)  # type: ignore[arg-type]


def test_what_an_executor_loses_is_made_here(book: Path, tmp_path: Path) -> None:
    built(book, tmp_path / "one", Hands(), ("txt",))
    told: list[Problem] = []
    with Broken(1) as executor:
        hands = Hands(executor=executor, chunk=3, in_flight=1, warn=told.append)
        done = built(book, tmp_path / "two", hands, ("txt",))
    assert not [problem for its in done for problem in its.problems]
    assert digests(tmp_path / "two") == digests(tmp_path / "one")
    [warning] = told
    assert "RuntimeError: cannot schedule new futures after shutdown" in warning.message


class Unsendable(Rendered):
    """A memo that was made and cannot be sent: memory is short while it is pickled."""

    def __reduce__(self) -> str | tuple[object, ...]:
        raise MemoryError("no room for the answer")


@pytest.mark.parametrize("fails", ["making", "sending", "unpacking"])
def test_where_a_process_fails_at_a_chunk_its_memos_are_made_one_by_one(
    tmp_path: Path, fails: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails beyond one memo's own attempt costs at most that memo, and the pass goes on."""
    memos = {f"memos/m{n:02}.yaml": FILES["memos/spring.yaml"] for n in range(40)}
    book = make_book(tmp_path / "book", {**memos, COUNCIL: None, "memos/harbours.yaml": None})
    attempted, unpacked, mark = crew.attempted, crew._unpacked, tmp_path / "mark"

    def attempt(workshop: Workshop, task: Task) -> Rendered:
        if task.memo.id == "m17" and fails == "making":
            raise SystemExit("leaves")
        made = attempted(workshop, task)
        return Unsendable(memo="m17", day=DAY) if task.memo.id == "m17" and fails == "sending" else made

    def unpack(data: bytes) -> object:
        if fails == "unpacking" and not mark.exists():
            mark.touch()
            raise OSError("no room for templates")
        return unpacked(data)

    monkeypatch.setattr(crew, "attempted", attempt)
    if fails == "unpacking":
        monkeypatch.setattr(crew, "_unpacked", unpack)
    result = run("-C", book, "build", "--jobs", "2")
    if fails == "unpacking":  # by chance: the next process has the room
        assert result.stderr.startswith("42 memos in ")
        return
    [line] = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    what = {"making": "SystemExit: leaves", "sending": "MemoryError: no room for the answer"}
    assert f"memo 'm17' was not made, by a mistake of briefbook's own: {what[fails]}, " in line
    assert re.search(r"\.py line \d+ ", line)
    assert "41 memos in " in result.stderr
    assert result.exit_code == 1
    assert "Traceback" in run("-C", book, "build", "--jobs", "2", "--traceback").stderr


class Dead(Executor):
    """An executor that takes work and never answers."""

    def submit(self, *_: object, **__: object) -> "Future[object]":  # type: ignore[override]
        return Future()


def test_once_an_executor_is_dead_one_crew_here_makes_the_rest(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each chunk would wait for an answer and start processes of its own."""
    built(book, tmp_path / "one", Hands(), ("txt",))
    crews: list[object] = []
    looks: list[object] = []

    def in_order(*call: object, **named: object) -> object:
        crews.append(call)
        return processes_in_order(*call, **named)  # type: ignore[arg-type]

    def is_alive() -> bool:
        looks.append(None)
        return False

    monkeypatch.setattr("briefbook.processes.in_order", in_order)
    told: list[Problem] = []
    hands = Hands(executor=Dead(), chunk=1, in_flight=3, warn=told.append, is_alive=is_alive)
    done = built(book, tmp_path / "two", hands, ("txt",))
    assert [its.problems for its in done] == [()] * 8
    assert digests(tmp_path / "two") == digests(tmp_path / "one")
    assert (len(crews), len(looks), len(told)) == (1, 1, 1)


def test_work_that_an_executors_owner_calls_off_is_not_waited_for() -> None:
    """Its futures are called off without a word to whoever waits for them."""
    pool = ThreadPoolExecutor(1)
    begun = Event()

    def do(number: int) -> int:
        begun.set()
        time.sleep(0.3)
        return number

    def call_off() -> None:
        begun.wait()
        time.sleep(0.1)  # the next have been asked for
        pool.shutdown(wait=False, cancel_futures=True)

    Thread(target=call_off).start()
    with ends_within(20), closing(by_executor(pool, range(6), lambda n: n, do, 4)) as answered:
        first, *rest = [answer for _, answer in answered]
    assert first == 0
    assert rest
    assert all(isinstance(answer, Lost) for answer in rest)


def test_what_an_executor_has_before_it_is_bounded() -> None:
    """Of the chunks that it was given and has not done, and of the answers that wait for their turn."""
    in_flight, most, taken, yielded = 4, 0, 0, 0
    lock, outstanding = Lock(), 0

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(60):
            taken += 1
            yield number

    def do(number: int) -> int:
        time.sleep(0.05 if number % 10 == 0 else 0.001)  # others are done before
        return number

    class Slow(ThreadPoolExecutor):
        def submit(self, *call: object, **named: object) -> "Future[object]":  # type: ignore[override]
            nonlocal outstanding, most
            with lock:
                outstanding += 1
                most = max(most, outstanding)
            future: Future[object] = super().submit(*call, **named)  # type: ignore[arg-type]
            future.add_done_callback(ended)
            return future

    def ended(_: object) -> None:
        nonlocal outstanding
        with lock:
            outstanding -= 1

    with Slow(8) as executor, closing(by_executor(executor, items(), lambda n: n, do, in_flight)) as answered:
        for item, answer in answered:
            assert answer == item == yielded
            yielded += 1
            assert taken - yielded < in_flight
    assert yielded == 60
    assert 2 <= most <= in_flight


KILLER = """
import os, signal
from briefbook.workshop import Workshop
render = Workshop.render
def deadly(self, task):
    if task.memo.id == "copy2":
        os.kill(os.getpid(), signal.SIGKILL)
    return render(self, task)
Workshop.render = deadly
"""


@pytest.fixture
def deadly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In every Python that is started from here on the memo copy2 kills whoever makes it."""
    (tmp_path / "deadly").mkdir()
    (tmp_path / "deadly" / "sitecustomize.py").write_text(KILLER)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'deadly'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")


@pytest.fixture
def pool() -> Iterator[Executor]:
    with processes() as executor:
        yield executor


@pytest.mark.usefixtures("deadly")
def test_a_memo_that_breaks_a_pool_is_named_and_all_others_are_made(
    book: Path, tmp_path: Path, pool: Executor
) -> None:
    """The pool of the standard library is lost with one of its processes; its work is not."""
    told: list[Problem] = []
    hands = Hands(executor=pool, chunk=4, in_flight=2, warn=told.append)
    done = built(book, tmp_path / "o", hands, ("txt",))
    [(memo, problem)] = [(its.memo, problem) for its in done for problem in its.problems]
    assert memo == "copy2"
    assert "was killed, and so was the next" in problem.message
    assert len([file for its in done for file in its.files]) == 7
    [warning] = told
    assert "BrokenProcessPool" in warning.message


# ------------------------------------------------------------------------------------------ Ctrl-C


def test_after_ctrl_c_the_same_command_makes_only_what_is_missing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with long_build(tmp_path) as process:
        while len(files(out)) < 2 * BATCH + 8 and process.poll() is None:  # the first batch is recorded
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130
    with open_record(tmp_path, datetime(2031, 4, 20, tzinfo=UTC)) as record:
        before = {edition.memo: edition for edition in record.ledger.editions()}
    assert before
    stood = {name: (out / name).stat().st_mtime_ns for name in files(out)}
    result = run("-C", tmp_path, "build", "--jobs", "2", "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert set(told["editions"].values()) == {1}
    written = {Path(path).name for path in told["written"]}
    of_recorded = {output.name for edition in before.values() for output in edition.outputs}
    assert not written & of_recorded
    assert len(written) + len(stood) == len(files(out))
    assert {name: (out / name).stat().st_mtime_ns for name in stood} == stood
    with open_record(tmp_path, datetime(2031, 4, 20, tzinfo=UTC)) as record:
        after = {edition.memo: edition for edition in record.ledger.editions()}
    assert {memo: after[memo] for memo in before} == before


class Interrupted(ThreadPoolExecutor):
    """One thread in which Ctrl-C comes while it makes the last chunk but one, and the last waits for it."""

    CHUNKS = 12

    def __init__(self) -> None:
        super().__init__(1)
        self.futures: list[Future[Any]] = []

    def submit(self, do: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        if len(self.futures) == self.CHUNKS - 2:
            do = partial(self.interrupted, do)
        self.futures.append(super().submit(do, *arguments, **named))
        return self.futures[-1]

    def interrupted(self, do: Callable[..., Any], *arguments: Any) -> Any:
        assert within(lambda: len(self.futures) == self.CHUNKS)
        os.kill(os.getpid(), signal.SIGINT)
        assert within(self.futures[-1].cancelled)
        return do(*arguments)


def within(happens: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not happens() and time.monotonic() < end:
        time.sleep(0.01)
    return happens()


@pytest.fixture
def ctrl_c_is_heard() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c_is_heard")
def test_after_ctrl_c_an_executor_gets_no_more_and_the_same_build_goes_on(tmp_path: Path) -> None:
    more = {f"memos/m{n:02}.yaml": FILES[COUNCIL] for n in range(40)}
    book = make_book(tmp_path / "book", {**CHANGES, **more})
    with Interrupted() as executor:
        hands = Hands(executor=executor, chunk=4, in_flight=2, warn=unwanted)
        with pytest.raises(KeyboardInterrupt):
            built(book, tmp_path / "two", hands, ("txt",))
        assert executor.futures[-1].cancelled()
    with ThreadPoolExecutor(1) as another:
        hands = Hands(executor=another, chunk=4, in_flight=2, warn=unwanted)
        done = built(book, tmp_path / "two", hands, ("txt",))
    assert [its.was_made for its in done] == [False] * BATCH + [True] * (48 - BATCH)
    one = built(book, tmp_path / "one", Hands(), ("txt",))
    assert not [problem for its in one for problem in its.problems]
    assert digests(tmp_path / "two") == digests(tmp_path / "one")


SLEEPER = """
import time
from pathlib import Path
from briefbook.workshop import Workshop
render = Workshop.render
def sleeping(self, task):
    if task.memo.id == "copy2":
        Path({mark!r}).touch()
        time.sleep(600)
    return render(self, task)
Workshop.render = sleeping
"""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_a_build_at_once_whatever_it_is_at(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    mark = tmp_path / "sleeps"
    (tmp_path / "sleepy").mkdir()
    (tmp_path / "sleepy" / "sitecustomize.py").write_text(SLEEPER.format(mark=str(mark)))
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'sleepy'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    command = [sys.executable, "-m", "briefbook", "-C", str(book), "build", "--jobs", jobs, "--format", "txt"]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=heed_ctrl_c
    ) as process:
        assert within(mark.exists)
        begun = time.monotonic()
        os.kill(process.pid, signal.SIGINT)  # the parent's alone: it sees to the others
        _, told = process.communicate(timeout=60)
        assert time.monotonic() - begun < 10
    stopped = "stopped: what was done is on record, and the same command goes on from there"
    assert (process.returncode, told.strip()) == (130, stopped)
