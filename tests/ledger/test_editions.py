"""Editions are numbered, found by what they were made from, and never overwritten."""

import os
import sqlite3
import zlib
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from briefbook.diagnostics import BriefbookError
from briefbook.ledger import Ledger, editions, open_ledger
from briefbook.memo import FORMATS
from tests.ledger.samples import NOW, digest_of, edition, output, recorded_in


def test_an_edition_comes_back_as_it_was_recorded(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        recorded = recorded_in(ledger, edition())
    assert recorded == replace(edition(), number=1)
    with open_ledger(tmp_path) as ledger:
        assert ledger.edition("council", 1) == recorded
        assert ledger.latest("council") == recorded
        assert ledger.editions() == [recorded]


def test_a_fresh_ledger_knows_nothing(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        assert ledger.edition("council", 1) is None
        assert ledger.edition("council", 10**30) is None
        assert ledger.latest("council") is None
        assert ledger.editions() == []
        assert ledger.editions_with({"council": digest_of("first")}) == {}
        assert ledger.record_editions([]) == []
        assert ledger.pass_with("any") is None


def test_of_a_name_that_is_no_unicode_there_is_nothing(tmp_path: Path) -> None:
    name = os.fsdecode(b"co\xffuncil")
    with open_ledger(tmp_path) as ledger:
        recorded_in(ledger, edition())
        assert ledger.editions(name) == []
        assert ledger.latest(name) is None
        assert ledger.edition(name, 1) is None
        assert ledger.editions_with({name: digest_of("first")}) == {}
        assert not ledger.is_output(digest_of("first"), name)


def test_each_memo_counts_for_itself(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        numbers = [
            (recorded.memo, recorded.number)
            for recorded in ledger.record_editions(
                [edition("a"), edition("a", "harbours"), edition("b"), edition("c", "harbours"), edition("c")]
            )
        ]
        assert numbers == [("council", 1), ("harbours", 1), ("council", 2), ("harbours", 2), ("council", 3)]
        assert [recorded.number for recorded in ledger.editions("harbours")] == [1, 2]
        assert [(it.memo, it.number) for it in ledger.editions()] == sorted(numbers)


def test_the_same_digest_is_the_same_edition(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        first = recorded_in(ledger, edition())
        again = recorded_in(ledger, replace(edition(), tool="another", made=NOW.replace(hour=9), number=7))
        assert again == first
        assert ledger.editions() == [first]
        twice = ledger.record_editions([edition("next"), edition("next")])
        assert [it.number for it in twice] == [2, 2]


def test_formats_are_added_to_an_edition_and_never_exchanged(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        recorded_in(ledger, edition(formats=["pdf"]))
        other = replace(edition(), outputs=(output("pdf", "other bytes"), output("txt")))
        recorded = recorded_in(ledger, other)
        assert recorded.outputs == (output("pdf"), output("txt"))
        assert ledger.edition("council", 1) == recorded
        assert ledger.is_output(output("txt").sha256)
        assert not ledger.is_output(output("pdf", "other bytes").sha256)


def test_an_edition_without_files(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.record_editions([edition(formats=[]), edition("next")])
        assert [len(it.outputs) for it in ledger.editions("council")] == [0, 2]


def test_another_digest_may_stand_for_an_edition(tmp_path: Path) -> None:
    alias, next_ = digest_of("alias"), digest_of("next")
    with open_ledger(tmp_path) as ledger:
        first, second = ledger.record_editions([edition(), edition("next")])
        ledger.same_edition("council", alias, 1)
        ledger.same_edition("council", next_, 1)  # it has one already
        assert ledger.editions_with({"council": alias}) == {"council": first}
        assert ledger.editions_with({"council": next_}) == {"council": second}
        assert recorded_in(ledger, replace(edition(), digest=alias)) == first
        with pytest.raises(BriefbookError, match=r"ledger\.db: error: the ledger refuses"):
            ledger.same_editions([("council", digest_of("x"), 1), ("council", digest_of("y"), 3)])
        assert ledger.editions_with({"council": digest_of("x")}) == {}


def test_a_digest_counts_for_its_own_memo_alone(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.record_editions([edition(), edition("other", "harbours")])
        assert ledger.editions_with({"harbours": digest_of("first"), "council": digest_of("other")}) == {}


def test_two_thousand_memos_are_asked_for_at_once(tmp_path: Path) -> None:
    memos = [f"memo-{number}" for number in range(2_000)]
    with open_ledger(tmp_path) as ledger:
        ledger.record_editions([edition(word, memo) for word in ("old", "new") for memo in memos])
        wanted = {memo: digest_of("new" if memo.endswith("7") else "old") for memo in memos}
        wanted["memo-5"] = digest_of("nothing has this")
        found = ledger.editions_with(wanted)
    assert len(found) == 1_999
    assert "memo-5" not in found
    assert all(found[memo].digest == wanted[memo] for memo in found)
    assert found["memo-17"].number == 2
    assert found["memo-18"] == replace(edition("old", "memo-18"), number=1)


def recorded_passes(ledger: Ledger, count: int) -> list[str]:
    for number in range(count):
        ledger.record_pass(f"pass {number}", ["said ", str(number)], NOW)
    return [f"pass {number}" for number in range(count) if ledger.pass_with(f"pass {number}")]


def test_the_newest_passes_are_kept(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        assert recorded_passes(ledger, 25) == [f"pass {number}" for number in range(5, 25)]
        assert ledger.pass_with("pass 24") == "said 24"
        ledger.record_pass("pass 5", ["said anew"], NOW)
        ledger.record_pass("pass 25", [], NOW)
        assert ledger.pass_with("pass 5") == "said anew"
        assert ledger.pass_with("pass 6") is None


def test_fewer_passes_are_kept_where_each_says_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a book of a hundred thousand memos one says 9 MB; the newest is kept whatever its size."""
    monkeypatch.setattr(editions, "_PASSES_SIZE", 10_000)
    random = Random(5)  # digests, which deflate to hardly more than half
    with open_ledger(tmp_path) as ledger:
        for number in range(4):
            ledger.record_pass(f"pass {number}", [random.randbytes(2_500).hex()], NOW)
        assert [bool(ledger.pass_with(f"pass {number}")) for number in range(4)] == [False, True, True, True]
        ledger.record_pass("pass 4", [random.randbytes(20_000).hex()], NOW)
        assert [bool(ledger.pass_with(f"pass {number}")) for number in range(5)] == 4 * [False] + [True]


BOMB = zlib.compress(bytes(editions._LARGEST_PASS + 1), 9)


@pytest.mark.parametrize(
    "said",
    [
        b"\1\2\3\4",
        zlib.compress(b"said")[:-3],
        zlib.compress(b"said") + b"and more",
        zlib.compress(b"\xff"),
        BOMB,
        b'{"said": "as an older briefbook spelled it"}',
        "said",
        17,
    ],
    ids=["bytes", "half", "more", "no text", "bomb", "not deflated", "text", "number"],
)
def test_a_pass_that_was_damaged_is_none_and_is_noted_anew(tmp_path: Path, said: bytes | str | int) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.record_pass("pass", ["said"], NOW)
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection, connection:
        connection.execute("UPDATE passes SET said = ?", (said,))
    with open_ledger(tmp_path) as ledger:
        assert ledger.pass_with("pass") is None
        ledger.record_pass("pass", ["said anew"], NOW)
        assert ledger.pass_with("pass") == "said anew"


def test_a_pass_that_says_more_than_is_read_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editions, "_LARGEST_PASS", 10)
    with open_ledger(tmp_path) as ledger:
        ledger.record_pass("most", ["said ", "12345"], NOW)
        ledger.record_pass("more", ["said ", "123456"], NOW)
        assert ledger.pass_with("most") == "said 12345"
        assert ledger.pass_with("more") is None


def test_a_pass_may_speak_of_any_file(tmp_path: Path) -> None:
    """On Linux a name of a file need not be text."""
    said = "out/caf\udce9.pdf"
    with open_ledger(tmp_path) as ledger:
        ledger.record_pass("pass", [said], NOW)
        assert ledger.pass_with("pass") == said


REAL = {
    "council": "council.docx",
    "council.es": "council.es.html",
    "council.zh-hant-tw": "council.zh-hant-tw.md",
    "council.releasable-to-restricted+eyes-a+eyes-b": "council.releasable-to-restricted+eyes-a+eyes-b.pdf",
    "meeting-meeting-talks_1.b": "meeting-meeting-talks_1.b.txt",
    "2031-04-01-to-2031-04-30": "2031-04-01-to-2031-04-30.json",
    "bind:binder": "binder.pdf",
    "bind:binder.fr.releasable-to-restricted": "binder.fr.releasable-to-restricted.docx",
}


@pytest.mark.parametrize("memo", REAL)
def test_what_is_recorded_is_read_under_every_name_that_there_is(tmp_path: Path, memo: str) -> None:
    named = replace(output(REAL[memo].rpartition(".")[2]), name=REAL[memo])
    made = replace(edition(memo=memo), outputs=(named,))
    with open_ledger(tmp_path) as ledger:
        recorded_in(ledger, made)
        assert ledger.editions(memo) == [replace(made, number=1)]


@pytest.mark.parametrize(
    "memo",
    [
        "",
        ".",
        "..",
        "../x",
        "/x",
        "a/b",
        "a\\b",
        ".x",
        "a b",
        "a\n",
        "bind:",
        "bind:../x",
        "C:x",
        "a\x1b",
        "é",
    ],
)
def test_no_other_name_is_read(tmp_path: Path, memo: str) -> None:
    with open_ledger(tmp_path) as ledger:
        with pytest.raises(BriefbookError, match=r"the ledger is damaged: .* names no memo"):
            recorded_in(ledger, edition(memo=memo))
        assert ledger.editions() == []


def test_an_edition_of_very_many_files_is_damage(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        with pytest.raises(
            BriefbookError, match="the ledger is damaged: an edition of 'council' has more than"
        ):
            recorded_in(ledger, edition(formats=[*FORMATS, "exe"]))
        assert recorded_in(ledger, edition(formats=FORMATS)).number == 1
