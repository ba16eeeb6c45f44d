"""A drawing as PNG at 200 dots to the inch: what is shown where SVG is not known, as in Word before 2016.

For speed the sheet is drawn in sixteen tones, each colour as a tone of its own, and a palette turns tones
into colours. Straight lines and boxes are set on whole dots; words and smoothed shapes are stamps, kept from
one drawing to the next, for pictures say the same words and show the same marks over and over. What is left
is mostly the squeezing: so there are no more dots than print needs, two of them to the byte.
"""

import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, assert_never

from PIL import Image, ImageDraw, ImageFont

from briefbook.writers.drawing import Drawing, Paint, Pill, Polygon, Stroke, Words
from briefbook.writers.faces import OURS, FaceSet, face_file, face_pieces, width_in_ems

_DOTS = 200  # to the inch
_SCALE = _DOTS / 72
_FINER = 4  # what is smoothed is drawn so many times as large
_TONES = 16
_DASH, _GAP = 2.5, 2.0  # points

_Form = Literal["filled", "outlined", "line", "round"]
_Point = tuple[float, float]


def png_of(drawing: Drawing, colours: dict[Paint, str], faces: FaceSet = OURS) -> bytes:
    """A PNG (ISO 15948) of a drawing; the same drawing gives the same bytes."""
    tones, palette = _tones_and_palette(tuple(colours.items()))
    image = _Sheet(drawing, tones, faces).drawn()
    image.putpalette(palette)
    return _png(image, palette)


def _png(image: Image.Image, palette: bytes) -> bytes:
    """Four bits a dot, no filter, only runs of one tone looked for.

    Pillow would try filters on every line, which for such a picture takes twice the time and saves little.
    """
    width, height = image.size
    dots, stride = image.tobytes("raw", "P;4"), (width + 1) // 2
    lines = b"".join([b"\0" + dots[start : start + stride] for start in range(0, height * stride, stride)])
    squeezing = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_RLE)
    to_the_metre = round(_DOTS / 0.0254)
    parts = (
        (b"IHDR", struct.pack(">2I5B", width, height, 4, 3, 0, 0, 0)),
        (b"PLTE", palette),
        (b"pHYs", struct.pack(">2IB", to_the_metre, to_the_metre, 1)),
        (b"IDAT", squeezing.compress(lines) + squeezing.flush()),
        (b"IEND", b""),
    )
    chunks = [
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in parts
    ]
    return b"".join((b"\x89PNG\r\n\x1a\n", *chunks))


@lru_cache(maxsize=16)  # one for each theme
def _tones_and_palette(colours: tuple[tuple[Paint, str], ...]) -> tuple[dict[Paint, int], bytes]:
    tones = _tones(dict(colours))
    return tones, _palette(dict(colours), tones)


def _tones(colours: dict[Paint, str]) -> dict[Paint, int]:
    """A tone for each colour, as bright as it is, and no two the same."""
    order = sorted(colours, key=lambda paint: _brightness(colours[paint]))
    tones: dict[Paint, int] = {}
    for least, paint in enumerate(order):
        below = max(tones.values(), default=-1)
        most = _TONES - len(order) + least  # leaves room for the brighter ones
        tones[paint] = min(max(_brightness(colours[paint]) * (_TONES - 1) // 255, below + 1), most)
    return tones


def _brightness(colour: str) -> int:
    red, green, blue = bytes.fromhex(colour)
    return (299 * red + 587 * green + 114 * blue) // 1000  # Rec. ITU-R BT.601


def _palette(colours: dict[Paint, str], tones: dict[Paint, int]) -> bytes:
    """The colour of every tone: between two of the drawing's colours a mixture of both."""
    known = sorted((tone, bytes.fromhex(colours[paint])) for paint, tone in tones.items())
    palette = bytearray()
    for tone in range(_TONES):
        low = max((pair for pair in known if pair[0] <= tone), default=known[0])
        high = min((pair for pair in known if pair[0] >= tone), default=known[-1])
        share = (tone - low[0]) / (high[0] - low[0]) if high[0] != low[0] else 0
        palette += bytes(round(a + (b - a) * share) for a, b in zip(low[1], high[1], strict=True))
    return bytes(palette)


# ------------------------------------------------------------------------------------------ sheet


class _Sheet:
    def __init__(self, drawing: Drawing, tones: dict[Paint, int], faces: FaceSet) -> None:
        size = round(drawing.width * _SCALE), round(drawing.height * _SCALE)
        self._shapes = drawing.shapes
        self._tones = tones
        self._faces = faces
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
            self._stamp("line", ((line.x1, line.y1), (line.x2, line.y2)), line.paint, line.thickness)

    def _pill(self, pill: Pill) -> None:
        right, foot = pill.x + pill.width, pill.y + pill.height
        for paint, grown in ((pill.outline, pill.thickness / 2), (pill.fill, -pill.thickness / 2)):
            corners = (pill.x - grown, pill.y - grown), (right + grown, foot + grown)
            self._stamp("round", corners, paint)

    def _polygon(self, polygon: Polygon) -> None:
        across, down = zip(*polygon.points, strict=True)
        left, top, right, foot = min(across), min(down), max(across), max(down)
        if polygon.outline is None and set(polygon.points) == {
            (left, top), (right, top), (right, foot), (left, foot),
        }:  # fmt: skip
            self._box(left, top, right, foot, polygon.fill)
            return
        self._stamp("filled", polygon.points, polygon.fill)
        if polygon.outline is not None:
            self._stamp("outlined", polygon.points, polygon.outline, polygon.thickness)

    def _stamp(self, form: _Form, points: Sequence[_Point], paint: Paint, thickness: float = 0) -> None:
        """Set a smoothed shape where it belongs, to a quarter of a dot."""
        fine = [(round(x * _SCALE * _FINER), round(y * _SCALE * _FINER)) for x, y in points]
        width = round(thickness * _SCALE * _FINER)
        left = (min(x for x, _ in fine) - width) // _FINER
        top = (min(y for _, y in fine) - width) // _FINER
        inner = tuple((x - left * _FINER, y - top * _FINER) for x, y in fine)
        self._pen.bitmap((left, top), _shape_mask(form, inner, width), self._tones[paint])

    def _words(self, words: Words) -> None:
        """Set a text word by word, each where the layout has it, to half a dot: so spaces look even."""
        x, tone, unit = words.x, self._tones[words.paint], words.size
        baseline = round(words.baseline * _SCALE)
        faces = self._faces
        space = width_in_ems(" ", False, False, faces)
        for word in words.text.replace("\u00a0", " ").split(" "):
            whole, half = divmod(round(2 * x * _SCALE), 2)
            stamp = _word_mask(word, unit, half, faces)
            if stamp is not None:
                mask, left, top = stamp
                self._pen.bitmap((whole + left, baseline + top), mask, tone)
            x += (width_in_ems(word, False, False, faces) + space) * unit


def _dashes(start: float, end: float, dashed: bool) -> list[tuple[float, float]]:
    if not dashed:
        return [(start, end)]
    dashes = []
    while start < end:
        dashes.append((start, min(start + _DASH, end)))
        start += _DASH + _GAP
    return dashes


# ----------------------------------------------------------------------------------------- stamps


@lru_cache(maxsize=1024)  # a few kB each
def _shape_mask(form: _Form, points: tuple[tuple[int, int], ...], width: int) -> Image.Image:
    """A smoothed shape as a mask, its points in parts of a dot from the mask's corner."""
    right, foot = (max(sides) + width for sides in zip(*points, strict=True))
    size = right // _FINER + 2, foot // _FINER + 2
    image = Image.new("L", (size[0] * _FINER, size[1] * _FINER))
    pen = ImageDraw.Draw(image)
    match form:
        case "filled":
            pen.polygon(points, fill=255)
        case "outlined":
            pen.line([*points, points[0], points[1]], 255, width, "curve")
        case "line":
            pen.line(points, 255, width)
        case "round":
            (_, top), (_, bottom) = points
            pen.rounded_rectangle([*points], (bottom - top) / 2, fill=255)
        case _:
            assert_never(form)
    return image.reduce(_FINER)


@lru_cache(maxsize=4096)  # less than a kB each; most of the time would go into drawing letters
def _word_mask(word: str, size: float, half: int, faces: FaceSet) -> tuple[Image.Image, int, int] | None:
    """A word as a mask, `half` a dot to the right or not, and where the mask lies against the pen.

    None where there is nothing to see.
    """
    if not word:
        return None
    unit = size * _SCALE * _FINER  # drawn finer, letters stand where they should, not on the next dot
    air, high = round(size * _SCALE), round(1.5 * size * _SCALE)  # for what reaches out of its letter's room
    width = round(width_in_ems(word, False, False, faces) * size * _SCALE) + 2 * air + 1
    image = Image.new("L", (width * _FINER, 2 * high * _FINER))
    pen = ImageDraw.Draw(image)
    x = (air + half / 2) * _FINER
    for piece in face_pieces(word, False, False, faces):
        at = x + piece.offset * unit
        for letter in piece.text:
            mask, left, top = _letter_mask(piece.face, size, letter)
            pen.bitmap((round(at) + left, high * _FINER + top), mask, 255)
            at += width_in_ems(letter, False, False, faces) * unit
        x += piece.width * unit
    image = image.reduce(_FINER)
    box = image.getbbox()
    return None if box is None else (image.crop(box), box[0] - air, box[1] - high)


@lru_cache(maxsize=1024)  # most of a new word's time would go into its letters
def _letter_mask(face: str, size: float, letter: str) -> tuple[Image.Image, int, int]:
    """A letter as a mask, as fine as a word before it is smoothed, and where it lies against the pen."""
    font = _font(face, size)
    left, top, right, foot = (round(side) for side in font.getbbox(letter, anchor="ls"))
    mask = Image.new("L", (max(right - left, 1), max(foot - top, 1)))
    ImageDraw.Draw(mask).text((-left, -top), letter, 255, font, anchor="ls")
    return mask, left, top


@lru_cache(maxsize=32)
def _font(face: str, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(face_file(face), size * _SCALE * _FINER, layout_engine=ImageFont.Layout.BASIC)
