"""Document to PDF: draws laid-out pages on ReportLab's canvas.

Embedded subset faces, bookmarks, links, metadata; the same document gives the same bytes, whatever the
clock. Tags are no part of it yet: each run knows the block that it shows (`placed.Owner`), so that marked
content can open and close around runs in `_draw_runs`.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from io import BytesIO
from typing import Any, cast
from urllib.parse import quote, urlsplit

from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from briefbook.document import Document
from briefbook.writers.faces import (
    BODY_FACE,
    OURS,
    FaceSet,
    face_pieces,
    faces_of,
    register_face,
    width_in_ems,
)
from briefbook.writers.layout import lay_out
from briefbook.writers.logo import with_logo
from briefbook.writers.placed import Part, PlacedPage, PlacedRun
from briefbook.writers.theme import Theme

_LINKED_SCHEMES = frozenset({"http", "https", "mailto"})
_ADDRESS_SIGNS = "%/:=&?~#+!$,;'@()*[]"  # stand for themselves in an address (RFC 3986, 2.2)
_ASCENT, _DESCENT = 0.78, 0.22  # of a run's size: the box of a link around it


def write_pdf(document: Document, theme: Theme) -> bytes:
    """Write a document as PDF 1.7, dated by its as-of day."""
    document = with_logo(document, theme)
    faces = faces_of(theme)
    measure = width_in_ems if faces == OURS else partial(width_in_ems, faces=faces)
    pages = lay_out(document, theme, measure)
    out = BytesIO()
    register_face(BODY_FACE)
    rl_config.useA85 = 0  # streams as bytes: an armour of ASCII makes a file a quarter longer
    options: dict[str, Any] = {
        "pageCompression": 1,
        "invariant": 1,
        "pdfVersion": (1, 7),
        "initialFontName": BODY_FACE,
        "lang": document.language,
    }
    canvas = Canvas(out, pagesize=(theme.page.width, theme.page.height), **options)
    _describe(canvas, document, pages)
    destinations = {
        mark.source: f"source.{index}"
        for index, mark in enumerate((mark for page in pages for mark in page.sources), 1)
    }
    outline = _Outline(canvas)
    for page in pages:
        _draw_page(canvas, page, destinations, outline, faces)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _describe(canvas: Canvas, document: Document, pages: Sequence[PlacedPage]) -> None:
    """Metadata (ISO 32000-1, 14.3.3) and a file identifier (14.4) that depend on the document alone."""
    canvas.setTitle(document.title)
    canvas.setAuthor(document.author)
    canvas.setSubject(document.footer)
    canvas.setKeywords(", ".join(_keywords(document)))
    canvas.setCreator("briefbook")
    canvas.setProducer("briefbook")
    canvas.setDateFormatter(lambda *_clock: _pdf_date(document.as_of))
    canvas.setViewerPreference("DisplayDocTitle", "true")
    identity = hashlib.blake2b(digest_size=16, usedforsecurity=False)
    identity.update(f"{document.memo} {document.as_of} {document.known_by}".encode())
    for page in pages:
        for run in page.runs:
            identity.update(run.text.encode())
    # ReportLab makes the identifier from this hash; its own one holds the clock or SOURCE_DATE_EPOCH.
    cast(Any, canvas)._doc.signature = identity


def _keywords(document: Document) -> list[str]:
    """The memo's id, its reference where that is another one, and the as-of day."""
    return list(dict.fromkeys([document.memo, document.reference, document.as_of.isoformat()]))


def _pdf_date(day: date) -> str:
    """Midnight of a day, UTC (ISO 32000-1, 7.9.4)."""
    return f"D:{day:%Y%m%d}000000Z"


class _Outline:
    """The bookmarks. A level is never deeper than one below the level before it."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._count = 0
        self._depths: list[int] = []

    def add(self, title: str, level: int, y: float) -> None:
        """Add a bookmark to the page in hand; `y` in points from the sheet's lower edge."""
        while self._depths and self._depths[-1] >= level:
            self._depths.pop()
        self._depths.append(level)
        self._count += 1
        key = f"heading.{self._count}"
        self._canvas.bookmarkHorizontalAbsolute(key, y)
        self._canvas.addOutlineEntry(title, key, len(self._depths) - 1)


def _draw_page(
    canvas: Canvas, page: PlacedPage, destinations: Mapping[str, str], outline: _Outline, faces: FaceSet
) -> None:
    for heading in page.headings:
        outline.add(heading.title, heading.level, page.height - heading.y)
    for source in page.sources:
        canvas.bookmarkHorizontalAbsolute(destinations[source.source], page.height - source.y)
    for run in page.runs:
        if run.note is not None:
            canvas.bookmarkHorizontalAbsolute(f"citation.{run.note}", page.height - run.baseline + run.size)
    for rule in page.rules:
        canvas.setStrokeColor(HexColor(f"#{rule.colour}"))
        canvas.setLineWidth(rule.thickness)
        y = page.height - rule.y
        canvas.line(rule.x, y, rule.x + rule.width, y)
    _draw_runs(canvas, page, faces)
    _add_links(canvas, page, destinations)


def _draw_runs(canvas: Canvas, page: PlacedPage, faces: FaceSet) -> None:
    """Draw the text of a page, run by run, in reading order."""
    text = canvas.beginText()
    colour = ""
    font: tuple[str, float] | None = None
    for run in page.runs:
        if run.colour != colour:
            colour = run.colour
            text.setFillColor(HexColor(f"#{colour}"))
        x = run.x
        for piece in face_pieces(run.text, run.strong, run.emphasis, faces):
            if (piece.face, run.size) != font:
                font = piece.face, run.size
                text.setFont(*font)
            text.setTextOrigin(x + piece.offset * run.size, page.height - run.baseline)
            text.textOut(piece.text)
            x += piece.width * run.size
    canvas.drawText(text)


def _add_links(canvas: Canvas, page: PlacedPage, destinations: Mapping[str, str]) -> None:
    """Make addresses and citations live, one area for what stands together on a line."""
    joined: list[tuple[PlacedRun, float]] = []  # the first run of an area, and the area's right edge
    for run in page.runs:
        if run.link is None and run.cited is None:
            continue
        right = run.x + run.width
        if joined:
            first, edge = joined[-1]
            same = (first.link, first.cited, first.baseline) == (run.link, run.cited, run.baseline)
            if same and run.link is not None and abs(edge - run.x) < 0.01:
                joined[-1] = first, right
                continue
        joined.append((run, right))
    for run, right in joined:
        base = page.height - run.baseline
        area = (run.x, base - _DESCENT * run.size, right, base + _ASCENT * run.size)
        if run.link is not None and urlsplit(run.link).scheme.lower() in _LINKED_SCHEMES:
            canvas.linkURL(quote(run.link, safe=_ADDRESS_SIGNS), area, relative=0, thickness=0)
        elif run.cited is not None and run.cited in destinations:
            canvas.linkRect("", destinations[run.cited], area, relative=0, thickness=0)
    for run in page.runs:
        if run.owner is not None and run.owner.part is Part.NOTE_MARKER:  # back to where the note hangs
            base = page.height - run.baseline
            area = (run.x, base - _DESCENT * run.size, run.x + run.width, base + _ASCENT * run.size)
            canvas.linkRect("", f"citation.{run.owner.path[0]}", area, relative=0, thickness=0)
