"""What a part of a house's Word file may hold: refused with a mend, or left behind.

Each check goes over the whole part, not what is carried over of it alone: a person mends a file once.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, takewhile
from typing import NoReturn
from urllib.parse import quote

from lxml import etree

from briefbook.characters import name_shown
from briefbook.cited import LONGEST, is_nearly_web, link_address
from briefbook.writers.docx_styles import Element, R, W

# What a field keeps beside its instruction, in a form of the program's own: of a link Word may keep there, as
# its older files do (MS-DOC 2.9.158), where it leads.
_DATA = "fldData"
# What stands for another part that is left behind, for a state of editing, or for a database to merge with.
_TRACES = tuple(
    W + name
    for name in (
        *("commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef"),
        *("proofErr", "permStart", "permEnd", "placeholder", "showingPlcHdr"),
        *("altChunk", "subDoc", "control", "mailMerge", "attachedTemplate"),
        _DATA,
    )
)
# Changes that were tracked (ECMA-376 Part 1 §17.13.5): with what was deleted, and who did it when. What holds
# the formatting of before has a name that ends in "Change".
_CHANGES = frozenset(
    W + name
    for name in (
        *("ins", "del", "moveFrom", "moveTo", "moveFromRangeStart", "moveToRangeStart", "delText"),
        *("delInstrText", "cellIns", "cellDel", "cellMerge"),
        *("customXmlInsRangeStart", "customXmlDelRangeStart"),
        *("customXmlMoveFromRangeStart", "customXmlMoveToRangeStart"),
    )
)
_CHANGED = "Change"
# Fields that show what the file says of itself, its place in it, or what its reader is called and types in
# (§17.16.5). Of all others some fetch or run something, and Word knows more of them than any standard names.
_FIELDS = frozenset(
    (
        *("PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "REVNUM", "NUMWORDS", "NUMCHARS", "EDITTIME"),
        *("DATE", "TIME", "CREATEDATE", "SAVEDATE", "PRINTDATE"),
        *("TITLE", "SUBJECT", "AUTHOR", "KEYWORDS", "COMMENTS", "LASTSAVEDBY", "INFO"),
        *("DOCPROPERTY", "DOCVARIABLE", "FILENAME", "FILESIZE", "TEMPLATE"),
        *("USERNAME", "USERINITIALS", "USERADDRESS"),
        *("REF", "PAGEREF", "NOTEREF", "STYLEREF", "SEQ", "GOTOBUTTON", "HYPERLINK"),
        *("TOC", "TC", "TOA", "TA", "INDEX", "XE", "CITATION", "BIBLIOGRAPHY"),
        *("=", "IF", "COMPARE", "SET", "QUOTE", "ASK", "FILLIN", "EQ", "ADVANCE", "SYMBOL", "SHAPE"),
        *("AUTONUM", "AUTONUMLGL", "AUTONUMOUT", "LISTNUM", "AUTOTEXT", "AUTOTEXTLIST"),
        *("FORMTEXT", "FORMCHECKBOX", "FORMDROPDOWN"),
        *("MERGEFIELD", "MERGEREC", "MERGESEQ", "NEXT", "NEXTIF", "SKIPIF", "ADDRESSBLOCK", "GREETINGLINE"),
        *("BARCODE", "DISPLAYBARCODE", "MERGEBARCODE"),
    )
)
_VML = "{urn:schemas-microsoft-com:vml}"
_OFFICE = "{urn:schemas-microsoft-com:office:office}"
# Where a picture, a fill or a line of VML was taken from (ECMA-376 Part 4 §19.1.2): a reader may fetch it
# there. A shape's own href is a link that a person follows.
_ORIGINS = ("src", "althref", _OFFICE + "href", _OFFICE + "althref")
_NAME = re.compile(r"\s*([A-Za-z]+(?!\w)|=)")  # Word reads TITLE"x" too
# Stands in an instruction for a field in it, whose words nobody knows before it is worked out.
_FIELD_IN_IT = "\ufffc"
# An argument of a field HYPERLINK (§17.16.1, §17.16.5.25): a switch with words of its own (a place in the
# file, a tip, a window; the kind of formatting), another switch, or an address. What could be read in two
# ways is none: a switch that lacks its words, a backslash within quotes.
_ARGUMENT = re.compile(
    r'\s*(?:\\[lot]\s*(?:"[^"\\\ufffc]*"|[\w.-]+)|\\\*\s*\w+|\\(?![lot])[a-z]'
    r'|"([^"\\\ufffc]*)"|([^\s"\\\ufffc]+))',
    re.IGNORECASE,
)
# An address in quotation marks, in which a backslash spells the sign behind it; what is none without them.
_QUOTED = re.compile(r'\s*"((?:[^"\\\ufffc]|\\[\\"])*)"')
_NOT_BARE = re.compile(r'\\(?:[a-z]|\*.*)?$|.*["\ufffc]', re.IGNORECASE)
_ESCAPED = re.compile(r'\\([\\"])')
_MOST_SEEN, _MOST_SHOWN = 4000, 60
_DRIVE = re.compile(r"file:|[a-z]:[\\/]|\\\\", re.IGNORECASE)  # or to what a server shares as one
_MAILBOX = re.compile(r"[^\s@:/]+@[^\s@:/]+")
_NO_SIGNS = re.compile(r'[\s<>"\\^`{|}\x00-\x20\x7f]')  # in an address (RFC 3986, 2)
_HOST = re.compile(r"https?://([^/?#\\]*)", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z]*[:;]?/{1,3}|https?:", re.IGNORECASE)  # or a slip in one
_BLANK = re.compile(r"\s")
_AROUND = ' \t\N{NO-BREAK SPACE}"“”„‟«»'
# A complex field (§17.16.18): its marks and its words. To Word all before the second mark is instruction.
_MARK, _SIMPLE = W + "fldChar", W + "fldSimple"
_WRITTEN = (_MARK, _SIMPLE, W + "instrText", W + "delInstrText")
_TEXT = (W + "t", W + "delText")
_SAID = etree.XPath("string()")
# Namespaces of the Strict form of Open XML (ISO/IEC 29500-1): Word reads the same elements by other names.
_STRICT = "http://purl.oclc.org/ooxml/"
_IS_STRICT = etree.XPath(
    "boolean(//*[starts-with(namespace-uri(), $start) or @*[starts-with(namespace-uri(), $start)]])"
)


# Types of the parts that a document of ours holds, its pictures and faces besides (`is_known_type`).
_WORD, _OPEN = "application/vnd.openxmlformats-officedocument.", "application/vnd.openxmlformats-package."
_TYPES = frozenset(
    (
        *(
            f"{_WORD}wordprocessingml.{name}+xml"
            for name in ("document.main", "styles", "numbering", "settings")
        ),
        *(f"{_WORD}wordprocessingml.{name}+xml" for name in ("footnotes", "endnotes", "header", "footer")),
        *(f"{_WORD}{name}+xml" for name in ("wordprocessingml.fontTable", "theme")),
        *(f"{_WORD}{name}-properties+xml" for name in ("extended", "custom")),
        *(f"{_OPEN}core-properties+xml", f"{_OPEN}relationships+xml", "application/xml"),
        # Embedded faces (ECMA-376 Part 1 §15.2.13; Part 4 §9 for those that are obfuscated).
        *("application/x-fontdata", "application/x-font-ttf", f"{_WORD}obfuscatedFont"),
    )
)
_OF_PICTURES = "image/"
_OF_RELATIONSHIPS = "relationships+xml"
_ENDINGS = (".xml", ".rels")
NOT_XML = ("image", "font")
"""By the last word of its type, what leads to a part that is no XML."""


class HouseRefused(Exception):  # noqa: N818 – it names what happened
    """A house file that is not taken: the reason, and the mend."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def refuse(message: str, hint: str) -> NoReturn:
    """Raise HouseRefused."""
    raise HouseRefused(message, hint)


def refuse_outside(kind: str) -> NoReturn:
    """Refuse a file that refers to something of this kind outside of it."""
    hint = "put it into the file: in Word, Insert > Pictures > This Device, without a link"
    refuse(f"this file refers to something outside of it ({kind})", hint)


def refuse_form() -> NoReturn:
    """Refuse a file in another form of Open XML than ours: what it holds has other names there."""
    hint = "save it as Word Document (.docx), not as Strict Open XML"
    refuse("this file is not in the form of Open XML that Word writes by default", hint)


def refuse_link(address: str) -> None:
    """Refuse a link that leads elsewhere than to the web or to a mail: each memo would carry it."""
    if link_address(address) is None:
        _refuse_address(address)


def _refuse_address(address: str) -> NoReturn:
    """Say of an address that no link may have what is wrong with it."""
    told = _shown(address)
    edit = "in Word: right-click on it > Edit Hyperlink, and"
    if link_address(address.strip(_AROUND)) is not None:
        message = f"this file holds a link whose address has a blank or a quotation mark around it ({told})"
        refuse(message, f"{edit} take that out")
    signs = dict.fromkeys(_NO_SIGNS.findall(address))
    if signs and link_address(_NO_SIGNS.sub(lambda sign: _spelled(sign[0]), address)) is not None:
        host = "" if (found := _HOST.match(address)) is None else found[1]
        which = " and ".join(dict.fromkeys(map(_named, signs)))
        mends = ", ".join(dict.fromkeys(_mend_of(sign, host) for sign in signs))
        refuse(f"this file holds a link whose address has {which} in it ({told})", f"{edit} {mends}")
    if len(address) > LONGEST:
        message = f"this file holds a link whose address is longer than {LONGEST:,} characters ({told})"
        refuse(message, f"{edit} shorten it")
    if _HOST.match(address):
        message = f"this file holds a link whose address names no host, or a port that is none ({told})"
        refuse(message, f"{edit} mend what stands behind the //")
    hint = "in Word: right-click on it > Remove Hyperlink; or let it lead to https://… or mailto:…"
    if _DRIVE.match(address):
        message = (
            f"this file holds a link that leads neither to the web nor to a mail, but to a drive ({told})"
        )
        refuse(message, hint)
    is_web = is_nearly_web(address) and link_address(f"https://{_SCHEME.sub('', address)}") is not None
    if is_web or _MAILBOX.fullmatch(address):
        hint = f"{edit} let its address begin with {'mailto:' if '@' in address else 'https://'}"
    refuse(f"this file holds a link that leads neither to the web nor to a mail ({told})", hint)


def _refuse_unclear(words: str, at: int) -> NoReturn:
    """Refuse a field HYPERLINK of which it is not clear where it leads: its words are not, from `at` on."""
    quoted, bare = _QUOTED.match(words[at : at + _MOST_SEEN]), _bare(words[at:])
    if quoted is not None or _DRIVE.match(bare):
        _refuse_address(_unescaped(bare if quoted is None else quoted[1]))
    why = "a switch lacks words, or a quotation mark or a backslash is out of place"
    if _FIELD_IN_IT in words:
        why = "a field stands in it"
    told = _shown(words.strip().replace(_FIELD_IN_IT, "{…}"))
    hint = "in Word: right-click on it > Remove Hyperlink; or set it anew by Insert > Link"
    refuse(f"this file holds a link that leads nobody knows where: {why} ({told})", hint)


def _bare(words: str) -> str:
    """The words without quotation marks that an instruction goes on with, up to a switch."""
    return " ".join(takewhile(lambda word: not _NOT_BARE.match(word), words[:_MOST_SEEN].split()))


def _unescaped(words: str) -> str:
    """Words of an instruction as Word means them: a backslash and a quotation mark stand behind another."""
    return _ESCAPED.sub(r"\1", words)


def _mend_of(sign: str, host: str) -> str:
    """What to do about a sign that no address has: a host has nothing in its place either."""
    if sign in host:
        return f"take {_named(sign)} out of its host"
    if _is_hidden(sign):
        return f"take {_named(sign)} out"
    return f"write {_spelled(sign)} for {_named(sign)}"


def _named(sign: str) -> str:
    return "a blank" if sign.isspace() else "a hidden character" if _is_hidden(sign) else f"“{sign}”"


def _is_hidden(sign: str) -> bool:
    return not sign.isspace() and name_shown(sign) != sign


def _spelled(sign: str) -> str:
    """What stands in an address for a sign that it cannot have."""
    return "%20" if sign.isspace() else "/" if sign == "\\" else quote(sign)


def _shown(address: str) -> str:
    """The beginning of an address or an instruction, for a message."""
    cut = f"{address[:_MOST_SHOWN]}…" if len(address) > _MOST_SHOWN else address
    return f"“{name_shown(_BLANK.sub(' ', cut))}”"


def _refuse_field(name: str) -> NoReturn:
    hint = "in Word: click on it, then Ctrl+Shift+F9 leaves its words alone"
    refuse(f"this file holds a field of a kind that is not carried over ({name})", hint)


def is_known_type(type_: str) -> bool:
    """Whether a part of a document of ours, or of a house's that comes along, may be of this content type."""
    return type_ in _TYPES or type_.startswith(_OF_PICTURES)


def is_named_for(name: str, type_: str) -> bool:
    """Whether the name of a part, or its ending alone, says as its content type does whether it is XML.

    So what is parsed for its name is all that a reader parses for its type.
    """
    ending = next((each for each in _ENDINGS if name.endswith(each)), "")
    if type_.endswith(_OF_RELATIONSHIPS):
        return ending == ".rels"
    is_xml = type_.endswith("xml") and not type_.startswith(_OF_PICTURES)  # SVG is read as a picture
    return ending == (".xml" if is_xml else "")


def scrutinise_picture(data: bytes) -> None:
    """Refuse a picture of the letterhead that is of no kind which Word shows: it is carried as it is."""
    if not data.startswith(_PICTURES) and (data[:4], data[40:44]) != _ENHANCED:
        hint = "take it out and insert it anew in Word, as PNG"
        refuse("a picture in this file is of a kind that not every program shows", hint)


# What the bytes of a picture begin with: PNG, JPEG, GIF, BMP, TIFF, Windows metafiles with and without a
# header for placing. Not SVG, which may hold programs and addresses; Word keeps a PNG beside it.
_PICTURES = (
    b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*",
    b"\xd7\xcd\xc6\x9a", b"\x01\0\x09\0",
)  # fmt: skip
_ENHANCED = b"\x01\0\0\0", b" EMF"  # type and signature of an enhanced metafile's header, MS-EMF 2.3.4.2


def scrutinised(root: Element) -> bool:
    """Take out the marks of what is left behind, and addresses of origins; whether there were any.

    Raises HouseRefused for what may not come along.
    """
    _refuse_strict(root)
    _refuse_changes(root)
    _refuse_fields((root,))
    traces = list(root.iter(*_TRACES))
    for trace in traces:
        parent = trace.getparent()
        if parent is not None:
            parent.remove(trace)
    if traces:  # a mark of a field may have gone with one
        _refuse_fields((root,))
    return _without_origins(root) or bool(traces)


def refuse_reaching(root: Element) -> None:
    """Refuse a part of a document of ours that fetches something, as `scrutinised` lets none come along.

    The tree is of no use afterwards. Raises HouseRefused.
    """
    _refuse_strict(root)
    _refuse_fields((root,))
    if next(root.iter(W + _DATA), None) is not None:
        _refuse_field(_DATA)
    if _without_origins(root):
        refuse_outside("image")


def _refuse_strict(root: Element) -> None:
    """Refuse elements and attributes of the Strict form, wherever they are: no check here knows them."""
    # To look at each in XPath takes longer than to parse them; as bytes, a namespace is spelled in one way.
    if _STRICT.encode() in etree.tostring(root, encoding="UTF-8") and _IS_STRICT(root, start=_STRICT):
        refuse_form()


def _refuse_changes(root: Element) -> None:
    """Refuse what somebody changed and nobody has accepted: every memo would show it with his name."""
    for element in root.iter(W + "*"):
        name = str(element.tag)
        if name in _CHANGES or name.endswith(_CHANGED):
            hint = "in Word: Review > Accept > Accept All Changes and Stop Tracking"
            refuse("this file holds tracked changes that nobody has accepted", hint)


def _without_origins(root: Element) -> bool:
    """Take out where pictures of VML were taken from; refuse those that are there alone."""
    found = False
    for element in root.iter(_VML + "*"):
        if address := element.get("href"):
            refuse_link(address)
        written = [name for name in _ORIGINS if element.get(name) is not None]
        is_inside = any(str(name).startswith(R) or name == _OFFICE + "relid" for name in element.attrib)
        for name in written:
            if element.attrib.pop(name) and not is_inside:
                refuse_outside("image")
        found = found or bool(written)
    return found


def _refuse_fields(blocks: Sequence[Element]) -> None:
    """Refuse fields of other kinds than are known to fetch nothing, and those that link elsewhere."""
    for words in _instructions(blocks):
        if not words.strip():
            continue
        found = _NAME.match(words)
        name = found[1].upper() if found else repr(words.strip()[:20])
        if found is None or name not in _FIELDS:
            _refuse_field(name)
        if name == "HYPERLINK":
            _refuse_arguments(words.rstrip(), found.end())


def refuse_broken_fields(blocks: Sequence[Element]) -> None:
    """Refuse a field that begins in these blocks and does not end in them: a memo would stand within it.

    So are those of which a part stood outside of the blocks, if the rest makes another field.
    """
    opened = 0
    for mark in (mark for block in blocks for mark in block.iter(_MARK)):
        kind = mark.get(W + "fldCharType")
        opened += (kind == "begin") - (kind == "end" and opened > 0)
    if opened:
        message = "a field of this file goes on over the place of a memo, or does not end"
        hint = "in Word: press Enter before and behind {briefbook}; or delete the field, which Alt+F9 shows"
        refuse(message, hint)
    _refuse_fields(blocks)


def _refuse_arguments(words: str, at: int) -> None:
    """Refuse a field HYPERLINK of which an argument is an address that no link may have, or is not clear."""
    begun: int | None = None  # where addresses without quotation marks began: one with blanks in it
    while at < len(words):
        argument = _ARGUMENT.match(words, at)
        if argument is None:
            _refuse_unclear(words, at)
        begun = None if not argument[2] else argument.start() if begun is None else begun
        address = argument[1] or argument[2]  # none at all leads to a place in the file
        if address and link_address(address) is None:
            whole = "" if begun is None else _unescaped(_bare(words[begun:]))
            _refuse_address(whole or address)
        at = argument.end()


@dataclass(slots=True)
class _Field:
    """A complex field that has begun."""

    words: list[str] = field(default_factory=list)  # adding letter to letter takes long for a hostile file
    is_shown: bool = False  # what follows is its result


def _instructions(blocks: Sequence[Element]) -> Iterator[str]:
    """The instructions of all fields; those within others too (§17.16.18, §17.16.19)."""
    opened: list[_Field] = []
    has_marks = any(next(block.iter(_MARK), None) is not None for block in blocks)
    tags = (*_WRITTEN, *(_TEXT if has_marks else ()))
    for element in chain.from_iterable(block.iter(*tags) for block in blocks):
        kind = element.get(W + "fldCharType", "") if element.tag == _MARK else ""
        begins = kind == "begin" or element.tag == _SIMPLE
        if begins and opened and not opened[-1].is_shown:
            opened[-1].words.append(_FIELD_IN_IT)
        if element.tag == _SIMPLE:
            yield element.get(W + "instr", "")
        elif kind == "begin":
            opened.append(_Field())
        elif kind == "end" and opened:
            yield "".join(opened.pop().words)
        elif kind == "separate" and opened:
            opened[-1].is_shown = True
        elif element.tag in _TEXT:
            if opened and not opened[-1].is_shown:
                opened[-1].words.append(_said(element))
        elif opened:
            opened[-1].words.append(_said(element))
        else:
            yield _said(element)
    yield from ("".join(each.words) for each in opened)


def _said(element: Element) -> str:
    """The text of an element, whole where comments part it."""
    return (element.text or "") if len(element) == 0 else str(_SAID(element))
