"""The sign behind a citation's number that opens its source at the words: read back from each format."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urlsplit

import docx
import pikepdf
import pytest
from bs4 import BeautifulSoup
from docx.oxml.ns import qn
from hypothesis import given

from briefbook.cited import page_of
from briefbook.document import (
    Citations,
    Cite,
    CitedSource,
    Document,
    Paragraph,
    Section,
    SourceEntry,
    SourceList,
)
from briefbook.spoken import Spoken
from briefbook.writers import WRITERS
from briefbook.writers.theme import Theme
from briefbook.writers.to_docx import write_docx
from briefbook.writers.to_html import write_html
from briefbook.writers.to_pdf import write_pdf
from tests.audit import faults_of
from tests.writers.stress import stress_document
from tests.writers.tagged import Node, read_tagged
from tests.writers.trees import (
    LATIN_WORDS,
    TARGETS,
    documents,
    few,
    run,
    sample_document,
    ways_out,
    with_citations,
)

NOTE = "https://example.org/note?a=1&b=(2)#annex:~:text=met%20in%20Port%20Emery&text=Ana%20Holm%2C%20Minister"
SAID = "Open source {} at the words cited"
HOSTILE = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//https://example.org",
    "data:text/html,<script>",
    'https://example.org/"onmouseover="alert(1)',
    "https://example.org/'><script>",
    "https://example.org/) /S/JavaScript/JS(app.alert(1))\\",
    "https://example.org/\n/A",
    "mailto:desk@example.org",
    "file:///note.txt",
    "https://[gazette.example.org/x",
    "https://[",
    "https://#top",
    "https://?q",
    "https://:80/",
    "https://@/note",
    "https:///note",
    "https://example.org:99999/",
    "https://example.org:port/",
    "notes/note.txt",
    "",
)


def of(target: str | None, *, shown: bool = True, number: int = 1) -> Cite:
    return Cite(sources=(CitedSource(source=f"s{number}", number=number, target=target),), shown=shown)


def memo(*cites: Cite, language: str = "en", listed: Iterable[int] = (1, 2)) -> Document:
    """A paragraph with some citations, and the sources."""
    entries = tuple(
        SourceEntry(source=f"s{number}", number=number, children=run(f"Source {number}")) for number in listed
    )
    text = Paragraph(children=tuple(i for cite in cites for i in (*run("Held."), cite)))
    blocks = (text, SourceList(entries=entries)) if entries else (text,)
    return sample_document(sections=(Section(name="s", blocks=blocks),), language=language)


def in_html(document: Document) -> list[tuple[str, str]]:
    """What the signs of the page say and where they lead, as a browser resolves it."""
    soup = BeautifulSoup(write_html(document, Theme()), "lxml")
    return [(str(tag["aria-label"]), str(tag["href"])) for tag in soup.select("sup a.words")]


def signs(root: Node) -> list[Node]:
    return [node for node in root.all("Link") if node.is_way_out]


def in_pdf(document: Document) -> list[tuple[str, str]]:
    root = read_tagged(write_pdf(document, Theme())).root
    return [(str(a.Contents), str(a.A.URI)) for node in signs(root) for a in node.annotations]


def in_docx(document: Document) -> list[tuple[str, str]]:
    """The hyperlinks of the body whose words are the sign."""
    opened = docx.Document(BytesIO(write_docx(document, Theme())))
    found = []
    for link in opened.element.body.iter(qn("w:hyperlink")):
        if [node.text for node in link.iter(qn("w:t"))] == ["↗"]:
            relationship = opened.part.rels[str(link.get(qn("r:id")))]
            assert relationship.is_external
            found.append((str(link.get(qn("w:tooltip"))), str(relationship.target_ref)))
    return found


Reader = Callable[[Document], list[tuple[str, str]]]
READERS: dict[str, Reader] = {"html": in_html, "pdf": in_pdf, "docx": in_docx}
in_each = pytest.mark.parametrize("reader", READERS.values(), ids=READERS)


@in_each
def test_the_sign_leads_to_the_words_and_says_so(reader: Reader) -> None:
    found = reader(memo(of(NOTE), of(None), of(NOTE, shown=False), of("http://example.org/2", number=2)))
    assert found == [(SAID.format(1), NOTE), (SAID.format(2), "http://example.org/2")]


@in_each
def test_it_stands_in_every_way_of_citing(reader: Reader) -> None:
    for citations in Citations:
        document = stress_document(citations)
        expected = [(SAID.format(number), target) for number, target in ways_out(document)]
        assert len(expected) > 30
        assert reader(document) == expected


@in_each
def test_it_needs_no_list_of_sources(reader: Reader) -> None:
    [(said, target)] = reader(memo(of(NOTE), listed=()))
    assert (said, target) in ((SAID.format(1), NOTE), (page_of(NOTE), NOTE))


@in_each
def test_it_is_told_in_the_words_that_the_document_brings(reader: Reader) -> None:
    spanish = Spoken(at_words="Abrir la fuente {number} en las palabras citadas")
    [(said, _)] = reader(replace(memo(of(NOTE), language="es-MX"), spoken=spanish))
    assert said == "Abrir la fuente 1 en las palabras citadas"
    [(said, _)] = reader(memo(of(NOTE), language="fi"))
    assert said == SAID.format(1)


@in_each
@pytest.mark.parametrize("target", HOSTILE)
def test_a_hostile_address_makes_no_link(reader: Reader, target: str) -> None:
    assert reader(memo(of(target))) == []


@pytest.mark.parametrize("target", [target for target in HOSTILE if target])
@pytest.mark.parametrize("name", ["html", "pdf", "docx", "md", "txt"])
def test_a_hostile_address_stands_nowhere_in_a_file(target: str, name: str) -> None:
    with_it, without = (WRITERS[name].write(memo(of(t)), Theme()) for t in (target, None))
    assert with_it == without


@few
@given(documents())
def test_whatever_the_tree_html_has_each_way_out(document: Document) -> None:
    assert [target for _, target in in_html(document)] == [target for _, target in ways_out(document)]


@few
@given(documents(LATIN_WORDS))
def test_whatever_the_tree_pdf_and_docx_have_each_way_out(document: Document) -> None:
    expected = [target for _, target in ways_out(document)]
    assert [target for _, target in in_pdf(document)] == expected
    assert [target for _, target in in_docx(document)] == expected


# ------------------------------------------------------------------------------- format by format


def test_in_the_page_it_is_a_link_of_its_own_beside_the_number() -> None:
    soup = BeautifulSoup(write_html(memo(of(NOTE)), Theme()), "lxml")
    number, sign = soup.select("sup a")
    assert (number.get_text(), number["href"]) == ("1", "#source-s1")
    assert sign.get_text() == "↗\ufe0e"
    assert sign["rel"] == ["noreferrer"]
    assert "target" not in sign.attrs  # it opens where the reader wants it
    assert (sign["title"], sign["aria-label"]) == (SAID.format(1), SAID.format(1))


def test_the_page_on_paper_leaves_it_out() -> None:
    style = BeautifulSoup(write_html(memo(of(NOTE)), Theme()), "lxml").select("style")[0].get_text()
    assert "a.words { display: none; }" in " ".join(
        style.partition("@media print")[2].replace("a.back, ", "").split()
    )


def test_in_the_pdf_number_and_sign_are_two_links_in_one_reference() -> None:
    root = read_tagged(write_pdf(memo(of(NOTE)), Theme())).root
    (reference,) = root.all("Reference")
    number, sign = reference.kids
    assert isinstance(number, Node)
    assert isinstance(sign, Node)
    assert (number.role, number.kids, sign.role, sign.kids) == ("Link", ["1"], "Link", ["↗"])
    assert "/Dest" in number.annotations[0]
    assert str(sign.element.Alt) == SAID.format(1)
    assert sign.annotations[0].A.S == "/URI"
    assert reference.words == ["1"]


def test_two_signs_side_by_side_are_two_links() -> None:
    two = Cite(sources=(of(NOTE).sources[0], of(NOTE, number=2).sources[0]))
    assert in_pdf(memo(two)) == [(SAID.format(1), NOTE), (SAID.format(2), NOTE)]


def test_a_source_leads_back_to_the_number_and_not_to_the_sign() -> None:
    with pikepdf.open(BytesIO(write_pdf(memo(of(NOTE)), Theme()))) as pdf:
        number, sign, back = (a for page in pdf.pages for a in page.obj.Annots)
        assert float(number.Rect[2]) == pytest.approx(float(sign.Rect[0]), abs=0.02)
        assert str(back.Contents) == "Back to citation 1 of source 1"
        assert float(back.Dest[3]) == pytest.approx(float(number.Rect[3]), abs=0.02)


def test_another_address_makes_another_file_identifier() -> None:
    one, other = (write_pdf(memo(of(target)), Theme()) for target in (NOTE, NOTE + "&text=more"))
    with pikepdf.open(BytesIO(one)) as first, pikepdf.open(BytesIO(other)) as second:
        assert bytes(first.trailer.ID[0]) != bytes(second.trailer.ID[0])


@pytest.mark.parametrize("citations", Citations)
def test_in_the_docx_it_stands_right_behind_the_number_in_its_style(
    citations: Citations, tmp_path: Path
) -> None:
    document = with_citations(memo(of(NOTE)), citations)
    data = write_docx(document, Theme())
    paragraph = docx.Document(BytesIO(data)).element.body[0]
    *_, before, link = list(paragraph)
    assert link.tag == qn("w:hyperlink")
    styles = {
        str(node.get(qn("w:val"))) for node in (*before.iter(qn("w:rStyle")), *link.iter(qn("w:rStyle")))
    }
    assert len(styles) == 1
    assert faults_of(data, tmp_path) == []


def test_the_same_address_is_one_relationship() -> None:
    opened = docx.Document(BytesIO(write_docx(memo(of(NOTE), of(NOTE)), Theme())))
    assert [r.target_ref for r in opened.part.rels.values() if r.is_external] == [NOTE]


def test_markdown_and_text_have_none() -> None:
    for name in ("md", "txt"):
        assert WRITERS[name].write(memo(of(NOTE)), Theme()) == WRITERS[name].write(memo(of(None)), Theme())


def test_json_has_the_address_as_it_is_given_also_of_what_print_leaves_out() -> None:
    for target in (*TARGETS, NOTE):
        written = WRITERS["json"].write(memo(of(target, shown=False)), Theme()).decode()
        assert (f'"target": "{target}"' if target else '"target": null') in written


def test_a_reader_s_program_finds_the_words_in_the_pdf_s_address() -> None:
    [(_, target)] = in_pdf(memo(of(NOTE)))
    own, _, directives = urlsplit(target).fragment.partition(":~:")
    assert own == "annex"
    assert [unquote(part.removeprefix("text=")) for part in directives.split("&")] == [
        "met in Port Emery",
        "Ana Holm, Minister",
    ]
