"""A returned DOCX opened with suspicion: its parts by name, and what refers to what.

It may come from anybody. What is no whole Word file, is under a password, could run or would blow up is
refused by a problem with a mend. Open Packaging Conventions: ECMA-376 Part 2.
"""

import posixpath
from hashlib import sha256
from typing import NoReturn
from urllib.parse import unquote

from lxml import etree

from briefbook.diagnostics import BriefbookError, Problem, Where
from briefbook.frozen import frozen
from briefbook.zip_entries import OF_A_MEMO, Entries, EntriesRefused, Reason

_OLE = b"\xd0\xcf\x11\xe0"  # a compound file: a .doc, or a .docx under a password
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_SAVE = "open it in Word and save it as Word Document (.docx)"
_SAVE_IN_ANY = "open it where it was written and save it as Word Document (.docx)"
_REFUSALS = {
    Reason.TOO_MUCH: ("this file holds more than a memo could", "take out large pictures and other files"),
    Reason.PASSWORD: ("a part of this file is under a password", f"{_SAVE}, without a password"),
    Reason.PACKING: ("a part of this file is packed as Word packs none", _SAVE),
    Reason.BOMB: ("a part of this file blows up when it is opened", _SAVE),
    Reason.NAME: ("a part of this file has a name that leads out of it", _SAVE),
    Reason.TWICE: ("two parts of this file have one name", _SAVE),
    Reason.BROKEN: ("this is not a whole Word file", f"ask for it again, or {_SAVE}"),
    Reason.DOCTYPE: ("a part of this file declares a document type, as no Word file does", f"{_SAVE} anew"),
}


@frozen
class Related:
    """What a part refers to: the last word of the relationship's type, and a part's name or an address."""

    id: str
    kind: str
    target: str
    is_outside: bool


class Package:
    """The parts of a DOCX. Names are in lower case, without a leading slash."""

    def __init__(self, data: bytes, file: str) -> None:
        """Open it; `file` is what problems call it. Raises BriefbookError for what is none of ours."""
        self._file = file
        if not data:
            self.refuse("this file is empty", "ask for it again")
        if data.startswith(b"%PDF-"):
            self.refuse("this is a PDF", "review reads the Word file (.docx) of a memo")
        if data.startswith(_OLE):
            self.refuse("this is an old .doc, or it is under a password", f"{_SAVE}, without a password")
        try:
            self._entries = Entries(data, OF_A_MEMO)
        except EntriesRefused as refused:
            self.refuse(*_REFUSALS[refused.reason])
        self._infos = self._entries.infos
        if any(name.endswith("vbaproject.bin") for name in self._infos):
            self._refuse_macros()
        self.main = self._main()

    def _main(self) -> str:
        types = self.root("[content_types].xml")
        if types is None:
            is_open_document = "mimetype" in self._infos and "content.xml" in self._infos
            kind = "an OpenDocument file, not a Word file" if is_open_document else "not a Word file"
            self.refuse(f"this is {kind}", _SAVE_IN_ANY if is_open_document else _SAVE)
        main = next((one.target for one in self.related("") if one.kind == "officeDocument"), "")
        type_ = next(
            (
                entry.get("ContentType", "")
                for entry in types.iterfind("{*}Override")
                if entry.get("PartName", "").lower().lstrip("/") == main
            ),
            "",
        )
        if "macroEnabled" in type_:
            self._refuse_macros()
        if type_ != _MAIN or main not in self._infos:
            self.refuse("this is not a Word document", _SAVE)
        return main

    def names(self) -> list[str]:
        """The names of all parts, in order."""
        return sorted(self._infos)

    def root(self, name: str) -> etree._Element | None:
        """The root of a part of XML; None where there is no such part. Raises BriefbookError."""
        if name not in self._infos:
            return None
        try:
            return self._entries.root(name)
        except EntriesRefused as refused:
            if refused.reason is Reason.TOO_MUCH:
                self.refuse(_REFUSALS[Reason.TOO_MUCH][0], "return the memo alone")
            if refused.reason is Reason.XML:
                self.refuse(f"a part of this file is broken XML ({name[:80]})", f"{_SAVE} anew")
            self.refuse(*_REFUSALS[refused.reason])

    def digest(self, name: str) -> str:
        """The SHA-256 of a part in hexadecimal; empty where there is no such part."""
        return sha256(self._bytes(name)).hexdigest() if name in self._infos else ""

    def related(self, name: str) -> list[Related]:
        """What a part refers to; the package's own references for the empty name."""
        folder, last = posixpath.split(name)
        root = self.root(posixpath.join(folder, "_rels", f"{last}.rels"))
        found = []
        for entry in () if root is None else root.iterfind(_RELATIONSHIP):
            target, outside = entry.get("Target", ""), entry.get("TargetMode") == "External"
            if not outside:
                target = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/").lower()
            kind = entry.get("Type", "").rpartition("/")[2]
            found.append(Related(id=entry.get("Id", ""), kind=kind, target=target, is_outside=outside))
        return found

    def core_property(self, name: str) -> str:
        """What the file says of itself under a name (Part 2 §11); empty if nothing."""
        root = self._properties("core-properties")
        found = None if root is None else root.find("{*}" + name)
        return "" if found is None else (found.text or "").strip()

    def custom_property(self, name: str) -> str:
        """What somebody's program says of it under a name (Part 1 §15.2.12.2); empty if nothing."""
        root = self._properties("custom-properties")
        for entry in () if root is None else root.iterfind("{*}property"):
            if entry.get("name") == name:
                return "".join(str(text) for text in entry.itertext()).strip()
        return ""

    def _properties(self, kind: str) -> etree._Element | None:
        name = next((one.target for one in self.related("") if one.kind == kind), "")
        return self.root(name)

    def refuse(self, message: str, hint: str) -> NoReturn:
        """Say why the file cannot be read."""
        raise BriefbookError(Problem(where=Where(file=self._file), message=message, hint=hint))

    def _refuse_macros(self) -> NoReturn:
        self.refuse("this file holds macros", "save it in Word as Word Document (.docx), which has none")

    def _bytes(self, name: str) -> bytes:
        try:
            return self._entries.read(name)
        except EntriesRefused as refused:
            self.refuse(*_REFUSALS[refused.reason])
