"""`length: N` is a promise: the least of a memo is left out until its PDF has N pages at most.

What may be left out is ranked; sections and items that must be there are not. The least goes first: `could`
before `should`, of one rank the later in the memo before the earlier. How many must go is found by halving.
Then what is left out is tried again, the highest first, as something smaller may still fit: each item beside
what is there, and a section that is out with each of its items alone. No clock and no chance enters it, so
the same memo leaves out the same.

Of n things that may go, halving lays out log2(n) + 2 memos, and each pass of trying n at most. A pass follows
only on one that brought something back, mostly a second one alone; there are never more than n. A memo that
is still too long costs 2 n more at most: which item of a section that must be there is to stay.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import partial

from briefbook.composing.compose import compose
from briefbook.composing.items import Item, items_in, narrowed
from briefbook.composing.sections import SectionTemplates
from briefbook.composing.wording import Wording
from briefbook.diagnostics import Problem, place_of
from briefbook.document import Document, Heading, Image, LeftOut, blocks_of, inlines_of, plain
from briefbook.frozen import changing, frozen
from briefbook.marking import Banner, Handling, Marking, Scheme
from briefbook.memo import Memo, Rank, SectionSpec
from briefbook.selection import (
    Commitment,
    Gap,
    Selection,
    ShownMeeting,
    ShownPoint,
    ShownPriority,
    ShownSlot,
    Words,
)
from briefbook.writers.theme import Theme

_WEIGHT = {Rank.COULD: 0, Rank.SHOULD: 1, Rank.MUST: 2}


@frozen
class Kept:
    """A memo's document as it keeps its promise, or the shortest one where it cannot."""

    document: Document
    pages: int | None = None  # None where nothing is promised

    def problems(self, memo: Memo) -> Iterator[Problem]:
        """That what must be there is too long, if it is."""
        if self.pages is None or memo.length is None or self.pages <= memo.length:
            return
        promised = "1 page" if memo.length == 1 else f"{memo.length} pages"
        message = f"what must be there takes {self.pages} pages; 'length' promises {promised}"
        hint = "give a section the rank should or could, shorten what you wrote, or promise more pages"
        where = place_of(memo, "length" if "length" in memo.places else "profile")
        yield Problem(where=where, message=message, hint=hint)


def kept(
    memo: Memo,
    selection: Selection,
    templates: SectionTemplates,
    theme: Theme,
    pictures: Mapping[str, Image],
) -> Kept:
    """The document of a memo, with as much as its promised length has room for.

    Raises BriefbookError for a template's mistake, as `compose` does.
    """

    def made(left_out: Sequence[LeftOut]) -> Document:
        return compose(selection, memo, templates, pictures, left_out)

    whole = made(())
    if memo.length is None:
        return Kept(document=whole)
    from briefbook.writers.to_pdf import pages_in  # ReportLab is for memos that have pages to count

    units = _units(memo, selection, whole, templates.wording)
    press = _Press(
        units=tuple(unit.part for unit in units),
        free=sum(unit.weight < _WEIGHT[Rank.MUST] for unit in units),
        groups=_groups(units),
        made=made,
        pages_in=lambda document: pages_in(document, theme),
        first=whole,
        scheme=selection.handling.scheme if selection.handling else None,
    )
    return press.fitted(memo.length)


# ---------------------------------------------------------------------------- what may be left out


@frozen
class _Part:
    """What is told of when it is left out: an item of a section, or all of it."""

    place: int
    section: str
    item: str | None
    words: str
    marking: Marking | None = None  # of the words, in a book that has a scheme


@frozen
class _Unit:
    """Something that may be left out: an item, or a section that has none."""

    part: _Part
    section: _Part  # all of it
    can_section_go: bool
    weight: int
    number: int  # in its section, from 1; 0 of the item that is the last to go

    @property
    def order(self) -> tuple[int, int, int]:
        return self.weight, -self.part.place, -self.number


@frozen
class _Group:
    """The units of one section. It never stands without an item: it is out if it can go and they all are."""

    section: _Part
    can_go: bool
    units: tuple[int, ...]  # the highest first


def _units(memo: Memo, selection: Selection, whole: Document, wording: Wording) -> list[_Unit]:
    """What may be left out, the least first. A section of which nothing shows has nothing to leave out."""
    titles = {section.place: _title(section.blocks, section.name) for section in whole.sections}
    shown = [(place, spec) for place, spec in enumerate(memo.sections) if place in titles]
    units = [
        unit
        for place, spec in shown
        for unit in _units_in(place, spec, titles[place], narrowed(selection, spec), wording)
    ]
    return sorted(units, key=lambda unit: unit.order)


def _units_in(
    place: int, spec: SectionSpec, title: str, selection: Selection, wording: Wording
) -> Iterator[_Unit]:
    """What may be left out of a section.

    Its highest item, of equals the first, is the last to go and has the section's own weight. Where the
    section must be there and none of its items must, another may stand for that one.
    """
    items, must = items_in(selection, spec), _WEIGHT[Rank.MUST]
    weights = {key: _weight_of(key, spec) for key in items}
    ranks = (_WEIGHT[rank] for key, rank in spec.ranks.items() if key in items)
    own = max([_WEIGHT[spec.rank or Rank.SHOULD], *ranks])

    def part(key: str | None, item: Item | None, words: str) -> _Part:
        marking = _marking_of(item, spec, selection.handling)
        return _Part(place=place, section=spec.name, item=key, words=words, marking=marking)

    section = part(None, None, title)
    unit = partial(_Unit, section=section, can_section_go=own < must)
    if not items and own < must:
        yield unit(part=section, weight=own, number=0)
    last = max(weights, key=lambda key: weights[key], default=None)
    for number, (key, item) in enumerate(items.items(), 1):
        if min(weights[key], own) < must:
            its = part(key, item, _words_of(item, wording))
            is_last = key == last
            weight = own if is_last else min(weights[key], own)
            yield unit(part=its, weight=weight, number=0 if is_last else number)


def _groups(units: Sequence[_Unit]) -> dict[int, _Group]:
    """Units by the places of their sections, in the order of the memo."""
    numbers: dict[int, list[int]] = {}
    for number, unit in enumerate(units):
        numbers.setdefault(unit.part.place, []).insert(0, number)
    return {
        place: _Group(section=units[of[0]].section, can_go=units[of[0]].can_section_go, units=tuple(of))
        for place, of in sorted(numbers.items())
    }


def _marking_of(item: Item | None, spec: SectionSpec, handling: Handling | None) -> Marking | None:
    """What the words of an item, or of a section's title, are marked in a book that has a scheme."""
    if handling is None:
        return None
    own = [handling.own] if item is None else handling.of(_ids_of(item))
    return handling.scheme.fold([*own, *spec.markings])


def _ids_of(item: Item) -> list[str]:
    match item:
        case Gap(meeting=meeting, question=question):
            asked = [question.origin.fact] if question is not None and question.origin is not None else []
            return [*asked, *([] if meeting is None else [meeting.id])]
        case ShownSlot(text=Words(origin=origin)) | Words(origin=origin):
            return [] if origin is None else [origin.fact]
        case _:
            return [item.id]


def _weight_of(key: str, spec: SectionSpec) -> int:
    return _WEIGHT[spec.ranks.get(key) or spec.items or spec.rank or Rank.SHOULD]


def _title(blocks: Sequence[object], name: str) -> str:
    """What a section is called."""
    return next((plain(block.children) for block in blocks if isinstance(block, Heading)), name)


def _words_of(item: Item, wording: Wording) -> str:
    match item:
        case ShownMeeting():
            name, day = item.title or item.forum.name, wording.in_words(item.when)
            return f"{name}, {day}" if day else str(name)
        case ShownPriority() | Commitment():
            return str(item.text)
        case ShownPoint():
            return str(item.title or item.text or item.id)
        case Gap():
            return str(item.question or (item.meeting and _words_of(item.meeting, wording)) or "")
        case ShownSlot():
            return str(item.title)
        case Words():
            return str(item)


# --------------------------------------------------------------------------------- what has room


@changing
class _Press:
    """Tries what has room. Each set of what is out is laid out once."""

    units: tuple[_Part, ...]  # the least first
    free: int  # so many, from the least, may all be out; of what else is here one item of a section stays
    groups: Mapping[int, _Group]  # by the sections' places
    made: Callable[[Sequence[LeftOut]], Document]
    pages_in: Callable[[Document], int]
    first: Document  # with nothing left out
    scheme: Scheme | None  # of markings
    tried: dict[frozenset[int], int] = field(default_factory=dict)  # pages, by what is left out

    def fitted(self, length: int) -> Kept:
        """The document with the least left out that has `length` pages at most, or the shortest."""
        low, high = 0, self.free  # of these counts the lowest that fits is wanted
        if self._pages(_least(0)) <= length:
            return Kept(document=self.first, pages=self.tried[frozenset()])
        if self._pages(_least(high)) > length:
            shortest = self._shortest()
            if self._pages(shortest) > length:
                return self._kept(shortest)
            return self._kept(self._filled(self._best(shortest, length), length))
        while high - low > 1:
            middle = (low + high) // 2
            if self._pages(_least(middle)) <= length:
                high = middle
            else:
                low = middle
        return self._kept(self._filled(_least(high), length))

    def _filled(self, out: frozenset[int], length: int) -> frozenset[int]:
        """What stays left out once everything that still fits is back, the highest first."""
        while True:
            before = len(out)
            for number in sorted(out, reverse=True):
                tries = (out - {back} for back in self._tried_with(number, out))
                out = next((less for less in tries if self._pages(less) <= length), out)
            if len(out) == before:
                return out

    def _tried_with(self, number: int, out: frozenset[int]) -> tuple[int, ...]:
        """What may come back alone when a unit's turn comes: itself, or any of a section that is out."""
        group = self.groups[self.units[number].place]
        if number not in out:
            return ()
        if not self._is_out(group, out):
            return (number,)
        return group.units if number == group.units[0] else ()

    def _is_out(self, group: _Group, out: frozenset[int]) -> bool:
        return group.can_go and out.issuperset(group.units)

    # Where a section must be there and none of its items must, which one stays is a choice.

    def _choices(self, group: _Group, out: frozenset[int]) -> list[frozenset[int]]:
        """What may be out where one item of such a section stays alone, the highest first."""
        return [out.union(group.units) - {number} for number in group.units]

    @property
    def _choosy(self) -> list[_Group]:
        return [group for group in self.groups.values() if group.units[0] >= self.free]

    def _shortest(self) -> frozenset[int]:
        """All that can go is out, and of the sections that must be there the shortest items stay."""
        out = _least(self.free)
        for group in self._choosy:
            out = min(self._choices(group, out), key=self._size)
        return out

    def _size(self, out: frozenset[int]) -> tuple[int, int]:
        """Pages, and characters, as pages are a coarse measure."""
        blocks = blocks_of(self._document(out))
        return self._pages(out), sum(len(plain(tuple(inlines_of(block)))) for block in blocks)

    def _best(self, out: frozenset[int], length: int) -> frozenset[int]:
        """With the highest items in place of the shortest, section by section, where they fit."""
        for group in self._choosy:
            out = next(one for one in self._choices(group, out) if self._pages(one) <= length)
        return out

    # What is out, counted and told.

    def _pages(self, out: frozenset[int]) -> int:
        if out not in self.tried:
            self.tried[out] = self.pages_in(self._document(out) if out else self.first)
        return self.tried[out]

    def _kept(self, out: frozenset[int]) -> Kept:
        document, pages = self._document(out), self._pages(out)
        told = tuple(self._told(part, document.banner) for part in self._left_out(out))
        return Kept(document=replace(document, left_out=told), pages=pages)

    def _document(self, out: frozenset[int]) -> Document:
        return self.made([self._told(part, None) for part in self._left_out(out)])

    def _told(self, part: _Part, banner: Banner | None) -> LeftOut:
        """What is told of a part: not its words, where they are higher than the document without it."""
        words = part.words
        if banner is not None and self.scheme is not None and part.marking is not None:
            whole = banner.marking
            words = words if self.scheme.allows(whole, part.marking) else ""
        return LeftOut(place=part.place, section=part.section, item=part.item, words=words)

    def _left_out(self, out: frozenset[int]) -> Iterator[_Part]:
        """The parts that are told of, section by section: of one that is out not its items."""
        for group in self.groups.values():
            if self._is_out(group, out):
                yield group.section
            else:
                yield from (self.units[number] for number in group.units if number in out)


def _least(count: int) -> frozenset[int]:
    """The `count` least units. The last to go of a section comes behind all its others."""
    return frozenset(range(count))
