"""How often what calendars tell of a meeting has changed."""

from pathlib import Path

from briefbook.ledger import open_ledger


def test_the_sequence_rises_once_for_each_change(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        told = ledger.sequence
        assert told("council", "a", "en", "Vienna") == 0
        assert told("council", "a", "en", "Vienna") == 0
        assert told("council", "b", "en", "Vienna") == 1
        assert told("council", "a", "en", "Vienna") == 2
        assert told("talks", "a", "en", "Vienna") == 0
    with open_ledger(tmp_path) as ledger:
        assert ledger.sequence("council", "a", "en", "Vienna") == 2


def test_two_languages_see_one_rise_for_one_change(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        told = ledger.sequence
        first = [told("council", "a", "en", "Vienna"), told("council", "a", "de", "Wien")]
        again = [told("council", "a", "en", "Vienna"), told("council", "a", "de", "Wien")]
        moved = [told("council", "a", "en", "Prague"), told("council", "a", "de", "Prag")]
        other_day = [told("council", "b", "de", "Prag"), told("council", "b", "en", "Prague")]
        german_first = [told("council", "b", "de", "Rom"), told("council", "b", "en", "Rome")]
    assert (first, again, moved, other_day, german_first) == ([0, 0], [0, 0], [1, 1], [2, 2], [3, 3])


def test_a_look_changes_nothing(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        assert ledger.sequence("council", "a", "en", "Vienna", keeps=False) == 0
        assert ledger.sequence("council", "z", "en", "Vienna") == 0
        assert ledger.sequence("council", "a", "en", "Vienna", keeps=False) == 1
        assert ledger.sequence("council", "z", "en", "Rome", keeps=False) == 1
        assert ledger.sequence("council", "z", "en", "Vienna") == 0
