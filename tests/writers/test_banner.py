"""The banner of a marked memo: in header and footer of every page, first in the text, in every format."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import docx
import outloud
import pytest
from bs4 import BeautifulSoup
from docx.text.paragraph import Paragraph as DocxParagraph
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTComponent, LTContainer

from briefbook.composing.portions import with_banner
from briefbook.document import Citations, Document
from briefbook.marking import Banner, Marking, banner_of
from briefbook.readers.read_marking import shipped
from briefbook.writers import WRITERS
from briefbook.writers.theme import PAGES, File, HouseFile, Logo, Theme
from tests.audit import faults_of
from tests.houses.by_hand import hand_made_house
from tests.houses.by_libreoffice import libreoffice_house
from tests.houses.by_python_docx import python_docx_house
from tests.libreoffice import needs_office, to_pdfs, to_pdfs_with_any_face
from tests.pictures import png
from tests.test_pdf_standards import MISFIRING
from tests.verapdf import judged, needs_verapdf
from tests.writers.stress import stress_document
from tests.writers.tagged import read_tagged
from tests.writers.trees import fisheries_memo, with_citations

LEVELS = [level.id for level in shipped()["tlp"].levels]
LONG = Banner(
    text="//".join(["RESTRICTED", *(f"A RATHER LONG CAVEAT NUMBER {n}" for n in range(1, 6))]),
    ink="FFFFFF",
    paper="7A0019",
    size=12,
    level="restricted",
    caveats=(),
    scheme="custom",
)
HOUSES: Mapping[str, Callable[[], bytes]] = {
    "hand": hand_made_house,
    "python-docx": python_docx_house,
    "libreoffice": libreoffice_house,
}


def tlp(level: str) -> Banner:
    return banner_of(shipped()["tlp"], Marking(level=level))


@cache
def documents() -> dict[str, Document]:
    """Marked memos: short, of many pages with notes, with a banner of several lines."""
    made = {f"tlp-{level}": with_banner(fisheries_memo(), tlp(level)) for level in LEVELS}
    for citations in Citations:
        made[f"stress-{citations}"] = with_banner(stress_document(citations), tlp("amber-strict"))
    made["long"] = with_banner(with_citations(stress_document(), Citations.FOOTNOTES), LONG)
    return made


def letters(item: LTComponent) -> list[LTChar]:
    if isinstance(item, LTChar):
        return [item]
    return [letter for kid in item for letter in letters(kid)] if isinstance(item, LTContainer) else []


def pages_of(data: bytes) -> list[list[LTChar]]:
    return [letters(page) for page in extract_pages(BytesIO(data))]


def lines_of(found: list[LTChar]) -> list[tuple[float, str]]:
    """The lines from the head to the foot: how high each stands, and what it says."""
    lines: dict[float, list[LTChar]] = {}
    for letter in found:
        lines.setdefault(round(letter.matrix[5], 1), []).append(letter)
    rows = [(y, sorted(row, key=lambda c: c.x0)) for y, row in sorted(lines.items(), reverse=True)]
    return [(y, "".join(c.get_text() for c in row).strip()) for y, row in rows]


def in_words(found: list[LTChar]) -> str:
    return " ".join(said for _, said in lines_of(found))


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("name", documents())
@pytest.mark.parametrize("paper", PAGES)
def test_every_page_of_a_pdf_has_it_above_and_below_in_its_colours_and_touches_nothing(
    name: str, paper: str
) -> None:
    document = documents()[name]
    banner = document.banner
    assert banner is not None
    theme = Theme(page=PAGES[paper])
    for page in pages_of(WRITERS["pdf"].write(document, theme)):
        ink = tuple(round(int(banner.ink[at : at + 2], 16) / 255, 3) for at in (0, 2, 4))
        own: list[LTChar] = []
        others: list[LTChar] = []
        for letter in page:
            colour = letter.graphicstate.ncolor
            given = tuple(round(float(str(part)), 3) for part in colour) if isinstance(colour, tuple) else ()
            (own if given == ink else others).append(letter)
        middle = theme.page.height / 2
        for part in (
            [c for c in own if c.y0 > middle],
            [c for c in own if c.y0 < middle],
        ):
            assert squeezed(in_words(part)) == squeezed(banner.text)
            assert min(letter.size for letter in part) >= 12
            assert max(letter.x1 for letter in part) <= theme.page.width - theme.page.right
            low, high = min(c.matrix[5] for c in part) - 4, max(c.matrix[5] for c in part) + 12
            assert not [c for c in others if c.matrix[5] < high and c.matrix[5] + 7 > low], name
        assert max(c.matrix[5] for c in own) < theme.page.height - 16
        assert min(c.matrix[5] for c in own) > 16


def test_to_who_listens_the_banner_is_said_once_and_first() -> None:
    document = documents()["stress-footnotes"]
    tagged = read_tagged(WRITERS["pdf"].write(document, Theme()))
    texts = [node.text.strip() for node in tagged.root.walk() if node.role == "P"]
    assert texts[0] == "TLP:AMBER+STRICT"
    assert texts.count("TLP:AMBER+STRICT") == 1
    found = [a for a in tagged.artifacts if "TLP:AMBER+STRICT" in a.text]
    assert {(a.type, a.subtype) for a in found} == {("Pagination", "Header"), ("Pagination", "Footer")}
    assert len(found) == 2 * (1 + max(a.page for a in tagged.artifacts))


@pytest.mark.parametrize("house", [None, *HOUSES])
def test_every_kind_of_page_of_a_docx_has_it(house: str | None, tmp_path: Path) -> None:
    theme = themed(house)
    data = WRITERS["docx"].write(documents()["stress-footnotes"], theme)
    assert faults_of(data, tmp_path) == []
    word = docx.Document(BytesIO(data))
    for section in word.sections:
        tops = [section.header, section.first_page_header]
        feet = [section.footer, section.first_page_footer]
        if word.settings.odd_and_even_pages_header_footer:
            tops, feet = [*tops, section.even_page_header], [*feet, section.even_page_footer]
        for top in tops:
            assert spelled(top.paragraphs[0]) == "TLP:AMBER+STRICT"
        for foot in feet:
            assert spelled(foot.paragraphs[-1]) == "TLP:AMBER+STRICT"
        for paragraph in (tops[0].paragraphs[0], feet[0].paragraphs[-1]):
            style = paragraph.style
            assert style is not None
            assert (style.font.size.pt, str(style.font.color.rgb), style.paragraph_format.alignment) == (
                12,
                "FFC000",
                2,
            )


def spelled(paragraph: DocxParagraph) -> str:
    """The words of a banner in a run of their own, between two of paper alone."""
    before, words, behind = (run.text for run in paragraph.runs)
    assert (before, behind) == ("\N{NO-BREAK SPACE}", "\N{NO-BREAK SPACE}")
    return words


def test_a_long_banner_ends_its_lines_behind_a_caveat_in_both_formats() -> None:
    caveats = ["RESTRICTED", *(f"NOT FOR PARTNER NUMBER {n}" for n in range(1, 5))]
    banner = replace(LONG, text="//".join(caveats), separator="//")
    document = with_banner(fisheries_memo(), banner)
    word = docx.Document(BytesIO(WRITERS["docx"].write(document, Theme())))
    told = [spelled(each) for each in word.sections[0].first_page_footer.paragraphs[1:]]
    assert 1 < len(told) < len(caveats)
    assert all(line.endswith("//") for line in told[:-1])
    assert "".join(told) == banner.text
    page = pages_of(WRITERS["pdf"].write(document, Theme()))[0]
    assert [said for _, said in lines_of(page)][-len(told) :] == told


def test_the_line_at_the_foot_stands_where_it_would_without_a_banner() -> None:
    """As long as the banner leaves it room there: an identification line is an inch from the bottom."""
    theme = Theme(footer_distance=72.0, page=replace(PAGES["letter"], bottom=96))
    for document in (fisheries_memo(), documents()["tlp-amber"]):
        page = pages_of(WRITERS["pdf"].write(document, theme))[0]
        (y,) = [y for y, said in lines_of(page) if said.startswith(document.footer)]
        assert y == pytest.approx(72 + 0.222 * 8.5, abs=0.1)


def themed(house: str | None) -> Theme:
    return Theme() if house is None else Theme(house=HouseFile(file=File.of(HOUSES[house]())))


@pytest.mark.long
@needs_office
def test_libreoffice_prints_it_on_every_page(tmp_path: Path) -> None:
    document = documents()["stress-footnotes"]
    files = {house or "own": WRITERS["docx"].write(document, themed(house)) for house in (None, *HOUSES)}
    for house, pdf in to_pdfs_with_any_face(files, tmp_path).items():
        pages = pages_of(pdf.read_bytes())
        assert len(pages) > 3
        for number, page in enumerate(pages):
            said = squeezed(in_words(page))
            assert said.count("TLP:AMBER+STRICT") >= 2, (house, number)


@pytest.mark.long
@needs_office
def test_the_docx_has_as_many_pages_as_the_pdf(tmp_path: Path) -> None:
    marked = {name: documents()[name] for name in ("tlp-amber", "stress-numbered")}
    made = to_pdfs({name: WRITERS["docx"].write(each, Theme()) for name, each in marked.items()}, tmp_path)
    for name, each in marked.items():
        ours, theirs = pages_of(WRITERS["pdf"].write(each, Theme())), pages_of(made[name].read_bytes())
        assert len(theirs) == len(ours), name
        for page, other in zip(ours, theirs, strict=True):  # with all that stands at its head and foot
            edges = [[lines_of(each)[at] for at in (0, -2, -1)] for each in (page, other)]
            for (y, said), (its, words) in zip(*edges, strict=True):
                assert squeezed(words) == squeezed(said)
                assert its == pytest.approx(y, abs=1.5), said


def test_a_logo_comes_after_it() -> None:
    logo = Logo(
        file=File.of(png(40, 20)),
        media_type="image/png",
        pixels_wide=40,
        pixels_high=20,
        width=60,
        alt="Arms",
    )
    soup = BeautifulSoup(WRITERS["html"].write(documents()["tlp-red"], Theme(logo=logo)), "html.parser")
    main = soup.find("main")
    assert main is not None
    assert main.get_text(" ", strip=True).startswith("TLP:RED")
    tagged = read_tagged(WRITERS["pdf"].write(documents()["tlp-red"], Theme(logo=logo)))
    roles = [node.role for node in tagged.root.walk() if node.role in ("P", "Figure")]
    assert roles[:2] == ["P", "Figure"]


@pytest.mark.parametrize("level", LEVELS)
def test_formats_without_pages_begin_and_end_with_it(level: str) -> None:
    document = documents()[f"tlp-{level}"]
    label = tlp(level).text
    made = {name: WRITERS[name].write(document, Theme()).decode() for name in ("txt", "md", "html")}
    lines = made["txt"].splitlines()
    assert lines[0] == lines[-1] == label
    lines = made["md"].strip().splitlines()
    assert lines[0] == lines[-1] == f"**{label}**"
    soup = BeautifulSoup(made["html"], "html.parser")
    assert soup.body is not None
    words = soup.body.get_text("\n", strip=True).splitlines()
    assert words[0] == words[-1] == label
    style = soup.style
    assert style is not None
    for corner in ("@top-right", "@bottom-left"):
        assert corner in style.get_text()


def test_labels_of_tlp_are_those_of_the_standard() -> None:
    """FIRST, Traffic Light Protocol 2.0: exact spelling, 12 points or more."""
    levels = shipped()["tlp"].levels
    assert [level.banner for level in levels] == [
        "TLP:CLEAR",
        "TLP:GREEN",
        "TLP:AMBER",
        "TLP:AMBER+STRICT",
        "TLP:RED",
    ]
    assert {level.paper for level in levels} == {"000000"}
    assert [level.ink for level in levels] == ["FFFFFF", "33FF00", "FFC000", "FFC000", "FF2B2B"]
    assert shipped()["tlp"].size >= 12


@pytest.mark.long
@needs_verapdf
def test_verapdf_and_outloud_pass_marked_pdfs(tmp_path: Path) -> None:
    files = []
    for name, document in documents().items():
        files.append(tmp_path / f"{name}.pdf")
        files[-1].write_bytes(WRITERS["pdf"].write(document, Theme()))
    assert [(v.file.name, v.profile, v.failures) for v in judged(files) if not v.passed] == []
    for file in files:
        found = outloud.check(str(file))
        assert found.error is None
        assert [f.message for f in found.findings if f.rule not in MISFIRING] == [], file.name


def test_an_unmarked_memo_has_nothing_of_it() -> None:
    data = WRITERS["docx"].write(fisheries_memo(), Theme())
    assert "Marking" not in {style.name for style in docx.Document(BytesIO(data)).styles}
    assert "@top-right" not in WRITERS["html"].write(fisheries_memo(), Theme()).decode()
