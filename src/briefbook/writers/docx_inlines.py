"""Inlines to runs: text, links, citations and forced lines inside a paragraph of the DOCX."""

from typing import assert_never

from lxml import etree

from briefbook.document import Cite, Inlines, LineBreak, Link, Text
from briefbook.writers.house_styles import R, W, add, add_language
from briefbook.writers.words import safe_target, tied

_HYPERLINK_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_OWN_STYLES = {(True, False): "Strong", (False, True): "Emphasis", (True, True): "StrongEmphasis"}


class InlineWriter:
    """Appends inlines to paragraphs and keeps the book of links.

    `relationships` (of the document's part) grows by one for each address. A citation leads to the bookmark
    of its source if that is among `listed`, the numbers that the document's list of sources holds.
    """

    def __init__(self, relationships: etree._Element, listed: frozenset[int]) -> None:
        self.relationships = relationships
        self._listed = listed
        self._link_ids: dict[str, str] = {}

    def write(self, paragraph: etree._Element, inlines: Inlines, style: str | None = None) -> None:
        """Append `inlines`; `style` is the character style of their text, else weight and slant choose it."""
        cited = False  # two citations in touch would read as one number
        for inline in inlines:
            match inline:
                case Text():
                    _text(paragraph, inline, style)
                case Link():
                    self._link(paragraph, inline, style)
                case Cite():
                    if inline.shown:
                        self._cite(paragraph, inline, joined=cited)
                case LineBreak():
                    add_break(paragraph)
                case _:
                    assert_never(inline)
            cited = isinstance(inline, Cite) and (inline.shown or cited)

    def _link(self, paragraph: etree._Element, link: Link, style: str | None) -> None:
        target = safe_target(link)
        if target is not None:
            paragraph = add(paragraph, "hyperlink", history=1)
            paragraph.set(R + "id", self._link_id(target))
            style = "Hyperlink"
        for text in link.children:
            _text(paragraph, text, style)

    def _cite(self, paragraph: etree._Element, cite: Cite, *, joined: bool) -> None:
        for source in cite.sources:
            if joined:
                add_run(paragraph, ",\N{NO-BREAK SPACE}", "Citation")
            joined = True
            holder = paragraph
            if source.number in self._listed:
                holder = add(paragraph, "hyperlink", anchor=bookmark_name(source.number), history=1)
            add_run(holder, str(source.number), "Citation")

    def _link_id(self, target: str) -> str:
        known = self._link_ids.get(target)
        if known is None:
            known = self._link_ids[target] = f"rId{len(self.relationships) + 1}"
            attributes = {"Id": known, "Type": _HYPERLINK_TYPE, "Target": target, "TargetMode": "External"}
            etree.SubElement(self.relationships, self.relationships[0].tag, attributes)
        return known


def bookmark_name(number: int) -> str:
    """The bookmark of a source: letters, digits and underscores, at most 40, as Word asks."""
    return f"source_{number}"


def add_run(parent: etree._Element, text: str, style: str | None = None) -> etree._Element:
    """Append a run of `text`, in a character style if one is named, and return it."""
    run = add(parent, "r")
    if style:
        add(add(run, "rPr"), "rStyle", val=style)
    words = add(run, "t")
    words.text = text
    if text != text.strip():
        words.set(_XML_SPACE, "preserve")
    return run


def add_tab(paragraph: etree._Element) -> None:
    """Append a run that goes to the next tab stop."""
    add(add(paragraph, "r"), "tab")


def add_break(paragraph: etree._Element) -> None:
    """Append a run that begins a new line."""
    add(add(paragraph, "r"), "br")


def _text(parent: etree._Element, text: Text, style: str | None) -> None:
    """Append a run. Inside another character style (a run has but one) weight and slant are set directly."""
    run = add_run(parent, tied(text.text), style or _OWN_STYLES.get((text.strong, text.emphasis)))
    direct = style is not None and (text.strong or text.emphasis)
    if not direct and text.language is None:
        return
    properties = run.find(W + "rPr")
    if properties is None:
        properties = etree.Element(W + "rPr")
        run.insert(0, properties)
    if direct and text.strong:
        add(properties, "b")
    if direct and text.emphasis:
        add(properties, "i")
    if text.language is not None:
        add_language(properties, text.language)
