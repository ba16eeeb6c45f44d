"""A slip of the hand is told where the hand slipped, in whatever line the parser notices it."""

import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbook.readers import located_yaml
from briefbook.readers.located_yaml import PARSER, PYTHON_PARSER, Mapping, Parser, Scalar, parse_yaml
from briefbook.readers.read_facts import read_facts
from briefbook.readers.read_memo import read_memo
from briefbook.readers.yaml_words import COMMENT
from tests.books import FILES

from .marked import printed, said, unmark

BOTH = pytest.mark.parametrize("parser", [PARSER, PYTHON_PARSER], ids=["C", "Python"])
FACTS = """\
people:
  ana:
    name: Ana Holm
    note: Chief of staff
    marking: green
  bo:
    name: Bo Lund
meetings:
  council-3:
    forum: council
    statements:
      - source: note
        says: held
        date: 2031-05-11
      - source: gazette
        says: announced
"""
MEMO = """\
title: Fisheries
forum: council
sections:
  - header
  - section: priorities
    limit: 3
    set:
      by: forum
      all: yes
  - sources
formats: docx
"""
NO_KEY = "this line is no 'key: value'"
SPACE = f"{NO_KEY} (write a space after the ':')"
COLON = f"{NO_KEY} (write a ':' and a space after the key"
NEVER = "the quotes that open here are never closed (close them where the text ends)"

Slip = Callable[[re.Match[str]], tuple[str, int, str]]  # → the line with it, its column from 1, what is said

_LINE = re.compile(r"(?P<before> *(?:- )?)(?P<key>\w+): (?P<value>.+)")
SLIPS: dict[str, Slip] = {
    "open quotes": lambda m: (f'{m["before"]}{m["key"]}: "{m["value"]}', m.end("key") + 3, NEVER),
    "an open apostrophe": lambda m: (f"{m['before']}{m['key']}: '{m['value']}", m.end("key") + 3, NEVER),
    "no space": lambda m: (f"{m['before']}{m['key']}:{m['value']}", m.start("key") + 1, SPACE),
    "no colon": lambda m: (f"{m['before']}{m['key']} {m['value']}", m.start("key") + 1, COLON),
}


def places(text: str) -> Iterator[int]:
    """The lines, from 0, with a key and a text that has another key beside it: alone it would be a text."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if _LINE.fullmatch(line) and not (line.startswith("    name: Bo")):
            yield number


CASES = [
    (name, slip, number)
    for name, text in (("facts", FACTS), ("memo", MEMO))
    for slip in SLIPS
    for number in places(text)
]


@BOTH
@pytest.mark.parametrize(("name", "slip", "number"), CASES)
def test_a_slip_is_told_in_its_line(name: str, slip: str, number: int, parser: Parser) -> None:
    lines = (FACTS if name == "facts" else MEMO).splitlines(keepends=True)
    match = _LINE.match(lines[number])
    assert match is not None
    new, column, message = SLIPS[slip](match)
    lines[number] = f"{new}\n"
    [problem] = printed(parse_yaml("x.yaml", "".join(lines).encode(), parser=parser).problems)
    assert problem.startswith(f"x.yaml:{number + 1}:{column}: error: {message}")


@BOTH
@pytest.mark.parametrize("name", ["people", "ana", "meetings", "sections", "set", "statements"])
def test_a_colon_left_out_before_what_stands_below(name: str, parser: Parser) -> None:
    text = FACTS if f"{name}:\n" in FACTS else MEMO
    number = next(n for n, line in enumerate(text.splitlines(), 1) if line.strip() == f"{name}:")
    column = text.splitlines()[number - 1].index(name) + 1
    data = text.replace(f"{name}:\n", f"{name}\n").encode()
    [problem] = printed(parse_yaml("x.yaml", data, parser=parser).problems)
    assert problem.startswith(f"x.yaml:{number}:{column}: error: {COLON}")


def closes(line: int, sign: str) -> str:
    written = {"'": "''", '"': '\\"'}[sign]
    return (
        f"the quotes that open here close in line {line}, where more text follows"
        f" (close them where the text ends; within it write {written} for {sign})"
    )


def behind(sign: str) -> str:
    return f"more text follows behind the '{sign}' (put the whole text in quotes)"


def cut(line: int) -> str:
    return (
        f"a comment begins at this '#', so line {line} cannot go on with the text"
        " (put the whole text in quotes)"
    )


FIT = "this line does not fit the lines above it (the lines of one list or mapping start in the same column"
COLON_NOWHERE = (
    "a ':' where none can stand"
    " (start a key in the column of those above it; put a text that holds ': ' in quotes)"
)
NO_BREAK = "U+00A0 NO-BREAK SPACE stands where a space belongs (write a space)"
WIDE_COLON = "U+FF1A FULLWIDTH COLON stands where ':' belongs (write ':' and a space)"
OPEN = "the '[' that opens here is never closed (write ']' where it ends"
TOLD = {
    "quotes that the next ones close": ("a: «'Ana\nb: 'x'\nc: 1\n", closes(2, "'")),
    "the same around a colon": ('a: «"Ana\nb: "x: y"\nc: 1\n', closes(2, '"')),
    "the same around a sign": ("a: «'Ana\nb: '@x'\n", closes(2, "'")),
    "the same before a comma": ('a: «"Ana\nb: ", and"\n', closes(2, '"')),
    "the same in a list": ('a:\n - «"Ana\n - "Bo"\nc: 1\n', closes(3, '"')),
    "the same before a key in quotes": ('a: «"Ana\nb: 1\n"c": 1\n', closes(3, '"')),
    "the same in brackets": ("a: [«'x,\n 'y']\nb: 1\n", closes(2, "'")),
    "quotes that an apostrophe closes": ("a: «'Ana\nb: Minister's talks\nc: 1\n", closes(2, "'")),
    "quotes before empty ones": ('a: «"Ana\nb: ""\nc: 1\n', NEVER),
    "an apostrophe in quotes": (
        "a: 'Minister'«s talks'\nb: 2\n",
        "more text follows behind the closing quotes"
        " (close them where the text ends; within it write '' for ')",
    ),
    "quotes in quotes": (
        'a: 1\nb: "the "«new" one"\n',
        "more text follows behind the closing quotes"
        ' (close them where the text ends; within it write \\" for ")',
    ),
    "a text of two lines with a colon in it": (
        "note:\n  «Chief of staff\n  says: no\n",
        f"{COLON}, or put a text of several lines in quotes)",
    ),
    "an address is no key": ("a: 1\n«https://example.org\nb: 2\n", f"{COLON})"),
    "a time of day is none": ("a: 1\n«10:30\nb: 2\n", f"{COLON})"),
    "a key too far to the right": (
        "title: Talks\n  audience«: x\n",
        "a ':' where none can stand (start a key in the column of those above it;"
        " put a text that holds ': ' in quotes)",
    ),
    "a comment in a key": ("# a\n«title #2: Talks\nb: 1\n", f"{COLON}; {COMMENT})"),
    "a comment in a text of two lines": ("a: Talks «#2\n  and more\nb: 1\n", cut(2)),
    "a comment in the second line of a text": ("z: 1\na: Ask who\n  pays  «#1 for\n  the window.\n", cut(4)),
    "a comment some lines before": ("a: Ask «#1\n  # more\n\n  the window.\n", cut(4)),
    "a comment below the key": ("a:\n  Ask «#1\n  the window.\nb: 1\n", cut(3)),
    "a comment that is meant in a second line": ("a: Ask\n  who # see #1\n  «pays\n", f"{FIT})"),
    "a step back behind a comment": (
        "people:\n    ana:\n      name: Ana # chief\n  «bo:\n    name: Bo\n",
        f"{FIT})",
    ),
    "a list behind a comment": ("a:\n  - b: x # note\n    «- c\n", f"{FIT})"),
    "a list behind a comment without a space": ("title: Talks #a\n«- b\n", f"{FIT})"),
    "a key too far to the right behind a comment": ("a: b #c\n  «d: e\n", f"{FIT})"),
    "a text behind a comment that is meant": ("a: Talks # see #2\n  «and more\nb: 1\n", f"{FIT})"),
    "a comment that is meant behind no key": ("a: 1\n«Talks # words\nb: 2\n", f"{COLON})"),
    "a comment that is meant in open brackets": ("a: «[b, # words\n  c\nd: 1\n", f"{OPEN})"),
    "a comment in open brackets": ("a: «[b, #2]\nd: 1\n", f"{OPEN}; {COMMENT})"),
    "open brackets at the end": ("b: 1\na:\n  «[b,\n   c", f"{OPEN})"),
    "open brackets in a list": ("a:\n  - «[b, c\n  - d\ne: f\n", f"{OPEN})"),
    "a comma left out in brackets": (
        "a: [\n  'b'\n  «'c'\n]\nd: 1\n",
        "the list in brackets is not closed here (write ',' or ']')",
    ),
    "a colon in brackets, left of the key": (
        "a:\n  b: {\nc: x\nd«: e\n}\n",
        "the mapping in braces is not closed here (write ',' or '}')",
    ),
    "a comma behind quotes": ('title: "Talks"«,\nforum: x\n', "a ',' behind the text (delete it)"),
    "a bracket behind quotes": ("a:\n - 'b' «] # c\n", "a ']' behind the text (delete it)"),
    "a brace behind quotes of two lines": ("a: 'b\n  c'«}\n", "a '}' behind the text (delete it)"),
    "a comma behind brackets": ("a: ['b']«,\nb: 1\n", "a ',' where none can stand (delete it)"),
    "brackets that close twice": ("a: [b]«]\n", "a ']' where none can stand (delete it)"),
    "a comma behind all": ("{a: b}«,\n", "a ',' where none can stand (delete it)"),
    "more behind a comma": (
        'a: "b"«, "c"\n',
        "more text follows behind the closing quotes"
        ' (close them where the text ends; within it write \\" for ")',
    ),
    "lines that end as on Windows": ("a: 1\r\n«b:c\r\nd: 2\r\n", SPACE),
    "no space in a list": ("a:\n  - «title:Talks\n    forum: x\n", SPACE),
    "a line that stands too far left": ("a:\n    b: 'x'\n  «c: 1\n", f"{FIT})"),
    "a text behind brackets": ("a: [b] «c\nd: 1\n", behind("]")),
    "a text behind braces": ("z: 1\nb: 1\na: {b}  «c\n", behind("}")),
    "a text right behind brackets": ("a: [b]«c\n", behind("]")),
    "a text behind brackets in a list": ("a:\n  - [x] «y\n  - z\n", behind("]")),
    "brackets behind brackets of two lines": ("a: [b,\n  c] «[d]\n", behind("]")),
    "a key behind brackets": (
        "a: [b] «c: d\n",
        "more text follows behind the ']' (start the key on a line of its own)",
    ),
    "brackets at the end of a text": ("a: 1\nb: the [c]\n d«: e\n", COLON_NOWHERE),
    "no space behind a dash": ("a:\n  - b\n  «-c\nd: 1\n", f"{NO_KEY} (write a space after the '-')"),
    "a no-break space behind a first key": ("title:«\xa0Talks\nb: 1\n", NO_BREAK),
    "a no-break space behind a key": ("b: 1\nto:«\xa0Talks\n", NO_BREAK),
    "a no-break space behind a key in a list": ("a:\n  - b: 1\n    to:«\xa0c\n", NO_BREAK),
    "a no-break space in an indentation": ("a:\n«\xa0 - b\n\xa0 - c\nd: 1\n", NO_BREAK),
    "a no-break space within a line": ("a: 1\n«no\xa0key\nb: 1\n", f"{COLON})"),
    "a full-width colon behind a first key": ("title«\uff1aTalks\nb: 1\n", WIDE_COLON),
    "a full-width colon behind a key": ("b: 1\nto«\uff1a Talks\nc: 1\n", WIDE_COLON),
    "an ideographic space": (
        "b: 1\nto:«\u3000Talks\n",
        "U+3000 IDEOGRAPHIC SPACE stands where a space belongs (write a space)",
    ),
    "a line beside a block": ("a: |\n  x\n «y: z\n", f"{FIT})"),
    "no comma behind quotes": (
        "a: {b: 'x' «c: 1}\n",
        "the mapping in braces is not closed here (write ',' or '}')",
    ),
    "a tab behind a dash": ("a:\n  -«\tid: m\n    b: c\n", "a tab is used for indentation (use spaces)"),
    "a tab within quotes": ("a: «'x\n\ty' z\nb: 1\n", closes(2, "'")),
}


@BOTH
@pytest.mark.parametrize("name", TOLD)
def test_what_is_told_and_where(name: str, parser: Parser) -> None:
    text, places = unmark(TOLD[name][0])
    parsed = parse_yaml("x.yaml", text.encode(), parser=parser)
    assert printed(parsed.problems) == said("x.yaml", places, [TOLD[name][1]])


def test_in_a_very_long_file_the_place_is_the_parser_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(located_yaml, "MOST_TOKENS", 20)
    told = [printed(parse_yaml("x.yaml", b"- a\n" * n + b"- 'b\n- 'c'\n").problems) for n in (1, 50)]
    assert [problem[0].split(" (")[0] for problem in told] == [
        "x.yaml:2:3: error: the quotes that open here close in line 3, where more text follows",
        "x.yaml:52:4: error: this line does not fit the list above it",
    ]


@BOTH
@pytest.mark.parametrize("text", ["- Talks «#2\n  and more\n", "a:\n  - b\n  - Talks «#2\n    and more\n"])
def test_a_comment_in_an_item_of_two_lines(text: str, parser: Parser) -> None:
    text, places = unmark(text)
    problems = parse_yaml("x.yaml", text.encode(), parser=parser).problems
    assert printed(problems) == said("x.yaml", places, [cut(places[0][0] + 1)])


def test_no_space_in_a_list_of_sections() -> None:
    text = "title: Talks\nrange: all\nsections:\n  - header\n  - section:priorities\n"
    [problem] = printed(read_memo("m.yaml", "m", text.encode())[1])
    assert problem.startswith("m.yaml:5:5: error: 'section:priorities' is not an id (an id is made of ")
    assert problem.endswith("; if a key and its value are meant, write a space after the ':')")


FINE = {
    "a comment right behind quotes": 'title: "Talks"# note\n',
    "lone apostrophes": "title: Talks\na: the ' sign, rock 'n' roll, it's\n",
    "a byte order mark": "\ufefftitle: Talks\n",
    "lines that end as on Windows": "title: Talks\r\nforum: x\r\n",
}


@BOTH
@pytest.mark.parametrize("name", FINE)
def test_what_is_no_slip(name: str, parser: Parser) -> None:
    parsed = parse_yaml("x.yaml", FINE[name].encode(), parser=parser)
    assert not parsed.problems
    assert isinstance(parsed.root, Mapping)
    title = parsed.root.held["title"]
    assert isinstance(title, Scalar)
    assert title.text == "Talks"


TABBED = [n for n, line in enumerate(FACTS.splitlines()) if line.startswith("  ")]


@BOTH
@pytest.mark.parametrize("number", TABBED)
def test_a_tab_is_told_in_its_line(number: int, parser: Parser) -> None:
    lines = FACTS.splitlines(keepends=True)
    lines[number] = "\t" + lines[number].lstrip()
    [problem] = printed(parse_yaml("x.yaml", "".join(lines).encode(), parser=parser).problems)
    assert problem == f"x.yaml:{number + 1}:1: error: a tab is used for indentation (use spaces)"


NONE = "(U+00A0 NO-BREAK SPACE is none of YAML's spaces: write a space)"
SPACED = "(write a space after the ':')"
READ: dict[str, tuple[str, ...]] = {
    "a record's only field": ("people:\n  ana:\n    name:Ana\n", "f.yaml:3:5: error: person 'ana' needs"),
    "within braces": ("people:\n  ana: {name:Ana}\n", "f.yaml:2:9: error: a person has no field 'name:Ana'"),
    "a text by language": (
        "forums: {council: {name: {en:Council, es: Consejo}}}\n",
        "f.yaml:1:27: error: 'en:Council' is not a language",
    ),
    "a no-break space within braces": (
        "forums: {council: {name: {en:\xa0Council, es: Consejo}}}\n",
        "f.yaml:1:27: error: 'en:\\xa0Council' is not a language",
        "(U+00A0 NO-BREAK SPACE stands where a space belongs; write a space)",
    ),
    "a no-break space before a field": (
        "people:\n  ana: {\xa0name: Ana}\n",
        "f.yaml:2:9: error: a person has no field",
        NONE,
    ),
    "a no-break space before an id": ("people: {\xa0ana: {name: A}}\n", "f.yaml:1:10: error: '", NONE),
    "a no-break space before a kind": ("people:\n\xa0people: 1\n", "f.yaml:2:1: error: '", NONE),
    "a file's only line": ("people:Ana\n", "f.yaml:1:1: error: a file of facts needs"),
}


@pytest.mark.parametrize("name", READ)
def test_no_space_where_it_is_yaml_all_the_same(name: str) -> None:
    text, start, *others = READ[name]
    end = others[0] if others else SPACED
    found = printed(read_facts([("f.yaml", text.encode())])[1])
    assert [problem.endswith(end) for problem in found if problem.startswith(start)] == [True]


SIGNS = ("", "'", '"', ":", ": ", "\t", "\n", " ", " #", "- ", "[", "}", "|")


@given(data=st.data())
def test_no_slip_is_a_traceback(data: st.DataObject) -> None:
    """Characters taken out, put in or doubled anywhere in a file."""
    name = data.draw(st.sampled_from([name for name in FILES if name.endswith(".yaml")]))
    text = FILES[name]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        new = data.draw(st.sampled_from(SIGNS))
        text = text[:at] + new + text[at + data.draw(st.integers(0, 3)) :]
    found = parse_yaml(name, text.encode())
    assert found.complete or found.problems
    lines = text.count("\n") + 1
    _, of_memo = read_memo(name, "m", text.encode())
    _, of_facts, _ = read_facts([(name, text.encode())])
    assert all(1 <= (problem.where.line or 1) <= lines for problem in [*of_memo, *of_facts])
