# ruff: noqa: T201 – it answers on standard output
"""A fork server: a process that has imported what a run needs and has opened nothing of a book.

A Python start makes thousands of calls, and a kill at each of them tests nothing of ours. So each trial is a
child of this process: it waits for a signal (while strace attaches; that wait makes none of the calls that
are counted), then runs the command line as `briefbook` would, to the interpreter's own end.

Orders are lines of JSON on standard input, answers lines of JSON on standard output.
"""

import ctypes
import importlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

GO = signal.SIGUSR1
_PR_SET_PTRACER = 0x59616D61
_ANY = ctypes.c_ulong(-1)


def serve() -> dict[str, Any] | None:
    """Obey until the input ends (None), or return what a new child has to do, in that child."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {GO})
    for line in sys.stdin:
        order = json.loads(line)
        match order["do"]:
            case "import":
                _import(order["modules"])
                _answer({})
            case "fork":
                pid = os.fork()
                if pid == 0:
                    return dict(order)
                _answer({"pid": pid})
            case "wait":
                _, status = os.waitpid(order["pid"], 0)
                _answer({"status": os.waitstatus_to_exitcode(status)})
            case unknown:
                raise ValueError(unknown)
    return None


def _answer(answer: dict[str, int]) -> None:
    print(json.dumps(answer), flush=True)


def _import(names: list[str]) -> None:
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:  # made by another module, or of another process: the run does without, too
            print(f"not imported: {name}: {error}", file=sys.stderr)
    _read_own_files()


def _read_own_files() -> None:
    """What is read once of the program's own files: its sources, for its digest, and the locale's data."""
    from babel import Locale
    from babel.core import get_global

    from briefbook.user_cache import tool_identity

    tool_identity()
    get_global("territory_zones")
    _ = Locale("en").days


def run(order: dict[str, Any]) -> None:
    """Become the run: own streams and folder, wait for the signal, call."""
    for number, name, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, order["stdout"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        (2, order["stderr"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
    ):
        opened = os.open(name, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.chdir(order["folder"])
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANY, 0, 0, 0)  # strace is no ancestor; Ubuntu asks for this
    signal.sigwait({GO})
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {GO})
    module, _, function = order["call"].partition(":")
    try:
        getattr(importlib.import_module(module), function)(order["arguments"])
    finally:
        if order.get("modules"):
            Path(order["modules"]).write_text(json.dumps(sorted(sys.modules)), encoding="utf-8")


def command_line(arguments: list[str]) -> None:
    """`briefbook ARGUMENTS`."""
    from briefbook.cli import main

    sys.argv = ["briefbook", *arguments]
    main(prog_name="briefbook")


if __name__ == "__main__":
    task = serve()
    if task is not None:
        run(task)
