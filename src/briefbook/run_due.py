"""The whole scheduled job in one call that can be repeated at any time: what is due is made and mailed, once.

An occurrence is noted in the ledger before anything is done for it; its edition is made, or is there already;
its letters go into the outbox in the same transaction that settles it; the outbox is posted. Wherever a run
is cut off, the next one takes up exactly what is left.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from itertools import islice
from pathlib import Path

from briefbook.build import Built
from briefbook.clearing import demand_unmet, letters_held, may_go, set_aside
from briefbook.debriefing.mail import ask, owner_of
from briefbook.deliver import (
    Consignment,
    Desk,
    addressed,
    enqueue,
    enqueue_notice,
    make,
    selection_now,
    unfit,
    withdrawals,
)
from briefbook.delivery import CatchUp, ScheduleSpec
from briefbook.diagnostics import BriefbookError, Problem, Severity, has_errors
from briefbook.ending import Status, status_of
from briefbook.files import locked, own_folder
from briefbook.issued import (
    TRIED_AGAIN,
    Envelope,
    EnvelopeKind,
    EnvelopeState,
    Occurrence,
    OccurrenceState,
)
from briefbook.ledger import LedgerError
from briefbook.memo import Memo, Settings
from briefbook.notices import Notice, in_lines, minute, of_failure, of_held_back, of_letter, of_unread, untold
from briefbook.obsolete import cancel_for_those_not_named, is_unreadable, leave_other_schedules
from briefbook.outbox import Posted, post
from briefbook.ping import Signal, ping
from briefbook.placing import what_lies_beside
from briefbook.readers.book_files import gather
from briefbook.readers.read_book import read_book
from briefbook.record import FOLDER, LOCK, Record, open_record
from briefbook.run_report import Edge, Handled, Report
from briefbook.schedule import due, due_day, revision_of
from briefbook.selection import Selection
from briefbook.timetable import schedule_for
from briefbook.usable import usable_book
from briefbook.verdict import Verdict, judge
from briefbook.workshop import Day, Workshop


def run_due(root: Path, out: Path, edge: Edge) -> Report:
    """Make and mail what is due in a book. A second run at the same time ends at once.

    Raises BriefbookError where the ledger or the store fails; what was done before is recorded.
    """
    with locked(own_folder(root, FOLDER) / LOCK) as is_ours:
        if not is_ours:
            return Report(status=Status.LOCKED)
        with open_record(root, edge.clock()) as record:
            return _Run(root, out, edge, record).report()


class _Run:
    """One run over a book that is locked and read."""

    def __init__(self, root: Path, out: Path, edge: Edge, record: Record) -> None:
        self.root, self.out, self.edge, self.record = root, out, edge, record
        self.read = read = read_book(root, gather(root))
        self.memos = read.book.memos
        self.unread = [id_ for id_ in read.memo_files if id_ not in read.book.memos]
        self.settings: Settings = read.book.settings
        self.book = usable_book(read)
        self.workshop = Workshop(self.book)
        self.now = record.now
        self.warnings: list[str] = []
        self.skipped: list[Occurrence] = []
        self.cancelled: list[int] = []
        self.handled: list[Handled] = []
        self.coming: list[datetime] = []  # the next instant of each schedule
        self.posted = Posted()
        self.held_back: dict[int, str] = {}  # letters that must not go, with why
        # Occurrences that are taken up again, and why they failed or were held back.
        self.failed_before: dict[tuple[str, datetime], str] = {}
        self.has_news = False

    @cached_property
    def verdict(self) -> Verdict:
        """What the checks say; asked for when something is due, for a daemon looks every half minute."""
        verdict = judge(self.read)
        self.edge.tell(verdict.problems)
        return verdict

    def report(self) -> Report:
        """Do the whole job and say how it ended."""
        self._signal(Signal.START)
        try:
            status = self._do()
        except BaseException:
            self._signal(Signal.FAIL)
            raise
        good = status in (Status.DONE, Status.NOTHING_DUE, Status.PUT_OFF, Status.NOT_CLEARED)
        self._signal(Signal.SUCCESS if good else Signal.FAIL)
        return Report(
            status=status,
            handled=tuple(self.handled),
            skipped=tuple(self.skipped),
            cancelled=tuple(self.cancelled),
            posted=self.posted,
            notices=self._notices(self.posted.sent),
            held=self._held(),
            held_back=tuple(self.held_back),
            warnings=tuple(self.warnings),
            next_due=min(self.coming, default=None),
            has_news=self.has_news or not (self.posted.nothing or self.posted.is_known),
        )

    def _do(self) -> Status:
        with self.record.alone() as is_alone:
            if is_alone:  # else a build is writing into the store; a later run finds what is left there
                self.record.store.remove_leftovers()
        self._look_at_the_clock()
        self._leave_what_is_obsolete()
        due_now = self._due()
        for memo, occurrence in due_now:
            if self.edge.stops():
                break
            self._take_up(memo, occurrence)
        self._tell_of_unread()
        self._ask_what_became()
        self.held_back = letters_held(self.memos, self.settings, self.record)
        for id_, why in self.held_back.items():
            self.edge.say(f"still held back: letter {id_} ({why})")
        self.posted = self._post(may_go(self.record, self.held_back))
        self._tell_of_letters()
        self.record.ledger.note_run(self.now)
        return self._status()

    # ------------------------------------------------------------------------------ what is due

    def _look_at_the_clock(self) -> None:
        last = self.record.ledger.last_run()
        if last is not None and last > self.now:
            self._warn(f"the clock was set back from {minute(last)}: what was dealt with is not made again")

    def _leave_what_is_obsolete(self) -> None:
        self._skip(leave_other_schedules(self.read, self.record))
        for envelope in cancel_for_those_not_named(self.read, self.record, self._has_errors):
            what = f"{envelope.id}, {envelope.memo} to {envelope.recipient}"
            self.edge.say(f"cancelled: {what}, no longer named")
            self.cancelled.append(envelope.id)

    def _has_errors(self, memo: str) -> bool:
        file = self.read.memo_files[memo]
        return has_errors([problem for problem in self.verdict.problems if problem.where.file == file])

    def _skip(self, skipped: Iterable[Occurrence]) -> None:
        for line in in_lines(skipped):
            self.edge.say(f"skipped: {line}")
        self.skipped += skipped

    def _due(self) -> list[tuple[Memo, Occurrence]]:
        found = []
        for memo in self.memos.values():
            if memo.schedule is None:
                continue
            found += [(memo, occurrence) for occurrence in self._due_of(memo, memo.schedule)]
        return sorted(found, key=lambda pair: pair[1].instant)

    def _due_of(self, memo: Memo, spec: ScheduleSpec) -> Sequence[Occurrence]:
        ledger = self.record.ledger
        try:
            revision = revision_of(spec)
            schedule = schedule_for(self.workshop, memo, spec, self.now)
        except (BriefbookError, ValueError, LookupError) as error:
            self._warn(f"the schedule of memo {memo.id!r} cannot be read: {error}")
            self.unread.append(memo.id)
            return ()
        self.coming += islice(schedule.after(self.now), 1)
        since = ledger.follow(memo.id, revision, self.now)
        known = ledger.recent_occurrences(memo.id, revision, now=self.now, window=spec.window)
        result = due(memo.id, spec, schedule, since=since, now=self.now, handled=known)
        states = {one.instant: one.state for one in known}
        self.failed_before |= {
            (memo.id, one.instant): one.reason for one in known if one.state in TRIED_AGAIN
        }
        ledger.note(one for one in (*result.due, *result.skipped) if one.instant not in states)
        for one in (*result.due, *result.skipped):
            if states.get(one.instant, one.state) is not one.state:
                ledger.settle(one, states[one.instant])
        self._skip(result.skipped)
        return result.due

    # ------------------------------------------------------------------------- one occurrence

    def _take_up(self, memo: Memo, occurrence: Occurrence) -> None:
        try:
            self._bring_out(memo, occurrence)
        except LedgerError:
            raise  # nothing can be noted, so nothing may be done
        except BriefbookError as error:  # of what is kept of this memo: no other waits for it
            self.edge.tell(error.problems)
            self._fail(memo, occurrence, "what is kept of it cannot be used", error.problems)

    def _bring_out(self, memo: Memo, occurrence: Occurrence) -> None:
        assert memo.schedule is not None
        as_of = due_day(occurrence.instant, memo.schedule.zone)
        stopping = self.verdict.stopping(memo.id, memo)
        if stopping:
            self._fail(memo, occurrence, "it has errors", stopping)
            return
        built = make(self.book, memo, Day(as_of=as_of, known_by=as_of), self.out, self.record)
        if built.problems or built.edition is None:
            self.edge.tell(built.problems)
            self._fail(memo, occurrence, "it could not be made", built.problems)
            return
        self._warn_of_what_lies_beside(built, occurrence)
        if memo.deliver is None:
            self._settle(occurrence, OccurrenceState.MADE, "", built)
            return
        selection = selection_now(memo, built.edition, self.record, self.workshop)
        why_not = unfit(memo.deliver, selection)
        if why_not:
            self._fail(memo, occurrence, why_not, (), built)
            return
        if self.settings.mail is None:
            self._fail(memo, occurrence, "there is no way to send mail", self.verdict.mail_problems, built)
            return
        self._consign(memo, occurrence, built, selection)

    def _consign(self, memo: Memo, occurrence: Occurrence, built: Built, selection: Selection) -> None:
        assert memo.schedule is not None
        assert memo.deliver is not None
        assert built.edition is not None
        uncleared = demand_unmet(memo, self.settings, built.edition, self.record)
        if not uncleared:
            set_aside(memo, self.settings, built.edition, self.record)
        desk = self._desk()
        consignment = Consignment(
            memo=built.as_made(memo),
            delivery=memo.deliver,
            edition=built.edition,
            selection=selection,
            instant=occurrence.instant,
            zone=memo.schedule.zone,
            occasion=f"{memo.id} {occurrence.revision[:12]} {occurrence.instant.isoformat()}",
        )
        to = addressed(consignment, desk, withdraws=memo.schedule.catch_up is not CatchUp.ALL)
        # Nobody has to clear what goes to nobody, unless a letter that is to go waits for that.
        waits = uncleared and letters_held({memo.id: memo}, self.settings, self.record)
        if not (to.recipients or waits):
            self._settle(occurrence, OccurrenceState.UNCHANGED, "nothing new to tell", built, to.stale)
            return
        if uncleared:
            self._hold_back(memo, occurrence, built, uncleared)
            return
        try:
            enqueue(consignment, to.recipients, desk, occurrence=occurrence, stale=to.stale)
        except LedgerError:
            raise
        except BriefbookError as error:
            self._fail(memo, occurrence, "its letter could not be written", error.problems, built)
            return
        except ValueError as error:  # what no header may hold
            self._fail(memo, occurrence, f"its letter could not be written: {error}", (), built)
            return
        queued = replace(occurrence, state=OccurrenceState.QUEUED, edition=built.edition.number)
        self._handled(queued, built)

    def _settle(
        self,
        occurrence: Occurrence,
        state: OccurrenceState,
        reason: str,
        built: Built,
        stale: Sequence[Envelope] = (),
    ) -> None:
        assert built.edition is not None
        settled = replace(occurrence, state=state, reason=reason, edition=built.edition.number)
        withdrawn = withdrawals(stale, built.edition, self.record)
        self.record.ledger.queue((), settled, occurrence.state, withdrawn)
        self._handled(settled, built)

    def _handled(self, occurrence: Occurrence, built: Built) -> None:
        self.handled.append(Handled(occurrence=occurrence, files=built.paths))
        self.has_news = True
        told = f"edition {occurrence.edition}" + (f", {occurrence.reason}" if occurrence.reason else "")
        self.edge.say(f"{occurrence.state}: {occurrence.memo}, due {minute(occurrence.instant)} ({told})")

    def _warn_of_what_lies_beside(self, built: Built, occurrence: Occurrence) -> None:
        """A person has to look; said once, not by each run that tries again."""
        is_again = (built.memo, occurrence.instant) in self.failed_before
        for sentence in what_lies_beside(file for file in built.files if file.written or not is_again):
            self._warn(sentence)

    def _fail(
        self,
        memo: Memo,
        occurrence: Occurrence,
        why: str,
        problems: Sequence[Problem],
        built: Built | None = None,
    ) -> None:
        """It is not sent; `built` where it could be made all the same."""
        errors = [problem for problem in problems if problem.severity is Severity.ERROR]
        reason = f"{why}: {errors[0].message}" if errors else why
        number = built.edition.number if built is not None and built.edition is not None else None
        failed = replace(occurrence, state=OccurrenceState.FAILED, reason=reason, edition=number)
        self.record.ledger.settle(failed, occurrence.state)
        self.handled.append(Handled(occurrence=failed, files=built.paths if built is not None else ()))
        is_known = self.failed_before.get((memo.id, occurrence.instant)) == reason
        self._say_amiss(
            "failed", f"{memo.id}, due {minute(occurrence.instant)} ({reason})", is_known=is_known
        )
        self._notice(memo, of_failure(occurrence, why, errors))

    def _hold_back(self, memo: Memo, occurrence: Occurrence, built: Built, why: str) -> None:
        """It waits for somebody who clears it; its owner is told once for each edition."""
        assert built.edition is not None
        held = replace(occurrence, state=OccurrenceState.HELD_BACK, reason=why, edition=built.edition.number)
        self.record.ledger.settle(held, occurrence.state)
        self.handled.append(Handled(occurrence=held, files=built.paths))
        is_known = self.failed_before.get((memo.id, occurrence.instant)) == why
        self._say_amiss(
            "held back", f"{memo.id}, due {minute(occurrence.instant)} ({why})", is_known=is_known
        )
        self._notice(memo, of_held_back(occurrence, built.edition, why, built.paths))

    def _say_amiss(self, state: str, what: str, *, is_known: bool) -> None:
        """Say it; `still` where a run before has, so that whoever wants news alone can leave it out."""
        self.edge.say(f"still {state}: {what}" if is_known else f"{state}: {what}")
        self.has_news |= not is_known

    # ---------------------------------------------------------------------------- the outbox

    def _post(self, at: Sequence[int] | None = None) -> Posted:
        if self.settings.mail is None:
            waiting = self.record.ledger.envelopes(EnvelopeState.PENDING, EnvelopeState.DEFERRED)
            if not waiting:
                return Posted()
            left = tuple(envelope.id for envelope in waiting)
            why = "letters wait, and book.yaml does not say how to send mail (briefbook check)"
            return Posted(left=left, stopped=why, refused=True)
        return post(
            self.record.ledger,
            self.record.store,
            self.settings.mail,
            self.root,
            self.edge.environ,
            now=self.edge.clock,
            at=at,
            say=self.edge.say,
            stops=self.edge.stops,
        )

    def _tell_of_letters(self) -> None:
        """Tell owners of letters that failed or hang between sent and not, then send these notices too."""
        told = False
        for envelope in untold(self.record.ledger, self.now, self.posted.failed):
            told |= self._notice(self.memos.get(envelope.memo), of_letter(envelope))
        if told and not self.posted.stopped:
            waiting = self.record.ledger.envelopes(EnvelopeState.PENDING)
            notices = [one.id for one in waiting if one.kind is EnvelopeKind.NOTICE]
            self.posted = self.posted.followed_by(self._post(notices))
        if self.posted.stopped:
            self._warn(self.posted.stopped, is_known=self.posted.is_known)

    def _tell_of_unread(self) -> None:
        """A memo whose file is broken has no schedule that could be read: its owner is told once a day."""
        for id_ in self.unread:
            notice = of_unread(id_, self.now.date(), self.verdict.stopping(id_, self.memos.get(id_)))
            is_known = bool(self.record.ledger.envelopes(occasion=notice.occasion))
            what = f"{id_} (its file cannot be read, so nobody knows when it is due)"
            self._say_amiss("failed", what, is_known=is_known)
            self._notice(self.memos.get(id_), notice)

    def _ask_what_became(self) -> None:
        """Owners get the form on a meeting of their memos that has become unconfirmed."""
        if self.settings.mail is not None:
            asking = ask(self._desk(), self.memos.values(), lambda one: self.verdict.stopping(one.id, one))
            for line in asking.queued:
                self.edge.say(line)
            for line in asking.trouble:
                self._warn(line)

    def _notice(self, memo: Memo | None, notice: Notice) -> bool:
        owner = owner_of(memo, self.settings.mail)
        if owner is None:
            return False
        try:
            enqueue_notice(
                self._desk(),
                owner=owner,
                memo=memo.id if memo else "book",
                occasion=notice.occasion,
                subject=notice.subject,
                lines=notice.lines,
            )
        except ValueError as error:
            self._warn(f"the owner {owner!r} cannot be told: {error}")
            return False
        return True

    def _desk(self) -> Desk:
        assert self.settings.mail is not None
        return Desk(mail=self.settings.mail, workshop=self.workshop, record=self.record)

    # ---------------------------------------------------------------------------- how it ended

    def _status(self) -> Status:
        if is_unreadable(self.read):
            self.edge.tell(self.read.problems)
            return Status.PROBLEMS
        states = [one.occurrence.state for one in self.handled]
        quiet = states.count(OccurrenceState.MADE) + states.count(OccurrenceState.UNCHANGED)
        return status_of(
            self.posted,
            good=quiet,
            bad=states.count(OccurrenceState.FAILED) + len(self.unread),
            uncleared=states.count(OccurrenceState.HELD_BACK) + len(self.held_back),
            notices=self._notices(self.posted.sent),
            waiting_notices=self._notices((*self.posted.deferred, *self.posted.left)),
            is_held=bool(self._held()),
        )

    def _held(self) -> tuple[int, ...]:
        return tuple(envelope.id for envelope in self.record.ledger.envelopes(EnvelopeState.UNKNOWN))

    def _notices(self, ids: Iterable[int]) -> int:
        found = (self.record.ledger.envelope(id_) for id_ in ids)
        return sum(envelope is not None and envelope.kind is EnvelopeKind.NOTICE for envelope in found)

    def _warn(self, sentence: str, *, is_known: bool = False) -> None:
        self.warnings.append(sentence)
        self.edge.say(f"still: {sentence}" if is_known else f"warning: {sentence}")

    def _signal(self, signal: Signal) -> None:
        mail = self.settings.mail
        if mail is not None and mail.ping:
            trouble = ping(mail.ping, signal)
            if trouble:
                self._warn(trouble)
