"""The sources of a document that print as footnotes or endnotes, and the document beside them."""

from collections.abc import Container, Iterator
from dataclasses import replace

from briefbook.document import (
    Block,
    Cite,
    Document,
    Heading,
    Section,
    SourceEntry,
    SourceList,
    Text,
    blocks_of,
    inlines_of,
)

NOTES = "notes"  # the name of the section that `with_endnotes` adds


def notes_in(block: Block) -> dict[int, str]:
    """The notes that hang in a block, by their numbers, in reading order: the ids of their sources.

    None hangs in the list of sources itself: a note within a note can't be set.
    """
    return {
        cited.number: cited.source
        for inline in (() if isinstance(block, SourceList) else inlines_of(block))
        if isinstance(inline, Cite) and inline.shown
        for cited in inline.sources
        if cited.is_note
    }


def notes_of(document: Document) -> dict[int, SourceEntry]:
    """The sources that are printed as footnotes or endnotes, by their numbers; none in a numbered document.

    HTML, Markdown, plain text and JSON have no pages and keep the whole list; DOCX and PDF print these as
    notes and only the rest of the list.
    """
    noted = {number for block in blocks_of(document) for number in notes_in(block)}
    lists = (block for block in blocks_of(document) if isinstance(block, SourceList))
    return {entry.number: entry for block in lists for entry in block.entries if entry.number in noted}


def without_notes(document: Document) -> Document:
    """The document as DOCX and PDF print it beside its notes: what is left of the list of sources.

    A section of whose list nothing but the heading is left goes.
    """
    noted = notes_of(document)
    if not noted:
        return document
    sections: list[Section] = []
    for section in document.sections:
        blocks = tuple(_unnoted(section.blocks, noted))
        lost_its_list = len(blocks) < len(section.blocks)
        if not lost_its_list or any(not isinstance(block, Heading) for block in blocks):
            sections.append(replace(section, blocks=blocks))
    return replace(document, sections=tuple(sections))


def with_endnotes(document: Document) -> Document:
    """The document with its endnotes as one more section, for a format that has none of its own: a PDF.

    The section, `NOTES`, is the last one: a heading, and a list of the notes in their order.
    """
    noted = notes_of(document)
    if not noted:
        return document
    title = (Text(text=document.notes_title),) if document.notes_title else ()
    heading = [Heading(level=2, children=title)] if title else []
    notes = SourceList(entries=tuple(noted[number] for number in sorted(noted)))
    rest = without_notes(document)
    return replace(rest, sections=(*rest.sections, Section(name=NOTES, blocks=(*heading, notes))))


def _unnoted(blocks: tuple[Block, ...], noted: Container[int]) -> Iterator[Block]:
    for block in blocks:
        if not isinstance(block, SourceList):
            yield block
            continue
        entries = tuple(entry for entry in block.entries if entry.number not in noted)
        if entries:
            yield replace(block, entries=entries)
