"""Hostile catalogues: a book's own .po file is told at its place and stops its language, or its words are said.

`CASES` is read by the count of all hostile inputs: a kind, a name, the catalogue, what is told; nothing is told
where the memo is made, and what the catalogue calls things stands in it as it is written there.
"""

import json
import time
from pathlib import Path

import pytest

from briefbook.catalogues import LARGEST, problems_in
from tests.books import make_book, run
from tests.hostile.memory import grown
from tests.test_catalogues import IN_PORTUGUESE, PORTUGUESE

SECONDS = 4  # of processor, for one command
SAID = "Próximas reuniões"
NO_PO, RULE = "this is no .po file: ", "its rule of plurals cannot be used: "
FILE = "languages/pt.po"
ENTRY = '\nmsgid "{}"\nmsgstr "{}"\n'


def headed(forms: str) -> bytes:
    """With another header."""
    return PORTUGUESE.replace("nplurals=2; plural=(n != 1);", forms).encode()


def ruled(rule: str) -> bytes:
    return headed(f"nplurals=2; plural={rule};")


def saying(words: str) -> bytes:
    """With something behind a heading's words."""
    return PORTUGUESE.replace(SAID, SAID + words).encode()


def more(text: str | bytes) -> bytes:
    return PORTUGUESE.encode() + (text if isinstance(text, bytes) else text.encode())


def many(entry: str, size: int = LARGEST - 4096) -> bytes:
    """As many entries as there is room for, each with a number of its own."""
    return more("".join(entry.format(n) for n in range(size // (len(entry) + 5))))


MUCH = 500_000  # bytes of a catalogue, from which it takes seconds to read
CASES: tuple[tuple[str, str, bytes, str], ...] = (
    ("forms of a catalogue", "ten million", headed("nplurals=10000000; plural=(n != 1);"), ":2:1: error: by its header a message has 10000000 forms"),
    ("forms of a catalogue", "two thousand million", headed("nplurals=2000000000; plural=0;"), ":2:1: error: by its header a message has 2000000000 forms"),
    ("forms of a catalogue", "a number in pieces", headed("nplurals*0=1; nplurals*1=000000; plural=0;"), ":2:1: error: by its header a message has 1000000 forms"),
    ("forms of a catalogue", "less than none", headed("nplurals=-7; plural=0;"), ":2:1: error: by its header a message has -7 forms"),
    ("forms of a catalogue", "a number without end", headed(f"nplurals={'9' * 4_050}; plural=0;"), ":2:1: error: by its header a message has 99999999999999999999"),
    ("rules of plurals", "a program", ruled("__import__('os').system('id')"), RULE),
    ("rules of plurals", "brackets in brackets", ruled("(" * 400 + "n" + ")" * 400), RULE),
    ("rules of plurals", "longer than any", ruled("n" + "+n" * 1_500), RULE),
    ("rules of plurals", "a form below none", ruled("0-n"), RULE + "it comes to less than 0"),
    ("rules of plurals", "nothing to divide by, later", ruled("(n==1?0:1)+0*(n%(n-1500))"), ""),
    ("sizes of a catalogue", "larger than any", more("#" * LARGEST), "the catalogue is larger than 1 MiB"),
    ("sizes of a catalogue", "one message again and again, each with its place", many('\n#: a:{}\nmsgid "evil"\nmsgstr "evil"\n'), ""),
    ("sizes of a catalogue", "a header of signs", headed(";" * 900_000), NO_PO + "its header has more than 4096"),
    ("sizes of a catalogue", "headers without end", many('\nmsgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1); x={};\\n"\n'), ""),
    ("sizes of a catalogue", "mistakes without end", many('\nmsgid "{}"\nmsgstr "%"\n'), "more of these follow"),
    ("characters of a catalogue", "NUL", saying("\0"), ":6:1: error: U+0000 does not belong in a text"),
    ("characters of a catalogue", "colours of a terminal", saying("\x1b[2J"), ":6:1: error: U+001B does not belong in a text"),
    ("characters of a catalogue", "text turned around", saying("\u202eevil"), ":6:1: error: U+202E does not belong in a text"),
    ("characters of a catalogue", "no character", saying("\uffff"), ":6:1: error: U+FFFF does not belong in a text"),
    ("characters of a catalogue", "control characters in a comment", more("# \x07\n"), "error: U+0007 does not belong in a text"),
    ("bytes of a catalogue", "Latin 1", more(b'\nmsgid "evil"\nmsgstr "\xe9"\n'), ":21:1: error: the catalogue is not UTF-8"),
    ("bytes of a catalogue", "half a surrogate pair", more(b'\nmsgid "evil"\nmsgstr "\xed\xa0\x80"\n'), ":21:1: error: the catalogue is not UTF-8"),
    ("bytes of a catalogue", "UTF-16", PORTUGUESE.encode("utf-16"), ":1:1: error: the catalogue is not UTF-8"),
    ("bytes of a catalogue", "another encoding by its header", b'msgid ""\nmsgstr "Content-Type: text/plain; charset=punycode\\n"\n\n' + more(""), ""),
    ("bytes of a catalogue", "a compiled one", b"\xde\x12\x04\x95" + bytes(600), "the catalogue is not UTF-8"),
    ("values of a catalogue", "a % alone", saying(" 100 %"), ":5:1: error: a % stands alone in the translation"),
    ("values of a catalogue", "a width without end", saying("%(a)999999999s"), ":5:1: error: a % stands alone in the translation"),
    ("values of a catalogue", "the inside of an object", saying("%(self.__class__)s"), ":5:1: error: the message 'Upcoming meetings' has no %(self.__class__)s"),
    ("values of a catalogue", "thousands of values", saying("".join(f"%(a{n})s" for n in range(1_010))), "more of these follow"),
    ("values of a catalogue", "a line end in a name", saying("%(a\\n.error: evil)s"), ":5:1: error: the message 'Upcoming meetings' has no %(a .error: evil)s"),
    ("entries of a catalogue", "one message twice", more(ENTRY.format("Upcoming meetings", "Evil")), ""),
    ("entries of a catalogue", "a form that is before the first", more('\nmsgid "a"\nmsgid_plural "b"\nmsgstr[-9] "x"\n'), NO_PO),
    ("entries of a catalogue", "a form beyond all", more('\nmsgid "a"\nmsgid_plural "b"\nmsgstr[99999999999] "x"\n'), NO_PO),
    ("entries of a catalogue", "words without an entry", more('\n"evil"\nevil\n'), NO_PO),
    ("entries of a catalogue", "a message without a translation", more('\nmsgid "' + "evil" * 9_000 + '"\n'), NO_PO),
    ("words of a catalogue", "a word without end", saying("e" * 900_000), ":5:1: error: a translation has 900,017 characters; at most 10,000 are read"),
    ("words of a catalogue", "markup and a program", saying(" <script>evil()</script> {{{{ evil }}}}"), ""),
    ("words of a catalogue", "a heading of its own", saying("\\n\\n## evil"), ""),
)  # fmt: skip


@pytest.mark.parametrize(
    ("catalogue", "told"),
    [
        pytest.param(*case[2:], id=case[1], marks=[pytest.mark.long] if len(case[2]) > MUCH else [])
        for case in CASES
    ],
)
def test_a_hostile_catalogue_is_told_or_said(catalogue: bytes, told: str, tmp_path: Path) -> None:
    formats = "[txt]" if told else "[docx, pdf, html, md, txt, json]"
    memo = IN_PORTUGUESE["memos/harbours.yaml"].replace("[txt]", formats)
    book = make_book(tmp_path, {"memos/harbours.yaml": memo, FILE: catalogue})
    for command in (("check",), ("build", "harbours", "--as-of", "2031-06-01", "--json")):
        started = time.process_time()
        done = run("-C", book, *command)
        assert time.process_time() - started < SECONDS
        lines = done.stderr.splitlines()
        assert all(line.isprintable() and len(line) < 600 for line in lines)
        assert (told in done.stderr and FILE in done.stderr) if told else not done.exit_code
        assert (done.exit_code == 1) == bool(told)
    folder = book / "out/2031-06-01"
    made = json.loads(done.stdout)
    assert made["not_made"] == (["harbours.pt"] if told else [])
    assert (folder / "harbours.en.txt").exists()  # the other language is none of its business
    if not told:
        assert SAID in (folder / "harbours.pt.txt").read_text()
        assert "<script>" not in (folder / "harbours.pt.html").read_text().partition("<body")[2]


def test_a_catalogue_takes_no_memory_that_its_size_does_not(tmp_path: Path) -> None:
    """Of ten million forms of one message, none is made."""
    file = tmp_path / "es.po"
    file.write_bytes(headed("nplurals=10000000; plural=(n != 1);"))
    prepare = (
        "from briefbook.catalogues import problems_in\nproblems_in('x.po', b'msgid \"\"\\nmsgstr \"\"\\n')"
    )
    work = "print(*problems_in('es.po', Path(sys.argv[1]).read_bytes()))"
    told, mebibytes = grown(prepare, work, file)
    assert "10000000 forms" in told
    assert mebibytes < 8


@pytest.mark.parametrize("forms", range(1, 7))
def test_as_many_forms_as_any_language_has_are_taken(forms: int) -> None:
    said = "".join(f'msgstr[{n}] "{n}"\n' for n in range(forms))
    head = f'msgid ""\nmsgstr "Plural-Forms: nplurals={forms}; plural=n%{forms};\\n"\n'
    assert problems_in("ar.po", f'{head}\nmsgid "a"\nmsgid_plural "b"\n{said}'.encode()) == []
