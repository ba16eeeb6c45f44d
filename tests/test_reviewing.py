"""Whatever somebody does to a memo is told: no word that went or came is missing from the edits."""

import copy
import json
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from briefbook.aligning import keys_in
from briefbook.composing.wording import wording_of
from briefbook.document import Citations, Document
from briefbook.inputs import Inputs, from_bytes, remade
from briefbook.issued import Edition
from briefbook.readers.book_files import gather
from briefbook.readers.read_book import ReadBook, read_book
from briefbook.readers.read_returned import read_returned
from briefbook.record import read_record
from briefbook.returned import Look, Part, Returned, View, viewed
from briefbook.reviewing.edit import Edit, EditKind, Review
from briefbook.reviewing.edits import review_of
from briefbook.reviewing.proposals import Outcome, Proposal, proposals_of
from briefbook.reviewing.report import as_data, as_text
from tests.books import run
from tests.hand_edits import Hand, W, look, parts_of, text_of, zipped
from tests.office import DUE
from tests.readers.test_read_returned import memo, tree

MEMO = "fisheries-council"


@cache
def made() -> tuple[bytes, Document, Edition, Inputs, ReadBook]:
    """An edition of the book that `init` writes: its DOCX and its tree, its record, and the book as read."""
    with TemporaryDirectory() as folder:
        book = Path(folder) / "council"
        run("init", book)
        run("-C", book, "build", MEMO, "--as-of", "2031-09-20")
        record = read_record(book, DUE)
        assert record is not None
        with record:
            issued = record.ledger.edition(MEMO, 1)
            assert issued is not None
            docx = record.store.get(next(one.sha256 for one in issued.outputs if one.format == "docx"))
            inputs = from_bytes(record.store.get(issued.inputs))
        return docx, remade(inputs), issued, inputs, read_book(book, gather(book))


@cache
def edition() -> tuple[bytes, Returned, Document]:
    """Its DOCX, that read back, and its tree."""
    docx, made_of, *_ = made()
    return docx, read_returned(docx, "own"), made_of


def proposed(review: Review) -> tuple[Proposal, ...]:
    """What becomes of each edit in the book that the edition was made of."""
    *_, inputs, read = made()
    language = wording_of(inputs.selection.language, inputs.catalogues)
    return proposals_of(review, read.book, read.book.memos[MEMO], language)


def reviewed(docx: bytes) -> Review:
    _, own, made_of = edition()
    return review_of(own, read_returned(docx, "returned"), made_of)


def hand() -> Hand:
    return Hand(edition()[0])


def one(review: Review) -> Edit:
    (edit,) = review.edits
    return edit


def field_of(review: Review, edit: Edit) -> str:
    assert edit.piece is not None
    origin = review.pieces[edit.piece].origin
    assert origin is not None
    return f"{origin.fact}.{origin.field}"


def test_an_untouched_document_has_no_edits() -> None:
    review = reviewed(edition()[0])
    assert (review.edits, review.rewritten, review.formatting, review.spaces) == ((), {}, 0, 0)


@pytest.mark.parametrize("tracked", [True, False])
def test_words_within_a_field(tracked: bool) -> None:
    own = hand()
    own.replace("together every", "jointly each", tracked=tracked)
    review = reviewed(own.docx())
    edit = one(review)
    assert (edit.kind, edit.before, edit.after) == (EditKind.CHANGED, "together every", "jointly each")
    assert edit.who == ("Ana Holm" if tracked else "")
    assert field_of(review, edit) == "shared-stock-survey.text"
    assert list(review.rewritten.values()) == ["Survey the shared stock jointly each spring."]


def test_several_hands_in_one_word() -> None:
    first = hand()
    first.replace("together", "toge")
    second = Hand(first.docx(), "Bo Lund")
    second.insert_after("toge", "thr")
    edit = one(reviewed(second.docx()))
    assert (edit.before, edit.after, edit.who) == ("together", "togethr", "Ana Holm, Bo Lund")


def test_words_at_the_edges_of_a_field() -> None:
    own = hand()
    own.insert_after("every spring.", " Or twice.")
    own.replace("Survey the", "Always survey the")
    review = reviewed(own.docx())
    assert list(review.rewritten.values()) == [
        "Always survey the shared stock together every spring. Or twice."
    ]


def test_words_between_two_facts_are_of_neither_for_sure() -> None:
    own = hand()
    own.replace(", Fisheries Minister", " (Fisheries Minister)", within="Ana Holm")
    review = reviewed(own.docx())
    assert len(review.edits) == 2
    assert not [n for n in review.rewritten if review.pieces[n].is_of_somebody]


def test_a_split_paragraph_shortens_no_fact() -> None:
    own = hand()
    text = "The council was set up in 2029 to look after the fish that both countries catch in the strait."
    own.replace(" to look after the fish that both countries catch in the strait", "", within=text)
    own.new_paragraph(
        "The council was set up", "To look after the fish that both countries catch in the strait."
    )
    review = reviewed(own.docx())
    assert {edit.kind for edit in review.edits} == {EditKind.CHANGED, EditKind.ADDED}
    assert not review.rewritten


def test_a_whole_paragraph_of_other_words_is_told_with_all_it_was() -> None:
    own = hand()
    own.replace("End night fishing in the strait.", "Forbid the sale of eels.")
    review = reviewed(own.docx())
    edit = one(review)
    assert (edit.before, edit.after) == ("End night fishing in the strait", "Forbid the sale of eels")
    assert field_of(review, edit) == "night-fishing.text"


def test_moved_paragraphs_are_told_once() -> None:
    own = hand()
    own.move_paragraph("End night fishing", "Survey the shared stock")
    edit = one(reviewed(own.docx()))
    assert (edit.kind, edit.who, edit.facts) == (EditKind.MOVED, "Ana Holm", ("night-fishing",))


def test_what_came_and_went_again_is_told() -> None:
    own = hand()
    own.insert_after("every spring", " at dawn")
    come = next(own.root.iter(W + "ins"))
    run_of = come[0]
    gone = own.revision("del")
    come.append(gone)
    gone.append(run_of)
    run_of[-1].tag = W + "delText"
    edit = one(reviewed(own.docx()))
    assert (edit.kind, edit.before) == (EditKind.TAKEN_BACK, " at dawn")


def test_tracking_a_change_by_which_nothing_changes() -> None:
    own = hand()
    own.replace("together every", "together every")
    review = reviewed(own.docx())
    assert [edit.kind for edit in review.edits] == [EditKind.TAKEN_BACK, EditKind.TAKEN_BACK]


def test_remarks_know_what_they_are_on() -> None:
    own = hand()
    first = own.comment("stock together", "With whom?")
    own.comment("stock", "With us.", answers=first)
    remark, answer = reviewed(own.docx()).edits
    assert (remark.kind, remark.before, remark.after) == (EditKind.REMARK, "stock together", "With whom?")
    assert remark.facts == ("shared-stock-survey",)
    assert remark.piece is not None
    assert answer.what == remark.who == "Ana Holm"


def test_words_at_the_head_and_foot_of_pages() -> None:
    own = hand()

    def change(root: etree._Element) -> None:
        next(root.iter(W + "t")).text = "For the minister alone"

    for name in ("word/header1.xml", "word/footer1.xml"):
        own.in_part(name, change)
    edits = reviewed(own.docx()).edits
    assert {edit.part for edit in edits} == {Part.HEADER, Part.FOOTER}
    come = [edit for edit in edits if "For the minister alone" in edit.after]
    assert {edit.part for edit in come} == {Part.HEADER, Part.FOOTER}


def test_looks_of_no_words_and_white_space_alone_are_counted() -> None:
    own = hand()
    marks = etree.SubElement(own.paragraph("every spring")[0], W + "rPr")  # of the paragraph's end
    marks.append(own.revision("rPrChange"))
    own.insert_after("every", "  ")
    review = reviewed(own.docx())
    assert (review.edits, review.formatting, review.spaces) == ((), 1, 1)


def test_what_a_program_spells_otherwise_is_no_edit() -> None:
    own = hand()
    parts = parts_of(own.docx())
    told = parts["word/document.xml"].decode()
    assert "“" in told
    told = told.replace("“", '"').replace("”", '"').replace("\u00a0", " ").replace("’", "'")
    assert reviewed(zipped({**parts, "word/document.xml": told.encode()})).edits == ()


def of_tables_and_notes(change: Callable[[Hand], None], citations: Citations = Citations.NUMBERED) -> Review:
    sent = memo(citations)
    own = Hand(sent)
    change(own)
    return review_of(read_returned(sent, "own"), read_returned(own.docx(), "back"), tree(citations))


@pytest.mark.parametrize("tracked", [True, False])
def test_cells_and_rows_of_tables(tracked: bool) -> None:
    review = of_tables_and_notes(lambda own: own.replace("400", "450", tracked=tracked))
    edit = one(review)
    assert (edit.before, edit.after, field_of(review, edit)) == ("400", "450", "boats.claim")
    assert list(review.rewritten.values()) == ["450"]
    gone = of_tables_and_notes(lambda own: own.delete_row("Sudland", tracked=tracked)).edits
    assert [(edit.kind, edit.before) for edit in gone] == [
        (EditKind.REMOVED, "Sudland | 520"),
    ]
    assert {edit.who for edit in gone} == ({"Ana Holm"} if tracked else {""})


@pytest.mark.parametrize("kind", [Citations.FOOTNOTES, Citations.ENDNOTES])
def test_words_in_notes_are_those_of_their_source(kind: Citations) -> None:
    def change(own: Hand) -> None:
        def inside(root: etree._Element) -> None:
            words = next(text for text in root.iter(W + "t") if text.text == "The joint note.")
            words.text = "The common note."

        own.in_part(f"word/{kind.value}.xml", inside)

    review = of_tables_and_notes(change, kind)
    edit = one(review)
    assert (edit.part, edit.before, edit.after) == (Part.NOTE, "joint", "common")
    assert field_of(review, edit) == "note.short"
    assert list(review.rewritten.values()) == ["The common note."]


# ------------------------------------------------------------------------------ nothing is missing


@st.composite
def hands(draw: st.DrawFn) -> Hand:
    """A few things that somebody does to the memo, tracked or not; new words are like no others."""
    own = copy.deepcopy(hand())
    number = 0
    for _ in range(draw(st.integers(1, 4))):
        paragraphs = [one for one in own.root.iter(W + "p") if len(re.findall(r"\w+", text_of(one))) > 1]
        paragraph = draw(st.sampled_from(paragraphs))
        text = text_of(paragraph)
        words = [match.span() for match in re.finditer(r"[^\W_]+", text)]
        if not words:
            continue
        first = draw(st.integers(0, len(words) - 1))
        last = draw(st.integers(first, min(first + 3, len(words) - 1)))
        old = text[words[first][0] : words[last][1]]
        if text.index(old) != words[first][0]:
            continue  # the same stands before it, maybe within a word
        tracked = draw(st.booleans())
        number += 1
        new = f"qx{number}a qx{number}b"
        what = draw(
            st.sampled_from(["replace", "insert", "delete", "paragraph", "gone", "comment", "look", "set"])
        )
        try:
            match what:
                case "replace":
                    own.replace(old, new, tracked=tracked, within=text)
                case "insert":
                    own.insert_after(old, f" {new}", tracked=tracked, within=text)
                case "delete":
                    own.replace(old, "", tracked=tracked, within=text)
                case "paragraph":
                    own.new_paragraph(text, new, tracked=tracked)
                case "gone" if len(paragraphs) > 3:
                    own.delete_paragraph(text, tracked=tracked)
                case "look":
                    name = draw(st.sampled_from(["strike", "vanish", "b", "caps"]))
                    own.look(old, look(name), tracked=tracked, within=text)
                case "set" if text_of(paragraph).isalpha():
                    own.restyle(text, draw(st.sampled_from(["Heading3", "ListBullet"])), tracked=tracked)
                case _:
                    own.comment(old, new, within=text)
        except (AssertionError, StopIteration):  # the words lie in a field or a link: nobody edits those
            continue
    return own


def words_of(returned: Returned) -> Counter[str]:
    """The words that a document holds once all is accepted, whatever Word works out left aside."""
    return Counter(
        key
        for paragraph in viewed(returned.paragraphs, View.ACCEPTED)
        if paragraph.part in (Part.BODY, Part.NOTE)
        for key in keys_in("".join("" if s.is_worked_out else s.text for s in paragraph.spans))
    )


def all_stands_in_what_is_printed(review: Review) -> None:
    """Each edit has an outcome, and stands with its words and who made it in the text and in the JSON."""
    proposals, issued = proposed(review), made()[2]
    for proposal in proposals:
        assert (proposal.target is not None) or proposal.outcome is not Outcome.READY
        assert proposal.why or proposal.outcome in (Outcome.READY, Outcome.DONE)
    text = " ".join(as_text(issued, review, proposals).split())
    rows = json.loads(as_data(issued, review, proposals))["edits"]
    at = 0
    for number, (edit, row) in enumerate(zip(review.edits, rows, strict=True), 1):
        at = text.index(f" {number}. {OUTCOMES[row['outcome']]}", at)
        item = text[at : text.find(f" {number + 1}. ", at)] if number < len(rows) else text[at:]
        for words in (edit.before, edit.after, edit.who or "not tracked", edit.what):
            assert " ".join(words.split()) in item, (edit, item)
        assert (row["kind"], row["before"], row["after"]) == (edit.kind, edit.before, edit.after)
        assert (row["who"], row["what"]) == (edit.who, edit.what)


OUTCOMES = {
    "ready": "ready:",
    "proposed": "proposed:",
    "listed": "listed:",
    "conflict": "conflict:",
    "already so": "already so",
}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hands())
def test_every_word_that_went_or_came_is_in_some_edit(own: Hand) -> None:
    _, sent, _ = edition()
    docx = own.docx()
    back = read_returned(docx, "returned")
    review = reviewed(docx)
    told_gone = Counter(key for edit in review.edits for key in keys_in(edit.before))
    told_come = Counter(key for edit in review.edits for key in keys_in(edit.after))
    assert not (words_of(sent) - words_of(back)) - told_gone
    assert not (words_of(back) - words_of(sent)) - told_come
    remarks = [comment.text for comment in back.comments]
    assert sorted(remarks) == sorted(edit.after for edit in review.edits if edit.kind is EditKind.REMARK)
    tracked = [s for p in back.paragraphs for s in p.spans if s.revisions and keys_in(s.text)]
    for span in tracked:  # whoever did it, it is told
        keys = Counter(keys_in("" if span.is_worked_out else span.text))
        assert not keys - (told_gone + told_come), span
    told = Counter(key for edit in review.edits if edit.kind is EditKind.LOOKS for key in keys_in(edit.after))
    for span in (s for p in viewed(back.paragraphs, View.ACCEPTED) for s in p.spans):
        if Look.STRUCK in span.looks or Look.HIDDEN in span.looks or span.relooked:
            assert not Counter(keys_in("" if span.is_worked_out else span.text)) - told, span
    all_stands_in_what_is_printed(review)
    shown = " ".join(" ".join(p.text.split()) for p in viewed(back.paragraphs, View.ACCEPTED))
    for text in review.rewritten.values():
        assert keys_in(text) == () or " ".join(text.split()) in shown
