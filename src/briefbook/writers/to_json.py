"""Document to JSON: the whole tree, for programs that read memos.

`format` counts up when a reader of the older form would misread the newer one. Every key is always there,
in the order of `document.py`; what is absent is null, empty or false. Blocks and inlines carry `type`:

    blocks   heading {level, children, aside} · paragraph {lead_in, children}
             list {ordered, start, continued, items: [{blocks}]} · fields {rows: [{label, value}]}
             table {name, header: [cell], rows: [[cell]]} · sources {entries: [{source, number, children}]}
             figure {alt, caption, picture: timeline {as_of, as_of_label, entries: [{fact, label, when, said,
             standing, first, last}], keys: [{words, standing}], months} or image {media_type, width, height,
             data: Base64}}
    inlines  text {text, strong, emphasis, language, origin: {fact, field} or null, inferred,
             slot: {id, title, is_empty} or null}
             link {target, children} · cite {sources: [{source, number, is_note, target}], shown} · break {}

A cell, a label, a value and `children` are lists of inlines. Citations that print leaves out are here too,
with `shown` false, and a link's target stands as given: a program that makes links of it must check it.
"""

import json
from base64 import b64encode
from dataclasses import fields
from typing import assert_never

from briefbook.document import (
    Block,
    Cite,
    Document,
    Field,
    Fields,
    Figure,
    Heading,
    Image,
    Inline,
    Inlines,
    ItemList,
    LineBreak,
    Link,
    ListItem,
    Paragraph,
    Row,
    Section,
    Slot,
    SourceEntry,
    SourceList,
    Table,
    Text,
    Timeline,
)
from briefbook.marking import Banner
from briefbook.sheets import Furniture
from briefbook.writers.theme import Theme

FORMAT = 1

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]


def write_json(document: Document, theme: Theme) -> bytes:  # noqa: ARG001 - every writer takes a theme
    """The document as UTF-8 JSON (RFC 8259), indented by 2, letters unescaped."""
    return (json.dumps(_document(document), ensure_ascii=False, indent=2) + "\n").encode()


def _document(document: Document) -> JsonValue:
    return {
        "format": FORMAT,
        "memo": document.memo,
        "title": document.title,
        "language": document.language,
        "reference": document.reference,
        "author": document.author,
        "as_of": document.as_of.isoformat(),
        "known_by": document.known_by.isoformat(),
        "footer": document.footer,
        "page_of": document.page_of,
        "citations": str(document.citations),
        "notes_title": document.notes_title,
        "furniture": _furniture(document.furniture) if document.furniture else None,
        "left_out": [{"section": o.section, "item": o.item, "words": o.words} for o in document.left_out],
        "banner": _banner(document.banner),
        "sections": [_section(section) for section in document.sections],
    }


def _banner(banner: Banner | None) -> JsonValue:
    if banner is None:
        return None
    return {
        "text": banner.text,
        "scheme": banner.scheme,
        "level": banner.level,
        "caveats": list(banner.caveats),
        "ink": banner.ink,
        "paper": banner.paper,
        "size": banner.size,
    }


def _furniture(furniture: Furniture) -> JsonValue:
    sides = {side.name: getattr(furniture, side.name) for side in fields(furniture)}
    return {name: {"left": e.left, "middle": e.middle, "right": e.right} for name, e in sides.items()}


def _section(section: Section) -> JsonValue:
    return {
        "name": section.name,
        "together": section.together,
        "blocks": [_block(block) for block in section.blocks],
    }


def _block(block: Block) -> JsonValue:
    match block:
        case Heading():
            return {
                "type": "heading",
                "level": block.level,
                "children": _inlines(block.children),
                "aside": _inlines(block.aside),
            }
        case Paragraph():
            return {"type": "paragraph", "lead_in": block.lead_in, "children": _inlines(block.children)}
        case ItemList():
            items: list[JsonValue] = [_item(item) for item in block.items]
            return {
                "type": "list",
                "ordered": block.ordered,
                "start": block.start,
                "continued": block.continued,
                "items": items,
            }
        case Fields():
            return {"type": "fields", "rows": [_field(field) for field in block.rows]}
        case Table():
            return {
                "type": "table",
                "name": block.name,
                "header": _row(block.header),
                "rows": [_row(row) for row in block.rows],
            }
        case SourceList():
            return {"type": "sources", "entries": [_entry(entry) for entry in block.entries]}
        case Figure():
            return {
                "type": "figure",
                "alt": block.alt,
                "caption": _inlines(block.caption),
                "picture": _picture(block.picture),
            }
        case _:
            assert_never(block)


def _field(field: Field) -> JsonValue:
    return {"label": _inlines(field.label), "value": _inlines(field.value)}


def _entry(entry: SourceEntry) -> JsonValue:
    return {"source": entry.source, "number": entry.number, "children": _inlines(entry.children)}


def _picture(picture: Timeline | Image) -> JsonValue:
    match picture:
        case Timeline():
            return {
                "type": "timeline",
                "as_of": picture.as_of.isoformat(),
                "as_of_label": picture.as_of_label,
                "entries": [
                    {
                        "fact": entry.fact,
                        "label": entry.label,
                        "when": entry.when,
                        "said": entry.said,
                        "standing": str(entry.standing),
                        "first": None if entry.starts_open else entry.first.isoformat(),
                        "last": None if entry.ends_open else entry.last.isoformat(),
                    }
                    for entry in picture.entries
                ],
                "keys": [
                    {"words": key.words, "standing": str(key.standing) if key.standing else None}
                    for key in picture.keys
                ],
                "months": list(picture.months),
            }
        case Image():
            return {
                "type": "image",
                "media_type": picture.media_type,
                "width": picture.width,
                "height": picture.height,
                "data": b64encode(picture.data).decode(),
            }
        case _:
            assert_never(picture)


def _item(item: ListItem) -> JsonValue:
    return {"blocks": [_block(block) for block in item.blocks]}


def _row(row: Row) -> JsonValue:
    return [_inlines(cell) for cell in row.cells]


def _inlines(inlines: Inlines) -> JsonValue:
    return [_inline(inline) for inline in inlines]


def _slot(slot: Slot | None) -> JsonValue:
    return None if slot is None else {"id": slot.id, "title": slot.title, "is_empty": slot.is_empty}


def _inline(inline: Inline) -> JsonValue:
    match inline:
        case Text():
            origin = inline.origin
            return {
                "type": "text",
                "text": inline.text,
                "strong": inline.strong,
                "emphasis": inline.emphasis,
                "language": inline.language,
                "origin": {"fact": origin.fact, "field": origin.field} if origin else None,
                "inferred": inline.inferred,
                "slot": _slot(inline.slot),
            }
        case Link():
            return {"type": "link", "target": inline.target, "children": _inlines(inline.children)}
        case Cite():
            return {
                "type": "cite",
                "sources": [
                    {
                        "source": cited.source,
                        "number": cited.number,
                        "is_note": cited.is_note,
                        "target": cited.target,
                    }
                    for cited in inline.sources
                ],
                "shown": inline.shown,
            }
        case LineBreak():
            return {"type": "break"}
        case _:
            assert_never(inline)
