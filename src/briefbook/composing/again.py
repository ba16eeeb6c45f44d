"""The line beside a person's words that are to be checked again, as what they rest on has changed.

It is put there once the words are blocks, not by the templates that print them: whichever does, it is told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from briefbook.composing.passages import Passage, rewritten
from briefbook.document import Block, Inline, Inlines, LineBreak, Link, Text

CHECK_AGAIN = "check-again.md.j2"  # makes the line


def flagged(blocks: Iterable[Block], lines: Mapping[str, Inlines]) -> tuple[Block, ...]:
    """Blocks with the line of each slot, by its id, on a new line below its words."""

    def with_lines(inlines: Inlines) -> Inlines:
        slots = dict.fromkeys(id_ for inline in inlines for id_ in _slots_in(inline) if id_ in lines)
        told: list[Inline] = [*inlines]
        for slot in slots:
            told += [LineBreak(), *map(_slanted, lines[slot])]
        return tuple(told)

    def change(passage: Passage) -> Passage:
        return [with_lines(inlines) for inlines in passage]

    return tuple(rewritten(block, change) for block in blocks) if lines else tuple(blocks)


def _slots_in(inline: Inline) -> list[str]:
    texts = inline.children if isinstance(inline, Link) else [inline]
    return [text.slot.id for text in texts if isinstance(text, Text) and text.slot is not None]


def _slanted(inline: Inline) -> Inline:
    return replace(inline, emphasis=True) if isinstance(inline, Text) else inline
