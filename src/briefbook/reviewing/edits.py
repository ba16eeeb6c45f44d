"""What people did to a returned document, edit by edit, each with the fact and field that it concerns. Pure.

The returned document is held against the edition's own, and that against the tree that it was written from,
whose inlines know their facts and slots. Nothing is left out: what fits none of its words is an edit whole.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import groupby

from briefbook.aligning import Change, Key, alike, as_one, changes, key_of, keys_in, paired, same, tokens_of
from briefbook.document import Document
from briefbook.returned import Comment, Part, Relooked, Returned, Revision, Span, Thing, View
from briefbook.reviewing.edit import Edit, EditKind, Review, with_moved_words
from briefbook.reviewing.looks import CROSSED_OUT, looks_of_no_words, looks_of_paragraph, looks_of_words
from briefbook.reviewing.matching import (
    Match,
    Row,
    has_new_break,
    in_one,
    is_over_break,
    numbers_of,
    parted_at_breaks,
    rewritten,
    rows_of,
    span_of,
    spans_under,
    stretch_beside,
    words_of,
)

# ------------------------------------------------------------------------------------- the review

_EDGES = (Part.HEADER, Part.FOOTER)
_SAME_EDGE = 0.34  # from which on a head of pages is another one, changed


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
        self.beside: set[int] = set()  # pieces before or behind whose words some were put
        self.told: set[int] = set()  # the identities of tracked spans that belong to an edit
        self.struck: set[int] = set()  # pieces with words that are struck through or hidden

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
        formatting = self._looks_of_no_words()
        edits = with_moved_words([edit for _, edit in sorted(self.edits, key=lambda pair: pair[0])])
        self.spoilt |= {edit.piece for edit in edits if edit.piece is not None and not edit.is_sure}
        return Review(
            edits=tuple(edits),
            pieces=tuple(self.pieces),
            rewritten={n: text for n, text in self.rewritten.items() if n not in self.spoilt},
            broken=frozenset(self.broken),
            beside=frozenset(self.beside),
            struck=frozenset(self.struck),
            formatting=formatting,
            spaces=spaces,
        )

    # --------------------------------------------------------------------------------- changes

    def _changed(self, place: int, row: Row, other: Row) -> None:
        whole = self._answers_whole(row, changes(row.tokens, other.tokens))
        found = list(parted_at_breaks(row, other, whole))
        own: dict[int, list[Change]] = defaultdict(list)
        for change in found:
            piece, is_sure = self._piece_of(row, other, change)
            touched = {row.owners[n][0] for n in range(change.i1, change.i2) if n in row.owners}
            self.spoilt |= touched - ({piece} if is_sure and piece is not None else set())
            if piece is not None and is_sure:
                own[piece].append(change)
                if change.i1 == change.i2 and row.owner(change.i1 - 1) != row.owner(change.i1):
                    self.beside.add(piece)
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
        self._looks(place, row, other, found)
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
        piece, is_sure = self._piece_by_place(row, other, change)
        is_short = piece is not None and self.pieces[piece].slot is None  # what a slot holds has paragraphs
        return piece, is_sure and not (is_short and has_new_break(row, other, change))

    def _piece_by_place(self, row: Row, other: Row, change: Change) -> tuple[int | None, bool]:
        """The same, by the words that it takes the place of or stands beside."""
        owned = [row.owner(n) for n in range(change.i1, change.i2)]
        if owned and owned[0] is not None and set(owned) == {owned[0]}:
            return owned[0], not is_over_break(row, other, change)
        left, right = (row.owner(n) for n in (change.i1 - 1, change.i2))
        if not owned and left is not None and left == right:
            return left, True
        if not owned:
            in_control = self._slot_at(other, change)
            for piece in (left, right):
                slot = None if piece is None else self.pieces[piece].slot
                if slot is not None and slot.id == in_control:
                    return piece, True
            beside = stretch_beside(row, other, change)
            if beside is not None:
                return self._at_edge(*beside, other, change)
            if (left is None) != (right is None):  # nothing, or a citation, stands on the other side
                piece = right if left is None else left
                assert piece is not None
                if not self.pieces[piece].is_of_somebody:
                    return None, True
                return self._at_edge(piece, row.pieces, other, change)
        near = {n for n in (owned or [left, right]) if n is not None and self.pieces[n].is_of_somebody}
        return (near.pop(), False) if len(near) == 1 else (None, True)

    def _at_edge(
        self, piece: int, stretch: Iterable[int], other: Row, change: Change
    ) -> tuple[int | None, bool]:
        """New words at an end of a stretch of pieces: they are the field's beside them if it holds no other.

        Words that no field is known of have to be all of it, as a label is, or what stands beside one.
        """
        is_known = self.pieces[piece].is_of_somebody
        others = [n for n in stretch if n != piece]
        is_alone = not any(self.pieces[n].is_of_somebody for n in others) if is_known else not others
        if not is_known and not is_alone:
            return None, True
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
                self._looks(place, row, other, changes(row.tokens, other.tokens))
                continue
            text = words_of(other, 0, len(other.tokens))
            edit = Edit(kind=EditKind.ADDED, after=text, part=other.paragraph.part)
            controls = {span_of(other, n).control for n in range(len(other.tokens))}
            slots = {self.slots[c] for c in controls if c is not None and c in self.slots}
            before = self._match.row_before(place)
            self._add((place, -1), before, replace(edit, slots=tuple(slots)), revisions)
            self._looks(place, None, other, ())
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

        for each in rows_of(self.returned, part):
            if each.key in own:
                self._looks(len(self.pairs), own[each.key], each, ())

    # ------------------------------------------------------------------------------------ looks

    def _looks(self, place: int, row: Row | None, other: Row, found: Sequence[Change]) -> None:
        """Tell of the looks of words, and of a paragraph, that are other in the returned document."""
        pairs = {} if row is None else same(row.tokens, other.tokens, found)
        back = {j: i for i, j in pairs.items()}
        whole = looks_of_paragraph(row, other)
        for looks in (*([whole] if whole else ()), *looks_of_words(row, other, back)):
            text, piece = words_of(other, looks.start, looks.end), None
            edit = Edit(kind=EditKind.LOOKS, after=text, what=looks.what, part=other.paragraph.part)
            own = [back[n] for n in range(looks.start, looks.end) if n in back]
            if row is not None and looks is not whole:
                i1 = own[0] if own else max((back[n] + 1 for n in range(looks.start) if n in back), default=0)
                i2 = own[-1] + 1 if own else i1
                change = Change(i1=i1, i2=i2, j1=looks.start, j2=looks.end)
                piece, _ = self._piece_of(row, other, change)
                if looks.gained & CROSSED_OUT:
                    self.struck |= {row.owners[n][0] for n in range(i1, i2) if n in row.owners}
                    self.struck |= set() if piece is None else {piece}
            edit = replace(edit, before=text if own else "", piece=piece, who=_names(looks.by))
            edit = replace(edit, when=max((one.when for one in looks.by), default=""))
            self._add((place, own[0] if own else -1), row or self._match.row_before(place), edit, [])

    def _looks_of_no_words(self) -> int:
        """Tell of tracked changes of the looks of tables and pages; how many others are of no words."""
        count = 0
        for one in self.returned.formatting:
            if not one.what:
                count += 1
                continue
            place = self._match.place_of(one.paragraph or 0)
            edit = Edit(kind=EditKind.LOOKS, what=f"{one.what} looks changed", who=one.author, when=one.when)
            self._add((place, -2), self._match.row_before(place + 1), edit, [])
        return count + looks_of_no_words(self.returned.paragraphs)

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
        self.edits.append(
            (
                place,
                replace(
                    edit,
                    who=edit.who or _names(revisions),
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


def _names(changes: Iterable[Revision | Relooked]) -> str:
    """Who made some tracked changes."""
    return ", ".join(dict.fromkeys(one.author for one in changes if one.author))


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
