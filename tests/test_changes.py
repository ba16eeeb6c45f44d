"""What changed between two selections: fact by fact, field by field, and nothing where only time passed."""

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

import pytest

from briefbook import changes as changing
from briefbook.changes import changes
from briefbook.document import Origin
from briefbook.readers.read_book import read_book
from briefbook.selection import (
    Change,
    Changes,
    Commitment,
    Selection,
    ShownForum,
    ShownMeeting,
    ShownPoint,
    ShownPriority,
    ShownSource,
    Told,
    When,
    Words,
)
from briefbook.workshop import Day, Workshop
from tests.books import FILES, changed, make_book

HARBOURS, COUNCIL, GROUND, MEMO = (
    "facts/harbours.yaml",
    "facts/council.yaml",
    "facts/ground.yaml",
    "memos/council.yaml",
)
SPRING = date(2031, 4, 20)
ABOUT = {  # a point, so that there is one of each kind
    "facts/points.yaml": """\
background:
  boats:
    forums: [council]
    title: The fleet
    text: Norland has 400 boats.
    statements: [{source: gazette, evidence: to survey the stock}]
"""
}


def told(folder: Path, day: date, files: dict[str, str] | None = None, memo: str = "council") -> Selection:
    read = read_book(make_book(folder, {**ABOUT, **(files or {})}))
    assert [str(problem) for problem in read.problems if "error" in str(problem)] == []
    return Workshop(read.book).select(read.book.memos[memo], Day(as_of=day, known_by=day))


def said(value: Told | None, field: str = "") -> object:
    """A field at one time, short."""
    if value is None:
        return None
    if value.is_so:
        return True
    if value.turn:
        return f"{value.turn} {value.when.date if value.when else None}"
    if value.words:
        return [str(each) for each in value.words]
    if value.sides:
        return [f"{side.name}: {one.name}, {one.post}" for side in value.sides for one in side.people]
    if value.reports:
        return [f"{each.says} {each.when.date}" for each in value.reports]
    if value.promise:
        return str(value.promise)
    if value.when:
        return value.when.time if field == "time" else str(value.when.date)
    return value.number if value.number is not None else str(value.state or value.force or value.status)


def listed(found: Changes) -> list[tuple[str, str, dict[str, tuple[object, object]]]]:
    return [
        (
            str(each.kind),
            each.id,
            {one.field: (said(one.before, one.field), said(one.after, one.field)) for one in each.fields},
        )
        for each in found.all
    ]


def test_time_that_passes_is_no_change(tmp_path: Path) -> None:
    """Day for day: a change is there exactly where a state moved or a source came out."""
    news = {}
    before = told(tmp_path, date(2031, 4, 15), memo="spring")
    for days in range(1, 60):
        after = told(tmp_path, date(2031, 4, 15) + timedelta(days=days), memo="spring")
        found = changes(before, after)
        if not found.is_nothing:
            news[str(after.as_of)] = sorted(each.id for each in found.all)
        before = after
    assert news == {
        "2031-05-01": ["council-3"],  # its month begins: it may have taken place
        "2031-05-12": ["council-3", "note"],
        "2031-06-03": ["talks-1"],  # today
        "2031-06-04": ["talks-1"],  # nobody says whether it was held
    }


def test_an_announced_meeting_that_was_held(tmp_path: Path) -> None:
    found = changes(told(tmp_path, SPRING), told(tmp_path, date(2031, 5, 12)))
    assert listed(found) == [
        (
            "changed",
            "council-3",
            {
                "state": ("upcoming", "held"),
                "date": ("2031-05", "2031-05-11"),
                "participants": (None, ["Norland: Ana Holm, Fisheries Minister"]),
            },
        ),
        ("added", "note", {}),
    ]
    [moved] = [each.moved for each in found.meetings]
    assert moved is not None
    assert moved.field == "state"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            changed(COUNCIL, "place: Port Emery", "place: Sund"),
            ("changed", "council-3", {"place": (["Port Emery"], ["Sund"])}),
        ),
        (
            changed(COUNCIL, "        place: Port Emery\n", ""),
            ("changed", "council-3", {"place": (["Port Emery"], None)}),
        ),
        (changed(COUNCIL, "ordinal: 3", "ordinal: 4"), ("changed", "council-3", {"ordinal": (3, 4)})),
        (
            changed(COUNCIL, "date: 2031-05\n", "date: 2031-06\n"),
            ("changed", "council-3", {"date": ("2031-05", "2031-06")}),
        ),
        (
            changed(
                COUNCIL,
                "date: 2031-05\n",
                "date: 2031-05-10\n        time: 10:00\n        zone: Europe/Oslo\n",
            ),
            ("changed", "council-3", {"date": ("2031-05", "2031-05-10"), "time": (None, "10:00")}),
        ),
        (
            changed(COUNCIL, "says: announced", "says: cancelled"),
            ("changed", "council-3", {"state": ("upcoming", "cancelled")}),
        ),
        (
            changed(COUNCIL, "place: Port Emery", "place: Port Emery\n        purpose: to share the stock"),
            ("changed", "council-3", {"purpose": (None, ["to share the stock"])}),
        ),
        (
            changed(COUNCIL, "date: 2031-05\n", "date: 2031-05\n        inferred: the year is ours\n"),
            ("changed", "council-3", {"inferred": (None, ["the year is ours"])}),
        ),
        (
            changed(COUNCIL, "says: announced", "says: postponed"),
            ("changed", "council-3", {"postponed": (None, True)}),
        ),
        (
            changed(
                GROUND,
                "the gazette, published: 2031-04-02",
                "the gazette, published: 2031-04-02, inferred: ours",
            ),
            ("changed", "gazette", {"published_inferred": (None, ["ours"])}),
        ),
        (
            changed(GROUND, "short: the gazette,", "short: the gazette, address: 'https://example.org/1',"),
            ("changed", "gazette", {"address": (None, ["https://example.org/1"])}),
        ),
        (
            changed(COUNCIL, "Survey the shared stock together.", "Survey the stock."),
            ("changed", "survey", {"text": (["Survey the shared stock together."], ["Survey the stock."])}),
        ),
        (
            changed(COUNCIL, "force: wish", "force: agreed"),
            ("changed", "survey", {"force": ("wish", "agreed")}),
        ),
        (
            changed(COUNCIL, "by: [norland]", "by: [norland, sudland]"),
            ("changed", "survey", {"by": (None, ["Sudland"])}),
        ),
        (
            changed(
                COUNCIL, "force: wish", "force: wish\n        said_by: ana-holm\n        said_as: Minister"
            ),
            ("changed", "survey", {"said_by": (None, ["Ana Holm"]), "said_as": (None, ["Minister"])}),
        ),
        (
            changed(COUNCIL, "force: wish", "force: wish\n        status: stalled"),
            ("changed", "survey", {"status": (None, "stalled")}),
        ),
        (
            {"facts/points.yaml": ABOUT["facts/points.yaml"].replace("400 boats", "300 boats")},
            ("changed", "boats", {"text": (["Norland has 400 boats."], ["Norland has 300 boats."])}),
        ),
        (
            {"facts/points.yaml": ABOUT["facts/points.yaml"].replace("title: The fleet", "title: The boats")},
            ("changed", "boats", {"title": (["The fleet"], ["The boats"])}),
        ),
        (
            changed(GROUND, "short: the gazette,", "short: the old gazette,"),
            ("changed", "gazette", {"short": (["the gazette"], ["the old gazette"])}),
        ),
        (
            changed(GROUND, "published: 2031-04-02", "published: 2031-04-01"),
            ("changed", "gazette", {"published": ("2031-04-02", "2031-04-01")}),
        ),
        (
            changed(GROUND, "name: Fisheries Council", "name: Council on Fish"),
            ("changed", "council", {"name": (["Fisheries Council"], ["Council on Fish"])}),
        ),
    ],
)
def test_field_by_field(
    files: dict[str, str], expected: tuple[str, str, dict[str, tuple[object, object]]], tmp_path: Path
) -> None:
    before, after = told(tmp_path / "a", SPRING), told(tmp_path / "b", SPRING, files)
    assert listed(changes(before, after)) == [expected]
    [(kind, id_, back)] = listed(changes(after, before))  # and the way back is the same with its ends swapped
    assert (kind, id_, back) == (
        *expected[:2],
        {name: (new, old) for name, (old, new) in expected[2].items()},
    )


def test_a_text_that_another_source_contradicts(tmp_path: Path) -> None:
    point = """\
background:
  boats:
    forums: [council]
    title: The fleet
    say: about 400
    statements:
      - {source: gazette, claim: Norland has 400 boats., evidence: to survey the stock}
      - {source: letter, claim: Norland has 300 boats., evidence: on 3 June in Holm}
"""
    before, after = told(tmp_path / "a", SPRING), told(tmp_path / "b", SPRING, {"facts/points.yaml": point})
    [(kind, id_, fields), new] = listed(changes(before, after))
    assert (kind, id_) == ("changed", "boats")
    assert fields == {"claims": (None, ["Norland has 300 boats."]), "say": (None, ["about 400"])}
    assert new == ("added", "letter", {})


def test_facts_that_come_and_go_with_their_sources(tmp_path: Path) -> None:
    gone = changed(COUNCIL, "source: gazette\n        force: wish", "source: note\n        force: wish")
    without = {"facts/points.yaml": "background: {}\n", **gone}
    before, after = told(tmp_path / "a", SPRING), told(tmp_path / "b", SPRING, without)
    assert listed(changes(before, after)) == [("withdrawn", "survey", {}), ("withdrawn", "boats", {})]
    [survey, boats] = changes(before, after).all
    assert survey.sources == ("gazette",)  # the meeting rests on it too, so it can be cited
    assert boats.point is not None
    assert (boats.point.text, boats.because) == ("Norland has 400 boats.", ())
    assert [(kind, id_) for kind, id_, _ in listed(changes(after, before))] == [
        ("added", "survey"),
        ("added", "boats"),
    ]


PROMISED = "force: agreed\n        promised_by: [norland]\n        due: 2031-10"
REWORDED = """\
  survey-2:
    forum: council
    text: Survey all of the stock.
    rewords: survey
    statements: [{source: letter, force: wish, by: [norland], evidence: to survey the stock}]
"""


def test_who_promised_it_and_by_when(tmp_path: Path) -> None:
    before, later, never = (
        told(tmp_path / name, SPRING, changed(COUNCIL, "force: wish", words))
        for name, words in (
            ("before", PROMISED),
            ("later", PROMISED.replace("norland", "sudland").replace("-10", "-12")),
            ("never", "force: agreed"),
        )
    )
    [(_, _, fields)] = listed(changes(before, later))
    assert fields == {
        "promised_by": (["Norland"], ["Sudland"]),
        "due": ("2031-10", "2031-12"),
    }
    [(_, _, fields)] = listed(changes(before, never))
    assert fields == {"promised_by": (["Norland"], None), "due": ("2031-10", None)}


def test_a_commitment_that_falls_due_or_is_done_is_a_state_that_moved(tmp_path: Path) -> None:
    due = PROMISED.replace("2031-10", "2031-04-25")
    kept = "source: letter, status: done, evidence: they did, date: 2031-04-09"
    book, done = tmp_path / "a", tmp_path / "b"
    before, fallen = (
        told(book, date(2031, 4, day), changed(COUNCIL, "force: wish", due)) for day in (20, 26)
    )
    found = changes(before, fallen)
    assert listed(found) == [("changed", "survey", {"state": ("open", "fallen-due")})]
    assert (found.priorities[0].sources, found.priorities[0].moved) == (
        ("gazette",),
        found.priorities[0].fields[0],
    )
    files = {COUNCIL: changed(COUNCIL, "force: wish", due)[COUNCIL] + f"      - {{{kept}}}\n"}
    met = told(done, date(2031, 4, 26), files)
    states = {"state": ("fallen-due", "done"), "status": (None, "done")}
    assert listed(changes(fallen, met))[0] == ("changed", "survey", states)
    assert set(changes(fallen, met).priorities[0].sources) == {"gazette", "letter"}
    assert listed(changes(met, fallen))[0][2]["state"] == ("done", "fallen-due")
    assert changes(fallen, told(book, date(2031, 4, 27), changed(COUNCIL, "force: wish", due))).is_nothing


def test_a_priority_in_new_words_is_one_that_changed(tmp_path: Path) -> None:
    files = {COUNCIL: FILES[COUNCIL] + REWORDED}
    found = changes(told(tmp_path / "a", SPRING), told(tmp_path / "b", SPRING, files))
    text = (["Survey the shared stock together."], ["Survey all of the stock."])
    assert listed(found) == [("changed", "survey-2", {"text": text}), ("added", "letter", {})]
    [words, _] = words_of(found.priorities[0])
    assert words.origin == Origin(fact="survey", field="text")  # so it is marked as that was
    back = changes(told(tmp_path / "b", SPRING, files), told(tmp_path / "a", SPRING))
    assert listed(back)[0] == ("changed", "survey", {"text": text[::-1]})  # the words before stand again


def test_another_id_alone_is_no_change(tmp_path: Path) -> None:
    files = {name: FILES[name].replace("council", "fish") for name in (COUNCIL, GROUND, MEMO)}
    files = {
        name: text.replace("survey:", "the-survey:").replace("gazette", "paper")
        for name, text in files.items()
    }
    points = ABOUT["facts/points.yaml"].replace("council", "fish").replace("boats:", "fleet:")
    files["facts/points.yaml"] = points.replace("gazette", "paper")
    files[GROUND] = files[GROUND].replace("the paper", "the gazette").replace("emery-paper", "emery-gazette")
    files[MEMO] = files[MEMO].replace("[survey]", "[the-survey]")
    before, after = told(tmp_path / "a", SPRING), told(tmp_path / "b", SPRING, files)
    assert changes(before, after).is_nothing
    files[COUNCIL] = files[COUNCIL].replace("Survey the shared", "Share the shared")
    after = told(tmp_path / "c", SPRING, files)
    assert [(kind, id_) for kind, id_, _ in listed(changes(before, after))] == [
        ("added", "the-survey"),
        ("withdrawn", "survey"),
    ]


def test_why_a_fact_is_gone_where_its_source_was_withdrawn(tmp_path: Path) -> None:
    note = changed(
        GROUND,
        "published: 2031-05-12,",
        "published: 2031-05-12, withdrawn: {on: 2031-06-01, why: a forgery},",
    )
    alone = {
        **note,
        "facts/points.yaml": ABOUT["facts/points.yaml"].replace("source: gazette", "source: note"),
    }
    may, june = told(tmp_path, date(2031, 5, 20), alone), told(tmp_path, date(2031, 6, 1), alone)
    found = {each.id: each for each in changes(may, june).all}
    assert {id_: str(each.kind) for id_, each in found.items()} == {
        "council-3": "changed",
        "boats": "withdrawn",
        "note": "withdrawn",
    }
    assert [str(gone.why) for gone in found["boats"].because] == ["a forgery"]
    assert [str(gone.why) for gone in found["note"].because] == ["a forgery"]
    assert [str(gone.why) for gone in found["council-3"].because] == ["a forgery"]
    assert found["boats"].sources == ()  # what is not on file any more cannot be cited


def words_of(change: Change) -> list[Words]:
    ends = [end for one in change.fields for end in (one.before, one.after) if end]
    return [words for end in ends for words in end.words]


def test_what_was_told_keeps_its_origin(tmp_path: Path) -> None:
    files = changed(COUNCIL, "place: Port Emery", "place: Sund")
    [change] = changes(told(tmp_path / "a", SPRING), told(tmp_path / "b", SPRING, files)).all
    assert [words.origin for words in words_of(change)] == [Origin(fact="council-3", field="place")] * 2


def test_what_a_person_wrote(tmp_path: Path) -> None:
    files = changed(MEMO, "Press for the survey.", "Wait for the note.")
    found = changes(told(tmp_path / "a", SPRING), told(tmp_path / "b", SPRING, files))
    [line] = found.written
    assert (found.all, line.field, said(line.before), said(line.after)) == (
        (),
        "bottom_line",
        ["Press for the survey."],
        ["Wait for the note."],
    )
    assert FILES[MEMO].count("Press for the survey.") == 1


# ------------------------------------------------------------------------- nothing is passed over

# By record: the fields of which a change is told under another name, with that name.
UNDER: Mapping[type, Mapping[str, str]] = {
    ShownMeeting: {
        "when": "date",
        "sides": "participants",
        "conflicts": "reports",
    },
    ShownPriority: {"when": "date", "before": "text"},
    ShownSource: {"reliability": "grade", "credibility": "grade"},
    Commitment: {"status": "state", "was_due": "state", "text": "text"},
    When: {"time": "time", "zone": "time"},
    ShownPoint: {},
    ShownForum: {},
}
# And those of which none is told, with the reason.
NOT_TOLD: Mapping[type, Mapping[str, str]] = {
    ShownMeeting: {
        "id": "a fact that only has another id reads the same",
        "forum": "its own change",
        "partly_in_range": "the memo's, not the meeting's",
        "sources": "cited, and told as sources",
        "people_sources": "cited, and told as sources",
        "people_are_withheld": "of the variant",
    },
    ShownPriority: {"id": "as above", "sources": "as above"},
    ShownPoint: {"id": "as above", "sources": "as above", "forum": "its own change"},
    ShownSource: {
        "id": "as above",
        "graded_by": "who graded it goes with the grade",
        "opens": "follows from the address, or leads to the archived text",
    },
    ShownForum: {
        "id": "as above",
        "sources": "as above",
        "kind": "printed nowhere",
        "in_text": "the name, as a sentence has it",
    },
    Commitment: {
        "id": "as above",
        "forum": "its own change",
        "sources": "as above",
        "promised": "when that was said, which its priority tells as its date",
        "heard": "a newer source is told by itself",
        "heard_in": "as above",
        "due_days": "time that passes",
        "heard_days": "time that passes",
        "is_withheld": "of the variant",
    },
    When: {"origin": "as above", "days_until": "time that passes"},
}


@pytest.mark.parametrize("record", UNDER, ids=lambda record: record.__name__)
def test_every_field_is_compared_or_there_is_a_reason(record: type) -> None:
    """So that whoever adds a field has to say whether a change of it is told."""
    told = {*UNDER[record], *NOT_TOLD.get(record, {})}
    compared = set(re.findall(r'"([a-z_]+)"', Path(changing.__file__).read_text(encoding="utf-8")))
    assert {field.name for field in fields(record)} <= told | compared
    assert set(UNDER[record].values()) <= compared
