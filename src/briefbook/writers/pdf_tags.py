"""Tags: marked content opens and closes around placed runs, and hangs into the structure of the document.

`Tags` is asked before each run which operators go before it, and writes the structure tree when all pages
are drawn (ISO 32000-1, 14.7 and 14.8; ISO 14289-1). A run that is neither part of the document nor
furniture is an error: nothing reaches a page untagged.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

from briefbook.document import Document, SourceEntry
from briefbook.frozen import changing, frozen
from briefbook.writers.pdf_file import PdfFile, text_string
from briefbook.writers.pdf_links import ASCENT, DESCENT, NO_PLACES, Target, Targets, leads_on
from briefbook.writers.placed import Owner, PlacedPage, PlacedRun
from briefbook.writers.structure import Annotated, Content, Element, Structure, structure_of

Box = tuple[float, float, float, float]
"""Left, lower, right and upper edge, in points from the sheet's lower left corner."""

LAYOUT_ARTIFACT = "/Artifact<</Type/Layout>>BDC"  # rules
_HEADER = "/Artifact<</Type/Pagination/Subtype/Header>>BDC"
_FOOTER = "/Artifact<</Type/Pagination/Subtype/Footer>>BDC"
_REPEATED = "/Artifact<</Type/Pagination>>BDC"  # a table's header row, set again
_TOUCHING = 0.01  # points between two runs that stand together


class UntaggedError(ValueError):
    """Something was to be drawn that is neither part of the document nor an artifact."""


@changing
class _Annotation:
    """The area of a link on its page."""

    number: int  # of its object
    page: int  # from 0
    baseline: float
    rect: Box
    target: Target
    element: Element


class Tags:
    """The tags of one document, while its pages are drawn one after the other."""

    def __init__(
        self,
        document: Document,
        pages: Sequence[PlacedPage],
        entries: Mapping[str, SourceEntry],
        *,
        structure: Structure | None = None,
        places: Mapping[str, Target] = NO_PLACES,
    ) -> None:
        """A document as its pages show it; `entries` are all sources by their ids, those of notes too.

        Of what is more than a document, `structure` has the elements, `places` where links lead within it.
        """
        self.targets = Targets(pages, entries, document.spoken, places)
        self._structure = structure or structure_of(document)
        self._marks: list[list[Element]] = []  # of each page, by marked-content identifier
        self._annotations: list[_Annotation] = []
        self.annotations: list[list[int]] = []  # of each page, by the numbers of their objects
        self._open: object = None  # what the open marked content shows
        self._link: tuple[Element, Target] | None = None  # that the open marked content stands in
        self._height = 0.0

    def begin_page(self, page: PlacedPage) -> None:
        """Go on with the next page."""
        self._marks.append([])
        self.annotations.append([])
        self._height = page.height

    def turn_to(self, run: PlacedRun) -> str:
        """The operators that end what is open and begin what a run belongs to; "" where it goes on.

        Raises UntaggedError for a run that belongs nowhere.
        """
        if run.furniture:
            kind = _REPEATED if run.owner else _HEADER if run.baseline < self._height / 2 else _FOOTER
            if kind == self._open:
                return ""
            closing, self._open = self.close(), kind
            return closing + kind
        shows = (run.owner, run.inline, run.link, run.cited, run.language)
        if shows == self._open:
            return ""
        closing, self._open = self.close(), shows
        element = self._structure.element(run.owner) if run.owner is not None else None
        if element is None:
            raise UntaggedError(f"no element and no artifact: {run.text!r} of {run.owner}")
        target = self.targets.of(run)
        if target is None and element.back_to is not None:
            target = self.targets.back(element.back_to)
        if target is not None:
            if run.cited is not None or leads_on(run):
                element = element.joined("Reference", f"{run.inline} cited {run.cited}")
            element = element.joined("Link", f"{run.inline} to {run.link or target.said}")
            if run.link is not None and run.cited is not None:
                element.alternative = target.said  # the sign itself says nothing
            self._link = element, target
        if run.language is not None:
            element = element.joined("Span", f"in {run.language}")
            element.language = run.language
        return closing + self._begin(element)

    def picture(self, owner: Owner, box: Box) -> str:
        """The operators that begin a picture's drawing in its box."""
        element = self._structure.elements[owner]
        element.box = box
        closing, self._open = self.close(), owner
        return closing + self._begin(element)

    def close(self) -> str:
        """The operators that end what is open."""
        if self._open is None:
            return ""
        self._open = self._link = None
        return "EMC\n"

    def _begin(self, element: Element) -> str:
        marks = self._marks[-1]
        element.inline = None
        element.kids.append(Content(len(self._marks) - 1, len(marks)))
        marks.append(element)
        return f"/{element.role}<</MCID {len(marks) - 1}>>BDC"

    # -------------------------------------------------------------------------------- links

    def annotate(self, file: PdfFile, run: PlacedRun) -> None:
        """Make a run that stands in a Link live: one area for what stands together on a line."""
        if self._link is None:
            return
        element, target = self._link
        page, rect = len(self._marks) - 1, _widened(None, run, self._height)
        last = self._annotations[-1] if self._annotations else None
        if (
            last is not None
            and (last.element, last.page, last.baseline) == (element, page, run.baseline)
            and abs(last.rect[2] - run.x) < _TOUCHING
        ):
            last.rect = _widened(last.rect, run, self._height)
            return
        element.kids.append(Annotated(page, len(self._annotations)))
        number = file.reserve()
        self.annotations[-1].append(number)
        self._annotations.append(
            _Annotation(
                number=number,
                page=page,
                baseline=run.baseline,
                rect=rect,
                target=target,
                element=element,
            )
        )

    # --------------------------------------------------------------------------------- tree

    def write(self, file: PdfFile, pages: Sequence[int]) -> int:
        """Write the structure tree and the annotations, when every page is drawn.

        `pages` are the object numbers of the pages. Returns that of the tree's root.
        """
        document = self._structure.root
        document.prune()
        elements = list(document.walk())
        for element in elements:
            element.number = file.reserve()
        root = file.reserve()
        writer = _TreeWriter(root=root, pages=pages, annotations=self._annotations)
        for element in elements:
            file.fill(element.number, writer.element(element))
        first_key = len(self._marks)  # before it, the keys of pages
        keys = [f"{page}[{_references(marks)}]" for page, marks in enumerate(self._marks)]
        for key, annotation in enumerate(self._annotations, first_key):
            file.fill(annotation.number, writer.annotation(annotation, key))
            keys.append(f"{key} {annotation.element.number} 0 R")
        parents = file.add(f"<</Nums[{' '.join(keys)}]>>")
        file.fill(
            root,
            f"<</Type/StructTreeRoot/K {document.number} 0 R/ParentTree {parents} 0 R"
            f"/ParentTreeNextKey {len(keys)}{_identifiers(elements)}>>",
        )
        return root


@frozen
class _TreeWriter:
    """Writes elements and annotations in PDF's spelling; `root` and `pages` are numbers of objects."""

    root: int
    pages: Sequence[int]
    annotations: Sequence[_Annotation]

    def element(self, element: Element) -> str:
        """A structure element (ISO 32000-1, table 323)."""
        parent = self.root if element.parent is None else element.parent.number
        page: int | None = None
        for kid in element.kids:
            if isinstance(kid, Content):
                page = kid.page
                break
        kids = [self._kid(kid, page) for kid in element.kids]
        entries = element.entries
        if element.alternative:
            entries += f"/Alt{text_string(element.alternative)}"
        if element.summary:
            entries += f"/A<</O/Table/Summary{text_string(element.summary)}>>"
        if element.language:
            entries += f"/Lang{text_string(element.language)}"
        if element.identifier:
            entries += f"/ID{text_string(element.identifier)}"
        if element.box:
            edges = " ".join(f"{edge:.2f}" for edge in element.box)
            entries += f"/A<</O/Layout/Placement/Block/BBox[{edges}]>>"
        if page is not None:
            entries += f"/Pg {self.pages[page]} 0 R"
        held = f" {kids[0]}" if len(kids) == 1 else f"[{' '.join(kids)}]"
        return f"<</Type/StructElem/S/{element.role}/P {parent} 0 R{entries}/K{held}>>"

    def _kid(self, kid: Element | Content | Annotated, page: int | None) -> str:
        """A child: an element, content on the element's page or on another one, an annotation."""
        match kid:
            case Element():
                return f"{kid.number} 0 R"
            case Content():
                if kid.page == page:
                    return str(kid.mcid)
                return f"<</Type/MCR/Pg {self.pages[kid.page]} 0 R/MCID {kid.mcid}>>"
            case Annotated():
                number = self.annotations[kid.index].number
                return f"<</Type/OBJR/Pg {self.pages[kid.page]} 0 R/Obj {number} 0 R>>"
            case _:
                assert_never(kid)

    def annotation(self, annotation: _Annotation, key: int) -> str:
        """A link annotation that knows its element by a key of the parent tree (12.5.6.5)."""
        target = annotation.target
        if target.address is not None:
            leads = f"/A<</S/URI/URI{text_string(target.address)}>>"
        else:
            leads = f"/Dest[{self.pages[target.page]} 0 R/XYZ 0 {target.top:.2f} 0]"
        edges = " ".join(f"{edge:.2f}" for edge in annotation.rect)
        return (  # F 4: it prints (ISO 19005-2, 6.3.2)
            f"<</Type/Annot/Subtype/Link/Rect[{edges}]/Border[0 0 0]/F 4/StructParent {key}"
            f"/Contents{text_string(target.said)}{leads}>>"
        )


def _references(elements: Iterable[Element]) -> str:
    """References to elements, one after the other."""
    return " ".join([f"{element.number} 0 R" for element in elements])


def _identifiers(elements: Iterable[Element]) -> str:
    """The entry of the root that leads from identifiers to elements, where there are any."""
    named = sorted((element.identifier, element.number) for element in elements if element.identifier)
    if not named:
        return ""
    names = "".join(f"{text_string(name)}{number} 0 R " for name, number in named)
    return f"/IDTree<</Names[{names}]>>"


def _widened(box: Box | None, run: PlacedRun, height: float) -> Box:
    """A box, or none yet, widened so that it holds a run on a page of a height."""
    base = height - run.baseline
    left, lower = run.x, base - DESCENT * run.size
    right, upper = run.x + run.width, base + ASCENT * run.size
    if box is None:
        return left, lower, right, upper
    return min(box[0], left), min(box[1], lower), max(box[2], right), max(box[3], upper)
