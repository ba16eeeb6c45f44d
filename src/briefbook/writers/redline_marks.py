"""The marks of tracked changes (ECMA-376 Part 1 §17.13.5), each with an identity, an author, an instant."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass

from lxml import etree

from briefbook.writers.docx_styles import Element, W

INSERTED, DELETED, MOVED_FROM, MOVED_TO = "ins", "del", "moveFrom", "moveTo"
_RPR = W + "rPr"
# A change of a paragraph's properties says nothing of these (§17.3.1.29: CT_PPrBase).
NOT_IN_CHANGE = frozenset({W + "rPr", W + "sectPr", W + "pPrChange"})
NOT_IN_SECTION_CHANGE = frozenset({W + "headerReference", W + "footerReference", W + "sectPrChange"})


@dataclass(slots=True, kw_only=True)
class Marks:
    """Makes marks of one author and instant; identities count on from `last`."""

    author: str
    instant: str  # xsd:dateTime
    last: int

    def identity(self) -> str:
        """An identity that no other mark and no bookmark of the package has."""
        self.last += 1
        return str(self.last)

    def make(self, tag: str, parent: Element | None = None) -> Element:
        """The element w:`tag`, appended to a parent if one is given."""
        mark = etree.Element(W + tag) if parent is None else etree.SubElement(parent, W + tag)
        mark.set(W + "id", self.identity())
        mark.set(W + "author", self.author)
        mark.set(W + "date", self.instant)
        return mark

    def range_of(self, name: str) -> tuple[Element, Element]:
        """The two ends of a range: w:`name`RangeStart and w:`name`RangeEnd."""
        start = self.make(f"{name}RangeStart")
        end = etree.Element(f"{W}{name}RangeEnd")
        end.set(W + "id", start.get(W + "id", ""))
        return start, end

    def change(self, properties: Element, before: Element | None, skipped: frozenset[str]) -> None:
        """Append to properties what they were before: w:pPrChange to w:pPr and so on.

        Children with the `skipped` tags have no place in the old ones.
        """
        name = etree.QName(properties).localname
        mark = self.make(name + "Change", properties)
        old = etree.SubElement(mark, W + name)
        if before is not None:
            old.extend(copied(child) for child in before if child.tag not in skipped)

    def mark_paragraph(self, properties: Element, kind: str) -> None:
        """Say that a paragraph's own mark was inserted, deleted or moved (§17.13.5.15, §17.13.5.20)."""
        look = properties.find(_RPR)
        if look is None:
            look = etree.Element(_RPR)
            place = len(properties)
            while place and properties[place - 1].tag in (W + "sectPr", W + "pPrChange"):
                place -= 1
            properties.insert(place, look)
        look.insert(0, self.make(kind))

    def mark_row(self, row: Element, kind: str) -> None:
        """Say that a table's row was inserted or deleted (§17.13.5.17, §17.13.5.12)."""
        properties = row.find(W + "trPr")
        if properties is None:
            properties = etree.Element(W + "trPr")
            before = row.find(W + "tblPrEx")
            row.insert(0 if before is None else row.index(before) + 1, properties)
        place = len(properties)
        while place and properties[place - 1].tag == W + "trPrChange":
            place -= 1
        properties.insert(place, self.make(kind))

    def look_change(self, look: Element | None, before: Element | None) -> Element:
        """Run properties that tell what they were before."""
        made = etree.Element(_RPR) if look is None else copied(look)
        self.change(made, before, frozenset({W + "rPrChange"}))
        return made


def unwrap(inside: Element, element: Element | None = None) -> None:
    """Put what stands in an element in its place; if it is the content of another one, in that one's."""
    outer = inside if element is None else element
    for child in list(inside):
        outer.addprevious(child)
    parent = outer.getparent()
    assert parent is not None
    parent.remove(outer)


def copied(element: Element) -> Element:
    """An element with all that is in it: lxml takes `copy` for `deepcopy`, thrice as slow."""
    return copy(element)


def canonical(element: Element | None) -> bytes:
    """An element in one spelling, whatever prefixes are declared around it."""
    if element is None:
        return b""
    spelled: bytes = etree.tostring(element, method="c14n", exclusive=True, with_tail=False)
    return spelled


def canonical_of(children: Iterable[Element], skipped: frozenset[str]) -> bytes:
    """Some children in one spelling, but for the skipped."""
    return b"".join(canonical(child) for child in children if child.tag not in skipped)
