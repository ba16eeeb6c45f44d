"""A picture file → Image: PNG (ISO 15948) or JPEG (ITU-T T.81), whole and of a size that a page can show.

The user's pictures and logos alike. What every format shows rightly is taken as it is, never made anew; what
not every program shows is refused with its mend. Pillow decodes, and is imported with the first picture.
"""

import re
import warnings
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from briefbook.diagnostics import Problem, Where
from briefbook.document import MOST_PIXELS, Image

if TYPE_CHECKING:  # most books have no picture
    from PIL import Image as Decoder

ENDINGS = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
LARGEST = 5 * 1024 * 1024  # bytes: memos are mailed
LARGEST_SIDE = 6000  # pixels: twenty inches at 300 to the inch
_SIGNS = {"image/png": (b"\x89PNG\r\n\x1a\n", "PNG"), "image/jpeg": (b"\xff\xd8\xff", "JPEG")}
_ORIENTATION, _UPRIGHT = 0x0112, 1  # Exif's tag, and its value for a picture stored as it is seen
_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")  # as Pillow calls them: not CMYK, not grey of sixteen bits
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})  # JPEG's frames by Huffman coding, also progressive
_OTHER_FRAMES = frozenset(range(0xC0, 0xD0)) - _FRAMES - {0xC4, 0xC8, 0xCC}  # T.81, table B.1
_MOST_SCANS = (
    64  # of a progressive JPEG; programs write ten or so, and each goes over the whole picture again
)
_MANY = b"MPF\0"  # of a file of several pictures (CIPA DC-007, 5.2)
_PADDING = b"\0\xff\n\r"  # what cameras and mail programs leave behind an end
_SAVE = "save it anew from a program for pictures"
_SMALLER = f"save it with {LARGEST_SIDE} at most on either side, and {MOST_PIXELS // 10**6} million in all"


class _PictureError(Exception):
    def __init__(self, message: str, hint: str = _SAVE) -> None:
        super().__init__(message)
        self.hint = hint


def read_picture(where: Where, ending: str, data: bytes) -> tuple[Image | None, list[Problem]]:
    """Read a picture. `where` stands in problems; `ending` is that of the file's name, a key of ENDINGS.

    Raises nothing: no picture comes without a problem that says why.
    """
    match _read(ENDINGS[ending], data):
        case Image() as image:
            return image, []
        case _PictureError() as error:
            return None, [Problem(where=where, message=str(error), hint=error.hint)]


@lru_cache(maxsize=8)  # one logo is asked for by many memos
def _read(media_type: str, data: bytes) -> Image | _PictureError:
    data = _first(data)
    try:
        width, height = _size(media_type, data)
    except _PictureError as error:
        return error.with_traceback(None)
    return Image(data=data, media_type=media_type, width=width, height=height)


def _first(data: bytes) -> bytes:
    """Of a JPEG with others behind it, as telephones write them, the one that is seen."""
    sign = _SIGNS["image/jpeg"][0]
    if not data.startswith(sign) or _MANY not in data:
        return data
    end = _jpeg_end(data)
    has_others = end is not None and _MANY in data[:end] and data.startswith(sign, end)
    return data[:end] if has_others else data


def _size(media_type: str, data: bytes) -> tuple[int, int]:
    """The width and height in pixels. The picture is decoded whole, so that no writer meets a broken one."""
    sign, kind = _SIGNS[media_type]
    if not data.startswith(sign):
        raise _PictureError(f"this is no {kind}, though its name says so", "save it as PNG or JPEG")
    if len(data) > LARGEST:
        raise _PictureError(
            f"the picture is larger than {LARGEST // 1024**2} MiB", "save it with fewer pixels"
        )
    if kind == "JPEG" and not _is_common(data):
        message = "the picture is a kind of JPEG that few programs show (arithmetic or lossless)"
        raise _PictureError(message, "save it as an ordinary JPEG, or as PNG")
    end = _jpeg_end(data) if kind == "JPEG" else _png_end(data)
    if end is not None and data[end:].strip(_PADDING):
        raise _PictureError("something else stands in the file behind the picture")
    from PIL import Image as Decoder

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is told is told by problems
            with Decoder.open(BytesIO(data), formats=[kind]) as picture:
                _check(picture)
                picture.load()
                size = picture.size
            with Decoder.open(BytesIO(data), formats=[kind]) as picture:
                picture.verify()  # the checksums too, and that it has its end
    except Decoder.DecompressionBombError as error:
        raise _PictureError("the picture has more pixels than any page can show", _SMALLER) from error
    # What Pillow raises for a broken file: SyntaxError too.
    except (OSError, SyntaxError, ValueError, EOFError, OverflowError) as error:
        raise _PictureError(f"the picture is broken: {error}") from error
    return size


def _check(picture: "Decoder.Image") -> None:
    """That every format shows a picture alike, by what stands in its head; nothing is decoded yet."""
    width, height = picture.size
    if max(width, height) > LARGEST_SIDE or width * height > MOST_PIXELS:
        raise _PictureError(f"the picture has {width} × {height} pixels", _SMALLER)
    if picture.mode not in _MODES:
        message = f"the picture is stored in a way that not every program shows ({picture.mode})"
        raise _PictureError(message, "save it in RGB with eight bits a colour")
    if picture.format == "PNG" and getattr(picture, "n_frames", 1) > 1:
        raise _PictureError("the picture moves", "save one of its pictures alone")
    if picture.getexif().get(_ORIENTATION, _UPRIGHT) != _UPRIGHT:
        raise _PictureError("the picture is stored turned or mirrored", "save it upright")


def _is_common(data: bytes) -> bool:
    """Whether a JPEG's frame is one that PDF knows (ISO 32000-1, 7.4.8); Pillow decodes others too."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _FRAMES or marker in _OTHER_FRAMES:
            return marker in _FRAMES
        at = (
            _past_filling(data, at)
            if marker == 0xFF
            else at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        )
    return True  # it has none: Pillow says how it is broken


def _jpeg_end(data: bytes) -> int | None:
    """Where a JPEG ends; None where it has no end, of which Pillow tells. Raises _PictureError.

    A scan of a dozen bytes makes a decoder go over millions of pixels once more, so scans are counted first.
    """
    at, scans = 2, 0
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == _END:
            return at + 2
        if marker == 0xFF:
            at = _past_filling(data, at)
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _SCAN:
            scans += 1
            if scans > _MOST_SCANS:
                message = f"the picture is drawn in more than {_MOST_SCANS} passes, which takes very long"
                raise _PictureError(message, "save it as an ordinary JPEG, or as PNG")
            found = _AFTER_SCAN.search(data, at)
            at = found.start() if found else len(data)
    return at + 2 if data[at : at + 2] == bytes((0xFF, _END)) else None


def _past_filling(data: bytes, at: int) -> int:
    """Where the marker stands whose filling, any number of bytes 0xFF, begins here (T.81, B.1.1.2)."""
    found = _FILLING.match(data, at)
    return found.end() - 1 if found else at


_FILLING = re.compile(rb"\xff+")
_SCAN, _END = 0xDA, 0xD9  # T.81, table B.1
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # a marker that is neither stuffing nor a restart


def _png_end(data: bytes) -> int | None:
    """Where a PNG ends, behind its chunk IEND; None where it has none, of which Pillow tells."""
    at = 8
    while at + 12 <= len(data):
        kind = data[at + 4 : at + 8]
        at += 12 + int.from_bytes(data[at : at + 4], "big")
        if kind == b"IEND":
            return at
    return None
