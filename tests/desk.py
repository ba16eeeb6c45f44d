"""A book's outbox with its letters and its clock: what the tests of the outbox share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from briefbook.delivery import MailSettings, OnUnknown, Security
from briefbook.issued import Envelope, EnvelopeKind, EnvelopeState
from briefbook.ledger import Ledger, open_ledger
from briefbook.mail.wire import never
from briefbook.outbox import Posted, post
from briefbook.store import Store
from tests.relay import PATIENCE

NOON = datetime(2031, 4, 20, 12, tzinfo=UTC)
PENDING, DEFERRED, SENT = EnvelopeState.PENDING, EnvelopeState.DEFERRED, EnvelopeState.SENT
FAILED, UNKNOWN, CANCELLED = EnvelopeState.FAILED, EnvelopeState.UNKNOWN, EnvelopeState.CANCELLED
ATTEMPTING, DOT = EnvelopeState.ATTEMPTING, EnvelopeState.AT_DOT
REST = frozenset({SENT, FAILED, UNKNOWN, CANCELLED})
HOURS = timedelta(hours=1)


def mail(port: int = 25, unknown: OnUnknown = OnUnknown.HOLD) -> MailSettings:
    return MailSettings(
        sender="Fisheries desk <desk@example.org>",
        host="127.0.0.1",
        port=port,
        security=Security.PLAIN,
        unknown=unknown,
        deadline=timedelta(seconds=PATIENCE),
    )


def letter(number: int) -> bytes:
    return (
        f"From: desk@example.org\r\nTo: r{number}@example.org\r\nSubject: The council\r\n"
        f"Message-ID: <{number}@example.org>\r\n\r\nThe council meets.\r\n.\r\n..\r\nEnd {number}.\r\n"
    ).encode()


def envelope(number: int = 1, **changes: object) -> Envelope:
    plain = Envelope(
        id=0,
        memo="council",
        edition=3,
        occasion="council 2031-04-20",
        recipient=f"r{number}@example.org",
        message_id=f"<{number}@example.org>",
        message="0" * 64,
        size=len(letter(number)),
        queued=NOON,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@dataclass
class Desk:
    """A book's outbox, a clock that the test sets, and what was said."""

    folder: Path
    ledger: Ledger
    store: Store
    settings: MailSettings
    now: datetime = NOON
    said: list[str] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=dict)

    def queue(self, count: int, kind: EnvelopeKind = EnvelopeKind.MEMO) -> list[int]:
        digests = self.store.put_many([letter(number) for number in range(1, count + 1)])
        queued = [envelope(number, message=digest) for number, digest in enumerate(digests, start=1)]
        return [it.id for it in self.ledger.queue([replace(it, kind=kind) for it in queued])]

    def post(
        self,
        ledger: Ledger | None = None,
        at: list[int] | None = None,
        stops: Callable[[], bool] = never,
    ) -> Posted:
        return post(
            ledger or self.ledger,
            self.store,
            self.settings,
            self.folder,
            self.environ,
            now=lambda: self.now,
            at=at,
            say=self.said.append,
            stops=stops,
        )

    def post_elsewhere(self) -> Posted:
        """As another process would: with a ledger of its own. For a thread of its own."""
        with open_ledger(self.folder) as ledger:
            return self.post(ledger)

    def states(self) -> list[EnvelopeState]:
        return [it.state for it in self.ledger.envelopes()]

    def one(self, id_: int = 1) -> Envelope:
        found = self.ledger.envelope(id_)
        assert found is not None
        return found


@contextmanager
def desk_at(folder: Path, port: int, unknown: OnUnknown = OnUnknown.HOLD) -> Iterator[Desk]:
    with open_ledger(folder) as ledger:
        yield Desk(folder=folder, ledger=ledger, store=Store(folder), settings=mail(port, unknown))


class KilledError(BaseException):
    """Nothing catches it, as nothing catches SIGKILL."""


class Dying(Ledger):
    """A ledger whose process dies before or after one of its moves."""

    __slots__ = ("deaths",)

    def __init__(self, ledger: Ledger, deaths: int) -> None:
        super().__init__(ledger._database)
        self.deaths = deaths

    def move(
        self,
        id_: int,
        was: EnvelopeState,
        to: EnvelopeState,
        *,
        now: datetime,
        reply: str = "",
        next_try: datetime | None = None,
        attempt: bool = False,
    ) -> bool:
        self._step()
        held = super().move(id_, was, to, now=now, reply=reply, next_try=next_try, attempt=attempt)
        self._step()
        return held

    def _step(self) -> None:
        self.deaths -= 1
        if self.deaths == 0:
            raise KilledError
