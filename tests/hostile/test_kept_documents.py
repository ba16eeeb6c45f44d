"""Hostile kept documents: a redline is made of what a copied book's store has, and that is whatever it likes.

`CASES` is read by the count of all hostile inputs: a kind, a name, what the kept DOCX of the edition before
becomes, and what is told; nothing is told where it is compared as it stands.
"""

import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from briefbook.store import Store
from tests.books import make_book, run
from tests.hand_edits import DOCUMENT, parts_of, zipped
from tests.hostile.memory import grown
from tests.hostile.test_returned_files import NESTED
from tests.hostile.zips import LARGE, TRICKS

FIRST, SECOND = "2031-04-20", "2031-05-12"
RED = f"out/{SECOND}/council.redline.docx"
STYLES, RELATIONSHIPS = "word/styles.xml", "word/_rels/document.xml.rels"
OLD = "council has no redline: what is kept of edition 1 is damaged, no DOCX as briefbook writes it"
EITHER = OLD.replace("edition 1", "edition 1 or 2")
COMPARED = ""
SECONDS = 4  # of processor, for the whole command

Spoil = Callable[[bytes], bytes]


def part(name: str, change: Callable[[bytes], bytes | None]) -> Spoil:
    """One part is another, or is not there."""

    def spoil(docx: bytes) -> bytes:
        parts = parts_of(docx)
        changed = change(parts.pop(name))
        return zipped(parts if changed is None else {**parts, name: changed})

    return spoil


def trick(name: str) -> Spoil:
    play = next(play for _, own, play in TRICKS if own == name)
    return lambda docx: play(parts_of(docx), DOCUMENT)


def instead(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new)

    return change


DTD = b"<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]><w:document "
ENTITY = b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><w:document "
DEEP = b"<w:body>" + b"<w:sdt><w:sdtContent>" * 300

CASES: tuple[tuple[str, str, Spoil, str], ...] = (
    ("no DOCX", "nothing", lambda _: b"", OLD),
    ("no DOCX", "words", lambda _: b"evil", OLD),
    ("no DOCX", "half of it", lambda docx: docx[: len(docx) // 2], OLD),
    ("no DOCX", "an old .doc", lambda _: b"\xd0\xcf\x11\xe0" + bytes(600), OLD),
    ("no DOCX", "another ZIP", lambda _: zipped({"x.xml": b"<x/>"}), OLD),
    ("ZIPs that are kept", "a bomb", trick("a bomb"), OLD),
    ("ZIPs that are kept", "more than it says", trick("more than it says"), OLD),
    ("ZIPs that are kept", "one name twice", trick("one name twice"), OLD),
    ("ZIPs that are kept", "a path that leads upwards", trick("a path that leads upwards"), OLD),
    ("ZIPs that are kept", "entries without end", trick("entries without end"), OLD),
    ("XML that is kept", "laughs", part(DOCUMENT, instead(b"<w:document ", DTD)), OLD),
    ("XML that is kept", "an entity that is a file", part(DOCUMENT, instead(b"<w:document ", ENTITY)), OLD),
    ("XML that is kept", "broken", part(DOCUMENT, lambda data: data[:-9]), OLD),
    ("XML that is kept", "deep", part(DOCUMENT, instead(b"<w:body>", DEEP)), OLD),
    ("XML that is kept", "laughs in the styles", part(STYLES, instead(b"<w:styles ", DTD.replace(b"document ", b"styles "))), EITHER),
    ("parts that are kept", "no document", part(DOCUMENT, lambda _: None), OLD),
    ("parts that are kept", "no body", part(DOCUMENT, lambda data: data[: data.index(b"<w:body>")] + b"</w:document>"), EITHER),
    ("parts that are kept", "no styles", part(STYLES, lambda _: None), EITHER),
    ("parts that are kept", "no relationships", part(RELATIONSHIPS, lambda _: None), EITHER),
    ("parts that are kept", "a picture whose number is none", part(DOCUMENT, instead(b"<w:p>", b'<w:p><w:r><w:drawing><wp:docPr xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" id="evil"/></w:drawing></w:r>')), EITHER),
    ("what is kept besides", "words of a processing instruction", part(DOCUMENT, instead(b"<w:body>", b"<w:body><?evil x?>")), COMPARED),
    ("what is kept besides", "comments", part(DOCUMENT, instead(b"<w:body>", b"<w:body><!-- evil -->")), COMPARED),
    ("what is kept besides", "tables in tables", part(DOCUMENT, instead(b"<w:body>", b"<w:body>" + NESTED.encode())), COMPARED),
    ("what is kept besides", "a part that nothing names", lambda docx: zipped({**parts_of(docx), "word/vbaProject.bin": b"evil"}), COMPARED),
)  # fmt: skip


@pytest.fixture(scope="module")
def book_with_editions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with two editions of a memo, made as DOCX."""
    book = make_book(tmp_path_factory.mktemp("kept") / "book")
    for day in (FIRST, SECOND):
        assert run("-C", book, "build", "council", "--format", "docx", "--as-of", day).exit_code == 0
    return book


@pytest.fixture
def book(book_with_editions: Path, tmp_path: Path) -> Path:
    shutil.copytree(book_with_editions, tmp_path / "book")
    return tmp_path / "book"


def spoiled(book: Path, spoil: Spoil, edition: int = 1) -> None:
    """Let the record say that an edition's DOCX has other bytes, which are kept as it says."""
    store, ledger = Store(book / ".briefbook"), sqlite3.connect(book / ".briefbook/ledger.db")
    with ledger:
        ((kept,),) = ledger.execute("SELECT sha256 FROM outputs WHERE number = ?", (edition,)).fetchall()
        named = store.put(spoil(store.get(kept))), edition
        ledger.execute("UPDATE outputs SET sha256 = ? WHERE number = ?", named)
    ledger.close()


def redlined(book: Path, *options: str) -> tuple[int, str]:
    result = run("-C", book, "build", "council", "--format", "docx", "--as-of", SECOND, "--redline", *options)
    return result.exit_code, result.stderr


@pytest.mark.parametrize(("spoil", "told"), [pytest.param(*case[2:], id=case[1]) for case in CASES])
def test_a_hostile_document_that_was_kept_is_told_with_its_edition(
    spoil: Spoil, told: str, book: Path
) -> None:
    spoiled(book, spoil)
    started = time.process_time()
    status, said = redlined(book)
    assert time.process_time() - started < SECONDS
    assert all(line.isprintable() for line in said.splitlines())
    assert (status != 0) == bool(told)
    assert (book / RED).exists() == (not told)
    if told:
        (line,) = [line for line in said.splitlines() if "error" in line]
        assert line.startswith(f"error: {told} (put back a copy of the folder objects")


def test_the_later_edition_is_told_as_well_and_from_several_processes(book: Path) -> None:
    spoiled(book, lambda _: b"evil", edition=2)
    for options in ((), ("--jobs", "2")):
        status, said = redlined(book, *options)
        assert status == 1
        assert f"error: {OLD.replace('edition 1', 'edition 2')} (put back" in said
        assert "Traceback" not in said


def test_no_more_of_a_kept_document_is_inflated_than_it_says(book: Path, tmp_path: Path) -> None:
    docx = (book / f"out/{FIRST}/council.docx").read_bytes()
    evil = tmp_path / "evil.docx"
    evil.write_bytes(trick("more than it says")(docx))
    assert len(evil.read_bytes()) < LARGE // 200
    opened = """
from datetime import datetime
from briefbook.writers.redline import NotOursError, redline
"""
    work = """
try:
    redline(*[Path(sys.argv[1]).read_bytes()] * 2, author="x", instant=datetime(2031, 1, 1))
except NotOursError as error:
    print(error.which)
"""
    told, mebibytes = grown(opened, work, evil)
    assert told == "0"
    assert mebibytes < 16
