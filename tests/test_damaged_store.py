"""What is kept of one edition and is damaged, or of another briefbook, stops no memo, its own neither."""

import json
import shutil
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from briefbook import store
from briefbook.diagnostics import NOWHERE, Problem
from briefbook.issued import Edition
from briefbook.ledger import LedgerError, read_ledger
from briefbook.record import FOLDER
from briefbook.store import Store
from tests.books import FILES, changed, make_book, run

COUNCIL, PLAIN = "memos/council.yaml", "memos/spring.yaml"
POINTS = "".join(f"  - {{en: Point {n} on {'the stock and the boats ' * 9}}}\n" for n in range(30))
SECTIONS = "sections: [header, {section: talking-points, items: could}]\n"
# Memos that read what is kept of an edition: of the same, or of the one before.
BOOK = {
    "memos/promised.yaml": f"{FILES[PLAIN]}length: 1\nreference: P\n{SECTIONS}talking_points:\n{POINTS}",
    "memos/since.yaml": FILES[PLAIN] + "sections: [header, since-last-edition, upcoming]\n",
    COUNCIL: FILES[COUNCIL].replace("[docx, txt]", "[txt]"),
}
NAMES = ["council", "first-round", "harbours", "promised", "since", "spring"]
LEFT_OUT = "promised: left out for its length: "


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book that was built once, and the current folder."""
    monkeypatch.chdir(make_book(tmp_path, BOOK))
    first = run("build")
    assert first.exit_code == 0, first.stderr
    assert LEFT_OUT in first.stderr
    return tmp_path


def latest(book: Path, memo: str) -> Edition:
    ledger = read_ledger(book / FOLDER)
    assert ledger is not None
    with ledger:
        found = ledger.latest(memo)
    assert found is not None
    return found


def damage(book: Path, digest: str) -> None:
    path = book / FOLDER / "objects" / digest[:2] / digest[2:]
    assert path.is_file()
    path.write_bytes(b"x")


def not_recognised(book: Path) -> None:
    """Let the next pass look at each memo."""
    (book / "memos/late.yaml").write_text(FILES[PLAIN].replace("Spring", "Late"))


def documents(book: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (book / "out/2031-04-20").iterdir()}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_damaged_inputs_cost_no_memo(book: Path, jobs: str) -> None:
    before = documents(book)
    editions = {name: latest(book, name) for name in NAMES}
    for edition in editions.values():
        damage(book, edition.inputs)
    not_recognised(book)
    again = run("build", "--jobs", jobs)
    assert again.exit_code == 0, again.stderr
    assert LEFT_OUT in again.stderr
    assert before.items() <= documents(book).items()
    assert {name: latest(book, name) for name in NAMES} == editions
    assert (
        Store(book / FOLDER).find(editions["promised"].inputs) is not None
    )  # it was asked for, so put right
    later = run("build", "--as-of", "2031-05-12")
    assert later.exit_code == 0, later.stderr


def test_documents_that_are_damaged_are_made_again(book: Path) -> None:
    before = documents(book)
    editions = {name: latest(book, name) for name in NAMES}
    for edition in editions.values():
        damage(book, edition.inputs)
        damage(book, edition.outputs[0].sha256)
    shutil.rmtree(book / "out")
    again = run("build")
    assert again.exit_code == 0, again.stderr
    assert documents(book) == before
    assert {name: latest(book, name) for name in NAMES} == editions
    for edition in editions.values():
        assert run("build", edition.memo, "--edition", "1").exit_code == 0


def test_a_bound_book_that_is_damaged_is_bound_again(book: Path) -> None:
    assert run("bind", "--format", "pdf").exit_code == 0
    [path] = (book / "out/2031-04-20").glob("*.pdf")
    whole = path.read_bytes()
    damage(book, sha256(whole).hexdigest())
    path.unlink()
    again = run("bind", "--format", "pdf")
    assert again.exit_code == 0, again.stderr
    assert path.read_bytes() == whole
    assert Store(book / FOLDER).get(sha256(whole).hexdigest()) == whole


def test_what_comes_out_the_same_beside_damaged_inputs_is_an_edition_of_its_own(book: Path) -> None:
    """Nobody knows any more whether it left out the same."""
    sections = {COUNCIL: f"{BOOK[COUNCIL]}sections: [upcoming]\n"}
    make_book(book, {**BOOK, **sections})
    assert run("build").exit_code == 0
    damage(book, latest(book, "council").inputs)
    other = changed("facts/council.yaml", "Survey the shared stock together.", "Survey the stock.")
    make_book(book, {**BOOK, **sections, **other})
    again = run("build")
    assert again.exit_code == 0, again.stderr
    assert latest(book, "council").number == 3


def kept_by_another_briefbook(book: Path, memo: str) -> None:
    """Let what an edition was made from have a field that this briefbook does not know."""
    edition, kept = latest(book, memo), Store(book / FOLDER)
    its = json.loads(kept.get(edition.inputs))
    its["selection"]["of_old"] = 1
    digest = kept.put(json.dumps(its, ensure_ascii=False, separators=(",", ":")).encode())
    with closing(sqlite3.connect(book / FOLDER / "ledger.db", isolation_level=None)) as connection:
        connection.execute("UPDATE editions SET inputs = ? WHERE memo = ?", (digest, memo))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE editions SET tool = '' WHERE memo = 'council'",
        # Found when what was made is compared with the editions of the day, and when it is recorded.
        "UPDATE editions SET tool = '', digest = '{0}' WHERE memo = 'council'; "
        "UPDATE digests SET digest = '{0}' WHERE memo = 'council'",
        "UPDATE digests SET number = 'one' WHERE memo = 'council'",
    ],
)
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_damaged_row_stops_its_own_memo_alone(book: Path, damage: str, jobs: str) -> None:
    with closing(sqlite3.connect(book / FOLDER / "ledger.db")) as database, database:
        database.executescript(damage.format("a" * 64))
    not_recognised(book)
    shutil.rmtree(book / "out")
    result = run("build", "--jobs", jobs)
    assert result.exit_code == 1
    assert "1 memo not made: council" in result.stderr
    assert "the ledger is damaged: " in result.stderr
    assert "'council'" in result.stderr
    made = {path.stem for path in (book / "out").rglob("*.*")} - {"council"}
    assert made == {*NAMES, "late"} - {"council"}
    assert latest(book, "late").number == 1


def test_what_another_briefbook_kept_is_read_as_far_as_it_can_be(book: Path) -> None:
    told = [line for line in run("build").stderr.splitlines() if line.startswith(LEFT_OUT)]
    for name in NAMES:
        kept_by_another_briefbook(book, name)
    not_recognised(book)
    again = run("build", "--json")
    assert again.exit_code == 0, again.stderr
    assert len(json.loads(again.stdout)["left_out"]["promised"]) == len(told)
    assert latest(book, "promised").number == 1
    later = run("build", "--as-of", "2031-05-12")
    assert later.exit_code == 0, later.stderr


def test_what_cannot_be_read_stops_its_own_memo_alone(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    not_recognised(book)
    closed, read = latest(book, "promised").inputs, store._bytes_of

    def refuses(path: Path) -> bytes:
        if path.name == closed[2:]:
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(store, "_bytes_of", refuses)
    again = run("build")
    assert "cannot read these bytes: Permission denied" in again.stderr
    assert "1 memo not made: promised" in again.stderr
    assert (book / "out/2031-04-20/late.txt").is_file()


@pytest.mark.parametrize("where", ["rested_before", "kept_selection"])
def test_a_mistake_about_the_edition_before_stops_one_memo_alone(
    book: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> object:
        raise RecursionError("too deep")

    monkeypatch.setattr(f"briefbook.{'plans' if where == 'rested_before' else 'previous'}.{where}", fails)
    later = run("build", "--as-of", "2031-05-12")
    name = "council" if where == "rested_before" else "since"
    assert f"memo '{name}' was not made, by a mistake of briefbook's own: RecursionError" in later.stderr
    assert f"1 memo not made: {name}" in later.stderr
    assert (book / "out/2031-05-12/spring.txt").is_file()


def test_a_ledger_that_fails_while_memos_are_planned_ends_the_pass(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def fails(_: object, memo: str, *days: object) -> object:
        asked.append(memo)
        raise LedgerError(Problem(where=NOWHERE, message="the ledger is damaged"))

    make_book(book, {f"memos/c{n}.yaml": str(BOOK[COUNCIL]) for n in range(3)})
    monkeypatch.setattr("briefbook.plans.rested_before", fails)
    told = run("build")
    assert told.exit_code == 1
    assert told.stderr.splitlines() == ["error: the ledger is damaged"]
    assert len(asked) == 1
