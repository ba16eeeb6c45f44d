"""The lines of a printed page: a document's DOCX, as LibreOffice prints it, held against its PDF."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pikepdf
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTContainer

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
    for number, page in enumerate(extract_pages(pdf, laparams=None), 1):
        for baseline, characters in _baselines(_characters(page)):
            for cell in _cells(sorted(characters, key=lambda character: character.x0)):
                text = " ".join(_text(cell).split())
                leads_back = text.endswith(_WAY_BACK)
                drawn = [c for c in cell if c.get_text().strip() and c.get_text() != _WAY_BACK]
                if drawn:
                    yield Line(
                        page=number,
                        left=drawn[0].x0,
                        right=drawn[-1].x1,
                        baseline=page.height - baseline,
                        text=text.removesuffix(_WAY_BACK).rstrip(),
                        leads_back=leads_back,
                    )


def _characters(container: Any) -> Iterator[Any]:
    for element in container:
        if isinstance(element, LTChar):
            yield element
        elif isinstance(element, LTContainer):
            yield from _characters(element)


def _baselines(characters: Iterable[Any]) -> list[tuple[float, list[Any]]]:
    """Characters by their baselines, from above; superior numbers among the words that they stand at."""
    rows: list[tuple[float, list[Any]]] = []  # from below
    for character in sorted(characters, key=lambda character: character.matrix[5]):
        if rows and character.matrix[5] - rows[-1][0] < 1:
            rows[-1][1].append(character)
        else:
            rows.append((character.matrix[5], [character]))
    lines: list[tuple[float, list[Any], float]] = []
    for baseline, row in rows:
        sizes = sorted(character.size for character in row if character.get_text().strip())
        if not sizes:
            continue
        size = sizes[len(sizes) // 2]
        if lines and baseline - lines[-1][0] < lines[-1][2] / 2 and size < lines[-1][2] * _SUPERIOR:
            lines[-1][1].extend(row)
        else:
            lines.append((baseline, row, size))
    return [(baseline, row) for baseline, row, _ in reversed(lines)]


def _cells(row: Iterable[Any]) -> Iterator[list[Any]]:
    """The characters of a baseline, parted where they stand far apart."""
    cell: list[Any] = []
    right = 0.0
    for character in row:
        if character.get_text().strip():
            gap = _MARKER_GAP if len(_text(cell).strip()) <= _MARKER else _GAP
            if cell and character.x0 - right > gap:
                yield cell
                cell = []
            right = character.x1
        elif not cell:
            continue
        cell.append(character)
    if cell:
        yield cell


def _text(cell: Iterable[Any]) -> str:
    parts: list[str] = []
    right: float | None = None
    for character in cell:
        if right is not None and character.x0 - right > _WORD_GAP:
            parts.append(" ")
        parts.append(character.get_text())
        right = character.x1
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
