# ruff: noqa: T201 – a script that people watch
"""`python -m benchmarks.documents`: what the tags cost the PDF, and how long DOCX and PDF of a memo take.

Each way is timed in turn with the others, in one warm process, by the time that the process had a core; a
different memo each time, as nothing may be remembered from one to the next. Beside them Typst makes its PDF
of memos of the same words, where the package `typst` is installed: no part of the project needs it.
"""

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from importlib import import_module
from statistics import median

import font_caladea
import font_source_serif_pro
from tests.conftest import EXAMPLE

from benchmarks.memos import memo as memo_of_words
from benchmarks.memos import memo_that_opens, memo_with_timeline
from benchmarks.typst_memo import typst_of
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
MEMOS = ("2026-q1.en", "all")  # of two pages and of six


class _NoTags(Tags):
    """Draws the same pages, links and bookmarks without a tag: for comparison alone."""

    def __init__(
        self, document: Document, pages: Sequence[PlacedPage], entries: Mapping[str, SourceEntry]
    ) -> None:
        self.targets = Targets(pages, entries, document.spoken)
        self.annotations: list[list[int]] = []
        self._links: list[tuple[int, str, Target]] = []
        self._sheet = 0.0

    def begin_page(self, page: PlacedPage) -> None:
        self._sheet = page.height
        self.annotations.append([])

    def turn_to(self, run: PlacedRun) -> str:  # noqa: ARG002
        return ""

    def picture(self, owner: Owner, box: tuple[float, float, float, float]) -> str:  # noqa: ARG002
        return ""

    def close(self) -> str:
        return ""

    def annotate(self, file: PdfFile, run: PlacedRun) -> None:
        target = self.targets.of(run)
        if target is not None:
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
    "PDF without tags": pdf(_NoTags),
    "PDF": pdf(Tags),
    "DOCX": WRITERS["docx"].write,
}


def measured(document: Document, theme: Theme, runs: int) -> dict[str, float]:
    """The median of each way's milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in WAYS}
    for run in range(runs + 1):
        another = replace(document, title=f"{document.title} {run}", footer=f"{document.footer} · {run}")
        for name, write in WAYS.items():
            start = time.process_time()
            write(another, theme)
            if run:  # the first time loads faces and templates
                times[name].append(1000 * (time.process_time() - start))
    return {name: median(taken) for name, taken in times.items()}


def beside_typst(memo_of: Callable[[int], Document], runs: int) -> dict[str, float] | None:
    """The median of our and Typst's milliseconds for one memo, every one of other words; None without Typst.

    Typst once as it is called for one file, once with a compiler that is kept, and so with its faces read.
    """
    try:
        typst = import_module("typst")
    except ModuleNotFoundError:
        return None
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(font_caladea.font_directory), str(font_source_serif_pro.font_directory)],
    )
    kept = typst.Compiler(font_paths=fonts)
    standards = ["ua-1", "a-2a"]
    ways: dict[str, Callable[[Document, bytes], object]] = {
        "Typst": lambda _, source: typst.compile(source, font_paths=fonts, pdf_standards=standards),
        "Typst, compiler kept": lambda _, source: kept.compile(source, pdf_standards=standards),
        "DOCX and PDF": lambda memo, _: [WRITERS[name].write(memo, Theme()) for name in ("docx", "pdf")],
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for run in range(runs + 1):
        for turn, (name, write) in enumerate(ways.items()):
            another = memo_of(len(ways) * run + turn)
            source = typst_of(another)
            start = time.process_time()
            write(another, source)
            if run:
                times[name].append(1000 * (time.process_time() - start))
    return {name: median(taken) for name, taken in times.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    options = parser.parse_args()
    workshop = Workshop(read_book(EXAMPLE).book)
    for memo in MEMOS:
        document = workshop.document(workshop.book.memos[memo], Day(as_of=AS_OF, known_by=AS_OF))
        took = measured(document, workshop.theme, options.runs)
        print(f"{memo}:", ", ".join(f"{name} {taken:.1f} ms" for name, taken in took.items()))
        print(f"  tags: +{100 * (took['PDF'] / took['PDF without tags'] - 1):.0f} %")
        print(f"  DOCX and PDF together: {took['DOCX'] + took['PDF']:.1f} ms")
    kinds = {
        "words alone": memo_of_words,
        "whose citations open their sources": memo_that_opens,
        "with a timeline": memo_with_timeline,
    }
    for kind, memo_of in kinds.items():
        beside = beside_typst(memo_of, options.runs)
        if beside is None:
            print("Typst is not here: pip install typst, in an environment of its own with ours")
            return
        own = beside["DOCX and PDF"]
        print(f"{kind}:")
        for name, taken in beside.items():
            print(f"  {name}: {taken:.1f} ms" + ("" if taken == own else f", ours {own / taken:.2f} ×"))


if __name__ == "__main__":
    main()
