"""Pictures of the user's own in the PDF: their pixels, and what is transparent in them."""

import struct
import zlib
from io import BytesIO

import pikepdf
import pytest
from PIL import Image as Picture
from PIL import ImageChops

from briefbook.diagnostics import NOWHERE
from briefbook.document import MOST_PIXELS, Heading, Image
from briefbook.readers.read_picture import read_picture
from briefbook.writers.theme import Theme
from briefbook.writers.to_pdf import write_pdf
from tests.pictures import TRANSPARENT, deep_png, interlaced_png
from tests.writers.figures import figure_of
from tests.writers.trees import document_of, run


def read(data: bytes, ending: str = ".png") -> Image:
    image, problems = read_picture(NOWHERE, ending, data)
    assert problems == []
    assert image is not None
    return image


def written(image: Image) -> bytes:
    return write_pdf(document_of(Heading(level=1, children=run("Memo")), figure_of(image)), Theme())


@pytest.mark.parametrize("kind", TRANSPARENT)
def test_what_is_transparent_stays_so_in_the_pdf(kind: str) -> None:
    image = read(TRANSPARENT[kind])
    with pikepdf.open(BytesIO(written(image))) as pdf:
        (found,) = {x.objgen: x for x in pdf.pages[0].Resources.XObject.values() if "/SMask" in x}.values()
        assert found.SMask.read_bytes() == (b"\xff" * 4 + b"\0" * 4) * 4
        assert "/Mask" not in found  # a colour for a key: PDF/A knows it, but it frays


@pytest.mark.parametrize(
    ("data", "mode"),
    [(interlaced_png(), "L"), (deep_png(), "RGB")],
    ids=["in seven passes", "sixteen bits"],
)
def test_the_pdf_shows_the_pixels_of_a_png(data: bytes, mode: str) -> None:
    image = read(data)
    with pikepdf.open(BytesIO(written(image))) as pdf:
        (found,) = (x for x in pdf.pages[0].Resources.XObject.values() if x.Subtype == "/Image")
        one = 1 if mode == "L" else 3
        expected = bytes(10 * x + y for y in range(9) for x in range(16) for _ in range(one))
        assert found.read_bytes() == expected


@pytest.mark.parametrize("head", [b"", b"\xff\xe0\0\x08AVI1\0\0", b"\xff\xe0\0\x08JFXX\0\x10"])
def test_a_jpeg_with_an_odd_head_is_drawn_itself(head: bytes) -> None:
    """ReportLab does not read such a head, and would draw a picture of its own instead."""
    Picture.new("RGB", (40, 30), (200, 30, 30)).save(out := BytesIO(), "JPEG")
    data = out.getvalue()
    data = data[:2] + head + data[2:]
    image = read(data, ".jpg")
    with pikepdf.open(BytesIO(written(image))) as pdf:
        (found,) = (x for x in pdf.pages[0].Resources.XObject.values() if x.Subtype == "/Image")
        assert isinstance(found, pikepdf.Stream)
        shown = pikepdf.PdfImage(found).as_pil_image().convert("RGB")
        assert shown.size == (40, 30)
        far = ImageChops.difference(shown, Picture.new("RGB", (40, 30), (200, 30, 30)))
        assert max(far.tobytes()) < 6


def test_a_jpeg_with_others_behind_it_goes_in_without_them() -> None:
    """Telephones store a small picture, or one of distances, behind the one to be seen."""
    pictures = [Picture.new("RGB", (40, 30), (shade, 30, 30)) for shade in (200, 90)]
    pictures[0].save(out := BytesIO(), "MPO", save_all=True, append_images=pictures[1:])
    image = read(out.getvalue(), ".jpg")
    with pikepdf.open(BytesIO(written(image))) as pdf:
        (found,) = (x for x in pdf.pages[0].Resources.XObject.values() if x.Subtype == "/Image")
        assert "/DCTDecode" in str(found.Filter)
        data = found.read_raw_bytes()
        assert data.endswith(b"\xff\xd9")
        assert data.count(b"\xff\xd8\xff") == 1
        assert out.getvalue().startswith(data)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP", "EPS", "ICO"])
def test_a_picture_of_another_kind_is_not_even_opened(kind: str) -> None:
    """One that was not read by `read_picture`: Pillow opens dozens of kinds, and EPS by another program."""
    Picture.new("RGB", (8, 8)).save(out := BytesIO(), kind)
    with pytest.raises(OSError, match="cannot identify"):
        written(Image(data=out.getvalue(), media_type="image/png", width=8, height=8))


@pytest.mark.parametrize(
    ("across", "high"), [(MOST_PIXELS // 6000 + 1, 6000), (12_000, 9_000), (20_000, 20_000)]
)
@pytest.mark.filterwarnings("error")
def test_a_picture_of_too_many_pixels_is_not_decoded(across: int, high: int) -> None:
    Picture.new("1", (8, 8)).save(out := BytesIO(), "PNG")
    head = b"IHDR" + struct.pack(">II", across, high) + out.getvalue()[24:29]
    data = out.getvalue()[:12] + head + struct.pack(">I", zlib.crc32(head)) + out.getvalue()[33:]
    with pytest.raises(ValueError, match="is not drawn"):
        written(Image(data=data, media_type="image/png", width=8, height=8))
