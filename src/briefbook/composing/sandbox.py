"""The sandbox that templates run in: what they may reach, and how each value they print becomes Markdown.

Whatever is printed or joined is escaped by `briefbook.marks`. Jinja's own ways of making safe text are for
HTML, so every one of them is replaced here or taken away. What a template may use of time and memory is not
limited beyond the crudest: that needs a process of its own.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache, wraps
from types import FunctionType, MemberDescriptorType
from typing import Any, TypeVar

from jinja2 import (
    BaseLoader,
    StrictUndefined,
    TemplateError,
    Undefined,
    nodes,
    pass_eval_context,
)
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from briefbook import marks
from briefbook.composing.compiled_templates import CompiledTemplates
from briefbook.dates import PartialDate
from briefbook.selection import When, Words

LARGEST = 100_000  # characters or items that `*` may make
LARGEST_POWER = 99

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


def as_markdown(value: Any) -> Markup:
    """A value as Markdown: what is Markdown already stays, everything else is escaped. The one place."""
    if value.__class__ is Markup:
        known: Markup = value
        return known
    return markdown(printed(value))


def printed(value: Any) -> str:
    """The same, where it ends as a part of a text."""
    class_ = value.__class__
    if class_ is Words:
        return marks.marked(value, value.origin, value.language, value.slot)  # as its `__html__` does
    if class_ is Markup:
        known: str = value
        return known
    return _markdown_of(value)


def markdown(text: str) -> Markup:
    """A plain text that is Markdown, as such; what `Markup(text)` asks of it before is known."""
    return str.__new__(Markup, text)


def giving_markdown(printing: Callable[..., str]) -> Callable[..., Markup]:
    """A function whose text is Markdown, as templates call it; `printing_of` gives it back."""

    @wraps(printing)
    def giving(*arguments: Any, **named: Any) -> Markup:
        return markdown(printing(*arguments, **named))

    return giving


def printing_of(function: Any) -> Any:
    """The function itself of one that `giving_markdown` made, any other as it is."""
    return function.__wrapped__ if getattr(function, "__code__", None) is _GIVING else function


_GIVING = giving_markdown(str).__code__


def _markdown_of(value: object) -> str:
    match value:
        case Words():
            return value.__html__()
        case Markup():
            return value
        case str() | int() | float():
            return marks.escaped(str(value))
        case None:
            raise TemplateError("this value is missing here (None): ask for it with 'if' before printing it")
        case Undefined():
            return str(value)  # raises, with the name that nothing gives
        case date() | When() | PartialDate():
            raise TemplateError(
                "a date is printed through a filter: | day, | weekday, | short_day or | month"
            )
        case _:
            raise TemplateError(f"a {type(value).__name__} cannot be printed: print one of its fields")


@pass_eval_context  # so that Jinja does not print constants while it compiles, escaped for HTML alone; else
# it is not called: see `Generator`
def _finalized(_context: object, value: object) -> Markup:
    return as_markdown(value)


def joined(parts: Iterable[object]) -> Markup:
    """Values one after another, as Markdown."""
    return Markup("").join(as_markdown(part) for part in parts)


def filled(pattern: str, values: Any) -> Markup:
    """`pattern % values` as Markdown: a pattern that is Markdown stays so, any other is escaped."""
    if isinstance(pattern, Markup) and isinstance(values, Mapping) and is_plain(str.__str__(pattern)):
        return markdown(filled_plainly(str.__str__(pattern), values))
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
        return Markup(pattern) % {name: fillable(value) for name, value in values.items()}
    return Markup(pattern) % tuple(map(fillable, values if isinstance(values, tuple) else (values,)))


_PLAIN_DIRECTIVE = re.compile(r"%(?:\([^()%]*\)s|%)")


@lru_cache(maxsize=1024)  # the messages of a book's templates are about 300
def is_plain(pattern: str) -> bool:
    """Whether a pattern has no directives but `%(name)s` and `%%`: it has no width to go wrong by."""
    return "%" not in _PLAIN_DIRECTIVE.sub("", pattern)


def filled_plainly(pattern: str, values: Mapping[str, object]) -> str:
    """Markdown that is a plain pattern, filled, as a text."""
    return pattern % {
        name: printed(value) if isinstance(value, str) else fillable(value) for name, value in values.items()
    }


def fillable(value: object) -> Any:
    """A value as a pattern takes it: `%d` needs a number, all else is Markdown."""
    return value if isinstance(value, int | float) else as_markdown(value)


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


class Generator(CodeGenerator):
    """Prints, and joins by `~`, through our escaping; Jinja's own would escape plain text for HTML."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ARG002
        self.write("environment.printed(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ARG002
        self.write(")")

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802 — Jinja's name
        """Join values as Markdown."""
        self.write("environment.joined((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802 — Jinja's name
        """Cut by `to_cut`."""
        if not isinstance(node.arg, nodes.Slice):
            super().visit_Getitem(node, frame)
            return
        self.write("environment.to_cut(")
        self.visit(node.node, frame)
        self.write(")[")
        self.visit(node.arg, frame)
        self.write("]")


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's, with our escaping."""

    code_generator_class = Generator
    intercepted_binops = frozenset({"+", "%", "*", "**"})
    joined = staticmethod(joined)
    printed = staticmethod(printed)
    trusted: frozenset[Callable[..., object]] = frozenset()  # see `call`

    def give(self, functions: Mapping[str, Callable[..., object]]) -> None:
        """Let templates call functions of our own, which need no look whether they are safe to call."""
        self.globals.update(functions)
        self.trusted = frozenset(functions.values())

    # A memo asks for some thousand fields and calls some hundred macros; the checks that Jinja makes of each
    # say the same of each field of our own records, and of each macro.

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The field of a record of ours, or what Jinja allows."""
        if (obj.__class__, attribute) in _FIELDS:
            return getattr(obj, attribute)
        if _is_field(obj.__class__, attribute):
            _FIELDS.add((obj.__class__, attribute))
        return super().getattr(obj, attribute)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 – as Jinja
        """Call a macro or a function of ours, or what Jinja allows."""
        if __obj.__class__ is Macro:
            kwargs.pop("_loop_vars", None)
            kwargs.pop("_block_vars", None)
            return __obj(__context.eval_ctx, *args, **kwargs)
        if __obj.__class__ is FunctionType and __obj in __self.trusted:
            kwargs.pop("_loop_vars", None)
            kwargs.pop("_block_vars", None)
            return __obj(*args, **kwargs)
        return super().call(__context, __obj, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Join, fill or repeat, as Markdown and within bounds."""
        match operator:
            case "+" if isinstance(left, str) and isinstance(right, str):
                return joined((left, right))
            case "%" if isinstance(left, str):
                return filled(left, right)
            case "*" | "**":
                _check_size(operator, left, right)
        return super().call_binop(context, operator, left, right)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may read it."""
        # The methods of Markup escape for HTML; a day's `today` reads a clock.
        if isinstance(obj, Markup) or (attr in _CLOCKS and (isinstance(obj, date) or obj is date)):
            return False
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """Likewise of `format`."""
        is_of_markup = isinstance(getattr(value, "__self__", None), Markup)
        return None if is_of_markup else super().wrap_str_format(value)

    @staticmethod
    def to_cut(value: object) -> object:
        """A value that may be cut."""
        if isinstance(value, Markup):
            raise SecurityError("Markdown cannot be cut: cut the value before printing it")
        return value

    def getitem(self, obj: Any, argument: Any) -> Any:
        """The same as `getattr`, by `[ ]`."""
        if argument.__class__ is str and (obj.__class__, argument) in _FIELDS:
            return getattr(obj, argument)
        if argument.__class__ is str and _is_field(obj.__class__, argument):
            return self.getattr(obj, argument)
        return super().getitem(self.to_cut(obj), argument)

    def make_globals(self, d: Any) -> Any:
        """Those of the environment, for all its templates: Jinja would chain two, which takes its time."""
        return self.globals if not d else super().make_globals(d)


Room = TypeVar("Room", bound=Sandbox)

_FIELDS: set[tuple[type, str]] = set()  # what `_is_field` was true of: no more than our records have


def _is_field(class_: type, name: str) -> bool:
    """Whether a name is a field or property of a record of ours, or of a loop: these are there to be read."""
    if name.startswith("_"):
        return False
    if class_ is LoopContext or "__dataclass_fields__" in vars(class_):
        return isinstance(vars(class_).get(name), property | MemberDescriptorType)
    return False


def _check_size(operator: str, left: Any, right: Any) -> None:
    if operator == "**" and abs(right) > LARGEST_POWER:
        raise SecurityError(f"the exponent is larger than {LARGEST_POWER}")
    sizes = [len(side) if isinstance(side, str | list | tuple) else side for side in (left, right)]
    is_repeated = operator == "*" and (sizes[0] is not left or sizes[1] is not right)
    if is_repeated and sizes[0] * sizes[1] > LARGEST:
        raise SecurityError(f"'*' makes more than {LARGEST} characters or items")


def made_ready() -> None:
    """Import what Jinja imports only when needed: by `wordwrap`, by `pprint`, by a mistake, for messages."""
    import pprint  # noqa: F401
    import textwrap  # noqa: F401

    import jinja2.debug
    import jinja2.ext  # noqa: F401


_SETTINGS: dict[str, Any] = {
    "auto_reload": False,  # a text is read once
    "undefined": StrictUndefined,
    "autoescape": True,  # together with `finalize`: macros and joins give Markdown, not plain text
    "finalize": _finalized,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "keep_trailing_newline": True,
}


def beside(sandbox: Sandbox, kind: type[Room], compiled: CompiledTemplates) -> Room:
    """Another environment with the templates, the functions and the filters of a sandbox."""
    other = kind(loader=sandbox.loader, bytecode_cache=compiled, **_SETTINGS)
    other.globals, other.filters, other.trusted = sandbox.globals, sandbox.filters, sandbox.trusted
    return other


def sandbox_of(loader: BaseLoader, compiled: CompiledTemplates | None = None) -> Sandbox:
    """The environment that a book's templates run in, without briefbook's own functions and filters."""
    sandbox = Sandbox(loader=loader, bytecode_cache=compiled, **_SETTINGS)
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
