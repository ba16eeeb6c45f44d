"""`release:` of a book or a memo, as written: what must be right before a memo leaves the house."""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from enum import StrEnum

from briefbook.diagnostics import NOWHERE, Places, Where
from briefbook.frozen import frozen


class Rigour(StrEnum):
    """How a release rule is taken, from the mildest to the strictest."""

    OFF = "off"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """How strict, from 0."""
        return list(Rigour).index(self)


@frozen
class ReleaseSpec:
    """`release:` as written. What a memo has of it goes beside the book's, and only makes it stricter.

    Whether there is a rule of a name is asked by the checks: they have the rules.
    """

    rules: Mapping[str, Rigour] = field(default_factory=dict)  # by the rule's id
    stale_after: timedelta | None = None  # a fact whose newest source is older counts as stale
    clearance: bool = False  # `clearance: required`: nothing is mailed that nobody has cleared
    named: Mapping[str, Where] = field(
        default_factory=dict, compare=False, repr=False
    )  # where each rule stands
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


NOTHING_ASKED = ReleaseSpec()


def needs_clearance(book: ReleaseSpec | None, memo: ReleaseSpec | None) -> bool:
    """Whether a memo may be mailed only once somebody has cleared its bytes."""
    return any(spec is not None and spec.clearance for spec in (book, memo))
