"""The paragraphs of an edition's own file and of the returned one, held against each other. Pure."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import field, replace

from briefbook.aligning import Change, Key, Token, changes, key_of, paired, same, tokens_of
from briefbook.document import Document
from briefbook.frozen import frozen
from briefbook.returned import Paragraph, Part, Returned, Span, View, viewed
from briefbook.reviewing.printed_words import Line, lines_of

_TEXT = (Part.BODY, Part.NOTE, Part.TEXT_BOX)
_LONG_NUMBER = re.compile("\\d+(?:[.,'’\u00a0\u202f]\\d+)+")
_BREAKS = "\t\n\N{EN SPACE}"  # between a label and its value, a heading and what is set beside it
_QUOTES = frozenset('“”„‟«»‹›"')  # not single ones, which are apostrophes too
_SLOT_TAG = "slot:"  # what the tags of the content controls of slots begin with


@frozen
class Row:
    """A paragraph of the edition's own file or of the returned one."""

    paragraph: Paragraph
    tokens: tuple[Token, ...]
    key: Key
    owners: dict[int, tuple[int, int, int]] = field(default_factory=dict)  # of the edition: by token
    pieces: tuple[int, ...] = ()

    def owner(self, token: int) -> int | None:
        """The piece of the edition that a word comes from."""
        return self.owners[token][0] if token in self.owners else None


def rows_of(returned: Returned, *parts: Part) -> list[Row]:
    """The paragraphs of some parts that hold words, once all changes are accepted."""
    shown = (one for one in viewed(returned.paragraphs, View.ACCEPTED) if one.part in parts)
    rows = ((one, tokens_of(one)) for one in shown)
    return [
        Row(paragraph=one, tokens=tokens, key=key_of(tokens)) for one, tokens in rows if tokens or one.gone
    ]


def _owned(rows: Sequence[Row], lines: Sequence[Line]) -> list[Row]:
    """The edition's paragraphs, their words with the pieces that they come from."""
    found = list(rows)
    for i, j in paired([row.key for row in rows], [line.key for line in lines]):
        if i is None or j is None:
            continue
        row, line = rows[i], lines[j]
        told = [Token(text=key, key=key, start=0, end=0, gap="") for key in line.key]
        pairs = same(row.tokens, told, changes(row.tokens, told))
        owners = {one: line.owners[other] for one, other in pairs.items()}
        found[i] = replace(row, owners=owners, pieces=line.pieces)
    return found


class Match:
    """Which paragraph is which: `rows` are the edition's, `others` those returned, `pairs` their numbers."""

    def __init__(self, own: Returned, returned: Returned, document: Document) -> None:
        lines, self.pieces = lines_of(document)
        self.returned = returned
        self.rows = _owned([row for row in rows_of(own, *_TEXT) if row.tokens], lines)
        self.others = [row for row in rows_of(returned, *_TEXT) if row.tokens]
        self._own_tags, self._tags = _tags_of(own, own), _tags_of(returned, own)
        self.pairs = self._pairs()
        self.slots = self._slots_of_controls()
        ats = ((j, place) for place, (_, j) in enumerate(self.pairs) if j is not None)
        self._before: list[int | None] = [None]  # by place: the edition's paragraph that stands before it
        for i, _ in self.pairs:
            self._before.append(self._before[-1] if i is None else i)
        self._first = next((i for i, _ in self.pairs if i is not None), None)
        self._places = sorted((self.others[j].paragraph.at, place) for j, place in ats)

    def row_before(self, place: int) -> Row | None:
        """The paragraph of the edition that stands before a place, else the one after it."""
        found = self._before[min(place, len(self.pairs))]
        found = self._first if found is None else found
        return None if found is None else self.rows[found]

    def place_of(self, paragraph: int) -> int:
        """The place among the pairs of a paragraph of the returned document, or of the one before it."""
        found = bisect_right(self._places, (paragraph, len(self.pairs)))
        return self._places[found - 1][1] if found else 0

    def _pairs(self) -> list[tuple[int | None, int | None]]:
        """The edition's paragraphs and the returned ones. One that was tracked tells itself what it was."""
        before = {one.at: key_of(tokens_of(one)) for one in viewed(self.returned.paragraphs, View.REJECTED)}
        known = {row.key for row in self.rows}
        was = (before.get(other.paragraph.at, ()) for other in self.others)
        keys = [key if key in known else other.key for key, other in zip(was, self.others, strict=True)]
        found = paired([row.key for row in self.rows], keys)
        pairs: list[tuple[int | None, int | None]] = []
        at = 0
        while at < len(found):
            end = at
            while end < len(found) and None in found[end]:
                end += 1
            gap = found[at:end]
            ones, others = [i for i, _ in gap if i is not None], [j for _, j in gap if j is not None]
            pairs += self._pairs_told(ones, others) if ones and others else gap
            pairs += found[end : end + 1]
            at = end + 1
        return pairs

    def _pairs_told(self, ones: list[int], others: list[int]) -> list[tuple[int | None, int | None]]:
        """Pairs in a gap, however little alike: by their control or cell, by the slot that is all of one."""
        pairs: list[tuple[int | None, int | None]] = []
        free = list(others)
        for i in ones:
            row = self.rows[i]
            told = (j for j in free if self._is_told(row, j))
            found = next(told, None)
            is_slot = bool(row.pieces) and all(self.pieces[n].slot for n in row.pieces)
            if found is None and is_slot and len(ones) == len(others) == 1:
                found = others[0]
            if found is None:
                pairs.append((i, None))
            else:
                cut = free.index(found)
                pairs += [(None, j) for j in free[:cut]]
                pairs.append((i, found))
                free = free[cut + 1 :]
        return [*pairs, *((None, j) for j in free)]

    def _is_told(self, row: Row, other: int) -> bool:
        """Whether something else than its words tells that a returned paragraph is this one."""
        return (
            self._has_one_control(row, other)
            or _is_one_cell(row, self.others[other])
            or self._has_one_label(row, other)
        )

    def _has_one_label(self, row: Row, other: int) -> bool:
        """Whether a row of the memo's head (To, From …) begins with the same label."""
        if len(row.pieces) < 2 or self.pieces[row.pieces[0]].section != "header":
            return False
        label = [n for n, (piece, _, _) in sorted(row.owners.items()) if piece == row.pieces[0]]
        length = len(label)
        return (
            label == list(range(length))
            and length > 0
            and self.others[other].key[:length] == row.key[:length]
        )

    def _has_one_control(self, row: Row, other: int) -> bool:
        """Whether the content control of a slot stands in both."""
        own = {self._own_tags.get(span.control) for span in row.paragraph.spans} - {None}
        return any(self._tags.get(span.control) in own for span in self.others[other].paragraph.spans)

    def _slots_of_controls(self) -> dict[int, str]:
        """The slots of the content controls that came back: by their tags, else by what stands in them."""
        found = {
            number: tag.removeprefix(_SLOT_TAG).partition("#")[0]
            for number, tag in self._tags.items()
            if number is not None
        }
        for i, j in self.pairs:
            if i is None or j is None:
                continue
            row, other = self.rows[i], self.others[j]
            for one, two in same(row.tokens, other.tokens, changes(row.tokens, other.tokens)).items():
                control = span_of(other, two).control
                slot = self.pieces[row.owners[one][0]].slot if one in row.owners else None
                if control is not None and slot is not None:
                    found.setdefault(control, slot.id)
        return found


def _tags_of(returned: Returned, own: Returned) -> dict[int | None, str]:
    """The tags of the controls of slots; where a program lost them, by the bookmarks that stand in them."""
    known = {mark: control.tag for control in own.controls for mark in control.bookmarks}
    tags = (
        next((known[mark] for mark in control.bookmarks if mark in known), control.tag)
        if not control.tag
        else control.tag
        for control in returned.controls
    )
    return {number: tag for number, tag in enumerate(tags) if tag.startswith(_SLOT_TAG)}


def _is_one_cell(row: Row, other: Row) -> bool:
    return row.paragraph.cell is not None and row.paragraph.cell == other.paragraph.cell


def numbers_of(row: Row) -> Iterator[tuple[int, int]]:
    """The numbers of several words (`4,000`), each by its first word and the one behind its last."""
    for match in _LONG_NUMBER.finditer(row.paragraph.text):
        under = [n for n, token in enumerate(row.tokens) if match.start() <= token.start < match.end()]
        if under:
            yield under[0], under[-1] + 1


def stretch_beside(row: Row, other: Row, change: Change) -> tuple[int, set[int]] | None:
    """The piece that new words stand beside, and all pieces of its stretch; None where it may be another.

    A stretch ends at a break: an end of the paragraph, or a tab or new line that the edition has there. So
    does what stands alone in quotation marks. Where somebody put in a break or a mark, or took one out, what
    is new there may as well be something else.
    """
    beside = _beside_break(row, other, change)
    words = range(0) if beside is None else _between_breaks(row, beside)
    if beside is None and (quoted := _quoted(row, other, change)) is not None:
        words, beside = quoted, quoted[0] if quoted[0] == change.i1 else quoted[-1]
    if beside is None or beside not in row.owners:
        return None
    return row.owners[beside][0], {row.owners[n][0] for n in words if n in row.owners}


def _beside_break(row: Row, other: Row, change: Change) -> int | None:
    """The word of the edition beside new words that a break parts from that on their other side."""
    if any(_breaks(other, n) for n in range(change.j1 + 1, change.j2)):
        return None
    was, before, after = _breaks(row, change.i1), _breaks(other, change.j1), _breaks(other, change.j2)
    last = len(row.tokens)
    if not after and before == was and change.i1 < last and (was or change.i1 == 0):
        return change.i1
    if not before and after == was and change.i1 > 0 and (was or change.i1 == last):
        return change.i1 - 1
    return None


def _quoted(row: Row, other: Row, change: Change) -> range | None:
    """The words of a piece alone in quotation marks, at an end of which new words stand within these."""
    if any(token.text in _QUOTES for token in other.tokens[change.j1 : change.j2]):
        return None
    for at, mark in ((change.i1, change.i1 - 1), (change.i1 - 1, change.i1)):
        if at not in row.owners or not _is_quote(row, mark):
            continue
        start, end = at, at + 1
        while row.owner(start - 1) == row.owner(at):
            start -= 1
        while row.owner(end) == row.owner(at):
            end += 1
        if mark in (start - 1, end) and _is_quote(row, start - 1, end):
            return range(start, end)
    return None


def _is_quote(row: Row, *tokens: int) -> bool:
    return all(0 <= n < len(row.tokens) and row.tokens[n].text in _QUOTES for n in tokens)


def parted_at_breaks(row: Row, other: Row, found: Sequence[Change]) -> Iterator[Change]:
    """Changes, each of which is two where it goes over the break at which the words of the edition end."""
    for change in found:
        breaks = [n for n in range(change.j1 + 1, change.j2) if _breaks(other, n)]
        at, told = (breaks[0], _breaks(other, breaks[0])) if len(breaks) == 1 else (change.j1, "")
        if told and told == _breaks(row, change.i2) and not _breaks(other, change.j2):
            yield replace(change, j2=at)
            yield Change(i1=change.i2, i2=change.i2, j1=at, j2=change.j2)
        elif told and told == _breaks(row, change.i1) and not _breaks(other, change.j1):
            yield Change(i1=change.i1, i2=change.i1, j1=change.j1, j2=at)
            yield replace(change, j1=at)
        else:
            yield change


def is_over_break(row: Row, other: Row, change: Change) -> bool:
    """Whether other words go over a break at which those of the edition ended, into what is beyond it."""
    within = any(_breaks(other, n) for n in range(change.j1 + 1, change.j2))
    ends = ((change.i1, change.j1), (change.i2, change.j2))
    return within and any(_breaks(row, i) and not _breaks(other, j) for i, j in ends)


def has_new_break(row: Row, other: Row, change: Change) -> bool:
    """Whether other words hold, or stand beside, more breaks than those of the edition, with words beyond."""
    own = sum(bool(_breaks(row, n)) for n in range(change.i1, change.i2 + 1) if 0 < n < len(row.tokens))
    new = (n for n in range(change.j1, change.j2 + 1) if 0 < n < len(other.tokens))
    return sum(bool(_breaks(other, n)) for n in new) > own


def _between_breaks(row: Row, token: int) -> range:
    """The words around one, up to the next breaks."""
    start, end = token, token + 1
    while start > 0 and not _breaks(row, start):
        start -= 1
    while end < len(row.tokens) and not _breaks(row, end):
        end += 1
    return range(start, end)


def _breaks(row: Row, token: int) -> str:
    """The breaks before a word; before the one behind the last: at the end of the paragraph."""
    start = row.tokens[token - 1].end if token else 0
    end = row.tokens[token].start if token < len(row.tokens) else len(row.paragraph.text)
    return "".join(sign for sign in row.paragraph.text[start:end] if sign in _BREAKS)


def in_one(rows: Sequence[Row]) -> Row:
    """The cells of a row of a table as one paragraph."""
    tokens = tuple(
        replace(token, gap=" ") if not n else token for row in rows for n, token in enumerate(row.tokens)
    )
    return replace(rows[0], tokens=tokens, pieces=tuple(piece for row in rows for piece in row.pieces))


def span_of(row: Row, token: int) -> Span:
    """The span that a word stands in."""
    return row.paragraph.spans[row.tokens[token].span]


def spans_under(row: Row, start: int, end: int) -> list[int]:
    """The places of the spans that hold some words; several people may have written in one word."""
    tokens = row.tokens[start:end]
    found: list[int] = []
    at = 0
    for number, span in enumerate(row.paragraph.spans if tokens else ()):
        if any(token.start < at + len(span.text) and token.end > at for token in tokens):
            found.append(number)
        at += len(span.text)
    return found


def words_of(row: Row, start: int, end: int) -> str:
    """Some words of a paragraph as they stand there, in one line."""
    tokens = row.tokens[start:end]
    told = (f"[{token.text}]" if token.is_worked_out else token.text for token in tokens)
    return "".join(
        token.gap * bool(n) + text for n, (token, text) in enumerate(zip(tokens, told, strict=True))
    )


def rewritten(
    text: str, piece: int, row: Row, other: Row, found: Sequence[Change], theirs: Collection[Change]
) -> str:
    """The new words of a piece: its own as they were, and what was written between and instead of them."""
    own = [n for n, (owner, _, _) in row.owners.items() if owner == piece]
    pairs = same(row.tokens, other.tokens, found)
    parts: list[str] = []
    last: int | None = None  # the word of the edition right before, if it stands
    at = min(own)
    for change in (*found, None):
        until = min(change.i1, max(own) + 1) if change else max(own) + 1
        for n in (n for n in range(at, until) if n in row.owners):
            _, start, end = row.owners[n]
            gap = (
                text[row.owners[last][2] : start]
                if last is not None and last == n - 1
                else other.tokens[pairs[n]].gap
            )
            parts += [gap if parts else "", text[start:end]]
            last = n
        at = max(at, until)
        if change is not None and change in theirs:
            for token in other.tokens[change.j1 : change.j2]:
                parts += [token.gap if parts else "", token.text]
            last = None
            at = max(at, change.i2)
    return "".join(parts)
