"""Rows 1 and 2: the memo by briefbook and by its peers, warm, in turn; all files are read back first."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.bench import Bench, Sizes
from benchmarks.book import AS_OF, memo_id, write_book
from benchmarks.figures import Bar, Finding, Report, Wanted, spread, table, told
from benchmarks.fixed_work import CALIBRATED
from benchmarks.reading_back import verify, verify_claims
from benchmarks.words import words_of
from benchmarks.work import words_of as words_at
from benchmarks.workers import OWN_PYTHON, Worker, WorkerError, folder_for, write_words
from briefbook.readers.read_book import read_book
from briefbook.workshop import Day, Workshop

WARM = 30  # memos that each way makes before it is timed; the first of them are read back
READ_BACK = 3
# Memos that a way makes at the start of each turn and that don't count: a process that has waited for seconds
# finds its memory cold, and its first memo takes as long as three or four of those that it makes in a row.
AGAIN_WARM = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way to make the memo: the module under `benchmarks` that knows it, and the name that it has there."""

    name: str
    module: str
    way: str
    gives: str = ""
    face: str = "Caladea"
    optional: bool = False  # it needs what no lock can bring along

    @property
    def is_own(self) -> bool:
        """Whether briefbook is at work."""
        return self.module == "own"


PAIR = "briefbook: DOCX and PDF"
DOCX, TYPST, TYPST_KEPT = "briefbook: DOCX alone", "Typst, called", "Typst, compiler kept"
DOCXTPL, OFFICE = "docxtpl", "docxtpl + LibreOffice, a batch"
SERIF = "Source Serif Pro"
PAIR_SERIF = f"{PAIR}, in {SERIF}"
PAIR_KEPT = f"{PAIR}, and what the record keeps"
WEASYPRINT, HARFBUZZ = "WeasyPrint, faces cut by fontTools", "WeasyPrint, faces cut by HarfBuzz"
WEASYPRINT_SERIF, HARFBUZZ_SERIF = (f"{name}, in {SERIF}" for name in (WEASYPRINT, HARFBUZZ))
WORK = "fixed work"
TAGGED = "PDF/UA-1 + PDF/A-2a"

WITH_WEASYPRINT = "peers.with_weasyprint"
WAYS = (
    Way(name=PAIR, module="own", way="pair", gives=f"DOCX, {TAGGED}"),
    Way(name=DOCX, module="own", way="docx", gives="DOCX"),
    Way(name="briefbook: PDF alone", module="own", way="pdf", gives=TAGGED),
    Way(name=PAIR_KEPT, module="own", way="kept", gives=f"DOCX, {TAGGED}"),
    Way(name=TYPST, module="peers.with_typst", way="called", gives=TAGGED),
    Way(name=TYPST_KEPT, module="peers.with_typst", way="kept", gives=TAGGED),
    Way(name=DOCXTPL, module="peers.with_docxtpl", way="docx", gives="DOCX"),
    Way(name="python-docx", module="peers.with_python_docx", way="docx", gives="DOCX"),
    Way(name="fpdf2", module="peers.with_fpdf2", way="pdf", gives="PDF"),
    Way(name=PAIR_SERIF, module="own", way="serif", gives=f"DOCX, {TAGGED}", face=SERIF),
    *(
        Way(name=name, module=WITH_WEASYPRINT, way=way, gives="PDF/UA-1", face=face, optional=True)
        for name, way, face in (
            (WEASYPRINT, "pdf", "Caladea"),
            (WEASYPRINT_SERIF, "serif", SERIF),
            (HARFBUZZ, "pdf-harfbuzz", "Caladea"),
            (HARFBUZZ_SERIF, "serif-harfbuzz", SERIF),
        )
    ),
    Way(name=WORK, module="fixed_work", way="work"),
)
BATCH = Way(
    name=OFFICE, module="peers.with_libreoffice", way="pdf", gives="DOCX, PDF with tags", optional=True
)

ALL = {way.name: way for way in (*WAYS, BATCH)}

Times = dict[str, list[float]]  # seconds of processor for a memo, by way: one mean a round


def measure(bench: Bench) -> Report:
    """Make, read back, then time in turn. Raises OtherWordsError, WorkerError."""
    sizes = bench.sizes
    in_turns = sizes.rounds * (AGAIN_WARM + sizes.memos_a_round)
    prepare(bench.base, WARM + max(in_turns, sizes.batches * sizes.batch))
    with ExitStack() as stack:
        workers, missing = _begun(bench, stack)
        lengths = {name: _read_back(ALL[name], worker) for name, worker in workers.items()}
        times, batches = _timed(workers, sizes)
    return _report(times, batches, missing, lengths, sizes.batch)


def prepare(base: Path, memos: int) -> None:
    """Write a book of so many memos, and their words as plain data."""
    book = write_book(base / "book", memos)
    write_book(base / "book-serif", memos, settings=["theme: {faces: source-serif-pro}"])
    workshop = Workshop(read_book(book).book)
    day = Day(as_of=AS_OF, known_by=AS_OF)
    made = (workshop.document(workshop.book.memos[memo_id(n)], day) for n in range(memos))
    write_words(base, [words_of(document, number) for number, document in enumerate(made)])


def _begun(bench: Bench, stack: ExitStack) -> tuple[dict[str, Worker], dict[str, str]]:
    """A process for each way, and why some could not be begun."""
    workers: dict[str, Worker] = {}
    missing: dict[str, str] = {}
    for way in ALL.values():
        python = bench.peers if way.module.startswith("peers.") else OWN_PYTHON
        folder = folder_for(way.name, bench.base)
        try:
            if way is BATCH and shutil.which("soffice") is None:
                raise WorkerError("LibreOffice is not here")
            worker = stack.enter_context(Worker(python, f"benchmarks.{way.module}", way.way, folder))
            worker.make(())  # makes itself ready; what it needs and has not is told now
            workers[way.name] = worker
        except WorkerError as error:
            if not way.optional:
                raise
            missing[way.name] = str(error).splitlines()[-1]
    return workers, missing


def _read_back(way: Way, worker: Worker) -> dict[str, int]:
    """Bytes of a memo's file, by the file's ending. Raises OtherWordsError."""
    name = way.name
    worker.make(range(READ_BACK), keep=name != WORK)
    files = [path for path in worker.folder.iterdir() if path.suffix in (".docx", ".pdf")]
    made = [path for path in files if path.stem.isdecimal()]
    for path in made:
        data, words = path.read_bytes(), words_at(worker.folder, int(path.stem))
        verify(data, words, f"{name}, {path.name}")
        if path.suffix == ".pdf":
            verify_claims(data, way.gives, way.face, f"{name}, {path.name}")
    if name != WORK:
        print(f"{name}: {len(made)} files say what they were told to", file=sys.stderr)  # noqa: T201
        worker.make(range(READ_BACK, WARM))
    lengths = {path.suffix: path.stat().st_size for path in made}
    return {suffix: lengths[suffix] for suffix in sorted(lengths)}


def _timed(workers: Mapping[str, Worker], sizes: Sizes) -> tuple[Times, dict[int, float]]:
    """All ways in turn, each round with another first; and LibreOffice's batches, by their rounds."""
    names = [name for name in workers if name != OFFICE]
    times: Times = {name: [] for name in names}
    batches: dict[int, float] = {}
    for turn in range(sizes.rounds):
        first = WARM + turn * (AGAIN_WARM + sizes.memos_a_round)
        counted = first + AGAIN_WARM
        at = turn % len(names)
        for name in (*names[at:], *names[:at]):
            workers[name].make(range(first, counted))
            times[name].append(workers[name].make(range(counted, counted + sizes.memos_a_round)))
        if OFFICE in workers and turn in _batch_rounds(sizes):
            first = WARM + len(batches) * sizes.batch
            batches[turn] = workers[OFFICE].make(range(first, first + sizes.batch))
        print(f"round {turn + 1} of {sizes.rounds}", file=sys.stderr)  # noqa: T201
    return times, batches


def _batch_rounds(sizes: Sizes) -> set[int]:
    step = sizes.rounds / sizes.batches
    return {int(step * (number + 0.5)) for number in range(sizes.batches)}


# ---------------------------------------------------------------------------------- what was found


BESIDE_WEASYPRINT = (
    (
        PAIR_SERIF,
        WEASYPRINT_SERIF,
        "DOCX and PDF, warm: × faster than docxtpl + WeasyPrint PDF/UA as pip installs it, PDFs in "
        "Source Serif Pro (as slow as the issue found it)",
    ),
    (PAIR, WEASYPRINT, "the same, PDFs in Caladea"),
    (PAIR_SERIF, HARFBUZZ_SERIF, "the same with HarfBuzz to cut the faces, PDFs in Source Serif Pro"),
    (PAIR, HARFBUZZ, "the same with HarfBuzz to cut the faces, PDFs in Caladea"),
)


def _report(
    times: Times,
    batches: Mapping[int, float],
    missing: Mapping[str, str],
    lengths: Mapping[str, Mapping[str, int]],
    batch: int,
) -> Report:
    pair, docx = times[PAIR], times[DOCX]
    best = min((TYPST, TYPST_KEPT), key=lambda name: median(times[name]))

    def ratios(over: list[float], under: list[float]) -> tuple[float, ...]:
        return tuple(one / other for one, other in zip(over, under, strict=True))

    def beside_weasyprint(own: str, peer: str) -> tuple[float, ...]:
        if peer not in times:
            return ()
        return ratios([a + b for a, b in zip(times[DOCXTPL], times[peer], strict=True)], times[own])

    findings = (
        Finding(
            row=1,
            what=f"DOCX and PDF, warm: time as × that of Typst's PDF alone ({best.removeprefix('Typst, ')})",
            wanted=Wanted(limit=1.0),
            values=ratios(pair, times[best]),
        ),
        *(
            Finding(
                row=1,
                what=what,
                wanted=Wanted(limit=30, at_least=True),
                values=beside_weasyprint(own, peer),
                note=missing.get(peer, ""),
            )
            for own, peer, what in BESIDE_WEASYPRINT
        ),
        Finding(
            row=1,
            what=f"DOCX and PDF, warm: × faster than docxtpl + LibreOffice in a batch of {batch}",
            wanted=Wanted(limit=8, at_least=True),
            values=tuple(took / pair[turn] for turn, took in batches.items()),
            note=missing.get(OFFICE, ""),
        ),
        Finding(
            row=2,
            what="DOCX alone, warm: × faster than docxtpl",
            wanted=Wanted(limit=5, at_least=True),
            values=ratios(times[DOCXTPL], docx),
        ),
    )
    return _with_tables(findings, times, batches, lengths)


def _with_tables(
    findings: tuple[Finding, ...],
    times: Times,
    batches: Mapping[int, float],
    lengths: Mapping[str, Mapping[str, int]],
) -> Report:
    unit = {turn: 1000 * CALIBRATED / took for turn, took in enumerate(times[WORK])}
    calibrated = {
        name: [took * unit[turn] for turn, took in enumerate(taken)] for name, taken in times.items()
    }
    if batches:
        calibrated[OFFICE] = [took * unit[turn] for turn, took in batches.items()]
    own = median(calibrated[PAIR])
    rows = [
        list(_row(way, calibrated[way.name], own, lengths[way.name]))
        for way in _shown()
        if way.name in calibrated
    ]
    heads = [
        *("way", "gives", ":calibrated ms: median", ":spread", ":runs", ":× briefbook's pair"),
        ":KB of a memo's file",
    ]
    bars = tuple(
        Bar(label=way.name, gives=way.gives, milliseconds=median(calibrated[way.name]), own=way.is_own)
        for way in _shown()
        if way.name in calibrated
    )
    return Report(findings=findings, tables={"peers": table(heads, rows)}, bars=bars)


def _shown() -> Iterator[Way]:
    yield from (way for way in WAYS if way.name != WORK)
    yield BATCH


def _row(way: Way, calibrated: list[float], own: float, lengths: Mapping[str, int]) -> Iterator[str]:
    values = spread(calibrated)
    yield from (way.name, way.gives, told(values.middle, ""))
    yield f"{told(values.low, '')} – {told(values.high, '')}"
    yield from (str(values.runs), told(values.middle / own, ""))
    yield ", ".join(f"{length / 1000:.1f}" for length in lengths.values())  # DOCX, PDF
