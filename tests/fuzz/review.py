"""A DOCX that came back: a memo's own in which anything changed, through all that `review` makes of it."""

import io
import zipfile
from functools import cache

from lxml import etree

from briefbook.diagnostics import BriefbookError
from briefbook.document import Document
from briefbook.readers.read_returned import read_returned
from briefbook.redlining import AUTHOR
from briefbook.returned import Returned, accepted_of
from briefbook.reviewing.edits import review_of
from briefbook.writers.theme import Theme
from briefbook.writers.to_docx import write_docx
from tests.fuzz.choices import HOSTILE, Choices
from tests.hand_edits import W, parts_of
from tests.readers.test_read_returned import tree

_NAMES = (
    *(
        "p",
        "r",
        "t",
        "tab",
        "br",
        "tbl",
        "tr",
        "tc",
        "sdt",
        "sdtPr",
        "sdtContent",
        "tag",
        "ins",
        "del",
        "delText",
    ),
    *(
        "moveFrom",
        "moveTo",
        "hyperlink",
        "fldSimple",
        "fldChar",
        "instrText",
        "commentRangeStart",
        "commentReference",
    ),
    *(
        "bookmarkStart",
        "bookmarkEnd",
        "drawing",
        "pict",
        "object",
        "txbxContent",
        "footnoteReference",
        "pPr",
        "rPr",
    ),
    *(
        "pPrChange",
        "rPrChange",
        "sectPr",
        "body",
        "document",
        "smartTag",
        "customXml",
        "AlternateContent",
        "altChunk",
    ),
)
_VALUES = (
    "",
    "1",
    "-1",
    "0",
    "99999999999",
    "begin",
    "separate",
    "end",
    "slot:bottom_line",
    "PAGE",
    "rId1",
    "SourceBack",
)
_PARTS = (
    *(
        "word/document.xml",
        "[Content_Types].xml",
        "_rels/.rels",
        "word/_rels/document.xml.rels",
        "docProps/custom.xml",
    ),
    *(
        "docProps/core.xml",
        "word/styles.xml",
        "word/numbering.xml",
        "word/comments.xml",
        "word/footnotes.xml",
    ),
    *(
        "../evil.xml",
        "word/vbaProject.bin",
        "word/embeddings/a.bin",
        "WORD/DOCUMENT.XML",
        "word\\\\document.xml",
    ),
)
_PIECES = (
    *(
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
        b"&b;",
        b"<w:p/>",
        b"<w:p>",
        b"</w:p>",
        b"\x00",
        b"&#0;",
        b"]]>",
        b"\xff",
    ),
    *(
        b"<w:del><w:ins>",
        b"<w:tbl>" * 60,
        b"<w:sdt>" * 300,
        b"<?xml version='1.1'?>",
        b" xmlns:w='a'",
        b"<a" * 9,
    ),
)
_MOST_STEPS = 24
TOKENS = tuple(bytes([one, other]) for one in range(9) for other in (0, 1, 5, 40, 200))
SEEDS = (
    b"",
    *(
        bytes([0, kind, number, 3, number * 7 % 251, 1, 4, 2, number]) * 4
        for kind in range(8)
        for number in (1, 9, 60)
    ),
)


def run(data: bytes) -> None:
    """What came back is read and told edit by edit, or refused with its name and a mend."""
    choices = Choices(data)
    own, made_of = _edition()
    try:
        returned = accepted_of(read_returned(_changed(choices), "back.docx"), AUTHOR)
    except BriefbookError as error:
        _hold(error)
        return
    found = review_of(own, returned, made_of)
    for edit in found.edits:
        assert edit.piece is None or 0 <= edit.piece < len(found.pieces)
    if not data:
        assert found.edits == ()


def _hold(error: BriefbookError) -> None:
    assert error.problems
    for one in error.problems:
        assert one.where.file, one
        assert one.message, one
        assert one.hint, one


@cache
def _docx() -> bytes:
    return write_docx(tree(), Theme())


@cache
def _edition() -> tuple[Returned, Document]:
    return read_returned(_docx(), "own"), tree()


def _changed(choices: Choices) -> bytes:
    """The memo's own file with some changes, in XML, in bytes of parts and in the container."""
    parts = parts_of(_docx())
    names = list(parts)
    for _ in range(_MOST_STEPS):
        if choices.is_over:
            break
        match choices.number(4):
            case 0 | 1:
                _change_xml(parts, choices)
            case 2:
                name = choices.pick(names)
                data = parts.get(name, b"")
                at = choices.number(len(data) + 1)
                parts[name] = data[:at] + choices.pick(_PIECES) + data[at + choices.number(64) :]
            case _:
                name, other = choices.pick(names), choices.pick(_PARTS)
                match choices.number(3):
                    case 0:
                        parts.pop(name, None)
                    case 1:
                        parts[other] = parts.pop(name, b"")
                    case _:
                        parts[other] = parts.get(name, b"")
    return _zipped(parts, choices)


def _change_xml(parts: dict[str, bytes], choices: Choices) -> None:
    name = "word/document.xml" if choices.flag() else choices.pick(tuple(parts) or ("word/document.xml",))
    try:
        root = etree.fromstring(parts.get(name, b""))
    except etree.XMLSyntaxError:
        return
    elements = [one for one in root.iter() if isinstance(one.tag, str)]
    one, other = choices.pick(elements), choices.pick(elements)
    match choices.number(8):
        case 0:
            parent = one.getparent()
            if parent is not None:
                parent.remove(one)
        case 1:
            other.append(etree.fromstring(etree.tostring(one)))
        case 2:
            if one is not other and other not in one.iterancestors():
                one.append(other)
        case 3:
            one.tag = W + choices.pick(_NAMES)
        case 4:
            one.set(
                W + choices.pick(("val", "id", "author", "date", "type", "fldCharType")),
                choices.pick(_VALUES),
            )
        case 5:
            one.text = _bearable(choices.pick(HOSTILE))
        case 6:
            etree.SubElement(one, W + choices.pick(_NAMES)).text = _bearable(choices.text())
        case _:
            for _ in range(choices.number(250)):
                one = etree.SubElement(one, W + choices.pick(_NAMES))
    parts[name] = etree.tostring(root)


def _bearable(text: str) -> str:
    return "".join(
        c
        for c in text
        if c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )


def _zipped(parts: dict[str, bytes], choices: Choices) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(
        file, "w", choices.pick((zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    ) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    data = file.getvalue()
    if choices.number(8) == 7:  # the container itself
        at = choices.number(len(data))
        data = data[:at] + choices.take(4) + data[at + choices.number(6) :]
    return data
