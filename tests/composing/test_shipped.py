"""Our own templates run without the sandbox's checks, and say what they say in it; no others do."""

import gc
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from jinja2 import nodes

from briefbook.composing import shipped
from briefbook.composing.compiled_templates import CompiledTemplates
from briefbook.composing.sandbox import Sandbox
from briefbook.composing.sections import Context, SectionTemplates
from briefbook.composing.template_functions import template_globals
from briefbook.composing.wording import wording_of
from briefbook.diagnostics import BriefbookError
from briefbook.memo_languages import language_of
from briefbook.readers.read_book import read_book
from briefbook.tool import shipped_templates
from briefbook.workshop import Day, Task, Workshop
from tests.conftest import ROOT
from tests.council import WHOLE, facts_of, memo_of, selected
from tests.profile_memos import write_book

TOLD = "{% macro told(a, b='B') %}{{ a }}{{ b }}{% endmacro %}"


def rendered(book: Path, day: str, watch: Callable[[SectionTemplates], None]) -> dict[str, bytes]:
    found = read_book(book).book
    workshop = Workshop(found)
    day_of = Day(as_of=date.fromisoformat(day), known_by=date.fromisoformat(day))
    made = {}
    for name, memo in found.memos.items():
        watch(workshop.templates(language_of(memo, found.settings), memo.profile))
        task = Task(memo=memo, day=day_of, formats=("json",))
        made[name] = workshop.render(task).outputs["json"]
    return made


@pytest.mark.parametrize("day", ["2021-10-06", "2026-01-20"])
@pytest.mark.parametrize("book", ["example", "profiles"])
def test_they_say_the_same_and_none_needs_the_sandbox(
    book: str, day: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ROOT / "briefs" / "us-mexico" if book == "example" else write_book(tmp_path / "book")
    day = day if book == "example" else day.replace("2021", "2031").replace("2026", "2032")

    def without_sandbox(templates: SectionTemplates) -> None:
        def refuse(name: str) -> None:
            raise AssertionError(f"{name} ran in the sandbox")

        monkeypatch.setattr(templates.environment, "get_template", refuse)

    def in_sandbox(templates: SectionTemplates) -> None:
        monkeypatch.setattr(templates, "_is_ours", lambda _: False)

    assert rendered(folder, day, without_sandbox) == rendered(folder, day, in_sandbox)


def test_each_is_compiled_in_our_way() -> None:
    folder = shipped_templates()
    roots = [folder, *(each for each in (folder / "profiles").iterdir() if each.is_dir())]
    compiled = 0
    for root in roots:
        room = SectionTemplates(
            dict.fromkeys([root, folder]), wording_of("en"), compiled=CompiledTemplates(shipped=folder)
        )._shipped
        for file in root.rglob("*.j2"):
            if root != folder or "profiles" not in file.relative_to(root).parts:
                name = file.relative_to(root).as_posix()
                assert room.get_template(name).filename == str(file)
                source = room.compile(file.read_text(encoding="utf-8"), name, raw=True)
                assert "given = context.parent.get" in source
                compiled += 1
    assert compiled == sum(1 for _ in folder.rglob("*.j2")) > 40


def made(folder: Path, compiled: CompiledTemplates | None, **texts: str) -> str:
    for name, text in texts.items():
        (folder / f"{name}.md.j2").write_text(text, encoding="utf-8")
    templates = SectionTemplates([folder], wording_of("en"), compiled=compiled)
    context = Context(
        selection=selected(facts_of(WHOLE), memo_of("forum: council"), "2031-09-01"), options={}
    )
    return templates.render("one.md.j2", context, memo="m")


def test_a_macro_takes_arguments_by_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sandbox, "call", None)  # so only without the sandbox it can be called
    ours = CompiledTemplates(shipped=tmp_path)
    assert made(tmp_path, ours, one=TOLD + "{{ told(b='*', a=_('To')) }}{{ told(a='a') }}") == r"To\*aB"


@pytest.mark.parametrize(
    "text",
    [
        "{{ told('*a*') }}|{{ told(b='b', a=_('To')) }}|{{ told('a', 'c') }}",
        "{{ selection.title }}, {{ selection.as_of.isoformat() }}",
        "{{ options.key | default('none') }}",
        "{% set ns = namespace(n=1) %}{% for i in [1, 2] %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}",
        "{% macro outer() %}{{ caller() }}!{% endmacro %}{% call outer() %}{{ '*' }}{% endcall %}",
        "{% import 'two.md.j2' as two %}{{ two.told('*') }}",
        "{{ (told, 1)[0]('+') }}{{ told(*['-', '_']) }}",
        "{% set kept = told('*') %}{{ kept }}{{ [kept, told('_')] | listing }}{{ kept ~ told('+') }}",
        "{% set more = [told('a')] + [told('b', b='*')] %}{{ more | join('*') }}",
        "{{ cite(*selection.upcoming) }}{{ cite(selection.upcoming[0]) or '*' }}",
        "{{ _('Status: %(status)s.', status=told('*')) | stopped }}",
        "{{ _('%(count)s of them', count=-1.5) }}{{ ngettext('*', '%(count)s', 2, count='-2') }}",
        "{% for m in selection.upcoming | selectattr('when.date') %}{{ m.id }};{% endfor %}",
        "{{ selection.upcoming | rejectattr('place') | map(attribute='id') | list | length }}",
        "{{ 'some' if selection.upcoming | selectattr('postponed') }}{{ 'abc' | list | join('-') }}",
        "{% for m in selection.earlier | selectattr('state', 'equalto', 'held') %}{{ m.place }};{% endfor %}",
        "{{ options.title | default('*') }}{{ options.no | default('+', true) }}",
        "{{ joiner('*')() }}{{ namespace(a='*').a }}{{ range(3) | list | length }}",
        "{% macro all() %}{{ varargs | join('-') }}{% endmacro %}{{ all(1, 2) }}",
    ],
)
def test_what_templates_may_do_means_the_same_in_both(tmp_path: Path, text: str) -> None:
    text = "{% from 'two.md.j2' import told %}" + text
    ours = CompiledTemplates(shipped=tmp_path)
    assert made(tmp_path, ours, one=text, two=TOLD) == made(tmp_path, None)


@pytest.mark.parametrize(
    "text",
    [
        "{{ selection.title.no is defined }}{{ selection.no | default('no') }}",
        "{{ {'key': 'value'}.key }}",
        "{% import 'two.md.j2' as two %}{{ two.told(a='-') | capital }}",
        "{% for m in [{'a': 1, 'b': 2}, {'a': 0}] | selectattr('a') | list %}{{ m.b }}{% endfor %}",
        "{{ dict(a='*').a }}",
        "{% macro all() %}{{ kwargs.a }}{% endmacro %}{{ all(a='_') }}",
    ],
)
def test_what_they_may_not_do_the_sandbox_does_and_it_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    fell_back: list[str] = []
    monkeypatch.setattr(shipped, "fell_back", lambda template, _: fell_back.append(template))
    text = "{% from 'two.md.j2' import told %}" + text
    ours = CompiledTemplates(shipped=tmp_path)
    assert made(tmp_path, ours, one=text, two=TOLD) == made(tmp_path, None)
    assert fell_back == ["one.md.j2"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ selection.nothing }}", "has no attribute 'nothing'"),
        ("{{ told('a', 'b', 'c') }}", "takes not more than 2"),
        ("{{ told('a', d='d') }}", "'d'"),
        ("{{ told(none) }}", "this value is missing here"),
        ("{{ selection.__class__ }}", "unsafe"),
    ],
)
def test_a_mistake_is_told_as_of_any_template(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BriefbookError) as refused:
        made(
            tmp_path,
            CompiledTemplates(shipped=tmp_path),
            one="{% from 'two.md.j2' import told %}\n" + text,
            two=TOLD,
        )
    (problem,) = refused.value.problems
    assert message in problem.message
    assert problem.where.file.endswith(("one.md.j2", "two.md.j2"))


def test_a_template_that_leads_out_of_ours_is_not_trusted(tmp_path: Path) -> None:
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    own.mkdir()
    shipped.mkdir()
    (shipped / "one.md.j2").write_text("{% include 'two.md.j2' %}")
    (shipped / "two.md.j2").write_text("ours")
    templates = SectionTemplates(
        [own, shipped], wording_of("en"), compiled=CompiledTemplates(shipped=shipped)
    )
    assert templates._is_ours("one.md.j2")
    (own / "two.md.j2").write_text("the book's")
    templates = SectionTemplates(
        [own, shipped], wording_of("en"), compiled=CompiledTemplates(shipped=shipped)
    )
    assert not templates._is_ours("one.md.j2")


def test_what_they_call_by_name_gives_markdown_or_is_no_text() -> None:
    """It is printed as it is: a method of a value, kept under a name, would print the value unescaped."""
    folder = shipped_templates()
    templates = SectionTemplates([folder], wording_of("en"))
    ours = {*template_globals(wording_of("en")), "section", "caller", "range", "namespace", "dict"}
    called = 0
    for file in folder.rglob("*.j2"):
        tree = templates.environment.parse(file.read_text(encoding="utf-8"))
        macros = {each.name for each in tree.find_all(nodes.Macro)}
        for each in tree.find_all(nodes.FromImport):
            macros |= {name if isinstance(name, str) else name[1] for name in each.names}
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name):
                assert call.node.name in ours | macros, f"{file}:{call.lineno}: {call.node.name}()"
                called += 1
    assert called > 200


def test_what_a_memo_shows_goes_with_it_without_a_search_for_rings() -> None:
    book = read_book(ROOT / "briefs" / "us-mexico").book
    workshop = Workshop(book)
    day = Day(as_of=date(2026, 1, 20), known_by=date(2026, 1, 20))
    tasks = [Task(memo=memo, day=day, formats=("docx", "pdf")) for memo in book.memos.values()][:3]
    for _ in range(2):  # at first much is made ready, some of it in rings
        gc.collect()
        gc.disable()
        try:
            for task in tasks:
                assert not workshop.render(task).problems
            found = gc.collect()
        finally:
            gc.enable()
    assert found < 10 * len(tasks)
