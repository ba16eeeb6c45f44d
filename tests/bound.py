"""Bound books that tests share, and what they say when they are read in their order."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from briefbook.binder import Binder
from briefbook.composing.bind import Request
from briefbook.document import Citations, Document, Heading, Paragraph, Section, Text, blocks_of, plain
from briefbook.memo import Book
from briefbook.memo_languages import in_one_language
from briefbook.readers.read_book import read_book
from briefbook.workshop import Day, Workshop
from briefbook.writers.bound_layout import BoundPages, lay_out_bound
from briefbook.writers.bound_look import bound_theme
from briefbook.writers.faces import measure_of
from briefbook.writers.theme import Theme
from tests.books import changed, make_book, run
from tests.conftest import EXAMPLE
from tests.profile_memos import SHOWN, write_book

REQUEST = Request(name="book", title="The forums of two neighbours")
THREE = ("security-ministerial", "leaders-contacts", "military-relationship")


@cache
def example() -> Book:
    return read_book(EXAMPLE).book


@cache
def bound_example(citations: Citations = Citations.NUMBERED, memos: tuple[str, ...] = ()) -> Binder:
    """The example book's memos, all or some, bound as of its pin."""
    book = example()
    return bound(replace(book, settings=replace(book.settings, citations=citations)), *memos)


def bound_folder(folder: Path, *memos: str, language: str | None = None) -> Binder:
    """The memos of a book on the disk, all or some; in a language that is not the book's, if one is named."""
    book = read_book(folder).book
    settings = replace(book.settings, language=language or book.settings.language)
    return bound(replace(book, settings=settings), *memos)


def bound(book: Book, *memos: str) -> Binder:
    day = book.settings.as_of
    assert day is not None
    named = [book.memos[memo] for memo in memos or book.memos]
    chosen = named if memos else in_one_language(named, book.settings.language)
    return Workshop(book).binder(chosen, Day(as_of=day, known_by=day), REQUEST)


# ------------------------------------------------------------------------- as the command binds them

SCHEME = """\
marking:
  scheme: custom
  default: open
  levels:
    - {level: open, banner: OPEN TO ALL, portion: O}
    - {level: desk, banner: DESK ONLY, portion: D}
    - {level: restricted, banner: RESTRICTED, portion: R}
  caveats:
    - {caveat: personal, banner: PERSONAL DATA, portion: PD}
    - {caveat: no-press, banner: NOT FOR THE PRESS, portion: NP}
as_of:"""
RESTRICTED = "{level: restricted, caveats: [personal]}"
BY_MEMOS = {
    **changed("memos/council.yaml", "forum:", "marking: {level: desk, caveats: [no-press]}\nforum:"),
    **changed("memos/harbours.yaml", "forum:", f"marking: {RESTRICTED}\nforum:"),
}


def marked(*changes: dict[str, str]) -> dict[str, str]:
    """Changes of the small book: it has a scheme, and these."""
    files = changed("book.yaml", "as_of:", SCHEME)
    for change in changes:
        files |= change
    return files


def example_in(folder: Path) -> Path:
    """A copy of the example book, which binding may record something in."""
    ours = shutil.ignore_patterns(".briefbook", "out")
    return Path(shutil.copytree(EXAMPLE, folder, ignore=ours))


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """A bound book in both formats."""

    docx: bytes
    pdf: bytes


@cache
def joined() -> dict[str, Files]:
    """Bound books in which much meets: the example in Spanish, memos of profiles, memos with markings."""
    twice = {"memos/twice.yaml": (SHOWN / "submission.yaml").read_text(encoding="utf-8")}
    profiles = ("background-paper", "submission", "twice", "state-style")
    with TemporaryDirectory() as folder:
        root = Path(folder)
        asked = {
            "spanish": ("-C", example_in(root / "a"), "bind", "--language", "es"),
            "profiles": ("-C", write_book(root / "b", twice), "bind", *profiles, "--as-of", "2031-04-20"),
            "marked": ("-C", make_book(root / "c", marked(BY_MEMOS)), "bind"),
        }
        made = {}
        for name, arguments in asked.items():
            assert run(*arguments, "--out", root / name).exit_code == 0
            (pdf,), (docx,) = (root / name).glob("*/*.pdf"), (root / name).glob("*/*.docx")
            made[name] = Files(docx=docx.read_bytes(), pdf=pdf.read_bytes())
    return made


def laid_out(binder: Binder, theme: Theme | None = None) -> BoundPages:
    return lay_out_bound(binder, bound_theme(theme or Theme()), measure_of(theme or Theme()))


def as_read(binder: Binder, laid: BoundPages) -> Iterator[Document]:
    """All of a bound book as documents, in reading order: contents and index are paragraphs of their rows."""
    cover, parts = binder.cover, laid.parts
    yield cover
    rows = [f"{row.label} {row.title} {row.page}" for row in laid.rows]
    yield lines(cover, Heading(level=2, children=(binder.contents_title,)), *rows)
    for tab in binder.tabs:
        yield tab.document
    if parts.sources is not None:
        yield parts.sources[0]
    entries = iter(laid.mentions.values())
    yield lines(cover, Heading(level=2, children=(binder.index_title,)))
    for group in binder.index:
        names = [
            ", ".join([entry.words, *("–".join(str(page) for page, _ in m.ends) for m in next(entries))])
            for entry in group.entries
        ]
        yield lines(cover, Heading(level=3, children=(group.title,)), *names)
    if parts.notes is not None:
        yield parts.notes[0]


def lines(cover: Document, heading: Heading, *words: str) -> Document:
    rows = [Paragraph(children=(Text(text=line),)) for line in words]
    return replace(cover, sections=(Section(name="lines", blocks=(heading, *rows)),))


def headings_of(binder: Binder) -> list[tuple[int, str]]:
    """All headings of the memos, with their levels."""
    return [
        (block.level, plain(block.children))
        for tab in binder.tabs
        for block in blocks_of(tab.document)
        if isinstance(block, Heading)
    ]
