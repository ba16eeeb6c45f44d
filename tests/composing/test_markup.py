"""Markdown of a section → blocks: every block there is, every mark, and what is refused with its line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbook.composing.markup import MarkupError, parse_line, parse_section
from briefbook.document import (
    Block,
    Cite,
    CitedSource,
    Field,
    Fields,
    Heading,
    Inline,
    ItemList,
    LineBreak,
    Link,
    ListItem,
    Origin,
    Paragraph,
    Row,
    SourceEntry,
    SourceList,
    Table,
    Text,
    inlines_of,
    plain,
)
from briefbook.marks import marked

PLACE = Origin(fact="council-3", field="place")
NAME = Origin(fact="norland", field="name")


def text(words: str, origin: Origin | None = None, language: str | None = None) -> Text:
    return Text(text=words, origin=origin, language=language)


def strong(words: str) -> Text:
    return Text(text=words, strong=True)


def cite(*sources: str) -> Cite:
    return Cite(sources=tuple(CitedSource(source=source, number=0) for source in sources))


def paragraph(*children: Inline) -> Paragraph:
    return Paragraph(children=children)


def item(*children: Inline) -> ListItem:
    return ListItem(blocks=(paragraph(*children),))


def only(markdown: str) -> Block:
    (block,) = parse_section(markdown)
    return block


# ------------------------------------------------------------------------------------- blocks


def test_headings_of_all_levels() -> None:
    blocks = parse_section("# One\n\n## Two\n\n### Three\n")
    assert blocks == tuple(
        Heading(level=level, children=(text(words),))
        for level, words in enumerate(("One", "Two", "Three"), 1)
    )


def test_what_stands_after_the_flush_mark_is_the_aside() -> None:
    assert only("# Briefing memo {>} 12 May 2031\n") == Heading(
        level=1, children=(text("Briefing memo"),), aside=(text("12 May 2031"),)
    )


def test_lines_of_a_paragraph_are_one_and_blank_lines_part_paragraphs() -> None:
    assert parse_section("One\ntwo\n\nthree\n") == (paragraph(text("One two")), paragraph(text("three")))


def test_a_bulleted_and_a_numbered_list() -> None:
    assert only("- one\n- two\n") == ItemList(ordered=False, items=(item(text("one")), item(text("two"))))
    assert only("3. one\n3. two\n") == ItemList(
        ordered=True, items=(item(text("one")), item(text("two"))), start=3
    )
    assert only("0. one\n") == ItemList(ordered=True, items=(item(text("one")),), start=0)


def test_a_list_in_a_list_and_an_item_of_two_paragraphs() -> None:
    inner = ItemList(ordered=False, items=(item(text("in")),))
    assert only("- one\n  - in\n") == ItemList(
        ordered=False, items=(ListItem(blocks=(paragraph(text("one")), inner)),)
    )
    assert only("- one\n\n  two\n") == ItemList(
        ordered=False, items=(ListItem(blocks=(paragraph(text("one")), paragraph(text("two")))),)
    )


def test_a_table_is_named_by_the_heading_over_it() -> None:
    _, table = parse_section("## Earlier meetings\n\n| When | State |\n|-|-|\n| May | Held. |\n| June | |\n")
    assert table == Table(
        name="Earlier meetings",
        header=Row(cells=((text("When"),), (text("State"),))),
        rows=(Row(cells=((text("May"),), (text("Held."),))), Row(cells=((text("June"),), ()))),
    )


def test_a_table_with_an_empty_header_is_labels_and_values() -> None:
    assert only("| | |\n|-|-|\n| To | Minister |\n| From | **Desk** |\n") == Fields(
        rows=(
            Field(label=(text("To"),), value=(text("Minister"),)),
            Field(label=(text("From"),), value=(strong("Desk"),)),
        )
    )


def test_a_list_whose_items_start_with_an_anchor_is_the_list_of_sources() -> None:
    assert only("1. {@note}The note.\n2. {@radio} The *radio*.\n") == SourceList(
        entries=(
            SourceEntry(source="note", number=0, children=(text("The note."),)),
            SourceEntry(
                source="radio",
                number=0,
                children=(text("The "), Text(text="radio", emphasis=True), text(".")),
            ),
        )
    )


def test_nothing_is_nothing() -> None:
    assert parse_section("") == ()
    assert parse_section("\n \n") == ()
    assert parse_line("") == ()


# ----------------------------------------------------------------------------------- lead-ins


@pytest.mark.parametrize(
    "follows", ["- one\n", "1. one\n", "| a |\n|-|\n| b |\n", "| | |\n|-|-|\n| a | b |\n"]
)
def test_a_line_with_a_colon_before_a_list_or_table_leads_in(follows: str) -> None:
    first, _ = parse_section(f"Agreed by both{{^note}}:\n\n{follows}")
    assert isinstance(first, Paragraph)
    assert first.lead_in


@pytest.mark.parametrize("markdown", ["So:\n\nand then\n", "So:\n\n## Next\n", "So.\n\n- one\n", "So:\n"])
def test_any_other_line_does_not(markdown: str) -> None:
    first = parse_section(markdown)[0]
    assert isinstance(first, Paragraph)
    assert not first.lead_in


# ------------------------------------------------------------------------------------ inlines


def test_strong_and_emphasis_and_both() -> None:
    assert only("a **b** *c* ***d*** _e_\n") == paragraph(
        text("a "),
        strong("b"),
        text(" "),
        Text(text="c", emphasis=True),
        text(" "),
        Text(text="d", strong=True, emphasis=True),
        text(" "),
        Text(text="e", emphasis=True),
    )


def test_line_breaks_by_two_spaces_a_backslash_or_the_mark() -> None:
    broken = (text("one"), LineBreak(), text("two"))
    assert only("one  \ntwo\n") == paragraph(*broken)
    assert only("one\\\ntwo\n") == paragraph(*broken)
    assert only("one {;} two\n") == paragraph(*broken)
    assert only("| | |\n|-|-|\n| one{;}two | x |\n") == Fields(
        rows=(Field(label=broken, value=(text("x"),)),)
    )


def test_a_link_holds_its_words_with_their_style() -> None:
    assert only("see [the **note**](https://norland.example/a_b?c=1&d=2) now\n") == paragraph(
        text("see "),
        Link(children=(text("the "), strong("note")), target="https://norland.example/a_b?c=1&d=2"),
        text(" now"),
    )


@pytest.mark.parametrize("target", ["http://n.example", "mailto:desk@norland.example"])
def test_links_lead_to_the_web_or_to_mail(target: str) -> None:
    block = only(f"[x]({target})\n")
    assert block == paragraph(Link(children=(text("x"),), target=target))


def test_marks_tell_origin_and_language() -> None:
    made = f"In {marked('Port Emery', PLACE, None)}, {marked('la *nota*', NAME, 'es')}{{^note,radio}}.\n"
    assert only(made) == paragraph(
        text("In "),
        text("Port Emery", PLACE),
        text(", "),
        text("la *nota*", NAME, "es"),
        cite("note", "radio"),
        text("."),
    )


def test_a_mark_within_a_mark_and_a_language_alone() -> None:
    assert only("{#norland name}a {#council-3 place}b{/} c{/}{#  es}d{/}\n") == paragraph(
        text("a ", NAME), text("b", PLACE), text(" c", NAME), text("d", None, "es")
    )


def test_style_goes_through_marks_and_marks_through_style() -> None:
    assert only(f"**a {marked('b', PLACE, None)}** c\n") == paragraph(
        strong("a "), Text(text="b", strong=True, origin=PLACE), text(" c")
    )


def test_what_only_looks_like_a_mark_is_text() -> None:
    assert only("{x} {#} \\{;} {^} {@}\n") == paragraph(text("{x} {#} {;} {^} {@}"))


def test_plain_words_of_inlines() -> None:
    block = only("a **b**{^note}  \nc [d](http://n.example)\n")
    assert isinstance(block, Paragraph)
    assert plain(block.children) == "a b c d"


def test_one_line_is_its_inlines_and_nothing_else_is_a_line() -> None:
    assert parse_line("  a **b**\n\n") == (text("a "), strong("b"))
    for more in ("# a", "a\n\nb", "- a"):
        with pytest.raises(MarkupError, match="one plain line"):
            parse_line(more)


# ------------------------------------------------------------------------------------- spaces


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("{#a text}one{/} {#b text}two{/}", ["one", " ", "two"]),
        ("{#a text}one {/} {#b text}two{/}", ["one ", "two"]),
        ("{#a text}one{/} {#b text} two{/}", ["one", " ", "two"]),
        ("{#a text}one {/}{#b text} two{/}", ["one ", "two"]),
        ("one **two** three", ["one ", "two", " three"]),
        ("one  two   three", ["one two three"]),
        ("one {^n} two", ["one", " two"]),
        ("{#a text}one {/} {^n}", ["one"]),
        ("{#a text} one{/}", ["one"]),
        ("{#a text}one{/} ", ["one"]),
        ("one{^n} {^m}", ["one"]),
        ("one {;} {;} two", ["one", "two"]),
        ("{#a text}one{/}\n{#b text}two{/}", ["one", " ", "two"]),
        ("[one ](http://n.example) two", ["one ", "two"]),
        ("a\u00a0{#a text}\u00a0b\u202fc{/}", ["a\u00a0", "\u00a0b\u202fc"]),
    ],
)
def test_no_space_is_lost_or_doubled_where_pieces_meet(markdown: str, words: list[str]) -> None:
    block = only(markdown + "\n")
    found: list[str] = []
    for inline in inlines_of(block):
        match inline:
            case Text():
                found.append(inline.text)
            case Link():
                found += [child.text for child in inline.children]
            case _:
                pass
    assert found == words


pieces = st.lists(
    st.tuples(
        st.text(alphabet="ab *_\\`|{}<&#", min_size=1, max_size=5),
        st.sampled_from((None, PLACE, NAME)),
        st.sampled_from(("", " ", "\n")),
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=300)
@given(pieces)
def test_the_words_read_as_the_template_wrote_them(told: list[tuple[str, Origin | None, str]]) -> None:
    """Any values, with or without spaces between and in them: the text with each run of spaces as one."""
    told = [(words if origin else words.strip(), origin, space) for words, origin, space in told]
    made = "".join(marked(words, origin, None) + space for words, origin, space in told)
    meant = " ".join("".join(words + space for words, _, space in told).split())
    blocks = parse_section(made + "\n")
    assert all(isinstance(block, Paragraph) for block in blocks)
    read = [plain(block.children) for block in blocks if isinstance(block, Paragraph)]
    assert " ".join(filter(str.strip, read)) == meant  # one that holds a space alone says nothing


# ------------------------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    ("markdown", "message", "line"),
    [
        ("a\n\n```\ncode\n```\n", "a code block", 3),
        ("a\n\n    code\n", "an indented code block", 3),
        ("a\n\n> said\n", "a quotation block", 3),
        ("a\n\n---\n", "a rule", 3),
        ("a\n\nb `code` c\n", "code between backticks", 3),
        ("a\n\n![p](http://n.example/p.png)\n", "there is no picture 'http://n.example/p.png'", 3),
        ("a\n\nb ![p](p.png)\n", "a picture belongs at the start of a paragraph", 3),
        ("a\n\n![p](p.png) ![q](p.png)\n", "a picture belongs at the start of a paragraph", 3),
        *(
            (f"a\n\n![{blank}](p.png)\n", "needs words in [ ] that say what it shows", 3)
            for blank in (" ", "&nbsp;", "&#8203;", "\u2060", "&#xFEFF;&#x301; ", "&#x2800;")
        ),
        ("a\n\nb {~key held} c\n", "the mark of a timeline belongs at the start of a row", 3),
        ("a\n\n[x](javascript:alert)\n", "not to 'javascript:alert'", 3),
        ("a\n\n[x](data:text/html,x)\n", "not to 'data:text/html,x'", 3),
        ("a\n\n[x](/etc/x)\n", "not to '/etc/x'", 3),
        ("a\n\n<ftp://n.example>\n", "not to 'ftp://n.example'", 3),
        ("a\n\n- b\n  # c\n", "a list item can hold paragraphs and lists alone", 3),
        ("a\n\n1. {@n}b\n1. c\n", "every item starts with its anchor", 3),
        ("a\n\n1. {@n}b\n\n   c\n", "is one paragraph", 3),
        ("a\n\n1. {@n}\n", "has no words", 3),
        ("a\n\n| | | |\n|-|-|-|\n| b | c | d |\n", "give it two columns", 3),
        ("a\n\n{#n text}b\n", "a mark is opened and not closed", 3),
        ("a\n\nb{/}\n", "a mark is closed that was not opened", 3),
        ("a\n\n**b{#n text}c** d\n", "a mark is opened and not closed", 3),
        ("a\n\nb {>} c\n", "flush right belongs into a heading", 3),
        ("a\n\n# b {>} c {>} d\n", "flush right belongs into a heading, once", 3),
        ("a\n\nb {@n} c\n", "the anchor of a source belongs at the start", 3),
        ("a\n\n# b {@n} c\n", "flush right belongs into a heading", 3),
        ("a\n\n[b{^n}](http://n.example)\n", "a link holds words alone", 3),
        ("a\n\nb\x07c\n", "a control character", 3),
    ],
)
def test_what_the_tree_has_no_place_for_is_refused_with_its_line(
    markdown: str, message: str, line: int
) -> None:
    with pytest.raises(MarkupError) as refused:
        parse_section(markdown)
    assert message in str(refused.value)
    assert refused.value.line == line


@pytest.mark.parametrize(
    "html", ["<b>unclosed", "<onDraw name='x'/>", "<script>x</script>", "<!-- x -->", "</para>"]
)
def test_html_is_nothing_but_text(html: str) -> None:
    assert only(f"a {html}\n") == paragraph(text(f"a {html}"))


@pytest.mark.parametrize(
    ("entity", "character"), [("&#0;", "\ufffd"), ("&#7;", "\ufffd"), ("&amp;", "&"), ("&nbsp;", "\u00a0")]
)
def test_entities_of_a_template_are_characters(entity: str, character: str) -> None:
    assert only(f"a{entity}b\n") == paragraph(text(f"a{character}b"))


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="ab \n#*_-+|>`~[]()!<>&;:{}/@^.\\123=", max_size=60))
def test_any_markdown_makes_blocks_or_a_markup_error(markdown: str) -> None:
    try:
        blocks = parse_section(markdown)
    except MarkupError:
        return
    for block in blocks:
        for inline in inlines_of(block):
            if isinstance(inline, Text):
                assert inline.text
                assert "\n" not in inline.text
