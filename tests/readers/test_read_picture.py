"""Pictures of the user's own: what is read, and what is refused with a reason."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Picture

from briefbook.document import Image
from briefbook.readers.book_files import gather
from briefbook.readers.read_book import read_book
from briefbook.readers.read_picture import LARGEST, LARGEST_SIDE, read_picture
from tests.books import make_book
from tests.writers.figures import png


def refused(data: bytes, ending: str = ".png") -> str:
    picture, (problem,) = read_picture("pictures/x", ending, data)
    assert picture is None
    assert problem.where.file == "pictures/x"
    return str(problem)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_a_png_is_read_with_its_size(mode: str) -> None:
    data = png(31, 17, mode)
    assert read_picture("x", ".png", data) == (
        Image(data=data, media_type="image/png", width=31, height=17),
        [],
    )


@pytest.mark.parametrize("ending", [".jpg", ".jpeg"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_jpeg_is_read_with_its_size(mode: str, ending: str) -> None:
    data = png(31, 17, mode, "JPEG")
    picture, problems = read_picture("x", ending, data)
    assert problems == []
    assert picture == Image(data=data, media_type="image/jpeg", width=31, height=17)


def test_a_file_is_what_its_name_says() -> None:
    assert "this is no PNG, though its name says so" in refused(png(8, 8, "RGB", "JPEG"))
    assert "this is no JPEG, though its name says so" in refused(png(), ".jpg")
    assert "this is no PNG" in refused(b"")
    assert "this is no PNG" in refused(b"<svg/>")


@pytest.mark.parametrize("end", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_that_was_cut_off_is_broken(kind: str, end: float) -> None:
    whole = png(200, 200, "RGB", kind)
    assert "the picture is broken" in refused(
        whole[: int(len(whole) * end)], ".png" if kind == "PNG" else ".jpg"
    )


def test_a_wide_picture_is_refused_before_it_is_decoded() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)  # ten thousand million pixels
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    assert "the picture" in refused(bomb)
    assert f"save it with {LARGEST_SIDE} at most" in refused(png(LARGEST_SIDE + 1, 1, "1"))
    assert read_picture("x", ".png", png(LARGEST_SIDE, 1, "1"))[1] == []


def test_a_heavy_picture_is_refused() -> None:
    assert "larger than 5 MiB" in refused(png() + b"\0" * LARGEST)


def test_what_not_every_program_shows_is_refused() -> None:
    assert "(CMYK)" in refused(png(8, 8, "CMYK", "JPEG"), ".jpg")
    assert "(I;16)" in refused(png(8, 8, "I;16"))


def test_a_picture_that_is_stored_turned_is_refused() -> None:
    turned = Picture.Exif()
    turned[0x0112] = 6
    out = BytesIO()
    Picture.new("RGB", (8, 8)).save(out, "JPEG", exif=turned)
    assert "stored turned or mirrored" in refused(out.getvalue(), ".jpg")


# ----------------------------------------------------------------------------------- in a book


def book_with(tmp_path: Path, **files: bytes) -> Path:
    root = make_book(tmp_path / "book")
    (root / "pictures").mkdir()
    for name, data in files.items():
        (root / "pictures" / name.replace("_", ".")).write_bytes(data)
    return root


def test_the_pictures_of_a_book_are_those_of_its_folder(tmp_path: Path) -> None:
    root = book_with(tmp_path, map_png=png(), photo_jpg=png(8, 8, "RGB", "JPEG"), map_svg=b"<svg/>")
    (root / "pictures" / ".hidden.png").write_bytes(b"")
    read = read_book(root)
    assert read.problems == ()
    assert list(read.book.pictures) == ["pictures/map.png", "pictures/photo.jpg"]


def test_a_broken_picture_is_a_problem_with_its_file(tmp_path: Path) -> None:
    read = read_book(book_with(tmp_path, map_png=b"?"))
    (problem,) = read.problems
    assert problem.where.file.endswith("pictures/map.png")
    assert read.book.pictures == {}


def test_a_link_that_leads_out_of_the_book_is_none_of_its_pictures(tmp_path: Path) -> None:
    root = book_with(tmp_path, in_png=png())
    (tmp_path / "out.png").write_bytes(png())
    (root / "pictures" / "out.png").symlink_to(tmp_path / "out.png")
    (root / "pictures" / "same.png").symlink_to("in.png")
    read = read_book(root)
    (problem,) = read.problems
    assert "this link leads out of the book" in str(problem)
    assert list(read.book.pictures) == ["pictures/in.png", "pictures/same.png"]


def test_a_picture_counts_in_the_digest_of_the_book(tmp_path: Path) -> None:
    root = book_with(tmp_path, map_png=png())
    before = gather(root).digest()
    (root / "pictures" / "map.png").write_bytes(png(31, 20))
    assert gather(root).digest() != before
