"""Passages of a document: their citations are numbered and shown or implied, our readings are marked.

A passage is what carries one citation in print: a paragraph, an item, a field, a row of a table.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from briefbook.document import (
    Block,
    Cite,
    CitedSource,
    Field,
    Fields,
    Figure,
    Heading,
    Inline,
    Inlines,
    ItemList,
    ListItem,
    Origin,
    Paragraph,
    Row,
    SourceList,
    Table,
    Text,
)
from briefbook.selection import Selection, When

MAIN_SHARE = 0.75  # of the cited passages that must rest on one source alone before print implies it

Passage = Sequence[Inlines]


def number_sources(blocks: Sequence[Block]) -> tuple[dict[str, int], str | None]:
    """Number the sources by their first citation, and find the one that (nearly) everything rests on."""
    numbers: dict[str, int] = {}
    passages: Counter[frozenset[str]] = Counter()
    for block in blocks:
        for passage in passages_of(block):
            cited = [source.source for cite in _cites(passage) for source in cite.sources]
            for source in cited:
                numbers.setdefault(source, len(numbers) + 1)
            if cited:
                passages[frozenset(cited)] += 1
        for entry in block.entries if isinstance(block, SourceList) else ():
            numbers.setdefault(entry.source, len(numbers) + 1)  # a section may list sources itself
    if len(numbers) == 1:
        return numbers, next(iter(numbers))
    if passages:
        common, count = passages.most_common(1)[0]
        if len(common) == 1 and count >= MAIN_SHARE * passages.total():
            return numbers, next(iter(common))
    return numbers, None


def _cites(passage: Passage) -> list[Cite]:
    return [inline for inlines in passage for inline in inlines if isinstance(inline, Cite)]


def passages_of(block: Block) -> list[Passage]:
    """The passages of a block that carry a citation of their own."""
    found: list[Passage] = []

    def note(passage: Passage) -> Passage:
        found.append(passage)
        return passage

    rewritten(block, note)
    return found


def rewritten(block: Block, change: Callable[[Passage], Passage]) -> Block:
    """A block with each of its passages changed; the one walk over everything that holds inlines."""
    match block:
        case Heading():
            children, aside = change((block.children, block.aside))
            return replace(block, children=children, aside=aside)
        case Paragraph():
            return replace(block, children=change((block.children,))[0])
        case ItemList():
            return replace(block, items=tuple(_rewritten_item(item, change) for item in block.items))
        case Fields():
            fields = (change((field.label, field.value)) for field in block.rows)
            return replace(block, rows=tuple(Field(label=label, value=value) for label, value in fields))
        case Table():
            header, *rows = (Row(cells=tuple(change(row.cells))) for row in (block.header, *block.rows))
            return replace(block, header=header, rows=tuple(rows))
        case SourceList():
            entries = (replace(e, children=change((e.children,))[0]) for e in block.entries)
            return replace(block, entries=tuple(entries))
        case Figure():
            return replace(block, caption=change((block.caption,))[0])
        case _:
            assert_never(block)


def _rewritten_item(item: ListItem, change: Callable[[Passage], Passage]) -> ListItem:
    blocks = (rewritten(block, change) for block in item.blocks)
    return ListItem(blocks=tuple(b for b in blocks if isinstance(b, Paragraph | ItemList)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Finisher:
    """Finishes blocks: numbers citations, shows them once a passage where the source changes, marks readings.

    `readings` gives, by the field of a fact, the reason where what it shows is our reading of the source.
    """

    numbers: dict[str, int]
    main: str | None
    readings: Mapping[Origin, str]

    def block(self, block: Block) -> Block:
        """The finished block."""
        if isinstance(block, SourceList):
            entries = (replace(entry, number=self.numbers[entry.source]) for entry in block.entries)
            block = replace(block, entries=tuple(entries))
        return rewritten(block, self._passage)

    def _passage(self, passage: Passage) -> Passage:
        cites = _cites(passage)
        runs = [_ids(cite) for cite in cites]
        # A run of citations of the same sources is shown once, at its end. The main source is implied, but
        # beside another source's words its own number says where those end.
        is_implied = all(ids == {self.main} for ids in runs)
        is_shown = iter(
            not is_implied and (i + 1 == len(runs) or runs[i + 1] != ids) for i, ids in enumerate(runs)
        )

        def finished(inline: Inline) -> Inline:
            if isinstance(inline, Text) and inline.origin is not None and inline.origin in self.readings:
                return replace(inline, inferred=self.readings[inline.origin])
            if not isinstance(inline, Cite):
                return inline
            cited = (CitedSource(source=s, number=self.numbers[s]) for s in _ids(inline))
            return Cite(sources=tuple(sorted(cited, key=lambda c: c.number)), shown=next(is_shown))

        return [tuple(finished(inline) for inline in inlines) for inlines in passage]


def _ids(cite: Cite) -> frozenset[str]:
    return frozenset(cited.source for cited in cite.sources)


def readings_of(selection: Selection) -> dict[Origin, str]:
    """The reason of every date in a selection that is our reading, by the field that it stands in."""
    return {when.origin: str(when.inferred) for when in _dates_in(selection) if when.inferred is not None}


def _dates_in(selection: Selection) -> Iterator[When]:
    groups = selection.priorities
    yield from (meeting.when for meeting in (*selection.upcoming, *selection.called_off, *selection.attended))
    yield from (meeting.when for meeting in (*selection.earlier, *selection.long_unconfirmed))
    yield from (group.meeting.when for group in groups if group.meeting is not None)
    yield from (item.when for group in groups for item in group.items)
    yield from (update.when for group in groups for item in group.items for update in item.updates)
    yield from (source.published for source in selection.sources)
