"""`briefbook diff`: two editions, or two days, as text, JSON and HTML."""

import json
import shutil
import sqlite3
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from bs4 import BeautifulSoup

from briefbook.ledger import read_ledger
from briefbook.readers.read_book import read_book
from briefbook.record import FOLDER
from briefbook.store import Store
from tests.books import FILES, changed, make_book, run
from tests.council import GROUND
from tests.promised import LIFE
from tests.test_marking import CUSTOM

EXAMPLE = Path(__file__).parents[2] / "briefs" / "us-mexico"
COUNCIL = "facts/council.yaml"
EARLY, LATE = "2021-10-06", "2026-03-15"


@cache
def example() -> Path:
    """The example book with an edition of `all` as of the early day, and of no other memo."""
    book = Path(mkdtemp()) / "us-mexico"
    shutil.copytree(EXAMPLE, book, ignore=shutil.ignore_patterns(FOLDER, "out"))
    assert run("-C", book, "build", "all", "--as-of", EARLY, "--format", "json").exit_code == 0
    return book


def diff(book: Path, *words: str) -> str:
    result = run("-C", book, "diff", *words)
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    return result.stdout


def told(book: Path, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(diff(book, *words, "--format", "json"))
    return found


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return make_book(tmp_path)


def build(book: Path, day: str) -> None:
    assert run("-C", book, "build", "council", "--as-of", day, "--format", "txt").exit_code == 0


# -------------------------------------------------------------------------------- the example book


def test_the_dialogue_between_the_two_days() -> None:
    """Whole, as it reads on a terminal of 80 columns."""
    shown = diff(example(), "high-level-security-dialogue", "--from", EARLY, "--to", LATE)
    assert max(map(len, shown.splitlines())) <= 79
    assert (
        shown
        == f"""\
What changed
{"═" * 72}

Memo     High-Level Security Dialogue
Before   What the facts tell as of 6 October 2021
After    What the facts tell as of 15 March 2026

Meetings
────────
Now unconfirmed   High-Level Security Dialogue, 8 October 2021. Before:
                  upcoming.

Written by hand
───────────────
  - Bottom line: no longer given. Before: The dialogue opens on Friday 8
    October. Nothing is agreed yet: what we have are announced aims,
    told from the U.S. side. We do not know who speaks for Mexico. Say
    “new dialogue”, not “first” (see Disputed).
{"─" * 72}
high-level-security-dialogue · as of 2026-03-15
"""
    )


def test_everything_between_the_two_days() -> None:
    found = told(example(), "all", "--to", LATE)  # from the last edition
    assert found["from"] == {"edition": 1, "as_of": EARLY, "known_by": EARLY}
    assert found["to"] == {"edition": None, "as_of": LATE, "known_by": LATE}
    by_kind: dict[str, set[str]] = {}
    for each in found["changes"]:
        by_kind.setdefault(f"{each['kind']} {each['change']}", set()).add(each["id"])
    assert by_kind["meeting changed"] == {"hlsd-2021-10"}
    assert by_kind["source added"] == {"call-article", "tdi-2022-10-06"}
    assert by_kind["background changed"] == {"border-length"}
    assert len(by_kind["meeting added"]) == 5
    assert len(by_kind["priority added"]) == 8
    assert not any(key.endswith("withdrawn") for key in by_kind)
    [moved] = [each for each in found["changes"] if each["id"] == "hlsd-2021-10"]
    assert moved["fields"] == [{"field": "state", "before": "upcoming", "after": "unconfirmed"}]


def test_what_is_told_is_in_the_two_memos() -> None:
    """An independent look: what is new in the JSON of one day's memo against the other's."""

    def facts(day: str) -> set[str]:
        memo = json.loads(run("-C", example(), "show", "all", "--as-of", day, "--format", "json").stdout)
        found: set[str] = set()
        ahead: list[Any] = [memo]
        while ahead:
            node = ahead.pop()
            if isinstance(node, dict):
                found |= {node["fact"]} if isinstance(node.get("fact"), str) else set()
                ahead += node.values()
            elif isinstance(node, list):
                ahead += node
        return found

    new = facts(LATE) - facts(EARLY)
    added = {
        each["id"] for each in told(example(), "all", "--to", LATE)["changes"] if each["change"] == "added"
    }
    known = read_book(example()).book.facts
    assert added <= new
    assert new - added <= known.people.keys() | known.organisations.keys()  # names, in what is new
    assert len(added) > 20


def test_the_page_stands_alone() -> None:
    page = diff(example(), "all", "--from", EARLY, "--to", LATE, "--format", "html")
    soup = BeautifulSoup(page, "html.parser")
    assert page.startswith("<!DOCTYPE html>\n")
    assert [tag["lang"] for tag in soup.find_all("html")] == ["en"]
    assert [title.get_text() for title in soup.find_all("title")] == [
        "What changed: U.S.–Mexico forums, everything on file"
    ]
    assert not soup.find_all(["script", "link", "img", "iframe"])
    assert len(soup.find_all("h1")) == 1
    assert [one.get_text() for one in soup.find_all("h2")] == [
        "Forums",
        "Meetings",
        "Priorities",
        "Background",
        "Sources",
    ]
    shown = {tag["data-fact"] for tag in soup.select("[data-fact]")}
    assert {"hlsd-2021-10", "border-length", "call-article"} <= shown
    ids = [tag["id"] for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    leads = [str(link["href"]) for link in soup.find_all("a")]
    assert all(to[1:] in ids for to in leads if to.startswith("#"))


def test_in_another_language() -> None:
    words = ("high-level-security-dialogue", "--from", EARLY, "--to", LATE, "--language", "es")
    assert "Ahora sin confirmar   Diálogo de Alto Nivel de Seguridad" in diff(example(), *words)


# ----------------------------------------------------------------------------------- which sides


def test_a_day_is_the_latest_edition_of_that_day_else_the_facts(book: Path) -> None:
    build(book, "2031-04-20")
    make_book(book, changed(COUNCIL, "place: Port Emery", "place: Sund"))
    build(book, "2031-04-20")
    make_book(book)
    sides = [
        (["--from", "1", "--to", "2"], (1, 2), ["place"]),
        (["--from", "2", "--to", "1"], (2, 1), ["place"]),
        (["--from", "2031-04-20"], (2, None), ["place"]),
        ([], (2, None), ["place"]),  # the pin is 2031-04-20
        (["--from", "2031-04-21"], (None, None), []),
        (["--to", "2031-04-20"], (2, 2), []),
    ]
    for words, numbers, fields in sides:
        found = told(book, "council", *words)
        assert (found["from"]["edition"], found["to"]["edition"]) == numbers, words
        assert [one["field"] for each in found["changes"] for one in each["fields"]] == fields, words
        assert found["changed"] == bool(fields)
    [change] = told(book, "council", "--from", "1", "--to", "2")["changes"]
    place = {"text": "Port Emery", "fact": "council-3", "field": "place"}
    assert change["fields"] == [{"field": "place", "before": [place], "after": [{**place, "text": "Sund"}]}]
    assert change["fact"]["place"] == {**place, "text": "Sund"}


def test_the_exit_status(book: Path) -> None:
    build(book, "2031-04-20")
    assert run("-C", book, "diff", "council", "--exit-code").exit_code == 0
    moved = ("diff", "council", "--to", "2031-05-12")
    assert run("-C", book, *moved).exit_code == 0
    assert run("-C", book, *moved, "--exit-code").exit_code == 8


def test_it_writes_nothing(book: Path) -> None:
    before = sorted(book.rglob("*"))
    diff(book, "council", "--from", "2031-04-20", "--to", "2031-05-12")
    assert sorted(book.rglob("*")) == before


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (
            ["council"],
            1,
            "error: no edition of memo 'council' is on record (briefbook build makes one; a day",
        ),
        (["council", "--from", "7"], 1, "error: no edition of memo 'council' is on record"),
        (["counsil"], 2, "Error: there is no memo 'counsil' in this book (did you mean 'council'?)"),
        (["council", "--from", "x"], 2, "'x' is neither the number of an edition (3) nor a day (2026-01-20)"),
        (["council", "--from", "0"], 2, "'0' is neither the number of an edition (3) nor a day (2026-01-20)"),
        (["council", "--from", "2031-02-30"], 2, "'2031-02-30' is not a day; write it as 2026-01-20"),
    ],
)
def test_what_cannot_be_compared(words: list[str], status: int, message: str, book: Path) -> None:
    result = run("-C", book, "diff", *words)
    assert (result.exit_code, result.stdout) == (status, "")
    assert message in result.stderr


def test_a_bound_book_is_compared_memo_by_memo(book: Path) -> None:
    result = run("-C", book, "diff", "bind:briefing-book")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "of a bound book its memos are compared" in result.stderr


def test_editions_that_are_not_there_any_more(book: Path) -> None:
    for day in ("2031-04-20", "2031-04-21"):
        build(book, day)
    assert "there is no edition 7 of memo 'council' (the latest is edition 2)" in (
        run("-C", book, "diff", "council", "--from", "7").stderr
    )
    assert run("-C", book, "history", "prune", "--keep", "1").exit_code == 0
    result = run("-C", book, "diff", "council", "--from", "1")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(
        "error: what edition 1 of memo 'council' told is no longer kept (`history prune`"
    )
    assert result.stderr.endswith("a day compares with the facts: --from DAY)\n")
    told = run("-C", book, "diff", "council", "--from", "2031-04-20")
    assert (told.exit_code, told.stderr) == (0, "")
    assert "What the facts tell as of 20 April 2031" in told.stdout


def test_an_edition_that_another_briefbook_kept(book: Path) -> None:
    build(book, "2031-04-20")
    ledger = read_ledger(book / FOLDER)
    assert ledger is not None
    with ledger:
        edition = ledger.latest("council")
    assert edition is not None
    store = Store(book / FOLDER)
    data = store.get(edition.inputs)
    other = store.put(data.replace(b'"selection":{', b'"selection":{"a_field_of_another_day":1,'))
    path = {sha: next((book / FOLDER / "objects").rglob(f"*{sha[2:]}*")) for sha in (edition.inputs, other)}
    path[edition.inputs].unlink()
    with sqlite3.connect(book / FOLDER / "ledger.db") as tables:
        tables.execute("UPDATE editions SET inputs = ?", (other,))
    result = run("-C", book, "diff", "council")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(
        "error: what edition 1 of memo 'council' told was kept by another briefbook ("
    )


def test_a_mistake_in_the_memo_is_told(book: Path) -> None:
    build(book, "2031-04-20")
    make_book(book, changed(COUNCIL, "date: 2031-05\n", "date: 2031-13\n"))
    result = run("-C", book, "diff", "council")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "'2031-13' is not in the calendar" in result.stderr


def test_a_memo_that_was_taken_out_and_a_variant_are_compared_by_their_editions(book: Path) -> None:
    make_book(book, {"book.yaml": CUSTOM})
    for day in ("2031-04-20", "2031-05-12"):
        build(book, day)
        words = ("council", "--as-of", day, "--format", "txt", "--releasable-to", "open")
        assert run("-C", book, "build", *words).exit_code == 0
    (book / "memos" / "council.yaml").unlink()
    for name in ("council", "council.releasable-to-open"):
        assert "Now held" in diff(book, name, "--from", "1", "--to", "2")
        result = run("-C", book, "diff", name)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "name two of its editions, --from N --to N" in result.stderr


def test_a_comparison_is_marked_as_high_as_what_was(book: Path) -> None:
    high = changed(COUNCIL, "    ordinal: 3", "    marking: high\n    ordinal: 3")
    make_book(book, {"book.yaml": CUSTOM, **high})
    build(book, "2031-04-20")
    make_book(
        book, {"book.yaml": CUSTOM, COUNCIL: FILES[COUNCIL].replace("place: Port Emery", "place: Sund")}
    )
    shown = diff(book, "council")
    assert shown.startswith("HIGH\n")
    assert "Place: Sund. Before: Port Emery." in " ".join(shown.split())


# ---------------------------------------------------------------------------------- commitments


def test_a_commitment_that_falls_due_is_told_in_every_form(book: Path) -> None:
    promised = "force: agreed\n        promised_by: [norland]\n        due: 2031-04-25"
    path, memo = book / COUNCIL, book / "memos" / "council.yaml"
    path.write_text(changed(COUNCIL, "force: wish", promised)[COUNCIL], encoding="utf-8")
    days = ("council", "--from", "2031-04-20", "--to", "2031-04-26")
    line = "Agreed: Survey the shared stock together. Was due 25 April 2031."
    assert f"Fallen due {line}" in " ".join(diff(book, *days).split())
    page = BeautifulSoup(diff(book, *days, "--format", "html"), "lxml")
    assert line in " ".join(page.get_text().split())
    [change] = told(book, *days)["changes"]
    assert change["fields"] == [{"field": "state", "before": "open", "after": "fallen-due"}]
    assert change["sources"] == ["gazette"]
    memo.write_text(memo.read_text(encoding="utf-8") + "language: es\n", encoding="utf-8")
    shown = " ".join(diff(book, *days).split())
    assert "Plazo vencido" in shown
    assert "Vencía: 25 de abril de 2031." in shown
    done = "\n      - {source: letter, status: done, evidence: they did}\n"
    memo.write_text(FILES["memos/council.yaml"], encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").rstrip() + done, encoding="utf-8")
    shown = " ".join(diff(book, "council", "--from", "2031-04-09", "--to", "2031-04-26").split())
    assert "Now done Agreed: Survey the shared stock together." in shown
    assert "Status: done." not in shown


def test_what_a_withdrawn_source_takes_along_is_told_in_every_form(book: Path) -> None:
    out = "published: 2031-04-02"
    fallen = changed(
        "facts/ground.yaml", out, f"{out}, withdrawn: {{on: 2031-04-22, why: A slip of the pen.}}"
    )
    (book / "facts" / "ground.yaml").write_text(fallen["facts/ground.yaml"], encoding="utf-8")
    days = ("council", "--from", "2031-04-20", "--to", "2031-04-22")
    changes = {change["id"]: change for change in told(book, *days)["changes"]}
    survey = changes["survey"]
    assert (survey["kind"], survey["change"], survey["sources"]) == ("priority", "withdrawn", [])
    [gone] = survey["because"]
    assert (gone["source"], gone["on"], gone["why"]["text"]) == (
        "gazette",
        "2031-04-22",
        "A slip of the pen",
    )
    assert changes["gazette"]["change"] == "withdrawn"
    line = "Survey the shared stock together. The source was withdrawn on 22 April 2031: the gazette"
    page = BeautifulSoup(diff(book, *days, "--format", "html"), "lxml")
    for shown in (diff(book, *days), page.get_text()):
        words = " ".join(shown.split())
        assert "No longer told" in words
        assert line in words
        assert "Withdrawn on 22 April 2031: A slip of the pen." in words


def test_what_a_meeting_reaffirmed_or_put_into_other_words(tmp_path: Path) -> None:
    memo = {"memos/council.yaml": "title: Council\nforum: council\nformats: [txt]\n"}
    gone = dict.fromkeys(name for name in FILES if name.startswith(("facts/", "memos/")))
    book = make_book(tmp_path, {**gone, **memo, "facts/ground.yaml": GROUND, "facts/life.yaml": LIFE})
    days = ("council", "--from", "2031-05-11", "--to", "2031-06-05")
    changes = {change["id"]: change["fields"] for change in told(book, *days)["changes"]}
    assert changes["survey"] == [{"field": "turned", "before": None, "after": "reaffirmed"}]
    shown = " ".join(diff(book, *days).split())
    assert "Reaffirmed Agreed: Survey the shared stock every spring. 11 May 2031: reaffirmed." in shown
    assert "Reworded Agreed: Allow no mesh below 40 mm." in shown
    assert "Wording before: Widen the mesh of the nets." in shown
    assert "Open again" not in shown
