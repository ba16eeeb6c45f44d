"""What a part of a house's Word file may hold: refused with a mend, or left behind.

Each check goes over the whole part, not what is carried over of it alone: a person mends a file once.
"""

import re
from collections.abc import Iterator
from typing import NoReturn

from briefbook.cited import link_address
from briefbook.writers.docx_styles import Element, R, W

# What stands for another part that is left behind, or for a state of editing.
_TRACES = tuple(
    W + name
    for name in (
        *("commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef"),
        *("proofErr", "permStart", "permEnd", "placeholder", "showingPlcHdr", "altChunk"),
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
# Fields that fetch or run something when a reader works them out (§17.16.5).
_FETCHING = frozenset(
    (
        "DDE",
        "DDEAUTO",
        "INCLUDE",
        "INCLUDEPICTURE",
        "INCLUDETEXT",
        "IMPORT",
        "LINK",
        "DATABASE",
        "MACROBUTTON",
        "RD",
        "PRINT",  # sends its words to the printer as commands
        "EMBED",
        "CONTROL",
        "HTMLACTIVEX",
        "ADDIN",
    )
)
_VML = "{urn:schemas-microsoft-com:vml}"
_OFFICE = "{urn:schemas-microsoft-com:office:office}"
# Where a picture, a fill or a line of VML was taken from (ECMA-376 Part 4 §19.1.2): a reader may fetch it
# there. A shape's own href is a link that a person follows.
_ORIGINS = ("src", "althref", _OFFICE + "href", _OFFICE + "althref")
_FIELD = re.compile(r'[\s"]*([A-Za-z]+)')  # Word reads INCLUDETEXT"x" too
# The address of a field HYPERLINK, where it has one: switches (§17.16.5.25) may stand before it, those of a
# place in the file, a window or a tip with their own words.
_LINKED = re.compile(
    r'[\s"]*HYPERLINK\s*(?:\\[lotLOT]\s*(?:"[^"]*"|[^\s"]+)\s*|\\[a-zA-Z]\s*)*(?:"([^"]*)"|([^\s"\\]+))',
    re.IGNORECASE,
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


def refuse_link(address: str) -> None:
    """Refuse a link that leads elsewhere than to the web or to a mail: each memo would carry it."""
    if link_address(address) is None:
        hint = "in Word: right-click on it > Remove Hyperlink; or let it lead to https://… or mailto:…"
        refuse(f"this file holds a link that leads neither to the web nor to a mail ({address[:60]!r})", hint)


def is_known_type(type_: str) -> bool:
    """Whether a part of a document of ours, or of a house's that comes along, may be of this content type."""
    return type_ in _TYPES or type_.startswith(_OF_PICTURES)


def scrutinise_picture(data: bytes) -> None:
    """Refuse a picture of the letterhead that is of no kind which Word shows: it is carried as it is."""
    if not data.startswith(_PICTURES) and data[40:44] != _ENHANCED:
        hint = "take it out and insert it anew in Word, as PNG"
        refuse("a picture in this file is of a kind that not every program shows", hint)


# What the bytes of a picture begin with: PNG, JPEG, GIF, BMP, TIFF, Windows metafiles with and without a
# header for placing. Not SVG, which may hold programs and addresses; Word keeps a PNG beside it.
_PICTURES = (
    b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*",
    b"\xd7\xcd\xc6\x9a", b"\x01\0\x09\0",
)  # fmt: skip
_ENHANCED = b" EMF"  # the signature of an enhanced metafile, MS-EMF 2.3.4.2


def scrutinised(root: Element) -> bool:
    """Take out the marks of what is left behind, and addresses of origins; whether there were any.

    Raises HouseRefused for what may not come along.
    """
    _refuse_changes(root)
    _refuse_fetching(root)
    traces = list(root.iter(*_TRACES))
    for trace in traces:
        parent = trace.getparent()
        if parent is not None:
            parent.remove(trace)
    return _without_origins(root) or bool(traces)


def refuse_reaching(root: Element) -> None:
    """Refuse a part of a document of ours that fetches something, as `scrutinised` lets none come along.

    The tree is of no use afterwards. Raises HouseRefused.
    """
    _refuse_fetching(root)
    if _without_origins(root):
        refuse_outside("image")


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


def _refuse_fetching(root: Element) -> None:
    """Refuse fields that fetch something when they are worked out."""
    for words in _instructions(root):
        found = _FIELD.match(words)
        first = found[1].upper() if found else ""
        if first in _FETCHING:
            hint = "in Word: click on it, then Ctrl+Shift+F9 leaves its words alone"
            refuse(f"this file holds a field that fetches something when it is opened ({first})", hint)
        if first == "HYPERLINK" and (address := _LINKED.match(words)):
            refuse_link(address[1] or address[2])


def _instructions(root: Element) -> Iterator[str]:
    """The instructions of all fields; those within others too (§17.16.18, §17.16.19)."""
    for simple in root.iter(W + "fldSimple"):
        yield simple.get(W + "instr", "")
    open_: list[list[str]] = []  # parts, as adding letter to letter takes too long for a hostile file
    for element in root.iter(W + "fldChar", W + "instrText"):
        if element.tag == W + "instrText":
            if open_:
                open_[-1].append(element.text or "")
            else:
                yield element.text or ""
        elif element.get(W + "fldCharType") == "begin":
            open_.append([])
        elif element.get(W + "fldCharType") == "end" and open_:
            yield "".join(open_.pop())
    yield from map("".join, open_)
