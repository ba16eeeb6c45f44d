"""Which blocks of two documents belong together: paragraphs, tables with their rows and cells, controls.

Blocks with the same words stand beside each other by a longest common subsequence; in the gaps, those that
are alike are paired, and their words compared later. What has no partner was deleted, inserted, or moved.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal

from lxml import etree

from briefbook.pairing import paired
from briefbook.writers.docx_styles import Element, W
from briefbook.writers.redline_marks import canonical
from briefbook.writers.redline_words import counted_words, texts_in

PARAGRAPH, TABLE, CONTROL, SECTION = W + "p", W + "tbl", W + "sdt", W + "sectPr"
_ROW, _CELL = W + "tr", W + "tc"
_SECTION_OF_PARAGRAPH = f"{W}pPr/{SECTION}"
_BLOCKS = frozenset((PARAGRAPH, TABLE, CONTROL))
_ALIKE = 0.5  # shared words of two paragraphs that are paired, of all that they have
_ALIKE_IN_ANOTHER_STYLE = 0.7
_SAME_LABEL = 0.2  # what the same words before a tab are worth: they say what the rest is about
_LEAST_MOVED = 4  # words of a paragraph that can be said to have moved, not merely to stand twice


@dataclass(slots=True, kw_only=True)
class Block:
    """A block of a document; a field that spans paragraphs makes one block of them."""

    elements: list[Element]
    leading: list[Element] = field(default_factory=list)  # what has no width before it: bookmarks
    kind: str = PARAGRAPH  # or TABLE, CONTROL, "" for several elements
    ends_section: bool = False  # whether a section ends in it (§17.6.18)
    text: str = ""
    label: str = ""  # what stands before its first tab, or all
    style: str = ""
    words: frozenset[Hashable] = frozenset()
    total: int = 0  # words

    @property
    def element(self) -> Element:
        """Its only element."""
        return self.elements[0]


@dataclass(slots=True, kw_only=True)
class RowPair:
    """A row of a table as it was and is, with the blocks of each cell; one that came or went has none."""

    old: Element | None = None
    new: Element | None = None
    cells: list["Aligned"] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class BlockPair:
    """A block as it was and as it is; None where there is none."""

    old: Block | None = None
    new: Block | None = None
    rows: list[RowPair] = field(default_factory=list)  # of two tables
    inner: "Aligned | None" = None  # of two controls
    moved: str = ""  # the name of its move
    # Of a paragraph at the end: its mark was inserted or deleted, though it is in both.
    joined: Literal["", "ins", "del"] = ""
    # Of the last paragraph: whose properties its mark had before, or has now, as others came or went.
    mark_of_old: Block | None = None
    mark_of_new: Block | None = None


@dataclass(slots=True, kw_only=True)
class Aligned:
    """The blocks of a container in the order of the redline."""

    pairs: list[BlockPair]
    trailing: list[Element] = field(default_factory=list)  # what has no width behind the last block


def aligned(old: Element | None, new: Element | None, *, is_body: bool = False) -> Aligned:
    """Align the blocks of a container: body, cell, note, header. One without any has an empty paragraph."""
    before, _ = _blocks(old)
    after, trailing = _blocks(new)
    pairs = [
        _pair(before[i] if i is not None else None, after[j] if j is not None else None)
        for i, j in paired(before, after, _key, _likeness)
    ]
    pairs = _parted(_ended(pairs, before, after))
    if is_body:
        _note_moves(pairs)
    return Aligned(pairs=pairs, trailing=trailing)


def paragraph_pairs(found: Aligned) -> Iterator[tuple[Element, Element]]:
    """Every two paragraphs that are compared, in cells and controls too."""
    for pair in found.pairs:
        if pair.old is None or pair.new is None:
            continue
        if pair.old.kind == PARAGRAPH:
            yield pair.old.element, pair.new.element
        elif len(pair.old.elements) > 1:
            yield from zip(pair.old.elements, pair.new.elements, strict=True)
        for row in pair.rows:
            for cell in row.cells:
                yield from paragraph_pairs(cell)
        if pair.inner is not None:
            yield from paragraph_pairs(pair.inner)


# ----------------------------------------------------------------------------------------- blocks


def _blocks(container: Element | None) -> tuple[list[Block], list[Element]]:
    found: list[Block] = []
    leading: list[Element] = []
    depth = 0  # of fields that have not ended
    for child in () if container is None else container.iterchildren(etree.Element):
        if child.tag not in _BLOCKS:
            if child.tag not in (SECTION, W + "tcPr"):
                leading.append(child)
            continue
        if depth:
            found[-1].elements.append(child)
        else:
            found.append(Block(elements=[child], leading=leading))
            leading = []
        for mark in child.iter(W + "fldChar"):
            depth += {"begin": 1, "end": -1}.get(mark.get(W + "fldCharType", ""), 0)
        depth = max(depth, 0)
    for block in found:
        _describe(block)
    return found or [Block(elements=[etree.Element(PARAGRAPH)])], leading


def _describe(block: Block) -> None:
    """Tell once all that is compared with many other blocks."""
    block.kind = str(block.element.tag) if len(block.elements) == 1 else ""
    block.ends_section = any(element.find(_SECTION_OF_PARAGRAPH) is not None for element in block.elements)
    texts = [list(texts_in(element)) for element in block.elements]
    block.text = "\n".join(map("".join, texts))
    block.label = block.text.partition("\t")[0]
    block.words = counted_words(chain.from_iterable(texts))
    block.total = len(block.words)
    style = block.element.find(f"{W}pPr/{W}pStyle")
    block.style = "" if style is None else style.get(W + "val", "")


def _key(block: Block) -> tuple[object, ...]:
    return (block.kind, len(block.elements), block.style, block.ends_section, block.text)


def _likeness(old: Block, new: Block) -> float:
    """How alike two blocks are, from 0 for what is not to be compared word by word."""
    kind, before, now = old.kind, old.total, new.total
    if kind != new.kind or kind == "" or old.ends_section != new.ends_section:
        return 0.0
    if not before or not now:
        return 0.0 if before or now or old.style != new.style else 0.5
    if 2 * min(before, now) < _ALIKE * (before + now) - _SAME_LABEL * now:
        return 0.0  # whatever they share, it is too little: most pairs are told apart here
    shared = 2 * len(old.words & new.words) / (before + now)
    if kind == TABLE:
        return shared if shared >= _ALIKE / 2 else 0.0
    if old.label == new.label and "\t" in old.text:
        shared += _SAME_LABEL + _ALIKE / 2
    least = (
        _ALIKE
        if old.style.removesuffix("Last") == new.style.removesuffix("Last")
        else _ALIKE_IN_ANOTHER_STYLE
    )
    return shared if shared >= least else 0.0


def _pair(old: Block | None, new: Block | None) -> BlockPair:
    pair = BlockPair(old=old, new=new)
    if old is not None and new is not None:
        if old.kind == TABLE:
            pair.rows = _rows(old.element, new.element)
        elif old.kind == CONTROL:
            pair.inner = aligned(old.element.find(W + "sdtContent"), new.element.find(W + "sdtContent"))
    return pair


# ------------------------------------------------------------------------------------------ tables


def is_plain(table: Element) -> bool:
    """Whether a table has only rows of only cells, so that it can be compared row by row."""
    rows = [child for child in table if child.tag not in (W + "tblPr", W + "tblGrid")]
    return all(row.tag == _ROW for row in rows) and all(
        child.tag in (_CELL, W + "trPr", W + "tblPrEx") for row in rows for child in row
    )


def _rows(old: Element, new: Element) -> list[RowPair]:
    """The rows of two tables; of one that has more than rows, all deleted and all inserted."""
    before, after = old.findall(_ROW), new.findall(_ROW)
    if not is_plain(old) or not is_plain(new):
        return []
    places = paired(list(map(_row, before)), list(map(_row, after)), _row_key, _row_likeness)
    return [
        RowPair(
            old=None if i is None else before[i],
            new=None if j is None else after[j],
            cells=[]
            if i is None or j is None
            else [
                aligned(cell, other)
                for cell, other in zip(before[i].findall(_CELL), after[j].findall(_CELL), strict=True)
            ],
        )
        for i, j in places
    ]


@dataclass(frozen=True, slots=True)
class _Row:
    texts: tuple[str, ...]
    shape: tuple[bytes, ...]
    words: frozenset[Hashable]


def _row(row: Element) -> _Row:
    cells = row.findall(_CELL)
    spans = [
        b"".join(canonical(cell.find(f"{W}tcPr/{W}{name}")) for name in ("gridSpan", "vMerge", "hMerge"))
        for cell in cells
    ]
    texts = [list(texts_in(cell)) for cell in cells]
    words = counted_words(chain.from_iterable(texts))
    return _Row(tuple(map("".join, texts)), tuple(spans), words)


def _row_key(row: _Row) -> tuple[object, ...]:
    return row.texts, row.shape


def _row_likeness(old: _Row, new: _Row) -> float:
    """How many cells are the same, and how many words are shared."""
    if old.shape != new.shape:
        return 0.0
    same = sum(a == b and a != "" for a, b in zip(old.texts, new.texts, strict=True)) / max(len(old.texts), 1)
    total = len(old.words) + len(new.words)
    shared = 2 * len(old.words & new.words) / total if total else 1.0
    first = 0.2 if old.texts and old.texts[0] == new.texts[0] else 0.0
    likeness = max(same, shared) + first
    return likeness if likeness >= _ALIKE else 0.0


# -------------------------------------------------------------------------------------- the end


def _ended(pairs: list[BlockPair], old: list[Block], new: list[Block]) -> list[BlockPair]:
    """The pairs so that the last paragraph of the container is one in both documents.

    The mark of a container's last paragraph can't be deleted, as there is none for it to be merged with
    (§17.13.5.15). So where paragraphs came or went behind the last that stayed, it is that one's mark which
    was inserted or deleted, and the last has its properties; else the last of both become a pair.
    """
    if not old or not new or not pairs or (pairs[-1].old is old[-1] and pairs[-1].new is new[-1]):
        return pairs
    last_old, last_new = old[-1], new[-1]
    if last_old.kind != PARAGRAPH or last_new.kind != PARAGRAPH:
        return pairs
    start = max((n for n, p in enumerate(pairs) if p.old and p.new), default=-1)
    tail = pairs[start + 1 :]
    gone, come = [p for p in tail if p.old], [p for p in tail if p.new]
    if gone and come:
        return [*pairs[: start + 1], *gone[:-1], *come[:-1], _pair(last_old, last_new)]
    stays = pairs[start]
    if _can_join(stays, tail):
        stays.joined = "del" if gone else "ins"
        if gone:
            tail[-1].mark_of_new = stays.new
        else:
            tail[-1].mark_of_old = stays.old
        return pairs
    apart = [BlockPair(old=stays.old), *gone[:-1]] if gone else [BlockPair(new=stays.new), *come[:-1]]
    return [*pairs[:start], *apart, _pair(last_old, last_new)]


def _can_join(stays: BlockPair, tail: Sequence[BlockPair]) -> bool:
    blocks = [block for pair in (stays, *tail) for block in (pair.old, pair.new) if block is not None]
    return all(block.kind == PARAGRAPH and not block.ends_section for block in blocks)


def _parted(pairs: list[BlockPair]) -> list[BlockPair]:
    """The pairs without a deleted table right before an inserted one: Word would make one of them."""
    found: list[BlockPair] = []
    for pair in pairs:
        before = found[-1] if found else None
        if (
            before is not None
            and before.new is None
            and pair.old is None
            and before.old is not None
            and pair.new is not None
            and before.old.kind == pair.new.kind == TABLE
            and is_plain(before.old.element)
            and is_plain(pair.new.element)
        ):
            found[-1] = _pair(before.old, pair.new)
        else:
            found.append(pair)
    return found


def _note_moves(pairs: Sequence[BlockPair]) -> None:
    """Give a name to paragraphs that were deleted in one place and inserted, word for word, in another."""
    gone = _lonely([pair for pair in pairs if pair.new is None and not pair.mark_of_new], "old")
    come = _lonely([pair for pair in pairs if pair.old is None and not pair.mark_of_old], "new")
    number = 0
    for text, pair in gone.items():
        if text in come:
            number += 1
            pair.moved = come[text].moved = f"move{number}"


def _lonely(pairs: Sequence[BlockPair], side: Literal["old", "new"]) -> dict[str, BlockPair]:
    """By its text, each paragraph that stands once among some."""
    found: dict[str, BlockPair] = {}
    twice = set()
    for pair in pairs:
        block = pair.old if side == "old" else pair.new
        if block is None or block.kind != PARAGRAPH or block.ends_section or block.total < _LEAST_MOVED:
            continue
        if block.text in found:
            twice.add(block.text)
        found[block.text] = pair
    return {text: pair for text, pair in found.items() if text not in twice}
