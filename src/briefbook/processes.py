"""Work in several processes, each made ready once: answers come in the order of the work.

The standard library's pool won't do: its processes share one pipe for their answers, and where one is
killed while it writes there (memory is short), half an answer is left, for whose end the pool waits for ever.
Here each process has pipes of its own, which end with it; what it had in hand is given to another.

What is to be done comes of an iterator, which is asked as processes get free: what is far ahead is not there
yet.
"""

import gc
import os
import pickle
import signal
import threading
import traceback
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from typing import Generic, TypeVar

Item = TypeVar("Item")
Task = TypeVar("Task")
Answer = TypeVar("Answer")
Ready = Callable[[], Callable[[Task], Answer]]

IN_HAND = 8  # tasks that a process has before it: it goes on while the parent writes files
AHEAD = 64  # items asked for beyond the one whose answer is wanted: early answers lie in memory
ATTEMPTS = 2  # a process may be killed by chance; where the next is killed as well, the task is to blame
ROOM = 1 << 20  # bytes that a pipe holds while the other end is busy: what Linux grants to everyone


class FailureError(Exception):
    """A mistake of the program in a process, or memory that it lacked; its text is the traceback there."""


def in_order(
    items: Iterable[Item],
    task_of: Callable[[Item], Task | None],
    jobs: int,
    ready: Ready[Task, Answer],
    *,
    in_hand: int = IN_HAND,
    ahead: int = AHEAD,
    start: str | None = None,
) -> Generator[tuple[Item, Answer | FailureError | None], None, None]:
    """Do the task of each item in `jobs` processes; yield the items with the answers.

    The answer is None for a task at which two processes were killed, and for an item that has no task; it is
    a FailureError, not raised, for a task that raised anything, or whose answer could not be sent. `ready` is
    called once in each process, and what it returns is called with each task; tasks and `ready` can be
    pickled. A process has at most `in_hand` tasks before it, and at most `ahead` items were asked for and not
    yielded yet. They are started in the system's own way, or as `start` says: "spawn" where this process has
    threads, for a fork may inherit a lock that nobody will open. The processes end with the generator.
    """
    crew = _Crew(items, task_of, jobs, ready, in_hand, ahead, start)
    try:
        while crew.has_more():
            while not crew.is_next_answered():
                crew.listen()
                crew.hand_out()
            yield crew.next_answered()
    finally:
        for worker in crew.workers:
            worker.stop()


class _Crew(Generic[Item, Task, Answer]):
    """The processes at work, what waits for them, and the answers that came early."""

    def __init__(
        self,
        items: Iterable[Item],
        task_of: Callable[[Item], Task | None],
        jobs: int,
        ready: Ready[Task, Answer],
        in_hand: int,
        ahead: int,
        start: str | None,
    ) -> None:
        self.jobs, self.ready, self.start = jobs, ready, start
        self.in_hand, self.ahead = in_hand, ahead
        self.workers: list[_Worker[Task, Answer]] = []
        self._coming = enumerate(items)
        self._task_of = task_of
        self._items: dict[int, Item] = {}  # asked for and not yielded yet
        self._tasks: dict[int, Task] = {}  # of those that are not answered yet
        self._waiting: deque[int] = deque()  # for a process
        self._attempts: Counter[int] = Counter()
        self._answers: dict[int, Answer | FailureError | None] = {}
        self._wanted = 0

    def has_more(self) -> bool:
        """Whether an item is left to yield; processes get what they have room for."""
        self.hand_out()
        return bool(self._items)

    def is_next_answered(self) -> bool:
        """Whether the answer of the next item is there."""
        return self._wanted in self._answers

    def next_answered(self) -> tuple[Item, Answer | FailureError | None]:
        """The next item with its answer."""
        number, self._wanted = self._wanted, self._wanted + 1
        self._attempts.pop(number, None)
        return self._items.pop(number), self._answers.pop(number)

    def hand_out(self) -> None:
        """Give the processes what waits and what comes; one that is missing is started."""
        while len(self.workers) < self.jobs and self._are_all_at_work() and self._has_work():
            with _ctrl_c_waits():  # until the process stands and is known here, to be stopped
                self.workers.append(_Worker(self.ready, self.start))
            self._give(self.workers[-1])
        for had in range(self.in_hand):  # in turn: all have work before any has much
            for worker in self.workers:
                if len(worker.in_hand) <= had and self._has_work():
                    self._give(worker)

    def listen(self) -> None:
        """Wait for the next answers, and for the end of a process that was killed."""
        speaking = wait([worker.answers for worker in self.workers])
        for worker in [each for each in self.workers if each.answers in speaking]:
            try:
                answer = worker.hear()
            except (EOFError, OSError):
                self._take_back(worker)
            else:
                self._answered(worker.in_hand.popleft(), answer)

    def _are_all_at_work(self) -> bool:
        return all(worker.in_hand for worker in self.workers)

    def _has_work(self) -> bool:
        """Whether a task waits; asks for the next items where none does."""
        while not self._waiting and len(self._items) < self.ahead:
            try:
                number, item = next(self._coming)
            except StopIteration:
                return False
            self._items[number] = item
            task = self._task_of(item)
            if task is None:
                self._answers[number] = None
            else:
                self._tasks[number] = task
                self._waiting.append(number)
        return bool(self._waiting)

    def _give(self, worker: "_Worker[Task, Answer]") -> None:
        number = self._waiting.popleft()
        worker.order(number, self._tasks[number])

    def _answered(self, number: int, answer: Answer | FailureError | None) -> None:
        self._answers[number] = answer
        del self._tasks[number]

    def _take_back(self, worker: "_Worker[Task, Answer]") -> None:
        """What a process had in hand waits again: it was killed at the first of it."""
        self.workers.remove(worker)
        worker.stop()
        self._waiting.extendleft(reversed(worker.in_hand))
        if worker.in_hand:
            first = worker.in_hand[0]
            self._attempts[first] += 1
            if self._attempts[first] == ATTEMPTS:
                self._waiting.popleft()
                self._answered(first, None)


class _Worker(Generic[Task, Answer]):
    """A process and its two pipes: tasks go down, answers come up."""

    def __init__(self, ready: Ready[Task, Answer], start: str | None) -> None:
        self.in_hand: deque[int] = deque()
        orders, self._orders = Pipe(duplex=False)
        self.answers, answers = Pipe(duplex=False)
        for pipe in (orders, answers):
            _make_room(pipe)
        ours = (self._orders, self.answers)
        context: BaseContext = get_context(start)
        self._process: BaseProcess = context.Process(  # type: ignore[attr-defined]
            target=_work, args=(ours, orders, answers, ready), daemon=True
        )
        self._process.start()
        orders.close()
        answers.close()  # the process alone holds it now: it ends when the process does

    def order(self, number: int, task: Task) -> None:
        """Give a task; to a process that has just been killed as well, whose end is about to be heard."""
        self.in_hand.append(number)
        data = pickle.dumps(task, pickle.HIGHEST_PROTOCOL)
        with suppress(OSError):
            self._orders.send_bytes(data)

    def hear(self) -> Answer | FailureError:
        """The next answer. Raises EOFError or OSError where the process has ended."""
        data = self.answers.recv_bytes()
        try:
            answer: Answer | FailureError = pickle.loads(data)
        except Exception:
            return FailureError(traceback.format_exc())
        return answer

    def stop(self) -> None:
        """End the process at once: what it does is in memory alone."""
        with _ctrl_c_waits():  # what is raised while an object is taken apart is lost
            self._process.kill()
            self._process.join()
            self._process.close()
            self._orders.close()
            self.answers.close()
            del self._process, self._orders, self.answers


def _make_room(pipe: Connection) -> None:
    try:
        from fcntl import F_SETPIPE_SZ, fcntl
    except ImportError:  # not Linux: a process waits a little more often
        return
    with suppress(OSError):
        fcntl(pipe.fileno(), F_SETPIPE_SZ, ROOM)


def _work(
    ours: tuple[Connection, ...], orders: Connection, answers: Connection, ready: Ready[Task, Answer]
) -> None:
    """What a process does until its orders end, or the parent has: other processes may hold its ends."""
    gc.freeze()  # what came with a fork is the parent's: looking it through would copy its pages
    for end in ours:  # a fork has the parent's ends as well: while it holds them they don't end
        end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: the parent answers it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = os.getppid()
    waiting: SimpleQueue[bytes | None] = SimpleQueue()
    threading.Thread(target=_take_in, args=(orders, waiting), daemon=True).start()
    do = _tried(ready)
    with suppress(OSError):  # the parent has gone
        while (order := waiting.get()) is not None and os.getppid() == parent:
            answer = do if isinstance(do, FailureError) else _tried(_done, do, order)
            answers.send_bytes(_pickled(answer))


def _take_in(orders: Connection, waiting: "SimpleQueue[bytes | None]") -> None:
    """Take orders from the pipe as they come, in a thread.

    Else the parent could wait until a large one is taken, while the process waits until its answer is.
    However this ends, the process ends too: nobody would ever take its orders again. So the pipe is closed
    first: a parent that waits amid an order is told, and takes the answer that the process waits with.
    """
    try:
        with suppress(EOFError, OSError, MemoryError):
            while True:
                waiting.put(orders.recv_bytes())
    finally:
        orders.close()
        waiting.put(None)


def _done(do: Callable[[Task], Answer], order: bytes) -> Answer:
    return do(pickle.loads(order))


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
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:  # Ctrl-C may be heard in the very call that holds it back
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
