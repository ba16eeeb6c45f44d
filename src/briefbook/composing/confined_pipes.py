"""A process in which untrusted templates run, as we hold it: begun, asked within a time, ended.

It is a clean interpreter (`confined_process.py`), not a fork of ours: a fork would have the ledger, the
sockets and every secret in its memory. It has a session of its own, so that Ctrl-C is ours to answer, and
ends when we do, as its pipe ends then.
"""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from briefbook.composing.frames import NO_ANSWER, EndedError, NoAnswerError, answer_from, request_frame
from briefbook.limits import Limits

_CODE = (
    "import json, sys; sys.path += json.loads(sys.argv[1]);"
    "from briefbook.composing.confined_process import main; main()"
)
_PACKAGES = ("briefbook", "jinja2", "markupsafe", "babel", "tzdata")
_KEPT = ("LD_LIBRARY_PATH", "SYSTEMROOT")  # of the environment, without which an interpreter may not begin
_STARTING = 60.0  # seconds that an interpreter may take to begin, on a machine that does much else
_DYING = 1.0  # seconds in which it may tell where it was
_MOST_TOLD = 1 << 16  # bytes of that
_HAS_POLL = hasattr(select, "poll")
_READS, _WRITES = (select.POLLIN, select.POLLOUT) if _HAS_POLL else (0, 0)


class ConfinedProcess:
    """One process. What is asked of it is bounded by the clock; whatever else it does is its own."""

    def __init__(self, limits: Limits, language: str, catalogues: tuple[str, ...]) -> None:
        self._largest = 12 * limits.characters + _MOST_TOLD  # JSON takes twelve bytes for a rare letter
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _CODE, json.dumps(_folders())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=os.sep,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._requests, self._answers = self._process.stdin.fileno(), self._process.stdout.fileno()
        self._told = self._process.stderr.fileno()
        self.is_over = False
        self.selections: dict[int, tuple[int, object]] = {}  # that it has, by the id of ours, with its number
        for pipe in (self._requests, self._answers, self._told) if _HAS_POLL else ():
            os.set_blocking(pipe, False)
        self._lock = threading.RLock()  # what one thread asks is answered before another asks
        self._questions = 0  # that are open: what is asked of a template may ask for another
        self._is_last = False  # it has said that it ends after this answer
        until = time.monotonic() + _STARTING
        try:
            # The system ends it with the thread that began it: only the main thread's end is ours.
            ends_with_us = threading.current_thread() is threading.main_thread()
            self.tell((limits, language, catalogues, ends_with_us), until)
            self.hear(until)  # that it has given away what it may not keep
        except EndedError as ended:
            raise EndedError("start", ended.told) from None

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Hold it for a question, and let it go behind the outermost one if it has said that it ends."""
        with self._lock:
            self._questions += 1
            try:
                yield
            finally:
                self._questions -= 1
                if self._is_last and not self._questions:
                    self.stop()

    def tell(self, request: tuple[object, ...], until: float) -> None:
        """Send a request. Raises EndedError where the process ends first, or does not take it in time."""
        data = memoryview(request_frame(request))
        with self._watched(until):
            while data:
                self._await(self._requests, _WRITES, until)
                try:
                    data = data[os.write(self._requests, data) :]
                except BlockingIOError:
                    continue
                except OSError:
                    raise self._ended() from None

    def hear(self, until: float) -> dict[str, Any]:
        """The next answer. Raises EndedError, for what is no answer as well."""

        def take(count: int) -> bytes:
            parts = []
            while count:
                self._await(self._answers, _READS, until)
                with suppress(BlockingIOError):
                    part = os.read(self._answers, count)
                    if not part:
                        raise self._ended()
                    parts.append(part)
                    count -= len(part)
            return b"".join(parts)

        try:
            with self._watched(until):
                answer = answer_from(take, self._largest)
        except NoAnswerError:
            self.stop()
            raise EndedError(NO_ANSWER) from None
        self._is_last = self._is_last or "last" in answer
        return answer

    @contextmanager
    def _watched(self, until: float) -> Iterator[None]:
        """On Windows nobody can wait for a pipe for a time: there a thread ends the process in time."""
        if _HAS_POLL:
            yield
            return
        timer = threading.Timer(max(until - time.monotonic(), 0), self._process.kill)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _await(self, pipe: int, event: int, until: float) -> None:
        """Wait until a pipe can be read or written. Raises EndedError when it is too late."""
        if not _HAS_POLL:
            return
        poll = select.poll()
        poll.register(pipe, event)
        if not poll.poll(max(until - time.monotonic(), 0) * 1000):
            raise self.late()

    def late(self) -> EndedError:
        """End the process, as its time is over: that, with where it was."""
        if _HAS_POLL:
            with suppress(OSError):
                self._process.send_signal(signal.SIGABRT)  # it tells where it is, and ends
        told = self._last_words()
        self.stop()
        return EndedError("clock", told)

    def _ended(self) -> EndedError:
        told = self._last_words()
        self.stop()
        status = self._process.returncode
        return EndedError(f"signal {-status}" if status < 0 else f"status {status}", told)

    def _last_words(self) -> bytes:
        """What the process says of where it is, as it ends; it has a second for it."""
        if not _HAS_POLL:
            return b""
        told, until = b"", time.monotonic() + _DYING
        poll = select.poll()
        poll.register(self._told, _READS)
        while len(told) < _MOST_TOLD and poll.poll(max(until - time.monotonic(), 0) * 1000):
            with suppress(BlockingIOError):
                part = os.read(self._told, _MOST_TOLD)
                if not part:
                    break
                told += part
        with suppress(subprocess.TimeoutExpired):  # by itself, if it is about to: so its status is its own
            self._process.wait(max(until - time.monotonic(), 0))
        return told

    def stop(self) -> None:
        """End the process, whatever it does."""
        self.is_over = True
        with suppress(OSError):
            self._process.kill()
        self._process.wait()
        self._close()

    def forget(self) -> None:
        """Let go of it in a fork of ours, whose process it is not."""
        self.is_over = True
        self._process.returncode = 0  # so that nobody waits for it
        self._close()

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def _folders() -> list[str]:
    """Where the packages lie that templates need: it gets these alone, and never the current folder."""
    found = (find_spec(name) for name in _PACKAGES)
    return list(dict.fromkeys(str(Path(spec.origin).parents[1]) for spec in found if spec and spec.origin))


# -------------------------------------------------------------------------------- kept for the next


_KEPT_ALIVE = 4  # processes at most: a book needs one for each of its languages
_alive: dict[tuple[object, ...], ConfinedProcess] = {}
_taking = threading.Lock()  # threads of the Python interface may ask at once


def process_for(owner: str, limits: Limits, language: str, catalogues: tuple[str, ...]) -> ConfinedProcess:
    """The process of an owner (a book) in a language: the one that is there, else a new one."""
    key = owner, limits, language, catalogues
    with _taking:
        process = _alive.pop(key, None)
        if process is None or process.is_over:
            process = ConfinedProcess(limits, language, catalogues)
        _alive[key] = process  # the last used last
        while len(_alive) > _KEPT_ALIVE:
            _alive.pop(next(iter(_alive))).stop()
        return process


def stop_all() -> None:
    """End every process; the next template begins another."""
    while _alive:
        _alive.popitem()[1].stop()


atexit.register(stop_all)


def _forget_all() -> None:
    global _taking
    _taking = threading.Lock()  # another thread of ours may have held it amid the fork
    while _alive:
        _alive.popitem()[1].forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
