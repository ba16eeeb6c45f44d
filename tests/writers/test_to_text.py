import re
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from briefbook.document import (
    Document,
    Field,
    Fields,
    Heading,
    LineBreak,
    Link,
    Paragraph,
    Row,
    SourceEntry,
    SourceList,
    Table,
    Text,
)
from briefbook.writers.theme import Theme
from briefbook.writers.to_text import COLUMNS, display_width, wrap, write_text
from tests.writers.trees import (
    ANY_WORDS,
    HOSTILE,
    PLAIN,
    bullets,
    cite,
    document_of,
    documents,
    few,
    fisheries_memo,
    numbered,
    run,
    sample_document,
    words_of,
)

NARROW_WORDS = st.sampled_from((*PLAIN, *HOSTILE)) | st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x24F, exclude_categories=("Cc", "Cf", "Zs")),
    min_size=1,
    max_size=12,
)


def text_of(document: Document) -> str:
    return write_text(document, Theme()).decode()


def body_of(document: Document) -> list[str]:
    """The lines above the footer, without the rules under headings and table heads."""
    lines = text_of(document).splitlines()
    end = max(number for number, line in enumerate(lines) if line == "─" * COLUMNS)
    return [line for line in lines[:end] if line.strip("═─╌ ") or not line]


def is_linear(document: Document) -> bool:
    """True where nothing stands beside anything else, so that reading line by line is the reading order."""
    return not any(
        isinstance(block, Table | Fields) or (isinstance(block, Heading) and block.aside)
        for section in document.sections
        for block in section.blocks
    )


@few
@given(documents(NARROW_WORDS).filter(is_linear))
def test_words_stand_in_reading_order(document: Document) -> None:
    found = [word for line in body_of(document) for word in line.split()]
    assert found == words_of(document, markers=True, numbers=True, addresses=True)


@few
@given(documents(ANY_WORDS))
def test_no_character_is_lost_or_added(document: Document) -> None:
    rules = Counter({"═": 10**6, "─": 10**6, "╌": 10**6})
    found = Counter("".join(text_of(document).split()))
    footer = "".join([document.footer, "1of1"]).split()
    told = Counter("".join([*words_of(document, markers=True, numbers=True, addresses=True), *footer]))
    assert found - rules == Counter("".join("".join(told.elements()).split())) - rules


@few
@given(documents())
def test_is_deterministic_clean_utf8(document: Document) -> None:
    written = write_text(document, Theme())
    assert written == write_text(document, Theme())
    assert written.endswith(b"\n")
    assert b"\r" not in written
    assert not re.search(r"[ \t]$", written.decode(), re.MULTILINE)


@few
@given(st.lists(ANY_WORDS, max_size=30).map(" ".join), st.integers(1, 80))
def test_wrap_keeps_to_the_width_unless_one_word_is_wider(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert display_width(line) <= width or not re.search(r"[ \t]", line)


def test_wrap_never_cuts_a_word() -> None:
    address = "https://norland.example/" + "a" * 80
    assert wrap(f"See {address} now", 30) == ["See", address, "now"]


def test_no_break_space_holds_and_prints_as_a_space() -> None:
    text = "x " * 33 + "8\u00a0October"
    lines = body_of(document_of(Paragraph(children=run(text))))
    assert lines[-1] == "8 October"


def test_ideographs_break_anywhere_but_before_their_full_stop() -> None:
    assert wrap("東京の会合は。", 12) == ["東京の会合", "は。"]


def test_width_counts_terminal_columns() -> None:
    assert display_width("naïve") == display_width("nai\u0308ve") == 5
    assert display_width("東京") == 4


def test_wide_and_combining_letters_keep_columns_aligned() -> None:
    rows = (
        Field(label=run("東京"), value=run("one")),
        Field(label=run("e\u0301te\u0301"), value=run("two")),
        Field(label=run("Sudland"), value=run("three")),
    )
    lines = body_of(document_of(Fields(rows=rows)))
    assert lines == ["東京      one", "e\u0301te\u0301       two", "Sudland   three"]


def test_heading_with_its_aside_flush_right() -> None:
    heading = Heading(level=1, children=run("Briefing memo"), aside=run("14 May 2031"))
    first, rule, *_ = text_of(document_of(heading)).splitlines()
    assert first == "Briefing memo" + " " * 48 + "14 May 2031"
    assert rule == "═" * 72


def test_long_heading_leaves_room_for_its_aside() -> None:
    heading = Heading(level=1, children=run("Fisheries council " * 6), aside=run("14 May 2031"))
    first, second, *_ = body_of(document_of(heading))
    assert first.endswith("  14 May 2031")
    assert display_width(first) == 72
    assert second == "Fisheries council Fisheries council Fisheries council"


def test_label_and_value_hang() -> None:
    value = run("word " * 20)
    field = Field(label=(*run("Tue 16 September"), LineBreak(), *run("(in two days)")), value=value)
    assert body_of(document_of(Fields(rows=(field,)))) == [
        "Tue 16 September   word word word word word word word word word word",
        "(in two days)      word word word word word word word word word word",
    ]


def test_lead_in_stays_with_its_list_and_numbers_align() -> None:
    document = document_of(
        Paragraph(children=run("Agreed:"), lead_in=True),
        numbered("one", "two", start=9),
        Paragraph(children=run("No more.")),
        bullets("three"),
    )
    assert body_of(document) == [
        "Agreed:",
        "   9. one",
        "  10. two",
        "",
        "No more.",
        "",
        "  - three",
    ]


def test_citations_stand_in_brackets_and_hidden_ones_do_not_print() -> None:
    children = (*run("Agreed"), *cite(1, 2), *run(" again."), *cite(3, shown=False))
    assert body_of(document_of(Paragraph(children=children))) == ["Agreed[1, 2] again."]


def test_sources_are_numbered_and_hang() -> None:
    entries = (SourceEntry(source="gazette", number=7, children=run("word " * 16)),)
    assert body_of(document_of(SourceList(entries=entries))) == [
        "7  word word word word word word word word word word word word word word",
        "   word word",
    ]


def test_table_is_aligned_and_its_cells_wrap() -> None:
    table = Table(
        name="People",
        header=Row(cells=(run("Side"), run("Role"))),
        rows=(Row(cells=(run("Norland"), run("word " * 16))), Row(cells=(run("Sudland"), ()))),
    )
    assert text_of(document_of(table)).splitlines()[:6] == [
        "Side     Role",
        "───────  " + "─" * 63,
        "Norland  word word word word word word word word word word word word",
        "         word word word word",
        "",
        "Sudland",
    ]


def test_table_too_wide_for_the_page_cuts_no_word() -> None:
    cells = tuple(run(f"{letter}" * 20) for letter in "abcd")
    table = Table(name="Wide", header=Row(cells=cells), rows=())
    assert body_of(document_of(table)) == ["  ".join(letter * 20 for letter in "abcd")]


def test_address_of_a_link_is_printed_once_and_only_if_safe() -> None:
    def line(words: str, target: str) -> str:
        return body_of(document_of(Paragraph(children=(Link(children=(Text(text=words),), target=target),))))[
            0
        ]

    assert line("the page", "https://council.example/a") == "the page <https://council.example/a>"
    assert line("https://council.example/a", "https://council.example/a") == "https://council.example/a"
    assert line("desk@norland.example", "mailto:desk@norland.example") == "desk@norland.example"
    assert line("the page", "javascript:alert(1)") == "the page"


def test_address_of_a_link_stands_behind_the_quotation_mark_that_closes_it() -> None:
    def line(before: str, after: str) -> str:
        link = Link(children=(Text(text="Next stop"),), target="https://a.example/")
        children = (Text(text=before), link, Text(text=after))
        return body_of(document_of(Paragraph(children=children)))[0]

    assert line("“", "”, Rail Herald") == "“Next stop” <https://a.example/>, Rail Herald"
    assert line("«", "».") == "«Next stop» <https://a.example/>."
    assert line("„", "“ (2031)") == "„Next stop“ <https://a.example/> (2031)"
    assert line("see ", "’s page") == "see Next stop <https://a.example/>’s page"
    assert line("see ", ", page 2") == "see Next stop <https://a.example/>, page 2"


def test_footer_has_its_two_sides() -> None:
    assert text_of(fisheries_memo()).splitlines()[-1] == (
        "fisheries-council · as of 2031-05-14" + " " * 30 + "1 of 1"
    )


def test_footer_too_long_for_one_line_wraps() -> None:
    lines = text_of(sample_document(sections=(), footer="reference " * 10)).splitlines()
    assert lines[-2].endswith("  1 of 1")
    assert lines[-1] == "reference reference reference reference"


def test_whole_memo_fits_the_columns() -> None:
    lines = text_of(fisheries_memo()).splitlines()
    assert max(map(display_width, lines)) == COLUMNS
    assert "Upcoming meetings" in lines
    assert lines[lines.index("Upcoming meetings") + 1] == "─" * 17
