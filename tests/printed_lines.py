"""The lines of a printed page: a document's DOCX, as LibreOffice prints it, held against its PDF."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import pikepdf
import pymupdf

_GAP = 8.0  # points: cells, and label and value, stand further apart, words nearer
_MARKER = 3  # characters at most of a number or bullet, which may stand further from its text
_MARKER_GAP = 14.0
_WORD_GAP = 1.2  # points, where no space is written
_SUPERIOR = 0.8  # of the size of the text: numbers as small as this stand on its line
_WAY_BACK = "↑"  # behind a source, in the DOCX alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Words on one baseline, in a table those of one cell. Lengths in points from the sheet's upper left."""

    page: int
    left: float
    right: float
    baseline: float
    text: str
    leads_back: bool = False  # the way back from a source stands behind it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Character:
    """A character as it is drawn. Lengths as of a line."""

    text: str
    size: float
    left: float
    right: float
    baseline: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The lines of a document in both formats, in the order of the page from above."""

    docx: tuple[Line, ...]
    pdf: tuple[Line, ...]

    def same(self) -> list[list[tuple[Line, Line]]]:
        """Stretches of lines that are the same, each as it stands in the DOCX and in the PDF."""
        return [
            list(zip(self.docx[block.a :][: block.size], self.pdf[block.b :][: block.size], strict=True))
            for block in self._matcher().get_matching_blocks()
            if block.size
        ]

    def different(self) -> list[tuple[tuple[Line, ...], tuple[Line, ...]]]:
        """Where they differ: the lines in the DOCX, and those in the PDF."""
        return [
            (self.docx[a:b], self.pdf[c:d])
            for tag, a, b, c, d in self._matcher().get_opcodes()
            if tag != "equal"
        ]

    @property
    def share(self) -> float:
        """How many of all lines are the same, from 0 to 1."""
        return self._matcher().ratio()

    def _matcher(self) -> "SequenceMatcher[str]":
        docx, pdf = ([line.text for line in lines] for lines in (self.docx, self.pdf))
        return SequenceMatcher(None, docx, pdf, autojunk=False)


def pair_of(docx: Path, pdf: Path) -> Pair:
    """A document as LibreOffice printed its DOCX, and as our PDF; without the words in pictures.

    LibreOffice draws these as outlines.
    """
    figures = list(_figures(pdf))
    outside = [line for line in lines_of(pdf) if not any(_within(line, figure) for figure in figures)]
    return Pair(docx=tuple(lines_of(docx)), pdf=tuple(outside))


def lines_of(pdf: Path) -> Iterator[Line]:
    """The lines of a PDF, page by page from above, side by side from the left."""
    for number, characters in enumerate(_pages(pdf), 1):
        for baseline, row in _baselines(characters):
            for cell in _cells(sorted(row, key=lambda character: character.left)):
                text = " ".join(_text(cell).split())
                drawn = [c for c in cell if c.text.strip() and c.text != _WAY_BACK]
                if drawn:
                    yield Line(
                        page=number,
                        left=drawn[0].left,
                        right=drawn[-1].right,
                        baseline=baseline,
                        text=text.removesuffix(_WAY_BACK).rstrip(),
                        leads_back=text.endswith(_WAY_BACK),
                    )


def _pages(pdf: Path) -> Iterator[list[_Character]]:
    """The characters of each page as they are drawn: no space put in, no text said for them instead.

    MuPDF's reader: of a page ten times faster than one in Python.
    """
    flags = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_PRESERVE_LIGATURES
    flags |= pymupdf.TEXT_INHIBIT_SPACES | pymupdf.TEXT_IGNORE_ACTUALTEXT
    with pymupdf.open(pdf) as document:  # type: ignore[no-untyped-call]
        for page in document:
            blocks = page.get_text("rawdict", flags=flags)["blocks"]
            spans = [span for block in blocks for line in block["lines"] for span in line["spans"]]
            yield [
                _Character(
                    text=character["c"],
                    size=span["size"],
                    left=character["bbox"][0],
                    right=character["bbox"][2],
                    baseline=character["origin"][1],
                )
                for span in spans
                for character in span["chars"]
            ]


def _baselines(characters: Iterable[_Character]) -> list[tuple[float, list[_Character]]]:
    """Characters by their baselines, from above; superior numbers among the words that they stand at."""
    rows: list[tuple[float, list[_Character]]] = []  # from below
    for character in sorted(characters, key=lambda character: -character.baseline):
        if rows and rows[-1][0] - character.baseline < 1:
            rows[-1][1].append(character)
        else:
            rows.append((character.baseline, [character]))
    lines: list[tuple[float, list[_Character], float]] = []
    for baseline, row in rows:
        sizes = sorted(character.size for character in row if character.text.strip())
        if not sizes:
            continue
        size = sizes[len(sizes) // 2]
        if lines and lines[-1][0] - baseline < lines[-1][2] / 2 and size < lines[-1][2] * _SUPERIOR:
            lines[-1][1].extend(row)
        else:
            lines.append((baseline, row, size))
    return [(baseline, row) for baseline, row, _ in reversed(lines)]


def _cells(row: Iterable[_Character]) -> Iterator[list[_Character]]:
    """The characters of a baseline, parted where they stand far apart."""
    cell: list[_Character] = []
    right, drawn = 0.0, 0  # where the cell ends, how many of its characters show
    for character in row:
        if character.text.strip():
            is_marker = drawn <= _MARKER and len(_text(cell).strip()) <= _MARKER
            if cell and character.left - right > (_MARKER_GAP if is_marker else _GAP):
                yield cell
                cell, drawn = [], 0
            right, drawn = character.right, drawn + 1
        elif not cell:
            continue
        cell.append(character)
    if cell:
        yield cell


def _text(cell: Iterable[_Character]) -> str:
    parts: list[str] = []
    right: float | None = None
    for character in cell:
        if right is not None and character.left - right > _WORD_GAP:
            parts.append(" ")
        parts.append(character.text)
        right = character.right
    return "".join(parts)


def _figures(pdf: Path) -> Iterator[tuple[int, list[float]]]:
    """The page of each picture and its box, by the tags."""
    with pikepdf.open(pdf) as file:
        numbers = {page.obj.objgen: number for number, page in enumerate(file.pages, 1)}
        for element in file.objects:
            if isinstance(element, pikepdf.Dictionary) and element.get("/S") == "/Figure":
                height = float(element.Pg.MediaBox[3])
                left, bottom, right, top = (float(side) for side in element.A.BBox)
                yield numbers[element.Pg.objgen], [left, height - top, right, height - bottom]


def _within(line: Line, figure: tuple[int, list[float]]) -> bool:
    page, (left, top, right, bottom) = figure
    inside = left - 1 <= line.left and line.right <= right + 1 and top <= line.baseline <= bottom + 1
    return page == line.page and inside
