"""Slips of the hand that YAML's parsers notice only lines later: told where the hand slipped.

Quotes that nobody closed, a colon left out or without its space: the parser goes on until something cannot
be, and names that. What is said here is true of the place that it names; where that is in doubt there is no
answer, and the parser's own words stand (`yaml_words.py`).
"""

import re
import unicodedata
from itertools import chain, islice
from typing import Any

from briefbook.diagnostics import Problem, Where
from briefbook.readers.yaml_words import (
    CLOSE_THEM,
    COMMENT,
    LINE_BREAK,
    may_cut,
    open_with_comment,
)


def slip(file: str, text: str, error: Any, before: Any, quoted: Any) -> Problem | None:
    """The slip that led to a `yaml.MarkedYAMLError`, if it is one that can be told for certain.

    `text` is what the parser was given, `before` the token of the last text before the place that it names,
    `quoted` that of the last one in quotes; None where there is none.
    """
    said, mark = error.problem or "", error.problem_mark
    if mark is None:
        return None
    lines = LINE_BREAK.split(text)
    lines.append("")  # a parser may name the one behind the last
    found = (
        _sign_behind(file, lines, said, mark)
        or _behind_brackets(file, lines, said, mark)
        or _brackets(file, lines, error, quoted)
    )
    if found:
        return found
    if quoted is not None and (found := _quotes(file, lines, error, quoted)):
        return found
    if "could not find expected ':'" in said and error.context_mark is not None:
        return _no_key(file, lines, error.context_mark)
    if before is None or not before.plain:
        return None
    start, end = before.start_mark, before.end_mark
    if "mapping values are not allowed" in said and start.line < end.line == mark.line:
        return _run_on(file, lines, start, mark)
    comment = re.match(r"[ \t]+(?=#)", lines[end.line][end.column :])
    if comment and end.line < mark.line:
        if "<document start>" in said and not any(map(_says_something, lines[: start.line])):
            return _no_key(file, lines, start)
        is_cut = may_cut(lines[end.line], end.column) and any(words in said for words in _OF_LINES)
        if is_cut and not _KEY_OR_ITEM.search(lines[mark.line]):
            where = Where(file=file, line=end.line + 1, column=end.column + comment.end() + 1)
            message = f"a comment begins at this '#', so line {mark.line + 1} cannot go on with the text"
            return Problem(where=where, message=message, hint="put the whole text in quotes")
    return None


_DOES_NOT_FIT = ("did not find expected key", "did not find expected '-' indicator", "expected <block end>")
_OF_LINES = (*_DOES_NOT_FIT, "<document start>")
_KEY_OR_ITEM = re.compile(r"^[ \t]*-(?:[ \t]|$)|:(?:[ \t]|$)")
_SIGNS = re.compile(r"[,\]}]+[ \t]*(?:[ \t]#.*)?$")


def _sign_behind(file: str, lines: list[str], said: str, mark: Any) -> Problem | None:
    """A line that ends with signs too many, as lines of JSON and code do: `title: "Talks",`."""
    line = lines[mark.line]
    if not any(words in said for words in _OF_LINES) or not _SIGNS.match(line, mark.column):
        return None
    sign, before = line[mark.column], line[: mark.column].rstrip(" \t")
    if before.endswith(("'", '"')):  # behind a text without quotes it would be a part of that
        message = f"a '{sign}' behind the text"
    else:
        message = f"a '{sign}' where none can stand"
    return Problem(where=_at(file, mark), message=message, hint="delete it")


def _behind_brackets(file: str, lines: list[str], said: str, mark: Any) -> Problem | None:
    """A text of which a part in brackets is taken for a list or a mapping: `title: [Draft] Talks`."""
    line = lines[mark.line]
    before = line[: mark.column].rstrip(" \t")
    if not any(words in said for words in _DOES_NOT_FIT) or not before.endswith(("]", "}")):
        return None
    message = f"more text follows behind the '{before[-1]}'"
    is_key = _KEY.match(line, mark.column)
    hint = "start the key on a line of its own" if is_key else "put the whole text in quotes"
    return Problem(where=_at(file, mark), message=message, hint=hint)


_CLOSING = {"[": "]", "{": "}"}
_CLOSES = re.compile(r"[ \t]*[\]}]")
_KEY = re.compile(r"[ \t]*(?:- +)*[^\s:,\[\]{}#]+[ \t]*:(?:[ \t]|$)")


def _brackets(file: str, lines: list[str], error: Any, quoted: Any) -> Problem | None:
    """Brackets that nobody closed: behind them comes a key that is none of theirs, or the end of the file."""
    opens, mark = error.context_mark, error.problem_mark
    if "expected ',' or" not in (error.problem or "") or opens is None:
        return None
    line = lines[opens.line]
    sign, column = line[opens.column : opens.column + 1], _indent(line)
    is_folded = quoted is not None and quoted.start_mark.line < quoted.end_mark.line
    if sign not in _CLOSING or is_folded or any(map(_CLOSES.match, islice(lines, opens.line + 1, None))):
        return None  # something may be left out within them
    within = islice(lines, opens.line + 1, mark.line + 1)
    rest = chain([lines[mark.line][mark.column :]], islice(lines, mark.line + 1, None))
    is_end = not any(map(_says_something, rest))
    if not is_end and not any(_KEY.match(each) and _indent(each) <= column < opens.column for each in within):
        return None
    hint = f"write '{_CLOSING[sign]}' where it ends"
    if open_with_comment(lines, mark.line, opens.line):
        hint = f"{hint}; {COMMENT}"
    return Problem(where=_at(file, opens), message=f"the '{sign}' that opens here is never closed", hint=hint)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


_TEXT_BEHIND = re.compile(r"[ \t]*[^\s:,\]}#]|#")  # none of what may stand behind closing quotes
QUOTES = {"'": "''", '"': '\\"'}  # and how they are written within a text that stands in them


def _quotes(file: str, lines: list[str], error: Any, quoted: Any) -> Problem | None:
    """What the quotes did that the parser took for closing ones: they close another text than was meant."""
    said, mark, start, end = error.problem or "", error.problem_mark, quoted.start_mark, quoted.end_mark
    if "unexpected end of stream" in said and error.context_mark is not None:
        opens = error.context_mark
        if start.line < end.line and (opens.line, opens.column) == (end.line, end.column):
            message = "the quotes that open here are never closed"
            return Problem(where=_at(file, start), message=message, hint=CLOSE_THEM)
        return None
    behind = lines[end.line][end.column :]
    is_next = not behind[: max(mark.column - end.column, 0)].strip()
    is_of_lines = any(words in said for words in _OF_LINES)
    if end.line != mark.line or not (_TEXT_BEHIND.match(behind) or (is_of_lines and is_next)):
        return None
    hint = f"{CLOSE_THEM}; within it write {QUOTES[quoted.style]} for {quoted.style}"
    if start.line < end.line:
        message = f"the quotes that open here close in line {end.line + 1}, where more text follows"
        return Problem(where=_at(file, start), message=message, hint=hint)
    if is_of_lines and is_next:
        message = "more text follows behind the closing quotes"
        return Problem(where=_at(file, mark), message=message, hint=hint)
    return None


_UNSPACED = re.compile(r"(?:- +)*[^\W\d][\w.-]*:(?!//)[^\s:]")  # `title:Talks`, no address and no time of day
_SPACE = "write a space after the ':'"
_STRANGE = r"[^\S \t\r\n]"  # white space that looks like a space of YAML's and is none
_STRANGE_SIGN = re.compile(rf"(?:- +)*(?:[A-Za-z][\w.-]*(?:[ \t]*(?=\uff1a)|:(?={_STRANGE}))|(?={_STRANGE}))")
_STRANGE_INDENT = re.compile(rf"[ \t]*({_STRANGE})")
_UNSPACED_DASH = re.compile(rf"-(?:[^\W\d_]|{_STRANGE})")


def spacing_hint(text: str) -> str:
    """The mend of a text that would be a key and its value with a space behind the colon, else nothing."""
    if found := _STRANGE_SIGN.match(text):
        return "; ".join(_strange(text[found.end()]))
    return _SPACE if _UNSPACED.match(text) else ""


def indent_hint(key: str) -> str:
    """The mend of a key that begins with white space that is none for YAML, else nothing."""
    found = _STRANGE_INDENT.match(key)
    return f"{_named(found[1])} is none of YAML's spaces: write a space" if found else ""


def dash_hint(text: str) -> str:
    """The mend of a text that would be an item of a list with a space behind its '-', else nothing."""
    return "write a space after the '-'" if _UNSPACED_DASH.match(text) else ""


def _strange(sign: str) -> tuple[str, str]:
    """What is wrong with a sign that looks like one of YAML's, and the mend."""
    meant, hint = ("':'", "write ':' and a space") if sign == "\uff1a" else ("a space", "write a space")
    return f"{_named(sign)} stands where {meant} belongs", hint


def _named(sign: str) -> str:
    return f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".rstrip()


def _no_key(file: str, lines: list[str], start: Any, more: str = "") -> Problem:
    """A key was to stand at `start`, and there is no colon behind one."""
    line = lines[start.line]
    if found := _STRANGE_SIGN.match(line, start.column):
        where = Where(file=file, line=start.line + 1, column=found.end() + 1)
        message, hint = _strange(line[found.end()])
        return Problem(where=where, message=message, hint=hint)
    if _UNSPACED.match(line, start.column):
        hint = _SPACE
    elif mend := dash_hint(line[start.column :]):
        hint = mend
    else:
        hint = f"write a ':' and a space after the key{more}"
        if may_cut(line):
            hint = f"{hint}; {COMMENT}"
    return Problem(where=_at(file, start), message="this line is no 'key: value'", hint=hint)


def _run_on(file: str, lines: list[str], start: Any, mark: Any) -> Problem:
    """A text that began in an earlier line ran on to a colon: it was to be a key, or is not to go on."""
    if re.fullmatch(r"[ \t]*(?:- +)*", lines[start.line][: start.column]):
        return _no_key(file, lines, start, ", or put a text of several lines in quotes")
    hint = "start a key in the column of those above it; put a text that holds ': ' in quotes"
    return Problem(where=_at(file, mark), message="a ':' where none can stand", hint=hint)


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _at(file: str, mark: Any) -> Where:
    return Where(file=file, line=mark.line + 1, column=mark.column + 1)
