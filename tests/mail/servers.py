"""Mail servers on loopback, real sockets and real TLS: a good one (aiosmtpd) and one that misbehaves as told.

    with RawServer(SCRIPTS["dot-kept"]) as server: ...      server.port, server.kept, server.heard
    python -m tests.mail.servers dot-kept FOLDER            the same as a process of its own, up to SIGTERM

As a process it writes FOLDER/ca.pem, FOLDER/port (last: it is listening then; the number goes to standard
output as well) and, at once for each message that it takes, a line of FOLDER/kept.jsonl.
"""

import argparse
import asyncio
import contextlib
import json
import signal
import socket
import ssl
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, Literal, Self

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "desk", "slow boats, päron & 10 herring"
_GIVE_UP = 30.0  # seconds after which a server stops waiting for a client

Certificate = Literal["good", "wrong-host", "self-signed", "none"]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A message that a server has taken. `data` is as sent, the doubled dots made single."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    options: str  # of MAIL
    secure: bool
    user: str | None = None


@dataclass(frozen=True, kw_only=True)
class Script:
    """What a server does. Steps: CONNECT EHLO STARTTLS TLS-EHLO AUTH MAIL RCPT DATA BODY DOT RSET QUIT."""

    replies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by step, in turn; the last stays
    drop: str = ""  # hangs up at this step, without a word
    keeps: bool = False  # the message, though it plays a trick at its DOT
    silent: str = ""  # says nothing at this step, and waits
    drip: str = ""  # from this step on it says one byte at a time …
    pace: float = 0.05  # … so many seconds apart
    endless: str = ""  # at this step its answer has no end:
    endless_with: bytes = b"x"  # this, again and again
    sips: bool = False  # takes a body by small sips, so that each write of a client goes on, slowly
    times: int | None = None  # how often it drops, is silent or endless before it behaves
    idle: int | None = None  # hangs up after so many messages
    features: tuple[str, ...] = ("SIZE 1000000", "8BITMIME", "SMTPUTF8", "AUTH LOGIN PLAIN")
    certificate: Certificate = "good"
    from_first_byte: bool = False  # TLS without STARTTLS
    injects: bytes = b""  # in the clear, behind the answer to STARTTLS


SCRIPTS: Mapping[str, Script] = {
    "good": Script(),
    "no-banner": Script(silent="CONNECT"),
    "drip": Script(drip="CONNECT"),
    "drip-at-dot": Script(drip="DOT"),
    "silent-at-dot": Script(silent="DOT", keeps=True),
    **{
        f"drop-{step.lower()}": Script(drop=step, times=1)
        for step in ("CONNECT", "EHLO", "STARTTLS", "TLS-EHLO", "AUTH", "MAIL", "RCPT", "DATA", "BODY")
    },
    "dot-kept": Script(drop="DOT", keeps=True, times=1),
    "dot-lost": Script(drop="DOT", times=1),
    "drop-quit": Script(drop="QUIT"),
    "silent-quit": Script(silent="QUIT"),
    "421-quit": Script(replies={"QUIT": ("421 going down",)}),
    "450-once": Script(replies={"RCPT": ("450 4.2.1 greylisted, come again", "250 ok")}),
    "421-rcpt": Script(replies={"RCPT": ("250 ok", "421 4.3.2 going down", "250 ok")}),
    "421-connect": Script(replies={"CONNECT": ("421 too busy",)}),
    "mixed": Script(replies={"RCPT": ("250 ok", "550 5.1.1 no such mailbox", "250 ok")}),
    "550-mail": Script(replies={"MAIL": ("550 5.7.1 not from you",)}),
    "530-mail": Script(replies={"MAIL": ("530 5.7.0 log in first",)}),
    "552-mail": Script(replies={"MAIL": ("552 5.3.4 too big",)}),
    "552-dot": Script(replies={"DOT": ("552 5.3.4 too big",)}),
    "451-dot": Script(replies={"DOT": ("451 4.3.0 come again", "250 ok")}),
    "421-dot": Script(replies={"DOT": ("421 4.3.2 going down", "250 ok")}),
    "535": Script(replies={"AUTH": ("535 5.7.8 wrong password",)}),
    "no-auth": Script(features=("SIZE 1000000",)),
    "no-starttls": Script(certificate="none"),
    "wrong-host": Script(certificate="wrong-host"),
    "self-signed": Script(certificate="self-signed"),
    "injected": Script(injects=b"250 ok\r\n"),
    "endless-line": Script(endless="EHLO"),
    "endless-lines": Script(endless="EHLO", endless_with=b"250-more\r\n"),
    "endless-at-dot": Script(endless="DOT"),
    "endless-lines-at-dot": Script(endless="DOT", endless_with=b"250-more\r\n"),
    "garbage-at-dot": Script(replies={"DOT": ("hello",)}),
    "354-at-dot": Script(replies={"DOT": ("354 go on",)}),
    "two-codes-at-dot": Script(replies={"DOT": ("250-ok\r\n550 not ok",)}),
    "idle": Script(idle=1),
    "small": Script(features=("SIZE 100", "8BITMIME", "AUTH PLAIN")),
    "seven-bit": Script(features=("AUTH LOGIN",)),
}


@cache
def _authority() -> trustme.CA:
    return trustme.CA()


@cache
def _tls(kind: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    match kind:
        case "self-signed":
            other = trustme.CA()
            with other.cert_pem.tempfile() as chain, other.private_key_pem.tempfile() as key:
                context.load_cert_chain(chain, key)
        case "wrong-host":
            _authority().issue_cert("mail.elsewhere.test").configure_cert(context)
        case _:
            _authority().issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


def write_ca(folder: Path) -> Path:
    """The file with the certificate that vouches for the servers here."""
    file = folder / "ca.pem"
    _authority().cert_pem.write_to_path(str(file))
    return file


def _ignore(kept: Kept) -> None:
    pass


class RawServer:
    """A server that follows a script, and notes every byte that it hears and every message that it keeps."""

    def __init__(self, script: Script, *, on_kept: Callable[[Kept], None] = _ignore) -> None:
        self.script = script
        self.kept: list[Kept] = []
        self.heard: list[bytearray] = []  # of each connection, after TLS
        self.turns: Counter[str] = Counter()  # how often each step was reached
        self.over = Event()
        self.on_kept = on_kept
        self._tricks: Counter[str] = Counter()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(_GIVE_UP)

    @property
    def said(self) -> str:
        """All that clients said, one connection after another."""
        return "".join(each.decode("latin-1") for each in self.heard)

    def plays(self, trick: str) -> bool:
        """Whether a trick is played once more."""
        self._tricks[trick] += 1
        return self.script.times is None or self._tricks[trick] <= self.script.times

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(_GIVE_UP)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.heard.append(bytearray())
            thread = Thread(target=_Client(self, connection, self.heard[-1]).serve, daemon=True)
            self._threads.append(thread)
            thread.start()


class _HangUpError(Exception):
    pass


class _Client:
    """One connection to a RawServer."""

    def __init__(self, server: RawServer, connection: socket.socket, heard: bytearray) -> None:
        self.server, self.script, self.wire, self.heard = server, server.script, connection, heard
        self.waiting = b""
        self.sender, self.options = "", ""
        self.recipients: list[str] = []
        self.taken: Kept | None = None
        self.messages = 0
        self.drips = False

    def serve(self) -> None:
        with contextlib.suppress(_HangUpError, OSError):
            if self.script.from_first_byte:
                self.wire = _tls(self.script.certificate).wrap_socket(self.wire, server_side=True)
            self.answer("CONNECT", "220 raw.test ready")
            while True:
                self.obey(self.line())
        self.wire.close()

    def obey(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace").strip()
        verb = text.split(" ")[0].upper()
        match verb:
            case "EHLO":
                secure = isinstance(self.wire, ssl.SSLSocket)
                features = list(self.script.features)
                if not secure and self.script.certificate != "none":
                    features = ["STARTTLS"]
                lines = ["raw.test", *features]
                shown = [f"250-{each}" for each in lines[:-1]] + [f"250 {lines[-1]}"]
                self.answer("TLS-EHLO" if secure else "EHLO", "\r\n".join(shown))
            case "STARTTLS":
                self.answer("STARTTLS", "220 go ahead", behind=self.script.injects)
                self.wire = _tls(self.script.certificate).wrap_socket(self.wire, server_side=True)
            case "AUTH":
                if text.upper() == "AUTH LOGIN":
                    for prompt in ("334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"):
                        self.say(f"{prompt}\r\n".encode())
                        self.line()
                self.answer("AUTH", "235 welcome")
            case "MAIL":
                path, _, self.options = text.partition(" ")[2].partition(" ")
                self.sender, self.recipients = path[6:-1], []
                self.answer("MAIL", "250 ok")
            case "RCPT":
                if self.answer("RCPT", "250 ok").startswith("2"):
                    self.recipients.append(text[9:-1])
            case "DATA":
                if self.answer("DATA", "354 go on").startswith("3"):
                    self.take()
            case "RSET" | "NOOP":
                self.answer(verb, "250 ok")
            case "QUIT":
                self.answer("QUIT", "221 bye")
                raise _HangUpError
            case _:
                self.say(b"500 what?\r\n")

    def take(self) -> None:
        """The body, up to its dot."""
        self.trick("BODY")
        while self.script.sips and not self.server.over.wait(self.script.pace):
            self.wire.recv(16_384)
        lines: list[bytes] = []
        while (line := self.line()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b".") else line)
        self.taken = Kept(
            sender=self.sender,
            recipients=tuple(self.recipients),
            data=b"".join(lines),
            options=self.options,
            secure=isinstance(self.wire, ssl.SSLSocket),
        )
        self.answer("DOT", "250 2.0.0 kept")
        self.messages += 1
        if self.script.idle is not None and self.messages >= self.script.idle:
            raise _HangUpError

    def keep(self) -> None:
        """Before the client hears of it, so that a test can look as soon as its client has the reply."""
        assert self.taken is not None
        self.server.kept.append(self.taken)
        self.server.on_kept(self.taken)

    def answer(self, step: str, usual: str, *, behind: bytes = b"") -> str:
        """What the script wants at a step, else what is usual; what was said."""
        script, turn = self.script, self.server.turns[step]
        self.server.turns[step] += 1
        self.trick(step)
        words = script.replies.get(step, (usual,))
        reply = words[min(turn, len(words) - 1)]
        if step == "DOT" and reply.startswith("2"):
            self.keep()
        if script.drip == step:
            self.drips = True
        self.say(f"{reply}\r\n".encode() + behind)
        if reply.startswith("421"):
            raise _HangUpError
        return reply

    def trick(self, step: str) -> None:
        script = self.script
        tricks = {"drop": script.drop, "silent": script.silent, "endless": script.endless}
        trick = next((trick for trick, its in tricks.items() if its == step), None)
        if trick is None or not self.server.plays(trick):
            return
        if step == "DOT" and script.keeps:
            self.keep()
        while trick == "endless" and not self.server.over.is_set():
            self.say(script.endless_with * 100)
        if trick == "silent":
            self.server.over.wait(_GIVE_UP)
        raise _HangUpError

    def say(self, words: bytes) -> None:
        if not self.drips:
            self.wire.sendall(words)
            return
        for byte in words:
            self.wire.sendall(bytes((byte,)))
            if self.server.over.wait(self.script.pace):
                raise _HangUpError

    def line(self) -> bytes:
        while b"\n" not in self.waiting:
            some = self.wire.recv(65_536)
            if not some:
                raise _HangUpError
            self.heard += some
            self.waiting += some
        line, end, self.waiting = self.waiting.partition(b"\n")
        return line + end


class _Controller(Controller):
    """aiosmtpd's, on a port that the system chooses."""

    def _create_server(self) -> Any:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        return self.loop.create_server(self._factory_invoker, sock=self.listener, ssl=self.ssl_context)


class GoodServer:
    """aiosmtpd with STARTTLS (or TLS from the first byte), AUTH and SIZE."""

    def __init__(
        self,
        *,
        size: int = 33_554_432,
        smtputf8: bool = True,
        auth: bool = True,
        from_first_byte: bool = False,
        plain: bool = False,
        on_kept: Callable[[Kept], None] = _ignore,
    ) -> None:
        self.kept: list[Kept] = []
        self.on_kept = on_kept
        self._secure = from_first_byte  # which aiosmtpd does not tell
        tls = _tls("good")
        self._controller = _Controller(
            self,
            hostname="127.0.0.1",
            port=0,
            ssl_context=tls if from_first_byte else None,
            tls_context=None if from_first_byte or plain else tls,
            require_starttls=not (from_first_byte or plain),
            # For aiosmtpd TLS from the first byte is none: there it must not insist.
            auth_required=auth and not from_first_byte,
            auth_require_tls=not from_first_byte,
            authenticator=self._authenticate,
            data_size_limit=size,
            enable_SMTPUTF8=smtputf8,
            loop=asyncio.new_event_loop(),
        )

    def __enter__(self) -> Self:
        self._controller.start()
        self.port: int = self._controller.port
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    async def handle_DATA(self, _: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        kept = Kept(
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            data=envelope.content,
            options=" ".join(envelope.mail_options),
            secure=self._secure or session.ssl is not None,
            user=USER if session.authenticated else None,
        )
        self.kept.append(kept)
        self.on_kept(kept)
        return "250 2.0.0 kept"

    @staticmethod
    def _authenticate(*arguments: Any) -> AuthResult:
        *_, given = arguments
        wanted = LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=given == wanted, handled=False)


def main() -> None:
    """Run one server until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m tests.mail.servers")
    parser.add_argument("name", choices=["aiosmtpd", *SCRIPTS])
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    folder: Path = options.folder
    folder.mkdir(parents=True, exist_ok=True)

    def note(kept: Kept) -> None:
        line = json.dumps({**asdict(kept), "data": kept.data.decode("latin-1")})
        with (folder / "kept.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    over = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    name: str = options.name
    server = GoodServer(on_kept=note) if name == "aiosmtpd" else RawServer(SCRIPTS[name], on_kept=note)
    with server:
        write_ca(folder)
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False) as file:
            file.write(str(server.port))
        Path(file.name).replace(folder / "port")
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        over.wait()


if __name__ == "__main__":
    main()
