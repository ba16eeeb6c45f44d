"""Pictures of the user's own: what is read, and what is refused with a reason."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Picture

from briefbook.diagnostics import Where
from briefbook.document import MOST_PIXELS, Image
from briefbook.readers.book_files import gather
from briefbook.readers.read_book import read_book
from briefbook.readers.read_picture import LARGEST, LARGEST_SIDE, read_picture
from tests.books import make_book
from tests.pictures import chunk, interlaced_png
from tests.writers.figures import png

AT = Where(file="pictures/x", line=3, column=5)


def refused(data: bytes, ending: str = ".png") -> str:
    picture, (problem,) = read_picture(AT, ending, data)
    assert picture is None
    assert problem.where == AT
    assert problem.hint
    return str(problem)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_a_png_is_read_with_its_size(mode: str) -> None:
    data = png(31, 17, mode)
    assert read_picture(AT, ".png", data) == (
        Image(data=data, media_type="image/png", width=31, height=17),
        [],
    )


@pytest.mark.parametrize("ending", [".jpg", ".jpeg"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_jpeg_is_read_with_its_size(mode: str, ending: str) -> None:
    data = png(31, 17, mode, "JPEG")
    picture, problems = read_picture(AT, ending, data)
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


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_cut_anywhere_is_refused(kind: str) -> None:
    whole = png(9, 7, "RGB", kind)
    for end in range(len(whole) - (4 if kind == "PNG" else 0)):  # the checksum of an end is nothing to see
        refused(whole[:end], ".png" if kind == "PNG" else ".jpg")


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_changed_anywhere_never_breaks_the_program(kind: str) -> None:
    whole = png(9, 7, "RGB", kind)
    for at in range(len(whole)):
        changed = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        picture, problems = read_picture(AT, ".png" if kind == "PNG" else ".jpg", changed)
        assert (picture is None) == bool(problems)


def png_of(head: bytes, pixels: bytes, *more: tuple[bytes, bytes]) -> bytes:
    """A PNG of such a header and compressed pixels, `more` chunks between them."""
    parts = ((b"IHDR", head), *more, (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, content) for kind, content in parts)


def header(width: int, height: int, depth: int = 8, colour: int = 2) -> bytes:
    return struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)


@pytest.mark.parametrize("side", [100_000, 12_000])  # far above what Pillow opens; what it would warn of
def test_a_bomb_is_refused_before_it_is_decoded(side: int, recwarn: pytest.WarningsRecorder) -> None:
    assert "pixels" in refused(png_of(header(side, side), b""))
    assert not recwarn


def test_a_picture_is_as_large_as_a_page_can_show() -> None:
    assert f"save it with {LARGEST_SIDE} at most" in refused(png(LARGEST_SIDE + 1, 1, "1"))
    assert read_picture(AT, ".png", png(LARGEST_SIDE, 1, "1"))[1] == []
    across, down = LARGEST_SIDE, MOST_PIXELS // LARGEST_SIDE
    assert read_picture(AT, ".png", png(across, down, "1"))[1] == []
    assert f"{across} × {down + 1} pixels" in refused(png(across, down + 1, "1"))


def test_words_that_unfold_to_many_are_no_way_around() -> None:
    words = (b"zTXt", b"Comment\0\0" + zlib.compress(bytes(50_000_000), 9))
    assert "the picture is broken" in refused(png_of(header(1, 1), zlib.compress(bytes(4)), words))


def test_a_header_that_promises_more_than_there_is() -> None:
    assert "the picture is broken" in refused(png_of(header(500, 500), zlib.compress(bytes(4))))
    assert "the picture is broken" in refused(png_of(header(0, 5), zlib.compress(b"")))
    jpeg = png(64, 64, "RGB", "JPEG")
    at = jpeg.index(b"\xff\xc0") + 5
    assert "the picture is broken" in refused(jpeg[:at] + struct.pack(">HH", 0, 64) + jpeg[at + 4 :], ".jpg")
    assert "more pixels than any page can show" in refused(jpeg[:at] + b"\xff" * 4 + jpeg[at + 4 :], ".jpg")


@pytest.mark.parametrize("marker", [0xC3, 0xC5, 0xC9, 0xCA])
def test_a_jpeg_that_pdf_does_not_know_is_refused(marker: int) -> None:
    jpeg = png(8, 8, "RGB", "JPEG")
    changed = jpeg.replace(b"\xff\xc0", bytes((0xFF, marker)))
    assert "a kind of JPEG that few programs show" in refused(changed, ".jpg")


def test_pictures_that_every_program_shows_are_taken_as_they_are() -> None:
    red = Picture.new("RGB", (16, 9), (200, 30, 30))
    red.save(progressive := BytesIO(), "JPEG", progressive=True)
    deep = zlib.compress((b"\0" + bytes(16 * 6)) * 9)
    for ending, data in (
        (".jpg", progressive.getvalue()),
        (".png", interlaced_png()),
        (".png", png_of(header(16, 9, depth=16), deep)),
    ):
        picture, problems = read_picture(AT, ending, data)
        assert problems == []
        assert picture is not None
        assert (picture.data, picture.width, picture.height) == (data, 16, 9)


def test_a_picture_that_moves_is_refused() -> None:
    frames = [Picture.new("RGB", (8, 8), (shade, 0, 0)) for shade in (0, 99, 200)]
    frames[0].save(out := BytesIO(), "PNG", save_all=True, append_images=frames[1:])
    assert "the picture moves" in refused(out.getvalue())


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
