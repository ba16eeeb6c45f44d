"""A source that is withdrawn: from its day on memos are as if it said nothing, and say so; not before."""

import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pytest

from briefbook.bearing import rests_of
from briefbook.facts import Fact, Facts, Withdrawn, Wording, statements_of
from briefbook.index import indexed
from briefbook.inputs import Inputs
from briefbook.memo import Book, Memo
from briefbook.readers.read_book import read_book
from briefbook.select import select
from briefbook.selection import Selection
from briefbook.state import publications
from tests.books import FILES, changed, make_book, run
from tests.conftest import EXAMPLE, ROOT
from tests.test_marking import CUSTOM, banner, document

NOTE = "joint-note-2031-05-12"
ON = "2031-10-01"
BEFORE = "    title: Joint note of the Fisheries Council\n"
GONE = "withdrawn: {on: 2031-10-01, why: its figures were made up}"
MEMO = "memos/fisheries-council.yaml"


@pytest.fixture
def council(tmp_path: Path) -> Path:
    """The book of `init`, in which nothing is withdrawn yet."""
    return Path(shutil.copytree(ROOT / "src" / "briefbook" / "starter", tmp_path / "council"))


def edit(book: Path, name: str, old: str, new: str) -> None:
    path = book / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (name, old)
    path.write_text(text.replace(old, new), encoding="utf-8")


def withdraw(book: Path, line: str = GONE) -> None:
    edit(book, "facts/sources.yaml", BEFORE, f"    {line}\n{BEFORE}")


def shown(book: Path, as_of: str, *more: str, memo: str = "fisheries-council") -> str:
    done = run("-C", book, "show", memo, "--as-of", as_of, *more)
    assert done.exit_code == 0, done.output
    return done.stdout


def in_words(text: str) -> str:
    return " ".join(text.split())


def withdraw_the_gazette(book: Path, on: str) -> None:
    short = "    short: the Gazette's notice"
    edit(book, "facts/sources.yaml", short, f"    withdrawn: {{on: {on}, why: x}}\n{short}")


def lean_on(book: Path, fact: str) -> None:
    """The bottom line rests on another fact, and is valid on every day."""
    old = "  rests_on: [fisheries-council-3]\n  valid: 2031-04-02/2031-05-10"
    edit(book, MEMO, old, f"  rests_on: [{fact}]")


# ------------------------------------------------------------------------------------ the two clocks


def test_a_memo_of_the_past_is_what_it_was(council: Path) -> None:
    days = [("2031-09-30",), ("2031-05-12",), ("2031-12-01", "--known-by", "2031-09-30")]
    before = [shown(council, *day) for day in days]
    withdraw(council)
    assert [shown(council, *day) for day in days] == before
    assert shown(council, ON) != before[0]


def test_from_its_day_on_nothing_rests_on_it(council: Path) -> None:
    withdraw(council)
    memo = in_words(shown(council, ON))
    assert "Never confirmed by a source on file: 3rd meeting of the Fisheries Council (May 2031)" in memo
    for gone in ("Ana Holm", "Held", "Survey the shared stock", "520 boats", "several hundred", "[2]"):
        assert gone not in memo, gone
    assert "The Gazette counts 400 boats in the strait." in memo  # no dispute is left of the two claims
    assert memo.count("the joint note") == 1
    assert (
        "Withdrawn on 1 October 2031: the joint note (its figures were made up). Nothing here rests on it;"
        in memo
    )
    tree = json.loads(shown(council, ON, "--format", "json"))
    assert NOTE not in set(_cited(tree))


def _cited(node: Any) -> list[str]:
    """Every source that a citation or the list of sources of a JSON document names."""
    match node:
        case dict():
            own = [node["source"]] if isinstance(node.get("source"), str) else []
            return own + [found for value in node.values() for found in _cited(value)]
        case list():
            return [found for value in node for found in _cited(value)]
        case _:
            return []


def test_the_walk_over_citations_finds_them(council: Path) -> None:
    assert NOTE in _cited(json.loads(shown(council, "2031-09-30", "--format", "json")))


def test_what_rests_on_others_too_stays_without_its_citation(council: Path) -> None:
    more = "      - {source: gazette-2031-04-02, force: wish, by: [norland], evidence: asks for a survey}\n"
    radio = "      - source: radio-2031-09\n"
    edit(council, "facts/fisheries-council.yaml", radio, more + radio)
    withdraw(council)
    assert "'shared-stock-survey' is a wish, not agreed, from " in run("-C", council, "check").stderr
    memo = in_words(shown(council, ON))
    agreed, _, other = memo.partition("Not said to be agreed")
    assert "Survey the shared stock" not in agreed
    assert "Survey the shared stock together every spring.[1] The first joint survey has begun." in other
    assert NOTE not in _cited(json.loads(shown(council, ON, "--format", "json")))


LEANING = [("shared-stock-survey", False), (NOTE, False), ("night-fishing", True)]


@pytest.mark.parametrize(("fact", "stays"), LEANING)
def test_a_judgement_that_leans_on_what_fell_is_not_printed(council: Path, fact: str, stays: bool) -> None:
    """Of the survey a later source tells still, but only of its progress: that is no priority."""
    lean_on(council, fact)
    withdraw(council)
    assert "Ask for the autumn survey" in shown(council, "2031-09-30")
    assert ("Ask for the autumn survey" in shown(council, ON)) is stays


def test_a_memo_on_a_range_and_an_empty_one_say_so_too(council: Path) -> None:
    withdraw(council)
    assert "the joint note" in in_words(shown(council, ON, memo="first-half-2031"))
    withdraw_the_gazette(council, "2031-10-01")
    memo = in_words(shown(council, ON))
    assert "Withdrawn on 1 October 2031: the Gazette's notice (x)." in memo
    assert "Held" not in memo


def test_a_memo_that_would_not_use_it_says_nothing_of_it(tmp_path: Path) -> None:
    out = "published: 2031-04-10"
    gone = f"{out}, withdrawn: {{on: 2031-04-15, why: a slip}}"
    book = make_book(tmp_path, changed("facts/ground.yaml", out, gone))
    assert "Withdrawn" not in shown(book, "2031-04-20", memo="council")
    assert "Withdrawn on 15 April 2031: the letter (a slip)." in in_words(
        shown(book, "2031-04-20", memo="harbours")
    )


def test_it_is_said_in_the_memos_language(council: Path) -> None:
    withdraw(council, "withdrawn: {on: 2031-10-01, why: {en: A slip., es: Un error.}}")
    memo = in_words(shown(council, ON, "--language", "es"))
    assert "Fuente retirada el 1 de octubre de 2031: the joint note (Un error)." in memo


def test_a_bound_book_says_it_once(council: Path) -> None:
    withdraw(council)
    done = run("-C", council, "bind", "--as-of", ON, "--format", "docx", "--out", council / "out")
    assert done.exit_code == 0, done.output
    [file] = (council / "out" / ON).glob("*.docx")
    paragraphs = [in_words(paragraph.text) for paragraph in docx.Document(str(file)).paragraphs]
    assert [text for text in paragraphs if "its figures were made up" in text] == [
        "Withdrawn on 1 October 2031: the joint note (its figures were made up)."
        " Nothing here rests on it; what rested on it alone is left out."
    ]


# ------------------------------------------------------------------------------------ markings, release

HIGH_NOTE = "note: {short: the joint note, published: 2031-05-12, marking: high, text: note.txt"
RETRACTED = ", withdrawn: {on: 2031-05-20, why: a secret reason}"


def marked(folder: Path, more: str = "") -> Path:
    """The note is marked high, and the survey rests on it and on the gazette, which is open."""
    ground = FILES["facts/ground.yaml"]
    old = next(line for line in ground.splitlines() if line.startswith("  note:"))
    ground = ground.replace(old, f"  {HIGH_NOTE}{more}}}")
    survey = FILES["facts/council.yaml"] + "      - {source: note, force: agreed, evidence: to survey}\n"
    return make_book(folder, {"book.yaml": CUSTOM, "facts/ground.yaml": ground, "facts/council.yaml": survey})


def test_no_marking_becomes_lower(tmp_path: Path) -> None:
    """What was read in the note may be in the words of the survey."""
    before = banner(document(marked(tmp_path / "before"), "council", date(2031, 6, 1)))
    after = banner(document(marked(tmp_path / "after", RETRACTED), "council", date(2031, 6, 1)))
    assert before == after


def test_a_variant_does_not_know_that_what_it_lacks_was_withdrawn(tmp_path: Path) -> None:
    book = marked(tmp_path, RETRACTED)
    assert "a secret reason" in shown(book, "2031-06-01", memo="council")
    variant = shown(book, "2031-06-01", "--releasable-to", "open", memo="council")
    assert "secret" not in variant
    assert "Withdrawn" not in variant


# ------------------------------------------------------------------------------------ the rule, everywhere


@cache
def example() -> Book:
    return read_book(EXAMPLE).book


def _without(facts: Facts, source: str) -> Facts:
    """The facts as if a source had never said anything."""

    def kept(fact: Fact) -> Fact:
        told: dict[str, Any] = {"statements": tuple(s for s in statements_of(fact) if s.source != source)}
        return replace(fact, **told) if statements_of(fact) else fact

    own: dict[str, Any] = {
        kind: {id_: kept(fact) for id_, fact in those.items()} for kind, those in facts.kinds().items()
    }
    return Facts(**own)


def _withdrawn(facts: Facts, source: str, on: date) -> Facts:
    gone = replace(facts.sources[source], withdrawn=Withdrawn(on=on, why=Wording(texts={"en": "a slip"})))
    return replace(facts, sources={**facts.sources, source: gone})


def _selected(facts: Facts, memo: Memo, day: date) -> Selection:
    return select(facts, example().settings, memo, as_of=day, known_by=day)


@pytest.mark.parametrize("source", sorted(example().facts.sources))
def test_every_memo_is_as_if_it_had_said_nothing(source: str) -> None:
    """All that asks whether a source counts agrees: covering, states, gaps, forums, judgements, sources."""
    facts, day = example().facts, date(2026, 3, 15)
    stripped, gone = _without(facts, source), _withdrawn(facts, source, day)
    later = _withdrawn(facts, source, day + timedelta(days=1))
    told = 0
    for memo in example().memos.values():
        found = _selected(gone, memo, day)
        assert replace(found, withdrawals=None) == _selected(stripped, memo, day), memo.id
        assert _selected(later, memo, day) == _selected(facts, memo, day), memo.id
        told += sum(len(one.fallen) for one in found.withdrawn)
        before = _selected(facts, memo, day)
        assert {one.id for one in found.withdrawn} <= {source}
        used = {named for sources in rests_of(before).sources.values() for named in sources}
        assert (source in used) <= bool(found.withdrawn), memo.id
    assert told


def test_a_fact_stands_with_the_last_of_its_sources_to_be_withdrawn(council: Path) -> None:
    withdraw(council)
    withdraw_the_gazette(council, "2031-11-01")
    book = read_book(council).book
    day = date(2031, 12, 1)
    memo = book.memos["fisheries-council"]
    found = select(book.facts, book.settings, memo, as_of=day, known_by=day)
    fallen = {one.id: [fact.id for fact in one.fallen] for one in found.withdrawn}
    assert fallen[NOTE] == ["shared-stock-survey"]
    with_both = {"fisheries-council-3", "night-fishing", "council-since", "boats"}
    assert with_both <= {*fallen["gazette-2031-04-02"]}
    [survey] = next(one.fallen for one in found.withdrawn if one.id == NOTE)
    assert survey.words == "Survey the shared stock together every spring."


def test_a_book_without_one_pays_nothing() -> None:
    index = indexed(example().facts)
    assert index.once_published is index.published
    assert not index.touched
    assert all(each.until is None for each in publications(example().facts).values())


def test_what_a_judgement_leans_on_is_no_news(council: Path) -> None:
    """It is kept with an edition for `trace`; nobody is mailed because of it."""
    from briefbook.workshop import Day, Workshop

    def inputs() -> Inputs:
        book = read_book(council).book
        day = Day(as_of=date(2031, 4, 20), known_by=date(2031, 4, 20))
        return Workshop(book).inputs(book.memos["fisheries-council"], day)

    first = inputs()
    assert first.selection.leanings == {"bottom_line": ("fisheries-council-3",)}
    edit(council, MEMO, "rests_on: [fisheries-council-3]", "rests_on: [fisheries-council]")
    second = inputs()
    assert second.substance == first.substance
    assert second.digest != first.digest


# ------------------------------------------------------------------------------------ check


def checked(book: Path) -> list[str]:
    said = run("-C", book, "check").stderr
    return [line.removeprefix(f"{book}/") for line in said.splitlines()]


def test_check_lists_what_falls_each_at_its_place(council: Path) -> None:
    lean_on(council, "shared-stock-survey")
    withdraw(council)
    facts = "facts/fisheries-council.yaml"
    stays = "(add a statement of another source, if that is not so)"
    assert checked(council) == [
        f"{facts}:23:9: warning: without source {NOTE!r}, 'fisheries-council-3' is unconfirmed (2031-05),"
        f" not held (2031-05-11), from {ON} on {stays}",
        f"{facts}:41:9: warning: 'shared-stock-survey' falls with source {NOTE!r}: from {ON} on no memo shows"
        " it (add a statement of another source; or leave it, if it is not to be told)",
        f"{facts}:78:9: warning: without source {NOTE!r}, 'boats' is undisputed, not disputed, from {ON} on"
        f" {stays}",
        f"facts/sources.yaml:11:16: warning: source {NOTE!r} is withdrawn from {ON} on: 1 fact falls with it,"
        " 2 told otherwise, 2 on a single source now, in memos 'first-half-2031', 'fisheries-council'"
        f" (who has been told: briefbook trace {NOTE})",
        f"{MEMO}:9:14: warning: a judgement rests on 'shared-stock-survey', which falls"
        f" with source {NOTE!r}: from {ON} on it is not printed (write it anew on what is left, or take the"
        " id out of 'rests_on' if it holds without)",
        "15 facts, 2 memos: 5 problems",
    ]
    built = run("-C", council, "build", "--as-of", ON)
    assert "warning" not in built.stderr  # a build leaves it out, and need not say so each morning


def test_a_later_source_heals(council: Path) -> None:
    """The meeting is held by what came out since, so of it nothing is said any more."""
    yearbook = "  yearbook: {short: the yearbook, published: 2032-01-10}\n"
    edit(council, "facts/sources.yaml", "  radio-2031-09:", yearbook + "  radio-2031-09:")
    edit(
        council,
        "facts/fisheries-council.yaml",
        "priorities:\n",
        "      - {source: yearbook, says: held, date: 2031-05-11, evidence: met on 11 May}\n\npriorities:\n",
    )
    withdraw(council)
    assert not any("'fisheries-council-3' is" in line for line in checked(council))


MISTAKES = {
    "{on: 2031-05-11, why: x}": (
        f"11:21: error: source {NOTE!r} is withdrawn on 2031-05-11, before it came out (2031-05-12)"
        " (mend one of the two days)"
    ),
    "{on: 2031-05, why: x}": "11:21: error: 'on' needs one day, not '2031-05' (write it as 2031-05-12)",
    "{on: soon, why: x}": (
        "11:21: error: 'soon' is not a date (write 2018, 2018-05, 2018-05-07, 2018-05-07~, early 2018-05,"
        " A/B, ../B or A/..)"
    ),
    "{on: 2031-10-01}": "11:16: error: this withdrawal lacks 'why' (every withdrawal needs it)",
    "{why: x}": "11:16: error: this withdrawal lacks 'on' (every withdrawal needs it)",
    "2031-10-01": (
        "11:16: error: this withdrawal needs a mapping of fields, not the text '2031-10-01'"
        " (write {on: 2031-05-12, why: …}: the day from which it is withdrawn, and the reason)"
    ),
    "{on: 2031-10-01, why: x, by: us}": "11:41: error: a withdrawal has no field 'by' (known: on, why)",
}


@pytest.mark.parametrize("written", MISTAKES)
def test_what_cannot_be_is_an_error(council: Path, written: str) -> None:
    withdraw(council, f"withdrawn: {written}")
    assert f"facts/sources.yaml:{MISTAKES[written]}" in checked(council)


def test_a_reason_that_lacks_a_language_is_told(council: Path) -> None:
    withdraw(council, "withdrawn: {on: 2031-10-01, why: a slip}")
    both = "title: {en: Fisheries Council, es: Consejo de Pesca}\nlanguages: [en, es]\n"
    edit(council, MEMO, "title: Fisheries Council\n", both)
    [told] = [line for line in checked(council) if f"{NOTE!r} is not in Spanish" in line]
    assert "why" in told


def test_the_day_itself_may_be_that_of_publication(council: Path) -> None:
    withdraw(council, "withdrawn: {on: 2031-05-12, why: a slip}")
    assert not any(" error: " in line for line in checked(council))
    assert "Held" not in shown(council, "2031-05-12")


# ------------------------------------------------------------------------------------ the whole life


def test_withdraw_trace_build(council: Path) -> None:
    """Between two editions the source falls: the second says what went, and `trace` who has the first."""
    edit(council, MEMO, "sections: [header, ", "formats: [txt]\nsections: [header, since-last-edition, ")
    assert run("-C", council, "build", "fisheries-council", "--as-of", "2031-09-08").exit_code == 0
    withdraw(council)
    assert run("-C", council, "build", "fisheries-council", "--as-of", ON).exit_code == 0
    memo = in_words((council / "out" / ON / "fisheries-council.txt").read_text(encoding="utf-8"))
    since = memo.partition("Since the last edition")[2].partition("Next")[0]
    assert "Survey the shared stock together every spring." in since
    why = "The source was withdrawn on 1 October 2031: the joint note (its figures were made up)."
    assert why in since
    for id_ in (NOTE, "shared-stock-survey"):
        done = run("-C", council, "trace", id_, "--json")
        bearings = [(one["edition"], one["bearing"]) for one in json.loads(done.stdout)["editions"]]
        assert bearings == [(1, "rested"), (2, "told")], id_
