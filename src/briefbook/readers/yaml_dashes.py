"""Items that became one text for want of a space: `-One` on a line and `-Two` on the next are "-One -Two"."""

import re

from briefbook.diagnostics import Problem, Severity
from briefbook.readers.located_yaml import Node, Scalar
from briefbook.readers.reading import Reading
from briefbook.readers.reading_limits import MOST_MISTAKES
from briefbook.readers.yaml_slips import dash_hint
from briefbook.readers.yaml_texts import Starts, texts_of

# What it looks for first is the sign itself, so that a file of megabytes is searched in no time.
_DASH_IN_BYTES = re.compile(rb"-(?<=[ \t\r\n]-)[A-Za-z\x80-\xff]")
_DASHES = re.compile(r"-.*[ \n]-", re.DOTALL)
_BREAK = re.compile(r"[\r\n]")
_WORD = re.compile(r"[^ \t\r\n]+")


def warn_of_items_in_lines(data: bytes, root: Node | None, reading: Reading) -> None:
    """Warn of each text of a file of which its first line and another begin with a '-' without its space.

    `root` is what was read of the file, `data` its bytes.
    """
    if root is None or not _DASH_IN_BYTES.search(data):
        return
    text = data.decode("utf-8-sig")
    starts = Starts(text)
    for node in texts_of(root):
        is_suspect = node.plain and dash_hint(node.text) and _DASHES.match(node.text)
        if is_suspect and _has_another(node.text, text, starts.of(node)):
            _warn(node, reading)


def warn_of_an_item(node: Node, reading: Reading) -> None:
    """Warn of a text that stands for a list of one, if it begins as an item without its space."""
    if type(node) is Scalar and node.plain and node.text.startswith("-") and dash_hint(node.text):
        _warn(node, reading)


def _warn(node: Scalar, reading: Reading) -> None:
    where = node.where
    told = reading.unspaced.setdefault(node.file, set())
    if where in told or len(told) == MOST_MISTAKES:
        return
    told.add(where)
    hint = dash_hint(node.text)
    if node.key is not None and node.key.line + 1 == node.line:
        hint = f"{hint}, and start the list on its own line"
    hint = f"{hint}; put a text that is meant in quotes"
    message = "this is one text, no list: the '-' has no space behind it"
    reading.problems.append(Problem(where=where, severity=Severity.WARNING, message=message, hint=hint))


def _has_another(found: str, text: str, start: int) -> bool:
    """Whether a further line of what was read from `start` on begins as an item without its space."""
    before = start
    # What was read ends first: behind it the file is not looked at any further.
    for read, written in zip(_WORD.finditer(found), _WORD.finditer(text, start), strict=False):
        if written[0] != read[0]:
            return False
        if read.start() and _BREAK.search(text, before, written.start()) and dash_hint(read[0]):
            return True
        before = written.end()
    return False
