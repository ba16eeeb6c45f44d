"""What people did to a returned document, edit by edit, each with the fact and field that it concerns. Pure.

The returned document is held against the edition's own, and that against the tree that it was written from,
whose inlines know their facts and slots. Nothing is left out: what fits none of its words is an edit whole.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from enum import StrEnum
from functools import cached_property
from itertools import groupby

from briefbook.aligning import Change, Key, alike, as_one, changes, key_of, keys_in, paired, same, tokens_of
from briefbook.document import Document
from briefbook.frozen import frozen
from briefbook.returned import Comment, Part, Returned, Revision, Span, Thing, View
from briefbook.reviewing.matching import (
    Match,
    Row,
    in_one,
    numbers_of,
    rewritten,
    rows_of,
    span_of,
    spans_under,
    words_of,
)
from briefbook.reviewing.printed_words import Piece


class EditKind(StrEnum):
    """What somebody did."""

    CHANGED = "changed"  # words of a paragraph
    ADDED = "added"  # a paragraph
    REMOVED = "removed"  # a paragraph
    MOVED = "moved"  # a paragraph
    REMARK = "remark"
    THING = "thing"  # a picture, an embedded file: put in or taken out
    TAKEN_BACK = "taken back"  # put in and taken out again, under tracking


@frozen
class Edit:
    """One thing that somebody did.

    `piece` is the number of the piece of `Review.pieces` that it lies in; without one it is on connective
    words or on several facts. `is_sure` is False where it may as well belong to what stands beside.
    """

    kind: EditKind
    before: str = ""
    after: str = ""
    who: str = ""  # empty where changes were not tracked
    when: str = ""
    part: Part = Part.BODY
    section: str = ""
    heading: str = ""
    context: str = ""  # the paragraph, as the edition has it; of a new one that before it
    facts: tuple[str, ...] = ()  # near it, in reading order
    slots: tuple[str, ...] = ()
    piece: int | None = None
    is_sure: bool = True
    what: str = ""  # of a thing: picture, embedded object …; of a remark: whom it answers
    sha256: str = ""


@frozen
class Review:
    """All edits in reading order; the pieces of the edition, and the new words of those that were changed."""

    edits: tuple[Edit, ...]
    pieces: tuple[Piece, ...]
    rewritten: dict[int, str] = field(default_factory=dict)  # by the piece's number
    broken: frozenset[int] = frozenset()  # those in whose paragraph a line was broken
    formatting: int = 0  # tracked changes of looks alone
    spaces: int = 0  # tracked changes of white space alone


# ------------------------------------------------------------------------------------- the review

_EDGES = (Part.HEADER, Part.FOOTER)
_SAME_EDGE = 0.34  # from which on a head of pages is another one, changed
_MOST_COMPARED = 2_000  # edits; of more none is sure
_MOVED_WORDS = 3  # so many words that went here and came there were moved


def review_of(own: Returned, returned: Returned, document: Document) -> Review:
    """What people did to `returned`, which was the file `own` of the edition whose tree is `document`."""
    return _Reviewing(own, returned, document).review()


class _Reviewing:
    """Gathers the edits; what each tracked change belongs to is noted, so that none is left over."""

    def __init__(self, own: Returned, returned: Returned, document: Document) -> None:
        self._match = match = Match(own, returned, document)
        self.own, self.returned = own, returned
        self.pieces, self.slots = match.pieces, match.slots
        self.rows, self.others, self.pairs = match.rows, match.others, match.pairs
        self.edits: list[tuple[tuple[int, int], Edit]] = []  # with their places: pair, and word in it
        self.rewritten: dict[int, str] = {}
        self.spoilt: set[int] = set()  # pieces that some edit touches without being theirs alone
        self.broken: set[int] = set()
        self.told: set[int] = set()  # the identities of tracked spans that belong to an edit

    def review(self) -> Review:
        """All that was done."""
        for place, (i, j) in enumerate(self.pairs):
            if i is not None and j is not None:
                self._changed(place, self.rows[i], self.others[j])
        self._come_and_gone()
        for part in _EDGES:
            self._edges(part)
        self._things()
        for comment in self.returned.comments:
            self._remark(comment)
        spaces = self._left_over()
        edits = _with_moved_words([edit for _, edit in sorted(self.edits, key=lambda pair: pair[0])])
        self.spoilt |= {edit.piece for edit in edits if edit.piece is not None and not edit.is_sure}
        return Review(
            edits=tuple(edits),
            pieces=tuple(self.pieces),
            rewritten={n: text for n, text in self.rewritten.items() if n not in self.spoilt},
            broken=frozenset(self.broken),
            formatting=len(self.returned.formatting),
            spaces=spaces,
        )

    # --------------------------------------------------------------------------------- changes

    def _changed(self, place: int, row: Row, other: Row) -> None:
        found = self._answers_whole(row, changes(row.tokens, other.tokens))
        own: dict[int, list[Change]] = defaultdict(list)
        for change in found:
            piece, is_sure = self._piece_of(row, other, change)
            touched = {row.owners[n][0] for n in range(change.i1, change.i2) if n in row.owners}
            self.spoilt |= touched - ({piece} if is_sure and piece is not None else set())
            if piece is not None and is_sure:
                own[piece].append(change)
            revisions = self._revisions(row, other, change)
            self._add(
                (place, change.i1),
                row,
                Edit(
                    kind=EditKind.CHANGED,
                    before=words_of(row, change.i1, change.i2),
                    after=words_of(other, change.j1, change.j2),
                    piece=piece,
                    is_sure=is_sure,
                ),
                revisions,
            )
        if other.paragraph.text.count("\n") > row.paragraph.text.count("\n"):
            self.broken |= own.keys()
        for piece in own.keys() - self.spoilt:
            theirs = own[piece]
            self.rewritten[piece] = rewritten(self.pieces[piece].text, piece, row, other, found, theirs)

    def _answers_whole(self, row: Row, found: Sequence[Change]) -> Sequence[Change]:
        """The same; but what took the place of a prompt or a number is one change, whatever they share."""
        for start, end in numbers_of(row):
            if any(change.i1 < end and start < change.i2 for change in found):
                found = as_one(found, start, end)
        for piece in row.pieces:
            slot = self.pieces[piece].slot
            own = [n for n, (owner, _, _) in row.owners.items() if owner == piece]
            if slot is not None and slot.is_empty and own:
                found = as_one(found, min(own), max(own) + 1)
        return found

    def _piece_of(self, row: Row, other: Row, change: Change) -> tuple[int | None, bool]:
        """The piece that a change lies in, and whether it is that one's alone."""
        owned = [row.owners[n][0] if n in row.owners else None for n in range(change.i1, change.i2)]
        if owned and owned[0] is not None and set(owned) == {owned[0]}:
            return owned[0], True
        left, right = (row.owners.get(n, (None,))[0] for n in (change.i1 - 1, change.i2))
        if not owned and left is not None and left == right:
            return left, True
        if not owned:
            in_control = self._slot_at(other, change)
            for piece in (left, right):
                slot = None if piece is None else self.pieces[piece].slot
                if slot is not None and slot.id == in_control:
                    return piece, True
            if (left is None) != (right is None):  # nothing, or a citation, stands on the other side
                piece = right if left is None else left
                assert piece is not None
                return self._at_edge(piece, row, other, change)
        near = {n for n in (owned or [left, right]) if n is not None and self.pieces[n].is_of_somebody}
        return (near.pop(), False) if len(near) == 1 else (None, True)

    def _at_edge(self, piece: int, row: Row, other: Row, change: Change) -> tuple[int | None, bool]:
        """New words at an end of a paragraph: they are the field's beside them if no other stands in it."""
        if not self.pieces[piece].is_of_somebody:
            return None, True
        is_alone = not any(self.pieces[n].is_of_somebody for n in row.pieces if n != piece)
        has_words = any(token.text.isalnum() for token in other.tokens[change.j1 : change.j2])
        return piece, is_alone and has_words

    def _slot_at(self, other: Row, change: Change) -> str | None:
        """The slot in whose content control new words stand."""
        controls = {span_of(other, n).control for n in range(change.j1, change.j2)}
        control = controls.pop() if len(controls) == 1 else None
        return None if control is None else self.slots.get(control)

    def _revisions(self, row: Row, other: Row, change: Change) -> list[Revision]:
        """The tracked changes that made a change; none where it was made without tracking.

        A deleted span is told of where it holds what went, or what was written anew in its place. Words in it
        that the edition never had are told later.
        """
        numbers = spans_under(other, change.j1, change.j2)
        come = [other.paragraph.spans[n] for n in numbers]
        low = other.tokens[change.j1 - 1].end if change.j1 else 0
        high = other.tokens[change.j2].start if change.j2 < len(other.tokens) else len(other.paragraph.text)
        if numbers:
            before = sum(len(span.text) for span in other.paragraph.spans[: numbers[0]])
            low = min(low, before)
            high = max(
                high, before + sum(len(s.text) for s in other.paragraph.spans[numbers[0] : numbers[-1] + 1])
            )
        went = {token.key for token in row.tokens[change.i1 : change.i2]}
        anew = {key for span in come if span.revisions for key in keys_in(span.text)}
        gone = []
        for at, span in other.paragraph.gone:
            keys = set(keys_in(span.text))
            if low <= at <= high and (span.is_worked_out or keys & went or keys <= anew):
                gone.append(span)
        revisions = [revision for span in gone for revision in span.revisions]
        known = {token.key for token in row.tokens} | anew
        self._told(span for span in gone if span.is_worked_out or known.issuperset(keys_in(span.text)))
        return [*self._told(span for span in come if span.revisions), *revisions]

    def _told(self, spans: Iterable[Span]) -> list[Revision]:
        found: list[Revision] = []
        for span in spans:
            self.told.add(id(span))
            found += span.revisions
        return found

    # ----------------------------------------------------------------------- whole paragraphs

    def _come_and_gone(self) -> None:
        """Paragraphs that are not in the other; one that is elsewhere there was moved."""
        gone = [(place, i) for place, (i, j) in enumerate(self.pairs) if i is not None and j is None]
        come = [(place, j) for place, (i, j) in enumerate(self.pairs) if j is not None and i is None]
        elsewhere: dict[Key, list[int]] = defaultdict(list)
        for _, i in gone:
            elsewhere[self.rows[i].key].append(i)
        moved: set[int] = set()
        for place, j in come:
            other = self.others[j]
            revisions = self._told(span for span in other.paragraph.spans if span.revisions)
            twins = elsewhere.get(other.key, [])
            if twins:
                row = self.rows[twins.pop(0)]
                moved.add(id(row))
                revisions += self._revisions_of_gone(row)
                text = words_of(row, 0, len(row.tokens))
                edit = Edit(kind=EditKind.MOVED, before=text, after=text)
                self._add((place, -1), row, edit, revisions)
                continue
            text = words_of(other, 0, len(other.tokens))
            edit = Edit(kind=EditKind.ADDED, after=text, part=other.paragraph.part)
            controls = {span_of(other, n).control for n in range(len(other.tokens))}
            slots = {self.slots[c] for c in controls if c is not None and c in self.slots}
            self._add(
                (place, -1), self._match.row_before(place), replace(edit, slots=tuple(slots)), revisions
            )
        left = [(place, self.rows[i]) for place, i in gone if id(self.rows[i]) not in moved]
        for _, group in groupby(left, key=lambda pair: (pair[1].paragraph.cell or (-1, pair[0]))[:2]):
            ((place, _), *_), rows = (pairs := list(group)), [row for _, row in pairs]
            text = " | ".join(words_of(row, 0, len(row.tokens)) for row in rows)
            revisions = [one for row in rows for one in self._revisions_of_gone(row)]
            self._add((place, -1), in_one(rows), Edit(kind=EditKind.REMOVED, before=text), revisions)

    def _revisions_of_gone(self, row: Row) -> list[Revision]:
        """The tracked changes by which a paragraph of the edition was taken out."""
        found = self._taken_out.get(row.key)
        return self._told(span for span in found.pop(0) if span.revisions) if found else []

    @cached_property
    def _taken_out(self) -> dict[Key, list[list[Span]]]:
        """The spans of tracked paragraphs, by the words that they had before."""
        found: dict[Key, list[list[Span]]] = defaultdict(list)
        for one in self.returned.paragraphs:
            spans = [span for span in one.spans if span.counts(View.REJECTED)]
            if any(span.revisions and id(span) not in self.told for span in spans):
                found[key_of(tokens_of(replace(one, spans=tuple(spans))))].append(spans)
        return found

    def _edges(self, part: Part) -> None:
        """Heads and feet of pages: programs make several of one, so only new words and lost ones count."""
        own = {row.key: row for row in rows_of(self.own, part) if row.key}
        back = {row.key: row for row in rows_of(self.returned, part) if row.key}
        ones = [row for key, row in own.items() if key not in back]
        others = [row for key, row in back.items() if key not in own]
        for i, j in paired([row.key for row in ones], [row.key for row in others]):
            row, other = (None if i is None else ones[i]), (None if j is None else others[j])
            if row is None and other is not None:  # of a head that stands as it was on other pages
                row = max(own.values(), key=lambda one: alike(one.key, other.key), default=None)
                row = row if row is not None and alike(row.key, other.key) > _SAME_EDGE else None
            spans = (
                [] if other is None else [*other.paragraph.spans, *(span for _, span in other.paragraph.gone)]
            )
            revisions = self._told(span for span in spans if span.revisions)
            for edit in _of_edge(row, other):
                self._add((len(self.pairs), i or 0), row, replace(edit, part=part), revisions)

    # --------------------------------------------------------------------- things and remarks

    def _things(self) -> None:
        own = Counter(thing.sha256 or thing.words for thing in self.own.things)
        described = Counter(thing.words for thing in self.own.things if thing.words)
        for thing in self.returned.things:
            key = thing.sha256 or thing.words
            if own[key] > 0 or described[thing.words] > 0:  # programs pack pictures anew
                own[key] -= 1
                described[thing.words] -= 1
                if all(revision.comes for revision in thing.revisions):
                    continue
                self._thing(thing, came=False)
            else:
                self._thing(thing, came=True)
        kept = Counter(thing.words for thing in self.returned.things)
        for thing in self.own.things:
            kept[thing.words] -= 1
            if kept[thing.words] < 0:
                self._thing(replace(thing, paragraph=None), came=False)

    def _thing(self, thing: Thing, *, came: bool) -> None:
        place = len(self.pairs) if thing.paragraph is None else self._match.place_of(thing.paragraph)
        edit = Edit(kind=EditKind.THING, what=thing.kind, sha256=thing.sha256)
        edit = (
            replace(edit, after=thing.words or thing.kind)
            if came
            else replace(edit, before=thing.words or thing.kind)
        )
        self._add((place, -2), self._match.row_before(place + 1), edit, list(thing.revisions))

    def _remark(self, comment: Comment) -> None:
        place = len(self.pairs) if comment.paragraph is None else self._match.place_of(comment.paragraph)
        i, j = self.pairs[place] if place < len(self.pairs) else (None, None)
        row = self.rows[i] if i is not None else self._match.row_before(place)
        piece = None
        if i is not None and j is not None and row is not None:
            piece = self._piece_under(row, self.others[j], comment)
        answered = next((one for one in self.returned.comments if one.id == comment.reply_to), None)
        edit = Edit(
            kind=EditKind.REMARK, before=comment.anchor, after=comment.text, piece=piece,
            what=answered.author if answered else "",
        )  # fmt: skip
        edit = replace(edit, who=comment.author, when=comment.when)
        self._add((place, len(row.tokens) if row else 0), row, edit, [])

    def _piece_under(self, row: Row, other: Row, comment: Comment) -> int | None:
        """The piece that what a remark is about begins in."""
        raw = self.returned.paragraphs[comment.paragraph or 0]
        start, read = 0, 0
        for span in raw.spans:
            upto = max(min(comment.start - read, len(span.text)), 0)
            start += upto if span.counts(View.ACCEPTED) else 0
            read += len(span.text)
        there = {
            two: one for one, two in same(row.tokens, other.tokens, changes(row.tokens, other.tokens)).items()
        }
        for number, token in enumerate(other.tokens):
            if token.end > start and number in there and there[number] in row.owners:
                piece = row.owners[there[number]][0]
                return piece if self.pieces[piece].is_of_somebody else None
        return None

    # ------------------------------------------------------------------------------- left over

    def _left_over(self) -> int:
        """Tell of every tracked change that no edit shows; how many are of white space alone."""
        spaces = 0
        for one in self.returned.paragraphs:
            for span in one.spans:
                if not span.revisions or id(span) in self.told:
                    continue
                if not keys_in(span.text):
                    spaces += 1
                    continue
                place = self._match.place_of(one.at)
                edit = Edit(kind=EditKind.TAKEN_BACK, before=span.text, part=one.part)
                if span.counts(View.ACCEPTED):  # it says what the edition says
                    edit = replace(edit, after=span.text)
                self._add((place, -1), self._match.row_before(place + 1), edit, list(span.revisions))
        return spaces

    def _add(
        self, place: tuple[int, int], row: Row | None, edit: Edit, revisions: Sequence[Revision]
    ) -> None:
        pieces = [self.pieces[n] for n in row.pieces] if row else []
        facts = dict.fromkeys(piece.origin.fact for piece in pieces if piece.origin)
        slots = dict.fromkeys(piece.slot.id for piece in pieces if piece.slot)
        who = dict.fromkeys(revision.author for revision in revisions if revision.author)
        self.edits.append(
            (
                place,
                replace(
                    edit,
                    who=edit.who or ", ".join(who),
                    when=edit.when or max((revision.when for revision in revisions), default=""),
                    part=row.paragraph.part if row and edit.part is Part.BODY else edit.part,
                    section=pieces[0].section if pieces else "",
                    heading=pieces[0].heading if pieces else "",
                    context=words_of(row, 0, len(row.tokens)) if row else "",
                    facts=tuple(facts),
                    slots=edit.slots or tuple(slots),
                ),
            )
        )


def _of_edge(row: Row | None, other: Row | None) -> Iterator[Edit]:
    """What was done to a head or a foot of pages."""
    if row is not None and other is not None:
        for change in changes(row.tokens, other.tokens):
            before, after = words_of(row, change.i1, change.i2), words_of(other, change.j1, change.j2)
            yield Edit(kind=EditKind.CHANGED, before=before, after=after)
    elif row is not None:
        yield Edit(kind=EditKind.REMOVED, before=words_of(row, 0, len(row.tokens)))
    elif other is not None:
        yield Edit(kind=EditKind.ADDED, after=words_of(other, 0, len(other.tokens)))


def _with_moved_words(edits: list[Edit]) -> list[Edit]:
    """The same, unsure where words that went from here came there: paragraphs were split or joined."""
    went = [" ".join(("", *keys_in(edit.before.casefold()), "")) for edit in edits]
    came = [" ".join(("", *keys_in(edit.after.casefold()), "")) for edit in edits]

    if len(edits) > _MOST_COMPARED:
        return [replace(edit, is_sure=False) for edit in edits]

    def is_elsewhere(number: int, words: str, others: Sequence[str]) -> bool:
        if words.count(" ") <= _MOVED_WORDS:
            return False
        return any(n != number and words in other for n, other in enumerate(others))

    return [
        replace(edit, is_sure=False)
        if edit.kind is EditKind.CHANGED
        and (is_elsewhere(n, went[n], came) or is_elsewhere(n, came[n], went))
        else edit
        for n, edit in enumerate(edits)
    ]
