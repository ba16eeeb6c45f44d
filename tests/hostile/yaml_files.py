"""Hostile YAML files: the bytes of each, and a problem that it must end in, at its place.

`CASES` is read by the count of all hostile inputs: at most five of a kind.
"""

from typing import NamedTuple

FILE = "facts/hostile.yaml"
MANY = 5_000


class Case(NamedTuple):
    """A hostile file of facts: its kind for the count, its name, its bytes, a problem as printed."""

    kind: str
    name: str
    input: bytes
    expected: str


def _facts(kind: str, name: str, text: str, expected: str) -> Case:
    """A case whose text is UTF-8; `expected` begins with line and column."""
    return Case(kind, name, text.encode(), f"{FILE}:{expected}")


def _meeting(field: str) -> str:
    """A meeting with one field more."""
    return f"meetings:\n  m:\n    forum: f\n    {field}\n"


MORE = "more of these follow (mend those above first)"
NOT_TAKEN = (
    "is not taken in a book (write the value itself; if the sign is part of a text, put the text in quotes)"
)
BACKSLASH = "(for a backslash write '\\\\', or use single quotes)"
DELETE = "(delete it; it may not show in your editor)"
UTF8 = "(save the file as UTF-8)"
TOO_DEEP = "lists and mappings stand more than 64 deep in each other"
DATES = "(write 2018, 2018-05, 2018-05-07, 2018-05-07~, early 2018-05, A/B, ../B or A/..)"
KINDS = "(known: background, forums, meetings, organisations, people, priorities, sources)"
IDS = "(an id is made of a–z, 0–9, '.', '_' and '-', at most 64, and starts with a letter or digit)"
TWICE = f"2:1: error: 'people' stands here a second time; first at {FILE}:1:1 (keep one of the two)"
DIRECTIVES = (
    "more than 16 lines start with '%', which stands for a directive of YAML (delete them: a book needs none)"
)
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
LONG_TITLE = f"title: {'word ' * 20_001}"
DIGITS = "1" * 1_000_000

CASES: tuple[Case, ...] = (
    # What one record may hold.
    _facts(
        "size",
        "a text of a hundred thousand characters",
        _meeting(LONG_TITLE),
        "4:12: error: the text of 'title' has 100004 characters; at most 100000 are read (split it)",
    ),
    _facts(
        "size",
        "a list of a thousand and one",
        f"forums:\n  f: {{name: F, sides: [{'s, ' * 1000}s]}}\n",
        "2:3024: error: the list of 'sides' has 1001 items; at most 1000 are read",
    ),
    _facts(
        "size",
        "statements without end",
        _meeting("statements: [" + "{source: s}, " * MANY + "]"),
        "4:13018: error: the list of 'statements' has 5000 items; at most 1000 are read",
    ),
    _facts(
        "size",
        "a name in very many languages",
        "people: {}\nforums: {f: {name: {" + ", ".join(f"aa-x{n:07}: N" for n in range(MANY)) + "}}}\n",
        "2:20: error: 'name' is in 5000 languages; at most 1000 are read",
    ),
    # Mistakes without number.
    _facts(
        "flood",
        "unknown fields",
        _meeting("a: b\n" + "".join(f"    field{n}: x\n" for n in range(MANY))),
        "4:5: error: a meeting has no field 'a' (known: forum, marking, ordinal, questions, statements,"
        " title)",
    ),
    _facts(
        "flood",
        "unknown kinds",
        "".join(f"kind{n}: x\n" for n in range(MANY)),
        f"1:1: error: 'kind0' is no kind of fact {KINDS}",
    ),
    _facts(
        "flood",
        "broken ids",
        "people:\n" + "".join(f"  P{n}: {{name: N}}\n" for n in range(MANY)),
        f"2:3: error: 'P0' is not an id {IDS}",
    ),
    _facts("flood", "one key again and again", "people: {}\n" * MANY, TWICE),
    _facts(
        "flood",
        "broken dates",
        "sources:\n" + "".join(f"  s{n}: {{short: s, published: x{n}}}\n" for n in range(MANY)),
        f"2:29: error: 'x0' is not a date {DATES}",
    ),
    # Depth.
    _facts("depth", "lists", "people: " + "[" * 100_000, f"1:72: error: {TOO_DEEP}"),
    _facts("depth", "mappings", "people: " + "{a: " * 50_000, f"1:261: error: {TOO_DEEP}"),
    _facts("depth", "dashes", "people:\n" + "- " * 50_000 + "x\n", f"2:127: error: {TOO_DEEP}"),
    _facts(
        "depth",
        "question marks",
        "? " * 50_000 + "x\n",
        "1:3: error: a key must be a text, not a mapping (put it in quotes if a text with brackets is meant)",
    ),
    _facts(
        "depth",
        "lines, each a step further in",
        "".join(" " * n + f"k{n}:\n" for n in range(1000)),
        f"65:65: error: {TOO_DEEP}",
    ),
    # Anchors and aliases.
    _facts("alias", "a billion laughs", BOMB, f"1:4: error: the anchor '&a' {NOT_TAKEN}"),
    _facts("alias", "a list in itself", "people: &p [*p]\n", f"1:9: error: the anchor '&p' {NOT_TAKEN}"),
    _facts("alias", "as a key", "*x : {}\n", f"1:1: error: the alias '*x' {NOT_TAKEN}"),
    _facts("alias", "of nothing", "people: *nobody\n", f"1:9: error: the alias '*nobody' {NOT_TAKEN}"),
    _facts("alias", "very many", f"people: [{'*x, ' * MANY}]\n", f"1:10: error: the alias '*x' {NOT_TAKEN}"),
    # Tags.
    _facts(
        "tag",
        "one that calls a program",
        "people: !!python/object/apply:os.system ['true']\n",
        f"1:9: error: the tag 'tag:yaml.org,2002:python/object/apply:os.system' {NOT_TAKEN}",
    ),
    _facts(
        "tag",
        "bytes",
        "people: !!binary |\n  AAAA\n",
        f"1:9: error: the tag 'tag:yaml.org,2002:binary' {NOT_TAKEN}",
    ),
    _facts("tag", "an own one", "people: !own {}\n", f"1:9: error: the tag '!own' {NOT_TAKEN}"),
    _facts(
        "tag",
        "an address",
        "people: !<https://example.org/t> {}\n",
        f"1:9: error: the tag 'https://example.org/t' {NOT_TAKEN}",
    ),
    _facts(
        "tag",
        "one of a million letters",
        f"people: !{'t' * 1_000_000} {{}}\n",
        f"1:9: error: the tag '!{'t' * 58}…' {NOT_TAKEN}",
    ),
    # Merge keys.
    _facts("merge key", "of a mapping", "<<: {people: {}}\n", f"1:1: error: the merge key '<<' {NOT_TAKEN}"),
    _facts("merge key", "of an alias", "people:\n  <<: *p\n", f"2:3: error: the merge key '<<' {NOT_TAKEN}"),
    _facts(
        "merge key",
        "within braces",
        "people: {<<: [{}, {}]}\n",
        f"1:10: error: the merge key '<<' {NOT_TAKEN}",
    ),
    _facts(
        "merge key",
        "in quotes, so a key like others",
        '"<<": {}\n',
        f"1:1: error: '<<' is no kind of fact {KINDS}",
    ),
    # Twice.
    _facts("twice", "a key, once in quotes", "people: {}\n'people': {}\n", TWICE),
    _facts("twice", "a key, once by an escape", 'people: {}\n"pe\\x6fple": {}\n', TWICE),
    _facts(
        "twice",
        "an id of two kinds",
        "people: {a: {name: A}}\nforums: {a: {name: A}}\n",
        "2:10: error: the id 'a' is defined a second time; first at facts/hostile.yaml:1:10"
        " (ids are unique over all kinds of facts)",
    ),
    # Documents and directives.
    _facts(
        "document",
        "a second",
        "people: {}\n---\nforums: {}\n",
        "2:1: error: a second document starts here; a file holds one (make it a file of its own)",
    ),
    _facts(
        "document",
        "very many",
        "--- {}\n" * MANY,
        "2:1: error: a second document starts here; a file holds one (make it a file of its own)",
    ),
    _facts(
        "document",
        "very many directives",
        "".join(f"%TAG !t{n}! x\n" for n in range(8 * MANY)) + "--- {}\n",
        f"17:1: error: {DIRECTIVES}",
    ),
    _facts(
        "document",
        "directives behind the first",
        "people: {}\n...\n" + "".join(f"%TAG !t{n}! x\r\n" for n in range(8 * MANY)) + "--- {}\n",
        f"19:1: error: {DIRECTIVES}",
    ),
    _facts(
        "document",
        "another YAML",
        "%YAML 9.9\n--- {}\n",
        "1:1: error: this is not YAML: found incompatible YAML document",
    ),
    # Encodings.
    Case(
        "encoding",
        "UTF-16",
        "people: {}\n".encode("utf-16"),
        f"{FILE}:1:1: error: the file is UTF-16, not UTF-8 {UTF8}",
    ),
    Case(
        "encoding",
        "UTF-16 without a mark",
        "é: {}\n".encode("utf-16-be"),
        f"{FILE}:1:2: error: byte 0xE9 is not UTF-8 {UTF8}",
    ),
    Case(
        "encoding",
        "UTF-32",
        "people: {}\n".encode("utf-32-be"),
        f"{FILE}:1:1: error: U+0000 does not belong in a text {DELETE}",
    ),
    Case(
        "encoding",
        "a slash in two bytes",
        b"people: {a: {name: x\xc0\xafy}}\n",
        f"{FILE}:1:21: error: byte 0xC0 is not UTF-8 {UTF8}",
    ),
    Case(
        "encoding",
        "half of a surrogate pair",
        b"people: {a: {name: x\xed\xa0\x80y}}\n",
        f"{FILE}:1:21: error: byte 0xED is not UTF-8 {UTF8}",
    ),
    # Characters.
    _facts(
        "character",
        "NUL",
        "people: {a: {name: x\0y}}\n",
        f"1:21: error: U+0000 does not belong in a text {DELETE}",
    ),
    _facts(
        "character",
        "a C1 control",
        "people: {a: {name: x\x9by}}\n",
        f"1:21: error: U+009B does not belong in a text {DELETE}",
    ),
    _facts(
        "character",
        "U+FFFE",
        "people: {a: {name: x\ufffey}}\n",
        f"1:21: error: U+FFFE does not belong in a text {DELETE}",
    ),
    _facts(
        "character",
        "an override of direction",
        "people: {a: {name: x\u202ey}}\n",
        f"1:21: error: U+202E does not belong in a text {DELETE}",
    ),
    _facts(
        "character",
        "a picture's worth",
        "people: {a: {name: " + "\x01" * 100_000,
        f"1:20: error: U+0001 does not belong in a text {DELETE}",
    ),
    # Escapes.
    _facts(
        "escape",
        "half of a surrogate pair",
        'people: {a: {name: "x\\ud800y"}}\n',
        f"1:24: error: this escape is no character {BACKSLASH}",
    ),
    _facts(
        "escape",
        "beyond Unicode",
        'people: {a: {name: "\\U00110000"}}\n',
        f"1:23: error: this escape is no character {BACKSLASH}",
    ),
    _facts(
        "escape",
        "NUL",
        'people: {a: {name: "x\\0y"}}\n',
        f"1:20: error: U+0000 does not belong in a text {BACKSLASH}",
    ),
    _facts(
        "escape",
        "of a terminal",
        'people: {a: {name: "\\e[31mred"}}\n',
        f"1:20: error: U+001B does not belong in a text {BACKSLASH}",
    ),
    _facts(
        "escape",
        "in a key",
        'people: {"a\\uFFFF": {name: x}}\n',
        f"1:10: error: U+FFFF does not belong in a text {BACKSLASH}",
    ),
    # Numbers.
    _facts(
        "number",
        "a million digits",
        _meeting(f"ordinal: {DIGITS}"),
        "4:14: error: the text of 'ordinal' has 1000000 characters; at most 100000 are read (split it)",
    ),
    _facts(
        "number",
        "ninety thousand digits",
        _meeting(f"ordinal: {DIGITS[:90_000]}"),
        f"4:14: error: 'ordinal' needs a whole number from 1 up, not '{'1' * 59}…'",
    ),
    _facts(
        "number",
        "digits of another script",
        _meeting("ordinal: ٣"),
        "4:14: error: 'ordinal' needs a whole number from 1 up, not '٣'",
    ),
    _facts(
        "number",
        "below zero",
        _meeting("ordinal: -1"),
        "4:14: error: 'ordinal' needs a whole number from 1 up, not '-1'",
    ),
    _facts(
        "number",
        "in sixties",
        _meeting("ordinal: 1:30"),
        "4:14: error: 'ordinal' needs a whole number from 1 up, not '1:30'",
    ),
    # Dates.
    _facts(
        "date",
        "the year nought",
        "sources: {s: {short: s, published: 0000-01-01}}\n",
        "1:36: error: '0000-01-01' is not in the calendar (mend the day or the month)",
    ),
    _facts(
        "date",
        "the thirtieth of February",
        "sources: {s: {short: s, published: 2031-02-30}}\n",
        "1:36: error: '2031-02-30' is not in the calendar (mend the day or the month)",
    ),
    _facts(
        "date",
        "open on both sides",
        "sources: {s: {short: s, published: ../..}}\n",
        f"1:36: error: '../..' is open on both sides {DATES}",
    ),
    _facts(
        "date",
        "of ninety thousand digits",
        f"sources: {{s: {{short: s, published: {DIGITS[:90_000]}}}}}\n",
        f"1:36: error: '{'1' * 59}…' is not a date {DATES}",
    ),
    _facts(
        "date",
        "after it has ended",
        "sources: {s: {short: s, published: 9999-12-31/0001-01-01}}\n",
        "1:36: error: the interval '9999-12-31/0001-01-01' ends before it starts"
        " (swap its two sides, or mend one)",
    ),
    # Keys.
    _facts(
        "key",
        "a list",
        "? [a, b]\n: c\n",
        "1:3: error: a key must be a text, not a list (put it in quotes if a text with brackets is meant)",
    ),
    _facts(
        "key",
        "of a million letters",
        f"? {'k' * 1_000_000}\n: v\n",
        f"1:3: error: '{'k' * 59}…' is no kind of fact {KINDS}",
    ),
    _facts("key", "none", 'people:\n  "": {name: x}\n', f"2:3: error: '' is not an id {IDS}"),
    _facts(
        "key",
        "a name of Python's",
        "people: {a: {name: x, __class__: y}}\n",
        "1:23: error: a person has no field '__class__' (known: marking, name, note, variants)",
    ),
    _facts(
        "key",
        "a field that the program fills",
        "people: {a: {name: x, where: y, places: z, id: b}}\n",
        "1:23: error: a person has no field 'where' (known: marking, name, note, variants)",
    ),
    # Lines.
    _facts(
        "line",
        "blank ones below a block",
        "people: {a: {name: x}}\nforums: |\n  x\n" + "\n" * 200_000 + "x: 1\n",
        "2:9: error: 'forums' needs ids, each with its fields, not the text 'x\\n'",
    ),
    _facts(
        "line",
        "quotes that never close",
        "people: '" + "x\n " * 100_000,
        "1:9: error: the quotes that open here are never closed (close them where the text ends)",
    ),
    _facts(
        "line",
        "a million colons",
        "people" + ":" * 1_000_000 + " x: y\n",
        "1:1000006: error: a ':' where none can stand (put a text that holds ': ' in quotes)",
    ),
    _facts(
        "line",
        "a comment's sign far behind a key",
        "people:" + " " * 1_000_000 + "# x\n  - y\n",
        "2:3: error: 'people' needs ids, each with its fields, not a list",
    ),
    _facts(
        "line",
        "a million tabs",
        "people:\n" + "\t" * 1_000_000 + "a: b\n",
        "2:1: error: a tab is used for indentation (use spaces)",
    ),
)
