"""How often what calendars tell of each meeting has changed."""

from briefbook.ledger.database import Part


class Calendars(Part):
    """The ledger's part on calendars."""

    __slots__ = ()

    def sequence(self, meeting: str, digest: str) -> int:
        """The SEQUENCE (RFC 5545, 3.8.7.4) of a meeting, given the digest of what is told of it now.

        0 for one that is told for the first time; one more whenever the digest is another than the last.
        """
        with self._database.writing():
            sql = "SELECT digest, sequence FROM calendars WHERE meeting = ?"
            row = self._database.row(sql, (meeting,))
            if row is not None and row["digest"] == digest:
                return int(row["sequence"])
            sequence = 0 if row is None else int(row["sequence"]) + 1
            sql = "INSERT OR REPLACE INTO calendars VALUES (?, ?, ?)"
            self._database.run(sql, (meeting, digest, sequence))
        return sequence
