"""How a fact looks on a day: the words, people, places and forces of the statements that count."""

from briefbook.dates import parse_partial_date
from briefbook.document import Origin
from briefbook.facts import Facts, Force, Says, Status
from briefbook.index import indexed
from briefbook.selection import ShownMeeting, ShownPoint, ShownPriority
from briefbook.showing import View
from briefbook.state import MeetingState
from tests.council import day, facts_of

MEETING = "meetings: {m: {forum: council, statements: [%s]}}"


def view_of(facts: Facts, on: str, known_by: str | None = None, language: str = "en") -> View:
    return View(index=indexed(facts), day=day(on), known_by=day(known_by or on), language=language)


def meeting_on(on: str, *statements: str, known_by: str | None = None) -> ShownMeeting:
    told = ", ".join(f"{{evidence: as told, {statement}}}" for statement in statements)
    facts = facts_of(MEETING % told)
    shown = view_of(facts, on, known_by).meeting(facts.meetings["m"])
    assert shown is not None
    return shown


def priority_on(on: str, *statements: str) -> ShownPriority | None:
    told = ", ".join(f"{{evidence: as told, {statement}}}" for statement in statements)
    facts = facts_of(f"priorities: {{p: {{forum: council, text: Survey the stock., statements: [{told}]}}}}")
    return view_of(facts, on).priority(facts.priorities["p"])


def point_on(on: str, fields: str, *statements: str) -> ShownPoint | None:
    told = ", ".join(f"{{evidence: as told, {statement}}}" for statement in statements)
    facts = facts_of(f"background: {{b: {{forums: [council], {fields} statements: [{told}]}}}}")
    return view_of(facts, on).point(facts.background["b"], None)


def people_of(meeting: ShownMeeting) -> dict[str, list[str]]:
    """Who is named, by side, with the post."""
    return {
        str(side.name): [f"{a.name}, {a.post}" if a.post else str(a.name) for a in side.people]
        for side in meeting.sides
    }


# ----------------------------------------------------------------------------------- meetings


def test_place_and_people_come_from_the_latest_statement_that_counts() -> None:
    told = (
        "source: gazette, says: announced, date: 2031-05, place: Port Emery, "
        "participants: [{person: ana-holm, as: Minister, side: norland}]",
        "source: letter, says: announced, date: 2031-05, place: Sandvik",
    )
    assert meeting_on("2031-04-02", *told).place == "Port Emery"
    later = meeting_on("2031-04-20", *told)
    assert later.place == "Sandvik"
    assert people_of(later) == {"Norland": ["Ana Holm, Minister"], "Sudland": []}


def test_a_report_names_who_came_and_not_who_was_to_come() -> None:
    held = meeting_on(
        "2031-05-12",
        "source: gazette, says: announced, date: 2031-05, place: Port Emery, "
        "participants: [{person: ana-holm, side: norland}, {person: bo-lund, side: norland}]",
        "source: note, says: held, date: 2031-05-11, participants: [{person: bo-lund, side: norland}]",
    )
    assert people_of(held) == {"Norland": ["Bo Lund"], "Sudland": []}
    assert not held.people_are_planned
    assert held.people_sources == ("note",)
    assert held.place == "Port Emery"
    assert held.place_is_planned
    assert set(held.sources) == {"note", "gazette"}


def test_who_was_to_come_is_marked_where_no_report_says_who_came() -> None:
    held = meeting_on(
        "2031-05-12",
        "source: gazette, says: announced, date: 2031-05, participants: [{person: ana-holm, side: norland}]",
        "source: note, says: held, date: 2031-05-11, place: Port Emery",
    )
    assert people_of(held)["Norland"] == ["Ana Holm"]
    assert held.people_are_planned
    assert held.people_sources == ("gazette",)
    assert not held.place_is_planned


def test_a_report_that_cannot_be_lends_neither_place_nor_people_nor_source() -> None:
    shown = meeting_on(
        "2031-04-20",
        "source: gazette, says: announced, date: 2031-05",
        "source: letter, says: held, date: 2031-05-11, place: Sandvik, note: Odd., purpose: To talk., "
        "participants: [{person: ana-holm, side: norland}]",
    )
    assert shown.state is MeetingState.UPCOMING
    assert (shown.place, shown.purpose, shown.notes, shown.has_people) == (None, None, (), False)
    assert shown.sources == ("gazette",)
    assert shown.people_sources == ()


def test_a_post_and_a_spelling_are_those_of_the_day() -> None:
    shown = meeting_on(
        "2031-05-12",
        "source: note, says: held, date: 2031-05-11, participants: "
        "[{person: ana-holm, as: Fisheries Minister, side: norland, spelled: A. Holm, role: in the chair}]",
    )
    (attendee,) = shown.sides[0].people
    assert (attendee.name, attendee.post, attendee.role) == ("A. Holm", "Fisheries Minister", "in the chair")
    assert attendee.name.origin == Origin(fact="m", field="participants")
    assert not attendee.is_body


def test_of_a_person_named_twice_the_newest_post_stands() -> None:
    shown = meeting_on(
        "2031-04-20",
        "source: gazette, says: announced, date: 2031-05, "
        "participants: [{person: ana-holm, as: Deputy Minister, side: norland}]",
        "source: letter, says: announced, date: 2031-05, "
        "participants: [{person: ana-holm, as: Minister, side: norland}]",
    )
    assert people_of(shown)["Norland"] == ["Ana Holm, Minister"]


def test_a_side_that_the_forum_lacks_and_people_of_no_side_are_shown_too() -> None:
    shown = meeting_on(
        "2031-05-12",
        "source: note, says: held, date: 2031-05-11, participants: "
        "[{person: ana-holm}, {organisation: norland-gazette, side: norland-gazette}]",
    )
    assert people_of(shown) == {
        "Norland": [],
        "Sudland": [],
        "Norland Gazette": ["Norland Gazette"],
        "": ["Ana Holm"],
    }


def test_a_person_with_a_side_is_not_shown_again_without() -> None:
    shown = meeting_on(
        "2031-04-20",
        "source: gazette, says: announced, date: 2031-05, participants: [{person: ana-holm, side: norland}]",
        "source: letter, says: announced, date: 2031-05, participants: [{person: ana-holm}]",
    )
    assert people_of(shown) == {"Norland": ["Ana Holm"], "Sudland": []}


def test_the_date_brings_what_its_statement_tells_of_it() -> None:
    shown = meeting_on(
        "2031-05-01",
        "source: gazette, says: announced, date: 2031-05",
        "source: letter, says: announced, date: 2031-05-05, date_as: Monday next, time: '15:00', "
        "zone: Europe/Oslo, inferred: the letter was written on a Friday",
    )
    when = shown.when
    assert (str(when.date), when.wording, when.days_until) == ("2031-05-05", "Monday next", 4)
    assert (when.time, when.zone) == ("15:00", "Europe/Oslo")
    assert when.inferred == "the letter was written on a Friday"


def test_only_an_exact_day_is_counted_down() -> None:
    assert meeting_on("2031-04-02", "source: gazette, says: announced, date: 2031-05").when.days_until is None
    past = meeting_on("2031-05-08", "source: gazette, says: announced, date: 2031-05-05")
    assert past.when.days_until == -3


def test_a_cancelled_meeting_keeps_its_day_and_cites_who_named_it() -> None:
    shown = meeting_on(
        "2031-04-20",
        "source: gazette, says: announced, date: 2031-05-05",
        "source: letter, says: cancelled",
    )
    assert shown.state is MeetingState.CANCELLED
    assert shown.when.date == parse_partial_date("2031-05-05")
    assert set(shown.sources) == {"gazette", "letter"}


def test_conflicts_are_shown_each_with_its_source() -> None:
    shown = meeting_on(
        "2031-09-01",
        "source: note, says: held, date: 2031-05-11",
        "source: radio, says: held, date: 2031-05-10",
    )
    told = [(conflict.says, str(conflict.when.date), conflict.sources) for conflict in shown.conflicts]
    assert told == [(Says.HELD, "2031-05-11", ("note",)), (Says.HELD, "2031-05-10", ("radio",))]


def test_a_meeting_that_no_counting_source_names_is_not_shown() -> None:
    facts = facts_of(MEETING % "{source: note, says: held, date: 2031-05-11, evidence: met}")
    assert view_of(facts, "2031-05-11").meeting(facts.meetings["m"]) is None
    assert not view_of(facts, "2031-05-11").is_on_file("m")
    assert view_of(facts, "2031-05-12").is_on_file("m")


def test_a_meeting_known_by_an_impossible_report_alone_is_not_on_file() -> None:
    facts = facts_of(MEETING % "{source: gazette, says: held, date: 2031-05-11, evidence: met}")
    assert not view_of(facts, "2031-06-01").is_on_file("m")


# --------------------------------------------------------------------------------- priorities

AGREED = "source: note, force: agreed, by: [norland, sudland]"


def test_the_firmest_force_that_counts_stands() -> None:
    told = ("source: gazette, force: wish, by: [norland]", AGREED, "source: radio, force: discussed")
    early, late = priority_on("2031-04-02", *told), priority_on("2031-09-01", *told)
    assert early is not None
    assert late is not None
    assert (early.force, early.by, early.sources) == (Force.WISH, ("Norland",), ("gazette",))
    assert (late.force, late.by) == (Force.AGREED, ("Norland", "Sudland"))
    assert late.sources[0] == "note"
    assert set(late.sources) == {"note", "gazette", "radio"}


def test_of_two_statements_of_one_force_the_first_published_leads() -> None:
    told = ("source: radio, force: wish, by: [sudland]", "source: gazette, force: wish, by: [norland]")
    shown = priority_on("2031-09-01", *told)
    assert shown is not None
    assert shown.by == ("Norland",)


def test_an_update_alone_makes_no_priority() -> None:
    told = ("source: note, force: agreed", "source: gazette, status: in-progress, update: It began.")
    assert priority_on("2031-04-02", *told) is None


def test_the_latest_status_stands_and_updates_are_told_the_newest_first() -> None:
    told = (
        "source: letter, force: agreed",
        "source: note, status: in-progress, update: It began., date: 2031-05-10",
        "source: radio, status: done",
    )
    assert (shown := priority_on("2031-05-12", *told)) is not None
    assert (shown.status, [u.text for u in shown.updates]) == (Status.IN_PROGRESS, ["It began."])
    assert (shown := priority_on("2031-09-01", *told)) is not None
    assert shown.status is Status.DONE
    assert [(u.status, u.text, u.sources) for u in shown.updates] == [
        (Status.DONE, None, ("radio",)),
        (None, "It began.", ("note",)),
    ]


def test_a_status_that_another_has_followed_is_told_no_more() -> None:
    told = ("source: letter, force: agreed", "source: note, status: stalled", "source: radio, status: done")
    assert (shown := priority_on("2031-09-01", *told)) is not None
    assert (shown.sources, [u.sources for u in shown.updates]) == (("letter",), [("radio",)])
    assert (shown := priority_on("2031-09-01", *told[:2], told[2].replace("done", "stalled"))) is not None
    assert [(u.status, set(u.sources)) for u in shown.updates] == [(Status.STALLED, {"radio", "note"})]
    first = (
        "source: note, force: wish, status: in-progress, update: It began.",
        "source: radio, force: agreed, status: done",
    )
    assert (shown := priority_on("2031-09-01", *first)) is not None  # the one that leads tells the latest
    assert (shown.status, [u.status for u in shown.updates]) == (Status.DONE, [None])


def test_the_update_of_the_statement_that_leads_is_not_lost() -> None:
    shown = priority_on("2031-05-12", f"{AGREED}, status: in-progress, update: The first survey began.")
    assert shown is not None
    assert [u.text for u in shown.updates] == ["The first survey began."]


def test_who_said_it_is_named_with_the_post_of_that_day() -> None:
    shown = priority_on("2031-05-12", "source: note, force: one-side, said_by: ana-holm, said_as: Minister")
    assert shown is not None
    assert (shown.said_by, shown.said_as) == ("Ana Holm", "Minister")


# ------------------------------------------------------------------------------------- points

TWELVE = "source: gazette, claim: The quota is 12, said_by: bo-lund"
FOURTEEN = "source: note, claim: The quota is 14"


def test_one_visible_claim_is_plain_text() -> None:
    shown = point_on("2031-04-02", "say: it is being checked,", TWELVE, FOURTEEN)
    assert shown is not None
    assert (shown.text, shown.claims, shown.say) == ("The quota is 12", (), None)
    assert not shown.is_disputed
    assert shown.sources == ("gazette",)


def test_two_claims_are_a_dispute_with_what_to_say() -> None:
    shown = point_on("2031-05-12", "say: it is being checked,", TWELVE, FOURTEEN)
    assert shown is not None
    assert shown.is_disputed
    told = [(claim.text, claim.said_by, claim.sources) for claim in shown.claims]
    assert told == [("The quota is 12", "Bo Lund", ("gazette",)), ("The quota is 14", None, ("note",))]
    assert shown.say == "it is being checked"


def test_two_sources_of_one_claim_are_no_dispute() -> None:
    shown = point_on("2031-05-12", "", TWELVE, "source: note, claim: The quota is 12")
    assert shown is not None
    assert (shown.text, shown.is_disputed) == ("The quota is 12", False)
    assert shown.sources == ("gazette", "note")


def test_of_a_claim_that_two_sources_make_the_first_speaker_is_kept() -> None:
    shown = point_on("2031-09-01", "", TWELVE, "source: note, claim: The quota is 12", f"{FOURTEEN}")
    assert shown is not None
    assert [(c.said_by, c.sources) for c in shown.claims] == [
        ("Bo Lund", ("gazette", "note")),
        (None, ("note",)),
    ]


def test_a_point_shows_its_text_and_nothing_before_its_source_is_out() -> None:
    assert point_on("2031-04-01", "text: The stock has halved.,", "source: gazette") is None
    shown = point_on("2031-04-02", "text: The stock has halved.,", "source: gazette")
    assert shown is not None
    assert shown.text == "The stock has halved."
    assert shown.text.origin == Origin(fact="b", field="text")


# --------------------------------------------------------------------------- names, languages

TONGUES = """
sources: {s: {short: {es: la nota}, title: Nota conjunta, language: es, published: 2031}}
organisations: {n: {name: {en: Norland, es: Norlandia}, in_text: {en: the Norland}}}
people: {p: {name: Ana Holm}}
"""


def test_words_of_another_language_are_tagged() -> None:
    view = view_of(facts_of(TONGUES, ground=""), "2031-06-01")
    source = view.source(view.facts.sources["s"])
    assert (source.short, source.short.language) == ("la nota", "es")
    assert source.title is not None
    assert source.title.language == "es"
    assert (view.name("n"), view.name("n").language) == ("Norland", None)


def test_the_language_of_the_view_is_taken_where_there_is_a_text_in_it() -> None:
    view = view_of(facts_of(TONGUES, ground=""), "2031-06-01", language="es")
    source = view.source(view.facts.sources["s"])
    assert source.short.language is None
    assert source.title is not None
    assert source.title.language is None
    assert (view.name("n"), view.name("n").language) == ("Norlandia", None)
    assert view.name("p").language is None


def test_a_name_in_a_sentence_and_a_name_that_is_not_on_file() -> None:
    view = view_of(facts_of(TONGUES, ground=""), "2031-06-01")
    assert (view.name_in_text("n"), view.name_in_text("p")) == ("the Norland", "Ana Holm")
    assert view.name("nobody") == "nobody"
    assert view.maybe_name(None) is None


def test_a_source_tells_how_its_day_is_known() -> None:
    facts = facts_of(
        "sources:\n"
        "  a: {short: a, published: 2031-04}\n"
        "  b: {short: b, published: 2031-04-02, inferred: the text prints no date}\n"
        "  c: {short: c, published: 2031-04-02, grade: {reliability: B, credibility: 2, by: the desk}}\n",
        ground="",
    )
    view = view_of(facts, "2031-06-01")
    a, b, c = (view.source(source) for source in facts.sources.values())
    assert [(s.is_inexact, s.is_undated) for s in (a, b, c)] == [(True, False), (False, True), (False, False)]
    assert (c.reliability, c.credibility, c.graded_by) == ("B", "2", "the desk")


def test_what_is_on_file_by_a_day() -> None:
    facts = facts_of(
        "priorities: {p: {forum: council, text: A, statements: [{source: note, force: wish, evidence: e}]}}\n"
        "background: {b: {text: B., statements: [{source: radio, evidence: e}]}}\n"
    )
    view = view_of(facts, "2031-05-12")
    on_file = {
        id_
        for id_ in ("note", "radio", "p", "b", "council", "harbours", "norland", "ana-holm", "nobody")
        if view.is_on_file(id_)
    }
    assert on_file == {"note", "p", "council", "norland", "ana-holm"}
