"""What somebody did to a returned document: one edit, and all of them. Pure."""

from collections.abc import Sequence
from dataclasses import field, replace
from enum import StrEnum

from briefbook.aligning import keys_in
from briefbook.frozen import frozen
from briefbook.returned import Part
from briefbook.reviewing.printed_words import Piece

_MOST_COMPARED = 2_000  # edits; of more none is sure
_MOVED_WORDS = 3  # so many words that went here and came there were moved


class EditKind(StrEnum):
    """What somebody did."""

    CHANGED = "changed"  # words of a paragraph
    ADDED = "added"  # a paragraph
    REMOVED = "removed"  # a paragraph
    MOVED = "moved"  # a paragraph
    REMARK = "remark"
    THING = "thing"  # a picture, an embedded file: put in or taken out
    TAKEN_BACK = "taken back"  # put in and taken out again, under tracking
    LOOKS = "looks"  # words struck through, hidden, highlighted …; a paragraph set otherwise


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
    what: str = ""  # of a thing: picture …; of a remark: whom it answers; of looks: what they are now
    sha256: str = ""


@frozen
class Review:
    """All edits in reading order; the pieces of the edition, and the new words of those that were changed."""

    edits: tuple[Edit, ...]
    pieces: tuple[Piece, ...]
    rewritten: dict[int, str] = field(default_factory=dict)  # by the piece's number
    broken: frozenset[int] = frozenset()  # those in whose paragraph a line was broken
    beside: frozenset[int] = frozenset()  # those before or behind whose words some were put
    struck: frozenset[int] = frozenset()  # those of whose words some are struck through or hidden
    formatting: int = 0  # tracked changes of the looks of no words
    spaces: int = 0  # tracked changes of white space alone


def with_moved_words(edits: list[Edit]) -> list[Edit]:
    """The same, unsure where words that went from here came there: paragraphs were split or joined."""
    words = [(edit.before, edit.after) if edit.kind is not EditKind.LOOKS else ("", "") for edit in edits]
    went = [" ".join(("", *keys_in(before.casefold()), "")) for before, _ in words]
    came = [" ".join(("", *keys_in(after.casefold()), "")) for _, after in words]

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
