"""Facts + memo + day → selection: which facts a memo shows, and in which order.

Pure: the as-of day and the known-by day come in as arguments. How a fact looks on that day is `showing.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import count

from briefbook.cited import Cited
from briefbook.commitments import ToldPriorities, Turns
from briefbook.covering import Cover
from briefbook.dates import PartialDate, days_between
from briefbook.document import Origin, Slot
from briefbook.facts import Facts, Says, Wording
from briefbook.falling import withdrawals
from briefbook.handling import handling_of, is_marked
from briefbook.index import Index, indexed
from briefbook.marking import own_id
from briefbook.memo import (
    BOTTOM_LINE,
    PASSAGES,
    SLOTS,
    Judgement,
    Memo,
    RangeScope,
    Scope,
    Settings,
    Signature,
    SlotSpec,
    slot_ids,
)
from briefbook.memo_languages import language_of
from briefbook.resting import is_said
from briefbook.selection import (
    NOTHING_WRITTEN,
    Commitment,
    Gap,
    PriorityGroup,
    Selection,
    ShownForum,
    ShownMeeting,
    ShownPoint,
    ShownPriority,
    ShownSignature,
    ShownSlot,
    ShownTab,
    Words,
    Written,
)
from briefbook.showing import View
from briefbook.state import AHEAD, MeetingState

LONG_UNCONFIRMED = 90  # days after which an unconfirmed meeting is told in one line


def select(
    facts: Facts, settings: Settings, memo: Memo, *, as_of: date, known_by: date, index: Index | None = None
) -> Selection:
    """Choose what a memo shows as of a day, from the statements of sources out by the known-by day.

    `index` is that of the facts: give it where one book has many memos.
    """
    view = View(
        index=index or indexed(facts),
        day=as_of,
        known_by=known_by,
        language=language_of(memo, settings),
        archive=settings.archive,
    )
    return selected(view, settings, memo)


def selected(view: View, settings: Settings, memo: Memo) -> Selection:
    """The same through a view in the memo's language that looks at the facts for others too."""
    facts, as_of, language = view.facts, view.day, view.language
    cover = Cover(view=view, scope=memo.scope)
    chosen = cover.meetings()
    shown = {meeting.id: meeting for meeting in chosen}
    ahead: list[ShownMeeting] = []
    behind: list[ShownMeeting] = []
    for each in chosen:
        (ahead if _is_ahead(each, as_of) else behind).append(each)
    upcoming = sorted(ahead, key=_soonest)
    past = sorted(behind, key=lambda m: _latest(m, view), reverse=True)
    called_off = [m for m in past if _is_called_off(m, as_of)]
    earlier = [m for m in past if not _is_called_off(m, as_of)]
    told_lately = [m for m in earlier if not _is_long_unconfirmed(m, as_of)]
    points = cover.points()
    priorities = cover.priorities()
    bounds = _bounds(memo.scope)
    forums = cover.forums(chosen, points, priorities)
    groups = cover.priority_groups(priorities, shown)
    gaps = _gaps(view, upcoming, told_lately, priorities, points, forums)
    told = {*shown, *(p.id for p in points), *(p.id for p, _ in priorities), *(f.id for f in forums)}
    promised = Turns(view=view).commitments(priorities)
    named = _named_sources(forums, chosen, groups, points, (*gaps, *promised))
    lines = _lines(memo, view, is_marked=is_marked(settings.marking))
    selection = Selection(
        memo=memo.id,
        title=_memo_words(memo.title, language),
        subject=_maybe_memo_words(memo.subject, language),
        reference=memo.reference or memo.id,
        to=_maybe_memo_words(memo.to or settings.to, language),
        sender=_maybe_memo_words(memo.sender or settings.sender, language),
        language=language,
        as_of=as_of,
        known_by=view.known_by,
        first=bounds.first if bounds and bounds.first > date.min else None,
        last=bounds.last if bounds and bounds.last < date.max else None,
        forums=forums,
        upcoming=tuple(upcoming),
        called_off=tuple(called_off),
        attended=_attended(memo.scope, upcoming, earlier),
        earlier=tuple(told_lately),
        long_unconfirmed=tuple(m for m in earlier if _is_long_unconfirmed(m, as_of)),
        priorities=groups,
        background=tuple(point for point in points if not point.is_disputed),
        disputed=tuple(point for point in points if point.is_disputed),
        contested=tuple(m for m in chosen if m.conflicts),
        gaps=gaps,
        bottom_line=next((words for words, _ in lines[BOTTOM_LINE]), None),
        citations=memo.citations or settings.citations,
        written=_written(memo, lines, language),
        withdrawals=withdrawals(cover, told),
        leanings=_leanings(lines),
        promised=promised or None,
        sources=tuple(view.source(s) for s in view.index.in_order(facts.sources[id_] for id_ in named)),
    )
    judged = [line for each in lines.values() for line in each]
    handling = handling_of(facts, settings.marking, memo, selection, lines=judged, counts=view.was_out)
    return replace(selection, handling=handling) if handling else selection


# ------------------------------------------------------------------------------------ meetings


def _is_ahead(meeting: ShownMeeting, day: date) -> bool:
    if meeting.state is MeetingState.DISPUTED:
        return _is_still_to_come(meeting, day)
    return meeting.state in AHEAD


def _is_called_off(meeting: ShownMeeting, day: date) -> bool:
    return meeting.state is MeetingState.CANCELLED and _is_still_to_come(meeting, day)


def _is_still_to_come(meeting: ShownMeeting, day: date) -> bool:
    # A cancellation names the day seldom: that of the plan stands.
    plans = [c for c in meeting.conflicts if c.when.date or c.says != Says.CANCELLED]
    dates = [plan.when.date for plan in plans] or [meeting.when.date]
    return any(when is None or when.last >= day for when in dates)


def _soonest(meeting: ShownMeeting) -> tuple[date, date]:
    """Dated meetings first, in order; those without a day at the end."""
    return meeting.when.date.sort_key if meeting.when.date else (date.max, date.max)


def _latest(meeting: ShownMeeting, view: View) -> tuple[date, date]:
    """By date; an undated meeting stands by the day by which it is told."""
    when = meeting.when.date
    told_by = min([view.index.published[source].last for source in meeting.sources])
    if when is None:
        return told_by, told_by
    return min(when.last, told_by) if meeting.state is MeetingState.HELD else when.last, when.first


def _is_long_unconfirmed(meeting: ShownMeeting, day: date) -> bool:
    when: PartialDate | None = meeting.when.date
    return (
        meeting.state is MeetingState.UNCONFIRMED
        and when is not None
        and days_between(when.last, day) > LONG_UNCONFIRMED
    )


def _attended(
    scope: Scope, upcoming: list[ShownMeeting], earlier: list[ShownMeeting]
) -> tuple[ShownMeeting, ...]:
    """Whose participants to list: the next meetings', else the latest ones'; in a range both."""
    ahead = tuple(m for m in upcoming if m.has_people)
    told = (MeetingState.HELD, MeetingState.UNCONFIRMED)
    past = tuple(m for m in earlier if m.has_people and m.state in told)
    return (*ahead, *past) if isinstance(scope, RangeScope) else ahead or past


# ---------------------------------------------------------------------------------------- gaps


def _gaps(
    view: View,
    upcoming: list[ShownMeeting],
    earlier: list[ShownMeeting],
    priorities: ToldPriorities,
    points: list[ShownPoint],
    forums: tuple[ShownForum, ...],
) -> tuple[Gap, ...]:
    """What the sources leave open: on the meetings ahead, then whether due ones were held, then questions.

    Of the questions those on the meeting at hand come first: a memo prints three.
    """
    unsure = [m for m in earlier if _is_unsure(m, view.day)]
    gaps = [gap for gap in map(_gap_of, upcoming) if gap.place or gap.day or gap.sides]
    gaps += [Gap(meeting=m, outcome=True, sources=m.sources) for m in unsure]
    facts = view.facts
    asked: dict[str, tuple[tuple[Wording, ...], tuple[Cited, ...]]] = {}
    cited: set[str] = set()

    def ask(id_: str, questions: tuple[Wording, ...], sources: tuple[Cited, ...]) -> None:
        cited.update(sources)
        if questions:
            asked[id_] = questions, sources

    def ask_sources(ids: Iterable[str]) -> None:
        sources = [facts.sources[id_] for id_ in ids]
        for source in view.index.in_order([source for source in sources if source.questions]):
            asked.setdefault(source.id, (source.questions, (view.cited_at(source.id),)))

    at_hand = [*upcoming, *unsure]
    for meeting in at_hand[:1]:
        ask(meeting.id, facts.meetings[meeting.id].questions, meeting.sources)
    ask_sources({source for meeting in at_hand for source in meeting.sources})
    for meeting in at_hand[1:]:
        ask(meeting.id, facts.meetings[meeting.id].questions, meeting.sources)
    for point in points:
        ask(point.id, facts.background[point.id].questions, point.sources)
    for priority, told in priorities:
        ask(priority.id, priority.questions, told.sources)
    for forum in forums:
        ask(forum.id, facts.forums[forum.id].questions, forum.sources)
    ask_sources(cited)
    for id_, (questions, sources) in asked.items():
        gaps += [Gap(question=view.words(q, id_, "questions"), sources=sources) for q in questions]
    return tuple(gaps)


def _is_unsure(meeting: ShownMeeting, day: date) -> bool:
    """Whether a meeting was held is open: unconfirmed, or told of late by an ambiguous source alone."""
    if meeting.state is MeetingState.HELD and meeting.ambiguous:
        when = meeting.when.date
        return when is None or days_between(when.last, day) <= LONG_UNCONFIRMED
    return meeting.state is MeetingState.UNCONFIRMED


def _gap_of(meeting: ShownMeeting) -> Gap:
    return Gap(
        meeting=meeting,
        place=meeting.place is None,
        day=meeting.when.date is None or not meeting.when.date.is_exact,
        sides=tuple(side.in_text for side in meeting.sides if not side.people),
        sources=meeting.sources,
    )


# ------------------------------------------------------------------------------------- sources


_Citing = ShownPriority | ShownPoint | Gap | ShownMeeting | Commitment


def _named_sources(
    forums: Iterable[ShownForum],
    meetings: Iterable[ShownMeeting],
    groups: Iterable[PriorityGroup],
    points: Iterable[ShownPoint],
    others: Iterable[Gap | Commitment],
) -> set[str]:
    """The sources that what is shown names, and none besides: what a memo does not show cannot change it."""
    groups, points = list(groups), list(points)
    occasions = (group.meeting for group in groups if group.meeting)
    told = {id(meeting): meeting for meeting in (*meetings, *occasions)}.values()
    items = [item for group in groups for item in group.items]
    at_home = [point.forum for point in points if point.forum]
    citing: list[_Citing] = [*items, *points, *others, *told]
    named: set[str] = set()
    for shown in citing:
        named.update(shown.sources)
    for forum in (*forums, *at_home, *[group.forum for group in groups], *[m.forum for m in told]):
        named.update(forum.sources)
    for meeting in told:
        named.update(meeting.people_sources)
        for conflict in meeting.conflicts:
            named.update(conflict.sources)
    for item in items:
        for part in (*item.updates, item.turned, item.before):
            if part is not None:
                named.update(part.sources)
    for point in points:
        for claim in point.claims:
            named.update(claim.sources)
    return named


# ---------------------------------------------------------------------------------- the memo's


_Lines = Mapping[str, list[tuple[Words, Judgement]]]  # by field: the words as shown, and what is on file


def _lines(memo: Memo, view: View, *, is_marked: bool) -> _Lines:
    """What a person judges, as far as it is valid on the day and all that it rests on is on file by then.

    Of bottom lines the first alone. The words know their slot and, where the book is marked, the id of their
    own marking.
    """
    numbers = count(1)

    def words(field: str, slot: Slot, line: Judgement) -> Words:
        if line.text is None:
            prompt = line.prompt and _memo_words(line.prompt, view.language)
            slot = replace(slot, is_empty=True)
            shown = Words(f"[{prompt or _NO_PROMPT}]", language=prompt.language if prompt else None)
        else:
            shown = _memo_words(line.text, view.language)
        origin = Origin(fact=own_id(f"{next(numbers)}"), field=field) if is_marked else None
        return Words(shown, origin, shown.language, slot)

    def valid(
        field: str, lines: Iterable[tuple[Slot, Judgement]], most: int | None = None
    ) -> list[tuple[Words, Judgement]]:
        found = [(slot, line) for slot, line in lines if is_said(line, view)]
        return [(words(field, slot, line), line) for slot, line in found[:most]]

    def lines_of(field: str) -> Iterable[tuple[Slot, Judgement]]:
        lines = memo.lines_of(field)
        return ((Slot(id=id_), line) for id_, line in zip(slot_ids(field, lines), lines, strict=True))

    free = ((Slot(id=s.id, title=_memo_words(s.title, view.language)), s) for s in memo.slots)
    judged = {name: valid(name, lines_of(name)) if memo.lines_of(name) else [] for name in PASSAGES}
    return {BOTTOM_LINE: valid(BOTTOM_LINE, lines_of(BOTTOM_LINE), 1), **judged, SLOTS: valid(SLOTS, free)}


def _leanings(lines: _Lines) -> dict[str, tuple[str, ...]] | None:
    """What a person's words rest on, by their slots: an edition that is traced must know. None for none."""
    found = {
        words.slot.id: tuple(reference.id for reference in line.rests_on)
        for each in lines.values()
        for words, line in each
        if words.slot is not None and line.rests_on
    }
    return found or None


_NO_PROMPT = "…"  # of a slot that asks for nothing in particular, in any language


def _shown_slot(words: Words, slot: SlotSpec, language: str) -> ShownSlot:
    title = _memo_words(slot.title, language)
    return ShownSlot(
        key=slot.id,
        title=Words(title, words.origin, title.language),
        text=words,
        on=slot.on.id if slot.on else None,
    )


def _written(memo: Memo, lines: _Lines, language: str) -> Written | None:
    """What the memo's file has for its profile; None where it has nothing of it."""

    def signature(one: Signature) -> ShownSignature:
        office, status, phone = (
            _maybe_memo_words(words, language) for words in (one.office, one.status, one.phone)
        )
        name = None if one.name is None else Words(one.name.best(language)[1])  # WCAG 2.2, 3.1.2
        return ShownSignature(name=name, office=office, phone=phone, status=status, date=one.date)

    found = Written(
        through=tuple(_memo_words(name, language) for name in memo.through),
        **{name: tuple(words for words, _ in lines[name]) for name in PASSAGES},
        slots=tuple(
            _shown_slot(words, slot, language) for words, slot in lines[SLOTS] if isinstance(slot, SlotSpec)
        ),
        tabs=tuple(ShownTab(tab=tab.tab, title=_memo_words(tab.title, language)) for tab in memo.tabs),
        drafter=None if memo.drafter is None else signature(memo.drafter),
        approver=None if memo.approver is None else signature(memo.approver),
        clearances=tuple(map(signature, memo.clearances)),
    )
    return None if found == NOTHING_WRITTEN else found


def _memo_words(wording: Wording, language: str) -> Words:
    own, text = wording.best(language)
    return Words(text, None, None if own == language else own)


def _maybe_memo_words(wording: Wording | None, language: str) -> Words | None:
    return None if wording is None else _memo_words(wording, language)


def _bounds(scope: Scope) -> RangeScope | None:
    return scope if isinstance(scope, RangeScope) and not scope.is_everything else None
