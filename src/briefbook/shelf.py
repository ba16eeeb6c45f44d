"""What came back of editions: which returned files were reviewed, noted beside the ledger.

What was found in them lies in the store, their own bytes in one beside it (`Record.returned`; in older
records in the same). One small file for each says which, below `.briefbook/reviews/MEMO/EDITION/`, named by
the returned file's own SHA-256. So the same file reviewed twice is one entry, and two runs never write the
same one otherwise.
"""

import errno
import json
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from briefbook.diagnostics import BriefbookError, Problem, Where
from briefbook.files import make_folders, no_links, write_whole
from briefbook.frozen import frozen

REVIEWS = "reviews"  # in the book's `.briefbook`
_LARGEST = 1 << 16  # bytes of an entry: two digests
_DIGEST = re.compile(r"[0-9a-f]{64}")
NO_EDITION = 0  # of forms: they are of a meeting, whose form's name stands for a memo


@frozen
class Entry:
    """A returned file of an edition: the SHA-256 of its bytes and of what was found, as text and JSON."""

    memo: str
    edition: int
    returned: str
    text: str
    data: str


def note(folder: Path, entry: Entry) -> None:
    """Note a returned file in a book's `.briefbook`. Raises BriefbookError."""
    place = place_of(folder, entry.memo, entry.edition)
    with suppress(OSError):  # `write_whole` tells what is wrong
        make_folders(place, private=True)
    told = json.dumps({"text": entry.text, "data": entry.data}).encode()
    path = place / f"{entry.returned}.json"
    with suppress(OSError):
        if _bytes_of(path) == told:
            return
    write_whole(path, told)


def entries_of(folder: Path, memo: str, edition: int) -> Iterator[Entry]:
    """The returned files of an edition.

    Raises BriefbookError for an entry that is not as we wrote it: whoever deletes what no entry names must
    not take it for none.
    """
    for path in sorted(place_of(folder, memo, edition).glob("*.json")):
        try:
            told = json.loads(_bytes_of(path))
            digests = {"returned": path.stem, "text": told["text"], "data": told["data"]}
            is_whole = all(_DIGEST.fullmatch(digest) for digest in digests.values())
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            is_whole = False
        if not is_whole:
            message = "this note of a returned file is damaged"
            hint = "put back a copy of it; or delete it: then what it names may be deleted by `history prune`"
            raise BriefbookError(Problem(where=Where(file=str(path)), message=message, hint=hint))
        yield Entry(memo=memo, edition=edition, **digests)


def forms_in(folder: Path) -> Iterator[Entry]:
    """The returned forms of a book: facts may rest on them, so they are kept whatever is pruned."""
    for place in sorted((folder / REVIEWS).glob(f"*/{NO_EDITION}")):
        yield from entries_of(folder, place.parent.name, NO_EDITION)


def came_back(folder: Path, digest: str) -> bool:
    """True for the bytes of a returned file, of whatever edition or form."""
    return any((folder / REVIEWS).glob(f"*/*/{digest}.json"))


def clear(place: Path) -> None:
    """Forget what came back of an edition, whose entries lie in this place."""
    with suppress(OSError):
        shutil.rmtree(place)


def place_of(folder: Path, memo: str, edition: int) -> Path:
    """Where the entries of an edition lie. Raises BriefbookError for a link: we write and delete there."""
    if memo in ("", ".", "..") or any(sign in memo for sign in "/\\\0"):
        raise ValueError(memo)  # a mistake of ours: the ledger gives no such names
    place = folder / REVIEWS / memo
    no_links(place)
    return place / str(edition)


def _bytes_of(path: Path) -> bytes:
    """The bytes of an entry. Raises OSError, also for a link, a device, a pipe, a large file."""
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    return path.read_bytes()
