"""Hostile templates of a book that nobody trusts: each ends in a problem with template and line, or as text.

`CASES` are the inputs: kind, name, the text of the template, and what is told (a piece of the problem's
message, with the line before it) or, with `text:` before it, what the section says.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from briefbook.composing.confined_pipes import stop_all
from briefbook.memo import SectionSpec
from briefbook.readers.read_book import read_book
from briefbook.workshop import Day, Task, Workshop
from tests.books import make_book

DAY = Day(as_of=date(2031, 4, 20), known_by=date(2031, 4, 20))
SETTINGS = "limits: {processor: 0.2, clock: 60, memory: 96, characters: 20000, whole_characters: 30000}\n"
SLOW = "2: the template takes more than 0.2 seconds"
LARGE = "2: the template needs more than 96 MiB of memory"
LONG = "2: the template prints more than 20,000 characters"
ENDLESS = "templates or macros call each other without end"
PRINTED = ("half a letter", "the frames of our own pipe")  # what they print is wrong, and no line of theirs
NESTED = "{% set ns = namespace(a=[], b=[]) %}{% for i in range(60) %}"

CASES: tuple[tuple[str, str, str, str], ...] = (
    ("endless loop", "two loops", "\n{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", SLOW),
    ("endless loop", "a loop over what grows", "\n{% for i in [1, 2] | cycle %}{% endfor %}", "2: template syntax: No filter named 'cycle'"),
    ("endless loop", "slices", "\n{% for x in [1] | slice(99999999) %}{% endfor %}", SLOW),
    ("endless loop", "a loop in a macro", "{% macro m() %}\n{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}{% endmacro %}{{ m() }}", SLOW),
    ("endless loop", "an exponential recursion", "{% macro m(n) %}\n{% for i in range(9) %}{{ m(n + 1) if n < 12 }}{% endfor %}{% endmacro %}{{ m(0) }}", SLOW),
    ("stuck in C", "lists compared", f"{NESTED}{{% set ns.a = [ns.a, ns.a] %}}{{% set ns.b = [ns.b, ns.b] %}}{{% endfor %}}\n{{% if ns.a == ns.b %}}{{% endif %}}", SLOW),
    ("stuck in C", "a list sought", f"{NESTED}{{% set ns.a = [ns.a, ns.a] %}}{{% set ns.b = [ns.b, ns.b] %}}{{% endfor %}}\n{{% if ns.a in [ns.b] %}}{{% endif %}}", SLOW),
    ("stuck in C", "a power of powers", "\n{{ ((((9 ** 99) ** 99) ** 99) ** 99) }}", SLOW),
    ("endless call", "a macro", "\n{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", f"2: {ENDLESS}"),
    ("endless call", "two macros", "\n{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}", f"2: {ENDLESS}"),
    ("endless call", "an include", "\n{% include 'sections/an-include.md.j2' %}", f"2: {ENDLESS}"),
    ("endless call", "an import with context", "\n{% import 'sections/an-import-with-context.md.j2' as m with context %}", f"2: {ENDLESS}"),
    ("endless call", "caller", "{% macro m() %}\n{% call m() %}{{ caller() }}{% endcall %}{% endmacro %}{{ m() }}", f"2: {ENDLESS}"),
    ("memory", "a list doubled", "\n{% set ns = namespace(l=[1] * 99999) %}{% for i in range(60) %}{% set ns.l = ns.l + ns.l %}{% endfor %}", LARGE),
    ("memory", "a text doubled", "\n{% set ns = namespace(s='ab') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}", LARGE),
    ("memory", "a text joined with itself", "\n{% set ns = namespace(s='ab') %}{% for i in range(60) %}{% set ns.s = [ns.s, ns.s] | join %}{% endfor %}", LARGE),
    ("memory", "a batch", "\n{% for x in [1] | batch(999999999, 'x') %}{% endfor %}", LARGE),
    ("memory", "bytes of a number", "\n{{ (1).to_bytes(999999999, 'big') | length }}", LARGE),
    ("width", "center", "\n{{ 'x' | center(999999999) }}", LARGE),
    ("width", "indent", "\n{{ 'a\\n' * 9999 | indent(99999) }}", "2:"),
    ("width", "format by method", "\n{{ '{:>999999999}'.format('x') }}", LARGE),
    ("width", "format with a width given", "\n{{ '{0:{1}}'.format('x', 999999999) }}", LARGE),
    ("width", "zfill", "\n{{ 'x'.zfill(999999999) }}", LARGE),
    ("growing text", "replace", "\n{{ ('a' * 99999).replace('a', 'b' * 99999) }}", LARGE),
    ("growing text", "expandtabs", "\n{{ ('\\t' * 999).expandtabs(999999) }}", LARGE),
    ("growing text", "translate", "\n{{ 'x'.translate({120: 'y' * 99999}) }}", LONG),
    ("growing text", "times", "\n{{ 'x' * 99999 * 99999 }}", "2: '*' makes more than 100000"),
    ("growing text", "a printf width", "\n{{ '%999999999d' % 1 }}", "2: the width in '%999999999d' is too large"),
    ("output", "a loop that prints", "\n{% for i in range(99999) %}xxxxxxxx{% endfor %}", LONG),
    ("output", "a range that is joined", "\n{{ range(15000) | join }}", LONG),
    ("output", "a wrapped text", "\n{{ ('a ' * 49999) | wordwrap(1) }}", LONG),
    ("output", "a macro that prints", "{% macro m() %}{% for i in range(9999) %}xxxxxxxx{% endfor %}{% endmacro %}\n{{ m() }}", LONG),
    ("gigantic", "a large file", "\n" * 9 + "x" * 300_000, "10: template syntax: the template is larger than 262,144 bytes"),
    ("gigantic", "many statements", "\n{{ 1 }}" * 32_000, "the template takes more than 0.2 seconds"),
    ("gigantic", "a long sum", "\n{{ 1" + " + 1" * 50_000 + " }}", "2:"),
    ("nesting", "brackets", "\n{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", f"2: {ENDLESS}"),
    ("nesting", "loops", "{% for a in [1] %}" * 40 + "{% endfor %}" * 40, "1: the template is nested too deeply"),
    ("nesting", "lists", "\n{{ " + "[" * 500 + "]" * 500 + " }}", f"2: {ENDLESS}"),
    ("nesting", "signs", "\n{{ " + "-" * 5000 + "1 }}", f"2: {ENDLESS}"),
    ("escape", "globals of a function", "\n{{ cite.__globals__ }}", "2: access to attribute '__globals__'"),
    ("escape", "a class by filter", "\n{{ ('' | attr('__class__')) }}", "2: access to attribute '__class__'"),
    ("escape", "a class by format", "\n{{ '{0.__class__.__mro__}'.format('') }}", "2: access to attribute '__class__'"),
    ("escape", "a class by format_map", "\n{{ '{a.__class__}'.format_map({'a': ''}) }}", "2: access to attribute '__class__'"),
    ("escape", "a class by map", "\n{{ [''] | map(attribute='__class__') | list | length }}", "text:1"),
    ("escape by Jinja's own", "self", "\n{{ self._TemplateReference__context.environment }}", "2: access to attribute"),
    ("escape by Jinja's own", "loop", "\n{% for i in [1] %}{{ loop.__init__.__globals__ }}{% endfor %}", "2: access to attribute '__init__'"),
    ("escape by Jinja's own", "namespace", "\n{{ namespace.__init__.__globals__ }}", "2: access to attribute '__init__'"),
    ("escape by Jinja's own", "joiner", "\n{{ joiner.__call__.__globals__ }}", "2: access to attribute '__call__'"),
    ("escape by Jinja's own", "a generator", "\n{{ ([1] | select | attr('gi_frame')) }}", "2: access to attribute 'gi_frame'"),
    ("no such thing", "debug", "\n{% debug %}", "2: template syntax: Encountered unknown tag 'debug'"),
    ("no such thing", "async", "\n{% for i in (x async for x in []) %}{% endfor %}", "2: template syntax: expected token"),
    ("no such thing", "chance", "\n{{ [1, 2] | random }}", "2: template syntax: No filter named 'random'"),
    ("no such thing", "a codec that is not loaded", "\n{{ 'x'.encode('zlib') | length }}", "2:"),
    ("no such thing", "a file above", "\n{% include '../../book.yaml' %}", "2: there is no template '../../book.yaml'"),
    ("odd text", "half a letter", "\na {{ '\\ud800' }}", "(line 2 of what it made)"),
    ("odd text", "a number beyond all", "{{ ('9' * 9999) | int }}", "text:0"),
    ("odd text", "the frames of our own pipe", "{{ '\\x00' * 8 }}{\"made\": 1}", "�"),
)  # fmt: skip


def file_of(name: str) -> str:
    return f"sections/{name.replace(' ', '-')}.md.j2"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """A book with all the templates, and its user, who trusts nobody and has little patience."""
    home = tmp_path_factory.mktemp("home")
    (home / "briefbook").mkdir()
    (home / "briefbook" / "settings.yaml").write_text(SETTINGS)
    templates = {f"templates/{file_of(name)}": text for _, name, text, _ in CASES}
    book = make_book(tmp_path_factory.mktemp("hostile") / "book", templates)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(home))
        yield Workshop(read_book(book).book)
        stop_all()


def told_of(desk: Workshop, name: str) -> str:
    """What the section of that name says, or what is told of its template."""
    section = SectionSpec(name=name.replace(" ", "-"))
    memo = replace(desk.book.memos["council"], sections=(section,))
    made = desk.render(Task(memo=memo, day=DAY, formats=("md",)))
    if made.outputs:
        return f"text:{made.outputs['md'].decode()}"
    (problem,) = made.problems
    assert problem.where.file == f"templates/{file_of(name)}"
    return f"{problem.where.line}: {problem.message}"


@pytest.mark.parametrize(
    ("name", "told"), [(case[1], case[3]) for case in CASES], ids=lambda value: value[:40]
)
def test_a_hostile_template_ends_with_a_problem(desk: Workshop, name: str, told: str) -> None:
    found = told_of(desk, name)
    assert told.removeprefix("text:") in found
    assert found.startswith("text:") == told.startswith("text:")
    if told.startswith("text:"):
        return
    line = found.partition(":")[0]
    assert line.isdecimal() != (name in PRINTED)
    if told[0].isdecimal():  # else it is the line at which its time was up
        assert line == told.partition(":")[0]


def test_the_inputs_are_of_many_kinds() -> None:
    kinds = Counter(case[0] for case in CASES)
    assert len(CASES) >= 35
    assert len(kinds) >= 8
    assert max(kinds.values()) <= 5
    assert len({case[1] for case in CASES}) == len(CASES)
