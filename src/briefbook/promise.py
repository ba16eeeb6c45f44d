"""`length: N` is a promise: the least of a memo is left out until its PDF has N pages at most.

What may be left out is ranked; sections and items that must be there are not. The least goes first: `could`
before `should`, of one rank the later in the memo before the earlier. How many must go is found by halving.
Then what is left out is tried again, the highest first, as something smaller may still fit. No clock and no
chance enters it, so the same memo leaves out the same.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from briefbook.composing.compose import compose
from briefbook.composing.items import Item, items_in, narrowed
from briefbook.composing.sections import SectionTemplates
from briefbook.composing.wording import Wording
from briefbook.diagnostics import Problem, place_of
from briefbook.document import Document, Heading, Image, LeftOut, plain
from briefbook.marking import Banner, Handling, Marking, Scheme
from briefbook.memo import Memo, Rank, SectionSpec
from briefbook.selection import Gap, Selection, ShownMeeting, ShownPoint, ShownPriority, Words
from briefbook.writers.theme import Theme

_WEIGHT = {Rank.COULD: 0, Rank.SHOULD: 1, Rank.MUST: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
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

    units = tuple(_units(memo, selection, whole, templates.wording))
    press = _Press(
        units=units,
        made=made,
        pages_in=lambda document: pages_in(document, theme),
        first=whole,
        scheme=selection.handling.scheme if selection.handling else None,
    )
    return press.fitted(memo.length)


# ---------------------------------------------------------------------------- what may be left out


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    """Something that may be left out. A section's own unit takes its first item along."""

    place: int
    section: str
    item: str | None
    words: str
    marking: Marking | None = None  # of the words, in a book that has a scheme


def _units(memo: Memo, selection: Selection, whole: Document, wording: Wording) -> Iterator[_Unit]:
    """What may be left out, the least first. A section of which nothing shows has nothing to leave out."""
    there = {section.name: _title(section.blocks, section.name) for section in whole.sections}
    ranked: list[tuple[int, int, int, _Unit]] = []
    for place, spec in enumerate(memo.sections):
        if spec.name not in there:
            continue
        items = items_in(narrowed(selection, spec), spec)
        weights = {key: _weight_of(key, spec) for key in items}
        ranks = (_WEIGHT[rank] for key, rank in spec.ranks.items() if key in items)
        own = max([_WEIGHT[spec.rank or Rank.SHOULD], *ranks])
        marking = _marking_of(None, spec, selection.handling)
        title = there[spec.name]
        section = _Unit(place=place, section=spec.name, item=None, words=title, marking=marking)
        ranked.append((own, -place, 0, section))
        first = max(weights, key=lambda key: weights[key], default=None)  # of equals the first
        for number, (key, item) in enumerate(items.items(), 1):
            if key != first:
                words = _words_of(item, wording)
                marking = _marking_of(item, spec, selection.handling)
                unit = _Unit(place=place, section=spec.name, item=key, words=words, marking=marking)
                ranked.append((min(weights[key], own), -place, -number, unit))
    ranked.sort(key=lambda entry: entry[:3])
    yield from (unit for weight, _, _, unit in ranked if weight < _WEIGHT[Rank.MUST])


def _marking_of(item: Item | None, spec: SectionSpec, handling: Handling | None) -> Marking | None:
    """What the words of an item, or of a section's title, are marked in a book that has a scheme."""
    if handling is None:
        return None
    section = [] if spec.marking is None else [spec.marking]
    own = [handling.own] if item is None else handling.of(_ids_of(item))
    return handling.scheme.fold([*own, *section])


def _ids_of(item: Item) -> list[str]:
    match item:
        case Gap(meeting=meeting, question=question):
            asked = [question.origin.fact] if question is not None and question.origin is not None else []
            return [*asked, *([] if meeting is None else [meeting.id])]
        case Words(origin=origin):
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
        case ShownPriority():
            return str(item.text)
        case ShownPoint():
            return str(item.title or item.text or item.id)
        case Gap():
            return str(item.question or (item.meeting and _words_of(item.meeting, wording)) or "")
        case Words():
            return str(item)


# --------------------------------------------------------------------------------- what has room


@dataclass(slots=True, kw_only=True)
class _Press:
    """Tries what has room. Each set is set once."""

    units: tuple[_Unit, ...]  # the least first
    made: Callable[[Sequence[LeftOut]], Document]
    pages_in: Callable[[Document], int]
    first: Document  # with nothing left out
    scheme: Scheme | None  # of markings
    tried: dict[frozenset[int], int] = field(default_factory=dict)  # pages, by what is left out

    def fitted(self, length: int) -> Kept:
        """The document with the least left out that has `length` pages at most, or the shortest."""
        low, high = 0, len(self.units)  # of these counts the lowest that fits is wanted
        if self._pages(self._least(0)) <= length:
            return Kept(document=self.first, pages=self.tried[frozenset()])
        if self._pages(self._least(high)) > length:
            return self._kept(self._least(high))
        while high - low > 1:
            middle = (low + high) // 2
            if self._pages(self._least(middle)) <= length:
                high = middle
            else:
                low = middle
        return self._kept(self._filled(set(self._least(high)), length))

    def _filled(self, out: set[int], length: int) -> frozenset[int]:
        """What stays left out once everything that still fits is back, the highest first."""
        while True:
            before = len(out)
            for number in sorted(out, reverse=True):
                less = frozenset(out - {number})
                if self._is_in_its_section(number, less) and self._pages(less) <= length:
                    out = set(less)
            if len(out) == before:
                return frozenset(out)

    def _least(self, count: int) -> frozenset[int]:
        """The `count` least units, and the items of sections among them."""
        least = set(range(count))
        sections = {self.units[number].place for number in least if self.units[number].item is None}
        least |= {number for number, unit in enumerate(self.units) if unit.place in sections}
        return frozenset(least)

    def _is_in_its_section(self, number: int, out: Collection[int]) -> bool:
        """Whether a unit would show: an item of a section that is out would not."""
        unit = self.units[number]
        return unit.item is None or not any(
            self.units[other].item is None and self.units[other].place == unit.place for other in out
        )

    def _pages(self, out: frozenset[int]) -> int:
        if out not in self.tried:
            self.tried[out] = self.pages_in(self._document(out) if out else self.first)
        return self.tried[out]

    def _kept(self, out: frozenset[int]) -> Kept:
        document, pages = self._document(out), self._pages(out)
        told = tuple(self._told(number, document.banner) for number in self._left_out(out))
        return Kept(document=replace(document, left_out=told), pages=pages)

    def _document(self, out: frozenset[int]) -> Document:
        return self.made([self._told(number, None) for number in self._left_out(out)])

    def _told(self, number: int, banner: Banner | None) -> LeftOut:
        """What is told of a unit: not its words, where they are higher than the document without it."""
        unit, words = self.units[number], self.units[number].words
        if banner is not None and self.scheme is not None and unit.marking is not None:
            whole = Marking(level=banner.level, caveats=banner.caveats)
            words = words if self.scheme.allows(whole, unit.marking) else ""
        return LeftOut(place=unit.place, section=unit.section, item=unit.item, words=words)

    def _left_out(self, out: frozenset[int]) -> list[int]:
        """The units that are told of, in the order of the memo: of a whole section not its items."""
        told = [number for number in out if self._is_told(number, out)]
        return sorted(told, key=lambda number: (self.units[number].place, -number))

    def _is_told(self, number: int, out: frozenset[int]) -> bool:
        return self.units[number].item is None or self._is_in_its_section(number, out)
