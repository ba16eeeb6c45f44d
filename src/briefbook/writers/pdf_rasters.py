"""Raster pictures of the user's own in the PDF: image XObjects (ISO 32000-1, 8.9.5).

`read_picture` has seen to what they are: a JPEG that PDF knows, grey or RGB; a PNG of eight bits a colour at
most once it is decoded. A document may come from elsewhere, though: Pillow would open dozens of other kinds.
"""

import warnings
from io import BytesIO

from PIL import Image as Picture

from briefbook.document import MOST_PIXELS
from briefbook.writers.pdf_file import THOROUGH, PdfFile

_KINDS = ("PNG", "JPEG")
_SPACES = {"L": "/DeviceGray", "RGB": "/DeviceRGB"}


def embed_raster(file: PdfFile, data: bytes) -> int:
    """Put a PNG or JPEG into a file, with all that is transparent in it; returns its object's number.

    Raises OSError for another kind, ValueError for more pixels than `read_picture` takes.
    """
    with _opened(data) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError(f"a picture of {picture.width} × {picture.height} pixels is not drawn")
        if picture.format != "PNG":  # JPEG, or MPO: one with others behind it. It goes in as it is.
            return file.stream(f"{_entries(picture)}/Filter/DCTDecode", data)
        return _pixels(file, picture)


def _opened(data: bytes) -> Picture.Image:
    """A picture by its head. Raises OSError, ValueError for more pixels than Pillow lets anybody open."""
    try:
        with warnings.catch_warnings():  # of half as many; what is too many for us is said by whoever asks
            warnings.simplefilter("ignore", Picture.DecompressionBombWarning)
            return Picture.open(BytesIO(data), formats=_KINDS)
    except Picture.DecompressionBombError as error:
        raise ValueError(f"a picture of so many pixels is not drawn: {error}") from error


def _pixels(file: PdfFile, picture: Picture.Image) -> int:
    """The pixels of a picture; its alpha channel is a picture of its own (11.6.5.3)."""
    if "transparency" in picture.info:  # a colour, or a palette's
        picture = picture.convert("RGBA")
    mask = ""
    if picture.mode in ("LA", "RGBA"):
        alpha = picture.getchannel("A")
        mask = f"/SMask {file.deflated(_entries(alpha), alpha.tobytes(), level=THOROUGH)} 0 R"
        picture = picture.convert(picture.mode[:-1])
    elif picture.mode not in _SPACES:
        picture = picture.convert("RGB")
    return file.deflated(_entries(picture) + mask, picture.tobytes(), level=THOROUGH)


def _entries(picture: Picture.Image) -> str:
    return (
        f"/Type/XObject/Subtype/Image/Width {picture.width}/Height {picture.height}"
        f"/BitsPerComponent 8/ColorSpace{_SPACES[picture.mode]}"
    )
