"""The short ways of the parser: plain blocks and plain words mean what the long way makes of them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from briefbook.composing import inlines, parser
from briefbook.composing.markup import MarkupError, parse_section
from briefbook.document import Block, Image

PICTURES = {"pictures/a.png": Image(data=b"", media_type="image/png", width=1, height=1)}
WORDS = (
    *("held", "Port Emery", "1. May", "“quoted”", "a  b", "é", "3", "\u00a0", "|", "x*y", "!", "&", "&amp;"),
    *(
        "\\.",
        "\\|",
        "\\\\",
        "\\*",
        "\\[",
        "&#92;",
        "`code`",
        "<b>",
        "_it_",
        "*em*",
        "**",
        "***",
        "]",
        "[",
        "~",
    ),
    *(
        "{#council-3 place}",
        "{#a b en}",
        "{/}",
        "{!line}",
        "{!line? Title}",
        "{^note}",
        "{>}",
        "{;}",
        "{@note}",
    ),
    *(
        "{^a>https://example.org/=23:~:text=3Da,b}",
        "{~meeting a held 2031-05-11 2031-05-11}",
        "{",
        "}",
        "\x01",
    ),
    *(
        "**strong**",
        "**{#a name}Ana Holm{/}**",
        "{#a name}Ana Holm{/}",
        "{#a name}Ana\\-Holm{/}",
        "{# en}said{/}",
    ),
    *(
        "[words](<https://example.org/1>)",
        "[{#a name}Ana{/}](<https\\:\\/\\/example\\.org\\/é>)",
        "[a](b)",
        "![a](c)",
    ),
    *(
        "![a](<pictures/a\\.png>)",
        "[a](<javascript:x>)",
        "[ref]",
        "](<https://example.org>)",
        "\\](<x>)",
        "[a](<>)",
    ),
)
STARTS = (
    *(
        "",
        "",
        "",
        "## ",
        "# ",
        "####### ",
        "#",
        "- ",
        "-  ",
        "1. ",
        "2. ",
        "1) ",
        "10. ",
        "* ",
        "+ ",
        "> ",
        "    ",
    ),
    *("  ", "| ", "|", "---", "===", "```", "[ref]: https://example.org", "- - -", "1.", "-", "**", "  - "),
)
ENDS = ("", "", "", " |", "|", "  ", "\\", " #", " ##", ":")
LINES = (
    "",
    "",
    "",
    "|-|-|",
    "|-|",
    "| | |",
    "| a | b |",
    "|-|-|-|",
    "|:-|-:|",
    "- {^note}",
    "1. {@note}The note.",
)

line = st.one_of(
    st.sampled_from(LINES),
    st.builds(
        lambda start, words, between, end: start + between.join(words) + end,
        st.sampled_from(STARTS),
        st.lists(st.sampled_from(WORDS), min_size=0, max_size=5),
        st.sampled_from(("", " ", " | ")),
        st.sampled_from(ENDS),
    ),
)
markdown = st.lists(line, max_size=9).map("\n".join)


@contextmanager
def the_long_way() -> Iterator[None]:
    """Without the rule for plain blocks, and all words through the parser."""
    pieces = inlines._PIECE
    parser._PARSER.block.ruler.disable("plainly")
    inlines._PIECE = re.compile("(?!)")
    try:
        yield
    finally:
        inlines._PIECE = pieces
        parser._PARSER.block.ruler.enable("plainly")


def made(text: str) -> tuple[Block, ...] | tuple[str, int | None]:
    try:
        return parse_section(text, PICTURES)
    except MarkupError as error:
        return str(error), error.line


@settings(max_examples=1500, deadline=None)
@given(markdown)
@example("1. a\n\n   b")
@example("- a\n\n- b\n- c\n\n1. d\n2. e")
@example("| a | b |\n|-|-|\n| c |\n| d | e | f |\nnot a row")
def test_both_ways_lead_to_the_same_blocks(text: str) -> None:
    short = made(text)
    with the_long_way():
        assert made(text) == short


PLAIN = {
    "words": "{#a name}Ana Holm{/}, **{#a post}Minister{/}** of “[it](<https\\:\\/\\/a\\.org>)”.{^note}",
    "title": "## Agreed {#a name}with{/}{>}12 May",
    "items": "1. First\\.{^note}\n2. Second\n\n3. Third\n\nAfter",
    "rows": "| a | b |\n|-|-|\n| {#a name}c \\| d{/} | |\n",
}


@pytest.mark.parametrize("kind", PLAIN)
def test_what_templates_print_most_takes_the_short_way(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(inlines, "children_of")
    assert parser.blocks_in(PLAIN[kind], {})[0].type == kind
    assert parse_section(PLAIN[kind])


@given(st.from_regex(parser._PLAIN_ADDRESS, fullmatch=True))
def test_a_plain_address_is_as_markdown_it_would_spell_it(address: str) -> None:
    assert MarkdownIt().normalizeLink(address) == address
