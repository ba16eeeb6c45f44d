"""Recognises a pass that would change nothing, from the bytes of all that it would read.

A pass over a book that told no error leaves a note in the ledger: the digest of everything that was read and
asked for, and which file stood where with which bytes. The next pass reads and digests the same; where the
note is there and every file still has its bytes, it is done before a single fact is parsed.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date
from pathlib import Path, PurePath
from types import UnionType

from briefbook.composing.template_loaders import LARGEST_TEMPLATE, beginning_of, files_in
from briefbook.diagnostics import BriefbookError, Severity
from briefbook.frozen import frozen
from briefbook.ledger.values import format_of, key_of, name_of, number_of
from briefbook.placing import digest_of_file
from briefbook.readers.book_files import BookFiles
from briefbook.record import Record

Stands = tuple[int, Mapping[str, str]]  # a memo's edition, and its files (name → SHA-256)


@frozen
class Standing:
    """What a pass left: the folder, each memo's edition and files, what it said."""

    folder: str
    said: tuple[Mapping[str, object], ...]  # problems, as JSON has them
    memos: Mapping[str, Stands] = field(default_factory=dict)
    look: Mapping[str, str] = field(default_factory=dict)  # files of the look that were read (name → SHA-256)
    left_out: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)  # as JSON has it


def pass_digest(files: BookFiles, templates: Iterable[Path], tool: str, asked: Mapping[str, object]) -> str:
    """The digest of a pass: the book's files, the templates in some folders, the tool, and what was asked."""
    digest = hashlib.sha256()
    for part in (files.digest(), tool, json.dumps(asked, sort_keys=True, default=str)):
        digest.update(f"{len(part)} {part}".encode())
    roots = tuple(templates)
    for root in roots:
        for path in files_in(root, roots):
            name, data = os.fsencode(path.relative_to(root)), _bytes_of(path)
            digest.update(b"%d %d " % (len(name), len(data)) + name + data)
        digest.update(b"|")
    return digest.hexdigest()


def _bytes_of(path: Path) -> bytes:
    """The bytes of a template; of what cannot be read only that it cannot: a build tells where it matters.

    Of one that is too large the beginning and when it was changed.
    """
    try:
        if not path.is_file():
            return b"(no file)"
        found = path.stat()
        data = beginning_of(path)
        too_large = f"{found.st_size} {found.st_mtime_ns}" if len(data) > LARGEST_TEMPLATE else ""
        return data + too_large.encode()
    except OSError:
        return b"(not readable)"


Stamps = frozenset[tuple[str, int, int, int]]  # path, inode, bytes, when it was changed (ns)


def stamps_of(templates: Iterable[Path]) -> Stamps | None:
    """Which files and folders a pass could read templates from, each with what tells when it was changed.

    Templates are read while memos are made, so the digest of a pass speaks of what was made only where these
    were the same before it and after: a file that was put back meanwhile has another time. None where they
    cannot be looked at.
    """
    roots = tuple(templates)
    try:
        files = [path for root in roots for path in files_in(root, roots)]
        paths = {path for path in (*roots, *files, *(file.parent for file in files)) if path.exists()}
        # Of a link itself too: it may have led elsewhere for a while.
        found = [(str(path), each) for path in paths for each in (path.lstat(), path.stat())]
    except OSError:
        return None
    return frozenset((path, each.st_ino, each.st_size, each.st_ctime_ns) for path, each in found)


def standing_pass(record: Record, digest: str, root: Path, out: Path) -> Standing | None:
    """What the pass with this digest left, if every file of it stands as it did, in a day's folder of `out`.

    So must the files of the look that it read in the book's folder `root`: only the settings name them, so
    they are not among what the digest is of. A note that is not as we write one is none: a copied book brings
    its ledger along, and nothing is said of files that are not where this pass would put them.
    """
    noted = record.ledger.pass_with(digest)
    if noted is None:
        return None
    try:
        standing = _standing_of(noted)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    folder = Path(standing.folder)
    if folder.parent != out.resolve():
        return None
    try:
        stands = all(
            digest_of_file(folder / name) == sha256
            for _, files in standing.memos.values()
            for name, sha256 in files.items()
        ) and all(
            digest_of_file(Path(os.path.realpath(root / name))) == sha256
            for name, sha256 in standing.look.items()
        )
    except BriefbookError:  # a folder stands under the name: the pass that is made now tells of it
        return None
    return standing if stands else None


def _standing_of(noted: str) -> Standing:
    """The note that `_spelled` wrote. Raises one of several errors for anything else."""
    standing = Standing(**json.loads(noted))
    for memo, (number, files) in standing.memos.items():
        number_of(number)
        for name in _texts(files):
            name_of(name, key_of(memo), format_of(name.rpartition(".")[2]))
    if (
        date.fromisoformat(PurePath(standing.folder).name).isoformat() != PurePath(standing.folder).name
        or not all(map(_is_below, _texts(standing.look)))
        or not all(map(_is_problem, standing.said))
        or not all(_has(thing, _LEFT_OUT) for things in standing.left_out.values() for thing in things)
    ):
        raise ValueError
    return standing


_LEFT_OUT = {"section": str, "item": str | None, "words": str}
_PROBLEM = {
    "file": str,
    "line": int | None,
    "column": int | None,
    "severity": str,
    "message": str,
    "hint": str,
}


def _texts(found: Mapping[str, str]) -> Mapping[str, str]:
    if not all(isinstance(value, str) for value in found.values()):
        raise TypeError
    return found


def _is_below(name: str) -> bool:
    """Whether a name may be that of a file below a folder. Raises ValueError for one that no system takes."""
    path = PurePath(name)
    return b"\0" not in os.fsencode(name) and not path.is_absolute() and ".." not in path.parts


def _is_problem(found: Mapping[str, object]) -> bool:
    return _has(found, _PROBLEM) and found["severity"] in [str(each) for each in Severity]


def _has(found: Mapping[str, object], kinds: Mapping[str, type | UnionType]) -> bool:
    return found.keys() == kinds.keys() and all(isinstance(found[name], kind) for name, kind in kinds.items())


def note_pass(record: Record, digest: str, left: Standing, made: Iterable[tuple[str, Stands]]) -> None:
    """Note what a pass left; `made` are the memos, as `Standing` has them.

    Of very many memos that is much, so it is spelled one by one.
    """
    record.ledger.record_pass(digest, _spelled(left, made), record.now)


def _spelled(left: Standing, made: Iterable[tuple[str, Stands]]) -> Iterator[str]:
    rest = {
        "folder": left.folder,
        "said": left.said,
        "look": dict(left.look),
        "left_out": dict(left.left_out),
    }
    yield json.dumps(rest, ensure_ascii=False).removesuffix("}") + ', "memos": {'
    comma = ""
    for memo, stands in made:
        yield f"{comma}{json.dumps(memo, ensure_ascii=False)}: {json.dumps(stands, ensure_ascii=False)}"
        comma = ", "
    yield "}}"
