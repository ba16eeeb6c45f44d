"""Editions as issued, and passes that would change nothing."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from operator import itemgetter
from reprlib import repr as shortened
from typing import Any

from briefbook.issued import Edition, Output
from briefbook.ledger.database import Part, Row
from briefbook.ledger.instants import instant_of, spelled
from briefbook.ledger.values import format_of, key_of, line_of, name_of, number_of, number_or_none, sha256_of
from briefbook.memo import FORMATS

_PASSES = 20  # so many are kept, but
_PASSES_SIZE = 64 << 20  # bytes of what they said at the most: of a hundred thousand memos one says 9 MB
_LARGEST_PASS = 1 << 28  # bytes before they are deflated: of a million memos one says nearly as much
_MOST_OUTPUTS = len(FORMATS)  # of an edition: one for each format
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
        """What the pass over a book with this digest said; None too where that cannot be read any more.

        A note saves work and is nobody's history: the pass is made again, and notes anew what it says.
        """
        sql = "SELECT said FROM passes WHERE digest = ?"
        found = self._database.rows(sql, (digest,), make=_said_of)
        return found[0] if found else None

    def record_pass(self, digest: str, said: Iterable[str], made: datetime) -> None:
        """Note a pass that can be recognised, with what it said, piece by piece.

        Few are kept, fewer where they are large; one that says too much is not.
        """
        deflated = _deflated(said)
        if deflated is None:
            return
        with self._database.writing():  # what `editions` was for stands in `said`, which is deflated since
            self._database.run(
                "INSERT OR REPLACE INTO passes (digest, said, editions, made) VALUES (?, ?, '[]', ?)",
                (digest, deflated, spelled(made)),
            )
            self._database.run(_OLD_PASSES, (_PASSES, _PASSES_SIZE))

    # --------------------------------------------------------------------------------------- helpers

    def _editions(self, where: str, *values: str | int) -> list[Edition]:
        return self._found(f"{_EDITIONS} {where} {_ORDER}", values)

    def _found(self, sql: str, values: Sequence[str | int]) -> list[Edition]:
        return self._database.groups(sql, values, key=itemgetter(0, 1), make=_edition_of)

    def _one(self, memo: str, number: int) -> Edition:
        return self._database.one(self._editions("WHERE e.memo = ? AND e.number = ?", memo, number))

    def _recorded(self, edition: Edition) -> int:
        """Record one edition inside of a transaction and return its number."""
        memo = edition.memo
        known = self._number("SELECT number FROM digests WHERE memo = ? AND digest = ?", memo, edition.digest)
        if known is not None and not self._adds_to_another(edition, known):
            number = known
        else:
            number = (self._number("SELECT max(number) FROM editions WHERE memo = ?", memo) or 0) + 1
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

    def _number(self, sql: str, memo: str, *values: str) -> int | None:
        def number(row: Row) -> int | None:
            try:
                return number_or_none(row[0])
            except ValueError as error:
                raise ValueError(f"an edition of {memo!r}: {error}") from error

        found = self._database.rows(sql, (memo, *values), make=number)
        return found[0] if found else None

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


def _edition_of(rows: Iterator[Sequence[Any]]) -> Edition:
    """An edition from the rows of its outputs, columns as in _COLUMNS. There may be thousands to make."""
    first = next(rows)
    memo, number, as_of, known_by, digest, substance, inputs, tool, made = first[:9]
    memo = key_of(memo)
    some = [first, *islice(rows, _MOST_OUTPUTS)]
    if len(some) > _MOST_OUTPUTS:
        raise ValueError(f"an edition of {memo!r} has more than {_MOST_OUTPUTS} files")
    try:
        return Edition(
            memo=memo,
            number=number_of(number),
            as_of=date.fromisoformat(as_of),
            known_by=date.fromisoformat(known_by),
            digest=sha256_of(digest),
            substance=sha256_of(substance),
            inputs=sha256_of(inputs),
            tool=line_of(tool),
            made=instant_of(made),
            outputs=tuple(output_of(memo, *row[9:]) for row in some if row[9] is not None),
        )
    except (ValueError, TypeError, OverflowError) as error:  # one of thousands: which it is must be told
        raise ValueError(f"edition {shortened(number)} of {memo!r}: {error}") from error


def output_of(memo: str, format_: object, name: object, sha256: object, size: object) -> Output:
    """A file of an edition of this memo, as a row tells of it. Raises ValueError."""
    format_ = format_of(format_)
    return Output(
        format=format_,
        name=name_of(name, memo, format_),
        sha256=sha256_of(sha256),
        size=number_of(size, least=0),
    )


def _deflated(text: Iterable[str]) -> bytes | None:
    """Text piece by piece, so that of very much never all is there at once; None if it is too much."""
    deflate = zlib.compressobj(1)
    pieces, size = [], 0
    for piece in text:
        data = piece.encode("utf-8", "surrogatepass")
        size += len(data)
        if size > _LARGEST_PASS:
            return None
        pieces.append(deflate.compress(data))
    return b"".join((*pieces, deflate.flush()))


def _said_of(row: Row) -> str | None:
    """What a pass said; None where we never wrote that: a note of an older briefbook is not deflated."""
    inflate = zlib.decompressobj()
    try:
        said = inflate.decompress(row["said"], _LARGEST_PASS)
        return said.decode("utf-8", "surrogatepass") if inflate.eof and not inflate.unused_data else None
    except (zlib.error, TypeError, ValueError):
        return None
