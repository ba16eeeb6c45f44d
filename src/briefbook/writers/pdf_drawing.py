"""Draws pictures on a page of the PDF: drawings as vectors, the user's own pictures as images.

A drawing is a form XObject (ISO 32000-1, 8.10), so that on its page it is one thing: whoever calls opens and
closes marked content around a single operator, and its words are no part of the page's own text.
"""

import hashlib
from collections.abc import Iterable
from typing import assert_never

from briefbook.writers.drawing import Paint, Pill, Polygon, Shape, Stroke, Words
from briefbook.writers.pdf_faces import DrawnFaces
from briefbook.writers.pdf_file import PdfFile
from briefbook.writers.pictures import colours_of
from briefbook.writers.placed import PlacedDrawing, PlacedFigure, PlacedPicture
from briefbook.writers.srgb import operands_of
from briefbook.writers.theme import Theme

_DASH = "[2.5 2]"
_QUARTER = 0.5523  # of a radius: how far the points lie that pull a curve into a quarter of a circle


class Figures:
    """The pictures of one file: each raster is in it once, however often it is shown."""

    def __init__(self, file: PdfFile, faces: DrawnFaces, theme: Theme, *, fonts: int) -> None:
        """`fonts` is the number of the object that has the fonts of the file."""
        self._file = file
        self._faces = faces
        self._colours = colours_of(theme)
        self._fonts = fonts
        self._rasters: dict[bytes, int] = {}  # by digest
        self._page: list[int] = []

    def drawn(self, placed: PlacedFigure, y: float) -> str:
        """The operators that draw what was placed on a sheet, its foot `y` points above the sheet's."""
        match placed:
            case PlacedPicture():
                number = self._raster(placed.data)
                matrix = f"{placed.width:.3f} 0 0 {placed.height:.3f} {placed.x:.3f} {y:.3f}"
            case PlacedDrawing():
                pen = _Pen(placed.height, self._colours, self._faces)
                number = self._file.deflated(
                    f"/Type/XObject/Subtype/Form/BBox[0 0 {placed.width:.2f} {placed.height:.2f}]"
                    f"/Resources<</Font {self._fonts} 0 R>>",
                    pen.drawn(placed.drawing.shapes).encode("latin-1"),
                )
                matrix = f"1 0 0 1 {placed.x:.3f} {y:.3f}"
            case _:
                assert_never(placed)
        self._page.append(number)
        return f"q {matrix} cm /X{number} Do Q"

    def resources(self) -> str:
        """The entry of a page's resources for the pictures that were drawn since the last call."""
        names = "".join(f"/X{number} {number} 0 R" for number in dict.fromkeys(self._page))
        self._page = []
        return f"/XObject<<{names}>>" if names else ""

    def _raster(self, data: bytes) -> int:
        from briefbook.writers.pdf_rasters import embed_raster  # Pillow: most documents have no picture

        digest = hashlib.sha256(data).digest()
        if digest not in self._rasters:
            self._rasters[digest] = embed_raster(self._file, data)
        return self._rasters[digest]


class _Pen:
    """The operators that draw the shapes of one drawing; its own `y` goes down, a page's up."""

    def __init__(self, height: float, colours: dict[Paint, str], faces: DrawnFaces) -> None:
        self._top = height
        self._faces = faces
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
        for begin, strings in self._faces.pieces(words.text, strong=False, emphasis=False):
            parts.append(f"1 0 0 1 {self._at(words.x + begin * words.size, words.baseline)} Tm")
            for subset, string in strings:
                parts.append(f"{subset} {words.size:.2f} Tf {string}Tj")
        return " ".join([*parts, "ET"])
