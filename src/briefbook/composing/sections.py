"""Section templates: Jinja2 in a sandbox turns a selection into Markdown.

Templates are looked for in the book's `templates/` first, then in the shipped ones. Whatever a template
prints is escaped for Markdown by `briefbook.marks`, wherever it is printed or joined; only what the author of
the template or of a catalogue wrote is Markdown. So a fact can never inject markup.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError, meta, nodes
from markupsafe import Markup

from briefbook import marks
from briefbook.composing import figures
from briefbook.composing.messages import message_functions
from briefbook.composing.sandbox import (
    CompiledTemplates,
    as_markdown,
    loader_of,
    loader_of_texts,
    sandbox_of,
)
from briefbook.composing.template_names import Finding, leads_in, options_read, own_read, unknown_imports
from briefbook.composing.wording import Wording
from briefbook.diagnostics import BriefbookError, Problem, Where, did_you_mean
from briefbook.document import is_blank
from briefbook.frozen import frozen
from briefbook.selection import (
    ChangedFact,
    ComparedSide,
    Selection,
    ShownMeeting,
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


_NAMES = tuple(field.name for field in fields(Context))

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
        case KeyError():
            return f"there is no value named {error}"
        case _:
            return str(error) or type(error).__name__


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
        texts: Mapping[str, str] | None = None,
        compiled: CompiledTemplates | None = None,
    ) -> None:
        """Look for templates in some folders, the first before the others, or in kept `texts` by name.

        What is `compiled` others of the same language may share.
        """
        self.roots = tuple(roots)
        self.wording = wording
        self._compiled = compiled or CompiledTemplates()
        self.environment = sandbox_of(
            loader_of(self.roots) if texts is None else loader_of_texts(texts), self._compiled
        )
        self.environment.give(template_globals(wording))
        self.environment.filters.update(template_filters(wording))
        self._leads: dict[str, frozenset[str] | None] = {}  # by template
        self._own: dict[str, frozenset[str] | None] = {}  # likewise

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
        values = {name: getattr(context, name) for name in _NAMES}
        if context.section is not None:
            values["section"] = _giving_markdown(context.section)
        try:
            return self.environment.get_template(name).render(values)
        except TemplateSyntaxError as error:
            raise BriefbookError(self._syntax_problem(error, memo)) from error
        except TemplateNotFound as error:
            raise BriefbookError(self._missing_problem(error, name, memo)) from error
        except _MISTAKES as error:
            problem = Problem(where=self._place(error, name), message=f"{_told(error)} (memo {memo})")
            raise BriefbookError(problem) from error

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
        """The templates that one leads to; None where that is known only when it runs."""
        if name not in self._leads:
            source, file = self._read(name)
            self._leads[name] = self._compiled.leads(file, source, lambda: leads_in(self._tree(name)))
        return self._leads[name]

    def _read(self, name: str) -> tuple[str, str]:
        assert self.environment.loader is not None
        source, file, _ = self.environment.loader.get_source(self.environment, name)
        return source, file or ""

    def messages(self) -> frozenset[tuple[str | None, str]]:
        """Every message of the templates, each with its context."""
        from jinja2.ext import extract_from_ast  # no memo needs it

        found = set()
        for tree in filter(None, map(self._tree, self._all())):
            for _, function, texts in extract_from_ast(tree):
                parts = (None, *texts) if isinstance(texts, tuple) else (None, texts)
                has_context = "pgettext" in function  # also npgettext
                found.add((parts[1], parts[2]) if has_context else (None, parts[1]))
        return frozenset((context, text) for context, text in found if isinstance(text, str))

    def check_syntax(self) -> list[Problem]:
        """Compile every template that can be found, also those that no memo of today uses."""
        problems = []
        for name in self._all():
            try:
                self.environment.get_template(name)
            except TemplateSyntaxError as error:
                problems.append(self._syntax_problem(error, None))
            except UnicodeDecodeError as error:
                where = Where(file=self._shown(name), line=error.object[: error.start].count(b"\n") + 1)
                problems.append(
                    Problem(where=where, message="the template is not UTF-8", hint="save it as UTF-8")
                )
        return problems

    def check_names(self) -> list[Problem]:
        """Find every name in the templates that nothing gives, also where no memo of today leads.

        Names are those of the context, of the functions, and what a template sets or imports itself; of
        `selection` its fields; of an imported template its macros and what it sets.
        """
        problems = []
        trees = {name: self._tree(name) for name in self._all()}
        for name, tree in trees.items():
            if tree is None:
                continue
            for line, message, hint in (*self._unknown_names(tree), *unknown_imports(tree, trees)):
                where = Where(file=self._shown(name), line=line)
                problems.append(Problem(where=where, message=message, hint=hint))
        return problems

    def options_of(self, section: str) -> frozenset[str] | None:
        """The options that a section's template reads, with all that it leads to; None where that is open."""
        found: set[str] = set()
        for name in self.reached([template_name(section)]):
            tree = self._tree(name)
            read = options_read(tree) if tree is not None else None
            if read is None:
                return None
            found |= read
        return frozenset(found)

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
        except (TemplateError, UnicodeDecodeError):
            return None

    def _unknown_names(self, tree: nodes.Template) -> Iterator[Finding]:
        try:
            free = meta.find_undeclared_variables(tree)
        except TemplateError:  # an unknown filter: `check_syntax` tells of it
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
        """The innermost template line on the way to an error: Jinja puts template lines into tracebacks."""
        place = Where(file=self._shown(name))
        step = error.__traceback__
        while step is not None:
            file = step.tb_frame.f_code.co_filename
            if file.endswith(".j2"):
                place = Where(file=self._shown(file), line=step.tb_lineno)
            step = step.tb_next
        return place

    def _shown(self, file: str) -> str:
        """A template's path as its author knows it: `templates/sections/priorities.md.j2`."""
        for root in self.roots:
            if Path(file).is_relative_to(root):
                inner = f"profiles/{root.name}/" if root.parent.name == "profiles" else ""
                return f"templates/{inner}{Path(file).relative_to(root).as_posix()}"
        return f"templates/{file}"


def template_name(section: str) -> str:
    """The template of a section."""
    return f"sections/{section}.md.j2"


# What templates call and filter by. Those that print a date, a number or a message need the wording.


def template_globals(wording: Wording) -> dict[str, Callable[..., object]]:
    """The functions that templates may call."""

    def axis(day: date) -> Markup:
        return Markup(marks.plot_mark(figures.told_of_axis(day, wording.short_months())))

    return {
        "cite": _cite,
        "cite_people": _cite_people,
        "anchor": _anchor,
        "axis": axis,
        "plot": _plot,
        "key": _key,
        "picture": _picture,
        "flush_right": lambda: Markup("{>}"),
        "new_line": lambda: Markup("{;}"),
        **message_functions(wording),
    }


def _cite(*rests_on: Any) -> Markup:
    sources = (source for fact in rests_on for source in fact.sources)
    return Markup(marks.cite_mark(sources))


def _cite_people(meeting: ShownMeeting) -> Markup:
    return Markup(marks.cite_mark(meeting.people_sources))


def _anchor(source: ShownSource) -> Markup:
    return Markup(marks.anchor_mark(source.id))


def _plot(meeting: ShownMeeting) -> Markup:
    return Markup(marks.plot_mark(figures.told_of_meeting(meeting)))


def _key(standing: str) -> Markup:
    return Markup(marks.plot_mark(figures.told_of_key(standing)))


def _picture(file: str, alt: str) -> Markup:
    if not file:
        raise TemplateError("a picture has the name of its file, such as pictures/map.png")
    if is_blank(alt):
        raise TemplateError(f"the picture {file!r} needs words that say what it shows")
    return Markup(f"![{as_markdown(alt)}](<{marks.escaped(file)}>)")


def template_filters(wording: Wording) -> dict[str, Callable[..., object]]:
    """The filters that templates may use besides Jinja's own."""

    def listing(items: Iterable[object], style: str = "standard") -> Markup:
        return Markup(wording.listing((as_markdown(item) for item in items), style))

    def in_order(items: Iterable[str], attribute: str = "") -> list[str]:
        """Sorted as an index of the language has them, by the words of an attribute where one is named."""
        if attribute.startswith("_"):
            raise TemplateError(f"there is no {attribute!r} to sort by")

        def key(item: object) -> tuple[object, ...]:
            return wording.grammar.sort_key(str.__str__(getattr(item, attribute) if attribute else item))

        return sorted(items, key=key)

    return {
        "day": lambda when: wording.in_words(when, "day"),
        "weekday": lambda when: wording.in_words(when, "weekday"),
        "short_day": lambda when: wording.in_words(when, "short"),
        "month": wording.month,
        "time": wording.time,
        "zone": wording.zone,
        "until": wording.until,
        "number": wording.number,
        "ordinal": wording.ordinal,
        "standing": figures.standing_of,
        "listing": listing,
        "join": _join,
        "in_order": in_order,
        "capital": _capital,
        "sentence": _sentence,
        "stopped": _stopped,
    }


_QUOTES = "\"'”’»\\"  # a backslash escapes a quote in Markdown


def _join(items: Iterable[object], between: object = "") -> Markup:
    return Markup(as_markdown(between).join(as_markdown(item) for item in items))


def _capital(text: str) -> str:
    """The first letter large, the rest untouched."""
    first = marks.beginning(text) if isinstance(text, Markup) else 0
    plain = str.__str__(text)
    return _like(text, plain[:first] + plain[first : first + 1].upper() + plain[first + 1 :])


def _stopped(text: str) -> str:
    """A full stop at the end, unless the text ends a sentence already."""
    plain = str.__str__(text)
    end, after = marks.ending(text) if isinstance(text, Markup) else (len(text), len(text))
    if not end or plain[:end].rstrip(_QUOTES).endswith((".", "!", "?", "…")):
        return text
    return _like(text, f"{plain[:after]}.{plain[after:]}")


def _sentence(text: str) -> str:
    """Capital at the start, full stop at the end."""
    return _stopped(_capital(text))


def _like(text: str, changed: str) -> str:
    """A changed text as what it was: words of a fact, Markdown or a plain text."""
    match text:
        case Words():
            return text.saying(changed)
        case Markup():
            return Markup(changed)
        case _:
            return changed
