"""Runs of the program in processes of their own: forked from the nursery, with strace on them or without."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.nursery import GO

COMMAND_LINE = "tests.faults.nursery:command_line"
LONGEST = 60.0  # seconds; a run takes a part of one


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a run left: its exit status (−9: killed), its streams, strace's log."""

    status: int
    out: str
    err: str
    log: str = ""

    @property
    def was_killed(self) -> bool:
        return self.status == -signal.SIGKILL


class CannotTraceError(Exception):
    """strace may not attach to a process here (a container without ptrace)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A child that waits for its signal."""

    pid: int
    folder: Path


class Nursery:
    """The fork server as seen from outside."""

    def __init__(self) -> None:
        self._settings = tempfile.TemporaryDirectory()
        environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "TZ": "UTC"}
        environment["XDG_CONFIG_HOME"] = self._settings.name
        environment["XDG_CACHE_HOME"] = os.devnull  # a run makes the same calls whatever ran before
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(LONGEST)
        self._settings.cleanup()

    def learn(self, arguments: Sequence[str], folder: Path) -> Ended:
        """Run once, note which modules that took, and have them imported for every later run."""
        modules = folder / "modules.json"
        ended = self.finish(self.start(arguments, folder, modules=modules))
        names = [name for name in json.loads(modules.read_text(encoding="utf-8")) if name != "__main__"]
        self._order({"do": "import", "modules": names})
        return ended

    def start(
        self, arguments: Sequence[str], folder: Path, *, call: str = COMMAND_LINE, modules: Path | None = None
    ) -> Started:
        """Fork a child that will call with these arguments. `folder` takes its streams and is its own.

        It trusts the templates of the book that they name: a process in which templates run is none that has
        anything to lose, and strace would count its start, and kill it instead.
        """
        books = [argument for argument in arguments if Path(argument, "book.yaml").is_file()]
        settings = Path(self._settings.name, "briefbook", "settings.yaml")
        settings.parent.mkdir(mode=0o700, exist_ok=True)
        settings.write_text(json.dumps({"trust": books}), encoding="utf-8")
        settings.chmod(0o600)
        order = {
            "do": "fork",
            "call": call,
            "arguments": list(arguments),
            "folder": str(folder),
            "stdout": str(folder / "stdout"),
            "stderr": str(folder / "stderr"),
            "modules": str(modules) if modules else "",
        }
        return Started(pid=self._order(order)["pid"], folder=folder)

    def go(self, *started: Started) -> None:
        """Let children run, all at once."""
        for child in started:
            os.kill(child.pid, GO)

    def wait(self, started: Started, *, log: str = "") -> Ended:
        """Wait for a child's end. One that hangs is killed, and said to have hung."""
        self._send({"do": "wait", "pid": started.pid})
        hung = not self._answers(LONGEST)
        if hung:
            os.kill(started.pid, signal.SIGKILL)
        status = self._receive()["status"]
        out, err = ((started.folder / name).read_text(errors="replace") for name in ("stdout", "stderr"))
        return Ended(status=-999 if hung else status, out=out, err=err, log=log)

    def finish(self, started: Started) -> Ended:
        self.go(started)
        return self.wait(started)

    def run(self, arguments: Sequence[str], folder: Path) -> Ended:
        """Run with nothing on it."""
        return self.finish(self.start(arguments, folder))

    def run_traced(self, arguments: Sequence[str], folder: Path, options: Sequence[str]) -> Ended:
        """Run under strace with these options."""
        child = self.start(arguments, folder)
        log = folder / "strace"
        command = ["strace", "-f", "-p", str(child.pid), "-o", str(log), *options]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
            assert strace.stderr is not None
            said = (
                strace.stderr.readline() if select.select([strace.stderr], [], [], 5)[0] else "nothing said"
            )
            if "attached" not in said:
                os.kill(child.pid, signal.SIGKILL)
                self.wait(child)
                raise CannotTraceError(said.strip())
            self.go(child)
            ended = self.wait(child)
        text = log.read_text(errors="replace")
        return Ended(status=ended.status, out=ended.out, err=ended.err, log=text)

    # ------------------------------------------------------------------------------ the pipe

    def _order(self, order: dict[str, Any]) -> dict[str, Any]:
        self._send(order)
        return self._receive()

    def _send(self, order: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def _answers(self, seconds: float) -> bool:
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], seconds)[0])

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the fork server has ended")
        answer: dict[str, Any] = json.loads(line)
        return answer
