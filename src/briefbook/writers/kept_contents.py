"""What a DOCX that a record kept may hold: what our writer writes, and what a house's file may bring.

The record of a copied book keeps whatever it likes as an edition, and a reader opens it as ours. Macros,
objects, templates, pictures and fields that are fetched have no place in one.
Open Packaging Conventions: ECMA-376 Part 2.
"""

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from briefbook.cited import link_address
from briefbook.diagnostics import NOWHERE, BriefbookError, Problem
from briefbook.issued import BOUND
from briefbook.writers.docx_styles import W
from briefbook.writers.house_contents import (
    NOT_XML,
    HouseRefused,
    is_known_type,
    is_named_for,
    refuse_reaching,
    scrutinise_picture,
)
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
# What our own drawings consist of (svg.py): nothing in them runs, fetches or leads anywhere.
_DRAWN = frozenset(
    f"{{http://www.w3.org/2000/svg}}{name}" for name in ("svg", "title", "line", "rect", "polygon", "text")
)
_DRAWN_BY = frozenset(
    (
        *("viewBox", "width", "height", "role", "aria-labelledby", "id", "font-family", "font-size"),
        *("x", "y", "x1", "y1", "x2", "y2", "rx", "points", "textLength", "lengthAdjust"),
        *("stroke-width", "stroke-dasharray", "fill", "stroke"),
    )
)
_PAINT = re.compile(r"none|#[0-9A-Fa-f]{6}")


class ForeignError(Exception):
    """A DOCX holds what none of ours does; its text says what."""


def refuse_foreign(entries: Entries) -> None:
    """Look through the parts of a DOCX.

    Raises ForeignError for what ours never hold, EntriesRefused for broken XML or too much of it, LookupError
    where there are no content types.
    """
    _refuse_types(entries)
    led_to = {pair for name in entries.infos if name.endswith(_RELATED) for pair in _led_to(entries, name)}
    for name in entries.infos:
        if name == _TYPES or name.endswith(_RELATED):
            continue
        try:
            if name.endswith(".xml"):
                _refuse_part(entries, name)
            elif name.endswith(".svg"):
                _refuse_drawing(entries, name)
            elif ("font", name) not in led_to or ("image", name) in led_to:
                scrutinise_picture(entries.read(name))
        except HouseRefused as refused:
            raise ForeignError(f"{name}: {refused.message}") from refused


def _refuse_part(entries: Entries, name: str) -> None:
    """Look through a part of XML, whatever leads to it."""
    root = entries.root(name)
    refuse_reaching(root)
    if next(root.iter(f"{W}mailMerge"), None) is not None:  # of settings: may ask a database on opening
        raise ForeignError(f"{name}: mailMerge")


def _refuse_drawing(entries: Entries, name: str) -> None:
    """Look through a drawing, which has no instructions for who reads it (`<?xml-stylesheet …`) either."""
    data = entries.read(name)
    if not data.startswith(b"<svg ") or b"<?" in data:
        raise ForeignError(f"{name}: a drawing of others")
    for element in entries.root(name).iter():
        paints = (element.get(each, "none") for each in ("fill", "stroke"))
        is_ours = element.tag in _DRAWN and _DRAWN_BY.issuperset(element.keys())
        if not is_ours or not all(map(_PAINT.fullmatch, paints)):
            raise ForeignError(f"{name}: {element.tag}, as none of ours is drawn")


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
    """Each part has a type, none is declared that is none of ours, and names say what is XML, as types do."""
    endings, named = set[str](), set[str]()
    for entry in entries.root(_TYPES).iterchildren("*"):
        type_ = entry.get("ContentType", "")
        if not is_known_type(type_):
            raise ForeignError(f"a part of type {type_}")
        for key, known, before in (("Extension", endings, "."), ("PartName", named, "")):
            if key in entry.attrib:
                name = entry.get(key, "").lower()
                known.add(name.lstrip("/"))
                if not is_named_for(before + name, type_):
                    raise ForeignError(f"a part of type {type_} with the name {name}")
    for name in entries.infos:
        if name not in named and name.rpartition(".")[2] not in endings and name != _TYPES:
            raise ForeignError(f"a part without a type: {name}")


def _led_to(entries: Entries, name: str) -> Iterator[tuple[str, str]]:
    """What a part refers to, by kind and name: of our kinds and in the package. Else it may be a link."""
    folder = posixpath.dirname(posixpath.dirname(name))
    for entry in entries.root(name).iterchildren("*"):
        kind, target = entry.get("Type", "").rpartition("/")[2], entry.get("Target", "")
        if entry.get("TargetMode", "Internal") != "Internal":
            if kind != _LINK or link_address(target) is None:
                raise ForeignError(f"{name}: {kind} outside, {target}")
        elif kind not in _KINDS:
            raise ForeignError(f"{name}: {kind}")
        elif (part := _part_named(folder, target)) not in entries.infos:
            raise ForeignError(f"{name}: {kind} that is not there, {target}")
        elif part.endswith((".xml", _RELATED)) if kind in NOT_XML else not part.endswith(".xml"):
            raise ForeignError(f"{name}: {kind} of another form, {target}")
        else:
            yield kind, part


def _part_named(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/").lower()
