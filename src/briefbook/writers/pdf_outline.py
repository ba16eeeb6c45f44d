"""The bookmarks of a PDF (ISO 32000-1, 12.3.3): one for each heading, in the tree that their levels make."""

from collections.abc import Sequence
from dataclasses import field

from briefbook.frozen import changing
from briefbook.writers.pdf_file import PdfFile, text_string
from briefbook.writers.placed import PlacedPage


@changing
class _Bookmark:
    """A bookmark, or with level 0 the root of all."""

    level: int
    number: int  # of its object
    entries: str = ""  # of its dictionary: what it is called and where it leads
    kids: "list[_Bookmark]" = field(default_factory=list)


def outline(file: PdfFile, pages: Sequence[PlacedPage], numbers: Sequence[int]) -> int | None:
    """Write the bookmarks of pages with these object numbers; the root's number, None where there are none.

    A heading whose level is skipped hangs below the nearest one above it.
    """
    root = _Bookmark(level=0, number=0)
    open_ones = [root]
    for page, number in zip(pages, numbers, strict=True):
        for heading in page.headings:
            while open_ones[-1].level >= heading.level:
                open_ones.pop()
            place = f"/Dest[{number} 0 R/XYZ 0 {page.height - heading.y:.2f} 0]"
            entries = f"/Title{text_string(heading.title)}{place}"
            made = _Bookmark(level=heading.level, number=file.reserve(), entries=entries)
            open_ones[-1].kids.append(made)
            open_ones.append(made)
    if not root.kids:
        return None
    root.number = file.reserve()
    _write(file, root, "/Type/Outlines")
    return root.number


def _write(file: PdfFile, bookmark: _Bookmark, entries: str) -> int:
    """Write a bookmark and all below it; returns how many these are. All are open."""
    shown = 0
    kids = bookmark.kids
    for index, kid in enumerate(kids):
        beside = f"/Parent {bookmark.number} 0 R"
        if index:
            beside += f"/Prev {kids[index - 1].number} 0 R"
        if index + 1 < len(kids):
            beside += f"/Next {kids[index + 1].number} 0 R"
        shown += 1 + _write(file, kid, kid.entries + beside)
    if kids:
        entries += f"/First {kids[0].number} 0 R/Last {kids[-1].number} 0 R/Count {shown}"
    file.fill(bookmark.number, f"<<{entries}>>")
    return shown
