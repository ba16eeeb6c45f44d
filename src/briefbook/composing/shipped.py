"""Where the templates run that come with briefbook: the sandbox without the checks that they do not need.

They are our own code, tested with every release. So what they read of a record is read at once, and what they
call is called at once; whatever they print is escaped as in the sandbox. Only where every template that one
leads to is ours does it run here (`sections`), and what goes wrong here is done again in the sandbox, which
tells of it: so a mapping or a missing value means what it means there.
"""

from collections.abc import Callable
from keyword import iskeyword
from typing import Any

from jinja2 import Template, nodes
from jinja2.compiler import Frame, MacroRef
from jinja2.utils import missing
from markupsafe import Markup

from briefbook.composing.sandbox import CompiledTemplates, Generator, Sandbox, beside, markdown

_MAPPINGS = ("options",)  # whose values are read like fields
_SELF_CONTAINED = (nodes.Name, nodes.Getattr, nodes.Call, nodes.Filter)  # need no brackets before a dot


class _Generator(Generator):
    """Reads fields and calls functions by what Python has for that."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 — Jinja's name
        is_of_mapping = isinstance(node.node, nodes.Name) and node.node.name in _MAPPINGS
        if is_of_mapping or node.attr.startswith("_") or iskeyword(node.attr):
            super().visit_Getattr(node, frame)
            return
        in_brackets = not isinstance(node.node, _SELF_CONTAINED)
        self.write("(" * in_brackets)
        self.visit(node.node, frame)
        self.write(")" * in_brackets + f".{node.attr}")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802 — likewise
        if not _is_called_by_name(node) or forward_caller:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        assert isinstance(node.node, nodes.Name)  # as it is called by name
        is_macro_by_names = node.kwargs and node.node.name not in self.environment.globals
        self.write("environment.by_names(" if is_macro_by_names else "")
        self.visit(node.node, frame)
        self.write(", " if is_macro_by_names else "(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        """A macro as a function."""
        if macro_ref.accesses_kwargs or macro_ref.accesses_varargs or macro_ref.accesses_caller:
            super().macro_def(macro_ref, frame)
            return
        names = tuple(argument.name for argument in macro_ref.node.args)
        self.write(f"environment.macro(macro, {names!r})")

    def return_buffer_contents(self, frame: Frame, force_unescaped: bool = False) -> None:
        """Let a macro give Markdown."""
        if force_unescaped:  # as Jinja asks of macros alone
            self.writeline(f"return environment.markdown(concat({frame.buffer}))")
        else:
            super().return_buffer_contents(frame, force_unescaped)

    # What functions and macros give is Markdown.

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if not _is_called_by_name(node):
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if not _is_called_by_name(node):
            super()._output_child_post(node, frame, finalize)


def _is_called_by_name(node: nodes.Expr) -> bool:
    """Whether a function of ours or a macro is called, with arguments that each stand there by themselves."""
    return (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name != "caller"
        and not (node.dyn_args or node.dyn_kwargs)
        and not any(iskeyword(argument.key) for argument in node.kwargs)
    )


def _macro(function: Any, names: tuple[str, ...]) -> Callable[..., Markup]:
    """A macro: the function that Jinja made of its body, which takes `missing` for what is not given."""
    function.__defaults__ = (missing,) * len(names)
    function.names = names
    made: Callable[..., Markup] = function
    return made


def _by_names(function: Any, *given: object, **named: object) -> Markup:
    """Call a macro with arguments by their names, which Jinja calls otherwise in its function."""
    names = function.names[len(given) :]
    given += tuple(named.pop(name, missing) for name in names)
    if named:
        raise TypeError(f"the macro takes no {', '.join(named)}")
    made: Markup = function(*given)
    return made


class _Shipped(Sandbox):
    code_generator_class = _Generator
    macro = staticmethod(_macro)
    by_names = staticmethod(_by_names)
    markdown = staticmethod(markdown)

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._found: dict[str, Template] = {}

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> Template:  # noqa: A002 — as Jinja
        """The template of a name; Jinja would ask its loader, and whether it is the same loader."""
        if globals is not None or name.__class__ is not str:
            return super().get_template(name, parent, globals)
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = super().get_template(name, parent)
        return found


def shipped_room(sandbox: Sandbox, compiled: CompiledTemplates) -> Sandbox:
    """The environment of our own templates beside a sandbox, with its functions and filters."""
    return beside(sandbox, _Shipped, compiled)
