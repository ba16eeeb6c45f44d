"""Words that rest on facts which have changed since: told in the next edition, by `check`, in a mail."""

from datetime import UTC, datetime
from pathlib import Path

import docx

from briefbook.composing.letter import compose_letter
from briefbook.composing.sections import IssuedNote
from briefbook.document import Block, Text, blocks_of, inlines_of, plain
from briefbook.inputs import Inputs, from_bytes, remade
from briefbook.readers.read_book import read_book
from briefbook.record import read_record
from briefbook.workshop import Workshop
from tests.books import FILES, changed, make_book, run
from tests.test_marking import CUSTOM

DAY = "2031-04-20"
NOW = datetime(2031, 4, 20, 12, tzinfo=UTC)
FLAG = "Check again. Changed since this was written: "
SURVEY = "text: Survey the shared stock together."
LIFE = """\
title: Fisheries Council
forum: council
bottom_line: {text: Press for the survey., rests_on: [survey, council-3]}
slots:
  on-survey: {title: On the survey, on: survey, text: They ask who pays.}
sections: [header, bottom-line, slots]
formats: [txt]
"""


class Desk:
    """A book whose files change, built and checked again and again."""

    def __init__(self, folder: Path, memo: str = LIFE) -> None:
        self.book = make_book(folder, {"memos/council.yaml": memo})

    def change(self, file: str, old: str, new: str) -> None:
        path = self.book / file
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))

    def built(self, day: str = DAY) -> str:
        result = run("-C", self.book, "build", "council", "--as-of", day, "--known-by", day)
        assert result.exit_code == 0, result.stderr
        return " ".join((self.book / f"out/{day}/council.txt").read_text().split())

    def checked(self, day: str = DAY) -> list[str]:
        result = run("-C", self.book, "check", "--as-of", day, "--known-by", day)
        assert result.exit_code == 0
        return [line for line in result.stderr.splitlines() if " again: " in line]

    def shown(self, day: str) -> str:
        result = run("-C", self.book, "show", "council", "--as-of", day, "--known-by", day)
        assert result.exit_code == 0, result.stderr
        return " ".join(result.stdout.split())

    @property
    def inputs(self) -> Inputs:
        """What the latest edition was made from, as it is kept."""
        record = read_record(self.book, NOW)
        assert record is not None
        with record:
            return from_bytes(record.store.get(record.ledger.editions("council")[-1].inputs))

    @property
    def editions(self) -> int:
        record = read_record(self.book, NOW)
        assert record is not None
        with record:
            return len(record.ledger.editions("council"))


def slanted(block: Block) -> list[Text]:
    return [text for text in inlines_of(block) if isinstance(text, Text) and text.emphasis]


def test_words_are_to_be_checked_again_until_they_change_or_are_checked(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.checked() == []  # no edition yet, no ledger
    assert FLAG not in desk.built()
    desk.change("facts/council.yaml", SURVEY, "text: Survey the stock apart.")
    bottom_line, on_survey = desk.checked()
    memo = desk.book / "memos/council.yaml"
    assert bottom_line == (
        f"{memo}:3:14: warning: check 'bottom_line' again: 'survey' changed since it was written"
        f" (change the words, or write checked: {DAY})"
    )
    assert on_survey.startswith(f"{memo}:5:3: warning: check 'on-survey' again: 'survey' changed")
    flag = f"{FLAG}“Survey the stock apart”."
    for _ in range(2):  # a second time nothing is made, and nothing forgotten
        said = desk.built()
        assert f"Press for the survey. {flag}" in said
        assert f"They ask who pays. {flag}" in said
        assert desk.editions == 2
        shown = run("-C", desk.book, "show", "council", "--as-of", DAY, "--known-by", DAY)
        assert " ".join(shown.stdout.split()) == said  # `show` asks the edition before as well
    assert desk.shown("2031-04-25").count(flag) == 2  # as a build would
    later = desk.built("2031-04-25")  # the next edition takes over what it knows
    assert later.count(flag) == 2
    desk.change("memos/council.yaml", "They ask who pays.", "They no longer ask who pays.")
    desk.change("memos/council.yaml", "council-3]}", "council-3], checked: 2031-04-25}")
    assert desk.checked("2031-04-25") == []
    assert FLAG not in desk.built("2031-04-25")
    assert desk.checked("2031-04-26") == []
    assert FLAG not in desk.built("2031-04-26")


RESTS = """\
title: Fisheries Council
forum: council
objectives:
  - {text: Get a yes to the survey., rests_on: [survey]}
  - Listen to the others.
slots:
  lines: {title: Lines to take, rests_on: [council-3, survey], text: We look forward to the survey.}
sections: [header, objectives, slots]
formats: [txt]
"""


def test_an_objective_and_a_slot_that_rest_on_a_fact_are_to_be_checked_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, RESTS)
    assert FLAG not in desk.built()
    assert desk.checked() == []
    desk.change("facts/council.yaml", SURVEY, "text: Survey the stock apart.")
    objective, lines = desk.checked()
    memo = desk.book / "memos/council.yaml"
    assert objective.startswith(f"{memo}:4:5: warning: check 'objectives[1]' again: 'survey' changed"), (
        objective
    )
    assert lines.startswith(f"{memo}:7:3: warning: check 'lines' again: 'survey' changed"), lines
    flag = f"{FLAG}“Survey the stock apart”."
    said = desk.built()
    assert f"Get a yes to the survey. {flag}" in said
    assert f"Listen to the others. {FLAG}" not in said
    assert f"We look forward to the survey. {flag}" in said
    desk.change("memos/council.yaml", "Get a yes to the survey.", "Get a no to the survey.")
    desk.change("memos/council.yaml", "survey], text", f"survey], checked: {DAY}, text")
    assert desk.checked() == []
    assert FLAG not in desk.built()


def test_time_alone_is_no_change_and_a_meeting_that_nobody_confirms_is_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.change("facts/ground.yaml", "published: 2031-05-12", "published: 2031-07-12")
    desk.built()
    assert FLAG not in desk.built("2031-05-10")  # due: it may have taken place
    assert f"{FLAG}3rd meeting of the Fisheries Council." in desk.built("2031-06-20")
    [line] = desk.checked("2031-06-20")
    assert "check 'bottom_line' again: 'council-3' changed" in line


def test_the_day_when_words_were_checked_tells_without_an_edition_what_was_seen(tmp_path: Path) -> None:
    memo = LIFE.replace("council-3]}", "council-3], checked: 2031-05-11}")
    desk = Desk(tmp_path, memo)
    assert desk.checked("2031-05-11") == []
    [line] = desk.checked("2031-05-12")  # the joint note came out a day later
    assert "check 'bottom_line' again: 'council-3' changed" in line
    assert FLAG in desk.built("2031-05-12")
    desk.change("memos/council.yaml", "checked: 2031-05-11", "checked: 2031-05-12")
    assert desk.checked("2031-05-12") == []
    assert FLAG not in desk.built("2031-05-12")


def test_only_what_a_fact_says_counts(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.built()
    desk.change("facts/council.yaml", "evidence: to survey the stock", "evidence: survey the stock")
    desk.change("facts/council.yaml", SURVEY, f"{SURVEY}\n    questions: [Who pays?]")
    assert desk.checked() == []
    assert FLAG not in desk.built()
    desk.change("facts/council.yaml", "force: wish", "force: intended")
    assert len(desk.checked()) == 2


def test_an_edition_with_such_a_line_can_be_made_again_and_says_it_in_spanish(tmp_path: Path) -> None:
    desk = Desk(tmp_path, LIFE.replace("forum: council\n", "forum: council\nlanguage: es\n"))
    desk.built()
    desk.change("facts/council.yaml", SURVEY, "text: Survey the stock apart.")
    assert "Revisar de nuevo. Ha cambiado desde que se escribió: «Survey the stock apart»." in desk.built()
    lines = [plain(slanted(block)) for block in blocks_of(remade(desk.inputs))]
    assert sum(line.startswith("Revisar de nuevo") for line in lines) == 2


def test_a_variant_for_release_does_not_tell_what_the_desk_has_to_do(tmp_path: Path) -> None:
    book = make_book(tmp_path, {"book.yaml": CUSTOM, "memos/council.yaml": LIFE})
    assert run("-C", book, "build", "council", "--releasable-to", "high").exit_code == 0
    apart = changed("facts/council.yaml", SURVEY, "text: Survey the stock apart.")
    make_book(tmp_path, {"book.yaml": CUSTOM, "memos/council.yaml": LIFE} | apart)
    assert run("-C", book, "build", "council", "--releasable-to", "high").exit_code == 0
    said = (book / f"out/{DAY}/council.releasable-to-high.txt").read_text()
    assert "Press for the survey." in said
    assert "Check again" not in said


def test_a_damaged_ledger_hides_no_other_problem(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.built()
    ledger = desk.book / ".briefbook/ledger.db"
    ledger.write_bytes(b"no ledger at all")
    make_book(tmp_path, {"memos/harbours.yaml": FILES["memos/harbours.yaml"] + "bottom: x\n"})
    result = run("-C", desk.book, "check")
    assert result.exit_code == 1
    assert "a memo has no field 'bottom'" in result.stderr
    assert str(ledger) in result.stderr


def test_a_bound_book_says_it_too(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.built()
    desk.change("facts/council.yaml", SURVEY, "text: Survey the stock apart.")
    result = run("-C", desk.book, "bind", "council", "--as-of", DAY, "--known-by", DAY, "--format", "docx")
    assert result.exit_code == 0, result.stderr
    [file] = (desk.book / "out" / DAY).glob("*.docx")
    paragraphs = [paragraph.text for paragraph in docx.Document(str(file)).paragraphs]
    assert sum(FLAG in text for text in paragraphs) == 2


def test_a_mail_says_it_too(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.built()
    desk.change("facts/council.yaml", SURVEY, "text: Survey the stock apart.")
    desk.built()
    memo = read_book(desk.book).book.memos["council"]
    note = IssuedNote(number=2, as_of=NOW.date(), zone="UTC", made_for=NOW)
    templates = Workshop(read_book(desk.book).book).templates("en")
    _, letter = compose_letter(desk.inputs.selection, memo, templates, note)
    assert f"{FLAG}“Survey the stock apart”." in [plain(slanted(block)) for block in blocks_of(letter)]


def test_a_second_change_on_one_day_is_confirmed_by_the_time(tmp_path: Path) -> None:
    desk = Desk(tmp_path, LIFE.replace("council-3]}", f"council-3], checked: {DAY}}}"))
    desk.built()
    desk.change("facts/council.yaml", SURVEY, "text: Survey the stock apart.")
    desk.change(
        "memos/council.yaml",
        "  on-survey: {title: On the survey, on: survey, text: They ask who pays.}\n",
        "",
    )
    desk.change("memos/council.yaml", "slots:\n", "")
    [line] = desk.checked()
    assert line.endswith(f"(change the words, or add the time to checked, as in {DAY}T18:30)")
    assert FLAG in desk.built()
    desk.change("memos/council.yaml", f"checked: {DAY}", f"checked: {DAY} 21:30")
    assert desk.checked() == []
    assert FLAG not in desk.built()
    desk.change("facts/council.yaml", "text: Survey the stock apart.", SURVEY)
    [line] = desk.checked()
    assert line.endswith("(change the words, or write a later time than 21:30 in checked)")
    desk.change("memos/council.yaml", f"{DAY} 21:30", f"{DAY}T22:05")
    assert desk.checked() == []


def test_a_day_that_has_not_come_does_not_count(tmp_path: Path) -> None:
    desk = Desk(tmp_path, LIFE.replace("council-3]}", "council-3], checked: 2062-04-20}"))
    desk.built()
    desk.change("facts/council.yaml", SURVEY, "text: Survey the stock apart.")
    assert len(desk.checked()) == 2
    told = run("-C", desk.book, "check", "--as-of", DAY, "--known-by", DAY).stderr
    assert (
        f"memos/council.yaml:3:84: warning: 'bottom_line' was checked on 2062-04-20, after {DAY}:"
        " this does not count (mend the day)"
    ) in told


def test_it_says_that_a_withdrawal_is_the_reason_and_a_build_what_is_no_longer_printed(
    tmp_path: Path,
) -> None:
    desk = Desk(
        tmp_path, LIFE.replace("[survey, council-3]", "[council-3]").replace("on: survey", "on: note")
    )
    day = "2031-06-20"
    assert FLAG not in desk.built(day)
    note = "published: 2031-05-12"
    desk.change("facts/ground.yaml", note, f"{note}, withdrawn: {{on: 2031-06-01, why: made up}}")
    result = run("-C", desk.book, "build", "council", "--as-of", day, "--known-by", day)
    fell = "council: 'on-survey' is not printed: what it rests on was withdrawn (note)"
    assert result.stderr.count(fell) == 1
    said = " ".join((desk.book / f"out/{day}/council.txt").read_text().split())
    assert f"{FLAG}3rd meeting of the Fisheries Council (a source was withdrawn)." in said
    assert fell not in run("-C", desk.book, "build", "council", "--as-of", day, "--known-by", day).stderr
    [line] = desk.checked(day)
    assert "'council-3' changed since it was written (a source was withdrawn)" in line
    told = run("-C", desk.book, "diff", "council", "--from", "1", "--to", "2").stdout
    assert "“On the survey”: no longer given. Before: They ask who pays." in " ".join(told.split())
