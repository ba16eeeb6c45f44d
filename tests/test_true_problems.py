"""One mistake is one problem: what follows from it alone is not told, and what is told is true."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.books import FILES, changed, make_book, run
from tests.conftest import ROOT

MEMO = "memos/council.yaml"
SETTINGS = FILES["book.yaml"]
STATE = f"{FILES[MEMO]}profile: state-style\ndrafter: Ana Holm\n"
FOR_ALL = "to: The Minister\nfrom: The desk\n"
MARKED = changed("facts/harbours.yaml", "title: first", "marking: green\n    title: first")


def problems(book: Path, *more: str) -> list[str]:
    """What `check` says, but for its last line, by files of the book."""
    return run("-C", book, "check", *more).stderr.replace(f"{book}/", "").splitlines()[:-1]


# ------------------------------------------------------------------------------------ broken settings


@pytest.mark.parametrize("mistake", ["page: a5", "too: Minister", "citations: foo", "marking: {scheme: tpl}"])
def test_a_mistake_in_the_settings_is_told_alone(mistake: str, tmp_path: Path) -> None:
    """Languages, recipients, the mail's server, markings and tabs of the book are not known."""
    mail = "deliver: {to: [{address: a@example.org, language: es}]}\ntabs: [{tab: A, title: One}]\n"
    marking = "" if mistake.startswith("marking") else "marking: {scheme: tlp, default: clear}\n"
    settings = f"{SETTINGS}languages: [en, es]\n{FOR_ALL}{marking}{mistake}\n"
    book = make_book(tmp_path, {"book.yaml": settings, MEMO: STATE + mail, **MARKED})
    [told] = problems(book)
    assert told.startswith(f"book.yaml:{settings.count(chr(10))}:")


def test_what_does_not_hang_on_the_settings_is_told_beside_their_mistake(tmp_path: Path) -> None:
    lacking = STATE.replace("drafter: Ana Holm\n", "")
    book = make_book(tmp_path, {"book.yaml": f"{SETTINGS}page: a5\n", MEMO: lacking})
    assert [re.sub(" \\(.*", "", line) for line in problems(book)] == [
        "book.yaml:4:7: error: 'a5' is no value of 'page'",
        "memos/council.yaml:5:10: error: a memo of the profile 'state-style' needs 'drafter'",
    ]


# ------------------------------------------------------------------------------------------- profiles


def test_a_memo_that_lacks_what_its_profile_requires_is_not_tried_out(tmp_path: Path) -> None:
    book = make_book(tmp_path, {MEMO: STATE})
    assert [re.sub(" \\(.*", "", line) for line in problems(book)] == [
        "memos/council.yaml:5:10: error: a memo of the profile 'state-style' needs 'from'",
        "memos/council.yaml:5:10: error: a memo of the profile 'state-style' needs 'to'",
    ]


def test_two_tabs_of_one_letter_are_a_problem_at_the_second(tmp_path: Path) -> None:
    own = """\
languages: [en, es]
purpose: See Tab A and Tab B.
tabs: [{tab: A, title: One}, {tab: B, title: Two}, {tab: A, title: Three}]
sections: [header, purpose, tabs]
"""
    book = make_book(tmp_path, {MEMO: FILES[MEMO] + own})
    assert [line for line in problems(book) if "error" in line] == [
        "memos/council.yaml:7:58: error: two tabs of the memo are called A"
        " (give each a letter or number of its own)"
    ]


UNPRINTED = """\
issue: What about it?
talking_points: [One.]
through: The Secretary
drafter: Ana Holm
to: The Minister
"""


def test_what_a_person_wrote_and_no_section_prints_is_told(tmp_path: Path) -> None:
    book = make_book(tmp_path, {MEMO: FILES[MEMO] + UNPRINTED})
    of = "warning: no section of memo 'council' prints its"
    assert problems(book) == [
        f"memos/council.yaml:5:8: {of} 'issue' (add the section 'issue', or delete the field)",
        f"memos/council.yaml:6:18: {of} 'talking_points'"
        " (add the section 'talking-points', or delete the field)",
        f"memos/council.yaml:7:10: {of} 'through'"
        " (the header of state-style and submission does: name that profile, or delete the field)",
        f"memos/council.yaml:8:10: {of} 'drafter' (add the section 'clearance', or delete the field)",
    ]


TEMPLATES = {
    "by name": "{{ selection.own.issue[0] }} {{ selection.own.drafter.name }}",
    "under another name": "{% set mine = selection.own %}{{ mine.issue[0] }} {{ mine.drafter.name }}",
    "through a macro": "{% from 'macros/mine.md.j2' import all %}{{ all(selection) }}",
    "by a name that is known when it runs": "{% for it in ['issue'] %}{{ selection.own[it][0] }}{% endfor %}",
}
MACRO = "{% macro all(it) %}{{ it.own.issue[0] }} {{ it.own.drafter.name }}{% endmacro %}"


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_what_a_template_of_ones_own_prints_or_may_print_is_not_told(template: str, tmp_path: Path) -> None:
    own = {"templates/sections/mine.md.j2": f"## Mine\n\n{template}\n", "templates/macros/mine.md.j2": MACRO}
    written = "issue: What about it?\ndrafter: Ana Holm\nsections: [header, bottom-line, mine, sources]\n"
    assert problems(make_book(tmp_path, {MEMO: FILES[MEMO] + written, **own})) == []


# ------------------------------------------------------------------------------------------ languages

ENGLISH_LABELS = (
    "labels are printed in English (translate them in the book's languages/pt.po (docs/languages.md))"
)
EMPTY = (ROOT / "languages" / "briefbook.pot").read_text(encoding="utf-8")
PORTUGUESE = FILES[MEMO] + "language: pt\n"


@pytest.mark.parametrize(
    "command",
    [("build", "council"), ("show", "council"), ("show", "--forum", "council"), ("bind", "council")],
)
def test_who_asks_for_a_language_without_a_catalogue_is_told(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    book = make_book(tmp_path)
    out = ("--out", tmp_path / "out") if command[0] != "show" else ()
    done = run("-C", book, *command, "--language", "pt", *out)
    line = f"warning: there is no catalogue of Portuguese (pt): {ENGLISH_LABELS}"
    assert (done.exit_code, done.stderr.splitlines().count(line)) == (0, 1)


def test_of_a_language_with_a_catalogue_nothing_is_told(tmp_path: Path) -> None:
    assert run("-C", make_book(tmp_path), "show", "council", "--language", "es-MX").stderr == ""


def test_a_catalogue_with_nothing_filled_in_is_said_to_be_there(tmp_path: Path) -> None:
    book = make_book(tmp_path, {MEMO: PORTUGUESE, "languages/pt.po": EMPTY})
    [told] = [line for line in problems(book) if "English" in line and "is not in" not in line]
    line = f"warning: languages/pt.po translates nothing yet: {ENGLISH_LABELS}"
    assert told == f"memos/council.yaml:5:11: {line}"
    assert run("-C", book, "show", "council").stderr == ""
    assert line in run("-C", book, "show", "harbours", "--language", "pt").stderr


def test_of_a_broken_catalogue_its_mistake_alone_is_told(tmp_path: Path) -> None:
    broken = EMPTY + 'msgid "Wrong %(a)s"\nmsgstr "Errado"\n'
    book = make_book(tmp_path, {MEMO: PORTUGUESE, "languages/pt.po": broken})
    [told] = [line for line in problems(book) if "is not in" not in line]
    assert "lacks %(a)s" in told
    assert "no catalogue" not in run("-C", book, "show", "harbours", "--language", "pt").stderr


@pytest.mark.parametrize("name", ["book.yaml", MEMO])
def test_a_language_that_is_named_twice_is_a_problem(name: str, tmp_path: Path) -> None:
    book = make_book(tmp_path, {name: FILES[name] + "languages: [en, es, en]\n"})
    [told] = [line for line in problems(book) if "error" in line]
    line = FILES[name].count("\n") + 1
    assert told == f"{name}:{line}:21: error: the language 'en' stands here twice (keep one of the two)"


# -------------------------------------------------------------------------------------------- mends

PROFILE = "templates/profiles/note/profile.yaml"
NOTE = FILES[MEMO] + "profile: note\n"
MENDS = {
    "an article before a vowel": (
        {PROFILE: "title: {en: Note}\nsections: [header]\nfurniture: {top: {center: A}}\n", MEMO: NOTE},
        f"{PROFILE}:3:19: error: an edge has no field 'center' (known: left, middle, right)",
    ),
    "a list of records": (
        {MEMO: FILES[MEMO] + "tabs: A\n"},
        f"{MEMO}:5:7: error: 'tabs' needs a list, not the text 'A' (write [{{tab: …, title: …}}])",
    ),
    "a word of a longer list": (
        {MEMO: FILES[MEMO] + "sections: [{section: priorities, of: foo}]\n"},
        f"{MEMO}:5:38: error: 'foo' is no value of 'of' (known: argument, background, called_off,"
        " commitments, contested, disputed, earlier, gaps, issue, long_unconfirmed, objectives, priorities,"
        " purpose, recommendation, slots, talking_points, timing, upcoming)",
    ),
    "a profile's folder without its file": (
        {"templates/profiles/note/sections/header.md.j2": "# Note\n", MEMO: NOTE},
        f"{MEMO}:5:10: error: there is no profile 'note' (its folder lacks the file that says what it is:"
        f" write {PROFILE})",
    ),
}


@pytest.mark.parametrize(("changes", "line"), MENDS.values(), ids=MENDS)
def test_a_mend_leads_on(changes: Mapping[str, str], line: str, tmp_path: Path) -> None:
    assert problems(make_book(tmp_path, changes)) == [line]
