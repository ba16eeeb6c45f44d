"""One book for many readers: profile, marking, language, way of citing, binding and house, all at once.

What each does alone, tests of its own show. Here the judges see what comes of them together.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import pymupdf
import pytest

from briefbook.binding import BOUND_WRITERS
from briefbook.composing.bind import Request
from briefbook.diagnostics import Severity
from briefbook.readers.read_book import read_book
from briefbook.workshop import Day, Task, Workshop
from briefbook.writers.bound_book import laid_book
from tests.audit import faults_of
from tests.books import run
from tests.docx_watch import Way, ways_of
from tests.houses.by_hand import hand_made_house
from tests.houses.by_libreoffice import libreoffice_house
from tests.houses.by_python_docx import python_docx_house
from tests.houses.with_places import house_with_places
from tests.profile_memos import NAMES, SHOWN, STARTER, long_memo, write_book
from tests.test_pdf_standards import spoiled, told_by_outloud
from tests.verapdf import PROFILES, judged, needs_verapdf
from tests.writers.tagged import read_tagged

CUSTOM = """\
marking:
  scheme: custom
  default: open
  levels:
    - {level: open, banner: OPEN, portion: O, ink: "1A1A1A", paper: "FFFFFF"}
    - {level: desk, banner: DESK ONLY, portion: D}
    - {level: restricted, banner: RESTRICTED, portion: R, paper: "7A0019"}
  caveats:
    - {caveat: personal, banner: PERSONAL DATA, portion: PD}
    - {caveat: no-press, banner: NOT FOR THE PRESS, portion: NP}
"""
HIGHEST = "RESTRICTED//PERSONAL DATA//NOT FOR THE PRESS"
SHOWN_TO = {  # for whom variants are made, and the banners that these may have by what is in them
    "numbered": ("open", {"OPEN"}),
    "footnotes": ("desk", {"OPEN", "DESK ONLY"}),
    "endnotes": ("desk,personal", {"OPEN", "DESK ONLY//PERSONAL DATA"}),
}
TLP = {  # the same; no fact is marked amber
    "clear": {"TLP:CLEAR"},
    "green": {"TLP:GREEN"},
    "amber": {"TLP:GREEN"},
    "amber-strict": {"TLP:AMBER+STRICT"},
    "red": {"TLP:RED"},
}
RAISED = dict(zip(TLP, ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"), strict=True))
CITATIONS = ("numbered", "footnotes", "endnotes")
HOUSES: Mapping[str, Callable[[], bytes]] = {
    "hand": hand_made_house,
    "python-docx": python_docx_house,
    "libreoffice": libreoffice_house,
    "places": house_with_places,
}
OWN = ("fisheries-council", "promise", *NAMES)  # a memo of each profile, and one of which much is left out
BOUND = (*OWN, "submission-long")
DAY = Day(as_of=date(2031, 12, 1), known_by=date(2031, 12, 1))
NO_BANNER = frozenset({""})
OF_FULL = frozenset({"OPEN", "DESK ONLY", "DESK ONLY//PERSONAL DATA", HIGHEST})


class Made(NamedTuple):
    """A DOCX and a PDF, their language, and which banners they may have."""

    stem: Path
    language: str
    banners: Set[str]


# ---------------------------------------------------------------------------------------- the books


def marked(note: str, radio: str, fishing: str) -> dict[str, str]:
    """The starter's facts with markings: of two of its three sources, and of a priority in two languages."""
    files = {}
    for name, markings in (
        ("facts/sources.yaml", {"joint-note-2031-05-12": note, "radio-2031-09": radio}),
        ("facts/fisheries-council.yaml", {"night-fishing": fishing}),
    ):
        text = (STARTER / name).read_text(encoding="utf-8")
        for fact, marking in markings.items():
            assert text.count(f"\n  {fact}:\n") == 1, fact
            text = text.replace(f"\n  {fact}:\n", f"\n  {fact}:\n    marking: {marking}\n")
        spanish = ", es: Poner fin a la pesca nocturna en el estrecho.}"
        files[name] = re.sub("(End night fishing in the strait.)", rf"{{en: \1{spanish}", text)
    return files


def book_of(root: Path, citations: str, marking: str = "", files: Mapping[str, str] | None = None) -> Path:
    """The starter's book in two languages, with a memo of each profile and one that promises a page."""
    book = (STARTER / "book.yaml").read_text(encoding="utf-8").replace("language: en\n", "")
    promise = "title: {en: Short, es: Breve}\nforum: fisheries-council\nlength: 1\n"
    return write_book(
        root,
        {
            "book.yaml": f"{book}languages: [en, es]\ncitations: {citations}\n{marking}",
            "memos/promise.yaml": promise + "theme: {margins: {top: 6cm, bottom: 6cm}}\n",
            "memos/submission-long.yaml": long_memo("submission"),
            **(files or {}),
        },
    )


def custom(root: Path, citations: str) -> Path:
    """The same, with every level and every caveat of a scheme of its own."""
    facts = marked("{level: desk, caveats: [personal]}", "{level: restricted, caveats: [no-press]}", "desk")
    return book_of(root, citations, CUSTOM, facts)


class Makers(NamedTuple):
    """A book, and who makes its memos in each language: templates are compiled once for all of them."""

    book: Path
    workshops: Mapping[str, Workshop]


def makers_of(book: Path) -> Makers:
    read = read_book(book)
    assert [problem for problem in read.problems if problem.severity is Severity.ERROR] == []
    settings = read.book.settings
    of_language = {
        language: Workshop(replace(read.book, settings=replace(settings, language=language)))
        for language in ("en", "es")
    }
    return Makers(book, of_language)


def built(makers: Makers, memos: Sequence[str], languages: str, banners: Set[str]) -> Iterator[Made]:
    """Memos in some languages, as DOCX and PDF."""
    for language, memo in product(languages.split(), memos):
        workshop = makers.workshops[language]
        task = Task(memo=workshop.book.memos[f"{memo}.{language}"], day=DAY, formats=("docx", "pdf"))
        rendered = workshop.render(task)
        assert rendered.problems == ()
        yield Made(written(makers.book / f"{memo}.{language}", rendered.outputs), language, banners)


def released(makers: Makers, memos: Sequence[str], level: str, banners: Set[str]) -> Iterator[Made]:
    """Variants in Spanish, by the command."""
    names = [f"{memo}.es" for memo in memos]
    asked = ("--releasable-to", level, "--as-of", str(DAY.as_of), "--format", "docx,pdf")
    done = run("-C", makers.book, "build", *names, *asked)
    assert done.exit_code == 0, done.stderr
    made = sorted((makers.book / "out").rglob(f"*.releasable-to-{level.replace(',', '+')}.pdf"))
    assert len(made) == len(memos)
    for file in made:
        yield Made(file.with_suffix(""), "es", banners)


def bound(makers: Makers, banner: str, memos: Sequence[str] = BOUND) -> Iterator[Made]:
    """The book bound in both languages, as `bind --language` does."""
    for language, workshop in makers.workshops.items():
        chosen = [workshop.book.memos[f"{memo}.{language}"] for memo in memos]
        binder = workshop.binder(chosen, DAY, Request(name="bound", title="Norland–Sudland forums"))
        laid = laid_book(binder, workshop.theme)
        outputs = {name: write(laid) for name, write in BOUND_WRITERS.items()}
        yield Made(written(makers.book / f"bound-{language}", outputs), language, {banner})


def written(stem: Path, outputs: Mapping[str, bytes]) -> Path:
    for name, content in outputs.items():
        stem.with_name(f"{stem.name}.{name}").write_bytes(content)
    return stem


def under_tlp(root: Path) -> Iterator[Made]:
    """A memo that shows no fact, raised to each level, and a variant of another at each level."""
    memo = "title: {en: Meeting, es: Reunión}\nmeeting: fisheries-council-3\nsections: [header]\nmarking: "
    raised = {f"memos/at-{level}.yaml": f"{memo}{level}\n" for level in TLP}
    scheme = "marking: {scheme: tlp, default: clear, portions: true}\n"
    facts = marked("green", "amber-strict", "red")
    makers = makers_of(book_of(root, "endnotes", scheme, {**facts, **raised}))
    for level in TLP:
        yield from built(makers, [f"at-{level}"], "es", {RAISED[level]})
        yield from released(makers, ["fisheries-council"], level, TLP[level])


def everything(root: Path) -> Iterator[Made]:
    """All of it, as DOCX and PDF."""
    for citations in CITATIONS:
        plain = makers_of(book_of(root / f"{citations}-plain", citations))
        closed = makers_of(custom(root / citations, citations))
        yield from bound(plain, "")
        yield from bound(closed, HIGHEST)
        languages = "en es" if citations == "numbered" else "es"
        yield from built(closed, OWN, languages, OF_FULL)
        if citations == "numbered":
            yield from built(plain, OWN, languages, NO_BANNER)
        some = ("fisheries-council", "submission", "background-paper")
        yield from released(closed, some, *SHOWN_TO[citations])
    yield from under_tlp(root / "tlp")


# ---------------------------------------------------------------------------------------- the judges


@pytest.mark.long
@needs_verapdf
def test_the_judges_pass_what_every_audience_gets(tmp_path: Path) -> None:
    made = list(everything(tmp_path))
    assert {banner_of(each) for each in made} == {"", *OF_FULL, *RAISED.values()}
    bad = tmp_path / "bad"
    written(bad, {"pdf": spoiled(), "docx": out_of_order(with_ending(made[0].stem, "docx").read_bytes())})
    files = [*(with_ending(each.stem, "pdf") for each in made), tmp_path / "bad.pdf"]
    verdicts = judged(files)
    good = [(v.file, v.profile, v.failures) for v in verdicts if not v.passed and v.file != files[-1]]
    assert good == []
    assert [v.profile for v in verdicts if not v.passed] == list(PROFILES)
    found = [finding for file in files[:-1] for finding in told_by_outloud(file)]
    # Memos of a bound book begin alike, so that their first lines pass for running heads: see test_bound_pdf.
    assert [each for each in found if not (each[0].startswith("bound-") and each[1] == "PAG-001")] == []
    stems = [*(each.stem for each in made), bad]
    assert set(faulty([with_ending(stem, "docx") for stem in stems], tmp_path)) == {tmp_path / "bad.docx"}


def with_ending(stem: Path, ending: str) -> Path:
    return stem.with_name(f"{stem.name}.{ending}")


def banner_of(made: Made) -> str:
    """The banner on a PDF's first page, after a look at its language: one that it may have."""
    with pymupdf.open(with_ending(made.stem, "pdf")) as pdf:  # type: ignore[no-untyped-call]
        lines: set[str] = set(pdf[0].get_text().splitlines())
        assert pdf.xref_get_key(pdf.pdf_catalog(), "Lang") == ("string", made.language), made.stem
    [banner] = lines & {*OF_FULL, *RAISED.values()} or {""}
    assert banner in made.banners, (made.stem, banner)
    return banner


@pytest.mark.long
def test_word_finds_no_fault_where_a_house_meets_profiles_and_markings(tmp_path: Path) -> None:
    plain, closed = book_of(tmp_path / "plain", "footnotes"), custom(tmp_path / "marked", "footnotes")
    made: list[Path] = []
    for book, is_marked in ((plain, False), (closed, True)):
        memos = list(in_houses(book))
        pairs = built(makers_of(book), memos, "es", OF_FULL if is_marked else NO_BANNER)
        files = [with_ending(each.stem, "docx") for each in pairs]
        for file in files:
            assert any(banner in furniture_of(file) for banner in OF_FULL) == is_marked, file
        made += files
    assert len(made) == 2 * 3 * len(HOUSES)
    assert faulty(made, tmp_path) == {}


def in_houses(book: Path) -> Iterator[str]:
    """Write memos without and with a profile for each house's file; gives their names."""
    for house, make in HOUSES.items():
        (book / f"{house}.docx").write_bytes(make())
    texts = {name: (SHOWN / f"{name}.yaml").read_text(encoding="utf-8") for name in NAMES[1::2]}
    texts["memo"] = "title: {en: Council, es: Consejo}\nforum: fisheries-council\n"
    for house, name in product(HOUSES, texts):
        (book / f"memos/{house}-{name}.yaml").write_text(
            f"{texts[name]}house: {house}.docx\n", encoding="utf-8"
        )
        yield f"{house}-{name}"


def furniture_of(file: Path) -> set[str]:
    """The paragraphs of all headers."""
    sections = docx.Document(str(file)).sections
    return {
        paragraph.text.strip("\u00a0")  # paper beside a banner's letters
        for section in sections
        for header in (section.header, section.first_page_header)
        for paragraph in header.paragraphs
    }


def faulty(files: Iterable[Path], folder: Path) -> dict[Path, list[str]]:
    """What openxml-audit finds in each DOCX; one built in no new way is passed over (docx_watch)."""
    known: set[Way] = set()
    found: dict[Path, list[str]] = {}
    for file in files:
        content = file.read_bytes()
        ways = ways_of(content)
        if not ways <= known:
            if faults := faults_of(content, folder):
                found[file] = faults
            known |= ways
    return found


def out_of_order(content: bytes) -> bytes:
    """A DOCX in which the properties of a paragraph stand behind its text."""
    out = BytesIO()
    with ZipFile(BytesIO(content)) as archive, ZipFile(out, "w", ZIP_DEFLATED) as made:
        for name in archive.namelist():
            part = archive.read(name)
            if name == "word/document.xml":
                part, count = re.subn(
                    rb"(<w:p>)(<w:pPr>.*?</w:pPr>)(<w:r>.*?</w:r>)", rb"\1\3\2", part, count=1
                )
                assert count == 1
            made.writestr(name, part)
    return out.getvalue()


# ------------------------------------------------------------------- what the first sheet alone says


def test_an_identification_line_is_read_out_once_and_last(tmp_path: Path) -> None:
    """It stands at the foot of the first page alone, and so is no running foot (ISO 14289-1, 7.8)."""
    memo = long_memo("background-paper").replace("Ms Vik", "Ms Vik of the long paper")
    book = book_of(tmp_path / "book", "endnotes", files={"memos/background-paper-long.yaml": memo})
    line = "Ms Vik of the long paper/Fisheries desk/ext. 4471/1 December 2031"
    makers = makers_of(book)
    [alone] = built(makers, ["background-paper-long"], "en", NO_BANNER)
    whole, _ = bound(makers, "", ["background-paper-long", "promise"])
    told = read_tagged(with_ending(alone.stem, "pdf").read_bytes())
    assert [node.text.strip() for node in told.root.all("P")][-1] == line
    told = read_tagged(with_ending(whole.stem, "pdf").read_bytes())
    first, second = told.root.all("Part")
    assert [node.text.strip() for node in first.all("P")][-1] == line
    assert line not in second.text
    assert not any("Ms Vik" in artifact.text for artifact in told.artifacts)
    sections = docx.Document(str(with_ending(whole.stem, "docx"))).sections
    [own] = [section for section in sections if section.different_first_page_header_footer]
    assert own.first_page_footer.paragraphs[0].text.startswith(f"{line}\t")
    assert "Ms Vik" not in own.footer.paragraphs[0].text
    assert own.first_page_header.paragraphs[0].text == own.header.paragraphs[0].text
