"""Hostile pictures: each is refused with its mend, before it is decoded where decoding is the harm.

`CASES` is read by the count of all hostile inputs: a kind, a name, the ending, the bytes, what is told.
"""

import struct
import time
import zlib
from functools import cache
from io import BytesIO

import pytest
from PIL import Image as Picture

from briefbook.diagnostics import Where
from briefbook.readers.read_picture import LARGEST, read_picture
from tests.pictures import chunk
from tests.readers.test_read_picture import header, png_of
from tests.writers.figures import png

BROKEN = "the picture is broken"
BEHIND = "something else stands in the file behind the picture"
PIXELS = "pixels"
WHOLE = zlib.compress(bytes(4))
SECONDS = 1  # of processor, for the longest


def jpeg(**how: object) -> bytes:
    out = BytesIO()
    Picture.new("RGB", (64, 48), (200, 30, 30)).save(out, "JPEG", **how)
    return out.getvalue()


@cache
def scans_without_end() -> bytes:
    """A progressive JPEG of 24 million pixels whose last scan is said fifty thousand times again."""
    out = BytesIO()
    Picture.new("L", (6000, 4000)).save(out, "JPEG", progressive=True)
    data = out.getvalue()
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * 50_000 + b"\xff\xd9"


def gif() -> bytes:
    out = BytesIO()
    Picture.new("P", (8, 8)).save(out, "GIF")
    return out.getvalue()


def moving() -> bytes:
    frames = [Picture.new("RGB", (8, 8), (shade, 0, 0)) for shade in (0, 99, 200)]
    frames[0].save(out := BytesIO(), "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


def at_frame(data: bytes, height: int, width: int) -> bytes:
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


BOMB = zlib.compress(bytes(50_000_000), 9)
ZIP = b"PK\x03\x04" + bytes(60) + b"PK\x05\x06" + bytes(18)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'

CASES: tuple[tuple[str, str, str, bytes, str], ...] = (
    ("pixels", "a hundred thousand to a side", ".png", png_of(header(100_000, 100_000), b""), PIXELS),
    ("pixels", "a billion in a row", ".png", png_of(header(2**31 - 1, 1), b""), PIXELS),
    ("pixels", "a JPEG of four billion", ".jpg", at_frame(jpeg(), 65_535, 65_535), PIXELS),
    ("pixels", "more passes than anybody draws", ".jpg", scans_without_end(), "the picture is drawn in more than 64 passes"),
    ("pixels", "none", ".png", png_of(header(0, 0), WHOLE), BROKEN),
    ("another kind", "GIF", ".png", gif(), "this is no PNG"),
    ("another kind", "SVG with a program", ".png", SVG, "this is no PNG"),
    ("another kind", "PNG as JPEG", ".jpg", png(), "this is no JPEG"),
    ("another kind", "PostScript", ".jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n(evil) run", "this is no JPEG"),
    ("another kind", "a program", ".png", b"\x7fELF" + bytes(200), "this is no PNG"),
    ("two in one", "a ZIP behind a PNG", ".png", png() + ZIP, BEHIND),
    ("two in one", "a page behind a PNG", ".png", png() + b"<script>alert(1)</script>", BEHIND),
    ("two in one", "a ZIP behind a JPEG", ".jpg", jpeg() + ZIP, BEHIND),
    ("two in one", "a PDF behind a progressive JPEG", ".jpg", jpeg(progressive=True) + b"%PDF-1.7 evil", BEHIND),
    ("two in one", "a JPEG behind a JPEG", ".jpg", jpeg() + jpeg(), BEHIND),
    ("chunks", "an ICC profile that unfolds", ".png", png_of(header(1, 1), WHOLE, (b"iCCP", b"x\0\0" + BOMB)), BROKEN),
    ("chunks", "words that unfold", ".png", png_of(header(1, 1), WHOLE, (b"zTXt", b"Comment\0\0" + BOMB)), BROKEN),
    ("chunks", "words in Unicode that unfold", ".png", png_of(header(1, 1), WHOLE, (b"iTXt", b"x\0\1\0\0\0" + BOMB)), BROKEN),
    ("chunks", "a picture that moves", ".png", moving(), "the picture moves"),
    ("chunks", "a length beyond the file", ".png", png()[:33] + b"\x7f\xff\xff\xffIDAT", BROKEN),
    ("cut or false", "half of a JPEG", ".jpg", jpeg()[:400], BROKEN),
    ("cut or false", "half of a PNG", ".png", png(200, 200)[:-40], BROKEN),
    ("cut or false", "a wrong checksum", ".png", png()[:-20] + b"\0\0\0\0" + png()[-16:], BROKEN),
    ("cut or false", "a header alone", ".png", png()[:33], BROKEN),
    ("cut or false", "nothing but signs of JPEG", ".jpg", b"\xff\xd8" + b"\xff" * 300_000, BROKEN),
    ("odd pictures", "heavier than a mail", ".png", png() + bytes(LARGEST), "the picture is larger than 5 MiB"),
    ("odd pictures", "four inks", ".jpg", png(8, 8, "CMYK", "JPEG"), "the picture is stored in a way"),
    ("odd pictures", "arithmetic coding", ".jpg", jpeg().replace(b"\xff\xc0", b"\xff\xc9"), "the picture is a kind of JPEG"),
    ("odd pictures", "a palette without colours", ".png", png_of(header(1, 1, 8, 3), zlib.compress(bytes(2))), ""),
    ("odd pictures", "Exif that points at itself", ".jpg", jpeg(exif=b"Exif\0\0II*\0\x08\0\0\0\1\0\x69\x87\4\0\1\0\0\0\x08\0\0\0\0\0\0\0"), ""),
)  # fmt: skip


@pytest.mark.parametrize(("ending", "data", "told"), [pytest.param(*case[2:], id=case[1]) for case in CASES])
def test_a_hostile_picture_is_refused_soon(ending: str, data: bytes, told: str) -> None:
    started = time.process_time()
    picture, problems = read_picture(Where(file=f"pictures/x{ending}"), ending, data)
    assert time.process_time() - started < SECONDS
    if picture is not None:  # what no program minds is taken as it is
        assert told == ""
        assert (picture.data, problems) == (data, [])
        return
    (problem,) = problems
    assert told in problem.message
    assert problem.hint
    assert len(str(problem)) < 300


@pytest.mark.parametrize("padding", [b"\0" * 40, b"\xff" * 3, b"\r\n"])
def test_padding_behind_a_picture_does_no_harm(padding: bytes) -> None:
    for ending, data in ((".png", png()), (".jpg", jpeg()), (".jpg", jpeg(progressive=True))):
        picture, problems = read_picture(Where(file="x"), ending, data + padding)
        assert (picture is None, problems) == (False, [])


def test_a_chunk_of_words_is_no_second_picture() -> None:
    data = png_of(header(1, 1), WHOLE, (b"tEXt", b"Comment\0IEND PK\x03\x04"))
    assert chunk(b"IEND", b"") == data[-12:]
    assert read_picture(Where(file="x"), ".png", data)[1] == []
