"""YAML → nodes that know their place. It and `yaml_spans` alone import yaml.

Built from the parser's events, not from its loaders: no value is ever guessed. Every scalar keeps its text
(`NO` stays "NO", `12:30` stays text); the field that a node stands in decides what it means. Of YAML only
texts, lists and mappings are taken: anchors, aliases, tags, merge keys and further documents are problems.
The loop is iterative and has limits (`reading_limits.py`), so no input can exhaust the stack or the memory.
"""

import gc
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import field
from itertools import islice
from typing import Any, Protocol

import yaml

from briefbook.characters import BAD, BAD_IN_ESCAPE
from briefbook.diagnostics import Problem, Where
from briefbook.frozen import changing, frozen, maker
from briefbook.readers.reading_limits import (
    DEEPEST,
    MOST_BAD_CHARACTERS,
    MOST_DIRECTIVES,
    MOST_EVENTS,
    MOST_MISTAKES,
    MOST_TOKENS,
)
from briefbook.readers.yaml_slips import QUOTES, slip
from briefbook.readers.yaml_words import BACKSLASH, LINE_BREAK, commented_lines, syntax_problem

# Nodes are made by the hundred thousand: a frozen dataclass would take four times as long to make, and a
# `Where` for each is only needed of those that are pointed at. Treat them as values all the same.
# Keys are as many again, and hardly one is pointed at: a value keeps what makes a node of its key.


class _Mark(Protocol):
    """A place as the parsers name it: line and column count from 0."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


@changing
class _Placed:
    """What has a place. A value in a mapping also knows that of its key, and whether that has no quotes."""

    file: str
    line: int
    column: int
    key: _Mark | None = field(compare=False, repr=False)
    key_is_plain: bool

    @property
    def where(self) -> Where:
        """The place of its first character or quote; of a list its first `-`, of a mapping its first key."""
        return maker(Where)(file=self.file, line=self.line, column=self.column)

    @property
    def key_where(self) -> Where:
        """The place of its key; of what has none its own."""
        if self.key is None:
            return self.where
        return maker(Where)(file=self.file, line=self.key.line + 1, column=self.key.column + 1)


@changing
class Scalar(_Placed):
    """A text as written. `plain` tells that it stands without quotes and not as a block."""

    text: str
    plain: bool


@changing
class Sequence(_Placed):
    """A list."""

    items: "list[Node]"


@changing
class Mapping(_Placed):
    """A mapping: `held` are its values' nodes by the text of the key."""

    held: "dict[str, Node]"

    @property
    def entries(self) -> "dict[str, tuple[Scalar, Node]]":
        """By the text of the key, the key's node and the value's."""
        return {name: (_key_of(value, name), value) for name, value in self.held.items()}

    def of(self, names: Iterable[str]) -> "Mapping":
        """The mapping with these of its keys alone."""
        held = {name: self.held[name] for name in names}
        return Mapping(self.file, self.line, self.column, self.key, self.key_is_plain, held)


@changing
class Broken(_Placed):
    """What stands where a problem was already told, so that nobody tells another of the same place."""


Node = Scalar | Sequence | Mapping | Broken


def _key_of(value: Node, name: str) -> Scalar:
    where = value.key_where
    return Scalar(value.file, where.line or 0, where.column or 0, None, True, name, value.key_is_plain)


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
    if text is not None:
        text = _without_directives(file, text, problems)
    if text is None:
        return ParsedFile(root=None, problems=problems, complete=False)
    try:
        with collector_paused():
            root = _build(parser(text), file, problems)
    except yaml.MarkedYAMLError as error:
        before, quoted = _texts_before(parser(text), error.problem_mark)
        found = slip(file, text, error, before, quoted)
        problems.append(found or syntax_problem(file, text, error))
    except yaml.YAMLError:
        problems.append(Problem(where=Where(file=file), message="this is not YAML"))
    except _BrokenOffError as broken_off:
        problems.append(broken_off.problem)
    else:
        return ParsedFile(root=root, problems=problems, complete=True, commented=commented_lines(text))
    return ParsedFile(root=None, problems=problems, complete=False)


def _texts_before(scanner: Any, mark: _Mark | None) -> tuple[Any, Any]:
    """The tokens of the last text before the place where a parser gave up, and of the last one in quotes."""
    before = quoted = None
    with suppress(yaml.YAMLError):
        for count, token in enumerate(iter(scanner.get_token, None)):
            start, end = token.start_mark, token.end_mark
            if mark is None or (start.line, start.column) > (mark.line, mark.column):
                break
            if count == MOST_TOKENS:
                return None, None
            if type(token) is yaml.ScalarToken and (end.line, end.column) <= (mark.line, mark.column):
                before, quoted = token, token if token.style in QUOTES else quoted
    return before, quoted


@contextmanager
def collector_paused(*, keeping: bool = False) -> Iterator[None]:
    """Keep the garbage collector from walking a growing tree again and again: it has no cycles to find.

    With `keeping` what was made is taken for old at the end, as it would be after three more walks: freezing
    and unfreezing puts it among the oldest, unseen. It stays the collector's; where somebody froze objects of
    their own, these stay frozen.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if keeping and not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()


# ---------------------------------------------------------------------------------- characters

_FINE = bytes(byte for byte in range(128) if not BAD.match(chr(byte)))  # the others of ASCII


def unbearable_in(text: str) -> list[str]:
    """The characters of a text that no file of a book may hold, each once."""
    return list(dict.fromkeys(BAD.findall(text)))


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
    if text.isascii() and not text.encode().translate(None, _FINE):  # in a tenth of the time
        return text
    found = list(islice(BAD.finditer(text), MOST_BAD_CHARACTERS + 1))
    if not found:
        return text
    problems += [
        _bad_character(_place(file, text, bad.start()), bad[0]) for bad in found[:MOST_BAD_CHARACTERS]
    ]
    if len(found) <= MOST_BAD_CHARACTERS:
        return BAD.sub("\ufffd", text)
    where = _place(file, text, found[MOST_BAD_CHARACTERS].start())
    problems.append(Problem(where=where, message="more of these follow", hint="is this file a text?"))
    return None


_DIRECTIVE = re.compile(r"(?:\A|(?<=[\r\n]))%")


def _without_directives(file: str, text: str, problems: list[Problem]) -> str | None:
    """The text, unless it has very many lines that YAML may take for directives."""
    if text.count("%") <= MOST_DIRECTIVES:
        return text
    beyond = next(islice(_DIRECTIVE.finditer(text), MOST_DIRECTIVES, None), None)
    if beyond is None:
        return text
    message = f"more than {MOST_DIRECTIVES} lines start with '%', which stands for a directive of YAML"
    where = _place(file, text, beyond.start())
    problems.append(Problem(where=where, message=message, hint="delete them: a book needs none"))
    return None


def _bad_character(
    where: Where, character: str, hint: str = "delete it; it may not show in your editor"
) -> Problem:
    message = f"U+{ord(character):04X} does not belong in a text"
    return Problem(where=where, message=message, hint=hint)


def _place(file: str, text: str, index: int) -> Where:
    """The place of the character at `index`, lines broken as YAML breaks them."""
    line, start = 1, 0
    for found in LINE_BREAK.finditer(text, 0, index):
        line, start = line + 1, found.end()
    return Where(file=file, line=line, column=min(index, len(text)) - start + 1)


# --------------------------------------------------------------------------------------- nodes


class _BrokenOffError(Exception):
    """The rest of the file is not read."""

    def __init__(self, where: Where, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.problem = Problem(where=where, message=message, hint=hint)


_DROPPED = "\0"  # in place of a key that was told to be wrong: in no key is a control character


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
            _tell(problems, Problem(where=where, message=message, hint="make it a file of its own"))
            return root
        has_document = True
        root = _tree(parser.get_event, file, problems)


def _tree(  # noqa: C901 – the loop is hot: what most events need is in it
    next_event: Callable[[], Any], file: str, problems: list[Problem]
) -> Node | None:
    """Build the tree from the events up to the end of a document."""
    scalar, mapping, sequence = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
    mapping_end, sequence_end = yaml.MappingEndEvent, yaml.SequenceEndEvent
    root: Node | None = None
    items: list[Node] | None = None  # of the list that is open
    held: dict[str, Node] | None = None  # of the mapping that is open
    name: str | None = None  # of the open mapping the key whose value comes next; None if a key comes next
    key: _Mark | None = None  # where it stands
    is_plain = True  # whether without quotes
    outer: list[
        tuple[list[Node] | None, dict[str, Node] | None, str | None]
    ] = []  # those around the open one
    for _ in range(MOST_EVENTS):
        event = next_event()
        kind = type(event)
        if kind is scalar:
            text, style, mark = event.value, event.style, event.start_mark
            if style == '"' or event.anchor is not None or event.tag is not None:
                text = _checked(event, file, problems)
            if name is None and held is not None:
                name, key, is_plain = text, mark, not style
                if text in held or (text == "<<" and is_plain):
                    leaf = Scalar(file, mark.line + 1, mark.column + 1, None, True, text, is_plain)
                    name = _key(leaf, held, problems)
                continue
            if not text and not style and key is not None and mark.line != key.line:
                mark = key  # left out: the parsers name the place of what comes next, even behind the end
            leaf = Scalar(file, mark.line + 1, mark.column + 1, key, is_plain, text, not style)
            if name is not None and held is not None:
                if name is not _DROPPED:
                    held[name] = leaf
                name = None
            elif items is not None:
                items.append(leaf)
            elif text or style:
                root = leaf
        elif kind is mapping_end or kind is sequence_end:
            items, held, name = outer.pop()
            key = None
        elif kind is mapping or kind is sequence or kind is yaml.AliasEvent:
            # Put it in its place, then open it.
            node = _node(event, file, key, is_plain, problems)
            if held is not None:
                if name is None:
                    name = _key(node, held, problems)
                else:
                    if name is not _DROPPED:
                        held[name] = node
                    name = None
            elif items is not None:
                items.append(node)
            else:
                root = node
            if isinstance(node, Broken):
                continue
            if len(outer) == DEEPEST:
                message = f"lists and mappings stand more than {DEEPEST} deep in each other"
                raise _BrokenOffError(node.where, message)
            outer.append((items, held, name))
            items, held = (None, node.held) if isinstance(node, Mapping) else (node.items, None)
            name = key = None
        else:
            return root
    where = Where(file=file, line=event.start_mark.line + 1, column=event.start_mark.column + 1)
    message = "the file holds more texts and lists than are read of one"
    raise _BrokenOffError(where, message, "split it")


def _tell(problems: list[Problem], problem: Problem) -> None:
    if len(problems) >= MOST_MISTAKES:
        raise _BrokenOffError(problem.where, "more of these follow", "mend those above first")
    problems.append(problem)


def _node(
    event: Any, file: str, key: _Mark | None, key_is_plain: bool, problems: list[Problem]
) -> Sequence | Mapping | Broken:
    """A list or a mapping that begins here, still empty; or what stands where an alias is."""
    line, column, kind = event.start_mark.line + 1, event.start_mark.column + 1, type(event)
    if kind is yaml.AliasEvent:
        alias = Broken(file, line, column, key, key_is_plain)
        _tell(problems, _not_taken(alias.where, f"the alias '*{_short(event.anchor)}'"))
        return alias
    node: Sequence | Mapping
    if kind is yaml.MappingStartEvent:
        node = Mapping(file, line, column, key, key_is_plain, {})
    else:
        node = Sequence(file, line, column, key, key_is_plain, [])
    if event.anchor is not None or event.tag is not None:
        _tell_properties(node.where, event, problems)
    return node


def _key(node: Node, held: dict[str, Node], problems: list[Problem]) -> str:
    """The text of a node as a key, or _DROPPED where it cannot be one."""
    if isinstance(node, Broken):
        return _DROPPED
    if not isinstance(node, Scalar):
        found = "a list" if isinstance(node, Sequence) else "a mapping"
        hint = "put it in quotes if a text with brackets is meant"
        _tell(problems, Problem(where=node.where, message=f"a key must be a text, not {found}", hint=hint))
        return _DROPPED
    if node.text == "<<" and node.plain:
        _tell(problems, _not_taken(node.where, "the merge key '<<'"))
        return _DROPPED
    if node.text in held:
        first = held[node.text].key_where
        message = f"{_short(node.text)!r} stands here a second time; first at {first}"
        _tell(problems, Problem(where=node.where, message=message, hint="keep one of the two"))
        return _DROPPED
    return node.text


def _checked(event: Any, file: str, problems: list[Problem]) -> str:
    """The text of a scalar that has properties or escapes."""
    where = Where(file=file, line=event.start_mark.line + 1, column=event.start_mark.column + 1)
    if event.anchor is not None or event.tag is not None:
        _tell_properties(where, event, problems)
    text: str = event.value
    bad = BAD_IN_ESCAPE.search(text)
    if bad:  # the place is the scalar's: the parser does not say where inside it an escape stood
        _tell(problems, _bad_character(where, bad[0], BACKSLASH))
        text = BAD_IN_ESCAPE.sub("\ufffd", text)
    return text


def _tell_properties(where: Where, event: Any, problems: list[Problem]) -> None:
    if event.anchor is not None:
        _tell(problems, _not_taken(where, f"the anchor '&{_short(event.anchor)}'"))
    if event.tag is not None:
        _tell(problems, _not_taken(where, f"the tag {_short(event.tag)!r}"))


def _not_taken(where: Where, what: str) -> Problem:
    hint = "write the value itself; if the sign is part of a text, put the text in quotes"
    return Problem(where=where, message=f"{what} is not taken in a book", hint=hint)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
