"""How a run or a command that sends ended: its exit status."""

from collections.abc import Sequence
from enum import IntEnum

from briefbook.outbox import Posted


class Status(IntEnum):
    """How a run ended: the exit status of the command."""

    DONE = 0
    PROBLEMS = 1  # the book cannot be read
    NOTHING_DUE = 3
    SOME_FAILED = 4
    AMBIGUOUS = 5  # a letter may have arrived or not: a person has to look
    ALL_FAILED = 6
    PUT_OFF = 7  # the server did not take some yet: they are tried again by themselves
    NOT_CLEARED = 8  # a memo waits for a person who clears it
    LOCKED = 75  # another run is under way (EX_TEMPFAIL of sysexits.h)


def status_of(
    posted: Posted,
    *,
    good: int = 0,
    bad: int = 0,
    notices: int = 0,
    waiting_notices: int = 0,
    uncleared: int = 0,
    is_held: bool = False,
) -> Status:
    """The exit status: what the outbox did, how many memos else went well or failed, whether letters hang.

    `notices` of what was sent and `waiting_notices` of what was put off were to owners: that they hear of a
    failure, or will, is no success of a memo. `uncleared` memos and letters wait for a clearance.
    """
    put_off = len(posted.deferred) + len(posted.left)
    good += len(posted.sent) - notices
    bad += len(posted.failed) + (put_off if posted.refused else 0)
    if bad and not good and not is_held and (posted.refused or put_off <= waiting_notices):
        return Status.ALL_FAILED
    if is_held:
        return Status.AMBIGUOUS
    if bad:
        return Status.SOME_FAILED
    if uncleared:
        return Status.NOT_CLEARED
    if put_off:
        return Status.PUT_OFF
    return Status.DONE if good or notices else Status.NOTHING_DUE


def worst_of(statuses: Sequence[Status]) -> Status:
    """The status of several memos that were sent, one after the other: that one waits hides no failure."""
    worse = [each for each in statuses if each not in (Status.DONE, Status.NOT_CLEARED)]
    return max(worse or statuses)
