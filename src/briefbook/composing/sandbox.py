"""The sandbox that templates run in: what they may reach, and how each value they print becomes Markdown.

Whatever is printed or joined is escaped by `briefbook.marks`. Jinja's own ways of making safe text are for
HTML, so every one of them is replaced here or taken away. What a template may use of time and memory is not
limited beyond the crudest: that needs a process of its own.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import wraps
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import (
    BaseLoader,
    BytecodeCache,
    Environment,
    FileSystemLoader,
    FunctionLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    Undefined,
    nodes,
    pass_eval_context,
)
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.loaders import split_template_path
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from briefbook import marks
from briefbook.dates import PartialDate
from briefbook.selection import When, Words

LARGEST = 100_000  # characters or items that `*` may make
LARGEST_POWER = 99
LARGEST_TEMPLATE = 256 * 1024  # bytes; the largest shipped one has 12,000

_LINE_END = re.compile("\r\n?")

# printf's directives (Python, "printf-style String Formatting").
_DIRECTIVE = re.compile(
    r"%(?:\([^)]*\))?[-#0 +]*+(?P<width>\*|[0-9]*+)(?:\.(?P<precision>\*|[0-9]*+))?[hlL]?[a-zA-Z%]"
)
_CLOCKS = frozenset({"today", "now", "utcnow"})
_HTML_FILTERS = ("safe", "striptags", "tojson", "urlize", "xmlattr")
_CHANCE = ("random",)
# Jinja's filters that work on the characters of a text: within Markdown they would cut a mark or an escape.
_TEXT_FILTERS = (
    *("capitalize", "center", "indent", "lower", "replace", "reverse", "title", "truncate", "upper"),
    *("urlencode", "wordwrap"),
)
_SPACE_FILTERS = ("string", "trim")  # these do it no harm


def as_markdown(value: object) -> Markup:
    """A value as Markdown: what is Markdown already stays, everything else is escaped. The one place."""
    match value:
        case Markup():
            return value
        case Words():
            return Markup(value.__html__())
        case str() | int() | float():
            return Markup(marks.escaped(str(value)))
        case None:
            raise TemplateError("this value is missing here (None): ask for it with 'if' before printing it")
        case Undefined():
            return Markup(str(value))  # raises, with the name that nothing gives
        case date() | When() | PartialDate():
            raise TemplateError(
                "a date is printed through a filter: | day, | weekday, | short_day or | month"
            )
        case _:
            raise TemplateError(f"a {type(value).__name__} cannot be printed: print one of its fields")


@pass_eval_context  # so that Jinja does not print constants while it compiles, escaped for HTML alone
def _finalized(_context: object, value: object) -> Markup:
    return as_markdown(value)


def joined(parts: Iterable[object]) -> Markup:
    """Values one after another, as Markdown."""
    return Markup("").join(as_markdown(part) for part in parts)


def filled(pattern: str, values: Any) -> Markup:
    """`pattern % values` as Markdown: a pattern that is Markdown stays so, any other is escaped."""
    for found in _DIRECTIVE.finditer(pattern):
        if any("*" in (found[part] or "") or len(found[part] or "") > 2 for part in ("width", "precision")):
            raise SecurityError(f"the width in {found[0]!r} is too large")
        if isinstance(values, Mapping) and not found[0].startswith(("%(", "%%")):
            raise TemplateError(f"{found[0]!r} has no name: write %(name)s for a value, %% for the sign")
    if not isinstance(pattern, Markup):
        directives = [found[0] for found in _DIRECTIVE.finditer(pattern)]
        between = [marks.escaped(part) for part in _DIRECTIVE.sub("\0", pattern).split("\0")]
        pattern = "".join(a + b for a, b in zip(between, [*directives, ""], strict=True))
    if isinstance(values, Mapping):
        return Markup(pattern) % {name: _fillable(value) for name, value in values.items()}
    return Markup(pattern) % tuple(map(_fillable, values if isinstance(values, tuple) else (values,)))


def _fillable(value: object) -> object:
    return value if isinstance(value, int | float) else as_markdown(value)  # %d needs a number


# ------------------------------------------------------------------------------------- filters


def _printf(pattern: str, *values: object, **named: object) -> Markup:
    return filled(pattern, named or values)


def _keeping_origin(name: str, apply: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that keeps the origin of a fact's words, and refuses Markdown that it could break."""

    @wraps(apply)  # with Jinja's own note of what to pass first
    def checked(*arguments: Any, **named: Any) -> Any:
        has_markdown = any(isinstance(argument, Markup) for argument in (*arguments, *named.values()))
        if has_markdown and name in _TEXT_FILTERS:
            raise TemplateError(f"'{name}' takes a value, not Markdown: use it on the value before printing")
        made = apply(*arguments, **named)
        words = next((argument for argument in arguments if isinstance(argument, Words)), None)
        if words is None or not isinstance(made, str):
            return made
        return words.saying(str.__str__(made))

    return checked


def _replaced(text: str, old: str, new: str, count: int = -1) -> str:
    return str.replace(text, old, new, count)  # Jinja's escapes for HTML


# --------------------------------------------------------------------------------- environment


class _Generator(CodeGenerator):
    """Joins by `~` through our escaping; Jinja's own would escape plain text for HTML."""

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802 — Jinja's name
        self.write("environment.joined((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802 — Jinja's name
        if not isinstance(node.arg, nodes.Slice):
            super().visit_Getitem(node, frame)
            return
        self.write("environment.to_cut(")
        self.visit(node.node, frame)
        self.write(")[")
        self.visit(node.arg, frame)
        self.write("]")


class _Sandbox(ImmutableSandboxedEnvironment):
    code_generator_class = _Generator
    intercepted_binops = frozenset({"+", "%", "*", "**"})
    joined = staticmethod(joined)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        match operator:
            case "+" if isinstance(left, str) and isinstance(right, str):
                return joined((left, right))
            case "%" if isinstance(left, str):
                return filled(left, right)
            case "*" | "**":
                _check_size(operator, left, right)
        return super().call_binop(context, operator, left, right)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        # The methods of Markup escape for HTML; a day's `today` reads a clock.
        if isinstance(obj, Markup) or (attr in _CLOCKS and (isinstance(obj, date) or obj is date)):
            return False
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        is_of_markup = isinstance(getattr(value, "__self__", None), Markup)
        return None if is_of_markup else super().wrap_str_format(value)

    @staticmethod
    def to_cut(value: object) -> object:
        if isinstance(value, Markup):
            raise SecurityError("Markdown cannot be cut: cut the value before printing it")
        return value

    def getitem(self, obj: Any, argument: Any) -> Any:
        return super().getitem(self.to_cut(obj), argument)


def _check_size(operator: str, left: Any, right: Any) -> None:
    if operator == "**" and abs(right) > LARGEST_POWER:
        raise SecurityError(f"the exponent is larger than {LARGEST_POWER}")
    sizes = [len(side) if isinstance(side, str | list | tuple) else side for side in (left, right)]
    is_repeated = operator == "*" and (sizes[0] is not left or sizes[1] is not right)
    if is_repeated and sizes[0] * sizes[1] > LARGEST:
        raise SecurityError(f"'*' makes more than {LARGEST} characters or items")


class _RootedLoader(FileSystemLoader):
    """Reads templates from their folders alone: a link that leads out of them is no template.

    Each is read once: what is noted of a memo's templates and what it is made with are the same text.
    """

    def __init__(self, roots: Iterable[Path]) -> None:
        super().__init__([str(root) for root in roots])
        self._read: dict[str, tuple[str, str]] = {}  # text and file by name

    def get_source(self, _environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        if template not in self._read:
            self._read[template] = self._text_of(template)
        return *self._read[template], _never_stale

    def _text_of(self, template: str) -> tuple[str, str]:
        pieces = split_template_path(template)
        file = next((f for f in (Path(root, *pieces) for root in self.searchpath) if f.is_file()), None)
        if file is None:  # a pipe or a device would hold us for ever
            raise TemplateNotFound(template)
        place = file.resolve()
        if not any(place.is_relative_to(Path(root).resolve()) for root in self.searchpath):
            raise SecurityError(f"{template!r} leads out of the folder of templates")
        with place.open("rb") as opened:
            data = opened.read(LARGEST_TEMPLATE + 1)
        if len(data) > LARGEST_TEMPLATE:
            message = f"the template is larger than {LARGEST_TEMPLATE:,} bytes"
            raise TemplateSyntaxError(message, data.count(b"\n") + 1, template, str(file))
        return _LINE_END.sub("\n", data.decode("utf-8")), str(file)


def _never_stale() -> bool:
    return True


def plain_name(template: str) -> str:
    """The one name of a template that may be asked for as `./macros//states.md.j2`."""
    return "/".join(split_template_path(template))


def plain_names(names: Iterable[str]) -> Iterator[str]:
    """The same of several, without those that lead upwards: there are no such templates."""
    for name in names:
        try:
            yield plain_name(name)
        except TemplateNotFound:
            continue


def loader_of(roots: Iterable[Path]) -> BaseLoader:
    """The loader of the templates in some folders, the first folder first."""
    return _RootedLoader(roots)


def loader_of_texts(texts: Mapping[str, str]) -> BaseLoader:
    """The loader of templates whose texts were kept, by name."""

    def find(template: str) -> tuple[str, str, Callable[[], bool]] | None:
        name = plain_name(template)
        return (texts[name], name, _never_stale) if name in texts else None

    return FunctionLoader(find)


class _AskingLoader(BaseLoader):
    def __init__(self, find: Callable[[str], tuple[str, str]], names: Callable[[], list[str]]) -> None:
        self._find, self._names = find, names

    def get_source(self, _environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        return *self._find(plain_name(template)), _never_stale

    def list_templates(self) -> list[str]:
        return self._names()


def asking_loader(find: Callable[[str], tuple[str, str]], names: Callable[[], list[str]]) -> BaseLoader:
    """The loader of templates that lie elsewhere: `find` brings a text and the name of its file."""
    return _AskingLoader(find, names)


def made_ready() -> None:
    """Import what Jinja imports only when it is needed: by `wordwrap`, by `pprint`, by a mistake."""
    import pprint  # noqa: F401
    import textwrap  # noqa: F401

    import jinja2.debug  # noqa: F401


class CompiledTemplates(BytecodeCache):
    """Templates compiled in this process, by file and text.

    For environments of one language: what Jinja works out while it compiles, it does with their filters.
    """

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of a template, if it was compiled before."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        assert bucket.code is not None
        self._code[bucket.key, bucket.checksum] = bucket.code


def sandbox_of(loader: BaseLoader, compiled: CompiledTemplates | None = None) -> Environment:
    """The environment that a book's templates run in, without briefbook's own functions and filters."""
    sandbox = _Sandbox(
        loader=loader,
        bytecode_cache=compiled,
        undefined=StrictUndefined,
        autoescape=True,  # together with `finalize`: macros and joins give Markdown, not plain text
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for name in (*_HTML_FILTERS, *_CHANCE):
        del sandbox.filters[name]
    del sandbox.globals["lipsum"]
    sandbox.filters |= {
        "e": as_markdown,
        "escape": as_markdown,
        "forceescape": as_markdown,
        "format": _printf,
        "replace": _replaced,
    }
    for name in (*_TEXT_FILTERS, *_SPACE_FILTERS):
        sandbox.filters[name] = _keeping_origin(name, sandbox.filters[name])
    return sandbox
