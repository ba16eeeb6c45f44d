"""Words struck through, hidden, highlighted; paragraphs set otherwise; numbers typed over fields."""

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from tests.books import run
from tests.hand_edits import WHEN, WHO, Hand, W, look
from tests.libreoffice import needs_office, to_docx
from tests.test_review import book, facts, returned, sent, told

__all__ = ["book"]
SURVEY = "Survey the shared stock together every spring."
WORDS = "together every"


@pytest.mark.parametrize("tracked", [True, False])
@pytest.mark.parametrize(
    ("looks", "what"),
    [
        ([look("strike")], "struck through"),
        ([look("dstrike", val="true")], "struck through"),
        ([look("vanish")], "hidden"),
        ([look("highlight", val="yellow")], "highlighted"),
        ([look("shd", val="clear", fill="FFFF00")], "highlighted"),
        ([look("color", val="FF0000"), look("b")], "bold, coloured"),
        ([look("u", val="single"), look("i")], "italic, underlined"),
        ([look("strike"), look("highlight", val="green")], "highlighted, struck through"),
    ],
)
def test_a_look_of_words_is_an_edit(
    book: Path, looks: list[etree._Element], what: str, tracked: bool
) -> None:
    hand = Hand(sent())
    hand.look(WORDS, *looks, tracked=tracked)
    [edit] = told(book, returned(book, hand))
    assert (edit["kind"], edit["what"], edit["outcome"]) == ("looks", what, "listed")
    assert (edit["before"], edit["after"], edit["concerns"]) == (WORDS, WORDS, "shared-stock-survey.text")
    assert (edit["who"], edit["when"]) == ((WHO, WHEN) if tracked else ("", ""))
    assert edit["heading"] == "Agreed priorities"
    assert "take them out by hand" in edit["why"] or not {"struck through", "hidden"} & {*what.split(", ")}


def test_looks_that_come_and_go_by_styles_of_letters(book: Path) -> None:
    """Of the edition's own bold words some are no longer; others have a style that stands on a struck one."""
    hand = Hand(sent())
    hand.look("How many", look("b", val="0"))

    def add_styles(root: etree._Element) -> None:
        for name, based_on, said in (("Gone", "", "strike"), ("GoneToo", "Gone", "caps")):
            style = etree.SubElement(root, W + "style", {W + "type": "character", W + "styleId": name})
            if based_on:
                style.append(look("basedOn", val=based_on))
            etree.SubElement(style, W + "rPr").append(look(said))

    hand.in_part("word/styles.xml", add_styles)
    hand.look(WORDS, look("rStyle", val="GoneToo"))
    edits = told(book, returned(book, hand))
    assert [(edit["what"], edit["after"]) for edit in edits] == [
        ("struck through", WORDS),
        ("no longer bold", "How many"),
    ]


@pytest.mark.parametrize("tracked", [True, False])
@pytest.mark.parametrize("style", ["Heading1", "ListNumber"])
def test_a_paragraph_in_another_style_is_an_edit(book: Path, style: str, tracked: bool) -> None:
    hand = Hand(sent())
    hand.restyle("None on file.", style, tracked=tracked)
    [edit] = told(book, returned(book, hand))
    name = {"Heading1": "heading 1", "ListNumber": "List Number"}[style]
    assert (edit["kind"], edit["what"]) == ("looks", f"paragraph in style “{name}”, not “Body Text”")
    assert (edit["after"], edit["who"]) == ("None on file.", WHO if tracked else "")


def _other_size(hand: Hand) -> None:
    hand.look(WORDS, look("sz", val="40"), tracked=True)


def _on_the_page(hand: Hand) -> None:
    section = next(hand.root.iter(W + "sectPr"))
    section.append(hand.revision("sectPrChange"))


def _indented(hand: Hand) -> None:
    properties = hand.paragraph(WORDS).find(W + "pPr")
    assert properties is not None
    properties.append(hand.revision("pPrChange"))


@pytest.mark.parametrize(
    ("change", "what", "words"),
    [
        (_other_size, "looks changed", WORDS),
        (_on_the_page, "page looks changed", ""),
        (_indented, "paragraph looks changed", f"{SURVEY}[1]↗ The first joint survey has begun."),
    ],
)
def test_a_tracked_change_of_looks_is_told_with_who_and_where(
    book: Path, change: Callable[[Hand], None], what: str, words: str
) -> None:
    hand = Hand(sent())
    change(hand)
    file = returned(book, hand)
    [edit] = told(book, file)
    assert (edit["kind"], edit["what"], edit["who"], edit["when"]) == ("looks", what, WHO, WHEN)
    assert edit["after"].startswith(words)
    shown = " ".join(run("-C", book, "review", file).stdout.split())
    assert f"listed: fits no field of the book · {WHO}, 2031-05-13 10:15 · {edit['heading']}" in shown
    assert f"{what}: {edit['after']}".removesuffix(": ") in shown


def test_words_at_the_foot_of_pages_and_in_new_paragraphs(book: Path) -> None:
    hand = Hand(sent())

    def strike(root: etree._Element) -> None:
        text = next(root.iter(W + "t"))
        run_of = text.getparent()
        assert run_of is not None
        properties = run_of.find(W + "rPr")
        if properties is None:
            properties = etree.Element(W + "rPr")
            run_of.insert(0, properties)
        properties.append(look("strike"))

    hand.in_part("word/footer1.xml", strike)
    hand.new_paragraph("None on file.", "A fourth meeting is planned.", tracked=False)
    hand.look("fourth meeting", look("strike"))
    new, struck, foot = told(book, returned(book, hand))
    assert (new["kind"], struck["kind"], foot["kind"], foot["part"]) == ("added", "looks", "looks", "footer")
    assert (struck["before"], struck["after"], struck["what"]) == ("", "fourth meeting", "struck through")


@pytest.mark.parametrize("name", ["strike", "vanish"])
def test_nothing_is_made_of_a_field_whose_words_are_struck_through(book: Path, name: str) -> None:
    """New words in a field of which somebody struck others through, or those themselves: a person decides."""
    before = facts(book)
    for words in ("spring", "jointly"):
        hand = Hand(sent())
        hand.replace("together", "jointly", tracked=False)
        hand.look(words, look(name))
        edits = {edit["kind"]: edit for edit in told(book, returned(book, hand), "--apply")}
        assert edits["changed"]["outcome"] == "proposed"
        assert "struck through or hidden" in edits["changed"]["why"]
        assert (edits["looks"]["outcome"], edits["looks"]["after"]) == ("listed", words)
    assert facts(book) == before


@pytest.mark.parametrize(("typed", "status"), [("7", 8), ("one", 8), ("1", 0)])
def test_a_number_that_somebody_typed_over_a_field_is_an_edit(book: Path, typed: str, status: int) -> None:
    """The same number is none: some programs put it there."""
    hand = Hand(sent())
    hand.type_over_field(SURVEY, typed)
    edits = told(book, returned(book, hand), status=status)
    wanted = [("changed", "[1]", typed, "listed")] if status else []
    assert [(edit["kind"], edit["before"], edit["after"], edit["outcome"]) for edit in edits] == wanted


@needs_office
def test_looks_as_libreoffice_saves_them(book: Path, tmp_path: Path) -> None:
    hand = Hand(sent())
    hand.look(WORDS, look("strike"), tracked=True)
    hand.look("Port Emery", look("highlight", val="yellow"), within="Held in")
    hand.restyle("None on file.", "Heading2")
    hand.type_over_field("End night fishing", "7")
    saved = to_docx({"returned": hand.docx()}, tmp_path)["returned"].read_bytes()
    mine, theirs = (told(book, returned(book, data)) for data in (hand, saved))
    assert len(mine) == 4
    assert [edit["what"].casefold() for edit in theirs] == [edit["what"].casefold() for edit in mine]
    assert [edit["after"] for edit in theirs] == [edit["after"] for edit in mine]
