"""The release rules by `check --release` and `build --release`: what each finds, where, how it is taken."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from briefbook.checks.release import RULES
from tests.books import FILES, changed, make_book, run

ONE = {"memos/first-round.yaml": None, "memos/harbours.yaml": None, "memos/spring.yaml": None}
COUNCIL = FILES["memos/council.yaml"]
SETTINGS = FILES["book.yaml"]
TWO_SIDES = """\
background:
  quota:
    forums: [council]
    statements:
      - {source: gazette, claim: The quota is 12 tonnes., evidence: a quota of 12 tonnes}
      - {source: letter, claim: The quota is 14 tonnes., evidence: a quota of 14 tonnes}
"""
UNCITED = "## Next\n\n{% for meeting in selection.upcoming %}\n- In {{ meeting.place }}\n{% endfor %}\n"
TAKEN_BACK = (
    "  late: {short: the leaflet, published: 2031-04-12, withdrawn: {on: 2031-04-15, why: A fake.}}\n"
)
FALLS = """\
background:
  stock: {forums: [council], text: The stock fell., statements: [{source: late, evidence: the stock fell}]}
"""
SCHEME = "marking: {scheme: tlp, default: green}\n"
NOTE = "templates/profiles/note/profile.yaml"
NOTE_PROFILE = "title: Note\nsections: [header, bottom-line, upcoming, sources]\nrequires: [purpose]\n"
SPANISH = "languages: [es]\n"


def stands(book: Path, *words: str) -> tuple[int, dict[str, list[dict[str, Any]]]]:
    """The exit status, and what stands against each memo."""
    result = run("-C", book, "check", "--release", "--json", *words)
    told = json.loads(result.stdout.replace(f"{book}/", ""))
    return result.exit_code, {one["memo"]: one["problems"] for one in told["memos"]}


def released(rules: str, more: str = "") -> Mapping[str, str]:
    return {"book.yaml": f"{SETTINGS}release: {{{rules}}}\n{more}"}


# By rule: what is changed of a book against whose memo `council` nothing stands, the day, where it is told.
CASES: Mapping[str, tuple[Mapping[str, str | None], str, str, str]] = {
    "unsourced": (
        {"templates/sections/upcoming.md.j2": UNCITED},
        "2031-04-20",
        "error",
        "memos/council.yaml",
    ),
    "single-source": (
        released("rules: {single-source: warning}"),
        "2031-04-20",
        "warning",
        "facts/council.yaml:2",
    ),
    "stale": (released("stale_after: 10d"), "2031-04-20", "warning", "facts/council.yaml:2"),
    "source-withdrawn": (
        {
            **changed("facts/ground.yaml", "organisations:\n", f"{TAKEN_BACK}organisations:\n"),
            "facts/stock.yaml": FALLS,
        },
        "2031-04-20",
        "warning",
        "facts/ground.yaml:5",
    ),
    "next-meeting-past": ({}, "2031-05-04", "warning", "facts/council.yaml:2"),
    "unconfirmed": (
        changed("facts/ground.yaml", "published: 2031-05-12", "published: 2031-07-12"),
        "2031-06-20",
        "warning",
        "facts/council.yaml:2",
    ),
    "dispute": ({"facts/quota.yaml": TWO_SIDES}, "2031-04-20", "warning", "facts/quota.yaml:2"),
    "placeholder": (
        {"memos/council.yaml": COUNCIL.replace("for the survey.", "for TBD.")},
        "2031-04-20",
        "error",
        "memos/council.yaml:4",
    ),
    "check-again": (
        {"memos/council.yaml": COUNCIL.replace("[survey]}", "[council-3], checked: 2031-04-20}")},
        "2031-05-20",
        "error",
        "memos/council.yaml:4",
    ),
    "required-field": (
        {NOTE: NOTE_PROFILE, "memos/council.yaml": f"{COUNCIL}profile: note\n"},
        "2031-04-20",
        "error",
        "memos/council.yaml:5",
    ),
    "translation": (
        {"memos/council.yaml": COUNCIL + SPANISH},
        "2031-04-20",
        "error",
        "facts/council.yaml:1",
    ),
    "marking": (
        {"book.yaml": SETTINGS + SCHEME},
        "2031-04-20",
        "warning",
        "facts/ground.yaml:2",
    ),
}


@pytest.mark.parametrize("rule", CASES)
def test_each_rule_finds_what_it_is_for(rule: str, tmp_path: Path) -> None:
    changes, day, severity, place = CASES[rule]
    book = make_book(tmp_path, {**ONE, **changes})
    status, found = stands(book, "--as-of", day)
    [problems] = found.values()
    own = [problem for problem in problems if problem["rule"] == rule]
    assert own, problems
    assert {problem["severity"] for problem in own} == {severity}
    assert all(f"[{rule}]" in problem["message"] and problem["hint"] for problem in own)
    assert place in {f"{problem['file']}:{problem['line']}"[: len(place)] for problem in own}
    assert status == (1 if any(problem["severity"] == "error" for problem in problems) else 0)


@pytest.mark.parametrize("rigour", ["error", "warning", "off"])
@pytest.mark.parametrize("rule", CASES)
def test_each_rule_is_taken_as_the_book_says(rule: str, rigour: str, tmp_path: Path) -> None:
    """By `check --release`, and by `build --release`, which refuses on errors."""
    changes, day, _, _ = CASES[rule]
    files = {**ONE, **changes}
    settings = files.get("book.yaml") or SETTINGS
    others = ", ".join(f"{one.id}: {rigour if one.id == rule else 'off'}" for one in RULES)
    limit = "stale_after: 10d, " if rule == "stale" else ""
    kept = "".join(line for line in settings.splitlines(True) if not line.startswith("release:"))
    book = make_book(tmp_path, {**files, "book.yaml": f"{kept}release: {{{limit}rules: {{{others}}}}}\n"})
    if rule == "check-again":  # of an edition that knew no better
        assert run("-C", book, "build", "--as-of", "2031-04-20").exit_code == 0
    status, found = stands(book, "--as-of", day)
    [problems] = found.values()
    told = {(problem["rule"], problem["severity"]) for problem in problems}
    assert (status, told) == {
        "error": (1, {(rule, "error")}),
        "warning": (0, {(rule, "warning")}),
        "off": (0, set()),
    }[rigour]
    built = run("-C", book, "build", "--release", "--as-of", day, "--format", "txt")
    assert built.exit_code == status, built.stderr
    assert [path.name for path in (book / "out" / day).glob("*.txt")] == (
        [] if status else [f"{next(iter(found))}.txt"]
    )


def test_every_rule_has_its_case() -> None:
    assert {rule.id for rule in RULES} == CASES.keys()


def test_nothing_stands_against_a_memo_that_is_in_order(tmp_path: Path) -> None:
    """As of every day on which nothing is amiss: so no case above is told of something else."""
    book = make_book(tmp_path, ONE)
    assert stands(book) == (0, {"council": []})
    result = run("-C", book, "check", "--release", "council")
    assert (result.exit_code, result.stderr) == (0, "council: ready to leave\n")


def test_what_has_been_is_never_stale_and_one_source_of_two_is_enough(tmp_path: Path) -> None:
    rules = released("stale_after: 30d, rules: {single-source: error}")
    book = make_book(tmp_path, {**ONE, **rules})
    status, found = stands(book, "--as-of", "2031-07-20")
    told = {(problem["rule"], problem["line"]) for problem in found["council"]}
    assert status == 1
    # The meeting was held and has two sources; the priority has one of April.
    assert told == {("stale", 17), ("single-source", 17)}


def test_a_source_that_was_withdrawn_is_none_of_two(tmp_path: Path) -> None:
    out = "published: 2031-05-12"
    gone = changed("facts/ground.yaml", out, f"{out}, withdrawn: {{on: 2031-06-01, why: A slip.}}")
    book = make_book(tmp_path, {**ONE, **gone, **released("rules: {single-source: warning}")})
    for day, lines in (("2031-05-31", {17}), ("2031-06-01", {2, 17})):
        _, found = stands(book, "--as-of", day)
        assert {p["line"] for p in found["council"] if p["rule"] == "single-source"} == lines


def test_words_that_a_template_cites_elsewhere_count_as_cited(tmp_path: Path) -> None:
    """Lines that lead in, headings and the list of sources need no citation of their own, in any profile."""
    for profile in ("state-style", "background-paper"):
        memo = f"{COUNCIL}profile: {profile}\nto: The Minister\nfrom: The desk\npurpose: Read.\n"
        memo += "issue: Fish.\ndrafter: {name: Ana, office: Fish, phone: '1'}\n"
        book = make_book(tmp_path / profile, {**ONE, "memos/council.yaml": memo})
        for day in ("2031-04-20", "2031-05-20"):
            _, found = stands(book, "--as-of", day)
            assert "unsourced" not in {problem["rule"] for problem in found["council"]}, (profile, found)


# -------------------------------------------------------------------------------- slots and profiles


def test_a_slot_that_nobody_filled_is_an_open_placeholder(tmp_path: Path) -> None:
    memo = f"{COUNCIL}slots: {{to-take: {{title: Line to take, prompt: 'What do we say?'}}}}\n"
    memo += "sections: [header, bottom-line, upcoming, slots, sources]\n"
    book = make_book(tmp_path, {**ONE, "memos/council.yaml": memo})
    status, found = stands(book)
    [problem] = found["council"]
    assert (status, problem["rule"], problem["file"], problem["line"]) == (
        1,
        "placeholder",
        "memos/council.yaml",
        5,
    )
    assert "'to-take'" in problem["message"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Ask [name of the minister].", "[name of the minister]"),
        ("Ask [nombre].", "[nombre]"),
        ("The day is [por confirmar].", "[por confirmar]"),
        ("Say […] first.", "[…]"),
        ("Ask for XXX tonnes.", "XXX"),
        ("The XXX Summit agreed.", None),
        ("A source [name withheld] and one [dated 3 May] agree.", None),
        ("There is much to do.", None),
    ],
)
def test_what_counts_as_a_placeholder(words: str, found: str | None, tmp_path: Path) -> None:
    memo = COUNCIL.replace("{text: Press for the survey.", f"{{text: '{words}'")
    _, against = stands(make_book(tmp_path, {**ONE, "memos/council.yaml": memo}))
    told = [problem["message"] for problem in against["council"]]
    assert told == ([] if found is None else [
        f"a placeholder is open in section 'bottom-line': {found!r} [placeholder]"
    ])  # fmt: skip


def test_words_are_to_be_checked_again_once_a_fact_has_changed_since_an_edition(tmp_path: Path) -> None:
    """The record tells what the fact said then; `build` asks it as `check` does."""
    book = make_book(tmp_path, ONE)
    assert run("-C", book, "build", "--release").exit_code == 0
    facts = book / "facts" / "council.yaml"
    facts.write_text(FILES["facts/council.yaml"].replace("stock together.", "stock alone."), encoding="utf-8")
    status, found = stands(book)
    assert (status, [problem["rule"] for problem in found["council"]]) == (1, ["check-again"])
    assert run("-C", book, "build", "--release").exit_code == 1
    said = run("-C", book, "check", "--release", "council").stderr
    assert "memos/council.yaml:4:14: error: check 'bottom_line' again: 'survey' changed" in said


def test_the_line_that_says_check_again_cites_nothing_and_stands_only_once(tmp_path: Path) -> None:
    memo = f"{COUNCIL}sections: [header, bottom-line, since-last-edition, upcoming, priorities, sources]\n"
    mild = released("rules: {check-again: warning}")
    book = make_book(tmp_path, {**ONE, **mild, "memos/council.yaml": memo})
    assert run("-C", book, "build").exit_code == 0
    facts = book / "facts" / "council.yaml"
    facts.write_text(facts.read_text(encoding="utf-8").replace("together.", "alone."), encoding="utf-8")
    status, found = stands(book)
    assert (status, [problem["rule"] for problem in found["council"]]) == (0, ["check-again"])


def test_what_an_edition_before_said_stands_against_nothing(tmp_path: Path) -> None:
    """It is told as what was, in a section of its own: nobody can mend it."""
    memo = f"{COUNCIL}sections: [header, since-last-edition, upcoming, priorities, sources]\n"
    files = {**ONE, "memos/council.yaml": memo.replace(", rests_on: [survey]", "")}
    book = make_book(tmp_path, {**files, **changed("facts/council.yaml", "together.", "TBD.")})
    assert run("-C", book, "build", "council").exit_code == 0
    facts = book / "facts" / "council.yaml"
    facts.write_text(facts.read_text(encoding="utf-8").replace("TBD.", "together."), encoding="utf-8")
    assert "TBD" in run("-C", book, "show", "council").stdout
    assert stands(book) == (0, {"council": []})


def test_words_of_the_book_and_of_slots_are_told_where_they_lack_a_translation(tmp_path: Path) -> None:
    slots = "slots: {line: {title: Line, prompt: What?}}\nsections: [header, slots]\n"
    memo = f"{COUNCIL.replace('bottom_line', 'purpose')}{SPANISH}{slots}"
    settings = f"{SETTINGS}from: {{en: The desk}}\nto: {{en: The minister, es: La ministra}}\n"
    book = make_book(tmp_path, {**ONE, "book.yaml": settings, "memos/council.yaml": memo})
    _, found = stands(book)
    told = {(p["file"], p["line"]) for p in found["council.es"] if p["rule"] == "translation"}
    assert told == {("book.yaml", 4), ("memos/council.yaml", 1)}


def test_a_memo_that_cannot_be_made_does_not_leave(tmp_path: Path) -> None:
    """For a mistake that a check finds, and for one that only shows when it is made."""
    long = changed("facts/council.yaml", "to survey the stock", "to survey the stock a third and fourth time")
    broken = {"templates/sections/upcoming.md.j2": "{{ selection.nothing }}"}
    for name, changes in (("check", long), ("made", broken)):
        status, found = stands(make_book(tmp_path / name, {**ONE, **changes}))
        assert status == 1
        assert [(problem["rule"], problem["severity"]) for problem in found["council"]] == [(None, "error")]


# -------------------------------------------------------------------------------------- the settings


def test_a_memo_may_be_stricter_than_its_book_and_never_milder(tmp_path: Path) -> None:
    book_says = released("rules: {dispute: warning, placeholder: error}, stale_after: 20d")["book.yaml"]
    strict = "release: {rules: {dispute: error}, stale_after: 10d}\n"
    files = {**ONE, "book.yaml": book_says, "facts/quota.yaml": TWO_SIDES}
    book = make_book(tmp_path / "strict", {**files, "memos/council.yaml": COUNCIL + strict})
    status, found = stands(book)
    assert status == 1
    assert {(p["rule"], p["severity"]) for p in found["council"]} == {
        ("dispute", "error"),
        ("stale", "warning"),
    }
    mild = "release:\n  rules: {placeholder: off, dispute: warning, fun: off}\n  stale_after: 30d\n"
    book = make_book(tmp_path / "mild", {**files, "memos/council.yaml": COUNCIL + mild})
    result = run("-C", book, "check")
    assert result.exit_code == 1
    told = [line.partition("memos/council.yaml:")[2] for line in result.stderr.splitlines()]
    assert [line.split(" (")[0] for line in told if line] == [
        "6:11: error: rule 'placeholder' is error in the book; a memo can only be stricter",
        "6:47: error: there is no release rule 'fun'",
        "7:16: error: the book's 'stale_after' is 20d; a memo can only be stricter",
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("release: strict", "'release' needs fields such as {clearance: required}, not the text 'strict'"),
        ("release: {rules: [stale]}", "'rules' needs rules such as {single-source: warning}, not a list"),
        ("release: {rules: {stale: maybe}}", "'maybe' is no value of 'stale'"),
        ("release: {stale_after: 90 days}", "'90 days' is no span of time for 'stale_after'"),
        ("release: {clearance: no}", "'no' is no value of 'clearance'"),
    ],
)
def test_a_mistake_in_the_settings_is_told_at_its_place(written: str, told: str, tmp_path: Path) -> None:
    book = make_book(tmp_path, {**ONE, "book.yaml": f"{SETTINGS}{written}\n"})
    result = run("-C", book, "check")
    assert result.exit_code == 1
    assert "book.yaml:4:" in result.stderr
    assert told in result.stderr


def test_a_book_without_a_scheme_is_asked_for_markings_where_it_names_the_rule(tmp_path: Path) -> None:
    book = make_book(tmp_path, {**ONE, **released("rules: {marking: error}")})
    status, found = stands(book)
    assert (status, [problem["rule"] for problem in found["council"]]) == (1, ["marking"])


def test_names_belong_to_release_alone(tmp_path: Path) -> None:
    book = make_book(tmp_path, ONE)
    for words in (["council"], ["--release", "--gaps"], ["--release", "counsil"]):
        assert run("-C", book, "check", *words).exit_code == 2


# ------------------------------------------------------------------------------------ build --release


def test_a_build_for_release_leaves_out_what_must_not_leave(tmp_path: Path) -> None:
    unready = FILES["memos/harbours.yaml"] + "bottom_line: {text: 'Ask for ???'}\n"
    book = make_book(
        tmp_path, {"memos/harbours.yaml": unready, **released("rules: {single-source: warning}")}
    )
    result = run("-C", book, "build", "--release", "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "1 memo not made: harbours" in result.stderr
    assert "memos/harbours.yaml:4:14: error: a placeholder is open" in result.stderr
    assert "[single-source]" in result.stderr  # of those that were built
    built = sorted(path.name for path in (tmp_path / "out" / "2031-04-20").iterdir())
    assert built == ["council.docx", "council.txt", "first-round.md", "spring.txt"]
    told = json.loads(run("-C", book, "build", "--release", "--json", "--out", tmp_path / "out").stdout)
    assert told["not_made"] == ["harbours"]
    assert run("-C", book, "build", "--out", tmp_path / "out").exit_code == 0  # as a draft it is made


def test_a_pass_for_release_is_not_taken_for_one_without(tmp_path: Path) -> None:
    """A build that found all in place says nothing of a release, and the reverse."""
    book = make_book(tmp_path, {**ONE, "memos/council.yaml": COUNCIL.replace("survey.", "survey TODO.")})
    assert run("-C", book, "build").exit_code == 0
    assert run("-C", book, "build", "--release").exit_code == 1
    assert run("-C", book, "build").exit_code == 0


def test_warnings_of_a_build_for_release_are_told_again(tmp_path: Path) -> None:
    book = make_book(tmp_path, {**ONE, **released("rules: {single-source: warning}")})
    first, second = (run("-C", book, "build", "--release") for _ in range(2))
    assert first.exit_code == second.exit_code == 0
    assert "up to date" in second.stderr
    assert first.stderr.count("[single-source]") == second.stderr.count("[single-source]") > 0


def test_a_variant_for_release_is_judged_itself(tmp_path: Path) -> None:
    """What was removed from it stands against the full memo alone."""
    marked = "marking: {scheme: tlp, default: green}\nrelease: {rules: {marking: off}}\n"
    secret = TWO_SIDES.replace("    forums: [council]", "    forums: [council]\n    marking: red")
    book = make_book(
        tmp_path,
        {
            **ONE,
            "book.yaml": SETTINGS + marked.replace("off}", "off, dispute: error}"),
            "facts/quota.yaml": secret,
        },
    )
    assert run("-C", book, "build", "--release").exit_code == 1
    result = run("-C", book, "build", "--release", "--releasable-to", "green")
    assert result.exit_code == 0, result.stderr
