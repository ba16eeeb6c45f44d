"""The texts of a file as they stand in it: in their order, from where on, in which quotes."""

import re
from collections.abc import Iterator
from itertools import islice

from briefbook.readers.located_yaml import Mapping, Node, Scalar, Sequence
from briefbook.readers.yaml_words import LINE_BREAK

QUOTED = re.compile(r""" "[^"\\]*(?:\\.[^"\\]*)*" | '[^']*(?:''[^']*)*' """, re.VERBOSE | re.DOTALL)
"""A text in quotes, as a file has it."""


class Starts:
    """At which index of a file's text its values start; asked for in their order, so that no line is kept."""

    def __init__(self, text: str) -> None:
        self._breaks = LINE_BREAK.finditer(text)
        self._line, self._begin = 1, 0

    def of(self, node: Scalar) -> int:
        """The index of the first character of a value, with its quotes."""
        if node.line > self._line:
            self._begin = next(islice(self._breaks, node.line - self._line - 1, None)).end()
            self._line = node.line
        return self._begin + node.column - 1


def texts_of(root: Node) -> Iterator[Scalar]:
    """The values that are texts and not empty, in the order of the file; of millions none is kept."""
    waiting: list[Iterator[Node]] = [iter((root,))]
    while waiting:
        for node in waiting[-1]:
            if isinstance(node, Scalar):
                if node.text:
                    yield node
            elif isinstance(node, Sequence | Mapping):
                waiting.append(iter(node.items if isinstance(node, Sequence) else node.held.values()))
                break
        else:
            waiting.pop()
