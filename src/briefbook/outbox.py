"""The outbox: envelopes go to the mail server one after another; what became of each stands in the ledger.

`pending → attempting → at-dot → sent | deferred | failed | unknown`. Each move is a compare-and-set, on disk
before the step that it names: whoever loses it leaves the envelope alone, so that correctness does not hang
on a lock. An envelope is `unknown` only if it was cut off between its final dot and the server's reply: the
server may have it or not (RFC 1047), and no client can tell.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, assert_never

from briefbook.characters import on_one_line
from briefbook.delivery import MailSettings, OnUnknown, Security
from briefbook.diagnostics import BriefbookError
from briefbook.frozen import frozen
from briefbook.issued import Envelope, EnvelopeKind, EnvelopeState
from briefbook.ledger import Ledger
from briefbook.mail.addresses import address
from briefbook.mail.certificates import trusted
from briefbook.mail.credentials import password_to_log_in
from briefbook.mail.smtp import Accepted, Conversation, Cut, Outcome, Phase, Refused, Scope
from briefbook.mail.wire import never
from briefbook.store import Store

FIRST_WAIT = timedelta(minutes=5)  # doubles with each try
LONGEST_WAIT = timedelta(hours=4)
GIVE_UP = timedelta(days=5)  # since it was queued
TROUBLES = 2  # so many in a row, and the server is left alone
_LONGEST_REPLY = 500

_CUT_OFF = "the run that was sending it broke off before its final dot"
_CUT_AT_DOT = "the run that was sending it broke off between the final dot and the server's reply"


class After(NamedTuple):
    """Where an envelope goes."""

    state: EnvelopeState
    next_try: datetime | None
    reply: str


@frozen
class Posted:
    """What one round through the outbox did: ids of envelopes by the state that each has come to."""

    sent: tuple[int, ...] = ()
    deferred: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()  # among them those that a run before left at the dot
    left: tuple[int, ...] = ()  # due, and not tried because the round was stopped
    stopped: str = ""  # why it was
    is_known: bool = False  # what stopped it is what has stopped the round before
    refused: bool = False  # by what a person has to mend: a password, a certificate

    @property
    def nothing(self) -> bool:
        """True when nothing was due."""
        return not (self.sent or self.deferred or self.failed or self.unknown or self.left)

    def followed_by(self, later: "Posted") -> "Posted":
        """This round and a later one, of other envelopes, as one."""
        return Posted(
            sent=(*self.sent, *later.sent),
            deferred=(*self.deferred, *later.deferred),
            failed=(*self.failed, *later.failed),
            unknown=(*self.unknown, *later.unknown),
            left=(*self.left, *later.left),
            stopped=self.stopped or later.stopped,
            refused=self.refused or later.refused,
            is_known=self.is_known and later.is_known,
        )


# ------------------------------------------------------------------------------------- the rules


def after(outcome: Outcome, envelope: Envelope, now: datetime, settings: MailSettings) -> After:
    """Where an envelope goes from here: the one place of these rules.

    `envelope` is as it was when the server answered or fell silent: its `attempts` counts the try that has
    just ended.
    """
    match outcome:
        case Accepted(reply=reply):
            return After(EnvelopeState.SENT, None, tidy(reply))
        case Refused(scope=Scope.SERVER):  # says nothing of this message: a person mends it, and it goes
            return _put_off(_words(outcome), envelope, now)
        case Refused(code=code) if 400 <= code <= 499:
            return _put_off(_words(outcome), envelope, now)
        case Refused():
            return After(EnvelopeState.FAILED, None, _words(outcome))
        case Cut(phase=Phase.DOT, reason=reason):
            if not is_held(envelope, settings) and now < envelope.queued + GIVE_UP:
                return _put_off(tidy(reason), envelope, now)
            return After(EnvelopeState.UNKNOWN, None, tidy(reason))
        case Cut(reason=reason):
            return _put_off(tidy(reason), envelope, now)
        case _:
            assert_never(outcome)


def _put_off(words: str, envelope: Envelope, now: datetime) -> After:
    """Another try: after 5 minutes, 10, 20 … 4 hours; the last one five days after it was queued."""
    end = envelope.queued + GIVE_UP
    if now >= end:
        return After(EnvelopeState.FAILED, None, tidy(f"given up after {GIVE_UP.days} days: {words}"))
    wait = min(FIRST_WAIT * 2 ** min(max(envelope.attempts - 1, 0), 10), LONGEST_WAIT)
    return After(EnvelopeState.DEFERRED, min(now + wait, end), words)


def is_held(envelope: Envelope, settings: MailSettings) -> bool:
    """Whether a person decides where nobody can tell if it came. A notice goes again: twice does no harm."""
    return settings.unknown is OnUnknown.HOLD and envelope.kind is not EnvelopeKind.NOTICE


def is_due(envelope: Envelope, now: datetime) -> bool:
    """Whether it is to be tried. A next try further off than any wait was set by a clock that was ahead."""
    match envelope.state:
        case EnvelopeState.PENDING:
            return True
        case EnvelopeState.DEFERRED:
            soon = envelope.next_try
            return soon is None or soon <= now or soon > now + LONGEST_WAIT
        case _:
            return False


def tidy(words: str) -> str:
    """A server's words on one line without control characters: they go to terminals and into notices."""
    line = on_one_line(words)
    return line if len(line) <= _LONGEST_REPLY else f"{line[:_LONGEST_REPLY]}…"


def _words(refused: Refused) -> str:
    return tidy(f"{refused.code} {refused.text}" if refused.code else refused.text)


def _said(error: BriefbookError | ValueError) -> str:
    if isinstance(error, BriefbookError):
        return tidy(
            "; ".join(f"{it.message} ({it.hint})" if it.hint else it.message for it in error.problems)
        )
    return tidy(str(error))


# ----------------------------------------------------------------------------------------- a round


def post(
    ledger: Ledger,
    store: Store,
    settings: MailSettings,
    root: Path,
    environ: Mapping[str, str],
    *,
    now: Callable[[], datetime],
    at: Collection[int] | None = None,
    say: Callable[[str], None],
    stops: Callable[[], bool] = never,
) -> Posted:
    """Send every envelope that is due, or of those only the ids `at`, over one conversation.

    First, what a run before left behind: `attempting` is pending again, `at-dot` is unknown (or pending again
    with the same bytes, where the settings say resend). `now` is asked at each step; `say` gets a line for
    each envelope. The caller holds the book's lock; without it nothing goes twice all the same, unless the
    settings say resend. Raises BriefbookError if the ledger cannot be written: what was not noted stays
    `attempting` or `at-dot` for the next run. Once `stops` says so, nothing more is begun, and what waits for
    a server before its dot is put off.
    """
    books = _Books(ledger=ledger, store=store, settings=settings, now=now, say=say)
    books.take_up(at)
    waiting = ledger.envelopes(EnvelopeState.PENDING, EnvelopeState.DEFERRED)
    due = [it for it in waiting if (at is None or it.id in at) and is_due(it, now())]
    due.sort(key=lambda it: (it.attempts, it.id))  # one that breaks every run must not bar the others' way
    if not due:
        return books.closed([], "")
    try:
        sender = address(settings.sender).spec
        if settings.ca_file is not None and settings.security is not Security.PLAIN:
            trusted(settings, root)
        password = password_to_log_in(settings, root, environ)
    except ValueError as error:  # amiss on this machine: no server was asked, none has refused
        return books.stranded(due, _said(error))
    with Conversation(settings, password, root, stops) as conversation:
        return books.send_all(conversation, sender, due, stops)


def take_up(
    ledger: Ledger,
    store: Store,
    settings: MailSettings,
    at: Collection[int],
    *,
    now: Callable[[], datetime],
    say: Callable[[str], None],
) -> None:
    """Bring back, of the ids `at`, what a run that broke off has left behind; `post` begins with the same."""
    _Books(ledger=ledger, store=store, settings=settings, now=now, say=say).take_up(at)


def _why(outcome: Refused | Cut) -> str:
    return _words(outcome) if isinstance(outcome, Refused) else tidy(outcome.reason)


@dataclass(slots=True, kw_only=True)
class _Books:
    """The moves of one round, and the ids that they brought to rest."""

    ledger: Ledger
    store: Store
    settings: MailSettings
    now: Callable[[], datetime]
    say: Callable[[str], None]
    moved: dict[int, EnvelopeState] = field(default_factory=dict)

    def take_up(self, at: Collection[int] | None) -> None:
        """Bring back what a run that broke off has left behind."""
        for envelope in self.ledger.envelopes(EnvelopeState.ATTEMPTING, EnvelopeState.AT_DOT):
            if at is not None and envelope.id not in at:
                continue
            if envelope.state is EnvelopeState.ATTEMPTING:
                self._move(envelope, After(EnvelopeState.PENDING, None, _CUT_OFF))
            elif is_held(envelope, self.settings):
                self._move(envelope, After(EnvelopeState.UNKNOWN, None, _CUT_AT_DOT))
            else:
                self._move(envelope, After(EnvelopeState.PENDING, None, _CUT_AT_DOT))

    def send_all(
        self, conversation: Conversation, sender: str, due: list[Envelope], stops: Callable[[], bool]
    ) -> Posted:
        """Try one envelope after another, until the server refuses us or fails us, or we are told to stop."""
        troubles = 0
        for number, envelope in enumerate(due, start=1):
            if stops():
                return self.closed(due[number - 1 :], "told to stop: the next run goes on")
            outcome = self.send(conversation, sender, envelope)
            match outcome:
                case Refused(scope=Scope.SERVER, code=code) if not 400 <= code <= 499:
                    who = "the mail server refuses us" if outcome.code else "nothing can be sent"
                    why = f"{who}: {_words(outcome)}"
                    self.put_off(due[number:], like=envelope)
                    return self.closed(due[number:], why, refused=True)
                case Refused(scope=Scope.SERVER) | Cut():
                    troubles += 1
                    if troubles == TROUBLES and due[number:]:
                        self.put_off(due[number:], like=envelope)
                        return self.closed(due[number:], f"the mail server fails us: {_why(outcome)}")
                case Accepted() | Refused():
                    troubles = 0
                case None:
                    pass
                case _:
                    assert_never(outcome)
        return self.closed([], "")

    def send(self, conversation: Conversation, sender: str, envelope: Envelope) -> Outcome | None:
        """Try one envelope and note what became of it. None where it never came to a conversation."""
        try:
            data = self.store.get(envelope.message)
            recipient = address(envelope.recipient)
        except (BriefbookError, ValueError) as error:
            self._move(envelope, After(EnvelopeState.FAILED, None, _said(error)))
            return None
        if not self.ledger.move(
            envelope.id, envelope.state, EnvelopeState.ATTEMPTING, now=self.now(), attempt=True
        ):
            return None  # someone else has it, or a person has cancelled it
        begun = replace(envelope, state=EnvelopeState.ATTEMPTING, attempts=envelope.attempts + 1)
        asked: list[bool] = []

        def at_dot() -> bool:
            asked.append(
                self.ledger.move(envelope.id, EnvelopeState.ATTEMPTING, EnvelopeState.AT_DOT, now=self.now())
            )
            return asked[-1]

        outcome = conversation.deliver(sender, recipient, data, at_dot=at_dot)
        if isinstance(outcome, Refused) and outcome.limit is not None:
            smaller = self._exchanged(envelope, outcome.limit)
            if smaller is not None:
                outcome = conversation.deliver(sender, recipient, smaller, at_dot=at_dot)
        if asked == [False]:
            return None  # taken from us in the middle: the dot was not sent
        self._settle(outcome, replace(begun, state=EnvelopeState.AT_DOT) if asked else begun)
        return outcome

    def _exchanged(self, envelope: Envelope, limit: int) -> bytes | None:
        """The letter with less attached, where the server has said that it takes no more than `limit` bytes.

        The server has not seen the larger one, so this is no other message but the first that goes.
        """
        for smaller in envelope.smaller:
            if smaller.size > limit:
                continue
            try:
                data = self.store.get(smaller.sha256)
            except BriefbookError:
                continue  # lost: one with still less may be there
            if self.ledger.exchange(envelope.id, envelope.message, smaller):
                self.say(f"{_name(envelope)}: the server takes {limit:,} bytes at most, so less is attached")
                return data
        return None

    def _settle(self, outcome: Outcome, envelope: Envelope) -> None:
        move = after(outcome, envelope, self.now(), self.settings)
        try:
            if not self._move(envelope, move) and envelope.state is EnvelopeState.AT_DOT:
                # Another run took us for dead. We are not, and know more than it does.
                self._move(replace(envelope, state=EnvelopeState.UNKNOWN), move)
        except BaseException:
            if move.state is EnvelopeState.SENT and envelope.id not in self.moved:
                self.say(
                    f"the server has accepted {_name(envelope)}, but that could not be noted: the next run "
                    f"takes it for unknown; then type: briefbook outbox resolve {envelope.id} --sent"
                )
            raise

    def _move(self, envelope: Envelope, move: After) -> bool:
        held = self.ledger.move(
            envelope.id, envelope.state, move.state, now=self.now(), reply=move.reply, next_try=move.next_try
        )
        if held:
            self.moved[envelope.id] = move.state
            again = f", again after {in_utc(move.next_try)}" if move.next_try else ""
            self.say(f"{move.state}: {_name(envelope)}{again} ({move.reply})")
        return held

    def put_off(self, left: Collection[Envelope], *, like: Envelope) -> None:
        """Let what was not tried wait as long as the one that was: a run each minute locks no account.

        It counts as no attempt, and nobody is told of it one by one.
        """
        tried = self.ledger.envelope(like.id)
        if tried is None or tried.next_try is None:
            return
        words = f"not tried: {tried.reply}"
        for waiting in left:
            self.ledger.move(
                waiting.id,
                waiting.state,
                EnvelopeState.DEFERRED,
                now=self.now(),
                reply=words,
                next_try=min(tried.next_try, waiting.queued + GIVE_UP),
            )

    def stranded(self, left: list[Envelope], why: str) -> Posted:
        """The report of a round that could not begin. Each letter says why it waits; none was put off."""
        is_known = not self.moved
        for waiting in left:
            if (waiting.state, waiting.reply) != (EnvelopeState.PENDING, why):
                is_known = False
                self.ledger.move(waiting.id, waiting.state, EnvelopeState.PENDING, now=self.now(), reply=why)
        return replace(self.closed(left, why, refused=True), is_known=is_known)

    def closed(self, left: list[Envelope], stopped: str, *, refused: bool = False) -> Posted:
        """The round's report."""

        def ids(state: EnvelopeState) -> tuple[int, ...]:
            return tuple(sorted(id_ for id_, its in self.moved.items() if its is state))

        return Posted(
            sent=ids(EnvelopeState.SENT),
            deferred=ids(EnvelopeState.DEFERRED),
            failed=ids(EnvelopeState.FAILED),
            unknown=ids(EnvelopeState.UNKNOWN),
            left=tuple(envelope.id for envelope in left),
            stopped=stopped,
            refused=refused,
        )


def _name(envelope: Envelope) -> str:
    what = "notice on " if envelope.kind is EnvelopeKind.NOTICE else ""
    return f"{envelope.id}, {what}{envelope.memo} to {envelope.recipient}"


def in_utc(instant: datetime) -> str:
    """An instant for people, to the minute."""
    return f"{instant:%Y-%m-%d %H:%M} UTC"
