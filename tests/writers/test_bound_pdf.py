"""The bound book as PDF: contents, index and bookmarks lead where they say; one tagged, archival file."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTContainer, LTTextContainer

from briefbook.binder import Binder
from briefbook.document import Citations
from briefbook.notes import notes_of
from briefbook.writers.bound_pdf import write_bound_pdf
from briefbook.writers.theme import PAGES, File, Logo, Theme
from tests.books import make_book
from tests.bound import THREE, as_read, bound_example, bound_folder, joined, laid_out
from tests.pictures import png
from tests.test_pdf_standards import told_by_outloud
from tests.verapdf import judged, needs_verapdf
from tests.writers.tagged import Node, Tagged, read_tagged
from tests.writers.test_pdf_tags import heard, told_as_printed


@cache
def pdf_of(citations: Citations = Citations.NUMBERED, memos: tuple[str, ...] = ()) -> bytes:
    return write_bound_pdf(bound_example(citations, memos), Theme())


@cache
def read(citations: Citations = Citations.NUMBERED, memos: tuple[str, ...] = ()) -> Tagged:
    return read_tagged(pdf_of(citations, memos))


@cache
def page_texts(data: bytes) -> list[str]:
    """The words on each page, in one line."""
    pages = extract_pages(BytesIO(data))
    return [
        " ".join(" ".join(box.get_text().split()) for box in page if isinstance(box, LTTextContainer))
        for page in pages
    ]


def page_of(tagged: Tagged, annotation: Any) -> int:
    """The page that a link leads to, from 1."""
    numbers = {page.obj.objgen: number for number, page in enumerate(tagged.file.pages, 1)}
    return numbers[annotation.Dest[0].objgen]


# ------------------------------------------------------------------------------------- the contents


def rows_of(tagged: Tagged) -> list[Node]:
    (contents,) = tagged.root.all("TOC")
    assert all(isinstance(kid, Node) and kid.role == "TOCI" for kid in contents.kids)
    return contents.all("TOCI")


def test_a_row_of_the_contents_names_the_page_where_its_memo_begins() -> None:
    tagged, binder, texts = read(), bound_example(), page_texts(pdf_of())
    rows = rows_of(tagged)
    for tab, row in zip(binder.tabs, rows, strict=False):
        assert row.text.startswith(f"{tab.label} {tab.title} ")
        number = int(row.words[-1])
        assert f"{tab.label} · Briefing memo" in texts[number - 1]
        assert tab.title in texts[number - 1]
    behind = [row.text.split() for row in rows[len(binder.tabs) :]]
    assert [words[0] for words in behind] == ["Sources", "Index"]
    for title, page in behind:
        assert re.search(rf"\b{title}\b", texts[int(page) - 1])


def test_links_of_the_contents_lead_to_their_pages_and_say_so() -> None:
    tagged = read()
    for row in rows_of(tagged):
        (reference,) = row.all("Reference")
        (link,) = reference.all("Link")
        assert link.annotations
        for annotation in link.annotations:
            assert page_of(tagged, annotation) == int(row.words[-1])
            assert str(annotation.Contents).endswith(f", page {row.words[-1]}")


@pytest.mark.long
def test_contents_of_several_pages_still_name_the_right_ones(tmp_path: Path) -> None:
    memos = {
        f"memos/m{number:02}.yaml": f"title: Council number {number} of a long row\nforum: council\n"
        for number in range(70)
    }
    binder = bound_folder(make_book(tmp_path, memos), *(f"m{number:02}" for number in range(70)))
    data = write_bound_pdf(binder, Theme())
    texts = page_texts(data)
    assert "Tab 70" in texts[2]  # contents on two pages, the second of them page 3
    for tab, row in zip(binder.tabs, rows_of(read_tagged(data)), strict=False):
        assert f"{tab.label} · Briefing memo" in texts[int(row.words[-1]) - 1]


# ---------------------------------------------------------------------------------------- the index


def entries_of(tagged: Tagged) -> Iterator[tuple[str, list[int], Node]]:
    """The entries of the index: name, all pages that it names, node."""
    (index,) = tagged.root.all("Index")
    for body in index.all("LBody"):
        name, _, numbers = body.text.strip().partition(", ")
        pages: list[int] = []
        for piece in numbers.split(", "):
            first, _, last = piece.partition("–")
            pages += range(int(first), int(last or first) + 1)
        yield name, pages, body


def test_the_index_names_every_page_that_shows_a_fact_and_no_other() -> None:
    tagged, binder = read(), bound_example()
    where: dict[int, set[int]] = {}
    for page in laid_out(binder).pages:
        for run in page.runs:
            if run.anchor is not None:
                where.setdefault(run.anchor, set()).add(page.number)
    found = {name: pages for name, pages, _ in entries_of(tagged)}
    entries = [entry for group in binder.index for entry in group.entries]
    assert list(found) == [entry.words for entry in entries]
    for entry in entries:
        begins = {min(where[anchor]) for anchor in entry.anchors}
        assert found[entry.words] == sorted(begins)


def test_pages_that_the_index_names_for_a_person_hold_the_name() -> None:
    texts = page_texts(pdf_of())
    for name, pages, _ in entries_of(read()):
        if name in ("Mike Pompeo", "Luis Videgaray", "Kamala Harris", "Daniel Erikson"):
            for page in pages:
                assert name.split()[-1] in texts[page - 1], (name, page)


def test_links_of_the_index_lead_to_the_words() -> None:
    tagged = read()
    lines = text_tops(pdf_of())
    for name, _, node in entries_of(tagged):
        links = node.all("Link")
        assert "".join(link.text for link in links).isdigit()
        for link in links:
            (annotation,) = link.annotations
            page, top = page_of(tagged, annotation), float(annotation.Dest[3])
            assert page == int(link.text)
            assert str(annotation.Contents) == f"page {page}"
            assert any(abs(top - line) < 3 for line in lines[page - 1]), (name, page, top)


def text_tops(data: bytes) -> list[set[float]]:
    """How high letters reach, page by page."""

    def tops(item: Any) -> Iterator[float]:
        if isinstance(item, LTChar):
            yield round(item.y1, 1)
        elif isinstance(item, LTContainer):
            for inner in item:
                yield from tops(inner)

    return [set(tops(page)) for page in extract_pages(BytesIO(data))]


def test_the_columns_of_the_index_are_about_as_long_as_each_other() -> None:
    for memos in ((), THREE):
        lines = [line for line in lines_on_last_page(pdf_of(memos=memos)) if 70 < line[1] < 750]
        middle = PAGES["a4"].width / 2
        left, right = ([y for x, y in lines if (x > middle) == side] for side in (False, True))
        assert left
        assert right
        assert abs(min(right) - min(left)) < 60


def lines_on_last_page(data: bytes) -> list[tuple[float, float]]:
    """Where lines begin, and how high."""
    *_, page = extract_pages(BytesIO(data))
    boxes = (box for box in page if isinstance(box, LTTextContainer))
    return [(line.x0, line.y0) for box in boxes for line in box if isinstance(line, LTContainer)]


def test_three_pages_on_end_are_told_as_a_range() -> None:
    texts = [node.text for _, _, node in entries_of(read())]
    assert any("–" in text for text in texts)
    for text in texts:
        for first, last in re.findall(r"(\d+)–(\d+)", text):
            assert int(last) - int(first) >= 2
        alone = [int(number) for number in re.findall(r"(?<![–\d])(\d+)(?![–\d])", text)]
        assert not any({page, page + 1, page + 2} <= set(alone) for page in alone)


# ------------------------------------------------------------------------------ pages and bookmarks


def test_pages_count_through_and_each_memo_counts_its_own() -> None:
    binder, tagged = bound_example(), read()
    heads: dict[int, str] = {}
    feet: dict[int, str] = {}
    for artifact in tagged.artifacts:
        into = {"Header": heads, "Footer": feet}.get(artifact.subtype)
        if into is not None:
            into[artifact.page + 1] = into.get(artifact.page + 1, "") + artifact.text
    assert not {1} & {*heads, *feet}  # the cover
    for page in range(2, len(tagged.file.pages) + 1):
        assert feet[page].endswith(str(page))
    counts = [re.search(r"(Tab \d+) · (\d+) of (\d+)$", head) for head in heads.values()]
    own = [(found[1], int(found[2]), int(found[3])) for found in counts if found]
    for tab in binder.tabs:
        ours = [(page, pages) for label, page, pages in own if label == tab.label]
        assert ours == [(page, len(ours)) for page in range(1, len(ours) + 1)]


def test_bookmarks_name_the_tabs_and_stand_as_headings_do() -> None:
    with pikepdf.open(BytesIO(pdf_of())) as file, file.open_outline() as outline:
        (book,) = outline.root
        assert book.title == "The forums of two neighbours"
        titles = [item.title for item in book.children]
        tabs = bound_example().tabs
        assert titles == ["Contents", *(f"{tab.label} · {tab.title}" for tab in tabs), "Sources", "Index"]
        assert [item.title for item in book.children[-1].children] == ["People", "Forums"]
        first = [item.title for item in book.children[1].children]
        assert first[:3] == ["Next", "Upcoming meetings", "Participants"]


# ------------------------------------------------------------------------------------- the structure


@pytest.mark.parametrize("citations", Citations)
def test_the_structure_says_the_book_word_for_word(citations: Citations) -> None:
    binder = bound_example(citations)
    laid = laid_out(binder)
    entries = notes_of(binder.whole)
    expected = [word for part in as_read(binder, laid) for word in told_as_printed(part, entries)]
    assert heard(read(citations)) == expected


def test_headings_are_h1_for_the_book_h2_for_its_parts_and_skip_none() -> None:
    roles = [node.role for node in read().root.walk() if re.fullmatch(r"H\d", node.role)]
    assert roles[0] == "H1"
    assert roles.count("H1") == 1
    levels = [int(role[1]) for role in roles]
    assert all(below - above <= 1 for above, below in pairwise(levels))
    assert len(read().root.all("Part")) == len(bound_example().tabs)


def test_a_memo_in_another_language_says_so(tmp_path: Path) -> None:
    spanish = {"memos/spring.yaml": "title: {es: Primavera}\nlanguage: es\nrange: 2031-04/2031-06\n"}
    binder = bound_folder(make_book(tmp_path, spanish), "spring", "council")
    first, second = read_tagged(write_bound_pdf(binder, Theme())).root.all("Part")
    assert str(first.element.Lang) == "es"
    assert "/Lang" not in second.element


def test_each_face_is_embedded_once() -> None:
    with pikepdf.open(BytesIO(pdf_of())) as file:
        names = {
            str(font.BaseFont).split("+")[-1]: font.objgen
            for page in file.pages
            for font in page.resources["/Font"].values()
        }
        objects = {font.objgen for page in file.pages for font in page.resources["/Font"].values()}
    assert len(objects) == len(names)


# ------------------------------------------------------------------------------------ both standards


def variants() -> Iterator[tuple[str, bytes]]:
    for citations in Citations:
        yield f"all-{citations}", pdf_of(citations)
    yield "three", pdf_of(memos=THREE)
    yield "two", pdf_of(memos=THREE[:2])
    yield "one", pdf_of(memos=THREE[:1])
    yield from ((name, files.pdf) for name, files in joined().items())
    logo = Logo(
        file=File.of(png(120, 40, (0x7A, 0x10, 0x30, 0x80))), media_type="image/png", pixels_wide=120,
        pixels_high=40, width=85, alt="The arms of the desk",
    )  # fmt: skip
    theme = Theme(page=PAGES["letter"], logo=logo, faces="source-serif-pro")
    yield "themed", write_bound_pdf(bound_example(memos=THREE), theme)


def empty(folder: Path) -> Binder:
    """A bound book without a source and without anybody to index."""
    return bound_folder(make_book(folder, {"memos/far.yaml": "title: Far\nrange: 2001-04/2001-06\n"}), "far")


@pytest.mark.long
@needs_verapdf
def test_verapdf_passes_bound_books(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    made = dict(variants()) | {"empty": write_bound_pdf(empty(tmp_path / "book"), Theme())}
    files = []
    for name, data in made.items():
        files.append(tmp_path / f"{name}.pdf")
        files[-1].write_bytes(data)
    verdicts = judged(files)
    assert [(v.file.name, v.profile, v.failures) for v in verdicts if not v.passed] == []


@pytest.mark.long
def test_outloud_finds_nothing_in_bound_books(tmp_path: Path) -> None:
    for name, data in variants():
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(data)
        found = told_by_outloud(file)
        if name not in ("one", "two"):
            # PAG-001 takes lines that stand at the head of three pages for running heads, and each memo
            # begins alike: “Tab 3 · Briefing memo”, to whom, from whom. It cannot know better. Where fewer
            # memos are bound it finds nothing, though all running heads and feet are there.
            found = [finding for finding in found if finding[1] != "PAG-001"]
        assert found == []


def test_the_same_book_gives_the_same_bytes() -> None:
    binder = bound_example(memos=THREE)
    assert write_bound_pdf(binder, Theme()) == write_bound_pdf(replace(binder), Theme())
