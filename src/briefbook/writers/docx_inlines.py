"""Inlines to runs: text, links, citations and forced lines inside a paragraph of the DOCX."""

from collections.abc import Container
from functools import lru_cache
from typing import assert_never

from briefbook.document import Cite, Inlines, LineBreak, Link, Text
from briefbook.keeping import Remembered
from briefbook.writers.docx_controls import Controls, by_slot, slot_of
from briefbook.writers.docx_flow import Flow, WordParagraph, rooted
from briefbook.writers.docx_notes import CitationWriter, NoteKind, separators
from briefbook.writers.docx_package import Relationships
from briefbook.writers.docx_runs import (
    Bookmarks,
    add_break,
    add_mark,
    add_run,
    add_tab,
    language_of_run,
    look_of_run,
    words_of_run,
)
from briefbook.writers.docx_styles import PLACEHOLDER_STYLE
from briefbook.writers.words import safe_target, tied

_HYPERLINK_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
_OWN_STYLES = {(True, False): "Strong", (False, True): "Emphasis", (True, True): "StrongEmphasis"}


class InlineWriter:
    """Appends inlines to what stands in the paragraphs of one part and keeps the part's book of links.

    `relationships` (of that part) grows by one for each address.
    """

    def __init__(
        self,
        relationships: Relationships,
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
        self._plain = _runs(None, False, False, None)

    def write(
        self, flow: Flow, inlines: Inlines, style: str | None = None, *, in_control: bool = False
    ) -> None:
        """Append `inlines`; `style` is the character style of their text, else weight and slant choose it.

        `in_control`: the control of their slot is around them already.
        """
        upright = self._plain if style is None else _runs(style, False, False, None)
        append = flow.append
        cited = False  # two citations in touch would read as one number
        for inline in inlines:
            if (
                inline.__class__ is Text and inline.anchor is None and inline.slot is None
            ):  # as nearly all are
                if inline.strong or inline.emphasis or inline.language is not None:
                    append(_runs(style, inline.strong, inline.emphasis, inline.language)[inline.text])
                else:
                    append(upright[inline.text])
                cited = False
                continue
            if inline.__class__ is Cite and not inline.shown:  # as most are: print implies the main source
                continue
            if not in_control and self._controls is not None and slot_of(inline) is not None:
                self._write_slots(flow, inlines, style)
                return
            match inline:
                case Text():
                    self._text(flow, inline, style)
                case Link():
                    self._link(flow, inline, style)
                case Cite():
                    if inline.shown:
                        self._citations.write(flow, inline, joined=cited, lead_to=self._link_id)
                case LineBreak():
                    add_break(flow)
                case _:
                    assert_never(inline)
            cited = isinstance(inline, Cite) and (inline.shown or cited)

    def _write_slots(self, flow: Flow, inlines: Inlines, style: str | None) -> None:
        """Append inlines from the first on that shows a slot's words, which stand in controls."""
        assert self._controls is not None
        before = 0
        while slot_of(inlines[before]) is None:
            before += 1
        for slot, part in by_slot(inlines[before:]):
            if slot is None:
                self.write(flow, part, style, in_control=True)
                continue
            with self._controls.around(flow, slot):
                self.write(flow, part, PLACEHOLDER_STYLE if slot.is_empty else style, in_control=True)

    def _link(self, flow: Flow, link: Link, style: str | None) -> None:
        target = safe_target(link)
        if target is None:
            for text in link.children:
                self._text(flow, text, style)
            return
        flow.append(f'<w:hyperlink w:history="1" r:id="{self._link_id(target)}">')
        for text in link.children:
            self._text(flow, text, "Hyperlink")
        flow.append("</w:hyperlink>")

    def _text(self, flow: Flow, text: Text, style: str | None) -> None:
        if text.anchor is None or text.anchor not in self._anchors:
            _text(flow, text, style)
            return
        identity = self._bookmarks.start(flow, anchor_bookmark(text.anchor))
        _text(flow, text, style)
        self._bookmarks.end(flow, identity)

    def _link_id(self, target: str) -> str:
        known = self._link_ids.get(target)
        if known is None:
            known = self.relationships.add(_HYPERLINK_TYPE, target, outside=True)
            self._link_ids[target] = known
        return known


def anchor_bookmark(anchor: int) -> str:
    """The bookmark of a text that the index of a bound book leads to."""
    return f"place_{anchor}"


def notes_of_body(kind: NoteKind, citations: CitationWriter, *, hanging: bool) -> tuple[str, Relationships]:
    """The part of the notes that the body has hung so far, and its relationships (§17.11.2, §17.11.10).

    `hanging`: a note's lines begin beside its number, at a tab stop; else a space parts them.
    """
    notes = [separators(kind)]
    inlines = InlineWriter(Relationships(), citations)
    for rank, entry in enumerate(citations.pending, 1):
        paragraph = WordParagraph(style=kind.style)
        add_mark(paragraph.flow, f"{kind.note}Ref", kind.reference_style)
        if hanging:
            add_tab(paragraph.flow)
        else:
            add_run(paragraph.flow, " ")
        inlines.write(paragraph.flow, entry.children)
        notes.append(f'<w:{kind.note} w:id="{rank}">{paragraph.xml()}</w:{kind.note}>')
    return rooted(f"{kind.note}s", "".join(notes)), inlines.relationships


def _text(flow: Flow, text: Text, style: str | None) -> None:
    flow.append(_runs(style, text.strong, text.emphasis, text.language)[text.text])


@lru_cache(maxsize=64)  # a handful of looks
def _runs(style: str | None, strong: bool, emphasis: bool, language: str | None) -> Remembered[str, str]:
    """Text → its run in one look: names, labels and what stands between two of them come again."""
    look = _look(style, strong, emphasis, language)
    return Remembered(lambda text: look + words_of_run(tied(text)), _MOST_TEXTS)


_MOST_TEXTS = 2048  # that are kept for one look


def _look(style: str | None, strong: bool, emphasis: bool, language: str | None) -> str:
    """What a run begins with. It has but one character style: beside that, weight and slant are direct."""
    direct = ""
    if style is not None:
        direct = ("<w:b/>" if strong else "") + ("<w:i/>" if emphasis else "")
    if language is not None:
        direct += language_of_run(language)
    return look_of_run(style or _OWN_STYLES.get((strong, emphasis)), direct)
