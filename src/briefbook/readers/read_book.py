"""A book's files → Book."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from briefbook.diagnostics import Problem, Where
from briefbook.document import Image
from briefbook.facts import Facts, Wording
from briefbook.memo import Book, Memo, Settings
from briefbook.readers.book_files import (
    PICTURES_FOLDER,
    BookFiles,
    absolute,
    gather,
    look_files,
    printable,
)
from briefbook.readers.read_facts import Defined, read_facts
from briefbook.readers.read_look import files_named
from briefbook.readers.read_memo import foreign_format, read_memo, read_settings
from briefbook.readers.read_picture import read_picture
from briefbook.readers.read_profile import profiles_for, with_profile


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBook:
    """What was read of a book, and every problem on the way.

    `book` lacks the records and memos that have mistakes; with broken settings it has a title made of the
    folder's name. `defined` are all records that stand in the files, broken or not; `memo_files` maps each
    memo's id to its file as it stands in problems, broken or not, in the order of the names.
    """

    book: Book
    problems: tuple[Problem, ...] = ()
    defined: tuple[Defined, ...] = ()
    memo_files: Mapping[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> frozenset[str]:
        """Every id that is defined, broken or not."""
        return frozenset(record.id for record in self.defined)

    def problems_of(self, memo: str) -> tuple[Problem, ...]:
        """The problems in the file of this memo."""
        file = self.memo_files.get(memo)
        return tuple(problem for problem in self.problems if problem.where.file == file)


def read_book(root: Path, files: BookFiles | None = None) -> ReadBook:
    """Read the book in the folder `root`, from its `files` where they were read. Problems are returned."""
    files = files or gather(root)
    settings = Settings(title=Wording(texts={"en": printable(absolute(root).name) or "Book"}))
    problems = list(files.problems)
    if files.settings.data is not None:
        foreign = foreign_format(files.settings.shown, files.settings.data)
        if foreign:
            nothing = Book(root=str(root), settings=settings, facts=Facts(), memos={})
            return ReadBook(book=nothing, problems=tuple(foreign))
        own, found = read_settings(files.settings.shown, files.settings.data)
        problems += found
        settings = own or settings

    named = [(file.shown, file.data) for file in files.facts if file.data is not None]
    facts, found, defined = read_facts(named, language=settings.language)
    problems += found

    memos: dict[str, Memo] = {}
    memo_files: dict[str, str] = {}
    for file in files.memos:
        id_ = printable(file.path.stem)
        memo_files[id_] = file.shown
        if file.data is not None:
            memo, found = read_memo(file.shown, id_, file.data, language=settings.language)
            problems += found
            if memo is not None:
                memos[id_] = memo
    profiles, found = profiles_for(root, memos.values())
    problems += found
    memos = {id_: with_profile(memo, profiles) for id_, memo in memos.items()}
    pictures: dict[str, Image] = {}
    for file in files.pictures:
        if file.data is not None:
            picture, found = read_picture(Where(file=file.shown), file.path.suffix, file.data)
            problems += found
            if picture is not None:
                pictures[f"{PICTURES_FOLDER}/{printable(file.path.name)}"] = picture
    looks = [(settings.theme, settings.house), *((memo.theme, memo.house) for memo in memos.values())]
    looks += [(profile.theme, None) for profile in profiles.values()]
    look = look_files(root, (file for theme, house in looks for file in files_named(theme, house)), problems)
    book = Book(
        root=str(root), settings=settings, facts=facts, memos=memos, pictures=pictures, files=look,
        profiles=profiles,
    )  # fmt: skip
    return ReadBook(book=book, problems=tuple(problems), defined=defined, memo_files=memo_files)
