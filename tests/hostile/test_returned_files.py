"""Hostile returned documents: each is refused with a mend, or read without fetching or running anything.

`CASES` is read by the count of all hostile inputs: a kind, a name, what is put into a sound document, what
is told; nothing is told where its words are read as they stand. These are then exactly those of the sound
document, with those of `MORE` at the end of its body.

What a case fetches from a server is asked of one on loopback, which must hear of nobody; what it fetches from
a file, of one that holds a secret, and of which Linux tells whether it was opened. So C code, which parses XML,
is watched as Python is.
"""

import _socket
import ctypes
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from briefbook.diagnostics import BriefbookError
from briefbook.readers.read_returned import read_returned
from briefbook.returned import Paragraph, Part, Returned, Revision, RevisionKind, Span, View, viewed
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
ELSEWHERE = "http://127.0.0.1:9/x"  # in its place each test puts the server's address
FILE = "/etc/passwd"  # in its place, the secret file's
SECRET = "the words of a file that nobody named"
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


def both(first: Change, second: Change) -> Change:
    def change(parts: Parts) -> Mapping[str, bytes]:
        changed = first(parts)
        return {**changed, **second({**parts, **changed})}

    return change


def included(address: str) -> str:
    return f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{address}" parse="text"/>'


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
    ("calls of a returned file", "a picture that is fetched", related("image", ELSEWHERE), READ),
    ("calls of a returned file", "a template on a share", related("attachedTemplate", f"file://{FILE}"), READ),
    ("calls of a returned file", "comments from elsewhere", related("comments", ELSEWHERE), READ),
    ("calls of a returned file", "a field that fetches", body(paragraph(f'<w:fldSimple w:instr="INCLUDETEXT {ELSEWHERE}"/>')), READ),
    ("calls of a returned file", "a chunk of HTML", both(body(f'<w:altChunk xmlns:r="{_OFFICE}" r:id="evil"/>'), related("aFChunk", f"file://{FILE}")), READ),
    ("code of a returned file", "vbaProject", part("word/vbaProject.bin", b"x"), MACROS),
    ("code of a returned file", "macros by the type", lambda parts: {"[Content_Types].xml": parts["[Content_Types].xml"].replace(b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", b"application/vnd.ms-word.document.macroEnabled.main+xml")}, MACROS),
    ("code of a returned file", "ActiveX", related("control", "activeX/evil.xml", "Internal"), READ),
    ("code of a returned file", "an OLE object", body(paragraph('<w:r><w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" Type="Link"/></w:object></w:r>')), READ),
    ("code of a returned file", "a field DDEAUTO", body(paragraph("<w:r><w:instrText>DDEAUTO cmd</w:instrText></w:r>")), READ),
    ("XML of a returned file", "laughs", typed(LAUGHS), DTD),
    ("XML of a returned file", "an entity that is a file", both(typed(f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{FILE}">]>'.encode()), body(paragraph("<w:r><w:t>&e;</w:t></w:r>"))), DTD),
    ("XML of a returned file", "a document type that is fetched", typed(f'<!DOCTYPE x SYSTEM "file://{FILE}">'.encode()), DTD),
    ("XML of a returned file", "XInclude", body(paragraph(f"<w:r><w:t>{included(f'file://{FILE}')}{included(ELSEWHERE)}</w:t></w:r>")), READ),
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
    ("parts of a returned file", "a part that leads above all", related("comments", f"../../../..{FILE}", "Internal"), READ),
    ("parts of a returned file", "comments that are the document", related("comments", "document.xml", "Internal"), READ),
    ("parts of a returned file", "a main part that is a picture", part(DOCUMENT, b"\x89PNG\r\n\x1a\n"), BROKEN),
    ("parts of a returned file", "a main part that is empty", part(DOCUMENT, b""), BROKEN),
    ("parts of a returned file", "another root", part(DOCUMENT, b"<evil/>"), "this file is not in the form of Open XML"),
)  # fmt: skip
# What stands at the end of the body, paragraph by paragraph; nothing where a case is not named.
MORE: dict[str, tuple[str, ...]] = {
    "a field that fetches": ("",),
    "an OLE object": ("",),
    "a field DDEAUTO": ("",),
    "XInclude": ("",),
    "tables in tables": ("evil",),
    "changes in changes": ("evil",),
    "boxes in boxes": (*[""] * 50, "evil"),
    "fields in fields": ("",),
    "a cell over two billion columns": ("evil",),
    "a cell over less than none": ("evil",),
    "a cell over words": ("evil",),
    "a sign beyond Unicode": ("\ufffd",),
    "a list of a number without end": ("evil",),
    "runs": ("".join(str(n * 7919) for n in range(20_000)),),
    "changes by as many people": ("evil" * 5_000,),
    "ends of remarks that never began": ("",),
    "attributes": ("evil",),
}
SECONDS = 3  # of processor, for the longest


class Elsewhere:
    """A server on loopback: it lets everybody go at once, and knows how many asked."""

    def __init__(self) -> None:
        self.asked = 0
        self._listens = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listens.getsockname()[1]}/x"
        threading.Thread(target=self._answer, daemon=True).start()

    def _answer(self) -> None:
        while True:
            caller, _ = self._listens.accept()
            self.asked += 1
            caller.close()


@pytest.fixture(scope="module")
def elsewhere() -> Elsewhere:
    return Elsewhere()


@pytest.fixture(autouse=True)
def _no_calls(monkeypatch: pytest.MonkeyPatch, elsewhere: Elsewhere) -> Iterator[None]:
    """Nobody calls from Python, whoever it is that is called, and nobody at all calls the server."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("somebody was called")

    before = elsewhere.asked
    with monkeypatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        yield
    assert elsewhere.asked == before


class Secret:
    """A file with a secret, and whether anybody opened it: inotify(7), where the system has it."""

    _OPEN = 0x20  # IN_OPEN

    def __init__(self, path: Path) -> None:
        path.write_text(SECRET)
        self.path = path
        self._tells = -1
        libc = ctypes.CDLL(None)
        if hasattr(libc, "inotify_init1"):
            self._tells = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
            libc.inotify_add_watch(self._tells, os.fsencode(path), self._OPEN)

    @property
    def is_watched(self) -> bool:
        return self._tells >= 0

    def was_opened(self) -> bool:
        """Since this was asked last."""
        try:
            return self.is_watched and bool(os.read(self._tells, 4096))
        except BlockingIOError:
            return False


@pytest.fixture
def secret(tmp_path: Path) -> Iterator[Secret]:
    found = Secret(tmp_path / "secret")
    yield found
    assert not found.was_opened()
    if found.is_watched:
        os.close(found._tells)


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


@pytest.mark.parametrize(("name", "change", "told"), [pytest.param(*case[1:], id=case[1]) for case in CASES])
def test_a_hostile_returned_file_is_refused_or_read(
    name: str, change: Change, told: str, elsewhere: Elsewhere, secret: Secret
) -> None:
    parts = parts_of(memo())
    changed = {
        part: data.replace(ELSEWHERE.encode(), elsewhere.address.encode()).replace(
            FILE.encode(), str(secret.path).encode()
        )
        for part, data in change(parts).items()
    }
    data = zipped({**parts, **changed})
    started = time.process_time()
    if told:
        with pytest.raises(BriefbookError) as refused:
            read_returned(data, "back.docx")
        (problem,) = refused.value.problems
        assert problem.message.startswith(told)
        assert problem.hint
        assert len(str(problem)) < 300
        assert SECRET not in str(problem)
    else:
        sound, read = read_returned(memo(), "back.docx"), read_returned(data, "back.docx")
        body = sum(paragraph.part is Part.BODY for paragraph in sound.paragraphs)
        words = words_of(sound)
        assert words_of(read) == [*words[:body], *MORE.get(name, ()), *words[body:]]
        assert read.comments == sound.comments
        assert SECRET not in repr(read)
    assert time.process_time() - started < SECONDS


def test_what_is_read_more_is_of_cases_that_are_there() -> None:
    assert MORE.keys() <= {case[1] for case in CASES if not case[3]}


def test_who_opens_the_file_is_seen(secret: Secret) -> None:
    if not secret.is_watched:
        pytest.skip("nobody tells who opens files here")
    assert not secret.was_opened()
    assert secret.path.read_text() == SECRET
    assert secret.was_opened()


def test_a_call_would_be_seen(elsewhere: Elsewhere) -> None:
    with pytest.raises(AssertionError, match="somebody was called"):
        socket.create_connection(("127.0.0.1", 9))
    with pytest.raises(AssertionError, match="somebody was called"):
        socket.socket().connect(("127.0.0.1", 9))
    before = elsewhere.asked
    port = int(elsewhere.address.split(":")[2].partition("/")[0])
    caller = _socket.socket()  # as C code would
    caller.connect(("127.0.0.1", port))
    caller.recv(1)
    caller.close()
    assert elsewhere.asked == before + 1
    elsewhere.asked = before
