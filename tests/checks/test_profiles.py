"""What is told of profiles, ranks, tabs and promises, and what a profile says of a memo's own sections."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from briefbook.document import furniture_of
from briefbook.marking import Marking
from briefbook.readers.read_book import read_book
from briefbook.sheets import Edge
from briefbook.verdict import judge
from briefbook.workshop import Day, Workshop
from tests.books import make_book, run

DAY = Day(as_of=date(2031, 4, 20), known_by=date(2031, 4, 20))
NOTE = "templates/profiles/note/profile.yaml"
MEMO = "memos/note.yaml"


def files(profile: str, memo: str = "") -> dict[str, str]:
    """A profile, and a memo of it."""
    profile = profile if "sections:" in profile else f"{profile}sections: [header]\n"
    return {
        NOTE: profile if "title:" in profile else f"title: {{en: A note}}\n{profile}",
        MEMO: f"title: A note\nforum: council\nprofile: note\n{memo}",
    }


def told(folder: Path, changes: Mapping[str, str]) -> list[str]:
    """The problems of the profile and its memo, without what the language lacks."""
    problems = judge(read_book(make_book(folder, changes)), lint_on=DAY).problems
    lines = (str(problem) for problem in problems if problem.where.file.endswith((NOTE, MEMO)))
    return [line.replace(f"{folder}/", "") for line in lines if "is not in" not in line]


PRIORITIES = "sections: [header, {section: priorities, of: priorities, ranks: {survey: must, %s: could}}]\n"
SHOWN = "a meeting or a priority or a background point"
POINTS = "talking_points: [One., Two.]\nsections: [header, {section: talking-points, of: talking_points"
CASES: Mapping[str, tuple[dict[str, str], list[str]]] = {
    "an unknown id under ranks": (
        {MEMO: "title: A note\nforum: council\n" + PRIORITIES % "survy"},
        [
            f"{MEMO}:3:80: error: 'survy' is not on file; {SHOWN} belongs here (did you mean 'survey'?)",
        ],
    ),
    "an id under ranks of another kind": (
        {MEMO: "title: A note\nforum: council\n" + PRIORITIES % "norland"},
        [
            f"{MEMO}:3:80: error: 'norland' is an organisation; {SHOWN} belongs here"
            f" (name {SHOWN}, or move the id to its field)",
        ],
    ),
    "an unknown id under ranks of a profile": (
        files(PRIORITIES % "survy"),
        [f"{NOTE}:2:80: error: 'survy' is not on file; {SHOWN} belongs here (did you mean 'survey'?)"],
    ),
    "the key of an item": (
        {MEMO: f"title: A note\nforum: council\n{POINTS}, ranks: {{'talking_points[2]': must}}}}]\n"},
        [],
    ),
    "the key of an item that is not there": (
        {MEMO: f"title: A note\nforum: council\n{POINTS}, ranks: {{'talking_points[3]': must}}}}]\n"},
        [
            f"{MEMO}:4:74: error: 'talking_points[3]' is no item of section 'talking-points'"
            " (did you mean 'talking_points[2]'?)",
        ],
    ),
    "a profile may rank items that not every memo has": (
        files(
            "sections: [{section: talking-points, of: talking_points, ranks: {'talking_points[3]': must}}]\n"
        ),
        [],
    ),
    "what no person writes is required": (
        files("requires: [forum, title]\n"),
        [
            f"{NOTE}:2:{column}: error: no profile requires {name!r} of a memo (a profile requires what a"
            " person writes: to, from, through, subject, reference, bottom_line, purpose, issue, timing,"
            " objectives, talking_points, argument, recommendation, tabs, drafter, approver, clearances)"
            for column, name in ((12, "forum"), (19, "title"))
        ],
    ),
    "a promise that cannot be kept": (
        files("length: 1\nsections: [{section: issue, rank: must}]\n", f"issue: {'word ' * 900}\n"),
        [
            f"{MEMO}:3:10: error: what must be there takes 2 pages; 'length' promises 1 page (give a section"
            " the rank should or could, shorten what you wrote, or promise more pages)",
        ],
    ),
    "a name at the edge of a sheet that stands for nothing": (
        files('furniture: {top: {left: "{reference}", right: "{pag} {page}"}}\n'),
        [
            f"{NOTE}:2:47: error: nothing stands for '{{pag}}' at the edge of a sheet"
            " (did you mean '{page}'?)"
        ],
    ),
    "letters that no face has, at the edge of a sheet and before items": (
        files('signs: ["–", "漢"]\nfurniture: {top: {left: "字"}}\n'),
        [
            f"{NOTE}:{place}: error: no face can draw {sign!r} (U+{ord(sign):04X} CJK UNIFIED"
            f" IDEOGRAPH-{ord(sign):04X}) in profile 'note' (write it in Latin, Greek or Cyrillic letters)"
            for place, sign in (("2:14", "漢"), ("3:25", "字"))
        ],
    ),
    "a letter in a language in which no memo is printed": (
        files('furniture: {top: {left: {en: Note, ja: "字"}}}\n'),
        [],
    ),
    "a reference with the number of a page in it": (
        files("", 'reference: "X {page}"\n'),
        [
            f"{MEMO}:4:12: error: 'X {{page}}' is not a reference"
            " ({page} and {pages} stand for numbers: take the braces out)",
        ],
    ),
    "an unknown marking in a profile, told there alone": (
        files(
            "sections: [{section: background, marking: nolevel}]\n",
            "sections: [header, background]\n",
        ),
        [
            f"{NOTE}:2:43: error: this book has no scheme of markings"
            " (name one under 'marking' in book.yaml)",
        ],
    ),
}


@pytest.mark.parametrize(("changes", "lines"), CASES.values(), ids=CASES)
def test_what_is_told(changes: dict[str, str], lines: list[str], tmp_path: Path) -> None:
    assert told(tmp_path, changes) == lines


def test_a_letter_of_the_footer_that_no_face_has_stops_the_memo(tmp_path: Path) -> None:
    changes = {**files(""), "templates/profiles/note/footer.md.j2": "字\n"}
    problems = judge(read_book(make_book(tmp_path, changes)), lint_on=DAY).problems
    assert ["in the footer of memo 'note'" in problem.message for problem in problems] == [True]


def test_check_tells_of_a_promise_that_cannot_be_kept(tmp_path: Path) -> None:
    changes, (line,) = CASES["a promise that cannot be kept"]
    done = run("-C", make_book(tmp_path, changes), "check")
    assert done.exit_code == 1
    assert line.removeprefix(f"{MEMO}:") in done.output


# -------------------------------------------------------------------------------------- languages


@pytest.mark.parametrize(
    ("text", "tab", "spoken"),
    [
        ("See Tab A.", "A", True),
        ("{en: See Tab A., es: Véase el Anexo A.}", "A", True),
        ("See Tab A.", "B", False),
    ],
)
def test_tabs_are_looked_for_in_the_language_of_each_text(
    text: str, tab: str, spoken: bool, tmp_path: Path
) -> None:
    memo = f"languages: [en, es]\nissue: {text!r}\ntabs: [{{tab: {tab}, title: Costs}}]\n"
    memo = memo.replace("'", "") if text.startswith("{") else memo
    found = [line for line in told(tmp_path, files("", memo)) if "ab " in line or "Anexo" in line]
    assert (found == []) == spoken
    assert all("Anexo" not in line or "no text" in line for line in found)


def test_the_edges_of_sheets_are_in_the_memos_language(tmp_path: Path) -> None:
    profile = (
        'furniture: {top: {left: {en: "Note {reference}", es: "Nota {reference}"}, middle: Upcoming meetings,'
        ' right: "{counter}"}}\n'
    )
    memo = 'languages: [en, es]\nreference: "{footer}"\n'
    workshop = Workshop(read_book(make_book(tmp_path, files(profile, memo))).book)
    tops = [
        furniture_of(workshop.document(workshop.book.memos[f"note.{language}"], DAY)).top
        for language in ("en", "es")
    ]
    assert tops == [  # a reference is printed as it stands, whatever it holds
        Edge(left="Note {footer}", middle="Upcoming meetings", right="{page} of {pages}"),
        Edge(left="Nota {footer}", middle="Próximas reuniones", right="{page} de {pages}"),
    ]


def test_words_at_the_edges_of_sheets_that_lack_a_translation_are_told(tmp_path: Path) -> None:
    profile = 'furniture: {top: {left: Desk, middle: Upcoming meetings, right: "- {page} -"}}\n'
    changes = files(profile, "languages: [en, es]\n")
    title = "the profile 'note' is not in Spanish (es): title"
    of_english = [f"{title}, left"]
    of_spanish = [title, "the profile 'note' is not in English (en): left, middle"]
    for language, lacking in (("en", of_english), ("es", of_spanish)):
        settings = f"format: 1\ntitle: T\nas_of: 2031-04-20\nlanguage: {language}\n"
        read = read_book(make_book(tmp_path / language, {**changes, "book.yaml": settings}))
        problems = [p.message for p in judge(read, lint_on=DAY).problems if "profile" in p.message]
        assert problems == lacking


def test_the_title_of_a_profile_stands_over_memos_that_have_no_header_of_their_own(tmp_path: Path) -> None:
    note = files("title: {en: Note, es: Nota}\n", "formats: [txt]\n")
    book = make_book(tmp_path, note)
    assert run("-C", book, "show", "note").stdout.startswith("Note  ")
    assert run("-C", book, "show", "note", "--language", "es").stdout.startswith("Nota  ")
    make_book(tmp_path, {MEMO: note[MEMO] + "sections: [{section: header, title: Mine}]\n"})
    assert run("-C", book, "show", "note").stdout.startswith("Mine  ")


# ------------------------------------------------------------------------------- sections of both

SCHEME = (
    "format: 1\ntitle: T\nas_of: 2031-04-20\nmarking: {scheme: custom, default: open, levels: ["
    "{level: open, banner: OPEN, portion: O}, {level: closed, banner: CLOSED, portion: C}]}\n"
)


def test_a_memos_own_section_keeps_what_its_profile_says_of_it(tmp_path: Path) -> None:
    profile = (
        "sections:\n  - header\n  - {section: background, marking: closed, limit: 2}\n"
        "  - {section: priorities, only: [survey], marking: closed}\n"
        "  - {section: issue, marking: closed}\n"
    )
    memo = (
        "issue: Who pays?\n"
        "sections: [header, {section: issue}, {section: background, marking: open, limit: 1},"
        " {section: priorities, without: [survey]}]\n"
    )
    book = make_book(tmp_path, {**files(profile, memo), "book.yaml": SCHEME})
    read = read_book(book)
    assert read.problems == ()
    specs = {spec.name: spec for spec in read.book.memos["note"].sections}
    closed = Marking(level="closed")
    assert specs["issue"].marking == closed
    assert (specs["background"].marking, specs["background"].least) == (Marking(level="open"), closed)
    assert specs["background"].limit == 1
    assert [each.id for each in (*specs["priorities"].only, *specs["priorities"].without)] == ["survey"] * 2
    banner = Workshop(read.book).document(read.book.memos["note"], DAY).banner
    assert banner is not None
    assert banner.text == "CLOSED"
