"""Work in several processes, each made ready once: answers come in the order of the tasks.

The standard library's pool won't do: its processes share one pipe for their answers, and where one is
killed while it writes there (memory is short), half an answer is left, for whose end the pool waits for ever.
Here each process has a pipe of its own, which ends with it; what it had in hand is given to another.
"""

import os
import pickle
import signal
import traceback
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection, wait
from typing import Generic, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")
Ready = Callable[[], Callable[[Task], Answer]]

IN_HAND = 8  # tasks that a process has before it: it goes on while the parent writes files
AHEAD = 64  # tasks given out beyond the one whose answer is wanted: early answers lie in memory
ATTEMPTS = 2  # a process may be killed by chance; where the next is killed as well, the task is to blame
ROOM = 1 << 20  # bytes of answers that a pipe holds while the parent is busy: what Linux grants to everyone


class FailureError(Exception):
    """A mistake of the program in a process; its text is the traceback there."""


def in_order(
    tasks: Sequence[Task], jobs: int, ready: Ready[Task, Answer]
) -> Generator[Answer | None, None, None]:
    """Do tasks in `jobs` processes and yield their answers; None for a task at which two were killed.

    `ready` is called once in each process, and what it returns is called with each task; `tasks` and `ready`
    can be pickled. Raises FailureError for whatever they raise. The processes end with the generator.
    """
    crew = _Crew(tasks, jobs, ready)
    try:
        for wanted in range(len(tasks)):
            while wanted not in crew.answers:
                crew.hand_out(wanted + AHEAD)
                crew.listen()
            yield crew.answers.pop(wanted)
    finally:
        for worker in crew.workers:
            worker.stop()


class _Crew(Generic[Task, Answer]):
    """The processes at work, what waits for them, and the answers that came early."""

    def __init__(self, tasks: Sequence[Task], jobs: int, ready: Ready[Task, Answer]) -> None:
        self.tasks, self.jobs, self.ready = tasks, jobs, ready
        self.waiting = deque(range(len(tasks)))
        self.attempts: Counter[int] = Counter()
        self.answers: dict[int, Answer | None] = {}
        self.workers: list[_Worker[Task, Answer]] = []

    def hand_out(self, end: int) -> None:
        """Give the processes what waits, up to a task's number; one that is missing is started."""
        while len(self.workers) < min(self.jobs, len(self.waiting) + len(self.workers)):
            with _ctrl_c_waits():  # until the process stands and is known here, to be stopped
                self.workers.append(_Worker(self.tasks, self.ready))
        for _ in range(IN_HAND):  # in turn: all have work before any has much
            for worker in self.workers:
                if self.waiting and self.waiting[0] < end and len(worker.in_hand) < IN_HAND:
                    worker.order(self.waiting.popleft())

    def listen(self) -> None:
        """Wait for the next answers, and for the end of a process that was killed."""
        speaking = wait([worker.answers for worker in self.workers])
        for worker in [each for each in self.workers if each.answers in speaking]:
            try:
                answer = worker.hear()
            except (EOFError, OSError):
                self._take_back(worker)
            else:
                self.answers[worker.in_hand.popleft()] = answer

    def _take_back(self, worker: "_Worker[Task, Answer]") -> None:
        """What a process had in hand waits again: it was killed at the first of it."""
        self.workers.remove(worker)
        worker.stop()
        self.waiting.extendleft(reversed(worker.in_hand))
        if worker.in_hand:
            first = worker.in_hand[0]
            self.attempts[first] += 1
            if self.attempts[first] == ATTEMPTS:
                self.waiting.popleft()
                self.answers[first] = None


class _Worker(Generic[Task, Answer]):
    """A process and its two pipes: numbers of tasks go down, answers come up."""

    def __init__(self, tasks: Sequence[Task], ready: Ready[Task, Answer]) -> None:
        self.in_hand: deque[int] = deque()
        orders, self._orders = Pipe(duplex=False)
        self.answers, answers = Pipe(duplex=False)
        _make_room(answers)
        ours = (self._orders, self.answers)
        self._process = Process(target=_work, args=(ours, orders, answers, tasks, ready), daemon=True)
        self._process.start()
        orders.close()
        answers.close()  # the process alone holds it now: it ends when the process does

    def order(self, number: int) -> None:
        """Give a task; to a process that has just been killed as well, whose end is about to be heard."""
        self.in_hand.append(number)
        with suppress(OSError):
            self._orders.send(number)

    def hear(self) -> Answer:
        """The next answer. Raises EOFError or OSError where the process has ended, FailureError as told."""
        data = self.answers.recv_bytes()
        try:
            answer: Answer | FailureError = pickle.loads(data)
        except Exception as error:
            raise FailureError(traceback.format_exc()) from error
        if isinstance(answer, FailureError):
            raise answer
        return answer

    def stop(self) -> None:
        """End the process at once: what it does is in memory alone."""
        self._orders.close()
        self.answers.close()
        self._process.kill()
        self._process.join()


def _make_room(pipe: Connection) -> None:
    try:
        from fcntl import F_SETPIPE_SZ, fcntl
    except ImportError:  # not Linux: a process waits a little more often
        return
    with suppress(OSError):
        fcntl(pipe.fileno(), F_SETPIPE_SZ, ROOM)


def _work(
    ours: tuple[Connection, ...],
    orders: Connection,
    answers: Connection,
    tasks: Sequence[Task],
    ready: Ready[Task, Answer],
) -> None:
    """What a process does until its orders end, or the parent has: other processes may hold its ends."""
    for end in ours:  # a fork has the parent's ends as well: while it holds them they don't end
        end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: the parent answers it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = os.getppid()
    do = _tried(ready)
    with suppress(EOFError, OSError):  # the parent has gone
        while os.getppid() == parent:
            number = orders.recv()
            answer = do if isinstance(do, FailureError) else _tried(do, tasks[number])
            answers.send_bytes(_pickled(answer))


def _tried(call: Callable[..., Answer], *arguments: object) -> Answer | FailureError:
    try:
        return call(*arguments)
    except BaseException:  # SystemExit as well: the process goes on
        return FailureError(traceback.format_exc())


def _pickled(answer: object) -> bytes:
    try:
        return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    except Exception:
        return pickle.dumps(FailureError(traceback.format_exc()))


@contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Hold SIGINT back, where the system can: amid a fork it is lost in the interpreter's own hooks."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
