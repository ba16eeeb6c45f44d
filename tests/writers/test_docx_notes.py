"""Citations in the DOCX: Word's own footnotes and endnotes, and numbers that are cross-references."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import mammoth
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from briefbook.document import Citations, Document, Link, Paragraph, SourceEntry, SourceList, Text
from briefbook.notes import notes_of, without_notes
from briefbook.writers.docx_package import Part, part_of_bytes, zip_of_parts
from briefbook.writers.theme import Theme
from briefbook.writers.to_docx import write_docx
from tests.audit import faults_of
from tests.docx_watch import watched
from tests.libreoffice import bare, needs_office, odt_words, to_odt
from tests.writers.schema_order import misplaced
from tests.writers.test_to_docx import W, part, parts_of, plain, shape, words_in, words_of_tree
from tests.writers.trees import (
    cite,
    document_of,
    documents,
    few,
    fisheries_memo,
    run,
    said,
    with_citations,
    words_of,
)

NOTES = (Citations.FOOTNOTES, Citations.ENDNOTES)
PAGE = Link(children=(Text(text="the page"),), target="https://norland.example/note")
SOURCES = SourceList(
    entries=(
        SourceEntry(
            source="gazette-2031-04-02", number=1, children=(*run("Gazette. "), *run("Avis", language="fr"))
        ),
        SourceEntry(
            source="joint-note-2031-05-12",
            number=2,
            children=(Text(text="Note", emphasis=True), *run(", "), PAGE),
        ),
        SourceEntry(source="radio-2031-09-01", number=3, children=run("Radio.")),
    )
)


def small(citations: Citations) -> Document:
    """The second source first, then the first and again the second; the third is cited nowhere."""
    text = Paragraph(children=(*run("Agreed."), *cite(2), *run(" Again."), *cite(1, 2)))
    return with_citations(document_of(text, SOURCES), citations)


def written(document: Document, name: str) -> list[str]:
    return [shape(element) for element in part(document, name)]


def field(instruction: str, result: str, style: str) -> str:
    look = f"<rPr><rStyle val={style}>"
    return (
        f"<r>{look}<fldChar fldCharType=begin><r>{look}<instrText space=preserve>' {instruction} '"
        f"<r>{look}<fldChar fldCharType=separate><r>{look}<t>'{result}'<r>{look}<fldChar fldCharType=end>"
    )


# ------------------------------------------------------------------------------------------ notes


@pytest.mark.parametrize(
    ("citations", "kind", "name"),
    [(Citations.FOOTNOTES, "footnote", "Footnote"), (Citations.ENDNOTES, "endnote", "Endnote")],
)
def test_a_note_hangs_where_its_source_is_cited_first_and_is_referred_to_from_then_on(
    citations: Citations, kind: str, name: str
) -> None:
    document = small(citations)
    look = f"<rPr><rStyle val={name}Reference>"

    def note(number: int) -> str:
        return (
            f"<bookmarkStart id={number} name=note_{number}><r>{look}<{kind}Reference id={number}>"
            f"<bookmarkEnd id={number}>"
        )

    body = part(document, "word/document.xml")[0]
    assert shape(body[0]) == (
        f"<p><pPr><pStyle val=BodyText><r><t>'Agreed.'{note(1)}<r><t space=preserve>' Again.'{note(2)}"
        f"<r>{look}<t space=preserve>',\u00a0'" + field("NOTEREF note_1 \\h \\f", "1", f"{name}Reference")
    )
    mark = f"<p><pPr><pStyle val={name}Text><r>{look}<{kind}Ref><r><tab>"
    notes = written(document, f"word/{kind}s.xml")
    link = etree.fromstring(parts_of(write_docx(document, Theme()))[f"word/_rels/{kind}s.xml.rels"])[0]
    assert notes == [
        f"<{kind} type=separator id=-1><p><r><separator>",
        f"<{kind} type=continuationSeparator id=0><p><r><continuationSeparator>",
        f"<{kind} id=1>{mark}<r><rPr><rStyle val=Emphasis><t>'Note'<r><t space=preserve>', '"
        f"<hyperlink history=1 id={link.get('Id')}><r><rPr><rStyle val=Hyperlink><t>'the page'",
        f"<{kind} id=2>{mark}<r><t space=preserve>'Gazette. '<r><rPr><lang val=fr><t>'Avis'",
    ]
    assert link.get("Target") == PAGE.target


@pytest.mark.parametrize("citations", NOTES)
def test_what_is_no_note_stays_on_the_list_under_its_number(citations: Citations) -> None:
    document = small(citations)
    lists = [e for e in part(document, "word/document.xml").iter(f"{W}p") if "val=Source>" in shape(e)]
    assert [words_in(element, citations=True) for element in lists] == [["Radio."]]
    assert [e.get(f"{W}val") for e in part(document, "word/numbering.xml").iter(f"{W}startOverride")] == ["3"]


def test_endnotes_stand_under_their_title_and_are_numbered_in_figures() -> None:
    document = small(Citations.ENDNOTES)
    main = part(document, "word/document.xml")
    assert shape(main[0][-2]) == "<p><pPr><pStyle val=Heading1><r><t>'Notes'"
    assert shape(main[0][-1]).count("<endnotePr><numFmt val=decimal>") == 1
    settings = part(document, "word/settings.xml").find(f"{W}endnotePr")
    assert settings is not None
    assert shape(settings) == "<endnotePr><numFmt val=decimal><endnote id=-1><endnote id=0>"


def test_without_a_citation_there_is_no_title_of_notes() -> None:
    document = with_citations(document_of(Paragraph(children=run("Said."))), Citations.ENDNOTES)
    assert words_in(part(document, "word/document.xml"), citations=True) == ["Said."]


def test_a_document_with_numbers_has_no_part_of_notes() -> None:
    assert not [name for name in parts_of(write_docx(small(Citations.NUMBERED), Theme())) if "notes" in name]


# ---------------------------------------------------------------------------------------- numbers


def test_a_number_is_a_cross_reference_and_its_source_leads_back_to_the_first() -> None:
    main = part(small(Citations.NUMBERED), "word/document.xml")[0]
    again = field("REF source_1 \\r \\h \\* CHARFORMAT", "1", "Citation")
    assert shape(main[0]).endswith(again)
    assert shape(main[0]).count(again) == 2
    assert f"<bookmarkStart id=1 name=cited_1>{again}<bookmarkEnd id=1>" in shape(main[0])
    first = shape(main[1])
    assert first.startswith(
        "<p><pPr><pStyle val=Source><numPr><ilvl val=0><numId val=4><bookmarkStart id=3 name=source_1>"
    )
    assert first.endswith(
        "<bookmarkEnd id=3><r><t space=preserve>'\u00a0'<hyperlink anchor=cited_1 history=1 "
        "tooltip=Back to the first citation of source 1><r><rPr><rStyle val=SourceBack><t>'↑'"
    )
    assert "hyperlink" not in shape(main[3])  # nothing cites it


def test_sources_that_skip_a_number_keep_theirs() -> None:
    entries = [
        replace(entry, number=number) for entry, number in zip(SOURCES.entries, (2, 3, 7), strict=True)
    ]
    document = document_of(SourceList(entries=tuple(entries)))
    used = [e.get(f"{W}val") for e in part(document, "word/document.xml").iter(f"{W}numId")]
    assert used == ["4", "4", "5"]
    starts = [e.get(f"{W}val") for e in part(document, "word/numbering.xml").iter(f"{W}startOverride")]
    assert starts == ["2", "7"]


# ---------------------------------------------------------------------------------- whatever the tree


@few
@given(documents(), st.sampled_from(Citations))
def test_whatever_is_cited_all_that_a_citation_needs_is_there(
    document: Document, citations: Citations
) -> None:
    document = with_citations(document, citations)
    content = write_docx(document, Theme())
    parts = {name: etree.fromstring(blob) for name, blob in parts_of(content).items()}
    assert [fault for root in parts.values() for fault in misplaced(root)] == []
    main = parts["word/document.xml"]
    bookmarks = [str(mark.get(f"{W}name")) for mark in main.iter(f"{W}bookmarkStart")]
    fields = [str(e.text).split() for root in parts.values() for e in root.iter(f"{W}instrText")]
    assert {name for _, *rest in fields for name in rest[:1]} <= set(bookmarks)
    identities = [mark.get(f"{W}id") for mark in main.iter(f"{W}bookmarkStart")]
    assert identities == [str(number + 1) for number in range(len(identities))]
    notes = list(hung_notes(parts))
    assert words_in(main, citations=False) == [
        *(word for word in words_of_tree(without_notes(document))),
        *(["Notes"] if notes and citations is Citations.ENDNOTES else []),
    ]
    texts = [plain(entry.children).split() for _, entry in sorted(notes_of(document).items())]
    assert [words_in(note, citations=False) for note in notes] == texts


def hung_notes(parts: dict[str, etree._Element]) -> Iterator[etree._Element]:
    """The notes, in the order in which the text refers to them."""
    for kind in ("footnote", "endnote"):
        if f"word/{kind}s.xml" not in parts:
            continue
        references = [e.get(f"{W}id") for e in parts["word/document.xml"].iter(f"{W}{kind}Reference")]
        assert references == [str(number + 1) for number in range(len(references))]
        notes = {note.get(f"{W}id"): note for note in parts[f"word/{kind}s.xml"]}
        assert set(notes) == {"-1", "0", *references}
        yield from (notes[reference] for reference in references)


@settings(few, max_examples=15)  # an audit takes as long as twenty memos
@given(document=documents(), citations=st.sampled_from(Citations))
def test_whatever_the_tree_the_audit_finds_no_fault(
    document: Document, citations: Citations, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = write_docx(with_citations(document, citations), Theme())
    assert faults_of(content, tmp_path_factory.getbasetemp()) == []


def test_the_audit_would_find_a_note_that_is_none(tmp_path: Path) -> None:
    parts = spoiled(b'footnoteReference w:id="9"', b'footnoteReference w:id="1"')
    assert faults_of(zip_of_parts(parts), tmp_path) != []


def spoiled(wrong: bytes, right: bytes) -> list[Part]:
    """The parts of a sound DOCX, with a few bytes of its body in place of others."""
    parts = parts_of(write_docx(small(Citations.FOOTNOTES), Theme()))
    assert right in parts["word/document.xml"]
    parts["word/document.xml"] = parts["word/document.xml"].replace(right, wrong)
    return [part_of_bytes(name, blob) for name, blob in parts.items()]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (b'<w:pStile w:val="BodyText"/>', b'<w:pStyle w:val="BodyText"/>'),
        (b'<w:keepNext/><w:pStyle w:val="BodyText"/>', b'<w:pStyle w:val="BodyText"/>'),
        (b'w:fldCharType="started"', b'w:fldCharType="begin"'),
    ],
)
def test_the_audit_would_find_a_fault_and_the_watch_too(wrong: bytes, right: bytes, tmp_path: Path) -> None:
    zipped = watched(zip_of_parts, tmp_path)
    zipped(spoiled(right, right))
    parts = spoiled(wrong, right)
    assert faults_of(zip_of_parts(parts), tmp_path) != []
    with pytest.raises(AssertionError):
        zipped(parts)


# -------------------------------------------------------------------------------- independent readers


@pytest.mark.parametrize("citations", NOTES)
def test_mammoth_reads_the_notes_in_their_order(citations: Citations) -> None:
    memo = with_citations(fisheries_memo(), citations)
    result = mammoth.convert_to_html(io.BytesIO(write_docx(memo, Theme())))  # type: ignore[no-untyped-call]
    soup = BeautifulSoup(result.value, "html.parser")
    references = soup.select("sup a[id*=note-ref]")
    assert [reference.get_text() for reference in references] == ["[1]", "[2]", "[3]"]
    notes = [soup.select_one(str(reference["href"])) for reference in references]
    texts = [note.get_text().replace("↑", "").split() for note in notes if note is not None]
    assert texts == [said(entry.children).split() for _, entry in sorted(notes_of(memo).items())]
    assert [heading.get_text() for heading in soup.find_all("h2")][-1] == (
        "Notes" if citations is Citations.ENDNOTES else "Find out"
    )


@needs_office
def test_libreoffice_works_out_the_same_numbers_in_the_same_order(tmp_path: Path) -> None:
    memos = {str(citations): with_citations(fisheries_memo(), citations) for citations in Citations}
    opened = to_odt({name: write_docx(memo, Theme()) for name, memo in memos.items()}, tmp_path)
    for name, memo in memos.items():
        body, notes = odt_words(opened[name])
        expected = words_of(without_notes(memo)) + (["Notes"] if memo.notes_title else [])
        assert bare(" ".join(body).replace(" ↑", "")) == bare(" ".join(expected)), name
        told = [word for _, entry in sorted(notes_of(memo).items()) for word in said(entry.children).split()]
        assert notes == told, name
