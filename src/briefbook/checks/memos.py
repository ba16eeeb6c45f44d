"""What a memo's file promises: that it covers something, and that its parts can be made."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations
from pathlib import PurePosixPath

from briefbook.checks.context import CheckContext
from briefbook.composing.languages import is_language, languages
from briefbook.composing.wording import ENGLISH  # what templates hold is the same in any language
from briefbook.diagnostics import Problem, Severity, Where, did_you_mean, place_of
from briefbook.document import is_blank
from briefbook.facts import Facts, statements_of
from briefbook.memo import Book, BottomLine, ForumScope, Memo, RangeScope, Settings
from briefbook.memo_languages import language_of
from briefbook.readers.read_picture import ENDINGS as PICTURE_ENDINGS

PICTURE = "picture"  # the shipped section that shows one of the user's own


def check_coverage(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every memo covers a fact on some day; `range: all` is valid without facts too."""
    facts = book.facts
    if not facts.ids >= context.defined:
        return  # a broken record may be what it covers
    told = _forums_told(facts)
    has_days = any(isinstance(memo.scope, RangeScope) for memo in book.definitions)
    spans = _days_told(facts) if has_days else set()
    for memo in book.definitions:
        match memo.scope:
            case ForumScope(forums=forums):
                known = [forum for forum in forums if forum.id in facts.forums]
                if known and not any(forum.id in told for forum in known):
                    ids = ", ".join(repr(forum.id) for forum in known)
                    message = f"nothing is on file on {ids}: no meeting, priority or background point"
                    yield Problem(where=known[0].where, message=message, hint=_ADD_FACTS)
            case RangeScope(first=first, last=last) if not memo.scope.is_everything:
                if not any(start <= last and end >= first for start, end in spans):
                    message = f"nothing on file falls into the days from {_day(first)} to {_day(last)}"
                    yield Problem(where=place_of(memo, "scope"), message=message, hint=_ADD_FACTS)


_ADD_FACTS = "add facts in facts/, mend what the memo covers, or delete the memo"


def _day(day: date) -> str:
    return ".." if day in (date.min, date.max) else day.isoformat()


def _forums_told(facts: Facts) -> set[str]:
    """The forums of which anything is told."""
    told = {forum.id for forum in facts.forums.values() if forum.statements}
    told |= {meeting.forum for meeting in facts.meetings.values()}
    told |= {priority.forum for priority in facts.priorities.values()}
    for point in facts.background.values():
        told.update(point.forums)
        told.update(facts.meetings[id_].forum for id_ in point.meetings if id_ in facts.meetings)
    return told


def _days_told(facts: Facts) -> set[tuple[date, date]]:
    """The first and last days of all that is told: of a statement without a date, of its source."""
    spans = set()
    for kind in (facts.meetings, facts.priorities, facts.background):
        for fact in kind.values():
            for statement in statements_of(fact):
                source = facts.sources.get(statement.source)
                when = statement.date or (source.published if source else None)
                if when is not None:
                    spans.add((when.first, when.last))
    return spans


def check_bottom_lines(book: Book, context: CheckContext) -> Iterable[Problem]:
    """On no day are two bottom lines valid, and none stands where it can never be printed."""
    del context
    for memo in book.definitions:
        always: BottomLine | None = None
        for line in memo.bottom_lines:
            if always is not None:
                message = "this bottom line is never printed: the one above is valid on every day"
                hint = "give the one above its days with 'valid', or delete one"
                yield Problem(where=line.where, severity=Severity.WARNING, message=message, hint=hint)
            elif line.valid is None and not line.rests_on:
                always = line
        for first, second in combinations((line for line in memo.bottom_lines if line.valid), 2):
            assert first.valid is not None
            assert second.valid is not None
            if second.valid.overlaps(first.valid.first, first.valid.last):
                message = f"the days of this bottom line overlap those of another ({first.valid})"
                hint = "the first that is valid is printed: make the days meet, not overlap"
                where = place_of(second, "valid")
                yield Problem(where=where, severity=Severity.WARNING, message=message, hint=hint)


def check_sections(book: Book, context: CheckContext) -> Iterable[Problem]:
    """There is a template of every section."""
    if context.templates is None:
        return
    for memo in book.definitions:
        names = context.templates_of(ENGLISH, memo.profile).names()
        for section in memo.sections:
            if section.name not in names:
                message = f"there is no template of a section {section.name!r}"
                hint = did_you_mean(section.name, names) or f"write templates/sections/{section.name}.md.j2"
                yield Problem(where=place_of(section, "name"), message=message, hint=hint)


def check_options(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every option under `set` is one that the section's template reads."""
    if context.templates is None:
        return
    for memo in book.definitions:
        templates = context.templates_of(ENGLISH, memo.profile)
        for section in memo.sections:
            known = templates.options_of(section.name) if section.options else None
            if known is None or not templates.exists(section.name):
                continue
            for name in section.options.keys() - known:
                message = f"section {section.name!r} reads no option {name!r}"
                hint = did_you_mean(name, known) if known else "it reads none: delete it"
                where = place_of(section, "options")
                yield Problem(where=where, severity=Severity.WARNING, message=message, hint=hint)


def check_pictures(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every section `picture` names one of the book's pictures, and says in words what it shows."""
    del context
    for memo in book.definitions:
        yield from picture_mistakes(memo, book)


def picture_mistakes(memo: Memo, book: Book) -> Iterator[Problem]:
    """What is wrong with the sections `picture` of a memo."""
    for section in memo.sections:
        if section.name != PICTURE:
            continue
        written = section.options.get("file")
        name = written.best(language_of(memo, book.settings))[1] if written else ""
        alts = section.options["alt"].texts.values() if "alt" in section.options else ("",)
        where = place_of(section, "options")
        if not name:
            hint = 'write set: {file: pictures/map.png, alt: "what it shows"}'
            yield Problem(where=where, message="a section 'picture' names the file of one", hint=hint)
        elif name not in book.pictures and name not in book.broken_pictures:  # of those the reader tells
            hint = did_you_mean(name, book.pictures) or "put a PNG or JPEG into the book's folder pictures/"
            ending = PurePosixPath(name).suffix
            if ending not in PICTURE_ENDINGS:
                known = "PNG and JPEG alone are taken, with names that end in .png, .jpg or .jpeg"
                hint = f"{hint}; {known}" if hint.startswith("did") else known
            yield Problem(where=where, message=f"there is no picture {name!r}", hint=hint)
        if name and any(map(is_blank, alts)):
            message = f"nothing says in words what the picture {name!r} shows"
            hint = "add alt: who cannot see the picture hears it, and plain text prints it"
            yield Problem(where=where, message=message, hint=hint)


def check_languages(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every language that a memo is printed in is one whose dates and lists are known."""
    del context
    for language, where in named_languages(book):
        if not is_language(language):
            message = f"how dates are written in the language {language!r} is not known"
            hint = did_you_mean(language, languages()) or "write a tag such as en, es or pt-BR"
            yield Problem(where=where, message=message, hint=hint)


def named_languages(book: Book) -> Iterator[tuple[str, Where]]:
    """Every language that the book is printed in, and where it is named."""
    yield book.settings.language, place_of(book.settings, "language")
    records: list[Settings | Memo] = [book.settings, *book.definitions]
    for record in records:
        for index, language in enumerate(record.languages):
            yield language, place_of(record, "languages", index)
    for memo in book.definitions:
        if memo.language is not None:
            yield memo.language, place_of(memo, "language")
