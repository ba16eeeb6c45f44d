"""What came back of editions: which returned files were reviewed, noted beside the ledger.

What was found in them lies in the store, their own bytes in one beside it (`Record.returned`; in older
records in the same). One small file for each says which, below `.briefbook/reviews/MEMO/EDITION/`, named by
the returned file's own SHA-256. So the same file reviewed twice is one entry, and two runs never write the
same one otherwise.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from briefbook.files import make_folders, write_whole
from briefbook.frozen import frozen

REVIEWS = "reviews"  # in the book's `.briefbook`
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
    place = _folder(folder, entry.memo, entry.edition)
    with suppress(OSError):  # `write_whole` tells what is wrong
        make_folders(place, private=True)
    told = json.dumps({"text": entry.text, "data": entry.data}).encode()
    path = place / f"{entry.returned}.json"
    try:
        if path.read_bytes() == told:
            return
    except OSError:
        pass
    write_whole(path, told)


def entries_of(folder: Path, memo: str, edition: int) -> Iterator[Entry]:
    """The returned files of an edition. One whose entry cannot be read is passed over."""
    for path in sorted(_folder(folder, memo, edition).glob("*.json")):
        with suppress(OSError, ValueError, KeyError, TypeError):
            told = json.loads(path.read_bytes())
            yield Entry(
                memo=memo, edition=edition, returned=path.stem, text=told["text"], data=told["data"]
            )  # fmt: skip


def forms_in(folder: Path) -> Iterator[Entry]:
    """The returned forms of a book: facts may rest on them, so they are kept whatever is pruned."""
    for place in sorted((folder / REVIEWS).glob(f"*/{NO_EDITION}")):
        yield from entries_of(folder, place.parent.name, NO_EDITION)


def came_back(folder: Path, digest: str) -> bool:
    """True for the bytes of a returned file, of whatever edition or form."""
    return any((folder / REVIEWS).glob(f"*/*/{digest}.json"))


def clear(folder: Path, memo: str, edition: int) -> None:
    """Forget what came back of an edition."""
    with suppress(OSError):
        shutil.rmtree(_folder(folder, memo, edition))


def _folder(folder: Path, memo: str, edition: int) -> Path:
    return folder / REVIEWS / memo / str(edition)
