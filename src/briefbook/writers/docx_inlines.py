"""Inlines to runs: text, links, citations and forced lines inside a paragraph of the DOCX."""

from collections.abc import Container
from typing import assert_never

from lxml import etree

from briefbook.document import Cite, Inlines, LineBreak, Link, Text
from briefbook.writers.docx_controls import Controls, by_slot, slot_of
from briefbook.writers.docx_notes import CitationWriter, NoteKind, notes_root
from briefbook.writers.docx_package import add_relationship, blank_relationships
from briefbook.writers.docx_runs import Bookmarks, add_break, add_mark, add_run, add_tab
from briefbook.writers.docx_styles import PLACEHOLDER_STYLE, R, W, add, add_language
from briefbook.writers.words import safe_target, tied

_HYPERLINK_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
_OWN_STYLES = {(True, False): "Strong", (False, True): "Emphasis", (True, True): "StrongEmphasis"}


class InlineWriter:
    """Appends inlines to the paragraphs of one part and keeps the part's book of links.

    `relationships` (of that part) grows by one for each address.
    """

    def __init__(
        self,
        relationships: etree._Element,
        citations: CitationWriter,
        bookmarks: Bookmarks | None = None,
        anchors: Container[int] = (),
        controls: Controls | None = None,
    ) -> None:
        """Texts with these `anchors` become bookmarks; with `controls` a slot's words stand in one."""
        self.relationships = relationships
        self._bookmarks = bookmarks or Bookmarks()
        self._anchors = anchors
        self._controls = controls
        self._citations = citations
        self._link_ids: dict[str, str] = {}

    def write(self, paragraph: etree._Element, inlines: Inlines, style: str | None = None) -> None:
        """Append `inlines`; `style` is the character style of their text, else weight and slant choose it."""
        if all(slot_of(inline) is None for inline in inlines) or self._controls is None:
            self._write(paragraph, inlines, style)
            return
        for slot, part in by_slot(inlines):
            if slot is None:
                self._write(paragraph, part, style)
                continue
            with self._controls.around(paragraph, slot) as content:
                self._write(content, part, PLACEHOLDER_STYLE if slot.is_empty else style)

    def _write(self, paragraph: etree._Element, inlines: Inlines, style: str | None) -> None:
        cited = False  # two citations in touch would read as one number
        for inline in inlines:
            match inline:
                case Text():
                    self._text(paragraph, inline, style)
                case Link():
                    self._link(paragraph, inline, style)
                case Cite():
                    if inline.shown:
                        self._citations.write(paragraph, inline, joined=cited, lead_to=self._link_id)
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
            self._text(paragraph, text, style)

    def _text(self, paragraph: etree._Element, text: Text, style: str | None) -> None:
        if text.anchor is None or text.anchor not in self._anchors:
            _text(paragraph, text, style)
            return
        identity = self._bookmarks.start(paragraph, anchor_bookmark(text.anchor))
        _text(paragraph, text, style)
        self._bookmarks.end(paragraph, identity)

    def _link_id(self, target: str) -> str:
        known = self._link_ids.get(target)
        if known is None:
            known = add_relationship(self.relationships, _HYPERLINK_TYPE, target, outside=True)
            self._link_ids[target] = known
        return known


def anchor_bookmark(anchor: int) -> str:
    """The bookmark of a text that the index of a bound book leads to."""
    return f"place_{anchor}"


def notes_of_body(
    kind: NoteKind, citations: CitationWriter, *, hanging: bool
) -> tuple[etree._Element, etree._Element]:
    """The part of the notes that the body has hung so far, and its relationships (§17.11.2, §17.11.10).

    `hanging`: a note's lines begin beside its number, at a tab stop; else a space parts them.
    """
    root = notes_root(kind)
    inlines = InlineWriter(blank_relationships(), citations)
    for rank, entry in enumerate(citations.pending, 1):
        paragraph = add(add(root, kind.note, id=rank), "p")
        add(add(paragraph, "pPr"), "pStyle", val=kind.style)
        add_mark(paragraph, f"{kind.note}Ref", kind.reference_style)
        if hanging:
            add_tab(paragraph)
        else:
            add_run(paragraph, " ")
        inlines.write(paragraph, entry.children)
    return root, inlines.relationships


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
