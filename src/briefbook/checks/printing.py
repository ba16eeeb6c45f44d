"""What a person wrote into a memo's file and no section of the memo prints: else it would vanish unseen."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from pathlib import Path

from briefbook.checks.context import CheckContext
from briefbook.composing.compose import FOOTER
from briefbook.composing.sections import SectionTemplates, template_name
from briefbook.composing.wording import ENGLISH  # what templates hold is the same in any language
from briefbook.diagnostics import Problem, Severity, place_of
from briefbook.memo import PASSAGES, SLOTS, Book, Memo
from briefbook.readers.read_profile import profile_names

# A person's words by their attribute of the memo, each as templates call it.
_WRITTEN = {name: name for name in ("to", "sender", "through", *PASSAGES, SLOTS, "tabs")}
_WRITTEN |= {"bottom_lines": "bottom_line", "drafter": "drafter", "approver": "approver"}
_WRITTEN |= {"clearances": "clearances"}
_ON_DISK = {"sender": "from"}  # where a file calls it otherwise than templates do

_ReadBy = Callable[[str | None, str], frozenset[str] | None]  # profile, template → what it reads


def check_unprinted(book: Book, context: CheckContext) -> Iterable[Problem]:
    """All that a person wrote in a memo's file is printed by one of its sections, its footer or its mail.

    Told where memos are tried out. Nothing is said of a memo with a template that may read anything.
    """
    if context.templates is None or not context.days:
        return
    read_by = cache(partial(_read_by, context))
    for memo in book.definitions:
        written = [name for name in _WRITTEN if getattr(memo, name)]
        if not written or (memo.profile is not None and memo.profile not in book.profiles):
            continue  # the check of profiles tells of it
        printing = [read_by(memo.profile, template) for template in _templates_of(memo)]
        printed = {name for names in printing for name in names or ()}
        for name in () if None in printing else written:
            if _WRITTEN[name] not in printed:
                yield _unprinted(memo, name, _mend(memo, name, book, context, read_by))


def _mend(memo: Memo, name: str, book: Book, context: CheckContext, read_by: _ReadBy) -> str:
    """Which sections would print a field, else the profiles whose header does."""
    sections = context.templates_of(ENGLISH, memo.profile).names()
    shows = [
        one for one in sorted(sections) if _WRITTEN[name] in (read_by(memo.profile, template_name(one)) or ())
    ]
    if shows:
        return f"add the section {' or '.join(map(repr, shows))}, or delete the field"
    header = template_name("header")
    others = [one for one in profile_names(Path(book.root)) if _WRITTEN[name] in (read_by(one, header) or ())]
    return (
        f"the header of {' and '.join(others)} does: name that profile, or delete the field" if others else ""
    )


def _read_by(context: CheckContext, profile: str | None, template: str) -> frozenset[str] | None:
    templates: SectionTemplates = context.templates_of(ENGLISH, profile)
    return templates.own_of(template)


def _templates_of(memo: Memo) -> Iterator[str]:
    yield from (template_name(section.name) for section in memo.sections)
    yield FOOTER
    if memo.deliver is not None:
        yield from (memo.deliver.subject, memo.deliver.body)


def _unprinted(memo: Memo, name: str, hint: str) -> Problem:
    called = _ON_DISK.get(name, _WRITTEN[name])
    message = f"no section of memo {memo.name!r} prints its {called!r}"
    return Problem(where=place_of(memo, name), severity=Severity.WARNING, message=message, hint=hint)
