"""A DOCX that came back: a memo's own in which anything changed, through all that `review` makes of it."""

from functools import cache

from briefbook.diagnostics import BriefbookError
from briefbook.document import Document
from briefbook.readers.read_returned import read_returned
from briefbook.redlining import AUTHOR
from briefbook.returned import Returned, accepted_of
from briefbook.reviewing.edits import review_of
from briefbook.writers.theme import Theme
from briefbook.writers.to_docx import write_docx
from tests.fuzz.choices import Choices
from tests.fuzz.packages import Words, changed, of_word
from tests.hand_edits import parts_of
from tests.readers.test_read_returned import tree

_WORDS = Words(
    main="word/document.xml",
    elements=of_word(
        "p r t tab br tbl tr tc sdt sdtPr sdtContent tag ins del delText moveFrom moveTo "
        "hyperlink fldSimple fldChar instrText commentRangeStart commentReference "
        "bookmarkStart bookmarkEnd drawing pict object txbxContent footnoteReference pPr rPr "
        "pPrChange rPrChange sectPr body document smartTag customXml AlternateContent altChunk"
    ),
    attributes=of_word("val id author date type fldCharType"),
    values=(
        *("", "1", "-1", "0", "99999999999"),
        *("begin", "separate", "end", "slot:bottom_line", "PAGE", "rId1", "SourceBack"),
    ),
    parts=(
        *("word/document.xml", "[Content_Types].xml", "_rels/.rels", "word/_rels/document.xml.rels"),
        *("docProps/custom.xml", "docProps/core.xml", "word/styles.xml", "word/numbering.xml"),
        *("word/comments.xml", "word/footnotes.xml", "../evil.xml", "word/vbaProject.bin"),
        *("word/embeddings/a.bin", "WORD/DOCUMENT.XML", "word\\\\document.xml"),
    ),
)
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
        returned = accepted_of(
            read_returned(changed(parts_of(_docx()), _WORDS, choices), "back.docx"), AUTHOR
        )
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
