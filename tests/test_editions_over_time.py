"""Editions of the example book over two months and more: whatever becomes of it, each is brought back.

Between them facts, memos, templates, the page and the program itself change. The changed program is a copy of
the source in which some measures of the writers are others, run as a process of its own.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import briefbook
from briefbook.inputs import from_bytes, remade
from briefbook.ledger import read_ledger
from briefbook.store import Store
from briefbook.tool import shipped_languages, shipped_templates
from briefbook.user_cache import tool_identity
from briefbook.writers import WRITERS
from tests.books import run
from tests.conftest import EXAMPLE

pytestmark = pytest.mark.long
MEMOS = ("leaders-contacts", "high-level-security-dialogue", "security-ministerial")
Documents = Mapping[str, bytes]  # by format


# ------------------------------------------------------------------------------- what changes


def as_it_stands(book: Path) -> None:
    """Only the day is another."""


def replace_in(file: Path, *changes: tuple[str, str]) -> None:
    """Replace pieces of a file's text. Each must be there."""
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, (file.name, old)
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def facts_put_otherwise(book: Path) -> None:
    replace_in(book / "facts/priorities.yaml", ("Convene a Security", "Hold a Security"))
    replace_in(book / "facts/people.yaml", ("name: Antony Blinken", "name: Antony J. Blinken"))


def another_page(book: Path) -> None:
    replace_in(book / "book.yaml", ("page: a4", "page: letter"))


NEWS = "sources: {diary: {short: the diary, published: 2026-02-05, speaks: [mexico]}}\n"
STATEMENT = """\
      - source: diary
        says: announced
        date: 2026-02-26
        evidence: the ministers meet on the 26th
"""
BEFORE_QUESTIONS = "    questions:\n      - en: what began the new phase"


def a_source_more(book: Path) -> None:
    (book / "facts/news.yaml").write_text(NEWS)
    replace_in(book / "facts/meetings.yaml", (BEFORE_QUESTIONS, STATEMENT + BEFORE_QUESTIONS))


def an_own_template(book: Path) -> None:
    section = (
        "{% import 'macros/own.md.j2' as own %}## {{ own.ahead() }}\n\n{{ selection.upcoming | length }}.\n"
    )
    for name, text in (
        ("sections/upcoming.md.j2", section),
        ("macros/own.md.j2", "{% macro ahead() %}Ahead of us{% endmacro %}"),
    ):
        path = book / "templates" / name
        path.parent.mkdir(parents=True)
        path.write_text(text)


def memos_rewritten(book: Path) -> None:
    for memo in MEMOS:
        path = book / f"memos/{memo}.yaml"
        text = path.read_text().replace("title: {en: ", "to: Deputy Minister\ntitle: {en: The ", 1)
        path.write_text(text)  # the first alone: a slot has a title too


def another_macro(book: Path) -> None:
    replace_in(book / "templates/macros/own.md.j2", ("Ahead of us", "What is ahead"))


def all_as_it_was(book: Path) -> None:
    for name in ("facts", "memos", "templates"):
        shutil.rmtree(book / name)
    copy_example(book)


@dataclass(frozen=True, kw_only=True)
class Step:
    """What changes before the book is built as of a day, and whether by the changed program."""

    change: Callable[[Path], None] = as_it_stands
    as_of: str
    known_by: str = ""
    by_other: bool = False


STEPS = (
    Step(as_of="2018-06-01"),
    Step(as_of="2021-10-05"),
    Step(as_of="2026-01-20"),
    Step(as_of="2026-01-20", by_other=True),
    Step(as_of="2026-01-22", change=facts_put_otherwise),
    Step(as_of="2026-01-22", change=another_page),
    Step(as_of="2026-01-24", known_by="2026-01-20"),
    Step(as_of="2026-02-10", change=a_source_more),
    Step(as_of="2026-02-10", change=an_own_template),
    Step(as_of="2026-03-15", change=memos_rewritten, by_other=True),
    Step(as_of="2026-03-15", change=another_macro),
    Step(as_of="2026-04-02", change=all_as_it_was),
)
NUMBERS = range(1, len(STEPS) + 1)
BY_OTHER = [number for number, step in zip(NUMBERS, STEPS, strict=True) if step.by_other]
BY_THIS = [number for number in NUMBERS if number not in BY_OTHER]


# --------------------------------------------------------------------------- the book and the programs


def copy_example(book: Path, memos: Sequence[str] = MEMOS) -> Path:
    shutil.copytree(EXAMPLE / "facts", book / "facts")
    (book / "memos").mkdir()
    for memo in memos:
        shutil.copy(EXAMPLE / f"memos/{memo}.yaml", book / "memos")
    shutil.copy(EXAMPLE / "book.yaml", book)
    return book


@dataclass(frozen=True)
class Other:
    """The program with other measures in its writers."""

    folder: Path

    def run(self, *arguments: str | Path) -> str:
        """What it prints to standard output."""
        done = subprocess.run(
            [sys.executable, "-m", "briefbook", *map(str, arguments)],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def other_program(folder: Path) -> Other:
    package = folder / "src" / "briefbook"
    ignored = shutil.ignore_patterns("__pycache__", "templates")
    shutil.copytree(Path(briefbook.__file__).parent, package, ignore=ignored)
    shutil.copytree(shipped_templates(), folder / "templates")
    shutil.copytree(shipped_languages(), folder / "languages")
    replace_in(package / "writers/to_text.py", ("COLUMNS = 72", "COLUMNS = 64"))
    replace_in(package / "writers/layout.py", ("_FOOTER_GAP = 3.0", "_FOOTER_GAP = 5.5"))
    replace_in(package / "writers/theme.py", ("1F3A5F", "5F1F3A"))
    return Other(folder)


def run_this(*arguments: str | Path) -> str:
    """The present program in this process."""
    told = run(*arguments)
    assert told.exit_code == 0, told.stderr
    return told.stdout


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A book after all its editions, and their bytes as they were when they were built."""

    book: Path
    other: Other
    documents: dict[tuple[str, int], Documents] = field(default_factory=dict)  # by memo and number

    def issue(self, step: Step, formats: Sequence[str] = tuple(WRITERS)) -> None:
        """Make the change, build, and note the bytes of what was built."""
        step.change(self.book)
        known_by = ("--known-by", step.known_by) if step.known_by else ()
        build = self.other.run if step.by_other else run_this
        asked = ("--as-of", step.as_of, *known_by, "--format", ",".join(formats), "--json")
        told = json.loads(build("-C", self.book, "build", *asked))
        assert not told["beside"]
        for memo, paths in told["made"].items():
            noted = {Path(path).suffix[1:]: Path(path).read_bytes() for path in paths}
            assert set(noted) == set(formats)
            assert (memo, told["editions"][memo]) not in self.documents, "no new edition"
            self.documents[memo, told["editions"][memo]] = noted

    def brought_back(self, memo: str, number: int, by: Callable[..., str] = run_this) -> Documents:
        """The bytes that `build --edition` brings, into an empty folder; the paths that it prints are all."""
        out = self.book / "again"
        try:
            by("-C", self.book, "build", memo, "--edition", str(number), "--out", out)
            files = [path for path in out.rglob("*") if path.is_file()]
            assert {path.stem for path in files} == {f"{memo} (edition {number})"}
            return {path.suffix[1:]: path.read_bytes() for path in files}
        finally:
            shutil.rmtree(out, ignore_errors=True)


def ruin(book: Path) -> None:
    """Delete or replace all that the editions were made from, and what was built."""
    for name in ("facts", "out"):
        shutil.rmtree(book / name)
    for path in (book / "memos").iterdir():
        path.write_text("{title: ][")
    section = book / "templates/sections/upcoming.md.j2"
    section.parent.mkdir(parents=True, exist_ok=True)
    section.write_text("{% for %}")
    (book / "book.yaml").write_text("format: 99\n")


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    """Twelve editions of each memo, after which the book is in ruins."""
    folder = tmp_path_factory.mktemp("over-time")
    (folder / "book").mkdir()
    done = Issued(book=copy_example(folder / "book"), other=other_program(folder / "other"))
    for step in STEPS:
        done.issue(step)
    ruin(done.book)
    assert run("-C", done.book, "build").exit_code == 1
    return done


# ------------------------------------------------------------------------------------ what holds


def test_each_step_made_an_edition_of_each_memo_and_no_two_are_alike(issued: Issued) -> None:
    assert set(issued.documents) == {(memo, number) for memo in MEMOS for number in NUMBERS}
    for name in ("docx", "pdf"):  # the others know no page
        assert len({documents[name] for documents in issued.documents.values()}) == len(issued.documents)


@pytest.mark.parametrize("memo", MEMOS)
def test_every_edition_is_brought_back_byte_for_byte(issued: Issued, memo: str) -> None:
    for number in NUMBERS:
        assert issued.brought_back(memo, number) == issued.documents[memo, number], number


def test_a_changed_program_brings_back_what_another_made(issued: Issued) -> None:
    for number in (BY_THIS[0], BY_OTHER[0]):
        documents = issued.brought_back(MEMOS[0], number, issued.other.run)
        assert documents == issued.documents[MEMOS[0], number]


def test_history_lists_all_with_their_days_and_programs(issued: Issued) -> None:
    for memo in MEMOS:
        rows = json.loads(run_this("-C", issued.book, "history", memo, "--json"))
        assert [(row["edition"], row["as_of"], row["known_by"]) for row in rows] == [
            (number, step.as_of, step.known_by or step.as_of)
            for number, step in zip(NUMBERS, STEPS, strict=True)
        ]
        assert [row["edition"] for row in rows if row["tool"] == tool_identity()] == BY_THIS
        assert len({row["tool"] for row in rows}) == 2
        assert [row["made"] for row in rows] == sorted(row["made"] for row in rows)
    table = run_this("-C", issued.book, "history", memo).splitlines()[1:]
    assert [line.split()[:3] for line in table] == [
        [str(number), step.as_of, step.known_by or step.as_of]
        for number, step in zip(NUMBERS, STEPS, strict=True)
    ]


@pytest.mark.parametrize("memo", MEMOS)
def test_made_again_from_its_inputs_by_the_same_program_it_is_the_same(issued: Issued, memo: str) -> None:
    ledger, store = read_ledger(issued.book / ".briefbook"), Store(issued.book / ".briefbook")
    assert ledger is not None
    with ledger:
        editions = {edition.number: edition for edition in ledger.editions(memo)}
    for number in NUMBERS:
        inputs = from_bytes(store.get(editions[number].inputs))
        assert inputs.digest == editions[number].digest
        document = remade(inputs)
        again = {name: writer.write(document, inputs.theme) for name, writer in WRITERS.items()}
        if number in BY_THIS:
            assert again == issued.documents[memo, number], number
        else:  # the documents themselves have to be kept: this program has other measures
            assert inputs.theme.accent == "5F1F3A"
            assert again["docx"] == issued.documents[memo, number]["docx"]
            assert again["pdf"] != issued.documents[memo, number]["pdf"]
            assert again["txt"] != issued.documents[memo, number]["txt"]


def test_pruning_in_between_keeps_the_newest(tmp_path: Path) -> None:
    memo = "high-level-security-dialogue"
    steps = [step for step in STEPS if not step.by_other and step.change != memos_rewritten]
    done = Issued(book=copy_example(tmp_path / "book", [memo]), other=Other(tmp_path))
    for step in steps[:5]:
        done.issue(step, ("docx", "txt"))
    told = run("-C", done.book, "history", "prune", "--keep", "2")
    assert told.stderr.startswith("3 editions pruned, ")
    for step in steps[5:-1]:
        done.issue(step, ("docx", "txt"))
    ruin(done.book)
    for number in range(4, len(steps)):
        assert done.brought_back(memo, number) == done.documents[memo, number]
    for number in range(1, 4):
        gone = run("-C", done.book, "build", memo, "--edition", str(number))
        assert gone.exit_code == 1
        assert f"edition {number} of memo '{memo}' is no longer kept" in gone.stderr
    rows = json.loads(run_this("-C", done.book, "history", memo, "--json"))
    assert [row["as_of"] for row in rows] == [step.as_of for step in steps[:-1]]
