"""Section templates that nobody vouches for: those of a book that its user does not trust.

What comes with briefbook is trusted, text by text. A template that leads to nothing else runs here; every
other is parsed, compiled and run in a process of its own (`confined_process.py`), which ends when it takes
more than `limits.py` allows. Where a template is stopped is told with its line, as any mistake of it is.
"""

import hashlib
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta, timezone
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import BaseLoader, TemplateError

from briefbook.composing.compiled_templates import CompiledTemplates
from briefbook.composing.confined_answers import is_answer, line_told, words_told
from briefbook.composing.frames import NO_ANSWER, SELECTIONS, EndedError, refusal
from briefbook.composing.sections import Context, SectionTemplates
from briefbook.composing.template_loaders import loader_of, loader_of_texts
from briefbook.composing.wording import Wording
from briefbook.diagnostics import BriefbookError, Problem, Where
from briefbook.limits import Limits
from briefbook.selection import Selection
from briefbook.tool import shipped_templates

if TYPE_CHECKING:
    from briefbook.composing.confined_pipes import ConfinedProcess

SIGXCPU = int(getattr(signal, "SIGXCPU", 0))  # as the system ends who takes too much of its time
TRIES = 3  # of a template that is stopped each time; after these it is not run again
_SMALL = 16_384  # characters: to parse so many takes 0.1 seconds at most, whatever they are
_TRUST = "if the template is right, trust the book (briefbook trust) or raise the limit in your settings"
_NUMBER = re.compile(r"([0-9]{1,9})(?:\.j2)?")  # of a template's file, as the process has it; it may say more
_instances = count()

Confinement = Callable[[], Limits | None]  # what templates are held to; None: their book is trusted


def templates_in(
    roots: Iterable[Path],
    wording: Wording,
    *,
    catalogues: tuple[str, ...] = (),
    compiled: CompiledTemplates | None = None,
    confinement: Confinement,
) -> SectionTemplates:
    """The templates in some folders, the first before the others, confined where they have to be.

    `catalogues` are those that the wording is made of. `confinement` is asked only where a book has folders
    of its own.
    """
    roots, shipped = tuple(roots), shipped_templates()
    own = [root for root in roots if not root.resolve().is_relative_to(shipped.resolve())]
    if not any(root.is_dir() for root in own):
        return SectionTemplates((root for root in roots if root not in own), wording, compiled=compiled)
    limits = confinement()
    if limits is None:
        return SectionTemplates(roots, wording, compiled=compiled)
    return ConfinedTemplates(
        roots, wording, loader_of(roots), limits,
        owner=str(own[-1].resolve()), catalogues=catalogues, compiled=compiled,
    )  # fmt: skip


def templates_of_texts(
    texts: Mapping[str, str], wording: Wording, *, catalogues: tuple[str, ...] = (), limits: Limits
) -> SectionTemplates:
    """Templates whose texts were kept, by name: confined, but for those that are shipped still."""
    owner = hashlib.sha256("\0".join(part for pair in sorted(texts.items()) for part in pair).encode())
    return ConfinedTemplates(
        (), wording, loader_of_texts(texts), limits, owner=owner.hexdigest(), catalogues=catalogues
    )


@cache
def _shipped() -> frozenset[str]:
    """The texts of all templates that come with briefbook."""
    return frozenset(path.read_text(encoding="utf-8") for path in shipped_templates().rglob("*.j2"))


class ConfinedTemplates(SectionTemplates):
    """Templates of which each that is not ours, or leads to one that is not, runs in a process of its own."""

    def __init__(
        self,
        roots: Iterable[Path],
        wording: Wording,
        loader: BaseLoader,
        limits: Limits,
        *,
        owner: str,
        catalogues: tuple[str, ...] = (),
        compiled: CompiledTemplates | None = None,
    ) -> None:
        super().__init__(roots, wording, loader=loader, compiled=compiled)
        self._limits, self._of = limits, (owner, limits, wording.language, catalogues)
        self.number = next(_instances)  # the process tells several by it
        self._files: list[str] = []  # of templates that the process has got: it knows them by their number
        self._names_of_files: list[str] = []
        self._ours: dict[str, bool] = {}
        self._stopped: Counter[str] = Counter()  # how often a template was
        self._told_of: dict[str, Problem] = {}  # and what was told of it last
        self._unreadable: dict[str, Problem] = {}  # of those that were stopped while they were only read
        self.begin()

    def begin(self) -> None:
        """Count anew what the templates of one document take."""
        self._seconds, self._characters = self._limits.whole, self._limits.whole_characters

    # What is asked of templates, here or there.

    def render(self, name: str, context: Context, *, memo: str) -> str:
        """Run a template as `SectionTemplates` does; where it takes more than it may, that is a problem."""
        if self._is_ours(name):
            return super().render(name, context, memo=memo)
        if self._stopped[name] >= TRIES:
            message = f"the template was stopped {TRIES} times, so it is not run again (memo {memo})"
            raise BriefbookError(replace(self._told_of[name], message=message))
        if self._seconds <= 0 or self._characters <= 0:
            message = f"the templates of the document take more than they may together (memo {memo})"
            raise BriefbookError(Problem(where=self._whole(name), message=message, hint=_TRUST))
        room = min(self._limits.characters, self._characters)
        begun = time.monotonic()
        try:
            made = self._asked("render", name, memo, context, room)
        except _StoppedError as stopped:
            self._stopped[name] += 1
            self._told_of[name] = replace(stopped.problem, message=f"{stopped.problem.message} (memo {memo})")
            raise BriefbookError(self._told_of[name]) from stopped
        finally:
            self._seconds -= time.monotonic() - begun
        text: str = made
        self._characters -= len(text)
        return text

    def syntax_of(self, name: str) -> list[Problem]:
        """What is wrong with one template, also that it takes more than it may only to be read."""
        if self._is_shipped(name):
            return super().syntax_of(name)
        return self._problems("syntax", name)

    def names_of(self, name: str) -> list[Problem]:
        """The names in one template that nothing gives."""
        return self._problems("names", name)  # it looks into others

    def messages_in(self, name: str) -> frozenset[tuple[str | None, str]]:
        """The messages of one template."""
        if self._is_shipped(name):
            return super().messages_in(name)
        return frozenset((context, text) for context, text in self._found("messages", name) or ())

    def leads_in(self, name: str) -> frozenset[str] | None:
        """The templates that one leads to; any, where it could not be read.

        A small one is parsed here: an unchanged book, of which nothing else is asked, needs no process.
        """
        if self._is_shipped(name) or len(self._read(name)[0]) <= _SMALL:
            return super().leads_in(name)
        return self._names("leads", name)

    def options_in(self, name: str) -> frozenset[str] | None:
        """The options that one template reads."""
        return super().options_in(name) if self._is_shipped(name) else self._names("options", name)

    def own_of(self, template: str) -> frozenset[str] | None:
        """What a template reads of `selection` and of its `own`."""
        if self._is_ours(template):
            return super().own_of(template)
        if template not in self._own:
            self._own[template] = self._names("own", template)
        return self._own[template]

    def _shown(self, file: str) -> str:
        found = _NUMBER.fullmatch(file)
        if found and int(found[1]) < len(self._files):
            file = self._files[int(found[1])]
        return super()._shown(file)

    # What is ours.

    def _is_shipped(self, name: str) -> bool:
        try:
            return self._read(name)[0] in _shipped()
        except (TemplateError, UnicodeDecodeError, OSError):
            return False

    def _is_ours(self, name: str) -> bool:
        """Whether a template and all that it leads to are as they were shipped."""
        if name not in self._ours:
            seen, ahead = set[str](), [name]
            while ahead:
                each = ahead.pop()
                if each in seen or self._is_missing(each):
                    continue
                seen.add(each)
                leads = self._leads_of(each) if self._is_shipped(each) else None
                if leads is None:
                    self._ours[name] = False
                    return False
                ahead += leads
            self._ours[name] = True
        return self._ours[name]

    def _is_missing(self, name: str) -> bool:
        try:
            self._read(name)[0]
        except LookupError:  # as Jinja's own is, too
            return True
        except (TemplateError, UnicodeDecodeError, OSError):
            return False
        return False

    # How the process is asked.

    def _problems(self, kind: str, name: str) -> list[Problem]:
        try:
            found = self._asked(kind, name)
        except _StoppedError as stopped:
            return [stopped.problem]
        except BriefbookError as error:
            return list(error.problems)
        return [self.problem(each, name) for each in found]

    def _names(self, kind: str, name: str) -> frozenset[str] | None:
        found = self._found(kind, name)
        return None if found is None else frozenset(found)

    def _found(self, kind: str, name: str) -> list[Any] | None:
        """What was found in a template; None where that is open, and where it cannot be read at all."""
        try:
            found: list[Any] | None = self._asked(kind, name)
        except (_StoppedError, BriefbookError):  # `check_syntax` and `render` tell of it
            return None
        return found

    def _asked(self, kind: str, name: str, *arguments: object) -> Any:
        """Ask the process. Raises _StoppedError where it was ended, BriefbookError for other mistakes."""
        if name in self._unreadable:
            raise _StoppedError(self._unreadable[name])
        try:
            return self._answer(kind, name, arguments)
        except EndedError as ended:
            problem = self._ended(ended, name)
        except _StoppedError as stopped:
            problem = stopped.problem
        if kind != "render":
            self._unreadable[name] = problem
        raise _StoppedError(problem)

    def _answer(self, kind: str, name: str, arguments: tuple[object, ...]) -> Any:
        from briefbook.composing.confined_pipes import process_for  # most books have no need of it

        process = process_for(*self._of)
        with process.asked():
            return _Conversation(self, process, kind, name, arguments).made()

    def _ended(self, ended: EndedError, name: str) -> Problem:
        """What is told of a process that came to no end or to a bad one, with where it was, if known."""
        where = self._whole(name)
        if ended.at is not None and ended.at[0] < len(self._files):
            number, line = ended.at
            where = Where(file=self._shown(f"{number}.j2"), line=self._line_of(number, line))
        if ended.args[0] == "clock":
            message = f"the template was stopped after {self._limits.clock:g} seconds"
            return Problem(where=where, message=message, hint=_TRUST)
        if ended.args[0] == "start":
            *_, why = ended.told.decode(errors="replace").strip().splitlines() or [""]
            message = f"the process in which untrusted templates run did not begin: {words_told(why)}"
            return Problem(where=where, message=message, hint="run briefbook as it was installed")
        if ended.args[0] == f"signal {SIGXCPU}":
            return Problem(where=where, message=self.too_much("processor", "render")[0], hint=_TRUST)
        message = f"the process in which the template ran has ended ({ended})"
        return Problem(where=where, message=message, hint="look at this line: it asks for too much")

    def _line_of(self, number: int, compiled: int) -> int:
        """The line of a template that a line of its code comes from, as a fresh process finds it."""
        try:
            line: int = self._answer("line", self._names_of_files[number], (compiled,))
        except (EndedError, _StoppedError, BriefbookError):
            return 1
        return line

    def _whole(self, name: str) -> Where:
        return Where(file=self._shown(name), line=1)

    # What a conversation with the process needs.

    def seconds_for(self, kind: str) -> float:
        """How long the process may take for an answer, by the clock."""
        return min(self._limits.clock, self._seconds) if kind == "render" else self._limits.clock

    def text_for(self, name: str) -> tuple[str, str]:
        """The text of a template, and the name of its file: its number, which can be read off a stack."""
        assert self.environment.loader is not None
        text, file, _ = self.environment.loader.get_source(self.environment, name)
        if name not in self._names_of_files:
            self._names_of_files.append(name)
            self._files.append(file or name)
        return text, f"{self._names_of_files.index(name)}.j2"

    def too_much(self, what: object, kind: str) -> tuple[str, str]:
        """What is told of a template that was stopped, and the mend."""
        limits = self._limits
        reading = "" if kind == "render" else " only to be read"
        match what:
            case "memory":
                message = f"the template needs more than {limits.memory} MiB of memory{reading}"
            case "characters":
                message = f"the template prints more than {limits.characters:,} characters"
            case _:
                message = f"the template takes more than {limits.processor:g} seconds{reading}"
        return message, _TRUST

    def problem(self, told: Mapping[str, Any], name: str) -> Problem:
        """A problem as the process tells it, with nothing in it that could break a line."""
        file = words_told(told.get("file")).removeprefix("templates/")
        message, hint = (words_told(told.get(part)) for part in ("message", "hint"))
        where = Where(file=self._shown(file or name), line=line_told(told.get("line")))
        return Problem(where=where, message=message, hint=hint)


class _StoppedError(Exception):
    """A template took more than it may; its process is gone."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class _Conversation:
    """One question to the process, and what it asks back before it answers."""

    def __init__(
        self,
        templates: ConfinedTemplates,
        process: "ConfinedProcess",
        kind: str,
        name: str,
        arguments: tuple[object, ...],
    ) -> None:
        self._templates, self._process, self._kind, self._name = templates, process, kind, name
        self._section: Callable[[str], str] | None = None
        self._room: int | None = None  # characters, of a template that is to print
        self._until = time.monotonic() + templates.seconds_for(kind)
        if kind == "render":
            memo, context, room = arguments
            assert isinstance(context, Context)
            assert isinstance(room, int)
            self._room = room
            self._section = context.section
            arguments = memo, self._selection(context.selection), _sendable(context), room
        self._request = kind, templates.number, name, *arguments

    def made(self) -> Any:
        """The answer. Raises EndedError, _StoppedError, BriefbookError for a mistake of the template."""
        try:
            self._process.tell(self._request, self._until)
            while True:
                answer = self._process.hear(self._until)
                if "ask" not in answer:
                    break
                if time.monotonic() > self._until:  # however quickly it asks
                    raise self._process.late()
                self._reply(answer["ask"])
        except BaseException:  # Ctrl-C as well: the process is amid an answer that nobody will hear
            self._process.stop()
            raise
        if "made" in answer:
            if not is_answer(self._kind, answer["made"]):
                self._process.stop()
                raise EndedError(NO_ANSWER)
            if self._room is None or len(answer["made"]) <= self._room:
                return answer["made"]
            answer = {"over": "characters"}  # which our own code there would have said
        problem = self._templates.problem(answer, self._name)
        if "over" not in answer:
            raise BriefbookError(problem)
        self._process.stop()
        message, hint = self._templates.too_much(answer["over"], self._kind)
        raise _StoppedError(replace(problem, message=message, hint=hint))

    def _selection(self, selection: Selection) -> int:
        """The number by which the process knows a selection: it gets each once, for all that print it."""
        sent = self._process.selections
        if id(selection) not in sent:
            number = next(_numbers)
            self._process.tell(("selection", number, selection), self._until)
            sent[id(selection)] = number, selection  # kept, so that nothing else gets its id
            while len(sent) > SELECTIONS:  # as the process does
                del sent[next(iter(sent))]
        return sent[id(selection)][0]

    def _reply(self, question: Any) -> None:
        match question:
            case ["template", str(name)]:
                try:
                    reply: tuple[object, ...] = "answer", self._templates.text_for(name)
                except (TemplateError, UnicodeDecodeError, OSError) as error:
                    reply = refusal(error)
            case ["names"]:
                reply = "answer", self._templates.environment.list_templates()
            case ["section", str(name)] if self._section is not None:
                try:
                    reply = "answer", str.__str__(self._section(name))
                except (ValueError, LookupError, TypeError) as error:
                    reply = refusal(ValueError(str(error)))
            case _:
                raise EndedError("it asked what no template asks")
        self._process.tell(reply, self._until)


_numbers = count()


def _sendable(context: Context) -> Context:
    """A context without what is sent otherwise, and without a zone for which a file would be opened."""
    edition = context.edition
    if edition is not None:
        made_for = edition.made_for
        zone = timezone(made_for.utcoffset() or timedelta(), made_for.tzname() or "")
        edition = replace(edition, made_for=made_for.replace(tzinfo=zone))
    nothing: Any = None
    section: Any = None if context.section is None else True
    return replace(context, selection=nothing, section=section, edition=edition)
