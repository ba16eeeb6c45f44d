"""Which edition a new one is compared with, and what it told: read from the record.

It is that of the latest day that is not later and that knew no more, among those of the same name in the
ledger (so of the same language and variant). Which one that is is decided when an edition is first made; made
once more, it is as it was.
"""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from briefbook.document import LeftOut
from briefbook.inputs import from_bytes, left_out_in, rested_in
from briefbook.issued import Edition
from briefbook.record import Record
from briefbook.selection import Rested, Selection
from briefbook.since import Previous

T = TypeVar("T")


def kept_selection(edition: Edition, record: Record) -> Selection | None:
    """What an edition told; None where it was pruned, is damaged, or was kept in another briefbook's way.

    Raises BriefbookError where the system does not let us read it.
    """
    return _read(edition, record, lambda data: from_bytes(data).selection)


def tell_damage(edition: Edition, record: Record) -> None:
    """Raise BriefbookError where what an edition was made from is kept, and damaged."""
    if record.store.has(edition.inputs):
        record.store.get(edition.inputs)


def left_out_of(edition: Edition, record: Record) -> tuple[LeftOut, ...] | None:
    """What an edition left out to keep to its length; None where that is lost or damaged.

    Raises BriefbookError as `kept_selection` does.
    """
    return _read(edition, record, left_out_in)


def previous_edition(
    record: Record, memo: str, as_of: date, known_by: date, before: int | None = None
) -> Previous | None:
    """The edition before that of a day, with what it told; None for a first one.

    `before`: the number of the edition itself, where it is made once more.
    """
    found = edition_before(record, memo, as_of, known_by, before=before)
    if found is None:
        return None
    return Previous(
        number=found.number,
        as_of=found.as_of,
        known_by=found.known_by,
        selection=kept_selection(found, record),
    )


def rested_before(record: Record, memo: str, as_of: date, known_by: date) -> tuple[Rested, ...]:
    """On what a memo's slots rest, as the edition before that of a day noted; nothing if it is lost.

    Raises BriefbookError as `kept_selection` does.
    """
    found = edition_before(record, memo, as_of, known_by)
    return (None if found is None else _read(found, record, rested_in)) or ()


def _read(edition: Edition, record: Record, read: Callable[[bytes], T]) -> T | None:
    """What is read of the bytes that an edition was made from; None where they are lost or damaged."""
    data = record.store.find(edition.inputs)
    try:
        return None if data is None else read(data)
    except ValueError:
        return None


def edition_before(
    record: Record,
    memo: str,
    as_of: date,
    known_by: date,
    *,
    before: int | None = None,
    counts: Callable[[Edition], bool] = lambda _: True,
) -> Edition | None:
    """The edition that one of a day is compared with; None for a first one.

    `before`: the edition's own number, where it is there already; `counts`: which others may be meant.
    """
    earlier = [
        edition
        for edition in record.ledger.editions(memo)
        if edition.as_of <= as_of
        and edition.known_by <= known_by  # one made in hindsight knew what came out later
        and (before is None or edition.number < before)
        and counts(edition)
    ]
    return max(earlier, key=lambda edition: (edition.as_of, edition.known_by, edition.number), default=None)
