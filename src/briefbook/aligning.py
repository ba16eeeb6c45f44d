"""Words and paragraphs of two documents held against each other: words count, not how they are set. Pure.

Two spellings of one word are the same word where only its quotes, hyphens or composed letters differ, since
programs change these on their own; white space is never a difference.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from unicodedata import normalize

from briefbook import pairing
from briefbook.frozen import frozen
from briefbook.returned import Paragraph

_TOKEN = re.compile("\\w+|[^\\w\\s\u00ad\u200b\u2060\ufeff]")
_ALIKE = str.maketrans("‘’‛′“”„″\u2010\u2011", "''''\"\"\"\"--")
_WORKED_OUT = "\ue000"  # the key of whatever Word works out: the numbers that it shows are not a person's
_SIMILAR = 0.34  # of two paragraphs, from which on one is taken for the other, reworded
_LARGEST_PAIR = 4_000_000  # pairs of words; a paragraph of a memo has some hundred words

Key = tuple[str, ...]


@frozen
class Token:
    """A word or a sign: where it stands in its paragraph's text, and what is before it.

    `key` is what it is compared by. `span` is the place of its span among those of the paragraph.
    """

    text: str
    key: str
    start: int
    end: int
    gap: str  # the white space before it: "" or " "
    span: int = 0
    is_worked_out: bool = False


@frozen
class Change:
    """Words of the one that are other words in the other: `[i1, i2)` became `[j1, j2)`."""

    i1: int
    i2: int
    j1: int
    j2: int


def tokens_of(paragraph: Paragraph) -> tuple[Token, ...]:
    """The words of a paragraph; none goes over the edge of what Word works out."""
    found: list[Token] = []
    whole = paragraph.text
    at = end = 0
    for text, spans in _stretches(paragraph):
        is_worked_out = spans[0][1]
        begins = [upto for _, _, upto in spans]
        for match in _TOKEN.finditer(text):
            start = at + match.start()
            span = spans[bisect_right(begins, match.start()) - 1][0]
            is_apart = bool(found) and any(character.isspace() for character in whole[end:start])
            found.append(
                Token(
                    text=match[0], key=_WORKED_OUT if is_worked_out else _key(match[0]), start=start,
                    end=at + match.end(), gap=" " if is_apart else "", span=span, is_worked_out=is_worked_out,
                )
            )  # fmt: skip
            end = at + match.end()
        at += len(text)
    return tuple(found)


def _stretches(paragraph: Paragraph) -> Iterator[tuple[str, list[tuple[int, bool, int]]]]:
    """The text of neighbouring spans of one kind, with each span's number, kind and first character in it."""
    texts, spans, length = list[str](), list[tuple[int, bool, int]](), 0
    for number, span in enumerate(paragraph.spans):
        if spans and spans[0][1] != span.is_worked_out:
            yield "".join(texts), spans
            texts, spans, length = [], [], 0
        spans.append((number, span.is_worked_out, length))
        texts.append(span.text)
        length += len(span.text)
    if spans:
        yield "".join(texts), spans


def words_in(text: str) -> list[tuple[str, int, int]]:
    """The words of a text: what each is compared by, where it starts and where it ends."""
    return [(_key(match[0]), match.start(), match.end()) for match in _TOKEN.finditer(text)]


def keys_in(text: str) -> Key:
    """What the words of a text are compared by."""
    return tuple(key for key, _, _ in words_in(text))


def _key(word: str) -> str:
    return normalize("NFC", word).translate(_ALIKE)


def key_of(tokens: Sequence[Token]) -> Key:
    """What a paragraph is compared by: its words, whatever Word works out left aside."""
    return tuple(token.key for token in tokens if not token.is_worked_out)


# ----------------------------------------------------------------------------------- paragraphs


def paired(ones: Sequence[Key], others: Sequence[Key]) -> list[tuple[int | None, int | None]]:
    """Which paragraph of the one is which of the other, in the order of both; None where it has none."""
    return list(pairing.paired(ones, others, lambda key: key, _likeness))


def _likeness(one: Key, other: Key) -> float:
    found = alike(one, other)
    return found if found >= _SIMILAR else 0.0


def alike(one: Key, other: Key) -> float:
    """How many of the words of two texts are the same, whatever their order: from 0 to 1."""
    if not one or not other:
        return 0.0
    common = Counter(one) & Counter(other)
    return 2 * sum(common.values()) / (len(one) + len(other))


# ---------------------------------------------------------------------------------------- words


def changes(ones: Sequence[Token], others: Sequence[Token]) -> list[Change]:
    """What is other in two versions of a paragraph; where most is, all between its ends is one change."""
    one_keys, other_keys = [token.key for token in ones], [token.key for token in others]
    if len(ones) * len(others) > _LARGEST_PAIR:
        return _between_ends(one_keys, other_keys)
    matcher = SequenceMatcher(None, one_keys, other_keys, autojunk=False)
    found = [
        Change(i1=i1, i2=i2, j1=j1, j2=j2) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"
    ]
    if len(found) > 1 and matcher.ratio() < 0.5:
        first, last = found[0], found[-1]
        found = [Change(i1=first.i1, i2=last.i2, j1=first.j1, j2=last.j2)]
    return [change for change in found if not _is_a_number_alone(ones, others, change)]


def _between_ends(ones: Sequence[str], others: Sequence[str]) -> list[Change]:
    """All between what is the same at both ends, as one change."""
    i = j = 0
    while i < min(len(ones), len(others)) and ones[i] == others[i]:
        i += 1
    while j < min(len(ones), len(others)) - i and ones[-1 - j] == others[-1 - j]:
        j += 1
    found = Change(i1=i, i2=len(ones) - j, j1=i, j2=len(others) - j)
    return [found] if found.i1 < found.i2 or found.j1 < found.j2 else []


def _is_a_number_alone(ones: Sequence[Token], others: Sequence[Token], change: Change) -> bool:
    """Whether a program put plain digits for the number that Word works out, as LibreOffice does for some."""
    before, after = ones[change.i1 : change.i2], others[change.j1 : change.j2]
    return (
        len(before) == len(after)
        and all(one.is_worked_out for one in before)
        and all(other.text.isdigit() for other in after)
    )


def same(ones: Sequence[Token], others: Sequence[Token], found: Sequence[Change]) -> dict[int, int]:
    """Which word of the other each unchanged word of the one is."""
    pairs: dict[int, int] = {}
    i = j = 0
    for change in (*found, Change(i1=len(ones), i2=len(ones), j1=len(others), j2=len(others))):
        pairs |= dict(zip(range(i, change.i1), range(j, change.j1), strict=False))
        i, j = change.i2, change.j2
    return pairs


def as_one(found: Sequence[Change], low: int, high: int) -> Sequence[Change]:
    """Changes with those within `[low, high)` made one, of all its words; as they are if one goes beyond."""
    within = [n for n, change in enumerate(found) if low <= change.i1 and change.i2 <= high]
    touched = [n for n, change in enumerate(found) if change.i1 < high and low < change.i2]
    if not touched or not set(touched) <= set(within):
        return found
    first, last = found[within[0]], found[within[-1]]
    j1, j2 = first.j1 - (first.i1 - low), last.j2 + (high - last.i2)  # between changes word stands by word
    whole = Change(i1=low, i2=high, j1=j1, j2=j2)
    return [*found[: within[0]], whole, *found[within[-1] + 1 :]]
