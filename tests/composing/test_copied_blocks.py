"""Blocks and runs that are made anew from others keep all that these have, also a field that comes to be."""

from collections.abc import Iterable
from dataclasses import MISSING, fields, is_dataclass, replace
from typing import Any, get_args

import pytest

from briefbook.composing.markup import _with_lead_ins
from briefbook.composing.passages import Finisher, NoteHanger, Numbering, rewritten
from briefbook.composing.runs import retexted, trimmed
from briefbook.document import (
    Block,
    Cite,
    CitedSource,
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
    Slot,
    SourceEntry,
    SourceList,
    Table,
    Text,
)

ORIGIN = Origin(fact="f", field="name")
RUN = Text(
    text=" words ",
    strong=True,
    emphasis=True,
    language="es",
    origin=ORIGIN,
    slot=Slot(id="s", title="S", is_empty=True),
    inferred="so it seems",
    anchor=1,
)
LINK = Link(children=(RUN,), target="https://a.org")
CITE = Cite(
    sources=(CitedSource(source="note", number=3, is_note=True, target="https://a.org/n"),), shown=False
)
RUNS = (RUN, LINK, LineBreak(), CITE)
PARAGRAPH = Paragraph(children=RUNS, lead_in=True)
ROW = Row(cells=(RUNS, RUNS))
LIST = ItemList(ordered=True, items=(ListItem(blocks=(PARAGRAPH,)),), start=2, continued=True)
BLOCKS: tuple[Block, ...] = (
    Heading(level=2, children=RUNS, aside=RUNS),
    PARAGRAPH,
    replace(LIST, items=(ListItem(blocks=(PARAGRAPH, LIST)),)),
    Fields(rows=(Field(label=RUNS, value=RUNS),)),
    Table(name="T", header=ROW, rows=(ROW, ROW)),
    SourceList(entries=(SourceEntry(source="note", number=3, children=(RUN, LINK)),)),
    Figure(
        alt="seen",
        picture=Image(data=b"p", media_type="image/png", width=1, height=2, printed=3.0),
        caption=RUNS,
    ),
)


def records_in(value: Any) -> Iterable[Any]:
    """A value and all records within it."""
    if isinstance(value, tuple):
        for one in value:
            yield from records_in(one)
    elif is_dataclass(value):
        yield value
        for each in fields(value):
            yield from records_in(getattr(value, each.name))


def test_these_are_of_all_kinds_with_every_field_set() -> None:
    kinds = {type(record) for record in records_in(BLOCKS)}
    assert kinds >= {*get_args(Block), *get_args(Inline)}
    for record in records_in(BLOCKS):
        for each in fields(record):
            assert each.default is MISSING or getattr(record, each.name) != each.default, (record, each.name)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: type(block).__name__)
def test_a_block_with_the_same_passages_is_the_same(block: Block) -> None:
    again = rewritten(block, list)
    assert again == block
    assert again is not block


def unfinished(block: Block) -> Block:
    """What `Finisher` and `NoteHanger` decide of citations taken back."""

    def taken_back(inline: Inline) -> Inline:
        if not isinstance(inline, Cite):
            return inline
        cited = tuple(replace(one, is_note=False) for one in inline.sources)
        return replace(inline, shown=True, sources=cited)

    return rewritten(block, lambda passage: [tuple(map(taken_back, inlines)) for inlines in passage])


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: type(block).__name__)
def test_a_finished_block_is_otherwise_the_same(block: Block) -> None:
    finisher = Finisher(Numbering(numbers={"note": 3}), {ORIGIN: str(RUN.inferred)})
    assert unfinished(finisher.block(unfinished(block))) == unfinished(block)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: type(block).__name__)
def test_a_block_in_which_notes_hang_is_otherwise_the_same(block: Block) -> None:
    shown = unfinished(block)
    assert NoteHanger(["another"]).block(shown) == shown
    assert unfinished(NoteHanger(["note"]).block(shown)) == shown


def test_a_paragraph_that_leads_in_is_otherwise_the_same() -> None:
    lead_in = replace(PARAGRAPH, children=(*RUNS, replace(RUN, text="so:")))
    assert _with_lead_ins([replace(lead_in, lead_in=False), LIST]) == (lead_in, LIST)


def test_a_run_with_other_words_is_otherwise_the_same() -> None:
    assert retexted(RUN, "other") == replace(RUN, text="other")
    assert retexted(RUN, RUN.text) is RUN
    assert trimmed([RUN, LineBreak()]) == (replace(RUN, text="words"), LineBreak())
