"""The tags of the PDF, read back by pikepdf: order, words, roles, links, artifacts, languages."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from io import BytesIO
from itertools import pairwise

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbook.document import (
    Block,
    Citations,
    Cite,
    Document,
    Field,
    Fields,
    Figure,
    Heading,
    Inlines,
    ItemList,
    LineBreak,
    Link,
    ListItem,
    Paragraph,
    Row,
    SourceEntry,
    SourceList,
    Table,
    Text,
    Timeline,
    blocks_of,
    inlines_of,
)
from briefbook.notes import notes_of
from briefbook.spoken import Spoken
from briefbook.writers.faces import width_in_ems
from briefbook.writers.layout import lay_out, printed
from briefbook.writers.pdf_tags import Tags, UntaggedError
from briefbook.writers.placed import Owner, PlacedPage
from briefbook.writers.theme import PAGES, File, Logo, Theme
from briefbook.writers.to_pdf import draw, write_pdf
from tests.writers.figures import council_timeline, small_image
from tests.writers.oddities import odd_document
from tests.writers.stress import LONGEST_WORD, ROWS, stress_document
from tests.writers.tagged import Node, Tagged, marked_content, read_tagged
from tests.writers.trees import (
    LATIN_WORDS,
    SOURCE_IDS,
    bullets,
    cite,
    document_of,
    documents,
    few,
    fisheries_memo,
    numbered,
    pieces_of,
    run,
    said,
    sample_document,
    with_citations,
)


def tagged(*blocks: Block) -> Tagged:
    return read_tagged(write_pdf(document_of(*blocks), Theme()))


def told(document: Document) -> list[str]:
    """Every word that print shows of a document, markers and numbers included, in reading order."""
    return told_as_printed(printed(document), notes_of(document))


def told_as_printed(document: Document, notes: Mapping[int, SourceEntry]) -> list[str]:
    """The same of a document that is ready to print.

    A footnote is read behind the block in which it hangs, its number first.
    """
    entries = notes if document.citations is Citations.FOOTNOTES else {}
    return [
        _SIGNS.get(word, word)
        for block in blocks_of(document)
        for piece in [*pieces_of(block, markers=True, numbers=True), *hanging(block, entries)]
        for word in (piece if isinstance(piece, str) else unbracketed(piece)).replace("\u00ad", "").split()
    ]


def hanging(block: Block, entries: Mapping[int, SourceEntry]) -> list[str | Inlines]:
    """The numbers and the words of the notes that hang in a block."""
    numbers = [
        cited.number
        for inline in inlines_of(block)
        if isinstance(inline, Cite) and inline.shown
        for cited in inline.sources
        if cited.is_note
    ]
    return [
        piece for number in numbers if number in entries for piece in (str(number), entries[number].children)
    ]


def unbracketed(inlines: Inlines) -> str:
    """What inlines say in print, where citations are numbers without brackets."""
    return "".join(
        said((inline,)).strip("[]") if said((inline,)).startswith("[") else said((inline,))
        for inline in inlines
    )


def heard(found: Tagged) -> list[str]:
    """Every word of the structure, in its order; each bullet is a hyphen, and each dash that stands alone."""
    return [_SIGNS.get(word, word) for word in found.root.words]


_SIGNS = {"•": "-", "–": "-"}


# ------------------------------------------------------------------------------- words and order


@pytest.mark.parametrize("citations", Citations)
@pytest.mark.parametrize("made", [fisheries_memo, odd_document, stress_document])
def test_the_structure_says_the_document_word_for_word(
    made: Callable[[], Document], citations: Citations
) -> None:
    document = with_citations(made(), citations)
    assert heard(read_tagged(write_pdf(document, Theme()))) == told(document)


@pytest.mark.parametrize("sheet", sorted(PAGES))
def test_the_stress_document_reads_back_word_for_word(sheet: str) -> None:
    found = read_tagged(write_pdf(stress_document(), Theme(page=PAGES[sheet])))
    assert heard(found) == told(stress_document())
    assert found.root.text.count(LONGEST_WORD) == 1  # cut on the page, whole for whoever hears it
    assert [len(found.root.all(role)) for role in ("TH", "TD", "Table")] == [4 + 3, 4 * ROWS, 2]
    assert {str(node.element.Lang) for node in found.root.all("Span")} == {"fr"}


def test_content_is_drawn_in_the_order_of_the_structure() -> None:
    for document in (fisheries_memo(), stress_document()):
        by_page: dict[int, list[int]] = {}
        for page, identifier in read_tagged(write_pdf(document, Theme())).order:
            by_page.setdefault(page, []).append(identifier)
        for identifiers in by_page.values():
            assert identifiers == list(range(len(identifiers)))


@few
@given(documents(LATIN_WORDS), st.sampled_from(Citations))
def test_any_document_s_structure_says_it_word_for_word(document: Document, citations: Citations) -> None:
    document = with_citations(document, citations)
    assert heard(read_tagged(write_pdf(document, Theme()))) == told(document)


@few
@given(documents(), st.sampled_from(Citations))
def test_no_document_breaks_the_structure(document: Document, citations: Citations) -> None:
    found = read_tagged(write_pdf(with_citations(document, citations), Theme()))
    levels = [int(node.role[1]) for node in found.root.walk() if node.role in {f"H{n}" for n in range(1, 7)}]
    assert all(next_ <= level + 1 for level, next_ in pairwise([0, *levels]))
    for table in found.root.all("Table"):
        widths = [len(row.kids) for row in table.all("TR")]
        assert len(set(widths)) == 1
        assert min(widths) > 0
    for node in found.root.walk():
        assert node.kids or node.role in ("TH", "TD", "Document")
    for item in found.root.all("LI"):
        roles = [kid.role for kid in item.kids if isinstance(kid, Node)]
        assert roles in (["Lbl", "LBody"], ["LBody"])


def test_words_cut_at_a_line_s_end_stay_one_and_others_do_not_fuse() -> None:
    address = "https://council.example/" + "very-long-name-of-a-page/" * 12 + "index"
    sentence = "A ship-to-shore protocol, or re\u00adcon\u00adsid\u00ader\u00ada\u00adtion of it. " * 8
    found = tagged(
        Paragraph(children=run(f"See {address} and more.")), Paragraph(children=run(sentence.strip()))
    )
    first, second = found.root.all("P")
    assert first.words == ["See", address, "and", "more."]
    assert second.words == sentence.replace("\u00ad", "").split()


def test_what_runs_over_pages_stays_one_element() -> None:
    rows = tuple(
        Row(cells=(run(f"row {n}"), run(" ".join(f"word{n}.{k}" for k in range(30))))) for n in range(60)
    )
    document = document_of(
        Paragraph(children=run(" ".join(f"word{n}" for n in range(1500)))),
        Table(name="Rows", header=Row(cells=(run("Row"), run("Words"))), rows=rows),
    )
    found = read_tagged(write_pdf(document, Theme()))
    assert len(found.file.pages) > 5
    assert len(found.root.all("P")) == len(found.root.all("Table")) == len(found.root.all("THead")) == 1
    assert len(found.root.all("TR")) == 61
    assert heard(found) == told(document)
    repeated = [artifact for artifact in found.artifacts if artifact.text == "RowWords"]
    assert len(repeated) >= 6
    assert {(artifact.type, artifact.subtype) for artifact in repeated} == {("Pagination", "")}


def test_label_and_value_are_read_one_after_the_other_over_pages() -> None:
    value = run(" ".join(f"word{n}" for n in range(1500)))
    document = document_of(Fields(rows=(Field(label=run("As of"), value=value),) * 2))
    assert heard(read_tagged(write_pdf(document, Theme()))) == told(document)


# ------------------------------------------------------------------------------------------ roles


def test_the_roles_of_a_memo() -> None:
    root = read_tagged(write_pdf(fisheries_memo(), Theme())).root
    item = ("LI", "Lbl", "LBody")
    nested = ("LI", "Lbl", ("LBody", "P", ("L", item, item)))
    assert root.outline() == (
        "Document",
        *("H1", "P", ("L", item, item, item)),
        *("H2", ("L", item, item)),
        *(
            "H2",
            (
                "Table",
                ("THead", ("TR", "TH", "TH", "TH", "TH")),
                ("TBody", ("TR", "TD", "TD", "TD", "TD"), ("TR", "TD", "TD", "TD", "TD")),
            ),
        ),
        *("H2", "P", ("L", item, nested), "P"),
        *("H2", "H3", "P", "P", "H2", ("L", item, item)),
        *("H2", ("L", item, item, item)),
    )
    numbering = [node.attribute("ListNumbering") for node in root.all("L")]
    assert numbering == ["None", "None", "Decimal", "Disc", "Disc", "Decimal"]
    assert {node.attribute("Scope") for node in root.all("TH")} == {"Column"}
    assert root.all("Table")[0].attribute("Summary") == "Participants of the third meeting, by side"


def headings(*levels: int) -> list[str]:
    found = tagged(*(Heading(level=level, children=run(f"Level {level}")) for level in levels))
    return [node.role for node in found.root.walk() if node.role.startswith("H")]


@pytest.mark.parametrize(
    ("levels", "roles"),
    [
        ((1, 2, 3, 2), ["H1", "H2", "H3", "H2"]),
        ((2, 2), ["H1", "H2"]),
        ((1, 3, 2, 4), ["H1", "H2", "H2", "H3"]),
        ((3, 1, 6), ["H1", "H2", "H3"]),
    ],
)
def test_headings_begin_with_the_first_level_and_skip_none(levels: tuple[int, ...], roles: list[str]) -> None:
    assert headings(*levels) == roles


def test_a_heading_that_shows_nothing_is_none() -> None:
    found = tagged(
        Heading(level=1, children=run("\u200b"), aside=run("11 May")), Heading(level=2, children=run("Memo"))
    )
    assert [(node.role, node.words) for node in found.root.walk()][1:] == [
        ("P", ["11", "May"]),
        ("H1", ["Memo"]),
    ]


def test_bookmarks_are_of_the_levels_of_the_tags() -> None:
    data = write_pdf(document_of(*(Heading(level=n, children=run(f"{n}")) for n in (2, 4, 3, 1))), Theme())
    with read_tagged(data).file.open_outline() as outline:
        tree = [(item.title, [child.title for child in item.children]) for item in outline.root]
    assert tree == [("2", ["4", "3", "1"])]


def test_a_table_without_a_row_has_no_empty_body() -> None:
    header = Row(cells=(run("Day"), ()))
    found = tagged(Table(name="Days", header=header, rows=()))
    assert found.root.outline() == ("Document", ("Table", ("TR", "TH", "TH")))


def test_an_empty_cell_keeps_its_place() -> None:
    rows = (Row(cells=((), run("Port Emery"))),)
    found = tagged(Table(name="Days", header=Row(cells=(run("Day"), run("Place"))), rows=rows))
    assert [cell.words for cell in found.root.all("TD")] == [[], ["Port", "Emery"]]


def test_an_item_of_several_blocks() -> None:
    item = ListItem(
        blocks=(bullets("first"), Paragraph(children=run("then")), numbered("second"), Paragraph(children=()))
    )
    found = tagged(ItemList(ordered=False, items=(item, ListItem(blocks=()))))
    inner = ("L", ("LI", "Lbl", "LBody"))
    assert found.root.outline() == (
        "Document",
        ("L", ("LI", "Lbl", ("LBody", inner, "P", inner))),
    )


def test_a_picture_is_told_in_words_and_has_its_box() -> None:
    picture = Timeline(as_of=fisheries_memo().as_of, as_of_label="as of", entries=())
    found = tagged(Paragraph(children=run("above")), Figure(alt="Two meetings (held).", picture=picture))
    (figure,) = found.root.all("Figure")
    assert str(figure.element.Alt) == "Two meetings (held)."
    left, lower, right, upper = (float(edge) for edge in figure.element.A.BBox)
    page = Theme().page
    assert page.left - 0.01 <= left < right <= page.width - page.right
    assert page.bottom < lower < upper < page.height - page.top - Theme().body.leading


def leading(words: str) -> Inlines:
    """A link of its own address."""
    return (Link(children=(Text(text=words),), target=f"https://{words.replace(' ', '-')}.example"),)


def test_a_figure_is_read_where_it_stands_and_its_caption_after_it() -> None:
    shown = Figure(alt="The council.", picture=council_timeline(), caption=leading("Held so far"))
    above, below = (Paragraph(children=leading(word)) for word in ("above", "below"))
    found = tagged(above, shown, below, Figure(alt="A boat.", picture=small_image()))
    assert found.root.outline() == ("Document", "P", "Figure", "Caption", "P", "Figure")
    assert found.root.words == ["above", "The", "council.", "Held", "so", "far", "below", "A", "boat."]
    assert [said for said, _ in contents(found.root.all("Link"))] == ["above", "Held so far", "below"]
    assert [identifier for _, identifier in found.order] == list(range(len(found.order)))


def test_a_logo_is_the_first_thing_read() -> None:
    small = small_image()
    logo = Logo(
        file=File.of(small.data),
        media_type="image/png",
        pixels_wide=small.width,
        pixels_high=small.height,
        width=60,
        alt="The arms of the desk",
    )
    found = read_tagged(write_pdf(document_of(Paragraph(children=run("text"))), Theme(logo=logo)))
    assert found.root.outline() == ("Document", "Figure", "P")
    assert found.root.words == ["The", "arms", "of", "the", "desk", "text"]
    left, lower, right, upper = (float(edge) for edge in found.root.all("Figure")[0].element.A.BBox)
    assert [right - left, upper - lower] == pytest.approx([60, 40], abs=0.01)


# ------------------------------------------------------------------------------------------ links


def contents(nodes: Iterable[Node]) -> list[tuple[str, str]]:
    """What links say, and where they say that they lead."""
    return [(node.text, str(annotation.Contents)) for node in nodes for annotation in node.annotations]


def test_links_say_where_they_lead() -> None:
    root = read_tagged(write_pdf(fisheries_memo(), Theme())).root
    assert contents(root.all("Link")) == [
        ("2", "Source 2: Joint note of the ministers, 12 May 2031."),
        ("1", "Source 1: “Ministers to meet in May”, Norland Gazette. Undated; 2 April by our reading."),
        ("3", "Source 3: Radio Sudhaven, 1 September 2031."),
        ("1", "Source 1: “Ministers to meet in May”, Norland Gazette. Undated; 2 April by our reading."),
        ("the council’s page", "https://council.example/about?a=1&b=2"),
        ("1 ", "Back to citation 1 of source 1"),
        ("2 ", "Back to citation 1 of source 2"),
        ("3 ", "Back to citation 1 of source 3"),
    ]
    assert [node.words for node in root.all("Reference")] == [["2"], ["1"], ["3"], ["1"]]


def test_what_is_said_of_links_is_in_the_words_that_the_document_brings() -> None:
    def back(spoken: Spoken) -> str:
        document = replace(fisheries_memo(), spoken=spoken)
        return contents(read_tagged(write_pdf(document, Theme())).root.all("Link"))[-1][1]

    german = Spoken(back="Zurück zu Verweis {turn} auf Quelle {number}")
    assert back(german) == "Zurück zu Verweis 1 auf Quelle 3"
    assert back(Spoken()) == "Back to citation 1 of source 3"


def test_a_link_over_lines_and_pages_is_one_element_with_an_area_on_each() -> None:
    words = tuple(Text(text=f"letter {n} of the council ", strong=bool(n % 2)) for n in range(150))
    link = Link(children=words, target="https://council.example")
    found = tagged(Paragraph(children=run(" ".join(["word"] * 700))), Paragraph(children=(link,)))
    (node,) = found.root.all("Link")
    assert node.words == "".join(text.text for text in words).split()
    lines = {(a.StructParent, float(a.Rect[1])) for a in node.annotations}
    assert len(lines) == len(node.annotations) > 20
    assert len(found.file.pages) == 2


def test_neighbours_that_lead_to_the_same_are_two_links() -> None:
    one, two = (
        Link(children=(Text(text=words),), target="https://council.example") for words in ("one ", "two")
    )
    entry = SourceEntry(source=SOURCE_IDS[0], number=1, children=run("paper"))
    found = tagged(Paragraph(children=(one, two, *cite(1), *cite(1))), SourceList(entries=(entry,)))
    assert [node.words for node in found.root.all("Link")][:4] == [["one"], ["two"], ["1"], ["1"]]
    assert [node.words for node in found.root.all("Reference")] == [["1"], ["1"]]
    edges = [[float(edge) for edge in node.annotations[0].Rect] for node in found.root.all("Link")[:2]]
    assert edges[0][2] == pytest.approx(edges[1][0], abs=0.02)  # each its own area, in touch


def test_a_link_that_leads_nowhere_is_text() -> None:
    link = Link(children=(Text(text="here"),), target="javascript:alert(1)")
    found = tagged(Paragraph(children=(link, *run(" and "), *cite(4))))
    assert found.root.outline() == ("Document", "P")
    assert not found.root.all("Link", "Reference")
    assert found.root.words == ["here", "and", "4"]


def test_a_long_source_is_named_by_how_it_begins() -> None:
    entry = SourceEntry(source=SOURCE_IDS[0], number=1, children=run("word " * 100 + "end"))
    found = tagged(Paragraph(children=cite(1)), SourceList(entries=(entry,)))
    (_, said_), _ = contents(found.root.all("Link"))
    assert said_.startswith("Source 1: word word")
    assert said_.endswith(" …")
    assert len(said_) < 110


def test_pages_and_annotations_are_ready_for_the_keyboard_and_for_print() -> None:
    found = read_tagged(write_pdf(fisheries_memo(), Theme()))
    for page in found.file.pages:
        assert page.obj.Tabs == "/S"
        assert {int(annotation.F) for annotation in page.obj.Annots} == {4}


# ----------------------------------------------------------------------------- languages, artifacts


def test_foreign_runs_say_their_language() -> None:
    link = Link(children=(Text(text="la page", language="fr"),), target="https://council.example")
    found = tagged(
        Paragraph(children=(*run("the "), *run("ministre ", language="fr"), LineBreak(), link, *run("!")))
    )
    assert str(found.file.Root.Lang) == "en"
    spans = [(str(span.element.Lang), span.text) for span in found.root.all("Span")]
    assert spans == [("fr", "ministre "), ("fr", "la page")]
    (link_node,) = found.root.all("Link")
    assert [kid.role for kid in link_node.kids if isinstance(kid, Node)] == ["Span"]
    assert found.root.words == ["the", "ministre", "la", "page!"]


def test_furniture_is_typed_and_no_part_of_the_structure() -> None:
    header = Fields(rows=(Field(label=run("As of"), value=run("11 May 2031")),))
    document = document_of(header, *[Paragraph(children=run("word " * 300))] * 4)
    found = read_tagged(write_pdf(document, Theme()))
    pages = len(found.file.pages)
    by_type: dict[tuple[str, str], list[str]] = {}
    for artifact in found.artifacts:
        by_type.setdefault((artifact.type, artifact.subtype), []).append(artifact.text)
    assert by_type.pop(("Layout", "")) == [""] * pages  # the rule above the footer
    assert by_type.pop(("Pagination", "Header")) == ["fisheries-council"] * (pages - 1)
    footers = [f"fisheries-council · as of 2031-05-14{n} of {pages}" for n in range(1, pages + 1)]
    assert by_type.pop(("Pagination", "Footer")) == footers
    assert not by_type


# ------------------------------------------------------------------------------------------ notes


@pytest.mark.parametrize("citations", [Citations.FOOTNOTES, Citations.ENDNOTES])
def test_notes_are_elements_of_their_own_with_unique_ids(citations: Citations) -> None:
    entries = tuple(
        SourceEntry(
            source=id_,
            number=number,
            children=(*run("Source"), *run(f" {number} of them: ", strong=True), *leading(f"page {number}")),
        )
        for number, id_ in enumerate(SOURCE_IDS[:2], 1)
    )
    document = with_citations(
        document_of(
            Paragraph(children=(*run("one"), *cite(1), *run(" and two"), *cite(2))),
            Paragraph(children=(*run("again"), *cite(1))),
            SourceList(entries=entries),
        ),
        citations,
    )
    root = read_tagged(write_pdf(document, Theme())).root
    note = ("Note", "Lbl", "P")
    expected = ("P", "P", "H1", note, note) if citations is Citations.ENDNOTES else ("P", note, note, "P")
    assert root.outline() == ("Document", *expected)
    assert [str(node.element.ID) for node in root.all("Note")] == ["note.1", "note.2"]
    assert [node.words for node in root.all("Note")] == [
        [str(number), "Source", str(number), "of", "them:", "page", str(number)] for number in (1, 2)
    ]
    notes = ["1 ", "page 1", "2 ", "page 2"]
    assert [text for text, _ in contents(root.all("Link"))] == (
        ["1", "2", "1", *notes] if citations is Citations.ENDNOTES else ["1", "2", *notes, "1"]
    )
    assert noted_tree(root) == ["note.1", "note.2"]


def noted_tree(root: Node) -> list[str]:
    """The identifiers of the tree of identifiers; each leads to the element that has it."""
    names = list(root.file.Root.StructTreeRoot.IDTree.Names)
    assert [element.ID for element in names[1::2]] == names[::2]
    return [str(name) for name in names[::2]]


# ------------------------------------------------------------------------------- nothing past the tags


def laid_out(document: Document) -> tuple[PlacedPage, ...]:
    return lay_out(document, Theme(), width_in_ems)


@pytest.mark.parametrize("owner", [None, Owner(block=7), Owner(block=0, path=(0,))])
def test_a_run_that_belongs_nowhere_is_an_error(owner: Owner | None) -> None:
    document = document_of(Paragraph(children=run("text")))
    (page,) = laid_out(document)
    lost = replace(page, runs=(*page.runs, replace(page.runs[0], owner=owner)))
    with pytest.raises(UntaggedError, match="text"):
        draw(document, [lost], Tags(document, [lost], {}), Theme())


@pytest.mark.parametrize(
    ("sound", "damaged"),
    [
        pytest.param(b"/H1<</MCID 0>>BDC\n", b"", id="a begin is lost"),
        pytest.param(b"EMC\nBT\n", b"BT\n", id="an end is lost"),
        pytest.param(b"EMC\nBT\n", b"EMC\nEMC\nBT\n", id="an end is doubled"),
        pytest.param(b"EMC\nET", b"ET\nEMC", id="an end is beyond the text"),
        pytest.param(b"BT\n/H1", b"BT\n(x)Tj\n/H1", id="words before all marks"),
        pytest.param(b"EMC\nBT\n", b"EMC\n0 0 m 9 9 l B*\nBT\n", id="a line between"),
        pytest.param(b"EMC\nBT\n", b"EMC\nBI /W 1/H 1/BPC 8/CS/G ID \0 EI\nBT\n", id="a picture between"),
    ],
)
def test_the_reader_of_these_tests_sees_what_is_outside_of_marks(sound: bytes, damaged: bytes) -> None:
    with pikepdf.open(BytesIO(write_pdf(fisheries_memo(), Theme()))) as file:
        (page,) = file.pages
        stream = page.Contents.read_bytes()
        assert sound in stream
        page.Contents = file.make_stream(stream.replace(sound, damaged, 1))
        with pytest.raises(AssertionError):
            list(marked_content(page))


def test_a_document_without_a_block_is_tagged_too() -> None:
    found = read_tagged(write_pdf(sample_document(sections=()), Theme()))
    assert found.root.outline() == "Document"
