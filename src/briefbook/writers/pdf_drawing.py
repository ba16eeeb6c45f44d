"""Draws pictures on a page of the PDF: drawings as vectors, the user's own pictures as images.

A drawing is a form XObject (ISO 32000-1, 8.10), so that on its page it is one thing: whoever calls opens and
closes marked content around a single operator, and its words are no part of the page's own text.
"""

import struct
from io import BytesIO
from typing import assert_never

from PIL import Image as Picture
from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfdoc import PDFError
from reportlab.pdfbase.pdfutils import readJPEGInfo
from reportlab.pdfgen.canvas import Canvas

from briefbook.writers.drawing import Paint, Pill, Polygon, Stroke, Words
from briefbook.writers.faces import FaceSet, face_pieces, faces_of
from briefbook.writers.pictures import colours_of
from briefbook.writers.placed import PlacedDrawing, PlacedFigure, PlacedPicture
from briefbook.writers.theme import Theme

_DASH = [2.5, 2]


def draw_figure(canvas: Canvas, placed: PlacedFigure, height: float, theme: Theme) -> None:
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
            _Pen(canvas, placed, colours_of(theme), faces_of(theme)).draw()
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
    """Draws the shapes of one drawing into its form; its own `y` goes down, the form's up."""

    def __init__(
        self, canvas: Canvas, placed: PlacedDrawing, colours: dict[Paint, str], faces: FaceSet
    ) -> None:
        self._canvas = canvas
        self._shapes = placed.drawing.shapes
        self._top = placed.height
        self._faces = faces
        self._colours = {paint: HexColor(f"#{colour}") for paint, colour in colours.items()}

    def draw(self) -> None:
        for shape in self._shapes:
            match shape:
                case Stroke():
                    self._stroke(shape)
                case Pill():
                    self._pill(shape)
                case Polygon():
                    self._polygon(shape)
                case Words():
                    self._words(shape)
                case _:
                    assert_never(shape)

    def _stroke(self, stroke: Stroke) -> None:
        self._canvas.setStrokeColor(self._colours[stroke.paint])
        self._canvas.setLineWidth(stroke.thickness)
        self._canvas.setDash(_DASH if stroke.dashed else [])
        top = self._top
        self._canvas.line(stroke.x1, top - stroke.y1, stroke.x2, top - stroke.y2)
        if stroke.dashed:
            self._canvas.setDash([])

    def _pill(self, pill: Pill) -> None:
        self._fill(pill.fill, pill.outline, pill.thickness)
        y = self._top - pill.y - pill.height
        self._canvas.roundRect(pill.x, y, pill.width, pill.height, pill.height / 2, stroke=1, fill=1)

    def _polygon(self, polygon: Polygon) -> None:
        self._fill(polygon.fill, polygon.outline, polygon.thickness)
        path = self._canvas.beginPath()
        (x, y), *rest = polygon.points
        path.moveTo(x, self._top - y)
        for x, y in rest:
            path.lineTo(x, self._top - y)
        path.close()
        self._canvas.drawPath(path, stroke=int(polygon.outline is not None), fill=1)

    def _fill(self, fill: Paint, outline: Paint | None, thickness: float) -> None:
        self._canvas.setFillColor(self._colours[fill])
        if outline is not None:
            self._canvas.setStrokeColor(self._colours[outline])
            self._canvas.setLineWidth(thickness)

    def _words(self, words: Words) -> None:
        text = self._canvas.beginText()
        text.setFillColor(self._colours[words.paint])
        x = words.x
        for piece in face_pieces(words.text, False, False, self._faces):
            text.setFont(piece.face, words.size)
            text.setTextOrigin(x + piece.offset * words.size, self._top - words.baseline)
            text.textOut(piece.text)
            x += piece.width * words.size
        self._canvas.drawText(text)
