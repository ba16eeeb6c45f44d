"""What a person wrote and should look at again: the facts that it rests on have changed since."""

from collections.abc import Iterable

from briefbook.checks.context import CheckContext
from briefbook.checks.templates import usable
from briefbook.composing.languages import is_language
from briefbook.diagnostics import Problem, Severity
from briefbook.index import indexed
from briefbook.memo import Book
from briefbook.resting import resting
from briefbook.showing import View


def check_again(book: Book, context: CheckContext) -> Iterable[Problem]:
    """No words rest on a fact that has changed since they were written, or last checked.

    Told where memos are tried out. Of a memo with no edition only `checked` tells when that was.
    """
    index = indexed(usable(book.facts)) if context.days else None
    told: dict[Problem, None] = {}  # in each language of a memo the same
    for memo in book.memos.values() if index else ():
        language = memo.language or book.settings.language
        if not memo.rests or not is_language(language):
            continue
        for day in context.days:
            assert index is not None
            view = View(index=index, day=day, known_by=context.known_by or day, language=language)
            slots = memo.by_slot
            for each in resting(memo, view, context.rested.get(memo.id, ())).again:
                facts = " and ".join(repr(fact.id) for fact in each.facts)
                problem = Problem(
                    where=slots[each.slot].where,
                    severity=Severity.WARNING,
                    message=f"check {each.slot!r} again: {facts} changed since it was written",
                    hint=f"change the words, or write checked: {day.isoformat()}",
                )
                told[problem] = None
    return told
