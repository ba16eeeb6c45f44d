"""What the ledger knows: editions as issued, occurrences of schedules, envelopes of the outbox."""

from datetime import date, datetime
from enum import StrEnum

from briefbook.frozen import frozen

BOUND = "bind:"
"""Begins the name of a bound book in the ledger: no memo's id has a colon."""


@frozen
class Output:
    """One file of an edition. Its bytes lie in the store under `sha256`."""

    format: str
    name: str  # security-ministerial.pdf
    sha256: str  # hexadecimal
    size: int  # bytes


@frozen
class Edition:
    """A memo as issued. Numbers count from 1 for each memo."""

    memo: str
    number: int
    as_of: date
    known_by: date
    digest: str  # of everything that it was made from
    substance: str  # of what it tells, whatever the day: two editions with the same have no news between them
    inputs: str  # SHA-256 of its inputs in the store
    tool: str  # which briefbook made it
    made: datetime  # UTC
    outputs: tuple[Output, ...]


@frozen
class Clearance:
    """That a person approves of an edition: of exactly these bytes, so it lapses when they change.

    Clearances are never changed and never taken out. `withdraws` is the id of an earlier one that this takes
    back; then it clears nothing.
    """

    id: int  # 0 before it is in the ledger
    memo: str
    edition: int  # number
    outputs: tuple[Output, ...]  # what was cleared
    person: str  # who gives it
    office: str = ""
    note: str = ""
    given: datetime  # UTC
    withdraws: int | None = None


class OccurrenceState(StrEnum):
    """How far an occurrence has come. `due`, `failed` and `held-back` are taken up again by the next run."""

    DUE = "due"
    QUEUED = "queued"  # its messages are in the outbox
    MADE = "made"  # its edition stands, and nobody is to be mailed
    UNCHANGED = "unchanged"  # nothing new to send
    SKIPPED = "skipped"
    FAILED = "failed"  # the memo could not be made, or was blank or stale
    HELD_BACK = "held-back"  # its edition stands, and waits for somebody who clears it


TRIED_AGAIN = (OccurrenceState.FAILED, OccurrenceState.HELD_BACK)  # as long as no later one is due


@frozen
class Occurrence:
    """One instant at which a memo's schedule asked for it. The first three fields are its key."""

    memo: str
    revision: str  # digest of the schedule as written
    instant: datetime  # UTC
    state: OccurrenceState
    reason: str = ""
    edition: int | None = None  # number


class EnvelopeState(StrEnum):
    """How far a message to one recipient has come."""

    PENDING = "pending"
    ATTEMPTING = "attempting"  # a conversation has begun; the final dot is not sent
    AT_DOT = "at-dot"  # the final dot may be on its way
    SENT = "sent"
    DEFERRED = "deferred"  # refused for now
    FAILED = "failed"
    UNKNOWN = "unknown"  # cut off between the dot and the reply
    CANCELLED = "cancelled"


class EnvelopeKind(StrEnum):
    """What is in an envelope."""

    MEMO = "memo"
    TEST = "test"  # a memo to somebody who tries it out: for its recipients it counts for nothing
    NOTICE = "notice"  # to an owner: something went wrong


@frozen
class Frozen:
    """The bytes of a message, as they lie in the store."""

    sha256: str
    size: int


@frozen
class Envelope:
    """One message to one recipient. Its bytes are frozen in the store under `message`."""

    id: int  # 0 before it is in the ledger
    kind: EnvelopeKind = EnvelopeKind.MEMO
    memo: str
    edition: int | None  # number; None for a notice without one
    occasion: str  # what it belongs to: at most one envelope for each (occasion, recipient) is ever queued
    recipient: str  # the bare address, as in RCPT TO
    message_id: str
    message: str  # SHA-256
    size: int  # bytes
    # The same with less attached, for a server that takes no more; nothing once it has been at the dot.
    smaller: tuple[Frozen, ...] = ()
    queued: datetime  # UTC, as all times here
    state: EnvelopeState = EnvelopeState.PENDING
    attempts: int = 0
    next_try: datetime | None = None  # of a deferred one
    reply: str = ""  # the server's last words, or why
    changed: datetime | None = None  # when the state last moved


@frozen
class Withdrawal:
    """A letter that waits and is not to go: to be cancelled, if it is still in the state that it has."""

    envelope: Envelope
    now: datetime  # UTC
    why: str
