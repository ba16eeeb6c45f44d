"""Texts that a `#` may have cut: `title: Talks #2` is "Talks" for YAML, and the rest a comment."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from briefbook.diagnostics import Problem, Severity, Where
from briefbook.readers import located_yaml
from briefbook.readers.located_yaml import Node, Scalar, Sequence
from briefbook.readers.reading_limits import MOST_MISTAKES
from briefbook.readers.yaml_words import LINE_BREAK

# What it looks for first is the sign itself, so that a file of megabytes is searched in no time.
_SUSPECT = r"#(?<=[ \t]#)[^\s#]"
_HASH = re.compile(_SUSPECT)
_HASH_IN_BYTES = re.compile(_SUSPECT.encode())


def texts_cut(file: str, data: bytes, root: Node | None) -> list[Problem]:
    """A warning at each `#` behind a text without quotes on its line that has no space behind it.

    `root` is what was read of the file, `data` its bytes. A comment that begins with `# ` was meant as one.
    """
    if root is None or b"#" not in data or not _HASH_IN_BYTES.search(data):
        return []
    text = data.decode("utf-8-sig")
    lines = [0, *(found.end() for found in LINE_BREAK.finditer(text))]  # where each begins
    texts = list(_plain_texts(root))
    starts = [lines[each.line - 1] + each.column - 1 for each in texts]
    problems: list[Problem] = []
    judged = -1
    for found in _HASH.finditer(text):
        at = bisect_right(starts, found.start()) - 1
        if at == judged:  # what stands behind the first one is a comment already, or no text of this kind
            continue
        judged = at
        before = text[starts[at] : found.start()]
        if before.rstrip(" \t").endswith(("\r", "\n")) or before.split() != texts[at].text.split():
            continue
        line = bisect_right(lines, found.start())
        where = Where(file=file, line=line, column=found.start() - lines[line - 1] + 1)
        problems.append(_cut(where))
        if len(problems) == MOST_MISTAKES:
            break
    return problems


def _cut(where: Where) -> Problem:
    message = "the text ends before this '#': what follows is a comment"
    hint = "put the whole text in quotes; a comment that is meant begins with '# '"
    return Problem(where=where, severity=Severity.WARNING, message=message, hint=hint)


def _plain_texts(root: Node) -> Iterator[Scalar]:
    """The values without quotes, in the order of the file."""
    waiting: list[Node] = [root]
    while waiting:
        node = waiting.pop()
        match node:
            case Scalar(plain=True, text=text) if text:
                yield node
            case Sequence(items=items):
                waiting += reversed(items)
            case located_yaml.Mapping(held=held):
                waiting += reversed(held.values())
            case _:
                pass
