"""What was built apart, in one book: every promise at once, in a marked memo in two languages."""

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from briefbook.mail.credentials import VARIABLE
from tests.hand_edits import Hand
from tests.mail.servers import PASSWORD, GoodServer
from tests.office import ANA, DAY, DUE, EVE, OWNER, memo, office_at, parsed, text_of
from tests.redline_judge import Parts, accepted, rejected, shown, shown_without_controls
from tests.stories.desk import COUNCIL, FACTS, MEMO, Desk, new_desk, spaced

pytestmark = pytest.mark.long

BEFORE, NOW, LATER = "2031-09-10", "2031-09-20", "2031-09-27"
BOTH = f"""\
title: {{en: Fisheries Council, es: Consejo de Pesca}} # in both
forum: {COUNCIL}
languages: [en, es]
to: {{en: Minister, es: Ministra}}
formats: [docx]
bottom_line:
  text: {{en: Ask for the autumn survey., es: Pedir el estudio de otoño.}}
  rests_on: [shared-stock-survey]
slots:
  lines: # by the press office
    title: {{en: Lines to take, es: Mensajes}}
    prompt: {{en: What may be said in public?, es: "¿Qué se puede decir?"}}
sections:
  [header, bottom-line, since-last-edition, upcoming, priorities, commitments, earlier, slots, sources]
"""
LETTER = """
  letter-2031-09-15: # it moved the day
    short: the ministry's letter
    published: 2031-09-15
    speaks: [norland]
"""
MOVED = """\
      - source: letter-2031-09-15
        status: done
        promised_by: [norland, sudland]
        due: 2032-03-31
        evidence: by the end of March 2032
"""
HEARD = "        evidence: the first joint survey began\n"
NOTE = "    short: the joint note\n"


@cache
def told() -> dict[str, bytes]:
    """The files of a book with two editions in each of two languages: a commitment moved in between."""
    with TemporaryDirectory() as folder:
        desk = new_desk(Path(folder))
        desk.writes("book.yaml", desk.reads("book.yaml") + "\nmarking: {scheme: tlp, default: green}\n")
        desk.writes(MEMO, BOTH)
        desk.edits(
            FACTS,
            "        evidence: agreed to survey",
            "        promised_by: [norland]\n        due: 2031-10-31\n        evidence: agreed to survey",
        )
        desk.edits("facts/sources.yaml", NOTE, f"    marking: amber\n{NOTE}")
        desk.writes("facts/sources.yaml", desk.reads("facts/sources.yaml") + LETTER)
        desk.builds(BEFORE)
        desk.edits(FACTS, HEARD, HEARD + MOVED)
        desk.builds(NOW, "--redline")
        files = (path for path in desk.book.rglob("*") if path.is_file())
        return {str(path.relative_to(desk.book)): path.read_bytes() for path in files}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    for name, data in told().items():
        path = tmp_path / "council" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return Desk(tmp_path / "council")


def test_a_commitment_that_moved_is_told_everywhere(desk: Desk) -> None:
    """In the memo, in `diff`, in `show`; who is bound, by when, how far; and what rests on it."""
    moved = (
        "Status before: in progress. Promised by, new: Sudland. "
        "By when: 31 March 2032. Before: 31 October 2031."
    )
    memo = desk.memo(NOW, f"{COUNCIL}.en.docx")
    assert moved in memo
    assert moved in desk.types("diff", COUNCIL, "--from", "1", "--to", "2")
    found = json.loads(desk.types("diff", COUNCIL, "--from", "1", "--to", "2", "--format", "json"))
    [survey] = (one for one in found["changes"] if one["kind"] == "priority")
    by_field = {one["field"]: one for one in survey["fields"]}
    assert (by_field["due"]["before"], by_field["due"]["after"]) == ("2031-10-31", "2032-03-31")
    assert [words["text"] for words in by_field["promised_by"]["after"]] == ["Sudland"]
    assert "letter-2031-09-15" in survey["sources"]
    again = "Check again. Changed since this was written: “Survey the shared stock together every spring”."
    desk.types("bind", COUNCIL, "--as-of", NOW, "--format", "docx")
    for said in (memo, desk.types("show", COUNCIL, "--as-of", NOW), desk.memo(NOW, "briefing-book.docx")):
        assert again in said
    assert "Plazo: 31 de marzo de 2032. Antes: 31 de octubre de 2031." in desk.memo(NOW, f"{COUNCIL}.es.docx")


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_redline_of_all_that(language: str, desk: Desk) -> None:
    name = f"{COUNCIL}.{language}"
    red = desk.file(NOW, f"{name}.redline.docx").read_bytes()
    assert shown(accepted(red)) == shown(Parts(desk.file(NOW, f"{name}.docx").read_bytes()))
    before = Parts(desk.file(BEFORE, f"{name}.docx").read_bytes())
    assert shown_without_controls(rejected(red)) == shown_without_controls(before)


def test_a_redline_that_comes_back(desk: Desk, tmp_path: Path) -> None:
    """Its own revisions, of looks too, are no edits; a sentence printed five times is changed once."""
    returned = tmp_path / "returned.docx"
    red = desk.file(NOW, f"{COUNCIL}.en.redline.docx").read_bytes()
    returned.write_bytes(red)
    assert "No edits." in desk.types("review", returned)
    hand = Hand(red)
    hand.replace("[What may be said in public?]", "The stock is shared.")
    hand.replace("together every", "jointly each", within="Status:")
    returned.write_bytes(hand.docx())
    facts, memo = desk.reads(FACTS), desk.reads(MEMO)
    said = desk.types("review", "--apply", returned)
    assert "2 edits: 2 applied." in said
    assert "of looks alone" not in said
    assert desk.reads(FACTS) == facts.replace("together every", "jointly each")
    lines = '    prompt: {en: What may be said in public?, es: "¿Qué se puede decir?"}\n'
    assert desk.reads(MEMO) == memo.replace(lines, f"{lines}    text:\n      en: The stock is shared.\n")


def test_words_where_the_memo_asks_to_check_again(desk: Desk, tmp_path: Path) -> None:
    """The sentence is quoted there without its full stop, and is the fact's all the same."""
    hand = Hand(desk.file(NOW, f"{COUNCIL}.en.docx").read_bytes())
    hand.replace("together every", "jointly each", within="Check again.")
    returned = tmp_path / "returned.docx"
    returned.write_bytes(hand.docx())
    assert "proposed: Survey the shared stock jointly each spring." in desk.types(
        "review", "--apply", returned
    )
    assert "text: Survey the shared stock jointly each spring. # your own words" in desk.reads(FACTS)


def test_a_sentence_that_was_changed_in_two_ways(desk: Desk, tmp_path: Path) -> None:
    hand = Hand(desk.file(NOW, f"{COUNCIL}.en.docx").read_bytes())
    hand.replace("together every", "jointly each", within="Check again.")
    hand.replace("together every", "alone each", within="Status: done.")
    returned = tmp_path / "returned.docx"
    returned.write_bytes(hand.docx())
    assert "2 edits: 2 proposed." in desk.types("review", "--apply", returned, status=8)


def test_an_old_edition_comes_back_after_a_newer_one(desk: Desk, tmp_path: Path) -> None:
    hand = Hand(desk.file(BEFORE, f"{COUNCIL}.en.docx").read_bytes())
    hand.replace("autumn survey", "spring survey")
    returned = tmp_path / "returned.docx"
    returned.write_bytes(hand.docx())
    said = desk.types("review", "--apply", returned)
    assert f"Review of {COUNCIL}.en, edition 1, as of {BEFORE} 1 edit: 1 applied." in said
    assert "{en: Ask for the spring survey., es: Pedir el estudio de otoño.}" in desk.reads(MEMO)
    desk.types("history", "prune", "--keep", "1")
    said = desk.types("review", returned, status=1)
    assert f"edition 1 of memo '{COUNCIL}.en' is no longer kept" in said


def test_a_variant_for_release_of_all_that(desk: Desk) -> None:
    """Neither it nor its redline nor what it tells of before holds a word of what is marked higher."""
    asked = ("--releasable-to", "green", "--redline")
    desk.builds(BEFORE, *asked)
    desk.builds(NOW, *asked)
    for language in ("en", "es"):
        name = f"{COUNCIL}.{language}.releasable-to-green"
        for ending in ("docx", "redline.docx"):
            words = desk.memo(NOW, f"{name}.{ending}")
            assert "TLP:GREEN" in words
            assert "TLP:AMBER" not in words
            assert "Ana Holm" not in words
            assert "together every spring" not in words


def test_the_source_of_a_commitment_falls(desk: Desk) -> None:
    """It goes from the memo with the reason; what was cleared lapses; a record that is pruned says so."""
    for language in ("en", "es"):
        desk.file(NOW, f"{COUNCIL}.{language}.redline.docx").unlink()
    desk.types("clear", COUNCIL, "--by", "Ana Holm")
    assert desk.builds(NOW).startswith("2 memos up to date")
    assert desk.types("clear", "--list").count(" yes") == 2
    withdrawn = "    withdrawn: {on: 2031-09-25, why: {en: a forgery, es: una falsificación}}\n"
    desk.edits("facts/sources.yaml", NOTE, withdrawn + NOTE)
    assert desk.builds(NOW).startswith("2 memos up to date")  # of a day before it fell
    desk.builds(LATER, "--redline")
    gone = (
        "No longer told Agreed: Survey the shared stock together every spring. "
        "The source was withdrawn on 25 September 2031: the joint note (a forgery)."
    )
    memo = desk.memo(LATER, f"{COUNCIL}.en.docx")
    assert gone in memo
    assert "TLP:AMBER" in memo  # as what it tells of was
    assert "(una falsificación)" in desk.memo(LATER, f"{COUNCIL}.es.docx")
    assert "no commitment is on file" in desk.types("list", "--commitments", "--as-of", LATER)
    assert desk.types("clear", "--list").count("not for edition 3: ") == 2
    said = desk.types("trace", "joint-note-2031-05-12")
    assert "Commitments: Norland and Sudland | Survey the shared stock together every spring." in said

    desk.types("history", "prune", "--keep", "1")
    assert desk.types("clear", "--list").count("not for edition 3: ") == 2
    assert "Cannot be told:" in desk.types("trace", "joint-note-2031-05-12")
    desk.edits(MEMO, "en: What may be said", "en: What may we say")
    assert "what changed since edition 3" in desk.builds(LATER, "--redline")


MINUTES = """
  minutes-2031-09-22:
    short: the minutes
    published: 2031-09-22
    speaks: [norland, sudland]
"""
MAP = """\
priorities:
  survey-and-map:
    forum: fisheries-council
    meeting: fisheries-council-3
    rewords: shared-stock-survey
    text: Survey and map the shared stock every spring.
    statements:
      - source: minutes-2031-09-22
        force: agreed
        by: [norland, sudland]
        promised_by: [sudland]
        due: 2032-06
        evidence: surveyed and mapped
"""


def test_new_words_and_their_source_falls(desk: Desk) -> None:
    """Both wordings are told, once this way and once the other; a judgement on it is to be looked at."""
    desk.edits(
        MEMO, "rests_on: [shared-stock-survey]", "rests_on: [shared-stock-survey]\n  checked: 2031-09-20"
    )
    desk.builds(NOW)
    assert "Check again" not in desk.memo(NOW, f"{COUNCIL}.en.docx")
    desk.writes("facts/sources.yaml", desk.reads("facts/sources.yaml") + MINUTES)
    desk.writes("facts/new.yaml", MAP)
    desk.builds(LATER)
    memo = desk.memo(LATER, f"{COUNCIL}.en.docx")
    since = memo.partition("Since the last edition")[2].partition("Upcoming meetings")[0]
    old, new = (
        "Survey the shared stock together every spring.",
        "Survey and map the shared stock every spring.",
    )
    assert f"Reworded Agreed: {new} Wording before: {old}" in since
    assert "By when: June 2032. Before: 31 March 2032." in since
    assert "No longer told Agreed" not in since
    assert (
        "Check again. Changed since this was written: “Survey the shared stock together every spring”."
        in memo
    )

    desk.edits("facts/sources.yaml", "    short: the minutes\n", f"{NEVER}    short: the minutes\n")
    desk.builds("2031-10-02")
    memo = desk.memo("2031-10-02", f"{COUNCIL}.en.docx")
    since = memo.partition("Since the last edition")[2].partition("Upcoming meetings")[0]
    assert f"Changed Agreed: {old} Wording before: {new}" in since
    assert "The source was withdrawn on 30 September 2031: the minutes (never taken)." in since
    assert "Check again" not in memo  # the fact is as it was when somebody checked


NEVER = "    withdrawn: {on: 2031-09-30, why: {en: never taken, es: no existen}}\n"


def test_cleared_editions_alone_count_for_what_a_reader_was_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edition that was held back reached nobody: the next mail tells what changed since the one before."""
    monkeypatch.setenv(VARIABLE, PASSWORD)
    demanded = memo(deliver="{to: ana@example.org, attach: txt}", more="release: {clearance: required}\n")
    with GoodServer() as server:
        office = office_at(tmp_path / "book", server.port, {"memos/council.yaml": demanded})
        desk = Desk(office.book)
        clear = ("clear", "council", "--by", "Bo Lund")

        def letters() -> list[str]:
            return [spaced(text_of(parsed(it.data))) for it in server.kept if OWNER not in it.recipients]

        assert office.status(EVE) == 3
        assert office.status(DUE) == 8
        desk.types(*clear)
        assert office.status(DUE + DAY / 24) == 0
        desk.edits("facts/council.yaml", "place: Port Emery", "place: Sund")
        assert office.status(DUE + DAY) == 8  # edition 2, which nobody clears
        desk.edits("facts/council.yaml", "place: Sund", "place: Sandvik")
        assert office.status(DUE + 2 * DAY) == 8
        desk.types(*clear)
        assert office.status(DUE + 2 * DAY + DAY / 24) == 0
        first, second = letters()
        assert {to for it in server.kept for to in it.recipients} == {ANA, OWNER}
    assert "Since your last mail" not in first
    assert "Changed since edition 1, as of 20 April 2031:" in second
    assert "Place: Sandvik. Before: Port Emery." in second
