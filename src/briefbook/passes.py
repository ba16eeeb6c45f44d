"""Recognises a pass that would change nothing, from the bytes of all that it would read.

A pass over a book that told no error leaves a note in the ledger: the digest of everything that was read and
asked for, and which file stood where with which bytes. The next pass reads and digests the same; where the
note is there and every file still has its bytes, it is done before a single fact is parsed.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from briefbook.placing import digest_of_file
from briefbook.readers.book_files import BookFiles
from briefbook.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a pass left: the folder, each memo's edition and files (name → SHA-256), what it said."""

    folder: str
    editions: Mapping[str, int]
    files: Mapping[str, Mapping[str, str]]
    said: tuple[Mapping[str, object], ...]  # problems, as JSON has them


def pass_digest(files: BookFiles, templates: Iterable[Path], tool: str, asked: Mapping[str, object]) -> str:
    """The digest of a pass: the book's files, the templates in some folders, the tool, and what was asked."""
    digest = hashlib.sha256()
    for part in (files.digest(), tool, json.dumps(asked, sort_keys=True, default=str)):
        digest.update(f"{len(part)} {part}".encode())
    for root in templates:
        for path in sorted(root.rglob("*.j2")):
            name, data = str(path.relative_to(root)).encode(), path.read_bytes()
            digest.update(b"%d %d " % (len(name), len(data)) + name + data)
        digest.update(b"|")
    return digest.hexdigest()


def standing_pass(record: Record, digest: str) -> Standing | None:
    """What the pass with this digest left, if every file of it stands as it did."""
    noted = record.ledger.pass_with(digest)
    if noted is None:
        return None
    standing = Standing(**json.loads(noted[0]))
    folder = Path(standing.folder)
    stands = all(
        digest_of_file(folder / name) == sha256
        for files in standing.files.values()
        for name, sha256 in files.items()
    )
    return standing if stands else None


def note_pass(record: Record, digest: str, standing: Standing) -> None:
    """Note what a pass left."""
    said = json.dumps(
        {
            "folder": standing.folder,
            "editions": dict(standing.editions),
            "files": {memo: dict(files) for memo, files in standing.files.items()},
            "said": list(standing.said),
        },
        ensure_ascii=False,
    )
    record.ledger.record_pass(digest, said, list(standing.editions.items()), record.now)
