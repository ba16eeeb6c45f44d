"""How often what calendars tell of each meeting has changed."""

import json

from briefbook.ledger.database import Part, Row
from briefbook.ledger.values import number_of, text_of


class Calendars(Part):
    """The ledger's part on calendars."""

    __slots__ = ()

    def sequence(self, meeting: str, digest: str, language: str, place: str, *, keeps: bool = True) -> int:
        """The SEQUENCE (RFC 5545, 3.8.7.4) of a meeting, given the digests of what is told of it now.

        0 for one that is told for the first time; one more whenever `digest`, which is the same in every
        language, is another than the last, or `place` another than the last that was told in this language.
        Memos in two languages on one meeting thus see one rise for one change. With `keeps` False nothing is
        written: the number that a letter would have now.
        """
        if not keeps:
            return self._told(meeting, digest, language, place)[0]
        with self._database.writing():
            sequence, told = self._told(meeting, digest, language, place)
            if told:
                sql = "INSERT OR REPLACE INTO calendars VALUES (?, ?, ?)"
                self._database.run(sql, (meeting, told, sequence))
        return sequence

    def _told(self, meeting: str, digest: str, language: str, place: str) -> tuple[int, str]:
        """The number, and what to note with it; nothing where that is noted already.

        Noted is, as JSON, the digest and those of the place by their language.
        """
        sql = "SELECT digest, sequence FROM calendars WHERE meeting = ?"
        found = self._database.rows(sql, (meeting,), make=_noted_of)
        noted, last, places, number = found[0] if found else ("", "", {}, -1)
        is_same = last == digest and places.get(language, place) == place
        told = json.dumps([digest, {**(places if is_same else {}), language: place}], sort_keys=True)
        return number if is_same else number + 1, "" if told == noted else told


def _noted_of(row: Row) -> tuple[str, str, dict[str, str], int]:
    """What is noted of a meeting: the words, the digest, those of its place by language, the number."""
    noted = str(row["digest"])
    last, places = json.loads(noted) if noted.startswith("[") else ("", {})
    if not isinstance(places, dict):
        raise ValueError("a meeting without places")
    told = {str(language): text_of(place) for language, place in places.items()}
    return noted, text_of(last), told, number_of(row["sequence"], least=0)
