"""Past editions: brought back as they were issued, and the store pruned of those that nobody needs."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from briefbook.diagnostics import NOWHERE, BriefbookError, Problem, did_you_mean
from briefbook.frozen import frozen
from briefbook.inputs import digests_in
from briefbook.issued import Edition, Output
from briefbook.placing import Placed, name_of_past, place
from briefbook.record import Record
from briefbook.shelf import clear, entries_of, forms_in, place_of


def bring_back(
    record: Record, memo: str, number: int, *, out: Path, formats: Sequence[str] | None = None
) -> list[Placed]:
    """Put an edition's files into OUT/<as-of>/<memo> (edition <number>).<format>, byte for byte as issued.

    Raises BriefbookError where there is no such edition, it was not issued in a format, it was pruned, or
    what is kept of it is no document as we write it.
    """
    from briefbook.writers.kept_contents import held_to_ours  # with lxml, which no other of these needs

    edition = record.ledger.edition(memo, number)
    if edition is None:
        raise BriefbookError(_no_edition(record, memo, number))
    issued = {output.format: output for output in edition.outputs}
    for name in formats or ():
        if name not in issued:
            message = f"edition {number} of memo {memo!r} was not issued as {name}"
            hint = f"it was issued as {', '.join(issued)}"
            raise BriefbookError(Problem(where=NOWHERE, message=message, hint=hint))
    placed = []
    with record.building():  # nothing is pruned meanwhile
        for output in (issued[name] for name in formats or issued):
            if not record.store.has(output.sha256):
                message = f"edition {number} of memo {memo!r} is no longer kept"
                hint = "`history prune` may have removed it; what was sent may lie with whoever received it"
                raise BriefbookError(Problem(where=NOWHERE, message=message, hint=hint))
            folder, name = out / edition.as_of.isoformat(), name_of_past(output.name, number)

            def kept(output: Output = output) -> bytes:
                return held_to_ours(record.store.get(output.sha256), output.name, memo)

            is_of_memo = partial(record.is_of, memo)
            placed.append(
                place(folder, name, output.sha256, kept, is_ours=record.is_ours, is_of_memo=is_of_memo)
            )
    return placed


def _no_edition(record: Record, memo: str, number: int) -> Problem:
    editions = record.ledger.editions(memo)
    if editions:
        message = f"there is no edition {number} of memo {memo!r}"
        return Problem(where=NOWHERE, message=message, hint=f"the latest is edition {editions[-1].number}")
    hint = did_you_mean(memo, {edition.memo for edition in record.ledger.editions()})
    message = f"no edition of memo {memo!r} is on record"
    return Problem(where=NOWHERE, message=message, hint=hint or "the ledger begins with the first build")


@frozen
class Pruned:
    """What a pruning removed from the store."""

    editions: int  # whose documents are no longer kept
    objects: int
    size: int  # bytes on the disk


def prune(record: Record, *, keep: int | None = None, since: datetime | None = None) -> Pruned:
    """Remove from the store what belongs only to old editions; the ledger still lists them.

    Kept are the newest `keep` editions of each memo and those made at `since` or later, what came back of
    them, forms that came back, and every message that is not settled yet. What killed processes left
    half-written goes as well.
    The caller has the record alone (`Record.alone`). Raises BriefbookError as the store does; nothing was
    removed where that is for what cannot be read.
    """
    kept: set[str] = set(record.ledger.objects_in_use())
    for form in forms_in(record.folder):
        kept |= {form.returned, form.text, form.data}
    dropped = 0
    forgotten: list[Path] = []
    for editions in _by_memo(record.ledger.editions()).values():
        for age, edition in enumerate(reversed(editions)):
            if (keep is not None and age < keep) or (since is not None and edition.made >= since):
                kept |= {edition.inputs, *(output.sha256 for output in edition.outputs)}
                for entry in entries_of(record.folder, edition.memo, edition.number):
                    kept |= {entry.returned, entry.text, entry.data}
                if record.store.has(edition.inputs):  # the files of its look are kept beside
                    kept |= digests_in(record.store.get(edition.inputs))
            else:
                dropped += any(record.store.has(output.sha256) for output in edition.outputs)
                forgotten.append(place_of(record.folder, edition.memo, edition.number))
    stores = record.store, record.returned
    removed = [(store, sha256) for store in stores for sha256 in store.all() if sha256 not in kept]
    for store in stores:
        store.remove_leftovers()
    size = sum(store.remove(sha256) for store, sha256 in removed)
    # Last, for they tell which bytes in the store are not ours (`Record.is_ours`) as long as there are any.
    for entries in forgotten:
        clear(entries)
    return Pruned(editions=dropped, objects=len(removed), size=size)


def _by_memo(editions: Sequence[Edition]) -> dict[str, list[Edition]]:
    found: dict[str, list[Edition]] = defaultdict(list)
    for edition in editions:
        found[edition.memo].append(edition)
    return found
