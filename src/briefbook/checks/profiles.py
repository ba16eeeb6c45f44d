"""What a memo's profile asks of its file, and the tabs that its texts speak of."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from briefbook.checks.context import CheckContext
from briefbook.checks.texts import texts_of
from briefbook.composing.languages import is_language
from briefbook.diagnostics import Placed, Problem, Severity, did_you_mean, place_of
from briefbook.memo import Book, Memo, Profile
from briefbook.readers.read_profile import OURS, profile_names

# What a memo without the field takes from the book.
_OF_THE_BOOK = {"to": "to", "from": "sender"}
_ATTRIBUTES = {"from": "sender", "bottom_line": "bottom_lines"}  # where another name stands in the file


def check_profiles(book: Book, context: CheckContext) -> Iterable[Problem]:
    """There is a profile of the name, and the memo has what it requires."""
    del context
    for memo in book.definitions:
        if memo.profile is None and memo.length is None:
            continue
        name = memo.profile or OURS
        profile = book.profiles.get(name)
        if profile is not None:
            yield from _lacking(memo, profile, book)
            continue
        names = profile_names(Path(book.root))
        if name not in names:  # of its mistakes, the reader tells
            message = f"there is no profile {name!r}"
            hint = did_you_mean(name, names) or f"write templates/profiles/{name}/profile.yaml"
            yield Problem(where=place_of(memo, "profile"), message=message, hint=hint)


def _lacking(memo: Memo, profile: Profile, book: Book) -> Iterator[Problem]:
    """What the profile requires and neither the memo nor the book has."""
    for name in profile.requires:
        given = getattr(memo, _ATTRIBUTES.get(name, name), None)
        if not given and name in _OF_THE_BOOK:
            given = getattr(book.settings, _OF_THE_BOOK[name])
        if not given:
            message = f"a memo of the profile {profile.name!r} needs {name!r}"
            hint = f"add {name}: it is a person's to write (docs/profiles.md)"
            yield Problem(where=place_of(memo, "profile"), message=message, hint=hint)


def check_tabs(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every tab that a memo's texts speak of is there, and every tab is spoken of."""
    for memo in book.memos.values():
        language = memo.language or book.settings.language
        can_say = context.templates is not None and is_language(language)
        said = context.templates_of(language, memo.profile).wording.say("Tab") if can_say else "Tab"
        pattern = re.compile(rf"\b{re.escape(said)}\s+([A-Z]|[1-9][0-9]?)\b")
        there = {tab.tab for tab in memo.tabs}
        spoken: set[str] = set()
        parts: tuple[Placed, ...] = (memo, *memo.judgements, *memo.sections)
        for part in parts:
            for text in texts_of(part, {language}):
                named = set(pattern.findall(text.text))
                spoken |= named
                for tab in sorted(named - there):
                    message = f"the text speaks of {said} {tab}, and the memo has no such tab"
                    hint = f"add {{tab: {tab}, title: …}} to tabs, or mend the text"
                    yield Problem(where=text.where, message=message, hint=hint)
        for tab in (tab for tab in memo.tabs if tab.tab not in spoken):
            message = f"no text of the memo speaks of {said} {tab.tab}"
            hint = "say where it belongs, or take the tab out"
            yield Problem(where=tab.where, severity=Severity.WARNING, message=message, hint=hint)
