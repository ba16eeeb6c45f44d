"""The judge of redlines: accepts or rejects every revision by rules of its own, and tells what a DOCX shows.

Written from ECMA-376 Part 1 §17.13.5 and from how Word does it, and sharing nothing with the writer. What a
document shows is told without the numbers that it gives to its own things: a list by the order in which it
comes up and how it is defined, a note by what it says, a link by where it leads: an address, or the place in
the text of the bookmark.
"""

import hashlib
import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from lxml import etree

Element = etree._Element
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
DOCUMENT = "word/document.xml"
_BLOCKS = (W + "p", W + "tbl", W + "sdt")
_NOTES = {"footnoteReference": "word/footnotes.xml", "endnoteReference": "word/endnotes.xml"}
# Properties that a change does not speak of, by the name of the change: they stay as they are.
_UNTOLD = {
    "pPrChange": ("rPr", "sectPr"),
    "sectPrChange": ("headerReference", "footerReference"),
    "rPrChange": ("ins", "del", "moveFrom", "moveTo"),
    "trPrChange": ("ins", "del"),
}
_MARKS = ("ins", "del", "moveFrom", "moveTo")
_DELETED = {W + "delText": W + "t", W + "delInstrText": W + "instrText"}
_RANGE = re.compile(r"(customXml)?(ins|del|moveFrom|moveTo)Range(Start|End)", re.IGNORECASE)


class Parts:
    """The parts of a DOCX as trees."""

    def __init__(self, docx: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(docx)) as archive:
            names = archive.namelist()
            assert len(names) == len(set(names)), names
            self.content = {name: archive.read(name) for name in names}
        self.roots = {
            name: etree.fromstring(data)
            for name, data in self.content.items()
            if name.endswith((".xml", ".rels"))
        }

    def target(self, part: str, identity: str) -> str:
        """Where a relationship of a part leads: an address, or the name of a part."""
        folder, name = posixpath.split(part)
        for entry in self.roots[f"{folder}/_rels/{name}.rels"]:
            if entry.get("Id") == identity:
                target = entry.get("Target", "")
                if entry.get("TargetMode") == "External":
                    return target
                return posixpath.normpath(posixpath.join(folder, target))
        raise AssertionError(f"{part} has no relationship {identity}")


def accepted(docx: bytes) -> Parts:
    """The parts with all revisions accepted."""
    return _resolved(Parts(docx), accept=True)


def rejected(docx: bytes) -> Parts:
    """The parts with all revisions rejected."""
    return _resolved(Parts(docx), accept=False)


def _resolved(parts: Parts, *, accept: bool) -> Parts:
    for name, root in parts.roots.items():
        if name.startswith("word/") and name.endswith(".xml"):
            _resolve(root, accept=accept)
            left = [str(e.tag) for e in root.iter(f"{W}*") if _is_revision(str(e.tag))]
            assert not left, (name, left)
    return parts


def _is_revision(tag: str) -> bool:
    name = tag.removeprefix(W)
    return name in _MARKS or name.endswith("Change") or _RANGE.fullmatch(name) is not None or tag in _DELETED


def _resolve(root: Element, *, accept: bool) -> None:
    gone = {"del", "moveFrom"} if accept else {"ins", "moveTo"}
    for change in [e for e in root.iter(f"{W}*") if str(e.tag).endswith("Change")]:
        _resolve_change(change, accept=accept)
    _resolve_controls(root, "customXmlDel" if accept else "customXmlIns")
    for row in list(root.iter(W + "tr")):
        marks = row.findall(f"{W}trPr/*")
        if any(mark.tag.removeprefix(W) in gone for mark in marks):
            _drop(row)
    for table in list(root.iter(W + "tbl")):
        if table.find(W + "tr") is None:
            _drop(table)
    for mark in list(root.iter(*(W + name for name in _MARKS))):
        parent = mark.getparent()
        if parent is None or parent.tag in (W + "trPr", W + "rPr"):
            continue
        if mark.tag.removeprefix(W) in gone:
            _drop(mark)
        else:
            _unwrap(mark)
    for element in list(root.iter(*_DELETED)):
        element.tag = _DELETED[str(element.tag)]
    _resolve_paragraphs(root, gone)
    for element in list(root.iter(f"{W}*")):
        name = str(element.tag).removeprefix(W)
        if name in _MARKS or _RANGE.fullmatch(name):
            _drop(element)


def _resolve_change(change: Element, *, accept: bool) -> None:
    properties = change.getparent()
    assert properties is not None
    properties.remove(change)
    if accept:
        return
    name = str(change.tag).removeprefix(W)
    untold = [W + each for each in _UNTOLD.get(name, ())]
    (before,) = change
    stays = [child for child in properties if child.tag in untold]
    for child in list(properties):
        properties.remove(child)
    told = [deepcopy(child) for child in before]
    properties.extend([*told, *stays] if name != "sectPrChange" else [*stays, *told])


def _resolve_controls(root: Element, name: str) -> None:
    """Take away the controls whose beginning lies in a range of this name; what is in them stays."""
    opened: set[str] = set()
    going = []
    for element in root.iter(f"{W}*"):
        if element.tag == f"{W}{name}RangeStart":
            opened.add(element.get(W + "id", ""))
        elif element.tag == f"{W}{name}RangeEnd":
            opened.remove(element.get(W + "id", ""))  # one that was not opened is a mistake
        elif element.tag == W + "sdt" and opened:
            going.append(element)
    assert not opened, opened
    for control in going:
        content = control.find(W + "sdtContent")
        if content is not None:
            for child in list(content):
                control.addprevious(child)
        _drop(control)


def _resolve_paragraphs(root: Element, gone: set[str]) -> None:
    """Merge each paragraph whose mark is gone with the one that follows, which keeps its own properties."""
    for paragraph in list(root.iter(W + "p")):
        marks = paragraph.findall(f"{W}pPr/{W}rPr/*")
        if not any(mark.tag.removeprefix(W) in gone for mark in marks):
            continue
        following = paragraph.getnext()
        while following is not None and following.tag not in _BLOCKS:
            following = following.getnext()
        is_empty = next(paragraph.iter(W + "r"), None) is None
        if following is not None and following.tag == W + "p":
            if not is_empty:
                rest = [child for child in paragraph if child.tag != W + "pPr"]
                place = 0 if following.find(W + "pPr") is None else 1
                following[place:place] = rest
            _drop(paragraph)
        elif is_empty and following is not None:  # before a table
            _drop(paragraph)
        # else it is the last of its container: its mark cannot go


def _drop(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _unwrap(element: Element) -> None:
    for child in list(element):
        element.addprevious(child)
    _drop(element)


# ------------------------------------------------------------------------------ what a document shows


def shown(parts: Parts) -> dict[str, Any]:
    """What a document shows: its body, its sections with their headers and footers."""
    return _Teller(parts).told()


def shown_without_controls(parts: Parts) -> dict[str, Any]:
    """What a document shows, the words of controls among the others: one that went is not brought back."""
    for root in parts.roots.values():
        for control in list(root.iter(W + "sdt")):
            for content in control.findall(W + "sdtContent"):
                for child in list(content):
                    control.addprevious(child)
            parent = control.getparent()
            assert parent is not None
            parent.remove(control)
    return shown(parts)


def _text(element: Element) -> str:
    spelled: bytes = etree.tostring(element, method="c14n", exclusive=True, with_tail=False)
    return spelled.decode()


# Word prints nothing but an empty paragraph where there is none.
_BLANK: list[Any] = [("p", "", (None, [], ""), [])]


class _Teller:
    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.lists: dict[str, int] = {}  # by the number of the instance, in order of appearance
        body = parts.roots[DOCUMENT][0]
        self.places: dict[str, object] = {}  # of a bookmark: the paragraph that it begins in, a note
        for number, paragraph in enumerate(body.iter(W + "p")):
            for start in paragraph.iter(W + "bookmarkStart"):
                name = start.get(W + "name", "")
                assert name not in self.places, name
                self.places[name] = self._noted(start) or number

    def told(self) -> dict[str, Any]:
        body = self.parts.roots[DOCUMENT][0]
        sections = []
        for section in body.iter(W + "sectPr"):
            furniture = {}
            for use in section.iterchildren(W + "headerReference", W + "footerReference"):
                part = self.parts.target(DOCUMENT, use.get(R + "id", ""))
                blocks = self.blocks(self.parts.roots[part], part)
                if blocks != _BLANK:
                    furniture[str(use.tag).removeprefix(W), use.get(W + "type")] = blocks
            own = [
                _text(child)
                for child in section
                if child.tag not in (W + "headerReference", W + "footerReference")
            ]
            sections.append((own, furniture))
        blocks = self.blocks(body, DOCUMENT)
        return {"body": [] if blocks == _BLANK else blocks, "sections": sections}

    def blocks(self, container: Element, part: str) -> list[Any]:
        found: list[Any] = []
        for child in container:
            match str(child.tag).removeprefix(W):
                case "p":
                    found.append(self.paragraph(child, part))
                case "tbl":
                    found.append(self.table(child, part))
                case "sdt":
                    content = child.find(W + "sdtContent")
                    assert content is not None
                    found.append(("control", _tag(child), self.blocks(content, part)))
        return found

    def table(self, table: Element, part: str) -> Any:
        rows = [
            (
                [_text(each) for each in row.findall(W + "trPr") if len(each)],
                [
                    ([_text(each) for each in cell.findall(W + "tcPr")], self.blocks(cell, part))
                    for cell in row.findall(W + "tc")
                ],
            )
            for row in table.findall(W + "tr")
        ]
        properties = [_text(each) for each in table if each.tag in (W + "tblPr", W + "tblGrid")]
        return ("table", properties, rows)

    def paragraph(self, paragraph: Element, part: str) -> Any:
        style, numbered, others = "", None, []
        mark = ""
        for child in paragraph.findall(f"{W}pPr/*"):
            match str(child.tag).removeprefix(W):
                case "pStyle":
                    style = child.get(W + "val", "")
                case "numPr":
                    numbered = self.numbered(child)
                case "sectPr":
                    others.append("section")
                case "rPr":
                    mark = "".join(map(_text, child))
                case _:
                    others.append(_text(child))
        runs: list[list[Any]] = []
        for look, path, content in self.runs(paragraph, (), part):
            if (
                runs
                and runs[-1][:2] == [look, path]
                and isinstance(runs[-1][2], str)
                and isinstance(content, str)
            ):
                runs[-1][2] += content
            else:
                runs.append([look, path, content])
        return ("p", style, (numbered, others, mark), runs)

    def numbered(self, properties: Element) -> Any:
        level = properties.find(W + "ilvl")
        number = properties.find(W + "numId")
        assert number is not None
        identity = number.get(W + "val", "")
        root = self.parts.roots["word/numbering.xml"]
        instance = root.find(f"{W}num[@{W}numId='{identity}']")
        assert instance is not None, identity
        definition = instance.find(W + "abstractNumId")
        assert definition is not None
        abstract = root.find(f"{W}abstractNum[@{W}abstractNumId='{definition.get(W + 'val')}']")
        assert abstract is not None
        levels = [
            "".join(_text(child) for child in each if child.tag != W + "pStyle")
            for each in abstract.findall(W + "lvl")
        ]
        overrides = [_text(each) for each in instance if each is not definition]
        place = self.lists.setdefault(identity, len(self.lists))
        return (None if level is None else level.get(W + "val"), place, levels, overrides)

    def runs(self, parent: Element, path: tuple[Any, ...], part: str) -> Iterator[tuple[str, Any, Any]]:
        for child in parent:
            match str(child.tag).removeprefix(W):
                case "r":
                    look = "".join(_text(each) for each in child.findall(f"{W}rPr/*"))
                    for content in child:
                        if content.tag != W + "rPr":
                            yield look, path, self.content(content, part)
                case "hyperlink":
                    anchor, identity = child.get(W + "anchor"), child.get(R + "id")
                    leads = self.parts.target(part, identity) if identity else self.place(anchor or "")
                    yield from self.runs(child, (*path, ("link", leads)), part)
                case "sdt":
                    inside = child.find(W + "sdtContent")
                    assert inside is not None
                    yield from self.runs(inside, (*path, ("control", _tag(child))), part)
                case "fldSimple":
                    instruction = self.instruction(child.get(W + "instr", ""))
                    yield "", path, ("field", "begin")
                    yield "", path, ("instruction", instruction)
                    yield "", path, ("field", "separate")
                    yield from self.runs(child, path, part)
                    yield "", path, ("field", "end")
                case "pPr" | "bookmarkStart" | "bookmarkEnd" | "proofErr":
                    pass
                case _:
                    yield "", path, ("other", _text(child))

    def content(self, content: Element, part: str) -> Any:
        match str(content.tag).removeprefix(W):
            case "t":
                return content.text or ""
            case "fldChar":  # as of a simple field
                return ("field", content.get(W + "fldCharType"))
            case "instrText":
                return ("instruction", self.instruction(content.text or ""))
            case "footnoteReference" | "endnoteReference":
                return self.note(content)
            case "drawing":
                return ("picture", self.picture(content, part))
            case _:
                return ("mark", _text(content))

    def note(self, reference: Element) -> Any:
        part = _NOTES[str(reference.tag).removeprefix(W)]
        identity = reference.get(W + "id")
        (note,) = [each for each in self.parts.roots[part] if each.get(W + "id") == identity]
        return ("note", part, self.blocks(note, part))

    def instruction(self, words: str) -> Any:
        found = re.match(r"\s*(REF|NOTEREF|PAGEREF)\s+(\S+)(.*)", words)
        return words if found is None else (found[1], self.place(found[2]), found[3])

    def place(self, bookmark: str) -> object:
        return self.places.get(bookmark, "nowhere")

    def _noted(self, start: Element) -> object:
        """The note that a bookmark encloses, by what it says."""
        run = start.getnext()
        if run is None:
            return None
        for reference in run.iter(W + "footnoteReference", W + "endnoteReference"):
            part = _NOTES[str(reference.tag).removeprefix(W)]
            (note,) = [e for e in self.parts.roots[part] if e.get(W + "id") == reference.get(W + "id")]
            return "".join(words.text or "" for words in note.iter(W + "t"))
        return None

    def picture(self, drawing: Element, part: str) -> str:
        copy = deepcopy(drawing)
        for element in copy.iter():
            for name in ("id", "name"):
                if name in element.attrib:
                    del element.attrib[name]
            for attribute, value in list(element.attrib.items()):
                if str(attribute).startswith(R):
                    content = self.parts.content[self.parts.target(part, str(value))]
                    element.set(str(attribute), hashlib.sha256(content).hexdigest())
        return _text(copy)


def _tag(control: Element) -> str:
    for name in ("tag", "alias"):
        found = control.find(f"{W}sdtPr/{W}{name}")
        if found is not None:
            return found.get(W + "val", "")
    return ""


def sound(docx: bytes) -> None:
    """Assert what no reader of ours would tell: identities and names stand once, ranges have both ends."""
    parts = Parts(docx)
    identities: list[str] = []
    names: list[str] = []
    controls: list[str] = []
    for name, root in parts.roots.items():
        if not name.startswith("word/") or "/_rels/" in name:
            continue
        for element in root.iter(f"{W}*"):
            tag = str(element.tag).removeprefix(W)
            if tag in _MARKS or tag.endswith(("Change", "RangeStart")) or tag == "bookmarkStart":
                identities.append(element.get(W + "id", ""))
                if not tag.startswith("bookmark") and tag != "tblGridChange":
                    assert all(element.get(W + name) for name in ("author", "date")), tag
            if tag == "bookmarkStart":
                names.append(element.get(W + "name", ""))
        controls += [e.get(W + "val", "") for e in root.iterfind(f".//{W}sdtPr/{W}id")]
        for kind in ("bookmark", "moveFromRange", "moveToRange", "customXmlInsRange", "customXmlDelRange"):
            starts = [e.get(W + "id") for e in root.iter(f"{W}{kind}Start")]
            ends = [e.get(W + "id") for e in root.iter(f"{W}{kind}End")]
            assert sorted(map(str, starts)) == sorted(map(str, ends)), (name, kind)
    body = parts.roots[DOCUMENT]
    for kind, tag in (("headerReference", "hdr"), ("footerReference", "ftr")):
        for reference in body.iter(W + kind):
            part = parts.target(DOCUMENT, reference.get(R + "id", ""))
            assert parts.roots[part].tag == W + tag, part
    moved = [
        [e.get(W + "name", "") for e in body.iter(f"{W}{kind}RangeStart")] for kind in ("moveFrom", "moveTo")
    ]
    assert sorted(moved[0]) == sorted(moved[1])
    pictures = [e.get("id", "") for e in body.iter("{*}docPr")]
    for every in (identities, names, controls, moved[0], pictures):
        assert len(every) == len(set(every)), sorted(each for each in every if every.count(each) > 1)
    for before, after in zip(list(body[0]), list(body[0])[1:], strict=False):
        assert not before.tag == after.tag == W + "tbl", "two tables in touch become one"
