"""What YAML's parsers say of a file that is none → a problem in plain words, where a person would mend it."""

import re
from typing import Any

from briefbook.diagnostics import Problem, Where

LINE_BREAK = re.compile(r"\r\n?|\n")
_KEY_WITH_COMMENT = re.compile(r":[ \t]+#")
_COMMENT = re.compile(r"[ \t]#([^\s#]?)")
COMMENT = "a # behind white space begins a comment: put a value with one in quotes"


def commented_lines(text: str) -> frozenset[int]:
    """The lines with a comment right behind a key: was it meant as a value?"""
    if _KEY_WITH_COMMENT.search(text) is None:
        return frozenset()
    lines = enumerate(LINE_BREAK.split(text), 1)
    return frozenset(number for number, line in lines if _KEY_WITH_COMMENT.search(line))


def may_cut(line: str, start: int = 0) -> bool:
    """Whether the first comment of a line, from `start` on, may not be meant: its `#` has no space behind."""
    found = _COMMENT.search(line, start)
    return found is not None and bool(found[1])


def open_with_comment(lines: list[str], last: int, opened: int | None) -> bool:
    """Whether a `#` took the end off a line of the list or mapping that is open where the parser stopped."""
    first = last if opened is None else opened
    if first == last:  # the parser may name no other place: what is open begins in the lines above
        first = next(
            (n for n in range(last, -1, -1) if n < len(lines) and re.search(r"[{\[]", lines[n])), last
        )
    return any(map(may_cut, lines[first : last + 1]))


_QUOTE_IT = "put the text in quotes"
BACKSLASH = "for a backslash write '\\\\', or use single quotes"
CLOSE_THEM = "close them where the text ends"
INDENT = "the lines of one list or mapping start in the same column"
# What the parsers say (libyaml's and PyYAML's own words, in part) → what is wrong, and the mend.
_PLAIN_WORDS = (
    ("mapping values are not allowed", "a ':' where none can stand", "put a text that holds ': ' in quotes"),
    ("unexpected ':'", "a ':' where none can stand", "put a text that holds ':' in quotes"),
    ("mapping keys are not allowed", "a '?' where none can stand", _QUOTE_IT),
    ("could not find expected ':'", "this line is no 'key: value'", "write a ':' and a space after the key"),
    ("sequence entries are not allowed", "a '-' where no list can start", "start the list on its own line"),
    ("did not find expected key", "this line does not fit the lines above it", INDENT),
    ("did not find expected '-' indicator", "this line does not fit the list above it", INDENT),
    ("expected <block end>", "this line does not fit the lines above it", INDENT),
    ("did not find expected ',' or ']'", "the list in brackets is not closed here", "write ',' or ']'"),
    ("expected ',' or ']'", "the list in brackets is not closed here", "write ',' or ']'"),
    ("did not find expected ',' or '}'", "the mapping in braces is not closed here", "write ',' or '}'"),
    ("expected ',' or '}'", "the mapping in braces is not closed here", "write ',' or '}'"),
    ("unknown escape character", "an unknown escape after '\\'", BACKSLASH),
    ("expected escape sequence", "an unknown escape after '\\'", BACKSLASH),
    ("invalid Unicode character escape", "this escape is no character", BACKSLASH),
    ("hexdecimal number", "this escape is no character", BACKSLASH),
    ("hexadecimal numbers", "this escape is no character", BACKSLASH),
    ("unexpected document", "a text in quotes runs into a line of '---' or '...'", "close the quotes"),
    ("expected a comment or a line break", "a text cannot start on the line of its '|' or '>'", _QUOTE_IT),
    ("chomping or indentation", "a text cannot start on the line of its '|' or '>'", _QUOTE_IT),
    ("leading space", "an empty line of this text starts with too many spaces", "delete them"),
    ("expected <document start>", "this line stands outside of what came before it", INDENT),
    ("alphabetic or numeric character", "'&' and '*' have a meaning of their own in YAML", _QUOTE_IT),
    ("expected comment or line break", "a text cannot start on the line of its '|' or '>'", _QUOTE_IT),
    ("node content", "a bracket too many, or one that is not closed", "put a text with brackets in quotes"),
    ("tag handle", "'!' has a meaning of its own in YAML", _QUOTE_IT),
    ("flow end", "a closing bracket is missing", "write ']' or '}'"),
)


def syntax_problem(file: str, text: str, error: Any) -> Problem:
    """Say a `yaml.MarkedYAMLError` in plain words; `text` is what the parser was given."""
    said = error.problem or ""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Problem(where=Where(file=file), message=f"this is not YAML: {said}")
    lines = LINE_BREAK.split(text)
    if mark.line >= len(lines) and error.context_mark is not None:
        mark = error.context_mark  # the parser complains behind a last line without an end
    where = Where(file=file, line=min(mark.line + 1, len(lines)), column=mark.column + 1)
    line = lines[mark.line] if mark.line < len(lines) else ""
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    if "\t" in indent:
        where = Where(file=file, line=mark.line + 1, column=indent.index("\t") + 1)
        return Problem(where=where, message="a tab is used for indentation", hint="use spaces")
    if "unexpected end of stream" in said and error.context_mark is not None:
        quote = error.context_mark
        where = Where(file=file, line=quote.line + 1, column=quote.column + 1)
        return Problem(where=where, message="the quotes that open here are never closed", hint=CLOSE_THEM)
    if "cannot start any token" in said:
        character = line[mark.column : mark.column + 1]
        if character == "\t":  # behind a '-'
            return Problem(where=where, message="a tab is used for indentation", hint="use spaces")
        return Problem(where=where, message=f"no text can start with {character!r}", hint=_QUOTE_IT)
    opened = error.context_mark.line if error.context_mark else None
    for words, message, hint in _PLAIN_WORDS:
        if words in said:
            if re.search("bracket|brace", message) and open_with_comment(lines, mark.line, opened):
                hint = f"{hint}; {COMMENT}"
            return Problem(where=where, message=message, hint=hint)
    return Problem(where=where, message=f"this is not YAML: {said}")
