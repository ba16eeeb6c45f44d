"""Tags: marked content opens and closes around placed runs, and hangs into the structure of the document.

`Tags` is asked before runs that belong together which operators go before them, and writes the structure
tree when all pages are drawn (ISO 32000-1, 14.7 and 14.8; ISO 14289-1). A run that is neither part of the
document nor furniture is an error: nothing reaches a page untagged.
"""

from collections.abc import Iterable, Mapping, Sequence

from briefbook.document import Document, SourceEntry
from briefbook.frozen import changing
from briefbook.writers.pdf_file import PdfFile, text_string
from briefbook.writers.pdf_links import ASCENT, DESCENT, NO_PLACES, Target, Targets, leads_on
from briefbook.writers.placed import Owner, PlacedPage, PlacedRun
from briefbook.writers.structure import Element, Structure, alternative, in_language, structure_of

Box = tuple[float, float, float, float]
"""Left, lower, right and upper edge, in points from the sheet's lower left corner."""

LAYOUT_ARTIFACT = "/Artifact<</Type/Layout>>BDC"  # rules
_HEADER = "/Artifact<</Type/Pagination/Subtype/Header>>BDC"
_FOOTER = "/Artifact<</Type/Pagination/Subtype/Footer>>BDC"
_REPEATED = "/Artifact<</Type/Pagination>>BDC"  # a table's header row, set again
_TEXT, _PICTURE = "text", "picture"  # what is open, if no furniture
_LABEL = "<</Type/StructElem/S/Lbl/"  # how an object begins
_TOUCHING = 0.01  # points between two runs that stand together


class UntaggedError(ValueError):
    """Something was to be drawn that is neither part of the document nor an artifact."""


@changing
class _Annotation:
    """The area of a link on its page."""

    number: int  # of its object
    page: int  # the number of its object
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
        self._shown: list[Element] = []  # those of the page that is drawn
        self._page = 0  # the number of its object
        self._annotations: list[_Annotation] = []
        self.annotations: list[list[int]] = []  # of each page, by the numbers of their objects
        self._open = ""  # what the open marked content shows, furniture by its operator
        self._link: tuple[Element, Target] | None = None  # that the open marked content stands in
        self._height = 0.0

    def begin_page(self, page: PlacedPage, number: int) -> None:
        """Go on with the next page, whose object has this number."""
        self._shown = []
        self._marks.append(self._shown)
        self.annotations.append([])
        self._height, self._page = page.height, number

    def turn_to(self, run: PlacedRun) -> str:
        """The operators that end what is open and begin what a run belongs to; "" where furniture goes on.

        Runs in a row of the same owner, inline, link, citation and language belong where their first does,
        for which alone it is asked. Raises UntaggedError for a run that belongs nowhere.
        """
        if run.furniture:
            kind = _REPEATED if run.owner else _HEADER if run.baseline < self._height / 2 else _FOOTER
            if kind == self._open:
                return ""
            closing, self._open = self.close(), kind
            return closing + kind
        element = self._structure.element(run.owner) if run.owner is not None else None
        if element is None:
            raise UntaggedError(f"no element and no artifact: {run.text!r} of {run.owner}")
        closing, self._open = self.close(), _TEXT
        if run.cited is not None or run.link is not None or element.back_to is not None:
            element = self._linked(element, run)
        if run.language is not None:
            element = element.joined("Span", f"in {run.language}", in_language(run.language))
        return closing + self._begin(element)

    def _linked(self, element: Element, run: PlacedRun) -> Element:
        """The Link in an element that a run stands in, if it leads anywhere."""
        target = self.targets.of(run)
        if target is None and element.back_to is not None:
            target = self.targets.back(element.back_to)
        if target is None:
            return element
        if run.cited is not None or leads_on(run):
            element = element.joined("Reference", f"{run.inline} cited {run.cited}")
        # Where a sign opens a source at its words, it says nothing itself.
        said = alternative(target.said) if run.link is not None and run.cited is not None else ""
        element = element.joined("Link", f"{run.inline} to {run.link or target.said}", said)
        self._link = element, target
        return element

    def picture(self, owner: Owner, box: Box) -> str:
        """The operators that begin a picture's drawing in its box; once for each picture."""
        element = self._structure.elements[owner]
        element.entries += f"/A<</O/Layout/Placement/Block/BBox[{_edges(box)}]>>"
        closing, self._open = self.close(), _PICTURE
        return closing + self._begin(element)

    def close(self) -> str:
        """The operators that end what is open."""
        if not self._open:
            return ""
        self._open, self._link = "", None
        return "EMC\n"

    def _begin(self, element: Element) -> str:
        number = len(self._shown)
        self._shown.append(element)
        element.show(number, self._page)
        return f"/{element.role}<</MCID {number}>>BDC"

    # -------------------------------------------------------------------------------- links

    @property
    def is_live(self) -> bool:
        """Whether what is open stands in a Link."""
        return self._link is not None

    def annotate(self, file: PdfFile, run: PlacedRun) -> None:
        """Make a run live if what is open stands in a Link: one area for what stands together on a line."""
        if self._link is None:
            return
        element, target = self._link
        page, rect = self._page, _widened(None, run, self._height)
        last = self._annotations[-1] if self._annotations else None
        if (
            last is not None
            and (last.element, last.page, last.baseline) == (element, page, run.baseline)
            and abs(last.rect[2] - run.x) < _TOUCHING
        ):
            last.rect = _widened(last.rect, run, self._height)
            return
        number = file.reserve()
        element.kids.append(f"<</Type/OBJR/Pg {page} 0 R/Obj {number} 0 R>>")
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
        writer = _TreeWriter(first=file.following)
        document = writer.written(self._structure.root)
        file.add_all(writer.bodies)
        root = file.reserve()
        first_key = len(self._marks)  # before it, the keys of pages
        keys = [f"{page}[{_references(marks)}]" for page, marks in enumerate(self._marks)]
        for key, annotation in enumerate(self._annotations, first_key):
            file.fill(annotation.number, _annotated(annotation, key, pages))
            keys.append(f"{key} {annotation.element.number} 0 R")
        parents = file.add(f"<</Nums[{' '.join(keys)}]>>")
        file.fill(
            root,
            f"<</Type/StructTreeRoot/K {document}/ParentTree {parents} 0 R"
            f"/ParentTreeNextKey {len(keys)}{_identifiers(writer.named)}>>",
        )
        return root


class _TreeWriter:
    """Writes elements in PDF's spelling, those that nothing was hung into left out.

    `bodies` are those of objects in a row, whose first has the number `first`; the tree's root follows them.
    """

    def __init__(self, first: int) -> None:
        self._first = first
        self.bodies: list[str] = []
        self.named: list[Element] = []

    def written(self, element: Element, parent: int = 0) -> str:
        """Write an element, and all below it behind it; a reference to it, "" where nothing is left of it.

        An empty cell stays, as it keeps the grid of its table regular. Where an item has but a label, that is
        its body, as every item needs one (ISO 32000-1, 14.8.4.3.3). The topmost element, without a parent,
        stays too; the root of the tree is its parent, whose number is known when all else is written.
        """
        index = len(self.bodies)
        number = element.number = self._first + index
        self.bodies.append("")  # its place
        role = element.role
        held: list[str] = []
        for kid in element.kids:
            if isinstance(kid, str):
                held.append(kid)
            elif below := self.written(kid, number):
                held.append(below)
        if not held and parent and role not in ("TH", "TD"):
            self.bodies.pop()
            return ""
        if role == "LI" and len(held) == 1 and self.bodies[index + 1].startswith(_LABEL):
            self.bodies[index + 1] = self.bodies[index + 1].replace("Lbl", "LBody", 1)
        if element.identifier:
            self.named.append(element)
        page = f"/Pg {element.page} 0 R" if element.page else ""
        shown = f" {held[0]}" if len(held) == 1 else f"[{' '.join(held)}]"
        above = parent or self._first + len(self.bodies)
        self.bodies[index] = (  # ISO 32000-1, table 323
            f"<</Type/StructElem/S/{role}/P {above} 0 R{element.entries}{page}/K{shown}>>"
        )
        return f"{number} 0 R"


def _annotated(annotation: _Annotation, key: int, pages: Sequence[int]) -> str:
    """A link annotation that knows its element by a key of the parent tree (12.5.6.5)."""
    target = annotation.target
    if target.address is not None:
        leads = f"/A<</S/URI/URI{text_string(target.address)}>>"
    else:
        leads = f"/Dest[{pages[target.page]} 0 R/XYZ 0 {target.top:.2f} 0]"
    return (  # F 4: it prints (ISO 19005-2, 6.3.2)
        f"<</Type/Annot/Subtype/Link/Rect[{_edges(annotation.rect)}]/Border[0 0 0]/F 4/StructParent {key}"
        f"/Contents{text_string(target.said)}{leads}>>"
    )


def _edges(box: Box) -> str:
    left, lower, right, upper = box
    return f"{left:.2f} {lower:.2f} {right:.2f} {upper:.2f}"


def _references(elements: Iterable[Element]) -> str:
    """References to elements, one after the other."""
    return " ".join([f"{element.number} 0 R" for element in elements])


def _identifiers(elements: Iterable[Element]) -> str:
    """The entry of the root that leads from identifiers to elements, where there are any."""
    named = sorted([(element.identifier, element.number) for element in elements])
    if not named:
        return ""
    names = "".join([f"{text_string(name)}{number} 0 R " for name, number in named])
    return f"/IDTree<</Names[{names}]>>"


def _widened(box: Box | None, run: PlacedRun, height: float) -> Box:
    """A box, or none yet, widened so that it holds a run on a page of a height."""
    base = height - run.baseline
    left, lower = run.x, base - DESCENT * run.size
    right, upper = run.x + run.width, base + ASCENT * run.size
    if box is None:
        return left, lower, right, upper
    return min(box[0], left), min(box[1], lower), max(box[2], right), max(box[3], upper)
