"""Instants and texts as the ledger holds them."""

from datetime import UTC, datetime


def spelled(instant: datetime) -> str:
    """An instant as the ledger writes it: UTC, to the second (`2026-01-20T13:00:00+00:00`).

    Raises ValueError for one without a zone: nobody could tell when that is.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone")
    return instant.astimezone(UTC).replace(microsecond=0).isoformat()


def instant_of(text: str) -> datetime:
    """The instant that `spelled` wrote. Raises ValueError."""
    return datetime.fromisoformat(text)


def optional(instant: datetime | None) -> str | None:
    """`spelled`, where there may be no instant."""
    return None if instant is None else spelled(instant)


def plain(text: str) -> str:
    """A text that UTF-8 can hold: names of files may bring in what it cannot."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
