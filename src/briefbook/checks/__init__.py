"""Everything that can be wrong with a book, as small functions over what was read.

A check takes the book and its context and yields problems, each with the place to mend and the mend. A new
rule is one function and one line in a part of `CHECKS`. What they say: `docs/errors.md`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from briefbook.checks.again import check_again, check_checked
from briefbook.checks.commitments import check_promises, check_rewordings
from briefbook.checks.context import CheckContext
from briefbook.checks.delivery import check_addresses, check_deliveries, check_mail, check_schedules
from briefbook.checks.looks import check_looks
from briefbook.checks.markings import check_banners, check_markings
from briefbook.checks.memos import (
    check_bottom_lines,
    check_coverage,
    check_languages,
    check_options,
    check_pictures,
    check_sections,
)
from briefbook.checks.naming import check_ids, check_unnamed
from briefbook.checks.open_ends import Open, OpenQuestion, gaps
from briefbook.checks.printing import check_unprinted
from briefbook.checks.profiles import check_edges, check_profiles, check_ranks, check_tabs
from briefbook.checks.release import check_release
from briefbook.checks.sources import check_links
from briefbook.checks.statements import (
    check_agreed_dates,
    check_evidence,
    check_far_dates,
    check_fragments,
    check_held_dates,
    check_lost_days,
    check_sides,
    check_speakers,
    check_zones,
)
from briefbook.checks.survey import Survey
from briefbook.checks.templates import check_documents, check_templates
from briefbook.checks.texts import check_characters, check_tags
from briefbook.checks.translations import check_labels, check_translations
from briefbook.checks.withdrawals import check_withdrawn
from briefbook.diagnostics import Problem, in_reading_order
from briefbook.memo import Book, Memo

__all__ = ["CHECKS", "CheckContext", "Open", "OpenQuestion", "gaps", "run_checks"]

Check = Callable[[Book, CheckContext], Iterable[Problem]]

_AT_A_TIME = 1000  # memos looked at together: as many as are unpacked at once


def run_checks(book: Book, context: CheckContext) -> list[Problem]:
    """Every problem of a book that was read, in reading order. Raises nothing."""

    def told(checks: Iterable[Check], part: Book) -> list[Problem]:
        able = (check for check in checks if book.settings.is_whole or check not in _OF_SETTINGS)
        return [problem for check in able for problem in check(part, context)]

    found: list[Problem] = []
    survey = Survey()
    for part in _parts(book):  # what all memos have is found again, and told once
        survey.add(part)
        found += told(_MEMO_BY_MEMO, part)
    context = replace(context, survey=survey)
    return in_reading_order(found + told(_AT_ONCE, book))


def _parts(book: Book) -> Iterator[Book]:
    """The book with some of its memos at a time, those of one file together: each is unpacked once."""
    memos: dict[str, Memo] = {}
    name = ""
    for memo in book.memos.values():
        if len(memos) >= _AT_A_TIME and memo.name != name:
            yield replace(book, memos=memos)
            memos = {}
        memos[memo.id], name = memo, memo.name
    yield replace(book, memos=memos)


_AT_ONCE: tuple[Check, ...] = (
    check_ids,
    check_evidence,
    check_fragments,
    check_held_dates,
    check_agreed_dates,
    check_far_dates,
    check_lost_days,
    check_zones,
    check_sides,
    check_speakers,
    check_rewordings,
    check_promises,
    check_links,
    check_withdrawn,
    check_characters,
    check_tags,
    check_unnamed,
    check_edges,
    check_banners,
    check_mail,
    check_templates,
    check_documents,
    check_translations,
    check_labels,
)

# What these say of a memo no other memo has a part in. (`check_ids` guesses at so many unknown ids in all.)
_MEMO_BY_MEMO: tuple[Check, ...] = (
    check_coverage,
    check_bottom_lines,
    check_sections,
    check_options,
    check_pictures,
    check_languages,
    check_profiles,
    check_ranks,
    check_tabs,
    check_unprinted,
    check_again,
    check_checked,
    check_looks,
    check_markings,
    check_release,
    check_schedules,
    check_addresses,
    check_deliveries,
)

CHECKS = (*_AT_ONCE, *_MEMO_BY_MEMO)

# What these say hangs on the languages, the look or the markings that book.yaml asks for. Where it could not
# be read, they would tell of mistakes that there are not.
_OF_SETTINGS = frozenset[Check](
    {
        check_characters,
        check_edges,
        check_tabs,
        check_looks,
        check_markings,
        check_release,
        check_documents,
        check_translations,
    }
)
