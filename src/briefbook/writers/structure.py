"""The structure of a document: what its parts are, for whoever reads it without seeing it.

Pure. Makes PDF's standard structure elements (ISO 32000-1, 14.8.4) of a document's blocks and tells which
element the runs of an owner belong to; `pdf_tags` hangs the content of pages into it. Elements are made in
reading order and never moved, so the order of the elements is the order of the document.
"""

from collections.abc import Container, Mapping
from dataclasses import field
from typing import assert_never

from briefbook.document import (
    Block,
    Citations,
    Document,
    Fields,
    Figure,
    Heading,
    ItemList,
    Paragraph,
    SourceList,
    Table,
    blocks_of,
)
from briefbook.frozen import changing, frozen
from briefbook.notes import notes_in
from briefbook.outline import DEEPEST
from briefbook.writers.pdf_file import text_string
from briefbook.writers.placed import Owner, Part, edge_owners

_OF_NOTES = (Part.NOTE_MARKER, Part.NOTE)

Place = tuple[int, tuple[int, ...], Part]
"""What an `Owner` is: a plain tuple is equal to it and made in a fraction of its time."""


class Element:
    """A structure element. It grows while pages are drawn, as elements and content are hung into it.

    `entries` are further entries of its dictionary in PDF's own spelling, such as attributes; so are those of
    its `kids` that are no elements: content of a page, an annotation. What few elements have is the class's
    until one sets its own: a memo has hundreds of elements.
    """

    back_to: str | None = None  # the source whose first citation its content leads back to
    identifier = ""  # unique in the document
    inline: "tuple[str, Element] | None" = None  # what a run that goes on inside it joins
    page = 0  # the number of the page's object that its first content stands on; 0 while it has none
    number = 0  # of its object, once it is written

    def __init__(self, role: str, entries: str = "") -> None:
        self.role = role
        self.entries = entries
        self.kids: list[Element | str] = []

    def add(self, role: str, entries: str = "") -> "Element":
        """A new element at its end."""
        kid = Element(role, entries)
        self.kids.append(kid)
        return kid

    def joined(self, role: str, key: str, entries: str = "") -> "Element":
        """The inline element at its end if that is of the same key, else a new one."""
        if self.inline is None or self.inline[0] != key:
            self.inline = key, self.add(role, entries)
        return self.inline[1]

    def show(self, content: int, page: int) -> None:
        """Hang in a marked-content sequence: the `content`th (from 0) of the page with this object number."""
        self.inline = None  # content of its own ends the inline element
        if not self.page:
            self.page = page
        on_first = page == self.page  # what stands on another page names that (14.7.4.2)
        self.kids.append(f"{content}" if on_first else f"<</Type/MCR/Pg {page} 0 R/MCID {content}>>")


@frozen
class Structure:
    """The root element of a document, and the elements that the owners of placed runs belong to."""

    root: Element
    elements: Mapping[Place, Element]
    notes: Mapping[tuple[int, Part], Element]  # by number

    def element(self, owner: Owner) -> Element | None:
        """The element of an owner; None for one that is no part of the document."""
        element = self.elements.get(owner)
        if element is None and owner.part in _OF_NOTES:
            return self.notes.get((owner.path[0], owner.part))
        return element


def structure_of(document: Document) -> Structure:
    """The elements of a document as its pages show it, still without content."""
    builder = Builder(root=Element("Document"))
    noted: set[int] = set()
    if document.citations is Citations.ENDNOTES:
        noted = {number for block in blocks_of(document) for number in notes_in(block)}
    builder.add(document, noted)
    return builder.structure()


@changing
class Builder:
    """Makes the elements of blocks at the end of `root`, which may be changed on the way."""

    root: Element
    elements: dict[Place, Element] = field(default_factory=dict)
    notes: dict[tuple[int, Part], Element] = field(default_factory=dict)

    def structure(self) -> Structure:
        """What was made, with `root` as it is now."""
        return Structure(root=self.root, elements=self.elements, notes=self.notes)

    def add(self, document: Document, noted: Container[int], first: int = 0) -> None:
        """The blocks of a document, the first of which has this number, with the notes that hang in it.

        `noted` are the numbers of all endnotes: they may be those of other documents.
        """
        for number, block in enumerate(blocks_of(document), first):
            if document.citations is Citations.ENDNOTES and isinstance(block, SourceList):
                for entry in block.entries:
                    if entry.number in noted:
                        self.note(entry.number, entry.source)
            self.block(block, Owner(block=number))
            if document.citations is Citations.FOOTNOTES:
                for note, source in notes_in(block).items():
                    self.note(note, source)
        for owner in edge_owners(document, first).values():
            self.elements[owner] = self.root.add("P")

    def block(self, block: Block, owner: Owner) -> None:
        """The elements of a block."""
        match block:
            case Heading():
                self.elements[owner] = self.root.add(f"H{min(block.level, DEEPEST)}")
                if block.aside:
                    self.elements[owner.block, (), Part.ASIDE] = self.root.add("P")
            case Paragraph():
                self.elements[owner] = self.root.add("P")
            case ItemList():
                self._list(block, owner.block, (), self.root)
            case Fields():
                self._fields(block, owner.block)
            case Table():
                self._table(block, owner.block)
            case SourceList():
                self._sources(block, owner.block)
            case Figure():
                self.elements[owner] = self.root.add("Figure", alternative(block.alt))
                # Beside the Figure, as whoever hears its Alt hears nothing in it (ISO 14289-1, 7.3).
                self.elements[owner.block, (), Part.CAPTION] = self.root.add("Caption")
            case _:
                assert_never(block)

    def _list(self, items: ItemList, number: int, path: tuple[int, ...], parent: Element) -> None:
        """A list; one that stands in an item stands in its LBody (14.8.4.3.3)."""
        numbering = "Decimal" if items.ordered else "Disc"
        made = parent.add("L", numbered(numbering))
        for index, item in enumerate(items.items):
            place = (*path, index)
            entry = made.add("LI")
            self.elements[number, place, Part.MARKER] = entry.add("Lbl")
            body = entry.add("LBody")
            alone = len(item.blocks) == 1  # its text stands in the LBody itself
            for position, block in enumerate(item.blocks):
                if isinstance(block, Paragraph):
                    shown = body if alone else body.add("P")
                    self.elements[number, (*place, position), Part.BODY] = shown
                else:
                    self._list(block, number, (*place, position), body)

    def _fields(self, fields: Fields, number: int) -> None:
        """Labels with values: a list whose labels count nothing, and no table that only lays out."""
        made = self.root.add("L", numbered("None"))
        for index in range(len(fields.rows)):
            entry = made.add("LI")
            self.elements[number, (index,), Part.LABEL] = entry.add("Lbl")
            self.elements[number, (index,), Part.VALUE] = entry.add("LBody")

    def _sources(self, sources: SourceList, number: int) -> None:
        made = self.root.add("L", numbered("Decimal"))
        for index, source in enumerate(sources.entries):
            entry = made.add("LI")
            label = entry.add("Lbl")
            label.back_to = source.source
            self.elements[number, (index,), Part.MARKER] = label
            self.elements[number, (index,), Part.BODY] = entry.add("LBody")

    def note(self, number: int, source: str) -> None:
        """A note, read after the block in which it hangs; its identifier is unique (ISO 14289-1, 7.9)."""
        identifier = f"note.{number}"
        made = self.root.add("Note", f"/ID{text_string(identifier)}")
        made.identifier = identifier
        label = made.add("Lbl")
        label.back_to = source
        self.notes[number, Part.NOTE_MARKER] = label
        self.notes[number, Part.NOTE] = made.add("P")

    def _table(self, table: Table, number: int) -> None:
        """A table; one without a row has no THead either, which would want a TBody (ISO 14289-1, 7.5)."""
        summary = f"/A<</O/Table/Summary{text_string(table.name)}>>" if table.name else ""
        made = self.root.add("Table", summary)
        head = made.add("THead") if table.rows else made
        self._row(head.add("TR"), "TH", len(table.header.cells), number, 0)
        if table.rows:
            body = made.add("TBody")
            for index, row in enumerate(table.rows, 1):
                self._row(body.add("TR"), "TD", len(row.cells), number, index)

    def _row(self, row: Element, role: str, cells: int, number: int, index: int) -> None:
        part, entries = Part.CELL, ""
        if role == "TH":
            part, entries = Part.HEADER_CELL, "/A<</O/Table/Scope/Column>>"
        for column in range(cells):
            self.elements[number, (index, column), part] = row.add(role, entries)


def alternative(words: str) -> str:
    """The entry that says an element in words, for who cannot see it (ISO 32000-1, 14.9.3)."""
    return f"/Alt{text_string(words)}" if words else ""


def in_language(language: str) -> str:
    """The entry of an element whose language is not its parent's (ISO 32000-1, 14.9.2)."""
    return f"/Lang{text_string(language)}"


def numbered(numbering: str) -> str:
    """The attribute of a list that says how it counts (ISO 32000-1, table 347)."""
    return f"/A<</O/List/ListNumbering/{numbering}>>"
