"""Returned documents, from the edition that was sent to the book's files: whole lives with real files."""

import json
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

import docx
import pytest
from lxml import etree

from briefbook.diagnostics import BriefbookError
from briefbook.record import Record, open_record
from briefbook.reviewing.review import apply, keep, review
from briefbook.shelf import entries_of
from tests.books import run
from tests.hand_edits import Hand, W, parent_of, parts_of, words_in, zipped
from tests.libreoffice import needs_office, to_docx
from tests.office import DUE

MEMO = "fisheries-council"
DAY = "2031-09-20"
MEMO_FILE = """\
# What the desk keeps open for others to write in.
title: Fisheries Council
forum: fisheries-council
to: Minister
bottom_line: Ask for the autumn survey; who pays for it is open. # the minister's own
slots:
  lines:
    title: Lines to take # by the press office
    prompt: What may be said in public?
  on-boats:
    title: On the boats
    text: Say several hundred.
    on: boats
sections: [header, bottom-line, upcoming, priorities, background, earlier, disputed, slots, sources]
"""


@cache
def made() -> dict[str, bytes]:
    """The files of a book whose memo was built as of a day, by their paths in it."""
    with TemporaryDirectory() as folder:
        book = Path(folder) / "council"
        run("init", book)
        (book / "memos" / f"{MEMO}.yaml").write_text(MEMO_FILE)
        assert run("-C", book, "build", MEMO, "--as-of", DAY).exit_code == 0
        return {str(path.relative_to(book)): path.read_bytes() for path in book.rglob("*") if path.is_file()}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    for name, data in made().items():
        path = tmp_path / "council" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "council"


def sent() -> bytes:
    return made()[f"out/{DAY}/{MEMO}.docx"]


def returned(book: Path, hand: Hand | bytes, name: str = "returned.docx") -> Path:
    path = book.parent / name
    path.write_bytes(hand.docx() if isinstance(hand, Hand) else hand)
    return path


def told(book: Path, file: Path, *options: str, status: int = 8) -> list[dict[str, str]]:
    """The edits that the command tells."""
    result = run("-C", book, "review", file, "--json", *options)
    assert result.exit_code == status, result.output
    edits: list[dict[str, str]] = json.loads(result.stdout)["edits"]
    return edits


def facts(book: Path) -> str:
    return (book / "facts" / f"{MEMO}.yaml").read_text()


def outcomes(edits: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(edit["concerns"], edit["outcome"]) for edit in edits]


# ----------------------------------------------------------------------------------- a whole life


def busy() -> Hand:
    """Somebody's day with the memo: something of every kind."""
    hand = Hand(sent())
    hand.replace("together every", "jointly each")
    hand.replace("who pays for it is open", "money is open", tracked=False)
    hand.replace("several hundred boats", "many hundred boats")
    hand.replace("11\N{NO-BREAK SPACE}May 2031", "13 May 2031", within="Held in")
    hand.replace("Port Emery", "Sund", within="Held in")
    hand.delete_paragraph("End night fishing")
    hand.new_paragraph("Upcoming meetings", "A fourth meeting is being planned.")
    hand.replace("[What may be said in public?]", "The stock is shared.")
    hand.comment("520 boats", "Who says so?")
    return hand


WANTED = [
    (f"memo {MEMO}, bottom_line", "ready"),
    (f"memo {MEMO}, section upcoming", "listed"),
    ("shared-stock-survey.text", "ready"),
    ("night-fishing", "listed"),
    ("fisheries-council-3.date", "proposed"),
    ("fisheries-council-3.place", "proposed"),
    ("boats.say", "ready"),
    ("boats.claim", "listed"),
    (f"memo {MEMO}, lines", "ready"),
]


def test_a_whole_life(book: Path) -> None:
    file = returned(book, busy())
    before = facts(book)
    assert sorted(outcomes(told(book, file))) == sorted(WANTED)
    assert facts(book) == before
    applied = told(book, file, "--apply")
    assert sorted(outcomes(applied)) == sorted(
        (concerns, outcome.replace("ready", "applied")) for concerns, outcome in WANTED
    )
    assert facts(book) == before.replace("together every", "jointly each").replace(
        "say: several hundred", "say: many hundred"
    )
    assert (book / "memos" / f"{MEMO}.yaml").read_text() == MEMO_FILE.replace(
        "who pays for it is open", "money is open"
    ).replace("public?\n", "public?\n    text: The stock is shared.\n")
    assert run("-C", book, "check").exit_code == 0

    files = {path: path.stat().st_mtime_ns for path in book.glob("*/*.yaml")}
    again = told(book, file, "--apply")
    assert sorted(outcomes(again)) == sorted(
        (concerns, outcome.replace("ready", "already so")) for concerns, outcome in WANTED
    )
    assert files == {path: path.stat().st_mtime_ns for path in book.glob("*/*.yaml")}

    assert run("-C", book, "build", MEMO, "--as-of", DAY).exit_code == 0
    new = (book / "out" / DAY / f"{MEMO}.docx").read_bytes()
    assert new != sent()
    words = "\n".join(words_in(new))
    assert "Survey the shared stock jointly each spring." in words
    assert "money is open." in words
    assert "The stock is shared." in words


def test_each_edit_is_told_with_who_when_where_and_what(book: Path) -> None:
    edits = {edit["concerns"]: edit for edit in told(book, returned(book, busy()))}
    survey = edits["shared-stock-survey.text"]
    assert (survey["who"], survey["when"]) == ("Ana Holm", "2031-05-13T10:15:00Z")
    line = next(n for n, text in enumerate(facts(book).splitlines(), 1) if "Survey the shared" in text)
    assert survey["file"].endswith(f"facts/{MEMO}.yaml")
    assert (f"{survey['line']}", f"{survey['column']}") == (f"{line}", "11")
    assert (survey["before"], survey["after"]) == ("together every", "jointly each")
    assert survey["new"] == "Survey the shared stock jointly each spring."
    day = edits["fisheries-council-3.date"]
    assert (day["now"], day["new"]) == ("2031-05-11", "2031-05-13")
    assert "source" in day["why"]
    assert edits[f"memo {MEMO}, bottom_line"]["who"] == ""


def test_the_list_is_for_people_in_80_columns_and_kept_beside_the_edition(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = returned(book, busy())
    monkeypatch.chdir(book)
    result = run("-C", book, "review", file)
    assert result.exit_code == 8
    assert max(map(len, result.stdout.splitlines())) <= 80
    (kept,) = (book / "out" / DAY).glob("*review*")
    assert kept.read_text() == result.stdout
    for words in ("A fourth meeting is being planned.", "Who says so?", "End night fishing in the strait."):
        assert words in result.stdout
    with open_record(book, DUE) as record:
        (entry,) = entries_of(record.folder, MEMO, 1)
        assert record.returned.get(entry.returned) == file.read_bytes()
        assert record.store.get(entry.text) == kept.read_bytes()
        assert len(json.loads(record.store.get(entry.data))["edits"]) == len(WANTED)


def test_an_untouched_file_leaves_nothing_to_do(book: Path) -> None:
    assert told(book, returned(book, sent()), status=0) == []


def test_a_list_that_a_person_wrote_in_stays(book: Path) -> None:
    file = returned(book, busy())
    run("-C", book, "review", file)
    (kept,) = (book / "out" / DAY).glob("*review*")
    kept.write_text("my own notes")
    run("-C", book, "review", "--apply", file)
    assert kept.read_text() == "my own notes"
    assert "applied" in kept.with_stem(f"{kept.stem} (new)").read_text()


@pytest.mark.parametrize("is_of_older_record", [False, True])
def test_a_file_that_is_reviewed_where_it_was_built_stays(book: Path, is_of_older_record: bool) -> None:
    """Older records hold what came back among the bytes that are ours; neither may be built over."""
    out = book / "out" / DAY / f"{MEMO}.docx"
    theirs = busy().docx()
    out.write_bytes(theirs)
    assert run("-C", book, "review", out).exit_code == 8
    with open_record(book, DUE) as record:
        (entry,) = entries_of(record.folder, MEMO, 1)
        if is_of_older_record:
            record.returned.remove(entry.returned)
            record.store.put(theirs)
    beside = out.with_stem(f"{MEMO} (new)")
    for number, words in ((1, "to: Minister"), (2, "to: State Secretary")):
        memo = book / "memos" / f"{MEMO}.yaml"
        memo.write_text(MEMO_FILE.replace("to: Minister", words))
        assert "it stays" in run("-C", book, "build", MEMO, "--as-of", DAY).stderr
        assert out.read_bytes() == theirs
        assert (beside.read_bytes() == sent()) is (number == 1)
    assert run("-C", book, "history", "prune", "--keep", "2").exit_code == 0
    with open_record(book, DUE) as record:
        kept = record.store if is_of_older_record else record.returned
        assert kept.get(entry.returned) == theirs


# ---------------------------------------------------------------------------------- what is refused


def change(book: Path, old: str, new: str) -> None:
    path = book / "facts" / f"{MEMO}.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_a_fact_that_has_changed_since_is_a_conflict_with_all_three_wordings(book: Path) -> None:
    change(book, "Survey the shared stock together every spring.", "Survey the stock twice a year.")
    before = facts(book)
    hand = Hand(sent())
    hand.replace("together every", "jointly each")
    (edit,) = told(book, returned(book, hand), "--apply")
    assert edit["outcome"] == "conflict"
    assert (edit["printed"], edit["now"], edit["new"]) == (
        "Survey the shared stock together every spring.",
        "Survey the stock twice a year.",
        "Survey the shared stock jointly each spring.",
    )
    assert facts(book) == before
    shown = run("-C", book, "review", returned(book, hand)).stdout
    assert all(words in shown for words in (edit["printed"], edit["now"], edit["new"]))


def reviewed_by(book: Path, record: Record, hand: Hand) -> Callable[[], object]:
    found = review(book, record, hand.docx(), "returned.docx")
    keep(record, found, book / "out")
    return lambda: apply(book, found)


def test_a_file_that_moved_meanwhile_is_not_touched_and_none_beside_it(book: Path) -> None:
    with open_record(book, DUE) as record:
        go_on = reviewed_by(book, record, busy())
        change(book, "several hundred boats", "hundreds of boats")
        before = {path: path.read_bytes() for path in book.glob("*/*.yaml")}
        with pytest.raises(BriefbookError, match="changed after it was read"):
            go_on()
    assert before == {path: path.read_bytes() for path in book.glob("*/*.yaml")}


def test_what_the_checks_would_refuse_is_not_written(book: Path) -> None:
    hand = Hand(sent())
    hand.replace("together every", "\N{EGYPTIAN HIEROGLYPH A001} every")
    before = facts(book)
    result = run("-C", book, "review", "--apply", returned(book, hand))
    assert result.exit_code == 1
    assert f"facts/{MEMO}.yaml" in result.stderr
    assert facts(book) == before
    assert list((book / "out" / DAY).glob("*review*"))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("2029", "2028", "a number changed"),
        ("stock together", "stock, all three, together", "a number changed"),
        ("Port Emery", "Sund", "elsewhere"),
        ("End night fishing in the strait.", "Forbid all eels.", "other words"),
        ("every spring.", "every spring. Pay for it together.", "a sentence more"),
        ("every spring.", "every spring – see my mail.", "behind a dash more"),
        ("every spring.", "every spring (really).", "words in brackets"),
        ("The Gazette counts 400 boats", "The Gazette counted 400 boats", ""),
    ],
)
def test_what_a_source_stands_behind_is_left_to_a_person(book: Path, old: str, new: str, why: str) -> None:
    hand = Hand(sent())
    hand.replace(old, new)
    edits = told(book, returned(book, hand))
    assert {edit["outcome"] for edit in edits} == {"proposed" if why else "ready"}
    assert all(why in edit["why"] for edit in edits)


def test_evidence_is_never_a_target(book: Path) -> None:
    evidence = [line for line in facts(book).splitlines() if "evidence" in line]
    run("-C", book, "review", "--apply", returned(book, busy()))
    assert evidence == [line for line in facts(book).splitlines() if "evidence" in line]


# ----------------------------------------------------------------------------------- which edition


def edited(docx_bytes: bytes) -> Hand:
    hand = Hand(docx_bytes)
    hand.replace("together every", "jointly each")
    return hand


def without_identity(data: bytes) -> bytes:
    """The same without the property by which it is known: a program may drop what it does not know."""
    parts = parts_of(data)
    parts["docProps/custom.xml"] = parts["docProps/custom.xml"].replace(b'"briefbook"', b'"other"')
    return zipped(parts)


def test_the_edition_is_the_one_that_the_file_names(book: Path) -> None:
    first = sent()
    change(book, "End night fishing in the strait.", "End all fishing at night.")
    run("-C", book, "build", MEMO, "--as-of", DAY)
    second = (book / "out" / DAY / f"{MEMO}.docx").read_bytes()
    for number, data in ((1, first), (2, second)):
        result = run("-C", book, "review", returned(book, edited(data)), "--json")
        assert json.loads(result.stdout)["edition"] == number
    nameless = without_identity(edited(first).docx())
    refused = run("-C", book, "review", returned(book, nameless))
    assert refused.exit_code == 1
    assert "which of the 2 editions" in refused.stderr
    result = run("-C", book, "review", returned(book, nameless), "--edition", "1", "--json")
    assert [edit["concerns"] for edit in json.loads(result.stdout)["edits"]] == ["shared-stock-survey.text"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--memo", "no-such"], "no edition of memo 'no-such' is on record"),
        (["--memo", MEMO, "--edition", "7"], "there is no edition 7"),
    ],
)
def test_an_edition_that_is_not_there(book: Path, options: list[str], said: str) -> None:
    parts = parts_of(without_identity(sent()))
    core = parts["docProps/core.xml"]
    assert core.count(f"<cp:keywords>{MEMO}</cp:keywords>".encode()) == 1
    parts["docProps/core.xml"] = core.replace(f"<cp:keywords>{MEMO}</cp:keywords>".encode(), b"")
    result = run("-C", book, "review", returned(book, zipped(parts)), *options)
    assert result.exit_code == 1
    assert said in result.stderr


OTHER = "first-half-2031"


def all_files(book: Path) -> dict[Path, bytes]:
    return {
        path: path.read_bytes() for path in book.rglob("*") if path.is_file() and path.suffix != ".db-shm"
    }


@pytest.mark.parametrize(
    ("lacks_property", "options", "said"),
    [
        (False, ["--memo", OTHER, "--edition", "1"], f"it is of memo '{MEMO}', not of '{OTHER}'"),
        (False, ["--memo", OTHER], f"it is of memo '{MEMO}', not of '{OTHER}'"),
        (True, ["--memo", OTHER, "--edition", "1"], f"it is of memo '{MEMO}', not of '{OTHER}'"),
        (False, ["--edition", "2"], f"it is edition 1 of memo '{MEMO}', not edition 2"),
        (False, ["--memo", MEMO, "--edition", "2"], f"it is edition 1 of memo '{MEMO}', not edition 2"),
    ],
)
def test_what_the_file_says_of_itself_no_option_gainsays(
    book: Path, lacks_property: bool, options: list[str], said: str
) -> None:
    first = sent()
    change(book, "End night fishing in the strait.", "End all fishing at night.")
    assert run("-C", book, "build", "--as-of", DAY).exit_code == 0
    file = returned(book, without_identity(first) if lacks_property else first)
    before = all_files(book)
    result = run("-C", book, "review", file, *options, "--apply")
    assert result.exit_code == 1
    assert result.stderr == (
        f"{file}: error: this file says that {said}"
        " (leave out --memo and --edition: they are for a file that does not say it)\n"
    )
    assert all_files(book) == before
    assert run("-C", book, "review", file, "--memo", MEMO, "--edition", "1").exit_code == 0


def test_a_file_that_this_record_does_not_know_is_taken_for_no_edition_unasked(book: Path) -> None:
    elsewhere = sent()
    change(book, "End night fishing in the strait.", "End all fishing at night.")
    rmtree(book / ".briefbook")  # as in another book of the same memos, or where the record was lost
    assert run("-C", book, "build", MEMO, "--as-of", "2031-09-21").exit_code == 0
    file = returned(book, elsewhere)
    before = all_files(book)
    for options in ([], ["--edition", "1"], ["--memo", MEMO, "--edition", "1"]):
        result = run("-C", book, "review", file, *options, "--apply")
        assert result.exit_code == 1
        assert result.stderr == (
            f"{file}: error: no edition that is kept is this file, which says that it is of memo '{MEMO}',"
            f" as of {DAY} (-C BOOK names the book that made it)\n"
        )
    assert all_files(book) == before
    run("-C", book, "build", MEMO, "--as-of", DAY)
    result = run("-C", book, "review", file)
    assert result.exit_code == 1
    assert result.stderr.endswith("; --edition N takes it for another edition of its days: 2)\n")
    assert run("-C", book, "review", file, "--edition", "2").exit_code == 8


def test_a_pruned_edition_cannot_be_compared_and_what_came_back_of_it_goes(book: Path) -> None:
    file = returned(book, busy())
    run("-C", book, "review", file)
    assert run("-C", book, "history", "prune", "--keep", "1").exit_code == 0
    with open_record(book, DUE) as record:
        (entry,) = entries_of(record.folder, MEMO, 1)
        assert record.returned.has(entry.returned)
        assert record.store.has(entry.text)
    run("-C", book, "build", MEMO, "--as-of", "2031-09-21")
    assert run("-C", book, "history", "prune", "--keep", "1").exit_code == 0
    with open_record(book, DUE) as record:
        assert not list(entries_of(record.folder, MEMO, 1))
        assert not record.returned.has(entry.returned)
    result = run("-C", book, "review", file, "--edition", "1")
    assert result.exit_code == 1
    assert "no longer kept" in result.stderr


def test_files_that_are_no_returned_memo(book: Path, tmp_path: Path) -> None:
    for data in (b"", b"no zip", b"\xd0\xcf\x11\xe0", zipped({"a": b"b"})):
        result = run("-C", book, "review", returned(book, data))
        assert result.exit_code == 1
        assert "returned.docx: error: " in result.stderr
    assert run("-C", book, "review", tmp_path / "nowhere.docx").exit_code == 1
    assert run("-C", book, "review", book).exit_code == 2
    run("init", tmp_path / "new")
    result = run("-C", tmp_path / "new", "review", returned(book, sent()))
    assert "no edition is on record" in result.stderr
    assert not (tmp_path / "new" / ".briefbook").exists()


# ------------------------------------------------------------------- slots, languages, other programs


def test_a_text_in_two_languages_is_changed_in_the_one_that_was_printed(book: Path) -> None:
    change(
        book,
        "text: End night fishing in the strait.",
        "text: {en: End night fishing in the strait., es: Acabar con la pesca nocturna en el estrecho.}",
    )
    (book / "memos" / f"{MEMO}.yaml").write_text(
        MEMO_FILE.replace("to: Minister", "to: Minister\nlanguages: [en, es]")
    )
    run("-C", book, "build", MEMO, "--as-of", DAY)
    hand = Hand((book / "out" / DAY / f"{MEMO}.es.docx").read_bytes())
    hand.replace("Acabar con", "Prohibir")
    before = facts(book)
    told(book, returned(book, hand), "--apply", status=0)
    assert facts(book) == before.replace("Acabar con", "Prohibir")


def test_a_capital_and_a_full_stop_that_a_template_sets_are_not_taken_over(book: Path) -> None:
    change(book, "The Gazette counts 400 boats in the strait.", "the Gazette counts 400 boats in the strait")
    assert run("-C", book, "build", MEMO, "--as-of", DAY).exit_code == 0
    hand = Hand((book / "out" / DAY / f"{MEMO}.docx").read_bytes())
    hand.replace("Gazette counts", "Gazette counted")
    before = facts(book)
    told(book, returned(book, hand), "--apply", status=0)
    assert facts(book) == before.replace("the Gazette counts", "the Gazette counted")


def test_to_whom_a_memo_goes_stands_in_its_file(book: Path) -> None:
    hand = Hand(sent())
    hand.replace("Minister", "State Secretary", within="To\tMinister")
    (edit,) = told(book, returned(book, hand), "--apply", status=0)
    assert (edit["outcome"], edit["before"]) == ("applied", "Minister")
    text = (book / "memos" / f"{MEMO}.yaml").read_text()
    assert text == MEMO_FILE.replace("to: Minister", "to: State Secretary")


def test_a_book_that_cannot_be_read_whole_has_not_lost_a_text(book: Path) -> None:
    path = book / "facts" / f"{MEMO}.yaml"
    path.write_text(path.read_text() + "people: [\n")
    hand = Hand(sent())
    hand.replace("together every", "jointly each")
    (edit,) = told(book, returned(book, hand))
    assert edit["outcome"] == "listed"
    assert "a part of the book that cannot be read" in edit["why"]


def test_another_name_and_hidden_characters_are_left_to_a_person(book: Path) -> None:
    hand = Hand(sent())
    hand.replace("Emery Gazette", "Holm Courier")
    hand.replace("together every", "toge\u202ether every")
    edits = {edit["concerns"]: edit for edit in told(book, returned(book, hand))}
    assert edits["emery-gazette.name"]["outcome"] == "proposed"
    assert "rename it in the whole book" in edits["emery-gazette.name"]["why"]
    assert "type it anew" in edits["shared-stock-survey.text"]["why"]


@pytest.mark.parametrize("is_tagged", [True, False])
def test_a_slot_behind_its_title_is_filled_without_tracking(book: Path, is_tagged: bool) -> None:
    """However little is left of the paragraph, it is the slot's: by its control, or the bookmark in it."""
    hand = Hand(sent())
    hand.replace("[What may be said in public?]", "We share it.", tracked=False)
    if not is_tagged:  # as LibreOffice saves it
        for properties in hand.root.iter(W + "sdtPr"):
            properties.clear()
    (edit,) = told(book, returned(book, hand), "--apply", status=0)
    assert (edit["concerns"], edit["outcome"]) == (f"memo {MEMO}, lines", "applied")
    memo = (book / "memos" / f"{MEMO}.yaml").read_text()
    assert "    prompt: What may be said in public?\n    text: We share it.\n" in memo


def test_words_that_are_printed_several_times_must_be_changed_alike(book: Path) -> None:
    hand = Hand(sent())
    hand.replace("Fisheries Council", "Fish Council", within="Held in")
    (edit,) = told(book, returned(book, hand))
    assert edit["outcome"] == "proposed"
    assert "times" in edit["why"]


@pytest.mark.parametrize("tracked", [True, False])
def test_what_stands_for_a_prompt_is_one_edit_whatever_words_they_share(book: Path, tracked: bool) -> None:
    hand = Hand(sent())
    hand.replace("[What may be said in public?]", "Say in May what the note said. No more.", tracked=tracked)
    (edit,) = told(book, returned(book, hand), "--apply", status=0)
    assert (edit["before"], edit["after"]) == (
        "[What may be said in public?]",
        "Say in May what the note said. No more.",
    )
    assert "text: Say in May what the note said. No more." in (book / f"memos/{MEMO}.yaml").read_text()


def by_python_docx(data: bytes) -> bytes:
    document = docx.Document(BytesIO(data))
    for paragraph in document.paragraphs:
        for each in paragraph.runs:
            if "Survey the shared stock together" in each.text:
                each.text = each.text.replace("together", "jointly")
        if paragraph.text == "None on file.":
            paragraph.insert_paragraph_before("Written with a program.")
    document.add_picture(str(Path(__file__).parents[1] / "docs" / "images" / "memo.png"))
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def test_plain_edits_by_another_program(book: Path) -> None:
    edits = told(book, returned(book, by_python_docx(sent())), "--apply")
    assert {(edit["kind"], edit["outcome"]) for edit in edits} == {
        ("changed", "applied"),
        ("added", "listed"),
        ("thing", "listed"),
    }
    assert "Survey the shared stock jointly every spring." in facts(book)


def test_the_revisions_of_a_redline_are_not_edits(book: Path) -> None:
    redline = Hand(sent(), who="briefbook")
    redline.replace("together every", "together every")  # struck out as the old words, put in as the new ones
    redline.new_paragraph("None on file.", "A line of the edition before.")
    old = redline.paragraph("A line of the edition before.")
    for run_of in list(old.iter(W + "ins")):
        run_of.tag = W + "del"
    for text in old.iter(W + "t"):
        text.tag = W + "delText"
    assert told(book, returned(book, redline), status=0) == []
    redline.who = "Ana Holm"
    redline.replace("Survey the", "Count the")
    redline.comment("spring", "Why spring?")
    edit, remark = told(book, returned(book, redline))
    assert (remark["concerns"], remark["after"]) == ("shared-stock-survey.text", "Why spring?")
    assert (edit["outcome"], edit["who"], edit["before"], edit["after"]) == (
        "ready",
        "Ana Holm",
        "Survey",
        "Count",
    )


def test_a_bound_book_is_told_from_a_memo(book: Path) -> None:
    run("-C", book, "bind", "--as-of", DAY)
    (bound,) = (book / "out" / DAY).glob("*book*.docx")
    result = run("-C", book, "review", bound)
    assert result.exit_code == 1
    assert "is a bound book" in result.stderr


def test_of_a_marked_memo_the_list_carries_the_marking(book: Path) -> None:
    settings = book / "book.yaml"
    settings.write_text(settings.read_text() + "\nmarking: {scheme: tlp, default: amber}\n")
    assert run("-C", book, "build", MEMO, "--as-of", DAY).exit_code == 0
    hand = Hand((book / "out" / DAY / f"{MEMO}.docx").read_bytes())
    hand.replace("who pays for it is open", "money is open")
    result = run("-C", book, "review", "--apply", returned(book, hand))
    assert result.exit_code == 0, result.stdout
    lines = result.stdout.splitlines()
    assert lines[0] == lines[-1] == "TLP:AMBER"
    assert "money is open" in (book / "memos" / f"{MEMO}.yaml").read_text()


@needs_office
def test_as_libreoffice_saves_it(book: Path, tmp_path: Path) -> None:
    made = to_docx({"busy": busy().docx(), "same": sent()}, tmp_path)
    saved = {name: path.read_bytes() for name, path in made.items()}
    assert told(book, returned(book, saved["same"]), status=0) == []
    own = told(book, returned(book, busy()))
    theirs = told(book, returned(book, saved["busy"]))
    assert [{**edit, "when": ""} for edit in theirs] == [{**edit, "when": ""} for edit in own]
    assert sorted(outcomes(told(book, returned(book, saved["busy"]), "--apply"))) == sorted(
        (concerns, outcome.replace("ready", "applied")) for concerns, outcome in WANTED
    )


# --------------------------------------------------------------- what has its place though no fact has it

MORE_OF_A_MEMO = """\
title: Fisheries Council
forum: fisheries-council
slots:
  lines:
    title: Lines to take
    text: Say nothing.
sections: [header, priorities, disputed, commitments, slots, sources]
"""
DUE_DAY = "due: 2032-03 # by the communiqué"


@cache
def more() -> dict[str, bytes]:
    """A book with a commitment, a large number, and a memo that names nobody itself."""
    with TemporaryDirectory() as folder:
        book = Path(folder) / "council"
        run("init", book)
        change(
            book,
            "force: agreed",
            f"force: agreed\n        promised_by: [norland]\n        {DUE_DAY}\n       ",
        )
        change(book, "claim: The joint note speaks of 520", "claim: The joint note speaks of 4,000")
        (book / "memos" / f"{MEMO}.yaml").write_text(MORE_OF_A_MEMO)
        settings = book / "book.yaml"
        settings.write_text(settings.read_text().replace("to: Minister", "to: State Secretary"))
        assert run("-C", book, "build", MEMO, "--as-of", DAY).exit_code == 0
        return {str(path.relative_to(book)): path.read_bytes() for path in book.rglob("*") if path.is_file()}


@pytest.fixture
def more_book(tmp_path: Path) -> Path:
    for name, data in more().items():
        path = tmp_path / "more" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "more"


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (
            "State Secretary",
            "Deputy Minister",
            ("proposed", "book.yaml", "Deputy Minister", "other memos"),
        ),
        ("Lines to take", "Lines to say", ("ready", f"memos/{MEMO}.yaml", "Lines to say", "")),
        ("March 2032", "May 2032", ("proposed", f"facts/{MEMO}.yaml", "2032-05", "another day")),
        (
            "4,000 boats",
            "5,500 boats",
            ("proposed", f"facts/{MEMO}.yaml", "The joint note speaks of 5,500 boats.", "a number changed"),
        ),
    ],
)
def test_each_edit_has_its_place(
    more_book: Path, old: str, new: str, wanted: tuple[str, str, str, str]
) -> None:
    hand = Hand(more()[f"out/{DAY}/{MEMO}.docx"])
    hand.replace(old, new, tracked=False)
    (edit,) = told(more_book, returned(more_book, hand))
    outcome, file, words, why = wanted
    assert (edit["outcome"], edit["new"]) == (outcome, words)
    assert edit["file"].endswith(file)
    assert why in edit["why"]
    assert (edit["before"] == "4,000") is (old == "4,000 boats")


@pytest.mark.parametrize("tracked", [True, False])
def test_a_row_of_a_table_is_one_item(more_book: Path, tracked: bool) -> None:
    hand = Hand(more()[f"out/{DAY}/{MEMO}.docx"])
    hand.delete_row("March 2032", tracked=tracked)
    (edit,) = told(more_book, returned(more_book, hand))
    assert (edit["kind"], edit["concerns"]) == ("removed", "shared-stock-survey")
    assert edit["before"].startswith("Norland | Survey the shared stock")


def test_a_word_in_the_foot_of_the_pages_is_that_word_alone(more_book: Path) -> None:
    memo = docx.Document(BytesIO(more()[f"out/{DAY}/{MEMO}.docx"]))
    memo.sections[0].footer.paragraphs[0].runs[0].text += " DRAFT"
    memo.save(str(more_book / "returned.docx"))
    (edit,) = told(more_book, more_book / "returned.docx")
    assert (edit["kind"], edit["before"], edit["after"], edit["part"]) == ("changed", "", "DRAFT", "footer")


def test_a_line_break_in_a_slot_is_told(more_book: Path) -> None:
    hand = Hand(more()[f"out/{DAY}/{MEMO}.docx"])
    hand.replace("Say nothing.", "Say little.", tracked=False)
    (text,) = (one for one in hand.paragraph("Say little").iter(W + "t") if one.text == "Say little.")
    etree.SubElement(parent_of(text), W + "br")
    etree.SubElement(parent_of(text), W + "t").text = "Smile."
    for edit in told(more_book, returned(more_book, hand)):
        assert (edit["outcome"], edit["new"]) == ("ready", "Say little. Smile.")
        assert "line break" in edit["why"]
