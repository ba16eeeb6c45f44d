"""A mail server on a real socket that takes, refuses or drops each message as it is told to."""

import socketserver
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Self

PATIENCE = 30  # seconds that a test waits for what must happen


class Way(Enum):
    """What becomes of a message."""

    TAKE = "taken"
    NOT_NOW = "450 at RCPT"
    NEVER = "550 at RCPT"
    NOT_NOW_AT_DOT = "451 after the dot"
    NEVER_AT_DOT = "554 after the dot"
    NO_PASSWORD = "530 at MAIL"
    CLOSING = "421 at RCPT"
    DROP_AT_MAIL = "cut at MAIL"
    DROP_AT_DATA = "cut at DATA"
    KEEP_AND_DROP = "cut after the dot, the message kept"
    LOSE_AND_DROP = "cut after the dot, the message lost"
    TAKE_AND_CLOSE = "taken, then 421 at QUIT"
    WAIT_AT_DATA = "taken, DATA answered when the test says so"
    WAIT_AT_DOT = "taken, the dot answered when the test says so"


AT_DOT = frozenset({Way.KEEP_AND_DROP, Way.LOSE_AND_DROP})


@dataclass
class Relay:
    """The server; use it as a context manager. Ways that are not given are TAKE."""

    ways: list[Way] = field(default_factory=list)  # of the next messages
    accepted: list[tuple[str, bytes]] = field(default_factory=list)  # recipient and bytes as they came
    conversations: int = 0
    reached: threading.Event = field(default_factory=threading.Event)  # a message waits
    go_on: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        relay = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                relay.conversations += 1
                with suppress(OSError):  # the client is gone
                    _Talk(relay, self).go()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def port(self) -> int:
        port: int = self._server.server_address[1]
        return port

    def will(self, ways: Iterable[Way]) -> None:
        """What becomes of the next messages."""
        self.ways[:] = ways

    def next_way(self) -> Way:
        return self.ways.pop(0) if self.ways else Way.TAKE

    def wait(self) -> None:
        self.reached.set()
        assert self.go_on.wait(PATIENCE)


class _Talk:
    """One conversation."""

    def __init__(self, relay: Relay, handler: socketserver.StreamRequestHandler) -> None:
        self.relay = relay
        self.handler = handler
        self.way = Way.TAKE
        self.recipient = ""

    def say(self, line: str) -> None:
        self.handler.wfile.write(line.encode() + b"\r\n")

    def go(self) -> None:
        self.say("220 relay")
        while line := self.handler.rfile.readline():
            verb = line[:4].upper()
            if verb in (b"RSET", b"EHLO"):
                self.say("250 fine")
            elif verb == b"QUIT":
                self.say("421 no" if self.way is Way.TAKE_AND_CLOSE else "221 bye")
                return
            elif not self.step(verb, line):
                return

    def step(self, verb: bytes, line: bytes) -> bool:
        """Answer a command of a message; False hangs up."""
        if verb == b"MAIL":
            self.way = self.relay.next_way()
            if self.way is Way.DROP_AT_MAIL:
                return False
            self.say("530 who are you?" if self.way is Way.NO_PASSWORD else "250 fine")
        elif verb == b"RCPT":
            self.recipient = line[line.index(b"<") + 1 : line.index(b">")].decode()
            words = {Way.NOT_NOW: "450 later", Way.NEVER: "550 nobody", Way.CLOSING: "421 closing"}
            self.say(words.get(self.way, "250 fine"))
            return self.way is not Way.CLOSING
        elif verb == b"DATA":
            if self.way is Way.DROP_AT_DATA:
                return False
            if self.way is Way.WAIT_AT_DATA:
                self.relay.wait()
            self.say("354 go on")
            return self.take()
        return True

    def take(self) -> bool:
        lines: list[bytes] = []
        while (line := self.handler.rfile.readline()) != b".\r\n":
            if not line:
                return False  # cut off before the dot: no message
            lines.append(line.removeprefix(b"."))
        refusals = {Way.NOT_NOW_AT_DOT: "451 later", Way.NEVER_AT_DOT: "554 never"}
        if self.way in refusals:
            self.say(refusals[self.way])
            return True
        if self.way is not Way.LOSE_AND_DROP:
            self.relay.accepted.append((self.recipient, b"".join(lines)))
        if self.way is Way.WAIT_AT_DOT:
            self.relay.wait()
        if self.way in AT_DOT:
            return False
        self.say("250 taken")
        return True
