r"""Backslashes that double quotes may have read otherwise than meant: `"C:\talks"` is "C:", a tab, "alks"."""

import re

from briefbook.diagnostics import Problem, Severity, Where
from briefbook.readers.located_yaml import Node
from briefbook.readers.reading_limits import MOST_MISTAKES
from briefbook.readers.yaml_texts import QUOTED, Starts, texts_of
from briefbook.readers.yaml_words import BACKSLASH, LINE_BREAK

_SUSPECT = re.compile(rb"\\[tn]\w")
_ESCAPE = re.compile(r"\\(?:\\|(t|n)(?=\w)|.)", re.DOTALL)  # each whole, so that one behind another is none
_READ_AS = {"t": "a tab", "n": "the end of a line"}
# A path from a drive on that goes further, or ends as a file's name does; `A:\nBecause.` is none.
_PATH = re.compile(r"(?<!\w)[A-Za-z]:(?:\\[\w.-]+)*\\n[\w-]*(?:\\[^n\\\"]|\.\w{2,4}\b)")


def texts_escaped(file: str, data: bytes, root: Node | None) -> list[Problem]:
    r"""A warning at the first `\t` before a letter of a text in double quotes, `\n` in a path.

    Else a new line is meant where somebody writes `\n`. `root` is what was read of the file, `data` its
    bytes.
    """
    if root is None or b"\\" not in data or not _SUSPECT.search(data):
        return []
    text = data.decode("utf-8-sig")
    starts = Starts(text)
    problems: list[Problem] = []
    for node in texts_of(root):
        if node.plain or not ("\t" in node.text or "\n" in node.text):
            continue
        start = starts.of(node)
        written = QUOTED.match(text, start) if text[start] == '"' else None
        if written is None:
            continue
        path = _PATH.search(written[0])
        begins, ends = path.span() if path else (0, 0)
        escapes = (found for found in _ESCAPE.finditer(written[0]) if found[1])
        first = next((found for found in escapes if found[1] == "t" or begins < found.start() < ends), None)
        if first is not None:
            before = LINE_BREAK.split(written[0][: first.start()])
            column = len(before[-1]) + (node.column if len(before) == 1 else 1)
            where = Where(file=file, line=node.line + len(before) - 1, column=column)
            message = f"'\\{first[1]}' in double quotes is {_READ_AS[first[1]]}"
            problems.append(Problem(where=where, severity=Severity.WARNING, message=message, hint=BACKSLASH))
        if len(problems) == MOST_MISTAKES:
            break
    return problems
