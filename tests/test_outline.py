"""The outline of any tree: one title, no level skipped, nothing without words; and so in every format."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from briefbook.composing.compose import compose
from briefbook.composing.sections import SectionTemplates
from briefbook.document import (
    Block,
    Citations,
    Cite,
    Document,
    Field,
    Fields,
    Heading,
    ItemList,
    LineBreak,
    ListItem,
    Paragraph,
    Text,
    blocks_of,
    inlines_of,
)
from briefbook.outline import is_shown, outlined
from briefbook.writers import WRITERS
from briefbook.writers.styled_text import composed, drawn
from briefbook.writers.theme import Theme
from briefbook.writers.to_docx import write_docx
from briefbook.writers.to_pdf import write_pdf
from tests.council import WHOLE, facts_of, memo_of, selected
from tests.test_inputs import own, shipped
from tests.word_file import opened
from tests.word_outline import empty_paragraphs, heading_levels, is_outline
from tests.writers.oddities import odd_document
from tests.writers.stress import stress_document
from tests.writers.tagged import read_tagged
from tests.writers.test_house_graft import HOUSES, made
from tests.writers.trees import (
    bullets,
    cite,
    document_of,
    documents,
    few,
    fisheries_memo,
    run,
    with_citations,
)


def levels_of(document: Document) -> list[int]:
    return [block.level for block in blocks_of(document) if isinstance(block, Heading)]


def closed(*levels: int) -> list[int]:
    return levels_of(outlined(document_of(*(Heading(level=level, children=run("x")) for level in levels))))


def blocks_left(*blocks: Block) -> list[Block]:
    return list(blocks_of(outlined(document_of(*blocks))))


EMPTY = Paragraph(children=(Text(text=" \u200b"), LineBreak(), *cite(1, shown=False)))


# ---------------------------------------------------------------------------------------- levels


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ([1, 2, 3, 2], [1, 2, 3, 2]),
        ([2, 2, 2], [1, 2, 2]),
        ([1, 2, 4, 1], [1, 2, 3, 2]),  # a second title stands under the first
        ([1, 2, 1, 2], [1, 2, 2, 3]),  # and what stands under it stays there
        ([2, 2, 5, 2, 2], [1, 2, 3, 2, 2]),
        ([3, 1, 6], [1, 2, 3]),
        ([1, 3, 2, 4], [1, 2, 2, 3]),
        ([*range(1, 10)], [1, 2, 3, 4, 5, 6, 6, 6, 6]),
    ],
)
def test_one_heading_of_level_1_stands_first_and_no_level_is_skipped(
    written: list[int], read: list[int]
) -> None:
    assert closed(*written) == read


def test_levels_are_closed_over_sections() -> None:
    odd = odd_document()
    assert levels_of(odd) == [2, 2, 5, 2, 2]
    assert levels_of(outlined(odd)) == [1, 2, 3, 2, 2]


@few
@given(documents())
def test_any_tree_is_an_outline_and_stays_as_it_is_then(document: Document) -> None:
    found = outlined(document)
    assert is_outline(levels_of(found))
    assert outlined(found) is found
    assert all(section.blocks for section in found.sections)


@few
@given(documents())
def test_no_word_and_no_citation_that_is_shown_is_lost(document: Document) -> None:
    assert seen(outlined(document)) == seen(document)


def seen(document: Document) -> list[object]:
    """What print shows of a document's inlines, in order, without white space and what nobody sees."""
    found: list[object] = []
    for block in blocks_of(document):
        for inline in inlines_of(block):
            match inline:
                case Text():
                    found += drawn(composed(inline.text), ends_line=False).split()
                case Cite(shown=True):
                    found.append(inline)
                case LineBreak() | Cite():
                    pass
                case link:
                    words = (drawn(composed(text.text), ends_line=False).split() for text in link.children)
                    found += filter(None, words)
    return found


# ------------------------------------------------------------------------------ what shows nothing


def test_what_shows_nothing_goes() -> None:
    said = Paragraph(children=run("said"))
    items = (ListItem(blocks=()), ListItem(blocks=(EMPTY, said)), ListItem(blocks=(bullets("\u200b"), EMPTY)))
    rows = (Field(label=run("To"), value=()), Field(label=run(" "), value=EMPTY.children))
    assert blocks_left(
        Heading(level=1, children=run(" ")),
        EMPTY,
        ItemList(ordered=True, items=items),
        Fields(rows=rows),
        Fields(rows=rows[1:]),
        bullets(" "),
    ) == [ItemList(ordered=True, items=(ListItem(blocks=(said,)),)), Fields(rows=rows[:1])]
    assert outlined(document_of(EMPTY)).sections == ()


def test_of_a_heading_without_words_the_rest_stays() -> None:
    day = run("11 May")
    assert blocks_left(Heading(level=1, children=run("\u2060"), aside=day)) == [Paragraph(children=day)]
    (number,) = blocks_left(Heading(level=1, children=cite(1), aside=day))
    assert isinstance(number, Paragraph)
    assert number.children == (*cite(1), Text(text=" "), *day)
    bare = Heading(level=1, children=run("Memo"), aside=EMPTY.children)
    assert blocks_left(bare) == [Heading(level=1, children=run("Memo"))]


def test_a_document_in_order_is_given_back_itself() -> None:
    for document in (fisheries_memo(), stress_document()):
        assert outlined(document) is document


def test_what_is_seen_is_what_is_drawn() -> None:
    """Of every character of the first plane, noncharacters and surrogates aside."""
    for code in [*range(0xD800), *range(0xE000, 0xFFFE)]:
        text = chr(code)
        assert is_shown(run(text)) == bool(drawn(composed(text), ends_line=False).strip()), hex(code)


# ----------------------------------------------------------------------------------- every format


def formats_levels(document: Document) -> dict[str, list[int]]:
    """The levels of the headings in each format that has levels, as its own readers find them."""
    made_ = {name: writer.write(document, Theme()) for name, writer in WRITERS.items()}
    pdf = [node.role for node in read_tagged(made_["pdf"]).root.walk()]
    html = [
        tag.name for tag in BeautifulSoup(made_["html"], "html.parser").find_all(["h1", "h2", "h3", "h4"])
    ]
    tree = json.loads(made_["json"])
    blocks = [block for section in tree["sections"] for block in section["blocks"]]
    return {
        "docx": heading_levels(opened(made_["docx"])),
        "pdf": [int(role[1]) for role in pdf if role in ("H1", "H2", "H3", "H4")],
        "html": [int(name[1]) for name in html],
        "md": [len(line.split(" ")[0]) for line in made_["md"].decode().splitlines() if line.startswith("#")],
        "json": [block["level"] for block in blocks if block["type"] == "heading"],
    }


def composed_memo(definition: str, templates: SectionTemplates) -> Document:
    memo = memo_of(definition)
    return compose(selected(facts_of(WHOLE), memo, "2031-09-01"), memo, templates)


@pytest.mark.parametrize("citations", Citations)
def test_a_memo_without_a_header_has_one_outline_in_every_format(citations: Citations) -> None:
    names = "sections: [participants, priorities, disputed, sources]"
    found = formats_levels(composed_memo(f"forum: council\ncitations: {citations}\n{names}", shipped()))
    assert found["json"] == [1, 2, 3, 2, 2]
    printed = found["json"][: 4 if citations is Citations.FOOTNOTES else 5]  # the list is told in notes
    assert found == {**dict.fromkeys(("html", "md", "json"), found["json"]), "docx": printed, "pdf": printed}


ODD_TEMPLATE = """\
# Title

##

## Part

#### {{ "" }}

#### Detail

1.
2. - a list in an item
3. said

- &nbsp;

# Second title

## Its part
"""


def test_a_template_that_skips_and_repeats_levels_has_one_outline_in_every_format(tmp_path: Path) -> None:
    templates = own(tmp_path, {"sections/odd.md.j2": ODD_TEMPLATE})
    document = composed_memo("forum: council\nsections: [odd]", templates)
    assert set(map(tuple, formats_levels(document).values())) == {(1, 2, 3, 2, 3)}
    word = opened(write_docx(document, Theme()))
    assert empty_paragraphs(word) == []
    assert [p.text for p in word.paragraphs if p.style and p.style.name.startswith("List")] == [
        *("a list in an item", "said"),
    ]


@pytest.mark.parametrize("citations", Citations)
@pytest.mark.parametrize("made_up", [odd_document, stress_document, fisheries_memo])
def test_in_word_it_is_so_for_documents_of_all_that_is_odd(
    made_up: Callable[[], Document], citations: Citations
) -> None:
    document = with_citations(made_up(), citations)
    word = opened(write_docx(document, Theme()))
    assert is_outline(heading_levels(word))
    assert empty_paragraphs(word) == []
    pdf = [node.role for node in read_tagged(write_pdf(document, Theme())).root.walk()]
    assert [f"H{level}" for level in heading_levels(word)] == [
        role for role in pdf if role[0] == "H" and role[1:].isdigit()
    ]


# Paragraphs without words that stand in a house's own cover.
COVERS = {"hand": ["Normal"], "python-docx": [], "libreoffice": []}


@pytest.mark.parametrize("citations", Citations)
@pytest.mark.parametrize("house", HOUSES)
def test_in_every_house_too(house: str, citations: Citations) -> None:
    file = HOUSES[house]()
    for document in (odd_document(), stress_document()):
        word = opened(made(file, with_citations(document, citations)))
        assert is_outline(heading_levels(word))
        assert empty_paragraphs(word) == COVERS[house]


@few
@given(documents(), st.sampled_from([*HOUSES, None]), st.sampled_from(Citations))
def test_in_word_it_is_so_for_any_tree_in_any_house(
    document: Document, house: str | None, citations: Citations
) -> None:
    document = with_citations(document, citations)
    word = opened(made(HOUSES[house](), document) if house else write_docx(document, Theme()))
    assert is_outline(heading_levels(word))
    # An entry without words has its number; Word wants a gap behind a table that ends the memo.
    empty = [style for style in empty_paragraphs(word) if style not in ("Source", "Table Gap")]
    assert empty == (COVERS[house] if house else [])
