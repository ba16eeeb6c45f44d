"""The content controls of a returned DOCX, each with what a person wrote in it (ECMA-376 Part 1 §17.5.2)."""

from dataclasses import dataclass, field

from lxml import etree

from briefbook.readers.returned_xml import W14, W, is_on, local_name, value
from briefbook.returned import Control, Look, Span

_CROSSED_OUT = frozenset((Look.STRUCK, Look.HIDDEN))


@dataclass(slots=True, kw_only=True)
class OpenControl:
    """A content control that is being read."""

    tag: str
    title: str
    is_placeholder: bool
    is_checked: bool | None
    bookmarks: tuple[str, ...] = ()
    texts: list[str] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    began: int | None = None  # the paragraph in which its words stood last
    held: bool = False  # whether words stood in it, whatever their fate

    def add(self, span: Span, paragraph: int) -> None:
        """Take in some words, which stand in this paragraph."""
        self.held = True
        if any(not revision.comes for revision in span.revisions):
            return
        if self.texts and self.began != paragraph:
            self.texts.append("\n")
        self.began = paragraph
        self.texts.append(span.text)
        if span.looks & _CROSSED_OUT:
            self.struck.append(span.text)

    def done(self) -> Control:
        """The control, once all of it is read."""
        text = "".join(self.texts)
        return Control(
            tag=self.tag, title=self.title, text=text, is_placeholder=self.is_placeholder and bool(text),
            is_checked=self.is_checked, is_gone=self.held and not text, bookmarks=self.bookmarks,
            struck="".join(self.struck),
        )  # fmt: skip


def opened_control(element: etree._Element) -> OpenControl:
    """The control that begins with this element."""
    properties = element.find(W + "sdtPr")
    found = {} if properties is None else {local_name(one): one for one in properties}
    checked = None
    if "checkbox" in found:
        box = found["checkbox"].find(W14 + "checked")
        checked = box is not None and box.get(W14 + "val", "1") in ("1", "true", "on")
    return OpenControl(
        tag=value(found.get("tag")),
        title=value(found.get("alias")),
        is_checked=checked,
        is_placeholder=is_on(found.get("showingPlcHdr")),
        bookmarks=tuple(mark.get(W + "name", "") for mark in element.iter(W + "bookmarkStart")),
    )
