"""Work in several processes: in order, bounded, and whole whatever is killed and whenever."""

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

import pytest

from briefbook.processes import AHEAD, IN_HAND, FailureError, _ctrl_c_waits
from briefbook.processes import in_order as with_items
from tests.books import heed_ctrl_c

Answer = TypeVar("Answer")
ROOT = Path(__file__).parent.parent
LARGE = 3_000_000  # bytes: far more than a pipe holds, so that a process is killed in the midst of an answer


def doubler() -> Callable[[int], int]:
    return lambda number: 2 * number


def large() -> Callable[[int], bytes]:
    return lambda number: bytes([number]) * LARGE


def killed_at(poison: int) -> Callable[[int], int]:
    def do(number: int) -> int:
        if number == poison:
            os.kill(os.getpid(), signal.SIGKILL)
        return 2 * number

    return do


def killed_once(mark: Path) -> Callable[[int], int]:
    def do(number: int) -> int:
        if number == 5 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return 2 * number

    return do


def mistaken() -> Callable[[int], int]:
    return lambda number: 100 // (number - 3)


def never_ready() -> Callable[[int], int]:
    raise RuntimeError("not today")


def waits_for_others(folder: Path) -> Callable[[int], int]:
    """Task 0 waits until the others can do no more without it, and answers how many were done."""

    def do(number: int) -> int:
        (folder / str(number)).touch()
        if number > 0:
            return 0
        while len(list(folder.iterdir())) < AHEAD - IN_HAND:
            time.sleep(0.01)
        time.sleep(0.2)
        return len(list(folder.iterdir()))

    return do


def in_order(
    tasks: Iterable[int], jobs: int, ready: Callable[[], Callable[[int], Answer]]
) -> Generator[Answer | FailureError | None, None, None]:
    """The answers alone, to tasks that are their own items."""
    with closing(with_items(tasks, itself, jobs, ready)) as answered:
        for _, answer in answered:
            yield answer


def itself(number: int) -> int:
    return number


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Whoever waits for ever is woken by an error."""

    def ring(number: int, frame: object) -> None:
        raise AssertionError(f"not done in {seconds} s")  # no OSError, as a process that has ended makes one

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("jobs", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 3, 200])
def test_answers_come_in_the_order_of_the_tasks(count: int, jobs: int) -> None:
    assert list(in_order(range(count), jobs, doubler)) == [2 * number for number in range(count)]
    assert multiprocessing.active_children() == []


def test_a_task_that_kills_its_process_costs_no_other() -> None:
    with within(60):
        answers = list(in_order(range(100), 2, partial(killed_at, 30)))
    assert answers == [2 * number if number != 30 else None for number in range(100)]


def test_tasks_that_all_kill_their_process_come_to_an_end() -> None:
    with within(60):
        assert list(in_order([7] * 6, 2, partial(killed_at, 7))) == [None] * 6


def test_a_process_that_is_killed_by_chance_costs_nothing(tmp_path: Path) -> None:
    with within(60):
        answers = list(in_order(range(100), 2, partial(killed_once, tmp_path / "mark")))
    assert answers == [2 * number for number in range(100)]


@pytest.mark.parametrize("delay", [0.0, 0.005, 0.01, 0.02, 0.04, 0.08])
def test_a_process_that_is_killed_in_the_midst_of_an_answer_is_not_waited_for(delay: float) -> None:
    """The moments are many and one of them mostly hits: then half an answer lies in the pipe."""
    with within(60), closing(in_order(range(12), 2, large)) as answers:
        assert next(answers) == bytes(LARGE)
        time.sleep(delay)
        multiprocessing.active_children()[0].kill()
        for number, answer in enumerate(answers, start=1):
            assert answer == bytes([number]) * LARGE


def test_a_mistake_of_the_program_is_told_with_its_place_and_costs_no_other_task() -> None:
    answers = list(in_order(range(10), 2, mistaken))
    assert [answer for answer in answers if isinstance(answer, int)] == [
        100 // (n - 3) for n in range(10) if n != 3
    ]
    assert isinstance(answers[3], FailureError)
    assert re.search(r"(?s)in <lambda>.*ZeroDivisionError", str(answers[3]))
    for answer in in_order(range(10), 2, never_ready):
        assert "RuntimeError: not today" in str(answer)
    assert multiprocessing.active_children() == []


def answers_what_cannot_be_sent() -> Callable[[int], object]:
    return lambda number: (lambda: number) if number == 3 else number


def leaves() -> Callable[[int], int]:
    return lambda number: sys.exit(5) if number == 3 else number


class Unreadable:
    """What can be sent and not be read."""

    def __reduce__(self) -> tuple[type[int], tuple[str]]:
        return int, ("none",)


def answers_what_cannot_be_read() -> Callable[[int], object]:
    return lambda number: Unreadable() if number == 3 else number


@pytest.mark.parametrize(
    ("ready", "said"),
    [
        (answers_what_cannot_be_sent, "pickle"),
        (answers_what_cannot_be_read, "ValueError"),
        (leaves, "SystemExit: 5"),
    ],
)
def test_what_is_no_answer_is_a_mistake_of_the_program(
    ready: Callable[[], Callable[[int], object]], said: str
) -> None:
    answers = list(in_order(range(6), 2, ready))
    assert isinstance(answers[3], FailureError)
    assert said in str(answers[3])
    assert [answer for answer in answers if isinstance(answer, int)] == [0, 1, 2, 4, 5]


def taking_one_order(monkeypatch: pytest.MonkeyPatch, *, after: float = 0) -> None:
    """Let each process of ours take one order, and lack the memory for another, so many seconds later."""
    parent, taken = os.getpid(), Connection.recv_bytes
    had: list[bytes] = []

    def short(self: Connection, maxlength: int | None = None) -> bytes:
        if os.getpid() == parent:
            return taken(self, maxlength)
        if had:
            time.sleep(after)
            raise MemoryError
        had.append(taken(self, maxlength))
        return had[0]

    monkeypatch.setattr(Connection, "recv_bytes", short)


def test_a_process_that_can_take_no_more_orders_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it has before it goes to another."""
    taking_one_order(monkeypatch)
    with within(20), closing(with_items(range(4), itself, 1, doubler, start="fork")) as answered:
        assert list(answered) == [(number, 2 * number) for number in range(4)]
    assert multiprocessing.active_children() == []


def large_whatever_comes() -> Callable[[bytes], bytes]:
    return lambda _: bytes(LARGE)


def test_a_process_that_fails_at_an_order_while_it_sends_an_answer_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The parent sends an order that nobody takes any more, the process an answer: neither waits for ever."""
    taking_one_order(monkeypatch, after=0.3)  # both are amid their sending by then
    ordered = with_items(range(4), lambda _: bytes(LARGE), 1, large_whatever_comes, start="fork")
    with within(8), closing(ordered) as answered:
        assert list(answered) == [(number, bytes(LARGE)) for number in range(4)]
    assert multiprocessing.active_children() == []


def test_ctrl_c_amid_the_call_that_holds_it_back_is_not_held_back_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mask = signal.pthread_sigmask

    def interrupted(how: int, signals: Iterable[int]) -> set[int | signal.Signals]:
        before = mask(how, signals)
        if how == signal.SIG_BLOCK and signals:
            raise KeyboardInterrupt
        return before

    monkeypatch.setattr(signal, "pthread_sigmask", interrupted)
    try:
        with pytest.raises(KeyboardInterrupt), _ctrl_c_waits():
            pass
        assert signal.SIGINT not in mask(signal.SIG_BLOCK, ())
    finally:
        mask(signal.SIG_UNBLOCK, {signal.SIGINT})


def test_whoever_stops_early_leaves_no_process() -> None:
    with closing(in_order(range(1000), 2, large)) as answers:
        next(answers)
        assert len(multiprocessing.active_children()) == 2
    assert multiprocessing.active_children() == []


def test_what_is_made_early_is_bounded(tmp_path: Path) -> None:
    with within(60):
        first = next(in_order(range(1000), 2, partial(waits_for_others, tmp_path)))
    assert isinstance(first, int)
    assert first <= AHEAD


PARENT = """
from tests.test_processes import in_order, large
import multiprocessing, time
answers = in_order(range(100), 3, large)
next(answers)
print(*(child.pid for child in multiprocessing.active_children()), flush=True)
time.sleep(60)
"""


def test_processes_end_with_a_parent_that_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        children = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(children) == 3
        parent.kill()
    with within(30):
        while any(map(lives, children)):
            time.sleep(0.05)


BALLAST = """
from tests.test_processes import doubler, in_order
import sys
ballast = [object() for _ in range(400_000)]
print("begun", flush=True)
try:
    while True:
        list(in_order(range(20), 3, doubler))
except KeyboardInterrupt:
    sys.exit(77)
"""


def test_ctrl_c_is_heard_while_processes_start() -> None:
    """At twelve moments, of which one may be lost: Python loses what comes while it takes an object apart."""
    ends = [end_of_one_interrupted(0.002 * turn) for turn in range(12)]
    assert ends.count((77, "")) >= 11, ends


def end_of_one_interrupted(moment: float) -> tuple[int | None, str]:
    """The exit status and the errors of a program that starts processes, interrupted so many seconds after.

    Ctrl-C goes to the whole group, as a terminal sends it. Who does not hear it is killed.
    """
    with subprocess.Popen(
        [sys.executable, "-c", BALLAST],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heed_ctrl_c,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        time.sleep(moment)
        os.killpg(process.pid, signal.SIGINT)
        try:
            _, stderr = process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return None, "not heard"
    return process.returncode, stderr


STARTED = """
from tests.test_processes import doubler, in_order
import multiprocessing
if __name__ == "__main__":
    multiprocessing.set_start_method({method!r})
    assert list(in_order(range(20), 2, doubler)) == [2 * number for number in range(20)]
"""


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_whichever_way_a_system_starts_processes(method: str) -> None:
    script = STARTED.format(method=method)
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=60)


def lives(pid: int) -> bool:
    """True while a process lives; one that has ended, of which nobody has taken note, does not."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
