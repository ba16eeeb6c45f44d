"""Selection → document: order of sections, numbers of sources, which citations print, and mistakes."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbook.composing.compose import compose
from briefbook.composing.sections import SectionTemplates
from briefbook.composing.wording import wording_of
from briefbook.diagnostics import BriefbookError, Problem
from briefbook.document import (
    Block,
    Cite,
    Document,
    Fields,
    Figure,
    Heading,
    ItemList,
    Paragraph,
    SourceList,
    Table,
    Text,
    blocks_of,
    inlines_of,
)
from briefbook.document import facts_of as facts_shown
from briefbook.facts import Facts
from briefbook.tool import shipped_templates
from tests.council import WHOLE, facts_of, memo_of, selected

COUNCIL = facts_of(WHOLE)
EN = wording_of("en")
SHIPPED = SectionTemplates([shipped_templates()], EN)


def composed(
    memo: str = "forum: council",
    as_of: str = "2031-09-01",
    *,
    facts: Facts = COUNCIL,
    templates: SectionTemplates = SHIPPED,
    known_by: str | None = None,
) -> Document:
    definition = memo_of(memo)
    return compose(selected(facts, definition, as_of, known_by), definition, templates)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sections").mkdir()
    return tmp_path


def with_sections(folder: Path, numbered: Iterable[str], /, **own: str) -> Document:
    """A memo made of these templates, one section each (`s0`, `s1` …), and then of sections by name."""
    own = {**{f"s{number}": source for number, source in enumerate(numbered)}, **own}
    for name, source in own.items():
        (folder / "sections" / f"{name}.md.j2").write_text(source, encoding="utf-8")
    templates = SectionTemplates([folder, shipped_templates()], EN)
    return composed(f"forums: [council, harbours]\nsections: [{', '.join(own)}]\n", templates=templates)


def problem_of(folder: Path, numbered: str, /, **own: str) -> Problem:
    with pytest.raises(BriefbookError) as refused:
        with_sections(folder, [numbered], **own)
    (problem,) = refused.value.problems
    return problem


def section(document: Document, name: str) -> tuple[Block, ...]:
    return next((section.blocks for section in document.sections if section.name == name), ())


def cites(blocks: Iterable[Block]) -> list[Cite]:
    return [inline for block in blocks for inline in inlines_of(block) if isinstance(inline, Cite)]


def words(block: Block) -> str:
    return "".join(inline.text for inline in inlines_of(block) if isinstance(inline, Text))


def printed(blocks: Iterable[Block]) -> str:
    """The words with the numbers that print, as `words[1,2]`."""
    made = ""
    for block in blocks:
        for inline in inlines_of(block):
            match inline:
                case Text():
                    made += inline.text
                case Cite(shown=True):
                    made += f"[{','.join(str(cited.number) for cited in inline.sources)}]"
                case _:
                    pass
        made += "\n"
    return made.strip()


# Sources by the names that these tests cite them with, as a template writes a citation.
GAZETTE, LETTER, NOTE = "{^gazette}", "{^letter}", "{^note}"

# ------------------------------------------------------------------------------- the document


def test_a_memo_without_sections_has_the_usual_ones_in_their_order() -> None:
    assert [s.name for s in composed().sections] == [
        *("header", "bottom-line", "upcoming", "participants", "priorities"),
        *("background", "earlier", "disputed", "find-out", "sources"),
    ]


def test_sections_stand_in_the_order_of_the_memo_and_empty_ones_vanish(folder: Path) -> None:
    document = with_sections(folder, ["one", "{# nothing #}\n\n", "three"], header="# Head")
    found = [(s.name, words(s.blocks[0])) for s in document.sections]
    assert found == [("s0", "one"), ("s2", "three"), ("header", "Head")]


def test_a_section_may_stand_twice_with_other_options(folder: Path) -> None:
    source = "{{ title or 'untitled' }} {{ limit if limit is not none else 'all' }} {{ options.tone }}\n"
    (folder / "sections/own.md.j2").write_text(source, encoding="utf-8")
    memo = (
        "forum: council\nsections:\n"
        "  - {section: own, title: Before, limit: 2, set: {tone: dry}}\n"
        "  - {section: own, set: {tone: '*kind*'}}\n"
    )
    document = composed(memo, templates=SectionTemplates([folder, shipped_templates()], EN))
    assert [words(block) for block in blocks_of(document)] == ["Before 2 dry", "untitled all *kind*"]


def test_only_and_without_hold_for_their_section_alone() -> None:
    memo = (
        "forum: council\nsections:\n"
        "  - {section: priorities, only: [survey]}\n"
        "  - {section: background, without: [stock]}\n"
        "  - earlier\n"
    )
    shown = {s.name: set().union(*map(facts_shown, s.blocks)) for s in composed(memo).sections}
    assert "survey" in shown["priorities"]
    assert "mesh" not in shown["priorities"]
    assert "stock" not in shown.get("background", set())
    assert "note" in shown["earlier"]


def test_the_documents_own_fields() -> None:
    memo = "title: Fisheries\nforum: council\nfrom: Fisheries desk\nreference: FC/7\n"
    document = composed(memo, "2031-09-01", known_by="2031-05-12")
    assert (document.memo, document.reference, document.author) == ("briefing", "FC/7", "Fisheries desk")
    assert (document.as_of.isoformat(), document.known_by.isoformat()) == ("2031-09-01", "2031-05-12")
    assert document.footer == "FC/7 · as of 2031-09-01"
    assert document.page_of == "{page} of {pages}"
    assert document.language == "en"


def test_the_subject_is_the_memos_own_or_its_title_with_the_next_meeting() -> None:
    own = composed("title: T\nforum: council\nsubject: Nets & *quotas*\n")
    assert own.title == "Nets & *quotas*"
    assert "Nets & *quotas*" in words(section(own, "header")[1])
    assert composed().title == "Fisheries, Sandvik, Monday 20 October 2031"
    assert composed("range: 2031").title == "Fisheries"


def test_a_memo_on_nothing_is_a_document_that_says_so() -> None:
    document = composed(as_of="2031-04-01")
    assert not cites(blocks_of(document))
    assert section(document, "sources") == ()
    for name in ("upcoming", "participants", "priorities", "background"):
        assert words(section(document, name)[-1]).endswith("on file."), name
    assert {"earlier", "disputed", "find-out"}.isdisjoint(s.name for s in document.sections)


# ------------------------------------------------------------------------------------ numbers


def test_sources_are_numbered_by_their_first_citation(folder: Path) -> None:
    document = with_sections(folder, [f"a{NOTE}\n\nb{GAZETTE}", f"c{GAZETTE}\n\nd{LETTER}"])
    assert printed(blocks_of(document)) == "a[1]\nb[2]\nc[2]\nd[3]"


def test_the_header_stands_first_but_numbers_nothing(folder: Path) -> None:
    head = "{{ sources | length }} sources, {{ sources[1].source.short }}{{ cite(selection.upcoming[0]) }}"
    document = with_sections(folder, [f"a{GAZETTE}\n\nb{NOTE}"], header=head)
    assert printed(section(document, "header")) == "2 sources, the joint note[2]"


def test_a_citation_of_several_sources_prints_their_numbers_in_order(folder: Path) -> None:
    document = with_sections(folder, [f"a{GAZETTE}\n\nb{NOTE}\n\nc{{^note,gazette}}"])
    assert printed(blocks_of(document)).endswith("c[1,2]")


def test_the_list_of_sources_holds_each_cited_source_once_by_its_number() -> None:
    document = composed()
    (listed,) = (block for block in section(document, "sources") if isinstance(block, SourceList))
    cited = {(s.source, s.number) for cite in cites(blocks_of(document)) for s in cite.sources}
    assert {(entry.source, entry.number) for entry in listed.entries} == cited
    assert [entry.number for entry in listed.entries] == list(range(1, len(cited) + 1))
    assert "letter" not in {source for source, _ in cited}


def test_a_section_of_its_own_may_list_sources(folder: Path) -> None:
    listing = "{% for s in selection.sources %}\n1. {{ anchor(s) }}{{ s.short }}\n{% endfor %}\n"
    document = with_sections(folder, [f"a{NOTE}\n", listing])
    (listed,) = section(document, "s1")
    assert isinstance(listed, SourceList)
    assert [(e.source, e.number) for e in listed.entries] == [
        ("gazette", 2),
        ("letter", 3),
        ("note", 1),
        ("radio", 4),
    ]


# ---------------------------------------------------------------------------- which ones print

# Enough passages of other sources that none is the main one.
MIXED = f"x{NOTE}\n\ny{GAZETTE}\n\nz{LETTER}\n\n"


@pytest.mark.parametrize(
    ("passage", "shown"),
    [
        (f"a{NOTE} b{NOTE} c{NOTE}", "a b c[1]"),
        (f"a{NOTE} b{GAZETTE}", "a[1] b[2]"),
        (f"a{NOTE} b{NOTE} c{GAZETTE} d{NOTE}", "a b[1] c[2] d[1]"),
        (f"a{{^note,gazette}} b{{^gazette,note}} c{NOTE}", "a b[1,2] c[1]"),
        (f"a b{NOTE} c", "a b[1] c"),
    ],
)
def test_a_number_stands_once_a_passage_where_the_source_changes(
    folder: Path, passage: str, shown: str
) -> None:
    document = with_sections(folder, [MIXED, passage])
    assert printed(section(document, "s1")) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (f"- a{NOTE}\n- b{NOTE}\n", "a[1]b[1]"),
        (f"| | |\n|-|-|\n| a{NOTE} | b{NOTE} |\n| c{NOTE} | d |\n", "ab[1]c[1]d"),
        (f"| h | i |\n|-|-|\n| a{NOTE} | b{NOTE} |\n| c{NOTE} | d{GAZETTE} |\n", "hiab[1]c[1]d[2]"),
        (f"## a{NOTE}{{>}}b{NOTE}\n", "ab[1]"),
        (f"- a{NOTE}\n\n  b{NOTE}\n  - c{NOTE}\n", "a[1]b[1]c[1]"),
    ],
)
def test_a_passage_is_a_paragraph_an_item_or_a_row(folder: Path, source: str, shown: str) -> None:
    document = with_sections(folder, [MIXED, source])
    assert printed(section(document, "s1")) == shown


@pytest.mark.parametrize(
    ("passages", "shown"),
    [
        ([NOTE, NOTE, NOTE, GAZETTE], "0\n1\n2\n3[2]"),
        ([NOTE, NOTE, GAZETTE], "0[1]\n1[1]\n2[2]"),
        ([GAZETTE, NOTE, NOTE, NOTE], "0[1]\n1\n2\n3"),
        ([NOTE, NOTE, NOTE, "{^note,gazette}"], "0\n1\n2\n3[1,2]"),
        ([NOTE, NOTE, NOTE, "", ""], "0\n1\n2\n3\n4"),
        (["{^note,gazette}"] * 4, "0[1,2]\n1[1,2]\n2[1,2]\n3[1,2]"),
        ([NOTE, NOTE, NOTE, f"{NOTE} and{GAZETTE}"], "0\n1\n2\n3[1] and[2]"),
    ],
)
def test_a_source_of_three_quarters_of_the_passages_is_implied(
    folder: Path, passages: list[str], shown: str
) -> None:
    source = "\n\n".join(f"{number}{cited}" for number, cited in enumerate(passages))
    assert printed(section(with_sections(folder, [source]), "s0")) == shown


def test_the_header_is_told_which_source_is_implied(folder: Path) -> None:
    head = "{{ main_source if main_source else 'none' }}"
    (folder / "one").mkdir()
    (folder / "two").mkdir()
    for place in ("one", "two"):
        (folder / place / "sections").mkdir()
    implied = with_sections(folder / "one", [f"a{GAZETTE}\n\nb{NOTE}\n\nc{NOTE}\n\nd{NOTE}"], header=head)
    assert words(section(implied, "header")[0]) == "2"
    mixed = with_sections(folder / "two", [MIXED], header=head)
    assert words(section(mixed, "header")[0]) == "none"


def test_a_memo_on_one_source_prints_no_number_but_keeps_its_citations() -> None:
    document = composed(as_of="2031-04-02")
    cited = cites(blocks_of(document))
    assert {s.source for cite in cited for s in cite.sources} == {"gazette"}
    assert not any(cite.shown for cite in cited)
    assert all(s.number == 1 for cite in cited for s in cite.sources)
    header = next(block for block in section(document, "header") if isinstance(block, Fields))
    assert "gazette" in words(header)


def test_every_statement_of_a_fact_says_what_it_is_from() -> None:
    """The connective words of the templates hold no fact: names, places and sentences all have an origin."""
    connective = " ".join(
        inline.text
        for block in blocks_of(composed())
        for inline in inlines_of(block)
        if isinstance(inline, Text) and inline.origin is None
    )
    for fact in ("Ana Holm", "Port Emery", "Sandvik", "Survey the shared", "halved", "tonnes", "Norland"):
        subject = composed().title  # the memo's own line repeats the place of the next meeting
        assert fact not in connective.replace(subject, ""), fact


# ------------------------------------------------------------------------------------ mistakes


def test_markdown_that_cannot_be_is_told_with_template_line_and_memo(folder: Path) -> None:
    problem = problem_of(folder, "a\n\n    code\n")
    assert problem.where.file == "templates/sections/s0.md.j2"
    assert "indented code block" in problem.message
    assert "(line 3 of what it made) (memo briefing)" in problem.message


def test_a_citation_that_leads_nowhere_is_told(folder: Path) -> None:
    problem = problem_of(folder, "a{^nobody}\n")
    assert "source 'nobody', which nothing that the memo shows names" in problem.message
    problem = problem_of(folder, f"a{NOTE}\n", header=f"# H{GAZETTE}\n")
    assert problem.where.file == "templates/sections/header.md.j2"
    assert "source 'gazette', which no other section cites" in problem.message
    problem = problem_of(folder, f"a{NOTE}\n", sources="1. {@gazette}G\n")
    assert problem.where.file == "templates/sections/sources.md.j2"


def test_a_subject_of_more_than_a_line_is_told(folder: Path) -> None:
    (folder / "subject.md.j2").write_text("a\n\nb\n", encoding="utf-8")
    problem = problem_of(folder, "a\n")
    assert (problem.where.file, "one plain line" in problem.message) == ("templates/subject.md.j2", True)


def test_a_section_that_there_is_no_template_for_is_told() -> None:
    with pytest.raises(BriefbookError, match="no such template"):
        composed("forum: council\nsections: [nothing]\n")


# ------------------------------------------------------------------- any text, the whole memo

ANY = """
sources:
  gazette:
    {short: @, published: 2031-04-02, publisher: norland, title: @, note: @, inferred: @, questions: [@]}
  note: {short: @, published: 2031-05, speaks: [norland, sudland], grade: {reliability: B, by: @}}
organisations: {norland: {name: @, kind: country}, sudland: {name: @}}
people: {ana: {name: @}}
forums: {council: {name: @, sides: [norland, sudland], questions: [@]}}
meetings:
  past:
    forum: council
    title: @
    statements:
      - source: gazette
        says: held
        date: 2031-03-11
        place: @
        purpose: @
        note: @
        inferred: @
        evidence: e
        participants: [{person: ana, as: @, side: norland, role: @}, {organisation: sudland, side: sudland}]
      - {source: note, says: held, date: 2031-03-12, evidence: e}
  older:
    forum: council
    ordinal: 2
    statements: [{source: gazette, says: announced, date: 2031-02, evidence: e}]
  next:
    forum: council
    statements:
      - {source: note, says: announced, date: 2031-06-11, place: @, purpose: @, time: '15:00', evidence: e}
priorities:
  agreed:
    forum: council
    meeting: past
    text: @
    statements:
      - {source: gazette, force: agreed, evidence: e}
      - {source: note, status: done, update: @, evidence: e}
  said:
    forum: council
    text: @
    statements: [{source: note, force: one-side, said_by: ana, said_as: @, evidence: e}]
background:
  point: {forums: [council], title: @, text: @, statements: [{source: gazette, evidence: e}]}
  dispute:
    forums: [council]
    say: @
    statements: [{source: gazette, claim: @, evidence: e}, {source: note, claim: 'Two.', evidence: e}]
"""
ANY_MEMO = "title: @\nforum: council\nto: @\nfrom: @\nreference: @\nbottom_line: {text: @}\n"

hostile = st.lists(
    st.sampled_from(
        [
            *(
                "*",
                "**",
                "_",
                "`",
                "```",
                "#",
                "## x",
                "- ",
                "1. ",
                "> ",
                "---",
                "|",
                "\\",
                "\\|",
                "|-|",
                "[x](y)",
            ),
            *(
                "![",
                "<b>",
                "<!--",
                "&amp;",
                "&#0;",
                "{/}",
                "{#past place}",
                "{^gazette}",
                "{>}",
                "{;}",
                "{@note}",
            ),
            *(
                "{{ x }}",
                "{% x %}",
                "%s",
                "%(who)s",
                "{0}",
                ":",
                ".",
                "...",
                "?",
                "a",
                "é",
                "東京",
                " ",
            ),
            *("12", "Norland", "\u00a0", "https://n.example/a_b", "=cmd|' /C calc'!A0"),
        ]
    ),
    min_size=1,
    max_size=4,
).map("".join)


@cache
def told_with(text: str) -> Document:
    quoted = json.dumps(text, ensure_ascii=False)
    facts = facts_of(ANY.replace("@", quoted), ground="")
    return composed(ANY_MEMO.replace("@", quoted), "2031-06-01", facts=facts)


def shape(document: Document) -> list[object]:
    """Sections, blocks and the number of their parts."""

    def size(block: Block) -> object:
        match block:
            case ItemList():
                return [len(item.blocks) for item in block.items]
            case Fields():
                return len(block.rows)
            case Table():
                return [len(row.cells) for row in block.rows]
            case SourceList():
                return len(block.entries)
            case Heading():
                return block.level
            case Paragraph():
                return block.lead_in
            case Figure():
                return type(block.picture).__name__

    return [(s.name, [(type(block).__name__, size(block)) for block in s.blocks]) for s in document.sections]


@settings(deadline=None, max_examples=80)
@given(hostile.filter(lambda text: text.strip()))
def test_no_text_anywhere_changes_the_shape_of_the_memo(text: str) -> None:
    document, plain = told_with(text), told_with("Stock")
    assert shape(document) == shape(plain)
    assert [[s.source for s in cite.sources] for cite in cites(blocks_of(document))] == [
        [s.source for s in cite.sources] for cite in cites(blocks_of(plain))
    ]
    squeezed = " ".join(text.split())
    for block in blocks_of(document):
        for inline in inlines_of(block):
            if (
                isinstance(inline, Text)
                and inline.origin
                and inline.origin.field in ("place", "name", "text")
            ):
                told = " ".join(inline.text.split()).removesuffix(".").casefold()
                assert told == squeezed.removesuffix(".").casefold()
