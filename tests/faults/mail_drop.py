"""A mail server that keeps everything: each message whose final dot it has seen is its own from then on."""

import socket
import socketserver
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One message to one recipient, as the server got it."""

    recipient: str
    data: bytes  # without the dots that SMTP adds


class MailDrop:
    """A plain SMTP server on a port of this machine; one thread a connection."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._received: list[Received] = []
        self._open = 0
        self.is_ready = True  # else it sends everybody away for now
        drop = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                drop._converse(self)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 64

            def process_request(
                self, request: socket.socket | tuple[bytes, socket.socket], client: str
            ) -> None:
                drop._count(+1)  # in the accepting thread, so that accepted is counted
                super().process_request(request, client)

            def handle_error(self, request: object, client_address: object) -> None:
                """A client that was killed is no error of ours."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def forget(self) -> None:
        """Begin a new trial."""
        with self._lock:
            self._received.clear()

    def received(self) -> list[Received]:
        """Everything received, once every conversation has come to its end.

        Connections are accepted in their order: when our own has its greeting, every earlier one is counted.
        """
        with socket.create_connection(("127.0.0.1", self.port)) as probe:
            probe.recv(100)
            deadline = time.monotonic() + 30
            while self._open > 1:
                if time.monotonic() > deadline:
                    raise RuntimeError("a conversation with the mail server does not end")
                time.sleep(0.001)
        with self._lock:
            return list(self._received)

    def _count(self, change: int) -> None:
        with self._lock:
            self._open += change

    def _converse(self, handler: socketserver.StreamRequestHandler) -> None:
        try:
            self._obey(handler)
        except OSError:
            pass
        finally:
            self._count(-1)

    def _obey(self, handler: socketserver.StreamRequestHandler) -> None:
        def say(line: str) -> None:
            handler.wfile.write(line.encode() + b"\r\n")

        if not self.is_ready:
            say("421 come again later")
            return
        recipients: list[str] = []
        say("220 drop.example ready")
        while line := handler.rfile.readline(4096):
            verb = line[:4].upper().strip()
            if verb == b"EHLO":
                say("250-drop.example\r\n250-SIZE 40000000\r\n250 8BITMIME")
            elif verb == b"RCPT":
                recipients.append(line.split(b"<", 1)[1].split(b">", 1)[0].decode())
                say("250 ok")
            elif verb == b"DATA":
                say("354 go on")
                data = self._data(handler)
                if data is None:
                    return
                with self._lock:
                    self._received += [Received(recipient=one, data=data) for one in recipients]
                say("250 kept")
                recipients = []
            elif verb == b"QUIT":
                say("221 bye")
                return
            else:  # MAIL, RSET, NOOP, HELO
                say("250 ok")

    def _data(self, handler: socketserver.StreamRequestHandler) -> bytes | None:
        """The lines up to the dot; None if the client went away before it."""
        lines: list[bytes] = []
        while line := handler.rfile.readline():
            if not line.endswith(b"\r\n"):
                return None
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b".") else line)
        return None
