"""YAML → nodes that know their place. The only module that imports yaml.

Built from the parser's events, not from its loaders: no value is ever guessed. Every scalar keeps its text
(`NO` stays "NO", `12:30` stays text); the field that a node stands in decides what it means. Of YAML only
texts, lists and mappings are taken: anchors, aliases, tags, merge keys and further documents are problems.
The loop is iterative and stops at 64 levels, so no input can exhaust the stack or the memory.
"""

import gc
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import yaml

from briefbook.diagnostics import Problem, Where
from briefbook.frozen import frozen

DEEPEST = 64
_TOLD = 20  # so many bad characters of a file are told; one with more is no text but a picture or the like

# Nodes are made by the hundred thousand: a frozen dataclass would take four times as long to make, and a
# `Where` for each is only needed of those that are pointed at. Treat them as values all the same.


@dataclass(slots=True)
class Scalar:
    """A text as written. `plain` tells that it stands without quotes and not as a block."""

    text: str
    file: str
    line: int
    column: int
    plain: bool

    @property
    def where(self) -> Where:
        """The place of its first character (or quote)."""
        return Where(file=self.file, line=self.line, column=self.column)


@dataclass(slots=True)
class Sequence:
    """A list."""

    file: str
    line: int
    column: int
    items: "list[Node]" = field(default_factory=list)

    @property
    def where(self) -> Where:
        """The place of its first `-` or `[`."""
        return Where(file=self.file, line=self.line, column=self.column)


@dataclass(slots=True)
class Mapping:
    """A mapping: by the text of the key, the key's node and the value's."""

    file: str
    line: int
    column: int
    entries: "dict[str, tuple[Scalar, Node]]" = field(default_factory=dict)

    @property
    def where(self) -> Where:
        """The place of its first key or `{`."""
        return Where(file=self.file, line=self.line, column=self.column)


@dataclass(slots=True)
class Broken:
    """What stands where a problem was already told, so that nobody tells another of the same place."""

    file: str
    line: int
    column: int

    @property
    def where(self) -> Where:
        """The place of what was there."""
        return Where(file=self.file, line=self.line, column=self.column)


Node = Scalar | Sequence | Mapping | Broken


@frozen
class ParsedFile:
    """What a file holds. `root` is None for an empty file and for one that could not be read to its end."""

    root: Node | None
    problems: list[Problem]
    complete: bool  # False: the file broke off, so what it would have defined is not known
    commented: frozenset[int] = frozenset()  # lines with a comment right behind a key


Parser = Callable[[str], Any]  # a class of PyYAML with get_event()
PYTHON_PARSER: Parser = yaml.SafeLoader
# The C parser under its public name; of the loader nothing is used. PyYAML can be built without its C half.
PARSER: Parser = getattr(yaml, "CSafeLoader", PYTHON_PARSER)


def parse_yaml(file: str, data: bytes, *, parser: Parser = PARSER) -> ParsedFile:
    """Read one YAML file from its bytes; `file` is its name in problems. Raises nothing."""
    problems: list[Problem] = []
    text = _decode(file, data, problems)
    if text is not None:
        text = _without_bad_characters(file, text, problems)
    if text is None:
        return ParsedFile(root=None, problems=problems, complete=False)
    try:
        with collector_paused():
            root = _build(parser(text), file, problems)
    except yaml.MarkedYAMLError as error:
        problems.append(_syntax_problem(file, text, error))
    except yaml.YAMLError:
        problems.append(Problem(where=Where(file=file), message="this is not YAML"))
    except _TooDeepError as too_deep:
        message = f"lists and mappings stand more than {DEEPEST} deep in each other"
        problems.append(Problem(where=too_deep.where, message=message))
    else:
        return ParsedFile(root=root, problems=problems, complete=True, commented=_commented(text))
    return ParsedFile(root=None, problems=problems, complete=False)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the garbage collector from walking a growing tree again and again: it has no cycles to find."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


# ---------------------------------------------------------------------------------- characters

_LINE_BREAK = re.compile(r"\r\n?|\n")
# Those that YAML, XML or an editor's line count cannot bear: control characters (but tab, LF and CR), the
# line breaks that no editor shows (U+0085, U+2028, U+2029), the overrides that turn text around (U+202D,
# U+202E), surrogates, U+FEFF inside, non-characters, and U+FFFD, which is what became of a lost character.
_BAD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202d\u202e\ud800-\udfff\ufeff\ufffd-\uffff]"
)
_BAD_IN_ESCAPE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202d\u202e\ud800-\udfff\ufeff\ufffe\uffff]"
)


def unbearable_in(text: str) -> list[str]:
    """The characters of a text that no file of a book may hold, each once."""
    return list(dict.fromkeys(_BAD.findall(text)))


def _decode(file: str, data: bytes, problems: list[Problem]) -> str | None:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # `error.object` lacks the byte order mark, and `error.start` counts without it.
        before = bytes(error.object[: error.start])
        byte = error.object[error.start]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        where, message = Where(file=file, line=1, column=1), "the file is UTF-16, not UTF-8"
    else:
        where = _place(file, before.decode("utf-8"), len(before))
        message = f"byte 0x{byte:02X} is not UTF-8"
    problems.append(Problem(where=where, message=message, hint="save the file as UTF-8"))
    return None


def _without_bad_characters(file: str, text: str, problems: list[Problem]) -> str | None:
    """Tell of each and put U+FFFD in its place, so that the rest is read; None if there are too many."""
    found = list(islice(_BAD.finditer(text), _TOLD + 1))
    if not found:
        return text
    problems += [_bad_character(_place(file, text, bad.start()), bad[0]) for bad in found[:_TOLD]]
    if len(found) <= _TOLD:
        return _BAD.sub("\ufffd", text)
    where = _place(file, text, found[_TOLD].start())
    problems.append(Problem(where=where, message="more of these follow", hint="is this file a text?"))
    return None


def _bad_character(where: Where, character: str) -> Problem:
    message = f"U+{ord(character):04X} does not belong in a text"
    return Problem(where=where, message=message, hint="delete it; it may not show in your editor")


def _place(file: str, text: str, index: int) -> Where:
    """The place of the character at `index`, lines broken as YAML breaks them."""
    line, start = 1, 0
    for found in _LINE_BREAK.finditer(text, 0, index):
        line, start = line + 1, found.end()
    return Where(file=file, line=line, column=min(index, len(text)) - start + 1)


# --------------------------------------------------------------------------------------- nodes


class _TooDeepError(Exception):
    def __init__(self, where: Where) -> None:
        super().__init__()
        self.where = where


_DROPPED = Scalar("", "", 0, 0, plain=True)  # the key of an entry that was already told to be wrong


def _build(parser: Any, file: str, problems: list[Problem]) -> Node | None:
    """Build the tree of the first document; of a second one only that it is there is told."""
    root: Node | None = None
    has_document = False
    while True:
        event = parser.get_event()
        kind = type(event)
        if kind is yaml.StreamEndEvent:
            return root
        if kind is not yaml.DocumentStartEvent:
            continue
        if has_document:
            where = Where(file=file, line=event.start_mark.line + 1, column=event.start_mark.column + 1)
            message = "a second document starts here; a file holds one"
            problems.append(Problem(where=where, message=message, hint="make it a file of its own"))
            return root
        has_document = True
        root = _tree(parser.get_event, file, problems)


def _tree(  # noqa: C901 – the loop is hot: what most events need is in it
    next_event: Callable[[], Any], file: str, problems: list[Problem]
) -> Node | None:
    """Build the tree from the events up to the end of a document."""
    scalar, mapping_end, sequence_end = yaml.ScalarEvent, yaml.MappingEndEvent, yaml.SequenceEndEvent
    root: Node | None = None
    top: Sequence | Mapping | None = None  # the list or mapping that is open
    items: list[Node] | None = None  # its items, if it is a list
    entries: dict[str, tuple[Scalar, Node]] | None = None  # its entries, if it is a mapping
    key: Scalar | None = None  # of the open mapping; None while the next node is a key
    outer: list[tuple[Sequence | Mapping | None, Scalar | None]] = []  # those around it, and their keys
    while True:
        event = next_event()
        kind = type(event)
        if kind is scalar:
            mark, style, text = event.start_mark, event.style, event.value
            leaf = Scalar(text, file, mark.line + 1, mark.column + 1, not style)
            if style == '"' or event.anchor is not None or event.tag is not None:
                _check_scalar(leaf, event, problems)
                text = leaf.text
            if entries is not None:
                if key is None:
                    key = leaf if text not in entries and text != "<<" else _key(leaf, entries, problems)
                else:
                    if key is not _DROPPED:
                        entries[key.text] = (key, leaf)
                    key = None
            elif items is not None:
                items.append(leaf)
            elif text or style:
                root = leaf
            continue
        if kind is mapping_end or kind is sequence_end:
            top, key = outer.pop()
        elif kind is yaml.DocumentEndEvent:
            return root
        else:
            # A list, a mapping or an alias: put it in its place, then open it.
            node = _node(event, file, problems)
            if entries is not None:
                key = _entered(node, key, entries, problems)
            elif items is not None:
                items.append(node)
            else:
                root = node
            if isinstance(node, Broken):
                continue
            if len(outer) == DEEPEST:
                raise _TooDeepError(node.where)
            outer.append((top, key))
            top, key = node, None
        items = top.items if type(top) is Sequence else None
        entries = top.entries if type(top) is Mapping else None


def _entered(
    node: Node, key: Scalar | None, entries: dict[str, tuple[Scalar, Node]], problems: list[Problem]
) -> Scalar | None:
    """Enter a node into a mapping, as a key or as the value of one; return the key that waits now."""
    if key is None:
        return _key(node, entries, problems)
    if key is not _DROPPED:
        entries[key.text] = (key, node)
    return None


def _node(event: Any, file: str, problems: list[Problem]) -> Sequence | Mapping | Broken:
    """A list or a mapping that begins here, still empty; or what stands where an alias is."""
    line, column = event.start_mark.line + 1, event.start_mark.column + 1
    kind = type(event)
    if kind is yaml.AliasEvent:
        alias = Broken(file, line, column)
        problems.append(_not_taken(alias.where, f"the alias '*{_short(event.anchor)}'"))
        return alias
    node = (Mapping if kind is yaml.MappingStartEvent else Sequence)(file, line, column)
    if event.anchor is not None or event.tag is not None:
        _tell_properties(node, event, problems)
    return node


def _key(node: Node, entries: dict[str, tuple[Scalar, Node]], problems: list[Problem]) -> Scalar:
    """The node as a key, or _DROPPED where it cannot be one."""
    if isinstance(node, Broken):
        return _DROPPED
    if not isinstance(node, Scalar):
        found = "a list" if isinstance(node, Sequence) else "a mapping"
        hint = "put it in quotes if a text with brackets is meant"
        problems.append(Problem(where=node.where, message=f"a key must be a text, not {found}", hint=hint))
        return _DROPPED
    if node.text == "<<" and node.plain:
        problems.append(_not_taken(node.where, "the merge key '<<'"))
        return _DROPPED
    if node.text in entries:
        first = entries[node.text][0].where
        message = f"{_short(node.text)!r} stands here a second time; first at {first}"
        problems.append(Problem(where=node.where, message=message, hint="keep one of the two"))
        return _DROPPED
    return node


def _check_scalar(node: Scalar, event: Any, problems: list[Problem]) -> None:
    if event.anchor is not None or event.tag is not None:
        _tell_properties(node, event, problems)
    bad = _BAD_IN_ESCAPE.search(node.text)
    if bad:  # the place is the scalar's: the parser does not say where inside it an escape stood
        problems.append(_bad_character(node.where, bad[0]))
        node.text = _BAD_IN_ESCAPE.sub("\ufffd", node.text)


def _tell_properties(node: Node, event: Any, problems: list[Problem]) -> None:
    if event.anchor is not None:
        problems.append(_not_taken(node.where, f"the anchor '&{_short(event.anchor)}'"))
    if event.tag is not None:
        problems.append(_not_taken(node.where, f"the tag {_short(event.tag)!r}"))


def _not_taken(where: Where, what: str) -> Problem:
    hint = "write the value itself; if the sign is part of a text, put the text in quotes"
    return Problem(where=where, message=f"{what} is not taken in a book", hint=hint)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


# -------------------------------------------------------------------------------------- syntax

_KEY_WITH_COMMENT = re.compile(r":[ \t]+#")
COMMENT = "a # behind white space begins a comment: put a value with one in quotes"


def _commented(text: str) -> frozenset[int]:
    if _KEY_WITH_COMMENT.search(text) is None:
        return frozenset()
    lines = enumerate(_LINE_BREAK.split(text), 1)
    return frozenset(number for number, line in lines if _KEY_WITH_COMMENT.search(line))


def _open_with_comment(lines: list[str], last: int, opened: int | None) -> bool:
    """Whether a `#` took the end off a line of the list or mapping that is open where the parser stopped."""
    first = last if opened is None else opened
    if first == last:  # the parser may name no other place: what is open begins in the lines above
        first = next(
            (n for n in range(last, -1, -1) if n < len(lines) and re.search(r"[{\[]", lines[n])), last
        )
    return any(re.search(r"[ \t]#", line) for line in lines[first : last + 1])


_QUOTE_IT = "put the text in quotes"
_INDENT = "the lines of one list or mapping start in the same column"
# What the parsers say (libyaml's and PyYAML's own words, in part) → what is wrong, and the mend.
_PLAIN_WORDS = (
    ("mapping values are not allowed", "a ':' where none can stand", "put a text that holds ': ' in quotes"),
    ("unexpected ':'", "a ':' where none can stand", "put a text that holds ':' in quotes"),
    ("mapping keys are not allowed", "a '?' where none can stand", _QUOTE_IT),
    ("could not find expected ':'", "this line is no 'key: value'", "write a ':' and a space after the key"),
    ("sequence entries are not allowed", "a '-' where no list can start", "start the list on its own line"),
    ("did not find expected key", "this line does not fit the lines above it", _INDENT),
    ("did not find expected '-' indicator", "this line does not fit the list above it", _INDENT),
    ("expected <block end>", "this line does not fit the lines above it", _INDENT),
    ("did not find expected ',' or ']'", "the list in brackets is not closed here", "write ',' or ']'"),
    ("expected ',' or ']'", "the list in brackets is not closed here", "write ',' or ']'"),
    ("did not find expected ',' or '}'", "the mapping in braces is not closed here", "write ',' or '}'"),
    ("expected ',' or '}'", "the mapping in braces is not closed here", "write ',' or '}'"),
    ("unknown escape character", "an unknown escape after '\\'", "write '\\\\', or use single quotes"),
    ("expected escape sequence", "an unknown escape after '\\'", "write '\\\\', or use single quotes"),
    ("invalid Unicode character escape", "this escape is no character", "write the character itself"),
    ("hexdecimal number", "this escape is no character", "write the character itself"),
    ("hexadecimal numbers", "this escape is no character", "write the character itself"),
    ("unexpected document", "a text in quotes runs into a line of '---' or '...'", "close the quotes"),
    ("expected a comment or a line break", "a text cannot start on the line of its '|' or '>'", _QUOTE_IT),
    ("chomping or indentation", "a text cannot start on the line of its '|' or '>'", _QUOTE_IT),
    ("leading space", "an empty line of this text starts with too many spaces", "delete them"),
    ("expected <document start>", "this line stands outside of what came before it", _INDENT),
    ("alphabetic or numeric character", "'&' and '*' have a meaning of their own in YAML", _QUOTE_IT),
    ("expected comment or line break", "a text cannot start on the line of its '|' or '>'", _QUOTE_IT),
    ("node content", "a bracket too many, or one that is not closed", "put a text with brackets in quotes"),
    ("tag handle", "'!' has a meaning of its own in YAML", _QUOTE_IT),
    ("flow end", "a closing bracket is missing", "write ']' or '}'"),
)


def _syntax_problem(file: str, text: str, error: yaml.MarkedYAMLError) -> Problem:
    """Say the parser's complaint in plain words, at the place where a person would mend it."""
    said = error.problem or ""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Problem(where=Where(file=file), message=f"this is not YAML: {said}")
    lines = _LINE_BREAK.split(text)
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
        return Problem(where=where, message="the quotes that open here are never closed")
    if "cannot start any token" in said:
        character = line[mark.column : mark.column + 1]
        return Problem(where=where, message=f"no text can start with {character!r}", hint=_QUOTE_IT)
    opened = error.context_mark.line if error.context_mark else None
    for words, message, hint in _PLAIN_WORDS:
        if words in said:
            if re.search("bracket|brace", message) and _open_with_comment(lines, mark.line, opened):
                hint = f"{hint}; {COMMENT}"
            return Problem(where=where, message=message, hint=hint)
    return Problem(where=where, message=f"this is not YAML: {said}")
