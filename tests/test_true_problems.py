"""One mistake is one problem: what follows from it alone is not told, and what is told is true."""

import re
from pathlib import Path

import pytest

from tests.books import FILES, changed, make_book, run

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
    "by a name that is known when it runs": "{% for name in ['issue'] %}{{ selection.own[name][0] }}{% endfor %}",
}
MACRO = "{% macro all(it) %}{{ it.own.issue[0] }} {{ it.own.drafter.name }}{% endmacro %}"


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_what_a_template_of_ones_own_prints_or_may_print_is_not_told(template: str, tmp_path: Path) -> None:
    own = {"templates/sections/mine.md.j2": f"## Mine\n\n{template}\n", "templates/macros/mine.md.j2": MACRO}
    written = "issue: What about it?\ndrafter: Ana Holm\nsections: [header, bottom-line, mine, sources]\n"
    assert problems(make_book(tmp_path, {MEMO: FILES[MEMO] + written, **own})) == []
