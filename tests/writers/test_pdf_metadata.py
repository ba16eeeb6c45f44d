"""What a PDF says of itself, and of its colours; read back by pikepdf and Pillow."""

import re
from dataclasses import replace
from io import BytesIO
from itertools import product

import pikepdf
import pytest
from lxml import etree
from PIL import Image, ImageChops, ImageCms

from briefbook.document import Document
from briefbook.writers.pdf_file import text_string
from briefbook.writers.srgb import srgb_profile
from briefbook.writers.theme import Theme
from briefbook.writers.to_pdf import write_pdf
from tests.writers.trees import fisheries_memo, sample_document

HOSTILE = "<b>&amp; ]]> “Ἀθῆναι” {title} (a) \\) \u00a0 þÿ"


def written(document: Document) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(write_pdf(document, Theme())))


@pytest.mark.parametrize("title", ["Fisheries Council", HOSTILE])
def test_both_kinds_of_metadata_agree(title: str) -> None:
    file = written(replace(fisheries_memo(), title=title, author="Ána & desk", language="fr-CA"))
    told = {key.removeprefix("/"): str(value) for key, value in file.docinfo.items()}
    with file.open_metadata() as xmp:
        assert xmp["dc:title"] == told["Title"] == title
        assert xmp["dc:creator"] == [told["Author"]] == ["Ána & desk"]
        assert xmp["dc:description"] == told["Subject"]
        assert xmp["pdf:Keywords"] == told["Keywords"]
        assert xmp["pdf:Producer"] == xmp["xmp:CreatorTool"] == told["Producer"] == told["Creator"]
        assert xmp["dc:language"] == {"fr-CA"}
        assert xmp["xmp:CreateDate"] == xmp["xmp:ModifyDate"] == "2031-05-14T00:00:00Z"
    assert told["CreationDate"] == told["ModDate"] == "D:20310514000000Z"


def test_the_standards_are_named() -> None:
    with written(fisheries_memo()).open_metadata() as xmp:
        assert xmp.pdfa_status == "2A"
        assert xmp["pdfuaid:part"] == "1"


def test_a_document_that_nobody_signs_names_no_creator() -> None:
    with written(replace(sample_document(sections=()), author="")).open_metadata() as xmp:
        assert "dc:creator" not in xmp


def test_the_metadata_can_be_read_without_a_filter() -> None:
    file = written(fisheries_memo())
    stream = file.Root.Metadata
    assert "/Filter" not in stream
    assert etree.fromstring(stream.read_raw_bytes()) is not None


def test_the_file_says_that_it_is_tagged_and_shows_its_title() -> None:
    file = written(fisheries_memo())
    root = file.Root
    assert bool(root.MarkInfo.Marked)
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    assert str(root.Lang) == "en"


def test_every_stream_ends_with_a_line_end_that_its_length_leaves_out() -> None:
    data = write_pdf(fisheries_memo(), Theme())
    ends = [found.start() for found in re.finditer(rb"endstream\n", data)]
    starts = [found.end() for found in re.finditer(rb"(?<!end)stream\n", data)]
    lengths = [int(found) for found in re.findall(rb"/Length (\d+)", data)]
    assert len(ends) == len(starts) == len(lengths) >= 6
    assert [data[end - 1 : end] for end in ends] == [b"\n"] * len(ends)
    assert [start + length + 1 for start, length in zip(starts, lengths, strict=True)] == ends


@pytest.mark.parametrize(
    "text", ["plain", "a (b) \\ c", "“quoted” – é €", "Αθήνα", "þÿab", "ï»¿x", "a\u00a0b", "", "😀"]
)
def test_texts_read_back(text: str) -> None:
    body = f"<</T{text_string(text)}>>".encode("latin-1")
    assert str(pikepdf.Object.parse(body)["/T"]) == text


# ---------------------------------------------------------------------------------------- colours


def test_colours_mean_srgb() -> None:
    file = written(fisheries_memo())
    (intent,) = file.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    assert intent.DestOutputProfile.read_bytes() == srgb_profile()
    assert int(intent.DestOutputProfile.N) == 3


def test_the_profile_gives_the_colours_that_a_colour_library_s_own_gives() -> None:
    profile = ImageCms.ImageCmsProfile(BytesIO(srgb_profile()))
    assert "sRGB" in ImageCms.getProfileName(profile)
    steps = range(0, 256, 17)
    image = Image.new("RGB", (len(steps), len(steps) ** 2))
    for n, colour in enumerate(product(steps, steps, steps)):
        image.putpixel((n % len(steps), n // len(steps)), colour)
    changed = ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"))
    assert changed is not None
    extremes = ImageChops.difference(image, changed).getextrema()
    assert max(most for _, most in extremes) <= 1  # type: ignore[misc]
    to_lab = ImageCms.profileToProfile(image, profile, ImageCms.createProfile("LAB"), outputMode="LAB")
    assert to_lab is not None
    assert to_lab.getpixel((15, 255)) == (255, 128, 128)  # white
