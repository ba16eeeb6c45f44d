"""Binder to PDF: the pages of a bound book, tagged in one tree, as one file of both standards."""

from briefbook.binder import Binder
from briefbook.document import Heading, blocks_of
from briefbook.notes import notes_in
from briefbook.writers.bound_book import LaidBook, laid_book
from briefbook.writers.bound_layout import BoundPages, Parts
from briefbook.writers.pdf_tags import Tags
from briefbook.writers.placed import Owner, Part
from briefbook.writers.structure import Builder, Element, Structure, in_language, numbered
from briefbook.writers.theme import Theme
from briefbook.writers.to_pdf import draw


def write_bound_pdf(binder: Binder, theme: Theme) -> bytes:
    """Write a binder as PDF 1.7 with tags, dated by its as-of day; the theme's logo stands on the cover."""
    return pdf_of_book(laid_book(binder, theme))


def pdf_of_book(book: LaidBook) -> bytes:
    """Write a book that is laid out."""
    binder, laid = book.binder, book.laid
    entries = {entry.source: entry for entry in binder.entries.values()}
    structure = structure_of_binder(binder, laid)
    tags = Tags(binder.cover, laid.pages, entries, structure=structure, places=laid.places)
    return draw(binder.cover, laid.pages, tags, book.theme)


def structure_of_binder(binder: Binder, laid: BoundPages) -> Structure:
    """The elements of a bound book: each memo a Part, a TOC before them, an Index behind (14.8.4.2)."""
    parts, root = laid.parts, Element("Document")
    builder = Builder(root=root)
    noted = {
        number for document, _ in parts.tabs for block in blocks_of(document) for number in notes_in(block)
    }
    builder.add(parts.cover[0], noted, parts.cover[1])
    _contents(builder, binder, laid)
    for document, first in parts.tabs:
        foreign = document.language != binder.cover.language
        builder.root = root.add("Part", in_language(document.language) if foreign else "")
        builder.add(document, noted, first)
    builder.root = root
    if parts.sources is not None:
        builder.add(parts.sources[0], noted, parts.sources[1])
    if binder.index:
        builder.root = root.add("Index")
        _index(builder, binder, parts)
        builder.root = root
    if parts.notes is not None:
        builder.add(parts.notes[0], noted, parts.notes[1])
    return builder.structure()


def _contents(builder: Builder, binder: Binder, laid: BoundPages) -> None:
    first = laid.parts.contents
    builder.block(Heading(level=2, children=(binder.contents_title,)), Owner(block=first))
    contents = builder.root.add("TOC")
    for index in range(len(laid.rows)):
        item = contents.add("TOCI")
        for part in (Part.MARKER, Part.BODY, Part.VALUE):
            builder.elements[first + 1, (index,), part] = item


def _index(builder: Builder, binder: Binder, parts: Parts) -> None:
    block = parts.index
    builder.block(Heading(level=2, children=(binder.index_title,)), Owner(block=block))
    for group in binder.index:
        builder.block(Heading(level=3, children=(group.title,)), Owner(block=block + 1))
        entries = builder.root.add("L", numbered("None"))
        for row in range(len(group.entries)):
            body = entries.add("LI").add("LBody")
            builder.elements[block + 2, (row,), Part.BODY] = body
        block += 2
