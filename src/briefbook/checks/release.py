"""The release rules: what may stand against a memo that is to leave the house, each a function with an id.

A rule looks at one memo as it is made as of a day: what it shows (its selection), how it reads (its
document), the book behind both. It tells what it finds; how strictly that is taken is the table's to say, at
the foot, and the book's. A new rule is one function and one line there.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from briefbook.checks.columns import parts_of
from briefbook.checks.context import CheckContext
from briefbook.checks.leaving import Leaving, portions_of, texts_in
from briefbook.checks.profiles import REQUIRED_FIELD, lacking
from briefbook.checks.translations import lacking_in
from briefbook.diagnostics import NOWHERE, Placed, Problem, Severity, Where, did_you_mean, place_of
from briefbook.document import Cite, Inline, Text, inlines_of, plain
from briefbook.facts import Meeting, Point, Priority
from briefbook.frozen import frozen
from briefbook.memo import Book, MeetingScope, Memo
from briefbook.release_spec import ReleaseSpec, Rigour, rigour
from briefbook.resting import cause_of, mend
from briefbook.state import MeetingState


@frozen
class Found:
    """What a rule found: where, what is wrong, the mend."""

    where: Where
    message: str
    hint: str = ""


@frozen
class Finding:
    """What stands against a memo, and by which rule; `rule` is empty for what a check told."""

    rule: str = ""
    problem: Problem


# ------------------------------------------------------------------------------------------ sources


def unsourced(leaving: Leaving) -> Iterator[Found]:
    """Words that show a meeting, a priority or a point, with no source of that fact cited beside them."""
    seen: set[tuple[str, str]] = set()
    flagged = {each.slot for each in leaving.selection.again or ()}
    for section in leaving.sections:
        for portion in (each for block in section.blocks for each in portions_of(block)):
            if not flagged.isdisjoint(text.slot.id for text in texts_in(portion) if text.slot):
                continue  # the line below a person's words that names what changed: `check-again` tells of it
            cited = {each.source for inline in portion if isinstance(inline, Cite) for each in inline.sources}
            shown = {text.origin.fact for text in texts_in(portion) if text.origin is not None}
            for fact in (fact for fact in leaving.told if fact.id in shown):
                if cited & leaving.sources_of(fact) or (fact.id, section.name) in seen:
                    continue
                seen.add((fact.id, section.name))
                message = f"section {section.name!r} tells of {fact.id!r} and cites no source of it"
                yield Found(
                    where=leaving.place_of(section),
                    message=message,
                    hint=f"let its template cite it: {{{{ cite({_CALLED[type(fact)]}) }}}}",
                )


_CALLED = {Meeting: "meeting", Priority: "priority", Point: "point"}


def single_source(leaving: Leaving) -> Iterator[Found]:
    """A fact that rests on one source alone."""
    for fact in leaving.told:
        sources = leaving.sources_of(fact)
        if len(sources) == 1:
            message = f"{fact.id!r} rests on one source alone: {min(sources)}"
            yield Found(where=fact.where, message=message, hint="find a second one that does not quote it")


def stale(leaving: Leaving) -> Iterator[Found]:
    """A fact of the present whose newest source is older than the limit: what has been is never stale."""
    limit = leaving.stale_after
    if limit is None:
        return
    ahead = {meeting.id for meeting in leaving.selection.upcoming}
    for fact in leaving.told:
        days = [leaving.published[source] for source in leaving.sources_of(fact)]
        if (isinstance(fact, Meeting) and fact.id not in ahead) or not days:
            continue
        if leaving.as_of - max(days) > limit:
            message = (
                f"{fact.id!r} is stale: its newest source is of {max(days)}, {limit.days} days are the limit"
            )
            yield Found(where=fact.where, message=message, hint="look for what is said of it today")


def withdrawn_source(leaving: Leaving) -> Iterator[Found]:
    """A source that is withdrawn, and that the memo would use, or does as of its earlier day."""
    sources = leaving.book.facts.sources
    told = {each.id: len(each.fallen) for each in leaving.selection.withdrawn}
    for source in (source for source in sources.values() if source.withdrawn is not None):
        hint = f"weigh what is left; who has been told: briefbook trace {source.id}"
        if source.id in told:
            facts = {0: "no fact falls", 1: "1 fact falls"}.get(
                told[source.id], f"{told[source.id]} facts fall"
            )
            message = f"source {source.id!r} is withdrawn, and {facts} with it"
            yield Found(where=source.where, message=message, hint=hint)
        elif source.id in leaving.listed:
            message = f"the memo rests on source {source.id!r}, which is withdrawn from a later day on"
            yield Found(where=source.where, message=message, hint=hint)


# ----------------------------------------------------------------------------------------- meetings


def next_meeting_past(leaving: Leaving) -> Iterator[Found]:
    """What the memo is to prepare may be over: its next meeting, or all the meetings that it is on."""
    selection, meetings = leaving.selection, leaving.book.facts.meetings
    ahead = selection.next_meeting
    if ahead is not None:
        if ahead.state is MeetingState.DUE:
            message = f"the next meeting, {ahead.id!r}, may have taken place: its date has begun"
            yield Found(where=meetings[ahead.id].where, message=message, hint=_ASK)
        return
    last = selection.latest_meeting
    if last is None or selection.upcoming:
        return
    is_on_it = isinstance(leaving.memo.scope, MeetingScope)
    if is_on_it or last.state is MeetingState.UNCONFIRMED:
        message = f"no meeting is ahead: the day of {last.id!r} is past"
        hint = _ASK if last.state is MeetingState.UNCONFIRMED else "write on the meeting that comes next"
        yield Found(where=meetings[last.id].where, message=message, hint=hint)


_ASK = "find out whether it was held and what comes next"


def unconfirmed_meeting(leaving: Leaving) -> Iterator[Found]:
    """A meeting of which no source says whether it was held."""
    for meeting in leaving.selection.meetings:
        if meeting.state is MeetingState.UNCONFIRMED and meeting.id in leaving.shown:
            message = f"no source says whether {meeting.id!r} was held"
            where = leaving.book.facts.meetings[meeting.id].where
            yield Found(where=where, message=message, hint="find out, and add the source")


# ---------------------------------------------------------------------------------------- judgement


def open_dispute(leaving: Leaving) -> Iterator[Found]:
    """Sources that contradict each other, or one that does so itself."""
    selection, facts = leaving.selection, leaving.book.facts
    for point in (point for point in selection.disputed if point.id in leaving.shown):
        message = f"{point.id!r} is disputed: sources claim different things"
        hint = "find out which is right" if point.say else "find out which is right, or add what to say"
        yield Found(where=facts.background[point.id].where, message=message, hint=hint)
    for meeting in (meeting for meeting in selection.contested if meeting.id in leaving.shown):
        message = f"{meeting.id!r} is disputed: sources tell of it what cannot all be"
        yield Found(where=facts.meetings[meeting.id].where, message=message, hint="find out which is right")


# What people write where something is still to come, in English and in Spanish. Words in capitals alone: “to
# do” is a plain word, and “XXX Cumbre” the thirtieth. “[name withheld]” is a remark, “[name]” is none.
_PLACEHOLDER = re.compile(
    r"\b(?:TBD|TBC|TBA|TODO|FIXME|XXX+(?!\s[A-ZÁÉÍÓÚÑ]))\b|\?\?\?|_{3,}|(?i:lorem ipsum)"
    r"|\[(?i:(?:insert|fill in|to be|insertar|completar|por (?:confirmar|completar|definir))\b[^\]]*"
    r"|(?:name|date|place|title|nombre|fecha|lugar|título)(?: (?:of|de|del) [^\]]*)?|\.{3}|…)\]"
)


def open_placeholder(leaving: Leaving) -> Iterator[Found]:
    """Words that stand for words to come, and places kept free that nobody has filled."""
    slots = leaving.memo.by_slot
    for section in leaving.sections:
        for block in section.blocks:
            for portion in portions_of(block, with_leading=True):
                empty = {each.slot.id for each in texts_in(portion) if each.slot and each.slot.is_empty}
                for id_ in sorted(empty):
                    where = slots[id_].where if id_ in slots else leaving.place_of(section)
                    message = f"nobody has written what belongs into {id_!r}"
                    yield Found(where=where, message=message, hint="write its 'text', or take it out")
                for found in () if empty else _PLACEHOLDER.finditer(plain(portion)):
                    message = f"a placeholder is open in section {section.name!r}: {found[0]!r}"
                    where = _where_written(found[0], portion, leaving) or leaving.place_of(section)
                    yield Found(where=where, message=message, hint="fill it in, or take it out")


def _where_written(words: str, portion: Iterable[Inline], leaving: Leaving) -> Where | None:
    """Where a fact, or a person in the memo's file, has some words."""
    for text in texts_in(portion):
        fact = leaving.book.facts.find(text.origin.fact) if text.origin is not None else None
        if fact is not None and words in text.text:
            return fact.where
    for line in leaving.memo.judgements:
        if line.text is not None and any(words in text for text in line.text.texts.values()):
            return line.where
    return None


def slot_to_check(leaving: Leaving) -> Iterator[Found]:
    """Words of a person that rest on facts which have changed since."""
    slots = leaving.memo.by_slot
    for each in leaving.selection.again or ():
        facts = " and ".join(repr(fact.id) for fact in each.facts)
        message = f"check {each.slot!r} again: {facts} changed since it was written{cause_of(each)}"
        line = slots[each.slot]
        yield Found(where=line.where, message=message, hint=mend(line, leaving.as_of))


def required_field(leaving: Leaving) -> Iterator[Found]:
    """What the memo's profile asks of its file."""
    yield from fields_lacking(leaving.memo, leaving.book)


def fields_lacking(memo: Memo, book: Book) -> Iterator[Found]:
    """`required_field` of a memo that cannot be made: there is no document of it."""
    profile = book.profiles.get(memo.profile) if memo.profile is not None else None
    if profile is not None:
        for problem in lacking(memo.written or memo, profile, book):
            yield Found(where=problem.where, message=problem.message, hint=problem.hint)


# ------------------------------------------------------------------------------- language, markings


def missing_translation(leaving: Leaving) -> Iterator[Found]:
    """Words that are printed in another language than the memo's, for want of a translation."""
    document, book, memo = leaving.document, leaving.book, leaving.memo
    foreign: dict[str, None] = {}  # facts with words in another language, as they are met
    said: set[str] = set()  # all such words
    for section in leaving.sections:
        texts = [text for block in section.blocks for text in texts_in(inlines_of(block))]
        strange = [text for text in texts if text.language not in (None, document.language)]
        foreign |= {text.origin.fact: None for text in strange if text.origin is not None}
        said |= {text.text.strip() for text in strange}
        labels = [text for text in strange if text.origin is None and not _is_own(text, memo, book)]
        if labels:
            words = labels[0].text.strip()
            message = f"section {section.name!r} says {words[:40]!r} in {labels[0].language!r}"
            hint = f"translate it in the book's languages/{document.language}.po (docs/languages.md)"
            yield Found(where=leaving.place_of(section), message=message, hint=hint)
    facts = (book.facts.find(id_) for id_ in foreign)
    problems = [
        p for f in facts if f is not None for p in lacking_in(repr(f.id), parts_of(f), document.language)
    ]
    own: tuple[Placed, ...] = (memo.written or memo, *memo.judgements, *memo.signatures, *memo.tabs)
    problems += lacking_in(f"memo {memo.name!r}", own, document.language)
    of_book = (book.settings.to, book.settings.sender)  # printed where the memo names nobody itself
    if any(text in said for one in of_book if one is not None for text in one.texts.values()):
        problems += lacking_in("book.yaml", [book.settings], document.language)
    for problem in problems:
        yield Found(where=problem.where, message=problem.message, hint=problem.hint)


def _is_own(text: Text, memo: Memo, book: Book) -> bool:
    """Whether a person wrote these words in the memo's file or in book.yaml: of these others tell."""
    settings = book.settings
    wordings = [memo.title, memo.subject, memo.to, memo.sender, settings.to, settings.sender, *memo.through]
    wordings += [slot.title for slot in memo.slots] + [tab.title for tab in memo.tabs]
    wordings += [wording for each in memo.signatures for wording in (each.name, each.office, each.status)]
    return text.slot is not None or any(
        text.text.strip() in each for one in wordings if one is not None for each in one.texts.values()
    )


def missing_marking(leaving: Leaving) -> Iterator[Found]:
    """What carries no marking of its own, in a book with a scheme: nobody has looked how high it is.

    In a book without a scheme it speaks only where the rule is named.
    """
    book, memo = leaving.book, leaving.memo
    spec = book.settings.marking
    if spec is None or not spec.scheme.levels:
        named = [each for each in (memo.release, book.settings.release) if each and _MARKING in each.rules]
        if named:
            message = f"memo {memo.name!r} carries no marking: the book has no scheme"
            yield Found(where=named[0].named.get(_MARKING, memo.where), message=message, hint=_SCHEME)
        return
    if memo.marking is None:
        message = f"memo {memo.name!r} carries no marking of its own, only the default"
        yield Found(where=memo.where, message=message, hint="give it a 'marking'")
    for source in book.facts.sources.values():
        if source.id in leaving.shown and source.marking is None:
            message = f"source {source.id!r} carries no marking of its own, only the default"
            yield Found(where=source.where, message=message, hint="give it a 'marking'")


_SCHEME = "name one under 'marking' in book.yaml (docs/markings.md)"

# ---------------------------------------------------------------------------------- rules, settings


@frozen
class Rule:
    """A rule with its id, and how strictly it is taken where nobody says otherwise."""

    id: str
    usual: Rigour
    judges: Callable[[Leaving], Iterable[Found]]


def rigour_of(rule: Rule, book: Book, memo: Memo | None = None) -> Rigour:
    """How strictly a book and a memo take a rule."""
    return rigour(rule.id, rule.usual, book.settings.release, memo.release if memo else None)


def standing_against(leaving: Leaving) -> list[Finding]:
    """All that the rules have against a memo, rule by rule."""
    return [
        finding
        for rule in RULES
        for finding in _weighed(rule, rigour_of(rule, leaving.book, leaving.memo), leaving)
    ]


def _weighed(rule: Rule, rigour: Rigour, leaving: Leaving) -> Iterator[Finding]:
    if rigour is not Rigour.OFF:
        yield from (finding_of(rule, rigour, found) for found in rule.judges(leaving))


def finding_of(rule: Rule, rigour: Rigour, found: Found) -> Finding:
    """What a rule found as a problem: the message ends with the rule's id."""
    told = f"{found.message} [{rule.id}]"
    severity = Severity.ERROR if rigour is Rigour.ERROR else Severity.WARNING
    problem = Problem(where=found.where, severity=severity, message=told, hint=found.hint)
    return Finding(rule=rule.id, problem=problem)


def check_release(book: Book, context: CheckContext) -> Iterator[Problem]:
    """Every rule that `release` names is one, and no memo is milder than its book."""
    del context
    known = {rule.id: rule for rule in RULES}
    settings = book.settings.release
    specs: list[tuple[ReleaseSpec | None, Memo | None]] = [(settings, None)]
    specs += [(memo.release, memo) for memo in book.definitions]
    for spec, memo in specs:
        for id_, strict in spec.rules.items() if spec is not None else ():
            where = spec.named.get(id_, spec.where) if spec is not None else NOWHERE
            if id_ not in known:
                hint = did_you_mean(id_, known) or "the rules are listed in docs/release.md"
                yield Problem(where=where, message=f"there is no release rule {id_!r}", hint=hint)
            elif memo is not None and strict.rank < rigour_of(known[id_], book).rank:
                usual = rigour_of(known[id_], book)
                message = f"rule {id_!r} is {usual!s} in the book; a memo can only be stricter"
                yield Problem(where=where, message=message, hint=_STRICTER)
        limit = settings.stale_after if settings is not None else None
        if memo is not None and spec is not None and limit and spec.stale_after and spec.stale_after > limit:
            message = f"the book's 'stale_after' is {limit.days}d; a memo can only be stricter"
            yield Problem(where=place_of(spec, "stale_after"), message=message, hint=_STRICTER)


_STRICTER = "take it out here, or make book.yaml milder"

_MARKING = "marking"
RULES: tuple[Rule, ...] = (
    Rule(id="unsourced", usual=Rigour.ERROR, judges=unsourced),
    Rule(id="single-source", usual=Rigour.OFF, judges=single_source),
    Rule(id="stale", usual=Rigour.WARNING, judges=stale),
    Rule(id="source-withdrawn", usual=Rigour.WARNING, judges=withdrawn_source),
    Rule(id="next-meeting-past", usual=Rigour.WARNING, judges=next_meeting_past),
    Rule(id="unconfirmed", usual=Rigour.WARNING, judges=unconfirmed_meeting),
    Rule(id="dispute", usual=Rigour.WARNING, judges=open_dispute),
    Rule(id="placeholder", usual=Rigour.ERROR, judges=open_placeholder),
    Rule(id="check-again", usual=Rigour.ERROR, judges=slot_to_check),
    Rule(id=REQUIRED_FIELD, usual=Rigour.ERROR, judges=required_field),
    Rule(id="translation", usual=Rigour.ERROR, judges=missing_translation),
    Rule(id=_MARKING, usual=Rigour.WARNING, judges=missing_marking),
)
