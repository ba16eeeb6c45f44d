"""What was made of texts is kept for the next memo: of short ones alone, and of so many."""

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random

import pytest

import briefbook
from briefbook.cited import opening, web_address
from briefbook.composing.markup import parse_section
from briefbook.composing.parser import target_of
from briefbook.composing.pieces import citation, of_template
from briefbook.document import Document, Heading, Section, Text
from briefbook.keeping import LONGEST, Remembered, among_last, remembered
from briefbook.readers.reading_limits import LONGEST_TEXT
from briefbook.writers import WRITERS
from briefbook.writers.line_ends import undivided
from briefbook.writers.pdf_file import text_string
from briefbook.writers.theme import Theme
from briefbook.writers.words import tied

WORDS = [
    f"{stem}{end}" for stem in ("north", "south", "trade", "fish") for end in ("", "ern", "ing", "-wide")
]
OURS = tracemalloc.Filter(True, str(Path(briefbook.__file__).parent / "*"))
PAGE = "https://norland.example/a"


def long_text(seed: int) -> str:
    """A text as long as a book may have one, of the same words whatever the seed."""
    chosen = Random(seed).choices(WORDS, k=LONGEST_TEXT // 4)
    return " ".join(chosen)[: LONGEST_TEXT - 1].rsplit(" ", 1)[0] + "."


def document_of(text: str) -> Document:
    """A document that has a text in all that is set in its own way: a heading, a paragraph, cells, a link."""
    marked = f"{{#forum.tab name}}{text}{{/}}"
    blocks = parse_section(
        f"## {text}\n\n{marked}\n\n"
        f"| Name | Said |\n|---|---|\n| {text} | **{text}** [of](<{PAGE}>) |\n| {marked} of | x |\n"
    )
    heading = Heading(level=1, children=(Text(text="Long"),), aside=())
    section = Section(name="whole", blocks=(heading, *blocks))
    return Document(
        memo="long",
        title=text,
        language="en",
        reference=text[:100],
        author=text,
        as_of=date(2031, 5, 11),
        known_by=date(2031, 5, 11),
        footer=text[:100],
        page_of="{page} of {pages}",
        sections=(section,),
    )


def set_in_both(text: str) -> None:
    document = document_of(text)
    for name in ("docx", "pdf"):
        assert WRITERS[name].write(document, Theme())


def kept_texts() -> Iterator[str]:
    """All texts of which something is kept in this process."""
    for each in gc.get_objects():
        if isinstance(each, Remembered):
            for asked in each:
                yield from [asked] if isinstance(asked, str) else filter(None, map(str, asked))


@pytest.mark.long
def test_of_a_long_text_nothing_is_kept() -> None:
    text, before = long_text(1), {*kept_texts()}
    for each in (long_text(2), "short"):  # words, faces and the template are there from now on
        set_in_both(each)
    gc.collect()
    tracemalloc.start()
    try:
        set_in_both(text)
        set_in_both("short")  # the outline of the last document is kept
        gc.collect()
        taken = tracemalloc.take_snapshot().filter_traces([OURS])  # the tests watch each DOCX, and keep some
    finally:
        tracemalloc.stop()
    assert sum(trace.size for trace in taken.traces) < LONGEST_TEXT
    assert max(map(len, {*kept_texts()} - before)) <= LONGEST


def test_of_a_short_text_all_is_kept() -> None:
    text = "Nothing like this stands in another test – not a word of it"
    assert text not in set(kept_texts())
    set_in_both(text)
    assert text in set(kept_texts())
    known = {id(each): len(each) for each in gc.get_objects() if isinstance(each, Remembered)}
    set_in_both(text)
    assert known == {id(each): len(each) for each in gc.get_objects() if isinstance(each, Remembered)}


@pytest.mark.parametrize(
    "made",
    [
        undivided,
        text_string,
        of_template,
        citation,
        lambda text: tied(f"8 May {text}"),
        lambda text: web_address(f"{PAGE}/é{text}"),
        lambda text: target_of(f"{PAGE}/é{text}"),
        lambda text: opening(PAGE, ("words", text[: LONGEST + 1])),
    ],
    ids=[
        "undivided",
        "text_string",
        "of_template",
        "citation",
        "tied",
        "web_address",
        "target_of",
        "opening",
    ],
)
def test_what_is_made_of_a_short_text_is_made_once(made: Callable[[str], object]) -> None:
    short, long = "a.b" * 20, "a.b" * LONGEST
    assert made(short) is made("a.b" * 20)
    assert made(long) is not made("a.b" * LONGEST)
    assert made(long) == made(long)


def test_so_many_are_kept() -> None:
    asked: list[str] = []

    def made(text: str) -> str:
        asked.append(text)
        return text.upper()

    known = Remembered(made, 10)
    for number in range(10):
        assert known[f"text {number}"] == f"TEXT {number}"
    assert known["text 0"] == "TEXT 0"
    assert len(asked) == len(known) == 10
    known["one more"]
    assert set(known) == {"one more"}  # the others are forgotten at once, and are there again when asked for
    for number in range(1000):
        known[f"text {number % 25}"]
        assert len(known) <= 10


def test_a_function_is_decorated() -> None:
    @remembered(2)
    def halves(text: str) -> tuple[str, str]:
        return text[: len(text) // 2], text[len(text) // 2 :]

    assert halves("abcd") == ("ab", "cd")
    assert halves("abcd") is halves("abcd")
    assert halves("a" * LONGEST) is halves("a" * LONGEST)
    assert halves("a" * (LONGEST + 1)) is not halves("a" * (LONGEST + 1))


def test_what_was_kept_by_hand_is_not_made() -> None:
    known = Remembered(str.upper, 2)
    known.keep("one", "kept")
    known.keep("x" * (LONGEST + 1), "too long")
    assert dict(known) == {"one": "kept"}


def test_the_last_asked_for_are_kept() -> None:
    known: dict[str, int] = {}
    for number in range(5):
        assert among_last(known, f"text {number}", lambda number=number: number, 3) == number  # type: ignore[misc]
    assert list(known) == ["text 2", "text 3", "text 4"]
    assert among_last(known, "text 2", lambda: 1 // 0, 3) == 2
    assert list(known) == ["text 3", "text 4", "text 2"]
