"""A picture file → Image: PNG (ISO 15948) or JPEG (ITU-T T.81), whole and of a size that a page can show."""

from io import BytesIO

from briefbook.diagnostics import Problem, Where
from briefbook.document import Image

ENDINGS = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
LARGEST = 5 * 1024 * 1024  # bytes: memos are mailed
LARGEST_SIDE = 6000  # pixels: twenty inches at 300 to the inch
_SIGNS = {"image/png": (b"\x89PNG\r\n\x1a\n", "PNG"), "image/jpeg": (b"\xff\xd8\xff", "JPEG")}
_ORIENTATION, _UPRIGHT = 0x0112, 1  # Exif's tag, and its value for a picture stored as it is seen
_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")  # as Pillow calls them: not CMYK, not sixteen bits
_SAVE = "save it anew from a program for pictures"


class _PictureError(Exception):
    def __init__(self, message: str, hint: str = _SAVE) -> None:
        super().__init__(message)
        self.hint = hint


def read_picture(file: str, ending: str, data: bytes) -> tuple[Image | None, list[Problem]]:
    """Read a picture; `file` is its name in problems, `ending` that of its name. Raises nothing."""
    media_type = ENDINGS[ending]
    try:
        width, height = _size(media_type, data)
    except _PictureError as error:
        return None, [Problem(where=Where(file=file), message=str(error), hint=error.hint)]
    return Image(data=data, media_type=media_type, width=width, height=height), []


def _size(media_type: str, data: bytes) -> tuple[int, int]:
    """The width and height in pixels. The picture is decoded whole, so that no writer meets a broken one."""
    sign, kind = _SIGNS[media_type]
    if not data.startswith(sign):
        raise _PictureError(f"this is no {kind}, though its name says so", "save it as PNG or JPEG")
    if len(data) > LARGEST:
        raise _PictureError(
            f"the picture is larger than {LARGEST // 1024**2} MiB", "save it with fewer pixels"
        )
    from PIL import Image as Decoder  # most books have no picture
    from PIL import UnidentifiedImageError

    try:
        with Decoder.open(BytesIO(data), formats=[kind]) as picture:
            if max(picture.size) > LARGEST_SIDE:
                raise _PictureError(
                    f"the picture has {picture.width} × {picture.height} pixels",
                    f"save it with {LARGEST_SIDE} at most on either side",
                )
            if picture.mode not in _MODES:
                message = f"the picture is stored in a way that not every program shows ({picture.mode})"
                raise _PictureError(message, "save it in RGB with eight bits a colour")
            if picture.getexif().get(_ORIENTATION, _UPRIGHT) != _UPRIGHT:
                raise _PictureError("the picture is stored turned or mirrored", "save it upright")
            picture.load()
            size = picture.size
        with Decoder.open(BytesIO(data), formats=[kind]) as picture:
            picture.verify()  # the checksums too, and that it has its end
        return size
    # What Pillow raises for a broken file: SyntaxError too.
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Decoder.DecompressionBombError,
    ) as error:
        raise _PictureError(f"the picture is broken: {error}") from error
