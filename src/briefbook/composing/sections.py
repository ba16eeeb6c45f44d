"""Section templates: Jinja2 in a sandbox turns a selection into Markdown.

Templates are looked for in the book's `templates/` first, then in the shipped ones. Whatever a template
prints is escaped for Markdown by `briefbook.marks`, wherever it is printed or joined; only what the author of
the template or of a catalogue wrote is Markdown. So a fact can never inject markup.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime
from functools import wraps
from operator import attrgetter
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

from jinja2 import BaseLoader, TemplateError, TemplateNotFound, TemplateSyntaxError, meta, nodes
from jinja2.parser import Parser
from markupsafe import Markup

from briefbook.composing import shipped
from briefbook.composing.compiled_templates import CompiledTemplates
from briefbook.composing.sandbox import sandbox_of
from briefbook.composing.template_functions import template_filters, template_globals
from briefbook.composing.template_loaders import loader_of
from briefbook.composing.template_names import Finding, leads_in, options_read, own_read, unknown_imports
from briefbook.composing.wording import Wording
from briefbook.diagnostics import BriefbookError, Problem, Where, did_you_mean
from briefbook.frozen import frozen
from briefbook.selection import (
    ChangedFact,
    ComparedSide,
    Selection,
    ShownSource,
    Since,
    Words,
)


@frozen
class NumberedSource:
    """A cited source with its number in the document."""

    number: int
    source: ShownSource


@frozen
class IssuedNote:
    """What a mail says of the edition that it brings."""

    number: int
    as_of: date  # the day from which it was judged
    zone: str  # in which that was the day; IANA name
    made_for: datetime  # the instant that asked for it, in that zone
    is_scheduled: bool = True  # False: a person sent it by hand
    attached: tuple[str, ...] = ()  # names of files
    left_out: tuple[str, ...] = ()  # names of files that are too large for a mail


@frozen
class Context:
    """What every section template sees by name. `docs/templates.md` lists it; a test compares."""

    selection: Selection
    title: Words | None = None  # the section's title, where the memo sets one
    limit: int | None = None  # how many entries at most, where the memo says so
    left_out: int = 0  # how many entries more there are that the memo's length leaves out
    options: Mapping[str, str]  # `set:` of the section in the memo
    subject: Words | None = None  # the memo's subject line, ready to print
    sources: tuple[NumberedSource, ...] = ()  # the cited ones; for `header` and `sources` alone
    main_source: int | None = None  # the number that "everything rests on source N" names
    changed: tuple[ChangedFact, ...] = ()  # in `check-again` alone: on what the words beside it rest
    edition: IssuedNote | None = None  # in the templates of mails alone
    section: Callable[[str], str] | None = None  # in the body of mails alone: a section of the memo
    since: Since | None = None  # in the body of mails alone: what changed since the reader's last one
    sides: tuple[ComparedSide, ...] = ()  # in a comparison alone: what is compared, the earlier first


T = TypeVar("T")
_Look = Callable[["SectionTemplates", str], T]
_NAMES = tuple(field.name for field in fields(Context))
_VALUES = attrgetter(*_NAMES)

# What a template's own expressions raise: a wrong filter argument, a division by zero, an endless macro …
_MISTAKES = (
    *(TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, OSError),
    *(RecursionError, MemoryError, SyntaxError),
)


def _told(error: Exception) -> str:
    """A template's mistake as a sentence."""
    match error:
        case RecursionError():
            return "templates or macros call each other without end"
        case MemoryError():
            return "the template needs more memory than there is"
        case SyntaxError():  # what it was compiled to is no Python: loops within loops
            return f"the template is nested too deeply: {error.msg}"
        case KeyError():
            return f"there is no value named {error}"
        case _:
            return str(error) or type(error).__name__


def _unless_too_deep(otherwise: Any) -> Callable[[_Look[T]], _Look[T]]:
    """What is found in a template; `otherwise` where it is nested too deeply to be walked through.

    `check_syntax` tells of that, as it cannot be compiled either.
    """

    def wrapped(look: _Look[T]) -> _Look[T]:
        @wraps(look)
        def safe(templates: "SectionTemplates", name: str) -> T:
            try:
                return look(templates, name)
            except RecursionError:
                instead: T = otherwise
                return instead

        return safe

    return wrapped


def _giving_markdown(section: Callable[[str], str]) -> Callable[[str], Markup]:
    """What other templates made is Markdown already, not a value to escape."""
    return lambda name: Markup(section(name))


class SectionTemplates:
    """The section templates of a book in one language: compiled once, rendered for each memo."""

    def __init__(
        self,
        roots: Iterable[Path],
        wording: Wording,
        *,
        loader: BaseLoader | None = None,
        compiled: CompiledTemplates | None = None,
    ) -> None:
        """Look for templates in some folders, the first before the others, or wherever a `loader` does.

        What is `compiled` others of the same language may share.
        """
        self.roots = tuple(roots)
        self.wording = wording
        self._compiled = compiled or CompiledTemplates()
        self.environment = sandbox_of(loader_of(self.roots) if loader is None else loader, self._compiled)
        self.environment.give(template_globals(wording))
        self.environment.filters.update(template_filters(wording))
        self._shipped = shipped.shipped_room(self.environment, self._compiled.of_shipped)
        self._ours: dict[str, bool] = {}  # by template
        self._leads: dict[str, frozenset[str] | None] = {}  # likewise
        self._own: dict[str, frozenset[str] | None] = {}  # likewise
        self._trees: dict[str, nodes.Template | None] = {}  # of all templates, once one is looked at

    def exists(self, name: str) -> bool:
        """True when there is a template of that section."""
        return any((root / template_name(name)).is_file() for root in self.roots)

    def names(self) -> frozenset[str]:
        """The names of all sections that there are templates for."""
        found = (path.name for root in self.roots for path in (root / "sections").glob("*.md.j2"))
        return frozenset(name.removesuffix(".md.j2") for name in found)

    def paths(self) -> frozenset[str]:
        """Where all templates lie that there are, of sections and others: `mail/body.md.j2`."""
        found = ((root, path) for root in self.roots for path in root.rglob("*.j2"))
        return frozenset(path.relative_to(root).as_posix() for root, path in found)

    def render(self, name: str, context: Context, *, memo: str) -> str:
        """Run a template (`sections/priorities.md.j2`). Raises BriefbookError with its place and the memo."""
        values = dict(zip(_NAMES, _VALUES(context), strict=True))
        if context.section is not None:
            values["section"] = _giving_markdown(context.section)
        try:
            return self._made(name, values)
        except TemplateSyntaxError as error:
            raise BriefbookError(self._syntax_problem(error, memo)) from error
        except TemplateNotFound as error:
            raise BriefbookError(self._missing_problem(error, name, memo)) from error
        except _MISTAKES as error:
            problem = Problem(where=self._place(error, name), message=f"{_told(error)} (memo {memo})")
            raise BriefbookError(problem) from error

    def begin(self) -> None:
        """Here the renderings of one document begin: what it may take of time and room counts anew."""

    def _made(self, name: str, values: dict[str, object]) -> str:
        """What a template prints, whatever goes wrong on the way."""
        if not self._is_ours(name):
            return self._made_in_sandbox(name, values)
        try:
            return self._shipped.rendered(name, values)
        except Exception as error:  # whatever it is, the sandbox says it with its place
            made = self._made_in_sandbox(name, values)
            shipped.fell_back(name, error)
            return made

    def _made_in_sandbox(self, name: str, values: dict[str, object]) -> str:
        return self.environment.get_template(name).render(values)

    def _is_ours(self, name: str) -> bool:
        """Whether a template and all that it may lead to came with briefbook."""
        known = self._ours.get(name)
        if known is None:
            files = (self._read(each)[1] for each in self.reached([name]))
            known = self._ours[name] = all(map(self._compiled.is_shipped, files))
        return known

    def reached(self, names: Iterable[str]) -> dict[str, str]:
        """The texts of some templates and of all that they include, import or extend, by name in order.

        Where a name is known only when a template runs, every template there is may be meant. One that is
        missing or broken is passed over: `render` tells of it, if it is needed at all.
        """
        found: dict[str, str] = {}
        ahead = list(names)
        while ahead:
            name = ahead.pop()
            if name in found:
                continue
            try:
                found[name] = self._read(name)[0]
            except (TemplateError, UnicodeDecodeError):
                continue
            leads = self._leads_of(name)
            ahead += self.environment.list_templates() if leads is None else leads
        return dict(sorted(found.items()))

    def _leads_of(self, name: str) -> frozenset[str] | None:
        if name not in self._leads:
            source, file = self._read(name)
            self._leads[name] = self._compiled.leads(file, source, lambda: self.leads_in(name))
        return self._leads[name]

    @_unless_too_deep(None)
    def leads_in(self, name: str) -> frozenset[str] | None:
        """The templates that one leads to; None where that is known only when it runs."""
        return leads_in(self._tree(name))

    def _read(self, name: str) -> tuple[str, str]:
        assert self.environment.loader is not None
        source, file, _ = self.environment.loader.get_source(self.environment, name)
        return source, file or ""

    def messages(self) -> frozenset[tuple[str | None, str]]:
        """Every message of the templates, each with its context."""
        return frozenset().union(*map(self.messages_in, self._all()))

    @_unless_too_deep(frozenset())
    def messages_in(self, name: str) -> frozenset[tuple[str | None, str]]:
        """The messages of one template, likewise."""
        from jinja2.ext import extract_from_ast  # no memo needs it

        tree = self._tree(name)
        found = set()
        for _, function, texts in extract_from_ast(tree) if tree is not None else ():
            parts = (None, *texts) if isinstance(texts, tuple) else (None, texts)
            has_context = "pgettext" in function  # also npgettext
            found.add((parts[1], parts[2]) if has_context else (None, parts[1]))
        return frozenset((context, text) for context, text in found if isinstance(text, str))

    def check_syntax(self) -> list[Problem]:
        """Compile every template that can be found, also those that no memo of today uses."""
        return [problem for name in self._all() for problem in self.syntax_of(name)]

    def syntax_of(self, name: str) -> list[Problem]:
        """What is wrong with one template so that it cannot be compiled."""
        try:
            self.environment.get_template(name)
        except TemplateSyntaxError as error:
            return [self._syntax_problem(error, None)]
        except UnicodeDecodeError as error:
            where = Where(file=self._shown(name), line=error.object[: error.start].count(b"\n") + 1)
            message, hint = "the template is not UTF-8", "save it as UTF-8"
            return [Problem(where=where, message=message, hint=hint)]
        except _MISTAKES as error:  # it leads out of its folder, it is too large, it is nested without end
            return [Problem(where=self._place(error, name), message=_told(error))]
        return []

    def check_names(self) -> list[Problem]:
        """Find every name in the templates that nothing gives, also where no memo of today leads.

        Names are those of the context, of the functions, and what a template sets or imports itself; of
        `selection` its fields; of an imported template its macros and what it sets.
        """
        return [problem for name in self._all() for problem in self.names_of(name)]

    @_unless_too_deep([])
    def names_of(self, name: str) -> list[Problem]:
        """The names in one template that nothing gives."""
        tree = self._tree(name)
        if tree is None:
            return []
        if not self._trees:
            self._trees = {each: self._tree(each) for each in self._all()}
        found = (*self._unknown_names(tree), *unknown_imports(tree, self._trees))
        return [
            Problem(where=Where(file=self._shown(name), line=line), message=message, hint=hint)
            for line, message, hint in found
        ]

    def options_of(self, section: str) -> frozenset[str] | None:
        """The options that a section's template reads, with all that it leads to; None where that is open."""
        found: set[str] = set()
        for name in self.reached([template_name(section)]):
            read = self.options_in(name)
            if read is None:
                return None
            found |= read
        return frozenset(found)

    @_unless_too_deep(None)
    def options_in(self, name: str) -> frozenset[str] | None:
        """The options that one template reads itself; None where that is open."""
        tree = self._tree(name)
        read = options_read(tree) if tree is not None else None
        return None if read is None else frozenset(read)

    @_unless_too_deep(None)
    def own_of(self, template: str) -> frozenset[str] | None:
        """What a template reads of `selection` and of its `own`, likewise."""
        if template not in self._own:
            trees = [self._tree(name) for name in self.reached([template])]
            read = None if None in trees else own_read(filter(None, trees))
            self._own[template] = None if read is None else frozenset(read)
        return self._own[template]

    def _all(self) -> list[str]:
        return sorted(self.environment.list_templates(extensions=["j2"]))

    def _tree(self, name: str) -> nodes.Template | None:
        """The tree of a template; None where it has none, which `check_syntax` tells of."""
        try:
            return self.environment.parse(self._read(name)[0], name)
        except _MISTAKES:
            return None

    def _unknown_names(self, tree: nodes.Template) -> Iterator[Finding]:
        try:
            free = meta.find_undeclared_variables(tree)
        except _MISTAKES:  # an unknown filter, a nesting without end: `check_syntax` tells of it
            return
        given = {field.name for field in fields(Context)}
        names = list(tree.find_all(nodes.Name))
        own = {name.name for name in names if name.ctx != "load"}  # Jinja calls one free that an `if` sets
        for line, name in sorted({(n.lineno, n.name) for n in names if n.name in free - given - own}):
            hint = did_you_mean(name, given | own | set(self.environment.globals))
            yield line, f"nothing gives the name {name!r}", hint
        known = {name for name in dir(Selection) if not name.startswith("_")}
        for node in tree.find_all(nodes.Getattr):
            is_selection = isinstance(node.node, nodes.Name) and node.node.name == "selection"
            if is_selection and "selection" in free and node.attr not in known:
                yield node.lineno, f"the selection has no {node.attr!r}", did_you_mean(node.attr, known)

    def _syntax_problem(self, error: TemplateSyntaxError, memo: str | None) -> Problem:
        name = error.filename or error.name or "?"
        where = Where(file=self._shown(name), line=error.lineno)
        used_by = f" (memo {memo})" if memo else ""
        return Problem(where=where, message=f"template syntax: {error.message}{used_by}")

    def _missing_problem(self, error: TemplateNotFound, name: str, memo: str) -> Problem:
        if error.name == name:
            where, message = Where(file=self._shown(name)), "there is no such template"
        else:
            where, message = self._place(error, name), f"there is no template {error.name!r}"
        hint = f"sections: {', '.join(sorted(self.names()))}"
        return Problem(where=where, message=f"{message} (memo {memo})", hint=hint)

    def _place(self, error: BaseException, name: str) -> Where:
        """The innermost template line on the way to an error: Jinja puts template lines into tracebacks.

        While a template is compiled none is on the way: then it is that of the part that is compiled.
        """
        line = 1 if isinstance(error, SyntaxError) else None  # of all of it
        place, read = Where(file=self._shown(name), line=line), name
        step = error.__traceback__
        while step is not None:
            frame = step.tb_frame
            file = frame.f_locals.get("filename")
            read = file if isinstance(file, str) and file.endswith(".j2") else read
            if frame.f_code.co_filename.endswith(".j2"):
                place = Where(file=self._shown(frame.f_code.co_filename), line=step.tb_lineno)
            elif (line := _line_read(frame)) is not None:
                place = Where(file=self._shown(read), line=line)
            step = step.tb_next
        return place

    def _shown(self, file: str) -> str:
        """A template's path as its author knows it: `templates/sections/priorities.md.j2`."""
        for root in self.roots:
            if Path(file).is_relative_to(root):
                inner = f"profiles/{root.name}/" if root.parent.name == "profiles" else ""
                return f"templates/{inner}{Path(file).relative_to(root).as_posix()}"
        return f"templates/{file}"


def _line_read(frame: FrameType) -> int | None:
    """The line of a template at which Jinja's parser or compiler is, in a frame of one of them."""
    match frame.f_locals:
        case {"node": nodes.Node(lineno=int(line))}:
            return line
        case {"self": Parser(stream=stream)}:
            return stream.current.lineno
        case _:
            return None


def template_name(section: str) -> str:
    """The template of a section."""
    return f"sections/{section}.md.j2"
