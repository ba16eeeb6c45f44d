"""Pairs of documents of which one was edited into the other: what a redline has to tell."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from briefbook.document import (
    Block,
    Citations,
    Document,
    ItemList,
    SourceList,
    Table,
    Text,
)
from tests.writers.figures import council_timeline, figure_of
from tests.writers.trees import (
    ANY_WORDS,
    PLAIN,
    blocks,
    documents,
    fisheries_memo,
    run,
    with_citations,
)


@st.composite
def edited_pairs(draw: DrawFn, words: SearchStrategy[str] = ANY_WORDS) -> tuple[Document, Document]:
    """Two documents, the second made from the first as people do: words, rows, blocks come, go, move."""
    old = draw(documents(words) | st.just(fisheries_memo()))
    fresh = draw(st.lists(blocks(words), max_size=3))
    chance = draw(st.randoms(use_true_random=False))
    modes = st.sampled_from(list(Citations))
    mode = draw(modes)
    other = draw(st.just(mode) | modes)
    return with_citations(old, mode), with_citations(edited(old, fresh, chance), other)


def edited(document: Document, fresh: list[Block], chance: Random) -> Document:
    """The document with some of its words, rows, items and blocks changed, and fresh blocks among them."""
    if chance.random() < 0.1:
        fresh = [*fresh, figure_of(council_timeline(), run("A timeline."))]
    sections = []
    for section in document.sections:
        own = [block for block in section.blocks if isinstance(block, SourceList) or chance.random() < 0.85]
        for block in fresh:
            if chance.random() < 0.5:
                own.insert(chance.randint(0, len(own)), block)
        if len(own) > 1 and chance.random() < 0.3 and section.name != "sources":
            own.append(own.pop(chance.randrange(len(own))))
        sections.append(replace(section, blocks=tuple(own)))
    if len(sections) > 1 and chance.random() < 0.2:
        sections[0], sections[1] = sections[1], sections[0]
    rate = chance.choice((0.0, 0.1, 0.5))
    change = {Text: lambda t: _reworded(t, chance, rate), ItemList: lambda i: _sifted(i, "items", chance)}
    change[Table] = lambda t: _sifted(t, "rows", chance)
    result: Document = _mapped(replace(document, sections=tuple(sections)), change)
    return replace(result, footer=chance.choice((document.footer, "fisheries-council · as of 2031-06-01")))


def _reworded(text: Text, chance: Random, rate: float) -> Text:
    if chance.random() >= rate:
        return text
    if chance.random() < 0.2:
        return replace(text, strong=not text.strong)
    words = text.text.split(" ")
    place = chance.randrange(len(words))
    words[place : place + chance.randint(0, 2)] = chance.choices(PLAIN, k=chance.randint(0, 2))
    return replace(text, text=" ".join(words) or "so")


def _sifted(node: Any, field: str, chance: Random) -> Any:
    """A list or table without some of its parts, or with one twice."""
    every = [each for each in getattr(node, field) if chance.random() < 0.9]
    if every and chance.random() < 0.2:
        every.insert(chance.randint(0, len(every)), chance.choice(every))
    return replace(node, **{field: tuple(every) or getattr(node, field)})


def _mapped(node: Any, change: dict[type, Callable[[Any], Any]]) -> Any:
    if isinstance(node, tuple):
        return tuple(_mapped(child, change) for child in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    made = replace(node, **{each.name: _mapped(getattr(node, each.name), change) for each in fields(node)})
    return change[type(made)](made) if type(made) in change else made
