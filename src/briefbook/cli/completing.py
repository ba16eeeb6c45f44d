"""What the shell completes: ids of memos by the names of their files, of facts by the lines that begin them.

Nothing is told here, and no YAML is read: whoever presses TAB waits, and has not asked for mistakes. An id in
braces on the line of its kind is not found.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from briefbook.cli.book import BookFinder
from briefbook.diagnostics import BriefbookError

_KIND = re.compile(r"^([a-z]+):")
_RECORD = re.compile(r"^ +([A-Za-z0-9._-]+):")


def memo_ids(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The ids of the book's memos that begin so."""
    return _items(_stems(_root(ctx)), incomplete)


def forum_ids(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The ids of forums."""
    return _items(_ids_of("forums", _root(ctx)), incomplete)


def meeting_ids(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The ids of meetings."""
    return _items(_ids_of("meetings", _root(ctx)), incomplete)


def fact_ids(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The ids of facts of all kinds."""
    return _items(_ids_of(None, _root(ctx)), incomplete)


def formats(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The last format of a list with commas between; those before it stay as they are."""
    from briefbook.memo import FORMATS

    before, comma, last = incomplete.rpartition(",")
    return [CompletionItem(before + comma + name) for name in FORMATS if name.startswith(last)]


def _items(ids: Iterator[str], incomplete: str) -> list[CompletionItem]:
    found: set[str] = set()
    with suppress(OSError):
        found.update(id_ for id_ in ids if id_.startswith(incomplete))
    return [CompletionItem(id_) for id_ in sorted(found)]


def _root(ctx: click.Context) -> Path | None:
    """The book of the command line so far: no command has run, so `-C` is read from the outermost context."""
    with suppress(BriefbookError, OSError):
        return BookFinder(folder=ctx.find_root().params.get("folder")).root()
    return None


def _stems(root: Path | None) -> Iterator[str]:
    if root is not None:
        yield from (path.stem for path in (root / "memos").glob("*.yaml") if not path.name.startswith("."))


def _ids_of(kind: str | None, root: Path | None) -> Iterator[str]:
    """The keys right below a kind of facts, or of any, of every file that can be read."""
    for path in (root / "facts").glob("*.yaml") if root is not None else ():
        inside, column = False, 0
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            if top := _KIND.match(line):
                inside, column = kind in (None, top[1]), 0
            elif inside and (key := _RECORD.match(line)):
                column = column or len(line) - len(line.lstrip(" "))
                if len(line) - len(line.lstrip(" ")) == column:
                    yield key[1]
