"""Editions as issued, and passes that would change nothing."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from briefbook.issued import Edition, Output
from briefbook.ledger.database import Part, Row
from briefbook.ledger.instants import instant_of, spelled

_PASSES = 20  # so many are kept, but
_PASSES_SIZE = 64 << 20  # bytes of what they said at the most: of a hundred thousand memos one says 9 MB
_LARGEST_PASS = 1 << 30  # bytes once it is inflated: of a million memos it has a fifth of that
_AT_ONCE = 400  # memos asked for in one query: SQLite's own limits are far above

# One row for each output, and one for an edition without any.
_COLUMNS = """e.memo, e.number, e.as_of, e.known_by, e.digest, e.substance, e.inputs, e.tool, e.made,
    o.format, o.name, o.sha256, o.size"""
_OUTPUTS = "LEFT JOIN outputs o ON o.memo = e.memo AND o.number = e.number"
_EDITIONS = f"SELECT {_COLUMNS} FROM editions e {_OUTPUTS}"
_ORDER = "ORDER BY e.memo, e.number, o.id"


class Editions(Part):
    """The ledger's part on editions."""

    __slots__ = ()

    def edition(self, memo: str, number: int) -> Edition | None:
        """An edition of a memo by its number."""
        found = self._editions("WHERE e.memo = ? AND e.number = ?", memo, min(number, 2**62))
        return found[0] if found else None

    def editions(self, memo: str | None = None) -> list[Edition]:
        """Every edition, or those of one memo; by memo, oldest first."""
        return self._editions("") if memo is None else self._editions("WHERE e.memo = ?", memo)

    def latest(self, memo: str) -> Edition | None:
        """The edition of a memo with the highest number."""
        number = "(SELECT max(number) FROM editions WHERE memo = ?)"
        found = self._editions(f"WHERE e.memo = ? AND e.number = {number}", memo, memo)
        return found[0] if found else None

    def editions_with(self, digests: Mapping[str, str]) -> dict[str, Edition]:
        """For each memo the edition with this digest, if there is one.

        The digest is its own or one noted by `same_edition`; what is returned has its own.
        """
        found: dict[str, Edition] = {}
        pairs = iter(digests.items())
        while some := list(islice(pairs, _AT_ONCE)):
            wanted = ", ".join(["(?, ?)"] * len(some))
            # CROSS JOIN keeps the order of loops: each pair is looked up, the digests are not read through.
            sql = f"""WITH wanted (memo, digest) AS (VALUES {wanted}) SELECT {_COLUMNS} FROM wanted w
                CROSS JOIN digests d ON d.memo = w.memo AND d.digest = w.digest
                CROSS JOIN editions e ON e.memo = d.memo AND e.number = d.number {_OUTPUTS} {_ORDER}"""
            editions = self._found(sql, [value for pair in some for value in pair])
            found.update((edition.memo, edition) for edition in editions)
        return found

    def record_editions(self, editions: Sequence[Edition]) -> list[Edition]:
        """Record editions in one transaction and return them as they stand in the ledger, in the same order.

        A new one gets the next number of its memo, whatever `number` says. Where the memo has an edition with
        this digest, that one is returned, with the formats added that it lacked (not where `same_editions`
        led there: then it is a new one). If a format is there with other bytes, these stay: the digest
        decides the bytes, and what was issued first may have been read.
        """
        if not editions:
            return []
        with self._database.writing():
            numbers = [(edition.memo, self._recorded(edition)) for edition in editions]
            return [self._one(memo, number) for memo, number in numbers]

    def same_edition(self, memo: str, digest: str, number: int) -> None:
        """`same_editions` of one."""
        self.same_editions([(memo, digest, number)])

    def same_editions(self, same: Iterable[tuple[str, str, int]]) -> None:
        """Note, in one transaction, that what has this digest came out as the same bytes as that edition.

        Each is (memo, digest, number). A digest that has an edition already keeps it. BriefbookError if there
        is no such edition.
        """
        rows = list(same)
        if rows:
            with self._database.writing():
                self._database.run_many(_NEW_DIGEST, rows)

    def is_output(self, sha256: str, memo: str | None = None) -> bool:
        """True if a file of some edition, of this memo or of any, has these bytes."""
        sql = "SELECT 1 FROM outputs WHERE sha256 = ?1 AND coalesce(?2, memo) = memo"
        return self._database.row(sql, (sha256, memo)) is not None

    # ---------------------------------------------------------------------------------------- passes

    def pass_with(self, digest: str) -> str | None:
        """What the pass over a book with this digest said."""
        sql = "SELECT said FROM passes WHERE digest = ?"
        found = self._database.rows(sql, (digest,), make=_pass_of)
        return found[0] if found else None

    def record_pass(self, digest: str, said: Iterable[str], made: datetime) -> None:
        """Note a pass that can be recognised, with what it said, piece by piece.

        Few are kept, fewer where they are large.
        """
        deflated = _deflated(said)
        with self._database.writing():
            self._database.run(
                "INSERT OR REPLACE INTO passes (digest, said, made) VALUES (?, ?, ?)",
                (digest, deflated, spelled(made)),
            )
            self._database.run(_OLD_PASSES, (_PASSES, _PASSES_SIZE))

    # --------------------------------------------------------------------------------------- helpers

    def _editions(self, where: str, *values: str | int) -> list[Edition]:
        return self._found(f"{_EDITIONS} {where} {_ORDER}", values)

    def _found(self, sql: str, values: Sequence[str | int]) -> list[Edition]:
        rows = self._database.rows(sql, values, make=tuple)
        by_edition = [tuple(group) for _, group in groupby(rows, key=itemgetter(0, 1))]
        return self._database.made(_edition_of, by_edition)

    def _one(self, memo: str, number: int) -> Edition:
        return self._editions("WHERE e.memo = ? AND e.number = ?", memo, number)[0]

    def _recorded(self, edition: Edition) -> int:
        """Record one edition inside of a transaction and return its number."""
        memo = edition.memo
        known = self._database.row(
            "SELECT number FROM digests WHERE memo = ? AND digest = ?", (memo, edition.digest)
        )
        if known is not None and not self._adds_to_another(edition, int(known[0])):
            number = int(known[0])
        else:
            last = self._database.row("SELECT max(number) FROM editions WHERE memo = ?", (memo,))
            number = (last[0] if last and last[0] else 0) + 1
            self._database.run(
                """INSERT INTO editions
                (memo, number, as_of, known_by, digest, substance, inputs, tool, made)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (
                    memo,
                    number,
                    edition.as_of.isoformat(),
                    edition.known_by.isoformat(),
                    edition.digest,
                    edition.substance,
                    edition.inputs,
                    edition.tool,
                    spelled(edition.made),
                ),
            )
            self._database.run(
                "INSERT OR REPLACE INTO digests VALUES (?, ?, ?)", (memo, edition.digest, number)
            )
        self._database.run_many(_NEW_OUTPUT, _output_rows(edition, number))
        return number

    def _adds_to_another(self, edition: Edition, number: int) -> bool:
        """True where a format would come to an edition that was made from something else.

        Such a digest leads there because all formats came out the same until now; of this one nobody knows.
        """
        known = self._one(edition.memo, number)
        recorded = {output.format for output in known.outputs}
        return known.digest != edition.digest and any(it.format not in recorded for it in edition.outputs)


_NEW_DIGEST = (
    "INSERT INTO digests (memo, digest, number) VALUES (?, ?, ?) ON CONFLICT (memo, digest) DO NOTHING"
)
_OLD_PASSES = """DELETE FROM passes WHERE id IN (SELECT id FROM (
    SELECT id, row_number() OVER newest AS place, sum(length(said)) OVER newest AS size
    FROM passes WINDOW newest AS (ORDER BY id DESC)
    ) WHERE place > ?1 OR (place > 1 AND size > ?2))"""
_NEW_OUTPUT = """INSERT INTO outputs (memo, number, format, name, sha256, size) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (memo, number, format) DO NOTHING"""


def _output_rows(edition: Edition, number: int) -> Iterator[tuple[str, int, str, str, str, int]]:
    for output in edition.outputs:
        yield edition.memo, number, output.format, output.name, output.sha256, output.size


def _edition_of(rows: Sequence[tuple[Any, ...]]) -> Edition:
    """An edition from the rows of its outputs, columns as in _COLUMNS. There may be thousands to make."""
    memo, number, as_of, known_by, digest, substance, inputs, tool, made = rows[0][:9]
    return Edition(
        memo=memo,
        number=number,
        as_of=date.fromisoformat(as_of),
        known_by=date.fromisoformat(known_by),
        digest=digest,
        substance=substance,
        inputs=inputs,
        tool=tool,
        made=instant_of(made),
        outputs=tuple(
            Output(format=format_, name=name, sha256=sha256, size=size)
            for *_, format_, name, sha256, size in rows
            if format_ is not None
        ),
    )


def _deflated(text: Iterable[str]) -> bytes:
    """Text piece by piece, so that of very much never all is there at once."""
    deflate = zlib.compressobj(1)
    pieces = [deflate.compress(piece.encode("utf-8", "surrogatepass")) for piece in text]
    return b"".join((*pieces, deflate.flush()))


def _pass_of(row: Row) -> str:
    """What a pass said. Raises ValueError where that is damaged."""
    inflate = zlib.decompressobj()
    said = b""
    with suppress(zlib.error):
        said = inflate.decompress(row["said"], _LARGEST_PASS)
    if not inflate.eof:
        raise ValueError("what a pass said cannot be inflated")
    return said.decode("utf-8", "surrogatepass")
