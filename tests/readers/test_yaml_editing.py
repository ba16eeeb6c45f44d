"""Changes to YAML texts: the value that was asked for, and every other byte as it was."""

import re
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from briefbook.diagnostics import Problem, Where
from briefbook.readers.located_yaml import parse_yaml
from briefbook.readers.yaml_editing import AddField, AddItem, AddRecord, Edit, Flow, Replace, edited

WHOLE = Where(file="x.yaml")


def _done(text: str, *edits: Edit) -> str:
    new = edited("x.yaml", text.encode(), edits)
    assert isinstance(new, bytes), new
    return new.decode()


def _replaced(text: str, new: str, *within: str | int) -> str:
    return _done(text, Replace(where=WHOLE, within=within, text=new))


BOOK = """\
# Two meetings.
meetings:
  council-1:   # the first
    forum: council
    place: 'Port Emery' # as announced
    note: >-
      A long note that is folded over more than one line, because it says more than a line of this file can
      hold; nothing in it is of any consequence, but it has to go on for as long as it takes to fill three
      lines.
    text: {en: Fish, es: "Pescado"}
    statements:
      - source: a
        evidence:
          - one
          - two
  # the second
  council-2:
    forum: council
    about: [ana,
      bo]
"""


def test_only_the_asked_text_differs() -> None:
    assert _replaced(BOOK, "Sund", "meetings", "council-1", "place") == BOOK.replace("Port Emery", "Sund")
    assert _replaced(BOOK, "Pez", "meetings", "council-1", "text", "es") == BOOK.replace("Pescado", "Pez")
    assert _replaced(BOOK, "Lamb", "meetings", "council-1", "text", "en") == BOOK.replace("Fish", "Lamb")
    assert _replaced(BOOK, "bee", "meetings", "council-2", "about", 1) == BOOK.replace("bo]", "bee]")
    assert _done(BOOK, Replace(where=Where(file="x.yaml", line=5, column=12), text="Sund")) == BOOK.replace(
        "Port Emery", "Sund"
    )


def test_lines_of_a_folded_text_that_did_not_change_stay_as_they_are() -> None:
    note = yaml.safe_load(BOOK)["meetings"]["council-1"]["note"]
    new = note.replace("nothing in it", "next to nothing in it")
    changed = _replaced(BOOK, new, "meetings", "council-1", "note")
    assert yaml.safe_load(changed)["meetings"]["council-1"]["note"] == new
    before, after = BOOK.splitlines(), changed.splitlines()
    assert before[:7] == after[:7]
    assert before[-11:] == after[-11:]
    assert max(map(len, after)) <= 110
    shorter = note.replace("more than one line", "some lines")
    kept = _replaced(BOOK, shorter, "meetings", "council-1", "note").splitlines()
    assert [number for number, line in enumerate(kept) if line != before[number]] == [6]


@pytest.mark.parametrize(
    ("new", "spelled"),
    [
        ("a: b", '"a: b"'),
        ("x, y", '"x, y"'),  # in brackets alone a comma needs quotes
        ("", '""'),
        ("null", '"null"'),
        ('say "no": no', "'say \"no\": no'"),
        ("NO", "NO"),
        ("# x", '"# x"'),
        ("two\nlines", '"two\\nlines"'),
    ],
)
def test_a_text_is_quoted_where_it_must_be(new: str, spelled: str) -> None:
    assert _replaced("a: {b: c, d: e}\n", new, "a", "b") == f"a: {{b: {spelled}, d: e}}\n"


def test_a_block_keeps_its_indicators_and_the_comment_behind_them() -> None:
    text = "a: |2- # verbatim\n    x\n  y\n\nb: z\n"
    assert _replaced(text, "p\nq", "a") == "a: |2- # verbatim\n  p\n  q\n\nb: z\n"
    assert _replaced("a: |+\n  x\n\n\nb: z\n", "y\n\n", "a") == "a: |+\n  y\n\nb: z\n"
    assert _replaced("a: |+\n  x\n\n\nb: z\n", "y", "a") == "a: |-\n  y\n\n\nb: z\n"


def test_fields_items_and_records_are_added_in_the_style_that_stands_there() -> None:
    one = ("meetings", "council-1")
    two = ("meetings", "council-2")
    new = _done(
        BOOK,
        AddItem(where=WHOLE, within=(*one, "statements", 0, "evidence"), value="three"),
        AddItem(where=WHOLE, within=(*one, "statements"), value={"source": "b", "says": "held"}),
        AddField(where=WHOLE, within=one, key="about", value=Flow(["ana", "bo"])),
        AddField(where=WHOLE, within=one, key="ordinal", value="1", after="forum"),
        AddField(where=WHOLE, within=(*one, "text"), key="fr", value="Poisson"),
        AddItem(where=WHOLE, within=(*two, "about"), value="cy"),
        AddRecord(kind="sources", id="b", value={"short": "a word", "published": "2031-05-12"}),
    )
    changed = (
        ("council\n    place", "council\n    ordinal: 1\n    place"),
        ('"Pescado"}', '"Pescado", fr: Poisson}'),
        ("  bo]\n", "  bo, cy]\n\nsources:\n  b:\n    short: a word\n    published: 2031-05-12\n"),
        (
            "- two\n",
            "- two\n          - three\n      - source: b\n        says: held\n    about: [ana, bo]\n",
        ),
    )
    expected = BOOK
    for old, wanted in changed:
        expected = expected.replace(old, wanted, 1)
    assert new == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "sources:\n  b:\n    short: x\n"),
        ("# nothing yet\n", "# nothing yet\nsources:\n  b:\n    short: x\n"),
        ("# nothing yet", "# nothing yet\nsources:\n  b:\n    short: x"),
        ("sources: # none\n", "sources: # none\n  b:\n    short: x\n"),
        ("sources: {}\nx: y", "sources:\n  b:\n    short: x\nx: y"),
        ("sources:\n  a:\n    short: y", "sources:\n  a:\n    short: y\n\n  b:\n    short: x"),
        ("sources:\n  a: {short: y}\n# end\n", "sources:\n  a: {short: y}\n  b:\n    short: x\n# end\n"),
        ("sources: {a: {short: y}}\n", "sources: {a: {short: y}, b: {short: x}}\n"),
        ("x: y\r\n", "x: y\r\n\r\nsources:\r\n  b:\r\n    short: x\r\n"),
        ("\ufeffx: y\n", "\ufeffx: y\n\nsources:\n  b:\n    short: x\n"),
    ],
)
def test_a_record_finds_its_key_or_makes_it(text: str, expected: str) -> None:
    assert _done(text, AddRecord(kind="sources", id="b", value={"short": "x"})) == expected


@pytest.mark.parametrize(
    ("text", "edit", "message"),
    [
        ("a: b\n", Replace(where=Where(file="x", line=1, column=3), text="c"), "does not stand here"),
        ("a: b\n", Replace(where=WHOLE, within=("a",), text="\x07"), "control character"),
        ("a: b\n", Replace(where=WHOLE, within=("a",), text="\ud800"), "control character"),
        ("a: b\n", AddField(where=WHOLE, key="a", value="c"), "stands here already"),
        ("a: b\n", AddItem(where=WHOLE, within=("a",), value="c"), "a list does not stand here"),
        ("a: b\na: c\n", Replace(where=WHOLE, within=("a",), text="c"), "a second time"),
        ("a: [b\n", Replace(where=WHOLE, within=("a",), text="c"), "never closed"),
        ("{a}\n", Replace(where=WHOLE, within=("a",), text="c"), "without changing something else"),
        ("a: |\n  x", AddField(where=WHOLE, key="b", value="c"), "without changing something else"),
    ],
)
def test_what_cannot_be_done_is_a_problem(text: str, edit: Edit, message: str) -> None:
    new = edited("x.yaml", text.encode(), [edit])
    assert isinstance(new, Problem)
    assert message in new.message


# ------------------------------------------------------------------------------------- properties

_WORDS = st.text(st.sampled_from("abcéß —…’“1:#-,{}[]&*!|>'\"%@`?~\\\n\t \u00a0\U0001f41f"), max_size=60)
_PROSE = st.lists(st.sampled_from(["fish", "a", "of-the-sea", "«¿qué?»", "#1", "- x"]), max_size=60).map(
    " ".join
)
_ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TEXTS = st.one_of(_WORDS, _PROSE, _ANY)
_BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202d\u202e\ufeff\ufffe\uffff\ud800-\udfff]")


@st.composite
def _scalar(draw: Any, indent: int, *, flow: bool) -> Any:
    """A scalar as somebody may have written it, with what stands behind it on its line."""
    words = draw(st.lists(st.sampled_from(["eel", "cod", "a1", "día", "salt"]), min_size=1, max_size=8))
    pad = "\n" + " " * (indent + draw(st.integers(1, 4)))
    joint = draw(st.sampled_from([" ", pad]))
    quote = draw(st.sampled_from(["", "'", '"']))
    styles = ["line", "null"] if flow else ["line", "line", "null", "block"]
    match draw(st.sampled_from(styles)):
        case "block":
            header = draw(st.sampled_from("|>")) + draw(st.sampled_from(["", "-", "+"]))
            header += draw(st.sampled_from(["", " # why"]))
            lines = [pad + word for word in words]
            blanks = [draw(st.sampled_from(["", "", "\n"])) for _ in lines]
            return " " + header + "".join(a + b for a, b in zip(blanks, lines, strict=True))
        case "null":
            return " " if flow else ""
        case _:
            inside = joint.join(words).replace("eel", {"'": "e''l", '"': 'e\\"l\\n', "": "eel"}[quote])
            return " " + quote + inside + quote


@st.composite
def _value(draw: Any, indent: int, depth: int = 0) -> Any:
    """What stands behind a key of a block mapping whose keys stand at `indent`; ends inside a line."""
    kinds = ["scalar"] * 3 + (["map", "list", "flow map", "flow list"] if depth < 3 else [])
    comment = draw(st.sampled_from(["", "", " # c", " #", "  "]))
    match draw(st.sampled_from(kinds)):
        case "map":
            return comment + "\n" + draw(_mapping(indent + draw(st.integers(1, 4)), depth + 1))
        case "list":
            dash = indent + draw(st.integers(0, 3))
            items = draw(st.lists(_item(dash, depth), min_size=1, max_size=3))
            return comment + "".join("\n" + item for item in items)
        case "flow map":
            inner = draw(st.lists(_scalar(indent, flow=True), max_size=3))
            fields = [f"f{number}:{value}" for number, value in enumerate(inner)]
            return (
                " {" + draw(st.sampled_from([", ", ",\n" + " " * (indent + 6)])).join(fields) + "}" + comment
            )
        case "flow list":
            inner = draw(st.lists(_scalar(indent, flow=True).filter(str.strip), max_size=3))
            tail = draw(st.sampled_from(["", ","])) if inner else ""
            return " [" + ",".join(inner) + tail + "]" + comment
        case _:
            found = draw(_scalar(indent, flow=False))
            return found if found[1:2] in ("|", ">") else found + comment


@st.composite
def _item(draw: Any, dash: int, depth: int) -> Any:
    pad = " " * dash + "-"
    if draw(st.booleans()):
        return pad + draw(_scalar(dash, flow=False))
    gap = draw(st.integers(1, 3))
    return pad + " " * gap + draw(_mapping(dash + 1 + gap, depth + 1)).lstrip(" ")


@st.composite
def _mapping(draw: Any, indent: int, depth: int = 0) -> Any:
    pad = " " * indent
    values = draw(st.lists(_value(indent, depth), min_size=1, max_size=4))
    between = [draw(st.sampled_from(["\n", "\n", "\n\n", f"\n{pad}# about it\n"])) for _ in values]
    return "".join(
        (gap if number else "") + f"{pad}k{number}:{value}"
        for number, (gap, value) in enumerate(zip(between, values, strict=True))
    )


@st.composite
def files(draw: Any) -> Any:
    text = draw(st.sampled_from(["", "# top\n", "---\n"])) + draw(_mapping(draw(st.sampled_from([0, 0, 2]))))
    text += draw(st.sampled_from(["\n", "", "\n\n# end\n"]))
    text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode()


def _tree(data: bytes) -> Any:
    """What another loader finds in it, each value a text."""
    return yaml.load(data.decode("utf-8-sig"), yaml.BaseLoader)


def _places(tree: Any, steps: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
    found = [(steps, tree)]
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for step, value in inner:
        found += _places(value, (*steps, step))
    return found


def _node_at(data: bytes, steps: tuple[Any, ...]) -> Any:
    """The node of PyYAML's own composer, in Python, for its marks."""
    node: Any = yaml.compose(data.decode("utf-8-sig"), yaml.BaseLoader)
    for step in steps:
        node = (
            node.value[step] if isinstance(step, int) else next(v for k, v in node.value if k.value == step)
        )
    return node


def _put(tree: Any, steps: tuple[Any, ...], value: Any) -> Any:
    if not steps:
        return value
    if isinstance(tree, dict):
        return {key: _put(each, steps[1:], value) if key == steps[0] else each for key, each in tree.items()}
    return [_put(each, steps[1:], value) if place == steps[0] else each for place, each in enumerate(tree)]


@settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck))
@given(data=files(), new=TEXTS, choice=st.integers(0, 1000))
def test_any_text_put_in_any_place_reads_back_and_the_rest_stays(data: bytes, new: str, choice: int) -> None:
    assume(not parse_yaml("x", data).problems)
    tree = _tree(data)
    scalars = [(steps, value) for steps, value in _places(tree) if isinstance(value, str)]
    assume(scalars)
    steps, _ = scalars[choice % len(scalars)]
    result = edited("x.yaml", data, [Replace(where=WHOLE, within=steps, text=new)])
    if _BAD.search(new):
        assert isinstance(result, Problem)
        return
    assert isinstance(result, bytes), result
    assert _tree(result) == _put(tree, steps, new)
    assert str(_tree(result)) == str(_put(tree, steps, new))  # in the same order, too
    node = _node_at(data, steps)
    old, text = data.decode("utf-8-sig"), result.decode("utf-8-sig")
    if (
        node.start_mark.index == node.end_mark.index
    ):  # an empty place: the parsers put it before or behind a space
        assert _is_one_insertion(data, result)
        return
    assert text.startswith(old[: node.start_mark.index])
    rest = old[node.end_mark.index :]
    if node.style in ("|", ">"):  # its mark lies behind its line breaks: the text's comment is told apart
        rest = rest.lstrip("\r\n")
    assert text.endswith(rest)
    assert result.startswith(b"\xef\xbb\xbf") == data.startswith(b"\xef\xbb\xbf")
    assert set(re.findall("\r\n|\r|\n", text)) <= set(re.findall("\r\n|\r|\n", old)) | (
        set() if "\n" in old else {"\n"}
    )


_VALUES = st.one_of(
    TEXTS,
    st.fixed_dictionaries({"en": TEXTS, "es": TEXTS}),
    st.fixed_dictionaries({"en": TEXTS, "es": TEXTS}).map(Flow),
    st.lists(TEXTS, max_size=3),
    st.lists(st.fixed_dictionaries({"source": TEXTS, "evidence": st.lists(TEXTS, max_size=2)}), max_size=2),
)


def _plain(value: Any) -> Any:
    return _plain(value.value) if isinstance(value, Flow) else value


@settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck))
@given(data=files(), value=_VALUES, choice=st.integers(0, 1000), key=_WORDS)
def test_anything_added_anywhere_reads_back_and_nothing_else_moves(
    data: bytes, value: Any, choice: int, key: str
) -> None:
    assume(not parse_yaml("x", data).problems)
    assume(not any(_BAD.search(text) for _, text in _places(_plain(value)) if isinstance(text, str)))
    tree = _tree(data)
    places = [(steps, held) for steps, held in _places(tree) if isinstance(held, list | dict)]
    steps, held = places[choice % len(places)]
    if isinstance(held, dict):
        edit: Edit = AddField(where=WHOLE, within=steps, key=key, value=value)
        wanted = _put(tree, steps, {**held, key: _plain(value)})
    else:
        edit = AddItem(where=WHOLE, within=steps, value=value)
        wanted = _put(tree, steps, [*held, _plain(value)])
    result = edited("x.yaml", data, [edit])
    if isinstance(result, Problem):
        # A text in a block that ends with the file, without a line break, gets one when anything follows.
        assert re.search(rb"[|>][+]?( # why)?(\r?\n[^\r\n]*)*\Z", data)
        assert not data.endswith(b"\n")
        return
    assert _tree(result) == wanted
    assert _is_one_insertion(data, result)


def _is_one_insertion(old: bytes, new: bytes) -> bool:
    head = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(old))
    return old[head:] == b"" or new.endswith(old[head:])
