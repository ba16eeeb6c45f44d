"""Work for any executor of the standard library's kind: answers come in the order of the work.

Threads, processes, a cluster: whatever has `submit` (concurrent.futures, PEP 3148).
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, TypeVar

from briefbook.frozen import frozen

if TYPE_CHECKING:  # its modules are imported with the executor that somebody brings
    from concurrent.futures import Executor, Future

Item = TypeVar("Item")
Task = TypeVar("Task")
Answer = TypeVar("Answer")

_LOOKS_EACH = 1.0  # seconds between two looks whether an executor lives


@frozen
class Lost:
    """What came instead of an answer: the executor could not do a task, for whatever reason."""

    error: Exception
    is_last: bool = False  # the executor takes no more work, or can't answer any more


def by_executor(
    executor: "Executor",
    items: Iterable[Item],
    task_of: Callable[[Item], Task | None],
    do: Callable[[Task], Answer],
    ahead: int,
    is_alive: Callable[[], bool] = lambda: True,
) -> Generator[tuple[Item, Answer | Lost | None], None, None]:
    """Have an executor do the task of each item; yield the items with the answers, None where it has no task.

    `do` and the tasks can be pickled. At most `ahead` items were asked for and not yielded yet. What was not
    begun is cancelled with the generator; the executor itself is its owner's. While an answer is waited for,
    `is_alive` is asked now and then whether one may still come. Once an executor is known to be lost for good
    nothing more is asked for: of what it had before it there are the answers that had come by then.
    """
    flying: deque[tuple[Item, Future[Answer] | Lost | None]] = deque()
    coming = iter(items)
    is_more = is_answering = True
    try:
        while True:
            while is_more and len(flying) < ahead:
                try:
                    item = next(coming)
                except StopIteration:
                    is_more = False
                else:
                    task = task_of(item)
                    future = None if task is None else _submitted(executor, do, task)
                    flying.append((item, future))
                    is_more = not isinstance(future, Lost)
            if not flying:
                return
            item, future = flying[0]
            answer: Answer | Lost | None = None
            if future is not None:
                answer = _answer(future, is_alive, is_answering)
            flying.popleft()
            if isinstance(answer, Lost) and answer.is_last:
                is_more = is_answering = False
            yield item, answer
    finally:
        for _, future in flying:
            if future is not None and not isinstance(future, Lost):
                future.cancel()


def _submitted(executor: "Executor", do: Callable[[Task], Answer], task: Task) -> "Future[Answer] | Lost":
    try:
        return executor.submit(do, task)
    except Exception as error:  # it is shut down, or broken by what went before
        return Lost(error=error, is_last=True)


def _answer(
    future: "Future[Answer] | Lost", is_alive: Callable[[], bool], is_answering: bool
) -> Answer | Lost:
    from concurrent.futures import BrokenExecutor, wait

    if isinstance(future, Lost):
        return future
    while not future.done():  # also of one that was called off: `wait` may never hear of that
        if not is_answering or not is_alive():
            return Lost(error=ConnectionError("the connection is lost"), is_last=True)
        wait([future], timeout=_LOOKS_EACH)
    try:
        return future.result()
    except BrokenExecutor as error:
        return Lost(error=error, is_last=True)
    except Exception as error:  # of the task, or of the executor: a process was killed, a host is gone
        return Lost(error=error)
