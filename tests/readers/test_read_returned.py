"""Returned documents: whatever a person did to one is read, and one from anybody does no harm."""

import struct
import zipfile
from datetime import date
from functools import cache
from io import BytesIO

import pytest
from lxml import etree

from briefbook.diagnostics import BriefbookError
from briefbook.document import (
    Citations,
    Cite,
    CitedSource,
    Document,
    Field,
    Fields,
    Heading,
    Origin,
    Paragraph,
    Row,
    Section,
    SourceEntry,
    SourceList,
    Table,
    Text,
)
from briefbook.readers.read_returned import read_returned
from briefbook.returned import Paragraph as ReturnedParagraph
from briefbook.returned import Part, Returned, RevisionKind, View, viewed
from briefbook.writers.theme import Theme
from briefbook.writers.to_docx import write_docx
from tests.hand_edits import DOCUMENT, WHEN, WHO, Hand, W, parent_of, parts_of, zipped

DAY = date(2031, 5, 12)
_VT = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"


NOTE = Text(text="The joint note.", origin=Origin(fact="note", field="short"))
BOATS = Text(text="400", origin=Origin(fact="boats", field="claim"))


def words(text: str) -> tuple[Text, ...]:
    return (Text(text=text),)


def tree(citations: Citations = Citations.NUMBERED) -> Document:
    cite = Cite(sources=(CitedSource(source="note", number=1, is_note=citations is not Citations.NUMBERED),))
    blocks = (
        Heading(level=1, children=words("Council"), aside=words("12 May")),
        Fields(rows=(Field(label=words("To"), value=words("Minister")),)),
        Paragraph(children=(*words("The third meeting was held in Port Emery."), cite)),
        Paragraph(children=words("Boats are many.")),
        Table(
            name="boats",
            header=Row(cells=(words("side"), words("boats"))),
            rows=(Row(cells=(words("Norland"), (BOATS,))), Row(cells=(words("Sudland"), words("520")))),
        ),
        SourceList(entries=(SourceEntry(source="note", number=1, children=(NOTE,)),)),
    )
    return Document(
        memo="council", title="Council", language="en", reference="REF-7", author="Desk", as_of=DAY,
        known_by=DAY, footer="council", page_of="{page} of {pages}", citations=citations,
        sections=(Section(name="all", blocks=blocks),),
    )  # fmt: skip


@cache
def memo(citations: Citations = Citations.NUMBERED) -> bytes:
    return write_docx(tree(citations), Theme())


def read(docx: bytes) -> Returned:
    return read_returned(docx, "council.docx")


def lines(returned: Returned, view: View) -> list[str]:
    return [paragraph_words for one in viewed(returned.paragraphs, view) if (paragraph_words := _said(one))]


def _said(one: ReturnedParagraph) -> str:
    return "".join(span.text for span in one.spans if not span.is_worked_out)


BODY = [
    "Council\t12\N{NO-BREAK SPACE}May", "To\tMinister", "The third meeting was held in Port Emery.",
    "Boats are many.", "side", "boats", "Norland", "400", "Sudland", "520",
    "The joint note.\N{NO-BREAK SPACE}↑",
]  # fmt: skip


def test_a_document_as_it_was_sent() -> None:
    returned = read(memo())
    assert lines(returned, View.ACCEPTED)[: len(BODY)] == BODY
    assert lines(returned, View.REJECTED) == lines(returned, View.ACCEPTED)
    assert (returned.memo, returned.reference) == ("council", "REF-7")
    assert returned.edition.startswith("council 2031-05-12 2031-05-12 ")
    assert not (returned.comments)
    assert not (returned.things)
    assert not (returned.controls)
    cells = [one.cell for one in returned.paragraphs if one.cell]
    assert cells == [(0, y, x) for y in range(3) for x in range(2)]
    assert {one.part for one in returned.paragraphs} == {Part.BODY, Part.HEADER, Part.FOOTER}


def test_words_replaced_under_track_changes() -> None:
    hand = Hand(memo())
    hand.replace("Port Emery", "Sund")
    returned = read(hand.docx())
    changed = [span for one in returned.paragraphs for span in one.spans if span.revisions]
    assert [(one.text, one.revisions[0].kind) for one in changed] == [
        ("Port Emery", RevisionKind.DELETED),
        ("Sund", RevisionKind.INSERTED),
    ]
    assert {(one.revisions[0].author, one.revisions[0].when) for one in changed} == {(WHO, WHEN)}
    assert "The third meeting was held in Sund." in lines(returned, View.ACCEPTED)
    assert lines(returned, View.REJECTED) == lines(read(memo()), View.REJECTED)


def test_what_one_inserts_and_another_deletes_is_in_neither_view() -> None:
    hand = Hand(memo())
    hand.insert_after("Boats are many", " and old")
    come = next(hand.root.iter(W + "ins"))
    hand.who = "Ivo Marić"
    hand._wrap(parent_of(come), "del")
    returned = read(hand.docx())
    span = next(span for one in returned.paragraphs for span in one.spans if span.text == " and old")
    assert [(one.kind, one.author) for one in span.revisions] == [
        (RevisionKind.INSERTED, WHO),
        (RevisionKind.DELETED, "Ivo Marić"),
    ]
    assert all(" and old" not in line for view in View for line in lines(returned, view))


def test_paragraphs_that_come_and_go() -> None:
    hand = Hand(memo())
    hand.new_paragraph("Boats are many.", "Nets are few.")
    hand.delete_paragraph("Boats are many.")
    returned = read(hand.docx())
    accepted, rejected = (lines(returned, view) for view in (View.ACCEPTED, View.REJECTED))
    assert accepted[3:5] == ["Nets are few.", "side"]
    assert rejected[: len(BODY)] == BODY


def test_a_paragraph_whose_end_is_deleted_runs_on() -> None:
    hand = Hand(memo())
    hand._mark(hand.paragraph("Port Emery"), "del")
    returned = read(hand.docx())
    assert "The third meeting was held in Port Emery.Boats are many." in lines(returned, View.ACCEPTED)
    assert lines(returned, View.REJECTED)[: len(BODY)] == BODY


def test_a_moved_paragraph_and_a_deleted_row() -> None:
    hand = Hand(memo())
    hand.move_paragraph("Boats are many.", "Minister")
    hand.delete_row("Sudland")
    returned = read(hand.docx())
    accepted = lines(returned, View.ACCEPTED)
    assert accepted.index("Boats are many.") == accepted.index("To\tMinister") + 1
    assert accepted.count("Boats are many.") == 1
    assert "Sudland" not in accepted
    assert lines(returned, View.REJECTED)[: len(BODY)] == BODY


def test_remarks_and_answers_with_what_they_are_about() -> None:
    hand = Hand(memo())
    first = hand.comment("Port Emery", "Was it not Sund?")
    hand.who = "Ivo Marić"
    hand.comment("Port", "No.", answers=first)
    remark, answer = read(hand.docx()).comments
    assert (remark.author, remark.when, remark.text) == (WHO, WHEN, "Was it not Sund?")
    assert (remark.anchor, remark.start, remark.reply_to) == ("Port Emery", 30, None)
    assert (answer.author, answer.text, answer.reply_to) == ("Ivo Marić", "No.", remark.id)
    assert read(hand.docx()).paragraphs[remark.paragraph or 0].text.startswith("The third")


def control(tag: str, content: str, properties: str = "") -> etree._Element:
    return etree.fromstring(
        f'<w:sdt xmlns:w="{W[1:-1]}" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w:sdtPr>'
        f'<w:alias w:val="A title"/><w:tag w:val="{tag}"/>{properties}</w:sdtPr>'
        f"<w:sdtContent>{content}</w:sdtContent></w:sdt>"
    )


def test_content_controls_in_a_line_around_paragraphs_and_around_cells() -> None:
    hand = Hand(memo())
    run = "<w:r><w:t>{}</w:t></w:r>"
    hand.paragraph("Boats").append(control("slot:one", run.format("Press on")))
    two = "".join(f"<w:p>{run.format(text)}</w:p>" for text in ("First.", "Second."))
    hand.paragraph("Boats").addnext(control("slot:two", two))
    cell = next(hand.paragraph("400").iterancestors(W + "tc"))
    row = cell.getparent()
    assert row is not None
    place = row.index(cell)
    row.insert(place, control("slot:three", ""))
    row[place][-1].append(cell)
    hand.paragraph("Port").append(control("slot:four", run.format("Write here"), "<w:showingPlcHdr/>"))
    box = '<w14:checkbox><w14:checked w14:val="1"/></w14:checkbox>'
    hand.paragraph("Port").append(control("slot:five", run.format("\N{BALLOT BOX WITH X}"), box))
    returned = read(hand.docx())
    found = {one.tag: one for one in returned.controls}
    assert {tag: one.text for tag, one in found.items()} == {
        "slot:one": "Press on", "slot:two": "First.\nSecond.", "slot:three": "400", "slot:four": "Write here",
        "slot:five": "\N{BALLOT BOX WITH X}",
    }  # fmt: skip
    assert [tag for tag, one in found.items() if one.is_placeholder] == ["slot:four"]
    assert [tag for tag, one in found.items() if one.is_checked] == ["slot:five"]
    assert found["slot:one"].title == "A title"
    assert {"First.", "Second.", "400"} <= set(lines(returned, View.ACCEPTED))
    inside = [span.text for one in returned.paragraphs for span in one.spans if span.control is not None]
    assert inside[:1] == ["Write here"]


def test_a_control_filled_under_track_changes_and_one_that_was_deleted() -> None:
    hand = Hand(memo())
    come = '<w:ins w:id="1" w:author="A" w:date="2031-05-13T00:00:00Z"><w:r><w:t>New</w:t></w:r></w:ins>'
    gone = '<w:del w:id="2" w:author="A"><w:r><w:delText>Old</w:delText></w:r></w:del>'
    hand.paragraph("Boats").append(control("one", gone + come))
    hand.paragraph("Port").append(control("two", gone))
    one, two = sorted(read(hand.docx()).controls, key=lambda found: found.tag)
    assert (one.text, one.is_gone) == ("New", False)
    assert (two.text, two.is_gone) == ("", True)


@pytest.mark.parametrize("kind", [Citations.FOOTNOTES, Citations.ENDNOTES])
def test_notes_are_read_where_they_hang(kind: Citations) -> None:
    returned = read(memo(kind))
    notes = [one for one in returned.paragraphs if one.part is Part.NOTE]
    assert [one.text.strip() for one in notes] == ["The joint note."]
    sentence = next(one for one in returned.paragraphs if "Port Emery" in one.text)
    assert [span.text for span in sentence.spans if span.is_worked_out] == ["*"]


def test_pictures_text_boxes_equations_and_embedded_files_are_told() -> None:
    hand = Hand(memo())
    image = hand.add_part(
        "word/media/added.png", b"\x89PNG", "image/png",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image",
    )  # fmt: skip
    names = (
        f'xmlns:w="{W[1:-1]}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    )
    picture = (
        f'<w:r {names}><w:drawing><wp:inline><wp:docPr id="1" name="x" descr="A map"/><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        f'<a:blip r:embed="{image}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
    box = "<w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent>"
    drawn = (
        f'<w:r {names}><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><a:graphic><a:graphicData '
        f'uri="x"><wps:txbx>{box}</wps:txbx></a:graphicData></a:graphic></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    equation = f"<m:oMath {names}><m:r><m:t>x=1</m:t></m:r></m:oMath>"
    for xml in (picture, drawn, equation, f"<w:r {names}><w:object/></w:r>"):
        hand.paragraph("Boats").append(etree.fromstring(xml))
    hand.paragraph("Boats").addnext(etree.fromstring(f"<w:altChunk {names}/>"))
    returned = read(hand.docx())
    assert [(one.kind, one.words, bool(one.sha256)) for one in returned.things] == [
        ("picture", "A map", True),
        ("equation", "x=1", False),
        ("embedded object", "", False),
        ("embedded document", "", False),
    ]
    assert [one.text for one in returned.paragraphs if one.part is Part.TEXT_BOX] == ["In a box"]


def test_the_property_by_which_an_edition_is_known() -> None:
    parts = parts_of(memo())
    parts["docProps/custom.xml"] = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        f'xmlns:vt="{_VT}"><property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" '
        'name="briefbook"><vt:lpwstr>council 2031-05-12 2031-05-12 ab12</vt:lpwstr></property></Properties>'
    ).encode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
    entry = f'<Relationship Id="rIdC" Type="{kind}" Target="docProps/custom.xml"/></Relationships>'
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"</Relationships>", entry.encode())
    assert read(zipped(parts)).edition == "council 2031-05-12 2031-05-12 ab12"


# ------------------------------------------------------------------------------------- hostile files


def with_part(name: str, data: bytes) -> bytes:
    return zipped({**parts_of(memo()), name: data})


def without_part(name: str) -> bytes:
    return zipped({key: data for key, data in parts_of(memo()).items() if key != name})


def bomb() -> bytes:
    return with_part(DOCUMENT, b"<a>" + b" " * 3_000_000 + b"</a>")


def encrypted() -> bytes:
    data = bytearray(memo())
    at = 0
    while (at := data.find(b"PK\1\2", at)) >= 0:  # flag 0 of the central directory
        data[at + 8 : at + 10] = struct.pack("<H", struct.unpack_from("<H", data, at + 8)[0] | 1)
        at += 4
    return bytes(data)


def nested(depth: int) -> bytes:
    inner = b"<w:ins>" * depth + b"</w:ins>" * depth
    return with_part(
        DOCUMENT, b'<w:document xmlns:w="%s"><w:body>' % W[1:-1].encode() + inner + b"</w:body></w:document>"
    )


def twice() -> bytes:
    file = BytesIO(memo())
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(DOCUMENT, b"<a/>")
    return file.getvalue()


DTD = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
MACROS = parts_of(memo())["[Content_Types].xml"].replace(
    b"openxmlformats-officedocument.wordprocessingml.document.main", b"ms-word.document.macroEnabled.main"
)
STRICT = b'<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"/>'


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n", "this is a PDF"),
        (b"not a zip", "not a whole Word file"),
        (b"\xd0\xcf\x11\xe0 and more", "old .doc"),
        (memo()[:-40], "not a whole Word file"),
        (memo()[:2000], "not a whole Word file"),
        (encrypted(), "under a password"),
        (zipped({"mimetype": b"application/vnd.oasis"}), "this is not a Word file"),
        (zipped({"mimetype": b"x", "content.xml": b"<x/>"}), "an OpenDocument file, not a Word file"),
        (without_part(DOCUMENT), "not a Word document"),
        (without_part("_rels/.rels"), "not a Word document"),
        (with_part("[Content_Types].xml", MACROS), "macros"),
        (with_part("word/vbaProject.bin", b"x"), "macros"),
        (with_part(DOCUMENT, DTD), "document type"),
        (with_part("word/_rels/document.xml.rels", DTD), "document type"),
        (with_part(DOCUMENT, b"<w:document"), "broken XML"),
        (with_part(DOCUMENT, STRICT), "form of Open XML"),
        (bomb(), "blows up"),
        (nested(230), "nested deeper"),
        (nested(5000), "broken XML"),
        (twice(), "one name"),
        (zipped({f"{n}.xml": b"" for n in range(2001)}), "more than a memo"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_mend(data: bytes, said: str) -> None:
    with pytest.raises(BriefbookError) as refused:
        read(data)
    (problem,) = refused.value.problems
    assert said in problem.message
    assert problem.hint
    assert problem.where.file == "council.docx"


def test_no_cut_of_a_file_and_no_flipped_byte_ends_in_anything_else() -> None:
    sound = memo()
    flips = range(0, len(sound), 499)
    spoiled = [
        *(sound[:cut] for cut in range(0, len(sound), 1997)),
        *(sound[:at] + bytes([sound[at] ^ 0x55]) + sound[at + 1 :] for at in flips),
    ]
    refused = 0
    for data in spoiled:
        try:
            read(data)
        except BriefbookError:
            refused += 1
    assert refused > len(spoiled) // 2
