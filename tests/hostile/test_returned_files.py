"""Hostile returned documents: each is refused with a mend, or read without fetching or running anything.

`CASES` is read by the count of all hostile inputs: a kind, a name, what is put into a sound document, what
is told; nothing is told where its words are read as they stand.
"""

import socket
import time
from collections.abc import Callable, Mapping

import pytest

from briefbook.diagnostics import BriefbookError
from briefbook.readers.read_returned import read_returned
from briefbook.returned import Paragraph, Returned, Revision, RevisionKind, Span, View, viewed
from briefbook.zip_entries import MOST_TAGS
from tests.hand_edits import DOCUMENT, parts_of, zipped
from tests.readers.test_read_returned import memo

Parts = dict[str, bytes]
Change = Callable[[Parts], Mapping[str, bytes]]

READ = ""
BROKEN = "a part of this file is broken XML"
DTD = "a part of this file declares a document type"
DEEP = "this file is nested deeper"
MACROS = "this file holds macros"
MUCH = "this file holds more than a memo could"
STYLES = "word/styles.xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONSHIPS = "word/_rels/document.xml.rels"
WORDS = "<w:r><w:t>evil</w:t></w:r>"


def body(more: str, place: str = "</w:body>") -> Change:
    """Something before the end of the body, in the words of an XML file."""

    def change(parts: Parts) -> Mapping[str, bytes]:
        text = parts[DOCUMENT].decode()
        place_ = "<w:sectPr" if place == "</w:body>" and "<w:sectPr" in text else place
        start, end = text.rsplit(place_, 1)
        return {DOCUMENT: f"{start}{more}{place_}{end}".encode()}

    return change


def related(kind: str, target: str, mode: str = "External") -> Change:
    entry = f'<Relationship Id="evil" Type="{_OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/></Rel'
    return lambda parts: {RELATIONSHIPS: parts[RELATIONSHIPS].replace(b"</Rel", entry.encode())}


def part(name: str, data: bytes) -> Change:
    return lambda _: {name: data}


def typed(dtd: bytes) -> Change:
    return lambda parts: {DOCUMENT: parts[DOCUMENT].replace(b"<w:document", dtd + b"<w:document", 1)}


def paragraph(inner: str) -> str:
    return f"<w:p>{inner}</w:p>"


LAUGHS = b"<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]>"
SPAN = (
    '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="{}"/></w:tcPr><w:p>'
    + WORDS
    + "</w:p></w:tc></w:tr></w:tbl>"
)
NESTED = "<w:tbl><w:tr><w:tc>" * 78 + paragraph(WORDS) + "</w:tc></w:tr></w:tbl>" * 78
MANY = "".join(f"<w:p a='{n * 7919}'/>" for n in range(MOST_TAGS))
ATTRIBUTES = " ".join(f"a{n}='x'" for n in range(20_000))
INS = '<w:ins w:id="1" w:author="a" w:date="x">'

CASES: tuple[tuple[str, str, Change, str], ...] = (
    ("calls of a returned file", "a picture that is fetched", related("image", "http://127.0.0.1:9/x"), READ),
    ("calls of a returned file", "a template on a share", related("attachedTemplate", "file://evil/x.dotm"), READ),
    ("calls of a returned file", "comments from elsewhere", related("comments", "http://127.0.0.1:9/x"), READ),
    ("calls of a returned file", "a field that fetches", body(paragraph('<w:fldSimple w:instr="INCLUDETEXT http://127.0.0.1:9/x"/>')), READ),
    ("calls of a returned file", "a chunk of HTML", body('<w:altChunk xmlns:r="x" r:id="evil"/>'), READ),
    ("code of a returned file", "vbaProject", part("word/vbaProject.bin", b"x"), MACROS),
    ("code of a returned file", "macros by the type", lambda parts: {"[Content_Types].xml": parts["[Content_Types].xml"].replace(b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", b"application/vnd.ms-word.document.macroEnabled.main+xml")}, MACROS),
    ("code of a returned file", "ActiveX", related("control", "activeX/evil.xml", "Internal"), READ),
    ("code of a returned file", "an OLE object", body(paragraph('<w:r><w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" Type="Link"/></w:object></w:r>')), READ),
    ("code of a returned file", "a field DDEAUTO", body(paragraph("<w:r><w:instrText>DDEAUTO cmd</w:instrText></w:r>")), READ),
    ("XML of a returned file", "laughs", typed(LAUGHS), DTD),
    ("XML of a returned file", "an entity that is a file", typed(b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'), DTD),
    ("XML of a returned file", "a document type that is fetched", typed(b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'), DTD),
    ("XML of a returned file", "XInclude", body('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'), READ),
    ("XML of a returned file", "a character that XML has not", body(paragraph("<w:r><w:t>&#0;</w:t></w:r>")), BROKEN),
    ("depth of a returned file", "elements", body("<w:sdt><w:sdtContent>" * 300 + "</w:sdtContent></w:sdt>" * 300), BROKEN),
    ("depth of a returned file", "tables in tables", body(NESTED), READ),
    ("depth of a returned file", "changes in changes", body(paragraph(INS * 100 + WORDS + "</w:ins>" * 100)), READ),
    ("depth of a returned file", "boxes in boxes", body(paragraph("<w:r><w:pict><w:txbxContent><w:p>" * 50 + WORDS + "</w:p></w:txbxContent></w:pict></w:r>" * 50)), READ),
    ("depth of a returned file", "fields in fields", body(paragraph('<w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 5_000)), READ),
    ("numbers of a returned file", "a cell over two billion columns", body(SPAN.format(2_000_000_000)), READ),
    ("numbers of a returned file", "a cell over less than none", body(SPAN.format(-5)), READ),
    ("numbers of a returned file", "a cell over words", body(SPAN.format("evil")), READ),
    ("numbers of a returned file", "a sign beyond Unicode", body(paragraph('<w:r><w:sym w:char="FFFFFFFFFFFF"/></w:r>')), READ),
    ("numbers of a returned file", "a list of a number without end", body(paragraph(f'<w:pPr><w:numPr><w:ilvl w:val="{"9" * 5_000}"/><w:numId w:val="1"/></w:numPr></w:pPr>{WORDS}')), READ),
    ("many things in a returned file", "runs", body(paragraph("".join(f"<w:r><w:t>{n * 7919}</w:t></w:r>" for n in range(20_000)))), READ),
    ("many things in a returned file", "changes by as many people", body(paragraph("".join(f'<w:ins w:id="{n}" w:author="a{n}">{WORDS}</w:ins>' for n in range(5_000)))), READ),
    ("many things in a returned file", "ends of remarks that never began", body(paragraph("".join(f'<w:commentRangeEnd w:id="{n}"/>' for n in range(20_000)))), READ),
    ("many things in a returned file", "attributes", body(paragraph(f"<w:r {ATTRIBUTES}><w:t>evil</w:t></w:r>")), READ),
    ("many things in a returned file", "references", lambda parts: {RELATIONSHIPS: parts[RELATIONSHIPS].replace(b"</Rel", b"".join(b'<Relationship Id="x%d" Type="x/image" Target="evil%d"/>' % (n, n) for n in range(20_000)) + b"</Rel")}, READ),
    ("amounts in a returned file", "elements without end", body(MANY), MUCH),
    ("amounts in a returned file", "elements without end in the styles", lambda parts: {STYLES: parts[STYLES].replace(b"</w:styles>", MANY.encode() + b"</w:styles>")}, MUCH),
    ("amounts in a returned file", "in signs that are not counted", lambda parts: {DOCUMENT: b"<?xml version='1.0' encoding='UTF-7'?>" + parts[DOCUMENT][parts[DOCUMENT].index(b"<w:document") :].decode().encode("utf-7")}, BROKEN),
    ("parts of a returned file", "a part that leads above all", related("comments", "../../../../etc/passwd", "Internal"), READ),
    ("parts of a returned file", "comments that are the document", related("comments", "document.xml", "Internal"), READ),
    ("parts of a returned file", "a main part that is a picture", part(DOCUMENT, b"\x89PNG\r\n\x1a\n"), BROKEN),
    ("parts of a returned file", "a main part that is empty", part(DOCUMENT, b""), BROKEN),
    ("parts of a returned file", "another root", part(DOCUMENT, b"<evil/>"), "this file is not in the form of Open XML"),
)  # fmt: skip
SECONDS = 3  # of processor, for the longest


@pytest.fixture(autouse=True)
def _no_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was asked for")

    monkeypatch.setattr(socket, "socket", refuse)


def words_of(returned: Returned) -> list[str]:
    return [paragraph.text for paragraph in returned.paragraphs]


def test_paragraphs_that_all_run_on_into_the_next_take_no_time_each_for_all_before() -> None:
    gone = Revision(kind=RevisionKind.DELETED)
    many = [Paragraph(at=n, spans=(Span(text="evil"),), marks=(gone,)) for n in range(30_000)]
    started = time.process_time()
    (one,) = viewed(many, View.ACCEPTED)
    assert time.process_time() - started < SECONDS
    assert one.text == "evil" * len(many)


def test_a_paragraph_in_which_nothing_was_changed_is_read_as_it_is() -> None:
    plain = Paragraph(at=3, spans=(Span(text="evil"),))
    assert viewed([plain], View.REJECTED)[0] is plain


@pytest.mark.parametrize(("change", "told"), [pytest.param(*case[2:], id=case[1]) for case in CASES])
def test_a_hostile_returned_file_is_refused_or_read(change: Change, told: str) -> None:
    parts = parts_of(memo())
    data = zipped({**parts, **change(parts)})
    started = time.process_time()
    if told:
        with pytest.raises(BriefbookError) as refused:
            read_returned(data, "back.docx")
        (problem,) = refused.value.problems
        assert problem.message.startswith(told)
        assert problem.hint
        assert len(str(problem)) < 300
    else:
        sound = words_of(read_returned(memo(), "back.docx"))
        assert set(sound) <= set(words_of(read_returned(data, "back.docx")))
    assert time.process_time() - started < SECONDS
