"""Instants and texts as the ledger holds them."""

from datetime import UTC, datetime

from briefbook.ledger.values import LONGEST_TEXT


def spelled(instant: datetime) -> str:
    """An instant as the ledger writes it: UTC, to the second (`2026-01-20T13:00:00+00:00`).

    Raises ValueError for one without a zone: nobody could tell when that is.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone")
    return instant.astimezone(UTC).replace(microsecond=0).isoformat()


def instant_of(text: str) -> datetime:
    """The instant that `spelled` wrote. Raises ValueError."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is not UTC or not 1 < found.year < 9999:  # nobody's clock, and no zone could tell it
        raise ValueError(f"{text!r} is no instant")
    return found


def instant_or_none(text: str | None) -> datetime | None:
    """The same, where there may be none."""
    return None if text is None else instant_of(text)


def optional(instant: datetime | None) -> str | None:
    """`spelled`, where there may be no instant."""
    return None if instant is None else spelled(instant)


def plain(text: str) -> str:
    """A text that UTF-8 can hold: names of files may bring in what it cannot. One without end is cut."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")[:LONGEST_TEXT]
