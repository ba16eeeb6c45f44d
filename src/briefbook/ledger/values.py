"""What a value of a row must be to be one that we wrote: the ledger of a copied book may have been made up.

Each function returns the value, or raises ValueError, which whoever reads rows tells as damage. What they let
through may become the name of a file or of a folder, a line on a terminal, a header of a mail.
"""

import re
from reprlib import repr as shortened

from briefbook.issued import BOUND
from briefbook.memo import FORMATS

LONGEST_TEXT = 1 << 16  # letters of what a person or a server said
_LARGEST = 1 << 53  # of a number: as JSON can tell it to any program
_DIGEST = re.compile(r"[0-9a-f]{64}")
# A memo's id, that of one of its languages or variants, or a bound book's name behind "bind:".
_KEY = re.compile(rf"(?:{BOUND})?([a-z0-9][a-z0-9._+-]{{0,249}})")


def key_of(value: object) -> str:
    """Under which name a memo or a bound book is recorded."""
    if isinstance(value, str) and _KEY.fullmatch(value):
        return value
    raise ValueError(f"{shortened(value)} names no memo")


def name_of(value: object, key: str, format_: str) -> str:
    """The name of a file in this format of what is recorded under this key: made of the two, as ours are.

    So what is kept as one format is never put in place as a file of another, such as a program.
    """
    if isinstance(value, str) and value == f"{key.removeprefix(BOUND)}.{format_}":
        return value
    raise ValueError(f"{shortened(value)} is no file of {shortened(key)} as {format_}")


def format_of(value: object) -> str:
    """A format, one of those that we write."""
    if isinstance(value, str) and value in FORMATS:
        return value
    raise ValueError(f"{shortened(value)} is no format")


def sha256_of(value: object) -> str:
    """A SHA-256 in hexadecimal."""
    if isinstance(value, str) and _DIGEST.fullmatch(value):
        return value
    raise ValueError(f"{shortened(value)} is no digest")


def number_of(value: object, *, least: int = 1) -> int:
    """A number that counts something."""
    if type(value) is int and least <= value <= _LARGEST:
        return value
    raise ValueError(f"{shortened(value)} is no number from {least} on")


def number_or_none(value: object) -> int | None:
    """The same, where there may be none."""
    return None if value is None else number_of(value)


def line_of(value: object) -> str:
    """A text on one line without signs that do not print: an address, an id of a message.

    Stricter than `characters.printable`, as nothing is shown instead: what we write there has no such sign.
    """
    if isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and value.isprintable():
        return value
    raise ValueError(f"{shortened(value)} is not one line of text")


def text_of(value: object) -> str:
    """What a person or a server said: of any letters, so whoever shows it sees to those that do not print."""
    if isinstance(value, str) and len(value) <= LONGEST_TEXT:
        return value
    raise ValueError(f"{shortened(value)} is no text")
