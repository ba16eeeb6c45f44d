"""What `briefbook list` tells of the memos of a book: worked out from the book, whole."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import assert_never

from briefbook.catalogues import texts_in
from briefbook.cli.book import chosen_ids, day_of, now
from briefbook.composing.languages import is_language
from briefbook.composing.wording import ENGLISH, wording_of
from briefbook.dates import Day
from briefbook.diagnostics import has_errors
from briefbook.frozen import frozen
from briefbook.index import indexed
from briefbook.memo import Book, ForumScope, MeetingScope, Memo, RangeScope
from briefbook.memo_languages import language_of
from briefbook.readers.read_book import ReadBook
from briefbook.select import select
from briefbook.selection import Selection, ShownMeeting
from briefbook.usable import covers_what_is_there, usable_book


@frozen
class Listing:
    """The memos that are listed, and what of them is known of the book and the day alone.

    `rows` hold texts, lists and dictionaries alone: for people under the heads of the table, for programs
    under `told`, a dictionary as `--json` prints it.
    """

    book: Book
    day: Day
    chosen: tuple[Memo, ...]
    able: tuple[Memo, ...]  # those of them that can be made
    has_errors: bool  # some of the book, or a memo that cannot be made
    depends_on_more: bool  # than the book's own files and the day: another look may find another listing

    @property
    def lame(self) -> list[str]:
        """The ids of those that cannot be made."""
        made = {memo.id for memo in self.able}
        return [memo.id for memo in self.chosen if memo.id not in made]

    def rows(self) -> list[dict[str, object]]:
        """A row for each memo."""
        ahead = _ahead(self.book, self.able, self.day)
        return [_row(self.book, memo, ahead.get(memo.id)) for memo in self.chosen]

    def runs(self) -> dict[str, tuple[datetime, str]]:
        """By memo, the next instant (UTC) at which its schedule asks for it, if it has one; and its zone."""
        return _next_runs(self.book, self.able)


def listing_of(read: ReadBook, memos: Sequence[str], as_of: date | None, known_by: date | None) -> Listing:
    """The listing of some memos, of all if none is named. An unknown name is a usage error."""
    wanted = chosen_ids(read, memos)
    book = usable_book(read)
    chosen = tuple(memo for memo in book.memos.values() if not memos or memo.id in wanted)
    able = tuple(memo for memo in chosen if _can_be_made(book, memo))
    is_lame = len(able) < len(chosen)
    return Listing(
        book=book,
        day=day_of(book.settings, as_of, known_by),
        chosen=chosen,
        able=able,
        has_errors=is_lame or has_errors([problem for problem in read.problems if not problem.of_mail]),
        # Files of looks and profiles are no `BookFiles`; what is amiss may lie in what the machine has. And
        # what is marked is for who may read the book, in the book alone.
        depends_on_more=is_lame
        or bool(read.problems or book.files or book.unread or read.profile_files)
        or len(book.facts.meetings) < len(read.book.facts.meetings)  # a zone may be unknown
        or any(memo.schedule is not None for memo in chosen)
        or book.settings.marking is not None,
    )


def _ahead(book: Book, memos: Sequence[Memo], day: Day) -> dict[str, ShownMeeting | None]:
    """By memo, the first meeting ahead as of a day."""
    index = indexed(book.facts)  # once, however many memos the book has

    def selected(memo: Memo) -> Selection:
        return select(book.facts, book.settings, memo, as_of=day.as_of, known_by=day.known_by, index=index)

    return {memo.id: selected(memo).next_meeting for memo in memos}


def _next_runs(book: Book, memos: Sequence[Memo]) -> dict[str, tuple[datetime, str]]:
    scheduled = [(memo, memo.schedule.zone) for memo in memos if memo.schedule is not None]
    if not scheduled:
        return {}
    # Most books have no schedule, and this makes ready to make memos.
    from briefbook.timetable import next_runs
    from briefbook.workshop import Workshop

    workshop, moment = Workshop(book), now()
    runs: dict[str, tuple[datetime, str]] = {}
    for memo, zone in scheduled:
        with suppress(ValueError, StopIteration):  # a mistake in the schedule: `check` tells of it
            runs[memo.id] = next(next_runs(workshop, memo, moment)), zone
    return runs


def _can_be_made(book: Book, memo: Memo) -> bool:
    return is_language(language_of(memo, book.settings)) and covers_what_is_there(memo, book.facts)


def _row(book: Book, memo: Memo, ahead: ShownMeeting | None) -> dict[str, object]:
    language = language_of(memo, book.settings)
    spoken = language if is_language(language) else ENGLISH
    wording = wording_of(spoken, texts_in(spoken, book.catalogues))
    day = ahead and wording.in_words(ahead.when)
    return {
        "MEMO": memo.id,
        "COVERS": _covers(memo),
        "NEXT MEETING": f"{ahead.forum.name}, {day}" if ahead else "",
        "told": {
            "memo": memo.id,
            "language": language,
            "title": str(memo.title.best(language)[1]),
            "covers": _scope(memo),
            "next": ahead and {"meeting": ahead.id, "forum": ahead.forum.id, "date": str(ahead.when.date)},
            "formats": list(memo.formats),
        },
    }


def _scope(memo: Memo) -> dict[str, object]:
    match memo.scope:
        case ForumScope(forums=references):
            return {"forums": [reference.id for reference in references]}
        case MeetingScope(meetings=references):
            return {"meetings": [reference.id for reference in references]}
        case RangeScope(first=first, last=last):
            return {
                "from": None if first == date.min else first.isoformat(),
                "to": None if last == date.max else last.isoformat(),
            }
        case _:
            assert_never(memo.scope)


def _covers(memo: Memo) -> str:
    match memo.scope:
        case ForumScope(forums=forums):
            return f"forum {', '.join(reference.id for reference in forums)}"
        case MeetingScope(meetings=meetings):
            return f"meeting {', '.join(reference.id for reference in meetings)}"
        case RangeScope() if memo.scope.is_everything:
            return "everything"
        case RangeScope(first=first, last=last):
            return f"{'' if first == date.min else first} to {'' if last == date.max else last}".strip()
        case _:
            assert_never(memo.scope)
