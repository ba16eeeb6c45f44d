"""Every rule of `checks`: what is wrong stands marked with « in the input, what is said of it beside it."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from briefbook.checks import CheckContext, Open, gaps, run_checks
from briefbook.checks.naming import NAMING_FIELDS
from briefbook.composing.sections import SectionTemplates
from briefbook.composing.wording import wording_of
from briefbook.diagnostics import Problem, in_reading_order
from briefbook.memo import Book
from briefbook.readers import read_facts as facts_reader
from briefbook.readers.read_facts import read_facts
from briefbook.readers.read_memo import read_memo, read_settings
from briefbook.readers.read_texts import read_texts
from briefbook.readers.records import Shape, identifier
from briefbook.tool import shipped_templates

from .readers.marked import unmark

ROOT = Path(__file__).parents[1]

FACTS = """\
sources:
  gazette: {short: the gazette, published: 2031-04-02, publisher: norland, text: gazette.txt}
  note: {short: the joint note, published: 2031-05-12, speaks: [norland, sudland], text: note.txt}
organisations:
  norland: {name: Norland, kind: country}
  sudland: {name: Sudland, kind: country}
people:
  ana-holm: {name: Ana Holm}
forums:
  council: {name: Fisheries Council, sides: [norland, sudland]}
meetings:
  council-3:
    forum: council
    statements:
      - {source: gazette, says: announced, date: 2031-05, place: Port Emery, evidence: will meet in May}
      - source: note
        says: held
        date: 2031-05-11
        time: 15:00
        zone: Europe/Oslo
        participants: [{person: ana-holm, as: Fisheries Minister, side: norland}]
        evidence: [met in Port Emery on 11 May, Ana Holm]
priorities:
  survey:
    forum: council
    meeting: council-3
    text: Survey the shared stock together every spring.
    statements:
      - {source: note, force: agreed, by: [norland, sudland], evidence: to survey the stock jointly}
background:
  stock:
    forums: [council]
    text: The stock has halved.
    statements: [{source: gazette, evidence: the stock has halved}]
"""
MEMO = """\
title: Fisheries Council
forum: council
bottom_line: {text: Press for the survey., rests_on: [survey]}
sections: [header, bottom-line, {section: priorities, only: [survey]}, sources]
"""
SETTINGS = "format: 1\ntitle: Fisheries desk\n"
DAY = date(2031, 5, 12)


@cache
def shipped(language: str) -> SectionTemplates:
    return SectionTemplates([shipped_templates()], wording_of(language))


def book_of(
    more: str = "", *, memo: str = MEMO, settings: str = SETTINGS, facts: str = FACTS
) -> tuple[Book, frozenset[str]]:
    """A book through the real readers, and the ids that it defines; `more` is a second file of facts."""
    own, wrong = read_settings("book.yaml", settings.encode())
    assert own is not None, wrong
    files = [("facts/all.yaml", facts.encode()), ("facts/more.yaml", more.encode())]
    found, _, defined = read_facts(files, language=own.language)
    briefing, wrong = read_memo("memos/briefing.yaml", "briefing", memo.encode(), language=own.language)
    assert briefing is not None, [str(problem) for problem in wrong]
    return Book(root="", settings=own, facts=found, memos={"briefing": briefing}), frozenset(
        record.id for record in defined
    )


def printed(problems: Iterable[Problem]) -> list[str]:
    return [str(problem) for problem in in_reading_order(list(problems))]


def checked(book: tuple[Book, frozenset[str]], **context: Any) -> list[str]:
    return printed(run_checks(book[0], CheckContext(defined=book[1], **context)))


def placed(file: str, places: Iterable[tuple[int, int]], messages: Iterable[str]) -> list[str]:
    """What is expected: one problem at each mark, in their order."""
    pairs = zip(places, messages, strict=True)
    return [f"{file}:{line}:{column}: {message}" for (line, column), message in pairs]


def test_a_book_without_a_mistake_has_no_problem() -> None:
    texts = {
        "gazette.txt": "Ministers will meet in May. Since the war the stock has halved.",
        "note.txt": "Ana Holm met in Port Emery on 11 May, to survey the stock jointly.",
    }
    assert checked(book_of(), texts=texts, templates=shipped, days=(DAY,)) == []


# --------------------------------------------------------------------------------------- facts

CITED = "statements: [{source: note, evidence: a}]"
A_TAG = "(write a tag such as en, es or pt-BR)"
NO_USE = "(name it where it belongs, or delete it)"
CASES: Mapping[str, tuple[str, list[str]]] = {
    "unknown source": (
        "background: {x: {text: T, statements: [{source: «gazete, evidence: a}]}}",
        ["error: 'gazete' is not on file; a source belongs here (did you mean 'gazette'?)"],
    ),
    "unknown publisher, author, speakers": (
        "sources:\n  s:\n    short: S\n    published: 2031\n    publisher: «norlnd\n    author: «bo-lund\n"
        "    speaks: [norland, «sudlnd]\n"
        "background: {x: {text: T, statements: [{source: s, evidence: a}]}}",
        [
            "error: 'norlnd' is not on file; an organisation belongs here (did you mean 'norland'?)",
            "error: 'bo-lund' is not on file; a person belongs here (known: ana-holm)",
            "error: 'sudlnd' is not on file; an organisation or a person belongs here"
            " (did you mean 'sudland'?)",
        ],
    ),
    "a body's side, a forum's sides": (
        "organisations: {ministry: {name: M, side: «west}}\n"
        f"forums: {{talks: {{name: T, sides: [«east, ministry], {CITED}}}}}",
        [
            "error: 'west' is not on file; an organisation belongs here (known: ministry, norland, sudland)",
            "error: 'east' is not on file; an organisation belongs here (known: ministry, norland, sudland)",
        ],
    ),
    "a meeting's forum, people, bodies, sides": (
        "meetings:\n  m:\n    forum: «counsil\n    statements:\n      - source: note\n        says: held\n"
        "        evidence: a\n        said_by: «nobody\n        participants:\n"
        "          - {person: «anna-holm, side: «north}\n          - {organisation: «sudlandia}",
        [
            "error: 'counsil' is not on file; a forum belongs here (did you mean 'council'?)",
            "error: 'nobody' is not on file; an organisation or a person belongs here"
            " (known: ana-holm, norland, sudland)",
            "error: 'anna-holm' is not on file; a person belongs here (did you mean 'ana-holm'?)",
            "error: 'north' is not on file; an organisation belongs here (known: norland, sudland)",
            "error: 'sudlandia' is not on file; an organisation belongs here (did you mean 'sudland'?)",
        ],
    ),
    "a priority's forum, meeting and speakers": (
        "priorities:\n  p:\n    forum: «fora\n    meeting: «council-4\n    text: T\n    statements:\n"
        "      - {source: note, force: agreed, evidence: a, by: [norland, «sud]}",
        [
            "error: 'fora' is not on file; a forum belongs here (known: council)",
            "error: 'council-4' is not on file; a meeting belongs here (did you mean 'council-3'?)",
            "error: 'sud' is not on file; an organisation or a person belongs here (did you mean 'sudland'?)",
        ],
    ),
    "a point's forums, meetings and names": (
        f"background: {{x: {{text: T, forums: [«a], meetings: [council-3, «b], about: [«c], {CITED}}}}}",
        [
            "error: 'a' is not on file; a forum belongs here (known: council)",
            "error: 'b' is not on file; a meeting belongs here (known: council-3)",
            "error: 'c' is not on file; an organisation or a person or a forum belongs here"
            " (known: ana-holm, council, norland, sudland)",
        ],
    ),
    "the source of a variant": (
        "people: {bo: {name: Bo, variants: [{text: B., source: «letter}]}}\n"
        f"background: {{x: {{text: T, about: [bo], {CITED}}}}}",
        ["error: 'letter' is not on file; a source belongs here (did you mean 'gazette'?)"],
    ),
    "of another kind": (
        "meetings: {m: {forum: «norland, statements: [{source: «council, says: held, evidence: a}]}}",
        [
            "error: 'norland' is an organisation; a forum belongs here"
            " (name a forum, or move the id to its field)",
            "error: 'council' is a forum; a source belongs here (name a source, or move the id to its field)",
        ],
    ),
    "no evidence": (
        "background:\n  x:\n    text: T\n    statements:\n"
        "      - «source: note\n      - {source: note, evidence: «[]}",
        [
            "error: this statement on 'x' has no evidence"
            " (give a fragment of at most 8 words from the source's text)",
        ]
        * 2,
    ),
    "long evidence": (
        "background: {x: {text: T, statements: [{source: note, evidence: [one two, «a b c d e f g h i]}]}}",
        [
            "error: this evidence has 9 words; at most 8 are allowed"
            " (cut it to the words that prove the value)",
        ],
    ),
    "held after it was told": (
        "meetings:\n  m:\n    forum: council\n    statements:\n"
        "      - {source: gazette, says: held, date: 2031-04, evidence: a}\n"
        "      - {source: gazette, says: held, date: «2031-04-03, evidence: a}",
        [
            "error: 'gazette', published 2031-04-02, cannot tell of a meeting held on 2031-04-03"
            " (mend the date or the day of publication; what is yet to come is 'announced')",
        ],
    ),
    "agreed after it was told": (
        "meetings:\n  m:\n    forum: council\n    statements:\n"
        "      - {source: gazette, says: announced, date: 2031-05, evidence: a}\n"
        "priorities:\n  p:\n    forum: council\n    meeting: m\n    text: T\n    statements:\n"
        "      - {source: gazette, force: «agreed, evidence: a}\n"
        "      - {source: note, force: agreed, evidence: a}\n"
        "      - {source: gazette, force: intended, evidence: a}",
        [
            "error: 'gazette', published 2031-04-02, cannot tell what was agreed at meeting 'm', which it"
            " comes before (mend the meeting or the day of publication; what is yet to be agreed is"
            " 'intended')",
        ],
    ),
    "a slip in a year": (
        "meetings:\n  m:\n    forum: council\n    statements:\n"
        "      - {source: gazette, says: held, date: «0231-03-11, evidence: a}\n"
        "      - {source: gazette, says: announced, date: 2231-05-11, evidence: a}\n"
        "      - {source: gazette, says: announced, date: «2301-05-11, evidence: a}\n"
        "      - {source: gazette, says: held, date: ../2031-03, evidence: a}",
        [
            "warning: 1800 years lie between 0231-03-11 and the day of 'gazette'"
            " (mend the year, if it is a slip)",
            "warning: 270 years lie between 2301-05-11 and the day of 'gazette'"
            " (mend the year, if it is a slip)",
        ],
    ),
    "a later announcement that names no day": (
        "meetings:\n  m:\n    forum: council\n    statements:\n"
        "      - {source: gazette, says: announced, date: 2031-06-01, evidence: a}\n"
        "      - «{source: note, says: announced, evidence: a}",
        [
            "warning: from 'note' on, meeting 'm' has no day: the latest plan counts, and this one names none"
            " (repeat 'date: 2031-06-01' if the source does not take it back)",
        ],
    ),
    "words of one side that nobody said": (
        "priorities: {p: {forum: council, text: T, statements: "
        "[{source: note, force: «one-side, evidence: a}]}}",
        ["error: 'p' is said by one side, but not by which (add 'said_by' or 'by')"],
    ),
    "unknown zone": (
        "meetings: {m: {forum: council, statements: "
        "[{source: note, says: held, time: '9:00', evidence: a}]}}\n".replace(
            "'9:00'", "'09:00', zone: «Europe/Olso"
        ),
        ["error: 'Europe/Olso' is not a time zone on file (did you mean 'Europe/Oslo'?)"],
    ),
    "another side": (
        "organisations: {westland: {name: Westland, kind: country}}\n"
        "meetings: {m: {forum: council, statements: [{source: note, says: held, evidence: a, "
        "participants: [{person: ana-holm, side: «westland}]}]}}",
        [
            "warning: 'westland' is not among the sides of 'council'"
            " (add it to the sides of the forum, or mend it here)",
        ],
    ),
    "characters that no face has": (
        f"people: {{bo: {{name: «Bo 猫}}}}\nbackground: {{x: {{text: «'猫、犬、鳥', about: [bo], {CITED}}}}}",
        [
            "error: no face can draw '猫' (U+732B CJK UNIFIED IDEOGRAPH-732B) in 'bo'"
            " (write it in Latin, Greek or Cyrillic letters)",
            "error: no face can draw '猫' (U+732B CJK UNIFIED IDEOGRAPH-732B), "
            "'、' (U+3001 IDEOGRAPHIC COMMA), '犬' (U+72AC CJK UNIFIED IDEOGRAPH-72AC) and 1 more in 'x'"
            " (write it in Latin, Greek or Cyrillic letters)",
        ],
    ),
    "a language that there is not": (
        f"background: {{x: {{text: «{{en: T, qq: T}}, {CITED}}}}}\n"
        "sources: {s: {short: S, published: 2031, language: «xq}}\n"
        "people: {bo: {name: Bo, variants: [{text: B, source: s}]}}\n"
        f"forums: {{talks: {{name: T, {CITED[:-1]}, {{source: note, said_by: bo, evidence: b}}]}}}}",
        [
            f"warning: 'qq' is no language that is known {A_TAG}",
            f"warning: 'xq' is no language that is known {A_TAG}",
        ],
    ),
    "an address that is nearly one of the web": (
        "sources: {s: {short: S, published: 2031, address: «htps://example.org/note}}\n"
        f"background: {{x: {{text: T, {CITED[:-1]}, {{source: s, evidence: b}}]}}}}",
        [
            "warning: the address of source 's' is none of the web, so nothing leads there"
            " (write https://, the host and the path, with %20 for a space)",
        ],
    ),
    "of no use": (
        "sources: {«s: {short: S, published: 2031}}\npeople: {«bo: {name: Bo}}\n"
        "organisations: {«club: {name: Club, side: club}}",
        [
            f"warning: nothing cites source 's' {NO_USE}",
            f"warning: nothing names person 'bo' {NO_USE}",
            f"warning: nothing names organisation 'club' {NO_USE}",
        ],
    ),
}


@pytest.mark.parametrize(("marked", "messages"), CASES.values(), ids=CASES)
def test_a_mistake_in_the_facts_is_told_at_its_place(marked: str, messages: list[str]) -> None:
    more, places = unmark(marked)
    assert checked(book_of(more)) == placed("facts/more.yaml", places, messages)


def test_an_id_that_is_defined_though_broken_is_not_called_unknown() -> None:
    more = (
        "forums: {talks: {nam: Talks}}\n"
        "meetings: {m: {forum: talks, statements: [{source: note, says: held, evidence: a}]}}"
    )
    assert checked(book_of(more), templates=shipped, days=(DAY,)) == []


def test_an_unknown_id_stops_no_memo_and_hides_no_other_problem() -> None:
    more = (
        "meetings: {m: {forum: counsil, statements: [{source: note, says: held, evidence: a}]}}\n"
        "background: {x: {text: T, meetings: [m], statements: [{source: note, evidence: a}]}}"
    )
    assert checked(book_of(more), templates=shipped, days=(DAY,)) == [
        "facts/more.yaml:1:23: error: 'counsil' is not on file; a forum belongs here"
        " (did you mean 'council'?)",
    ]


def test_every_field_that_holds_ids_is_checked() -> None:
    shapes = [shape for shape in vars(facts_reader).values() if isinstance(shape, Shape)]
    takers = (identifier, facts_reader._ids)
    named = {
        shape.make: {field.attribute or name for name, field in shape.fields.items() if field.take in takers}
        for shape in shapes
        if shape.located
    }
    assert named == {kind: set(names) for kind, names in NAMING_FIELDS.items()}


# ------------------------------------------------------------------------------------ evidence

FRAGMENTS = """\
sources:
  report:
    short: the report
    published: 2031-08-01
    text: report.txt
    language: es
background:
  x: {text: T, forums: [council], statements: [{source: report, evidence: %s}]}
meetings:
  m:
    forum: council
    statements:
      - source: report
        says: held
        date: 2031-07
        place: Sandvik
        participants: [{person: ana-holm, spelled: A. Hólm}]
        evidence: %s
"""
REPORT = """\
The ministers met in Sandvik. The ministers met early. Sandvik is small, the ministers said in julio.
 In julio they said: “it is so”\u00a0– and left;
  Holm and A. Holm and Holm, and again A. Holm said so. On 5 and 5."""
COPY = "(copy the words as they stand there)"
LONGER = "and does not hold the value that it proves (choose a longer fragment)"


@pytest.mark.parametrize(
    ("point", "meeting", "messages"),
    [
        ("is small", "met in sandvik", []),
        (
            '"it is so\\" - and left"',
            "«'sáid: ''it'",
            ["error: the text of 'report' does not hold \"sáid: 'it\" " + COPY],
        ),
        ("“it is so” - AND left", "Sandvik", []),
        (
            "«the ministers",
            "Holm",
            [f"error: 'the ministers' stands 3 times in the text of 'report' {LONGER}"],
        ),
        (
            "«Sandvik",
            "[Sandvik, julio, A. Holm, «said]",
            [
                f"error: 'Sandvik' stands 2 times in the text of 'report' {LONGER}",
                f"error: 'said' stands 3 times in the text of 'report' {LONGER}",
            ],
        ),
        (
            "«small talk",
            "«inisters met early",
            [
                f"error: the text of 'report' does not hold 'small talk' {COPY}",
                "error: the text of 'report' does not hold 'inisters met early'"
                " (it starts or ends inside a word)",
            ],
        ),
        (
            "«the minis",
            "5",
            ["error: the text of 'report' does not hold 'the minis' (it starts or ends inside a word)"],
        ),
    ],
)
def test_a_fragment_stands_in_the_text_and_proves_something(
    point: str, meeting: str, messages: list[str]
) -> None:
    more, places = unmark(FRAGMENTS % (point, meeting))
    found = checked(book_of(more), texts={"report.txt": REPORT})
    assert found == placed("facts/more.yaml", places, messages)


def test_without_the_texts_no_fragment_is_compared() -> None:
    more = FRAGMENTS % ("nowhere", "nowhere")
    assert checked(book_of(more)) == []
    assert checked(book_of(more), texts={"other.txt": "a"}) == []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder "texts" below the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "texts").mkdir()
    return Path("texts")


def read_with(folder: Path, digest: str) -> tuple[Mapping[str, str], list[str], list[tuple[int, int]]]:
    marked = f"sources: {{s: {{short: S, published: 2031, text: «s.txt, sha256: «{digest}}}}}"
    more, places = unmark(marked)
    book, _ = book_of(more)
    texts, problems = read_texts(folder, [book.facts.sources["s"]])
    return texts, printed(problems), places


def test_a_text_is_read_if_it_is_the_one_that_its_source_was_made_from(folder: Path) -> None:
    data = "\ufeffThey met in Åsgård.\r\n".encode()
    (folder / "s.txt").write_bytes(data)
    assert read_with(folder, sha256(data).hexdigest())[:2] == ({"s.txt": "They met in Åsgård.\r\n"}, [])
    texts, problems, places = read_with(folder, "0" * 64)
    assert texts == {}
    assert problems == placed(
        "facts/more.yaml",
        places[1:],
        [
            "error: texts/s.txt is not the text that 's' was made from: its SHA-256 differs"
            " (restore the text; or compare the facts with the new one, then state its sha256)",
        ],
    )


def test_a_text_that_cannot_be_read_is_told(folder: Path) -> None:
    texts, problems, places = read_with(folder, "0" * 64)
    assert texts == {}
    assert problems == placed(
        "facts/more.yaml",
        places[:1],
        [
            "warning: the text of 's' is not at hand: there is no texts/s.txt (its evidence is not compared)",
        ],
    )
    data = b"caf\xe9"
    (folder / "s.txt").write_bytes(data)
    assert read_with(folder, sha256(data).hexdigest())[:2] == (
        {},
        ["texts/s.txt: error: byte 4 of this text is not UTF-8 (save the file as UTF-8)"],
    )
    (folder / "s.txt").unlink()
    (folder / "s.txt").mkdir()
    assert read_with(folder, "0" * 64)[1] == ["texts/s.txt: error: this is a folder, not a file"]


def test_a_source_that_names_no_text_needs_none(folder: Path) -> None:
    book, _ = book_of("sources: {s: {short: S, published: 2031}}")
    assert read_texts(folder, [book.facts.sources["s"]]) == ({}, [])


# --------------------------------------------------------------------------------------- memos

ADD_FACTS = "(add facts in facts/, mend what the memo covers, or delete the memo)"
MEMO_CASES: Mapping[str, tuple[str, list[str]]] = {
    "unknown forums": (
        "title: T\nforums: [council, «counsel]\nsections: [header]",
        ["error: 'counsel' is not on file; a forum belongs here (did you mean 'council'?)"],
    ),
    "unknown meeting": (
        "title: T\nmeeting: «council-4\n",
        ["error: 'council-4' is not on file; a meeting belongs here (did you mean 'council-3'?)"],
    ),
    "a forum where a meeting belongs": (
        "title: T\nmeetings: [council-3, «council]\n",
        [
            "error: 'council' is a forum; a meeting belongs here"
            " (name a meeting, or move the id to its field)",
        ],
    ),
    "rests on nothing": (
        "title: T\nforum: council\nbottom_line: {text: T, rests_on: [survey, «surveys]}",
        ["error: 'surveys' is not on file; a fact belongs here (did you mean 'survey'?)"],
    ),
    "shows what is not there": (
        "title: T\nforum: council\nsections:\n"
        "  - {section: priorities, only: [«survy, stock], without: [«norland]}",
        [
            "error: 'survy' is not on file; a meeting or a priority or a background point belongs here"
            " (did you mean 'survey'?)",
            "error: 'norland' is an organisation; a meeting or a priority or a background point belongs here"
            " (name a meeting or a priority or a background point, or move the id to its field)",
        ],
    ),
    "shows a slot that is not there": (
        "title: T\nforum: council\nslots: {on-survey: {title: S}}\n"
        "sections:\n  - {section: slots, only: [«on-survy]}",
        [
            "error: 'on-survy' is not on file; a meeting or a priority or a background point or a slot"
            " belongs here (did you mean 'on-survey'?)",
        ],
    ),
    "two bottom lines for a day": (
        "title: T\nforum: council\nbottom_line:\n"
        "  - {text: A, valid: 2031-05}\n  - {text: B, valid: 2031-06}\n"
        "  - {text: C, valid: «2031-05-31/2031-06-02}\n  - Always.",
        [
            "warning: the days of this bottom line overlap those of another (2031-05)"
            " (the first that is valid is printed: make the days meet, not overlap)",
            "warning: the days of this bottom line overlap those of another (2031-06)"
            " (the first that is valid is printed: make the days meet, not overlap)",
        ],
    ),
    "a bottom line that is never printed": (
        "title: T\nforum: council\nbottom_line:\n  - {text: A, rests_on: [survey]}\n  - B\n  - «C",
        [
            "warning: this bottom line is never printed: the one above is valid on every day"
            " (give the one above its days with 'valid', or delete one)",
        ],
    ),
    "unknown sections": (
        "title: T\nforum: council\nsections: [header, «prioritys, {section: «maps}]",
        [
            "error: there is no template of a section 'prioritys' (did you mean 'priorities'?)",
            "error: there is no template of a section 'maps' (write templates/sections/maps.md.j2)",
        ],
    ),
    "a picture that is not there": (
        "title: T\nforum: council\nsections: [{section: picture, set: «{file: pictures/m.png, alt: A map}}]",
        [
            "error: there is no picture 'pictures/m.png'"
            " (put a PNG or JPEG into the book's folder pictures/)",
        ],
    ),
    "a picture without a name": (
        "title: T\nforum: council\nsections: [{section: picture, set: «{alt: A map}}]",
        [
            "error: a section 'picture' names the file of one"
            ' (write set: {file: pictures/map.png, alt: "what it shows"})',
        ],
    ),
    "options that no template reads": (
        "title: T\nforum: council\nsections:\n"
        "  - {section: header, set: «{mood: bright}}\n"
        "  - {section: timeline, set: «{alt_text: A line}}\n"
        "  - {section: sources, set: {}}",
        [
            "warning: section 'header' reads no option 'mood' (it reads none: delete it)",
            "warning: section 'timeline' reads no option 'alt_text' (it reads none: delete it)",
        ],
    ),
    "a slip in an option": (
        "title: T\nforum: council\nsections: [header, {section: picture, set:"
        " «{captoin: The stock, file: pictures/m.png, alt: A map}}]",
        [
            "warning: section 'picture' reads no option 'captoin' (did you mean 'caption'?)",
            "error: there is no picture 'pictures/m.png'"
            " (put a PNG or JPEG into the book's folder pictures/)",
        ],
    ),
    "a picture without words": (
        "title: T\nforum: council\nsections: [{section: picture, set: «{file: pictures/m.png}}]",
        [
            "error: nothing says in words what the picture 'pictures/m.png' shows"
            " (add alt: who cannot see the picture hears it, and plain text prints it)",
            "error: there is no picture 'pictures/m.png'"
            " (put a PNG or JPEG into the book's folder pictures/)",
        ],
    ),
    "unknown language": (
        "title: T\nforum: council\nlanguage: «xx",
        [f"error: how dates are written in the language 'xx' is not known {A_TAG}"],
    ),
    "nothing in the range": (
        "title: T\nrange: «2029-01/2030",
        [f"error: nothing on file falls into the days from 2029-01-01 to 2030-12-31 {ADD_FACTS}"],
    ),
    "nothing in the open range": (
        "title: T\nrange: «2031-06/..",
        [f"error: nothing on file falls into the days from 2031-06-01 to .. {ADD_FACTS}"],
    ),
    "footnotes without the section that has their text": (
        "title: T\nforum: council\ncitations: footnotes\nsections: [«header, priorities, background]",
        [
            "warning: memo 'briefing' cites sources that none of its sections lists: its footnotes lead"
            " nowhere (add the section 'sources', which prints notes too)",
        ],
    ),
    "numbers without a list": (
        "title: T\nforum: council\nsections: [«header, priorities, background]",
        [
            "warning: memo 'briefing' cites sources that none of its sections lists: the numbers of its"
            " sources lead nowhere (add the section 'sources', which prints notes too)",
        ],
    ),
    "characters that no face has": (
        "title: «T猫\nforum: council\nreference: «R-猫\nsections: [{section: header, set: «{mood: «猫}}]",
        [
            "error: no face can draw '猫' (U+732B CJK UNIFIED IDEOGRAPH-732B) in memo 'briefing'"
            " (write it in Latin, Greek or Cyrillic letters)",
            "error: no face can draw '猫' (U+732B CJK UNIFIED IDEOGRAPH-732B) in memo 'briefing'"
            " (write it in Latin, Greek or Cyrillic letters)",
            "warning: section 'header' reads no option 'mood' (it reads none: delete it)",
            "error: no face can draw '猫' (U+732B CJK UNIFIED IDEOGRAPH-732B) in memo 'briefing'"
            " (write it in Latin, Greek or Cyrillic letters)",
        ],
    ),
}


@pytest.mark.parametrize(("marked", "messages"), MEMO_CASES.values(), ids=MEMO_CASES)
def test_a_mistake_in_a_memo_is_told_at_its_place(marked: str, messages: list[str]) -> None:
    memo, places = unmark(marked)
    found = checked(book_of(memo=memo), templates=shipped, days=(DAY,))
    if len(places) == 1:
        places *= len(messages)
    assert found == placed("memos/briefing.yaml", places, messages)


@pytest.mark.parametrize(
    "scope", ["range: all", "range: 2031-05-31/..", "range: ../2031-04-02", "meeting: council-3"]
)
def test_a_memo_that_covers_something_on_some_day_is_fine(scope: str) -> None:
    assert checked(book_of(memo=f"title: T\n{scope}"), templates=shipped, days=(DAY,)) == []


def test_a_memo_on_everything_needs_no_facts() -> None:
    book = book_of(memo="title: T\nrange: all", facts="")
    assert checked(book, templates=shipped, days=(DAY,)) == []


@pytest.mark.parametrize(
    ("more", "is_covered"),
    [
        ("", False),
        ("meetings: {m: {forum: talks, statements: [{source: note, says: held, evidence: a}]}}", True),
        (
            "priorities: {p: {forum: talks, text: T, "
            "statements: [{source: note, force: wish, evidence: a}]}}",
            True,
        ),
        ("background: {p: {forums: [talks], text: T, statements: [{source: note, evidence: a}]}}", True),
    ],
)
def test_a_memo_covers_a_forum_of_which_anything_is_told(more: str, is_covered: bool) -> None:
    memo, places = unmark("title: T\nforums: [«talks, tours]")
    forums = "forums: {talks: {name: T}, tours: {name: T}}\n"
    message = (
        "error: nothing is on file on 'talks', 'tours': no meeting, priority or background point " + ADD_FACTS
    )
    expected = [] if is_covered else placed("memos/briefing.yaml", places, [message])
    assert checked(book_of(forums + more, memo=memo)) == expected


def test_the_language_of_the_book_is_one() -> None:
    settings, places = unmark("format: 1\ntitle: T\nlanguage: «xq")
    message = f"error: how dates are written in the language 'xq' is not known {A_TAG}"
    found = checked(book_of(settings=settings), templates=shipped, days=(DAY,))
    assert found == placed("book.yaml", places, [message])


def test_a_text_in_a_language_that_no_memo_is_in_needs_no_face() -> None:
    more = "background: {x: {text: {en: Cat, ja: 猫}, statements: [{source: note, evidence: 猫}]}}"
    assert checked(book_of(more)) == []
    memo = MEMO + "language: ja\n"
    assert any("猫" in line for line in checked(book_of(more, memo=memo)))


# ----------------------------------------------------------------------------------- templates

TEMPLATE_CASES: Mapping[str, tuple[str, list[str]]] = {
    "syntax": (
        "\n«{% if selection.upcoming %}",
        [
            "template syntax: Unexpected end of template. Jinja was looking for the following tags: "
            "'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'.",
        ],
    ),
    "unknown filter": ("# T\n«{{ subject | capitals }}", ["template syntax: No filter named 'capitals'."]),
    "unknown names": (
        "{% if false %}\n«{{ selecton.upcoming }}\n«{{ cyte(subject) }}\n{% endif %}\n",
        [
            "nothing gives the name 'selecton' (did you mean 'selection'?)",
            "nothing gives the name 'cyte' (did you mean 'cite'?)",
        ],
    ),
    "names of its own": (
        "{% macro one(a, b=limit) %}{{ a }}{{ b }}{{ options.x }}{% endmacro %}"
        "{% set c = 1 %}{% for d in selection.sources if d.title %}{{ loop.index }}{{ one(d.title, c) }}"
        "{% endfor %}{% if title %}{% set e = title %}{% endif %}{% if e is defined %}{{ e }}{% endif %}"
        "{% with f = 2 %}{{ f }}{% endwith %}{% from 'macros/m.md.j2' import g, h as i with context %}"
        "{{ _('x') }}{{ i }}",
        [],
    ),
    "a field that the selection lacks": (
        "{% if false %}{% for m in selection.upcoming %}\n«{{ selection.upcomming }}{% endfor %}{% endif %}",
        ["the selection has no 'upcomming' (did you mean 'upcoming'?)"],
    ),
    "what another template lacks": (
        "{% if false %}\n«{% from 'macros/m.md.j2' import g, j %}\n"
        "«{% include 'macros/n.md.j2' %}{% endif %}",
        [
            "macros/m.md.j2 has nothing named 'j' (known: g, h)",
            "there is no template 'macros/n.md.j2' (did you mean 'macros/m.md.j2'?)",
        ],
    ),
    "what only shows in a memo": (
        "# T\n«{{ 1 / 0 }}",
        ["division by zero (memo briefing)"],
    ),
    "characters that no face has": (
        "«T 猫 {{ title or '' }}",
        [
            "no face can draw '猫' (U+732B CJK UNIFIED IDEOGRAPH-732B) in section 'maps' of memo 'briefing'"
            " (write it in Latin, Greek or Cyrillic letters)",
        ],
    ),
}


def house(tmp_path: Path, maps: str | bytes) -> SectionTemplates:
    """A house's own templates: the section "maps" before the shipped ones."""
    (tmp_path / "sections").mkdir()
    (tmp_path / "macros").mkdir()
    (tmp_path / "macros" / "m.md.j2").write_text("{% macro g() %}{% endmacro %}{% set h = 1 %}")
    data = maps.encode() if isinstance(maps, str) else maps
    (tmp_path / "sections" / "maps.md.j2").write_bytes(data)
    return SectionTemplates([tmp_path, shipped_templates()], wording_of("en"))


@pytest.mark.parametrize(("marked", "messages"), TEMPLATE_CASES.values(), ids=TEMPLATE_CASES)
def test_a_mistake_in_a_template_is_told_at_its_line(
    marked: str, messages: list[str], tmp_path: Path
) -> None:
    text, places = unmark(marked)
    templates = house(tmp_path, text)
    memo = "title: T\nforum: council\nsections: [header, {section: maps, title: 犬}]"
    found = checked(book_of(memo=memo), templates=lambda _: templates, days=(DAY,))
    file = "templates/sections/maps.md.j2"
    told = (f"{file}:{line}: error: {message}" for (line, _), message in zip(places, messages, strict=True))
    # Of a character that cannot be drawn only the template is known, not the line.
    lines = [line.replace(":1: error: no face", ": error: no face") for line in told]
    assert [line for line in found if file in line] == lines


def test_a_template_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    templates = house(tmp_path, b"# T\n\xe9")
    found = checked(book_of(), templates=lambda _: templates, days=(DAY,))
    assert found == ["templates/sections/maps.md.j2:2: error: the template is not UTF-8 (save it as UTF-8)"]


def test_without_templates_nothing_is_said_of_sections() -> None:
    assert checked(book_of(memo="title: T\nforum: council\nsections: [maps]")) == []


# ---------------------------------------------------------------------------- what is left open


def test_gaps_name_what_is_open_and_where() -> None:
    more, places = unmark(
        "forums: {talks: {name: Talks, sides: [norland, sudland], statements: [{source: note, evidence: a}], "
        "questions: «{en: Who leads?, es: ¿Quién?}}}\n"
        "meetings:\n"
        "  «due: {forum: talks, statements: "
        "[{source: note, says: announced, date: 2031-05, place: A, evidence: a}]}\n"
        "  «old: {forum: talks, statements: "
        "[{source: gazette, says: announced, date: 2030-01-02, evidence: a}]}\n"
        "  off: {forum: talks, statements: [{source: gazette, says: cancelled, evidence: a}]}\n"
        "  hence: {forum: council, statements: [{source: later, says: announced, evidence: a}]}\n"
        "sources: {later: {short: S, published: 2031-06, questions: [What then?]}}\n"
    )
    book, _ = book_of(more)
    found = gaps(book, DAY, DAY)
    where = [f"facts/more.yaml:{line}:{column}" for line, column in places]
    assert [(str(gap.where), gap.fact, gap.what, gap.text) for gap in found] == [
        (where[0], "talks", Open.QUESTION, "Who leads?"),
        ("facts/all.yaml:12:3", "council-3", Open.PEOPLE, "Sudland"),
        (where[1], "due", Open.DAY, ""),
        (where[1], "due", Open.PEOPLE, "Norland"),
        (where[1], "due", Open.PEOPLE, "Sudland"),
        (where[2], "old", Open.OUTCOME, ""),
        (where[2], "old", Open.PLACE, ""),
        (where[2], "old", Open.PEOPLE, "Norland"),
        (where[2], "old", Open.PEOPLE, "Sudland"),
    ]


# --------------------------------------------------------------------------------------- large


def test_a_large_book_with_a_mistake_in_every_record_is_checked() -> None:
    """Looking for the nearest known id takes long: only the first few unknown ones get it."""
    people = "".join(f"  p{n}: {{name: P {n}}}\n" for n in range(3000))
    points = "".join(
        f"  x{n}: {{text: T, about: [p{n}], statements: [{{source: s{n}, evidence: a}}]}}\n"
        for n in range(3000)
    )
    found = checked(book_of(f"people:\n{people}background:\n{points}"))
    assert len(found) == 3000
    assert found[-1].endswith(
        "error: 's2999' is not on file; a source belongs here (add it to a file in facts/)"
    )
