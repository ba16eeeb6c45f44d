"""Documents drawn from bytes: every kind of block and inline, in any words that a book may hold."""

import re
from unicodedata import normalize

from briefbook.document import (
    Block,
    Citations,
    Cite,
    CitedSource,
    Document,
    Field,
    Fields,
    Heading,
    Inline,
    Inlines,
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
    is_blank,
)
from briefbook.readers.located_yaml import unbearable_in
from tests.fuzz.choices import PLAIN, Choices
from tests.writers.drawn import undrawable
from tests.writers.trees import SOURCE_IDS, sample_document, with_citations

_TARGETS = (
    *("https://norland.example/a_(b)?c=1&d=2", "mailto:desk@norland.example", "javascript:alert(1)", "x"),
    *("https://a.example/'%22([", "HTTP://A.EXAMPLE/", "file:///etc/passwd", "data:text/html,a"),
)
_DEEPEST = 4
_SPACE = re.compile("[ \t-\r\x1c-\x1f\x85\u2028\u2029]+")


def document_from(choices: Choices) -> Document:
    """A document; its words are those that a reader, or the check of what the faces hold, would let pass."""
    sections = [_section(choices) for _ in range(1 + choices.number(2))]
    if choices.flag():
        sections.append(Section(name="sources", blocks=(_sources(choices),)))
    language = choices.pick(("en", "es", "fr", "ar"))
    title, footer = _words(choices) or "T", _words(choices) or "f"
    document = sample_document(sections=tuple(sections), title=title, footer=footer, language=language)
    return with_citations(document, choices.pick(tuple(Citations)))


def _words(choices: Choices) -> str:
    # Markdown joins the lines of a text; the faces draw its letters composed.
    text = normalize("NFC", " ".join(_SPACE.split(choices.text())))
    lost = {*unbearable_in(text), *undrawable(text)}
    left = "".join(character for character in text if character not in lost)
    return "" if is_blank(left) else left  # what nobody sees may go


def _text(choices: Choices) -> Text:
    strong, emphasis, is_marked = choices.flag(), choices.flag(), choices.flag()
    origin = Origin(fact=choices.pick(SOURCE_IDS), field="text") if is_marked else None
    words = _words(choices) or choices.pick(PLAIN)
    return Text(
        text=words,
        strong=strong,
        emphasis=emphasis,
        origin=origin,
        language=choices.pick((None, None, "fr", "ar")),
    )


def _inlines(choices: Choices, least: int = 1) -> Inlines:
    found: list[Inline] = []
    for _ in range(least + choices.number(4)):
        match choices.number(5):
            case 0 | 1:
                found.append(_text(choices))
            case 2:
                found.append(Link(children=(_text(choices),), target=choices.pick(_TARGETS)))
            case 3:
                sources = tuple(
                    CitedSource(source=id_, number=1) for id_ in SOURCE_IDS[: 1 + choices.number(3)]
                )
                found.append(Cite(sources=sources, shown=choices.flag()))
            case _:
                found.append(LineBreak())
    return tuple(found)


def _block(choices: Choices) -> Block:
    match choices.number(5):
        case 0:
            return Paragraph(children=_inlines(choices), lead_in=choices.flag())
        case 1:
            aside = _inlines(choices) if choices.flag() else ()
            return Heading(level=1 + choices.number(4), children=_inlines(choices), aside=aside)
        case 2:
            return Fields(rows=tuple(_field(choices) for _ in range(1 + choices.number(3))))
        case 3:
            columns = 1 + choices.number(4)
            header, *rows = (_row(choices, columns) for _ in range(1 + choices.number(4)))
            return Table(name=_words(choices) or "Places", header=header, rows=tuple(rows))
        case _:
            return _list(choices, 0)


def _field(choices: Choices) -> Field:
    return Field(label=_inlines(choices), value=_inlines(choices))


def _row(choices: Choices, columns: int) -> Row:
    return Row(cells=tuple(_inlines(choices, least=0) for _ in range(columns)))


def _list(choices: Choices, depth: int) -> ItemList:
    items = []
    for _ in range(1 + choices.number(3)):
        inner: list[Paragraph | ItemList] = [Paragraph(children=_inlines(choices))]
        if depth < _DEEPEST and choices.flag():
            inner.append(_list(choices, depth + 1))
        items.append(ListItem(blocks=tuple(inner)))
    return ItemList(ordered=choices.flag(), items=tuple(items), start=choices.number(120))


def _section(choices: Choices) -> Section:
    blocks = tuple(_block(choices) for _ in range(1 + choices.number(3)))
    return Section(name=choices.pick(("header", "background", "find-out")), blocks=blocks)


def _sources(choices: Choices) -> SourceList:
    entries = [
        SourceEntry(source=id_, number=number, children=_inlines(choices))
        for number, id_ in enumerate(SOURCE_IDS[: 1 + choices.number(3)], 1)
    ]
    return SourceList(entries=tuple(entries))
