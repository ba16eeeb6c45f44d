"""When a memo is made by itself and to whom it is mailed, as written in its file or in book.yaml."""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import time, timedelta
from enum import StrEnum

from briefbook.diagnostics import NOWHERE, Places, Where
from briefbook.frozen import frozen


class CatchUp(StrEnum):
    """What becomes of occurrences that passed while nothing ran."""

    LATEST = "latest"  # the latest is made up for, older ones are recorded as skipped
    NONE = "none"
    ALL = "all"


@frozen
class CronSchedule:
    """`schedule: {cron: "0 7 * * 1-5", zone: America/Mexico_City}`."""

    cron: str  # five fields, as cron(8) on Debian reads them
    zone: str  # IANA name
    catch_up: CatchUp = CatchUp.LATEST
    window: timedelta = timedelta(days=7)  # what passed longer ago is not made up for
    debrief: bool = False  # whether the owner is asked what became of a meeting that is unconfirmed
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


@frozen
class BeforeSchedule:
    """`schedule: {before: 2d, of: next-meeting, at: "07:00", zone: …}`: reckoned from the facts."""

    before: timedelta  # whole days
    of: str  # "next-meeting": every meeting ahead that the memo covers and that has an exact day
    at: time
    zone: str
    catch_up: CatchUp = CatchUp.LATEST
    window: timedelta = timedelta(days=7)
    debrief: bool = False
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)


ScheduleSpec = CronSchedule | BeforeSchedule


class SendWhen(StrEnum):
    """Whether an edition that tells nothing new is mailed."""

    CHANGED = "changed"
    ALWAYS = "always"


@frozen
class Delivery:
    """`deliver:` of a memo. Addresses are as written (`Ana Holm <ana@example.org>`), checked when read."""

    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    reply_to: str | None = None
    owner: str | None = None  # who is told when something goes wrong; the book's, if not given
    subject: str = "mail/subject.md.j2"  # templates, looked for as those of sections are
    body: str = "mail/body.md.j2"
    attach: tuple[str, ...] = ("pdf",)  # formats, and `ics`
    when: SendWhen = SendWhen.CHANGED
    stale_after: timedelta | None = None  # not sent when its newest source is older than this
    # Of recipients, as written, who get the memo in a language of their own; the others in its first one.
    languages: Mapping[str, str] = field(default_factory=dict)
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)

    def in_language(self, language: str, first: str) -> "Delivery | None":
        """The delivery to who reads a language, the memo's `first` unless told otherwise; None for nobody."""

        def readers(texts: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(text for text in texts if self.languages.get(text, first) == language)

        own = replace(self, to=readers(self.to), cc=readers(self.cc), bcc=readers(self.bcc))
        return own if own.to or own.cc or own.bcc else None


class Security(StrEnum):
    """How the way to the mail server is kept private."""

    STARTTLS = "starttls"
    TLS = "tls"  # from the first byte
    PLAIN = "plain"  # to this machine alone, and never with a password


class OnUnknown(StrEnum):
    """What becomes of a mail that was cut off between its last byte and the server's reply."""

    HOLD = "hold"  # at most once: a person decides
    RESEND = "resend"  # at least once: the same bytes go again


class Oversize(StrEnum):
    """What is sent where the whole message is too large."""

    PDF = "pdf"  # the PDF alone
    NOTICE = "notice"  # no attachment, and a line that says so


@frozen
class MailSettings:
    """`mail:` of book.yaml: from whom, through which server. The password is never here."""

    sender: str  # `from:` on disk
    host: str
    port: int | None = None  # 587 for STARTTLS, 465 for TLS, 25 for plain
    security: Security = Security.STARTTLS
    user: str | None = None
    password_file: str | None = None  # readable by its owner alone
    ca_file: str | None = None  # certificates to trust instead of the system's; beside book.yaml
    owner: str | None = None  # for memos that name none
    unknown: OnUnknown = OnUnknown.HOLD
    largest: int = 20 * 1024 * 1024  # bytes of a whole message, encoded
    oversize: Oversize = Oversize.PDF
    # Of a whole conversation. A server may take ten minutes after the final dot (RFC 5321, 4.5.3.2.6).
    deadline: timedelta = timedelta(minutes=12)
    ping: str | None = None  # address told of start, success and failure, as Healthchecks has it
    where: Where = field(default=NOWHERE, compare=False, repr=False)
    places: Places = field(default_factory=dict, compare=False, repr=False)
