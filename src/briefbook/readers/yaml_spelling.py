"""Values → their spelling in YAML, in the style that stands there. Knows nothing of files; pure.

Whatever is spelled is read back by the project's own reader before it counts: the first spelling that reads
as exactly the text wins, so no rule of YAML's quoting has to be told here a second time.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from briefbook.frozen import frozen
from briefbook.readers import located_yaml
from briefbook.readers.located_yaml import PARSER, PYTHON_PARSER, ParsedFile, Scalar, parse_yaml

STEP = 2  # columns by which new lines are indented below their parent


@dataclass(frozen=True, slots=True)
class Flow:
    """A list or a mapping to be written in brackets, `{en: …, es: …}`, where it fits into the line."""

    value: "Sequence[Value] | Mapping[str, Value]"


Value = str | Sequence["Value"] | Mapping[str, "Value"] | Flow


@frozen
class Setting:
    """Where a value stands. Columns count from 0.

    `indent` is the column of the block around it (-1 at the root), `column` that of its first character,
    `width` the longest line that is wanted. `in_flow`: between brackets. `ends_line`: nothing follows on its
    line. `ends_file`: nothing follows at all, not even a line break.
    """

    indent: int
    column: int
    width: int
    in_flow: bool = False
    ends_line: bool = True
    ends_file: bool = False


@frozen
class Standing:
    """How the text that is replaced is written: its style as the parser names it, its bytes as lines."""

    style: str = ""
    lines: tuple[str, ...] = ()


class UnspellableError(Exception):
    """A text that no YAML file of ours can hold: a control character, half of a surrogate pair."""


_NULLS = (
    "",
    "~",
    "null",
    "Null",
    "NULL",
)  # as a plain word no text: records.py tells them as a missing value


def spelled_text(text: str, setting: Setting, standing: Standing | None = None) -> str:
    r"""The spelling of a text, its lines broken by `\n`. Raises UnspellableError."""
    for spelling in _spellings(text, setting, standing):
        if _reads_back(spelling, text, setting):
            return spelling
    raise UnspellableError(text)


def _spellings(text: str, setting: Setting, standing: Standing | None) -> Iterator[str]:
    """What could be written, the likest to what stands there first."""
    style = standing.style if standing else ""
    lines = standing.lines if standing else ()
    can_be_block = not setting.in_flow and setting.ends_line
    if style in ("|", ">") and can_be_block:
        yield from _block(text, style, setting, lines)
        if style == ">":
            yield from _block(text, "|", setting, lines)
    elif style == "'":
        yield from _one_line_style("'", text.replace("'", "''"), setting, lines)
    elif style == "" and text not in _NULLS and "\n" not in text:
        if standing is None and len(text) > setting.width - setting.column and can_be_block:
            yield from _block(text, ">", setting, ())
        yield from _one_line_style("", text, setting, lines)
    elif style == "" and "\n" in text and can_be_block:
        yield from _block(text, "|", setting, ())
    if style != '"' and '"' in text and "'" not in text and "\n" not in text:
        yield from _one_line_style("'", text, setting, ())
    yield from _one_line_style('"', _escaped(text), setting, lines if style == '"' else ())


def _reads_back(spelling: str, text: str, setting: Setting) -> bool:
    """Whether the reader finds exactly the text where such a spelling stands in such a place."""
    pad = " " * max(setting.indent, 0)
    match setting:
        case Setting(in_flow=True):
            small = f"{pad}k: {{k: {spelling}, z: z}}\n"
        case Setting(indent=-1):
            small = spelling
        case Setting(ends_file=True):
            small = f"{pad}k: {spelling}"
        case _:
            small = f"{pad}k: {spelling}\n{pad}z: z\n"
    try:
        data = small.encode()
    except UnicodeEncodeError:
        return False
    # By both halves of PyYAML: of some plain words they think differently, as other readers of YAML will.
    return all(
        _found(parse_yaml("", data, parser=parser), setting, text) for parser in (PARSER, PYTHON_PARSER)
    )


def _found(read: ParsedFile, setting: Setting, text: str) -> bool:
    node = read.root
    for _ in range(2 if setting.in_flow else 0 if setting.indent < 0 else 1):
        if not isinstance(node, located_yaml.Mapping) or "k" not in node.held:
            return False
        node = node.held["k"]
    is_text = isinstance(node, Scalar) and node.text == text and not (node.plain and _is_doubtful(text))
    return is_text and not read.problems


def _is_doubtful(text: str) -> bool:
    """Whether a text without quotes would be taken for none, or looks like an item that lacks its space."""
    return text in _NULLS or text.startswith("-")


# ------------------------------------------------------------------------------ quoted and plain


def _escaped(text: str) -> str:
    r"""A text as it stands between double quotes (YAML 1.1 §5.6).

    A tab by its number: `\t` may be a backslash that was meant as such (`yaml_escapes.py`).
    """
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\x09")
    return text.replace("\ufffd", "\\uFFFD")


def _one_line_style(quote: str, body: str, setting: Setting, standing: tuple[str, ...]) -> Iterator[str]:
    """Plain or in quotes: folded where it is too long for a line; lines that have not changed are kept."""
    indent, old = setting.indent + STEP, list(standing)
    if len(old) > 1:
        indent = _leading(old[1])
    if old and quote:
        old[0], old[-1] = old[0].removeprefix(quote), old[-1].removesuffix(quote)
    widths = (setting.width - setting.column - len(quote), setting.width - max(indent, 1))
    joint = "\n" + " " * max(indent, 1)
    if len(old) > 1:
        yield quote + joint.join(_refolded(body, [line.strip(" \t") for line in old], *widths)) + quote
    yield quote + joint.join(_folded(body, *widths)) + quote
    yield quote + body + quote


_BREAK = re.compile(r"(?<![ \t]) (?![ \t])")  # the one space that a fold can stand for


def _folded(body: str, first: int, rest: int, old: Sequence[str] = ()) -> list[str]:
    """Lines as full as they can be: the first of `first` characters, the others of `rest`.

    As soon as what is left is what the last of the `old` lines say, these follow as they are: unless that
    would leave a short line before them, as nobody who fills a paragraph would.
    """
    tails = {len(" ".join(old[number:])): number for number in range(1, len(old))}
    lines: list[str] = []
    line, at = "", 0
    for number, word in enumerate(_BREAK.split(body)):
        width = rest if lines else first
        left = tails.get(len(body) - at)
        if number and left and len(line) * 2 >= width and body[at:] == " ".join(old[left:]):
            return [*lines, line, *old[left:]]
        if number and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if number else word
        at += len(word) + 1
    return [*lines, line]


def _refolded(body: str, old: list[str], first: int, rest: int) -> list[str]:
    """The same, but lines at the start and at the end that the new text has, too, stay as they are."""
    head = 0
    while head < len(old) and body.startswith(" ".join(old[: head + 1]) + " "):
        head += 1
    left = body[len(" ".join(old[:head])) + 1 :] if head else body
    return [*old[:head], *_folded(left, rest if head else first, rest, old[head:])]


# ----------------------------------------------------------------------------------------- blocks

_HEADER = re.compile(r"[|>]([0-9]?)([+-]?)([0-9]?)")


def _block(text: str, style: str, setting: Setting, standing: tuple[str, ...]) -> Iterator[str]:
    """As a literal (`|`) or folded (`>`) block, with the indicators that it has or that it needs."""
    header = _HEADER.match(standing[0]) if standing else None
    chomping = header[2] if header else ""
    behind = standing[0][header.end() :] if header else ""  # a comment behind the header
    ends = len(text) - len(text.rstrip("\n"))
    if ends == len(text) or (ends > 1 and chomping != "+"):
        return  # nothing in it, or blank lines below that do not belong to it would be taken for its own
    if ends < 2:
        chomping = "-" if not ends else "" if chomping == "-" else chomping
    parent = max(setting.indent, 0)
    numbers = [_leading(line) for line in standing[1:] if line.strip(" \t")]
    stated = int((header[1] or header[3] or "0") if header else "0")
    indent = parent + stated if stated else numbers[0] if numbers else setting.indent + STEP
    needs_number = stated or text.startswith((" ", "\n", "\t"))
    number = str(indent - parent) if needs_number else ""
    body = text[:-1] if ends else text
    is_same = bool(standing) and standing[0].startswith(style)
    old = [line[indent:] for line in standing[1:]] if is_same else []
    for lines in _block_lines(body, style, old, setting.width - indent):
        written = [" " * indent + line if line else "" for line in lines]
        yield "\n".join([f"{style}{number}{chomping}{behind}", *written])


def _block_lines(body: str, style: str, old: list[str], width: int) -> Iterator[list[str]]:
    if style == "|":
        yield body.split("\n")
        return
    while old and not old[-1]:
        old.pop()
    if "\n" not in body and len(old) > 1:
        yield _refolded(body, old, width, width)
    lines: list[str] = []
    for number, paragraph in enumerate(body.split("\n")):
        # A line break of a folded text is a blank line more than there are.
        if number:
            lines.append("")
        if paragraph:
            lines += _folded(paragraph, width, width)
    yield lines


def _leading(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


# --------------------------------------------------------------------------------- whole values


def spelled_entry(key: str, value: Value, setting: Setting) -> str:
    """`key: value` as it stands at `setting.column`, without the indentation of its first line."""
    name = spelled_text(key, replace(setting, width=1_000_000, in_flow=True)) + ":"
    return name + _after(value, setting, setting.column + len(name))


def spelled_item(value: Value, setting: Setting) -> str:
    """`- value` as it stands at `setting.column`; between brackets the value alone."""
    if setting.in_flow:
        return spelled_flow(value, setting)
    dash = setting.column
    if isinstance(value, Mapping) and value:
        inner = replace(setting, indent=dash + STEP, column=dash + STEP)
        return "- " + _entries(value, inner)
    return "-" + _after(value, replace(setting, indent=dash), dash + 1)


def spelled_flow(value: Value, setting: Setting) -> str:
    """A value between brackets, on one line."""
    inner = replace(setting, width=1_000_000, in_flow=True)
    match value:
        case str():
            return spelled_text(value, inner)
        case Flow():
            return spelled_flow(value.value, inner)
        case Mapping():
            return "{" + ", ".join(spelled_entry(key, each, inner) for key, each in value.items()) + "}"
        case _:
            return "[" + ", ".join(spelled_flow(each, inner) for each in value) + "]"


def _entries(value: Mapping[str, Value], setting: Setting) -> str:
    joint = "\n" + " " * setting.column
    return joint.join(spelled_entry(key, each, setting) for key, each in value.items())


def _after(value: Value, setting: Setting, column: int) -> str:
    """What follows a `key:` or a `-` that ends before `column`, with the space or line break before it."""
    if isinstance(value, str):
        return " " + spelled_text(value, replace(setting, column=column + 1))
    bracketed = setting.in_flow or isinstance(value, Flow) or not value
    if bracketed:
        line = spelled_flow(value, setting)
        if setting.in_flow or column + 1 + len(line) <= setting.width or not value:
            return " " + line
    held = value.value if isinstance(value, Flow) else value
    deeper = setting.indent + STEP
    inner = replace(setting, indent=deeper, column=deeper)
    start = "\n" + " " * deeper
    if isinstance(held, Mapping):
        return start + _entries(held, inner)
    return start + start.join(spelled_item(each, inner) for each in held)
