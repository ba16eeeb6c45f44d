"""What becomes of a message that is offered to a mail server, and what a server can do."""

from enum import StrEnum

from briefbook.frozen import frozen


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


@frozen
class Accepted:
    """The server has taken the message over."""

    reply: str


@frozen
class Refused:
    """The message was not taken, and will not be. `code` is the server's, 0 where the refusal is our own."""

    phase: Phase
    code: int
    text: str
    scope: Scope
    limit: int | None = None  # bytes that the server takes, where the message has more and was not offered


@frozen
class Cut:
    """The conversation broke off. Only at `Phase.DOT` may the server have taken the message (RFC 1047)."""

    phase: Phase
    reason: str


Outcome = Accepted | Refused | Cut


@frozen
class Greeting:
    """What a server says that it can do (after TLS, where there is any)."""

    size_limit: int | None  # bytes of a message; None where it names no limit (RFC 1870)
    smtputf8: bool  # RFC 6531
    eight_bit: bool  # RFC 6152
    auth: tuple[str, ...]  # mechanisms, in capitals
