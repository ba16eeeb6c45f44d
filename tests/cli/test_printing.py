"""What is printed of a book's and of a record's words, which may be anybody's."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from briefbook.cli.printing import say, tell, tell_json
from briefbook.store import Store
from tests.books import COMMAND, FILES, make_book, run
from tests.conftest import ROOT
from tests.office import memo, office_at

ARABIC, HEBREW = "مجلس", "שלום"
TURNED = "\u2067the \u202bshared\u061c\u200f\u2066"
FORGED = "facts/x.yaml:1:1: error: forged line"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book whose texts turn letters around and end lines; of two memos there is an edition."""
    council = FILES["facts/council.yaml"]
    for old, new in (
        ("ministers will meet in May", f"{ARABIC}{TURNED}\n{FORGED}"),
        ("Survey the shared stock together.", f"Survey {TURNED} the stock."),
    ):
        council = council.replace(old, json.dumps(new))
    ground = FILES["facts/ground.yaml"].replace("name: Norland,", 'name: "Nor\\u202Bland\\u200f",')
    changes = {"facts/council.yaml": council, "facts/ground.yaml": ground}
    book = make_book(tmp_path_factory.mktemp("kept") / "book", changes)
    assert run("-C", book, "build").exit_code == 0
    return book


def no_line_obeyed(printed: str) -> None:
    assert [sign for sign in printed if not sign.isprintable() and sign != "\n"] == []
    assert not any(line.startswith("facts/x.yaml") for line in printed.splitlines())


@pytest.mark.parametrize(
    "asked",
    [
        ("check",),
        ("check", "--gaps"),
        ("list",),
        ("list", "--commitments"),
        ("trace", "survey"),
        ("trace", "gazette"),
        ("diff", "council", "--from", "1", "--to", "2031-05-12"),
        ("history", "council"),
        ("check", "--release"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("as_json", [False, True], ids=["lines", "JSON"])
def test_words_of_a_book_are_shown_and_not_obeyed(asked: tuple[str, ...], as_json: bool, kept: Path) -> None:
    option = ("--format", "json") if asked[0] == "diff" else ("--json",)
    made = run("-C", kept, *asked, *(option if as_json else ()))
    assert made.exit_code in (0, 1), made.output
    no_line_obeyed(made.stdout + made.stderr)
    if as_json:
        json.loads(made.stdout)
    if asked == ("trace", "survey"):
        shown = "\\u2067the \\u202bshared\\u061c" if as_json else "\ufffdthe \ufffdshared\ufffd\ufffd\ufffd"
        assert shown in " ".join(made.stdout.split())
    if asked == ("check", "--gaps"):
        assert ("Nor\\u202bland\\u200f" if as_json else "Nor\ufffdland\ufffd") in made.stdout


def test_words_that_were_kept_are_shown_and_not_obeyed(kept: Path, tmp_path: Path) -> None:
    """An override, which no file of a book may hold, stands in what a copied book keeps of an edition."""
    book = tmp_path / "book"
    shutil.copytree(kept, book)
    store = Store(book / ".briefbook")
    with closing(sqlite3.connect(book / ".briefbook/ledger.db")) as ledger, ledger:
        for number, digest in ledger.execute("SELECT number, inputs FROM editions").fetchall():
            inputs = store.get(digest).replace(b"stock.", b"\\u202estock\\u202c.")
            ledger.execute("UPDATE editions SET inputs = ? WHERE number = ?", (store.put(inputs), number))
    for asked in (("trace", "survey"), ("diff", "council", "--from", "1", "--to", "2031-05-12")):
        made = run("-C", book, *asked)
        assert made.exit_code == 0, made.output
        no_line_obeyed(made.stdout + made.stderr)


def test_a_line_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    said = f"the reply: 250\n{FORGED}\u2028{HEBREW}\x85end\u202e"
    tell(said)
    say(said, "next")
    shown = f"the reply: 250 {FORGED} {HEBREW} end\ufffd\n"
    assert capsys.readouterr() == (shown, f"{shown}next\n")


def test_json_escapes_what_no_line_shows(capsys: pytest.CaptureFixture[str]) -> None:
    data = {TURNED: [f"{ARABIC}\n\x9b2J\u202e\ud800\x7f", "\\u202e"]}
    tell_json(data)
    printed = capsys.readouterr().out
    no_line_obeyed(printed)
    assert ARABIC in printed
    assert json.loads(printed) == data


def test_nothing_is_printed_but_by_printing() -> None:
    """`tell`, `say`, tables, `tell_json`; `write_document`, for what is a document that was asked for."""
    bare = re.compile(r"click\.s?echo\(|(?<!\w)print\(|sys\.std(out|err)\.write\(")
    modules = {path.name: path.read_text() for path in (ROOT / "src/briefbook/cli").glob("*.py")}
    printing = {name for name, text in modules.items() if bare.search(text)}
    assert printing == {"printing.py", "progress.py"}  # that one rewrites a line of figures
    whole = {name for name, text in modules.items() if "write_document(" in text}
    assert whole == {"printing.py", "show.py", "debrief.py", "diff.py", "outbox.py", "schedule.py"}


# ------------------------------------------------------------------- an output that has not all letters

DAY, NAME = "2031-04-20", "Łódź Council – élan"


@pytest.fixture(scope="module")
def polish(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book that can be mailed, with an edition; its forum's name has letters that Latin-1 lacks."""
    texts = {"memos/council.yaml": memo(), "facts/ground.yaml": FILES["facts/ground.yaml"]}
    changes = {name: text.replace("Fisheries Council", NAME) for name, text in texts.items()}
    book = office_at(tmp_path_factory.mktemp("polish") / "book", changes=changes).book
    assert run("-C", book, "build", "--as-of", DAY).exit_code == 0
    return book


def printed(book: Path, words: tuple[str, ...], encoding: str) -> bytes:
    done = subprocess.run(
        [str(COMMAND), "-C", str(book), *words],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )
    assert b"Traceback" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_letters_that_the_output_lacks_are_substituted(polish: Path, encoding: str) -> None:
    lists = ("list", "--as-of", DAY)
    for words in (lists, ("trace", "gazette"), ("diff", "council", "--from", "1", "--to", "2031-05-12")):
        told = printed(polish, words, "utf-8").decode()
        assert printed(polish, words, encoding) == told.encode(encoding, "replace")
    assert b"?\xf3d? Council" in printed(polish, lists, encoding)
    assert b"\n????" in printed(polish, ("preview-mail", "council", "--as-of", DAY), encoding)


def test_json_and_documents_have_all_letters_whatever_the_output_has(polish: Path) -> None:
    listed = printed(polish, ("list", "--json"), "cp437")
    assert json.loads(listed) == json.loads(printed(polish, ("list", "--json"), "utf-8"))
    assert NAME in {one["title"] for one in json.loads(listed)}
    assert NAME in printed(polish, ("show", "council", "--as-of", DAY), "cp437").decode()
