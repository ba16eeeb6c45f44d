"""Bound books that tests share, and what they say when they are read in their order."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from briefbook.binder import Binder
from briefbook.composing.bind import Request
from briefbook.document import Citations, Document, Heading, Paragraph, Section, Text, blocks_of, plain
from briefbook.memo import Book, in_one_language
from briefbook.readers.read_book import read_book
from briefbook.workshop import Day, Workshop
from briefbook.writers.bound_layout import BoundPages, lay_out_bound
from briefbook.writers.bound_look import bound_theme
from briefbook.writers.faces import measure_of
from briefbook.writers.theme import Theme
from tests.conftest import EXAMPLE

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
