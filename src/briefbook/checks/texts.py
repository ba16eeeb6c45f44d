"""Every text that a person wrote: can it be printed, and is its language one?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import NamedTuple
from unicodedata import name as name_of

from briefbook.checks.columns import Columns, held_in, parts_of
from briefbook.checks.context import CheckContext
from briefbook.checks.naming import NAMING_FIELDS
from briefbook.composing.languages import has_name, language_names
from briefbook.diagnostics import Placed, Problem, Severity, Where, did_you_mean, place_of
from briefbook.facts import Grade, Source, Variant, Wording
from briefbook.look import faces_for
from briefbook.memo import Book, Memo
from briefbook.readers.reading_limits import MOST_GUESSES
from briefbook.writers.faces import FaceSet, missing_characters
from briefbook.writers.styled_text import composed


class WrittenText(NamedTuple):
    """A text that a memo may print, its place, and the language that it is written in, where it says so."""

    text: str
    where: Where
    language: str | None = None


def check_characters(book: Book, context: CheckContext) -> Iterable[Problem]:
    """A face can draw every character of what may be printed in a language that the book is printed in.

    What a memo says itself, one of its own faces; a fact, one of any memo's: which memos print it, shows when
    they are made (`templates.undrawable`).
    """
    survey = context.survey_of(book)
    used = {book.settings.language, *survey.languages}
    everywhere = faces_in(book, survey.own_faces)
    foreign = " ".join(text for text in _texts_of_facts(context.columns_of(book)) if not text.isascii())
    can_draw_facts = not _missing(foreign, everywhere)
    can_draw_memos = not survey.own_faces and not _missing(" ".join(survey.letters), everywhere)
    for name, record, memo in _records(book, with_facts=not can_draw_facts, with_memos=not can_draw_memos):
        faces = everywhere if memo is None else _own_faces(book, memo, everywhere)
        for written in texts_of(record, used):
            missing = _missing(written.text, faces)
            if missing:
                message = f"no face can draw {named(missing)} in {name}"
                yield Problem(where=written.where, message=message, hint=OTHER_LETTERS)


def _missing(text: str, sets: Iterable[FaceSet]) -> list[str]:
    """What no face can draw; U+FFFD stands for a character that the readers told of."""
    return [character for character in missing_in_all(text, sets) if character != "\ufffd"]


def all_faces(book: Book) -> tuple[FaceSet, ...]:
    """The faces of the book, first, and of its memos, each set once."""
    return faces_in(book, (faces_for(book, m) for m in book.memos.values() if has_own_faces(m, book)))


def faces_in(book: Book, own: Iterable[FaceSet]) -> tuple[FaceSet, ...]:
    """The faces of the book, first, and those of memos that have their `own`, each set once."""
    return tuple(dict.fromkeys((faces_for(book), *own)))


def _own_faces(book: Book, memo: Memo, everywhere: tuple[FaceSet, ...]) -> tuple[FaceSet]:
    return (faces_for(book, memo) if has_own_faces(memo, book) else everywhere[0],)


def has_own_faces(memo: Memo, book: Book) -> bool:
    """Whether a memo is printed in faces that the book does not name for all."""
    profile = book.profiles.get(memo.profile) if memo.profile else None
    return any(theme and theme.faces for theme in (memo.theme, profile and profile.theme))


def missing_in_all(text: str, sets: Iterable[FaceSet]) -> list[str]:
    """The characters of a text that no set of faces holds, each once, in the order of the text."""
    first, *others = (missing_characters(text, faces) for faces in sets)
    return [character for character in first if all(character in missing for missing in others)]


OTHER_LETTERS = "write it in Latin, Greek or Cyrillic letters"


def named(characters: list[str]) -> str:
    """Characters by their number and name, the first three of them."""
    shown = [f"{c!r} (U+{ord(c):04X} {name_of(c, 'without a name')})" for c in characters[:3]]
    more = len(characters) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def check_tags(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every language that a text is said to be in is one, else the text would never be found."""
    columns = context.columns_of(book)
    tags: dict[str, Where] = {}
    languages = set(held_in(list(book.facts.sources.values()), "language"))
    in_facts = languages.union(*(wording.texts for wording in columns.once(_wordings_of_facts)))
    with_facts = not all(map(has_name, in_facts))
    with_memos = not all(map(has_name, context.survey_of(book).tags))
    for _, record, _ in _records(book, with_facts=with_facts, with_memos=with_memos):
        for wording in _wordings_of(record):
            for tag in wording.texts:
                tags.setdefault(tag, wording.where)
        if isinstance(record, Source) and record.language:
            tags.setdefault(record.language, place_of(record, "language"))
    told = 0
    for tag, where in tags.items():
        if not has_name(tag) and tag != book.settings.language:  # of that `check_languages` tells
            told += 1
            message = f"{tag!r} is no language that is known"
            near = did_you_mean(tag, language_names()) if told <= MOST_GUESSES else ""
            hint = near or "write a tag such as en, es or pt-BR"
            yield Problem(where=where, severity=Severity.WARNING, message=message, hint=hint)


# ---------------------------------------------------------------------------- where texts stand


def _records(book: Book, *, with_facts: bool, with_memos: bool) -> Iterator[tuple[str, Placed, Memo | None]]:
    """All that holds texts, how a problem calls what it belongs to, and the memo whose own it is."""
    yield "the book's settings", book.settings, None
    for kind in book.facts.kinds().values() if with_facts else ():
        for fact in kind.values():
            name = repr(fact.id)
            for record in parts_of(fact):
                yield name, record, None
    for memo in book.definitions if with_memos else ():
        parts: list[Placed] = [memo, *memo.judgements, *memo.signatures, *memo.tabs, *memo.sections]
        for part in parts:
            yield f"memo {memo.id!r}", part, memo


# What no memo prints: evidence, spellings and names of files are for us alone.
_NOT_PRINTED = {(Source, "text"), (Variant, "text"), (Source, "sha256")}


@cache
def _wording_fields(kind: type) -> tuple[str, ...]:
    """The fields that hold wordings, one or several."""
    return tuple(field.name for field in fields(kind) if "Wording" in str(field.type))


@cache
def _plain_fields(kind: type) -> tuple[str, ...]:
    """The fields that hold other texts than ids."""
    texts = [field.name for field in fields(kind) if field.type in _TEXTS]
    ids = {"id", *NAMING_FIELDS.get(kind, ())}
    return tuple(name for name in texts if name not in ids and (kind, name) not in _NOT_PRINTED)


_TEXTS = (str, str | None)


def _wordings_of(record: Placed) -> Iterator[Wording]:
    for name in _wording_fields(type(record)):
        match getattr(record, name):
            case Wording() as wording:
                yield wording
            case tuple(wordings):
                yield from wordings
            case Mapping() as options:
                yield from options.values()
    match record:
        case Source(grade=Grade(by=Wording() as graded_by)):
            yield graded_by


def tags_of(record: Placed) -> Iterator[str]:
    """The languages that a record's own texts are said to be in."""
    for wording in _wordings_of(record):
        yield from wording.texts


def letters_of(record: Placed) -> set[str]:
    """The characters of a record's own texts that are not all ASCII, in all languages, as they are drawn."""
    texts = [text for name in _plain_fields(type(record)) if isinstance(text := getattr(record, name), str)]
    texts += [text for wording in _wordings_of(record) for text in wording.texts.values()]
    return set().union(*(composed(text) for text in texts if not text.isascii()))


def _texts_of_facts(columns: Columns) -> Iterator[str]:
    """The texts of all facts that a memo may print, in all languages."""
    for kind, records in columns.by_type.items():
        for name in _plain_fields(kind):
            yield from held_in(records, name)
    for wording in columns.once(_wordings_of_facts):
        yield from wording.texts.values()


def _wordings_of_facts(columns: Columns) -> list[Wording]:
    fields_of = [
        (records, name) for kind, records in columns.by_type.items() for name in _wording_fields(kind)
    ]
    found = [wording for records, name in fields_of for wording in held_in(records, name)]
    return found + held_in(held_in(list(columns.facts.sources.values()), "grade"), "by")


def texts_of(record: Placed, languages: set[str]) -> Iterator[WrittenText]:
    """The texts of a record's own fields that are printed in some languages."""
    for name in _plain_fields(type(record)):
        match getattr(record, name):
            case str(text):
                yield WrittenText(text, place_of(record, name))
    for wording in _wordings_of(record):
        for own, text in {wording.best(language) for language in languages}:
            yield WrittenText(text, wording.where, own)
