"""What a statement says against its source, its evidence and its forum."""

import unicodedata
from collections.abc import Iterable, Iterator

from briefbook.checks.context import CheckContext
from briefbook.checks.naming import namings_in
from briefbook.composing.languages import is_zone, month_names, zones
from briefbook.dates import PartialDate
from briefbook.diagnostics import Placed, Problem, Severity, did_you_mean, place_of
from briefbook.facts import (
    Fact,
    Facts,
    Force,
    Forum,
    MeetingStatement,
    Organisation,
    Person,
    PriorityStatement,
    Says,
    Source,
    Statement,
    Wording,
    statements_of,
)
from briefbook.memo import Book
from briefbook.readers.reading_limits import MOST_GUESSES
from briefbook.readers.records import shown
from briefbook.state import publications
from briefbook.turns import occasion_of

MOST_WORDS = 8  # of a fragment: more would be a quotation
MOST_YEARS = 200  # between a meeting and what tells of it


def _statements(facts: Facts) -> Iterator[tuple[Fact, Statement]]:
    for kind in (facts.forums, facts.meetings, facts.priorities, facts.background):
        for fact in kind.values():
            for statement in statements_of(fact):
                yield fact, statement


def check_evidence(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every statement has evidence, in fragments that are short."""
    del context
    for fact, statement in _statements(book.facts):
        if not statement.evidence:
            message = f"this statement on {fact.id!r} has no evidence"
            hint = f"give a fragment of at most {MOST_WORDS} words from the source's text"
            yield Problem(where=place_of(statement, "evidence"), message=message, hint=hint)
        for index, fragment in enumerate(statement.evidence):
            count = len(fragment.split())
            if count > MOST_WORDS:
                where = place_of(statement, "evidence", index)
                message = f"this evidence has {count} words; at most {MOST_WORDS} are allowed"
                yield Problem(where=where, message=message, hint="cut it to the words that prove the value")


def check_fragments(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every fragment stands in its source's text, once, or else holds the value that it proves."""
    if context.texts is None:
        return
    texts = {name: plain(text) for name, text in context.texts.items()}
    for fact, statement in _statements(book.facts):
        source = book.facts.sources.get(statement.source)
        text = texts.get(source.text) if source and source.text else None
        if source is None or text is None:
            continue
        values: frozenset[str] | None = None
        for index, fragment in enumerate(statement.evidence):
            words = plain(fragment)
            count = _count(words, text)
            if count == 1:
                continue
            where = place_of(statement, "evidence", index)
            if count == 0:
                message = f"the text of {source.id!r} does not hold {shown(fragment)}"
                is_cut = words in text
                hint = "it starts or ends inside a word" if is_cut else "copy the words as they stand there"
                yield Problem(where=where, message=message, hint=hint)
                continue
            if values is None:
                values = _values(book.facts, fact, statement, source)
            if not _holds(words, values):
                message = (
                    f"{shown(fragment)} stands {count} times in the text of {source.id!r} "
                    "and does not hold the value that it proves"
                )
                yield Problem(where=where, message=message, hint="choose a longer fragment")


def check_held_dates(book: Book, context: CheckContext) -> Iterable[Problem]:
    """No source reports a meeting as held that comes after it."""
    del context
    for meeting in book.facts.meetings.values():
        for statement in meeting.statements:
            source = book.facts.sources.get(statement.source)
            if source is None or statement.says is not Says.HELD or statement.date is None:
                continue
            if statement.date.first > source.published.last:
                message = (
                    f"{source.id!r}, published {source.published}, "
                    f"cannot tell of a meeting held on {statement.date}"
                )
                hint = "mend the date or the day of publication; what is yet to come is 'announced'"
                yield Problem(where=place_of(statement, "date"), message=message, hint=hint)


def check_agreed_dates(book: Book, context: CheckContext) -> Iterable[Problem]:
    """No source reports as agreed at a meeting what came out before the meeting can have been."""
    del context
    facts = book.facts
    for priority in facts.priorities.values():
        for statement in priority.statements:
            source = facts.sources.get(statement.source)
            meeting = facts.meetings.get(occasion_of(statement, priority.meeting) or "")
            if source is None or meeting is None or statement.force is not Force.AGREED:
                continue
            days = [each.date.first for each in meeting.statements if each.date is not None]
            if days and min(days) > source.published.last:
                message = (
                    f"{source.id!r}, published {source.published}, cannot tell what was agreed "
                    f"at meeting {meeting.id!r}, which it comes before"
                )
                hint = "mend the meeting or the day of publication; what is yet to be agreed is 'intended'"
                yield Problem(where=place_of(statement, "force"), message=message, hint=hint)


def check_far_dates(book: Book, context: CheckContext) -> Iterable[Problem]:
    """A meeting is within two hundred years of the source that tells of it, or else a figure has slipped."""
    del context
    for meeting in book.facts.meetings.values():
        for statement in meeting.statements:
            source = book.facts.sources.get(statement.source)
            if source is None or statement.date is None:
                continue
            years = source.published.first.year - statement.date.last.year
            if statement.says is not Says.HELD:  # held after it was told: an error, `check_held_dates`
                years = max(years, statement.date.first.year - source.published.last.year)
            if years > MOST_YEARS:
                message = f"{years} years lie between {statement.date} and the day of {source.id!r}"
                hint = "mend the year, if it is a slip"
                where = place_of(statement, "date")
                yield Problem(where=where, severity=Severity.WARNING, message=message, hint=hint)


def check_lost_days(book: Book, context: CheckContext) -> Iterable[Problem]:
    """A later announcement without a day unsets the day of an earlier one: the latest plan counts."""
    del context
    dayless = [m for m in book.facts.meetings.values() if any(_names_no_day(s) for s in m.statements)]
    published = publications(book.facts) if dayless else {}
    for meeting in dayless:
        announced = [s for s in meeting.statements if s.says is Says.ANNOUNCED and s.source in published]
        dated = [s for s in announced if s.date is not None]
        for statement in announced:
            earlier = next(
                (
                    other
                    for other in dated
                    if published[other.source].counts_from < published[statement.source].counts_from
                ),
                None,
            )
            if statement.date is None and earlier is not None and not published[statement.source].until:
                message = (
                    f"from {statement.source!r} on, meeting {meeting.id!r} has no day: "
                    f"the latest plan counts, and this one names none"
                )
                hint = f"repeat 'date: {earlier.date}' if the source does not take it back"
                where = statement.where
                yield Problem(where=where, severity=Severity.WARNING, message=message, hint=hint)


def _names_no_day(statement: MeetingStatement) -> bool:
    return statement.says is Says.ANNOUNCED and statement.date is None


def check_zones(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Every zone of a time is one that the calendar data knows."""
    del context
    told = 0
    for meeting in book.facts.meetings.values():
        for statement in meeting.statements:
            if statement.zone is not None and not is_zone(statement.zone):
                told += 1
                where = place_of(statement, "zone")
                message = f"{shown(statement.zone)} is not a time zone on file"
                near = did_you_mean(statement.zone, zones()) if told <= MOST_GUESSES else ""
                hint = near or "write a name such as Europe/Oslo"
                yield Problem(where=where, message=message, hint=hint)


def check_speakers(book: Book, context: CheckContext) -> Iterable[Problem]:
    """Words of one side alone name whose they are."""
    del context
    for priority in book.facts.priorities.values():
        for statement in priority.statements:
            if statement.force is Force.ONE_SIDE and statement.said_by is None and not statement.by:
                where = place_of(statement, "force")
                message = f"{priority.id!r} is said by one side, but not by which"
                yield Problem(where=where, message=message, hint="add 'said_by' or 'by'")


def check_sides(book: Book, context: CheckContext) -> Iterable[Problem]:
    """The sides of a meeting are those of its forum."""
    del context
    for meeting in book.facts.meetings.values():
        forum = book.facts.forums.get(meeting.forum)
        if forum is None or not forum.sides:
            continue
        for statement in meeting.statements:
            for participation in statement.participants:
                side = participation.side
                if side is not None and side not in forum.sides:
                    yield Problem(
                        where=place_of(participation, "side"),
                        severity=Severity.WARNING,
                        message=f"{side!r} is not among the sides of {forum.id!r}",
                        hint="add it to the sides of the forum, or mend it here",
                    )


# -------------------------------------------------------------------------------- what is held

# Signs that look alike become one; those that do not show go.
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛`´′", "'"),
        **dict.fromkeys("“”„‟″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff"),
    }
)


def plain(text: str) -> str:
    """A text as it is compared: without accents, capitals and kinds of white space, quotes and dashes."""
    text = text.translate(_ALIKE)
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(text.casefold().split())


def _count(words: str, text: str) -> int:
    """How often the words stand in a text, not counting where they start or end inside a word."""
    count = 0
    at = text.find(words)
    while at >= 0:
        end = at + len(words)
        is_cut = (words[:1].isalnum() and text[max(at - 1, 0) : at].isalnum()) or (
            words[-1:].isalnum() and text[end : end + 1].isalnum()
        )
        count += not is_cut
        at = text.find(words, at + 1)
    return count


def _holds(fragment: str, values: frozenset[str]) -> bool:
    return any(c.isdigit() for c in fragment) or any(_count(value, fragment) for value in values)


def _values(facts: Facts, fact: Fact, statement: Statement, source: Source) -> frozenset[str]:
    """What a fragment of a statement may prove, as `plain` text: its month, its place, the names in it."""
    found: set[str] = set()
    if statement.date is not None:
        found |= set(_months(statement.date, source.language or "en"))
    if statement.date_as:
        found.add(statement.date_as)
    if isinstance(statement, MeetingStatement):
        found |= set(_texts(statement.place))
        found |= {participation.spelled or "" for participation in statement.participants}
    if isinstance(statement, PriorityStatement) and statement.due is not None:
        found |= set(_months(statement.due, source.language or "en"))
    records: list[Placed] = [fact, statement]
    if isinstance(statement, MeetingStatement):
        records += statement.participants
    named = {fact.id, *(naming.id for record in records for naming in namings_in(record))}
    for id_ in named:
        found |= set(_names(facts.find(id_)))
    return frozenset(value for value in map(plain, found) if value)


def _months(when: PartialDate, language: str) -> Iterator[str]:
    for side in (when.start, when.end):
        if side is not None and side.month is not None:
            yield from month_names(side.month, language)


def _names(fact: Fact | None) -> Iterator[str]:
    """What a text may call a person, an organisation or a forum; of a person any part of the name too."""
    match fact:
        case Person():
            yield fact.name
            yield from (word for word in fact.name.split() if len(word) > 2)
        case Organisation():
            yield from (*_texts(fact.name), *_texts(fact.in_text), fact.short or "")
        case Forum():
            yield from (*_texts(fact.name), fact.short or "")
        case _:
            return
    yield from (variant.text for variant in fact.variants)


def _texts(wording: Wording | None) -> Iterable[str]:
    return wording.texts.values() if wording else ()
