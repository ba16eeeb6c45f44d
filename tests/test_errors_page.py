"""`docs/errors.md` lists every message that the code can give, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "briefbook"
PAGE = ROOT / "docs" / "errors.md"
# Whose first (or, of `tell`, second) argument is a message.
RAISED = {"MarkupError": 0, "TemplateError": 0, "ValueError": 0, "tell": 1, "_problem": 1, "_PictureError": 0}
RAISED |= {"_without": 1, "_refuse": 1, "_refusal": 0, "_stop": 0, "refuse": 0}
MODULES = [
    SOURCE / "catalogues.py",
    SOURCE / "dates.py",
    *SOURCE.glob("readers/*.py"),
    *SOURCE.glob("checks/*.py"),
    *SOURCE.glob("composing/*.py"),
    *SOURCE.glob("mail/*.py"),
    *(
        SOURCE / name
        for name in (
            "decisions.py",
            "editions.py",
            "files.py",
            "outbox.py",
            "placing.py",
            "promise.py",
            "redlining.py",
            "crew.py",
            "dask_executor.py",
            "trusting.py",
            "workshop.py",
        )
    ),
    SOURCE / "binding.py",
    SOURCE / "clearing.py",
    SOURCE / "cli" / "clear.py",
    SOURCE / "reviewing" / "review.py",
    SOURCE / "cli" / "send.py",
    SOURCE / "schedule.py",
    SOURCE / "look.py",
    SOURCE / "releasing.py",
    SOURCE / "house_look.py",
    *(
        SOURCE / "writers" / name
        for name in ("faces.py", "house_package.py", "house_contents.py", "kept_contents.py")
    ),
    SOURCE / "ledger" / "__init__.py",
    SOURCE / "ledger" / "database.py",
    SOURCE / "store.py",
    SOURCE / "shelf.py",
]


def spelled(node: ast.expr) -> str | None:
    """A literal text with … for what is put in; None for anything else."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(spelled(part) or "" for part in parts)
        case ast.FormattedValue():
            return "…"
        case _:
            return None


def messages_in(tree: ast.Module) -> Iterator[str]:
    """The literal messages of a module: of problems, of errors, and what is bound to the name `message`."""
    for node in ast.walk(tree):
        found: list[ast.expr] = []
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args, keywords=keywords):
                found = [keyword.value for keyword in keywords if keyword.arg == "message"]
                if name in RAISED and len(args) > RAISED[name]:
                    found.append(args[RAISED[name]])
            case ast.Assign(targets=targets, value=value):
                names = [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
                values = value.elts if isinstance(value, ast.Tuple) else [value]
                if "message" in names:
                    found = [values[names.index("message")]]
                elif names == ["_REFUSALS"] and isinstance(value, ast.Dict):
                    found = [row.elts[0] for row in value.values if isinstance(row, ast.Tuple)]
                elif names == ["_PLAIN_WORDS"]:
                    found = [row.elts[1] for row in values if isinstance(row, ast.Tuple)]
            case (
                ast.Return(value=ast.Tuple(elts=[first, *_]))
                | ast.Expr(value=ast.Yield(value=ast.Tuple(elts=[_, first, *_])))
            ):
                found = [first]
            case _:
                pass
        for message in found:
            choices = (message.body, message.orelse) if isinstance(message, ast.IfExp) else (message,)
            yield from (text for text in map(spelled, choices) if text)


def plain(text: str) -> str:
    """For comparison: whatever is put in, quoted or not, is one …"""
    return re.sub(r"…( …|…)*", "…", text.replace("'…'", "…").replace("\\|", "|"))


def written() -> list[str]:
    """The first cell of every row of the page's tables, where it is a message."""
    return re.findall(r"^\| `(.+?)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def given() -> set[str]:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in MODULES]
    found = {plain(message) for tree in trees for message in messages_in(tree)}
    return {message for message in found if re.search(r"[A-Za-z]", message)}


def test_every_message_is_on_the_page() -> None:
    assert sorted(given() - {plain(row) for row in written()}) == []


def test_the_page_has_no_message_that_nothing_gives() -> None:
    assert sorted({plain(row) for row in written()} - given()) == []


def test_no_message_is_on_the_page_twice() -> None:
    rows = written()
    assert len(rows) > 80
    assert sorted(row for row in set(rows) if rows.count(row) > 1) == []
