"""Figures in every format, each read back by a foreign reader."""

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import docx
import pdfminer.layout
import pikepdf
import pymupdf
import pytest
import reportlab
from bs4 import BeautifulSoup, Tag
from hypothesis import given, settings
from lxml import etree
from pdfminer.high_level import extract_pages, extract_text
from PIL import Image as Picture
from PIL import ImageChops

from briefbook.document import Citations, Document, Figure, Heading, Image, Paragraph, Text
from briefbook.writers import WRITERS
from briefbook.writers.drawing import Words
from briefbook.writers.faces import measure_of, width_in_ems
from briefbook.writers.theme import PAGES, File, OwnFaces, Theme
from briefbook.writers.timeline_drawing import draw_timeline
from tests.audit import faults_of
from tests.libreoffice import needs_office, to_pdf
from tests.writers.figures import (
    ALT,
    ANY_TIMELINE,
    council_timeline,
    figure_of,
    png,
    small_image,
    timeline,
)
from tests.writers.oddities import odd_document
from tests.writers.trees import document_of, few, run, with_citations

fewer = settings(few, max_examples=12)  # each is a whole document

SVG = "{http://www.w3.org/2000/svg}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
BLIP = "{http://schemas.microsoft.com/office/drawing/2016/SVG/main}svgBlip"
EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
CAPTION = run("Below it.")


def memo(*pictures: Any) -> Document:
    figures = (figure_of(picture, CAPTION) for picture in pictures)
    return document_of(Heading(level=1, children=run("Memo")), *figures, Paragraph(children=run("After.")))


def written(name: str, document: Document) -> bytes:
    return WRITERS[name].write(document, Theme())


def drawn_words(picture: Any) -> list[str]:
    drawing = draw_timeline(picture, Theme(), width_in_ems)
    return [shape.text for shape in drawing.shapes if hasattr(shape, "text")]


def spaced(text: str) -> str:
    return " ".join(text.split())


# ------------------------------------------------------------------------------------------- HTML


@fewer
@given(ANY_TIMELINE)
def test_html_holds_an_svg_whose_name_is_the_alternative_text(picture: Any) -> None:
    page = written("html", memo(picture, picture)).decode()
    soup = BeautifulSoup(page, "lxml")
    for number, figure in enumerate(soup.select("figure"), 1):
        svg = figure.find("svg")
        assert isinstance(svg, Tag)
        assert (svg["role"], svg["aria-labelledby"]) == ("img", f"figure-{number}")
        named = soup.find(id=f"figure-{number}")
        assert named is not None
        assert named.get_text() == ALT
    for source in re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL):
        root = etree.fromstring(source)  # well-formed by itself
        assert [text.text for text in root.iter(f"{SVG}text")] == drawn_words(picture)
        _, _, width, height = map(float, str(root.get("viewBox")).split())
        for text in root.iter(f"{SVG}text"):
            assert 0 <= float(str(text.get("x"))) <= width
            assert 0 <= float(str(text.get("y"))) <= height


def test_an_svg_needs_nothing_from_outside_and_does_nothing() -> None:
    page = written("html", memo(council_timeline(), small_image())).decode()
    svg = re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)[0]
    assert not re.search(r"href|url\(|<script|<style|\son\w+=", svg)
    policy = BeautifulSoup(page, "lxml").select_one("meta[http-equiv]")
    assert policy is not None
    assert "default-src 'none'; img-src data:;" in str(policy["content"])


def test_colours_of_an_svg_follow_the_page() -> None:
    page = written("html", memo(council_timeline())).decode()
    used = set(re.findall(r"var\(--(\w+)\)", re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)[0]))
    assert used == {"ink", "accent", "quiet", "hairline", "ground"}
    assert all(f"--{name}: #" in page for name in used)


def test_html_holds_a_picture_itself() -> None:
    image = BeautifulSoup(written("html", memo(small_image())), "lxml").find("img")
    assert isinstance(image, Tag)
    kind, _, data = str(image["src"]).partition(";base64,")
    assert (kind, b64decode(data), image["alt"]) == ("data:image/png", small_image().data, ALT)


# -------------------------------------------------------------------------------------------- PDF


def things_on(page: pdfminer.layout.LTContainer[Any]) -> Iterator[Any]:
    for item in page:
        yield item
        if isinstance(item, pdfminer.layout.LTContainer):
            yield from things_on(item)


@fewer
@given(ANY_TIMELINE)
def test_the_words_of_a_drawing_are_in_the_pdf(picture: Any) -> None:
    text = spaced(extract_text(BytesIO(written("pdf", memo(picture)))))
    for words in drawn_words(picture):
        assert "".join(words.split()) in "".join(text.split())


def test_a_drawing_is_one_thing_of_its_page_and_stands_within_it() -> None:
    data = written("pdf", memo(council_timeline()))
    drawing = draw_timeline(council_timeline(), Theme(), width_in_ems)
    with pikepdf.open(BytesIO(data)) as pdf:
        (page,) = pdf.pages
        (form,) = (x for x in page.Resources.XObject.values() if x.Subtype == "/Form")
        assert [float(x) for x in form.BBox] == pytest.approx([0, 0, drawing.width, drawing.height], abs=0.01)
        operators = [str(step.operator) for step in pikepdf.parse_content_stream(page)]
        assert operators.count("Do") == 1
        drawn = {str(step.operator) for step in pikepdf.parse_content_stream(form)}
        assert drawn & {"INLINE IMAGE", "BI", "sh", "Do"} == set()  # vectors alone
    (page_layout,) = extract_pages(BytesIO(data))
    (figure,) = [x for x in page_layout if isinstance(x, pdfminer.layout.LTFigure)]
    left, bottom, right, top = figure.bbox
    assert left == pytest.approx(Theme().page.left)
    assert right == pytest.approx(Theme().page.width - Theme().page.right)
    for item in things_on(figure):
        if isinstance(item, pdfminer.layout.LTChar):
            assert bottom <= item.y0 + item.size * 0.3
            assert item.y1 <= top + item.size * 0.3


def test_a_figure_and_its_caption_stay_on_one_page() -> None:
    filler = Paragraph(children=run("Words. " * 60))
    for count in range(6, 12):
        figure = figure_of(council_timeline(), CAPTION)
        pages = list(extract_pages(BytesIO(written("pdf", document_of(*[filler] * count, figure)))))
        texts = [
            "".join(c.get_text() for c in things_on(p) if isinstance(c, pdfminer.layout.LTChar))
            for p in pages
        ]
        (page,) = [text for text in texts if "Third" in text]
        assert "Below it." in page


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_pictures_of_every_kind_are_in_the_pdf_and_the_docx(mode: str) -> None:
    image = Image(data=png(40, 30, mode), media_type="image/png", width=40, height=30)
    with pikepdf.open(BytesIO(written("pdf", memo(image)))) as pdf:
        (found,) = (x for x in pdf.pages[0].Resources.XObject.values() if x.Subtype == "/Image")
        assert (int(found.Width), int(found.Height)) == (40, 30)
    with ZipFile(BytesIO(written("docx", memo(image)))) as package:
        assert package.read("word/media/picture1.png") == image.data


def test_a_jpeg_goes_in_as_it_is() -> None:
    data = png(40, 30, "RGB", "JPEG")
    image = Image(data=data, media_type="image/jpeg", width=40, height=30)
    with pikepdf.open(BytesIO(written("pdf", memo(image)))) as pdf:
        (found,) = (x for x in pdf.pages[0].Resources.XObject.values() if x.Subtype == "/Image")
        assert "/DCTDecode" in str(found.Filter)
    with ZipFile(BytesIO(written("docx", memo(image)))) as package:
        assert package.read("word/media/picture1.jpeg") == data
        assert b'Extension="jpeg" ContentType="image/jpeg"' in package.read("[Content_Types].xml")


@pytest.mark.parametrize(
    ("pixels", "points"),
    [((96, 48), (72, 36)), ((4000, 1000), (437.28, 109.32)), ((600, 6000), (44.273, 442.734))],
)
def test_a_picture_is_as_large_as_it_is_and_as_there_is_room_for(
    pixels: tuple[int, int], points: tuple[float, float]
) -> None:
    image = Image(data=png(*pixels), media_type="image/png", width=pixels[0], height=pixels[1])
    (page,) = extract_pages(BytesIO(written("pdf", memo(image))))
    (found,) = [x for x in things_on(page) if isinstance(x, pdfminer.layout.LTImage)]
    assert (found.width, found.height) == pytest.approx(points, abs=0.01)
    (extent,) = etree.fromstring(body_of(written("docx", memo(image)))).iter(f"{WP}extent")
    size = int(str(extent.get("cx"))) / 12700, int(str(extent.get("cy"))) / 12700
    assert size == pytest.approx(points, abs=0.01)


# ------------------------------------------------------------------------------------------- DOCX


def body_of(data: bytes) -> bytes:
    with ZipFile(BytesIO(data)) as package:
        return package.read("word/document.xml")


def test_the_docx_shows_an_svg_and_a_png_in_its_place() -> None:
    data = written("docx", memo(council_timeline()))
    drawing = draw_timeline(council_timeline(), Theme(), width_in_ems)
    document = docx.Document(BytesIO(data))
    (blip,) = document.element.body.iter(f"{A}blip")
    (vector,) = blip.iter(BLIP)
    (about,) = document.element.body.iter(f"{WP}docPr")
    assert about.get("descr") == ALT
    picture = Picture.open(BytesIO(document.part.related_parts[blip.get(EMBED)].blob))
    assert picture.format == "PNG"
    assert picture.size == (round(drawing.width / 72 * 200), round(drawing.height / 72 * 200))
    assert picture.info["dpi"] == pytest.approx((200, 200), abs=0.1)
    root = etree.fromstring(document.part.related_parts[vector.get(EMBED)].blob)
    assert [text.text for text in root.iter(f"{SVG}text")] == drawn_words(council_timeline())
    assert root.get("font-family", "").startswith(Theme().docx_face)
    assert not re.search(rb"var\(|class=|<style", etree.tostring(root))


def test_the_png_shows_what_the_svg_does() -> None:
    """Ink where shapes stand, of their colours; the ground white."""
    with ZipFile(BytesIO(written("docx", memo(council_timeline())))) as package:
        picture = Picture.open(BytesIO(package.read("word/media/picture1.png"))).convert("RGB")
    colours = {colour for _, colour in picture.getcolors(100_000) or []}
    theme = Theme()
    for colour in (theme.ink, theme.accent, theme.quiet, theme.hairline, "FFFFFF"):
        assert tuple(bytes.fromhex(colour)) in colours
    drawing = draw_timeline(council_timeline(), theme, width_in_ems)
    for words in (shape for shape in drawing.shapes if hasattr(shape, "text")):
        left, right = words.x, words.x + words.width  # type: ignore[union-attr]
        top, foot = words.baseline - words.size * 0.7, words.baseline  # type: ignore[union-attr]
        box = picture.crop(tuple(round(side * 200 / 72) for side in (left, top, right, foot))).convert("L")  # type: ignore[arg-type]
        dark = sum(box.histogram()[:133])
        assert 0.03 < dark / (box.width * box.height) < 0.6, words


@pytest.mark.parametrize("colours", [("1F3A5F", "595959"), ("F8F8F8", "FDFDFD"), ("000000", "010101")])
def test_the_png_has_every_colour_of_a_theme_and_no_more_than_a_palette_holds(
    colours: tuple[str, str],
) -> None:
    accent, quiet = colours
    theme = replace(Theme(), ink="000000", accent=accent, quiet=quiet, hairline="FEFEFE")
    with ZipFile(BytesIO(WRITERS["docx"].write(memo(council_timeline()), theme))) as package:
        picture = Picture.open(BytesIO(package.read("word/media/picture1.png")))
    found = {colour for _, colour in picture.convert("RGB").getcolors(100_000) or []}
    assert {tuple(bytes.fromhex(colour)) for colour in ("000000", *colours, "FEFEFE", "FFFFFF")} <= found
    assert len(found) <= 16


def themes() -> dict[str, Theme]:
    """Looks in every kind of faces: ours, ours the other way round, the user's own."""
    vera = Path(str(reportlab.__file__)).parent / "fonts" / "Vera.ttf"
    own = OwnFaces(regular=File.of(vera.read_bytes()))
    return {
        "caladea": Theme(),
        "serif": Theme(faces="source-serif-pro", docx_face="Source Serif Pro"),
        "own": Theme(own_faces=own, docx_face="Vera's 2nd"),
    }


@pytest.mark.parametrize(
    ("faces", "family"),
    [
        ("caladea", "Cambria, Caladea, serif"),
        ("serif", "Source Serif Pro, Source Serif Pro, serif"),
        ("own", r"'Vera\'s 2nd', Caladea, serif"),
    ],
)
def test_the_docx_paints_a_timeline_in_the_faces_of_the_theme(faces: str, family: str) -> None:
    theme = themes()[faces]
    with ZipFile(BytesIO(WRITERS["docx"].write(memo(council_timeline()), theme))) as package:
        svg = etree.fromstring(package.read("word/media/picture1.svg"))
    assert svg.get("font-family") == family
    widths = [float(text.get("textLength", "0")) for text in svg.iter(f"{SVG}text")]
    drawing = draw_timeline(council_timeline(), theme, measure_of(theme))
    assert widths == pytest.approx(
        [each.width for each in drawing.shapes if isinstance(each, Words)], abs=0.01
    )


@pytest.mark.parametrize("faces", ["caladea", "serif", "own"])
def test_the_png_looks_as_the_pdf_does(faces: str) -> None:
    """Another program's picture of the PDF, laid over ours: alike but for the edges of shapes."""
    theme = themes()[faces]
    with ZipFile(BytesIO(WRITERS["docx"].write(memo(council_timeline()), theme))) as package:
        ours = Picture.open(BytesIO(package.read("word/media/picture1.png"))).convert("RGB")
    data = WRITERS["pdf"].write(memo(council_timeline()), theme)
    (page,) = extract_pages(BytesIO(data))
    (figure,) = [x for x in page if isinstance(x, pdfminer.layout.LTFigure)]
    area = (figure.x0, page.height - figure.y1, figure.x1, page.height - figure.y0)
    with pymupdf.open(stream=data) as document:  # type: ignore[no-untyped-call]
        fine = 200 / 72
        left, top = area[0] * fine, area[1] * fine
        placed = pymupdf.Matrix(fine, 0, 0, fine, -left, -top)  # type: ignore[no-untyped-call]
        pixels = document[0].get_pixmap(matrix=placed, clip=area)
    theirs = Picture.frombytes("RGB", (pixels.width, pixels.height), pixels.samples)
    assert abs(theirs.width - ours.width) <= 1 >= abs(theirs.height - ours.height)
    theirs = theirs.crop((0, 0, *ours.size))
    far = ImageChops.difference(ours.reduce(8), theirs.reduce(8)).convert("L").tobytes()
    assert max(far) < 64  # of 255, in any square of a millimetre; where a mark or a word lacks, it is more
    assert sum(far) / len(far) < 3


def test_a_figure_in_the_docx_is_a_line_of_its_own_that_keeps_its_caption() -> None:
    document = docx.Document(BytesIO(written("docx", memo(council_timeline(), small_image()))))
    styles = [(p.style.name if p.style else "", p.text) for p in document.paragraphs]
    assert styles == [
        ("Heading 1", "Memo"),
        *[("Figure", ""), ("Caption", "Below it.")] * 2,
        ("Body Text", "After."),
    ]
    assert document.styles["Figure"].paragraph_format.keep_with_next
    numbers = [element.get("id") for element in document.element.body.iter(f"{WP}docPr")]
    assert len(set(numbers)) == 2


@pytest.mark.parametrize("language", ["en", "ar"])
def test_openxml_audit_has_nothing_to_say(language: str, tmp_path: Path) -> None:
    jpeg = Image(data=png(8, 8, "RGB", "JPEG"), media_type="image/jpeg", width=8, height=8)
    document = replace(memo(council_timeline(), small_image(), jpeg), language=language)
    assert faults_of(written("docx", document), tmp_path) == []


@pytest.mark.parametrize("citations", Citations)
def test_openxml_audit_passes_pictures_among_all_else(citations: Citations, tmp_path: Path) -> None:
    document = with_citations(odd_document(), citations)
    assert faults_of(written("docx", document), tmp_path) == []


@needs_office
def test_office_shows_the_pictures(tmp_path: Path) -> None:
    pdf = to_pdf(written("docx", memo(council_timeline(), small_image())), tmp_path)
    (page,) = extract_pages(str(pdf))
    images = [x for x in things_on(page) if isinstance(x, pdfminer.layout.LTImage | pdfminer.layout.LTFigure)]
    width = max(image.width for image in images)
    assert width == pytest.approx(Theme().page.measure, abs=1)


# --------------------------------------------------------------------------- words, JSON, the rest


def test_text_and_markdown_say_the_alternative_text_and_the_caption() -> None:
    text = written("txt", memo(council_timeline())).decode()
    assert f"{ALT} Below it." in spaced(text)
    assert "  Timeline. 11 May" in text
    markdown = written("md", memo(small_image())).decode()
    assert "(held); autumn 2031: 4th “meeting” \\<sic> & others.\n\nBelow it.\n\nAfter." in markdown


def test_json_tells_the_whole_timeline() -> None:
    _, figure, _ = json.loads(written("json", memo(council_timeline())))["sections"][0]["blocks"]
    picture = figure["picture"]
    entries = council_timeline().entries
    assert (figure["alt"], picture["as_of"]) == (ALT, "2031-05-14")
    assert [entry["fact"] for entry in picture["entries"]] == [entry.fact for entry in entries]
    assert [entry["said"] for entry in picture["entries"]] == [entry.said for entry in entries]
    assert [entry["first"] for entry in picture["entries"]][:2] == [None, "2031-05-11"]
    assert picture["entries"][-1]["last"] is None


def test_a_figure_without_a_caption_leaves_no_trace_of_one() -> None:
    bare = document_of(figure_of(council_timeline()), figure_of(small_image()))
    assert "figcaption>" not in written("html", bare).decode().partition("<body>")[2]
    assert [p.text for p in docx.Document(BytesIO(written("docx", bare))).paragraphs] == ["", ""]
    assert "\n\n\n" not in written("txt", bare).decode()
    assert "\n\n\n" not in written("md", bare).decode()


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_figure_gives_the_same_bytes(name: str) -> None:
    document = memo(council_timeline(), small_image())
    assert written(name, document) == written(name, document)


def test_a_figure_fits_on_letter_paper() -> None:
    pdf = WRITERS["pdf"].write(memo(council_timeline()), Theme(page=PAGES["letter"]))
    (page,) = extract_pages(BytesIO(pdf))
    (figure,) = [x for x in page if isinstance(x, pdfminer.layout.LTFigure)]
    assert figure.width == pytest.approx(PAGES["letter"].measure)


def test_hostile_words_are_words() -> None:
    hostile = "</svg><script>alert(1)</script> & \"'"
    entry = replace(council_timeline().entries[1], label=hostile)
    figure = Figure(alt=hostile, picture=timeline(entry), caption=(Text(text=hostile),))
    page = written("html", document_of(figure)).decode()
    assert "<script" not in page
    soup = BeautifulSoup(page, "lxml")
    assert soup.select_one("svg title").get_text() == hostile  # type: ignore[union-attr]
    with ZipFile(BytesIO(written("docx", document_of(figure)))) as package:
        root = etree.fromstring(package.read("word/media/picture1.svg"))
    assert root.findtext(f"{SVG}title") == hostile
