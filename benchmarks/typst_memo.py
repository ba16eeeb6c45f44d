"""A memo as Typst source: as somebody who knows Typst would write it, with our measures.

Only the words and the order are ours; lines, pages, tags and PDF are Typst's.
"""

from typing import assert_never

from briefbook.document import (
    Block,
    Cite,
    CitedSource,
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
    Timeline,
    blocks_of,
)
from briefbook.writers.drawing import Pill, Polygon, Shape, Stroke, Words
from briefbook.writers.faces import width_in_ems
from briefbook.writers.pictures import colours_of
from briefbook.writers.theme import Theme
from briefbook.writers.timeline_drawing import draw_timeline
from briefbook.writers.words import AT_WORDS

PREAMBLE = """\
#set document(title: {title}, author: {author}, date: datetime(year: {year}, month: {month}, day: {day}))
#set page(paper: "a4", margin: (x: 79pt, top: 54pt, bottom: 50pt), footer: context [
  #line(length: 100%, stroke: 0.5pt + rgb("8A94A3"))
  #text(8.5pt)[#{footer} #h(1fr) #counter(page).display() of #counter(page).final().first()]
])
#set text(font: ("Caladea", "Source Serif Pro"), size: 11pt, lang: {language}, kerning: true)
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
    paints = "".join(f'#let {paint} = rgb("{colour}")\n' for paint, colour in colours_of(Theme()).items())
    return "\n\n".join([head, paints, *map(_block, blocks_of(document))]).encode()


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
            return _figure(block)
        case _:
            assert_never(block)


def _figure(figure: Figure) -> str:
    """A timeline of Typst's own shapes; what stands where we have worked out, outside of its time."""
    assert isinstance(figure.picture, Timeline)
    drawing = draw_timeline(figure.picture, Theme(), width_in_ems)
    shapes = "\n".join(_shape(shape) for shape in drawing.shapes)
    box = f"box(width: {drawing.width:.2f}pt, height: {drawing.height:.2f}pt)[\n{shapes}\n]"
    return f"#figure({box}, kind: image, supplement: none, alt: {_string(figure.alt)})"


def _shape(shape: Shape) -> str:
    match shape:
        case Stroke():
            dash = ", dash: (2.5pt, 2pt)" if shape.dashed else ""
            stroke = f"(paint: {shape.paint}, thickness: {shape.thickness:.2f}pt{dash})"
            ends = f"start: ({_points(shape.x1, shape.y1)}), end: ({_points(shape.x2, shape.y2)})"
            return f"#place(line({ends}, stroke: {stroke}))"
        case Pill():
            size = f"width: {shape.width:.2f}pt, height: {shape.height:.2f}pt"
            stroke = f"{shape.thickness:.2f}pt + {shape.outline}"
            look = f"radius: {shape.height / 2:.2f}pt, fill: {shape.fill}, stroke: {stroke}"
            return f"#place(dx: {shape.x:.2f}pt, dy: {shape.y:.2f}pt, rect({size}, {look}))"
        case Polygon():
            corners = ", ".join(f"({_points(x, y)})" for x, y in shape.points)
            stroke = f"{shape.thickness:.2f}pt + {shape.outline}" if shape.outline else "none"
            return f"#place(polygon(fill: {shape.fill}, stroke: {stroke}, {corners}))"
        case Words():
            place = f"dx: {shape.x:.2f}pt, dy: {shape.baseline:.2f}pt"
            look = f'{shape.size:.2f}pt, top-edge: "baseline", fill: {shape.paint}'
            return f"#place({place}, text({look})[{_escaped(shape.text)}])"
        case _:
            assert_never(shape)


def _points(x: float, y: float) -> str:
    return f"{x:.2f}pt, {y:.2f}pt"


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
                parts.append(f"#super[{', '.join(map(_cited, inline.sources))}]")
            case Link() | LineBreak():
                raise ValueError("the memos of the benchmark hold neither links nor line breaks")
            case _:
                assert_never(inline)
    return "".join(parts)


def _cited(cited: CitedSource) -> str:
    opening = f"#link({_string(cited.target)})[{AT_WORDS}]" if cited.target else ""
    return f"#link(<s{cited.number}>)[{cited.number}]{opening}"


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "\\#*_`$<>@[]~=-+/'\"" else sign for sign in text)


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
