"""Which memos a mistake stops: its own, those that its record is or would be in, or all of them."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from briefbook.diagnostics import Problem, Where
from briefbook.readers.read_book import read_book
from briefbook.usable import usable_book
from briefbook.verdict import Verdict, judge
from briefbook.workshop import Day
from tests.books import FILES, MEMOS, changed, make_book
from tests.pictures import png

GROUND, COUNCIL, HARBOURS = "facts/ground.yaml", "facts/council.yaml", "facts/harbours.yaml"
Changes = Mapping[str, str | bytes | None]


def judged(folder: Path, changes: Changes) -> Verdict:
    return judge(read_book(make_book(folder, changes)))


def stopped(verdict: Verdict) -> list[str]:
    """The memos that are not made."""
    memos = verdict.read.book.memos
    return [name for name in verdict.read.memo_files if verdict.stopping(name, memos.get(name))]


ALL = list(MEMOS)
BROKEN = png()[:100]
LOGO = "theme: {logo: {file: look/logo.png, alt: Arms, width: 2cm}}\n"
SHOWS_MAP = "sections: [header, {section: picture, set: {file: pictures/map.png, alt: A map}}]\n"
ON_HARBOURS = ["first-round", "harbours", "spring"]
NOTE = "templates/profiles/note/profile.yaml"


def with_note(profile: str) -> Changes:
    """A profile of the book's own, and a memo of it."""
    return {NOTE: profile, "memos/note.yaml": "title: A note\nforum: council\nprofile: note\n"}


CASES: Mapping[str, tuple[Changes, list[str]]] = {
    "nothing wrong": ({}, []),
    "a warning": ({"facts/more.yaml": "people: {cara: {name: Cara}}"}, []),
    "a mistake in a memo's own file": (
        changed("memos/spring.yaml", "title: Spring", "titel: Spring"),
        ["spring"],
    ),
    "a memo whose file broke off": ({"memos/spring.yaml": "title: ["}, ["spring"]),
    "an id that a memo names is not on file": (
        changed("memos/council.yaml", "forum: council", "forum: counsil"),
        ["council"],
    ),
    # A record that could be read, with something wrong in it.
    "evidence that is too long": (
        changed(HARBOURS, "on 3 June in Holm", "on 3 June in Holm they will meet at last"),
        ON_HARBOURS,
    ),
    "an unknown person in a meeting": (changed(HARBOURS, "person: bo-lund", "person: bo-lun"), ON_HARBOURS),
    "a point on another day than the range": (
        {
            "facts/more.yaml": "background: {old: {text: Old., forums: [harbours], statements: "
            "[{source: letter, date: 2001, evidence: one two three four five six seven eight nine}]}}"
        },
        ["harbours"],
    ),
    "a point that names a meeting alone": (
        {
            "facts/more.yaml": "background: {old: {text: Old., meetings: [talks-1], statements: "
            "[{source: letter, date: 2001, evidence: one two three four five six seven eight nine}]}}"
        },
        ON_HARBOURS,
    ),
    "a priority of another forum that a meeting gave": (
        {
            "facts/more.yaml": "priorities: {p: {text: P., forum: council, meeting: talks-1, statements: "
            "[{source: letter, date: 2001, force: wish}]}}"
        },
        ALL,
    ),
    # A record that was left out: what it would have said is not known.
    "a broken meeting": (changed(HARBOURS, "2031-06-03", "2031-06-31"), ON_HARBOURS),
    "a broken meeting of the other forum": (
        changed(COUNCIL, "2031-05-11", "2031-05-32"),
        ["council", "spring"],
    ),
    "a broken forum": (changed(GROUND, "name: Harbour Talks", "nam: Harbour Talks"), ON_HARBOURS),
    "a broken meeting that names no forum": (changed(HARBOURS, "    forum: harbours\n", ""), ALL),
    "a broken point on one forum": (
        {"facts/more.yaml": "background: {old: {txt: Old., forums: [harbours], about: [norland]}}"},
        ["harbours", "spring"],
    ),
    "a broken person, named in one meeting": (
        changed(GROUND, "{name: Bo Lund}", "{nam: Bo Lund}"),
        ON_HARBOURS,
    ),
    "a broken publisher of a source of one forum": (
        changed(GROUND, "{name: Emery Gazette", "{nam: Emery Gazette"),
        ["council", "spring"],
    ),
    "a broken country": (changed(GROUND, "{name: Norland,", "{nam: Norland,"), ALL),
    "a broken source": (changed(GROUND, "{short: the letter,", "{shrt: the letter,"), ON_HARBOURS),
    "an id that is defined twice": (
        {"facts/more.yaml": "people: {survey: {name: Cara}}"},
        ["council", "spring"],
    ),
    # What can be tied to no record.
    "a file of facts that broke off": ({HARBOURS: FILES[HARBOURS] + "  talks-2: ["}, ALL),
    "an unknown kind": ({"facts/more.yaml": "peeple: {cara: {name: Cara}}"}, ALL),
    "a mistake in book.yaml": (changed("book.yaml", "title: ", "titel: "), ALL),
    "no book.yaml to speak of": ({"book.yaml": ""}, ALL),
    "a book of another format": (changed("book.yaml", "format: 1", "format: 3"), []),  # it has no memos then
    "a file of another ending": ({"facts/more.yml": "people: {}"}, ALL),
    # What concerns mail alone.
    "a mistake in the settings of mail": (changed("book.yaml", "format: 1", "format: 1\nmail: {}"), []),
    "settings of mail that a check refuses": (
        changed(
            "book.yaml",
            "format: 1",
            "format: 1\nmail: {from: a@example.org, host: mail.example.org, security: plain}",
        ),
        [],
    ),
    "a memo to mail, and no settings of mail": (
        changed("memos/spring.yaml", "title: Spring", "title: Spring\ndeliver: {to: a@example.org}"),
        [],
    ),
    "an address that is none": (
        changed("memos/spring.yaml", "title: Spring", "title: Spring\ndeliver: {to: ana}"),
        ["spring"],
    ),
    "a schedule that never comes true": (
        changed(
            "memos/spring.yaml", "title: Spring", "title: Spring\nschedule: {cron: 0 7 30 2 *, zone: UTC}"
        ),
        ["spring"],
    ),
    "a template that no memo uses": ({"templates/sections/maps.md.j2": "{% if"}, []),
    # Pictures and looks: the memos that show them or have them.
    "a broken picture that no memo shows": ({"pictures/map.png": BROKEN}, []),
    "a broken picture in a memo's options": (
        {"pictures/map.png": BROKEN, "memos/spring.yaml": FILES["memos/spring.yaml"] + SHOWS_MAP},
        ["spring"],
    ),
    "a broken picture in a template that one memo uses": (
        {
            "pictures/map.png": BROKEN,
            "templates/sections/maps.md.j2": "![A map](pictures/map.png)\n",
            "memos/council.yaml": FILES["memos/council.yaml"] + "sections: [header, maps]\n",
        },
        ["council"],
    ),
    "a logo that is not there": (changed("book.yaml", "format: 1", f"format: 1\n{LOGO}"), ALL),
    "a broken logo, and a memo with another": (
        {
            **changed("book.yaml", "format: 1", f"format: 1\n{LOGO}"),
            "look/logo.png": BROKEN,
            "look/own.png": png(),
            "memos/council.yaml": FILES["memos/council.yaml"] + LOGO.replace("logo.png", "own.png"),
        },
        ON_HARBOURS,
    ),
    "a house that is not there, named by two memos": (
        {name: FILES[name] + "house: no.docx\n" for name in ("memos/council.yaml", "memos/spring.yaml")},
        ["council", "spring"],
    ),
    "a face that is not one, in a memo": (
        {
            "look/face.ttf": b"?",
            "memos/spring.yaml": FILES["memos/spring.yaml"]
            + "theme: {faces: {regular: look/face.ttf, docx: Face}}\n",
        },
        ["spring"],
    ),
    # A profile's mistakes stop its memos; no file of another kind is one by its name.
    "a mistake in facts whose file is called as a profile's": (
        {
            "facts/profile.yaml": FILES[HARBOURS].replace("announced", "anounced"),
            HARBOURS: None,
        },
        ON_HARBOURS,
    ),
    "a memo whose file is called as a profile's names one that is not there": (
        {"memos/country-profile.yaml": "title: A memo\nforum: council\nprofile: nosuch\n"},
        ["country-profile"],
    ),
    "a profile that cannot be read": (with_note("title: Note\nsections: [header\n"), ["note"]),
    "a profile whose logo is not there": (with_note("title: Note\nsections: [header]\n" + LOGO), ["note"]),
    "a profile whose face is not there": (
        with_note("title: Note\nsections: [header]\ntheme: {faces: {regular: look/a.ttf, docx: A}}\n"),
        ["note"],
    ),
    "a profile with a marking that no scheme has": (
        with_note("title: Note\nsections: [header, {section: background, marking: nolevel}]\n"),
        ["note"],
    ),
    "a profile with a section that has no template": (
        with_note("title: Note\nsections: [header, nosuch]\n"),
        ["note"],
    ),
    "a broken picture that a template of a profile alone names": (
        {
            **with_note("title: Note\nsections: [header, mine]\n"),
            "templates/profiles/note/sections/mine.md.j2": "![A map](pictures/map.png)\n",
            "pictures/map.png": BROKEN,
        },
        ["note"],
    ),
}


@pytest.mark.parametrize(("changes", "memos"), CASES.values(), ids=CASES)
def test_which_memos_a_mistake_stops(changes: Changes, memos: list[str], tmp_path: Path) -> None:
    assert stopped(judged(tmp_path, changes)) == memos


MAIL_CASES: Mapping[str, tuple[Changes, int]] = {
    "nothing of mail": ({}, 0),
    "mail in order": (
        changed("book.yaml", "format: 1", "format: 1\nmail: {from: a@example.org, host: mail.example.org}"),
        0,
    ),
    "broken settings, told once": (
        {
            **changed("book.yaml", "format: 1", "format: 1\nmail: {from: a@example.org}"),
            **changed("memos/spring.yaml", "title: Spring", "title: Spring\ndeliver: {to: a@example.org}"),
        },
        1,
    ),
    "settings that a check refuses": (
        changed("book.yaml", "format: 1", "format: 1\nmail: {from: ana, host: h.org, security: plain}"),
        2,
    ),
    "no settings for two memos": (
        {
            **changed("memos/spring.yaml", "title: Spring", "title: Spring\ndeliver: {to: a@example.org}"),
            **changed("memos/council.yaml", "forum: council", "forum: council\ndeliver: {to: a@example.org}"),
        },
        2,
    ),
    "a warning alone": (
        changed("book.yaml", "format: 1", "format: 1\nmail: {from: a@example.org, host: h.org, port: 465}"),
        0,
    ),
    "a mistake elsewhere": (changed("book.yaml", "title: ", "titel: "), 0),
}


@pytest.mark.parametrize(("changes", "count"), MAIL_CASES.values(), ids=MAIL_CASES)
def test_what_stops_sending(changes: Changes, count: int, tmp_path: Path) -> None:
    assert len(judged(tmp_path, changes).mail_problems) == count


def test_a_meeting_whose_forum_is_not_on_file_is_in_no_memo(tmp_path: Path) -> None:
    verdict = judged(tmp_path, changed(HARBOURS, "forum: harbours", "forum: harbour"))
    assert "talks-1" in verdict.read.book.facts.meetings
    assert "talks-1" not in usable_book(verdict.read).facts.meetings
    assert stopped(verdict) == ["first-round", "harbours", "spring"]


def test_problems_stand_in_reading_order_each_once(tmp_path: Path) -> None:
    changes = {
        **changed(HARBOURS, "2031-06-03", "2031-06-31"),
        **changed(COUNCIL, "force: wish", "force: wished"),
        **changed("memos/council.yaml", "formats:", "format:"),
    }
    found = [(p.where.file.rsplit("/", 2)[-2:], p.where.line) for p in judged(tmp_path, changes).problems]
    assert found == sorted(found)
    assert len(found) == len(set(map(str, found))) == 3


def test_a_broken_picture_is_told_once_at_its_file(tmp_path: Path) -> None:
    book: Changes = {"pictures/map.png": BROKEN, "memos/spring.yaml": FILES["memos/spring.yaml"] + SHOWS_MAP}
    day = Day(as_of=date(2031, 4, 20), known_by=date(2031, 4, 20))
    for folder, changes, severity in (
        ("used", book, "error"),
        ("idle", {"pictures/map.png": BROKEN}, "warning"),
    ):
        read = read_book(make_book(tmp_path / folder, changes))
        told = [str(problem) for problem in judge(read, lint_on=day).problems if "picture" in str(problem)]
        assert len(told) == 1
        assert f"pictures/map.png: {severity}: the picture is broken: " in told[0]


@pytest.mark.parametrize("name", ["pictures/d.gif", "pictures/d.webp", "pictures/d.PNG"])
def test_which_files_are_pictures_is_said_where_another_is_named(name: str, tmp_path: Path) -> None:
    shows = SHOWS_MAP.replace("pictures/map.png", name)
    book: Changes = {name: b"GIF89a", "memos/spring.yaml": FILES["memos/spring.yaml"] + shows}
    (problem,) = judged(tmp_path, book).problems
    assert problem.message == f"there is no picture {name!r}"
    assert problem.hint == "PNG and JPEG alone are taken, with names that end in .png, .jpg or .jpeg"


def test_a_warning_is_no_error(tmp_path: Path) -> None:
    verdict = judged(tmp_path, {"facts/more.yaml": "people: {cara: {name: Cara}}"})
    assert [str(problem.severity) for problem in verdict.problems] == ["warning"]
    assert not verdict.has_errors


def test_templates_are_read_through_only_where_a_day_is_given(tmp_path: Path) -> None:
    read = read_book(make_book(tmp_path, {"templates/sections/maps.md.j2": "{% if"}))
    day = Day(as_of=date(2031, 4, 20), known_by=date(2031, 4, 20))
    assert judge(read).problems == ()
    assert [problem.where.file for problem in judge(read, lint_on=day).problems] == [
        "templates/sections/maps.md.j2"
    ]


def test_a_mistake_in_each_of_very_many_memos_is_soon_told_of_each(tmp_path: Path) -> None:
    """One by one through all mistakes, for each memo, took half a minute."""
    read = read_book(make_book(tmp_path / "book"))
    memo = read.book.memos["council"]
    files = {f"m{n:05}": f"memos/m{n:05}.yaml" for n in range(20_000)}
    memos = {id_: replace(memo, id=id_, where=Where(file=file)) for id_, file in files.items()}
    many = replace(read, book=replace(read.book, memos=memos), memo_files=files)
    own = [Problem(where=Where(file=file, line=1), message="wrong") for file in files.values()]
    all_ = Problem(where=Where(file="facts/council.yaml", line=1), message="broke off")
    verdict = Verdict(read=many, problems=(all_, *own), templates=lambda *_: None)  # type: ignore[arg-type]
    begun = time.process_time()
    found = [verdict.stopping(id_, each) for id_, each in memos.items()]
    assert time.process_time() - begun < 8
    assert found == [[all_, problem] for problem in own]
