"""The process in which untrusted templates run, as it is seen from within.

It begins as a clean interpreter with an empty environment in the root folder, and has two pipes and nothing
else: no ledger, no book, no password. Templates and what they print about come through the one, Markdown and
what was found in templates goes out through the other (`frames.py`). Before the first template is read it
gives away what the system lets it give away: it can open no file and no socket, start no process, and take
no more memory than it may; on Linux it can ask the system for nothing else but to compute and to answer
(`confined_calls.py`). So what gets out of Jinja's sandbox reads nothing and sends nothing. Without that
filter it may do, with the rights of whoever runs us, what needs no open file: rename, cut and delete by name,
send signals, and read the memory of other processes of the same user where the system allows that.
"""

import ctypes
import faulthandler
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

from briefbook.composing.confined_calls import calls_here, keep_to
from briefbook.composing.frames import (
    LONGEST_MESSAGE,
    MOST_PROBLEMS,
    SELECTIONS,
    answer_frame,
    refused_with,
    request_from,
)
from briefbook.composing.sandbox import made_ready
from briefbook.composing.sections import Context, SectionTemplates
from briefbook.composing.template_loaders import asking_loader
from briefbook.composing.wording import ENGLISH, Wording, wording_of
from briefbook.dates import parse_partial_date
from briefbook.diagnostics import BriefbookError, Problem
from briefbook.limits import Limits

if sys.platform != "win32":
    import resource
if sys.platform.startswith("linux"):
    _C = ctypes.CDLL(None)

REQUESTS, ANSWERS = 0, 1  # the two pipes
ENVIRONMENTS = 8  # sets of templates that are kept ready: a book has one for each language and profile
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
_NOBODY = 65_534  # the user that owns nothing, on Linux and elsewhere
_AGAIN = 0.25  # seconds until a template is told once more that its time is over: compiling can swallow it
_GRACE = 1.0  # seconds of processor time beyond, after which the system ends the process
_LIFE = 300.0  # seconds of processor time after which another process takes over: this one has a hard limit
_MAPPED = 1 << 30  # bytes, at most, of programs and libraries and of what is no data, such as the stack


class OverError(BaseException):
    """A template has taken what it may. No `Exception`: nothing within a template may catch it."""


class _StopError(BaseException):
    """Whoever asked has no use for the answer any more."""


class _Served(SectionTemplates):
    """The templates of one environment; whatever they print is counted as they print it."""

    room = 0  # characters that the template may still print

    def _made(self, name: str, values: Mapping[str, object]) -> str:
        template = self.environment.get_template(name)
        pieces: Any = template.root_render_func(template.new_context(dict(values)))
        made = []
        try:
            for piece in pieces:
                self.room -= len(piece)
                if self.room < 0:
                    pieces.throw(OverError("characters"))  # where it is, so that its line is known
                made.append(piece)
        except BaseException:
            self.environment.handle_exception()  # which puts the template's lines into the traceback
        return "".join(made)

    def names(self) -> frozenset[str]:
        found = (name for name in self._all() if name.startswith("sections/") and name.endswith(".md.j2"))
        return frozenset(name.removeprefix("sections/").removesuffix(".md.j2") for name in found)

    def place_of(self, error: BaseException, name: str) -> Problem:
        """A problem at the place to which an error came."""
        return Problem(where=self._place(error, name), message=str(error))

    def line_of(self, name: str, line: int) -> int:
        """The line of a template that a line of what it was compiled to comes from."""
        return self.environment.get_template(name).get_corresponding_lineno(line)


class Process:
    """Answers requests until there are no more."""

    def __init__(self, limits: Limits, wording: Wording) -> None:
        self._limits, self._wording = limits, wording
        self._environments: dict[int, _Served] = {}
        self._selections: dict[int, object] = {}
        self._depth = 0
        self._most = _most_of_processor(limits)

    def serve(self) -> None:
        """Answer until the other end is gone."""
        while (request := request_from(REQUESTS)) is not None:
            self._take(*request)

    def _take(self, kind: str, *arguments: Any) -> None:
        if kind == "selection":
            number, selection = arguments
            self._selections[number] = selection
            while len(self._selections) > SELECTIONS:
                del self._selections[next(iter(self._selections))]
            return
        answer = self._answer(kind, *arguments)
        is_last = not self._depth and _processor_used() > _LIFE
        _send({**answer, "last": True} if is_last else answer)
        if is_last or answer.get("over"):
            sys.exit()  # what it holds of memory is beyond knowing: the next template gets a fresh process

    def _answer(self, kind: str, number: int, name: str, *arguments: Any) -> dict[str, object]:
        templates = self._environment(number)
        try:
            with self._limited(templates, *arguments[-1:] if kind == "render" else ()):
                answer = self._render if kind == "render" else _ASKED[kind]
                return {"made": answer(templates, name, *arguments)}
        except BriefbookError as error:
            (problem,) = error.problems
            is_memory = isinstance(error.__cause__, MemoryError)
            return {**_told(problem), "over": "memory"} if is_memory else _told(problem)
        except OverError as error:
            return {**_told(templates.place_of(error, name)), "over": str(error)}
        except MemoryError as error:
            return {**_told(templates.place_of(error, name)), "over": "memory"}
        except _StopError:
            return {"stopped": True}
        except Exception as error:  # of a kind that no template of ours ever raised
            problem = templates.place_of(error, name)
            return _told(replace(problem, message=f"{type(error).__name__}: {problem.message}"))

    def _environment(self, number: int) -> _Served:
        if number not in self._environments:
            loader = asking_loader(lambda name: self._asked("template", name), lambda: self._asked("names"))
            self._environments[number] = _Served((), self._wording, loader=loader)
            while len(self._environments) > ENVIRONMENTS:
                del self._environments[next(iter(self._environments))]
        return self._environments[number]

    @contextmanager
    def _limited(self, templates: _Served, room: int | None = None) -> Iterator[None]:
        """Count processor time and characters while a template is at work, with those within it."""
        before, templates.room = templates.room, self._limits.characters if room is None else room
        try:
            with self._timed():
                yield
        finally:
            templates.room = before

    @contextmanager
    def _timed(self) -> Iterator[None]:
        if sys.platform == "win32" or self._depth:  # pragma: no cover
            yield
            return
        self._depth += 1
        end = ceil(_processor_used() + self._limits.processor + _GRACE)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_CPU, (min(end, self._most), self._most))
        signal.setitimer(signal.ITIMER_PROF, self._limits.processor, _AGAIN)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            self._depth -= 1

    def _render(
        self, templates: _Served, name: str, memo: str, selection: int, context: Context, _room: int
    ) -> str:
        """What a template prints; `context` comes without its selection, which was sent before."""
        held: Any = self._selections[selection]
        section = self._section if context.section is not None else None
        return templates.render(name, replace(context, selection=held, section=section), memo=memo)

    def _section(self, name: str) -> str:
        text: str = self._asked("section", name)
        return text

    def _asked(self, *question: object) -> Any:
        """What only the other end knows. It may ask for something itself before it answers."""
        _send({"ask": question})
        while (request := request_from(REQUESTS)) is not None:
            match request:
                case ("answer", answer):
                    return answer
                case ("refused", made, arguments, *state):
                    raise refused_with(made, arguments, *state)
                case ("stop",):
                    raise _StopError
                case _:
                    self._take(*request)
        raise _StopError


# What may be asked of a template besides what it prints; each answer is made of what JSON has.
_ASKED: Mapping[str, Callable[..., object]] = {
    "syntax": lambda templates, name: list(map(_told, templates.syntax_of(name))),
    "names": lambda templates, name: list(map(_told, templates.names_of(name)[:MOST_PROBLEMS])),
    "messages": lambda templates, name: list(templates.messages_in(name)),
    "leads": lambda templates, name: _listed(templates.leads_in(name)),
    "options": lambda templates, name: _listed(templates.options_in(name)),
    "own": lambda templates, name: _listed(templates.own_of(name)),
    "line": lambda templates, name, line: templates.line_of(name, line),
}


def _listed(found: frozenset[str] | None) -> list[str] | None:
    return None if found is None else sorted(found)


def _told(problem: Problem) -> dict[str, object]:
    where, message, hint = problem.where, problem.message[:LONGEST_MESSAGE], problem.hint[:LONGEST_MESSAGE]
    return {"file": where.file, "line": where.line, "message": message, "hint": hint}


def _send(answer: dict[str, object]) -> None:
    data = memoryview(answer_frame(answer))
    while data:
        data = data[os.write(ANSWERS, data) :]


# ---------------------------------------------------------------------------- what it gives away


def _processor_used() -> float:
    """Seconds of processor time that this process has taken."""
    if sys.platform == "win32":  # pragma: no cover
        return 0.0
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _most_of_processor(limits: Limits) -> int:
    """The hard limit of processor time, in seconds, at which the system kills the process.

    The soft one moves on from template to template and can be taken off by whoever got out of the sandbox;
    this one nobody can raise.
    """
    return ceil(_LIFE + limits.processor + 2 * _GRACE)


def _give_away(limits: Limits, *, ends_with_parent: bool) -> None:
    """Keep of what a process may do only what templates need; some systems know less of it."""
    if sys.platform == "win32":
        return
    sys.meta_path.clear()  # what is not imported by now is told by its name, not as too many open files
    mebibytes = limits.memory << 20
    names = ("RLIMIT_CORE", "RLIMIT_FSIZE", "RLIMIT_NPROC", "RLIMIT_NOFILE")
    most = {**dict.fromkeys(names, 0), "RLIMIT_DATA": mebibytes, "RLIMIT_CPU": _most_of_processor(limits)}
    stack, _ = resource.getrlimit(resource.RLIMIT_STACK)
    most["RLIMIT_STACK"] = mebibytes if stack == resource.RLIM_INFINITY else stack  # which is no data
    if sys.platform.startswith("linux"):  # elsewhere a process may have reserved more without using it
        most["RLIMIT_AS"] = mebibytes + _MAPPED  # tables of memory that is only mapped are no data either
    for name, value in most.items():
        with suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (value, value))
    if os.geteuid() == 0:  # who is root could take it all back
        with suppress(OSError):
            os.setgroups([])
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)
    if ends_with_parent:
        _end_with_parent()
    calls = calls_here()
    if calls is not None:
        keep_to(calls)  # last: what stands above would be refused


def _end_with_parent() -> None:
    """Be killed with the thread that started us: in the midst of a template nothing else tells us (Linux).

    Of who was started by another thread than the main one, the limits see to it that it ends.
    """
    if sys.platform.startswith("linux"):
        _C.prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def _over(_number: int, _frame: object) -> None:
    raise OverError("processor")


def _listen() -> None:
    """Be told when time is over, and tell where the process is when it is ended from without."""
    faulthandler.enable(all_threads=False)  # SIGABRT, which whoever waits in vain sends, and a crash
    if sys.platform != "win32":
        faulthandler.register(signal.SIGXCPU, all_threads=False, chain=True)  # the system's own end
        signal.signal(signal.SIGPROF, _over)


def _ready(wording: Wording) -> None:
    """Read now what is otherwise read when it is needed first: afterwards no file can be opened."""
    datetime.strptime("2031", "%Y")  # noqa: DTZ007 – imports what it is made of
    import difflib  # noqa: F401
    import encodings.ascii
    import encodings.idna
    import encodings.unicode_escape  # noqa: F401

    made_ready()
    day = date(2031, 5, 11)
    for each in (wording, wording_of(ENGLISH)):
        each.weekday(day)
        each.short_weekday(day)
        each.month(day)
        each.short_months()
        each.partial(parse_partial_date("2031-05-11/2031-05-12"))
        each.time(datetime.combine(day, datetime.min.time()))
        each.zone("America/Mexico_City")
        each.listing(["a", "b", "c"])
        each.ordinal(2)
        each.until(timedelta(days=3).days)


def main() -> None:
    """Serve whoever started us until he is gone."""
    warnings.simplefilter("ignore")  # to tell one, its source would be opened
    begin = request_from(REQUESTS)
    if begin is None:
        return
    limits, language, catalogues, ends_with_parent = begin
    wording = wording_of(language, catalogues)
    _ready(wording)
    _listen()
    _give_away(limits, ends_with_parent=ends_with_parent)
    _send({})
    Process(limits, wording).serve()
