from dataclasses import MISSING, fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbook.dates import Part
from briefbook.diagnostics import Problem, place_of
from briefbook.facts import Facts, Force, Grade, Says, Status, Wording
from briefbook.readers import read_facts as module
from briefbook.readers.read_facts import KINDS, Defined, read_facts
from briefbook.readers.records import Shape

from .fisheries import FACTS
from .marked import printed, said, unmark


def read(text: str) -> tuple[Facts, list[Problem], tuple[Defined, ...]]:
    return read_facts([("f.yaml", text.encode())])


# ------------------------------------------------------------------------------------ what is read


def test_the_fisheries_book() -> None:
    facts, problems, defined = read_facts([("facts/all.yaml", FACTS)])
    assert problems == []
    assert {record.id for record in defined} == {id_ for kind in facts.kinds().values() for id_ in kind}
    assert facts.organisations["norland"].short == "NO"
    note = facts.sources["joint-note-2031-05-12"]
    assert note.short.texts == {"en": "the joint note", "es": "la nota conjunta"}
    assert note.grade == Grade(reliability="A", credibility="2", by=Wording(texts={"en": "the desk"}))
    meeting = facts.meetings["fisheries-council-3"]
    assert str(meeting.where) == "facts/all.yaml:21:3"
    assert meeting.ordinal == 3
    announced, held = meeting.statements
    assert announced.says is Says.ANNOUNCED
    assert announced.date is not None
    assert announced.date.start is not None
    assert announced.date.start.part is Part.EARLY
    assert announced.evidence == ("ministers will meet in May",)
    assert str(announced.where) == "facts/all.yaml:25:9"
    assert (held.time, held.zone) == ("12:30", "Europe/Oslo")
    assert held.evidence == ("met in Port Emery", "on 11 May")
    ana, delegation = held.participants
    assert ana.post is not None
    assert (ana.person, ana.post.texts, ana.side) == ("ana-holm", {"en": "Fisheries Minister"}, "norland")
    assert (delegation.organisation, delegation.spelled) == ("sudland", "Sud Land")
    agreed, update = facts.priorities["shared-stock-survey"].statements
    assert (agreed.force, agreed.by) == (Force.AGREED, ("norland", "sudland"))
    assert (update.force, update.status) == (None, Status.IN_PROGRESS)
    assert [statement.claim for statement in facts.background["quota"].statements] != [None, None]
    assert len(facts.forums["fisheries-council"].questions) == 1


def test_every_field_knows_its_place() -> None:
    facts, _, _ = read_facts([("f.yaml", FACTS)])
    council = facts.meetings["fisheries-council-3"]
    announced, held = council.statements
    assert str(place_of(council, "forum")) == "f.yaml:22:12"
    assert str(place_of(announced, "evidence")) == "f.yaml:29:19"
    assert [str(place_of(held, "evidence", index)) for index in (0, 1)] == ["f.yaml:38:20", "f.yaml:38:39"]
    assert str(place_of(held.participants[0], "post")) == "f.yaml:36:36"
    assert place_of(held, "note") == held.where


def test_a_plain_text_is_in_the_language_of_the_book() -> None:
    facts, _, _ = read_facts([("f.yaml", b"organisations: {norland: {name: Nordland}}")], language="nb")
    assert facts.organisations["norland"].name.texts == {"nb": "Nordland"}


def test_several_files_add_to_one_kind_in_their_order() -> None:
    files = [("b.yaml", b"people: {zoe: {name: Zoe}}"), ("a.yaml", b"people: {ana: {name: Ana}}")]
    assert list(read_facts(files)[0].people) == ["zoe", "ana"]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "meetings:\n", "meetings: {}\n"])
def test_no_facts_are_no_mistake(text: str) -> None:
    assert read(text) == (Facts(), [], ())


def shapes() -> list[Shape[Any]]:
    return [shape for shape in vars(module).values() if isinstance(shape, Shape)]


def test_every_field_of_every_record_can_be_written() -> None:
    assert len(shapes()) == 15
    assert set(KINDS) == set(Facts().kinds())
    for shape in shapes():
        written = {field.attribute or name: field.required for name, field in shape.fields.items()}
        declared = {
            field.name: field.default is MISSING and field.default_factory is MISSING
            for field in fields(shape.make)  # type: ignore[arg-type]  # all are dataclasses
            if field.name not in ("id", "where", "places", "withheld")  # the last is set for release
        }
        assert written == declared, shape.noun


# ------------------------------------------------------------------------------- what is a mistake

LEAVE_OUT = "(fill it in or delete the line)"
ACCEPTED = "(write 2018, 2018-05, 2018-05-07, 2018-05-07~, early 2018-05, A/B, ../B or A/..)"
AN_ID = "(an id is made of a–z, 0–9, '.', '_' and '-', at most 64, and starts with a letter or digit)"
UNIQUE = "(ids are unique over all kinds of facts)"
A_LANGUAGE = "(write a tag such as en, es or pt-BR)"


def meeting(statement: str) -> str:
    return f"meetings:\n  council-3:\n    forum: council\n    statements:\n      - {statement}\n"


def source(field: str) -> str:
    return f"sources:\n  gazette:\n    short: the gazette\n    published: 2031-04-02\n    {field}\n"


# One file each, and what is said at each «, in order.
MISTAKES: dict[str, tuple[str, list[str]]] = {
    "no mapping": ("«- norland\n", ["a file of facts needs kinds of facts, not a list"]),
    "only a text": ("«norland\n", ["a file of facts needs kinds of facts, not the text 'norland'"]),
    "unknown kind": (
        "«meeting: {}\n",
        ["'meeting' is no kind of fact (did you mean 'meetings'?)"],
    ),
    "kind as list": (
        "meetings:\n  «- council-3\n",
        ["'meetings' needs ids, each with its fields, not a list"],
    ),
    "unknown field": (
        "people:\n  ana:\n    name: Ana\n    «varients: []\n",
        ["a person has no field 'varients' (did you mean 'variants'?)"],
    ),
    "a comma in a text within braces": (
        "people: {ana: {name: Ana, note: some 4,«000 ships a year}}\n",
        [
            "a person has no field '000 ships a year'"
            " (within { } a comma ends a text: put the whole text in quotes)"
        ],
    ),
    "a list of one where a text belongs": (
        "people: {ana: {name: «[Ana]}}\n",
        ["'name' needs a text, not a list (write Ana, without brackets)"],
    ),
    "unknown field, nothing near": (
        "people: {ana: {name: Ana, «post»: Minister}}\n",
        ["a person has no field 'post' (known: marking, name, note, variants)"],
    ),
    "missing fields": (
        "meetings:\n  «council-3: {ordinal: 3}\n",
        [
            "meeting 'council-3' lacks 'forum' (every meeting needs it)",
            "meeting 'council-3' lacks 'statements' (every meeting needs it)",
        ],
    ),
    "missing in a statement": (
        meeting("«says: held"),
        ["this statement on a meeting lacks 'source' (every statement on a meeting needs it)"],
    ),
    "record as text": (
        "people:\n  ana: «Ana Holm\n",
        ["person 'ana' needs a mapping of fields, not the text 'Ana Holm'"],
    ),
    "text as list": ("people: {ana: {name: «[Ana, Holm]}}\n", ["'name' needs a text, not a list"]),
    "text as mapping": ("people: {ana: {name: «{en: Ana}}}\n", ["'name' needs a text, not a mapping"]),
    "list as text": (
        meeting("{source: gazette, says: held, participants: «ana}"),
        ["'participants' needs a list, not the text 'ana' (write [{person: …}])"],
    ),
    "list as nothing": (
        source("speaks:«"),
        [f"nothing stands after 'speaks'; it needs a list {LEAVE_OUT}"],
    ),
    "empty list": (
        "meetings: {council-3: {forum: council, statements: «[]}}\n",
        ["the list of 'statements' is empty"],
    ),
    "empty text": ("people: {ana: {name: «'  '}}\n", [f"the text of 'name' is empty {LEAVE_OUT}"]),
    "text of which nothing shows": (
        'people: {ana: {name: «"\\u200b\\u00a0"}}\n',
        [f"the text of 'name' is empty {LEAVE_OUT}"],
    ),
    "null": (
        source("title: «null"),
        [
            "'null' is read as a text here, not as 'nothing' "
            "(delete the line, or put the word in quotes if it is meant)"
        ],
    ),
    "impossible date": (
        meeting("{source: gazette, says: held, date: «2031-02-30}"),
        ["'2031-02-30' is not in the calendar (mend the day or the month)"],
    ),
    "date in words": (
        meeting("{source: gazette, says: held, date: «11 May 2031}"),
        [f"'11 May 2031' is not a date {ACCEPTED}"],
    ),
    "interval backwards": (
        meeting("{source: gazette, says: held, date: «2031-05/2031-04}"),
        ["the interval '2031-05/2031-04' ends before it starts (swap its two sides, or mend one)"],
    ),
    "part of a day": (
        meeting("{source: gazette, says: held, date: «early 2031}"),
        [f"'early' goes with a year and month, not with 'early 2031' {ACCEPTED}"],
    ),
    "endless date": (
        meeting("{source: gazette, says: held, date: «" + "2" * 99 + "}"),
        [f"'{'2' * 59}…' is not a date {ACCEPTED}"],
    ),
    "unknown state": (
        meeting("{source: gazette, says: «hold}"),
        ["'hold' is no value of 'says' (did you mean 'held'?)"],
    ),
    "unknown force": (
        "priorities:\n  p:\n    forum: council\n    text: Survey.\n"
        "    statements: [{source: note, force: «firm, status: «started}]\n",
        [
            "'firm' is no value of 'force' (known: agreed, discussed, intended, one-side, possibility, "
            "stated-goal, wish)",
            "'started' is no value of 'status' (did you mean 'not-started'?)",
        ],
    ),
    "bad ids": (
        "people:\n  «Ana Holm: {name: Ana}\n  «con: {name: C}\n  «lpt1.x: {name: L}\n"
        "  «a..b: {name: A}\n  «../etc: {name: E}\n",
        [
            f"'Ana Holm' is not an id {AN_ID}",
            "'con' is not an id: Windows has a device of that name (add a word to it)",
            "'lpt1.x' is not an id: Windows has a device of that name (add a word to it)",
            "'a..b' is not an id: it has '..' (write one '.')",
            f"'../etc' is not an id {AN_ID}",
        ],
    ),
    "bad reference": (source("publisher: «Norland"), [f"'Norland' is not an id {AN_ID}"]),
    "id twice in a kind": (
        "people:\n  ana: {name: Ana}\n  «ana: {name: Anna}\n",
        ["'ana' stands here a second time; first at f.yaml:2:3 (keep one of the two)"],
    ),
    "id in two kinds": (
        "people:\n  norland: {name: Nor Land}\norganisations:\n  «norland: {name: Norland}\n",
        [f"the id 'norland' is defined a second time; first at f.yaml:2:3 {UNIQUE}"],
    ),
    "ordinal nought": (
        "meetings: {m: {forum: council, ordinal: «0, statements: [{source: s, says: held}]}}\n",
        ["'ordinal' needs a whole number from 1 up, not '0'"],
    ),
    "ordinal in words": (
        "meetings: {m: {forum: council, ordinal: «third, statements: [{source: s, says: held}]}}\n",
        ["'ordinal' needs a whole number from 1 up, not 'third'"],
    ),
    "ordinal without end": (
        "meetings: {m: {forum: c, ordinal: «" + "9" * 5000 + ", statements: [{source: s, says: held}]}}\n",
        [f"'ordinal' needs a whole number from 1 up, not '{'9' * 59}…'"],
    ),
    "time": (
        meeting("{source: gazette, says: held, time: «24:00, zone: UTC}"),
        ["'24:00' is not a time of day (write 09:30 or 14:00)"],
    ),
    "zone": (
        meeting("{source: gazette, says: held, time: 09:30, zone: «UTC+2}"),
        ["'UTC+2' is not a time zone (write a name such as Europe/Oslo, or UTC)"],
    ),
    "zone alone": (
        meeting("«{source: gazette, says: held, zone: UTC}"),
        ["this statement has a 'zone' but no 'time'"],
    ),
    "nobody": (
        meeting("{source: gazette, says: held, participants: [«{side: norland}]}"),
        ["a participant is a person or an organisation; here is neither (give one of the two)"],
    ),
    "two in one": (
        meeting("{source: gazette, says: held, participants: [«{person: ana, organisation: norland}]}"),
        ["a participant is a person or an organisation; here is both (give one of the two)"],
    ),
    "no language": (
        "organisations: {norland: {name: {«english: Norland, «EN: Norland}}}\n",
        [f"'english' is not a language {A_LANGUAGE}", f"'EN' is not a language {A_LANGUAGE}"],
    ),
    "no text in any language": (
        "organisations: {norland: {name: «{}}}\n",
        ["'name' holds no text in any language (write {en: …})"],
    ),
    "a list where texts by language": (
        "organisations: {norland: {name: «[Norland]}}\n",
        ["'name' needs a text, or texts by language, not a list"],
    ),
    "grade": (
        source("grade: {reliability: «G, credibility: «9, «score: 3}"),
        [
            "'G' is no value of 'reliability' (known: A, B, C, D, E, F)",
            "'9' is no value of 'credibility' (known: 1, 2, 3, 4, 5, 6)",
            "a grade has no field 'score' (known: by, credibility, reliability)",
        ],
    ),
    "a file elsewhere": (
        source("text: «../secret.txt"),
        ["'../secret.txt' is not a file name (write the name without a folder)"],
    ),
    "digest": (
        source("sha256: «abc"),
        ["'abc' is not a SHA-256 (64 digits 0–9 and a–f, as sha256sum prints)"],
    ),
    "priority without force": (
        "priorities:\n  p: {forum: c, text: Survey., statements: [«{source: s, status: done}]}\n",
        [
            "the first statement of priority 'p' lacks 'force' (one of agreed, stated-goal, intended, "
            "discussed, one-side, wish, possibility)"
        ],
    ),
    "point without text": (
        "background:\n  b: {statements: [{source: s, claim: It is 12.}, «{source: t}]}\n",
        [
            "background point 'b' has no 'text', and no 'claim' here "
            "(write the text, or a claim in every statement)"
        ],
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_and_its_place(name: str) -> None:
    marked, messages = MISTAKES[name]
    text, places = unmark(marked)
    if name == "missing fields":
        places *= 2  # both at the id
    facts, problems, _ = read(text)
    assert printed(problems) == said("f.yaml", places, messages)
    if "twice" not in name and "two kinds" not in name:
        assert facts == Facts()


def test_one_mistake_costs_one_record() -> None:
    text, places = unmark(
        "people:\n  ana: {name: Ana}\n  bo: {«nam: Bo}\n  cy: {name: Cy}\n"
        "organisations:\n  norland: {name: Norland}\n  sudland: {name: «[]}\n"
    )
    facts, problems, defined = read(text)
    assert list(facts.people) == ["ana", "cy"]
    assert list(facts.organisations) == ["norland"]
    assert {record.id for record in defined} == {"ana", "bo", "cy", "norland", "sudland"}
    assert [
        (problem.where.line, problem.where.column) for problem in problems if "lacks" not in problem.message
    ] == places


def test_a_record_with_an_alias_is_left_out_and_told_once() -> None:
    facts, problems, defined = read("people:\n  ana: {name: *x}\n  bo: {name: Bo}\n")
    assert list(facts.people) == ["bo"]
    assert len(problems) == 1
    assert {record.id for record in defined} == {"ana", "bo"}


def test_an_id_in_two_files_names_the_first_place() -> None:
    files = [("a.yaml", b"people:\n  ana: {name: Ana}\n"), ("b.yaml", b"\nforums:\n  ana: {name: Ana}\n")]
    facts, problems, _ = read_facts(files)
    assert printed(problems) == [
        f"b.yaml:3:3: error: the id 'ana' is defined a second time; first at a.yaml:2:3 {UNIQUE}"
    ]
    assert (list(facts.people), list(facts.forums)) == (["ana"], [])


def test_ids_of_a_file_that_broke_off_are_known() -> None:
    files = [("a.yaml", b"people:\n  ana: {name: Ana}\n  bo: {name: @}\n  cy:\n    name: Cy\n")]
    facts, problems, defined = read_facts([*files, ("b.yaml", b"people: {di: {name: Di}}")])
    assert list(facts.people) == ["di"]
    assert len(problems) == 1
    assert {record.id for record in defined} >= {"ana", "bo", "cy", "di"}


# ------------------------------------------------------------------------------------ any bytes

WORDS = [
    "people",
    "meetings",
    "ana",
    "name",
    "forum",
    "statements",
    "source",
    "says",
    "held",
    "date",
    "2031-05",
]
TREES = st.recursive(
    st.sampled_from([*WORDS, "", "~", "é", "*x", "&y 1", "'"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3).map(
            lambda entries: "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}"
        )
    ),
    max_leaves=12,
)


@given(data=st.binary(max_size=100) | TREES.map(str.encode))
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_facts_or_problems(data: bytes) -> None:
    facts, problems, defined = read_facts([("f.yaml", data)])
    assert all(problem.where.file == "f.yaml" and problem.message for problem in problems)
    assert {id_ for kind in facts.kinds().values() for id_ in kind} <= {record.id for record in defined}
