"""A picture made of bytes: no test needs one from elsewhere."""

import struct
import zlib


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
