"""README.md and docs/ say what is: commands run, tables are those of the code, links lead somewhere.

A fenced block of `console` is run: each line after `$ ` in the folder that the one before left, what follows
it compared (`…` alone on a line stands for any lines; nothing shown, nothing compared). A fenced block whose
first line names a file (```yaml facts/x.yaml) is written to that file. Each page has a folder of its own. A
block of `sh` is not run: it installs, or calls make. A block of `mailbox` is what the mail server of
`tests/tour.py` has printed since the last such block. A page whose commands name the example book finds it
in its folder. What differs from run to run (`VARYING`) is left out of every comparison.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import IO, Any

import click
import pytest

from briefbook import decisions, outbox, selection
from briefbook.checks import CheckContext
from briefbook.checks.release import RULES
from briefbook.cli import COMMANDS, LazyGroup, main
from briefbook.cli.printing import INTERRUPTED
from briefbook.composing.sections import Context, IssuedNote, NumberedSource
from briefbook.composing.template_functions import template_filters, template_globals
from briefbook.composing.wording import wording_of
from briefbook.dates import parse_partial_date
from briefbook.diagnostics import BriefbookError
from briefbook.document import blocks_of
from briefbook.ending import Status
from briefbook.facts import Force
from briefbook.index import indexed
from briefbook.issued import EnvelopeState
from briefbook.ledger import MIGRATIONS, open_ledger
from briefbook.mail.credentials import CREDENTIAL, VARIABLE
from briefbook.memo import DEFAULT_SECTIONS
from briefbook.readers import (
    read_delivery,
    read_facts,
    read_look,
    read_marking,
    read_memo,
    read_parts,
    read_profile,
    read_release,
    read_trust,
)
from briefbook.readers.read_book import read_book
from briefbook.readers.records import Shape
from briefbook.showing import View
from briefbook.state import MeetingState
from briefbook.writers import WRITERS
from briefbook.writers.theme import Theme
from tests.books import changed, make_book, run
from tests.conftest import ROOT
from tests.tour import BOOK, lay_out, stage
from tests.writers.figures import council_timeline, figure_of, small_image
from tests.writers.trees import document_of, fisheries_memo

DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "briefbook"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md"))]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
Rows = dict[str, list[str]]  # by the first cell: the others


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def without_fences(text: str) -> str:
    return FENCE.sub("", text)


def chapters(name: str) -> dict[str, str]:
    """The text under each heading of a page, up to the next heading."""
    _, *parts = re.split(r"^#+ (.+)$", without_fences(text_of(name)), flags=re.MULTILINE)
    return {heading.strip("`"): body for heading, body in zip(parts[::2], parts[1::2], strict=True)}


def table_under(name: str, heading: str) -> Rows:
    """The first table under a heading, by the code in its first cell."""
    lines = chapters(name)[heading].splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    assert rows, f"{name}: there is no table under {heading!r}"
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]
    table = {first.strip("`"): rest for first, *rest in cells}
    assert len(table) == len(cells), f"{name}: a row stands twice under {heading!r}"
    return table


# ------------------------------------------------------------------------------------ commands


@dataclass(frozen=True)
class Step:
    """A file to write, a command to run with what it prints, or what the mail server has printed."""

    command: str = ""
    shown: str = ""
    file: str = ""
    is_mail: bool = False


def steps_of(name: str) -> Iterator[Step]:
    for found in FENCE.finditer(text_of(name)):
        kind, _, file = found["info"].strip().partition(" ")
        if file:
            yield Step(shown=found["body"], file=file)
        elif kind == "mailbox":
            yield Step(shown=found["body"], is_mail=True)
        elif kind == "console":
            _, *pieces = re.split(r"^\$ (.+)\n", found["body"], flags=re.MULTILINE)
            assert pieces, f"{name}: a console without a command"
            yield from (Step(command=c, shown=s) for c, s in zip(pieces[::2], pieces[1::2], strict=True))


# What differs from run to run or from machine to machine, in mails and in `history`, with what stays of it.
VARYING = (
    (re.compile(r"^Date: .+", re.MULTILINE), "Date: (now)"),
    (re.compile(r"^Message-ID: <[0-9a-f]{32}@", re.MULTILINE), "Message-ID: <(digest)@"),
    (re.compile(r"(?<=^Attached: )(.+), [\d,]+ bytes", re.MULTILINE), r"\1"),  # as zlib's release has it
    (re.compile(r"(?<=  )20\d\d-\d\d-\d\d \d\d:\d\d(?: UTC)?(?=  )"), "(now)"),
)


def is_as_shown(shown: str, printed: str) -> bool:
    for varying, stays in VARYING:
        shown, printed = varying.sub(stays, shown), varying.sub(stays, printed)
    pattern = "".join(".*" if line == "…\n" else re.escape(line) for line in shown.splitlines(keepends=True))
    return re.fullmatch(pattern, printed, re.DOTALL) is not None


LONGEST = ("docs/tour.md", "docs/commands.md", "docs/templates.md", "docs/editions.md")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.long if name in LONGEST else ())
        for name in NAMES
        if any(steps_of(name))
    ],
)
def test_what_is_shown_is_what_happens(name: str, tmp_path: Path) -> None:
    shell = shutil.which("bash") or pytest.skip("there is no bash to run the commands in")
    here = tmp_path
    steps = list(steps_of(name))
    if any(BOOK in step.command for step in steps):
        lay_out(here)
    with ExitStack() as stack:
        mail = stack.enter_context(stage(here)) if any(step.is_mail for step in steps) else None
        follow(steps, here, shell, environment(tmp_path), mail)


def environment(home: Path) -> Mapping[str, str]:
    """What the commands of a page find around them, whoever runs the tests."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    config = str(home / ".config")
    own = {"PATH": path, "LC_ALL": "C.UTF-8", "COLUMNS": "80", "HOME": str(home), "XDG_CONFIG_HOME": config}
    return {**os.environ, **own}


def follow(
    steps: list[Step], here: Path, shell: str, around: Mapping[str, str], mail: IO[bytes] | None
) -> None:
    """Do what a page shows, from a folder on, and compare what comes."""
    for step in steps:
        if step.is_mail:
            assert mail is not None
            printed = (mail.read() or b"").decode()
            assert is_as_shown(step.shown, printed), f"the mail server printed:\n{printed}"
            continue
        if step.file:
            (here / step.file).parent.mkdir(parents=True, exist_ok=True)
            (here / step.file).write_text(step.shown, encoding="utf-8")
            continue
        if step.command.startswith("cd "):
            here /= step.command.removeprefix("cd ")
            continue
        done = subprocess.run(
            [shell, "-o", "pipefail", "-c", f"exec 2>&1; {step.command}"],
            cwd=here,
            env=around,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
        )
        if step.shown:
            assert is_as_shown(step.shown, done.stdout), f"{step.command} printed:\n{done.stdout}"
        is_to_fail = bool(re.search(r"^Error: |(^|: )error: | not made: ", step.shown, re.MULTILINE))
        assert (done.returncode != 0) == is_to_fail, (
            f"{step.command} ended with {done.returncode}:\n{done.stdout}"
        )


def test_a_wrong_output_would_be_noticed() -> None:
    assert is_as_shown("a\n…\nz\n", "a\nb\nc\nz\n")
    assert not is_as_shown("a\nb\n", "a\nb\nc\n")
    assert not is_as_shown("a.\n", "ab\n")
    assert is_as_shown("Date: then\nTo: a@b.c\n", "Date: now\nTo: a@b.c\n")
    assert not is_as_shown("Date: then\nTo: a@b.c\n", "Date: now\nTo: b@b.c\n")


def test_the_readme_shows_a_tour() -> None:
    assert sum(bool(step.command) for step in steps_of("README.md")) >= 10


@pytest.mark.parametrize("name", NAMES)
def test_targets_of_make_exist(name: str) -> None:
    makefile = text_of("Makefile")
    for target in re.findall(r"(?:^|`)make ([a-z-]+)", text_of(name), flags=re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), f"{name}: make {target}"


# ---------------------------------------------------------------------------- fields of records

SHAPES: Mapping[tuple[str, str], Shape[Any]] = {
    ("docs/facts.md", "Sources"): read_facts.SOURCE,
    ("docs/facts.md", "Withdrawal"): read_facts.WITHDRAWN,
    ("docs/facts.md", "Grades"): read_facts.GRADE,
    ("docs/facts.md", "Organisations"): read_facts.ORGANISATION,
    ("docs/facts.md", "People"): read_facts.PERSON,
    ("docs/facts.md", "Variants"): read_facts.VARIANT,
    ("docs/facts.md", "Forums"): read_facts.FORUM,
    ("docs/facts.md", "Meetings"): read_facts.MEETING,
    ("docs/facts.md", "Priorities"): read_facts.PRIORITY,
    ("docs/facts.md", "Background points"): read_facts.POINT,
    ("docs/facts.md", "Statements"): read_facts.STATEMENT,
    ("docs/facts.md", "Statements on a meeting"): read_facts.MEETING_STATEMENT,
    ("docs/facts.md", "Participants"): read_facts.PARTICIPATION,
    ("docs/facts.md", "Statements on a priority"): read_facts.PRIORITY_STATEMENT,
    ("docs/facts.md", "Statements on a background point"): read_facts.POINT_STATEMENT,
    ("docs/memos.md", "book.yaml"): read_memo.SETTINGS,
    ("docs/memos.md", "A memo's file"): read_memo.MEMO,
    ("docs/memos.md", "Bottom lines"): read_parts.BOTTOM_LINE,
    ("docs/memos.md", "Slots"): read_parts.SLOT,
    ("docs/memos.md", "Sections"): read_parts.SECTION,
    ("docs/memos.md", "Tabs"): read_parts.TAB,
    ("docs/memos.md", "Signatures"): read_parts.SIGNATURE,
    ("docs/memos.md", "Clearances"): read_parts.CLEARANCE,
    ("docs/profiles.md", "Settings of a profile"): read_profile.PROFILE,
    ("docs/profiles.md", "Furniture"): read_profile.FURNITURE,
    ("docs/profiles.md", "Edges"): read_profile.EDGE,
    ("docs/memos.md", "Theme"): read_look.THEME,
    ("docs/memos.md", "Margins"): read_look.MARGINS,
    ("docs/memos.md", "Colours"): read_look.COLOURS,
    ("docs/memos.md", "Faces of your own"): read_look.OWN_FACES,
    ("docs/memos.md", "Logo"): read_look.LOGO,
    ("docs/memos.md", "House"): read_look.HOUSE,
    ("docs/markings.md", "A scheme"): read_marking.BOOK_MARKING,
    ("docs/markings.md", "Levels"): read_marking.LEVEL,
    ("docs/markings.md", "Caveats"): read_marking.CAVEAT,
    ("docs/markings.md", "A marking"): read_marking.MARKING,
    ("docs/memos.md", "By the clock"): read_delivery.CRON_SCHEDULE,
    ("docs/memos.md", "By the meetings"): read_delivery.BEFORE_SCHEDULE,
    ("docs/memos.md", "Delivery"): read_delivery.DELIVERY,
    ("docs/memos.md", "Recipients"): read_delivery.RECIPIENT,
    ("docs/memos.md", "Mail"): read_delivery.MAIL,
    ("docs/release.md", "Settings"): read_release.RELEASE,
    ("docs/templates.md", "Your own settings"): read_trust.USER_SETTINGS,
    ("docs/templates.md", "Limits"): read_trust.LIMITS,
}


def shapes_in(module: object) -> list[Shape[Any]]:
    return [value for value in vars(module).values() if isinstance(value, Shape)]


def test_every_kind_of_record_has_its_table() -> None:
    documented = list(SHAPES.values())
    # read_marking has one of the program's own
    readers = (
        read_facts,
        read_memo,
        read_parts,
        read_delivery,
        read_look,
        read_profile,
        read_release,
        read_trust,
    )
    for shape in (shape for reader in readers for shape in shapes_in(reader)):
        assert any(shape is known for known in documented), shape.noun


@pytest.mark.parametrize(("page", "heading"), SHAPES)
def test_the_tables_of_fields_are_those_that_are_read(page: str, heading: str) -> None:
    shape = SHAPES[page, heading]
    common = read_facts.STATEMENT.fields if heading.startswith("Statements on") else {}
    table = fields_under(page, heading)
    assert set(table) == set(shape.fields) - set(common)
    assert {name for name, cells in table.items() if cells[1] == "yes"} == {
        name for name, field in shape.fields.items() if field.required and name not in common
    }


def fields_under(page: str, heading: str) -> Rows:
    """The table of fields under a heading; the one that begins with `field` where there are several."""
    body = chapters(page)[heading]
    at = body.index("| field | type | required | meaning | example |")
    table: Rows = {}
    for line in body[at:].splitlines()[2:]:
        if not line.startswith("|"):
            break
        first, *rest = (cell.strip() for cell in line.split("|")[1:-1])
        name = first.strip("`")
        assert name not in table, f"{page}: {name} stands twice"
        table[name] = rest
    return table


def test_the_release_rules_are_those_of_the_code() -> None:
    table = table_under("docs/release.md", "The rules")
    assert {id_: cells[0] for id_, cells in table.items()} == {rule.id: rule.usual for rule in RULES}


def test_every_kind_of_fact_is_introduced() -> None:
    introduced = re.findall(r"^Under `(\w+):`", text_of("docs/facts.md"), flags=re.MULTILINE)
    assert introduced == list(read_facts.KINDS)


def test_the_sections_are_those_of_a_memo_without_a_list() -> None:
    shown = [
        row.split("|")[1].strip(" `")
        for row in chapters("docs/memos.md")["Sections"].splitlines()
        if "|" in row
    ]
    names = shown[2 : shown.index("field")]  # after the header and its rule
    assert names == list(DEFAULT_SECTIONS)


def test_dates_are_printed_as_said(tmp_path: Path) -> None:
    table = table_under("docs/facts.md", "Dates")
    assert len(table) > 10
    wording = wording_of("en")
    assert {spelling: wording.partial(parse_partial_date(spelling)) for spelling in table} == {
        spelling: cells[0] for spelling, cells in table.items()
    }


@pytest.mark.parametrize("spelling", table_under("docs/facts.md", "Dates"))
@pytest.mark.parametrize("day", ["2031-04-20", "2031-05-06", "2031-06-20"])
def test_a_memo_can_be_made_with_every_spelling(spelling: str, day: str, tmp_path: Path) -> None:
    book = make_book(tmp_path, changed("facts/council.yaml", "date: 2031-05\n", f"date: {spelling}\n"))
    done = run("-C", book, "show", "council", "--as-of", day)
    assert done.exit_code == 0, done.output


def test_the_worked_days_are_as_told() -> None:
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in chapters("docs/rules.md")["Worked: one meeting on many days"].splitlines()
        if line.startswith("| 2")
    ]
    facts = read_book(SOURCE / "starter").book.facts
    assert len(rows) > 10
    for as_of, known_by, state, _ in rows:
        day, known = date.fromisoformat(as_of), date.fromisoformat(known_by)
        view = View(index=indexed(facts), day=day, known_by=known, language="en")
        standing = view.standing(facts.meetings["fisheries-council-3"])
        assert (standing.state if standing else "not on file") == state, (as_of, known_by)


def test_every_state_and_force_is_explained() -> None:
    states = chapters("docs/rules.md")["States of a meeting"]
    words = {word.replace(" ", "-") for word in re.findall(r"\*\*([a-z ]+)\*\*", states)}
    assert words == {state.value for state in MeetingState} | {"not-on-file"}
    assert set(table_under("docs/rules.md", "Force of a priority")) == set(Force)


@pytest.mark.parametrize("heading", ["States of a meeting", "Force of a priority"])
def test_what_a_memo_is_said_to_say_stands_in_a_template(heading: str) -> None:
    templates = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "templates").rglob("*.j2"))
    )
    quoted = re.findall("“(.+?)”", chapters("docs/rules.md")[heading])
    assert len(quoted) > 4
    for words in (part.strip() for quote in quoted for part in quote.split("…")):
        assert words in templates, words


# ----------------------------------------------------------------------------------- templates

RECORDS = [
    Context,
    NumberedSource,
    IssuedNote,
    *(
        value
        for value in vars(selection).values()
        if isinstance(value, type) and value.__module__ == selection.__name__ and hasattr(value, "__slots__")
        if hasattr(value, "__dataclass_fields__")
    ),
]


def properties_of(record: type) -> set[str]:
    return {name for name, value in vars(record).items() if isinstance(value, property)}


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_the_context_is_listed_whole(record: type) -> None:
    heading = "What a template sees" if record is Context else record.__name__
    listed = set(table_under("docs/templates.md", heading))
    assert listed == {field.name for field in fields(record)} | properties_of(record)


def test_functions_and_filters_are_listed_whole() -> None:
    wording = wording_of("en")
    assert set(table_under("docs/templates.md", "Functions")) == set(template_globals(wording))
    assert set(table_under("docs/templates.md", "Filters")) == set(template_filters(wording))


# ------------------------------------------------------------------------ formats and extending


def keys_by_type(node: object) -> Iterator[tuple[str, frozenset[str]]]:
    match node:
        case dict():
            if "type" in node:
                yield str(node["type"]), frozenset(node)
            for value in node.values():
                yield from keys_by_type(value)
        case list():
            for value in node:
                yield from keys_by_type(value)


def test_the_json_is_as_described() -> None:
    shown = (*blocks_of(fisheries_memo()), figure_of(council_timeline()), figure_of(small_image()))
    tree = json.loads(WRITERS["json"].write(document_of(*shown), Theme()))
    text = chapters("docs/formats.md")["JSON"]
    described = {
        row.split("|")[1].strip(" `"): set(re.findall(r"`(\w+)`", row.split("|")[2]))
        for row in text.splitlines()
        if row.startswith("| `")
    }
    found = dict(keys_by_type(tree))
    assert set(found) == set(described)
    for kind, keys in found.items():
        assert keys - {"type"} <= described[kind], kind
    assert set(tree) <= set(re.findall(r"`(\w+)`", text))


def test_the_attributes_of_the_html_are_as_described() -> None:
    asked = ("show", "fisheries-council", "--format", "html", "--as-of")  # with a bottom line, with a reading
    days = ("2031-04-20", "2031-12-01")
    page = "".join(run("-C", SOURCE / "starter", *asked, day).stdout for day in days)
    described = set(re.findall(r"`(data-[a-z-]+)`", chapters("docs/formats.md")["HTML"]))
    assert set(re.findall(r" (data-[a-z-]+)=", page)) == described


def test_the_formats_are_those_that_are_written() -> None:
    table = table_under("docs/formats.md", "Formats")
    assert {name: cells[0].strip("`") for name, cells in table.items()} == {
        name: writer.media_type for name, writer in WRITERS.items()
    }


def defined_in(file: str) -> dict[str, Any]:
    """What a block of Python of extending.md defines."""
    [code] = [step.shown for step in steps_of("docs/extending.md") if step.file == file]
    names: dict[str, Any] = {}
    exec(compile(code, file, "exec"), names)
    return names


def test_the_check_of_extending_finds_a_mistake(tmp_path: Path) -> None:
    check = defined_in("src/briefbook/checks/meetings.py")["check_ordinals"]
    root = make_book(
        tmp_path, changed("facts/harbours.yaml", "forum: harbours\n", "forum: council\n    ordinal: 3\n")
    )
    book = read_book(root).book
    [problem] = check(book, CheckContext())
    assert problem.where.file.endswith("facts/harbours.yaml")
    assert (problem.where.line, problem.where.column) == (4, 14)
    assert list(check(read_book(SOURCE / "starter").book, CheckContext())) == []


def test_the_format_of_extending_can_be_written() -> None:
    write = defined_in("src/briefbook/writers/to_csv.py")["write_csv"]
    lines = write(fisheries_memo(), Theme()).decode().split("\r\n")
    assert lines[0] == "section,fact"
    assert len(lines) > 3


def test_the_migration_of_extending_can_be_run(tmp_path: Path) -> None:
    open_ledger(tmp_path).close()
    [statement] = re.findall(r'"(ALTER TABLE .+)"', text_of("docs/extending.md"))
    open_ledger(tmp_path, migrations=(*MIGRATIONS, (statement,))).close()
    with pytest.raises(BriefbookError, match="a newer briefbook wrote this ledger"):
        open_ledger(tmp_path)


def test_the_mail_of_extending_can_be_shown(tmp_path: Path) -> None:
    [template] = [step for step in steps_of("docs/extending.md") if step.file.startswith("templates/mail/")]
    body = f"deliver: {{to: ana@example.org, body: {template.file.removeprefix('templates/')}}}\n"
    mail = "mail: {from: desk@example.org, host: mail.example.org}\n"
    changes = {
        **changed("memos/council.yaml", "title: ", f"{body}title: "),
        **changed("book.yaml", "format: 1\n", f"format: 1\n{mail}"),
        template.file: template.shown,
    }
    book = make_book(tmp_path, changes)
    shown = run("-C", book, "preview-mail", "council", "--out", tmp_path / "out")
    assert shown.exit_code == 0, shown.output
    assert "As of 20 April 2031, edition 1." in shown.stdout


# ------------------------------------------------------------------------ floors and delivery


@pytest.mark.parametrize("name", ["README.md", "docs/architecture.md"])
def test_every_module_stands_in_the_house(name: str) -> None:
    """Each module or package right below `src/briefbook/`, and some within; README shows the main ones."""
    [house] = [found["body"] for found in FENCE.finditer(text_of(name)) if found["body"].startswith("cli/ ")]
    named = set(re.findall(r"(\w+)(?:/|\.py)", house))
    modules = {path.stem for path in SOURCE.glob("[a-z]*.py")}
    modules |= {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert modules <= named or name == "README.md"
    files = {f"{found}.py" for found in named} | {found for found in named if (SOURCE / found).is_dir()}
    there = {path.name for path in SOURCE.rglob("*.py")} | {path.name for path in SOURCE.iterdir()}
    assert files - {f"{found}.py" for found in modules} <= there


def test_exit_statuses_are_those_of_the_code() -> None:
    documented = {int(status) for status in table_under("docs/delivery.md", "Exit statuses")}
    assert documented == {int(status) for status in Status} | {2, INTERRUPTED}  # 2 is click's
    assert f"with {INTERRUPTED}" in (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    helped = run("run-due", "--help").stdout
    assert {int(found) for found in re.findall(r"^ +(\d+)  ", helped, flags=re.MULTILINE)} == documented


def test_every_state_of_an_envelope_is_explained() -> None:
    table = table_under("docs/delivery.md", "The outbox")
    assert set(table) == {str(state) for state in EnvelopeState}
    can = {
        "retry": decisions._RETRIED,
        "cancel": decisions._CANCELLED,
        "resolve": decisions._RESOLVED,
    }
    for state, (_, what) in table.items():
        assert set(re.findall(r"`(\w+)`", what)) == {done for done, states in can.items() if state in states}


def test_the_places_of_the_password_are_those_of_the_code() -> None:
    places = [
        line.split("|")[1]
        for line in chapters("docs/delivery.md")["The password"].splitlines()
        if "|" in line
    ]
    for name, place in zip((CREDENTIAL, "password_file", VARIABLE), places[2:], strict=True):
        assert name in place


def test_waits_and_limits_are_those_of_the_code() -> None:
    text = text_of("docs/delivery.md")
    minutes, hours = outbox.FIRST_WAIT.total_seconds() / 60, outbox.LONGEST_WAIT.total_seconds() / 3600
    assert f"after {minutes:g} minutes, {2 * minutes:g}, {4 * minutes:g} … {hours:g} hours" in text
    assert outbox.GIVE_UP.days == 5
    assert "for five days at most" in text
    assert outbox.TROUBLES == 2
    assert "two such in a row stop the round" in text


# ---------------------------------------------------------------------------- the command line


def commands() -> dict[str, click.Command]:
    """All commands; those of a group under both names (`outbox list`)."""
    assert isinstance(main, LazyGroup)
    context = click.Context(main)
    found: dict[str, click.Command] = {}
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {below}": its for below, its in command.commands.items()}
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_stands_in_the_docs(name: str) -> None:
    for full_name, command in commands().items():
        if full_name.split()[0] != name:
            continue
        assert command.help, full_name
        options = [option for option in command.params if isinstance(option, click.Option)]
        assert all(option.help for option in options), full_name
        body = chapters("docs/commands.md")[f"briefbook {full_name}"]
        listed = re.findall(r"^\| `(--?[a-z-]+)", body, flags=re.MULTILINE)
        assert sorted(listed) == sorted(option.opts[-1] for option in options), full_name


def test_the_options_of_all_commands_stand_in_the_docs() -> None:
    body = chapters("docs/commands.md")["briefbook"]
    for option in main.params:
        for spelling in option.opts:
            assert f"`{spelling}" in body


def test_no_page_names_an_option_that_is_not() -> None:
    known = {
        spelling for command in (main, *commands().values()) for it in command.params for spelling in it.opts
    }
    foreign = {"--nthreads", "--help", "--version", "--renew-golden", "--no-index"}
    for page in ("README.md", *(f"docs/{page.name}" for page in DOCS.glob("*.md"))):
        if page != "docs/dependencies.md":
            named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text_of(page)))
            assert named <= known | foreign, page


# --------------------------------------------------------------------------------------- links


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", without_fences(page.read_text(encoding="utf-8")), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", [*NAMES, "briefs/us-mexico/README.md"])
def test_every_link_leads_somewhere(name: str) -> None:
    page = ROOT / name
    for target in re.findall(r"\]\(([^)\s]+)\)", without_fences(page.read_text(encoding="utf-8"))):
        if re.match(r"https?://|mailto:", target):
            continue
        file, _, anchor = target.partition("#")
        lead = (page.parent / file) if file else page
        assert lead.exists(), f"{name}: {target}"
        if anchor:
            assert anchor in anchors(lead), f"{name}: {target}"


def test_every_page_of_the_docs_is_linked_from_the_readme() -> None:
    linked = set(re.findall(r"\]\(docs/([\w-]+\.md)", text_of("README.md")))
    assert linked == {page.name for page in DOCS.glob("*.md")}


def test_the_readme_is_short() -> None:
    assert len(text_of("README.md").splitlines()) <= 200
