"""`history prune` beside a build, and what killed builds leave behind."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import Result

from briefbook.build import Built, build
from briefbook.editions import prune
from briefbook.readers.read_book import read_book
from briefbook.record import open_record
from briefbook.shelf import Entry, entries_of, note
from briefbook.store import Store
from briefbook.workshop import Day
from tests.books import FILES, changed, make_book, run

COUNCIL = "facts/council.yaml"


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book that was built once, and the current folder."""
    monkeypatch.chdir(make_book(tmp_path))
    assert run("build").exit_code == 0
    return tmp_path


def test_nothing_is_pruned_while_a_build_is_under_way(book: Path) -> None:
    """Its bytes are in the store before a row names them: as they come, a pruning meets it."""
    store = Store(book / ".briefbook")
    told: list[Result] = []

    def prune(_: Built) -> None:
        told.append(run("history", "prune", "--keep", "1"))

    make_book(book, changed(COUNCIL, "Survey the shared", "Survey a shared"))
    read = read_book(book)
    day = Day(as_of=date(2031, 5, 12), known_by=date(2031, 5, 12))
    with open_record(book, datetime(2031, 5, 12, tzinfo=UTC)) as record:
        half_way = store.put(b"of an edition that is not recorded yet")
        [built] = build(
            read.book, [read.book.memos["council"]], day, out=book / "out", record=record, progress=prune
        )
    assert [(one.exit_code, one.stderr) for one in told] == [
        (75, "a build is under way: nothing was pruned\n")
    ]
    assert store.has(half_way)
    assert built.edition is not None
    assert all(store.has(output.sha256) for output in built.edition.outputs)
    assert run("history", "prune", "--keep", "1").exit_code == 0
    assert not store.has(half_way)


def test_what_a_killed_build_left_in_the_store_is_pruned_too(book: Path) -> None:
    left = book / ".briefbook/objects/ab/.cdef.x1y2.tmp"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"half")
    assert run("history", "prune", "--keep", "9").exit_code == 0
    assert not left.exists()


@pytest.fixture
def returned(book: Path) -> str:
    """The SHA-256 of a returned file of the older edition, kept by an older briefbook among our own."""
    make_book(book, changed(COUNCIL, "Survey the shared", "Survey a shared"))
    assert run("build").exit_code == 0
    with open_record(book, datetime(2031, 5, 12, tzinfo=UTC)) as record:
        mine = record.store.put(b"what a person made of it")
        note(record.folder, Entry(memo="council", edition=1, returned=mine, text=A, data=B))
        assert not record.is_ours(mine)
    return mine


A, B, C = "a" * 64, "b" * 64, "c" * 64


def test_a_pruning_that_cannot_read_a_note_removes_nothing(book: Path, returned: str) -> None:
    with open_record(book, datetime(2031, 5, 12, tzinfo=UTC)) as record:
        newest = len(record.ledger.editions("spring"))
        note(record.folder, Entry(memo="spring", edition=newest, returned=C, text=A, data=B))
        (record.folder / f"reviews/spring/{newest}/{C}.json").write_text("{")
        before = sorted(record.folder.rglob("*.json")), list(record.store.all())
        result = run("history", "prune", "--keep", "1")
        assert result.exit_code == 1
        assert "this note of a returned file is damaged" in result.stderr
        assert (sorted(record.folder.rglob("*.json")), list(record.store.all())) == before
        assert not record.is_ours(returned)


def test_a_pruning_that_breaks_off_makes_nobodys_file_ours(
    book: Path, returned: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Store, sha256: str) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Store, "remove", refused)
    with open_record(book, datetime(2031, 5, 12, tzinfo=UTC)) as record:
        with pytest.raises(KeyboardInterrupt):
            prune(record, keep=1)
        assert record.store.has(returned)
        assert not record.is_ours(returned)
        monkeypatch.undo()
        prune(record, keep=1)
        assert not record.store.has(returned)
        assert list(entries_of(record.folder, "council", 1)) == []


LEFT = (".council.docx.abcd_123.tmp", ".council (new).docx.abcd_123.tmp", ".spring.txt.x1y2z3__.tmp")
NOT_OURS = (
    ".council.docx.tmp",
    ".other.docx.abcd_123.tmp",
    "council.docx.abcd_123.tmp",
    ".council.docx.ABCD_123.tmp",
)


def test_what_a_killed_build_left_beside_the_documents_goes_with_the_next_one(book: Path) -> None:
    folder = book / "out/2031-04-20"
    for name in (*LEFT, *NOT_OURS):
        (folder / name).write_bytes(b"half")
    (folder / "first").write_bytes(b"")
    (folder / ".spring.txt.linklink.tmp").symlink_to("first")
    (folder / "council.docx").unlink()  # else there is nothing to do
    with open_record(book, datetime(2031, 4, 20, tzinfo=UTC)) as record, record.building():
        assert run("build").exit_code == 0
        assert all((folder / name).exists() for name in LEFT)
    (folder / "council.docx").unlink()
    assert run("build").exit_code == 0
    left = {path.name for path in folder.iterdir() if path.name.endswith(".tmp")}
    assert left == {*NOT_OURS, ".spring.txt.linklink.tmp"}


# ------------------------------------------------------------------------------- names that look alike


ALIKE = ("council.new", "council.edition-1", "council.new-2")


@pytest.mark.parametrize("id_", ALIKE)
def test_no_memo_loses_its_files_to_another_whose_name_begins_alike(book: Path, id_: str) -> None:
    make_book(book, {f"memos/{id_}.yaml": FILES["memos/harbours.yaml"]})
    assert run("build").exit_code == 0
    document = book / f"out/2031-04-20/{id_}.txt"
    before = document.read_bytes()
    assert run("build", "council", "--edition", "1").exit_code == 0
    (document.with_name("council.txt")).write_text("my own words")
    for _ in range(2):
        assert run("build", "--json").exit_code == 0
        assert document.read_bytes() == before
    (document.with_name("council.txt")).unlink()
    run("build", "council")
    assert document.read_bytes() == before


def test_what_stood_beside_goes_only_if_it_is_of_the_same_memo(book: Path) -> None:
    folder = book / "out/2031-04-20"
    beside = folder / "spring (new).txt"
    shutil.copy(folder / "harbours.txt", beside)
    run("build", "spring")
    assert beside.read_bytes() == (folder / "harbours.txt").read_bytes()
    shutil.copy(folder / "spring.txt", beside)
    (folder / "spring.txt").unlink()
    run("build", "spring")
    assert not beside.exists()
