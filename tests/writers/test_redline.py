"""Redlines: accepting all gives the new document, rejecting all the old.

Judged by rules of our own (tests/redline_judge.py), which tell structure, and by LibreOffice, for words.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from time import process_time

import pytest
from hypothesis import example, given, settings
from lxml import etree

from briefbook.document import (
    Citations,
    Document,
    Heading,
    Paragraph,
    Row,
    SourceEntry,
    SourceList,
    Table,
)
from briefbook.workshop import Day
from briefbook.writers.docx_package import part_of_bytes, zip_of_parts
from briefbook.writers.redline import redline
from briefbook.writers.theme import File, HouseFile, Theme
from briefbook.writers.to_docx import write_docx
from tests.audit import faults_of
from tests.houses.by_hand import hand_made_house
from tests.houses.by_libreoffice import libreoffice_house
from tests.houses.by_python_docx import python_docx_house
from tests.libreoffice import needs_office
from tests.redline_judge import (
    DOCUMENT,
    Parts,
    W,
    accepted,
    rejected,
    shown,
    shown_without_controls,
    sound,
)
from tests.redline_office import judged
from tests.test_golden import workshop
from tests.writers.redline_pairs import edited_pairs
from tests.writers.stress import stress_document
from tests.writers.trees import SOURCE_IDS, cite, document_of, few, fisheries_memo, run, with_citations

INSTANT = datetime(2031, 5, 14, tzinfo=UTC)
OLD, NEW = date(2021, 10, 6), date(2026, 3, 15)
HOUSES: Mapping[str, Callable[[], bytes]] = {
    "hand": hand_made_house,
    "libreoffice": libreoffice_house,
    "python-docx": python_docx_house,
}
Pair = tuple[bytes, bytes]


def red(old: bytes, new: bytes) -> bytes:
    return redline(old, new, author="briefbook", instant=INSTANT)


def written(*documents: Document, theme: Theme | None = None) -> Pair:
    old, new = (write_docx(document, theme or Theme()) for document in documents)
    return old, new


def holds(old: bytes, new: bytes) -> bytes:
    """The redline of two DOCX, after it was found to be one."""
    made = red(old, new)
    sound(made)
    assert shown(accepted(made)) == shown(Parts(new))
    assert shown_without_controls(rejected(made)) == shown_without_controls(Parts(old))
    return made


def body_of(docx: bytes) -> etree._Element:
    return Parts(docx).roots[DOCUMENT][0]


def marked(docx: bytes, kind: str) -> list[str]:
    """What stands in each mark of a kind in the body."""
    marks = (mark for mark in body_of(docx).iter(W + kind) if len(mark))
    return ["".join(each.text or "" for each in mark.iter(W + "t", W + "delText")) for mark in marks]


# ---------------------------------------------------------------------------------------- the corpus


@cache
def editions() -> Mapping[str, Pair]:
    """Two editions each: of the example book in every way of citing, in houses' files, in Spanish."""
    book = workshop().book
    made: dict[str, Pair] = {}

    def both(memo: str, **changes: str) -> Iterator[Document]:
        asked = replace(book.memos[memo], **changes)  # type: ignore[arg-type]
        for day in (OLD, NEW):
            yield workshop().document(asked, Day(as_of=day, known_by=day))

    for citations in Citations:
        made[f"dialogue-{citations}"] = written(*both("high-level-security-dialogue", citations=citations))
        made[f"all-{citations}"] = written(*both("all", citations=citations))
    made["spanish"] = written(*both("high-level-security-dialogue", language="es"))
    made["to-notes"] = written(*both("all", citations=Citations.NUMBERED))[0], made["all-footnotes"][1]
    made["from-notes"] = made["all-endnotes"][0], made["all-numbered"][1]
    for name, house in HOUSES.items():
        theme = Theme(house=HouseFile(file=File.of(house()), styles=()))
        for citations in (Citations.NUMBERED, Citations.FOOTNOTES):
            pair = both("high-level-security-dialogue", citations=citations)
            made[f"{name}-{citations}"] = written(*pair, theme=theme)
    for was, now in (("dialogue", "hand"), ("hand", "dialogue"), ("hand", "python-docx")):  # another house
        made[f"{was}-then-{now}"] = made[f"{was}-numbered"][0], made[f"{now}-numbered"][1]
    made["stress"] = written(stress_document(Citations.FOOTNOTES), fisheries_memo())
    return made


@cache
def redlines() -> Mapping[str, bytes]:
    return {name: red(*pair) for name, pair in editions().items()}


@pytest.mark.parametrize("name", sorted(editions()))
def test_accepting_gives_the_new_edition_and_rejecting_the_old(name: str, tmp_path: Path) -> None:
    old, new = editions()[name]
    made = redlines()[name]
    sound(made)
    assert shown(accepted(made)) == shown(Parts(new))
    assert shown_without_controls(rejected(made)) == shown_without_controls(Parts(old))
    assert shown(Parts(old)) != shown(Parts(new))
    assert faults_of(made, tmp_path) == []


@pytest.mark.long
@settings(few, max_examples=20)  # each takes a while: four readings of two documents
@given(edited_pairs())
@example((document_of(), fisheries_memo()))
@example((fisheries_memo(), document_of()))
def test_any_two_documents(pair: tuple[Document, Document]) -> None:
    holds(*written(*pair))


def test_two_that_are_the_same_have_no_revision() -> None:
    document = with_citations(fisheries_memo(), Citations.FOOTNOTES)
    made = holds(*written(document, document))
    assert shown(Parts(made)) == shown(accepted(made))
    assert not any(b"w:author" in data for data in Parts(made).content.values())


# ------------------------------------------------------------------------------------- as people read it


def paragraphs(*texts: str) -> Document:
    return document_of(*(Paragraph(children=run(text)) for text in texts))


LONG = "The ministers met in Port Emery and agreed to survey the shared stock together every spring."
OTHER = "Neither side has said who is to pay for the ships, and no source on file gives a sum of money."


def test_words_are_told_one_by_one_and_phrases_as_phrases() -> None:
    made = holds(*written(paragraphs(LONG), paragraphs(LONG.replace("every spring", "each autumn"))))
    assert marked(made, "del") == ["every spring"]
    assert marked(made, "ins") == ["each autumn"]


def test_two_sentences_that_have_little_in_common_are_not_cut_to_scraps() -> None:
    made = holds(*written(paragraphs(LONG), paragraphs(OTHER)))
    assert marked(made, "del") == [LONG.removesuffix(".")]
    assert marked(made, "ins") == [OTHER.removesuffix(".")]


def test_only_the_look_of_words_has_changed() -> None:
    bold = document_of(Paragraph(children=(*run("Money is "), *run("the open point.", strong=True))))
    plain = document_of(Paragraph(children=(*run("Money is "), *run("the open point."))))
    made = holds(*written(plain, bold))
    assert marked(made, "del") == marked(made, "ins") == []
    (changed,) = [each for each in body_of(made).iter(W + "r") if each.find(f".//{W}rPrChange") is not None]
    assert changed.findtext(W + "t") == "the open point."


def test_a_paragraph_that_stands_elsewhere_has_moved() -> None:
    third = "The laboratories of both countries publish their counts before the talks begin."
    fourth = "Nothing else is on file of what the two of them spoke about in the evening."
    made = holds(*written(paragraphs(LONG, OTHER, third, fourth), paragraphs(LONG, third, OTHER, fourth)))
    assert marked(made, "moveFrom") == marked(made, "moveTo")
    assert marked(made, "moveTo") in ([OTHER], [third])
    assert marked(made, "del") == marked(made, "ins") == []


def test_the_last_paragraph_goes_without_a_trace_though_its_mark_cannot() -> None:
    for pair, kind in (((LONG, OTHER), (LONG,)), "del"), (((LONG,), (LONG, OTHER)), "ins"):
        made = holds(*written(*(paragraphs(*texts) for texts in pair)))
        first, last = body_of(made).iterfind(W + "p")
        assert first.find(f"{W}pPr/{W}rPr/{W}{kind}") is not None
        assert last.find(f"{W}pPr/{W}rPr") is None


def text_of(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))


def table(*rows: str) -> Table:
    head, *others = (Row(cells=tuple(run(cell) for cell in row.split("|"))) for row in rows)
    return Table(name="Posts", header=head, rows=tuple(others))


def test_rows_come_and_go_and_cells_are_compared() -> None:
    old = table("Side|Post", "Norland|Minister of Fisheries", "Sudland|Minister of the Sea")
    new = table("Side|Post", "Norland|Minister of Fisheries and Ports", "Westland|An observer without a vote")
    made = holds(*written(document_of(old), document_of(new)))
    rows = {
        kind: [
            text_of(row) for row in body_of(made).iter(W + "tr") if row.find(f"{W}trPr/{W}{kind}") is not None
        ]
        for kind in ("ins", "del")
    }
    assert rows == {"del": ["SudlandMinister of the Sea"], "ins": ["WestlandAn observer without a vote"]}
    assert " and Ports" in marked(made, "ins")
    assert len(body_of(made).findall(W + "tbl")) == 1


def test_another_table_in_its_place_is_not_right_beside_it() -> None:
    lead = Heading(level=2, children=run("Posts"))
    old = table("Side|Post", "Norland|Minister")
    new = table("When|Where|What", "May|Port Emery|a survey of the stock")
    made = holds(*written(document_of(lead, old), document_of(lead, new)))
    assert len(body_of(made).findall(W + "tbl")) == 1


SOURCES = {1: "Gazette.", 2: "Joint note of the ministers, 12 May 2031.", 3: "Radio."}


def noted(citations: Citations, order: tuple[int, ...], changes: Mapping[int, str] | None = None) -> Document:
    said = {**SOURCES, **(changes or {})}
    entries = tuple(SourceEntry(source=SOURCE_IDS[n - 1], number=n, children=run(said[n])) for n in said)
    text = [Paragraph(children=(*run(f"{LONG} Point {n}."), *cite(n))) for n in order]
    return with_citations(document_of(*text, SourceList(entries=entries)), citations)


@pytest.mark.parametrize("citations", [Citations.FOOTNOTES, Citations.ENDNOTES])
def test_a_note_that_says_something_else_is_compared_word_by_word(citations: Citations) -> None:
    changed = {2: "Joint note of both ministers, 12 May 2031."}
    made = holds(*written(noted(citations, (1, 2)), noted(citations, (1, 2), changed)))
    notes = Parts(made).roots[f"word/{citations}.xml"]
    assert [each.text for each in notes.iter(W + "delText")] == ["the"]
    assert marked(made, "del") == marked(made, "ins") == []


@pytest.mark.parametrize("citations", [Citations.FOOTNOTES, Citations.ENDNOTES])
def test_notes_go_come_and_change_places(citations: Citations) -> None:
    holds(*written(noted(citations, (1, 2)), noted(citations, (2, 3, 1))))
    holds(*written(noted(citations, (3, 2, 1)), noted(citations, (2,))))


def test_another_note_in_its_place_is_told_as_another() -> None:
    made = holds(*written(noted(Citations.FOOTNOTES, (1,)), noted(Citations.FOOTNOTES, (3,))))
    for kind, said in (("del", "Gazette."), ("ins", "Radio.")):
        (mark,) = [
            each for each in body_of(made).iter(W + kind) if each.find(f".//{W}footnoteReference") is not None
        ]
        (reference,) = mark.iter(W + "footnoteReference")
        notes = Parts(made).roots["word/footnotes.xml"]
        (note,) = [each for each in notes if each.get(W + "id") == reference.get(W + "id")]
        assert [text_of(each) for each in note.iter(W + kind)] == [said]


def test_a_source_that_got_another_number_is_still_what_its_citations_lead_to() -> None:
    made = holds(*written(noted(Citations.NUMBERED, (2, 3)), noted(Citations.NUMBERED, (1, 2, 3))))
    texts = [*marked(made, "del"), *marked(made, "ins")]
    assert "Radio." not in texts
    names = [start.get(W + "name") for start in body_of(made).iter(W + "bookmarkStart")]
    assert [name for name in names if str(name).endswith("_was")] == ["source_3_was"]  # the Gazette's


@pytest.mark.long
@needs_office
def test_libreoffice_reads_the_same_words(tmp_path: Path) -> None:
    """LibreOffice takes its time: one of each kind of edition, and what is hard on few lines."""
    hard = {
        "moved": written(paragraphs(LONG, OTHER, "So it is."), paragraphs(OTHER, LONG, "So it was.")),
        "shorter": written(paragraphs(LONG, OTHER), paragraphs(LONG)),
        "longer": written(paragraphs(LONG), paragraphs(LONG, OTHER)),
        "rows": written(
            *(document_of(table("Side|Post", *rows)) for rows in (("A|a b", "C|c"), ("A|a", "D|d e"))),
        ),
        "notes": written(noted(Citations.FOOTNOTES, (1, 2)), noted(Citations.FOOTNOTES, (2, 3, 1))),
        "endnotes": written(
            noted(Citations.ENDNOTES, (3, 2, 1)), noted(Citations.ENDNOTES, (2,), {2: "A note."})
        ),
    }
    kinds = ("dialogue-numbered", "all-footnotes", "spanish", "hand-footnotes")
    pairs = hard | {name: editions()[name] for name in kinds}
    words = judged({name: (*pair, red(*pair)) for name, pair in pairs.items()}, tmp_path)
    for name, told in words.items():
        assert told["accepted"] == told["new"], name
        assert told["rejected"] == told["old"], name
        assert told["old"] != told["new"], name


# --------------------------------------------------------------------------- what others put into the file


def controlled(words: str, *, tag: str = "slot:objectives[1]", placeholder: bool = False) -> bytes:
    """A memo with a content control among the runs of a paragraph, as a person's words stand in one."""
    (docx, _) = written(paragraphs("Objective: SLOT and no more."), paragraphs(""))
    shows = "<w:showingPlcHdr/>" if placeholder else ""
    control = (
        f'<w:sdt><w:sdtPr><w:alias w:val="Objective"/><w:tag w:val="{tag}"/><w:id w:val="77"/>{shows}'
        f"</w:sdtPr><w:sdtContent><w:r><w:t>{words}</w:t></w:r></w:sdtContent></w:sdt>"
    )
    parts = Parts(docx).content
    space = '<w:t xml:space="preserve">'
    text = parts[DOCUMENT].decode().replace("SLOT", f"</w:t></w:r>{control}<w:r>{space}")
    parts[DOCUMENT] = text.replace("<w:t>Objective: ", f"{space}Objective: ").encode()
    return zip_of_parts(part_of_bytes(name, data) for name, data in parts.items())


def test_words_in_a_control_are_compared_in_it(tmp_path: Path) -> None:
    made = holds(controlled("to ask for the survey"), controlled("to ask for the autumn survey"))
    (control,) = body_of(made).iter(W + "sdt")
    assert [each.findtext(f"{W}r/{W}t") for each in control.iter(W + "ins")] == ["autumn "]
    assert faults_of(made, tmp_path) == []
    filled = holds(controlled("Click here", placeholder=True), controlled("to ask for the survey"))
    (control,) = body_of(filled).iter(W + "sdt")
    assert control.find(f"{W}sdtPr/{W}showingPlcHdr") is None


def test_a_control_comes_and_goes_with_its_words(tmp_path: Path) -> None:
    bare = written(paragraphs("Objective:  and no more."), paragraphs(""))[0]
    for old, new in ((bare, controlled("to ask")), (controlled("to ask"), bare)):
        assert faults_of(holds(old, new), tmp_path) == []
    both = holds(controlled("to ask"), controlled("to ask", tag="slot:purpose"))  # both of identity 77
    assert faults_of(both, tmp_path) == []
    (came,) = body_of(both).iter(W + "sdt")
    parent = came.getparent()
    assert parent is not None
    assert parent.tag == W + "ins"


def test_only_what_changed_is_told_as_changed_where_a_control_goes() -> None:
    """LibreOffice takes the ranges that Word has for controls (§17.13.5.4) for changes of all below."""
    for made in redlines().values():
        assert not [each.tag for each in body_of(made).iter() if "customXml" in str(each.tag)]


def test_the_same_two_give_the_same_bytes() -> None:
    assert red(*editions()["all-numbered"]) == redlines()["all-numbered"]


def test_a_long_document_takes_time_in_proportion_to_its_length() -> None:
    """Fifty pages, most paragraphs of which changed: comparing each with each would take minutes."""
    texts = [" ".join(f"word{(n * k) % 97}" for k in range(1, 41)) for n in range(600)]
    other = [text.replace("word1 ", f"other{n} ") for n, text in enumerate(texts, 1) if n % 7]
    pair = written(paragraphs(*texts), paragraphs(*other))
    started = process_time()
    red(*pair)
    assert process_time() - started < 20
