"""Texts that a `#` may have cut: `title: Talks #2` is "Talks" for YAML, and the rest a comment.

So is what stands behind the sign in `"Ports"#2` and `[Ask, Sign]#2`, though YAML wants a space before it
(1.2.2, 6.6): the parser takes it for a comment all the same.
"""

import re
from itertools import zip_longest

from briefbook.diagnostics import Problem, Severity, Where
from briefbook.readers.located_yaml import Node, Scalar
from briefbook.readers.reading_limits import MOST_MISTAKES
from briefbook.readers.yaml_texts import QUOTED, Starts, texts_of

# What it looks for first is the sign itself, so that a file of megabytes is searched in no time.
_SUSPECT = r"#(?<=[ \t\"'\]}]#)[^\s#]"
_HASH = re.compile(_SUSPECT)
_HASH_IN_BYTES = re.compile(_SUSPECT.encode())
_WORD = re.compile(r"\S+")


def texts_cut(file: str, data: bytes, root: Node | None) -> list[Problem]:
    """A warning at each `#` on the line of a text before it, where no space is, and that may go on with it.

    That is one without quotes, or one in quotes or brackets right before the sign.

    `root` is what was read of the file, `data` its bytes. A comment that begins with `# ` was meant as one.
    """
    if root is None or b"#" not in data or not _HASH_IN_BYTES.search(data):
        return []
    text = data.decode("utf-8-sig")
    problems: list[Problem] = []
    texts, starts = texts_of(root), Starts(text)
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
        if node is None or not _ends_here(node, before):
            continue
        problems.append(_cut(Where(file=file, line=line, column=column)))
        if len(problems) == MOST_MISTAKES:
            break
    return problems


def _ends_here(node: Scalar, before: str) -> bool:
    """Whether what stands in the file from a text's start to a sign is that text, and what closes it."""
    if before[-1:] in (" ", "\t"):
        return node.plain and not before.rstrip(" \t").endswith(("\r", "\n")) and _same(before, node.text)
    within = before.rstrip("]} \t\r\n")
    if node.plain:
        return within != before and _same(within, node.text)
    return QUOTED.fullmatch(within) is not None


def _same(written: str, text: str) -> bool:
    """Whether a text is what is written, but for its white space; looked at no further than that is so."""
    pairs = zip_longest(_WORD.finditer(written), _WORD.finditer(text))
    return all(one and other and one[0] == other[0] for one, other in pairs)


def _cut(where: Where) -> Problem:
    message = "the text ends before this '#': what follows is a comment"
    hint = "put the whole text in quotes; a comment that is meant begins with '# '"
    return Problem(where=where, severity=Severity.WARNING, message=message, hint=hint)
