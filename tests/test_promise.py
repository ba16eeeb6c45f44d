"""`length: N` is kept, and leaves out nothing that would have fitted."""

import json
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from briefbook.composing.compose import compose, pictures_of
from briefbook.document import LeftOut
from briefbook.memo import Memo
from briefbook.readers.read_book import read_book
from briefbook.verdict import usable_book
from briefbook.workshop import Day, Workshop
from briefbook.writers.to_pdf import write_pdf
from tests.books import run
from tests.promises import write_book

BOOKS, MEMOS = 10, 10


def pages_of(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as file:
        return len(file.pages)


def pages_without(workshop: Workshop, memo: Memo, day: Day, left_out: tuple[LeftOut, ...]) -> int:
    """The pages of a memo's PDF with exactly these things left out."""
    selection = workshop.select(memo, day)
    templates = workshop.templates(selection.language, memo.profile)
    pictures = pictures_of(memo, templates, {})
    return pages_of(
        write_pdf(compose(selection, memo, templates, pictures, left_out), workshop.theme_of(memo))
    )


@pytest.mark.parametrize("seed", range(BOOKS))
def test_a_promise_is_never_broken_and_leaves_out_nothing_that_would_have_fitted(
    seed: int, tmp_path: Path
) -> None:
    names = write_book(tmp_path / "book", seed, MEMOS)
    done = run("-C", tmp_path / "book", "build", "--json")
    told = json.loads(done.stdout)
    book = usable_book(read_book(tmp_path / "book"))
    workshop = Workshop(book)
    assert book.settings.as_of is not None
    day = Day(as_of=book.settings.as_of, known_by=book.settings.as_of)
    folder = tmp_path / "book" / "out" / "2031-04-20"
    for name in names:
        memo = book.memos[name]
        assert memo.length is not None
        document = workshop.document(memo, day)
        left_out = document.left_out
        if name in told["not_made"]:
            assert pages_without(workshop, memo, day, left_out) > memo.length
            assert any(f"{name}.yaml" in p["file"] and "'length'" in p["message"] for p in told["problems"])
            assert not (folder / f"{name}.pdf").exists()
            continue
        assert pages_of((folder / f"{name}.pdf").read_bytes()) <= memo.length
        listed = [{"section": one.section, "item": one.item, "words": one.words} for one in left_out]
        assert told["left_out"].get(name, []) == listed
        assert json.loads((folder / f"{name}.json").read_bytes())["left_out"] == listed
        for one in left_out:
            back = tuple(other for other in left_out if other != one)
            if one.item is None:  # a section comes back with the first of its items alone
                back += tuple(_others_of(workshop, memo, day, one))
            assert pages_without(workshop, memo, day, back) > memo.length, (name, one)


def _others_of(workshop: Workshop, memo: Memo, day: Day, section: LeftOut) -> list[LeftOut]:
    """The items of a section but the one that it never stands without."""
    from briefbook.composing.items import items_in, narrowed

    spec = memo.sections[section.place]
    items = items_in(narrowed(workshop.select(memo, day), spec), spec)
    weight = {"could": 0, "should": 1, "must": 2}
    rank = {key: weight[spec.ranks.get(key) or spec.items or spec.rank or "should"] for key in items}
    first = max(rank, key=rank.__getitem__, default=None)
    return [
        LeftOut(place=section.place, section=section.section, item=key, words="")
        for key in items
        if key != first and rank[key] < 2
    ]
