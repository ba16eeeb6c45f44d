"""Document to PDF: draws laid-out pages as content streams, tagged, on ReportLab's canvas.

Every file is at once PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2). ReportLab gives the embedded subsets
of faces, the bookmarks and the file; text is drawn by operators of our own, which takes a third of the
time. The same document gives the same bytes, whatever the clock.
"""

import hashlib
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from briefbook.document import Document, SourceEntry, SourceList, blocks_of
from briefbook.writers.faces import face_pieces, faces_of, measure_of, register_face
from briefbook.writers.layout import lay_out, printed
from briefbook.writers.logo import with_logo
from briefbook.writers.pdf_canvas import ArchiveCanvas
from briefbook.writers.pdf_drawing import draw_figure
from briefbook.writers.pdf_metadata import MAKER, keywords, pdf_date, xmp_packet
from briefbook.writers.pdf_tags import LAYOUT_ARTIFACT, Tags, UntaggedError
from briefbook.writers.placed import PlacedFigure, PlacedPage, PlacedRule, PlacedRun, reading_order
from briefbook.writers.srgb import operands_of
from briefbook.writers.theme import Theme

_DOTTED = " 1 J [0 4] 0 d"  # round caps on dashes of no length (ISO 32000-1, 8.4.3.6)
_SOLID = "0 J [] 0 d "


def write_pdf(document: Document, theme: Theme) -> bytes:
    """Write a document as PDF 1.7 with tags, dated by its as-of day."""
    document = with_logo(document, theme)
    pages = lay_out(document, theme, measure_of(theme))
    return draw(document, pages, Tags(printed(document), pages, entries_of(document)), theme)


def pages_in(document: Document, theme: Theme) -> int:
    """How many pages the PDF of a document has; as `write_pdf` counts, without drawing."""
    return len(lay_out(with_logo(document, theme), theme, measure_of(theme)))


def entries_of(document: Document) -> dict[str, SourceEntry]:
    """All listed sources of a document, by their ids."""
    lists = (block for block in blocks_of(document) if isinstance(block, SourceList))
    return {entry.source: entry for block in lists for entry in block.entries}


def draw(document: Document, pages: Sequence[PlacedPage], tags: Tags, theme: Theme) -> bytes:
    """Draw the laid-out pages of a document, with its tags."""
    out = BytesIO()
    canvas = ArchiveCanvas(out, size=(pages[0].width, pages[0].height), language=document.language)
    _describe(canvas, document, pages)
    codes = _Codes(canvas.document)
    count = 0
    for page in pages:
        for heading in page.headings:
            count += 1
            canvas.bookmarkHorizontalAbsolute(f"heading.{count}", page.height - heading.y)
            canvas.addOutlineEntry(heading.title, f"heading.{count}", heading.level - 1)
        sheet = _Sheet(page, canvas, tags, codes, theme)
        sheet.draw_rules(page.rules)
        for group in reading_order(page):
            if isinstance(group, list):
                sheet.draw_runs(group)
            else:
                sheet.draw_figure(group)
        canvas.set_page(sheet.operators())
    tags.write(canvas)
    canvas.save()
    return out.getvalue()


def _describe(canvas: ArchiveCanvas, document: Document, pages: Sequence[PlacedPage]) -> None:
    """Metadata (ISO 32000-1, 14.3) and a file identifier (14.4) that depend on the document alone."""
    canvas.setTitle(document.title)
    canvas.setAuthor(document.author)
    canvas.setSubject(document.footer)
    canvas.setKeywords(keywords(document))
    canvas.setCreator(MAKER)
    canvas.setProducer(MAKER)
    canvas.setDateFormatter(lambda *_clock: pdf_date(document.as_of))
    canvas.set_metadata(xmp_packet(document))
    identity = hashlib.blake2b(digest_size=16, usedforsecurity=False)
    identity.update(f"{document.memo} {document.as_of} {document.known_by}".encode())
    for page in pages:
        for run in page.runs:
            identity.update((run.text + (run.link or "")).encode())
        for figure in page.figures:
            identity.update(figure.alt.encode())
    canvas.set_identity(identity)


class _Codes:
    """The codes by which a file draws characters: each face's subsets grow as texts are drawn."""

    def __init__(self, document: object) -> None:
        self._document = document
        self._first: dict[str, tuple[str, dict[str, str]]] = {}  # each face's first subset: name, codes

    def of(self, face: str, text: str) -> list[tuple[str, str]]:
        """A text as the names of subsets, each with hexadecimal digits of what it draws."""
        if face not in self._first:
            self._first[face] = self._subset(face, 0), {}
        name, codes = self._first[face]
        try:
            return [(name, "".join([codes[character] for character in text]))]
        except KeyError:
            font: Any = register_face(face)
            drawn = font.splitString(text, self._document)
        if len(drawn) == 1 and drawn[0][0] == 0:
            codes.update(zip(text, map("{:02x}".format, drawn[0][1]), strict=True))
        return [(self._subset(face, number), digits.hex()) for number, digits in drawn]

    def _subset(self, face: str, number: int) -> str:
        font: Any = register_face(face)
        name: str = font.getSubsetInternalName(number, self._document)
        return name


class _Sheet:
    """The content stream of one page. What is drawn stands in marked content, or it is an error."""

    def __init__(
        self, page: PlacedPage, canvas: ArchiveCanvas, tags: Tags, codes: _Codes, theme: Theme
    ) -> None:
        self._height = page.height
        self._canvas = canvas
        self._tags = tags
        self._codes = codes
        self._theme = theme
        self._faces = faces_of(theme)
        self._operators: list[str] = []
        tags.begin_page(page)

    def operators(self) -> str:
        """What draws the page. Raises UntaggedError where something was drawn past the tags."""
        if self._canvas.take():
            raise UntaggedError("something was drawn on the canvas and not on the sheet")
        return "\n".join(self._operators)

    def draw_rules(self, rules: Iterable[PlacedRule]) -> None:
        """Draw hairlines: they mean nothing to who cannot see them."""
        for rule in rules:
            y = self._height - rule.y
            self._operators += (
                LAYOUT_ARTIFACT,
                f"{operands_of(rule.colour)} RG {rule.thickness:.3f} w" + (_DOTTED if rule.dotted else ""),
                f"{rule.x:.3f} {y:.3f} m {rule.x + rule.width:.3f} {y:.3f} l S",
                _SOLID + "EMC" if rule.dotted else "EMC",
            )

    def draw_figure(self, figure: PlacedFigure) -> None:
        """Draw a picture; the words in it are part of it, and its alternative text speaks for all."""
        y = self._height - figure.y - figure.height
        box = (figure.x, y, figure.x + figure.width, y + figure.height)
        self._operators.append(self._tags.picture(figure.owner, box))
        draw_figure(self._canvas, figure, self._height, self._theme, self._codes.of)
        self._operators += (*self._canvas.take(), self._tags.close())

    def draw_runs(self, runs: Iterable[PlacedRun]) -> None:
        """Draw text, run by run, in reading order, each in the marked content that it belongs to."""
        add = self._operators.append
        add("BT")
        colour = font = ""
        for run in runs:
            marks = self._tags.turn_to(run)
            if marks:
                add(marks)
            self._tags.annotate(self._canvas, run)
            if run.colour != colour:
                colour = run.colour
                add(f"{operands_of(colour)} rg")
            x, y = run.x, self._height - run.baseline
            for piece in face_pieces(run.text, run.strong, run.emphasis, self._faces):
                add(f"1 0 0 1 {x + piece.offset * run.size:.3f} {y:.3f} Tm")
                for subset, digits in self._codes.of(piece.face, piece.text):
                    chosen = f"{subset} {run.size:.2f} Tf"
                    if chosen != font:
                        font = chosen
                        add(font)
                    add(f"<{digits}>Tj")
                x += piece.width * run.size
        add(self._tags.close() + "ET")
