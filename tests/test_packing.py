"""Very many objects in little room: they are what they were, and many memos are checked as a few are."""

import gc
import pickle
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks.book import write_book

from briefbook import checks, packing
from briefbook.memo import Memo
from briefbook.packing import AS_THEY_ARE, Chosen, Packed, PackedByName
from briefbook.readers.read_book import read_book
from briefbook.verdict import judge
from tests.books import make_book

MANY = AS_THEY_ARE + 30


def of(number: int) -> tuple[str, int, list[int]]:
    return f"number {number}", number, [number] * 3


def test_a_list_is_what_was_put_in() -> None:
    packed = Packed(map(of, range(MANY)))
    whole = [of(number) for number in range(MANY)]
    assert list(packed) == whole
    assert len(packed) == MANY
    assert [packed[at] for at in (0, AS_THEY_ARE - 1, AS_THEY_ARE, MANY - 1, -1)] == [
        whole[at] for at in (0, AS_THEY_ARE - 1, AS_THEY_ARE, MANY - 1, -1)
    ]
    assert packed[AS_THEY_ARE - 2 : AS_THEY_ARE + 2] == whole[AS_THEY_ARE - 2 : AS_THEY_ARE + 2]
    with pytest.raises(IndexError):
        packed[MANY]


def test_a_mapping_is_what_was_put_in() -> None:
    packed = PackedByName((str(number), of(number)) for number in range(MANY))
    assert packed == {str(number): of(number) for number in range(MANY)}
    assert list(packed) == [str(number) for number in range(MANY)]
    assert "1" in packed
    assert "one" not in packed
    assert packed.get("one") is None
    with pytest.raises(ValueError, match="'1' is there already"):
        packed.add("1", of(1))


def test_what_is_chosen_is_as_it_is_there() -> None:
    packed = PackedByName((str(number), of(number)) for number in range(MANY))
    chosen = Chosen([str(MANY - 1), "nothing", "3"], packed)
    assert dict(chosen) == {str(MANY - 1): of(MANY - 1), "3": of(3)}
    assert len(chosen) == 2
    with pytest.raises(KeyError):
        chosen["4"]


def test_the_first_are_not_made_anew() -> None:
    first = of(0)
    packed = Packed([first])
    assert packed[0] is first


def size_of(make: Callable[[], object]) -> int:
    """Bytes that Python has for what is made."""
    gc.collect()
    tracemalloc.start()
    try:
        made = make()
        gc.collect()
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    del made
    return size


@pytest.mark.long
def test_a_memo_takes_a_tenth_of_its_room(tmp_path: Path) -> None:
    book = read_book(write_book(tmp_path, 60, 3)).book
    read = [pickle.dumps(memo) for memo in book.memos.values()]  # each read once more is one of its own
    many: list[Memo] = [pickle.loads(read[number % 60]) for number in range(2000)]
    unpacked = size_of(lambda: [pickle.loads(read[number % 60]) for number in range(1000)]) / 1000
    first = size_of(lambda: Packed(many[:AS_THEY_ARE]))
    packed = (size_of(lambda: Packed(many)) - first) / (2000 - AS_THEY_ARE)
    assert 50 < packed < unpacked / 10


ON_COUNCIL = "title: One more\nforum: council\n"
BROKEN = {
    # More unknown ids than are guessed at.
    **{f"memos/lost{n:02}.yaml": f"title: Lost\nforum: councl-{n}\n" for n in range(25)},
    "memos/ghost.yaml": "title: Ghost\nforum: gost\nsections: [header, sorces]\n",
    "memos/mailed.yaml": f"{ON_COUNCIL}deliver: {{to: [nobody, ana@example.org, ana@example.org]}}\n",
    "memos/tabbed.yaml": (
        f"{ON_COUNCIL}languages: [en, es]\ntabs: [{{tab: A, title: One}}, {{tab: A, title: Two}}]\n"
    ),
    "memos/tongue.yaml": f"{ON_COUNCIL}language: qq\nschedule: {{cron: 0 0 30 2 *, zone: Nowhere/At}}\n",
    "memos/drawn.yaml": "title: {en: Council, xx: Rada}\nforum: council\nsubject: On \u6f22\u5b57\n",
    "memos/twice.yaml": (
        f"{ON_COUNCIL}profile: nothing\nbottom_line:\n"
        "  - {text: One., rests_on: []}\n  - {text: Two., rests_on: [council-9]}\n"
    ),
}


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_memos_are_checked_some_at_a_time_as_all_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    book = make_book(tmp_path, BROKEN)
    whole = judge(read_book(book)).problems
    assert len(whole) > 8
    told = "\n".join(problem.message for problem in whole)
    assert "no face can draw '\u6f22'" in told
    assert "'xx' is no language that is known" in told
    monkeypatch.setattr(packing, "AS_THEY_ARE", at_once)
    monkeypatch.setattr(checks, "_AT_A_TIME", at_once)
    read = read_book(book)
    assert len(read.book.memos) > 5
    assert judge(read).problems == whole


def test_a_memo_is_unpacked_twice_to_be_read_and_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = write_book(tmp_path, 40, 4)
    unpacked, count = packing._Press.unpacked, [0]

    def counted(press: "packing._Press[object]", data: bytes) -> object:
        count[0] += 1
        return unpacked(press, data)

    monkeypatch.setattr(packing._Press, "unpacked", counted)
    monkeypatch.setattr(packing, "AS_THEY_ARE", 10)
    monkeypatch.setattr(checks, "_AT_A_TIME", 10)
    verdict = judge(read_book(book))
    assert verdict.stops_none
    assert count == [2 * 30]
