"""Draws pictures on a page of the PDF: drawings as vectors, the user's own pictures as images.

A drawing is a form XObject (ISO 32000-1, 8.10), so that on its page it is one thing: whoever calls opens and
closes marked content around a single operator, and its words are no part of the page's own text.
"""

import struct
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import assert_never

from PIL import Image as Picture
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfdoc import PDFError
from reportlab.pdfbase.pdfutils import readJPEGInfo

from briefbook.writers.drawing import Paint, Pill, Polygon, Shape, Stroke, Words
from briefbook.writers.faces import FaceSet, face_pieces, faces_of
from briefbook.writers.pdf_canvas import ArchiveCanvas
from briefbook.writers.pictures import colours_of
from briefbook.writers.placed import PlacedDrawing, PlacedFigure, PlacedPicture
from briefbook.writers.srgb import operands_of
from briefbook.writers.theme import Theme

_DASH = "[2.5 2]"
_QUARTER = 0.5523  # of a radius: how far the points lie that pull a curve into a quarter of a circle

Codes = Callable[[str, str], list[tuple[str, str]]]
"""(face, text) → the text as names of the face's subsets, each with hexadecimal digits of what it draws."""


def draw_figure(
    canvas: ArchiveCanvas, placed: PlacedFigure, height: float, theme: Theme, codes: Codes
) -> None:
    """Draw what was placed on a sheet that is `height` points high."""
    match placed:
        case PlacedPicture():
            image = _raster(placed.data)
            canvas.drawImage(
                image, placed.x, height - placed.y - placed.height, placed.width, placed.height, mask="auto"
            )
        case PlacedDrawing():
            name = f"figure.{placed.owner.block}"
            canvas.saveState()
            canvas.translate(placed.x, height - placed.y - placed.height)
            # Only on a page that something is drawn on does ReportLab keep the page's links out of a form.
            canvas.beginForm(name, 0, 0, placed.width, placed.height)
            pen = _Pen(placed.height, colours_of(theme), faces_of(theme), codes)
            canvas.add(pen.drawn(placed.drawing.shapes))
            canvas.endForm()
            canvas.doForm(name)
            canvas.restoreState()
        case _:
            assert_never(placed)


class _WholeJpeg(ImageReader):  # type: ignore[misc]
    """A JPEG that goes into the file as it is. ReportLab would decode it to name it, and none of several."""

    def __init__(self, data: bytes) -> None:
        super().__init__(BytesIO(data))
        self._data, self._dataA = data, None  # what ReportLab digests for a name

    def jpeg_fh(self) -> BytesIO:
        return BytesIO(self._data)


def _raster(data: bytes) -> ImageReader:
    """What ReportLab draws of a PNG or JPEG, with all that is transparent in it."""
    picture: Picture.Image = Picture.open(BytesIO(data))
    if picture.format != "PNG":  # MPO too: a JPEG with others behind it
        try:
            readJPEGInfo(BytesIO(data))
            return _WholeJpeg(data)
        except (PDFError, struct.error, IndexError):  # ReportLab would draw a picture of its own
            return ImageReader(picture.convert("RGB"))
    if "transparency" in picture.info:  # a colour or a palette that is: ReportLab knows channels alone
        picture = picture.convert("RGBA")
    return ImageReader(picture)


class _Pen:
    """The operators that draw the shapes of one drawing; its own `y` goes down, a page's up.

    Written by hand as a page's text is: ReportLab's calls take three times as long.
    """

    def __init__(self, height: float, colours: dict[Paint, str], faces: FaceSet, codes: Codes) -> None:
        self._top = height
        self._faces = faces
        self._codes = codes
        self._colours = {paint: operands_of(colour) for paint, colour in colours.items()}

    def drawn(self, shapes: Iterable[Shape]) -> str:
        return "\n".join(map(self._drawn, shapes))

    def _drawn(self, shape: Shape) -> str:
        match shape:
            case Stroke():
                ends = f"{self._at(shape.x1, shape.y1)} m {self._at(shape.x2, shape.y2)} l S"
                pen = self._line(shape.paint, shape.thickness)
                return f"{pen} {_DASH} 0 d {ends} [] 0 d" if shape.dashed else f"{pen} {ends}"
            case Pill():
                outline = self._line(shape.outline, shape.thickness)
                return f"{self._colours[shape.fill]} rg {outline} {self._pill(shape)} b"
            case Polygon():
                corners = " l ".join(self._at(x, y) for x, y in shape.points).replace(" l ", " m ", 1)
                filled = f"{self._colours[shape.fill]} rg"
                if shape.outline is None:
                    return f"{filled} {corners} l f"
                return f"{filled} {self._line(shape.outline, shape.thickness)} {corners} l b"
            case Words():
                return self._words(shape)
            case _:
                assert_never(shape)

    def _at(self, x: float, y: float) -> str:
        return f"{x:.3f} {self._top - y:.3f}"

    def _line(self, paint: Paint, thickness: float) -> str:
        return f"{self._colours[paint]} RG {thickness:.3f} w"

    def _pill(self, pill: Pill) -> str:
        """Its outline, from where its top begins, clockwise: four quarters of a circle."""
        radius = pill.height / 2
        top, middle, foot = pill.y, pill.y + radius, pill.y + pill.height
        start, end, pull = pill.x + radius, pill.x + pill.width - radius, radius * _QUARTER
        left, right = pill.x, pill.x + pill.width
        at = self._at
        return (
            f"{at(start, top)} m {at(end, top)} l "
            f"{at(end + pull, top)} {at(right, middle - pull)} {at(right, middle)} c "
            f"{at(right, middle + pull)} {at(end + pull, foot)} {at(end, foot)} c "
            f"{at(start, foot)} l "
            f"{at(start - pull, foot)} {at(left, middle + pull)} {at(left, middle)} c "
            f"{at(left, middle - pull)} {at(start - pull, top)} {at(start, top)} c"
        )

    def _words(self, words: Words) -> str:
        parts = [f"BT {self._colours[words.paint]} rg"]
        x = words.x
        for piece in face_pieces(words.text, False, False, self._faces):
            parts.append(f"1 0 0 1 {self._at(x + piece.offset * words.size, words.baseline)} Tm")
            for subset, digits in self._codes(piece.face, piece.text):
                parts.append(f"{subset} {words.size:.2f} Tf <{digits}>Tj")
            x += piece.width * words.size
        return " ".join([*parts, "ET"])
