"""What lacks a translation: it is printed in its own language, and told here, a line for each fact."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from babel import Locale

from briefbook.catalogues import Untranslated, has_words, ways_of
from briefbook.checks.columns import Columns, held_in, parts_of
from briefbook.checks.context import CheckContext
from briefbook.checks.memos import PICTURE, named_languages
from briefbook.checks.reach import Reaches
from briefbook.composing.languages import is_language
from briefbook.composing.sections import SectionTemplates
from briefbook.composing.wording import ENGLISH
from briefbook.diagnostics import Placed, Problem, Severity, Where
from briefbook.facts import (
    Forum,
    Grade,
    Meeting,
    MeetingStatement,
    Organisation,
    Participation,
    Point,
    PointStatement,
    Priority,
    PriorityStatement,
    Source,
    Withdrawn,
)
from briefbook.facts import Wording as Texts
from briefbook.look_spec import LogoSpec, ThemeSpec
from briefbook.memo import Book, BottomLine, EdgeSpec, Memo, SectionSpec, Settings, Signature, SlotSpec, Tab
from briefbook.memo_languages import language_of
from briefbook.readers.read_profile import OURS

# The texts that memos print. A name that all languages have alike is written for each: {en: TDI, es: TDI}.
_PRINTED: dict[type, tuple[str, ...]] = {
    Source: ("short", "inferred", "note", "questions", "grade"),
    Withdrawn: ("why",),
    Organisation: ("name", "in_text"),
    Forum: ("name", "in_text", "questions"),
    Meeting: ("title", "questions"),
    MeetingStatement: ("inferred", "place", "purpose", "note"),
    Participation: ("post", "role"),
    Priority: ("text", "questions"),
    PriorityStatement: ("said_as", "inferred", "update"),
    Point: ("title", "text", "say", "questions"),
    PointStatement: ("claim",),
    Memo: ("title", "subject", "to", "sender", "through"),
    Signature: ("office", "status"),
    Tab: ("title",),
    BottomLine: ("text",),
    SlotSpec: ("title", "prompt", "text"),
    SectionSpec: ("title",),
    EdgeSpec: ("left", "middle", "right"),
    Settings: ("to", "sender"),
    LogoSpec: ("alt",),
}
_NAMES = {"said_as": "said_as", "post": "as", "sender": "from"}  # as they are called on disk


def check_translations(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every text that a memo can print is in the memo's language.

    Told where memos are tried out: a build only prints what it has.
    """
    if not context.days:
        return
    for language in sorted(filter(is_language, book.languages)):
        memos = [memo for memo in book.memos.values() if language_of(memo, book.settings) == language]
        if not memos:
            continue
        yield from lacking_in("book.yaml", [book.settings, *_logo(book.settings.theme)], language)
        of_profiles: dict[str, list[Placed]] = {}
        for memo in memos:
            own: list[Placed | LogoSpec] = [
                memo,
                *memo.judgements,
                *memo.signatures,
                *memo.tabs,
                *_logo(memo.theme),
            ]
            for spec in memo.sections:
                if _is_titled(spec, language, context):
                    continue
                if spec.title is None or spec.title.where.file == memo.where.file:
                    own.append(spec)
                else:
                    of_profiles.setdefault(memo.profile or OURS, []).append(spec)
            yield from lacking_in(f"memo {memo.name!r}", own, language)
        for profile in (book.profiles.get(name) for name in {memo.profile for memo in memos if memo.profile}):
            if profile is not None and profile.furniture is not None:
                edges = (_worded(edge, language, context) for edge in profile.furniture.edges)
                of_profiles.setdefault(profile.name, []).extend(edges)
        for name, parts in of_profiles.items():
            yield from lacking_in(f"the profile {name!r}", parts, language)
        yield from _lacking_facts(language, memos, book, context.columns_of(book))


def _lacking_facts(language: str, memos: Iterable[Memo], book: Book, columns: Columns) -> Iterator[Problem]:
    """What the facts lack in a language; what no memo in it shows needs no translation."""
    if _are_all_in(language, columns):
        return
    facts = [fact for kind in book.facts.kinds().values() for fact in kind.values()]
    found = [(fact.id, list(lacking_in(repr(fact.id), parts_of(fact), language))) for fact in facts]
    lacking = {id_: problems for id_, problems in found if problems}
    reaches = Reaches(book.facts)
    for memo in memos:
        if lacking:
            for id_ in lacking.keys() & reaches.of(memo.scope):
                yield from lacking.pop(id_)


def _are_all_in(language: str, columns: Columns) -> bool:
    """Whether all texts of all facts are in a language."""
    for kind, records in columns.by_type.items():
        for name in _PRINTED.get(kind, ()):
            for text in held_in(records, name):
                found = text.by if isinstance(text, Grade) else text
                if found is not None and language not in found.texts and not found.is_in(language):
                    return False
    return True


def lacking_in(name: str, parts: Iterable[Placed | LogoSpec], language: str) -> Iterator[Problem]:
    """One problem for all texts of a record that are not in a language; at the first of them."""
    missing = [(field, text) for part in parts for field, text in _texts(part) if not text.is_in(language)]
    if missing:
        fields = ", ".join(dict.fromkeys(_NAMES.get(field, field) for field, _ in missing))
        message = f"{name} is not in {_called(language)}: {fields}"
        hint = f"add a text with {language}: until then it is printed in the language that it has"
        yield Problem(where=missing[0][1].where, severity=Severity.WARNING, message=message, hint=hint)


def _logo(theme: ThemeSpec | None) -> Iterator[LogoSpec]:
    """The logo of a look, whose alternative text is heard."""
    if theme is not None and theme.logo is not None:
        yield theme.logo


def _is_titled(spec: SectionSpec, language: str, context: CheckContext) -> bool:
    """Whether a catalogue has the title of a section, or lacks it: the titles that we ship are messages."""
    if spec.title is None or context.templates is None:
        return False
    if (None, spec.title.best(ENGLISH)[1]) in context.messages:
        return True
    return context.templates(language).wording.titled(spec.title)[0] == language


def _worded(edge: EdgeSpec, language: str, context: CheckContext) -> EdgeSpec:
    """The line at the edge of a sheet without texts that have no words, or that a catalogue has."""

    def kept(text: Texts | None) -> Texts | None:
        if text is None or not re.search(r"[^\W\d_]", re.sub(r"\{[a-z]*\}", "", text.best(language)[1])):
            return None
        has_catalogue = context.templates is not None
        is_said = has_catalogue and context.templates_of(language, None).wording.titled(text)[0] == language
        return None if is_said else text

    return replace(edge, left=kept(edge.left), middle=kept(edge.middle), right=kept(edge.right))


def _texts(part: Placed | LogoSpec) -> Iterator[tuple[str, Texts]]:
    for field in _PRINTED.get(type(part), ()):
        match getattr(part, field):
            case Texts() as text:
                yield field, text
            case tuple(texts):
                yield from ((field, text) for text in texts)
            case Grade(by=Texts() as text):
                yield field, text
    if isinstance(part, SectionSpec) and part.name == PICTURE:
        yield from ((name, part.options[name]) for name in ("alt", "caption") if name in part.options)


def _called(language: str) -> str:
    return f"{Locale(ENGLISH).languages.get(language.partition('-')[0], language)} ({language})"


def check_labels(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every message of templates and of briefbook itself has a translation in each language of the book."""
    if not context.days or context.templates is None:
        return
    seen: set[str] = set()
    for language, where in named_languages(book):
        ways = ways_of(language)
        if language in seen or ways[-1] == ENGLISH or not is_language(language):
            continue
        if not book.broken_catalogues.isdisjoint(ways):  # the reader tells of them
            continue
        seen.add(language)
        templates = context.templates(language)
        messages = {each for each in {*context.messages, *templates.messages()} if has_words(each[1])}
        missing = sorted(
            message for context_, message in messages if _is_missing(context_, message, templates)
        )
        if len(missing) == len(messages):
            yield unspoken(language, book, where)
        elif missing:
            yield _untranslated(language, where, missing)


def _is_missing(context: str | None, message: str, templates: SectionTemplates) -> bool:
    catalogue = templates.wording.catalogue
    said = catalogue.pgettext(context, message) if context else catalogue.gettext(message)
    if isinstance(said, Untranslated):  # or it has forms for numbers
        one = catalogue.npgettext(context, message, "", 1) if context else catalogue.ngettext(message, "", 1)
        return isinstance(one, Untranslated)
    return False


def unspoken(language: str, book: Book, where: Where) -> Problem:
    """That nothing has been translated into a language: no catalogue is there, or nothing stands in it."""
    own = next((tag for tag in ways_of(language) if tag in book.catalogues), None)
    if own is None:
        message = f"there is no catalogue of {_called(language)}: labels are printed in English"
    else:
        message = f"languages/{own}.po translates nothing yet: labels are printed in English"
    return Problem(where=where, severity=Severity.WARNING, message=message, hint=_translate(own or language))


def _untranslated(language: str, where: Where, missing: list[str]) -> Problem:
    few = ", ".join(repr(one if len(one) <= 40 else one[:39] + "…") for one in missing[:3])
    more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
    message = f"{_called(language)} has no translation of {few}{more}: printed in English"
    return Problem(where=where, severity=Severity.WARNING, message=message, hint=_translate(language))


def _translate(language: str) -> str:
    return f"translate them in the book's languages/{language}.po (docs/languages.md)"
