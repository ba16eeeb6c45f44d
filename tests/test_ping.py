"""Signals to a monitor: a real web server hears them, and no trouble with it is more than a sentence."""

import contextlib
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread

import pytest

from briefbook.ping import Signal, ping
from tests.relay import PATIENCE


class Monitor(HTTPServer):
    """Notes the paths that it is asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.heard: list[str] = []
        self.answer = 200
        self.leads_to = "file:///etc/hostname"  # where it answers so; "" to nowhere

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Monitor

    def do_GET(self) -> None:
        self.server.heard.append(self.path)
        self.send_response(self.server.answer)
        if 300 <= self.server.answer < 400 and self.server.leads_to:
            self.send_header("Location", self.server.leads_to)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextlib.contextmanager
def monitoring() -> Iterator[Monitor]:
    with Monitor() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(PATIENCE)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("/ping/1f-secret", ["/ping/1f-secret/start", "/ping/1f-secret", "/ping/1f-secret/fail"]),
        ("/ping/1f/", ["/ping/1f/start", "/ping/1f", "/ping/1f/fail"]),
        ("/p?create=1", ["/p/start?create=1", "/p?create=1", "/p/fail?create=1"]),
        ("", ["/start", "/", "/fail"]),
    ],
)
def test_each_signal_has_its_address(written: str, asked: list[str]) -> None:
    with monitoring() as monitor:
        for signal in (Signal.START, Signal.SUCCESS, Signal.FAIL):
            assert ping(monitor.address + written, signal) is None
    assert monitor.heard == asked


@pytest.mark.parametrize("answer", [302, 404, 500])
def test_an_answer_that_is_no_success_is_told_without_the_address(answer: int) -> None:
    with monitoring() as monitor:
        monitor.answer = answer
        trouble = ping(f"{monitor.address}/1f-secret", Signal.SUCCESS)
    assert trouble is not None
    assert "the monitor at 127.0.0.1" in trouble
    assert "secret" not in trouble


@pytest.mark.parametrize("answer", [301, 302, 303, 307, 308])
def test_nobody_is_led_to_another_address(answer: int) -> None:
    """A book could have anything asked in the nets that this machine sees, by way of a server of its own."""
    with monitoring() as inner, monitoring() as monitor:
        monitor.answer, monitor.leads_to = answer, f"{inner.address}/secret"
        trouble = ping(f"{monitor.address}/1f-secret", Signal.SUCCESS)
    assert (monitor.heard, inner.heard) == (["/1f-secret"], [])
    assert trouble is not None
    assert f"it leads to another address (status {answer})" in trouble
    assert "secret" not in trouble


@pytest.mark.parametrize("answer", [302, 304])
def test_an_answer_without_another_address_leads_nowhere(answer: int) -> None:
    with monitoring() as monitor:
        monitor.answer, monitor.leads_to = answer, ""
        trouble = ping(monitor.address, Signal.SUCCESS)
    assert trouble == f"could not tell the monitor at 127.0.0.1: it answered with status {answer}"


@contextlib.contextmanager
def saying(words: bytes, *, again: bool = False) -> Iterator[int]:
    """A port at which a server says this to whoever comes; `again` and again, slowly, without an end."""
    over = Event()

    def serve() -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            connection.sendall(words)
            while again and not over.wait(0.05):
                connection.sendall(words)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(65_536)
            connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            thread.join(PATIENCE)


@pytest.mark.parametrize("words", [b"", b"secret garbage\r\n\r\n", b"HTTP/1.1 2OO secret\r\n\r\n"])
def test_what_is_no_web_server(words: bytes) -> None:
    with saying(words) as port:
        trouble = ping(f"http://127.0.0.1:{port}/1f-secret", Signal.START)
    assert trouble is not None
    assert "secret" not in trouble


def test_a_monitor_that_drips_holds_nobody() -> None:
    with saying(b"H", again=True) as port:  # each byte comes long before urllib's own time is over
        trouble = ping(f"http://127.0.0.1:{port}/", Signal.START, timeout=0.5)
    assert trouble == "could not tell the monitor at 127.0.0.1: no answer within 0.5 seconds"


@pytest.mark.parametrize(
    "address",
    [
        "http://[x/secret",
        "http://127.0.0.1:b/secret",
        "http://127.0.0.1:1/\x01secret",
        "http://127.0.0.1:9/é",
    ],
)
def test_an_address_that_is_none_is_a_sentence(address: str) -> None:
    trouble = ping(address, Signal.START)
    assert trouble is not None
    assert "secret" not in trouble


def test_a_file_is_not_asked() -> None:
    assert ping("file:///etc/hostname", Signal.START) == "the address to ping is not one of the web: file:"
