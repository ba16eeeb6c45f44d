"""One trial: a fresh book, a run with a fault in it, the state that it left, the runs that mend it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.aftermath import (
    Reference,
    attached,
    envelopes,
    missing_files,
    wrong_with_clearances,
    wrong_with_files,
    wrong_with_mail,
)
from tests.faults.calls import TRACE, Call, calls_of
from tests.faults.mail_drop import MailDrop
from tests.faults.processes import Ended, Nursery
from tests.faults.small_book import (
    DUE,
    EARLIER,
    FOLLOWED,
    LATER,
    MEMO,
    NEXT_DUE,
    NEXT_LATER,
    RECIPIENTS,
    digests,
    fresh_copy,
    make_book,
)

RUN_DUE_ENDS = (0, 1, 3, 4, 5, 6, 7)  # as its help has them; 75 would be a lock left behind
BUILD_ENDS = (0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is cut off, and what is called to mend it, until the first that leaves nothing to do."""

    name: str
    before: tuple[tuple[str, ...], ...]  # runs on the template
    run: tuple[str, ...]
    mend: tuple[tuple[str, ...], ...]
    ends: tuple[int, ...]
    delivers: bool
    retyped: tuple[str, ...] = ()  # typed before that by a person, unless all is on record as sent
    waiting: tuple[str, ...] = ()  # one more run on the template, that a server which is away puts off
    clears: int = 0  # how many rows of clearances there are after it, of which it makes the last
    applies: bool = False  # it changes the book's own files
    makes: bool = True  # what mends it makes the files that a good run makes
    every: str = ""  # a call at each of which it is cut off in the short form, too
    calls: tuple[str, ...] = ()  # the calls at which it is killed; no other fault is tried. None: all


BUILD = Subject(
    name="build",
    before=(),
    run=("build", "--as-of", "2031-04-21"),
    mend=(("build", "--as-of", "2031-04-21"),),
    ends=BUILD_ENDS,
    delivers=False,
)
SEND = Subject(
    name="run-due",
    before=(("run-due", "--now", FOLLOWED),),
    run=("run-due", "--now", DUE),
    mend=tuple(("run-due", "--now", now) for now in LATER),
    ends=RUN_DUE_ENDS,
    delivers=True,
)
FIRST = Subject(  # the very first run, that makes the ledger
    name="first run-due",
    before=(),
    run=("run-due", "--now", FOLLOWED),
    mend=tuple(("run-due", "--now", now) for now in (FOLLOWED, DUE, *LATER)),
    ends=RUN_DUE_ENDS,
    delivers=True,
)
OVER = Subject(  # letters of the day before wait when the new edition is queued
    name="run-due over waiting letters",
    before=(("run-due", "--now", FOLLOWED),),
    waiting=("run-due", "--now", DUE),
    run=("run-due", "--now", NEXT_DUE),
    mend=tuple(("run-due", "--now", now) for now in NEXT_LATER),
    ends=RUN_DUE_ENDS,
    delivers=True,
    calls=("pwrite64", "fdatasync"),
)
BY_HAND = Subject(  # the same by hand: nothing but the outbox remembers a `send` that was cut off
    name="send over waiting letters",
    before=(),
    waiting=("send", MEMO, "--as-of", "2031-04-21"),
    run=("send", MEMO, "--as-of", "2031-04-22"),
    mend=tuple(("run-due", "--now", now) for now in EARLIER),
    ends=(*RUN_DUE_ENDS, 1),
    delivers=True,
    makes=False,
    calls=("pwrite64", "fdatasync"),
)
RETYPED = Subject(  # whoever saw it broken off types the same again
    name="send, then the same again",
    before=(),
    run=("send", MEMO, "--as-of", "2031-04-21"),
    retyped=("send", MEMO, "--as-of", "2031-04-21"),
    mend=(("run-due",),) * 3,  # by the clock, as `send` is: of what hung years before no owner is told
    ends=(*RUN_DUE_ENDS, 1),
    delivers=True,
    makes=False,
    calls=("pwrite64", "fdatasync", "sendto", "recvfrom"),
)
CLEAR = Subject(  # typed again, it is there once
    name="clear",
    before=(("build", "--as-of", "2031-04-21"),),
    run=("clear", MEMO, "--by", "Ana Holm", "--note", "read on paper"),
    mend=(("clear", MEMO, "--by", "Ana Holm", "--note", "read on paper"),),
    ends=BUILD_ENDS,
    delivers=False,
    clears=1,
)
_WITHDRAW = ("clear", MEMO, "--withdraw", "--by", "Bo Lund", "--note", "a figure is wrong")
WITHDRAW = Subject(  # typed again, there is nothing left to take back: exit status 1, and it is there once
    name="clear --withdraw",
    before=(*CLEAR.before, CLEAR.run),
    run=_WITHDRAW,
    mend=(_WITHDRAW,),
    ends=BUILD_ENDS,
    delivers=False,
    clears=2,
)
ALL = (BUILD, SEND, FIRST, OVER, BY_HAND, RETYPED, CLEAR, WITHDRAW)
SUBJECTS = {subject.name: subject for subject in ALL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of one trial."""

    call: str
    number: int
    was_hit: bool  # the fault was reached; else the run ended cleanly
    place: str = ""  # "before", "window" or "after" the dots
    resent: int = 0  # recipients who got their mail from a mending run
    held: int = 0  # recipients whose mail is held as unknown
    wrong: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Bench:
    """Where trials are made: the fork server, the mail server, the template of a subject and its good run."""

    nursery: Nursery
    drop: MailDrop
    folder: Path
    subject: Subject
    calls: list[Call] = field(default_factory=list)  # of a clean run
    reference: Reference = field(default_factory=lambda: Reference(files={}, attached={}))

    @property
    def template(self) -> Path:
        return self.folder / "template"

    @property
    def book(self) -> Path:
        return self.folder / "trial" / "book"

    def set_up(self) -> None:
        """Make the template, let the nursery learn, and note what a clean run does and leaves."""
        root = self.template / "book"
        make_book(root, self.drop.port if self.subject.delivers else None)
        for arguments in self.subject.before:
            must(self.nursery.run(("-C", str(root), *arguments), self.template))
        older: list[str] = []
        if self.subject.waiting:
            self.drop.is_ready = False
            put_off = self.nursery.run(("-C", str(root), *self.subject.waiting), self.template)
            self.drop.is_ready = True
            if put_off.status != 7:
                raise RuntimeError(f"nothing waits, but {put_off.status}:\n{put_off.err}{put_off.out}")
            older = [digests(root)[f"out/2031-04-21/{MEMO}.{format_}"] for format_ in ("pdf", "docx")]
        self.fresh()
        whole = (self.subject.run, *self.subject.mend)
        for arguments in whole:
            ended = self.nursery.learn(("-C", str(self.book), *arguments), self.book.parent)
            must(ended, self.subject.ends if arguments in self.subject.mend else ())
        self.reference = Reference(
            files=digests(self.book),
            attached={one.recipient: attached(one) for one in self.drop.received()},
            older=older,
        )
        if self.subject.delivers and set(self.reference.attached) != set(RECIPIENTS):
            raise RuntimeError(f"a good run does not deliver: {sorted(self.reference.attached)}")
        self.fresh()
        clean = self.traced(TRACE)
        must(clean)
        self.calls = calls_of(clean.log)

    def fresh(self) -> None:
        """A fresh book and an empty mail server."""
        fresh_copy(self.template, self.book.parent)
        self.drop.forget()

    def traced(self, options: Sequence[str]) -> Ended:
        return self.nursery.run_traced(("-C", str(self.book), *self.subject.run), self.book.parent, options)

    def kill_at(self, call: str, number: int) -> Trial:
        """Kill the run as it enters its Nth call of this name."""
        self.fresh()
        options = ("-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={number}")
        ended = self.traced(options)
        wrong = [] if ended.was_killed else self._wrong_end(ended)
        return self._after(call, number, wrong, was_hit=ended.was_killed)

    def refuse_at(self, call: str, number: int, *, lasting: bool = False) -> Trial:
        """Answer the run's Nth call of this name (and every later one) with ENOSPC."""
        self.fresh()
        when = f"{number}+" if lasting else str(number)
        options = ("-e", f"trace={call}", "-e", f"inject={call}:error=ENOSPC:when={when}")
        ended = self.traced(options)
        hit = [line for line in ended.log.splitlines() if line.endswith("(INJECTED)")]
        wrong = self._wrong_end(ended)
        on_terminal = any(f"{call}({stream}," in line for line in hit for stream in (1, 2))
        if ended.status not in (0, 3) and not ended.err.strip() and not on_terminal:
            wrong.append(f"exit status {ended.status} and not a word")
        return self._after(call, number, wrong, was_hit=bool(hit))

    def _wrong_end(self, ended: Ended) -> list[str]:
        wrong = []
        if ended.status not in self.subject.ends:
            wrong.append(f"exit status {ended.status}")
        if "Traceback" in ended.err or "Traceback" in ended.out:
            last = ended.err.strip().splitlines()[-1:] or [""]
            wrong.append(f"a traceback: {last[0]}")
        return wrong

    def _after(self, call: str, number: int, wrong: list[str], *, was_hit: bool) -> Trial:
        at_stop = envelopes(self.book, self.folder / "scratch")
        wrong += unsound(at_stop, "when it stopped")
        wrong += wrong_with_files(self.book, self.reference)
        if self.subject.clears:
            wrong += wrong_with_clearances(
                self.book, self.folder / "scratch", least=self.subject.clears - 1, most=self.subject.clears
            )
        had = {one.recipient for one in self.drop.received()} & set(RECIPIENTS)
        states: dict[str, str] = {}
        is_seen_done = len(at_stop) == len(RECIPIENTS) and set(at_stop.values()) == {"sent"}
        if self.subject.retyped and not is_seen_done:
            ended = self.nursery.run(("-C", str(self.book), *self.subject.retyped), self.book.parent)
            wrong += [f"typed again: {problem}" for problem in self._wrong_end(ended)]
        for arguments in self.subject.mend:
            ended = self.nursery.run(("-C", str(self.book), *arguments), self.book.parent)
            wrong += [f"mending: {problem}" for problem in self._wrong_end(ended)]
            if self.subject.delivers and ended.status == 1:
                wrong.append(f"mending: exit status 1: {ended.err.strip()[-300:]}")
            states = envelopes(self.book, self.folder / "scratch")
            if len(states) == len(RECIPIENTS) and set(states.values()) <= {"sent", "unknown"}:
                break  # later runs have nothing to do
        wrong += wrong_with_files(self.book, self.reference)
        wrong += missing_files(self.book, self.reference) if self.subject.makes else []
        wrong += unsound(states, "at the end")
        if self.subject.clears:
            wrong += wrong_with_clearances(
                self.book, self.folder / "scratch", least=self.subject.clears, most=self.subject.clears
            )
        received = self.drop.received()
        if self.subject.delivers:
            wrong += wrong_with_mail(states, at_stop, received, self.reference)
        have = {one.recipient for one in received} & set(RECIPIENTS)
        return Trial(
            call=call,
            number=number,
            was_hit=was_hit,
            place=_place(at_stop),
            resent=len(have - had),
            held=sum(state == "unknown" for state in states.values()),
            wrong=tuple(dict.fromkeys(wrong)),
        )


def unsound(states: dict[str, str], when: str) -> list[str]:
    verdict = states.pop("integrity_check", "")
    return [f"integrity_check {when}: {verdict}"] if verdict else []


def _place(at_stop: dict[str, str]) -> str:
    if "at-dot" in at_stop.values():
        return "window"
    done = bool(at_stop) and all(state == "sent" for state in at_stop.values())
    return "after" if done else "before"


def must(ended: Ended, also: Sequence[int] = ()) -> None:
    """Raise for a clean run that did not end well; `also`: statuses that are well too."""
    if ended.status not in (0, 3, *also):
        raise RuntimeError(f"a clean run ended with {ended.status}:\n{ended.err}{ended.out}")
