"""Words put before or after a field: the field's where it stands alone between breaks, and nobody's else."""

from pathlib import Path
from time import process_time

import pytest

from briefbook.aligning import Change, tokens_of
from briefbook.returned import Paragraph, Span
from briefbook.reviewing.matching import Row, stretch_beside
from tests.books import run
from tests.hand_edits import Hand, W, text_of_run
from tests.test_review import DAY, MEMO, MEMO_FILE, book, facts, returned, sent, told

__all__ = ["book"]  # a fixture

HEADER = f"memo {MEMO}, section header"
RAISED = "it touches more than this field"
SLOTS_ALONE = "[header, background, slots, sources]"


def memo_of(book: Path) -> str:
    return (book / "memos" / f"{MEMO}.yaml").read_text()


def built(book: Path, memo: str) -> Hand:
    """The memo made anew after its file was changed."""
    (book / "memos" / f"{MEMO}.yaml").write_text(memo)
    assert run("-C", book, "build", MEMO, "--as-of", DAY).exit_code == 0
    return Hand((book / "out" / DAY / f"{MEMO}.docx").read_bytes())


@pytest.mark.parametrize("tracked", [True, False])
def test_words_around_whom_a_memo_goes_to_are_a_person_s_to_decide(book: Path, tracked: bool) -> None:
    hand = Hand(sent())
    hand.insert_after("\t", "The Deputy ", within="To\tMinister", tracked=tracked)
    hand.insert_after("Minister", ", Energy", within="To\tThe Deputy Minister", tracked=tracked)
    edits = told(book, returned(book, hand), "--apply")
    assert [(edit["outcome"], edit["after"]) for edit in edits] == [
        ("proposed", "The Deputy"),
        ("proposed", ", Energy"),
    ]
    assert {edit["new"] for edit in edits} == {"The Deputy Minister, Energy"}
    assert memo_of(book) == MEMO_FILE
    (book / "memos" / f"{MEMO}.yaml").write_text(
        MEMO_FILE.replace("to: Minister", "to: The Deputy Minister, Energy")
    )
    assert {edit["outcome"] for edit in told(book, returned(book, hand), status=0)} == {"already so"}


@pytest.mark.parametrize(
    ("within", "words", "new", "mended"),  # a word of the title's own, which then waits with it
    [
        ("Lines to take", "take", ": The stock is shared, and both countries survey it.", ""),
        ("Lines to take", "take", " The stock is shared", "Lines"),
        ("On the boats", "boats", " of both", "the"),
        ("To\tMinister", "Minister", " – please read by Friday!", ""),
        ("To\tMinister", "\t", "cc ", ""),
        ("Subject", "Council", " – needs more on quotas, Bo", ""),
        ("Subject", "\t", "DRAFT ", "Council"),
    ],
)
def test_a_note_or_an_answer_beside_a_title_is_not_written(
    book: Path, within: str, words: str, new: str, mended: str
) -> None:
    hand = Hand(sent())
    hand.insert_after(words, new, within=within)
    if mended:
        hand.replace(mended, f"{mended}x", within=within)
    before = memo_of(book)
    edits = told(book, returned(book, hand), "--apply")
    assert [edit["outcome"] for edit in edits] == ["proposed"] * (2 if mended else 1)
    assert {"the answer for a slot" in edit["why"] for edit in edits} == {True}
    assert memo_of(book) == before


@pytest.mark.parametrize(
    ("within", "old", "new"),
    [
        ("To\tMinister", "Minister", "Minster – please read by Friday!"),
        ("Lines to take", "take", "tell: The stock is shared"),
        ("On the boats", "boats", "boat. Is it true?"),
        ("Subject", "Council", "Councils - draft"),
        ("Subject", "Council", "Councils needs more on quotas I think"),
        ("To\tMinister", "Minister", "Minster please read by Friday"),
    ],
)
def test_a_note_behind_a_mended_word_is_not_written(book: Path, within: str, old: str, new: str) -> None:
    hand = Hand(sent())
    hand.replace(old, new, within=within)
    before = memo_of(book)
    (edit,) = told(book, returned(book, hand), "--apply")
    assert edit["outcome"] == "proposed"
    assert "may hold a note" in edit["why"]
    assert memo_of(book) == before


@pytest.mark.parametrize(
    ("within", "old", "new", "filed"),
    [
        ("To\tMinister", "Minister", "Dr. Bo Lund", "to: Dr. Bo Lund\n"),
        ("On the boats", "boats", "boat crews", "title: On the boat crews\n"),
        ("Subject", "Fisheries", "Fishery", "title: Fishery Council\n"),
    ],
)
def test_other_words_in_a_title_are_written(book: Path, within: str, old: str, new: str, filed: str) -> None:
    hand = Hand(sent())
    hand.replace(old, new, within=within)
    told(book, returned(book, hand), "--apply", status=0)
    assert filed in memo_of(book)


@pytest.mark.parametrize(
    ("within", "old", "new"),
    [
        ("To\tMinister", "Minister", "Chair\tCopy: Bo Lund"),
        ("To\tMinister", "Minister", "Minster\nCopy: Bo Lund"),
        ("Subject", "Council", "Councils\nDraft"),
        ("Subject", "Council", "\nDraft"),
        ("On the boats", "boats", "boat\tCopy: Bo"),
        ("On the boats", "the", "\tthose"),
        ("Lines to take", "take", "tell\nThe stock is shared"),
    ],
)
@pytest.mark.parametrize("tracked", [True, False])
@pytest.mark.parametrize("is_replaced", [True, False])
def test_words_beyond_a_break_that_somebody_put_in_are_told_and_are_no_field_s(
    book: Path, within: str, old: str, new: str, tracked: bool, is_replaced: bool
) -> None:
    hand = Hand(sent())
    if is_replaced:
        hand.replace(old, new, within=within, tracked=tracked)
    else:
        hand.insert_after(old, new, within=within, tracked=tracked)
    before = memo_of(book)
    (edit,) = told(book, returned(book, hand), "--apply")
    assert (edit["outcome"], edit["new"]) == ("listed", "")
    assert edit["after"].endswith(new.split()[-1])
    assert memo_of(book) == before


@pytest.mark.parametrize(("words", "new"), [("\t", "The Fisheries desk"), ("desk", "Fisheries desk The")])
def test_words_around_whom_the_book_sends_from_are_proposed(book: Path, words: str, new: str) -> None:
    hand = Hand(sent())
    hand.insert_after(words, "The " if words == "\t" else " The", within="From\t")
    before = (book / "book.yaml").read_bytes()
    (edit,) = told(book, returned(book, hand), "--apply")
    assert (edit["outcome"], edit["new"]) == ("proposed", new)
    assert "other memos print it too" in edit["why"]
    assert edit["file"].endswith("book.yaml")
    assert (book / "book.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("within", "words", "new", "told_as"),
    [
        ("To\tMinister", "To", " (new)", " (new)"),  # the label's
        ("To\tMinister", "Minister", "\tCopy: Bo Lund", "Copy: Bo Lund"),  # behind a break of theirs
        ("To\tMinister", "\t", "Bo Lund\t", "Bo Lund"),
        ("Held in", "Held in ", "the harbour of ", "the harbour of"),  # between words of two kinds
        ("Held in", "Port Emery", " harbour", "harbour"),
        ("Held in", "\t", "Special ", "Special"),  # of words that are no field's, beside a day alone
        ("Upcoming meetings", "meetings", " of ours", "of ours"),
        ("Council to meet", "\N{RIGHT DOUBLE QUOTATION MARK}", " (abridged)", "(abridged)"),
        ("Council to meet", "Emery", "\N{RIGHT DOUBLE QUOTATION MARK} and “so on", "and “so on"),
    ],
)
def test_words_that_may_be_something_else_are_told_and_are_no_field_s(
    book: Path, within: str, words: str, new: str, told_as: str
) -> None:
    hand = Hand(sent())
    hand.insert_after(words, new, within=within)
    before = memo_of(book), facts(book)
    (edit,) = told(book, returned(book, hand), "--apply")
    assert edit["outcome"] == "listed"
    assert told_as.strip() in edit["after"]
    assert edit["new"] == ""
    assert (memo_of(book), facts(book)) == before


@pytest.mark.parametrize(
    ("within", "words", "new", "concerns", "proposed"),
    [
        ("Held in", "May 2031", ", evening", "fisheries-council-3.date", "11 May 2031, evening"),
        ("Council to", "“", "Our ", "gazette-2031-04-02.title", "Our Council to meet again in Port Emery"),
        ("Council to", "Emery", " i", "gazette-2031-04-02.title", "Council to meet again in Port Emery i"),
    ],
)
def test_words_beside_what_stands_alone_are_proposed(
    book: Path, within: str, words: str, new: str, concerns: str, proposed: str
) -> None:
    hand = Hand(sent())
    hand.insert_after(words, new, within=within)
    (edit,) = told(book, returned(book, hand))
    assert (edit["outcome"], edit["concerns"]) == ("proposed", concerns)
    assert " ".join(edit["new"].split()) == proposed


def test_words_before_the_control_of_a_slot_are_its_own(book: Path) -> None:
    hand = Hand(sent())
    control = next(one for one in hand.paragraph("Say several").iter(W + "sdt"))
    hand.insert_after("Say several hundred.", "Please: ", tracked=False)
    (typed,) = (run for run in control.iter(W + "r") if "Please" in text_of_run(run))
    control.addprevious(typed)  # as Word has it that was typed at the beginning of the line
    (edit,) = told(book, returned(book, hand), "--apply", status=0)
    assert edit["outcome"] == "applied"
    assert '    text: "Please: Say several hundred."\n' in memo_of(book)


@pytest.mark.parametrize("new", ["Special ", "a\tSpecial "])
def test_words_over_a_break_are_two_edits_or_no_field_s(book: Path, new: str) -> None:
    hand = Hand(sent())
    hand.replace("2031", "2032", within="Held in")
    hand.insert_after("\t", new, within="Held in")
    edits = told(book, returned(book, hand))
    if "\t" in new:
        assert [(edit["outcome"], edit["after"]) for edit in edits] == [("listed", "2032 a Special")]
        assert RAISED in edits[0]["why"]
    else:
        day, word = edits
        assert (day["outcome"], day["new"]) == ("proposed", "2032-05-11")
        assert (word["outcome"], word["after"], word["new"]) == ("listed", "Special", "")


def test_the_same_words_in_another_line_of_the_head_are_a_person_s_to_decide(book: Path) -> None:
    """The reference reads as the title does: who changes it there may mean it alone."""
    hand = built(book, MEMO_FILE.replace("title: Fisheries Council", f"title: {MEMO}"))
    hand.insert_after(MEMO, " b", within="Reference")
    before = memo_of(book)
    (edit,) = told(book, returned(book, hand), "--apply")
    assert (edit["concerns"], edit["outcome"]) == (HEADER, "proposed")
    assert "2 times, and 1 of them" in edit["why"]
    assert memo_of(book) == before


def test_a_heading_that_reads_as_the_title_of_a_slot_is_another(book: Path) -> None:
    hand = built(book, MEMO_FILE.replace("title: On the boats", "title: Background"))
    hand.insert_after("Background", " so far", within="Background")
    (edit,) = told(book, returned(book, hand), "--apply")
    assert edit["outcome"] == "listed"
    assert "the book says them in no field" in edit["why"]


def test_words_before_a_name_may_mean_somebody_else(book: Path) -> None:
    for path in (book / "facts").glob("*.yaml"):
        path.write_text(path.read_text().replace("name: Norland,", "name: Kingdom of Norland,"))
    hand = built(book, MEMO_FILE[: MEMO_FILE.index("sections:")] + "sections: [participants]\n")
    hand.replace("Kingdom of", "The Kingdom of", within="Ana Holm")
    (edit,) = told(book, returned(book, hand), "--apply")
    assert (edit["outcome"], edit["new"]) == ("proposed", "The Kingdom of Norland")
    assert "rename it in the whole book" in edit["why"]


@pytest.mark.parametrize(
    ("was", "old", "new"),
    [
        ("NORLAND Isles", "NORLAND", "Norland"),
        ("norland's Isles", "norland's", "Norland's"),
        ("Norland Isles", "Isles", "Isle"),
    ],
)
def test_a_name_whose_letters_alone_were_mended_is_still_the_same(
    book: Path, was: str, old: str, new: str
) -> None:
    for path in (book / "facts").glob("*.yaml"):
        path.write_text(path.read_text().replace("name: Norland,", f'name: "{was}",'))
    hand = built(book, MEMO_FILE[: MEMO_FILE.index("sections:")] + "sections: [participants]\n")
    hand.replace(old, new, within="Ana Holm")
    (edit,) = told(book, returned(book, hand))
    assert (edit["outcome"], edit["new"]) == ("ready", was.replace(old, new))


@pytest.mark.parametrize("mark", ["", '"'])
def test_a_long_paragraph_with_many_new_words_is_read_in_no_time(mark: str) -> None:
    """It took ten seconds: for each new word all words of the paragraph were looked at."""
    texts = [f"{mark}a b{mark} " * 8_000, f"{mark}x a b{mark} " * 8_000]
    paragraphs = [Paragraph(spans=(Span(text=text),)) for text in texts]
    own, other = (Row(paragraph=one, tokens=tokens_of(one), key=()) for one in paragraphs)
    own.owners.update({n: (0, 0, 0) for n, token in enumerate(own.tokens) if token.text != mark})
    size, at = 2 + 2 * len(mark), len(mark)
    begun = process_time()
    for n in range(8_000):
        i, j = size * n + at, (size + 1) * n + at
        assert (stretch_beside(own, other, Change(i1=i, i2=i, j1=j, j2=j + 1)) is None) == (
            not mark and n > 0
        )
    assert process_time() - begun < 3
