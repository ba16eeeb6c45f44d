"""Texts that a `#` may have cut: `title: Talks #2` is "Talks" for YAML, and the rest a comment."""

import re
from collections.abc import Iterator
from itertools import islice, zip_longest

from briefbook.diagnostics import Problem, Severity, Where
from briefbook.readers.located_yaml import Mapping, Node, Scalar, Sequence
from briefbook.readers.reading_limits import MOST_MISTAKES
from briefbook.readers.yaml_words import LINE_BREAK

# What it looks for first is the sign itself, so that a file of megabytes is searched in no time.
_SUSPECT = r"#(?<=[ \t]#)[^\s#]"
_HASH = re.compile(_SUSPECT)
_HASH_IN_BYTES = re.compile(_SUSPECT.encode())
_WORD = re.compile(r"\S+")


def texts_cut(file: str, data: bytes, root: Node | None) -> list[Problem]:
    """A warning at each `#` behind a text without quotes on its line that has no space behind it.

    `root` is what was read of the file, `data` its bytes. A comment that begins with `# ` was meant as one.
    """
    if root is None or b"#" not in data or not _HASH_IN_BYTES.search(data):
        return []
    text = data.decode("utf-8-sig")
    problems: list[Problem] = []
    texts, starts = _plain_texts(root), _Starts(text)
    node, following = None, next(texts, None)  # the last text that begins before the sign, and the next one
    judged_to = 0
    line, begin = 1, 0  # the sign's
    last = 0
    for found in _HASH.finditer(text):
        sign = found.start()
        if sign < judged_to:  # behind the first one all is a comment already, or no text of this kind
            continue
        line += text.count("\n", last, sign) + text.count("\r", last, sign) - text.count("\r\n", last, sign)
        begin = max(begin, text.rfind("\n", last, sign) + 1, text.rfind("\r", last, sign) + 1)
        last, column = sign, sign - begin + 1
        while following is not None and (
            following.line < line or (following.line == line and following.column <= column)
        ):
            node, following = following, next(texts, None)
        start = starts.of(node) if node is not None else sign
        judged_to = starts.of(following) if following is not None else len(text)
        before = text[start:sign]
        if node is None or before.rstrip(" \t").endswith(("\r", "\n")) or not _same(before, node.text):
            continue
        problems.append(_cut(Where(file=file, line=line, column=column)))
        if len(problems) == MOST_MISTAKES:
            break
    return problems


def _same(written: str, text: str) -> bool:
    """Whether a text is what is written, but for its white space; looked at no further than that is so."""
    pairs = zip_longest(_WORD.finditer(written), _WORD.finditer(text))
    return all(one and other and one[0] == other[0] for one, other in pairs)


def _cut(where: Where) -> Problem:
    message = "the text ends before this '#': what follows is a comment"
    hint = "put the whole text in quotes; a comment that is meant begins with '# '"
    return Problem(where=where, severity=Severity.WARNING, message=message, hint=hint)


class _Starts:
    """At which index of a file's text its values start; asked for in their order, so that no line is kept."""

    def __init__(self, text: str) -> None:
        self._breaks = LINE_BREAK.finditer(text)
        self._line, self._begin = 1, 0

    def of(self, node: Scalar) -> int:
        if node.line > self._line:
            self._begin = next(islice(self._breaks, node.line - self._line - 1, None)).end()
            self._line = node.line
        return self._begin + node.column - 1


def _plain_texts(root: Node) -> Iterator[Scalar]:
    """The values without quotes, in the order of the file; of millions none is kept."""
    waiting: list[Iterator[Node]] = [iter((root,))]
    while waiting:
        for node in waiting[-1]:
            if isinstance(node, Scalar):
                if node.plain and node.text:
                    yield node
            elif isinstance(node, Sequence | Mapping):
                waiting.append(iter(node.items if isinstance(node, Sequence) else node.held.values()))
                break
        else:
            waiting.pop()
