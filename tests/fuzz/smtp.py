"""A mail server that answers anything: what `mail/wire.py` and `mail/smtp.py` make of its words."""

import socket
import ssl
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any
from unittest import mock

from briefbook.delivery import MailSettings, Security
from briefbook.mail import smtp
from briefbook.mail.addresses import Address
from briefbook.mail.outcome import Accepted, Cut, Phase, Refused
from briefbook.mail.smtp import Conversation
from briefbook.mail.wire import Place, Wire
from tests.fuzz.choices import Choices

_SECRET = "correct horse battery"
_MESSAGE = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n\r\n.\r\nMAIL FROM:<x>\r\n"
_HERE = Place(socket.AF_INET, ("127.0.0.1", 25))
TOKENS = (
    *(
        b"220 a\r\n",
        b"250 a\r\n",
        b"250-a\r\n",
        b"354 a\r\n",
        b"235 a\r\n",
        b"334 a\r\n",
        b"421 a\r\n",
        b"550 a\r\n",
    ),
    *(
        b"250-SIZE 99999\r\n",
        b"250-SIZE 1\r\n",
        b"250-STARTTLS\r\n",
        b"250-AUTH PLAIN LOGIN\r\n",
        b"250-SMTPUTF8\r\n",
    ),
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"-",
        b" ",
        b"250",
        b"2\xb25 0",
        b"\x00",
        b"\xff",
        b"999 a\r\n",
        b"099 a\r\n",
        b"a" * 5000,
    ),
    *(
        _SECRET.encode(),
        b"\xd9\xa2\xd9\xa5\xd9\xa0 a\r\n",
        b"\x1b[31m",
        b"250-SIZE \xb2\r\n",
        b"250-AUTH=LOGIN\r\n",
    ),
)
_GOOD = b"220 a\r\n250-a\r\n250-SIZE 9999\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n"
SEEDS = (
    b"\0\0" + _GOOD + b"250 a\r\n250 a\r\n354 a\r\n250 taken\r\n221 a\r\n",
    b"\0\1" + _GOOD + b"250 a\r\n550 nobody\r\n250 a\r\n250 a\r\n250 a\r\n354 a\r\n250 taken\r\n",
    b"\1\0"
    + b"220 a\r\n250-a\r\n250 STARTTLS\r\n220 go\r\n"
    + _GOOD[7:]
    + b"235 in\r\n250 a\r\n250 a\r\n354 a\r\n250 taken\r\n",
    b"\2\3" + _GOOD + b"235 in\r\n250 a\r\n250 a\r\n354 a\r\n451 later " + _SECRET.encode() + b"\r\n",
    b"\0\7" + b"220-a\r\n220 b\r\n502 a\r\n250 a\r\n250 a\r\n250 a\r\n354 a\r\n421 a\r\n",
)


class _Server:
    """A socket whose other end says what it has to say, in pieces, and then hangs up or falls silent."""

    def __init__(self, words: bytes, pieces: int, *, hangs_up: bool) -> None:
        self._words = words
        self._pieces = pieces
        self._hangs_up = hangs_up
        self.heard = bytearray()
        self.is_blocking = True

    def settimeout(self, seconds: float) -> None:
        self.is_blocking = seconds > 0

    def recv(self, most: int) -> bytes:
        if not self.is_blocking:
            raise BlockingIOError
        if not self._words:
            if self._hangs_up:
                return b""
            raise ConnectionResetError
        size = min(most, self._pieces)
        said, self._words = self._words[:size], self._words[size:]
        return said

    def send(self, data: bytes) -> int:
        self.heard += data
        return len(data)

    def getsockname(self) -> tuple[str, int]:
        return "127.0.0.1", 40000

    def close(self) -> None:
        self._words = b""


class _Wire(Wire):
    """A wire that takes TLS for granted: the handshake is OpenSSL's."""

    def secure(self, context: ssl.SSLContext, host: str) -> None:  # noqa: ARG002
        self.shook = True

    @property
    def is_secure(self) -> bool:
        return getattr(self, "shook", False)


def run(data: bytes) -> None:
    """Whatever a server says, a message's fate is a value, and is only `Accepted` after its dot."""
    choices = Choices(data)
    security = choices.pick((Security.PLAIN, Security.STARTTLS, Security.TLS))
    kind = choices.number(256)
    server = _Server(choices.rest(), (1, 7, 4096)[kind % 3], hangs_up=kind % 2 == 0)
    settings = MailSettings(
        sender="a@b.example", host="mail.example", security=security,
        user="desk" if security is not Security.PLAIN else None, deadline=timedelta(seconds=5),
    )  # fmt: skip
    dots: list[int] = []

    def at_dot() -> bool:
        dots.append(len(server.heard))
        return kind % 5 != 4

    with (
        mock.patch.object(smtp, "looked_up", return_value=[_HERE]),
        mock.patch.object(
            smtp, "connected", side_effect=lambda *_: _Wire(_as_socket(server), monotonic() + 5)
        ),
        mock.patch.object(smtp, "trusted", return_value=None),
        Conversation(settings, _SECRET, Path()) as conversation,
    ):
        for local in ("c", "e", "ä"):
            dots.clear()
            recipient = Address(local=local, domain="d.example")
            before = len(server.heard)
            outcome = conversation.deliver("a@b.example", recipient, _MESSAGE, at_dot=at_dot)
            _hold(outcome, bytes(server.heard[before:]), dots)


def _hold(outcome: Accepted | Refused | Cut, said: bytes, dots: list[int]) -> None:
    is_dot_sent = said.endswith(b"\r\n.\r\n") and bool(dots)
    match outcome:
        case Accepted(reply=words):
            assert is_dot_sent
            assert words.startswith("2")
        case Refused(text=words, phase=phase, code=code):
            assert code == 0 or 400 <= code <= 599, code
            assert phase is not Phase.DOT or is_dot_sent
        case Cut(reason=words, phase=phase):
            assert (phase is Phase.DOT) == is_dot_sent, (phase, said[-40:])
    assert words.isprintable()
    assert len(words) <= 300
    assert _SECRET not in words
    assert said.count(b"\r\n.\r\n") == is_dot_sent, "a dot in the message would end it"
    for line in said.split(b"\r\n"):
        assert b"\n" not in line
        assert b"\r" not in line


def _as_socket(server: _Server) -> Any:
    return server
