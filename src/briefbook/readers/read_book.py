"""A book's files → Book."""

from collections.abc import Mapping
from dataclasses import field, replace
from functools import cached_property
from pathlib import Path

from briefbook.characters import name_shown
from briefbook.diagnostics import Problem, Where
from briefbook.document import Image
from briefbook.facts import Facts, Wording
from briefbook.frozen import frozen
from briefbook.look_spec import HouseSpec, ThemeSpec
from briefbook.memo import Book, Memo, Settings
from briefbook.memo_languages import in_its_languages
from briefbook.packing import PackedByName
from briefbook.readers.book_files import (
    BookFiles,
    absolute,
    gather,
    look_files,
    picture_name,
)
from briefbook.readers.read_catalogues import read_catalogues
from briefbook.readers.read_delivery import strangers_in
from briefbook.readers.read_facts import Defined, read_facts
from briefbook.readers.read_look import files_named
from briefbook.readers.read_memo import foreign_format, read_memo, read_settings
from briefbook.readers.read_picture import read_picture
from briefbook.readers.read_profile import ReadProfiles, profile_named, profiles_for, with_profile


@frozen
class ReadBook:
    """What was read of a book, and every problem on the way.

    `book` lacks the records and memos that have mistakes; with broken settings it has a title made of the
    folder's name, and is not whole. `defined` are all records that stand in the files, broken or not;
    `memo_files` maps each memo's id to its file as it stands in problems, broken or not, in the order of the
    names. Of a memo in several languages each has an id; of a broken file nobody knows them, so it has the
    file's own.
    `profile_files` maps the file of each profile that a memo names to the profile's name.
    """

    book: Book
    problems: tuple[Problem, ...] = ()
    defined: tuple[Defined, ...] = ()
    memo_files: Mapping[str, str] = field(default_factory=dict)
    profile_files: Mapping[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> frozenset[str]:
        """Every id that is defined, broken or not."""
        return frozenset(record.id for record in self.defined)

    def ids_named(self, name: str) -> tuple[str, ...]:
        """The ids of memos that a name stands for: one, or the memo of this file in each of its languages."""
        return (name,) if name in self.memo_files else tuple(self.ids_by_name.get(name, ()))

    @cached_property
    def ids_by_name(self) -> Mapping[str, list[str]]:
        """The ids of the memos by the names of their files, in each language one."""
        found: dict[str, list[str]] = {}
        for id_, memo in self.book.memos.items():
            found.setdefault(memo.name, []).append(id_)
        return found

    def may_be_there(self, memo: str) -> bool:
        """Whether a memo is, or may be, in the book: its file may be broken, and be of several languages."""
        broken = self.memo_files.keys() - self.book.memos.keys()
        return memo in self.memo_files or memo.rpartition(".")[0] in broken

    def is_taken(self, id_: str) -> bool:
        """Whether a memo of the book has, or may have, this id, or its file this name."""
        return bool(self.ids_named(id_)) or self.may_be_there(id_)

    def problems_of(self, memo: str) -> tuple[Problem, ...]:
        """The problems in the file of this memo."""
        file = self.memo_files.get(memo)
        return tuple(problem for problem in self.problems if problem.where.file == file)


def read_book(root: Path, files: BookFiles | None = None) -> ReadBook:
    """Read the book in the folder `root`, from its `files` where they were read. Problems are returned."""
    files = files or gather(root)
    named_so = Wording(texts={"en": name_shown(absolute(root).name) or "Book"})
    settings = Settings(title=named_so, is_whole=False)
    problems = list(files.problems)
    if files.settings.data is not None:
        foreign = foreign_format(files.settings.shown, files.settings.data)
        if foreign:
            nothing = Book(root=str(root), settings=settings, facts=Facts(), memos={})
            return ReadBook(book=nothing, problems=tuple(foreign))
        asked, found = read_settings(files.settings.shown, files.settings.data)
        problems += found
        settings = asked or settings

    named = [(file.shown, file.data) for file in files.facts if file.data is not None]
    facts, found, defined = read_facts(named, language=settings.language)
    problems += found

    looks = [(settings.theme, settings.house)]
    memos, memo_files, profiles, found = _memos(files, settings, looks)
    problems += [*profiles.problems, *found]
    own, found = read_catalogues(files.catalogues)
    problems += found
    pictures: dict[str, Image] = {}
    for file in files.pictures:
        if file.data is not None:
            picture, found = read_picture(Where(file=file.shown), file.path.suffix, file.data)
            name = picture_name(file.path.name)
            problems += [replace(problem, of_picture=name) for problem in found]
            if picture is not None:
                pictures[name] = picture
    looks += [(profile.theme, None) for profile in profiles.known.values()]
    look, unread = look_files(root, (file.name for each in looks for file in files_named(*each)))
    book = Book(
        root=str(root),
        settings=settings,
        facts=facts,
        memos=memos,
        pictures=pictures,
        broken_pictures=frozenset(problem.of_picture for problem in problems if problem.of_picture),
        files=look,
        unread=unread,
        profiles=profiles.known,
        usual_profile=profiles.usual,
        catalogues=own,
        broken_catalogues=frozenset(file.path.stem for file in files.catalogues) - own.keys(),
    )
    return ReadBook(
        book=book,
        problems=tuple(problems),
        defined=defined,
        memo_files=memo_files,
        profile_files=profiles.files,
    )


def _memos(
    files: BookFiles, settings: Settings, looks: list[tuple[ThemeSpec | None, HouseSpec | None]]
) -> tuple[Mapping[str, Memo], dict[str, str], ReadProfiles, list[Problem]]:
    """The memos, as their profiles have them, once for each language; the file of each; the profiles.

    What they ask for of looks is added to `looks`.
    """
    named: set[str] = set()  # profiles
    problems: list[Problem] = []
    read = PackedByName[Memo]()  # by their files
    for file in files.memos:
        if file.data is not None:
            id_ = name_shown(file.path.stem)
            memo, found = read_memo(file.shown, id_, file.data, language=settings.language)
            problems += found
            if memo is not None and file.shown not in read:
                read.add(file.shown, memo)
                named |= profile_named(memo)
                if memo.theme is not None or memo.house is not None:
                    looks.append((memo.theme, memo.house))
    profiles = profiles_for(files.root, named, settings.language)
    memos = PackedByName[Memo]()
    memo_files: dict[str, str] = {}
    for file in files.memos:
        memo = read.get(file.shown)
        each: tuple[Memo, ...] = ()
        if memo is not None:
            problems += strangers_in(memo, settings) if settings.is_whole else ()
            memo = with_profile(memo, profiles.known, profiles.usual)
            each = in_its_languages(memo, settings)
        id_ = name_shown(file.path.stem)
        ids = [one.id for one in each] or [id_]
        taken = next((one for one in ids if one in memo_files), None)
        if taken is not None:
            message = f"memo {id_!r} and the file {memo_files[taken]} would both be memo {taken!r}"
            where = Where(file=file.shown)
            problems.append(Problem(where=where, message=message, hint="rename one of the two"))
            continue
        memo_files |= dict.fromkeys(ids, file.shown)
        for one in each:
            memos.add(one.id, one)
    return memos, memo_files, profiles, problems
