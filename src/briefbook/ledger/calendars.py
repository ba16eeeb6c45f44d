"""How often each meeting was told anew in the calendars that were mailed."""

from collections.abc import Mapping

from briefbook.ledger.database import Part


class Calendars(Part):
    """The ledger's part on calendars."""

    __slots__ = ()

    def sequences(self, told: Mapping[str, str]) -> dict[str, int]:
        """The SEQUENCE (RFC 5545, 3.8.7.4) of meetings, by id, given the digest of what is told of each.

        0 for one that is told for the first time; each time that the digest is another than the last, one
        more. One transaction.
        """
        found = {}
        with self._database.writing():
            for meeting, digest in told.items():
                row = self._database.row(
                    "SELECT digest, sequence FROM calendars WHERE meeting = ?", (meeting,)
                )
                sequence = 0 if row is None else row["sequence"] + (row["digest"] != digest)
                self._database.run(
                    "INSERT OR REPLACE INTO calendars VALUES (?, ?, ?)", (meeting, digest, sequence)
                )
                found[meeting] = sequence
        return found
