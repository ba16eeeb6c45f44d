"""What a template names, read off its tree: nothing is run here."""

from collections.abc import Iterator, Mapping

from jinja2 import nodes

from briefbook.diagnostics import did_you_mean

Finding = tuple[int, str, str]  # line, message, hint


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
