"""Items without a space behind their '-' are one text for YAML: where a list may be meant, it is told."""

import pytest

from briefbook.readers.located_yaml import PARSER, PYTHON_PARSER, Parser, parse_yaml
from briefbook.readers.read_facts import read_facts
from briefbook.readers.read_memo import read_memo, read_settings
from briefbook.readers.read_profile import read_profile
from briefbook.readers.reading import Reading
from briefbook.readers.reading_limits import MOST_MISTAKES
from briefbook.readers.yaml_dashes import warn_of_items_in_lines
from tests.conftest import ROOT

from .marked import printed, unmark

BOTH = pytest.mark.parametrize("parser", [PARSER, PYTHON_PARSER], ids=["C", "Python"])
ONE = "warning: this is one text, no list: the '-' has no space behind it (write a space after the '-'"
QUOTES = "; put a text that is meant in quotes)"
WARNED = {
    "in two lines": "a: 1\nb:\n  «-One\n  -Two\n",
    "in lines that are not the next": "b:\n  «-One and\n   more\n\n  -Two\n",
    "in an item": "- a\n- «-One\n  -Two\n",
    "twice": "a:\n  «-One\n  -Two\nb:\n  c:\n    «-One\n    -Two #x\n",
    "behind a byte order mark": "\ufeffb:\n  «-One\n  -Two\n",
    "letters beyond ASCII": "b:\n  «-Óne\n  -Óther\n",
    "with no-break spaces": "b:\n  «-\xa0One\n  -\xa0Two\n",
}
SILENT = {
    "one line": "b:\n  -One\n",
    "a dash within a line": "b:\n  -One -Two\n  and -Three\n",
    "numbers": "b:\n  -5 degrees\n  -7 degrees\n",
    "a dash in the second line alone": "b:\n  One\n  -Two\n",
    "in quotes": "b:\n  '-One\n  -Two'\n",
    "in a block": "b: |\n  -One\n  -Two\n",
    "a list": "b:\n  - One\n  - Two\n",
    "in a comment": "b:\n  -One -Two\n  #\n  # x\n  #-Two\n",
    "two texts": "a: -One -x\nb: -Two -x\n",
    "nothing": "",
}


def warned(data: bytes, parser: Parser = PARSER) -> list[str]:
    reading = Reading(language="en")
    parsed = parse_yaml("x.yaml", data, parser=parser)
    assert not parsed.problems
    warn_of_items_in_lines(data, parsed.root, reading)
    assert not reading.mistakes
    return printed(reading.problems)


@BOTH
@pytest.mark.parametrize("name", WARNED)
def test_items_that_are_one_text(name: str, parser: Parser) -> None:
    text, places = unmark(WARNED[name])
    found = warned(text.encode(), parser)
    assert found == [f"x.yaml:{line}:{column}: {ONE}{QUOTES}" for line, column in places]


@BOTH
@pytest.mark.parametrize("name", SILENT)
def test_what_is_no_item(name: str, parser: Parser) -> None:
    assert warned(SILENT[name].encode(), parser) == []


@BOTH
@pytest.mark.parametrize("line_break", ["\r\n", "\r"])
def test_lines_may_end_otherwise(line_break: str, parser: Parser) -> None:
    data = line_break.join(["a: 1", "b:", "  -One", "  -Two", ""]).encode()
    assert warned(data, parser) == [f"x.yaml:3:3: {ONE}{QUOTES}"]


def test_a_list_cannot_stand_behind_its_key() -> None:
    own = ", and start the list on its own line"
    assert warned(b"b: -One\n  -Two\n") == [f"x.yaml:1:4: {ONE}{own}{QUOTES}"]


def test_no_file_of_ours_is_warned_of() -> None:
    folders = ("briefs", "src", "templates", "schemes", "benchmarks")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.yaml")]
    assert len(files) > 10
    for path in files:
        reading = Reading(language="en")
        warn_of_items_in_lines(path.read_bytes(), parse_yaml(path.name, path.read_bytes()).root, reading)
        assert reading.problems == []


def test_of_very_many_not_all_are_told() -> None:
    data = b"- -a\n  -b\n" * (MOST_MISTAKES + 5)
    assert len(warned(data)) == MOST_MISTAKES


MEMO = "title: T\nforum: council\n"
FIELDS = {
    "where a list can stand": ("objectives:\n  «-One\n", True),
    "in several lines": ("objectives:\n  «-One\n  -Two\n", True),
    "a list whose first item lacks it": ("objectives:\n  «-One\n  - Two\n", True),
    "a number": ("objectives:\n  -5 degrees\n", False),
    "in quotes": ("objectives:\n  '-One'\n", False),
    "where only a text can stand": ("to: -One\n", False),
    "where only a text can stand, in several lines": ("to:\n  «-One\n  -Two\n", True),
}


@pytest.mark.parametrize("name", FIELDS)
def test_which_fields_of_a_memo_are_warned_of(name: str) -> None:
    field, is_warned = FIELDS[name]
    text, places = unmark(MEMO + field)
    memo, problems = read_memo("m.yaml", "m", text.encode())
    assert memo is not None
    assert printed(problems) == [f"m.yaml:{line}:{column}: {ONE}{QUOTES}" for line, column in places]
    assert bool(places) == is_warned


def test_a_field_that_needs_a_list() -> None:
    found = printed(read_memo("m.yaml", "m", f"{MEMO}sections:\n  -header\n".encode())[1])
    message = "'sections' needs a list, not the text '-header' (write a space after the '-')"
    assert found == [f"m.yaml:4:3: error: {message}"]


def test_every_file_of_a_book_is_looked_at() -> None:
    text = "title:\n  -One\n  -Two\n"
    told = f":2:3: {ONE}{QUOTES}"
    assert f"p.yaml{told}" in printed(read_profile("p.yaml", "p", f"{text}sections: [header]\n".encode())[1])
    assert f"book.yaml{told}" in printed(read_settings("book.yaml", f"{text}format: 1\n".encode())[1])
    facts = "people: {ana: {name:\n  -One\n  -Two\n  }}\n"
    assert f"f.yaml{told}" in printed(read_facts([("f.yaml", facts.encode())])[1])


@pytest.mark.parametrize("tail", ["\n", " ", " \n"], ids=["lines", "blanks", "both"])
def test_what_stands_behind_a_text_is_not_looked_at_again_and_again(tail: str) -> None:
    data = f"a: -One -Two{tail * 500_000}".encode()
    parsed = parse_yaml("x.yaml", data)
    reading = Reading(language="en")
    warn_of_items_in_lines(data, parsed.root, reading)  # for days, if it is
    assert reading.problems == []
