"""What a `#` cuts off a text is warned of; a comment that is meant is not."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from briefbook.diagnostics import Where
from briefbook.readers.located_yaml import PARSER, PYTHON_PARSER, Parser, parse_yaml
from briefbook.readers.read_facts import read_facts
from briefbook.readers.read_memo import read_memo, read_settings
from briefbook.readers.read_profile import profiles_for
from briefbook.readers.reading import Reading
from briefbook.readers.reading_limits import MOST_MISTAKES
from briefbook.readers.yaml_comments import texts_cut
from briefbook.readers.yaml_doubts import tell_doubts
from briefbook.readers.yaml_editing import AddField, edited
from tests.books import changed, make_book, run
from tests.conftest import ROOT
from tests.hostile.memory import grown

from .marked import printed, unmark

BOTH = pytest.mark.parametrize("parser", [PARSER, PYTHON_PARSER], ids=["C", "Python"])
CUT = (
    "the text ends before this '#': what follows is a comment"
    " (put the whole text in quotes; a comment that is meant begins with '# ')"
)
WARNED = {
    "of a field": "a: 1\ntitle: Talks «#2\nb: 2\n",
    "in a list": "- a\n- Talks «#2\n- b\n",
    "in brackets": "a: [Talks «#1\n  , Talks «#2\n  ]\n",
    "in braces": "a: {b: Talks «#2\n  }\n",
    "in the last of several lines": "a: Talks\n  and more «#2\n",
    "the first of two": "a: Talks «#2 and #3\n",
    "behind a byte order mark": "\ufeffa: Talks «#2\n",
    "at the end, without a line break": "a: ésta «#2",
    "a comment without a space": "a: 1 «#todo\n",
    "quotes within": "a: the 'new' talks «#2\n",
}


@BOTH
@pytest.mark.parametrize("name", WARNED)
def test_a_text_that_is_cut(name: str, parser: Parser) -> None:
    text, places = unmark(WARNED[name])
    places = [(line, column - text.startswith("\ufeff")) for line, column in places]
    parsed = parse_yaml("x.yaml", text.encode(), parser=parser)
    assert not parsed.problems
    found = texts_cut("x.yaml", text.encode(), parsed.root)
    assert printed(found) == [f"x.yaml:{line}:{column}: warning: {CUT}" for line, column in places]


BEHIND = {
    "quotes": 'title: "Ports"«#2 Talks\nb: 1\n',
    "single quotes": "a:\n- 'Norland''s'«#2\n- c\n",
    "brackets": "a: [Ask, Sign]«#2\nb: 1\n",
    "quotes in brackets": 'a: ["Ask", "Sign"]«#2\nb: 1\n',
    "braces, in several lines": "a: {b: c,\n  d: {e: f}}«#2\nb: 1\n",
}


@pytest.mark.parametrize("name", BEHIND)
def test_what_the_parser_takes_for_a_comment_though_no_space_is_before_it(name: str) -> None:
    text, [(line, column)] = unmark(BEHIND[name])
    parsed = parse_yaml("x.yaml", text.encode(), parser=PARSER)
    assert not parsed.problems
    assert printed(texts_cut("x.yaml", text.encode(), parsed.root)) == [
        f"x.yaml:{line}:{column}: warning: {CUT}"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a: 'say \"x\"#2'\n",
        "a: x]#2\n",
        "a: |\n  'x'#2\n",
        "a: \"it's [x]#2 'y'#3\"\n",
        'a: ["]#2"]\n',
        "a: 'b'#\n",
    ],
)
def test_a_sign_behind_quotes_or_brackets_within_a_text_is_none(text: str) -> None:
    parsed = parse_yaml("x.yaml", text.encode(), parser=PARSER)
    assert not parsed.problems
    assert texts_cut("x.yaml", text.encode(), parsed.root) == []


def test_a_tab_begins_a_comment_as_a_space_does() -> None:
    data = b"title: Talks\t#2\n"
    [found] = texts_cut("x.yaml", data, parse_yaml("x.yaml", data).root)
    assert (found.where.line, found.where.column) == (1, 14)


@pytest.mark.parametrize("line_break", ["\r\n", "\r"])
def test_lines_may_end_otherwise(line_break: str) -> None:
    data = line_break.join(["#x", " #y", "a: b", "c: Talks #2", ""]).encode()
    [found] = texts_cut("x.yaml", data, parse_yaml("x.yaml", data).root)
    assert (found.where.line, found.where.column) == (4, 10)


SILENT = {
    "a comment that is meant": "a: Talks  # words\nb: 2\n",
    "with an issue in it": "a: Talks  # see #2\nb: Talks # 3 #4\n",
    "signs in a row": "a: Talks ## words\n",
    "a line of its own": "#one\na: Talks\n  #two\nb: 2\n#four\n",
    "after a text of several lines": "a: Talks\n  and more\n  #two\nb: 2\n",
    "within a text": "a: Talks#2\nb: a#b #\n",
    "in quotes": "a: 'Talks #2'\nb: \"Talks #2\"\nc: 'Talks\n  #2 and\n  more #3'\n",
    "behind quotes": "a: 'Talks' #2\nb: \"Talks\" #2\n",
    "in a block": "a: |\n  Talks #2\nb: >-\n  Talks\n  more #2\nc: x\n",
    "at a block's head": "a: | #2\n  Talks\n",
    "behind a key": "a: #2\n  b: c\nd: #3\n  - e\n",
    "behind brackets": "a: [b] #2\nc: {d: e} #3\n",
    "before a comma": "a: [b, #2\n  c]\n",
    "nothing else": "#2",
}


@BOTH
@pytest.mark.parametrize("name", SILENT)
def test_where_nothing_is_lost_nothing_is_said(name: str, parser: Parser) -> None:
    data = SILENT[name].encode()
    parsed = parse_yaml("x.yaml", data, parser=parser)
    assert not parsed.problems
    assert texts_cut("x.yaml", data, parsed.root) == []


@given(text=st.text("ab #'\":-\n\t\\[]", min_size=1, max_size=20))
@example(text="-One")
@example(text="a\ttalks: ")
@example(text="C:\\new: \nb")
def test_what_we_write_is_not_doubted(text: str) -> None:
    data = edited(
        "m.yaml",
        b"title: T\n",
        [AddField(where=Where(file="m.yaml", line=1, column=1), key="to", value=text)],
    )
    if isinstance(data, bytes):
        reading = Reading(language="en")
        tell_doubts("m.yaml", data, parse_yaml("m.yaml", data).root, reading)
        assert reading.problems == []


def test_no_file_of_ours_is_cut() -> None:
    folders = ("briefs", "src", "templates", "schemes", "benchmarks")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.yaml")]
    assert len(files) > 10
    for path in files:
        data = path.read_bytes()
        assert texts_cut(path.name, data, parse_yaml(path.name, data).root) == []


def test_of_very_many_not_all_are_told() -> None:
    data = b"- a #b\n" * (MOST_MISTAKES + 5)
    assert len(texts_cut("x.yaml", data, parse_yaml("x.yaml", data).root)) == MOST_MISTAKES


PARSED = """
from briefbook.readers.located_yaml import parse_yaml
from briefbook.readers.yaml_comments import texts_cut
from briefbook.readers.yaml_doubts import tell_doubts
data = {data}
root = parse_yaml("x.yaml", data).root
"""
CALLED = "print(len(texts_cut('x.yaml', data, root)))"
LONG = {
    "texts": ("b'- a\\n' * 1_500_000 + b' #x\\n- b #c\\n'", "1"),
    "words behind one": ("b'a: b\\nc: |\\n' + b'  d\\n' * 1_500_000 + b'  d #e\\nf: g #h\\n'", "1"),
    "signs": ("b'a: b' + b' #c' * 2_000_000", "1"),
}


@pytest.mark.parametrize("name", LONG)
def test_nothing_is_kept_of_a_long_file(name: str) -> None:
    data, told = LONG[name]
    found, mebibytes = grown(PARSED.format(data=data), CALLED)
    assert found == told
    assert mebibytes < 60  # with a list of all texts and lines it is more than a hundred


def test_a_profile_that_is_warned_of_is_used(tmp_path: Path) -> None:
    file = "templates/profiles/memo/profile.yaml"
    text = "title: Notes #2\nsections: [header]\n"
    book = make_book(tmp_path, {file: text})
    done = run("-C", book, "check")
    assert done.exit_code == 0
    assert f"{file}:1:14: warning: {CUT}" in done.stderr
    found = profiles_for(Path(book), {"memo"}, "en")
    assert found.known["memo"].title.texts == {"en": "Notes"}


def test_what_is_warned_of_is_read() -> None:
    memo, problems = read_memo("m.yaml", "m", b"title: Talks #2\nrange: all\n")
    assert memo is not None
    assert memo.title.texts == {"en": "Talks"}
    assert printed(problems) == [f"m.yaml:1:14: warning: {CUT}"]
    facts, problems, _ = read_facts([("f.yaml", b"people: \n  ana:\n    name: Ana #2\n")])
    assert list(facts.people) == ["ana"]
    assert printed(problems) == [f"f.yaml:3:15: warning: {CUT}"]
    settings, problems = read_settings("book.yaml", b"format: 1\ntitle: Talks #2\n")
    assert settings is not None
    assert printed(problems) == [f"book.yaml:2:14: warning: {CUT}"]


def test_a_book_with_a_cut_text_is_told_of(tmp_path: Path) -> None:
    memo = "memos/council.yaml"
    book = make_book(tmp_path, changed(memo, "title: Fisheries Council", "title: Fisheries Council #2"))
    done = run("-C", book, "check")
    assert done.exit_code == 0
    assert f"{memo}:1:26: warning: {CUT}" in done.stderr
