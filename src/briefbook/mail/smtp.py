"""A message to a mail server, phase by phase, so that it is known how far it came. The only smtplib import.

What smtplib leaves open is held here: one deadline for a whole conversation (its own is per read, so a server
that drips a byte at a time holds it as long as it likes), replies of bounded length, certificates that are
verified, and the one distinction that matters after a fall: whether the final dot may have been sent.
"""

import contextlib
import re
import smtplib
import ssl
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from socket import gaierror
from time import monotonic
from types import TracebackType
from typing import Any, Self

from briefbook.characters import name_shown, on_one_line
from briefbook.delivery import MailSettings, Security
from briefbook.mail.addresses import Address
from briefbook.mail.certificates import trusted
from briefbook.mail.outcome import Accepted, Cut, Greeting, Outcome, Phase, Refused, Scope
from briefbook.mail.wire import HungUpError, StoppedError, Wire, connected, left, looked_up, never

__all__ = ["Accepted", "Conversation", "Cut", "Outcome", "Phase", "Refused", "Scope"]

_CONNECTING = 60  # seconds at most: a machine that is not there keeps nobody waiting for the whole deadline
_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.PLAIN: 25}
_REPLY = re.compile(rb"[2-5]\d\d(?:[ -]|$)")
_MOST_LINES = 128  # of one reply
_LONGEST_TEXT = 200  # characters of a server's words, shown
_FAREWELL = 2.0  # seconds that QUIT may take


class Conversation:
    """One connection to the mail server, made when it is first needed and used for one message after another.

    As a context manager it says QUIT at its end, whatever comes of that. A refusal or a break is a value,
    never an exception. `settings.deadline` is for all of a message: connecting, its bytes, the reply.
    `root` is the folder beside which a relative `ca_file` lies. When `stops` says so, it is cut off, but
    never between a final dot and its reply.
    """

    def __init__(
        self,
        settings: MailSettings,
        password: str | None,
        root: Path,
        stops: Callable[[], bool] = never,
    ) -> None:
        self._settings = settings
        self._stops = stops
        self._password = password
        self._root = root
        self._talk: _Talk | None = None
        self._phase = Phase.CONNECT
        self._end = 0.0  # by the monotonic clock
        self._tried = False  # a message was begun on this connection
        self._unclean = False  # RSET comes before the next MAIL
        self._secrets = tuple(filter(None, map(on_one_line, _forms(settings.user, password))))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._drop()

    def deliver(self, sender: str, recipient: Address, data: bytes, *, at_dot: Callable[[], bool]) -> Outcome:
        """Hand one message (CRLF at every line's end) to the server for one recipient.

        `at_dot` is called when all but the final dot is sent: False gives up, and the outcome is Cut at
        `Phase.BODY`. It is Cut at `Phase.DOT` only where the dot may have been sent and no reply was
        understood. What `at_dot` raises goes through, the connection dropped.
        """
        if self._talk is None or self._tried or self._end <= monotonic():
            self._end = self._in_time()  # else it shares the deadline of its connection
        return self._guarded(lambda: self._delivered(sender, recipient, data, at_dot))

    def close(self) -> None:
        """Say QUIT, and hang up. By RFC 5321, 4.1.1.10 whatever comes of it means nothing."""
        if self._talk is not None:
            self._talk.wire.end = monotonic() + _FAREWELL
            self._talk.wire.stops = never
            with contextlib.suppress(OSError):
                self._talk.docmd("QUIT")
        self._drop()

    # ----------------------------------------------------------------------------------- how it ends

    def _guarded(self, step: Callable[[], Accepted]) -> Outcome:
        """Take a step; what stops it becomes an outcome, and the connection goes unless it can be used on."""
        outcome: Refused | Cut
        try:
            return step()
        except _StopError as stop:
            outcome = stop.outcome
        except OSError as error:  # among them every error of smtplib, ssl, time-outs
            outcome = Cut(phase=self._phase, reason=self._safe(f"{self._why(error)} (at {self._phase})"))
        except BaseException:
            self._drop()
            raise
        self._unclean = True
        if isinstance(outcome, Cut) or outcome.scope is Scope.SERVER or outcome.phase is Phase.BODY:
            self._drop()
        return outcome

    def _drop(self) -> None:
        if self._talk is not None:
            self._talk.wire.close()
        self._talk = None
        self._tried = self._unclean = False

    def _in_time(self) -> float:
        return monotonic() + self._settings.deadline.total_seconds()

    def _why(self, error: OSError) -> str:
        match error:
            case TimeoutError():
                return f"not done within {self._settings.deadline.total_seconds():g} seconds"
            case ConnectionRefusedError():
                port = self._settings.port or _PORTS[self._settings.security]
                return f"no mail server listens at {self._settings.host}, port {port}"
            case StoppedError():
                return "we were told to stop"
            case HungUpError() | ssl.SSLEOFError() | ConnectionResetError() | BrokenPipeError():
                return "the server hung up"
            case _:
                return error.strerror or str(error)

    def _refusal(self, text: str, scope: Scope = Scope.SERVER, limit: int | None = None) -> "_StopError":
        """A refusal of our own."""
        refused = Refused(phase=self._phase, code=0, text=self._safe(text), scope=scope, limit=limit)
        return _StopError(refused)

    def _expect(self, reply: tuple[int, bytes], wanted: int = 2) -> str:
        """The words of a reply of the class `wanted` (2: done, 3: go on). Raises _StopError for any other."""
        code, said = reply
        words = self._safe(said.decode("utf-8", "replace"))
        match code // 100:
            case kind if kind == wanted:
                return words
            case 4 | 5:
                scope = _scope(self._phase, code)
                raise _StopError(Refused(phase=self._phase, code=code, text=words, scope=scope))
            case _:
                odd = f"the server answered {code}, which makes no sense (at {self._phase})"
                raise _StopError(Cut(phase=self._phase, reason=odd))

    def _safe(self, words: str) -> str:
        """Words as they may be shown: no secret, one line, printable, not too long."""
        line = on_one_line(words)
        for secret in self._secrets:  # a server may put other white space into what it says back
            line = line.replace(secret, "…")
        line = name_shown(line)
        return line if len(line) <= _LONGEST_TEXT else f"{line[: _LONGEST_TEXT - 1]}…"

    # ------------------------------------------------------------------------------- up to the greeting

    def _opened(self) -> Greeting:
        if self._talk is None:
            self._phase = Phase.CONNECT
            self._talk = _Talk(self._connected())
            self._talk.wire.stops = self._stops
            self._talk.wire.end = self._end  # a server may take its time to greet, not to be there
            try:
                self._greeted(self._talk)
            except BaseException:
                self._drop()
                raise
        self._talk.wire.end = self._end
        return _greeting(self._talk)

    def _greeted(self, talk: "_Talk") -> None:
        """Greeting, EHLO, TLS and AUTH, as the settings want them."""
        settings = self._settings
        if settings.security is Security.TLS:
            self._secure(talk)
        self._phase = Phase.GREETING
        self._expect(talk.getreply())
        self._ehlo(talk)
        if settings.security is Security.STARTTLS:
            self._phase = Phase.TLS
            if not talk.has_extn("starttls"):
                raise self._refusal(f"{settings.host} does not offer STARTTLS: nothing is sent in the clear")
            self._expect(talk.docmd("STARTTLS"))
            if talk.wire.heard:  # CVE-2011-0411: it would pass for the server's words under TLS
                raise self._refusal("words in the clear came behind the answer to STARTTLS")
            self._secure(talk)
            self._ehlo(talk)
        if settings.user is not None:
            self._phase = Phase.AUTH
            self._log_in(talk, settings.user)

    def _ehlo(self, talk: "_Talk") -> None:
        self._phase = Phase.EHLO
        self._expect(talk.ehlo())

    def _connected(self) -> Wire:
        """A wire to the first address of the server that answers."""
        settings = self._settings
        port = settings.port or _PORTS[settings.security]
        end = min(self._end, monotonic() + _CONNECTING)
        try:
            found = looked_up(settings.host, port, end)
        except UnicodeError:
            raise self._refusal(f"{settings.host} is not the name of a server") from None
        except gaierror as error:
            raise OSError(f"the address of {settings.host} is not known: {error.strerror}") from None
        if settings.security is Security.PLAIN:
            found = [place for place in found if place.is_here]
            if not found:
                raise self._refusal(f"{settings.host} is not this machine: 'plain' is for this machine alone")
        return connected(found, end)

    def _secure(self, talk: "_Talk") -> None:
        """TLS from here on; the certificate has to be of the server's name and of somebody whom we trust."""
        self._phase = Phase.TLS
        settings = self._settings
        try:
            context = trusted(settings, self._root)
        except ValueError as error:
            raise self._refusal(str(error)) from None
        try:
            talk.wire.secure(context, settings.host.removesuffix("."))
        except ssl.SSLCertVerificationError as error:
            raise self._refusal(f"the certificate of {settings.host}: {error.verify_message}") from None
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError):
            raise
        except (ssl.SSLError, UnicodeError) as error:
            why = error.reason if isinstance(error, ssl.SSLError) else "no name of a server"
            raise self._refusal(f"no TLS with {settings.host}: {why}") from None

    def _log_in(self, talk: "_Talk", user: str) -> None:
        """AUTH by PLAIN (RFC 4616), else LOGIN. Once: a second try would count as an attack."""
        offered = _greeting(talk).auth
        if not talk.wire.is_secure:
            raise self._refusal("a password is never sent without TLS")
        if self._password is None:
            raise self._refusal(f"there is no password for {user}")
        if "PLAIN" in offered:
            self._expect(talk.docmd("AUTH", "PLAIN " + _base64(_plain(user, self._password))))
        elif "LOGIN" in offered:
            self._expect(talk.docmd("AUTH", "LOGIN"), wanted=3)
            self._expect(talk.docmd(_base64(user.encode())), wanted=3)
            self._expect(talk.docmd(_base64(self._password.encode())))
        else:
            kinds = f"only {', '.join(offered)}" if offered else "none"
            raise self._refusal(f"the server takes passwords by PLAIN or LOGIN from us; it offers {kinds}")

    # --------------------------------------------------------------------------------- one message

    def _delivered(
        self, sender: str, recipient: Address, data: bytes, at_dot: Callable[[], bool]
    ) -> Accepted:
        talk = self._begun(sender, recipient, data)
        self._phase = Phase.RCPT
        self._expect(talk.docmd("RCPT", f"TO:<{recipient.spec}>"))
        self._phase = Phase.DATA
        self._expect(talk.docmd("DATA"), wanted=3)
        self._phase = Phase.BODY
        self._send_body(talk, data)
        if not at_dot():
            raise _StopError(Cut(phase=Phase.BODY, reason="given up before the final dot"))
        left(self._end)  # raises if it is too late: then the dot is surely not sent
        self._phase = Phase.DOT
        talk.wire.stops = never
        talk.send(b".\r\n")
        reply = talk.getreply()
        talk.wire.stops = self._stops
        return Accepted(reply=f"{reply[0]} {self._expect(reply)}")

    def _begun(self, sender: str, recipient: Address, data: bytes) -> "_Talk":
        """A conversation in which MAIL is accepted. One that died while it lay idle is begun again, once."""
        if self._talk is not None:
            self._tried = True
            try:
                self._wake(self._talk)
                return self._mail(sender, recipient, data)
            except _StopError as stop:
                outcome = stop.outcome
                if isinstance(outcome, Refused) and outcome.phase is Phase.MAIL and outcome.code != 421:
                    raise
            except OSError:
                pass
            self._drop()
        self._opened()
        self._tried = True
        return self._mail(sender, recipient, data)

    def _wake(self, talk: "_Talk") -> None:
        """Make an idle conversation ready for the next message."""
        self._phase = Phase.CONNECT
        if talk.wire.spoke_unasked():
            self._expect(talk.getreply(), wanted=0)  # a farewell (421), as a rule
        if self._unclean:
            self._expect(talk.docmd("RSET"))
            self._unclean = False

    def _mail(self, sender: str, recipient: Address, data: bytes) -> "_Talk":
        greeting, talk = self._opened(), self._talk
        assert talk is not None
        self._phase = Phase.MAIL
        self._fit(greeting, sender, recipient, data)
        options = f" SIZE={len(data)}" if talk.has_extn("size") else ""
        options += "" if data.isascii() else " BODY=8BITMIME"
        options += " SMTPUTF8" if _needs_smtputf8(sender, recipient, data) else ""
        self._expect(talk.docmd("MAIL", f"FROM:<{sender}>{options}"))
        return talk

    def _fit(self, greeting: Greeting, sender: str, recipient: Address, data: bytes) -> None:
        """Refuse what this server, or any, can't take, before anything is sent."""
        if not data.count(b"\r\n") == data.count(b"\r") == data.count(b"\n"):
            # Servers disagree about what such a line is: a second message could be smuggled in.
            raise self._refusal("the message has a line that does not end in CR LF", Scope.MESSAGE)
        for each in (sender, recipient.spec):
            if any(sign in " <>" or not sign.isprintable() for sign in each):
                raise self._refusal(f"{each!r} can't be named to a server", Scope.RECIPIENT)
        limit = greeting.size_limit
        if limit is not None and len(data) > limit:
            size = f"{len(data):,} bytes; the server takes {limit:,} at most"
            raise self._refusal(f"the message has {size}", Scope.MESSAGE, limit)
        if recipient.needs_smtputf8 and not greeting.smtputf8:
            words = "the server does not know SMTPUTF8: the part before the @ can't have such letters"
            raise self._refusal(f"{recipient.spec}: {words}", Scope.RECIPIENT)
        if _needs_smtputf8(sender, recipient, data) and not greeting.smtputf8:
            words = "the server does not know SMTPUTF8, and an address in the message's header needs it"
            raise self._refusal(words, Scope.MESSAGE)
        if not data.isascii() and not greeting.eight_bit:
            raise self._refusal("the server takes 7-bit messages alone, and this one is not", Scope.MESSAGE)

    def _send_body(self, talk: "_Talk", data: bytes) -> None:
        """All but the final dot, a dot put before each that begins a line (RFC 5321, 4.5.2)."""
        stuffed = data.replace(b"\r\n.", b"\r\n..")
        if data.startswith(b"."):
            stuffed = b"." + stuffed
        if not data.endswith(b"\r\n"):
            stuffed += b"\r\n"
        try:
            talk.send(stuffed)
        except (ConnectionError, ssl.SSLError):
            if not talk.wire.left_words():
                raise
        else:
            if not talk.wire.spoke_unasked():
                return
        # It answered before the end, as servers do that have no more room.
        self._expect(talk.getreply(), wanted=0)


class _StopError(Exception):
    """Carries an outcome out of the steps; never leaves this module."""

    def __init__(self, outcome: Refused | Cut) -> None:
        super().__init__()
        self.outcome = outcome


class _Talk(smtplib.SMTP):
    """smtplib's commands over a wire that keeps a deadline, with replies of bounded length."""

    def __init__(self, wire: Wire) -> None:
        # An address literal (RFC 5321, 4.1.3): to ask the DNS for our own name may hang.
        super().__init__(local_hostname=wire.own_literal)
        self.command_encoding = "utf-8"
        self.wire = wire

    def send(self, s: Any) -> None:
        """Send a command or a body."""
        self.wire.send(s.encode(self.command_encoding) if isinstance(s, str) else bytes(s))

    def getreply(self) -> tuple[int, bytes]:
        """One reply: its code and its lines. Raises SMTPException for what is none (RFC 5321, 4.2)."""
        lines: list[bytes] = []
        codes: set[bytes] = set()
        while len(lines) < _MOST_LINES:
            line = self.wire.line()
            codes.add(line[:3])
            if len(codes) > 1 or not _REPLY.match(line):
                raise smtplib.SMTPException("the server answered what is no reply of SMTP")
            lines.append(line[4:].strip())
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(lines)
        raise smtplib.SMTPException("a reply of the server has no end")


def _greeting(talk: _Talk) -> Greeting:
    size = talk.esmtp_features.get("size", "")
    limit = int(size) if size.isascii() and size.isdigit() and len(size) <= 20 else 0
    return Greeting(
        size_limit=limit or None,
        smtputf8=talk.has_extn("smtputf8"),
        eight_bit=talk.has_extn("8bitmime"),
        auth=tuple(talk.esmtp_features.get("auth", "").upper().split()),
    )


def _needs_smtputf8(sender: str, recipient: Address, data: bytes) -> bool:
    header = data[: data.find(b"\r\n\r\n") + 1 or len(data)]
    return recipient.needs_smtputf8 or not sender.isascii() or not header.isascii()


def _scope(phase: Phase, code: int) -> Scope:
    """Of what a refusal by the server tells: 421 of its closing, 530, 534, 535 and 538 of our password."""
    early = (Phase.GREETING, Phase.EHLO, Phase.TLS, Phase.AUTH)
    if phase in early or code in (421, 530, 534, 535, 538):
        return Scope.SERVER
    return Scope.RECIPIENT if phase is Phase.RCPT else Scope.MESSAGE


def _plain(user: str, password: str) -> bytes:
    return b"\0" + user.encode() + b"\0" + password.encode()


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def _forms(user: str | None, password: str | None) -> tuple[str, ...]:
    """The password in every form in which it is sent: a server may say it back."""
    if not password:
        return ()
    secret = password.encode()
    return _base64(_plain(user or "", password)), _base64(secret), secret.decode()
