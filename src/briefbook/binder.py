"""The binder: memos bound into one book, ready for the writers of PDF and DOCX.

Every part of it is made of `document`'s blocks, but for the contents and the index, whose page numbers are
known only once pages are laid out: a writer makes their rows.
"""

from dataclasses import replace

from briefbook.document import Citations, Document, Section, SourceEntry, SourceList, Text
from briefbook.frozen import frozen
from briefbook.notes import NOTES, with_endnotes, without_notes


@frozen
class Tab:
    """A memo in the book, ready to print.

    Its headings stand a level deeper than in the memo alone, the first one has the tab's label before it, and
    its sources have the numbers of the book; the list of them stands at the book's end.
    """

    label: str  # Tab 3
    title: str  # the memo's subject
    document: Document


@frozen
class IndexEntry:
    """Somebody or something that the index names, and the anchors of the texts that show facts of it."""

    words: str
    language: str | None  # where it is not the book's
    anchors: tuple[int, ...]  # in reading order


@frozen
class IndexGroup:
    """A part of the index under a title, in the order of the language's letters."""

    title: Text
    entries: tuple[IndexEntry, ...]


@frozen
class Binder:
    """A bound book as of a day: cover, contents, tabs, sources, index.

    `cover` speaks for the whole: title, language, days, author, how citations are printed. `sources` is all
    that the tabs cite, under the book's numbers.
    """

    cover: Document
    contents_title: Text
    tabs: tuple[Tab, ...]
    sources: Section | None  # a heading and the list
    index_title: Text
    index: tuple[IndexGroup, ...]
    said_of_page: str  # what is read out for a link to a page: “page {page}”

    @property
    def entries(self) -> dict[int, SourceEntry]:
        """All listed sources by their numbers."""
        blocks = () if self.sources is None else self.sources.blocks
        return {e.number: e for block in blocks if isinstance(block, SourceList) for e in block.entries}

    @property
    def whole(self) -> Document:
        """The book as one document, without contents and index."""
        tabs = (section for tab in self.tabs for section in tab.document.sections)
        sources = () if self.sources is None else (self.sources,)
        return replace(self.cover, sections=(*self.cover.sections, *tabs, *sources))

    def closing(self) -> tuple[Document | None, Document | None]:
        """What stands behind the tabs, as pages show it: the list of sources, and the endnotes."""
        whole = self.whole
        ended = self.cover.citations is Citations.ENDNOTES
        printed = with_endnotes(whole) if ended else without_notes(whole)
        ahead = len(self.cover.sections) + sum(len(tab.document.sections) for tab in self.tabs)
        behind = {section.name == NOTES: section for section in printed.sections[ahead:]}
        made = [None if s is None else replace(whole, sections=(s,)) for s in map(behind.get, (False, True))]
        return made[0], made[1]
