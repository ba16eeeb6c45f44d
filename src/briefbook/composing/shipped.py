"""Where the templates run that come with briefbook: the sandbox without the checks that they do not need.

They are our own code, tested with every release. So what they read of a record is read at once, and what they
call is called at once; whatever they print is escaped as in the sandbox. Only where every template that one
leads to is ours does it run here (`sections`), and what goes wrong here is done again in the sandbox, which
tells of it: so a mapping or a missing value means what it means there. `fell_back` hears where it has nothing
to tell.
"""

from collections.abc import Callable
from keyword import iskeyword
from types import FunctionType
from typing import Any

from jinja2 import Template, nodes
from jinja2.compiler import Frame, MacroRef
from jinja2.runtime import Context
from jinja2.utils import missing

from briefbook.composing.compiled_templates import CompiledTemplates
from briefbook.composing.sandbox import Generator, Sandbox, beside, markdown, printing_of

_MAPPINGS = ("options",)  # whose values are read like fields
_SELF_CONTAINED = (nodes.Name, nodes.Getattr, nodes.Call, nodes.Filter)  # need no brackets before a dot


class _Generator(Generator):
    """Reads fields and calls functions by what Python has for that."""

    environment: "_Shipped"

    def enter_frame(self, frame: Frame) -> None:
        """Look names up where they are: functions of ours, which no template of ours calls anything else.

        And where a template begins what it is given, for nothing else has a name yet.
        """
        loads, functions = frame.symbols.loads, self.environment.globals
        found: dict[str, str] = {}
        for target, (how, name) in loads.items():
            if how == "resolve" and name in functions:
                found[target] = f"environment.globals[{name!r}]"
            elif how == "resolve" and frame.toplevel:
                found[target] = f"given({name!r}, missing)"
        if frame.toplevel:
            self.writeline("given = context.parent.get")
        for target, place in found.items():
            self.writeline(f"{target} = {place}")
        frame.symbols.loads = {target: load for target, load in loads.items() if target not in found}
        super().enter_frame(frame)
        frame.symbols.loads = loads  # a frame's end asks for all of them
        if frame.toplevel and not frame.require_output_check:  # of a template that extends none
            self.buffer(frame)

    def leave_frame(self, frame: Frame, with_python_scope: bool = False) -> None:
        """Give what a template prints in one piece: it comes sooner so than bit by bit."""
        if frame.toplevel and frame.buffer is not None:
            self.writeline(f"yield concat({frame.buffer})")
        super().leave_frame(frame, with_python_scope=with_python_scope)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 — Jinja's name
        is_of_mapping = isinstance(node.node, nodes.Name) and node.node.name in _MAPPINGS
        if is_of_mapping or node.attr.startswith("_") or iskeyword(node.attr):
            super().visit_Getattr(node, frame)
            return
        in_brackets = not isinstance(node.node, _SELF_CONTAINED)
        self.write("(" * in_brackets)
        self.visit(node.node, frame)
        self.write(")" * in_brackets + f".{node.attr}")

    def visit_Filter(self, node: nodes.Filter, frame: Frame) -> None:  # noqa: N802 — likewise
        """Look through records by what Python has for that, where it needs no more than their fields."""
        inner = node.node
        if node.name == "list" and inner is not None and not (node.args or node.kwargs):
            if isinstance(inner, nodes.Filter) and _field_asked(inner):
                self._visit_each(inner, frame, "[]")
                return
            self.write("list(")
            self.visit(inner, frame)
            self.write(")")
        elif _field_asked(node):
            self._visit_each(node, frame, "()")
        elif node.name == "default" and _is_option(inner) and len(node.args) == 1 and not node.kwargs:
            assert isinstance(inner, nodes.Getattr)  # as it is an option
            self.visit(inner.node, frame)
            self.write(f".get({inner.attr!r}, ")
            self.visit(node.args[0], frame)
            self.write(")")
        else:
            super().visit_Filter(node, frame)

    def _visit_each(self, node: nodes.Filter, frame: Frame, brackets: str) -> None:
        """`selectattr`, `rejectattr` or `map` as a comprehension."""
        field = f"each.{_field_asked(node)}"
        assert node.node is not None  # as there is no block to filter
        self.write(f"{brackets[0]}{field if node.name == 'map' else 'each'} for each in ")
        self.visit(node.node, frame)
        if node.name != "map":
            self.write(f" if not {field}" if node.name == "rejectattr" else f" if {field}")
        if len(node.args) == 3:
            self.write(" == ")
            self.visit(node.args[2], frame)
        self.write(brackets[1])

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802 — likewise
        if not _is_called_by_name(node) or forward_caller:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        assert isinstance(node.node, nodes.Name)  # as it is called by name
        name, functions = node.node.name, self.environment.globals
        is_macro = name not in functions
        is_marked = node is not self._printed and (is_macro or functions[name] in self.environment.printing)
        self.write("environment.markdown(" * is_marked)
        is_macro_by_names = is_macro and bool(node.kwargs)
        self.write("environment.by_names(" * is_macro_by_names)
        self.visit(node.node, frame)
        self.write(", " if is_macro_by_names else "(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")" + ")" * is_marked)

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        """A macro as a function."""
        if (
            macro_ref.accesses_kwargs
            or macro_ref.accesses_varargs
            or macro_ref.accesses_caller
            or isinstance(macro_ref.node, nodes.CallBlock)
        ):
            super().macro_def(macro_ref, frame)
            return
        names = tuple(argument.name for argument in macro_ref.node.args)
        self.write(f"environment.macro(macro, {names!r})")

    def return_buffer_contents(self, frame: Frame, force_unescaped: bool = False) -> None:
        """Let a macro give the text alone."""
        if force_unescaped:  # as Jinja asks of macros alone
            self.writeline(f"return concat({frame.buffer})")
        else:
            super().return_buffer_contents(frame, force_unescaped)

    # What functions and macros give is Markdown: printed as it is, and marked as such wherever else it goes,
    # for that takes longer than many a macro.

    _printed: nodes.Expr | None = None  # the call of these that is written next

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if _is_called_by_name(node):
            self._printed = node
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if not _is_called_by_name(node):
            super()._output_child_post(node, frame, finalize)


def _field_asked(node: nodes.Filter) -> str | None:
    """Of which field `selectattr`, `rejectattr` or `map` asks and of nothing else, such as `when.date`."""
    if node.dyn_args or node.dyn_kwargs:
        return None
    match node:
        case nodes.Filter(name="selectattr" | "rejectattr", args=[nodes.Const(value=str(asked))], kwargs=[]):
            pass
        case nodes.Filter(
            name="selectattr",
            args=[nodes.Const(value=str(asked)), nodes.Const(value="equalto"), nodes.Const()],
            kwargs=[],
        ):
            pass
        case nodes.Filter(
            name="map", args=[], kwargs=[nodes.Keyword(key="attribute", value=nodes.Const(value=str(asked)))]
        ):
            pass
        case _:
            return None
    names = asked.split(".")
    is_plain = all(name.isidentifier() and name[0] != "_" and not iskeyword(name) for name in names)
    return asked if is_plain and node.node is not None else None


def _is_option(node: nodes.Expr | None) -> bool:
    """Whether a mapping is asked for a value of its own."""
    return (
        isinstance(node, nodes.Getattr)
        and isinstance(node.node, nodes.Name)
        and node.node.name in _MAPPINGS
        and not hasattr(dict, node.attr)
    )


def _is_called_by_name(node: nodes.Expr) -> bool:
    """Whether a function of ours or a macro is called, with arguments that each stand there by themselves."""
    return (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name != "caller"
        and not (node.dyn_args or node.dyn_kwargs)
        and not any(iskeyword(argument.key) for argument in node.kwargs)
    )


def _macro(function: Any, names: tuple[str, ...]) -> Callable[..., str]:
    """A macro: the function that Jinja made of its body, which takes `missing` for what is not given."""
    function.__defaults__ = (missing,) * len(names)
    function.names = names
    made: Callable[..., str] = function
    return made


def _by_names(function: Any, *given: object, **named: object) -> str:
    """Call a macro with arguments by their names, which Jinja calls otherwise in its function."""
    names = function.names[len(given) :]
    given += tuple(named.pop(name, missing) for name in names)
    if named:
        raise TypeError(f"the macro takes no {', '.join(named)}")
    made: str = function(*given)
    return made


class _Shipped(Sandbox):
    code_generator_class = _Generator
    macro = staticmethod(_macro)
    by_names = staticmethod(_by_names)
    markdown = staticmethod(markdown)
    printing: frozenset[Any] = frozenset()  # functions that give the text of Markdown alone

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._found: dict[str, Template] = {}

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 – as Jinja
        """Call what is not called by its name alone."""
        made = super().call(__context, __obj, *args, **kwargs)
        is_ours = __obj.__class__ is FunctionType and (hasattr(__obj, "names") or __obj in __self.printing)
        return markdown(made) if is_ours else made

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> Template:  # noqa: A002 — as Jinja
        """The template of a name; Jinja would ask its loader, and whether it is the same loader."""
        if globals is not None or name.__class__ is not str:
            return super().get_template(name, parent, globals)
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = super().get_template(name, parent)
        return found

    def rendered(self, name: str, values: dict[str, object]) -> str:
        """What a template prints; Jinja would add our functions to the values, and ask at each import."""
        template = self.get_template(name)
        context = self.context_class(self, values, name, template.blocks)
        printed = "".join(template.root_render_func(context))
        # Its macros hold it and it holds them: a ring that keeps all that a memo shows till Python looks.
        context.vars.clear()
        return printed


def shipped_room(sandbox: Sandbox, compiled: CompiledTemplates) -> _Shipped:
    """The environment of our own templates beside a sandbox, with its functions and filters."""
    room: _Shipped = beside(sandbox, _Shipped, compiled)
    room.globals = {name: printing_of(function) for name, function in sandbox.globals.items()}
    printing: frozenset[Any] = frozenset(room.globals.values()) - frozenset(sandbox.globals.values())
    room.printing = printing
    room.trusted = sandbox.trusted | printing
    return room


def fell_back(template: str, error: Exception) -> None:
    """Called where the sandbox made what went wrong here: a mistake of this module, or of a template of ours.

    Whoever waits for a memo has it all the same, only later, so nothing is said. The tests put a function in
    its place that fails.
    """
