"""The words of a memo of the benchmark's book, as plain data: what the peers put on their pages.

Every text is a mapping of three: `bold` (words that lead, in bold), `text`, and `cites` (numbers, small and
superior). Sections stand by their names, as the peers' templates ask for them.
"""

from collections.abc import Iterable, Mapping
from typing import Any, assert_never

from briefbook.document import (
    Block,
    Cite,
    Document,
    Fields,
    Figure,
    Heading,
    Inlines,
    ItemList,
    LineBreak,
    Link,
    Paragraph,
    Row,
    SourceList,
    Table,
    Text,
)

Words = dict[str, Any]


def words_of(document: Document, number: int) -> Words:
    """The memo as plain data, ready for JSON."""
    header = document.sections[0].blocks[0]
    assert isinstance(header, Heading)
    return {
        "number": number,
        "subject": document.title,
        "author": document.author,
        "language": document.language,
        "date": [document.as_of.year, document.as_of.month, document.as_of.day],
        "footer": document.footer,
        "reference": document.reference,
        "title": _text(header.children)["text"],
        "day": _text(header.aside)["text"],
        "fields": _of(document.sections[0].blocks[1:], Fields)["fields"],
        **{
            section.name.replace("-", "_"): _section(section.blocks)
            for section in document.sections
            if section.name != "header"
        },
    }


def _section(blocks: Iterable[Block]) -> dict[str, Any]:
    heading, *rest = blocks
    assert isinstance(heading, Heading)
    section: dict[str, Any] = {"heading": _text(heading.children)["text"]}
    for block in rest:
        for name, value in _block(block).items():
            is_more = name == "paragraphs" and name in section
            section[name] = [*section[name], *value] if is_more else value
    return section


def _of(blocks: Iterable[Block], kind: type[Block]) -> dict[str, Any]:
    [block] = blocks
    assert isinstance(block, kind)
    return _block(block)


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"paragraphs": [_text(block.children)]}
        case Fields():
            rows = ((_text(row.label)["text"], _text(row.value)) for row in block.rows)
            return {"fields": [{"label": label, "value": value} for label, value in rows]}
        case Table():
            return {"header": _row(block.header), "rows": [_row(row) for row in block.rows]}
        case ItemList():
            return {"numbered": [_section_item(item.blocks) for item in block.items]}
        case SourceList():
            return {"entries": [{"number": e.number, "text": _text(e.children)} for e in block.entries]}
        case Heading() | Figure():
            raise ValueError(f"the benchmark's memos hold no {type(block).__name__} here")
        case _:
            assert_never(block)


def _section_item(blocks: Iterable[Block]) -> Mapping[str, Any]:
    [paragraph] = _of(blocks, Paragraph)["paragraphs"]
    return dict(paragraph)


def _row(row: Row) -> list[Mapping[str, Any]]:
    return [_text(cell) for cell in row.cells]


def _text(inlines: Inlines) -> dict[str, Any]:
    bold, text, cites = "", "", list[int]()
    for inline in inlines:
        match inline:
            case Text(strong=True) if not text:
                bold += inline.text
            case Text(strong=False):
                text += inline.text
            case Cite():
                cites += [source.number for source in inline.sources] if inline.shown else []
            case Text() | Link() | LineBreak():
                raise ValueError(f"the benchmark's memos hold none of these: {inline}")
            case _:
                assert_never(inline)
    return {"bold": bold, "text": text, "cites": cites}
