"""The tree that writers read: walks over all of it."""

from dataclasses import replace
from datetime import date

from briefbook.document import (
    Block,
    Citations,
    Cite,
    CitedSource,
    Document,
    Field,
    Fields,
    Figure,
    Heading,
    Image,
    Inline,
    ItemList,
    LineBreak,
    Link,
    ListItem,
    Origin,
    Paragraph,
    Row,
    Section,
    SourceEntry,
    SourceList,
    Standing,
    Table,
    Text,
    Timeline,
    TimelineEntry,
    blocks_of,
    facts_of,
    inlines_of,
)
from briefbook.notes import notes_of, without_notes


def text(words: str, fact: str | None = None) -> Text:
    return Text(text=words, origin=Origin(fact=fact, field="name") if fact else None)


def cite(*sources: str) -> Cite:
    return Cite(sources=tuple(CitedSource(source=source, number=1) for source in sources))


A, B, C, D = (text(word, f"fact-{word}") for word in "abcd")
LINK = Link(children=(text("here", "fact-l"), text("and there")), target="https://norland.example")

DAY = date(2031, 5, 12)
ENTRY = TimelineEntry(
    label="Council", when="12 May", said="held", standing=Standing.HELD, first=DAY, last=DAY, fact="fact-m"
)
LINE = Timeline(as_of=DAY, as_of_label="as of 12 May", entries=(ENTRY,))
FISH = Image(data=b"", media_type="image/png", width=1, height=1)

# Each block with its inlines in reading order and the facts that it shows.
BLOCKS: list[tuple[Block, list[Inline], set[str]]] = [
    (Heading(level=1, children=(A,), aside=(B,)), [A, B], {"fact-a", "fact-b"}),
    (Paragraph(children=(A, LineBreak(), LINK)), [A, LineBreak(), LINK], {"fact-a", "fact-l"}),
    (Paragraph(children=(text("no fact"),)), [text("no fact")], set()),
    (Paragraph(children=(text("x"), cite("s", "t"))), [text("x"), cite("s", "t")], {"s", "t"}),
    (
        ItemList(
            ordered=True,
            items=(
                ListItem(
                    blocks=(
                        Paragraph(children=(A,)),
                        ItemList(ordered=False, items=(ListItem(blocks=(Paragraph(children=(B,)),)),)),
                    )
                ),
                ListItem(blocks=(Paragraph(children=(C,)),)),
            ),
        ),
        [A, B, C],
        {"fact-a", "fact-b", "fact-c"},
    ),
    (Fields(rows=(Field(label=(A,), value=(B,)), Field(label=(C,), value=()))), [A, B, C],
     {"fact-a", "fact-b", "fact-c"}),
    (Table(name="t", header=Row(cells=((A,), (B,))), rows=(Row(cells=((C,), (D,))),)), [A, B, C, D],
     {"fact-a", "fact-b", "fact-c", "fact-d"}),
    (SourceList(entries=(SourceEntry(source="s", number=1, children=(A,)),)), [A], {"fact-a"}),
    (Figure(alt="A line.", picture=LINE, caption=(A,)), [A], {"fact-a", "fact-m"}),
    (Figure(alt="A fish.", picture=FISH, caption=(A,)), [A], {"fact-a"}),
]  # fmt: skip


def test_every_kind_of_block_is_walked() -> None:
    assert {type(block) for block, _, _ in BLOCKS} == set(Block.__args__)


def test_inlines_come_in_reading_order() -> None:
    for block, inlines, _ in BLOCKS:
        assert list(inlines_of(block)) == inlines


def test_the_facts_of_a_block_are_those_of_its_inlines() -> None:
    for block, _, facts in BLOCKS:
        assert facts_of(block) == facts


def test_blocks_come_section_by_section() -> None:
    blocks = [block for block, _, _ in BLOCKS]
    document = Document(
        memo="council",
        title="Fisheries Council",
        language="en",
        reference="council",
        author="",
        as_of=date(2031, 5, 12),
        known_by=date(2031, 5, 12),
        footer="council",
        page_of="{page} of {pages}",
        sections=(
            Section(name="one", blocks=tuple(blocks[:3])),
            Section(name="none", blocks=()),
            Section(name="two", blocks=tuple(blocks[3:])),
        ),
    )
    assert list(blocks_of(document)) == blocks


def noted(shown: bool = True) -> Document:
    """A paragraph that cites a source twice, and a list of two sources; the first citation bears its note."""
    first = Cite(sources=(CitedSource(source="s", number=1, is_note=True),), shown=shown)
    again = Cite(sources=(CitedSource(source="s", number=1),))
    entries = tuple(SourceEntry(source=id_, number=n, children=(A,)) for n, id_ in enumerate("st", 1))
    heading = Heading(level=2, children=(A,))
    return Document(
        memo="council",
        title="Fisheries Council",
        language="en",
        reference="council",
        author="",
        as_of=DAY,
        known_by=DAY,
        footer="council",
        page_of="{page} of {pages}",
        citations=Citations.FOOTNOTES,
        sections=(
            Section(name="body", blocks=(Paragraph(children=(A, first, B, again)),)),
            Section(name="sources", blocks=(heading, SourceList(entries=entries))),
        ),
    )


def test_what_is_a_note_leaves_the_list() -> None:
    document = noted()
    assert [(number, entry.source) for number, entry in notes_of(document).items()] == [(1, "s")]
    [_, sources] = without_notes(document).sections
    [_, listed] = sources.blocks
    assert isinstance(listed, SourceList)
    assert [entry.source for entry in listed.entries] == ["t"]


def test_a_section_of_which_only_the_heading_is_left_goes() -> None:
    document = noted()
    heading, listed = document.sections[1].blocks
    assert isinstance(listed, SourceList)
    alone = replace(document.sections[1], blocks=(heading, replace(listed, entries=listed.entries[:1])))
    document = replace(document, sections=(document.sections[0], alone))
    assert [section.name for section in without_notes(document).sections] == ["body"]


def test_without_notes_a_document_stays_as_it_is() -> None:
    document = noted(shown=False)
    assert notes_of(document) == {}
    assert without_notes(document) is document
