"""A house's Word file in which anything changed, through all that reads it and into a memo in its styles."""

import io
import zipfile
from collections.abc import Iterator
from functools import cache

import docx
from lxml import etree

from briefbook.diagnostics import Problem, Where, has_errors
from briefbook.document import Document
from briefbook.facts import Facts
from briefbook.house_look import with_house
from briefbook.look_spec import FileName, HouseSpec
from briefbook.memo import Book
from briefbook.writers.kept_contents import held_to_ours
from briefbook.writers.theme import Theme
from briefbook.writers.to_docx import write_docx
from tests.council import SETTINGS
from tests.fuzz.choices import Choices
from tests.fuzz.packages import Words, changed, of_word
from tests.hand_edits import W, parts_of
from tests.houses.with_places import house_with_places
from tests.writers.test_house_graft import text_of
from tests.writers.test_to_docx import words_of_tree
from tests.writers.trees import fisheries_memo

_NAME = "house.docx"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORDS = Words(
    main="word/dokument.xml",
    elements=of_word(
        "p r t tab br tbl tr tc tcPr sdt sdtPr sdtContent tag alias text date dataBinding fldSimple fldChar "
        "instrText hyperlink bookmarkStart drawing pict object control altChunk subDoc ins del delText "
        "pPr rPr pStyle rStyle style basedOn link next name numPr numId num abstractNum lvl lvlText numFmt "
        "sectPr pgSz pgMar cols headerReference footerReference footnoteReference footnote titlePg "
        "settings attachedTemplate mailMerge documentProtection compat docDefaults rFonts sz color ind tabs "
        "spacing jc body document hdr ftr AlternateContent txbxContent"
    ),
    attributes=(
        *of_word("val id name type fldCharType instr w h left right top bottom styleId default xpath"),
        *of_word("tag lid dateFormat storeItemID ascii pos num ilvl abstractNumId line after hanging"),
        *("Target", "TargetMode", "Type", "Id", "ContentType", "PartName", "Extension"),
        f"{{{_OFFICE}}}id",
    ),
    values=(
        *("", "1", "-1", "0", "99999999999", "1e9", "NaN", "11906", "0.5", "on", "auto", "de-DE", "xx"),
        *("begin", "separate", "end", "TITLE", "DOCPROPERTY Title", 'CREATEDATE \\@ "d.M.yyyy"', "PAGE"),
        *('INCLUDETEXT "/etc/passwd"', "DDEAUTO c x", 'HYPERLINK "https://norland.example/"', "= 1 / 0"),
        *('HYPERLINK "file:///c:/x"', 'HYPERLINK \\l a "javascript:x"', "IF 1 = 1 x y", "NUMPAGES \\* roman"),
        *("Title", "Heading1", "Titel", "rId1", "rId20", "{briefbook}", "firstRow", "paragraph", "table"),
        *("https://norland.example/", "file:///etc/passwd", "\\\\host\\share", "../word/fuss.xml"),
        *("dokument.xml", "External", "Internal", "application/xml", "image/png"),
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        *(f"{_OFFICE}/{kind}" for kind in ("hyperlink", "image", "attachedTemplate", "oleObject", "header")),
    ),
    parts=(
        *("word/dokument.xml", "[Content_Types].xml", "_rels/.rels", "word/_rels/dokument.xml.rels"),
        *("word/_rels/kopf.xml.rels", "docProps/core.xml", "docProps/custom.xml", "docProps/app.xml"),
        *("word/footnotes.xml", "word/fuss.xml", "word/header1.xml", "word/settings.xml", "../evil.xml"),
        *("word/vbaProject.bin", "word/embeddings/a.bin", "WORD/DOKUMENT.XML", "word\\dokument.xml"),
        "word/con.xml",
    ),
)
TOKENS = tuple(bytes([one, other]) for one in range(9) for other in (0, 1, 5, 20, 40, 90, 200))
SEEDS = (
    b"",
    *(
        bytes([0, kind, number, 3, number * 7 % 251, 1, 4, 2, number]) * 4
        for kind in range(8)
        for number in (1, 9, 60)
    ),
)
# What stands for a part that a memo must not bring along, and the relationships that lead to one.
_ELEMENTS = ("altChunk", "subDoc", "control")
_IN_SETTINGS = ("attachedTemplate", "mailMerge")
_KINDS = (
    "attachedTemplate",
    "oleObject",
    "package",
    "control",
    "vbaProject",
    "aFChunk",
    "subDocument",
    "frame",
)
_FETCHING = ("INCLUDETEXT", "INCLUDEPICTURE", "DDE", "MACROBUTTON", "DATABASE", "IMPORT", "EMBED")


def run(data: bytes) -> None:
    """The house is refused, told at its place; or the memo in it is whole, and nothing in it runs."""
    house = changed(parts_of(_house()), _WORDS, Choices(data))
    problems: list[Problem] = []
    theme = _themed(house, problems)
    for problem in problems:
        assert problem.where.file == "book.yaml", problem
        assert problem.message.isprintable(), problem
        assert (problem.hint or " ").isprintable(), problem
    if theme.house is None:
        assert data
        assert has_errors(problems)
        return
    assert not has_errors(problems)
    _hold(write_docx(_memo(), theme))


def _themed(house: bytes, problems: list[Problem]) -> Theme:
    book = Book(root="", settings=SETTINGS, facts=Facts(), memos={}, files={_NAME: house})
    spec = HouseSpec(file=FileName(name=_NAME, where=Where(file="book.yaml", line=3)))
    return with_house(Theme(), spec, book, problems, endnotes=False)


def _hold(written: bytes) -> None:
    """Another reader opens the memo, finds all its words in their order, and nothing that fetches or runs."""
    held_to_ours(
        written, "made.docx", "made"
    )  # else it would be called damaged when it is put in place again
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        assert package.testzip() is None
        parts = {name: package.read(name) for name in package.namelist()}
        assert len(parts) == len(package.namelist())
    for name, part in parts.items():
        assert not name.endswith((".bin", ".exe", ".svg")), name
        if name.endswith((".xml", ".rels")):
            root = etree.fromstring(part)
            names = {etree.QName(element).localname for element in root.iter(etree.Element)}
            assert not names & set(_ELEMENTS), name
            assert name != "word/settings.xml" or not names & set(_IN_SETTINGS), name
            for words in _instructions(root):
                assert not any(word in words.upper() for word in _FETCHING), words
        if name.endswith(".rels"):
            _hold_relationships(name, root, parts)
    found = iter(text_of(parts))
    for word in words_of_tree(_memo()):
        assert word in found, f"{word!r} is lost, or not in its place"
    assert docx.Document(io.BytesIO(written)).core_properties.title == _memo().title


def _hold_relationships(name: str, root: "etree._Element", parts: dict[str, bytes]) -> None:
    folder = name.partition("_rels/")[0]
    for one in root:
        target, kind = one.get("Target", ""), one.get("Type", "").rpartition("/")[2]
        assert kind not in _KINDS, target
        if one.get("TargetMode") == "External":
            assert kind == "hyperlink", target
            assert target.lower().startswith(("https://", "http://", "mailto:")), target
        else:
            assert target.removeprefix("/") in parts or folder + target in parts, target


def _instructions(root: "etree._Element") -> Iterator[str]:
    yield "".join(element.text or "" for element in root.iter(f"{W}instrText", f"{W}delInstrText"))
    for element in root.iter(f"{W}fldSimple"):
        yield element.get(f"{W}instr", "")


@cache
def _house() -> bytes:
    return house_with_places()


@cache
def _memo() -> Document:
    return fisheries_memo()
