"""A DOCX that came back → what stands in it and what people did to it.

Reads what Word and LibreOffice write: tracked changes, comments, content controls, notes, headers and footers
(ECMA-376 Part 1 §17.13.5, §17.13.4, §17.5.2, §17.11, §17.10). Whatever else somebody put in is at least
listed as a thing.
"""

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from briefbook.readers.read_comments import Anchor, read_comments
from briefbook.readers.read_controls import OpenControl, opened_control
from briefbook.readers.returned_looks import Styles, relooked
from briefbook.readers.returned_package import Package, Related
from briefbook.readers.returned_xml import R, W, local_name, revision, revisions_in, root_of, value, words_of
from briefbook.returned import Look, Paragraph, Part, Relooked, Returned, Revision, Span, Thing

_THINGS = {
    "object": "embedded object",
    "altChunk": "embedded document",
    "subDoc": "embedded document",
    "control": "control",
    "oMath": "equation",
    "contentPart": "drawing",
}
_GRAPHICS = {"picture": "picture", "chart": "chart", "diagram": "diagram"}  # by the last word of their uri
# Fields that say what Word works out of the document itself; what any other says, a person may have typed.
_WORKED_OUT = frozenset(
    ("PAGE", "NUMPAGES", "SECTIONPAGES", "REF", "NOTEREF", "PAGEREF", "TOC", "SEQ", "STYLEREF", "SECTION")
)
_NOTES = {"footnotes": "footnote", "endnotes": "endnote"}
_MOST_ANCHORS = 2_000  # of comments that are told with the words that they are about
_MOST_DEPTH = 200  # of elements within elements; what a person writes has 30


def read_returned(data: bytes, file: str) -> Returned:
    """All that a returned DOCX holds; `file` is what problems call it.

    Raises BriefbookError for what is no whole DOCX, is under a password, holds macros or would blow up.
    """
    package = Package(data, file)
    related = package.related(package.main)
    reading = _Reading(package, Styles(root_of(package, related, "styles")))
    root = package.root(package.main)
    if root is None or root.tag != W + "document":
        hint = "save it as Word Document (.docx), not as Strict Open XML"
        package.refuse("this file is not in the form of Open XML that Word writes by default", hint)
    reading.part(root, related, Part.BODY)
    reading.notes(related)
    for kind, part in (("header", Part.HEADER), ("footer", Part.FOOTER)):
        for name in dict.fromkeys(one.target for one in related if one.kind == kind):
            if (edge := package.root(name)) is not None:
                reading.part(edge, package.related(name), part)
    settings = root_of(package, related, "settings")
    return Returned(
        paragraphs=tuple(reading.paragraphs),
        comments=tuple(read_comments(package, related, reading.anchors)),
        controls=tuple(control.done() for control in reading.controls),
        things=tuple(reading.things),
        formatting=tuple(reading.formatting),
        edition=package.custom_property("briefbook"),
        memo=package.core_property("keywords"),
        reference=package.core_property("identifier"),
        tracks=settings is not None and settings.find(W + "trackRevisions") is not None,
    )


class _Reading:
    """Walks through the parts in reading order and gathers what stands there."""

    def __init__(self, package: Package, styles: Styles) -> None:
        self.styles = styles
        self.paragraphs: list[Paragraph] = []
        self.controls: list[OpenControl] = []
        self.things: list[Thing] = []
        self.anchors: dict[str, Anchor] = {}
        self.formatting: list[Relooked] = []
        self._package = package
        self._targets: dict[str, Related] = {}
        self._tables = 0
        self._open: list[int] = []  # the controls around what is read
        self._boxes: list[tuple[etree._Element, tuple[Revision, ...]]] = []
        self._note_order: list[tuple[str, str]] = []

    def part(self, root: etree._Element, related: list[Related], part: Part) -> None:
        """Read all of a part; its text boxes stand behind it."""
        self._targets = {one.id: one for one in related}
        body = root.find(W + "body") if root.tag == W + "document" else root
        self._blocks(root if body is None else body, part, (), None, 0)
        self._box_by_box()

    def _box_by_box(self) -> None:
        while self._boxes:
            box, revisions = self._boxes.pop(0)
            self._blocks(box, Part.TEXT_BOX, revisions, None, 0)

    def notes(self, related: list[Related]) -> None:
        """Read the notes in the order in which the text refers to them, then those that nothing refers to."""
        for kind, noun in _NOTES.items():
            name = next((one.target for one in related if one.kind == kind), "")
            root = self._package.root(name)
            if root is None:
                continue
            self._targets = {one.id: one for one in self._package.related(name)}
            notes = {
                note.get(W + "id", ""): note
                for note in root.iterfind(W + noun)
                if note.get(W + "type", "normal") == "normal"
            }
            order = [id_ for referred, id_ in self._note_order if referred == noun and id_ in notes]
            for id_ in dict.fromkeys([*order, *notes]):
                self._blocks(notes[id_], Part.NOTE, (), None, 0)
            self._box_by_box()

    # ---------------------------------------------------------------------------------- blocks

    def _blocks(
        self,
        parent: etree._Element,
        part: Part,
        revisions: tuple[Revision, ...],
        cell: tuple[int, int, int] | None,
        depth: int,
    ) -> None:
        self._refuse_depth(depth)
        for element in parent:
            match local_name(element):
                case "p":
                    self._paragraph(element, part, revisions, cell)
                case "tbl":
                    self._table(element, part, revisions, cell, depth)
                case "sdt":
                    with_control = element.find(W + "sdtContent")
                    if with_control is not None:
                        self._enter(element)
                        self._blocks(with_control, part, revisions, cell, depth + 1)
                        self._open.pop()
                case "ins" | "del" | "moveTo" | "moveFrom" as name:
                    self._blocks(element, part, (*revisions, revision(element, name)), cell, depth + 1)
                case "customXml" | "smartTag" | "Choice" | "AlternateContent" | "oMathPara":
                    self._blocks(element, part, revisions, cell, depth + 1)
                case "sectPr":
                    self._relooked(element, "page", "sectPrChange")
                case name if name in _THINGS:
                    self._thing(element, _THINGS[name], revisions)
                case "commentRangeStart" | "commentRangeEnd" as name:
                    self._mark_comment(element, name, len(self.paragraphs), 0)
                case _:
                    pass  # bookmarks, proofing marks and the like say nothing

    def _table(
        self,
        table: etree._Element,
        part: Part,
        revisions: tuple[Revision, ...],
        cell: tuple[int, int, int] | None,
        depth: int,
    ) -> None:
        self._refuse_depth(depth)
        number = self._tables if cell is None else cell[0]
        self._tables += cell is None
        self._relooked(table.find(W + "tblPr"), "table", "tblPrChange")
        for y, (row, around) in enumerate(self._unwrapped(table, "tr", revisions, depth)):
            properties = row.find(W + "trPr")
            self._relooked(properties, "table", "trPrChange")
            of_row = (*around, *revisions_in(properties))
            for x, (holder, within) in enumerate(self._unwrapped(row, "tc", of_row, depth)):
                of_cell = (*within, *revisions_in(holder.find(W + "tcPr")))
                self._relooked(holder.find(W + "tcPr"), "table", "tcPrChange")
                self._blocks(holder, part, of_cell, cell or (number, y, x), depth + 1)

    def _unwrapped(
        self, parent: etree._Element, name: str, revisions: tuple[Revision, ...], depth: int
    ) -> Iterator[tuple[etree._Element, tuple[Revision, ...]]]:
        """Rows or cells, those within content controls and the like included."""
        self._refuse_depth(depth)
        for element in parent:
            match local_name(element):
                case found if found == name:
                    yield element, revisions
                case "sdt":
                    content = element.find(W + "sdtContent")
                    if content is not None:
                        self._enter(element)
                        yield from self._unwrapped(content, name, revisions, depth + 1)
                        self._open.pop()
                case "customXml":
                    yield from self._unwrapped(element, name, revisions, depth + 1)
                case "ins" | "del" as found:
                    around = (*revisions, revision(element, found))
                    yield from self._unwrapped(element, name, around, depth + 1)

    # ---------------------------------------------------------------------------------- inlines

    def _paragraph(
        self,
        element: etree._Element,
        part: Part,
        revisions: tuple[Revision, ...],
        cell: tuple[int, int, int] | None,
    ) -> None:
        properties = element.find(W + "pPr")
        style, marks, own = "", revisions, list[Relooked]()
        if properties is not None:
            style = value(properties.find(W + "pStyle"))
            marks = (*revisions, *revisions_in(properties.find(W + "rPr")))
            own = relooked(properties.iterfind(W + "pPrChange"))
            self._relooked(properties.find(W + "rPr"), "", "rPrChange")
            self._relooked(properties.find(W + "sectPr"), "page", "sectPrChange")
        inlines = _Inlines(self, len(self.paragraphs))
        inlines.read(element, revisions, 0)
        self.paragraphs.append(
            Paragraph(
                at=len(self.paragraphs), spans=tuple(_joined(inlines.spans)), marks=marks, part=part,
                style=self.styles.name(style), relooked=tuple(own), cell=cell,
            )
        )  # fmt: skip

    def _relooked(self, properties: etree._Element | None, what: str, change: str) -> None:
        """Note tracked changes of looks that are of no words."""
        if properties is not None:
            self.formatting += relooked(properties.iterfind(W + change), what, len(self.paragraphs))

    def _enter(self, control: etree._Element) -> None:
        """Begin a content control."""
        self._open.append(len(self.controls))
        self.controls.append(opened_control(control))

    def _mark_comment(self, element: etree._Element, name: str, paragraph: int, start: int) -> None:
        id_ = element.get(W + "id", "")
        if name == "commentRangeEnd":
            if id_ in self.anchors:
                self.anchors[id_].is_open = False
        elif id_ not in self.anchors:
            is_open = name == "commentRangeStart" and len(self.anchors) < _MOST_ANCHORS
            self.anchors[id_] = Anchor(paragraph=paragraph, start=start, is_open=is_open)

    def _thing(self, element: etree._Element, kind: str, revisions: tuple[Revision, ...]) -> None:
        ids = (str(found) for one in element.iter() for name, found in one.items() if str(name).startswith(R))
        related = [self._targets[id_] for id_ in ids if id_ in self._targets]
        digest = next((self._package.digest(one.target) for one in related if not one.is_outside), "")
        described = next((one for one in element.iter("{*}docPr", "{*}cNvPr", "{*}imagedata")), None)
        words = "" if described is None else described.get("descr") or described.get("title") or ""
        if kind == "equation":
            words = "".join(text for one in element.iter("{*}t") if (text := one.text))
        outside = next((one.target for one in related if one.is_outside), "")
        self.things.append(
            Thing(
                kind=kind, words=words or outside, sha256=digest, paragraph=len(self.paragraphs),
                revisions=revisions,
            )
        )  # fmt: skip

    def _refuse_depth(self, depth: int) -> None:
        if depth > _MOST_DEPTH:
            hint = "copy its text into a new document"
            self._package.refuse("this file is nested deeper than any that is written by hand", hint)


class _Inlines:
    """Reads what stands in one paragraph."""

    def __init__(self, reading: _Reading, paragraph: int) -> None:
        self.spans: list[Span] = []
        self._reading = reading
        self._paragraph = paragraph
        self._length = 0
        self._fields: list[list[str]] = []  # the instructions of the fields that are open
        self._results: list[bool] = []  # of each whether its result has begun
        self._looks: frozenset[Look] = frozenset()  # of the run that is read
        self._relooked: tuple[Relooked, ...] = ()

    def read(self, parent: etree._Element, revisions: tuple[Revision, ...], depth: int) -> None:
        """Read all that stands in an element."""
        self._reading._refuse_depth(depth)
        for element in parent:
            match local_name(element):
                case "r":
                    properties = element.find(W + "rPr")
                    self._looks = self._reading.styles.looks(properties)
                    changes = () if properties is None else properties.iterfind(W + "rPrChange")
                    self._relooked = tuple(relooked(changes))
                    self._run(element, revisions, depth)
                case "ins" | "del" | "moveTo" | "moveFrom" as name:
                    self.read(element, (*revisions, revision(element, name)), depth + 1)
                case "hyperlink" | "smartTag" | "customXml" | "dir" | "bdo" | "ruby" | "rt" | "rubyBase":
                    self.read(element, revisions, depth + 1)
                case "fldSimple":
                    self._fields.append([element.get(W + "instr", "")])
                    self._results.append(True)
                    self.read(element, revisions, depth + 1)
                    self._end_field()
                case "sdt":
                    content = element.find(W + "sdtContent")
                    if content is not None:
                        self._reading._enter(element)
                        self.read(content, revisions, depth + 1)
                        self._reading._open.pop()
                case "commentRangeStart" | "commentRangeEnd" as name:
                    self._reading._mark_comment(element, name, self._paragraph, self._length)
                case "oMathPara" | "AlternateContent" | "Choice":
                    self.read(element, revisions, depth + 1)
                case name if name in _THINGS:
                    self._reading._thing(element, _THINGS[name], revisions)
                case _:
                    pass

    def _run(self, run: etree._Element, revisions: tuple[Revision, ...], depth: int) -> None:
        for element in run:
            match local_name(element):
                case "t" | "delText" | "sym" | "br" | "cr" | "tab" | "ptab" | "noBreakHyphen":
                    self._add(words_of(element), revisions)
                case "fldChar" | "instrText" | "delInstrText":
                    self._field(element)
                case "footnoteReference" | "endnoteReference" as name:
                    noun = name.removesuffix("Reference")
                    self._reading._note_order.append((noun, element.get(W + "id", "")))
                    self._add("*", revisions, is_worked_out=True)
                case "commentReference":
                    self._reading._mark_comment(element, "here", self._paragraph, self._length)
                case "pgNum":
                    self._add("#", revisions, is_worked_out=True)
                case "ruby":
                    self.read(element, revisions, depth + 1)
                case "drawing" | "pict" | "object" | "AlternateContent" as name:
                    self._drawn(element, name, revisions)
                case name if name in _THINGS:
                    self._reading._thing(element, _THINGS[name], revisions)
                case _:
                    pass

    def _drawn(self, element: etree._Element, name: str, revisions: tuple[Revision, ...]) -> None:
        """A picture or drawing; of alternatives the first. The words of its text boxes are read later."""
        if name == "AlternateContent":
            choice = next(iter(element.iterfind("{*}Choice")), None)
            if choice is not None:
                self._run(choice, revisions, 0)
            return
        boxes = [box for box in element.iter(W + "txbxContent") if not _is_within(box, element)]
        self._reading._boxes += [(box, revisions) for box in boxes]
        data = next(iter(element.iter("{*}graphicData")), None)
        kind = "drawing" if data is None else _GRAPHICS.get(data.get("uri", "").rpartition("/")[2], "drawing")
        if name == "object":
            kind = "embedded object"
        elif kind == "drawing" and next(iter(element.iter("{*}imagedata", "{*}blip")), None) is not None:
            kind = "picture"
        if kind != "drawing" or not boxes:
            self._reading._thing(element, kind, revisions)

    def _add(self, text: str, revisions: tuple[Revision, ...], *, is_worked_out: bool = False) -> None:
        if not text or (self._fields and not self._results[-1]):
            return
        worked_out = is_worked_out or any(
            "".join(words).split()[:1] and "".join(words).split()[0].upper() in _WORKED_OUT
            for words in self._fields
        )
        open_ = self._reading._open
        is_there = all(revision.comes for revision in revisions)
        span = Span(
            text=text, revisions=revisions, is_worked_out=worked_out, control=open_[-1] if open_ else None,
            looks=self._looks if is_there else frozenset(), relooked=self._relooked,
        )  # fmt: skip
        self.spans.append(span)
        self._length += len(text)
        for number in open_:
            self._reading.controls[number].add(span, self._paragraph)
        for anchor in self._reading.anchors.values():
            if anchor.is_open:
                anchor.texts.append(text)

    def _field(self, element: etree._Element) -> None:
        """The beginning of a field, its instruction, the beginning of its result, its end (§17.16.18)."""
        what = element.get(W + "fldCharType", "instruction")
        if what == "begin":
            self._fields.append([])
            self._results.append(False)
        elif what == "end":
            self._end_field()
        elif self._fields and what == "separate":
            self._results[-1] = True
        elif self._fields:
            self._fields[-1].append(element.text or "")

    def _end_field(self) -> None:
        if self._fields:
            self._fields.pop()
            self._results.pop()


def _is_within(box: etree._Element, drawing: etree._Element) -> bool:
    """Whether a text box stands in another one of the drawing, or is what older programs show instead."""
    for around in box.iterancestors():
        if around is drawing:
            return False
        if local_name(around) in ("txbxContent", "Fallback"):
            return True
    return False


def _joined(spans: list[Span]) -> Iterator[Span]:
    """The same words in as few spans as tell the same of them."""
    last: Span | None = None
    for span in spans:
        if last is not None and replace(span, text=last.text) == last:
            last = replace(last, text=last.text + span.text)
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last
