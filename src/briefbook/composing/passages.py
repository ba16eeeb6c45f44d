"""Passages of a document: citations are numbered, shown or implied, and carry notes; readings are marked.

A passage is what carries one citation in print: a paragraph, an item, a field, a row of a table.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, assert_never

from briefbook.cited import joined
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
    SourceEntry,
    SourceList,
    Table,
    Text,
)
from briefbook.frozen import changed, frozen, maker
from briefbook.selection import Selection, When

MAIN_SHARE = 0.75  # of the cited passages that must rest on one source alone before print implies it

Passage = Sequence[Inlines]
_row = maker(Row, now=True)  # a memo has some thirty


@frozen
class Numbering:
    """Under which numbers print cites, in their order; the source that print implies; which hang as notes.

    As print has no citations of the implied source, `main_target` opens it at the words of all of them.
    """

    numbers: dict[str, int]
    main: str | None = None
    main_target: str | None = None
    noted: frozenset[str] = frozenset()

    @property
    def main_number(self) -> int | None:
        """The number of the source that print implies, if it implies one."""
        return None if self.main is None else self.numbers[self.main]


def number_sources(blocks: Sequence[Block]) -> Numbering:
    """Number the sources by their first citation, and find the one that (nearly) everything rests on."""
    numbers: dict[str, int] = {}
    targets: dict[str, str | None] = {}
    cited: list[frozenset[str]] = []  # by each passage
    known: dict[int, frozenset[str]] = {}  # by the ids of citations of one source, no words of it, so far
    for block in blocks:
        for passage in passages_of(block):
            cites = [inline for inlines in passage for inline in inlines if inline.__class__ is Cite]
            if not cites:
                continue
            if len(cites) == 1 and (again := known.get(id(cites[0]))) is not None:
                cited.append(again)
                continue
            for cite in cites:
                for source in cite.sources:
                    id_, target = source.source, source.target
                    if id_ not in numbers:
                        numbers[id_] = len(numbers) + 1
                    if target is not None or id_ not in targets:
                        targets[id_] = joined(targets.get(id_), target)
            cited.append(frozenset([source.source for cite in cites for source in cite.sources]))
            if len(cites) == len(cites[0].sources) == 1 and cites[0].sources[0].target is None:
                known[id(cites[0])] = cited[-1]
        for entry in block.entries if isinstance(block, SourceList) else ():
            numbers.setdefault(entry.source, len(numbers) + 1)  # a section may list sources itself
    main = next(iter(numbers)) if len(numbers) == 1 else None
    if main is None and cited:
        common, count = Counter(cited).most_common(1)[0]
        if len(common) == 1 and count >= MAIN_SHARE * len(cited):
            main = next(iter(common))
    return Numbering(numbers=numbers, main=main, main_target=targets.get(main) if main else None)


def notes_first(blocks: Iterable[Block], given: Numbering, unlisted: Container[str] = ()) -> Numbering:
    """Number the sources anew where they are printed as notes, and say which of them are.

    The notes come first, as a reader meets them: Word counts its notes by itself, from 1 and without a gap.
    Then those sources in their old order that print only lists: implied everywhere, or cited where no note
    can hang. `unlisted` ones have no entry in the document that could be the text of a note.
    """
    noted: dict[str, None] = {}
    for block in blocks:
        for passage in passages_of(_note_bearing(block)):
            cites = _cites(passage)
            for cite, shown in zip(cites, _shown(cites, given.main), strict=True):
                noted.update((s.source, None) for s in cite.sources if shown and s.source not in unlisted)
    order = [*noted, *(source for source in given.numbers if source not in noted)]
    numbers = {source: number for number, source in enumerate(order, 1)}
    return changed(given, numbers=numbers, noted=frozenset(noted))


class NoteHanger:
    """Hangs notes in finished blocks: each source's at its first citation that print shows."""

    def __init__(self, noted: Iterable[str]) -> None:
        """Hang the notes of these sources, in the blocks that come, in reading order."""
        self._ahead = set(noted)

    def block(self, block: Block) -> Block:
        """The next block with the notes that hang in it."""
        if not self._ahead:
            return block
        new = rewritten(_note_bearing(block), self._passage)
        match block, new:
            case SourceList(), _:
                return block
            case Table(), Table():
                return changed(new, header=block.header)
            case _:
                return new

    def _passage(self, passage: Passage) -> Passage:
        return [tuple(self._hung(inline) for inline in inlines) for inlines in passage]

    def _hung(self, inline: Inline) -> Inline:
        if not (isinstance(inline, Cite) and inline.shown):
            return inline
        first = {cited.source for cited in inline.sources} & self._ahead
        self._ahead -= first
        sources = (changed(cited, is_note=cited.source in first) for cited in inline.sources)
        return changed(inline, sources=tuple(sources))


def _note_bearing(block: Block) -> Block:
    """What of a block may carry notes: no table's header, which pages repeat, and no text of a note."""
    match block:
        case Table():
            return changed(block, header=Row(cells=()))
        case SourceList():
            return changed(block, entries=())
        case _:
            return block


def _shown(cites: Sequence[Cite], main: str | None) -> list[bool]:
    """Which citations of a passage print shows.

    A run of citations of the same sources is shown once, at its end. The main source is implied, but beside
    another source's words its own number says where those end.
    """
    runs = [_ids(cite) for cite in cites]
    is_implied = all(ids == {main} for ids in runs)
    return [not is_implied and (i + 1 == len(runs) or runs[i + 1] != ids) for i, ids in enumerate(runs)]


def _cites(passage: Passage) -> list[Cite]:
    return [inline for inlines in passage for inline in inlines if inline.__class__ is Cite]


def passages_of(block: Block) -> Iterator[Passage]:
    """The passages of a block that carry a citation of their own, in reading order."""
    match block:
        case Heading():
            yield (block.children, block.aside)
        case Paragraph():
            yield (block.children,)
        case ItemList():
            for item in block.items:
                for inner in item.blocks:
                    yield from passages_of(inner)
        case Fields():
            for field in block.rows:
                yield (field.label, field.value)
        case Table():
            yield block.header.cells
            for row in block.rows:
                yield row.cells
        case SourceList():
            for entry in block.entries:
                yield (entry.children,)
        case Figure():
            yield (block.caption,)
        case _:
            assert_never(block)


def rewritten(block: Block, change: Callable[[Passage], Passage]) -> Block:
    """A block with each of its passages changed, in reading order; itself where `change` gives them back."""
    # Of what memos have many is made from all its fields, in half the time of `changed`: a test compares.
    match block:
        case Heading():
            passage: Passage = (block.children, block.aside)
            if (new := change(passage)) is passage:
                return block
            return Heading(level=block.level, children=new[0], aside=new[1])
        case Paragraph():
            passage = (block.children,)
            if (new := change(passage)) is passage:
                return block
            return Paragraph(children=new[0], lead_in=block.lead_in)
        case ItemList():
            return changed(block, items=tuple([_rewritten_item(item, change) for item in block.items]))
        case Fields():
            return changed(block, rows=tuple([_rewritten_field(row, change) for row in block.rows]))
        case Table():
            header, *rows = [
                row if (new := change(row.cells)) is row.cells else _row(cells=tuple(new))
                for row in (block.header, *block.rows)
            ]
            return changed(block, header=header, rows=tuple(rows))
        case SourceList():
            return changed(block, entries=tuple([_rewritten_entry(entry, change) for entry in block.entries]))
        case Figure():
            return changed(block, caption=change((block.caption,))[0])
        case _:
            assert_never(block)


def _rewritten_item(item: ListItem, change: Callable[[Passage], Passage]) -> ListItem:
    blocks: Any = [rewritten(block, change) for block in item.blocks]  # each of its kind
    return ListItem(blocks=tuple(blocks))


def _rewritten_field(field: Field, change: Callable[[Passage], Passage]) -> Field:
    passage = (field.label, field.value)
    new = change(passage)
    return field if new is passage else Field(label=new[0], value=new[1])


def _rewritten_entry(entry: SourceEntry, change: Callable[[Passage], Passage]) -> SourceEntry:
    passage = (entry.children,)
    new = change(passage)
    return entry if new is passage else changed(entry, children=new[0])


class Finisher:
    """Numbers citations, shows them once a passage where the source changes, and marks readings."""

    def __init__(self, numbering: Numbering, readings: Mapping[Origin, str]) -> None:
        """`readings`: by the field of a fact the reason where what it shows is our reading of the source."""
        self._numbering = numbering
        self._readings = readings
        # The citations that stand alone in their passages, most of the same source: as they come, as they go.
        self._alone: dict[int, tuple[Cite, Cite]] = {}

    def block(self, block: Block) -> Block:
        """The finished block."""
        if isinstance(block, SourceList):
            numbers = self._numbering.numbers
            entries = [changed(entry, number=numbers[entry.source]) for entry in block.entries]
            block = changed(block, entries=tuple(entries))
        return rewritten(block, self._passage)

    def _passage(self, passage: Passage) -> Passage:
        found = [inline for inlines in passage for inline in inlines if inline.__class__ is Cite]
        if self._readings:
            passage = [tuple(map(self._with_reading, inlines)) for inlines in passage]
        if not found:
            return passage
        if len(found) == 1:  # as in nearly every passage that has any
            (cite,) = found
            known = self._alone.get(id(cite))
            finished = self._of_one(cite) if known is None else known[1]
            last = passage[-1]
            if last and last[-1] is cite:  # as it mostly does
                return [*passage[:-1], (*last[:-1], finished)]
            return [tuple([finished if each is cite else each for each in inlines]) for inlines in passage]
        cites = self._numbered(found)
        return [
            tuple([next(cites) if inline.__class__ is Cite else inline for inline in inlines])
            for inlines in passage
        ]

    def _with_reading(self, inline: Inline) -> Inline:
        if isinstance(inline, Text) and inline.origin is not None and inline.origin in self._readings:
            return changed(inline, inferred=self._readings[inline.origin])
        return inline

    def _of_one(self, cite: Cite) -> Cite:
        (finished,) = self._numbered([cite])
        self._alone[id(cite)] = (cite, finished)  # which keeps it, and with it its id
        return finished

    def _numbered(self, cites: Sequence[Cite]) -> Iterator[Cite]:
        """The citations of a passage with their numbers.

        One that print shows for a run of them opens its sources at the words of all of them.
        """
        numbers = self._numbering.numbers
        run: dict[str, str | None] = {}
        for cite, is_shown in zip(cites, _shown(cites, self._numbering.main), strict=True):
            own = {cited.source: cited.target for cited in cite.sources}
            goes_on = run.keys() == own.keys()
            run = {s: joined(run[s], target) for s, target in own.items()} if goes_on else own
            targets = run if is_shown else own
            order = sorted(targets, key=numbers.__getitem__)
            cited = [CitedSource(source=s, number=numbers[s], target=targets[s]) for s in order]
            yield Cite(sources=tuple(cited), shown=is_shown)


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
    yield from (item.turned.when for group in groups for item in group.items if item.turned)
    yield from (item.before.when for group in groups for item in group.items if item.before)
    yield from (when for one in selection.commitments for when in (one.promised, one.due))
    yield from (source.published for source in selection.sources)
