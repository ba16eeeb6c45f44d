"""Which facts a memo shows as of a day: scopes, days, order, and what it leaves out."""

from datetime import timedelta

import pytest

from briefbook.composing.items import narrowed
from briefbook.facts import Facts, Force
from briefbook.state import MeetingState
from tests.council import WHOLE, day, facts_of, ids, memo_of, selected, told

COUNCIL = facts_of(WHOLE)
FORUM = "forum: council"


def meetings_of(*meetings: tuple[str, str], forum: str = "council") -> Facts:
    """Facts of meetings by id, each with its statements in flow spelling, separated by semicolons."""
    lines = ["meetings:"]
    for id_, statements in meetings:
        lines += [f"  {id_}:", f"    forum: {forum}", "    statements:"]
        lines += [f"      - {{evidence: as told, {s.strip()}}}" for s in statements.split(";")]
    return facts_of("\n".join(lines))


# ------------------------------------------------------------------------------------- scopes


def test_a_forum_memo_shows_what_is_on_file_of_its_forum() -> None:
    assert told(selected(COUNCIL, FORUM, "2031-09-01")) == {
        "upcoming": ["council-4"],
        "earlier": ["council-3"],
        "priorities": ["survey", "mesh"],
        "points": ["stock", "quota"],
    }


def test_a_memo_on_several_forums_shows_them_in_the_order_of_the_files() -> None:
    selection = selected(COUNCIL, "forums: [harbours, council]", "2031-09-01")
    assert [forum.id for forum in selection.forums] == ["council", "harbours"]
    assert ids((*selection.upcoming, *selection.earlier)) == ["council-4", "talks-1", "council-3"]


def test_a_meeting_memo_shows_that_meeting_alone() -> None:
    assert told(selected(COUNCIL, "meeting: council-3", "2031-09-01")) == {
        "upcoming": [],
        "earlier": ["council-3"],
        "priorities": ["survey", "mesh"],
        "points": [],
    }


def test_a_range_memo_shows_what_falls_into_it() -> None:
    selection = selected(COUNCIL, "range: 2031-05/2031-06", "2031-09-01")
    assert told(selection) == {
        "upcoming": [],
        "earlier": ["talks-1", "council-3"],
        "priorities": ["survey", "mesh"],
        "points": ["quota"],
    }
    assert (selection.first, selection.last) == (day("2031-05-01"), day("2031-06-30"))
    assert selection.is_range


def test_range_all_shows_everything_and_has_no_bounds() -> None:
    selection = selected(COUNCIL, "range: all", "2031-09-01")
    assert told(selection)["earlier"] == ["talks-1", "council-3"]
    assert told(selection)["points"] == ["stock", "quota"]
    assert (selection.first, selection.last, selection.is_range) == (None, None, False)


def test_a_range_open_on_a_side_has_no_bound_there() -> None:
    since, until = (selected(COUNCIL, f"range: {r}", "2031-09-01") for r in ("2031-05/..", "../2031-05"))
    assert (since.first, since.last, since.is_range) == (day("2031-05-01"), None, True)
    assert (until.first, until.last, until.is_range) == (None, day("2031-05-31"), True)


@pytest.mark.parametrize(
    ("span", "fits"),
    [
        ("2031-05", "wholly"),
        ("2031-04/2031-06", "wholly"),
        ("2031-05-10/2031-06", "partly"),
        ("2031-05-31", "partly"),
        ("2031-06", None),
        ("2031-04", None),
    ],
)
def test_a_meeting_of_an_inexact_date_is_in_a_range_wholly_or_partly(span: str, fits: str | None) -> None:
    facts = meetings_of(("m", "source: gazette, says: announced, date: 2031-05"))
    selection = selected(facts, f"range: {span}", "2031-04-20")
    shown = {meeting.id: meeting.partly_in_range for meeting in selection.upcoming}
    assert shown == ({} if fits is None else {"m": fits == "partly"})


def test_an_undated_meeting_falls_into_the_range_in_which_it_is_told() -> None:
    facts = meetings_of(("m", "source: note, says: held"))
    inside = selected(facts, "range: 2031-05", "2031-06-01")
    assert [(m.id, m.partly_in_range) for m in inside.earlier] == [("m", True)]
    assert selected(facts, "range: 2031-06", "2031-06-30").is_empty


def test_a_meeting_moves_out_of_a_range_with_its_date() -> None:
    facts = meetings_of(
        (
            "m",
            "source: gazette, says: announced, date: 2031-05-05; "
            "source: letter, says: postponed, date: 2031-06-07",
        )
    )
    assert ids(selected(facts, "range: 2031-05", "2031-04-19").upcoming) == ["m"]
    assert ids(selected(facts, "range: 2031-05", "2031-04-20").upcoming) == []
    assert ids(selected(facts, "range: 2031-06", "2031-04-20").upcoming) == ["m"]


def test_a_priority_falls_into_a_range_by_its_statement_or_its_meeting() -> None:
    by_statement = selected(COUNCIL, "range: 2031-09", "2031-09-01")
    assert told(by_statement)["priorities"] == ["survey"]
    (group,) = by_statement.priorities
    assert group.meeting is not None
    assert group.meeting.id == "council-3"  # the occasion of what is shown, though not listed itself
    assert told(by_statement)["earlier"] == []


# ------------------------------------------------------------------------------- the two days


def test_only_what_is_out_by_the_known_by_day_is_shown() -> None:
    before = selected(COUNCIL, FORUM, "2031-05-11")
    assert told(before) == {
        "upcoming": ["council-3"],
        "earlier": [],
        "priorities": ["mesh"],
        "points": ["stock", "quota"],
    }
    assert [source.id for source in before.sources] == ["gazette"]  # the letter tells of another forum
    assert not before.disputed
    after = selected(COUNCIL, FORUM, "2031-05-11", known_by="2031-05-12")
    assert [(m.id, m.state) for m in after.earlier] == [("council-3", MeetingState.HELD)]
    assert [point.id for point in after.disputed] == ["quota"]
    assert (after.as_of, after.known_by) == (day("2031-05-11"), day("2031-05-12"))


def test_meetings_ahead_stand_in_the_order_of_their_days_and_those_without_a_day_last() -> None:
    facts = meetings_of(
        ("undated", "source: gazette, says: announced"),
        ("later", "source: gazette, says: announced, date: 2031-06-03"),
        ("month", "source: gazette, says: announced, date: 2031-06"),
        ("first", "source: gazette, says: announced, date: 2031-06-01"),
        ("sooner", "source: gazette, says: announced, date: 2031-05-03"),
    )
    selection = selected(facts, FORUM, "2031-04-20")
    assert ids(selection.upcoming) == ["sooner", "first", "month", "later", "undated"]
    assert selection.next_meeting is not None
    assert selection.next_meeting.id == "sooner"


def test_a_meeting_without_a_day_is_never_the_next() -> None:
    facts = meetings_of(("undated", "source: gazette, says: announced"))
    selection = selected(facts, FORUM, "2031-04-20")
    assert ids(selection.upcoming) == ["undated"]
    assert selection.next_meeting is None


def test_earlier_meetings_stand_the_latest_first() -> None:
    facts = meetings_of(
        ("old", "source: gazette, says: held, date: 2029-03-01"),
        ("new", "source: note, says: held, date: 2031-05-11"),
        ("undated", "source: letter, says: held"),
        ("missed", "source: gazette, says: announced, date: 2031-05-05"),
    )
    assert ids(selected(facts, FORUM, "2031-05-12").earlier) == ["new", "missed", "undated", "old"]


def test_a_meeting_unconfirmed_for_more_than_ninety_days_stands_apart() -> None:
    facts = meetings_of(("m", "source: gazette, says: announced, date: 2031-05-05"))
    last_day = day("2031-05-05") + timedelta(days=90)
    recent = selected(facts, FORUM, last_day.isoformat())
    assert (ids(recent.earlier), ids(recent.long_unconfirmed)) == (["m"], [])
    assert [gap.outcome for gap in recent.gaps] == [True]
    long_ago = selected(facts, FORUM, (last_day + timedelta(days=1)).isoformat())
    assert (ids(long_ago.earlier), ids(long_ago.long_unconfirmed)) == ([], ["m"])
    assert not long_ago.gaps
    assert not long_ago.is_empty


def test_a_cancelled_meeting_is_called_off_until_its_day_and_then_past() -> None:
    facts = meetings_of(
        ("m", "source: gazette, says: announced, date: 2031-05-05; source: letter, says: cancelled")
    )
    on_the_day = selected(facts, FORUM, "2031-05-05")
    assert (ids(on_the_day.called_off), ids(on_the_day.earlier)) == (["m"], [])
    after = selected(facts, FORUM, "2031-05-06")
    assert (ids(after.called_off), ids(after.earlier)) == ([], ["m"])
    assert not on_the_day.upcoming


def test_plans_at_odds_are_ahead_while_one_of_their_days_may_come() -> None:
    facts = facts_of(
        "sources: {herald: {short: the herald, published: 2031-04-02}}\n"
        "meetings: {m: {forum: council, statements: ["
        "{source: gazette, says: announced, date: 2031-05-05, evidence: e}, "
        "{source: herald, says: announced, date: 2031-05-07, evidence: e}]}}"
    )
    assert ids(selected(facts, FORUM, "2031-05-06").upcoming) == ["m"]
    after = selected(facts, FORUM, "2031-05-08")
    assert (ids(after.upcoming), ids(after.earlier), ids(after.contested)) == ([], ["m"], ["m"])


def test_a_plan_at_odds_with_a_cancellation_is_past_after_its_day() -> None:
    facts = facts_of(
        "sources: {herald: {short: the herald, published: 2031-04-02}}\n"
        "meetings: {m: {forum: council, statements: ["
        "{source: gazette, says: announced, date: 2031-05-05, evidence: e}, "
        "{source: herald, says: cancelled, evidence: e}]}}"
    )
    assert ids(selected(facts, FORUM, "2031-05-05").upcoming) == ["m"]
    after = selected(facts, FORUM, "2031-05-06")
    assert (ids(after.upcoming), ids(after.earlier), ids(after.contested)) == ([], ["m"], ["m"])


# ---------------------------------------------------------------------------- whom to list

ANA = "participants: [{person: ana-holm, side: norland}]"


def attended(memo: str, *meetings: tuple[str, str], as_of: str = "2031-05-12") -> list[str]:
    return ids(selected(meetings_of(*meetings), memo, as_of).attended)


HELD_WITH = ("held", f"source: note, says: held, date: 2031-05-11, {ANA}")
OLDER_WITH = ("older", f"source: letter, says: held, date: 2031-04-11, {ANA}")
AHEAD_WITH = ("ahead", f"source: letter, says: announced, date: 2031-06-01, {ANA}")
AFTER_WITH = ("after", f"source: letter, says: announced, date: 2031-07-01, {ANA}")
AHEAD_BARE = ("bare", "source: letter, says: announced, date: 2031-05-30")
OFF_WITH = ("off", f"source: letter, says: cancelled, date: 2031-05-30, {ANA}")


def test_those_named_for_the_meetings_ahead_are_listed() -> None:
    assert attended(FORUM, HELD_WITH, AHEAD_WITH, AHEAD_BARE) == ["ahead"]
    assert attended(FORUM, HELD_WITH, AFTER_WITH, AHEAD_WITH) == ["ahead", "after"]


def test_else_those_of_the_meetings_before_with_names_the_latest_first() -> None:
    assert attended(FORUM, OLDER_WITH, HELD_WITH, AHEAD_BARE) == ["held", "older"]
    assert attended(FORUM, OLDER_WITH, AHEAD_BARE) == ["older"]
    assert attended(FORUM, AHEAD_BARE) == []


def test_in_a_range_those_of_all_its_meetings_are_listed() -> None:
    assert attended("range: 2031", OLDER_WITH, HELD_WITH, AHEAD_WITH, AHEAD_BARE) == [
        "ahead",
        "held",
        "older",
    ]


def test_nobody_is_listed_for_a_meeting_that_was_cancelled() -> None:
    assert attended(FORUM, OFF_WITH, as_of="2031-06-30") == []


# -------------------------------------------------------------------------------- priorities


def test_in_hindsight_nothing_is_agreed_by_a_meeting_that_is_still_ahead() -> None:
    """The note of 12 May tells what council-3 agreed; the day before it met, nothing was."""
    agreed = [Force.AGREED]
    forces = [
        group.force for group in selected(facts_of(WHOLE), FORUM, "2031-05-10", "2031-05-12").priorities
    ]
    assert Force.AGREED not in forces
    held = selected(facts_of(WHOLE), FORUM, "2031-05-11", "2031-05-12").priorities
    assert [group.force for group in held][:1] == agreed


def test_in_hindsight_nothing_is_agreed_by_a_meeting_that_is_not_on_file() -> None:
    """Before the meeting itself is told of, nobody knows whether it is ahead."""
    facts = facts_of(
        """
sources:
  early: {short: early, published: 2031-01-02}
  late: {short: late, published: 2031-01-03}
forums: {council: {name: Council}}
meetings: {m: {forum: council, statements: [{source: late, evidence: e, says: announced}]}}
priorities:
  p: {forum: council, text: A., meeting: m, statements: [{source: early, evidence: e, force: agreed}]}
""",
        ground="",
    )
    for known_by in ("2031-01-02", "2031-01-03"):
        assert selected(facts, FORUM, "2031-01-01", known_by).priorities == ()
    assert selected(facts, FORUM, "2031-01-02").priorities != ()


def test_priorities_are_grouped_by_force_occasion_and_speaker_the_firmest_first() -> None:
    facts = facts_of(
        WHOLE,
        """
priorities:
  possible: {forum: council, text: A., statements: [{source: note, force: possibility, evidence: e}]}
  wish-2:
    forum: council
    meeting: council-3
    text: B.
    statements: [{source: gazette, force: wish, by: [norland], evidence: e}]
  wish-3:
    forum: council
    meeting: council-3
    text: C.
    statements: [{source: gazette, force: wish, by: [sudland], evidence: e}]
  goal: {forum: council, text: D., statements: [{source: note, force: stated-goal, evidence: e}]}
  talked: {forum: harbours, text: E., statements: [{source: note, force: discussed, evidence: e}]}
""",
    )
    groups = selected(facts, "forums: [council, harbours]", "2031-09-01").priorities
    assert [(group.force, [item.id for item in group.items]) for group in groups] == [
        (Force.AGREED, ["survey"]),
        (Force.STATED_GOAL, ["goal"]),
        (Force.DISCUSSED, ["talked"]),
        (Force.WISH, ["mesh", "wish-2"]),
        (Force.WISH, ["wish-3"]),
        (Force.POSSIBILITY, ["possible"]),
    ]


def test_a_group_names_its_meeting_even_before_anything_else_tells_of_it() -> None:
    (group,) = selected(COUNCIL, FORUM, "2031-04-02").priorities
    assert (group.force, group.by) == (Force.WISH, ("Norland",))
    assert group.meeting is not None
    assert group.meeting.state is MeetingState.UPCOMING


# --------------------------------------------------------------------------------------- gaps

ASKING = """
sources: {s: {short: the s, published: 2031-04-20, questions: [Of the source]}}
forums: {ring: {name: Ring, sides: [norland, sudland], statements: [{source: s, evidence: e}], questions: [Of the forum]}}
meetings:
  m:
    forum: ring
    questions: [Of the meeting]
    statements: [{source: s, says: announced, date: 2031-05, evidence: e, participants: [{person: ana-holm, side: norland}]}]
priorities: {p: {forum: ring, text: A., questions: [Of the priority], statements: [{source: s, force: wish, evidence: e}]}}
background: {b: {forums: [ring], text: B., questions: [Of the point], statements: [{source: s, evidence: e}]}}
"""  # noqa: E501 — one record a line reads best


def test_what_the_sources_leave_open_on_a_meeting_and_what_people_ask() -> None:
    gaps = selected(facts_of(ASKING), "forum: ring", "2031-04-20").gaps
    first, *questions = gaps
    assert first.meeting is not None
    assert (first.meeting.id, first.place, first.day, first.sides) == ("m", True, True, ("Sudland",))
    asked = [str(gap.question) for gap in questions]
    assert asked[0] == "Of the meeting"
    assert sorted(asked[1:]) == ["Of the forum", "Of the point", "Of the priority", "Of the source"]


def test_after_the_day_the_gap_is_whether_it_was_held() -> None:
    first, *_ = selected(facts_of(ASKING), "forum: ring", "2031-06-01").gaps
    assert (first.outcome, first.place, first.day, first.sides) == (True, False, False, ())


def test_a_meeting_with_place_day_and_people_of_both_sides_leaves_nothing_open() -> None:
    facts = meetings_of(
        (
            "m",
            "source: gazette, says: announced, date: 2031-05-05, place: Sandvik, "
            "participants: [{person: ana-holm, side: norland}, {organisation: sudland, side: sudland}]",
        )
    )
    assert selected(facts, FORUM, "2031-04-20").gaps == ()


# -------------------------------------------------------------------------------- bottom line


@pytest.mark.parametrize(
    ("as_of", "line"),
    [
        ("2031-04-30", None),
        ("2031-05-01", "May line"),
        ("2031-05-31", "May line"),
        ("2031-06-01", "Line that rests on the survey"),
    ],
)
def test_a_bottom_line_is_printed_on_the_days_for_which_it_is_valid(as_of: str, line: str | None) -> None:
    memo = (
        "forum: council\n"
        "bottom_line:\n"
        "  - {text: May line, valid: 2031-05}\n"
        "  - {text: Line that rests on the survey, rests_on: [survey]}\n"
    )
    assert selected(COUNCIL, memo, as_of).bottom_line == line


def test_a_bottom_line_waits_for_all_that_it_rests_on() -> None:
    memo = "forum: council\nbottom_line: {text: Press on, rests_on: [survey, radio]}\n"
    assert selected(COUNCIL, memo, "2031-05-12").bottom_line is None
    assert selected(COUNCIL, memo, "2031-09-01").bottom_line == "Press on"


def test_a_bottom_line_rests_on_a_forum_from_the_day_on_which_anything_is_told_of_it() -> None:
    memo = "forum: council\nbottom_line: {text: Press on, rests_on: [council]}\n"
    assert selected(COUNCIL, memo, "2031-04-01").bottom_line is None
    assert selected(COUNCIL, memo, "2031-04-02").bottom_line == "Press on"


def test_the_first_bottom_line_that_holds_is_taken() -> None:
    memo = "forum: council\nbottom_line:\n  - {text: One}\n  - {text: Two}\n"
    assert selected(COUNCIL, memo, "2031-05-12").bottom_line == "One"


# ----------------------------------------------------------------------- what a section shows


def test_a_section_may_show_some_facts_only_or_leave_some_out() -> None:
    memo = memo_of(
        "forum: council\nsections:\n"
        "  - {section: priorities, only: [survey, council-3]}\n"
        "  - {section: background, without: [stock, council-4]}\n"
        "  - header\n"
    )
    selection = selected(COUNCIL, memo, "2031-09-01")
    only, without, plain = (told(narrowed(selection, spec)) for spec in memo.sections)
    assert only == {"upcoming": [], "earlier": ["council-3"], "priorities": ["survey"], "points": []}
    assert without == {
        "upcoming": [],
        "earlier": ["council-3"],
        "priorities": ["survey", "mesh"],
        "points": ["quota"],
    }
    assert plain == told(selection)


# ---------------------------------------------------------------------------- nothing on file


def test_a_memo_before_any_publication_is_empty_and_valid() -> None:
    selection = selected(COUNCIL, FORUM, "2031-04-01")
    assert selection.is_empty
    assert (selection.sources, selection.gaps, selection.next_meeting) == ((), (), None)


def test_a_point_in_dispute_alone_is_not_nothing() -> None:
    facts = facts_of(
        "background: {b: {statements: ["
        "{source: gazette, claim: One., evidence: e}, {source: note, claim: Two., evidence: e}]}}"
    )
    selection = selected(facts, "range: all", "2031-05-12")
    assert [point.id for point in selection.disputed] == ["b"]
    assert not selection.is_empty


def test_a_cancelled_meeting_alone_is_not_nothing() -> None:
    facts = meetings_of(("m", "source: gazette, says: cancelled, date: 2031-05-05"))
    assert not selected(facts, FORUM, "2031-04-20").is_empty


# ------------------------------------------------------------------------- the memo's own words


def test_a_memo_without_a_language_takes_that_of_the_book() -> None:
    memo = memo_of("forum: council\nlanguage: es\ntitle: {en: Council, es: Consejo}\nto: {en: Minister}\n")
    selection = selected(COUNCIL, memo, "2031-05-12")
    assert (selection.language, selection.title, selection.title.language) == ("es", "Consejo", None)
    assert selection.to is not None
    assert (selection.to, selection.to.language) == ("Minister", "en")
    assert selected(COUNCIL, FORUM, "2031-05-12").language == "en"


def test_a_reference_is_the_memos_id_unless_it_has_its_own() -> None:
    assert selected(COUNCIL, FORUM, "2031-05-12").reference == "briefing"
    assert selected(COUNCIL, f"{FORUM}\nreference: FC/7", "2031-05-12").reference == "FC/7"
