"""Strips → pages: where each page ends, and which notes stand at its foot.

Pure, like the other stages of the layout. Text fills a page from above and notes from below; a strip takes
the room of its notes along. A note that does not fit is divided, at least two lines on each side, and goes on
at the foot of the next page before any other note.
"""

from collections.abc import Iterable, Sequence

from briefbook.frozen import frozen
from briefbook.writers.strips import Note, Strip

NOTE_GAP = 13.0  # points between the text and the first note of a page at least; a rule stands in it
_MOST_NOTES = 2 / 3  # of a page: notes from the page before that want more leave the rest to the text
_TOLERANCE = 1e-6  # points; sums of floats differ in the last digits


@frozen
class StripOnPage:
    """A strip and how far its top lies below the top of the page's text; `repeated` for a header row."""

    strip: Strip
    top: float
    repeated: bool = False


@frozen
class FilledPage:
    """What stands on a page, from above. `continued`: its notes begin with what the page before left over."""

    text: tuple[StripOnPage, ...] = ()
    notes: tuple[StripOnPage, ...] = ()
    continued: bool = False


def paginated(strips: Sequence[Strip], room: float) -> list[FilledPage]:
    """Fill pages of `room` points, breaking where no strip is bound to the next.

    A page begins without space above, but with the header row that its first strip wants repeated. Where
    bound strips fill more than a page, the page is filled and the bond broken.
    """
    room = max(room, 0.0)  # a banner may be higher than the sheet; every page takes something all the same
    pages: list[FilledPage] = []
    start = 0
    carried: Sequence[Strip] = ()  # strips of notes for which there was no room yet
    while start < len(strips) or carried:
        end = _text_end(strips, start, room, carried)
        text, bottom = _from_above(strips[start:end])
        noted = [strip for strip in strips[start:end] if strip.notes]
        notes = [*carried, *(part for strip in noted for part in _parts(strip.notes))]
        count = _fitting(notes, room - bottom - NOTE_GAP) if notes else 0
        if start == end and not count:
            count = 1  # so that every page takes something
        foot = _from_below(notes[:count], room)
        pages.append(FilledPage(text=text, notes=foot, continued=bool(carried and count)))
        start, carried = end, notes[count:]
    return pages


def _from_above(strips: Sequence[Strip]) -> tuple[tuple[StripOnPage, ...], float]:
    """The strips of a page one below the other, and where the last one ends."""
    if not strips:
        return (), 0.0
    placed = [StripOnPage(strip=strip, top=0, repeated=True) for strip in strips[0].repeat]
    bottom = sum(strip.height for strip in strips[0].repeat)
    for index, strip in enumerate(strips):
        top = bottom + (strip.before if index else 0)
        bottom = top + strip.height
        placed.append(StripOnPage(strip=strip, top=top))
    return tuple(placed), bottom


def _from_below(strips: Sequence[Strip], room: float) -> tuple[StripOnPage, ...]:
    """The strips of a page's notes, the last one at the foot of the page."""
    top = room - _height(strips)
    placed: list[StripOnPage] = []
    for strip in strips:
        placed.append(StripOnPage(strip=strip, top=top + strip.before))
        top += strip.before + strip.height
    return tuple(placed)


def _height(strips: Iterable[Strip]) -> float:
    return sum(strip.before + strip.height for strip in strips)


def _parts(notes: Sequence[Note]) -> Iterable[Strip]:
    return (strip for note in notes for strip in note.strips)


# ---------------------------------------------------------------------------- where a page ends


def _text_end(strips: Sequence[Strip], start: int, room: float, carried: Sequence[Strip]) -> int:
    """The first strip after a page that begins with the strip `start`.

    That is `start` itself where the page is left to the notes of the page before.
    """
    if start == len(strips):
        return start
    foot = NOTE_GAP + _height(carried) if carried else 0.0
    if foot > room * _MOST_NOTES:  # they will not end here, and no other note may begin before
        return _fullest(strips, start, room * (1 - _MOST_NOTES), 0, new_notes=False)
    end = _fullest(strips, start, room, foot)
    if end > start:
        return end
    end, full = _shortest(strips, start, room, new_notes=not carried)
    return end if end > start or carried else max(full, start + 1)


def _fullest(strips: Sequence[Strip], start: int, room: float, foot: float, *, new_notes: bool = True) -> int:
    """The last place where the page may end that leaves its notes their room, of which `foot` is taken.

    Only the last note on the page may want more than there is; it is divided.
    """
    limit = room + _TOLERANCE
    bottom = sum(strip.height for strip in strips[start].repeat) - strips[start].before
    least = foot  # without the lines of the last note that may stand on the next page
    divides = False
    legal = start
    for index in range(start, len(strips)):
        strip = strips[index]
        bottom += strip.before + strip.height
        if strip.notes:
            if not new_notes:
                break
            foot, least = _foot_with(strip.notes, foot)
        if bottom + foot > limit:
            divides = divides or bool(strip.notes)
            if not divides or bottom + least > limit:
                break
        if not strip.bound or index + 1 == len(strips):
            legal = index + 1
            if divides:
                break
    return legal


def _foot_with(notes: Sequence[Note], foot: float) -> tuple[float, float]:
    """How high the notes of a page are with some more: whole, and with the least of the last one."""
    foot = foot or NOTE_GAP
    *others, last = notes
    foot += sum(note.height for note in others)
    return foot + last.height, foot + last.least


def _shortest(strips: Sequence[Strip], start: int, room: float, *, new_notes: bool) -> tuple[int, int]:
    """The first place where the page may end, its notes left out of account, and where it would be full."""
    bottom = sum(strip.height for strip in strips[start].repeat) - strips[start].before
    for index in range(start, len(strips)):
        strip = strips[index]
        bottom += strip.before + strip.height
        if bottom > room + _TOLERANCE or (strip.notes and not new_notes):
            return start, index
        if not strip.bound:
            return index + 1, index + 1
    return len(strips), len(strips)


def _fitting(strips: Sequence[Strip], room: float) -> int:
    """How many of some notes' strips fit, so that no note leaves a single line on any page."""
    height = 0.0
    legal = 0
    for count, strip in enumerate(strips, 1):
        height += strip.before + strip.height
        if height > room + _TOLERANCE:
            break
        is_lone = count == 1 and not any(part.source for part in strips[:2])  # from the middle of a note
        if not strip.bound and (count == len(strips) or not is_lone):
            legal = count
    return legal
