"""Changes of a book's YAML → the files as they would be, judged before anything is written."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from briefbook.amending import Changed
from briefbook.diagnostics import BriefbookError, Problem, Severity, Where
from briefbook.readers.book_files import BookFile, BookFiles
from briefbook.readers.read_book import ReadBook
from briefbook.readers.yaml_editing import Edit, edited
from briefbook.verdict import judge


def changed_by(files: BookFiles, edits: Mapping[str, Sequence[Edit]]) -> list[Changed]:
    """The files that some edits change, by their names in problems, in this order. Raises BriefbookError."""
    known = {file.shown: file for file in (files.settings, *files.facts, *files.memos)}
    changed = []
    problems = []
    for name, own in edits.items():
        file = known.get(name)
        if file is None or file.data is None:
            problems.append(Problem(where=Where(file=name), message="this file is none of the book's"))
            continue
        after = edited(name, file.data, own)
        if isinstance(after, Problem):
            problems.append(after)
        else:
            changed.append(Changed(path=file.path, shown=name, before=file.data, after=after))
    if problems:
        raise BriefbookError(*problems)
    return changed


def with_changes(files: BookFiles, changed: Iterable[Changed]) -> BookFiles:
    """The book's files as they would be."""
    return with_bytes(files, {change.path: change.after for change in changed})


def with_bytes(files: BookFiles, after: Mapping[Path, bytes]) -> BookFiles:
    """The book's files with other bytes, by their paths."""

    def new(file: BookFile) -> BookFile:
        return replace(file, data=after[file.path]) if file.path in after else file

    facts, memos = tuple(map(new, files.facts)), tuple(map(new, files.memos))
    return replace(files, settings=new(files.settings), facts=facts, memos=memos)


def refuse_worse(before: ReadBook, after: ReadBook) -> None:
    """Raise BriefbookError for every error that the changes would bring; lines may have moved meanwhile."""
    known = Counter((one.where.file, one.message) for one in judge(before).problems)
    worse = []
    for problem in judge(after).problems:
        key = problem.where.file, problem.message
        known[key] -= 1
        if known[key] < 0 and problem.severity is Severity.ERROR:
            worse.append(problem)
    if worse:
        raise BriefbookError(*worse)
