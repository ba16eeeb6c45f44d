"""`build --redline`: against which edition, where it is put, and what is said where there is none."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result

from briefbook.readers.read_book import read_book
from briefbook.record import Record, open_record
from briefbook.redlining import goes_beyond, previous, redlines
from briefbook.workshop import Day, Workshop
from tests.books import FILES, make_book, run
from tests.redline_judge import Parts, accepted, rejected, shown
from tests.test_build import DAY

FIRST, SECOND = "2031-04-20", "2031-05-12"
RED = f"out/{SECOND}/council.redline.docx"
MARKED = """\
format: 1
title: Norland–Sudland forums
as_of: 2031-04-20
marking: {scheme: tlp, default: green}
"""


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book, and the current folder."""
    monkeypatch.chdir(make_book(tmp_path))
    return tmp_path


def recorded(book: Path) -> Record:
    return open_record(book, datetime(2031, 6, 1, tzinfo=UTC))


def build(*options: str, day: str = SECOND, memo: str = "council") -> Result:
    return run("build", memo, "--as-of", day, *options)


def change(book: Path, name: str, old: str, new: str) -> None:
    path = book / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_first_edition_has_none_and_the_second_one_against_it(book: Path) -> None:
    first = build("--redline", day=FIRST)
    assert first.exit_code == 0
    assert first.stderr.endswith("council has no redline: edition 1 is its first\n")
    assert not list(book.rglob("*.redline.docx"))
    second = build("--redline")
    assert second.exit_code == 0
    assert second.stderr.endswith(f"council: what changed since edition 1: {RED}\n")
    red = (book / RED).read_bytes()
    assert shown(accepted(red)) == shown(Parts((book / f"out/{SECOND}/council.docx").read_bytes()))
    assert shown(rejected(red)) == shown(Parts((book / f"out/{FIRST}/council.docx").read_bytes()))


def test_it_changes_nothing_of_an_edition_and_is_made_of_one_that_stands(book: Path) -> None:
    build(day=FIRST)
    build()
    with recorded(book) as record:
        before = record.ledger.editions()
    result = json.loads(build("--redline", "--json").stdout)
    assert result["redlines"] == {"council": RED}
    assert result["written"] == [RED]
    assert RED not in result["made"]["council"]
    again = json.loads(build("--redline", "--json").stdout)
    assert (again["redlines"], again["written"]) == ({"council": RED}, [])
    assert build().stderr.startswith("1 memo up to date")
    with recorded(book) as record:
        assert record.ledger.editions() == before


def test_one_that_a_person_wrote_into_stays(book: Path) -> None:
    build(day=FIRST)
    build("--redline")
    edited = (book / RED).read_bytes() + b" "
    (book / RED).write_bytes(edited)
    change(book, "memos/council.yaml", "Press for the survey.", "Press for the autumn survey.")
    result = build("--redline")
    assert (book / RED).read_bytes() == edited
    assert (book / RED).with_stem("council.redline (new)").is_file()
    assert (
        f"warning: {RED} is not as briefbook made it, so it stays; the new redline is beside it"
        in result.stderr
    )
    (book / RED).unlink()
    build("--redline")
    assert sorted(path.name for path in (book / f"out/{SECOND}").glob("*redline*")) == [
        "council.redline.docx"
    ]


def test_it_is_against_the_last_edition_of_a_day_that_is_not_later(book: Path) -> None:
    build(day=FIRST)
    build()
    change(book, "memos/council.yaml", "Press for the survey.", "Press for the autumn survey.")
    result = build("--redline", day=FIRST)  # edition 3: of the two before it, the second is of a later day
    assert "council: what changed since edition 1: " in result.stderr
    with recorded(book) as record:
        third = record.ledger.latest("council")
        assert third is not None
        found = previous(record, third)
        assert found is not None
        assert (third.number, found.number) == (3, 1)


def test_where_all_before_it_are_of_a_later_day_that_is_said(book: Path) -> None:
    build()
    result = build("--redline", day=FIRST)
    assert result.exit_code == 0
    assert result.stderr.endswith(
        f"council has no redline: no edition before 2 is of a day up to {FIRST}, knew no more than it,"
        " and has another DOCX\n"
    )


def test_a_redline_that_stays_beside_a_newer_edition_is_told(book: Path) -> None:
    build(day=FIRST)
    build("--redline")
    red = (book / RED).read_bytes()
    assert "redlines" not in build().stderr  # it is of what stands beside it
    change(book, "memos/council.yaml", "Press for the survey.", "Press for the autumn survey.")
    assert build().stderr.endswith(
        f"redlines of earlier editions still stand in out/{SECOND}/: council.redline.docx"
        " (--redline makes new ones)\n"
    )
    assert (book / RED).read_bytes() == red
    change(book, "memos/council.yaml", "Press for the autumn survey.", "Press for the survey in autumn.")
    assert "still stand" not in build("--redline").stderr
    assert (book / RED).read_bytes() != red


def test_it_is_not_against_one_that_knew_more(book: Path) -> None:
    build(day=FIRST)
    hindsight = build("--known-by", SECOND, day=FIRST)
    assert hindsight.exit_code == 0
    result = build("--redline", day="2031-05-01")
    assert result.stderr.endswith(
        "council: what changed since edition 1: out/2031-05-01/council.redline.docx\n"
    )


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_many_memos_in_several_processes(book: Path, jobs: str) -> None:
    options = ("--format", "docx", "--redline", "--jobs", jobs)
    run("build", "--as-of", FIRST, *options)
    result = run("build", "--as-of", SECOND, *options)
    assert result.exit_code == 0
    names = sorted(path.name for path in (book / f"out/{SECOND}").glob("*.redline.docx"))
    assert names == [f"{memo}.redline.docx" for memo in ("council", "first-round", "harbours", "spring")]


def test_what_is_missing_is_told_and_the_memo_is_made(book: Path) -> None:
    build("--format", "txt", day=FIRST)
    without = build("--redline")
    assert without.exit_code == 0
    assert (
        "warning: council has no redline: edition 1, the one before, was not made as DOCX" in without.stderr
    )
    assert (book / f"out/{SECOND}/council.docx").is_file()
    plain = run("build", "harbours", "--redline")
    assert plain.exit_code == 0
    assert (
        "warning: harbours has no redline: it is not made as DOCX (add docx to its formats)" in plain.stderr
    )


def test_against_an_edition_that_was_pruned_there_is_none(book: Path) -> None:
    build(day=FIRST)
    build()
    run("history", "prune", "--keep", "1")
    result = build("--redline", "--json")
    assert result.exit_code == 0
    (problem,) = json.loads(result.stdout)["problems"]
    assert problem["severity"] == "warning"
    assert problem["message"] == "council has no redline: edition 1, the one before, is no longer kept"
    assert problem["hint"] == "`history prune` may have removed its documents"
    assert not (book / RED).exists()


def test_a_memo_of_that_name_is_not_overwritten(book: Path) -> None:
    (book / "memos/council.redline.yaml").write_text("title: Another\nforum: harbours\n", encoding="utf-8")
    build("--format", "docx", day=FIRST)
    build(memo="council.redline")
    standing = (book / RED).read_bytes()
    result = build("--redline")
    assert "warning: council has no redline: a memo of this book has its name" in result.stderr
    assert (book / RED).read_bytes() == standing


def test_a_past_edition_is_brought_back_without_one(book: Path) -> None:
    build(day=FIRST)
    result = run("build", "council", "--edition", "1", "--redline")
    assert result.exit_code == 2
    assert "a redline is made with the edition of a day" in result.stderr


def test_a_variant_is_not_compared_with_what_its_readers_may_not_see(book: Path) -> None:
    (book / "book.yaml").write_text(MARKED, encoding="utf-8")
    asked = ("--releasable-to", "green", "--redline")
    build(*asked, day=FIRST)
    name = "council.releasable-to-green.redline.docx"
    assert "what changed since edition 1" in build(*asked).stderr
    assert (book / f"out/{SECOND}/{name}").is_file()
    (book / f"out/{SECOND}/{name}").unlink()
    change(book, "facts/council.yaml", "  survey:\n", "  survey:\n    marking: amber\n")
    result = build(*asked)
    assert "shows what this variant may not show" in result.stderr
    assert not (book / f"out/{SECOND}/{name}").exists()
    assert (book / f"out/{SECOND}/council.releasable-to-green.docx").is_file()


def test_a_redline_of_what_was_marked_higher_is_told_to_be_so(book: Path) -> None:
    (book / "book.yaml").write_text(MARKED, encoding="utf-8")
    change(book, "facts/council.yaml", "  survey:\n", "  survey:\n    marking: amber\n")
    build(day=SECOND)
    change(book, "facts/council.yaml", "    marking: amber\n", "")
    result = build("--redline", day="2031-05-13")
    assert (
        "warning: the redline of council holds what edition 1 shows: it is marked as that is too"
        in result.stderr
    )
    assert "TLP:AMBER" in result.stderr


def test_what_an_edition_was_made_from_may_be_lost(book: Path) -> None:
    """The documents are there, so there is a redline; of a variant none, as nobody knows what it showed."""
    build(day=FIRST)
    build()
    with recorded(book) as record:
        first, second = record.ledger.editions("council")
        record.store.remove(first.inputs)
        (plain,) = redlines([second], record, book / "out" / SECOND)
        (variant,) = redlines([second], record, book / "out" / SECOND, may_show=lambda _edition, _told: True)
    assert (plain.against, plain.problems) == (1, ())
    assert plain.file is not None
    assert variant.file is None
    assert "shows what this variant may not show" in variant.problems[0].message


def test_what_goes_beyond_is_found_among_the_facts_of_which_something_went(book: Path) -> None:
    whole = read_book(book).book
    shown_all = Workshop(whole).select(whole.memos["council"], DAY)
    text = FILES["facts/council.yaml"].replace("Port Emery", "Sund")
    less = read_book(make_book(book / "less", {"facts/council.yaml": text})).book
    other = Workshop(less).select(less.memos["council"], Day(as_of=DAY.as_of, known_by=DAY.known_by))
    assert goes_beyond(shown_all, other, {"council-3"})
    assert not goes_beyond(shown_all, other, {"survey"})
    assert not goes_beyond(shown_all, shown_all, {"council-3", "survey", ""})
