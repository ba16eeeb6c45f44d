"""A DOCX as its parts: read, some as trees, and written again; what another one needs is carried over."""

import posixpath
from collections.abc import Iterator, Mapping
from copy import deepcopy
from hashlib import sha256

from lxml import etree

from briefbook.writers.docx_package import blank_relationships, part_of_bytes, part_of_xml, zip_of_parts
from briefbook.writers.docx_styles import Element, R, W
from briefbook.writers.docx_template import CONTENT_TYPES, DOCUMENT, STYLES
from briefbook.writers.kept_contents import refuse_foreign
from briefbook.writers.redline_words import links_in
from briefbook.zip_entries import OF_A_MEMO, Entries

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SQUEEZED = (".png", ".jpeg", ".jpg")
# Attributes of an editor's own, which a document must not have twice.
_PARAGRAPH_IDS = tuple(
    f"{{http://schemas.microsoft.com/office/word/2010/wordml}}{name}" for name in ("paraId", "textId")
)
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_NAMED = tuple(W + tag for tag in ("pStyle", "rStyle", "tblStyle"))
_LEADS_TO = tuple(W + tag for tag in ("basedOn", "link", "next"))

Relation = tuple[str, str, bool]
"""A relationship: its type, its target, and whether that is outside."""


class _Related:
    """The ids of a part's relationships, so that each of many links finds its own in one look."""

    def __init__(self, targets: Mapping[str, Relation]) -> None:
        self.taken = set(targets)
        self.identities: dict[Relation, str] = {}
        for identity, relation in targets.items():
            self.identities.setdefault(relation, identity)


class Package:
    """The parts of a DOCX that briefbook wrote, or that is said to be one: whoever made the book kept it."""

    def __init__(self, data: bytes) -> None:
        """Read all parts. Raises EntriesRefused for what is no DOCX, else as `refuse_foreign` does."""
        self._entries = Entries(data, OF_A_MEMO)
        refuse_foreign(self._entries)
        self._names = {info.filename: name for name, info in self._entries.infos.items()}
        self._parts = {written: self._entries.read(name) for written, name in self._names.items()}
        self._roots: dict[str, Element] = {}
        self._related: dict[str, _Related] = {}  # by part, once it is asked for

    def has(self, name: str) -> bool:
        """Whether there is a part of this name."""
        return name in self._parts or name in self._roots

    def root(self, name: str) -> Element:
        """The tree of a part; what is changed in it is written."""
        if name not in self._roots:
            self._roots[name] = self._entries.root(self._names[name])
        return self._roots[name]

    def content(self, name: str) -> bytes:
        """The bytes of a part that is not changed."""
        return self._parts[name]

    def relationships(self, part: str) -> Element:
        """The relationships of a part, made where there are none."""
        name = _relationships_name(part)
        if not self.has(name):
            self._roots[name] = blank_relationships()
        return self.root(name)

    def targets(self, part: str) -> dict[str, Relation]:
        """By its id each relationship of a part. One in the package leads to the name of a part."""
        if not self.has(_relationships_name(part)):
            return {}
        found = {}
        for entry in self.relationships(part):
            is_outside = entry.get("TargetMode") == "External"
            target = entry.get("Target", "")
            if not is_outside:
                target = posixpath.normpath(posixpath.join(posixpath.dirname(part), target)).lstrip("/")
            found[entry.get("Id", "")] = (entry.get("Type", ""), target, is_outside)
        return found

    def relate(self, part: str, kind: str, target: str, *, outside: bool) -> str:
        """The id of a relationship, made where there is none."""
        if part not in self._related:
            self._related[part] = _Related(self.targets(part))
        related = self._related[part]
        relation = (kind, target, outside)
        if relation in related.identities:
            return related.identities[relation]
        root = self.relationships(part)
        number = len(root) + 1
        while f"rId{number}" in related.taken:
            number += 1
        identity = f"rId{number}"
        related.taken.add(identity)
        related.identities[relation] = identity
        folder = posixpath.dirname(part)
        written = target if outside else posixpath.relpath(target, folder)
        entry = etree.SubElement(
            root, f"{{{_RELATIONSHIPS}}}Relationship", Id=identity, Type=kind, Target=written
        )
        if outside:
            entry.set("TargetMode", "External")
        return identity

    def add(self, name: str, content: bytes | Element, content_type: str) -> str:
        """Add a part under a free name like this one, and return that."""
        stem, ending = posixpath.splitext(name)
        number = 0
        while self.has(name):
            number += 1
            name = f"{stem}-{number}{ending}"
        if isinstance(content, bytes):
            self._parts[name] = content
        else:
            self._roots[name] = content
        types = self.root(CONTENT_TYPES)
        entry = etree.SubElement(types, f"{{{_TYPES}}}Override")
        entry.set("PartName", f"/{name}")
        entry.set("ContentType", content_type)
        return name

    def content_type(self, name: str) -> str:
        """The type of a part, by its name or its ending."""
        ending = posixpath.splitext(name)[1].lstrip(".").lower()
        by_ending = ""
        for entry in self.root(CONTENT_TYPES):
            if entry.get("PartName") == f"/{name}":
                return entry.get("ContentType", "")
            if (entry.get("Extension") or "").lower() == ending:
                by_ending = entry.get("ContentType", "")
        return by_ending

    def names(self) -> Iterator[str]:
        """The names of all parts, in order; those that were added last."""
        yield from self._parts
        yield from (name for name in self._roots if name not in self._parts)

    def to_bytes(self) -> bytes:
        """The package with what was changed."""
        return zip_of_parts(
            part_of_xml(name, self._roots[name])
            if name in self._roots
            else part_of_bytes(name, self._parts[name], level=0 if name.endswith(_SQUEEZED) else 6)
            for name in self.names()
        )


def _relationships_name(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


class Carrier:
    """Carries what a redline needs of the old package into the new one."""

    def __init__(self, old: Package, new: Package) -> None:
        self._old = old
        self._new = new
        self.furniture: dict[
            str, str
        ] = {}  # names in the new package of headers and footers, by those of old
        self._media: dict[str, str] | None = None  # names in the new package by digest

    def adopt(self, root: Element, part: str, into: str) -> None:
        """Let a tree of the old package's `part` name relationships of the new package's part `into`."""
        targets = self._old.targets(part)
        known: dict[str, str] = {}
        for element in root.iter(etree.Element):
            for name in _PARAGRAPH_IDS:
                if name in element.attrib:
                    del element.attrib[name]
        self._set_pictures_apart(root, into)
        for element, attribute in links_in([root]):
            if element.tag in (W + "headerReference", W + "footerReference"):
                continue
            identity = element.get(attribute, "")
            if identity not in targets:
                continue
            if identity not in known:
                kind, target, is_outside = targets[identity]
                if not is_outside:
                    target = self._carried(target)
                known[identity] = self._new.relate(into, kind, target, outside=is_outside)
            element.set(attribute, known[identity])

    def adopt_section(self, section: Element) -> None:
        """Let a section of the old package that is to be deleted keep its headers and footers (§17.10)."""
        for reference in section.iterchildren(W + "headerReference", W + "footerReference"):
            kind, target, _ = self._old.targets(DOCUMENT)[reference.get(R + "id", "")]
            if target not in self.furniture:
                root = deepcopy(self._old.root(target))
                self.furniture[target] = self._new.add(target, root, self._old.content_type(target))
                self.adopt(root, target, self.furniture[target])
            part = self.furniture[target]
            reference.set(R + "id", self._new.relate(DOCUMENT, kind, part, outside=False))

    def _set_pictures_apart(self, root: Element, into: str) -> None:
        """Number the pictures of a tree behind those of a part of the new package (§20.4.2.5)."""
        ours = [int(each.get("id", "0")) for each in self._new.root(into).iter(_PICTURE)]
        last = max(ours, default=0)
        for picture in root.iter(_PICTURE):
            picture.set("id", str(last + int(picture.get("id", "0"))))

    def _carried(self, name: str) -> str:
        """The name in the new package of a part with the same bytes, added where there is none."""
        if self._media is None:
            self._media = {
                _digest(self._new.content(each)): each
                for each in reversed(list(self._new.names()))
                if not each.endswith((".xml", ".rels"))
            }
        content = self._old.content(name)
        digest = _digest(content)
        if digest not in self._media:
            self._media[digest] = self._new.add(name, content, self._old.content_type(name))
        return self._media[digest]

    def add_styles(self, roots: list[Element]) -> None:
        """Add the styles that some trees name, and what these are based on, where the new package lacks them.

        A style that both have is the new one's: Word can't track a change of a style.
        """
        styles = self._new.root(STYLES)
        have = {style.get(W + "styleId", "") for style in styles.iterfind(W + "style")}
        theirs = {
            style.get(W + "styleId", ""): style for style in self._old.root(STYLES).iterfind(W + "style")
        }
        wanted = [named.get(W + "val", "") for root in roots for named in root.iter(*_NAMED)]
        while wanted:
            name = wanted.pop()
            if name in have or name not in theirs:
                continue
            have.add(name)
            style = deepcopy(theirs[name])
            if W + "default" in style.attrib:
                del style.attrib[W + "default"]
            for numbered in style.iterfind(f"{W}pPr/{W}numPr"):  # its paragraphs name their lists themselves
                numbered.getparent().remove(numbered)  # type: ignore[union-attr]
            styles.append(style)
            wanted += [based.get(W + "val", "") for based in style.iterchildren(*_LEADS_TO)]


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
