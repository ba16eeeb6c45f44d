"""The runs that the parts of the DOCX are made of: text, tabs, forced lines, fields, bookmarks."""

from lxml import etree

from briefbook.writers.docx_styles import W, add

_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def add_run(parent: etree._Element, text: str, style: str | None = None) -> etree._Element:
    """Append a run of `text`, in a character style if one is named, and return it."""
    run = _styled(parent, style)
    words = add(run, "t")
    words.text = text
    if text != text.strip():
        words.set(_XML_SPACE, "preserve")
    return run


def add_mark(parent: etree._Element, tag: str, style: str | None = None, **attributes: str | int) -> None:
    """Append a run that holds the element w:`tag` alone: the sign of a note, a separator."""
    add(_styled(parent, style), tag, **attributes)


def add_tab(paragraph: etree._Element) -> None:
    """Append a run that goes to the next tab stop."""
    add_mark(paragraph, "tab")


def add_break(paragraph: etree._Element) -> None:
    """Append a run that begins a new line."""
    add_mark(paragraph, "br")


def add_field(paragraph: etree._Element, instruction: str, result: str, style: str | None = None) -> None:
    """Append a complex field (ECMA-376 Part 1 §17.16.18) with the result that it has already.

    All its runs carry the style: Word takes that of the instruction when it works the field out anew.
    """
    add_mark(paragraph, "fldChar", style, fldCharType="begin")
    words = add(_styled(paragraph, style), "instrText")
    words.text = f" {instruction} "
    words.set(_XML_SPACE, "preserve")
    add_mark(paragraph, "fldChar", style, fldCharType="separate")
    add_run(paragraph, result, style)
    add_mark(paragraph, "fldChar", style, fldCharType="end")


class Bookmarks:
    """Bookmarks of one package (§17.13.6): each has an identity of its own and a name that stands once."""

    def __init__(self) -> None:
        self._names: set[str] = set()

    def start(self, parent: etree._Element, name: str) -> int | None:
        """Begin the bookmark `name` and return its identity; None where the name is taken."""
        if name in self._names:
            return None
        self._names.add(name)
        identity = len(self._names)
        add(parent, "bookmarkStart", id=identity, name=name)
        return identity

    def end(self, parent: etree._Element, identity: int | None) -> None:
        """End the bookmark that `start` returned."""
        if identity is not None:
            add(parent, "bookmarkEnd", id=identity)


def _styled(parent: etree._Element, style: str | None) -> etree._Element:
    run = etree.SubElement(parent, W + "r")
    if style:
        add(add(run, "rPr"), "rStyle", val=style)
    return run
