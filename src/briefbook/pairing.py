"""Which items of two sequences belong together: equal ones by a common subsequence, others by likeness.

Near linear for long sequences: what both begin and end with is set aside, items that stand once in each are
anchors (the patience rule), and only the gaps between them are compared cell by cell. A gap that is too large
for that is left without a match, so that no document can make it slow.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
_CELLS = 40_000  # of a table that is filled: 200 by 200
_BAND = 24  # how far from the diagonal likeness is asked for, where a gap is larger


def paired(
    old: Sequence[T], new: Sequence[T], key: Callable[[T], Hashable], likeness: Callable[[T, T], float]
) -> Iterator[tuple[int | None, int | None]]:
    """Places (old, new) of items that belong together, in the order of both; None for what has no partner.

    Items with the same `key` come first; between them those that are alike, as `likened` has it. What went is
    told before what came.
    """
    ends = len(old), len(new)
    i = j = 0
    for place, other in [*matched(list(map(key, old)), list(map(key, new))), ends]:
        for near, far in [*likened(old, new, likeness, (i, place, j, other)), (place, other)]:
            yield from ((gone, None) for gone in range(i, near))
            yield from ((None, come) for come in range(j, far))
            if (near, far) != ends:
                yield near, far
            i, j = near + 1, far + 1


def matched(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Pairs of places (old, new) with equal items, ascending in both: a long common subsequence."""
    pairs: list[tuple[int, int]] = []
    todo = [(0, len(old), 0, len(new))]
    while todo:
        low, high, left, right = todo.pop()
        while low < high and left < right and old[low] == new[left]:
            pairs.append((low, left))
            low, left = low + 1, left + 1
        while low < high and left < right and old[high - 1] == new[right - 1]:
            high, right = high - 1, right - 1
            pairs.append((high, right))
        if low == high or left == right:
            continue
        anchors = _anchors(old, new, (low, high, left, right))
        if anchors:
            for place, other in [*anchors, (high, right)]:
                todo.append((low, place, left, other))
                low, left = place, other  # the anchor opens its gap, as the first that is equal there
        elif (high - low) * (right - left) <= _CELLS:
            weights = {(i, j): 1.0 for i in range(low, high) for j in range(left, right) if old[i] == new[j]}
            pairs += best_chain(weights, (low, high, left, right))
    return sorted(pairs)


def _anchors(
    old: Sequence[Hashable], new: Sequence[Hashable], window: tuple[int, int, int, int]
) -> list[tuple[int, int]]:
    """The longest ascending run of pairs of items that stand once in each part."""
    low, high, left, right = window
    once_old = _once(old, low, high)
    once_new = _once(new, left, right)
    both = sorted((place, once_new[item]) for item, place in once_old.items() if item in once_new)
    tails: list[int] = []  # the least last place in `new` of an ascending run, by its length
    ends: list[int] = []
    before: list[int] = []
    for index, (_, other) in enumerate(both):
        length = bisect_left(tails, other)
        before.append(ends[length - 1] if length else -1)
        if length == len(tails):
            tails.append(other)
            ends.append(index)
        else:
            tails[length], ends[length] = other, index
    run: list[tuple[int, int]] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        run.append(both[index])
        index = before[index]
    return run[::-1]


def _once(items: Sequence[Hashable], start: int, end: int) -> dict[Hashable, int]:
    counts = Counter(items[start:end])
    return {items[place]: place for place in range(start, end) if counts[items[place]] == 1}


def likened(
    old: Sequence[T], new: Sequence[T], likeness: Callable[[T, T], float], window: tuple[int, int, int, int]
) -> list[tuple[int, int]]:
    """Pairs of places in a window (old from, to; new from, to) of items that are alike, ascending in both.

    `likeness` is 0 for what may not be paired; the sum of all is as large as can be. In a large window only
    items at about the same place are asked.
    """
    low, high, left, right = window
    rows, columns = high - low, right - left
    if not rows or not columns:
        return []
    wide = rows * columns > _CELLS
    weights: dict[tuple[int, int], float] = {}
    for i in range(low, high):
        first, last = left, right
        if wide:
            middle = left + (i - low) * columns // rows
            first, last = max(left, middle - _BAND), min(right, middle + _BAND)
        for j in range(first, last):
            weight = likeness(old[i], new[j])
            if weight > 0:
                weights[i, j] = weight
    return best_chain(weights, window)


def best_chain(
    weights: dict[tuple[int, int], float], window: tuple[int, int, int, int]
) -> list[tuple[int, int]]:
    """The ascending pairs with the largest sum of weights; of equal ones, those that come first.

    A Fenwick tree of the best chain that ends before a column: as long as there are weights, not cells.
    """
    _, _, left, right = window
    size = right - left
    tree: list[tuple[float, int]] = [(0.0, -1)] * (size + 1)
    links: list[tuple[tuple[int, int], int]] = []
    by_row: dict[int, list[int]] = {}
    for i, j in weights:
        by_row.setdefault(i, []).append(j)
    for i in sorted(by_row):
        fresh = []
        for j in sorted(by_row[i]):
            total, link = _best_before(tree, j - left)
            links.append(((i, j), link))
            fresh.append((j - left + 1, total + weights[i, j], len(links) - 1))
        for place, total, link in fresh:  # a row's pairs exclude each other
            while place <= size:
                if total > tree[place][0]:
                    tree[place] = (total, link)
                place += place & -place
    chain = []
    link = _best_before(tree, size)[1]
    while link >= 0:
        pair, link = links[link]
        chain.append(pair)
    return chain[::-1]


def _best_before(tree: list[tuple[float, int]], place: int) -> tuple[float, int]:
    best = (0.0, -1)
    while place > 0:
        if tree[place][0] > best[0]:
            best = tree[place]
        place -= place & -place
    return best
