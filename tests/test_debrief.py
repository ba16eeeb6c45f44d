"""A meeting passes, a form asks what became of it, comes back, is read, and the book knows."""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pikepdf
import pytest

from briefbook.record import RETURNED
from briefbook.shelf import forms_in
from briefbook.store import Store
from tests.books import FILES, make_book, run
from tests.forms import filled
from tests.libreoffice import needs_office, saved_again, to_pdfs_with_any_face

DAY = "2031-06-10"
FORM = "debrief-talks-1.docx"
SPANISH = {
    "memos/first-round.yaml": None,
    "memos/spring.yaml": None,
    "memos/council.yaml": None,
    "memos/harbours.yaml": "title: {en: Harbour Talks, es: Puertos}\nforum: harbours\nlanguages: [en, es]\n",
}
ANSWERS = {
    "meeting.held": "yes",
    "meeting.when": "Tuesday 3 June 2031",
    "meeting.where": "Holm",
    "who.norland": "Ana Holm, Minister for the Coast; Ida Ek (Pilot)",
    "who.sudland": "Bo Lund, Harbour Master",
    "agreed[1]": "Deepen the harbour at Holm.",
    "discussed[1]": "One fee for both harbours.",
    "next.when": "mid-September 2031",
    "next.where": "Sund",
    "word.who": "Bo Lund",
    "word.day": "4 June 2031",
}


@cache
def form(*options: str, spanish: bool = False) -> bytes:
    """The form on the first round of talks, as the command writes it."""
    with TemporaryDirectory() as folder:
        book = make_book(Path(folder), SPANISH if spanish else None)
        made = run("-C", book, "debrief", "talks-1", "--as-of", DAY, *options)
        assert made.exit_code == 0, made.stderr
        [path] = (book / "out" / DAY).iterdir()
        return path.read_bytes()


def returned(book: Path, data: bytes, *options: str) -> tuple[int, str, str]:
    """What `review` says of a form that came back."""
    path = book.parent / "returned.docx"
    path.write_bytes(data)
    result = run("-C", book, "review", path, *options)
    return result.exit_code, result.stdout, result.stderr


def files_of(book: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((book / "facts").iterdir())}


# ------------------------------------------------------------------------------------------ form


def test_a_meeting_that_is_not_unconfirmed_is_not_asked_about(tmp_path: Path) -> None:
    book = make_book(tmp_path)
    ahead = run("-C", book, "debrief", "talks-1", "--as-of", "2031-05-01")
    assert ahead.exit_code == 1
    assert "facts/harbours.yaml:6:9: error: meeting 'talks-1' is not unconfirmed on 2031-05-01: upcoming" in (
        ahead.stderr
    )
    held = run("-C", book, "debrief", "council-3", "--as-of", DAY)
    assert (held.exit_code, "held, 11 May 2031" in held.stderr) == (1, True)
    assert run("-C", book, "debrief", "council-3", "--as-of", DAY, "--anyway").exit_code == 0
    unknown = run("-C", book, "debrief", "talks-2")
    assert (unknown.exit_code, "did you mean 'talks-1'?" in unknown.stderr) == (2, True)


def test_the_form_tells_what_was_announced() -> None:
    text = run_text()
    for line in (
        "First round of talks, 3 June 2031. Unconfirmed: no source on file says",
        "When    Tuesday 3 June 2031",
        "Held?   [held, cancelled or postponed]",
        "Sudland   Bo Lund, Harbour Master",
        "Norland   [nobody is announced: who came?]",
    ):
        assert line in text, line


def run_text() -> str:
    with TemporaryDirectory() as folder:
        made = run("-C", make_book(Path(folder)), "debrief", "talks-1", "--as-of", DAY, "--text")
        assert made.exit_code == 0
        assert not (Path(folder) / "out").exists()
        return made.stdout


def test_a_form_that_somebody_filled_in_is_not_overwritten(tmp_path: Path) -> None:
    book = make_book(tmp_path)
    first = run("-C", book, "debrief", "talks-1", "--as-of", DAY)
    path = book / "out" / DAY / FORM
    assert first.stdout == "" or FORM in first.stdout
    path.write_bytes(filled(path.read_bytes(), ANSWERS))
    kept = path.read_bytes()
    assert run("-C", book, "debrief", "talks-1", "--as-of", DAY).exit_code == 0
    assert path.read_bytes() == kept
    assert len(list(path.parent.iterdir())) == 2


@needs_office
def of_many(folder: Path) -> bytes:
    """The form on a meeting of four sides to which fourteen people are announced."""
    sides = ("norland", "sudland", "eastland", "westland")
    people = [f"p{n}: {{name: Maximiliana Fernández-Montgomery {n}}}" for n in range(14)]
    there = ", ".join(
        f"{{person: p{n}, as: Deputy Under-Secretary for Coasts, side: {sides[n % 4]}}}" for n in range(14)
    )
    ground = FILES["facts/ground.yaml"].replace("people:\n", "\n  ".join(("people:", *people)) + "\n")
    more = "".join(f"  {side}: {{name: {side.capitalize()}}}\n" for side in sides[2:])
    ground = ground.replace("organisations:\n", f"organisations:\n{more}")
    ground = ground.replace(
        "Harbour Talks, sides: [norland, sudland]", f"Harbour Talks, sides: [{', '.join(sides)}]"
    )
    announced = FILES["facts/harbours.yaml"].replace(
        "{person: bo-lund, as: Harbour Master, side: sudland}", there
    )
    book = make_book(folder, {"facts/ground.yaml": ground, "facts/harbours.yaml": announced})
    made = run("-C", book, "debrief", "talks-1", "--as-of", DAY)
    assert made.exit_code == 0, made.stderr
    [path] = (book / "out" / DAY).iterdir()
    return path.read_bytes()


def test_the_form_is_one_page(tmp_path: Path) -> None:
    forms = {
        "en": form(),
        "es": form("--language", "es", spanish=True),
        "many": of_many(tmp_path / "many"),
    }
    made = to_pdfs_with_any_face(forms, tmp_path)
    for pdf in made.values():
        with pikepdf.open(pdf) as file:
            assert len(file.pages) == 1


# ---------------------------------------------------------------------------------------- review


def test_a_whole_life(tmp_path: Path) -> None:
    """Passed, asked, answered, reviewed, applied, built."""
    book = make_book(tmp_path / "book")
    before = files_of(book)
    status, told, _ = returned(book, filled(form(), ANSWERS))
    assert status == 8  # something is proposed, and nothing is made unasked
    assert files_of(book) == before
    assert "meeting talks-1: held on 2031-06-03, 3 named" in told
    assert "Not understood" not in told
    status, _, said = returned(book, filled(form(), ANSWERS), "--apply")
    assert (status, said.count("additions made in")) == (0, 1)
    assert run("-C", book, "check").stderr.splitlines()[-1].endswith("no problem")
    harbours = (book / "facts" / "harbours.yaml").read_text()
    assert harbours.startswith(FILES["facts/harbours.yaml"].rstrip("\n"))  # what stood there stands there
    assert HELD in harbours
    ground = (book / "facts" / "ground.yaml").read_text()
    assert SOURCE in ground
    assert "  ida-ek:\n    name: Ida Ek\n" in ground
    shown = run("-C", book, "show", "harbours", "--as-of", DAY).stdout
    assert "Held in Holm." in shown
    assert "Mid-September 2031" in shown
    assert "Deepen the harbour at Holm." in shown
    again, told, _ = returned(book, filled(form(), ANSWERS), "--apply")
    assert (again, "On file already" in told, "Proposed" in told) == (0, True, False)


HELD = """\
      - source: debrief-talks-1
        says: held
        date: 2031-06-03
        place: Holm
        participants:
          - {person: ana-holm, as: Minister for the Coast, side: norland}
          - {person: ida-ek, as: Pilot, side: norland}
          - {person: bo-lund, as: Harbour Master, side: sudland}
        evidence:
          - yes
          - Tuesday 3 June 2031
          - Holm
          - Ana Holm, Minister for the Coast
          - Ida Ek (Pilot)
          - Bo Lund, Harbour Master
"""
SOURCE = """\
  debrief-talks-1:
    short: the debrief of 4 June 2031
    published: 2031-06-04
    speaks: [bo-lund]
    language: en
    note: On the word of Bo Lund, by a form.
"""


@needs_office
def test_a_form_that_libreoffice_saved_reads_the_same(tmp_path: Path) -> None:
    """It loses the fields' tags, and keeps their bookmarks."""
    book = make_book(tmp_path / "book")
    data = filled(form(), ANSWERS)
    (tmp_path / "office").mkdir()
    as_saved = returned(book, saved_again(data, tmp_path / "office"))
    assert as_saved[:2] == returned(book, data)[:2]
    assert "held on 2031-06-03, 3 named" in as_saved[1]


def test_a_spanish_form_is_read_in_spanish(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book", SPANISH)
    answers = {
        "meeting.held": "Se celebró",
        "meeting.when": "el 3 de junio de 2031",
        "agreed[1]": "Ahondar el puerto.",
        "word.who": "La Gaceta",
    }
    status, told, _ = returned(book, filled(form("--language", "es", spanish=True), answers), "--json")
    found = json.loads(told)
    assert status == 8
    added = [line.removeprefix("+").strip() for line in found["diff"] if line.startswith("+ ")]
    assert "date: 2031-06-03" in added
    assert "text: {es: Ahondar el puerto.}" in added
    assert "es: Según La Gaceta, mediante un formulario." in added


def test_what_was_announced_stays_in_its_languages(tmp_path: Path) -> None:
    """A Spanish form shows what is on file in English alone: that does not become Spanish."""
    book = make_book(tmp_path / "book", SPANISH)
    answers = {"meeting.held": "sí", "word.who": "Bo Lund"}
    _, told, _ = returned(book, filled(form("--language", "es", spanish=True), answers))
    assert "{person: bo-lund, as: Harbour Master, side: sudland}" in told


@pytest.mark.parametrize(
    ("answers", "beside", "told"),
    [
        ({"meeting.when": "3 June 2031"}, {}, "When: 3 June 2031 (it is not said whether"),
        ({"meeting.held": "no"}, {}, "Held?: no (it is not said whether"),
        ({"meeting.held": "yes", "meeting.when": "some day"}, {}, "'some day' is no date that can be read"),
        ({"meeting.held": "yes", "meeting.when": "Monday 3 June 2031"}, {}, "2031-06-03 is a Tuesday"),
        (
            {"meeting.held": "yes, but late"},
            {},
            "'yes, but late' is read as held; the rest is not taken over",
        ),
        ({"meeting.held": "yes? Not sure."}, {}, "Held?: yes? Not sure. (it is not said whether"),
        ({"meeting.held": "held, or cancelled"}, {}, "Held?: held, or cancelled (it is not said"),
        (
            {"meeting.held": "yes", "who.norland": "Ana Holm, Ida Ek, Per Dahl"},
            {},
            "Norland: Ana Holm, Ida",
        ),
        ({"meeting.held": "yes", "who.norland": "Ana Holm and Ida Ek"}, {}, "Norland: Ana Holm and Ida"),
        ({"meeting.held": "yes", "meeting.where": "Ho\u202elm"}, {}, "Where: hidden characters"),
        ({"meeting.held": "cancelled", "agreed[1]": "X"}, {}, "Agreed, 1: X (a meeting that was not held"),
        (
            {"meeting.held": "yes"},
            {"What came of it": " (ask Bo)"},
            "beside the fields: What came of it (ask Bo)",
        ),
        (
            {"meeting.held": "yes", "next.where": "Sund"},
            {},
            "Its place: Sund (no day of a next meeting is said)",
        ),
    ],
)
def test_what_is_not_understood_is_told_in_full(
    tmp_path: Path, answers: dict[str, str], beside: dict[str, str], told: str
) -> None:
    answers = {"word.who": "Bo Lund"} | answers
    status, said, _ = returned(make_book(tmp_path / "book"), filled(form(), answers, beside))
    assert status == 8
    assert told in said.partition("Not understood")[2]


def test_nothing_is_taken_over_on_nobodys_word(tmp_path: Path) -> None:
    """What was announced is not told as held because somebody unnamed wrote "yes"."""
    book = make_book(tmp_path / "book")
    before = files_of(book)
    status, told, _ = returned(book, filled(form(), {"meeting.held": "yes", "agreed[1]": "X"}), "--apply")
    assert (status, files_of(book)) == (8, before)
    for line in ("Held?: yes", "When: Tuesday 3 June 2031", "Agreed, 1: X"):
        assert f"{line} (nobody is named who says so)" in told


def test_what_came_back_is_kept_whatever_is_pruned(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    data = filled(form(), ANSWERS, {"What came of it": " (ask Bo)"})
    _, told, said = returned(book, data)
    [kept] = (book / "out" / DAY).iterdir()
    assert kept.name == f"debrief-talks-1 (review {sha256(data).hexdigest()[:6]}).txt"
    assert kept.read_text() == told
    assert str(kept) in said
    _, told, _ = returned(book, data, "--apply")
    assert "Added" in told
    assert kept.read_text() == told  # in its own place
    assert run("-C", book, "history", "prune", "--keep", "1").exit_code == 0
    [entry] = forms_in(book / ".briefbook")
    assert Store(book / ".briefbook" / RETURNED).get(entry.returned) == data


def test_items_are_taken_without_the_signs_before_them(tmp_path: Path) -> None:
    answers = {"meeting.held": "yes", "word.who": "Bo Lund", "agreed[1]": "- One fee.\n2. 3 new piers."}
    _, told, _ = returned(make_book(tmp_path / "book"), filled(form(), answers))
    assert "agreed: One fee." in told
    assert "agreed: 3 new piers." in told


@pytest.mark.parametrize(
    ("answers", "lines"),
    [
        ({"meeting.held": "Cancelled."}, ["says: cancelled", "evidence:", "- Cancelled."]),
        (
            {"meeting.held": "postponed", "meeting.when": "September 2031"},
            ["says: postponed", "date: 2031-09", "evidence:", "- postponed", "- September 2031"],
        ),
        ({"meeting.held": "put off"}, ["says: postponed", "evidence:", "- put off"]),
    ],
)
def test_a_meeting_that_was_not_held(tmp_path: Path, answers: dict[str, str], lines: list[str]) -> None:
    book = make_book(tmp_path / "book")
    _, told, _ = returned(book, filled(form(), answers | {"word.who": "Bo Lund"}), "--apply", "--json")
    added = [line.removeprefix("+").strip() for line in json.loads(told)["diff"] if line.startswith("+ ")]
    at = added.index("- source: debrief-talks-1")
    assert added[at + 1 : at + 1 + len(lines)] == lines
    assert "Held" not in run("-C", book, "show", "harbours", "--as-of", DAY).stdout


def test_an_answer_that_the_checks_refuse_changes_nothing(tmp_path: Path) -> None:
    """Told on a day before it was held: a report of the future as past."""
    book = make_book(tmp_path / "book")
    before = files_of(book)
    answers = {"meeting.held": "yes", "word.who": "Bo Lund", "word.day": "2 June 2031"}
    data = filled(form(), answers)
    status, told, said = returned(book, data, "--apply")
    assert status == 1
    assert "cannot tell of a meeting held on 2031-06-03" in said
    assert files_of(book) == before
    # Somebody answered all the same: it is told and kept.
    assert "Answered, but the checks refuse it:\n  - source debrief-talks-1: published 2031-06-02" in told
    assert "meeting talks-1: held on 2031-06-03, 1 named" in told
    assert "cannot tell of a meeting held on 2031-06-03" in told
    [kept] = (book / "out" / DAY).iterdir()
    assert kept.read_text() == told
    [entry] = forms_in(book / ".briefbook")
    assert Store(book / ".briefbook" / RETURNED).get(entry.returned) == data


def test_a_form_of_another_book_is_refused(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book", {"facts/harbours.yaml": None, "memos/first-round.yaml": None,
                                         "memos/harbours.yaml": None})  # fmt: skip
    status, _, said = returned(book, filled(form(), ANSWERS))
    assert (status, "a form on meeting 'talks-1', which is not on file" in said) == (1, True)


def test_an_answer_counts_though_the_sign_of_a_prompt_stands_by_it(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    told = returned(book, filled(form(), ANSWERS, keeps_sign=True))[1]
    assert told == returned(book, filled(form(), ANSWERS))[1]
    emptied = {"meeting.held": "yes", "agreed[1]": "Click or tap here to enter text.", "word.who": "Bo Lund"}
    assert "Click or tap" not in returned(book, filled(form(), emptied, keeps_sign=True))[1]


def test_who_may_be_somebody_on_file_is_no_new_person(tmp_path: Path) -> None:
    answers = {
        "meeting.held": "yes",
        "who.norland": "Holm; A. Holm, Minister; Dr. Ana Holm; Ana Hollm; Ida Holm; nobody came",
        "who.sudland": "-",
        "agreed[1]": "as above\nOne fee.",
        "agreed[2]": "N/A",
        "word.who": "Bo Lund",
    }
    _, told, _ = returned(make_book(tmp_path / "book"), filled(form(), answers))
    proposed, _, left = told.partition("Not understood")
    assert [line for line in proposed.splitlines() if "person " in line] == [
        "  - person ida-holm: Ida Holm, not on file yet"
    ]
    for name in ("Holm", "A. Holm, Minister", "Dr. Ana Holm", "Ana Hollm"):
        assert f"  - Norland: {name} (is Ana Holm meant?" in left
    for words in ("Norland: nobody came", "Sudland: -", "Agreed, 1: as above", "Agreed, 2: N/A"):
        assert f"  - {words} (it names nothing)" in left
    assert "agreed: One fee." in proposed


def test_spanish_answers_that_name_nothing(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book", SPANISH)
    answers = {
        "meeting.held": "sí",
        "who.norland": "no vino nadie",
        "agreed[1]": "Ninguno",
        "word.who": "Bo Lund",
    }
    _, told, _ = returned(book, filled(form("--language", "es", spanish=True), answers))
    assert "Norland: no vino nadie (it names nothing)" in told
    assert "Ninguno (it names nothing)" in told
    assert "priority" not in told


FEE = """\
priorities:
  fee:
    forum: harbours
    text: One fee for both harbours.
    statements: [{source: letter, force: wish, by: [norland], evidence: one fee}]
"""


def test_a_priority_on_file_is_reaffirmed_in_the_same_words(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book", {"facts/fee.yaml": FEE})
    answers = {"meeting.held": "yes", "agreed[1]": "one fee for both harbours", "word.who": "Bo Lund"}
    _, told, said = returned(book, filled(form(), answers), "--apply")
    assert "priority fee, on file already: agreed: one fee for both harbours" in told
    assert "source: debrief-talks-1, force: agreed, meeting: talks-1" in " ".join(told.split()), told
    assert "additions made" in said
    assert run("-C", book, "check").exit_code == 0


def test_a_second_person_who_agrees_is_a_second_source(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    answers = {key: ANSWERS[key] for key in ("meeting.held", "agreed[1]", "next.when", "word.who")}
    assert returned(book, filled(form(), answers), "--apply")[0] == 0
    status, told, _ = returned(book, filled(form(), answers | {"word.who": "Ana Holm"}), "--apply")
    assert status == 0
    for line in (
        "source debrief-talks-1-2: published",
        "meeting talks-1: held on 2031-06-03",
        "priority talks-1-agreed-1, on file already: agreed",
        "meeting harbours-2031-09, on file already: announced",
    ):
        assert f"  - {line}" in told, line
    for again in (answers, answers | {"word.who": "Ana Holm"}):
        assert "Added" not in returned(book, filled(form(), again), "--apply")[1]
    assert "ordinal" not in (book / "facts" / "harbours.yaml").read_text()


def test_a_person_added_to_a_form_on_file_is_told(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    answers = {"meeting.held": "yes", "who.norland": "Ana Holm", "word.who": "Bo Lund (Harbour Master)"}
    told = returned(book, filled(form(), answers), "--apply")[1]
    assert "+    speaks: [bo-lund]" in told
    _, told, _ = returned(book, filled(form(), answers | {"who.norland": "Ana Holm; Ida Ek"}))
    assert "  - Norland: Ana Holm (with it)" in told
    assert "  - Norland: Ida Ek (not with debrief-talks-1, which is on file)" in told


def test_a_form_is_compared_with_what_was_known_when_it_was_made(tmp_path: Path) -> None:
    """Since then it was told that the meeting was held, and who came: none of it is the form's."""
    book = make_book(tmp_path / "book")
    days = ("--as-of", DAY, "--known-by", "2031-05-10")
    assert run("-C", book, "debrief", "council-3", *days).exit_code == 0
    [path] = (book / "out" / DAY).iterdir()
    answers = {"meeting.held": "yes", "word.who": "Bo Lund"}
    told = returned(book, filled(path.read_bytes(), answers))[1]
    assert "Not understood" not in told, told


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ("3 June 2030", "lies before 2031-04-10, when 'letter' announced the meeting as still to come"),
        ("3 June 2032", "lies more than half a year from 2031-06-03, for which the meeting was announced"),
        ("Monday 3 June 2031", "cannot be: 2031-06-03 is a Tuesday"),
        ("the other week", "is no date that can be read"),
    ],
)
def test_on_a_day_that_cannot_be_nothing_is_held(tmp_path: Path, when: str, why: str) -> None:
    answers = {"meeting.held": "yes", "meeting.when": when, "word.who": "Bo Lund"}
    status, told, _ = returned(make_book(tmp_path / "book"), filled(form(), answers), "--apply")
    assert (status, "Added" in told) == (8, False)
    assert f"When: {when} (to be cleared first: {when!r} {why})" in told
    assert "Held?: yes (to be cleared first" in told


@pytest.mark.parametrize(
    ("day", "published", "why"),
    [
        ("today", "2031-06-10", ""),
        ("Yesterday", "2031-06-09", ""),
        ("12 June 2031", "2031-06-10", "lies ahead of 2031-06-10, the day of the review"),
        ("Monday 4 June 2031", "2031-06-10", "cannot be: 2031-06-04 is a Wednesday"),
    ],
)
def test_on_which_day_it_was_said(tmp_path: Path, day: str, published: str, why: str) -> None:
    answers = {"meeting.held": "yes", "word.who": "Bo Lund", "word.day": day}
    _, told, _ = returned(make_book(tmp_path / "book"), filled(form(), answers))
    assert f"source debrief-talks-1: published {published}" in told
    assert (f"Said on: {day!r} {why}" in told) if why else ("Not understood" not in told)


def test_in_a_marked_book_the_answers_are_marked_as_what_was_on_file(tmp_path: Path) -> None:
    letter = "letter: {short: the letter, published: 2031-04-10"
    changes = {
        "book.yaml": FILES["book.yaml"] + "marking: {scheme: tlp, default: clear}\n",
        "facts/ground.yaml": FILES["facts/ground.yaml"].replace(letter, letter + ", marking: amber"),
    }
    book = make_book(tmp_path / "book", changes)
    assert run("-C", book, "debrief", "talks-1", "--as-of", DAY).exit_code == 0
    made = (book / "out" / DAY / FORM).read_bytes()
    status, told, _ = returned(book, filled(made, {"meeting.held": "yes", "word.who": "Bo Lund"}))
    assert status == 8
    assert (told.splitlines()[0], told.splitlines()[-1]) == ("TLP:AMBER", "TLP:AMBER")
    assert "+    marking: amber" in told.splitlines()
    assert "beside the fields" not in told
