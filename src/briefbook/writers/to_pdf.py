"""Document to PDF: draws laid-out pages as content streams, tagged.

Every file is at once PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2). The same document gives the same
bytes, whatever the clock.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from operator import attrgetter

from briefbook.document import Document, SourceEntry, SourceList, blocks_of
from briefbook.writers.faces import faces_of, measure_of
from briefbook.writers.layout import lay_out, lay_out_printed, printed
from briefbook.writers.logo import with_logo
from briefbook.writers.pdf_drawing import Figures
from briefbook.writers.pdf_faces import DrawnFaces
from briefbook.writers.pdf_file import QUICK, THOROUGH, PdfFile, escaped, squeezed, text_string
from briefbook.writers.pdf_metadata import information, xmp_packet
from briefbook.writers.pdf_outline import outline
from briefbook.writers.pdf_tags import LAYOUT_ARTIFACT, Tags
from briefbook.writers.placed import PlacedFigure, PlacedPage, PlacedRule, PlacedRun, reading_order
from briefbook.writers.srgb import NAME, operands_of, srgb_profile
from briefbook.writers.theme import Theme

_DOTTED = " 1 J [0 4] 0 d"  # round caps on dashes of no length (ISO 32000-1, 8.4.3.6)
_SOLID = "0 J [] 0 d "
# Runs in a row that agree in these belong together: `Tags` is asked once for all.
_BELONGING = attrgetter("owner", "inline", "link", "cited", "language", "furniture")


def write_pdf(document: Document, theme: Theme) -> bytes:
    """Write a document as PDF 1.7 with tags, dated by its as-of day."""
    document = with_logo(document, theme)
    shown = printed(document)
    pages = lay_out_printed(document, shown, theme, measure_of(theme))
    return draw(document, pages, Tags(shown, pages, entries_of(document)), theme, level=QUICK)


def pages_in(document: Document, theme: Theme) -> int:
    """How many pages the PDF of a document has; as `write_pdf` counts, without drawing."""
    return len(lay_out(with_logo(document, theme), theme, measure_of(theme)))


def entries_of(document: Document) -> dict[str, SourceEntry]:
    """All listed sources of a document, by their ids."""
    lists = (block for block in blocks_of(document) if isinstance(block, SourceList))
    return {entry.source: entry for block in lists for entry in block.entries}


def draw(
    document: Document, pages: Sequence[PlacedPage], tags: Tags, theme: Theme, *, level: int = THOROUGH
) -> bytes:
    """Draw the laid-out pages of a document, with its tags; `level`: of deflating."""
    file, faces = PdfFile(level=level), DrawnFaces(faces_of(theme))
    tree, fonts = file.reserve(), file.reserve()
    numbers = [file.reserve() for _ in pages]
    figures = Figures(file, faces, theme, fonts=fonts)
    for index, page in enumerate(pages):
        tags.begin_page(page, numbers[index])
        sheet = _Sheet(page, file, tags, faces, figures)
        contents = file.deflated("", sheet.drawn().encode("latin-1"))
        annotations = "".join(f"{number} 0 R " for number in tags.annotations[index])
        file.fill(
            numbers[index],
            f"<</Type/Page/Parent {tree} 0 R/MediaBox[0 0 {page.width:.2f} {page.height:.2f}]"
            f"/Resources<</Font {fonts} 0 R{figures.resources()}>>/Contents {contents} 0 R"
            + (f"/Annots[{annotations}]" if annotations else "")
            # The tabulator follows the structure (ISO 14289-1, 7.18.3).
            + f"/Tabs/S/StructParents {index}>>",
        )
    kids = " ".join([f"{number} 0 R" for number in numbers])
    file.fill(tree, f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>")
    file.fill(fonts, faces.embed(file))
    bookmarks = outline(file, pages, numbers)
    root = file.add(
        f"<</Type/Catalog/Pages {tree} 0 R/Lang{text_string(document.language)}{_colours(file)}"
        f"/MarkInfo<</Marked true>>/StructTreeRoot {tags.write(file, numbers)} 0 R"
        "/ViewerPreferences<</DisplayDocTitle true>>"
        # Readable without a filter, whatever reads it (ISO 32000-1, 14.3.2).
        f"/Metadata {file.stream('/Type/Metadata/Subtype/XML', xmp_packet(document))} 0 R"
        + (f"/Outlines {bookmarks} 0 R" if bookmarks else "")
        + ">>"
    )
    info = file.add(information(document))
    return file.finished(root=root, info=info, identity=_identity(document, pages))


def _colours(file: PdfFile) -> str:
    """The entry of the catalogue that says what our colours mean (ISO 19005-2, 6.2.3): sRGB."""
    profile = file.stream("/N 3/Filter/FlateDecode", _squeezed_profile())
    return (
        f"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier({NAME})/Info({NAME})"
        f"/DestOutputProfile {profile} 0 R>>]"
    )


@cache
def _squeezed_profile() -> bytes:
    return squeezed(srgb_profile())


def _identity(document: Document, pages: Sequence[PlacedPage]) -> bytes:
    """The file's identifier (ISO 32000-1, 14.4): it depends on what the file shows alone."""
    shown = [f"{document.memo} {document.as_of} {document.known_by}"]
    for page in pages:
        shown += [run.text + (run.link or "") for run in page.runs]
        shown += [figure.alt for figure in page.figures]
    return hashlib.blake2b("\n".join(shown).encode(), digest_size=16, usedforsecurity=False).digest()


class _Sheet:
    """The content stream of one page. What is drawn stands in marked content: `Tags` opens and closes it."""

    def __init__(
        self,
        page: PlacedPage,
        file: PdfFile,
        tags: Tags,
        faces: DrawnFaces,
        figures: Figures,
    ) -> None:
        self._page = page
        self._file = file
        self._tags = tags
        self._faces = faces
        self._figures = figures
        self._operators: list[str] = []

    def drawn(self) -> str:
        """The operators that draw all of it, each character a byte."""
        self._draw_rules(self._page.rules)
        for group in reading_order(self._page):
            if isinstance(group, list):
                self._draw_runs(group)
            else:
                self._draw_figure(group)
        return "\n".join(self._operators)

    def _draw_rules(self, rules: Iterable[PlacedRule]) -> None:
        """Draw hairlines: they mean nothing to who cannot see them."""
        for rule in rules:
            y = self._page.height - rule.y
            self._operators += (
                LAYOUT_ARTIFACT,
                f"{operands_of(rule.colour)} RG {rule.thickness:.3f} w" + (_DOTTED if rule.dotted else ""),
                f"{rule.x:.3f} {y:.3f} m {rule.x + rule.width:.3f} {y:.3f} l S",
                _SOLID + "EMC" if rule.dotted else "EMC",
            )

    def _draw_figure(self, figure: PlacedFigure) -> None:
        """Draw a picture; the words in it are part of it, and its alternative text speaks for all."""
        y = self._page.height - figure.y - figure.height
        box = (figure.x, y, figure.x + figure.width, y + figure.height)
        self._operators += (
            self._tags.picture(figure.owner, box),
            self._figures.drawn(figure, y),
            self._tags.close(),
        )

    def _draw_runs(self, runs: Iterable[PlacedRun]) -> None:
        """Draw text, run by run, in reading order, each in the marked content that it belongs to."""
        add, tags, faces, height = self._operators.append, self._tags, self._faces, self._page.height
        add("BT")
        colour = font = ""
        shown: object = None
        live = False
        fonts: dict[tuple[bool, bool, float], str] = {}  # that draw ASCII, by look
        baseline, y = -1.0, ""
        for run in runs:
            shows = _BELONGING(run)
            if shows != shown:
                # Of furniture each is asked for: where it stands says of which kind it is.
                shown = None if run.furniture else shows
                marks = tags.turn_to(run)
                live = tags.is_live
                if marks:
                    add(marks)
            if live:
                tags.annotate(self._file, run)
            if run.colour != colour:
                colour = run.colour
                add(f"{operands_of(colour)} rg")
            if run.baseline != baseline:
                baseline = run.baseline
                y = _spelt(height - baseline)
            text, look = run.text, (run.strong, run.emphasis, run.size)
            if text.isascii() and text.isprintable():  # most of all
                string = escaped(text)
                chosen = fonts.get(look)
                if chosen is None:
                    chosen = fonts[look] = faces.for_ascii(*look)
            else:
                string, chosen = faces.string(text, *look)
            if not chosen:
                font = self._draw_pieces(run, font)
            elif chosen == font:
                add(f"1 0 0 1 {_spelt(run.x)} {y} Tm\n({string})Tj")
            else:
                font = chosen
                add(f"1 0 0 1 {_spelt(run.x)} {y} Tm\n{font}\n({string})Tj")
        add(tags.close() + "ET")

    def _draw_pieces(self, run: PlacedRun, font: str) -> str:
        """Draw a run of any text, where `font` is chosen; returns the one that is chosen then."""
        add, size, y = self._operators.append, run.size, self._page.height - run.baseline
        for begin, strings in self._faces.pieces(run.text, run.strong, run.emphasis):
            add(f"1 0 0 1 {run.x + begin * size:.3f} {y:.3f} Tm")
            for subset, string in strings:
                chosen = f"{subset} {size:.2f} Tf"
                if chosen != font:
                    font = chosen
                    add(font)
                add(f"{string}Tj")
        return font


@lru_cache(maxsize=4096)  # memos of a look begin most runs at the same places, and to spell one takes longest
def _spelt(length: float) -> str:
    """A length as an operand."""
    return f"{length:.3f}"
