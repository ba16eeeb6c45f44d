"""The colour profile of our pages: sRGB, written from its definition.

What a colour library writes carries the moment and differs from release to release; this is always the same.
Profile version 4 (ISO 15076-1), colour space of IEC 61966-2-1.
"""

import struct
from collections.abc import Sequence
from functools import cache

NAME = "sRGB IEC61966-2.1"

_WHITE = (0.9642, 1.0, 0.8249)  # D50, the white of every profile
_TO_D50 = (1.04791, 0.02293, -0.05019, 0.02960, 0.99046, -0.01707, -0.00925, 0.01506, 0.75179)
_RED = (0.43607, 0.22249, 0.01392)
_GREEN = (0.38515, 0.71687, 0.09708)
_BLUE = (0.14307, 0.06061, 0.71410)
# Y = ((X + 0.055) / 1.055) ** 2.4 from 0.04045 on, below it X / 12.92
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


@cache
def srgb_profile() -> bytes:
    """An ICC profile of an RGB display with the primaries and the curve of sRGB."""
    curve = b"para" + struct.pack(">4xH2x", 3) + _fixed(_CURVE)
    tags = {
        b"desc": _text(NAME),
        b"cprt": _text("No copyright, use freely"),
        b"wtpt": _xyz(_WHITE),
        b"chad": b"sf32\0\0\0\0" + _fixed(_TO_D50),
        b"rXYZ": _xyz(_RED),
        b"gXYZ": _xyz(_GREEN),
        b"bXYZ": _xyz(_BLUE),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, data = b"", b""
    places: dict[bytes, int] = {}  # the three curves are one
    start = 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        if value not in places:
            places[value] = start + len(data)
            data += value + bytes(-len(value) % 4)
        table += name + struct.pack(">II", places[value], len(value))
    header = struct.pack(
        ">I4xI4s4s4s6H4s28x3I48x",
        *(start + len(data), 0x04200000, b"mntr", b"RGB ", b"XYZ "),
        *(2000, 1, 1, 0, 0, 0, b"acsp"),  # made when the standard was, not now
        *(round(value * 65536) for value in _WHITE),
    )
    return header + struct.pack(">I", len(tags)) + table + data


@cache
def operands_of(colour: str) -> str:
    """Six hexadecimal digits as the operands of a colour operator (ISO 32000-1, 8.6.8)."""
    return " ".join(f"{int(colour[i : i + 2], 16) / 255:.4f}" for i in (0, 2, 4))


def _fixed(values: Sequence[float]) -> bytes:
    """Numbers with sixteen bits before and after the point."""
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def _xyz(values: Sequence[float]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(values)


def _text(text: str) -> bytes:
    """A text in one language (multiLocalizedUnicodeType)."""
    encoded = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">4xII2s2sII", 1, 12, b"en", b"US", len(encoded), 28) + encoded
