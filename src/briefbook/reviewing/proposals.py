"""Edits of a returned document → what they propose for the book's files. Pure: it is given the book as read.

What a person wrote plainly is replaced by a person's other words; whatever a source stands behind (a day, a
place, a post, a number, a source's own words) is proposed and left to a person, since other words there
want a source that says so (docs/rules.md). Evidence is never touched.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from difflib import SequenceMatcher
from enum import StrEnum

from briefbook.aligning import alike, keys_in
from briefbook.composing.wording import Wording as Language
from briefbook.dates import PartialDate
from briefbook.diagnostics import Placed, Where, place_of
from briefbook.document import Origin, Slot
from briefbook.facts import Fact, Meeting, Source, Wording, statements_of
from briefbook.frozen import frozen
from briefbook.marking import is_own
from briefbook.memo import Book, Judgement, Memo
from briefbook.readers.located_yaml import unbearable_in
from briefbook.returned import Look, Part
from briefbook.reviewing.edit import Edit, EditKind, Review
from briefbook.reviewing.numbers_told import numbers_in
from briefbook.reviewing.printed_words import Piece


class Outcome(StrEnum):
    """What becomes of an edit."""

    READY = "ready"  # `--apply` makes it
    APPLIED = "applied"
    DONE = "already so"  # the book says it
    PROPOSED = "proposed"  # a person decides
    CONFLICT = "conflict"  # the book has come to say something else
    LISTED = "listed"  # it fits nothing in the book


@frozen
class Target:
    """A text in a file: `where` it or the texts by language stand, of which that of `language` is meant.

    Of a slot that nobody filled yet, `slot` is its id and `where` its place.
    """

    where: Where
    text: str  # as the file has it now
    language: str = ""
    slot: str = ""


@frozen
class Proposal:
    """What becomes of one edit, and which place of the book it concerns.

    `concerns` is the fact and field (`shared-stock-survey.text`) or the memo and slot. Three wordings: as
    `printed`, as the book has it `now`, and the `new` one; empty where there is none. `why` says what stands
    in the way of applying it.
    """

    outcome: Outcome
    concerns: str = ""
    where: Where | None = None
    printed: str = ""
    now: str = ""
    new: str = ""
    why: str = ""
    target: Target | None = None


# Whatever a source says in its own words, or only a source can change.
_OF_THE_SOURCE = frozenset(("dateline", "published_as", "date_as", "participants", "said_as", "place"))
_TYPED = frozenset(("date", "published", "due"))
_EVIDENCED = frozenset(("text", "claim", "update"))  # numbers in these are held by evidence
_GONE = "the book no longer has this text"
_UNREAD = "what has it may be in a part of the book that cannot be read: `check` names the mistakes"
_SENTENCES = re.compile(r"[.!?…]+(?=\s|$)")  # where one ends
_ASIDES = re.compile(r"\(|—|\s[-–]+\s")
_NOTES = re.compile(r"[:;–—!?…]|\.$|\s-+\s")  # what begins or ends a note or an answer
_SAME_NAME = 0.75  # from which on the letters of two names are those of one, mended
_SIMILAR = 0.3  # from which on other words may be the same fact


def proposals_of(
    review: Review, book: Book, memo: Memo | None, language: Language, *, is_whole: bool = True
) -> tuple[Proposal, ...]:
    """What becomes of each edit, in their order; `language` is the edition's, with its months and so on.

    `is_whole` is False for a book that lacks what could not be read of its files.
    """
    proposing = _Proposing(review, book, memo, language, _GONE if is_whole else _UNREAD)
    return tuple(proposing.of(edit) for edit in review.edits)


class _Proposing:
    def __init__(self, review: Review, book: Book, memo: Memo | None, language: Language, lost: str) -> None:
        self._lost = lost  # why a text is not there
        self._review = review
        self._book = book
        self._memo = memo
        self._language = language
        # The pieces that print one text of one field; and the slots of each section.
        self._twins: dict[object, list[int]] = defaultdict(list)
        self._slots: dict[str, set[str]] = defaultdict(set)
        for number, piece in enumerate(review.pieces):
            self._twins[_identity(piece)].append(number)
            if piece.slot is not None:
                self._slots[piece.section].add(piece.slot.id)

    def of(self, edit: Edit) -> Proposal:
        """What becomes of one edit."""
        piece = None if edit.piece is None else self._review.pieces[edit.piece]
        concerns, where = self._place(edit, piece)
        listed = Proposal(outcome=Outcome.LISTED, concerns=concerns, where=where)
        if edit.kind is not EditKind.CHANGED or edit.piece is None or piece is None:
            return replace(listed, why=_why_listed(edit))
        new = self._review.rewritten.get(edit.piece)
        found = self._targets(piece, new)
        if found is None:
            return replace(listed, why="connective words of a template: the book says them in no field")
        if new is None or not edit.is_sure:
            return replace(listed, printed=piece.text, why="it touches more than this field; decide by hand")
        listed = replace(listed, printed=piece.text, new=new)
        if piece.origin is not None and piece.origin.field in _TYPED and not is_own(piece.origin.fact):
            return self._of_date(listed, piece.origin, new)
        return self._of_text(listed, piece, found)

    # ------------------------------------------------------------------------------------ texts

    def _of_text(self, listed: Proposal, piece: Piece, found: Sequence[Target]) -> Proposal:
        printed, new = listed.printed, listed.new
        carried = ((each, _carried_over(printed, new, each.text)) for each in found)
        exact = [(each, filed) for each, filed in carried if filed is not None]
        if piece.slot is not None and piece.slot.is_empty:
            exact = [(each, _unbracketed(new)) for each in found if each.slot]
            new = _unbracketed(new)
        if not exact:
            done = next((each for each in found if _carried_over(new, new, each.text) is not None), None)
            if done is not None:
                return replace(listed, outcome=Outcome.DONE, now=done.text, where=done.where)
            if not found:
                return replace(listed, why=self._lost)
            nearest = max(found, key=lambda each: alike(keys_in(each.text), keys_in(printed)))
            why = "the book has come to say something else since that edition"
            return replace(listed, outcome=Outcome.CONFLICT, now=nearest.text, where=nearest.where, why=why)
        target, filed = exact[0]
        proposed = replace(
            listed, outcome=Outcome.PROPOSED, now=target.text, new=filed, where=target.where, target=target
        )
        if len(exact) > 1:
            others = ", ".join(str(each.where) for each, _ in exact[1:])
            return replace(proposed, target=None, why=f"the same text stands elsewhere too: {others}")
        if self._is_of_book(target):
            return replace(proposed, why="it is the book's own: other memos print it too")
        why = self._doubt(piece, printed, listed.new)
        if why:
            return replace(proposed, why=why)
        broken = any(n in self._review.broken for n in self._twins[_identity(piece)])
        return replace(proposed, outcome=Outcome.READY, why="a line break becomes a space" if broken else "")

    def _doubt(self, piece: Piece, printed: str, new: str) -> str:
        """Why a text is not to be replaced without a person; nothing if it may."""
        if not keys_in(new):
            return "nothing is left of it: delete the field, or the fact, by hand"
        if unbearable_in(new):
            return "a hidden or control character stands in it: type it anew"
        field = piece.origin.field if piece.origin else ""
        twins = self._twins[_identity(piece)]
        changed = sum(n in self._review.rewritten for n in twins)
        # A sentence is printed again where a memo tells what is new, what was promised, what to check again.
        alone = printed if field not in _EVIDENCED else new
        if any(_unstopped(self._review.rewritten.get(n, alone)) != _unstopped(new) for n in twins):
            return f"the edition prints it {len(twins)} times, and {changed} of them were changed alike"
        if any(n in self._review.struck for n in twins):
            return "some of its words are struck through or hidden: which of them stay?"
        if piece.slot is not None:
            is_mixed = piece.slot.is_empty and alike(keys_in(printed), keys_in(new)) > _SIMILAR
            return "some of the prompt may still stand in it" if is_mixed else ""
        if field == "name" and _may_be_another(printed, new):
            return "another name may mean somebody else: this would rename it in the whole book"
        fact = self._book.facts.find(piece.origin.fact) if piece.origin else None
        if field in _OF_THE_SOURCE or (field == "title" and isinstance(fact, Source)):
            return "a source stands behind it: other words want a source that says so, with evidence"
        if fact is None or field == "title":
            if any(n in self._review.beside for n in twins):
                return "words before or behind it: are they part of it, a note, or the answer for a slot?"
            if _may_hold_a_note(printed, new):
                return "it may hold a note now, or the answer for a slot: is all of it part of this text?"
        return _doubt_of_evidence(printed, new, piece.language) if field in _EVIDENCED else ""

    # ------------------------------------------------------------------------------------ dates

    def _of_date(self, listed: Proposal, origin: Origin, new: str) -> Proposal:
        """A day is proposed as it is spelled in facts; a source has to say it, so it is never applied."""
        fact = self._book.facts.find(origin.fact)
        records: list[Placed] = [] if fact is None else [fact, *statements_of(fact)]
        spelled = self._spelled(new)
        for record in records:
            when = getattr(record, origin.field, None)
            if isinstance(when, PartialDate) and _plain(self._language.partial(when)) == _plain(
                listed.printed
            ):
                proposed = replace(
                    listed, where=place_of(record, origin.field), now=str(when), new=spelled or new
                )
                if str(when) == spelled:
                    return replace(proposed, outcome=Outcome.DONE)
                why = "another day wants a source that says so: add a statement of it, or mend this one"
                return replace(proposed, outcome=Outcome.PROPOSED, why=why)
        why = "it is derived from what the sources say: add a statement of the source that says so"
        return replace(listed, outcome=Outcome.PROPOSED, new=spelled or new, why=why)

    def _spelled(self, words: str) -> str | None:
        """A day or a month in words as facts spell it; None for other words."""
        year = re.search(r"\b(?:1[5-9]|2[0-9])\d\d\b", words)
        if year is None:
            return None
        day, told = date(int(year[0]), 1, 1), _plain(words)
        while day.year == int(year[0]):
            ways: tuple[Callable[[date], str], ...] = (self._language.day, self._language.weekday)
            if told in {_plain(way(day)) for way in ways}:
                return day.isoformat()
            if day.day == 1 and told == _plain(self._language.month(day)):
                return f"{day:%Y-%m}"
            day += timedelta(days=1)
        return None

    # ----------------------------------------------------------------------------------- places

    def _targets(self, piece: Piece, new: str | None) -> list[Target] | None:
        """Where the book may have a piece's text now; None where it belongs to no field at all."""
        if piece.slot is not None:
            return list(self._of_slot(piece.slot, piece.language))
        if piece.origin is not None and not is_own(piece.origin.fact):
            fact = self._book.facts.find(piece.origin.fact)
            return [] if fact is None else list(_texts_of(fact, piece.origin.field, piece.language))
        wanted = {_unstopped(_plain(each)) for each in (piece.text, new) if each}
        found = [each for each in self._of_nobody(piece) if _unstopped(_plain(each.text)) in wanted]
        return found or None

    def _of_nobody(self, piece: Piece) -> Iterator[Target]:
        """The texts of memo and settings that print shows without telling whose they are."""
        if self._memo is None:
            return
        if piece.section == "header":
            yield from self._of_memo(self._memo, piece.language)
            settings = self._book.settings
            for own, wording in ((self._memo.to, settings.to), (self._memo.sender, settings.sender)):
                if own is None and wording is not None:
                    yield from _in_language(wording, piece.language)
        for slot in self._memo.slots:
            if slot.id in self._slots[piece.section]:  # a heading elsewhere may read like the slot's title
                yield from _in_language(slot.title, piece.language)

    def _is_of_book(self, target: Target) -> bool:
        """Whether a text is the settings': every memo that has none of its own prints it."""
        wordings = (self._book.settings.to, self._book.settings.sender)
        return any(each is not None and each.where == target.where for each in wordings)

    def _of_slot(self, slot: Slot, language: str) -> Iterator[Target]:
        judged = self._memo.by_slot if self._memo else {}
        own = judged.get(slot.id)
        if own is not None and own.text is None:
            yield Target(where=own.where, text="", language=language, slot=slot.id)
        field = re.sub(r"\[\d+\]$", "", slot.id)
        others = [one for id_, one in judged.items() if id_.startswith(field) and one is not own]
        for one in (own, *others):  # an entry may have moved in its list
            if one is not None and one.text is not None:
                yield from _in_language(one.text, language)

    @staticmethod
    def _of_memo(memo: Memo, language: str) -> Iterator[Target]:
        for wording in (memo.subject, memo.title, memo.to, memo.sender):
            if wording is not None and wording.where.line is not None:
                yield from _in_language(wording, language)

    def _place(self, edit: Edit, piece: Piece | None) -> tuple[str, Where | None]:
        """What an edit concerns, and where that stands: its field, else the nearest fact or slot."""
        memo = self._memo
        if piece is not None and piece.slot is not None:
            return self._slot_place(piece.slot.id)
        if piece is not None and piece.origin is not None and not is_own(piece.origin.fact):
            fact = self._book.facts.find(piece.origin.fact)
            concerns = f"{piece.origin.fact}.{piece.origin.field}"
            return concerns, None if fact is None else _place_in(fact, piece.origin.field)
        if edit.slots:
            return self._slot_place(edit.slots[0])
        known = [fact for id_ in edit.facts if (fact := self._book.facts.find(id_)) is not None]
        if known:
            nearest = next((fact for fact in known if statements_of(fact)), known[0])
            return nearest.id, nearest.where
        if memo is None:
            return "", None
        section = next((spec for spec in memo.sections if spec.name == edit.section), None)
        where = section.where if section is not None and section.where.line is not None else memo.where
        return f"memo {memo.id}" + (f", section {edit.section}" if edit.section else ""), where

    def _slot_place(self, id_: str) -> tuple[str, Where | None]:
        judged: Judgement | None = self._memo.by_slot.get(id_) if self._memo else None
        name = self._memo.id if self._memo else ""
        return f"memo {name}, {id_}", None if judged is None else place_of(judged, "text")


# ------------------------------------------------------------------------------------ small pieces


def _identity(piece: Piece) -> tuple[object, ...]:
    """What tells whether two pieces print the same text of the same field."""
    if piece.slot is not None:
        return ("slot", piece.slot.id)
    section = "" if piece.origin is not None else piece.section  # nobody's may mean something else there
    return (section, piece.origin, _plain(piece.text).removesuffix("."))


def _why_listed(edit: Edit) -> str:
    match edit.kind:
        case EditKind.CHANGED if edit.part in (Part.HEADER, Part.FOOTER):
            return "the head and foot of the pages follow from the memo and the book's settings"
        case EditKind.CHANGED:
            return "it lies on connective words or on several facts"
        case EditKind.ADDED:
            return "new words: what says so? A fact wants a source; a judgement belongs in the memo's file"
        case EditKind.REMOVED if edit.slots:
            return "what a person wrote is taken out of the memo's file by hand"
        case EditKind.REMOVED:
            return "a whole item: it goes from the memo by `without:` of its section, or with its fact"
        case EditKind.MOVED:
            return "the order follows from the facts and from the memo's sections"
        case EditKind.REMARK:
            return "a remark: answer it, or change what it is about"
        case EditKind.THING:
            return "it is no text: a picture of the book's own has its place in pictures/"
        case EditKind.LOOKS if Look.STRUCK in edit.what:
            return "struck through by hand: are these words to go? Then take them out by hand"
        case EditKind.LOOKS if Look.HIDDEN in edit.what:
            return "hidden by hand: are these words to go? Then take them out by hand"
        case EditKind.LOOKS:
            return "the words are as they were; looks follow from the templates and the book's look"
        case EditKind.TAKEN_BACK:
            return "the words of the edition are as they were"


def _plain(text: str) -> str:
    """A text as it compares: white space of any kind is one space."""
    return " ".join(text.split())


def _unstopped(text: str) -> str:
    return text.removesuffix(".")


def _doubt_of_evidence(printed: str, new: str, language: str) -> str:
    """Why a text that evidence stands behind is not to be replaced without a person; nothing if it may."""
    if numbers_in(printed, language) != numbers_in(new, language):
        return "a number changed: look at the evidence of its sources"
    if alike(keys_in(printed), keys_in(new)) < _SIMILAR:
        return "nearly all of it is other words: is it still what its sources say?"
    if len(_SENTENCES.findall(new)) > len(_SENTENCES.findall(printed)):
        return "a sentence more: what says so? A fact wants a source with evidence"
    if len(_ASIDES.findall(new)) > len(_ASIDES.findall(printed)):
        return "words in brackets or behind a dash more: a note? A fact wants a source with evidence"
    return ""


def _may_hold_a_note(text: str, new: str) -> bool:
    """Whether the new words of a short text have the form of a note or an answer, or are far more."""
    is_long = len(keys_in(new)) > 2 * len(keys_in(text)) + 2
    return is_long or len(_NOTES.findall(new)) > len(_NOTES.findall(text))


def _may_be_another(name: str, new: str) -> bool:
    """Whether a name was not mended, but another one put there, or words were put before or after it."""
    words, told = (f" {' '.join(keys_in(each.casefold()))} " for each in (name, new))
    if words != told and words in told:
        return True
    return SequenceMatcher(None, name.casefold(), new.casefold(), autojunk=False).ratio() < _SAME_NAME


def _unbracketed(text: str) -> str:
    """What somebody wrote in the brackets of a prompt."""
    return text[1:-1].strip() if text[:1] + text[-1:] == "[]" else text


def _carried_over(printed: str, new: str, filed: str) -> str | None:
    """The new words as the file would have them, if what it has is what was printed; else None.

    Templates close a sentence by a full stop and begin it with a capital letter, where the file may have
    neither; or they quote one without its full stop.
    """
    was, told, words = _plain(filed), _plain(printed), _plain(new)
    for stop in ("", "."):
        if was + stop == told:
            return words.removesuffix(stop)
        if was[:1].upper() + was[1:] + stop == told:
            words = words.removesuffix(stop)
            return was[:1] + words[1:] if words[:1] == told[:1] else words
    if was == f"{told}.":  # a sentence that is quoted, or called by its words, has lost its full stop
        return f"{_unstopped(words)}."
    return None


def _in_language(wording: Wording, language: str) -> Iterator[Target]:
    """The text of a wording that an edition in a language printed."""
    _, text = wording.best(language)
    tag = next(tag for tag, each in wording.texts.items() if each == text)
    yield Target(where=wording.where, text=text, language=tag)


def _texts_of(fact: Fact, field: str, language: str) -> Iterator[Target]:
    """Every text that a fact has under a field, its own and those of its statements."""
    for record in (fact, *statements_of(fact)):
        held = getattr(record, field, None)
        if field == "text" and held is None and record is fact:
            yield from _texts_of(fact, "claim", language)  # a point without a text prints its claim
        for number, each in enumerate(held if isinstance(held, tuple) else (held,)):
            match each:
                case Wording():
                    yield from _in_language(each, language)
                case str():
                    yield Target(where=place_of(record, field, number), text=each)
    if field == "participants" and isinstance(fact, Meeting):
        for someone in (one for statement in fact.statements for one in statement.participants):
            if someone.spelled is not None:
                yield Target(where=place_of(someone, "spelled"), text=someone.spelled)
            for wording in (someone.post, someone.role):
                if wording is not None:
                    yield from _in_language(wording, language)


def _place_in(fact: Fact, field: str) -> Where:
    """Where a fact has a field: its own, else that of the first statement that has it."""
    records: Sequence[Placed] = (fact, *statements_of(fact))
    return next((place_of(one, field) for one in records if one.places.get(field)), fact.where)
