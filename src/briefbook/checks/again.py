"""What a person wrote and should look at again: the facts that it rests on have changed since."""

from collections.abc import Iterable

from briefbook.checks.context import CheckContext
from briefbook.composing.languages import is_language
from briefbook.diagnostics import Problem, Severity, place_of
from briefbook.index import indexed
from briefbook.memo import Book
from briefbook.memo_languages import language_of
from briefbook.resting import cause_of, mend, resting
from briefbook.showing import View
from briefbook.usable import usable


def check_again(book: Book, context: CheckContext) -> Iterable[Problem]:
    """No words rest on a fact that has changed since they were written, or last checked.

    Told where memos are tried out. Of a memo with no edition only `checked` tells when that was.
    """
    told: dict[Problem, None] = {}  # in each language of a memo the same
    resting_memos = [memo for memo in book.memos.values() if memo.rests and context.days]
    if not resting_memos:
        return told
    index = indexed(usable(book.facts))
    for memo in resting_memos:
        language = language_of(memo, book.settings)
        if not is_language(language):
            continue
        for day in context.days:
            view = View(index=index, day=day, known_by=context.known_by or day, language=language)
            slots = memo.by_slot
            for each in resting(memo, view, context.rested.get(memo.id, ())).again:
                facts = " and ".join(repr(fact.id) for fact in each.facts)
                cause = cause_of(each)
                problem = Problem(
                    where=slots[each.slot].where,
                    severity=Severity.WARNING,
                    message=f"check {each.slot!r} again: {facts} changed since it was written{cause}",
                    hint=mend(slots[each.slot], day),
                )
                told[problem] = None
    return told


def check_checked(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Nobody has checked words on a day that has not come yet: it is a slip, and does not count."""
    for memo in book.memos.values():
        for slot, line in memo.by_slot.items():
            for day in context.days:
                if line.checked is not None and line.checked.on > day:
                    message = f"{slot!r} was checked on {line.checked.on}, after {day}: this does not count"
                    yield Problem(
                        where=place_of(line, "checked"),
                        severity=Severity.WARNING,
                        message=message,
                        hint="mend the day",
                    )
