import re

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from briefbook.document import (
    Document,
    Field,
    Fields,
    Heading,
    Inlines,
    ItemList,
    LineBreak,
    Link,
    ListItem,
    Paragraph,
    Row,
    Table,
    Text,
)
from briefbook.writers.theme import Theme
from briefbook.writers.to_markdown import write_markdown
from tests.writers.trees import (
    HOSTILE,
    bullets,
    cite,
    document_of,
    documents,
    few,
    fisheries_memo,
    numbered,
    run,
    words_of,
)

PARSER = MarkdownIt("commonmark").enable("table")


def markdown_of(document: Document) -> str:
    return write_markdown(document, Theme()).decode()


def body_of(document: Document) -> str:
    return markdown_of(document).rpartition("\n---\n")[0].strip()


def paragraph(*children: Inlines) -> str:
    return body_of(document_of(Paragraph(children=tuple(inline for part in children for inline in part))))


def spoken(token: Token) -> str:
    """What one line of a parsed text says, a break as white space, without tags."""
    text = ""
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak") or child.content == "<br>":
            text += "\n"
        elif child.type != "html_inline":
            text += child.content
    return text


def words_in(markdown: str) -> list[str]:
    tokens = PARSER.parse(markdown)
    assert {token.type for token in tokens}.isdisjoint({"html_block", "code_block", "fence"})
    return [word for token in tokens if token.type == "inline" for word in spoken(token).split()]


def styles_in(markdown: str) -> list[tuple[str, str]]:
    """Each run of words with the marks around it."""
    found: list[tuple[str, str]] = []
    marks: list[str] = []
    for token in PARSER.parse(markdown):
        for child in token.children or ():
            opened = re.fullmatch(r"<(/?)(strong|em)>", child.content)
            name = {
                "strong_open": "strong",
                "strong_close": "/strong",
                "em_open": "em",
                "em_close": "/em",
            }.get(child.type, opened[1] + opened[2] if opened else "")
            if name.startswith("/"):
                marks.remove(name[1:])
            elif name:
                marks.append(name)
            elif child.content.strip():
                found.append((child.content.strip(), "+".join(sorted(marks))))
    return found


@few
@given(documents())
def test_independent_reader_finds_the_same_words(document: Document) -> None:
    assert words_in(markdown_of(document)) == words_of(document, numbers=True) + document.footer.split()


@few
@given(documents())
def test_is_deterministic_clean_utf8(document: Document) -> None:
    written = write_markdown(document, Theme())
    assert written == write_markdown(document, Theme())
    assert written.endswith(b"\n")
    assert b"\r" not in written
    assert not re.search(r"\n\n\n", written.decode())


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_word_stands_for_itself_anywhere(word: str) -> None:
    everywhere = document_of(
        Heading(level=2, children=run(word), aside=run(word)),
        Paragraph(children=(*run(word), LineBreak(), *run(f"{word} a {word}"))),
        bullets(word, f"{word} a"),
        Fields(rows=(Field(label=run(word), value=run(word)),)),
        Table(name="T", header=Row(cells=(run(word), run("a"))), rows=(Row(cells=(run(word), run(word))),)),
    )
    tokens = PARSER.parse(markdown_of(everywhere))
    assert words_in(markdown_of(everywhere)) == words_of(everywhere) + everywhere.footer.split()
    assert [
        token.tag for token in tokens if token.nesting == 1 and token.tag not in ("thead", "tbody", "tr")
    ] == [*("h2", "p", "p", "ul", "li", "p", "li", "p", "p", "table", "th", "th", "td", "td", "p")]


@pytest.mark.parametrize(
    ("before", "strong", "after"),
    [
        ("", "New or first?", " The house says"),
        ("a", "b", "c"),
        ("a ", "“b”", "c"),
        ("a", "(b)", " c"),
        ("a*", "b", "*c"),
        ("a", " b ", "c"),
        ("a ", "b\u00a0", "c"),
        ("", "*", ""),
        ("\\", "\\", "\\"),
    ],
)
def test_strong_words_are_read_as_strong(before: str, strong: str, after: str) -> None:
    runs = [(before, False), (strong, True), (after, False)]
    children = tuple(Text(text=text, strong=bold) for text, bold in runs if text)
    found = styles_in(body_of(document_of(Paragraph(children=children))))
    told = [(text.strip(), "strong" if bold else "") for text, bold in runs if text.strip()]
    assert found == told


def test_styles_that_touch_stay_apart() -> None:
    runs = (
        Text(text="a", strong=True),
        Text(text="b", emphasis=True),
        Text(text="c", strong=True, emphasis=True),
    )
    assert styles_in(paragraph(runs)) == [("a", "strong"), ("b", "em"), ("c", "em+strong")]


def test_plain_prose_has_no_backslash() -> None:
    prose = "In 2031 (as in 2029) the U.S.–Norland talks – 3.5 % of R&D, 50-50 – cost $5! See a/b; e.g. “x”."
    assert paragraph(run(prose)) == prose


def test_title_with_its_date_below() -> None:
    heading = Heading(level=1, children=run("Briefing memo"), aside=run("14 May 2031"))
    assert body_of(document_of(heading)) == "# Briefing memo\n\n14 May 2031"


def test_fields_are_lines_with_a_strong_label() -> None:
    rows = (
        Field(label=run("Subject"), value=run("Third meeting")),
        Field(label=(*run("Tue 16"), LineBreak(), *run("(soon)")), value=run("Port Emery")),
    )
    assert (
        body_of(document_of(Fields(rows=rows))) == "**Subject** Third meeting\\\n**Tue 16 (soon)** Port Emery"
    )


def test_a_label_does_not_run_into_a_value_that_is_strong_itself() -> None:
    strong = (Text(text="3rd meeting", strong=True), Text(text=" in Port Emery"))
    rows = (
        Field(label=(*run("May"), LineBreak(), *run("2031")), value=strong),
        Field(label=run("June"), value=(Link(children=strong[:1], target="https://council.example/"),)),
    )
    assert body_of(document_of(Fields(rows=rows))) == (
        "May 2031 **3rd meeting** in Port Emery\\\nJune [**3rd meeting**](https://council.example/)"
    )


def test_citations_lead_to_the_sources_that_are_listed() -> None:
    memo = markdown_of(fisheries_memo())
    assert "ministre de la Mer\\[[1](#source-gazette-2031-04-02), [3](#source-radio-2031-09-01)\\]" in memo
    assert '<a id="source-gazette-2031-04-02"></a>**1** “Ministers to meet' in memo
    assert paragraph(run("Held."), cite(1), cite(2, shown=False)) == "Held.\\[1\\]"


def test_nested_list_belongs_to_its_item() -> None:
    item = ListItem(blocks=(Paragraph(children=run("Pay:")), numbered("ships", "nets", start=9)))
    tree = ItemList(ordered=False, items=(item, ListItem(blocks=()), *bullets("last").items))
    assert body_of(document_of(tree)) == "- Pay:\n\n  9. ships\n  10. nets\n\n- &nbsp;\n\n- last"


def test_lists_in_a_row_stay_two() -> None:
    tokens = PARSER.parse(
        markdown_of(document_of(bullets("a"), bullets("b"), numbered("c"), numbered("d", start=7)))
    )
    lists = [token for token in tokens if token.type in ("bullet_list_open", "ordered_list_open")]
    assert [(token.tag, token.attrGet("start")) for token in lists] == [
        *(("ul", None), ("ul", None), ("ol", None), ("ol", 7))
    ]


def test_table_keeps_rows_and_columns() -> None:
    table = Table(
        name="People",
        header=Row(cells=(run("Side"), run("a|b"))),
        rows=(Row(cells=(run("Norland"), (*run("one\\"), LineBreak(), *run("two")))), Row(cells=((), ()))),
    )
    html = str(PARSER.render(body_of(document_of(table))))
    assert re.findall(r"<t[hd]>(.*?)</t[hd]>", html) == ["Side", "a|b", "Norland", "one\\<br>two", "", ""]


def test_links_are_safe_and_whole() -> None:
    def html_of(target: str) -> str:
        link = Link(children=(Text(text="a]b"),), target=target)
        return str(PARSER.render(paragraph(run("See!"), (link,))))

    target = "https://norland.example/a_(b)?c=1&amp;d=2"
    assert html_of(target) == ('<p>See!<a href="https://norland.example/a_(b)?c=1&amp;amp;d=2">a]b</a></p>\n')
    assert html_of("javascript:alert(1)") == "<p>See!a]b</p>\n"
