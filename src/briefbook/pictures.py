"""PNG and JPEG as far as a picture that is printed must be known: whole, not a bomb, so many pixels.

Both are walked to their ends, so that no writer meets a picture that breaks off.
"""

import struct
import zlib
from dataclasses import dataclass

MOST_PIXELS = 4000  # on a side: 33 cm at 300 dots an inch
_PNG = b"\x89PNG\r\n\x1a\n"
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by PNG's type of colour: numbers for each pixel
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})  # JPEG's frames by Huffman coding: what every reader takes
_OTHER_FRAMES = frozenset(range(0xC0, 0xD0)) - _FRAMES - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What a picture is: its media type, and how many pixels wide and high."""

    media_type: str
    width: int
    height: int


def picture_of(data: bytes) -> Picture:
    """What the bytes of a picture are. Raises ValueError, with the reason, for what could not be printed."""
    if data.startswith(_PNG):
        return _png(data)
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    raise ValueError("it is neither PNG nor JPEG")


def _png(data: bytes) -> Picture:
    """PNG, third edition (W3C): chunks with sound checksums, and as many bytes of pixels as it says."""
    header = b""
    stream = zlib.decompressobj()
    room = size = 0
    has_palette = False
    for kind, content in _chunks(data):
        if kind == b"IHDR" and not header and len(content) == 13:
            header = content
            room = _bytes_of_pixels(header)
        elif not header:
            raise ValueError("its header is broken")
        elif kind == b"PLTE":
            has_palette = True
        elif kind == b"IDAT":
            try:
                size += len(stream.decompress(content, room + 1 - size)) if size <= room else 0
            except zlib.error as error:
                raise ValueError("its pixels are broken") from error
    if size != room or not stream.eof:
        raise ValueError("its pixels are broken")
    if header[9] == 3 and not has_palette:
        raise ValueError("its palette is missing")
    width, height = struct.unpack(">II", header[:8])
    return Picture(media_type="image/png", width=width, height=height)


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found = []
    at = len(_PNG)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        if at + 12 + length > len(data):
            break
        if zlib.crc32(kind + content) != int.from_bytes(data[at + 8 + length : at + 12 + length], "big"):
            raise ValueError("its bytes are damaged")
        found.append((kind, content))
        if kind == b"IEND":
            return found
        at += 12 + length
    raise ValueError("it breaks off")


def _bytes_of_pixels(header: bytes) -> int:
    """How many bytes the pixels take before compression, each line with its filter's byte."""
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    _check_size(width, height)
    if depth not in _DEPTHS.get(colour, ()):
        raise ValueError("its header is broken")
    if interlaced:
        raise ValueError("it is interlaced: save it without")
    return int(height * (1 + (width * depth * _SAMPLES[colour] + 7) // 8))


def _jpeg(data: bytes) -> Picture:
    """JPEG (ITU-T T.81, annex B): the segments up to the pixels, then the mark of the end."""
    if b"\xff\xd9" not in data[-64:]:
        raise ValueError("it breaks off")
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in _FRAMES and at + 10 <= len(data):
            depth, height, width, samples = struct.unpack(">BHHB", data[at + 4 : at + 10])
            _check_size(width, height)
            if depth != 8 or samples not in (1, 3):
                raise ValueError("it is in colours for a press (CMYK): save it in RGB")
            return Picture(media_type="image/jpeg", width=width, height=height)
        if marker in _OTHER_FRAMES:
            raise ValueError("it is a kind of JPEG that few programs read")
        at += 1 if marker == 0xFF else 2 + length  # fill bytes may stand before a marker
    raise ValueError("its header is broken")


def _check_size(width: int, height: int) -> None:
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise ValueError(f"it is {width} by {height} pixels; at most {MOST_PIXELS} on a side are taken")
