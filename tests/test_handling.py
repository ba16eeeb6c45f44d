"""Where markings meet the rest of a memo: judgements, subjects, promises of length, mails, reports."""

import email
import email.policy
import json
import re
from pathlib import Path

import pytest
from icalendar import Calendar

from briefbook.composing.passages import passages_of
from briefbook.document import Document, Text, blocks_of, inlines_of, plain
from tests.books import FILES, changed, make_book, run
from tests.test_marking import CUSTOM, banner, document

MAIL = "mail: {from: desk@example.org, host: mail.example.org}\n"
SEND = "deliver: {to: ana@example.org, attach: [ics]}\n"
TALK = """\
talking_points:
  - press for the survey and nothing else
  - {text: {en: "hold *back* 2_000 “boats”\\n of (the) fleet", es: reserva}, marking: high}
  - {text: the, marking: high}
"""
HIGH_MEETING = changed(
    "facts/harbours.yaml", "    title: first round", "    marking: high\n    title: first round"
)


def council(more: str) -> dict[str, str]:
    return {"book.yaml": CUSTOM, "memos/council.yaml": FILES["memos/council.yaml"] + more}


def harbours(more: str) -> dict[str, str]:
    """A memo on the talks, of which the one meeting is marked high."""
    memo = FILES["memos/harbours.yaml"] + more
    return {"book.yaml": CUSTOM + MAIL, **HIGH_MEETING, "memos/harbours.yaml": memo}


# ------------------------------------------------------------------------------------ in documents


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("- {{ one }}", "(H) hold *back* 2_000 “boats” of (the) fleet"),
        ("- {{ one | sentence }}", "(H) Hold *back* 2_000 “boats” of (the) fleet."),
        ("- {{ one | upper }}", "(H) HOLD *BACK* 2_000 “BOATS” OF (THE) FLEET"),
        ("- {{ one | replace('o', '0') }}", "(H) h0ld *back* 2_000 “b0ats” 0f (the) fleet"),
        ("- {{ one | truncate(9) }}", "(H) hold..."),
        ("## {{ one }}", "(H) hold *back* 2_000 “boats” of (the) fleet"),
        ("| *{{ one }}* | there |\n|-|-|\n| a | b |", None),
    ],
)
def test_what_a_person_judges_is_marked_however_a_template_sets_it(
    template: str, found: str | None, tmp_path: Path
) -> None:
    each = "{% for one in selection.own.talking_points %}\n" + template + "\n\n{% endfor %}\n"
    files = {**council(f"{TALK}sections: [talk]\n"), "templates/sections/talk.md.j2": each}
    made = document(make_book(tmp_path, files))
    assert banner(made) == "HIGH"
    told = portions(made)
    assert found is None or found in told
    assert not any("press for" in line and "(H)" in line for line in told)  # though “the” stands in it
    assert not any(origin.startswith(".") for origin in origins(made))


def portions(made: Document) -> list[str]:
    """The words of all portions."""
    passages = (passage for block in blocks_of(made) for passage in passages_of(block))
    return [" ".join(plain(inlines) for inlines in passage if inlines) for passage in passages]


def origins(made: Document) -> list[str]:
    """The ids of all facts that a document names, as JSON tells them."""
    inlines = (inline for block in blocks_of(made) for inline in inlines_of(block))
    return [inline.origin.fact for inline in inlines if isinstance(inline, Text) and inline.origin]


def test_a_scheme_that_prints_no_portions_keeps_no_ids_of_its_own(tmp_path: Path) -> None:
    files = council(TALK + "sections: [header, talking-points]\n")
    make_book(tmp_path, {**files, "book.yaml": CUSTOM.replace("  levels:", "  portions: false\n  levels:")})
    made = document(tmp_path)
    assert banner(made) == "HIGH"
    assert not any(origin.startswith(".") for origin in origins(made))


def test_a_subject_is_marked_as_the_facts_in_it(tmp_path: Path) -> None:
    made = document(make_book(tmp_path, harbours("sections: [header]\n")), "harbours")
    assert made.title == "Harbour Talks, Tuesday 3 June 2031"  # in the properties of every file
    assert banner(made) == "HIGH"
    assert [words[:20] for words in portions(made) if "3 June" in words] == ["Subject (H) Harbour "]


def test_the_foot_of_the_pages_raises_the_banner(tmp_path: Path) -> None:
    footer = "{% for m in selection.upcoming %}{{ m.title }}{% endfor %}"
    files = harbours("subject: Talks\nsections: [header]\n")
    made = document(make_book(tmp_path, {**files, "templates/footer.md.j2": footer}), "harbours")
    assert (made.footer, banner(made)) == ("first round of talks", "HIGH")


def test_who_is_spelled_in_a_meetings_own_way_marks_it(tmp_path: Path) -> None:
    files = {
        "book.yaml": CUSTOM,
        **changed("facts/ground.yaml", "{name: Bo Lund}", "{name: Bo Lund, marking: high}"),
        **changed("facts/harbours.yaml", "{person: bo-lund,", "{person: bo-lund, spelled: Boh Lunt,"),
    }
    made = document(make_book(tmp_path, files), "harbours")
    spelled = [words for words in portions(made) if "Boh Lunt" in words]
    assert spelled
    assert all("(H)" in words for words in spelled)


# ------------------------------------------------------------------------------------ promises of length


def test_what_is_left_out_is_not_told_above_the_banner(tmp_path: Path) -> None:
    """JSON lists what is left out; of what is marked higher than the rest it lists no words."""
    argument = "argument:\n" + "".join(f"  - Point {number} of many.\n" for number in range(17))
    sections = """\
sections:
  - {section: header, rank: must}
  - {section: argument, rank: must}
  - {section: background, rank: could, of: background}
length: 1
theme: {margins: {top: 6cm, bottom: 6cm}}
"""
    points = "background:\n" + "".join(
        f"""\
  point-{number}:
    forums: [council]
    text: Of the {level} thing.
    marking: {level}
    statements: [{{source: gazette, evidence: to survey}}]
"""
        for number, level in enumerate(("open", "open", "high"))
    )
    memo = "title: Council\nforum: council\nformats: [json]\n" + argument + sections
    files = {"book.yaml": CUSTOM, "facts/more.yaml": points, "memos/council.yaml": memo}
    for rank, is_told in (("could", False), ("must", True)):
        ranked = memo.replace("of: background", f"of: background, ranks: {{point-2: {rank}}}")
        make_book(tmp_path / rank, {**files, "memos/council.yaml": ranked})
        done = run("-C", tmp_path / rank, "build", "council")
        assert done.exit_code == 0, done.stderr
        tree = json.loads(next((tmp_path / rank).glob("out/*/council.json")).read_bytes())
        assert tree["banner"]["text"] == ("HIGH" if is_told else "OPEN")
        assert ("high thing" in json.dumps(tree)) == is_told
        assert "left out for its length: background" in done.stderr
        assert "(high" not in done.stderr


# ------------------------------------------------------------------------------------ mails and reports


def mailed(book: Path, memo: str, out: Path) -> tuple[str, str, Calendar]:
    """The subject, the text and the calendar of the mail that would go out."""
    done = run("-C", book, "preview-mail", memo, "--as-of", "2031-05-20", "--out", out)
    assert done.exit_code == 0, done.output
    [file] = out.rglob("*.eml")
    letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    parts = {part.get_content_type(): part for part in letter.walk()}
    calendar = parts["text/calendar"].get_content()
    return str(letter["subject"]), parts["text/plain"].get_content(), Calendar.from_ical(str(calendar))


def test_a_mail_is_marked_as_high_as_what_it_shows_beside_the_memo(tmp_path: Path) -> None:
    """Its body takes sections that the memo may lack, its calendar every meeting ahead."""
    book = make_book(tmp_path / "book", harbours(f"subject: Talks\nsections: [header]\n{SEND}"))
    assert banner(document(book, "harbours")) == "OPEN"
    subject, text, calendar = mailed(book, "harbours", tmp_path / "mail")
    assert subject == "[HIGH] Talks"
    assert re.sub(r"\s+", " ", text).startswith("HIGH ")
    assert "(H) First round of talks" in text
    [event] = calendar.walk("VEVENT")
    assert str(event["summary"]).startswith("[HIGH] ")
    assert str(event["description"]).startswith("HIGH\n")


def test_the_calendar_of_a_marked_memo_has_the_banner_of_its_profile(tmp_path: Path) -> None:
    own = "profile: read-ahead\npurpose: Talk.\nobjectives: [Agree.]\n"
    own += "talking_points: [{text: X, marking: high}]\n"
    book = make_book(
        tmp_path / "book", {**harbours(own + SEND), "facts/harbours.yaml": FILES["facts/harbours.yaml"]}
    )
    subject, _, calendar = mailed(book, "harbours", tmp_path / "mail")
    assert subject.startswith("[HIGH] ")
    [event] = calendar.walk("VEVENT")
    assert str(event["summary"]).startswith("[HIGH] ")


def test_a_report_is_marked_as_high_as_what_it_lists(tmp_path: Path) -> None:
    """Also where the full memo shows none of it."""
    book = make_book(tmp_path, harbours("subject: Talks\nsections: [header]\n"))
    point = "background:\n  p: {forums: [harbours], text: P., statements: [{source: letter, evidence: a}]}\n"
    (book / "facts" / "more.yaml").write_text(point)
    done = run("-C", book, "build", "harbours", "--releasable-to", "open")
    assert done.exit_code == 0, done.stderr
    [path] = book.glob("out/*/harbours.releasable-to-open.removed.json")
    report = json.loads(path.read_bytes())
    assert [each["id"] for each in report["removed"]] == ["talks-1"]
    assert report["marking"] == "HIGH"
    assert path.with_suffix(".txt").read_text().startswith("HIGH\n")
