"""ReportLab's canvas, made to write a file that is at once PDF/UA-1 and PDF/A-2a.

The one place that knows ReportLab's private parts, which is why its minor version is pinned: its open-source
edition has entries for a structure tree and for metadata in the catalogue, but no public call for these, for
output intents, for entries of a page, nor for the line end that PDF/A wants before `endstream`.
"""

from io import BytesIO
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase.pdfdoc import (
    NoEncryption,
    PDFArray,
    PDFDictionary,
    PDFObject,
    PDFPage,
    PDFStream,
    PDFZCompress,
)
from reportlab.pdfgen.canvas import Canvas

from briefbook.writers.faces import BODY_FACE, register_face
from briefbook.writers.srgb import NAME, srgb_profile

_SIGNS = str.maketrans({"\\": "\\\\", "(": "\\(", ")": "\\)"})

_OTHER_ENCODINGS = (b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf")  # what a text in UTF begins with


def text_string(text: str) -> str:
    """A text in PDF's spelling (ISO 32000-1, 7.9.2.2): in its own Latin encoding, else in UTF-16.

    Each byte stands as a character, ready for the body of a `Raw`.
    """
    try:
        latin = text.encode("pdfdoc")  # ReportLab's codec of PDFDocEncoding
    except UnicodeEncodeError:
        latin = b""
    if text.isprintable() and len(latin) == len(text) and not latin.startswith(_OTHER_ENCODINGS):
        return f"({latin.decode('latin-1').translate(_SIGNS)})"
    return f"<FEFF{text.encode('utf-16-be').hex()}>"


class Raw(PDFObject):  # type: ignore[misc]
    """An object of the file whose body is written by hand; `number` is its object number."""

    def __init__(self) -> None:
        self.number = 0
        self.body = ""

    def format(self, document: object) -> bytes:  # noqa: ARG002 — ReportLab's signature
        """Its body as bytes."""
        return self.body.encode("latin-1")


class ArchiveCanvas(Canvas):  # type: ignore[misc]
    """A canvas of PDF 1.7 whose pages and catalogue have what both standards ask for."""

    def __init__(self, out: BytesIO, *, size: tuple[float, float], language: str) -> None:
        register_face(BODY_FACE)
        rl_config.useA85 = 0  # streams as bytes: an armour of ASCII makes a file a quarter longer
        super().__init__(
            out,
            pagesize=size,
            pageCompression=1,
            invariant=1,
            pdfVersion=(1, 7),
            initialFontName=BODY_FACE,
            lang=language,
        )
        self.setViewerPreference("DisplayDocTitle", "true")
        self.document: Any = self._doc
        self.document.encrypt = _LineEnds()
        catalog = self.document.Catalog
        catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        # `__NoDefault__` names the entries that ReportLab writes: here one more, of this catalogue alone.
        catalog.__NoDefault__ = [*catalog.__NoDefault__, "OutputIntents"]
        catalog.OutputIntents = PDFArray([self._output_intent()])
        self._pages = 0

    def raw(self) -> Raw:
        """A new object of the file; its body can wait until the file is saved."""
        raw = Raw()
        self.document.Reference(raw)
        raw.number = self.document.objectcounter
        return raw

    def annotation(self) -> Raw:
        """A new object that is an annotation of the page in hand."""
        raw = self.raw()
        self._annotationrefs.append(f"{raw.number} 0 R")
        return raw

    @property
    def page_numbers(self) -> list[int]:
        """The object numbers of the pages that are drawn."""
        numbers = self.document.idToObjectNumberAndVersion
        return [numbers[f"Page{page}"][0] for page in range(1, self._pages + 1)]

    def add(self, operators: str) -> None:
        """Go on with these operators on the page, or in the form, in hand."""
        self._code.append(operators)

    def take(self) -> list[str]:
        """The operators that calls of the canvas have written since the last look, and no longer hold."""
        code: list[str] = self._code
        self._code: list[str] = []
        return code

    def set_page(self, operators: str) -> None:
        """The page in hand shows what these operators draw; go on with the next page."""
        self._code = [operators]
        self.showPage()

    def set_identity(self, identity: Any) -> None:
        """The hash that the file's identifiers are made from (14.4); ReportLab's own holds the clock."""
        self.document.signature = identity

    def set_metadata(self, packet: bytes) -> None:
        """The XMP packet of the file: readable without a filter, whatever reads it (14.3.2)."""
        entries = PDFDictionary({"Type": "/Metadata", "Subtype": "/XML"})
        self.document.Catalog.Metadata = PDFStream(entries, packet)

    def set_structure(self, root: Raw) -> None:
        """The root of the structure tree."""
        self.document.Catalog.StructTreeRoot = root

    def _output_intent(self) -> PDFDictionary:
        """What our colours mean (ISO 19005-2, 6.2.3): sRGB."""
        profile = PDFStream(PDFDictionary({"N": 3}), srgb_profile(), [PDFZCompress])
        return PDFDictionary(
            {
                "Type": "/OutputIntent",
                "S": "/GTS_PDFA1",
                "OutputConditionIdentifier": f"({NAME})",
                "Info": f"({NAME})",
                "DestOutputProfile": self.document.Reference(profile),
            }
        )

    def _setAnnotations(self, page: Any) -> None:  # noqa: N802 — ReportLab's name
        """The only call that sees the page as it is made; it sees forms, too."""
        super()._setAnnotations(page)
        if not isinstance(page, PDFPage):
            return
        page.__NoDefault__ = [*page.__NoDefault__, "Tabs", "StructParents"]
        page.Tabs = "/S"  # the tabulator follows the structure (ISO 14289-1, 7.18.3)
        page.StructParents = self._pages
        self._pages += 1


class _Line(bytes):
    """A stream's bytes with a line end behind that its length does not count."""

    def __len__(self) -> int:
        return super().__len__() - 1


class _LineEnds(NoEncryption):  # type: ignore[misc]
    """Puts a line end before `endstream`, as ISO 19005-2, 6.1.7.1 wants it; ReportLab puts none.

    Every stream passes through `encode` before it is counted and written; strings don't, since this is a
    `NoEncryption`, but for the file's identifiers, which are encoded without a document of ours.
    """

    def encode(self, data: Any) -> Any:
        """The content of a stream, a line longer than it says."""
        return _Line((data.encode() if isinstance(data, str) else data) + b"\n")
