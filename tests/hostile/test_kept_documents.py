"""Hostile kept documents: a redline is made of what a copied book's store has, and that is whatever it likes.

`CASES` is read by the count of all hostile inputs: a kind, a name, what the kept DOCX of the edition before
becomes, and what is told; nothing is told where it is compared as it stands. What would reach whoever opens a
document (`REACHES_OUT`) is refused of either edition, and is not put in place either.
"""

import shutil
import sqlite3
import time
from collections.abc import Callable
from functools import reduce
from pathlib import Path

import pytest

from briefbook.diagnostics import BriefbookError
from briefbook.store import Store
from briefbook.writers.kept_contents import held_to_ours
from briefbook.zip_entries import MOST_TAGS
from tests.books import make_book, run
from tests.hand_edits import DOCUMENT, parts_of, zipped
from tests.hostile.memory import grown
from tests.hostile.test_house_files import SVG
from tests.hostile.test_returned_files import NESTED
from tests.hostile.zips import LARGE, TRICKS

FIRST, SECOND = "2031-04-20", "2031-05-12"
RED = f"out/{SECOND}/council.redline.docx"
STYLES, RELATIONSHIPS = "word/styles.xml", "word/_rels/document.xml.rels"
OLD = "council has no redline: what is kept of edition 1 is damaged, no DOCX as briefbook writes it"
EITHER = OLD.replace("edition 1", "edition 1 or 2")
COMPARED = ""
AMOUNTS = "amounts that are kept"
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
TYPES, SETTINGS = "[Content_Types].xml", "word/settings.xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
VBA = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACROS = b"application/vnd.ms-word.document.macroEnabled.main+xml"
BLIP = f'<w:p><w:r><w:t>gone</w:t></w:r><w:r><w:drawing xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:blip xmlns:r="{OFFICE}" r:link="evil"/></w:drawing></w:r></w:p>'
FIELD = "<w:p><w:r><w:instrText>DDEAUTO cmd</w:instrText></w:r></w:p>"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
STRICT_FIELD = FIELD.replace("w:", "s:").replace("<s:p>", f'<s:p xmlns:s="{STRICT}">')
DELETED = (
    '<w:p><w:del w:id="9" w:author="x"><w:r><w:delInstrText>DDEAUTO cmd</w:delInstrText></w:r></w:del></w:p>'
)
BEGUN, ENDED = ('<w:fldChar w:fldCharType="begin"/>', '<w:fldChar w:fldCharType="end"/>')
AS_TEXT = f"<w:p><w:r>{BEGUN}<w:t>DDEAUTO cmd</w:t>{ENDED}</w:r></w:p>"
TO_NOTHING = "<w:p><w:fldSimple w:instr='HYPERLINK \"\"'><w:r><w:t>gone</w:t></w:r></w:fldSimple></w:p>"
VML = '<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:imagedata src="http://evil.example/x.png"/></v:shape></w:pict></w:r></w:p>'
MERGE = b'<w:mailMerge><w:connectString w:val="evil"/></w:mailMerge></w:settings>'
MANY = b"<w:body>" + b"".join(b'<w:p a="%d"/>' % (n * 7919) for n in range(MOST_TAGS))
# 51 MB; a part of XML has 50 at most, and a remark 10.
LONG = b"".join(b"<!--%s%d-->" % (b"x" * 500, n * 7919) for n in range(100_000))
UTF_7 = b"<?xml version='1.0' encoding='UTF-7'?>"


def type_of(ending: str, kind: str) -> Spoil:
    new = f'<Default Extension="{ending}" ContentType="{kind}"/></Types>'
    return part(TYPES, instead(b"</Types>", new.encode()))


def added(name: str, data: bytes) -> Spoil:
    return lambda docx: zipped({**parts_of(docx), name: data})


def related(kind: str, target: str, mode: str = "External", of: str = RELATIONSHIPS) -> Spoil:
    """A part, the document's unless another is named, refers to something."""
    new = f'<Relationship Id="evil" Type="{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'

    def spoil(docx: bytes) -> bytes:
        parts = parts_of(docx)
        known = parts.get(
            of,
            b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>',
        )
        return zipped({**parts, of: known.replace(b"</Relationships>", new.encode())})

    return spoil


def first(xml: str) -> Spoil:
    return part(DOCUMENT, instead(b"<w:body>", b"<w:body>" + xml.encode()))


def named(old: str, new: str, *of: str) -> Spoil:
    """A part has another name, in the parts that name it as well."""

    def spoil(docx: bytes) -> bytes:
        parts = parts_of(docx)
        for name in of:
            parts[name] = instead(old.rpartition("/")[2].encode(), new.rpartition("/")[2].encode())(
                parts[name]
            )
        related = {name: name.replace("_rels/document.xml.rels", "_rels/document.dat.rels") for name in parts}
        return zipped({{**related, old: new}[name]: data for name, data in parts.items()})

    return spoil


def shown(name: str, data: bytes, kind: str) -> Spoil:
    """The document refers to a picture."""
    ending = name.rpartition(".")[2]
    return all_of(
        added(f"word/media/{name}", data),
        type_of(ending, kind),
        related(f"{OFFICE}/image", f"media/{name}", "Internal"),
    )


def all_of(*spoils: Spoil) -> Spoil:
    return lambda docx: reduce(lambda spoiled, spoil: spoil(spoiled), spoils, docx)


PROJECT = all_of(
    added("word/vbaProject.bin", b"evil"), type_of("bin", "application/vnd.ms-office.vbaProject")
)
REACHES_OUT: tuple[tuple[str, str, Spoil, str], ...] = (
    ("programs that are kept", "macros", all_of(PROJECT, related(VBA, "vbaProject.bin", "Internal")), OLD),
    ("programs that are kept", "a file whose type lets it have macros", part(TYPES, instead(MAIN, MACROS)), OLD),
    ("programs that are kept", "macros called a picture", all_of(added("word/media/x.png", b"evil"), related(VBA, "media/x.png", "Internal")), OLD),
    ("programs that are kept", "an OLE object", all_of(added("word/embeddings/x.bin", b"\xd0\xcf\x11\xe0"), type_of("bin", "application/vnd.openxmlformats-officedocument.oleObject"), related(f"{OFFICE}/oleObject", "embeddings/x.bin", "Internal")), OLD),
    ("programs that are kept", "a part of no type", added("word/vbaProject.bin", b"evil"), OLD),
    ("calls of a kept document", "a template from elsewhere", related(f"{OFFICE}/attachedTemplate", "http://evil.example/x.dotm", of="word/_rels/settings.xml.rels"), OLD),
    ("calls of a kept document", "a picture on a share", all_of(related(f"{OFFICE}/image", "file://evil.example/x.png"), first(BLIP)), OLD),
    ("calls of a kept document", "a link that opens a file", related(f"{OFFICE}/hyperlink", "file:///etc/passwd"), OLD),
    ("calls of a kept document", "a part that lies elsewhere", related(f"{OFFICE}/header", "http://evil.example/x.xml", "Internal"), OLD),
    ("calls of a kept document", "a page of elsewhere", related(f"{OFFICE}/aFChunk", "styles.xml", "Internal"), OLD),
    ("words that fetch", "a field that runs a program", first(FIELD), OLD),
    ("words that fetch", "a picture of VML", first(VML), OLD),
    ("words that fetch", "a database that is asked", part(SETTINGS, instead(b"</w:settings>", MERGE)), OLD),
    ("words that fetch", "a field that was deleted", first(DELETED), OLD),
    ("words that fetch", "a field as text", first(AS_TEXT), OLD),
    ("words in other forms", "a paragraph", first(STRICT_FIELD), OLD),
    ("words in other forms", "spelled by a reference", first(STRICT_FIELD.replace("//purl", "//&#112;url")), OLD),
    ("words in other forms", "an attribute", first(f'<w:p><w:fldSimple xmlns:s="{STRICT}" s:instr="DDEAUTO cmd"/></w:p>'), OLD),
    ("words in other forms", "what a program keeps beside a field", first(f"<w:p><w:r>{BEGUN.replace('/>', '><w:fldData>evil</w:fldData></w:fldChar>')}{ENDED}</w:r></w:p>"), OLD),
    ("XML that is called otherwise", "a document, by its name", all_of(first(FIELD), named(DOCUMENT, "word/document.dat", TYPES, "_rels/.rels")), OLD),
    ("XML that is called otherwise", "a document, by an ending", all_of(first(FIELD), named(DOCUMENT, "word/document.dat", "_rels/.rels"), type_of("dat", MAIN.decode())), OLD),
    ("XML that is called otherwise", "a header, a picture", all_of(shown("x.png", FIELD.encode(), "image/png"), related(f"{OFFICE}/header", "media/x.png", "Internal")), OLD),
    ("XML that is called otherwise", "a header, relationships", all_of(added("word/x.rels", b"<x/>"), related(f"{OFFICE}/header", "x.rels", "Internal")), OLD),
    ("pictures that are kept", "SVG with a program", shown("x.svg", SVG, "image/svg+xml"), OLD),
    ("pictures that are kept", "SVG with a colour from elsewhere", shown("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg' fill='url(http://evil.example/x)'/>", "image/svg+xml"), OLD),
    ("pictures that are kept", "SVG with a style sheet from elsewhere", shown("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><?xml-stylesheet href='http://evil.example/x'?></svg>", "image/svg+xml"), OLD),
    ("pictures that are kept", "SVG called PNG", shown("x.png", SVG, "image/png"), OLD),
    ("pictures that are kept", "SVG called a face as well", all_of(shown("x.png", SVG, "image/png"), related(f"{OFFICE}/font", "media/x.png", "Internal")), OLD),
)  # fmt: skip

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
    ("XML that is kept", "laughs in the styles", part(STYLES, instead(b"<w:styles ", DTD.replace(b"document ", b"styles "))), OLD),
    (AMOUNTS, "elements without end", part(DOCUMENT, instead(b"<w:body>", MANY)), OLD),
    (AMOUNTS, "more than is parsed", part(DOCUMENT, instead(b"<w:body>", b"<w:body>" + LONG)), OLD),
    (AMOUNTS, "in signs that are not counted", part(DOCUMENT, lambda data: UTF_7 + data[data.index(b"<w:document") :].decode().encode("utf-7")), OLD),
    ("parts that are kept", "no document", part(DOCUMENT, lambda _: None), OLD),
    ("parts that are kept", "no body", part(DOCUMENT, lambda data: data[: data.index(b"<w:body>")] + b"</w:document>"), EITHER),
    ("parts that are kept", "no styles", part(STYLES, lambda _: None), OLD),
    ("parts that are kept", "no relationships", part(RELATIONSHIPS, lambda _: None), EITHER),
    ("parts that are kept", "a picture whose number is none", part(DOCUMENT, instead(b"<w:p>", b'<w:p><w:r><w:drawing><wp:docPr xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" id="evil"/></w:drawing></w:r>')), EITHER),
    ("what is kept besides", "words of a processing instruction", part(DOCUMENT, instead(b"<w:body>", b"<w:body><?evil x?>")), COMPARED),
    ("what is kept besides", "comments", part(DOCUMENT, instead(b"<w:body>", b"<w:body><!-- evil -->")), COMPARED),
    ("what is kept besides", "tables in tables", part(DOCUMENT, instead(b"<w:body>", b"<w:body>" + NESTED.encode())), COMPARED),
    ("what is kept besides", "a link to nothing", first(TO_NOTHING), COMPARED),
    ("what is kept besides", "a part that nothing names", added("word/evil.xml", b"<evil/>"), COMPARED),
    *REACHES_OUT,
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
    (book / f"out/{SECOND}/council.docx").write_bytes(b"evil")  # came with the book as well
    for options in ((), ("--jobs", "2")):
        status, said = redlined(book, *options)
        assert status == 1
        assert f"error: {OLD.replace('edition 1', 'edition 2')} (put back" in said
        assert "Traceback" not in said


@pytest.mark.parametrize("spoil", [pytest.param(case[2], id=case[1]) for case in REACHES_OUT])
def test_what_reaches_out_is_not_put_in_place(spoil: Spoil, book: Path) -> None:
    spoiled(book, spoil, edition=2)
    docx = book / f"out/{SECOND}/council.docx"
    before = docx.read_bytes()  # of the edition as it was: what is kept would stand beside it
    for command in (("--redline",), (), ("--edition", "2")):
        day = () if "--edition" in command else ("--as-of", SECOND)
        result = run("-C", book, "build", "council", "--format", "docx", *day, *command)
        assert result.exit_code == 1
        assert "what is kept as council.docx is damaged, no DOCX as briefbook writes it" in result.stderr
        assert [file.name for file in docx.parent.iterdir()] == ["council.docx"] * docx.exists()
        assert not docx.exists() or docx.read_bytes() == before
        docx.unlink(missing_ok=True)


@pytest.mark.parametrize("spoil", [pytest.param(case[2], id=case[1]) for case in CASES if case[0] == AMOUNTS])
def test_too_much_is_not_put_in_place(spoil: Spoil, book: Path) -> None:
    spoiled(book, spoil, edition=2)
    docx = book / f"out/{SECOND}/council.docx"
    docx.unlink()
    for command in (("--as-of", SECOND), ("--edition", "2")):
        started = time.process_time()
        result = run("-C", book, "build", "council", "--format", "docx", *command)
        assert time.process_time() - started < SECONDS
        assert result.exit_code == 1
        assert "what is kept as council.docx is damaged, no DOCX as briefbook writes it" in result.stderr
        assert not list(docx.parent.iterdir())


def test_a_bound_book_may_have_more_in_it_than_a_memo(book: Path) -> None:
    docx = part(DOCUMENT, instead(b"<w:body>", MANY))((book / f"out/{FIRST}/council.docx").read_bytes())
    assert held_to_ours(docx, "binder.docx", "bind:binder") == docx
    with pytest.raises(BriefbookError, match="TOO_MUCH"):
        held_to_ours(docx, "council.docx", "council")


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
