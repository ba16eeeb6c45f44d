"""Who approved of which bytes: rows that are only ever added to."""

import json
from collections.abc import Sequence

from briefbook.issued import Clearance
from briefbook.ledger.database import Part, Row, Value
from briefbook.ledger.editions import output_of
from briefbook.ledger.instants import instant_of, plain, spelled
from briefbook.ledger.values import key_of, number_of, number_or_none, text_of


class Clearances(Part):
    """The ledger's part on clearances."""

    __slots__ = ()

    def clearances(self, memo: str | None = None) -> list[Clearance]:
        """Every clearance and every withdrawal of one, of all memos or of one, in the order of giving."""
        where, values = ("", ()) if memo is None else ("WHERE memo = ?", (memo,))
        return self._database.rows(
            f"SELECT * FROM clearances {where} ORDER BY id", values, make=_clearance_of
        )

    def record_clearances(self, given: Sequence[Clearance]) -> list[Clearance]:
        """Record clearances in one transaction and return them as they stand, in the same order.

        Where the same person has cleared the same bytes of the edition and not taken that back, that one is
        returned: to type a command again that was cut off adds nothing.
        """
        with self._database.writing():
            return [self._standing(one) or self._added(one) for one in given]

    def withdraw_clearances(self, taken_back: Sequence[Clearance]) -> list[Clearance]:
        """Record, in one transaction, that clearances are taken back: each names it in `withdraws`.

        One that was taken back meanwhile is left out.
        """
        with self._database.writing():
            withdrawn = {each.withdraws for each in self.clearances()}
            return [self._added(one) for one in taken_back if one.withdraws not in withdrawn]

    def _standing(self, wanted: Clearance) -> Clearance | None:
        """Inside of a transaction: the same that was given before and holds, if there is one."""
        known = self.clearances(wanted.memo)
        withdrawn = {each.withdraws for each in known}
        asked = (wanted.edition, wanted.person, wanted.outputs, None)
        for each in known:
            is_same = (each.edition, each.person, each.outputs, each.withdraws) == asked
            if is_same and each.id not in withdrawn:
                return each
        return None

    def _added(self, clearance: Clearance) -> Clearance:
        """Inside of a transaction: a new row, as it stands."""
        self._database.run(
            """INSERT INTO clearances (memo, edition, outputs, person, office, note, given, withdraws)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
            _row_of(clearance),
        )
        sql = "SELECT * FROM clearances ORDER BY id DESC LIMIT 1"
        return self._database.one(self._database.rows(sql, make=_clearance_of))


def _row_of(clearance: Clearance) -> tuple[Value, ...]:
    outputs = [[each.format, each.name, each.sha256, each.size] for each in clearance.outputs]
    return (
        clearance.memo,
        clearance.edition,
        json.dumps(outputs, separators=(",", ":")),
        plain(clearance.person),
        plain(clearance.office),
        plain(clearance.note),
        spelled(clearance.given),
        clearance.withdraws,
    )


def _clearance_of(row: Row) -> Clearance:
    memo = key_of(row["memo"])
    return Clearance(
        id=number_of(row["id"]),
        memo=memo,
        edition=number_of(row["edition"]),
        outputs=tuple(output_of(memo, *values) for values in json.loads(row["outputs"])),
        person=text_of(row["person"]),
        office=text_of(row["office"]),
        note=text_of(row["note"]),
        given=instant_of(row["given"]),
        withdraws=number_or_none(row["withdraws"]),
    )
