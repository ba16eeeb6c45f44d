"""Clearances: a person approves of an edition's exact bytes, and what would be sent is held against them.

A clearance is bound to bytes, not to a number: it holds for whatever edition has them, and for no other. It
is never changed; to take it back is another row.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from briefbook.delivery import OnUnknown
from briefbook.diagnostics import BriefbookError, Problem, Where
from briefbook.frozen import frozen
from briefbook.issued import Clearance, Edition, Envelope, EnvelopeKind, EnvelopeState, Output
from briefbook.memo import Memo, Settings
from briefbook.placing import digest_of_file
from briefbook.record import Record
from briefbook.release_spec import needs_clearance

CALENDAR = "ics"  # is attached, and written for each recipient: no file of the edition


@frozen
class Approval:
    """Who clears, and with which words."""

    person: str
    office: str = ""
    note: str = ""


# ------------------------------------------------------------------------------------------- to clear


def clear(
    record: Record,
    editions: Sequence[Edition],
    approval: Approval,
    *,
    out: Path,
    mailed: Mapping[str, Collection[str]],
) -> list[Clearance]:
    """Record that a person approves of some editions: of all of them, or of none.

    `mailed` are the formats in which each memo is mailed. Raises BriefbookError where a file of an edition is
    not what stands under its name in `out`, where its bytes are no longer kept, or where a format is mailed
    in which it was not made.
    """
    with record.building():  # nothing is pruned meanwhile
        problems = [
            problem
            for edition in editions
            for problem in (
                *_not_made(edition, mailed.get(edition.memo, ())),
                *_read_elsewhere(edition, out, record),
            )
        ]
        if problems:
            raise BriefbookError(*problems)
        for output in (output for edition in editions for output in edition.outputs):
            record.store.get(output.sha256)
        return record.ledger.record_clearances(
            [
                _row(approval, record, memo=edition.memo, edition=edition.number, outputs=edition.outputs)
                for edition in editions
            ]
        )


def _row(
    approval: Approval,
    record: Record,
    *,
    memo: str,
    edition: int,
    outputs: tuple[Output, ...],
    withdraws: int | None = None,
) -> Clearance:
    """What a person says of an edition now, before it is in the ledger."""
    return Clearance(
        id=0,
        memo=memo,
        edition=edition,
        outputs=outputs,
        person=approval.person,
        office=approval.office,
        note=approval.note,
        given=record.now,
        withdraws=withdraws,
    )


def _not_made(edition: Edition, mailed: Collection[str]) -> Iterable[Problem]:
    made = {output.format for output in edition.outputs}
    lacking = [name for name in mailed if name not in made and name != CALENDAR]
    if lacking:
        named = ", ".join(lacking)
        message = f"edition {edition.number} of {edition.memo!r} was not made as {named}, and is mailed so"
        hint = f"make it: build {edition.memo} --format {','.join((*made, *lacking))}, and read it"
        yield Problem(where=Where(file=""), message=message, hint=hint)


def _read_elsewhere(edition: Edition, out: Path, record: Record) -> Iterable[Problem]:
    """Each file that stands under the name of one of the edition's and is another: it may have been read."""
    for output in edition.outputs:
        path = out / edition.as_of.isoformat() / output.name
        standing = digest_of_file(path)
        if standing is None or standing == output.sha256:
            continue
        if record.is_of(edition.memo, standing):
            message = f"this is another edition than {edition.number}, which would be cleared"
            hint = "clear the one that you have read: --edition N (briefbook history), or move the file away"
        else:
            message = f"this is not as briefbook made it, so it is not what edition {edition.number} holds"
            hint = (
                f"bring its changes into the book (briefbook review {output.name}), build and read it again; "
                "or move it away"
            )
        yield Problem(where=Where(file=str(path)), message=message, hint=hint)


def withdraw(record: Record, standing: Sequence[Clearance], approval: Approval) -> list[Clearance]:
    """Record that a person takes clearances back; what was taken back already is left out."""
    return record.ledger.withdraw_clearances(
        [
            _row(
                approval,
                record,
                memo=each.memo,
                edition=each.edition,
                outputs=each.outputs,
                withdraws=each.id,
            )
            for each in standing
        ]
    )


# ------------------------------------------------------------------------------------ whether it holds


def standing(clearances: Sequence[Clearance]) -> list[Clearance]:
    """The clearances among some that nobody has taken back."""
    withdrawn = {each.withdraws for each in clearances}
    return [each for each in clearances if each.withdraws is None and each.id not in withdrawn]


def differing(clearance: Clearance, edition: Edition) -> list[Output]:
    """What was cleared and is another in an edition, or not in it."""
    own = {output.format: output.sha256 for output in edition.outputs}
    return [output for output in clearance.outputs if own.get(output.format) != output.sha256]


def why_not_cleared(record: Record, edition: Edition, mailed: Collection[str]) -> str:
    """Why no clearance holds for an edition that would be mailed in some formats; empty where one does."""
    known = record.ledger.clearances(edition.memo)
    there = standing(known)
    wanted = [name for name in mailed if name != CALENDAR]
    for each in there:
        if not differing(each, edition) and {output.format for output in each.outputs}.issuperset(wanted):
            return ""
    if there:
        return _lapsed(there[-1], edition, wanted)
    if known:
        last = known[-1]
        return f"{last.person} took back the clearance of edition {last.edition} on {last.given:%Y-%m-%d}"
    return f"nobody has cleared edition {edition.number}"


def _lapsed(clearance: Clearance, edition: Edition, wanted: Sequence[str]) -> str:
    given = f"by {clearance.person} of {clearance.given:%Y-%m-%d}, of edition {clearance.edition},"
    changed = differing(clearance, edition)
    if changed:
        names = " and ".join(output.name for output in changed)
        others = "is another" if len(changed) == 1 else "are others"
        since = f"edition {edition.number}, made {edition.made:%Y-%m-%d %H:%M} UTC"
        return f"the clearance {given} has lapsed: {names} {others} in {since}"
    cleared = {output.format for output in clearance.outputs}
    lacking = [
        output.name for output in edition.outputs if output.format in wanted and output.format not in cleared
    ]
    return f"the clearance {given} does not hold for {' and '.join(lacking)}"


def demand_unmet(
    memo: Memo, settings: Settings, edition: Edition, record: Record, mailed: Collection[str] | None = None
) -> str:
    """Why a memo that would be mailed must stay: a clearance is demanded and none holds. Else empty.

    `mailed` are the formats, where these are not those that the memo's own delivery attaches.
    """
    if not needs_clearance(settings.release, memo.release):
        return ""
    return why_not_cleared(record, edition, mailed_formats(memo) if mailed is None else mailed)


def mailed_formats(memo: Memo) -> tuple[str, ...]:
    """The formats in which a memo is mailed."""
    return () if memo.deliver is None else tuple(name for name in memo.deliver.attach if name != CALENDAR)


def letters_held(memos: Mapping[str, Memo], settings: Settings, record: Record) -> dict[int, str]:
    """The letters that wait and must not go, each with why: their clearance was taken back since.

    So are those that were queued before the book demanded one, and those cut off at their dot that would go
    again. They go once somebody has cleared their bytes.
    """
    held: dict[int, str] = {}
    found: dict[tuple[str, int], str] = {}
    goes_again = settings.mail is not None and settings.mail.unknown is OnUnknown.RESEND
    for letter in record.ledger.envelopes(*_WAITING, *([EnvelopeState.AT_DOT] if goes_again else [])):
        if letter.kind is EnvelopeKind.NOTICE or letter.edition is None:
            continue
        key = (letter.memo, letter.edition)
        if key not in found:
            edition = record.ledger.edition(*key)
            memo = memos.get(letter.memo)
            if edition is None:
                found[key] = ""
            elif memo is not None:
                found[key] = demand_unmet(memo, settings, edition, record)
            else:
                found[key] = _unmet_perhaps(settings, edition, record)
        if found[key]:
            held[letter.id] = found[key]
    return held


def _unmet_perhaps(settings: Settings, edition: Edition, record: Record) -> str:
    """The same of a memo whose file cannot be read: where it was ever cleared, it may demand that itself."""
    may_be_asked = needs_clearance(settings.release, None) or record.ledger.clearances(edition.memo)
    return why_not_cleared(record, edition, ()) if may_be_asked else ""


def set_aside(memo: Memo, settings: Settings, edition: Edition, record: Record) -> None:
    """Cancel the letters of a memo that wait and must not go: an edition that is cleared takes their place.

    Else whoever has one of them waiting would count as having what the new edition tells.
    """
    for id_ in letters_held({memo.id: memo}, settings, record):
        letter = record.ledger.envelope(id_)
        if letter is not None:
            why = f"not cleared; edition {edition.number} is, and takes its place"
            record.ledger.move(id_, letter.state, EnvelopeState.CANCELLED, now=record.now, reply=why)


_WAITING = (EnvelopeState.PENDING, EnvelopeState.DEFERRED, EnvelopeState.ATTEMPTING)


def may_go(record: Record, held: Collection[int]) -> list[int] | None:
    """The ids of all letters that a run may take up but for those held; None for all there are."""
    if not held:
        return None
    letters: Iterable[Envelope] = record.ledger.envelopes(*_WAITING, EnvelopeState.AT_DOT)
    return [letter.id for letter in letters if letter.id not in held]
