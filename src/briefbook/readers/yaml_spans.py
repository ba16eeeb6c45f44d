"""A YAML text → its values with the exact span of characters that each takes.

It asks the parser's events where a value ends and how it is quoted, which no reader of facts has to know; so
it is a second module that imports yaml. What it is given was read by `located_yaml` without a problem.
"""

import re
from dataclasses import dataclass
from typing import Any

import yaml

from briefbook.readers.located_yaml import PARSER


@dataclass(slots=True, eq=False)
class Span:
    """A value with its place in the text: [start, end), both never inside a line break.

    `indent` is the column of the block around it, -1 at the root. `entries` of a mapping, `items` of a list.
    """

    start: int
    line: int
    column: int
    indent: int
    in_flow: bool
    depth: int
    end: int = 0
    style: str = ""  # of a scalar
    text: str | None = None  # of a scalar
    keeps_end: int = 0  # of a block scalar: its end with all line breaks below it, but the last
    is_flow: bool = False  # a list or mapping in brackets
    entries: "list[tuple[Span, Span]] | None" = None
    items: "list[Span] | None" = None
    key: "Span | None" = None  # of a mapping that is being read: the key that waits for its value

    def add(self, child: "Span") -> None:
        """Take the next child in: an item, a key, or the value of the key that waits."""
        if self.items is not None:
            self.items.append(child)
        elif self.key is None:
            self.key = child
        else:
            assert self.entries is not None
            self.entries.append((self.key, child))
            self.key = None

    @property
    def kind(self) -> str:
        """What it is, in words."""
        return "a text" if self.text is not None else "a list" if self.items is not None else "a mapping"

    @property
    def last(self) -> "Span | None":
        """Its last item, or the value of its last entry."""
        if self.entries:
            return self.entries[-1][1]
        return self.items[-1] if self.items else None


def spans_of(text: str) -> Span | None:
    """The tree of a text that the reader has read without a problem: one document, and not too deep."""
    parser = PARSER(text)
    root: Span | None = None
    stack: list[Span] = []
    while True:
        event: Any = parser.get_event()
        match event:
            case yaml.StreamEndEvent():
                return root
            case yaml.ScalarEvent() | yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                node = _node(event, stack[-1] if stack else None, text)
                if stack:
                    stack[-1].add(node)
                elif node.text != "" or node.style:
                    root = node
                if node.text is None:
                    stack.append(node)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                node, end = stack.pop(), _end(event)
                last = node.last
                if node.is_flow:
                    node.end = end
                elif last is not None:
                    node.end = max(last.end, last.keeps_end)


def _end(event: Any) -> int:
    """Where an event ends, in characters."""
    end: int = event.end_mark.index
    return end


def _node(event: Any, parent: Span | None, text: str) -> Span:
    mark, end = event.start_mark, _end(event)
    indent, in_flow = -1, False
    if parent is not None:
        in_flow = parent.is_flow
        indent = parent.indent if in_flow else parent.column
    node = Span(mark.index, mark.line + 1, mark.column, indent, in_flow, parent.depth + 1 if parent else 0)
    if isinstance(event, yaml.ScalarEvent):
        node.text, node.style, node.end = event.value, event.style or "", end
        if node.style in ("|", ">"):
            node.end, node.keeps_end = _block_ends(text, node, end)
        return node
    node.is_flow = in_flow or bool(event.flow_style)
    if isinstance(event, yaml.MappingStartEvent):
        node.entries = []
    else:
        node.items = []
    return node


LINE_BREAK = re.compile(r"\r\n?|\n")


def _block_ends(text: str, node: Span, end: int) -> tuple[int, int]:
    """Where a block's own lines end, without and with the blank lines below it."""
    raw = text[node.start : end]
    whole = raw.removesuffix("\r\n") if raw.endswith("\r\n") else raw.removesuffix("\n").removesuffix("\r")
    kept = "+" in raw[:3]
    numbers = [leading(line) for line in LINE_BREAK.split(raw)[1:] if line.strip(" ")]
    deepest = numbers[0] if numbers else 0
    length = len(whole)
    for found in reversed(list(LINE_BREAK.finditer(whole))):
        last = whole[found.end() : length]
        if last.strip(" \t") or len(last) > deepest:
            break
        length = found.start()
    return node.start + length, node.start + len(whole) if kept else 0


def leading(line: str) -> int:
    """How many spaces a line starts with."""
    return len(line) - len(line.lstrip(" "))
