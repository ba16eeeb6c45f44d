"""Where pages end when notes take their share: any strips, any notes, the same promises."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from briefbook.writers.pagination import NOTE_GAP, FilledPage, paginated
from briefbook.writers.strips import Note, Strip
from tests.writers.trees import few

ROOM = 120.0
NOTE_LINE = 12.0


def note_of(lines: int) -> Note:
    """A note of so many lines, with 2 points above; bound as paragraphs are: no single line stands alone."""
    strips = tuple(
        Strip(
            height=NOTE_LINE,
            fragments=(),
            before=0 if line else 2,
            source=None if line else "source",
            bound=line == 0 < lines - 1 or line == lines - 2,
        )
        for line in range(lines)
    )
    together = lines if lines < 4 else 2
    return Note(strips=strips, height=2 + lines * NOTE_LINE, least=2 + together * NOTE_LINE)


def strip_of(height: float, before: float, bound: bool, notes: Sequence[int], repeats: bool = False) -> Strip:
    head = (Strip(height=10, fragments=()),) if repeats else ()
    return Strip(
        height=height,
        fragments=(),
        before=before,
        bound=bound,
        notes=tuple(note_of(lines) for lines in notes),
        repeat=head,
    )


strips = st.lists(
    st.builds(
        strip_of,
        height=st.sampled_from((14.0, 14.0, 14.0, 20.0, 60.0, 119.0)),
        before=st.sampled_from((0.0, 4.0, 8.5)),
        bound=st.booleans(),
        notes=st.lists(st.integers(1, 25), max_size=3) | st.just([]) | st.just([]),
        repeats=st.booleans() | st.just(False),
    ),
    max_size=25,
)


def text_of(page: FilledPage) -> list[Strip]:
    return [placed.strip for placed in page.text if not placed.repeated]


def bottom_of(page: FilledPage) -> float:
    return page.text[-1].top + page.text[-1].strip.height if page.text else 0.0


def parts_of(page: FilledPage, note: Note) -> list[int]:
    """Which lines of a note stand on a page."""
    own = {id(strip): number for number, strip in enumerate(note.strips)}
    return [own[id(placed.strip)] for placed in page.notes if id(placed.strip) in own]


def carried_to(pages: Sequence[FilledPage]) -> Iterator[bool]:
    """For each page, whether notes of earlier pages were still to come when it began."""
    due, set_ = 0, 0
    for page in pages:
        yield due > set_
        due += sum(len(note.strips) for strip in text_of(page) for note in strip.notes)
        set_ += len(page.notes)


@few
@given(strips)
def test_all_text_and_all_notes_stand_on_the_pages_once_and_in_order(given_strips: list[Strip]) -> None:
    pages = paginated(given_strips, ROOM)
    shown = [id(strip) for page in pages for strip in text_of(page)]
    assert shown == [id(strip) for strip in given_strips]
    notes = [id(placed.strip) for page in pages for placed in page.notes]
    assert notes == [id(part) for strip in given_strips for note in strip.notes for part in note.strips]
    assert all(page.text or page.notes for page in pages)


@few
@given(strips)
def test_notes_stand_at_the_foot_and_touch_neither_text_nor_footer(given_strips: list[Strip]) -> None:
    for page in paginated(given_strips, ROOM):
        assert bottom_of(page) <= ROOM + 10 + 1e-6  # 10: a header row above a row that is itself too high
        for above, below in pairwise(page.notes):
            assert abs(above.top + above.strip.height + below.strip.before - below.top) < 1e-6
        if page.notes:
            first, last = page.notes[0], page.notes[-1]
            assert abs(last.top + last.strip.height - ROOM) < 1e-6
            assert first.top - first.strip.before >= bottom_of(page) + (NOTE_GAP if page.text else 0) - 1e-6


@few
@given(strips)
def test_a_note_begins_on_the_page_of_its_citation_if_that_can_hold_it(given_strips: list[Strip]) -> None:
    pages = paginated(given_strips, ROOM)
    for page, had_notes_due in zip(pages, carried_to(pages), strict=True):
        text = text_of(page)
        taken = bottom_of(page) + NOTE_GAP
        for index, strip in enumerate(text):
            for note in strip.notes:
                if 0 not in parts_of(page, note):
                    assert not had_notes_due
                    assert taken + note.least > ROOM
                    assert all(earlier.bound for earlier in text[:index])  # no page could have begun here
                taken += note.height


@few
@given(strips)
def test_a_divided_note_has_two_lines_on_each_side(given_strips: list[Strip]) -> None:
    pages = paginated(given_strips, ROOM)
    for note in (note for strip in given_strips for note in strip.notes):
        on_pages = [len(parts) for page in pages if (parts := parts_of(page, note))]
        assert len(on_pages) == 1 or min(on_pages) >= 2


@few
@given(strips)
def test_a_continued_page_is_one_that_begins_with_what_was_left_over(given_strips: list[Strip]) -> None:
    pages = paginated(given_strips, ROOM)
    for page, had_notes_due in zip(pages, carried_to(pages), strict=True):
        assert page.continued == (had_notes_due and bool(page.notes))


@few
@given(strips)
def test_a_page_ends_early_only_where_what_comes_next_does_not_fit(given_strips: list[Strip]) -> None:
    """Without notes left over: the next strips up to a place where a page may end want more than there is."""
    pages = paginated(given_strips, ROOM)
    starts = [sum(len(text_of(page)) for page in pages[:number]) for number in range(len(pages))]
    due = list(carried_to(pages))
    for number, page in enumerate(pages[:-1]):
        notes = [note for strip in text_of(page) for note in strip.notes]
        if due[number] or due[number + 1] or not text_of(page):
            continue
        bottom, foot = bottom_of(page), sum(note.height for note in notes)
        for strip in given_strips[starts[number + 1] :]:
            bottom += strip.before + strip.height
            foot += sum(note.height for note in strip.notes)
            if not strip.bound:
                break
        assert bottom + (foot + NOTE_GAP if foot else 0) > ROOM


def test_without_notes_a_page_takes_what_fits() -> None:
    lines = [strip_of(12, 0, bound=False, notes=[]) for _ in range(25)]
    assert [len(page.text) for page in paginated(lines, ROOM)] == [10, 10, 5]
    assert paginated([], ROOM) == []


def test_text_does_not_go_on_below_a_citation_whose_note_is_divided() -> None:
    lines = [strip_of(14, 0, bound=False, notes=[8] if number == 2 else []) for number in range(6)]
    first, second = paginated(lines, ROOM)
    assert (len(first.text), len(first.notes)) == (3, 5)  # 42 + 13 + 2 + 5 × 12 = 117 of 120 points
    assert (len(second.text), len(second.notes), second.continued) == (3, 3, True)


def test_a_note_of_three_lines_moves_with_its_line_rather_than_being_divided() -> None:
    lines = [strip_of(14, 0, bound=False, notes=[3] if number == 5 else []) for number in range(7)]
    first, second = paginated(lines, ROOM)
    assert (len(first.text), len(first.notes)) == (5, 0)
    assert (len(second.text), len(second.notes), second.continued) == (2, 3, False)


def test_text_stands_above_a_note_of_many_pages_up_to_the_next_citation() -> None:
    notes = {0: [39], 9: [1]}
    lines = [strip_of(14, 0, bound=False, notes=notes.get(number, [])) for number in range(12)]
    pages = paginated(lines, ROOM)
    # A third of the page is the text's; the note of line 9 may not begin before the long one has ended.
    found = [(len(page.text), len(page.notes)) for page in pages]
    assert found == [(1, 7), (2, 6), (2, 6), (2, 6), (2, 6), (0, 8), (3, 1)]
    assert [page.continued for page in pages] == [False, True, True, True, True, True, False]
