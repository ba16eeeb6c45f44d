"""What of a document rests on a source or a fact: each paragraph, item, row or entry, in full.

Pure. A passage rests on a source where it cites it. One that cites nothing (a lead-in, an entry of a
timeline) rests on the sources of the facts that it shows, and a person's words on those of the facts that
they lean on.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from briefbook.document import (
    MARKING,
    Block,
    Cite,
    Document,
    Fields,
    Figure,
    Heading,
    Inline,
    ItemList,
    Link,
    Paragraph,
    SourceList,
    Table,
    Text,
    Timeline,
    facts_in,
    plain,
)
from briefbook.frozen import frozen
from briefbook.selection import Selection, ShownForum


@frozen
class Passage:
    """A piece of a document that stands on its own, and why it is in question."""

    section: str  # the name of its section
    heading: str  # as printed above it; may be empty
    text: str  # its words in full
    is_cited: bool  # it cites the source, or shows the fact itself
    through: tuple[str, ...] = ()  # else: the facts by which it rests on it
    slot: str | None = None  # where a person wrote it in the memo's file


@frozen
class Rests:
    """What a selection rests on, looked up both ways."""

    sources: Mapping[str, frozenset[str]]  # of each fact that is shown
    leanings: Mapping[str, tuple[str, ...]]  # of a person's words, by their slots: facts
    told_withdrawn: frozenset[str]  # sources and facts that are only told as withdrawn or fallen

    def resting_on(self, source: str) -> frozenset[str]:
        """The facts that rest on a source."""
        return frozenset(fact for fact, sources in self.sources.items() if source in sources)


# Fields of a selection that tell of facts and sources without showing them.
_TOLD = frozenset({"gaps", "sources", "handling", "withdrawals", "leanings", "since"})
NOTHING_KNOWN = Rests(sources={}, leanings={}, told_withdrawn=frozenset())


def rests_of(selection: Selection) -> Rests:
    """What each fact of a selection rests on."""
    found: defaultdict[str, set[str]] = defaultdict(set)

    def walk(value: object, within: str | None) -> None:
        if isinstance(value, tuple):
            for item in value:
                walk(item, within)
        elif isinstance(value, ShownForum):
            return  # a name: what it is called rests on no source
        elif hasattr(value, "__dataclass_fields__"):
            own = getattr(value, "id", None) or within  # an update and a claim are its fact's
            if own is not None:
                cited = (*getattr(value, "sources", ()), *getattr(value, "people_sources", ()))
                found[own].update(str(source) for source in cited if isinstance(source, str))
            kind: Any = type(value)
            for name in kind.__dataclass_fields__:
                walk(getattr(value, name), own)

    for name in selection.__dataclass_fields__.keys() - _TOLD:
        walk(getattr(selection, name), None)
    withdrawn = {source.id for source in selection.withdrawn}
    withdrawn |= {fact.id for source in selection.withdrawn for fact in source.fallen}
    return Rests(
        sources={fact: frozenset(sources) for fact, sources in found.items()},
        leanings=dict(selection.leanings or {}),
        told_withdrawn=frozenset(withdrawn - found.keys() - {source.id for source in selection.sources}),
    )


def passages_on(document: Document, id_: str, rests: Rests) -> list[Passage]:
    """The passages of a document that rest on a source, or show a fact, in reading order, each once."""
    through = rests.resting_on(id_)
    leaning = {slot: facts for slot, facts in rests.leanings.items() if {id_, *through} & {*facts}}
    found: dict[Passage, None] = {}
    for piece in _pieces(document):
        passage = _judged(piece, id_, through, leaning)
        if passage is not None:
            found[passage] = None
    return list(found)


@frozen
class _Piece:
    """A piece of a document with what it shows."""

    section: str
    heading: str
    text: str
    facts: frozenset[str]
    cites: frozenset[str]
    slots: tuple[str, ...]


def _judged(
    piece: _Piece, id_: str, through: frozenset[str], leaning: Mapping[str, Collection[str]]
) -> Passage | None:
    by: set[str] = set()
    for slot in piece.slots:
        by |= {id_, *through} & {*leaning.get(slot, ())}
    if not piece.cites:
        by |= piece.facts & through
    is_cited = id_ in piece.facts
    if not is_cited and not by:
        return None
    return Passage(
        section=piece.section,
        heading=piece.heading,
        text=piece.text,
        is_cited=is_cited,
        through=() if is_cited else tuple(sorted(by)),
        slot=piece.slots[0] if piece.slots else None,
    )


def _pieces(document: Document) -> Iterator[_Piece]:
    """Every paragraph, item, row and entry of a document, in reading order; not the list of sources."""
    for section in document.sections:
        if section.name == MARKING:
            continue
        heading = ""
        for block in section.blocks:
            if isinstance(block, Heading):
                heading = plain(block.children)
            for text, inlines, drawn in _parts(block):
                yield _Piece(
                    section=section.name,
                    heading="" if isinstance(block, Heading) else heading,
                    text=" ".join(text.split()),
                    facts=facts_in(inlines) | drawn,
                    cites=frozenset(s.source for i in inlines if isinstance(i, Cite) for s in i.sources),
                    slots=tuple(_slots(inlines)),
                )


_Part = tuple[str, tuple[Inline, ...], frozenset[str]]  # words, inlines, facts that are drawn
_NONE: frozenset[str] = frozenset()


def _parts(block: Block) -> Iterator[_Part]:
    match block:
        case Heading(children=children, aside=aside):
            yield plain((*children, *aside)), (*children, *aside), _NONE
        case Paragraph(children=children):
            yield plain(children), children, _NONE
        case ItemList(items=items):
            for inner in (inner for item in items for inner in item.blocks):
                yield from _parts(inner)
        case Fields(rows=rows):
            for row in rows:
                yield f"{plain(row.label)}: {plain(row.value)}", (*row.label, *row.value), _NONE
        case Table(header=header, rows=rows):
            for cells in (header.cells, *(row.cells for row in rows)):
                words = " | ".join(map(plain, cells))
                yield words, tuple(inline for cell in cells for inline in cell), _NONE
        case Figure(picture=Timeline(entries=entries), caption=caption):
            for entry in entries:
                yield f"{entry.when}: {entry.label} ({entry.said})", (), frozenset({entry.fact})
            yield plain(caption), caption, _NONE
        case Figure(caption=caption):
            yield plain(caption), caption, _NONE
        case SourceList():
            return


def _slots(inlines: Iterable[Inline]) -> Iterator[str]:
    for inline in inlines:
        match inline:
            case Text(slot=slot) if slot is not None:
                yield slot.id
            case Link(children=children):
                yield from _slots(children)
            case _:
                pass
