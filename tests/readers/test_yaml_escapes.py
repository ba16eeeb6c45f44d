"""A backslash in double quotes that became a tab or a new line is warned of; one that is meant is not."""

from pathlib import Path

import pytest

from briefbook.readers.located_yaml import parse_yaml
from briefbook.readers.yaml_escapes import texts_escaped
from tests.books import make_book, run

from .marked import printed, unmark

MEND = "(for a backslash write '\\\\', or use single quotes)"
TAB, LINE = "'\\t' in double quotes is a tab", "'\\n' in double quotes is the end of a line"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (r'title: "See C:«\talks and C:\new"', TAB),
        (r'a: ["D:«\new.docx", b]', LINE),
        (r'a: "A:\nsee C:«\new\notes.docx"', LINE),
        (r'- "the\\path«\talks"', TAB),
        ('a: "one\n  two«\\three"\nb: c', TAB),
        ("\ufeff" + r'a: "ésta«\tal"', TAB),
    ],
)
def test_a_backslash_that_was_read_otherwise(text: str, told: str) -> None:
    text, [(line, column)] = unmark(text)
    column -= text.startswith("\ufeff")
    parsed = parse_yaml("x.yaml", text.encode())
    assert not parsed.problems
    found = texts_escaped("x.yaml", text.encode(), parsed.root)
    assert printed(found) == [f"x.yaml:{line}:{column}: warning: {told} {MEND}"]


@pytest.mark.parametrize(
    "text",
    [
        r"a: 'C:\talks'",
        r"a: C:\talks",
        r'a: "C:\\talks\\new"',
        r'a: "first line\nsecond"',
        r'a: "a table:\t 3"',
        r'a: "Plan A:\nStay.\nPlan B:\nLeave."',
        r'a: "Q:\nWhy now?\nA:\nBecause."',
        r'a: "The S&T:\nx"',
        r'a: "Annex C:\n\nText"',
        'a: |\n  "C:\\talks"\n',
        'a: "b" # "C:\\talks"\n',
    ],
)
def test_what_is_meant_is_not_warned_of(text: str) -> None:
    parsed = parse_yaml("x.yaml", text.encode())
    assert not parsed.problems
    assert texts_escaped("x.yaml", text.encode(), parsed.root) == []


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (r"C:\reports", "U+000D does not belong in a text"),
        (r"C:\Users", "this escape is no character"),
        (r"C:\people", "an unknown escape after"),
    ],
)
def test_a_path_that_no_text_can_be_has_the_same_mend(tmp_path: Path, path: str, told: str) -> None:
    book = make_book(tmp_path, {"memos/x.yaml": f'title: "{path}"\n'})
    result = run("-C", book, "check")
    assert result.exit_code == 1
    lines = [line for line in result.stderr.splitlines() if "x.yaml:1:" in line and told in line]
    assert lines
    assert lines[0].endswith(MEND)


def test_a_book_is_read_with_the_warning(tmp_path: Path) -> None:
    book = make_book(tmp_path)
    settings = book / "book.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text + 'to: "See C:\\talks"\n', encoding="utf-8")
    result = run("-C", book, "check")
    assert TAB in result.stderr
    assert result.exit_code == 0
