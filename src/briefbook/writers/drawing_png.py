"""A drawing as PNG at 300 dots to the inch: what Word shows where it does not know SVG.

Straight lines and boxes are set on whole dots; only round and slanted shapes are smoothed, each on a tile of
its own. The sheet is drawn in 256 tones, each colour as a tone of its own, and a palette turns tones into
colours. Both for speed: to smooth the whole sheet, or to draw in colours and count them, takes many times as
long.
"""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import assert_never

from PIL import Image, ImageDraw, ImageFont

from briefbook.writers.drawing import Drawing, Paint, Pill, Polygon, Stroke, Words
from briefbook.writers.faces import face_file, face_pieces

_DOTS = 300  # to the inch
_SCALE = _DOTS / 72
_FINER = 4  # a smoothed tile is drawn so many times as large
_APART = 4  # tones between two colours, at least
_LEVEL = 2  # of deflating: half the time of the usual 6, a fifth more bytes
_DASH, _GAP = 2.5, 2.0  # points


def png_of(drawing: Drawing, colours: dict[Paint, str]) -> bytes:
    """A PNG (ISO 15948) of a drawing; the same drawing gives the same bytes."""
    tones = _tones(colours)
    image = _Sheet(drawing, tones).drawn()
    image.putpalette(_palette(colours, tones))
    image.save(out := BytesIO(), "PNG", dpi=(_DOTS, _DOTS), compress_level=_LEVEL)
    return out.getvalue()


def _tones(colours: dict[Paint, str]) -> dict[Paint, int]:
    """A tone for each colour, as bright as it is, and no two the same."""
    tones: dict[Paint, int] = {}
    floor = 0
    for paint in sorted(colours, key=lambda paint: _brightness(colours[paint])):
        tones[paint] = floor = min(max(_brightness(colours[paint]), floor), 255)
        floor += _APART
    over = max(0, max(tones.values()) - 255)
    return {paint: tone - over for paint, tone in tones.items()}


def _brightness(colour: str) -> int:
    red, green, blue = bytes.fromhex(colour)
    return (299 * red + 587 * green + 114 * blue) // 1000  # Rec. ITU-R BT.601


def _palette(colours: dict[Paint, str], tones: dict[Paint, int]) -> bytes:
    """The colour of every tone: between two of the drawing's colours a mixture of both."""
    known = sorted((tone, bytes.fromhex(colours[paint])) for paint, tone in tones.items())
    palette = bytearray()
    for tone in range(256):
        low = max((pair for pair in known if pair[0] <= tone), default=known[0])
        high = min((pair for pair in known if pair[0] >= tone), default=known[-1])
        share = (tone - low[0]) / (high[0] - low[0]) if high[0] != low[0] else 0
        palette += bytes(round(a + (b - a) * share) for a, b in zip(low[1], high[1], strict=True))
    return bytes(palette)


@lru_cache(maxsize=32)
def _font(face: str, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(face_file(face), size * _SCALE, layout_engine=ImageFont.Layout.BASIC)


class _Sheet:
    def __init__(self, drawing: Drawing, tones: dict[Paint, int]) -> None:
        size = round(drawing.width * _SCALE), round(drawing.height * _SCALE)
        self._shapes = drawing.shapes
        self._tones = tones
        self._image = Image.new("L", size, tones[Paint.GROUND])
        self._pen = ImageDraw.Draw(self._image)

    def drawn(self) -> Image.Image:
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
        return self._image

    def _box(self, left: float, top: float, right: float, foot: float, paint: Paint) -> None:
        """A box on whole dots, at least one wide and high."""
        x1, y1 = round(left * _SCALE), round(top * _SCALE)
        x2, y2 = max(round(right * _SCALE), x1 + 1), max(round(foot * _SCALE), y1 + 1)
        self._pen.rectangle((x1, y1, x2 - 1, y2 - 1), fill=self._tones[paint])

    def _stroke(self, line: Stroke) -> None:
        half = line.thickness / 2
        if line.x1 == line.x2:
            for start, end in _dashes(line.y1, line.y2, line.dashed):
                self._box(line.x1 - half, start, line.x1 + half, end, line.paint)
        elif line.y1 == line.y2:
            for start, end in _dashes(line.x1, line.x2, line.dashed):
                self._box(start, line.y1 - half, end, line.y1 + half, line.paint)
        else:
            tile = _Tile(line.x1, min(line.y1, line.y2), line.x2, max(line.y1, line.y2), line.thickness)
            ends = (*tile.at(line.x1, line.y1), *tile.at(line.x2, line.y2))
            tile.pen.line(ends, fill=255, width=tile.dots(line.thickness))
            self._paste(tile, line.paint)

    def _pill(self, pill: Pill) -> None:
        right, foot = pill.x + pill.width, pill.y + pill.height
        for paint, grown in ((pill.outline, pill.thickness / 2), (pill.fill, -pill.thickness / 2)):
            tile = _Tile(pill.x, pill.y, right, foot, pill.thickness)
            box = (*tile.at(pill.x - grown, pill.y - grown), *tile.at(right + grown, foot + grown))
            tile.pen.rounded_rectangle(box, tile.dots(pill.height / 2 + grown), fill=255)
            self._paste(tile, paint)

    def _polygon(self, polygon: Polygon) -> None:
        across, down = zip(*polygon.points, strict=True)
        left, top, right, foot = min(across), min(down), max(across), max(down)
        if polygon.outline is None and set(polygon.points) == {
            (left, top), (right, top), (right, foot), (left, foot),
        }:  # fmt: skip
            self._box(left, top, right, foot, polygon.fill)
            return
        tile = _Tile(left, top, right, foot, polygon.thickness)
        points = [tile.at(x, y) for x, y in polygon.points]
        tile.pen.polygon(points, fill=255)
        self._paste(tile, polygon.fill)
        if polygon.outline is not None:
            tile = _Tile(left, top, right, foot, polygon.thickness)
            tile.pen.line([*points, points[0], points[1]], 255, tile.dots(polygon.thickness), "curve")
            self._paste(tile, polygon.outline)

    def _paste(self, tile: "_Tile", paint: Paint) -> None:
        self._image.paste(self._tones[paint], tile.corner, tile.mask())

    def _words(self, words: Words) -> None:
        left = words.x
        for piece in face_pieces(words.text, False, False):
            glyphs = [_glyph(piece.face, words.size, character) for character in piece.text]
            natural = sum(glyph.advance for glyph in glyphs)
            # Hinting rounds advances: together they are as wide as the layout has them.
            fit = piece.width * words.size * _SCALE / natural if natural and piece.width else 1.0
            x = (left + piece.offset * words.size) * _SCALE
            for glyph in glyphs:
                if glyph.mask is not None:
                    place = round(x) + glyph.left, round(words.baseline * _SCALE) + glyph.top
                    self._image.paste(self._tones[words.paint], place, glyph.mask)
                x += glyph.advance * fit
            left += piece.width * words.size


@dataclass(frozen=True, slots=True, kw_only=True)
class _Glyph:
    """A character as a mask, where that lies against the pen on the baseline, and how far the pen goes."""

    mask: Image.Image | None  # None: nothing to see
    left: int
    top: int
    advance: float  # dots


@lru_cache(maxsize=4096)  # most of the time goes into drawing letters, and texts say them over and over
def _glyph(face: str, size: float, character: str) -> _Glyph:
    font = _font(face, size)
    left, top, right, foot = (round(side) for side in font.getbbox(character, anchor="ls"))
    advance = font.getlength(character)
    if right <= left or foot <= top:
        return _Glyph(mask=None, left=0, top=0, advance=advance)
    mask = Image.new("L", (right - left, foot - top))
    ImageDraw.Draw(mask).text((-left, -top), character, 255, font, anchor="ls")
    return _Glyph(mask=mask, left=left, top=top, advance=advance)


def _dashes(start: float, end: float, dashed: bool) -> list[tuple[float, float]]:
    if not dashed:
        return [(start, end)]
    dashes = []
    while start < end:
        dashes.append((start, min(start + _DASH, end)))
        start += _DASH + _GAP
    return dashes


class _Tile:
    """A part of the sheet, finer by far, as a mask."""

    def __init__(self, left: float, top: float, right: float, foot: float, air: float) -> None:
        air += 1
        self.corner = int((left - air) * _SCALE), int((top - air) * _SCALE)
        self._size = (
            int((right + air) * _SCALE) + 2 - self.corner[0],
            int((foot + air) * _SCALE) + 2 - self.corner[1],
        )
        self._image = Image.new("L", (self._size[0] * _FINER, self._size[1] * _FINER))
        self.pen = ImageDraw.Draw(self._image)

    def at(self, x: float, y: float) -> tuple[float, float]:
        return (x * _SCALE - self.corner[0]) * _FINER, (y * _SCALE - self.corner[1]) * _FINER

    @staticmethod
    def dots(length: float) -> int:
        return round(length * _SCALE * _FINER)

    def mask(self) -> Image.Image:
        return self._image.resize(self._size, Image.Resampling.BOX)
