"""The short ways of the parser: plain blocks and plain words mean what the long way makes of them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.common.utils import MD_TRIM_CHARS

from briefbook.composing import markup, parser, pieces, plain_blocks
from briefbook.composing.markup import MarkupError, parse_section
from briefbook.document import Block, Image

PICTURES = {"pictures/a.png": Image(data=b"", media_type="image/png", width=1, height=1)}
# What templates print: of every four pieces three are of these.
PLAIN = r"""
held Port 1. “quoted” é 3 x ! & , \. \| \\ \* \[ &#92; {^note} {;} **strong** **{#a_name}Ana{/}**
{#a_name}Ana{/} {#a_name}Ana\-Holm{/} {#_en}said{/} {!line}said{/} [words](<https://example.org/1>)
[{#a_name}Ana{/}](<https\:\/\/example\.org\/é>) {^a>https://example.org/=23:~:text=3Da,b}
"""
ODD = r"""
a__b | x*y &amp; `code` <b> _it_ *em* ** *** ] [ ~ { } {#council-3_place} {#a_b_en} {/}
{!line} {!line?_Title} {>} {@note} {~meeting_a_held_2031-05-11_2031-05-11} [a](b) ![a](c)
![a](<pictures/a\.png>) [a](<javascript:x>) [ref] ](<https://example.org>) \](<x>) [a](<>) __ _
"""
WORDS = [
    *(piece.replace("_", " ") for piece in PLAIN.split() * 3),
    *(piece if piece in ("_it_", "__", "_") else piece.replace("_", " ") for piece in ODD.split()),
    *("\u00a0", "\x01"),
]
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
    *("12th ", "5", "- 3 ", "7) ", "1. 2. ", "0"),
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
    """Without the reader of plain blocks, and all words through the parser."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markup, "plain_blocks", lambda _: None)
        patch.setattr(markup, "_without_mark", lambda _: None)
        patch.setattr(markup, "of_fact", lambda _: None)
        strange = re.compile("()" * pieces._PIECE.groups + ".", re.DOTALL)  # whatever stands there
        patch.setattr(pieces, "_PIECE", strange)
        yield


def made(text: str) -> tuple[Block, ...] | tuple[str, int | None]:
    try:
        return parse_section(text, PICTURES)
    except MarkupError as error:
        return str(error), error.line


@settings(max_examples=600, deadline=None)
@given(markdown)
@example("1. a\n\n   b")
@example("- a\n\n- b\n- c\n\n1. d\n2. e")
@example("| a | b |\n|-|-|\n| c |\n| d | e | f |\nnot a row")
def test_both_ways_lead_to_the_same_blocks(text: str) -> None:
    short = made(text)
    with the_long_way():
        assert made(text) == short


KINDS = {
    "Line": "{#a name}Ana Holm{/}, **{#a post}Minister{/}** of “[it](<https\\:\\/\\/a\\.org>)”.{^note}",
    "Title": "## Agreed {#a name}with{/}{>}12 May",
    "Items": "1. First\\.{^note}\n2. Second\n\n3. Third\n\nAfter",
    "Rows": "| a | b |\n|-|-|\n| {#a name}c \\| d{/} | |\n",
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_templates_print_most_takes_the_short_way(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(parser, "children_of")
    blocks = plain_blocks.plain_blocks(KINDS[kind])
    assert blocks is not None
    assert type(blocks[0]).__name__ == kind
    assert parse_section(KINDS[kind])


@settings(max_examples=50)
@given(st.from_regex(pieces.PLAIN_ADDRESS, fullmatch=True))
def test_a_plain_address_is_as_markdown_it_would_spell_it(address: str) -> None:
    assert MarkdownIt().normalizeLink(address) == address


@given(st.text("aZ9é /:.~#?=%\\\\&;<amp>\u00a0", max_size=12).map("https\\://a.org/{}".format))
def test_a_target_is_the_one_that_markdown_it_would_find(destination: str) -> None:
    assert pieces._target_of(destination) == parser.target_of(destination)


def test_what_is_taken_away_around_words_is_what_markdown_it_takes_away() -> None:
    assert sorted(plain_blocks.TRIMMED) == sorted(MD_TRIM_CHARS)
