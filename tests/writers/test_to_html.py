import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import product

import pytest
from bs4 import BeautifulSoup
from bs4.element import Tag
from hypothesis import given

from briefbook.document import (
    Cite,
    Document,
    Field,
    Fields,
    Heading,
    LineBreak,
    Link,
    Paragraph,
    Row,
    Section,
    Table,
    Text,
    blocks_of,
    inlines_of,
)
from briefbook.spoken import Spoken
from briefbook.writers.theme import PAGES, Theme
from briefbook.writers.to_html import write_html
from tests.writers.trees import (
    HOSTILE,
    bullets,
    cite,
    document_of,
    documents,
    few,
    fisheries_memo,
    run,
    sample_document,
    words_of,
)

VOID = ("meta", "br")


def html_of(document: Document, theme: Theme | None = None) -> str:
    return write_html(document, theme or Theme()).decode()


def soup_of(document: Document) -> BeautifulSoup:
    return BeautifulSoup(html_of(document), "html.parser")


def one(soup: BeautifulSoup | Tag, selector: str) -> Tag:
    (found,) = soup.select(selector)
    return found


def words_in(soup: BeautifulSoup) -> list[str]:
    """What a reader of the page sees, without the names of tables and the signs of ways back and out."""
    for tag in soup.select("caption, a.back, sup a.words"):
        tag.extract()
    return one(soup, "main").get_text().split()


class Balance(HTMLParser):
    """Reads tags one by one as they stand, mending nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, str]] = []  # every tag with each of its attributes

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.extend((tag, name) for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@few
@given(documents())
def test_independent_reader_finds_the_same_words(document: Document) -> None:
    soup = soup_of(document)
    assert words_in(soup) == words_of(document)
    assert one(soup, "body > footer").get_text().split() == document.footer.split()
    assert one(soup, "title").get_text() == document.title


@few
@given(documents())
def test_tags_nest_and_ids_are_unique_and_led_to(document: Document) -> None:
    parser = Balance()
    parser.feed(html_of(document))
    parser.close()
    assert parser.open == []
    soup = soup_of(document)
    ids = [str(tag["id"]) for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    links = [str(tag["href"]) for tag in soup.select('a[href^="#"]')]
    assert {link[1:] for link in links} <= set(ids)
    assert {str(tag["aria-labelledby"]) for tag in soup.select("section")} <= set(ids)


@few
@given(documents())
def test_nothing_runs_and_nothing_comes_from_outside(document: Document) -> None:
    parser = Balance()
    parser.feed(html_of(document))
    tags = {tag for tag, _ in parser.seen}
    attributes = {attribute for _, attribute in parser.seen}
    assert tags.isdisjoint({"script", "link", "img", "iframe", "object", "form", "base"})
    assert not any(name.startswith("on") or name in ("src", "style", "srcset") for name in attributes)
    links = [str(tag["href"]) for tag in soup_of(document).select("a[href]")]
    assert all(link.lower().startswith(("#", "https://", "http://", "mailto:")) for link in links)
    assert "url(" not in html_of(document).partition("</style>")[0]
    assert "@import" not in html_of(document).partition("</style>")[0]


@few
@given(documents())
def test_every_citation_is_in_the_tree_of_the_page(document: Document) -> None:
    inlines = [inline for block in blocks_of(document) for inline in inlines_of(block)]
    told = {cited.source for inline in inlines if isinstance(inline, Cite) for cited in inline.sources}
    marked = soup_of(document).select("[data-sources]")
    assert {id_ for tag in marked for id_ in str(tag["data-sources"]).split()} == told


@few
@given(documents())
def test_is_deterministic(document: Document) -> None:
    written = write_html(document, Theme())
    assert written == write_html(document, Theme())
    assert written.startswith(b"<!DOCTYPE html>\n")
    assert written.endswith(b"</html>\n")
    assert b"\r" not in written


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_word_stands_for_itself_anywhere(word: str) -> None:
    everywhere = sample_document(
        title=word,
        footer=word,
        sections=(
            Section(
                name=word,
                blocks=(
                    Heading(level=2, children=run(word, fact=word), aside=run(word)),
                    bullets(word),
                    Fields(rows=(Field(label=run(word), value=run(word)),)),
                    Table(name=word, header=Row(cells=(run(word),)), rows=(Row(cells=(run(word),)),)),
                ),
            ),
        ),
    )
    soup = soup_of(everywhere)
    assert one(soup, "title").get_text() == word
    assert one(soup, "caption").get_text() == word
    assert one(soup, "section")["data-section"] == word
    assert one(soup, "[data-fact]")["data-fact"] == word
    assert words_in(soup) == words_of(everywhere)
    assert [tag.name for tag in soup.select("main *")] == [
        *("section", "div", "h2", "span", "p", "ul", "li", "dl", "div", "dt", "dd"),
        *("table", "thead", "tr", "th", "tbody", "tr", "td"),  # `words_in` took the caption out
    ]


def test_hostile_pattern_of_pages_stays_in_the_style() -> None:
    hostile = replace(document_of(), page_of='</style><script>"{page}\\')
    soup = soup_of(hostile)
    assert soup.select("script") == []
    assert r'"\3c \2f style\3e \3c script\3e \22 " counter(page) "\5c "' in one(soup, "style").get_text()


def test_structure_of_a_memo() -> None:
    soup = soup_of(fisheries_memo())
    assert one(soup, "html")["lang"] == "en"
    assert one(soup, "main > header h1").get_text() == "Briefing memo"
    assert one(soup, "main > header .headline > p").get_text() == "14 May 2031"
    for section in soup.select("main > section"):
        heading = one(section, f"[id={section['aria-labelledby']}]")
        assert heading is section.find(True)
        assert heading.name == "h2"
    assert [tag.get_text() for tag in soup.select("th[scope=col]")] == [
        "Side",
        "Name",
        "Post on that day",
        "Role",
    ]
    assert len(soup.select("thead tr")) == 1
    assert len(soup.select("tbody tr")) == 2
    assert one(soup, "caption").get_text() == "Participants of the third meeting, by side"
    assert [tag.get_text() for tag in soup.select("header dt")] == ["Subject", "As of", "Sourcing"]
    assert one(soup, "p.lead-in").find_next_sibling(True) is one(soup, "[data-section=priorities] > ol")


def test_what_comes_from_a_fact_says_so() -> None:
    soup = soup_of(fisheries_memo())
    survey = one(soup, "[data-fact=shared-stock-survey]")
    assert survey["data-field"] == "text"
    assert survey.get_text().startswith("Survey the shared stock")


def test_foreign_words_say_their_language() -> None:
    children = (*run("ministre de la Mer", language="fr"), *run("وزير", language="ar"))
    soup = soup_of(document_of(Paragraph(children=children)))
    assert one(soup, "[lang=fr]").get_text() == "ministre de la Mer"
    assert one(soup, "[lang=ar]")["dir"] == "rtl"
    assert one(soup_of(document_of(language="he")), "html")["dir"] == "rtl"


def test_citations_lead_there_and_back() -> None:
    soup = soup_of(fisheries_memo())
    there = soup.select("sup a")
    assert [str(tag["href"]) for tag in there] == [
        "#source-joint-note-2031-05-12",
        "#source-gazette-2031-04-02",
        "#source-radio-2031-09-01",
        "#source-gazette-2031-04-02",
    ]
    assert [tag["aria-label"] for tag in there] == ["Source 2", "Source 1", "Source 3", "Source 1"]
    entry = one(soup, "#source-gazette-2031-04-02")
    assert entry["value"] == "1"
    assert [str(tag["href"])[1:] for tag in entry.select("a.back")] == [there[1]["id"], there[3]["id"]]


def test_citation_of_an_unlisted_source_is_no_link() -> None:
    soup = soup_of(document_of(Paragraph(children=(*run("Held."), *cite(4)))))
    assert one(soup, "sup").get_text() == "[4]"
    assert soup.select("sup a") == []


def test_hidden_citation_stays_with_its_block() -> None:
    soup = soup_of(
        document_of(Paragraph(children=(*run("Held."), *cite(1, 2, shown=False), *cite(1, shown=False))))
    )
    assert one(soup, "p[data-sources]")["data-sources"] == "gazette-2031-04-02 joint-note-2031-05-12"
    assert one(soup, "main").get_text().strip() == "Held."


def test_spoken_labels_are_the_document_s_and_say_where_they_are_in_another_language() -> None:
    def label(spoken: Spoken) -> tuple[object, object]:
        sources = fisheries_memo().sections[-1]
        cited = Section(name="background", blocks=(Paragraph(children=cite(1)),))
        document = sample_document(sections=(cited, sources), language="es-MX")
        tag = one(soup_of(replace(document, spoken=spoken)), "sup a")
        return tag["aria-label"], tag.get("lang")

    assert label(Spoken(source="Fuente {number}")) == ("Fuente 1", None)
    assert label(Spoken(language="en")) == ("Source 1", "en")


def test_a_line_break_parts_words_even_without_tags() -> None:
    children = (*run("one"), LineBreak(), *run("two"))
    assert "one<br>\ntwo" in html_of(document_of(Paragraph(children=children)))


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        " javascript:x",
        "data:text/html,x",
        "//norland.example",
        "x",
        "https://a b",
        'https://a"b',
    ],
)
def test_unsafe_address_is_no_link_but_keeps_its_words(target: str) -> None:
    link = Link(children=(Text(text="the page"),), target=target)
    soup = soup_of(document_of(Paragraph(children=(link,))))
    assert soup.select("a") == []
    assert one(soup, "main p").get_text() == "the page"


def test_safe_address_arrives_whole() -> None:
    link = Link(children=(Text(text="the page"),), target="HTTPS://council.example/a?b=1&amp;c='2'")
    soup = soup_of(document_of(Paragraph(children=(link,))))
    assert one(soup, "a")["href"] == link.target


def test_page_of_print_is_the_themes() -> None:
    style = html_of(document_of(), Theme(page=PAGES["letter"]))
    assert "@page { size: 612pt 792pt;" in style
    assert 'content: counter(page) " of " counter(pages)' in style


def test_colours_have_contrast_enough_on_light_and_dark() -> None:
    style = one(soup_of(document_of()), "style").get_text()
    palettes = [
        dict(re.findall(r"--(\w+): #([0-9A-F]{6});", line)) for line in style.splitlines() if "--ink:" in line
    ]
    assert len(palettes) == 2
    for palette, name in product(palettes, ("ink", "accent", "quiet")):
        assert contrast(palette[name], palette["ground"]) >= 7


def contrast(one_colour: str, other: str) -> float:
    """The contrast of two colours (WCAG 2.2, 'contrast ratio')."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    darker, lighter = sorted((luminance(one_colour), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
