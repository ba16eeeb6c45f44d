"""What the release rules look at: a memo as it was made as of a day, and the pieces of it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import assert_never

from briefbook.diagnostics import Where
from briefbook.document import (
    Block,
    Document,
    Fields,
    Figure,
    Heading,
    Inline,
    ItemList,
    Link,
    Paragraph,
    Section,
    SourceList,
    Table,
    Text,
    blocks_of,
    facts_of,
    inlines_of,
    plain,
)
from briefbook.facts import Meeting, Point, Priority, statements_of
from briefbook.frozen import frozen
from briefbook.memo import Book, Memo
from briefbook.selection import Selection
from briefbook.state import publications

_SINCE = "since-last-edition"
Told = Meeting | Priority | Point  # a fact that is nothing but what its sources state


@frozen
class Leaving:
    """A memo that is to leave: as it was made as of a day, and the book that it was made from."""

    memo: Memo
    book: Book
    selection: Selection
    document: Document

    @property
    def as_of(self) -> date:
        """The day from which past and future are judged."""
        return self.selection.as_of

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections that are judged: all but that which tells what changed.

        What it tells of now stands in another as well, and what it tells of then nobody can mend.
        """
        return tuple(section for section in self.document.sections if section.name != _SINCE)

    @cached_property
    def shown(self) -> frozenset[str]:
        """The ids of the facts that the document shows, and of the sources that it cites and lists."""
        blocks = (block for section in self.sections for block in section.blocks)
        return self.listed.union(*map(facts_of, blocks))

    @cached_property
    def listed(self) -> frozenset[str]:
        """The ids of the sources that the document lists."""
        lists = (block for block in blocks_of(self.document) if isinstance(block, SourceList))
        return frozenset(entry.source for block in lists for entry in block.entries)

    @cached_property
    def published(self) -> Mapping[str, date]:
        """The last day on which each source that counts can have been published."""
        out = publications(self.book.facts)
        return {id_: each.last for id_, each in out.items() if each.counts(self.selection.known_by)}

    @cached_property
    def told(self) -> tuple[Told, ...]:
        """The meetings, priorities and points that the document shows, in the order of the files."""
        facts = self.book.facts
        kinds: tuple[Mapping[str, Told], ...] = (facts.meetings, facts.priorities, facts.background)
        return tuple(fact for kind in kinds for fact in kind.values() if fact.id in self.shown)

    def sources_of(self, fact: Told) -> frozenset[str]:
        """The sources that count and state something of a fact."""
        return frozenset(each.source for each in statements_of(fact)) & self.published.keys()

    @property
    def stale_after(self) -> timedelta | None:
        """After how long a fact is stale: the shorter of the book's limit and the memo's."""
        specs = (self.book.settings.release, self.memo.release)
        return min((spec.stale_after for spec in specs if spec and spec.stale_after), default=None)

    def place_of(self, section: Section) -> Where:
        """Where the memo's file, or its profile's, names a section; else the memo's file."""
        specs = self.memo.sections
        spec = specs[section.place] if section.place is not None and section.place < len(specs) else None
        return spec.where if spec is not None and spec.where.file else self.memo.where


# ----------------------------------------------------------------------------------------- portions


def portions_of(block: Block, *, with_leading: bool = False) -> Iterator[tuple[Inline, ...]]:
    """What carries one citation each: paragraphs, items, fields, rows.

    Headings and lines that lead in name what follows, which is cited there; a drawing says the same in words
    elsewhere; the list of sources is what citations lead to. With `with_leading` the first two come as well.
    """
    match block:
        case Heading():
            if with_leading:
                yield tuple(inlines_of(block))
        case Paragraph():
            if with_leading or not block.lead_in:
                yield block.children
        case ItemList():
            for item in block.items:
                words = tuple(inline for inner in item.blocks for inline in inlines_of(inner))
                if with_leading or not plain(words).rstrip().endswith(":"):  # in numbered papers
                    yield words
        case Fields():
            yield from ((*row.label, *row.value) for row in block.rows)
        case Table():
            yield from (tuple(each for cell in row.cells for each in cell) for row in block.rows)
        case SourceList() | Figure():
            return
        case _:
            assert_never(block)


def texts_in(inlines: Iterable[Inline]) -> Iterator[Text]:
    """The runs of words among some inlines, those of links included."""
    for inline in inlines:
        match inline:
            case Text():
                yield inline
            case Link():
                yield from inline.children
            case _:
                pass
