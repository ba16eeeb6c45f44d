"""What is followed since when, what has occurred, and when runs were."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from briefbook.issued import OccurrenceState
from briefbook.ledger import open_ledger
from tests.ledger.samples import HOUR, NOW, occurrence


def test_a_schedule_is_followed_from_its_first_sight_on(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        assert ledger.follow("council", "weekdays", NOW + timedelta(microseconds=5)) == NOW
        assert ledger.follow("council", "weekdays", NOW + 5 * HOUR) == NOW
        assert ledger.follow("harbours", "weekdays", NOW + 5 * HOUR) == NOW + 5 * HOUR


def test_a_schedule_that_was_changed_starts_anew_and_so_does_its_return(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.follow("council", "weekdays", NOW)
        assert ledger.follow("council", "mondays", NOW + HOUR) == NOW + HOUR
        assert ledger.follow("council", "weekdays", NOW + 2 * HOUR) == NOW + 2 * HOUR


def test_a_beginning_that_a_fast_clock_noted_is_set_to_now(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.follow("council", "weekdays", NOW.replace(year=2081))
        assert ledger.follow("council", "weekdays", NOW) == NOW
        assert ledger.follow("council", "weekdays", NOW + HOUR) == NOW


def test_the_last_run_whatever_its_clock_said(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        assert ledger.last_run() is None
        ledger.note_run(NOW.replace(year=2081))
        ledger.note_run(NOW)
        assert ledger.last_run() == NOW


def test_occurrences_are_found_by_memo_revision_and_instant(tmp_path: Path) -> None:
    late, early = occurrence(2), occurrence(1)
    other, elsewhere = occurrence(3, revision="mondays"), occurrence(0, memo="harbours")
    with open_ledger(tmp_path) as ledger:
        ledger.note([late, other, early, elsewhere])
        assert ledger.occurrences() == [elsewhere, early, late, other]
        assert ledger.occurrences("council") == [early, late, other]
        assert ledger.occurrences("council", "weekdays") == [early, late]
        assert ledger.occurrences("council", since=NOW + 2 * HOUR) == [late, other]


def test_an_occurrence_is_noted_once_whatever_zone_its_instant_is_spelled_in(tmp_path: Path) -> None:
    first = occurrence(state=OccurrenceState.SKIPPED, reason="it was a holiday")
    elsewhere = timezone(timedelta(hours=-6))
    with open_ledger(tmp_path) as ledger:
        ledger.note([first])
        ledger.note([replace(occurrence(), instant=NOW.astimezone(elsewhere)), occurrence(1)])
        assert ledger.occurrences() == [first, occurrence(1)]


def test_an_instant_without_a_zone_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        with pytest.raises(ValueError, match="without a zone"):
            ledger.note([replace(occurrence(), instant=datetime(2031, 4, 20, 7))])  # noqa: DTZ001
        ledger.note_run(NOW)  # and the ledger is not left in a transaction


def test_an_occurrence_is_settled_once(tmp_path: Path) -> None:
    failed = occurrence(state=OccurrenceState.FAILED, reason="facts/a.yaml:3: error: no such forum")
    queued = occurrence(state=OccurrenceState.QUEUED, number=4)
    with open_ledger(tmp_path) as ledger:
        assert not ledger.settle(queued, OccurrenceState.DUE)  # never noted
        ledger.note([occurrence(), occurrence(1)])
        assert ledger.settle(failed, OccurrenceState.DUE)
        assert not ledger.settle(queued, OccurrenceState.DUE)
        assert ledger.occurrences() == [failed, occurrence(1)]
        assert ledger.settle(queued, OccurrenceState.FAILED)
        assert ledger.occurrences() == [queued, occurrence(1)]


def test_what_is_not_settled_or_has_failed_is_found_whatever_its_schedule(tmp_path: Path) -> None:
    begun, failed = occurrence(1, revision="mondays"), occurrence(0, OccurrenceState.FAILED, memo="harbours")
    settled = [occurrence(2, OccurrenceState.SKIPPED), occurrence(3, OccurrenceState.QUEUED, number=1)]
    with open_ledger(tmp_path) as ledger:
        ledger.note([begun, *settled, failed])
        assert ledger.unsettled() == [failed, begun]


def test_a_reason_may_name_any_file(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.note([occurrence(reason="caf\udce9.yaml: no such file")])
        assert ledger.occurrences()[0].reason == r"caf\udce9.yaml: no such file"


def test_what_a_schedule_has_to_know(tmp_path: Path) -> None:
    settled = [occurrence(hours, OccurrenceState.SKIPPED) for hours in (-90, -80, -70)]
    begun = occurrence(-100)
    with open_ledger(tmp_path) as ledger:
        ledger.note([begun, *settled, occurrence(-60, revision="mondays"), occurrence(-60, memo="harbours")])
        assert ledger.recent_occurrences("council", "weekdays", now=NOW, window=75 * HOUR) == [
            begun,
            settled[-1],
        ]
        assert ledger.recent_occurrences("council", "weekdays", now=NOW, window=HOUR) == [begun, settled[-1]]
        assert ledger.recent_occurrences("council", "weekdays", now=NOW, window=85 * HOUR) == [
            begun,
            *settled[1:],
        ]
