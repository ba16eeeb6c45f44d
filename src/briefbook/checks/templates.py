"""The section templates, and what only shows once a memo is made."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, time
from functools import lru_cache

from briefbook.checks.context import CheckContext
from briefbook.checks.markings import crowding
from briefbook.checks.memos import picture_mistakes
from briefbook.checks.profiles import lacking, strictness
from briefbook.checks.texts import OTHER_LETTERS, all_faces, missing_in_all, named, texts_of
from briefbook.composing.compose import FOOTER, pictures_named, pictures_of
from briefbook.composing.languages import is_language
from briefbook.composing.letter import compose_letter
from briefbook.composing.sections import IssuedNote, SectionTemplates, template_name
from briefbook.composing.wording import ENGLISH  # what templates hold is the same in any language
from briefbook.delivery import Delivery
from briefbook.diagnostics import BriefbookError, Placed, Problem, Severity, Where, place_of
from briefbook.document import Citations, Cite, Document, Image, Link, Section, SourceList, Text, inlines_of
from briefbook.index import indexed
from briefbook.look import faces_for, look_of
from briefbook.memo import Book, Memo
from briefbook.memo_languages import language_of
from briefbook.promise import kept
from briefbook.release_spec import Rigour
from briefbook.select import select
from briefbook.selection import Selection
from briefbook.usable import covers_what_is_there, usable
from briefbook.writers.faces import FaceSet, missing_characters
from briefbook.writers.theme import Theme


def check_templates(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every template can be compiled, and every name in it is one that it is given.

    Without a day nothing is said: a build meets the mistakes of the templates that it uses.
    """
    del book
    if context.templates is not None and context.days:
        yield from _mistakes(context.templates(ENGLISH))


@lru_cache(maxsize=1)  # two checks ask, one after the other
def _mistakes(templates: SectionTemplates) -> list[Problem]:
    return templates.check_syntax() + templates.check_names()


def check_documents(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every memo can be made as of the days that are asked for, and every character of it be drawn."""
    if context.templates is None or not context.days:
        return
    facts = usable(book.facts)
    index = indexed(facts)
    everywhere = all_faces(book)
    told = {problem.where for problem in _mistakes(context.templates(ENGLISH))}
    for memo in book.memos.values():
        language = language_of(memo, book.settings)
        if not is_language(language) or not covers_what_is_there(memo, facts):
            continue
        templates = context.templates_of(language, memo.profile)
        if not all(templates.exists(section.name) for section in memo.sections):
            continue
        if any(picture_mistakes(memo, book)):  # `check_pictures` tells of them
            continue
        profile = book.profiles.get(memo.profile) if memo.profile else None
        is_held_to_it = profile is not None and strictness(memo, book) is Rigour.ERROR
        if profile is not None and is_held_to_it and any(lacking(memo, profile, book)):
            continue  # and of this `check_profiles`
        if pictures_named(memo, templates, book.broken_pictures):  # the reader tells of them
            continue
        is_measured = memo.length is not None or book.settings.marking is not None
        theme = look_of(book, memo).theme if is_measured else Theme()
        for day in context.days:
            try:
                selection = select(facts, book.settings, memo, as_of=day, known_by=day, index=index)
                pictures = pictures_of(memo, templates, book.pictures)
                promise = kept(memo, selection, templates, theme, pictures)
                if memo.deliver is not None:
                    _try_letter(selection, memo, memo.deliver, templates, book.pictures)
            except BriefbookError as error:
                yield from (problem for problem in error.problems if problem.where not in told)
            else:
                yield from promise.problems(memo)
                yield from undrawable(promise.document, memo, book, everywhere)
                yield from crowding(promise.document.banner, theme, book)
                yield from _without_notes(promise.document, memo)


def _without_notes(document: Document, memo: Memo) -> Iterator[Problem]:
    """Numbers of sources that lead nowhere: notes too have their text from the list of sources."""
    blocks = [block for section in document.sections for block in section.blocks]
    inlines = [inline for block in blocks for inline in inlines_of(block)]
    cites = (inline for inline in inlines if isinstance(inline, Cite) and inline.shown)
    cited = {source.source for cite in cites for source in cite.sources}
    listed = {entry.source for block in blocks if isinstance(block, SourceList) for entry in block.entries}
    if cited - listed:
        what = {
            Citations.NUMBERED: "the numbers of its sources",
            Citations.FOOTNOTES: "its footnotes",
            Citations.ENDNOTES: "its endnotes",
        }[document.citations]
        message = f"memo {memo.id!r} cites sources that none of its sections lists: {what} lead nowhere"
        hint = "add the section 'sources', which prints notes too"
        where = place_of(memo, "sections")
        yield Problem(where=where, severity=Severity.WARNING, message=message, hint=hint)


def _try_letter(
    selection: Selection,
    memo: Memo,
    delivery: Delivery,
    templates: SectionTemplates,
    pictures: Mapping[str, Image],
) -> None:
    """Write the mail of a memo, so that a mistake shows now and not at seven in the morning."""
    named = {getattr(delivery, field) for field in ("subject", "body") if field in delivery.places}
    if named and not named <= templates.paths():
        return  # told where it is named: `check_deliveries`
    note = IssuedNote(
        number=1,
        as_of=selection.as_of,
        zone="UTC",
        made_for=datetime.combine(selection.as_of, time(7), UTC),
        attached=tuple(f"{memo.id}.{name}" for name in delivery.attach),
    )
    subject, body = delivery.subject, delivery.body
    compose_letter(selection, memo, templates, note, subject=subject, body=body, pictures=pictures)


def undrawable(
    document: Document, memo: Memo, book: Book, everywhere: Collection[FaceSet]
) -> Iterator[Problem]:
    """Each character that no face of the memo can draw, but for those of which `check_characters` tells.

    `everywhere` are `all_faces` of the book.
    """
    faces = faces_for(book, memo)
    said = [(section, "".join(_literals(section))) for section in document.sections]
    foot = document.footer + document.page_of
    has_others = len(everywhere) > 1
    texts = (foot, *(literals for _, literals in said))
    if not has_others and not any(missing_characters(text, faces) for text in texts):
        return
    parts: tuple[Placed, ...] = (memo, *memo.judgements, *memo.signatures, *memo.tabs, *memo.sections)
    own = _characters(parts, document.language)
    told = own | _characters((book.settings,), document.language)
    for section, literals in said:
        missing = [character for character in missing_characters(literals, faces) if character not in told]
        if missing:
            where = Where(file=f"templates/{template_name(section.name)}")
            message = f"no face can draw {named(missing)} in section {section.name!r} of memo {memo.id!r}"
            yield Problem(where=where, message=message, hint=OTHER_LETTERS)
            own |= set(missing)
    missing = [c for c in missing_characters(foot, faces) if c not in told]
    if missing:
        message = f"no face can draw {named(missing)} in the footer of memo {memo.id!r}"
        yield Problem(where=Where(file=f"templates/{FOOTER}"), message=message, hint=OTHER_LETTERS)
    if has_others:
        yield from _held_by_others(document, memo, own, faces, everywhere)


def _held_by_others(
    document: Document, memo: Memo, told: set[str], faces: FaceSet, everywhere: Iterable[FaceSet]
) -> Iterator[Problem]:
    """What another memo's faces can draw and this one's cannot: it is a mistake in no fact."""
    printed = "".join(text.text for section in document.sections for text in _texts(section))
    told |= set(missing_in_all(printed, everywhere))
    missing = [character for character in missing_characters(printed, faces) if character not in told]
    if missing:
        message = f"none of its faces can draw {named(missing)} in memo {memo.id!r}"
        hint = "name a face that can in its 'theme', as another memo or the book does"
        yield Problem(where=memo.where, message=message, hint=hint)


def _characters(records: Iterable[Placed], language: str) -> set[str]:
    """The characters of records' own texts."""
    texts = [text for record in records for text in texts_of(record, {language})]
    return {character for written in texts for character in written.text}


def _literals(section: Section) -> list[str]:
    """What a section's template says itself, of no fact: every memo is gone through for it."""
    found: list[str] = []
    for block in section.blocks:
        for each in inlines_of(block):
            if each.__class__ is Text:
                if each.origin is None:
                    found.append(each.text)
            elif each.__class__ is Link:
                found += [text.text for text in each.children if text.origin is None]
    return found


def _texts(section: Section) -> list[Text]:
    inlines = [inline for block in section.blocks for inline in inlines_of(block)]
    return [
        text
        for each in inlines
        for text in ((each,) if isinstance(each, Text) else each.children if isinstance(each, Link) else ())
    ]
