"""What a memo's profile asks of its file, and the tabs that its texts speak of."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from briefbook.checks.context import CheckContext
from briefbook.checks.texts import OTHER_LETTERS, WrittenText, named, texts_of
from briefbook.composing.languages import is_language
from briefbook.diagnostics import Placed, Problem, Severity, did_you_mean, place_of
from briefbook.memo import PASSAGES, Book, Memo, Profile
from briefbook.memo_languages import language_of
from briefbook.readers.read_profile import OURS, profile_folders, profile_names
from briefbook.release_spec import Rigour, rigour
from briefbook.writers.faces import missing_characters

# What a memo without the field takes from the book.
_OF_THE_BOOK = {"to": "to", "from": "sender"}
_ATTRIBUTES = {"from": "sender", "bottom_line": "bottom_lines"}  # where another name stands in the file


REQUIRED_FIELD = "required-field"  # the release rule, by which this check is as strict


def check_profiles(book: Book, context: CheckContext) -> Iterable[Problem]:
    """There is a profile of the name, and the memo has what it requires."""
    del context
    for memo in book.definitions:
        if memo.profile is None and memo.length is None:
            continue
        name = memo.profile or OURS
        profile = book.profiles.get(name)
        if profile is not None:
            how = strictness(memo, book)
            severity = Severity.ERROR if how is Rigour.ERROR else Severity.WARNING
            found = () if how is Rigour.OFF else lacking(memo, profile, book)
            yield from (replace(problem, severity=severity) for problem in found)
            continue
        names = profile_names(Path(book.root))
        if name not in names:  # of its mistakes, the reader tells
            message = f"there is no profile {name!r}"
            file = f"templates/profiles/{name}/profile.yaml"
            hint = did_you_mean(name, names) or f"write {file}"
            if (profile_folders(Path(book.root))[0] / name).is_dir():
                hint = f"its folder lacks the file that says what it is: write {file}"
            yield Problem(where=place_of(memo, "profile"), message=message, hint=hint)


def strictness(memo: Memo, book: Book) -> Rigour:
    """How strictly a memo is held to what its profile requires: where that is an error, none is made."""
    return rigour(REQUIRED_FIELD, Rigour.ERROR, book.settings.release, memo.release)


def lacking(memo: Memo, profile: Profile, book: Book) -> Iterator[Problem]:
    """What the profile requires and neither the memo nor the book has."""
    for name in profile.requires:
        given = getattr(memo, _ATTRIBUTES.get(name, name), None)
        if not given and name in _OF_THE_BOOK:
            given = getattr(book.settings, _OF_THE_BOOK[name]) or not book.settings.is_whole
        if not given:
            message = f"a memo of the profile {profile.name!r} needs {name!r}"
            hint = f"add {name}: it is a person's to write (docs/profiles.md)"
            yield Problem(where=place_of(memo, "profile"), message=message, hint=hint)


def check_ranks(book: Book, context: CheckContext) -> Iterable[Problem]:
    """A key under `ranks` that is no id names an item of a list of the section; of ids `check_ids` tells."""
    del context
    for memo in book.definitions:
        for section in memo.sections:
            lists = [name for name in section.of if name in ("gaps", *PASSAGES)]
            for reference in (each for each in section.ranked if "[" in each.id):
                found = _KEY.fullmatch(reference.id)
                is_own = reference.where.file == memo.where.file  # a profile's stands for any memo
                count = len(getattr(memo, found[1])) if found and is_own and found[1] in PASSAGES else None
                if not found or found[1] not in lists or (count is not None and int(found[2]) > count):
                    message = f"{reference.id!r} is no item of section {section.name!r}"
                    known = (f"{name}[{number}]" for name in lists for number in range(1, (count or 1) + 1))
                    hint = did_you_mean(reference.id, known) or "name an item of a list in its 'of' by its id"
                    yield Problem(where=reference.where, message=message, hint=hint)


_KEY = re.compile(r"([a-z_]+)\[([1-9][0-9]{0,5})\]")  # as `composing.items` spells it


def check_tabs(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every tab that a memo's texts speak of is there, once, and every tab is spoken of."""
    for memo in book.definitions:
        tabs = [tab.tab for tab in memo.tabs]
        for place, tab in enumerate(memo.tabs):
            if tab.tab in tabs[:place]:
                message = f"two tabs of the memo are called {tab.tab}"
                hint = "give each a letter or number of its own"
                yield Problem(where=place_of(tab, "tab"), message=message, hint=hint)
    for memo in book.memos.values():
        language = language_of(memo, book.settings)
        said = _tab_in(language, memo, context)
        there = {tab.tab for tab in memo.tabs}
        spoken: set[str] = set()
        parts: tuple[Placed, ...] = (memo, *memo.judgements, *memo.sections)
        for part in parts:
            for text in texts_of(part, {language}):
                word = _tab_in(text.language or language, memo, context)
                either = f"{re.escape(said)}|{re.escape(word)}"  # a text may not say which language it is in
                found = set(re.findall(rf"\b(?i:{either})\s+([A-Z]|[1-9][0-9]?)\b", text.text))
                spoken |= found
                for tab in sorted(found - there):
                    message = f"the text speaks of {word} {tab}, and the memo has no such tab"
                    hint = f"add {{tab: {tab}, title: …}} to tabs, or mend the text"
                    yield Problem(where=text.where, message=message, hint=hint)
        for tab in (tab for tab in memo.tabs if tab.tab not in spoken):
            message = f"no text of the memo speaks of {said} {tab.tab}"
            hint = "say where it belongs, or take the tab out"
            yield Problem(where=tab.where, severity=Severity.WARNING, message=message, hint=hint)


def _tab_in(language: str, memo: Memo, context: CheckContext) -> str:
    """What a tab is called in a language."""
    if context.templates is None or not is_language(language):
        return "Tab"
    return context.templates_of(language, memo.profile).wording.say("Tab")


def check_edges(book: Book, context: CheckContext) -> Iterable[Problem]:
    """The faces of a profile's memos can draw what it puts at the edges of sheets and before items."""
    survey = context.survey_of(book)
    for profile in book.profiles.values():
        used = survey.languages_by_profile.get(profile.name, set())
        written = [WrittenText(sign, place_of(profile, "signs", n)) for n, sign in enumerate(profile.signs)]
        for edge in profile.furniture.edges if profile.furniture else ():
            written += texts_of(edge, used)
        for text in written:
            missing = {
                each
                for faces in survey.faces_by_profile.get(profile.name, ())
                for each in missing_characters(text.text, faces)
            }
            if missing:
                message = f"no face can draw {named(sorted(missing))} in profile {profile.name!r}"
                yield Problem(where=text.where, message=message, hint=OTHER_LETTERS)
