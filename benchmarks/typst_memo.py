"""A memo as Typst source: as somebody who knows Typst would write it, with our measures.

Only the words and the order are ours; lines, pages, tags and PDF are Typst's.
"""

from typing import assert_never

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
    blocks_of,
)

PREAMBLE = """\
#set document(title: {title}, author: {author}, date: datetime(year: {year}, month: {month}, day: {day}))
#set page(paper: "a4", margin: (x: 79pt, top: 54pt, bottom: 50pt), footer: context [
  #line(length: 100%, stroke: 0.5pt + rgb("8A94A3"))
  #text(8.5pt)[#{footer} #h(1fr) #counter(page).display() of #counter(page).final().first()]
])
#set text(font: "Caladea", size: 11pt, lang: {language}, kerning: true)
#set par(leading: 4pt, spacing: 7pt)
#show heading: set text(fill: rgb("1F3A5F"))
#show heading.where(level: 1): set text(15pt)
#show heading.where(level: 2): set text(11.5pt)
#set table(stroke: (x, y) => if y == 0 {{ (bottom: 0.5pt) }}, inset: 3pt)
"""


def typst_of(document: Document) -> bytes:
    """The memo as the source of a Typst document."""
    day = document.as_of
    head = PREAMBLE.format(
        title=_string(document.title),
        author=_string(document.author),
        language=_string(document.language),
        footer=_string(document.footer),
        year=day.year,
        month=day.month,
        day=day.day,
    )
    return "\n\n".join([head, *map(_block, blocks_of(document))]).encode()


def _block(block: Block) -> str:
    match block:
        case Heading():
            aside = f" #h(1fr) {_inlines(block.aside)}" if block.aside else ""
            return f"{'=' * block.level} {_inlines(block.children)}{aside}"
        case Paragraph():
            return _inlines(block.children)
        case ItemList():
            sign = "+" if block.ordered else "-"
            return "\n".join(f"{sign} {_inlines(_only(item.blocks))}" for item in block.items)
        case Fields():
            rows = (f"[{_inlines(row.label)}], [{_inlines(row.value)}]" for row in block.rows)
            return f"#grid(columns: (116pt, 1fr), row-gutter: 5pt, {', '.join(rows)})"
        case Table():
            cells = ", ".join(_row(row) for row in block.rows)
            return f"#table(columns: {len(block.header.cells)}, table.header({_row(block.header)}), {cells})"
        case SourceList():
            entries = (
                f"#[{entry.number} {_inlines(entry.children)} <s{entry.number}>]" for entry in block.entries
            )
            return "#set text(9pt)\n" + "\n\n".join(entries)
        case Figure():
            raise ValueError("the memos of the benchmark hold no figure")
        case _:
            assert_never(block)


def _only(blocks: tuple[object, ...]) -> Inlines:
    [paragraph] = blocks
    assert isinstance(paragraph, Paragraph)
    return paragraph.children


def _row(row: Row) -> str:
    return ", ".join(f"[{_inlines(cell)}]" for cell in row.cells)


def _inlines(inlines: Inlines) -> str:
    parts = []
    for inline in inlines:
        match inline:
            case Text():
                parts.append(f"*{_escaped(inline.text)}*" if inline.strong else _escaped(inline.text))
            case Cite():
                numbers = (f"#link(<s{cited.number}>)[{cited.number}]" for cited in inline.sources)
                parts.append(f"#super[{', '.join(numbers)}]")
            case Link() | LineBreak():
                raise ValueError("the memos of the benchmark hold neither links nor line breaks")
            case _:
                assert_never(inline)
    return "".join(parts)


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "\\#*_`$<>@[]~=-+/'\"" else sign for sign in text)


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
