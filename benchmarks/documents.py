"""What the tags cost the PDF: memos with them, and by a way of the benchmark's own without.

Each way is timed in turn with the others, in one warm process, by the time that the process had a core. Every
document is another memo, of a forum of its own, that no way has had: nothing of it may be remembered from
one to the next. Each way is as often the first of its turn as the others. Garbage in cycles is looked for as
seldom as in the command's own process: a pass over the book would fall on some documents and not on others.
"""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.book import AS_OF, forum_id, memo_id, write_book
from benchmarks.figures import Report, spread, table, told
from briefbook.__main__ import OBJECTS
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

MANY = 4  # forums of a long memo


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


def measured(documents: Sequence[Document], theme: Theme) -> dict[str, list[float]]:
    """Each way's milliseconds; the documents are given out one by one."""
    times: dict[str, list[float]] = {name: [] for name in WAYS}
    names = list(WAYS)
    for turn in range(len(documents) // len(WAYS)):
        first = turn % len(WAYS)
        for place, name in enumerate(names[first:] + names[:first]):
            document = documents[turn * len(WAYS) + place]
            start = time.process_time()
            WAYS[name](document, theme)
            if turn:  # the first time loads faces and templates
                times[name].append(1000 * (time.process_time() - start))
    return times


def documents_of(folder: Path, turns: int) -> tuple[Theme, list[Document], list[Document]]:
    """The look of a book that is written there, its memos of one forum and of many: three for each turn."""
    count = turns * len(WAYS)
    write_book(folder, count, forums=count * (1 + MANY))
    for number in range(count):
        forums = map(forum_id, range(count + number * MANY, count + (number + 1) * MANY))
        text = f"title: Councils {number}\nforums: [{', '.join(forums)}]\n"
        (folder / f"memos/{_long_id(number)}.yaml").write_text(text, encoding="utf-8")
    workshop, day = Workshop(read_book(folder).book), Day(as_of=AS_OF, known_by=AS_OF)
    short, long = (
        [workshop.document(workshop.book.memos[id_of(number)], day) for number in range(count)]
        for id_of in (memo_id, _long_id)
    )
    return workshop.theme, short, long


def _long_id(number: int) -> str:
    return f"long-{number:05}"


def measure(bench: Bench) -> Report:
    """Write each memo's documents in turn."""
    found = gc.get_threshold()
    gc.set_threshold(OBJECTS)
    try:
        return _report(bench)
    finally:
        gc.set_threshold(*found)  # the next part is measured in this process too


def _report(bench: Bench) -> Report:
    theme, short, long = documents_of(bench.folder("tags"), bench.sizes.tags + 1)
    rows = []
    for name, documents in (("one forum", short), (f"{MANY} forums", long)):
        taken = measured(documents, theme)
        cost = spread([100 * (a / b - 1) for a, b in zip(taken["with"], taken["without"], strict=True)])
        around = f"{told(cost.low, '')} – {told(cost.high, '')}"
        figures = [told(spread(taken[way]).middle, "") for way in ("without", "with", "DOCX")]
        pages = len(lay_out(documents[0], theme, width_in_ems))
        rows.append([name, str(pages), *figures, told(cost.middle, "%"), around])
    heads = ["memo of", ":pages", ":PDF without tags, ms", ":PDF, ms", ":DOCX, ms"]
    return Report(tables={"tags": table([*heads, ":the tags cost", ":spread"], rows)})
