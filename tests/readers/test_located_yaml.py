import gc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbook.readers.located_yaml import (
    PARSER,
    PYTHON_PARSER,
    Broken,
    Mapping,
    Node,
    Parser,
    Scalar,
    Sequence,
    parse_yaml,
)
from briefbook.readers.yaml_words import COMMENT

from .marked import printed, said, unmark

BOTH = pytest.mark.parametrize("parser", [PARSER, PYTHON_PARSER], ids=["C", "Python"])
NOT_TAKEN = (
    "is not taken in a book (write the value itself; if the sign is part of a text, put the text in quotes)"
)
QUOTE = "(put the text in quotes)"
TOO_DEEP = "lists and mappings stand more than 64 deep in each other"
INDENT = "(the lines of one list or mapping start in the same column)"
CLOSE = "(close them where the text ends; within it write '' for ')"
BACKSLASH = "(for a backslash write '\\\\', or use single quotes)"
DELETE = "(delete it; it may not show in your editor)"
BRACKETS = "(put it in quotes if a text with brackets is meant)"


def entries(node: Node | None) -> dict[str, Node]:
    assert isinstance(node, Mapping)
    return {name: value for name, (_, value) in node.entries.items()}


def text_of(node: Node) -> str:
    assert isinstance(node, Scalar)
    return node.text


# ------------------------------------------------------------------------------------ what is read


@BOTH
def test_no_value_is_guessed(parser: Parser) -> None:
    written = [
        "NO",
        "yes",
        "12:30",
        "12:30:45",
        "010",
        "1e3",
        "2031-05-12",
        "0x1F",
        "~",
        "null",
        "1_000",
        "=",
    ]
    data = "".join(f"- {text}\n" for text in written).encode()
    root = parse_yaml("x.yaml", data, parser=parser).root
    assert isinstance(root, Sequence)
    assert [text_of(item) for item in root.items] == written


@BOTH
def test_every_node_knows_its_place(parser: Parser) -> None:
    data = b"# Norland\nplace: Port Emery\nsides:\n  - norland\n  - {id: 'sudland', note: \"\xc3\xa9 x\"}\n"
    parsed = parse_yaml("x.yaml", data, parser=parser)
    assert isinstance(parsed.root, Mapping)
    assert parsed.complete
    assert not parsed.problems
    assert str(parsed.root.where) == "x.yaml:2:1"
    key, place = parsed.root.entries["place"]
    assert (str(key.where), str(place.where)) == ("x.yaml:2:1", "x.yaml:2:8")
    sides = parsed.root.entries["sides"][1]
    assert isinstance(sides, Sequence)
    assert str(sides.where) == "x.yaml:4:3"
    assert [str(item.where) for item in sides.items] == ["x.yaml:4:5", "x.yaml:5:5"]
    second = sides.items[1]
    assert isinstance(second, Mapping)
    assert [str(value.where) for _, value in second.entries.values()] == ["x.yaml:5:10", "x.yaml:5:27"]
    assert [value.plain for _, value in second.entries.values() if isinstance(value, Scalar)] == [
        False,
        False,
    ]


@BOTH
@pytest.mark.parametrize("data", [b"", b"\n\n", b"# nothing\n", b"\xef\xbb\xbf", b"---\n"])
def test_an_empty_file_is_no_mistake(data: bytes, parser: Parser) -> None:
    parsed = parse_yaml("x.yaml", data, parser=parser)
    assert (parsed.root, parsed.problems, parsed.complete) == (None, [], True)


@BOTH
def test_a_byte_order_mark_does_not_move_places(parser: Parser) -> None:
    key, value = parse_yaml("x.yaml", b"\xef\xbb\xbfa: b\n", parser=parser).root.entries["a"]  # type: ignore[union-attr]
    assert (key.where.column, value.where.column) == (1, 4)


@BOTH
def test_blocks_of_text(parser: Parser) -> None:
    data = b"a: |\n  one\n  two\nb: >\n  one\n  two\nc: one\n  two\n"
    found = entries(parse_yaml("x.yaml", data, parser=parser).root)
    assert [text_of(node) for node in found.values()] == ["one\ntwo\n", "one two\n", "one two"]


@BOTH
@given(text=st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0x1FFFF), max_size=30))
@settings(max_examples=60, deadline=None)
def test_a_text_in_quotes_comes_back_with_its_place(parser: Parser, text: str) -> None:
    escaped = "".join(
        f"\\U{ord(character):08X}" if character in '"\\\n\r\t' else character for character in text
    )
    parsed = parse_yaml("x.yaml", f'a:\n  - first\n  - "{escaped}"\n'.encode(), parser=parser)
    if parsed.problems:
        assert all("does not belong in a text" in problem.message for problem in parsed.problems)
        assert not text.isascii() or not text.replace("\n", "").replace("\t", "").isprintable()
        return
    node = entries(parsed.root)["a"]
    assert isinstance(node, Sequence)
    found = node.items[1]
    assert isinstance(found, Scalar)
    assert (found.text, found.plain, str(found.where)) == (text, False, "x.yaml:3:5")


# ------------------------------------------------------------------------------- what is a mistake

MISTAKES = {
    "a colon in a text": (
        "title: Fisheries«: the council\n",
        "a ':' where none can stand (put a text that holds ': ' in quotes)",
    ),
    "a tab": ("a:\n«\tb: 1\n", "a tab is used for indentation (use spaces)"),
    "a tab after spaces": ("a:\n    b: 1\n   «\tc: 2\n", "a tab is used for indentation (use spaces)"),
    "an open quote": (
        "a: 1\nb: «'x\nc: 1\n",
        "the quotes that open here are never closed (close them where the text ends)",
    ),
    "an open list": (
        "a: «[1, 2\nb: 3\n",
        "the '[' that opens here is never closed (write ']' where it ends)",
    ),
    "an open mapping": (
        "a: «{b: 1\nc: 2\n",
        "the '{' that opens here is never closed (write '}' where it ends)",
    ),
    "a colour that is a comment": (
        "a: «{b: #7A1030, c: 1}\nd: 2\n",
        f"the '{{' that opens here is never closed (write '}}' where it ends; {COMMENT})",
    ),
    "a colour that is a comment in a mapping of several lines": (
        "a: {\n  b: #7A1030,\n  c«: 1 }\n",
        f"the mapping in braces is not closed here (write ',' or '}}'; {COMMENT})",
    ),
    "a colour that is a comment at the end": (
        "a: {b: #7A1030}\n«",
        f"a bracket too many, or one that is not closed (put a text with brackets in quotes; {COMMENT})",
    ),
    "a bracket too many": (
        "a: «]\n",
        "a bracket too many, or one that is not closed (put a text with brackets in quotes)",
    ),
    "an at sign": ("a: «@home\n", "no text can start with '@' (put the text in quotes)"),
    "a percent sign": ("a: «%5\n", "no text can start with '%' (put the text in quotes)"),
    "a step back": ("a:\n  b: 1\n «c: 2\n", f"this line does not fit the lines above it {INDENT}"),
    "a key after a list": ("a:\n  - x\n «b: 1\n", f"this line does not fit the lines above it {INDENT}"),
    "a line without a colon": (
        "a: 1\n«b\nc: 2\n",
        "this line is no 'key: value' (write a ':' and a space after the key)",
    ),
    "a list beside its key": ("a: «- b\n", "a '-' where no list can start (start the list on its own line)"),
    "a text beside its bar": ("a: | «x\n", f"a text cannot start on the line of its '|' or '>' {QUOTE}"),
    "a text after quotes": ("a: 'x' «y\n", f"more text follows behind the closing quotes {CLOSE}"),
    "quotes over a document's end": (
        "a: 'x\n«---\n",
        "a text in quotes runs into a line of '---' or '...' (close the quotes)",
    ),
    "a question mark": ("a: «? b\n", f"a '?' where none can stand {QUOTE}"),
    "an unknown tag": ("a: «!x!y z\n", f"'!' has a meaning of its own in YAML {QUOTE}"),
    "a bare sign": ("a: &« b\n", f"'&' and '*' have a meaning of their own in YAML {QUOTE}"),
    "an anchor": ("a: «&x 1\n", f"the anchor '&x' {NOT_TAKEN}"),
    "an anchor on a list": ("a: «&x [1]\n", f"the anchor '&x' {NOT_TAKEN}"),
    "an alias": ("a: «*x\n", f"the alias '*x' {NOT_TAKEN}"),
    "an alias as key": ("«*x : 1\n", f"the alias '*x' {NOT_TAKEN}"),
    "a tag": ("a: «!!int 3\n", f"the tag 'tag:yaml.org,2002:int' {NOT_TAKEN}"),
    "a tag that runs code": (
        "a: «!!python/name:os.system x\n",
        f"the tag 'tag:yaml.org,2002:python/name:os.system' {NOT_TAKEN}",
    ),
    "a merge key": ("a: 1\n«<<: {b: 2}\n", f"the merge key '<<' {NOT_TAKEN}"),
    "a second document": (
        "a: 1\n«---\nb: 2\n",
        "a second document starts here; a file holds one (make it a file of its own)",
    ),
    "a list as key": ("? «[a, b]\n: c\n", f"a key must be a text, not a list {BRACKETS}"),
    "an unquoted placeholder": ("a: {«{name}}\n", f"a key must be a text, not a mapping {BRACKETS}"),
    "a key twice": (
        "a: 1\nb: 2\n«a: 3\n",
        "'a' stands here a second time; first at x.yaml:1:1 (keep one of the two)",
    ),
    "a control character": ("a: x«\x07y\n", f"U+0007 does not belong in a text {DELETE}"),
    "a NUL": ("a: 1\nb: «\0\n", f"U+0000 does not belong in a text {DELETE}"),
    "an escaped NUL": ('a: «"x\\0"\n', f"U+0000 does not belong in a text {BACKSLASH}"),
    "an escaped return": ('a: «"x\\ry"\n', f"U+000D does not belong in a text {BACKSLASH}"),
    "U+FFFE": ("a: é«\ufffe\n", f"U+FFFE does not belong in a text {DELETE}"),
    "a line separator": ("a: x\nb: y«\u2028z\n", f"U+2028 does not belong in a text {DELETE}"),
    "an override": ("a: «\u202ey\n", f"U+202E does not belong in a text {DELETE}"),
    "a byte order mark inside": ("a: x\n«\ufeffb: y\n", f"U+FEFF does not belong in a text {DELETE}"),
    "too deep": ("[" * 64 + "«" + "[" * 5000, TOO_DEEP),
    "too deep in mappings": ("{a: " * 64 + "«" + "{a: " * 5000, TOO_DEEP),
}


@BOTH
@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_and_its_place(name: str, parser: Parser) -> None:
    marked, message = MISTAKES[name]
    text, places = unmark(marked)
    parsed = parse_yaml("x.yaml", text.encode(), parser=parser)
    assert printed(parsed.problems) == said("x.yaml", places, [message])


def test_too_deep_in_keys() -> None:
    problems = parse_yaml("x.yaml", b"? " * 300 + b"a\n").problems
    assert problems[-1].message == TOO_DEEP
    assert str(problems[-1].where) == "x.yaml:1:129"


ENCODINGS = [
    (b"a: b\nc: \xff\n", "x.yaml:2:4: error: byte 0xFF is not UTF-8 (save the file as UTF-8)"),
    (b"\xef\xbb\xbf\xc3\xa9: \xe9\n", "x.yaml:1:4: error: byte 0xE9 is not UTF-8 (save the file as UTF-8)"),
    (b"a: \xed\xa0\x80\n", "x.yaml:1:4: error: byte 0xED is not UTF-8 (save the file as UTF-8)"),
    ("a: b".encode("utf-16"), "x.yaml:1:1: error: the file is UTF-16, not UTF-8 (save the file as UTF-8)"),
]


@pytest.mark.parametrize(("data", "message"), ENCODINGS)
def test_another_encoding(data: bytes, message: str) -> None:
    parsed = parse_yaml("x.yaml", data)
    assert printed(parsed.problems) == [message]
    assert not parsed.complete


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_lines_count_alike_however_they_end(line_break: str) -> None:
    data = line_break.join(["a: 1", "b: \x01", "a: 2", "c: @"]).encode()
    places = [(problem.where.line, problem.where.column) for problem in parse_yaml("x.yaml", data).problems]
    assert places == [(2, 4), (3, 1), (4, 4)]


def test_reading_goes_on_after_what_is_not_taken() -> None:
    data = b"a: &x 1\nb: *x\n? [k]\n: {l: m}\na: 2\n<<: {n: o}\nc: \x01\nd: 4\n"
    parsed = parse_yaml("x.yaml", data)
    assert len(parsed.problems) == 6
    assert parsed.complete
    found = entries(parsed.root)
    assert list(found) == ["a", "b", "c", "d"]
    assert isinstance(found["b"], Broken)
    assert [text_of(found[name]) for name in "acd"] == ["1", "\ufffd", "4"]


def test_a_picture_is_not_told_byte_by_byte() -> None:
    parsed = parse_yaml("x.yaml", b"a: " + b"\x01" * 5000)
    assert len(parsed.problems) == 21
    assert str(parsed.problems[-1]) == "x.yaml:1:24: error: more of these follow (is this file a text?)"
    assert (parsed.root, parsed.complete) == (None, False)


def test_both_parsers_build_the_same_tree() -> None:
    data = b"a: [1, {b: 'c'}, [], {}]\nd:\n- e\n- |\n  f\n  g\nh: >-\n  i\n? j\n: k\n'': l\nm:\n"
    one, other = (parse_yaml("x.yaml", data, parser=parser) for parser in (PARSER, PYTHON_PARSER))
    assert one == other
    assert keys_in(one.root) == keys_in(other.root)
    assert [str(key.where) for key in keys_in(one.root)][:3] == ["x.yaml:1:1", "x.yaml:1:9", "x.yaml:2:1"]


def keys_in(node: Node | None) -> list[Scalar]:
    """Every key of a tree, above those of its value."""
    match node:
        case Mapping():
            pairs = node.entries.values()
            return [each for key, value in pairs for each in (key, *keys_in(value))]
        case Sequence():
            return [key for item in node.items for key in keys_in(item)]
        case _:
            return []


@BOTH
@pytest.mark.parametrize("data", [b"? a", b"? a\n", b"? a\n\n# b\nc: d\n", b"{? a\n\n}"])
def test_a_value_left_out_stands_on_the_line_of_its_key(data: bytes, parser: Parser) -> None:
    root = parse_yaml("x.yaml", data, parser=parser).root
    assert isinstance(root, Mapping)
    key, value = root.entries["a"]
    assert value.where.line == key.where.line
    assert text_of(value) == ""


def test_an_empty_text_in_quotes_stands_at_its_quotes() -> None:
    value = entries(parse_yaml("x.yaml", b"a:\n  ''\n").root)["a"]
    assert (value.line, value.column) == (2, 3)


def test_the_collector_is_as_it_was() -> None:
    assert gc.isenabled()
    parse_yaml("x.yaml", b"a: [")
    assert gc.isenabled()


YAML_LIKE = st.text("abc:- \n\t'\"[]{}&*!|>?#%@<,.\\0~\0\x85\ufeff\u2028é\U0001f41f", max_size=60)


@given(data=st.binary(max_size=200) | YAML_LIKE.map(str.encode))
@settings(max_examples=400, deadline=None)
def test_any_bytes_give_a_tree_or_problems(data: bytes) -> None:
    parsed = parse_yaml("x.yaml", data)
    assert parsed.complete or parsed.problems
    lines = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in parsed.problems:
        assert problem.where.line is not None
        assert problem.where.column is not None
        assert 1 <= problem.where.line <= len(lines) + 1
        assert 1 <= problem.where.column <= max(map(len, lines)) + 2
