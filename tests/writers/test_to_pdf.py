"""PDF: read back with independent readers."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from pdfminer.converter import PDFPageAggregator
from pdfminer.high_level import extract_text
from pdfminer.layout import LTChar
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage

from briefbook.document import (
    Block,
    Citations,
    Cite,
    CitedSource,
    Document,
    Heading,
    Link,
    Paragraph,
    SourceEntry,
    SourceList,
    Text,
    blocks_of,
)
from briefbook.writers.faces import width_in_ems
from briefbook.writers.layout import lay_out
from briefbook.writers.styled_text import composed
from briefbook.writers.theme import PAGES, Theme
from briefbook.writers.to_pdf import write_pdf
from tests.writers.trees import (
    LATIN_WORDS,
    bullets,
    cite,
    document_of,
    documents,
    few,
    fisheries_memo,
    pieces_of,
    run,
    said,
    sample_document,
)


def pdf_of(*blocks: Block) -> bytes:
    return write_pdf(document_of(*blocks), Theme())


def opened(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(data))


def characters(data: bytes) -> Iterator[LTChar]:
    """Every drawn character in the order of the content streams: no analysis of the layout."""
    manager = PDFResourceManager()
    device = PDFPageAggregator(manager, laparams=None)
    interpreter = PDFPageInterpreter(manager, device)
    for page in PDFPage.get_pages(BytesIO(data)):
        interpreter.process_page(page)
        yield from (item for item in device.get_result() if isinstance(item, LTChar))


def read_out(data: bytes) -> str:
    return "".join(character.get_text() for character in characters(data))


def squeezed(text: str) -> str:
    return "".join(text.split())


def spoken(document: Document) -> str:
    """What the pages of a document of one page say, without white space."""
    pieces = [
        piece if isinstance(piece, str) else said(piece).replace("[", "").replace("]", "")
        for block in blocks_of(document)
        for piece in pieces_of(block, markers=True, numbers=True)
    ]
    return squeezed("".join(pieces))


# --------------------------------------------------------------------------------- what is read


def test_the_words_are_read_out_in_order() -> None:
    document = fisheries_memo()
    signs = str.maketrans("•–", "--")  # of list items, by their depth
    told = squeezed(read_out(write_pdf(document, Theme())))
    wanted = spoken(document) + squeezed(document.footer) + "1of1"
    assert told.translate(signs) == wanted.translate(signs)


def test_words_do_not_fuse_at_the_ends_of_lines() -> None:
    sentence = "The council goes back to letters of 2029; the letters are not on file. " * 6
    text = extract_text(BytesIO(pdf_of(Paragraph(children=run(sentence.strip())))))
    assert " ".join(text.split()).startswith(sentence.strip())
    assert sentence.strip() in read_out(pdf_of(Paragraph(children=run(sentence.strip()))))


def test_greek_and_cyrillic_are_drawn_by_the_fallback() -> None:
    data = pdf_of(Paragraph(children=run("Port Αθήνα, Москва and Iași; Que\u0301bec, q\u0303uay")))
    drawn = [(character.get_text(), character.fontname) for character in characters(data)]
    assert "".join(text for text, _ in drawn).startswith("Port Αθήνα, Москва and Iași; Québec, q\u0303uay")
    by_face = {text: face.partition("+")[2] for text, face in drawn}
    assert by_face["P"] == "Caladea-Regular"
    assert {by_face[text] for text in "Αθήνа" if text in by_face} == {"SourceSerifPro-Regular"}
    assert by_face["ș"] == by_face["ш" if "ш" in by_face else "М"] == "SourceSerifPro-Regular"


def test_an_accent_that_does_not_compose_stands_over_its_letter() -> None:
    letters = {
        character.get_text(): character
        for character in characters(pdf_of(Paragraph(children=run("q\u0303"))))
    }
    letter, accent = letters["q"], letters["\u0303"]
    assert accent.x0 == pytest.approx((letter.x0 + letter.x1) / 2, abs=0.01)


def test_text_is_never_read_as_markup_or_operators() -> None:
    hostile = r"<b>bold</b> &amp; (a) \) Tj ET {page} %s </xml> [1] <</X>>"
    document = replace(document_of(Paragraph(children=run(hostile))), title=hostile, footer=hostile)
    data = write_pdf(document, Theme())
    assert read_out(data).startswith(hostile)
    file = opened(data)
    assert str(file.docinfo["/Title"]) == hostile


@few
@given(documents(LATIN_WORDS))
def test_any_document_reads_back_as_it_was_laid_out(document: Document) -> None:
    data = write_pdf(document, Theme())
    pages = lay_out(document, Theme(), width_in_ems)
    laid = "".join(run.text for page in pages for run in page.runs).replace("\u00a0", " ")
    assert read_out(data) == laid


@few
@given(documents())
def test_any_document_makes_a_sound_file_without_empty_glyphs(document: Document) -> None:
    data = write_pdf(document, Theme())
    assert opened(data).check_pdf_syntax() == []
    assert all(code != 0 for code in drawn_codes(data))


def drawn_codes(data: bytes) -> Iterator[int]:
    """The codes of every glyph drawn; 0 is .notdef in each of our subsets."""
    for page in opened(data).pages:
        for instruction in pikepdf.parse_content_stream(page):
            if str(instruction.operator) == "Tj":
                yield from bytes(instruction.operands[0])


def test_nothing_is_drawn_by_an_empty_glyph_even_where_no_face_has_the_character() -> None:
    data = pdf_of(Paragraph(children=run("a東b 👩 \u202f \u2009 \ufb01")))
    assert all(drawn_codes(data))
    assert read_out(data).startswith("a?b ? ")


# -------------------------------------------------------------------------------------- invariance


def test_the_same_document_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = write_pdf(fisheries_memo(), Theme())
    write_pdf(document_of(Paragraph(children=run("Αθήνα in between"))), Theme())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert write_pdf(fisheries_memo(), Theme()) == first


@pytest.mark.parametrize("seed", ["1", "4242"])
def test_another_process_gives_the_same_bytes(seed: str) -> None:
    program = (
        "import hashlib\n"
        "from briefbook.writers.theme import Theme\n"
        "from briefbook.writers.to_pdf import write_pdf\n"
        "from tests.writers.trees import fisheries_memo\n"
        "print(hashlib.sha256(write_pdf(fisheries_memo(), Theme())).hexdigest())\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root,
        env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Pacific/Auckland", "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == hashlib.sha256(write_pdf(fisheries_memo(), Theme())).hexdigest()


def test_the_identifier_changes_with_the_words() -> None:
    one, other = (opened(pdf_of(Paragraph(children=run(text)))) for text in ("May", "June"))
    assert bytes(one.trailer["/ID"][0]) != bytes(other.trailer["/ID"][0])


# ---------------------------------------------------------------------------------------- the file


def test_metadata_say_what_the_document_is() -> None:
    document = sample_document(sections=(), title="Рада, third meeting", language="fr-CA")
    file = opened(write_pdf(document, Theme()))
    told = {key: str(value) for key, value in file.docinfo.items()}
    assert told["/Title"] == "Рада, third meeting"
    assert told["/Author"] == "Fisheries desk"
    assert told["/Subject"] == "fisheries-council · as of 2031-05-14"
    assert told["/Keywords"] == "fisheries-council, 2031-05-14"
    assert told["/CreationDate"] == told["/ModDate"] == "D:20310514000000Z"
    assert str(file.Root.Lang) == "fr-CA"
    assert bool(file.Root.ViewerPreferences.DisplayDocTitle)
    assert file.pdf_version == "1.7"


def test_a_document_that_nobody_signs_has_no_author() -> None:
    document = replace(sample_document(sections=()), author="", as_of=date(2031, 1, 2))
    file = opened(write_pdf(document, Theme()))
    assert str(file.docinfo["/Author"]) == ""
    assert str(file.docinfo["/CreationDate"]).startswith("D:20310102")


@pytest.mark.parametrize("sheet", sorted(PAGES))
def test_the_sheet_is_the_theme_s(sheet: str) -> None:
    page = PAGES[sheet]
    file = opened(write_pdf(fisheries_memo(), Theme(page=page)))
    (found,) = file.pages
    assert numbers(found.mediabox) == pytest.approx([0, 0, page.width, page.height])


def test_every_face_is_an_embedded_subset() -> None:
    file = opened(write_pdf(fisheries_memo(), Theme()))
    faces = [font for page in file.pages for font in page.resources["/Font"].values()]
    assert faces
    for font in faces:
        assert font.FontDescriptor.FontFile2.read_bytes()
        assert "+" in str(font.BaseFont)
        assert font.ToUnicode.read_bytes()
    assert len(write_pdf(fisheries_memo(), Theme())) < 60_000


def test_headings_are_bookmarks_even_where_a_level_is_skipped() -> None:
    data = pdf_of(
        Heading(level=1, children=run("Memo"), aside=run("11 May")),
        Heading(level=3, children=run("Deep")),
        Heading(level=2, children=run("Less deep")),
        Heading(level=1, children=run("Αθήνα")),
        Paragraph(children=run("text")),
    )
    with opened(data).open_outline() as outline:
        tree = [
            (item.title, [(child.title, list(child.children)) for child in item.children])
            for item in outline.root
        ]
    assert tree == [("Memo", [("Deep", []), ("Less deep", []), ("Αθήνα", [])])]


def numbers(values: Iterable[object]) -> list[float]:
    return [float(str(value)) for value in values]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLink:
    """A link annotation: its area, and the address or the height on the page that it leads to."""

    area: list[float]
    address: str | None
    top: float | None


def links_of(data: bytes) -> list[FoundLink]:
    file = opened(data)
    return [
        FoundLink(
            area=numbers(link.Rect),
            address=str(link.A.URI) if "/A" in link else None,
            top=float(str(link.Dest[3])) if "/Dest" in link else None,
        )
        for page in file.pages
        for link in page.obj.get("/Annots", [])
    ]


def test_addresses_are_live_and_only_safe_ones() -> None:
    def link(target: str) -> Paragraph:
        return Paragraph(children=(Link(children=(Text(text="the council’s page"),), target=target),))

    data = pdf_of(
        link("https://council.example/about?a=1&b=é(x)"),
        link("mailto:desk@council.example"),
        link("javascript:alert(1)"),
        link("x"),
    )
    assert [found.address for found in links_of(data)] == [
        "https://council.example/about?a=1&b=%C3%A9(x)",
        "mailto:desk@council.example",
    ]


def test_a_link_over_two_lines_has_an_area_on_each() -> None:
    words = tuple(Text(text="all the letters of the council ", strong=bool(n % 2)) for n in range(5))
    data = pdf_of(Paragraph(children=(Link(children=words, target="https://council.example"),)))
    first, second = (found.area for found in links_of(data))
    assert first[1] > second[3] - 1


def test_a_citation_jumps_to_its_source() -> None:
    document = fisheries_memo()
    jumps = [found.top for found in links_of(write_pdf(document, Theme())) if found.address is None]
    (page,) = lay_out(document, Theme(), width_in_ems)
    first, second, third = (page.height - mark.y for mark in page.sources)
    assert jumps[:4] == pytest.approx([second, first, third, first], abs=0.01)


def test_a_source_s_number_jumps_back_to_its_first_citation() -> None:
    document = fisheries_memo()
    found = [link for link in links_of(write_pdf(document, Theme())) if link.address is None]
    two, one, three, *_ = (link.area for link in found)
    backs = found[4:]
    assert [link.top for link in backs] == pytest.approx([one[3], two[3], three[3]], abs=0.01)


def test_a_citation_jumps_to_its_footnote_and_the_footnote_back() -> None:
    """Also from another page: every link of two pages, as the page that it leads to and its height there."""
    first = Cite(sources=(CitedSource(source="s1", number=1, is_note=True),))
    second = Cite(sources=(CitedSource(source="s2", number=2, is_note=True),))
    again = Cite(sources=(CitedSource(source="s1", number=1),))
    sources = SourceList(
        entries=tuple(
            SourceEntry(source=f"s{number}", number=number, children=run(f"Source {number}."))
            for number in (1, 2)
        )
    )
    document = replace(
        document_of(
            Paragraph(children=(*run("held"), first)),
            *[Paragraph(children=run("text"))] * 45,
            Paragraph(children=(*run("said"), second, *run(" and held"), again)),
            sources,
        ),
        citations=Citations.FOOTNOTES,
    )
    file = opened(write_pdf(document, Theme()))
    places = {str(page.objgen): number for number, page in enumerate(file.pages)}
    links = [
        (number, places[str(link.Dest[0].objgen)], float(link.Dest[3]))
        for number, page in enumerate(file.pages)
        for link in page.obj.get("/Annots", [])
    ]
    sheet = PAGES["a4"]
    foot = sheet.bottom + Theme().source.leading  # where a note of one line begins
    top = sheet.height - sheet.top
    assert [(at, to) for at, to, _ in links] == [(0, 0), (0, 0), (1, 1), (1, 0), (1, 1)]
    to_note, back, to_second, to_first, second_back = (height for _, _, height in links)
    assert (to_note, to_second, to_first) == pytest.approx((foot, foot, foot))
    assert top - Theme().body.leading < back < top + 3  # the line of the first paragraph
    assert foot < second_back < top


def test_a_citation_of_an_unlisted_source_leads_nowhere() -> None:
    data = pdf_of(Paragraph(children=(*run("held"), *cite(4))), bullets("x"))
    assert links_of(data) == []
    assert "held4" in read_out(data)


def test_composed_text_is_what_is_drawn() -> None:
    assert composed("e\u0301") in read_out(pdf_of(Paragraph(children=run("e\u0301"))))
