"""Which schedule each memo follows, the instants at which it asked for the memo, and when runs were."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from briefbook.issued import TRIED_AGAIN, Occurrence, OccurrenceState
from briefbook.ledger.database import Part, Row, Value
from briefbook.ledger.instants import instant_of, plain, spelled
from briefbook.ledger.values import key_of, line_of, number_or_none, text_of


class Schedules(Part):
    """The ledger's part on schedules."""

    __slots__ = ()

    def follow(self, memo: str, revision: str, now: datetime) -> datetime:
        """Since when a memo follows its schedule as written; from now on, if it was another until now.

        A beginning that is still ahead was noted by a clock that was: it is set to now.
        """
        since = self._since(memo, revision, now)
        if since is not None:
            return since
        with self._database.writing():
            since = self._since(memo, revision, now)  # another run may have been quicker
            if since is None:
                self._database.run(
                    "INSERT OR REPLACE INTO followed (memo, revision, since) VALUES (?, ?, ?)",
                    (memo, revision, spelled(now)),
                )
        return since or now.astimezone(UTC).replace(microsecond=0)

    def followed(self) -> list[str]:
        """The memos that follow a schedule, or did when they were last looked at."""
        return self._database.rows("SELECT memo FROM followed ORDER BY memo", make=lambda row: key_of(row[0]))

    def unfollow(self, memo: str) -> None:
        """A memo follows no schedule any more: the next one that it gets is a new one."""
        with self._database.writing():
            self._database.run("DELETE FROM followed WHERE memo = ?", (memo,))

    def _since(self, memo: str, revision: str, now: datetime) -> datetime | None:
        sql = "SELECT since FROM followed WHERE memo = ? AND revision = ? AND since <= ?"
        found = self._database.rows(sql, (memo, revision, spelled(now)), make=lambda row: instant_of(row[0]))
        return found[0] if found else None

    def last_run(self) -> datetime | None:
        """The instant of the last run, which may be before that of an earlier one: clocks are set back."""
        found = self._database.rows("SELECT last FROM runs", make=lambda row: instant_of(row[0]))
        return found[0] if found else None

    def note_run(self, now: datetime) -> None:
        """Note that a run is made at this instant."""
        with self._database.writing():
            self._database.run(
                """INSERT INTO runs (id, last, latest) VALUES (1, ?1, ?1)
                ON CONFLICT (id) DO UPDATE SET last = ?1, latest = max(latest, ?1)""",
                (spelled(now),),
            )

    def occurrences(
        self, memo: str | None = None, revision: str | None = None, since: datetime | None = None
    ) -> list[Occurrence]:
        """Occurrences, oldest first: of one memo, of one revision, at an instant or later."""
        conditions: list[str] = []
        values: list[Value] = []
        for condition, value in (
            ("memo = ?", memo),
            ("revision = ?", revision),
            ("instant >= ?", None if since is None else spelled(since)),
        ):
            if value is not None:
                conditions.append(condition)
                values.append(value)
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        sql = f"SELECT * FROM occurrences {where} ORDER BY instant, memo, revision"
        return self._database.rows(sql, values, make=_occurrence_of)

    def recent_occurrences(
        self, memo: str, revision: str, *, now: datetime, window: timedelta
    ) -> list[Occurrence]:
        """What `schedule.due` has to know of a memo's schedule, oldest first.

        That is all from the window's start on, all that a run began and did not settle, and the newest at or
        before now.
        """
        present, start = spelled(now), spelled(now - window)
        sql = """SELECT * FROM occurrences WHERE memo = ?1 AND revision = ?2 AND (
                instant >= ?3 OR state = ?4 OR instant = (SELECT max(instant) FROM occurrences
                    WHERE memo = ?1 AND revision = ?2 AND instant <= ?5))
            ORDER BY instant"""
        values = (memo, revision, start, OccurrenceState.DUE.value, present)
        return self._database.rows(sql, values, make=_occurrence_of)

    def unsettled(self) -> list[Occurrence]:
        """What was begun and not settled, failed or is held back, of all memos, oldest first."""
        states = [state.value for state in (OccurrenceState.DUE, *TRIED_AGAIN)]
        sql = "SELECT * FROM occurrences WHERE state IN (?, ?, ?) ORDER BY instant, memo, revision"
        return self._database.rows(sql, states, make=_occurrence_of)

    def note(self, occurrences: Iterable[Occurrence]) -> None:
        """Record occurrences, in one transaction; one whose key is there already stays as it is."""
        rows = [_row_of(occurrence) for occurrence in occurrences]
        if rows:
            with self._database.writing():
                self._database.run_many(
                    """INSERT INTO occurrences (memo, revision, instant, state, reason, edition)
                    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (memo, revision, instant) DO NOTHING""",
                    rows,
                )

    def settle(self, occurrence: Occurrence, was: OccurrenceState) -> bool:
        """Set state, reason and edition of an occurrence, if its state is still `was`. Tells whether."""
        with self._database.writing():
            return self._settled(occurrence, was)

    def _settled(self, occurrence: Occurrence, was: OccurrenceState) -> bool:
        """`settle` inside of a transaction."""
        memo, revision, instant, state, reason, edition = _row_of(occurrence)
        changed = self._database.run(
            """UPDATE occurrences SET state = ?, reason = ?, edition = ?
            WHERE memo = ? AND revision = ? AND instant = ? AND state = ?""",
            (state, reason, edition, memo, revision, instant, was.value),
        )
        return changed == 1


def _row_of(occurrence: Occurrence) -> tuple[str, str, str, str, str, int | None]:
    return (
        occurrence.memo,
        occurrence.revision,
        spelled(occurrence.instant),
        occurrence.state.value,
        plain(occurrence.reason),
        occurrence.edition,
    )


def _occurrence_of(row: Row) -> Occurrence:
    return Occurrence(
        memo=key_of(row["memo"]),
        revision=line_of(row["revision"]),
        instant=instant_of(row["instant"]),
        state=OccurrenceState(row["state"]),
        reason=text_of(row["reason"]),
        edition=number_or_none(row["edition"]),
    )
