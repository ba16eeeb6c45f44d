"""Section templates: a value can never be markup, a template's mistake is a problem with its place."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbook.composing.markup import parse_section
from briefbook.composing.sections import Context, SectionTemplates
from briefbook.composing.wording import wording_of
from briefbook.diagnostics import BriefbookError, Problem
from briefbook.document import Block, Cite, Inline, Link, Origin, Text, inlines_of
from briefbook.facts import Wording
from briefbook.selection import Selection, Words
from briefbook.tool import shipped_templates
from tests.council import WHOLE, facts_of, selected

EN = wording_of("en")
COUNCIL = facts_of(WHOLE)
ORIGIN = Origin(fact="survey", field="text")


@cache
def selection_with(text: str, language: str = "en") -> Selection:
    """The council's memo, with a priority of this text at its head."""
    survey = replace(COUNCIL.priorities["survey"], text=Wording(texts={language: text}))
    facts = replace(COUNCIL, priorities={**COUNCIL.priorities, "survey": survey})
    return selected(facts, "forum: council", "2031-09-01")


@dataclass(frozen=True, slots=True)
class Bench:
    """Templates in a folder of their own, above the shipped ones."""

    folder: Path

    def write(self, source: str, name: str = "sections/test.md.j2") -> None:
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(source, encoding="utf-8")

    def templates(self) -> SectionTemplates:
        return SectionTemplates([self.folder, shipped_templates()], EN)

    def render(self, source: str, text: str = "Survey the stock.", **context: Any) -> str:
        self.write(source)
        options = context.pop("options", {})
        made = Context(selection=selection_with(text), options=options, **context)
        return self.templates().render("sections/test.md.j2", made, memo="council")

    def problem(self, source: str) -> Problem:
        with pytest.raises(BriefbookError) as refused:
            self.render(source)
        (problem,) = refused.value.problems
        assert "(memo council)" in problem.message
        return problem


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "templates")


# ------------------------------------------------------------------------ no value is markup

# Each way for a value to reach the page; `v` is the value.
WAYS = {
    "printed": "{{ v }}",
    "printed twice": "{{ v }}{{ v }}",
    "joined by ~": '{{ "x " ~ v ~ " y" }}',
    "joined by ~ to another": "{{ v ~ v ~ 3 }}",
    "added": '{{ "x " + v + " y" }}',
    "|join": '{{ [v, "z", v] | join(", ") }}',
    "% alone": '{{ "x %s y" % v }}',
    "% of several": '{{ "(%s) %d%% %s" % (v, 3, v) }}',
    "% by name": '{{ "*%(a)s*" % {"a": v} }}',
    "|format": '{{ "%s [x](y) %5.2f" | format(v, 1.5) }}',
    "|format by name": '{{ "%(a)s" | format(a=v) }}',
    "% in Markdown": "{% set b %}**%s**{% endset %}{{ b % v }}",
    "|listing": "{{ [v, v, v] | listing }}",
    "message": '{{ _("**Say** %(a)s now", a=v) }}',
    "message of a number": '{{ ngettext("%(n)s of %(a)s", "%(n)s by %(a)s", 2, n=2, a=v) }}',
    "message in a message": '{{ _("So: %(b)s", b=_("(%(a)s)", a=v)) }}',
    "macro": "{% macro m(a) %}**{{ a }}** {% endmacro %}{{ m(v) }}{{ m(m(v)) }}",
    "caller": "{% macro m() %}*{{ caller() }}*{% endmacro %}{% call m() %}{{ v }}{% endcall %}",
    "macro and ~": '{% macro m(a) %}{{ a }}{% endmacro %}{{ m(v) ~ " " ~ v }}',
    "set": "{% set b %}*{{ v }}* {% endset %}{{ b }}{{ b ~ v }}",
    "loop": "{% for a in [v, v] %}{{ a }}{% if not loop.last %}; {% endif %}{% endfor %}",
    "if": "{{ v if v else none }}",
    "default": "{{ v | default('x') }}",
    "|e": "{{ v | e }}{{ v | escape }}{{ v | forceescape }}",
    "|string|trim": "{{ v | string | trim }}",
    "filter block": "{% filter trim %}{{ v }}{% endfilter %}",
    "autoescape off": "{% autoescape false %}{{ v }}{{ v ~ v }}{% endautoescape %}",
    "|first of a list": "{{ [v] | first }}",
    "heading": "## {{ v }}",
    "after a heading": "## {{ v }}{{ flush_right() }}{{ v }}",
    "item": "- {{ v }}\n- {{ v }}",
    "numbered item": "1. {{ v }}",
    "cell": "| a | b |\n|-|-|\n| {{ v }} | {{ v }}|\n|{{ v }}|{{ v }}{{ v }}|",
    "label": "| | |\n|-|-|\n| {{ v }} | {{ v }} |",
    "strong": "**{{ v }}** *{{ v }}*",
    "words of a link": "[{{ v }}](https://norland.example)",
    "second line": "x\n{{ v }}\ny",
    "quoted": "“{{ v }}”, ({{ v }})",
}
# Of these, what prints a value as part of something longer loses where it is from, but never its escaping.
OTHER_WAYS = {
    "|replace": '{{ v | replace("a", "*") }}',
    "replaced by": '{{ "xax" | replace("a", v) }}',
    "str.format": '{{ "{} x".format(v) }}',
    "str.join": '{{ ", ".join([v, v]) }}',
    "str.replace": '{{ "xax".replace("a", v) }}',
    "slice": "{{ v[1:] }}",
    "|list": "{{ v | list | join }}",
    "|upper": "{{ v | upper }}",
    "|title": "{{ v | title }}",
    "|truncate": "{{ v | truncate(5) }}",
    "|pprint": "{{ v | pprint }}",
    "times": "{{ v * 2 }}",
    "dict": "{{ {v: v}[v] }}",
}

fragments = st.sampled_from(
    [
        *("**", "*", "_", "__", "`", "```", "~~~", "# ", "## ", "- ", "+ ", "1. ", "1) ", "> ", "---", "==="),
        *("[x](http://n.example)", "![x](y)", "](", "[a]: b", "<b>", "</b>", "<http://n.example>", "<!--"),
        *("&amp;", "&#0;", "&#42;", "|", "||", "\\|", "\\", "\\\\", "{/}", "{#council-3 place}", "{^note}"),
        *(
            "{>}",
            "{;}",
            "{@note}",
            "{{ v }}",
            "{% if %}",
            "{# x #}",
            "%",
            "%s",
            "%(a)s",
            "{}",
            "{0}",
            "$",
            "'",
        ),
        *('"', ":", "|-|-|", "a@b.example", "www.n.example", "javascript:x", "=cmd|' /C calc'!A0", "\u202e"),
        *("*a*", "**a**", "_a_", "__a__", "`a`", "~~a~~", "a_b_c", "1. a", "# a"),
        *("Norland", "a", "é", "東京", "👩‍🚀", " ", "\u00a0", "no. 3", "2031", "-5", "+1", "(c)", "..."),
    ]
)
printable = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=8)
texts = st.lists(fragments | printable, min_size=1, max_size=5).map("".join).map(str.strip).filter(bool)


def spread(inlines: list[Inline]) -> list[Inline]:
    """Inlines, with the words of links in place of the links."""
    return [one for inline in inlines for one in (inline.children if isinstance(inline, Link) else [inline])]


def skeleton(blocks: tuple[Block, ...], is_value: Callable[[Text], bool]) -> list[object]:
    """What a template made around its values: kinds of blocks, and runs with the values left out."""
    found: list[object] = []
    for block in blocks:
        found.append(type(block).__name__)
        for inline in spread(list(inlines_of(block))):
            if isinstance(inline, Text) and is_value(inline):
                found.append(("value", inline.strong, inline.emphasis))
            else:
                found.append(inline)
    return found


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> SectionTemplates:
    """A template for each way, with the value a fact's words or a plain text of the memo."""
    bench = Bench(tmp_path_factory.mktemp("ways"))
    for kind, given_by in (("fact", "selection.priorities[0].items[0].text"), ("plain", "options.v")):
        for number, source in enumerate([*WAYS.values(), *OTHER_WAYS.values()]):
            bench.write(f"{{% set v = {given_by} %}}\n{source}\n", f"sections/{kind}-{number}.md.j2")
    return bench.templates()


def made_by(ways: SectionTemplates, kind: str, number: int, text: str) -> tuple[Block, ...]:
    context = Context(selection=selection_with(text if kind == "fact" else "x"), options={"v": text})
    return parse_section(ways.render(f"sections/{kind}-{number}.md.j2", context, memo="council"))


def squeezed(text: str) -> str:
    return " ".join(text.split())


@settings(deadline=None, max_examples=60)
@given(texts)
def test_a_fact_comes_out_word_for_word_with_its_origin_whichever_way(
    ways: SectionTemplates, text: str
) -> None:
    def is_value(run: Text) -> bool:
        return run.origin == ORIGIN

    for number, source in enumerate(WAYS.values()):
        blocks = made_by(ways, "fact", number, text)
        plain = made_by(ways, "fact", number, "Stock")
        assert skeleton(blocks, is_value) == skeleton(plain, is_value), source
        runs = [i for block in blocks for i in spread(list(inlines_of(block)))]
        values = [run.text for run in runs if isinstance(run, Text) and is_value(run)]
        assert values, source
        for value in values:  # several in a row are one run
            assert squeezed(value) in {squeezed(text * times) for times in (1, 2, 3)}, source


@settings(deadline=None, max_examples=60)
@given(texts.filter(lambda text: len(text.split()) == 1 or "  " not in text))
def test_a_plain_value_is_no_markup_either(ways: SectionTemplates, text: str) -> None:
    for number, source in enumerate(WAYS.values()):
        blocks = made_by(ways, "plain", number, text)
        plain = made_by(ways, "plain", number, "Stock")
        assert [type(block) for block in blocks] == [type(block) for block in plain], source
        told, expected = words_of(blocks), words_of(plain)
        if not source.startswith(("{% filter", "{{ v | string")):  # these trim the value
            assert squeezed(told) == squeezed(expected.replace("Stock", text)), source
        assert styles_of(blocks) == styles_of(plain), source


def words_of(blocks: tuple[Block, ...]) -> str:
    runs = [i for block in blocks for i in spread(list(inlines_of(block)))]
    return "".join(run.text for run in runs if isinstance(run, Text))


def styles_of(blocks: tuple[Block, ...]) -> list[object]:
    """Runs by their style and kind, without their words."""
    runs = [i for block in blocks for i in spread(list(inlines_of(block)))]
    return [(type(i), i.strong, i.emphasis, i.origin) if isinstance(i, Text) else type(i) for i in runs]


@settings(deadline=None, max_examples=60)
@given(texts)
def test_no_other_way_makes_markup_of_a_value(ways: SectionTemplates, text: str) -> None:
    for number, source in enumerate(OTHER_WAYS.values(), start=len(WAYS)):
        for kind in ("fact", "plain"):
            for block in made_by(ways, kind, number, text):
                assert type(block).__name__ == "Paragraph", source
                for inline in inlines_of(block):
                    assert isinstance(inline, Text), source
                    assert not inline.strong, source
                    assert not inline.emphasis, source


@pytest.mark.parametrize(
    "way",
    [
        "upper",
        "lower",
        "title",
        "capitalize",
        "trim",
        "truncate(8)",
        'replace("e", "i")',
        "string",
        "capital",
    ],
)
def test_a_changed_fact_still_knows_where_it_is_from(bench: Bench, way: str) -> None:
    (block,) = parse_section(bench.render(f"{{{{ selection.priorities[0].items[0].text | {way} }}}}"))
    (run,) = inlines_of(block)
    assert isinstance(run, Text)
    assert run.origin == ORIGIN


def test_words_of_another_language_keep_their_tag(bench: Bench) -> None:
    bench.write("{{ selection.priorities[0].items[0].text }} {{ title }}\n")
    context = Context(
        selection=selection_with("la nota", "es"), title=Words("Le titre", None, "fr"), options={}
    )
    blocks = parse_section(bench.templates().render("sections/test.md.j2", context, memo="council"))
    assert list(inlines_of(blocks[0])) == [
        Text(text="la nota", origin=ORIGIN, language="es"),
        Text(text=" "),
        Text(text="Le titre", language="fr"),
    ]


def test_what_the_template_itself_writes_is_markdown(bench: Bench) -> None:
    (block,) = parse_section(bench.render('**a** {{ _("*b*") }}{{ "*c*" }}\n'))
    assert list(inlines_of(block)) == [
        Text(text="a", strong=True),
        Text(text=" "),
        Text(text="b", emphasis=True),
        Text(text="*c*"),
    ]


# --------------------------------------------------------------------------- what it offers


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("{{ 'the note' | capital }}", "The note"),
        ("{{ 'the note' | sentence }}", "The note\\."),
        ("{{ 'the note.' | stopped }}", "the note\\."),
        ("{{ 'why?' | sentence }}", "Why\\?"),
        ("{{ 'they said “yes.”' | stopped }}", "they said “yes\\.”"),
        ("{{ '' | sentence }}", ""),
        ("{% macro m(a) %}{{ a }}{% endmacro %}{{ m('the note') | sentence }}", "The note."),
        ("{% macro m(a) %}**{{ a }}**{% endmacro %}{{ m('note') | capital }}", "**note**"),
        ("{{ 3 | ordinal }} {{ 3 | number }} {{ -1 | until }}", "3rd three yesterday"),
        ("{{ [] | listing }}", ""),
        ("{{ selection.as_of | day }}", "1 September 2031"),
        ("{{ selection.as_of | weekday }}", "Monday 1 September 2031"),
        ("{{ new_line() }}{{ flush_right() }}", "{;}{>}"),
        ("{{ cite(selection.upcoming[0]) }}", "{^note}"),
        ("{{ cite(selection.sources | selectattr('sources')) }}", None),
        ("{{ ngettext('%(count)s day', '%(count)s days', 2, count=2) }}", "2 days"),
        ("{{ _('100 %%') }}", "100 %"),
        ("{{ 3.5 }} {{ true }}", "3\\.5 True"),
    ],
)
def test_filters_and_functions(bench: Bench, source: str, made: str | None) -> None:
    if made is None:
        assert bench.problem(source)
    else:
        assert bench.render(source) == made


def test_capital_and_stop_see_through_marks(bench: Bench) -> None:
    source = "{% macro m(a) %}{{ a }}{{ cite(selection.upcoming[0]) }}{% endmacro %}{{ m(title) | sentence }}"
    told = Words("the stock", Origin(fact="stock", field="title"))
    assert bench.render(source, title=told) == "{#stock title}The stock{/}.{^note}"
    ended = Words("the stock.", Origin(fact="stock", field="title"))
    assert bench.render(source, title=ended) == "{#stock title}The stock\\.{/}{^note}"


# -------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("\n\n{{ nobody }}", 3, "'nobody' is undefined"),
        ("\n{{ 'x' ~ nobody }}", 2, "'nobody' is undefined"),
        ("\n{{ [nobody] | listing }}", 2, "'nobody' is undefined"),
        ("\n{{ selection.nothing }}", 2, "has no attribute 'nothing'"),
        ("\n{{ selection.bottom_line }}", 2, "this value is missing here (None)"),
        ("\n{{ 'x' ~ selection.bottom_line }}", 2, "this value is missing here (None)"),
        ("\n{{ _('%(a)s', a=none) }}", 2, "this value is missing here (None)"),
        ("\n{{ [none] | listing }}", 2, "this value is missing here (None)"),
        ("\n{{ '%s' % none }}", 2, "this value is missing here (None)"),
        ("\n{{ selection.as_of }}", 2, "a date is printed through a filter"),
        ("\n{{ selection.upcoming[0].when }}", 2, "a date is printed through a filter"),
        ("\n{{ selection.upcoming[0] }}", 2, "a ShownMeeting cannot be printed"),
        ("\n{{ selection.upcoming }}", 2, "a tuple cannot be printed"),
        ("\n{{ 'x' | day }}", 2, "a date filter got str, not a date"),
        ("\n{{ 1 / 0 }}", 2, "division by zero"),
        ("\n{{ _('%(a)s') }}", 2, "there is no value named 'a'"),
        ("\n{{ _('%s') }}", 2, "'%s' has no name: write %(name)s"),
        ("\n{{ _('100 % of it') }}", 2, "% for the sign"),
        ("\n{{ '%d' % 'x' }}", 2, "invalid literal"),
        ("\n{{ cite('note') }}", 2, "has no attribute 'sources'"),
        ("\n{{ ['x', 'y'] | listing('odd') }}", 2, "odd"),
        ("a\n{% if %}", 2, "template syntax"),
        ("a\n{{ 'x' | shout }}", 2, "No filter named 'shout'"),
        ("a\n{% for x in [1] %}\n", 2, "template syntax"),
        ("\n{% include 'sections/none.md.j2' %}", 2, "there is no template 'sections/none.md.j2'"),
        ("\n{% from 'macros/meetings.md.j2' import nobody %}{{ nobody() }}", 2, "does not export"),
        ("\n{% macro m(a) %}{{ a | upper }}{% endmacro %}{{ m(m('x')) }}", 2, "'upper' takes a value"),
        ("\n{% set b %}x{% endset %}{{ b[1:] }}", 2, "Markdown cannot be cut"),
    ],
)
def test_a_mistake_is_told_with_the_templates_line(
    bench: Bench, source: str, line: int, message: str
) -> None:
    problem = bench.problem(source)
    assert message in problem.message
    assert problem.where.file == "templates/sections/test.md.j2"
    assert problem.where.line == line


def test_a_mistake_in_a_macro_is_told_at_the_macro(bench: Bench) -> None:
    bench.write("{% macro broken() %}\n\n{{ nobody }}{% endmacro %}", "macros/own.md.j2")
    problem = bench.problem('x\n{% from "macros/own.md.j2" import broken %}{{ broken() }}')
    assert (problem.where.file, problem.where.line) == ("templates/macros/own.md.j2", 3)


def test_a_section_without_a_template_names_those_that_there_are(bench: Bench) -> None:
    context = Context(selection=selection_with("x"), options={})
    with pytest.raises(BriefbookError) as refused:
        bench.templates().render("sections/nothing.md.j2", context, memo="council")
    (problem,) = refused.value.problems
    assert problem.where.file == "templates/sections/nothing.md.j2"
    assert "there is no such template (memo council)" in problem.message
    assert "background" in problem.hint


def test_syntax_is_checked_in_every_template_that_can_be_found(bench: Bench) -> None:
    assert bench.templates().check_syntax() == []
    bench.write("{% if %}", "sections/unused.md.j2")
    bench.write("a\n{{ ", "macros/unused.md.j2")
    told = [(p.where.file, p.where.line) for p in bench.templates().check_syntax()]
    assert told == [("templates/macros/unused.md.j2", 2), ("templates/sections/unused.md.j2", 1)]


# --------------------------------------------------------------------------- whose templates


def test_a_books_template_stands_before_the_shipped_one(bench: Bench) -> None:
    context = Context(selection=selection_with("x"), options={})
    shipped = bench.templates().render("sections/background.md.j2", context, memo="council")
    bench.write("## Ours\n", "sections/background.md.j2")
    ours = bench.templates().render("sections/background.md.j2", context, memo="council")
    assert ours == "## Ours\n"
    assert ours != shipped


def test_a_books_macros_serve_the_shipped_sections(bench: Bench) -> None:
    context = Context(selection=selection_with("x"), options={})
    meetings = (shipped_templates() / "macros/meetings.md.j2").read_text(encoding="utf-8")
    bench.write(
        meetings + "{% macro name_first(meeting) %}THE COUNCIL{% endmacro %}", "macros/meetings.md.j2"
    )
    made = bench.templates().render("sections/upcoming.md.j2", context, memo="council")
    assert "THE COUNCIL" in made


def test_the_names_of_sections_are_those_of_both_folders(bench: Bench) -> None:
    bench.write("x", "sections/ours.md.j2")
    templates = bench.templates()
    assert {"ours", "header", "sources", "background"} <= templates.names()
    assert templates.exists("ours")
    assert templates.exists("header")
    assert not templates.exists("nothing")


# ---------------------------------------------------------------------------------- hostile

HOSTILE = {
    "attribute filter": "{{ ''|attr('format') }}",
    "globals of a class": "{{ cycler.__init__.__globals__ }}",
    "classes": "{{ ''.__class__.__mro__ }}",
    "subclasses by item": "{{ ''['__class__']['__subclasses__']() }}",
    "attribute by filter": "{{ ''|attr('__class__') }}",
    "module of a function": "{{ cite.__globals__ }}",
    "code of a macro": "{% macro m() %}{% endmacro %}{{ m._func.__code__ }}",
    "format string": "{{ '{0.__class__}'.format('') }}",
    "format map": "{{ '{a.__class__}'.format_map({'a': ''}) }}",
    "format filter": "{{ '%s' | format(cite.__globals__) }}",
    "dunder of words": "{{ selection.title.__html__() }}",
    "changing a value": "{{ selection.__setattr__('memo', 'x') }}",
    "changing a list": "{% set l = [] %}{{ l.append(1) }}",
    "up and out": "{% include '../../etc/passwd' %}",
    "absolute": "{% include '/etc/passwd' %}",
    "out by import": "{% import '../secret.md.j2' as s %}",
    "out by extends": "{% extends '../secret.md.j2' %}",
    "backwards slashes": "{% include '..\\\\secret.md.j2' %}",
    "through a link": "{% include 'sections/link.md.j2' %}",
    "through a linked folder": "{% include 'linked/secret.md.j2' %}",
    "a folder": "{% include 'sections' %}",
    "endless macro": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "endless include": "{% include 'sections/test.md.j2' %}",
    "deep expression": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "deep loops": "{% for a in [1] %}" * 40 + "{% endfor %}" * 40,
    "long range": "{% for i in range(1000000) %}{% endfor %}",
    "large text": "{{ 'a' * 1000000 * 500 }}",
    "large text, turned": "{{ 500000000 * 'a' }}",
    "large list": "{{ ([1] * 1000000000) | length }}",
    "large number": "{{ 10 ** 1000000000 }}",
    "wide number": "{{ '%0500000000d' % 1 }}",
    "wide text": "{{ '%500000000s' | format('x') }}",
    "width given": "{{ '%*d' % (500000000, 1) }}",
    "html, called safe": "{{ selection.title | safe }}",
    "html address": "{{ 'http://n.example' | urlize }}",
    "html attributes": "{{ {'a': 'b'} | xmlattr }}",
    "json": "{{ selection.title | tojson }}",
    "methods of Markdown": "{% set b %}x{% endset %}{{ b.join(['*a*']) }}",
    "format of Markdown": "{% set b %}{}{% endset %}{{ b.format('*a*') }}",
    "unescaping": "{% set b %}&lt;{% endset %}{{ b.unescape() }}",
    "chance": "{{ [1, 2] | random }}",
    "filler": "{{ lipsum() }}",
    "clock": "{{ selection.as_of.today() }}",
    "clock by class": "{{ selection.as_of.now() }}",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_template_is_refused_with_a_problem(bench: Bench, source: str) -> None:
    secret = bench.folder.parent / "secret.md.j2"
    bench.write("")
    secret.write_text("the secret", encoding="utf-8")
    (bench.folder / "sections/link.md.j2").symlink_to(secret)
    (bench.folder / "linked").symlink_to(bench.folder.parent, target_is_directory=True)
    problem = bench.problem(source)
    assert problem.where.file == "templates/sections/test.md.j2"
    assert "secret" not in problem.message.replace("secret.md.j2", "")


def test_a_template_that_is_no_text_or_cannot_be_read_is_a_problem(bench: Bench) -> None:
    bench.write("x")
    file = bench.folder / "sections/test.md.j2"
    file.write_bytes(b"a\n\xff\xfe")
    with pytest.raises(BriefbookError, match="utf-8"):
        bench.templates().render(
            "sections/test.md.j2", Context(selection=selection_with("x"), options={}), memo="council"
        )
    (problem,) = bench.templates().check_syntax()
    assert (problem.where.line, problem.message) == (2, "the template is not UTF-8")


def test_templates_in_a_folder_that_is_itself_a_link_are_read(bench: Bench, tmp_path: Path) -> None:
    bench.write("ours\n", "sections/ours.md.j2")
    (tmp_path / "alias").symlink_to(bench.folder, target_is_directory=True)
    templates = SectionTemplates([tmp_path / "alias", shipped_templates()], EN)
    context = Context(selection=selection_with("x"), options={})
    assert templates.render("sections/ours.md.j2", context, memo="council") == "ours\n"


def test_citations_survive_every_joining(bench: Bench) -> None:
    made = bench.render(
        '{% set c = cite(selection.upcoming[0]) %}{{ "a" ~ c ~ _("b%(c)s", c=c) }}{{ [c, c] | join }}'
    )
    cites = [
        inline for block in parse_section(made) for inline in inlines_of(block) if isinstance(inline, Cite)
    ]
    assert [[cited.source for cited in cite.sources] for cite in cites] == [["note"]] * 4


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("{{ options.tone }}{{ options['mood'] | default('') }}", {"tone", "mood"}),
        ("{% macro m() %}{{ options.tone }}{% endmacro %}", {"tone"}),
        ("{% include 'macros/own.md.j2' %}{{ options.tone }}", {"tone", "deep"}),
        ("T", set()),
        ("{% for name in options %}{{ name }}{% endfor %}", None),
        ("{% set o = options %}{{ o.tone }}", None),
        ("{{ options.get('tone') }}", None),
        ("{{ options[subject] }}", None),
    ],
)
def test_which_options_a_template_reads(text: str, options: set[str] | None, tmp_path: Path) -> None:
    for name, content in (("sections/own.md.j2", text), ("macros/own.md.j2", "{{ options.deep }}")):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(content)
    assert SectionTemplates([tmp_path], wording_of("en")).options_of("own") == options
