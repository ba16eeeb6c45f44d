"""Hostile names and places: a book reads and writes in its own folder alone, whatever it is called.

`CASES` is read by the count of all hostile inputs: a kind, a name, what is done to a book (and to a folder
beside it, which nothing may change), and what is told; nothing is said where it has no effect.
"""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from briefbook.amending import finish_changes
from briefbook.diagnostics import BriefbookError
from briefbook.placing import place
from briefbook.readers.read_book import read_book
from tests.books import FILES, make_book, run

Spoil = Callable[[Path, Path], None]

MEMO = FILES["memos/council.yaml"]
OUT = "out"
LEADS = "this link leads out of the book"
ID = "is not an id"
DEVICE = "Windows has a device of that name"
NO_FILE = "this is not a file"


def memo(name: str) -> Spoil:
    return text(f"memos/{name}", MEMO)


def fact(id_: str) -> Spoil:
    return text("facts/evil.yaml", f"people:\n  {id_!r}: {{name: Evil}}\n")


def link(path: str, target: str) -> Spoil:
    def spoil(book: Path, beside: Path) -> None:
        place = book / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.is_dir():
            place.rename(book / f"{place.name}-before")
        place.unlink(missing_ok=True)
        place.symlink_to(target.format(beside=beside))

    return spoil


def pipe(path: str) -> Spoil:
    def spoil(book: Path, _: Path) -> None:
        (book / path).parent.mkdir(parents=True, exist_ok=True)
        (book / path).unlink(missing_ok=True)
        os.mkfifo(book / path)

    return spoil


def text(path: str, content: str) -> Spoil:
    def spoil(book: Path, _: Path) -> None:
        (book / path).parent.mkdir(parents=True, exist_ok=True)
        (book / path).write_text(content)

    return spoil


def with_profile(spoil: Spoil) -> Spoil:
    """A memo names the profile x."""

    def both(book: Path, beside: Path) -> None:
        (book / "memos/council.yaml").write_text(f"{MEMO}profile: x\n")
        spoil(book, beside)

    return both


SETTINGS = FILES["book.yaml"]

CASES: tuple[tuple[str, str, Spoil, str], ...] = (
    ("links out of a book", "a file of facts", link("facts/x.yaml", "{beside}/secret.yaml"), LEADS),
    ("links out of a book", "a folder of facts", link("facts", "{beside}"), LEADS),
    ("links out of a book", "a memo", link("memos/x.yaml", "{beside}/secret.yaml"), LEADS),
    ("links out of a book", "the settings", link("book.yaml", "{beside}/book.yaml"), LEADS),
    ("links out of a book", "a picture", link("pictures/x.png", "{beside}/secret.yaml"), LEADS),
    ("places that are written", "the folder of the ledger", link(".briefbook", "{beside}"), LEADS),
    ("places that are written", "the ledger", link(".briefbook/ledger.db", "{beside}/ledger.db"), "this is not a ledger but a folder, a link or a device"),
    ("places that are written", "the folder of memos", link(OUT, "{beside}"), LEADS),
    ("places that are written", "a day's folder", link(f"{OUT}/2031-04-20", "{beside}"), "this folder is a link, so nothing is written into it"),
    ("places that are written", "a memo's file", link(f"{OUT}/2031-04-20/council.txt", "{beside}/secret.yaml"), "is not as briefbook made it"),
    ("no files", "a pipe", pipe("facts/x.yaml"), NO_FILE),
    ("no files", "zeroes without end", link("facts/x.yaml", "/dev/zero"), LEADS),
    ("no files", "a terminal", link("memos/x.yaml", "/dev/tty"), LEADS),
    ("no files", "a link to itself", link("facts/x.yaml", "x.yaml"), "the link leads back to itself"),
    ("no files", "a pipe for settings", pipe("book.yaml"), NO_FILE),
    ("names of memos", "a device of Windows", memo("nul.yaml"), DEVICE),
    ("names of memos", "a device with an ending", memo("com1.x.yaml"), DEVICE),
    ("names of memos", "longer than any id", memo("a" * 200 + ".yaml"), ID),
    ("names of memos", "a control character", memo("a\x1b[2Jb.yaml"), ID),
    ("names of memos", "bytes that are no text", memo("a\udcff.yaml"), ID),
    ("names that look alike", "by case", memo("Council.yaml"), ID),
    ("names that look alike", "by an accent in two forms", memo("cafe\u0301.yaml"), ID),
    ("names that look alike", "by a letter of Cyrillic", memo("\u0441ouncil.yaml"), ID),
    ("names that look alike", "by what is not seen", memo("council\u200b.yaml"), ID),
    ("names that look alike", "turned around", memo("\u202elicnuoc.yaml"), ID),
    ("ids of facts", "a path upwards", fact("../../evil"), ID),
    ("ids of facts", "an absolute path", fact("/tmp/evil"), ID),
    ("ids of facts", "two dots", fact("a..b"), ID),
    ("ids of facts", "a device", fact("aux"), DEVICE),
    ("ids of facts", "a switch of a command", fact("--help"), ID),
    ("files that settings name", "a path upwards", text("book.yaml", f"{SETTINGS}house: {{file: ../beside/secret.docx}}\n"), "../beside/secret.docx"),
    ("files that settings name", "an absolute path", text("book.yaml", f"{SETTINGS}house: {{file: /etc/passwd.docx}}\n"), "/etc/passwd.docx"),
    ("files that settings name", "a share", text("book.yaml", f"{SETTINGS}theme: {{logo: {{file: //evil/x.png, alt: x}}}}\n"), "//evil/x.png"),
    ("templates of elsewhere", "a folder of templates", link("templates", "{beside}"), LEADS),
    ("templates of elsewhere", "a profile's folder", with_profile(link("templates/profiles/x", "{beside}")), LEADS),
    ("templates of elsewhere", "a profile's file", with_profile(link("templates/profiles/x/profile.yaml", "{beside}/secret.yaml")), LEADS),
    ("templates of elsewhere", "a section", link("templates/sections/priorities.md.j2", "{beside}/secret.yaml"), "leads out of the folder of templates"),
    ("files that settings name", "a profile above", text("memos/x.yaml", f"{MEMO}profile: ../../beside/secret\n"), "error: '../../beside/secret'"),
)  # fmt: skip

COMMANDS = {
    "places that are written": ("build", "council", "--format", "txt"),
    "files that settings name": ("check",),
    "templates of elsewhere": ("build", "council", "--format", "txt"),
}


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("kind", "spoil", "told"), [pytest.param(case[0], *case[2:], id=case[1]) for case in CASES]
)
def test_a_book_reads_and_writes_in_its_own_folder(
    kind: str, spoil: Spoil, told: str, tmp_path: Path
) -> None:
    book = make_book(tmp_path / "book")
    beside = tmp_path / "beside"
    beside.mkdir(mode=0o755)
    (beside / "secret.yaml").write_text("people:\n  secret-person: {name: Secret Person}\n")
    (beside / "book.yaml").write_text(SETTINGS)
    before, rights = tree(beside), beside.stat().st_mode
    spoil(book, beside)
    if kind in COMMANDS:
        result = run("-C", str(book), *COMMANDS[kind])
        assert not (result.exception and not isinstance(result.exception, SystemExit)), result.exception
        said = result.stderr
    else:
        read = read_book(book)
        said = "\n".join(map(str, read.problems))
        assert "secret-person" not in read.book.facts.people
    assert told in said
    assert "Secret Person" not in said
    assert all(line.isprintable() for line in said.splitlines())
    assert (tree(beside), beside.stat().st_mode) == (before, rights)


JOURNALS = {
    "no list": '{"a": 1}',
    "no records": "[1, 2]",
    "nested without end": "[" * 100_000,
    "a file that is none of ours": '[{"path": ".git/hooks/pre-commit", "before": null, "after": "AFTER", "text": "x"}]',
    "a path upwards": '[{"path": "facts/../../evil.yaml", "before": null, "after": "AFTER", "text": "x"}]',
}


@pytest.mark.parametrize("name", JOURNALS)
def test_a_hostile_journal_of_changes_writes_nothing(name: str, tmp_path: Path) -> None:
    """A copied book may come with the journal of a run that was killed: it is finished only where it is ours."""
    book = make_book(tmp_path / "book")
    text(".briefbook/changes.json", JOURNALS[name].replace("AFTER", sha256(b"x").hexdigest()))(book, tmp_path)
    before = tree(tmp_path)
    with pytest.raises(BriefbookError, match="cannot be read"):
        finish_changes(book)
    after = tree(tmp_path)
    after.pop("book/.briefbook/changing", None)  # the lock
    assert after == before


@pytest.mark.parametrize("place", ["objects", "objects/aa", "returned", "returned/objects", "reviews"])
def test_nothing_is_written_or_deleted_through_a_link_in_the_record(place: str, tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    victims = tmp_path / "victims"
    victims.mkdir(mode=0o755)
    (victims / ".draft.tmp").write_text("mine")
    link = book / ".briefbook" / place
    link.parent.mkdir(parents=True)
    link.symlink_to(victims)
    for command in (("build",), ("history", "prune", "--keep", "1"), ("history",)):
        result = run("-C", book, *command)
        assert "there may be no links here" in result.output or command == ("history",)
    assert [path.name for path in victims.iterdir()] == [".draft.tmp"]
    assert victims.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "/etc/x", "x/y", "x\\y", "x\0y"])
def test_a_name_that_leads_out_of_its_folder_is_not_written(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    data = b"evil"
    with pytest.raises(BriefbookError, match="is no name of a file"):
        place(
            folder,
            name,
            sha256(data).hexdigest(),
            lambda: data,
            is_ours=lambda _: True,
            is_of_memo=lambda _: True,
        )
    assert list(tmp_path.iterdir()) == []
