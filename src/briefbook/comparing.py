"""Two sides of a memo to compare: an edition of the ledger, or what the facts tell as of a day."""

from collections.abc import Callable
from datetime import date

from briefbook.changes import changes
from briefbook.composing.comparison import compared
from briefbook.composing.sections import SectionTemplates
from briefbook.diagnostics import NOWHERE, BriefbookError, Problem
from briefbook.document import Document
from briefbook.frozen import frozen
from briefbook.issued import Edition
from briefbook.previous import kept_selection, tell_damage
from briefbook.record import Record
from briefbook.selection import Changes, ComparedSide, Selection


@frozen
class Told:
    """What a memo told, and when."""

    side: ComparedSide
    selection: Selection


@frozen
class Comparison:
    """What changed between two sides."""

    before: Told
    after: Told
    changes: Changes

    def document(self, templates: SectionTemplates) -> Document:
        """The comparison for every writer. Raises BriefbookError for a template's mistake."""
        sides = (self.before.side, self.after.side)
        return compared(self.before.selection, self.after.selection, self.changes, sides, templates)


Facts = Callable[[date], Selection]  # what the facts tell as of a day; raises BriefbookError


def compare(before: Told, after: Told) -> Comparison:
    """What changed from one side to the other. Raises BriefbookError where they are in two languages."""
    tongues = before.selection.language, after.selection.language
    if tongues[0] != tongues[1]:
        message = (
            f"one side is in {tongues[0]!r}, the other in {tongues[1]!r}: their words cannot be compared"
        )
        raise BriefbookError(Problem(where=NOWHERE, message=message, hint="compare editions of one language"))
    found = changes(before.selection, after.selection)
    return Comparison(before=before, after=after, changes=found)


def by_number(record: Record | None, memo: str, number: int) -> Told:
    """The edition with a number. Raises BriefbookError where there is none, or nothing is kept of it."""
    edition = record.ledger.edition(memo, number) if record else None
    if record is None or edition is None:
        raise BriefbookError(_no_edition(record, memo, number))
    return _told(edition, record)


def latest(record: Record | None, memo: str) -> Told:
    """The last edition. Raises BriefbookError where there is none, or nothing is kept of it."""
    edition = record.ledger.latest(memo) if record else None
    if record is None or edition is None:
        raise BriefbookError(_no_edition(record, memo, None))
    return _told(edition, record)


def by_day(record: Record | None, memo: str, day: date, facts: Facts) -> Told:
    """The edition as of a day, the latest of that day; else what the facts tell as of it.

    So do they where nothing is kept of that edition. Raises BriefbookError where the facts cannot be told.
    """
    editions = [edition for edition in record.ledger.editions(memo) if edition.as_of == day] if record else []
    if record is not None and editions and kept_selection(editions[-1], record) is not None:
        return _told(editions[-1], record)
    return of_facts(facts(day))


def of_facts(selection: Selection) -> Told:
    """What the facts tell, as a side."""
    return Told(side=ComparedSide(as_of=selection.as_of, known_by=selection.known_by), selection=selection)


def _told(edition: Edition, record: Record) -> Told:
    selection = kept_selection(edition, record)
    if selection is None:
        tell_damage(edition, record)
        raise BriefbookError(_not_kept(edition, record))
    side = ComparedSide(as_of=edition.as_of, known_by=edition.known_by, number=edition.number)
    return Told(side=side, selection=selection)


def _not_kept(edition: Edition, record: Record) -> Problem:
    name = f"edition {edition.number} of memo {edition.memo!r}"
    if not record.store.has(edition.inputs):
        message, hint = f"what {name} told is no longer kept", "`history prune` may have removed it"
    else:
        message = f"what {name} told was kept by another briefbook ({edition.tool}), in a way of its own"
        hint = "its documents are as they were: briefbook build MEMO --edition N"
    return Problem(where=NOWHERE, message=message, hint=f"{hint}; a day compares with the facts: --from DAY")


def _no_edition(record: Record | None, memo: str, number: int | None) -> Problem:
    last = record.ledger.latest(memo) if record else None
    if last is None:
        message = f"no edition of memo {memo!r} is on record"
        hint = "briefbook build makes one; a day compares with the facts: --from DAY"
    else:
        message, hint = (
            f"there is no edition {number} of memo {memo!r}",
            f"the latest is edition {last.number}",
        )
    return Problem(where=NOWHERE, message=message, hint=hint)
