"""What of a book memos can be made of, whatever else is wrong with it."""

from dataclasses import replace
from typing import assert_never

from briefbook.composing.languages import is_zone
from briefbook.facts import Facts, Meeting
from briefbook.memo import Book, ForumScope, MeetingScope, Memo, RangeScope
from briefbook.readers.read_book import ReadBook


def usable_book(read: ReadBook) -> Book:
    """The book that memos can be made of: without facts that hang on a fact that is not there."""
    return replace(read.book, facts=usable(read.book.facts))


def covers_what_is_there(memo: Memo, facts: Facts) -> bool:
    """True unless a memo covers a forum or a meeting that is not on file."""
    match memo.scope:
        case ForumScope(forums=references):
            return all(reference.id in facts.forums for reference in references)
        case MeetingScope(meetings=references):
            return all(reference.id in facts.meetings for reference in references)
        case RangeScope():
            return True
        case _:
            assert_never(memo.scope)


def usable(facts: Facts) -> Facts:
    """The facts that a memo can be made of: without those that hang on a fact that is not there."""
    meetings = {m.id: m for m in facts.meetings.values() if m.forum in facts.forums and _has_zones(m)}
    priorities = {
        p.id: p
        for p in facts.priorities.values()
        if p.forum in facts.forums
        and all(id_ in meetings for id_ in (p.meeting, *(s.meeting for s in p.statements)) if id_)
    }
    background = {
        p.id: p
        for p in facts.background.values()
        if all(id_ in facts.forums for id_ in p.forums) and all(id_ in meetings for id_ in p.meetings)
    }
    return replace(facts, meetings=meetings, priorities=priorities, background=background)


def _has_zones(meeting: Meeting) -> bool:
    return all(statement.zone is None or is_zone(statement.zone) for statement in meeting.statements)
