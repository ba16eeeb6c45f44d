"""The elements of WordprocessingML by which a returned document tells what was done to it."""

from lxml import etree

from briefbook.readers.returned_package import Package, Related
from briefbook.returned import Revision, RevisionKind

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
REVISIONS = {
    "ins": RevisionKind.INSERTED,
    "del": RevisionKind.DELETED,
    "moveTo": RevisionKind.MOVED_HERE,
    "moveFrom": RevisionKind.MOVED_AWAY,
    "cellIns": RevisionKind.INSERTED,
    "cellDel": RevisionKind.DELETED,
}
SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\N{NON-BREAKING HYPHEN}"}


def root_of(package: Package, related: list[Related], kind: str) -> etree._Element | None:
    """The root of the part of a kind that a part refers to. Raises BriefbookError."""
    name = next((one.target for one in related if one.kind == kind and not one.is_outside), None)
    return None if name is None else package.root(name)


def local_name(element: etree._Element | None) -> str:
    """The local name of an element; nothing for a comment or an instruction."""
    tag = None if element is None else element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def value(element: etree._Element | None) -> str:
    """The value of an element that has one; empty without it."""
    return "" if element is None else element.get(W + "val", "")


def is_on(element: etree._Element | None) -> bool:
    """Whether a switch is there and not turned off (§17.17.4)."""
    return element is not None and element.get(W + "val", "1") not in ("0", "false", "off")


def revision(element: etree._Element, name: str) -> Revision:
    """The tracked change that an element of this local name stands for (§17.13.5)."""
    return Revision(
        kind=REVISIONS[name], author=element.get(W + "author", ""), when=element.get(W + "date", "")
    )


def revisions_in(properties: etree._Element | None) -> tuple[Revision, ...]:
    """The revisions of a paragraph's end, a row or a cell, as its properties tell them."""
    if properties is None:
        return ()
    return tuple(revision(one, name) for one in properties if (name := local_name(one)) in REVISIONS)


def words_of(element: etree._Element) -> str:
    """The words that an element in a run stands for; nothing for a new page or column."""
    match local_name(element):
        case "t" | "delText":
            return element.text or ""
        case "br" if element.get(W + "type", "textWrapping") != "textWrapping":
            return ""
        case "sym":
            return _symbol(element)
        case name:
            return SIGNS.get(name, "")


def _symbol(element: etree._Element) -> str:
    """A sign of a face of signs: its character, where that is in Unicode and not of private use."""
    try:
        code = int(element.get(W + "char", ""), 16)
    except ValueError:
        return "\N{REPLACEMENT CHARACTER}"
    return chr(code) if 0x20 < code < 0xD800 else "\N{REPLACEMENT CHARACTER}"
