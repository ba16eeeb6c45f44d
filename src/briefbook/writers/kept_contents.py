"""What a DOCX that a record kept may hold: what our writer writes, and what a house's file may bring.

The record of a copied book keeps whatever it likes as an edition, and a reader opens it as ours. Macros,
objects, templates, pictures and fields that are fetched have no place in one.
Open Packaging Conventions: ECMA-376 Part 2.
"""

import posixpath
from urllib.parse import unquote

from briefbook.cited import link_address
from briefbook.diagnostics import NOWHERE, BriefbookError, Problem
from briefbook.issued import BOUND
from briefbook.writers.docx_styles import W
from briefbook.writers.house_contents import HouseRefused, is_known_type, refuse_reaching
from briefbook.zip_entries import OF_A_MEMO, Caps, Entries, EntriesRefused

# Of a bound book that a record keeps: thousands of memos in one, each with a header and a footer.
_OF_A_BOOK = Caps(entries=65_535, size=1 << 30, xml=1 << 29, tags=10_000_000)
_TYPES = "[content_types].xml"
_RELATED = ".rels"
# What leads to a part, by the last word of its type: of ours, and of a house's that come along.
_KINDS = frozenset(
    (
        *("officeDocument", "core-properties", "extended-properties", "custom-properties"),
        *("styles", "numbering", "settings", "fontTable", "theme", "header", "footer"),
        *("footnotes", "endnotes", "image", "font"),
    )
)
_LINK = "hyperlink"


class ForeignError(Exception):
    """A DOCX holds what none of ours does; its text says what."""


def refuse_foreign(entries: Entries) -> None:
    """Look through the parts of a DOCX.

    Raises ForeignError for what ours never hold, EntriesRefused for broken XML or too much of it, LookupError
    where there are no content types.
    """
    _refuse_types(entries)
    for name in entries.infos:
        if name.endswith(_RELATED):
            _refuse_relationships(entries, name)
        elif name.endswith(".xml") and name != _TYPES:
            root = entries.root(name)
            try:
                refuse_reaching(root)
            except HouseRefused as refused:
                raise ForeignError(f"{name}: {refused.message}") from refused
            if root.find(f"{W}mailMerge") is not None:  # of settings: may ask a database on opening
                raise ForeignError(f"{name}: mailMerge")


def held_to_ours(data: bytes, name: str, key: str) -> bytes:
    """The same bytes, kept as the file `name` of an edition, if they are no DOCX or hold what ours hold.

    `key` is what the ledger calls what it is an edition of: a bound book may be larger than a memo. Raises
    BriefbookError.
    """
    if not name.endswith(".docx"):
        return data
    try:
        refuse_foreign(Entries(data, _OF_A_BOOK if key.startswith(BOUND) else OF_A_MEMO))
    except (ForeignError, EntriesRefused, LookupError) as error:
        message = f"what is kept as {name} is damaged, no DOCX as briefbook writes it"
        hint = f"put back a copy of the folder objects; if that is whole, please report this: {error!r:.200}"
        raise BriefbookError(Problem(where=NOWHERE, message=message, hint=hint)) from error
    return data


def _refuse_types(entries: Entries) -> None:
    """Each part has a type, and no type is declared that is none of ours."""
    endings, named = set[str](), set[str]()
    for entry in entries.root(_TYPES).iterchildren("*"):
        type_ = entry.get("ContentType", "")
        if not is_known_type(type_):
            raise ForeignError(f"a part of type {type_}")
        if "Extension" in entry.attrib:
            endings.add(entry.get("Extension", "").lower())
        named.add(entry.get("PartName", "").lower().lstrip("/"))
    for name in entries.infos:
        if name not in named and name.rpartition(".")[2] not in endings and name != _TYPES:
            raise ForeignError(f"a part without a type: {name}")


def _refuse_relationships(entries: Entries, name: str) -> None:
    """What a part refers to is of our kinds and in the package, or a link to the web or to a mail."""
    folder = posixpath.dirname(posixpath.dirname(name))
    for entry in entries.root(name).iterchildren("*"):
        kind, target = entry.get("Type", "").rpartition("/")[2], entry.get("Target", "")
        if entry.get("TargetMode", "Internal") != "Internal":
            if kind != _LINK or link_address(target) is None:
                raise ForeignError(f"{name}: {kind} outside, {target}")
        elif kind not in _KINDS:
            raise ForeignError(f"{name}: {kind}")
        elif _part_named(folder, target) not in entries.infos:
            raise ForeignError(f"{name}: {kind} that is not there, {target}")


def _part_named(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/").lower()
