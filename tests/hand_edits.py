"""What people do to a DOCX, done to its XML by the conventions of Word (ECMA-376 Part 1 §17.13)."""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from io import BytesIO

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WHO, WHEN = "Ana Holm", "2031-05-13T10:15:00Z"
DOCUMENT = "word/document.xml"


def parts_of(docx: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(docx)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


class Hand:
    """A DOCX in somebody's hands. Paragraphs are found by words that stand in them."""

    def __init__(self, docx: bytes, who: str = WHO) -> None:
        self.parts = parts_of(docx)
        self.who = who
        self.root = etree.fromstring(self.parts[DOCUMENT])
        self._next = 9000
        self._comments: etree._Element | None = None
        self._extended: etree._Element | None = None

    def docx(self) -> bytes:
        self.parts[DOCUMENT] = etree.tostring(self.root, encoding="UTF-8", standalone=True)
        for name, root in (("comments", self._comments), ("commentsExtended", self._extended)):
            if root is not None:
                self.parts[f"word/{name}.xml"] = etree.tostring(root, encoding="UTF-8", standalone=True)
        return zipped(self.parts)

    def paragraph(self, words: str) -> etree._Element:
        """The first paragraph that holds these words."""
        return next(p for p in self.root.iter(W + "p") if words in text_of(p))

    # --------------------------------------------------------------------------- tracked changes

    def revision(self, kind: str) -> etree._Element:
        self._next += 1
        attributes = {W + "id": str(self._next), W + "author": self.who, W + "date": WHEN}
        return etree.Element(W + kind, attributes)

    def replace(self, old: str, new: str, *, tracked: bool = True, within: str = "") -> None:
        """Other words instead of some; an empty `old` is not allowed, an empty `new` deletes."""
        runs = self.isolated(self.paragraph(within or old), old)
        parent, place = parent_of(runs[0]), parent_of(runs[0]).index(runs[0])
        put: list[etree._Element] = []
        if tracked:
            gone = self.revision("del")
            for run in runs:
                gone.append(_as_deleted(run))
            put.append(gone)
        else:
            for run in runs:
                parent_of(run).remove(run)
        if new:
            run = _run_like(runs[0], new)
            if tracked:
                came = self.revision("ins")
                came.append(run)
                run = came
            put.append(run)
        for offset, element in enumerate(put):
            parent.insert(place + offset, element)

    def insert_after(self, words: str, new: str, *, tracked: bool = True, within: str = "") -> None:
        """Further words behind some."""
        runs = self.isolated(self.paragraph(within or words), words)
        run = _run_like(runs[-1], new)
        if tracked:
            came = self.revision("ins")
            came.append(run)
            run = came
        runs[-1].addnext(run)

    def new_paragraph(self, after: str, words: str, *, tracked: bool = True) -> etree._Element:
        """A paragraph of its own behind another, in the look of that."""
        before = self.paragraph(after)
        paragraph = etree.Element(W + "p")
        properties = before.find(W + "pPr")
        if properties is not None:
            paragraph.append(deepcopy(properties))
        run = etree.Element(W + "r")
        etree.SubElement(run, W + "t").text = words
        if tracked:
            came = self.revision("ins")
            came.append(run)
            run = came
            self._mark(paragraph, "ins")
        paragraph.append(run)
        before.addnext(paragraph)
        return paragraph

    def delete_paragraph(self, words: str, *, tracked: bool = True) -> None:
        paragraph = self.paragraph(words)
        if not tracked:
            parent_of(paragraph).remove(paragraph)
            return
        self._wrap(paragraph, "del")
        self._mark(paragraph, "del")

    def move_paragraph(self, words: str, after: str) -> None:
        """A tracked move: the words are struck out here and stand there."""
        paragraph, target = self.paragraph(words), self.paragraph(after)
        copy = deepcopy(paragraph)
        self._wrap(copy, "moveTo")
        self._mark(copy, "moveTo")
        self._wrap(paragraph, "moveFrom")
        self._mark(paragraph, "moveFrom")
        target.addnext(copy)

    def delete_row(self, words: str, *, tracked: bool = True) -> None:
        row = next(self.paragraph(words).iterancestors(W + "tr"))
        if not tracked:
            parent_of(row).remove(row)
            return
        properties = row.find(W + "trPr")
        if properties is None:
            properties = etree.Element(W + "trPr")
            row.insert(0, properties)
        properties.append(self.revision("del"))
        for paragraph in row.iter(W + "p"):
            self._wrap(paragraph, "del")

    # ------------------------------------------------------------------------------------ looks

    def look(self, words: str, *looks: etree._Element, tracked: bool = False, within: str = "") -> None:
        """Other looks of some words: further properties of their runs."""
        for run in self.isolated(self.paragraph(within or words), words):
            properties = run.find(W + "rPr")
            if properties is None:
                properties = etree.Element(W + "rPr")
                run.insert(0, properties)
            before = deepcopy(properties)
            properties.extend(deepcopy(look) for look in looks)
            if tracked:
                change = self.revision("rPrChange")
                change.append(before)
                properties.append(change)

    def restyle(self, words: str, style: str, *, tracked: bool = False) -> None:
        """Another style of a paragraph, by its id."""
        properties = self.paragraph(words).find(W + "pPr")
        assert properties is not None
        before = deepcopy(properties)
        for old in properties.findall(W + "pStyle"):
            properties.remove(old)
        properties.insert(0, etree.Element(W + "pStyle", {W + "val": style}))
        if tracked:
            change = self.revision("pPrChange")
            change.append(before)
            properties.append(change)

    def type_over_field(self, within: str, new: str) -> None:
        """Plain words instead of the first field of a paragraph."""
        paragraph = self.paragraph(within)
        runs = list(paragraph.iter(W + "r"))
        signs = [run.find(W + "fldChar") for run in runs]
        kinds = ["" if sign is None else sign.get(W + "fldCharType") for sign in signs]
        field = runs[kinds.index("begin") : kinds.index("end") + 1]
        field[0].addprevious(_run_like(field[-1], new))
        for run in field:
            parent_of(run).remove(run)

    def _mark(self, paragraph: etree._Element, kind: str) -> None:
        properties = paragraph.find(W + "pPr")
        if properties is None:
            properties = etree.Element(W + "pPr")
            paragraph.insert(0, properties)
        marks = properties.find(W + "rPr")
        if marks is None:
            marks = etree.SubElement(properties, W + "rPr")
        marks.insert(0, self.revision(kind))

    def _wrap(self, paragraph: etree._Element, kind: str) -> None:
        for run in [run for run in paragraph.iter(W + "r") if parent_of(run).tag != W + kind]:
            around = self.revision(kind)
            run.addprevious(around)
            around.append(_as_deleted(run) if kind == "del" else run)

    # --------------------------------------------------------------------------------- comments

    def comment(self, words: str, remark: str, *, answers: int | None = None, within: str = "") -> int:
        """A remark on some words; its id. `answers` is the id of another."""
        if self._comments is None or self._extended is None:
            self._begin_comments()
        assert self._comments is not None
        assert self._extended is not None
        id_ = len(self._comments)
        runs = self.isolated(self.paragraph(within or words), words)
        runs[0].addprevious(etree.Element(W + "commentRangeStart", {W + "id": str(id_)}))
        end = etree.Element(W + "commentRangeEnd", {W + "id": str(id_)})
        runs[-1].addnext(end)
        sign = etree.Element(W + "r")
        etree.SubElement(sign, W + "commentReference", {W + "id": str(id_)})
        end.addnext(sign)
        attributes = {W + "id": str(id_), W + "author": self.who, W + "date": WHEN, W + "initials": "AH"}
        comment = etree.SubElement(self._comments, W + "comment", attributes)
        paragraph = etree.SubElement(comment, W + "p", {W14 + "paraId": f"0000{id_:04X}"})
        etree.SubElement(etree.SubElement(paragraph, W + "r"), W + "t").text = remark
        known = etree.SubElement(self._extended, W15 + "commentEx", {W15 + "paraId": f"0000{id_:04X}"})
        known.set(W15 + "done", "0")
        if answers is not None:
            known.set(W15 + "paraIdParent", f"0000{answers:04X}")
        return id_

    def _begin_comments(self) -> None:
        self._comments = etree.Element(W + "comments", nsmap={"w": W[1:-1], "w14": W14[1:-1]})
        self._extended = etree.Element(W15 + "commentsEx", nsmap={"w15": W15[1:-1]})
        base = "application/vnd.openxmlformats-officedocument.wordprocessingml."
        self.add_part("word/comments.xml", b"", base + "comments+xml", f"{_OFFICE}/comments")
        self.add_part(
            "word/commentsExtended.xml", b"", base + "commentsExtended+xml",
            "http://schemas.microsoft.com/office/2011/relationships/commentsExtended",
        )  # fmt: skip

    def add_part(self, name: str, data: bytes, type_: str, relationship: str) -> str:
        """A further part of the document; the id of its relationship."""
        self.parts[name] = data
        types = etree.fromstring(self.parts["[Content_Types].xml"])
        etree.SubElement(types, _TYPES + "Override", {"PartName": f"/{name}", "ContentType": type_})
        self.parts["[Content_Types].xml"] = etree.tostring(types, encoding="UTF-8", standalone=True)
        rels = etree.fromstring(self.parts["word/_rels/document.xml.rels"])
        id_ = f"rIdHand{len(rels)}"
        etree.SubElement(
            rels, f"{{{_RELATIONSHIPS}}}Relationship",
            {"Id": id_, "Type": relationship, "Target": f"/{name}"},
        )  # fmt: skip
        self.parts["word/_rels/document.xml.rels"] = etree.tostring(rels, encoding="UTF-8", standalone=True)
        return id_

    def in_part(self, name: str, change: Callable[[etree._Element], None]) -> None:
        """Change another part's XML."""
        root = etree.fromstring(self.parts[name])
        change(root)
        self.parts[name] = etree.tostring(root, encoding="UTF-8", standalone=True)

    def isolated(self, paragraph: etree._Element, words: str) -> list[etree._Element]:
        """The runs that hold exactly these words, after runs were split at their edges."""
        start = text_of(paragraph).index(words)
        found: list[etree._Element] = []
        at = 0
        for run, text in list(_runs(paragraph)):
            low, high = max(start - at, 0), min(start + len(words) - at, len(text))
            at += len(text)
            if low >= high or not text:
                continue
            pieces = [piece for piece in (text[:low], text[low:high], text[high:]) if piece]
            if len(pieces) == 1:
                found.append(run)
                continue
            copies = [_run_like(run, piece) for piece in pieces]
            for copy in copies:
                run.addprevious(copy)
            parent_of(run).remove(run)
            found.append(copies[1 if low else 0])
        assert "".join(text_of_run(run) for run in found) == words
        return found


def look(name: str, **attributes: str) -> etree._Element:
    """A property of a run."""
    return etree.Element(W + name, {W + key: value for key, value in attributes.items()})


def parent_of(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    assert parent is not None
    return parent


def text_of(paragraph: etree._Element) -> str:
    """The words that are there in a paragraph, deleted ones not counted."""
    return "".join(text for _, text in _runs(paragraph))


def text_of_run(run: etree._Element) -> str:
    return "".join("\t" if one.tag == W + "tab" else one.text or "" for one in run.iter(W + "t", W + "tab"))


def _runs(paragraph: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    for run in paragraph.iter(W + "r"):
        yield run, text_of_run(run)


def _run_like(run: etree._Element, words: str) -> etree._Element:
    copy = etree.Element(W + "r")
    properties = run.find(W + "rPr")
    if properties is not None:
        copy.append(deepcopy(properties))
    for number, piece in enumerate(words.split("\t")):
        if number:
            etree.SubElement(copy, W + "tab")
        if piece:
            text = etree.SubElement(copy, W + "t")
            text.text = piece
            text.set(_SPACE, "preserve")
    return copy


def _as_deleted(run: etree._Element) -> etree._Element:
    for text in run.iter(W + "t"):
        text.tag = W + "delText"
    for text in run.iter(W + "instrText"):
        text.tag = W + "delInstrText"
    return run


def words_in(docx: bytes) -> Sequence[str]:
    root = etree.fromstring(parts_of(docx)[DOCUMENT])
    return [text_of(paragraph) for paragraph in root.iter(W + "p")]
