"""A house's own Word file, opened with suspicion: it may come from anybody.

What a memo needs is carried over and gets names of ours; what could run, phone home or blow up is refused by
a reason and a mend; the rest (comments, thumbnails, custom XML, attached templates) is left behind.
Open Packaging Conventions: ECMA-376 Part 2.
"""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import NoReturn
from urllib.parse import unquote

from lxml import etree

from briefbook.frozen import frozen
from briefbook.writers.docx_styles import Element, W
from briefbook.writers.house_contents import (
    NOT_XML,
    is_known_type,
    is_named_for,
    refuse,
    refuse_form,
    refuse_link,
    refuse_outside,
    scrutinise_picture,
    scrutinised,
)
from briefbook.writers.house_properties import HouseProperties, house_properties
from briefbook.writers.house_tidying import tidied
from briefbook.zip_entries import Caps, Entries, EntriesRefused, Reason, root_of

MOST_ENTRIES = 500
MOST_BYTES = 48 * 1024 * 1024  # of all parts when inflated
_CAPS = Caps(entries=MOST_ENTRIES, size=MOST_BYTES, xml=MOST_BYTES)
_ANEW = "save the file anew in Word"
_REFUSALS = {
    Reason.TOO_MUCH: (
        "this file holds more than a Word file of a house could",
        "make one with the styles alone",
    ),
    Reason.PASSWORD: ("a part of this file is under a password", f"{_ANEW}, without a password"),
    Reason.PACKING: ("a part of this file is packed as Word packs none", _ANEW),
    Reason.BOMB: ("a part of this file blows up when it is opened", _ANEW),
    Reason.NAME: ("a part of this file has a name that leads out of it", _ANEW),
    Reason.TWICE: ("two parts of this file have one name", _ANEW),
    Reason.BROKEN: ("this is not a whole Word file", "save it in Word as Word Document (.docx)"),
    Reason.XML: ("a part of this file is broken XML", _ANEW),
    Reason.DOCTYPE: ("a part of this file declares a document type, as no Word file does", _ANEW),
}

_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_MAIN_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_OLE = b"\xd0\xcf\x11\xe0"  # a compound file: a .doc, or a .docx under a password


# By the last word of the relationship's type: the name of the part here.
_NAMES = {
    "styles": "word/styles.xml",
    "numbering": "word/numbering.xml",
    "settings": "word/settings.xml",
    "fontTable": "word/fontTable.xml",
    "theme": "word/theme/theme1.xml",
    "header": "word/house-header{n}.xml",
    "footer": "word/house-footer{n}.xml",
    "image": "word/media/house{n}{ext}",
    "font": "word/fonts/house{n}{ext}",
}
# And the name of its root (ECMA-376 Part 1 §11.3, §14.2.7).
_ROOTS = {
    **{kind: W + kind for kind in ("styles", "numbering", "settings")},
    "fontTable": W + "fonts",
    "header": W + "hdr",
    "footer": W + "ftr",
    "theme": "{http://schemas.openxmlformats.org/drawingml/2006/main}theme",
}
_LEFT_BEHIND = frozenset(
    (
        *("footnotes", "endnotes", "comments", "commentsExtended", "commentsIds", "commentsExtensible"),
        *("people", "glossaryDocument", "customXml", "webSettings", "stylesWithEffects", "printerSettings"),
        *("attachedTemplate", "thumbnail", "recipientData", "mailMergeSource", "mailMergeHeaderSource"),
        *("transform", "keyMapCustomizations", "documenttasks"),
    )
)
_RUNS = frozenset(
    ("vbaProject", "wordVbaData", "attachedToolbars", "control", "activeXControlBinary", "ctrlProp")
)
_OBJECTS = frozenset(("oleObject", "package", "aFChunk", "subDocument", "frame"))


@frozen
class Relationship:
    """What a part refers to: the id in it, the type, and a part's name here or an address."""

    id: str
    type: str
    target: str
    is_outside: bool = False


@frozen
class HousePart:
    """A part that is carried over, under its name here."""

    name: str
    content_type: str
    data: bytes
    root: Element | None = None  # of XML
    relationships: tuple[Relationship, ...] = ()


@frozen
class HousePackage:
    """The main part and all that it refers to and a memo keeps."""

    document: HousePart
    parts: Mapping[str, HousePart] = field(default_factory=dict)
    properties: HouseProperties = field(default_factory=HouseProperties)

    def root(self, name: str) -> Element | None:
        """The root of the part with this name, if the house has it."""
        part = self.parts.get(name)
        return None if part is None else part.root


def open_house(data: bytes) -> HousePackage:
    """Open a DOCX or DOTX. Raises HouseRefused for what is none or holds what may not come along."""
    return _Opening(_entries(data)).package()


def _entries(data: bytes) -> dict[str, bytes]:
    """The files of the ZIP by their names in lower case; no more than could be a document's."""
    if data.startswith(_OLE):
        refuse(
            "this is an old .doc, or it is under a password", "save it in Word as .docx, without a password"
        )
    try:
        entries = Entries(data, _CAPS)
        return {name: entries.read(name) for name in entries.infos}
    except EntriesRefused as refused:
        refuse(*_REFUSALS[refused.reason])


def parsed(data: bytes) -> Element:
    """The root of a part of XML. Raises HouseRefused for broken XML and for any that declares entities."""
    try:
        return root_of(data, with_comments=True)
    except EntriesRefused as refused:
        refuse(*_REFUSALS[refused.reason])


class _Opening:
    """Follows the relationships from the package's own on, and gives each part that is kept its name."""

    def __init__(self, entries: Mapping[str, bytes]) -> None:
        self._entries = entries
        self._parts: dict[str, HousePart] = {}
        self._names: dict[tuple[str, str], str] = {}  # of the house, and what leads there → here
        self._counts: dict[str, int] = {}
        if any(name.endswith("vbaproject.bin") for name in entries):
            _refuse_macros()
        types = self._entry("[content_types].xml")
        self._defaults = {
            entry.get("Extension", "").lower(): entry.get("ContentType", "")
            for entry in parsed(types).iterfind("{*}Default")
        }
        self._overrides = {
            entry.get("PartName", "").lower().lstrip("/"): entry.get("ContentType", "")
            for entry in parsed(types).iterfind("{*}Override")
        }

    def package(self) -> HousePackage:
        main = ""
        for relationship in self._relationships_of(""):
            if _kind(relationship.type) == "officeDocument" and not relationship.is_outside:
                main = relationship.target
        type_ = self._type_of(main)
        if "macroEnabled" in type_:
            _refuse_macros()
        if not (type_.startswith(_MAIN_TYPES) and type_.endswith(("document.main+xml", "template.main+xml"))):
            refuse("this is no Word document", "save it in Word as Word Document (.docx)")
        root = parsed(self._entry(main))
        if root.tag != W + "document":
            refuse_form()
        scrutinised(root)
        tidied(root)
        document = HousePart(
            name="word/document.xml",
            content_type=_MAIN_TYPES + "document.main+xml",
            data=b"",
            root=root,
            relationships=tuple(self._followed(main)),
        )
        package = HousePackage(document=document, parts=self._parts, properties=self._properties())
        if package.root("word/styles.xml") is None:
            refuse("this file has no styles", "save it in Word as Word Document (.docx)")
        return package

    def _properties(self) -> HouseProperties:
        """What the house says of itself beside its text (docProps)."""
        found: dict[str, Element] = {}
        for relationship in self._relationships_of(""):
            kind = _kind(relationship.type)
            if kind.endswith("-properties") and not relationship.is_outside:
                found[kind] = parsed(self._entry(relationship.target))
        names = ("core-properties", "extended-properties", "custom-properties")
        return house_properties(*(found.get(name) for name in names))

    def _followed(self, name: str) -> Iterator[Relationship]:
        """The relationships of a part that are kept, their targets read and named."""
        for relationship in self._relationships_of(name):
            kind = _kind(relationship.type)
            if kind in _RUNS:
                _refuse_macros()
            if kind in _OBJECTS:
                refuse("this file holds an embedded object", "replace it in Word by a picture of it")
            if kind in _LEFT_BEHIND:
                continue
            if relationship.is_outside and kind == "hyperlink":
                refuse_link(relationship.target)
                yield relationship
            elif relationship.is_outside:
                refuse_outside(kind)
            elif kind in _NAMES:
                yield Relationship(
                    id=relationship.id, type=relationship.type, target=self._kept(relationship.target, kind)
                )
            elif kind != "hyperlink":
                hint = "replace what it shows by a picture"
                refuse(f"this file holds a part of a kind that is not carried over ({kind})", hint)

    def _kept(self, name: str, kind: str) -> str:
        """Read a part and what it refers to; its name here."""
        if (name, kind) in self._names:
            return self._names[name, kind]
        self._counts[kind] = number = self._counts.get(kind, 0) + 1
        here = _NAMES[kind].format(n=number, ext=posixpath.splitext(name)[1])
        self._names[name, kind] = here
        data, type_ = self._entry(name), self._type_of(name)
        if not type_:
            refuse("nothing says of what type a part of this file is", "save the file anew in Word")
        if kind == "image":
            scrutinise_picture(data)
        is_fit = is_named_for(here, type_) and here.endswith(".xml") != (kind in NOT_XML)
        if not is_known_type(type_) or not is_fit:
            refuse(f"a part of this file is of a type that no memo holds ({type_[:80]})", _ANEW)
        root = parsed(data) if here.endswith(".xml") else None
        if root is not None:
            is_changed = scrutinised(root)
            if root.tag != _ROOTS[kind]:
                refuse(*_REFUSALS[Reason.BROKEN])
            if tidied(root) or is_changed:
                data = etree.tostring(root, encoding="UTF-8", standalone=True)
        related = () if kind == "settings" or root is None else tuple(self._followed(name))
        self._parts[here] = HousePart(
            name=here, content_type=type_, data=data, root=root, relationships=related
        )
        return here

    def _relationships_of(self, name: str) -> Iterator[Relationship]:
        folder, last = posixpath.split(name)
        data = self._entries.get(posixpath.join(folder, "_rels", f"{last}.rels"))
        if data is None:
            return
        for entry in parsed(data).iterfind(_REL):
            target, outside = entry.get("Target", ""), entry.get("TargetMode") == "External"
            if not outside:
                target = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/").lower()
            yield Relationship(
                id=entry.get("Id", ""), type=entry.get("Type", ""), target=target, is_outside=outside
            )

    def _entry(self, name: str) -> bytes:
        data = self._entries.get(name)
        if data is None:
            refuse(*_REFUSALS[Reason.BROKEN])
        return data

    def _type_of(self, name: str) -> str:
        return self._overrides.get(name) or self._defaults.get(posixpath.splitext(name)[1][1:].lower(), "")


def _refuse_macros() -> NoReturn:
    hint = "save it in Word as Word Document (.docx), which has none"
    refuse("this file holds macros or controls", hint)


def _kind(type_: str) -> str:
    return type_.rpartition("/")[2]
