"""The tree that writers read: walks over all of it."""

from datetime import date

from briefbook.document import (
    Block,
    Cite,
    CitedSource,
    Document,
    Field,
    Fields,
    Heading,
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
    Table,
    Text,
    blocks_of,
    facts_of,
    inlines_of,
)


def text(words: str, fact: str | None = None) -> Text:
    return Text(text=words, origin=Origin(fact=fact, field="name") if fact else None)


def cite(*sources: str) -> Cite:
    return Cite(sources=tuple(CitedSource(source=source, number=1) for source in sources))


A, B, C, D = (text(word, f"fact-{word}") for word in "abcd")
LINK = Link(children=(text("here", "fact-l"), text("and there")), target="https://norland.example")

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
