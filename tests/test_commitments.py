"""How priorities turn from one meeting of their forum to the next, and what became of what was promised."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbook.composing.items import narrowed
from briefbook.document import blocks_of, inlines_of, plain
from briefbook.facts import Facts, Force, Priority, Status
from briefbook.inputs import from_bytes, remade
from briefbook.marking import Marking
from briefbook.memo import Reference, SectionSpec
from briefbook.readers.read_book import read_book
from briefbook.releasing import released
from briefbook.selection import Commitment, Selection, ShownPriority
from briefbook.state import publications
from briefbook.turns import Turn
from briefbook.workshop import Day, Workshop
from tests.books import FILES, make_book, run
from tests.council import GROUND, facts_of, selected
from tests.promised import EARLIER, LATER, LIFE, life, pair
from tests.test_marking import CUSTOM, document
from tests.test_select_properties import MEMOS, at_day, books, day_at, offsets
from tests.test_shipped_templates import text_of

FORUM = "forum: council"
AFTER = "2031-06-05"
DAY = date.fromisoformat(AFTER)


def shown(selection: Selection) -> dict[str, ShownPriority]:
    return {item.id: item for group in selection.priorities for item in group.items}


def turns(facts: Facts, as_of: str, known_by: str | None = None, memo: str = FORUM) -> dict[str, str | None]:
    found = shown(selected(facts, memo, as_of, known_by))
    return {id_: str(item.turned.turn) if item.turned else None for id_, item in found.items()}


def turn_of_one(facts: Facts, as_of: str = AFTER) -> str | None:
    return turns(facts, as_of)["p"]


# ------------------------------------------------------------------------------------------- turns


def test_how_each_has_turned_as_of_some_days() -> None:
    before = dict.fromkeys(("survey", "nets", "buoys", "patrol"))
    assert turns(life(), "2030-06-01") == before  # nothing is new at the first meeting on file
    assert turns(life(), "2031-05-11") == before  # the minutes are not out
    assert turns(life(), AFTER) == {
        "survey": "reaffirmed",
        "mesh": "reworded",  # and `nets` stands in it
        "boats": "new",
        "buoys": "dropped",
        "patrol": "not-mentioned",
    }
    assert turns(life(), "2031-07-01")["patrol"] is None  # the leaflet speaks of it


def test_in_hindsight_nothing_is_told_of_a_meeting_that_is_still_ahead() -> None:
    assert turns(life(), "2031-04-01", AFTER) == dict.fromkeys(("survey", "nets", "buoys", "patrol"))
    (survey, *_) = shown(selected(life(), FORUM, "2031-04-01", AFTER)).values()
    assert [str(source) for source in survey.sources] == ["minutes-2"]


def test_a_turn_has_its_day_and_its_sources() -> None:
    found = shown(selected(life(), FORUM, AFTER))
    told = {
        id_: (item.turned.id, str(item.turned.when.date), list(item.turned.sources))
        for id_, item in found.items()
        if item.turned
    }
    at_the_last = ("c3", "2031-05-11", ["minutes-3"])
    assert told == dict.fromkeys(("survey", "mesh", "boats", "buoys", "patrol"), at_the_last)
    before = found["mesh"].before
    assert before is not None
    assert (before.id, before.text, str(before.when.date)) == (
        "nets",
        "Widen the mesh of the nets.",
        "2030-05-02",
    )


@pytest.mark.parametrize(
    ("statements", "turn"),
    [
        # Said again at the later meeting: as firmly, more firmly, less firmly.
        (["source: early, force: agreed", "source: late, force: agreed, meeting: c3"], "reaffirmed"),
        (["source: early, force: wish", "source: late, force: agreed, meeting: c3"], "reaffirmed"),
        (["source: early, force: agreed", "source: late, force: wish, meeting: c3"], None),
        # By its own day, with no meeting named (an update is of no meeting).
        (["source: early, force: agreed", "source: later, status: stalled, date: 2031-05-20"], None),
        # A later text that tells of the earlier meeting: said once, and mentioned.
        (["source: early, force: agreed", "source: later, force: agreed"], None),
        # A text from before the meeting cannot tell what was said there.
        (["source: early, force: agreed, meeting: c3"], "not-mentioned"),
        (["source: early, force: agreed"], "not-mentioned"),
        (["source: early, force: agreed, status: done"], None),
        (["source: early, force: agreed, status: stalled"], "not-mentioned"),
        # Dropped: at the meeting, by a text since, long before.
        (["source: early, force: agreed", "source: late, status: dropped, meeting: c3"], "dropped"),
        (["source: early, force: agreed", "source: later, status: dropped"], "dropped"),
        (["source: early, force: agreed", "source: later, status: dropped, date: 2030-12"], None),
        (["source: early, force: agreed", "source: later, status: dropped, date: 2031"], None),
        (["source: early, force: agreed, status: dropped"], None),
        # Dropped, and then taken up again.
        (
            ["source: early, force: agreed, status: dropped", "source: late, status: done, meeting: c3"],
            None,
        ),
        # First told of by the later meeting's own text, as said there.
        (["source: late, force: agreed, meeting: c3"], "new"),
        (
            ["source: late, force: agreed, meeting: c3", "source: later, force: agreed, date: 2031-01"],
            "reaffirmed",
        ),
    ],
)
def test_a_turn_follows_from_what_the_sources_say(statements: list[str], turn: str | None) -> None:
    assert turn_of_one(pair(EARLIER, LATER, *statements)) == turn


def dated(when: str, source: str, more: str = "") -> str:
    day = f", date: {when}" if when else ""
    return f"{more}statements: [{{source: {source}, says: held{day}, evidence: a}}]"


@pytest.mark.parametrize(
    ("first", "second", "turn"),
    [
        (dated("2030-05-02", "early"), dated("2031-05", "late"), "new"),
        (dated("2031-05", "late"), dated("2031-05-11", "late"), None),  # either may have been the earlier
        (dated("2031-05", "late", "ordinal: 2, "), dated("2031-05-11", "late", "ordinal: 3, "), "new"),
        (dated("", "early"), dated("2031-05-11", "late"), None),
        (dated("2030-05-02", "early"), dated("", "late"), None),
        (dated("", "early", "ordinal: 2, "), dated("2031-05-11", "late", "ordinal: 3, "), "new"),
        (EARLIER.replace("held", "announced"), LATER, None),  # no earlier meeting is known as held
        (EARLIER, LATER.replace("held", "announced"), None),
    ],
)
def test_nothing_is_new_unless_the_order_of_the_meetings_is_sure(
    first: str, second: str, turn: str | None
) -> None:
    facts = pair(first, second, "source: late, force: agreed, meeting: c3", more="meeting: c3")
    assert turn_of_one(facts) == turn


def test_where_no_source_tells_of_any_priority_at_the_meeting_none_is_unmentioned() -> None:
    facts = pair(EARLIER, LATER, "source: early, force: agreed")
    silent = replace(facts, priorities={"p": facts.priorities["p"]})
    assert (turn_of_one(facts), turn_of_one(silent)) == ("not-mentioned", None)


def test_what_another_forums_meeting_said_is_placed_by_its_day() -> None:
    call = """
meetings:
  call: {forum: harbours, statements: [{source: later, says: held, date: 2031-05-30, evidence: a}]}
priorities:
  q:
    forum: council
    meeting: c2
    text: Do a third thing.
    statements:
      - {source: early, force: agreed, evidence: a}
      - {source: later, force: agreed, meeting: call, evidence: a}
"""
    facts = pair(EARLIER, LATER, "source: early, force: agreed")
    more = facts_of(call, ground="sources: {}\n")
    joined = replace(
        facts,
        meetings={**facts.meetings, **more.meetings},
        priorities={**facts.priorities, **more.priorities},
    )
    found = shown(selected(joined, FORUM, AFTER))["q"].turned
    assert found is not None
    assert (found.turn, found.id, str(found.when.date)) == (Turn.REAFFIRMED, "call", "2031-05-30")


def test_a_priority_stands_under_the_meeting_that_gave_it_its_force() -> None:
    facts = pair(EARLIER, LATER, "source: early, force: wish", "source: late, force: agreed, meeting: c3")
    groups = selected(facts, FORUM, AFTER).priorities
    assert [(g.force, g.meeting.id if g.meeting else "", [i.id for i in g.items]) for g in groups] == [
        (Force.AGREED, "c3", ["p", "other"])
    ]
    assert "p" in shown(selected(facts, "meeting: c3", AFTER))


# ------------------------------------------------------------------------------------ new wordings


def test_the_newest_words_on_file_stand_alone_and_show_the_words_before() -> None:
    third = """
priorities:
  grid:
    forum: council
    rewords: mesh
    text: Allow no mesh below 45 mm.
    statements: [{source: radio, force: agreed, date: 2031-08-30, evidence: a}]
"""
    facts = life(third)
    assert {"nets"} == shown(selected(facts, FORUM, "2031-05-11")).keys() & {"nets", "mesh", "grid"}
    assert {"mesh"} == shown(selected(facts, FORUM, AFTER)).keys() & {"nets", "mesh", "grid"}
    late = shown(selected(facts, FORUM, "2031-09-02"))
    assert late.keys() & {"nets", "mesh", "grid"} == {"grid"}
    assert late["grid"].before is not None
    assert late["grid"].before.id == "mesh"
    assert late["grid"].turned is not None
    assert late["grid"].turned.turn is Turn.REWORDED
    # Where the words between are on no source's word, those before them are shown.
    (said,) = facts.priorities["mesh"].statements
    unknown = replace(facts.priorities["mesh"], statements=(replace(said, source="nobody"),))
    gap = shown(selected(with_priority(facts, unknown), FORUM, "2031-09-02"))
    assert gap["grid"].before is not None
    assert gap["grid"].before.id == "nets"


def with_priority(facts: Facts, priority: Priority) -> Facts:
    return replace(facts, priorities={**facts.priorities, priority.id: priority})


def test_a_memo_on_the_earlier_meeting_keeps_its_words() -> None:
    found = shown(selected(life(), "meeting: c2", AFTER))
    assert found["nets"].text == "Widen the mesh of the nets."
    assert "mesh" not in found
    assert shown(selected(life(), "meeting: c3", AFTER)).keys() == {"survey", "mesh", "boats", "buoys"}
    assert "survey" in shown(selected(life(), "range: 2031-05", AFTER))


# ------------------------------------------------------------------------------------- commitments


def promised(as_of: str, known_by: str | None = None, facts: Facts | None = None) -> dict[str, Commitment]:
    return {one.id: one for one in selected(facts or life(), FORUM, as_of, known_by).commitments}


def test_commitments_by_what_is_due_and_the_closed_ones_last() -> None:
    assert list(promised(AFTER)) == ["boats", "survey", "mesh", "patrol", "buoys"]
    assert list(promised("2031-07-02")) == ["boats", "mesh", "patrol", "survey", "buoys"]  # survey is done
    assert list(promised("2030-06-01")) == ["nets", "survey", "buoys", "patrol"]
    assert not promised("2030-05-02")


def test_who_promised_what_by_when_and_when_it_was_last_heard_of() -> None:
    survey = promised(AFTER)["survey"]
    assert survey.promised_by == ("Norland", "Sudland")
    assert (str(survey.promised.date), str(survey.due.date)) == ("2030-05-02", "2031-06-30")
    assert (survey.due_days, survey.heard_days, survey.status) == (25, 24, None)
    assert (str(survey.heard.date), survey.heard_in) == ("2031-05-12", "the minutes of 2031")
    assert list(survey.sources) == ["minutes-2", "minutes-3"]
    later = promised("2031-07-02")["survey"]
    assert (later.status, later.heard_in, later.heard_days) == (Status.DONE, "the leaflet", 1)
    earlier = promised("2031-05-11")["survey"]
    assert (str(earlier.heard.date), earlier.heard_days) == ("2030-05-03", 373)


def test_in_hindsight_what_was_heard_later_lies_ahead() -> None:
    assert promised("2031-06-20", "2031-07-01")["patrol"].heard_days == -11


@pytest.mark.parametrize(
    ("as_of", "was_due", "days"),
    [("2031-05-31", False, 0), ("2031-06-01", True, -1), ("2031-05-12", False, 19)],
)
def test_what_was_due_is_told_so_once_its_day_has_passed(as_of: str, was_due: bool, days: int) -> None:
    boats = promised(as_of)["boats"]
    assert (boats.was_due, boats.due_days) == (was_due, days)


def test_what_was_done_or_dropped_is_never_told_as_due() -> None:
    late = promised("2035-01-01")
    assert {id_ for id_, one in late.items() if one.was_due} == {"boats", "mesh"}
    assert {id_ for id_, one in late.items() if one.is_closed} == {"survey", "buoys"}


def test_a_promise_goes_on_in_new_words_and_a_new_day_replaces_the_old_one() -> None:
    before, after = promised("2031-05-11")["nets"], promised(AFTER)["mesh"]
    assert (before.promised_by, str(before.due.date), before.was_due) == (("Norland",), "2031-04", True)
    assert (after.promised_by, str(after.due.date), after.was_due) == (("Norland", "Sudland"), "2033", False)
    assert str(after.promised.date) == "2030-05-02"
    assert after.text == "Allow no mesh below 40 mm."


def test_a_day_without_an_end_is_never_past() -> None:
    open_ended = LIFE.replace("due: 2031-05-31", "due: 2031-05-31/..")
    boats = promised("2040-01-01", facts=facts_of(open_ended))["boats"]
    assert (boats.was_due, boats.due_days) == (False, None)


def test_a_section_shows_the_commitments_of_the_facts_that_it_names() -> None:
    spec = SectionSpec(name="commitments", only=(Reference(id="mesh"), Reference(id="survey")))
    assert [one.id for one in narrowed(selected(life(), FORUM, AFTER), spec).commitments] == [
        "survey",
        "mesh",
    ]
    spec = SectionSpec(name="commitments", of=("commitments",), left_out=("survey",))
    kept = narrowed(selected(life(), FORUM, AFTER), spec)
    assert [one.id for one in kept.commitments] == ["boats", "mesh", "patrol", "buoys"]


# ------------------------------------------------------------------------------------ what is printed

SECTIONS = "sections: [priorities, commitments, sources]\n"


def test_what_a_memo_prints_of_turns() -> None:
    text = text_of(life(), f"{FORUM}\n{SECTIONS}", AFTER)
    for piece in (
        "2nd meeting of the Fisheries Council, 2 May 2030: 1. Survey the shared stock every spring.[1] "
        "11 May 2031: reaffirmed.[2] 2. Mark the shoals with buoys.[1] 11 May 2031: dropped.[2]",
        "3rd meeting of the Fisheries Council, 11 May 2031: 1. Allow no mesh below 40 mm.[2] Reworded; "
        "before (2 May 2030): Widen the mesh of the nets.[1] 2. Count the boats once a year. New.[2]",
        "2nd meeting of the Fisheries Council, 2 May 2030, not mentioned by the sources on the latest "
        "meeting (11 May 2031)[2]: 1. Patrol the strait.[1]",
    ):
        assert piece in text


def test_what_all_of_a_list_share_is_told_once() -> None:
    facts = pair(EARLIER, LATER, "source: late, force: agreed", more="meeting: c3")
    text = text_of(facts, f"{FORUM}\n{SECTIONS}", AFTER)
    assert "Fisheries Council, 11 May 2031, all new: 1. Do it. 2. Do another." in text
    assert "New." not in text
    again = "source: late, force: agreed, meeting: c3"
    facts = pair(EARLIER, LATER, "source: early, force: agreed", again)
    other = replace(facts.priorities["p"], id="other", text=facts.priorities["other"].text)
    text = text_of(with_priority(facts, other), f"{FORUM}\n{SECTIONS}", AFTER)
    assert "2 May 2030, all reaffirmed (11 May 2031)[1]: 1. Do it.[2] 2. Do another.[2]" in text


def test_what_a_memo_prints_of_commitments() -> None:
    text = text_of(life(), f"{FORUM}\n{SECTIONS}", AFTER, "md")
    assert "| Promised by | What | By when | Last heard of |" in text
    assert "Was due 31 May 2031; no source on file says whether it was done. | 12 May 2031" in text
    assert (
        "| Norland and Sudland | Survey the shared stock every spring. | 30 June 2031 (in 25 days) |" in text
    )
    assert "| Norland | Patrol the strait. | No day given. | 3 May 2030" in text
    assert "| Sudland | Mark the shoals with buoys. Status: dropped. | 2032 |" in text
    assert "broken" not in text


def test_in_spanish() -> None:
    text = text_of(life(), f"{FORUM}\nlanguage: es\n{SECTIONS}", AFTER)
    for piece in (
        "11 de mayo de 2031: reafirmada.",
        "Nueva.",
        "Reformulada; antes (2 de mayo de 2030): Widen",
        "sin mención en las fuentes sobre la última reunión (11 de mayo de 2031)",
        "Compromisos",
        "Última mención",
    ):
        assert piece in text


def test_without_a_commitment_the_section_vanishes() -> None:
    text = text_of(life(), f"{FORUM}\n{SECTIONS}", "2030-05-02")
    assert "Commitments" not in text
    assert "Commitments" in text_of(life(), f"{FORUM}\n{SECTIONS}", "2030-05-03")


# ------------------------------------------------------------------------------ editions, markings


def council_book(folder: Path, facts: str = LIFE, **more: str) -> Path:
    ground = GROUND.replace("  carla-mar: {name: Carla Mar}\n", "")
    memo = f"title: Fisheries Council\nforum: council\nformats: [txt]\n{SECTIONS}"
    files = {name: None for name in FILES if name.startswith(("facts/", "memos/"))}
    return make_book(
        folder,
        {**files, "facts/ground.yaml": ground, "facts/life.yaml": facts, "memos/council.yaml": memo, **more},
    )


def test_an_edition_is_made_again_and_days_that_pass_are_no_news(tmp_path: Path) -> None:
    read = read_book(council_book(tmp_path))
    workshop, memo = Workshop(read.book), read.book.memos["council"]

    first, second, third = (
        workshop.inputs(memo, Day(as_of=day, known_by=day))
        for day in map(date.fromisoformat, (AFTER, "2031-06-06", "2031-07-01"))
    )
    assert from_bytes(first.data).selection == first.selection
    assert remade(from_bytes(first.data)) == workshop.document(memo, Day(as_of=DAY, known_by=DAY))
    assert first.substance == second.substance
    assert first.substance != third.substance  # survey was due


MARKED = LIFE.replace("    text: Widen the mesh", "    marking: high\n    text: Widen the mesh")


def test_new_words_are_marked_as_those_that_they_replace(tmp_path: Path) -> None:
    """That there were others, and who promised it, is told in the same breath."""
    found = document(council_book(tmp_path, MARKED, **{"book.yaml": CUSTOM}), day=DAY)
    rows = [plain(inlines_of(block)) for block in blocks_of(found)]
    assert found.banner is not None
    assert found.banner.text == "HIGH"
    high = [line for row in rows for line in re.findall(r"\(H\)[^(]*", row)]
    assert len(high) == 2  # the priority and its row among the commitments
    assert all("Allow no mesh below 40 mm." in line for line in high)


@pytest.mark.parametrize(
    ("marked", "id_", "turn"),
    [
        ("    text: Widen the mesh", "mesh", None),  # not called new, though nothing of it is left
        ("", "boats", "new"),
    ],
)
def test_a_variant_says_nothing_false_of_what_was_taken_out(
    marked: str, id_: str, turn: str | None, tmp_path: Path
) -> None:
    facts = LIFE.replace(marked, f"    marking: high\n{marked}") if marked else LIFE
    found = shown(variant_of(council_book(tmp_path, facts, **{"book.yaml": CUSTOM})))[id_]
    assert found.before is None
    assert (found.turned and str(found.turned.turn)) == turn


def test_a_variant_does_not_say_that_no_source_tells_what_became_of_a_promise(tmp_path: Path) -> None:
    """A statement went: what it said is not known to the reader, so nothing is said of it."""
    facts = LIFE.replace("    text: Count the boats", "    marking: open\n    text: Count the boats").replace(
        "due: 2031-05-31, evidence: a}]",
        "due: 2031-05-31, evidence: a}, {source: minutes-3, status: done, evidence: a, marking: high}]",
    )
    book = council_book(tmp_path, facts, **{"book.yaml": CUSTOM})
    whole = {one.id: one for one in read_selection(book).commitments}["boats"]
    left = {one.id: one for one in variant_of(book).commitments}["boats"]
    assert (whole.was_due, whole.status, whole.is_withheld) == (False, Status.DONE, False)
    assert (left.was_due, left.status, left.is_withheld) == (True, None, True)
    done = run("-C", book, "show", "council", "--releasable-to", "open", "--as-of", AFTER, "--format", "md")
    assert "| Was due 31 May 2031. |" in done.stdout
    assert "no source on file says" not in done.stdout.replace("whether it was held", "")


def read_selection(book: Path) -> Selection:
    read = read_book(book)
    assert [str(problem) for problem in read.problems] == []
    return Workshop(read.book).select(read.book.memos["council"], Day(as_of=DAY, known_by=DAY))


def variant_of(book: Path) -> Selection:
    read = read_book(book)
    given = released(read.book, Marking(level="open"), [read.book.memos["council"]])
    assert given.problems == ()
    (memo,) = given.book.memos.values()
    return Workshop(given.book).select(memo, Day(as_of=DAY, known_by=DAY))


# -------------------------------------------------------------------------------- for any facts


@settings(deadline=None, max_examples=60)
@given(books(), st.sampled_from(MEMOS), offsets, offsets)
def test_turns_and_commitments_follow_from_what_counts_alone(
    facts: Facts, memo: str, at: int, known: int
) -> None:
    published = publications(facts)

    def counts(source: str) -> bool:
        return published[source].counts_from <= day_at(known)

    heard = {
        id_: replace(p, statements=tuple(s for s in p.statements if counts(s.source)))
        for id_, p in facts.priorities.items()
    }
    whole, counted = (
        selected(each, memo, at_day(at), at_day(known)) for each in (facts, replace(facts, priorities=heard))
    )
    assert whole.priorities == counted.priorities
    assert whole.commitments == counted.commitments
    for id_, item in shown(whole).items():
        said = heard[id_].statements
        turn = item.turned.turn if item.turned else None
        assert turn is not Turn.DROPPED or any(s.status is Status.DROPPED for s in said)
        assert turn is not Turn.REAFFIRMED or sum(s.force is not None for s in said) > 1
        assert (turn is Turn.REWORDED) <= (item.before is not None)
    for one in whole.commitments:
        day = one.due.date
        assert one.was_due <= (day is not None and day.last < day_at(at))
        assert not (one.was_due and one.is_closed)
