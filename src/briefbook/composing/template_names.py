"""What a template names, read off its tree: nothing is run here."""

from collections.abc import Iterable, Iterator, Mapping

from jinja2 import meta, nodes

from briefbook.composing.template_loaders import plain_names
from briefbook.diagnostics import did_you_mean

Finding = tuple[int, str, str]  # line, message, hint


def leads_in(tree: nodes.Template | None) -> frozenset[str] | None:
    """The templates that one includes, imports or extends; None where that is known only when it runs."""
    named = set(meta.find_referenced_templates(tree)) if tree else set()
    return None if None in named else frozenset(plain_names(name for name in named if name is not None))


def options_read(tree: nodes.Template) -> set[str] | None:
    """The names that a template reads of `options` (`set:` of a memo); None where it takes them otherwise."""
    named: set[str] = set()
    taken = 0
    for node in tree.find_all(nodes.Expr):
        match node:
            case nodes.Getattr(node=nodes.Name(name="options"), attr=name) if not hasattr(dict, name):
                named.add(name)
                taken += 1
            case nodes.Getitem(node=nodes.Name(name="options"), arg=nodes.Const(value=str(name))):
                named.add(name)
                taken += 1
            case _:
                pass
    whole = sum(name.name == "options" for name in tree.find_all(nodes.Name))
    return named if whole == taken else None


def own_read(trees: Iterable[nodes.Template]) -> set[str] | None:
    """The names that templates read of `selection` and of `selection.own`; None where that is open.

    `own` may be given another name (`{% set own = selection.own %}`). Either may be handed to a macro:
    whatever attribute these templates read may then be one of it.
    """
    found: set[str] = set()
    attributes: set[str] = set()
    is_handed = False
    for tree in trees:
        getters = list(tree.find_all(nodes.Getattr))
        named_anew = [
            node.target.name
            for node in tree.find_all(nodes.Assign)
            if isinstance(node.target, nodes.Name) and _is_own(node.node)
        ]
        of_selection = [node.attr for node in getters if _is_name(node.node, "selection")]
        of_own = [node.attr for node in getters if _is_own(node.node) or _is_name(node.node, *named_anew)]
        loaded = [name.name for name in tree.find_all(nodes.Name) if name.ctx == "load"]
        taken = (
            loaded.count("selection") + of_selection.count("own") + sum(map(loaded.count, set(named_anew)))
        )
        arguments = [each for call in tree.find_all(nodes.Call) for each in call.args]
        handed = sum(_is_own(each) or _is_name(each, "selection", *named_anew) for each in arguments)
        if taken > len(of_selection) + len(of_own) + len(named_anew) + handed:
            return None
        is_handed = is_handed or handed > 0
        found |= {*of_selection, *of_own}
        attributes |= {node.attr for node in getters}
    return found | attributes if is_handed else found


def _is_own(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Getattr) and node.attr == "own" and _is_name(node.node, "selection")


def _is_name(node: nodes.Node, *names: str) -> bool:
    return isinstance(node, nodes.Name) and node.name in names


def unknown_imports(tree: nodes.Template, trees: Mapping[str, nodes.Template | None]) -> Iterator[Finding]:
    """Each name that a template imports from another and that is not there; `trees` are all of them."""
    for node in tree.find_all(nodes.Stmt):
        if not isinstance(node, nodes.FromImport | nodes.Import | nodes.Include | nodes.Extends):
            continue
        wanted = node.template
        if not isinstance(wanted, nodes.Const) or not isinstance(wanted.value, str):
            continue  # only known when it runs
        if wanted.value not in trees:
            message = f"there is no template {wanted.value!r}"
            yield node.lineno, message, did_you_mean(wanted.value, trees)
            continue
        other = trees[wanted.value]
        if isinstance(node, nodes.FromImport) and other is not None:
            exported = _exported(other)
            for name in node.names:
                imported = name[0] if isinstance(name, tuple) else name
                if imported not in exported:
                    message = f"{wanted.value} has nothing named {imported!r}"
                    yield node.lineno, message, did_you_mean(imported, exported)


def _exported(tree: nodes.Template) -> set[str]:
    """What another template can import from this one: what stands at its top and has a public name."""
    names = {node.name for node in tree.body if isinstance(node, nodes.Macro)}
    for node in tree.body:
        if isinstance(node, nodes.Assign | nodes.AssignBlock):
            names |= {
                target.name
                for target in (node.target, *node.target.find_all(nodes.Name))
                if isinstance(target, nodes.Name)
            }
    return {name for name in names if not name.startswith("_")}
