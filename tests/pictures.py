"""A picture made of bytes: no test needs one from elsewhere."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image as Picture


def png(width: int = 120, height: int = 40, colour: tuple[int, ...] = (0x7A, 0x10, 0x30)) -> bytes:
    """A PNG of one colour with a lighter frame; four numbers make one with an alpha channel."""
    samples = len(colour)
    light = bytes(255 - (255 - part) // 3 for part in colour[:3]) + bytes(colour[3:])

    def pixel(x: int, y: int) -> bytes:
        on_frame = x < 6 or y < 6 or x >= width - 6 or y >= height - 6
        return light if on_frame else bytes(colour)

    rows = b"".join(b"\0" + b"".join(pixel(x, y) for x in range(width)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2 if samples == 3 else 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, content)
        for kind, content in ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    )


def chunk(kind: bytes, content: bytes) -> bytes:
    """One chunk of a PNG with its checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def interlaced_png() -> bytes:
    """A grey PNG of 16 by 9 pixels in seven passes (Adam7), each pixel as bright as its place says."""
    passes = (
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    )
    rows = b"".join(
        b"\0" + bytes(10 * x + y for x in range(left, 16, across))
        for left, top, across, down in passes
        for y in range(top, 9, down)
        if left < 16
    )
    header = struct.pack(">IIBBBBB", 16, 9, 8, 0, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, content)
        for kind, content in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )


def deep_png() -> bytes:
    """The same in RGB, with sixteen bits a colour."""
    rows = b"".join(b"\0" + b"".join(bytes((10 * x + y, 0x55)) * 3 for x in range(16)) for y in range(9))
    header = struct.pack(">IIBBBBB", 16, 9, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, content)
        for kind, content in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )


def _halves(mode: str, left: Any, right: Any) -> Picture.Image:
    picture = Picture.new(mode, (8, 4), right)
    if mode == "P":
        picture.putpalette([1, 2, 3, 200, 0, 0])
    picture.paste(left, (0, 0, 4, 4))
    return picture


def _transparent(picture: Picture.Image, seen_through: Any = None) -> bytes:
    how = {} if seen_through is None else {"transparency": seen_through}
    picture.save(out := BytesIO(), "PNG", **how)
    return out.getvalue()


_SEEN = Picture.new("RGBA", (8, 4), (200, 0, 0, 0))
_SEEN.paste((200, 0, 0, 255), (0, 0, 4, 4))

TRANSPARENT = {
    "RGBA": _transparent(_SEEN),
    "LA": _transparent(_SEEN.convert("LA")),
    "palette with alpha": _transparent(_SEEN.quantize()),
    "one colour of a palette": _transparent(_halves("P", 1, 0), 0),
    "one grey": _transparent(_halves("L", 77, 9), 9),
    "one colour": _transparent(_halves("RGB", (200, 0, 0), (1, 2, 3)), (1, 2, 3)),
    "one of two": _transparent(_halves("1", 0, 255), 255),
}
"""PNGs of 8 × 4 pixels, by the way in which their right half cannot be seen."""
