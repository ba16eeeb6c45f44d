"""Clearances in the ledger: only ever added to, and a command that is typed again adds nothing."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from briefbook.diagnostics import BriefbookError
from briefbook.issued import Clearance
from briefbook.ledger import MIGRATIONS, NAME, Ledger, open_ledger
from tests.ledger.samples import NOW, edition, recorded_in
from tests.ledger.test_opening import by_hand


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path) as opened:
        recorded_in(opened, edition())
        yield opened


def clearance(person: str = "Ana Holm", **changes: object) -> Clearance:
    known = edition()
    plain = Clearance(
        id=0, memo=known.memo, edition=1, outputs=known.outputs, person=person, office="Legal", given=NOW
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_it_comes_back_as_it_was_given(ledger: Ledger) -> None:
    given = clearance(note="with “quotes”, ñ and\na line")
    [recorded] = ledger.record_clearances([given])
    assert recorded == replace(given, id=1)
    assert ledger.clearances() == ledger.clearances(given.memo) == [recorded]
    assert ledger.clearances("another") == []


def test_the_same_again_adds_nothing_and_another_person_does(ledger: Ledger) -> None:
    first, other = ledger.record_clearances([clearance(), clearance("Bo Lund")])
    assert ledger.record_clearances([clearance(note="typed again")]) == [first]
    assert [each.person for each in ledger.clearances()] == ["Ana Holm", "Bo Lund"]
    [back] = ledger.withdraw_clearances([clearance("Bo Lund", withdraws=first.id)])
    assert ledger.withdraw_clearances([clearance("Cy", withdraws=first.id)]) == []
    [anew] = ledger.record_clearances([clearance()])
    assert [each.id for each in ledger.clearances()] == [first.id, other.id, back.id, anew.id]


def test_all_of_several_are_recorded_or_none(ledger: Ledger) -> None:
    """The second is of an edition that is not there."""
    with pytest.raises(BriefbookError):
        ledger.record_clearances([clearance(), clearance(edition=7)])
    assert ledger.clearances() == []


def test_nothing_changes_or_takes_out_a_row(ledger: Ledger, tmp_path: Path) -> None:
    ledger.record_clearances([clearance()])
    for sql in ("UPDATE clearances SET person = 'Bo'", "DELETE FROM clearances"):
        with pytest.raises(sqlite3.IntegrityError, match="stays as it was given"):
            by_hand(tmp_path, sql)
    assert [each.person for each in ledger.clearances()] == ["Ana Holm"]


def test_a_ledger_from_before_clearances_gets_their_table(tmp_path: Path) -> None:
    with open_ledger(tmp_path, migrations=MIGRATIONS[:1]) as old:
        recorded_in(old, edition())
    assert by_hand(tmp_path, "PRAGMA user_version")[0][0] == 1
    with open_ledger(tmp_path) as ledger:
        assert [each.number for each in ledger.editions()] == [1]
        assert ledger.clearances() == []
        ledger.record_clearances([clearance()])
    assert by_hand(tmp_path, "PRAGMA user_version")[0][0] == len(MIGRATIONS)
    assert (tmp_path / NAME).exists()


def test_a_row_that_was_damaged_is_told(ledger: Ledger, tmp_path: Path) -> None:
    ledger.record_clearances([clearance()])
    by_hand(tmp_path, "DROP TRIGGER clearances_stay")
    by_hand(tmp_path, "UPDATE clearances SET outputs = '[[1]]'")
    with pytest.raises(BriefbookError, match="the ledger is damaged"):
        ledger.clearances()
