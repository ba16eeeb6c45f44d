"""What the tags cost the PDF: the example's memos with them, and by a way of the benchmark's own without.

Each way is timed in turn with the others, in one warm process, by the time that the process had a core; a
different memo each time, as nothing may be remembered from one to the next.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from tests.conftest import EXAMPLE

from benchmarks.bench import Bench
from benchmarks.figures import Report, spread, table, told
from briefbook.document import Document, SourceEntry
from briefbook.readers.read_book import read_book
from briefbook.workshop import Day, Workshop
from briefbook.writers import WRITERS
from briefbook.writers.faces import width_in_ems
from briefbook.writers.layout import lay_out
from briefbook.writers.pdf_file import PdfFile, text_string
from briefbook.writers.pdf_links import Target, Targets
from briefbook.writers.pdf_tags import Tags
from briefbook.writers.placed import Owner, PlacedPage, PlacedRun
from briefbook.writers.theme import Theme
from briefbook.writers.to_pdf import draw, entries_of

AS_OF = date(2026, 1, 20)
MEMOS = ("2026-q1.en", "all")  # a short one and the longest


class _NoTags(Tags):
    """Draws the same pages, links and bookmarks without a tag: for comparison alone."""

    def __init__(
        self, document: Document, pages: Sequence[PlacedPage], entries: Mapping[str, SourceEntry]
    ) -> None:
        self.targets = Targets(pages, entries, document.spoken)
        self.annotations: list[list[int]] = []
        self._leads: Target | None = None
        self._links: list[tuple[int, str, Target]] = []
        self._sheet = 0.0

    def begin_page(self, page: PlacedPage, number: int) -> None:  # noqa: ARG002
        self._sheet = page.height
        self.annotations.append([])

    def turn_to(self, run: PlacedRun) -> str:
        self._leads = self.targets.of(run)
        return ""

    @property
    def is_live(self) -> bool:
        return self._leads is not None

    def picture(self, owner: Owner, box: tuple[float, float, float, float]) -> str:  # noqa: ARG002
        return ""

    def close(self) -> str:
        return ""

    def annotate(self, file: PdfFile, run: PlacedRun) -> None:
        if (target := self._leads) is not None:
            base = self._sheet - run.baseline
            rect = f"{run.x:.2f} {base:.2f} {run.x + run.width:.2f} {base + run.size:.2f}"
            self.annotations[-1].append(file.reserve())
            self._links.append((self.annotations[-1][-1], rect, target))

    def write(self, file: PdfFile, pages: Sequence[int]) -> int:
        for number, rect, target in self._links:
            leads = f"/Dest[{pages[target.page]} 0 R/XYZ 0 {target.top:.2f} 0]"
            if target.address is not None:
                leads = f"/A<</S/URI/URI{text_string(target.address)}>>"
            file.fill(number, f"<</Type/Annot/Subtype/Link/Rect[{rect}]/Border[0 0 0]{leads}>>")
        return file.add("<</Type/StructTreeRoot>>")


def pdf(tags: type[Tags]) -> Callable[[Document, Theme], bytes]:
    """What writes a PDF with such tags."""

    def write(document: Document, theme: Theme) -> bytes:
        pages = lay_out(document, theme, width_in_ems)
        return draw(document, pages, tags(document, pages, entries_of(document)), Theme())

    return write


WAYS: dict[str, Callable[[Document, Theme], bytes]] = {
    "without": pdf(_NoTags),
    "with": pdf(Tags),
    "DOCX": WRITERS["docx"].write,
}


def measured(document: Document, theme: Theme, runs: int) -> dict[str, list[float]]:
    """Each way's milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in WAYS}
    for run in range(runs + 1):
        another = replace(document, title=f"{document.title} {run}", footer=f"{document.footer} · {run}")
        for name, write in WAYS.items():
            start = time.process_time()
            write(another, theme)
            if run:  # the first time loads faces and templates
                times[name].append(1000 * (time.process_time() - start))
    return times


def measure(bench: Bench) -> Report:
    """Write each memo's documents in turn."""
    workshop = Workshop(read_book(EXAMPLE).book)
    rows = []
    for memo in MEMOS:
        document = workshop.document(workshop.book.memos[memo], Day(as_of=AS_OF, known_by=AS_OF))
        taken = measured(document, workshop.theme, bench.sizes.tags)
        cost = spread([100 * (a / b - 1) for a, b in zip(taken["with"], taken["without"], strict=True)])
        around = f"{told(cost.low, '')} – {told(cost.high, '')}"
        figures = [told(spread(taken[name]).middle, "") for name in ("without", "with", "DOCX")]
        pages = len(lay_out(document, workshop.theme, width_in_ems))
        rows.append([memo, str(pages), *figures, told(cost.middle, "%"), around])
    heads = ["memo of the example", ":pages", ":PDF without tags, ms", ":PDF, ms", ":DOCX, ms"]
    return Report(tables={"tags": table([*heads, ":the tags cost", ":spread"], rows)})
