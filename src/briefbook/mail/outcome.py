"""What becomes of a message that is offered to a mail server, and what a server can do."""

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """How far a conversation has come."""

    CONNECT = "connect"
    GREETING = "greeting"
    EHLO = "EHLO"
    TLS = "TLS"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    BODY = "body"
    DOT = "dot"


class Scope(StrEnum):
    """What a refusal says something of."""

    RECIPIENT = "recipient"
    MESSAGE = "message"
    SERVER = "server"  # nothing of this message: every other would fare alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The server has taken the message over."""

    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The message was not taken, and will not be. `code` is the server's, 0 where the refusal is our own."""

    phase: Phase
    code: int
    text: str
    scope: Scope
    limit: int | None = None  # bytes that the server takes, where the message has more and was not offered


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The conversation broke off. Only at `Phase.DOT` may the server have taken the message (RFC 1047)."""

    phase: Phase
    reason: str


Outcome = Accepted | Refused | Cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What a server says that it can do (after TLS, where there is any)."""

    size_limit: int | None  # bytes of a message; None where it names no limit (RFC 1870)
    smtputf8: bool  # RFC 6531
    eight_bit: bool  # RFC 6152
    auth: tuple[str, ...]  # mechanisms, in capitals
